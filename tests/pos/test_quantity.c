/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/quantity.c: kinds never mix, sums never wrap, a line's bounds. */
#include "pos/bounds.h"
#include "pos/quantity.h"

static void test_kinds_are_never_added(void)
{
    PosQuantity out = pos_quantity_each(77);
    g_assert_false(pos_quantity_add(pos_quantity_each(1), pos_quantity_grams(1), &out));
    g_assert_cmpint(out.value, ==, 77);
    g_assert_true(pos_quantity_add(pos_quantity_grams(450), pos_quantity_grams(-50), &out));
    g_assert_cmpint(out.value, ==, 400);
    g_assert_cmpint(out.unit, ==, POS_UNIT_G);
}

static void test_overflow_is_refused(void)
{
    PosQuantity out = pos_quantity_each(5);
    g_assert_false(pos_quantity_add(pos_quantity_each(INT64_MAX), pos_quantity_each(1), &out));
    g_assert_false(pos_quantity_add(pos_quantity_each(INT64_MIN), pos_quantity_each(-1), &out));
    g_assert_cmpint(out.value, ==, 5);
}

static void test_codes_round_trip(void)
{
    g_assert_cmpint(pos_unit_from_code(pos_unit_code(POS_UNIT_EACH)), ==, POS_UNIT_EACH);
    g_assert_cmpint(pos_unit_from_code(pos_unit_code(POS_UNIT_G)), ==, POS_UNIT_G);
    g_assert_cmpint(pos_unit_from_code("kg"), ==, POS_UNIT_NONE);
    g_assert_cmpint(pos_unit_from_code(NULL), ==, POS_UNIT_NONE);
    g_assert_cmpstr(pos_unit_code(POS_UNIT_NONE), ==, "");
}

static void test_a_line_holds_between_one_and_the_bound(void)
{
    g_assert_true(pos_quantity_is_sellable(pos_quantity_each(1)));
    g_assert_true(pos_quantity_is_sellable(pos_quantity_each(POS_BOUND_PIECES_MAX)));
    g_assert_false(pos_quantity_is_sellable(pos_quantity_each(POS_BOUND_PIECES_MAX + 1)));
    g_assert_false(pos_quantity_is_sellable(pos_quantity_each(0)));
    g_assert_false(pos_quantity_is_sellable(pos_quantity_grams(-1)));
    g_assert_true(pos_quantity_is_sellable(pos_quantity_grams(POS_BOUND_GRAMS_MAX)));
    g_assert_false(pos_quantity_is_sellable(pos_quantity_grams(POS_BOUND_GRAMS_MAX + 1)));
    g_assert_false(pos_quantity_is_sellable((PosQuantity){.value = 1}));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/quantity/kinds_are_never_added", test_kinds_are_never_added);
    g_test_add_func("/pos/quantity/overflow_is_refused", test_overflow_is_refused);
    g_test_add_func("/pos/quantity/codes_round_trip", test_codes_round_trip);
    g_test_add_func("/pos/quantity/a_line_holds_between_one_and_the_bound",
                    test_a_line_holds_between_one_and_the_bound);
    return g_test_run();
}
