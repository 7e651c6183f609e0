/* SPDX-License-Identifier: GPL-3.0-or-later
 * Judges price policies in simulated shops: margin by policy and seed, and the share of the gap
 * between the old markdown rule and an oracle that knows the demand. Usage: sim_shop [SEEDS]
 * [PRODUCTS] [CONTROL_DAYS] [HISTORY_DAYS] [FIRST_SEED]. */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>

static int argument(int argc, char **argv, int index, int min, int max, int fallback)
{
    if (index >= argc) {
        return fallback;
    }
    char *end = NULL;
    long value = strtol(argv[index], &end, 10);
    if (end == argv[index] || *end != '\0' || value < min || value > max) {
        fprintf(stderr, "sim_shop: argument %d must be a whole number from %d to %d, not \"%s\"\n",
                index, min, max, argv[index]);
        exit(2);
    }
    return (int)value;
}

int main(int argc, char **argv)
{
    int seeds = argument(argc, argv, 1, 1, 10000, 5);
    SimSetup setup = {.products = argument(argc, argv, 2, 1, 2000, 30),
                      .control_days = argument(argc, argv, 3, 1, 365, 28),
                      .history_days = argument(argc, argv, 4, 0, 365, 14)};
    int first = argument(argc, argv, 5, 0, 1000000, 1);
    double shares = 0, margin[SIM_POLICIES] = {0};
    int64_t violations = 0;
    printf("seed        list        rule        ours      oracle  share  waste%% rule/ours/oracle  "
           "out%% rule/ours/oracle"
           "  changes/tag-day  seconds\n");
    for (int s = 0; s < seeds; s++) {
        setup.seed = (uint64_t)(first + s);
        SimResult r[SIM_POLICIES];
        for (int p = 0; p < SIM_POLICIES; p++) {
            r[p] = sim_run(&setup, (SimPolicy)p);
            margin[p] += r[p].margin;
        }
        const SimResult *rule = &r[SIM_RULE], *ours = &r[SIM_SHOP], *oracle = &r[SIM_ORACLE];
        shares += sim_share(rule, ours, oracle);
        violations += ours->violations;
        printf("%4d  %10.0f  %10.0f  %10.0f  %10.0f  %5.2f  %4.1f %4.1f %4.1f  %4.1f %4.1f %4.1f  "
               "%.2f  %.2f\n",
               first + s, r[SIM_LIST].margin, rule->margin, ours->margin, oracle->margin,
               sim_share(rule, ours, oracle), 100.0 * (double)rule->wasted / (double)rule->handled,
               100.0 * (double)ours->wasted / (double)ours->handled,
               100.0 * (double)oracle->wasted / (double)oracle->handled,
               100 * rule->out_hours / rule->product_hours,
               100 * ours->out_hours / ours->product_hours,
               100 * oracle->out_hours / oracle->product_hours,
               (double)ours->changes / ours->tag_days, ours->seconds);
        fflush(stdout);
    }
    printf("mean share %.3f, share of sums %.3f, violations %lld\n", shares / seeds,
           (margin[SIM_SHOP] - margin[SIM_RULE]) / (margin[SIM_ORACLE] - margin[SIM_RULE]),
           (long long)violations);
    return violations == 0 ? 0 : 1;
}
