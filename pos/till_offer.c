/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the two steps from a scanned text to what the shop asks for it: text to item (what the code names), item
 * to offer (product, lot, health code, price). The rules of lots: a code that names a lot gets that lot and its own
 * price, else the product's; a bare GTIN gets the first sellable lot by date and the lowest price of its
 * sellable lots; a lot that the feed does not know is judged by the code's dates and the GTIN's recalls. */
#include "pos/till_private.h"

#include <glib/gi18n-lib.h>

void pos_till_offer_clear(PosTillOffer *offer)
{
    g_clear_pointer(&offer->product, pos_product_free);
    g_clear_pointer(&offer->lot, pos_lot_free);
    g_clear_pointer(&offer->price, pos_price_free);
}

/* --- text to item --------------------------------------------------------------------------------- */

/* A value with `decimals` digits after the point in units of 10^-exponent; false unless it is whole there. */
static bool scale_exactly(int64_t value, int decimals, int exponent, int64_t *out)
{
    for (; decimals > exponent; decimals--) {
        if (value % 10 != 0) {
            return false;
        }
        value /= 10;
    }
    for (; decimals < exponent; decimals++) {
        if (value > POS_BOUND_AMOUNT_MINOR_MAX / 10) {
            return false;
        }
        value *= 10;
    }
    *out = value;
    return true;
}

/* The item digits of a restricted number are the PLU, with or without leading zeros. */
static PosProduct *product_by_item(PosTill *till, const char *digits)
{
    PosProduct *product = pos_store_product_by_plu(till->store, digits);
    const char *stripped = digits;
    while (stripped[0] == '0' && stripped[1] != '\0') {
        stripped++;
    }
    if (product == NULL && stripped != digits) {
        product = pos_store_product_by_plu(till->store, stripped);
    }
    for (int width = 4; product == NULL && width <= 6; width++) {
        int missing = width - (int)strlen(stripped);
        if (missing > 0) {
            g_autofree char *padded = g_strdup_printf("%.*s%s", missing, "000000", stripped);
            product = pos_store_product_by_plu(till->store, padded);
        }
    }
    return product;
}

static PosTillEvent *item_from_rcn(PosTill *till, const PosRcn *rcn, PosTillItem *out)
{
    if (rcn->kind == POS_RCN_NONE) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_CODE,
            _("This is another shop's own number: scan the item's GTIN or key in "
              "its PLU."));
    }
    g_autoptr(PosProduct) product = product_by_item(till, rcn->item);
    if (product == NULL) {
        return pos_till_refuse(POS_REFUSAL_UNKNOWN_ITEM,
                               _("No product of this shop has the PLU %s: search for its name."),
                               rcn->item);
    }
    g_strlcpy(out->gtin, product->gtin, sizeof out->gtin);
    int64_t value = 0;
    if (rcn->kind == POS_RCN_WEIGHT) {
        if (product->unit != POS_UNIT_G || !scale_exactly(rcn->value, rcn->decimals, 3, &value)) {
            return pos_till_refuse(
                POS_REFUSAL_BAD_CODE,
                _("The label gives a weight, but %s is not sold by weight: key in its PLU."),
                pos_till_name(till, &product->names));
        }
        out->quantity = pos_quantity_grams(value);
    } else if (rcn->kind == POS_RCN_UNITS && product->unit != POS_UNIT_EACH) {
        return pos_till_refuse(POS_REFUSAL_BAD_CODE,
                               _("The label gives no weight: weigh %s and key in its PLU."),
                               pos_till_name(till, &product->names));
    } else if (rcn->kind == POS_RCN_UNITS) {
        out->quantity = pos_quantity_each(rcn->value);
    } else {
        if (!scale_exactly(rcn->value, rcn->decimals, till->settings.currency.exponent, &value)) {
            return pos_till_refuse(POS_REFUSAL_BAD_CODE,
                                   _("The price on the label does not fit the shop's currency: key "
                                     "in the item's PLU."));
        }
        if (product->unit == POS_UNIT_EACH) {
            out->quantity = pos_quantity_each(1);
        }
        out->has_label_price = true;
        out->label_price = pos_money(value);
    }
    return NULL;
}

/* A PLU as a cashier keys it in: 3 to 6 digits, nothing else. */
static bool is_plu(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i])) {
            return false;
        }
    }
    return length >= 3 && length <= 6;
}

static PosTillEvent *item_from_plu(PosTill *till, const char *digits, PosTillItem *out)
{
    g_autoptr(PosProduct) product = product_by_item(till, digits);
    if (product == NULL) {
        return pos_till_refuse(POS_REFUSAL_UNKNOWN_ITEM,
                               _("No product of this shop has the PLU %s: search for its name."),
                               digits);
    }
    g_strlcpy(out->gtin, product->gtin, sizeof out->gtin);
    return NULL;
}

