/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of the policy protocol as a conversation: what goes in, what comes out, line by line. */
#include "pricing/serve_policy.h"
#include "pricing/wire.h"

#include <glib.h>
#include <string.h>

#define INIT                                                                                       \
    "{\"type\":\"init\",\"protocol\":1,\"currency\":\"CNY\",\"minor_per_unit\":100,"               \
    "\"start\":\"2026-03-02T00:00:00\",\"epoch_minutes\":60,\"open_hour\":8,\"close_hour\":22,"    \
    "\"max_changes_per_day\":4,\"someday\":[1],\"products\":[{\"product\":\"P01\","                \
    "\"category\":\"bakery\",\"unit_cost\":620,\"list_price\":1080,\"min_price\":324,"             \
    "\"max_price\":1242,\"disposal_cost\":62,\"shelf_life_days\":2,\"colour\":\"brown\"}]}\n"

typedef struct {
    int code;
    char **lines; /* what was answered, NULL at the end */
    char *log;
} Talk;

static Talk talk(const char *input, gssize length)
{
    gsize bytes = length < 0 ? strlen(input) : (gsize)length;
    char *out_text = NULL, *log_text = NULL;
    size_t out_size = 0, log_size = 0;
    FILE *in = bytes > 0 ? fmemopen((void *)(gsize)input, bytes, "r") : fopen("/dev/null", "r");
    FILE *out = open_memstream(&out_text, &out_size), *log = open_memstream(&log_text, &log_size);
    g_assert_true(in != NULL && out != NULL && log != NULL);
    Talk result = {.code = pricing_serve_policy(in, out, log)};
    fclose(in);
    fclose(out);
    fclose(log);
    if (out_size > 0) {
        g_assert_cmpint(out_text[out_size - 1], ==, '\n');
        out_text[out_size - 1] = '\0';
    }
    result.lines = out_size > 0 ? g_strsplit(out_text, "\n", -1) : g_new0(char *, 1);
    result.log = g_strdup(log_text);
    free(out_text);
    free(log_text);
    return result;
}

static void talk_clear(Talk *t)
{
    g_strfreev(t->lines);
    g_free(t->log);
}

static void test_ready_and_prices(void)
{
    Talk t = talk(INIT "{\"type\":\"epoch\",\"seq\":1,\"time\":\"2026-03-02T00:00:00\",\"control\":"
                       "true,\"open\":false,"
                       "\"offers\":[]}\n{\"type\":\"end\"}\nnot read any more\n",
                  -1);
    g_assert_cmpint(t.code, ==, 0);
    g_assert_cmpuint(g_strv_length(t.lines), ==, 2);
    g_assert_cmpstr(t.lines[0], ==, "{\"type\":\"ready\"}");
    g_assert_cmpstr(t.lines[1], ==, "{\"type\":\"prices\",\"seq\":1,\"prices\":[]}");
    g_assert_cmpstr(t.log, ==, "");
    talk_clear(&t);
}

/* Day after day of one product whose lots are far too large: last-day stock must be cut, within the
 * bounds. */
static char *overstocked_days(int days, bool control)
{
    GString *text = g_string_new(INIT);
    int seq = 0;
    for (int day = 2; day < 2 + days; day++) {
        for (int hour = 0; hour < 24; hour++) {
            g_string_append_printf(
                text,
                "{\"type\":\"epoch\",\"seq\":%d,\"time\":\"2026-03-%02dT%02d:00:00\","
                "\"control\":%s,\"open\":true,\"offers\":[",
                ++seq, day, hour, control ? "true" : "false");
            if (hour >= 7 && hour <= 22) {
                int sold = hour > 8 ? 1 : 0;
                int left = 60 - (hour > 8 ? hour - 8 : 0);
                bool closed = hour == 22;
                g_string_append_printf(
                    text,
                    "{\"lot\":\"L%d\",\"product\":\"P01\",\"expires\":\"2026-03-%02dT22:00:00\","
                    "\"on_hand\":%d,\"price\":1080,\"changes_left\":4,\"sold\":%d,\"wasted\":%d,"
                    "\"closed\":%s,\"mood\":null}",
                    day, day, closed ? 0 : left, sold, closed ? left : 0,
                    closed ? "true" : "false");
            }
            g_string_append(text, "]}\n");
        }
    }
    return g_string_free(text, FALSE);
}

