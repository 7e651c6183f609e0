/* SPDX-License-Identifier: GPL-3.0-or-later
 * The cart as it is kept on disk, and a row as a record has it. What is read goes through the same checks as a scan, so
 * that a file cannot hold more than a cart may. Pure. */
#include "pos/cart_private.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <limits.h>
#include <string.h>

#define SOURCE_BYTES 160 /* "offer:" and the key of a feed's item */

/* --- in a record ---------------------------------------------------------------------------------- */

static const char *const AGE_CHECKS[] = {"", "born", "seen"};

static json_t *of_to_json(const GArray *of)
{
    json_t *list = json_array();
    for (guint i = 0; of != NULL && i < of->len; i++) {
        json_array_append_new(list, json_integer(g_array_index(of, int, i)));
    }
    return list;
}

static void set_kind_fields(json_t *value, const PosCartLine *line)
{
    json_object_set_new(value, "kind", json_string(pos_line_kind_code(line->kind)));
    if (line->of != NULL) {
        json_object_set_new(value, "of", of_to_json(line->of));
    }
    if (line->why != NULL) {
        json_object_set_new(value, "why", json_string(line->why));
    }
    if (line->approver != NULL) {
        json_object_set_new(value, "approver", json_string(line->approver));
    }
    if (line->kind == POS_LINE_DEPARTMENT) {
        json_object_set_new(value, "department", json_string(line->department));
        json_object_set_new(value, "name", json_string(pos_names_in(&line->names, NULL)));
    }
    if (line->code != NULL) {
        json_object_set_new(value, "code", json_string(line->code));
    }
}

json_t *pos_cart_line_to_fields(const PosCartLine *line)
{
    json_t *value = json_object();
    json_object_set_new(value, "amount", json_integer(line->amount.minor));
    json_object_set_new(value, "gtin", json_string(line->gtin));
    json_object_set_new(value, "line", json_integer(line->line));
    json_object_set_new(value, "list_price", json_integer(line->list_price.minor));
    json_object_set_new(value, "lot", json_string(line->lot));
    json_object_set_new(value, "price", json_integer(line->price.minor));
    json_object_set_new(value, "price_version", json_integer(line->price_version));
    json_object_set_new(value, "qty", json_integer(line->quantity.value));
    json_object_set_new(value, "tax_bp", json_integer(line->tax_bp));
    json_object_set_new(value, "unit", json_string(pos_unit_code(line->quantity.unit)));
    if (line->kind != POS_LINE_GOODS) {
        set_kind_fields(value, line);
    }
    if (line->weighed_by_hand || line->weighed_on_scale) {
        const char *source = line->weighed_by_hand ? "manual" : "scale";
        json_object_set_new(value, "weight_source", json_string(source));
    }
    if (line->tare_g > 0) {
        json_object_set_new(value, "tare_g", json_integer(line->tare_g));
    }
    if (line->overridden) {
        json_object_set_new(value, "overridden", json_true());
    }
    if (line->lifted_by[0] != '\0') {
        json_object_set_new(value, "lifted_by", json_string(line->lifted_by));
    }
    if (line->age_min > 0) {
        json_object_set_new(value, "age_min", json_integer(line->age_min));
        json_object_set_new(value, "age_check", json_string(AGE_CHECKS[line->age_check]));
    }
    return value;
}

/* --- as it is kept on disk ------------------------------------------------------------------------ */

static json_t *freshness_to_json(PosFreshness freshness)
{
    json_t *value = json_object();
    json_object_set_new(value, "colour", json_integer(freshness.colour));
    json_object_set_new(value, "reason", json_integer(freshness.reason));
    json_object_set_new(value, "days_left", json_integer(freshness.days_left));
    return value;
}

static void set_date(json_t *object, const char *key, PosDate date)
{
    g_autofree char *text = pos_date_format(date);
    json_object_set_new(object, key, json_string(text));
}

static void set_text_if(json_t *value, const char *key, const char *text)
{
    if (text != NULL) {
        json_object_set_new(value, key, json_string(text));
    }
}

