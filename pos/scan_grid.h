/* SPDX-License-Identifier: GPL-3.0-or-later
 * A grid of modules laid over a grey frame, for readers of matrix symbols: where each module is, how dark
 * it is, and how to move the grid until it fits. Frame coordinates are continuous: pixel (x, y) covers
 * x..x+1, y..y+1. Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

typedef struct {
    float x, y;
} PosPoint;

#define POS_GRID_SIDE_MAX 177 /* QR version 40 */

/* corners: outer corners of the symbol, clockwise from the top left one. bow: how far the middle of each
 * side (top, right, bottom, left) lies off the straight line, as on a bottle. */
typedef struct {
    const PosFrame *frame; /* borrowed */
    int columns, rows;
    PosPoint corners[4];
    PosPoint bow[4];
    bool bent;    /* a bow may be other than zero */
    float map[8]; /* unit square to corners */
} PosGrid;

/* False when the corners are no convex quadrangle of some size. */
bool pos_grid_init(PosGrid *grid, const PosFrame *frame, const PosPoint corners[4], int columns,
                   int rows);
/* Where a place of the grid is in the frame; (0.5, 0.5) is the middle of the first module. */
PosPoint pos_grid_at(const PosGrid *grid, float column, float row);
/* How light the frame is at a place of the grid, 0 to 255. Outside of the frame: its edge. */
float pos_grid_light(const PosGrid *grid, float column, float row);

/* Sets a symbol's outline to the grid's corners: top left, bottom left, bottom right, top right. */
void pos_grid_outline(const PosGrid *grid, PosSymbol *symbol);

/* A module whose colour the symbology fixes; also outside of the symbol, in its quiet zone. */
typedef struct {
    float column, row; /* its middle */
    bool dark;
} PosGridMark;

/* How much lighter the light marks are than the dark ones, -255 to 255. */
float pos_grid_contrast(const PosGrid *grid, const PosGridMark *marks, gsize count);
/* Share of the marks on the right side of the middle between light and dark, 0 to 1. */
float pos_grid_agreement(const PosGrid *grid, const PosGridMark *marks, gsize count);
/* Moves the corners (and the bows, when `bend`) in steps from half a module down to an eighth, as long as
 * the contrast of the marks rises. Returns the contrast. */
float pos_grid_fit(PosGrid *grid, const PosGridMark *marks, gsize count, bool bend);

/* The light of all modules, row by row, each the mean of a few places within the module. */
void pos_grid_sample(const PosGrid *grid, float *out_light);
/* Modules from light, 1 dark. variant 0 to POS_GRID_VARIANTS - 1: a threshold for the whole or one that
 * follows the light, on values as they are or with the blur between neighbours taken back, in the order that
 * succeeds most often. */
#define POS_GRID_VARIANTS 6
void pos_grid_threshold(const float *light, int columns, int rows, int variant,
                        uint8_t *out_modules);

G_END_DECLS
