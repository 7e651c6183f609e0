/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stores and their feeds: versions that rise by one per commit from a head row
 * that the same transaction bumps, the last state of each item, the log of prices, and walks over
 * what is new. */
#include "pos/error.h"
#include "sync/central_price.h"
#include "sync/central_store_book.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define STORE_ID_BYTES 64
#define KIND_BYTES 32
#define KEY_BYTES 128

/* --- stores -------------------------------------------------------------------------------------
 */

static bool is_store_id(const char *id)
{
    gsize length = strlen(id);
    return length >= 1 && length <= STORE_ID_BYTES &&
           strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
               length;
}

static bool insert_store(CentralStore *store, const char *store_id, const json_t *settings,
                         GError **error)
{
    static const char STORE[] =
        "INSERT INTO store (store, created_ms, terminals_count) VALUES (?, ?, 0)";
    static const char HEAD[] =
        "INSERT INTO head (store, version, decisions, deliveries) VALUES (?, 0, 0, 0)";
    if (central_store_has_store(store, store_id)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("There is a store “%s” already; nothing was changed."), store_id);
        return false;
    }
    CentralChange change = {"setting", "store", settings};
    return central_sql_run(store, NULL, error, STORE, "ti", store_id,
                           (int64_t)(g_get_real_time() / 1000)) &&
           central_sql_run(store, NULL, error, HEAD, "t", store_id) &&
           central_store_publish(store, store_id, &change, 1, NULL, error);
}

bool central_store_add_store(CentralStore *store, const char *store_id, const json_t *settings,
                             GError **error)
{
    if (!is_store_id(store_id)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” cannot be the id of a store: use 1 to 64 letters, digits, “_”, “.” "
                      "or “-”."),
                    store_id);
        return false;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = insert_store(store, store_id, settings, error);
    }
    return scope.ok;
}

bool central_store_has_store(CentralStore *store, const char *store_id)
{
    int64_t found = 0;
    return central_sql_int(store, 0, &found, NULL, "SELECT 1 FROM store WHERE store = ?", "t",
                           store_id) &&
           found == 1;
}

GPtrArray *central_store_list_stores(CentralStore *store)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CentralQuery) query =
        central_sql_query(store, NULL, "SELECT store FROM store ORDER BY store", "");
    while (query && central_sql_step(query, NULL) == CENTRAL_SQL_ROW) {
        g_ptr_array_add(ids, central_sql_text(query, 0));
    }
    return ids;
}

/* --- publishing ---------------------------------------------------------------------------------
 */

/* The canonical text of a change's value into *out_text (NULL: a deletion), checked against the
 * bounds of a feed line. */
static bool change_text(const CentralChange *change, char **out_text, GError **error)
{
    gsize length = 0;
    if (!*change->kind || strlen(change->kind) > KIND_BYTES || !*change->key ||
        strlen(change->key) > KEY_BYTES) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The feed item %s “%s” has no kind and key of a bounded length."),
                    change->kind, change->key);
        return false;
    }
    if (!change->value) {
        *out_text = NULL;
        return true;
    }
    *out_text = pos_json_canonical(change->value, &length, error);
    if (!*out_text) {
        g_prefix_error(error, _("The feed item %s “%s”: "), change->kind, change->key);
        return false;
    }
    if (length + KIND_BYTES + KEY_BYTES + 100 > POS_BOUND_FEED_LINE_BYTES) {
        g_clear_pointer(out_text, g_free);
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The feed item %s “%s” is longer than %d bytes."), change->kind, change->key,
                    POS_BOUND_FEED_LINE_BYTES);
        return false;
    }
    return true;
}

/* Whether the store's feed has that state already. An item that was never there and is to be
 * deleted is no change. */
static bool is_same(CentralStore *store, const char *store_id, const CentralChange *change,
                    const char *text, bool *out_same, GError **error)
{
    static const char SQL[] = "SELECT value FROM feed WHERE store = ? AND kind = ? AND item = ?";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ttt", store_id, change->kind, change->key);
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (code != CENTRAL_SQL_ROW && code != CENTRAL_SQL_DONE) {
        return false;
    }
    const char *old = code == CENTRAL_SQL_ROW ? central_sql_column_text(query, 0) : NULL;
    *out_same = g_strcmp0(old, text) == 0;
    return true;
}

/* The version of this transaction: a commit is one version, so a second publish in it uses the
 * first one's. */
