/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the lines being built and the rules that keep them payable: every amount is price x quantity, the total
 * fits a journal record, a price only falls unless a person set it. A change is made on the cart and taken back when
 * the rows that follow from it (cart_settle.c) do not fit. Pure; any thread, one at a time. */
#include "pos/cart_private.h"

#include "pos/bounds.h"

#include <limits.h>
#include <string.h>

static const char *const KINDS[] = {"", "discount", "deposit", "bag", "department"};

const char *pos_line_kind_code(PosLineKind kind)
{
    g_assert((gsize)kind < G_N_ELEMENTS(KINDS));
    return KINDS[kind];
}

bool pos_line_kind_from_code(const char *code, PosLineKind *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        if (strcmp(code == NULL ? "" : code, KINDS[i]) == 0) {
            *out = (PosLineKind)i;
            return true;
        }
    }
    return false;
}

/* --- one line ----------------------------------------------------------------------------------- */

void pos_cart_line_clear(PosCartLine *line)
{
    g_free(line->lot);
    g_free(line->origin);
    g_free(line->lifted_by);
    g_free(line->department);
    g_free(line->code);
    g_free(line->why);
    g_free(line->approver);
    g_free(line->source);
    g_clear_pointer(&line->of, g_array_unref);
    pos_names_clear(&line->names);
    memset(line, 0, sizeof *line);
}

PosCartLine pos_cart_line_copy(const PosCartLine *line)
{
    PosCartLine copy = *line;
    copy.lot = g_strdup(line->lot == NULL ? "" : line->lot);
    copy.origin = g_strdup(line->origin == NULL ? "" : line->origin);
    copy.lifted_by = g_strdup(line->lifted_by == NULL ? "" : line->lifted_by);
    copy.department = g_strdup(line->department);
    copy.code = g_strdup(line->code);
    copy.why = g_strdup(line->why);
    copy.approver = g_strdup(line->approver);
    copy.source = g_strdup(line->source);
    copy.of = line->of == NULL ? NULL : g_array_ref(line->of);
    copy.names = pos_names_copy(&line->names);
    return copy;
}

bool pos_cart_line_is_derived(const PosCartLine *line)
{
    return line->source != NULL;
}

bool pos_cart_line_is_discountable(const PosCartLine *line)
{
    return line->kind == POS_LINE_GOODS || line->kind == POS_LINE_DEPARTMENT;
}

static void line_clear(gpointer line)
{
    pos_cart_line_clear(line);
}

static void discount_clear(gpointer data)
{
    PosCartDiscount *discount = data;
    g_free(discount->why);
    g_free(discount->approver);
}

/* --- the cart ----------------------------------------------------------------------------------- */

PosCart *pos_cart_new(void)
{
    PosCart *cart = g_new0(PosCart, 1);
    cart->lines = g_array_new(FALSE, TRUE, sizeof(PosCartLine));
    g_array_set_clear_func(cart->lines, line_clear);
    cart->discounts = g_array_new(FALSE, TRUE, sizeof(PosCartDiscount));
    g_array_set_clear_func(cart->discounts, discount_clear);
    cart->next_line = 1;
    cart->next_discount = 1;
    return cart;
}

PosCart *pos_cart_copy(const PosCart *cart)
{
    PosCart *copy = pos_cart_new();
    for (guint i = 0; i < cart->lines->len; i++) {
        PosCartLine line = pos_cart_line_copy(&g_array_index(cart->lines, PosCartLine, i));
        g_array_append_val(copy->lines, line);
    }
    for (guint i = 0; i < cart->discounts->len; i++) {
        PosCartDiscount discount = g_array_index(cart->discounts, PosCartDiscount, i);
        discount.why = g_strdup(discount.why);
        discount.approver = g_strdup(discount.approver);
        g_array_append_val(copy->discounts, discount);
    }
    copy->next_line = cart->next_line;
    copy->next_discount = cart->next_discount;
    copy->total = cart->total;
    copy->offers = cart->offers == NULL ? NULL : g_ptr_array_ref(cart->offers);
    copy->age_years = cart->age_years;
    copy->age_check = cart->age_check;
    copy->exchange = json_incref(cart->exchange);
    return copy;
}

void pos_cart_free(PosCart *cart)
{
    if (cart == NULL) {
        return;
    }
    g_array_unref(cart->lines);
    g_array_unref(cart->discounts);
    g_clear_pointer(&cart->offers, g_ptr_array_unref);
    json_decref(cart->exchange);
    g_free(cart);
}

