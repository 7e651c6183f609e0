/* SPDX-License-Identifier: GPL-3.0-or-later
 * The terminal's one SQLite file and what goes with it: open, lock, migrate, transactions, and the calls of
 * each aggregate (pos/store_journal.c, store_sale.c, store_feed.c, store_catalogue.c, store_cart.c,
 * store_identity.c). All terminal SQL is behind this header. A PosStore belongs to the thread that opened it
 * (asserted); two threads of one program open one each. WAL, synchronous=FULL, foreign keys, STRICT. */
#pragma once
#include "pos/bounds.h"
#include "pos/cart.h"
#include "pos/freshness.h"
#include "pos/journal.h"
#include "pos/price.h"
#include "pos/report.h"
#include "pos/role.h"
#include "pos/sale.h"
#include "pos/tare.h"
#include "pos/tender.h"
#include "pos/dispute.h"
#include "pos/offer.h"

G_BEGIN_DECLS

typedef struct PosStore PosStore;

typedef enum {
    POS_STORE_READ_ONLY, /* status, verify, journal, feed: beside a running till; needs an existing file */
    POS_STORE_WRITE, /* a further connection of the program that holds the lock */
} PosStoreAccess;

/* The folder's lock: one till, window or sync at a time. Dies with its process. POS_ERROR_BUSY with one
 * clear sentence when another holds it. Makes the folder (0700) when absent. */
typedef struct PosStoreLock PosStoreLock;
PosStoreLock *pos_store_lock(const char *dir, GError **error);
void pos_store_unlock(PosStoreLock *lock);

/* Opens DIR/coster.db, migrating it when WRITE (forward only; a newer file than the program knows is
 * POS_ERROR_CORRUPT with a sentence that says so). A broken file is POS_ERROR_CORRUPT, never changed. */
PosStore *pos_store_open(const char *dir, PosStoreAccess access, GError **error);
void pos_store_close(PosStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosStore, pos_store_close)

/* One transaction (BEGIN IMMEDIATE) around several calls below; they join it. Nests: the outermost commit is the one
 * that counts, and it is on disk when it returns true. After any rollback, or when commit is false, nothing of it was
 * done. */
bool pos_store_begin(PosStore *store, GError **error);
bool pos_store_commit(PosStore *store, GError **error);
void pos_store_rollback(PosStore *store);

/* Whether the disk has room for a sale and what goes with it (POS_BOUND_ROOM_BYTES). True when that cannot be told. */
bool pos_store_has_room(const PosStore *store);

/* --- identity (store_identity.c) --------------------------------------------------------------- */

/* Who this terminal is. All strings owned, "" when not enrolled. */
typedef struct {
    char *terminal, *store, *token, *url, *pin, *mode, *name, *currency;
    char *receipt_prefix; /* "T01" */
} PosIdentity;
void pos_identity_clear(PosIdentity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosIdentity, pos_identity_clear)
bool pos_store_identity_get(PosStore *store, PosIdentity *out, GError **error);
/* Enrolment, or a new token for the same terminal. POS_ERROR_INVALID for another terminal id while the present one
 * has records: that is pos_store_identity_replace(). */
bool pos_store_identity_set(PosStore *store, const PosIdentity *identity, GError **error);
/* A fresh id after a fork (sync-protocol.md): the chain of identity->terminal begins at seq 1 with an `adopted` record
 * for each line of the old chain from from_seq on (the first that central does not hold), acked is 0. Old records
 * stay, receipt numbers go on. One transaction. *out_adopted (nullable): how many. */
bool pos_store_identity_replace(PosStore *store, const PosIdentity *identity, int64_t from_seq,
                                int64_t at_ms, int64_t *out_adopted, GError **error);

/* --- small state (store_identity.c): session, clock offset, sync's view -------------------------- */

