/* SPDX-License-Identifier: GPL-3.0-or-later
 * The part of central's SQL layer that is the same for every engine: the cache of statements,
 * columns, what a transaction remembers, and running it again. */
#include "sync/central_sql.h"

#include "pos/error.h"
#include "sync/central_store_book.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>

#define INSERT_ROWS 20          /* of one statement of many rows */
#define AGAIN_MAX 40            /* runs of one transaction that met others */
#define AGAIN_FIRST_US 1000     /* the longest wait before the second run, doubled each time */
#define AGAIN_LONGEST_US 256000 /* the longest wait of all */

/* --- statements ------------------------------------------------------------------------------- */

static void finalize_query(gpointer data)
{
    CentralQuery *query = data;
    query->store->engine->finalize(query->statement);
    g_free(query);
}

CentralStore *central_sql_store_new(const CentralEngine *engine, const char *path,
                                    CentralStoreAccess access)
{
    CentralStore *store = g_new0(CentralStore, 1);
    store->engine = engine;
    store->owner = g_thread_self();
    store->path = g_strdup(path);
    store->writable = (access & CENTRAL_STORE_WRITE) != 0;
    store->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize_query);
    store->inserts = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize_query);
    store->absent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    store->bumped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    store->products = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    store->currencies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->cached_heads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->checked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    store->fences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->pending = central_pending_new();
    return store;
}

void central_store_close(CentralStore *store)
{
    if (!store) {
        return;
    }
    g_assert(g_thread_self() == store->owner);
    if (store->in_transaction) {
        central_store_rollback(store);
    }
    g_hash_table_unref(store->statements);
    g_hash_table_unref(store->inserts);
    store->engine->close(store);
    g_hash_table_unref(store->absent);
    g_hash_table_unref(store->bumped);
    g_hash_table_unref(store->held);
    g_hash_table_unref(store->products);
    g_hash_table_unref(store->currencies);
    g_hash_table_unref(store->cached_heads);
    g_hash_table_unref(store->checked);
    g_hash_table_unref(store->fences);
    central_pending_free(store->pending);
    g_free(store->path);
    g_free(store);
}

void central_store_adopt(CentralStore *store)
{
    store->owner = g_thread_self();
}

void central_sql_forget_statements(CentralStore *store)
{
    g_hash_table_remove_all(store->statements);
    g_hash_table_remove_all(store->inserts);
}

static CentralQuery *query_va(CentralStore *store, GError **error, const char *sql,
                              const char *format, va_list args)
{
    g_assert(g_thread_self() == store->owner);
    CentralQuery *query = g_hash_table_lookup(store->statements, sql);
    if (!query) {
        void *statement = store->engine->prepare(store, sql, false, error);
        if (!statement) {
            return NULL;
        }
        query = g_new0(CentralQuery, 1);
        *query = (CentralQuery){store, statement, true, false};
        g_hash_table_insert(store->statements, (gpointer)sql, query);
    }
    g_assert(!query->busy);
    query->busy = true;
    if (!store->engine->bind(store, query->statement, false, format, args, error)) {
        central_sql_release(query);
        return NULL;
    }
    return query;
}

CentralQuery *central_sql_query(CentralStore *store, GError **error, const char *sql,
                                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CentralQuery *query = query_va(store, error, sql, format, args);
    va_end(args);
    return query;
}

CentralQuery *central_sql_walk(CentralStore *store, GError **error, const char *sql,
                               const char *format, ...)
{
    g_assert(g_thread_self() == store->owner);
    void *statement = store->engine->prepare(store, sql, true, error);
    if (!statement) {
        return NULL;
    }
    CentralQuery *walk = g_new0(CentralQuery, 1);
    *walk = (CentralQuery){store, statement, false, true};
    va_list args;
    va_start(args, format);
    bool bound = store->engine->bind(store, statement, true, format, args, error);
    va_end(args);
    if (!bound) {
        g_clear_pointer(&walk, central_sql_release);
    }
    return walk;
}

void central_sql_release(CentralQuery *query)
{
    if (query && query->cached) {
        query->store->engine->reset(query->statement);
        query->busy = false;
    } else if (query) {
        finalize_query(query);
    }
}

int central_sql_step(CentralQuery *query, GError **error)
{
    return query->store->engine->step(query->store, query->statement, error);
}

bool central_sql_run(CentralStore *store, int *out_changed, GError **error, const char *sql,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autoptr(CentralQuery) query = query_va(store, error, sql, format, args);
    va_end(args);
    if (!query || central_sql_step(query, error) != CENTRAL_SQL_DONE) {
        return false;
    }
    if (out_changed) {
        *out_changed = store->engine->changes(store, query->statement);
    }
    return true;
}

bool central_sql_int(CentralStore *store, int64_t fallback, int64_t *out, GError **error,
                     const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autoptr(CentralQuery) query = query_va(store, error, sql, format, args);
    va_end(args);
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (code == CENTRAL_SQL_ERROR) {
        return false;
    }
    *out = code == CENTRAL_SQL_ROW ? central_sql_column_int(query, 0) : fallback;
    return true;
}

