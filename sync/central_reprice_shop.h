/* SPDX-License-Identifier: GPL-3.0-or-later
 * What pricing needs to know of a store at one moment, read from central_store in a few passes:
 * settings, opening hours, products with their plans, the lots that may be sold, how they sold.
 * central_reprice turns it into problems. */
#pragma once
#include "pricing/policy.h"
#include "pos/freshness.h"
#include "pos/price.h"
#include "sync/central_price.h"

G_BEGIN_DECLS

/* A product as pricing sees it. rate_day: pieces or grams a day at list price, by plan and history.
 */
typedef struct {
    char gtin[15];
    bool by_weight;
    char storage[32]; /* as in the feed, "" unknown */
    bool recalled, paused;
    int64_t unit_cost, disposal_cost;
    double elasticity;
    double rate_day;
    int shelf_life_days; /* 0 unknown */
    int64_t on_shelf;    /* of its lots that are priced, sold today included */
    PosPrice *price;     /* of the GTIN; NULL when it has none */
} RepriceProduct;

/* A lot of it. */
typedef struct {
    RepriceProduct *product; /* borrowed */
    PosLot *lot;
    PosPrice *price; /* its own; NULL: the product's */
    bool paused;
    int changes_today; /* of its price, by us */
    PosFreshness freshness;
    int64_t on_hand;
    int64_t sold_today; /* pieces or grams */
} RepriceLot;

typedef struct {
    CentralStore *store;  /* borrowed */
    const char *store_id; /* borrowed */
    int64_t now_ms;
    CentralPriceRules rules;
    PosDate today;
    int open_hour, close_hour; /* 0..23, 1..24 */
    PosFreshnessLimits freshness;
    char *language;
    bool enabled;
    bool propose; /* prices are proposed to the manager, never set */
    GHashTable *paused_categories; /* ids that pricing leaves alone */
    PricingRails rails; /* the store's part: step, ending, dwell, changes a day */
    double
        profile[24]; /* share of a day's demand by local hour; sums to 1 over the opening hours */
    GHashTable *products;    /* GTIN -> RepriceProduct */
    GPtrArray *lots;         /* RepriceLot, by GTIN and lot; those without product are left out */
    GArray *sales;           /* CentralSalesHour of the last days, by gtin, lot, hour */
    GHashTable *sales_first; /* "GTIN/lot" -> 1 + index of its first row in sales */
} RepriceShop;

/* Reads everything. NULL on error. */
RepriceShop *central_reprice_shop_load(CentralStore *store, const char *store_id, int64_t now_ms,
                                       GError **error);
void central_reprice_shop_free(RepriceShop *shop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RepriceShop, central_reprice_shop_free)

/* The instant of an hour (0..24) of a date in the store's zone, Unix ms. */
int64_t central_reprice_shop_instant(const RepriceShop *shop, PosDate date, int hour);

/* The share of a day's demand that falls into [from_ms, until_ms) of that date: 0..1. */
double central_reprice_shop_day_share(const RepriceShop *shop, PosDate date, int64_t from_ms,
                                      int64_t until_ms);

/* Units of a lot sold in the hours that begin in [from_ms, until_ms). */
int64_t central_reprice_shop_sold(const RepriceShop *shop, const char *gtin, const char *lot,
                                  int64_t from_ms, int64_t until_ms);

G_END_DECLS
