/* SPDX-License-Identifier: GPL-3.0-or-later
 * The outlines of codes drawn over the camera's picture: white when read, then green with a tick when taken or red with a cross
 * when refused, fading. Times come in as arguments. Main thread. */
#pragma once
#include "pos/scan.h"
#include <cairo.h>

G_BEGIN_DECLS

typedef enum {
    UI_OUTLINE_NONE = 0,
    UI_OUTLINE_READ, /* nobody has said yet what becomes of it */
    UI_OUTLINE_TAKEN,
    UI_OUTLINE_REFUSED,
} UiOutlineMark;

#define UI_OUTLINES_MAX 4

/* All zero: none. */
typedef struct {
    struct {
        UiOutlineMark mark;
        PosSymbology symbology;
        unsigned hash; /* of the bytes */
        int64_t since_ms;
        int count;
        double corners[8][2]; /* as shares of the frame's width and height */
        double aspect;        /* of that frame, width by height */
    } all[UI_OUTLINES_MAX];
} UiOutlines;

/* A scan's outline; corners are in a frame of width x height pixels. The oldest goes when there are too many. */
void ui_outlines_add(UiOutlines *outlines, const PosSymbol *symbol, int width, int height,
                     int64_t now_ms);
/* Those among `seen` (PosSymbol*) are where they are now. */
void ui_outlines_move(UiOutlines *outlines, const GPtrArray *seen, int width, int height);
/* What became of the oldest that nobody has marked. */
void ui_outlines_mark(UiOutlines *outlines, UiOutlineMark mark, int64_t now_ms);
/* Opacity at that age: 1 for a while, then falling to 0 (and gone). */
double ui_outline_opacity(UiOutlineMark mark, int64_t age_ms);
/* The mark that is to be seen strongest now; UI_OUTLINE_NONE when all have faded. */
UiOutlineMark ui_outlines_shown(const UiOutlines *outlines, int64_t now_ms);
/* Into a picture of width x height in which the frame stands centred, as large as fits. */
void ui_outlines_draw(const UiOutlines *outlines, cairo_t *cr, double width, double height,
                      int64_t now_ms);

G_END_DECLS
