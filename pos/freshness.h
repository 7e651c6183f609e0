/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lot's health code, computed in this one place for till, kiosk, page and tag, from dates, recall and
 * sensor events. Pure; works offline. */
#pragma once
#include "pos/lot.h"
#include "pos/refusal.h"

G_BEGIN_DECLS

typedef enum { POS_FRESHNESS_GREEN = 0, POS_FRESHNESS_AMBER, POS_FRESHNESS_RED } PosFreshnessColour;

typedef enum {
    POS_FRESHNESS_FRESH = 0,   /* green */
    POS_FRESHNESS_SHORT_DATED, /* amber: sell soon */
    POS_FRESHNESS_WARMED,      /* amber: a sensor on the way showed more than its storage allows */
    POS_FRESHNESS_NO_DATE,     /* green: nothing is known of dates */
    POS_FRESHNESS_PAST_BEST_BEFORE, /* red, a manager's badge may lift it */
    POS_FRESHNESS_PAST_USE_BY,      /* red, never lifted */
    POS_FRESHNESS_RECALLED,         /* red, never lifted */
    POS_FRESHNESS_COLD_CHAIN, /* red: a sensor alarmed or showed far too much; never lifted at the till */
} PosFreshnessReason;

/* days_left: from today to the last day of sale; INT_MAX without a date; negative when past. */
typedef struct {
    PosFreshnessColour colour;
    PosFreshnessReason reason;
    int days_left;
} PosFreshness;

/* A store's thresholds, of its setting `store`. Degrees are tenths above the top of the product's storage range. */
typedef struct {
    int amber_days;    /* amber when days_left <= this; 1 by default */
    int warm_amber_dc; /* amber above this excess; 30 by default, 0 never */
    int warm_red_dc; /* red above this excess; 80 by default, 0 never (a sensor's alarm is always red) */
} PosFreshnessLimits;

/* From the setting's value (nullable), each with its default where it is absent or no number in range. */
PosFreshnessLimits pos_freshness_limits_from_json(const json_t *store_setting);

/* What is known of a lot when it is judged. Pointers borrowed. */
typedef struct {
    const PosLot *lot; /* NULL: nothing is known (green, NO_DATE) */
    const char *
        storage; /* the product's, e.g. "0-4 °C"; NULL or "": no temperature is too warm by itself */
    bool recalled; /* the feed holds a recall for the GTIN or the lot */
    PosDate today;
    PosFreshnessLimits limits;
} PosFreshnessFacts;

/* The worst reason wins: recalled, past use-by, cold chain, past best-before, short-dated, warmed, fresh. */
PosFreshness pos_freshness_of(const PosFreshnessFacts *facts);

/* "green", "amber", "red". Static. */
const char *pos_freshness_code(PosFreshnessColour colour);
/* One short phrase for people in the current language, e.g. "2 days left", "Recalled". Owned. */
char *pos_freshness_words(PosFreshness freshness);
/* A whole phrase for a shopper in "ko", "zh" or (any other) "en", whatever the program's language: tag, page and
 * kiosk, e.g. "Recalled: not for sale". Owned. */
char *pos_freshness_words_in(PosFreshness freshness, const char *language);
/* NONE for green and amber, else expired, recalled or cold_chain. */
PosRefusal pos_freshness_refusal(PosFreshness freshness);
/* True only for PAST_BEST_BEFORE. */
bool pos_freshness_may_be_lifted(PosFreshness freshness);

G_END_DECLS
