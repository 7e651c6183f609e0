/* SPDX-License-Identifier: GPL-3.0-or-later
 * Capture: a document is one part of the transaction, so that it comes in whole or not at all unless its sender asked
 * for less. The feed's lots follow in the same transaction: what a till is told is what the events say. */
#include "sync/central_epcis.h"

#include "pos/date.h"
#include "pos/epcis_id.h"
#include "pos/error.h"
#include "sync/central_route.h"

#include <string.h>

#define EVENTS_OF_ITEM_MAX 500
#define ERRORS_MAX 50

/* --- the walk over the database --------------------------------------------------------------- */

static GPtrArray *look_up(const char *item, void *user, GError **error)
{
    return central_store_epcis_of_item(user, item, EVENTS_OF_ITEM_MAX, error);
}

GPtrArray *central_epcis_events_of_lot(CentralStore *store, const char *gtin, const char *lot,
                                       GError **error)
{
    g_autofree char *item = pos_epcis_id_of_lot(gtin, lot);
    return central_epcis_walk_back(item, look_up, store, error);
}

/* --- the feed's lots -------------------------------------------------------------------------- */

/* A date of an event's master data: "2026-11-29", perhaps with a time behind it. */
static void set_date(json_t *value, const char *key, const json_t *ilmd, const char *name)
{
    const char *text = json_string_value(json_object_get(ilmd, name));
    g_autofree char *day = text == NULL ? NULL : g_strndup(text, 10);
    PosDate date;
    if (day != NULL && json_object_get(value, key) == NULL && pos_date_parse(day, &date)) {
        json_object_set_new(value, key, json_string(day));
    }
}

static bool is_country(const char *code)
{
    return code != NULL && strlen(code) == 2 && g_ascii_isupper(code[0]) &&
           g_ascii_isupper(code[1]);
}

/* Whether this event made the lot: its dates are then the lot's. */
static bool made(const PosEpcisEvent *event, const char *item)
{
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *each = g_ptr_array_index(event->items, i);
        if ((each->role == POS_EPCIS_SEEN || each->role == POS_EPCIS_OUTPUT) &&
            strcmp(each->id, item) == 0) {
            return true;
        }
    }
    return false;
}

/* What the making of the lot, or of what it was made of, said where the lot's value does not say it itself. */
static void add_master_data(json_t *value, const PosEpcisEvent *event, const char *item)
{
    const json_t *ilmd = json_object_get(event->json, "ilmd");
    const char *country = json_string_value(json_object_get(ilmd, "cbvmda:countryOfOrigin"));
    if (is_country(country) && json_object_get(value, "origin_country") == NULL) {
        json_object_set_new(value, "origin_country", json_string(country));
    }
    if (made(event, item)) {
        set_date(value, "best_before", ilmd, "cbvmda:bestBeforeDate");
        set_date(value, "use_by", ilmd, "cbvmda:itemExpirationDate");
    }
}

static bool has_alarm(const json_t *route)
{
    size_t i;
    json_t *step;
    json_array_foreach((json_t *)route, i, step)
    {
        if (json_is_true(json_object_get(step, "alarm"))) {
            return true;
        }
    }
    return false;
}

json_t *central_epcis_lot_value(const char *item, const json_t *value, GPtrArray *events,
                                const json_t *places)
{
    json_t *next = json_deep_copy(value);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (guint i = 0; i < events->len; i++) {
        const PosEpcisEvent *event = g_ptr_array_index(events, i);
        g_ptr_array_add(list, event->json);
    }
    json_t *route = central_route_of_events(list, places);
    bool was_broken =
        g_strcmp0(json_string_value(json_object_get(value, "cold_chain")), "broken") == 0;
    /* Broken for a reason that no step of the old route tells: someone else's word, and it stays. */
    bool by_word = was_broken && !has_alarm(json_object_get(value, "route"));
    json_object_set_new(next, "cold_chain",
                        json_string(by_word || has_alarm(route) ? "broken" : "ok"));
    json_object_set_new(next, "route", route);
    for (guint i = 0; i < events->len; i++) {
        add_master_data(next, g_ptr_array_index(events, i), item);
    }
    return next;
}

static bool refresh_in_store(CentralStore *store, const char *store_id, const char *key,
                             const char *item, GPtrArray *events, GError **error)
{
    if (!central_store_hold(store, store_id, error)) {
        return false;
    }
    g_autoptr(json_t) value = central_store_feed_value(store, store_id, "lot", key, NULL);
    if (value == NULL) {
        return true; /* this store never had it */
    }
    g_autoptr(json_t) places = central_store_feed_value(store, store_id, "setting", "places", NULL);
    g_autoptr(json_t) next = central_epcis_lot_value(item, value, events, places);
    CentralChange change = {"lot", key, next};
    return json_equal(value, next) ||
           central_store_publish(store, store_id, &change, 1, NULL, error);
}

