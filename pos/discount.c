/* SPDX-License-Identifier: GPL-3.0-or-later
 * Discounts on lines: how much, and who bears it. Pure. */
#include "pos/discount.h"

PosMoney pos_discount_take(PosMoney amount, PosMoney *left, const gsize *rows, gsize count,
                           PosMoney *share)
{
    g_autofree PosMoney *weights = g_new0(PosMoney, MAX(count, 1));
    g_autofree PosMoney *parts = g_new0(PosMoney, MAX(count, 1));
    int64_t sum = 0;
    g_assert(amount.minor >= 0);
    for (gsize i = 0; i < count; i++) {
        weights[i] = left[rows[i]];
        g_assert(weights[i].minor >= 0);
        sum += weights[i].minor;
    }
    PosMoney taken = pos_money(MIN(amount.minor, sum));
    if (sum > 0) {
        pos_money_spread(taken, weights, count, parts);
    }
    for (gsize i = 0; i < count; i++) {
        left[rows[i]].minor -= parts[i].minor;
        if (share != NULL) {
            share[i] = parts[i];
        }
    }
    return taken;
}

PosMoney pos_discount_of(PosMoney left, bool is_percent, int64_t value)
{
    g_assert(left.minor >= 0 && value >= 0);
    return is_percent ? pos_money_part(left, MIN(value, 10000), 10000)
                      : pos_money(MIN(value, left.minor));
}
