/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a manager has to look at, the most money at risk first: lots that will not sell in time with a proposal each, lots
 * to stop, stock below nothing, tags and terminals that are behind, records that wait. */
#include "sync/central_report_private.h"

#include "pos/lot.h"
#include "pos/stock_figures.h"
#include "sync/central_reprice.h"
#include "sync/central_store_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 500
#define CHART_DAYS 7
#define BEHIND_MS (5 * 60 * 1000)
#define PORTION_G 250
#define TAGS_MAX 20000

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value ? value : "";
}

static int64_t number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static json_t *exception(const char *kind, const char *key, int64_t risk)
{
    return json_pack("{s:s, s:s, s:I}", "kind", kind, "key", key, "risk", (json_int_t)risk);
}

/* --- lots ------------------------------------------------------------------------------------------- */

static bool has_date(ReportRun *run, const char *key)
{
    g_autoptr(json_t) lot = central_store_feed_value(run->store, run->store_id, "lot", key, NULL);
    return *text(lot, "best_before") || *text(lot, "use_by");
}

/* A lot as pricing sees it: with a forecast below what is there it is at risk. */
static void add_spoiling(ReportRun *run, const json_t *line, json_t *list)
{
    g_autofree char *key = g_strconcat(text(line, "gtin"), "/", text(line, "lot"), NULL);
    bool by_weight = json_is_true(json_object_get(line, "by_weight"));
    PosStockRisk risk = {.on_hand = number(line, "on_hand"),
                         .forecast = number(line, "forecast"),
                         .forecast_proposed = number(line, "forecast_proposed"),
                         .price = number(line, "price_before"),
                         .proposed = number(line, "price"),
                         .unit_cost = number(line, "unit_cost"),
                         .disposal_cost = number(line, "disposal_cost"),
                         .by_weight = by_weight};
    PosStockLoss loss = pos_stock_loss(&risk);
    if (loss.left < (by_weight ? PORTION_G : 1) || !has_date(run, key)) {
        return;
    }
    static const char *const MEMBERS[] = {"gtin",       "lot",         "on_hand",   "forecast",
                                          "hours_left", "why",         "by_weight", "list_price",
                                          "reason",     "price_before"};
    g_autofree char *name = g_strconcat("spoil/", key, NULL);
    json_t *entry = exception("spoil", name, loss.money);
    for (gsize i = 0; i < G_N_ELEMENTS(MEMBERS); i++) {
        json_object_set(entry, MEMBERS[i], json_object_get(line, MEMBERS[i]));
    }
    json_object_set_new(entry, "left", json_integer(loss.left));
    if (risk.proposed != risk.price) {
        json_object_set_new(entry, "proposed", json_integer(risk.proposed));
        json_object_set_new(entry, "left_proposed", json_integer(loss.left_proposed));
        json_object_set_new(entry, "saves", json_integer(loss.saves));
    }
    json_array_append_new(list, entry);
}

/* A lot that may not be sold and is still there. */
static void add_stopped(ReportRun *run, const json_t *line, json_t *list)
{
    const char *gtin = text(line, "gtin"), *lot = text(line, "lot");
    int64_t on_hand = number(line, "on_hand");
    if (on_hand <= 0) {
        return;
    }
    g_autofree char *key = g_strconcat(gtin, "/", lot, NULL);
    g_autofree char *name = g_strconcat("stop/", key, NULL);
    g_autoptr(json_t) product =
        central_store_feed_value(run->store, run->store_id, "product", gtin, NULL);
    bool by_weight = strcmp(text(product, "unit"), "g") == 0;
    int64_t unit = number(product, "unit_cost");
    unit = unit > 0 ? unit : number(line, "price_before");
    json_t *entry = exception("stop", name, pos_stock_value(on_hand, unit, by_weight));
    json_object_set(entry, "gtin", json_object_get(line, "gtin"));
    json_object_set(entry, "lot", json_object_get(line, "lot"));
    json_object_set(entry, "on_hand", json_object_get(line, "on_hand"));
    json_object_set_new(entry, "by_weight", json_boolean(by_weight));
    json_array_append_new(list, entry);
}

