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
    if (pos_cart_count(cart) == 0 && pos_cart_exchange(cart) == NULL) {
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

/* A cart that this version cannot read must not keep the till from opening: it is put aside, not
 * thrown away. */
static PosCart *set_aside(PosStore *store, const char *text, const GError *fault)
{
    static const char sql[] = "DELETE FROM cart";
    g_message("%s: the open cart cannot be read and was put aside: %s", store->path,
              fault->message);
    if (pos_store_begin(store, NULL)) {
        if (pos_store_meta_set(store, POS_META_CART_ASIDE, text, NULL) &&
            store_run(store, sql, NULL, "")) {
            pos_store_commit(store, NULL);
        } else {
            pos_store_rollback(store);
        }
    }
    return pos_cart_new();
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
    g_autofree char *text = g_strdup(store_text(query, 0));
    g_clear_pointer(&query, store_query_done); /* before it is written to */
    g_autoptr(GError) fault = NULL;
    g_autoptr(json_t) value = pos_json_parse_object(text, strlen(text), CART_BYTES_MAX, &fault);
    PosCart *cart = value == NULL ? NULL : pos_cart_from_json(value, &fault);
    return cart != NULL ? cart : set_aside(store, text, fault);
}
