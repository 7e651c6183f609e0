/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/error.h"
#include "pos/price.h"

#include <inttypes.h>

#define HOLD_MS (1800 * 1000)

/* 2026-11-23T09:00:00.000+09:00; every time below is this plus some ms. */
static int64_t nine_ms(void)
{
    int64_t ms = 0;
    g_assert_true(pos_instant_parse("2026-11-23T09:00:00.000+09:00", &ms));
    return ms;
}

static char *instant(int64_t offset_ms)
{
    g_autoptr(GTimeZone) seoul = g_time_zone_new_offset(9 * 3600);
    return pos_instant_format(nine_ms() + offset_ms, seoul);
}

static json_t *value_of(int64_t amount, int64_t since_ms)
{
    g_autofree char *since = instant(since_ms);
    return json_pack("{sIss}", "price", (json_int_t)amount, "effective_at", since);
}

static void add_next(json_t *value, int64_t amount, int64_t at_ms, bool awaits_tags)
{
    g_autofree char *at = instant(at_ms);
    if (json_object_get(value, "next") == NULL) {
        json_object_set_new(value, "next", json_array());
    }
    json_array_append_new(json_object_get(value, "next"),
                          json_pack("{sIsssbss}", "price", (json_int_t)amount, "effective_at", at,
                                    "awaits_tags", awaits_tags, "why", "dearer"));
}

static void add_recent(json_t *value, int64_t amount, int64_t from_ms, int64_t until_ms)
{
    g_autofree char *from = instant(from_ms);
    g_autofree char *until = instant(until_ms);
    if (json_object_get(value, "recent") == NULL) {
        json_object_set_new(value, "recent", json_array());
    }
    json_array_append_new(
        json_object_get(value, "recent"),
        json_pack("{sIssss}", "price", (json_int_t)amount, "from", from, "until", until));
}

static PosPrice *parse(const json_t *value)
{
    g_autoptr(GError) error = NULL;
    PosPrice *price = pos_price_from_json("09521234500017", 812, value, &error);
    g_assert_no_error(error);
    return price;
}

static void assert_at(const PosPrice *price, int64_t offset_ms, int64_t in_force, int64_t promised)
{
    int64_t now_ms = nine_ms() + offset_ms;
    g_test_message("at %+" PRId64 " ms", offset_ms);
    g_assert_cmpint(pos_price_in_force(price, now_ms).minor, ==, in_force);
    g_assert_cmpint(pos_price_promised(price, now_ms, HOLD_MS).minor, ==, promised);
}

static void test_a_cut_is_in_force_at_once(void)
{
    g_autoptr(json_t) value = value_of(4780, 0);
    add_recent(value, 4980, -HOLD_MS, 0);
    g_autoptr(PosPrice) price = parse(value);
    /* A terminal whose clock is behind central's still has no other price to go by. */
    assert_at(price, -1, 4780, 4780);
    assert_at(price, 0, 4780, 4780);
    assert_at(price, HOLD_MS, 4780, 4780);
}

static void test_a_rise_waits_and_the_lower_price_is_held(void)
{
    g_autoptr(json_t) value = value_of(4780, -HOLD_MS);
    add_next(value, 5100, 120000, false);
    g_autoptr(PosPrice) price = parse(value);
    assert_at(price, 0, 4780, 4780);
    assert_at(price, 119999, 4780, 4780);
    assert_at(price, 120000, 5100, 4780);
    assert_at(price, 120000 + HOLD_MS - 1, 5100, 4780);
    assert_at(price, 120000 + HOLD_MS, 5100, 5100);
}

static void test_awaits_tags_never_moves_by_itself(void)
{
    g_autoptr(json_t) value = value_of(4780, 0);
    add_next(value, 5100, 1000, true);
    g_autoptr(PosPrice) price = parse(value);
    assert_at(price, 999, 4780, 4780);
    assert_at(price, 1000, 4780, 4780);
    assert_at(price, 10LL * HOLD_MS, 4780, 4780);
}

static void test_several_rises_move_one_after_the_other(void)
{
    g_autoptr(json_t) value = value_of(100, -HOLD_MS);
    /* Given out of order on purpose; the one that awaits tags is passed over. */
    add_next(value, 300, 2000, false);
    add_next(value, 250, 1500, true);
    add_next(value, 200, 1000, false);
    g_autoptr(PosPrice) price = parse(value);
    g_assert_cmpint(g_array_index(price->next, PosPriceNext, 0).price.minor, ==, 200);
    g_assert_cmpint(g_array_index(price->next, PosPriceNext, 2).price.minor, ==, 300);
    assert_at(price, 999, 100, 100);
    assert_at(price, 1000, 200, 100);
    assert_at(price, 1999, 200, 100);
    assert_at(price, 2000, 300, 100);
    assert_at(price, 1000 + HOLD_MS - 1, 300, 100);
    assert_at(price, 1000 + HOLD_MS, 300, 200);
    assert_at(price, 2000 + HOLD_MS - 1, 300, 200);
    assert_at(price, 2000 + HOLD_MS, 300, 300);
}

static void test_a_waiting_cut_counts_from_its_time(void)
{
    g_autoptr(json_t) value = value_of(500, 0);
    add_next(value, 400, 1000, false);
    g_autoptr(PosPrice) price = parse(value);
    assert_at(price, 999, 500, 500);
    assert_at(price, 1000, 400, 400);
}