bool central_epcis_refresh(CentralStore *store, const char *gtin, const char *lot, GError **error)
{
    g_autofree char *key = g_strdup_printf("%s/%s", gtin, lot);
    g_autofree char *item = pos_epcis_id_of_lot(gtin, lot);
    g_autoptr(GPtrArray) stores = central_store_list_stores(store);
    g_autoptr(GPtrArray) events = central_epcis_events_of_lot(store, gtin, lot, error);
    if (events == NULL) {
        return false;
    }
    for (guint i = 0; i < stores->len; i++) {
        if (!refresh_in_store(store, g_ptr_array_index(stores, i), key, item, events, error)) {
            return false;
        }
    }
    return true;
}

static bool refresh_all(CentralStore *store, GHashTable *touched, GError **error)
{
    g_autoptr(GHashTable) lots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter at;
    void *item;
    g_hash_table_iter_init(&at, touched);
    while (g_hash_table_iter_next(&at, &item, NULL)) {
        if (!g_hash_table_contains(lots, item) &&
            !central_epcis_walk_forward(item, look_up, store, lots, error)) {
            return false;
        }
    }
    g_hash_table_iter_init(&at, lots);
    while (g_hash_table_iter_next(&at, &item, NULL)) {
        char gtin[15], lot[21];
        if (pos_epcis_id_lot(item, gtin, lot) && lot[0] != '\0' &&
            !central_epcis_refresh(store, gtin, lot, error)) {
            return false;
        }
    }
    return true;
}

/* --- capture ---------------------------------------------------------------------------------- */

void central_capture_clear(CentralCapture *capture)
{
    json_decref(capture->errors);
    capture->errors = NULL;
}

static void add_error(CentralCapture *capture, size_t index, const json_t *event,
                      const char *message)
{
    capture->refused++;
    if (json_array_size(capture->errors) < ERRORS_MAX) {
        const char *id = json_string_value(json_object_get(event, "eventID"));
        json_array_append_new(capture->errors,
                              json_pack("{s:I, s:s, s:s}", "event", (json_int_t)index, "eventID",
                                        id != NULL && strlen(id) <= 255 ? id : "", "message",
                                        message));
    }
}

static void count(CentralCapture *capture, CentralEpcisOutcome outcome, size_t index,
                  const json_t *event)
{
    switch (outcome) {
    case CENTRAL_EPCIS_NEW:
        capture->added++;
        break;
    case CENTRAL_EPCIS_SAME:
        capture->same++;
        break;
    case CENTRAL_EPCIS_WITHDRAWN:
        capture->withdrawn++;
        break;
    case CENTRAL_EPCIS_CONFLICT:
        add_error(capture, index, event,
                  "another event has this eventID: events are never changed; send an "
                  "errorDeclaration with a copy of the wrong one");
        break;
    }
}

/* touched: what the events that changed something name. */
static bool take_events(CentralStore *store, const char *supplier, const json_t *events,
                        int64_t now_ms, CentralCapture *out, GHashTable *touched, GError **error)
{
    size_t i;
    json_t *json;
    json_array_foreach((json_t *)events, i, json)
    {
        g_autoptr(GError) why = NULL;
        g_autoptr(PosEpcisEvent) event = pos_epcis_event_read(json, &why);
        CentralEpcisOutcome outcome;
        if (event == NULL) {
            add_error(out, i, json, why->message);
            continue;
        }
        if (!central_store_epcis_add(store, supplier, event, now_ms, &outcome, error)) {
            return false;
        }
        count(out, outcome, i, json);
        bool changes = outcome == CENTRAL_EPCIS_NEW || outcome == CENTRAL_EPCIS_WITHDRAWN;
        for (guint k = 0; changes && k < event->items->len; k++) {
            const PosEpcisItem *item = g_ptr_array_index(event->items, k);
            g_hash_table_add(touched, g_strdup(item->id));
        }
    }
    return true;
}

/* One run: takes the events and, when they stay, brings the lots up to them. */
static bool run_capture(CentralStore *store, const char *supplier, const json_t *events,
                        bool proceed, int64_t now_ms, CentralCapture *out, GError **error)
{
    g_autoptr(GHashTable) touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    central_capture_clear(out);
    *out = (CentralCapture){.errors = json_array()};
    bool ok = take_events(store, supplier, events, now_ms, out, touched, error);
    out->success = ok && (proceed || out->refused == 0);
    if (!out->success) {
        out->added = out->withdrawn = out->same = 0;
    }
    return ok && (!out->success || refresh_all(store, touched, error));
}

bool central_epcis_capture(CentralStore *store, const char *supplier, const json_t *events,
                           bool proceed, int64_t now_ms, CentralCapture *out, GError **error)
{
    bool ok = false;
    *out = (CentralCapture){0};
    if (central_store_in_transaction(store)) {
        if (!central_store_part_begin(store, error)) {
            return false;
        }
        ok = run_capture(store, supplier, events, proceed, now_ms, out, error);
        central_store_part_end(store, !ok || !out->success);
        return ok;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        ok = run_capture(store, supplier, events, proceed, now_ms, out, error);
        scope.ok = ok && out->success;
    }
    return scope.ok || (ok && !out->success);
}
