/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the labelling of connected areas by runs with union and find, and their outlines: the hull of each
 * row's ends by Andrew's chain, then corners dropped that lie close to the line of their neighbours. Pure. */
#include "pos/scan_blob.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int y, left, right; /* right exclusive */
    int parent;
    int next; /* run of the same area, -1 none */
} Run;

typedef struct {
    int first, last; /* runs in row order */
    PosBlob blob;
} Area;

static int root_of(Run *runs, int index)
{
    while (runs[index].parent != index) {
        runs[index].parent = runs[runs[index].parent].parent;
        index = runs[index].parent;
    }
    return index;
}

static void join(Run *runs, int a, int b)
{
    a = root_of(runs, a);
    b = root_of(runs, b);
    if (a != b) {
        runs[MAX(a, b)].parent = MIN(a, b);
    }
}

/* The runs of black of all rows, joined where they touch, corner to corner included. */
static GArray *find_runs(const uint8_t *black, int width, int height)
{
    GArray *found = g_array_sized_new(FALSE, FALSE, sizeof(Run), (guint)(width * 8));
    guint before_begin = 0, before_end = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = black + (gsize)y * (gsize)width;
        guint begin = found->len, above = before_begin;
        for (int x = 0; x < width;) {
            const uint8_t *start = memchr(row + x, 0, (gsize)(width - x));
            if (start == NULL) {
                break;
            }
            int left = (int)(start - row);
            const uint8_t *stop = memchr(start, 255, (gsize)(width - left));
            int right = stop == NULL ? width : (int)(stop - row);
            Run run = {y, left, right, (int)found->len, -1};
            g_array_append_val(found, run);
            Run *runs = (Run *)(void *)found->data;
            while (above < before_end && runs[above].right < left) {
                above++;
            }
            for (guint i = above; i < before_end && runs[i].left <= right; i++) {
                join(runs, (int)i, (int)found->len - 1);
            }
            x = right;
        }
        before_begin = begin;
        before_end = found->len;
    }
    return found;
}

