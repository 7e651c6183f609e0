/* SPDX-License-Identifier: GPL-3.0-or-later
 * Figures of a period (pos/figures over the booked records), and the demand that ordering wants to know. */
#include "sync/central_report_private.h"

#include "pos/date.h"
#include "pos/error.h"
#include "pos/figures.h"
#include "sync/central_store_report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PRODUCTS_MAX 500
#define DEMAND_DAYS 28
#define DEMAND_PRODUCTS_MAX 20000

/* --- what goods are ------------------------------------------------------------------------------ */

typedef struct {
    char *category;
    int64_t unit_cost;
    int tax_bp;
} Goods;

typedef struct {
    ReportRun *run;
    GHashTable *products; /* GTIN to Goods */
    GHashTable *lots;     /* "GTIN/lot" to gint64 cost + 1, 0 unknown */
} Known;

static void goods_free(gpointer data)
{
    Goods *goods = data;
    g_free(goods->category);
    g_free(goods);
}

static const Goods *product_of(Known *known, const char *gtin)
{
    Goods *goods = g_hash_table_lookup(known->products, gtin);
    if (!goods) {
        g_autoptr(json_t) value = central_store_feed_value(known->run->store, known->run->store_id,
                                                           "product", gtin, NULL);
        const char *category = json_string_value(json_object_get(value, "category"));
        goods = g_new0(Goods, 1);
        goods->category = g_strdup(category ? category : "");
        goods->unit_cost = MAX(json_integer_value(json_object_get(value, "unit_cost")), 0);
        goods->tax_bp = (int)json_integer_value(json_object_get(value, "tax_bp"));
        g_hash_table_insert(known->products, g_strdup(gtin), goods);
    }
    return goods;
}

static int64_t lot_cost(Known *known, const char *gtin, const char *lot)
{
    g_autofree char *key = g_strconcat(gtin, "/", lot, NULL);
    void *held = g_hash_table_lookup(known->lots, key);
    if (!held) {
        g_autoptr(json_t) value =
            central_store_feed_value(known->run->store, known->run->store_id, "lot", key, NULL);
        int64_t cost = json_integer_value(json_object_get(value, "unit_cost"));
        held = GSIZE_TO_POINTER((gsize)MAX(cost, 0) + 1);
        g_hash_table_insert(known->lots, g_strdup(key), held);
    }
    return (int64_t)(GPOINTER_TO_SIZE(held) - 1);
}

static PosFigureGoods look_up(const char *gtin, const char *lot, void *user)
{
    Known *known = user;
    const Goods *goods = product_of(known, gtin);
    int64_t own = *lot ? lot_cost(known, gtin, lot) : 0;
    return (PosFigureGoods){goods->category, own > 0 ? own : goods->unit_cost, goods->tax_bp};
}

/* --- the period ----------------------------------------------------------------------------------- */

static bool read_period(ReportRun *run, PosDate *out_from, PosDate *out_until, GError **error)
{
    PosDate today = pos_date_of_instant(run->now_ms, run->rules.zone);
    *out_until = today;
    *out_from = today;
    bool sound = (!run->query->from || pos_date_parse(run->query->from, out_from)) &&
                 (!run->query->until || pos_date_parse(run->query->until, out_until)) &&
                 out_until->days >= out_from->days &&
                 out_until->days - out_from->days < CENTRAL_REPORT_DAYS_MAX;
    if (!sound) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A period is from=2026-11-01&until=2026-11-30, at most %d days."),
                    CENTRAL_REPORT_DAYS_MAX);
    }
    return sound;
}

static bool add_record(const json_t *record, void *user)
{
    pos_figures_add(user, record);
    return true;
}

