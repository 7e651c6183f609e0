/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the arithmetic of taking back. A row of goods is an anchor; its discounts (as shares) and its deposit hang on it.
 * part(q) of an amount A of Q units is A x q / Q rounded half away from zero; what comes back now is part(before + now) -
 * part(before). Where that is not price x quantity, as a row of a record has to be (weighed goods), a row of its own
 * holds the difference. Pure. */
#include "pos/returning.h"

#include "pos/bounds.h"
#include "pos/cart.h"
#include "pos/discount.h"
#include "pos/error.h"
#include "pos/tax.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    const json_t *row; /* of the sale; borrowed */
    PosLineKind kind;
    int line, tax_bp;
    PosQuantity quantity;
    PosMoney price, amount, tax;
    int64_t before, now; /* anchors: units that came back */
    const char *to;
    gsize *of; /* discounts, deposits: indexes of the anchors; owned */
    gsize of_count;
    PosMoney *share, *tax_share; /* discounts: what each anchor bears, >= 0; owned */
} Row;

struct PosReturning {
    const json_t *sale;
    GArray *rows; /* of Row */
};

static Row *row_at(const PosReturning *returning, gsize index)
{
    return &g_array_index(returning->rows, Row, index);
}

static bool is_anchor(const Row *row)
{
    return row->kind != POS_LINE_DISCOUNT && row->kind != POS_LINE_DEPOSIT;
}

static void row_clear(gpointer data)
{
    Row *row = data;
    g_free(row->of);
    g_free(row->share);
    g_free(row->tax_share);
}

/* --- the sale's rows -------------------------------------------------------------------------------- */

static gsize index_of(const PosReturning *returning, int64_t line)
{
    for (gsize i = 0; i < returning->rows->len; i++) {
        if (row_at(returning, i)->line == line) {
            return i;
        }
    }
    return returning->rows->len;
}

static bool read_row(PosReturning *returning, const json_t *object, GError **error)
{
    static const char where[] = "sale";
    Row row = {.row = object};
    int64_t line, tax_bp;
    const char *unit;
    if (!pos_json_get_int(object, "line", 1, G_MAXINT - 1, where, &line, error) ||
        !pos_json_get_int(object, "qty", -POS_BOUND_AMOUNT_MINOR_MAX, POS_BOUND_AMOUNT_MINOR_MAX,
                          where, &row.quantity.value, error) ||
        !pos_json_get_int(object, "price", -POS_BOUND_AMOUNT_MINOR_MAX, POS_BOUND_AMOUNT_MINOR_MAX,
                          where, &row.price.minor, error) ||
        !pos_json_get_int(object, "amount", -POS_BOUND_AMOUNT_MINOR_MAX, POS_BOUND_AMOUNT_MINOR_MAX,
                          where, &row.amount.minor, error) ||
        !pos_json_get_int_or(object, "tax_bp", 0, 100000, where, 0, &tax_bp, error) ||
        !pos_json_get_string(object, "unit", 8, where, &unit, error)) {
        return false;
    }
    row.line = (int)line;
    row.tax_bp = (int)tax_bp;
    row.quantity.unit = pos_unit_from_code(unit);
    pos_line_kind_from_code(json_string_value(json_object_get(object, "kind")), &row.kind);
    g_array_append_val(returning->rows, row);
    return true;
}

/* What rows of discount and deposit belong to; a bottle that came back belongs to nothing. */
static bool read_of(PosReturning *returning, Row *row, GError **error)
{
    const json_t *of = json_object_get(row->row, "of");
    row->of = g_new(gsize, json_array_size(of) + 1);
    for (gsize i = 0; i < json_array_size(of); i++) {
        gsize index = index_of(returning, json_integer_value(json_array_get(of, i)));
        if (index == returning->rows->len || !is_anchor(row_at(returning, index))) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        _("The receipt's line %d belongs to a line that is not on it."), row->line);
            return false;
        }
        row->of[row->of_count++] = index;
    }
    return true;
}

