/* SPDX-License-Identifier: GPL-3.0-or-later
 * One lot's price as a pure function: demand learned from the past, stock and hours left in, one
 * price within the guard rails and a reason out. No clock, no disk, no network, no GLib. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRICING_POLICY_VERSION "1"

/* Limits that always hold, applied last. Money in minor units per piece or per kg. Where they
 * contradict each other, from strongest to weakest: rise_allowed, floor and ceiling, ending, dwell
 * and changes a day, step. */
typedef struct {
    int64_t floor,
        ceiling; /* inclusive, 1 <= floor <= ceiling; a price outside is brought back at once */
    int64_t list_price; /* >= 1 */
    int step_bp_max;  /* largest change of one decision, basis points of the current price; 0: none
                       */
    int64_t ending;   /* prices are multiples of this (10 won, 1 cent); >= 1 */
    int64_t dwell_ms; /* least time between two changes of one lot */
    int changes_a_day_max; /* 0: no limit */
    bool rise_allowed;     /* false: never above the present price now */
} PricingRails;

/* What is known of one lot now. Units are pieces or grams, the same throughout. */
typedef struct {
    int64_t price;   /* in force, >= 1 */
    int64_t on_hand; /* may be <= 0 */
    int64_t
        portion; /* units that one shopper takes at a time: 1 piece, some 300 g; < 1 counts as 1 */
    double hours_left;    /* selling hours until it must be sold (close of its last day), >= 0 */
    double expected_rate; /* units an hour at list price that the plan or the history says, > 0 */
    double sold_expected; /* units that the same plan expected since the window began, at the prices
                             then in force */
    double sold_units;    /* units really sold in that window */
    double earlier_expected; /* the same of an earlier window (the day before), which counts for
                                half; 0 none */
    double earlier_sold;
    double elasticity;       /* own-price elasticity, < 0 (from data, pricing/demand) */
    int64_t ms_since_change; /* of this lot's price; INT64_MAX never changed */
    int changes_today;
    int64_t unit_cost, disposal_cost; /* minor units per piece or kg; 0 unknown. What a unit cost is
                                         spent: it does not enter the optimum, the caller puts it
                                         into the floor where it should hold */
} PricingLot;

typedef enum {
    PRICING_KEEP = 0,     /* on plan */
    PRICING_CUT_SLOW,     /* sells slower than planned */
    PRICING_CUT_EXPIRY,   /* too much left for the hours it has */
    PRICING_RISE_FAST,    /* sells faster than planned, or too little left */
    PRICING_BACK_TO_LIST, /* on plan again */
    PRICING_HELD_DWELL,   /* would change, but changed a short while ago */
    PRICING_HELD_CHANGES, /* would change, but the day's changes are used up */
    PRICING_SOLD_OUT,     /* nothing left to price */
    PRICING_INTO_RAILS,   /* the present price was outside floor and ceiling */
} PricingReason;

typedef struct {
    int64_t price; /* to be in force; equals the present one when it is kept */
    PricingReason reason;
    double forecast_units; /* asked for in hours_left at the present price, as now believed (may
                              exceed on_hand) */
    double rate_now;       /* units an hour now believed at list price */
    double target;         /* price before the guard rails, money */
} PricingDecision;

PricingDecision pricing_policy_decide(const PricingLot *lot, const PricingRails *rails);

/* The short name of a reason for a log: "cut_slow". Static. */
const char *pricing_policy_reason_code(PricingReason reason);

/* The reason in words, "en", "ko" or "zh" (anything else: en), true to the numbers: "sells slower
 * than planned: 31 left, 18 expected by close". unit_g: units are grams (shown as kg). Writes at
 * most size bytes, always terminated, never half a character. */
void pricing_policy_reason(const PricingLot *lot, const PricingDecision *decision, bool unit_g,
                           const char *language, char *out, size_t size);