static bool add_lots(ReportRun *run, json_t *list, GError **error)
{
    g_autoptr(json_t) lines = json_array();
    if (!central_reprice_store(run->store, run->store_id, run->now_ms, true, NULL, lines, error)) {
        return false;
    }
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line)
    {
        if (strcmp(text(line, "reason"), "not_for_sale") == 0) {
            add_stopped(run, line, list);
        } else if (json_object_get(line, "forecast_proposed")) {
            add_spoiling(run, line, list);
        }
    }
    return true;
}

static bool add_negative(ReportRun *run, json_t *list, GError **error)
{
    g_autoptr(GArray) rows =
        central_store_stock_negative(run->store, run->store_id, ROWS_MAX, error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const CentralStockRow *row = &g_array_index(rows, CentralStockRow, i);
        g_autoptr(json_t) product =
            central_store_feed_value(run->store, run->store_id, "product", row->gtin, NULL);
        if (!product) {
            continue;
        }
        bool by_weight = strcmp(text(product, "unit"), "g") == 0;
        g_autofree char *name = g_strconcat("negative/", row->gtin, "/", row->lot, NULL);
        json_t *entry =
            exception("negative", name,
                      pos_stock_value(-row->on_hand, number(product, "unit_cost"), by_weight));
        json_object_update_new(entry, json_pack("{s:s, s:s, s:I, s:b}", "gtin", row->gtin, "lot",
                                                row->lot, "on_hand", (json_int_t)row->on_hand,
                                                "by_weight", by_weight));
        json_array_append_new(list, entry);
    }
    return rows != NULL;
}

/* --- what is behind ---------------------------------------------------------------------------------- */

/* The version at which the price that a tag must show was published. */
static int64_t price_version(ReportRun *run, const json_t *tag)
{
    g_autofree char *key = g_strconcat(text(tag, "gtin"), "/", text(tag, "lot"), NULL);
    int64_t version = 0;
    g_autoptr(json_t) own = central_store_feed_value(
        run->store, run->store_id, "price", *text(tag, "lot") ? key : text(tag, "gtin"), &version);
    if (!own) {
        g_autoptr(json_t) of_product = central_store_feed_value(run->store, run->store_id, "price",
                                                                text(tag, "gtin"), &version);
        return of_product ? version : 0;
    }
    return version;
}

static bool add_tags(ReportRun *run, json_t *list, GError **error)
{
    g_autoptr(json_t) seen = central_store_tags_seen(run->store, run->store_id, TAGS_MAX, error);
    size_t i;
    json_t *row;
    json_array_foreach(seen, i, row)
    {
        g_autoptr(json_t) tag =
            central_store_feed_value(run->store, run->store_id, "tag", text(row, "tag"), NULL);
        if (!tag || json_array_size(list) >= ROWS_MAX ||
            price_version(run, tag) <= number(row, "version")) {
            continue;
        }
        g_autofree char *name = g_strconcat("tag/", text(row, "tag"), NULL);
        json_t *entry = exception("tag", name, 0);
        json_object_set(entry, "tag", json_object_get(row, "tag"));
        json_object_set(entry, "gtin", json_object_get(tag, "gtin"));
        json_object_set(entry, "lot", json_object_get(tag, "lot"));
        json_object_set_new(entry, "since", central_report_instant(run, number(row, "shown_ms")));
        json_array_append_new(list, entry);
    }
    return seen != NULL;
}

static bool add_terminals(ReportRun *run, json_t *list, GError **error)
{
    g_autoptr(GPtrArray) all = central_store_terminals(run->store, run->store_id, error);
    int64_t newest = 0;
    if (!all || !central_store_feed_newest(run->store, run->store_id, &newest, error)) {
        return false;
    }
    for (guint i = 0; i < all->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(all, i);
        bool silent = terminal->seen_ms > 0 && run->now_ms - terminal->seen_ms > BEHIND_MS &&
                      terminal->seen_version < newest;
        if (terminal->revoked || (!silent && !terminal->forked)) {
            continue;
        }
        g_autofree char *name = g_strconcat("till/", terminal->id, NULL);
        json_t *entry = exception("till", name, 0);
        json_object_update_new(entry, json_pack("{s:s, s:s, s:I, s:b}", "terminal", terminal->id,
                                                "name", terminal->name, "behind",
                                                (json_int_t)(newest - terminal->seen_version),
                                                "forked", terminal->forked));
        json_object_set_new(entry, "since", central_report_instant(run, terminal->seen_ms));
        json_array_append_new(list, entry);
    }
    return true;
}

