/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is typed is judged by pos_device_settings_set(), key by key; the first that does not fit is said, nothing is
 * saved then. */
#include "ui/device_page.h"

#include "ui/device_words.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiDevicePage {
    AdwBin parent;
    const char *kind;
    GtkWidget *rows;
    GtkLabel *said;
    GPtrArray *editors; /* borrowed widgets, each with "key" */
    PosDeviceSettings settings;
};
G_DEFINE_FINAL_TYPE(UiDevicePage, ui_device_page, ADW_TYPE_BIN)

static bool is_ours(const UiDevicePage *self, const char *key)
{
    const gsize length = strlen(self->kind);
    return strncmp(key, self->kind, length) == 0 && key[length] == '.';
}

static const char *value_of(GtkWidget *editor)
{
    if (GTK_IS_DROP_DOWN(editor)) {
        const char *const *choices = g_object_get_data(G_OBJECT(editor), "choices");
        return choices[gtk_drop_down_get_selected(GTK_DROP_DOWN(editor))];
    }
    return gtk_editable_get_text(GTK_EDITABLE(editor));
}

/* Only what means something for how the device is connected. The kind's first setting says how. */
static void show_what_matters(UiDevicePage *self)
{
    for (guint i = 0; i < self->editors->len; i++) {
        GtkWidget *editor = self->editors->pdata[i];
        gtk_widget_set_visible(gtk_widget_get_parent(editor),
                               ui_device_matters(g_object_get_data(G_OBJECT(editor), "key"),
                                                 value_of(self->editors->pdata[0])));
    }
}

static GtkWidget *editor_new(UiDevicePage *self, gsize index, const char *value)
{
    const char *const *choices = pos_device_settings_choices(index);
    if (choices == NULL) {
        GtkWidget *entry = gtk_entry_new();
        gtk_editable_set_text(GTK_EDITABLE(entry), value);
        return entry;
    }
    GtkStringList *words = gtk_string_list_new(NULL);
    for (guint i = 0; choices[i] != NULL; i++) {
        gtk_string_list_append(words, ui_device_words(pos_device_settings_key(index), choices[i]));
    }
    GtkWidget *drop = gtk_drop_down_new(G_LIST_MODEL(words), NULL);
    g_object_set_data(G_OBJECT(drop), "choices", (gpointer)choices);
    for (guint i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], value) == 0) {
            gtk_drop_down_set_selected(GTK_DROP_DOWN(drop), i);
        }
    }
    g_signal_connect_object(drop, "notify::selected", G_CALLBACK(show_what_matters), self,
                            G_CONNECT_SWAPPED);
    return drop;
}

static void add_row(UiDevicePage *self, gsize index, const char *key)
{
    g_autofree char *value = pos_device_settings_get(&self->settings, key);
    const char *words = pos_device_settings_words(index);
    GtkWidget *row = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 16);
    GtkWidget *label = ui_form_label(words, NULL);
    GtkWidget *editor = editor_new(self, index, value != NULL ? value : "");
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_set_size_request(editor, 320, 56);
    gtk_accessible_update_property(GTK_ACCESSIBLE(editor), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                   -1);
    g_object_set_data(G_OBJECT(editor), "key", (gpointer)key);
    g_ptr_array_add(self->editors, editor);
    gtk_box_append(GTK_BOX(row), label);
    gtk_box_append(GTK_BOX(row), editor);
    gtk_box_append(GTK_BOX(self->rows), row);
}

void ui_device_page_begin(UiDevicePage *self, const PosDeviceSettings *settings)
{
    self->settings = *settings;
    ui_form_clear(self->rows);
    g_ptr_array_set_size(self->editors, 0);
    for (gsize i = 0; i < pos_device_settings_count(); i++) {
        const char *key = pos_device_settings_key(i);
        if (is_ours(self, key)) {
            add_row(self, i, key);
        }
    }
    show_what_matters(self);
    ui_form_say(self->said, "info", NULL);
}

static void on_save(UiDevicePage *self)
{
    PosDeviceSettings changed = self->settings;
    for (guint i = 0; i < self->editors->len; i++) {
        g_autoptr(GError) error = NULL;
        GtkWidget *editor = self->editors->pdata[i];
        if (!pos_device_settings_set(&changed, g_object_get_data(G_OBJECT(editor), "key"),
                                     value_of(editor), &error)) {
            ui_form_say(self->said, "error", error->message);
            gtk_widget_grab_focus(editor);
            return;
        }
    }
    self->settings = changed;
    g_signal_emit_by_name(self, "save", &changed);
}

static void on_test(UiDevicePage *self)
{
    g_signal_emit_by_name(self, "test");
}

void ui_device_page_say(UiDevicePage *self, const char *kind, const char *sentence)
{
    ui_form_say(self->said, kind, sentence);
}

const char *ui_device_page_kind(UiDevicePage *self)
{
    return self->kind;
}

static void ui_device_page_dispose(GObject *object)
{
    g_clear_pointer(&UI_DEVICE_PAGE(object)->editors, g_ptr_array_unref);
    G_OBJECT_CLASS(ui_device_page_parent_class)->dispose(object);
}

static void ui_device_page_class_init(UiDevicePageClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_device_page_dispose;
    g_signal_new("save", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("test", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_device_page_init(UiDevicePage *self)
{
    self->editors = g_ptr_array_new();
    self->rows = ui_form_box(GTK_ORIENTATION_VERTICAL, 8);
    self->said = GTK_LABEL(ui_form_notice());
}

GtkWidget *ui_device_page_new(const char *kind, const char *test)
{
    UiDevicePage *self = g_object_new(UI_TYPE_DEVICE_PAGE, NULL);
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *buttons = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *scroller = gtk_scrolled_window_new();
    self->kind = kind;
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->rows);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand(scroller, TRUE);
    gtk_box_set_homogeneous(GTK_BOX(buttons), TRUE);
    gtk_box_append(GTK_BOX(buttons),
                   ui_form_button(_("Save for this till"), "pay", G_CALLBACK(on_save), self));
    if (test != NULL) {
        gtk_box_append(GTK_BOX(buttons), ui_form_button(test, NULL, G_CALLBACK(on_test), self));
    }
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->said));
    gtk_box_append(GTK_BOX(page), scroller);
    gtk_box_append(GTK_BOX(page), buttons);
    adw_bin_set_child(ADW_BIN(self), page);
    return GTK_WIDGET(self);
}
