/* SPDX-License-Identifier: GPL-3.0-or-later
 * What each product will sell on the next day, from its own past days, its category's and the
 * shop's, the weekday and the price. Days are fed in order; the weights of what is known are learned
 * as the days go, from a start that was fitted to a real fresh shop. Plain arithmetic, deterministic. */
#pragma once
#include <stdbool.h>

#define PRICING_FORECAST_FEATURES 14

typedef struct PricingForecast PricingForecast;

/* NULL when there is no memory. period_days: 1 daily figures, 7 weekly ones. */
PricingForecast *pricing_forecast_new(int items, int categories, int period_days);
void pricing_forecast_free(PricingForecast *forecast);

/* Begins a day (counted from any start, rising); what was seen of the day before is now learned. */
void pricing_forecast_day(PricingForecast *forecast, int day, int weekday);

/* How many days an item was seen before today. */
int pricing_forecast_seen(const PricingForecast *forecast, int item);

/* Units of an item today at this price (> 0; list price, known in the morning). 0 when it was never
 * seen. */
double pricing_forecast_units(PricingForecast *forecast, int item, int category, double price);

/* What it did sell (> 0) at that price; once an item and day, after its forecast. */
void pricing_forecast_seen_today(PricingForecast *forecast, int item, int category, double units,
                                 double price);

/* The weights as learned so far, PRICING_FORECAST_FEATURES of them; borrowed. */
const double *pricing_forecast_weights(const PricingForecast *forecast);

/* d ln(units) / d ln(price) over the days so far and its deviation by their scatter; both 0 when no
 * price ever moved. */
double pricing_forecast_elasticity(const PricingForecast *forecast, double *out_deviation);
