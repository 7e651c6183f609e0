/* SPDX-License-Identifier: GPL-3.0-or-later
 * What will be asked for: how demand answers to price, how "sold against expected" moves the belief
 * in its level, what an hour that sold out tells, and the probabilities of a count. Plain functions
 * over plain values. */
#pragma once

#define PRICING_DEMAND_ELASTICITY_PRIOR                                                            \
    (-2.5) /* own-price, single products: mean of published studies */

/* How demand falls as x = price / list price rises. All are 1 at x = 1, where the slope of their
 * logarithm is -slope: they agree for small changes and part for deep markdowns. */
typedef enum {
    PRICING_CURVE_ISO = 0, /* constant elasticity: x^-slope */
    PRICING_CURVE_EXP,     /* exp(-slope (x - 1)) */
    PRICING_CURVE_LOGIT,   /* saturates: two in five shoppers who look buy at list price */
    PRICING_CURVES
} PricingCurve;

/* Demand at x > 0 relative to demand at list price; slope >= 0. Always > 0 and finite. */
double pricing_demand_factor(PricingCurve curve, double slope, double x);

/* Belief in a level (1: as expected) as a gamma distribution: mean shape / rate, worth `rate`
 * expected units of data. */
typedef struct {
    double shape, rate;
} PricingLevel;

/* A level of mean 1 that weighs as much as `worth` (> 0) expected units. */
PricingLevel pricing_demand_level(double worth);
/* After `sold` units where `expected` were expected at level 1; both >= 0. With little expected,
 * little moves. */
PricingLevel pricing_demand_level_after(PricingLevel level, double sold, double expected);
double pricing_demand_level_mean(PricingLevel level);
/* Lets the belief fade towards mean 1 and the prior's worth: keep in [0, 1], 1 keeps all. */
PricingLevel pricing_demand_level_fade(PricingLevel level, double worth, double keep);

/* The share of an hour, in (0, 1], for which a lot was on offer when its last n (>= 1) units sold
 * in that hour and `mean` units would have been asked for in the whole hour: n units against this
 * share of the expectation is what a sold-out hour tells (a Poisson stream stopped at its n-th
 * unit). mean >= 0. */
double pricing_demand_open_share(int n, double mean);

/* Probabilities of 0, 1, ... units asked for, into out[0..count-1], where out[count-1] holds
 * "count-1 or more". size > 0: negative binomial, variance mean + mean^2 / size; size <= 0:
 * Poisson. mean in [0, 600], count >= 1. Returns how many entries matter: all beyond add up to less
 * than 1e-9 and are added to the last one that counts. */
int pricing_demand_pmf(double mean, double size, double *out, int count);

/* The logarithm of the probability of exactly n units, and of n units or more. */
double pricing_demand_log_pmf(double mean, double size, int n);
double pricing_demand_log_tail(double mean, double size, int n);
