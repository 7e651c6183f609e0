/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads a store for pricing. Each kind of the feed is walked once; stock is asked for lot by lot;
 * sales of the last days come in one sorted array. What is malformed in one item leaves that item
 * out, with a warning: one bad lot must not stop the pricing of the others. */
#include "sync/central_reprice_shop.h"

#include "pricing/demand.h"

#include <string.h>

#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define HISTORY_DAYS 14
#define PLAN_WORTH_DAYS 3.0 /* the plan weighs as much as three days of sales */
#define PROFILE_WORTH_DAYS                                                                         \
    3.0 /* an even spread over the day weighs as much as three days of sales */

static RepriceProduct *product_new(const char *gtin)
{
    RepriceProduct *product = g_new0(RepriceProduct, 1);
    g_strlcpy(product->gtin, gtin, sizeof product->gtin);
    product->elasticity = PRICING_DEMAND_ELASTICITY_PRIOR;
    return product;
}

static void product_free(gpointer data)
{
    RepriceProduct *product = data;
    g_clear_pointer(&product->price, pos_price_free);
    g_free(product);
}

static void lot_free(gpointer data)
{
    RepriceLot *lot = data;
    g_clear_pointer(&lot->lot, pos_lot_free);
    g_clear_pointer(&lot->price, pos_price_free);
    g_free(lot);
}

void central_reprice_shop_free(RepriceShop *shop)
{
    if (shop == NULL) {
        return;
    }
    central_price_rules_clear(&shop->rules);
    g_free(shop->language);
    g_clear_pointer(&shop->sales_first, g_hash_table_unref);
    g_clear_pointer(&shop->lots, g_ptr_array_unref);
    g_clear_pointer(&shop->products, g_hash_table_unref);
    g_clear_pointer(&shop->paused_categories, g_hash_table_unref);
    g_clear_pointer(&shop->sales, g_array_unref);
    g_free(shop);
}

/* --- time
 * --------------------------------------------------------------------------------------------- */

int64_t central_reprice_shop_instant(const RepriceShop *shop, PosDate date, int hour)
{
    int year, month, day;
    pos_date_to_ymd(hour >= 24 ? pos_date_add_days(date, 1) : date, &year, &month, &day);
    g_autoptr(GDateTime) time =
        g_date_time_new(shop->rules.zone, year, month, day, hour % 24, 0, 0);
    return time == NULL ? 0 : g_date_time_to_unix(time) * 1000;
}

double central_reprice_shop_day_share(const RepriceShop *shop, PosDate date, int64_t from_ms,
                                      int64_t until_ms)
{
    double share = 0;
    int64_t start = central_reprice_shop_instant(shop, date, shop->open_hour);
    for (int hour = shop->open_hour; hour < shop->close_hour; hour++, start += HOUR_MS) {
        int64_t overlap = MIN(until_ms, start + HOUR_MS) - MAX(from_ms, start);
        if (overlap > 0) {
            share += shop->profile[hour] * (double)overlap / (double)HOUR_MS;
        }
    }
    return MIN(share, 1.0);
}

/* --- settings
 * ------------------------------------------------------------------------------------------ */

static int64_t setting_int(const json_t *value, const char *key, int64_t min, int64_t max,
                           int64_t fallback)
{
    const json_t *member = json_object_get(value, key);
    return json_is_integer(member) ? CLAMP(json_integer_value(member), min, max) : fallback;
}

