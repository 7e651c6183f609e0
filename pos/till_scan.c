/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the way from a scan to a line: item, offer, a manager's badge where a best-before is past, the weight where
 * the item is sold by it. One scan is one new line. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>

/* A red lot: refused, or lifted by a manager where that is allowed (then *out_lifted_by is set). */
static PosTillEvent *check_freshness(PosTill *till, const PosTillCommand *command,
                                     const PosTillItem *item, const PosTillOffer *offer,
                                     char out_lifted_by[POS_BOUND_OPERATOR_BYTES + 1])
{
    if (pos_freshness_refusal(offer->freshness) == POS_REFUSAL_NONE) {
        return NULL;
    }
    if (!pos_till_has_approver(command) || !pos_freshness_may_be_lifted(offer->freshness)) {
        return pos_till_refuse_red(till, &offer->product->names, item->gtin,
                                   offer->lot == NULL ? item->lot : offer->lot->lot,
                                   offer->freshness, 0);
    }
    g_autofree char *words = pos_freshness_words(offer->freshness);
    return pos_till_need(till, command, POS_MAY_LIFT_BEST_BEFORE, POS_LIMIT_COUNT, 0, words,
                         out_lifted_by);
}

static json_t *lifted_fields(PosTill *till, const PosCartLine *line)
{
    g_autofree char *best_before = pos_date_format(line->best_before);
    return json_pack("{ssssssssss}", "approver", line->lifted_by, "best_before", best_before,
                     "gtin", line->gtin, "lot", line->lot, "operator", till->operator_->id);
}

static PosTillEvent *refuse_add(PosRefusal refusal, PosUnit unit)
{
    if (refusal == POS_REFUSAL_CART_FULL) {
        return pos_till_refuse(refusal, _("This sale is full: finish it and begin another."));
    }
    if (unit == POS_UNIT_G) {
        return pos_till_refuse(POS_REFUSAL_BAD_WEIGHT,
                               _("The weight is not one that can be sold: weigh again."));
    }
    return pos_till_refuse(refusal, _("The quantity is not one that can be sold: give another."));
}

/* Puts the line (taken) on the cart and on disk; a lifted red lot leaves a record of its own with it. */
static PosTillEvent *add_line(PosTill *till, PosCartLine *line)
{
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    int number = 0;
    PosRefusal refusal = pos_cart_add(cart, line, &number);
    if (refusal != POS_REFUSAL_NONE) {
        return refuse_add(refusal, line->quantity.unit);
    }
    g_autoptr(json_t) fields = line->lifted_by[0] != '\0' ? lifted_fields(till, line) : NULL;
    PosTillRecord record = {"lot_lifted", fields};
    PosTillEvent *no =
        pos_till_cart_replace(till, g_steal_pointer(&cart), &record, fields != NULL ? 1 : 0);
    return no != NULL ? no : pos_till_line_event(till, number);
}

/* The line of an offer with a quantity that is known. weight: nullable, where it was weighed here. */
static PosTillEvent *sell(PosTill *till, const PosTillItem *item, const PosTillOffer *offer,
                          PosQuantity quantity, const char *lifted_by, const PosTillWeight *weight)
{
    PosCartLine line = pos_till_line_from_offer(till, item, offer);
    line.quantity = quantity;
    if (weight != NULL) {
        line.weighed_by_hand = weight->by_hand;
        line.weighed_on_scale = weight->on_scale;
        line.tare_g = weight->tare_g;
    }
    g_free(line.lifted_by);
    line.lifted_by = g_strdup(lifted_by);
    PosTillEvent *event = add_line(till, &line);
    pos_cart_line_clear(&line);
    return event;
}

static PosTillEvent *await_weight(PosTill *till, const PosTillItem *item, const PosTillOffer *offer,
                                  const char *lifted_by)
{
    till->pending.active = true;
    till->pending.item = *item;
    till->pending.charged = offer->charged;
    till->pending.tare_g = offer->product->tare_g;
    g_strlcpy(till->pending.lifted_by, lifted_by, sizeof till->pending.lifted_by);
    PosTillEvent *event = pos_till_event_new(POS_EVENT_WEIGH);
    event->line = pos_till_line_from_offer(till, item, offer);
    event->line.quantity = (PosQuantity){POS_UNIT_G, 0};
    pos_till_fill_scale(till, event);
    if (event->scale.condition != POS_SCALE_CONDITION_READY) {
        return event;
    }
    /* The goods lay on the plate before they were scanned. */
    const PosTillCommand weight = {.verb = POS_TILL_WEIGHT, .from_scale = true};
    PosTillEvent *line = pos_till_weight(till, &weight);
    bool refused = line->kind == POS_EVENT_REFUSED;
    pos_till_event_free(refused ? line : event);
    return refused ? event : line;
}

/* A scale's label with its amount on goods by weight: the weight that costs that much, and never a gram that would
 * cost more. 0 when there is none. */
static int64_t grams_for(PosMoney amount, PosMoney price_per_kg)
{
    PosMoney costs;
    if (price_per_kg.minor <= 0 || amount.minor <= 0 ||
        amount.minor > POS_BOUND_GRAMS_MAX * price_per_kg.minor / 1000) {
        return 0;
    }
    int64_t grams = amount.minor * 1000 / price_per_kg.minor;
    if (pos_money_times(price_per_kg, pos_quantity_grams(grams + 1), &costs) &&
        costs.minor <= amount.minor) {
        grams++;
    }
    return grams;
}

/* The label says what the piece on it costs; the line has the weight that makes it so. */
static PosTillEvent *sell_by_label(PosTill *till, const PosTillItem *item,
                                   const PosTillOffer *offer, const char *lifted_by)
{
    const int64_t grams = grams_for(item->label_price, offer->charged);
    if (grams == 0) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_WEIGHT,
            _("The amount on the label cannot be that of %s: weigh it and key in "
              "its PLU."),
            pos_till_name(till, &offer->product->names));
    }
    return sell(till, item, offer, pos_quantity_grams(grams), lifted_by, NULL);
}

