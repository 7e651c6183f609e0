/* SPDX-License-Identifier: GPL-3.0-or-later
 * The same rules as at the till: a lot's own price wins over the product's, a bare product has the lowest price of the
 * lots that may be sold, and one function judges freshness. */
#include "sync/central_page_facts.h"

#include "pos/error.h"
#include "sync/central_store_lots.h"

#include <string.h>

#define LOTS_SHOWN 12

static json_t *setting_of(CentralStore *store, const char *store_id)
{
    json_t *setting = central_store_feed_value(store, store_id, "setting", "store", NULL);
    return setting != NULL ? setting : json_object();
}

static const char *text_or(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : fallback;
}

static void read_setting(CentralPageFacts *facts, const json_t *setting)
{
    if (!pos_names_from_json(setting, "names", "store", &facts->store_names, NULL)) {
        facts->store_names = (PosNames){g_strdup(""), g_strdup(""), g_strdup("")};
    }
    facts->store_language = g_strdup(text_or(setting, "language", "en"));
    facts->demo = json_is_true(json_object_get(setting, "demo"));
    if (!pos_currency_from_code(text_or(setting, "currency", "KRW"), &facts->currency)) {
        (void)pos_currency_from_code("KRW", &facts->currency);
    }
    const json_t *hold = json_object_get(setting, "hold_s");
    facts->hold_ms =
        json_is_integer(hold) ? CLAMP(json_integer_value(hold), 0, 7 * 86400) * 1000 : 1800000;
    facts->zone = g_time_zone_new_identifier(text_or(setting, "time_zone", "UTC"));
    if (facts->zone == NULL) {
        facts->zone = g_time_zone_new_utc();
    }
}

/* --- prices ----------------------------------------------------------------------------------- */

static PosPrice *read_price(CentralStore *store, const char *store_id, const char *key)
{
    int64_t version = 0;
    g_autoptr(json_t) value = central_store_feed_value(store, store_id, "price", key, &version);
    return value == NULL ? NULL : pos_price_from_json(key, version, value, NULL);
}

static PosPrice *price_of(CentralStore *store, const CentralPageFacts *facts, const char *lot)
{
    g_autofree char *key = lot == NULL ? NULL : g_strdup_printf("%s/%s", facts->product->gtin, lot);
    PosPrice *own = key == NULL ? NULL : read_price(store, facts->store_id, key);
    return own != NULL ? own : read_price(store, facts->store_id, facts->product->gtin);
}

/* --- recalls ---------------------------------------------------------------------------------- */

static json_t *recall_of(CentralStore *store, const char *store_id, const char *gtin,
                         const char *lot)
{
    g_autofree char *key = lot == NULL ? NULL : g_strdup_printf("%s/%s", gtin, lot);
    json_t *recall =
        key == NULL ? NULL : central_store_feed_value(store, store_id, "recall", key, NULL);
    return recall != NULL ? recall
                          : central_store_feed_value(store, store_id, "recall", gtin, NULL);
}

json_t *central_page_recall(CentralStore *store, const char *store_id, const char *gtin,
                            const char *lot)
{
    g_autoptr(json_t) recall = recall_of(store, store_id, gtin, lot);
    json_t *body = json_pack("{s:s, s:s}", "gtin", gtin, "status",
                             recall == NULL ? "none" : text_or(recall, "status", "recalled"));
    static const char *const members[] = {"reason", "since", "action"};
    if (lot != NULL) {
        json_object_set_new(body, "lot", json_string(lot));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_t *member = json_object_get(recall, members[i]);
        if (member != NULL) {
            json_object_set(body, members[i], member);
        }
    }
    return body;
}

static PosFreshness judge(CentralStore *store, const CentralPageFacts *facts, const PosLot *lot,
                          const json_t *setting)
{
    g_autoptr(json_t) recall =
        recall_of(store, facts->store_id, facts->product->gtin, lot != NULL ? lot->lot : NULL);
    PosFreshnessFacts known = {.lot = lot,
                               .storage = facts->product->storage,
                               .recalled = recall != NULL,
                               .today = pos_date_of_instant(facts->now_ms, facts->zone),
                               .limits = pos_freshness_limits_from_json(setting)};
    return pos_freshness_of(&known);
}

static void read_recall_words(CentralStore *store, CentralPageFacts *facts)
{
    g_autoptr(json_t) recall = recall_of(store, facts->store_id, facts->product->gtin,
                                         facts->lot != NULL ? facts->lot->lot : NULL);
    if (recall == NULL ||
        !pos_names_from_json(recall, "reason", "recall", &facts->recall_reason, NULL)) {
        const char *text = text_or(recall, "reason", "");
        facts->recall_reason = (PosNames){g_strdup(text), g_strdup(text), g_strdup(text)};
    }
    facts->recall_action = g_strdup(text_or(recall, "action", ""));
}