static void load_settings(RepriceShop *shop)
{
    central_price_rules(shop->store, shop->store_id, &shop->rules);
    shop->today = pos_date_of_instant(shop->now_ms, shop->rules.zone);
    g_autoptr(json_t) store =
        central_store_feed_value(shop->store, shop->store_id, "setting", "store", NULL);
    shop->open_hour = (int)setting_int(store, "open_hour", 0, 23, 8);
    shop->close_hour = (int)setting_int(store, "close_hour", shop->open_hour + 1, 24,
                                        MAX(22, shop->open_hour + 1));
    shop->freshness = pos_freshness_limits_from_json(store);
    const char *language = json_string_value(json_object_get(store, "language"));
    shop->language = g_strdup(language != NULL ? language : "en");
    g_autoptr(json_t) pricing =
        central_store_feed_value(shop->store, shop->store_id, "setting", "pricing", NULL);
    shop->enabled = pricing != NULL && !json_is_false(json_object_get(pricing, "enabled"));
    shop->propose = json_is_true(json_object_get(pricing, "propose"));
    const json_t *paused = json_object_get(pricing, "paused_categories");
    for (gsize i = 0; i < json_array_size(paused); i++) {
        const char *category = json_string_value(json_array_get(paused, i));
        if (category != NULL) {
            g_hash_table_add(shop->paused_categories, g_strdup(category));
        }
    }
    shop->rails.step_bp_max = (int)setting_int(pricing, "step_bp_max", 0, 10000, 1500);
    shop->rails.ending = setting_int(pricing, "ending", 1, 1000000, 1);
    shop->rails.dwell_ms = setting_int(pricing, "dwell_s", 0, 86400 * 7, 1800) * 1000;
    shop->rails.changes_a_day_max = (int)setting_int(pricing, "changes_a_day_max", 0, 1000, 6);
    shop->rails.rise_allowed = true;
}

/* --- feed
 * -----------------------------------------------------------------------------------------------
 */

static void read_product(const char *key, int64_t version, const json_t *value, void *user)
{
    RepriceShop *shop = user;
    if (strlen(key) != 14) {
        return;
    }
    RepriceProduct *product = product_new(key);
    product->by_weight = g_strcmp0(json_string_value(json_object_get(value, "unit")), "g") == 0;
    const char *storage = json_string_value(json_object_get(value, "storage"));
    g_strlcpy(product->storage, storage != NULL ? storage : "", sizeof product->storage);
    product->unit_cost = setting_int(value, "unit_cost", 0, POS_BOUND_AMOUNT_MINOR_MAX, 0);
    product->disposal_cost = setting_int(value, "disposal_cost", 0, POS_BOUND_AMOUNT_MINOR_MAX, 0);
    product->shelf_life_days = (int)setting_int(value, "shelf_life_days", 0, 10000, 0);
    int64_t elasticity_bp = setting_int(value, "elasticity_bp", -100000, 0, 0);
    if (elasticity_bp < 0) {
        product->elasticity = (double)elasticity_bp / 10000;
    }
    product->rate_day =
        (double)setting_int(value, "plan_per_day", 0, POS_BOUND_AMOUNT_MINOR_MAX, 0);
    const char *category = json_string_value(json_object_get(value, "category"));
    product->paused = category != NULL && g_hash_table_contains(shop->paused_categories, category);
    g_hash_table_insert(shop->products, product->gtin, product);
}

static void read_recall(const char *key, int64_t version, const json_t *value, void *user)
{
    GHashTable *recalls = user;
    g_hash_table_add(recalls, g_strdup(key));
}

typedef struct {
    RepriceShop *shop;
    GHashTable *recalls;
    GHashTable *lots; /* "GTIN/lot" -> RepriceLot, borrowed */
} Reading;

static void read_lot(const char *key, int64_t version, const json_t *value, void *user)
{
    Reading *reading = user;
    RepriceShop *shop = reading->shop;
    const char *slash = strchr(key, '/');
    g_autofree char *gtin = slash != NULL ? g_strndup(key, (gsize)(slash - key)) : NULL;
    RepriceProduct *product = gtin != NULL ? g_hash_table_lookup(shop->products, gtin) : NULL;
    if (product == NULL) {
        return;
    }
    g_autoptr(GError) error = NULL;
    PosLot *lot = pos_lot_from_json(gtin, slash + 1, value, &error);
    if (lot == NULL) {
        g_message("Lot %s is not priced: %s", key, error->message);
        return;
    }
    RepriceLot *entry = g_new0(RepriceLot, 1);
    entry->product = product;
    entry->lot = lot;
    bool recalled = g_hash_table_contains(reading->recalls, gtin) ||
                    g_hash_table_contains(reading->recalls, key);
    PosFreshnessFacts facts = {.lot = lot,
                               .storage = product->storage,
                               .recalled = recalled,
                               .today = shop->today,
                               .limits = shop->freshness};
    entry->freshness = pos_freshness_of(&facts);
    g_ptr_array_add(shop->lots, entry);
    g_hash_table_insert(reading->lots, g_strdup(key), entry);
}

