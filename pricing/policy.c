/* SPDX-License-Identifier: GPL-3.0-or-later
 * One lot, one price. Two wishes are formed and the lower one counts:
 * - pace: the price at which the lot would sell at the planned rate, given how it sells now. The
 * plan is how the shop buys, so a lot that sells faster may cost more and one that sells slower
 * must cost less, whatever its date;
 * - expiry: the optimum over the hours that are left (pricing/markdown), which only cuts when more
 * is on hand than the present price is expected to sell. Then come the guard rails, last, so that
 * no wish passes them. */
#include "pricing/policy.h"

#include "pricing/demand.h"
#include "pricing/markdown.h"

#include <assert.h>
#include <math.h>

#define LEVEL_WORTH 12.0   /* portions: the prior weighs as much as twelve expected sales */
#define EARLIER_WEIGHT 0.5 /* yesterday tells half as much of today */
#define LEVEL_MIN 0.1
#define LEVEL_MAX 8.0
#define ELASTICITY_MIN 1.0 /* a weaker answer would ask for price changes without end */
#define ELASTICITY_MAX 6.0
#define NEAR_LIST 0.05  /* within this share of list price, the list price is meant */
#define KEEP_BAND 0.015 /* smaller changes are not worth a new tag */
#define HOURS_LEFT_MIN 0.25
#define GRID_PRICES 16
#define GRID_PERIODS 12
#define GRID_UNITS 60
#define SURE_TO_SELL 1.5 /* asked for this many times what is there: its date does not matter */

static double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

static double lot_portion(const PricingLot *lot)
{
    return lot->portion > 1 ? (double)lot->portion : 1;
}

static double lot_slope(const PricingLot *lot)
{
    return clamp(isfinite(lot->elasticity) ? -lot->elasticity : -PRICING_DEMAND_ELASTICITY_PRIOR,
                 ELASTICITY_MIN, ELASTICITY_MAX);
}

static double lot_level(const PricingLot *lot)
{
    double portion = lot_portion(lot);
    double sold = fmax(lot->sold_units, 0) + EARLIER_WEIGHT * fmax(lot->earlier_sold, 0);
    double expected = fmax(lot->sold_expected, 0) + EARLIER_WEIGHT * fmax(lot->earlier_expected, 0);
    PricingLevel level = pricing_demand_level_after(pricing_demand_level(LEVEL_WORTH),
                                                    sold / portion, expected / portion);
    return clamp(pricing_demand_level_mean(level), LEVEL_MIN, LEVEL_MAX);
}

static double lot_hours(const PricingLot *lot)
{
    return clamp(lot->hours_left, HOURS_LEFT_MIN, 24 * 400);
}

static double lot_asked(const PricingLot *lot, double rate, double price, double list_price)
{
    return rate * lot_hours(lot) *
           pricing_demand_factor(PRICING_CURVE_ISO, lot_slope(lot), price / list_price);
}

/* The best price for selling what is there in the hours there are, rate units an hour at list
 * price. Stock is counted in portions, coarser ones when there are many, and the hours in equal
 * periods. */
static double expiry_price(const PricingLot *lot, const PricingRails *rails, double rate)
{
    double low = (double)rails->floor, high = (double)rails->ceiling;
    if (high <= low) {
        return low;
    }
    double portion = fmax(lot_portion(lot), (double)lot->on_hand / GRID_UNITS);
    double price[GRID_PRICES], mean[GRID_PERIODS * GRID_PRICES];
    for (int j = 0; j < GRID_PRICES; j++) {
        price[j] = low * pow(high / low, j / (GRID_PRICES - 1.0));
        double asked =
            lot_asked(lot, rate, price[j], (double)rails->list_price) / portion / GRID_PERIODS;
        for (int t = 0; t < GRID_PERIODS; t++) {
            mean[t * GRID_PRICES + j] = fmin(asked, PRICING_MARKDOWN_MEAN_MAX);
        }
    }
    PricingMarkdownProblem problem = {
        .units = (int)clamp(ceil((double)lot->on_hand / portion), 1, GRID_UNITS),
        .periods = GRID_PERIODS,
        .prices = GRID_PRICES,
        .price = price,
        .mean = mean,
        .salvage = -(double)(lot->disposal_cost > 0 ? lot->disposal_cost : 0),
        .price_now = -1,
    };
    PricingMarkdownPlan plan;
    if (pricing_markdown_solve(&problem, &plan) != PRICING_MARKDOWN_OK) {
        return (double)rails->list_price; /* no memory: no opinion */
    }
    return price[plan.price];
}

/* --- guard rails
 * ------------------------------------------------------------------------------------ */

/* A multiple of ending within [low, high] nearest to `wish`, or the nearer bound where there is
 * none. */
