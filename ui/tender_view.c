/* SPDX-License-Identifier: GPL-3.0-or-later
 * The tender screen: what was given so far, cash, and the card through ui/card_panel. What is due comes from the till's events; nothing is added up here. While a tender is on its way
 * to disk the buttons rest, so that one touch is one payment. */
#include "ui/tender_view.h"

#include "pos/bounds.h"
#include "pos/notes.h"
#include "pos/tender.h"
#include "ui/card_panel.h"
#include "ui/closures.h"
#include "ui/form.h"
#include "ui/pages.h"
#include <glib/gi18n-lib.h>

struct _UiTenderView {
    AdwBin parent;
    GtkLabel *due, *due_word, *items, *paid, *error, *rounding;
    GtkWidget *choices, *given, *cashless, *qr;
    GtkStack *panels;
    UiCardPanel *card;
    GtkButton *exact;
    GtkBox *notes;
    UiPad *pad;
    PosCurrency currency;
    PosMoney due_amount, due_cash;
    PosMoney card_amount; /* of the card payment that is asked for, under way or not known */
    char attempt[POS_BOUND_ATTEMPT_BYTES]; /* of one whose end is not known; "" none */
    char put_off[POS_BOUND_ATTEMPT_BYTES]; /* one that is not asked for again by itself */
    bool busy, has_terminal;
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
    /* Where money goes to the shopper, 0 says all of it. */
    const PosTillCommand value = {
        .verb = POS_TILL_TENDER, .tender = kind, .amount = MAX(amount.minor, 0)};
    set_busy(self, true);
    gtk_widget_set_visible(GTK_WIDGET(self->error), FALSE);
    g_signal_emit_by_name(self, "command", &value);
}

void ui_tender_view_pay_exact(UiTenderView *self)
{
    ui_tender_view_pay(self, POS_TENDER_CASH, self->due_cash);
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
    PosMoney notes[POS_NOTES_MAX];
    const gsize count = pos_notes_suggest(&self->currency, self->due_cash, notes);
    gsize shown = 0;
    for (gsize i = 0; i < count; i++) {
        if (notes[i].minor == self->due_cash.minor) {
            continue; /* that is the exact button */
        }
        g_autofree char *label = pos_money_format(notes[i], &self->currency);
        GtkWidget *button = gtk_button_new_with_label(label);
        gtk_widget_add_css_class(button, "note");
        gtk_widget_set_size_request(button, -1, 84);
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

static void show_rounding(UiTenderView *self)
{
    const int64_t rounded = self->due_cash.minor - self->due_amount.minor;
    g_autofree char *cash = pos_money_format(self->due_cash, &self->currency);
    g_autofree char *by = pos_money_format(pos_money(ABS(rounded)), &self->currency);
    /* Translators: an amount of cash, and how much more or less it is than what is due otherwise. */
    g_autofree char *words = g_strdup_printf(rounded > 0 ? _("In cash %s: rounded up by %s")
                                                         : _("In cash %s: rounded down by %s"),
                                             cash, by);
    gtk_label_set_label(self->rounding, words);
    gtk_widget_set_visible(GTK_WIDGET(self->rounding), rounded != 0);
}

/* due < 0: money goes to the shopper. */
static void show_due(UiTenderView *self, PosMoney due, PosMoney due_cash)
{
    const bool out = due.minor < 0;
    self->due_amount = due;
    self->due_cash = due_cash;
    g_autofree char *text = pos_money_format(pos_money(ABS(due.minor)), &self->currency);
    g_autofree char *cash = pos_money_format(pos_money(ABS(due_cash.minor)), &self->currency);
    gtk_label_set_label(self->due, text);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->due), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                   -1);
    /* Translators: %s is an amount of money. */
    g_autofree char *exact = due.minor == 0 ? g_strdup(_("Nothing to pay: finish (Enter)"))
                                            : g_strdup_printf(out ? _("Pay out %s in cash (Enter)")
                                                                  : _("Exact cash %s (Enter)"),
                                                              cash);
    gtk_button_set_label(self->exact, exact);
    gtk_widget_set_sensitive(GTK_WIDGET(self->pad), due.minor > 0 && !self->busy);
    gtk_widget_set_visible(GTK_WIDGET(self->pad), due.minor > 0);
    gtk_widget_set_visible(self->cashless, due.minor != 0);
    show_rounding(self);
    show_notes(self);
    ui_pad_ask(self->pad, UI_PAD_MONEY, _("Cash handed over"), _("Take cash (Enter)"));
}