static bool add_inbox(ReportRun *run, json_t *list, GError **error)
{
    g_autoptr(GPtrArray) items =
        central_store_inbox(run->store, run->store_id, NULL, ROWS_MAX, error);
    for (guint i = 0; items && i < items->len; i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        g_autofree char *name = g_strdup_printf("inbox/%s/%" PRId64, item->terminal, item->seq);
        json_t *entry = exception("inbox", name, 0);
        json_object_update_new(entry, json_pack("{s:s, s:I, s:s, s:s, s:s, s:b}", "terminal",
                                                item->terminal, "seq", (json_int_t)item->seq,
                                                "type", item->type, "reason", item->reason,
                                                "detail", item->detail, "booked", item->booked));
        json_array_append_new(list, entry);
    }
    return items != NULL;
}

/* --- charts and order ----------------------------------------------------------------------------------- */

/* What each lot of the list sold on each of the last days, today last. */
static bool add_charts(ReportRun *run, json_t *list, GError **error)
{
    PosDate today = pos_date_of_instant(run->now_ms, run->rules.zone);
    int64_t from_ms = central_report_midnight(run, pos_date_add_days(today, 1 - CHART_DAYS));
    g_autoptr(GHashTable) charts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) hours =
        central_store_sales_hours(run->store, run->store_id, from_ms, run->now_ms + 1, error);
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        if (json_object_get(entry, "on_hand")) {
            json_t *days = json_array();
            for (int d = 0; d < CHART_DAYS; d++) {
                json_array_append_new(days, json_integer(0));
            }
            json_object_set_new(entry, "sold", days);
            g_hash_table_insert(
                charts, g_strconcat(text(entry, "gtin"), "/", text(entry, "lot"), NULL), days);
        }
    }
    for (guint h = 0; hours && h < hours->len; h++) {
        const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, h);
        g_autofree char *key = g_strconcat(hour->gtin, "/", hour->lot, NULL);
        json_t *days = g_hash_table_lookup(charts, key);
        PosDate day = pos_date_of_instant(hour->hour_start_ms, run->rules.zone);
        int at = pos_date_difference(day, today) + CHART_DAYS - 1;
        if (days && at >= 0 && at < CHART_DAYS) {
            int64_t sum = json_integer_value(json_array_get(days, (size_t)at)) + hour->units;
            json_array_set_new(days, (size_t)at, json_integer(sum));
        }
    }
    return hours != NULL;
}

static int compare_risk(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int64_t more = number(y, "risk") - number(x, "risk");
    return more != 0 ? (more > 0 ? 1 : -1) : strcmp(text(x, "key"), text(y, "key"));
}

static json_t *ranked(const json_t *list)
{
    size_t count = json_array_size(list);
    g_autofree json_t **entries = g_new(json_t *, count + 1);
    for (size_t i = 0; i < count; i++) {
        entries[i] = json_array_get(list, i);
    }
    qsort(entries, count, sizeof *entries, compare_risk);
    json_t *sorted = json_array();
    for (size_t i = 0; i < MIN(count, ROWS_MAX); i++) {
        json_array_append(sorted, entries[i]);
    }
    return sorted;
}

json_t *central_report_morning(ReportRun *run, GError **error)
{
    g_autoptr(json_t) all = json_array();
    if (!add_lots(run, all, error) || !add_negative(run, all, error) ||
        !add_tags(run, all, error) || !add_terminals(run, all, error) ||
        !add_inbox(run, all, error)) {
        return NULL;
    }
    json_t *list = ranked(all);
    if (!add_charts(run, list, error)) {
        json_decref(list);
        return NULL;
    }
    int64_t risk = 0, saves = 0;
    size_t i;
    json_t *entry;
    json_array_foreach(all, i, entry)
    {
        risk += number(entry, "risk");
        saves += MAX(number(entry, "saves"), 0);
    }
    return json_pack("{s:o, s:I, s:I, s:I}", "exceptions", list, "risk", (json_int_t)risk, "saves",
                     (json_int_t)saves, "count", (json_int_t)json_array_size(all));
}