static int read_changes_today(const RepriceShop *shop, const json_t *value)
{
    const json_t *changes = json_object_get(value, "changes");
    PosDate day = {0};
    const char *text = json_string_value(json_object_get(changes, "day"));
    if (text == NULL || !pos_date_parse(text, &day) || day.days != shop->today.days) {
        return 0;
    }
    return (int)setting_int(changes, "count", 0, 100000, 0);
}

static void read_price(const char *key, int64_t version, const json_t *value, void *user)
{
    Reading *reading = user;
    RepriceShop *shop = reading->shop;
    RepriceLot *lot = g_hash_table_lookup(reading->lots, key);
    RepriceProduct *product = lot == NULL ? g_hash_table_lookup(shop->products, key) : NULL;
    if (lot == NULL && product == NULL) {
        return;
    }
    g_autoptr(GError) error = NULL;
    PosPrice *price = pos_price_from_json(key, version, value, &error);
    if (price == NULL) {
        g_message("Price of %s is left alone: %s", key, error->message);
        return;
    }
    bool paused = json_is_true(json_object_get(value, "paused"));
    if (lot != NULL) {
        lot->price = price;
        lot->paused = paused;
        lot->changes_today = read_changes_today(shop, value);
    } else {
        product->price = price;
        product->paused = product->paused || paused;
    }
}

static bool load_feed(RepriceShop *shop, GError **error)
{
    g_autoptr(GHashTable) recalls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) lots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reading reading = {.shop = shop, .recalls = recalls, .lots = lots};
    return central_store_feed_each(shop->store, shop->store_id, "product", read_product, shop,
                                   error) &&
           central_store_feed_each(shop->store, shop->store_id, "recall", read_recall, recalls,
                                   error) &&
           central_store_feed_each(shop->store, shop->store_id, "lot", read_lot, &reading, error) &&
           central_store_feed_each(shop->store, shop->store_id, "price", read_price, &reading,
                                   error);
}

/* --- sales
 * -----------------------------------------------------------------------------------------------
 */

static char *lot_key(const char *gtin, const char *lot)
{
    return g_strconcat(gtin, "/", lot, NULL);
}

int64_t central_reprice_shop_sold(const RepriceShop *shop, const char *gtin, const char *lot,
                                  int64_t from_ms, int64_t until_ms)
{
    g_autofree char *key = lot_key(gtin, lot);
    gsize first = GPOINTER_TO_SIZE(g_hash_table_lookup(shop->sales_first, key));
    int64_t sold = 0;
    for (gsize i = first; i > 0 && i <= shop->sales->len; i++) {
        const CentralSalesHour *row = &g_array_index(shop->sales, CentralSalesHour, i - 1);
        if (strcmp(row->gtin, gtin) != 0 || strcmp(row->lot, lot) != 0) {
            break;
        }
        if (row->hour_start_ms >= from_ms && row->hour_start_ms < until_ms) {
            sold += row->units;
        }
    }
    return sold;
}

/* Days before today on which the store sold anything, as bits; what each hour of the day took;
 * units by product. */
typedef struct {
    guint32 days;
    double amount_by_hour[24];
    GHashTable *units; /* GTIN -> double* */
} History;

static void add_to_history(const RepriceShop *shop, const CentralSalesHour *row, History *history)
{
    PosDate date = pos_date_of_instant(row->hour_start_ms, shop->rules.zone);
    int ago = pos_date_difference(shop->today, date);
    if (ago < 1 || ago > HISTORY_DAYS || row->units <= 0) {
        return;
    }
    history->days |= 1u << ago;
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(row->hour_start_ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, shop->rules.zone);
    history->amount_by_hour[g_date_time_get_hour(local)] += (double)row->amount_minor;
    double *units = g_hash_table_lookup(history->units, row->gtin);
    if (units == NULL) {
        units = g_new0(double, 1);
        g_hash_table_insert(history->units, g_strdup(row->gtin), units);
    }
    *units += (double)row->units;
}

