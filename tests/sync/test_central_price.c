/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a price changes: cuts at once, rises with a lead, no promise forgotten within the hold time.
 */
#include "pos/error.h"
#include "pos/price.h"
#include "sync/central_price.h"
#include "tests/sync/central_fixture.h"

#include <string.h>

#define NOW FIXTURE_NOW_MS
#define MINUTE 60000LL
#define HOLD (30 * MINUTE)
#define LEAD (2 * MINUTE)

static json_t *next(json_t *old, int64_t price, int64_t now_ms, int64_t lead_ms)
{
    json_t *value = central_price_next(old, price, now_ms, HOLD, lead_ms, 0, "because", NULL);
    json_decref(old);
    return value;
}

static void assert_json(const json_t *value, const char *expected)
{
    g_autofree char *text = pos_json_canonical(value, NULL, NULL);
    g_assert_cmpstr(text, ==, expected);
}

static void a_first_price_is_in_force_at_once(void)
{
    g_autoptr(json_t) value = next(NULL, 4980, NOW, LEAD);
    assert_json(value, "{\"effective_at\":\"2026-11-23T00:00:00.000+00:00\",\"price\":4980,"
                       "\"why\":\"because\"}");
}

static void a_cut_is_in_force_at_once_and_remembers(void)
{
    json_t *first = next(NULL, 4980, NOW, LEAD);
    g_autoptr(json_t) value = next(first, 4780, NOW + MINUTE, LEAD);
    assert_json(
        value,
        "{\"effective_at\":\"2026-11-23T00:01:00.000+00:00\",\"list_price\":4980,\"price\":4780,"
        "\"recent\":[{\"from\":\"2026-11-23T00:00:00.000+00:00\",\"price\":4980,"
        "\"until\":\"2026-11-23T00:01:00.000+00:00\"}],\"why\":\"because\"}");
}

static void a_rise_waits_its_lead(void)
{
    json_t *first = next(NULL, 4780, NOW, LEAD);
    g_autoptr(json_t) value = next(first, 4980, NOW + MINUTE, LEAD);
    assert_json(value,
                "{\"effective_at\":\"2026-11-23T00:00:00.000+00:00\",\"list_price\":4780,"
                "\"next\":[{\"effective_at\":\"2026-11-23T00:03:00.000+00:00\",\"price\":4980,"
                "\"why\":\"because\"}],\"price\":4780,\"why\":\"because\"}");
    g_assert_null(central_price_settle(value, NOW + 3 * MINUTE - 1, HOLD, NULL));
    g_autoptr(json_t) moved = central_price_settle(value, NOW + 3 * MINUTE, HOLD, NULL);
    assert_json(
        moved,
        "{\"effective_at\":\"2026-11-23T00:03:00.000+00:00\",\"list_price\":4780,\"price\":4980,"
        "\"recent\":[{\"from\":\"2026-11-23T00:00:00.000+00:00\",\"price\":4780,"
        "\"until\":\"2026-11-23T00:03:00.000+00:00\"}],\"why\":\"because\"}");
}

static void a_rise_without_lead_is_in_force_and_the_lower_price_is_promised(void)
{
    json_t *first = next(NULL, 4780, NOW, 0);
    g_autoptr(json_t) value = next(first, 4980, NOW + MINUTE, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosPrice) price = pos_price_from_json("x", 1, value, &error);
    g_assert_no_error(error);
    g_assert_cmpint(pos_price_in_force(price, NOW + 2 * MINUTE).minor, ==, 4980);
    g_assert_cmpint(pos_price_promised(price, NOW + 2 * MINUTE, HOLD).minor, ==, 4780);
    g_assert_cmpint(pos_price_promised(price, NOW + MINUTE + HOLD + 1, HOLD).minor, ==, 4980);
}

static void the_same_decision_again_changes_nothing(void)
{
    json_t *value = next(next(NULL, 4780, NOW, LEAD), 4980, NOW + MINUTE, LEAD);
    g_autoptr(json_t) again =
        central_price_next(value, 4980, NOW + 2 * MINUTE, HOLD, LEAD, 0, "because", NULL);
    g_assert_true(json_equal(value, again));
    json_decref(value);
    g_autoptr(json_t) first = next(NULL, 4780, NOW, LEAD);
    g_autoptr(json_t) same =
        central_price_next(first, 4780, NOW + MINUTE, HOLD, LEAD, 0, "other words", NULL);
    g_assert_true(json_equal(first, same));
}

