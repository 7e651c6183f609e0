/* SPDX-License-Identifier: GPL-3.0-or-later
 * Suspended tickets on disk. A row without a cart says that the ticket was resumed here: it is never handed out again,
 * whatever central says, and goes once it is old. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"

#define TICKET_BYTES_MAX (POS_BOUND_CART_LINES * 4096)
#define RESUMED_KEPT_MS (30LL * 86400 * 1000)

void pos_ticket_free(PosTicket *ticket)
{
    if (ticket == NULL) {
        return;
    }
    json_decref(ticket->cart);
    g_free(ticket);
}

bool pos_store_ticket_put(PosStore *store, const PosTicket *ticket, GError **error)
{
    static const char sql[] =
        "INSERT INTO suspended (ticket, at_ms, operator, total, lines, value, shared) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ticket) DO UPDATE SET value = excluded.value, "
        "shared = excluded.shared";
    static const char old_sql[] = "DELETE FROM suspended WHERE value = '' AND at_ms < ?";
    g_autofree char *value =
        ticket->cart == NULL ? g_strdup("") : pos_json_canonical(ticket->cart, NULL, error);
    return value != NULL &&
           store_run(store, sql, error, "titiiti", ticket->id, ticket->at_ms, ticket->operator_id,
                     ticket->total, ticket->lines, value, (int64_t)ticket->state) &&
           store_run(store, old_sql, error, "i", ticket->at_ms - RESUMED_KEPT_MS);
}

static PosTicket *ticket_of_row(StoreQuery *query, GError **error)
{
    g_autoptr(PosTicket) ticket = g_new0(PosTicket, 1);
    const char *value = store_text(query, 5);
    g_strlcpy(ticket->id, store_text(query, 0), sizeof ticket->id);
    ticket->at_ms = sqlite3_column_int64(query, 1);
    g_strlcpy(ticket->operator_id, store_text(query, 2), sizeof ticket->operator_id);
    ticket->total = sqlite3_column_int64(query, 3);
    ticket->lines = sqlite3_column_int64(query, 4);
    ticket->state = (PosTicketState)sqlite3_column_int64(query, 6);
    if (value[0] != '\0') {
        ticket->cart = pos_json_parse_object(value, strlen(value), TICKET_BYTES_MAX, error);
        if (ticket->cart == NULL) {
            return NULL;
        }
    }
    return g_steal_pointer(&ticket);
}

PosTicket *pos_store_ticket_get(PosStore *store, const char *id, GError **error)
{
    static const char sql[] = "SELECT ticket, at_ms, operator, total, lines, value, shared "
                              "FROM suspended WHERE ticket = ?";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", id);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no ticket %s here."), id);
    }
    return found == 1 ? ticket_of_row(query, error) : NULL;
}

GPtrArray *pos_store_tickets(PosStore *store, GError **error)
{
    static const char sql[] = "SELECT ticket, at_ms, operator, total, lines, value, shared "
                              "FROM suspended WHERE value <> '' OR shared = ? "
                              "ORDER BY at_ms, ticket LIMIT ?";
    g_autoptr(GPtrArray) tickets = g_ptr_array_new_with_free_func((GDestroyNotify)pos_ticket_free);
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ii", (int64_t)POS_TICKET_TO_TELL,
                                              (int64_t)POS_BOUND_TICKETS);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        PosTicket *ticket = ticket_of_row(query, error);
        if (ticket == NULL) {
            return NULL;
        }
        g_ptr_array_add(tickets, ticket);
    }
    return found == 0 ? g_steal_pointer(&tickets) : NULL;
}
