/* SPDX-License-Identifier: GPL-3.0-or-later
 * GS1 DataBar on one line of samples: edges, finder patterns, the characters beside them. */
#pragma once
#include "pos/scan_line.h"

G_BEGIN_DECLS

/* A finder pattern and the two characters beside it. */
typedef struct {
    bool is_expanded;
    int finder;        /* Omnidirectional: 0..8; Expanded: letter * 2 + 1 if mirrored */
    bool is_right;     /* Omnidirectional: of the right half */
    bool is_backward;  /* the symbol reads against the line */
    int characters[2]; /* Omnidirectional: outside, inside; Expanded: left, right; -1: not read */
    float from, to;    /* of the whole, in samples */
    float centre;      /* of the finder pattern, in samples */
    float module;      /* in samples */
} PosDatabarUnit;

/* Adds each unit on the line, a GArray of PosDatabarUnit; those with characters of which none could
 * be read as well. */
void pos_scan_databar_line(const PosLineElements *elements, GArray *units);

G_END_DECLS
