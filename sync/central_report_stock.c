/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stock: pages of all lots, and the whole history of one. */
#include "sync/central_report_private.h"

#include "pos/error.h"
#include "pos/lot.h"
#include "pos/product.h"
#include "pos/stock_figures.h"
#include "sync/central_store_report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SOLD_DAYS 7
#define MOVES_MAX 5000
#define PRICES_MAX 200
#define HISTORY_MS (400LL * 24 * 60 * 60 * 1000)

/* --- all lots -------------------------------------------------------------------------------------- */

json_t *central_report_inventory(ReportRun *run, GError **error)
{
    const char *after = run->query->after ? run->query->after : "";
    const char *slash = strchr(after, '/');
    g_autofree char *gtin = slash ? g_strndup(after, (gsize)(slash - after)) : g_strdup(after);
    int64_t since_ms = run->now_ms - SOLD_DAYS * 24LL * 60 * 60 * 1000;
    g_autoptr(GArray) rows =
        central_store_stock_page(run->store, run->store_id, gtin, slash ? slash + 1 : "", since_ms,
                                 CENTRAL_REPORT_PAGE_ROWS, error);
    if (!rows) {
        return NULL;
    }
    json_t *list = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const CentralStockRow *row = &g_array_index(rows, CentralStockRow, i);
        json_array_append_new(list, json_pack("[s, s, I, I, I]", row->gtin, row->lot,
                                              (json_int_t)row->on_hand, (json_int_t)row->delivered,
                                              (json_int_t)row->sold));
    }
    json_t *report = json_pack("{s:o, s:i}", "rows", list, "sold_days", SOLD_DAYS);
    if (rows->len == CENTRAL_REPORT_PAGE_ROWS) {
        const CentralStockRow *last = &g_array_index(rows, CentralStockRow, rows->len - 1);
        g_autofree char *next = g_strconcat(last->gtin, "/", last->lot, NULL);
        json_object_set_new(report, "next", json_string(next));
    }
    return report;
}

/* --- one lot --------------------------------------------------------------------------------------- */

typedef struct {
    ReportRun *run;
    const char *gtin, *lot;
    GArray *moves;   /* of PosStockMove */
    json_t *entries; /* one a move */
} History;

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value ? value : "";
}

static bool is_of_lot(const History *history, const json_t *line)
{
    return strcmp(text(line, "gtin"), history->gtin) == 0 &&
           strcmp(text(line, "lot"), history->lot) == 0;
}

static void add_move(History *history, const json_t *record, const json_t *line, int64_t at_ms,
                     int64_t moved, bool is_count)
{
    static const char *const MEMBERS[] = {"operator", "receipt", "terminal", "reason", "order"};
    PosStockMove move = {.at_ms = at_ms,
                         .moved = is_count ? 0 : moved,
                         .is_count = is_count,
                         .counted = is_count ? moved : 0};
    json_t *entry = json_pack("{s:o, s:s, s:I}", "at", central_report_instant(history->run, at_ms),
                              "type", text(record, "type"), "qty", (json_int_t)moved);
    for (gsize i = 0; i < G_N_ELEMENTS(MEMBERS); i++) {
        json_t *value = json_object_get(line, MEMBERS[i]);
        value = value ? value : json_object_get(record, MEMBERS[i]);
        if (value) {
            json_object_set(entry, MEMBERS[i], value);
        }
    }
    g_array_append_val(history->moves, move);
    json_array_append_new(history->entries, entry);
}

/* What a row moves of the lot: the same signs as in booking. */
static void add_row(History *history, const json_t *record, const json_t *line, int64_t at_ms)
{
    const char *type = text(record, "type");
    int64_t quantity = json_integer_value(json_object_get(line, "qty"));
    if (!is_of_lot(history, line)) {
        return;
    }
    if (strcmp(type, "return") == 0) {
        const char *to = *text(line, "to") ? text(line, "to") : text(record, "to");
        add_move(history, record, line, at_ms, strcmp(to, "stock") == 0 ? -quantity : 0, false);
    } else if (strcmp(type, "stock_received") == 0) {
        add_move(history, record, line, at_ms, quantity, false);
    } else if (strcmp(type, "stock_counted") == 0) {
        add_move(history, record, line, at_ms, quantity, true);
    } else { /* sales take away; a void's quantities have the opposite sign already */
        add_move(history, record, line, at_ms, -quantity, false);
    }
}

static bool add_record(const json_t *record, void *user)
{
    static const char *const TYPES[] = {"sale",           "return",        "post_void", "write_off",
                                        "stock_received", "stock_counted", NULL};
    History *history = user;
    int64_t at_ms = 0;
    const json_t *lines = json_object_get(record, "lines");
    if (!g_strv_contains(TYPES, text(record, "type")) ||
        !pos_instant_parse(text(record, "at"), &at_ms)) {
        return true;
    }
    if (!json_is_array(lines)) {
        add_row(history, record, record, at_ms);
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        add_row(history, record, json_array_get(lines, i), at_ms);
    }
    return history->moves->len < MOVES_MAX;
}

