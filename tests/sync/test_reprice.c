/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of sync/central_reprice on a real central: what sells, what lies there and what is left of
 * its time become prices. */
#include "sync/central_reprice.h"
#include "tests/sync/central_fixture.h"

#include <string.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define OPENING (-HOUR) /* the fixture's now is 09:00 in Seoul, the shop opens at 8 */

typedef struct {
    Central central;
    Journal journal;
} Fixture;

static void publish(Fixture *fixture, const char *kind, const char *key, json_t *value)
{
    g_autoptr(GError) error = NULL;
    CentralChange change = {kind, key, value};
    central_store_publish(fixture->central.store, "1", &change, 1, NULL, &error);
    g_assert_no_error(error);
    json_decref(value);
}

static void set_up_store(Fixture *fixture, int rise_lead_s, int dwell_s, int changes_a_day_max)
{
    publish(fixture, "setting", "store",
            json_pack("{s:s, s:i, s:i, s:s, s:i, s:i, s:s, s:i}", "currency", "KRW", "hold_s", 1800,
                      "rise_lead_s", rise_lead_s, "time_zone", "Asia/Seoul", "open_hour", 8,
                      "close_hour", 22, "language", "en", "amber_days", 1));
    publish(fixture, "setting", "pricing",
            json_pack("{s:b, s:i, s:i, s:i, s:i}", "enabled", 1, "step_bp_max", 1500, "ending", 10,
                      "dwell_s", dwell_s, "changes_a_day_max", changes_a_day_max));
}

static void set_price(Fixture *fixture, const char *key, int at_s)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
    g_autofree char *at = pos_instant_format(FIXTURE_NOW_MS + at_s * 1000LL, zone);
    publish(fixture, "price", key,
            json_pack("{s:i, s:s, s:i, s:i, s:i, s:[], s:[]}", "price", 1500, "effective_at", at,
                      "list_price", 1500, "floor", 750, "ceiling", 1720, "next", "recent"));
}

static void add_lot(Fixture *fixture, const char *key, const char *best_before, int delivered)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) parts = g_strsplit(key, "/", 2);
    bool by_weight = strcmp(parts[0], GRAPE) == 0;
    publish(fixture, "lot", key,
            json_pack("{s:s, s:i, s:s, s:s}", "best_before", best_before, "delivered", delivered,
                      "received", "2026-11-22", "unit", by_weight ? "g" : "each"));
    PosQuantity quantity = by_weight ? pos_quantity_grams(delivered) : pos_quantity_each(delivered);
    central_store_receive(fixture->central.store, "1", parts[0], parts[1], quantity, &error);
    g_assert_no_error(error);
}

static void open_fixture(Fixture *fixture)
{
    central_fixture_open(&fixture->central);
    central_fixture_journal(&fixture->central, &fixture->journal, "t1");
    set_up_store(fixture, 0, 0, 0);
    publish(fixture, "product", APPLE,
            json_pack("{s:{s:s}, s:s, s:i, s:i, s:i, s:i}", "names", "en", "Apple", "unit", "each",
                      "plan_per_day", 28, "unit_cost", 700, "disposal_cost", 50, "elasticity_bp",
                      -20000));
    publish(fixture, "product", GRAPE,
            json_pack("{s:{s:s}, s:s, s:i, s:i, s:i}", "names", "en", "Grapes", "unit", "g",
                      "plan_per_day", 14000, "unit_cost", 700, "elasticity_bp", -20000));
    set_price(fixture, APPLE, OPENING);
    set_price(fixture, GRAPE, OPENING);
}

static void close_fixture(Fixture *fixture)
{
    central_fixture_journal_clear(&fixture->journal);
    central_fixture_close(&fixture->central);
}

static void sell(Fixture *fixture, const char *gtin, const char *lot, int qty, int at_s)
{
    static int receipts;
    g_autofree char *receipt = g_strdup_printf("T01-%06d", ++receipts);
    int64_t first = fixture->journal.seq + 1;
    central_fixture_write(&fixture->journal, "sale", at_s,
                          central_fixture_sale(receipt, gtin, lot, qty, 1500));
    g_auto(CentralIngestResult) result = {0};
    central_fixture_send(&fixture->central, &fixture->journal, first, first, &result);
    g_assert_cmpint(result.status, ==, CENTRAL_INGEST_STORED);
}

