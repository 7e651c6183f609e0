/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the till answers, on the sale screen. */
#include "ui/sale_private.h"

#include "ui/closures.h"
#include "ui/pages.h"
#include <glib/gi18n-lib.h>

static void select_line(UiSaleView *self, int line)
{
    const int position = ui_cart_model_position(self->model, line);
    if (position >= 0) {
        gtk_single_selection_set_selected(self->selection, (guint)position);
        gtk_widget_activate_action(GTK_WIDGET(self->cart), "list.scroll-to-item", "u",
                                   (guint)position);
    }
}

static void show_cart(UiSaleView *self, const UiAnswer *answer)
{
    ui_cart_model_set_cart(self->model, answer->event->cart, answer->price_at_ms, answer->now_ms);
    const guint lines = ui_sale_view_lines(self);
    g_autofree char *items = ui_format_items(lines);
    const PosMoney credit = pos_cart_credit(answer->event->cart);
    g_autofree char *credited = pos_money_format(credit, &self->currency);
    /* Translators: %s is an amount of money for goods that came back. */
    g_autofree char *back = g_strdup_printf(_("%s credited"), credited);
    g_autofree char *total = pos_money_format(
        pos_money(pos_cart_total(answer->event->cart).minor - credit.minor), &self->currency);
    self->credits = credit.minor > 0;
    g_autofree char *both = g_strdup_printf("%s · %s", items, back);
    gtk_label_set_label(self->count, self->credits ? lines > 0 ? both : back
                                     : lines > 0   ? items
                                                   : "");
    gtk_label_set_label(self->total, total);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->total), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   total, -1);
    adw_status_page_set_title(self->nothing,
                              self->credits ? back : _("Ready for the next customer"));
    adw_status_page_set_description(
        self->nothing, self->credits ? _("Scan what the customer takes instead, or pay it out.")
                                     : _("Scan a code, touch a product, or type a PLU."));
    ui_pages_show(self->cart_stack, lines > 0 ? "lines" : "empty");
    gtk_widget_set_sensitive(self->line_tools, lines > 0);
    gtk_widget_set_sensitive(GTK_WIDGET(self->pay), lines > 0 || self->credits);
    gtk_widget_set_sensitive(GTK_WIDGET(self->void_cart), lines > 0 || self->credits);
}

static void show_weigh(UiSaleView *self, const PosCartLine *line)
{
    const char *name = pos_names_in(&line->names, ui_language());
    /* Translators: %s is a product's name. */
    g_autofree char *prompt = g_strdup_printf(_("Grams of %s"), name);
    g_autofree char *price = ui_format_unit_price(line->price, POS_UNIT_G, &self->currency);
    /* Translators: %1$s is a product's name, %2$s its price per kilogram. */
    g_autofree char *title = g_strdup_printf(_("Weigh %1$s, %2$s"), name, price);
    self->asking = ASK_WEIGHT;
    ui_pad_ask(self->pad, UI_PAD_GRAMS, prompt, _("Add weight (Enter)"));
    ui_pad_grab(self->pad);
    const bool scale = self->scale_condition != POS_SCALE_CONDITION_NONE;
    ui_sale_set_notice(
        self, NOTICE_PRICE, title,
        scale
            ? _("Put it on the scale, or type the grams: the receipt then says so. Esc leaves it.")
            : _("Type the weight in grams. Esc leaves it."));
    ui_sale_reveal_scale(self);
}

void ui_sale_view_show_scale(UiSaleView *self, const UiScale *scale)
{
    self->scale_condition = scale->status.condition;
    ui_scale_view_show(self->scale, scale);
    ui_sale_reveal_scale(self);
}

gboolean ui_sale_view_awaits_weight(UiSaleView *self)
{
    return self->asking == ASK_WEIGHT && ui_pad_text(self->pad)[0] == '\0';
}

static void show_price(UiSaleView *self, const PosTillEvent *event)
{
    const PosCartLine *line = &event->line;
    g_autofree char *price =
        ui_format_unit_price(line->price, line->quantity.unit, &self->currency);
    g_autofree char *title =
        g_strdup_printf("%s   %s", pos_names_in(&line->names, ui_language()), price);
    GString *text = g_string_new(NULL);
    g_autofree char *fresh = pos_freshness_words(line->freshness);
    g_autofree char *source = ui_format_source(line->lot, line->origin);
    g_string_append(text, fresh);
    if (source[0] != '\0') {
        g_string_append_printf(text, "\n%s", source);
    }
    if (event->price != NULL && event->price->why != NULL && event->price->why[0] != '\0') {
        g_string_append_printf(text, "\n%s", event->price->why);
    }
    ui_sale_set_notice(self, NOTICE_PRICE, title, text->str);
    g_string_free(text, TRUE);
}

