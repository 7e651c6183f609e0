/* SPDX-License-Identifier: GPL-3.0-or-later
 * Suppliers, EPCIS events, what they name, and captures. Every row of epcis_item follows from an event, so a lookup by
 * lot or pallet is one index range. */
#include "sync/central_store_epcis.h"

#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES_MAX 256

void central_supplier_free(CentralSupplier *supplier)
{
    if (supplier != NULL) {
        g_free(supplier->id);
        g_free(supplier->name);
        g_free(supplier);
    }
}

static PosHash hash_of(const char *token)
{
    PosHash hash;
    crypto_hash_sha256(hash.bytes, (const unsigned char *)token, strlen(token));
    return hash;
}

/* --- suppliers -------------------------------------------------------------------------------- */

bool central_store_supplier_set(CentralStore *store, const char *id, const char *name,
                                const char *token, int64_t now_ms, GError **error)
{
    static const char UPDATE[] = "UPDATE epcis_supplier SET token_hash = ?, revoked_ms = 0, "
                                 "name = COALESCE(?, name) WHERE supplier = ?";
    static const char INSERT[] =
        "INSERT INTO epcis_supplier (supplier, name, token_hash, created_ms, revoked_ms) "
        "VALUES (?, ?, ?, ?, 0)";
    PosHash hash = hash_of(token);
    CentralScope scope = {0};
    g_assert(*token != '\0');
    while (central_store_scope(store, &scope, error)) {
        int changed = 0;
        scope.ok = central_sql_run(store, &changed, error, UPDATE, "htt", &hash, name, id) &&
                   (changed > 0 || central_sql_run(store, NULL, error, INSERT, "tthi", id,
                                                   name != NULL ? name : id, &hash, now_ms));
    }
    return scope.ok;
}

bool central_store_supplier_revoke(CentralStore *store, const char *id, int64_t now_ms,
                                   GError **error)
{
    static const char SQL[] = "UPDATE epcis_supplier SET revoked_ms = ? WHERE supplier = ?";
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        int changed = 0;
        scope.ok = central_sql_run(store, &changed, error, SQL, "it", now_ms, id);
        if (scope.ok && changed == 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no supplier “%s”."), id);
            scope.ok = false;
        }
    }
    return scope.ok;
}

#define SUPPLIER_COLUMNS "supplier, name, created_ms, revoked_ms"

static CentralSupplier *read_supplier(CentralQuery *query)
{
    CentralSupplier *supplier = g_new0(CentralSupplier, 1);
    supplier->id = central_sql_text(query, 0);
    supplier->name = central_sql_text(query, 1);
    supplier->created_ms = central_sql_column_int(query, 2);
    supplier->revoked = central_sql_column_int(query, 3) != 0;
    return supplier;
}

CentralSupplier *central_store_supplier_by_token(CentralStore *store, const char *token,
                                                 GError **error)
{
    static const char SQL[] =
        "SELECT " SUPPLIER_COLUMNS " FROM epcis_supplier WHERE token_hash = ? AND revoked_ms = 0";
    PosHash hash = hash_of(token);
    if (*token == '\0' || strlen(token) > TOKEN_BYTES_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no such token."));
        return NULL;
    }
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "h", &hash);
    int found = query == NULL ? CENTRAL_SQL_ERROR : central_sql_step(query, error);
    if (found == CENTRAL_SQL_DONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no such token."));
    }
    return found == CENTRAL_SQL_ROW ? read_supplier(query) : NULL;
}

GPtrArray *central_store_suppliers(CentralStore *store, GError **error)
{
    static const char SQL[] = "SELECT " SUPPLIER_COLUMNS " FROM epcis_supplier ORDER BY supplier";
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_supplier_free);
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "");
    int found = CENTRAL_SQL_ERROR;
    while (query != NULL && (found = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_ptr_array_add(list, read_supplier(query));
    }
    return found == CENTRAL_SQL_DONE ? g_steal_pointer(&list) : NULL;
}

/* --- events ----------------------------------------------------------------------------------- */