static int reprice(Fixture *fixture, int at_s, bool dry_run, json_t *report)
{
    g_autoptr(GError) error = NULL;
    int changes = -1;
    central_reprice_store(fixture->central.store, "1", FIXTURE_NOW_MS + at_s * 1000LL, dry_run,
                          &changes, report, &error);
    g_assert_no_error(error);
    return changes;
}

static int64_t member_of_price(Fixture *fixture, const char *key, const char *member)
{
    g_autoptr(json_t) value =
        central_store_feed_value(fixture->central.store, "1", "price", key, NULL);
    return json_integer_value(json_object_get(value, member));
}

static int64_t newest(Fixture *fixture)
{
    int64_t version = -1;
    central_store_feed_newest(fixture->central.store, "1", &version, NULL);
    return version;
}

static const char *reason_of(const json_t *report, const char *lot)
{
    size_t i;
    const json_t *row;
    json_array_foreach(report, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "lot")), lot) == 0) {
            return json_string_value(json_object_get(row, "reason"));
        }
    }
    return "";
}

static void test_on_plan_nothing_changes(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-26", 60);
    sell(&fixture, APPLE, "L1", 2, OPENING + 30 * MINUTE);
    int64_t version = newest(&fixture);
    g_assert_cmpint(reprice(&fixture, 0, false, NULL), ==, 0);
    g_assert_cmpint(newest(&fixture), ==, version);
    close_fixture(&fixture);
}

static void test_one_large_sale_raises_its_lot_alone(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-26", 60);
    add_lot(&fixture, APPLE "/L2", "2026-11-27", 60);
    sell(&fixture, APPLE, "L1", 15, -MINUTE);
    int64_t version = newest(&fixture);
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, 0, false, report), ==, 1);
    g_assert_cmpint(newest(&fixture), ==, version + 1);
    g_assert_cmpint(member_of_price(&fixture, APPLE "/L1", "price"), >, 1500);
    g_assert_cmpint(member_of_price(&fixture, APPLE "/L1", "price"), <=, 1720);
    g_assert_cmpint(member_of_price(&fixture, APPLE "/L2", "price"), ==, 0);
    g_assert_cmpuint(json_array_size(report), ==, 2);
    g_assert_cmpstr(reason_of(report, "L1"), ==, "rise_fast");
    const json_t *row = json_array_get(report, 0);
    g_assert_cmpstr(json_string_value(json_object_get(row, "why")), ==,
                    "sells faster than planned: 15 sold where 1 were expected");
    g_assert_cmpint(json_integer_value(json_object_get(row, "on_hand")), ==, 45);
    g_assert_cmpint(json_integer_value(json_object_get(row, "price_before")), ==, 1500);
    close_fixture(&fixture);
}

static void test_a_decision_is_found_again_years_later(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-26", 60);
    sell(&fixture, APPLE, "L1", 15, -MINUTE);
    g_assert_cmpint(reprice(&fixture, 0, false, NULL), ==, 1);
    g_autoptr(GError) error = NULL;
    int64_t at_ms = 0;
    json_t *decision = NULL;
    int64_t years = G_GINT64_CONSTANT(3) * 365 * 86400000;
    g_assert_true(central_store_decision_at(fixture.central.store, "1", APPLE, "L1",
                                            FIXTURE_NOW_MS + years, &at_ms, &decision, &error));
    g_assert_no_error(error);
    g_assert_cmpint(at_ms, ==, FIXTURE_NOW_MS);
    g_assert_cmpint(json_integer_value(json_object_get(decision, "price_before")), ==, 1500);
    g_assert_cmpstr(json_string_value(json_object_get(decision, "reason")), ==, "rise_fast");
    json_decref(decision);
    g_assert_true(central_store_decision_at(fixture.central.store, "1", APPLE, "L1",
                                            FIXTURE_NOW_MS - 1, &at_ms, &decision, &error));
    g_assert_null(decision); /* nothing had been decided then */
    close_fixture(&fixture);
}

