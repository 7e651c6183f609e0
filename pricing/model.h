/* SPDX-License-Identifier: GPL-3.0-or-later
 * How one product is asked for: a level, weekdays, hours, an answer to price, age, and how shoppers
 * split over lots that lie side by side. A plain value: learned from history (pricing/learn), used
 * by the planner (pricing/plan). */
#pragma once

#define PRICING_MODEL_LOTS_MAX 8 /* lots of one product on the shelf at once */
#define PRICING_MODEL_X_MIN 0.20 /* price / list price, first entry of the table */
#define PRICING_MODEL_X_STEP 0.01
#define PRICING_MODEL_X_COUNT 131
#define PRICING_MODEL_AGES 32 /* days; older counts as the oldest */

/* How shoppers choose between lots of one product. Of lots with attractions a_1..a_n (1: a fresh one
 * at list price) lot i gets the share a_i^sharp / sum a^sharp of
 * (mean a^sharp)^(1 / sharp) * n^(1 - crowd). */
typedef struct {
    double sharp; /* > 0; high: nearly all take the best one */
    double crowd; /* 0: each lot has shoppers of its own (with sharp 1), 1: one crowd for all */
} PricingChoice;

typedef struct {
    double base;       /* units a day at list price, fresh, level 1 */
    double weekday[7]; /* factors, Monday first */
    double hour[24];   /* share of a day's demand; sums to 1 over the opening hours */
    double log_response[PRICING_MODEL_X_COUNT]; /* ln of demand at x relative to demand at list
                                                   price */
    double log_fresh[PRICING_MODEL_AGES];       /* ln of demand by days since delivery; 0 at 0 */
    PricingChoice choice;
    double size; /* of an hour's count: variance mean + mean^2 / size */
} PricingModel;

/* ln of the demand at x relative to list price; x outside the table counts as its end. */
double pricing_model_log_response(const PricingModel *model, double x);

/* What each of the lots on the shelf (1..LOTS_MAX) gets, relative to one fresh lot at list price.
 * x: price / list price, age: days since delivery. */
void pricing_model_split(const PricingModel *model, int lots, const double *x, const double *age,
                         double *out);
/* The same from each lot's ln of attraction (response and age). */
void pricing_model_split_log(PricingChoice choice, int lots, const double *log_attraction,
                             double *out);
/* ln of the demand that is left at an age in days, >= 0. */
double pricing_model_log_fresh(const PricingModel *model, double age);
