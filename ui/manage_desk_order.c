/* SPDX-License-Identifier: GPL-3.0-or-later
 * What to order: one number an item, from the demand of the last weeks, what is there and what is on the way. */
#include "ui/manage_desk_private.h"

#include "pos/date.h"
#include "pos/lot.h"
#include "pos/order.h"
#include "pos/price.h"
#include "pos/product.h"
#include "pos/store_manage.h"

#include <string.h>

#define PORTION_G 250 /* goods by weight are ordered in such portions, and packs of whole grams */
#define LEAD_DAYS 1
#define ORDERS_MAX 5000

typedef struct {
    int64_t mean_milli; /* a day, of units */
    int variance_pct;
} Demand;

/* Mean and variance of a day; days before the first sale do not count, of a product that is new. */
static Demand demand_of(const json_t *days, int64_t unit)
{
    gsize count = json_array_size(days), first = 0;
    int64_t sum = 0;
    while (first + 7 < count && json_integer_value(json_array_get(days, first)) == 0) {
        first++;
    }
    gsize span = count - first;
    for (gsize i = first; i < count; i++) {
        sum += MAX(json_integer_value(json_array_get(days, i)), 0);
    }
    Demand demand = {span == 0 ? 0 : sum * 1000 / unit / (int64_t)span, 100};
    if (demand.mean_milli > 0) {
        __int128 squares = 0;
        for (gsize i = first; i < count; i++) {
            int64_t off = MAX(json_integer_value(json_array_get(days, i)), 0) * 1000 / unit -
                          demand.mean_milli;
            squares += (__int128)off * off;
        }
        __int128 variance_milli = squares / (__int128)span / 1000;
        __int128 percent = variance_milli * 100 / demand.mean_milli;
        demand.variance_pct = (int)CLAMP(percent, 100, 2000);
    }
    return demand;
}

/* What of each item is on the way: GTIN to units in its own measure. */
static GHashTable *on_order(UiManageDesk *desk)
{
    GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(json_t) orders = pos_store_feed_kind(desk->store, "order", ORDERS_MAX, NULL);
    const char *key;
    json_t *order;
    json_object_foreach(orders, key, order)
    {
        size_t i;
        json_t *item;
        if (strcmp(ui_manage_text(order, "status"), "open") != 0) {
            continue;
        }
        json_array_foreach(json_object_get(order, "items"), i, item)
        {
            int64_t left = json_integer_value(json_object_get(item, "qty")) -
                           json_integer_value(json_object_get(item, "received"));
            const char *gtin = ui_manage_text(item, "gtin");
            int64_t *sum = g_hash_table_lookup(sums, gtin);
            if (sum == NULL) {
                sum = g_new0(int64_t, 1);
                g_hash_table_insert(sums, g_strdup(gtin), sum);
            }
            *sum += MAX(left, 0);
        }
    }
    return sums;
}

/* What is sellable of a product, and what of it has to go before the delivery. */
static void stock_of(UiManageDesk *desk, const char *gtin, PosDate delivery, int64_t *out_here,
                     int64_t *out_expires)
{
    g_autoptr(GPtrArray) lots = pos_store_lots(desk->store, gtin);
    int64_t level = 0;
    *out_here = *out_expires = 0;
    if (pos_store_stock_level(desk->store, gtin, "", &level)) {
        *out_here += MAX(level, 0);
    }
    for (guint i = 0; i < lots->len; i++) {
        const PosLot *lot = g_ptr_array_index(lots, i);
        PosDate last = pos_lot_last_day(lot);
        if (!pos_store_stock_level(desk->store, gtin, lot->lot, &level) || level <= 0) {
            continue;
        }
        *out_here += level;
        *out_expires += last.days != 0 && last.days < delivery.days ? level : 0;
    }
}

static int64_t member(const json_t *value, const char *name, int64_t fallback)
{
    const json_t *number = json_object_get(value, name);
    return json_is_integer(number) && json_integer_value(number) >= 0 ? json_integer_value(number)
                                                                      : fallback;
}

