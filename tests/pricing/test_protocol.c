/* SPDX-License-Identifier: GPL-3.0-or-later
 * The program's conversation with a simulated shop, line by line as the price policy protocol says: no
 * violation, no refused change, the same prices as the learner called directly, little memory; and
 * torn lines, which never break it. */
#include "pricing/serve_policy.h"
#include "pricing/sim.h"

#include <glib.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    pid_t pid;
    FILE *to, *from;
    const PricingSim *sim;
    int seq, bad_answers;
} Policy;

static void start(Policy *policy)
{
    int to[2], from[2];
    g_assert_cmpint(pipe(to), ==, 0);
    g_assert_cmpint(pipe(from), ==, 0);
    policy->pid = fork();
    g_assert_cmpint(policy->pid, >=, 0);
    if (policy->pid == 0) {
        close(to[1]);
        close(from[0]);
        _exit(pricing_serve_policy(fdopen(to[0], "r"), fdopen(from[1], "w"), stderr));
    }
    close(to[0]);
    close(from[1]);
    policy->to = fdopen(to[1], "w");
    policy->from = fdopen(from[0], "r");
    g_assert_true(policy->to != NULL && policy->from != NULL);
}

/* Ends it; returns its exit code and its largest resident size. */
static int stop(Policy *policy, long *out_rss_kb)
{
    fputs("{\"type\":\"end\"}\n", policy->to);
    fclose(policy->to);
    struct rusage usage;
    int status = 0;
    g_assert_cmpint(wait4(policy->pid, &status, 0, &usage), ==, policy->pid);
    fclose(policy->from);
    if (out_rss_kb != NULL) {
        *out_rss_kb = usage.ru_maxrss;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Sends one message and reads one answer; new reference, NULL when it is no JSON object. */
static json_t *ask(Policy *policy, json_t *message)
{
    g_assert_nonnull(message);
    g_assert_cmpint(json_dumpf(message, policy->to, JSON_COMPACT), ==, 0);
    fputc('\n', policy->to);
    fflush(policy->to);
    json_decref(message);
    return json_loadf(policy->from, JSON_DISABLE_EOF_CHECK, NULL);
}

static json_t *init_message(const PricingSim *sim, int products)
{
    json_t *list = json_array();
    const PricingSimProduct *facts = pricing_sim_products(sim);
    for (int p = 0; p < products; p++) {
        char id[16], category[16];
        g_snprintf(id, sizeof id, "P%02d", p);
        g_snprintf(category, sizeof category, "C%d", facts[p].category);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:i}", "product",
                                              id, "category", category, "unit_cost",
                                              (json_int_t)facts[p].unit_cost, "list_price",
                                              (json_int_t)facts[p].list_price, "min_price",
                                              (json_int_t)facts[p].min_price, "max_price",
                                              (json_int_t)facts[p].max_price, "disposal_cost",
                                              (json_int_t)facts[p].disposal_cost, "shelf_life_days",
                                              facts[p].shelf_life_days));
    }
    return json_pack("{s:s, s:i, s:s, s:i, s:s, s:i, s:i, s:i, s:i, s:o}", "type", "init",
                     "protocol", 1, "currency", "CNY", "minor_per_unit", 100, "start",
                     "2026-03-02T00:00:00", "epoch_minutes", 60, "open_hour",
                     pricing_sim_open_hour(sim), "close_hour", pricing_sim_close_hour(sim),
                     "max_changes_per_day", pricing_sim_changes_a_day(sim), "products", list);
}

/* "2026-03-02" plus days, a Monday; hour 24 h. */
static void write_time(int day, int hour, char *out, gsize size)
{
    g_autoptr(GDateTime) first = g_date_time_new_utc(2026, 3, 2, 0, 0, 0);
    g_autoptr(GDateTime) at = g_date_time_add_days(first, day);
    g_snprintf(out, size, "%04d-%02d-%02dT%02d:00:00", g_date_time_get_year(at),
               g_date_time_get_month(at), g_date_time_get_day_of_month(at), hour);
}

