/* SPDX-License-Identifier: GPL-3.0-or-later
 * The fold. What always holds: the sums of the days, of the hours, of the operators each are the total; those of
 * categories and products are it for what lines say. */
#include "pos/figures.h"

#include <stdlib.h>
#include <string.h>

#define Z_MAX 500

typedef struct {
    int64_t of[POS_FIGURE_COUNT];
} Sums;

struct PosFigures {
    GTimeZone *zone;
    PosFigureLookup lookup;
    void *user;
    Sums total;
    GHashTable *groups[POS_FIGURES_BY_COUNT]; /* key to Sums */
    GPtrArray *closings;                      /* of json_t*: the Z and X reports, as they came */
};

static const char *const codes[POS_FIGURE_COUNT] = {
    "sales",      "tax",      "cost",      "tickets",      "discounts",
    "deposits",   "rounding", "returns",   "return_count", "post_voids",
    "line_voids", "no_sales", "overrides", "disputes",     "manual_weights",
    "paid_out",   "waste",    "donated",   "received"};

static const char *const group_names[POS_FIGURES_BY_COUNT] = {
    "by_day", "by_hour", "by_category", "by_operator", "by_product", "by_reason"};

const char *pos_figure_code(PosFigure figure)
{
    g_assert(figure >= 0 && figure < POS_FIGURE_COUNT);
    return codes[figure];
}

PosFigures *pos_figures_new(GTimeZone *zone, PosFigureLookup lookup, void *user)
{
    PosFigures *figures = g_new0(PosFigures, 1);
    figures->zone = zone;
    figures->lookup = lookup;
    figures->user = user;
    figures->closings = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    for (int i = 0; i < POS_FIGURES_BY_COUNT; i++) {
        figures->groups[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
    return figures;
}

void pos_figures_free(PosFigures *figures)
{
    if (figures == NULL) {
        return;
    }
    for (int i = 0; i < POS_FIGURES_BY_COUNT; i++) {
        g_hash_table_unref(figures->groups[i]);
    }
    g_ptr_array_unref(figures->closings);
    g_free(figures);
}

/* --- adding ------------------------------------------------------------------------------------------- */

/* Where a record's sums go beside the total. */
typedef struct {
    PosFigures *figures;
    char day[16], hour[4];
    const char *operator_id;
} Place;

static Sums *group(PosFigures *figures, PosFiguresBy by, const char *key)
{
    Sums *sums = g_hash_table_lookup(figures->groups[by], key);
    if (sums == NULL) {
        sums = g_new0(Sums, 1);
        g_hash_table_insert(figures->groups[by], g_strdup(key), sums);
    }
    return sums;
}

static void count(const Place *place, PosFigure figure, int64_t amount)
{
    place->figures->total.of[figure] += amount;
    group(place->figures, POS_FIGURES_BY_DAY, place->day)->of[figure] += amount;
    group(place->figures, POS_FIGURES_BY_HOUR, place->hour)->of[figure] += amount;
    group(place->figures, POS_FIGURES_BY_OPERATOR, place->operator_id)->of[figure] += amount;
}

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value == NULL ? "" : value;
}

static int64_t number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static int64_t cost_of(int64_t unit_cost, const json_t *line)
{
    PosMoney cost;
    bool by_weight = strcmp(text(line, "unit"), "g") == 0;
    int64_t quantity = number(line, "qty");
    PosQuantity of = by_weight ? pos_quantity_grams(quantity) : pos_quantity_each(quantity);
    return pos_money_times(pos_money(unit_cost), of, &cost) ? cost.minor : 0;
}

static void count_goods(const Place *place, const char *category, const char *product,
                        PosFigure figure, int64_t amount)
{
    group(place->figures, POS_FIGURES_BY_CATEGORY, category)->of[figure] += amount;
    group(place->figures, POS_FIGURES_BY_PRODUCT, product)->of[figure] += amount;
}

/* The goods that a row is about: a discount's are those of the first row that it takes from. */
static const json_t *goods_of(const json_t *lines, const json_t *line)
{
    const json_t *of = json_object_get(line, "of");
    int64_t first = json_integer_value(json_is_array(of) ? json_array_get(of, 0) : of);
    for (gsize i = 0; first > 0 && i < json_array_size(lines); i++) {
        const json_t *other = json_array_get(lines, i);
        if (number(other, "line") == first) {
            return other;
        }
    }
    return line;
}

static int rate_of(const json_t *record, const json_t *line, int fallback)
{
    const json_t *own = json_object_get(line, "tax_bp");
    const json_t *table = json_object_get(record, "tax");
    if (json_is_integer(own)) {
        return (int)json_integer_value(own);
    }
    return json_array_size(table) == 1 ? (int)number(json_array_get(table, 0), "rate_bp")
                                       : fallback;
}

static void add_line(const Place *place, const json_t *record, const json_t *lines,
                     const json_t *line)
{
    const char *kind = text(line, "kind");
    int64_t amount = number(line, "amount");
    if (strcmp(kind, "deposit") == 0) {
        count(place, POS_FIGURE_DEPOSITS, amount);
        return;
    }
    const json_t *goods = goods_of(lines, line);
    const char *gtin = text(goods, "gtin");
    const char *department = text(goods, "department");
    PosFigureGoods known = {"", 0, 0};
    if (*gtin) {
        known = place->figures->lookup(gtin, text(goods, "lot"), place->figures->user);
    }
    const char *category = *gtin ? known.category : department;
    const char *product = *gtin ? gtin : department;
    int64_t tax =
        pos_money_tax_inside(pos_money(amount), rate_of(record, line, known.tax_bp)).minor;
    count(place, POS_FIGURE_SALES, amount);
    count_goods(place, category, product, POS_FIGURE_SALES, amount);
    count_goods(place, category, product, POS_FIGURE_TAX, tax);
    if (strcmp(kind, "discount") == 0) {
        count(place, POS_FIGURE_DISCOUNTS, -amount);
        count_goods(place, category, product, POS_FIGURE_DISCOUNTS, -amount);
        return;
    }
    int64_t cost = *gtin ? cost_of(known.unit_cost, line) : 0;
    count(place, POS_FIGURE_COST, cost);
    count_goods(place, category, product, POS_FIGURE_COST, cost);
    count_goods(place, category, product, POS_FIGURE_TICKETS, amount > 0 ? 1 : 0);
    if (strcmp(text(line, "weight_source"), "manual") == 0 && amount > 0) {
        count(place, POS_FIGURE_MANUAL_WEIGHTS, 1);
    }
}

static void add_ticket(const Place *place, const json_t *record, const char *type)
{
    const json_t *lines = json_object_get(record, "lines");
    const json_t *tax = json_object_get(record, "tax");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        add_line(place, record, lines, json_array_get(lines, i));
    }
    for (gsize i = 0; i < json_array_size(tax); i++) {
        count(place, POS_FIGURE_TAX, number(json_array_get(tax, i), "tax"));
    }
    count(place, POS_FIGURE_ROUNDING, number(record, "rounding"));
    if (strcmp(type, "sale") == 0) {
        count(place, POS_FIGURE_TICKETS, 1);
    } else if (strcmp(type, "return") == 0) {
        count(place, POS_FIGURE_RETURNS, -number(record, "total"));
        count(place, POS_FIGURE_RETURN_COUNT, 1);
    } else {
        count(place, POS_FIGURE_POST_VOIDS, 1);
    }
}

