/* SPDX-License-Identifier: GPL-3.0-or-later
 * VAT inside prices, cash rounding and weighed amounts against the table of the standards. */
#include "pos/tax.h"
#include "tests/support/vectors.h"

#include <string.h>

/* An amount with decimals to minor units: "9.92" with exponent 2 is 992; "12900" with 0 is 12900. */
static int64_t minor_of(const char *text, int exponent)
{
    const char *point = strchr(text, '.');
    gsize decimals = point == NULL ? 0 : strspn(point + 1, "0123456789");
    int64_t value = 0;
    for (const char *p = text; *p == '.' || g_ascii_isdigit(*p); p++) {
        value = *p == '.' ? value : value * 10 + (*p - '0');
    }
    for (; decimals < (gsize)exponent; decimals++) {
        value *= 10;
    }
    g_assert_cmpuint(decimals, ==, exponent);
    return value;
}

static gsize amounts_of(const char *text, int exponent, PosMoney *out, gsize max)
{
    g_auto(GStrv) parts = g_strsplit(text, ";", 0);
    gsize count = g_strv_length(parts);
    g_assert_cmpuint(count, <=, max);
    for (gsize i = 0; i < count; i++) {
        out[i] = pos_money(minor_of(g_strstrip(parts[i]), exponent));
    }
    return count;
}

static void check_vat(const char *rule, const char *input, const char *output)
{
    PosMoney amounts[8];
    PosMoney parts[8];
    int rate = strstr(rule, "19 %") != NULL ? 1900 : 700;
    if (strstr(rule, "5 lines of 0.10") != NULL) {
        for (gsize i = 0; i < 5; i++) {
            amounts[i] = pos_money(10);
        }
        PosTaxRules by_line = {.method = POS_TAX_PER_LINE};
        g_auto(GStrv) wanted = g_strsplit(output, " / ", 2);
        g_assert_cmpint(pos_tax_of_rows(amounts, 5, rate, by_line, NULL).minor, ==,
                        minor_of(wanted[0], 2));
        g_assert_cmpint(pos_tax_of_rows(amounts, 5, rate, (PosTaxRules){0}, NULL).minor, ==,
                        minor_of(wanted[1], 2));
        return;
    }
    gsize count = amounts_of(input, 2, amounts, G_N_ELEMENTS(amounts));
    bool per_line = strstr(rule, "per line") != NULL;
    PosTaxRules rules = {.method = per_line ? POS_TAX_PER_LINE : POS_TAX_PER_TICKET};
    PosMoney tax = pos_tax_of_rows(amounts, count, rate, rules, parts);
    if (!per_line) {
        g_assert_cmpint(tax.minor, ==, minor_of(output, 2));
        return;
    }
    g_auto(GStrv) sides = g_strsplit(output, "=", 2);
    PosMoney wanted[8];
    g_assert_cmpuint(amounts_of(sides[0], 2, wanted, G_N_ELEMENTS(wanted)), ==, count);
    g_assert_cmpint(tax.minor, ==, minor_of(g_strstrip(sides[1]), 2));
    for (gsize i = 0; i < count; i++) {
        g_assert_cmpint(parts[i].minor, ==, wanted[i].minor);
    }
}

static void check_spread(const char *input, const char *output)
{
    PosMoney amounts[8];
    PosMoney parts[8];
    PosMoney wanted[8];
    g_auto(GStrv) sides = g_strsplit(input, " over ", 2);
    gsize count = amounts_of(sides[1], 2, amounts, G_N_ELEMENTS(amounts));
    pos_tax_spread(pos_money(minor_of(sides[0], 2)), amounts, count, 1900, parts);
    g_assert_cmpuint(amounts_of(output, 2, wanted, G_N_ELEMENTS(wanted)), ==, count);
    for (gsize i = 0; i < count; i++) {
        g_assert_cmpint(parts[i].minor, ==, wanted[i].minor);
    }
}

static void check_won(const char *rule, const char *input, const char *output)
{
    PosTaxRounding rounding = strstr(rule, "floor") != NULL ? POS_TAX_FLOOR : POS_TAX_HALF_UP;
    int64_t gross = minor_of(input, 0);
    PosMoney tax = pos_tax_inside(pos_money(gross), 1000, rounding);
    g_assert_cmpint(tax.minor, ==, minor_of(strstr(output, "VAT ") + 4, 0));
    g_assert_cmpint(gross - tax.minor, ==, minor_of(output + strlen("supply "), 0));
}

static void check_cash(const char *rule, const char *input, const char *output)
{
    int64_t increment = minor_of(rule + strlen("cash to "), 2);
    if (strchr(output, '.') == NULL) { /* whole crowns */
        g_autofree char *whole = g_strdup_printf("%s.00", output);
        output = whole;
        g_assert_cmpint(pos_money_round_to(pos_money(minor_of(input, 2)), increment).minor, ==,
                        minor_of(output, 2));
        return;
    }
    g_assert_cmpint(pos_money_round_to(pos_money(minor_of(input, 2)), increment).minor, ==,
                    minor_of(output, 2));
}

/* "0.375 kg x 2.99": the amount of the line. */
static void check_weight(const char *input, const char *output)
{
    const int exponent = strchr(output, '.') != NULL ? 2 : 0;
    g_auto(GStrv) sides = g_strsplit(input, " kg x ", 2);
    PosMoney amount;
    g_assert_true(pos_money_times(pos_money(minor_of(sides[1], exponent)),
                                  pos_quantity_grams(minor_of(sides[0], 3)), &amount));
    g_assert_cmpint(amount.minor, ==, minor_of(output, exponent));
}

