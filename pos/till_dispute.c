/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what happens when a shopper was shown a lower price: the line, open or of a receipt, takes it, with the remedy that the store has set, and a
 * `price_dispute` record says so. The rule itself is pos/dispute.c. */
#include "pos/till_private.h"

#include "pos/dispute.h"

#include <glib/gi18n-lib.h>

static json_t *dispute_fields(const PosTill *till, const PosCartLine *line,
                              const PosDisputeResult *result, const char *approver)
{
    json_t *fields = json_object();
    json_object_set_new(fields, "approver", json_string(approver));
    json_object_set_new(fields, "bonus", json_integer(result->bonus.minor));
    json_object_set_new(fields, "gtin", json_string(line->gtin));
    json_object_set_new(fields, "line", json_integer(line->line));
    json_object_set_new(fields, "lot", json_string(line->lot));
    json_object_set_new(fields, "old_price", json_integer(line->price.minor));
    json_object_set_new(fields, "operator", json_string(till->operator_->id));
    json_object_set_new(fields, "owed", json_integer(result->owed.minor));
    json_object_set_new(fields, "price", json_integer(result->price.minor));
    json_object_set_new(fields, "remedy",
                        json_string(pos_dispute_remedy_code(till->settings.dispute)));
    json_object_set_new(fields, "shown_price", json_integer(result->price.minor));
    return fields;
}

/* Price and bonus onto a copy of the cart; NONE or why not. */
static PosRefusal apply(PosCart *cart, int line, const PosDisputeResult *result,
                        const char *approver)
{
    PosRefusal refusal = pos_cart_override(cart, line, result->price);
    if (refusal != POS_REFUSAL_NONE || result->bonus.minor == 0) {
        return refusal;
    }
    PosCartDiscount bonus = {.line = line,
                             .value = result->bonus.minor,
                             .why = _("price shown was lower"),
                             .approver = (char *)approver};
    return pos_cart_add_discount(cart, &bonus, NULL);
}

static PosTillEvent *refuse_not_lower(int line)
{
    return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                           _("The price that was shown must be lower than that of line %d: key in "
                             "what the shelf says."),
                           line);
}

static PosTillEvent *dispute_open(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = NULL;
    const PosCartLine *line = pos_cart_find(till->cart, command->line);
    if (line == NULL) {
        return pos_till_refuse_line(command->line);
    }
    PosDisputeResult result;
    if (!pos_cart_line_is_discountable(line) || command->amount < 0 ||
        command->amount >= line->price.minor ||
        !pos_dispute_settle(till->settings.dispute, line->price, pos_money(command->amount),
                            line->quantity, &till->settings.currency, &result)) {
        return refuse_not_lower(command->line);
    }
    g_autofree char *price = pos_till_money(till, result.price);
    g_autofree char *what =
        g_strdup_printf(_("%s at %s"), pos_till_name(till, &line->names), price);
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_SETTLE_DISPUTE, POS_LIMIT_COUNT, 0, what, approver);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    PosRefusal refusal = apply(cart, command->line, &result, approver);
    if (refusal != POS_REFUSAL_NONE) {
        return pos_till_refuse(refusal, _("This sale is full: finish it and begin another."));
    }
    g_autoptr(json_t) fields = dispute_fields(till, line, &result, approver);
    PosTillRecord record = {"price_dispute", fields, NULL};
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), &record, 1);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = pos_till_line_event(till, command->line);
    event->amount = result.bonus;
    return event;
}

/* --- after the sale ----------------------------------------------------------------------------------- */

/* The line as it was sold, of what the shop knows of it now; deposits and tax are sold again as they came back. */
static PosTillEvent *line_of_row(PosTill *till, const json_t *row, int64_t quantity,
                                 PosCartLine *out)
{
    PosTillItem item = {0};
    g_auto(PosTillOffer) offer = {0};
    const char *gtin = json_string_value(json_object_get(row, "gtin"));
    const char *lot = json_string_value(json_object_get(row, "lot"));
    g_strlcpy(item.gtin, gtin != NULL ? gtin : "", sizeof item.gtin);
    g_strlcpy(item.lot, lot != NULL ? lot : "", sizeof item.lot);
    if (item.gtin[0] == '\0') {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("These goods have no code and no price on the shelf: take them "
                                 "back instead."));
    }
    PosTillEvent *no = pos_till_offer_find(till, &item, &offer);
    if (no != NULL) {
        return no;
    }
    *out = pos_till_line_from_offer(till, &item, &offer);
    out->quantity = (PosQuantity){offer.product->unit, quantity};
    out->price = pos_money(json_integer_value(json_object_get(row, "price")));
    out->list_price = pos_money(MAX(out->price.minor, out->list_price.minor));
    out->price_version = json_integer_value(json_object_get(row, "price_version"));
    return NULL;
}

