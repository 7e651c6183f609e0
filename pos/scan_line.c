/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns where the edges of a line lie: where the grey crosses the middle between a light and a dark extreme, so
 * blur that keeps a narrow bar from being black does not hide it. Pure. */
#include "pos/scan_line.h"

#define RINGING 5
#define FADE 4
#define FINE 8 /* bits of fraction for that */

/* Where the samples from `from` to `to`, both extremes, cross the middle between them. */
static float crossing(const uint8_t *samples, int from, int to)
{
    int twice = samples[from] + samples[to];
    bool rising = samples[to] > samples[from];
    for (int i = from; i < to; i++) {
        if ((2 * samples[i + 1] > twice) == rising && 2 * samples[i + 1] != twice) {
            int before = 2 * samples[i], after = 2 * samples[i + 1];
            return (float)i + (float)(twice - before) / (float)(after - before);
        }
    }
    return (float)(from + to) / 2;
}

/* A swing of grey that is followed from extreme to extreme. */
typedef struct {
    const uint8_t *samples;
    float *edges;
    int edges_count;
    int settled; /* the last extreme that counts */
    int extreme; /* the one since then, of the other kind */
    int least;   /* swing that ends it, with FINE bits of fraction */
    int noise;   /* likewise */
} Swing;

/* The extreme has ended: an edge lies before it, and the next swing must exceed its ringing. */
static void settle(Swing *swing)
{
    const uint8_t *samples = swing->samples;
    int height = ABS(samples[swing->extreme] - samples[swing->settled]);
    swing->edges[swing->edges_count++] = crossing(samples, swing->settled, swing->extreme);
    swing->least = MAX(swing->least, height * 5 << (FINE - RINGING));
    swing->settled = swing->extreme;
}

static void fade(Swing *swing)
{
    if (swing->least > swing->noise) {
        swing->least = MAX(swing->least - (swing->least >> FADE), swing->noise);
    }
}

/* From `at` on, up to the sample that ends a climb (sign 1) or a fall (sign -1), or the end. */
static int follow(Swing *swing, int at, int count, int sign)
{
    const uint8_t *samples = swing->samples;
    int best = sign * samples[swing->extreme];
    for (; at < count; at++) {
        int grey = sign * samples[at];
        fade(swing);
        if (grey > best) {
            best = grey;
            swing->extreme = at;
        } else if ((best - grey) << FINE > swing->least) {
            return at;
        }
    }
    return at;
}

/* The edges between successive extremes that differ by more than `noise`, and by more than the
 * ringing of the swing before. */
PosLineElements pos_line_find_edges(const uint8_t *samples, int count, int noise, float *edges)
{
    Swing swing = {
        .samples = samples, .edges = edges, .least = noise << FINE, .noise = noise << FINE};
    int at = 1, low = 0, high = 0;
    for (; at < count && samples[high] - samples[low] <= noise; at++) {
        high = samples[at] > samples[high] ? at : high;
        low = samples[at] < samples[low] ? at : low;
    }
    if (samples[high] - samples[low] <= noise) {
        return (PosLineElements){.edges = edges};
    }
    bool first_is_dark = low > high; /* what comes after the first extreme */
    int sign = low > high ? -1 : 1;
    swing.settled = MIN(low, high);
    swing.extreme = MAX(low, high);
    for (at = follow(&swing, at, count, sign); at < count; at = follow(&swing, at, count, sign)) {
        settle(&swing);
        swing.extreme = at;
        sign = -sign;
    }
    edges[swing.edges_count++] = crossing(samples, swing.settled, swing.extreme);
    return (PosLineElements){
        .edges = edges, .count = swing.edges_count - 1, .first_is_dark = first_is_dark};
}
