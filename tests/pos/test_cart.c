/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/bounds.h"
#include "pos/cart.h"
#include "pos/error.h"

static PosCartLine line_of(PosQuantity quantity, int64_t price, int tax_bp)
{
    PosCartLine line = {.gtin = "09521234500017",
                        .lot = (char *)"L1",
                        .names = {(char *)"사과", (char *)"Apple", (char *)""},
                        .origin = (char *)"경북 청송",
                        .lifted_by = (char *)"",
                        .quantity = quantity,
                        .price = pos_money(price),
                        .list_price = pos_money(price),
                        .price_version = 7,
                        .tax_bp = tax_bp};
    return line;
}

static int add(PosCart *cart, PosQuantity quantity, int64_t price)
{
    PosCartLine line = line_of(quantity, price, 0);
    int number = 0;
    g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
    return number;
}

/* total = sum of amounts, after every change. */
static void assert_sums(const PosCart *cart)
{
    int64_t sum = 0;
    for (gsize i = 0; i < pos_cart_count(cart); i++) {
        const PosCartLine *line = pos_cart_at(cart, i);
        PosMoney amount = {0};
        g_assert_true(pos_money_times(line->price, line->quantity, &amount));
        g_assert_cmpint(amount.minor, ==, line->amount.minor);
        sum += line->amount.minor;
    }
    g_assert_cmpint(pos_cart_total(cart).minor, ==, sum);
}

static void test_adding_sets_number_and_amount(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    g_assert_cmpint(add(cart, pos_quantity_each(3), 900), ==, 1);
    g_assert_cmpint(add(cart, pos_quantity_grams(450), 4780), ==, 2);
    g_assert_cmpint(pos_cart_at(cart, 0)->amount.minor, ==, 2700);
    g_assert_cmpint(pos_cart_at(cart, 1)->amount.minor, ==, 2151);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 4851);
    g_assert_null(pos_cart_find(cart, 3));
    assert_sums(cart);
}

static void test_numbers_are_not_reused(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, pos_quantity_each(1), 100);
    add(cart, pos_quantity_each(1), 200);
    g_assert_cmpint(pos_cart_remove(cart, 2), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_remove(cart, 2), ==, POS_REFUSAL_NO_SUCH_LINE);
    g_assert_cmpint(add(cart, pos_quantity_each(1), 300), ==, 3);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 400);
    pos_cart_clear(cart);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 0);
    g_assert_cmpint(add(cart, pos_quantity_each(1), 300), ==, 1);
    assert_sums(cart);
}

static void test_quantity_is_for_pieces_only(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    int piece = add(cart, pos_quantity_each(1), 900);
    int weighed = add(cart, pos_quantity_grams(450), 4780);
    g_assert_cmpint(pos_cart_set_quantity(cart, piece, 4), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_find(cart, piece)->amount.minor, ==, 3600);
    static const int64_t wrong[] = {0, -1, POS_BOUND_PIECES_MAX + 1, INT64_MAX};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_cmpint(pos_cart_set_quantity(cart, piece, wrong[i]), ==, POS_REFUSAL_BAD_QUANTITY);
    }
    g_assert_cmpint(pos_cart_set_quantity(cart, weighed, 2), ==, POS_REFUSAL_BAD_QUANTITY);
    g_assert_cmpint(pos_cart_set_quantity(cart, 9, 2), ==, POS_REFUSAL_NO_SUCH_LINE);
    g_assert_cmpint(pos_cart_find(cart, piece)->quantity.value, ==, 4);
    assert_sums(cart);
}

static void test_an_offer_only_lowers(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    int line = add(cart, pos_quantity_each(2), 900);
    g_assert_false(pos_cart_offer_price(cart, line, pos_money(901), 8));
    g_assert_false(pos_cart_offer_price(cart, line, pos_money(900), 8));
    g_assert_cmpint(pos_cart_find(cart, line)->price_version, ==, 7);
    g_assert_true(pos_cart_offer_price(cart, line, pos_money(899), 8));
    g_assert_cmpint(pos_cart_find(cart, line)->price_version, ==, 8);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 1798);
    g_assert_false(pos_cart_offer_price(cart, 5, pos_money(1), 9));
    assert_sums(cart);
}

static void test_an_override_goes_both_ways_and_stays(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    int line = add(cart, pos_quantity_each(2), 900);
    g_assert_cmpint(pos_cart_override(cart, line, pos_money(1000)), ==, POS_REFUSAL_NONE);
    g_assert_true(pos_cart_find(cart, line)->overridden);
    g_assert_false(pos_cart_offer_price(cart, line, pos_money(1), 9));
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 2000);
    g_assert_cmpint(pos_cart_override(cart, line, pos_money(0)), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_override(cart, line, pos_money(-1)), ==, POS_REFUSAL_BAD_QUANTITY);
    g_assert_cmpint(pos_cart_override(cart, 2, pos_money(1)), ==, POS_REFUSAL_NO_SUCH_LINE);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 0);
    assert_sums(cart);
}

static void test_what_does_not_fit_changes_nothing(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    PosCartLine line = line_of(pos_quantity_each(1), POS_BOUND_AMOUNT_MINOR_MAX, 0);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_BAD_QUANTITY);
    /* One such sale would leave no room in the sums that never go back. */
    line.price = pos_money(POS_BOUND_TICKET_MINOR_MAX + 1);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_BAD_QUANTITY);
    add(cart, pos_quantity_each(1), POS_BOUND_TICKET_MINOR_MAX);
    line.price = pos_money(1);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_BAD_QUANTITY);
    line.price = pos_money(-1);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_BAD_QUANTITY);
    line.price = pos_money(1);
    line.quantity = pos_quantity_each(0);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_BAD_QUANTITY);
    g_assert_cmpint(pos_cart_set_quantity(cart, 1, 2), ==, POS_REFUSAL_BAD_QUANTITY);
    g_assert_cmpuint(pos_cart_count(cart), ==, 1);
    assert_sums(cart);
}

