/* SPDX-License-Identifier: GPL-3.0-or-later
 * Amounts of money: int64 minor units of the store's one currency (KRW: won, EUR: cents). Checked
 * arithmetic, one rounding rule (half away from zero), no floating point anywhere. */
#pragma once
#include "pos/quantity.h"

G_BEGIN_DECLS

typedef struct {
    int64_t minor;
} PosMoney;

/* ISO 4217: code ("KRW"), digits after the point (0..4), the symbol for people ("₩"). */
typedef struct {
    char code[4];
    int exponent;
    const char *symbol; /* static */
} PosCurrency;

PosMoney pos_money(int64_t minor);

/* False on overflow or when the result leaves +-POS_BOUND_AMOUNT_MINOR_MAX; out is then untouched. */
G_GNUC_WARN_UNUSED_RESULT bool pos_money_add(PosMoney a, PosMoney b, PosMoney *out);
G_GNUC_WARN_UNUSED_RESULT bool pos_money_subtract(PosMoney a, PosMoney b, PosMoney *out);

/* The amount of a line: price per piece x pieces, or price per kg x grams / 1000 rounded half away
 * from zero (sync-protocol.md). False on overflow or a quantity without unit. */
G_GNUC_WARN_UNUSED_RESULT bool pos_money_times(PosMoney price, PosQuantity quantity, PosMoney *out);

/* The tax inside a gross amount at rate_bp basis points (1000 = 10 %): gross x rate / (10000 + rate),
 * half away from zero. rate_bp 0..100000. */
PosMoney pos_money_tax_inside(PosMoney gross, int rate_bp);

/* amount rounded half away from zero to a multiple of increment (minor units, >= 1). */
PosMoney pos_money_round_to(PosMoney amount, int64_t increment);

/* `total` (>= 0) over weights (each >= 0, their sum > 0 and >= total) by largest remainder; the first wins a tie. The
 * parts out[count] add up to total and none is above its weight. */
void pos_money_spread(PosMoney total, const PosMoney *weights, gsize count, PosMoney *out);

/* part / whole of an amount, rounded half away from zero. whole > 0, 0 <= part <= whole. */
PosMoney pos_money_part(PosMoney amount, int64_t part, int64_t whole);

/* What `base_g` grams (1000, or 100) of a pack of `net_g` grams cost at its price, half up. False when the price is below
 * nothing, either weight is not above it, or there is no such amount. */
G_GNUC_WARN_UNUSED_RESULT bool pos_money_unit_price(PosMoney price, int64_t net_g, int64_t base_g,
                                                    PosMoney *out);

/* The smallest amount that is still paid in cash, minor units: what the coins of the currency give, in the country
 * (ISO 3166-1 alpha-2, NULL or "" unknown) where that decides. 1 where nothing is rounded. Korea's 10 won is custom,
 * not law, so it is for the store to set. */
int64_t pos_currency_cash_increment(const PosCurrency *currency, const char *country);

/* The currency of an ISO 4217 code; exponent from the table, 2 where it has no entry. False when the
 * code is not three upper-case letters. */
bool pos_currency_from_code(const char *code, PosCurrency *out);

/* For people: symbol, grouped digits, decimals by the exponent: "₩12,900", "-€4.25". Owned by the
 * caller. */
char *pos_money_format(PosMoney amount, const PosCurrency *currency);

/* Coins and notes that are handed over, ascending, in minor units: what a drawer is counted by. At most
 * POS_DENOMINATIONS_MAX; 0 for a currency without a table. */
#define POS_DENOMINATIONS_MAX 16
gsize pos_currency_denominations(const PosCurrency *currency, PosMoney out[POS_DENOMINATIONS_MAX]);

/* Up to n_max cash amounts a shopper is likely to hand over for `due` (> 0), ascending, distinct, the
 * first is the exact amount rounded up to the smallest coin; from the notes and coins of the currency.
 * Returns how many were written to out. */
gsize pos_money_suggest_notes(PosMoney due, const PosCurrency *currency, PosMoney *out,
                              gsize n_max);

G_END_DECLS