PosTillEvent *pos_till_scan(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    till->pending.active = false;
    PosTillItem item;
    g_auto(PosTillOffer) offer = {0};
    char lifted_by[POS_BOUND_OPERATOR_BYTES + 1] = "";
    no = pos_till_item_read(till, command, &item);
    no = no != NULL ? no : pos_till_offer_find(till, &item, &offer);
    if (no != NULL &&
        (no->refusal == POS_REFUSAL_UNKNOWN_ITEM || no->refusal == POS_REFUSAL_BAD_CODE)) {
        PosTillEvent *taught = pos_till_sell_taught(till, command);
        if (taught != NULL) {
            pos_till_event_free(no);
            return taught;
        }
    }
    no = no != NULL ? no : pos_till_age_needed(till, command, offer.product);
    no = no != NULL ? no : check_freshness(till, command, &item, &offer, lifted_by);
    if (no != NULL) {
        return no;
    }
    if (offer.price == NULL && !item.has_label_price) {
        return pos_till_refuse(POS_REFUSAL_NO_PRICE, _("%s has no price yet: ask the manager."),
                               pos_till_name(till, &offer.product->names));
    }
    if (offer.product->unit == POS_UNIT_G) {
        if (item.has_label_price) {
            return sell_by_label(till, &item, &offer, lifted_by);
        }
        if (item.quantity.unit != POS_UNIT_G) {
            return await_weight(till, &item, &offer, lifted_by);
        }
        return sell(till, &item, &offer, item.quantity, lifted_by, NULL);
    }
    PosQuantity pieces = item.quantity.unit == POS_UNIT_EACH
                             ? item.quantity
                             : pos_quantity_each(pos_till_pieces(till, command));
    PosTillEvent *event = sell(till, &item, &offer, pieces, lifted_by, NULL);
    if (event->kind == POS_EVENT_LINE) {
        till->next_pieces = 0;
    }
    return event;
}

PosTillEvent *pos_till_weight(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (!till->pending.active) {
        return pos_till_refuse(POS_REFUSAL_BAD_WEIGHT,
                               _("Nothing waits for a weight: scan the item first."));
    }
    const PosTillItem *item = &till->pending.item;
    g_auto(PosTillOffer) offer = {0};
    no = pos_till_offer_find(till, item, &offer);
    if (no != NULL) {
        return no;
    }
    bool lifted =
        till->pending.lifted_by[0] != '\0' && pos_freshness_may_be_lifted(offer.freshness);
    if (!lifted && pos_freshness_refusal(offer.freshness) != POS_REFUSAL_NONE) {
        till->pending.active = false;
        return pos_till_refuse_red(till, &offer.product->names, item->gtin,
                                   offer.lot == NULL ? item->lot : offer.lot->lot, offer.freshness,
                                   0);
    }
    PosTillWeight weight;
    no = pos_till_weigh(till, command, offer.product, &weight);
    if (no != NULL) {
        return no;
    }
    if (till->pending.charged.minor < offer.charged.minor) {
        offer.charged = till->pending.charged;
    }
    PosTillEvent *event = sell(till, item, &offer, pos_quantity_grams(weight.net_g),
                               till->pending.lifted_by, &weight);
    till->pending.active = event->kind != POS_EVENT_LINE;
    if (!till->pending.active) {
        pos_till_weighed(till, &weight);
    }
    return event;
}

PosTillEvent *pos_till_price_check(PosTill *till, const PosTillCommand *command)
{
    PosTillItem item;
    g_auto(PosTillOffer) offer = {0};
    PosTillEvent *no = pos_till_item_read(till, command, &item);
    no = no != NULL ? no : pos_till_offer_find(till, &item, &offer);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_PRICE);
    event->line = pos_till_line_from_offer(till, &item, &offer);
    event->line.quantity =
        offer.product->unit == POS_UNIT_G ? pos_quantity_grams(1000) : pos_quantity_each(1);
    event->line.amount = event->line.price;
    event->price = g_steal_pointer(&offer.price);
    event->lot = g_steal_pointer(&offer.lot);
    return event;
}

#define SEARCH_PRODUCTS_MAX 60

PosTillEvent *pos_till_search(PosTill *till, const PosTillCommand *command)
{
    const char *language = till->language != NULL ? till->language : till->settings.language;
    if (command->text == NULL || command->text_length > POS_BOUND_NAME_BYTES ||
        !g_utf8_validate(command->text, (gssize)command->text_length, NULL)) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_COMMAND,
            _("Nothing is found by that: search for a part of a name, a PLU or a GTIN."));
    }
    g_autoptr(GPtrArray) found =
        pos_store_products(till->store, command->text, NULL, language, SEARCH_PRODUCTS_MAX);
    json_t *products = json_array();
    for (guint i = 0; i < found->len; i++) {
        const PosProduct *product = g_ptr_array_index(found, i);
        g_autoptr(PosPrice) price = pos_store_price(till->store, product->gtin, NULL);
        json_t *item = json_pack("{ssssssss}", "gtin", product->gtin, "name",
                                 pos_till_name(till, &product->names), "plu", product->plu, "unit",
                                 pos_unit_code(product->unit));
        if (price != NULL) {
            PosMoney charged = pos_price_promised(price, till->now_ms, till->settings.hold_ms);
            json_object_set_new(item, "price", json_integer(charged.minor));
        }
        json_array_append_new(products, item);
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_PRODUCTS);
    event->record = json_pack("{so}", "products", products);
    return event;
}