/* A named value; NULL when absent. Owned. Keys are the constants below. */
char *pos_store_meta_get(PosStore *store, const char *key);
bool pos_store_meta_set(PosStore *store, const char *key, const char *value, GError **error);
#define POS_META_OPERATOR "operator"               /* logged in, "" none */
#define POS_META_SHIFT "shift"                     /* JSON of the open shift, "" none */
#define POS_META_CLOCK_OFFSET_MS "clock_offset_ms" /* central's clock - wall clock, for status */
#define POS_META_BOOT_OFFSET_MS "boot_offset_ms"   /* central's clock - boot clock */
#define POS_META_BOOT_ID "boot_id"                 /* the boot that the offset belongs to */
#define POS_META_PRICES_AT_MS "prices_at_ms" /* when central last said "nothing newer", its clock */
#define POS_META_SYNC_FAULT "sync_fault"     /* one sentence for people, "" none */
#define POS_META_LAST_RECEIPT "last_receipt"
#define POS_META_CART_OPERATOR "cart_operator" /* whose the open cart is */
#define POS_META_PROGRAM "program" /* version of the program that opened the folder last */
#define POS_META_SETTINGS "settings_version" /* of the newest setting that the journal knows of */
#define POS_META_CART_ASIDE "cart_aside"     /* an open cart that could not be read */

/* --- journal and outbox (store_journal.c) -------------------------------------------------------- */

/* The end of the chain: seq 0 and the zero hash when empty. */
bool pos_store_journal_head(PosStore *store, int64_t *out_seq, PosHash *out_hash, GError **error);
bool pos_store_journal_hash_at(PosStore *store, int64_t seq, PosHash *out, GError **error);
/* Appends a record of `type` in a transaction of its own (or in the open one). at_ms: Unix ms. out may be NULL. */
bool pos_store_journal_append(PosStore *store, json_t *fields, const char *type, int64_t at_ms,
                              PosRecord *out, GError **error);
/* Records from `from_seq`, at most records_max and bytes_max (at least one). GPtrArray of PosRecord*, owned. */
GPtrArray *pos_store_journal_read(PosStore *store, int64_t from_seq, gsize records_max,
                                  gsize bytes_max, GError **error);
/* The chain as it goes up (store_outgoing.c): the journal, but for a record that central refused for good: an adopted
 * record that holds its line goes up under its number, and the hashes from there on are those of the lines as sent. */
bool pos_store_outgoing_hash_at(PosStore *store, int64_t seq, PosHash *out, GError **error);
/* As pos_store_journal_read(). */
GPtrArray *pos_store_outgoing_read(PosStore *store, int64_t from_seq, gsize records_max,
                                   gsize bytes_max, GError **error);
/* From now on record `seq`, which central does not hold, goes up as an adopted one. The journal stays as it is. */
bool pos_store_outgoing_adopt(PosStore *store, int64_t seq, int64_t at_ms, GError **error);
/* What central has said it holds. Only central's word moves it, up or down. */
bool pos_store_acked_get(PosStore *store, int64_t *out_seq, GError **error);
bool pos_store_acked_set(PosStore *store, int64_t seq, GError **error);
/* When the oldest unsent record was written, Unix ms; 0 when all is sent. */
int64_t pos_store_unsent_since_ms(PosStore *store);

/* Re-reads the whole journal: chain, each sale's sums, and that the derived tables (stock, receipts) equal what the
 * records say. True when all is well; else *out_bad_seq and *out_why (owned) name the first fault. */
bool pos_store_verify(PosStore *store, int64_t *out_bad_seq, char **out_why, GError **error);

/* --- sale (store_sale.c) ------------------------------------------------------------------------ */

typedef struct {
    char receipt[32];
    int64_t seq;
    char hash_hex[65];
} PosSaleProof;

/* One transaction: next receipt number, journal record, stock movements, receipt look-up row, last receipt, and the
 * open cart cleared; re-read before COMMIT; on disk when it returns true, and the sale is then CLOSED. On false nothing
 * was changed, the sale stays SETTLED and may be tried again. Not within another transaction (asserted). */
bool pos_store_sale_commit(PosStore *store, PosSale *sale, const char *operator_id, int64_t at_ms,
                           PosSaleProof *out, GError **error);
/* The same for a cart with goods taken back in exchange: their `return` record, then the `sale`, in the one transaction.
 * out: of the sale, or of the return when nothing was sold; out_taken_back: of the return, receipt "" without one. */
bool pos_store_exchange_commit(PosStore *store, PosSale *sale, const char *operator_id,
                               int64_t at_ms, PosSaleProof *out, PosSaleProof *out_taken_back,
                               GError **error);
/* The next receipt number, within an open transaction that also writes its record (a `return` with a number
 * of its own has it as `receipt` and the sale's as `of_receipt`). Numbers never restart. */
