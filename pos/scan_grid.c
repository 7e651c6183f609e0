/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the geometry of a module grid: the projective map of the unit square to four corners (Heckbert 1989),
 * bent sides, and the search for the place where modules of known colour fit best. Pure. */
#include "pos/scan_grid.h"

#include <math.h>
#include <string.h>

static bool solve(PosGrid *grid)
{
    const PosPoint *p = grid->corners;
    float dx1 = p[1].x - p[2].x, dx2 = p[3].x - p[2].x;
    float dy1 = p[1].y - p[2].y, dy2 = p[3].y - p[2].y;
    float sx = p[0].x - p[1].x + p[2].x - p[3].x, sy = p[0].y - p[1].y + p[2].y - p[3].y;
    float determinant = dx1 * dy2 - dx2 * dy1;
    if (fabsf(determinant) < 1.0f) {
        return false;
    }
    float g = (sx * dy2 - dx2 * sy) / determinant, h = (dx1 * sy - sx * dy1) / determinant;
    if (g <= -0.95f || h <= -0.95f || g + h <= -0.95f) {
        return false;
    }
    grid->map[0] = p[1].x - p[0].x + g * p[1].x;
    grid->map[1] = p[3].x - p[0].x + h * p[3].x;
    grid->map[2] = p[0].x;
    grid->map[3] = p[1].y - p[0].y + g * p[1].y;
    grid->map[4] = p[3].y - p[0].y + h * p[3].y;
    grid->map[5] = p[0].y;
    grid->map[6] = g;
    grid->map[7] = h;
    return true;
}

bool pos_grid_init(PosGrid *grid, const PosFrame *frame, const PosPoint corners[4], int columns,
                   int rows)
{
    *grid = (PosGrid){.frame = frame, .columns = columns, .rows = rows};
    memcpy(grid->corners, corners, sizeof(grid->corners));
    return solve(grid);
}

PosPoint pos_grid_at(const PosGrid *grid, float column, float row)
{
    float u = column / (float)grid->columns, v = row / (float)grid->rows;
    const float *m = grid->map;
    float w = 1.0f / (m[6] * u + m[7] * v + 1.0f);
    PosPoint at = {(m[0] * u + m[1] * v + m[2]) * w, (m[3] * u + m[4] * v + m[5]) * w};
    if (!grid->bent) {
        return at;
    }
    float across = 4.0f * u * (1.0f - u), down = 4.0f * v * (1.0f - v);
    const PosPoint *bow = grid->bow;
    at.x += across * ((1.0f - v) * bow[0].x + v * bow[2].x) +
            down * (u * bow[1].x + (1.0f - u) * bow[3].x);
    at.y += across * ((1.0f - v) * bow[0].y + v * bow[2].y) +
            down * (u * bow[1].y + (1.0f - u) * bow[3].y);
    return at;
}

static float light_at(const PosFrame *frame, PosPoint at)
{
    float x = at.x - 0.5f, y = at.y - 0.5f;
    float x_most = (float)(frame->width - 1) - 0.001f, y_most = (float)(frame->height - 1) - 0.001f;
    x = x < 0.0f ? 0.0f : x > x_most ? MAX(x_most, 0.0f) : x;
    y = y < 0.0f ? 0.0f : y > y_most ? MAX(y_most, 0.0f) : y;
    int left = (int)x, top = (int)y;
    float right_share = x - (float)left, bottom_share = y - (float)top;
    const uint8_t *row = frame->pixels + (gsize)top * (gsize)frame->stride + left;
    const uint8_t *below = top + 1 < frame->height ? row + frame->stride : row;
    int next = left + 1 < frame->width ? 1 : 0;
    float upper = (float)row[0] + right_share * (float)(row[next] - row[0]);
    float lower = (float)below[0] + right_share * (float)(below[next] - below[0]);
    return upper + bottom_share * (lower - upper);
}

float pos_grid_light(const PosGrid *grid, float column, float row)
{
    return light_at(grid->frame, pos_grid_at(grid, column, row));
}

void pos_grid_outline(const PosGrid *grid, PosSymbol *symbol)
{
    static const int order[4] = {0, 3, 2, 1};
    symbol->corners_count = 4;
    for (int i = 0; i < 4; i++) {
        symbol->corners[i][0] = (int)grid->corners[order[i]].x;
        symbol->corners[i][1] = (int)grid->corners[order[i]].y;
    }
}