static void learn_profile(RepriceShop *shop, const History *history, int days)
{
    int hours = shop->close_hour - shop->open_hour;
    double taken = 0, sum = 0;
    for (int hour = shop->open_hour; hour < shop->close_hour; hour++) {
        taken += history->amount_by_hour[hour];
    }
    for (int hour = shop->open_hour; hour < shop->close_hour; hour++) {
        double seen = taken > 0 ? history->amount_by_hour[hour] / taken * days : 0;
        shop->profile[hour] = seen + PROFILE_WORTH_DAYS / hours;
        sum += shop->profile[hour];
    }
    for (int hour = shop->open_hour; hour < shop->close_hour; hour++) {
        shop->profile[hour] /= sum;
    }
}

static bool load_sales(RepriceShop *shop, GError **error)
{
    int64_t from_ms =
        central_reprice_shop_instant(shop, pos_date_add_days(shop->today, -HISTORY_DAYS), 0);
    shop->sales =
        central_store_sales_hours(shop->store, shop->store_id, from_ms, shop->now_ms + 1, error);
    if (shop->sales == NULL) {
        return false;
    }
    g_autoptr(GHashTable) units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    History history = {.units = units};
    for (guint i = 0; i < shop->sales->len; i++) {
        const CentralSalesHour *row = &g_array_index(shop->sales, CentralSalesHour, i);
        g_autofree char *key = lot_key(row->gtin, row->lot);
        if (!g_hash_table_contains(shop->sales_first, key)) {
            g_hash_table_insert(shop->sales_first, g_steal_pointer(&key),
                                GSIZE_TO_POINTER((gsize)i + 1));
        }
        add_to_history(shop, row, &history);
    }
    int days = __builtin_popcount(history.days);
    learn_profile(shop, &history, days);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, shop->products);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        RepriceProduct *product = value;
        const double *sold = g_hash_table_lookup(units, product->gtin);
        double sum = sold != NULL ? *sold : 0;
        product->rate_day = product->rate_day > 0 ? (product->rate_day * PLAN_WORTH_DAYS + sum) /
                                                        (PLAN_WORTH_DAYS + days)
                            : days > 0 ? sum / days
                                       : 0;
    }
    return true;
}

static void load_stock(RepriceShop *shop)
{
    int64_t opening = central_reprice_shop_instant(shop, shop->today, 0);
    for (guint i = 0; i < shop->lots->len; i++) {
        RepriceLot *lot = shop->lots->pdata[i];
        const char *gtin = lot->product->gtin, *name = lot->lot->lot;
        if (!central_store_on_hand(shop->store, shop->store_id, gtin, name, &lot->on_hand)) {
            lot->on_hand = 0; /* nothing was ever delivered or sold of it */
        }
        lot->sold_today = central_reprice_shop_sold(shop, gtin, name, opening, shop->now_ms + 1);
        if (lot->freshness.colour != POS_FRESHNESS_RED) {
            lot->product->on_shelf += MAX(lot->on_hand, 0) + MAX(lot->sold_today, 0);
        }
    }
}

RepriceShop *central_reprice_shop_load(CentralStore *store, const char *store_id, int64_t now_ms,
                                       GError **error)
{
    g_autoptr(RepriceShop) shop = g_new0(RepriceShop, 1);
    shop->store = store;
    shop->store_id = store_id;
    shop->now_ms = now_ms;
    shop->products = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, product_free);
    shop->paused_categories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    shop->lots = g_ptr_array_new_with_free_func(lot_free);
    shop->sales_first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    load_settings(shop);
    if (!load_feed(shop, error) || !load_sales(shop, error)) {
        return NULL;
    }
    load_stock(shop);
    return g_steal_pointer(&shop);
}
