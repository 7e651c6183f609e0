/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of pricing/shop, learn and plan in small simulated shops: the learner must beat the old rule,
 * keep every bound, and do the same twice. */
#include "pricing/sim.h"

#include <glib.h>
#include <math.h>

static PricingSimResult run(const PricingSimSetup *setup, PricingSimPolicy policy)
{
    PricingSimResult result;
    PricingSim *sim = pricing_sim_new(setup);
    g_assert_nonnull(sim);
    g_assert_true(pricing_sim_run(sim, policy, NULL, NULL, &result));
    pricing_sim_free(sim);
    return result;
}

static double share_of(const PricingSimSetup *setup)
{
    PricingSimResult rule = run(setup, PRICING_SIM_RULE), shop = run(setup, PRICING_SIM_LEARNER);
    PricingSimResult oracle = run(setup, PRICING_SIM_ORACLE);
    g_assert_cmpint(shop.violations, ==, 0);
    g_assert_cmpint(shop.refused, ==, 0);
    g_assert_cmpfloat(oracle.margin, >, rule.margin);
    double changes = (double)shop.changes / shop.tag_days;
    double waste = (double)shop.wasted / (double)shop.handled;
    g_test_message("share %.3f, %.2f changes a tag and day, waste %.3f",
                   pricing_sim_share(&rule, &shop, &oracle), changes, waste);
    g_assert_cmpfloat(changes, <=, 2.0);
    return pricing_sim_share(&rule, &shop, &oracle);
}

static void test_closes_most_of_the_gap(void)
{
    double share = 0;
    for (guint64 seed = 1; seed <= 3; seed++) {
        PricingSimSetup setup = {.seed = seed, .products = 8, .watch_days = 10, .control_days = 10};
        share += share_of(&setup) / 3;
    }
    g_assert_cmpfloat(share, >, 0.65);
}

static void test_without_a_day_to_watch_it_still_beats_the_rule(void)
{
    PricingSimSetup setup = {.seed = 5, .products = 8, .watch_days = 0, .control_days = 14};
    g_assert_cmpfloat(share_of(&setup), >, 0.3);
}

static void test_large_shocks_do_not_break_it(void)
{
    PricingSimSetup setup = {.seed = 3,
                             .scenario = PRICING_SIM_SHOCKS,
                             .products = 8,
                             .watch_days = 7,
                             .control_days = 10};
    g_assert_cmpfloat(share_of(&setup), >, 0.4);
}

static void test_shoppers_that_switch_between_lots_do_not_break_it(void)
{
    PricingSimSetup setup = {.seed = 3,
                             .scenario = PRICING_SIM_SWITCH,
                             .products = 8,
                             .watch_days = 7,
                             .control_days = 10};
    g_assert_cmpfloat(share_of(&setup), >, 0.3);
}

static void test_same_seed_same_margin(void)
{
    PricingSimSetup setup = {.seed = 9, .products = 4, .watch_days = 3, .control_days = 3};
    PricingSimResult a = run(&setup, PRICING_SIM_LEARNER), b = run(&setup, PRICING_SIM_LEARNER);
    g_assert_true(a.margin == b.margin && a.changes == b.changes && a.sold == b.sold &&
                  a.wasted == b.wasted);
}

static void test_the_shop_is_as_it_was_told(void)
{
    PricingSimSetup setup = {
        .seed = 4, .products = 20, .watch_days = 0, .control_days = 28, .waste_at_list = 0.25};
    PricingSimResult list = run(&setup, PRICING_SIM_LIST), rule = run(&setup, PRICING_SIM_RULE);
    g_assert_cmpfloat(fabs((double)list.wasted / (double)list.handled - 0.25), <, 0.02);
    g_assert_cmpint(rule.wasted, <, list.wasted);
    g_assert_cmpfloat(rule.out_hours, >, list.out_hours);
    g_assert_cmpint(list.changes, ==, 0);
}

static void test_impossible_shops_are_refused(void)
{
    PricingSimSetup none = {.products = 0, .control_days = 1};
    PricingSimSetup endless = {
        .products = 1, .watch_days = 1, .control_days = PRICING_SIM_DAYS_MAX};
    g_assert_null(pricing_sim_new(&none));
    g_assert_null(pricing_sim_new(&endless));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/shop/closes_most_of_the_gap", test_closes_most_of_the_gap);
    g_test_add_func("/pricing/shop/without_a_day_to_watch_it_still_beats_the_rule",
                    test_without_a_day_to_watch_it_still_beats_the_rule);
    g_test_add_func("/pricing/shop/large_shocks_do_not_break_it",
                    test_large_shocks_do_not_break_it);
    g_test_add_func("/pricing/shop/shoppers_that_switch_between_lots_do_not_break_it",
                    test_shoppers_that_switch_between_lots_do_not_break_it);
    g_test_add_func("/pricing/shop/same_seed_same_margin", test_same_seed_same_margin);
    g_test_add_func("/pricing/shop/the_shop_is_as_it_was_told", test_the_shop_is_as_it_was_told);
    g_test_add_func("/pricing/shop/impossible_shops_are_refused",
                    test_impossible_shops_are_refused);
    return g_test_run();
}