/* The record's tax on its rows: as it says, else spread as it is when a sale is made. */
static void reckon_tax(PosReturning *returning)
{
    const json_t *table = json_object_get(returning->sale, "tax");
    gsize count = returning->rows->len;
    g_autofree PosMoney *amounts = g_new(PosMoney, count + 1);
    g_autofree PosMoney *parts = g_new(PosMoney, count + 1);
    g_autofree gsize *indexes = g_new(gsize, count + 1);
    for (gsize r = 0; r < json_array_size(table); r++) {
        const json_t *rate = json_array_get(table, r);
        int64_t rate_bp = json_integer_value(json_object_get(rate, "rate_bp"));
        gsize rows = 0;
        bool said = true;
        for (gsize i = 0; i < count; i++) {
            const Row *row = row_at(returning, i);
            if (row->tax_bp == rate_bp) {
                indexes[rows] = i;
                amounts[rows] = row->amount;
                const json_t *tax = json_object_get(row->row, "tax");
                said = said && json_is_integer(tax);
                parts[rows++] = pos_money(json_integer_value(tax));
            }
        }
        if (!said && rows > 0) {
            pos_tax_spread(pos_money(json_integer_value(json_object_get(rate, "tax"))), amounts,
                           rows, (int)CLAMP(rate_bp, 0, 100000), parts);
        }
        for (gsize i = 0; i < rows; i++) {
            row_at(returning, indexes[i])->tax = parts[i];
        }
    }
}

/* Each discount on its lines, in the order of the rows, as pos/cart_settle.c took them. */
static void share_discounts(PosReturning *returning)
{
    gsize count = returning->rows->len;
    g_autofree PosMoney *left = g_new0(PosMoney, count + 1);
    for (gsize i = 0; i < count; i++) {
        const Row *row = row_at(returning, i);
        left[i] = pos_money(is_anchor(row) ? MAX(0, row->amount.minor) : 0);
    }
    for (gsize i = 0; i < count; i++) {
        Row *row = row_at(returning, i);
        if (row->kind != POS_LINE_DISCOUNT || row->of_count == 0) {
            continue;
        }
        PosMoney amount = pos_money(MAX(0, -row->amount.minor));
        row->share = g_new0(PosMoney, row->of_count);
        row->tax_share = g_new0(PosMoney, row->of_count);
        pos_discount_take(amount, left, row->of, row->of_count, row->share);
        PosMoney tax = pos_money(MIN(MAX(0, -row->tax.minor), amount.minor));
        if (amount.minor > 0) {
            pos_money_spread(tax, row->share, row->of_count, row->tax_share);
        }
    }
}

PosReturning *pos_returning_new(const json_t *sale, GError **error)
{
    g_autoptr(PosReturning) returning = g_new0(PosReturning, 1);
    const json_t *lines = json_object_get(sale, "lines");
    returning->sale = sale;
    returning->rows = g_array_new(FALSE, TRUE, sizeof(Row));
    g_array_set_clear_func(returning->rows, row_clear);
    for (gsize i = 0; i < json_array_size(lines); i++) {
        if (!read_row(returning, json_array_get(lines, i), error)) {
            return NULL;
        }
    }
    for (gsize i = 0; i < returning->rows->len; i++) {
        if (!is_anchor(row_at(returning, i)) && !read_of(returning, row_at(returning, i), error)) {
            return NULL;
        }
    }
    reckon_tax(returning);
    share_discounts(returning);
    return g_steal_pointer(&returning);
}

void pos_returning_free(PosReturning *returning)
{
    if (returning == NULL) {
        return;
    }
    g_array_unref(returning->rows);
    g_free(returning);
}

/* --- what comes back -------------------------------------------------------------------------------- */

static Row *anchor_of(const PosReturning *returning, int line)
{
    gsize index = index_of(returning, line);
    Row *row = index < returning->rows->len ? row_at(returning, index) : NULL;
    return row != NULL && is_anchor(row) && row->quantity.value > 0 ? row : NULL;
}

void pos_returning_set_before(PosReturning *returning, int line, int64_t quantity)
{
    Row *row = anchor_of(returning, line);
    if (row != NULL) {
        g_assert(row->now == 0);
        row->before = CLAMP(quantity, 0, row->quantity.value);
    }
}

int64_t pos_returning_left(const PosReturning *returning, int line)
{
    const Row *row = anchor_of(returning, line);
    return row == NULL ? -1 : row->quantity.value - row->before - row->now;
}

PosRefusal pos_returning_take(PosReturning *returning, int line, int64_t quantity, const char *to)
{
    Row *row = anchor_of(returning, line);
    if (row == NULL) {
        return POS_REFUSAL_NO_SUCH_LINE;
    }
    if (quantity <= 0) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    if (quantity > pos_returning_left(returning, line)) {
        return POS_REFUSAL_ALREADY_RETURNED;
    }
    row->now += quantity;
    row->to = strcmp(to, "stock") == 0 ? "stock" : "waste";
    return POS_REFUSAL_NONE;
}

