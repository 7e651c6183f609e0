/* SPDX-License-Identifier: GPL-3.0-or-later
 * VAT inside prices: per rate on the ticket and spread back to its rows, or row by row and added up; both ways are
 * lawful somewhere, so it is a setting of the store and stands in the record. Integers only. Pure. */
#pragma once
#include "pos/money.h"

G_BEGIN_DECLS

typedef enum {
    POS_TAX_PER_TICKET = 0, /* found on the rate's gross, spread by largest remainder */
    POS_TAX_PER_LINE,       /* found on each row, added up */
} PosTaxMethod;

typedef enum {
    POS_TAX_HALF_UP = 0, /* half away from zero */
    POS_TAX_FLOOR,       /* towards zero, so that a return mirrors its sale (usual in Korea) */
} PosTaxRounding;

typedef struct {
    PosTaxMethod method;
    PosTaxRounding rounding;
} PosTaxRules;

/* "ticket", "line"; "half_up", "floor". Static. From a code: false (out untouched) for anything else, also NULL. */
const char *pos_tax_method_code(PosTaxMethod method);
const char *pos_tax_rounding_code(PosTaxRounding rounding);
bool pos_tax_method_from_code(const char *code, PosTaxMethod *out);
bool pos_tax_rounding_from_code(const char *code, PosTaxRounding *out);

/* The tax inside a gross amount: gross x rate / (10000 + rate). rate_bp 0..100000. */
PosMoney pos_tax_inside(PosMoney gross, int rate_bp, PosTaxRounding rounding);

/* The tax of `count` rows of one rate by the rules; out[i] (nullable) is row i's part, they add up to the result.
 * Amounts may have either sign; their sum must be an amount (pos/bounds.h). */
PosMoney pos_tax_of_rows(const PosMoney *amounts, gsize count, int rate_bp, PosTaxRules rules,
                         PosMoney *out);

/* `total` over rows of one rate by largest remainder of each row's exact tax; the first row wins a tie. out[count].
 * They add up to total whatever it is. */
void pos_tax_spread(PosMoney total, const PosMoney *amounts, gsize count, int rate_bp,
                    PosMoney *out);

G_END_DECLS