static void add_stock_line(const Place *place, const json_t *line, bool is_delivery)
{
    const char *gtin = text(line, "gtin");
    const json_t *own = json_object_get(line, "unit_cost");
    PosFigureGoods known = place->figures->lookup(gtin, text(line, "lot"), place->figures->user);
    int64_t unit_cost = json_is_integer(own) ? json_integer_value(own) : known.unit_cost;
    int64_t cost = cost_of(unit_cost, line);
    const char *reason = text(line, "reason");
    PosFigure figure = is_delivery                      ? POS_FIGURE_RECEIVED
                       : strcmp(reason, "donated") == 0 ? POS_FIGURE_DONATED
                                                        : POS_FIGURE_WASTE;
    count(place, figure, cost);
    count_goods(place, known.category, gtin, figure, cost);
    if (!is_delivery) {
        group(place->figures, POS_FIGURES_BY_REASON, *reason ? reason : "other")->of[figure] +=
            cost;
    }
}

static void add_stock(const Place *place, const json_t *record, bool is_delivery)
{
    const json_t *lines = json_object_get(record, "lines");
    if (!json_is_array(lines)) {
        add_stock_line(place, record, is_delivery);
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        add_stock_line(place, json_array_get(lines, i), is_delivery);
    }
}

static void add_closing(PosFigures *figures, const json_t *record)
{
    if (figures->closings->len < Z_MAX) {
        json_t *copy = json_deep_copy(record);
        g_ptr_array_add(figures->closings, copy);
    }
}

static bool find_place(PosFigures *figures, const json_t *record, Place *out)
{
    int64_t at_ms;
    if (!pos_instant_parse(text(record, "at"), &at_ms)) {
        return false;
    }
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autoptr(GDateTime) local = utc == NULL ? NULL : g_date_time_to_timezone(utc, figures->zone);
    if (local == NULL) {
        return false;
    }
    g_snprintf(out->day, sizeof out->day, "%04d-%02d-%02d", g_date_time_get_year(local),
               g_date_time_get_month(local), g_date_time_get_day_of_month(local));
    g_snprintf(out->hour, sizeof out->hour, "%02d", g_date_time_get_hour(local));
    out->figures = figures;
    out->operator_id = text(record, "operator");
    return true;
}

