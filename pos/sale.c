/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the life of a sale from tender to receipt:
 *
 *   OPEN --begin--> TENDERING --covered--> SETTLED --committed--> CLOSED
 *     |                 |                     |
 *     +--void--> VOIDED +--back--> OPEN       +--commit failed--> stays SETTLED: the commit may be tried again
 *
 *   state      what holds                                             left by
 *   OPEN       no tender                                              begin_tender, void
 *   TENDERING  at least one line; paid < total, or nothing paid yet   tender (covered), back
 *   SETTLED    sum of amounts - sum of changes = total, change only   committed
 *              on the last leg and only in cash
 *   CLOSED     as SETTLED; the record is on disk                      -
 *   VOIDED     no tender                                              -
 *
 * set_state() alone changes the state; pos_sale_check() asserts the table above on the way into and out of
 * every move. Pure; one thread at a time. */
#include "pos/sale.h"

#include "pos/bounds.h"

struct PosSale {
    PosSaleState state;
    PosCart *cart;
    PosTender tenders[POS_BOUND_CART_TENDERS];
    gsize tenders_count;
    PosMoney paid; /* sum of amounts - sum of changes */
};

static const char *const TENDER_CODES[] = {"cash", "card", "qr"};

const char *pos_tender_code(PosTenderKind kind)
{
    g_assert((gsize)kind < G_N_ELEMENTS(TENDER_CODES));
    return TENDER_CODES[kind];
}

bool pos_tender_from_code(const char *code, PosTenderKind *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(TENDER_CODES); i++) {
        if (g_strcmp0(code, TENDER_CODES[i]) == 0) {
            *out = (PosTenderKind)i;
            return true;
        }
    }
    return false;
}

/* --- invariants and the one door to the state ------------------------------------------------------ */

static void pos_sale_check(const PosSale *sale)
{
    int64_t total = pos_cart_total(sale->cart).minor;
    int64_t paid = 0;
    for (gsize i = 0; i < sale->tenders_count; i++) {
        const PosTender *tender = &sale->tenders[i];
        g_assert(tender->amount.minor >= 0);
        g_assert(tender->change.minor >= 0);
        if (tender->change.minor > 0) {
            g_assert(tender->kind == POS_TENDER_CASH);
            g_assert(i + 1 == sale->tenders_count);
        }
        paid += tender->amount.minor - tender->change.minor;
    }
    g_assert(paid == sale->paid.minor);
    switch (sale->state) {
    case POS_SALE_OPEN:
    case POS_SALE_VOIDED:
        g_assert(sale->tenders_count == 0);
        return;
    case POS_SALE_TENDERING:
        g_assert(pos_cart_count(sale->cart) > 0);
        g_assert(paid < total || sale->tenders_count == 0);
        return;
    case POS_SALE_SETTLED:
    case POS_SALE_CLOSED:
        g_assert(pos_cart_count(sale->cart) > 0);
        g_assert(sale->tenders_count > 0);
        g_assert(paid == total);
        return;
    }
    g_assert_not_reached();
}

static void set_state(PosSale *sale, PosSaleState state)
{
    sale->state = state;
    pos_sale_check(sale);
}

/* --- life ----------------------------------------------------------------------------------------- */

PosSale *pos_sale_new(const PosCart *cart)
{
    PosSale *sale = g_new0(PosSale, 1);
    sale->cart = pos_cart_copy(cart);
    set_state(sale, POS_SALE_OPEN);
    return sale;
}

void pos_sale_free(PosSale *sale)
{
    if (sale == NULL) {
        return;
    }
    pos_cart_free(sale->cart);
    g_free(sale);
}

PosSaleState pos_sale_state(const PosSale *sale)
{
    return sale->state;
}

PosMoney pos_sale_total(const PosSale *sale)
{
    return pos_cart_total(sale->cart);
}

PosMoney pos_sale_due(const PosSale *sale)
{
    return pos_money(pos_cart_total(sale->cart).minor - sale->paid.minor);
}

PosMoney pos_sale_change(const PosSale *sale)
{
    return sale->tenders_count == 0 ? pos_money(0) : sale->tenders[sale->tenders_count - 1].change;
}

PosRefusal pos_sale_begin_tender(PosSale *sale)
{
    pos_sale_check(sale);
    if (sale->state != POS_SALE_OPEN) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    if (pos_cart_count(sale->cart) == 0) {
        return POS_REFUSAL_EMPTY_CART;
    }
    set_state(sale, POS_SALE_TENDERING);
    return POS_REFUSAL_NONE;
}

