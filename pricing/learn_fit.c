/* SPDX-License-Identifier: GPL-3.0-or-later
 * The nightly fit of pricing/learn. A round goes over all hours once for the sums that bases,
 * weekdays, hours and levels are made of; then the answer to price, the effect of age and the
 * rivalry of lots are weighed on grids. */
#include "pricing/learn_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOPE_BETWEEN_SD 0.45 /* of products within a category */
#define SLOPE_GROUPS_SD 0.4   /* of categories within a shop */
#define SLOPE_BETWEEN_WORTH 6 /* products that the prior above is worth */
#define CURVE_WORTH 0.1       /* products that each curve has for it before anything is seen */
#define SHARE_STEPS 25
#define ALL_DAYS 21 /* until then every product's slope is weighed daily, later every other day */
#define STALES 12
#define STALE_STEP 0.12
#define STALE_BETWEEN_SD 0.2
#define SHARP_PRIOR 0.6 /* ln */
#define SHARP_PRIOR_SD 0.8
#define SHARP_STEP 0.22
#define CROWD_STEP 0.12
#define SCALE_STEP 0.2
#define FIRST_ROUNDS 8
#define ROUNDS 2
#define SHELF_DAYS 3         /* age and rivalry are weighed every third day: they move slowly */
#define BASE_HALF_LIFE 28.0  /* days: the base drifts */
#define HOUR_WORTH_SHOP 10.0 /* priors, in expected units */
#define HOUR_WORTH_GROUP 30.0
#define HOUR_WORTH_PRODUCT 60.0
#define WEEKDAY_WORTH_SHOP 20.0
#define WEEKDAY_WORTH_GROUP 60.0
#define WEEKDAY_WORTH_PRODUCT 60.0

/* --- sums of one product over its hours --- */

/* By hour of day (level included) and by day (level not included). The expectation is that of the
 * present model. */
typedef struct {
    double hour_sold[24], hour_expected[24];
    double scatter, scatter_base; /* for the size: sum of (sold - e)^2 - e, and of e^2 */
} ProductSums;

static void sum_product(LearnProduct *product, ProductSums *sums)
{
    memset(sums, 0, sizeof *sums);
    for (int d = 0; d < PRICING_LEARN_DAYS_MAX; d++) {
        product->sold[d] = product->expected[d] = 0;
    }
    for (int i = 0; i < product->hours_count; i++) {
        const LearnHour *hour = &product->hours[i];
        int d = learn_slot(hour->day);
        LearnExpected e;
        learn_expect_hour(product, hour, product->level[d], &e);
        product->sold[d] += e.weight * e.sold;
        product->expected[d] += e.weight * e.all;
        double mean = e.all * product->level[d];
        sums->hour_sold[hour->hour] += e.weight * e.sold;
        sums->hour_expected[hour->hour] += e.weight * mean;
        sums->scatter += (e.sold - mean) * (e.sold - mean) - mean;
        sums->scatter_base += mean * mean;
    }
}

static double gamma_factor(double worth, double sold, double expected_without)
{
    return (worth + sold) / (worth + expected_without);
}

/* --- hours --- */

static void fit_hours(PricingLearn *learn, const ProductSums *sums)
{
    for (int h = learn->open_hour; h < learn->close_hour; h++) {
        double sold = 0, expected = 0, old_shop = learn->shop.hour[h];
        for (int i = 0; i < learn->count; i++) {
            sold += sums[i].hour_sold[h];
            expected += sums[i].hour_expected[h];
        }
        learn->shop.hour[h] = gamma_factor(HOUR_WORTH_SHOP, sold, expected / old_shop);
        double shop = learn->shop.hour[h] / old_shop;
        for (int g = 0; g < learn->categories; g++) {
            LearnGroup *group = &learn->groups[g];
            double old_group = group->hour[h];
            sold = expected = 0;
            for (int i = 0; i < learn->count; i++) {
                if (learn->products[i].category == g) {
                    sold += sums[i].hour_sold[h];
                    expected += sums[i].hour_expected[h] * shop;
                }
            }
            group->hour[h] = gamma_factor(HOUR_WORTH_GROUP, sold, expected / old_group);
        }
        for (int i = 0; i < learn->count; i++) {
            LearnProduct *product = &learn->products[i];
            double old = product->model.hour[h] * (learn->close_hour - learn->open_hour);
            double around = learn->shop.hour[h] * learn->groups[product->category].hour[h];
            expected = sums[i].hour_expected[h] / old * around;
            product->hour[h] = gamma_factor(HOUR_WORTH_PRODUCT, sums[i].hour_sold[h], expected);
        }
    }
}

