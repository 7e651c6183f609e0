/* SPDX-License-Identifier: GPL-3.0-or-later
 * The tender screen. What is due comes from the till's events; nothing is added up here. While a tender is on its way
 * to disk the buttons rest, so that one touch is one payment. */
#include "ui/tender_view.h"

#include "pos/bounds.h"
#include "ui/closures.h"
#include <glib/gi18n-lib.h>

#define NOTES_MAX 8  /* suggestions asked for; the smallest of them are the least likely */
#define NOTES_SHOWN 5

struct _UiTenderView {
    AdwBin parent;
    GtkLabel *due, *due_word, *items, *paid, *error;
    GtkWidget *choices;
    GtkButton *exact;
    GtkBox *notes;
    UiPad *pad;
    PosCurrency currency;
    PosMoney due_amount;
    bool busy;
};
G_DEFINE_FINAL_TYPE(UiTenderView, ui_tender_view, ADW_TYPE_BIN)

static void set_busy(UiTenderView *self, bool busy)
{
    self->busy = busy;
    gtk_widget_set_sensitive(self->choices, !busy);
    gtk_widget_set_sensitive(GTK_WIDGET(self->pad), !busy);
}

void ui_tender_view_pay(UiTenderView *self, PosTenderKind kind, PosMoney amount)
{
    if (self->busy) {
        return;
    }
    const PosTillCommand value = {.verb = POS_TILL_TENDER, .tender = kind, .amount = amount.minor};
    set_busy(self, true);
    gtk_widget_set_visible(GTK_WIDGET(self->error), FALSE);
    g_signal_emit_by_name(self, "command", &value);
}

void ui_tender_view_pay_exact(UiTenderView *self)
{
    ui_tender_view_pay(self, POS_TENDER_CASH, self->due_amount);
}

static void on_note_clicked(GtkButton *button, UiTenderView *self)
{
    const PosMoney *amount = g_object_get_data(G_OBJECT(button), "amount");
    ui_tender_view_pay(self, POS_TENDER_CASH, *amount);
}

static void show_notes(UiTenderView *self)
{
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->notes))) != NULL) {
        gtk_box_remove(self->notes, child);
    }
    PosMoney notes[NOTES_MAX];
    const gsize count =
        self->due_amount.minor > 0
            ? pos_money_suggest_notes(self->due_amount, &self->currency, notes, NOTES_MAX)
            : 0;
    gsize shown = 0;
    for (gsize i = count > NOTES_SHOWN ? count - NOTES_SHOWN : 0; i < count; i++) {
        if (notes[i].minor == self->due_amount.minor) {
            continue; /* that is the exact button */
        }
        g_autofree char *label = pos_money_format(notes[i], &self->currency);
        GtkWidget *button = gtk_button_new_with_label(label);
        gtk_widget_add_css_class(button, "note");
        gtk_widget_set_size_request(button, -1, 64);
        PosMoney *amount = g_new(PosMoney, 1);
        *amount = notes[i];
        g_object_set_data_full(G_OBJECT(button), "amount", amount, g_free);
        g_autofree char *spoken = g_strdup_printf(_("Cash %s"), label);
        gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       spoken, -1);
        g_signal_connect(button, "clicked", G_CALLBACK(on_note_clicked), self);
        gtk_box_append(self->notes, button);
        shown++;
    }
    gtk_widget_set_visible(GTK_WIDGET(self->notes), shown > 0);
}

static void show_due(UiTenderView *self, PosMoney due)
{
    self->due_amount = due;
    g_autofree char *text = pos_money_format(due, &self->currency);
    gtk_label_set_label(self->due, text);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->due), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                   -1);
    /* Translators: %s is an amount of money. */
    g_autofree char *exact = g_strdup_printf(_("Exact cash %s (Enter)"), text);
    gtk_button_set_label(self->exact, exact);
    show_notes(self);
    ui_pad_ask(self->pad, UI_PAD_MONEY, _("Cash handed over"), _("Take cash (Enter)"));
}

