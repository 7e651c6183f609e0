/* SPDX-License-Identifier: GPL-3.0-or-later
 * A lot's route as a picture that a child understands: the stops in their order, and where each lies on a map with land
 * and sea. Pure but for the reading of the land's outlines. Drawing is the caller's: SVG on a page, cairo at a kiosk. */
#pragma once
#include "pos/lot.h"

G_BEGIN_DECLS

/* Consecutive steps at one place. Strings borrowed from the lot. */
typedef struct {
    const PosNames *place;
    int64_t from_ms, until_ms; /* of its first and last step */
    bool has_position;
    int latitude_mdeg, longitude_mdeg;
    bool has_temperature;
    int min_dc, max_dc;
    bool alarm;       /* the cold chain broke here, or on the way from the stop before */
    const char *step; /* what happened there last, a CBV step */
    double x, y;      /* on the map; only with has_position */
} PosRouteStop;

typedef struct {
    double x, y;
} PosMapPoint;

typedef struct {
    GArray *stops;   /* of PosRouteStop */
    GPtrArray *land; /* of GArray* of PosMapPoint: closed rings, cut at the map's edge */
    double width, height;
    bool has_map; /* at least one stop has a position */
} PosRouteMap;

/* Outlines of the land: rings of longitude and latitude. */
typedef struct PosMapLand PosMapLand;
/* One ring a line, "longitude,latitude" in hundredths of a degree, separated by spaces; lines that begin with # are
 * not. POS_ERROR_INVALID names the line; at most 1 MiB and 2,000 rings. */
PosMapLand *pos_map_land_parse(const char *text, gsize length, GError **error);
/* data/map/land.txt; NULL and error when it is not there. */
PosMapLand *pos_map_land_load(GError **error);
void pos_map_land_free(PosMapLand *land);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosMapLand, pos_map_land_free)

/* The lot's stops on a map of width x height. lot: outlives the map. land NULL: a map without land. */
PosRouteMap *pos_route_map_new(const PosLot *lot, const PosMapLand *land, double width,
                               double height);
void pos_route_map_free(PosRouteMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosRouteMap, pos_route_map_free)

G_END_DECLS
