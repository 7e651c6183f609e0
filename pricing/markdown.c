/* SPDX-License-Identifier: GPL-3.0-or-later
 * Backward induction. Two layers of values [units left][price in force] are kept; a period's layer
 * is made from the next period's. The price in force stays in the state, since a change may cost
 * something. */
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
        if (!(p->mean[i] >= 0 && p->mean[i] <= PRICING_MARKDOWN_MEAN_MAX)) {
            return false;
        }
    }
    return true;
}

/* Money expected of n units when price j rules this period: now[n * prices + j] for n = 1..units.
 * `next` holds the values at the start of the next period with j in force. */
static void fill_price(const PricingMarkdownProblem *p, int period, int j, const double *next,
                       double *pmf, double *now)
{
    int matter = pricing_demand_pmf(p->mean[period * p->prices + j], p->size, pmf, p->units + 1);
    for (int n = 1; n <= p->units; n++) {
        double sum = 0, tail = 1;
        int stop = n < matter ? n : matter;
        for (int k = 0; k < stop; k++) {
            sum += pmf[k] * (p->price[j] * k + next[(n - k) * p->prices + j]);
            tail -= pmf[k];
        }
        if (n < matter && tail > 0) {
            sum += tail * p->price[j] * n; /* n or more asked for: all sold */
        }
        now[n * p->prices + j] = sum;
    }
}

static int best_price(const double *values, int prices)
{
    int best = 0;
    for (int j = 1; j < prices; j++) {
        if (values[j] >= values[best] - 1e-9 * fabs(values[best])) {
            best = j;
        }
    }
    return best;
}

PricingMarkdownStatus pricing_markdown_solve(const PricingMarkdownProblem *problem,
                                             PricingMarkdownPlan *plan)
{
    if (!problem_is_bounded(problem)) {
        return PRICING_MARKDOWN_BAD_PROBLEM;
    }
    int prices = problem->prices;
    size_t layer = (size_t)(problem->units + 1) * (size_t)prices;
    double *memory = calloc(2 * layer + (size_t)problem->units + 1, sizeof *memory);
    if (memory == NULL) {
        return PRICING_MARKDOWN_NO_MEMORY;
    }
    double *next = memory, *now = memory + layer, *pmf = memory + 2 * layer;
    for (int n = 1; n <= problem->units; n++) {
        for (int j = 0; j < prices; j++) {
            next[n * prices + j] = problem->salvage * n;
        }
    }
    for (int period = problem->periods - 1; period >= 0; period--) {
        for (int j = 0; j < prices; j++) {
            fill_price(problem, period, j, next, pmf, now);
        }
        if (period == 0) {
            break;
        }
        double cost =
            problem->free_change != NULL && problem->free_change[period] ? 0 : problem->change_cost;
        for (int n = 1; n <= problem->units; n++) {
            double *values = now + n * prices;
            double best = values[best_price(values, prices)];
            for (int j = 0; j < prices; j++) {
                values[j] = fmax(values[j], best - cost);
            }
        }
        double *swap = next;
        next = now;
        now = swap;
    }
    const double *first = now + problem->units * prices;
    bool is_free =
        problem->price_now < 0 || (problem->free_change != NULL && problem->free_change[0]);
    double cost = is_free ? 0 : problem->change_cost;
    int best = best_price(first, prices);
    if (problem->price_now >= 0 && first[problem->price_now] >= first[best] - cost) {
        best = problem->price_now;
        cost = 0;
    }
    plan->price = best;
    plan->value = first[best] - cost;
    for (int j = 0; j < prices; j++) {
        plan->by_price[j] = first[j];
    }
    free(memory);
    return PRICING_MARKDOWN_OK;
}
