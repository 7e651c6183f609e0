/* SPDX-License-Identifier: GPL-3.0-or-later
 * A lot (batch) of a product as the feed's kind `lot` carries it: dates, origin, route; and first-expired-
 * first-out order. */
#pragma once
#include "pos/date.h"
#include "pos/product.h"

G_BEGIN_DECLS

/* One step of the way from the farm to the shop, from the EPCIS events of the lot. */
typedef struct {
    char *step; /* CBV business step: commissioning, packing, shipping, receiving, stocking … */
    PosNames place;
    int64_t at_ms; /* Unix ms */
    bool has_temperature;
    int min_dc, max_dc; /* lowest and highest in tenths of a degree Celsius */
    bool has_position;
    int latitude_mdeg, longitude_mdeg; /* WGS 84, thousandths of a degree */
    bool alarm; /* the sensor reported ALARM_CONDITION: the cold chain was broken here */
} PosRouteStep;

typedef struct {
    char gtin[15];
    char *lot;              /* 1..POS_BOUND_LOT_BYTES of GS1 character set 82 */
    PosNames origin;        /* where it was grown, in words */
    char origin_country[3]; /* ISO 3166 alpha-2, "" unknown */
    PosDate best_before;    /* quality date; may be absent */
    PosDate use_by;         /* safety date; may be absent */
    PosDate received;       /* day of delivery; may be absent */
    PosQuantity delivered;  /* what came in */
    GPtrArray *route;       /* of PosRouteStep*, in time order; may be empty, never NULL */
    bool cold_chain_broken; /* `cold_chain` is "broken", or a step of the route has an alarm */
} PosLot;

PosLot *pos_lot_from_json(const char *gtin, const char *lot, const json_t *value, GError **error);
json_t *pos_lot_to_json(const PosLot *lot);
PosLot *pos_lot_copy(const PosLot *lot);
void pos_lot_free(PosLot *lot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosLot, pos_lot_free)

/* 1..POS_BOUND_LOT_BYTES characters of GS1 character set 82. NULL is not. */
bool pos_lot_number_is_well_formed(const char *lot);

/* The date that ends its sale: use_by if there, else best_before; no date if neither. */
PosDate pos_lot_last_day(const PosLot *lot);
/* FEFO order: earlier last day first, lots without date last, then by lot number. <0, 0, >0. */
int pos_lot_compare_fefo(const PosLot *a, const PosLot *b);

G_END_DECLS