void pos_figures_add(PosFigures *figures, const json_t *record)
{
    static const struct {
        const char *type;
        PosFigure figure;
    } COUNTED[] = {{"line_void", POS_FIGURE_LINE_VOIDS},
                   {"no_sale", POS_FIGURE_NO_SALES},
                   {"price_override", POS_FIGURE_OVERRIDES},
                   {"price_dispute", POS_FIGURE_DISPUTES}};
    Place place;
    const char *type = text(record, "type");
    if (!find_place(figures, record, &place)) {
        return;
    }
    if (strcmp(type, "sale") == 0 || strcmp(type, "return") == 0 ||
        strcmp(type, "post_void") == 0) {
        add_ticket(&place, record, type);
    } else if (strcmp(type, "write_off") == 0 || strcmp(type, "stock_received") == 0) {
        add_stock(&place, record, strcmp(type, "stock_received") == 0);
    } else if (strcmp(type, "paid_out") == 0) {
        count(&place, POS_FIGURE_PAID_OUT, number(record, "amount"));
    } else if (strcmp(type, "z_report") == 0 || strcmp(type, "x_report") == 0) {
        add_closing(figures, record);
    }
    bool undone = json_is_true(json_object_get(record, "undo")) ||
                  json_is_true(json_object_get(record, "restored"));
    for (gsize i = 0; i < G_N_ELEMENTS(COUNTED) && !undone; i++) {
        if (strcmp(type, COUNTED[i].type) == 0) {
            count(&place, COUNTED[i].figure, 1);
        }
    }
}

/* --- reading ------------------------------------------------------------------------------------------ */

int64_t pos_figures_total(const PosFigures *figures, PosFigure figure)
{
    return figures->total.of[figure];
}

int64_t pos_figures_of(const PosFigures *figures, PosFiguresBy by, const char *key,
                       PosFigure figure)
{
    const Sums *sums = g_hash_table_lookup(figures->groups[by], key);
    return sums == NULL ? 0 : sums->of[figure];
}

static json_t *sums_to_json(const Sums *sums)
{
    json_t *object = json_object();
    for (int i = 0; i < POS_FIGURE_COUNT; i++) {
        if (sums->of[i] != 0) {
            json_object_set_new(object, codes[i], json_integer(sums->of[i]));
        }
    }
    int64_t net = sums->of[POS_FIGURE_SALES] - sums->of[POS_FIGURE_TAX];
    json_object_set_new(object, "net", json_integer(net));
    json_object_set_new(object, "margin", json_integer(net - sums->of[POS_FIGURE_COST]));
    return object;
}

static int compare_keys(const void *a, const void *b, void *user)
{
    (void)user;
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Best first. */
static int compare_sales(const void *a, const void *b, void *user)
{
    GHashTable *sums = user;
    const Sums *x = g_hash_table_lookup(sums, *(const char *const *)a);
    const Sums *y = g_hash_table_lookup(sums, *(const char *const *)b);
    int64_t more = y->of[POS_FIGURE_SALES] - x->of[POS_FIGURE_SALES];
    return more != 0 ? (more > 0 ? 1 : -1) : compare_keys(a, b, NULL);
}

static json_t *group_to_json(GHashTable *sums, bool by_sales, gsize most)
{
    json_t *array = json_array();
    guint length = 0;
    g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(sums, &length);
    g_qsort_with_data(keys, (gint)length, sizeof *keys, by_sales ? compare_sales : compare_keys,
                      sums);
    for (guint i = 0; i < length && i < most; i++) {
        json_t *object = sums_to_json(g_hash_table_lookup(sums, keys[i]));
        json_object_set_new(object, "key", json_string(keys[i]));
        json_array_append_new(array, object);
    }
    return array;
}

json_t *pos_figures_to_json(const PosFigures *figures, gsize products_max)
{
    json_t *object = json_object();
    json_object_set_new(object, "totals", sums_to_json(&figures->total));
    for (int i = 0; i < POS_FIGURES_BY_COUNT; i++) {
        bool products = i == POS_FIGURES_BY_PRODUCT;
        json_object_set_new(
            object, group_names[i],
            group_to_json(figures->groups[i], products, products ? products_max : G_MAXSIZE));
    }
    json_t *closings = json_array();
    for (guint i = 0; i < figures->closings->len; i++) {
        json_array_append(closings, g_ptr_array_index(figures->closings, i));
    }
    json_object_set_new(object, "z", closings);
    return object;
}
