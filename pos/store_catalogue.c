/* SPDX-License-Identifier: GPL-3.0-or-later
 * Typed reads of the applied feed, and the tables derived from it: products by GTIN and PLU, lots
 * in first-expired- first-out order. Values that are looked up by their whole key (prices, recalls,
 * operators) are parsed from the feed itself when they are asked for. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

#define NO_LAST_DAY INT32_MAX
#define OPERATORS_MAX 1000
#define CATEGORIES_MAX 200

/* --- keeping the derived tables ------------------------------------------------------------------
 */

/* Splits "GTIN/lot"; false unless both parts are well-formed. */
static bool split_key(const char *key, char out_gtin[15], const char **out_lot)
{
    if (strnlen(key, 15) < 15 || key[14] != '/') {
        return false;
    }
    memcpy(out_gtin, key, 14);
    out_gtin[14] = '\0';
    *out_lot = key + 15;
    return pos_gtin_is_well_formed(out_gtin) && pos_lot_number_is_well_formed(*out_lot);
}

static bool insert_product(PosStore *store, const PosProduct *product, GError **error)
{
    static const char sql[] =
        "INSERT INTO product (gtin, plu, name_ko, name_en, name_zh, category, unit, tax_bp, net_g, "
        "tare_g, storage, icon, folded, deposit, deposit_tax_bp, age_min, is_bag) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    g_autofree char *ko = store_fold(product->names.ko);
    g_autofree char *en = store_fold(product->names.en);
    g_autofree char *zh = store_fold(product->names.zh);
    g_autofree char *folded = g_strdup_printf("%s\n%s\n%s", ko, en, zh);
    return store_run(store, sql, error, "tttttttiiitttiiii", product->gtin, product->plu,
                     product->names.ko, product->names.en, product->names.zh, product->category,
                     pos_unit_code(product->unit), (int64_t)product->tax_bp, product->net_g,
                     product->tare_g, product->storage, product->icon, folded, product->deposit,
                     (int64_t)product->deposit_tax_bp, (int64_t)product->age_min,
                     (int64_t)product->is_bag);
}

static bool put_product(PosStore *store, const char *key, const json_t *value, GError **fault,
                        GError **error)
{
    static const char sql[] = "DELETE FROM product WHERE gtin = ?";
    if (!store_run(store, sql, error, "t", key)) {
        return false;
    }
    g_autoptr(PosProduct) product = value == NULL ? NULL : pos_product_from_json(key, value, fault);
    return product == NULL || insert_product(store, product, error);
}

static bool put_lot(PosStore *store, const char *key, const json_t *value, GError **fault,
                    GError **error)
{
    static const char delete_sql[] = "DELETE FROM lot WHERE gtin = ? AND lot = ?";
    static const char sql[] = "INSERT INTO lot (gtin, last_day, lot) VALUES (?, ?, ?)";
    char gtin[15] = "";
    const char *number = "";
    if (split_key(key, gtin, &number) && !store_run(store, delete_sql, error, "tt", gtin, number)) {
        return false;
    }
    g_autoptr(PosLot) lot = value == NULL ? NULL : pos_lot_from_json(gtin, number, value, fault);
    if (lot == NULL) {
        return true;
    }
    int32_t day = pos_lot_last_day(lot).days;
    return store_run(store, sql, error, "tit", gtin, (int64_t)(day == 0 ? NO_LAST_DAY : day),
                     number);
}

/* Kinds without a table of their own are only judged, so that whoever reads the note can mend them.
 */
static void judge(const char *kind, const char *key, int64_t version, const json_t *value,
                  GError **fault)
{
    if (strcmp(kind, "price") == 0) {
        pos_price_free(pos_price_from_json(key, version, value, fault));
    } else if (strcmp(kind, "offer") == 0) {
        pos_offer_free(pos_offer_from_json(key, value, fault));
    } else if (strcmp(kind, "operator") == 0) {
        pos_operator_free(pos_operator_from_json(key, value, fault));
    } else if (strcmp(kind, "recall") == 0 || strcmp(kind, "setting") == 0) {
        if (!json_is_object(value)) {
            g_set_error(fault, POS_ERROR, POS_ERROR_INVALID, _("%s %s: the value is no object"),
                        kind, key);
        }
    }
}

bool store_catalogue_put(PosStore *store, const char *kind, const char *key, int64_t version,
                         const json_t *value, char **out_fault, GError **error)
{
    g_autoptr(GError) fault = NULL;
    bool fine = true;
    if (strcmp(kind, "product") == 0) {
        fine = put_product(store, key, value, &fault, error);
    } else if (strcmp(kind, "lot") == 0) {
        fine = put_lot(store, key, value, &fault, error);
    } else if (value != NULL) {
        judge(kind, key, version, value, &fault);
    }
    if (fault != NULL) {
        *out_fault = g_strdup(fault->message);
    }
    return fine;
}

