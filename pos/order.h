/* SPDX-License-Identifier: GPL-3.0-or-later
 * How much of an item to order for one delivery: the number that earns most between running out and throwing away
 * (newsvendor). The demand until the delivery after the next one is taken as Poisson-like with a given variance; one unit
 * more is worth its margin if it sells in time and costs its price and disposal if it does not. Pure, integers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

G_BEGIN_DECLS

#define POS_ORDER_UNITS_MAX 100000 /* selling units that one order line may ask for */

/* Units are what is ordered and sold in: pieces, or portions of `portion` grams by weight. */
typedef struct {
    int64_t demand_day_milli; /* mean units a day × 1000 at today's price, 0 unknown */
    int variance_pct; /* variance as percent of the mean: 100 Poisson, more is more uncertain; 0 counts as 100 */
    int days_to_delivery;   /* lead time: days until it is here, >= 0 */
    int days_to_next;       /* days from then until what is ordered next is here, >= 1 */
    int shelf_life_days;    /* of what is delivered: days that it can be sold, 0 unknown */
    int64_t on_hand;        /* sellable now, of which … */
    int64_t expires_before; /* … as much as this will have to go before the delivery, sold or not */
    int64_t on_order;       /* on the way, here before or with the delivery */
    int64_t price, unit_cost, disposal_cost; /* minor units per unit */
    int64_t pack;                            /* units of one pack, >= 1 */
} PosOrderNeed;

typedef struct {
    int64_t units; /* packs × pack */
    int64_t packs;
    int64_t cover_days; /* days of demand that it has to cover */
    int64_t expected;   /* demand until the delivery after, whole units */
    int64_t remaining;  /* of what is there and on the way, left when it arrives (expected) */
    int service_pct;    /* the wanted chance not to run out: margin ÷ (margin + loss) */
    bool limited_by_shelf_life;
} PosOrderAdvice;

/* The best number. An item without demand, or that earns nothing, needs none. */
PosOrderAdvice pos_order_advise(const PosOrderNeed *need);

/* Expected profit of ordering `units`, in minor units × 1000: what the advice is best at among whole packs. For tests and
 * for showing what one pack more or less would do. */
int64_t pos_order_profit_milli(const PosOrderNeed *need, int64_t units);

/* One sentence in the current language: "40 expected in 3 days, 12 left when it comes." Owned. */
char *pos_order_reason(const PosOrderAdvice *advice);

G_END_DECLS