/* --- lots ------------------------------------------------------------------------------------- */

static void page_lot_free(void *data)
{
    CentralPageLot *lot = data;
    g_free(lot->lot);
    g_free(lot);
}

static gint by_expiry(gconstpointer a, gconstpointer b)
{
    return pos_lot_compare_fefo(*(PosLot *const *)a, *(PosLot *const *)b);
}

/* The product's lots as values, the first to expire first. */
static GPtrArray *read_lots(CentralStore *store, const CentralPageFacts *facts)
{
    GPtrArray *lots = g_ptr_array_new_with_free_func((GDestroyNotify)pos_lot_free);
    g_autoptr(GPtrArray) rows = central_store_lots(store, facts->store_id, facts->product->gtin,
                                                   POS_BOUND_LOTS_PER_PRODUCT);
    for (guint i = 0; i < rows->len; i++) {
        const CentralLotRow *row = g_ptr_array_index(rows, i);
        PosLot *lot = pos_lot_from_json(facts->product->gtin, row->lot, row->value, NULL);
        if (lot != NULL) {
            g_ptr_array_add(lots, lot);
        }
    }
    g_ptr_array_sort(lots, by_expiry);
    return lots;
}

/* Takes the price into the facts when it is the first or the lowest in force. */
static void offer(CentralPageFacts *facts, PosPrice *price)
{
    if (price != NULL &&
        (facts->price == NULL || pos_price_in_force(price, facts->now_ms).minor <
                                     pos_price_in_force(facts->price, facts->now_ms).minor)) {
        pos_price_free(facts->price);
        facts->price = price;
    } else {
        pos_price_free(price);
    }
}

static void add_lot(CentralStore *store, CentralPageFacts *facts, const PosLot *lot,
                    const json_t *setting, bool is_shown)
{
    PosFreshness freshness = judge(store, facts, lot, setting);
    if (pos_freshness_refusal(freshness) != POS_REFUSAL_NONE) {
        return;
    }
    PosPrice *price = price_of(store, facts, lot->lot);
    if (is_shown && facts->lots->len < LOTS_SHOWN) {
        CentralPageLot *entry = g_new0(CentralPageLot, 1);
        entry->lot = g_strdup(lot->lot);
        entry->freshness = freshness;
        entry->has_price = price != NULL;
        entry->price = price != NULL ? pos_price_in_force(price, facts->now_ms) : pos_money(0);
        g_ptr_array_add(facts->lots, entry);
    }
    if (facts->lot == NULL) {
        offer(facts, price);
    } else {
        pos_price_free(price);
    }
}

static void read_goods(CentralStore *store, CentralPageFacts *facts, const char *lot_number,
                       const json_t *setting)
{
    g_autoptr(GPtrArray) lots = read_lots(store, facts);
    const PosLot *first = NULL;
    for (guint i = 0; i < lots->len; i++) {
        const PosLot *lot = g_ptr_array_index(lots, i);
        if (lot_number != NULL && strcmp(lot->lot, lot_number) == 0) {
            facts->lot = pos_lot_copy(lot);
        }
    }
    for (guint i = 0; i < lots->len; i++) {
        const PosLot *lot = g_ptr_array_index(lots, i);
        bool is_this = facts->lot != NULL && strcmp(lot->lot, facts->lot->lot) == 0;
        first = first == NULL &&
                        pos_freshness_refusal(judge(store, facts, lot, setting)) == POS_REFUSAL_NONE
                    ? lot
                    : first;
        add_lot(store, facts, lot, setting, !is_this);
    }
    if (facts->price == NULL) {
        facts->price = price_of(store, facts, facts->lot != NULL ? facts->lot->lot : NULL);
    }
    facts->freshness = judge(store, facts, facts->lot != NULL ? facts->lot : first, setting);
    read_recall_words(store, facts);
}

CentralPageFacts *central_page_facts_read(CentralStore *store, const char *store_id,
                                          const char *gtin, const char *lot, const char *language,
                                          int64_t now_ms, GError **error)
{
    g_autoptr(json_t) value = central_store_feed_value(store, store_id, "product", gtin, NULL);
    PosProduct *product = value == NULL ? NULL : pos_product_from_json(gtin, value, error);
    if (product == NULL) {
        if (value == NULL) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, "no product %s", gtin);
        }
        return NULL;
    }
    g_autoptr(json_t) setting = setting_of(store, store_id);
    CentralPageFacts *facts = g_new0(CentralPageFacts, 1);
    facts->store_id = g_strdup(store_id);
    facts->language = g_strdup(language);
    facts->now_ms = now_ms;
    facts->product = product;
    facts->lots = g_ptr_array_new_with_free_func(page_lot_free);
    facts->base = g_strdup("");
    read_setting(facts, setting);
    read_goods(store, facts, lot, setting);
    facts->version = facts->price != NULL ? facts->price->version : 0;
    return facts;
}