static bool take_version(CentralStore *store, const char *store_id, int64_t *out_version,
                         GError **error)
{
    int64_t *made = g_hash_table_lookup(store->bumped, store_id);
    if (made) {
        *out_version = *made;
        return true;
    }
    static const char BUMP[] = "UPDATE head SET version = version + 1 WHERE store = ?";
    static const char FENCED[] =
        "UPDATE head SET version = version + 1 WHERE store = ? AND lease = ?";
    int changed = 0;
    const int64_t *lease = g_hash_table_lookup(store->fences, store_id);
    if (lease ? !central_sql_run(store, &changed, error, FENCED, "ti", store_id, *lease)
              : !central_sql_run(store, &changed, error, BUMP, "t", store_id)) {
        return false;
    }
    if (changed == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("Another central has taken over the prices of store “%s”."), store_id);
        return false;
    }
    if (!central_store_feed_newest(store, store_id, out_version, error)) {
        return false;
    }
    g_hash_table_insert(store->bumped, g_strdup(store_id),
                        g_memdup2(out_version, sizeof *out_version));
    return true;
}

/* The price log and the list of what is due, beside a price item. */
static bool note_price(CentralStore *store, const char *store_id, const CentralChange *change,
                       int64_t version, GError **error)
{
    static const char LOG_UPDATE[] = "UPDATE price_log SET price = ?, effective_ms = ? "
                                     "WHERE store = ? AND item = ? AND version = ?";
    static const char LOG_INSERT[] =
        "INSERT INTO price_log (price, effective_ms, store, item, version) VALUES (?, ?, ?, ?, ?)";
    static const char DUE_DELETE[] = "DELETE FROM price_due WHERE store = ? AND item = ?";
    static const char DUE_INSERT[] =
        "INSERT INTO price_due (store, item, next_ms, recent_ms) VALUES (?, ?, ?, ?)";
    int64_t next_ms = 0, recent_ms = 0, price = 0, effective_ms = 0;
    if (!central_sql_run(store, NULL, error, DUE_DELETE, "tt", store_id, change->key)) {
        return false;
    }
    if (!change->value) {
        return true;
    }
    central_price_times(change->value, &next_ms, &recent_ms);
    if ((next_ms || recent_ms) && !central_sql_run(store, NULL, error, DUE_INSERT, "ttii", store_id,
                                                   change->key, next_ms, recent_ms)) {
        return false;
    }
    if (!central_price_in_force(change->value, &price, &effective_ms)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The price of “%s” has no “price” and “effective_at”."), change->key);
        return false;
    }
    int changed = 0;
    return central_sql_run(store, &changed, error, LOG_UPDATE, "iitti", price, effective_ms,
                           store_id, change->key, version) &&
           (changed > 0 || central_sql_run(store, NULL, error, LOG_INSERT, "iitti", price,
                                           effective_ms, store_id, change->key, version));
}

static bool put_item(CentralStore *store, const char *store_id, const CentralChange *change,
                     const char *text, int64_t version, GError **error)
{
    static const char UPDATE[] = "UPDATE feed SET version = ?, value = ? "
                                 "WHERE store = ? AND kind = ? AND item = ?";
    static const char INSERT[] =
        "INSERT INTO feed (version, value, store, kind, item) VALUES (?, ?, ?, ?, ?)";
    int changed = 0;
    if (!central_sql_run(store, &changed, error, UPDATE, "itttt", version, text, store_id,
                         change->kind, change->key) ||
        (changed == 0 && !central_sql_run(store, NULL, error, INSERT, "itttt", version, text,
                                          store_id, change->kind, change->key))) {
        return false;
    }
    if (strcmp(change->kind, "product") == 0) {
        g_hash_table_remove_all(store->products);
    } else if (strcmp(change->kind, "setting") == 0) {
        g_hash_table_remove_all(store->currencies);
    }
    return strcmp(change->kind, "price") != 0 ||
           note_price(store, store_id, change, version, error);
}

static bool publish_all(CentralStore *store, const char *store_id, const CentralChange *changes,
                        gsize count, int64_t *out_version, GError **error)
{
    int64_t version = 0;
    if (!central_sql_hold_feed(store, store_id, error) ||
        !central_store_feed_newest(store, store_id, &version, error)) {
        return false;
    }
    for (gsize i = 0; i < count; i++) {
        g_autofree char *text = NULL;
        bool same = false;
        if (!change_text(&changes[i], &text, error) ||
            !is_same(store, store_id, &changes[i], text, &same, error)) {
            return false;
        }
        if (!same && (!take_version(store, store_id, &version, error) ||
                      !put_item(store, store_id, &changes[i], text, version, error))) {
            return false;
        }
    }
    *out_version = version;
    return true;
}

bool central_store_publish(CentralStore *store, const char *store_id, const CentralChange *changes,
                           gsize count, int64_t *out_version, GError **error)
{
    int64_t version = 0;
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = publish_all(store, store_id, changes, count, &version, error);
    }
    if (scope.ok && out_version) {
        *out_version = version;
    }
    return scope.ok;
}

/* --- reading items ------------------------------------------------------------------------------
 */