/* "3.49 for 0.350 kg", "2980 for 350 g". */
static void check_unit_price(const char *rule, const char *input, const char *output)
{
    const int exponent = strchr(output, '.') != NULL ? 2 : 0;
    g_auto(GStrv) sides = g_strsplit(input, " for ", 2);
    const int64_t net_g = minor_of(sides[1], strstr(sides[1], "kg") != NULL ? 3 : 0);
    PosMoney unit;
    g_assert_true(pos_money_unit_price(pos_money(minor_of(sides[0], exponent)), net_g,
                                       g_str_has_suffix(rule, "100 g") ? 100 : 1000, &unit));
    g_assert_cmpint(unit.minor, ==, minor_of(output, exponent));
    g_assert_false(pos_money_unit_price(pos_money(-1), net_g, 100, &unit));
    g_assert_false(pos_money_unit_price(pos_money(1), 0, 100, &unit));
    g_assert_false(pos_money_unit_price(pos_money(INT64_MAX), 1, 1000, &unit));
}

static void test_the_table_of_the_standards(void)
{
    g_autofree char *path = vectors_path("standards/rounding.csv");
    Vectors *rows = vectors_read(path);
    int checked = 0;
    for (guint i = 0; i < rows->rows->len; i++) {
        const char *rule = vectors_cell(rows, i, "rule"), *input = vectors_cell(rows, i, "input");
        const char *output = vectors_cell(rows, i, "output");
        g_test_message("%s: %s -> %s", rule, input, output);
        if (g_str_has_prefix(rule, "VAT inside")) {
            check_vat(rule, input, output);
        } else if (g_str_has_prefix(rule, "ticket VAT")) {
            check_spread(input, output);
        } else if (g_str_has_prefix(rule, "KRW")) {
            check_won(rule, input, output);
        } else if (g_str_has_prefix(rule, "cash to")) {
            check_cash(rule, input, output);
        } else if (g_str_has_prefix(rule, "weight x price")) {
            check_weight(input, output);
        } else if (g_str_has_prefix(rule, "unit price")) {
            check_unit_price(rule, input, output);
        } else {
            continue; /* disputes: test_dispute.c */
        }
        checked++;
    }
    g_assert_cmpint(checked, ==, 20);
    vectors_free(rows);
}

/* Rows of both signs, and a total from elsewhere: always spread to the last unit. */
static void test_a_spread_always_adds_up(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20261124);
    for (int round = 0; round < 5000; round++) {
        PosMoney amounts[12];
        PosMoney parts[12];
        gsize count = (gsize)g_rand_int_range(random, 1, 13);
        int rate = g_rand_int_range(random, 0, 3000);
        int64_t gross = 0;
        for (gsize i = 0; i < count; i++) {
            amounts[i] = pos_money(g_rand_int_range(random, -5000, 50000));
            gross += amounts[i].minor;
        }
        PosTaxRules rules = {.method = (PosTaxMethod)g_rand_int_range(random, 0, 2),
                             .rounding = (PosTaxRounding)g_rand_int_range(random, 0, 2)};
        PosMoney tax = pos_tax_of_rows(amounts, count, rate, rules, parts);
        int64_t sum = 0;
        for (gsize i = 0; i < count; i++) {
            sum += parts[i].minor;
            int64_t exact = pos_tax_inside(amounts[i], rate, POS_TAX_HALF_UP).minor;
            g_assert_cmpint(ABS(parts[i].minor - exact), <=, 1);
        }
        g_assert_cmpint(sum, ==, tax.minor);
        PosMoney odd = pos_money(tax.minor + g_rand_int_range(random, -100, 100));
        pos_tax_spread(odd, amounts, count, rate, parts);
        sum = 0;
        for (gsize i = 0; i < count; i++) {
            sum += parts[i].minor;
        }
        g_assert_cmpint(sum, ==, odd.minor);
    }
}

static void test_a_return_mirrors_its_sale(void)
{
    for (int64_t gross = 0; gross < 3000; gross += 7) {
        for (int r = POS_TAX_HALF_UP; r <= POS_TAX_FLOOR; r++) {
            g_assert_cmpint(pos_tax_inside(pos_money(-gross), 1000, (PosTaxRounding)r).minor, ==,
                            -pos_tax_inside(pos_money(gross), 1000, (PosTaxRounding)r).minor);
        }
    }
}

static void test_codes(void)
{
    PosTaxMethod method = POS_TAX_PER_TICKET;
    PosTaxRounding rounding = POS_TAX_HALF_UP;
    g_assert_true(pos_tax_method_from_code("line", &method));
    g_assert_cmpint(method, ==, POS_TAX_PER_LINE);
    g_assert_cmpstr(pos_tax_method_code(method), ==, "line");
    g_assert_true(pos_tax_rounding_from_code("floor", &rounding));
    g_assert_cmpstr(pos_tax_rounding_code(rounding), ==, "floor");
    g_assert_false(pos_tax_method_from_code("", &method));
    g_assert_false(pos_tax_rounding_from_code(NULL, &rounding));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/tax/the_table_of_the_standards", test_the_table_of_the_standards);
    g_test_add_func("/pos/tax/a_spread_always_adds_up", test_a_spread_always_adds_up);
    g_test_add_func("/pos/tax/a_return_mirrors_its_sale", test_a_return_mirrors_its_sale);
    g_test_add_func("/pos/tax/codes", test_codes);
    return g_test_run();
}
