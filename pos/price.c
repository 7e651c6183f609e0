/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what a price item of the feed says, which of its prices is in force at an instant, and the price
 * promise. Pure: the instant comes in. What always holds: `next` is in ascending time; the promised price is
 * never above the one in force. */
#include "pos/price.h"

#include "pos/bounds.h"
#include "pos/error.h"

static void price_next_clear(gpointer data)
{
    PosPriceNext *next = data;
    g_clear_pointer(&next->why, g_free);
}

static PosPrice *price_new(void)
{
    PosPrice *price = g_new0(PosPrice, 1);
    price->next = g_array_new(FALSE, TRUE, sizeof(PosPriceNext));
    g_array_set_clear_func(price->next, price_next_clear);
    price->recent = g_array_new(FALSE, TRUE, sizeof(PosPricePast));
    return price;
}

void pos_price_free(PosPrice *price)
{
    if (price == NULL) {
        return;
    }
    g_free(price->why);
    g_array_unref(price->next);
    g_array_unref(price->recent);
    g_free(price);
}

PosPrice *pos_price_copy(const PosPrice *price)
{
    PosPrice *copy = price_new();
    g_autoptr(GArray) next = copy->next;
    g_autoptr(GArray) recent = copy->recent;
    *copy = *price;
    copy->next = g_steal_pointer(&next);
    copy->recent = g_steal_pointer(&recent);
    copy->why = g_strdup(price->why);
    for (guint i = 0; i < price->next->len; i++) {
        PosPriceNext item = g_array_index(price->next, PosPriceNext, i);
        item.why = g_strdup(item.why);
        g_array_append_val(copy->next, item);
    }
    if (price->recent->len > 0) {
        g_array_append_vals(copy->recent, price->recent->data, price->recent->len);
    }
    return copy;
}

static bool get_instant(const json_t *object, const char *key, const char *where, int64_t *out,
                        GError **error)
{
    const char *text = NULL;
    if (!pos_json_get_string(object, key, POS_BOUND_INSTANT_BYTES, where, &text, error)) {
        return false;
    }
    if (!pos_instant_parse(text, out)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "%s: \"%s\" is no date and time with an offset: \"%s\"", where, key, text);
        return false;
    }
    return true;
}

static bool get_amount(const json_t *object, const char *key, const char *where, PosMoney *out,
                       GError **error)
{
    int64_t minor = 0;
    if (!pos_json_get_int(object, key, 0, POS_BOUND_AMOUNT_MINOR_MAX, where, &minor, error)) {
        return false;
    }
    *out = pos_money(minor);
    return true;
}

static bool get_amount_or(const json_t *object, const char *key, const char *where,
                          PosMoney fallback, PosMoney *out, GError **error)
{
    int64_t minor = 0;
    if (!pos_json_get_int_or(object, key, 0, POS_BOUND_AMOUNT_MINOR_MAX, where, fallback.minor,
                             &minor, error)) {
        return false;
    }
    *out = pos_money(minor);
    return true;
}

static bool get_why(const json_t *object, const char *where, char **out, GError **error)
{
    const char *why = NULL;
    if (!pos_json_get_string_or(object, "why", POS_BOUND_WHY_BYTES, where, "", &why, error)) {
        return false;
    }
    *out = g_strdup(why);
    return true;
}

/* The array member, NULL when absent; false when it is no array or too long. */
static bool get_steps(const json_t *object, const char *key, const char *where, json_t **out,
                      GError **error)
{
    *out = json_object_get(object, key);
    if (*out == NULL) {
        return true;
    }
    if (!json_is_array(*out) || json_array_size(*out) > POS_BOUND_PRICE_STEPS) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "%s: \"%s\" must be a list of at most %d prices", where, key,
                    POS_BOUND_PRICE_STEPS);
        return false;
    }
    return true;
}

static bool read_next(PosPrice *price, const json_t *list, const char *where, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        PosPriceNext next = {0};
        if (!get_amount(item, "price", where, &next.price, error) ||
            !get_instant(item, "effective_at", where, &next.effective_at_ms, error) ||
            !pos_json_get_bool_or(item, "awaits_tags", where, false, &next.awaits_tags, error) ||
            !get_why(item, where, &next.why, error)) {
            return false;
        }
        /* Kept in ascending time; of two at the same instant the later in the list stays later. */
        guint at = price->next->len;
        while (at > 0 && g_array_index(price->next, PosPriceNext, at - 1).effective_at_ms >
                             next.effective_at_ms) {
            at--;
        }
        g_array_insert_val(price->next, at, next);
    }
    return true;
}

static bool read_recent(PosPrice *price, const json_t *list, const char *where, GError **error)
{
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        PosPricePast past = {0};
        if (!get_amount(item, "price", where, &past.price, error) ||
            !get_instant(item, "from", where, &past.from_ms, error) ||
            !get_instant(item, "until", where, &past.until_ms, error)) {
            return false;
        }
        g_array_append_val(price->recent, past);
    }
    return true;
}

