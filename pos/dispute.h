/* SPDX-License-Identifier: GPL-3.0-or-later
 * A shopper was shown a lower price than the till's: what the shop owes. Pure.
 *
 * Massachusetts, 202 CMR 7.07: the lowest price shown is due; on an error one unit is free when it costs up to $10, else $10
 * off one unit, the others at the lowest; not after a gross error (the lowest is below half). Michigan, 2011 PA 15: the
 * difference, and a bonus of ten times the difference, from $1.00 to $5.00. */
#pragma once
#include "pos/money.h"

G_BEGIN_DECLS

typedef enum {
    POS_DISPUTE_NONE = 0,      /* no remedy of the store: a manager overrides the price */
    POS_DISPUTE_LOWEST,        /* the price shown */
    POS_DISPUTE_FREE_UP_TO_10, /* Massachusetts */
    POS_DISPUTE_BONUS_10X,     /* Michigan */
} PosDisputeRemedy;

/* "none", "lowest", "free_up_to_10", "bonus_10x". Static; back: false (out untouched) for anything else, also NULL. */
const char *pos_dispute_remedy_code(PosDisputeRemedy remedy);
bool pos_dispute_remedy_from_code(const char *code, PosDisputeRemedy *out);

typedef struct {
    PosMoney price;   /* that every unit now has */
    PosMoney bonus;   /* taken off once beside that; not above what the line then costs */
    PosMoney owed;    /* the bonus as the rule has it, before that limit */
    bool gross_error; /* no more than the price shown is due, for it was a gross error */
} PosDisputeResult;

/* charged, shown: per piece or per kg, 0 <= shown < charged. The $ amounts of the rules are 10, 1 and 5 whole units of
 * the currency. A weighed line is one unit. False when an amount cannot be held. */
bool pos_dispute_settle(PosDisputeRemedy remedy, PosMoney charged, PosMoney shown,
                        PosQuantity quantity, const PosCurrency *currency, PosDisputeResult *out);

G_END_DECLS
