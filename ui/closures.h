/* SPDX-License-Identifier: GPL-3.0-or-later
 * Values to the words that a screen shows: money, quantity, age, freshness. Pure: no widget, no clock, no
 * store; every result is owned by the caller unless it says otherwise. */
#pragma once
#include "pos/cart.h"

G_BEGIN_DECLS

/* "ko", "en" or "zh": the language the screens speak, from the environment (LANGUAGE, LANG). Static. */
const char *ui_language(void);
/* The same for one locale name such as "zh_CN.UTF-8"; "en" for anything that is neither Korean nor Chinese. */
const char *ui_language_of(const char *locale);

/* "3" for pieces, "0.450 kg" for grams, "" without a unit. */
char *ui_format_quantity(PosQuantity quantity);
/* "₩4,980/kg" for goods by weight, "₩1,500" by the piece. */
char *ui_format_unit_price(PosMoney price, PosUnit unit, const PosCurrency *currency);
/* The typed digits of a weight in grams as kilograms: "" and "450" give "0.000 kg" and "0.450 kg". */
char *ui_format_typed_grams(const char *digits);
/* The typed digits of an amount in minor units: "5000" gives "₩5,000". */
char *ui_format_typed_money(const char *digits, const PosCurrency *currency);
/* One dot for each character typed. */
char *ui_format_typed_secret(const char *text);

/* How long ago: "now", "12 s", "3 min", "5 h", "2 d". Negative counts as now. */
char *ui_format_age(int64_t seconds);
/* "Price 3 min old"; "Price of unknown age" when at_ms is 0. */
char *ui_format_price_age(int64_t at_ms, int64_t now_ms);
/* "Prices 12 s old", "No prices yet" for -1. */
char *ui_format_prices_age(int64_t seconds);
/* "All sent", or "3 unsent since 09:12" with the time in `zone` (NULL: the machine's). */
char *ui_format_unsent(int64_t unsent, int64_t since_ms, GTimeZone *zone);
/* "Lot L20261121A · Jeju": what is known of where a line comes from. "" when nothing is. */
char *ui_format_source(const char *lot, const char *origin);
/* "1 item", "4 items". */
char *ui_format_items(gsize count);

/* The style class of a health code: "fresh-green", "fresh-amber", "fresh-red". Static. */
const char *ui_freshness_class(PosFreshnessColour colour);

/* Digits to a number; -1 when empty or above `max`. */
int64_t ui_parse_digits(const char *digits, int64_t max);

G_END_DECLS
