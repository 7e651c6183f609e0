/* SPDX-License-Identifier: GPL-3.0-or-later
 * The VAT inside amounts. A row's exact tax is amount x rate / (10000 + rate); its floor and remainder are kept as
 * integers in 128 bits, so nothing is lost before the last unit is given out. Pure. */
#include "pos/tax.h"

#include "pos/bounds.h"

#include <stdlib.h>

static const char *const METHODS[] = {"ticket", "line"};
static const char *const ROUNDINGS[] = {"half_up", "floor"};

const char *pos_tax_method_code(PosTaxMethod method)
{
    g_assert((gsize)method < G_N_ELEMENTS(METHODS));
    return METHODS[method];
}

const char *pos_tax_rounding_code(PosTaxRounding rounding)
{
    g_assert((gsize)rounding < G_N_ELEMENTS(ROUNDINGS));
    return ROUNDINGS[rounding];
}

bool pos_tax_method_from_code(const char *code, PosTaxMethod *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        if (g_strcmp0(code, METHODS[i]) == 0) {
            *out = (PosTaxMethod)i;
            return true;
        }
    }
    return false;
}

bool pos_tax_rounding_from_code(const char *code, PosTaxRounding *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ROUNDINGS); i++) {
        if (g_strcmp0(code, ROUNDINGS[i]) == 0) {
            *out = (PosTaxRounding)i;
            return true;
        }
    }
    return false;
}

PosMoney pos_tax_inside(PosMoney gross, int rate_bp, PosTaxRounding rounding)
{
    if (rounding == POS_TAX_HALF_UP) {
        return pos_money_tax_inside(gross, rate_bp);
    }
    g_assert(rate_bp >= 0 && rate_bp <= 100000);
    return pos_money((int64_t)((__int128)gross.minor * rate_bp / (10000 + rate_bp)));
}

typedef struct {
    gsize row;
    __int128 remainder; /* of the exact tax above its floor, over 10000 + rate */
} Rest;

static int compare_rests(const void *a, const void *b)
{
    const Rest *x = a;
    const Rest *y = b;
    if (x->remainder != y->remainder) {
        return x->remainder > y->remainder ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

void pos_tax_spread(PosMoney total, const PosMoney *amounts, gsize count, int rate_bp,
                    PosMoney *out)
{
    g_assert(rate_bp >= 0 && rate_bp <= 100000);
    g_assert(count > 0 || total.minor == 0);
    const __int128 divisor = 10000 + rate_bp;
    g_autofree Rest *rests = g_new(Rest, MAX(count, 1));
    int64_t left = total.minor;
    for (gsize i = 0; i < count; i++) {
        __int128 exact = (__int128)amounts[i].minor * rate_bp;
        __int128 floor = exact / divisor;
        floor -= exact % divisor < 0;
        out[i] = pos_money((int64_t)floor);
        rests[i] = (Rest){i, exact - floor * divisor};
        left -= out[i].minor;
    }
    qsort(rests, count, sizeof *rests, compare_rests);
    /* Usually 0 to count units are left; a total from elsewhere may leave more, or take some back. */
    int64_t each = count == 0 ? 0 : left / (int64_t)count;
    for (gsize i = 0; i < count; i++) {
        out[i].minor += each;
        left -= each;
    }
    for (gsize i = 0; left > 0; i++, left--) {
        out[rests[i].row].minor++;
    }
    for (gsize i = count; left < 0; i--, left++) {
        out[rests[i - 1].row].minor--;
    }
}

PosMoney pos_tax_of_rows(const PosMoney *amounts, gsize count, int rate_bp, PosTaxRules rules,
                         PosMoney *out)
{
    int64_t gross = 0;
    int64_t summed = 0;
    for (gsize i = 0; i < count; i++) {
        gross += amounts[i].minor;
        summed += pos_tax_inside(amounts[i], rate_bp, rules.rounding).minor;
    }
    g_assert(gross <= POS_BOUND_AMOUNT_MINOR_MAX && gross >= -POS_BOUND_AMOUNT_MINOR_MAX);
    PosMoney total = rules.method == POS_TAX_PER_LINE
                         ? pos_money(summed)
                         : pos_tax_inside(pos_money(gross), rate_bp, rules.rounding);
    if (out != NULL && rules.method == POS_TAX_PER_TICKET) {
        pos_tax_spread(total, amounts, count, rate_bp, out);
    }
    for (gsize i = 0; i < count && out != NULL && rules.method == POS_TAX_PER_LINE; i++) {
        out[i] = pos_tax_inside(amounts[i], rate_bp, rules.rounding);
    }
    return total;
}
