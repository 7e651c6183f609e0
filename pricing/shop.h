/* SPDX-License-Identifier: GPL-3.0-or-later
 * A whole shop's prices, hour after hour: remembers its lots, learns from what sold, and answers
 * with new prices. The brain of `coster-pricing serve-policy`; knows no JSON. Deterministic: the
 * same calls give the same answers. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PRICING_SHOP_PRODUCTS_MAX 2000
#define PRICING_SHOP_CHANGES_MAX 1000

typedef struct PricingShop PricingShop;

/* Money in minor units per unit. 1 <= min_price <= max_price, list_price >= 1. */
typedef struct {
    int category; /* any small numbers >= 0, equal ones belong together */
    int64_t unit_cost, list_price, min_price, max_price, disposal_cost;
    int shelf_life_days; /* >= 1; 1: sold on the day of delivery only */
} PricingShopProduct;

/* NULL when there is no memory. products are copied. epoch_hours: the length of an epoch, at
 * most 1. */
PricingShop *pricing_shop_new(const PricingShopProduct *products, int count, int open_hour,
                              int close_hour, double epoch_hours);
void pricing_shop_free(PricingShop *shop);

/* One lot of one epoch; the fields are those of the protocol. */
typedef struct {
    int lot; /* number that the caller gives a lot for its life; may be used again after `closed` */
    int product;         /* index into products */
    int64_t expires_day; /* day number of its last day, counted as `day` below */
    int64_t on_hand, price, sold, wasted;
    int changes_left;
    bool closed;
    int64_t answer; /* out: the price to set; equals `price` where nothing changes */
} PricingShopOffer;

/* The hour that begins: day counts from any start and never falls, weekday 0 is Monday. Offers tell
 * of the hour before. When `control` is false the answers are the present prices. */
void pricing_shop_epoch(PricingShop *shop, int day, int weekday, int hour, bool control,
                        PricingShopOffer *offers, int count);
