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
    int left, top, right, bottom;
    int pixels;
} Area;

/* Runs, more and more of them. */
typedef struct {
    Run *runs;
    gsize count, room;
} Runs;

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

static void append_run(Runs *found, int y, int left, int right)
{
    if (found->count == found->room) {
        found->room *= 2;
        found->runs = g_renew(Run, found->runs, found->room);
    }
    found->runs[found->count] = (Run){y, left, right, (int)found->count, -1};
    found->count++;
}

/* The runs of black of all rows, joined where they touch, corner to corner included. */
static Runs find_runs(const uint8_t *black, int width, int height)
{
    gsize room = (gsize)width * 8;
    Runs found = {g_new(Run, room), 0, room};
    gsize before_begin = 0, before_end = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = black + (gsize)y * (gsize)width;
        gsize begin = found.count, above = before_begin;
        for (int x = 0; x < width;) {
            const uint8_t *start = memchr(row + x, 0, (gsize)(width - x));
            if (start == NULL) {
                break;
            }
            int left = (int)(start - row);
            const uint8_t *stop = memchr(start, 255, (gsize)(width - left));
            int right = stop == NULL ? width : (int)(stop - row);
            append_run(&found, y, left, right);
            Run *runs = found.runs;
            while (above < before_end && runs[above].right < left) {
                above++;
            }
            for (gsize i = above; i < before_end && runs[i].left <= right; i++) {
                join(runs, (int)i, (int)found.count - 1);
            }
            x = right;
        }
        before_begin = begin;
        before_end = found.count;
    }
    return found;
}

static float cross(PosPoint o, PosPoint a, PosPoint b)
{
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

/* Room for the ends of an area's rows and for their hull. */
typedef struct {
    PosPoint *left, *right, *hull; /* twice the frame's rows each, the hull twice that */
    int ends, corners;
} Outline;

/* Appends a point to a chain that turns one way only. */
static void chain(Outline *outline, int begin, PosPoint point)
{
    const PosPoint *at = outline->hull;
    int count = outline->corners;
    while (count >= begin + 2 && cross(at[count - 2], at[count - 1], point) <= 0) {
        count--;
    }
    outline->hull[count] = point;
    outline->corners = count + 1;
}

/* The hull of an area from the ends of its rows, which come in order of y. */
static void hull_of(const Run *runs, int first, Outline *outline)
{
    outline->ends = outline->corners = 0;
    for (int i = first; i >= 0;) {
        int y = runs[i].y, left = runs[i].left, right = runs[i].right;
        for (i = runs[i].next; i >= 0 && runs[i].y == y; i = runs[i].next) {
            left = MIN(left, runs[i].left);
            right = MAX(right, runs[i].right);
        }
        for (int edge = 0; edge < 2; edge++) {
            outline->left[outline->ends] = (PosPoint){(float)left, (float)(y + edge)};
            outline->right[outline->ends] = (PosPoint){(float)right, (float)(y + edge)};
            outline->ends++;
        }
    }
    for (int i = 0; i < outline->ends; i++) { /* down the right side */
        chain(outline, 0, outline->right[i]);
    }
    int begin = outline->corners - 1; /* the lowest point of the right side belongs to both */
    for (int i = outline->ends; i > 0; i--) { /* up the left side */
        chain(outline, begin, outline->left[i - 1]);
    }
}

/* Drops, one after the other, the corner that stands out least, down to `least` pixels. */
static void simplify(Outline *outline, float least)
{
    PosPoint *points = outline->hull;
    while (outline->corners > 3) {
        int flattest = 0, count = outline->corners;
        float smallest = G_MAXFLOAT;
        for (int i = 0; i < count; i++) {
            PosPoint a = points[(i + count - 1) % count], b = points[i],
                     c = points[(i + 1) % count];
            float length = hypotf(c.x - a.x, c.y - a.y);
            float height = length < 0.5f ? 0.0f : fabsf(cross(a, b, c)) / length;
            if (height < smallest) {
                smallest = height;
                flattest = i;
            }
        }
        if (smallest > least && count <= POS_BLOB_CORNERS_MAX) {
            return;
        }
        memmove(points + flattest, points + flattest + 1,
                (gsize)(count - flattest - 1) * sizeof(PosPoint));
        outline->corners--;
    }
}

static int by_size(const void *a, const void *b)
{
    const Area *x = a, *y = b;
    int64_t x_box = (int64_t)(x->right - x->left) * (x->bottom - x->top);
    int64_t y_box = (int64_t)(y->right - y->left) * (y->bottom - y->top);
    return x_box < y_box ? 1 : x_box > y_box ? -1 : x->first - y->first;
}

/* The areas that the runs make, those that are large enough. */
static GArray *gather(Runs *found, int side_min)
{
    Run *runs = found->runs;
    g_autofree int *area_of = g_new(int, MAX(found->count, 1));
    GArray *areas = g_array_sized_new(FALSE, FALSE, sizeof(Area), (guint)(found->count / 4 + 1));
    for (gsize i = 0; i < found->count; i++) {
        int root = root_of(runs, (int)i);
        Run *run = &runs[i];
        if (root == (int)i) {
            Area area = {
                root, root, run->left, run->y, run->right, run->y + 1, run->right - run->left};
            area_of[i] = (int)areas->len;
            g_array_append_val(areas, area);
            continue;
        }
        Area *area = &g_array_index(areas, Area, area_of[root]);
        runs[area->last].next = (int)i;
        area->last = (int)i;
        area->left = MIN(area->left, run->left);
        area->right = MAX(area->right, run->right);
        area->bottom = run->y + 1;
        area->pixels += run->right - run->left;
    }
    guint kept = 0;
    for (guint i = 0; i < areas->len; i++) {
        Area *area = &g_array_index(areas, Area, i);
        if (area->right - area->left >= side_min && area->bottom - area->top >= side_min) {
            g_array_index(areas, Area, kept++) = *area;
        }
    }
    g_array_set_size(areas, kept);
    return areas;
}

GArray *pos_blobs_find(const uint8_t *black, int width, int height, int side_min, guint max)
{
    Runs found = find_runs(black, width, height);
    g_autofree Run *runs = found.runs;
    g_autoptr(GArray) areas = gather(&found, side_min);
    if (areas->len > 0) {
        qsort(areas->data, areas->len, sizeof(Area), by_size);
    }
    GArray *blobs = g_array_new(FALSE, FALSE, sizeof(PosBlob));
    gsize ends = 2 * (gsize)height;
    g_autofree PosPoint *points = g_new(PosPoint, 4 * ends);
    Outline outline = {.left = points, .right = points + ends, .hull = points + 2 * ends};
    for (guint i = 0; i < areas->len && i < max; i++) {
        const Area *area = &g_array_index(areas, Area, i);
        PosBlob blob = {.left = area->left,
                        .top = area->top,
                        .right = area->right,
                        .bottom = area->bottom,
                        .pixels = area->pixels};
        hull_of(runs, area->first, &outline);
        float size = (float)MAX(blob.right - blob.left, blob.bottom - blob.top);
        simplify(&outline, MAX(1.0f, size * 0.035f));
        blob.corners_count = outline.corners;
        memcpy(blob.corners, outline.hull, (gsize)outline.corners * sizeof(PosPoint));
        g_array_append_val(blobs, blob);
    }
    return blobs;
}
