/* SPDX-License-Identifier: GPL-3.0-or-later
 * The seam to what takes money: one function table a kind of tender. */
#pragma once
#include "pos/sale.h"

G_BEGIN_DECLS

typedef enum {
    POS_TENDER_APPROVED = 0,
    POS_TENDER_DECLINED, /* nothing was taken */
} PosTenderOutcome;

typedef struct {
    /* The money moves outside the till's sight, so each outcome is a `tender_attempt` on disk before it counts. */
    bool is_journaled;
    /* Takes `amount` (> 0). attempt: the till's own name for this try, borrowed. */
    PosTenderOutcome (*charge)(PosMoney amount, const char *attempt);
} PosTenderProvider;

/* Cash: the drawer. Card: a terminal that stands by itself; the cashier keys in the amount there and gives the
 * tender here once it said yes. NULL where a kind is not set up (qr). Static. */
const PosTenderProvider *pos_tender_provider(PosTenderKind kind);

G_END_DECLS
