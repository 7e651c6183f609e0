/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of pricing/markdown: optima found another way on small grids, monotone answers, bounds. */
#include "pricing/demand.h"
#include "pricing/markdown.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define PRICES 3

/* Expected money of the best policy by walking the whole tree of decisions and sales, change costs
 * included. */
static double walk(const PricingMarkdownProblem *p, int period, int units, int price_now)
{
    if (units == 0) {
        return 0;
    }
    if (period == p->periods) {
        return p->salvage * units;
    }
    double best = -INFINITY;
    for (int j = 0; j < p->prices; j++) {
        double mean = p->mean[period * p->prices + j], value = 0, below = 0;
        for (int k = 0; k < units; k++) {
            double chance = exp(pricing_demand_log_pmf(mean, p->size, k));
            value += chance * (p->price[j] * k + walk(p, period + 1, units - k, j));
            below += chance;
        }
        value += (1 - below) * p->price[j] * units;
        value += p->reward != NULL ? p->reward[period * p->prices + j] : 0;
        bool is_free =
            price_now < 0 || price_now == j || (p->free_change != NULL && p->free_change[period]);
        best = fmax(best, value - (is_free ? 0 : p->change_cost));
    }
    return best;
}

static void test_equals_the_walk_of_the_whole_tree(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int i = 0; i < 60; i++) {
        double price[PRICES], mean[4 * PRICES], reward[4 * PRICES];
        bool is_free[4];
        double base = g_rand_double_range(random, 0.2, 3);
        for (int j = 0; j < PRICES; j++) {
            price[j] = 50 + 30 * j + g_rand_double_range(random, 0, 20);
        }
        for (int t = 0; t < 4; t++) {
            is_free[t] = g_rand_boolean(random);
            for (int j = 0; j < PRICES; j++) {
                mean[t * PRICES + j] = base * pow(price[j] / 100, -2.5) * (1 + t % 2);
                reward[t * PRICES + j] = g_rand_double_range(random, -20, 5);
            }
        }
        PricingMarkdownProblem problem = {
            .units = g_rand_int_range(random, 1, 6),
            .periods = g_rand_int_range(random, 1, 4),
            .prices = PRICES,
            .price = price,
            .mean = mean,
            .reward = g_rand_boolean(random) ? reward : NULL,
            .size = g_rand_boolean(random) ? 4 : 0,
            .salvage = -g_rand_double_range(random, 0, 30),
            .change_cost = g_rand_double_range(random, 0, 10),
            .free_change = g_rand_boolean(random) ? is_free : NULL,
            .price_now = g_rand_int_range(random, -1, PRICES),
        };
        PricingMarkdownPlan plan;
        g_assert_cmpint(pricing_markdown_solve(&problem, &plan), ==, PRICING_MARKDOWN_OK);
        double truth = walk(&problem, 0, problem.units, problem.price_now);
        g_assert_cmpfloat_with_epsilon(plan.value, truth, 1e-5 * fabs(truth) + 1e-4);
    }
}

static int solve(int units, int periods, double rate, double salvage)
{
    enum { GRID = 12 };
    double price[GRID];
    g_autofree double *mean = g_new(double, (gsize)periods *GRID);
    for (int j = 0; j < GRID; j++) {
        price[j] = 30 + 7.5 * j;
        for (int t = 0; t < periods; t++) {
            mean[t * GRID + j] = rate * pow(price[j] / 100, -2.2);
        }
    }
    PricingMarkdownProblem problem = {.units = units,
                                      .periods = periods,
                                      .prices = GRID,
                                      .price = price,
                                      .mean = mean,
                                      .size = 6,
                                      .salvage = salvage,
                                      .price_now = -1};
    PricingMarkdownPlan plan;
    g_assert_cmpint(pricing_markdown_solve(&problem, &plan), ==, PRICING_MARKDOWN_OK);
    return plan.price;
}

static void test_answers_are_monotone(void)
{
    for (int units = 1; units < 40; units++) {
        g_assert_cmpint(solve(units + 1, 8, 2, -5), <=, solve(units, 8, 2, -5));
    }
    for (int periods = 1; periods < 20; periods++) {
        g_assert_cmpint(solve(15, periods, 1, -5), <=, solve(15, periods + 1, 1, -5));
    }
    for (int rate = 1; rate < 20; rate++) {
        g_assert_cmpint(solve(15, 8, rate * 0.3, -5), <=, solve(15, 8, (rate + 1) * 0.3, -5));
    }
    for (int salvage = -20; salvage < 20; salvage++) {
        g_assert_cmpint(solve(15, 8, 1, salvage), <=, solve(15, 8, 1, salvage + 1));
    }
    g_assert_cmpint(solve(40, 4, 1, -5), <, solve(2, 16, 3, -5));
}

static void test_a_dear_change_is_not_made(void)
{
    double price[2] = {60, 100}, mean[4] = {3, 1, 3, 1};
    PricingMarkdownProblem problem = {
        .units = 6, .periods = 2, .prices = 2, .price = price, .mean = mean, .price_now = 1};
    PricingMarkdownPlan plan;
    g_assert_cmpint(pricing_markdown_solve(&problem, &plan), ==, PRICING_MARKDOWN_OK);
    g_assert_cmpint(plan.price, ==, 0);
    problem.change_cost = 1000;
    g_assert_cmpint(pricing_markdown_solve(&problem, &plan), ==, PRICING_MARKDOWN_OK);
    g_assert_cmpint(plan.price, ==, 1);
    g_assert_cmpfloat(plan.by_price[0], >, plan.by_price[1]);
    bool is_free[2] = {true, false};
    problem.free_change = is_free;
    g_assert_cmpint(pricing_markdown_solve(&problem, &plan), ==, PRICING_MARKDOWN_OK);
    g_assert_cmpint(plan.price, ==, 0);
}

static void test_broken_bounds_are_refused(void)
{
    double price[2] = {60, 100}, mean[2] = {3, 1};
    PricingMarkdownProblem good = {
        .units = 6, .periods = 1, .prices = 2, .price = price, .mean = mean, .price_now = -1};
    PricingMarkdownPlan plan;
    memset(&plan, 0x55, sizeof plan);
    PricingMarkdownPlan untouched = plan;
    PricingMarkdownProblem bad[7];
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        bad[i] = good;
    }
    double falling[2] = {100, 60}, endless[2] = {INFINITY, 1};
    bad[0].units = 0;
    bad[1].units = PRICING_MARKDOWN_UNITS_MAX + 1;
    bad[2].periods = 0;
    bad[3].price_now = 2;
    bad[4].price = falling;
    bad[5].mean = endless;
    bad[6].change_cost = -1;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmpint(pricing_markdown_solve(&bad[i], &plan), ==, PRICING_MARKDOWN_BAD_PROBLEM);
        g_assert_cmpmem(&plan, sizeof plan, &untouched, sizeof untouched);
    }
    g_assert_cmpint(pricing_markdown_solve(&good, &plan), ==, PRICING_MARKDOWN_OK);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/markdown/equals_the_walk_of_the_whole_tree",
                    test_equals_the_walk_of_the_whole_tree);
    g_test_add_func("/pricing/markdown/answers_are_monotone", test_answers_are_monotone);
    g_test_add_func("/pricing/markdown/a_dear_change_is_not_made", test_a_dear_change_is_not_made);
    g_test_add_func("/pricing/markdown/broken_bounds_are_refused", test_broken_bounds_are_refused);
    return g_test_run();
}
