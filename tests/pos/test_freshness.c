/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/freshness.h"

#include <limits.h>

static PosDate date(const char *text)
{
    PosDate result = {0};
    if (text != NULL) {
        g_assert_true(pos_date_parse(text, &result));
    }
    return result;
}

static const PosFreshnessLimits limits = {.amber_days = 1, .warm_amber_dc = 30, .warm_red_dc = 80};

static PosFreshness judge(const PosLot *lot, bool recalled, int amber_days)
{
    PosFreshnessFacts facts = {
        .lot = lot, .recalled = recalled, .today = date("2026-11-23"), .limits = limits};
    facts.limits.amber_days = amber_days;
    return pos_freshness_of(&facts);
}

static PosLot *lot_of(const char *best_before, const char *use_by, bool alarm)
{
    g_autoptr(json_t) value = json_object();
    g_autoptr(GError) error = NULL;
    if (best_before != NULL) {
        json_object_set_new(value, "best_before", json_string(best_before));
    }
    if (use_by != NULL) {
        json_object_set_new(value, "use_by", json_string(use_by));
    }
    if (alarm) {
        json_object_set_new(value, "route",
                            json_pack("[{sbsss{ss}ss}]", "alarm", 1, "at",
                                      "2026-11-20T05:30:00.000+09:00", "place", "en", "Depot",
                                      "step", "shipping"));
    }
    PosLot *lot = pos_lot_from_json("09521234500017", "L1", value, &error);
    g_assert_no_error(error);
    return lot;
}

typedef struct {
    const char *best_before, *use_by;
    bool alarm, recalled;
    PosFreshnessColour colour;
    PosFreshnessReason reason;
    int days_left;
    PosRefusal refusal;
    bool liftable;
} Case;

/* Today is 2026-11-23 and amber begins with one day left. */
static const Case CASES[] = {
    {"2026-11-29", NULL, false, false, POS_FRESHNESS_GREEN, POS_FRESHNESS_FRESH, 6,
     POS_REFUSAL_NONE, false},
    {"2026-11-25", NULL, false, false, POS_FRESHNESS_GREEN, POS_FRESHNESS_FRESH, 2,
     POS_REFUSAL_NONE, false},
    {"2026-11-24", NULL, false, false, POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, 1,
     POS_REFUSAL_NONE, false},
    {"2026-11-23", NULL, false, false, POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, 0,
     POS_REFUSAL_NONE, false},
    {"2026-11-22", NULL, false, false, POS_FRESHNESS_RED, POS_FRESHNESS_PAST_BEST_BEFORE, -1,
     POS_REFUSAL_EXPIRED, true},
    {NULL, "2026-11-23", false, false, POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, 0,
     POS_REFUSAL_NONE, false},
    {NULL, "2026-11-22", false, false, POS_FRESHNESS_RED, POS_FRESHNESS_PAST_USE_BY, -1,
     POS_REFUSAL_EXPIRED, false},
    {"2026-11-22", "2026-11-30", false, false, POS_FRESHNESS_RED, POS_FRESHNESS_PAST_BEST_BEFORE,
     -1, POS_REFUSAL_EXPIRED, true},
    {"2026-11-20", "2026-11-22", false, false, POS_FRESHNESS_RED, POS_FRESHNESS_PAST_USE_BY, -3,
     POS_REFUSAL_EXPIRED, false},
    {"2026-11-29", NULL, true, false, POS_FRESHNESS_RED, POS_FRESHNESS_COLD_CHAIN, 6,
     POS_REFUSAL_COLD_CHAIN, false},
    {"2026-11-22", NULL, true, false, POS_FRESHNESS_RED, POS_FRESHNESS_COLD_CHAIN, -1,
     POS_REFUSAL_COLD_CHAIN, false},
    {NULL, "2026-11-22", true, false, POS_FRESHNESS_RED, POS_FRESHNESS_PAST_USE_BY, -1,
     POS_REFUSAL_EXPIRED, false},
    {"2026-11-22", "2026-11-22", true, true, POS_FRESHNESS_RED, POS_FRESHNESS_RECALLED, -1,
     POS_REFUSAL_RECALLED, false},
    {NULL, NULL, false, false, POS_FRESHNESS_GREEN, POS_FRESHNESS_NO_DATE, INT_MAX,
     POS_REFUSAL_NONE, false},
    {NULL, NULL, false, true, POS_FRESHNESS_RED, POS_FRESHNESS_RECALLED, INT_MAX,
     POS_REFUSAL_RECALLED, false},
};

