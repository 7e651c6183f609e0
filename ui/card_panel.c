/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/card_panel.h"

#include "ui/form.h"
#include <glib/gi18n-lib.h>

struct _UiCardPanel {
    AdwBin parent;
    GtkLabel *amount, *words, *seconds;
    GtkWidget *spinner, *yes, *no, *cancel;
    UiCardState state;
    guint timer;
    int64_t since_us;
    bool paid_out;
};
G_DEFINE_FINAL_TYPE(UiCardPanel, ui_card_panel, ADW_TYPE_BIN)

static void show_seconds(UiCardPanel *self)
{
    const int seconds = (int)((g_get_monotonic_time() - self->since_us) / G_USEC_PER_SEC);
    g_autofree char *words =
        g_strdup_printf(ngettext("%d second", "%d seconds", (gulong)seconds), seconds);
    gtk_label_set_label(self->seconds, words);
}

static gboolean on_second(gpointer user)
{
    show_seconds(UI_CARD_PANEL(user));
    return G_SOURCE_CONTINUE;
}

void ui_card_panel_end(UiCardPanel *self)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    gtk_spinner_set_spinning(GTK_SPINNER(self->spinner), FALSE);
}

static void begin_wait(UiCardPanel *self)
{
    if (self->timer == 0) {
        self->since_us = g_get_monotonic_time();
        self->timer = g_timeout_add_seconds(1, on_second, self);
        gtk_spinner_set_spinning(GTK_SPINNER(self->spinner), TRUE);
    }
    show_seconds(self);
}

void ui_card_panel_show(UiCardPanel *self, UiCardState state, const char *amount, bool paid_out)
{
    const bool waits = state == UI_CARD_WAIT;
    self->state = state;
    self->paid_out = paid_out;
    gtk_label_set_label(self->amount, amount);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->amount), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   amount, -1);
    gtk_widget_set_visible(self->spinner, waits);
    gtk_widget_set_visible(GTK_WIDGET(self->seconds), waits);
    gtk_widget_set_visible(self->yes, !waits);
    gtk_widget_set_visible(self->no, !waits);
    gtk_widget_set_visible(self->cancel, state != UI_CARD_ASK);
    switch (state) {
    case UI_CARD_ASK:
        ui_card_panel_end(self);
        gtk_label_set_label(
            self->words, paid_out ? _("Give this back at the card terminal. Did it say yes?")
                                  : _("Key this amount into the card terminal. Did it say yes?"));
        ui_form_button_name(self->yes, _("Yes, it is paid (Enter)"));
        ui_form_button_name(self->no, _("No (Esc)"));
        gtk_widget_grab_focus(self->yes);
        break;
    case UI_CARD_WAIT:
        gtk_label_set_label(self->words,
                            _("The card terminal has the amount. Waiting for the card."));
        ui_form_button_name(self->cancel, _("Give it up (Esc)"));
        begin_wait(self);
        gtk_widget_grab_focus(self->cancel);
        break;
    case UI_CARD_UNKNOWN:
        ui_card_panel_end(self);
        gtk_label_set_label(
            self->words,
            _("Nobody knows whether this card payment went through: the answer of the "
              "terminal never came. Look at its display or its slip, and say what it says. "
              "The till keeps asking the terminal meanwhile."));
        ui_form_button_name(self->yes, _("The slip says: paid (F7)"));
        ui_form_button_name(self->no, _("The slip says: not paid (F8)"));
        ui_form_button_name(self->cancel, _("Later (Esc)"));
        gtk_widget_grab_focus(self->cancel); /* Enter guesses nothing */
        break;
    }
}

static void on_yes(UiCardPanel *self)
{
    g_signal_emit_by_name(self, self->state == UI_CARD_UNKNOWN ? "outcome" : "said", TRUE);
}

static void on_no(UiCardPanel *self)
{
    g_signal_emit_by_name(self, self->state == UI_CARD_UNKNOWN ? "outcome" : "said", FALSE);
}

static void on_cancel(UiCardPanel *self)
{
    if (self->state == UI_CARD_WAIT) {
        gtk_label_set_label(self->words,
                            _("Given up here. Waiting for the card terminal to say so."));
        g_signal_emit_by_name(self, "cancel");
    } else {
        g_signal_emit_by_name(self, "later");
    }
}

gboolean ui_card_panel_key(UiCardPanel *self, guint keyval)
{
    const bool enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;
    if (self->state == UI_CARD_ASK && enter) {
        on_yes(self);
    } else if (self->state == UI_CARD_ASK && keyval == GDK_KEY_Escape) {
        on_no(self);
    } else if (self->state == UI_CARD_UNKNOWN && keyval == GDK_KEY_F7) {
        on_yes(self);
    } else if (self->state == UI_CARD_UNKNOWN && keyval == GDK_KEY_F8) {
        on_no(self);
    } else if (keyval == GDK_KEY_Escape) {
        on_cancel(self);
    } else {
        return enter; /* nothing is pressed by chance */
    }
    return TRUE;
}

static void ui_card_panel_dispose(GObject *object)
{
    g_clear_handle_id(&UI_CARD_PANEL(object)->timer, g_source_remove);
    G_OBJECT_CLASS(ui_card_panel_parent_class)->dispose(object);
}

static void ui_card_panel_class_init(UiCardPanelClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_card_panel_dispose;
    g_signal_new("said", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
    g_signal_new("outcome", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
    g_signal_new("cancel", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("later", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_card_panel_init(UiCardPanel *self)
{
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_VERTICAL, 16);
    GtkWidget *wait = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    self->amount = GTK_LABEL(ui_form_label("", "card-amount"));
    self->words = GTK_LABEL(ui_form_label("", "title-3"));
    self->seconds = GTK_LABEL(ui_form_label("", "title-2"));
    self->spinner = gtk_spinner_new();
    self->yes = ui_form_button("", "pay", G_CALLBACK(on_yes), self);
    self->no = ui_form_button("", NULL, G_CALLBACK(on_no), self);
    self->cancel = ui_form_button("", NULL, G_CALLBACK(on_cancel), self);
    gtk_widget_set_size_request(self->spinner, 48, 48);
    gtk_widget_set_size_request(self->yes, -1, 84);
    gtk_widget_set_size_request(self->no, -1, 72);
    gtk_widget_set_size_request(self->cancel, -1, 72);
    gtk_box_append(GTK_BOX(wait), self->spinner);
    gtk_box_append(GTK_BOX(wait), GTK_WIDGET(self->seconds));
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->amount));
    gtk_box_append(GTK_BOX(page), GTK_WIDGET(self->words));
    gtk_box_append(GTK_BOX(page), wait);
    gtk_box_append(GTK_BOX(page), self->yes);
    gtk_box_append(GTK_BOX(page), self->no);
    gtk_box_append(GTK_BOX(page), self->cancel);
    adw_bin_set_child(ADW_BIN(self), page);
}

GtkWidget *ui_card_panel_new(void)
{
    return g_object_new(UI_TYPE_CARD_PANEL, NULL);
}
