/* SPDX-License-Identifier: GPL-3.0-or-later
 * The order's number against every number there is, tried one by one with a Poisson computed another way. */
#include "pos/order.h"

#include <math.h>

/* P(k) by recursion, from scratch. */
static double expected_profit(const PosOrderNeed *need, double mean, int64_t remaining,
                              int64_t units)
{
    double p = exp(-mean), value = 0, sum = 0;
    for (int64_t k = 0; k < 4000; k++) {
        if (k > 0) {
            p *= mean / (double)k;
        }
        double wanted = (double)MAX(k - remaining, 0);
        double sold = fmin(wanted, (double)units);
        value +=
            p * (sold * (double)need->price - ((double)units - sold) * (double)need->disposal_cost);
        sum += p;
    }
    g_assert_cmpfloat_with_epsilon(sum, 1, 1e-9);
    return value - (double)units * (double)need->unit_cost;
}

static void test_best_of_all(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 60; round++) {
        PosOrderNeed need = {.demand_day_milli = g_rand_int_range(rand, 100, 30000),
                             .days_to_delivery = g_rand_int_range(rand, 0, 4),
                             .days_to_next = g_rand_int_range(rand, 1, 5),
                             .shelf_life_days = g_rand_int_range(rand, 0, 8),
                             .on_hand = g_rand_int_range(rand, -3, 60),
                             .on_order = g_rand_int_range(rand, 0, 20),
                             .unit_cost = g_rand_int_range(rand, 50, 900),
                             .disposal_cost = g_rand_int_range(rand, 0, 100),
                             .pack = g_rand_int_range(rand, 1, 13)};
        need.price = need.unit_cost + g_rand_int_range(rand, 10, 900);
        PosOrderAdvice advice = pos_order_advise(&need);
        int cover = need.shelf_life_days > 0 && need.shelf_life_days < need.days_to_next
                        ? need.shelf_life_days
                        : need.days_to_next;
        double mean = (double)need.demand_day_milli / 1000 * cover;
        double best = -1e300;
        int64_t best_units = 0;
        for (int64_t units = 0; units <= 400; units += need.pack) {
            double value = expected_profit(&need, mean, advice.remaining, units);
            if (value > best + 1e-6) {
                best = value;
                best_units = units;
            }
        }
        double got = expected_profit(&need, mean, advice.remaining, advice.units);
        g_assert_cmpint(advice.units % need.pack, ==, 0);
        g_assert_cmpint(advice.units, ==, best_units);
        g_assert_cmpfloat_with_epsilon(got, best, 1e-3);
        g_assert_cmpfloat_with_epsilon((double)pos_order_profit_milli(&need, advice.units) / 1000,
                                       got, 0.01);
    }
    g_rand_free(rand);
}

static void test_what_is_there_counts(void)
{
    PosOrderNeed need = {.demand_day_milli = 10000,
                         .days_to_delivery = 1,
                         .days_to_next = 2,
                         .price = 1000,
                         .unit_cost = 500,
                         .pack = 1};
    int64_t empty = pos_order_advise(&need).units;
    need.on_hand = 30; /* 10 go before it comes */
    PosOrderAdvice advice = pos_order_advise(&need);
    g_assert_cmpint(advice.remaining, ==, 20);
    g_assert_cmpint(empty - advice.units, ==, 20);
    need.on_order = 5;
    g_assert_cmpint(empty - pos_order_advise(&need).units, ==, 25 > empty ? empty : 25);
    need.on_order = 0;
    need.expires_before = 30; /* all of it has to go before: none is left */
    g_assert_cmpint(pos_order_advise(&need).units, ==, empty);
}

static void test_uncertain_and_short_lived(void)
{
    PosOrderNeed need = {
        .demand_day_milli = 20000, .days_to_next = 3, .price = 1000, .unit_cost = 200, .pack = 1};
    int64_t sure = pos_order_advise(&need).units;
    need.variance_pct = 400; /* what earns much and is uncertain wants more */
    g_assert_cmpint(pos_order_advise(&need).units, >, sure);
    need.variance_pct = 100;
    need.shelf_life_days = 1;
    PosOrderAdvice advice = pos_order_advise(&need);
    g_assert_true(advice.limited_by_shelf_life);
    g_assert_cmpint(advice.cover_days, ==, 1);
    g_assert_cmpint(advice.units, <, sure / 2);
}

static void test_none(void)
{
    PosOrderNeed need = {
        .demand_day_milli = 0, .days_to_next = 1, .price = 100, .unit_cost = 50, .pack = 6};
    g_assert_cmpint(pos_order_advise(&need).units, ==, 0);
    need.demand_day_milli = 5000;
    need.unit_cost = 100; /* earns nothing */
    g_assert_cmpint(pos_order_advise(&need).units, ==, 0);
    need.unit_cost = 50;
    need.demand_day_milli = INT64_MAX; /* whatever comes from outside ends */
    need.price = 1000000;
    g_assert_cmpint(pos_order_advise(&need).units, <=, POS_ORDER_UNITS_MAX);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/order/best_of_all_numbers", test_best_of_all);
    g_test_add_func("/pos/order/what_is_there_counts", test_what_is_there_counts);
    g_test_add_func("/pos/order/uncertain_and_short_lived", test_uncertain_and_short_lived);
    g_test_add_func("/pos/order/none", test_none);
    return g_test_run();
}
