/* SPDX-License-Identifier: GPL-3.0-or-later
 * The store's feed as applied: the raw last state of each key, and the version that it stands for,
 * changed together. What is looked up from it is pos/store_catalogue.c's, updated in the same
 * transaction. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

#define KIND_BYTES_MAX 32
#define KEY_BYTES_MAX 128

bool pos_store_feed_version(PosStore *store, int64_t *out_version, char **out_epoch, GError **error)
{
    static const char sql[] = "SELECT version, epoch FROM feed_state WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    *out_version = found == 1 ? sqlite3_column_int64(query, 0) : 0;
    if (out_epoch != NULL) {
        *out_epoch = g_strdup(found == 1 ? store_text(query, 1) : "");
    }
    return true;
}

/* --- apply ---------------------------------------------------------------------------------------
 */

/* What has gone wrong with items so far: the first by name, the others by number. */
typedef struct {
    char *first;
    gsize count;
} Faults;

static void add_fault(Faults *faults, char *fault)
{
    if (faults->count++ == 0) {
        faults->first = fault;
    } else {
        g_free(fault);
    }
}

static bool is_within_bounds(const PosFeedItem *item)
{
    return item->kind[0] != '\0' && strnlen(item->kind, KIND_BYTES_MAX + 1) <= KIND_BYTES_MAX &&
           item->key[0] != '\0' && strnlen(item->key, KEY_BYTES_MAX + 1) <= KEY_BYTES_MAX &&
           item->version >= 0 && g_utf8_validate(item->kind, -1, NULL) &&
           g_utf8_validate(item->key, -1, NULL);
}

/* Canonical where it can be; a value of a later kind may hold what canonical JSON has not. */
static char *value_text(const json_t *value)
{
    char *text = pos_json_canonical(value, NULL, NULL);
    if (text == NULL) {
        char *dumped = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        text = g_strdup(dumped);
        free(dumped);
    }
    return text;
}

static bool apply_item(PosStore *store, const PosFeedItem *item, Faults *faults, GError **error)
{
    /* A central that lags may repeat an older state of the same epoch: the newer stays. */
    static const char sql[] =
        "INSERT INTO feed (kind, key, version, value) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, value = excluded.value "
        "WHERE excluded.version >= feed.version";
    if (!is_within_bounds(item)) {
        add_fault(faults, g_strdup(_("an item's kind or key is too long or no text")));
        return true;
    }
    const json_t *value = item->value == NULL || json_is_null(item->value) ? NULL : item->value;
    g_autofree char *text = value == NULL ? NULL : value_text(value);
    if (text != NULL && strlen(text) > POS_BOUND_FEED_LINE_BYTES) {
        add_fault(faults, g_strdup_printf(_("%s %s is too large"), item->kind, item->key));
        return true;
    }
    int before = sqlite3_total_changes(store->db);
    if (!store_run(store, sql, error, "ttit", item->kind, item->key, item->version, text)) {
        return false;
    }
    if (sqlite3_total_changes(store->db) == before) {
        return true;
    }
    char *fault = NULL;
    bool fine =
        store_catalogue_put(store, item->kind, item->key, item->version, value, &fault, error);
    if (fault != NULL) {
        add_fault(faults, fault);
    }
    return fine;
}

static bool set_state(PosStore *store, int64_t version, const char *epoch, bool products_changed,
                      GError **error)
{
    static const char sql[] = "UPDATE feed_state SET version = ?, epoch = ?, "
                              "products_changed = products_changed + ? WHERE id = 1";
    return store_run(store, sql, error, "iti", version, epoch, (int64_t)products_changed);
}

static bool apply_within(PosStore *store, const PosFeedItem *items, gsize count, int64_t version,
                         const char *epoch, bool replace, Faults *faults, GError **error)
{
    static const char clear_sql[] = "DELETE FROM feed";
    int64_t present;
    g_autofree char *present_epoch = NULL;
    if (!pos_store_feed_version(store, &present, &present_epoch, error)) {
        return false;
    }
    bool same_epoch = strcmp(present_epoch, epoch) == 0;
    if (!replace && !same_epoch && present_epoch[0] != '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The feed is of another central than what is applied; it must be read from "
                      "the beginning."));
        return false;
    }
    bool products_changed = replace;
    if (replace &&
        (!store_run(store, clear_sql, error, "") || !store_catalogue_clear(store, error))) {
        return false;
    }
    for (gsize i = 0; i < count; i++) {
        products_changed |= strcmp(items[i].kind, "product") == 0;
        if (!apply_item(store, &items[i], faults, error)) {
            return false;
        }
    }
    int64_t applied = replace ? version : MAX(version, present);
    return set_state(store, applied, epoch, products_changed, error);
}

static char *note_of(Faults *faults)
{
    if (faults->count == 0) {
        return NULL;
    }
    return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%zu item of the feed is not usable: %s",
                                       "%zu items of the feed are not usable; the first: %s",
                                       faults->count),
                           faults->count, faults->first);
}

bool pos_store_feed_apply(PosStore *store, const PosFeedItem *items, gsize count, int64_t version,
                          const char *epoch, bool replace, char **out_note, GError **error)
{
    Faults faults = {0};
    if (!pos_store_begin(store, error)) {
        return false;
    }
    bool fine = apply_within(store, items, count, version, epoch, replace, &faults, error);
    if (!fine) {
        pos_store_rollback(store);
    }
    fine = fine && pos_store_commit(store, error);
    if (fine && out_note != NULL) {
        *out_note = note_of(&faults);
    }
    g_free(faults.first);
    return fine;
}

/* --- read ----------------------------------------------------------------------------------------
 */

/* A quoted JSON string of a kind or key. */
static char *quoted(const char *text)
{
    g_autoptr(json_t) value = json_string(text);
    return value == NULL ? g_strdup("\"\"") : pos_json_canonical(value, NULL, NULL);
}

GPtrArray *pos_store_feed_lines(PosStore *store, GError **error)
{
    static const char sql[] =
        "SELECT kind, key, version, value FROM feed ORDER BY version, kind, key";
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        g_autofree char *kind = quoted(store_text(query, 0));
        g_autofree char *key = quoted(store_text(query, 1));
        const char *value = (const char *)sqlite3_column_text(query, 3);
        /* The stored value is canonical and the keys stand in their order, so the line is
         * canonical. */
        g_ptr_array_add(
            lines,
            g_strdup_printf(
                "{\"key\":%s,\"kind\":%s,\"value\":%s,\"version\":%" G_GINT64_FORMAT "}", key, kind,
                value != NULL ? value : "null", (gint64)sqlite3_column_int64(query, 2)));
    }
    return found == 0 ? g_steal_pointer(&lines) : NULL;
}

json_t *store_feed_value(PosStore *store, const char *kind, const char *key, int64_t *out_version)
{
    static const char sql[] = "SELECT value, version FROM feed WHERE kind = ? AND key = ? "
                              "AND value IS NOT NULL";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "tt", kind, key);
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    if (found != 1) {
        return NULL;
    }
    if (out_version != NULL) {
        *out_version = sqlite3_column_int64(query, 1);
    }
    return json_loads(store_text(query, 0), JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
}
