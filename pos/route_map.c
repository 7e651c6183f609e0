/* SPDX-License-Identifier: GPL-3.0-or-later
 * The map is a plain cylinder: longitude shrunk by the cosine of the middle latitude, wide enough for every stop, with
 * the last stop's side of the world in the middle so that no route breaks at the date line. */
#include "pos/route_map.h"

#include "pos/bounds.h"
#include "pos/datadir.h"
#include "pos/error.h"

#include <math.h>
#include <string.h>

#define LAND_BYTES_MAX (1024 * 1024)
#define RINGS_MAX 2000
#define SPAN_LEAST_DEG 2.2 /* a map of a town alone would say nothing */
#define MARGIN 0.16        /* of the span, on each side */
#define NEAREST 1.2        /* points of an outline that lie closer are one */

struct PosMapLand {
    GPtrArray *rings; /* of GArray* of PosMapPoint, degrees */
};

/* --- land ------------------------------------------------------------------------------------- */

static void ring_free(void *data)
{
    g_array_unref(data);
}

static bool parse_ring(const char *line, GArray *ring)
{
    g_auto(GStrv) pairs = g_strsplit(line, " ", -1);
    for (char **pair = pairs; *pair != NULL; pair++) {
        char *comma = NULL, *end = NULL;
        gint64 longitude = g_ascii_strtoll(*pair, &comma, 10);
        gint64 latitude = *comma == ',' ? g_ascii_strtoll(comma + 1, &end, 10) : 0;
        if (comma == *pair || *comma != ',' || end == comma + 1 || *end != '\0' ||
            longitude < -18000 || longitude > 18000 || latitude < -9000 || latitude > 9000) {
            return false;
        }
        PosMapPoint point = {(double)longitude / 100, (double)latitude / 100};
        g_array_append_val(ring, point);
    }
    return ring->len >= 3;
}

PosMapLand *pos_map_land_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(PosMapLand) land = g_new0(PosMapLand, 1);
    land->rings = g_ptr_array_new_with_free_func(ring_free);
    g_autofree char *copy = length <= LAND_BYTES_MAX ? g_strndup(text, length) : g_strdup("?");
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i][0] == '\0' || lines[i][0] == '#') {
            continue;
        }
        GArray *ring = g_array_new(FALSE, FALSE, sizeof(PosMapPoint));
        g_ptr_array_add(land->rings, ring);
        if (!parse_ring(lines[i], ring) || land->rings->len > RINGS_MAX) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        "Line %u of the map's outlines is no ring of longitude,latitude", i + 1);
            return NULL;
        }
    }
    return g_steal_pointer(&land);
}

