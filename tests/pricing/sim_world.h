/* SPDX-License-Identifier: GPL-3.0-or-later
 * A seeded fresh-grocery shop for judging price policies. Its demand has what the policies are not
 * told: curve form, slopes, weekdays, hours, freshness, rivalry of lots, levels that wander from
 * day to day and events that last some days. The same seed gives the same shoppers to every policy.
 */
#pragma once
#include <stdint.h>

typedef enum { SIM_LIST, SIM_RULE, SIM_SHOP, SIM_ORACLE, SIM_POLICIES } SimPolicy;

typedef struct {
    uint64_t seed;
    int products, history_days, control_days;
} SimSetup;

typedef struct {
    double margin; /* over the control days, minor units */
    double revenue;
    int64_t sold, wasted, handled, changes;
    int64_t violations;              /* prices outside their bounds, or more changes than allowed */
    double product_hours, out_hours; /* opening hours of products; those without any stock */
    double tag_days;
    double seconds; /* processor time in the policy */
} SimResult;

SimResult sim_run(const SimSetup *setup, SimPolicy policy);
/* The share of the gap between the rule and the oracle that the shop policy closed. */
double sim_share(const SimResult *rule, const SimResult *shop, const SimResult *oracle);
