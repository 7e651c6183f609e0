/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reading the policy protocol. */
#include "pricing/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL_VERSION 1

/* --- members
 * ------------------------------------------------------------------------------------------------------
 */

static bool read_int(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *out,
                     PricingWireError *error)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_integer(member)) {
        snprintf(error->text, sizeof error->text, "\"%s\" must be a whole number", key);
        return false;
    }
    int64_t value = json_integer_value(member);
    if (value < min || value > max) {
        snprintf(error->text, sizeof error->text, "\"%s\" must be from %lld to %lld, not %lld", key,
                 (long long)min, (long long)max, (long long)value);
        return false;
    }
    *out = value;
    return true;
}

static bool read_int_or(const json_t *object, const char *key, int64_t min, int64_t max,
                        int64_t fallback, int64_t *out, PricingWireError *error)
{
    if (json_object_get(object, key) == NULL) {
        *out = fallback;
        return true;
    }
    return read_int(object, key, min, max, out, error);
}

static const char *read_id(const json_t *object, const char *key, PricingWireError *error)
{
    const json_t *member = json_object_get(object, key);
    size_t length = json_string_length(member);
    if (!json_is_string(member) || length == 0 || length > PRICING_WIRE_ID_MAX) {
        snprintf(error->text, sizeof error->text, "\"%s\" must be a text of 1 to %d bytes", key,
                 PRICING_WIRE_ID_MAX);
        return NULL;
    }
    return json_string_value(member);
}

static bool read_bool_or(const json_t *object, const char *key, bool fallback)
{
    const json_t *member = json_object_get(object, key);
    return json_is_boolean(member) ? json_is_true(member) : fallback;
}

/* --- time
 * ------------------------------------------------------------------------------------------------------------
 */

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 of a Gregorian date from year 1 on. */
static int days_of(int year, int month, int day)
{
    int before = year - 1;
    int days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;
    for (int m = 1; m < month; m++) {
        days += days_in_month(year, m);
    }
    return days + day - 1;
}

bool pricing_wire_read_time(const char *text, PricingWireTime *out)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    if (text == NULL || strlen(text) != sizeof form - 1) {
        return false;
    }
    int part[6] = {0}, index = 0;
    for (int i = 0; form[i] != '\0'; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) {
            return false;
        }
        if (form[i] == 'd') {
            part[index] = part[index] * 10 + text[i] - '0';
        } else {
            index++;
        }
    }
    if (part[0] < 1970 || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
        part[2] > days_in_month(part[0], part[1]) || part[3] > 23 || part[4] > 59 || part[5] > 59) {
        return false;
    }
    int day = days_of(part[0], part[1], part[2]);
    *out =
        (PricingWireTime){.day = day, .weekday = (day + 3) % 7, .hour = part[3], .minute = part[4]};
    return true;
}

/* --- init
 * -------------------------------------------------------------------------------------------------------------
 */

static bool read_product(const json_t *object, json_t *categories, PricingShopProduct *out,
                         PricingWireError *error)
{
    int64_t days = 0;
    const json_t *category = json_object_get(object, "category");
    const char *name = json_is_string(category) ? json_string_value(category) : "";
    json_t *number = json_object_get(categories, name);
    if (number == NULL) {
        number = json_integer((json_int_t)json_object_size(categories));
        json_object_set_new(categories, name, number);
    }
    out->category = (int)json_integer_value(number);
    if (!read_int(object, "list_price", 1, PRICING_WIRE_MONEY_MAX, &out->list_price, error) ||
        !read_int(object, "min_price", 1, PRICING_WIRE_MONEY_MAX, &out->min_price, error) ||
        !read_int(object, "max_price", out->min_price, PRICING_WIRE_MONEY_MAX, &out->max_price,
                  error) ||
        !read_int_or(object, "unit_cost", 0, PRICING_WIRE_MONEY_MAX, 0, &out->unit_cost, error) ||
        !read_int_or(object, "disposal_cost", 0, PRICING_WIRE_MONEY_MAX, 0, &out->disposal_cost,
                     error) ||
        !read_int_or(object, "shelf_life_days", 1, 100000, 1, &days, error)) {
        return false;
    }
    out->shelf_life_days = (int)days;
    return true;
}

static bool read_products(const json_t *list, PricingWireInit *out, PricingWireError *error)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > PRICING_SHOP_PRODUCTS_MAX) {
        snprintf(error->text, sizeof error->text, "\"products\" must be a list of at most %d",
                 PRICING_SHOP_PRODUCTS_MAX);
        return false;
    }
    out->products = calloc(count + 1, sizeof *out->products);
    out->index = json_object();
    json_t *categories = json_object();
    bool is_read = out->products != NULL && out->index != NULL && categories != NULL;
    for (size_t i = 0; i < count && is_read; i++) {
        const json_t *object = json_array_get(list, i);
        const char *id = read_id(object, "product", error);
        is_read = id != NULL && read_product(object, categories, &out->products[i], error);
        if (is_read && json_object_get(out->index, id) != NULL) {
            snprintf(error->text, sizeof error->text, "product \"%.100s\" is there twice", id);
            is_read = false;
        }
        if (is_read) {
            json_object_set_new(out->index, id, json_integer((json_int_t)i));
        }
    }
    json_decref(categories);
    out->products_count = (int)count;
    return is_read;
}

