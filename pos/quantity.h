/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pieces or grams, tagged, integers only; never added across kinds. All zero is "no quantity". */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum { POS_UNIT_NONE = 0, POS_UNIT_EACH, POS_UNIT_G } PosUnit;

/* value: pieces for EACH, grams for G; negative in a return. */
typedef struct {
    PosUnit unit;
    int64_t value;
} PosQuantity;

PosQuantity pos_quantity_each(int64_t pieces);
PosQuantity pos_quantity_grams(int64_t grams);

/* "each", "g"; "" for NONE. Static. */
const char *pos_unit_code(PosUnit unit);
/* The unit of a code, NONE when unknown or NULL. */
PosUnit pos_unit_from_code(const char *code);

/* out = a + b. False when the units differ or the sum overflows; out is then untouched. */
G_GNUC_WARN_UNUSED_RESULT bool pos_quantity_add(PosQuantity a, PosQuantity b, PosQuantity *out);

/* True for 1..POS_BOUND_PIECES_MAX pieces or 1..POS_BOUND_GRAMS_MAX grams: what one line may hold. */
bool pos_quantity_is_sellable(PosQuantity quantity);

G_END_DECLS