static json_t *offer_message(const PricingSim *sim, const PricingSimOffer *offer)
{
    char lot[24], product[16], expires[32];
    g_snprintf(lot, sizeof lot, "L%d", offer->lot);
    g_snprintf(product, sizeof product, "P%02d", offer->product);
    write_time(offer->last_day, pricing_sim_close_hour(sim), expires, sizeof expires);
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:I, s:I, s:b}", "lot", lot, "product",
                     product, "expires", expires, "on_hand", (json_int_t)offer->on_hand, "price",
                     (json_int_t)offer->price, "changes_left", offer->changes_left, "sold",
                     (json_int_t)offer->sold, "wasted", (json_int_t)offer->wasted, "closed",
                     offer->closed);
}

static void decide(void *data, int day, int hour, bool control, PricingSimOffer *offers, int count)
{
    Policy *policy = data;
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, offer_message(policy->sim, &offers[i]));
    }
    char time[32];
    write_time(day, hour, time, sizeof time);
    bool open =
        hour >= pricing_sim_open_hour(policy->sim) && hour < pricing_sim_close_hour(policy->sim);
    json_t *answer = ask(policy, json_pack("{s:s, s:i, s:s, s:b, s:b, s:o}", "type", "epoch", "seq",
                                           ++policy->seq, "time", time, "control", control, "open",
                                           open, "offers", list));
    json_t *prices = json_object_get(answer, "prices");
    if (json_integer_value(json_object_get(answer, "seq")) != policy->seq ||
        !json_is_array(prices)) {
        policy->bad_answers++;
    }
    size_t i;
    json_t *price;
    json_array_foreach(prices, i, price)
    {
        const char *lot = json_string_value(json_object_get(price, "lot"));
        bool known = false;
        for (int k = 0; k < count && lot != NULL; k++) {
            if (offers[k].lot == atoi(lot + 1) && !offers[k].closed) {
                offers[k].answer = json_integer_value(json_object_get(price, "price"));
                known = true;
            }
        }
        policy->bad_answers += !known;
    }
    json_decref(answer);
}

static void test_a_run_keeps_every_rule(void)
{
    PricingSimSetup setup = {.seed = 11, .products = 6, .watch_days = 5, .control_days = 5};
    PricingSim *sim = pricing_sim_new(&setup);
    g_assert_nonnull(sim);
    Policy policy = {.sim = sim};
    start(&policy);
    json_t *ready = ask(&policy, init_message(sim, setup.products));
    g_assert_cmpstr(json_string_value(json_object_get(ready, "type")), ==, "ready");
    json_decref(ready);
    PricingSimResult spoken, direct;
    g_assert_true(pricing_sim_run(sim, PRICING_SIM_OTHER, decide, &policy, &spoken));
    long rss_kb = 0;
    g_assert_cmpint(stop(&policy, &rss_kb), ==, 0);
    g_assert_cmpint(policy.bad_answers, ==, 0);
    g_assert_cmpint(spoken.violations, ==, 0);
    g_assert_cmpint(spoken.refused, ==, 0);
    g_assert_true(pricing_sim_run(sim, PRICING_SIM_LEARNER, NULL, NULL, &direct));
    g_assert_cmpfloat(fabs(spoken.margin / direct.margin - 1), <, 0.1);
    g_test_message("%ld KiB resident", rss_kb);
    g_assert_cmpint(rss_kb, <, 64 * 1024);
    pricing_sim_free(sim);
}

/* A line of the protocol with some of its bytes changed, cut or doubled. */
static void tear(GString *line, GRand *rand)
{
    int times = g_rand_int_range(rand, 1, 6);
    for (int i = 0; i < times && line->len > 1; i++) {
        gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)line->len);
        switch (g_rand_int_range(rand, 0, 4)) {
        case 0:
            line->str[at] = (char)g_rand_int_range(rand, 32, 256);
            break;
        case 1:
            g_string_truncate(line, at);
            break;
        case 2:
            g_string_insert(line, (gssize)at, "-99999999999999999999");
            break;
        default:
            g_string_insert(line, (gssize)at, "\"},{\"lot\":\"L1\",\"price\":1e308");
            break;
        }
    }
    for (gsize i = 0; i < line->len; i++) {
        line->str[i] = line->str[i] == '\n' ? ' ' : line->str[i];
    }
}

