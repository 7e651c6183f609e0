/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a manager's terminal keeps. What always holds: every table here but price_draft can be dropped and comes again
 * from central. */
#include "pos/store_manage.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"
#include "pos/freshness.h"
#include "pos/stock_figures.h"
#include "pos/store_private.h"

#define REPORTS_KEPT_MAX 60
#define SOLD_DAYS 7
#define NO_DAY 2147483647

static const char clear_levels[] = "DELETE FROM stock_level";
static const char clear_inventory[] = "DELETE FROM inventory";

/* --- reports -------------------------------------------------------------------------------------------- */

bool pos_store_kept_put(PosStore *store, const char *name, const json_t *value, int64_t at_ms,
                        GError **error)
{
    static const char put[] = "INSERT INTO kept_report (name, at_ms, value) VALUES (?, ?, ?) "
                              "ON CONFLICT (name) DO UPDATE SET at_ms = excluded.at_ms, "
                              "value = excluded.value";
    static const char drop[] =
        "DELETE FROM kept_report WHERE name IN (SELECT name FROM kept_report "
        "ORDER BY at_ms DESC LIMIT -1 OFFSET ?)";
    g_autofree char *text = json_dumps(value, JSON_COMPACT);
    return text != NULL && store_run(store, put, error, "tit", name, at_ms, text) &&
           store_run(store, drop, error, "i", (int64_t)REPORTS_KEPT_MAX);
}

json_t *pos_store_kept_get(PosStore *store, const char *name, int64_t *out_at_ms)
{
    static const char sql[] = "SELECT at_ms, value FROM kept_report WHERE name = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "t", name);
    if (query == NULL || store_next(store, query, &error) != 1) {
        return NULL;
    }
    if (out_at_ms != NULL) {
        *out_at_ms = sqlite3_column_int64(query, 0);
    }
    return json_loads(store_text(query, 1), 0, NULL);
}

/* --- stock ----------------------------------------------------------------------------------------------- */

static bool put_level(PosStore *store, const json_t *row, GError **error)
{
    static const char sql[] = "INSERT OR REPLACE INTO stock_level (gtin, lot, on_hand, delivered, "
                              "sold) VALUES (?, ?, ?, ?, ?)";
    const char *gtin = json_string_value(json_array_get(row, 0));
    const char *lot = json_string_value(json_array_get(row, 1));
    if (!pos_gtin_is_well_formed(gtin) || lot == NULL || strlen(lot) > POS_BOUND_LOT_BYTES) {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID,
                            _("The central service's list of stock cannot be read."));
        return false;
    }
    return store_run(store, sql, error, "ttiii", gtin, lot,
                     (int64_t)json_integer_value(json_array_get(row, 2)),
                     (int64_t)json_integer_value(json_array_get(row, 3)),
                     (int64_t)json_integer_value(json_array_get(row, 4)));
}

bool pos_store_stock_page(PosStore *store, const json_t *page, bool first, GError **error)
{
    const json_t *rows = json_object_get(page, "rows");
    if (!pos_store_begin(store, error)) {
        return false;
    }
    bool fine = !first || store_run(store, clear_levels, error, "");
    for (gsize i = 0; i < json_array_size(rows) && fine; i++) {
        fine = put_level(store, json_array_get(rows, i), error);
    }
    if (!fine) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}

bool pos_store_stock_level(PosStore *store, const char *gtin, const char *lot, int64_t *out_on_hand)
{
    static const char sql[] = "SELECT on_hand FROM stock_level WHERE gtin = ? AND lot = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "tt", gtin, lot);
    if (query == NULL || store_next(store, query, &error) != 1) {
        return false;
    }
    *out_on_hand = sqlite3_column_int64(query, 0);
    return true;
}

/* --- inventory --------------------------------------------------------------------------------------------- */

void pos_inventory_row_free(PosInventoryRow *row)
{
    if (row == NULL) {
        return;
    }
    g_free(row->gtin);
    g_free(row->lot);
    g_free(row->name);
    g_free(row->category);
    g_free(row->place);
    g_free(row);
}

