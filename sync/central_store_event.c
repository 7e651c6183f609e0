/* SPDX-License-Identifier: GPL-3.0-or-later
 * The decision log. */
#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>

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

bool central_store_decision_at(CentralStore *store, const char *store_id, const char *gtin,
                               const char *lot, int64_t at_ms, int64_t *out_at_ms,
                               json_t **out_decision, GError **error)
{
    static const char SQL[] =
        "SELECT at_ms, decision FROM decision WHERE store = ? AND gtin = ? AND lot = ? AND "
        "at_ms <= ? ORDER BY at_ms DESC, number DESC LIMIT 1";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ttti", store_id, gtin, lot, at_ms);
    int step = query != NULL ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (step == CENTRAL_SQL_ERROR) {
        return false;
    }
    *out_decision = NULL;
    if (step == CENTRAL_SQL_ROW) {
        gsize length = 0;
        const void *text = central_sql_column_blob(query, 1, &length);
        *out_at_ms = central_sql_column_int(query, 0);
        *out_decision = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    }
    return true;
}