static bool add_deliveries(History *history, GError **error)
{
    g_autoptr(json_t) deliveries = central_store_deliveries(
        history->run->store, history->run->store_id, history->gtin, history->lot, error);
    g_autoptr(json_t) record = json_pack("{s:s}", "type", "stock_received");
    for (gsize i = 0; i < json_array_size(deliveries); i++) {
        const json_t *delivery = json_array_get(deliveries, i);
        add_move(history, record, record, json_integer_value(json_object_get(delivery, "at_ms")),
                 json_integer_value(json_object_get(delivery, "qty")), false);
    }
    return deliveries != NULL;
}

/* Deliveries of central's own came before the records were read: puts all in time order and adds what was there after
 * each. */
static json_t *run_through(const History *history)
{
    guint count = history->moves->len;
    g_autofree guint *order = g_new(guint, count + 1);
    g_autofree PosStockMove *moves = g_new(PosStockMove, count + 1);
    g_autofree int64_t *balance = g_new0(int64_t, count + 1);
    g_autofree int64_t *variance = g_new0(int64_t, count + 1);
    for (guint i = 0; i < count; i++) { /* insertion: almost sorted already */
        guint at = i;
        int64_t at_ms = g_array_index(history->moves, PosStockMove, i).at_ms;
        while (at > 0 && g_array_index(history->moves, PosStockMove, order[at - 1]).at_ms > at_ms) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (guint i = 0; i < count; i++) {
        moves[i] = g_array_index(history->moves, PosStockMove, order[i]);
    }
    pos_stock_run(moves, count, balance, variance);
    json_t *list = json_array();
    for (guint i = 0; i < count; i++) {
        json_t *entry = json_array_get(history->entries, order[i]);
        json_object_set_new(entry, "balance", json_integer(balance[i]));
        if (moves[i].is_count) {
            json_object_set_new(entry, "variance", json_integer(variance[i]));
        }
        json_array_append(list, entry);
    }
    return list;
}

static json_t *prices_of(ReportRun *run, const char *gtin, const char *lot, GError **error)
{
    g_autofree char *key = *lot ? g_strconcat(gtin, "/", lot, NULL) : g_strdup(gtin);
    int64_t since_ms = run->now_ms - HISTORY_MS;
    json_t *prices =
        central_store_price_history(run->store, run->store_id, key, since_ms, PRICES_MAX, error);
    if (prices && json_array_size(prices) == 0 && *lot) {
        json_decref(prices);
        prices = central_store_price_history(run->store, run->store_id, gtin, since_ms, PRICES_MAX,
                                             error);
    }
    return prices;
}

/* The way of the lot from where it grew, as the feed has it. */
static json_t *route_of(ReportRun *run, const char *gtin, const char *lot)
{
    g_autofree char *key = g_strconcat(gtin, "/", lot, NULL);
    g_autoptr(json_t) value = central_store_feed_value(run->store, run->store_id, "lot", key, NULL);
    json_t *route = json_object_get(value, "route");
    return route ? json_incref(route) : json_array();
}

json_t *central_report_lot(ReportRun *run, GError **error)
{
    const char *gtin = run->query->gtin, *lot = run->query->lot ? run->query->lot : "";
    if (!pos_gtin_is_well_formed(gtin) || (*lot && !pos_lot_number_is_well_formed(lot))) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("This report is asked for with gtin=09521234500017&lot=A."));
        return NULL;
    }
    g_autoptr(GArray) moves = g_array_new(FALSE, TRUE, sizeof(PosStockMove));
    g_autoptr(json_t) entries = json_array();
    History history = {run, gtin, lot, moves, entries};
    int64_t on_hand = 0;
    if (!add_deliveries(&history, error) ||
        !central_report_records(run, run->now_ms - HISTORY_MS, INT64_MAX, gtin, add_record,
                                &history, error)) {
        return NULL;
    }
    g_autoptr(json_t) prices = prices_of(run, gtin, lot, error);
    if (!prices || !central_store_on_hand(run->store, run->store_id, gtin, lot, &on_hand)) {
        return NULL;
    }
    return json_pack("{s:s, s:s, s:I, s:o, s:O, s:o, s:b}", "gtin", gtin, "lot", lot, "on_hand",
                     (json_int_t)on_hand, "movements", run_through(&history), "prices", prices,
                     "route", route_of(run, gtin, lot), "cut_off", moves->len >= MOVES_MAX);
}
