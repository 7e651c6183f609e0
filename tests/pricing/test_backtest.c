/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests of `coster-pricing backtest`: files made here with a known answer, broken ones, and the real
 * series where they are at hand. */
#include "pricing/backtest.h"
#include "pricing/forecast.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>

typedef struct {
    int status;
    json_t *report; /* NULL when there is none */
    char *log;
} Outcome;

static Outcome run_words(int argc, char **argv)
{
    Outcome outcome;
    char *out_text = NULL, *log_text = NULL;
    size_t out_size = 0, log_size = 0;
    FILE *out = open_memstream(&out_text, &out_size), *log = open_memstream(&log_text, &log_size);
    outcome.status = pricing_backtest(argc, argv, out, log);
    fclose(out);
    fclose(log);
    outcome.report = out_size > 0 ? json_loads(out_text, 0, NULL) : NULL;
    outcome.log = log_text;
    free(out_text);
    return outcome;
}

static Outcome run_file(const char *path)
{
    char *argv[] = {(char *)path};
    return run_words(1, argv);
}

static Outcome run_text(const char *text)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("backtest-XXXXXX.csv", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    Outcome outcome = run_file(path);
    g_unlink(path);
    return outcome;
}

static void clear(Outcome *outcome)
{
    json_decref(outcome->report);
    free(outcome->log);
}

static double value(const Outcome *outcome, const char *name)
{
    g_assert_cmpint(outcome->status, ==, 0);
    double number = json_real_value(json_object_get(outcome->report, name));
    g_assert_true(isfinite(number));
    return number;
}

static void test_what_repeats_itself_is_forecast(void)
{
    g_autoptr(GString) text = g_string_new("date,sku_id,qty_kg,price\n");
    g_autoptr(GDateTime) first = g_date_time_new_utc(2024, 1, 1, 0, 0, 0);
    for (int day = 0; day < 120; day++) {
        g_autoptr(GDateTime) at = g_date_time_add_days(first, day);
        g_autofree char *date = g_date_time_format(at, "%Y-%m-%d");
        g_string_append_printf(text, "%s,a,%d,5.0\n", date, day % 7 < 5 ? 100 : 200);
        g_string_append_printf(text, "%s,b,%d,5.0\n", date, day % 7 < 5 ? 40 : 80);
    }
    Outcome outcome = run_text(text->str);
    g_assert_cmpfloat(value(&outcome, "wape"), <, 0.1);
    g_assert_cmpfloat(value(&outcome, "naive"), <, 1e-9);
    clear(&outcome);
}

static void test_an_absurd_history_gives_numbers_or_one_sentence(void)
{
    static const char *const texts[] = {
        "",
        "date,sku_id\n",
        "date,sku_id,qty_kg,price\n",
        "date,sku_id,qty_kg,price\n2024-01-01,a,-5,3\n",
        "date,sku_id,qty_kg,price\nnonsense\n,,,\n2024-13-45,a,1,1\n2024-01-01,a,nan,1\n",
        "date,sku_id,qty_kg,price\n2024-01-01,a,1,0\n2024-01-02,a,1e300,1\n",
        "date,sku_id,qty_kg,price\n2024-01-01,a,1,1\n",
        "week,brand,units,price_per_oz\n1e30,1,1,1\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        Outcome outcome = run_text(texts[i]);
        g_assert_cmpint(outcome.status, ==, 1);
        g_assert_null(outcome.report);
        g_assert_true(g_str_has_prefix(outcome.log, "coster-pricing: "));
        clear(&outcome);
    }
}

static void test_broken_lines_are_counted_not_fatal(void)
{
    g_autoptr(GString) text = g_string_new("date,sku_id,qty_kg,price\r\n");
    g_autoptr(GDateTime) first = g_date_time_new_utc(2024, 1, 1, 0, 0, 0);
    for (int day = 0; day < 60; day++) {
        int then = day < 30 ? day : day + 365; /* away for a year */
        g_autoptr(GDateTime) at = g_date_time_add_days(first, then);
        g_autofree char *date = g_date_time_format(at, "%Y-%m-%d");
        g_string_append_printf(text, "%s,\"a \"\"x\"\"\",%d,5.0\r\nbroken\r\n", date, 1 + day % 9);
    }
    Outcome outcome = run_text(text->str);
    g_assert_cmpfloat(value(&outcome, "wape"), >, 0);
    g_assert_cmpint(json_integer_value(json_object_get(outcome.report, "lines_passed_over")), ==,
                    60);
    clear(&outcome);
}

static void test_a_planted_elasticity_is_found(void)
{
    PricingForecast *forecast = pricing_forecast_new(20, 1, 1);
    g_assert_nonnull(forecast);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int day = 0; day < 200; day++) {
        pricing_forecast_day(forecast, day, day % 7);
        for (int item = 0; item < 20; item++) {
            double price = exp(0.3 * (g_rand_double(rand) - 0.5));
            double noise = 0.2 * (g_rand_double(rand) - 0.5);
            pricing_forecast_seen_today(forecast, item, 0, 50 * exp(-1.8 * log(price) + noise),
                                        price);
        }
    }
    double deviation = 0, found = pricing_forecast_elasticity(forecast, &deviation);
    g_test_message("planted -1.8, found %.2f +- %.2f", found, deviation);
    g_assert_cmpfloat(fabs(found + 1.8), <, 0.35);
    g_assert_cmpfloat(deviation, >, 0);
    pricing_forecast_free(forecast);
}

static void test_real_series_beat_the_plain_ways(void)
{
    const char *data = g_getenv("COSTER_TEST_DATA");
    static const char *const names[] = {"veg_daily_2020-07_2022-12", "avocado_2015_2016",
                                        "oj_dominicks_stores_a", "completejourney_fresh_2017",
                                        "veg_tills_2023-06-16_30_fragment"};
    if (data == NULL) {
        g_test_skip("COSTER_TEST_DATA is not set: the real series are not at hand");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("%s/pricing/%s.csv", data, names[i]);
        Outcome outcome = run_file(path);
        g_assert_cmpfloat(value(&outcome, "wape"), <, value(&outcome, "ewma"));
        g_assert_cmpfloat(value(&outcome, "wape"), <, value(&outcome, "naive"));
        clear(&outcome);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/backtest/what_repeats_itself_is_forecast",
                    test_what_repeats_itself_is_forecast);
    g_test_add_func("/pricing/backtest/an_absurd_history_gives_numbers_or_one_sentence",
                    test_an_absurd_history_gives_numbers_or_one_sentence);
    g_test_add_func("/pricing/backtest/broken_lines_are_counted_not_fatal",
                    test_broken_lines_are_counted_not_fatal);
    g_test_add_func("/pricing/backtest/a_planted_elasticity_is_found",
                    test_a_planted_elasticity_is_found);
    g_test_add_func("/pricing/backtest/real_series_beat_the_plain_ways",
                    test_real_series_beat_the_plain_ways);
    return g_test_run();
}
