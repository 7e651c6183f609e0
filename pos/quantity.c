/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pieces and grams: integers with their unit, never mixed. Pure. */
#include "pos/quantity.h"
#include "pos/bounds.h"

#include <string.h>

PosQuantity pos_quantity_each(int64_t pieces)
{
    return (PosQuantity){.unit = POS_UNIT_EACH, .value = pieces};
}

PosQuantity pos_quantity_grams(int64_t grams)
{
    return (PosQuantity){.unit = POS_UNIT_G, .value = grams};
}

const char *pos_unit_code(PosUnit unit)
{
    switch (unit) {
    case POS_UNIT_EACH:
        return "each";
    case POS_UNIT_G:
        return "g";
    case POS_UNIT_NONE:
        return "";
    }
    g_assert_not_reached();
}

PosUnit pos_unit_from_code(const char *code)
{
    if (g_strcmp0(code, "each") == 0) {
        return POS_UNIT_EACH;
    }
    if (g_strcmp0(code, "g") == 0) {
        return POS_UNIT_G;
    }
    return POS_UNIT_NONE;
}

bool pos_quantity_add(PosQuantity a, PosQuantity b, PosQuantity *out)
{
    int64_t sum;
    if (a.unit != b.unit || __builtin_add_overflow(a.value, b.value, &sum)) {
        return false;
    }
    *out = (PosQuantity){.unit = a.unit, .value = sum};
    return true;
}

bool pos_quantity_is_sellable(PosQuantity quantity)
{
    switch (quantity.unit) {
    case POS_UNIT_EACH:
        return quantity.value >= 1 && quantity.value <= POS_BOUND_PIECES_MAX;
    case POS_UNIT_G:
        return quantity.value >= 1 && quantity.value <= POS_BOUND_GRAMS_MAX;
    case POS_UNIT_NONE:
        return false;
    }
    g_assert_not_reached();
}
