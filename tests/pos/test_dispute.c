/* SPDX-License-Identifier: GPL-3.0-or-later
 * The remedies for a price that was shown lower; Michigan's against the table of the standards. */
#include "pos/dispute.h"
#include "tests/support/vectors.h"

#include <string.h>

static PosCurrency dollars(void)
{
    PosCurrency currency;
    g_assert_true(pos_currency_from_code("USD", &currency));
    return currency;
}

static PosDisputeResult settle(PosDisputeRemedy remedy, int64_t charged, int64_t shown,
                               PosQuantity quantity)
{
    PosCurrency currency = dollars();
    PosDisputeResult result;
    g_assert_true(pos_dispute_settle(remedy, pos_money(charged), pos_money(shown), quantity,
                                     &currency, &result));
    return result;
}

/* "0.05" in cents. */
static int64_t cents(const char *text)
{
    const char *digits = strpbrk(text, "0123456789");
    g_assert_nonnull(digits);
    int64_t value = 0;
    for (const char *p = digits; *p == '.' || g_ascii_isdigit(*p); p++) {
        value = *p == '.' ? value : value * 10 + (*p - '0');
    }
    return value;
}

static void test_the_table_of_the_standards(void)
{
    static const char difference[] = "difference ";
    g_autofree char *path = vectors_path("standards/rounding.csv");
    Vectors *rows = vectors_read(path);
    int checked = 0;
    for (guint i = 0; i < rows->rows->len; i++) {
        const char *input = vectors_cell(rows, i, "input");
        if (!g_str_has_prefix(vectors_cell(rows, i, "rule"), "Michigan")) {
            continue;
        }
        g_assert_true(g_str_has_prefix(input, difference));
        PosDisputeResult result =
            settle(POS_DISPUTE_BONUS_10X, 2000, 2000 - cents(input + strlen(difference)),
                   pos_quantity_each(1));
        g_assert_cmpint(result.bonus.minor, ==, cents(vectors_cell(rows, i, "output")));
        checked++;
    }
    g_assert_cmpint(checked, ==, 3);
    vectors_free(rows);
}

static void test_massachusetts(void)
{
    PosDisputeResult result = settle(POS_DISPUTE_FREE_UP_TO_10, 599, 499, pos_quantity_each(3));
    g_assert_cmpint(result.price.minor, ==, 499);
    g_assert_cmpint(result.bonus.minor, ==, 499); /* one of three is free */
    result = settle(POS_DISPUTE_FREE_UP_TO_10, 2599, 2499, pos_quantity_each(1));
    g_assert_cmpint(result.bonus.minor, ==, 1000);
    result = settle(POS_DISPUTE_FREE_UP_TO_10, 1000, 500, pos_quantity_each(1));
    g_assert_cmpint(result.bonus.minor, ==, 500); /* half is no gross error */
    result = settle(POS_DISPUTE_FREE_UP_TO_10, 1000, 499, pos_quantity_each(1));
    g_assert_true(result.gross_error);
    g_assert_cmpint(result.bonus.minor, ==, 0);
}

static void test_the_others(void)
{
    PosDisputeResult result = settle(POS_DISPUTE_LOWEST, 1000, 1, pos_quantity_each(2));
    g_assert_cmpint(result.price.minor, ==, 1);
    g_assert_cmpint(result.bonus.minor, ==, 0);
    /* A bonus is never more than what the line still costs; what is owed beyond is said. */
    result = settle(POS_DISPUTE_BONUS_10X, 60, 50, pos_quantity_each(1));
    g_assert_cmpint(result.bonus.minor, ==, 50);
    g_assert_cmpint(result.owed.minor, ==, 100);
    /* A weighed line is one unit: 0.5 kg, 1.00 a kg dearer than shown. */
    result = settle(POS_DISPUTE_BONUS_10X, 1100, 1000, pos_quantity_grams(500));
    g_assert_cmpint(result.owed.minor, ==, 500);
}

static void test_codes(void)
{
    PosDisputeRemedy remedy = POS_DISPUTE_NONE;
    for (int i = POS_DISPUTE_NONE; i <= POS_DISPUTE_BONUS_10X; i++) {
        g_assert_true(
            pos_dispute_remedy_from_code(pos_dispute_remedy_code((PosDisputeRemedy)i), &remedy));
        g_assert_cmpint(remedy, ==, i);
    }
    g_assert_false(pos_dispute_remedy_from_code("all", &remedy));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/dispute/the_table_of_the_standards", test_the_table_of_the_standards);
    g_test_add_func("/pos/dispute/massachusetts", test_massachusetts);
    g_test_add_func("/pos/dispute/the_others", test_the_others);
    g_test_add_func("/pos/dispute/codes", test_codes);
    return g_test_run();
}