/* Products that sold in the period and are out now. */
static bool count_stock_outs(ReportRun *run, int64_t from_ms, int64_t until_ms, int64_t *out,
                             GError **error)
{
    g_autoptr(GArray) hours =
        central_store_sales_hours(run->store, run->store_id, from_ms, until_ms, error);
    g_autoptr(GHashTable) lots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!hours) {
        return false;
    }
    for (guint i = 0; i < hours->len; i++) {
        const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, i);
        char *key = g_strconcat(hour->gtin, "/", hour->lot, NULL);
        int64_t on_hand = 0;
        if (!g_hash_table_add(lots, key) ||
            !central_store_on_hand(run->store, run->store_id, hour->gtin, hour->lot, &on_hand)) {
            continue;
        }
        int64_t *sum = g_hash_table_lookup(there, hour->gtin);
        if (!sum) {
            sum = g_new0(int64_t, 1);
            g_hash_table_insert(there, g_strdup(hour->gtin), sum);
        }
        *sum += on_hand;
    }
    GHashTableIter iter;
    void *value;
    *out = 0;
    g_hash_table_iter_init(&iter, there);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        *out += *(int64_t *)value <= 0;
    }
    return true;
}

json_t *central_report_figures(ReportRun *run, GError **error)
{
    PosDate from, until;
    if (!read_period(run, &from, &until, error)) {
        return NULL;
    }
    int64_t from_ms = central_report_midnight(run, from);
    int64_t until_ms = central_report_midnight(run, pos_date_add_days(until, 1));
    g_autoptr(GHashTable) products =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, goods_free);
    g_autoptr(GHashTable) lots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Known known = {run, products, lots};
    g_autoptr(PosFigures) figures = pos_figures_new(run->rules.zone, look_up, &known);
    int64_t price_changes = 0, stock_outs = 0;
    if (!central_report_records(run, from_ms, until_ms, NULL, add_record, figures, error) ||
        !central_store_price_changes(run->store, run->store_id, from_ms, until_ms, &price_changes,
                                     error) ||
        !count_stock_outs(run, from_ms, until_ms, &stock_outs, error)) {
        return NULL;
    }
    json_t *report = pos_figures_to_json(figures, PRODUCTS_MAX);
    g_autofree char *first = pos_date_format(from), *last = pos_date_format(until);
    json_object_set_new(report, "from", json_string(first));
    json_object_set_new(report, "until", json_string(last));
    json_t *totals = json_object_get(report, "totals");
    json_object_set_new(totals, "price_changes", json_integer(price_changes));
    json_object_set_new(totals, "stock_outs", json_integer(stock_outs));
    return report;
}

/* --- demand ---------------------------------------------------------------------------------------- */

/* Units of each product by day over the last weeks: what ordering takes its mean and its variance from. */
typedef struct {
    int64_t by_day[DEMAND_DAYS];
} Days;

json_t *central_report_demand(ReportRun *run, GError **error)
{
    PosDate today = pos_date_of_instant(run->now_ms, run->rules.zone);
    int64_t until_ms = central_report_midnight(run, today);
    int64_t from_ms = central_report_midnight(run, pos_date_add_days(today, -DEMAND_DAYS));
    g_autoptr(GArray) hours =
        central_store_sales_hours(run->store, run->store_id, from_ms, until_ms, error);
    g_autoptr(GHashTable) products = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    if (!hours) {
        return NULL;
    }
    for (guint i = 0; i < hours->len; i++) {
        const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, i);
        Days *days = g_hash_table_lookup(products, hour->gtin);
        if (!days && order->len < DEMAND_PRODUCTS_MAX) {
            char *key = g_strdup(hour->gtin);
            days = g_new0(Days, 1);
            g_hash_table_insert(products, key, days);
            g_ptr_array_add(order, key);
        }
        PosDate day = pos_date_of_instant(hour->hour_start_ms, run->rules.zone);
        int index = pos_date_difference(day, today) + DEMAND_DAYS;
        if (days && index >= 0 && index < DEMAND_DAYS) {
            days->by_day[index] += hour->units;
        }
    }
    json_t *rows = json_array();
    for (guint i = 0; i < order->len; i++) {
        const Days *days = g_hash_table_lookup(products, order->pdata[i]);
        json_t *list = json_array();
        for (int d = 0; d < DEMAND_DAYS; d++) {
            json_array_append_new(list, json_integer(days->by_day[d]));
        }
        json_array_append_new(rows, json_pack("{s:s, s:o}", "gtin", order->pdata[i], "days", list));
    }
    return json_pack("{s:o, s:i}", "products", rows, "days", DEMAND_DAYS);
}
