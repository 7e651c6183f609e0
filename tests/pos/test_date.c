/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/date.c: the calendar, strict parsing, zones with and without summer time. */
#include "pos/date.h"

static void test_every_day_of_the_calendar_round_trips(void)
{
    for (int32_t days = 1; days <= 3652059; days += days < 800000 && days > 400000 ? 1 : 97) {
        int year, month, day;
        PosDate back;
        pos_date_to_ymd((PosDate){.days = days}, &year, &month, &day);
        if (!pos_date_from_ymd(year, month, day, &back) || back.days != days) {
            g_error("day %d became %d-%d-%d", days, year, month, day);
        }
    }
}

static void test_day_numbers_are_anchored(void)
{
    PosDate date;
    g_assert_true(pos_date_from_ymd(1, 1, 1, &date));
    g_assert_cmpint(date.days, ==, 1);
    g_assert_true(pos_date_parse("1970-01-01", &date));
    g_assert_cmpint(date.days, ==, 719163);
    g_assert_cmpint(pos_date_weekday(date), ==, 3);
    g_assert_true(pos_date_parse("2026-11-23", &date));
    g_assert_cmpint(pos_date_weekday(date), ==, 0);
}

static void test_what_is_no_date_is_refused(void)
{
    static const char *const bad[] = {
        "",           "2026-11-31", "2025-02-29",  "2026-1-01",   "2026-11-2",
        "0000-01-01", "2026/11/29", "2026-11-29 ", " 2026-11-29", "20261129",
        "2026-13-01", "2026-00-10", "2026-11-00",  "+026-11-01"};
    PosDate date = {.days = 7};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(pos_date_parse(bad[i], &date));
    }
    g_assert_false(pos_date_parse(NULL, &date));
    g_assert_false(pos_date_from_ymd(10000, 1, 1, &date));
    g_assert_false(pos_date_from_ymd(2026, 2, -1, &date));
    g_assert_cmpint(date.days, ==, 7);
    g_assert_true(pos_date_parse("2024-02-29", &date));
    g_autofree char *text = pos_date_format(date);
    g_assert_cmpstr(text, ==, "2024-02-29");
    g_autofree char *none = pos_date_format((PosDate){0});
    g_assert_cmpstr(none, ==, "");
}

static void test_days_are_added_over_the_end_of_a_year(void)
{
    PosDate date, next;
    g_assert_true(pos_date_parse("2026-12-30", &date));
    g_assert_true(pos_date_parse("2027-01-02", &next));
    g_assert_cmpint(pos_date_add_days(date, 3).days, ==, next.days);
    g_assert_cmpint(pos_date_difference(next, date), ==, 3);
    g_assert_cmpint(pos_date_difference(date, next), ==, -3);
    g_assert_cmpint(pos_date_add_days((PosDate){0}, 3).days, ==, 0);
}

static void check_instant(const char *zone_name, int64_t unix_ms, const char *text,
                          const char *local_date)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    g_assert_nonnull(zone);
    g_autofree char *written = pos_instant_format(unix_ms, zone);
    g_assert_cmpstr(written, ==, text);
    int64_t back;
    g_assert_true(pos_instant_parse(text, &back));
    g_assert_cmpint(back, ==, unix_ms);
    g_autofree char *date = pos_date_format(pos_date_of_instant(unix_ms, zone));
    g_assert_cmpstr(date, ==, local_date);
}

static void test_instants_are_written_in_the_zone(void)
{
    check_instant("Asia/Seoul", INT64_C(1795392000000), "2026-11-23T09:00:00.000+09:00",
                  "2026-11-23");
    check_instant("Asia/Seoul", INT64_C(1795359599999), "2026-11-22T23:59:59.999+09:00",
                  "2026-11-22");
    check_instant("Asia/Seoul", INT64_C(1795359600000), "2026-11-23T00:00:00.000+09:00",
                  "2026-11-23");
    check_instant("Europe/Berlin", INT64_C(1774745999000), "2026-03-29T01:59:59.000+01:00",
                  "2026-03-29");
    check_instant("Europe/Berlin", INT64_C(1774746000000), "2026-03-29T03:00:00.000+02:00",
                  "2026-03-29");
    check_instant("America/St_Johns", INT64_C(1), "1969-12-31T20:30:00.001-03:30", "1969-12-31");
    check_instant("UTC", INT64_C(-1), "1969-12-31T23:59:59.999+00:00", "1969-12-31");
}

static void test_rfc_3339_is_read_and_nothing_else(void)
{
    int64_t ms = 5;
    g_assert_true(pos_instant_parse("2026-11-23T00:00:00Z", &ms));
    g_assert_cmpint(ms, ==, INT64_C(1795392000000));
    g_assert_true(pos_instant_parse("2026-11-23T00:00:00.123456789+00:00", &ms));
    g_assert_cmpint(ms, ==, INT64_C(1795392000123));
    g_assert_true(pos_instant_parse("2026-11-22t14:30:00.5-09:30", &ms));
    g_assert_cmpint(ms, ==, INT64_C(1795392000500));
    g_assert_true(pos_instant_parse("2016-12-31T23:59:60Z", &ms));
    g_assert_cmpint(ms, ==, INT64_C(1483228800000));
    static const char *const bad[] = {
        "",
        "2026-11-23",
        "2026-11-23T00:00:00",
        "2026-11-23 00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T00:60:00Z",
        "2026-11-23T00:00:61Z",
        "2026-11-23T00:00:00.Z",
        "2026-11-23T00:00:00+0900",
        "2026-11-23T00:00:00+24:00",
        "2026-11-23T00:00:00+09:60",
        "2026-11-31T00:00:00Z",
        "2026-11-23T00:00:00Zx",
        "2026-11-23T0:00:00Z",
        "2026-11-23T00:00:00.00000000000000000000000000000000000000000000000000Z",
    };
    ms = 5;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(pos_instant_parse(bad[i], &ms));
    }
    g_assert_cmpint(ms, ==, 5);
}

static void test_instants_beyond_the_calendar_are_clamped(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
    g_autofree char *first = pos_instant_format(INT64_MIN, zone);
    g_autofree char *last = pos_instant_format(INT64_MAX, zone);
    g_assert_true(g_str_has_prefix(first, "0001-01-02T"));
    g_assert_true(g_str_has_prefix(last, "9999-12-30T"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/date/every_day_of_the_calendar_round_trips",
                    test_every_day_of_the_calendar_round_trips);
    g_test_add_func("/pos/date/day_numbers_are_anchored", test_day_numbers_are_anchored);
    g_test_add_func("/pos/date/what_is_no_date_is_refused", test_what_is_no_date_is_refused);
    g_test_add_func("/pos/date/days_are_added_over_the_end_of_a_year",
                    test_days_are_added_over_the_end_of_a_year);
    g_test_add_func("/pos/date/instants_are_written_in_the_zone",
                    test_instants_are_written_in_the_zone);
    g_test_add_func("/pos/date/rfc_3339_is_read_and_nothing_else",
                    test_rfc_3339_is_read_and_nothing_else);
    g_test_add_func("/pos/date/instants_beyond_the_calendar_are_clamped",
                    test_instants_beyond_the_calendar_are_clamped);
    return g_test_run();
}
