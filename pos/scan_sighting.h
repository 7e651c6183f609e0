/* SPDX-License-Identifier: GPL-3.0-or-later
 * A symbol that a frame's looks have read, and whether it is believed. Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* One way to look at a frame. */
typedef enum {
    POS_LOOK_GREY,
    POS_LOOK_OTSU,     /* one threshold for the whole */
    POS_LOOK_LOCAL,    /* one that follows the light */
    POS_LOOK_INVERTED, /* the negative of LOCAL */
    POS_LOOK_FINE,     /* a threshold that follows the light closely */
} PosScanLook;

typedef struct {
    PosSymbol *symbol; /* owned */
    unsigned looks;    /* bit set of PosScanLook */
    int strength; /* most scan lines that agreed in one look, as if every line had been scanned */
} PosSighting;
void pos_sighting_free(PosSighting *sighting);

/* Adds a reading (taken over) to the sightings, a GPtrArray of PosSighting*: a new one, or one more look at
 * one that is there. */
void pos_sighting_note(GPtrArray *sightings, PosSymbol *symbol, PosScanLook look);
/* Whether no further look is asked for. */
bool pos_sighting_is_sure(const PosSighting *sighting);
/* Whether the reading stands beside the others of its frame. */
bool pos_sighting_is_believed(const GPtrArray *sightings, const PosSighting *sighting);

G_END_DECLS