static void test_lines_and_rates_are_bounded(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    for (int i = 0; i < POS_BOUND_CART_LINES; i++) {
        add(cart, pos_quantity_each(1), 1);
    }
    PosCartLine line = line_of(pos_quantity_each(1), 1, 0);
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_CART_FULL);

    g_autoptr(PosCart) rates = pos_cart_new();
    for (int i = 0; i < POS_BOUND_TAX_RATES; i++) {
        line.tax_bp = i * 100;
        g_assert_cmpint(pos_cart_add(rates, &line, NULL), ==, POS_REFUSAL_NONE);
    }
    g_assert_cmpint(pos_cart_add(rates, &line, NULL), ==, POS_REFUSAL_NONE);
    line.tax_bp = 9900;
    g_assert_cmpint(pos_cart_add(rates, &line, NULL), ==, POS_REFUSAL_CART_FULL);
}

static void test_a_copy_stands_alone(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, pos_quantity_each(1), 900);
    g_autoptr(PosCart) copy = pos_cart_copy(cart);
    g_assert_cmpint(pos_cart_set_quantity(copy, 1, 5), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 900);
    g_assert_cmpint(pos_cart_total(copy).minor, ==, 4500);
    g_assert_true(pos_cart_at(cart, 0)->lot != pos_cart_at(copy, 0)->lot);
}

static void test_disk_form_and_back_give_the_same(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    g_autoptr(GError) error = NULL;
    add(cart, pos_quantity_each(3), 900);
    add(cart, pos_quantity_each(1), 100);
    PosCartLine line = line_of(pos_quantity_grams(450), 4780, 1000);
    line.lot_scanned = true;
    line.weighed_by_hand = true;
    line.lifted_by = (char *)"u09";
    g_assert_true(pos_date_parse("2026-11-29", &line.best_before));
    line.freshness = (PosFreshness){POS_FRESHNESS_RED, POS_FRESHNESS_PAST_BEST_BEFORE, -2};
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_override(cart, 1, pos_money(500)), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_remove(cart, 2), ==, POS_REFUSAL_NONE);

    g_autoptr(json_t) value = pos_cart_to_json(cart);
    g_autofree char *bytes = pos_json_canonical(value, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(PosCart) again = pos_cart_from_json(value, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) value_again = pos_cart_to_json(again);
    g_assert_true(json_equal(value, value_again));
    g_assert_cmpint(pos_cart_total(again).minor, ==, pos_cart_total(cart).minor);
    g_assert_cmpint(add(again, pos_quantity_each(1), 1), ==, 4);
    g_assert_cmpint(pos_cart_find(again, 3)->freshness.days_left, ==, -2);
    g_assert_true(pos_cart_find(again, 1)->overridden);
    assert_sums(again);
}

/* Each change makes the stored cart impossible. */
static void test_a_damaged_disk_form_is_refused(void)
{
    static const struct {
        const char *member;
        const char *json;
    } rows[] = {
        {"line", "0"},       {"line", "9"},
        {"gtin", "12"},      {"qty", "0"},
        {"qty", "1000001"},  {"unit", "\"litre\""},
        {"price", "-1"},     {"names", "{}"},
        {"lot", "null"},     {"best_before", "\"x\""},
        {"freshness", "{}"}, {"tax_bp", "-1"},
        {"overridden", "1"}, {"price_version", "-1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(PosCart) cart = pos_cart_new();
        g_autoptr(GError) error = NULL;
        add(cart, pos_quantity_each(1), 900);
        g_autoptr(json_t) value = pos_cart_to_json(cart);
        json_t *line = json_array_get(json_object_get(value, "lines"), 0);
        json_object_set_new(line, rows[i].member, json_loads(rows[i].json, JSON_DECODE_ANY, NULL));
        g_test_message("%s %s", rows[i].member, rows[i].json);
        g_assert_null(pos_cart_from_json(value, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    g_autoptr(json_t) empty = json_object();
    g_assert_null(pos_cart_from_json(empty, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/cart/adding_sets_number_and_amount", test_adding_sets_number_and_amount);
    g_test_add_func("/pos/cart/numbers_are_not_reused", test_numbers_are_not_reused);
    g_test_add_func("/pos/cart/quantity_is_for_pieces_only", test_quantity_is_for_pieces_only);
    g_test_add_func("/pos/cart/an_offer_only_lowers", test_an_offer_only_lowers);
    g_test_add_func("/pos/cart/an_override_goes_both_ways_and_stays",
                    test_an_override_goes_both_ways_and_stays);
    g_test_add_func("/pos/cart/what_does_not_fit_changes_nothing",
                    test_what_does_not_fit_changes_nothing);
    g_test_add_func("/pos/cart/lines_and_rates_are_bounded", test_lines_and_rates_are_bounded);
    g_test_add_func("/pos/cart/a_copy_stands_alone", test_a_copy_stands_alone);
    g_test_add_func("/pos/cart/disk_form_and_back_give_the_same",
                    test_disk_form_and_back_give_the_same);
    g_test_add_func("/pos/cart/a_damaged_disk_form_is_refused",
                    test_a_damaged_disk_form_is_refused);
    return g_test_run();
}
