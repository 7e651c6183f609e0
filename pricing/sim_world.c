/* SPDX-License-Identifier: GPL-3.0-or-later
 * The nature of a simulated shop. Every draw is a hash of (seed, which, when, purpose), so that no
 * policy's deeds move another draw. */
#include "pricing/sim_private.h"

#include <math.h>

typedef enum { FORM_ISO, FORM_EXP, FORM_LOGIT } Form;

/* --- chance --- */

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

double sim_chance(const PricingSim *sim, int a, int b, int c, int purpose)
{
    uint64_t x = mix(sim->setup.seed * 1000003u + (uint64_t)purpose);
    x = mix(x ^ (uint64_t)(a + 1));
    x = mix(x ^ (uint64_t)(b + 1) << 20);
    x = mix(x ^ (uint64_t)(c + 1) << 40);
    return ((double)(x >> 11) + 0.5) / 9007199254740992.0;
}

double sim_normal(const PricingSim *sim, int a, int b, int c, int purpose)
{
    return sqrt(-2 * log(sim_chance(sim, a, b, c, purpose))) *
           cos(2 * M_PI * sim_chance(sim, a, b, c, purpose + 1000));
}

/* Marsaglia and Tsang, with a draw number for each try. shape > 1/3. */
double sim_gamma(const PricingSim *sim, double shape, int a, int b, int c, int purpose)
{
    double d = shape - 1.0 / 3, e = 1 / sqrt(9 * d);
    for (int try = 0; try < 50; try++) {
        double z = sim_normal(sim, a, b, c, purpose + 2 * try), v = 1 + e * z;
        if (v > 0 && log(sim_chance(sim, a, b, c, purpose + 500 + try)) <
                         z * z / 2 + d - d * v * v * v + d * log(v * v * v)) {
            return d * v * v * v;
        }
    }
    return shape;
}

int sim_poisson(double mean, double u)
{
    if (mean > 600) {
        return (int)mean;
    }
    double p = exp(-mean), sum = p;
    int k = 0;
    while (u > sum && k < 2000) {
        k++;
        p *= mean / k;
        sum += p;
    }
    return k;
}

static double between(const PricingSim *sim, double low, double high, int a, int b, int purpose)
{
    return low + (high - low) * sim_chance(sim, a, b, 0, purpose);
}

/* --- products --- */

/* share: of those who look at the product and buy it at list price, for the logit. */
static double log_response(Form form, double slope, double share, double x)
{
    switch (form) {
    case FORM_ISO:
        return -slope * log(x);
    case FORM_EXP:
        return -slope * (x - 1);
    case FORM_LOGIT:
        return -log(share + (1 - share) * exp(slope / (1 - share) * (x - 1)));
    }
    return 0;
}

static void make_hours(const PricingSim *sim, int p, int category, PricingModel *truth)
{
    double sum = 0;
    double peak = between(sim, 10, 19, category, 0, 1),
           second = between(sim, 11, 20, category, 0, 2);
    double height = between(sim, 0.3, 2.5, category, 0, 3);
    for (int h = SIM_OPEN; h < SIM_CLOSE; h++) {
        truth->hour[h] = 1 + height * exp(-pow((h - peak) / 1.8, 2)) +
                         height * 0.6 * exp(-pow((h - second) / 1.5, 2));
        truth->hour[h] *= exp(0.1 * sim_normal(sim, p, h, 0, 4));
        sum += truth->hour[h];
    }
    for (int h = SIM_OPEN; h < SIM_CLOSE; h++) {
        truth->hour[h] /= sum;
    }
}

static void make_weekdays(const PricingSim *sim, int p, int category, PricingModel *truth)
{
    static const double week[7] = {0.90, 0.86, 0.88, 0.86, 0.99, 1.28, 1.23}; /* a real shop's */
    double strength = between(sim, 0.3, 1.5, 0, 0, 7);
    for (int w = 0; w < 7; w++) {
        double own = 0.06 * sim_normal(sim, category, w, 1, 5) + 0.04 * sim_normal(sim, p, w, 2, 6);
        truth->weekday[w] = exp(log(week[w]) * strength + own);
    }
}

static void make_freshness(const PricingSim *sim, SimProduct *product, int category)
{
    double loss = between(sim, 0.1, 0.55, category, 0, 19) * between(sim, 0.7, 1.3, 0, 0, 24);
    double bend = between(sim, 0.7, 1.6, 0, 0, 25);
    bool is_by_day = sim_chance(sim, 0, 0, 0, 26) < 0.4;
    for (int age = 0; age < PRICING_MODEL_AGES; age++) {
        double life = product->facts.shelf_life_days;
        double share = is_by_day ? age / 3.0 : age / life;
        product->truth.log_fresh[age] = -loss * pow(share, bend);
    }
}

static void make_answer(const PricingSim *sim, SimProduct *product, int p, int category)
{
    bool own_form = sim_chance(sim, 0, 0, 0, 23) < 0.3; /* in some shops each product has its own */
    double drawn = sim_chance(sim, own_form ? p + 1 : 0, 0, 0, 14);
    Form form = drawn < 0.5 ? FORM_ISO : drawn < 0.75 ? FORM_EXP : FORM_LOGIT;
    double middle = between(sim, 1.2, 2.8, 0, 0, 15) + 0.35 * sim_normal(sim, category, 0, 0, 16);
    double slope = fmin(fmax(middle + 0.4 * sim_normal(sim, p, 0, 0, 17), 0.5), 5);
    double share = between(sim, 0.15, 0.5, 0, 0, 18);
    for (int i = 0; i < PRICING_MODEL_X_COUNT; i++) {
        product->truth.log_response[i] =
            log_response(form, slope, share, PRICING_MODEL_X_MIN + PRICING_MODEL_X_STEP * i);
    }
}

