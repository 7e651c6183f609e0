/* SPDX-License-Identifier: GPL-3.0-or-later
 * A seeded fresh-food shop for judging price policies before a real one meets them. Its demand has
 * what a policy is not told: the form of the curve, slopes, weekdays, hours, freshness, how shoppers
 * choose between lots, levels that wander from day to day, events that last some days. All of it is
 * drawn from wide ranges, so that no policy can be tuned to one set of numbers. The same seed gives
 * the same shoppers to every policy. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PRICING_SIM_PRODUCTS_MAX 500
#define PRICING_SIM_DAYS_MAX 400

typedef enum {
    PRICING_SIM_MIXED = 0, /* each seed draws its own mixture */
    PRICING_SIM_CALM,      /* small moves from day to day, no events */
    PRICING_SIM_SHOCKS,    /* events often and large */
    PRICING_SIM_SWITCH,    /* shoppers take the better of the lots that lie side by side */
    PRICING_SIM_SCENARIOS
} PricingSimScenario;

/* Who sets the prices once the watched days are over. */
typedef enum {
    PRICING_SIM_LIST = 0, /* list price always */
    PRICING_SIM_RULE,     /* 30 % off on the last day, 50 % off in its last four hours */
    PRICING_SIM_LEARNER,  /* pricing/shop, which sees only what a till sees */
    PRICING_SIM_MODEL,    /* the planner with the true demand, but without the days' levels */
    PRICING_SIM_ORACLE,   /* the planner with the true demand and each day's level */
    PRICING_SIM_OTHER,    /* a function given to pricing_sim_run() */
    PRICING_SIM_POLICIES
} PricingSimPolicy;

typedef struct {
    uint64_t seed;
    PricingSimScenario scenario;
    int products;                 /* 1..PRODUCTS_MAX */
    int watch_days, control_days; /* >= 0, >= 1; together at most DAYS_MAX */
    double waste_at_list;         /* the share that list prices alone would waste decides how much
                                       is delivered; 0: drawn around 0.22 */
} PricingSimSetup;

/* Over the control days. Money in minor units. */
typedef struct {
    double margin, revenue;
    int64_t sold, wasted, handled;   /* units; handled: delivered */
    int64_t changes, refused;        /* of tags while open; beyond the changes a day */
    int64_t violations;              /* prices outside their bounds */
    double product_hours, out_hours; /* opening hours of products; those that had nothing to sell */
    double tag_days;
} PricingSimResult;

/* One lot on its tag. All but `answer` is told; answer is the price to set. */
typedef struct {
    int lot, product;        /* lot: its number for life */
    int first_day, last_day; /* day numbers of the simulation */
    int changes_left;
    int64_t on_hand, price, sold, wasted;
    bool closed;
    int64_t answer;
} PricingSimOffer;

/* What a product is, as the protocol tells it. */
typedef struct {
    int category;
    int64_t unit_cost, list_price, min_price, max_price, disposal_cost;
    int shelf_life_days;
} PricingSimProduct;

typedef struct PricingSim PricingSim;

/* NULL when there is no memory or the setup is out of bounds. */
PricingSim *pricing_sim_new(const PricingSimSetup *setup);
void pricing_sim_free(PricingSim *sim);
/* Facts of all products; borrowed. */
const PricingSimProduct *pricing_sim_products(const PricingSim *sim);
int pricing_sim_open_hour(const PricingSim *sim);
int pricing_sim_close_hour(const PricingSim *sim);
int pricing_sim_changes_a_day(const PricingSim *sim);

/* Sets each offer's `answer` for the hour that begins. control: the answers count. */
typedef void (*PricingSimDecide)(void *data, int day, int hour, bool control,
                                 PricingSimOffer *offers, int count);

/* Runs all days from the start. decide and data: for PRICING_SIM_OTHER only, else NULL. False when
 * there is no memory. */
bool pricing_sim_run(PricingSim *sim, PricingSimPolicy policy, PricingSimDecide decide, void *data,
                     PricingSimResult *out);

/* The share of the margin between the rule and the oracle that a policy closed. */
double pricing_sim_share(const PricingSimResult *rule, const PricingSimResult *policy,
                         const PricingSimResult *oracle);
