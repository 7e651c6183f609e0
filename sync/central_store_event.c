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
