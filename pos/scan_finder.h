/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finder patterns of QR codes in a threshold picture: squares in squares, 1:1:3:1:1 on every line through
 * their middle (ISO/IEC 18004 6.3.3). Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan_grid.h"

G_BEGIN_DECLS

typedef struct {
    PosPoint middle;
    float module; /* pixels, mean of across and down */
    int rows;     /* picture rows that met it */
} PosFinder;

/* The patterns, those that most rows met first, at most max. Owned GArray of PosFinder. */
GArray *pos_finders_find(const uint8_t *black, int width, int height, guint max);

G_END_DECLS