static int64_t snap(double wish, int64_t low, int64_t high, int64_t ending)
{
    double bounded = clamp(wish, (double)low, (double)high);
    int64_t nearest = (int64_t)floor(bounded / (double)ending + 0.5) * ending;
    if (nearest < low) {
        nearest += ending;
    }
    if (nearest > high) {
        nearest -= ending;
    }
    return nearest >= low && nearest <= high
               ? nearest
               : (bounded - (double)low < (double)high - bounded ? low : high);
}

static int64_t apply_rails(const PricingLot *lot, const PricingRails *rails, double wish)
{
    int64_t low = rails->floor, high = rails->ceiling;
    bool inside = lot->price >= low && lot->price <= high;
    if (rails->step_bp_max > 0 && inside) {
        int64_t step = (int64_t)((double)lot->price * rails->step_bp_max / 10000);
        low = lot->price - step > low ? lot->price - step : low;
        high = lot->price + step < high ? lot->price + step : high;
    }
    int64_t list = rails->list_price; /* has the ending that the shop gave it */
    bool is_list = wish == (double)list && list >= low && list <= high;
    int64_t price = is_list ? list : snap(wish, low, high, rails->ending);
    if (price > lot->price && !rails->rise_allowed) {
        return lot->price;
    }
    return price;
}

static bool within(double a, double b, double share)
{
    return fabs(a - b) <= share * b;
}

/* --- the decision
 * ----------------------------------------------------------------------------------- */

/* What the lot should cost by pace and expiry, list price when that is near; *out_expiry: the hours
 * left decided. */
static double wished_price(const PricingLot *lot, const PricingRails *rails, double level,
                           double rate, double forecast, bool *out_expiry)
{
    double list = (double)rails->list_price, now = (double)lot->price;
    double pace = list * pow(level, 1 / lot_slope(lot));
    double asked = lot_asked(lot, rate, fmax(pace, now), list);
    bool sure = asked >= SURE_TO_SELL * ((double)lot->on_hand + 4 * lot_portion(lot));
    double expiry = sure ? (double)rails->ceiling : expiry_price(lot, rails, rate);
    bool sells_out = forecast >= (double)lot->on_hand;
    if (sells_out) {
        expiry = fmax(expiry, now); /* no cut for its date */
    }
    *out_expiry = !sells_out && expiry < pace;
    double wish = fmin(pace, expiry);
    return within(wish, list, NEAR_LIST) ? list : wish;
}

static PricingReason name_reason(const PricingLot *lot, const PricingRails *rails,
                                 const PricingDecision *decision, double level, bool expiry)
{
    if (decision->price < lot->price) {
        if (expiry) {
            return PRICING_CUT_EXPIRY;
        }
        return decision->target < (double)rails->list_price && level < 1 ? PRICING_CUT_SLOW
                                                                         : PRICING_BACK_TO_LIST;
    }
    return decision->price <= rails->list_price && level < 1.25 ? PRICING_BACK_TO_LIST
                                                                : PRICING_RISE_FAST;
}

PricingDecision pricing_policy_decide(const PricingLot *lot, const PricingRails *rails)
{
    assert(rails->floor >= 1 && rails->ceiling >= rails->floor && rails->list_price >= 1 &&
           rails->ending >= 1);
    assert(lot->price >= 1 && lot->expected_rate > 0);
    double level = lot_level(lot);
    double rate = level * lot->expected_rate;
    PricingDecision decision = {
        .price = lot->price,
        .reason = PRICING_SOLD_OUT,
        .forecast_units = lot_asked(lot, rate, (double)lot->price, (double)rails->list_price),
        .rate_now = rate,
        .target = (double)lot->price,
    };
    if (lot->on_hand <= 0) {
        return decision;
    }
    bool expiry = false;
    decision.target = wished_price(lot, rails, level, rate, decision.forecast_units, &expiry);
    decision.reason = PRICING_KEEP;
    bool inside = lot->price >= rails->floor && lot->price <= rails->ceiling;
    double list = (double)rails->list_price;
    bool small = within(decision.target, (double)lot->price, KEEP_BAND) && decision.target != list;
    int64_t price = small && inside ? lot->price : apply_rails(lot, rails, decision.target);
    if (price == lot->price) {
        return decision;
    }
    if (!inside) {
        decision.price = price;
        decision.reason = PRICING_INTO_RAILS;
    } else if (rails->dwell_ms > 0 && lot->ms_since_change < rails->dwell_ms) {
        decision.reason = PRICING_HELD_DWELL;
    } else if (rails->changes_a_day_max > 0 && lot->changes_today >= rails->changes_a_day_max) {
        decision.reason = PRICING_HELD_CHANGES;
    } else {
        decision.price = price;
        decision.reason = name_reason(lot, rails, &decision, level, expiry);
    }
    return decision;
}
