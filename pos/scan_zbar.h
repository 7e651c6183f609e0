/* SPDX-License-Identifier: GPL-3.0-or-later
 * One pass of ZBar over a prepared frame. Internal to pos/scan*.c. Any thread. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

typedef enum {
    POS_ZBAR_LINEAR = 1 << 0, /* EAN-13, EAN-8, UPC as EAN-13, Code 128 */
    POS_ZBAR_DATABAR = 1 << 1,
    POS_ZBAR_QR = 1 << 2,
} PosZbarTypes;

/* Adds each symbol of the given types to out (PosSymbol*, owned by the array). pixels: width x height grey
 * without stride; every `density`-th row and column is scanned. */
void pos_scan_zbar(const uint8_t *pixels, int width, int height, PosZbarTypes types, int density,
                   GPtrArray *out);

G_END_DECLS
