/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the search for Data Matrix symbols. Two sides of a symbol are solid and meet in a corner (the L),
 * the other two alternate. A black area whose outline has two straight solid sides that meet is a
 * candidate; the fourth corner and the size are those with which the other sides alternate best; then the
 * grid is moved until its border fits, the modules are read, and error correction has the last word. Pure. */
#include "pos/scan_datamatrix.h"
#include "pos/datamatrix.h"
#include "pos/gs1_element.h"
#include "pos/scan_blob.h"

#include <math.h>
#include <string.h>

#define SIDE_PIXELS_MIN 10 /* ten modules of one pixel */
#define BLOBS_MAX 160      /* areas looked at, the largest first */
#define SOLID_SHARE 0.8f   /* of a solid side that must be black */
#define QUIET_SHARE 0.6f   /* of what is outside of it that must be light */
#define CHANGES_MIN 5      /* of colour along a side that alternates */
#define MARKS_MAX (8 * POS_DATAMATRIX_SIDE_MAX)
#define THICKNESS_PLACES 24
#define COARSE_MARKS 24     /* so many tell roughly where the fourth corner is */
#define CONTRAST_MIN 12.0f  /* between a leg and what is outside of it */
#define AGREEMENT_MIN 0.80f /* of the border's modules */
#define COARSE_STEP 1.2f    /* modules, in the search for the fourth corner */
#define FINE_STEP 0.4f
#define FINE_SHARE 0.3f    /* of it, with the corner in its place */
#define COARSE_SHARE 0.22f /* of the legs' contrast that the coarse search must find */

/* The corner of the L and the ends of its legs. */
typedef struct {
    PosPoint corner, right, top; /* lower left, lower right, upper left of the upright symbol */
    float module;                /* the legs' thickness, pixels */
    float contrast;              /* how much lighter it is outside of the legs */
} Legs;

typedef struct {
    const PosFrame *frame;
    const uint8_t *black;
} Picture;

static float distance(PosPoint a, PosPoint b)
{
    return hypotf(b.x - a.x, b.y - a.y);
}

static bool is_black(const Picture *picture, float x, float y)
{
    if (x < 0.0f || y < 0.0f || x >= (float)picture->frame->width ||
        y >= (float)picture->frame->height) {
        return false;
    }
    return picture->black[(gsize)(int)y * (gsize)picture->frame->width + (gsize)(int)x] == 0;
}

/* Whether at least (want black) or at most (want light) a share of a side is black, `inward` pixels inside of
 * it. The sides of an outline run clockwise. */
static bool side_is(const Picture *picture, PosPoint from, PosPoint to, float inward, bool black,
                    float share)
{
    float length = distance(from, to);
    float nx = -(to.y - from.y) / length * inward, ny = (to.x - from.x) / length * inward;
    int steps = (int)MIN(length, 64.0f), strangers = 0;
    int most = (int)((float)steps * (1.0f - share));
    for (int i = 0; i < steps && strangers <= most; i++) {
        float t = ((float)i + 0.5f) / (float)steps;
        bool here =
            is_black(picture, from.x + t * (to.x - from.x) + nx, from.y + t * (to.y - from.y) + ny);
        strangers += here != black ? 1 : 0;
    }
    return strangers <= most;
}

/* Black inside, and light outside somewhere near. */
static bool is_solid(const Picture *picture, PosPoint from, PosPoint to)
{
    return (side_is(picture, from, to, 1.4f, true, SOLID_SHARE) ||
            side_is(picture, from, to, 0.8f, true, SOLID_SHARE) ||
            side_is(picture, from, to, 2.2f, true, SOLID_SHARE)) &&
           (side_is(picture, from, to, -1.2f, false, QUIET_SHARE) ||
            side_is(picture, from, to, -2.2f, false, QUIET_SHARE));
}

