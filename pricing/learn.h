/* SPDX-License-Identifier: GPL-3.0-or-later
 * Demand models of a shop's products from its history, hour by hour and lot by lot: levels,
 * weekdays, hours, the answer to price, freshness and rivalry of lots. Products borrow from their
 * category and the shop where their own data is thin. Deterministic; one PricingLearn belongs to
 * one thread. */
#pragma once
#include "pricing/model.h"

#include <stdbool.h>
#include <stdint.h>

#define PRICING_LEARN_DAYS_MAX 70 /* older days are forgotten */

typedef struct PricingLearn PricingLearn;

/* guess: units a day before anything was seen. category: any small numbers >= 0, equal ones belong
 * together. */
typedef struct {
    int category;
    int life_days; /* on the shelf, >= 1 */
    double guess;
} PricingLearnProduct;

/* NULL when there is no memory. 0 <= open_hour < close_hour <= 24. products are copied. part: of an
 * hour that one call of pricing_learn_hour() tells of, in (0, 1]. */
PricingLearn *pricing_learn_new(const PricingLearnProduct *products, int count, int open_hour,
                                int close_hour, double part);
void pricing_learn_free(PricingLearn *learn);

/* A better guess of the units a day of a product of which nothing was seen yet. */
void pricing_learn_guess(PricingLearn *learn, int product, double guess);

/* One lot in one opening hour. */
typedef struct {
    double x;   /* price / list price in that hour */
    double age; /* days since delivery */
    int sold;
    bool sold_out; /* the last unit went in this hour */
} PricingLearnLot;

/* One opening hour of a product; lots: all that were on offer when it
 * began, 1..PRICING_MODEL_LOTS_MAX. Days count from any start and never fall. False when there is
 * no memory: the hour is then not remembered. */
bool pricing_learn_hour(PricingLearn *learn, int product, int day, int weekday, int hour,
                        const PricingLearnLot *lots, int count);

/* Learns from all that was seen before `day`; today's level then starts from the days before. Call
 * once a day. */
void pricing_learn_fit(PricingLearn *learn, int day);

/* The model as of the last fit; borrowed until the next. */
const PricingModel *pricing_learn_model(const PricingLearn *learn, int product);

/* Demand on `day` relative to the model, from what that day has sold so far, what its category and
 * the shop sell, and the days before. */
double pricing_learn_level(const PricingLearn *learn, int product, int day);
/* The deviation of ln(level) that is left after what the day has told. */
double pricing_learn_level_sd(const PricingLearn *learn, int product, int day);
/* How much of a day's level is left the day after. */
double pricing_learn_keep(const PricingLearn *learn);
