/* SPDX-License-Identifier: GPL-3.0-or-later
 * Journals and the inbox. Lines are stored byte for byte and never changed;
 * the end of a terminal's chain moves in the transaction that stores the records. */
#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define DETAIL_CHARACTERS 1000
#define WAITS_CHARACTERS 128

/* --- records -------------------------------------------------------------------------------------
 */

bool central_store_journal_append(CentralStore *store, const char *terminal, const char *store_id,
                                  const CentralJournalRow *rows, gsize count, int64_t now_ms,
                                  GError **error)
{
    static const char INSERT[] =
        "INSERT INTO journal (terminal, seq, store, at_ms, type, received_ms, hash, line) VALUES ";
    static const char MOVE[] =
        "UPDATE terminal SET acked = ?, head = ? WHERE terminal = ? AND acked = ?";
    g_assert(store->in_transaction);
    g_assert(count > 0);
    if (!central_sql_hold_bookings(store, store_id, error)) {
        return false;
    }
    g_autofree CentralValue *values = g_new(CentralValue, count * 8);
    for (gsize i = 0; i < count; i++) {
        CentralValue *value = values + i * 8;
        g_assert(rows[i].seq == rows[0].seq + (int64_t)i);
        value[0] = central_value_text(terminal);
        value[1] = central_value_int(rows[i].seq);
        value[2] = central_value_text(store_id);
        value[3] = central_value_int(rows[i].at_ms);
        value[4] = central_value_text(rows[i].type);
        value[5] = central_value_int(now_ms);
        value[6] = central_value_bytes(rows[i].hash.bytes, sizeof rows[i].hash.bytes);
        value[7] = central_value_bytes(rows[i].line, rows[i].length);
    }
    if (!central_sql_insert(store, error, INSERT, "tititihb", values, count)) {
        return false;
    }
    int changed = 0;
    const CentralJournalRow *last = &rows[count - 1];
    if (!central_sql_run(store, &changed, error, MOVE, "ihti", last->seq, &last->hash, terminal,
                         rows[0].seq - 1)) {
        return false;
    }
    /* Never a hole: the rows follow what is held. Between reading that and here another central may
     * have had the same till. */
    g_assert(changed == 1 || store->engine->is_shared);
    return changed == 1 || central_sql_again(store, error);
}

bool central_store_journal_get(CentralStore *store, const char *terminal, int64_t seq,
                               char **out_line, gsize *out_length, PosHash *out_hash,
                               GError **error)
{
    static const char SQL[] = "SELECT line, hash FROM journal WHERE terminal = ? AND seq = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "ti", terminal, seq);
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (code != CENTRAL_SQL_ROW) {
        if (code == CENTRAL_SQL_DONE) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                        _("Terminal “%s” has no record %" PRId64 " here."), terminal, seq);
        }
        return false;
    }
    gsize length = 0;
    const char *line = central_sql_column_blob(query, 0, &length);
    if (out_line) {
        *out_line = g_strndup(line, length);
    }
    if (out_length) {
        *out_length = length;
    }
    if (out_hash) {
        *out_hash = central_sql_hash(query, 1);
    }
    return true;
}

/* Columns: seq, at_ms, type, hash, line. A line column is read as a blob, so nothing is cut or
 * converted. */
static CentralJournalRow read_row(CentralQuery *row)
{
    CentralJournalRow out = {.seq = central_sql_column_int(row, 0),
                             .at_ms = central_sql_column_int(row, 1),
                             .type = central_sql_column_text(row, 2),
                             .hash = central_sql_hash(row, 3)};
    out.line = central_sql_column_blob(row, 4, &out.length);
    out.line = out.line ? out.line : "";
    out.type = out.type ? out.type : "";
    return out;
}

bool central_store_journal_each(CentralStore *store, const char *terminal, int64_t from_seq,
                                bool (*each)(const CentralJournalRow *row, void *user), void *user,
                                GError **error)
{
    static const char SQL[] = "SELECT seq, at_ms, type, hash, line FROM journal "
                              "WHERE terminal = ? AND seq >= ? ORDER BY seq";
    g_autoptr(CentralQuery) walk = central_sql_walk(store, error, SQL, "ti", terminal, from_seq);
    int code = CENTRAL_SQL_ERROR;
    while (walk && (code = central_sql_step(walk, error)) == CENTRAL_SQL_ROW) {
        CentralJournalRow row = read_row(walk);
        if (!each(&row, user)) {
            return true;
        }
    }
    return walk && code == CENTRAL_SQL_DONE;
}

bool central_store_journal_between(CentralStore *store, const char *store_id, int64_t from_ms,
                                   int64_t until_ms,
                                   bool (*each)(const char *terminal, const CentralJournalRow *row,
                                                void *user),
                                   void *user, GError **error)
{
    static const char SQL[] = "SELECT seq, at_ms, type, hash, line, terminal FROM journal "
                              "WHERE store = ? AND at_ms >= ? AND at_ms < ? "
                              "ORDER BY at_ms, terminal, seq";
    g_autoptr(CentralQuery) walk =
        central_sql_walk(store, error, SQL, "tii", store_id, from_ms, until_ms);
    int code = CENTRAL_SQL_ERROR;
    while (walk && (code = central_sql_step(walk, error)) == CENTRAL_SQL_ROW) {
        CentralJournalRow row = read_row(walk);
        if (!each(central_sql_column_text(walk, 5), &row, user)) {
            return true;
        }
    }
    return walk && code == CENTRAL_SQL_DONE;
}

