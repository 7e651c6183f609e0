/* SPDX-License-Identifier: GPL-3.0-or-later
 * What pricing/sim_world (the shop's nature) and pricing/sim (its days) share. */
#pragma once
#include "pricing/model.h"
#include "pricing/sim.h"

#define SIM_OPEN 8
#define SIM_CLOSE 22
#define SIM_CHANGES 4
#define SIM_LOTS_MAX PRICING_MODEL_LOTS_MAX

typedef struct {
    PricingSimProduct facts;
    PricingModel truth; /* what the oracle plans with */
    double stock_factor;
} SimProduct;

typedef struct {
    int number, product, first_day, last_day, changes_left;
    int64_t on_hand, price, sold, wasted;
    bool closed, dead;
    double worth;
} SimLot;

struct PricingSim {
    PricingSimSetup setup;
    int categories;
    SimProduct *products;
    PricingSimProduct *facts;
    double *level; /* [product * days + day] */
    double keep;
    double refill; /* of what is left is taken off the next delivery */
    double stock;  /* scale of all deliveries */
    double order_noise;
    SimLot *lots;
    int lots_count, lots_room;
};

/* In [0, 1), the same for the same numbers. */
double sim_chance(const PricingSim *sim, int a, int b, int c, int purpose);
double sim_normal(const PricingSim *sim, int a, int b, int c, int purpose);
double sim_gamma(const PricingSim *sim, double shape, int a, int b, int c, int purpose);
int sim_poisson(double mean, double u);

/* Draws everything that does not depend on prices. */
void sim_make_world(PricingSim *sim);
