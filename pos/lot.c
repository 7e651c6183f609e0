/* SPDX-License-Identifier: GPL-3.0-or-later
 * Lots: dates, origin and route as values and as the feed's JSON, and first-expired-first-out
 * order. Pure. */
#include "pos/lot.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

#define STEP_BYTES 64
#define ROUTE_STEPS_MAX 200
#define TEMPERATURE_DC_MAX 2000 /* 200 degrees either way: beyond it the sensor is broken */

static void route_step_free(void *data)
{
    PosRouteStep *step = data;
    g_free(step->step);
    pos_names_clear(&step->place);
    g_free(step);
}

/* GS1 General Specifications, figure 7.11-1: the characters of AI 10. */
bool pos_lot_number_is_well_formed(const char *lot)
{
    static const char set82[] = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                "abcdefghijklmnopqrstuvwxyz";
    gsize length = lot == NULL ? 0 : strnlen(lot, POS_BOUND_LOT_BYTES + 1);
    return length >= 1 && length <= POS_BOUND_LOT_BYTES && strspn(lot, set82) == length;
}

static bool read_date(const json_t *value, const char *key, const char *where, PosDate *out,
                      GError **error)
{
    const char *text;
    if (!pos_json_get_string_or(value, key, 10, where, NULL, &text, error)) {
        return false;
    }
    if (text != NULL && !pos_date_parse(text, out)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the member '%s' must be a date like 2026-11-29, not '%s'."), where, key,
                    text);
        return false;
    }
    return true;
}

static bool read_names_if_present(const json_t *value, const char *key, const char *where,
                                  PosNames *out, GError **error)
{
    if (json_object_get(value, key) == NULL) {
        *out = (PosNames){.ko = g_strdup(""), .en = g_strdup(""), .zh = g_strdup("")};
        return true;
    }
    return pos_names_from_json(value, key, where, out, error);
}

static bool read_step(const json_t *value, const char *where, PosRouteStep *out, GError **error)
{
    const char *step, *at;
    int64_t min_dc = 0, max_dc = 0;
    if (!json_is_object(value)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: each step of the route must be an object."), where);
        return false;
    }
    if (!pos_json_get_string_or(value, "step", STEP_BYTES, where, "", &step, error) ||
        !pos_json_get_string(value, "at", 64, where, &at, error) ||
        !pos_json_get_bool_or(value, "alarm", where, false, &out->alarm, error) ||
        !read_names_if_present(value, "place", where, &out->place, error)) {
        return false;
    }
    if (!pos_instant_parse(at, &out->at_ms)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the time '%s' of a step of the route is not RFC 3339."), where, at);
        return false;
    }
    out->has_temperature =
        json_object_get(value, "min_dc") != NULL || json_object_get(value, "max_dc") != NULL;
    if (out->has_temperature && (!pos_json_get_int(value, "min_dc", -TEMPERATURE_DC_MAX,
                                                   TEMPERATURE_DC_MAX, where, &min_dc, error) ||
                                 !pos_json_get_int(value, "max_dc", -TEMPERATURE_DC_MAX,
                                                   TEMPERATURE_DC_MAX, where, &max_dc, error))) {
        return false;
    }
    int64_t latitude = 0, longitude = 0;
    out->has_position = json_object_get(value, "latitude_mdeg") != NULL;
    if (out->has_position &&
        (!pos_json_get_int(value, "latitude_mdeg", -90000, 90000, where, &latitude, error) ||
         !pos_json_get_int(value, "longitude_mdeg", -180000, 180000, where, &longitude, error))) {
        return false;
    }
    out->latitude_mdeg = (int)latitude;
    out->longitude_mdeg = (int)longitude;
    out->step = g_strdup(step);
    out->min_dc = (int)min_dc;
    out->max_dc = (int)max_dc;
    return true;
}