PosRefusal pos_returning_take_all(PosReturning *returning, const char *to)
{
    bool any = false;
    for (gsize i = 0; i < returning->rows->len; i++) {
        const Row *row = row_at(returning, i);
        int64_t left = is_anchor(row) ? pos_returning_left(returning, row->line) : 0;
        any =
            (left > 0 && pos_returning_take(returning, row->line, left, to) == POS_REFUSAL_NONE) ||
            any;
    }
    return any ? POS_REFUSAL_NONE : POS_REFUSAL_ALREADY_RETURNED;
}

/* The part of an amount of the anchor that falls on what comes back now, or (so_far) came back before. */
static int64_t part_now(const Row *anchor, PosMoney amount)
{
    int64_t whole = anchor->quantity.value;
    return pos_money_part(amount, anchor->before + anchor->now, whole).minor -
           pos_money_part(amount, anchor->before, whole).minor;
}

static int64_t part_before(const Row *anchor, PosMoney amount)
{
    return pos_money_part(amount, anchor->before, anchor->quantity.value).minor;
}

/* What the anchors' rows are worth, by one of the two measures. */
static int64_t worth_by(const PosReturning *returning,
                        int64_t (*part)(const Row *anchor, PosMoney amount))
{
    int64_t worth = 0;
    for (gsize i = 0; i < returning->rows->len; i++) {
        const Row *row = row_at(returning, i);
        if (is_anchor(row) && row->quantity.value > 0) {
            worth += part(row, row->amount);
        }
        for (gsize k = 0; k < row->of_count; k++) {
            const Row *anchor = row_at(returning, row->of[k]);
            worth += row->kind == POS_LINE_DEPOSIT ? part(anchor, row->amount)
                                                   : -part(anchor, row->share[k]);
        }
    }
    return worth;
}

PosMoney pos_returning_worth(const PosReturning *returning)
{
    return pos_money(worth_by(returning, part_now));
}

/* Whether nothing of the receipt stays with the customer. */
static bool is_whole(const PosReturning *returning)
{
    for (gsize i = 0; i < returning->rows->len; i++) {
        const Row *row = row_at(returning, i);
        bool stays =
            is_anchor(row) ? row->before + row->now < row->quantity.value : row->of_count == 0;
        if (stays) {
            return false;
        }
    }
    return true;
}

static bool has_bottles(const PosReturning *returning)
{
    for (gsize i = 0; i < returning->rows->len; i++) {
        const Row *row = row_at(returning, i);
        if (row->kind == POS_LINE_DEPOSIT && row->of_count == 0) {
            return true;
        }
    }
    return false;
}

PosMoney pos_returning_due(const PosReturning *returning, int64_t paid_before)
{
    int64_t worth = worth_by(returning, part_now);
    if (paid_before < 0) {
        return pos_money(MAX(0, worth));
    }
    int64_t total = json_integer_value(json_object_get(returning->sale, "total"));
    int64_t so_far = worth + worth_by(returning, part_before);
    /* No more than was paid, also where cash was rounded down; with a bottle back beside it, that stays. */
    so_far = is_whole(returning) ? total : has_bottles(returning) ? so_far : MIN(so_far, total);
    return pos_money(MAX(0, so_far - paid_before));
}

/* --- the record ------------------------------------------------------------------------------------- */

typedef struct {
    const PosReturning *returning;
    json_t *lines;
    int *number_of; /* of the sale's rows: the number of the row that takes it back; 0 none */
} Writing;

static json_t *row_new(Writing *writing, const Row *row, int64_t quantity, int64_t price,
                       int64_t amount, int64_t tax)
{
    static const char *const copied[] = {"gtin",          "lot",  "kind", "name",
                                         "department",    "code", "unit", "list_price",
                                         "price_version", "why"};
    json_t *value = json_object();
    for (gsize i = 0; i < G_N_ELEMENTS(copied); i++) {
        json_t *member = json_object_get(row->row, copied[i]);
        if (member != NULL) {
            json_object_set(value, copied[i], member);
        }
    }
    json_object_set_new(value, "line",
                        json_integer((json_int_t)json_array_size(writing->lines) + 1));
    json_object_set_new(value, "qty", json_integer(quantity));
    json_object_set_new(value, "price", json_integer(price));
    json_object_set_new(value, "amount", json_integer(amount));
    json_object_set_new(value, "tax_bp", json_integer(row->tax_bp));
    if (row->tax_bp > 0) {
        json_object_set_new(value, "tax", json_integer(tax));
    }
    json_array_append_new(writing->lines, value);
    return value; /* borrowed */
}

