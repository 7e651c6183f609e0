/* SPDX-License-Identifier: GPL-3.0-or-later
 * EPCIS events and the decision log. */
#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>

bool central_store_add_event(CentralStore *store, const char *event_id, const char *gtin,
                             const char *lot, int64_t event_time_ms, const json_t *event,
                             GError **error)
{
    static const char FIND[] = "SELECT 1 FROM epcis_event WHERE event_id = ?";
    static const char INSERT[] = "INSERT INTO epcis_event (event_id, gtin, lot, event_ms, event) "
                                 "VALUES (?, ?, ?, ?, ?)";
    int64_t found = 0;
    /* Not canonical JSON: EPCIS quantities are fractions. Sorted, so that the same event is the
     * same text. */
    g_autofree char *text = json_dumps(event, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The event “%s” is not valid JSON."),
                    event_id);
        return false;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_sql_int(store, 0, &found, error, FIND, "t", event_id) &&
                   (found == 1 || central_sql_run(store, NULL, error, INSERT, "tttit", event_id,
                                                  gtin, lot, event_time_ms, text));
    }
    return scope.ok;
}

GPtrArray *central_store_events(CentralStore *store, const char *gtin, const char *lot)
{
    static const char SQL[] = "SELECT event FROM epcis_event WHERE gtin = ? AND lot = ? "
                              "ORDER BY event_ms, event_id";
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(CentralQuery) query = central_sql_query(store, NULL, SQL, "tt", gtin, lot);
    while (query && central_sql_step(query, NULL) == CENTRAL_SQL_ROW) {
        json_t *event = json_loads(central_sql_column_text(query, 0), 0, NULL);
        if (event) {
            g_ptr_array_add(events, event);
        }
    }
    return events;
}

bool central_store_log_decision(CentralStore *store, const char *store_id, const char *gtin,
                                const char *lot, int64_t at_ms, const json_t *decision,
                                GError **error)
{
    static const char BUMP[] = "UPDATE head SET decisions = decisions + 1 WHERE store = ?";
    static const char NUMBER[] = "SELECT decisions FROM head WHERE store = ?";
    static const char INSERT[] = "INSERT INTO decision (store, number, gtin, lot, at_ms, decision) "
                                 "VALUES (?, ?, ?, ?, ?, ?)";
    int64_t number = 0;
    g_autofree char *text = json_dumps(decision, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The decision is not valid JSON."));
        return false;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_sql_run(store, NULL, error, BUMP, "t", store_id) &&
                   central_sql_int(store, 0, &number, error, NUMBER, "t", store_id) &&
                   central_sql_run(store, NULL, error, INSERT, "tittit", store_id, number, gtin,
                                   lot, at_ms, text);
    }
    return scope.ok;
}
