/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/report.h"

#include <string.h>

static void add(PosReport *report, const char *json)
{
    json_t *record = json_loads(json, 0, NULL);
    g_assert_nonnull(record);
    pos_report_add(report, record);
    json_decref(record);
}

static int64_t at(const json_t *fields, const char *outer, const char *inner)
{
    const json_t *value = json_object_get(fields, outer);
    return json_integer_value(inner == NULL ? value : json_object_get(value, inner));
}

/* A day whose sums were added up by hand: float 100000; sales 12900 (cash 20000, change 7100) and 2151 (card 2000, cash
 * 151); 5000 in, 3000 out, 50000 to the safe; 900 back in cash. */
static void add_day(PosReport *report)
{
    static const char *const day[] = {
        "{\"type\":\"login\",\"operator\":\"u01\"}",
        "{\"type\":\"open_shift\",\"float\":100000,\"operator\":\"u01\"}",
        "{\"type\":\"sale\",\"operator\":\"u01\",\"receipt\":\"T01-000007\",\"total\":12900,"
        "\"lines\":[{\"discount\":100,\"weight_source\":\"manual\"}],"
        "\"tax\":[{\"base\":11727,\"rate_bp\":1000,\"tax\":1173}],"
        "\"tenders\":[{\"amount\":20000,\"change\":7100,\"kind\":\"cash\"}]}",
        "{\"type\":\"training\",\"of\":\"sale\",\"operator\":\"u01\",\"total\":77777,"
        "\"tenders\":[{\"amount\":77777,\"change\":0,\"kind\":\"cash\"}]}",
        "{\"type\":\"sale\",\"operator\":\"u02\",\"receipt\":\"T01-000008\",\"total\":2151,"
        "\"tax\":[{\"base\":2151,\"rate_bp\":0,\"tax\":0}],"
        "\"tenders\":[{\"amount\":2000,\"change\":0,\"kind\":\"card\"},"
        "{\"amount\":151,\"change\":0,\"kind\":\"cash\"}]}",
        "{\"type\":\"paid_in\",\"amount\":5000,\"operator\":\"u01\"}",
        "{\"type\":\"paid_out\",\"amount\":3000,\"operator\":\"u09\"}",
        "{\"type\":\"safe_drop\",\"amount\":50000,\"operator\":\"u01\"}",
        "{\"type\":\"line_void\",\"amount\":900,\"operator\":\"u01\"}",
        "{\"type\":\"price_override\",\"old_price\":900,\"price\":500,\"operator\":\"u02\"}",
        "{\"type\":\"no_sale\",\"operator\":\"u02\"}",
        "{\"type\":\"return\",\"of_receipt\":\"T01-000001\",\"operator\":\"u01\","
        "\"receipt\":\"T01-000009\",\"total\":-900,"
        "\"tax\":[{\"base\":-900,\"rate_bp\":0,\"tax\":0}],"
        "\"tenders\":[{\"amount\":-900,\"change\":0,\"kind\":\"cash\"}]}",
        "{\"type\":\"something_of_a_later_version\",\"total\":1}",
        "{\"type\":\"x_report\",\"z\":1}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(day); i++) {
        add(report, day[i]);
    }
}

#define DRAWER (100000 + 12900 + 151 + 5000 - 3000 - 50000 - 900)

static void test_a_day_adds_up(void)
{
    g_autoptr(PosReport) report = pos_report_new();
    add_day(report);
    json_t *fields = pos_report_fields(report);
    g_assert_cmpint(at(fields, "sales", "amount"), ==, 15051);
    g_assert_cmpint(at(fields, "sales", "count"), ==, 2);
    g_assert_cmpint(at(fields, "returns", "amount"), ==, -900);
    g_assert_cmpint(at(fields, "net", NULL), ==, 14151);
    g_assert_cmpint(at(fields, "discounts", "amount"), ==, 100);
    g_assert_cmpint(at(fields, "overrides", "amount"), ==, -400);
    g_assert_cmpint(at(fields, "line_voids", "amount"), ==, 900);
    g_assert_cmpint(at(fields, "no_sales", NULL), ==, 1);
    g_assert_cmpint(at(fields, "training", NULL), ==, 1);
    g_assert_cmpint(at(fields, "by_hand", NULL), ==, 1);
    g_assert_cmpint(at(fields, "cash", "expected"), ==, DRAWER);
    g_assert_cmpint(pos_report_expected(report), ==, DRAWER);
    g_assert_null(json_object_get(json_object_get(fields, "cash"), "counted"));
    g_assert_cmpstr(json_string_value(json_object_get(fields, "first_receipt")), ==, "T01-000007");
    g_assert_cmpstr(json_string_value(json_object_get(fields, "last_receipt")), ==, "T01-000009");
    /* Rates ascending, tenders and operators by name. */
    g_autofree char *rates =
        json_dumps(json_object_get(fields, "rates"), JSON_COMPACT | JSON_SORT_KEYS);
    g_assert_cmpstr(rates, ==,
                    "[{\"base\":1251,\"rate_bp\":0,\"tax\":0},"
                    "{\"base\":11727,\"rate_bp\":1000,\"tax\":1173}]");
    g_autofree char *tenders =
        json_dumps(json_object_get(fields, "tenders"), JSON_COMPACT | JSON_SORT_KEYS);
    g_assert_cmpstr(tenders, ==,
                    "[{\"amount\":2000,\"count\":1,\"kind\":\"card\"},"
                    "{\"amount\":12151,\"count\":3,\"kind\":\"cash\"}]");
    const json_t *operators = json_object_get(fields, "operators");
    g_assert_cmpuint(json_array_size(operators), ==, 2);
    g_assert_cmpint(at(json_array_get(operators, 0), "sales", NULL), ==, 12900);
    g_assert_cmpint(at(json_array_get(operators, 0), "returns", NULL), ==, -900);
    g_assert_cmpint(at(json_array_get(operators, 1), "overrides", NULL), ==, 1);
    json_decref(fields);
}