/* Changes of colour on the way from one point to another. */
static int changes_between(const Picture *picture, PosPoint from, PosPoint to)
{
    int steps = (int)MIN(distance(from, to) * 1.5f, 400.0f), changes = 0;
    bool before = false;
    for (int i = 0; i < steps; i++) {
        float t = ((float)i + 0.5f) / (float)steps;
        bool now = is_black(picture, from.x + t * (to.x - from.x), from.y + t * (to.y - from.y));
        changes += now != before ? 1 : 0;
        before = now;
    }
    return changes;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

/* The thickness of the legs: beside every other module of a leg there is light, so a low share of all depths
 * is the leg's own. */
static float thickness(const Picture *picture, PosPoint from, PosPoint to, float deepest)
{
    float depths[THICKNESS_PLACES];
    int count = 0;
    float length = distance(from, to);
    float nx = -(to.y - from.y) / length, ny = (to.x - from.x) / length;
    for (int i = 1; i < THICKNESS_PLACES - 1; i++) {
        float t = ((float)i + 0.5f) / (float)THICKNESS_PLACES;
        float x = from.x + t * (to.x - from.x), y = from.y + t * (to.y - from.y), depth = 0.4f;
        while (depth < 2.0f && !is_black(picture, x + nx * depth, y + ny * depth)) {
            depth += 0.4f;
        }
        while (depth < deepest && is_black(picture, x + nx * depth, y + ny * depth)) {
            depth += 0.4f;
        }
        depths[count++] = depth;
    }
    qsort(depths, (size_t)count, sizeof(float), by_value);
    return depths[count / 5];
}

/* How much lighter the frame is half a module outside of a leg than inside. */
static float leg_contrast(const Picture *picture, PosPoint from, PosPoint to, float module)
{
    const PosPoint unit[4] = {from,
                              to,
                              {to.x - (to.y - from.y), to.y + (to.x - from.x)},
                              {from.x - (to.y - from.y), from.y + (to.x - from.x)}};
    PosGrid grid; /* a square on the leg: its rows are the distance inwards */
    float length = distance(from, to), inward = module * 0.5f / length;
    if (!pos_grid_init(&grid, picture->frame, unit, 1, 1)) {
        return 0;
    }
    PosGridMark marks[32];
    for (int i = 0; i < 16; i++) {
        float at = ((float)i + 0.5f) / 16.0f;
        marks[2 * i] = (PosGridMark){at, inward, true};
        marks[2 * i + 1] = (PosGridMark){at, -1.6f * inward, false};
    }
    return pos_grid_contrast(&grid, marks, 32);
}

/* The marks of the two alternating sides, or (whole) of all four with the quiet zone around. */
static gsize border_marks(int columns, int rows, bool whole, PosGridMark *out)
{
    gsize count = 0;
    for (int i = 0; i < columns; i++) {
        out[count++] = (PosGridMark){(float)i + 0.5f, 0.5f, i % 2 == 0};
        if (whole) {
            out[count++] = (PosGridMark){(float)i + 0.5f, (float)rows - 0.5f, true};
            out[count++] = (PosGridMark){(float)i + 0.5f, -0.5f, false};
            out[count++] = (PosGridMark){(float)i + 0.5f, (float)rows + 0.5f, false};
        }
    }
    for (int i = 0; i < rows; i++) {
        float row = (float)rows - 0.5f - (float)i;
        out[count++] = (PosGridMark){(float)columns - 0.5f, row, i % 2 == 0};
        if (whole) {
            out[count++] = (PosGridMark){0.5f, row, true};
            out[count++] = (PosGridMark){-0.5f, row, false};
            out[count++] = (PosGridMark){(float)columns + 0.5f, row, false};
        }
    }
    return count;
}

/* A size and the place of its fourth corner in the frame of the legs, with how well the other sides then
 * alternate. */
typedef struct {
    const PosDatamatrixSize *size;
    float along, up;
    float contrast;
} Fit;

static PosPoint fourth_corner(const Legs *legs, float along, float up)
{
    return (PosPoint){legs->corner.x + along * (legs->right.x - legs->corner.x) +
                          up * (legs->top.x - legs->corner.x),
                      legs->corner.y + along * (legs->right.y - legs->corner.y) +
                          up * (legs->top.y - legs->corner.y)};
}

/* Whether colours change often along both sides that should alternate, wherever the fourth corner is. */
static bool alternates(const Picture *picture, const Legs *legs)
{
    float in_up = 0.6f * legs->module / distance(legs->corner, legs->top);
    float in_along = 0.6f * legs->module / distance(legs->corner, legs->right);
    bool along = false, up = false;
    for (int i = 0; i < 7 && !(along && up); i++) {
        float shift = 0.07f * (float)(i % 2 == 0 ? i / 2 : -(i + 1) / 2);
        along = along ||
                changes_between(picture, fourth_corner(legs, 0.0f, 1.0f - in_up),
                                fourth_corner(legs, 1.0f, 1.0f - in_up + shift)) >= CHANGES_MIN;
        up = up ||
             changes_between(picture, fourth_corner(legs, 1.0f - in_along, 0.0f),
                             fourth_corner(legs, 1.0f - in_along + shift, 1.0f)) >= CHANGES_MIN;
    }
    return along && up;
}

/* Looks for the fourth corner around `fit`, in steps of `step` modules up to `reach` steps away. */
static void search_corner(const Picture *picture, const Legs *legs, const PosGridMark *marks,
                          gsize count, float step, int along_reach, int up_reach, Fit *fit)
{
    float along = fit->along, up = fit->up;
    for (int i = -along_reach; i <= along_reach; i++) {
        for (int j = -up_reach; j <= up_reach; j++) {
            float now_along = along + (float)i * step / (float)fit->size->columns;
            float now_up = up + (float)j * step / (float)fit->size->rows;
            const PosPoint corners[4] = {legs->top, fourth_corner(legs, now_along, now_up),
                                         legs->right, legs->corner};
            PosGrid grid;
            if (!pos_grid_init(&grid, picture->frame, corners, fit->size->columns,
                               fit->size->rows)) {
                continue;
            }
            float contrast = pos_grid_contrast(&grid, marks, count);
            if (contrast > fit->contrast) {
                fit->contrast = contrast;
                fit->along = now_along;
                fit->up = now_up;
            }
        }
    }
}

static void try_size(const Picture *picture, const Legs *legs, const PosDatamatrixSize *size,
                     Fit best[2])
{
    PosGridMark marks[2 * POS_DATAMATRIX_SIDE_MAX];
    gsize count = border_marks(size->columns, size->rows, false, marks);
    Fit fit = {.size = size, .along = 1.0f, .up = 1.0f, .contrast = -255.0f};
    float columns = (float)size->columns, rows = (float)size->rows;
    PosGridMark some[2 * POS_DATAMATRIX_SIDE_MAX];
    gsize stride = count / COARSE_MARKS | 1, some_count = 0; /* odd: both colours stay */
    for (gsize i = 0; i < count; i += stride) {
        some[some_count++] = marks[i];
    }
    search_corner(picture, legs, some, some_count, COARSE_STEP,
                  (int)(MIN(0.28f * columns, 6.0f) / COARSE_STEP),
                  (int)(MIN(0.28f * rows, 6.0f) / COARSE_STEP), &fit);
    if (fit.contrast < legs->contrast * COARSE_SHARE) {
        return;
    }
    fit.contrast = -255.0f; /* of all marks now */
    search_corner(picture, legs, marks, count, FINE_STEP, 2, 2, &fit);
    if (fit.contrast > best[0].contrast) {
        best[1] = best[0];
        best[0] = fit;
    } else if (fit.contrast > best[1].contrast) {
        best[1] = fit;
    }
}

static void find_sizes(const Picture *picture, const Legs *legs, Fit best[2])
{
    const PosDatamatrixSize *sizes;
    gsize count = pos_datamatrix_sizes(&sizes);
    float across = distance(legs->corner, legs->right), up = distance(legs->corner, legs->top);
    for (gsize i = 0; i < count; i++) {
        float by_columns = across / (float)sizes[i].columns, by_rows = up / (float)sizes[i].rows;
        float module = (by_columns + by_rows) / 2.0f;
        if (module < 1.0f || module < legs->module * 0.55f || module > legs->module * 1.7f ||
            by_columns > by_rows * 1.8f || by_rows > by_columns * 1.8f) {
            continue;
        }
        try_size(picture, legs, &sizes[i], best);
    }
}

static PosSymbol *make_symbol(const PosGrid *grid, PosDatamatrixMessage *message)
{
    if (message->bytes->len == 0 || message->bytes->len > POS_BOUND_SCAN_BYTES) {
        pos_datamatrix_message_clear(message);
        return NULL;
    }
    PosSymbol *symbol = g_new0(PosSymbol, 1);
    symbol->symbology = POS_SYMBOLOGY_DATAMATRIX;
    symbol->gs1 = message->gs1;
    g_strlcpy(symbol->aim,
              message->gs1   ? "]d2"
              : message->eci ? "]d4"
                             : "]d1",
              sizeof(symbol->aim));
    symbol->length = message->bytes->len;
    symbol->bytes = g_malloc0(symbol->length + 1);
    memcpy(symbol->bytes, message->bytes->data, symbol->length);
    pos_grid_outline(grid, symbol);
    pos_datamatrix_message_clear(message);
    return symbol;
}

static PosSymbol *read_grid(const PosGrid *grid, const PosDatamatrixSize *size)
{
    gsize count = (gsize)size->columns * size->rows;
    g_autofree float *light = g_new(float, count);
    g_autofree uint8_t *modules = g_malloc(count);
    pos_grid_sample(grid, light);
    for (int variant = 0; variant < POS_GRID_VARIANTS; variant++) {
        pos_grid_threshold(light, size->columns, size->rows, variant, modules);
        PosDatamatrixMessage message;
        if (pos_datamatrix_read(size, modules, &message)) {
            return make_symbol(grid, &message);
        }
    }
    return NULL;
}

static PosSymbol *read_fit(const Picture *picture, const Legs *legs, const Fit *fit)
{
    const PosPoint corners[4] = {legs->top, fourth_corner(legs, fit->along, fit->up), legs->right,
                                 legs->corner};
    PosGrid grid;
    if (fit->contrast < legs->contrast * FINE_SHARE ||
        !pos_grid_init(&grid, picture->frame, corners, fit->size->columns, fit->size->rows)) {
        return NULL;
    }
    PosGridMark marks[MARKS_MAX];
    gsize count = border_marks(fit->size->columns, fit->size->rows, true, marks);
    pos_grid_fit(&grid, marks, count, false);
    if (pos_grid_agreement(&grid, marks, count) < AGREEMENT_MIN) {
        return NULL;
    }
    PosSymbol *symbol = read_grid(&grid, fit->size);
    if (symbol == NULL) {
        pos_grid_fit(&grid, marks, count, true);
        symbol = read_grid(&grid, fit->size);
    }
    return symbol;
}

/* The symbol whose L has its corner at corner `index` of an outline; NULL if there is none. */
static PosSymbol *read_corner(const Picture *picture, const PosBlob *blob, int index)
{
    int count = blob->corners_count;
    Legs legs = {.right = blob->corners[(index + count - 1) % count],
                 .corner = blob->corners[index],
                 .top = blob->corners[(index + 1) % count]};
    float across = distance(legs.corner, legs.right), up = distance(legs.corner, legs.top);
    if (MIN(across, up) < (float)SIDE_PIXELS_MIN * 0.8f || across > up * 20 || up > across * 20) {
        return NULL;
    }
    float sine = ((legs.right.x - legs.corner.x) * (legs.top.y - legs.corner.y) -
                  (legs.right.y - legs.corner.y) * (legs.top.x - legs.corner.x)) /
                 (across * up);
    if (sine > -0.6f || !is_solid(picture, legs.right, legs.corner) ||
        !is_solid(picture, legs.corner, legs.top)) {
        return NULL;
    }
    float deepest = MAX(MAX(across, up) / 7.0f, 2.0f);
    legs.module = (thickness(picture, legs.right, legs.corner, deepest) +
                   thickness(picture, legs.corner, legs.top, deepest)) /
                  2.0f;
    if (!alternates(picture, &legs)) {
        return NULL;
    }
    legs.contrast = MIN(leg_contrast(picture, legs.right, legs.corner, legs.module),
                        leg_contrast(picture, legs.corner, legs.top, legs.module));
    if (legs.contrast < CONTRAST_MIN) {
        return NULL;
    }
    Fit best[2] = {{.contrast = -255.0f}, {.contrast = -255.0f}};
    find_sizes(picture, &legs, best);
    for (int i = 0; i < 2; i++) {
        PosSymbol *symbol = best[i].size != NULL ? read_fit(picture, &legs, &best[i]) : NULL;
        if (symbol != NULL) {
            return symbol;
        }
    }
    return NULL;
}

void pos_scan_datamatrix(const PosFrame *frame, const uint8_t *black, GPtrArray *out)
{
    Picture picture = {frame, black};
    g_autoptr(GArray) blobs =
        pos_blobs_find(black, frame->width, frame->height, SIDE_PIXELS_MIN, BLOBS_MAX);
    for (guint i = 0; i < blobs->len; i++) {
        const PosBlob *blob = &g_array_index(blobs, PosBlob, i);
        int width = blob->right - blob->left, height = blob->bottom - blob->top;
        if (blob->pixels < (width + height) / 2 || blob->corners_count > 12) {
            continue;
        }
        for (int corner = 0; corner < blob->corners_count; corner++) {
            PosSymbol *symbol = read_corner(&picture, blob, corner);
            if (symbol != NULL) {
                g_ptr_array_add(out, symbol);
                break;
            }
        }
    }
}
