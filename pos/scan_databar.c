/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which lines of a frame are looked at for GS1 DataBar: a sparse grid of rows and columns
 * first, and every line near those on which a finder pattern was seen. Pure. */
#include "pos/scan_databar.h"
#include "pos/scan_databar_cluster.h"
#include "pos/scan_databar_line.h"

#include <string.h>

#define SPARSE_LINES 90 /* lines of the sparse grid along the shorter side */
#define NOISE 12        /* levels of grey: less is no edge */
#define AXES 2          /* rows, columns */
#define CLOSER 4        /* times as many lines in the close look, or all */

typedef struct {
    const PosFrame *frame;
    uint8_t *samples; /* of one line, or of BATCH columns */
    float *edges;
    GArray *units;
    GArray *seen;
} Look;

static int lines_of(const PosFrame *frame, int axis)
{
    return axis == 0 ? frame->height : frame->width;
}

static void look_at_line(Look *look, int axis, int line)
{
    const PosFrame *frame = look->frame;
    const uint8_t *samples = frame->pixels + (gsize)line * (gsize)frame->stride;
    int count = frame->width;
    if (axis == 1) {
        count = frame->height;
        for (int y = 0; y < count; y++) {
            look->samples[y] = frame->pixels[(gsize)y * (gsize)frame->stride + (gsize)line];
        }
        samples = look->samples;
    }
    g_array_set_size(look->units, 0);
    pos_scan_databar_line(samples, count, NOISE, look->edges, look->units);
    for (guint i = 0; i < look->units->len; i++) {
        PosDatabarSeen seen = {g_array_index(look->units, PosDatabarUnit, i), axis, line};
        g_array_append_val(look->seen, seen);
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

/* The lines between the sparse ones beside which a unit was seen. */
static void look_closely(Look *look, int axis, int step)
{
    int lines = lines_of(look->frame, axis), close = MAX(step / CLOSER, 1);
    g_autofree bool *wanted = g_new0(bool, (gsize)lines);
    for (guint i = 0; i < look->seen->len; i++) {
        int line = g_array_index(look->seen, PosDatabarSeen, i).line;
        if (!wanted[line] && is_promising(look->seen, i, step)) {
            for (int n = MAX(line - step + 1, 0); n < MIN(line + step, lines); n++) {
                wanted[n] = wanted[n] || n % close == 0 || n == line;
            }
        }
    }
    g_array_set_size(look->seen, 0);
    for (int n = 0; n < lines; n++) {
        if (wanted[n]) {
            look_at_line(look, axis, n);
        }
    }
}

void pos_scan_databar(const PosFrame *frame, GPtrArray *out)
{
    if (frame->width <= 0 || frame->height <= 0 || frame->stride < frame->width ||
        (int64_t)frame->width * frame->height > POS_BOUND_IMAGE_PIXELS) {
        return;
    }
    gsize longest = (gsize)MAX(frame->width, frame->height);
    g_autofree uint8_t *samples = g_malloc(longest);
    g_autofree float *edges = g_new(float, longest + 1);
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(PosDatabarUnit));
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(PosDatabarSeen));
    Look look = {frame, samples, edges, units, seen};
    int step = CLAMP(MIN(frame->width, frame->height) / SPARSE_LINES, 1, 16);
    for (int axis = 0; axis < AXES; axis++) {
        g_array_set_size(seen, 0);
        for (int line = step / 2; line < lines_of(frame, axis); line += step) {
            look_at_line(&look, axis, line);
        }
        if (step > 1) {
            look_closely(&look, axis, step);
        }
        pos_scan_databar_assemble(seen, out);
    }
}