PosPrice *pos_price_from_json(const char *key, int64_t version, const json_t *value, GError **error)
{
    g_autoptr(PosPrice) price = price_new();
    g_autofree char *where = g_strdup_printf("price %s", key);
    json_t *next = NULL;
    json_t *recent = NULL;
    price->version = version;
    if (!get_amount(value, "price", where, &price->price, error) ||
        !get_instant(value, "effective_at", where, &price->effective_at_ms, error) ||
        !get_amount_or(value, "list_price", where, price->price, &price->list_price, error) ||
        !get_amount_or(value, "floor", where, pos_money(0), &price->floor, error) ||
        !get_amount_or(value, "ceiling", where, pos_money(0), &price->ceiling, error) ||
        !get_amount_or(value, "prior_price", where, pos_money(0), &price->prior_price, error) ||
        !get_why(value, where, &price->why, error) ||
        !get_steps(value, "next", where, &next, error) ||
        !get_steps(value, "recent", where, &recent, error) ||
        !read_next(price, next, where, error) || !read_recent(price, recent, where, error)) {
        return NULL;
    }
    return g_steal_pointer(&price);
}

static void set_instant(json_t *object, const char *key, int64_t unix_ms)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *text = pos_instant_format(unix_ms, utc);
    json_object_set_new(object, key, json_string(text));
}

static void set_amount_unless_zero(json_t *object, const char *key, PosMoney amount)
{
    if (amount.minor != 0) {
        json_object_set_new(object, key, json_integer(amount.minor));
    }
}

static void set_why(json_t *object, const char *why)
{
    if (why != NULL && why[0] != '\0') {
        json_object_set_new(object, "why", json_string(why));
    }
}

json_t *pos_price_to_json(const PosPrice *price)
{
    json_t *value = json_object();
    json_object_set_new(value, "price", json_integer(price->price.minor));
    set_instant(value, "effective_at", price->effective_at_ms);
    json_object_set_new(value, "list_price", json_integer(price->list_price.minor));
    set_amount_unless_zero(value, "floor", price->floor);
    set_amount_unless_zero(value, "ceiling", price->ceiling);
    set_amount_unless_zero(value, "prior_price", price->prior_price);
    set_why(value, price->why);

    json_t *next = json_array();
    for (guint i = 0; i < price->next->len; i++) {
        const PosPriceNext *step = &g_array_index(price->next, PosPriceNext, i);
        json_t *item = json_object();
        json_object_set_new(item, "price", json_integer(step->price.minor));
        set_instant(item, "effective_at", step->effective_at_ms);
        json_object_set_new(item, "awaits_tags", json_boolean(step->awaits_tags));
        set_why(item, step->why);
        json_array_append_new(next, item);
    }
    json_object_set_new(value, "next", next);

    json_t *recent = json_array();
    for (guint i = 0; i < price->recent->len; i++) {
        const PosPricePast *past = &g_array_index(price->recent, PosPricePast, i);
        json_t *item = json_object();
        json_object_set_new(item, "price", json_integer(past->price.minor));
        set_instant(item, "from", past->from_ms);
        set_instant(item, "until", past->until_ms);
        json_array_append_new(recent, item);
    }
    json_object_set_new(value, "recent", recent);
    return value;
}

PosMoney pos_price_in_force(const PosPrice *price, int64_t now_ms)
{
    PosMoney result = price->price;
    for (guint i = 0; i < price->next->len; i++) {
        const PosPriceNext *next = &g_array_index(price->next, PosPriceNext, i);
        if (!next->awaits_tags && next->effective_at_ms <= now_ms) {
            result = next->price;
        }
    }
    return result;
}

PosMoney pos_price_promised(const PosPrice *price, int64_t now_ms, int64_t hold_ms)
{
    int64_t window_from_ms = now_ms - hold_ms;
    PosMoney lowest = pos_price_in_force(price, now_ms);
    /* Walk the prices that were in force one after the other: `price` until the first `next` that has
     * moved, each of those until the following one. A price that ended at window_from_ms or before could
     * not be read within the hold time. */
    PosMoney held = price->price;
    for (guint i = 0; i < price->next->len; i++) {
        const PosPriceNext *next = &g_array_index(price->next, PosPriceNext, i);
        if (next->awaits_tags || next->effective_at_ms > now_ms) {
            continue;
        }
        if (next->effective_at_ms > window_from_ms && held.minor < lowest.minor) {
            lowest = held;
        }
        held = next->price;
    }
    for (guint i = 0; i < price->recent->len; i++) {
        const PosPricePast *past = &g_array_index(price->recent, PosPricePast, i);
        if (past->from_ms <= now_ms && past->until_ms > window_from_ms &&
            past->price.minor < lowest.minor) {
            lowest = past->price;
        }
    }
    g_assert(lowest.minor <= pos_price_in_force(price, now_ms).minor);
    return lowest;
}
