/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lots of one product in a store's feed: a range of central's store (sync/central_store.h) for the product pages. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

typedef struct {
    char *lot;
    json_t *value;
} CentralLotRow;
void central_lot_row_free(CentralLotRow *row);

/* By lot number, at most max; empty also when the database could not be read. Owned GPtrArray of CentralLotRow*. */
GPtrArray *central_store_lots(CentralStore *store, const char *store_id, const char *gtin,
                              gsize max);

G_END_DECLS
