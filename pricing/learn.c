/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every factor is estimated in turn with the others held, each as a gamma-Poisson ratio (prior
 * worth + sold) / (prior worth + expected), so that little data leaves it near its prior. Two
 * things are done to the counts first: an hour that sold out counts as the part of the hour in
 * which there was something to sell (pricing/demand), and what a day or an hour tells is bounded by
 * its own scatter (a weight below 1), since sales of one day rise and fall together. The answer to
 * price is a posterior over a grid of slopes and curve forms with each day's level integrated out.
 */
#include "pricing/learn_private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_DOUBT 1.15 /* the slopes are not certain either */

/* --- making
 * --------------------------------------------------------------------------------------------- */

static void fill(double *values, int count, double value)
{
    for (int i = 0; i < count; i++) {
        values[i] = value;
    }
}

double learn_slope_at(int index)
{
    return SLOPE_MIN + SLOPE_STEP * index;
}

double learn_log_fresh(const LearnProduct *product, double stale, double age)
{
    return -stale * age / product->life_days;
}

void learn_make_fresh(LearnProduct *product, double stale)
{
    for (int age = 0; age < PRICING_MODEL_AGES; age++) {
        product->model.log_fresh[age] = learn_log_fresh(product, stale, age);
    }
}

/* ln of demand at x: -slope (x^bend - 1) / bend, which is constant elasticity at 0, exponential at
 * 1, and saturates beyond. */
static double learn_curve(int curve, double slope, double x)
{
    static const double bend[CURVES] = {0, 0.5, 1, 2, 3};
    return bend[curve] > 0 ? -slope * (pow(x, bend[curve]) - 1) / bend[curve] : -slope * log(x);
}

void learn_make_response(const PricingLearn *learn, LearnProduct *product)
{
    for (int i = 0; i < PRICING_MODEL_X_COUNT; i++) {
        double sum = 0;
        for (int c = 0; c < CURVES; c++) {
            for (int s = 0; s < SLOPES; s++) {
                if (product->curve_weight[c][s] > 1e-6) {
                    sum += product->curve_weight[c][s] * exp(learn->log_factor[c][s][i]);
                }
            }
        }
        product->model.log_response[i] = log(sum);
    }
}

static void make_product(PricingLearn *learn, LearnProduct *product,
                         const PricingLearnProduct *from)
{
    int open_hours = learn->close_hour - learn->open_hour;
    product->category = from->category;
    product->life_days = from->life_days < 1 ? 1 : from->life_days;
    product->model.base = fmax(from->guess, 0.1);
    product->part = learn->part;
    product->stale = learn->stale;
    learn_make_fresh(product, learn->stale);
    product->model.choice = learn->choice;
    product->model.size = learn->size;
    product->slope_mean = SLOPE_PRIOR;
    product->slope_variance = 1e6;
    fill(product->model.weekday, 7, 1);
    fill(product->weekday, 7, 1);
    fill(product->hour, 24, 1);
    fill(product->level, PRICING_LEARN_DAYS_MAX, 1);
    for (int h = learn->open_hour; h < learn->close_hour; h++) {
        product->model.hour[h] = 1.0 / open_hours;
    }
    double sum = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int c = 0; c < CURVES; c++) {
            for (int s = 0; s < SLOPES; s++) {
                double *weight = &product->curve_weight[c][s];
                double far = (learn_slope_at(s) - SLOPE_PRIOR) / SLOPE_PRIOR_SD;
                *weight = pass == 0 ? exp(-far * far / 2) : *weight / sum;
                sum += pass == 0 ? *weight : 0;
            }
        }
    }
    learn_make_response(learn, product);
}