/* The next row to be written: of one lot, or of a product without any. */
typedef struct {
    PosStore *store;
    PosDate today;
    int64_t now_ms;
    PosFreshnessLimits limits;
    const char *language;
    GHashTable *recalls; /* keys */
    char gtin[15];       /* of the product in hand … */
    PosProduct *product;
    int64_t unit_cost;
    PosPrice *price;
} Making;

static int64_t price_now(const Making *making, const char *lot)
{
    g_autofree char *key = g_strconcat(making->gtin, "/", lot, NULL);
    int64_t version = 0;
    g_autoptr(json_t) value =
        *lot == '\0' ? NULL : store_feed_value(making->store, "price", key, &version);
    g_autoptr(PosPrice) own = value == NULL ? NULL : pos_price_from_json(key, version, value, NULL);
    const PosPrice *price = own != NULL ? own : making->price;
    return price == NULL ? -1 : pos_price_in_force(price, making->now_ms).minor;
}

static bool take_product(Making *making, const char *gtin)
{
    if (strcmp(gtin, making->gtin) == 0) {
        return making->product != NULL;
    }
    g_strlcpy(making->gtin, gtin, sizeof making->gtin);
    g_clear_pointer(&making->product, pos_product_free);
    g_clear_pointer(&making->price, pos_price_free);
    making->product = pos_store_product(making->store, gtin);
    making->price = pos_store_price(making->store, gtin, NULL);
    g_autoptr(json_t) value = store_feed_value(making->store, "product", gtin, NULL);
    making->unit_cost = MAX(json_integer_value(json_object_get(value, "unit_cost")), 0);
    return making->product != NULL;
}

static bool insert_row(Making *making, const char *lot, const json_t *lot_value, int64_t on_hand,
                       int64_t delivered, int64_t sold, GError **error)
{
    static const char sql[] =
        "INSERT INTO inventory (gtin, lot, name, folded, category, unit, on_hand, cover, "
        "sell_through, last_day, colour, value, price, place) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const PosProduct *product = making->product;
    g_autofree char *key = g_strconcat(making->gtin, "/", lot, NULL);
    g_autoptr(PosLot) read =
        lot_value == NULL ? NULL : pos_lot_from_json(making->gtin, lot, lot_value, NULL);
    bool recalled = g_hash_table_contains(making->recalls, making->gtin) ||
                    g_hash_table_contains(making->recalls, key);
    PosFreshnessFacts facts = {read, product->storage, recalled, making->today, making->limits};
    PosFreshness fresh = pos_freshness_of(&facts);
    PosDate last = read == NULL ? (PosDate){0} : pos_lot_last_day(read);
    int64_t cost = json_integer_value(json_object_get(lot_value, "unit_cost"));
    const char *place = json_string_value(json_object_get(lot_value, "place"));
    g_autofree char *words = g_strjoin("\n", product->names.ko, product->names.en,
                                       product->names.zh, lot, making->gtin, product->plu, NULL);
    g_autofree char *folded = store_fold(words);
    bool by_weight = product->unit == POS_UNIT_G;
    return store_run(making->store, sql, error, "ttttttiiiiiiit", making->gtin, lot,
                     pos_names_in(&product->names, making->language), folded, product->category,
                     pos_unit_code(product->unit), on_hand,
                     pos_stock_cover_tenths(on_hand, sold, SOLD_DAYS),
                     (int64_t)pos_stock_sell_through_bp(delivered, delivered - on_hand),
                     (int64_t)(last.days == 0 ? NO_DAY : last.days), (int64_t)fresh.colour,
                     pos_stock_value(on_hand, cost > 0 ? cost : making->unit_cost, by_weight),
                     price_now(making, lot), place == NULL ? "" : place);
}