PosMapLand *pos_map_land_load(GError **error)
{
    g_autofree char *path = pos_datadir_path("map", "land.txt", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    return g_file_get_contents(path, &text, &length, error)
               ? pos_map_land_parse(text, length, error)
               : NULL;
}

void pos_map_land_free(PosMapLand *land)
{
    if (land != NULL) {
        g_ptr_array_unref(land->rings);
        g_free(land);
    }
}

/* --- stops ------------------------------------------------------------------------------------ */

static bool is_same_place(const PosRouteStop *stop, const PosRouteStep *step)
{
    return stop->has_position == step->has_position && stop->latitude_mdeg == step->latitude_mdeg &&
           stop->longitude_mdeg == step->longitude_mdeg &&
           g_strcmp0(stop->place->ko, step->place.ko) == 0 &&
           g_strcmp0(stop->place->en, step->place.en) == 0 &&
           g_strcmp0(stop->place->zh, step->place.zh) == 0;
}

static void take_step(PosRouteStop *stop, const PosRouteStep *step)
{
    stop->until_ms = step->at_ms;
    stop->step = step->step;
    stop->alarm |= step->alarm;
    if (step->has_temperature) {
        stop->min_dc = stop->has_temperature ? MIN(stop->min_dc, step->min_dc) : step->min_dc;
        stop->max_dc = stop->has_temperature ? MAX(stop->max_dc, step->max_dc) : step->max_dc;
        stop->has_temperature = true;
    }
}

static GArray *stops_of(const PosLot *lot)
{
    GArray *stops = g_array_new(FALSE, TRUE, sizeof(PosRouteStop));
    for (guint i = 0; i < lot->route->len; i++) {
        const PosRouteStep *step = g_ptr_array_index(lot->route, i);
        PosRouteStop *last =
            stops->len == 0 ? NULL : &g_array_index(stops, PosRouteStop, stops->len - 1);
        if (last == NULL || !is_same_place(last, step)) {
            PosRouteStop stop = {.place = &step->place,
                                 .from_ms = step->at_ms,
                                 .has_position = step->has_position,
                                 .latitude_mdeg = step->latitude_mdeg,
                                 .longitude_mdeg = step->longitude_mdeg};
            g_array_append_val(stops, stop);
            last = &g_array_index(stops, PosRouteStop, stops->len - 1);
        }
        take_step(last, step);
    }
    return stops;
}

/* --- projection ------------------------------------------------------------------------------- */

typedef struct {
    double west, north;      /* degrees at the upper left corner */
    double scale_x, scale_y; /* per degree */
    double centre;           /* longitudes are taken within 180 degrees of it */
} Projection;

static double near_to(double longitude, double centre)
{
    return longitude - 360 * floor((longitude - centre + 180) / 360);
}

/* The box of all stops with a position, widened to the map's shape. False when there is none. */
static bool project(const GArray *stops, double width, double height, Projection *out)
{
    double west = 0, east = 0, south = 0, north = 0;
    bool any = false;
    for (guint i = stops->len; i-- > 0;) {
        const PosRouteStop *stop = &g_array_index(stops, PosRouteStop, i);
        if (!stop->has_position) {
            continue;
        }
        double latitude = stop->latitude_mdeg / 1000.0, longitude = stop->longitude_mdeg / 1000.0;
        out->centre = any ? out->centre : longitude;
        longitude = near_to(longitude, out->centre);
        west = any ? fmin(west, longitude) : longitude;
        east = any ? fmax(east, longitude) : longitude;
        south = any ? fmin(south, latitude) : latitude;
        north = any ? fmax(north, latitude) : latitude;
        any = true;
    }
    double middle = (south + north) / 2, shrink = fmax(0.2, cos(middle * G_PI / 180));
    double span_y = fmax(north - south, SPAN_LEAST_DEG) * (1 + 2 * MARGIN);
    double span_x = fmax((east - west) * shrink, SPAN_LEAST_DEG) * (1 + 2 * MARGIN);
    double degree = fmin(width / span_x, height / span_y);
    out->scale_y = degree;
    out->scale_x = degree * shrink;
    out->north = middle + height / degree / 2;
    out->west = (west + east) / 2 - width / out->scale_x / 2;
    return any;
}

static PosMapPoint place(const Projection *projection, double longitude, double latitude)
{
    return (PosMapPoint){(longitude - projection->west) * projection->scale_x,
                         (projection->north - latitude) * projection->scale_y};
}

/* --- outlines cut at the edge ----------------------------------------------------------------- */

/* Which side of one edge of the map a point is on, and where a line crosses it: Sutherland and Hodgman, edge by edge. */
typedef struct {
    bool vertical;
    double at;
    bool keep_greater;
} Edge;

static bool inside(PosMapPoint point, Edge edge)
{
    double value = edge.vertical ? point.x : point.y;
    return edge.keep_greater ? value >= edge.at : value <= edge.at;
}

static PosMapPoint crossing(PosMapPoint a, PosMapPoint b, Edge edge)
{
    double part = edge.vertical ? (edge.at - a.x) / (b.x - a.x) : (edge.at - a.y) / (b.y - a.y);
    return edge.vertical ? (PosMapPoint){edge.at, a.y + part * (b.y - a.y)}
                         : (PosMapPoint){a.x + part * (b.x - a.x), edge.at};
}

static GArray *cut_at(GArray *ring, Edge edge)
{
    GArray *cut = g_array_new(FALSE, FALSE, sizeof(PosMapPoint));
    for (guint i = 0; i < ring->len; i++) {
        PosMapPoint from = g_array_index(ring, PosMapPoint, (i + ring->len - 1) % ring->len);
        PosMapPoint to = g_array_index(ring, PosMapPoint, i);
        if (inside(from, edge) != inside(to, edge)) {
            PosMapPoint between = crossing(from, to, edge);
            g_array_append_val(cut, between);
        }
        if (inside(to, edge)) {
            g_array_append_val(cut, to);
        }
    }
    g_array_unref(ring);
    return cut;
}

static GArray *thin_out(GArray *ring)
{
    GArray *thin = g_array_new(FALSE, FALSE, sizeof(PosMapPoint));
    for (guint i = 0; i < ring->len; i++) {
        PosMapPoint point = g_array_index(ring, PosMapPoint, i);
        PosMapPoint *last =
            thin->len == 0 ? NULL : &g_array_index(thin, PosMapPoint, thin->len - 1);
        if (last == NULL || hypot(point.x - last->x, point.y - last->y) >= NEAREST) {
            g_array_append_val(thin, point);
        }
    }
    g_array_unref(ring);
    return thin;
}

static void add_ring(PosRouteMap *map, const GArray *ring, const Projection *projection,
                     double shift)
{
    const Edge edges[] = {
        {true, 0, true}, {true, map->width, false}, {false, 0, true}, {false, map->height, false}};
    GArray *drawn = g_array_new(FALSE, FALSE, sizeof(PosMapPoint));
    double before = g_array_index(ring, PosMapPoint, 0).x;
    for (guint i = 0; i < ring->len; i++) {
        PosMapPoint point = g_array_index(ring, PosMapPoint, i);
        point.x = near_to(point.x, before); /* over the date line, not round the world */
        before = point.x;
        point = place(projection, point.x + shift, point.y);
        g_array_append_val(drawn, point);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(edges) && drawn->len > 0; i++) {
        drawn = cut_at(drawn, edges[i]);
    }
    drawn = thin_out(drawn);
    if (drawn->len >= 3) {
        g_ptr_array_add(map->land, drawn);
    } else {
        g_array_unref(drawn);
    }
}

PosRouteMap *pos_route_map_new(const PosLot *lot, const PosMapLand *land, double width,
                               double height)
{
    PosRouteMap *map = g_new0(PosRouteMap, 1);
    Projection projection = {0};
    map->width = width;
    map->height = height;
    map->stops = stops_of(lot);
    map->land = g_ptr_array_new_with_free_func(ring_free);
    map->has_map = project(map->stops, width, height, &projection);
    for (guint i = 0; map->has_map && i < map->stops->len; i++) {
        PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, i);
        PosMapPoint point =
            place(&projection, near_to(stop->longitude_mdeg / 1000.0, projection.centre),
                  stop->latitude_mdeg / 1000.0);
        stop->x = point.x;
        stop->y = point.y;
    }
    for (guint i = 0; map->has_map && land != NULL && i < land->rings->len; i++) {
        for (int turn = -1; turn <= 1; turn++) {
            add_ring(map, g_ptr_array_index(land->rings, i), &projection, turn * 360.0);
        }
    }
    return map;
}

void pos_route_map_free(PosRouteMap *map)
{
    if (map != NULL) {
        g_array_unref(map->stops);
        g_ptr_array_unref(map->land);
        g_free(map);
    }
}
