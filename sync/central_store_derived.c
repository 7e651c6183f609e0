/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the journals say,: reads of stock and sales by hour (written by
 * central_store_pending.c), receipts, what was taken back, adopted lines; and central's own
 * deliveries. Which record does what is decided in
 * sync/central_booking.c. */
#include "pos/error.h"
#include "sync/central_store_book.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>
#include <string.h>

int central_moment_compare(const CentralMoment *a, const CentralMoment *b)
{
    if (a->at_ms != b->at_ms) {
        return a->at_ms < b->at_ms ? -1 : 1;
    }
    int by_terminal = strcmp(a->terminal, b->terminal);
    if (by_terminal != 0) {
        return by_terminal;
    }
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

#define EXPECT_AT_ONCE 20

/* --- stock -------------------------------------------------------------------------------- */

/* What this transaction has gathered is not in the tables yet. */
static bool write_pending(CentralStore *store, GError **error)
{
    return !store->in_transaction || central_pending_flush(store, error);
}

bool central_store_on_hand(CentralStore *store, const char *store_id, const char *gtin,
                           const char *lot, int64_t *out_on_hand)
{
    return write_pending(store, NULL) &&
           central_sql_int(store, 0, out_on_hand, NULL,
                           "SELECT on_hand FROM stock WHERE store = ? AND gtin = ? AND lot = ?",
                           "ttt", store_id, gtin, lot);
}

static bool book_delivery(CentralStore *store, const char *store_id, const char *gtin,
                          const char *lot, int64_t units, int64_t at_ms, GError **error)
{
    static const char BUMP[] = "UPDATE head SET deliveries = deliveries + 1 WHERE store = ?";
    static const char INSERT[] = "INSERT INTO delivery (store, number, gtin, lot, quantity, at_ms) "
                                 "VALUES (?, ?, ?, ?, ?, ?)";
    int changed = 0;
    int64_t number = 0;
    if (!central_sql_hold_bookings(store, store_id, error) ||
        !central_sql_run(store, &changed, error, BUMP, "t", store_id)) {
        return false;
    }
    if (changed == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no store “%s”."), store_id);
        return false;
    }
    CentralMoment when = {at_ms, "", 0};
    return central_sql_int(store, 0, &number, error, "SELECT deliveries FROM head WHERE store = ?",
                           "t", store_id) &&
           central_sql_run(store, NULL, error, INSERT, "tittii", store_id, number, gtin, lot, units,
                           at_ms) &&
           central_store_stock_move(store, store_id, gtin, lot, units, true, &when, error);
}

bool central_store_receive(CentralStore *store, const char *store_id, const char *gtin,
                           const char *lot, PosQuantity quantity, GError **error)
{
    if (strlen(gtin) != 14 || strlen(lot) > POS_BOUND_LOT_BYTES || quantity.unit == POS_UNIT_NONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A delivery needs a GTIN of 14 digits, a lot of at most %d characters and a "
                      "quantity with its unit."),
                    POS_BOUND_LOT_BYTES);
        return false;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = book_delivery(store, store_id, gtin, lot, quantity.value,
                                 g_get_real_time() / 1000, error);
    }
    return scope.ok;
}

/* --- sales by hour ------------------------------------------------------------------------ */

GArray *central_store_sales_hours(CentralStore *store, const char *store_id, int64_t from_ms,
                                  int64_t until_ms, GError **error)
{
    static const char SQL[] = "SELECT gtin, lot, hour_ms, units, amount FROM sales_hour "
                              "WHERE store = ? AND hour_ms >= ? AND hour_ms < ? "
                              "ORDER BY gtin, lot, hour_ms";
    g_autoptr(GArray) hours = g_array_new(FALSE, TRUE, sizeof(CentralSalesHour));
    if (!write_pending(store, error)) {
        return NULL;
    }
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "tii", store_id, from_ms, until_ms);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        CentralSalesHour hour = {.hour_start_ms = central_sql_column_int(query, 2),
                                 .units = central_sql_column_int(query, 3),
                                 .amount_minor = central_sql_column_int(query, 4)};
        g_strlcpy(hour.gtin, central_sql_column_text(query, 0), sizeof hour.gtin);
        g_strlcpy(hour.lot, central_sql_column_text(query, 1), sizeof hour.lot);
        g_array_append_val(hours, hour);
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&hours) : NULL;
}

/* --- receipts ----------------------------------------------------------------------------- */

void central_ticket_clear(CentralTicket *ticket)
{
    g_free(ticket->of_terminal);
    g_free(ticket->terminal);
    g_free(ticket->type);
    memset(ticket, 0, sizeof *ticket);
}

static void set_ticket_absent(CentralStore *store, const char *store_id, const char *receipt,
                              bool absent)
{
    g_autofree char *key = g_strdup_printf("%s/%s", store_id, receipt);
    central_sql_set_absent(store, "ticket", key, absent);
}

static bool is_ticket_absent(CentralStore *store, const char *store_id, const char *receipt)
{
    g_autofree char *key = g_strdup_printf("%s/%s", store_id, receipt);
    return central_sql_is_absent(store, "ticket", key);
}

bool central_store_tickets_expect(CentralStore *store, const char *store_id,
                                  const char *const *receipts, gsize count, GError **error)
{
    /* As many as are asked at once; the last ones are asked for themselves. */
    static const char SQL[] = "SELECT receipt FROM ticket WHERE store = ? AND receipt IN "
                              "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    g_assert(store->in_transaction);
    for (gsize i = 0; i + EXPECT_AT_ONCE <= count; i += EXPECT_AT_ONCE) {
        const char *const *r = receipts + i;
        if (!central_pending_flush_tickets(store, error)) {
            return false;
        }
        g_autoptr(CentralQuery) query =
            central_sql_query(store, error, SQL, "ttttttttttttttttttttt", store_id, r[0], r[1],
                              r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12],
                              r[13], r[14], r[15], r[16], r[17], r[18], r[19]);
        for (gsize k = 0; k < EXPECT_AT_ONCE; k++) {
            set_ticket_absent(store, store_id, r[k], true);
        }
        int code = CENTRAL_SQL_ERROR;
        while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
            set_ticket_absent(store, store_id, central_sql_column_text(query, 0), false);
        }
        if (code != CENTRAL_SQL_DONE) {
            return false;
        }
    }
    return true;
}

