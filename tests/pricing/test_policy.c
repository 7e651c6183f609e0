/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of pricing/policy and pricing/reason: direction, rails, determinism, words. */
#include "pricing/policy.h"

#include <glib.h>
#include <string.h>

static const PricingRails RAILS = {
    .floor = 2500,
    .ceiling = 5500,
    .list_price = 5000,
    .step_bp_max = 1500,
    .ending = 10,
    .dwell_ms = 1800000,
    .changes_a_day_max = 6,
    .rise_allowed = true,
};

/* 40 planned over two days of 14 hours, 40 there: on plan. */
static PricingLot lot_on_plan(void)
{
    return (PricingLot){
        .price = 5000,
        .on_hand = 40,
        .portion = 1,
        .hours_left = 28,
        .expected_rate = 40.0 / 28,
        .elasticity = -2.0,
        .ms_since_change = INT64_MAX,
        .unit_cost = 3000,
        .disposal_cost = 100,
    };
}

static void test_on_plan_is_kept(void)
{
    PricingLot lot = lot_on_plan();
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.price, ==, 5000);
    g_assert_cmpint(decision.reason, ==, PRICING_KEEP);
}

static void test_slower_is_cut_and_goes_on_falling(void)
{
    PricingLot lot = lot_on_plan();
    lot.hours_left = 300;
    int64_t before = lot.price;
    for (int hour = 1; hour <= 6; hour++) { /* nothing sells */
        lot.sold_expected = lot.expected_rate * hour;
        PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
        if (hour >= 2) {
            g_assert_cmpint(decision.price, <, before);
            g_assert_cmpint(decision.reason, ==, PRICING_CUT_SLOW);
        }
        before = lot.price = decision.price;
    }
    g_assert_cmpint(before, >=, RAILS.floor);
}

static void test_one_large_sale_raises(void)
{
    PricingLot lot = lot_on_plan();
    lot.sold_expected = 5;
    lot.sold_units = 18;
    lot.on_hand = 27;
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.price, >, 5000);
    g_assert_cmpint(decision.price, <=, RAILS.ceiling);
    g_assert_cmpint(decision.reason, ==, PRICING_RISE_FAST);
}

static void test_one_sale_more_moves_little(void)
{
    PricingLot lot = lot_on_plan();
    lot.on_hand = 39;
    lot.sold_expected = 0.2;
    lot.sold_units = 1;
    lot.hours_left = 28;
    g_assert_cmpint(pricing_policy_decide(&lot, &RAILS).price, <=, 5250);
}

static void test_short_dated_overstock_is_cut_harder(void)
{
    PricingRails rails = RAILS;
    rails.step_bp_max = 0;
    PricingLot lot = lot_on_plan();
    lot.sold_expected = 6;
    lot.sold_units = 4;
    int64_t week = pricing_policy_decide(&lot, &rails).price;
    lot.hours_left = 6;
    PricingDecision last_day = pricing_policy_decide(&lot, &rails);
    g_assert_cmpint(last_day.price, <, week);
    g_assert_cmpint(last_day.reason, ==, PRICING_CUT_EXPIRY);
}

static void test_back_to_list_after_a_cut(void)
{
    PricingLot lot = lot_on_plan();
    lot.price = 4500;
    lot.on_hand = 30;
    lot.sold_expected = 10;
    lot.sold_units = 10;
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.price, ==, 5000);
    g_assert_cmpint(decision.reason, ==, PRICING_BACK_TO_LIST);
}

static void test_list_price_may_have_its_own_ending(void)
{
    PricingRails rails = RAILS;
    PricingLot lot = lot_on_plan();
    rails.list_price = lot.price = 4985;
    g_assert_cmpint(pricing_policy_decide(&lot, &rails).price, ==, 4985);
}

