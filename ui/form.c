/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/form.h"

GtkWidget *ui_form_box(GtkOrientation orientation, int spacing)
{
    return gtk_box_new(orientation, spacing);
}

GtkWidget *ui_form_label(const char *text, const char *css_class)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    if (css_class != NULL) {
        gtk_widget_add_css_class(label, css_class);
    }
    return label;
}

void ui_form_button_name(GtkWidget *button, const char *name)
{
    gtk_button_set_label(GTK_BUTTON(button), name);
    GtkWidget *label = gtk_button_get_child(GTK_BUTTON(button));
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GtkWidget *ui_form_button(const char *label, const char *css_class, GCallback clicked,
                          gpointer user)
{
    GtkWidget *button = gtk_button_new();
    ui_form_button_name(button, label);
    gtk_widget_set_size_request(button, -1, UI_FORM_TOUCH);
    if (css_class != NULL) {
        gtk_widget_add_css_class(button, css_class);
    }
    if (clicked != NULL) {
        g_signal_connect_swapped(button, "clicked", clicked, user);
    }
    return button;
}

void ui_form_clear(GtkWidget *box)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(box)) != NULL) {
        gtk_box_remove(GTK_BOX(box), child);
    }
}

void ui_form_say(GtkLabel *label, const char *kind, const char *text)
{
    const char *classes[] = {"notice", kind, NULL};
    const bool any = text != NULL && text[0] != '\0';
    gtk_label_set_label(label, any ? text : "");
    gtk_widget_set_css_classes(GTK_WIDGET(label), classes);
    gtk_widget_set_visible(GTK_WIDGET(label), any);
}

GtkWidget *ui_form_notice(void)
{
    GtkWidget *label = g_object_new(GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                                    "xalign", 0.0, "wrap", TRUE, "visible", FALSE, NULL);
    gtk_widget_add_css_class(label, "notice");
    return label;
}

GtkWidget *ui_form_paper(GtkLabel **out_rows)
{
    GtkWidget *scroller = gtk_scrolled_window_new();
    GtkWidget *rows = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(rows), 0);
    gtk_widget_set_halign(rows, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(rows, GTK_ALIGN_START);
    gtk_widget_add_css_class(rows, "receipt-rows");
    gtk_widget_add_css_class(rows, "paper");
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), rows);
    gtk_scrolled_window_set_propagate_natural_width(GTK_SCROLLED_WINDOW(scroller), TRUE);
    gtk_widget_set_vexpand(scroller, TRUE);
    gtk_widget_set_size_request(scroller, 430, -1);
    *out_rows = GTK_LABEL(rows);
    return scroller;
}

void ui_form_paper_set(GtkLabel *rows, const GPtrArray *lines)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; lines != NULL && i < lines->len; i++) {
        g_string_append_printf(text, i > 0 ? "\n%s" : "%s", (const char *)lines->pdata[i]);
    }
    gtk_label_set_label(rows, text->str);
    g_string_free(text, TRUE);
}