static const char *kind_words(PosTenderKind kind)
{
    return kind == POS_TENDER_CASH ? _("Cash") : kind == POS_TENDER_CARD ? _("Card") : _("QR");
}

static void on_take_back(UiTenderView *self, GtkButton *button)
{
    const PosTillCommand value = {
        .verb = POS_TILL_VOID_TENDER,
        .line = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "which"))};
    if (!self->busy) {
        set_busy(self, true);
        g_signal_emit_by_name(self, "command", &value);
    }
}

/* What was handed over so far, each with a way back. */
static void show_given(UiTenderView *self, const GArray *tenders)
{
    const guint count = tenders != NULL ? tenders->len : 0;
    ui_form_clear(self->given);
    for (guint i = 0; i < count; i++) {
        const PosTender *tender = &g_array_index(tenders, PosTender, i);
        GtkWidget *row = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
        g_autofree char *amount = pos_money_format(tender->amount, &self->currency);
        g_autofree char *words = g_strdup_printf("%s %s", kind_words(tender->kind), amount);
        /* Translators: %s is a payment, as "Cash ₩5,000". */
        g_autofree char *spoken = g_strdup_printf(_("Take back: %s"), words);
        GtkWidget *label = ui_form_label(words, "line-name");
        GtkWidget *button =
            ui_form_button(i + 1 == count ? _("Take back (Delete)") : _("Take it back"), NULL,
                           G_CALLBACK(on_take_back), self);
        gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       spoken, -1);
        g_object_set_data(G_OBJECT(button), "which", GINT_TO_POINTER((int)i + 1));
        gtk_label_set_wrap(GTK_LABEL(gtk_button_get_child(GTK_BUTTON(button))), FALSE);
        gtk_widget_set_size_request(button, -1, 58);
        gtk_widget_set_hexpand(label, TRUE);
        gtk_box_append(GTK_BOX(row), label);
        gtk_box_append(GTK_BOX(row), button);
        gtk_box_append(GTK_BOX(self->given), row);
    }
    gtk_widget_set_visible(self->given, count > 0);
    gtk_label_set_label(self->due_word, self->due_amount.minor < 0 ? _("To pay out")
                                        : count > 0                ? _("Still to pay")
                                                                   : _("To pay"));
}

static void show_choices(UiTenderView *self)
{
    ui_card_panel_end(self->card);
    self->attempt[0] = '\0';
    ui_pages_show(self->panels, "choices");
}

static void show_card(UiTenderView *self, UiCardState state)
{
    g_autofree char *amount =
        pos_money_format(pos_money(ABS(self->card_amount.minor)), &self->currency);
    ui_pages_show(self->panels, "card");
    ui_card_panel_show(self->card, state, amount, self->card_amount.minor < 0);
}

void ui_tender_view_begin(UiTenderView *self, PosMoney due, gsize items)
{
    g_autofree char *words = ui_format_items(items);
    gtk_label_set_label(self->items, items > 0 ? words : "");
    gtk_widget_set_visible(GTK_WIDGET(self->paid), FALSE);
    gtk_widget_set_visible(GTK_WIDGET(self->error), FALSE);
    gtk_widget_set_visible(self->qr, pos_tender_provider(POS_TENDER_QR) != NULL);
    set_busy(self, false);
    show_choices(self);
    show_due(self, due, due);
    show_given(self, NULL);
    gtk_widget_grab_focus(GTK_WIDGET(self->exact));
}

void ui_tender_view_set_terminal(UiTenderView *self, gboolean has_terminal)
{
    self->has_terminal = has_terminal;
}

/* --- payments that take time ------------------------------------------------------------------------ */

static const PosPayment *find_payment(const GArray *payments, PosPaymentStatus status,
                                      const char *attempt)
{
    for (guint i = 0; payments != NULL && i < payments->len; i++) {
        const PosPayment *payment = &g_array_index(payments, PosPayment, i);
        if (payment->is_open && payment->status == status &&
            (attempt == NULL || g_str_equal(payment->attempt, attempt))) {
            return payment;
        }
    }
    return NULL;
}

