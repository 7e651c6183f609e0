/* SPDX-License-Identifier: GPL-3.0-or-later
 * Arithmetic on amounts of money: exact in 128 bits, rounded half away from zero in one function,
 * bounded to +-POS_BOUND_AMOUNT_MINOR_MAX so that every result fits the journal. Pure, no floating
 * point. */
#include "pos/money.h"
#include "pos/bounds.h"

#include <stdlib.h>
#include <string.h>

/* Currencies whose exponent is not 2 (ISO 4217 list one), and those with a symbol of their own.
 * An empty symbol: the code is written in front instead. */
static const PosCurrency currencies[] = {
    {"AUD", 2, "A$"}, {"BHD", 3, ""},    {"BIF", 0, ""},  {"CAD", 2, "CA$"}, {"CLF", 4, ""},
    {"CLP", 0, ""},   {"CNY", 2, "¥"},   {"DJF", 0, ""},  {"EUR", 2, "€"},   {"GBP", 2, "£"},
    {"GNF", 0, ""},   {"HKD", 2, "HK$"}, {"INR", 2, "₹"}, {"IQD", 3, ""},    {"ISK", 0, ""},
    {"JOD", 3, ""},   {"JPY", 0, "¥"},   {"KMF", 0, ""},  {"KRW", 0, "₩"},   {"KWD", 3, ""},
    {"LYD", 3, ""},   {"OMR", 3, ""},    {"PYG", 0, ""},  {"RWF", 0, ""},    {"SGD", 2, "S$"},
    {"TND", 3, ""},   {"TWD", 2, "NT$"}, {"UGX", 0, ""},  {"USD", 2, "$"},   {"UYI", 0, ""},
    {"UYW", 4, ""},   {"VND", 0, "₫"},   {"VUV", 0, ""},  {"XAF", 0, ""},    {"XOF", 0, ""},
    {"XPF", 0, ""},
};

/* Coins and notes that are handed over, ascending, in minor units; 0 ends a row. The first is the
 * smallest coin that a till still gives back. */
#define DENOMINATIONS_MAX POS_DENOMINATIONS_MAX
static const struct {
    char code[4];
    int64_t minor[DENOMINATIONS_MAX];
} cash[] = {
    {"KRW", {10, 50, 100, 500, 1000, 5000, 10000, 50000}},
    {"EUR", {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000}},
    {"CNY", {10, 50, 100, 500, 1000, 2000, 5000, 10000}},
    {"USD", {1, 5, 10, 25, 100, 500, 1000, 2000, 5000, 10000}},
    {"JPY", {1, 5, 10, 50, 100, 500, 1000, 5000, 10000}},
};

PosMoney pos_money(int64_t minor)
{
    return (PosMoney){.minor = minor};
}

static bool fits(__int128 value, PosMoney *out)
{
    if (value > POS_BOUND_AMOUNT_MINOR_MAX || value < -(__int128)POS_BOUND_AMOUNT_MINOR_MAX) {
        return false;
    }
    out->minor = (int64_t)value;
    return true;
}

/* The one rounding rule: numerator / denominator, half away from zero. denominator > 0. */
static __int128 divide_half_away(__int128 numerator, __int128 denominator)
{
    g_assert(denominator > 0);
    __int128 magnitude = numerator < 0 ? -numerator : numerator;
    __int128 quotient = (magnitude + denominator / 2) / denominator;
    /* An odd denominator has no exact half: adding its floored half never rounds a lesser part up.
     */
    return numerator < 0 ? -quotient : quotient;
}

bool pos_money_add(PosMoney a, PosMoney b, PosMoney *out)
{
    return fits((__int128)a.minor + b.minor, out);
}

bool pos_money_subtract(PosMoney a, PosMoney b, PosMoney *out)
{
    return fits((__int128)a.minor - b.minor, out);
}

bool pos_money_times(PosMoney price, PosQuantity quantity, PosMoney *out)
{
    __int128 product = (__int128)price.minor * quantity.value;
    switch (quantity.unit) {
    case POS_UNIT_EACH:
        return fits(product, out);
    case POS_UNIT_G:
        return fits(divide_half_away(product, 1000), out);
    case POS_UNIT_NONE:
        return false;
    }
    g_assert_not_reached();
}

PosMoney pos_money_tax_inside(PosMoney gross, int rate_bp)
{
    g_assert(rate_bp >= 0 && rate_bp <= 100000);
    __int128 tax = divide_half_away((__int128)gross.minor * rate_bp, 10000 + (__int128)rate_bp);
    return pos_money((int64_t)tax); /* |tax| <= |gross| */
}

PosMoney pos_money_round_to(PosMoney amount, int64_t increment)
{
    g_assert(increment >= 1);
    __int128 rounded = divide_half_away(amount.minor, increment) * increment;
    g_assert(rounded <= INT64_MAX && rounded >= INT64_MIN);
    return pos_money((int64_t)rounded);
}