static void test_worst_reason_wins(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const Case *row = &CASES[i];
        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_autoptr(PosLot) lot = lot_of(row->best_before, row->use_by, row->alarm);
        PosFreshness got = judge(lot, row->recalled, 1);
        g_assert_cmpint(got.colour, ==, row->colour);
        g_assert_cmpint(got.reason, ==, row->reason);
        g_assert_cmpint(got.days_left, ==, row->days_left);
        g_assert_cmpint(pos_freshness_refusal(got), ==, row->refusal);
        g_assert_cmpint(pos_freshness_may_be_lifted(got), ==, row->liftable);
    }
}

static void test_unknown_lot_is_green_unless_recalled(void)
{
    PosFreshness got = judge(NULL, false, 1);
    g_assert_cmpint(got.colour, ==, POS_FRESHNESS_GREEN);
    g_assert_cmpint(got.reason, ==, POS_FRESHNESS_NO_DATE);
    got = judge(NULL, true, 1);
    g_assert_cmpint(got.colour, ==, POS_FRESHNESS_RED);
}

static void test_amber_begins_where_the_store_says(void)
{
    g_autoptr(PosLot) lot = lot_of("2026-11-26", NULL, false);
    for (int amber_days = 0; amber_days < 6; amber_days++) {
        PosFreshness got = judge(lot, false, amber_days);
        g_assert_cmpint(got.colour, ==,
                        amber_days >= 3 ? POS_FRESHNESS_AMBER : POS_FRESHNESS_GREEN);
    }
}

/* A lot good for ten days whose truck showed up to `max_dc`, stored at `storage`. */
static PosFreshness judge_warm(int max_dc, const char *storage, int warm_amber_dc, int warm_red_dc)
{
    g_autoptr(json_t) value =
        json_pack("{s:s, s:[{s:s, s:s, s:i, s:i}]}", "best_before", "2026-12-03", "route", "at",
                  "2026-11-20T05:30:00.000+09:00", "step", "sensor_reporting", "min_dc", 10,
                  "max_dc", max_dc);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosLot) lot = pos_lot_from_json("09521234500017", "L1", value, &error);
    g_assert_no_error(error);
    PosFreshnessFacts facts = {.lot = lot, .storage = storage, .today = date("2026-11-23")};
    facts.limits = (PosFreshnessLimits){1, warm_amber_dc, warm_red_dc};
    return pos_freshness_of(&facts);
}

static void test_a_warm_truck_makes_amber_then_red(void)
{
    static const struct {
        int max_dc;
        const char *storage;
        int warm_amber_dc, warm_red_dc;
        PosFreshnessReason reason;
    } rows[] = {
        {40, "0-4 °C", 30, 80, POS_FRESHNESS_FRESH},
        {70, "0-4 °C", 30, 80, POS_FRESHNESS_FRESH},
        {71, "0-4 °C", 30, 80, POS_FRESHNESS_WARMED},
        {120, "0-4 °C", 30, 80, POS_FRESHNESS_WARMED},
        {121, "0-4 °C", 30, 80, POS_FRESHNESS_COLD_CHAIN},
        {121, "0-4 °C", 30, 0, POS_FRESHNESS_WARMED},
        {121, "0-4 °C", 0, 0, POS_FRESHNESS_FRESH},
        {121, "", 30, 80, POS_FRESHNESS_FRESH},
        {121, "cool and dry", 30, 80, POS_FRESHNESS_FRESH},
        {121, "10-15 °C", 30, 80, POS_FRESHNESS_FRESH},
        {-90, "-18 °C", 30, 80, POS_FRESHNESS_COLD_CHAIN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %" G_GSIZE_FORMAT, i);
        PosFreshness got =
            judge_warm(rows[i].max_dc, rows[i].storage, rows[i].warm_amber_dc, rows[i].warm_red_dc);
        g_assert_cmpint(got.reason, ==, rows[i].reason);
        g_assert_cmpint(pos_freshness_refusal(got), ==,
                        got.reason == POS_FRESHNESS_COLD_CHAIN ? POS_REFUSAL_COLD_CHAIN
                                                               : POS_REFUSAL_NONE);
    }
}

static void test_limits_come_from_the_setting(void)
{
    g_autoptr(json_t) value =
        json_pack("{s:i, s:i, s:s}", "amber_days", 4, "warm_amber_dc", -1, "warm_red_dc", "much");
    PosFreshnessLimits got = pos_freshness_limits_from_json(value);
    g_assert_cmpint(got.amber_days, ==, 4);
    g_assert_cmpint(got.warm_amber_dc, ==, 30);
    g_assert_cmpint(got.warm_red_dc, ==, 80);
    json_object_set_new(value, "warm_red_dc", json_integer(0));
    g_assert_cmpint(pos_freshness_limits_from_json(value).warm_red_dc, ==, 0);
    g_assert_cmpint(pos_freshness_limits_from_json(NULL).amber_days, ==, 1);
}

static void test_each_reason_has_words_in_each_language(void)
{
    static const char *const languages[] = {"ko", "en", "zh-CN"};
    for (int reason = POS_FRESHNESS_FRESH; reason <= POS_FRESHNESS_COLD_CHAIN; reason++) {
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
            PosFreshness freshness = {POS_FRESHNESS_GREEN, (PosFreshnessReason)reason, 3};
            g_assert_true(g_hash_table_add(seen, pos_freshness_words_in(freshness, languages[i])));
        }
    }
    g_autofree char *one = pos_freshness_words_in((PosFreshness){.days_left = 1}, "en-GB");
    g_assert_cmpstr(one, ==, "1 day left");
    g_autofree char *many = pos_freshness_words_in((PosFreshness){.days_left = 100}, "ko");
    g_assert_cmpstr(many, ==, "신선해요");
}

