/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows are read one by one, items numbered as they come, then sorted and added up. */
#include "pricing/backtest_csv.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4096
#define FIELDS_MAX 64
#define UNITS_MAX 1e9
#define KEY_BYTES 256

const char PRICING_CSV_COLUMNS[] = "day: date, time, transaction_timestamp (ISO 8601) or week (a "
                                   "number); item: sku_id, product_id,\n"
                                   "                gtin, item, brand, type (with store or region, "
                                   "where there is one); sold: qty_kg,\n"
                                   "                quantity, qty, units, sold; price: price, "
                                   "unit_price, avg_price_usd, price_per_oz,\n"
                                   "                or money in sales_value (with retail_disc, "
                                   "coupon_disc added back); category:\n"
                                   "                category, product_category, department";

typedef enum { DAY, WEEK, ITEM, PLACE, UNITS, PRICE, MONEY, OFF1, OFF2, CATEGORY, ROLES } Role;

static const struct {
    const char *name;
    Role role;
} NAMES[] = {
    {"date", DAY},
    {"time", DAY},
    {"transaction_timestamp", DAY},
    {"week", WEEK},
    {"sku_id", ITEM},
    {"product_id", ITEM},
    {"gtin", ITEM},
    {"item", ITEM},
    {"brand", ITEM},
    {"type", ITEM},
    {"store", PLACE},
    {"region", PLACE},
    {"qty_kg", UNITS},
    {"quantity", UNITS},
    {"qty", UNITS},
    {"units", UNITS},
    {"sold", UNITS},
    {"price", PRICE},
    {"unit_price", PRICE},
    {"avg_price_usd", PRICE},
    {"price_per_oz", PRICE},
    {"sales_value", MONEY},
    {"retail_disc", OFF1},
    {"coupon_disc", OFF2},
    {"product_category", CATEGORY},
    {"category", CATEGORY},
    {"department", CATEGORY},
};

typedef struct {
    int column[ROLES]; /* -1 none */
    json_t *items, *categories;
    int room;
} Reader;

/* --- lines --- */

/* Splits in place; quotes are taken off. */
static int split(char *line, char *fields[static FIELDS_MAX])
{
    int count = 0;
    char *at = line;
    while (count < FIELDS_MAX) {
        bool quoted = *at == '"';
        char *from = quoted ? ++at : at, *to = from;
        while (*at != '\0' && (quoted || *at != ',')) {
            if (quoted && *at == '"') {
                if (at[1] != '"') {
                    quoted = false;
                    at++;
                    continue;
                }
                at++;
            }
            *to++ = *at++;
        }
        fields[count++] = from;
        bool more = *at == ',';
        *to = '\0';
        if (!more) {
            break;
        }
        at++;
    }
    return count;
}

/* False at the end. A line beyond the limit is cut; the rest of it is read over. */
static bool read_line(FILE *in, char line[static LINE_MAX_BYTES])
{
    if (fgets(line, LINE_MAX_BYTES, in) == NULL) {
        return false;
    }
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] != '\n') {
        int c;
        while ((c = getc(in)) != EOF && c != '\n') {
        }
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static const char *find_columns(Reader *reader, char *line, char *error, int size)
{
    char *fields[FIELDS_MAX];
    if (strncmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
    }
    int count = split(line, fields);
    for (int r = 0; r < ROLES; r++) {
        reader->column[r] = -1;
    }
    for (size_t n = 0; n < sizeof NAMES / sizeof NAMES[0]; n++) {
        for (int i = 0; i < count; i++) {
            if (strcmp(fields[i], NAMES[n].name) == 0 && reader->column[NAMES[n].role] < 0) {
                reader->column[NAMES[n].role] = i;
            }
        }
    }
    const int *has = reader->column;
    const char *missing = has[DAY] < 0 && has[WEEK] < 0      ? "a day (date, time or week)"
                          : has[ITEM] < 0                    ? "an item (sku_id, product_id)"
                          : has[UNITS] < 0                   ? "what was sold (qty_kg, units)"
                          : has[PRICE] < 0 && has[MONEY] < 0 ? "a price (price, unit_price)"
                                                             : NULL;
    if (missing == NULL) {
        return NULL;
    }
    snprintf(error, (size_t)size, "the first line names no column for %s; see --help", missing);
    return error;
}

/* --- values --- */

static bool read_real(const char *text, double *out)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

static bool digits(const char *text, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

/* Days since 1970-01-01 of "YYYY-MM-DD..." */
static bool read_day(const char *text, int *out)
{
    int y, m, d;
    if (strlen(text) < 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &y) ||
        !digits(text + 5, 2, &m) || !digits(text + 8, 2, &d) || y < 1970 || m < 1 || m > 12 ||
        d < 1 || d > 31) {
        return false;
    }
    int year = m <= 2 ? y - 1 : y, era = year / 400, of_era = year - era * 400;
    int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    *out = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return true;
}

static int number_of(json_t *names, const char *name, int most)
{
    const json_t *known = json_object_get(names, name);
    if (known != NULL) {
        return (int)json_integer_value(known);
    }
    int number = (int)json_object_size(names);
    if (number >= most || json_object_set_new(names, name, json_integer(number)) != 0) {
        return -1; /* not UTF-8, or too many */
    }
    return number;
}

static const char *field(const Reader *reader, char **fields, int count, Role role)
{
    int i = reader->column[role];
    return i >= 0 && i < count ? fields[i] : NULL;
}

static bool read_row(Reader *reader, char **fields, int count, PricingCsvDay *out)
{
    const char *day = field(reader, fields, count, DAY), *week = field(reader, fields, count, WEEK);
    const char *item = field(reader, fields, count, ITEM);
    const char *units = field(reader, fields, count, UNITS);
    const char *price = field(reader, fields, count, PRICE);
    const char *money = field(reader, fields, count, MONEY);
    const char *category = field(reader, fields, count, CATEGORY);
    const char *place = field(reader, fields, count, PLACE);
    double number = 0;
    if (item == NULL || units == NULL || !read_real(units, &out->units) ||
        fabs(out->units) > UNITS_MAX) {
        return false;
    }
    if (day != NULL ? !read_day(day, &out->day)
                    : week == NULL || !read_real(week, &number) || fabs(number) > 100000) {
        return false;
    }
    out->day = day != NULL ? out->day : (int)number * 7;
    if (price != NULL) {
        if (!read_real(price, &out->price)) {
            return false;
        }
    } else {
        double off1 = 0, off2 = 0;
        const char *a = field(reader, fields, count, OFF1), *b = field(reader, fields, count, OFF2);
        if (money == NULL || !read_real(money, &number) || !(out->units > 0) ||
            (a != NULL && !read_real(a, &off1)) || (b != NULL && !read_real(b, &off2))) {
            return false;
        }
        out->price = (number + off1 + off2) / out->units;
    }
    if (!(out->price > 0) || out->price > UNITS_MAX) {
        return false;
    }
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "%s/%s", place != NULL ? place : "", item);
    out->item = number_of(reader->items, key, PRICING_CSV_ITEMS_MAX);
    out->category = number_of(reader->categories, category != NULL ? category : item, 1000);
    out->category = out->category < 0 ? 0 : out->category;
    out->money = out->units * out->price;
    return out->item >= 0;
}

