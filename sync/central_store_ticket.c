/* SPDX-License-Identifier: GPL-3.0-or-later
 * Suspended tickets of a store. A ticket is taken by one terminal: the UPDATE that names it is the
 * decision, and the one who has it may ask again. */
#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>

#define KEPT_MS (31LL * 86400 * 1000)

static bool share(CentralStore *store, const char *store_id, const char *terminal,
                  const char *ticket, const char *text, int64_t now_ms, GError **error)
{
    static const char OLD[] =
        "DELETE FROM suspended_ticket WHERE store = ? AND shared_ms < ? AND claimed_ms < ?";
    static const char COUNT[] =
        "SELECT count(*) FROM suspended_ticket WHERE store = ? AND claimed_by = ''";
    static const char OWNER[] =
        "SELECT terminal = ? FROM suspended_ticket WHERE store = ? AND ticket = ?";
    static const char INSERT[] =
        "INSERT INTO suspended_ticket (store, ticket, terminal, shared_ms, claimed_by, claimed_ms, "
        "value) VALUES (?, ?, ?, ?, '', 0, ?)";
    int64_t open = 0, owner = -1;
    if (!central_sql_run(store, NULL, error, OLD, "tii", store_id, now_ms - KEPT_MS,
                         now_ms - KEPT_MS) ||
        !central_sql_int(store, -1, &owner, error, OWNER, "ttt", terminal, store_id, ticket) ||
        !central_sql_int(store, 0, &open, error, COUNT, "t", store_id)) {
        return false;
    }
    if (owner == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("Another till has shared a ticket %s before."), ticket);
        return false;
    }
    if (owner > 0) {
        return true; /* shared before: it stays as it is */
    }
    if (open >= POS_BOUND_TICKETS) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The store has %d suspended tickets already: fetch or void some first."),
                    POS_BOUND_TICKETS);
        return false;
    }
    return central_sql_run(store, NULL, error, INSERT, "tttit", store_id, ticket, terminal, now_ms,
                           text);
}

bool central_store_ticket_share(CentralStore *store, const char *store_id, const char *terminal,
                                const char *ticket, const json_t *value, int64_t now_ms,
                                GError **error)
{
    g_autofree char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = share(store, store_id, terminal, ticket, text, now_ms, error);
    }
    return scope.ok;
}

json_t *central_store_tickets_open(CentralStore *store, const char *store_id, GError **error)
{
    static const char SQL[] = "SELECT value FROM suspended_ticket WHERE store = ? AND "
                              "claimed_by = '' ORDER BY shared_ms, ticket LIMIT ?";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ti", store_id, (int64_t)POS_BOUND_TICKETS);
    json_t *list = json_array();
    int found = CENTRAL_SQL_DONE;
    while (query && (found = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        json_t *value = json_loads(central_sql_column_text(query, 0), 0, NULL);
        json_object_del(value, "cart");
        if (value) {
            json_array_append_new(list, value);
        }
    }
    if (!query || found != CENTRAL_SQL_DONE) {
        json_decref(list);
        return NULL;
    }
    return list;
}

static bool claim(CentralStore *store, const char *store_id, const char *terminal,
                  const char *ticket, int64_t now_ms, json_t **out, GError **error)
{
    static const char CLAIM[] =
        "UPDATE suspended_ticket SET claimed_by = ?, claimed_ms = ? WHERE store = ? AND "
        "ticket = ? AND (claimed_by = '' OR claimed_by = ?)";
    static const char GET[] =
        "SELECT value, claimed_by = ? FROM suspended_ticket WHERE store = ? AND ticket = ?";
    if (!central_sql_run(store, NULL, error, CLAIM, "tittt", terminal, now_ms, store_id, ticket,
                         terminal)) {
        return false;
    }
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, GET, "ttt", terminal, store_id, ticket);
    int found = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (found == CENTRAL_SQL_ROW && central_sql_column_int(query, 1) != 0) {
        *out = json_loads(central_sql_column_text(query, 0), 0, NULL);
        return true;
    }
    if (found == CENTRAL_SQL_ROW) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY, _("Another till has taken ticket %s."),
                    ticket);
    } else if (found == CENTRAL_SQL_DONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("The store has no suspended ticket %s."), ticket);
    }
    return false;
}

json_t *central_store_ticket_claim(CentralStore *store, const char *store_id, const char *terminal,
                                   const char *ticket, int64_t now_ms, GError **error)
{
    json_t *value = NULL;
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        json_decref(value);
        value = NULL;
        scope.ok = claim(store, store_id, terminal, ticket, now_ms, &value, error);
    }
    if (!scope.ok) {
        json_decref(value);
        return NULL;
    }
    return value;
}
