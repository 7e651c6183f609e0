/* SPDX-License-Identifier: GPL-3.0-or-later
 * Payments by a provider that something is still to happen to. A row goes once its payment is over: paid and part of a
 * sale, or nothing taken, or given back. */
#include "pos/store_private.h"

#include "pos/error.h"
#include "pos/tender.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One refund of a charge at a time: its key is what makes asking twice harmless, so it is not written over. */
static bool may_replace(PosStore *store, const PosPayment *payment, GError **error)
{
    static const char sql[] = "SELECT refund_id FROM payment WHERE attempt = ? AND refund_id <> ''";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", payment->attempt);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found == 1 && strcmp(store_text(query, 0), payment->refund_id) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("A refund of this payment is still under way: wait until it is done."));
        return false;
    }
    return found >= 0;
}

bool pos_store_payment_put(PosStore *store, const PosPayment *payment, GError **error)
{
    static const char sql[] =
        "INSERT INTO payment (attempt, kind, amount, refunded, status, is_open, refund_id, "
        "refund_amount, operator, reference, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (attempt) DO UPDATE SET refunded = excluded.refunded, "
        "status = excluded.status, is_open = excluded.is_open, refund_id = excluded.refund_id, "
        "refund_amount = excluded.refund_amount, reference = excluded.reference";
    static const char delete_sql[] = "DELETE FROM payment WHERE attempt = ?";
    if (!may_replace(store, payment, error)) {
        return false;
    }
    if (payment->is_over) {
        return store_run(store, delete_sql, error, "t", payment->attempt);
    }
    return store_run(store, sql, error, "ttiitititti", payment->attempt,
                     pos_tender_code(payment->kind), payment->amount, payment->refunded,
                     pos_payment_code(payment->status), (int64_t)payment->is_open,
                     payment->refund_id, payment->refund_amount, payment->operator_id,
                     payment->reference, payment->at_ms);
}

static void payment_of_row(StoreQuery *query, PosPayment *out)
{
    *out = (PosPayment){.status = POS_PAYMENT_UNKNOWN, .kind = POS_TENDER_CARD};
    g_strlcpy(out->attempt, store_text(query, 0), sizeof out->attempt);
    pos_tender_from_code(store_text(query, 1), &out->kind);
    out->amount = sqlite3_column_int64(query, 2);
    out->refunded = sqlite3_column_int64(query, 3);
    pos_payment_from_code(store_text(query, 4), &out->status);
    out->is_open = sqlite3_column_int64(query, 5) != 0;
    g_strlcpy(out->refund_id, store_text(query, 6), sizeof out->refund_id);
    out->refund_amount = sqlite3_column_int64(query, 7);
    g_strlcpy(out->operator_id, store_text(query, 8), sizeof out->operator_id);
    g_strlcpy(out->reference, store_text(query, 9), sizeof out->reference);
    out->at_ms = sqlite3_column_int64(query, 10);
}

GArray *pos_store_payments(PosStore *store, GError **error)
{
    static const char sql[] =
        "SELECT attempt, kind, amount, refunded, status, is_open, refund_id, refund_amount, "
        "operator, reference, at_ms FROM payment ORDER BY at_ms, attempt LIMIT ?";
    g_autoptr(GArray) payments = g_array_new(FALSE, TRUE, sizeof(PosPayment));
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "i", (int64_t)POS_BOUND_PAYMENTS);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        PosPayment payment;
        payment_of_row(query, &payment);
        g_array_append_val(payments, payment);
    }
    return found == 0 ? g_steal_pointer(&payments) : NULL;
}

bool pos_store_payments_leave(PosStore *store, GError **error)
{
    static const char sql[] = "UPDATE payment SET is_open = 0 WHERE is_open = 1";
    return store_run(store, sql, error, "");
}

/* A sale takes up the payments that it names; every other one of its cart is no longer for it. */
bool store_payment_effects(PosStore *store, const json_t *record, const char *type, GError **error)
{
    static const char taken_sql[] = "DELETE FROM payment WHERE attempt = ? AND status = 'paid'";
    bool is_sale = g_strcmp0(type, "sale") == 0;
    if (!is_sale && g_strcmp0(type, "abandoned") != 0) {
        return true;
    }
    const json_t *tenders = json_object_get(record, "tenders");
    for (gsize i = 0; is_sale && i < json_array_size(tenders); i++) {
        const char *attempt =
            json_string_value(json_object_get(json_array_get(tenders, i), "attempt"));
        if (attempt != NULL && !store_run(store, taken_sql, error, "t", attempt)) {
            return false;
        }
    }
    return pos_store_payments_leave(store, error);
}
