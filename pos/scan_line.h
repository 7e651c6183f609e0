/* SPDX-License-Identifier: GPL-3.0-or-later
 * The edges of bars on one line of samples, for readers of linear symbols. Internal to pos/scan*.c. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* The elements of a line: element i lies between edges i and i + 1 (in samples), all alternate. */
typedef struct {
    const float *edges;
    int count;
    bool first_is_dark;
} PosLineElements;

static inline float pos_line_width(const PosLineElements *elements, int i)
{
    return elements->edges[i + 1] - elements->edges[i];
}

static inline bool pos_line_is_dark(const PosLineElements *elements, int i)
{
    return (i % 2 == 0) == elements->first_is_dark;
}

/* `edges` is room for count + 1 positions, and stays the elements'. Swings of grey up to `noise` are no
 * edge. */
PosLineElements pos_line_find_edges(const uint8_t *samples, int count, int noise, float *edges);

G_END_DECLS