static void test_dwell_and_changes_hold(void)
{
    PricingLot lot = lot_on_plan();
    lot.sold_expected = 20;
    lot.ms_since_change = RAILS.dwell_ms - 1;
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.price, ==, lot.price);
    g_assert_cmpint(decision.reason, ==, PRICING_HELD_DWELL);
    lot.ms_since_change = RAILS.dwell_ms;
    g_assert_cmpint(pricing_policy_decide(&lot, &RAILS).price, <, lot.price);
    lot.changes_today = 6;
    decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.price, ==, lot.price);
    g_assert_cmpint(decision.reason, ==, PRICING_HELD_CHANGES);
}

static void test_nothing_left_is_kept(void)
{
    PricingLot lot = lot_on_plan();
    lot.on_hand = -2;
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.price, ==, lot.price);
    g_assert_cmpint(decision.reason, ==, PRICING_SOLD_OUT);
}

static PricingLot random_lot(GRand *random, const PricingRails *rails)
{
    int portion = g_rand_boolean(random) ? 1 : 300;
    return (PricingLot){
        .price = g_rand_int_range(random, (gint32)rails->floor / 2, (gint32)rails->ceiling * 2),
        .on_hand = (int64_t)g_rand_int_range(random, -3, 200) * portion,
        .portion = portion,
        .hours_left = g_rand_double_range(random, 0, 60),
        .expected_rate = g_rand_double_range(random, 0.01, 20) * portion,
        .sold_expected = g_rand_double_range(random, 0, 60) * portion,
        .sold_units = g_rand_double_range(random, 0, 60) * portion,
        .earlier_expected = g_rand_double_range(random, 0, 30) * portion,
        .earlier_sold = g_rand_double_range(random, 0, 30) * portion,
        .elasticity = g_rand_double_range(random, -7, -0.2),
        .ms_since_change = g_rand_int_range(random, 0, 4000000),
        .changes_today = g_rand_int_range(random, 0, 8),
        .unit_cost = g_rand_int_range(random, 0, 3000),
        .disposal_cost = g_rand_int_range(random, 0, 500),
    };
}

static PricingRails random_rails(GRand *random)
{
    int64_t list = g_rand_int_range(random, 100, 20000);
    return (PricingRails){
        .floor = list * g_rand_int_range(random, 20, 90) / 100,
        .ceiling = list * g_rand_int_range(random, 100, 130) / 100,
        .list_price = list,
        .step_bp_max = g_rand_int_range(random, 0, 3) * 1000,
        .ending = g_rand_int_range(random, 1, 60),
        .dwell_ms = g_rand_int_range(random, 0, 2) * 1800000,
        .changes_a_day_max = g_rand_int_range(random, 0, 7),
        .rise_allowed = g_rand_boolean(random),
    };
}

static void check_rails(const PricingLot *lot, const PricingRails *rails, PricingDecision decision)
{
    int64_t price = decision.price;
    bool inside = lot->price >= rails->floor && lot->price <= rails->ceiling;
    if (price == lot->price) {
        return;
    }
    g_assert_true(rails->rise_allowed || price < lot->price);
    g_assert_cmpint(price, >=, rails->floor);
    g_assert_cmpint(price, <=, rails->ceiling);
    g_assert_cmpint(lot->on_hand, >, 0);
    if (!inside) {
        g_assert_cmpint(decision.reason, ==, PRICING_INTO_RAILS);
        return;
    }
    g_assert_true(rails->dwell_ms == 0 || lot->ms_since_change >= rails->dwell_ms);
    g_assert_true(rails->changes_a_day_max == 0 || lot->changes_today < rails->changes_a_day_max);
    if (rails->step_bp_max > 0) {
        g_assert_cmpint(ABS(price - lot->price) * 10000, <=, lot->price * rails->step_bp_max);
    }
    g_assert_true(price < lot->price ? decision.reason == PRICING_CUT_SLOW ||
                                           decision.reason == PRICING_CUT_EXPIRY ||
                                           decision.reason == PRICING_BACK_TO_LIST
                                     : decision.reason == PRICING_RISE_FAST ||
                                           decision.reason == PRICING_BACK_TO_LIST);
}

