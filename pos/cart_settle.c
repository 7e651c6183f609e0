/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the rows that follow from the lines put in: multi-buy offers, then discounts of lines, then discounts of the
 * ticket, each shared by pos/discount.h, then the deposits. A row a rate, because a record's tax table is by rate. The
 * same cart gives the same rows; a row that was there before (same source, same rate) keeps its number. Pure. */
#include "pos/cart_private.h"

#include "pos/bounds.h"
#include "pos/discount.h"

#include <limits.h>
#include <string.h>

typedef struct {
    PosCart *cart;
    GArray *rows;   /* of PosCartLine: those that follow, new */
    GArray *old;    /* of PosCartLine: those that followed before */
    gsize count;    /* lines put in */
    PosMoney *left; /* of each of them, after the discounts so far; 0 where none may be taken */
    bool full;
} Settling;

static const PosCartLine *line_at(const Settling *settling, gsize index)
{
    return &g_array_index(settling->cart->lines, PosCartLine, index);
}

static int number_for(Settling *settling, const char *source, int tax_bp)
{
    for (guint i = 0; i < settling->old->len; i++) {
        const PosCartLine *old = &g_array_index(settling->old, PosCartLine, i);
        if (old->tax_bp == tax_bp && strcmp(old->source, source) == 0) {
            return old->line;
        }
    }
    if (settling->cart->next_line >= INT_MAX - 1) {
        settling->full = true;
        return 0;
    }
    return settling->cart->next_line++;
}

/* Takes source and of. */
static void add_row(Settling *settling, PosLineKind kind, char *source, GArray *of, int tax_bp,
                    PosMoney price, PosQuantity quantity, const PosNames *names, const char *why,
                    const char *approver)
{
    PosCartLine row = {.kind = kind,
                       .tax_bp = tax_bp,
                       .price = price,
                       .list_price = price,
                       .quantity = quantity,
                       .lot = g_strdup(""),
                       .origin = g_strdup(""),
                       .lifted_by = g_strdup(""),
                       .why = g_strdup(why),
                       .approver =
                           approver == NULL || approver[0] == '\0' ? NULL : g_strdup(approver),
                       .of = of,
                       .source = source};
    row.names = pos_names_copy(names);
    row.line = number_for(settling, source, tax_bp);
    settling->full = settling->full || !pos_money_times(price, quantity, &row.amount);
    g_array_append_val(settling->rows, row);
}

/* Takes an amount off lines (indexes, ascending), split by rate, and adds a row a rate. */
static void take(Settling *settling, PosMoney amount, const GArray *indexes, const char *source,
                 const PosNames *names, const char *why, const char *approver)
{
    int rates[POS_BOUND_TAX_RATES];
    PosMoney weights[POS_BOUND_TAX_RATES];
    PosMoney parts[POS_BOUND_TAX_RATES];
    gsize rates_count = 0;
    int64_t sum = 0;
    for (guint i = 0; i < indexes->len; i++) {
        gsize index = g_array_index(indexes, gsize, i);
        int rate = line_at(settling, index)->tax_bp;
        gsize at = 0;
        while (at < rates_count && rates[at] != rate) {
            at++;
        }
        if (at == rates_count) {
            if (rates_count == POS_BOUND_TAX_RATES) {
                settling->full = true;
                return;
            }
            rates[rates_count] = rate;
            weights[rates_count++] = pos_money(0);
        }
        weights[at].minor += settling->left[index].minor;
        sum += settling->left[index].minor;
    }
    if (sum <= 0 || amount.minor <= 0) {
        return;
    }
    pos_money_spread(pos_money(MIN(amount.minor, sum)), weights, rates_count, parts);
    for (gsize r = 0; r < rates_count; r++) {
        if (parts[r].minor == 0) {
            continue;
        }
        g_autoptr(GArray) of_rate = g_array_new(FALSE, FALSE, sizeof(gsize));
        GArray *of = g_array_new(FALSE, FALSE, sizeof(int));
        for (guint i = 0; i < indexes->len; i++) {
            gsize index = g_array_index(indexes, gsize, i);
            if (line_at(settling, index)->tax_bp == rates[r] && settling->left[index].minor > 0) {
                int number = line_at(settling, index)->line;
                g_array_append_val(of_rate, index);
                g_array_append_val(of, number);
            }
        }
        pos_discount_take(parts[r], settling->left, (const gsize *)of_rate->data, of_rate->len,
                          NULL);
        add_row(settling, POS_LINE_DISCOUNT, g_strdup(source), of, rates[r],
                pos_money(-parts[r].minor), pos_quantity_each(1), names, why, approver);
    }
}

