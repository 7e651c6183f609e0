/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the lines being built and the rules that keep them payable: every amount is price x quantity, the total
 * fits a journal record, a price only falls unless a manager set it. Pure; any thread, one at a time. */
#include "pos/cart.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <limits.h>
#include <string.h>

struct PosCart {
    GArray *lines; /* of PosCartLine, ascending line numbers */
    int next_line;
    PosMoney total;
};

/* --- one line ----------------------------------------------------------------------------------- */

void pos_cart_line_clear(PosCartLine *line)
{
    g_free(line->lot);
    g_free(line->origin);
    g_free(line->lifted_by);
    pos_names_clear(&line->names);
    memset(line, 0, sizeof *line);
}

PosCartLine pos_cart_line_copy(const PosCartLine *line)
{
    PosCartLine copy = *line;
    copy.lot = g_strdup(line->lot == NULL ? "" : line->lot);
    copy.origin = g_strdup(line->origin == NULL ? "" : line->origin);
    copy.lifted_by = g_strdup(line->lifted_by == NULL ? "" : line->lifted_by);
    copy.names = pos_names_copy(&line->names);
    return copy;
}

static void line_clear(gpointer line)
{
    pos_cart_line_clear(line);
}

/* --- the cart ----------------------------------------------------------------------------------- */

PosCart *pos_cart_new(void)
{
    PosCart *cart = g_new0(PosCart, 1);
    cart->lines = g_array_new(FALSE, TRUE, sizeof(PosCartLine));
    g_array_set_clear_func(cart->lines, line_clear);
    cart->next_line = 1;
    return cart;
}

PosCart *pos_cart_copy(const PosCart *cart)
{
    PosCart *copy = pos_cart_new();
    for (guint i = 0; i < cart->lines->len; i++) {
        PosCartLine line = pos_cart_line_copy(&g_array_index(cart->lines, PosCartLine, i));
        g_array_append_val(copy->lines, line);
    }
    copy->next_line = cart->next_line;
    copy->total = cart->total;
    return copy;
}

void pos_cart_free(PosCart *cart)
{
    if (cart == NULL) {
        return;
    }
    g_array_unref(cart->lines);
    g_free(cart);
}

gsize pos_cart_count(const PosCart *cart)
{
    return cart->lines->len;
}

const PosCartLine *pos_cart_at(const PosCart *cart, gsize index)
{
    g_assert(index < cart->lines->len);
    return &g_array_index(cart->lines, PosCartLine, index);
}

static PosCartLine *find_line(const PosCart *cart, int line)
{
    for (guint i = 0; i < cart->lines->len; i++) {
        PosCartLine *candidate = &g_array_index(cart->lines, PosCartLine, i);
        if (candidate->line == line) {
            return candidate;
        }
    }
    return NULL;
}

const PosCartLine *pos_cart_find(const PosCart *cart, int line)
{
    return find_line(cart, line);
}

PosMoney pos_cart_total(const PosCart *cart)
{
    return cart->total;
}

/* The total with one line's amount replaced; false when it cannot be held. */
static bool total_with(const PosCart *cart, PosMoney removed, PosMoney added, PosMoney *out)
{
    PosMoney rest = {0};
    return pos_money_subtract(cart->total, removed, &rest) && pos_money_add(rest, added, out);
}

/* Sets price and quantity of a line of the cart, with its amount and the total. Nothing changes on false. */
static bool reprice(PosCart *cart, PosCartLine *line, PosMoney price, PosQuantity quantity)
{
    PosMoney amount = {0};
    PosMoney total = {0};
    if (price.minor < 0 || !pos_quantity_is_sellable(quantity) ||
        !pos_money_times(price, quantity, &amount) ||
        !total_with(cart, line->amount, amount, &total)) {
        return false;
    }
    line->price = price;
    line->quantity = quantity;
    line->amount = amount;
    cart->total = total;
    return true;
}

static bool has_room_for_rate(const PosCart *cart, int tax_bp)
{
    int rates[POS_BOUND_TAX_RATES];
    gsize count = 0;
    for (guint i = 0; i < cart->lines->len; i++) {
        int rate = g_array_index(cart->lines, PosCartLine, i).tax_bp;
        bool known = rate == tax_bp;
        for (gsize k = 0; k < count && !known; k++) {
            known = rates[k] == rate;
        }
        if (!known) {
            g_assert(count < POS_BOUND_TAX_RATES);
            rates[count++] = rate;
        }
    }
    return count < POS_BOUND_TAX_RATES;
}

PosRefusal pos_cart_add(PosCart *cart, const PosCartLine *line, int *out_line)
{
    if (cart->lines->len >= POS_BOUND_CART_LINES || cart->next_line == INT_MAX ||
        !has_room_for_rate(cart, line->tax_bp)) {
        return POS_REFUSAL_CART_FULL;
    }
    PosCartLine copy = pos_cart_line_copy(line);
    copy.amount = pos_money(0);
    if (!reprice(cart, &copy, line->price, line->quantity)) {
        pos_cart_line_clear(&copy);
        return POS_REFUSAL_BAD_QUANTITY;
    }
    copy.line = cart->next_line++;
    g_array_append_val(cart->lines, copy);
    if (out_line != NULL) {
        *out_line = copy.line;
    }
    return POS_REFUSAL_NONE;
}

