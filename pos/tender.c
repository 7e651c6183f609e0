/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the table of what takes money. */
#include "pos/tender.h"

/* Cash is counted by hand, and a stand-alone card terminal has said yes before the cashier tells the till. */
static PosTenderOutcome charge_by_hand(PosMoney amount, const char *attempt)
{
    (void)amount;
    (void)attempt;
    return POS_TENDER_APPROVED;
}

static const PosTenderProvider CASH = {false, charge_by_hand};
static const PosTenderProvider STANDALONE_CARD = {true, charge_by_hand};

const PosTenderProvider *pos_tender_provider(PosTenderKind kind)
{
    switch (kind) {
    case POS_TENDER_CASH:
        return &CASH;
    case POS_TENDER_CARD:
        return &STANDALONE_CARD;
    case POS_TENDER_QR:
        return NULL;
    }
    g_assert_not_reached();
}