/* Our own canonical text; what does not parse was changed by another hand. */
static json_t *column_json(CentralQuery *query, int column)
{
    gsize length = 0;
    const char *text = central_sql_column_blob(query, column, &length);
    return text ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

json_t *central_store_feed_value(CentralStore *store, const char *store_id, const char *kind,
                                 const char *key, int64_t *out_version)
{
    static const char SQL[] =
        "SELECT version, value FROM feed WHERE store = ? AND kind = ? AND item = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, NULL, SQL, "ttt", store_id, kind, key);
    if (!query || central_sql_step(query, NULL) != CENTRAL_SQL_ROW) {
        return NULL;
    }
    json_t *value = column_json(query, 1);
    if (value && out_version) {
        *out_version = central_sql_column_int(query, 0);
    }
    return value;
}

bool central_store_feed_each(CentralStore *store, const char *store_id, const char *kind,
                             void (*each)(const char *key, int64_t version, const json_t *value,
                                          void *user),
                             void *user, GError **error)
{
    static const char SQL[] = "SELECT item, version, value FROM feed "
                              "WHERE store = ? AND kind = ? AND value IS NOT NULL ORDER BY item";
    g_autoptr(CentralQuery) walk = central_sql_walk(store, error, SQL, "tt", store_id, kind);
    int code = CENTRAL_SQL_ERROR;
    while (walk && (code = central_sql_step(walk, error)) == CENTRAL_SQL_ROW) {
        g_autoptr(json_t) value = column_json(walk, 2);
        if (!value) {
            g_set_error(error, POS_ERROR, POS_ERROR_CORRUPT,
                        _("The feed item %s “%s” of store “%s” is damaged in %s."), kind,
                        central_sql_column_text(walk, 0), store_id, store->path);
            return false;
        }
        each(central_sql_column_text(walk, 0), central_sql_column_int(walk, 1), value, user);
    }
    return walk && code == CENTRAL_SQL_DONE;
}

/* Another connection may have published since the caches were filled. */
static void check_caches(CentralStore *store, const char *store_id)
{
    int64_t version = 0;
    if (!store->engine->is_shared) {
        version = store->engine->cache_version(store);
        if (version != store->products_version) {
            g_hash_table_remove_all(store->products);
            g_hash_table_remove_all(store->currencies);
            store->products_version = version;
        }
        return;
    }
    /* Once a transaction: what is committed meanwhile comes to the next one. */
    if (g_hash_table_contains(store->bumped, store_id) ||
        (store->in_transaction && g_hash_table_contains(store->checked, store_id))) {
        return;
    }
    const int64_t *cached = g_hash_table_lookup(store->cached_heads, store_id);
    bool known = central_store_feed_newest(store, store_id, &version, NULL);
    if (!known || !cached || *cached != version) {
        g_hash_table_remove_all(store->products);
        g_hash_table_remove_all(store->currencies);
        g_hash_table_remove_all(store->cached_heads);
        g_hash_table_insert(store->cached_heads, g_strdup(store_id),
                            g_memdup2(&version, sizeof version));
    }
    g_hash_table_add(store->checked, g_strdup(store_id));
}

bool central_store_product_unit(CentralStore *store, const char *store_id, const char *gtin,
                                PosUnit *out_unit)
{
    check_caches(store, store_id);
    char key[STORE_ID_BYTES + 32];
    g_snprintf(key, sizeof key, "%s/%s", store_id, gtin);
    gpointer known = NULL;
    if (!g_hash_table_lookup_extended(store->products, key, NULL, &known)) {
        static const char SQL[] =
            "SELECT value FROM feed WHERE store = ? AND kind = 'product' AND item = ?";
        g_autoptr(CentralQuery) query = central_sql_query(store, NULL, SQL, "tt", store_id, gtin);
        if (!query || central_sql_step(query, NULL) != CENTRAL_SQL_ROW) {
            return false;
        }
        g_autoptr(json_t) value = column_json(query, 0);
        const char *unit = json_string_value(json_object_get(value, "unit"));
        known = GINT_TO_POINTER(pos_unit_from_code(unit));
        g_hash_table_insert(store->products, g_strdup(key), known);
    }
    *out_unit = (PosUnit)GPOINTER_TO_INT(known);
    return true;
}

bool central_store_is_currency(CentralStore *store, const char *store_id, const char *currency)
{
    check_caches(store, store_id);
    const char *own = g_hash_table_lookup(store->currencies, store_id);
    if (!own) {
        g_autoptr(json_t) settings =
            central_store_feed_value(store, store_id, "setting", "store", NULL);
        const char *code = json_string_value(json_object_get(settings, "currency"));
        g_hash_table_insert(store->currencies, g_strdup(store_id), g_strdup(code ? code : ""));
        own = g_hash_table_lookup(store->currencies, store_id);
    }
    return !*own || strcmp(own, currency) == 0;
}

bool central_store_feed_newest(CentralStore *store, const char *store_id, int64_t *out_version,
                               GError **error)
{
    int64_t version = -1;
    if (!central_sql_int(store, -1, &version, error, "SELECT version FROM head WHERE store = ?",
                         "t", store_id)) {
        return false;
    }
    if (version < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no store “%s”."), store_id);
        return false;
    }
    *out_version = version;
    return true;
}

/* --- walking what is new ------------------------------------------------------------------ */

struct CentralFeedCursor {
    CentralStore *store;
    CentralQuery *walk;
    int64_t newest;
    bool mine; /* the read transaction was begun here */
};

CentralFeedCursor *central_feed_cursor_open(CentralStore *store, const char *store_id,
                                            int64_t after, const char *mode, GError **error)
{
    static const char SQL[] = "SELECT version, kind, item, value FROM feed "
                              "WHERE store = ? AND version > ? AND (kind <> 'operator' OR ? = 1) "
                              "ORDER BY version, kind, item";
    CentralFeedCursor *cursor = g_new0(CentralFeedCursor, 1);
    cursor->store = store;
    cursor->mine = !store->in_transaction;
    int64_t operators = strcmp(mode, "till") == 0 || strcmp(mode, "manager") == 0;
    if (cursor->mine && !central_store_begin(store, error)) {
        g_free(cursor);
        return NULL;
    }
    if (!central_store_feed_newest(store, store_id, &cursor->newest, error) ||
        !(cursor->walk = central_sql_walk(store, error, SQL, "tii", store_id, after, operators))) {
        central_feed_cursor_free(cursor);
        return NULL;
    }
    return cursor;
}

int64_t central_feed_cursor_newest(const CentralFeedCursor *cursor)
{
    return cursor->newest;
}

int central_feed_cursor_next(CentralFeedCursor *cursor, CentralFeedItem *out, GError **error)
{
    int code = central_sql_step(cursor->walk, error);
    if (code != CENTRAL_SQL_ROW) {
        return code == CENTRAL_SQL_DONE ? 0 : -1;
    }
    out->version = central_sql_column_int(cursor->walk, 0);
    out->kind = central_sql_column_text(cursor->walk, 1);
    out->key = central_sql_column_text(cursor->walk, 2);
    out->value = central_sql_column_blob(cursor->walk, 3, &out->value_length);
    return 1;
}

void central_feed_cursor_free(CentralFeedCursor *cursor)
{
    if (!cursor) {
        return;
    }
    central_sql_release(cursor->walk);
    if (cursor->mine) {
        central_store_rollback(cursor->store);
    }
    g_free(cursor);
}

static void append_json_string(GString *out, const char *text)
{
    g_autoptr(json_t) string = json_string(text);
    g_autofree char *quoted = json_dumps(string, JSON_ENCODE_ANY | JSON_COMPACT);
    g_assert(quoted); /* keys were checked when they were published */
    g_string_append(out, quoted);
}

void central_feed_item_append_line(const CentralFeedItem *item, GString *out)
{
    g_string_append(out, "{\"key\":");
    append_json_string(out, item->key);
    g_string_append(out, ",\"kind\":");
    append_json_string(out, item->kind);
    g_string_append(out, ",\"value\":");
    if (item->value) {
        g_string_append_len(out, item->value, (gssize)item->value_length);
    } else {
        g_string_append(out, "null");
    }
    g_string_append_printf(out, ",\"version\":%" PRId64 "}", item->version);
}

/* --- prices ------------------------------------------------------------------------------- */

bool central_store_price_lowest(CentralStore *store, const char *store_id, const char *key,
                                int64_t from_ms, int64_t until_ms, int64_t *out_price,
                                GError **error)
{
    /* A price was in force until the next one of its item: from_ms has the one that began last
     * before it. */
    static const char SQL[] =
        "SELECT MIN(price) FROM price_log WHERE store = ? AND item = ? AND effective_ms < ? "
        "AND effective_ms >= COALESCE((SELECT MAX(effective_ms) FROM price_log "
        "WHERE store = ? AND item = ? AND effective_ms <= ?), ?)";
    return central_sql_int(store, 0, out_price, error, SQL, "ttittii", store_id, key, until_ms,
                           store_id, key, from_ms, from_ms);
}

GPtrArray *central_store_prices_due(CentralStore *store, const char *store_id, int64_t now_ms,
                                    gsize max, GError **error)
{
    static const char SQL[] = "SELECT item FROM price_due WHERE store = ? AND "
                              "((next_ms > 0 AND next_ms <= ?) OR (recent_ms > 0 AND recent_ms <= "
                              "?)) ORDER BY item LIMIT ?";
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(store, store_id, &rules);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "tiii", store_id, now_ms,
                                                      now_ms - rules.hold_ms, (int64_t)max);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_ptr_array_add(keys, central_sql_text(query, 0));
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&keys) : NULL;
}