/* Whatever came, an answer is one JSON object and a price is within its bounds. */
static void check_answer(const char *line, const PricingSimProduct *facts)
{
    json_t *answer = json_loads(line, 0, NULL), *prices = json_object_get(answer, "prices");
    g_assert_true(json_is_object(answer));
    size_t i;
    json_t *entry;
    json_array_foreach(prices, i, entry)
    {
        json_t *price = json_object_get(entry, "price");
        g_assert_true(json_is_integer(price));
        g_assert_cmpint(json_integer_value(price), >=, facts->min_price);
        g_assert_cmpint(json_integer_value(price), <=, facts->max_price);
    }
    json_decref(answer);
}

static void test_torn_lines_never_break_it(void)
{
    static const char *const epoch =
        "{\"type\":\"epoch\",\"seq\":%d,\"time\":\"2026-03-%02dT%02d:00:00\",\"control\":true,"
        "\"open\":true,\"offers\":[{\"lot\":\"L%d\",\"product\":\"P00\","
        "\"expires\":\"2026-03-%02dT22:00:00\",\"on_hand\":%d,\"price\":%d,\"changes_left\":4,"
        "\"sold\":%d,\"wasted\":0,\"closed\":false}]}";
    PricingSimSetup setup = {.seed = 1, .products = 1, .watch_days = 0, .control_days = 1};
    PricingSim *sim = pricing_sim_new(&setup);
    const PricingSimProduct *facts = pricing_sim_products(sim);
    g_autoptr(GRand) rand = g_rand_new_with_seed(42);
    g_autoptr(GString) input = g_string_new(NULL);
    json_t *message = init_message(sim, 1);
    char *init = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    g_string_append_printf(input, "%s\n", init);
    free(init);
    for (int i = 0; i < 600; i++) {
        int day = 2 + i / 24, hour = i % 24;
        g_autoptr(GString) line = g_string_new(NULL);
        g_string_printf(line, epoch, i + 1, day, hour, i / 30, day + 1,
                        g_rand_int_range(rand, -3, 40), (int)facts[0].list_price,
                        g_rand_int_range(rand, 0, 9));
        if (i % 50 == 49) { /* the clock jumps */
            g_string_printf(line, epoch, i + 1, i % 100 == 49 ? 1 : 28, hour, i / 30, 28, 5, 900,
                            0);
            memcpy(strstr(line->str, "2026"), i % 100 == 49 ? "1970" : "9998", 4);
        } else if (g_rand_int_range(rand, 0, 3) > 0) {
            tear(line, rand);
        }
        g_string_append_printf(input, "%s\n", line->str);
    }
    char *answers = NULL;
    size_t size = 0;
    FILE *in = fmemopen(input->str, input->len, "r"), *out = open_memstream(&answers, &size);
    FILE *quiet = fopen("/dev/null", "w");
    g_assert_cmpint(pricing_serve_policy(in, out, quiet), ==, 0);
    fclose(in);
    fclose(out);
    fclose(quiet);
    g_auto(GStrv) lines = g_strsplit(answers, "\n", -1);
    int count = 0;
    for (int i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++, count++) {
        check_answer(lines[i], &facts[0]);
    }
    g_assert_cmpint(count, >, 200); /* the whole lines among them were all answered */
    free(answers);
    pricing_sim_free(sim);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pricing/protocol/a_run_keeps_every_rule", test_a_run_keeps_every_rule);
    g_test_add_func("/pricing/protocol/torn_lines_never_break_it", test_torn_lines_never_break_it);
    return g_test_run();
}
