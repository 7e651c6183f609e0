/* SPDX-License-Identifier: GPL-3.0-or-later
 * All that central keeps, behind one header of plain calls: stores, terminals, journals, feed,
 * inbox, derived tables. sync/central_store_*.c hold the SQL, one text for every engine;
 * sync/central_sql_*.c are the engines. A CentralStore is one connection and belongs to one thread;
 * each thread and each administration command opens its own, and all of them work beside each
 * other. */
#pragma once
#include "pos/bounds.h"
#include "pos/journal.h"
#include "pos/store.h"

G_BEGIN_DECLS

typedef struct CentralStore CentralStore;

/* PATIENT: added to one of the others for statements over large tables; a server that takes
 * minutes is waited for then. */
typedef enum {
    CENTRAL_STORE_READ = 0,
    CENTRAL_STORE_WRITE = 1,
    CENTRAL_STORE_PATIENT = 2,
} CentralStoreAccess;

/* A new central in DIR (0700): DIR/central.db, migrated, with a new epoch. POS_ERROR_FAILED when
 * there is one. */
bool central_store_create(const char *dir, GError **error);
/* NEW: as above. JOIN: DIR is one more that serves the central that is there. RESTORED: the same,
 * and the database came from a backup, so the epoch is new. */
typedef enum { CENTRAL_CREATE_NEW, CENTRAL_CREATE_JOIN, CENTRAL_CREATE_RESTORED } CentralCreate;
/* A central whose data is in the shared database at url (sync/central_database.h), which DIR/database
 * keeps for those who open DIR. */
bool central_store_create_shared(const char *dir, const char *url, CentralCreate how,
                                 GError **error);
/* Opens what DIR/database names, else DIR/central.db; migrated forward when WRITE. */
CentralStore *central_store_open(const char *dir, CentralStoreAccess access, GError **error);
/* A whole copy of the database as of now, in a new file, on disk; beside a running serve. The file
 * must not exist. */
bool central_store_backup(CentralStore *store, const char *file, GError **error);
/* Makes DIR/central.db from a backup, with a new epoch, so that terminals read the feed anew. DIR
 * must hold none. */
bool central_store_restore(const char *dir, const char *file, GError **error);
void central_store_close(CentralStore *store);
/* From now on it belongs to the calling thread; the one before must be done with it. */
void central_store_adopt(CentralStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralStore, central_store_close)

/* --- stores and feed ---------------------------------------------------------------------- */

/* value NULL: a deletion (the row stays, with its version). Borrowed for the call. */
typedef struct {
    const char *kind, *key;
    const json_t *value;
} CentralChange;

/* Makes a store. settings: the feed's setting `store` (names, currency, time_zone, …).
 * POS_ERROR_FAILED when the id is taken. */
bool central_store_add_store(CentralStore *store, const char *store_id, const json_t *settings,
                             GError **error);
bool central_store_has_store(CentralStore *store, const char *store_id);
/* The ids of all stores, owned GPtrArray of char*. */
GPtrArray *central_store_list_stores(CentralStore *store);

/* All changes as one commit, one version of the store's feed. *out_version may be NULL. An
 * unchanged value makes no change; when nothing changes there is no new version. */
bool central_store_publish(CentralStore *store, const char *store_id, const CentralChange *changes,
                           gsize count, int64_t *out_version, GError **error);
/* The value of one item, new reference; NULL when absent or deleted. *out_version may be NULL. */
json_t *central_store_feed_value(CentralStore *store, const char *store_id, const char *kind,
                                 const char *key, int64_t *out_version);
/* Calls `each` for the items of a kind that are not deleted, by key; value borrowed. */
bool central_store_feed_each(CentralStore *store, const char *store_id, const char *kind,
                             void (*each)(const char *key, int64_t version, const json_t *value,
                                          void *user),
                             void *user, GError **error);

/* --- what the journals say (derived, can be rebuilt: sync/central_booking.h writes it) ---- */

/* A lot's stock in the store: delivered + moved by all terminals' records, pieces or grams, may be
 * negative. */
bool central_store_on_hand(CentralStore *store, const char *store_id, const char *gtin,
                           const char *lot, int64_t *out_on_hand);
/* Books a delivery (demo data, receiving): stock up by quantity. */
bool central_store_receive(CentralStore *store, const char *store_id, const char *gtin,
                           const char *lot, PosQuantity quantity, GError **error);

/* Units sold of a lot in one hour of one day: [hour_start_ms, +1 h), Unix ms, aligned to the UTC
 * hour. */
typedef struct {
    char gtin[15];
    char lot[POS_BOUND_LOT_BYTES + 1];
    int64_t hour_start_ms;
    int64_t units; /* pieces or grams */
    int64_t amount_minor;
} CentralSalesHour;
/* Sales by lot and hour in [from_ms, until_ms), by gtin, lot, hour. Owned GArray of
 * CentralSalesHour. */