/* The message and, where there is one, what to do next. */
static void show_refusal(UiSaleView *self, const PosTillEvent *event)
{
    ui_sale_view_show_error(self, event->message);
    if (self->asking == ASK_WEIGHT) {
        ui_pad_set_text(self->pad, "");
    }
    if (event->kind != POS_EVENT_REFUSED || self->last == NULL) {
        return;
    }
    const PosRefusal refusal = event->refusal;
    const bool scanned = self->last->verb == POS_TILL_SCAN;
    if (refusal == POS_REFUSAL_APPROVAL_NEEDED && !scanned) {
        ui_sale_ask_approval(self, event->message);
    } else if (refusal == POS_REFUSAL_APPROVAL_NEEDED || refusal == POS_REFUSAL_EXPIRED ||
               refusal == POS_REFUSAL_WRONG_PIN) {
        ui_sale_set_offer(self, OFFER_APPROVE);
    } else if (refusal == POS_REFUSAL_UNKNOWN_ITEM && scanned) {
        ui_sale_set_offer(self, OFFER_TEACH);
    } else if (refusal == POS_REFUSAL_AGE_CHECK_NEEDED) {
        self->years = (int)event->number;
        ui_sale_begin_task(self, UI_TASK_AGE);
    }
}

/* What was done is done: the line takes what is typed. Words that stand in it already stay. */
static void back_to_line(UiSaleView *self)
{
    ui_sale_clear_notice(self);
    if (self->asking != ASK_CODE) {
        ui_sale_ask_code(self);
        ui_pad_grab(self->pad);
    }
}

static void show_note(UiSaleView *self, const char *title, const char *text)
{
    ui_sale_set_notice(self, NOTICE_PRICE, title, text);
}

static void show_done(UiSaleView *self, const PosTillEvent *event)
{
    g_autofree char *amount = pos_money_format(event->amount, &self->currency);
    g_autofree char *title = NULL;
    if (event->kind == POS_EVENT_SUSPENDED) {
        /* Translators: %1$s is a number, %2$s an amount of money. */
        title = g_strdup_printf(_("Suspended as %1$s, %2$s"), event->ticket, amount);
        show_note(self, title, _("The list of suspended sales fetches it back."));
        ui_sale_set_offer(self, OFFER_TICKETS);
    } else if (event->kind == POS_EVENT_DISCOUNT) {
        /* Translators: %s is an amount of money. */
        title = g_strdup_printf(_("%s off"), amount);
        show_note(self, title, NULL);
    } else if (event->kind == POS_EVENT_EXCHANGE) {
        /* Translators: %s is an amount of money. */
        title = g_strdup_printf(_("%s credited in this sale"), amount);
        show_note(self, title, _("Scan what the customer takes instead, then pay."));
    } else if (event->kind == POS_EVENT_NEXT_QUANTITY) {
        /* Translators: %d is a number of pieces. */
        title = g_strdup_printf(_("%d × the next item"), (int)event->number);
        show_note(self, title, NULL);
    } else if (event->kind == POS_EVENT_RESUMED) {
        /* Translators: %s is the number of a suspended sale. */
        title = g_strdup_printf(_("Sale %s goes on"), event->ticket);
        show_note(self, title, NULL);
    }
}

void ui_sale_view_apply(UiSaleView *self, const UiAnswer *answer)
{
    const PosTillEvent *event = answer->event;
    if (event->cart != NULL) {
        show_cart(self, answer);
    }
    if (ui_task_view_hear(self->task, event)) {
        return;
    }
    switch (event->kind) {
    case POS_EVENT_REFUSED:
    case POS_EVENT_ERROR:
        show_refusal(self, event);
        break;
    case POS_EVENT_LINE:
        back_to_line(self);
        select_line(self, event->line.line);
        break;
    case POS_EVENT_WEIGH:
        show_weigh(self, &event->line);
        break;
    case POS_EVENT_PRICE:
        show_price(self, event);
        break;
    case POS_EVENT_DISCOUNT:
    case POS_EVENT_NEXT_QUANTITY:
    case POS_EVENT_EXCHANGE:
    case POS_EVENT_SUSPENDED:
    case POS_EVENT_RESUMED:
        back_to_line(self);
        show_done(self, event);
        break;
    case POS_EVENT_AGE:
    case POS_EVENT_LINE_VOID:
    case POS_EVENT_VOID:
    case POS_EVENT_SALE:
    case POS_EVENT_LOGIN:
    case POS_EVENT_LOGOUT:
    case POS_EVENT_SHIFT:
        back_to_line(self);
        break;
    case POS_EVENT_TENDER:
    case POS_EVENT_CART:
    case POS_EVENT_SCALE:
    case POS_EVENT_TARE:
    case POS_EVENT_LOCKED:
    case POS_EVENT_UNLOCKED:
    case POS_EVENT_DRAWER:
    case POS_EVENT_REPORT:
    case POS_EVENT_TRAINING:
    case POS_EVENT_PRODUCTS:
    case POS_EVENT_TICKETS:
    case POS_EVENT_PAYMENT:
    case POS_EVENT_RECEIPTS:
    case POS_EVENT_RECEIPT:
    case POS_EVENT_REPRINT:
    case POS_EVENT_STOCK:
        break;
    }
}
