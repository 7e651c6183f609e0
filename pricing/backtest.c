/* SPDX-License-Identifier: GPL-3.0-or-later
 * Walks through the days in order; each is forecast from those before it, then seen. Nothing of a day
 * but its price is known to its forecast. */
#include "pricing/backtest.h"

#include "pricing/backtest_csv.h"
#include "pricing/forecast.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WARM_DAYS 28 /* of the file, before errors count; fewer in a short file */
#define SEEN_MIN 7   /* days of an item before its errors count */
#define EWMA 0.3
#define POINTS_MAX 2000

typedef enum { OURS, NAIVE, EWMA_WAY, WAYS } Way;
static const char *const WAY_NAMES[WAYS] = {"wape", "naive", "ewma"};

/* The plain ways' memory of an item. */
typedef struct {
    int seen;
    double level, last;
    double week[7];
    int week_day[7];
} Plain;

typedef struct {
    double sold;
    double forecast[WAYS];
} Point;

typedef struct {
    const PricingCsv *csv;
    PricingForecast *forecast;
    Plain *plain;
    double weekday_sold[7], factor[7];
    int weekday_days[7];
    double off[WAYS], sold;
    int counted;
    Point *points; /* one a day that counts */
    int points_count;
} Backtest;

static int weekday_of(int day)
{
    return ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
}

/* Mean sales of each weekday relative to their mean, once each was seen. */
static void make_factors(Backtest *b)
{
    double sum = 0;
    bool all = true;
    for (int w = 0; w < 7; w++) {
        all = all && b->weekday_days[w] > 0;
        sum += b->weekday_days[w] > 0 ? b->weekday_sold[w] / b->weekday_days[w] : 0;
    }
    for (int w = 0; w < 7; w++) {
        b->factor[w] = all ? b->weekday_sold[w] / b->weekday_days[w] / (sum / 7) : 1;
    }
}

static double naive_of(const Plain *plain, int day, int weekday)
{
    bool has = plain->seen > 0 && plain->week_day[weekday] == day - 7;
    return has ? plain->week[weekday] : plain->last;
}

static void see_plain(Plain *plain, int day, int weekday, double units, double factor)
{
    double level = units / factor;
    plain->level = plain->seen == 0 ? level : plain->level + EWMA * (level - plain->level);
    plain->last = units;
    plain->week[weekday] = units;
    plain->week_day[weekday] = day;
    plain->seen++;
}

static void judge_row(Backtest *b, const PricingCsvDay *row, bool counts, Point *point)
{
    int weekday = weekday_of(row->day);
    double factor = b->csv->period_days == 1 ? b->factor[weekday] : 1;
    Plain *plain = &b->plain[row->item];
    double said[WAYS] = {pricing_forecast_units(b->forecast, row->item, row->category, row->price),
                         naive_of(plain, row->day, weekday), plain->level * factor};
    if (counts && plain->seen >= SEEN_MIN) {
        for (int w = 0; w < WAYS; w++) {
            b->off[w] += fabs(said[w] - row->units);
            point->forecast[w] += said[w];
        }
        b->sold += row->units;
        point->sold += row->units;
        b->counted++;
    }
    pricing_forecast_seen_today(b->forecast, row->item, row->category, row->units, row->price);
    see_plain(plain, row->day, weekday, row->units, factor);
}

static void walk(Backtest *b)
{
    const PricingCsv *csv = b->csv;
    int first = csv->days[0].day, last = csv->days[csv->count - 1].day;
    int periods = (last - first) / csv->period_days + 1;
    int warm = periods / 3 < WARM_DAYS ? periods / 3 : WARM_DAYS;
    for (int i = 0; i < csv->count;) {
        int day = csv->days[i].day, weekday = weekday_of(day);
        bool counts = (day - first) / csv->period_days >= warm;
        pricing_forecast_day(b->forecast, day, weekday);
        make_factors(b);
        Point point = {.sold = 0};
        double all = 0;
        for (; i < csv->count && csv->days[i].day == day; i++) {
            judge_row(b, &csv->days[i], counts, &point);
            all += csv->days[i].units;
        }
        b->weekday_sold[weekday] += all;
        b->weekday_days[weekday]++;
        if (point.sold > 0) {
            if (b->points_count == POINTS_MAX) { /* the picture keeps the newest */
                memmove(b->points, b->points + 1, (POINTS_MAX - 1) * sizeof *b->points);
                b->points_count--;
            }
            b->points[b->points_count++] = point;
        }
    }
}

/* --- what comes out --- */

static void draw_line(FILE *out, const Backtest *b, int way, double top, const char *style)
{
    fprintf(out, "<polyline fill=\"none\" %s points=\"", style);
    for (int i = 0; i < b->points_count; i++) {
        const Point *p = &b->points[i];
        double value = way < 0 ? p->sold : p->forecast[way];
        int span = b->points_count > 1 ? b->points_count - 1 : 1;
        fprintf(out, "%.1f,%.1f ", 70 + 900.0 * i / span, 380 - 320 * value / top);
    }
    fputs("\"/>\n", out);
}