/* --- days --- */

/* One product's days by weekday, each weighed by its scatter; expected at weekday factor 1. */
typedef struct {
    double sold[7], expected[7];
} WeekdaySums;

static void sum_weekdays(const PricingLearn *learn, const LearnProduct *product,
                         const int *weekdays, WeekdaySums *out)
{
    memset(out, 0, sizeof *out);
    for (int d = 0; d < PRICING_LEARN_DAYS_MAX; d++) {
        if (product->expected[d] > 0) {
            double weight = 1 / (1 + product->expected[d] / learn->level_shape);
            int w = weekdays[d];
            out->sold[w] += weight * product->sold[d];
            out->expected[w] += weight * product->expected[d] / product->model.weekday[w];
        }
    }
}

static void fit_weekdays(PricingLearn *learn, const WeekdaySums *sums)
{
    for (int w = 0; w < 7; w++) {
        double sold = 0, expected = 0;
        for (int i = 0; i < learn->count; i++) {
            const LearnProduct *product = &learn->products[i];
            double own = product->model.weekday[w] / learn->shop.weekday[w];
            sold += sums[i].sold[w];
            expected += sums[i].expected[w] * own;
        }
        double before = learn->shop.weekday[w];
        learn->shop.weekday[w] = gamma_factor(WEEKDAY_WORTH_SHOP, sold, expected);
        for (int g = 0; g < learn->categories; g++) {
            LearnGroup *group = &learn->groups[g];
            sold = expected = 0;
            for (int i = 0; i < learn->count; i++) {
                const LearnProduct *product = &learn->products[i];
                if (product->category == g) {
                    double own = product->model.weekday[w] / before / group->weekday[w];
                    sold += sums[i].sold[w];
                    expected += sums[i].expected[w] * own * learn->shop.weekday[w];
                }
            }
            group->weekday[w] = gamma_factor(WEEKDAY_WORTH_GROUP, sold, expected);
        }
        for (int i = 0; i < learn->count; i++) {
            LearnProduct *product = &learn->products[i];
            double around = learn->shop.weekday[w] * learn->groups[product->category].weekday[w];
            product->weekday[w] =
                gamma_factor(WEEKDAY_WORTH_PRODUCT, sums[i].sold[w], sums[i].expected[w] * around);
        }
    }
}

static void fit_base(const PricingLearn *learn, LearnProduct *product, int day)
{
    double sold = 0.5, expected = 0.5 / product->model.base;
    for (int age = 1; age < PRICING_LEARN_DAYS_MAX && age <= day; age++) {
        int d = learn_slot(day - age);
        if (product->expected[d] > 0) {
            double weight =
                exp2(-age / BASE_HALF_LIFE) / (1 + product->expected[d] / learn->level_shape);
            sold += weight * product->sold[d];
            expected += weight * product->expected[d] / product->model.base;
        }
    }
    product->model.base = fmax(sold / expected, 0.01);
}

/* A filter over the days: each starts from what is left of the day before. */
static void fit_levels(const PricingLearn *learn, LearnProduct *product, int day)
{
    int first = day - PRICING_LEARN_DAYS_MAX + 1;
    for (int today = first < 0 ? 0 : first; today < day; today++) {
        int d = learn_slot(today);
        LearnBelief before = today == first ? (LearnBelief){1, 1 / learn->level_shape}
                                            : learn_belief(learn, product, today);
        double shape = 1 / before.spread, expected = before.level * product->expected[d];
        product->level[d] = before.level * (shape + product->sold[d]) / (shape + expected);
        product->spread[d] = 1 / (shape + expected);
    }
}