/* The text that is kept: sorted, without the time at which someone else recorded it. */
static char *text_of(const json_t *event, bool with_declaration)
{
    g_autoptr(json_t) copy = json_copy((json_t *)event);
    json_object_del(copy, "recordTime");
    if (!with_declaration) {
        json_object_del(copy, "errorDeclaration");
    }
    return json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
}

static bool add_items(CentralStore *store, const PosEpcisEvent *event, GError **error)
{
    static const char INSERT[] =
        "INSERT INTO epcis_item (item, event_ms, event_id) VALUES (?, ?, ?)";
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *item = g_ptr_array_index(event->items, i);
        if (g_hash_table_add(seen, item->id) &&
            !central_sql_run(store, NULL, error, INSERT, "tit", item->id, event->event_ms,
                             event->event_id)) {
            return false;
        }
    }
    return true;
}

/* What is stored under an event's id: its supplier and text, owned; NULL when there is none. */
static bool find_event(CentralStore *store, const char *event_id, char **out_supplier,
                       char **out_text, bool *out_withdrawn, GError **error)
{
    static const char FIND[] =
        "SELECT supplier, event, withdrawn FROM epcis_record WHERE event_id = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, error, FIND, "t", event_id);
    int found = query == NULL ? CENTRAL_SQL_ERROR : central_sql_step(query, error);
    if (found == CENTRAL_SQL_ROW) {
        *out_supplier = central_sql_text(query, 0);
        *out_text = central_sql_text(query, 1);
        *out_withdrawn = central_sql_column_int(query, 2) != 0;
    }
    return found == CENTRAL_SQL_ROW || found == CENTRAL_SQL_DONE;
}

/* Whether the stored text is this event, an error declaration apart. */
static bool is_same(const char *stored, const char *bare)
{
    g_autoptr(json_t) json = json_loads(stored, 0, NULL);
    g_autofree char *stored_bare = json == NULL ? NULL : text_of(json, false);
    return g_strcmp0(stored_bare, bare) == 0;
}

static bool add_event(CentralStore *store, const char *supplier, const PosEpcisEvent *event,
                      int64_t now_ms, CentralEpcisOutcome *out, GError **error)
{
    static const char INSERT[] =
        "INSERT INTO epcis_record (event_id, supplier, event_ms, record_ms, withdrawn, event) "
        "VALUES (?, ?, ?, ?, ?, ?)";
    static const char WITHDRAW[] =
        "UPDATE epcis_record SET withdrawn = 1, event = ? WHERE event_id = ?";
    g_autofree char *owner = NULL, *stored = NULL;
    g_autofree char *text = text_of(event->json, true), *bare = text_of(event->json, false);
    bool withdrawn = false;
    if (!find_event(store, event->event_id, &owner, &stored, &withdrawn, error)) {
        return false;
    }
    if (stored == NULL) {
        *out = event->declared_error ? CENTRAL_EPCIS_WITHDRAWN : CENTRAL_EPCIS_NEW;
        return central_sql_run(store, NULL, error, INSERT, "ttiiit", event->event_id, supplier,
                               event->event_ms, now_ms, (int64_t)event->declared_error, text) &&
               add_items(store, event, error);
    }
    if (strcmp(owner, supplier) != 0 || !is_same(stored, bare)) {
        *out = CENTRAL_EPCIS_CONFLICT;
        return true;
    }
    bool now_withdrawn = event->declared_error && !withdrawn;
    *out = now_withdrawn ? CENTRAL_EPCIS_WITHDRAWN : CENTRAL_EPCIS_SAME;
    return !now_withdrawn ||
           central_sql_run(store, NULL, error, WITHDRAW, "tt", text, event->event_id);
}

bool central_store_epcis_add(CentralStore *store, const char *supplier, const PosEpcisEvent *event,
                             int64_t now_ms, CentralEpcisOutcome *out, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = add_event(store, supplier, event, now_ms, out, error);
    }
    return scope.ok;
}