bool central_sql_execute(CentralStore *store, const char *sql, GError **error)
{
    g_assert(g_thread_self() == store->owner);
    return store->engine->execute(store, sql, error);
}

int64_t central_sql_column_int(CentralQuery *query, int column)
{
    return query->store->engine->column_int(query->statement, column);
}

const void *central_sql_column_blob(CentralQuery *query, int column, gsize *out_length)
{
    return query->store->engine->column_blob(query->statement, column, out_length);
}

const char *central_sql_column_text(CentralQuery *query, int column)
{
    return central_sql_column_blob(query, column, NULL);
}

bool central_sql_column_is_null(CentralQuery *query, int column)
{
    return central_sql_column_blob(query, column, NULL) == NULL;
}

char *central_sql_text(CentralQuery *query, int column)
{
    const char *text = central_sql_column_text(query, column);
    return g_strdup(text ? text : "");
}

PosHash central_sql_hash(CentralQuery *query, int column)
{
    PosHash hash = pos_hash_zero();
    gsize length = 0;
    const void *bytes = central_sql_column_blob(query, column, &length);
    if (bytes && length == sizeof hash.bytes) {
        memcpy(hash.bytes, bytes, sizeof hash.bytes);
    }
    return hash;
}

/* --- many rows -------------------------------------------------------------------------------- */

/* "INSERT … VALUES (?, ?), (?, ?)", kept by its text's address for INSERT_ROWS and for one row. */
static CentralQuery *insert_query(CentralStore *store, GHashTable *kept, const char *insert,
                                  gsize columns, gsize rows, GError **error)
{
    CentralQuery *query = g_hash_table_lookup(kept, insert);
    if (query) {
        return query;
    }
    g_autoptr(GString) sql = g_string_new(insert);
    for (gsize row = 0; row < rows; row++) {
        for (gsize column = 0; column < columns; column++) {
            g_string_append(sql, column ? ", ?" : row ? ", (?" : "(?");
        }
        g_string_append_c(sql, ')');
    }
    void *statement = store->engine->prepare(store, sql->str, false, error);
    if (!statement) {
        return NULL;
    }
    query = g_new0(CentralQuery, 1);
    *query = (CentralQuery){store, statement, true, false};
    g_hash_table_insert(kept, (gpointer)insert, query);
    return query;
}

bool central_sql_insert(CentralStore *store, GError **error, const char *insert, const char *format,
                        const CentralValue *values, gsize rows)
{
    gsize columns = strlen(format);
    g_assert(g_thread_self() == store->owner);
    while (rows > 0) {
        gsize count = rows >= INSERT_ROWS ? INSERT_ROWS : 1;
        g_autoptr(CentralQuery) query = insert_query(
            store, count > 1 ? store->inserts : store->statements, insert, columns, count, error);
        if (!query ||
            !store->engine->bind_values(store, query->statement, format, values, count, error) ||
            central_sql_step(query, error) != CENTRAL_SQL_DONE) {
            return false;
        }
        values += columns * count;
        rows -= count;
    }
    return true;
}

char *central_sql_clip(const char *text, glong characters)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return g_utf8_strlen(valid, -1) <= characters ? g_steal_pointer(&valid)
                                                  : g_utf8_substring(valid, 0, characters);
}

/* --- transactions ----------------------------------------------------------------------------- */

static void forget_transaction(CentralStore *store)
{
    g_hash_table_remove_all(store->bumped);
    g_hash_table_remove_all(store->held);
    g_hash_table_remove_all(store->checked);
    g_hash_table_remove_all(store->absent);
}

static void forget_caches(CentralStore *store)
{
    g_hash_table_remove_all(store->products);
    g_hash_table_remove_all(store->currencies);
    g_hash_table_remove_all(store->cached_heads);
}

/* asked: whether an earlier run's commit has happened after all is to be found out; then *out_done
 * says so and nothing is open. */
static bool begin(CentralStore *store, bool asked, bool *out_done, GError **error)
{
    g_assert(!store->in_transaction);
    *out_done = asked;
    store->fault = CENTRAL_SQL_FINE;
    if (!store->engine->begin(store, out_done, error)) {
        return false;
    }
    store->in_transaction = !*out_done;
    forget_transaction(store);
    return true;
}

bool central_store_begin(CentralStore *store, GError **error)
{
    bool done = false;
    return begin(store, false, &done, error);
}

bool central_store_commit(CentralStore *store, GError **error)
{
    g_assert(store->in_transaction);
    g_assert(!store->in_part);
    if (!central_pending_flush(store, error) || !store->engine->commit(store, error)) {
        central_store_rollback(store);
        return false;
    }
    store->in_transaction = false;
    return true;
}

void central_store_rollback(CentralStore *store)
{
    g_assert(store->in_transaction);
    store->engine->rollback(store);
    store->in_transaction = false;
    store->in_part = false;
    central_pending_drop(store);
    forget_transaction(store);
    forget_caches(store);
}