static void test_rails_hold_for_any_input(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    int changes = 0;
    for (int i = 0; i < 1500; i++) {
        PricingRails rails = random_rails(random);
        PricingLot lot = random_lot(random, &rails);
        PricingDecision decision = pricing_policy_decide(&lot, &rails);
        check_rails(&lot, &rails, decision);
        changes += decision.price != lot.price;
        PricingDecision again = pricing_policy_decide(&lot, &rails);
        g_assert_cmpint(again.price, ==, decision.price);
        g_assert_cmpint(again.reason, ==, decision.reason);
        g_assert_true(again.forecast_units == decision.forecast_units &&
                      again.rate_now == decision.rate_now && again.target == decision.target);
    }
    g_assert_cmpint(changes, >, 600);
}

static void test_endings_hold_where_a_multiple_fits(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    for (int i = 0; i < 1000; i++) {
        PricingRails rails = random_rails(random);
        rails.step_bp_max = 0;
        PricingLot lot = random_lot(random, &rails);
        int64_t price = pricing_policy_decide(&lot, &rails).price;
        bool fits = rails.ceiling / rails.ending * rails.ending >= rails.floor;
        g_assert_true(price == lot.price || price == rails.list_price || !fits ||
                      price % rails.ending == 0);
    }
}

/* Same lot with more stock, fewer hours or less sold: never a higher price. */
static void test_price_is_monotone(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    int lower = 0;
    for (int i = 0; i < 1500; i++) {
        PricingRails rails = random_rails(random);
        rails.dwell_ms = 0;
        rails.changes_a_day_max = 0;
        PricingLot lot = random_lot(random, &rails);
        lot.price = g_rand_int_range(random, (gint32)rails.floor, (gint32)rails.ceiling + 1);
        lot.portion = 1;
        lot.on_hand = g_rand_int_range(random, 1, 100);
        int64_t price = pricing_policy_decide(&lot, &rails).price;
        PricingLot other = lot;
        switch (i % 3) {
        case 0:
            other.on_hand += g_rand_int_range(random, 1, 20);
            break;
        case 1:
            other.hours_left *= g_rand_double_range(random, 0.2, 1);
            break;
        default:
            other.sold_units *= g_rand_double_range(random, 0, 1);
            break;
        }
        int64_t price_other = pricing_policy_decide(&other, &rails).price;
        g_assert_cmpint(price_other, <=, price);
        lower += price_other < price;
    }
    g_assert_cmpint(lower, >, 200);
}

static void test_reason_is_true_to_the_numbers(void)
{
    PricingLot lot = lot_on_plan();
    lot.on_hand = 31;
    lot.hours_left = 9;
    lot.expected_rate = 2;
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    g_assert_cmpint(decision.reason, ==, PRICING_CUT_EXPIRY);
    g_assert_cmpfloat_with_epsilon(decision.forecast_units, 18, 1e-9);
    char text[128];
    pricing_policy_reason(&lot, &decision, false, "en", text, sizeof text);
    g_assert_cmpstr(text, ==, "too much left for its date: 31 left, 18 expected by close");
    pricing_policy_reason(&lot, &decision, false, "ko", text, sizeof text);
    g_assert_cmpstr(text, ==, "기한에 비해 재고 많음: 31 남음, 마감까지 18 예상");
    pricing_policy_reason(&lot, &decision, false, "zh", text, sizeof text);
    g_assert_cmpstr(text, ==, "临期库存偏多：剩 31，到打烊预计售出 18");
    pricing_policy_reason(&lot, &decision, true, "xx", text, sizeof text);
    g_assert_cmpstr(text, ==, "too much left for its date: 0.0 kg left, 0.0 kg expected by close");
    lot.hours_left = 100;
    lot.sold_expected = 12;
    lot.sold_units = 1;
    decision = pricing_policy_decide(&lot, &RAILS);
    pricing_policy_reason(&lot, &decision, false, NULL, text, sizeof text);
    g_assert_cmpstr(text, ==, "sells slower than planned: 1 sold where 12 were expected");
}