/* The one that is asked for ends here: as the terminal said meanwhile, or as it was said by hand. */
static void settle_unknown(UiTenderView *self, const PosTillEvent *event)
{
    if (find_payment(event->payments, POS_PAYMENT_UNKNOWN, self->attempt) != NULL) {
        return; /* still */
    }
    const bool paid = find_payment(event->payments, POS_PAYMENT_PAID, self->attempt) != NULL;
    const PosMoney amount = self->card_amount;
    show_choices(self);
    if (paid) { /* taken up: it is not charged again */
        ui_tender_view_pay(self, POS_TENDER_CARD, amount);
    } else {
        ui_form_say(self->error, "info",
                    _("The card payment did not go through: pay another way, or try again."));
    }
}

bool ui_tender_view_has_unknown(UiTenderView *self, const PosTillEvent *event)
{
    const PosPayment *unknown = find_payment(event->payments, POS_PAYMENT_UNKNOWN, NULL);
    return unknown != NULL && !g_str_equal(unknown->attempt, self->put_off);
}

bool ui_tender_view_take_up(UiTenderView *self, const PosTillEvent *event)
{
    const PosPayment *paid = find_payment(event->payments, POS_PAYMENT_PAID, NULL);
    if (paid == NULL || paid->amount <= 0) {
        return false;
    }
    ui_tender_view_begin(self, event->due, pos_cart_count(event->cart));
    ui_tender_view_pay(self, POS_TENDER_CARD, pos_money(paid->amount));
    return true;
}

bool ui_tender_view_is_waiting(UiTenderView *self)
{
    return ui_pages_is(self->panels, "card") && (self->attempt[0] != '\0' || self->busy);
}

void ui_tender_view_ask_unknown(UiTenderView *self, const PosTillEvent *event)
{
    const PosPayment *unknown = find_payment(event->payments, POS_PAYMENT_UNKNOWN, NULL);
    if (unknown != NULL) {
        set_busy(self, false);
        self->card_amount = pos_money(unknown->amount);
        g_strlcpy(self->attempt, unknown->attempt, sizeof self->attempt);
        show_card(self, UI_CARD_UNKNOWN);
    }
}

static void apply_payment(UiTenderView *self, const PosTillEvent *event)
{
    const PosPayment *payment = &event->payment;
    const bool goes_on =
        payment->attempt[0] != '\0' &&
        (payment->status == POS_PAYMENT_CREATED || payment->status == POS_PAYMENT_USER_PAYING);
    if (self->attempt[0] != '\0') {
        settle_unknown(self, event);
    } else if (goes_on) {
        self->card_amount = pos_money(payment->amount);
        self->busy = true;
        show_card(self, UI_CARD_WAIT);
    } else if (payment->status == POS_PAYMENT_UNKNOWN && payment->attempt[0] != '\0') {
        ui_tender_view_ask_unknown(self, event);
    } else if (self->busy) { /* nothing is under way any more */
        set_busy(self, false);
        show_choices(self);
    }
}

static void on_card_said(UiTenderView *self, gboolean yes)
{
    const PosMoney amount = self->card_amount;
    show_choices(self);
    if (yes) {
        ui_tender_view_pay(self, POS_TENDER_CARD, amount);
    } else {
        ui_form_say(self->error, "info", _("The card was not charged: nothing is paid yet."));
        gtk_widget_grab_focus(GTK_WIDGET(self->exact));
    }
}

static void on_card_cancel(UiTenderView *self)
{
    const PosTillCommand value = {.verb = POS_TILL_PAYMENT, .on = true};
    g_signal_emit_by_name(self, "command", &value);
}

static void on_card_outcome(UiTenderView *self, gboolean paid)
{
    char attempt[POS_BOUND_ATTEMPT_BYTES];
    g_strlcpy(attempt, self->attempt, sizeof attempt);
    const PosTillCommand value = {.verb = POS_TILL_PAYMENT,
                                  .attempt = attempt,
                                  .outcome = (char *)(paid ? "paid" : "closed")};
    g_signal_emit_by_name(self, "command", &value);
}

static void on_card_later(UiTenderView *self)
{
    g_strlcpy(self->put_off, self->attempt, sizeof self->put_off);
    show_choices(self);
    g_signal_emit_by_name(self, "back");
}

