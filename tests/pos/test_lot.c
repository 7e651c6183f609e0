/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/lot.c: the feed's value in and out, what is refused, first-expired-first-out order. */
#include "pos/lot.h"

#include <string.h>

#include "pos/error.h"

#define GTIN "09521234500017"

static PosLot *lot_of(const char *number, const char *text, GError **error)
{
    g_autoptr(json_t) value = pos_json_parse_object(text, strlen(text), 4096, NULL);
    g_assert_nonnull(value);
    return pos_lot_from_json(GTIN, number, value, error);
}

static void test_the_feeds_value_round_trips(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosLot) first = lot_of(
        "L20261122A",
        "{\"best_before\":\"2026-11-29\",\"use_by\":\"2026-11-30\",\"received\":\"2026-11-22\","
        "\"cold_chain\":\"ok\",\"delivered\":40,\"unit\":\"g\",\"origin\":{\"en\":\"Cheongsong\"},"
        "\"origin_country\":\"KR\",\"route\":["
        "{\"at\":\"2026-11-21T05:30:00+09:00\",\"step\":\"shipping\"},"
        "{\"alarm\":false,\"at\":\"2026-11-20T05:30:00.000+09:00\",\"max_dc\":48,\"min_dc\":-21,"
        "\"place\":{\"ko\":\"주왕농원\"},\"step\":\"commissioning\"}]}",
        &error);
    g_assert_no_error(error);
    g_autoptr(json_t) again = pos_lot_to_json(first);
    g_autoptr(PosLot) second = pos_lot_from_json(GTIN, "L20261122A", again, &error);
    g_assert_no_error(error);
    g_autoptr(PosLot) lot = pos_lot_copy(second);
    g_autofree char *best = pos_date_format(lot->best_before);
    g_autofree char *last = pos_date_format(pos_lot_last_day(lot));
    g_assert_cmpstr(best, ==, "2026-11-29");
    g_assert_cmpstr(last, ==, "2026-11-30");
    g_assert_cmpstr(lot->origin.en, ==, "Cheongsong");
    g_assert_cmpstr(lot->origin_country, ==, "KR");
    g_assert_cmpint(lot->delivered.unit, ==, POS_UNIT_G);
    g_assert_cmpint(lot->delivered.value, ==, 40);
    g_assert_cmpuint(lot->route->len, ==, 2);
    g_assert_false(lot->cold_chain_broken);
    const PosRouteStep *step = g_ptr_array_index(lot->route, 0);
    g_assert_cmpstr(step->step, ==, "commissioning");
    g_assert_cmpstr(step->place.ko, ==, "주왕농원");
    g_assert_true(step->has_temperature);
    g_assert_cmpint(step->min_dc, ==, -21);
    g_assert_cmpint(step->max_dc, ==, 48);
    step = g_ptr_array_index(lot->route, 1);
    g_assert_cmpstr(step->step, ==, "shipping");
    g_assert_false(step->has_temperature);
    g_assert_cmpint(step->at_ms, ==, INT64_C(1795206600000));
}

static void test_all_members_are_optional(void)
{
    g_autoptr(PosLot) lot = lot_of("A", "{}", NULL);
    g_assert_nonnull(lot);
    g_assert_cmpint(pos_lot_last_day(lot).days, ==, 0);
    g_assert_cmpint(lot->delivered.unit, ==, POS_UNIT_NONE);
    g_assert_cmpuint(lot->route->len, ==, 0);
    g_assert_cmpstr(lot->origin_country, ==, "");
}

static void test_an_alarm_breaks_the_cold_chain(void)
{
    g_autoptr(PosLot) by_step =
        lot_of("A", "{\"route\":[{\"at\":\"2026-11-20T05:30:00Z\",\"alarm\":true}]}", NULL);
    g_autoptr(PosLot) by_word = lot_of("A", "{\"cold_chain\":\"broken\"}", NULL);
    g_assert_true(by_step->cold_chain_broken);
    g_assert_true(by_word->cold_chain_broken);
    g_autoptr(json_t) value = pos_lot_to_json(by_word);
    g_autoptr(PosLot) again = pos_lot_from_json(GTIN, "A", value, NULL);
    g_assert_true(again->cold_chain_broken);
}

static void test_what_is_malformed_is_named(void)
{
    static const char *const bad[] = {
        "{\"best_before\":\"2026-02-30\"}",
        "{\"best_before\":20261129}",
        "{\"delivered\":-1}",
        "{\"delivered\":1,\"unit\":\"box\"}",
        "{\"origin\":{}}",
        "{\"origin_country\":\"kr\"}",
        "{\"origin_country\":\"K\"}",
        "{\"route\":{}}",
        "{\"route\":[7]}",
        "{\"route\":[{\"step\":\"shipping\"}]}",
        "{\"route\":[{\"at\":\"yesterday\"}]}",
        "{\"route\":[{\"at\":\"2026-11-20T05:30:00Z\",\"min_dc\":5}]}",
        "{\"route\":[{\"at\":\"2026-11-20T05:30:00Z\",\"alarm\":\"yes\"}]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lot_of("L1", bad[i], &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, GTIN "/L1"));
    }
    static const char *const numbers[] = {"", "has space", "ABCDEFGHIJKLMNOPQRSTU", "사과", "a^b"};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_assert_null(lot_of(numbers[i], "{}", NULL));
    }
    g_assert_true(pos_lot_number_is_well_formed("ABCDEFGHIJKLMNOPQRST"));
    g_assert_true(pos_lot_number_is_well_formed("a/b-1_%"));
}

static void test_first_expired_comes_first(void)
{
    static const char *const in_order[][2] = {
        {"Z", "{\"use_by\":\"2026-11-25\",\"best_before\":\"2026-12-30\"}"},
        {"A", "{\"best_before\":\"2026-11-26\"}"},
        {"B", "{\"best_before\":\"2026-11-26\"}"},
        {"A", "{\"best_before\":\"2026-11-27\"}"},
        {"A", "{}"},
        {"B", "{}"},
    };
    gsize count = G_N_ELEMENTS(in_order);
    PosLot *lots[G_N_ELEMENTS(in_order)];
    for (gsize i = 0; i < count; i++) {
        lots[i] = lot_of(in_order[i][0], in_order[i][1], NULL);
    }
    for (gsize i = 0; i < count; i++) {
        for (gsize j = 0; j < count; j++) {
            int order = pos_lot_compare_fefo(lots[i], lots[j]);
            g_assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
        }
    }
    for (gsize i = 0; i < count; i++) {
        pos_lot_free(lots[i]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/lot/the_feeds_value_round_trips", test_the_feeds_value_round_trips);
    g_test_add_func("/pos/lot/all_members_are_optional", test_all_members_are_optional);
    g_test_add_func("/pos/lot/an_alarm_breaks_the_cold_chain", test_an_alarm_breaks_the_cold_chain);
    g_test_add_func("/pos/lot/what_is_malformed_is_named", test_what_is_malformed_is_named);
    g_test_add_func("/pos/lot/first_expired_comes_first", test_first_expired_comes_first);
    return g_test_run();
}