static bool draw(const Backtest *b, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return false;
    }
    double top = 1e-9;
    for (int i = 0; i < b->points_count; i++) {
        top = fmax(top, fmax(b->points[i].sold, b->points[i].forecast[OURS]));
    }
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 440\" "
          "font-family=\"sans-serif\" font-size=\"16\">\n"
          "<rect width=\"1000\" height=\"440\" fill=\"white\"/>\n",
          out);
    fprintf(out,
            "<text x=\"70\" y=\"30\">Sold (grey), forecast a day ahead (blue), weekday and EWMA "
            "(orange): WAPE %.3f against %.3f</text>\n",
            b->off[OURS] / b->sold, b->off[EWMA_WAY] / b->sold);
    fprintf(out, "<text x=\"62\" y=\"66\" text-anchor=\"end\">%.0f</text>\n", top);
    fputs("<text x=\"62\" y=\"385\" text-anchor=\"end\">0</text>\n"
          "<path d=\"M70 50V380H970\" fill=\"none\" stroke=\"black\"/>\n",
          out);
    draw_line(out, b, -1, top, "stroke=\"#888\" stroke-width=\"3\"");
    draw_line(out, b, EWMA_WAY, top, "stroke=\"#e66100\" stroke-width=\"1\"");
    draw_line(out, b, OURS, top, "stroke=\"#1a5fb4\" stroke-width=\"1.5\"");
    fputs("</svg>\n", out);
    bool ok = ferror(out) == 0;
    return fclose(out) == 0 && ok;
}

static json_t *report(const Backtest *b)
{
    const PricingCsv *csv = b->csv;
    double deviation = 0, elasticity = pricing_forecast_elasticity(b->forecast, &deviation);
    json_t *report = json_object();
    for (int w = 0; w < WAYS; w++) {
        json_object_set_new(report, WAY_NAMES[w], json_real(b->off[w] / b->sold));
    }
    json_t *rest = json_pack(
        "{s:i, s:i, s:i, s:I, s:I, s:s, s:{s:f, s:f}, s:[s,s,s,s]}", "item_days", b->counted,
        "items", csv->items, "days_counted", b->points_count, "lines", (json_int_t)csv->lines,
        "lines_passed_over", (json_int_t)csv->passed_over, "period",
        csv->period_days == 7 ? "week" : "day", "price_effect", "elasticity", elasticity,
        "deviation", deviation, "cannot_be_known",
        "Sales are not demand: a day that sold out would have sold more, and the file does not say "
        "which days did.",
        "Prices were set by people who saw demand, so the price effect above is biased towards "
        "zero; "
        "only prices that were varied on purpose, or a hold-out, tell the true one.",
        "Only items that sold on a day are in the file: a day without a sale is missing, not zero.",
        "What other prices would have earned is not in the file. `simulate`, shadow mode and the "
        "hold-out lots answer that, each with its own doubt.");
    json_object_update(report, rest);
    json_decref(rest);
    return report;
}

static int run(const PricingCsv *csv, const char *picture, FILE *out, FILE *log)
{
    Backtest b = {.csv = csv};
    b.forecast = pricing_forecast_new(csv->items, csv->categories, csv->period_days);
    b.plain = calloc((size_t)csv->items + 1, sizeof *b.plain);
    b.points = calloc(POINTS_MAX, sizeof *b.points);
    int status = 1;
    if (b.forecast == NULL || b.plain == NULL || b.points == NULL) {
        fputs("coster-pricing: there is not enough memory for the file\n", log);
    } else {
        walk(&b);
        if (b.counted == 0) {
            fputs("coster-pricing: the file is too short: no item was seen on more than 7 days\n",
                  log);
        } else if (picture != NULL && !draw(&b, picture)) {
            fprintf(log, "coster-pricing: %s cannot be written\n", picture);
        } else {
            json_t *answer = report(&b);
            bool ok = json_dumpf(answer, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0 &&
                      fputc('\n', out) != EOF && fflush(out) == 0;
            json_decref(answer);
            status = ok ? 0 : 1;
        }
    }
    pricing_forecast_free(b.forecast);
    free(b.plain);
    free(b.points);
    return status;
}

int pricing_backtest(int argc, char **argv, FILE *out, FILE *log)
{
    const char *path = NULL, *picture = NULL;
    bool ok = true;
    for (int i = 0; i < argc && ok; i++) {
        if (strcmp(argv[i], "--picture") == 0) {
            ok = ++i < argc;
            picture = ok ? argv[i] : NULL;
        } else {
            ok = path == NULL && argv[i][0] != '-';
            path = argv[i];
        }
    }
    if (!ok || path == NULL) {
        fputs("coster-pricing: backtest takes FILE.csv and, if wanted, --picture FILE.svg\n", log);
        return 2;
    }
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        fprintf(log, "coster-pricing: %s cannot be read\n", path);
        return 1;
    }
    PricingCsv csv;
    char error[256];
    const char *problem = pricing_csv_read(in, &csv, error, sizeof error);
    fclose(in);
    if (problem != NULL) {
        fprintf(log, "coster-pricing: %s: %s\n", path, problem);
        return 1;
    }
    int status = run(&csv, picture, out, log);
    pricing_csv_clear(&csv);
    return status;
}