static PosTillEvent *item_from_message(const PosGs1Message *message, PosTillItem *out)
{
    if (message->gtin[0] == '\0') {
        return pos_till_refuse(POS_REFUSAL_BAD_CODE,
                               _("This code names no item for sale: scan the code on the item."));
    }
    g_strlcpy(out->gtin, message->gtin, sizeof out->gtin);
    g_strlcpy(out->lot, message->lot, sizeof out->lot);
    out->best_before = message->best_before;
    out->use_by = message->use_by;
    if (message->net_weight_g > 0) {
        out->quantity = pos_quantity_grams(message->net_weight_g);
    } else if (message->count > 0) {
        out->quantity = pos_quantity_each(message->count);
    }
    return NULL;
}

PosTillEvent *pos_till_item_read(PosTill *till, const PosTillCommand *command, PosTillItem *out)
{
    memset(out, 0, sizeof *out);
    gsize length = command->text == NULL ? 0 : command->text_length;
    while (length > 0 && strchr("\r\n\t ", command->text[length - 1]) != NULL &&
           command->text[length - 1] != '\0') {
        length--;
    }
    if (length == 0 || length > POS_BOUND_SCAN_BYTES) {
        return pos_till_refuse(
            POS_REFUSAL_BAD_CODE,
            length == 0 ? _("The scanner sent nothing: scan again.")
                        : _("The code is too long to be an item's: scan the code on the item."));
    }
    g_autofree char *text = g_malloc(length + 1);
    memcpy(text, command->text, length);
    text[length] = '\0';
    if (is_plu(text, length)) {
        return item_from_plu(till, text, out);
    }
    PosGs1Settings settings = {.today = till->today, .rcn = till->rcn, .compressed_links = true};
    g_autofree PosGs1Message *message = g_new0(PosGs1Message, 1);
    pos_gs1_read(text, length, &settings, message);
    switch (message->kind) {
    case POS_GS1_ELEMENTS:
    case POS_GS1_LINK:
    case POS_GS1_DIGITS:
        return item_from_message(message, out);
    case POS_GS1_RESTRICTED:
        return item_from_rcn(till, &message->rcn, out);
    case POS_GS1_REFUSED:
        return pos_till_refuse(POS_REFUSAL_BAD_CODE,
                               _("The code cannot be right: %s Scan it again, or key in the PLU."),
                               message->error);
    case POS_GS1_PLAIN:
        break;
    }
    return pos_till_refuse(POS_REFUSAL_BAD_CODE,
                           _("This is no code of an item: scan the code on the item or its tag."));
}

/* --- item to offer -------------------------------------------------------------------------------- */

static PosDate earlier(PosDate a, PosDate b)
{
    if (a.days == 0 || b.days == 0) {
        return a.days == 0 ? b : a;
    }
    return a.days < b.days ? a : b;
}

/* The feed's lot, or one made of what the code says; the stricter date of the two counts. NULL when there is
 * neither lot nor date. */
static PosLot *lot_of_item(PosTill *till, const PosTillItem *item)
{
    PosLot *lot = item->lot[0] == '\0' ? NULL : pos_store_lot(till->store, item->gtin, item->lot);
    if (lot == NULL) {
        if (item->lot[0] == '\0' && item->best_before.days == 0 && item->use_by.days == 0) {
            return NULL;
        }
        g_autoptr(json_t) nothing = json_object();
        lot = pos_lot_from_json(item->gtin, item->lot[0] == '\0' ? "-" : item->lot, nothing, NULL);
        if (lot == NULL) {
            return NULL;
        }
        g_free(lot->lot);
        lot->lot = g_strdup(item->lot);
    }
    lot->best_before = earlier(lot->best_before, item->best_before);
    lot->use_by = earlier(lot->use_by, item->use_by);
    return lot;
}

/* product NULL: it is no longer in the feed. */
static PosFreshness judge(PosTill *till, const char *gtin, const PosProduct *product,
                          const PosLot *lot)
{
    const char *name = lot == NULL || lot->lot[0] == '\0' ? NULL : lot->lot;
    bool recalled = pos_store_is_recalled(till->store, gtin, name, NULL);
    PosFreshnessFacts facts = {.lot = lot,
                               .storage = product != NULL ? product->storage : NULL,
                               .recalled = recalled,
                               .today = till->today,
                               .limits = till->settings.freshness};
    return pos_freshness_of(&facts);
}

/* The lot's own price, else the product's. */
static PosPrice *price_of(PosTill *till, const char *gtin, const char *lot)
{
    PosPrice *price =
        lot == NULL || lot[0] == '\0' ? NULL : pos_store_price(till->store, gtin, lot);
    return price != NULL ? price : pos_store_price(till->store, gtin, NULL);
}