static int64_t said_to_be_expected(const PosReport *report)
{
    json_t *fields = pos_report_fields(report);
    const int64_t expected = at(fields, "cash", "expected");
    json_decref(fields);
    return expected;
}

static void test_a_count_ends_a_shift_and_the_next_begins_anew(void)
{
    g_autoptr(PosReport) report = pos_report_new();
    add_day(report);
    add(report, "{\"type\":\"cash_up\",\"counted\":64000,\"operator\":\"u01\"}");
    g_assert_cmpint(pos_report_expected(report), ==, 0);
    /* Beside what was counted stands what the count should have found. */
    g_assert_cmpint(said_to_be_expected(report), ==, DRAWER);
    add(report, "{\"type\":\"open_shift\",\"float\":20000,\"operator\":\"u02\"}");
    g_assert_cmpint(said_to_be_expected(report), ==, 20000);
    add(report, "{\"type\":\"cash_up\",\"counted\":20001,\"operator\":\"u02\"}");
    json_t *fields = pos_report_fields(report);
    g_assert_cmpint(at(fields, "cash", "counted"), ==, 84001);
    g_assert_cmpint(at(fields, "cash", "expected"), ==, DRAWER + 20000);
    g_assert_cmpint(at(fields, "cash", "over_short"), ==, 64000 - DRAWER + 1);
    g_assert_cmpint(at(fields, "cash", "float"), ==, 120000);
    json_decref(fields);
}

static void test_a_z_ends_the_period(void)
{
    g_autoptr(PosReport) report = pos_report_new();
    add_day(report);
    json_t *z = pos_report_fields(report);
    json_object_set_new(z, "z", json_integer(1));
    json_object_set_new(z, "type", json_string("z_report"));
    g_assert_cmpstr(pos_report_differs(report, z), ==, NULL);
    pos_report_add(report, z);
    g_assert_cmpint(pos_report_z_number(report), ==, 1);
    json_t *next = pos_report_fields(report);
    g_assert_cmpint(at(next, "sales", "count"), ==, 0);
    g_assert_cmpuint(json_array_size(json_object_get(next, "tenders")), ==, 0);
    g_assert_cmpint(at(next, "cash", "expected"), ==, 0);
    g_assert_cmpstr(json_string_value(json_object_get(next, "first_receipt")), ==, "");
    json_decref(next);
    json_decref(z);
}

static void test_a_z_of_version_1_is_checked_as_it_was(void)
{
    g_autoptr(PosReport) report = pos_report_new();
    add_day(report);
    add(report, "{\"type\":\"cash_up\",\"counted\":64000,\"operator\":\"u01\"}");
    json_t *z = pos_report_fields(report);
    json_object_set_new(z, "z", json_integer(1));
    json_object_set_new(z, "report", json_integer(1));
    g_assert_cmpstr(pos_report_differs(report, z), ==, "cash");
    json_object_set_new(json_object_get(z, "cash"), "expected", json_integer(0));
    g_assert_cmpstr(pos_report_differs(report, z), ==, NULL);
    json_object_set_new(z, "net", json_integer(1));
    g_assert_cmpstr(pos_report_differs(report, z), ==, "net");
    json_object_set_new(z, "report", json_integer(POS_REPORT_VERSION + 1));
    g_assert_cmpstr(pos_report_differs(report, z), ==, NULL);
    json_decref(z);
}

/* Whatever member of a Z is changed, it is named. */
static void test_a_z_that_says_something_else_is_named(void)
{
    g_autoptr(PosReport) report = pos_report_new();
    add_day(report);
    json_t *fields = pos_report_fields(report);
    json_object_set_new(fields, "z", json_integer(1));
    const char *key;
    json_t *value;
    int tried = 0;
    json_object_foreach(fields, key, value)
    {
        if (strcmp(key, "report") == 0) {
            continue;
        }
        json_t *forged = json_deep_copy(fields);
        if (json_is_integer(value)) {
            json_object_set_new(forged, key, json_integer(json_integer_value(value) + 1));
        } else if (json_is_string(value)) {
            json_object_set_new(forged, key, json_string("T01-999999"));
        } else if (json_is_array(value)) {
            json_array_remove(json_object_get(forged, key), 0);
        } else {
            json_object_set_new(json_object_get(forged, key), "amount", json_integer(123456));
        }
        g_assert_cmpstr(pos_report_differs(report, forged), ==, key);
        json_decref(forged);
        tried++;
    }
    g_assert_cmpint(tried, ==, 21);
    json_decref(fields);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/report/a_day_adds_up", test_a_day_adds_up);
    g_test_add_func("/pos/report/a_count_ends_a_shift_and_the_next_begins_anew",
                    test_a_count_ends_a_shift_and_the_next_begins_anew);
    g_test_add_func("/pos/report/a_z_ends_the_period", test_a_z_ends_the_period);
    g_test_add_func("/pos/report/a_z_of_version_1_is_checked_as_it_was",
                    test_a_z_of_version_1_is_checked_as_it_was);
    g_test_add_func("/pos/report/a_z_that_says_something_else_is_named",
                    test_a_z_that_says_something_else_is_named);
    return g_test_run();
}
