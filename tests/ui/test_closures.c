/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words that screens show. */
#include "ui/closures.h"
#include <string.h>

static void check(char *got, const char *expected)
{
    g_assert_cmpstr(got, ==, expected);
    g_free(got);
}

static PosCurrency currency(const char *code)
{
    PosCurrency value;
    g_assert_true(pos_currency_from_code(code, &value));
    return value;
}

static void test_quantity(void)
{
    check(ui_format_quantity(pos_quantity_each(3)), "3");
    check(ui_format_quantity(pos_quantity_grams(450)), "0.450 kg");
    check(ui_format_quantity(pos_quantity_grams(12005)), "12.005 kg");
    check(ui_format_quantity(pos_quantity_grams(-250)), "-0.250 kg");
    check(ui_format_quantity((PosQuantity){0}), "");
}

static void test_unit_price(void)
{
    const PosCurrency won = currency("KRW"), euro = currency("EUR");
    check(ui_format_unit_price(pos_money(4980), POS_UNIT_G, &won), "₩4,980/kg");
    check(ui_format_unit_price(pos_money(1500), POS_UNIT_EACH, &won), "₩1,500");
    check(ui_format_unit_price(pos_money(249), POS_UNIT_EACH, &euro), "€2.49");
}

static void test_typed(void)
{
    const PosCurrency won = currency("KRW"), euro = currency("EUR");
    check(ui_format_typed_grams(""), "0.000 kg");
    check(ui_format_typed_grams("450"), "0.450 kg");
    check(ui_format_typed_money("", &won), "₩0");
    check(ui_format_typed_money("20000", &won), "₩20,000");
    check(ui_format_typed_money("1250", &euro), "€12.50");
    check(ui_format_typed_money("99999999999999999999", &won), "₩0");
    check(ui_format_typed_secret("1234"), "●●●●");
    check(ui_format_typed_secret(""), "");
}

static void test_age(void)
{
    check(ui_format_age(-5), "now");
    check(ui_format_age(0), "now");
    check(ui_format_age(59), "59 s");
    check(ui_format_age(60), "1 min");
    check(ui_format_age(3599), "59 min");
    check(ui_format_age(3600), "1 h");
    check(ui_format_age(86399), "23 h");
    check(ui_format_age(86400), "1 d");
    check(ui_format_price_age(0, 1000), "Price of unknown age");
    check(ui_format_price_age(1000, 1500), "New price");
    check(ui_format_price_age(1000, 181000), "Price 3 min old");
    check(ui_format_price_age(9000, 1000), "New price");
    check(ui_format_prices_age(-1), "No prices yet");
    check(ui_format_prices_age(3), "Prices up to date");
    check(ui_format_prices_age(7200), "Prices 2 h old");
}

static void test_unsent(void)
{
    g_autoptr(GTimeZone) seoul = g_time_zone_new_identifier("Asia/Seoul");
    check(ui_format_unsent(0, 0, seoul), "All sent");
    check(ui_format_unsent(2, 0, seoul), "2 unsent");
    /* 2026-11-23T00:12:00Z is 09:12 in Seoul. */
    check(ui_format_unsent(3, 1795392720000, seoul), "3 unsent since 09:12");
}

static void test_source(void)
{
    check(ui_format_source("L1", "Jeju"), "Lot L1 · Jeju");
    check(ui_format_source("", "Jeju"), "Jeju");
    check(ui_format_source("L1", ""), "Lot L1");
    check(ui_format_source(NULL, NULL), "");
}

static void test_items(void)
{
    check(ui_format_items(1), "1 item");
    check(ui_format_items(4), "4 items");
}

static void test_language(void)
{
    g_assert_cmpstr(ui_language_of("ko_KR.UTF-8"), ==, "ko");
    g_assert_cmpstr(ui_language_of("zh_CN"), ==, "zh");
    g_assert_cmpstr(ui_language_of("zh_TW.UTF-8"), ==, "zh");
    g_assert_cmpstr(ui_language_of("en_GB"), ==, "en");
    g_assert_cmpstr(ui_language_of("C"), ==, "en");
    g_assert_cmpstr(ui_language_of(""), ==, "en");
}

static void test_digits(void)
{
    g_assert_cmpint(ui_parse_digits("450", 1000), ==, 450);
    g_assert_cmpint(ui_parse_digits("1000", 1000), ==, 1000);
    g_assert_cmpint(ui_parse_digits("1001", 1000), ==, -1);
    g_assert_cmpint(ui_parse_digits("", 1000), ==, -1);
    g_assert_cmpint(ui_parse_digits("4x", 1000), ==, -1);
    g_assert_cmpint(ui_parse_digits("-4", 1000), ==, -1);
}

static void test_freshness(void)
{
    g_assert_cmpstr(ui_freshness_class(POS_FRESHNESS_GREEN), ==, "fresh-green");
    g_assert_cmpstr(ui_freshness_class(POS_FRESHNESS_AMBER), ==, "fresh-amber");
    g_assert_cmpstr(ui_freshness_class(POS_FRESHNESS_RED), ==, "fresh-red");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/closures/a_quantity_is_pieces_or_kilograms", test_quantity);
    g_test_add_func("/ui/closures/a_price_says_per_what", test_unit_price);
    g_test_add_func("/ui/closures/typed_digits_are_shown_as_what_they_mean", test_typed);
    g_test_add_func("/ui/closures/an_age_has_one_unit", test_age);
    g_test_add_func("/ui/closures/unsent_says_how_many_and_since_when", test_unsent);
    g_test_add_func("/ui/closures/a_source_is_what_is_known_of_it", test_source);
    g_test_add_func("/ui/closures/one_item_is_not_items", test_items);
    g_test_add_func("/ui/closures/a_locale_has_a_language", test_language);
    g_test_add_func("/ui/closures/digits_are_bounded", test_digits);
    g_test_add_func("/ui/closures/each_colour_has_its_class", test_freshness);
    return g_test_run();
}
