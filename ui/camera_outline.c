/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how an outline looks. A mark is a shape as well as a colour, for those who see no difference of green and red. */
#include "ui/camera_outline.h"

#include "pos/scan_track.h"
#include <math.h>
#include <string.h>

#define FULL_MS 700
#define FADE_MS 700
#define UNMARKED_MS 3000 /* a read that nobody marks goes too */
#define LINE 5.0
#define EDGE 3.0      /* of dark around the line, for light grounds */
#define SIDE_MIN 28.0 /* of what is drawn: a linear code's outline may be one scan line */

static unsigned hash_of(const PosSymbol *symbol)
{
    unsigned hash = 5381;
    for (gsize i = 0; i < symbol->length; i++) {
        hash = hash * 33 + (unsigned char)symbol->bytes[i];
    }
    return hash;
}

/* Four corners of a 2D code as they are; of a linear code, whose points are where scan lines met it, the box. */
static void place(UiOutlines *outlines, int at, const PosSymbol *symbol, int width, int height)
{
    int corners[8][2] = {{0}};
    int count = symbol->corners_count;
    const bool square =
        symbol->symbology == POS_SYMBOLOGY_QR || symbol->symbology == POS_SYMBOLOGY_DATAMATRIX;
    memcpy(corners, symbol->corners, sizeof corners);
    if (!square || count < 3) {
        const PosScanBox box = pos_scan_box_of(symbol);
        const int right = box.x + box.width, bottom = box.y + box.height;
        const int of_box[4][2] = {{box.x, box.y}, {right, box.y}, {right, bottom}, {box.x, bottom}};
        memcpy(corners, of_box, sizeof of_box);
        count = box.width > 0 ? 4 : 0;
    }
    outlines->all[at].count = count;
    outlines->all[at].aspect = (double)width / height;
    for (int i = 0; i < count; i++) {
        outlines->all[at].corners[i][0] = (double)corners[i][0] / width;
        outlines->all[at].corners[i][1] = (double)corners[i][1] / height;
    }
}

void ui_outlines_add(UiOutlines *outlines, const PosSymbol *symbol, int width, int height,
                     int64_t now_ms)
{
    if (width <= 0 || height <= 0) {
        return;
    }
    memmove(&outlines->all[1], &outlines->all[0], sizeof outlines->all - sizeof outlines->all[0]);
    memset(&outlines->all[0], 0, sizeof outlines->all[0]);
    outlines->all[0].mark = UI_OUTLINE_READ;
    outlines->all[0].symbology = symbol->symbology;
    outlines->all[0].hash = hash_of(symbol);
    outlines->all[0].since_ms = now_ms;
    place(outlines, 0, symbol, width, height);
}

void ui_outlines_move(UiOutlines *outlines, const GPtrArray *seen, int width, int height)
{
    for (guint i = 0; i < seen->len && width > 0 && height > 0; i++) {
        const PosSymbol *symbol = seen->pdata[i];
        for (int at = 0; at < UI_OUTLINES_MAX; at++) {
            if (outlines->all[at].mark != UI_OUTLINE_NONE &&
                outlines->all[at].symbology == symbol->symbology &&
                outlines->all[at].hash == hash_of(symbol)) {
                place(outlines, at, symbol, width, height);
            }
        }
    }
}

void ui_outlines_mark(UiOutlines *outlines, UiOutlineMark mark, int64_t now_ms)
{
    for (int at = UI_OUTLINES_MAX; at-- > 0;) {
        if (outlines->all[at].mark == UI_OUTLINE_READ) {
            outlines->all[at].mark = mark;
            outlines->all[at].since_ms = now_ms;
            return;
        }
    }
}

double ui_outline_opacity(UiOutlineMark mark, int64_t age_ms)
{
    const int64_t full = mark == UI_OUTLINE_READ ? UNMARKED_MS : FULL_MS;
    if (mark == UI_OUTLINE_NONE || age_ms >= full + FADE_MS) {
        return 0;
    }
    return age_ms <= full ? 1 : 1 - (double)(age_ms - full) / FADE_MS;
}

