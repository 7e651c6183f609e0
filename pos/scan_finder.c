/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the search for finder patterns: rows whose runs stand 1:1:3:1:1, proven down and across through the
 * middle. Pure. */
#include "pos/scan_finder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIAGONAL_PIXELS_MIN                                                                        \
    16 /* of a pattern across: smaller ones are too coarse on the diagonal */

typedef struct {
    const uint8_t *black;
    int width, height;
} Picture;

/* Whether five runs (black first) stand 1:1:3:1:1, with room for a pixel that fell to the wrong side. */
static bool is_finder(const int runs[5])
{
    int total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
    if (total < 7) {
        return false;
    }
    float module = (float)total / 7.0f, slack = module * 0.5f + 0.6f;
    return fabsf((float)runs[0] - module) < slack && fabsf((float)runs[1] - module) < slack &&
           fabsf((float)runs[2] - 3.0f * module) < 1.5f * slack + module * 0.3f &&
           fabsf((float)runs[3] - module) < slack && fabsf((float)runs[4] - module) < slack &&
           runs[2] > runs[1] && runs[2] > runs[3] && runs[2] > runs[0] && runs[2] > runs[4];
}

static bool black_at(const Picture *picture, int x, int y)
{
    return picture->black[(gsize)y * (gsize)picture->width + (gsize)x] == 0;
}

/* Counts the five runs through (x, y), which is black, in steps of (dx, dy); the middle's place relative to
 * (x, y) in steps. False when the picture ends before or a run is longer than most. */
static bool runs_through(const Picture *picture, int x, int y, int dx, int dy, int most,
                         int runs[5], float *out_middle)
{
    int ends[2] = {0, 0}; /* steps of the middle run beyond (x, y), back and forth */
    memset(runs, 0, 5 * sizeof(int));
    for (int side = 0; side < 2; side++) {
        int sx = side == 0 ? -dx : dx, sy = side == 0 ? -dy : dy;
        int at_x = x + sx, at_y = y + sy, run = 0, counts[3] = {0, 0, 0};
        while (run < 3 && at_x >= 0 && at_y >= 0 && at_x < picture->width &&
               at_y < picture->height && counts[run] <= most) {
            if (black_at(picture, at_x, at_y) == (run % 2 == 0)) {
                counts[run]++;
                at_x += sx;
                at_y += sy;
            } else {
                run++;
            }
        }
        bool at_edge = at_x < 0 || at_y < 0 || at_x >= picture->width || at_y >= picture->height;
        if (run < 2 || (run < 3 && !at_edge)) {
            return false;
        }
        ends[side] = counts[0];
        runs[side == 0 ? 1 : 3] = counts[1];
        runs[side == 0 ? 0 : 4] = counts[2];
    }
    runs[2] = ends[0] + ends[1] + 1;
    *out_middle = (float)(ends[1] - ends[0]) / 2.0f;
    return true;
}

static int total_of(const int runs[5])
{
    return runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
}

/* Whether rings lie around (x, y) on a diagonal too: slanted bars stand 1:1:3:1:1 across and down, but not
 * along. */
static bool is_crossed(const Picture *picture, int x, int y, int dy, int most)
{
    int runs[5];
    float middle;
    return x >= 0 && x < picture->width && black_at(picture, x, y) &&
           runs_through(picture, x, y, 1, dy, most, runs, &middle);
}

/* Proves a pattern that a row has met at x..: down through its middle, then across again. */
static bool prove(const Picture *picture, float x, int y, int total, PosFinder *out)
{
    int runs[5], most = total;
    float middle;
    if (!runs_through(picture, (int)x, y, 0, 1, most, runs, &middle) || !is_finder(runs)) {
        return false;
    }
    int down = total_of(runs);
    float exact_y = (float)y + middle;
    if (down * 5 < total * 2 || down * 2 > total * 5) {
        return false;
    }
    int row = (int)lroundf(exact_y);
    if (row < 0 || row >= picture->height || !black_at(picture, (int)x, row) ||
        !runs_through(picture, (int)x, row, 1, 0, most, runs, &middle) || !is_finder(runs)) {
        return false;
    }
    int across = total_of(runs);
    int column = (int)x + (int)lroundf(middle);
    if (MIN(across, down) >= DIAGONAL_PIXELS_MIN && (!is_crossed(picture, column, row, 1, most) ||
                                                     !is_crossed(picture, column, row, -1, most))) {
        return false;
    }
    out->middle = (PosPoint){(float)(int)x + middle + 0.5f, exact_y + 0.5f};
    out->module = (float)(across + down) / 14.0f;
    out->rows = 1;
    return true;
}

static void note(GArray *finders, const PosFinder *found)
{
    for (guint i = 0; i < finders->len; i++) {
        PosFinder *known = &g_array_index(finders, PosFinder, i);
        float near = MAX(known->module, found->module) * 2.0f;
        if (fabsf(known->middle.x - found->middle.x) < near &&
            fabsf(known->middle.y - found->middle.y) < near) {
            float weight = 1.0f / (float)(known->rows + 1);
            known->middle.x += (found->middle.x - known->middle.x) * weight;
            known->middle.y += (found->middle.y - known->middle.y) * weight;
            known->module += (found->module - known->module) * weight;
            known->rows++;
            return;
        }
    }
    g_array_append_val(finders, *found);
}

static int by_rows(const void *a, const void *b)
{
    const PosFinder *x = a, *y = b;
    /* Rows met per module: a large pattern is met by more rows than a small one. */
    float difference = (float)y->rows / y->module - (float)x->rows / x->module;
    if (difference != 0.0f) {
        return difference > 0 ? 1 : -1;
    }
    return x->middle.y < y->middle.y ? -1 : x->middle.y > y->middle.y ? 1 : 0;
}

static void scan_row(const Picture *picture, int y, GArray *finders)
{
    const uint8_t *row = picture->black + (gsize)y * (gsize)picture->width;
    int runs[5] = {0}, filled = 0, at = 0;
    bool black = row[0] == 0;
    while (at < picture->width) {
        const uint8_t *end = memchr(row + at, black ? 255 : 0, (gsize)(picture->width - at));
        int next = end == NULL ? picture->width : (int)(end - row);
        memmove(runs, runs + 1, 4 * sizeof(int));
        runs[4] = next - at;
        filled++;
        if (black && filled >= 5 && is_finder(runs)) {
            PosFinder found;
            float x = (float)next - (float)(runs[4] + runs[3]) - (float)runs[2] / 2.0f;
            if (prove(picture, x, y, total_of(runs), &found)) {
                note(finders, &found);
            }
        }
        black = !black;
        at = next;
    }
}

GArray *pos_finders_find(const uint8_t *black, int width, int height, guint max)
{
    Picture picture = {black, width, height};
    GArray *finders = g_array_new(FALSE, FALSE, sizeof(PosFinder));
    for (int y = 0; y < height; y++) {
        scan_row(&picture, y, finders);
    }
    g_array_sort(finders, by_rows);
    if (finders->len > max) {
        g_array_set_size(finders, max);
    }
    return finders;
}
