/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lot's health code, computed in this one place for till, kiosk, page and tag, from dates, recall and
 * sensor events. Pure; works offline. */
#pragma once
#include "pos/lot.h"
#include "pos/refusal.h"

G_BEGIN_DECLS

typedef enum { POS_FRESHNESS_GREEN = 0, POS_FRESHNESS_AMBER, POS_FRESHNESS_RED } PosFreshnessColour;

typedef enum {
    POS_FRESHNESS_FRESH = 0,        /* green */
    POS_FRESHNESS_SHORT_DATED,      /* amber: sell soon */
    POS_FRESHNESS_NO_DATE,          /* green: nothing is known of dates */
    POS_FRESHNESS_PAST_BEST_BEFORE, /* red, a manager's badge may lift it */
    POS_FRESHNESS_PAST_USE_BY,      /* red, never lifted */
    POS_FRESHNESS_RECALLED,         /* red, never lifted */
    POS_FRESHNESS_COLD_CHAIN,       /* red: a sensor alarmed on the way; never lifted at the till */
} PosFreshnessReason;

/* days_left: from today to the last day of sale; INT_MAX without a date; negative when past. */
typedef struct {
    PosFreshnessColour colour;
    PosFreshnessReason reason;
    int days_left;
} PosFreshness;

/* lot NULL: nothing known (green, NO_DATE). recalled: the feed holds a recall for the GTIN or the lot.
 * amber_days: amber when days_left <= this (a store setting, 1 by default). The worst reason wins:
 * recalled, past use-by, cold chain, past best-before, short-dated, fresh. */
PosFreshness pos_freshness_of(const PosLot *lot, bool recalled, PosDate today, int amber_days);

/* "green", "amber", "red". Static. */
const char *pos_freshness_code(PosFreshnessColour colour);
/* One short phrase for people in the current language, e.g. "2 days left", "Recalled". Owned. */
char *pos_freshness_words(PosFreshness freshness);
/* NONE for green and amber, else expired, recalled or cold_chain. */
PosRefusal pos_freshness_refusal(PosFreshness freshness);
/* True only for PAST_BEST_BEFORE. */
bool pos_freshness_may_be_lifted(PosFreshness freshness);

G_END_DECLS