GPtrArray *central_store_epcis_of_item(CentralStore *store, const char *item, gsize max,
                                       GError **error)
{
    static const char SQL[] =
        "SELECT r.event FROM epcis_item i JOIN epcis_record r ON r.event_id = i.event_id "
        "WHERE i.item = ? AND r.withdrawn = 0 ORDER BY i.event_ms, i.event_id LIMIT ?";
    g_autoptr(GPtrArray) events =
        g_ptr_array_new_with_free_func((GDestroyNotify)pos_epcis_event_free);
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "ti", item, (int64_t)max);
    int found = CENTRAL_SQL_ERROR;
    while (query != NULL && (found = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_autofree char *text = central_sql_text(query, 0);
        g_autoptr(json_t) json = json_loads(text, 0, NULL);
        PosEpcisEvent *event = pos_epcis_event_read(json, NULL);
        if (event != NULL) {
            g_ptr_array_add(events, event);
        }
    }
    return found == CENTRAL_SQL_DONE ? g_steal_pointer(&events) : NULL;
}

#define ROW_COLUMNS "r.event_id, r.event_ms, r.record_ms, r.event"

bool central_store_epcis_walk(CentralStore *store, const char *supplier, const char *item,
                              int64_t after_ms, const char *after_id, gsize max,
                              bool (*each)(const CentralEpcisRow *row, void *user), void *user,
                              bool *out_more, GError **error)
{
    static const char ALL[] = "SELECT " ROW_COLUMNS " FROM epcis_record r WHERE r.supplier = ? AND "
                              "(r.event_ms > ? OR (r.event_ms = ? AND r.event_id > ?)) "
                              "ORDER BY r.event_ms, r.event_id LIMIT ?";
    static const char OF_ITEM[] =
        "SELECT " ROW_COLUMNS " FROM epcis_item i JOIN epcis_record r ON r.event_id = i.event_id "
        "WHERE i.item = ? AND r.supplier = ? AND "
        "(i.event_ms > ? OR (i.event_ms = ? AND i.event_id > ?)) "
        "ORDER BY i.event_ms, i.event_id LIMIT ?";
    g_autoptr(CentralQuery) query =
        item == NULL ? central_sql_query(store, error, ALL, "tiiti", supplier, after_ms, after_ms,
                                         after_id, (int64_t)max)
                     : central_sql_query(store, error, OF_ITEM, "ttiiti", item, supplier, after_ms,
                                         after_ms, after_id, (int64_t)max);
    int found = CENTRAL_SQL_ERROR;
    gsize count = 0;
    *out_more = false;
    while (query != NULL && (found = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_autofree char *id = central_sql_text(query, 0);
        g_autofree char *text = central_sql_text(query, 3);
        CentralEpcisRow row = {id, central_sql_column_int(query, 1),
                               central_sql_column_int(query, 2), text};
        count++;
        if (!each(&row, user)) {
            *out_more = true;
            return true;
        }
    }
    *out_more = count == max;
    return found == CENTRAL_SQL_DONE;
}

/* --- captures --------------------------------------------------------------------------------- */

bool central_store_capture_add(CentralStore *store, const char *capture, const char *supplier,
                               int64_t now_ms, const json_t *result, GError **error)
{
    static const char OLD[] = "DELETE FROM epcis_capture WHERE supplier = ? AND at_ms < ?";
    static const char INSERT[] =
        "INSERT INTO epcis_capture (capture, supplier, at_ms, result) VALUES (?, ?, ?, ?)";
    g_autofree char *text = json_dumps(result, JSON_COMPACT | JSON_SORT_KEYS);
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok =
            central_sql_run(store, NULL, error, OLD, "ti", supplier,
                            now_ms - CENTRAL_CAPTURES_KEPT_MS) &&
            central_sql_run(store, NULL, error, INSERT, "ttit", capture, supplier, now_ms, text);
    }
    return scope.ok;
}

json_t *central_store_capture_get(CentralStore *store, const char *supplier, const char *capture)
{
    static const char SQL[] = "SELECT result FROM epcis_capture WHERE capture = ? AND supplier = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, NULL, SQL, "tt", capture, supplier);
    if (query == NULL || central_sql_step(query, NULL) != CENTRAL_SQL_ROW) {
        return NULL;
    }
    g_autofree char *text = central_sql_text(query, 0);
    return json_loads(text, 0, NULL);
}