/* The contrast of every `stride`-th mark. */
static float contrast_of(const PosGrid *grid, const PosGridMark *marks, gsize count, gsize stride)
{
    float sums[2] = {0, 0};
    int counts[2] = {0, 0};
    for (gsize i = 0; i < count; i += stride) {
        int kind = marks[i].dark ? 1 : 0;
        sums[kind] += pos_grid_light(grid, marks[i].column, marks[i].row);
        counts[kind]++;
    }
    return sums[0] / (float)MAX(counts[0], 1) - sums[1] / (float)MAX(counts[1], 1);
}

float pos_grid_contrast(const PosGrid *grid, const PosGridMark *marks, gsize count)
{
    return contrast_of(grid, marks, count, 1);
}

float pos_grid_agreement(const PosGrid *grid, const PosGridMark *marks, gsize count)
{
    float sums[2] = {0, 0};
    int counts[2] = {0, 0}, right = 0;
    for (gsize i = 0; i < count; i++) {
        int kind = marks[i].dark ? 1 : 0;
        sums[kind] += pos_grid_light(grid, marks[i].column, marks[i].row);
        counts[kind]++;
    }
    float middle = (sums[0] / (float)MAX(counts[0], 1) + sums[1] / (float)MAX(counts[1], 1)) / 2.0f;
    for (gsize i = 0; i < count; i++) {
        bool dark = pos_grid_light(grid, marks[i].column, marks[i].row) < middle;
        right += dark == marks[i].dark ? 1 : 0;
    }
    return (float)right / (float)MAX(count, 1);
}

/* The numbers that a fit may move: the corners' coordinates, then the bows'. */
static float *number_of(PosGrid *grid, int index)
{
    PosPoint *point = index < 8 ? &grid->corners[index / 2] : &grid->bow[(index - 8) / 2];
    return index % 2 == 0 ? &point->x : &point->y;
}

static float module_pixels(const PosGrid *grid)
{
    const PosPoint *p = grid->corners;
    float across =
        hypotf(p[1].x - p[0].x, p[1].y - p[0].y) + hypotf(p[2].x - p[3].x, p[2].y - p[3].y);
    float down =
        hypotf(p[3].x - p[0].x, p[3].y - p[0].y) + hypotf(p[2].x - p[1].x, p[2].y - p[1].y);
    return (across / (float)grid->columns + down / (float)grid->rows) / 4.0f;
}

#define FIT_MARKS 240 /* so many tell where a grid lies */

float pos_grid_fit(PosGrid *grid, const PosGridMark *marks, gsize count, bool bend)
{
    gsize stride = count / FIT_MARKS | 1; /* odd: alternating marks keep both colours */
    float best = contrast_of(grid, marks, count, stride);
    float module = module_pixels(grid);
    int numbers = bend ? 16 : 8;
    grid->bent |= bend;
    for (float step = module / 2.0f; step > module / 10.0f; step /= 2.0f) {
        bool moved = true;
        for (int round = 0; round < 4 && moved; round++) {
            moved = false;
            for (int i = 0; i < numbers; i++) {
                float *number = number_of(grid, i), before = *number;
                float kept = before;
                for (int sign = -1; sign <= 1; sign += 2) {
                    *number = before + (float)sign * step;
                    float now = solve(grid) ? contrast_of(grid, marks, count, stride) : -255.0f;
                    if (now > best + 0.01f) {
                        best = now;
                        kept = *number;
                        moved = true;
                    }
                }
                *number = kept;
                solve(grid);
            }
        }
    }
    return best;
}

void pos_grid_sample(const PosGrid *grid, float *out_light)
{
    static const float places[5][2] = {
        {0, 0}, {-0.22f, -0.22f}, {0.22f, 0.22f}, {-0.22f, 0.22f}, {0.22f, -0.22f}};
    int count = module_pixels(grid) < 2.2f ? 1 : 5;
    for (int row = 0; row < grid->rows; row++) {
        for (int column = 0; column < grid->columns; column++) {
            float sum = 0;
            for (int i = 0; i < count; i++) {
                sum += pos_grid_light(grid, (float)column + 0.5f + places[i][0],
                                      (float)row + 0.5f + places[i][1]);
            }
            out_light[row * grid->columns + column] = sum / (float)count;
        }
    }
}