static void test_same_state_same_prices(void)
{
    Fixture a, b;
    g_autofree char *text[2] = {NULL, NULL};
    Fixture *both[] = {&a, &b};
    for (int i = 0; i < 2; i++) {
        open_fixture(both[i]);
        add_lot(both[i], APPLE "/L1", "2026-11-23", 80);
        add_lot(both[i], GRAPE "/G1", "2026-11-24", 9000);
        sell(both[i], GRAPE, "G1", 4000, -MINUTE);
        g_assert_cmpint(reprice(both[i], 0, false, NULL), >, 0);
        g_autoptr(json_t) apple =
            central_store_feed_value(both[i]->central.store, "1", "price", APPLE "/L1", NULL);
        g_autoptr(json_t) grape =
            central_store_feed_value(both[i]->central.store, "1", "price", GRAPE "/G1", NULL);
        g_autoptr(json_t) all = json_pack("[O, O]", apple, grape);
        text[i] = pos_json_canonical(all, NULL, NULL);
    }
    g_assert_nonnull(text[0]);
    g_assert_cmpstr(text[0], ==, text[1]);
    g_free(text[1]);
    text[1] = NULL;
    close_fixture(&a);
    close_fixture(&b);
}

static void test_a_lot_that_lies_there_falls_hour_by_hour(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-30", 60);
    int64_t before = 1500;
    for (int hour = 1; hour <= 5; hour++) {
        g_assert_cmpint(reprice(&fixture, hour * HOUR, false, NULL), ==, 1);
        int64_t price = member_of_price(&fixture, APPLE "/L1", "price");
        g_assert_cmpint(price, <, before);
        g_assert_cmpint(price % 10, ==, 0);
        before = price;
    }
    g_assert_cmpint(before, >=, 750);
    g_assert_cmpint(reprice(&fixture, 5 * HOUR, false, NULL), ==, 0);
    close_fixture(&fixture);
}

static void test_at_night_nothing_is_expected(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-30", 60);
    g_assert_cmpint(reprice(&fixture, OPENING - 2 * HOUR, false, NULL), ==, 0);
    close_fixture(&fixture);
}

static void test_short_dated_overstock_is_cut_below_cost(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    publish(&fixture, "product", APPLE,
            json_pack("{s:{s:s}, s:s, s:i, s:i, s:i}", "names", "en", "Apple", "unit", "each",
                      "plan_per_day", 28, "unit_cost", 1400, "elasticity_bp", -20000));
    add_lot(&fixture, APPLE "/OLD", "2026-11-23", 90);
    add_lot(&fixture, APPLE "/NEW", "2026-12-20", 90);
    g_autoptr(json_t) report = json_array();
    for (int run = 0; run < 6; run++) {
        json_array_clear(report);
        reprice(&fixture, 4 * HOUR, false, report);
    }
    g_assert_cmpint(member_of_price(&fixture, APPLE "/OLD", "price"), <, 1300);
    g_assert_cmpint(member_of_price(&fixture, APPLE "/NEW", "price"), ==, 1400);
    close_fixture(&fixture);
}

