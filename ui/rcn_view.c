/* SPDX-License-Identifier: GPL-3.0-or-later
 * Words about layouts come from pos/rcn_explain; here they stand in rows. */
#include "ui/rcn_view.h"

#include "pos/rcn_explain.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define AIM_BYTES 3

struct _UiRcnView {
    AdwBin parent;
    GtkBox *layouts, *faults, *parts;
    GtkEditable *number;
    GtkLabel *verdict, *none;
    PosRcnLayouts *read;
};
G_DEFINE_FINAL_TYPE(UiRcnView, ui_rcn_view, ADW_TYPE_BIN)

static void clear_box(GtkBox *box)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(box))) != NULL) {
        gtk_box_remove(box, child);
    }
}

static GtkWidget *words_new(const char *text, const char *class)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 60);
    gtk_widget_add_css_class(label, class);
    return label;
}

static void on_example(GtkButton *button, UiRcnView *self)
{
    gtk_editable_set_text(self->number, g_object_get_data(G_OBJECT(button), "number"));
}

static void add_layout(UiRcnView *self, const PosRcnLayout *layout)
{
    char example[14];
    pos_rcn_example(layout, example);
    g_autofree char *pattern = pos_rcn_pattern(layout);
    g_autofree char *title = g_strdup_printf("%s  %s", pos_rcn_kind_words(&layout->kind), pattern);
    /* Translators: %s is a number of 13 digits. */
    g_autofree char *shown = g_strdup_printf(_("as %s"), example);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *button = gtk_button_new();
    gtk_box_append(GTK_BOX(box), words_new(title, "arrival-text"));
    gtk_box_append(GTK_BOX(box), words_new(shown, "line-detail"));
    gtk_button_set_child(GTK_BUTTON(button), box);
    gtk_widget_add_css_class(button, "arrival");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                   -1);
    g_object_set_data_full(G_OBJECT(button), "number", g_strdup(example), g_free);
    g_signal_connect(button, "clicked", G_CALLBACK(on_example), self);
    gtk_box_append(self->layouts, button);
}

static void show_number(UiRcnView *self)
{
    const char *text = gtk_editable_get_text(self->number);
    char digits[14];
    bool right = false;
    PosRcnPart parts[POS_RCN_PARTS_MAX];
    PosRcn value = {0};
    int index = -1;
    g_autoptr(GError) error = NULL;
    clear_box(self->parts);
    if (text[0] == '\0' || !pos_rcn_number(text, digits, &error)) {
        gtk_label_set_label(self->verdict, error != NULL ? error->message : "");
        return;
    }
    g_autofree char *words = pos_rcn_words(self->read, digits, &right);
    gtk_label_set_label(self->verdict, words);
    const gsize count = pos_rcn_parts(self->read, digits, &index, parts);
    pos_rcn_read(self->read, digits, &value);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *part = pos_rcn_part_words(&parts[i], &value);
        GtkWidget *row = words_new(part, "notice");
        gtk_widget_add_css_class(row, parts[i].right ? "info" : "error");
        gtk_box_append(self->parts, row);
    }
}

void ui_rcn_view_set_layouts(UiRcnView *self, const char *text)
{
    g_autoptr(GPtrArray) faults = pos_rcn_faults(text, strlen(text));
    g_clear_pointer(&self->read, pos_rcn_layouts_free);
    self->read = pos_rcn_layouts_parse(text, strlen(text), NULL);
    clear_box(self->layouts);
    clear_box(self->faults);
    for (guint i = 0; i < faults->len; i++) {
        GtkWidget *row = words_new(faults->pdata[i], "notice");
        gtk_widget_add_css_class(row, "error");
        gtk_box_append(self->faults, row);
    }
    const gsize count = pos_rcn_layouts_count(self->read);
    for (gsize i = 0; i < count; i++) {
        add_layout(self, pos_rcn_layouts_at(self->read, i));
    }
    gtk_widget_set_visible(GTK_WIDGET(self->none), count == 0);
    show_number(self);
}

void ui_rcn_view_explain(UiRcnView *self, const char *number)
{
    const bool aim = number[0] == ']' && strlen(number) > AIM_BYTES;
    gtk_editable_set_text(self->number, aim ? number + AIM_BYTES : number);
}

static void ui_rcn_view_dispose(GObject *object)
{
    g_clear_pointer(&UI_RCN_VIEW(object)->read, pos_rcn_layouts_free);
    G_OBJECT_CLASS(ui_rcn_view_parent_class)->dispose(object);
}

static void ui_rcn_view_class_init(UiRcnViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_rcn_view_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/rcn_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiRcnView, layouts);
    gtk_widget_class_bind_template_child(widget_class, UiRcnView, faults);
    gtk_widget_class_bind_template_child(widget_class, UiRcnView, parts);
    gtk_widget_class_bind_template_child(widget_class, UiRcnView, number);
    gtk_widget_class_bind_template_child(widget_class, UiRcnView, verdict);
    gtk_widget_class_bind_template_child(widget_class, UiRcnView, none);
    gtk_widget_class_bind_template_callback(widget_class, show_number);
}

static void ui_rcn_view_init(UiRcnView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

GtkWidget *ui_rcn_view_new(void)
{
    return g_object_new(UI_TYPE_RCN_VIEW, NULL);
}