PricingLearn *pricing_learn_new(const PricingLearnProduct *products, int count, int open_hour,
                                int close_hour, double part)
{
    assert(part > 0 && part <= 1 && count >= 0 && open_hour >= 0 && open_hour < close_hour &&
           close_hour <= 24);
    PricingLearn *learn = calloc(1, sizeof *learn);
    if (learn == NULL) {
        return NULL;
    }
    learn->categories = 1;
    for (int i = 0; i < count; i++) {
        learn->categories = products[i].category >= learn->categories ? products[i].category + 1
                                                                      : learn->categories;
    }
    learn->count = count;
    learn->open_hour = open_hour;
    learn->close_hour = close_hour;
    learn->products = calloc((size_t)count + 1, sizeof *learn->products);
    learn->groups = calloc((size_t)learn->categories, sizeof *learn->groups);
    learn->log_factor = calloc(CURVES, sizeof *learn->log_factor);
    if (learn->products == NULL || learn->groups == NULL || learn->log_factor == NULL) {
        pricing_learn_free(learn);
        return NULL;
    }
    learn->part = part;
    learn->stale = STALE_PRIOR;
    learn->choice = (PricingChoice){1.5, 0.5};
    learn->size = 6;
    learn->level_shape = 16;
    learn->group_shape = 50;
    learn->shop_shape = 100;
    learn->keep = 0.5;
    learn->slope_between = 0.45;
    for (int c = 0; c < CURVES; c++) {
        for (int k = 0; k < SLOPES; k++) {
            for (int i = 0; i < PRICING_MODEL_X_COUNT; i++) {
                double x = PRICING_MODEL_X_MIN + PRICING_MODEL_X_STEP * i;
                learn->log_factor[c][k][i] = learn_curve(c, learn_slope_at(k), x);
            }
        }
    }
    fill(learn->curve_share, CURVES, 1.0 / CURVES);
    for (int g = -1; g < learn->categories; g++) {
        LearnGroup *group = g < 0 ? &learn->shop : &learn->groups[g];
        fill(group->weekday, 7, 1);
        fill(group->hour, 24, 1);
        group->slope = SLOPE_PRIOR;
    }
    for (int i = 0; i < count; i++) {
        make_product(learn, &learn->products[i], &products[i]);
    }
    return learn;
}

void pricing_learn_free(PricingLearn *learn)
{
    if (learn == NULL) {
        return;
    }
    for (int i = 0; learn->products != NULL && i < learn->count; i++) {
        free(learn->products[i].hours);
    }
    free(learn->products);
    free(learn->groups);
    free(learn->log_factor);
    free(learn);
}

void pricing_learn_guess(PricingLearn *learn, int index, double guess)
{
    LearnProduct *product = &learn->products[index];
    if (product->hours_count == 0) {
        product->model.base = fmax(guess, 0.1);
    }
}

/* --- one hour
 * --------------------------------------------------------------------------------------------- */

static void finish_expected(const LearnHour *hour, double size, double level, LearnExpected *out)
{
    out->all = out->sold = 0;
    for (int i = 0; i < hour->lots; i++) {
        bool is_cut = hour->lot[i].sold_out && hour->lot[i].sold > 0;
        out->share[i] =
            is_cut ? pricing_demand_open_share(hour->lot[i].sold, out->lot[i] * level) : 1;
        out->lot[i] *= out->share[i];
        out->all += out->lot[i];
        out->sold += hour->lot[i].sold;
    }
    out->weight = 1 / (1 + out->all * level / size);
}

void learn_expect_hour(const LearnProduct *product, const LearnHour *hour, double level,
                       LearnExpected *out)
{
    const PricingModel *model = &product->model;
    double x[PRICING_MODEL_LOTS_MAX], age[PRICING_MODEL_LOTS_MAX];
    for (int i = 0; i < hour->lots; i++) {
        x[i] = hour->lot[i].x;
        age[i] = hour->lot[i].age;
    }
    pricing_model_split(model, hour->lots, x, age, out->lot);
    double scale =
        model->base * model->weekday[hour->weekday] * model->hour[hour->hour] * product->part;
    for (int i = 0; i < hour->lots; i++) {
        out->lot[i] *= scale;
    }
    finish_expected(hour, model->size, level, out);
}

int learn_slot(int day)
{
    return day % PRICING_LEARN_DAYS_MAX;
}

static void forget_old_hours(LearnProduct *product, int day)
{
    int first = 0;
    while (first < product->hours_count &&
           product->hours[first].day <= day - PRICING_LEARN_DAYS_MAX) {
        first++;
    }
    if (first == 0) {
        return;
    }
    product->hours_count -= first;
    memmove(product->hours, product->hours + first,
            (size_t)product->hours_count * sizeof *product->hours);
}