/* Takes `price` into the offer when it is the first or charges less. */
static void offer_price(PosTill *till, PosTillOffer *offer, PosPrice *price)
{
    if (price == NULL) {
        return;
    }
    PosMoney charged = pos_price_promised(price, till->now_ms, till->settings.hold_ms);
    if (offer->price != NULL && charged.minor >= offer->charged.minor) {
        pos_price_free(price);
        return;
    }
    pos_price_free(offer->price);
    offer->price = price;
    offer->charged = charged;
}

static bool dates_fit(const PosLot *lot, const PosTillItem *item)
{
    return (item->best_before.days == 0 || lot->best_before.days == item->best_before.days) &&
           (item->use_by.days == 0 || lot->use_by.days == item->use_by.days);
}

/* A bare GTIN: first sellable lot by date, lowest price of the sellable ones; the first lot when all are red. */
static void offer_any_lot(PosTill *till, const PosTillItem *item, PosTillOffer *offer)
{
    g_autoptr(GPtrArray) lots = pos_store_lots(till->store, item->gtin);
    const PosLot *first = NULL;
    for (guint i = 0; i < lots->len && i < POS_BOUND_LOTS_PER_PRODUCT; i++) {
        const PosLot *lot = g_ptr_array_index(lots, i);
        if (!dates_fit(lot, item)) {
            continue;
        }
        first = first == NULL ? lot : first;
        PosFreshness freshness = judge(till, item->gtin, offer->product, lot);
        if (pos_freshness_refusal(freshness) != POS_REFUSAL_NONE) {
            continue;
        }
        if (offer->lot == NULL) {
            offer->lot = pos_lot_copy(lot);
            offer->freshness = freshness;
        }
        offer_price(till, offer, price_of(till, item->gtin, lot->lot));
    }
    if (offer->lot == NULL) {
        offer->lot = first == NULL ? lot_of_item(till, item) : pos_lot_copy(first);
        offer->freshness = judge(till, item->gtin, offer->product, offer->lot);
        offer_price(till, offer, price_of(till, item->gtin, first == NULL ? NULL : first->lot));
    }
}

/* Freshness and price of the item's product; the price is NULL when there is none. */
static void offer_fill(PosTill *till, const PosTillItem *item, PosTillOffer *offer)
{
    if (item->lot[0] == '\0') {
        offer_any_lot(till, item, offer);
    } else {
        offer->lot = lot_of_item(till, item);
        offer->freshness = judge(till, item->gtin, offer->product, offer->lot);
        offer_price(till, offer, price_of(till, item->gtin, item->lot));
    }
}

PosTillEvent *pos_till_offer_find(PosTill *till, const PosTillItem *item, PosTillOffer *out)
{
    g_auto(PosTillOffer) offer = {0};
    offer.product = pos_store_product(till->store, item->gtin);
    if (offer.product == NULL) {
        return pos_till_refuse(POS_REFUSAL_UNKNOWN_ITEM,
                               _("This shop does not sell the item %s: sell it by a department "
                                 "key, or name it for the manager."),
                               item->gtin);
    }
    offer_fill(till, item, &offer);
    const bool for_piece = item->has_label_price && offer.product->unit == POS_UNIT_EACH;
    if (for_piece && (offer.price == NULL || item->label_price.minor < offer.charged.minor)) {
        offer.charged =
            item->label_price; /* a printed label is a ceiling, never a reason to pay more */
    }
    /* A red lot is refused for what it is, also where it has no price. */
    if (offer.price == NULL && !for_piece &&
        pos_freshness_refusal(offer.freshness) == POS_REFUSAL_NONE) {
        return pos_till_refuse(POS_REFUSAL_NO_PRICE, _("%s has no price yet: ask the manager."),
                               pos_till_name(till, &offer.product->names));
    }
    *out = offer;
    memset(&offer, 0, sizeof offer);
    return NULL;
}

PosTillEvent *pos_till_refuse_red(PosTill *till, const PosNames *names, const char *gtin,
                                  const char *lot, PosFreshness freshness, int line)
{
    PosRefusal refusal = pos_freshness_refusal(freshness);
    g_autofree char *words = pos_freshness_words(freshness);
    g_autofree char *where =
        line > 0 ? g_strdup_printf(_("Line %d, %s"), line, pos_till_name(till, names))
                 : g_strdup(pos_till_name(till, names));
    g_autofree char *of_lot =
        lot == NULL || lot[0] == '\0' ? g_strdup("") : g_strdup_printf(_(" (lot %s)"), lot);
    const char *what_to_do =
        line > 0 ? _("void the line and keep the item back.") : _("keep the item back.");
    if (refusal == POS_REFUSAL_RECALLED) {
        g_auto(PosNames) reasons = {0};
        pos_store_is_recalled(till->store, gtin, lot == NULL || lot[0] == '\0' ? NULL : lot,
                              &reasons);
        const char *reason = pos_till_name(till, &reasons);
        bool known = reason[0] != '\0';
        return pos_till_refuse(refusal, _("%s%s is recalled%s%s: %s"), where, of_lot,
                               known ? ", " : "", known ? reason : "", what_to_do);
    }
    if (pos_freshness_may_be_lifted(freshness)) {
        what_to_do = _("a manager may let it through with badge and PIN.");
    }
    return pos_till_refuse(refusal, _("%s%s is not for sale, %s: %s"), where, of_lot, words,
                           what_to_do);
}