static void test_overstock_is_cut_within_bounds(void)
{
    g_autofree char *input = overstocked_days(5, true);
    Talk t = talk(input, -1);
    g_assert_cmpint(t.code, ==, 0);
    g_assert_cmpuint(g_strv_length(t.lines), ==, 1 + 5 * 24);
    int cuts = 0;
    for (int i = 1; t.lines[i] != NULL; i++) {
        g_autofree char *start = g_strdup_printf("{\"type\":\"prices\",\"seq\":%d,", i);
        g_assert_true(g_str_has_prefix(t.lines[i], start));
        const char *price = strstr(t.lines[i], "\"price\":");
        if (price != NULL) {
            gint64 value = g_ascii_strtoll(price + strlen("\"price\":"), NULL, 10);
            g_assert_cmpint(value, >=, 324);
            g_assert_cmpint(value, <=, 1242);
            cuts += value < 700;
        }
    }
    g_assert_cmpint(cuts, >, 10);
    talk_clear(&t);
}

static void test_days_without_control_change_nothing(void)
{
    g_autofree char *input = overstocked_days(3, false);
    Talk t = talk(input, -1);
    for (int i = 1; t.lines[i] != NULL; i++) {
        g_assert_true(g_str_has_suffix(t.lines[i], "\"prices\":[]}"));
    }
    talk_clear(&t);
}

static void test_same_lines_same_answers(void)
{
    g_autofree char *input = overstocked_days(4, true);
    Talk a = talk(input, -1), b = talk(input, -1);
    g_assert_true(g_strv_equal((const char *const *)a.lines, (const char *const *)b.lines));
    talk_clear(&a);
    talk_clear(&b);
}