static void a_later_decision_takes_a_waiting_rise_away(void)
{
    json_t *waiting = next(next(NULL, 4780, NOW, LEAD), 4980, NOW + MINUTE, LEAD);
    g_autoptr(json_t) kept = next(json_incref(waiting), 4780, NOW + 2 * MINUTE, LEAD);
    g_autoptr(json_t) cut = next(json_incref(waiting), 4500, NOW + 2 * MINUTE, LEAD);
    g_autoptr(json_t) other = next(waiting, 5100, NOW + 2 * MINUTE, LEAD);
    g_assert_null(json_object_get(kept, "next"));
    g_assert_null(json_object_get(cut, "next"));
    const json_t *entry = json_array_get(json_object_get(other, "next"), 0);
    g_assert_cmpint(json_integer_value(json_object_get(entry, "price")), ==, 5100);
    g_assert_cmpuint(json_array_size(json_object_get(other, "next")), ==, 1);
}

static void a_rise_that_is_overdue_is_moved_before_the_next_decision(void)
{
    json_t *waiting = next(next(NULL, 4780, NOW, LEAD), 4980, NOW + MINUTE, LEAD);
    g_autoptr(json_t) cut = next(waiting, 4500, NOW + 10 * MINUTE, LEAD);
    const json_t *recent = json_object_get(cut, "recent");
    g_assert_cmpuint(json_array_size(recent), ==, 2);
    g_assert_cmpint(json_integer_value(json_object_get(json_array_get(recent, 1), "price")), ==,
                    4980);
}

static void a_rise_that_awaits_tags_never_moves_by_time(void)
{
    g_autoptr(json_t) value = json_loads(
        "{\"price\":4780,\"effective_at\":\"2026-11-23T00:00:00.000Z\",\"next\":[{\"price\":5100,"
        "\"effective_at\":\"2026-11-23T00:01:00.000Z\",\"awaits_tags\":true}]}",
        0, NULL);
    int64_t next_ms, recent_ms;
    g_assert_null(central_price_settle(value, NOW + 1000 * MINUTE, HOLD, NULL));
    central_price_times(value, &next_ms, &recent_ms);
    g_assert_cmpint(next_ms, ==, 0);
    g_assert_cmpint(recent_ms, ==, 0);
}

static void what_ended_before_the_hold_time_is_dropped(void)
{
    g_autoptr(json_t) value = next(next(NULL, 4980, NOW, 0), 4780, NOW + MINUTE, 0);
    g_assert_cmpint(central_price_due_ms(value, HOLD), ==, NOW + MINUTE + HOLD);
    g_assert_null(central_price_settle(value, NOW + MINUTE + HOLD - 1, HOLD, NULL));
    g_autoptr(json_t) settled = central_price_settle(value, NOW + MINUTE + HOLD, HOLD, NULL);
    g_assert_null(json_object_get(settled, "recent"));
    g_assert_cmpint(central_price_due_ms(settled, HOLD), ==, 0);
}

static void limits_and_unknown_members_are_carried(void)
{
    g_autoptr(json_t) old = json_loads(
        "{\"price\":4780,\"effective_at\":\"2026-11-23T00:00:00.000Z\",\"floor\":3000,"
        "\"ceiling\":5500,\"list_price\":4980,\"prior_price\":4700,\"paused\":true,\"x\":1}",
        0, NULL);
    g_autoptr(json_t) carried =
        central_price_next(old, 4500, NOW + MINUTE, HOLD, LEAD, 0, NULL, NULL);
    static const char *const MEMBERS[] = {"floor",       "ceiling", "list_price",
                                          "prior_price", "paused",  "x"};
    for (gsize i = 0; i < G_N_ELEMENTS(MEMBERS); i++) {
        g_assert_true(
            json_equal(json_object_get(old, MEMBERS[i]), json_object_get(carried, MEMBERS[i])));
    }
    g_assert_null(json_object_get(carried, "why"));
    g_autoptr(json_t) known =
        central_price_next(old, 4500, NOW + MINUTE, HOLD, LEAD, 4600, NULL, NULL);
    g_assert_cmpint(json_integer_value(json_object_get(known, "prior_price")), ==, 4600);
}

