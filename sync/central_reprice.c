/* SPDX-License-Identifier: GPL-3.0-or-later
 * From a store's facts (central_reprice_shop) to one problem a lot, the policy's answer, and all
 * answers of one run as one version of the feed. Each lot is judged on how it sold since the later
 * of its delivery, today's opening and the last time that its product got a price by hand; the day
 * before counts for half. Decides nothing itself: pricing/policy does. Everything that changes is
 * one transaction: the prices, what the tags will show, and the log of decisions. */
#include "sync/central_reprice.h"

#include "pricing/demand.h"
#include "sync/central_reprice_shop.h"

#include <math.h>

#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define PORTION_G 250      /* grams that one shopper takes of weighed goods */
#define NO_DATE_DAYS 30    /* a lot without any date is planned this far */
#define SHORT_DATED_DAYS 1 /* below cost only from the day before the last one on */
#define FLOOR_SHARE 0.4    /* of list price, where a price has no floor of its own */
#define CEILING_SHARE 1.15
#define WHY_BYTES 256

/* One lot's problem and what became of it. */
typedef struct {
    const RepriceLot *lot;
    const PosPrice *price; /* its own or its product's */
    PricingLot problem;
    PricingRails rails;
    PricingDecision decision;
    char why[WHY_BYTES];
} Case;

static bool is_sellable(const RepriceLot *lot)
{
    return lot->freshness.colour != POS_FRESHNESS_RED;
}

static const char *skip_reason(const RepriceLot *lot)
{
    if (!is_sellable(lot)) {
        return "not_for_sale";
    }
    if (lot->price == NULL && lot->product->price == NULL) {
        return "no_price";
    }
    if (lot->paused || lot->product->paused) {
        return "paused";
    }
    return lot->on_hand <= 0 ? "sold_out" : NULL;
}

/* --- the problem
 * ---------------------------------------------------------------------------------------- */

static int days_left(const RepriceShop *shop, const RepriceLot *lot)
{
    PosDate last = pos_lot_last_day(lot->lot);
    if (last.days == 0 && lot->lot->received.days != 0 && lot->product->shelf_life_days > 0) {
        last = pos_date_add_days(lot->lot->received, lot->product->shelf_life_days);
    }
    return last.days == 0 ? NO_DATE_DAYS : MAX(pos_date_difference(last, shop->today), 0);
}

/* Opening hours until the last one, weighed by what each hour usually takes. */
static double hours_left(const RepriceShop *shop, int days)
{
    int64_t end = central_reprice_shop_instant(shop, shop->today, 24);
    double share = central_reprice_shop_day_share(shop, shop->today, shop->now_ms, end);
    return (share + days) * (shop->close_hour - shop->open_hour);
}

/* The price of a lot in an hour: its own log, else its product's, else what is in force. */
static double price_then(const RepriceShop *shop, const Case *c, int64_t from_ms, int64_t until_ms)
{
    double in_force = (double)c->problem.price;
    if (c->price->effective_at_ms <= from_ms) {
        return in_force;
    }
    g_autofree char *key = g_strconcat(c->lot->product->gtin, "/", c->lot->lot->lot, NULL);
    const char *const keys[] = {key, c->lot->product->gtin};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        int64_t lowest = 0;
        if (central_store_price_lowest(shop->store, shop->store_id, keys[i], from_ms, until_ms,
                                       &lowest, NULL) &&
            lowest > 0) {
            return (double)lowest;
        }
    }
    return in_force;
}

/* What a day's window of a lot should have sold, rate_day units a day at list price, at the prices
 * of its hours. */