/* Ends a change: settles, or puts back what was before (taken). */
static PosRefusal finish(PosCart *cart, PosCart *before, PosRefusal refusal)
{
    if (refusal == POS_REFUSAL_NONE) {
        refusal = cart_settle(cart);
    }
    if (refusal != POS_REFUSAL_NONE) {
        PosCart changed = *cart;
        *cart = *before;
        *before = changed;
    }
    pos_cart_free(before);
    return refusal;
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

bool cart_line_reckon(PosCartLine *line)
{
    bool is_bottle_back = line->kind == POS_LINE_DEPOSIT && !pos_cart_line_is_derived(line);
    bool priced = is_bottle_back ? line->price.minor < 0 : line->price.minor >= 0;
    return priced && pos_quantity_is_sellable(line->quantity) &&
           pos_money_times(line->price, line->quantity, &line->amount);
}

PosRefusal pos_cart_add(PosCart *cart, const PosCartLine *line, int *out_line)
{
    g_assert(line->kind != POS_LINE_DISCOUNT);
    if (cart->lines->len >= POS_BOUND_CART_LINES || cart->next_line == INT_MAX) {
        return POS_REFUSAL_CART_FULL;
    }
    PosCart *before = pos_cart_copy(cart);
    PosCartLine copy = pos_cart_line_copy(line);
    copy.line = cart->next_line++;
    guint at = 0; /* before the rows that follow */
    while (at < cart->lines->len &&
           !pos_cart_line_is_derived(&g_array_index(cart->lines, PosCartLine, at))) {
        at++;
    }
    bool fine = cart_line_reckon(&copy);
    int number = copy.line;
    g_array_insert_val(cart->lines, at, copy);
    PosRefusal refusal = finish(cart, before, fine ? POS_REFUSAL_NONE : POS_REFUSAL_BAD_QUANTITY);
    if (refusal == POS_REFUSAL_NONE && out_line != NULL) {
        *out_line = number;
    }
    return refusal;
}

PosRefusal pos_cart_set_quantity(PosCart *cart, int line, int64_t pieces)
{
    PosCartLine *found = find_line(cart, line);
    if (found == NULL) {
        return POS_REFUSAL_NO_SUCH_LINE;
    }
    if (pos_cart_line_is_derived(found)) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    if (found->quantity.unit != POS_UNIT_EACH) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    PosCart *before = pos_cart_copy(cart);
    found->quantity = pos_quantity_each(pieces);
    bool fine = cart_line_reckon(found);
    return finish(cart, before, fine ? POS_REFUSAL_NONE : POS_REFUSAL_BAD_QUANTITY);
}

/* Drops the discounts of a line that goes. */
static void drop_discounts(PosCart *cart, int line)
{
    for (guint i = cart->discounts->len; i > 0; i--) {
        if (g_array_index(cart->discounts, PosCartDiscount, i - 1).line == line) {
            g_array_remove_index(cart->discounts, i - 1);
        }
    }
}

/* The number in "discount:<number>"; 0 for another source. */
static int discount_of(const PosCartLine *line)
{
    static const char prefix[] = "discount:";
    return line->source != NULL && g_str_has_prefix(line->source, prefix)
               ? (int)g_ascii_strtoll(line->source + strlen(prefix), NULL, 10)
               : 0;
}

static PosRefusal remove_discount(PosCart *cart, int number)
{
    for (guint i = 0; i < cart->discounts->len; i++) {
        if (g_array_index(cart->discounts, PosCartDiscount, i).number == number) {
            PosCart *before = pos_cart_copy(cart);
            g_array_remove_index(cart->discounts, i);
            return finish(cart, before, POS_REFUSAL_NONE);
        }
    }
    return POS_REFUSAL_NOT_ALLOWED;
}

PosRefusal pos_cart_remove(PosCart *cart, int line)
{
    for (guint i = 0; i < cart->lines->len; i++) {
        const PosCartLine *found = &g_array_index(cart->lines, PosCartLine, i);
        if (found->line != line) {
            continue;
        }
        if (pos_cart_line_is_derived(found)) {
            return remove_discount(cart, discount_of(found));
        }
        PosCart *before = pos_cart_copy(cart);
        g_array_remove_index(cart->lines, i);
        drop_discounts(cart, line);
        return finish(cart, before, POS_REFUSAL_NONE);
    }
    return POS_REFUSAL_NO_SUCH_LINE;
}

PosRefusal pos_cart_override(PosCart *cart, int line, PosMoney price)
{
    PosCartLine *found = find_line(cart, line);
    if (found == NULL) {
        return POS_REFUSAL_NO_SUCH_LINE;
    }
    if (pos_cart_line_is_derived(found) || found->kind == POS_LINE_DEPOSIT) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    PosCart *before = pos_cart_copy(cart);
    found->price = price;
    found->overridden = true;
    bool fine = cart_line_reckon(found);
    return finish(cart, before, fine ? POS_REFUSAL_NONE : POS_REFUSAL_BAD_QUANTITY);
}

bool pos_cart_offer_price(PosCart *cart, int line, PosMoney price, int64_t price_version)
{
    PosCartLine *found = find_line(cart, line);
    if (found == NULL || found->overridden || pos_cart_line_is_derived(found) ||
        price.minor >= found->price.minor) {
        return false;
    }
    PosCart *before = pos_cart_copy(cart);
    found->price = price;
    found->price_version = price_version;
    bool fine = cart_line_reckon(found);
    return finish(cart, before, fine ? POS_REFUSAL_NONE : POS_REFUSAL_BAD_QUANTITY) ==
           POS_REFUSAL_NONE;
}

void pos_cart_set_freshness(PosCart *cart, int line, PosFreshness freshness)
{
    PosCartLine *found = find_line(cart, line);
    if (found != NULL) {
        found->freshness = freshness;
    }
}

/* --- discounts, offers, age, exchange --------------------------------------------------------------- */

PosMoney pos_cart_discounted(const PosCart *cart, int number)
{
    int64_t sum = 0;
    for (guint i = 0; i < cart->lines->len; i++) {
        const PosCartLine *line = &g_array_index(cart->lines, PosCartLine, i);
        sum -= discount_of(line) == number ? line->amount.minor : 0;
    }
    return pos_money(sum);
}

PosRefusal pos_cart_add_discount(PosCart *cart, const PosCartDiscount *discount, int *out_number)
{
    const PosCartLine *line = discount->line == 0 ? NULL : find_line(cart, discount->line);
    if (discount->line != 0 && line == NULL) {
        return POS_REFUSAL_NO_SUCH_LINE;
    }
    if (line != NULL && (pos_cart_line_is_derived(line) || !pos_cart_line_is_discountable(line))) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    if (cart->discounts->len >= POS_BOUND_CART_DISCOUNTS) {
        return POS_REFUSAL_CART_FULL;
    }
    g_assert(discount->value > 0 && (!discount->is_percent || discount->value <= 10000));
    PosCart *before = pos_cart_copy(cart);
    PosCartDiscount copy = *discount;
    copy.number = cart->next_discount++;
    copy.why = g_strdup(discount->why);
    copy.approver = g_strdup(discount->approver == NULL ? "" : discount->approver);
    int number = copy.number;
    g_array_append_val(cart->discounts, copy);
    PosRefusal refusal = cart_settle(cart);
    if (refusal == POS_REFUSAL_NONE && pos_cart_discounted(cart, number).minor == 0) {
        refusal = POS_REFUSAL_NOT_ALLOWED;
    }
    refusal = finish(cart, before, refusal);
    if (refusal == POS_REFUSAL_NONE && out_number != NULL) {
        *out_number = number;
    }
    return refusal;
}

void pos_cart_set_offers(PosCart *cart, GPtrArray *offers)
{
    if (cart->offers == offers) {
        return;
    }
    PosCart *before = pos_cart_copy(cart);
    g_clear_pointer(&cart->offers, g_ptr_array_unref);
    cart->offers = offers == NULL ? NULL : g_ptr_array_ref(offers);
    PosRefusal refusal = finish(cart, before, POS_REFUSAL_NONE);
    (void)refusal; /* it does not fit: as it was */
}

int pos_cart_age(const PosCart *cart, PosAgeCheck *out_check)
{
    if (out_check != NULL) {
        *out_check = cart->age_check;
    }
    return cart->age_years;
}

void pos_cart_set_age(PosCart *cart, int years, PosAgeCheck check)
{
    cart->age_years = years;
    cart->age_check = check;
}

void pos_cart_set_exchange(PosCart *cart, json_t *fields)
{
    json_incref(fields);
    json_decref(cart->exchange);
    cart->exchange = fields;
}

json_t *pos_cart_exchange(const PosCart *cart)
{
    return cart->exchange;
}

PosMoney pos_cart_credit(const PosCart *cart)
{
    return pos_money(-json_integer_value(json_object_get(cart->exchange, "total")));
}

void pos_cart_clear(PosCart *cart)
{
    g_array_set_size(cart->lines, 0);
    g_array_set_size(cart->discounts, 0);
    cart->next_line = 1;
    cart->next_discount = 1;
    cart->total = pos_money(0);
    cart->age_years = 0;
    cart->age_check = POS_AGE_UNCHECKED;
    g_clear_pointer(&cart->exchange, json_decref);
}
