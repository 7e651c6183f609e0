/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of the store share; no one else includes it. Statements are prepared once per connection and
 * cached by the address of their SQL, so each SQL text is one static constant. */
#pragma once
#include "pos/store.h"

#include <sqlite3.h>

typedef sqlite3_stmt StoreQuery;

typedef struct {
    int number; /* PRAGMA user_version after it */
    const char *name, *sql;
} PosStoreMigration;
extern const PosStoreMigration pos_store_migrations[];
extern const gsize pos_store_migrations_count;

typedef struct StoreSearch StoreSearch;
typedef struct StoreSearchMaking StoreSearchMaking;

struct PosStore {
    sqlite3 *db;
    char *path; /* DIR/coster.db, for messages */
    GThread *owner;
    GHashTable *statements; /* const char* SQL -> sqlite3_stmt* */
    int depth;              /* nested pos_store_begin() */
    bool broken;            /* an inner transaction was rolled back: the outer one cannot commit */
    char *settings_text;    /* what `settings` and `zone` were parsed from */
    PosStoreSettings settings;
    bool has_currency; /* the feed's setting names one */
    GTimeZone *zone;
    StoreSearch *search;       /* of the products as they were when it was made; nullable */
    StoreSearchMaking *making; /* a thread that makes the next one; nullable */
};

/* Asserts that the caller is the owning thread. */
void store_check(PosStore *store);

/* Sets `error` from what SQLite said last; false always. A full disk and a damaged file have their own codes. */
bool store_fail(PosStore *store, GError **error);
/* For calls that have no GError: says on stderr what went wrong. */
void store_log(PosStore *store, GError *error);

/* A statement with its parameters bound, one letter each: t const char* (NULL: NULL), i int64_t, h const
 * PosHash*. Texts are borrowed until the query is done. NULL on failure. */
StoreQuery *store_query(PosStore *store, const char *sql, GError **error, const char *types, ...);
/* 1: a row; 0: no more; -1: failed. */
int store_next(PosStore *store, StoreQuery *query, GError **error);
void store_query_done(StoreQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQuery, store_query_done)

/* A statement without rows, as above. */
bool store_run(PosStore *store, const char *sql, GError **error, const char *types, ...);
/* Column texts are never NULL here; borrowed until the next step. */
const char *store_text(StoreQuery *query, int column);

/* Several statements without parameters. */
bool store_script(PosStore *store, const char *sql, GError **error);

/* --- journal, within a transaction -------------------------------------------------------------- */

typedef void (*StoreStockFunc)(const char *gtin, const char *lot, int64_t moved, void *user);
/* What a record moves: calls `each` for every lot. Unknown types move nothing. */
void store_record_stock(const json_t *record, StoreStockFunc each, void *user);
/* The receipt number that a record stands for, NULL when none. Borrowed. */
const char *store_record_receipt(const json_t *record);
/* Appends to the chain of `terminal` and carries out what follows: stock and receipt rows. */
bool store_journal_write(PosStore *store, const char *terminal, json_t *fields, const char *type,
                         int64_t at_ms, PosRecord *out, GError **error);
bool store_journal_head_of(PosStore *store, const char *terminal, int64_t *out_seq,
                           PosHash *out_hash, GError **error);
/* The id that this terminal writes under; "" before enrolment. Owned; NULL on failure. */
char *store_terminal(PosStore *store, GError **error);

/* `fields` (nullable) as they are to be written, with the grand totals where the type carries them. New reference, NULL on
 * failure. */
json_t *store_record_with_grand(PosStore *store, json_t *fields, const char *type, GError **error);
/* What a sale or a given-up one does to payments. */
bool store_payment_effects(PosStore *store, const json_t *record, const char *type, GError **error);
/* What a record does to grand totals, Z numbers and copies. */
bool store_report_effects(PosStore *store, const json_t *record, const char *terminal, int64_t seq,
                          GError **error);

/* The fields of the adopted record of an old line. New reference. */
json_t *store_adopted_fields(const PosRecord *record, const char *of);

/* What a `command` record of this till leaves for the next scan of a taught code. */
bool store_taught_effects(PosStore *store, const json_t *record, GError **error);

/* --- what comes back (store_return.c) ---------------------------------------------------------------- */

typedef void (*StoreTakenBackFunc)(const char *receipt, int64_t line, int64_t quantity,
                                   int64_t amount, void *user);
/* What a record takes back of a receipt: calls `each` for the whole (line 0) and for each line. */
void store_record_taken_back(const json_t *record, StoreTakenBackFunc each, void *user);
bool store_return_effects(PosStore *store, const json_t *record, GError **error);
/* A `return` with the next receipt number, or a `post_void`, in the open transaction. */
bool store_return_write(PosStore *store, json_t *fields, const char *type, int64_t at_ms,
                        PosSaleProof *out, GError **error);

/* --- feed and catalogue -------------------------------------------------------------------------- */

/* The value of an item, parsed; NULL when absent, deleted or (with a message) unreadable. */
json_t *store_feed_value(PosStore *store, const char *kind, const char *key, int64_t *out_version);
/* Updates the derived tables for one item; value NULL: a deletion. A malformed value is out of them and sets
 * *out_fault (owned). False only when the disk fails. */
bool store_catalogue_put(PosStore *store, const char *kind, const char *key, int64_t version,
                         const json_t *value, char **out_fault, GError **error);
bool store_catalogue_clear(PosStore *store, GError **error);
void store_search_free(StoreSearch *search);
/* Ends the thread that makes one, drops what there is. */
void store_search_close(PosStore *store);
/* Compatibility-composed and case-folded, for comparing what people type. Owned. */
char *store_fold(const char *text);
