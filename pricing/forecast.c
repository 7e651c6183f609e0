/* SPDX-License-Identifier: GPL-3.0-or-later
 * ln(units) less weekday is smoothed at three speeds for each item. The next day is the middle one
 * plus a weighted sum of what the others, the last days, category, shop and price add to it. The
 * weights come from a ridge regression that is carried on day by day: each day counts by its sales
 * and less the further it lay off (which makes it near to least absolute error), old days fade. */
#include "pricing/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define F PRICING_FORECAST_FEATURES
#define FAST 0.5
#define MIDDLE 0.2
#define SLOW 0.06
#define LEVEL 0.5
#define FADE 0.9995
#define PRIOR_WORTH 2500.0
#define OFF_MIN 0.15 /* of ln(units): nearer days do not count more */
#define SEASON_STEP 0.012
#define SEASON_YOUNG 1.0 /* the first weeks teach more */
#define SEASON_YOUNG_WORTH 10.0
#define WEEK 7
#define PAIRS_FROM 3 /* days of an item before it tells of the price effect */

typedef struct {
    int seen, first_day, last_day;
    double level;                    /* of units less season, not of their logarithm */
    double fast, middle, slow, last; /* ln(units) less season */
    double price_middle, price_last; /* ln */
    double price_even;               /* ln, as fast as `middle` */
    double week[WEEK];               /* the last one of each weekday, relative to middle then */
    int week_day[WEEK];
    /* of today, until the next day begins */
    bool is_today;
    double units, price;
    double feature[F];
    int category;
} Item;

typedef struct {
    double off, weight; /* of the day that is going on */
    double last, middle;
    double season[WEEK]; /* of ln(units) by weekday */
    int seen[WEEK];
} Group;

struct PricingForecast {
    int items_count, groups_count, period_days;
    int day, weekday;
    bool has_day;
    Item *items;
    Group *groups; /* by category, the last one the shop's */
    double a[F][F], b[F], weights[F];
    double xx, xy, yy, pairs; /* ln(price) and ln(units) away from their smoothed selves */
};

/* Fitted to the days of one real fresh shop; a start, not a truth. */
static const double START[F] = {0.0,  -0.1, 0.28, 0.08, 0.09, 0.35, -0.3,
                                -0.2, 0.04, 0.04, 0.0,  0.07, 0.0,  0.6};

static const double WEEKDAYS[WEEK] = {0.90, 0.86, 0.88, 0.86, 0.99, 1.28, 1.23};

static void solve(PricingForecast *f)
{
    double a[F][F], x[F];
    memcpy(a, f->a, sizeof a);
    memcpy(x, f->b, sizeof x);
    for (int i = 0; i < F; i++) { /* Cholesky; the ridge keeps it positive */
        for (int j = 0; j <= i; j++) {
            double sum = a[i][j];
            for (int k = 0; k < j; k++) {
                sum -= a[i][k] * a[j][k];
            }
            a[i][j] = i == j ? sqrt(fmax(sum, 1e-9)) : sum / a[j][j];
        }
    }
    for (int i = 0; i < F; i++) {
        for (int k = 0; k < i; k++) {
            x[i] -= a[i][k] * x[k];
        }
        x[i] /= a[i][i];
    }
    for (int i = F - 1; i >= 0; i--) {
        for (int k = i + 1; k < F; k++) {
            x[i] -= a[k][i] * x[k];
        }
        x[i] /= a[i][i];
    }
    memcpy(f->weights, x, sizeof x);
}

PricingForecast *pricing_forecast_new(int items, int categories, int period_days)
{
    PricingForecast *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return NULL;
    }
    f->items_count = items;
    f->groups_count = categories + 1;
    f->period_days = period_days;
    f->items = calloc((size_t)items + 1, sizeof *f->items);
    f->groups = calloc((size_t)f->groups_count, sizeof *f->groups);
    if (f->items == NULL || f->groups == NULL) {
        pricing_forecast_free(f);
        return NULL;
    }
    for (int w = 0; w < WEEK && period_days == 1; w++) {
        f->groups[categories].season[w] = log(WEEKDAYS[w]);
    }
    for (int i = 0; i < F; i++) {
        f->a[i][i] = PRIOR_WORTH;
        f->b[i] = PRIOR_WORTH * START[i];
        f->weights[i] = START[i];
    }
    return f;
}

void pricing_forecast_free(PricingForecast *f)
{
    if (f != NULL) {
        free(f->items);
        free(f->groups);
        free(f);
    }
}

static double season_of(const PricingForecast *f, int category)
{
    return f->period_days == 1 ? f->groups[category].season[f->weekday] +
                                     f->groups[f->groups_count - 1].season[f->weekday]
                               : 0;
}

static double bounded(double value, double most)
{
    return fmin(fmax(value, -most), most);
}

static void learn_regression(PricingForecast *f, const Item *item, double target)
{
    double said = 0;
    for (int i = 0; i < F; i++) {
        said += f->weights[i] * item->feature[i];
    }
    double off = bounded(target - said, 2);
    double size = sqrt(fmin(item->units, 1e6));
    double weight = fmin(size, 30) / fmax(fabs(off), OFF_MIN);
    for (int i = 0; i < F; i++) {
        for (int j = 0; j <= i; j++) {
            f->a[i][j] += weight * item->feature[i] * item->feature[j];
        }
        f->b[i] += weight * item->feature[i] * (said + off);
    }
}