static gint compare_steps(gconstpointer a, gconstpointer b)
{
    const PosRouteStep *x = *(PosRouteStep *const *)a;
    const PosRouteStep *y = *(PosRouteStep *const *)b;
    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static bool read_route(const json_t *value, const char *where, GPtrArray *out, GError **error)
{
    const json_t *route = json_object_get(value, "route");
    if (route == NULL) {
        return true;
    }
    if (!json_is_array(route) || json_array_size(route) > ROUTE_STEPS_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the route must be a list of at most %d steps."), where, ROUTE_STEPS_MAX);
        return false;
    }
    for (gsize i = 0; i < json_array_size(route); i++) {
        PosRouteStep *step = g_new0(PosRouteStep, 1);
        g_ptr_array_add(out, step);
        if (!read_step(json_array_get(route, i), where, step, error)) {
            return false;
        }
    }
    g_ptr_array_sort(out, compare_steps); /* stable: steps of one moment keep their order */
    return true;
}

static bool read_delivered(const json_t *value, const char *where, PosQuantity *out, GError **error)
{
    const char *unit;
    int64_t delivered;
    if (!pos_json_get_string_or(value, "unit", 8, where, "each", &unit, error) ||
        !pos_json_get_int_or(value, "delivered", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, -1,
                             &delivered, error)) {
        return false;
    }
    PosUnit known = pos_unit_from_code(unit);
    if (known == POS_UNIT_NONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the unit must be 'each' or 'g', not '%s'."), where, unit);
        return false;
    }
    if (delivered >= 0) {
        *out = (PosQuantity){.unit = known, .value = delivered};
    }
    return true;
}

static bool read_origin(const json_t *value, const char *where, PosLot *lot, GError **error)
{
    const char *country, *cold_chain;
    if (!read_names_if_present(value, "origin", where, &lot->origin, error) ||
        !pos_json_get_string_or(value, "origin_country", 2, where, "", &country, error) ||
        !pos_json_get_string_or(value, "cold_chain", 32, where, "ok", &cold_chain, error)) {
        return false;
    }
    if (country[0] != '\0' && !(g_ascii_isupper(country[0]) && g_ascii_isupper(country[1]))) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the country must be two capital letters, not '%s'."), where, country);
        return false;
    }
    memcpy(lot->origin_country, country, strlen(country) + 1);
    lot->cold_chain_broken = strcmp(cold_chain, "broken") == 0;
    return true;
}

PosLot *pos_lot_from_json(const char *gtin, const char *lot_number, const json_t *value,
                          GError **error)
{
    g_autofree char *where = g_strdup_printf("lot %s/%s", gtin != NULL ? gtin : "",
                                             lot_number != NULL ? lot_number : "");
    if (!pos_gtin_is_well_formed(gtin) || !pos_lot_number_is_well_formed(lot_number)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the key must be a GTIN of 14 digits, '/', and a lot number."), where);
        return NULL;
    }
    g_autoptr(PosLot) lot = g_new0(PosLot, 1);
    lot->route = g_ptr_array_new_with_free_func(route_step_free);
    if (!read_origin(value, where, lot, error) ||
        !read_date(value, "best_before", where, &lot->best_before, error) ||
        !read_date(value, "use_by", where, &lot->use_by, error) ||
        !read_date(value, "received", where, &lot->received, error) ||
        !read_delivered(value, where, &lot->delivered, error) ||
        !read_route(value, where, lot->route, error)) {
        return NULL;
    }
    memcpy(lot->gtin, gtin, sizeof lot->gtin);
    lot->lot = g_strdup(lot_number);
    for (guint i = 0; i < lot->route->len; i++) {
        const PosRouteStep *step = g_ptr_array_index(lot->route, i);
        lot->cold_chain_broken |= step->alarm;
    }
    return g_steal_pointer(&lot);
}

static void set_date(json_t *object, const char *key, PosDate date)
{
    if (date.days != 0) {
        g_autofree char *text = pos_date_format(date);
        json_object_set_new(object, key, json_string(text));
    }
}