static bool is_for_offers(const PosCartLine *line)
{
    return line->kind == POS_LINE_GOODS && line->quantity.unit == POS_UNIT_EACH &&
           !line->overridden && line->price.minor > 0;
}

static gsize index_of(const Settling *settling, int line)
{
    gsize index = 0;
    while (line_at(settling, index)->line != line) {
        index++;
        g_assert(index < settling->count);
    }
    return index;
}

static void settle_offers(Settling *settling)
{
    const GPtrArray *offers = settling->cart->offers;
    if (offers == NULL || offers->len == 0) {
        return;
    }
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(PosOfferLine));
    for (gsize i = 0; i < settling->count; i++) {
        const PosCartLine *line = line_at(settling, i);
        if (is_for_offers(line)) {
            PosOfferLine piece = {line->line, line->gtin, line->price, line->quantity.value};
            g_array_append_val(lines, piece);
        }
    }
    g_autoptr(GArray) hits = pos_offers_find(offers, (const PosOfferLine *)lines->data, lines->len);
    for (guint i = 0; i < hits->len; i++) {
        const PosOfferHit *hit = &g_array_index(hits, PosOfferHit, i);
        g_autoptr(GArray) indexes = g_array_new(FALSE, FALSE, sizeof(gsize));
        for (guint k = 0; k < hit->lines->len; k++) {
            gsize index = index_of(settling, g_array_index(hit->lines, int, k));
            g_array_append_val(indexes, index);
        }
        g_autofree char *source = g_strdup_printf("offer:%s", hit->offer->key);
        take(settling, hit->saving, indexes, source, &hit->offer->names,
             pos_names_in(&hit->offer->names, NULL), NULL);
    }
}

/* The discounts that people gave, those of lines before those of the ticket. */
static void settle_discounts(Settling *settling, bool of_lines)
{
    for (guint i = 0; i < settling->cart->discounts->len; i++) {
        const PosCartDiscount *discount =
            &g_array_index(settling->cart->discounts, PosCartDiscount, i);
        if ((discount->line != 0) != of_lines) {
            continue;
        }
        g_autoptr(GArray) indexes = g_array_new(FALSE, FALSE, sizeof(gsize));
        int64_t left = 0;
        for (gsize k = 0; k < settling->count; k++) {
            if (settling->left[k].minor > 0 &&
                (!of_lines || line_at(settling, k)->line == discount->line)) {
                g_array_append_val(indexes, k);
                left += settling->left[k].minor;
            }
        }
        PosMoney amount = pos_discount_of(pos_money(left), discount->is_percent, discount->value);
        g_autofree char *source = g_strdup_printf("discount:%d", discount->number);
        g_autofree char *name = g_strdup(discount->why);
        PosNames names = {name, name, name};
        take(settling, amount, indexes, source, &names, discount->why, discount->approver);
    }
}

static void settle_deposits(Settling *settling)
{
    for (gsize i = 0; i < settling->count; i++) {
        const PosCartLine *line = line_at(settling, i);
        if (line->deposit.minor > 0 && line->quantity.unit == POS_UNIT_EACH) {
            GArray *of = g_array_new(FALSE, FALSE, sizeof(int));
            g_array_append_val(of, line->line);
            /* The product's name: what kind of row it is, is for those who show it. */
            add_row(settling, POS_LINE_DEPOSIT, g_strdup_printf("deposit:%d", line->line), of,
                    line->deposit_tax_bp, line->deposit, line->quantity, &line->names, NULL, NULL);
        }
    }
}