bool pos_store_receipt_next(PosStore *store, char out[32], GError **error);
/* The journal line of a receipt, parsed; POS_ERROR_NOT_FOUND. New reference. */
json_t *pos_store_sale_find(PosStore *store, const char *receipt, char out_hash_hex[65],
                            GError **error);
/* Units this terminal's own records have moved for a lot, signed (sold is negative). */
int64_t pos_store_stock_moved(PosStore *store, const char *gtin, const char *lot);

/* --- open cart (store_cart.c) ------------------------------------------------------------------- */

bool pos_store_cart_save(PosStore *store, const PosCart *cart, GError **error);
/* Empty when there is none. One that cannot be read is put aside as POS_META_CART_ASIDE and is empty, too. */
PosCart *pos_store_cart_load(PosStore *store, GError **error);

/* --- reports (store_report.c) --------------------------------------------------------------------- */

/* The running period: every record since the last Z. Owned. */
PosReport *pos_store_report(PosStore *store, GError **error);
/* The sums that never go back: of sales, and of what was taken back (positive). */
bool pos_store_grand_total(PosStore *store, int64_t *out_sales, int64_t *out_returns,
                           GError **error);
/* How many copies of a receipt were printed. */
int64_t pos_store_copies(PosStore *store, const char *receipt);

/* --- suspended tickets (store_ticket.c) ---------------------------------------------------------- */

typedef enum {
    POS_TICKET_LOCAL = 0, /* only this terminal knows it */
    POS_TICKET_SHARED,    /* central holds it, or knows that it was fetched */
    POS_TICKET_TO_TELL, /* fetched here while central could not be reached: it is still to be told */
} PosTicketState;

typedef struct {
    char id[POS_BOUND_TICKET_BYTES]; /* "T01-S17" */
    char operator_id[POS_BOUND_OPERATOR_BYTES + 1];
    int64_t at_ms, total, lines;
    json_t *cart; /* of pos/cart.h; NULL: it was fetched, and is never fetched again; owned */
    PosTicketState state;
} PosTicket;
void pos_ticket_free(PosTicket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosTicket, pos_ticket_free)

/* Writes the row anew; rows of tickets fetched long ago go. */
bool pos_store_ticket_put(PosStore *store, const PosTicket *ticket, GError **error);
/* POS_ERROR_NOT_FOUND. Owned. */
PosTicket *pos_store_ticket_get(PosStore *store, const char *id, GError **error);
/* Oldest first, also those that were fetched; owned GPtrArray of PosTicket*. */
GPtrArray *pos_store_tickets(PosStore *store, GError **error);

/* --- payments by a provider (store_payment.c) ------------------------------------------------------ */

/* Something is still to happen to it: its outcome is not known, no sale has taken it up yet, or it has to be given back. */
typedef struct {
    char attempt[POS_BOUND_ATTEMPT_BYTES];
    PosTenderKind kind;
    int64_t amount, refunded; /* minor units */
    PosPaymentStatus status;
    bool
        is_open; /* for the cart that is open now; else its sale was closed otherwise or given up */
    bool is_over;                              /* put: the row goes */
    char refund_id[POS_BOUND_REFERENCE_BYTES]; /* of the refund that is under way, "" none */
    int64_t refund_amount;
    char operator_id[POS_BOUND_OPERATOR_BYTES + 1];
    char reference[POS_BOUND_REFERENCE_BYTES];
    int64_t at_ms;
} PosPayment;
bool pos_store_payment_put(PosStore *store, const PosPayment *payment, GError **error);
/* The cart that is open leaves the till: what was charged for it is no longer for the one that is open. */
bool pos_store_payments_leave(PosStore *store, GError **error);
/* Oldest first; owned GArray of PosPayment. */
GArray *pos_store_payments(PosStore *store, GError **error);

/* --- receipts (store_receipt.c) ------------------------------------------------------------------ */

/* Receipts of this terminal whose number holds `text`, or of the day that it is (2026-11-23), or of that total; NULL or
 * "": all. Newest first, at most max: [{"at","operator","receipt","terminal","total","type"}]. New reference. */
json_t *pos_store_receipts_find(PosStore *store, const char *text, gsize max, GError **error);
/* --- what comes back (store_return.c) ---------------------------------------------------------------- */

