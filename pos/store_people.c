/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the terminal keeps of its people: the wait after wrong PINs, whose badge it is, and the open carts of clerks who
 * are away. */
#include "pos/store_private.h"

#include <sodium.h>
#include <string.h>

#include "pos/bounds.h"

bool pos_store_pin_lock_get(PosStore *store, const char *operator_id, PosPinLock *out,
                            GError **error)
{
    static const char sql[] =
        "SELECT wrong, times, until_boot_ms, boot_id FROM pin_lock WHERE operator = ?";
    memset(out, 0, sizeof *out);
    g_strlcpy(out->operator_id, operator_id, sizeof out->operator_id);
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", operator_id);
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found == 1) {
        out->wrong = sqlite3_column_int64(query, 0);
        out->times = sqlite3_column_int64(query, 1);
        out->until_boot_ms = sqlite3_column_int64(query, 2);
        g_strlcpy(out->boot_id, store_text(query, 3), sizeof out->boot_id);
    }
    return found >= 0;
}

bool pos_store_pin_lock_set(PosStore *store, const PosPinLock *lock, GError **error)
{
    static const char delete_sql[] = "DELETE FROM pin_lock WHERE operator = ?";
    static const char sql[] =
        "INSERT INTO pin_lock (operator, wrong, times, until_boot_ms, boot_id) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (operator) DO UPDATE SET wrong = excluded.wrong, "
        "times = excluded.times, until_boot_ms = excluded.until_boot_ms, "
        "boot_id = excluded.boot_id";
    if (lock->wrong == 0 && lock->times == 0) {
        return store_run(store, delete_sql, error, "t", lock->operator_id);
    }
    return store_run(store, sql, error, "tiiit", lock->operator_id, lock->wrong, lock->times,
                     lock->until_boot_ms, lock->boot_id);
}

PosOperator *pos_store_operator_by_badge(PosStore *store, const char *badge_hash)
{
    g_autoptr(GPtrArray) operators = pos_store_operators(store);
    gsize length = strlen(badge_hash);
    for (guint i = 0; i < operators->len; i++) {
        const PosOperator *op = g_ptr_array_index(operators, i);
        if (length > 0 && strlen(op->badge_hash) == length &&
            sodium_memcmp(op->badge_hash, badge_hash, length) == 0) {
            return pos_store_operator(store, op->id);
        }
    }
    return NULL;
}

/* --- whose cart is open --------------------------------------------------------------------------- */

bool pos_store_cart_hand_over(PosStore *store, const char *from, const char *to, GError **error)
{
    static const char park_sql[] = "INSERT INTO parked_cart (operator, value) "
                                   "SELECT ?, value FROM cart WHERE id = 1 "
                                   "ON CONFLICT (operator) DO UPDATE SET value = excluded.value";
    static const char clear_sql[] = "DELETE FROM cart";
    static const char fetch_sql[] = "INSERT INTO cart (id, value) "
                                    "SELECT 1, value FROM parked_cart WHERE operator = ?";
    static const char forget_sql[] = "DELETE FROM parked_cart WHERE operator = ?";
    g_assert(store->depth > 0); /* with the log-in's record, or not at all */
    return store_run(store, park_sql, error, "t", from) && store_run(store, clear_sql, error, "") &&
           store_run(store, fetch_sql, error, "t", to) &&
           store_run(store, forget_sql, error, "t", to) &&
           pos_store_meta_set(store, POS_META_CART_OPERATOR, to, error);
}

GPtrArray *pos_store_carts_parked(PosStore *store)
{
    static const char sql[] = "SELECT operator FROM parked_cart ORDER BY operator LIMIT ?";
    GPtrArray *operators = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store, sql, &error, "i", (int64_t)POS_BOUND_PARKED_CARTS);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, &error)) == 1) {
        g_ptr_array_add(operators, g_strdup(store_text(query, 0)));
    }
    if (found < 0) {
        store_log(store, error);
    }
    return operators;
}
