/* SPDX-License-Identifier: GPL-3.0-or-later
 * Walks the widgets that are on the screen; texts are few, so what is kept is small. Widgets are held weakly. */
#include "ui/typed.h"

#include "ui/pad.h"
#include <string.h>

typedef struct {
    GWeakRef widget; /* a GtkText or a UiPad */
    char *text;
    int position;
} Kept;

struct UiTyped {
    GPtrArray *kept; /* of Kept* */
    GWeakRef window, focus;
};

static void kept_free(Kept *kept)
{
    g_weak_ref_clear(&kept->widget);
    g_free(kept->text);
    g_free(kept);
}

static void keep(UiTyped *typed, GtkWidget *widget)
{
    const bool is_text = GTK_IS_TEXT(widget);
    if (is_text || UI_IS_PAD(widget)) {
        Kept *kept = g_new0(Kept, 1);
        g_weak_ref_init(&kept->widget, widget);
        kept->text = g_strdup(is_text ? gtk_editable_get_text(GTK_EDITABLE(widget))
                                      : ui_pad_text(UI_PAD(widget)));
        kept->position = is_text ? gtk_editable_get_position(GTK_EDITABLE(widget)) : 0;
        g_ptr_array_add(typed->kept, kept);
    }
    if (is_text) {
        return;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        if (gtk_widget_get_child_visible(child) && gtk_widget_get_visible(child)) {
            keep(typed, child);
        }
    }
}

UiTyped *ui_typed_keep(GtkWindow *window)
{
    UiTyped *typed = g_new0(UiTyped, 1);
    typed->kept = g_ptr_array_new_with_free_func((GDestroyNotify)kept_free);
    g_weak_ref_init(&typed->window, window);
    g_weak_ref_init(&typed->focus, gtk_window_get_focus(window));
    keep(typed, GTK_WIDGET(window));
    return typed;
}

static void put_back(Kept *kept, gboolean focused)
{
    g_autoptr(GtkWidget) widget = g_weak_ref_get(&kept->widget);
    if (widget == NULL) {
        return;
    }
    if (UI_IS_PAD(widget)) {
        if (strcmp(ui_pad_text(UI_PAD(widget)), kept->text) != 0) {
            ui_pad_set_text(UI_PAD(widget), kept->text);
        }
        return;
    }
    GtkEditable *editable = GTK_EDITABLE(widget);
    const bool differs = strcmp(gtk_editable_get_text(editable), kept->text) != 0;
    if (differs) {
        gtk_editable_set_text(editable, kept->text);
    }
    if (differs || focused) {
        /* This also makes an input method drop what it is composing. */
        gtk_editable_set_position(editable, kept->position);
    }
}

void ui_typed_restore(UiTyped *typed)
{
    g_autoptr(GtkWindow) window = g_weak_ref_get(&typed->window);
    g_autoptr(GtkWidget) focus = g_weak_ref_get(&typed->focus);
    if (window == NULL) {
        return;
    }
    if (gtk_window_get_focus(window) != focus && (focus == NULL || gtk_widget_get_mapped(focus))) {
        gtk_window_set_focus(window, focus);
    }
    for (guint i = 0; i < typed->kept->len; i++) {
        Kept *kept = typed->kept->pdata[i];
        g_autoptr(GtkWidget) widget = g_weak_ref_get(&kept->widget);
        put_back(kept, widget != NULL && widget == focus);
    }
}

void ui_typed_free(UiTyped *typed)
{
    if (typed == NULL) {
        return;
    }
    g_ptr_array_unref(typed->kept);
    g_weak_ref_clear(&typed->window);
    g_weak_ref_clear(&typed->focus);
    g_free(typed);
}
