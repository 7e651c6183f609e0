/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the feed says about goods beside product, lot and price: offers, department keys, the carrier bag; and what was
 * taught here for codes that the feed does not know. */
#include "pos/store_private.h"

#include <string.h>

#include "pos/bounds.h"

GPtrArray *pos_store_offers(PosStore *store)
{
    static const char sql[] =
        "SELECT key, value FROM feed WHERE kind = 'offer' AND value IS NOT NULL "
        "ORDER BY key LIMIT ?";
    GPtrArray *offers = g_ptr_array_new_with_free_func((GDestroyNotify)pos_offer_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "i", (int64_t)POS_BOUND_OFFERS);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, &error)) == 1) {
        g_autoptr(json_t) value = json_loads(store_text(query, 1), JSON_ALLOW_NUL, NULL);
        PosOffer *offer =
            value == NULL ? NULL : pos_offer_from_json(store_text(query, 0), value, NULL);
        if (offer != NULL) {
            g_ptr_array_add(offers, offer);
        }
    }
    if (found < 0) {
        store_log(store, error);
    }
    return offers;
}

/* --- departments ---------------------------------------------------------------------------------- */

void pos_department_free(PosDepartment *department)
{
    if (department == NULL) {
        return;
    }
    pos_names_clear(&department->names);
    g_free(department);
}

static PosDepartment *department_from_json(const json_t *value)
{
    static const char where[] = "departments";
    const char *id;
    int64_t tax_bp, most;
    g_autoptr(PosDepartment) department = g_new0(PosDepartment, 1);
    if (!pos_json_get_string(value, "id", sizeof department->id - 1, where, &id, NULL) ||
        id[0] == '\0' ||
        !pos_json_get_int_or(value, "tax_bp", 0, 100000, where, 0, &tax_bp, NULL) ||
        !pos_json_get_int_or(value, "max", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, 0, &most, NULL) ||
        !pos_names_from_json(value, "names", where, &department->names, NULL)) {
        return NULL;
    }
    g_strlcpy(department->id, id, sizeof department->id);
    department->tax_bp = (int)tax_bp;
    department->max_minor = most;
    return g_steal_pointer(&department);
}

GPtrArray *pos_store_departments(PosStore *store)
{
    GPtrArray *departments = g_ptr_array_new_with_free_func((GDestroyNotify)pos_department_free);
    g_autoptr(json_t) value = store_feed_value(store, "setting", "departments", NULL);
    const json_t *list = json_object_get(value, "list");
    for (gsize i = 0; i < MIN(json_array_size(list), POS_BOUND_DEPARTMENTS); i++) {
        PosDepartment *department = department_from_json(json_array_get(list, i));
        if (department != NULL) {
            g_ptr_array_add(departments, department);
        }
    }
    return departments;
}

PosDepartment *pos_store_department(PosStore *store, const char *id)
{
    g_autoptr(GPtrArray) departments = pos_store_departments(store);
    for (guint i = 0; i < departments->len; i++) {
        const PosDepartment *department = g_ptr_array_index(departments, i);
        if (g_strcmp0(department->id, id) == 0) {
            return g_ptr_array_steal_index(departments, i);
        }
    }
    return NULL;
}

PosProduct *pos_store_bag(PosStore *store)
{
    static const char sql[] = "SELECT gtin FROM product WHERE is_bag = 1 ORDER BY gtin LIMIT 1";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "");
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    return found == 1 ? pos_store_product(store, store_text(query, 0)) : NULL;
}

/* --- taught at this till ---------------------------------------------------------------------------- */

void pos_taught_free(PosTaught *taught)
{
    if (taught == NULL) {
        return;
    }
    g_free(taught->name);
    g_free(taught->department);
    g_free(taught);
}

bool store_taught_effects(PosStore *store, const json_t *record, GError **error)
{
    static const char sql[] =
        "INSERT INTO taught (code, name, department, price) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (code) DO UPDATE SET name = excluded.name, "
        "department = excluded.department, price = excluded.price";
    const char *code, *name, *department;
    int64_t price;
    if (g_strcmp0(json_string_value(json_object_get(record, "command")), "teach") != 0 ||
        !pos_json_get_string(record, "code", POS_BOUND_NOTE_BYTES, "teach", &code, NULL) ||
        !pos_json_get_string(record, "name", POS_BOUND_NAME_BYTES, "teach", &name, NULL) ||
        !pos_json_get_string(record, "department", 32, "teach", &department, NULL) ||
        !pos_json_get_int(record, "price", 0, POS_BOUND_AMOUNT_MINOR_MAX, "teach", &price, NULL)) {
        return true; /* another command, or not one of ours */
    }
    return store_run(store, sql, error, "ttti", code, name, department, price);
}

PosTaught *pos_store_taught(PosStore *store, const char *code)
{
    static const char sql[] = "SELECT name, department, price FROM taught WHERE code = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "t", code);
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    if (found != 1) {
        return NULL;
    }
    PosTaught *taught = g_new0(PosTaught, 1);
    taught->name = g_strdup(store_text(query, 0));
    taught->department = g_strdup(store_text(query, 1));
    taught->price_minor = sqlite3_column_int64(query, 2);
    return taught;
}