static void a_clock_that_goes_back_makes_no_price_that_ends_before_it_begins(void)
{
    g_autoptr(json_t) value = next(next(NULL, 4980, NOW, 0), 4780, NOW - MINUTE, 0);
    assert_json(value, "{\"effective_at\":\"2026-11-23T00:00:00.000+00:00\",\"list_price\":4980,"
                       "\"price\":4780,\"why\":\"because\"}");
}

static void many_changes_keep_the_lowest_promise_in_a_bounded_value(void)
{
    json_t *value = next(NULL, 1000, NOW, 0);
    value = next(value, 500, NOW + 1000, 0);
    for (int i = 0; i < 200; i++) {
        value = next(value, 2000 + i, NOW + 2000 + i * 1000, 0);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(PosPrice) price = pos_price_from_json("x", 1, value, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(price->recent->len, ==, CENTRAL_PRICE_RECENT_MAX);
    g_assert_cmpint(pos_price_promised(price, NOW + 250000, HOLD).minor, ==, 500);
    json_decref(value);
}

/* For each step of a walk of prices, what the value promises at a later moment is the lowest price
 * that was in force in the hold time before it: worked out from the walk itself. */
static void the_promise_of_any_walk_is_the_lowest_in_force(void)
{
    static const int WALK[] = {500, 450, 470, 400, 480, 480, 390, 520, 510, 530, 380};
    const int64_t step = 7 * MINUTE;
    json_t *value = NULL;
    for (int i = 0; i < (int)G_N_ELEMENTS(WALK); i++) {
        int64_t now_ms = NOW + i * step;
        value = next(value, WALK[i], now_ms, 0);
        int lowest = WALK[i];
        for (int k = 0; k < i; k++) {
            bool within = NOW + (k + 1) * step > now_ms - HOLD;
            lowest = within ? MIN(lowest, WALK[k]) : lowest;
        }
        g_autoptr(PosPrice) price = pos_price_from_json("x", 1, value, NULL);
        g_assert_cmpint(pos_price_promised(price, now_ms, HOLD).minor, ==, lowest);
    }
    json_decref(value);
}

/* --- with a store ------------------------------------------------------------------------- */

static void decide_and_publish(Central *central, const char *key, int64_t price, int64_t now_ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value =
        central_price_decide(central->store, "1", key, price, now_ms, "because", &error);
    g_assert_no_error(error);
    CentralChange change = {"price", key, value};
    central_store_publish(central->store, "1", &change, 1, NULL, &error);
    g_assert_no_error(error);
}

static int64_t price_of(Central *central, const char *key)
{
    g_autoptr(json_t) value = central_store_feed_value(central->store, "1", "price", key, NULL);
    return json_integer_value(json_object_get(value, "price"));
}

static void what_is_due_moves_as_one_version(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int changes = -1;
    int64_t before = 0, after = 0;
    decide_and_publish(central, APPLE, 900, NOW);
    decide_and_publish(central, GRAPE, 4780, NOW);
    decide_and_publish(central, APPLE, 950, NOW + 1000);
    decide_and_publish(central, GRAPE, 4980, NOW + 1000);
    central_store_feed_newest(central->store, "1", &before, &error);
    g_assert_true(central_price_due(central->store, NOW + 120999, &changes, &error));
    g_assert_cmpint(changes, ==, 0);
    g_assert_true(central_price_due(central->store, NOW + 121000, &changes, &error));
    g_assert_cmpint(changes, ==, 2);
    central_store_feed_newest(central->store, "1", &after, &error);
    g_assert_cmpint(after, ==, before + 1);
    g_assert_cmpint(price_of(central, APPLE), ==, 950);
    g_assert_cmpint(price_of(central, GRAPE), ==, 4980);
    g_assert_true(central_price_due(central->store, NOW + 121000, &changes, &error));
    g_assert_cmpint(changes, ==, 0);
    g_assert_true(central_price_due(central->store, NOW + 121000 + HOLD, &changes, &error));
    g_assert_cmpint(changes, ==, 2);
    g_autoptr(json_t) value = central_store_feed_value(central->store, "1", "price", APPLE, NULL);
    g_assert_null(json_object_get(value, "recent"));
}

static void the_log_knows_the_lowest_of_a_time(Central *central, gconstpointer data)
{
    static const struct {
        int64_t from, until, lowest;
    } CASES[] = {{0, 1000, 900},    {0, 2001, 800},    {3000, 4000, 850},
                 {1500, 1600, 900}, {2000, 2001, 800}, {-500, 0, 0},
                 {-500, 1, 900},    {2500, 3001, 800}, {9000, 9999, 850}};
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) rise = NULL;
    decide_and_publish(central, APPLE, 900, NOW);
    decide_and_publish(central, APPLE, 800, NOW + 2000);
    rise = central_price_next(NULL, 850, NOW + 3000, HOLD, 0, 0, "", NULL);
    CentralChange change = {"price", APPLE, rise};
    central_store_publish(central->store, "1", &change, 1, NULL, &error);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        int64_t lowest = -1;
        g_assert_true(central_store_price_lowest(central->store, "1", APPLE, NOW + CASES[i].from,
                                                 NOW + CASES[i].until, &lowest, &error));
        g_assert_cmpint(lowest, ==, CASES[i].lowest);
    }
}

