/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a price changes. Members that this file does not know are carried as they are. What always
 * holds: whatever was in force within the hold time stands in `recent`, so that no till that
 * catches up forgets a promise. */
#include "sync/central_price.h"

#include "pos/date.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define HOLD_MS_DEFAULT (30 * 60 * 1000)
#define RISE_LEAD_MS_DEFAULT (120 * 1000)
#define PRIOR_PRICE_MS (30LL * 24 * 60 * 60 * 1000)
#define SECONDS_MAX (7 * 24 * 60 * 60)
#define DUE_AT_ONCE 5000

/* --- reading a value ---------------------------------------------------------------------- */

static bool get_instant(const json_t *object, const char *member, int64_t *out_ms)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text && pos_instant_parse(text, out_ms);
}

bool central_price_in_force(const json_t *value, int64_t *out_price, int64_t *out_effective_ms)
{
    const json_t *price = json_object_get(value, "price");
    int64_t effective_ms;
    if (!json_is_integer(price) || !get_instant(value, "effective_at", &effective_ms)) {
        return false;
    }
    *out_price = json_integer_value(price);
    *out_effective_ms = effective_ms;
    return true;
}

/* The index of the earliest `next` that moves by its time alone; -1 none. */
static int earliest_next(const json_t *value, int64_t *out_ms)
{
    int found = -1;
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(value, "next"), i, entry)
    {
        int64_t at_ms;
        if (!json_is_true(json_object_get(entry, "awaits_tags")) &&
            json_is_integer(json_object_get(entry, "price")) &&
            get_instant(entry, "effective_at", &at_ms) && (found < 0 || at_ms < *out_ms)) {
            found = (int)i;
            *out_ms = at_ms;
        }
    }
    return found;
}

void central_price_times(const json_t *value, int64_t *out_next_ms, int64_t *out_recent_ms)
{
    int64_t next_ms = 0, recent_ms = 0, until_ms;
    size_t i;
    json_t *entry;
    *out_next_ms = earliest_next(value, &next_ms) < 0 ? 0 : next_ms;
    json_array_foreach(json_object_get(value, "recent"), i, entry)
    {
        if (get_instant(entry, "until", &until_ms) && (recent_ms == 0 || until_ms < recent_ms)) {
            recent_ms = until_ms;
        }
    }
    *out_recent_ms = recent_ms;
}

int64_t central_price_due_ms(const json_t *value, int64_t hold_ms)
{
    int64_t next_ms, recent_ms;
    central_price_times(value, &next_ms, &recent_ms);
    if (recent_ms == 0) {
        return next_ms;
    }
    return next_ms == 0 ? recent_ms + hold_ms : MIN(next_ms, recent_ms + hold_ms);
}

/* --- changing a value --------------------------------------------------------------------- */

static json_t *instant_json(int64_t at_ms, GTimeZone *zone)
{
    g_autoptr(GTimeZone) utc = zone ? NULL : g_time_zone_new_utc();
    g_autofree char *text = pos_instant_format(at_ms, zone ? zone : utc);
    return json_string(text);
}

static void set_text(json_t *object, const char *member, const char *text)
{
    json_t *string = text && *text ? json_string(text) : NULL;
    if (string) {
        json_object_set_new(object, member, string);
    } else {
        json_object_del(object, member);
    }
}

/* The member as an array that can be added to; made when absent. Borrowed. */
static json_t *own_array(json_t *value, const char *member)
{
    if (!json_is_array(json_object_get(value, member))) {
        json_object_set_new(value, member, json_array());
    }
    return json_object_get(value, member);
}

static void drop_if_empty(json_t *value, const char *member)
{
    if (json_array_size(json_object_get(value, member)) == 0) {
        json_object_del(value, member);
    }
}

/* Of the two oldest entries makes one that promises at least as much: the lower price, over both
 * times. */
static void merge_oldest(json_t *recent)
{
    json_t *first = json_array_get(recent, 0), *second = json_array_get(recent, 1);
    int64_t a = json_integer_value(json_object_get(first, "price"));
    int64_t b = json_integer_value(json_object_get(second, "price"));
    json_object_set_new(second, "price", json_integer(MIN(a, b)));
    json_object_set(second, "from", json_object_get(first, "from"));
    json_array_remove(recent, 0);
}

