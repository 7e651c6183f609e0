/* SPDX-License-Identifier: GPL-3.0-or-later
 * How one product is asked for: a level, weekdays, hours, an answer to price, age, and how shoppers
 * split over lots that lie side by side. A plain value: learned from history (pricing/learn), used
 * by the planner (pricing/plan). */
#pragma once

#define PRICING_MODEL_LOTS_MAX 8 /* lots of one product on the shelf at once */
#define PRICING_MODEL_X_MIN 0.20 /* price / list price, first entry of the table */
#define PRICING_MODEL_X_STEP 0.01
#define PRICING_MODEL_X_COUNT 131

typedef struct {
    double base;       /* units a day at list price, fresh, level 1 */
    double weekday[7]; /* factors, Monday first */
    double hour[24];   /* share of a day's demand; sums to 1 over the opening hours */
    double log_response[PRICING_MODEL_X_COUNT]; /* ln of demand at x relative to demand at list
                                                   price */
    double stale;                               /* ln of demand lost per day of age, >= 0 */
    double rivalry; /* >= 1; 1: lots sell independently, high: only the best one sells */
    double size;    /* of an hour's count: variance mean + mean^2 / size */
} PricingModel;

/* ln of the demand at x relative to list price; x outside the table counts as its end. */
double pricing_model_log_response(const PricingModel *model, double x);

/* What each of the lots on the shelf (1..LOTS_MAX) gets, relative to one fresh lot at list price.
 * x: price / list price, age: days since delivery. */
void pricing_model_split(const PricingModel *model, int lots, const double *x, const double *age,
                         double *out);
/* The same from each lot's ln of attraction (response and age). */
void pricing_model_split_log(double rivalry, int lots, const double *log_attraction, double *out);
