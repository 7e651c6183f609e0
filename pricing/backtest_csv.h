/* SPDX-License-Identifier: GPL-3.0-or-later
 * A shop's history from a CSV file as days of items. Columns are found by their names in the first
 * line. */
#pragma once
#include <stdio.h>

#define PRICING_CSV_ROWS_MAX 5000000
#define PRICING_CSV_ITEMS_MAX 200000

/* One item on one day (or week): what it sold and for how much. */
typedef struct {
    int day; /* since 1970-01-01; a week counts as its first day */
    int item, category;
    double units;
    double price; /* the highest that day: the morning's */
    double money;
} PricingCsvDay;

typedef struct {
    PricingCsvDay *days; /* by day, then item; owned */
    int count, items, categories;
    int period_days;         /* 1 or 7 */
    long lines, passed_over; /* passed_over: broken, or returns beyond what was sold */
} PricingCsv;

/* Columns that are understood, one line for --help. */
extern const char PRICING_CSV_COLUMNS[];

/* NULL when it worked, else one sentence (static or in `error`, size bytes). The first bad line does
 * not stop it. */
const char *pricing_csv_read(FILE *in, PricingCsv *out, char *error, int size);
void pricing_csv_clear(PricingCsv *csv);
