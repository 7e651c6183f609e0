/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the one decision "may this lot be sold, and how soon must it go". Pure: today comes in as a date.
 * What always holds: a red lot has a refusal code, a green or amber one has none. */
#include "pos/freshness.h"
#include "pos/storage.h"

#include <glib/gi18n-lib.h>
#include <limits.h>

#define WARM_DC_MAX 1000

static bool has_alarm(const PosLot *lot)
{
    if (lot->cold_chain_broken) {
        return true;
    }
    for (guint i = 0; lot->route != NULL && i < lot->route->len; i++) {
        const PosRouteStep *step = g_ptr_array_index(lot->route, i);
        if (step->alarm) {
            return true;
        }
    }
    return false;
}

/* Days from today to a date; INT_MAX without one, so that "no date" never looks urgent. */
static int days_until(PosDate date, PosDate today)
{
    return date.days == 0 ? INT_MAX : pos_date_difference(date, today);
}

/* How far the warmest measured step lies above the storage range, tenths of a degree; 0 when it does not. */
static int excess_dc(const PosLot *lot, const char *storage)
{
    int min_dc, max_dc, excess = 0;
    if (lot->route == NULL || !pos_storage_read(storage, &min_dc, &max_dc)) {
        return 0;
    }
    for (guint i = 0; i < lot->route->len; i++) {
        const PosRouteStep *step = g_ptr_array_index(lot->route, i);
        excess = step->has_temperature ? MAX(excess, step->max_dc - max_dc) : excess;
    }
    return excess;
}

static int limit_or(const json_t *setting, const char *key, int max, int fallback)
{
    const json_t *number = json_object_get(setting, key);
    json_int_t value = json_integer_value(number);
    return json_is_integer(number) && value >= 0 && value <= max ? (int)value : fallback;
}

PosFreshnessLimits pos_freshness_limits_from_json(const json_t *store_setting)
{
    return (PosFreshnessLimits){
        .amber_days = limit_or(store_setting, "amber_days", 365, 1),
        .warm_amber_dc = limit_or(store_setting, "warm_amber_dc", WARM_DC_MAX, 30),
        .warm_red_dc = limit_or(store_setting, "warm_red_dc", WARM_DC_MAX, 80),
    };
}

/* The reasons that make a lot red, the worst first; FRESH when there is none. */
static PosFreshnessReason red_reason(const PosFreshnessFacts *facts, int use_by_days,
                                     int best_before_days, int excess)
{
    int warm_red_dc = facts->limits.warm_red_dc;
    if (facts->recalled) {
        return POS_FRESHNESS_RECALLED;
    }
    if (use_by_days < 0) {
        return POS_FRESHNESS_PAST_USE_BY;
    }
    if (facts->lot != NULL &&
        (has_alarm(facts->lot) || (warm_red_dc > 0 && excess > warm_red_dc))) {
        return POS_FRESHNESS_COLD_CHAIN;
    }
    return best_before_days < 0 ? POS_FRESHNESS_PAST_BEST_BEFORE : POS_FRESHNESS_FRESH;
}

PosFreshness pos_freshness_of(const PosFreshnessFacts *facts)
{
    const PosLot *lot = facts->lot;
    const PosFreshnessLimits *limits = &facts->limits;
    g_assert(facts->today.days > 0);
    int use_by_days = lot == NULL ? INT_MAX : days_until(lot->use_by, facts->today);
    int best_before_days = lot == NULL ? INT_MAX : days_until(lot->best_before, facts->today);
    int excess = lot == NULL ? 0 : excess_dc(lot, facts->storage);
    /* After either date the lot is red, so the earlier one is its last day. */
    int days_left = MIN(use_by_days, best_before_days);

    PosFreshnessReason red = red_reason(facts, use_by_days, best_before_days, excess);
    if (red != POS_FRESHNESS_FRESH) {
        return (PosFreshness){POS_FRESHNESS_RED, red, days_left};
    }
    if (days_left <= limits->amber_days) {
        return (PosFreshness){POS_FRESHNESS_AMBER, POS_FRESHNESS_SHORT_DATED, days_left};
    }
    if (limits->warm_amber_dc > 0 && excess > limits->warm_amber_dc) {
        return (PosFreshness){POS_FRESHNESS_AMBER, POS_FRESHNESS_WARMED, days_left};
    }
    PosFreshnessReason green = days_left == INT_MAX ? POS_FRESHNESS_NO_DATE : POS_FRESHNESS_FRESH;
    return (PosFreshness){POS_FRESHNESS_GREEN, green, days_left};
}

const char *pos_freshness_code(PosFreshnessColour colour)
{
    switch (colour) {
    case POS_FRESHNESS_GREEN:
        return "green";
    case POS_FRESHNESS_AMBER:
        return "amber";
    case POS_FRESHNESS_RED:
        return "red";
    }
    g_assert_not_reached();
}

char *pos_freshness_words(PosFreshness freshness)
{
    switch (freshness.reason) {
    case POS_FRESHNESS_FRESH:
    case POS_FRESHNESS_SHORT_DATED:
        if (freshness.days_left == 0) {
            return g_strdup(_("Last day today"));
        }
        return g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%d day left", "%d days left",
                                           (gulong)freshness.days_left),
                               freshness.days_left);
    case POS_FRESHNESS_WARMED:
        return g_strdup(_("Got warm on the way"));
    case POS_FRESHNESS_NO_DATE:
        return g_strdup(_("No date"));
    case POS_FRESHNESS_PAST_BEST_BEFORE:
        return g_strdup(_("Past best-before date"));
    case POS_FRESHNESS_PAST_USE_BY:
        return g_strdup(_("Past use-by date"));
    case POS_FRESHNESS_RECALLED:
        return g_strdup(_("Recalled"));
    case POS_FRESHNESS_COLD_CHAIN:
        return g_strdup(_("Cold chain broken"));
    }
    g_assert_not_reached();
}

PosRefusal pos_freshness_refusal(PosFreshness freshness)
{
    switch (freshness.reason) {
    case POS_FRESHNESS_FRESH:
    case POS_FRESHNESS_SHORT_DATED:
    case POS_FRESHNESS_WARMED:
    case POS_FRESHNESS_NO_DATE:
        return POS_REFUSAL_NONE;
    case POS_FRESHNESS_PAST_BEST_BEFORE:
    case POS_FRESHNESS_PAST_USE_BY:
        return POS_REFUSAL_EXPIRED;
    case POS_FRESHNESS_RECALLED:
        return POS_REFUSAL_RECALLED;
    case POS_FRESHNESS_COLD_CHAIN:
        return POS_REFUSAL_COLD_CHAIN;
    }
    g_assert_not_reached();
}

bool pos_freshness_may_be_lifted(PosFreshness freshness)
{
    return freshness.reason == POS_FRESHNESS_PAST_BEST_BEFORE;
}