/* Moves what is in force into `recent`, as ended at until_ms, and puts a new price in its place. */
static void replace_price(json_t *value, int64_t price, int64_t at_ms, const char *why,
                          GTimeZone *zone)
{
    int64_t old_price, from_ms;
    if (central_price_in_force(value, &old_price, &from_ms) && from_ms < at_ms) {
        json_t *recent = own_array(value, "recent");
        json_t *entry = json_pack("{s:I, s:o, s:o}", "price", (json_int_t)old_price, "from",
                                  instant_json(from_ms, zone), "until", instant_json(at_ms, zone));
        json_array_append_new(recent, entry);
        while (json_array_size(recent) > CENTRAL_PRICE_RECENT_MAX) {
            merge_oldest(recent);
        }
    }
    json_object_set_new(value, "price", json_integer(price));
    json_object_set_new(value, "effective_at", instant_json(at_ms, zone));
    set_text(value, "why", why);
}

/* Moves every `next` whose time has come; true when one did. */
static bool promote_due(json_t *value, int64_t now_ms, GTimeZone *zone)
{
    bool changed = false;
    int64_t at_ms;
    int index;
    while ((index = earliest_next(value, &at_ms)) >= 0 && at_ms <= now_ms) {
        json_t *next = json_object_get(value, "next");
        json_t *entry = json_incref(json_array_get(next, (size_t)index));
        json_array_remove(next, (size_t)index);
        replace_price(value, json_integer_value(json_object_get(entry, "price")), at_ms,
                      json_string_value(json_object_get(entry, "why")), zone);
        json_decref(entry);
        changed = true;
    }
    drop_if_empty(value, "next");
    return changed;
}

static bool drop_expired(json_t *value, int64_t before_ms)
{
    json_t *recent = json_object_get(value, "recent");
    bool changed = false;
    for (size_t i = json_array_size(recent); i-- > 0;) {
        int64_t until_ms;
        if (get_instant(json_array_get(recent, i), "until", &until_ms) && until_ms <= before_ms) {
            json_array_remove(recent, i);
            changed = true;
        }
    }
    drop_if_empty(value, "recent");
    return changed;
}

json_t *central_price_settle(const json_t *value, int64_t now_ms, int64_t hold_ms, GTimeZone *zone)
{
    g_autoptr(json_t) settled = json_deep_copy(value);
    bool promoted = promote_due(settled, now_ms, zone);
    bool dropped = drop_expired(settled, now_ms - hold_ms);
    return promoted || dropped ? g_steal_pointer(&settled) : NULL;
}

/* A rise that must wait. One to the same price that waits already keeps its time. */
static void put_next(json_t *value, int64_t price, int64_t at_ms, const char *why, GTimeZone *zone)
{
    json_t *next = json_object_get(value, "next");
    if (json_array_size(next) == 1 &&
        json_integer_value(json_object_get(json_array_get(next, 0), "price")) == price) {
        return;
    }
    json_t *entry = json_pack("{s:I, s:o}", "price", (json_int_t)price, "effective_at",
                              instant_json(at_ms, zone));
    set_text(entry, "why", why);
    json_object_set_new(value, "next", json_pack("[o]", entry));
}

json_t *central_price_next(const json_t *old_value, int64_t new_price, int64_t now_ms,
                           int64_t hold_ms, int64_t rise_lead_ms, int64_t prior_price,
                           const char *why, GTimeZone *zone)
{
    g_assert(new_price >= 0);
    int64_t old_price, since_ms;
    if (!old_value || !central_price_in_force(old_value, &old_price, &since_ms)) {
        json_t *first = old_value ? json_deep_copy(old_value) : json_object();
        replace_price(first, new_price, now_ms, why, zone);
        return first;
    }
    json_t *value = central_price_settle(old_value, now_ms, hold_ms, zone);
    value = value ? value : json_deep_copy(old_value);
    central_price_in_force(value, &old_price, &since_ms);
    if (new_price == old_price) {
        json_object_del(value, "next");
        return value;
    }
    if (!json_is_integer(json_object_get(value, "list_price"))) {
        json_object_set_new(value, "list_price", json_integer(old_price));
    }
    if (new_price > old_price && rise_lead_ms > 0) {
        put_next(value, new_price, now_ms + rise_lead_ms, why, zone);
        return value;
    }
    if (prior_price > 0) {
        json_object_set_new(value, "prior_price", json_integer(prior_price));
    }
    json_object_del(value, "next");
    /* A clock that went back must not make a price that ends before it begins. */
    replace_price(value, new_price, MAX(now_ms, since_ms), why, zone);
    return value;
}

/* --- with the store's rules --------------------------------------------------------------- */

void central_price_rules_clear(CentralPriceRules *rules)
{
    g_clear_pointer(&rules->zone, g_time_zone_unref);
}

static int64_t seconds_or(const json_t *settings, const char *member, int64_t fallback_ms)
{
    const json_t *seconds = json_object_get(settings, member);
    int64_t value = json_integer_value(seconds);
    return json_is_integer(seconds) && value >= 0 && value <= SECONDS_MAX ? value * 1000
                                                                          : fallback_ms;
}