/* --- lines ---------------------------------------------------------------------------------------- */

PosCartLine pos_till_line_from_offer(PosTill *till, const PosTillItem *item,
                                     const PosTillOffer *offer)
{
    PosCartLine line = {0};
    const PosLot *lot = offer->lot;
    g_strlcpy(line.gtin, item->gtin, sizeof line.gtin);
    line.lot = g_strdup(lot == NULL ? item->lot : lot->lot);
    line.lot_scanned = item->lot[0] != '\0';
    line.names = pos_names_copy(&offer->product->names);
    line.origin = g_strdup(lot == NULL ? "" : pos_till_name(till, &lot->origin));
    line.best_before = lot == NULL ? (PosDate){0} : lot->best_before;
    line.use_by = lot == NULL ? (PosDate){0} : lot->use_by;
    line.price = offer->charged;
    line.list_price = offer->price == NULL ? offer->charged : offer->price->list_price;
    line.price_version = offer->price == NULL ? 0 : offer->price->version;
    line.tax_bp = offer->product->tax_bp;
    line.lifted_by = g_strdup("");
    line.freshness = offer->freshness;
    line.kind = offer->product->is_bag ? POS_LINE_BAG : POS_LINE_GOODS;
    line.deposit = pos_money(offer->product->unit == POS_UNIT_EACH ? offer->product->deposit : 0);
    line.deposit_tax_bp = offer->product->deposit_tax_bp;
    line.age_min = offer->product->age_min;
    if (line.age_min > 0) {
        pos_cart_age(till->cart, &line.age_check);
    }
    return line;
}

/* One open line against the feed as it is now. True when its price fell. */
static bool refresh_line(PosTill *till, PosCart *cart, const PosCartLine *line)
{
    PosTillItem item = {.best_before = line->best_before, .use_by = line->use_by};
    g_strlcpy(item.gtin, line->gtin, sizeof item.gtin);
    g_strlcpy(item.lot, line->lot, sizeof item.lot);
    g_autoptr(PosLot) lot = lot_of_item(till, &item);
    g_autoptr(PosProduct) product = pos_store_product(till->store, item.gtin);
    int number = line->line;
    pos_cart_set_freshness(cart, number, judge(till, item.gtin, product, lot));
    if (!line->lot_scanned) {
        /* The lots to choose from are those that the scan had: all of them. */
        item = (PosTillItem){0};
        g_strlcpy(item.gtin, line->gtin, sizeof item.gtin);
    }
    g_auto(PosTillOffer) offer = {0};
    offer_fill(till, &item, &offer);
    return offer.price != NULL &&
           pos_cart_offer_price(cart, number, offer.charged, offer.price->version);
}

void pos_till_refresh(PosTill *till, bool now)
{
    int64_t since_ms = till->now_ms - till->refreshed_ms;
    if (pos_cart_count(till->cart) == 0 ||
        (!now && till->refreshed_version == till->settings_version && since_ms >= 0 &&
         since_ms < 1000)) {
        return;
    }
    till->refreshed_ms = till->now_ms;
    till->refreshed_version = till->settings_version;
    g_autoptr(PosCart) cart = pos_cart_copy(till->cart);
    g_autoptr(PosCart) same_prices = pos_cart_copy(till->cart);
    bool lower = false;
    for (gsize i = 0; i < pos_cart_count(till->cart); i++) {
        const PosCartLine *line = pos_cart_at(till->cart, i);
        if (line->kind != POS_LINE_GOODS && line->kind != POS_LINE_BAG) {
            continue;
        }
        lower |= refresh_line(till, cart, line);
        pos_cart_set_freshness(same_prices, line->line, pos_cart_find(cart, line->line)->freshness);
    }
    /* Where part is paid already and a cut would leave nothing due, the rest stays as it was agreed. */
    g_autoptr(PosSale) sale = lower ? pos_till_sale_build(till, cart) : NULL;
    bool take = lower && (till->legs->len == 0 || sale != NULL);
    pos_cart_free(till->cart);
    till->cart = take ? g_steal_pointer(&cart) : g_steal_pointer(&same_prices);
    if (take) {
        /* On a full disk the lower price still counts here; the disk's copy takes it at the next change. */
        pos_till_write(till, NULL, 0, till->cart, NULL, NULL, NULL);
    }
}
