/* SPDX-License-Identifier: GPL-3.0-or-later
 * Units of GS1 DataBar that neighbouring scan lines saw, brought together and put into symbols. */
#pragma once
#include "pos/scan.h"
#include "pos/scan_databar_line.h"

G_BEGIN_DECLS

/* A unit with its line. Lines of one axis are parallel, `line` is their distance in pixels. */
typedef struct {
    PosDatabarUnit unit;
    int axis;
    int line;
} PosDatabarSeen;

/* Adds each symbol that the units (GArray of PosDatabarSeen, by axis and line) make up to `out`, and
 * that is not there yet. A character counts when two lines agree on it. */
void pos_scan_databar_assemble(const GArray *seen, GPtrArray *out);

G_END_DECLS
