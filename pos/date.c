/* SPDX-License-Identifier: GPL-3.0-or-later
 * Calendar dates as day numbers and instants as Unix milliseconds. Pure but for the time zone
 * table. */
#include "pos/date.h"

#include <string.h>

#define DAYS_TO_1970 719163 /* day number of 1970-01-01 */
#define DAYS_MAX 3652059    /* day number of 9999-12-31 */
#define MS_A_DAY INT64_C(86400000)
/* The instants whose UTC date is within the calendar above, a day off each end for the offsets. */
#define INSTANT_MIN_MS ((INT64_C(2) - DAYS_TO_1970) * MS_A_DAY)
#define INSTANT_MAX_MS ((INT64_C(0) + DAYS_MAX - 1 - DAYS_TO_1970) * MS_A_DAY)

bool pos_date_from_ymd(int year, int month, int day, PosDate *out)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
        return false;
    }
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    out->days = (int32_t)g_date_get_julian(&date);
    return true;
}

void pos_date_to_ymd(PosDate date, int *out_year, int *out_month, int *out_day)
{
    *out_year = *out_month = *out_day = 0;
    if (date.days < 1 || date.days > DAYS_MAX) {
        return;
    }
    GDate calendar;
    g_date_clear(&calendar, 1);
    g_date_set_julian(&calendar, (guint32)date.days);
    *out_year = g_date_get_year(&calendar);
    *out_month = (int)g_date_get_month(&calendar);
    *out_day = g_date_get_day(&calendar);
}

/* Exactly `digits` ASCII digits at *text, which moves past them; -1 otherwise. */
static int take_number(const char **text, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*text)[i];
        if (!g_ascii_isdigit(c)) {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    *text += digits;
    return value;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted) {
        return false;
    }
    (*text)++;
    return true;
}

static bool take_date(const char **text, PosDate *out)
{
    int year = take_number(text, 4);
    if (year < 0 || !take_char(text, '-')) {
        return false;
    }
    int month = take_number(text, 2);
    if (month < 0 || !take_char(text, '-')) {
        return false;
    }
    int day = take_number(text, 2);
    return day >= 0 && pos_date_from_ymd(year, month, day, out);
}

bool pos_date_parse(const char *text, PosDate *out)
{
    PosDate date;
    if (text == NULL || !take_date(&text, &date) || *text != '\0') {
        return false;
    }
    *out = date;
    return true;
}

char *pos_date_format(PosDate date)
{
    if (date.days == 0) {
        return g_strdup("");
    }
    int year, month, day;
    pos_date_to_ymd(date, &year, &month, &day);
    return g_strdup_printf("%04d-%02d-%02d", year, month, day);
}

PosDate pos_date_add_days(PosDate date, int days)
{
    if (date.days == 0) {
        return date;
    }
    return (PosDate){.days = (int32_t)CLAMP((int64_t)date.days + days, 1, DAYS_MAX)};
}

int pos_date_difference(PosDate a, PosDate b)
{
    return a.days - b.days;
}

int pos_date_weekday(PosDate date)
{
    g_assert(date.days >= 1);
    return (date.days - 1) % 7; /* 0001-01-01 was a Monday */
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

/* The zone's offset from UTC at an instant, whole minutes: RFC 3339 has no seconds there. */
static int32_t offset_minutes(int64_t unix_ms, GTimeZone *zone)
{
    g_autoptr(GTimeZone) local = zone == NULL ? g_time_zone_new_local() : g_time_zone_ref(zone);
    int interval =
        g_time_zone_find_interval(local, G_TIME_TYPE_UNIVERSAL, floor_divide(unix_ms, 1000));
    return interval < 0 ? 0 : g_time_zone_get_offset(local, interval) / 60;
}

PosDate pos_date_of_instant(int64_t unix_ms, GTimeZone *zone)
{
    unix_ms = CLAMP(unix_ms, INSTANT_MIN_MS, INSTANT_MAX_MS);
    int64_t local_ms = unix_ms + offset_minutes(unix_ms, zone) * INT64_C(60000);
    return (PosDate){.days = (int32_t)(floor_divide(local_ms, MS_A_DAY) + DAYS_TO_1970)};
}

char *pos_instant_format(int64_t unix_ms, GTimeZone *zone)
{
    unix_ms = CLAMP(unix_ms, INSTANT_MIN_MS, INSTANT_MAX_MS);
    int32_t offset = offset_minutes(unix_ms, zone);
    int64_t local_ms = unix_ms + offset * INT64_C(60000);
    int64_t day = floor_divide(local_ms, MS_A_DAY);
    int in_day = (int)(local_ms - day * MS_A_DAY);
    int year, month, day_of_month;
    pos_date_to_ymd((PosDate){.days = (int32_t)(day + DAYS_TO_1970)}, &year, &month, &day_of_month);
    int magnitude = ABS(offset);
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", year, month,
                           day_of_month, in_day / 3600000, in_day / 60000 % 60, in_day / 1000 % 60,
                           in_day % 1000, offset < 0 ? '-' : '+', magnitude / 60, magnitude % 60);
}

/* ".123456": digits past the third are cut. True without a fraction as well. */
static bool take_fraction(const char **text, int *out_ms)
{
    *out_ms = 0;
    if (!take_char(text, '.')) {
        return true;
    }
    if (!g_ascii_isdigit(**text)) {
        return false;
    }
    for (int scale = 100; g_ascii_isdigit(**text); scale /= 10, (*text)++) {
        *out_ms += (**text - '0') * scale;
    }
    return true;
}

static bool take_offset(const char **text, int *out_minutes)
{
    if (take_char(text, 'Z') || take_char(text, 'z')) {
        *out_minutes = 0;
        return true;
    }
    int sign = **text == '-' ? -1 : 1;
    if (!take_char(text, '+') && !take_char(text, '-')) {
        return false;
    }
    int hours = take_number(text, 2);
    if (hours < 0 || hours > 23 || !take_char(text, ':')) {
        return false;
    }
    int minutes = take_number(text, 2);
    if (minutes < 0 || minutes > 59) {
        return false;
    }
    *out_minutes = sign * (hours * 60 + minutes);
    return true;
}

bool pos_instant_parse(const char *text, int64_t *out_unix_ms)
{
    PosDate date;
    if (text == NULL || strnlen(text, 65) > 64 || !take_date(&text, &date) ||
        !(take_char(&text, 'T') || take_char(&text, 't'))) {
        return false;
    }
    int hour = take_number(&text, 2);
    if (hour < 0 || hour > 23 || !take_char(&text, ':')) {
        return false;
    }
    int minute = take_number(&text, 2);
    if (minute < 0 || minute > 59 || !take_char(&text, ':')) {
        return false;
    }
    int second = take_number(&text, 2); /* 60 is a leap second (RFC 3339, 5.6) */
    if (second < 0 || second > 60) {
        return false;
    }
    int ms, offset;
    if (!take_fraction(&text, &ms) || !take_offset(&text, &offset) || *text != '\0') {
        return false;
    }
    int64_t days = (int64_t)date.days - DAYS_TO_1970;
    *out_unix_ms =
        days * MS_A_DAY + (((int64_t)hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
    return true;
}