static void learn_item(PricingForecast *f, Item *item)
{
    double season = season_of(f, item->category);
    double now = log(item->units) - season, price = log(item->price);
    Group *groups[2] = {&f->groups[item->category], &f->groups[f->groups_count - 1]};
    if (item->seen == 0) {
        item->fast = item->middle = item->slow = item->last = now;
        item->level = exp(now);
        item->price_middle = item->price_last = item->price_even = price;
        item->first_day = f->day;
    } else {
        double target = now - item->middle;
        learn_regression(f, item, target);
        if (item->seen >= PAIRS_FROM) {
            double x = price - item->price_even, y = bounded(target, 3);
            f->xx += x * x;
            f->xy += x * y;
            f->yy += y * y;
            f->pairs += 1;
        }
        double off = bounded(target, 1.5), weight = sqrt(item->units);
        for (int g = 0; g < 2; g++) {
            groups[g]->off += weight * off;
            groups[g]->weight += weight;
        }
        double pull = 1.0 / (item->seen + 1);
        item->week[f->weekday] = off;
        item->week_day[f->weekday] = f->day;
        item->level += fmax(LEVEL, pull) * (exp(now) - item->level);
        item->fast += fmax(FAST, pull) * (now - item->fast);
        item->middle += fmax(MIDDLE, pull) * (now - item->middle);
        item->slow += fmax(SLOW, pull) * (now - item->slow);
        item->price_middle += fmax(0.1, pull) * (price - item->price_middle);
        item->price_even += fmax(MIDDLE, pull) * (price - item->price_even);
        item->price_last = price;
        item->last = now;
    }
    item->last_day = f->day;
    item->seen++;
    item->is_today = false;
}

static void end_day(PricingForecast *f)
{
    for (int i = 0; i < F; i++) {
        for (int j = 0; j <= i; j++) {
            double ridge = i == j ? (1 - FADE) * PRIOR_WORTH : 0;
            f->a[i][j] = FADE * f->a[i][j] + ridge;
        }
        f->b[i] = FADE * f->b[i] + (1 - FADE) * PRIOR_WORTH * START[i];
    }
    for (int i = 0; i < f->items_count; i++) {
        if (f->items[i].is_today) {
            learn_item(f, &f->items[i]);
        }
    }
    double shop = 0;
    for (int g = f->groups_count - 1; g >= 0; g--) {
        Group *group = &f->groups[g];
        double mean = group->weight > 0 ? group->off / (group->weight + 2) : 0;
        if (group->weight > 0) {
            bool is_shop = g == f->groups_count - 1;
            double above = is_shop ? mean : mean - shop;
            shop = is_shop ? mean : shop;
            double young = SEASON_YOUNG / (SEASON_YOUNG_WORTH + group->seen[f->weekday]++);
            double step =
                fmax(is_shop ? 3 * SEASON_STEP : SEASON_STEP, is_shop ? young : young / 3);
            group->season[f->weekday] += step * above;
            group->last = mean;
            group->middle += 0.3 * (mean - group->middle);
        }
        group->off = group->weight = 0;
    }
    solve(f);
}

void pricing_forecast_day(PricingForecast *f, int day, int weekday)
{
    if (f->has_day) {
        end_day(f);
    }
    f->day = day;
    f->weekday = ((weekday % WEEK) + WEEK) % WEEK;
    f->has_day = true;
}

int pricing_forecast_seen(const PricingForecast *f, int item)
{
    return f->items[item].seen;
}

static void make_features(const PricingForecast *f, Item *item, int category, double price)
{
    const Group *group = &f->groups[category], *shop = &f->groups[f->groups_count - 1];
    double gap = fmax((double)(f->day - item->last_day) / f->period_days - 1, 0);
    bool has_week = item->week_day[f->weekday] > 0 && f->day - item->week_day[f->weekday] <= 7;
    double *x = item->feature;
    double thin = 1 / sqrt((double)item->seen);
    x[0] = 0.5;
    x[1] = bounded(item->fast - item->middle, 2);
    x[2] = bounded(item->slow - item->middle, 2);
    x[3] = bounded(item->last - item->middle, 2);
    x[4] = group->last - shop->last;
    x[5] = shop->last;
    x[6] = bounded(log(price) - item->price_middle, 1);
    x[7] = bounded(log(price) - item->price_last, 1);
    x[8] = bounded(log1p(gap), 3) * 0.5;
    x[9] = has_week ? item->week[f->weekday] : 0;
    x[10] = thin;
    x[11] = group->middle;
    x[12] = shop->middle;
    x[13] = bounded(log(item->level) - item->middle, 2);
}

double pricing_forecast_units(PricingForecast *f, int item_index, int category, double price)
{
    Item *item = &f->items[item_index];
    if (item->seen == 0) {
        return 0;
    }
    make_features(f, item, category, price);
    double sum = item->middle + season_of(f, category);
    for (int i = 0; i < F; i++) {
        sum += f->weights[i] * item->feature[i];
    }
    return exp(bounded(sum, 30));
}

void pricing_forecast_seen_today(PricingForecast *f, int item_index, int category, double units,
                                 double price)
{
    Item *item = &f->items[item_index];
    if (item->seen > 0) {
        make_features(f, item, category, price);
    }
    item->is_today = true;
    item->units = units;
    item->price = price;
    item->category = category;
}

const double *pricing_forecast_weights(const PricingForecast *f)
{
    return f->weights;
}

double pricing_forecast_elasticity(const PricingForecast *f, double *out_deviation)
{
    double slope = f->xx > 0 ? f->xy / f->xx : 0;
    double left = fmax(f->yy - slope * f->xy, 0) / fmax(f->pairs - 1, 1);
    *out_deviation = f->xx > 0 ? sqrt(left / f->xx) : 0;
    return slope;
}
