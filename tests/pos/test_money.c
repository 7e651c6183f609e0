/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/money.c: the rounding rule over a whole small domain against the definition, bounds,
 * currencies, what is written for people, and the notes a shopper hands over. */
#include "pos/bounds.h"
#include "pos/money.h"

#include <string.h>

static void test_half_rounds_away_from_zero(void)
{
    static const struct {
        int64_t price, grams, amount;
    } cases[] = {
        {4780, 450, 2151}, {299, 375, 112}, {199, 1005, 200}, {1, 500, 1},   {1, 499, 0},
        {1, -500, -1},     {1, -499, 0},    {3, 500, 2},      {3, -500, -2}, {0, 12345, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        PosMoney amount;
        g_assert_true(pos_money_times(pos_money(cases[i].price), pos_quantity_grams(cases[i].grams),
                                      &amount));
        g_assert_cmpint(amount.minor, ==, cases[i].amount);
    }
}

/* By definition: amount x 1000 lies within half a thousand of the exact product, ties on the far
 * side. */
static void test_every_cent_by_every_gram(void)
{
    for (int64_t price = 0; price <= 400; price++) {
        for (int64_t grams = 0; grams <= 2100; grams++) {
            PosMoney amount, negative;
            bool ok = pos_money_times(pos_money(price), pos_quantity_grams(grams), &amount) &&
                      pos_money_times(pos_money(price), pos_quantity_grams(-grams), &negative);
            int64_t above = amount.minor * 1000 - price * grams;
            if (!ok || above <= -500 || above > 500 || negative.minor != -amount.minor) {
                g_error("%d x %d g gave %d", (int)price, (int)grams, (int)amount.minor);
            }
        }
    }
}

static void test_pieces_multiply_exactly(void)
{
    PosMoney amount;
    g_assert_true(pos_money_times(pos_money(1290), pos_quantity_each(3), &amount));
    g_assert_cmpint(amount.minor, ==, 3870);
    g_assert_true(pos_money_times(pos_money(1290), pos_quantity_each(-3), &amount));
    g_assert_cmpint(amount.minor, ==, -3870);
    g_assert_false(pos_money_times(pos_money(1), (PosQuantity){.value = 1}, &amount));
}

static void test_what_leaves_the_bound_is_refused_and_out_untouched(void)
{
    PosMoney out = pos_money(42);
    PosMoney most = pos_money(POS_BOUND_AMOUNT_MINOR_MAX);
    g_assert_false(pos_money_add(most, pos_money(1), &out));
    g_assert_false(pos_money_add(pos_money(INT64_MAX), pos_money(INT64_MAX), &out));
    g_assert_false(pos_money_subtract(pos_money(-1), most, &out));
    g_assert_false(pos_money_subtract(pos_money(INT64_MIN), pos_money(INT64_MAX), &out));
    g_assert_false(pos_money_times(most, pos_quantity_each(2), &out));
    g_assert_false(pos_money_times(pos_money(INT64_MAX), pos_quantity_grams(INT64_MAX), &out));
    g_assert_cmpint(out.minor, ==, 42);
    g_assert_true(pos_money_add(most, pos_money(-1), &out));
    g_assert_cmpint(out.minor, ==, POS_BOUND_AMOUNT_MINOR_MAX - 1);
    g_assert_true(pos_money_subtract(pos_money(0), most, &out));
    g_assert_cmpint(out.minor, ==, -POS_BOUND_AMOUNT_MINOR_MAX);
}

static void test_tax_inside_matches_the_worked_tickets(void)
{
    static const struct {
        int64_t gross;
        int rate_bp;
        int64_t tax;
    } cases[] = {
        {99, 1900, 16}, {149, 1900, 24},     {235, 1900, 38},     {483, 1900, 77},
        {10, 700, 1},   {50, 700, 3},        {12900, 1000, 1173}, {4950, 1000, 450},
        {2151, 0, 0},   {-4950, 1000, -450}, {100, 100000, 91},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        PosMoney tax = pos_money_tax_inside(pos_money(cases[i].gross), cases[i].rate_bp);
        g_assert_cmpint(tax.minor, ==, cases[i].tax);
    }
}

static void test_cash_rounding(void)
{
    static const struct {
        int64_t amount, increment, rounded;
    } cases[] = {
        {992, 5, 990},     {993, 5, 995},      {997, 5, 995},     {998, 5, 1000},
        {4949, 100, 4900}, {4950, 100, 5000},  {1224, 50, 1200},  {1225, 50, 1250},
        {-993, 5, -995},   {-1225, 50, -1250}, {12345, 1, 12345}, {12345, 10, 12350},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        PosMoney rounded = pos_money_round_to(pos_money(cases[i].amount), cases[i].increment);
        g_assert_cmpint(rounded.minor, ==, cases[i].rounded);
    }
}

static void test_exponents_are_those_of_iso_4217(void)
{
    g_autofree char *path = g_build_filename(g_getenv("COSTER_SOURCE_ROOT"), "tests", "data",
                                             "standards", "iso4217_non2.csv", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) rows = g_strsplit(g_strstrip(text), "\n", -1);
    gsize seen = 0;
    for (char **row = rows + 1; *row != NULL; row++) {
        g_auto(GStrv) cells = g_strsplit(g_strstrip(*row), ",", 3);
        PosCurrency currency;
        g_assert_true(pos_currency_from_code(cells[0], &currency));
        g_assert_cmpstr(currency.code, ==, cells[0]);
        g_assert_cmpint(currency.exponent, ==, g_ascii_strtoll(cells[2], NULL, 10));
        seen++;
    }
    g_assert_cmpuint(seen, ==, 26);
}

static void test_unknown_currencies_have_two_digits_and_bad_codes_none(void)
{
    PosCurrency currency = {.exponent = 9};
    g_assert_false(pos_currency_from_code("krw", &currency));
    g_assert_false(pos_currency_from_code("KR", &currency));
    g_assert_false(pos_currency_from_code("KRWW", &currency));
    g_assert_false(pos_currency_from_code("", &currency));
    g_assert_false(pos_currency_from_code(NULL, &currency));
    g_assert_cmpint(currency.exponent, ==, 9);
    g_assert_true(pos_currency_from_code("SEK", &currency));
    g_assert_cmpint(currency.exponent, ==, 2);
    g_assert_cmpstr(currency.code, ==, "SEK");
}

static void test_format_groups_and_places_the_point(void)
{
    static const struct {
        const char *code;
        int64_t minor;
        const char *text;
    } cases[] = {
        {"KRW", 12900, "₩12,900"},
        {"EUR", -425, "-€4.25"},
        {"EUR", 5, "€0.05"},
        {"KRW", 0, "₩0"},
        {"USD", 123456789, "$1,234,567.89"},
        {"CNY", 100, "¥1.00"},
        {"SEK", 1234, "SEK 12.34"},
        {"BHD", 1234567, "BHD 1,234.567"},
        {"JPY", 999, "¥999"},
        {"KRW", INT64_MIN, "-₩9,223,372,036,854,775,808"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        PosCurrency currency;
        g_assert_true(pos_currency_from_code(cases[i].code, &currency));
        g_autofree char *text = pos_money_format(pos_money(cases[i].minor), &currency);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void check_notes(const char *code, int64_t due, gsize n_max, const int64_t *wanted,
                        gsize n_wanted)
{
    PosCurrency currency;
    PosMoney out[16] = {0};
    g_assert_true(pos_currency_from_code(code, &currency));
    g_assert_cmpuint(pos_money_suggest_notes(pos_money(due), &currency, out, n_max), ==, n_wanted);
    for (gsize i = 0; i < n_wanted; i++) {
        g_assert_cmpint(out[i].minor, ==, wanted[i]);
    }
}

static void test_suggested_notes_are_ascending_and_start_exact(void)
{
    check_notes("KRW", 12900, 8, (int64_t[]){12900, 13000, 15000, 20000, 50000}, 5);
    check_notes("KRW", 12345, 3, (int64_t[]){12350, 12400, 12500}, 3);
    check_notes("EUR", 1700, 4, (int64_t[]){1700, 1800, 2000, 5000}, 4);
    check_notes("KRW", 50000, 4, (int64_t[]){50000}, 1);
    check_notes("SEK", 1234, 4, (int64_t[]){1234}, 1);
    check_notes("CNY", 1, 2, (int64_t[]){10, 50}, 2);
    check_notes("USD", 1999, 0, NULL, 0);
    static const char *const codes[] = {"KRW", "EUR", "CNY", "USD", "JPY"};
    for (gsize c = 0; c < G_N_ELEMENTS(codes); c++) {
        PosCurrency currency;
        g_assert_true(pos_currency_from_code(codes[c], &currency));
        for (int64_t due = 1; due < 70000; due += 37) {
            PosMoney out[16];
            gsize n = pos_money_suggest_notes(pos_money(due), &currency, out, 6);
            g_assert_cmpuint(n, >=, 1);
            g_assert_cmpint(out[0].minor, >=, due);
            for (gsize i = 1; i < n; i++) {
                g_assert_cmpint(out[i].minor, >, out[i - 1].minor);
            }
        }
    }
}

static void test_a_drawer_is_counted_by_what_it_holds(void)
{
    PosCurrency won, other;
    PosMoney all[POS_DENOMINATIONS_MAX];
    g_assert_true(pos_currency_from_code("KRW", &won));
    g_assert_cmpuint(pos_currency_denominations(&won, all), ==, 8);
    g_assert_cmpint(all[0].minor, ==, 10);
    g_assert_cmpint(all[7].minor, ==, 50000);
    g_assert_true(pos_currency_from_code("XTS", &other));
    g_assert_cmpuint(pos_currency_denominations(&other, all), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/money/half_rounds_away_from_zero", test_half_rounds_away_from_zero);
    g_test_add_func("/pos/money/every_cent_by_every_gram", test_every_cent_by_every_gram);
    g_test_add_func("/pos/money/pieces_multiply_exactly", test_pieces_multiply_exactly);
    g_test_add_func("/pos/money/what_leaves_the_bound_is_refused_and_out_untouched",
                    test_what_leaves_the_bound_is_refused_and_out_untouched);
    g_test_add_func("/pos/money/tax_inside_matches_the_worked_tickets",
                    test_tax_inside_matches_the_worked_tickets);
    g_test_add_func("/pos/money/cash_rounding", test_cash_rounding);
    g_test_add_func("/pos/money/exponents_are_those_of_iso_4217",
                    test_exponents_are_those_of_iso_4217);
    g_test_add_func("/pos/money/unknown_currencies_have_two_digits_and_bad_codes_none",
                    test_unknown_currencies_have_two_digits_and_bad_codes_none);
    g_test_add_func("/pos/money/a_drawer_is_counted_by_what_it_holds",
                    test_a_drawer_is_counted_by_what_it_holds);
    g_test_add_func("/pos/money/format_groups_and_places_the_point",
                    test_format_groups_and_places_the_point);
    g_test_add_func("/pos/money/suggested_notes_are_ascending_and_start_exact",
                    test_suggested_notes_are_ascending_and_start_exact);
    return g_test_run();
}