bool store_catalogue_clear(PosStore *store, GError **error)
{
    static const char products_sql[] = "DELETE FROM product";
    static const char lots_sql[] = "DELETE FROM lot";
    return store_run(store, products_sql, error, "") && store_run(store, lots_sql, error, "");
}

/* --- products ------------------------------------------------------------------------------------
 */

static PosProduct *product_of_row(StoreQuery *query)
{
    PosProduct *product = g_new0(PosProduct, 1);
    g_strlcpy(product->gtin, store_text(query, 0), sizeof product->gtin);
    product->plu = g_strdup(store_text(query, 1));
    product->names.ko = g_strdup(store_text(query, 2));
    product->names.en = g_strdup(store_text(query, 3));
    product->names.zh = g_strdup(store_text(query, 4));
    product->category = g_strdup(store_text(query, 5));
    product->unit = pos_unit_from_code(store_text(query, 6));
    product->tax_bp = sqlite3_column_int(query, 7);
    product->net_g = sqlite3_column_int64(query, 8);
    product->tare_g = sqlite3_column_int64(query, 9);
    product->storage = g_strdup(store_text(query, 10));
    product->icon = g_strdup(store_text(query, 11));
    product->deposit = sqlite3_column_int64(query, 12);
    product->deposit_tax_bp = sqlite3_column_int(query, 13);
    product->age_min = sqlite3_column_int(query, 14);
    product->is_bag = sqlite3_column_int(query, 15) != 0;
    return product;
}

static PosProduct *find_product(PosStore *store, const char *sql, const char *key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "t", key);
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    return found == 1 ? product_of_row(query) : NULL;
}

PosProduct *pos_store_product(PosStore *store, const char *gtin)
{
    static const char sql[] =
        "SELECT gtin, plu, name_ko, name_en, name_zh, category, unit, tax_bp, net_g, tare_g, "
        "storage, icon, deposit, deposit_tax_bp, age_min, is_bag FROM product WHERE gtin = ?";
    return find_product(store, sql, gtin);
}

PosProduct *pos_store_product_by_plu(PosStore *store, const char *plu)
{
    static const char sql[] =
        "SELECT gtin, plu, name_ko, name_en, name_zh, category, unit, tax_bp, net_g, tare_g, "
        "storage, icon, deposit, deposit_tax_bp, age_min, is_bag FROM product WHERE plu = ? AND "
        "plu <> '' ORDER BY gtin LIMIT 1";
    return find_product(store, sql, plu);
}

/* --- lots and prices -----------------------------------------------------------------------------
 */

PosLot *pos_store_lot(PosStore *store, const char *gtin, const char *lot)
{
    g_autofree char *key = g_strdup_printf("%s/%s", gtin, lot);
    g_autoptr(json_t) value = store_feed_value(store, "lot", key, NULL);
    return value == NULL ? NULL : pos_lot_from_json(gtin, lot, value, NULL);
}

GPtrArray *pos_store_lots(PosStore *store, const char *gtin)
{
    static const char sql[] =
        "SELECT lot.lot, feed.value FROM lot JOIN feed ON feed.kind = 'lot' AND "
        "feed.key = lot.gtin || '/' || lot.lot WHERE lot.gtin = ? AND feed.value IS NOT NULL "
        "ORDER BY lot.last_day, lot.lot LIMIT ?";
    GPtrArray *lots = g_ptr_array_new_with_free_func((GDestroyNotify)pos_lot_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store, sql, &error, "ti", gtin, (int64_t)POS_BOUND_LOTS_PER_PRODUCT);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, &error)) == 1) {
        g_autoptr(json_t) value = json_loads(store_text(query, 1), JSON_ALLOW_NUL, NULL);
        PosLot *lot =
            value == NULL ? NULL : pos_lot_from_json(gtin, store_text(query, 0), value, NULL);
        if (lot != NULL) {
            g_ptr_array_add(lots, lot);
        }
    }
    if (found < 0) {
        store_log(store, error);
    }
    return lots;
}

PosPrice *pos_store_price(PosStore *store, const char *gtin, const char *lot)
{
    g_autofree char *key =
        lot == NULL || lot[0] == '\0' ? g_strdup(gtin) : g_strdup_printf("%s/%s", gtin, lot);
    int64_t version;
    g_autoptr(json_t) value = store_feed_value(store, "price", key, &version);
    return value == NULL ? NULL : pos_price_from_json(key, version, value, NULL);
}

/* A recall whose value cannot be read still stops the sale: the shelf errs on the safe side. */
static bool recall_of(PosStore *store, const char *key, PosNames *out_reason)
{
    g_autoptr(json_t) value = store_feed_value(store, "recall", key, NULL);
    if (value == NULL) {
        return false;
    }
    if (out_reason != NULL && !pos_names_from_json(value, "reason", key, out_reason, NULL)) {
        *out_reason = (PosNames){g_strdup(""), g_strdup(""), g_strdup("")};
    }
    return true;
}