static void test_words_and_codes(void)
{
    static const struct {
        PosFreshness freshness;
        const char *words;
    } rows[] = {
        {{POS_FRESHNESS_GREEN, POS_FRESHNESS_FRESH, 6}, "6 days left"},
        {{POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, 1}, "1 day left"},
        {{POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, 0}, "Last day today"},
        {{POS_FRESHNESS_GREEN, POS_FRESHNESS_NO_DATE, INT_MAX}, "No date"},
        {{POS_FRESHNESS_RED, POS_FRESHNESS_PAST_BEST_BEFORE, -1}, "Past best-before date"},
        {{POS_FRESHNESS_RED, POS_FRESHNESS_PAST_USE_BY, -1}, "Past use-by date"},
        {{POS_FRESHNESS_RED, POS_FRESHNESS_RECALLED, 4}, "Recalled"},
        {{POS_FRESHNESS_RED, POS_FRESHNESS_COLD_CHAIN, 4}, "Cold chain broken"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = pos_freshness_words(rows[i].freshness);
        g_assert_cmpstr(words, ==, rows[i].words);
    }
    g_assert_cmpstr(pos_freshness_code(POS_FRESHNESS_GREEN), ==, "green");
    g_assert_cmpstr(pos_freshness_code(POS_FRESHNESS_AMBER), ==, "amber");
    g_assert_cmpstr(pos_freshness_code(POS_FRESHNESS_RED), ==, "red");
}

static void test_a_broken_chain_counts_without_a_step(void)
{
    g_autoptr(json_t) value =
        json_pack("{ssss}", "best_before", "2026-11-29", "cold_chain", "broken");
    g_autoptr(PosLot) lot = pos_lot_from_json("09521234500017", "L1", value, NULL);
    PosFreshness freshness = judge(lot, false, 1);
    g_assert_cmpint(freshness.reason, ==, POS_FRESHNESS_COLD_CHAIN);
    g_assert_cmpint(pos_freshness_refusal(freshness), ==, POS_REFUSAL_COLD_CHAIN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/freshness/worst_reason_wins", test_worst_reason_wins);
    g_test_add_func("/pos/freshness/unknown_lot_is_green_unless_recalled",
                    test_unknown_lot_is_green_unless_recalled);
    g_test_add_func("/pos/freshness/amber_begins_where_the_store_says",
                    test_amber_begins_where_the_store_says);
    g_test_add_func("/pos/freshness/a_broken_chain_counts_without_a_step",
                    test_a_broken_chain_counts_without_a_step);
    g_test_add_func("/pos/freshness/a_warm_truck_makes_amber_then_red",
                    test_a_warm_truck_makes_amber_then_red);
    g_test_add_func("/pos/freshness/limits_come_from_the_setting",
                    test_limits_come_from_the_setting);
    g_test_add_func("/pos/freshness/each_reason_has_words_in_each_language",
                    test_each_reason_has_words_in_each_language);
    g_test_add_func("/pos/freshness/words_and_codes", test_words_and_codes);
    return g_test_run();
}
