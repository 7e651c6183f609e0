/* SPDX-License-Identifier: GPL-3.0-or-later
 * EPCIS events to a route: the shared sample chain when it is there, own events always. */
#include "sync/central_route.h"

#include <glib.h>

static GPtrArray *events_of(json_t *list)
{
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    size_t i;
    json_t *event;
    json_array_foreach(list, i, event)
    {
        g_ptr_array_add(events, json_incref(event));
    }
    return events;
}

static json_t *route_of(const char *list_text, const char *places_text)
{
    json_error_t error;
    json_t *list = json_loads(list_text, 0, &error);
    g_assert_nonnull(list);
    json_t *places = places_text != NULL ? json_loads(places_text, 0, &error) : NULL;
    g_autoptr(GPtrArray) events = events_of(list);
    json_t *route = central_route_of_events(events, places);
    json_decref(list);
    json_decref(places);
    return route;
}

static json_int_t member(const json_t *route, size_t index, const char *key)
{
    json_t *value = json_object_get(json_array_get(route, index), key);
    g_assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void test_temperatures_are_tenths(void)
{
    struct {
        double celsius;
        int decidegrees;
    } cases[] = {{2.1, 21}, {-0.05, -1},  {8.94, 89},    {8.95, 90},
                 {0, 0},    {1e12, 2000}, {-1e12, -2000}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *number = json_real(cases[i].celsius);
        g_assert_cmpint(central_route_decidegrees(number), ==, cases[i].decidegrees);
        json_decref(number);
    }
}

static void test_places_get_names_and_private_ones_do_not(void)
{
    json_t *route =
        route_of("[{\"bizStep\":\"commissioning\",\"eventTime\":\"2026-11-22T05:30:00+09:00\","
                 "\"readPoint\":{\"id\":"
                 "\"https://id.gs1.org/414/9521234000013\"}},"
                 "{\"bizStep\":\"https://ref.gs1.org/cbv/"
                 "BizStep-shipping\",\"eventTime\":\"2026-11-22T06:30:00+09:00\","
                 "\"readPoint\":{\"id\":\"https://id.gs1.org/414/9521234000020/254/DOCK\"}},"
                 "{\"bizStep\":\"receiving\",\"eventTime\":\"2026-11-22T07:30:00+09:00\","
                 "\"readPoint\":{\"id\":"
                 "\"https://id.gs1.org/414/9521234000037\"}}]",
                 "{\"list\":{\"9521234000013\":{\"latitude_mdeg\":36436,\"longitude_mdeg\":129057,"
                 "\"names\":{\"en\":\"Farm\",\"ko\":\"농장\"}},"
                 "\"9521234000020\":{\"private\":true,\"latitude_mdeg\":1,\"longitude_mdeg\":2,"
                 "\"names\":{\"en\":\"Secret dock\"}}}}");
    g_assert_cmpuint(json_array_size(route), ==, 3);
    json_t *first = json_array_get(route, 0), *second = json_array_get(route, 1),
           *third = json_array_get(route, 2);
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(first, "place"), "ko")), ==,
                    "농장");
    g_assert_cmpstr(json_string_value(json_object_get(second, "step")), ==, "shipping");
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(second, "place"), "en")), ==,
                    "—");
    g_assert_cmpstr(json_string_value(json_object_get(json_object_get(third, "place"), "en")), ==,
                    "9521234000037");
    g_assert_null(json_object_get(first, "min_dc"));
    g_assert_cmpint(member(route, 0, "latitude_mdeg"), ==, 36436);
    g_assert_cmpint(member(route, 0, "longitude_mdeg"), ==, 129057);
    g_assert_null(json_object_get(second, "latitude_mdeg"));
    json_decref(route);
}

static void test_an_alarm_and_the_widest_temperatures_are_kept(void)
{
    json_t *route =
        route_of("[{\"bizStep\":\"sensor_reporting\",\"eventTime\":\"2026-11-22T10:00:00+09:00\","
                 "\"sensorElementList\":[{"
                 "\"sensorReport\":[{\"type\":\"Temperature\",\"minValue\":2.1,\"maxValue\":4.8},"
                 "{\"type\":\"Temperature\",\"value\":8.9,\"exception\":\"ALARM_CONDITION\"},"
                 "{\"type\":\"AbsoluteHumidity\",\"value\":55}]}]}]",
                 NULL);
    g_assert_cmpint(member(route, 0, "min_dc"), ==, 21);
    g_assert_cmpint(member(route, 0, "max_dc"), ==, 89);
    g_assert_true(json_is_true(json_object_get(json_array_get(route, 0), "alarm")));
    json_decref(route);
}

static void test_what_is_no_event_is_passed_over(void)
{
    json_t *route =
        route_of("[{}, 7, \"x\", {\"bizStep\":7,\"eventTime\":\"t\"}, {\"bizStep\":\"packing\"},"
                 "{\"bizStep\":\"packing\",\"eventTime\":\"2026-11-22T10:00:00+09:00\","
                 "\"readPoint\":{\"id\":\"/414/12\"},\"sensorElementList\":{\"a\":1}}]",
                 "{\"list\":7}");
    g_assert_cmpuint(json_array_size(route), ==, 1);
    json_decref(route);
}

static void test_the_sample_chain_shows_its_alarm(void)
{
    const char *data = g_getenv("COSTER_TEST_DATA");
    if (data == NULL) {
        g_test_skip("COSTER_TEST_DATA is not set");
        return;
    }
    g_autofree char *path = g_build_filename(data, "standards", "epcis_chain.json", NULL);
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);
    g_assert_nonnull(document);
    json_t *list = json_object_get(json_object_get(document, "epcisBody"), "eventList");
    g_autoptr(GPtrArray) events = events_of(list);
    json_t *route = central_route_of_events(events, NULL);
    g_assert_cmpuint(json_array_size(route), ==, 7); /* the sale is no step of it */
    static const char *const steps[] = {"commissioning",    "packing",   "shipping",
                                        "sensor_reporting", "receiving", "unpacking",
                                        "repackaging"};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        json_t *row = json_array_get(route, i);
        g_assert_cmpstr(json_string_value(json_object_get(row, "step")), ==, steps[i]);
        g_assert_cmpint(json_is_true(json_object_get(row, "alarm")), ==, i == 3);
    }
    g_assert_cmpint(member(route, 3, "max_dc"), ==, 89);
    json_decref(route);
    json_decref(document);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/central_route/temperatures_are_tenths", test_temperatures_are_tenths);
    g_test_add_func("/sync/central_route/places_get_names_and_private_ones_do_not",
                    test_places_get_names_and_private_ones_do_not);
    g_test_add_func("/sync/central_route/an_alarm_and_the_widest_temperatures_are_kept",
                    test_an_alarm_and_the_widest_temperatures_are_kept);
    g_test_add_func("/sync/central_route/what_is_no_event_is_passed_over",
                    test_what_is_no_event_is_passed_over);
    g_test_add_func("/sync/central_route/the_sample_chain_shows_its_alarm",
                    test_the_sample_chain_shows_its_alarm);
    return g_test_run();
}