bool pos_store_is_recalled(PosStore *store, const char *gtin, const char *lot, PosNames *out_reason)
{
    if (recall_of(store, gtin, out_reason)) {
        return true;
    }
    if (lot == NULL || lot[0] == '\0') {
        return false;
    }
    g_autofree char *key = g_strdup_printf("%s/%s", gtin, lot);
    return recall_of(store, key, out_reason);
}

/* --- categories ----------------------------------------------------------------------------------
 */

void pos_category_free(PosCategory *category)
{
    if (category == NULL) {
        return;
    }
    pos_names_clear(&category->names);
    g_free(category->icon);
    g_free(category);
}

static PosCategory *category_from_json(const json_t *value)
{
    const char *id, *icon;
    g_auto(PosNames) names = {0};
    if (!pos_json_get_string(value, "id", 32, "categories", &id, NULL) || id[0] == '\0' ||
        !pos_json_get_string_or(value, "icon", 64, "categories", "", &icon, NULL) ||
        !pos_names_from_json(value, "names", "categories", &names, NULL)) {
        return NULL;
    }
    PosCategory *category = g_new0(PosCategory, 1);
    g_strlcpy(category->id, id, sizeof category->id);
    category->icon = g_strdup(icon);
    category->names = pos_names_copy(&names);
    return category;
}

GPtrArray *pos_store_categories(PosStore *store)
{
    GPtrArray *categories = g_ptr_array_new_with_free_func((GDestroyNotify)pos_category_free);
    g_autoptr(json_t) value = store_feed_value(store, "setting", "categories", NULL);
    const json_t *list = json_object_get(value, "list");
    for (gsize i = 0; i < MIN(json_array_size(list), CATEGORIES_MAX); i++) {
        PosCategory *category = category_from_json(json_array_get(list, i));
        if (category != NULL) {
            g_ptr_array_add(categories, category);
        }
    }
    return categories;
}

/* --- operators -----------------------------------------------------------------------------------
 */

void pos_operator_free(PosOperator *op)
{
    if (op == NULL) {
        return;
    }
    g_free(op->id);
    g_free(op->name);
    g_free(op->role);
    g_free(op->pin_hash);
    g_free(op->badge_hash);
    g_free(op);
}

PosOperator *pos_operator_from_json(const char *id, const json_t *value, GError **error)
{
    g_autofree char *where = g_strdup_printf("operator %s", id);
    const char *name, *role, *pin, *badge;
    if (!pos_json_get_string_or(value, "name", POS_BOUND_NAME_BYTES, where, id, &name, error) ||
        !pos_json_get_string(value, "role", 32, where, &role, error) ||
        !pos_json_get_string_or(value, "pin", 256, where, "", &pin, error) ||
        !pos_json_get_string_or(value, "badge", 128, where, "", &badge, error)) {
        return NULL;
    }
    PosOperator *op = g_new0(PosOperator, 1);
    op->id = g_strdup(id);
    op->name = g_strdup(name);
    op->role = g_strdup(role);
    op->pin_hash = g_strdup(pin);
    op->badge_hash = g_strdup(badge);
    return op;
}

PosOperator *pos_store_operator(PosStore *store, const char *id)
{
    g_autoptr(json_t) value = store_feed_value(store, "operator", id, NULL);
    return value == NULL ? NULL : pos_operator_from_json(id, value, NULL);
}

GPtrArray *pos_store_operators(PosStore *store)
{
    static const char sql[] = "SELECT key FROM feed WHERE kind = 'operator' AND value IS NOT NULL "
                              "ORDER BY key LIMIT ?";
    GPtrArray *operators = g_ptr_array_new_with_free_func((GDestroyNotify)pos_operator_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "i", (int64_t)OPERATORS_MAX);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, &error)) == 1) {
        PosOperator *op = pos_store_operator(store, store_text(query, 0));
        if (op != NULL) {
            g_ptr_array_add(operators, op);
        }
    }
    if (found < 0) {
        store_log(store, error);
    }
    return operators;
}

bool pos_operator_is_manager(const PosOperator *op)
{
    return op != NULL && g_strcmp0(op->role, "manager") == 0;
}

PosRole pos_store_role(PosStore *store, const char *role)
{
    g_autoptr(json_t) roles = store_feed_value(store, "setting", "roles", NULL);
    return pos_role_from_setting(roles, role);
}

GPtrArray *pos_store_tares(PosStore *store)
{
    g_autoptr(json_t) tares = store_feed_value(store, "setting", "tares", NULL);
    return pos_tares_from_setting(tares);
}