/* The product's members `lead_days`, `order_every_days`, `pack`, `supplier` say how it is ordered. */
static json_t *advise(UiManageDesk *desk, const char *gtin, const json_t *days, GHashTable *coming,
                      PosDate today, int64_t now_ms)
{
    g_autoptr(json_t) value = pos_store_feed_item(desk->store, "product", gtin);
    g_autoptr(PosProduct) product = pos_store_product(desk->store, gtin);
    g_autoptr(PosPrice) price = pos_store_price(desk->store, gtin, NULL);
    if (product == NULL || price == NULL) {
        return NULL;
    }
    bool by_weight = product->unit == POS_UNIT_G;
    int64_t unit = by_weight ? PORTION_G : 1, here, expires;
    int lead = (int)MIN(member(value, "lead_days", LEAD_DAYS), 60);
    const int64_t *coming_units = g_hash_table_lookup(coming, gtin);
    Demand demand = demand_of(days, unit);
    PosDate delivery = pos_date_add_days(today, lead);
    stock_of(desk, gtin, delivery, &here, &expires);
    PosMoney sells = pos_price_in_force(price, now_ms);
    int64_t per = by_weight ? 1000 : 1; /* what one price is for */
    PosOrderNeed need = {.demand_day_milli = demand.mean_milli,
                         .variance_pct = demand.variance_pct,
                         .days_to_delivery = lead,
                         .days_to_next = (int)CLAMP(member(value, "order_every_days", 1), 1, 60),
                         .shelf_life_days = (int)MIN(member(value, "shelf_life_days", 0), 10000),
                         .on_hand = here / unit,
                         .expires_before = expires / unit,
                         .on_order = (coming_units == NULL ? 0 : *coming_units) / unit,
                         .price = sells.minor * unit / per,
                         .unit_cost = member(value, "unit_cost", sells.minor * 6 / 10) * unit / per,
                         .disposal_cost = member(value, "disposal_cost", 0) * unit / per,
                         .pack = MAX(member(value, "pack", 1) / (by_weight ? unit : 1), 1)};
    PosOrderAdvice advice = pos_order_advise(&need);
    g_autofree char *why = pos_order_reason(&advice);
    g_autofree char *due = pos_date_format(delivery);
    return json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:s, s:s, s:s, s:I, s:I, s:I}", "gtin", gtin,
                     "name", pos_names_in(&product->names, NULL), "qty",
                     (json_int_t)(advice.units * unit), "unit", pos_unit_code(product->unit),
                     "packs", (json_int_t)advice.packs, "pack", (json_int_t)(need.pack * unit),
                     "why", why, "due", due, "supplier", ui_manage_text(value, "supplier"),
                     "on_hand", (json_int_t)here, "expected", (json_int_t)(advice.expected * unit),
                     "on_order", (json_int_t)(coming_units == NULL ? 0 : *coming_units));
}

json_t *ui_manage_advice(UiManageDesk *desk, const json_t *request)
{
    (void)request;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) stock_error = NULL;
    g_autoptr(GTimeZone) zone = pos_store_zone(desk->store);
    int64_t now_ms = ui_manage_now_ms(), at_ms = 0;
    bool fresh = false;
    g_autoptr(json_t) report =
        sync_reports_get(desk->reports, "demand", now_ms, &at_ms, &fresh, NULL, &error);
    if (report == NULL) {
        return ui_manage_refused(error->message);
    }
    if (fresh && !sync_reports_stock(desk->reports, &stock_error)) {
        g_message("The stock is the one from before: %s", stock_error->message);
    }
    g_autoptr(GHashTable) coming = on_order(desk);
    PosDate today = pos_date_of_instant(now_ms, zone);
    json_t *rows = json_array();
    size_t i;
    json_t *product;
    json_array_foreach(json_object_get(report, "products"), i, product)
    {
        json_t *row = advise(desk, ui_manage_text(product, "gtin"),
                             json_object_get(product, "days"), coming, today, now_ms);
        if (row != NULL) {
            json_array_append_new(rows, row);
        }
    }
    return json_pack("{s:s, s:o, s:b, s:I}", "event", "advice", "rows", rows, "fresh", fresh,
                     "age_s", (json_int_t)((now_ms - at_ms) / 1000));
}
