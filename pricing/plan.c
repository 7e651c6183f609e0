/* SPDX-License-Identifier: GPL-3.0-or-later
 * Builds the periods that a lot still has (hours of today, parts of later days), what it is asked
 * for in each at each price with the other lots beside it, and asks for the best path. */
#include "pricing/plan.h"

#include "pricing/markdown.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define PRICES 20
#define LATER_PARTS 4 /* periods that a later day is cut into */
#define PERIODS_MAX (24 + 10 * LATER_PARTS)
#define DAYS_AHEAD_MAX 10
#define UNITS_MAX 48     /* more are counted in portions */
#define CHANGE_COST 0.03 /* of list price; scarcer changes, and less trust, cost more */
#define CERTAIN_SD 0.02  /* of ln(level) */
#define NEW_LOT_LOSS 0.5 /* of list price: lost when a shopper leaves a new lot for an old one */

/* One stretch of opening hours. */
typedef struct {
    int day;      /* 0 today */
    double asked; /* units of one fresh lot at list price */
    bool is_free;
} Period;

typedef struct {
    const PricingModel *model;
    const PricingPlanProduct *product;
    const PricingPlanNow *now;
    PricingPlanLot *lots;
    int count;
    double x[PRICING_MODEL_LOTS_MAX]; /* planned price / list price */
} Plan;

static double level_on(const Plan *plan, int day)
{
    return 1 + (plan->now->level - 1) * pow(plan->product->keep_level, day);
}

static int add_period(const Plan *plan, int day, int from, int until, bool is_free, Period *out)
{
    double share = 0;
    for (int hour = from; hour < until; hour++) {
        share += plan->model->hour[hour];
    }
    double weekday = plan->model->weekday[(plan->now->weekday + day) % 7];
    *out = (Period){day, plan->model->base * weekday * share * level_on(plan, day), is_free};
    return 1;
}

static int make_periods(const Plan *plan, int days_left, Period out[static PERIODS_MAX])
{
    int open = plan->product->open_hour, close = plan->product->close_hour, count = 0;
    int first = plan->now->hour < open ? open : plan->now->hour;
    for (int hour = first; hour < close; hour++) {
        bool is_free = hour == first ? plan->now->free_change : false;
        count += add_period(plan, 0, hour, hour + 1, is_free, &out[count]);
    }
    int days = days_left < DAYS_AHEAD_MAX ? days_left : DAYS_AHEAD_MAX;
    for (int day = 1; day <= days; day++) {
        for (int part = 0; part < LATER_PARTS; part++) {
            int from = open + (close - open) * part / LATER_PARTS;
            int until = open + (close - open) * (part + 1) / LATER_PARTS;
            if (from < until) {
                count += add_period(plan, day, from, until, part == 0, &out[count]);
            }
        }
    }
    return count;
}

/* A lot beside the one that is priced. */
typedef struct {
    double log_attraction, loss; /* loss: money lost when it sells one unit less */
    double units;                /* left, by expectation */
    int first_day, last_day;
    int age_at_day_0;
    double log_response;
} Rival;

static int make_rivals(const Plan *plan, int self, Rival out[static PRICING_MODEL_LOTS_MAX])
{
    int count = 0;
    double list = (double)plan->product->list_price;
    for (int i = 0; i < plan->count; i++) {
        const PricingPlanLot *lot = &plan->lots[i];
        if (i == self) {
            continue;
        }
        double money = plan->x[i] * list;
        double worth = lot->worth >= 0 ? fmin(lot->worth, money) : money / 2;
        out[count++] = (Rival){.loss = money - worth,
                               .units = (double)lot->units,
                               .last_day = lot->days_left,
                               .age_at_day_0 = lot->age_days,
                               .log_response = pricing_model_log_response(plan->model, plan->x[i])};
    }
    if (plan->product->deliver > 0.5 &&
        count + 1 < PRICING_MODEL_LOTS_MAX) { /* each later day a new one */
        out[count++] = (Rival){.loss = NEW_LOT_LOSS * list,
                               .units = 1e9,
                               .first_day = 1,
                               .last_day = 1000,
                               .age_at_day_0 = -1000};
    }
    return count;
}