/* Brings factors to mean 1 (weekday) and sum 1 (hour) in the model; the base takes the rest. */
static void make_model(const PricingLearn *learn, LearnProduct *product)
{
    const LearnGroup *group = &learn->groups[product->category];
    PricingModel *model = &product->model;
    double sum = 0, mean = 0;
    for (int h = learn->open_hour; h < learn->close_hour; h++) {
        model->hour[h] = learn->shop.hour[h] * group->hour[h] * product->hour[h];
        sum += model->hour[h];
    }
    for (int h = learn->open_hour; h < learn->close_hour; h++) {
        model->hour[h] /= sum;
    }
    for (int w = 0; w < 7; w++) {
        model->weekday[w] = learn->shop.weekday[w] * group->weekday[w] * product->weekday[w];
        mean += model->weekday[w] / 7;
    }
    for (int w = 0; w < 7; w++) {
        model->weekday[w] /= mean;
    }
    model->size = learn->size;
    model->choice = learn->choice;
}

/* --- scatter --- */

/* The variance of a day's level around 1 beyond its counts, and how much of it lasts until the next
 * day. */
static void fit_scatter(PricingLearn *learn, const ProductSums *sums, int day)
{
    double scatter = 100.0 / 6, scatter_base = 100; /* a prior of size 6 */
    double spread = 20.0 / 16, spread_base = 20, lasting = 20 * 0.5 / 16;
    for (int i = 0; i < learn->count; i++) {
        const LearnProduct *product = &learn->products[i];
        scatter += sums[i].scatter;
        scatter_base += sums[i].scatter_base;
        for (int age = 1; age < PRICING_LEARN_DAYS_MAX - 1 && age <= day; age++) {
            int d = learn_slot(day - age),
                before = learn_slot(day - age + PRICING_LEARN_DAYS_MAX - 1);
            double e = product->expected[d], e_before = product->expected[before];
            if (e <= 0) {
                continue;
            }
            double weight = e / (e + learn->level_shape);
            double off = product->sold[d] / e - 1;
            spread += weight * (off * off - 1 / e);
            spread_base += weight;
            if (age < day && e_before > 0) {
                lasting += weight * off * (product->sold[before] / e_before - 1);
            }
        }
    }
    learn->size = fmin(fmax(scatter_base / fmax(scatter, 1e-9), 1), 60);
    double variance = fmin(fmax(spread / spread_base, 0.01), 0.5);
    learn->level_shape = 1 / variance;
    learn->keep = fmin(fmax(lasting / spread_base / variance, 0), 0.95);
}

/* The same for what all products of a category, or of the shop, share on a day. */
static double fit_common_shape(const PricingLearn *learn, int category, int day,
                               double prior_variance)
{
    double spread = 10 * prior_variance, days = 10;
    for (int age = 1; age < PRICING_LEARN_DAYS_MAX - 1 && age <= day; age++) {
        int d = learn_slot(day - age);
        double sold = 0, expected = 0;
        for (int i = 0; i < learn->count; i++) {
            const LearnProduct *product = &learn->products[i];
            if ((category < 0 || product->category == category) && product->expected[d] > 0) {
                double weight = 1 / (1 + product->expected[d] / learn->level_shape);
                sold += weight * product->sold[d];
                expected += weight * product->expected[d];
            }
        }
        if (expected > 5) {
            double off = sold / expected - 1;
            spread += off * off - 1 / expected;
            days += 1;
        }
    }
    return 1 / fmin(fmax(spread / days, 0.001), 0.3);
}

static void fit_common(PricingLearn *learn, int day)
{
    learn->shop_shape = fit_common_shape(learn, -1, day, 0.01);
    double variance = 0;
    for (int g = 0; g < learn->categories; g++) {
        variance += 1 / fit_common_shape(learn, g, day, 0.02) / learn->categories;
    }
    learn->group_shape = 1 / fmax(variance - 1 / learn->shop_shape, 0.002);
}

/* --- likelihood with each day's level integrated out --- */

typedef struct {
    double sold[PRICING_LEARN_DAYS_MAX], expected[PRICING_LEARN_DAYS_MAX];
    double told; /* sum of sold x ln of what tells the answers apart */
} Evidence;

static bool is_cut(const PricingLearnLot *lot)
{
    return lot->sold_out && lot->sold > 0;
}

/* One hour under other attractions (ln, by lot); at: what the present model expects of it. Lots that
 * sold out are left to add_tails(). */
