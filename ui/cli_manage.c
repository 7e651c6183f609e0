/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster manage`: what the manager's window does, as JSON lines: one object in, one object out, in order.
 * `{"do":"login","operator":"u09","pin":"9999"}` comes first; then
 *
 *     {"do":"command","command":"price_set",…}   a decision (sync/PROTOCOL.md has the members)
 *     {"do":"write_off"|"receive"|"count","gtin":…,"lot":…,"qty":…,"unit":…,…}   a stock record
 *     {"do":"report","name":"morning"}           central's answer, or the last one with its age
 *     {"do":"stock"}                             fetches the stock of all lots
 *     {"do":"inventory","text":…,"category":…,"order":"cover","limit":100}
 *     {"do":"feed","kind":"order"}               what the feed says of a kind
 *     {"do":"draft","batch":"w48","gtin":…,"price":…}   and "approve" or "drop" true
 *     {"do":"sync","timeout":10} */
#include "pos/bounds.h"
#include "pos/clock.h"
#include "pos/freshness.h"
#include "pos/manage.h"
#include "pos/store_manage.h"
#include "sync/client.h"
#include "sync/report.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEED_ITEMS_MAX 100000
#define SYNC_S_DEFAULT 10

typedef struct {
    PosStoreLock *lock;
    PosStore *store;
    SyncClient *sync; /* NULL with --offline */
    SyncReports *reports;
    char *operator_id; /* NULL before the log-in */
} Session;

static int64_t now_ms(void)
{
    const PosClock *clock = pos_clock_system();
    return clock->wall_ms(clock->user);
}

static json_t *event_new(const char *name)
{
    return json_pack("{s:s}", "event", name);
}

static json_t *refused(const char *message)
{
    return json_pack("{s:s, s:s}", "event", "refused", "message", message);
}

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value == NULL ? "" : value;
}

/* --- one request ------------------------------------------------------------------------------------- */

static json_t *do_login(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosOperator) operator_ =
        pos_manage_log_in(session->store, text(request, "operator"), text(request, "pin"), &error);
    if (operator_ == NULL) {
        return refused(error->message);
    }
    g_free(session->operator_id);
    session->operator_id = g_strdup(operator_->id);
    return json_pack("{s:s, s:s, s:s, s:s}", "event", "login", "operator", operator_->id, "name",
                     operator_->name, "role", operator_->role);
}

static json_t *written(Session *session, const PosRecord *record)
{
    g_autofree char *hash = pos_hash_to_hex(&record->hash);
    if (session->sync != NULL) {
        sync_client_wake(session->sync);
    }
    return json_pack("{s:s, s:I, s:s}", "event", "written", "seq", (json_int_t)record->seq, "hash",
                     hash);
}

/* The request's members without those that are ours. */
static json_t *members_of(const json_t *request)
{
    json_t *fields = json_deep_copy(request);
    json_object_del(fields, "do");
    json_object_del(fields, "id");
    json_object_del(fields, "operator");
    return fields;
}

static json_t *do_decide(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosRecord) record = {0};
    g_autoptr(json_t) fields = members_of(request);
    if (!pos_manage_write(session->store, session->operator_id, fields, now_ms(), &record,
                          &error)) {
        return refused(error->message);
    }
    return written(session, &record);
}

static json_t *do_stock_record(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosRecord) record = {0};
    g_autoptr(json_t) fields = members_of(request);
    const char *verb = text(request, "do");
    const char *type = strcmp(verb, "receive") == 0 ? "stock_received"
                       : strcmp(verb, "count") == 0 ? "stock_counted"
                                                    : "write_off";
    if (!pos_manage_write_stock(session->store, session->operator_id, type, fields, now_ms(),
                                &record, &error)) {
        return refused(error->message);
    }
    return written(session, &record);
}

static json_t *do_report(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t at_ms = 0, now = now_ms();
    bool fresh = false;
    if (!pos_manage_may(session->store, session->operator_id, POS_MAY_SEE_FIGURES, &error)) {
        return refused(error->message);
    }
    json_t *report = sync_reports_get(session->reports, text(request, "name"), now, &at_ms, &fresh,
                                      &why, &error);
    if (report == NULL) {
        return refused(error->message);
    }
    json_t *event =
        json_pack("{s:s, s:s, s:o, s:b, s:I}", "event", "report", "name", text(request, "name"),
                  "report", report, "fresh", fresh, "age_s", (json_int_t)((now - at_ms) / 1000));
    if (why != NULL) {
        json_object_set_new(event, "message", json_string(why));
    }
    return event;
}

static json_t *do_stock(Session *session, const json_t *request)
{
    (void)request;
    g_autoptr(GError) error = NULL;
    return sync_reports_stock(session->reports, &error) ? event_new("stock")
                                                        : refused(error->message);
}

static PosInventoryOrder order_of(const char *word)
{
    static const char *const words[POS_INVENTORY_ORDERS] = {
        "name",         "lot",  "category", "on_hand", "cover",
        "sell_through", "date", "colour",   "value",   "price"};
    for (int i = 0; i < POS_INVENTORY_ORDERS; i++) {
        if (strcmp(word, words[i]) == 0) {
            return (PosInventoryOrder)i;
        }
    }
    return POS_INVENTORY_BY_NAME;
}

static json_t *row_to_json(const PosInventoryRow *row)
{
    g_autofree char *last = pos_date_format(row->last_day);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:s, s:s, s:I, s:I}", "gtin", row->gtin,
                     "lot", row->lot, "name", row->name, "category", row->category, "on_hand",
                     (json_int_t)row->on_hand, "cover_tenths", (json_int_t)row->cover_tenths,
                     "sell_through_bp", row->sell_through_bp, "last_day", last, "colour",
                     pos_freshness_code((PosFreshnessColour)row->colour), "value",
                     (json_int_t)row->value, "price", (json_int_t)row->price);
}

static json_t *do_inventory(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) zone = pos_store_zone(session->store);
    int64_t now = now_ms(), limit = json_integer_value(json_object_get(request, "limit"));
    const char *category = json_string_value(json_object_get(request, "category"));
    PosInventoryQuery query = {.text = text(request, "text"),
                               .category = category,
                               .colour = -1,
                               .in_stock = json_is_true(json_object_get(request, "in_stock")),
                               .order = order_of(text(request, "order")),
                               .descending = json_is_true(json_object_get(request, "descending"))};
    g_autoptr(GArray) ids = NULL;
    if (pos_store_inventory_rebuild(session->store, pos_date_of_instant(now, zone), now, &error)) {
        ids = pos_store_inventory_find(session->store, &query, &error);
    }
    if (ids == NULL) {
        return refused(error->message);
    }
    json_t *rows = json_array();
    for (guint i = 0; i < ids->len && (limit <= 0 || i < (guint)limit); i++) {
        PosInventoryRow *row =
            pos_store_inventory_row(session->store, g_array_index(ids, int64_t, i));
        json_array_append_new(rows, row_to_json(row));
        pos_inventory_row_free(row);
    }
    return json_pack("{s:s, s:i, s:o}", "event", "inventory", "count", (int)ids->len, "rows", rows);
}

static json_t *do_feed(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    json_t *items =
        pos_store_feed_kind(session->store, text(request, "kind"), FEED_ITEMS_MAX, &error);
    if (items == NULL) {
        return refused(error->message);
    }
    for (void *at = json_object_iter(items); at; at = json_object_iter_next(items, at)) {
        json_object_del(json_object_iter_value(at), "pin");
        json_object_del(json_object_iter_value(at), "badge");
    }
    return json_pack("{s:s, s:o}", "event", "feed", "items", items);
}

/* Adds to a draft, drops it, or makes the decision of it. */
static json_t *do_draft(Session *session, const json_t *request)
{
    g_autoptr(GError) error = NULL;
    const char *batch = text(request, "batch");
    const json_t *price = json_object_get(request, "price");
    const json_t *list = json_object_get(request, "list_price");
    bool fine = true;
    if (json_is_integer(price)) {
        fine = pos_store_draft_put(session->store, batch, text(request, "gtin"),
                                   text(request, "lot"), json_integer_value(price),
                                   json_is_integer(list) ? json_integer_value(list) : -1, &error);
    }
    g_autoptr(json_t) items = fine ? pos_store_draft(session->store, batch, &error) : NULL;
    if (items == NULL) {
        return refused(error->message);
    }
    if (json_is_true(json_object_get(request, "approve"))) {
        g_autoptr(json_t) decision = members_of(request);
        json_object_del(decision, "approve");
        json_object_set_new(decision, "command", json_string("price_set"));
        json_object_set(decision, "items", items);
        json_t *event = do_decide(session, decision);
        if (strcmp(text(event, "event"), "written") == 0 &&
            !pos_store_draft_drop(session->store, batch, &error)) {
            g_message("The draft stays: %s", error->message);
        }
        return event;
    }
    if (json_is_true(json_object_get(request, "drop")) &&
        !pos_store_draft_drop(session->store, batch, &error)) {
        return refused(error->message);
    }
    return json_pack("{s:s, s:s, s:O}", "event", "draft", "batch", batch, "items", items);
}

static json_t *do_sync(Session *session, const json_t *request)
{
    g_autofree char *why = NULL;
    const json_t *given = json_object_get(request, "timeout");
    int64_t timeout_s = json_is_integer(given) ? json_integer_value(given) : SYNC_S_DEFAULT;
    int64_t acked = 0, version = 0;
    if (session->sync == NULL ||
        !sync_client_wait(session->sync, CLAMP(timeout_s, 0, 3600) * 1000, &why)) {
        return refused(why != NULL ? why : _("The central service cannot be reached."));
    }
    if (!pos_store_acked_get(session->store, &acked, NULL) ||
        !pos_store_feed_version(session->store, &version, NULL, NULL)) {
        return refused(_("The terminal's folder cannot be read."));
    }
    return json_pack("{s:s, s:I, s:I}", "event", "synced", "acked", (json_int_t)acked,
                     "feed_version", (json_int_t)version);
}

static const struct {
    const char *verb;
    bool needs_login;
    json_t *(*run)(Session *session, const json_t *request);
} VERBS[] = {{"login", false, do_login},
             {"command", true, do_decide},
             {"write_off", true, do_stock_record},
             {"receive", true, do_stock_record},
             {"count", true, do_stock_record},
             {"report", true, do_report},
             {"stock", true, do_stock},
             {"inventory", true, do_inventory},
             {"feed", true, do_feed},
             {"draft", true, do_draft},
             {"sync", false, do_sync}};

static json_t *answer(Session *session, const json_t *request)
{
    const char *verb = text(request, "do");
    for (gsize i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        if (strcmp(VERBS[i].verb, verb) == 0) {
            return VERBS[i].needs_login && session->operator_id == NULL
                       ? refused(_("Log in first: {\"do\":\"login\",\"operator\":…,\"pin\":…}."))
                       : VERBS[i].run(session, request);
        }
    }
    g_autofree char *sentence = g_strdup_printf(_("There is no command “%s”."), verb);
    return refused(sentence);
}

/* False when the reader of the events is gone. */
static bool answer_line(Session *session, const char *line, gsize length, bool *out_fine)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) request =
        pos_json_parse_object(line, length, POS_BOUND_COMMAND_BYTES, &error);
    g_autoptr(json_t) event = request == NULL ? refused(error->message) : answer(session, request);
    if (request != NULL && json_object_get(request, "id") != NULL) {
        json_object_set(event, "id", json_object_get(request, "id"));
    }
    *out_fine = strcmp(text(event, "event"), "refused") != 0;
    g_autofree char *out = json_dumps(event, JSON_COMPACT);
    return fputs(out, stdout) != EOF && fputc('\n', stdout) != EOF && fflush(stdout) == 0;
}

/* --- life ---------------------------------------------------------------------------------------------- */

static bool open_session(Session *session, const UiCliOptions *options, GError **error)
{
    session->lock = pos_store_lock(options->data, error);
    if (session->lock == NULL) {
        return false;
    }
    session->store = pos_store_open(options->data, POS_STORE_WRITE, error);
    if (session->store == NULL) {
        return false;
    }
    if (!options->offline) {
        session->sync = sync_client_start(options->data, NULL, NULL, error);
        if (session->sync == NULL) {
            return false;
        }
    }
    session->reports = sync_reports_new(session->sync, session->store, error);
    return session->reports != NULL;
}

static void close_session(Session *session)
{
    sync_reports_free(session->reports);
    sync_client_stop(session->sync);
    pos_store_close(session->store);
    if (session->lock != NULL) {
        pos_store_unlock(session->lock);
    }
    g_free(session->operator_id);
}

int ui_cli_manage(int argc, char **argv)
{
    UiCliOptions options;
    Session session = {0};
    g_autoptr(GError) error = NULL;
    if (!ui_cli_options_read(argc, argv, "data offline", &options)) {
        return UI_CLI_USAGE;
    }
    if (!open_session(&session, &options, &error)) {
        int status = ui_cli_fail_error(error);
        close_session(&session);
        return status;
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool fine = true, listens = true;
    while (listens && (length = getline(&line, &size, stdin)) >= 0) {
        gsize used = (gsize)length - (length > 0 && line[length - 1] == '\n');
        listens = used == 0 || answer_line(&session, line, used, &fine);
    }
    free(line);
    close_session(&session);
    return listens ? UI_CLI_OK : UI_CLI_FAILED;
}