static void a_lot_without_a_price_starts_from_its_products(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    decide_and_publish(central, APPLE, 900, NOW);
    decide_and_publish(central, APPLE "/L1", 700, NOW + 1000);
    g_autoptr(json_t) value =
        central_store_feed_value(central->store, "1", "price", APPLE "/L1", NULL);
    g_assert_cmpint(json_integer_value(json_object_get(value, "list_price")), ==, 900);
    g_assert_cmpint(json_integer_value(json_object_get(value, "prior_price")), ==, 900);
    g_assert_cmpuint(json_array_size(json_object_get(value, "recent")), ==, 1);
    g_assert_cmpint(price_of(central, APPLE), ==, 900);
}

static void floor_and_ceiling_hold(Central *central, gconstpointer data)
{
    g_autoptr(json_t) value =
        json_loads("{\"price\":900,\"effective_at\":\"2026-11-23T00:00:00.000Z\",\"floor\":800,"
                   "\"ceiling\":1000}",
                   0, NULL);
    CentralChange change = {"price", APPLE, value};
    g_assert_true(central_store_publish(central->store, "1", &change, 1, NULL, NULL));
    static const int BAD[] = {799, 1001}, GOOD[] = {800, 1000};
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(central_price_decide(central->store, "1", APPLE, BAD[i], NOW, "x", &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_autoptr(json_t) fine =
            central_price_decide(central->store, "1", APPLE, GOOD[i], NOW, "x", NULL);
        g_assert_nonnull(fine);
    }
}

static void set_up(Central *central, gconstpointer data)
{
    central_fixture_open(central);
}

static void tear_down(Central *central, gconstpointer data)
{
    central_fixture_close(central);
}

#define PURE(name) g_test_add_func("/sync/central_price/" #name, name)
#define CASE(name) g_test_add("/sync/central_price/" #name, Central, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PURE(a_first_price_is_in_force_at_once);
    PURE(a_cut_is_in_force_at_once_and_remembers);
    PURE(a_rise_waits_its_lead);
    PURE(a_rise_without_lead_is_in_force_and_the_lower_price_is_promised);
    PURE(the_same_decision_again_changes_nothing);
    PURE(a_later_decision_takes_a_waiting_rise_away);
    PURE(a_rise_that_is_overdue_is_moved_before_the_next_decision);
    PURE(a_rise_that_awaits_tags_never_moves_by_time);
    PURE(what_ended_before_the_hold_time_is_dropped);
    PURE(limits_and_unknown_members_are_carried);
    PURE(a_clock_that_goes_back_makes_no_price_that_ends_before_it_begins);
    PURE(many_changes_keep_the_lowest_promise_in_a_bounded_value);
    PURE(the_promise_of_any_walk_is_the_lowest_in_force);
    CASE(what_is_due_moves_as_one_version);
    CASE(the_log_knows_the_lowest_of_a_time);
    CASE(a_lot_without_a_price_starts_from_its_products);
    CASE(floor_and_ceiling_hold);
    return g_test_run();
}
