/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/central_route.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define BIZ_STEP_PREFIX "https://ref.gs1.org/cbv/BizStep-"

int central_route_decidegrees(const json_t *number)
{
    /* A temperature is a measurement, not money: the one place where JSON fractions are read. */
    double tenths = round(json_number_value(number) * 10.0);
    return tenths < -2000.0 ? -2000 : tenths > 2000.0 ? 2000 : (int)tenths;
}

static const char *step_of(const json_t *event)
{
    const char *step = json_string_value(json_object_get(event, "bizStep"));
    if (step != NULL && g_str_has_prefix(step, BIZ_STEP_PREFIX)) {
        return step + strlen(BIZ_STEP_PREFIX);
    }
    return step;
}

/* The GLN of a Digital Link place id ".../414/<gln>[/254/...]", borrowed length 13; NULL when it is none. */
static char *gln_of(const json_t *event)
{
    const char *id = json_string_value(json_object_get(json_object_get(event, "readPoint"), "id"));
    const char *at = id != NULL ? strstr(id, "/414/") : NULL;
    if (at == NULL || strspn(at + 5, "0123456789") < 13) {
        return NULL;
    }
    return g_strndup(at + 5, 13);
}

static const json_t *place_of(const char *gln, const json_t *places)
{
    return gln != NULL ? json_object_get(json_object_get(places, "list"), gln) : NULL;
}

static bool is_private(const json_t *place)
{
    return json_is_true(json_object_get(place, "private"));
}

static json_t *place_names(const char *gln, const json_t *place)
{
    if (is_private(place)) {
        return json_pack("{s:s}", "en", "—");
    }
    json_t *names = json_object_get(place, "names");
    return json_is_object(names) ? json_incref(names)
                                 : json_pack("{s:s}", "en", gln != NULL ? gln : "—");
}

/* Where on the map, when it is known and no one's secret. */
static void add_position(json_t *row, const json_t *place)
{
    json_t *latitude = json_object_get(place, "latitude_mdeg");
    json_t *longitude = json_object_get(place, "longitude_mdeg");
    if (!is_private(place) && json_is_integer(latitude) && json_is_integer(longitude)) {
        json_object_set(row, "latitude_mdeg", latitude);
        json_object_set(row, "longitude_mdeg", longitude);
    }
}

typedef struct {
    bool any, alarm;
    int min_dc, max_dc;
} Temperature;

static void temperature_take(Temperature *all, const json_t *number)
{
    if (!json_is_number(number)) {
        return;
    }
    int dc = central_route_decidegrees(number);
    all->min_dc = all->any ? MIN(all->min_dc, dc) : dc;
    all->max_dc = all->any ? MAX(all->max_dc, dc) : dc;
    all->any = true;
}

static Temperature temperature_of(const json_t *event)
{
    Temperature all = {0};
    size_t i, j;
    json_t *element, *report;
    json_array_foreach(json_object_get(event, "sensorElementList"), i, element)
    {
        json_array_foreach(json_object_get(element, "sensorReport"), j, report)
        {
            const char *type = json_string_value(json_object_get(report, "type"));
            const char *exception = json_string_value(json_object_get(report, "exception"));
            all.alarm |= g_strcmp0(exception, "ALARM_CONDITION") == 0;
            if (type != NULL && g_str_has_suffix(type, "Temperature")) {
                temperature_take(&all, json_object_get(report, "value"));
                temperature_take(&all, json_object_get(report, "minValue"));
                temperature_take(&all, json_object_get(report, "maxValue"));
            }
        }
    }
    return all;
}

json_t *central_route_of_events(GPtrArray *events, const json_t *places)
{
    json_t *route = json_array();
    for (guint i = 0; i < events->len; i++) {
        const json_t *event = g_ptr_array_index(events, i);
        const char *step = step_of(event);
        json_t *at = json_object_get(event, "eventTime");
        if (step == NULL || !json_is_string(at) || strcmp(step, "retail_selling") == 0) {
            continue; /* what others took home is not this one's way */
        }
        g_autofree char *gln = gln_of(event);
        const json_t *place = place_of(gln, places);
        Temperature temperature = temperature_of(event);
        json_t *row = json_pack("{s:s, s:O, s:o, s:b}", "step", step, "at", at, "place",
                                place_names(gln, place), "alarm", temperature.alarm);
        if (temperature.any) {
            json_object_set_new(row, "min_dc", json_integer(temperature.min_dc));
            json_object_set_new(row, "max_dc", json_integer(temperature.max_dc));
        }
        add_position(row, place);
        json_array_append_new(route, row);
    }
    return route;
}