static double rival_attraction(const Plan *plan, const Rival *rival, int day)
{
    int age = rival->age_at_day_0 == -1000 ? 0 : rival->age_at_day_0 + day;
    return rival->log_response + pricing_model_log_fresh(plan->model, age);
}

/* One period of one lot: units asked for and what the others lose, by price. Rivals sell down at
 * the planned price. */
static void fill_period(const Plan *plan, int self, const Period *period, Rival *rivals,
                        int rivals_count, const double *log_response, double portion, double *mean,
                        double *reward)
{
    double attraction[PRICING_MODEL_LOTS_MAX], split[PRICING_MODEL_LOTS_MAX],
        alone[PRICING_MODEL_LOTS_MAX];
    Rival *here[PRICING_MODEL_LOTS_MAX];
    int count = 0;
    for (int i = 0; i < rivals_count; i++) {
        if (period->day >= rivals[i].first_day && period->day <= rivals[i].last_day &&
            rivals[i].units > 0.5) {
            here[count] = &rivals[i];
            attraction[1 + count++] = rival_attraction(plan, &rivals[i], period->day);
        }
    }
    double age = plan->lots[self].age_days + period->day;
    if (count > 0) {
        pricing_model_split_log(plan->model->choice, count, attraction + 1, alone);
    }
    for (int j = 0; j < PRICES; j++) {
        attraction[0] = log_response[j] + pricing_model_log_fresh(plan->model, age);
        pricing_model_split_log(plan->model->choice, count + 1, attraction, split);
        mean[j] = fmin(period->asked * split[0] / portion, PRICING_MARKDOWN_MEAN_MAX);
        reward[j] = 0;
        for (int i = 0; i < count; i++) {
            reward[j] -= period->asked * (alone[i] - split[1 + i]) * here[i]->loss;
        }
    }
    attraction[0] = pricing_model_log_response(plan->model, plan->x[self]) +
                    pricing_model_log_fresh(plan->model, age);
    pricing_model_split_log(plan->model->choice, count + 1, attraction, split);
    for (int i = 0; i < count; i++) {
        here[i]->units -= period->asked * split[1 + i];
    }
}

/* Prices from min to max in equal ratios, the present one among them. Returns its index. */
static int make_grid(const Plan *plan, const PricingPlanLot *lot, double price[static PRICES])
{
    double low = (double)plan->product->min_price, high = (double)plan->product->max_price;
    int nearest = 0;
    for (int j = 0; j < PRICES; j++) {
        price[j] = low + (high - low) * j / (PRICES - 1);
        if (fabs(price[j] - (double)lot->price) < fabs(price[nearest] - (double)lot->price)) {
            nearest = j;
        }
    }
    price[nearest] = fmin(fmax((double)lot->price, low), high);
    return nearest;
}

static double change_cost(const Plan *plan, const PricingPlanLot *lot)
{
    double list = (double)plan->product->list_price;
    int left = lot->changes_left < 1 ? 1 : lot->changes_left;
    return CHANGE_COST / fmax(plan->now->trust, 0.05) * list * (left >= 3 ? 1 : left == 2 ? 2 : 4);
}

/* The value of each first price over what today's level may be: a low, a middle and a high one, by
 * the three points that keep mean and variance of a normal. mean and reward are scaled on the way. */
static bool solve_by_level(const Plan *plan, const PricingMarkdownProblem *problem,
                           const Period *periods, double *mean, double *reward,
                           double by_price[static PRICES], double *out_marginal)
{
    static const double point[3] = {0, -1.7320508, 1.7320508};
    static const double weight[3] = {2.0 / 3, 1.0 / 6, 1.0 / 6};
    bool is_certain = plan->now->level_sd <= CERTAIN_SD;
    double done = 1;
    *out_marginal = 0;
    for (int k = 0; k < (is_certain ? 1 : 3); k++) {
        double wanted = exp(point[k] * plan->now->level_sd);
        for (int t = 0; t < problem->periods; t++) {
            double keep = pow(plan->product->keep_level, periods[t].day);
            double factor = (1 + (wanted - 1) * keep) / (1 + (done - 1) * keep);
            for (int j = t * PRICES; j < (t + 1) * PRICES; j++) {
                mean[j] = fmin(mean[j] * factor, PRICING_MARKDOWN_MEAN_MAX);
                reward[j] *= factor;
            }
        }
        done = wanted;
        PricingMarkdownPlan answer;
        if (pricing_markdown_solve(problem, &answer) != PRICING_MARKDOWN_OK) {
            return false;
        }
        for (int j = 0; j < PRICES; j++) {
            by_price[j] += (is_certain ? 1 : weight[k]) * answer.by_price[j];
        }
        *out_marginal += (is_certain ? 1 : weight[k]) * answer.marginal;
    }
    return true;
}

