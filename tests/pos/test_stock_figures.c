/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/stock_figures.h"

static void test_cover(void)
{
    g_assert_cmpint(pos_stock_cover_tenths(21, 42, 7), ==, 35); /* 6 a day: 3.5 days */
    g_assert_cmpint(pos_stock_cover_tenths(0, 42, 7), ==, 0);
    g_assert_cmpint(pos_stock_cover_tenths(-4, 42, 7), ==, 0);
    g_assert_cmpint(pos_stock_cover_tenths(5, 0, 7), ==, -1);
    g_assert_cmpint(pos_stock_cover_tenths(INT64_MAX / 2, 1, 7), ==, 1000000);
}

static void test_sell_through(void)
{
    g_assert_cmpint(pos_stock_sell_through_bp(40, 30), ==, 7500);
    g_assert_cmpint(pos_stock_sell_through_bp(3, 1), ==, 3333);
    g_assert_cmpint(pos_stock_sell_through_bp(40, 50), ==, 10000);
    g_assert_cmpint(pos_stock_sell_through_bp(0, 5), ==, -1);
}

static void test_value(void)
{
    g_assert_cmpint(pos_stock_value(12, 450, false), ==, 5400);
    g_assert_cmpint(pos_stock_value(1250, 8000, true), ==, 10000);
    g_assert_cmpint(pos_stock_value(1, 500, true), ==, 1); /* half away from zero */
    g_assert_cmpint(pos_stock_value(-3, 450, false), ==, 0);
}

static void test_loss(void)
{
    PosStockRisk risk = {.on_hand = 30,
                         .forecast = 18,
                         .forecast_proposed = 27,
                         .price = 1000,
                         .proposed = 800,
                         .unit_cost = 500,
                         .disposal_cost = 50};
    PosStockLoss loss = pos_stock_loss(&risk);
    g_assert_cmpint(loss.left, ==, 12);
    g_assert_cmpint(loss.left_proposed, ==, 3);
    g_assert_cmpint(loss.money, ==, 12 * 550);
    g_assert_cmpint(loss.saves, ==, (27 * 800 - 3 * 50) - (18 * 1000 - 12 * 50));
    risk.unit_cost = 0; /* unknown: what it is sold for */
    g_assert_cmpint(pos_stock_loss(&risk).money, ==, 12 * 1050);
    risk.forecast = 90; /* asked for more than there is */
    g_assert_cmpint(pos_stock_loss(&risk).left, ==, 0);
    g_assert_cmpint(pos_stock_loss(&risk).money, ==, 0);
}

static void test_run(void)
{
    const PosStockMove moves[] = {{.at_ms = 1, .moved = 40},
                                  {.at_ms = 2, .moved = -12},
                                  {.at_ms = 3, .is_count = true, .counted = 25},
                                  {.at_ms = 4, .moved = -5}};
    int64_t balance[4], variance[4];
    pos_stock_run(moves, 4, balance, variance);
    g_assert_cmpint(balance[1], ==, 28);
    g_assert_cmpint(variance[2], ==, -3);
    g_assert_cmpint(balance[3], ==, 20);
    g_assert_cmpint(variance[3], ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/stock_figures/cover", test_cover);
    g_test_add_func("/pos/stock_figures/sell_through", test_sell_through);
    g_test_add_func("/pos/stock_figures/value", test_value);
    g_test_add_func("/pos/stock_figures/loss", test_loss);
    g_test_add_func("/pos/stock_figures/run", test_run);
    return g_test_run();
}