typedef struct {
    gsize row;
    __int128 remainder;
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

void pos_money_spread(PosMoney total, const PosMoney *weights, gsize count, PosMoney *out)
{
    __int128 sum = 0;
    for (gsize i = 0; i < count; i++) {
        g_assert(weights[i].minor >= 0);
        sum += weights[i].minor;
    }
    g_assert(sum > 0);
    g_assert(total.minor >= 0 && total.minor <= sum);
    g_autofree Rest *rests = g_new(Rest, count);
    int64_t left = total.minor;
    for (gsize i = 0; i < count; i++) {
        __int128 exact = (__int128)total.minor * weights[i].minor;
        out[i] = pos_money((int64_t)(exact / sum));
        rests[i] = (Rest){i, exact % sum};
        left -= out[i].minor;
    }
    qsort(rests, count, sizeof *rests, compare_rests);
    for (gsize i = 0; left > 0; i++, left--) {
        g_assert(i < count);
        out[rests[i].row]
            .minor++; /* a remainder above 0 means that the part was below its weight */
    }
}

PosMoney pos_money_part(PosMoney amount, int64_t part, int64_t whole)
{
    g_assert(whole > 0 && part >= 0 && part <= whole);
    return pos_money((int64_t)divide_half_away((__int128)amount.minor * part, whole));
}

bool pos_money_unit_price(PosMoney price, int64_t net_g, int64_t base_g, PosMoney *out)
{
    if (price.minor < 0 || net_g <= 0 || base_g <= 0) {
        return false;
    }
    const __int128 unit = divide_half_away((__int128)price.minor * base_g, net_g);
    if (unit > POS_BOUND_AMOUNT_MINOR_MAX) {
        return false;
    }
    *out = pos_money((int64_t)unit);
    return true;
}

int64_t pos_currency_cash_increment(const PosCurrency *currency, const char *country)
{
    static const struct {
        char code[4], country[3]; /* "" any */
        int64_t increment;
    } rows[] = {
        {"CHF", "", 5},   {"SEK", "", 100}, {"NOK", "", 100}, {"CZK", "", 100},
        {"HUF", "", 500}, {"DKK", "", 50},  {"NZD", "", 10},  {"CAD", "", 5},
        {"EUR", "NL", 5}, {"EUR", "BE", 5}, {"EUR", "FI", 5}, {"EUR", "IE", 5},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].code, currency->code) == 0 &&
            (rows[i].country[0] == '\0' || g_strcmp0(rows[i].country, country) == 0)) {
            return rows[i].increment;
        }
    }
    return 1;
}

bool pos_currency_from_code(const char *code, PosCurrency *out)
{
    if (code == NULL || strlen(code) != 3) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        if (!g_ascii_isupper(code[i])) {
            return false;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(currencies); i++) {
        if (strcmp(currencies[i].code, code) == 0) {
            *out = currencies[i];
            return true;
        }
    }
    *out = (PosCurrency){.exponent = 2, .symbol = ""};
    memcpy(out->code, code, 4);
    return true;
}

char *pos_money_format(PosMoney amount, const PosCurrency *currency)
{
    g_assert(currency->exponent >= 0 && currency->exponent <= 4);
    uint64_t magnitude = amount.minor < 0 ? 0 - (uint64_t)amount.minor : (uint64_t)amount.minor;
    uint64_t scale = 1;
    for (int i = 0; i < currency->exponent; i++) {
        scale *= 10;
    }
    g_autofree char *whole = g_strdup_printf("%" G_GUINT64_FORMAT, magnitude / scale);
    GString *text = g_string_new(amount.minor < 0 ? "-" : "");
    if (currency->symbol != NULL && currency->symbol[0] != '\0') {
        g_string_append(text, currency->symbol);
    } else {
        g_string_append_printf(text, "%s ", currency->code);
    }
    gsize digits = strlen(whole);
    for (gsize i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) {
            g_string_append_c(text, ',');
        }
        g_string_append_c(text, whole[i]);
    }
    if (currency->exponent > 0) {
        g_string_append_printf(text, ".%0*" G_GUINT64_FORMAT, currency->exponent,
                               magnitude % scale);
    }
    return g_string_free(text, FALSE);
}

static const int64_t *denominations_of(const PosCurrency *currency)
{
    static const int64_t unknown[] = {1, 0};
    for (gsize i = 0; i < G_N_ELEMENTS(cash); i++) {
        if (strcmp(cash[i].code, currency->code) == 0) {
            return cash[i].minor;
        }
    }
    return unknown;
}

gsize pos_currency_denominations(const PosCurrency *currency, PosMoney out[POS_DENOMINATIONS_MAX])
{
    const int64_t *denominations = denominations_of(currency);
    gsize count = 0;
    while (count < DENOMINATIONS_MAX && denominations[count] != 0) {
        out[count] = pos_money(denominations[count]);
        count++;
    }
    return count == 1 ? 0 : count; /* a currency without a table */
}

gsize pos_money_suggest_notes(PosMoney due, const PosCurrency *currency, PosMoney *out, gsize n_max)
{
    g_assert(due.minor > 0);
    const int64_t *denominations = denominations_of(currency);
    gsize count = 0;
    /* Rounding up to ever larger notes is what people do at a counter. A larger denomination may
     * give a smaller amount when it is no multiple of the one before (50 and 20), so keep the row
     * sorted. */
    for (gsize i = 0; i < DENOMINATIONS_MAX && denominations[i] != 0; i++) {
        __int128 step = denominations[i];
        __int128 up = (due.minor + step - 1) / step * step;
        PosMoney amount;
        if (!fits(up, &amount)) {
            continue;
        }
        gsize at = count;
        while (at > 0 && out[at - 1].minor > amount.minor) {
            at--;
        }
        if ((at > 0 && out[at - 1].minor == amount.minor) || at >= n_max) {
            continue;
        }
        gsize moved = MIN(count, n_max - 1) - at;
        memmove(&out[at + 1], &out[at], moved * sizeof *out);
        out[at] = amount;
        count = MIN(count + 1, n_max);
    }
    return count;
}