/* One transaction: a `return` (with the next receipt number as its `receipt`) or a `post_void` and what follows from it:
 * stock, what was taken back, and what providers have to give back. fields: all but seq, terminal, at, type; they must
 * add up. On disk when it returns true, else nothing was changed. Not within another transaction (asserted). */
bool pos_store_return_commit(PosStore *store, json_t *fields, const char *type,
                             const PosPayment *payments, gsize payments_count, int64_t at_ms,
                             PosSaleProof *out, GError **error);
/* What this terminal's records have taken back of a line of any till's receipt: pieces or grams, and minor units. Line 0 is
 * the receipt as a whole: how often it was voided, and what was paid out for it. */
bool pos_store_taken_back(PosStore *store, const char *receipt, int line, int64_t *out_quantity,
                          int64_t *out_amount, GError **error);
/* Whether a Z report came after the receipt. */
bool pos_store_is_closed_by_z(PosStore *store, const char *receipt, bool *out_closed,
                              GError **error);

/* --- people (store_people.c) -------------------------------------------------------------------- */

/* The wait after wrong PINs; all zero: none. */
typedef struct {
    char operator_id[POS_BOUND_OPERATOR_BYTES + 1];
    int64_t wrong;         /* in a row since the last lock */
    int64_t times;         /* locks in a row */
    int64_t until_boot_ms; /* 0: not locked */
    char boot_id[64];      /* the boot of until_boot_ms */
} PosPinLock;
bool pos_store_pin_lock_get(PosStore *store, const char *operator_id, PosPinLock *out,
                            GError **error);
bool pos_store_pin_lock_set(PosStore *store, const PosPinLock *lock, GError **error);
/* Within a transaction: the open cart is parked as that of `from`, and the one that `to` left is the open cart, or none
 * is. */
bool pos_store_cart_hand_over(PosStore *store, const char *from, const char *to, GError **error);
/* Who has a cart parked here; owned GPtrArray of char*. */
GPtrArray *pos_store_carts_parked(PosStore *store);

/* --- feed (store_feed.c) ------------------------------------------------------------------------ */

/* One item as it came. value NULL: a deletion. Borrowed for the call. */
typedef struct {
    int64_t version;
    const char *kind, *key;
    const json_t *value;
} PosFeedItem;

bool pos_store_feed_version(PosStore *store, int64_t *out_version, char **out_epoch,
                            GError **error);
/* Applies whole versions in one transaction and sets the applied version. replace: a new epoch's snapshot, keys
 * that are absent are dropped. An item that is malformed is kept raw and out of the catalogue, and named in
 * *out_note (owned, NULL if none): it never holds up the others. */
bool pos_store_feed_apply(PosStore *store, const PosFeedItem *items, gsize count, int64_t version,
                          const char *epoch, bool replace, char **out_note, GError **error);
/* The applied feed, each item as one canonical line in ascending version; deletions too. Owned char*. */
GPtrArray *pos_store_feed_lines(PosStore *store, GError **error);

/* --- catalogue (store_catalogue.c): typed reads of the applied feed -------------------------------- */

PosProduct *pos_store_product(PosStore *store, const char *gtin); /* NULL unknown; owned */
PosProduct *pos_store_product_by_plu(PosStore *store, const char *plu);
PosLot *pos_store_lot(PosStore *store, const char *gtin, const char *lot); /* NULL unknown; owned */
/* Lots of a product in FEFO order, owned GPtrArray of PosLot*. */
GPtrArray *pos_store_lots(PosStore *store, const char *gtin);
/* lot NULL: the product's own price. NULL unknown; owned. */
PosPrice *pos_store_price(PosStore *store, const char *gtin, const char *lot);
/* A recall of the GTIN as a whole or of the lot. *out_reason (nullable) gets the reason in words when it is, owned, each
 * maybe "". */
bool pos_store_is_recalled(PosStore *store, const char *gtin, const char *lot,
                           PosNames *out_reason);

typedef struct {
    char id[33];
    PosNames names;
    char *icon;
} PosCategory;
void pos_category_free(PosCategory *category);
GPtrArray *pos_store_categories(PosStore *store); /* of PosCategory*, in the store's order */
/* Begins to make what searches look at, so that the first key does not wait for it; wait: and ends it, for who needs
 * every product. */
