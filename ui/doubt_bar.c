/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/doubt_bar.h"

#include "ui/form.h"
#include <glib/gi18n-lib.h>

struct _UiDoubtBar {
    AdwBin parent;
    GtkLabel *words;
};
G_DEFINE_FINAL_TYPE(UiDoubtBar, ui_doubt_bar, ADW_TYPE_BIN)

void ui_doubt_bar_show(UiDoubtBar *self, int held, const char *name)
{
    g_autofree char *words =
        held == 1 && name != NULL && name[0] != '\0'
            /* Translators: %s is a receipt's number. */
            ? g_strdup_printf(_("Did receipt %s come out of the printer?"), name)
            : g_strdup_printf(ngettext("Did %d receipt come out of the printer?",
                                       "Did %d receipts come out of the printer?", (gulong)held),
                              held);
    gtk_label_set_label(self->words, words);
    gtk_widget_set_visible(GTK_WIDGET(self), held > 0);
}

void ui_doubt_bar_decide(UiDoubtBar *self, gboolean print)
{
    if (gtk_widget_get_visible(GTK_WIDGET(self))) {
        gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
        g_signal_emit_by_name(self, "decided", print);
    }
}

static void on_again(UiDoubtBar *self)
{
    ui_doubt_bar_decide(self, TRUE);
}

static void on_printed(UiDoubtBar *self)
{
    ui_doubt_bar_decide(self, FALSE);
}

static void ui_doubt_bar_class_init(UiDoubtBarClass *class)
{
    g_signal_new("decided", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void ui_doubt_bar_init(UiDoubtBar *self)
{
    GtkWidget *row = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *again =
        ui_form_button(_("No: print a copy (Alt+A)"), "doubt-button", G_CALLBACK(on_again), self);
    GtkWidget *printed =
        ui_form_button(_("Yes, it did (Alt+Y)"), "doubt-button", G_CALLBACK(on_printed), self);
    self->words = GTK_LABEL(ui_form_label("", NULL));
    g_object_set(row, "css-classes", (const char *const[]){"notice", "warning", NULL}, NULL);
    gtk_widget_set_hexpand(GTK_WIDGET(self->words), TRUE);
    gtk_box_append(GTK_BOX(row), GTK_WIDGET(self->words));
    gtk_box_append(GTK_BOX(row), again);
    gtk_box_append(GTK_BOX(row), printed);
    adw_bin_set_child(ADW_BIN(self), row);
    gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
}

GtkWidget *ui_doubt_bar_new(void)
{
    return g_object_new(UI_TYPE_DOUBT_BAR, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);
}
