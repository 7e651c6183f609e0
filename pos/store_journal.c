/* SPDX-License-Identifier: GPL-3.0-or-later
 * The journal on disk: appended to in one function, read back byte for byte, and what central has
 * acknowledged. What follows from a record (stock, receipt look-up) is written with it, in the same
 * transaction. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <inttypes.h>

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"

/* --- what follows from a record ------------------------------------------------------------------
 */

static void line_stock(const json_t *line, int sign, StoreStockFunc each, void *user)
{
    const char *gtin = json_string_value(json_object_get(line, "gtin"));
    const char *lot = json_string_value(json_object_get(line, "lot"));
    int64_t quantity = json_integer_value(json_object_get(line, "qty"));
    if (gtin != NULL && gtin[0] != '\0' &&
        quantity != 0) { /* discounts and deposits move nothing */
        each(gtin, lot != NULL ? lot : "", sign * quantity, user);
    }
}

/* Goods that come back go to the shelf only when the line, or else the record, says so; waste goes
 * nowhere. */
static bool goes_to_stock(const json_t *record, const json_t *line)
{
    const char *to = json_string_value(json_object_get(line, "to"));
    if (to == NULL || to[0] == '\0') {
        to = json_string_value(json_object_get(record, "to"));
    }
    return g_strcmp0(to, "stock") == 0;
}

void store_record_stock(const json_t *record, StoreStockFunc each, void *user)
{
    const char *type = json_string_value(json_object_get(record, "type"));
    bool is_sale = g_strcmp0(type, "sale") == 0;
    bool is_void = g_strcmp0(type, "post_void") == 0;
    bool is_return = is_void || g_strcmp0(type, "return") == 0;
    bool is_received = g_strcmp0(type, "stock_received") == 0;
    if (!is_sale && !is_return && !is_received && g_strcmp0(type, "write_off") != 0) {
        return;
    }
    int sign = is_received ? 1 : -1; /* a return's quantities are negative */
    const json_t *lines = json_object_get(record, "lines");
    if (!json_is_array(lines) && !is_void) {
        line_stock(record, sign, each, user);
        return;
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        if (!is_return || is_void || goes_to_stock(record, line)) {
            line_stock(line, sign, each, user);
        }
    }
}

const char *store_record_receipt(const json_t *record)
{
    const char *type = json_string_value(json_object_get(record, "type"));
    const char *receipt = json_string_value(json_object_get(record, "receipt"));
    if (g_strcmp0(type, "sale") == 0) {
        return receipt;
    }
    if (g_strcmp0(type, "return") != 0) {
        return NULL;
    }
    /* A return may have a number of its own beside that of the sale; without `of_receipt` its
     * `receipt` is the sale's. */
    const char *of = json_string_value(json_object_get(record, "of_receipt"));
    return of == NULL || g_strcmp0(of, receipt) == 0 ? NULL : receipt;
}

typedef struct {
    PosStore *store;
    GError **error;
    bool fine;
} StockMove;

static void move_stock(const char *gtin, const char *lot, int64_t moved, void *user)
{
    static const char sql[] =
        "INSERT INTO stock (gtin, lot, moved) VALUES (?, ?, ?) "
        "ON CONFLICT (gtin, lot) DO UPDATE SET moved = moved + excluded.moved";
    StockMove *move = user;
    move->fine = move->fine && store_run(move->store, sql, move->error, "tti", gtin, lot, moved);
}

static bool write_effects(PosStore *store, const json_t *record, const char *terminal, int64_t seq,
                          GError **error)
{
    static const char sql[] =
        "INSERT INTO receipt (number, terminal, seq, total) VALUES (?, ?, ?, ?)";
    StockMove move = {store, error, true};
    store_record_stock(record, move_stock, &move);
    const char *receipt = store_record_receipt(record);
    int64_t total = json_integer_value(json_object_get(record, "total"));
    return move.fine && store_report_effects(store, record, terminal, seq, error) &&
           store_taught_effects(store, record, error) &&
           store_return_effects(store, record, error) &&
           (receipt == NULL || store_run(store, sql, error, "ttii", receipt, terminal, seq, total));
}

/* --- append --------------------------------------------------------------------------------------
 */

bool store_journal_head_of(PosStore *store, const char *terminal, int64_t *out_seq,
                           PosHash *out_hash, GError **error)
{
    static const char sql[] = "SELECT seq, hash FROM journal WHERE terminal = ? "
                              "ORDER BY seq DESC LIMIT 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", terminal);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    *out_seq = 0;
    *out_hash = pos_hash_zero();
    if (found == 1) {
        g_assert(sqlite3_column_bytes(query, 1) == sizeof out_hash->bytes); /* the table's CHECK */
        *out_seq = sqlite3_column_int64(query, 0);
        memcpy(out_hash->bytes, sqlite3_column_blob(query, 1), sizeof out_hash->bytes);
    }
    return true;
}

static bool insert_record(PosStore *store, const char *terminal, int64_t at_ms,
                          const PosRecord *record, GError **error)
{
    static const char sql[] = "INSERT INTO journal (terminal, seq, at_ms, hash, line) "
                              "VALUES (?, ?, ?, ?, ?)";
    return store_run(store, sql, error, "tiiht", terminal, record->seq, at_ms, &record->hash,
                     record->line);
}

