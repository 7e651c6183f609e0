/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the arithmetic on pixels before decoding. A pass on a binarised frame is cheaper for the
 * decoder than one on grey: it has fewer false edges. Pure. */
#include "pos/scan_passes.h"

#include <string.h>

#define LEVELS 256
#define LOCAL_WINDOW_PART 8    /* the window is this part of the longer side */
#define LOCAL_BELOW_PERCENT 92 /* darker than this share of the mean is black */
#define FINE_WINDOW_PART 32
#define FINE_WINDOW_MIN 12 /* pixels */
#define FINE_BELOW_PERCENT 96

void pos_scan_pass_copy(const PosFrame *frame, uint8_t *out)
{
    for (int y = 0; y < frame->height; y++) {
        memcpy(out + (gsize)y * (gsize)frame->width,
               frame->pixels + (gsize)y * (gsize)frame->stride, (gsize)frame->width);
    }
}

/* The level with the largest variance between what is below and above it. In integers scaled by the
 * counts. */
static int otsu_level(const uint32_t histogram[LEVELS], uint64_t total)
{
    uint64_t sum_all = 0, sum_below = 0, below = 0;
    double best = -1;
    int level = LEVELS / 2;
    for (int i = 0; i < LEVELS; i++) {
        sum_all += (uint64_t)i * histogram[i];
    }
    for (int i = 0; i < LEVELS; i++) {
        below += histogram[i];
        sum_below += (uint64_t)i * histogram[i];
        uint64_t above = total - below;
        if (below == 0 || above == 0) {
            continue;
        }
        double difference =
            (double)sum_below / (double)below - (double)(sum_all - sum_below) / (double)above;
        double variance = (double)below * (double)above * difference * difference;
        if (variance > best) {
            best = variance;
            level = i;
        }
    }
    return level;
}

void pos_scan_pass_otsu(const PosFrame *frame, uint8_t *out)
{
    uint32_t histogram[LEVELS] = {0};
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->pixels + (gsize)y * (gsize)frame->stride;
        for (int x = 0; x < frame->width; x++) {
            histogram[row[x]]++;
        }
    }
    int level = otsu_level(histogram, (uint64_t)frame->width * (uint64_t)frame->height);
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->pixels + (gsize)y * (gsize)frame->stride;
        uint8_t *to = out + (gsize)y * (gsize)frame->width;
        for (int x = 0; x < frame->width; x++) {
            to[x] = row[x] > level ? 255 : 0;
        }
    }
}

/* The sums of columns over a band of rows that slides down, and of those the running sums along a row: the
 * mean around a pixel without an integral image of the whole. */
typedef struct {
    uint32_t *columns, *running; /* width; width + 1 */
    int top, bottom;             /* the band holds rows [top, bottom) */
} Band;

static void slide(Band *band, const PosFrame *frame, int top, int bottom)
{
    int width = frame->width;
    uint32_t *columns = band->columns;
    for (; band->bottom < bottom; band->bottom++) {
        const uint8_t *row = frame->pixels + (gsize)band->bottom * (gsize)frame->stride;
        for (int x = 0; x < width; x++) {
            columns[x] += row[x];
        }
    }
    for (; band->top < top; band->top++) {
        const uint8_t *row = frame->pixels + (gsize)band->top * (gsize)frame->stride;
        for (int x = 0; x < width; x++) {
            columns[x] -= row[x];
        }
    }
    uint32_t sum = 0;
    for (int x = 0; x < width; x++) {
        band->running[x] = sum;
        sum += columns[x];
    }
    band->running[width] = sum;
}

static void threshold_locally(const PosFrame *frame, int half, int below_percent, uint8_t *out)
{
    int width = frame->width, height = frame->height;
    g_autofree uint32_t *columns = g_new0(uint32_t, (gsize)width);
    g_autofree uint32_t *running = g_new0(uint32_t, (gsize)width + 1);
    Band band = {.columns = columns, .running = running};
    for (int y = 0; y < height; y++) {
        slide(&band, frame, MAX(y - half, 0), MIN(y + half + 1, height));
        const uint8_t *row = frame->pixels + (gsize)y * (gsize)frame->stride;
        uint8_t *to = out + (gsize)y * (gsize)width;
        int rows = band.bottom - band.top;
        int inner = MIN(half, width), inner_end = MAX(width - half, inner);
        /* A pixel is black when it is less than a share of sum / area: pixel * area / share < sum. */
        uint64_t area_part =
            (uint64_t)rows * (uint64_t)(2 * half + 1) * 100 / (uint64_t)below_percent;
        uint32_t factor = (uint32_t)MIN(area_part, G_MAXUINT32 / 255);
        for (int x = inner; x < inner_end; x++) {
            to[x] = row[x] * factor < running[x + half + 1] - running[x - half] ? 0 : 255;
        }
        for (int x = 0; x < width; x = x + 1 == inner ? inner_end : x + 1) {
            int from = MAX(x - half, 0), until = MIN(x + half + 1, width);
            uint64_t area = (uint64_t)rows * (uint64_t)(until - from);
            uint32_t sum = running[until] - running[from];
            to[x] = row[x] * area * 100 < (uint64_t)sum * (uint64_t)below_percent ? 0 : 255;
        }
    }
}

void pos_scan_pass_local(const PosFrame *frame, uint8_t *out)
{
    int half = MAX(MAX(frame->width, frame->height) / LOCAL_WINDOW_PART / 2, 1);
    threshold_locally(frame, half, LOCAL_BELOW_PERCENT, out);
}

void pos_scan_pass_fine(const PosFrame *frame, uint8_t *out)
{
    int longer = MAX(frame->width, frame->height);
    threshold_locally(frame, MAX(longer / FINE_WINDOW_PART, FINE_WINDOW_MIN) / 2,
                      FINE_BELOW_PERCENT, out);
}

void pos_scan_pass_invert(uint8_t *pixels, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        pixels[i] = (uint8_t)~pixels[i];
    }
}