/* Every lot that the feed or the stock knows, and every product without one. */
static bool insert_rows(Making *making, GError **error)
{
    static const char sql[] =
        "SELECT gtin, lot, (SELECT value FROM feed WHERE kind = 'lot' AND key = gtin || '/' || "
        "lot), "
        "coalesce(on_hand, 0), coalesce(delivered, 0), coalesce(sold, 0) FROM ("
        "SELECT l.gtin AS gtin, l.lot AS lot, s.on_hand, s.delivered, s.sold FROM lot AS l "
        "LEFT JOIN stock_level AS s ON s.gtin = l.gtin AND s.lot = l.lot "
        "UNION ALL SELECT s.gtin, s.lot, s.on_hand, s.delivered, s.sold FROM stock_level AS s "
        "WHERE NOT EXISTS (SELECT 1 FROM feed WHERE kind = 'lot' AND value IS NOT NULL "
        "AND key = s.gtin || '/' || s.lot) "
        "UNION ALL SELECT p.gtin, '', 0, 0, 0 FROM product AS p WHERE NOT EXISTS "
        "(SELECT 1 FROM lot AS l WHERE l.gtin = p.gtin) AND NOT EXISTS "
        "(SELECT 1 FROM stock_level AS s WHERE s.gtin = p.gtin)) ORDER BY gtin, lot";
    g_autoptr(StoreQuery) query = store_query(making->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(making->store, query, error)) == 1) {
        const char *text = (const char *)sqlite3_column_text(query, 2);
        g_autoptr(json_t) value = text == NULL ? NULL : json_loads(text, 0, NULL);
        if (take_product(making, store_text(query, 0)) &&
            !insert_row(making, store_text(query, 1), value, sqlite3_column_int64(query, 3),
                        sqlite3_column_int64(query, 4), sqlite3_column_int64(query, 5), error)) {
            return false;
        }
    }
    return found == 0;
}

static GHashTable *recalled_keys(PosStore *store)
{
    static const char sql[] = "SELECT key FROM feed WHERE kind = 'recall' AND value IS NOT NULL";
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "");
    while (query != NULL && store_next(store, query, &error) == 1) {
        g_hash_table_add(keys, g_strdup(store_text(query, 0)));
    }
    return keys;
}

bool pos_store_inventory_rebuild(PosStore *store, const char *language, PosDate today,
                                 int64_t now_ms, GError **error)
{
    g_auto(PosStoreSettings) settings = {0};
    if (!pos_store_settings(store, &settings, error) || !pos_store_begin(store, error)) {
        return false;
    }
    g_autoptr(GHashTable) recalls = recalled_keys(store);
    Making making = {.store = store,
                     .today = today,
                     .now_ms = now_ms,
                     .limits = settings.freshness,
                     .language = language != NULL ? language : settings.language,
                     .recalls = recalls};
    bool fine = store_run(store, clear_inventory, error, "") && insert_rows(&making, error);
    pos_product_free(making.product);
    pos_price_free(making.price);
    if (!fine) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}

/* Only words of this table get into the statement; what people typed is bound. */
GArray *pos_store_inventory_find(PosStore *store, const PosInventoryQuery *query, GError **error)
{
    static const char *const columns[POS_INVENTORY_ORDERS] = {
        "name",         "lot",      "category", "on_hand", "cover",
        "sell_through", "last_day", "colour",   "value",   "price"};
    store_check(store);
    g_autofree char *folded = store_fold(query->text == NULL ? "" : query->text);
    g_autofree char *sql = g_strdup_printf(
        "SELECT id FROM inventory WHERE (?1 = '' OR instr(folded, ?1) > 0) AND (?2 = '' OR "
        "category "
        "= ?2) AND (?3 < 0 OR colour = ?3) AND (?4 = 0 OR on_hand <> 0) ORDER BY %s %s, last_day, "
        "id",
        columns[query->order], query->descending ? "DESC" : "ASC");
    sqlite3_stmt *statement = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        store_fail(store, error);
        return NULL;
    }
    sqlite3_bind_text(statement, 1, folded, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, query->category == NULL ? "" : query->category, -1,
                      SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, query->colour);
    sqlite3_bind_int(statement, 4, query->in_stock);
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(statement, 0);
        g_array_append_val(ids, id);
    }
    if (code != SQLITE_DONE) {
        store_fail(store, error);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? g_steal_pointer(&ids) : NULL;
}