UiOutlineMark ui_outlines_shown(const UiOutlines *outlines, int64_t now_ms)
{
    UiOutlineMark shown = UI_OUTLINE_NONE;
    double strongest = 0;
    for (int at = 0; at < UI_OUTLINES_MAX; at++) {
        const double opacity =
            ui_outline_opacity(outlines->all[at].mark, now_ms - outlines->all[at].since_ms);
        if (opacity > strongest) {
            strongest = opacity;
            shown = outlines->all[at].mark;
        }
    }
    return shown;
}

static void stroke(cairo_t *cr, UiOutlineMark mark, double opacity)
{
    static const double colours[][3] = {[UI_OUTLINE_READ] = {1, 1, 1},
                                        [UI_OUTLINE_TAKEN] = {0.20, 0.86, 0.42},
                                        [UI_OUTLINE_REFUSED] = {1, 0.32, 0.28}};
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_source_rgba(cr, 0, 0, 0, 0.55 * opacity);
    cairo_set_line_width(cr, LINE + 2 * EDGE);
    cairo_stroke_preserve(cr);
    cairo_set_source_rgba(cr, colours[mark][0], colours[mark][1], colours[mark][2], opacity);
    cairo_set_line_width(cr, LINE);
    cairo_stroke(cr);
}

/* A tick or a cross of radius r. */
static void draw_sign(cairo_t *cr, UiOutlineMark mark, double x, double y, double r, double opacity)
{
    if (mark == UI_OUTLINE_TAKEN) {
        cairo_move_to(cr, x - r, y);
        cairo_line_to(cr, x - r * 0.25, y + r * 0.7);
        cairo_line_to(cr, x + r, y - r * 0.7);
        stroke(cr, mark, opacity);
    } else if (mark == UI_OUTLINE_REFUSED) {
        cairo_move_to(cr, x - r * 0.75, y - r * 0.75);
        cairo_line_to(cr, x + r * 0.75, y + r * 0.75);
        cairo_move_to(cr, x + r * 0.75, y - r * 0.75);
        cairo_line_to(cr, x - r * 0.75, y + r * 0.75);
        stroke(cr, mark, opacity);
    }
}

void ui_outlines_draw(const UiOutlines *outlines, cairo_t *cr, double width, double height,
                      int64_t now_ms)
{
    for (int at = UI_OUTLINES_MAX; at-- > 0;) {
        const UiOutlineMark mark = outlines->all[at].mark;
        const double opacity = ui_outline_opacity(mark, now_ms - outlines->all[at].since_ms);
        if (opacity <= 0 || outlines->all[at].count == 0) {
            continue;
        }
        const double aspect = outlines->all[at].aspect;
        const double w = fmin(width, height * aspect), h = w / aspect;
        double left = width, right = 0, top = height, bottom = 0;
        double points[8][2];
        for (int i = 0; i < outlines->all[at].count; i++) {
            points[i][0] = (width - w) / 2 + outlines->all[at].corners[i][0] * w;
            points[i][1] = (height - h) / 2 + outlines->all[at].corners[i][1] * h;
            left = fmin(left, points[i][0]);
            right = fmax(right, points[i][0]);
            top = fmin(top, points[i][1]);
            bottom = fmax(bottom, points[i][1]);
        }
        const double x = (left + right) / 2, y = (top + bottom) / 2;
        /* Grown about its middle: outside the code, and never thinner than can be seen. */
        const double grow_x = fmax((right - left) * 1.12, SIDE_MIN) / fmax(right - left, 1);
        const double grow_y = fmax((bottom - top) * 1.12, SIDE_MIN) / fmax(bottom - top, 1);
        if (right - left < 1 || bottom - top < 1) { /* one scan line saw it: a box stands for it */
            const double box_width = fmax((right - left) * 1.12, SIDE_MIN);
            const double box_height = fmax((bottom - top) * 1.12, SIDE_MIN);
            cairo_rectangle(cr, x - box_width / 2, y - box_height / 2, box_width, box_height);
        } else {
            for (int i = 0; i < outlines->all[at].count; i++) {
                cairo_line_to(cr, x + (points[i][0] - x) * grow_x, y + (points[i][1] - y) * grow_y);
            }
            cairo_close_path(cr);
        }
        stroke(cr, mark, opacity);
        draw_sign(cr, mark, x, y, 18, opacity);
    }
}
