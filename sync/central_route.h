/* SPDX-License-Identifier: GPL-3.0-or-later
 * A lot's EPCIS 2.0 events to the route that a shopper reads: steps, places by name, temperatures, alarms. Pure. */
#pragma once
#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* events: json_t* EPCIS events in time order (borrowed). places: the setting `places`, GLN to names (borrowed, may be
 * NULL: then a place is its GLN). Returns the `route` member of the feed's lot value: a new array, sync/PROTOCOL.md.
 * A step whose place the setting marks as private is shown without its name and position; sales are no steps. */
json_t *central_route_of_events(GPtrArray *events, const json_t *places);

/* A temperature in °C as EPCIS writes it to tenths of a degree, rounded half away from zero. */
int central_route_decidegrees(const json_t *number);

G_END_DECLS
