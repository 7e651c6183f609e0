/* SPDX-License-Identifier: GPL-3.0-or-later
 * What stands between central's SQL (central_store_*.c, one text for every engine) and an engine
 * (central_sql_sqlite.c, central_sql_mysql.c): statements, columns, transactions. Private to those
 * files. The SQL is what the engines have in common: explicit primary keys, no upsert words (an
 * UPDATE and, when no row was there, an INSERT), no generated order, plain `?`.
 *
 * Several centrals may write to a shared engine at once. Who reads and then writes what depends on
 * it takes the store's row first (central_sql_hold_*): others that do the same wait, or are sent
 * back to run again. SQLite has one writer anyway, and those calls do nothing. */
#pragma once
#include "sync/central_store_book.h"

#include <string.h>

G_BEGIN_DECLS

typedef struct CentralPending CentralPending;
typedef struct CentralEngine CentralEngine;

/* What happened to the open transaction. AGAIN: it met another one's and was rolled back. LOST: the
 * server went away or is unfit; what was asked last may have happened. */
typedef enum { CENTRAL_SQL_FINE, CENTRAL_SQL_AGAIN, CENTRAL_SQL_LOST } CentralSqlFault;

struct CentralStore {
    const CentralEngine *engine;
    void *link;     /* the engine's connection */
    GThread *owner; /* who may call; asserted */
    char *path;     /* file, or address without secrets: for messages */
    bool writable;
    bool in_transaction;
    bool in_part;
    CentralSqlFault fault;    /* of the open transaction, or of the last one */
    GHashTable *statements;   /* SQL text (the constant's address) to CentralQuery */
    GHashTable *inserts;      /* the same of central_sql_insert, for many rows */
    GHashTable *bumped;       /* store id to the feed version that this transaction has made */
    GHashTable *held;         /* "what/store" of rows that this transaction has taken */
    GHashTable *products;     /* "store/gtin" to PosUnit, a cache of the feed */
    GHashTable *currencies;   /* store id to its currency's code, the same */
    GHashTable *cached_heads; /* store id to the feed version that the caches are of (shared) */
    GHashTable *checked;      /* ids of stores whose caches this transaction has checked (shared) */
    GHashTable *fences;       /* store id to the lease under which its feed is written */
    int64_t products_version; /* of the file that the caches are of (not shared) */
    CentralPending *pending; /* stock, sales, receipts that the open transaction has yet to write */
    GHashTable *absent;      /* "what/key" that the open transaction knows not to be there */
};

/* --- statements ----------------------------------------------------------------------------- */

/* A statement with its parameters, run by its first step. From central_sql_query: one of the cache,
 * given back at the end of its scope, never used by two at once, its rows held in memory. From
 * central_sql_walk: one of its own, for many rows or callbacks that may run any other call. */
typedef struct {
    CentralStore *store;
    void *statement; /* the engine's */
    bool cached, busy;
} CentralQuery;
void central_sql_release(CentralQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralQuery, central_sql_release)

/* sql must be a constant (query) or outlive the call (walk). format, one letter a parameter: i
 * int64_t, t const char * (nullable), b const void * and gsize, h const PosHash *. What is bound is
 * borrowed until the release; a walk keeps copies. NULL and an error on failure. */
CentralQuery *central_sql_query(CentralStore *store, GError **error, const char *sql,
                                const char *format, ...);
CentralQuery *central_sql_walk(CentralStore *store, GError **error, const char *sql,
                               const char *format, ...);
enum { CENTRAL_SQL_ERROR = -1, CENTRAL_SQL_DONE = 0, CENTRAL_SQL_ROW = 1 };
/* One of the above; the error is set for ERROR. */
int central_sql_step(CentralQuery *query, GError **error);
/* Runs a statement that gives no rows. out_changed (nullable): rows that it found to touch. */
bool central_sql_run(CentralStore *store, int *out_changed, GError **error, const char *sql,
                     const char *format, ...);
/* One row's first column as integer; `fallback` when there is no row. */
bool central_sql_int(CentralStore *store, int64_t fallback, int64_t *out, GError **error,
                     const char *sql, const char *format, ...);
/* Many rows at once: "INSERT INTO t (…) VALUES " and the columns of row after row, each row's as in
 * format. One question to the server for a good many of them. */
typedef struct {
    int64_t integer;   /* i */
    const void *bytes; /* t, b, h; NULL for NULL */
    gsize length;
} CentralValue;
bool central_sql_insert(CentralStore *store, GError **error, const char *insert, const char *format,
                        const CentralValue *values, gsize rows);
static inline CentralValue central_value_int(int64_t integer)
{
    return (CentralValue){.integer = integer};
}
static inline CentralValue central_value_text(const char *text)
{
    return (CentralValue){.bytes = text, .length = text ? strlen(text) : 0};
}
static inline CentralValue central_value_bytes(const void *bytes, gsize length)
{
    return (CentralValue){.bytes = bytes, .length = length};
}
/* Runs SQL text that is not worth keeping; several statements may be in it. */
bool central_sql_execute(CentralStore *store, const char *sql, GError **error);

/* Columns of the row that was stepped to, borrowed until the next step. NULL is 0 and NULL; bytes
 * end in a zero that *out_length (nullable) does not count. */
int64_t central_sql_column_int(CentralQuery *query, int column);
const char *central_sql_column_text(CentralQuery *query, int column);
const void *central_sql_column_blob(CentralQuery *query, int column, gsize *out_length);
bool central_sql_column_is_null(CentralQuery *query, int column);
/* As owned text (never NULL) and as a hash (zero unless 32 bytes). */
char *central_sql_text(CentralQuery *query, int column);
PosHash central_sql_hash(CentralQuery *query, int column);