static double expect(const RepriceShop *shop, const Case *c, double rate_day, PosDate date,
                     int64_t from_ms, int64_t until_ms)
{
    double sum = 0;
    int64_t start = central_reprice_shop_instant(shop, date, shop->open_hour);
    for (int hour = shop->open_hour; hour < shop->close_hour; hour++, start += HOUR_MS) {
        int64_t from = MAX(from_ms, start), until = MIN(until_ms, start + HOUR_MS);
        if (from < until) {
            double x = price_then(shop, c, from, until) / (double)c->rails.list_price;
            sum += rate_day * central_reprice_shop_day_share(shop, date, from, until) *
                   pricing_demand_factor(PRICING_CURVE_ISO, -c->problem.elasticity, x);
        }
    }
    return sum;
}

/* Fills the windows: today's, and the day before if the lot was there under the same product price.
 */
static void observe(const RepriceShop *shop, Case *c, double rate_day)
{
    const RepriceLot *lot = c->lot;
    int64_t midnight = central_reprice_shop_instant(shop, shop->today, 0);
    int64_t opening = central_reprice_shop_instant(shop, shop->today, shop->open_hour);
    int64_t known = lot->product->price != NULL ? lot->product->price->effective_at_ms
                                                : c->price->effective_at_ms;
    c->problem.sold_expected =
        expect(shop, c, rate_day, shop->today, MAX(opening, known), shop->now_ms);
    c->problem.sold_units = (double)MAX(lot->sold_today, 0);
    PosDate before = pos_date_add_days(shop->today, -1);
    int64_t before_midnight = central_reprice_shop_instant(shop, before, 0);
    bool was_there = lot->lot->received.days != 0 && lot->lot->received.days <= before.days;
    if (was_there && known <= central_reprice_shop_instant(shop, before, shop->open_hour)) {
        c->problem.earlier_expected = expect(shop, c, rate_day, before, before_midnight, midnight);
        int64_t sold = central_reprice_shop_sold(shop, lot->product->gtin, lot->lot->lot,
                                                 before_midnight, midnight);
        c->problem.earlier_sold = (double)MAX(sold, 0);
    }
}

static PricingRails make_rails(const RepriceShop *shop, const RepriceLot *lot,
                               const PosPrice *price, int days)
{
    PricingRails rails = shop->rails;
    rails.list_price =
        MAX(price->list_price.minor > 0 ? price->list_price.minor : price->price.minor, 1);
    rails.floor = price->floor.minor > 0 ? price->floor.minor
                                         : (int64_t)((double)rails.list_price * FLOOR_SHARE);
    rails.ceiling = price->ceiling.minor > 0 ? price->ceiling.minor
                                             : (int64_t)((double)rails.list_price * CEILING_SHARE);
    rails.ceiling = MAX(rails.ceiling, 1);
    if (days > SHORT_DATED_DAYS && lot->product->unit_cost > 0) {
        rails.floor = MAX(rails.floor, MIN(lot->product->unit_cost, rails.list_price));
    }
    rails.floor = CLAMP(rails.floor, 1, rails.ceiling);
    return rails;
}

static void make_case(const RepriceShop *shop, const RepriceLot *lot, Case *c)
{
    const RepriceProduct *product = lot->product;
    *c = (Case){.lot = lot, .price = lot->price != NULL ? lot->price : product->price};
    int days = days_left(shop, lot);
    c->rails = make_rails(shop, lot, c->price, days);
    int64_t in_force = pos_price_in_force(c->price, shop->now_ms).minor;
    int64_t present = lot->price != NULL ? lot->price->effective_at_ms : INT64_MIN;
    c->problem = (PricingLot){
        .price = MAX(in_force, 1),
        .on_hand = lot->on_hand,
        .portion = product->by_weight ? PORTION_G : 1,
        .hours_left = hours_left(shop, days),
        .elasticity = product->elasticity,
        .ms_since_change = present == INT64_MIN ? INT64_MAX : MAX(shop->now_ms - present, 0),
        .changes_today = lot->changes_today,
        .unit_cost = product->unit_cost,
        .disposal_cost = product->disposal_cost,
    };
    double here = (double)(MAX(lot->on_hand, 0) + MAX(lot->sold_today, 0));
    double rate_day =
        product->rate_day * (product->on_shelf > 0 ? here / (double)product->on_shelf : 1);
    double hours = shop->close_hour - shop->open_hour;
    if (rate_day <= 0) { /* no plan and no history: on plan is what sells out in time */
        rate_day = here / MAX(c->problem.hours_left, 1) * hours;
    }
    c->problem.expected_rate = MAX(rate_day / hours, 1e-6);
    observe(shop, c, rate_day);
    c->decision = pricing_policy_decide(&c->problem, &c->rails);
    pricing_policy_reason(&c->problem, &c->decision, product->by_weight, shop->language, c->why,
                          sizeof c->why);
}

