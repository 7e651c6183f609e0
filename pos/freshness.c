/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the one decision "may this lot be sold, and how soon must it go". Pure: today comes in as a date.
 * What always holds: a red lot has a refusal code, a green or amber one has none. */
#include "pos/freshness.h"

#include <glib/gi18n-lib.h>
#include <limits.h>

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

PosFreshness pos_freshness_of(const PosLot *lot, bool recalled, PosDate today, int amber_days)
{
    g_assert(today.days > 0);
    PosFreshness result = {POS_FRESHNESS_GREEN, POS_FRESHNESS_NO_DATE, INT_MAX};
    int use_by_days = lot == NULL ? INT_MAX : days_until(lot->use_by, today);
    int best_before_days = lot == NULL ? INT_MAX : days_until(lot->best_before, today);
    /* After either date the lot is red, so the earlier one is its last day. */
    result.days_left = MIN(use_by_days, best_before_days);

    if (recalled) {
        result.reason = POS_FRESHNESS_RECALLED;
    } else if (use_by_days < 0) {
        result.reason = POS_FRESHNESS_PAST_USE_BY;
    } else if (lot != NULL && has_alarm(lot)) {
        result.reason = POS_FRESHNESS_COLD_CHAIN;
    } else if (best_before_days < 0) {
        result.reason = POS_FRESHNESS_PAST_BEST_BEFORE;
    } else if (result.days_left == INT_MAX) {
        return result;
    } else {
        bool soon = result.days_left <= amber_days;
        result.colour = soon ? POS_FRESHNESS_AMBER : POS_FRESHNESS_GREEN;
        result.reason = soon ? POS_FRESHNESS_SHORT_DATED : POS_FRESHNESS_FRESH;
        return result;
    }
    result.colour = POS_FRESHNESS_RED;
    return result;
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