/* What few lines have; absent means that they have it not. */
static void extras_to_json(json_t *value, const PosCartLine *line)
{
    if (line->kind != POS_LINE_GOODS) {
        json_object_set_new(value, "kind", json_string(pos_line_kind_code(line->kind)));
    }
    if (line->deposit.minor != 0) {
        json_object_set_new(value, "deposit", json_integer(line->deposit.minor));
        json_object_set_new(value, "deposit_tax_bp", json_integer(line->deposit_tax_bp));
    }
    if (line->age_min != 0) {
        json_object_set_new(value, "age_min", json_integer(line->age_min));
        json_object_set_new(value, "age_check", json_integer(line->age_check));
    }
    set_text_if(value, "department", line->department);
    set_text_if(value, "code", line->code);
    set_text_if(value, "why", line->why);
    set_text_if(value, "approver", line->approver);
    set_text_if(value, "source", line->source);
    if (line->of != NULL) {
        json_object_set_new(value, "of", of_to_json(line->of));
    }
}

static json_t *line_to_json(const PosCartLine *line)
{
    json_t *value = json_object();
    json_object_set_new(value, "line", json_integer(line->line));
    json_object_set_new(value, "gtin", json_string(line->gtin));
    json_object_set_new(value, "lot", json_string(line->lot));
    json_object_set_new(value, "lot_scanned", json_boolean(line->lot_scanned));
    json_object_set_new(value, "names", pos_names_to_json(&line->names));
    json_object_set_new(value, "origin", json_string(line->origin));
    set_date(value, "best_before", line->best_before);
    set_date(value, "use_by", line->use_by);
    json_object_set_new(value, "unit", json_string(pos_unit_code(line->quantity.unit)));
    json_object_set_new(value, "qty", json_integer(line->quantity.value));
    json_object_set_new(value, "price", json_integer(line->price.minor));
    json_object_set_new(value, "list_price", json_integer(line->list_price.minor));
    json_object_set_new(value, "price_version", json_integer(line->price_version));
    json_object_set_new(value, "tax_bp", json_integer(line->tax_bp));
    json_object_set_new(value, "by_hand", json_boolean(line->weighed_by_hand));
    json_object_set_new(value, "on_scale", json_boolean(line->weighed_on_scale));
    json_object_set_new(value, "tare_g", json_integer(line->tare_g));
    json_object_set_new(value, "overridden", json_boolean(line->overridden));
    json_object_set_new(value, "lifted_by", json_string(line->lifted_by));
    json_object_set_new(value, "freshness", freshness_to_json(line->freshness));
    extras_to_json(value, line);
    return value;
}

static json_t *discounts_to_json(const PosCart *cart)
{
    json_t *list = json_array();
    for (guint i = 0; i < cart->discounts->len; i++) {
        const PosCartDiscount *discount = &g_array_index(cart->discounts, PosCartDiscount, i);
        json_array_append_new(list, json_pack("{sisisbsIssss}", "number", discount->number, "line",
                                              discount->line, "percent", discount->is_percent,
                                              "value", (json_int_t)discount->value, "why",
                                              discount->why, "approver", discount->approver));
    }
    return list;
}

json_t *pos_cart_to_json(const PosCart *cart)
{
    json_t *value = json_object();
    json_t *lines = json_array();
    for (guint i = 0; i < cart->lines->len; i++) {
        json_array_append_new(lines, line_to_json(&g_array_index(cart->lines, PosCartLine, i)));
    }
    json_object_set_new(value, "lines", lines);
    json_object_set_new(value, "next_line", json_integer(cart->next_line));
    if (cart->next_discount > 1) {
        json_object_set_new(value, "discounts", discounts_to_json(cart));
        json_object_set_new(value, "next_discount", json_integer(cart->next_discount));
    }
    if (cart->age_years != 0) {
        json_object_set_new(value, "age_years", json_integer(cart->age_years));
        json_object_set_new(value, "age_check", json_integer(cart->age_check));
    }
    if (cart->exchange != NULL) {
        json_object_set(value, "exchange", cart->exchange);
    }
    return value;
}

