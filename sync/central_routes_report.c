/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /v1/reports/{name}: what a manager asks of the own store. Each answer is bounded: a report
 * that would be larger says so (`"more":true`) and is asked again for less. Derived figures come
 * from the tables that booking keeps, so that no report walks journals. */
#include "sync/central_routes.h"

#include "pos/date.h"
#include "pos/error.h"
#include "sync/central_log.h"
#include "sync/central_store_report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ROWS_MAX 10000
#define PERIOD_MS_DEFAULT (24LL * 3600 * 1000)
#define PERIOD_MS_MAX (93LL * 24 * 3600 * 1000) /* a quarter */

typedef struct {
    CentralStore *store;
    const char *store_id;
    int64_t from_ms, until_ms; /* only of reports with a period */
    GTimeZone *zone;           /* the store's */
} Ask;

static char *instant(const Ask *ask, int64_t at_ms)
{
    return pos_instant_format(at_ms, ask->zone);
}

/* --- terminals -------------------------------------------------------------------------------- */

static const char *state_of(const CentralTerminal *terminal, int64_t newest)
{
    return terminal->revoked                  ? "revoked"
           : terminal->forked                 ? "forked"
           : terminal->seen_ms == 0           ? "never_seen"
           : terminal->seen_version >= newest ? "current"
                                              : "behind";
}

#define TAGS_MAX 100000

/* Tags of the store, and of them those that show the newest price of what they are bound to. */
typedef struct {
    GHashTable *prices; /* item to the version of its price, as a pointer */
    GHashTable *shown;  /* tag to the version that it shows */
    int of, current;
} Tags;

static void take_price(const char *key, int64_t version, const json_t *value, void *user)
{
    g_hash_table_insert(((Tags *)user)->prices, g_strdup(key), GSIZE_TO_POINTER((gsize)version));
}

static void take_tag(const char *key, int64_t version, const json_t *value, void *user)
{
    Tags *tags = user;
    const char *gtin = json_string_value(json_object_get(value, "gtin"));
    const char *lot = json_string_value(json_object_get(value, "lot"));
    g_autofree char *item = lot != NULL ? g_strdup_printf("%s/%s", gtin, lot) : g_strdup(gtin);
    if (gtin == NULL) {
        return; /* bound to nothing */
    }
    gsize wanted = GPOINTER_TO_SIZE(g_hash_table_lookup(tags->prices, item));
    if (wanted == 0) { /* a lot without a price of its own has the product's */
        wanted = GPOINTER_TO_SIZE(g_hash_table_lookup(tags->prices, gtin));
    }
    wanted = MAX(wanted, (gsize)version); /* bound anew is drawn anew */
    tags->of++;
    tags->current += GPOINTER_TO_SIZE(g_hash_table_lookup(tags->shown, key)) >= wanted;
}

static bool count_tags(const Ask *ask, Tags *tags, GError **error)
{
    g_autoptr(json_t) seen = central_store_tags_seen(ask->store, ask->store_id, TAGS_MAX, error);
    for (gsize i = 0; i < json_array_size(seen); i++) {
        const json_t *row = json_array_get(seen, i);
        const char *tag = json_string_value(json_object_get(row, "tag"));
        gsize version = (gsize)json_integer_value(json_object_get(row, "version"));
        g_hash_table_insert(tags->shown, g_strdup(tag), GSIZE_TO_POINTER(version));
    }
    return seen != NULL &&
           central_store_feed_each(ask->store, ask->store_id, "price", take_price, tags, error) &&
           central_store_feed_each(ask->store, ask->store_id, "tag", take_tag, tags, error);
}