static void add_evidence(Evidence *evidence, const LearnProduct *product, const LearnHour *hour,
                         const LearnExpected *at, PricingChoice choice,
                         const double *log_attraction)
{
    const PricingModel *model = &product->model;
    double split[PRICING_MODEL_LOTS_MAX], expected = 0, sold = 0;
    pricing_model_split_log(choice, hour->lots, log_attraction, split);
    for (int i = 0; i < hour->lots; i++) {
        if (is_cut(&hour->lot[i])) {
            continue;
        }
        expected += split[i];
        sold += hour->lot[i].sold;
        if (hour->lot[i].sold > 0) {
            double told = hour->lots == 1 ? log_attraction[0] : log(fmax(split[i], 1e-12));
            evidence->told += at->weight * hour->lot[i].sold * told;
        }
    }
    int d = learn_slot(hour->day);
    evidence->sold[d] += at->weight * sold;
    evidence->expected[d] += at->weight * expected * model->weekday[hour->weekday] *
                             model->hour[hour->hour] * product->part;
}

static double evidence_base(const PricingLearn *learn, const LearnProduct *product,
                            const Evidence *evidence)
{
    double base = product->model.base;
    for (int pass = 0; pass < 3; pass++) {
        double sold = 0.5, expected = 0.5 / product->model.base;
        for (int d = 0; d < PRICING_LEARN_DAYS_MAX; d++) {
            double weight = 1 / (1 + base * evidence->expected[d] / learn->level_shape);
            sold += weight * evidence->sold[d];
            expected += weight * evidence->expected[d];
        }
        base = sold / expected;
    }
    return base;
}

static double finish_evidence(const PricingLearn *learn, double base, const Evidence *evidence)
{
    double sum = evidence->told, shape = learn->level_shape;
    for (int d = 0; d < PRICING_LEARN_DAYS_MAX; d++) {
        if (evidence->expected[d] > 0) {
            sum += evidence->sold[d] * log(base) -
                   (shape + evidence->sold[d]) * log(1 + base * evidence->expected[d] / shape);
        }
    }
    return sum;
}

/* ln chance that an hour's sold-out lots were asked for as often as they sold, or more. */
static double tails_of(const PricingLearn *learn, const LearnProduct *product,
                       const LearnHour *hour, double base, const Evidence *evidence,
                       PricingChoice choice, const double *log_attraction)
{
    const PricingModel *model = &product->model;
    double split[PRICING_MODEL_LOTS_MAX], sum = 0;
    int d = learn_slot(hour->day);
    double level = (learn->level_shape + evidence->sold[d]) /
                   (learn->level_shape + base * evidence->expected[d]);
    double scale =
        base * level * model->weekday[hour->weekday] * model->hour[hour->hour] * product->part;
    pricing_model_split_log(choice, hour->lots, log_attraction, split);
    for (int i = 0; i < hour->lots; i++) {
        if (is_cut(&hour->lot[i])) {
            sum += pricing_demand_log_tail(fmin(split[i] * scale, 600), model->size,
                                           hour->lot[i].sold);
        }
    }
    return sum;
}

static bool has_cut(const LearnHour *hour)
{
    for (int i = 0; i < hour->lots; i++) {
        if (is_cut(&hour->lot[i])) {
            return true;
        }
    }
    return false;
}

static int x_index(double x)
{
    double place = floor((x - PRICING_MODEL_X_MIN) / PRICING_MODEL_X_STEP + 0.5);
    return (int)fmin(fmax(place, 0), PRICING_MODEL_X_COUNT - 1);
}

