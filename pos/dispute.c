/* SPDX-License-Identifier: GPL-3.0-or-later
 * The remedies for a price that was not the one shown. Pure. */
#include "pos/dispute.h"

#include <string.h>

#define FREE_UP_TO 10 /* whole units of the currency */
#define BONUS_TIMES 10
#define BONUS_MIN 1
#define BONUS_MAX 5

static const char *const CODES[] = {"none", "lowest", "free_up_to_10", "bonus_10x"};

const char *pos_dispute_remedy_code(PosDisputeRemedy remedy)
{
    g_assert((gsize)remedy < G_N_ELEMENTS(CODES));
    return CODES[remedy];
}

bool pos_dispute_remedy_from_code(const char *code, PosDisputeRemedy *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CODES); i++) {
        if (g_strcmp0(code, CODES[i]) == 0) {
            *out = (PosDisputeRemedy)i;
            return true;
        }
    }
    return false;
}

static int64_t whole_units(const PosCurrency *currency, int64_t count)
{
    for (int i = 0; i < currency->exponent; i++) {
        count *= 10;
    }
    return count;
}

/* What the rule gives beside the price shown. unit: what one unit costs at that price. */
static int64_t owed_of(PosDisputeRemedy remedy, int64_t difference, int64_t unit,
                       const PosCurrency *currency)
{
    switch (remedy) {
    case POS_DISPUTE_NONE:
    case POS_DISPUTE_LOWEST:
        return 0;
    case POS_DISPUTE_FREE_UP_TO_10:
        return MIN(unit, whole_units(currency, FREE_UP_TO));
    case POS_DISPUTE_BONUS_10X: {
        int64_t most = whole_units(currency, BONUS_MAX);
        int64_t bonus = difference > most / BONUS_TIMES ? most : difference * BONUS_TIMES;
        return CLAMP(bonus, whole_units(currency, BONUS_MIN), most);
    }
    }
    g_assert_not_reached();
}

bool pos_dispute_settle(PosDisputeRemedy remedy, PosMoney charged, PosMoney shown,
                        PosQuantity quantity, const PosCurrency *currency, PosDisputeResult *out)
{
    PosMoney amount;
    PosMoney before;
    g_assert(shown.minor >= 0 && shown.minor < charged.minor);
    if (!pos_money_times(shown, quantity, &amount) ||
        !pos_money_times(charged, quantity, &before)) {
        return false;
    }
    bool weighed = quantity.unit == POS_UNIT_G;
    int64_t unit = weighed ? amount.minor : shown.minor;
    int64_t difference = weighed ? before.minor - amount.minor : charged.minor - shown.minor;
    bool gross = remedy == POS_DISPUTE_FREE_UP_TO_10 && shown.minor < charged.minor - shown.minor;
    int64_t owed = gross ? 0 : owed_of(remedy, difference, unit, currency);
    *out = (PosDisputeResult){.price = shown,
                              .bonus = pos_money(MIN(owed, amount.minor)),
                              .owed = pos_money(owed),
                              .gross_error = gross};
    return true;
}