static void test_lots_not_for_sale_are_not_priced(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/BAD", "2026-11-30", 60);
    add_lot(&fixture, APPLE "/EXPIRED", "2026-11-22", 60);
    add_lot(&fixture, APPLE "/WARM", "2026-11-30", 60);
    add_lot(&fixture, APPLE "/EMPTY", "2026-11-30", 0);
    add_lot(&fixture, GRAPE "/G1", "2026-11-30", 20000);
    add_lot(&fixture, APPLE "/GOOD", "2026-11-30", 60);
    publish(&fixture, "recall", APPLE "/BAD", json_pack("{s:s}", "status", "recalled"));
    publish(&fixture, "recall", GRAPE, json_pack("{s:s}", "status", "suspended"));
    publish(&fixture, "lot", APPLE "/WARM",
            json_pack("{s:s, s:s, s:s, s:[{s:b, s:s, s:s, s:{s:s}}]}", "best_before", "2026-11-30",
                      "cold_chain", "broken", "received", "2026-11-22", "route", "alarm", 1, "at",
                      "2026-11-21T02:00:00.000+09:00", "step", "sensor_reporting", "place", "en",
                      "Truck"));
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, 5 * HOUR, false, report), ==, 1);
    g_assert_cmpuint(json_array_size(report), ==, 6);
    g_assert_cmpstr(reason_of(report, "BAD"), ==, "not_for_sale");
    g_assert_cmpstr(reason_of(report, "EXPIRED"), ==, "not_for_sale");
    g_assert_cmpstr(reason_of(report, "WARM"), ==, "not_for_sale");
    g_assert_cmpstr(reason_of(report, "G1"), ==, "not_for_sale");
    g_assert_cmpstr(reason_of(report, "EMPTY"), ==, "sold_out");
    g_assert_cmpstr(reason_of(report, "GOOD"), ==, "cut_slow");
    close_fixture(&fixture);
}

static void test_paused_is_left_alone(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-23", 200);
    add_lot(&fixture, GRAPE "/G1", "2026-11-23", 90000);
    g_autoptr(json_t) value =
        central_store_feed_value(fixture.central.store, "1", "price", APPLE, NULL);
    json_t *paused = json_deep_copy(value);
    json_object_set_new(paused, "paused", json_true());
    publish(&fixture, "price", APPLE, paused);
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, 5 * HOUR, false, report), ==, 1);
    g_assert_cmpstr(reason_of(report, "L1"), ==, "paused");
    g_assert_cmpint(member_of_price(&fixture, APPLE "/L1", "price"), ==, 0);
    publish(&fixture, "setting", "pricing", json_pack("{s:b}", "enabled", 0));
    g_assert_cmpint(reprice(&fixture, 8 * HOUR, false, NULL), ==, 0);
    close_fixture(&fixture);
}

static void test_dry_run_reports_and_changes_nothing(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-23", 200);
    int64_t version = newest(&fixture);
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, 5 * HOUR, true, report), ==, 1);
    g_assert_cmpstr(reason_of(report, "L1"), ==, "cut_expiry");
    g_assert_cmpint(newest(&fixture), ==, version);
    close_fixture(&fixture);
}

static void test_dwell_and_changes_a_day_hold(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    set_up_store(&fixture, 0, 1800, 2);
    add_lot(&fixture, APPLE "/L1", "2026-11-23", 200);
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, HOUR, false, NULL), ==, 1);
    g_assert_cmpint(reprice(&fixture, HOUR + 29 * MINUTE, false, report), ==, 0);
    g_assert_cmpstr(reason_of(report, "L1"), ==, "held_dwell");
    g_assert_cmpint(reprice(&fixture, HOUR + 30 * MINUTE, false, NULL), ==, 1);
    json_array_clear(report);
    g_assert_cmpint(reprice(&fixture, 3 * HOUR, false, report), ==, 0);
    g_assert_cmpstr(reason_of(report, "L1"), ==, "held_changes");
    close_fixture(&fixture);
}

static void test_a_rise_waits_and_is_not_put_off(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    set_up_store(&fixture, 120, 0, 0);
    add_lot(&fixture, APPLE "/L1", "2026-11-26", 60);
    sell(&fixture, APPLE, "L1", 15, -MINUTE);
    g_assert_cmpint(reprice(&fixture, 0, false, NULL), ==, 1);
    g_assert_cmpint(member_of_price(&fixture, APPLE "/L1", "price"), ==, 1500);
    int64_t version = newest(&fixture);
    sell(&fixture, APPLE, "L1", 1, 30);
    g_assert_cmpint(reprice(&fixture, 60, false, NULL), ==, 0);
    g_assert_cmpint(newest(&fixture), ==, version);
    close_fixture(&fixture);
}

