/* SPDX-License-Identifier: GPL-3.0-or-later
 * What came back of receipts: the records that take back become durable here, and what was taken back of a line is looked
 * up. The table is derived from the journal, in the same transaction. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* The receipt that a record takes back from; NULL when it takes nothing back of one. */
static const char *receipt_of(const json_t *record)
{
    const char *type = json_string_value(json_object_get(record, "type"));
    if ((g_strcmp0(type, "return") != 0 && g_strcmp0(type, "post_void") != 0) ||
        json_is_true(json_object_get(record, "without_receipt"))) {
        return NULL;
    }
    const char *of = json_string_value(json_object_get(record, "of_receipt"));
    return of != NULL ? of : json_string_value(json_object_get(record, "receipt"));
}

/* The line of the sale that a row takes back; 0 none. */
static int64_t of_line_of(const json_t *row)
{
    const json_t *of_line = json_object_get(row, "of_line");
    bool is_discount = g_strcmp0(json_string_value(json_object_get(row, "kind")), "discount") == 0;
    return of_line != NULL ? json_integer_value(of_line) : is_discount ? 0 : int_of(row, "line");
}

void store_record_taken_back(const json_t *record, StoreTakenBackFunc each, void *user)
{
    const char *receipt = receipt_of(record);
    if (receipt == NULL) {
        return;
    }
    bool is_void = strcmp(json_string_value(json_object_get(record, "type")), "post_void") == 0;
    each(receipt, 0, is_void ? 1 : 0, -int_of(record, "total"), user);
    const json_t *lines = json_object_get(record, "lines");
    for (gsize i = 0; i < json_array_size(lines) && !is_void; i++) {
        const json_t *row = json_array_get(lines, i);
        bool is_discount =
            g_strcmp0(json_string_value(json_object_get(row, "kind")), "discount") == 0;
        int64_t of_line = of_line_of(row);
        if (of_line > 0) {
            each(receipt, of_line, is_discount ? 0 : -int_of(row, "qty"), -int_of(row, "amount"),
                 user);
        }
    }
}

typedef struct {
    PosStore *store;
    GError **error;
    bool fine;
} Adding;

static void add_taken_back(const char *receipt, int64_t line, int64_t quantity, int64_t amount,
                           void *user)
{
    static const char sql[] =
        "INSERT INTO taken_back (receipt, line, quantity, amount) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (receipt, line) DO UPDATE SET quantity = quantity + excluded.quantity, "
        "amount = amount + excluded.amount";
    Adding *adding = user;
    adding->fine = adding->fine && store_run(adding->store, sql, adding->error, "tiii", receipt,
                                             line, quantity, amount);
}

bool store_return_effects(PosStore *store, const json_t *record, GError **error)
{
    Adding adding = {store, error, true};
    store_record_taken_back(record, add_taken_back, &adding);
    return adding.fine;
}

bool pos_store_taken_back(PosStore *store, const char *receipt, int line, int64_t *out_quantity,
                          int64_t *out_amount, GError **error)
{
    static const char sql[] =
        "SELECT quantity, amount FROM taken_back WHERE receipt = ? AND line = ?";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ti", receipt, (int64_t)line);
    int found = query == NULL ? -1 : store_next(store, query, error);
    *out_quantity = found == 1 ? sqlite3_column_int64(query, 0) : 0;
    *out_amount = found == 1 ? sqlite3_column_int64(query, 1) : 0;
    return found >= 0;
}

bool pos_store_is_closed_by_z(PosStore *store, const char *receipt, bool *out_closed,
                              GError **error)
{
    static const char sql[] =
        "SELECT 1 FROM z_report JOIN journal AS closing ON closing.terminal = z_report.terminal "
        "AND closing.seq = z_report.seq WHERE closing.rowid > (SELECT journal.rowid FROM receipt "
        "JOIN journal ON journal.terminal = receipt.terminal AND journal.seq = receipt.seq "
        "WHERE receipt.number = ?) LIMIT 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", receipt);
    int found = query == NULL ? -1 : store_next(store, query, error);
    *out_closed = found == 1;
    return found >= 0;
}

bool store_return_write(PosStore *store, json_t *fields, const char *type, int64_t at_ms,
                        PosSaleProof *out, GError **error)
{
    g_auto(PosRecord) record = {0};
    g_autoptr(json_t) numbered = json_copy(fields);
    if (strcmp(type, "return") == 0) {
        if (!pos_store_receipt_next(store, out->receipt, error)) {
            return false;
        }
        json_object_set_new(numbered, "receipt", json_string(out->receipt));
    } else {
        g_strlcpy(out->receipt, json_string_value(json_object_get(numbered, "receipt")),
                  sizeof out->receipt);
    }
    json_object_set_new(numbered, "type", json_string(type));
    g_autofree char *why = pos_record_audit_sale(numbered);
    json_object_del(numbered, "type");
    if (why != NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The return was not written, for it does not add up: %s"), why);
        return false;
    }
    if (!pos_store_journal_append(store, numbered, type, at_ms, &record, error)) {
        return false;
    }
    g_autofree char *hex = pos_hash_to_hex(&record.hash);
    out->seq = record.seq;
    g_strlcpy(out->hash_hex, hex, sizeof out->hash_hex);
    return true;
}

/* Whether the record is in the journal as it was meant, its hash following from the one before. */
static bool reads_back(PosStore *store, const json_t *fields, const PosSaleProof *proof,
                       GError **error)
{
    PosHash previous;
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, proof->seq, 1, 1, error);
    if (records == NULL || records->len != 1 ||
        !pos_store_journal_hash_at(store, proof->seq - 1, &previous, error)) {
        return false;
    }
    const PosRecord *record = g_ptr_array_index(records, 0);
    PosHash hash = pos_hash_chain(&previous, record->line, record->length);
    g_autofree char *hex = pos_hash_to_hex(&hash);
    g_autoptr(json_t) found = json_loadb(record->line, record->length, 0, NULL);
    return strcmp(hex, proof->hash_hex) == 0 && int_of(found, "total") == int_of(fields, "total") &&
           json_equal(json_object_get(found, "lines"), json_object_get(fields, "lines"));
}

bool pos_store_return_commit(PosStore *store, json_t *fields, const char *type,
                             const PosPayment *payments, gsize payments_count, int64_t at_ms,
                             PosSaleProof *out, GError **error)
{
    store_check(store);
    g_assert(store->depth == 0);
    PosSaleProof proof = {0};
    GError *fault = NULL;
    if (!pos_store_begin(store, error)) {
        return false;
    }
    bool fine = store_return_write(store, fields, type, at_ms, &proof, &fault);
    for (gsize i = 0; i < payments_count && fine; i++) {
        fine = pos_store_payment_put(store, &payments[i], &fault);
    }
    fine = fine && reads_back(store, fields, &proof, &fault);
    if (!fine) {
        pos_store_rollback(store);
        if (fault == NULL) {
            g_set_error(&fault, POS_ERROR, POS_ERROR_CORRUPT,
                        _("The file %s did not read back what was written to it. Nothing was taken "
                          "back; try again, and have the disk checked."),
                        store->path);
        }
        g_propagate_error(error, fault);
        return false;
    }
    if (!pos_store_commit(store, error)) {
        return false;
    }
    *out = proof;
    return true;
}
