/* SPDX-License-Identifier: GPL-3.0-or-later
 * EAN, UPC and Code 128 symbols that neighbouring scan lines saw, brought together. Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan.h"
#include "pos/scan_code128.h"
#include "pos/scan_ean.h"

G_BEGIN_DECLS

/* Lines of one axis are parallel, `line` is their distance in pixels. */
typedef struct {
    PosEanUnit unit;
    int axis, line;
} PosEanSeen;

typedef struct {
    PosCode128Unit unit;
    int axis, line;
} PosCode128Seen;

/* Adds the symbols that two lines or more agree on to `out`. seen: by axis and line; every `step`-th line was
 * looked at. */
void pos_scan_ean_assemble(const GArray *seen, int step, GPtrArray *out);
void pos_scan_code128_assemble(const GArray *seen, int step, GPtrArray *out);

G_END_DECLS