void central_price_rules(CentralStore *store, const char *store_id, CentralPriceRules *out)
{
    g_autoptr(json_t) settings =
        central_store_feed_value(store, store_id, "setting", "store", NULL);
    const char *zone = json_string_value(json_object_get(settings, "time_zone"));
    out->hold_ms = seconds_or(settings, "hold_s", HOLD_MS_DEFAULT);
    out->rise_lead_ms = seconds_or(settings, "rise_lead_s", RISE_LEAD_MS_DEFAULT);
    out->zone = zone ? g_time_zone_new_identifier(zone) : NULL;
    if (!out->zone) {
        out->zone = g_time_zone_new_utc();
    }
}

static bool is_within(const json_t *value, const char *member, int64_t price, bool is_floor,
                      const char *key, GError **error)
{
    const json_t *bound = json_object_get(value, member);
    int64_t limit = json_integer_value(bound);
    if (!json_is_integer(bound) || limit <= 0 || (is_floor ? price >= limit : price <= limit)) {
        return true;
    }
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                is_floor ? _("The price %" PRId64 " of “%s” is below its floor of %" PRId64 ".")
                         : _("The price %" PRId64 " of “%s” is above its ceiling of %" PRId64 "."),
                price, key, limit);
    return false;
}

json_t *central_price_decide(CentralStore *store, const char *store_id, const char *key,
                             int64_t new_price, int64_t now_ms, const char *why, GError **error)
{
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(store, store_id, &rules);
    const char *log_key = key;
    const char *slash = strchr(key, '/');
    g_autofree char *gtin = slash ? g_strndup(key, (gsize)(slash - key)) : g_strdup(key);
    g_autoptr(json_t) old = central_store_feed_value(store, store_id, "price", key, NULL);
    if (!old && slash) {
        old = central_store_feed_value(store, store_id, "price", gtin, NULL);
        log_key = gtin;
    }
    if (!is_within(old, "floor", new_price, true, key, error) ||
        !is_within(old, "ceiling", new_price, false, key, error)) {
        return NULL;
    }
    int64_t prior_price = 0;
    if (!central_store_price_lowest(store, store_id, log_key, now_ms - PRIOR_PRICE_MS, now_ms,
                                    &prior_price, error)) {
        return NULL;
    }
    return central_price_next(old, new_price, now_ms, rules.hold_ms, rules.rise_lead_ms,
                              prior_price, why, rules.zone);
}

/* --- what is due -------------------------------------------------------------------------- */

static bool settle_keys(CentralStore *store, const char *store_id, GPtrArray *keys, int64_t now_ms,
                        int *out_changes, GError **error)
{
    g_auto(CentralPriceRules) rules = {0};
    central_price_rules(store, store_id, &rules);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(CentralChange));
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        g_autoptr(json_t) value = central_store_feed_value(store, store_id, "price", key, NULL);
        json_t *settled =
            value ? central_price_settle(value, now_ms, rules.hold_ms, rules.zone) : NULL;
        if (settled) {
            g_ptr_array_add(values, settled);
            CentralChange change = {"price", key, settled};
            g_array_append_val(changes, change);
        }
    }
    *out_changes += (int)changes->len;
    return changes->len == 0 ||
           central_store_publish(store, store_id, &g_array_index(changes, CentralChange, 0),
                                 changes->len, NULL, error);
}

static bool settle_store(CentralStore *store, const char *store_id, int64_t now_ms,
                         int *out_changes, GError **error)
{
    g_autoptr(GPtrArray) first = central_store_prices_due(store, store_id, now_ms, 1, error);
    if (!first || first->len == 0) {
        return first != NULL;
    }
    int before = *out_changes;
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        /* Read again inside: another program may have changed one of them meanwhile. */
        *out_changes = before;
        g_autoptr(GPtrArray) keys = NULL;
        scope.ok = central_store_hold(store, store_id, error) &&
                   (keys = central_store_prices_due(store, store_id, now_ms, DUE_AT_ONCE, error)) &&
                   settle_keys(store, store_id, keys, now_ms, out_changes, error);
    }
    return scope.ok;
}

bool central_price_due(CentralStore *store, int64_t now_ms, int *out_changes, GError **error)
{
    g_autoptr(GPtrArray) stores = central_store_list_stores(store);
    int changes = 0;
    for (guint i = 0; i < stores->len; i++) {
        if (!settle_store(store, g_ptr_array_index(stores, i), now_ms, &changes, error)) {
            return false;
        }
    }
    if (out_changes) {
        *out_changes = changes;
    }
    return true;
}