GArray *central_store_sales_hours(CentralStore *store, const char *store_id, int64_t from_ms,
                                  int64_t until_ms, GError **error);

/* --- decisions ---------------------------------------------------------------------------- */

/* One line of the decision log: why a price was changed (or kept), with the inputs and the model's
 * version. */
bool central_store_log_decision(CentralStore *store, const char *store_id, const char *gtin,
                                const char *lot, int64_t at_ms, const json_t *decision,
                                GError **error);

/* The newest decision about a lot ("" for the product itself) made by at_ms: its time and a new
 * reference; *out_decision NULL when there is none. False on error. */
bool central_store_decision_at(CentralStore *store, const char *store_id, const char *gtin,
                               const char *lot, int64_t at_ms, int64_t *out_at_ms,
                               json_t **out_decision, GError **error);

/* --- price log (canonical; written by publish for every `price` item) --------------------- */

/* The lowest price of an item (GTIN or GTIN/lot) in force at any moment of [from_ms, until_ms); 0
 * when none is known. */
bool central_store_price_lowest(CentralStore *store, const char *store_id, const char *key,
                                int64_t from_ms, int64_t until_ms, int64_t *out_price,
                                GError **error);
/* Keys of prices that hold a `next` whose time has come or a `recent` that has run out by now_ms,
 * at most max. Owned GPtrArray of char*. */
GPtrArray *central_store_prices_due(CentralStore *store, const char *store_id, int64_t now_ms,
                                    gsize max, GError **error);

/* --- reading the feed for a terminal ------------------------------------------------------ */

/* The newest version of a store's feed; 0 when nothing was ever published. POS_ERROR_NOT_FOUND
 * without that store. */
bool central_store_feed_newest(CentralStore *store, const char *store_id, int64_t *out_version,
                               GError **error);

/* One item as it goes out. value: canonical JSON text, NULL for a deletion; all borrowed until the
 * next step. */
typedef struct {
    int64_t version;
    const char *kind, *key;
    const char *value;
    gsize value_length;
} CentralFeedItem;

/* Walks everything after a version in ascending version, from one snapshot of the database: a read
 * transaction is held from open to free, so it wants a connection of its own (READ) and at most one
 * cursor on it. Memory is one item, however much there is. mode: of the terminal that reads,
 * operators go to "till" and "manager" only. */
typedef struct CentralFeedCursor CentralFeedCursor;
CentralFeedCursor *central_feed_cursor_open(CentralStore *store, const char *store_id,
                                            int64_t after, const char *mode, GError **error);
/* The newest version of the snapshot, also when the last items were not for this mode. */
int64_t central_feed_cursor_newest(const CentralFeedCursor *cursor);
/* 1: *out is the next item. 0: the end. -1: an error. */
int central_feed_cursor_next(CentralFeedCursor *cursor, CentralFeedItem *out, GError **error);
void central_feed_cursor_free(CentralFeedCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralFeedCursor, central_feed_cursor_free)

/* The item's line as the contract has it, without newline:
 * {"key":…,"kind":…,"value":…,"version":…}. Appended to out. */
void central_feed_item_append_line(const CentralFeedItem *item, GString *out);

/* Changes whenever another connection has committed to the database (PRAGMA data_version): ask on a
 * connection that only reads. */
int64_t central_store_data_version(CentralStore *store);

/* --- central itself ----------------------------------------------------------------------- */

/* A named value; NULL when absent. Owned. The epoch is new when a central is made or restored. */
char *central_store_meta_get(CentralStore *store, const char *name);
bool central_store_meta_set(CentralStore *store, const char *name, const char *value,
                            GError **error);
#define CENTRAL_META_TOKENS "tokens" /* another value whenever a token ends */
#define CENTRAL_META_EPOCH "epoch"         /* 32 hex digits */
#define CENTRAL_META_BASE_URLS "base_urls" /* JSON array of "https://host:port", "" none */
#define CENTRAL_META_DL_BASE                                                                       \
    "dl_base" /* base of Digital Links that this central resolves, "" none */

/* --- terminals ---------------------------------------------------------------------------- */

/* Strings owned. acked, head: the end of the chain that central holds (0 and the zero hash when
 * empty). */
typedef struct {
    char *id, *store, *name, *mode, *receipt_prefix;
    bool revoked;
    bool forked; /* sent records that differ from what central holds: re-enrolment gives a fresh id
                  */
    int64_t acked;
    PosHash head;
    int64_t created_ms;   /* Unix ms */
    int64_t seen_version; /* feed version that it last said to have applied; 0 never */
    int64_t seen_ms;      /* when it said so; 0 never */
} CentralTerminal;
void central_terminal_clear(CentralTerminal *terminal);
void central_terminal_free(CentralTerminal *terminal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralTerminal, central_terminal_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralTerminal, central_terminal_free)

