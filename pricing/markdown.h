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
    double size;         /* negative binomial size; <= 0: Poisson */
    double salvage;      /* money for a unit left at the end; a disposal cost is negative */
    double change_cost;  /* money that a change of the price costs, >= 0: keeps changes few */
    const bool
        *free_change; /* nullable; [period]: a change at the start of this period costs nothing */
    int price_now;    /* index of the price in force, or -1: the first choice is free */
} PricingMarkdownProblem;

typedef enum {
    PRICING_MARKDOWN_OK = 0,
    PRICING_MARKDOWN_BAD_PROBLEM, /* a bound above is broken */
    PRICING_MARKDOWN_NO_MEMORY,
} PricingMarkdownStatus;

typedef struct {
    int price;    /* index of the price for the first period; of equally good ones the higher */
    double value; /* expected money from here on, change costs included */
    double by_price[PRICING_MARKDOWN_PRICES_MAX]; /* the same if this price ruled the first period;
                                                     no change cost */
} PricingMarkdownPlan;

/* *plan is untouched unless OK. */
PricingMarkdownStatus pricing_markdown_solve(const PricingMarkdownProblem *problem,
                                             PricingMarkdownPlan *plan);
