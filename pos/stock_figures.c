/* SPDX-License-Identifier: GPL-3.0-or-later
 * Arithmetic of stock: no rounding but where it says so, no overflow within the bounds of a record. */
#include "pos/stock_figures.h"

#include "pos/money.h"
#include "pos/quantity.h"

int64_t pos_stock_cover_tenths(int64_t on_hand, int64_t sold, int days)
{
    g_assert(days >= 1);
    if (sold <= 0) {
        return -1;
    }
    __int128 tenths = (__int128)MAX(on_hand, 0) * days * 10 / sold;
    return tenths > 1000000 ? 1000000 : (int64_t)tenths;
}

int pos_stock_sell_through_bp(int64_t received, int64_t sold)
{
    if (received <= 0) {
        return -1;
    }
    __int128 share = (__int128)CLAMP(sold, 0, received) * 10000 / received;
    return (int)share;
}

static int64_t money_of(int64_t unit_price, int64_t units, bool by_weight)
{
    PosMoney money;
    PosQuantity quantity = by_weight ? pos_quantity_grams(units) : pos_quantity_each(units);
    return pos_money_times(pos_money(unit_price), quantity, &money) ? money.minor : 0;
}

int64_t pos_stock_value(int64_t on_hand, int64_t unit_cost, bool by_weight)
{
    return on_hand <= 0 ? 0 : money_of(unit_cost, on_hand, by_weight);
}

PosStockLoss pos_stock_loss(const PosStockRisk *risk)
{
    int64_t here = MAX(risk->on_hand, 0);
    int64_t sells = CLAMP(risk->forecast, 0, here);
    int64_t sells_then = CLAMP(risk->forecast_proposed, 0, here);
    int64_t unit = risk->unit_cost > 0 ? risk->unit_cost : risk->price;
    PosStockLoss loss = {.left = here - sells, .left_proposed = here - sells_then};
    int64_t disposal = money_of(risk->disposal_cost, loss.left, risk->by_weight);
    int64_t disposal_then = money_of(risk->disposal_cost, loss.left_proposed, risk->by_weight);
    loss.money = money_of(unit, loss.left, risk->by_weight) + disposal;
    loss.saves = money_of(risk->proposed, sells_then, risk->by_weight) - disposal_then -
                 money_of(risk->price, sells, risk->by_weight) + disposal;
    return loss;
}

void pos_stock_run(const PosStockMove *moves, gsize count, int64_t *out_balance,
                   int64_t *out_variance)
{
    int64_t balance = 0;
    for (gsize i = 0; i < count; i++) {
        out_variance[i] = moves[i].is_count ? moves[i].counted - balance : 0;
        balance = moves[i].is_count ? moves[i].counted : balance + moves[i].moved;
        out_balance[i] = balance;
    }
}