/* Every amount added up; false when it is more than a record can hold on the way. */
static bool add_up(PosCart *cart)
{
    PosMoney total = pos_money(0);
    for (guint i = 0; i < cart->lines->len; i++) {
        if (!pos_money_add(total, g_array_index(cart->lines, PosCartLine, i).amount, &total)) {
            return false;
        }
    }
    cart->total = total;
    return true;
}

static bool rates_fit(const PosCart *cart)
{
    int rates[POS_BOUND_TAX_RATES];
    gsize count = 0;
    for (guint i = 0; i < cart->lines->len; i++) {
        int rate = g_array_index(cart->lines, PosCartLine, i).tax_bp;
        gsize at = 0;
        while (at < count && rates[at] != rate) {
            at++;
        }
        if (at == count) {
            if (count == POS_BOUND_TAX_RATES) {
                return false;
            }
            rates[count++] = rate;
        }
    }
    return true;
}

/* Rows with words and lists may be long: together they must fit a record that is adopted one day. Rows without any
 * always do, up to POS_BOUND_CART_LINES of them. */
static bool record_fits(const PosCart *cart)
{
    gsize bytes = 0;
    for (guint i = 0; i < cart->lines->len; i++) {
        const PosCartLine *line = &g_array_index(cart->lines, PosCartLine, i);
        bytes += 270;
        bytes += line->of == NULL ? 0 : 5 * line->of->len;
        bytes += line->why == NULL ? 0 : 96 + strlen(line->why);
        bytes += line->department == NULL
                     ? 0
                     : 32 + strlen(line->department) + strlen(pos_names_in(&line->names, NULL));
        bytes += line->code == NULL ? 0 : 16 + strlen(line->code);
    }
    return bytes <= POS_BOUND_RECORD_BYTES - 8 * 1024;
}

PosRefusal cart_settle(PosCart *cart)
{
    Settling settling = {.cart = cart, .rows = g_array_new(FALSE, TRUE, sizeof(PosCartLine))};
    settling.old = g_array_new(FALSE, TRUE, sizeof(PosCartLine));
    for (guint i = 0; i < cart->lines->len; i++) {
        PosCartLine *line = &g_array_index(cart->lines, PosCartLine, i);
        if (!pos_cart_line_is_derived(line)) {
            g_assert(i == settling.count);
            settling.count++;
            continue;
        }
        PosCartLine moved = *line;
        memset(line, 0, sizeof *line);
        g_array_append_val(settling.old, moved);
    }
    g_array_set_size(cart->lines, (guint)settling.count);
    bool payable = add_up(cart);
    g_autofree PosMoney *left = g_new0(PosMoney, settling.count + 1);
    settling.left = left;
    for (gsize i = 0; i < settling.count; i++) {
        const PosCartLine *line = line_at(&settling, i);
        left[i] = pos_cart_line_is_discountable(line) ? line->amount : pos_money(0);
    }
    if (payable) {
        settle_offers(&settling);
        settle_discounts(&settling, true);
        settle_discounts(&settling, false);
        settle_deposits(&settling);
    }
    g_array_append_vals(cart->lines, settling.rows->data, settling.rows->len);
    g_array_unref(settling.rows); /* without a clear function: the rows belong to the cart now */
    for (guint i = 0; i < settling.old->len; i++) {
        pos_cart_line_clear(&g_array_index(settling.old, PosCartLine, i));
    }
    g_array_unref(settling.old);
    if (settling.full || cart->lines->len > POS_BOUND_CART_LINES || !rates_fit(cart) ||
        !record_fits(cart)) {
        return POS_REFUSAL_CART_FULL;
    }
    return payable && add_up(cart) && ABS(cart->total.minor) <= POS_BOUND_TICKET_MINOR_MAX
               ? POS_REFUSAL_NONE
               : POS_REFUSAL_BAD_QUANTITY;
}