/* At most `characters` of a text, for a column that holds no more; what is no UTF-8 in it is
 * replaced. Owned. */
char *central_sql_clip(const char *text, glong characters);

/* --- transactions ---------------------------------------------------------------------------- */

/* In the open transaction: no other one books for this store, or publishes in its feed, between
 * here and the end. Once a transaction and store is enough, more are free. */
bool central_sql_hold_bookings(CentralStore *store, const char *store_id, GError **error);
bool central_sql_hold_feed(CentralStore *store, const char *store_id, GError **error);
/* Gives the open transaction up, to be run again. Always false. */
bool central_sql_again(CentralStore *store, GError **error);

/* Stock and sales of the open transaction (central_store_pending.c). flush: writes them, never
 * inside a part. drop: forgets them. end_part: forgets what the part did when undo. */
CentralPending *central_pending_new(void);
void central_pending_free(CentralPending *pending);
bool central_pending_flush(CentralStore *store, GError **error);
void central_pending_drop(CentralStore *store);
void central_pending_end_part(CentralStore *store, bool undo);
/* Receipts alone: what is looked up must be there. */
bool central_pending_flush_tickets(CentralStore *store, GError **error);
bool central_pending_add_ticket(CentralStore *store, const char *store_id, const char *receipt,
                                const CentralTicket *ticket, GError **error);

/* What the open transaction has found not to be there, and would be asked again for each record.
 * Holds while this transaction has the store's bookings; who adds such a thing forgets it. */
bool central_sql_is_absent(CentralStore *store, const char *what, const char *key);
void central_sql_set_absent(CentralStore *store, const char *what, const char *key, bool absent);

/* --- engines --------------------------------------------------------------------------------- */

struct CentralEngine {
    bool is_shared; /* other centrals may write to the same database */
    /* Statements. bind: what is bound is kept as a copy, or borrowed until reset. step: as
     * central_sql_step. */
    void *(*prepare)(CentralStore *store, const char *sql, bool walk, GError **error);
    bool (*bind)(CentralStore *store, void *statement, bool copy, const char *format, va_list args,
                 GError **error);
    /* The same from an array, for `rows` rows of a format; borrowed. */
    bool (*bind_values)(CentralStore *store, void *statement, const char *format,
                        const CentralValue *values, gsize rows, GError **error);
    int (*step)(CentralStore *store, void *statement, GError **error);
    void (*reset)(void *statement);
    void (*finalize)(void *statement);
    int (*changes)(CentralStore *store, void *statement);
    int64_t (*column_int)(void *statement, int column);
    const void *(*column_blob)(void *statement, int column, gsize *out_length);
    bool (*execute)(CentralStore *store, const char *sql, GError **error);
    /* Transactions. begin: *out_done comes as whether it is asked if the commit whose answer was
     * lost has happened, and goes as whether it has; nothing is open then. */
    bool (*begin)(CentralStore *store, bool *out_done, GError **error);
    bool (*commit)(CentralStore *store, GError **error);
    void (*rollback)(CentralStore *store);
    bool (*part_begin)(CentralStore *store, GError **error);
    void (*part_end)(CentralStore *store, bool undo);
    /* The rest of central_store.h that is the engine's own. */
    int64_t (*data_version)(CentralStore *store);
    int64_t (*cache_version)(CentralStore *store); /* when not shared: moves when others commit */
    bool (*backup)(CentralStore *store, const char *file, GError **error);
    bool (*shadow_begin)(CentralStore *store, const char *table, GError **error);
    char *(*shadow_compare_sql)(const char *table, const char *columns, bool missing);
    void (*shadow_end)(CentralStore *store, const char *table);
    void (*close)(CentralStore *store);
};

/* A store without a connection yet; central_store_close frees it. path is copied. */
CentralStore *central_sql_store_new(const CentralEngine *engine, const char *path,
                                    CentralStoreAccess access);
/* Gives up on what was prepared; the connection is another one. */
void central_sql_forget_statements(CentralStore *store);

/* The default engine. open: a connection on a file whatever is in it. check: whether it is a
 * central's, migrating it forward when writable; settings: of a connection. */
extern const CentralEngine central_engine_sqlite;
CentralStore *central_sqlite_open(const char *path, CentralStoreAccess access, GError **error);
bool central_sqlite_check(CentralStore *store, GError **error);
bool central_sqlite_settings(CentralStore *store, GError **error);
/* Makes an empty file a central's; copies one into an empty other. */
bool central_sqlite_mark(CentralStore *store, GError **error);
bool central_sqlite_copy(CentralStore *target, CentralStore *source, GError **error);
/* The file of a central (central_store_sqlite_file.c). open_file: open, settings and check. */
bool central_sqlite_create_file(const char *dir, GError **error);
CentralStore *central_sqlite_open_file(const char *dir, CentralStoreAccess access, GError **error);
bool central_sqlite_restore_file(const char *dir, const char *file, GError **error);
bool central_sqlite_backup(CentralStore *store, const char *file, GError **error);

/* The engine of the MySQL protocol, at an address of sync/central_database.h. */
bool central_mysql_create(const char *url, CentralCreate how, GError **error);
CentralStore *central_mysql_open(const char *url, CentralStoreAccess access, GError **error);

/* The text of a new epoch. Owned. */
char *central_store_new_epoch(void);

/* The schema's versions as SQL: generated from data/migrations/central. */
extern const char *const central_migrations[];
extern const int central_migrations_count;

G_END_DECLS
