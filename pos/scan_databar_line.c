/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what one scan line tells of GS1 DataBar. An edge lies where the grey crosses the middle
 * between a light and a dark extreme, so blur that keeps a narrow bar from being black does not
 * hide it. Characters are read from the distances of like edges, which ink spread does not change
 * (ISO/IEC 24724, 5.4 and 7.4). Pure. */
#include "pos/scan_databar_line.h"
#include "pos/databar_symbol.h"

#include <math.h>
#include <string.h>

#define RINGING 5
#define FADE 4
#define FINE 8               /* bits of fraction for that */
#define CHARACTER_DOUBT 0.9F /* modules squared: seven edges of a character */
#define SPREAD_SHARE 0.7F
#define SPREAD_MOST 0.6F  /* modules */
#define FINDER_DOUBT 0.9F /* modules that a distance of like edges in a finder may be off */
#define WIDTH_DOUBT 0.14F /* share that a character's width may be off */
#define WIDE_LEAST 0.6F   /* the two wide elements of a finder: their share of all five ... */
#define WIDE_MOST 0.86F   /* ... is 10 to 12 of 15 modules */
#define NARROW_MOST 0.23F /* the two narrow ones: 2 of 15 */
#define NARROW_LEAST 0.07F

/* The elements of a line: element i lies between edges i and i + 1, all alternate. */
typedef struct {
    const float *edges;
    int count;
    bool first_is_dark;
} Elements;

static float width(const Elements *elements, int i)
{
    return elements->edges[i + 1] - elements->edges[i];
}

static bool is_dark(const Elements *elements, int i)
{
    return (i % 2 == 0) == elements->first_is_dark;
}

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

/* The edges between successive extremes that differ by more than `noise`, and by more than the
 * ringing of the swing before. */
static Elements find_edges(const uint8_t *samples, int count, int noise, float *edges)
{
    Elements elements = {.edges = edges};
    int edges_count = 0, low = 0, high = 0, settled = 0;
    int direction = 0; /* 1: climbing to a light extreme, -1: falling, 0: not known yet */
    int least = noise << FINE;
    for (int i = 1; i < count; i++) {
        int grey = samples[i];
        least = MAX(least - (least >> FADE), noise << FINE);
        if (direction >= 0 && grey > samples[high]) {
            high = i;
        }
        if (direction <= 0 && grey < samples[low]) {
            low = i;
        }
        if (direction >= 0 && (samples[high] - grey) << FINE > least) {
            if (direction > 0) {
                edges[edges_count++] = crossing(samples, settled, high);
                least = MAX(least, (samples[high] - samples[settled]) * 5 << (FINE - RINGING));
            }
            settled = high;
            low = i;
            elements.first_is_dark = edges_count == 0 ? true : elements.first_is_dark;
            direction = -1;
        } else if (direction <= 0 && (grey - samples[low]) << FINE > least) {
            if (direction < 0) {
                edges[edges_count++] = crossing(samples, settled, low);
                least = MAX(least, (samples[settled] - samples[low]) * 5 << (FINE - RINGING));
            }
            settled = low;
            high = i;
            elements.first_is_dark = edges_count == 0 ? false : elements.first_is_dark;
            direction = 1;
        }
    }
    if (direction != 0) {
        edges[edges_count++] = crossing(samples, settled, direction > 0 ? high : low);
    }
    elements.count = MAX(edges_count - 1, 0);
    return elements;
}

/* What eight measured widths can be: each the whole number below or above it. */
typedef struct {
    PosDatabarPlace place;
    float measured[POS_DATABAR_ELEMENTS]; /* in modules */
    int widths[POS_DATABAR_ELEMENTS];
    int value; /* best so far, -1: none */
    float best;
} Fit;

/* How badly the edges of the widths lie: the sum of their squared distances, most of what all bars
 * being too wide would explain taken out. */
static float misfit(const Fit *fit)
{
    float offset = 0, squares = 0, alternating = 0;
    for (int i = 0; i < POS_DATABAR_ELEMENTS - 1; i++) {
        offset += fit->measured[i] - (float)fit->widths[i];
        squares += offset * offset;
        alternating += i % 2 == 0 ? offset : -offset;
    }
    return squares - SPREAD_SHARE * alternating * alternating / (POS_DATABAR_ELEMENTS - 1);
}

static void fit_element(Fit *fit, int element, int modules_left)
{
    if (element == POS_DATABAR_ELEMENTS) {
        if (modules_left != 0) {
            return;
        }
        float cost = misfit(fit);
        if (cost < fit->best) {
            int value = pos_databar_value(fit->place, fit->widths);
            fit->value = value >= 0 ? value : fit->value;
            fit->best = value >= 0 ? cost : fit->best;
        }
        return;
    }
    int below = MAX((int)fit->measured[element], 1);
    for (int w = below; w <= below + 1 && w <= modules_left; w++) {
        fit->widths[element] = w;
        fit_element(fit, element + 1, modules_left - w);
    }
}

/* The character of eight elements, the first at `first`, going by `step`. -1 when there is none.
 * Dark elements are `spread` modules too wide, light ones too narrow. */
static int read_character(const Elements *elements, PosDatabarPlace place, int first, int step,
                          float module, float spread)
{
    int last = first + step * (POS_DATABAR_ELEMENTS - 1);
    if (MIN(first, last) < 0 || MAX(first, last) >= elements->count) {
        return -1;
    }
    float total = elements->edges[MAX(first, last) + 1] - elements->edges[MIN(first, last)];
    int modules = pos_databar_modules(place);
    if (fabsf(total / (module * (float)modules) - 1) > WIDTH_DOUBT) {
        return -1;
    }
    Fit fit = {.place = place, .value = -1, .best = CHARACTER_DOUBT};
    for (int i = 0; i < POS_DATABAR_ELEMENTS; i++) {
        int element = first + step * i;
        fit.measured[i] = width(elements, element) * (float)modules / total +
                          (is_dark(elements, element) ? -spread : spread);
    }
    fit_element(&fit, 0, modules);
    return fit.value;
}