/* What came back is sold again at the price that was shown, and the difference is paid out: so stock, tax and a later
 * return stay right by themselves. NULL when `cart` holds it. */
static PosTillEvent *sell_again(PosTill *till, const PosTillCommand *command, PosCart *cart,
                                PosCartLine *line, const char *approver, PosDisputeResult *result)
{
    const PosMoney shown = pos_money(command->amount);
    int number = 0;
    if (command->amount < 0 || command->amount >= line->price.minor ||
        !pos_dispute_settle(till->settings.dispute, line->price, shown, line->quantity,
                            &till->settings.currency, result)) {
        return refuse_not_lower(command->line);
    }
    PosRefusal refusal = pos_cart_add(cart, line, &number);
    refusal = refusal != POS_REFUSAL_NONE ? refusal : apply(cart, number, result, approver);
    if (refusal != POS_REFUSAL_NONE) {
        return pos_till_refuse(refusal,
                               _("This line cannot be sold again: take the goods back instead."));
    }
    line->line = number;
    /* A discount may have made it cheaper than the shelf. */
    return pos_cart_total(cart).minor < pos_cart_credit(cart).minor
               ? NULL
               : refuse_not_lower(command->line);
}

static json_t *sold_fields(const PosTill *till, const PosTillCommand *command,
                           const PosCartLine *line, const PosDisputeResult *result,
                           const char *approver)
{
    json_t *fields = dispute_fields(till, line, result, approver);
    json_object_set_new(fields, "of_line", json_integer(command->line));
    json_object_set_new(fields, "of_receipt", json_string(command->receipt));
    return fields;
}

static PosTillEvent *dispute_sold(PosTill *till, const PosTillCommand *command)
{
    if (pos_cart_count(till->cart) > 0 || pos_cart_exchange(till->cart) != NULL) {
        return pos_till_refuse(POS_REFUSAL_CART_NOT_EMPTY,
                               _("A sale is open: finish, suspend or void it first."));
    }
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    g_autofree char *price = pos_till_money(till, pos_money(command->amount));
    g_autofree char *what = g_strdup_printf(_("%s at %s"), command->receipt, price);
    PosTillEvent *no =
        pos_till_need(till, command, POS_MAY_SETTLE_DISPUTE, POS_LIMIT_COUNT, 0, what, approver);
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    g_autoptr(json_t) row = NULL;
    int64_t quantity = 0;
    no = no != NULL ? no : pos_till_take_whole_line(till, command, approver, cart, &row, &quantity);
    if (no != NULL) {
        return no;
    }
    PosCartLine line = {0};
    PosDisputeResult result;
    no = line_of_row(till, row, quantity, &line);
    if (no != NULL) {
        return no;
    }
    no = sell_again(till, command, cart, &line, approver, &result);
    const int number = line.line;
    g_autoptr(json_t) fields =
        no != NULL ? NULL : sold_fields(till, command, &line, &result, approver);
    pos_cart_line_clear(&line);
    if (no != NULL) {
        return no;
    }
    PosTillRecord record = {"price_dispute", fields, NULL};
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), &record, 1);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = pos_till_line_event(till, number);
    event->amount = result.bonus;
    return event;
}

PosTillEvent *pos_till_dispute(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no == NULL && till->settings.dispute == POS_DISPUTE_NONE) {
        no = pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                             _("This shop has no rule for a price that was shown lower: have the "
                               "price of the line changed."));
    }
    if (no != NULL) {
        return no;
    }
    return command->receipt != NULL ? dispute_sold(till, command) : dispute_open(till, command);
}