/* ln likelihood of each (curve, slope), into evidence[]. */
static void weigh_slopes(const PricingLearn *learn, const LearnProduct *product,
                         double evidence[CURVES][SLOPES])
{
    static const Evidence nothing;
    Evidence cell[SLOPES];
    for (int c = 0; c < CURVES; c++) {
        for (int s = 0; s < SLOPES; s++) {
            cell[s] = nothing;
        }
        for (int i = 0; i < product->hours_count; i++) {
            const LearnHour *hour = &product->hours[i];
            LearnExpected at;
            learn_expect_hour(product, hour, product->level[learn_slot(hour->day)], &at);
            for (int s = 0; s < SLOPES; s++) {
                double attraction[PRICING_MODEL_LOTS_MAX];
                for (int k = 0; k < hour->lots; k++) {
                    attraction[k] = learn->log_factor[c][s][x_index(hour->lot[k].x)] +
                                    pricing_model_log_fresh(&product->model, hour->lot[k].age);
                }
                add_evidence(&cell[s], product, hour, &at, learn->choice, attraction);
            }
        }
        double base[SLOPES];
        for (int s = 0; s < SLOPES; s++) {
            base[s] = evidence_base(learn, product, &cell[s]);
            evidence[c][s] = finish_evidence(learn, base[s], &cell[s]);
        }
        for (int i = 0; i < product->hours_count; i++) {
            const LearnHour *hour = &product->hours[i];
            for (int s = 0; has_cut(hour) && s < SLOPES; s++) {
                double attraction[PRICING_MODEL_LOTS_MAX];
                for (int k = 0; k < hour->lots; k++) {
                    attraction[k] = learn->log_factor[c][s][x_index(hour->lot[k].x)] +
                                    pricing_model_log_fresh(&product->model, hour->lot[k].age);
                }
                evidence[c][s] +=
                    tails_of(learn, product, hour, base[s], &cell[s], learn->choice, attraction);
            }
        }
    }
}

static double top_of(const double *values, int count)
{
    double top = values[0];
    for (int i = 1; i < count; i++) {
        top = fmax(top, values[i]);
    }
    return top;
}

/* The posterior of a product's answer to price from its evidence, its category's slope and the
 * shop's curves. */
static void make_posterior(const PricingLearn *learn, LearnProduct *product)
{
    double top = top_of(&product->evidence[0][0], CURVES * SLOPES), sum = 0;
    double group = learn->groups[product->category].slope, mean = 0, square = 0;
    for (int c = 0; c < CURVES; c++) {
        for (int s = 0; s < SLOPES; s++) {
            double slope = learn_slope_at(s), far = (slope - group) / learn->slope_between;
            double *weight = &product->curve_weight[c][s];
            *weight =
                learn->curve_share[c] * exp(product->evidence[c][s] - top - far * far / 2) + 1e-300;
            sum += *weight;
            mean += *weight * slope;
            square += *weight * slope * slope;
        }
    }
    product->slope_mean = mean / sum;
    product->slope_variance = fmax(square / sum - product->slope_mean * product->slope_mean, 0);
    for (int c = 0; c < CURVES; c++) {
        for (int s = 0; s < SLOPES; s++) {
            product->curve_weight[c][s] /= sum;
        }
    }
}

/* One step of expectation and maximisation of what the products share: slopes of categories and of
 * the shop, how far products lie apart, which curves the shop's shoppers follow. */
static void share_answers(PricingLearn *learn)
{
    double between = learn->slope_between * learn->slope_between;
    double groups_between = SLOPE_GROUPS_SD * SLOPE_GROUPS_SD;
    double shop_sum = SLOPE_PRIOR / (SLOPE_PRIOR_SD * SLOPE_PRIOR_SD);
    double shop_weight = 1 / (SLOPE_PRIOR_SD * SLOPE_PRIOR_SD);
    double apart = SLOPE_BETWEEN_WORTH * SLOPE_BETWEEN_SD * SLOPE_BETWEEN_SD;
    double apart_count = SLOPE_BETWEEN_WORTH;
    for (int g = 0; g < learn->categories; g++) {
        double sum = learn->shop.slope / groups_between, weight = 1 / groups_between;
        int members = 0;
        for (int i = 0; i < learn->count; i++) {
            const LearnProduct *product = &learn->products[i];
            if (product->category == g) {
                double far = product->slope_mean - learn->groups[g].slope;
                sum += product->slope_mean / between;
                weight += 1 / between;
                apart += far * far + product->slope_variance;
                apart_count += 1;
                members++;
            }
        }
        learn->groups[g].slope = sum / weight;
        if (members == 0) {
            continue;
        }
        shop_sum += learn->groups[g].slope / groups_between;
        shop_weight += 1 / groups_between;
    }
    learn->shop.slope = shop_sum / shop_weight;
    learn->slope_between = sqrt(apart / apart_count);
    double curve[CURVES], all = CURVE_WORTH * CURVES;
    for (int c = 0; c < CURVES; c++) {
        curve[c] = CURVE_WORTH;
    }
    for (int i = 0; i < learn->count; i++) {
        for (int c = 0; c < CURVES; c++) {
            for (int s = 0; s < SLOPES; s++) {
                curve[c] += learn->products[i].curve_weight[c][s];
            }
        }
        all += 1;
    }
    for (int c = 0; c < CURVES; c++) {
        learn->curve_share[c] = curve[c] / all;
    }
}

