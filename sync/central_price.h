/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a price changes: from the present value of the feed's kind `price` and a new amount to the
 * next value, by the rules of sync-protocol.md ("Down"). A cut is in force at once; a rise waits in
 * `next` for the store's lead; what else was in force within the hold time stays in `recent`. The
 * first two functions are pure. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_PRICE_RECENT_MAX                                                                   \
    32 /* entries of `recent`; beyond it the two oldest become one, at the lower price */

/* The value that follows old_value (NULL: the item had no price) when new_price (minor units per
 * piece or kg, >= 0) is decided at now_ms. rise_lead_ms 0: a rise is in force at once too.
 * prior_price: the lowest of the 30 days before, 0 unknown (the old one is carried). zone: of the
 * times in the value, NULL UTC. why: one sentence, NULL or "" leaves it out. A `next` that is still
 * to come is replaced by this decision, but kept with its time when it says the same price. Equal
 * to old_value when nothing changes, so publishing it makes no version. New reference, never NULL.
 */
json_t *central_price_next(const json_t *old_value, int64_t new_price, int64_t now_ms,
                           int64_t hold_ms, int64_t rise_lead_ms, int64_t prior_price,
                           const char *why, GTimeZone *zone);

/* The value as it should stand at now_ms: each `next` whose time has come (and that awaits no tags)
 * moved to `price`, each `recent` that ended before the hold time dropped. New reference; NULL when
 * nothing is due. */
json_t *central_price_settle(const json_t *value, int64_t now_ms, int64_t hold_ms, GTimeZone *zone);

/* When central_price_settle() will next have something to do, Unix ms; 0 never. */
int64_t central_price_due_ms(const json_t *value, int64_t hold_ms);

/* What a value says of its times: the earliest `next` that awaits no tags, the earliest end in
 * `recent`; 0 none. */
void central_price_times(const json_t *value, int64_t *out_next_ms, int64_t *out_recent_ms);
/* `price` and `effective_at`; false when the value has not both. */
bool central_price_in_force(const json_t *value, int64_t *out_price, int64_t *out_effective_ms);

/* What a price change needs from the store's settings, with the defaults of sync-protocol.md: hold
 * 30 min, lead 120 s, UTC. zone is owned (g_time_zone_unref). */
typedef struct {
    int64_t hold_ms, rise_lead_ms;
    GTimeZone *zone;
} CentralPriceRules;
void central_price_rules_clear(CentralPriceRules *rules);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralPriceRules, central_price_rules_clear)
void central_price_rules(CentralStore *store, const char *store_id, CentralPriceRules *out);

/* The value for a new price of one item (key GTIN or GTIN/lot) by the store's rules, price log and
 * present value. A lot without a price of its own starts from the product's. POS_ERROR_INVALID when
 * new_price is outside floor and ceiling (0: none). */
json_t *central_price_decide(CentralStore *store, const char *store_id, const char *key,
                             int64_t new_price, int64_t now_ms, const char *why, GError **error);

/* Settles what is due in every store, one version per store. *out_changes may be NULL. Called each
 * second by serve. */
bool central_price_due(CentralStore *store, int64_t now_ms, int *out_changes, GError **error);

G_END_DECLS
