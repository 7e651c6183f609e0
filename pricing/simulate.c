/* SPDX-License-Identifier: GPL-3.0-or-later
 * Runs the policies over seeds and adds up what the price policy protocol scores. */
#include "pricing/simulate.h"

#include "pricing/sim.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEEDS_MAX 1000

static const char *const SCENARIOS[PRICING_SIM_SCENARIOS] = {"mixed", "calm", "shocks", "switch"};
static const char *const POLICIES[PRICING_SIM_POLICIES] = {"list",  "rule",   "learner",
                                                           "model", "oracle", "other"};

typedef struct {
    PricingSimSetup setup;
    int seeds;
} Options;

typedef struct {
    const char *name;
    int min, max;
    int *value;
} Number;

static bool read_number(const char *text, const Number *number, FILE *log)
{
    char *end = NULL;
    long value = text != NULL ? strtol(text, &end, 10) : 0;
    if (text == NULL || end == text || *end != '\0' || value < number->min || value > number->max) {
        fprintf(log, "coster-pricing: %s takes a whole number from %d to %d\n", number->name,
                number->min, number->max);
        return false;
    }
    *number->value = (int)value;
    return true;
}

static bool read_scenario(const char *text, PricingSimSetup *setup, FILE *log)
{
    for (int i = 0; i < PRICING_SIM_SCENARIOS; i++) {
        if (text != NULL && strcmp(text, SCENARIOS[i]) == 0) {
            setup->scenario = (PricingSimScenario)i;
            return true;
        }
    }
    fputs("coster-pricing: --scenario is mixed, calm, shocks or switch\n", log);
    return false;
}

static bool read_options(int argc, char **argv, Options *options, FILE *log)
{
    int seed = 1, waste = 0;
    PricingSimSetup *setup = &options->setup;
    *setup = (PricingSimSetup){.products = 30, .watch_days = 14, .control_days = 28};
    options->seeds = 4;
    const Number numbers[] = {
        {"--seeds", 1, SEEDS_MAX, &options->seeds},
        {"--first-seed", 0, 2000000000, &seed},
        {"--products", 1, PRICING_SIM_PRODUCTS_MAX, &setup->products},
        {"--watch-days", 0, PRICING_SIM_DAYS_MAX / 2, &setup->watch_days},
        {"--days", 1, PRICING_SIM_DAYS_MAX / 2, &setup->control_days},
        {"--list-waste-percent", 1, 60, &waste},
    };
    for (int i = 0; i < argc; i += 2) {
        const Number *number = NULL;
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            number = strcmp(argv[i], numbers[k].name) == 0 ? &numbers[k] : number;
        }
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (number == NULL && strcmp(argv[i], "--scenario") != 0) {
            fprintf(log, "coster-pricing: simulate knows no option \"%s\"\n", argv[i]);
            return false;
        }
        if (number != NULL ? !read_number(value, number, log) : !read_scenario(value, setup, log)) {
            return false;
        }
    }
    setup->seed = (uint64_t)seed;
    setup->waste_at_list = waste / 100.0;
    return true;
}

static void add(PricingSimResult *sum, const PricingSimResult *one)
{
    sum->margin += one->margin;
    sum->revenue += one->revenue;
    sum->sold += one->sold;
    sum->wasted += one->wasted;
    sum->handled += one->handled;
    sum->changes += one->changes;
    sum->refused += one->refused;
    sum->violations += one->violations;
    sum->product_hours += one->product_hours;
    sum->out_hours += one->out_hours;
    sum->tag_days += one->tag_days;
}

static double percent(double part, double all)
{
    return all > 0 ? 100 * part / all : 0;
}

static json_t *result_json(const PricingSimResult *r)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:I, s:I}", "margin", r->margin / 100, "revenue",
                     r->revenue / 100, "waste_percent",
                     percent((double)r->wasted, (double)r->handled), "stockout_percent",
                     percent(r->out_hours, r->product_hours), "changes_per_tag_day",
                     r->tag_days > 0 ? (double)r->changes / r->tag_days : 0, "violations",
                     (json_int_t)r->violations, "refused_changes", (json_int_t)r->refused);
}

