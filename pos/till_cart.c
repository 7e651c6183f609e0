/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the changes to lines that are there: quantity, void, a manager's price, giving up the whole sale. Each change is
 * made on a copy, written with its record in one transaction, and only then becomes the open cart. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>

PosTillEvent *pos_till_cart_replace(PosTill *till, PosCart *cart, const PosTillRecord *records,
                                    gsize records_count)
{
    g_autoptr(PosCart) next = cart;
    g_autoptr(PosSale) sale = pos_till_sale_build(till, next);
    if (till->legs->len > 0 && sale == NULL) {
        return pos_till_refuse(
            POS_REFUSAL_NOT_ALLOWED,
            _("More is paid already than would be left to pay: finish the sale, or "
              "void it and give the money back."));
    }
    GError *error = NULL;
    if (!pos_till_write(till, records, records_count, next, NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    pos_till_undo_push(till, till->cart);
    till->cart = g_steal_pointer(&next);
    return NULL;
}

static PosTillEvent *refuse_line(PosRefusal refusal, int line)
{
    if (refusal == POS_REFUSAL_NO_SUCH_LINE) {
        return pos_till_refuse_line(line);
    }
    if (refusal == POS_REFUSAL_NOT_ALLOWED) {
        return pos_till_refuse(refusal, _("Line %d follows from other lines: change those."), line);
    }
    if (refusal == POS_REFUSAL_CART_FULL) {
        return pos_till_refuse(refusal, _("This sale is full: finish it and begin another."));
    }
    return pos_till_refuse(refusal,
                           _("The quantity or price of line %d is not one that can be sold: give "
                             "another, or void the line."),
                           line);
}

PosTillEvent *pos_till_quantity(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    PosRefusal refusal = pos_cart_set_quantity(cart, command->line, command->pieces);
    if (refusal != POS_REFUSAL_NONE) {
        const PosCartLine *line = pos_cart_find(cart, command->line);
        if (line != NULL && line->quantity.unit == POS_UNIT_G) {
            return pos_till_refuse(
                refusal, _("Line %d is sold by weight: void it and weigh again."), command->line);
        }
        return refuse_line(refusal, command->line);
    }
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), NULL, 0);
    return no != NULL ? no : pos_till_line_event(till, command->line);
}

PosTillEvent *pos_till_void_line(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    const PosCartLine *line = pos_cart_find(till->cart, command->line);
    if (line == NULL) {
        return refuse_line(POS_REFUSAL_NO_SUCH_LINE, command->line);
    }
    PosCartLine voided = pos_cart_line_copy(line);
    g_autoptr(json_t) fields = pos_cart_line_to_fields(line);
    json_object_set_new(fields, "operator", json_string(till->operator_->id));
    PosTillRecord record = {"line_void", fields};
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    PosRefusal refusal = pos_cart_remove(cart, command->line);
    if (refusal != POS_REFUSAL_NONE) {
        pos_cart_line_clear(&voided);
        return refuse_line(refusal, command->line);
    }
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), &record, 1);
    if (no != NULL) {
        pos_cart_line_clear(&voided);
        return no;
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_LINE_VOID);
    event->line = voided;
    return event;
}

/* By how many percent a price is moved, rounded up; from nothing to something is more than any limit. */
static int64_t moved_pct(PosMoney from, int64_t to)
{
    if (from.minor == to || to < 0 || to > POS_BOUND_AMOUNT_MINOR_MAX) {
        return 0; /* what is no price is refused as such */
    }
    if (from.minor <= 0) {
        return POS_LIMIT_NONE;
    }
    int64_t moved = to > from.minor ? to - from.minor : from.minor - to;
    return moved > POS_BOUND_AMOUNT_MINOR_MAX / 100 ? POS_LIMIT_NONE
                                                    : (moved * 100 + from.minor - 1) / from.minor;
}

