/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which part of the next camera frame is worth decoding: a crop around the last symbol, the whole frame, or nothing
 * since nothing moved. A still picture is looked at with two turns of passes and then now and then. Pure: frames and
 * times come in as arguments. One thread at a time. */
#pragma once
#include "pos/scan_track.h"

G_BEGIN_DECLS

#define POS_SCAN_REGION_COLUMNS 160
#define POS_SCAN_REGION_ROWS 90

/* All zero: nothing was seen yet. */
typedef struct {
    uint8_t cells[POS_SCAN_REGION_ROWS * POS_SCAN_REGION_COLUMNS]; /* of the last decoded frame */
    int width, height;                                             /* of that frame; 0 none */
    PosScanBox box;    /* of the symbols last read, without margins; empty none */
    unsigned box_turn; /* the pass that read them */
    int box_side_min; /* a crop is at least this long and high: a linear code's outline may be a line's end */
    unsigned box_misses;  /* crops in a row without a symbol */
    unsigned crops;       /* since the last whole frame */
    unsigned turn;        /* of the next whole frame */
    unsigned still_looks; /* whole frames decoded since the picture moved */
    int64_t looked_ms;
} PosScanRegion;

/* What to do with a frame. `box` empty: nothing; `turn` is for pos_scan_frame(). */
typedef struct {
    PosScanBox box;
    unsigned turn;
    bool is_whole;
    bool moved; /* it differs from the last frame that was decoded */
} PosScanPlan;

/* waiting: a symbol waits for a second reading or its twin, so both its place and the whole are looked at in turn.
 * A frame that is planned to be decoded must be, and told to pos_scan_region_note(). */
PosScanPlan pos_scan_region_plan(PosScanRegion *region, const PosFrame *frame, bool waiting,
                                 int64_t now_ms);
/* symbols: PosSymbol* read by the plan, corners in pixels of the whole frame; borrowed. */
void pos_scan_region_note(PosScanRegion *region, const PosScanPlan *plan, const GPtrArray *symbols);

G_END_DECLS
