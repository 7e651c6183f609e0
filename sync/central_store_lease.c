/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which of several centrals reprices a store. The lease saves work; what keeps prices right is its
 * number, which every commit of prices under it names (take_version in central_store_feed.c). So a
 * clock that is wrong costs work done twice, never a wrong price. */
#include "sync/central_sql.h"

bool central_store_is_shared(CentralStore *store)
{
    return store->engine->is_shared;
}

static bool take(CentralStore *store, const char *store_id, const char *owner, int64_t now_ms,
                 int64_t until_ms, int64_t *out_lease, GError **error)
{
    static const char TAKE[] =
        "UPDATE head SET lease = lease + 1, lease_owner = ?, lease_until_ms = ? "
        "WHERE store = ? AND (lease_until_ms < ? OR lease_owner = ?)";
    static const char NUMBER[] = "SELECT lease FROM head WHERE store = ?";
    int changed = 0;
    *out_lease = 0;
    return central_sql_run(store, &changed, error, TAKE, "titit", owner, until_ms, store_id, now_ms,
                           owner) &&
           (changed == 0 || central_sql_int(store, 0, out_lease, error, NUMBER, "t", store_id));
}

bool central_store_lease(CentralStore *store, const char *store_id, const char *owner,
                         int64_t now_ms, int64_t until_ms, int64_t *out_lease, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = take(store, store_id, owner, now_ms, until_ms, out_lease, error);
    }
    return scope.ok;
}

void central_store_fence(CentralStore *store, const char *store_id, int64_t lease)
{
    if (lease == 0) {
        g_hash_table_remove(store->fences, store_id);
    } else {
        g_hash_table_insert(store->fences, g_strdup(store_id), g_memdup2(&lease, sizeof lease));
    }
}

bool central_store_bookings_each(CentralStore *store,
                                 void (*each)(const char *store_id, int64_t bookings, void *user),
                                 void *user, GError **error)
{
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, "SELECT store, bookings FROM store", "");
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        each(central_sql_column_text(query, 0), central_sql_column_int(query, 1), user);
    }
    return query && code == CENTRAL_SQL_DONE;
}