/* By id, or by bearer token (only a hash of it is kept). POS_ERROR_NOT_FOUND; a revoked terminal is
 * found by id but never by its token. */
bool central_store_terminal_get(CentralStore *store, const char *id, CentralTerminal *out,
                                GError **error);
bool central_store_terminal_by_token(CentralStore *store, const char *token, CentralTerminal *out,
                                     GError **error);
/* Of one store (NULL: all), by creation. Owned GPtrArray of CentralTerminal*. */
GPtrArray *central_store_terminals(CentralStore *store, const char *store_id, GError **error);
/* A new terminal: gives it a receipt prefix (T01, T02 … per store) and puts it into the store's
 * feed (kind `terminal`). id and token are chosen by the caller. */
bool central_store_terminal_add(CentralStore *store, const char *id, const char *store_id,
                                const char *name, const char *mode, const char *token,
                                int64_t now_ms, GError **error);
/* A new token for a terminal that enrols again; ends a revocation. name NULL: kept. */
bool central_store_terminal_renew(CentralStore *store, const char *id, const char *token,
                                  const char *name, const char *mode, GError **error);
bool central_store_terminal_revoke(CentralStore *store, const char *id, int64_t now_ms,
                                   GError **error);
bool central_store_terminal_set_forked(CentralStore *store, const char *id, int64_t now_ms,
                                       GError **error);
/* What a terminal says that it has applied. tags: array of {tag, version, shown_at} or NULL; an
 * element that is malformed is an error and nothing is stored. */
bool central_store_seen(CentralStore *store, const char *terminal, int64_t feed_version,
                        const json_t *tags, int64_t now_ms, GError **error);

/* --- enrolment codes (sync/central_enrolment.h has the rules) ----------------------------- */

/* Strings owned; nonce and answer NULL until the code was used. answer is sealed: only who has the
 * secret reads it. */
typedef struct {
    char *store, *mode, *nonce;
    GBytes *answer;
    int64_t expires_ms, used_ms; /* Unix ms; used_ms 0: not used */
} CentralCode;
void central_code_clear(CentralCode *code);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralCode, central_code_clear)

/* hash: SHA-256 of the secret; the secret itself is never stored. */
bool central_store_code_add(CentralStore *store, const PosHash *hash, const char *store_id,
                            const char *mode, int64_t now_ms, int64_t expires_ms, GError **error);
bool central_store_code_get(CentralStore *store, const PosHash *hash, CentralCode *out,
                            GError **error);
/* Marks a code used, once: false with POS_ERROR_FAILED when it was used already. */
bool central_store_code_use(CentralStore *store, const PosHash *hash, const char *nonce,
                            GBytes *answer, int64_t now_ms, GError **error);
/* Forgets the sealed answers of codes that were used before used_before_ms. */
bool central_store_code_forget(CentralStore *store, int64_t used_before_ms, GError **error);

/* --- journals (sync/central_ingest.h has the rules) --------------------------------------- */

/* A record as it is stored. line: the terminal's bytes without newline, borrowed for the call. */
typedef struct {
    int64_t seq;
    const char *line;
    gsize length;
    PosHash hash;
    int64_t at_ms; /* when it happened: the record's `at`; an adopted record's: the inner line's */
    const char *type;
} CentralJournalRow;

/* Appends rows from acked + 1 on and moves acked and head; asserts that they follow. */
bool central_store_journal_append(CentralStore *store, const char *terminal, const char *store_id,
                                  const CentralJournalRow *rows, gsize count, int64_t now_ms,
                                  GError **error);
/* The stored record; POS_ERROR_NOT_FOUND. out_line (owned) and out_hash may be NULL. */
bool central_store_journal_get(CentralStore *store, const char *terminal, int64_t seq,
                               char **out_line, gsize *out_length, PosHash *out_hash,
                               GError **error);
/* Each record of a terminal with seq >= from_seq, in order, until `each` says false. */
bool central_store_journal_each(CentralStore *store, const char *terminal, int64_t from_seq,
                                bool (*each)(const CentralJournalRow *row, void *user), void *user,
                                GError **error);
/* Each record of a store's terminals with at_ms in [from_ms, until_ms), by (at_ms, terminal, seq),
 * until `each` says false. */
bool central_store_journal_between(CentralStore *store, const char *store_id, int64_t from_ms,
                                   int64_t until_ms,
                                   bool (*each)(const char *terminal, const CentralJournalRow *row,
                                                void *user),
                                   void *user, GError **error);

/* --- inbox (canonical: what a manager must look at) --------------------------------------- */

/* Strings owned. booked: the record is booked all the same and this is a notice; else nothing of it
 * moved stock or sales. reason: a word for programs ("unknown_product"); detail: one sentence for
 * people. */
