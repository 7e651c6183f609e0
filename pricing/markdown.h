/* SPDX-License-Identifier: GPL-3.0-or-later
 * The best price path for the units of one lot until its last hour, over a grid of prices: backward
 * induction on periods, units left and the price in force. Problem in, plan out; no state between
 * calls. */
#pragma once
#include <stdbool.h>

#define PRICING_MARKDOWN_UNITS_MAX 400
#define PRICING_MARKDOWN_PERIODS_MAX 400
#define PRICING_MARKDOWN_PRICES_MAX 32
#define PRICING_MARKDOWN_MEAN_MAX 600.0 /* units asked for in one period */

typedef struct {
    int units;           /* on hand, 1..UNITS_MAX: pieces, or portions of weighed goods */
    int periods;         /* 1..PERIODS_MAX */
    int prices;          /* 1..PRICES_MAX */
    const double *price; /* `prices` of them, ascending, > 0, money per unit */
    const double *mean;  /* [period * prices + price]: units asked for, 0..MEAN_MAX */
    /* nullable; the same shape: money that this price brings elsewhere in the period while there
     * are units left; what it takes from another lot is negative */
    const double *reward;
    double size;             /* negative binomial size; <= 0: Poisson */
    double salvage;          /* money for a unit left at the end; a disposal cost is negative */
    double change_cost;      /* money that a change of the price costs, >= 0: keeps changes few */
    const bool *free_change; /* nullable; [period]: changing at the start of it costs nothing */
    int price_now;           /* index of the price in force, or -1: the first choice is free */
} PricingMarkdownProblem;

typedef enum {
    PRICING_MARKDOWN_OK = 0,
    PRICING_MARKDOWN_BAD_PROBLEM, /* a bound above is broken */
    PRICING_MARKDOWN_NO_MEMORY,
} PricingMarkdownStatus;

typedef struct {
    int price;       /* index for the first period; of equally good ones the higher price */
    double value;    /* expected money from here on, change costs included */
    double marginal; /* what the last unit adds to it: the worth of one unit now */
    /* what the value would be if this price ruled the first period, without a change cost for that
     */
    double by_price[PRICING_MARKDOWN_PRICES_MAX];
} PricingMarkdownPlan;

/* *plan is untouched unless OK. */
PricingMarkdownStatus pricing_markdown_solve(const PricingMarkdownProblem *problem,
                                             PricingMarkdownPlan *plan);
