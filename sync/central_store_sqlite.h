/* SPDX-License-Identifier: GPL-3.0-or-later
 * Shared by the files of central's SQLite engine only: the connection, cached statements, binding,
 * transactions, errors. Upserts are an UPDATE and, when no row was there, an INSERT: all writing
 * happens under BEGIN IMMEDIATE. */
#pragma once
#include "sync/central_store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct CentralPending CentralPending;

struct CentralStore {
    sqlite3 *db;
    GThread *owner; /* who may call; asserted */
    char *path;
    bool writable;
    bool in_transaction;
    bool in_part;
    GHashTable *statements; /* SQL text (the constant's address) to sqlite3_stmt */
    GHashTable *bumped;     /* store id to the feed version that this transaction has made */
    GHashTable *products;   /* "store/gtin" to PosUnit, a cache of the feed */
    GHashTable *currencies; /* store id to its currency's code, the same */
    uint32_t products_version;
    CentralPending *pending; /* stock and sales that the open transaction has yet to write */
};

/* A statement of the cache: given back (reset) at the end of its scope; never used by two at once.
 */
typedef sqlite3_stmt CentralQuery;
void central_sqlite_release(CentralQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralQuery, central_sqlite_release)
/* A statement of its own, for walks whose callback may run any other call. */
typedef sqlite3_stmt CentralWalk;
static inline void central_sqlite_finalize(CentralWalk *walk)
{
    sqlite3_finalize(walk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralWalk, central_sqlite_finalize)

/* sql must be a constant. format, one letter a parameter: i int64_t, t const char * (nullable), b
 * const void * and gsize, h const PosHash *. What is bound is borrowed until the release. NULL and
 * an error on failure. */
CentralQuery *central_sqlite_query(CentralStore *store, GError **error, const char *sql,
                                   const char *format, ...);
CentralWalk *central_sqlite_walk(CentralStore *store, GError **error, const char *sql,
                                 const char *format, ...);
/* SQLITE_ROW, SQLITE_DONE, or anything else with the error set. */
int central_sqlite_step(CentralStore *store, sqlite3_stmt *statement, GError **error);
/* Runs a statement that gives no rows. out_changed (nullable): rows that it touched. */
bool central_sqlite_run(CentralStore *store, int *out_changed, GError **error, const char *sql,
                        const char *format, ...);
/* One row's first column as integer; `fallback` when there is no row. */
bool central_sqlite_int(CentralStore *store, int64_t fallback, int64_t *out, GError **error,
                        const char *sql, const char *format, ...);

/* Runs SQL text that is not worth keeping; several statements may be in it. */
bool central_sqlite_execute(CentralStore *store, const char *sql, GError **error);

/* A connection on a file whatever is in it; whether it is a central's, migrating it forward when
 * writable; the settings of a connection; the text of a new epoch (owned). */
CentralStore *central_sqlite_open(const char *path, CentralStoreAccess access, GError **error);
bool central_sqlite_check(CentralStore *store, GError **error);
extern const char central_sqlite_pragmas[];
char *central_sqlite_new_epoch(void);

/* Sets the error for the connection's last failure. Always false. */
bool central_sqlite_fail(CentralStore *store, int code, GError **error);

/* Joins the open transaction or begins one (*out_mine). leave: commits what enter began when ok,
 * else rolls it back. Gives `ok` back, or false when the commit failed. */
bool central_sqlite_enter(CentralStore *store, bool *out_mine, GError **error);
bool central_sqlite_leave(CentralStore *store, bool mine, bool ok, GError **error);

/* Stock and sales of the open transaction (central_store_sqlite_pending.c). flush: writes them,
 * never inside a part. drop: forgets them. end_part: forgets what the part did when undo. */
CentralPending *central_pending_new(void);
void central_pending_free(CentralPending *pending);
bool central_pending_flush(CentralStore *store, GError **error);
void central_pending_drop(CentralStore *store);
void central_pending_end_part(CentralStore *store, bool undo);

/* Columns as owned text (never NULL) and as a hash (zero unless 32 bytes). */
char *central_sqlite_text(sqlite3_stmt *statement, int column);
PosHash central_sqlite_hash(sqlite3_stmt *statement, int column);

/* The highest version of the schema that is compiled in, and its SQL: generated from
 * data/migrations/central. */
extern const char *const central_migrations[];
extern const int central_migrations_count;

G_END_DECLS
