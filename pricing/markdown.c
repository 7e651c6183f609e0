/* SPDX-License-Identifier: GPL-3.0-or-later
 * Backward induction. Two layers of values [price in force][units left] are kept; a period's layer
 * is made from the next period's. The price in force stays in the state, since a change may cost
 * something. Units run along memory, so that the inner loop is a plain sum of scaled arrays. */
#include "pricing/markdown.h"

#include "pricing/demand.h"

#include <math.h>
#include <stdlib.h>

static bool problem_is_bounded(const PricingMarkdownProblem *p)
{
    if (p->units < 1 || p->units > PRICING_MARKDOWN_UNITS_MAX || p->periods < 1 ||
        p->periods > PRICING_MARKDOWN_PERIODS_MAX || p->prices < 1 ||
        p->prices > PRICING_MARKDOWN_PRICES_MAX || p->price_now < -1 || p->price_now >= p->prices ||
        !(p->change_cost >= 0) || !isfinite(p->salvage) || !isfinite(p->size)) {
        return false;
    }
    for (int j = 0; j < p->prices; j++) {
        if (!(p->price[j] > 0) || !isfinite(p->price[j]) ||
            (j > 0 && p->price[j] <= p->price[j - 1])) {
            return false;
        }
    }
    for (int i = 0; i < p->periods * p->prices; i++) {
        if (!(p->mean[i] >= 0 && p->mean[i] <= PRICING_MARKDOWN_MEAN_MAX) ||
            (p->reward != NULL && !isfinite(p->reward[i]))) {
            return false;
        }
    }
    return true;
}

/* Money expected of n = 1..units when price j rules this period, into now[n]. `next` holds the
 * values of n units at the start of the next period with j in force; next[0] = 0. */
__attribute__((target_clones("avx2", "default"))) static void
fill_price(const PricingMarkdownProblem *p, int period, int j, const double *restrict next,
           double *restrict pmf, double *restrict now)
{
    int units = p->units;
    int matter = pricing_demand_pmf(p->mean[period * p->prices + j], p->size, pmf, units + 1);
    double reward = p->reward != NULL ? p->reward[period * p->prices + j] : 0;
    double below = 0, sold_below = 0; /* P(D < n) and E[D; D < n] for the n reached */
    for (int n = 1; n <= units; n++) {
        if (n <= matter) {
            below += pmf[n - 1];
            sold_below += pmf[n - 1] * (n - 1);
        }
        double tail = n < matter ? fmax(1 - below, 0) : 0;
        now[n] = p->price[j] * (sold_below + tail * n) + reward;
    }
    for (int k = 0; k < matter && k < units; k++) {
        double chance = pmf[k];
        for (int n = k + 1; n <= units; n++) {
            now[n] += chance * next[n - k];
        }
    }
}

/* The best price for n units; of equally good ones the highest. */
static int best_price(const double *layer, int prices, int stride, int n)
{
    int best = 0;
    for (int j = 1; j < prices; j++) {
        double value = layer[j * stride + n], top = layer[best * stride + n];
        if (value >= top - 1e-9 * fabs(top)) {
            best = j;
        }
    }
    return best;
}

/* Lets each state change its price at a cost: the value of being there when the period begins. top:
 * room for units + 1. */
__attribute__((target_clones("avx2", "default"))) static void
allow_change(double *restrict layer, int prices, int units, double cost, double *restrict top)
{
    int stride = units + 1;
    for (int n = 0; n <= units; n++) {
        top[n] = layer[n] - cost;
    }
    for (int j = 1; j < prices; j++) {
        for (int n = 0; n <= units; n++) {
            double value = layer[j * stride + n] - cost;
            top[n] = top[n] < value ? value : top[n];
        }
    }
    for (int j = 0; j < prices; j++) {
        double *restrict row = layer + j * stride;
        for (int n = 1; n <= units; n++) {
            row[n] = row[n] < top[n] ? top[n] : row[n];
        }
    }
}

static double change_cost_of(const PricingMarkdownProblem *p, int period)
{
    return p->free_change != NULL && p->free_change[period] ? 0 : p->change_cost;
}

static double first_value(const PricingMarkdownProblem *p, const double *layer, int n,
                          int *out_price)
{
    int stride = p->units + 1;
    double cost = p->price_now < 0 ? 0 : change_cost_of(p, 0);
    int best = best_price(layer, p->prices, stride, n);
    double value = layer[best * stride + n];
    if (p->price_now >= 0 && layer[p->price_now * stride + n] >= value - cost) {
        *out_price = p->price_now;
        return layer[p->price_now * stride + n];
    }
    *out_price = best;
    return best == p->price_now ? value : value - cost;
}

PricingMarkdownStatus pricing_markdown_solve(const PricingMarkdownProblem *problem,
                                             PricingMarkdownPlan *plan)
{
    if (!problem_is_bounded(problem)) {
        return PRICING_MARKDOWN_BAD_PROBLEM;
    }
    int prices = problem->prices, stride = problem->units + 1;
    size_t layer = (size_t)stride * (size_t)prices;
    double *memory = calloc(2 * layer + (size_t)stride, sizeof *memory);
    if (memory == NULL) {
        return PRICING_MARKDOWN_NO_MEMORY;
    }
    double *next = memory, *now = memory + layer, *pmf = memory + 2 * layer;
    for (int j = 0; j < prices; j++) {
        for (int n = 1; n < stride; n++) {
            next[j * stride + n] = problem->salvage * n;
        }
    }
    for (int period = problem->periods - 1; period >= 0; period--) {
        for (int j = 0; j < prices; j++) {
            fill_price(problem, period, j, next + j * stride, pmf, now + j * stride);
        }
        if (period > 0) {
            allow_change(now, prices, problem->units, change_cost_of(problem, period), pmf);
            double *swap = next;
            next = now;
            now = swap;
        }
    }
    int ignored = 0;
    plan->value = first_value(problem, now, problem->units, &plan->price);
    plan->marginal =
        plan->value -
        (problem->units > 1 ? first_value(problem, now, problem->units - 1, &ignored) : 0);
    for (int j = 0; j < prices; j++) {
        plan->by_price[j] = now[j * stride + problem->units];
    }
    free(memory);
    return PRICING_MARKDOWN_OK;
}