void ui_tender_view_apply(UiTenderView *self, const PosTillEvent *event)
{
    if (event->kind == POS_EVENT_PAYMENT) {
        apply_payment(self, event);
        return;
    }
    const bool bad = event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR;
    if (bad && event->refusal == POS_REFUSAL_PAYMENT_PENDING) {
        return; /* the wait is on the screen */
    }
    if (self->attempt[0] == '\0') {
        set_busy(self, false);
        show_choices(self);
    }
    if (bad) {
        ui_form_say(self->error, "error", event->message);
        return;
    }
    if (event->kind == POS_EVENT_TENDER || event->kind == POS_EVENT_CART) {
        ui_form_say(self->error, "error", NULL);
        if (event->kind == POS_EVENT_TENDER) {
            g_autofree char *amount = pos_money_format(event->amount, &self->currency);
            /* Translators: %s is the amount that was just handed over; more is still to be paid. */
            g_autofree char *paid = g_strdup_printf(_("%s taken"), amount);
            gtk_label_set_label(self->paid, paid);
        }
        gtk_widget_set_visible(GTK_WIDGET(self->paid), event->kind == POS_EVENT_TENDER);
        show_due(self, event->due, event->due_cash);
        show_given(self, event->tenders);
        if (event->kind == POS_EVENT_TENDER) {
            gtk_label_set_label(self->due_word, _("Still to pay"));
        }
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

/* What stands on the pad is the part that goes by card; else all of it. A terminal that stands by itself is asked about
 * first: only its yes is a payment. */
static void on_card_clicked(UiTenderView *self)
{
    const int64_t typed = ui_parse_digits(ui_pad_text(self->pad), POS_BOUND_AMOUNT_MINOR_MAX);
    self->card_amount =
        typed > 0 && typed < self->due_amount.minor ? pos_money(typed) : self->due_amount;
    if (self->busy) {
        return;
    }
    if (self->has_terminal) {
        ui_tender_view_pay(self, POS_TENDER_CARD, self->card_amount);
    } else {
        ui_form_say(self->error, "error", NULL);
        show_card(self, UI_CARD_ASK);
    }
}

static void on_qr_clicked(UiTenderView *self)
{
    if (!gtk_widget_get_visible(self->qr)) {
        return; /* not set up */
    }
    ui_tender_view_pay(self, POS_TENDER_QR, self->due_amount);
}

static void on_back_clicked(UiTenderView *self)
{
    if (!self->busy) {
        g_signal_emit_by_name(self, "back");
    }
}

static void take_last_back(UiTenderView *self)
{
    GtkWidget *row = gtk_widget_get_last_child(self->given);
    if (row != NULL) {
        on_take_back(self, GTK_BUTTON(gtk_widget_get_last_child(row)));
    }
}

gboolean ui_tender_view_key(UiTenderView *self, guint keyval)
{
    if (ui_pages_is(self->panels, "card")) {
        return ui_card_panel_key(self->card, keyval);
    }
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
    case GDK_KEY_Delete:
        take_last_back(self);
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
    g_type_ensure(UI_TYPE_CARD_PANEL);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/tender_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, due);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, due_word);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, items);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, paid);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, error);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, choices);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, exact);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, notes);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, rounding);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, given);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, cashless);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, qr);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, panels);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, card);
    gtk_widget_class_bind_template_child(widget_class, UiTenderView, pad);
    gtk_widget_class_bind_template_callback(widget_class, on_pad_accepted);
    gtk_widget_class_bind_template_callback(widget_class, on_exact_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_card_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_qr_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_back_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_card_later);
    gtk_widget_class_bind_template_callback(widget_class, on_card_outcome);
    gtk_widget_class_bind_template_callback(widget_class, on_card_cancel);
    gtk_widget_class_bind_template_callback(widget_class, on_card_said);
}

static void ui_tender_view_init(UiTenderView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    gtk_widget_init_template(GTK_WIDGET(self));
    ui_pages_show(self->panels, "choices");
    show_due(self, pos_money(0), pos_money(0));
}

GtkWidget *ui_tender_view_new(void)
{
    return g_object_new(UI_TYPE_TENDER_VIEW, NULL);
}
