/* SPDX-License-Identifier: GPL-3.0-or-later
 * Code 128 on one line of samples (ISO/IEC 15417). Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan_line.h"

G_BEGIN_DECLS

#define POS_CODE128_BYTES_MAX 256 /* the longest that fits a line that one can read */

typedef struct {
    bool is_inverted;
    bool gs1;       /* FNC1 comes first */
    float from, to; /* outer edges, in samples */
    float module;
    int length;
    char bytes[POS_CODE128_BYTES_MAX]; /* FNC1 within is 0x1D; characters of FNC4 are ISO 8859-1 */
} PosCode128Unit;

/* Adds each symbol that the whole line crosses and whose check character is right, a GArray of
 * PosCode128Unit. */
void pos_code128_find(const PosLineElements *elements, GArray *units);

G_END_DECLS
