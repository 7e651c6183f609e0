/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where a sale becomes durable: the next receipt number, the record with what follows from it, and
 * the end of the open cart in one transaction, read back before it is committed. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"

bool pos_store_receipt_next(PosStore *store, char out[32], GError **error)
{
    static const char sql[] = "UPDATE receipt_counter SET last = last + 1 WHERE id = 1 "
                              "RETURNING last, (SELECT receipt_prefix FROM identity WHERE id = 1)";
    g_assert(store->depth > 0); /* a number without its record would be a gap */
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    if (query == NULL || store_next(store, query, error) != 1) {
        return false;
    }
    const char *prefix = store_text(query, 1);
    int length = g_snprintf(out, 32, "%s-%06" G_GINT64_FORMAT, prefix[0] != '\0' ? prefix : "T00",
                            (gint64)sqlite3_column_int64(query, 0));
    g_assert(length < 32); /* pos_store_identity_set() bounds the prefix */
    return store_next(store, query, error) == 0;
}

static bool clear_cart(PosStore *store, const char *receipt, GError **error)
{
    static const char sql[] = "DELETE FROM cart";
    return store_run(store, sql, error, "") &&
           pos_store_meta_set(store, POS_META_LAST_RECEIPT, receipt, error);
}

/* The goods that were taken back for it; true without any. */
static bool write_exchange(PosStore *store, const PosSale *sale, int64_t at_ms, PosSaleProof *out,
                           GError **error)
{
    g_autoptr(json_t) fields = pos_sale_exchange_to_fields(sale);
    return fields == NULL || store_return_write(store, fields, "return", at_ms, out, error);
}

static bool write_sale(PosStore *store, const PosSale *sale, const char *operator_id, int64_t at_ms,
                       PosSaleProof *out, GError **error)
{
    g_auto(PosIdentity) identity = {0};
    g_auto(PosRecord) record = {0};
    if (!pos_store_identity_get(store, &identity, error)) {
        return false;
    }
    if (pos_cart_count(pos_sale_cart(sale)) == 0) {
        return clear_cart(store, out->receipt, error); /* nothing but an exchange: its receipt */
    }
    if (!pos_store_receipt_next(store, out->receipt, error)) {
        return false;
    }
    g_autoptr(json_t) fields =
        pos_sale_to_fields(sale, identity.currency, out->receipt, operator_id);
    if (!pos_store_journal_append(store, fields, "sale", at_ms, &record, error) ||
        !clear_cart(store, out->receipt, error)) {
        return false;
    }
    g_autofree char *hex = pos_hash_to_hex(&record.hash);
    out->seq = record.seq;
    g_strlcpy(out->hash_hex, hex, sizeof out->hash_hex);
    return true;
}

static bool cart_is_gone(PosStore *store, GError **error)
{
    static const char sql[] = "SELECT 1 FROM cart";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    return query != NULL && store_next(store, query, error) == 0;
}

/* Reads what is about to be committed: the receipt leads to a record that says the sale's total and
 * adds up, whose hash follows from the record before it, and no cart is left. False without an
 * error means that it does not hold. */
static bool reads_back(PosStore *store, const PosSale *sale, const PosSaleProof *proof,
                       GError **error)
{
    PosHash previous;
    char hash_hex[65];
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, proof->seq, 1, 1, error);
    /* Not after a failure: its error is the first one's. */
    g_autoptr(json_t) found =
        records == NULL ? NULL : pos_store_sale_find(store, proof->receipt, hash_hex, error);
    if (records == NULL || records->len != 1 || found == NULL ||
        !pos_store_journal_hash_at(store, proof->seq - 1, &previous, error)) {
        return false;
    }
    const PosRecord *record = g_ptr_array_index(records, 0);
    PosHash hash = pos_hash_chain(&previous, record->line, record->length);
    g_autofree char *hex = pos_hash_to_hex(&hash);
    g_autofree char *why = pos_record_audit_sale(found);
    if (why != NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The sale was not written, for it does not add up: %s"), why);
        return false;
    }
    return strcmp(hex, proof->hash_hex) == 0 && strcmp(hash_hex, proof->hash_hex) == 0 &&
           json_integer_value(json_object_get(found, "seq")) == proof->seq &&
           (pos_cart_count(pos_sale_cart(sale)) == 0 ||
            json_integer_value(json_object_get(found, "total")) == pos_sale_total(sale).minor) &&
           cart_is_gone(store, error);
}

bool pos_store_sale_commit(PosStore *store, PosSale *sale, const char *operator_id, int64_t at_ms,
                           PosSaleProof *out, GError **error)
{
    PosSaleProof taken_back;
    return pos_store_exchange_commit(store, sale, operator_id, at_ms, out, &taken_back, error);
}

bool pos_store_exchange_commit(PosStore *store, PosSale *sale, const char *operator_id,
                               int64_t at_ms, PosSaleProof *out, PosSaleProof *out_taken_back,
                               GError **error)
{
    store_check(store);
    g_assert(store->depth == 0); /* a sale is a transaction of its own: true means on disk */
    g_assert(pos_sale_state(sale) == POS_SALE_SETTLED);
    PosSaleProof taken_back = {0};
    PosSaleProof proof = {0};
    GError *fault = NULL;
    if (!pos_store_begin(store, error)) {
        return false;
    }
    bool exchanged = write_exchange(store, sale, at_ms, &taken_back, &fault);
    proof = pos_cart_count(pos_sale_cart(sale)) == 0 ? taken_back : proof;
    if (!exchanged || !write_sale(store, sale, operator_id, at_ms, &proof, &fault) ||
        !reads_back(store, sale, &proof, &fault)) {
        pos_store_rollback(store);
        if (fault == NULL) {
            g_set_error(&fault, POS_ERROR, POS_ERROR_CORRUPT,
                        _("The file %s did not read back what was written to it. The sale was not "
                          "booked; try again, and have the disk checked."),
                        store->path);
        }
        g_propagate_error(error, fault);
        return false;
    }
    if (!pos_store_commit(store, error)) {
        return false;
    }
    pos_sale_committed(sale);
    *out = proof;
    *out_taken_back = taken_back;
    return true;
}

json_t *pos_store_sale_find(PosStore *store, const char *receipt, char out_hash_hex[65],
                            GError **error)
{
    static const char sql[] =
        "SELECT journal.line, journal.hash FROM receipt JOIN journal "
        "ON journal.terminal = receipt.terminal AND journal.seq = receipt.seq "
        "WHERE receipt.number = ?";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", receipt);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("There is no receipt %s on this terminal."), receipt);
    }
    if (found != 1) {
        return NULL;
    }
    PosHash hash;
    memcpy(hash.bytes, sqlite3_column_blob(query, 1), sizeof hash.bytes);
    json_t *record = NULL;
    const char *line = store_text(query, 0);
    if (!pos_record_parse(line, strlen(line), &record, error)) {
        return NULL;
    }
    if (out_hash_hex != NULL) {
        g_autofree char *hex = pos_hash_to_hex(&hash);
        g_strlcpy(out_hash_hex, hex, 65);
    }
    return record;
}

int64_t pos_store_stock_moved(PosStore *store, const char *gtin, const char *lot)
{
    static const char sql[] = "SELECT moved FROM stock WHERE gtin = ? AND lot = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store, sql, &error, "tt", gtin, lot != NULL ? lot : "");
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    return found == 1 ? sqlite3_column_int64(query, 0) : 0;
}
