/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a manager asks of stock, as plain arithmetic: how long it lasts, how much of it went, what it is worth, what is at
 * risk and what a price would save. Integers in, integers out; a value that cannot be said is -1. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

G_BEGIN_DECLS

/* on_hand ÷ mean daily sales, in tenths of a day; -1 when nothing was sold. days >= 1: over which `sold` was sold. */
int64_t pos_stock_cover_tenths(int64_t on_hand, int64_t sold, int days);
/* sold ÷ received in basis points, 0 to 10000; -1 when nothing was received. */
int pos_stock_sell_through_bp(int64_t received, int64_t sold);
/* unit_cost × on_hand (÷ 1000 by weight), half away from zero; a negative stock is worth nothing. */
int64_t pos_stock_value(int64_t on_hand, int64_t unit_cost, bool by_weight);

/* A lot that may not sell in time. Units pieces or grams; money minor units per piece or kg. */
typedef struct {
    int64_t on_hand;
    int64_t forecast;          /* sold by its last day at the present price */
    int64_t forecast_proposed; /* at the proposed one */
    int64_t price, proposed;
    int64_t unit_cost, disposal_cost; /* 0 unknown, none */
    bool by_weight;
} PosStockRisk;
typedef struct {
    int64_t left, left_proposed; /* units that will not be sold */
    int64_t
        money; /* at risk: what is left over at cost (at its price where that is not known), and getting
                                    rid of it */
    int64_t
        saves; /* what the proposed price brings more: takings and disposal that is saved; may be < 0 */
} PosStockLoss;
PosStockLoss pos_stock_loss(const PosStockRisk *risk);

/* One movement of a lot, for its history. */
typedef struct {
    int64_t at_ms;
    int64_t moved; /* signed; of a count nothing */
    bool is_count;
    int64_t counted; /* of a count */
} PosStockMove;
/* Runs through movements in time order: *out_balance[i] the stock after each, *out_variance[i] of a count what was
 * counted less what was booked (0 otherwise). The arrays have `count` elements. */
void pos_stock_run(const PosStockMove *moves, gsize count, int64_t *out_balance,
                   int64_t *out_variance);

G_END_DECLS