bool pricing_learn_hour(PricingLearn *learn, int index, int day, int weekday, int hour,
                        const PricingLearnLot *lots, int count)
{
    assert(index >= 0 && index < learn->count && count >= 1 && count <= PRICING_MODEL_LOTS_MAX);
    assert(day >= 0 && day < 30000 && weekday >= 0 && weekday < 7);
    if (hour < learn->open_hour || hour >= learn->close_hour) {
        return true;
    }
    LearnProduct *product = &learn->products[index];
    bool is_new_day =
        product->hours_count == 0 || product->hours[product->hours_count - 1].day != day;
    if (is_new_day) {
        forget_old_hours(product, day);
        product->sold[learn_slot(day)] = product->expected[learn_slot(day)] = 0;
        product->level[learn_slot(day)] = 1;
        product->spread[learn_slot(day)] = 0;
    }
    if (product->hours_count == product->hours_room) {
        int room = product->hours_room * 2 + 64;
        LearnHour *hours = realloc(product->hours, (size_t)room * sizeof *hours);
        if (hours == NULL) {
            return false;
        }
        product->hours = hours;
        product->hours_room = room;
    }
    LearnHour *entry = &product->hours[product->hours_count++];
    *entry = (LearnHour){.day = (short)day,
                         .weekday = (signed char)weekday,
                         .hour = (signed char)hour,
                         .lots = (signed char)count};
    memcpy(entry->lot, lots, (size_t)count * sizeof *lots);
    LearnExpected expected;
    learn_expect_hour(product, entry, 1, &expected);
    product->sold[learn_slot(day)] += expected.weight * expected.sold;
    product->expected[learn_slot(day)] += expected.weight * expected.all;
    return true;
}

/* --- levels
 * -------------------------------------------------------------------------------------------------
 */

LearnBelief learn_belief(const PricingLearn *learn, const LearnProduct *product, int day)
{
    double spread = 1 / learn->level_shape, keep = learn->keep;
    if (day <= 0 || product->spread[learn_slot(day - 1)] <= 0) {
        return (LearnBelief){1, spread};
    }
    int before = learn_slot(day - 1);
    return (LearnBelief){pow(product->level[before], keep),
                         keep * keep * product->spread[before] + (1 - keep * keep) * spread};
}

/* How the products of a category (-1: the shop) sell on a day against what was expected of each;
 * what one product says is bounded by its own scatter. */
static double common_level(const PricingLearn *learn, int category, int day, double shape,
                           double given)
{
    double sold = shape, expected = shape;
    for (int i = 0; i < learn->count; i++) {
        const LearnProduct *product = &learn->products[i];
        if (category >= 0 && product->category != category) {
            continue;
        }
        double mean =
            product->expected[learn_slot(day)] * learn_belief(learn, product, day).level * given;
        double weight = 1 / (1 + mean / learn->level_shape);
        bool is_today =
            product->hours_count > 0 && product->hours[product->hours_count - 1].day == day;
        if (is_today) {
            sold += weight * product->sold[learn_slot(day)];
            expected += weight * mean;
        }
    }
    return sold / expected;
}

/* The day's level by its own sales so far, from what is believed before and what others tell. */
static LearnBelief belief_now(const PricingLearn *learn, int index, int day)
{
    const LearnProduct *product = &learn->products[index];
    double shop = common_level(learn, -1, day, learn->shop_shape, 1);
    double group = common_level(learn, product->category, day, learn->group_shape, shop);
    LearnBelief before = learn_belief(learn, product, day);
    before.level *= shop * group;
    bool is_today = product->hours_count > 0 && product->hours[product->hours_count - 1].day == day;
    double sold = is_today ? product->sold[learn_slot(day)] : 0;
    double expected = is_today ? before.level * product->expected[learn_slot(day)] : 0;
    double shape = 1 / before.spread;
    return (LearnBelief){before.level * (shape + sold) / (shape + expected),
                         1 / (shape + expected)};
}

double pricing_learn_level(const PricingLearn *learn, int index, int day)
{
    return fmin(fmax(belief_now(learn, index, day).level, 0.2), 4);
}

double pricing_learn_level_sd(const PricingLearn *learn, int index, int day)
{
    return LEVEL_DOUBT * sqrt(belief_now(learn, index, day).spread);
}

double pricing_learn_keep(const PricingLearn *learn)
{
    return learn->keep;
}

const PricingModel *pricing_learn_model(const PricingLearn *learn, int index)
{
    assert(index >= 0 && index < learn->count);
    return &learn->products[index].model;
}