static void test_recent_prices_count_to_the_ms(void)
{
    g_autoptr(json_t) value = value_of(5100, 0);
    add_recent(value, 4980, -1000, 0);
    add_recent(value, 4500, -2000, -1000);
    g_autoptr(PosPrice) price = parse(value);
    assert_at(price, 0, 5100, 4500);
    assert_at(price, HOLD_MS - 1001, 5100, 4500);
    assert_at(price, HOLD_MS - 1000, 5100, 4980);
    assert_at(price, HOLD_MS - 1, 5100, 4980);
    assert_at(price, HOLD_MS, 5100, 5100);
}

static void test_a_recent_price_that_lies_ahead_is_no_promise(void)
{
    g_autoptr(json_t) value = value_of(5100, 0);
    add_recent(value, 10, 5000, 6000);
    g_autoptr(PosPrice) price = parse(value);
    assert_at(price, 4999, 5100, 5100);
    assert_at(price, 5000, 5100, 10);
}

static void test_missing_members_have_defaults(void)
{
    g_autoptr(json_t) value = value_of(4780, 0);
    g_autoptr(PosPrice) price = parse(value);
    g_assert_cmpint(price->list_price.minor, ==, 4780);
    g_assert_cmpint(price->floor.minor, ==, 0);
    g_assert_cmpint(price->version, ==, 812);
    g_assert_cmpstr(price->why, ==, "");
    g_assert_cmpuint(price->next->len, ==, 0);
    g_assert_cmpuint(price->recent->len, ==, 0);
}

static void test_print_and_parse_give_the_same(void)
{
    g_autoptr(json_t) value = value_of(4780, 0);
    add_next(value, 5100, 1000, true);
    add_recent(value, 4980, -1000, 0);
    json_object_set_new(value, "list_price", json_integer(4990));
    json_object_set_new(value, "floor", json_integer(3000));
    json_object_set_new(value, "why", json_string("sells slower than planned"));
    g_autoptr(PosPrice) price = parse(value);
    g_autoptr(PosPrice) copy = pos_price_copy(price);
    g_autoptr(json_t) printed = pos_price_to_json(copy);
    g_autoptr(PosPrice) again = parse(printed);
    g_autoptr(json_t) printed_again = pos_price_to_json(again);
    g_assert_true(json_equal(printed, printed_again));
    g_assert_cmpint(again->floor.minor, ==, 3000);
    g_assert_cmpint(again->list_price.minor, ==, 4990);
    g_assert_cmpint(again->effective_at_ms, ==, nine_ms());
    g_assert_cmpstr(g_array_index(again->next, PosPriceNext, 0).why, ==, "dearer");
    g_assert_cmpint(g_array_index(again->recent, PosPricePast, 0).from_ms, ==, nine_ms() - 1000);
}

static void test_malformed_values_are_refused(void)
{
    static const char *const rows[] = {
        "{}",
        "{\"price\":1}",
        "{\"price\":-1,\"effective_at\":\"2026-11-23T09:00:00Z\"}",
        "{\"price\":\"1\",\"effective_at\":\"2026-11-23T09:00:00Z\"}",
        "{\"price\":1,\"effective_at\":\"yesterday\"}",
        "{\"price\":1,\"effective_at\":\"2026-11-23T09:00:00Z\",\"next\":{}}",
        "{\"price\":1,\"effective_at\":\"2026-11-23T09:00:00Z\",\"next\":[1]}",
        "{\"price\":1,\"effective_at\":\"2026-11-23T09:00:00Z\",\"next\":[{\"price\":2}]}",
        "{\"price\":1,\"effective_at\":\"2026-11-23T09:00:00Z\",\"recent\":[{\"price\":2}]}",
        "{\"price\":1,\"effective_at\":\"2026-11-23T09:00:00Z\",\"floor\":\"x\"}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(json_t) value = json_loads(rows[i], 0, NULL);
        g_autoptr(GError) error = NULL;
        g_assert_nonnull(value);
        g_test_message("%s", rows[i]);
        g_assert_null(pos_price_from_json("09521234500017/L1", 1, value, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/price/a_cut_is_in_force_at_once", test_a_cut_is_in_force_at_once);
    g_test_add_func("/pos/price/a_rise_waits_and_the_lower_price_is_held",
                    test_a_rise_waits_and_the_lower_price_is_held);
    g_test_add_func("/pos/price/awaits_tags_never_moves_by_itself",
                    test_awaits_tags_never_moves_by_itself);
    g_test_add_func("/pos/price/several_rises_move_one_after_the_other",
                    test_several_rises_move_one_after_the_other);
    g_test_add_func("/pos/price/a_waiting_cut_counts_from_its_time",
                    test_a_waiting_cut_counts_from_its_time);
    g_test_add_func("/pos/price/recent_prices_count_to_the_ms", test_recent_prices_count_to_the_ms);
    g_test_add_func("/pos/price/a_recent_price_that_lies_ahead_is_no_promise",
                    test_a_recent_price_that_lies_ahead_is_no_promise);
    g_test_add_func("/pos/price/missing_members_have_defaults", test_missing_members_have_defaults);
    g_test_add_func("/pos/price/print_and_parse_give_the_same", test_print_and_parse_give_the_same);
    g_test_add_func("/pos/price/malformed_values_are_refused", test_malformed_values_are_refused);
    return g_test_run();
}
