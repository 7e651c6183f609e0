/* SPDX-License-Identifier: GPL-3.0-or-later
 * What pricing/learn and pricing/learn_fit share; for no one else. */
#pragma once
#include "pricing/demand.h"
#include "pricing/learn.h"

#define CURVES 5
#define SLOPES 14
#define SLOPE_MIN 0.4
#define SLOPE_STEP 0.42
#define SLOPE_PRIOR                                                                                \
    2.0 /* between the elasticities of orange juice, avocados and vegetables in shops */
#define SLOPE_PRIOR_SD 1.0 /* of a category's mean slope */
#define STALE_PRIOR 0.3    /* ln of demand lost over the life on the shelf */

typedef struct {
    short day;
    signed char weekday, hour, lots;
    PricingLearnLot lot[PRICING_MODEL_LOTS_MAX];
} LearnHour;

typedef struct {
    PricingModel model;
    int category, life_days;
    double part; /* of an hour that an entry tells of */
    LearnHour *hours;
    int hours_count, hours_room;
    double weekday[7], hour[24];           /* own factors on top of category and shop */
    double level[PRICING_LEARN_DAYS_MAX];  /* by day modulo DAYS_MAX; 1 where nothing was seen */
    double spread[PRICING_LEARN_DAYS_MAX]; /* variance of ln(level) after that day */
    double sold[PRICING_LEARN_DAYS_MAX];   /* weighted sums of that day */
    double expected[PRICING_LEARN_DAYS_MAX];
    double slope_mean, slope_variance; /* by its own data alone */
    double stale;
    double evidence[CURVES][SLOPES];     /* ln likelihood */
    double curve_weight[CURVES][SLOPES]; /* posterior */
} LearnProduct;

typedef struct {
    double weekday[7], hour[24];
    double slope;
} LearnGroup;

struct PricingLearn {
    int count, categories, open_hour, close_hour;
    double part;
    LearnProduct *products;
    LearnGroup *groups; /* by category */
    LearnGroup shop;
    double curve_share[CURVES];
    double slope_between; /* deviation of products within a category */
    double stale;         /* the shop's, over the life on the shelf */
    PricingChoice choice;
    double size;        /* of an hour */
    double level_shape; /* of a product's day: 1 / variance */
    double group_shape, shop_shape;
    double keep;
    bool is_fitted;
    /* ln of the answer to price, [curve][slope][x] with x as in PricingModel */
    double (*log_factor)[SLOPES][PRICING_MODEL_X_COUNT];
};

/* What the model expects of an hour at level 1, by lot, with the part of the hour that a sold-out
 * lot was there; the weight bounds what the hour tells. */
typedef struct {
    double lot[PRICING_MODEL_LOTS_MAX];
    double share[PRICING_MODEL_LOTS_MAX]; /* of the hour, 1 unless sold out */
    double all, sold, weight;
} LearnExpected;

double learn_slope_at(int index);
double learn_log_fresh(const LearnProduct *product, double stale, double age);
void learn_make_fresh(LearnProduct *product, double stale);
void learn_make_response(const PricingLearn *learn, LearnProduct *product);
void learn_expect_hour(const LearnProduct *product, const LearnHour *hour, double level,
                       LearnExpected *out);
int learn_slot(int day);

/* Belief in ln(level) of a product at the start of a day. */
typedef struct {
    double level, spread;
} LearnBelief;
LearnBelief learn_belief(const PricingLearn *learn, const LearnProduct *product, int day);