/* Whatever the reason says of sold, expected and left holds for the numbers given. */
static void test_reason_never_contradicts_itself(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    for (int i = 0; i < 1500; i++) {
        PricingRails rails = random_rails(random);
        PricingLot lot = random_lot(random, &rails);
        PricingDecision decision = pricing_policy_decide(&lot, &rails);
        char text[200];
        pricing_policy_reason(&lot, &decision, lot.portion > 1, "en", text, sizeof text);
        if (g_str_has_prefix(text, "sells slower")) {
            g_assert_true(strstr(text, "the day before") != NULL
                              ? lot.earlier_sold < lot.earlier_expected
                              : lot.sold_units < lot.sold_expected);
        } else if (g_str_has_prefix(text, "sells faster")) {
            g_assert_true(strstr(text, "the day before") != NULL
                              ? lot.earlier_sold > lot.earlier_expected
                              : lot.sold_units > lot.sold_expected);
        } else if (g_str_has_prefix(text, "too much")) {
            g_assert_cmpfloat((double)lot.on_hand, >, decision.forecast_units);
        } else if (g_str_has_prefix(text, "little left")) {
            g_assert_cmpint(decision.price, >, lot.price);
        }
    }
}

static void test_reason_is_cut_between_characters(void)
{
    PricingLot lot = lot_on_plan();
    PricingDecision decision = pricing_policy_decide(&lot, &RAILS);
    static const char *const languages[] = {"en", "ko", "zh"};
    for (gsize l = 0; l < G_N_ELEMENTS(languages); l++) {
        for (gsize size = 1; size < 80; size++) {
            char text[80];
            memset(text, 'x', sizeof text);
            pricing_policy_reason(&lot, &decision, false, languages[l], text, size);
            g_assert_cmpuint(strlen(text), <, size);
            g_assert_true(g_utf8_validate(text, -1, NULL));
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/policy/on_plan_is_kept", test_on_plan_is_kept);
    g_test_add_func("/pricing/policy/slower_is_cut_and_goes_on_falling",
                    test_slower_is_cut_and_goes_on_falling);
    g_test_add_func("/pricing/policy/one_large_sale_raises", test_one_large_sale_raises);
    g_test_add_func("/pricing/policy/one_sale_more_moves_little", test_one_sale_more_moves_little);
    g_test_add_func("/pricing/policy/short_dated_overstock_is_cut_harder",
                    test_short_dated_overstock_is_cut_harder);
    g_test_add_func("/pricing/policy/back_to_list_after_a_cut", test_back_to_list_after_a_cut);
    g_test_add_func("/pricing/policy/list_price_may_have_its_own_ending",
                    test_list_price_may_have_its_own_ending);
    g_test_add_func("/pricing/policy/dwell_and_changes_hold", test_dwell_and_changes_hold);
    g_test_add_func("/pricing/policy/nothing_left_is_kept", test_nothing_left_is_kept);
    g_test_add_func("/pricing/policy/rails_hold_for_any_input", test_rails_hold_for_any_input);
    g_test_add_func("/pricing/policy/endings_hold_where_a_multiple_fits",
                    test_endings_hold_where_a_multiple_fits);
    g_test_add_func("/pricing/policy/price_is_monotone", test_price_is_monotone);
    g_test_add_func("/pricing/reason/is_true_to_the_numbers", test_reason_is_true_to_the_numbers);
    g_test_add_func("/pricing/reason/never_contradicts_itself",
                    test_reason_never_contradicts_itself);
    g_test_add_func("/pricing/reason/is_cut_between_characters",
                    test_reason_is_cut_between_characters);
    return g_test_run();
}