static void make_product(PricingSim *sim, int p)
{
    SimProduct *product = &sim->products[p];
    int category = (int)(sim->categories * sim_chance(sim, p, 0, 0, 9));
    int64_t list = (int64_t)exp(log(300) + log(10) * sim_chance(sim, p, 0, 0, 10));
    PricingSimProduct *facts = &product->facts;
    *facts = (PricingSimProduct){
        .category = category,
        .list_price = list,
        .unit_cost = (int64_t)((double)list * between(sim, 0.45, 0.7, p, 0, 11)),
        .min_price = (int64_t)ceil((double)list * 0.3),
        .max_price = (int64_t)((double)list * 1.15),
        .shelf_life_days = 1 + (int)(3.5 * pow(sim_chance(sim, category, p % 2, 0, 12), 1.6)),
    };
    facts->disposal_cost = facts->unit_cost / 10;
    PricingModel *truth = &product->truth;
    truth->base = exp(log(8) + log(8) * sim_chance(sim, p, 0, 0, 13));
    make_hours(sim, p, category, truth);
    make_weekdays(sim, p, category, truth);
    make_freshness(sim, product, category);
    make_answer(sim, product, p, category);
    truth->size = between(sim, 3, 16, 0, 0, 21);
    product->stock_factor = exp(0.12 * sim_normal(sim, p, 0, 0, 22));
    sim->facts[p] = *facts;
}

static void make_choice(PricingSim *sim)
{
    /* 0: lots sell for themselves, 1: one crowd for all lots of a product */
    double sharp = between(sim, 1, 3, 0, 0, 50), crowd = sim_chance(sim, 0, 0, 0, 51);
    if (sim->setup.scenario == PRICING_SIM_SWITCH) {
        sharp = between(sim, 2.5, 7, 0, 0, 50);
        crowd = 1;
    }
    for (int p = 0; p < sim->setup.products; p++) {
        sim->products[p].truth.choice.sharp = sharp;
        sim->products[p].truth.choice.crowd = crowd < 0.2 ? 0 : crowd;
    }
}

/* --- days --- */

typedef struct {
    double sigma, rate, low, high;
    int length;
} Nature;

static Nature make_nature(const PricingSim *sim)
{
    Nature nature = {.sigma = between(sim, 0.22, 0.50, 0, 0, 30),
                     .rate = between(sim, 0.02, 0.06, 0, 0, 37),
                     .low = 0.3,
                     .high = 0.8,
                     .length = 2 + (int)(3 * sim_chance(sim, 0, 0, 0, 38))};
    if (sim->setup.scenario == PRICING_SIM_CALM) {
        nature.sigma /= 2;
        nature.rate = 0;
    } else if (sim->setup.scenario == PRICING_SIM_SHOCKS) {
        nature.rate = 0.08;
        nature.low = 0.5;
        nature.high = 1.1;
    }
    return nature;
}

/* What events that began lately add; `which` is a product or, below zero, a category. */
static double event_on(const PricingSim *sim, const Nature *nature, int which, int day)
{
    double sum = 0;
    for (int back = 0; back < nature->length && back <= day; back++) {
        int start = day - back;
        if (sim_chance(sim, which, start, 0, 34) < nature->rate &&
            back < 1 + (int)(nature->length * sim_chance(sim, which, start, 0, 35))) {
            double size =
                nature->low + (nature->high - nature->low) * sim_chance(sim, which, start, 0, 39);
            sum += sim_chance(sim, which, start, 0, 36) < 0.5 ? -size : size;
        }
    }
    return sum;
}

static void make_levels(PricingSim *sim, int days)
{
    Nature nature = make_nature(sim);
    sim->keep = between(sim, 0.2, 0.8, 0, 0, 31);
    bool is_by_category = sim_chance(sim, 0, 0, 0, 41) < 0.6;
    double shared_sigma = between(sim, 0, 0.10, 0, 0, 42);
    double step = sqrt(1 - sim->keep * sim->keep) * nature.sigma;
    for (int p = 0; p < sim->setup.products; p++) {
        int category = sim->products[p].facts.category;
        double own = nature.sigma * sim_normal(sim, p, 999, 0, 32);
        double trend = between(sim, -0.003, 0.003, p, 0, 43);
        for (int day = 0; day < days; day++) {
            own = sim->keep * own + step * sim_normal(sim, p, day, 0, 32);
            double level = own + trend * (day - days / 2.0) +
                           shared_sigma * sim_normal(sim, day, 0, 0, 33) +
                           event_on(sim, &nature, is_by_category ? 100000 + category : p, day);
            sim->level[p * days + day] = exp(level);
        }
    }
}

void sim_make_world(PricingSim *sim)
{
    sim->categories = 3 + (int)(4 * sim_chance(sim, 0, 0, 0, 8));
    sim->refill = sim_chance(sim, 0, 0, 0, 60) < 0.5 ? 0 : between(sim, 0.3, 1, 0, 0, 61);
    sim->order_noise = between(sim, 0.10, 0.35, 0, 0, 62);
    sim->stock = 1.2;
    for (int p = 0; p < sim->setup.products; p++) {
        make_product(sim, p);
    }
    make_choice(sim);
    make_levels(sim, sim->setup.watch_days + sim->setup.control_days);
}
