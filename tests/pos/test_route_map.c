/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stops and land of a route: steps at one place are one stop, everything lies on the map, the date line is no wall. */
#include "pos/error.h"
#include "pos/route_map.h"

#include <string.h>

static PosLot *lot_of(const char *route)
{
    g_autofree char *text = g_strdup_printf("{\"route\":[%s]}", route);
    g_autoptr(json_t) value = json_loads(text, 0, NULL);
    g_autoptr(GError) error = NULL;
    PosLot *lot = pos_lot_from_json("09521234500017", "L1", value, &error);
    g_assert_no_error(error);
    return lot;
}

#define STEP(hour, step, name, rest)                                                               \
    "{\"at\":\"2026-11-20T" hour ":00:00Z\",\"step\":\"" step "\",\"place\":{\"en\":\"" name       \
    "\"}" rest "}"
#define FARM ",\"latitude_mdeg\":36436,\"longitude_mdeg\":129057"
#define SHOP ",\"latitude_mdeg\":37544,\"longitude_mdeg\":127056"
#define MEXICO ",\"latitude_mdeg\":19421,\"longitude_mdeg\":-102067"

static const PosRouteStop *stop_at(const PosRouteMap *map, guint index)
{
    g_assert_cmpuint(index, <, map->stops->len);
    return &g_array_index(map->stops, PosRouteStop, index);
}

static void steps_at_one_place_are_one_stop(void)
{
    g_autoptr(PosLot) lot = lot_of(
        STEP("05", "commissioning", "Farm", FARM) "," STEP("06", "packing", "Farm", FARM) "," STEP(
            "08", "sensor_reporting", "Truck",
            ",\"min_dc\":12,\"max_dc\":95,\"alarm\":true") "," STEP("09", "receiving", "Shop",
                                                                    SHOP));
    g_autoptr(PosRouteMap) map = pos_route_map_new(lot, NULL, 640, 480);
    g_assert_cmpuint(map->stops->len, ==, 3);
    g_assert_cmpstr(stop_at(map, 0)->step, ==, "packing");
    g_assert_cmpint(stop_at(map, 0)->until_ms - stop_at(map, 0)->from_ms, ==, 3600000);
    g_assert_false(stop_at(map, 1)->has_position);
    g_assert_true(stop_at(map, 1)->alarm);
    g_assert_cmpint(stop_at(map, 1)->max_dc, ==, 95);
    g_assert_true(map->has_map);
    /* Seoul lies north and west of Cheongsong. */
    g_assert_cmpfloat(stop_at(map, 2)->x, <, stop_at(map, 0)->x);
    g_assert_cmpfloat(stop_at(map, 2)->y, <, stop_at(map, 0)->y);
}

static void everything_lies_on_the_map(void)
{
    g_autoptr(PosLot) lot = lot_of(
        STEP("05", "commissioning", "Farm", MEXICO) "," STEP("09", "receiving", "Shop", SHOP));
    g_autoptr(GError) error = NULL;
    g_autoptr(PosMapLand) land = pos_map_land_load(&error);
    g_assert_no_error(error);
    g_autoptr(PosRouteMap) map = pos_route_map_new(lot, land, 640, 480);
    for (guint i = 0; i < map->stops->len; i++) {
        g_assert_true(stop_at(map, i)->x > 0 && stop_at(map, i)->x < 640);
        g_assert_true(stop_at(map, i)->y > 0 && stop_at(map, i)->y < 480);
    }
    /* Over the Pacific, the shorter way round: Mexico is to the east. */
    g_assert_cmpfloat(stop_at(map, 0)->x, >, stop_at(map, 1)->x);
    g_assert_cmpuint(map->land->len, >, 3);
    for (guint i = 0; i < map->land->len; i++) {
        const GArray *ring = g_ptr_array_index(map->land, i);
        for (guint k = 0; k < ring->len; k++) {
            PosMapPoint point = g_array_index(ring, PosMapPoint, k);
            g_assert_true(point.x >= -0.01 && point.x <= 640.01);
            g_assert_true(point.y >= -0.01 && point.y <= 480.01);
        }
    }
}

static void a_route_without_positions_has_no_map(void)
{
    g_autoptr(PosLot) lot = lot_of(STEP("05", "commissioning", "Farm", ""));
    g_autoptr(PosRouteMap) map = pos_route_map_new(lot, NULL, 640, 480);
    g_assert_false(map->has_map);
    g_assert_cmpuint(map->stops->len, ==, 1);
    g_autoptr(PosLot) none = lot_of("");
    g_autoptr(PosRouteMap) empty = pos_route_map_new(none, NULL, 640, 480);
    g_assert_cmpuint(empty->stops->len, ==, 0);
}

static void bad_outlines_name_their_line(void)
{
    static const char *const rows[] = {"1,2 3,4", "1,2 3,4 x", "1,2 3,4 5", "1,2 3,4 5,6,7",
                                       "99999,1 2,3 4,5"};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("# land\n1,2 3,4 5,6\n%s\n", rows[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_map_land_parse(text, strlen(text), &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "Line 3 "));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autofree char *data = g_build_filename(g_getenv("COSTER_SOURCE_ROOT"), "data", NULL);
    g_setenv("COSTER_DATADIR", data, TRUE);
    g_test_add_func("/pos/route_map/steps_at_one_place_are_one_stop",
                    steps_at_one_place_are_one_stop);
    g_test_add_func("/pos/route_map/everything_lies_on_the_map", everything_lies_on_the_map);
    g_test_add_func("/pos/route_map/a_route_without_positions_has_no_map",
                    a_route_without_positions_has_no_map);
    g_test_add_func("/pos/route_map/bad_outlines_name_their_line", bad_outlines_name_their_line);
    return g_test_run();
}
