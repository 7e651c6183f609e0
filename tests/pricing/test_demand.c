/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of pricing/demand against sums and integrals done the long way. */
#include "pricing/demand.h"

#include <glib.h>
#include <math.h>

static void test_curves_agree_at_list_price(void)
{
    for (int curve = 0; curve < PRICING_CURVES; curve++) {
        for (double slope = 0; slope < 6; slope += 0.5) {
            PricingCurve c = (PricingCurve)curve;
            g_assert_cmpfloat_with_epsilon(pricing_demand_factor(c, slope, 1), 1, 1e-12);
            double rise = log(pricing_demand_factor(c, slope, 1.0001) /
                              pricing_demand_factor(c, slope, 0.9999)) /
                          0.0002;
            g_assert_cmpfloat_with_epsilon(rise, -slope, 1e-3);
            for (double x = 0.2; x < 1.5; x += 0.1) {
                g_assert_cmpfloat(pricing_demand_factor(c, slope, x), >=,
                                  pricing_demand_factor(c, slope, x + 0.1));
            }
        }
    }
}

static void test_little_data_moves_little(void)
{
    PricingLevel level = pricing_demand_level(4);
    double one = pricing_demand_level_mean(pricing_demand_level_after(level, 1, 0.2));
    double many = pricing_demand_level_mean(pricing_demand_level_after(level, 50, 10));
    g_assert_cmpfloat(one, <, 1.25);
    g_assert_cmpfloat(many, >, 3.5);
    g_assert_cmpfloat(many, <, 5);
    g_assert_cmpfloat(pricing_demand_level_mean(pricing_demand_level_after(level, 0, 12)), ==,
                      0.25);
    PricingLevel faded = pricing_demand_level_fade(pricing_demand_level_after(level, 50, 10), 4, 0);
    g_assert_cmpfloat(pricing_demand_level_mean(faded), ==, 1);
}

/* E[T_n | T_n <= 1] of a Poisson stream by integrating its density. */
static double share_by_integral(int n, double mean)
{
    double above = 0, below = 0;
    int steps = 20000;
    for (int i = 0; i < steps; i++) {
        double t = (i + 0.5) / steps;
        double density = exp((n - 1) * log(t) - mean * t);
        above += t * density;
        below += density;
    }
    return above / below;
}

static void test_open_share_equals_its_integral(void)
{
    static const double means[] = {0, 0.01, 0.5, 2, 9, 40, 300};
    for (gsize i = 0; i < G_N_ELEMENTS(means); i++) {
        for (int n = 1; n < 30; n += 4) {
            double share = pricing_demand_open_share(n, means[i]);
            g_assert_cmpfloat_with_epsilon(share, share_by_integral(n, means[i]), 2e-3);
            g_assert_true(share > 0 && share <= 1);
        }
    }
}

static void test_pmf_sums_to_one_with_its_mean(void)
{
    static const double sizes[] = {0, 0.7, 3, 50};
    double pmf[4000];
    for (gsize s = 0; s < G_N_ELEMENTS(sizes); s++) {
        for (double mean = 0; mean < 30; mean += 1.7) {
            int count = pricing_demand_pmf(mean, sizes[s], pmf, 4000);
            double sum = 0, average = 0;
            for (int k = 0; k < count; k++) {
                sum += pmf[k];
                average += k * pmf[k];
                if (k < count - 1 && mean > 0) {
                    g_assert_cmpfloat_with_epsilon(
                        pmf[k], exp(pricing_demand_log_pmf(mean, sizes[s], k)), 1e-9);
                }
            }
            g_assert_cmpfloat_with_epsilon(sum, 1, 1e-9);
            g_assert_cmpfloat_with_epsilon(average, mean, 1e-4 + 1e-4 * mean);
        }
    }
    int count = pricing_demand_pmf(10, 0, pmf, 4);
    g_assert_cmpint(count, ==, 4);
    g_assert_cmpfloat_with_epsilon(log(pmf[3]), pricing_demand_log_tail(10, 0, 3), 1e-9);
}

static void test_tail_is_the_sum_of_the_rest(void)
{
    for (double mean = 0.3; mean < 25; mean *= 2) {
        for (int n = 0; n < 40; n += 3) {
            double sum = 0;
            for (int k = n; k < 2000; k++) {
                sum += exp(pricing_demand_log_pmf(mean, 2.5, k));
            }
            g_assert_cmpfloat_with_epsilon(pricing_demand_log_tail(mean, 2.5, n), log(sum), 1e-6);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/demand/curves_agree_at_list_price", test_curves_agree_at_list_price);
    g_test_add_func("/pricing/demand/little_data_moves_little", test_little_data_moves_little);
    g_test_add_func("/pricing/demand/open_share_equals_its_integral",
                    test_open_share_equals_its_integral);
    g_test_add_func("/pricing/demand/pmf_sums_to_one_with_its_mean",
                    test_pmf_sums_to_one_with_its_mean);
    g_test_add_func("/pricing/demand/tail_is_the_sum_of_the_rest",
                    test_tail_is_the_sum_of_the_rest);
    return g_test_run();
}
