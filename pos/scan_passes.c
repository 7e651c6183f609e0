/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the arithmetic on pixels before decoding. A pass on a binarised frame is cheaper for the
 * decoder than one on grey: it has fewer false edges. Pure. */
#include "pos/scan_passes.h"

#include <string.h>

#define LEVELS 256
#define LOCAL_WINDOW_PART 8    /* the window is this part of the longer side */
#define LOCAL_BELOW_PERCENT 92 /* darker than this share of the mean is black */

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

/* Sums of columns over a sliding band of rows: the mean around a pixel without an integral image of
 * the whole. */
void pos_scan_pass_local(const PosFrame *frame, uint8_t *out)
{
    int width = frame->width, height = frame->height;
    int half = MAX(MAX(width, height) / LOCAL_WINDOW_PART / 2, 1);
    g_autofree uint32_t *columns = g_new0(uint32_t, (gsize)width);
    g_autofree uint32_t *prefix = g_new0(uint32_t, (gsize)width + 1);
    int top = 0, bottom = 0; /* the band holds rows [top, bottom) */
    for (int y = 0; y < height; y++) {
        for (; bottom < MIN(y + half + 1, height); bottom++) {
            const uint8_t *row = frame->pixels + (gsize)bottom * (gsize)frame->stride;
            for (int x = 0; x < width; x++) {
                columns[x] += row[x];
            }
        }
        for (; top < y - half; top++) {
            const uint8_t *row = frame->pixels + (gsize)top * (gsize)frame->stride;
            for (int x = 0; x < width; x++) {
                columns[x] -= row[x];
            }
        }
        for (int x = 0; x < width; x++) {
            prefix[x + 1] = prefix[x] + columns[x];
        }
        const uint8_t *row = frame->pixels + (gsize)y * (gsize)frame->stride;
        uint8_t *to = out + (gsize)y * (gsize)width;
        uint64_t rows = (uint64_t)(bottom - top);
        for (int x = 0; x < width; x++) {
            int left = MAX(x - half, 0), right = MIN(x + half + 1, width);
            uint64_t area = rows * (uint64_t)(right - left);
            uint32_t sum = prefix[right] - prefix[left];
            to[x] = row[x] * area * 100 < (uint64_t)sum * LOCAL_BELOW_PERCENT ? 0 : 255;
        }
    }
}

void pos_scan_pass_invert(uint8_t *pixels, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        pixels[i] = (uint8_t)~pixels[i];
    }
}
