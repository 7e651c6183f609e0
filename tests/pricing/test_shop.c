/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of pricing/shop, learn and plan in a small simulated shop: it must beat the old rule, keep
 * every bound, and do the same twice. */
#include "sim_world.h"

#include <glib.h>

static void test_closes_most_of_the_gap(void)
{
    double share = 0;
    for (guint64 seed = 1; seed <= 2; seed++) {
        SimSetup setup = {.seed = seed, .products = 8, .history_days = 7, .control_days = 7};
        SimResult rule = sim_run(&setup, SIM_RULE), shop = sim_run(&setup, SIM_SHOP);
        SimResult oracle = sim_run(&setup, SIM_ORACLE);
        g_assert_cmpint(shop.violations, ==, 0);
        g_assert_cmpfloat(oracle.margin, >, rule.margin);
        share += sim_share(&rule, &shop, &oracle) / 2;
    }
    g_test_message("share of the gap closed: %.3f", share);
    g_assert_cmpfloat(share, >, 0.5);
}

static void test_without_history_it_breaks_no_bound(void)
{
    SimSetup setup = {.seed = 5, .products = 4, .history_days = 0, .control_days = 5};
    SimResult shop = sim_run(&setup, SIM_SHOP);
    g_assert_cmpint(shop.violations, ==, 0);
    g_assert_cmpint(shop.sold, >, 100);
}

static void test_same_seed_same_margin(void)
{
    SimSetup setup = {.seed = 9, .products = 4, .history_days = 3, .control_days = 3};
    SimResult a = sim_run(&setup, SIM_SHOP), b = sim_run(&setup, SIM_SHOP);
    g_assert_true(a.margin == b.margin && a.changes == b.changes && a.sold == b.sold &&
                  a.wasted == b.wasted);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/shop/closes_most_of_the_gap", test_closes_most_of_the_gap);
    g_test_add_func("/pricing/shop/without_history_it_breaks_no_bound",
                    test_without_history_it_breaks_no_bound);
    g_test_add_func("/pricing/shop/same_seed_same_margin", test_same_seed_same_margin);
    return g_test_run();
}