static json_t *names_or_null(const PosNames *names)
{
    return pos_names_in(names, NULL)[0] == '\0' ? NULL : pos_names_to_json(names);
}

static json_t *step_to_json(const PosRouteStep *step)
{
    static const char utc[] = "UTC";
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(utc);
    g_autofree char *at = pos_instant_format(step->at_ms, zone);
    json_t *value = json_object();
    json_object_set_new(value, "at", json_string(at));
    json_object_set_new(value, "step", json_string(step->step));
    json_object_set_new(value, "alarm", json_boolean(step->alarm));
    json_t *place = names_or_null(&step->place);
    if (place != NULL) {
        json_object_set_new(value, "place", place);
    }
    if (step->has_temperature) {
        json_object_set_new(value, "min_dc", json_integer(step->min_dc));
        json_object_set_new(value, "max_dc", json_integer(step->max_dc));
    }
    if (step->has_position) {
        json_object_set_new(value, "latitude_mdeg", json_integer(step->latitude_mdeg));
        json_object_set_new(value, "longitude_mdeg", json_integer(step->longitude_mdeg));
    }
    return value;
}

json_t *pos_lot_to_json(const PosLot *lot)
{
    json_t *value = json_object();
    set_date(value, "best_before", lot->best_before);
    set_date(value, "use_by", lot->use_by);
    set_date(value, "received", lot->received);
    json_object_set_new(value, "cold_chain", json_string(lot->cold_chain_broken ? "broken" : "ok"));
    json_t *origin = names_or_null(&lot->origin);
    if (origin != NULL) {
        json_object_set_new(value, "origin", origin);
    }
    if (lot->origin_country[0] != '\0') {
        json_object_set_new(value, "origin_country", json_string(lot->origin_country));
    }
    if (lot->delivered.unit != POS_UNIT_NONE) {
        json_object_set_new(value, "delivered", json_integer(lot->delivered.value));
        json_object_set_new(value, "unit", json_string(pos_unit_code(lot->delivered.unit)));
    }
    if (lot->route->len > 0) {
        json_t *route = json_array();
        for (guint i = 0; i < lot->route->len; i++) {
            json_array_append_new(route, step_to_json(g_ptr_array_index(lot->route, i)));
        }
        json_object_set_new(value, "route", route);
    }
    return value;
}

static void *copy_step(gconstpointer source, gpointer user)
{
    const PosRouteStep *step = source;
    PosRouteStep *copy = g_memdup2(step, sizeof *step);
    copy->step = g_strdup(step->step);
    copy->place = pos_names_copy(&step->place);
    return copy;
}

PosLot *pos_lot_copy(const PosLot *lot)
{
    PosLot *copy = g_memdup2(lot, sizeof *lot);
    copy->lot = g_strdup(lot->lot);
    copy->origin = pos_names_copy(&lot->origin);
    copy->route = g_ptr_array_copy(lot->route, copy_step, NULL);
    g_ptr_array_set_free_func(copy->route, route_step_free);
    return copy;
}

void pos_lot_free(PosLot *lot)
{
    if (lot == NULL) {
        return;
    }
    g_free(lot->lot);
    pos_names_clear(&lot->origin);
    g_clear_pointer(&lot->route, g_ptr_array_unref);
    g_free(lot);
}

PosDate pos_lot_last_day(const PosLot *lot)
{
    return lot->use_by.days != 0 ? lot->use_by : lot->best_before;
}

int pos_lot_compare_fefo(const PosLot *a, const PosLot *b)
{
    int32_t x = pos_lot_last_day(a).days, y = pos_lot_last_day(b).days;
    if (x != y) {
        if (x == 0 || y == 0) {
            return x == 0 ? 1 : -1;
        }
        return x < y ? -1 : 1;
    }
    return strcmp(a->lot, b->lot);
}