static void test_weighed_goods_are_priced_too(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, GRAPE "/G1", "2026-11-26", 30000);
    sell(&fixture, GRAPE, "G1", 6000, -MINUTE);
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, 0, false, report), ==, 1);
    g_assert_cmpint(member_of_price(&fixture, GRAPE "/G1", "price"), >, 1500);
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(report, 0), "why")), ==,
                    "sells faster than planned: 6.0 kg sold where 1.0 kg were expected");
    close_fixture(&fixture);
}

static void test_yesterday_counts(void)
{
    Fixture slow, fast;
    Fixture *both[] = {&slow, &fast};
    int64_t price[2];
    for (int i = 0; i < 2; i++) {
        open_fixture(both[i]);
        set_price(both[i], APPLE, -2 * DAY);
        add_lot(both[i], APPLE "/L1", "2026-11-26", 90);
        if (i == 1) {
            sell(both[i], APPLE, "L1", 28, -20 * HOUR);
        }
        reprice(both[i], 2 * HOUR, false, NULL);
        price[i] = member_of_price(both[i], APPLE "/L1", "price");
    }
    g_assert_cmpint(price[0], <, price[1]);
    close_fixture(&slow);
    close_fixture(&fast);
}

static void test_one_bad_item_does_not_stop_the_rest(void)
{
    Fixture fixture;
    open_fixture(&fixture);
    add_lot(&fixture, APPLE "/L1", "2026-11-23", 200);
    publish(&fixture, "lot", APPLE "/WRONG", json_pack("{s:s}", "best_before", "soon"));
    add_lot(&fixture, GRAPE "/G1", "2026-11-23", 90000);
    g_autoptr(json_t) report = json_array();
    g_assert_cmpint(reprice(&fixture, 5 * HOUR, false, report), ==, 2);
    g_assert_cmpstr(reason_of(report, "L1"), ==, "cut_expiry");
    g_assert_cmpstr(reason_of(report, "G1"), ==, "cut_expiry");
    g_assert_cmpstr(reason_of(report, "WRONG"), ==, "");
    close_fixture(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/reprice/on_plan_nothing_changes", test_on_plan_nothing_changes);
    g_test_add_func("/sync/reprice/one_large_sale_raises_its_lot_alone",
                    test_one_large_sale_raises_its_lot_alone);
    g_test_add_func("/sync/reprice/a_decision_is_found_again_years_later",
                    test_a_decision_is_found_again_years_later);
    g_test_add_func("/sync/reprice/same_state_same_prices", test_same_state_same_prices);
    g_test_add_func("/sync/reprice/a_lot_that_lies_there_falls_hour_by_hour",
                    test_a_lot_that_lies_there_falls_hour_by_hour);
    g_test_add_func("/sync/reprice/at_night_nothing_is_expected",
                    test_at_night_nothing_is_expected);
    g_test_add_func("/sync/reprice/short_dated_overstock_is_cut_below_cost",
                    test_short_dated_overstock_is_cut_below_cost);
    g_test_add_func("/sync/reprice/lots_not_for_sale_are_not_priced",
                    test_lots_not_for_sale_are_not_priced);
    g_test_add_func("/sync/reprice/paused_is_left_alone", test_paused_is_left_alone);
    g_test_add_func("/sync/reprice/dry_run_reports_and_changes_nothing",
                    test_dry_run_reports_and_changes_nothing);
    g_test_add_func("/sync/reprice/dwell_and_changes_a_day_hold",
                    test_dwell_and_changes_a_day_hold);
    g_test_add_func("/sync/reprice/a_rise_waits_and_is_not_put_off",
                    test_a_rise_waits_and_is_not_put_off);
    g_test_add_func("/sync/reprice/weighed_goods_are_priced_too",
                    test_weighed_goods_are_priced_too);
    g_test_add_func("/sync/reprice/yesterday_counts", test_yesterday_counts);
    g_test_add_func("/sync/reprice/one_bad_item_does_not_stop_the_rest",
                    test_one_bad_item_does_not_stop_the_rest);
    return g_test_run();
}