static void write_anchor(Writing *writing, const Row *row, gsize index)
{
    PosMoney amount = {0};
    int64_t worth = part_now(row, row->amount);
    bool fits = pos_money_times(row->price, (PosQuantity){row->quantity.unit, -row->now}, &amount);
    g_assert(fits); /* no more than the sale's */
    int64_t tax = part_now(row, row->tax);
    json_t *value = row_new(writing, row, -row->now, row->price.minor, amount.minor, -tax);
    int number = (int)json_array_size(writing->lines);
    writing->number_of[index] = number;
    json_object_set_new(value, "of_line", json_integer(row->line));
    json_object_set_new(value, "to", json_string(row->to));
    int64_t rest = -worth - amount.minor;
    if (rest != 0) {
        json_t *other = row_new(writing, row, -1, -rest, rest, 0);
        json_object_set_new(other, "gtin", json_string(""));
        json_object_set_new(other, "lot", json_string(""));
        json_object_set_new(other, "kind", json_string("discount"));
        json_object_set_new(other, "unit", json_string("each"));
        json_object_set_new(other, "list_price", json_integer(-rest));
        json_object_set_new(other, "of", json_pack("[i]", number));
        json_object_set_new(other, "why", json_string("part"));
    }
}

/* The part of a discount row that falls on what comes back, one row for all its lines. */
static void write_discount(Writing *writing, const Row *row)
{
    int64_t back = 0;
    int64_t tax = 0;
    json_t *of = json_array();
    for (gsize k = 0; k < row->of_count; k++) {
        const Row *anchor = row_at(writing->returning, row->of[k]);
        if (anchor->now > 0) {
            back += part_now(anchor, row->share[k]);
            tax += part_now(anchor, row->tax_share[k]);
            json_array_append_new(of, json_integer(writing->number_of[row->of[k]]));
        }
    }
    if (back != 0 || tax != 0) {
        json_t *value = row_new(writing, row, -1, -back, back, tax);
        json_object_set_new(value, "list_price", json_integer(-back));
        json_object_set_new(value, "of_line", json_integer(row->line));
        json_object_set(value, "of", of);
    }
    json_decref(of);
}

static void write_deposit(Writing *writing, const Row *row)
{
    const Row *anchor = row->of_count == 1 ? row_at(writing->returning, row->of[0]) : NULL;
    if (anchor == NULL || anchor->now == 0) {
        return;
    }
    json_t *value = row_new(writing, row, -anchor->now, row->price.minor,
                            -row->price.minor * anchor->now, -part_now(anchor, row->tax));
    json_object_set_new(value, "of_line", json_integer(row->line));
    json_object_set_new(value, "of", json_pack("[i]", writing->number_of[row->of[0]]));
}

/* The tax table: of each rate the rows' amounts and taxes. */
static json_t *write_tax(const json_t *lines)
{
    json_t *table = json_array();
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        int64_t rate = json_integer_value(json_object_get(line, "tax_bp"));
        int64_t tax = json_integer_value(json_object_get(line, "tax"));
        int64_t base = json_integer_value(json_object_get(line, "amount")) - tax;
        gsize at = 0;
        while (at < json_array_size(table) &&
               json_integer_value(json_object_get(json_array_get(table, at), "rate_bp")) < rate) {
            at++;
        }
        json_t *row = json_array_get(table, at);
        if (row == NULL || json_integer_value(json_object_get(row, "rate_bp")) != rate) {
            json_array_insert_new(table, at,
                                  json_pack("{sIsIsI}", "base", (json_int_t)0, "rate_bp",
                                            (json_int_t)rate, "tax", (json_int_t)0));
            row = json_array_get(table, at);
        }
        json_object_set_new(row, "base",
                            json_integer(json_integer_value(json_object_get(row, "base")) + base));
        json_object_set_new(row, "tax",
                            json_integer(json_integer_value(json_object_get(row, "tax")) + tax));
    }
    return table;
}

json_t *pos_returning_to_fields(const PosReturning *returning)
{
    gsize count = returning->rows->len;
    g_autofree int *number_of = g_new0(int, count + 1);
    Writing writing = {returning, json_array(), number_of};
    for (gsize i = 0; i < count; i++) {
        if (is_anchor(row_at(returning, i)) && row_at(returning, i)->now > 0) {
            write_anchor(&writing, row_at(returning, i), i);
        }
    }
    for (gsize i = 0; i < count; i++) {
        const Row *row = row_at(returning, i);
        if (row->kind == POS_LINE_DISCOUNT && row->of_count > 0) {
            write_discount(&writing, row);
        } else if (row->kind == POS_LINE_DEPOSIT) {
            write_deposit(&writing, row);
        }
    }
    json_t *fields = json_object();
    json_object_set_new(fields, "tax", write_tax(writing.lines));
    json_object_set_new(fields, "lines", writing.lines);
    return fields;
}