static void fit_slopes(PricingLearn *learn, int day)
{
    for (int i = 0; i < learn->count; i++) {
        if (!learn->is_fitted || day < ALL_DAYS || (day + i) % 2 == 0) { /* they move slowly then */
            weigh_slopes(learn, &learn->products[i], learn->products[i].evidence);
        }
    }
    for (int step = 0; step < SHARE_STEPS; step++) {
        for (int i = 0; i < learn->count; i++) {
            make_posterior(learn, &learn->products[i]);
        }
        share_answers(learn);
    }
    for (int i = 0; i < learn->count; i++) {
        make_posterior(learn, &learn->products[i]);
        learn_make_response(learn, &learn->products[i]);
    }
}

/* --- age and rivalry --- */

/* ln likelihood of a product's hours if age and rivalry were so. */
static double weigh_shelf(const PricingLearn *learn, const LearnProduct *product, double stale,
                          PricingChoice choice, double scale)
{
    Evidence evidence = {.told = 0};
    for (int i = 0; i < product->hours_count; i++) {
        const LearnHour *hour = &product->hours[i];
        LearnExpected at;
        learn_expect_hour(product, hour, product->level[learn_slot(hour->day)], &at);
        double attraction[PRICING_MODEL_LOTS_MAX];
        for (int k = 0; k < hour->lots; k++) {
            attraction[k] = scale * pricing_model_log_response(&product->model, hour->lot[k].x) +
                            learn_log_fresh(product, stale, hour->lot[k].age);
        }
        add_evidence(&evidence, product, hour, &at, choice, attraction);
    }
    double base = evidence_base(learn, product, &evidence);
    double sum = finish_evidence(learn, base, &evidence);
    for (int i = 0; i < product->hours_count; i++) {
        const LearnHour *hour = &product->hours[i];
        if (has_cut(hour)) {
            double attraction[PRICING_MODEL_LOTS_MAX];
            for (int k = 0; k < hour->lots; k++) {
                attraction[k] =
                    scale * pricing_model_log_response(&product->model, hour->lot[k].x) +
                    learn_log_fresh(product, stale, hour->lot[k].age);
            }
            sum += tails_of(learn, product, hour, base, &evidence, choice, attraction);
        }
    }
    return sum;
}

static double posterior_mean(const double *evidence, const double *prior, const double *value,
                             int count)
{
    double joint[STALES], sum = 0, mean = 0;
    for (int k = 0; k < count; k++) {
        joint[k] = evidence[k] + prior[k];
    }
    double top = top_of(joint, count);
    for (int k = 0; k < count; k++) {
        double weight = exp(joint[k] - top);
        sum += weight;
        mean += weight * value[k];
    }
    return mean / sum;
}

static void fit_stale(PricingLearn *learn, double (*evidence)[STALES])
{
    double value[STALES], prior[STALES], all[STALES] = {0};
    for (int k = 0; k < STALES; k++) {
        value[k] = STALE_STEP * k;
        prior[k] = -pow((value[k] - STALE_PRIOR) / 0.4, 2) / 2;
    }
    for (int i = 0; i < learn->count; i++) {
        for (int k = 0; k < STALES; k++) {
            evidence[i][k] = weigh_shelf(learn, &learn->products[i], value[k], learn->choice, 1);
            all[k] += evidence[i][k];
        }
    }
    learn->stale = posterior_mean(all, prior, value, STALES);
    for (int k = 0; k < STALES; k++) {
        prior[k] = -pow((value[k] - learn->stale) / STALE_BETWEEN_SD, 2) / 2;
    }
    for (int i = 0; i < learn->count; i++) {
        learn->products[i].stale = posterior_mean(evidence[i], prior, value, STALES);
        learn_make_fresh(&learn->products[i], learn->products[i].stale);
    }
}