static void test_faults_are_answered_and_survived(void)
{
    static const struct {
        const char *line, *answer, *log;
    } cases[] = {
        {"{\"type\":\"epo", "{\"type\":\"error\",", "no JSON object"},
        {"[1,2]", "{\"type\":\"error\",", "another JSON value"},
        {"{\"type\":\"end\",\"type\":\"end\"}", "{\"type\":\"error\",", "no JSON object"},
        {"{\"seq\":1}", "{\"type\":\"error\",", "no \"type\""},
        {"{\"type\":\"epoch\",\"seq\":7,\"time\":\"yesterday\",\"offers\":[]}",
         "{\"type\":\"prices\",\"seq\":7,\"prices\":[]}", "\"time\""},
        {"{\"type\":\"epoch\",\"seq\":7,\"time\":\"2026-02-30T08:00:00\",\"offers\":[]}",
         "{\"type\":\"prices\",\"seq\":7,\"prices\":[]}", "\"time\""},
        {"{\"type\":\"epoch\",\"time\":\"2026-03-02T08:00:00\",\"offers\":[]}",
         "{\"type\":\"error\",", "\"seq\""},
        {"{\"type\":\"epoch\",\"seq\":9,\"time\":\"2026-03-02T08:00:00\",\"offers\":[]}",
         "{\"type\":\"prices\",\"seq\":9,\"prices\":[]}", "does not follow"},
        {"{\"type\":\"epoch\",\"seq\":1,\"time\":\"2026-03-02T08:00:00\",\"offers\":[{\"lot\":"
         "\"x\",\"product\":\"P99\"}]}",
         "{\"type\":\"prices\",\"seq\":1,\"prices\":[]}", "P99"},
        {"{\"type\":\"init\",\"protocol\":2}", "{\"type\":\"error\",", "\"protocol\""},
        {"{\"type\":\"init\",\"protocol\":1,\"open_hour\":8,\"close_hour\":8,\"products\":[]}",
         "{\"type\":\"error\",", "\"close_hour\""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *input = g_strconcat(INIT, cases[i].line, "\n", INIT, NULL);
        Talk t = talk(input, -1);
        g_assert_cmpint(t.code, ==, 0);
        g_assert_cmpuint(g_strv_length(t.lines), ==, 3);
        g_assert_true(g_str_has_prefix(t.lines[1], cases[i].answer));
        g_assert_nonnull(strstr(t.log, cases[i].log));
        g_assert_cmpstr(t.lines[2], ==, "{\"type\":\"ready\"}");
        talk_clear(&t);
    }
}

static void test_unknown_type_has_no_answer(void)
{
    Talk t = talk("{\"type\":\"weather\",\"rain\":true}\n" INIT, -1);
    g_assert_cmpuint(g_strv_length(t.lines), ==, 1);
    g_assert_nonnull(strstr(t.log, "weather"));
    talk_clear(&t);
}

static void test_epoch_before_init_has_no_prices(void)
{
    Talk t =
        talk("{\"type\":\"epoch\",\"seq\":1,\"time\":\"2026-03-02T08:00:00\",\"offers\":[]}\n", -1);
    g_assert_cmpstr(t.lines[0], ==, "{\"type\":\"prices\",\"seq\":1,\"prices\":[]}");
    talk_clear(&t);
}

static void test_end_of_input_is_the_end(void)
{
    Talk nothing = talk("", 0), cut = talk("{\"type\":\"init\",\"proto", -1);
    g_assert_cmpint(nothing.code, ==, 0);
    g_assert_null(nothing.lines[0]);
    g_assert_cmpint(cut.code, ==, 0);
    g_assert_true(g_str_has_prefix(cut.lines[0], "{\"type\":\"error\""));
    talk_clear(&nothing);
    talk_clear(&cut);
}

static void test_line_that_is_too_long_is_passed_over(void)
{
    g_autoptr(GString) text = g_string_new("{\"type\":\"");
    for (int i = 0; i < PRICING_WIRE_LINE_MAX; i++) {
        g_string_append_c(text, 'x');
    }
    g_string_append(text, "\"}\n" INIT);
    Talk t = talk(text->str, (gssize)text->len);
    g_assert_cmpuint(g_strv_length(t.lines), ==, 2);
    g_assert_nonnull(strstr(t.lines[0], "1 MiB"));
    g_assert_cmpstr(t.lines[1], ==, "{\"type\":\"ready\"}");
    talk_clear(&t);
}

static void test_output_that_is_gone_is_an_error(void)
{
    FILE *in = fmemopen((void *)(gsize)INIT, strlen(INIT), "r"), *out = fopen("/dev/full", "w");
    char *log_text = NULL;
    size_t log_size = 0;
    FILE *log = open_memstream(&log_text, &log_size);
    g_assert_cmpint(pricing_serve_policy(in, out, log), ==, 1);
    fclose(in);
    fclose(out);
    fclose(log);
    g_assert_nonnull(strstr(log_text, "cannot be written"));
    free(log_text);
}

static void test_times_are_read(void)
{
    PricingWireTime time;
    g_assert_true(pricing_wire_read_time("1970-01-01T00:00:00", &time));
    g_assert_cmpint(time.day, ==, 0);
    g_assert_cmpint(time.weekday, ==, 3);
    g_assert_true(pricing_wire_read_time("2026-03-02T23:30:00", &time));
    g_assert_cmpint(time.day, ==, 20514);
    g_assert_cmpint(time.weekday, ==, 0);
    g_assert_cmpint(time.hour, ==, 23);
    g_assert_cmpint(time.minute, ==, 30);
    g_assert_true(pricing_wire_read_time("2028-02-29T08:00:00", &time));
    static const char *const wrong[] = {"",
                                        "2026-03-02",
                                        "2026-03-02 08:00:00",
                                        "2026-03-02T24:00:00",
                                        "2027-02-29T08:00:00",
                                        "2026-3-02T08:00:00",
                                        "2026-03-02T08:00:00Z"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_false(pricing_wire_read_time(wrong[i], &time));
    }
    g_assert_false(pricing_wire_read_time(NULL, &time));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/serve_policy/ready_and_prices", test_ready_and_prices);
    g_test_add_func("/pricing/serve_policy/overstock_is_cut_within_bounds",
                    test_overstock_is_cut_within_bounds);
    g_test_add_func("/pricing/serve_policy/days_without_control_change_nothing",
                    test_days_without_control_change_nothing);
    g_test_add_func("/pricing/serve_policy/same_lines_same_answers", test_same_lines_same_answers);
    g_test_add_func("/pricing/serve_policy/faults_are_answered_and_survived",
                    test_faults_are_answered_and_survived);
    g_test_add_func("/pricing/serve_policy/unknown_type_has_no_answer",
                    test_unknown_type_has_no_answer);
    g_test_add_func("/pricing/serve_policy/epoch_before_init_has_no_prices",
                    test_epoch_before_init_has_no_prices);
    g_test_add_func("/pricing/serve_policy/end_of_input_is_the_end", test_end_of_input_is_the_end);
    g_test_add_func("/pricing/serve_policy/line_that_is_too_long_is_passed_over",
                    test_line_that_is_too_long_is_passed_over);
    g_test_add_func("/pricing/serve_policy/output_that_is_gone_is_an_error",
                    test_output_that_is_gone_is_an_error);
    g_test_add_func("/pricing/wire/times_are_read", test_times_are_read);
    return g_test_run();
}