bool central_store_in_transaction(CentralStore *store)
{
    return store->in_transaction;
}

bool central_store_part_begin(CentralStore *store, GError **error)
{
    g_assert(store->in_transaction);
    g_assert(!store->in_part);
    /* What a part gathers is its own, so that undoing it takes nothing else along. */
    if (!central_pending_flush_tickets(store, error) || !store->engine->part_begin(store, error)) {
        return false;
    }
    store->in_part = true;
    g_hash_table_remove_all(store->bumped);
    return true;
}

void central_store_part_end(CentralStore *store, bool undo)
{
    g_assert(store->in_part);
    store->engine->part_end(store, undo);
    if (undo) {
        forget_transaction(store);
        forget_caches(store);
    }
    store->in_part = false;
    central_pending_end_part(store, undo);
}

/* Whether the transaction that has just been given up is worth another run, after a wait. */
static bool run_again(CentralStore *store, CentralScope *scope, GError **error)
{
    if (store->fault == CENTRAL_SQL_FINE || !store->engine->is_shared || scope->runs > AGAIN_MAX) {
        return false;
    }
    g_clear_error(error);
    int64_t longest_us = MIN(AGAIN_FIRST_US << MIN(scope->runs, 16), AGAIN_LONGEST_US);
    g_usleep(1 + randombytes_uniform((uint32_t)longest_us));
    return true;
}

/* Ends a run; true when there is to be another. */
static bool end_run(CentralStore *store, CentralScope *scope, GError **error)
{
    if (scope->ok && store->fault == CENTRAL_SQL_FINE) {
        scope->ok = central_store_commit(store, error);
        /* Once in doubt, always: an answer that was lost may still come true. */
        scope->committing |= !scope->ok && store->fault == CENTRAL_SQL_LOST;
    } else {
        scope->ok = false;
        central_store_rollback(store);
    }
    return !scope->ok && run_again(store, scope, error);
}

bool central_store_scope(CentralStore *store, CentralScope *scope, GError **error)
{
    if (scope->runs == 0) {
        scope->joins = store->in_transaction;
        scope->runs = 1;
        scope->ok = false;
        if (scope->joins) {
            return true;
        }
    } else if (scope->joins || !end_run(store, scope, error)) {
        return false;
    } else {
        scope->runs++;
    }
    bool done = false;
    while (!begin(store, scope->committing, &done, error)) {
        if (!run_again(store, scope, error)) {
            return false;
        }
        scope->runs++;
    }
    scope->ok = done;
    return !done;
}

/* --- what is not there ------------------------------------------------------------------------ */

bool central_sql_is_absent(CentralStore *store, const char *what, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s/%s", what, key);
    return store->in_transaction && g_hash_table_contains(store->absent, name);
}

void central_sql_set_absent(CentralStore *store, const char *what, const char *key, bool absent)
{
    char *name = g_strdup_printf("%s/%s", what, key);
    if (absent && store->in_transaction) {
        g_hash_table_add(store->absent, name);
    } else {
        g_hash_table_remove(store->absent, name);
        g_free(name);
    }
}

/* --- holding a store -------------------------------------------------------------------------- */

/* True when it was not held before in this transaction, and is to be taken. */
static bool is_new_hold(CentralStore *store, const char *what, const char *store_id)
{
    g_assert(store->in_transaction);
    return store->engine->is_shared && store->writable &&
           g_hash_table_add(store->held, g_strdup_printf("%s/%s", what, store_id));
}

bool central_sql_hold_bookings(CentralStore *store, const char *store_id, GError **error)
{
    /* A write and not only a lock: the nodes of a cluster see each other's writes alone. */
    static const char SQL[] = "UPDATE store SET bookings = bookings + 1 WHERE store = ?";
    return !is_new_hold(store, "bookings", store_id) ||
           central_sql_run(store, NULL, error, SQL, "t", store_id);
}

bool central_store_hold_bookings(CentralStore *store, const char *store_id, GError **error)
{
    return central_sql_hold_bookings(store, store_id, error);
}

bool central_sql_hold_feed(CentralStore *store, const char *store_id, GError **error)
{
    /* Whoever changes the feed writes this row, so a lock is enough. */
    static const char SQL[] = "SELECT version FROM head WHERE store = ? FOR UPDATE";
    int64_t version = 0;
    return !is_new_hold(store, "feed", store_id) ||
           central_sql_int(store, 0, &version, error, SQL, "t", store_id);
}

bool central_sql_again(CentralStore *store, GError **error)
{
    store->fault = MAX(store->fault, CENTRAL_SQL_AGAIN);
    g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE,
                _("The database %s is busy with another central's change; try again."),
                store->path);
    return false;
}

bool central_store_hold(CentralStore *store, const char *store_id, GError **error)
{
    return central_sql_hold_feed(store, store_id, error);
}

int64_t central_store_data_version(CentralStore *store)
{
    return store->engine->data_version(store);
}

bool central_store_backup(CentralStore *store, const char *file, GError **error)
{
    return store->engine->backup(store, file, error);
}
