/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads of central's store that only the manager's reports need. Bounded; nothing is written. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* A lot's stock with what was sold of it since `since_ms`. */
typedef struct {
    char gtin[15];
    char lot[POS_BOUND_LOT_BYTES + 1];
    int64_t on_hand, delivered, sold;
} CentralStockRow;
/* By gtin and lot, after that of after_gtin and after_lot ("" from the beginning), at most max. Owned GArray of
 * CentralStockRow. */
GArray *central_store_stock_page(CentralStore *store, const char *store_id, const char *after_gtin,
                                 const char *after_lot, int64_t since_ms, gsize max,
                                 GError **error);
/* Lots of which less than nothing is there, the worst first. As above, without `sold`. */
GArray *central_store_stock_negative(CentralStore *store, const char *store_id, gsize max,
                                     GError **error);

/* What central itself was told of a lot's deliveries: [{"at_ms":…,"qty":…}]. New reference. */
json_t *central_store_deliveries(CentralStore *store, const char *store_id, const char *gtin,
                                 const char *lot, GError **error);
/* What was in force of an item ("GTIN", "GTIN/lot") since `since_ms`, newest first: [{"at_ms":…,"price":…}]. */
json_t *central_store_price_history(CentralStore *store, const char *store_id, const char *item,
                                    int64_t since_ms, gsize max, GError **error);
/* How many prices came into force in [from_ms, until_ms). */
bool central_store_price_changes(CentralStore *store, const char *store_id, int64_t from_ms,
                                 int64_t until_ms, int64_t *out_count, GError **error);
/* What the tags of a store show: [{"tag":…,"version":…,"shown_ms":…}]. New reference. */
json_t *central_store_tags_seen(CentralStore *store, const char *store_id, gsize max,
                                GError **error);

G_END_DECLS
