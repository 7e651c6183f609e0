/* SPDX-License-Identifier: GPL-3.0-or-later
 * Demand: response to price, level, censoring, counts. Everything is a closed form or a short
 * recursion, so that the same input gives the same bits. */
#include "pricing/demand.h"

#include <assert.h>
#include <math.h>

#define LOGIT_SHARE 0.4 /* of those who look, at list price */
#define FACTOR_MIN 1e-6
#define FACTOR_MAX 1e6

double pricing_demand_factor(PricingCurve curve, double slope, double x)
{
    assert(x > 0 && slope >= 0);
    double factor = 1;
    switch (curve) {
    case PRICING_CURVE_ISO:
        factor = pow(x, -slope);
        break;
    case PRICING_CURVE_EXP:
        factor = exp(-slope * (x - 1));
        break;
    case PRICING_CURVE_LOGIT:
        factor = 1 / (LOGIT_SHARE + (1 - LOGIT_SHARE) * exp(slope / (1 - LOGIT_SHARE) * (x - 1)));
        break;
    case PRICING_CURVES:
        assert(!"no curve");
    }
    return fmin(fmax(factor, FACTOR_MIN), FACTOR_MAX);
}

PricingLevel pricing_demand_level(double worth)
{
    assert(worth > 0);
    return (PricingLevel){worth, worth};
}

PricingLevel pricing_demand_level_after(PricingLevel level, double sold, double expected)
{
    assert(sold >= 0 && expected >= 0);
    return (PricingLevel){level.shape + sold, level.rate + expected};
}

double pricing_demand_level_mean(PricingLevel level)
{
    assert(level.rate > 0);
    return level.shape / level.rate;
}

PricingLevel pricing_demand_level_fade(PricingLevel level, double worth, double keep)
{
    assert(worth > 0 && keep >= 0 && keep <= 1);
    return (PricingLevel){keep * level.shape + (1 - keep) * worth,
                          keep * level.rate + (1 - keep) * worth};
}

double pricing_demand_open_share(int n, double mean)
{
    assert(n >= 1 && mean >= 0);
    if (mean < 1e-9) {
        return n / (n + 1.0); /* the limit: the last of n arrivals that are uniform in the hour */
    }
    if (mean > 20.0 * (n + 20)) {
        return n / mean; /* the series below would grow beyond what a double needs */
    }
    /* E[T_n | T_n <= 1] = n / mean * P(D >= n + 1) / P(D >= n); both tails relative to P(D = n). */
    double term = 1, tail = 1;
    for (int k = n + 1; term > 1e-12 * tail; k++) {
        term *= mean / k;
        tail += term;
    }
    double share = n / mean * (tail - 1) / tail;
    return fmin(share, 1);
}

int pricing_demand_pmf(double mean, double size, double *out, int count)
{
    assert(mean >= 0 && mean <= 600 && count >= 1);
    double p = size > 0 ? exp(size * log(size / (size + mean))) : exp(-mean);
    double odds = size > 0 ? mean / (mean + size) : 0;
    double left = 1;
    for (int k = 0; k < count; k++) {
        if (k == count - 1 || left < 1e-9) {
            out[k] = fmax(left, 0);
            return k + 1;
        }
        out[k] = fmin(p, left);
        left -= p;
        p *= size > 0 ? (k + size) / (k + 1) * odds : mean / (k + 1);
    }
    return count;
}

double pricing_demand_log_pmf(double mean, double size, int n)
{
    assert(n >= 0 && mean >= 0);
    mean = fmax(mean, 1e-9);
    int sign = 0;
    if (size > 0) {
        return lgamma_r(n + size, &sign) - lgamma_r(size, &sign) - lgamma_r(n + 1.0, &sign) +
               size * log(size / (size + mean)) + n * log(mean / (size + mean));
    }
    return n * log(mean) - mean - lgamma_r(n + 1.0, &sign);
}

double pricing_demand_log_tail(double mean, double size, int n)
{
    assert(n >= 0 && mean >= 0);
    if (n == 0) {
        return 0;
    }
    mean = fmax(mean, 1e-9);
    if (n > mean) { /* sum the small side: terms fall from here on */
        double term = 1, sum = 1;
        for (int k = n; k < n + 100000 && term > 1e-12 * sum; k++) {
            term *= size > 0 ? (k + size) / (k + 1) * mean / (mean + size) : mean / (k + 1);
            sum += term;
        }
        return fmin(pricing_demand_log_pmf(mean, size, n) + log(sum), 0);
    }
    double below = 0;
    for (int k = 0; k < n; k++) {
        below += exp(pricing_demand_log_pmf(mean, size, k));
    }
    return log(fmax(1 - below, 1e-12));
}