static bool read_text(const json_t *object, const char *key, gsize bytes_max, char **out,
                      GError **error)
{
    const char *text = NULL;
    if (!pos_json_get_string(object, key, bytes_max, "open cart", &text, error)) {
        return false;
    }
    g_free(*out);
    *out = g_strdup(text);
    return true;
}

static bool read_date(const json_t *object, const char *key, PosDate *out, GError **error)
{
    const char *text = NULL;
    if (!pos_json_get_string(object, key, 10, "open cart", &text, error)) {
        return false;
    }
    if (text[0] != '\0' && !pos_date_parse(text, out)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, "open cart: \"%s\" is no date: \"%s\"",
                    key, text);
        return false;
    }
    return true;
}

static bool read_amount(const json_t *object, const char *key, int64_t min, PosMoney *out,
                        GError **error)
{
    int64_t minor = 0;
    if (!pos_json_get_int(object, key, min, POS_BOUND_AMOUNT_MINOR_MAX, "open cart", &minor,
                          error)) {
        return false;
    }
    *out = pos_money(minor);
    return true;
}

static bool read_int(const json_t *object, const char *key, int64_t min, int64_t max, int *out,
                     GError **error)
{
    int64_t value = 0;
    if (!pos_json_get_int(object, key, min, max, "open cart", &value, error)) {
        return false;
    }
    *out = (int)value;
    return true;
}

static bool read_freshness(const json_t *object, PosFreshness *out, GError **error)
{
    const json_t *value = json_object_get(object, "freshness");
    int colour = 0;
    int reason = 0;
    if (!read_int(value, "colour", POS_FRESHNESS_GREEN, POS_FRESHNESS_RED, &colour, error) ||
        !read_int(value, "reason", POS_FRESHNESS_FRESH, POS_FRESHNESS_COLD_CHAIN, &reason, error) ||
        !read_int(value, "days_left", INT_MIN, INT_MAX, &out->days_left, error)) {
        return false;
    }
    out->colour = (PosFreshnessColour)colour;
    out->reason = (PosFreshnessReason)reason;
    return true;
}

static bool read_optional(const json_t *object, const char *key, gsize bytes_max, char **out,
                          GError **error)
{
    return json_object_get(object, key) == NULL || read_text(object, key, bytes_max, out, error);
}

static bool read_of(const json_t *list, PosCartLine *line, GError **error)
{
    if (list == NULL) {
        return true;
    }
    line->of = g_array_new(FALSE, FALSE, sizeof(int));
    bool fine = json_is_array(list) && json_array_size(list) <= POS_BOUND_CART_LINES;
    for (gsize i = 0; fine && i < json_array_size(list); i++) {
        json_int_t number = json_integer_value(json_array_get(list, i));
        int of = (int)number;
        fine = number >= 1 && number < INT_MAX;
        g_array_append_val(line->of, of);
    }
    if (!fine) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "open cart: \"of\" must be a list of line numbers");
    }
    return fine;
}

static bool read_extras(const json_t *object, PosCartLine *line, GError **error)
{
    int64_t deposit_tax_bp = 0;
    int64_t age_min = 0;
    int64_t age_check = 0;
    if (!pos_json_get_int_or(object, "deposit", 0, POS_BOUND_AMOUNT_MINOR_MAX, "open cart", 0,
                             &line->deposit.minor, error) ||
        !pos_json_get_int_or(object, "deposit_tax_bp", 0, 100000, "open cart", 0, &deposit_tax_bp,
                             error) ||
        !pos_json_get_int_or(object, "age_min", 0, 150, "open cart", 0, &age_min, error) ||
        !pos_json_get_int_or(object, "age_check", 0, POS_AGE_SEEN, "open cart", 0, &age_check,
                             error) ||
        !read_optional(object, "department", 32, &line->department, error) ||
        !read_optional(object, "code", POS_BOUND_NOTE_BYTES, &line->code, error) ||
        !read_optional(object, "why", POS_BOUND_NAME_BYTES, &line->why, error) ||
        !read_optional(object, "approver", POS_BOUND_OPERATOR_BYTES, &line->approver, error) ||
        !read_optional(object, "source", SOURCE_BYTES, &line->source, error) ||
        !read_of(json_object_get(object, "of"), line, error)) {
        return false;
    }
    line->deposit_tax_bp = (int)deposit_tax_bp;
    line->age_min = (int)age_min;
    line->age_check = (PosAgeCheck)age_check;
    bool is_derived = line->kind == POS_LINE_DISCOUNT || line->of != NULL;
    bool whole = line->kind != POS_LINE_DEPARTMENT || line->department != NULL;
    whole = whole && (line->kind != POS_LINE_DISCOUNT || (line->why != NULL && line->of != NULL));
    whole = whole && is_derived == (line->source != NULL);
    if (!whole) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "open cart: a row lacks what its kind needs");
    }
    return whole;
}