/* --- the table --- */

static int compare(const void *a, const void *b)
{
    const PricingCsvDay *x = a, *y = b;
    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    return x->item < y->item ? -1 : x->item > y->item;
}

/* Rows of one day and item become one; what is not above zero then is left out. */
static void add_up(PricingCsv *csv)
{
    qsort(csv->days, (size_t)csv->count, sizeof *csv->days, compare);
    int kept = 0;
    for (int i = 0; i < csv->count;) {
        PricingCsvDay sum = csv->days[i];
        int j = i + 1;
        for (; j < csv->count && csv->days[j].day == sum.day && csv->days[j].item == sum.item;
             j++) {
            sum.units += csv->days[j].units;
            sum.money += csv->days[j].money;
            sum.price = fmax(sum.price, csv->days[j].price);
        }
        if (sum.units > 0) {
            csv->days[kept++] = sum;
        } else {
            csv->passed_over += j - i;
        }
        i = j;
    }
    csv->count = kept;
}

/* 7 when all days with rows lie whole weeks apart. */
static int period_of(const PricingCsv *csv)
{
    for (int i = 1; i < csv->count; i++) {
        if ((csv->days[i].day - csv->days[0].day) % 7 != 0) {
            return 1;
        }
    }
    return csv->count > 1 && csv->days[csv->count - 1].day > csv->days[0].day ? 7 : 1;
}

static const char *read_rows(FILE *in, Reader *reader, PricingCsv *csv)
{
    char line[LINE_MAX_BYTES], *fields[FIELDS_MAX];
    while (read_line(in, line)) {
        csv->lines++;
        if (csv->count >= PRICING_CSV_ROWS_MAX) {
            return "the file has more than 5,000,000 rows; give a shorter period";
        }
        if (csv->count == reader->room) {
            reader->room = reader->room * 2 + 1024;
            PricingCsvDay *days = realloc(csv->days, (size_t)reader->room * sizeof *days);
            if (days == NULL) {
                return "there is not enough memory for the file";
            }
            csv->days = days;
        }
        PricingCsvDay row = {.day = 0};
        if (read_row(reader, fields, split(line, fields), &row)) {
            csv->days[csv->count++] = row;
        } else {
            csv->passed_over++;
        }
    }
    return csv->count == 0 ? "the file has no row that can be used" : NULL;
}

const char *pricing_csv_read(FILE *in, PricingCsv *out, char *error, int size)
{
    *out = (PricingCsv){.period_days = 1};
    Reader reader = {.items = json_object(), .categories = json_object()};
    char first[LINE_MAX_BYTES];
    const char *problem =
        read_line(in, first) ? find_columns(&reader, first, error, size) : "the file is empty";
    if (problem == NULL) {
        problem = read_rows(in, &reader, out);
    }
    if (problem == NULL) {
        add_up(out);
        out->items = (int)json_object_size(reader.items);
        out->categories = (int)json_object_size(reader.categories);
        out->period_days = period_of(out);
        problem = out->count == 0 ? "nothing was sold in the file" : NULL;
    }
    json_decref(reader.items);
    json_decref(reader.categories);
    if (problem != NULL) {
        pricing_csv_clear(out);
    }
    return problem;
}

void pricing_csv_clear(PricingCsv *csv)
{
    free(csv->days);
    *csv = (PricingCsv){.period_days = 1};
}