static json_t *report_terminals(const Ask *ask, GError **error)
{
    int64_t newest = 0;
    int of = 0, current = 0;
    g_autoptr(GHashTable) prices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Tags tags = {prices, shown, 0, 0};
    if (!count_tags(ask, &tags, error)) {
        return NULL;
    }
    if (!central_store_feed_newest(ask->store, ask->store_id, &newest, error)) {
        return NULL;
    }
    g_autoptr(GPtrArray) terminals = central_store_terminals(ask->store, ask->store_id, error);
    if (terminals == NULL) {
        return NULL;
    }
    json_t *rows = json_array();
    for (guint i = 0; i < terminals->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(terminals, i);
        const char *state = state_of(terminal, newest);
        of += !terminal->revoked;
        current += strcmp(state, "current") == 0;
        if (i >= ROWS_MAX) {
            continue;
        }
        g_autofree char *seen_at = terminal->seen_ms > 0 ? instant(ask, terminal->seen_ms) : NULL;
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s*, s:s}",
                                              "terminal", terminal->id, "name", terminal->name,
                                              "mode", terminal->mode, "state", state, "acked",
                                              (json_int_t)terminal->acked, "seen_version",
                                              (json_int_t)terminal->seen_version, "seen_at",
                                              seen_at, "receipt_prefix", terminal->receipt_prefix));
    }
    return json_pack("{s:I, s:i, s:i, s:i, s:i, s:b, s:o}", "feed_version", (json_int_t)newest,
                     "terminals_of", of, "terminals_current", current, "tags_of", tags.of,
                     "tags_current", tags.current, "more", terminals->len > ROWS_MAX, "rows", rows);
}

/* --- inbox ------------------------------------------------------------------------------------ */

static json_t *report_inbox(const Ask *ask, GError **error)
{
    g_autoptr(GPtrArray) items =
        central_store_inbox(ask->store, ask->store_id, NULL, ROWS_MAX + 1, error);
    if (items == NULL) {
        return NULL;
    }
    json_t *rows = json_array();
    for (guint i = 0; i < MIN(items->len, ROWS_MAX); i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        g_autofree char *listed_at = instant(ask, item->listed_ms);
        json_array_append_new(rows,
                              json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:b}", "terminal",
                                        item->terminal, "seq", (json_int_t)item->seq, "type",
                                        item->type, "reason", item->reason, "detail", item->detail,
                                        "listed_at", listed_at, "booked", item->booked));
    }
    return json_pack("{s:b, s:o}", "more", items->len > ROWS_MAX, "rows", rows);
}

/* --- sales ------------------------------------------------------------------------------------ */

static json_t *with_period(const Ask *ask, json_t *rows, bool more)
{
    g_autofree char *from = instant(ask, ask->from_ms);
    g_autofree char *until = instant(ask, ask->until_ms);
    return json_pack("{s:s, s:s, s:b, s:o}", "from", from, "until", until, "more", more, "rows",
                     rows);
}

/* By product and lot; hours come sorted by those. */
static json_t *report_sales(const Ask *ask, GError **error)
{
    g_autoptr(GArray) hours =
        central_store_sales_hours(ask->store, ask->store_id, ask->from_ms, ask->until_ms, error);
    if (hours == NULL) {
        return NULL;
    }
    json_t *rows = json_array();
    guint i = 0;
    while (i < hours->len && json_array_size(rows) < ROWS_MAX) {
        const CentralSalesHour *first = &g_array_index(hours, CentralSalesHour, i);
        int64_t units = 0, amount = 0;
        for (; i < hours->len; i++) {
            const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, i);
            if (strcmp(hour->gtin, first->gtin) != 0 || strcmp(hour->lot, first->lot) != 0) {
                break;
            }
            units += hour->units;
            amount += hour->amount_minor;
        }
        json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:I}", "gtin", first->gtin, "lot",
                                              first->lot, "units", (json_int_t)units, "amount",
                                              (json_int_t)amount));
    }
    return with_period(ask, rows, i < hours->len);
}

static int compare_hours(const void *a, const void *b)
{
    int64_t first = ((const CentralSalesHour *)a)->hour_start_ms;
    int64_t second = ((const CentralSalesHour *)b)->hour_start_ms;
    return first < second ? -1 : first > second;
}