/* The finder pattern of a family that is nearest; false when none is near. */
static bool match_finder(const int (*finders)[POS_DATABAR_FINDER_ELEMENTS], int count,
                         const float sums[3], int *out_finder)
{
    float best = FINDER_DOUBT;
    bool found = false;
    for (int f = 0; f < count; f++) {
        float worst = 0;
        for (int i = 0; i < 3; i++) {
            float off = fabsf(sums[i] - (float)(finders[f][i] + finders[f][i + 1]));
            worst = MAX(worst, off);
        }
        if (worst < best) {
            best = worst;
            *out_finder = f;
            found = true;
        }
    }
    return found;
}

/* How much wider than they should be the dark elements of a finder pattern are, in modules. */
static float spread_of(const Elements *elements, const PosDatabarUnit *unit, int wide, int step)
{
    const int *pattern = unit->is_expanded ? pos_databar_expanded_finders[unit->finder]
                                           : pos_databar_finders[unit->finder];
    float sum = 0;
    for (int i = 0; i < POS_DATABAR_FINDER_ELEMENTS; i++) {
        float excess = width(elements, wide + step * i) / unit->module - (float)pattern[i];
        sum += is_dark(elements, wide + step * i) ? excess : -excess;
    }
    return CLAMP(sum / POS_DATABAR_FINDER_ELEMENTS, -SPREAD_MOST, SPREAD_MOST);
}

/* Reads the two characters and adds the unit. `wide` is the finder's first element, `step` leads to
 * its narrow ones. */
static void add_unit(const Elements *elements, PosDatabarUnit unit, int wide, int step,
                     GArray *units)
{
    /* Both characters are counted towards the finder. */
    int before = wide - step * POS_DATABAR_ELEMENTS;
    int after = wide + step * (POS_DATABAR_FINDER_ELEMENTS + POS_DATABAR_ELEMENTS - 1);
    bool is_plain = is_dark(elements, wide + step);
    float spread = spread_of(elements, &unit, wide, step);
    if (unit.is_expanded) {
        unit.finder = unit.finder * 2 + (is_plain ? 0 : 1);
        unit.is_backward = (step > 0) != is_plain;
        int left = is_plain ? before : after, right = is_plain ? after : before;
        int left_step = is_plain ? step : -step;
        unit.characters[0] =
            read_character(elements, POS_DATABAR_EXPANDED, left, left_step, unit.module, spread);
        unit.characters[1] =
            read_character(elements, POS_DATABAR_EXPANDED, right, -left_step, unit.module, spread);
    } else {
        unit.is_right = !is_plain;
        unit.is_backward = (step > 0) != is_plain;
        unit.characters[0] =
            read_character(elements, POS_DATABAR_OUTSIDE, before, step, unit.module, spread);
        unit.characters[1] =
            read_character(elements, POS_DATABAR_INSIDE, after, -step, unit.module, spread);
    }
    int first = CLAMP(MIN(before, after), 0, elements->count);
    int last = CLAMP(MAX(before, after) + 1, 0, elements->count);
    unit.from = elements->edges[first];
    unit.to = elements->edges[last];
    g_array_append_val(units, unit);
}

/* Looks for a finder pattern in five elements, the wide ones at `wide` and in the direction of
 * `step`. */
static void try_finder(const Elements *elements, int wide, int step, GArray *units)
{
    float sums[3];
    float narrow = width(elements, wide + 3 * step) + width(elements, wide + 4 * step);
    float middle = width(elements, wide + step) + width(elements, wide + 2 * step);
    if (middle * NARROW_MOST < narrow * WIDE_LEAST) { /* what most are: spares the rest */
        return;
    }
    float total = width(elements, wide) + middle + narrow;
    if (narrow > NARROW_MOST * total || narrow < NARROW_LEAST * total ||
        middle < WIDE_LEAST * total || middle > WIDE_MOST * total) {
        return;
    }
    for (int i = 0; i < 3; i++) {
        sums[i] = (width(elements, wide + step * i) + width(elements, wide + step * (i + 1))) *
                  POS_DATABAR_FINDER_MODULES / total;
    }
    int last = wide + step * (POS_DATABAR_FINDER_ELEMENTS - 1);
    PosDatabarUnit unit = {
        .module = total / POS_DATABAR_FINDER_MODULES,
        .centre = (elements->edges[MIN(wide, last)] + elements->edges[MAX(wide, last) + 1]) / 2,
    };
    if (match_finder(pos_databar_finders, POS_DATABAR_FINDERS, sums, &unit.finder)) {
        add_unit(elements, unit, wide, step, units);
    }
    if (match_finder(pos_databar_expanded_finders, POS_DATABAR_EXPANDED_FINDERS, sums,
                     &unit.finder)) {
        unit.is_expanded = true;
        add_unit(elements, unit, wide, step, units);
    }
}

void pos_scan_databar_line(const uint8_t *samples, int count, int noise, float *edges,
                           GArray *units)
{
    Elements elements = find_edges(samples, count, noise, edges);
    for (int i = 0; i + POS_DATABAR_FINDER_ELEMENTS <= elements.count; i++) {
        try_finder(&elements, i, 1, units);
        try_finder(&elements, i + POS_DATABAR_FINDER_ELEMENTS - 1, -1, units);
    }
}