/* --- what came of it
 * -------------------------------------------------------------------------------------- */

/* A rise that already waits for its time is left alone unless the lot is to become cheaper than it
 * is. */
static bool is_change(const RepriceShop *shop, const Case *c)
{
    if (c->decision.price == c->problem.price) {
        return false;
    }
    bool waits = c->price->next != NULL && c->price->next->len > 0 && c->lot->price != NULL;
    return !(waits && c->decision.price > c->problem.price);
}

/* What a manager weighs: the forecast at the new price, what a unit costs, what sells an hour. */
static void report_plan(json_t *line, const Case *c)
{
    double list = (double)c->rails.list_price, slope = -c->problem.elasticity;
    double now = pricing_demand_factor(PRICING_CURVE_ISO, slope, (double)c->problem.price / list);
    double then = pricing_demand_factor(PRICING_CURVE_ISO, slope, (double)c->decision.price / list);
    double proposed = now > 0 ? c->decision.forecast_units * then / now : 0;
    json_object_set_new(line, "forecast_proposed", json_integer(llround(fmin(proposed, 9e15))));
    json_object_set_new(line, "list_price", json_integer(c->rails.list_price));
    json_object_set_new(line, "unit_cost", json_integer(c->problem.unit_cost));
    json_object_set_new(line, "disposal_cost", json_integer(c->problem.disposal_cost));
    json_object_set_new(line, "rate_hour_milli",
                        json_integer(llround(fmin(c->decision.rate_now * 1000, 9e15))));
    json_object_set_new(line, "by_weight", json_boolean(c->lot->product->by_weight));
}

static void report_lot(json_t *report, const RepriceLot *lot, const Case *c, const char *skipped)
{
    if (report == NULL) {
        return;
    }
    const PosPrice *price = lot->price != NULL ? lot->price : lot->product->price;
    int64_t before = c != NULL ? c->problem.price : price != NULL ? price->price.minor : 0;
    json_t *line =
        json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:I, s:I}", "gtin", lot->product->gtin,
                  "lot", lot->lot->lot, "price_before", (json_int_t)before, "price",
                  (json_int_t)(c != NULL ? c->decision.price : before), "reason",
                  c != NULL ? pricing_policy_reason_code(c->decision.reason) : skipped, "why",
                  c != NULL ? c->why : "", "on_hand", (json_int_t)lot->on_hand, "forecast",
                  (json_int_t)(c != NULL ? llround(fmin(c->decision.forecast_units, 9e15)) : 0),
                  "hours_left", (json_int_t)(c != NULL ? floor(c->problem.hours_left) : 0));
    if (c != NULL) {
        report_plan(line, c);
    }
    json_array_append_new(report, line);
}