/* The index of the best first price when leaving `now` costs something. */
static int best_price(const double *by_price, int now, double cost)
{
    int best = now;
    for (int j = 0; j < PRICES; j++) {
        double value = by_price[j] - (j != now ? cost : 0);
        if (value > by_price[best] - (best != now ? cost : 0) + 1e-9) {
            best = j;
        }
    }
    return best;
}

static void plan_lot(Plan *plan, int self)
{
    PricingPlanLot *lot = &plan->lots[self];
    Period periods[PERIODS_MAX];
    int count = make_periods(plan, lot->days_left, periods);
    double list = (double)plan->product->list_price;
    double price[PRICES], log_response[PRICES];
    int now = make_grid(plan, lot, price);
    lot->answer = lot->price;
    if (count == 0 || plan->product->min_price >= plan->product->max_price) {
        return;
    }
    double mean[PERIODS_MAX * PRICES], reward[PERIODS_MAX * PRICES];
    bool is_free[PERIODS_MAX];
    Rival rivals[PRICING_MODEL_LOTS_MAX];
    int rivals_count = make_rivals(plan, self, rivals);
    for (int j = 0; j < PRICES; j++) {
        log_response[j] = pricing_model_log_response(plan->model, price[j] / list);
    }
    double portion = fmax(1, ceil((double)lot->units / UNITS_MAX));
    for (int t = 0; t < count; t++) {
        fill_period(plan, self, &periods[t], rivals, rivals_count, log_response, portion,
                    mean + t * PRICES, reward + t * PRICES);
        is_free[t] = periods[t].is_free;
        for (int j = 0; j < PRICES; j++) {
            reward[t * PRICES + j] /= portion;
        }
    }
    PricingMarkdownProblem problem = {
        .units = (int)ceil((double)lot->units / portion),
        .periods = count,
        .prices = PRICES,
        .price = price,
        .mean = mean,
        .reward = rivals_count > 0 ? reward : NULL,
        .size = plan->model->size * fmax(plan->now->trust, 0.05),
        .salvage = -(double)plan->product->disposal_cost - plan->product->waste_aversion * list,
        .change_cost = change_cost(plan, lot) / portion,
        .free_change = is_free,
        .price_now = now,
    };
    double by_price[PRICES] = {0}, marginal = 0;
    if (!solve_by_level(plan, &problem, periods, mean, reward, by_price, &marginal)) {
        return;
    }
    bool may_change = plan->now->free_change || lot->changes_left > 0;
    int best = may_change ? best_price(by_price, now, is_free[0] ? 0 : problem.change_cost) : now;
    lot->answer = (int64_t)llround(price[best]);
    lot->worth = fmax(marginal, 0);
    plan->x[self] = price[best] / list;
}

void pricing_plan_product(const PricingModel *model, const PricingPlanProduct *product,
                          const PricingPlanNow *now, PricingPlanLot *lots, int count)
{
    assert(count >= 1 && count <= PRICING_MODEL_LOTS_MAX &&
           product->open_hour < product->close_hour);
    Plan plan = {.model = model, .product = product, .now = now, .lots = lots, .count = count};
    for (int i = 0; i < count; i++) {
        plan.x[i] = (double)lots[i].price / (double)product->list_price;
    }
    for (int i = 0; i < count; i++) { /* once: their worth comes from the hour before */
        plan_lot(&plan, i);
    }
}
