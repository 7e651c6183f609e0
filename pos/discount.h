/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a discount lies on the lines that it reduces. One rule for the ticket and for what comes back later: discounts are
 * taken one after the other, each shared over its lines by what is left of them, by largest remainder; so no line goes
 * below zero and the shares of a row add up to the row. Pure. */
#pragma once
#include "pos/money.h"

G_BEGIN_DECLS

/* Takes `amount` (>= 0) off the rows at `rows[count]`: left[row] falls, share[i] (nullable) is what rows[i] gave.
 * What is above the sum of what is left is not taken. Returns what was taken. Each left[] taken from is >= 0. */
PosMoney pos_discount_take(PosMoney amount, PosMoney *left, const gsize *rows, gsize count,
                           PosMoney *share);

/* value basis points of what is left, half away from zero, or value minor units; never above what is left. */
PosMoney pos_discount_of(PosMoney left, bool is_percent, int64_t value);

G_END_DECLS