static float cross(PosPoint o, PosPoint a, PosPoint b)
{
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

/* Appends a point to a chain that turns one way only. */
static void chain(GArray *points, guint begin, PosPoint point)
{
    PosPoint *at = (PosPoint *)(void *)points->data;
    while (points->len >= begin + 2 &&
           cross(at[points->len - 2], at[points->len - 1], point) <= 0) {
        g_array_set_size(points, points->len - 1);
    }
    g_array_append_val(points, point);
}

/* The hull of an area from the ends of its rows, which come in order of y. */
static void hull_of(const Run *runs, int first, GArray *left_ends, GArray *right_ends, GArray *hull)
{
    g_array_set_size(left_ends, 0);
    g_array_set_size(right_ends, 0);
    for (int i = first; i >= 0;) {
        int y = runs[i].y, left = runs[i].left, right = runs[i].right;
        for (i = runs[i].next; i >= 0 && runs[i].y == y; i = runs[i].next) {
            left = MIN(left, runs[i].left);
            right = MAX(right, runs[i].right);
        }
        const PosPoint ends[4] = {{(float)left, (float)y},
                                  {(float)left, (float)y + 1.0f},
                                  {(float)right, (float)y},
                                  {(float)right, (float)y + 1.0f}};
        g_array_append_vals(left_ends, ends, 2);
        g_array_append_vals(right_ends, ends + 2, 2);
    }
    g_array_set_size(hull, 0);
    for (guint i = 0; i < right_ends->len; i++) { /* down the right side */
        chain(hull, 0, g_array_index(right_ends, PosPoint, i));
    }
    guint begin = hull->len - 1; /* the lowest point of the right side belongs to both */
    for (guint i = left_ends->len; i > 0; i--) { /* up the left side */
        chain(hull, begin, g_array_index(left_ends, PosPoint, i - 1));
    }
}

/* Drops, one after the other, the corner that stands out least, down to `least` pixels. */
static void simplify(GArray *hull, float least)
{
    while (hull->len > 3) {
        PosPoint *points = (PosPoint *)(void *)hull->data;
        guint flattest = 0;
        float smallest = G_MAXFLOAT;
        for (guint i = 0; i < hull->len; i++) {
            PosPoint a = points[(i + hull->len - 1) % hull->len], b = points[i],
                     c = points[(i + 1) % hull->len];
            float length = hypotf(c.x - a.x, c.y - a.y);
            float height = length < 0.5f ? 0.0f : fabsf(cross(a, b, c)) / length;
            if (height < smallest) {
                smallest = height;
                flattest = i;
            }
        }
        if (smallest > least && hull->len <= POS_BLOB_CORNERS_MAX) {
            return;
        }
        g_array_remove_index(hull, flattest);
    }
}

static int by_size(const void *a, const void *b)
{
    const PosBlob *x = &((const Area *)a)->blob, *y = &((const Area *)b)->blob;
    int64_t x_box = (int64_t)(x->right - x->left) * (x->bottom - x->top);
    int64_t y_box = (int64_t)(y->right - y->left) * (y->bottom - y->top);
    return x_box < y_box   ? 1
           : x_box > y_box ? -1
                           : ((const Area *)a)->first - ((const Area *)b)->first;
}

/* The areas that the runs make, those that are large enough. */
static GArray *gather(Run *runs, guint count, int side_min)
{
    g_autofree int *area_of = g_new(int, MAX(count, 1));
    GArray *areas = g_array_new(FALSE, FALSE, sizeof(Area));
    for (guint i = 0; i < count; i++) {
        int root = root_of(runs, (int)i);
        Run *run = &runs[i];
        if (root == (int)i) {
            Area area = {(int)i,
                         (int)i,
                         {.left = run->left,
                          .top = run->y,
                          .right = run->right,
                          .bottom = run->y + 1,
                          .pixels = run->right - run->left}};
            area_of[i] = (int)areas->len;
            g_array_append_val(areas, area);
            continue;
        }
        Area *area = &g_array_index(areas, Area, area_of[root]);
        runs[area->last].next = (int)i;
        area->last = (int)i;
        area->blob.left = MIN(area->blob.left, run->left);
        area->blob.right = MAX(area->blob.right, run->right);
        area->blob.bottom = run->y + 1;
        area->blob.pixels += run->right - run->left;
    }
    guint kept = 0;
    for (guint i = 0; i < areas->len; i++) {
        Area *area = &g_array_index(areas, Area, i);
        if (area->blob.right - area->blob.left >= side_min &&
            area->blob.bottom - area->blob.top >= side_min) {
            g_array_index(areas, Area, kept++) = *area;
        }
    }
    g_array_set_size(areas, kept);
    return areas;
}

GArray *pos_blobs_find(const uint8_t *black, int width, int height, int side_min, guint max)
{
    g_autoptr(GArray) found = find_runs(black, width, height);
    Run *runs = (Run *)(void *)found->data;
    g_autoptr(GArray) areas = gather(runs, found->len, side_min);
    g_array_sort(areas, by_size);
    GArray *blobs = g_array_new(FALSE, FALSE, sizeof(PosBlob));
    g_autoptr(GArray) left_ends = g_array_new(FALSE, FALSE, sizeof(PosPoint));
    g_autoptr(GArray) right_ends = g_array_new(FALSE, FALSE, sizeof(PosPoint));
    g_autoptr(GArray) hull = g_array_new(FALSE, FALSE, sizeof(PosPoint));
    for (guint i = 0; i < areas->len && i < max; i++) {
        Area *area = &g_array_index(areas, Area, i);
        hull_of(runs, area->first, left_ends, right_ends, hull);
        float size =
            (float)MAX(area->blob.right - area->blob.left, area->blob.bottom - area->blob.top);
        simplify(hull, MAX(1.0f, size * 0.035f));
        area->blob.corners_count = (int)hull->len;
        memcpy(area->blob.corners, hull->data, hull->len * sizeof(PosPoint));
        g_array_append_val(blobs, area->blob);
    }
    return blobs;
}