/* What carts of before did not say. */
static bool read_weighing(const json_t *object, PosCartLine *line, GError **error)
{
    line->weighed_on_scale = json_is_true(json_object_get(object, "on_scale"));
    return pos_json_get_int_or(object, "tare_g", 0, POS_BOUND_GRAMS_MAX, "open cart", 0,
                               &line->tare_g, error);
}

static bool read_line(const json_t *object, PosCartLine *line, GError **error)
{
    const char *gtin = NULL;
    const char *unit = NULL;
    const char *kind = NULL;
    if (!pos_json_get_string_or(object, "kind", 16, "open cart", "", &kind, error)) {
        return false;
    }
    if (!pos_line_kind_from_code(kind, &line->kind)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, "open cart: \"kind\" \"%s\" is not known",
                    kind);
        return false;
    }
    bool may_be_negative = line->kind == POS_LINE_DISCOUNT || line->kind == POS_LINE_DEPOSIT;
    int64_t floor = may_be_negative ? -POS_BOUND_AMOUNT_MINOR_MAX : 0;
    if (!read_int(object, "line", 1, INT_MAX - 1, &line->line, error) ||
        !pos_json_get_string(object, "gtin", 14, "open cart", &gtin, error) ||
        !read_text(object, "lot", POS_BOUND_LOT_BYTES, &line->lot, error) ||
        !pos_json_get_bool(object, "lot_scanned", "open cart", &line->lot_scanned, error) ||
        !pos_names_from_json(object, "names", "open cart", &line->names, error) ||
        !read_text(object, "origin", POS_BOUND_NAME_BYTES, &line->origin, error) ||
        !read_date(object, "best_before", &line->best_before, error) ||
        !read_date(object, "use_by", &line->use_by, error) ||
        !pos_json_get_string(object, "unit", 8, "open cart", &unit, error) ||
        !pos_json_get_int(object, "qty", 1, INT_MAX, "open cart", &line->quantity.value, error) ||
        !read_amount(object, "price", floor, &line->price, error) ||
        !read_amount(object, "list_price", floor, &line->list_price, error) ||
        !pos_json_get_int(object, "price_version", 0, INT64_MAX, "open cart", &line->price_version,
                          error) ||
        !read_int(object, "tax_bp", 0, 100000, &line->tax_bp, error) ||
        !pos_json_get_bool(object, "by_hand", "open cart", &line->weighed_by_hand, error) ||
        !read_weighing(object, line, error) ||
        !pos_json_get_bool(object, "overridden", "open cart", &line->overridden, error) ||
        !read_text(object, "lifted_by", POS_BOUND_OPERATOR_BYTES, &line->lifted_by, error) ||
        !read_freshness(object, &line->freshness, error) || !read_extras(object, line, error)) {
        return false;
    }
    g_strlcpy(line->gtin, gtin, sizeof line->gtin);
    line->quantity.unit = pos_unit_from_code(unit);
    return true;
}

