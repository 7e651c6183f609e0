/* SPDX-License-Identifier: GPL-3.0-or-later
 * Connected black areas of a threshold picture and their convex outlines. Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan_grid.h"

G_BEGIN_DECLS

#define POS_BLOB_CORNERS_MAX 24

/* One area: its box in pixels (right and bottom exclusive), how many pixels, and its convex outline with
 * corners that hardly stand out removed, clockwise as seen on screen. */
typedef struct {
    int left, top, right, bottom;
    int pixels;
    int corners_count;
    PosPoint corners[POS_BLOB_CORNERS_MAX];
} PosBlob;

/* The areas (8-connected) of at least side_min pixels either way, largest box first, at most max of them.
 * Owned GArray of PosBlob. */
GArray *pos_blobs_find(const uint8_t *black, int width, int height, int side_min, guint max);

G_END_DECLS
