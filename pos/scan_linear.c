/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which lines of a frame are looked at for linear symbols: a sparse grid of rows and columns
 * first, and every line near those on which something was seen. Pure. */
#include "pos/scan_linear.h"
#include "pos/scan_databar_cluster.h"
#include "pos/scan_databar_line.h"
#include "pos/scan_linear_cluster.h"

#include <string.h>

#define SPARSE_LINES 90 /* lines of the sparse grid along the shorter side */
#define NOISE_MOST 12   /* levels of grey: less is no edge ... */
#define NOISE_LEAST 5   /* ... in a frame whose light and dark are ... */
#define NOISE_PART 13   /* ... this many times further apart */
#define AXES 2          /* rows, columns */
#define CLOSER 4        /* times as many lines in the close look, or all */
#define FILLED_PART 3   /* a symbol of more than this part of the frame's width ... */
#define HEIGHT_PART 10  /* ... and this of its height fills it */
#define ENOUGH_LINES 6  /* of EAN or Code 128: no closer look is needed */

typedef struct {
    const PosFrame *frame;
    uint8_t *samples; /* of one line */
    float *edges;
    int noise;
    GArray *databar_units, *ean_units, *code128_units; /* of one line */
    GArray *databar, *ean, *code128;                   /* seen on all lines */
} Look;

static int lines_of(const PosFrame *frame, int axis)
{
    return axis == 0 ? frame->height : frame->width;
}

/* How large a swing of grey must be to be an edge: in a dull frame less. */
static int noise_of(const PosFrame *frame)
{
    guint histogram[256] = {0}, total = 0, counted = 0;
    int low = 0, high = 255;
    for (int y = 0; y < frame->height; y += 8) {
        const uint8_t *row = frame->pixels + (gsize)y * (gsize)frame->stride;
        for (int x = y / 8 % 8; x < frame->width; x += 8) {
            histogram[row[x]]++;
            total++;
        }
    }
    for (; low < 255 && (counted += histogram[low]) * 50 <= total; low++) {
    }
    for (counted = 0; high > low && (counted += histogram[high]) * 50 <= total; high--) {
    }
    return CLAMP((high - low) / NOISE_PART, NOISE_LEAST, NOISE_MOST);
}

/* The samples of a line one after the other. */
static const uint8_t *take_line(const Look *look, int axis, int line)
{
    const PosFrame *frame = look->frame;
    if (axis == 0) {
        return frame->pixels + (gsize)line * (gsize)frame->stride;
    }
    for (int y = 0; y < frame->height; y++) {
        look->samples[y] = frame->pixels[(gsize)y * (gsize)frame->stride + (gsize)line];
    }
    return look->samples;
}

static void look_at_line(Look *look, int axis, int line)
{
    const uint8_t *samples = take_line(look, axis, line);
    int count = lines_of(look->frame, 1 - axis);
    PosLineElements elements = pos_line_find_edges(samples, count, look->noise, look->edges);
    g_array_set_size(look->databar_units, 0);
    g_array_set_size(look->ean_units, 0);
    g_array_set_size(look->code128_units, 0);
    pos_scan_databar_line(&elements, look->databar_units);
    pos_ean_find(&elements, look->ean_units);
    pos_code128_find(&elements, look->code128_units);
    for (guint i = 0; i < look->databar_units->len; i++) {
        PosDatabarSeen seen = {g_array_index(look->databar_units, PosDatabarUnit, i), axis, line};
        g_array_append_val(look->databar, seen);
    }
    for (guint i = 0; i < look->ean_units->len; i++) {
        PosEanSeen seen = {g_array_index(look->ean_units, PosEanUnit, i), axis, line};
        g_array_append_val(look->ean, seen);
    }
    for (guint i = 0; i < look->code128_units->len; i++) {
        PosCode128Seen seen = {g_array_index(look->code128_units, PosCode128Unit, i), axis, line};
        g_array_append_val(look->code128, seen);
    }
}

/* Whether a unit of the sparse grid is worth a close look: both characters could be read, or one and
 * another line saw the same finder pattern near. */
static bool is_promising(const GArray *seen, guint index, int step)
{
    const PosDatabarSeen *at = &g_array_index(seen, PosDatabarSeen, index);
    bool has_first = at->unit.characters[0] >= 0, has_second = at->unit.characters[1] >= 0;
    if (has_first == has_second) {
        return has_first;
    }
    for (guint i = 0; i < seen->len; i++) {
        const PosDatabarSeen *other = &g_array_index(seen, PosDatabarSeen, i);
        float apart = (float)ABS(other->line - at->line);
        if (i != index && other->unit.finder == at->unit.finder &&
            other->unit.is_expanded == at->unit.is_expanded &&
            other->unit.is_backward == at->unit.is_backward && apart <= 2 * (float)step &&
            ABS(other->unit.centre - at->unit.centre) < apart + at->unit.module) {
            return true;
        }
    }
    return false;
}