/* Lines put in ascend and come first; numbers are below the next one. */
static bool append_line(PosCart *cart, PosCartLine *line, int next_line, int *last)
{
    bool derived = pos_cart_line_is_derived(line);
    bool after =
        cart->lines->len > 0 &&
        pos_cart_line_is_derived(&g_array_index(cart->lines, PosCartLine, cart->lines->len - 1));
    bool in_order = derived || (!after && line->line > *last);
    bool priced = derived ? pos_money_times(line->price, line->quantity, &line->amount)
                          : cart_line_reckon(line);
    PosMoney total = cart->total;
    if (!in_order || !priced || line->line >= next_line ||
        pos_cart_find(cart, line->line) != NULL || !pos_quantity_is_sellable(line->quantity) ||
        !pos_money_add(total, line->amount, &total)) {
        return false;
    }
    *last = derived ? *last : line->line;
    PosCartLine copy = pos_cart_line_copy(line);
    g_array_append_val(cart->lines, copy);
    cart->total = total;
    return true;
}

static bool read_discount(PosCart *cart, const json_t *value, GError **error)
{
    PosCartDiscount discount = {0};
    const char *why = NULL;
    const char *approver = NULL;
    if (!read_int(value, "number", 1, INT_MAX - 1, &discount.number, error) ||
        !read_int(value, "line", 0, INT_MAX - 1, &discount.line, error) ||
        !pos_json_get_bool(value, "percent", "open cart", &discount.is_percent, error) ||
        !pos_json_get_int(value, "value", 1,
                          discount.is_percent ? 10000 : POS_BOUND_AMOUNT_MINOR_MAX, "open cart",
                          &discount.value, error) ||
        !pos_json_get_string(value, "why", POS_BOUND_NAME_BYTES, "open cart", &why, error) ||
        !pos_json_get_string(value, "approver", POS_BOUND_OPERATOR_BYTES, "open cart", &approver,
                             error)) {
        return false;
    }
    discount.why = g_strdup(why);
    discount.approver = g_strdup(approver);
    g_array_append_val(cart->discounts, discount);
    return true;
}

static bool read_rest(PosCart *cart, const json_t *value, GError **error)
{
    const json_t *discounts = json_object_get(value, "discounts");
    int64_t next = 1;
    int64_t years = 0;
    int64_t check = 0;
    json_t *exchange = json_object_get(value, "exchange");
    if (!pos_json_get_int_or(value, "next_discount", 1, INT_MAX, "open cart", 1, &next, error) ||
        !pos_json_get_int_or(value, "age_years", 0, 200, "open cart", 0, &years, error) ||
        !pos_json_get_int_or(value, "age_check", 0, POS_AGE_SEEN, "open cart", 0, &check, error)) {
        return false;
    }
    if (json_array_size(discounts) > POS_BOUND_CART_DISCOUNTS ||
        (exchange != NULL &&
         (!json_is_object(exchange) || !json_is_integer(json_object_get(exchange, "total"))))) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "open cart: its discounts or its exchange are not what they must be");
        return false;
    }
    for (gsize i = 0; i < json_array_size(discounts); i++) {
        if (!read_discount(cart, json_array_get(discounts, i), error)) {
            return false;
        }
    }
    cart->next_discount = (int)next;
    pos_cart_set_age(cart, (int)years, (PosAgeCheck)check);
    pos_cart_set_exchange(cart, exchange);
    return true;
}

PosCart *pos_cart_from_json(const json_t *value, GError **error)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    const json_t *lines = json_object_get(value, "lines");
    int next_line = 0;
    int last = 0;
    if (!json_is_array(lines) || json_array_size(lines) > POS_BOUND_CART_LINES) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "open cart: \"lines\" must be a list of at most %d lines",
                    POS_BOUND_CART_LINES);
        return NULL;
    }
    if (!read_int(value, "next_line", 1, INT_MAX, &next_line, error) ||
        !read_rest(cart, value, error)) {
        return NULL;
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        PosCartLine line = {0};
        bool fine = read_line(json_array_get(lines, i), &line, error);
        if (fine && !append_line(cart, &line, next_line, &last)) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        "open cart: line %d has an impossible number, quantity or price",
                        line.line);
            fine = false;
        }
        pos_cart_line_clear(&line);
        if (!fine) {
            return NULL;
        }
    }
    cart->next_line = next_line;
    return g_steal_pointer(&cart);
}