void pos_store_search_prepare(PosStore *store, const char *language, bool wait);
/* Products whose name (any language; Korean also by initial consonants, ㄷㅍ is 대파), PLU or GTIN holds `text` (NULL or "": all), in a category (NULL: all), by
 * name order of the language; at most max. Owned GPtrArray of PosProduct*. */
GPtrArray *pos_store_products(PosStore *store, const char *text, const char *category,
                              const char *language, gsize max);

/* An operator: name, role ("cashier", "manager"), argon2id hash of the PIN, hash of the badge (pos/badge.h), "" none. */
typedef struct {
    char *id, *name, *role, *pin_hash, *badge_hash;
} PosOperator;
void pos_operator_free(PosOperator *op);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosOperator, pos_operator_free)
PosOperator *pos_operator_from_json(const char *id, const json_t *value, GError **error);
PosOperator *pos_store_operator(PosStore *store, const char *id);
GPtrArray *pos_store_operators(PosStore *store); /* of PosOperator*, by id */
/* Whose badge has this hash; NULL nobody's. Owned (store_people.c). */
PosOperator *pos_store_operator_by_badge(PosStore *store, const char *badge_hash);
bool pos_operator_is_manager(const PosOperator *op);
/* What a role may do by the feed's setting `roles`, else by the defaults of pos/role.h. */
PosRole pos_store_role(PosStore *store, const char *role);
/* The store's containers, by the feed's setting `tares`. GPtrArray of PosTare*, owned, never NULL. */
GPtrArray *pos_store_tares(PosStore *store);

/* The multi-buy offers of the feed, of PosOffer*, by key; those that are malformed are left out. Owned. */
GPtrArray *pos_store_offers(PosStore *store);

/* A department key (setting `departments`): goods without a code. */
typedef struct {
    char id[33];
    PosNames names;
    int tax_bp;
    int64_t max_minor; /* the dearest piece, minor units; 0 no limit */
} PosDepartment;
void pos_department_free(PosDepartment *department);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosDepartment, pos_department_free)
GPtrArray *pos_store_departments(PosStore *store); /* of PosDepartment*, in the store's order */
PosDepartment *pos_store_department(PosStore *store, const char *id); /* NULL unknown; owned */

/* The store's carrier bag: the product that is one (the first by GTIN). NULL none; owned. */
PosProduct *pos_store_bag(PosStore *store);

/* What was taught at this till for a code that the feed does not know. NULL none; owned. */
typedef struct {
    char *name, *department;
    int64_t price_minor;
} PosTaught;
void pos_taught_free(PosTaught *taught);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosTaught, pos_taught_free)
PosTaught *pos_store_taught(PosStore *store, const char *code);

/* The feed's settings for this store, with defaults where absent. Strings owned. */
typedef struct {
    PosNames names; /* of the shop */
    char *address, *business_number;
    char *language;  /* the store's first language */
    char *time_zone; /* IANA, "" when the feed names none */
    PosCurrency currency;
    int64_t hold_ms;              /* price promise; 30 min */
    PosFreshnessLimits freshness; /* when a lot turns amber or red */
    char *link_base;              /* of Digital Links on tags; "https://id.gs1.org" */
    char *rcn_layouts;            /* text of a layout file, "" none */
    char *country;                /* ISO 3166-1 alpha-2, "" unknown */
    PosSaleRules rules;           /* tax, and what cash is rounded to */
    PosDisputeRemedy dispute;     /* what a shopper gets who was shown a lower price */
    bool demo;
} PosStoreSettings;
void pos_store_settings_clear(PosStoreSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosStoreSettings, pos_store_settings_clear)
bool pos_store_settings(PosStore *store, PosStoreSettings *out, GError **error);
/* The names of the settings that changed after `version`, an array; *out_newest: of any setting. New reference. */
json_t *pos_store_settings_changed(PosStore *store, int64_t version, int64_t *out_newest,
                                   GError **error);
/* The store's time zone; the machine's when the feed names none. Never NULL; the caller's reference. */
GTimeZone *pos_store_zone(PosStore *store);

/* Changes whenever any connection has committed to the file: cheap, for "has anything moved?". */
int64_t pos_store_data_version(PosStore *store);

G_END_DECLS