/* --- inbox -------------------------------------------------------------------------------- */

void central_inbox_item_free(CentralInboxItem *item)
{
    if (!item) {
        return;
    }
    g_free(item->terminal);
    g_free(item->store);
    g_free(item->type);
    g_free(item->reason);
    g_free(item->detail);
    g_free(item);
}

bool central_store_inbox_add(CentralStore *store, const char *store_id, const char *terminal,
                             int64_t seq, const char *type, const char *reason, const char *detail,
                             const char *waits_for, bool booked, int64_t now_ms, GError **error)
{
    static const char INSERT[] =
        "INSERT INTO inbox (terminal, seq, store, type, reason, detail, waits_for, booked, "
        "listed_ms, resolved_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)";
    static const char UPDATE[] = "UPDATE inbox SET reason = ?, detail = ?, waits_for = ?, "
                                 "booked = ?, resolved_ms = 0 WHERE terminal = ? AND seq = ?";
    int changed = 0;
    int64_t is_booked = booked ? 1 : 0;
    g_autofree char *said = central_sql_clip(detail, DETAIL_CHARACTERS);
    central_sql_set_absent(store, "waits", store_id, false);
    g_autofree char *waits = central_sql_clip(waits_for, WAITS_CHARACTERS);
    return central_sql_run(store, &changed, error, UPDATE, "tttiti", reason, said, waits, is_booked,
                           terminal, seq) &&
           (changed > 0 || central_sql_run(store, NULL, error, INSERT, "titttttii", terminal, seq,
                                           store_id, type, reason, said, waits, is_booked, now_ms));
}

/* Nearly always nothing of a store waits for anything: that is asked once a transaction. */
static bool see_who_waits(CentralStore *store, const char *store_id, bool *out_nobody,
                          GError **error)
{
    static const char SQL[] =
        "SELECT 1 FROM inbox WHERE store = ? AND waits_for > '' AND resolved_ms = 0 LIMIT 1";
    int64_t found = 0;
    *out_nobody = central_sql_is_absent(store, "waits", store_id);
    if (*out_nobody || !store->in_transaction) {
        return true;
    }
    if (!central_sql_int(store, 0, &found, error, SQL, "t", store_id)) {
        return false;
    }
    *out_nobody = found == 0;
    central_sql_set_absent(store, "waits", store_id, *out_nobody);
    return true;
}

GPtrArray *central_store_inbox(CentralStore *store, const char *store_id, const char *waits_for,
                               gsize max, GError **error)
{
    static const char SQL[] =
        "SELECT terminal, seq, store, type, reason, detail, booked, listed_ms FROM inbox "
        "WHERE resolved_ms = 0 AND COALESCE(?, store) = store "
        "AND COALESCE(?, waits_for) = waits_for ORDER BY listed_ms, terminal, seq LIMIT ?";
    /* The same with both given, so that the index serves: it is asked at every sale. */
    static const char WAITING[] =
        "SELECT terminal, seq, store, type, reason, detail, booked, listed_ms FROM inbox "
        "WHERE store = ? AND waits_for = ? AND resolved_ms = 0 "
        "ORDER BY listed_ms, terminal, seq LIMIT ?";
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_inbox_item_free);
    bool nobody_waits = false;
    if (store_id && waits_for && !see_who_waits(store, store_id, &nobody_waits, error)) {
        return NULL;
    }
    if (nobody_waits) {
        return g_steal_pointer(&items);
    }
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, store_id && waits_for ? WAITING : SQL, "tti", store_id,
                          waits_for, (int64_t)max);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        CentralInboxItem *item = g_new0(CentralInboxItem, 1);
        item->terminal = central_sql_text(query, 0);
        item->seq = central_sql_column_int(query, 1);
        item->store = central_sql_text(query, 2);
        item->type = central_sql_text(query, 3);
        item->reason = central_sql_text(query, 4);
        item->detail = central_sql_text(query, 5);
        item->booked = central_sql_column_int(query, 6) != 0;
        item->listed_ms = central_sql_column_int(query, 7);
        g_ptr_array_add(items, item);
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&items) : NULL;
}

bool central_store_inbox_holds(CentralStore *store, const char *terminal, int64_t seq)
{
    static const char SQL[] = "SELECT 1 FROM inbox WHERE terminal = ? AND seq = ? "
                              "AND booked = 0 AND resolved_ms = 0";
    int64_t found = 0;
    return central_sql_int(store, 0, &found, NULL, SQL, "ti", terminal, seq) && found == 1;
}

bool central_store_inbox_resolve(CentralStore *store, const char *terminal, int64_t seq,
                                 int64_t now_ms, GError **error)
{
    static const char SQL[] = "UPDATE inbox SET resolved_ms = ? "
                              "WHERE terminal = ? AND seq = ? AND resolved_ms = 0";
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        int changed = 0;
        scope.ok = central_sql_run(store, &changed, error, SQL, "iti", now_ms, terminal, seq);
        if (scope.ok && changed == 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                        _("Record %" PRId64 " of terminal “%s” does not stand in the inbox."), seq,
                        terminal);
            scope.ok = false;
        }
    }
    return scope.ok;
}
