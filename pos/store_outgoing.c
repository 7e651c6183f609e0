/* SPDX-License-Identifier: GPL-3.0-or-later
 * The chain as it goes up. It is the journal, until central refuses a record: then an adopted record that holds the
 * refused line goes up under its number, and all hashes from there on are those of the lines as sent. The journal
 * itself never changes; rows here stand from the first such record on, without holes, and grow as they are read. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"

#define EXTEND_RECORDS 1000

/* The first and last number that has a row; 0, 0 when none has. */
static bool bounds(PosStore *store, const char *terminal, int64_t *out_first, int64_t *out_last,
                   GError **error)
{
    static const char sql[] = "SELECT ifnull(min(seq), 0), ifnull(max(seq), 0) FROM outgoing "
                              "WHERE terminal = ?";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", terminal);
    if (query == NULL || store_next(store, query, error) != 1) {
        return false;
    }
    *out_first = sqlite3_column_int64(query, 0);
    *out_last = sqlite3_column_int64(query, 1);
    return true;
}

static bool stored_hash(PosStore *store, const char *terminal, int64_t seq, PosHash *out,
                        GError **error)
{
    static const char sql[] = "SELECT hash FROM outgoing WHERE terminal = ? AND seq = ?";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ti", terminal, seq);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("The journal has no record %" PRId64 "."), (gint64)seq);
    }
    if (found != 1) {
        return false;
    }
    memcpy(out->bytes, sqlite3_column_blob(query, 0), sizeof out->bytes);
    return true;
}

static bool put(PosStore *store, const char *terminal, int64_t seq, const PosHash *hash,
                const char *line, GError **error)
{
    static const char sql[] =
        "INSERT INTO outgoing (terminal, seq, hash, line) VALUES (?, ?, ?, ?)";
    return store_run(store, sql, error, "tiht", terminal, seq, hash, line);
}

/* Rows up to the journal's end, within a transaction. */
static bool extend(PosStore *store, const char *terminal, int64_t last, GError **error)
{
    PosHash hash;
    guint count = 0;
    if (!stored_hash(store, terminal, last, &hash, error)) {
        return false;
    }
    do {
        g_autoptr(GPtrArray) records =
            pos_store_journal_read(store, last + 1, EXTEND_RECORDS, POS_BOUND_BATCH_BYTES, error);
        if (records == NULL) {
            return false;
        }
        count = records->len;
        for (guint i = 0; i < count; i++) {
            const PosRecord *record = g_ptr_array_index(records, i);
            hash = pos_hash_chain(&hash, record->line, record->length);
            if (!put(store, terminal, record->seq, &hash, NULL, error)) {
                return false;
            }
            last = record->seq;
        }
    } while (count > 0);
    return true;
}

/* *out_first is the first number that has a row once all have one, 0 when the journal itself goes up. */
static bool catch_up(PosStore *store, const char *terminal, int64_t *out_first, GError **error)
{
    int64_t last = 0, head = 0;
    PosHash hash;
    if (!bounds(store, terminal, out_first, &last, error)) {
        return false;
    }
    if (*out_first == 0) {
        return true;
    }
    if (!store_journal_head_of(store, terminal, &head, &hash, error)) {
        return false;
    }
    if (last >= head) {
        return true;
    }
    if (!pos_store_begin(store, error)) {
        return false;
    }
    if (!extend(store, terminal, last, error)) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}

bool pos_store_outgoing_hash_at(PosStore *store, int64_t seq, PosHash *out, GError **error)
{
    int64_t first = 0;
    g_autofree char *terminal = store_terminal(store, error);
    if (terminal == NULL || !catch_up(store, terminal, &first, error)) {
        return false;
    }
    if (first == 0 || seq < first) {
        return pos_store_journal_hash_at(store, seq, out, error);
    }
    return stored_hash(store, terminal, seq, out, error);
}

/* Puts what is to go up in place of the record, where there is something. */
static bool overlay(PosStore *store, const char *terminal, PosRecord *record, GError **error)
{
    static const char sql[] = "SELECT hash, line FROM outgoing WHERE terminal = ? AND seq = ?";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ti", terminal, record->seq);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found == 1) {
        memcpy(record->hash.bytes, sqlite3_column_blob(query, 0), sizeof record->hash.bytes);
        if (sqlite3_column_type(query, 1) != SQLITE_NULL) {
            g_free(record->line);
            record->line = g_strdup(store_text(query, 1));
            record->length = strlen(record->line);
        }
    }
    return found >= 0;
}

GPtrArray *pos_store_outgoing_read(PosStore *store, int64_t from_seq, gsize records_max,
                                   gsize bytes_max, GError **error)
{
    int64_t first = 0;
    gsize bytes = 0;
    g_autofree char *terminal = store_terminal(store, error);
    if (terminal == NULL || !catch_up(store, terminal, &first, error)) {
        return NULL;
    }
    g_autoptr(GPtrArray) records =
        pos_store_journal_read(store, from_seq, records_max, bytes_max, error);
    for (guint i = 0; records != NULL && first > 0 && i < records->len; i++) {
        PosRecord *record = g_ptr_array_index(records, i);
        if (!overlay(store, terminal, record, error)) {
            return NULL;
        }
        /* An adopted record is longer than what it holds. */
        bytes += record->length + 1;
        if (i > 0 && bytes > bytes_max) {
            g_ptr_array_set_size(records, (gint)i);
        }
    }
    return g_steal_pointer(&records);
}

static bool adopt_within(PosStore *store, const char *terminal, int64_t seq, int64_t at_ms,
                         GError **error)
{
    static const char sql[] = "DELETE FROM outgoing WHERE terminal = ? AND seq >= ?";
    PosHash before;
    g_auto(PosRecord) adopted = {0};
    g_autoptr(GTimeZone) zone = pos_store_zone(store);
    g_autofree char *at = pos_instant_format(at_ms, zone);
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, seq, 1, G_MAXSIZE, error);
    if (records == NULL || !pos_store_outgoing_hash_at(store, seq - 1, &before, error)) {
        return false;
    }
    if (records->len != 1) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("The journal has no record %" PRId64 "."), (gint64)seq);
        return false;
    }
    g_autoptr(json_t) fields = store_adopted_fields(g_ptr_array_index(records, 0), terminal);
    return pos_record_make(fields, "adopted", seq, terminal, at, &before, &adopted, error) &&
           store_run(store, sql, error, "ti", terminal, seq) &&
           put(store, terminal, seq, &adopted.hash, adopted.line, error);
}

bool pos_store_outgoing_adopt(PosStore *store, int64_t seq, int64_t at_ms, GError **error)
{
    g_autofree char *terminal = store_terminal(store, error);
    if (terminal == NULL || !pos_store_begin(store, error)) {
        return false;
    }
    if (!adopt_within(store, terminal, seq, at_ms, error)) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}