PosRefusal pos_sale_tender(PosSale *sale, PosTenderKind kind, PosMoney amount)
{
    pos_sale_check(sale);
    if (sale->state != POS_SALE_TENDERING) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    PosMoney due = pos_sale_due(sale);
    /* A cart of nothing but give-aways is closed by a tender of nothing. */
    bool is_positive = amount.minor > 0 || (amount.minor == 0 && due.minor == 0);
    if (!is_positive || amount.minor > POS_BOUND_AMOUNT_MINOR_MAX ||
        sale->tenders_count == POS_BOUND_CART_TENDERS) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    PosTender tender = {kind, amount, {0}};
    if (amount.minor > due.minor) {
        if (kind != POS_TENDER_CASH) {
            return POS_REFUSAL_OVER_TENDER;
        }
        tender.change = pos_money(amount.minor - due.minor);
    }
    sale->tenders[sale->tenders_count++] = tender;
    sale->paid = pos_money(sale->paid.minor + amount.minor - tender.change.minor);
    if (pos_sale_due(sale).minor == 0) {
        set_state(sale, POS_SALE_SETTLED);
    }
    pos_sale_check(sale);
    return POS_REFUSAL_NONE;
}

PosRefusal pos_sale_back(PosSale *sale)
{
    pos_sale_check(sale);
    if (sale->state != POS_SALE_TENDERING) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    sale->tenders_count = 0;
    sale->paid = pos_money(0);
    set_state(sale, POS_SALE_OPEN);
    return POS_REFUSAL_NONE;
}

PosRefusal pos_sale_void(PosSale *sale)
{
    pos_sale_check(sale);
    if (sale->state != POS_SALE_OPEN) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    set_state(sale, POS_SALE_VOIDED);
    return POS_REFUSAL_NONE;
}

void pos_sale_committed(PosSale *sale)
{
    g_assert(sale->state == POS_SALE_SETTLED);
    set_state(sale, POS_SALE_CLOSED);
}

/* --- what it says --------------------------------------------------------------------------------- */

gsize pos_sale_tenders(const PosSale *sale, const PosTender **out)
{
    *out = sale->tenders;
    return sale->tenders_count;
}

gsize pos_sale_tax(const PosSale *sale, PosTaxLine out[])
{
    gsize count = 0;
    for (gsize i = 0; i < pos_cart_count(sale->cart); i++) {
        const PosCartLine *line = pos_cart_at(sale->cart, i);
        gsize at = 0;
        while (at < count && out[at].rate_bp < line->tax_bp) {
            at++;
        }
        if (at == count || out[at].rate_bp != line->tax_bp) {
            g_assert(count < POS_BOUND_TAX_RATES); /* pos_cart_add() keeps it so */
            for (gsize k = count; k > at; k--) {
                out[k] = out[k - 1];
            }
            out[at] = (PosTaxLine){line->tax_bp, {0}, {0}};
            count++;
        }
        out[at].base.minor += line->amount.minor; /* gross first; bounded by the cart's total */
    }
    for (gsize i = 0; i < count; i++) {
        out[i].tax = pos_money_tax_inside(out[i].base, out[i].rate_bp);
        out[i].base.minor -= out[i].tax.minor;
    }
    return count;
}

const PosCart *pos_sale_cart(const PosSale *sale)
{
    return sale->cart;
}

json_t *pos_sale_line_to_fields(const PosCartLine *line)
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
    if (line->weighed_by_hand) {
        json_object_set_new(value, "by_hand", json_true());
    }
    if (line->overridden) {
        json_object_set_new(value, "overridden", json_true());
    }
    if (line->lifted_by[0] != '\0') {
        json_object_set_new(value, "lifted_by", json_string(line->lifted_by));
    }
    return value;
}

json_t *pos_sale_to_fields(const PosSale *sale, const char *currency, const char *receipt,
                           const char *operator_id)
{
    g_assert(sale->state == POS_SALE_SETTLED);
    json_t *fields = json_object();
    json_t *lines = json_array();
    for (gsize i = 0; i < pos_cart_count(sale->cart); i++) {
        json_array_append_new(lines, pos_sale_line_to_fields(pos_cart_at(sale->cart, i)));
    }
    json_t *tax = json_array();
    PosTaxLine rates[POS_BOUND_TAX_RATES];
    gsize rates_count = pos_sale_tax(sale, rates);
    for (gsize i = 0; i < rates_count; i++) {
        json_array_append_new(tax, json_pack("{sIsisI}", "base", (json_int_t)rates[i].base.minor,
                                             "rate_bp", rates[i].rate_bp, "tax",
                                             (json_int_t)rates[i].tax.minor));
    }
    json_t *tenders = json_array();
    for (gsize i = 0; i < sale->tenders_count; i++) {
        const PosTender *tender = &sale->tenders[i];
        json_array_append_new(tenders,
                              json_pack("{sIsIss}", "amount", (json_int_t)tender->amount.minor,
                                        "change", (json_int_t)tender->change.minor, "kind",
                                        pos_tender_code(tender->kind)));
    }
    json_object_set_new(fields, "currency", json_string(currency));
    json_object_set_new(fields, "lines", lines);
    json_object_set_new(fields, "operator", json_string(operator_id));
    json_object_set_new(fields, "receipt", json_string(receipt));
    json_object_set_new(fields, "rounding", json_integer(0));
    json_object_set_new(fields, "tax", tax);
    json_object_set_new(fields, "tenders", tenders);
    json_object_set_new(fields, "total", json_integer(pos_cart_total(sale->cart).minor));
    return fields;
}