PosRefusal pos_cart_set_quantity(PosCart *cart, int line, int64_t pieces)
{
    PosCartLine *found = find_line(cart, line);
    if (found == NULL) {
        return POS_REFUSAL_NO_SUCH_LINE;
    }
    if (found->quantity.unit != POS_UNIT_EACH ||
        !reprice(cart, found, found->price, pos_quantity_each(pieces))) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    return POS_REFUSAL_NONE;
}

PosRefusal pos_cart_remove(PosCart *cart, int line)
{
    for (guint i = 0; i < cart->lines->len; i++) {
        const PosCartLine *found = &g_array_index(cart->lines, PosCartLine, i);
        if (found->line == line) {
            bool subtracted = pos_money_subtract(cart->total, found->amount, &cart->total);
            g_assert(subtracted);
            g_array_remove_index(cart->lines, i);
            return POS_REFUSAL_NONE;
        }
    }
    return POS_REFUSAL_NO_SUCH_LINE;
}

PosRefusal pos_cart_override(PosCart *cart, int line, PosMoney price)
{
    PosCartLine *found = find_line(cart, line);
    if (found == NULL) {
        return POS_REFUSAL_NO_SUCH_LINE;
    }
    if (!reprice(cart, found, price, found->quantity)) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    found->overridden = true;
    return POS_REFUSAL_NONE;
}

bool pos_cart_offer_price(PosCart *cart, int line, PosMoney price, int64_t price_version)
{
    PosCartLine *found = find_line(cart, line);
    if (found == NULL || found->overridden || price.minor >= found->price.minor ||
        !reprice(cart, found, price, found->quantity)) {
        return false;
    }
    found->price_version = price_version;
    return true;
}

void pos_cart_set_freshness(PosCart *cart, int line, PosFreshness freshness)
{
    PosCartLine *found = find_line(cart, line);
    if (found != NULL) {
        found->freshness = freshness;
    }
}

void pos_cart_clear(PosCart *cart)
{
    g_array_set_size(cart->lines, 0);
    cart->next_line = 1;
    cart->total = pos_money(0);
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
    json_object_set_new(value, "overridden", json_boolean(line->overridden));
    json_object_set_new(value, "lifted_by", json_string(line->lifted_by));
    json_object_set_new(value, "freshness", freshness_to_json(line->freshness));
    return value;
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

static bool read_amount(const json_t *object, const char *key, PosMoney *out, GError **error)
{
    int64_t minor = 0;
    if (!pos_json_get_int(object, key, 0, POS_BOUND_AMOUNT_MINOR_MAX, "open cart", &minor, error)) {
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

static bool read_line(const json_t *object, PosCartLine *line, GError **error)
{
    const char *gtin = NULL;
    const char *unit = NULL;
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
        !read_amount(object, "price", &line->price, error) ||
        !read_amount(object, "list_price", &line->list_price, error) ||
        !pos_json_get_int(object, "price_version", 0, INT64_MAX, "open cart", &line->price_version,
                          error) ||
        !read_int(object, "tax_bp", 0, 100000, &line->tax_bp, error) ||
        !pos_json_get_bool(object, "by_hand", "open cart", &line->weighed_by_hand, error) ||
        !pos_json_get_bool(object, "overridden", "open cart", &line->overridden, error) ||
        !read_text(object, "lifted_by", POS_BOUND_OPERATOR_BYTES, &line->lifted_by, error) ||
        !read_freshness(object, &line->freshness, error)) {
        return false;
    }
    g_strlcpy(line->gtin, gtin, sizeof line->gtin);
    line->quantity.unit = pos_unit_from_code(unit);
    return true;
}

PosCart *pos_cart_from_json(const json_t *value, GError **error)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    const json_t *lines = json_object_get(value, "lines");
    int next_line = 0;
    if (!json_is_array(lines) || json_array_size(lines) > POS_BOUND_CART_LINES) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "open cart: \"lines\" must be a list of at most %d lines",
                    POS_BOUND_CART_LINES);
        return NULL;
    }
    if (!read_int(value, "next_line", 1, INT_MAX, &next_line, error)) {
        return NULL;
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        PosCartLine line = {0};
        bool fine = read_line(json_array_get(lines, i), &line, error);
        if (fine) {
            /* Numbers ascend; adding goes through the same door as a scan, so a file cannot hold more than
             * a cart may. */
            fine = line.line >= cart->next_line && line.line < next_line;
            cart->next_line = fine ? line.line : cart->next_line;
            fine = fine && pos_cart_add(cart, &line, NULL) == POS_REFUSAL_NONE;
            if (!fine) {
                g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                            "open cart: line %d has an impossible number, quantity or price",
                            line.line);
            }
        }
        pos_cart_line_clear(&line);
        if (!fine) {
            return NULL;
        }
    }
    cart->next_line = next_line;
    return g_steal_pointer(&cart);
}