/* The inputs as whole numbers: what a later reader needs to ask the same question again. */
static json_t *decision_json(const Case *c)
{
    const PricingLot *p = &c->problem;
    json_t *inputs = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "on_hand",
        (json_int_t)p->on_hand, "minutes_left", (json_int_t)llround(p->hours_left * 60),
        "rate_hour_milli", (json_int_t)llround(p->expected_rate * 1000), "sold",
        (json_int_t)p->sold_units, "expected_milli", (json_int_t)llround(p->sold_expected * 1000),
        "earlier_sold", (json_int_t)p->earlier_sold, "earlier_expected_milli",
        (json_int_t)llround(p->earlier_expected * 1000), "elasticity_bp",
        (json_int_t)llround(p->elasticity * 10000), "list_price", (json_int_t)c->rails.list_price,
        "floor", (json_int_t)c->rails.floor, "ceiling", (json_int_t)c->rails.ceiling);
    return json_pack("{s:s, s:I, s:I, s:s, s:s, s:o}", "policy", PRICING_POLICY_VERSION,
                     "price_before", (json_int_t)p->price, "price", (json_int_t)c->decision.price,
                     "reason", pricing_policy_reason_code(c->decision.reason), "why", c->why,
                     "inputs", inputs);
}

/* The new value of the lot's price, with our count of today's changes in it. */
static json_t *next_value(const RepriceShop *shop, const char *key, const Case *c, GError **error)
{
    g_autoptr(json_t) value = central_price_decide(shop->store, shop->store_id, key,
                                                   c->decision.price, shop->now_ms, c->why, error);
    if (value == NULL) {
        return NULL;
    }
    g_autofree char *day = pos_date_format(shop->today);
    json_t *changes = json_pack("{s:i, s:s}", "count", c->lot->changes_today + 1, "day", day);
    json_object_set_new(value, "changes", changes);
    return g_steal_pointer(&value);
}

static bool publish_cases(const RepriceShop *shop, const GArray *cases, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(CentralChange));
    for (guint i = 0; i < cases->len; i++) {
        const Case *c = &g_array_index(cases, Case, i);
        char *key = g_strconcat(c->lot->product->gtin, "/", c->lot->lot->lot, NULL);
        g_ptr_array_add(keys, key);
        json_t *value = next_value(shop, key, c, error);
        if (value == NULL) {
            return false;
        }
        g_ptr_array_add(values, value);
        CentralChange change = {.kind = "price", .key = key, .value = value};
        g_array_append_val(changes, change);
        g_autoptr(json_t) decision = decision_json(c);
        if (!central_store_log_decision(shop->store, shop->store_id, c->lot->product->gtin,
                                        c->lot->lot->lot, shop->now_ms, decision, error)) {
            return false;
        }
    }
    return central_store_publish(shop->store, shop->store_id,
                                 (const CentralChange *)(const void *)changes->data, changes->len,
                                 NULL, error);
}

static bool write_cases(const RepriceShop *shop, const GArray *cases, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(shop->store, &scope, error)) {
        scope.ok = central_store_hold(shop->store, shop->store_id, error) &&
                   publish_cases(shop, cases, error);
    }
    return scope.ok;
}

bool central_reprice_store(CentralStore *store, const char *store_id, int64_t now_ms, bool dry_run,
                           int *out_changes, json_t *report, GError **error)
{
    g_autoptr(RepriceShop) shop = central_reprice_shop_load(store, store_id, now_ms, error);
    if (shop == NULL) {
        return false;
    }
    g_autoptr(GArray) cases = g_array_new(FALSE, TRUE, sizeof(Case));
    bool looks = shop->enabled || (dry_run && report != NULL);
    bool writes = shop->enabled && !shop->propose && !dry_run;
    for (guint i = 0; i < shop->lots->len && looks; i++) {
        const RepriceLot *lot = shop->lots->pdata[i];
        const char *skipped = skip_reason(lot);
        if (skipped != NULL) {
            report_lot(report, lot, NULL, skipped);
            continue;
        }
        Case c;
        make_case(shop, lot, &c);
        report_lot(report, lot, &c, NULL);
        if (is_change(shop, &c)) {
            g_array_append_val(cases, c);
        }
    }
    if (cases->len > 0 && writes && !write_cases(shop, cases, error)) {
        return false;
    }
    if (out_changes != NULL) {
        *out_changes = writes || (dry_run && shop->enabled) ? (int)cases->len : 0;
    }
    return true;
}
