/* SPDX-License-Identifier: GPL-3.0-or-later
 * Calendar dates as day numbers, and instants as Unix milliseconds. A best-before date has no clock
 * and no zone. All zero is "no date". */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* days: proleptic Gregorian day number, 1 = 0001-01-01; 0 = no date. */
typedef struct {
    int32_t days;
} PosDate;

/* False (out untouched) unless y 1..9999, m 1..12, d 1..last of that month. */
bool pos_date_from_ymd(int year, int month, int day, PosDate *out);
void pos_date_to_ymd(PosDate date, int *out_year, int *out_month, int *out_day);

/* "YYYY-MM-DD" exactly. */
bool pos_date_parse(const char *text, PosDate *out);
/* "YYYY-MM-DD", "" for no date. Owned by the caller. */
char *pos_date_format(PosDate date);

/* date + days; no date stays no date. */
PosDate pos_date_add_days(PosDate date, int days);
/* a - b in days. */
int pos_date_difference(PosDate a, PosDate b);
/* 0 = Monday .. 6 = Sunday. */
int pos_date_weekday(PosDate date);

/* The local date of an instant (Unix ms) in an IANA zone; NULL zone is the machine's. */
PosDate pos_date_of_instant(int64_t unix_ms, GTimeZone *zone);

/* RFC 3339 with offset and milliseconds, "2026-11-23T09:00:00.000+09:00", in the zone (NULL: the
 * machine's). Owned by the caller. */
char *pos_instant_format(int64_t unix_ms, GTimeZone *zone);
/* RFC 3339 with an offset or Z, fraction optional. False when it is anything else. */
bool pos_instant_parse(const char *text, int64_t *out_unix_ms);

G_END_DECLS