static bool make_next(PosStore *store, const char *terminal, json_t *fields, const char *type,
                      int64_t at_ms, PosRecord *out, GError **error)
{
    int64_t seq;
    PosHash head;
    g_autoptr(GTimeZone) zone = pos_store_zone(store);
    g_autofree char *at = pos_instant_format(at_ms, zone);
    if (!store_journal_head_of(store, terminal, &seq, &head, error) ||
        !pos_record_make(fields, type, seq + 1, terminal, at, &head, out, error)) {
        return false;
    }
    if (strcmp(type, "adopted") != 0 && !pos_record_is_adoptable(out->line, out->length)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The record has %zu bytes, too many for the journal. Split "
                      "the sale in two."),
                    out->length);
        pos_record_clear(out);
        return false;
    }
    return true;
}

bool store_journal_write(PosStore *store, const char *terminal, json_t *fields, const char *type,
                         int64_t at_ms, PosRecord *out, GError **error)
{
    g_assert(store->depth > 0);
    g_auto(PosRecord) record = {0};
    g_autoptr(json_t) parsed = NULL;
    g_autoptr(json_t) whole = store_record_with_grand(store, fields, type, error);
    if (whole == NULL || !make_next(store, terminal, whole, type, at_ms, &record, error) ||
        !insert_record(store, terminal, at_ms, &record, error) ||
        !pos_record_parse(record.line, record.length, &parsed, error) ||
        !write_effects(store, parsed, terminal, record.seq, error)) {
        return false;
    }
    if (out != NULL) {
        *out = record;
        record.line = NULL;
    }
    return true;
}

static bool append_within(PosStore *store, json_t *fields, const char *type, int64_t at_ms,
                          PosRecord *out, GError **error)
{
    g_autofree char *terminal = store_terminal(store, error);
    if (terminal == NULL) {
        return false;
    }
    if (terminal[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("This terminal is not enrolled yet. Enrol it with the code that "
                      "'coster-central enrol-code' prints."));
        return false;
    }
    return store_journal_write(store, terminal, fields, type, at_ms, out, error);
}

bool pos_store_journal_append(PosStore *store, json_t *fields, const char *type, int64_t at_ms,
                              PosRecord *out, GError **error)
{
    g_auto(PosRecord) record = {0};
    if (!pos_store_begin(store, error)) {
        return false;
    }
    if (!append_within(store, fields, type, at_ms, &record, error)) {
        pos_store_rollback(store);
        return false;
    }
    if (!pos_store_commit(store, error)) {
        return false;
    }
    if (out != NULL) {
        *out = record;
        record.line = NULL;
    }
    return true;
}

/* --- read ----------------------------------------------------------------------------------------
 */

bool pos_store_journal_head(PosStore *store, int64_t *out_seq, PosHash *out_hash, GError **error)
{
    g_autofree char *terminal = store_terminal(store, error);
    return terminal != NULL && store_journal_head_of(store, terminal, out_seq, out_hash, error);
}

bool pos_store_journal_hash_at(PosStore *store, int64_t seq, PosHash *out, GError **error)
{
    static const char sql[] = "SELECT hash FROM journal WHERE seq = ? AND "
                              "terminal = (SELECT terminal FROM identity WHERE id = 1)";
    if (seq == 0) {
        *out = pos_hash_zero();
        return true;
    }
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "i", seq);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    if (found == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("The journal has no record %" PRId64 "."), (gint64)seq);
        return false;
    }
    memcpy(out->bytes, sqlite3_column_blob(query, 0), sizeof out->bytes);
    return true;
}

static void record_free(void *data)
{
    PosRecord *record = data;
    pos_record_clear(record);
    g_free(record);
}

static PosRecord *record_of_row(StoreQuery *query)
{
    PosRecord *record = g_new0(PosRecord, 1);
    record->seq = sqlite3_column_int64(query, 0);
    memcpy(record->hash.bytes, sqlite3_column_blob(query, 1), sizeof record->hash.bytes);
    record->line = g_strdup(store_text(query, 2));
    record->length = strlen(record->line);
    return record;
}

GPtrArray *pos_store_journal_read(PosStore *store, int64_t from_seq, gsize records_max,
                                  gsize bytes_max, GError **error)
{
    static const char sql[] =
        "SELECT seq, hash, line FROM journal WHERE seq >= ? AND "
        "terminal = (SELECT terminal FROM identity WHERE id = 1) ORDER BY seq LIMIT ?";
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(record_free);
    int64_t limit = (int64_t)MIN(records_max, (gsize)INT32_MAX);
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ii", from_seq, limit);
    gsize bytes = 0;
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        PosRecord *record = record_of_row(query);
        bytes += record->length + 1; /* the newline counts, too */
        if (records->len > 0 && bytes > bytes_max) {
            record_free(record);
            found = 0;
            break;
        }
        g_ptr_array_add(records, record);
    }
    return found == 0 ? g_steal_pointer(&records) : NULL;
}

/* --- what central has ----------------------------------------------------------------------------
 */

bool pos_store_acked_get(PosStore *store, int64_t *out_seq, GError **error)
{
    static const char sql[] = "SELECT seq FROM acked WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    *out_seq = found == 1 ? sqlite3_column_int64(query, 0) : 0;
    return true;
}

bool pos_store_acked_set(PosStore *store, int64_t seq, GError **error)
{
    static const char sql[] = "UPDATE acked SET seq = ? WHERE id = 1";
    return store_run(store, sql, error, "i", seq);
}

int64_t pos_store_unsent_since_ms(PosStore *store)
{
    static const char sql[] =
        "SELECT at_ms FROM journal WHERE seq = (SELECT seq FROM acked WHERE id = 1) + 1 AND "
        "terminal = (SELECT terminal FROM identity WHERE id = 1)";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "");
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    return found == 1 ? sqlite3_column_int64(query, 0) : 0;
}
