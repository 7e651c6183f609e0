/* SPDX-License-Identifier: GPL-3.0-or-later
 * Suspended tickets of a store in the SQLite engine. A ticket is taken by one terminal: the UPDATE that names it is the
 * decision, and the one who has it may ask again. */
#include "pos/error.h"
#include "sync/central_store_sqlite.h"

#include <glib/gi18n-lib.h>

#define KEPT_MS (31LL * 86400 * 1000)

bool central_store_ticket_share(CentralStore *store, const char *store_id, const char *terminal,
                                const char *ticket, const json_t *value, int64_t now_ms,
                                GError **error)
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
    bool mine;
    int64_t open = 0, owner = -1;
    g_autofree char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    if (!central_sqlite_enter(store, &mine, error)) {
        return false;
    }
    bool ok =
        central_sqlite_run(store, NULL, error, OLD, "tii", store_id, now_ms - KEPT_MS,
                           now_ms - KEPT_MS) &&
        central_sqlite_int(store, -1, &owner, error, OWNER, "ttt", terminal, store_id, ticket) &&
        central_sqlite_int(store, 0, &open, error, COUNT, "t", store_id);
    if (ok && owner == 0) {
        ok = false;
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("Another till has shared a ticket %s before."), ticket);
    } else if (ok && owner < 0 && open >= POS_BOUND_TICKETS) {
        ok = false;
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The store has %d suspended tickets already: fetch or void some first."),
                    POS_BOUND_TICKETS);
    } else if (ok && owner < 0) {
        ok = central_sqlite_run(store, NULL, error, INSERT, "tttit", store_id, ticket, terminal,
                                now_ms, text);
    } /* shared before: it stays as it is */
    return central_sqlite_leave(store, mine, ok, error);
}

json_t *central_store_tickets_open(CentralStore *store, const char *store_id, GError **error)
{
    static const char SQL[] = "SELECT value FROM suspended_ticket WHERE store = ? AND "
                              "claimed_by = '' ORDER BY shared_ms, ticket LIMIT ?";
    g_autoptr(CentralQuery) query =
        central_sqlite_query(store, error, SQL, "ti", store_id, (int64_t)POS_BOUND_TICKETS);
    json_t *list = json_array();
    int found = SQLITE_DONE;
    while (query && (found = central_sqlite_step(store, query, error)) == SQLITE_ROW) {
        json_t *value = json_loads((const char *)sqlite3_column_text(query, 0), 0, NULL);
        json_object_del(value, "cart");
        if (value) {
            json_array_append_new(list, value);
        }
    }
    if (!query || found != SQLITE_DONE) {
        json_decref(list);
        return NULL;
    }
    return list;
}

json_t *central_store_ticket_claim(CentralStore *store, const char *store_id, const char *terminal,
                                   const char *ticket, int64_t now_ms, GError **error)
{
    static const char CLAIM[] =
        "UPDATE suspended_ticket SET claimed_by = ?, claimed_ms = ? WHERE store = ? AND "
        "ticket = ? AND (claimed_by = '' OR claimed_by = ?)";
    static const char GET[] =
        "SELECT value, claimed_by = ? FROM suspended_ticket WHERE store = ? AND ticket = ?";
    bool mine;
    json_t *value = NULL;
    if (!central_sqlite_enter(store, &mine, error)) {
        return NULL;
    }
    bool ok = central_sqlite_run(store, NULL, error, CLAIM, "tittt", terminal, now_ms, store_id,
                                 ticket, terminal);
    if (ok) {
        g_autoptr(CentralQuery) query =
            central_sqlite_query(store, error, GET, "ttt", terminal, store_id, ticket);
        int found = query ? central_sqlite_step(store, query, error) : SQLITE_ERROR;
        ok = found == SQLITE_ROW && sqlite3_column_int(query, 1) != 0;
        if (ok) {
            value = json_loads((const char *)sqlite3_column_text(query, 0), 0, NULL);
        } else if (found == SQLITE_ROW) {
            g_set_error(error, POS_ERROR, POS_ERROR_BUSY, _("Another till has taken ticket %s."),
                        ticket);
        } else if (found == SQLITE_DONE) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                        _("The store has no suspended ticket %s."), ticket);
        }
    }
    if (!central_sqlite_leave(store, mine, ok, error)) {
        json_decref(value);
        return NULL;
    }
    return value;
}