bool central_store_ticket_add(CentralStore *store, const char *store_id, const char *receipt,
                              const CentralTicket *ticket, GError **error)
{
    set_ticket_absent(store, store_id, receipt, false);
    return central_pending_add_ticket(store, store_id, receipt, ticket, error);
}

bool central_store_ticket_find(CentralStore *store, const char *store_id, const char *receipt,
                               CentralTicket *out, int *out_count, GError **error)
{
    static const char SQL[] =
        "SELECT of_terminal, of_seq, terminal, seq, type, at_ms, total, voided FROM ticket "
        "WHERE store = ? AND receipt = ? ORDER BY terminal, seq LIMIT 2";
    *out_count = 0;
    if (is_ticket_absent(store, store_id, receipt)) {
        return true;
    }
    if (!central_pending_flush_tickets(store, error)) {
        return false;
    }
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "tt", store_id, receipt);
    int code = CENTRAL_SQL_ERROR;
    *out_count = 0;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        if ((*out_count)++ == 0) {
            out->of_terminal = central_sql_text(query, 0);
            out->of_seq = central_sql_column_int(query, 1);
            out->terminal = central_sql_text(query, 2);
            out->seq = central_sql_column_int(query, 3);
            out->type = central_sql_text(query, 4);
            out->at_ms = central_sql_column_int(query, 5);
            out->total = central_sql_column_int(query, 6);
            out->voided = central_sql_column_int(query, 7) != 0;
        }
    }
    return query && code == CENTRAL_SQL_DONE;
}

bool central_store_ticket_void(CentralStore *store, const char *store_id, const char *receipt,
                               const char *terminal, int64_t seq, GError **error)
{
    static const char SQL[] = "UPDATE ticket SET voided = 1 WHERE store = ? AND receipt = ? "
                              "AND terminal = ? AND seq = ?";
    return central_pending_flush_tickets(store, error) &&
           central_sql_run(store, NULL, error, SQL, "ttti", store_id, receipt, terminal, seq);
}

bool central_store_returned(CentralStore *store, const char *store_id, const char *receipt,
                            int64_t line, int64_t *out_quantity, GError **error)
{
    static const char SQL[] =
        "SELECT quantity FROM returned WHERE store = ? AND receipt = ? AND line = ?";
    return central_sql_int(store, 0, out_quantity, error, SQL, "tti", store_id, receipt, line);
}

bool central_store_returned_add(CentralStore *store, const char *store_id, const char *receipt,
                                int64_t line, int64_t quantity, GError **error)
{
    static const char UPDATE[] = "UPDATE returned SET quantity = quantity + ? "
                                 "WHERE store = ? AND receipt = ? AND line = ?";
    static const char INSERT[] =
        "INSERT INTO returned (quantity, store, receipt, line) VALUES (?, ?, ?, ?)";
    int changed = 0;
    return central_sql_run(store, &changed, error, UPDATE, "itti", quantity, store_id, receipt,
                           line) &&
           (changed > 0 ||
            central_sql_run(store, NULL, error, INSERT, "itti", quantity, store_id, receipt, line));
}

/* --- adopted lines ------------------------------------------------------------------------ */

/* Nearly always no line of a terminal came as adopted: that is asked once a transaction. */
static bool see_adopted(CentralStore *store, const char *of_terminal, bool *out_none,
                        GError **error)
{
    static const char SQL[] = "SELECT 1 FROM adopted WHERE of_terminal = ? LIMIT 1";
    int64_t found = 0;
    *out_none = central_sql_is_absent(store, "adopted", of_terminal);
    if (*out_none || !store->in_transaction) {
        return true;
    }
    if (!central_sql_int(store, 0, &found, error, SQL, "t", of_terminal)) {
        return false;
    }
    *out_none = found == 0;
    central_sql_set_absent(store, "adopted", of_terminal, *out_none);
    return true;
}

bool central_store_adopted(CentralStore *store, const char *of_terminal, int64_t of_seq,
                           const PosHash *line_hash, bool *out_seen, GError **error)
{
    static const char SQL[] =
        "SELECT 1 FROM adopted WHERE of_terminal = ? AND of_seq = ? AND line_hash = ?";
    int64_t found = 0;
    bool none = false;
    if (!see_adopted(store, of_terminal, &none, error)) {
        return false;
    }
    if (none) {
        *out_seen = false;
        return true;
    }
    if (!central_sql_int(store, 0, &found, error, SQL, "tih", of_terminal, of_seq, line_hash)) {
        return false;
    }
    *out_seen = found == 1;
    return true;
}

bool central_store_adopted_add(CentralStore *store, const char *of_terminal, int64_t of_seq,
                               const PosHash *line_hash, GError **error)
{
    static const char SQL[] =
        "INSERT INTO adopted (of_terminal, of_seq, line_hash) VALUES (?, ?, ?)";
    bool seen = false;
    bool ok =
        central_store_adopted(store, of_terminal, of_seq, line_hash, &seen, error) &&
        (seen || central_sql_run(store, NULL, error, SQL, "tih", of_terminal, of_seq, line_hash));
    central_sql_set_absent(store, "adopted", of_terminal, false);
    return ok;
}