PosInventoryRow *pos_store_inventory_row(PosStore *store, int64_t id)
{
    static const char sql[] = "SELECT gtin, lot, name, category, place, unit, on_hand, cover, "
                              "sell_through, last_day, colour, value, price FROM inventory "
                              "WHERE id = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "i", id);
    if (query == NULL || store_next(store, query, &error) != 1) {
        return NULL;
    }
    PosInventoryRow *row = g_new0(PosInventoryRow, 1);
    int64_t last = sqlite3_column_int64(query, 9);
    row->id = id;
    row->gtin = g_strdup(store_text(query, 0));
    row->lot = g_strdup(store_text(query, 1));
    row->name = g_strdup(store_text(query, 2));
    row->category = g_strdup(store_text(query, 3));
    row->place = g_strdup(store_text(query, 4));
    row->by_weight = strcmp(store_text(query, 5), "g") == 0;
    row->on_hand = sqlite3_column_int64(query, 6);
    row->cover_tenths = sqlite3_column_int64(query, 7);
    row->sell_through_bp = sqlite3_column_int(query, 8);
    row->last_day.days = last == NO_DAY ? 0 : (int32_t)last;
    row->colour = sqlite3_column_int(query, 10);
    row->value = sqlite3_column_int64(query, 11);
    row->price = sqlite3_column_int64(query, 12);
    return row;
}

/* --- drafts of prices ------------------------------------------------------------------------------------------ */

bool pos_store_draft_put(PosStore *store, const char *batch, const char *gtin, const char *lot,
                         int64_t price, int64_t list_price, GError **error)
{
    static const char put[] = "INSERT OR REPLACE INTO price_draft (batch, gtin, lot, price, "
                              "list_price) VALUES (?, ?, ?, ?, ?)";
    static const char drop[] = "DELETE FROM price_draft WHERE batch = ? AND gtin = ? AND lot = ?";
    return price < 0 ? store_run(store, drop, error, "ttt", batch, gtin, lot)
                     : store_run(store, put, error, "tttii", batch, gtin, lot, price, list_price);
}

json_t *pos_store_draft(PosStore *store, const char *batch, GError **error)
{
    static const char sql[] = "SELECT gtin, lot, price, list_price FROM price_draft "
                              "WHERE batch = ? ORDER BY gtin, lot";
    g_autoptr(json_t) items = json_array();
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "t", batch);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        json_t *item = json_pack("{s:s, s:I}", "gtin", store_text(query, 0), "price",
                                 (json_int_t)sqlite3_column_int64(query, 2));
        if (*store_text(query, 1) != '\0') {
            json_object_set_new(item, "lot", json_string(store_text(query, 1)));
        }
        if (sqlite3_column_int64(query, 3) >= 0) {
            json_object_set_new(item, "list_price", json_integer(sqlite3_column_int64(query, 3)));
        }
        json_array_append_new(items, item);
    }
    return found == 0 ? g_steal_pointer(&items) : NULL;
}

json_t *pos_store_drafts(PosStore *store, GError **error)
{
    static const char sql[] =
        "SELECT batch, count(*) FROM price_draft GROUP BY batch ORDER BY batch";
    g_autoptr(json_t) list = json_array();
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        json_array_append_new(list, json_pack("{s:s, s:I}", "batch", store_text(query, 0), "items",
                                              (json_int_t)sqlite3_column_int64(query, 1)));
    }
    return found == 0 ? g_steal_pointer(&list) : NULL;
}

bool pos_store_draft_drop(PosStore *store, const char *batch, GError **error)
{
    static const char sql[] = "DELETE FROM price_draft WHERE batch = ?";
    return store_run(store, sql, error, "t", batch);
}

/* --- the applied feed -------------------------------------------------------------------------------------------- */

json_t *pos_store_feed_kind(PosStore *store, const char *kind, gsize max, GError **error)
{
    static const char sql[] = "SELECT key, value FROM feed WHERE kind = ? AND value IS NOT NULL "
                              "ORDER BY key LIMIT ?";
    g_autoptr(json_t) items = json_object();
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ti", kind, (int64_t)max);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        json_t *value = json_loads(store_text(query, 1), 0, NULL);
        if (value != NULL) {
            json_object_set_new(items, store_text(query, 0), value);
        }
    }
    return found == 0 ? g_steal_pointer(&items) : NULL;
}

json_t *pos_store_feed_item(PosStore *store, const char *kind, const char *key)
{
    return store_feed_value(store, kind, key, NULL);
}