static json_t *report_hours(const Ask *ask, GError **error)
{
    g_autoptr(GArray) hours =
        central_store_sales_hours(ask->store, ask->store_id, ask->from_ms, ask->until_ms, error);
    if (hours == NULL) {
        return NULL;
    }
    g_array_sort(hours, compare_hours);
    json_t *rows = json_array(); /* at most 24 a day: within ROWS_MAX by the period's bound */
    for (guint i = 0; i < hours->len;) {
        int64_t hour_ms = g_array_index(hours, CentralSalesHour, i).hour_start_ms, amount = 0;
        for (; i < hours->len && g_array_index(hours, CentralSalesHour, i).hour_start_ms == hour_ms;
             i++) {
            amount += g_array_index(hours, CentralSalesHour, i).amount_minor;
        }
        g_autofree char *at = instant(ask, hour_ms);
        json_array_append_new(rows,
                              json_pack("{s:s, s:I}", "hour", at, "amount", (json_int_t)amount));
    }
    return with_period(ask, rows, false);
}

/* --- the route -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool has_period;
    json_t *(*make)(const Ask *ask, GError **error);
} REPORTS[] = {
    {"hours", true, report_hours},
    {"inbox", false, report_inbox},
    {"sales", true, report_sales},
    {"terminals", false, report_terminals},
};

/* "from" and "until"; false when the request was answered. Without them the last day. */
static bool take_period(CentralRequest *request, int64_t now_ms, Ask *ask)
{
    const char *from = central_request_query(request, "from");
    const char *until = central_request_query(request, "until");
    ask->until_ms = now_ms;
    if (until != NULL && !pos_instant_parse(until, &ask->until_ms)) {
        central_request_error(request, 400, "bad_period",
                              _("\"until\" must be a time like 2026-11-23T09:00:00Z"));
        return false;
    }
    ask->from_ms = ask->until_ms - PERIOD_MS_DEFAULT;
    if (from != NULL && !pos_instant_parse(from, &ask->from_ms)) {
        central_request_error(request, 400, "bad_period",
                              _("\"from\" must be a time like 2026-11-23T09:00:00Z"));
        return false;
    }
    if (ask->from_ms >= ask->until_ms || ask->until_ms - ask->from_ms > PERIOD_MS_MAX) {
        central_request_error(
            request, 400, "bad_period",
            _("\"from\" must be before \"until\", and at most 93 days before it"));
        return false;
    }
    return true;
}

static GTimeZone *zone_of(CentralStore *store, const char *store_id)
{
    g_autoptr(json_t) settings =
        central_store_feed_value(store, store_id, "setting", "store", NULL);
    const char *name = json_string_value(json_object_get(settings, "time_zone"));
    GTimeZone *zone = name != NULL ? g_time_zone_new_identifier(name) : NULL;
    return zone != NULL ? zone : g_time_zone_new_utc();
}

void central_routes_report(CentralRoutes *routes, CentralRequest *request,
                           const CentralTerminal *terminal)
{
    const char *name = central_request_path(request) + strlen(CENTRAL_REPORTS_PATH);
    g_autoptr(GError) error = NULL;
    if (strcmp(terminal->mode, "manager") != 0) {
        central_request_error(request, 403, "forbidden", _("Reports are for managers"));
        return;
    }
    if (central_report_exists(name)) {
        central_routes_report_made(routes, request, terminal, name);
        return;
    }
    gsize which = 0;
    while (which < G_N_ELEMENTS(REPORTS) && strcmp(REPORTS[which].name, name) != 0) {
        which++;
    }
    if (which == G_N_ELEMENTS(REPORTS)) {
        central_request_error(request, 404, "not_found",
                              _("There is no such report; there are hours, inbox, sales and "
                                "terminals"));
        return;
    }
    g_autoptr(GTimeZone) zone = zone_of(routes->read, terminal->store);
    Ask ask = {.store = routes->read, .store_id = terminal->store, .zone = zone};
    int64_t now_ms = routes->clock->wall_ms(routes->clock->user);
    if (REPORTS[which].has_period && !take_period(request, now_ms, &ask)) {
        return;
    }
    json_t *body = REPORTS[which].make(&ask, &error);
    if (body == NULL) {
        central_log("report_failed",
                    json_pack("{s:s, s:s}", "report", REPORTS[which].name, "message",
                              error != NULL ? error->message : "unknown"));
        central_routes_fail(request);
        return;
    }
    json_object_set_new(body, "report", json_string(REPORTS[which].name));
    central_request_answer(request, 200, body);
}