static json_t *override_fields(const PosTill *till, const PosTillCommand *command,
                               const PosCartLine *line, const char *approver)
{
    json_t *fields = json_object();
    json_object_set_new(fields, "approver", json_string(approver));
    json_object_set_new(fields, "gtin", json_string(line->gtin));
    json_object_set_new(fields, "line", json_integer(line->line));
    json_object_set_new(fields, "lot", json_string(line->lot));
    json_object_set_new(fields, "old_price", json_integer(line->price.minor));
    json_object_set_new(fields, "operator", json_string(till->operator_->id));
    json_object_set_new(fields, "price", json_integer(command->amount));
    json_object_set_new(fields, "reason", json_string(command->reason));
    return fields;
}

PosTillEvent *pos_till_override(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    const PosCartLine *line = pos_cart_find(till->cart, command->line);
    if (line == NULL) {
        return refuse_line(POS_REFUSAL_NO_SUCH_LINE, command->line);
    }
    if (command->reason == NULL || command->reason[0] == '\0' ||
        strlen(command->reason) > POS_BOUND_WHY_BYTES) {
        return pos_till_refuse(POS_REFUSAL_BAD_COMMAND,
                               _("A changed price needs a reason: say it in a few words."));
    }
    g_autofree char *price = pos_till_money(till, pos_money(command->amount));
    g_autofree char *what =
        g_strdup_printf(_("%s at %s"), pos_till_name(till, &line->names), price);
    char approver[POS_BOUND_OPERATOR_BYTES + 1];
    no = pos_till_need(till, command, POS_MAY_OVERRIDE, POS_LIMIT_OVERRIDE_PCT,
                       moved_pct(line->price, command->amount), what, approver);
    if (no != NULL) {
        return no;
    }
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    PosRefusal refusal = pos_cart_override(cart, command->line, pos_money(command->amount));
    if (refusal != POS_REFUSAL_NONE) {
        return refuse_line(refusal, command->line);
    }
    g_autoptr(json_t) fields = override_fields(till, command, line, approver);
    PosTillRecord record = {"price_override", fields};
    no = pos_till_cart_replace(till, g_steal_pointer(&cart), &record, 1);
    return no != NULL ? no : pos_till_line_event(till, command->line);
}

static void append_legs(json_t *tenders, const GArray *legs)
{
    for (guint i = 0; i < legs->len; i++) {
        const PosTillLeg *leg = &g_array_index(legs, PosTillLeg, i);
        json_t *tender = json_pack("{sIss}", "amount", (json_int_t)leg->amount.minor, "kind",
                                   pos_tender_code(leg->kind));
        if (leg->attempt[0] != '\0') {
            json_object_set_new(tender, "attempt", json_string(leg->attempt));
        }
        json_array_append_new(tenders, tender);
    }
}

/* What the given-up sale was, with what was handed over and goes back. */
static json_t *abandoned_fields(const PosTill *till)
{
    json_t *fields = json_object();
    json_t *lines = json_array();
    for (gsize i = 0; i < pos_cart_count(till->cart); i++) {
        json_array_append_new(lines, pos_cart_line_to_fields(pos_cart_at(till->cart, i)));
    }
    json_t *tenders = json_array();
    append_legs(tenders, till->legs);
    append_legs(tenders, till->spares);
    json_object_set_new(fields, "lines", lines);
    json_object_set_new(fields, "operator", json_string(till->operator_->id));
    json_object_set_new(fields, "tenders", tenders);
    json_object_set_new(fields, "total", json_integer(pos_cart_total(till->cart).minor));
    return fields;
}

PosTillEvent *pos_till_void(PosTill *till)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    till->pending.active = false;
    till->tare = (PosTillTare){0};
    bool had_lines = pos_cart_count(till->cart) > 0 || pos_cart_exchange(till->cart) != NULL;
    GError *error = NULL;
    g_autoptr(json_t) fields = had_lines ? abandoned_fields(till) : NULL;
    g_autoptr(PosCart) empty = pos_cart_new();
    PosTillRecord record = {"abandoned", fields};
    if (!pos_till_write(till, &record, had_lines ? 1 : 0, empty, NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    pos_cart_free(till->cart);
    till->cart = g_steal_pointer(&empty);
    pos_till_undo_clear(till);
    g_array_set_size(till->legs, 0);
    g_array_set_size(till->spares, 0); /* the record says what the card terminal has to give back */
    return pos_till_event_new(POS_EVENT_VOID);
}
