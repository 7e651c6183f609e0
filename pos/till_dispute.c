/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what happens when a shopper was shown a lower price: the line takes it, with the remedy that the store has set, and a
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

PosTillEvent *pos_till_dispute(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    const PosCartLine *line = pos_cart_find(till->cart, command->line);
    if (line == NULL) {
        return pos_till_refuse_line(command->line);
    }
    if (till->settings.dispute == POS_DISPUTE_NONE) {
        return pos_till_refuse(POS_REFUSAL_NOT_ALLOWED,
                               _("This shop has no rule for a price that was shown lower: have the "
                                 "price of the line changed."));
    }
    PosDisputeResult result;
    if (!pos_cart_line_is_discountable(line) || command->amount < 0 ||
        command->amount >= line->price.minor ||
        !pos_dispute_settle(till->settings.dispute, line->price, pos_money(command->amount),
                            line->quantity, &till->settings.currency, &result)) {
        return pos_till_refuse(POS_REFUSAL_BAD_QUANTITY,
                               _("The price that was shown must be lower than that of line %d: key "
                                 "in what the shelf says."),
                               command->line);
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
