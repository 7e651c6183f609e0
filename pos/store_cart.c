/* SPDX-License-Identifier: GPL-3.0-or-later
 * The open cart on disk. Saved at each change without waiting for the platter: a killed process
 * loses nothing, a power cut at most the last lines of a cart that was not sold. The sale itself
 * waits. */
#include "pos/store_private.h"

#include <string.h>

#include "pos/bounds.h"

/* Generous: a line of an open cart with its names in three languages. */
#define CART_BYTES_MAX (POS_BOUND_CART_LINES * 4096)

static bool write_cart(PosStore *store, const PosCart *cart, GError **error)
{
    static const char delete_sql[] = "DELETE FROM cart";
    static const char sql[] = "INSERT INTO cart (id, value) VALUES (1, ?) "
                              "ON CONFLICT (id) DO UPDATE SET value = excluded.value";
    if (pos_cart_count(cart) == 0) {
        return store_run(store, delete_sql, error, "");
    }
    g_autoptr(json_t) value = pos_cart_to_json(cart);
    g_autofree char *text = pos_json_canonical(value, NULL, error);
    return text != NULL && store_run(store, sql, error, "t", text);
}

bool pos_store_cart_save(PosStore *store, const PosCart *cart, GError **error)
{
    store_check(store);
    if (store->depth > 0) {
        return write_cart(store, cart, error);
    }
    if (!store_script(store, "PRAGMA synchronous = NORMAL", error)) {
        return false;
    }
    bool saved = write_cart(store, cart, error);
    /* Cannot fail: it sets a flag of this connection. Everything else waits for the disk. */
    bool restored = store_script(store, "PRAGMA synchronous = FULL", NULL);
    g_assert(restored);
    return saved;
}

PosCart *pos_store_cart_load(PosStore *store, GError **error)
{
    static const char sql[] = "SELECT value FROM cart WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return NULL;
    }
    if (found == 0) {
        return pos_cart_new();
    }
    const char *text = store_text(query, 0);
    g_autoptr(json_t) value = pos_json_parse_object(text, strlen(text), CART_BYTES_MAX, error);
    return value == NULL ? NULL : pos_cart_from_json(value, error);
}
