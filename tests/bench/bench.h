/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the benchmark programs share: a monotonic clock, medians and percentiles, one JSON line a figure. */
#pragma once
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double bench_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Processor time of this thread: says what a machine to itself would take, where others keep this one busy. */
static inline double bench_cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Sorts the values. share 0.5 is the median, 0.99 the 99th percentile. */
static inline double bench_share(double *values, gsize count, double share)
{
    qsort(values, count, sizeof *values, bench_compare);
    gsize at = (gsize)((double)count * share);
    return values[MIN(at, count - 1)];
}

/* reference 0: there is none, ratio is left out. */
static inline void bench_print(const char *name, double value, const char *unit, double reference,
                               const char *reference_name)
{
    printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"", name, value, unit);
    if (reference > 0) {
        printf(",\"reference\":%.3f,\"reference_name\":\"%s\",\"ratio\":%.3f", reference,
               reference_name, value / reference);
    }
    printf("}\n");
    fflush(stdout);
}
