/* SPDX-License-Identifier: GPL-3.0-or-later
 * The newsvendor's number. Demand over the days that one delivery has to cover is a negative binomial of the given mean and
 * variance (a Poisson where they are equal), cut where less than a millionth is beyond. The expected profit is concave in
 * the number, so packs are added while one more pack earns. */
#include "pos/order.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#define TAIL 1e-9
#define MEAN_MAX 50000.0

/* P(demand = k) for k = 0 .. *out_count - 1; what is beyond is put onto the last. Owned. */
static double *distribution(double mean, int variance_pct, gsize *out_count)
{
    double ratio = MAX(variance_pct, 100) / 100.0; /* variance over mean */
    gsize count = (gsize)(mean + 10 * sqrt(mean * ratio) + 20 * ratio) + 2;
    double *p = g_new0(double, count);
    double r = ratio > 1.0001 ? mean / (ratio - 1) : 0, sum = 0;
    for (gsize k = 0; k < count; k++) {
        double x = (double)k;
        double log_p = r > 0 ? lgamma(x + r) - lgamma(r) - lgamma(x + 1) - r * log(ratio) +
                                   x * log((ratio - 1) / ratio)
                             : x * log(mean) - mean - lgamma(x + 1);
        p[k] = exp(log_p);
        sum += p[k];
    }
    p[count - 1] += sum < 1 ? 1 - sum : 0;
    *out_count = count;
    return p;
}

typedef struct {
    double *p; /* owned */
    gsize count;
    double mean;
    int days;          /* that the delivery has to cover */
    bool limited;      /* by shelf life */
    int64_t remaining; /* there when it comes */
} Demand;

/* What sells until the delivery comes is taken off what is there, as its mean. */
static void demand_of(const PosOrderNeed *need, Demand *out)
{
    double day = (double)CLAMP(need->demand_day_milli, 0, INT64_C(1000000000)) / 1000;
    int shelf = need->shelf_life_days;
    int cover = MAX(need->days_to_next, 1);
    out->limited = shelf > 0 && shelf < cover;
    out->days = out->limited ? shelf : cover;
    out->mean = MIN(day * out->days, MEAN_MAX);
    double sold_before = day * MAX(need->days_to_delivery, 0);
    double there = (double)MAX(need->on_hand, 0);
    double goes = fmax(fmin(sold_before, there), (double)MAX(need->expires_before, 0));
    double rest = fmax(there - goes, 0) + (double)MAX(need->on_order, 0);
    out->remaining = (int64_t)fmin(floor(rest + 1e-9), 1e12);
    out->p = out->mean > 0 ? distribution(out->mean, need->variance_pct, &out->count) : NULL;
}

/* Of `units` more beside what remains: sold ones earn the price, the others cost their disposal; all cost their cost.
 * What remains sells first. */
static double profit(const PosOrderNeed *need, const Demand *demand, int64_t units)
{
    double value = -(double)need->unit_cost * (double)units;
    for (gsize k = 0; k < demand->count; k++) {
        double sold = fmin(fmax((double)k - (double)demand->remaining, 0), (double)units);
        value += demand->p[k] * ((double)need->price * sold -
                                 (double)need->disposal_cost * ((double)units - sold));
    }
    return value;
}

int64_t pos_order_profit_milli(const PosOrderNeed *need, int64_t units)
{
    Demand demand = {0};
    demand_of(need, &demand);
    double value = profit(need, &demand, units) * 1000;
    g_free(demand.p);
    return (int64_t)llround(fmax(fmin(value, 9e15), -9e15));
}

PosOrderAdvice pos_order_advise(const PosOrderNeed *need)
{
    int64_t pack = MAX(need->pack, 1);
    int64_t margin = need->price - need->unit_cost, loss = need->unit_cost + need->disposal_cost;
    Demand demand = {0};
    demand_of(need, &demand);
    PosOrderAdvice advice = {.cover_days = demand.days,
                             .expected = (int64_t)llround(demand.mean),
                             .remaining = demand.remaining,
                             .limited_by_shelf_life = demand.limited};
    if (margin > 0 && margin + loss > 0) {
        advice.service_pct = (int)(margin * 100 / (margin + loss));
    }
    double best = 0;
    while (margin > 0 && demand.p && advice.units + pack <= POS_ORDER_UNITS_MAX) {
        double next = profit(need, &demand, advice.units + pack);
        if (next <= best + TAIL) {
            break;
        }
        best = next;
        advice.units += pack;
        advice.packs++;
    }
    g_free(demand.p);
    return advice;
}

char *pos_order_reason(const PosOrderAdvice *advice)
{
    if (advice->expected == 0) {
        return g_strdup(_("Nothing is expected to sell."));
    }
    g_autofree char *plain = g_strdup_printf(_("%" PRId64 " expected in %" PRId64 " days, %" PRId64
                                               " left when it comes; enough in %d of 100 cases."),
                                             advice->expected, advice->cover_days,
                                             advice->remaining, advice->service_pct);
    return advice->limited_by_shelf_life
               ? g_strdup_printf("%s %s", plain, _("More would not keep until it is sold."))
               : g_steal_pointer(&plain);
}
