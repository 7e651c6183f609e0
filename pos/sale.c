/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the life of a sale from tender to receipt:
 *
 *   OPEN --begin--> TENDERING --covered--> SETTLED --committed--> CLOSED
 *     |                 |                     |
 *     +--void--> VOIDED +--back--> OPEN       +--commit failed--> stays SETTLED: the commit may be tried again
 *
 *   state      what holds                                             left by
 *   OPEN       no tender                                              begin_tender, void
 *   TENDERING  a line or an exchange; something is due, or nothing    tender (covered), back
 *              paid yet
 *   SETTLED    sum of amounts - sum of changes + what goods taken     committed
 *              back pay - what is refunded for them = lines +
 *              rounding; change only on the last leg and only in
 *              cash, money paid out is the only leg
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
    PosSaleRules rules;
    PosMoney credit;   /* of goods taken back in exchange */
    PosMoney rounding; /* of the settling cash leg */
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
    int64_t due = pos_sale_due(sale).minor;
    int64_t paid = 0;
    bool has_something = pos_cart_count(sale->cart) > 0 || sale->credit.minor > 0;
    for (gsize i = 0; i < sale->tenders_count; i++) {
        const PosTender *tender = &sale->tenders[i];
        g_assert(tender->amount.minor >= 0 || sale->tenders_count == 1);
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
        g_assert(has_something);
        g_assert(due > 0 || sale->tenders_count == 0);
        return;
    case POS_SALE_SETTLED:
    case POS_SALE_CLOSED:
        g_assert(has_something);
        g_assert(sale->tenders_count > 0);
        g_assert(due == 0);
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

PosSale *pos_sale_new_with(const PosCart *cart, PosSaleRules rules)
{
    PosSale *sale = g_new0(PosSale, 1);
    sale->cart = pos_cart_copy(cart);
    sale->rules = rules;
    sale->credit = pos_cart_credit(cart);
    set_state(sale, POS_SALE_OPEN);
    return sale;
}

PosSale *pos_sale_new(const PosCart *cart)
{
    return pos_sale_new_with(cart, (PosSaleRules){0});
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
    return pos_money(pos_cart_total(sale->cart).minor +
                     (pos_sale_is_return_settled(sale) ? 0 : sale->rounding.minor));
}

PosMoney pos_sale_due(const PosSale *sale)
{
    return pos_money(pos_cart_total(sale->cart).minor + sale->rounding.minor - sale->credit.minor -
                     sale->paid.minor);
}

PosMoney pos_sale_due_cash(const PosSale *sale)
{
    PosMoney due = pos_sale_due(sale);
    return sale->rules.cash_increment > 1 ? pos_money_round_to(due, sale->rules.cash_increment)
                                          : due;
}

bool pos_sale_is_return_settled(const PosSale *sale)
{
    return sale->credit.minor > 0 && pos_cart_total(sale->cart).minor < sale->credit.minor;
}

PosMoney pos_sale_rounding(const PosSale *sale)
{
    return sale->rounding;
}

PosMoney pos_sale_exchanged(const PosSale *sale)
{
    return pos_money(CLAMP(pos_cart_total(sale->cart).minor, 0, sale->credit.minor));
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
    if (pos_cart_count(sale->cart) == 0 && sale->credit.minor == 0) {
        return POS_REFUSAL_EMPTY_CART;
    }
    set_state(sale, POS_SALE_TENDERING);
    return POS_REFUSAL_NONE;
}

/* Money to the customer, all at once: 0 says "all of it". */
static PosRefusal pay_out(PosSale *sale, PosTenderKind kind, PosMoney amount, PosMoney goal)
{
    if ((amount.minor != 0 && amount.minor != goal.minor) || sale->tenders_count > 0) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    sale->rounding = pos_money(goal.minor - pos_sale_due(sale).minor);
    sale->tenders[sale->tenders_count++] = (PosTender){kind, goal, {0}};
    sale->paid = goal;
    set_state(sale, POS_SALE_SETTLED);
    return POS_REFUSAL_NONE;
}

PosRefusal pos_sale_tender(PosSale *sale, PosTenderKind kind, PosMoney amount)
{
    pos_sale_check(sale);
    if (sale->state != POS_SALE_TENDERING) {
        return POS_REFUSAL_NOT_ALLOWED;
    }
    PosMoney due = pos_sale_due(sale);
    PosMoney goal = kind == POS_TENDER_CASH ? pos_sale_due_cash(sale) : due;
    if (goal.minor < 0) {
        return pay_out(sale, kind, amount, goal);
    }
    /* A cart of nothing but give-aways is closed by a tender of nothing. */
    bool is_positive = amount.minor > 0 || (amount.minor == 0 && goal.minor == 0);
    if (!is_positive || amount.minor > POS_BOUND_AMOUNT_MINOR_MAX ||
        sale->tenders_count == POS_BOUND_CART_TENDERS) {
        return POS_REFUSAL_BAD_QUANTITY;
    }
    if (kind == POS_TENDER_CASH && amount.minor == due.minor) {
        goal = due; /* whoever has the coins may pay exactly */
    }
    PosTender tender = {kind, amount, {0}};
    if (amount.minor > goal.minor) {
        if (kind != POS_TENDER_CASH) {
            return POS_REFUSAL_OVER_TENDER;
        }
        tender.change = pos_money(amount.minor - goal.minor);
    }
    if (amount.minor >= goal.minor) {
        sale->rounding = pos_money(goal.minor - due.minor);
    } else if (amount.minor >= due.minor) {
        return POS_REFUSAL_BAD_QUANTITY; /* between the amount and what coins make of it */
    }
    sale->tenders[sale->tenders_count++] = tender;
    sale->paid = pos_money(sale->paid.minor + amount.minor - tender.change.minor);
    if (amount.minor >= goal.minor) {
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

void pos_sale_name_attempt(PosSale *sale, const char *attempt)
{
    if (sale->tenders_count > 0) {
        PosTender *last = &sale->tenders[sale->tenders_count - 1];
        g_strlcpy(last->attempt, attempt, sizeof last->attempt);
    }
}

gsize pos_sale_tenders(const PosSale *sale, const PosTender **out)
{
    *out = sale->tenders;
    return sale->tenders_count;
}

/* The rate's rows: their indexes and amounts. Returns how many. */
static gsize rows_of_rate(const PosSale *sale, int rate_bp, gsize *indexes, PosMoney *amounts)
{
    gsize count = 0;
    for (gsize i = 0; i < pos_cart_count(sale->cart); i++) {
        const PosCartLine *line = pos_cart_at(sale->cart, i);
        if (line->tax_bp == rate_bp) {
            indexes[count] = i;
            amounts[count++] = line->amount;
        }
    }
    return count;
}

/* Rates that the cart has, ascending. */
static gsize rates_of(const PosSale *sale, int rates[])
{
    gsize count = 0;
    for (gsize i = 0; i < pos_cart_count(sale->cart); i++) {
        int rate_bp = pos_cart_at(sale->cart, i)->tax_bp;
        gsize at = 0;
        while (at < count && rates[at] < rate_bp) {
            at++;
        }
        if (at == count || rates[at] != rate_bp) {
            g_assert(count < POS_BOUND_TAX_RATES); /* the cart keeps it so */
            for (gsize k = count; k > at; k--) {
                rates[k] = rates[k - 1];
            }
            rates[at] = rate_bp;
            count++;
        }
    }
    return count;
}

/* The tax table, and in of_rows (nullable, one a row of the cart) each row's part of it. */
static gsize reckon_tax(const PosSale *sale, PosTaxLine out[], PosMoney *of_rows)
{
    int rates[POS_BOUND_TAX_RATES];
    gsize count = rates_of(sale, rates);
    gsize lines = pos_cart_count(sale->cart);
    g_autofree gsize *indexes = g_new(gsize, lines + 1);
    g_autofree PosMoney *amounts = g_new(PosMoney, lines + 1);
    g_autofree PosMoney *parts = g_new(PosMoney, lines + 1);
    for (gsize r = 0; r < count; r++) {
        gsize rows = rows_of_rate(sale, rates[r], indexes, amounts);
        int64_t gross = 0;
        for (gsize i = 0; i < rows; i++) {
            gross += amounts[i].minor;
        }
        PosMoney tax = pos_tax_of_rows(amounts, rows, rates[r], sale->rules.tax, parts);
        out[r] = (PosTaxLine){rates[r], pos_money(gross - tax.minor), tax};
        for (gsize i = 0; i < rows && of_rows != NULL; i++) {
            of_rows[indexes[i]] = parts[i];
        }
    }
    return count;
}

gsize pos_sale_tax(const PosSale *sale, PosTaxLine out[])
{
    return reckon_tax(sale, out, NULL);
}

const PosCart *pos_sale_cart(const PosSale *sale)
{
    return sale->cart;
}

static void append_tender(json_t *tenders, const char *kind, int64_t amount, int64_t change)
{
    json_array_append_new(tenders, json_pack("{sIsIss}", "amount", (json_int_t)amount, "change",
                                             (json_int_t)change, "kind", kind));
}

/* The legs of the payment, less what another record of it has (0, or a sale of nothing but bottles back). */
static void append_legs(json_t *tenders, const PosSale *sale, int64_t less)
{
    for (gsize i = 0; i < sale->tenders_count; i++) {
        const PosTender *tender = &sale->tenders[i];
        append_tender(tenders, pos_tender_code(tender->kind), tender->amount.minor - less,
                      tender->change.minor);
        if (tender->attempt[0] != '\0') {
            json_object_set_new(json_array_get(tenders, json_array_size(tenders) - 1), "attempt",
                                json_string(tender->attempt));
        }
    }
}

static json_t *sale_tenders(const PosSale *sale)
{
    json_t *tenders = json_array();
    int64_t exchanged = pos_sale_exchanged(sale).minor;
    int64_t lines = pos_cart_total(sale->cart).minor;
    if (exchanged > 0) {
        append_tender(tenders, POS_TENDER_EXCHANGE_CODE, exchanged, 0);
    }
    if (!pos_sale_is_return_settled(sale)) {
        append_legs(tenders, sale, 0);
    } else if (lines < 0) {
        append_tender(tenders, pos_tender_code(sale->tenders[0].kind), lines, 0);
    }
    return tenders;
}

json_t *pos_sale_exchange_to_fields(const PosSale *sale)
{
    g_assert(sale->state == POS_SALE_SETTLED);
    if (pos_cart_exchange(sale->cart) == NULL) {
        return NULL;
    }
    json_t *fields = json_copy(pos_cart_exchange(sale->cart));
    json_t *tenders = json_array();
    int64_t exchanged = pos_sale_exchanged(sale).minor;
    int64_t rounding = 0;
    if (exchanged > 0) {
        append_tender(tenders, POS_TENDER_EXCHANGE_CODE, -exchanged, 0);
    }
    if (pos_sale_is_return_settled(sale)) {
        rounding = sale->rounding.minor;
        append_legs(tenders, sale, MIN(0, pos_cart_total(sale->cart).minor));
    }
    json_object_del(fields, POS_CART_EXCHANGE_BEFORE);
    json_object_set_new(fields, "rounding", json_integer(rounding));
    json_object_set_new(fields, "tenders", tenders);
    json_object_set_new(fields, "total", json_integer(rounding - sale->credit.minor));
    return fields;
}

static json_t *tax_to_json(const PosTaxLine *rates, gsize count)
{
    json_t *tax = json_array();
    for (gsize i = 0; i < count; i++) {
        json_array_append_new(tax, json_pack("{sIsisI}", "base", (json_int_t)rates[i].base.minor,
                                             "rate_bp", rates[i].rate_bp, "tax",
                                             (json_int_t)rates[i].tax.minor));
    }
    return tax;
}

json_t *pos_sale_to_fields(const PosSale *sale, const char *currency, const char *receipt,
                           const char *operator_id)
{
    g_assert(sale->state == POS_SALE_SETTLED);
    gsize count = pos_cart_count(sale->cart);
    if (count == 0) {
        return NULL;
    }
    json_t *fields = json_object();
    json_t *lines = json_array();
    PosTaxLine rates[POS_BOUND_TAX_RATES];
    g_autofree PosMoney *of_rows = g_new(PosMoney, count);
    gsize rates_count = reckon_tax(sale, rates, of_rows);
    for (gsize i = 0; i < count; i++) {
        json_t *row = pos_cart_line_to_fields(pos_cart_at(sale->cart, i));
        if (pos_cart_at(sale->cart, i)->tax_bp > 0) {
            json_object_set_new(row, "tax", json_integer(of_rows[i].minor));
        }
        json_array_append_new(lines, row);
    }
    json_object_set_new(fields, "currency", json_string(currency));
    json_object_set_new(fields, "lines", lines);
    json_object_set_new(fields, "operator", json_string(operator_id));
    json_object_set_new(fields, "receipt", json_string(receipt));
    json_object_set_new(
        fields, "rounding",
        json_integer(pos_sale_total(sale).minor - pos_cart_total(sale->cart).minor));
    json_object_set_new(fields, "tax", tax_to_json(rates, rates_count));
    if (rates[rates_count - 1].rate_bp > 0) {
        json_object_set_new(fields, "tax_method",
                            json_string(pos_tax_method_code(sale->rules.tax.method)));
        json_object_set_new(fields, "tax_rounding",
                            json_string(pos_tax_rounding_code(sale->rules.tax.rounding)));
    }
    json_object_set_new(fields, "tenders", sale_tenders(sale));
    json_object_set_new(fields, "total", json_integer(pos_sale_total(sale).minor));
    return fields;
}