static double weigh_choice(const PricingLearn *learn, PricingChoice choice, double scale)
{
    double far = (log(choice.sharp) - SHARP_PRIOR) / SHARP_PRIOR_SD, sum = -far * far / 2;
    for (int i = 0; i < learn->count; i++) {
        sum += weigh_shelf(learn, &learn->products[i], learn->products[i].stale, choice, scale);
    }
    return sum;
}

/* One step uphill. Sharper choice and a flatter answer to price look alike in how lots share their
 * sales, so both are tried together; the slopes themselves are weighed again afterwards. */
static void fit_choice(PricingLearn *learn)
{
    static const double step[3] = {0, -1, 1};
    PricingChoice best = learn->choice;
    double top = weigh_choice(learn, best, 1);
    for (int k = 1; k < 27; k++) {
        PricingChoice choice = {
            learn->choice.sharp * exp(SHARP_STEP * step[k % 3]),
            fmin(fmax(learn->choice.crowd + CROWD_STEP * step[k / 3 % 3], 0), 1)};
        choice.sharp = fmin(fmax(choice.sharp, 0.5), 10);
        double value = weigh_choice(learn, choice, 1 + SCALE_STEP * step[k / 9]);
        if (value > top) {
            top = value;
            best = choice;
        }
    }
    learn->choice = best;
}

/* --- the fit --- */

static void fit_factors(PricingLearn *learn, int day, ProductSums *sums, WeekdaySums *weekday_sums)
{
    int weekdays[PRICING_LEARN_DAYS_MAX] = {0};
    for (int i = 0; i < learn->count; i++) {
        sum_product(&learn->products[i], &sums[i]);
    }
    for (int i = 0; i < learn->count; i++) {
        const LearnProduct *product = &learn->products[i];
        for (int k = 0; k < product->hours_count; k++) {
            weekdays[learn_slot(product->hours[k].day)] = product->hours[k].weekday;
        }
    }
    for (int i = 0; i < learn->count; i++) {
        sum_weekdays(learn, &learn->products[i], weekdays, &weekday_sums[i]);
    }
    fit_scatter(learn, sums, day);
    fit_common(learn, day);
    fit_hours(learn, sums);
    fit_weekdays(learn, weekday_sums);
    for (int i = 0; i < learn->count; i++) {
        fit_levels(learn, &learn->products[i], day);
        fit_base(learn, &learn->products[i], day);
        make_model(learn, &learn->products[i]);
    }
}

static void fit_answers(PricingLearn *learn, int day, double (*stale_evidence)[STALES])
{
    fit_slopes(learn, day);
    if (day % SHELF_DAYS == 0 || !learn->is_fitted) {
        fit_choice(learn);
        fit_stale(learn, stale_evidence);
    }
}

void pricing_learn_fit(PricingLearn *learn, int day)
{
    size_t count = (size_t)learn->count + 1;
    ProductSums *sums = calloc(count, sizeof *sums);
    WeekdaySums *weekday_sums = calloc(count, sizeof *weekday_sums);
    double(*stale_evidence)[STALES] = calloc(count, sizeof *stale_evidence);
    bool has_hours = false;
    for (int i = 0; i < learn->count; i++) {
        has_hours = has_hours || learn->products[i].hours_count > 0;
    }
    if (has_hours && sums != NULL && weekday_sums != NULL && stale_evidence != NULL) {
        int rounds = learn->is_fitted ? ROUNDS : FIRST_ROUNDS;
        for (int round = 0; round < rounds; round++) {
            fit_factors(learn, day, sums, weekday_sums);
            if (round % 3 == rounds % 3 || round == rounds - 1) {
                fit_answers(learn, day, stale_evidence);
            }
        }
        for (int i = 0; i < learn->count; i++) {
            sum_product(&learn->products[i], &sums[i]);
            fit_levels(learn, &learn->products[i], day);
        }
        learn->is_fitted = true;
    }
    free(sums);
    free(weekday_sums);
    free(stale_evidence);
}