typedef struct {
    char *terminal, *store, *type, *reason, *detail;
    int64_t seq, listed_ms;
    bool booked;
} CentralInboxItem;
void central_inbox_item_free(CentralInboxItem *item);
/* waits_for: what would let it be booked ("receipt:T01-000123", "product:0952…"), "" unknown. */
bool central_store_inbox_add(CentralStore *store, const char *store_id, const char *terminal,
                             int64_t seq, const char *type, const char *reason, const char *detail,
                             const char *waits_for, bool booked, int64_t now_ms, GError **error);
/* Unresolved items of a store (NULL: all), oldest first, at most max. waits_for NULL: any. Owned
 * GPtrArray of CentralInboxItem*. */
GPtrArray *central_store_inbox(CentralStore *store, const char *store_id, const char *waits_for,
                               gsize max, GError **error);
/* Whether a record stands there unbooked. */
bool central_store_inbox_holds(CentralStore *store, const char *terminal, int64_t seq);
/* Takes an item off the list (it was booked after all, or a manager has dealt with it). */
bool central_store_inbox_resolve(CentralStore *store, const char *terminal, int64_t seq,
                                 int64_t now_ms, GError **error);

/* Several of the above as one transaction (the calls join it):
 *
 *     CentralScope scope = {0};
 *     while (central_store_scope(store, &scope, error)) {
 *         scope.ok = …;
 *     }
 *     return scope.ok;
 *
 * Committed when ok, else undone. On an engine that several centrals share the body may run more
 * than once, each time in a new transaction, because it met another's or a server died: it begins
 * at its beginning each time and leaves alone what its earlier run may have made. Inside an open
 * transaction it runs once, as a part of that. */
typedef struct {
    bool ok;
    bool joins;      /* the rest is central_store_scope's own */
    bool committing; /* nobody has said yet whether the last run's commit happened */
    int runs;
} CentralScope;
bool central_store_scope(CentralStore *store, CentralScope *scope, GError **error);
/* In the open transaction: nobody else publishes in the store's feed from here to its end. For
 * those that read a value and publish what follows from it. */
bool central_store_hold(CentralStore *store, const char *store_id, GError **error);

/* The same by hand, for one run. */
bool central_store_begin(CentralStore *store, GError **error);
/* False: nothing was committed, and the transaction is over (rolled back). */
bool central_store_commit(CentralStore *store, GError **error);
void central_store_rollback(CentralStore *store);
/* A part of the open transaction that can be undone alone, so that one bad batch hurts no other of
 * its group commit. undo: back to where it began. Nests not. */
bool central_store_part_begin(CentralStore *store, GError **error);
void central_store_part_end(CentralStore *store, bool undo);
/* Whether a transaction is open. */
bool central_store_in_transaction(CentralStore *store);

/* --- several centrals on one database ------------------------------------------------------- */

/* Whether other centrals may write to the same database. */
bool central_store_is_shared(CentralStore *store);
/* Takes or keeps the right to reprice a store until until_ms (Unix ms) for `owner`, a random name of
 * this process. *out_lease: its number, new each time; 0 when another has it. */
bool central_store_lease(CentralStore *store, const char *store_id, const char *owner,
                         int64_t now_ms, int64_t until_ms, int64_t *out_lease, GError **error);
/* From here on publishing in the store's feed over this connection fails with POS_ERROR_BUSY once
 * the lease has another number; 0 ends that. */
void central_store_fence(CentralStore *store, const char *store_id, int64_t lease);
/* A number for each store that grows when any central books for it. Stands still on an engine that
 * is not shared. */
bool central_store_bookings_each(CentralStore *store,
                                 void (*each)(const char *store_id, int64_t bookings, void *user),
                                 void *user, GError **error);

/* --- suspended tickets ---------------------------------------------------------------------- */

/* Keeps a ticket for the tills of the store; one that was shared before stays as it is. POS_ERROR_BUSY: another
 * terminal's has this number; POS_ERROR_INVALID: there are POS_BOUND_TICKETS already. */
bool central_store_ticket_share(CentralStore *store, const char *store_id, const char *terminal,
                                const char *ticket, const json_t *value, int64_t now_ms,
                                GError **error);
/* Those that no one has taken, without their carts, oldest first. New reference. */
json_t *central_store_tickets_open(CentralStore *store, const char *store_id, GError **error);
/* Takes it for this terminal, what was shared; again for the same terminal is the same answer. POS_ERROR_NOT_FOUND,
 * POS_ERROR_BUSY: another terminal has it. New reference. */
json_t *central_store_ticket_claim(CentralStore *store, const char *store_id, const char *terminal,
                                   const char *ticket, int64_t now_ms, GError **error);

G_END_DECLS