/* Mean of the seeds' shares with the half width of its 95 % interval. */
static json_t *share_json(const double *share, int count, double pooled)
{
    double sum = 0, square = 0, worst = share[0];
    for (int i = 0; i < count; i++) {
        sum += share[i];
        square += share[i] * share[i];
        worst = fmin(worst, share[i]);
    }
    double mean = sum / count;
    double variance = count > 1 ? fmax(square - count * mean * mean, 0) / (count - 1) : 0;
    return json_pack("{s:f, s:f, s:f, s:f}", "pooled", pooled, "mean", mean, "interval95",
                     1.96 * sqrt(variance / count), "worst", worst);
}

static bool run_seed(const Options *options, int index, PricingSimResult *sums, double *out_share,
                     double *out_seconds)
{
    PricingSimSetup setup = options->setup;
    setup.seed += (uint64_t)index;
    PricingSim *sim = pricing_sim_new(&setup);
    PricingSimResult results[PRICING_SIM_OTHER];
    bool ok = sim != NULL;
    for (int p = 0; ok && p < PRICING_SIM_OTHER; p++) {
        clock_t start = clock();
        ok = pricing_sim_run(sim, (PricingSimPolicy)p, NULL, NULL, &results[p]);
        if (p == PRICING_SIM_LEARNER) {
            *out_seconds += (double)(clock() - start) / CLOCKS_PER_SEC;
        }
        if (ok) {
            add(&sums[p], &results[p]);
        }
    }
    pricing_sim_free(sim);
    if (ok) {
        *out_share = pricing_sim_share(&results[PRICING_SIM_RULE], &results[PRICING_SIM_LEARNER],
                                       &results[PRICING_SIM_ORACLE]);
    }
    return ok;
}

static json_t *report_json(const Options *options, const PricingSimResult *sums,
                           const double *share, double seconds)
{
    const PricingSimSetup *setup = &options->setup;
    json_t *policies = json_object();
    for (int p = 0; p < PRICING_SIM_OTHER; p++) {
        json_object_set_new(policies, POLICIES[p], result_json(&sums[p]));
    }
    double pooled = pricing_sim_share(&sums[PRICING_SIM_RULE], &sums[PRICING_SIM_LEARNER],
                                      &sums[PRICING_SIM_ORACLE]);
    double runs = options->seeds;
    return json_pack("{s:s, s:I, s:i, s:i, s:i, s:i, s:o, s:o, s:f, s:s}", "scenario",
                     SCENARIOS[setup->scenario], "first_seed", (json_int_t)setup->seed, "seeds",
                     options->seeds, "products", setup->products, "watch_days", setup->watch_days,
                     "days", setup->control_days, "share_of_gap",
                     share_json(share, options->seeds, pooled), "policies", policies,
                     "seconds_per_run", seconds / runs, "note",
                     "Made-up shops: they tell policies apart, not what your shop will earn. 0 of "
                     "the gap is the "
                     "old markdown rule, 1 the one who knows the demand and each day's level.");
}

int pricing_simulate(int argc, char **argv, FILE *out, FILE *log)
{
    Options options;
    if (!read_options(argc, argv, &options, log)) {
        return 2;
    }
    double share[SEEDS_MAX] = {0};
    double seconds = 0;
    PricingSimResult sums[PRICING_SIM_OTHER] = {{.margin = 0}};
    for (int i = 0; i < options.seeds; i++) {
        if (!run_seed(&options, i, sums, &share[i], &seconds)) {
            fputs("coster-pricing: there is not enough memory for the simulated shop\n", log);
            return 1;
        }
    }
    json_t *report = report_json(&options, sums, share, seconds);
    bool ok = report != NULL &&
              json_dumpf(report, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0 &&
              fputc('\n', out) != EOF && fflush(out) == 0;
    json_decref(report);
    if (!ok) {
        fputs("coster-pricing: standard output cannot be written\n", log);
    }
    return ok ? 0 : 1;
}