/* The level that parts the values best (Otsu 1979), on 64 steps between the extremes. */
static float level_of(const float *light, int count)
{
    float low = light[0], high = light[0];
    for (int i = 1; i < count; i++) {
        low = MIN(low, light[i]);
        high = MAX(high, light[i]);
    }
    float width = MAX((high - low) / 64.0f, 0.001f);
    int histogram[65] = {0};
    float sum_all = 0;
    for (int i = 0; i < count; i++) {
        int bin = (int)((light[i] - low) / width);
        histogram[MIN(bin, 64)]++;
        sum_all += (float)MIN(bin, 64);
    }
    float best = -1, sum_below = 0;
    int below = 0, level = 32;
    for (int i = 0; i < 65; i++) {
        below += histogram[i];
        sum_below += (float)(i * histogram[i]);
        int above = count - below;
        if (below == 0 || above == 0) {
            continue;
        }
        float apart = sum_below / (float)below - (sum_all - sum_below) / (float)above;
        float variance = (float)below * (float)above * apart * apart;
        if (variance > best) {
            best = variance;
            level = i;
        }
    }
    return low + ((float)level + 1.0f) * width;
}

/* Takes back a share of what a module received from the four beside it. */
static void sharpen(const float *light, int columns, int rows, float share, float *out)
{
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            int at = row * columns + column;
            float beside =
                light[row > 0 ? at - columns : at] + light[row + 1 < rows ? at + columns : at] +
                light[column > 0 ? at - 1 : at] + light[column + 1 < columns ? at + 1 : at];
            out[at] = light[at] + share * (light[at] - beside / 4.0f);
        }
    }
}

/* The least (sign 1) or greatest (sign -1) of each module and those up to `reach` away in a row or column. */
static void extreme(const float *values, int columns, int rows, int reach, bool down, float sign,
                    float *out)
{
    int step = down ? columns : 1, last = (down ? rows : columns) - 1;
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            int at = row * columns + column, place = down ? row : column;
            float least = sign * values[at];
            for (int i = -MIN(reach, place); i <= MIN(reach, last - place); i++) {
                least = MIN(least, sign * values[at + i * step]);
            }
            out[at] = sign * least;
        }
    }
}

#define LOCAL_REACH 3
#define LOCAL_CONTRAST 60.0f /* between light and dark around a module: its level is all its own */

/* Replaces each value by the level for it: the middle between the lightest and the darkest around, nearer to
 * the whole's level the less those differ. */
static void local_levels(const float *values, int columns, int rows, float level, float *out)
{
    gsize count = (gsize)columns * (gsize)rows;
    g_autofree float *rowwise = g_new(float, count), *low = g_new(float, count);
    extreme(values, columns, rows, LOCAL_REACH, false, 1.0f, rowwise);
    extreme(rowwise, columns, rows, LOCAL_REACH, true, 1.0f, low);
    extreme(values, columns, rows, LOCAL_REACH, false, -1.0f, rowwise);
    extreme(rowwise, columns, rows, LOCAL_REACH, true, -1.0f, out);
    for (gsize i = 0; i < count; i++) {
        float middle = (low[i] + out[i]) / 2.0f;
        out[i] = level + MIN((out[i] - low[i]) / LOCAL_CONTRAST, 1.0f) * (middle - level);
    }
}

void pos_grid_threshold(const float *light, int columns, int rows, int variant,
                        uint8_t *out_modules)
{
    static const struct {
        float share;
        bool local;
    } variants[POS_GRID_VARIANTS] = {{0.0f, false}, {0.6f, true},  {0.6f, false},
                                     {0.0f, true},  {1.2f, false}, {1.2f, true}};
    gsize count = (gsize)columns * (gsize)rows;
    g_autofree float *values = g_new(float, count), *levels = g_new(float, count);
    sharpen(light, columns, rows, variants[variant].share, values);
    float level = level_of(values, (int)count);
    if (variants[variant].local) {
        local_levels(values, columns, rows, level, levels);
    }
    for (gsize i = 0; i < count; i++) {
        out_modules[i] = values[i] < (variants[variant].local ? levels[i] : level) ? 1 : 0;
    }
}
