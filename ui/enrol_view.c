/* SPDX-License-Identifier: GPL-3.0-or-later
 * The enrolment screen. */
#include "ui/enrol_view.h"

#include <glib/gi18n-lib.h>

struct _UiEnrolView {
    AdwBin parent;
    GtkEditable *url, *code;
    GtkLabel *error;
    GtkButton *enrol;
    GtkSpinner *spinner;
};
G_DEFINE_FINAL_TYPE(UiEnrolView, ui_enrol_view, ADW_TYPE_BIN)

void ui_enrol_view_set_busy(UiEnrolView *self, gboolean busy)
{
    gtk_widget_set_sensitive(GTK_WIDGET(self->url), !busy);
    gtk_widget_set_sensitive(GTK_WIDGET(self->code), !busy);
    gtk_widget_set_sensitive(GTK_WIDGET(self->enrol), !busy);
    gtk_spinner_set_spinning(self->spinner, busy);
}

void ui_enrol_view_show_error(UiEnrolView *self, const char *sentence)
{
    gtk_label_set_label(self->error, sentence != NULL ? sentence : "");
    gtk_widget_set_visible(GTK_WIDGET(self->error), sentence != NULL);
}

static void submit(UiEnrolView *self)
{
    g_autofree char *url = g_strstrip(g_strdup(gtk_editable_get_text(self->url)));
    g_autofree char *code = g_strstrip(g_strdup(gtk_editable_get_text(self->code)));
    if (url[0] == '\0' || code[0] == '\0') {
        ui_enrol_view_show_error(self, _("Fill in both: the address and the code."));
        return;
    }
    ui_enrol_view_show_error(self, NULL);
    g_signal_emit_by_name(self, "enrol", url, code);
}

void ui_enrol_view_submit(UiEnrolView *self, const char *url, const char *code)
{
    gtk_editable_set_text(self->url, url);
    gtk_editable_set_text(self->code, code);
    submit(self);
}

static void ui_enrol_view_dispose(GObject *object)
{
    G_OBJECT_CLASS(ui_enrol_view_parent_class)->dispose(object);
}

static void ui_enrol_view_class_init(UiEnrolViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_enrol_view_dispose;
    g_signal_new("enrol", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/enrol_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiEnrolView, url);
    gtk_widget_class_bind_template_child(widget_class, UiEnrolView, code);
    gtk_widget_class_bind_template_child(widget_class, UiEnrolView, error);
    gtk_widget_class_bind_template_child(widget_class, UiEnrolView, enrol);
    gtk_widget_class_bind_template_child(widget_class, UiEnrolView, spinner);
    gtk_widget_class_bind_template_callback(widget_class, submit);
}

static void ui_enrol_view_init(UiEnrolView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

GtkWidget *ui_enrol_view_new(void)
{
    return g_object_new(UI_TYPE_ENROL_VIEW, NULL);
}