void ui_tender_view_begin(UiTenderView *self, PosMoney due, gsize items)
{
    g_autofree char *words = ui_format_items(items);
    gtk_label_set_label(self->items, words);
    gtk_label_set_label(self->due_word, _("To pay"));
    gtk_widget_set_visible(GTK_WIDGET(self->paid), FALSE);
    gtk_widget_set_visible(GTK_WIDGET(self->error), FALSE);
    set_busy(self, false);
    show_due(self, due);
    gtk_widget_grab_focus(GTK_WIDGET(self->exact));
}

void ui_tender_view_apply(UiTenderView *self, const PosTillEvent *event)
{
    set_busy(self, false);
    if (event->kind == POS_EVENT_TENDER) {
        g_autofree char *amount = pos_money_format(event->amount, &self->currency);
        /* Translators: %s is the amount that was just handed over; more is still to be paid. */
        g_autofree char *paid = g_strdup_printf(_("%s taken"), amount);
        gtk_label_set_label(self->paid, paid);
        gtk_widget_set_visible(GTK_WIDGET(self->paid), TRUE);
        gtk_label_set_label(self->due_word, _("Still to pay"));
        show_due(self, event->due);
    } else if (event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR) {
        gtk_label_set_label(self->error, event->message != NULL ? event->message : "");
        gtk_widget_set_visible(GTK_WIDGET(self->error), TRUE);
    }
}

void ui_tender_view_set_currency(UiTenderView *self, const PosCurrency *currency)
{
    self->currency = *currency;
    ui_pad_set_currency(self->pad, currency);
}

static void on_pad_accepted(UiTenderView *self, const char *text)
{
    const int64_t minor = ui_parse_digits(text, POS_BOUND_AMOUNT_MINOR_MAX);
    if (minor > 0) {
        ui_tender_view_pay(self, POS_TENDER_CASH, pos_money(minor));
    } else {
        ui_tender_view_pay_exact(self);
    }
}

static void on_exact_clicked(UiTenderView *self)
{
    ui_tender_view_pay_exact(self);
}

static void on_card_clicked(UiTenderView *self)
{
    ui_tender_view_pay(self, POS_TENDER_CARD, self->due_amount);
}

static void on_qr_clicked(UiTenderView *self)
{
    ui_tender_view_pay(self, POS_TENDER_QR, self->due_amount);
}

static void on_back_clicked(UiTenderView *self)
{
    if (!self->busy) {
        g_signal_emit_by_name(self, "back");
    }
}

gboolean ui_tender_view_key(UiTenderView *self, guint keyval)
{
    switch (keyval) {
    case GDK_KEY_Escape:
        on_back_clicked(self);
        return TRUE;
    case GDK_KEY_F11:
        on_card_clicked(self);
        return TRUE;
    case GDK_KEY_F10:
        on_qr_clicked(self);
        return TRUE;
    case GDK_KEY_F12:
        ui_tender_view_pay_exact(self);
        return TRUE;
    default:
        return !self->busy && ui_pad_key(self->pad, keyval);
    }
}

static void ui_tender_view_dispose(GObject *object)
{
    G_OBJECT_CLASS(ui_tender_view_parent_class)->dispose(object);
}

static void ui_tender_view_class_init(UiTenderViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_tender_view_dispose;
    g_signal_new("command", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("back", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_type_ensure(UI_TYPE_PAD);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/tender_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, due);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, due_word);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, items);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, paid);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, error);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, choices);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, exact);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, notes);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, pad);
    gtk_widget_class_bind_template_callback(widget_class, on_pad_accepted);
    gtk_widget_class_bind_template_callback(widget_class, on_exact_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_card_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_qr_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_back_clicked);
}

static void ui_tender_view_init(UiTenderView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    gtk_widget_init_template(GTK_WIDGET(self));
    show_due(self, pos_money(0));
}

GtkWidget *ui_tender_view_new(void)
{
    return g_object_new(UI_TYPE_TENDER_VIEW, NULL);
}