static void want_around(bool *wanted, int line, int lines, int step)
{
    int close = MAX(step / CLOSER, 1);
    for (int n = MAX(line - step + 1, 0); n < MIN(line + step, lines); n++) {
        wanted[n] = wanted[n] || n % close == 0 || n == line;
    }
}

/* The lines between the sparse ones beside which something was seen. Returns their distance. */
static int look_closely(Look *look, int axis, int step)
{
    int lines = lines_of(look->frame, axis);
    g_autofree bool *wanted = g_new0(bool, (gsize)lines);
    for (guint i = 0; i < look->databar->len; i++) {
        int line = g_array_index(look->databar, PosDatabarSeen, i).line;
        if (!wanted[line] && is_promising(look->databar, i, step)) {
            want_around(wanted, line, lines, step);
        }
    }
    for (guint i = 0; i < look->ean->len && look->ean->len < ENOUGH_LINES; i++) {
        want_around(wanted, g_array_index(look->ean, PosEanSeen, i).line, lines, step);
    }
    for (guint i = 0; i < look->code128->len && look->code128->len < ENOUGH_LINES; i++) {
        want_around(wanted, g_array_index(look->code128, PosCode128Seen, i).line, lines, step);
    }
    g_array_set_size(look->databar, 0);
    if (look->ean->len < ENOUGH_LINES) {
        g_array_set_size(look->ean, 0);
    }
    if (look->code128->len < ENOUGH_LINES) {
        g_array_set_size(look->code128, 0);
    }
    for (int n = 0; n < lines; n++) {
        if (wanted[n]) {
            look_at_line(look, axis, n);
        }
    }
    return MAX(step / CLOSER, 1);
}

/* Whether a symbol takes so much of the frame's rows that none stands upright beside it. */
static bool fills(const PosFrame *frame, const GPtrArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        const PosSymbol *symbol = g_ptr_array_index(found, i);
        int width = ABS(symbol->corners[2][0] - symbol->corners[0][0]);
        int height = ABS(symbol->corners[2][1] - symbol->corners[0][1]);
        if (width * FILLED_PART > frame->width && height * HEIGHT_PART > frame->height) {
            return true;
        }
    }
    return false;
}

void pos_scan_linear(const PosFrame *frame, GPtrArray *out)
{
    if (frame->width <= 0 || frame->height <= 0 || frame->stride < frame->width ||
        (int64_t)frame->width * frame->height > POS_BOUND_IMAGE_PIXELS) {
        return;
    }
    gsize longest = (gsize)MAX(frame->width, frame->height);
    g_autofree uint8_t *samples = g_malloc(longest);
    g_autofree float *edges = g_new(float, longest + 1);
    g_autoptr(GArray) databar_units = g_array_new(FALSE, FALSE, sizeof(PosDatabarUnit));
    g_autoptr(GArray) ean_units = g_array_new(FALSE, FALSE, sizeof(PosEanUnit));
    g_autoptr(GArray) code128_units = g_array_new(FALSE, FALSE, sizeof(PosCode128Unit));
    g_autoptr(GArray) databar = g_array_new(FALSE, FALSE, sizeof(PosDatabarSeen));
    g_autoptr(GArray) ean = g_array_new(FALSE, FALSE, sizeof(PosEanSeen));
    g_autoptr(GArray) code128 = g_array_new(FALSE, FALSE, sizeof(PosCode128Seen));
    Look look = {.frame = frame,
                 .samples = samples,
                 .edges = edges,
                 .noise = noise_of(frame),
                 .databar_units = databar_units,
                 .ean_units = ean_units,
                 .code128_units = code128_units,
                 .databar = databar,
                 .ean = ean,
                 .code128 = code128};
    int step = CLAMP(MIN(frame->width, frame->height) / SPARSE_LINES, 1, 16);
    for (int axis = 0; axis < AXES; axis++) {
        int close = step;
        g_array_set_size(databar, 0);
        g_array_set_size(ean, 0);
        g_array_set_size(code128, 0);
        for (int line = step / 2; line < lines_of(frame, axis); line += step) {
            look_at_line(&look, axis, line);
        }
        if (step > 1) {
            close = look_closely(&look, axis, step);
        }
        pos_scan_databar_assemble(databar, out);
        pos_scan_ean_assemble(ean, step, out);
        pos_scan_code128_assemble(code128, close, out);
        if (fills(frame, out)) {
            break;
        }
    }
}
