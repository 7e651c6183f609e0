/* SPDX-License-Identifier: GPL-3.0-or-later
 * Prices for all lots of one product that lie side by side, from a demand model: each lot's path is
 * optimised in turn (pricing/markdown) against the others' prices, and pays for what it takes from
 * them. */
#pragma once
#include "pricing/model.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t list_price, min_price, max_price, disposal_cost; /* minor units per unit */
    int open_hour, close_hour;
    int life_days;         /* days on the shelf of a new lot, >= 1 */
    double deliver;        /* chance that a new lot comes in the morning, 0..1 */
    double waste_aversion; /* a unit thrown away hurts by this share of list price beyond its
                              disposal cost, >= 0 */
    double keep_level;     /* how much of a day's level is left the day after, 0..1 */
} PricingPlanProduct;

typedef struct {
    int weekday; /* 0 Monday */
    int hour; /* the prices rule from this hour on; outside opening hours: from the next opening */
    double level;     /* today's demand relative to the model */
    double level_sd;  /* what is not known of it, as deviation of its logarithm; 0: it is certain */
    double trust;     /* 0..1: lower makes counts scatter more than the model says, 1 as it says */
    bool free_change; /* the tags are re-set now without being counted */
} PricingPlanNow;

typedef struct {
    int64_t units;    /* on hand, >= 1 */
    int64_t price;    /* in force */
    int age_days;     /* since delivery */
    int days_left;    /* after today: 0 on its last day */
    int changes_left; /* today */
    int64_t answer;   /* out: the price to set, within min and max */
    double worth;     /* in and out: of one more unit, money; < 0 not known */
} PricingPlanLot;

/* Fills `answer` and `worth` of 1..PRICING_MODEL_LOTS_MAX lots. */
void pricing_plan_product(const PricingModel *model, const PricingPlanProduct *product,
                          const PricingPlanNow *now, PricingPlanLot *lots, int count);
