/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a manager's terminal keeps: reports as central last answered, stock by lot, the rows of the inventory, drafts of
 * prices. SQL behind plain calls; a PosStore belongs to its thread as always. */
#pragma once
#include "pos/store.h"

G_BEGIN_DECLS

/* --- reports -------------------------------------------------------------------------------------------- */

/* name: the report with what was asked. at_ms: when it came, Unix ms. */
bool pos_store_kept_put(PosStore *store, const char *name, const json_t *value, int64_t at_ms,
                        GError **error);
/* NULL when none was kept. New reference. out_at_ms may be NULL. */
json_t *pos_store_kept_get(PosStore *store, const char *name, int64_t *out_at_ms);

/* --- stock ----------------------------------------------------------------------------------------------- */

/* Takes one page of the report `inventory`; first: what is there from before goes. POS_ERROR_INVALID for a page that is none. */
bool pos_store_stock_page(PosStore *store, const json_t *page, bool first, GError **error);
/* What central last said of a lot; false when nothing is known. */
bool pos_store_stock_level(PosStore *store, const char *gtin, const char *lot,
                           int64_t *out_on_hand);

/* --- inventory --------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t id;
    char *gtin, *lot, *name, *category, *place;
    bool by_weight;
    int64_t on_hand;
    int64_t cover_tenths; /* days × 10, -1 unknown */
    int sell_through_bp;  /* -1 unknown */
    PosDate last_day;     /* of the lot's date; none */
    int colour;           /* PosFreshnessColour */
    int64_t value;        /* at cost, minor units */
    int64_t price;        /* -1 none */
} PosInventoryRow;
void pos_inventory_row_free(PosInventoryRow *row);

typedef enum {
    POS_INVENTORY_BY_NAME = 0,
    POS_INVENTORY_BY_LOT,
    POS_INVENTORY_BY_CATEGORY,
    POS_INVENTORY_BY_ON_HAND,
    POS_INVENTORY_BY_COVER,
    POS_INVENTORY_BY_SELL_THROUGH,
    POS_INVENTORY_BY_DATE, /* FEFO */
    POS_INVENTORY_BY_COLOUR,
    POS_INVENTORY_BY_VALUE,
    POS_INVENTORY_BY_PRICE,
    POS_INVENTORY_ORDERS
} PosInventoryOrder;

typedef struct {
    const char *text;     /* part of a name, lot, GTIN or PLU; NULL all */
    const char *category; /* NULL all */
    int colour;           /* -1 all */
    bool in_stock;        /* only what is there, or less than nothing */
    PosInventoryOrder order;
    bool descending;
} PosInventoryQuery;

/* Makes the rows anew from feed and stock, in one transaction; takes seconds for hundreds of thousands of lots, so on a thread
 * of its own. language: of the names, NULL the store's; today, now_ms: for health and prices. */
bool pos_store_inventory_rebuild(PosStore *store, const char *language, PosDate today,
                                 int64_t now_ms, GError **error);
/* The ids of the rows that match, in order. Owned GArray of int64_t. */
GArray *pos_store_inventory_find(PosStore *store, const PosInventoryQuery *query, GError **error);
/* One row; NULL when it is not there any more. Owned. Microseconds. */
PosInventoryRow *pos_store_inventory_row(PosStore *store, int64_t id);

/* --- drafts of prices ------------------------------------------------------------------------------------------ */

/* list_price -1: not changed; price -1 takes the item out of the draft. */
bool pos_store_draft_put(PosStore *store, const char *batch, const char *gtin, const char *lot,
                         int64_t price, int64_t list_price, GError **error);
/* [{"gtin","lot","price","list_price"}], by key; lot and list_price only where there. New reference. */
json_t *pos_store_draft(PosStore *store, const char *batch, GError **error);
/* The batches that are being drafted: [{"batch","items"}]. New reference. */
json_t *pos_store_drafts(PosStore *store, GError **error);
bool pos_store_draft_drop(PosStore *store, const char *batch, GError **error);

/* --- the applied feed, for lists ---------------------------------------------------------------------------------- */

/* Every item of a kind that is not deleted, by key: {"key":value}. At most max. New reference. */
json_t *pos_store_feed_kind(PosStore *store, const char *kind, gsize max, GError **error);
/* One value; NULL absent. New reference. */
json_t *pos_store_feed_item(PosStore *store, const char *kind, const char *key);

G_END_DECLS