bool pricing_wire_read_init(const json_t *message, PricingWireInit *out, PricingWireError *error)
{
    *out = (PricingWireInit){0};
    snprintf(error->text, sizeof error->text, "there is not enough memory");
    int64_t protocol = 0, minutes = 0, open = 0, close = 0, changes = 0;
    if (!read_int(message, "protocol", PROTOCOL_VERSION, PROTOCOL_VERSION, &protocol, error) ||
        !read_int_or(message, "epoch_minutes", 1, 60, 60, &minutes, error) ||
        !read_int(message, "open_hour", 0, 23, &open, error) ||
        !read_int(message, "close_hour", open + 1, 24, &close, error) ||
        !read_int_or(message, "max_changes_per_day", 0, PRICING_SHOP_CHANGES_MAX, 4, &changes,
                     error)) {
        return false;
    }
    if (60 % minutes != 0) {
        snprintf(error->text, sizeof error->text, "\"epoch_minutes\" must divide 60");
        return false;
    }
    out->epoch_minutes = (int)minutes;
    out->open_hour = (int)open;
    out->close_hour = (int)close;
    out->changes_max = (int)changes;
    if (!read_products(json_object_get(message, "products"), out, error)) {
        pricing_wire_init_clear(out);
        return false;
    }
    return true;
}

void pricing_wire_init_clear(PricingWireInit *init)
{
    free(init->products);
    json_decref(init->index);
    *init = (PricingWireInit){0};
}

/* --- epoch
 * -------------------------------------------------------------------------------------------------------------
 */

bool pricing_wire_read_epoch(const json_t *message, PricingWireEpoch *out, int64_t *out_seq,
                             PricingWireError *error)
{
    if (!read_int(message, "seq", 0, INT64_MAX, out_seq, error)) {
        return false;
    }
    out->seq = *out_seq;
    if (!pricing_wire_read_time(json_string_value(json_object_get(message, "time")), &out->time)) {
        snprintf(error->text, sizeof error->text, "\"time\" must be like 2026-03-02T08:00:00");
        return false;
    }
    out->control = read_bool_or(message, "control", false);
    out->offers = json_object_get(message, "offers");
    if (!json_is_array(out->offers) || json_array_size(out->offers) > PRICING_WIRE_OFFERS_MAX) {
        snprintf(error->text, sizeof error->text, "\"offers\" must be a list of at most %d",
                 PRICING_WIRE_OFFERS_MAX);
        return false;
    }
    return true;
}

bool pricing_wire_read_offer(const json_t *offer, const PricingWireInit *init, const char **lot,
                             PricingShopOffer *out, PricingWireError *error)
{
    const char *product = NULL;
    PricingWireTime expires;
    int64_t changes = 0;
    *out = (PricingShopOffer){.closed = read_bool_or(offer, "closed", false)};
    if ((*lot = read_id(offer, "lot", error)) == NULL ||
        (product = read_id(offer, "product", error)) == NULL) {
        return false;
    }
    const json_t *index = json_object_get(init->index, product);
    if (index == NULL) {
        snprintf(error->text, sizeof error->text, "product \"%.100s\" was not in init", product);
        return false;
    }
    out->product = (int)json_integer_value(index);
    if (!read_int(offer, "on_hand", -PRICING_WIRE_MONEY_MAX, PRICING_WIRE_MONEY_MAX, &out->on_hand,
                  error) ||
        !read_int(offer, "price", 1, PRICING_WIRE_MONEY_MAX, &out->price, error) ||
        !read_int_or(offer, "sold", 0, PRICING_WIRE_MONEY_MAX, 0, &out->sold, error) ||
        !read_int_or(offer, "wasted", 0, PRICING_WIRE_MONEY_MAX, 0, &out->wasted, error) ||
        !read_int_or(offer, "changes_left", 0, 1000000, init->changes_max, &changes, error)) {
        return false;
    }
    out->changes_left = (int)changes;
    if (!pricing_wire_read_time(json_string_value(json_object_get(offer, "expires")), &expires)) {
        snprintf(error->text, sizeof error->text, "\"expires\" must be like 2026-03-03T22:00:00");
        return false;
    }
    /* A time up to the opening means that the day before was the last one. */
    out->expires_day = expires.hour <= init->open_hour ? expires.day - 1 : expires.day;
    return true;
}
