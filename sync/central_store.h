/* SPDX-License-Identifier: GPL-3.0-or-later
 * All that central keeps, behind one header of plain calls: stores, terminals, journals, feed, inbox, derived tables.
 * sync/central_store_sqlite_*.c hold the SQL of the default engine; a second engine is a second set of files behind
 * this header. A CentralStore is one connection and belongs to one thread; each thread and each administration
 * command opens its own, and all of them work beside each other. */
#pragma once
#include "pos/journal.h"
#include "pos/store.h"

G_BEGIN_DECLS

typedef struct CentralStore CentralStore;

typedef enum { CENTRAL_STORE_READ, CENTRAL_STORE_WRITE } CentralStoreAccess;

/* A new central in DIR (0700): DIR/central.db, migrated, with a new epoch. POS_ERROR_FAILED when there is one. */
bool central_store_create(const char *dir, GError **error);
/* Opens DIR/central.db, migrating it forward when WRITE. */
CentralStore *central_store_open(const char *dir, CentralStoreAccess access, GError **error);
void central_store_close(CentralStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralStore, central_store_close)

/* --- stores and feed ------------------------------------------------------------------------------ */

/* value NULL: a deletion (the row stays, with its version). Borrowed for the call. */
typedef struct {
    const char *kind, *key;
    const json_t *value;
} CentralChange;

/* Makes a store. settings: the feed's setting `store` (names, currency, time_zone, …). POS_ERROR_FAILED when the id
 * is taken. */
bool central_store_add_store(CentralStore *store, const char *store_id, const json_t *settings,
                             GError **error);
bool central_store_has_store(CentralStore *store, const char *store_id);
/* The ids of all stores, owned GPtrArray of char*. */
GPtrArray *central_store_list_stores(CentralStore *store);

/* All changes as one commit, one version of the store's feed. *out_version may be NULL. An unchanged value makes no
 * change; when nothing changes there is no new version. */
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

/* --- what the journals say (derived, can be rebuilt) ---------------------------------------------- */

/* A lot's stock in the store: delivered + moved by all terminals' records, pieces or grams, may be negative. */
bool central_store_on_hand(CentralStore *store, const char *store_id, const char *gtin,
                           const char *lot, int64_t *out_on_hand);
/* Books a delivery (demo data, receiving): stock up by quantity. */
bool central_store_receive(CentralStore *store, const char *store_id, const char *gtin,
                           const char *lot, PosQuantity quantity, GError **error);

/* Units sold of a lot in one hour of one day: [hour_start_ms, +1 h), Unix ms, aligned to the UTC hour. */
typedef struct {
    char gtin[15];
    char lot[POS_BOUND_LOT_BYTES + 1];
    int64_t hour_start_ms;
    int64_t units;  /* pieces or grams */
    int64_t amount_minor;
} CentralSalesHour;
/* Sales by lot and hour in [from_ms, until_ms), by gtin, lot, hour. Owned GArray of CentralSalesHour. */
GArray *central_store_sales_hours(CentralStore *store, const char *store_id, int64_t from_ms,
                                  int64_t until_ms, GError **error);

/* --- EPCIS events of a lot (capture and queries come later on the same table) ---------------------- */

/* event_id is the idempotency key; event: one EPCIS 2.0 event. gtin/lot: what it is about. */
bool central_store_add_event(CentralStore *store, const char *event_id, const char *gtin,
                             const char *lot, int64_t event_time_ms, const json_t *event,
                             GError **error);
/* Events of a lot in time order; owned GPtrArray of json_t* (references). */
GPtrArray *central_store_events(CentralStore *store, const char *gtin, const char *lot);

/* --- decisions -------------------------------------------------------------------------------------- */

/* One line of the decision log: why a price was changed (or kept), with the inputs and the model's version. */
bool central_store_log_decision(CentralStore *store, const char *store_id, const char *gtin,
                                const char *lot, int64_t at_ms, const json_t *decision,
                                GError **error);

/* Several of the above as one transaction (the calls join it). */
bool central_store_begin(CentralStore *store, GError **error);
bool central_store_commit(CentralStore *store, GError **error);
void central_store_rollback(CentralStore *store);

G_END_DECLS
