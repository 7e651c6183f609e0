/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what one scan line tells of GS1 DataBar. Characters are read from the distances of like edges, which ink spread does not change
 * (ISO/IEC 24724, 5.4 and 7.4). Pure. */
#include "pos/scan_databar_line.h"
#include "pos/databar_symbol.h"

#include <math.h>
#include <string.h>

#define CHARACTER_DOUBT 0.9F /* modules squared: seven edges of a character */
#define SPREAD_SHARE 0.7F
#define SPREAD_MOST 0.6F  /* modules */
#define FINDER_DOUBT 0.9F /* modules that a distance of like edges in a finder may be off */
#define WIDTH_DOUBT 0.14F /* share that a character's width may be off */
#define WIDE_LEAST 0.6F   /* the two wide elements of a finder: their share of all five ... */
#define WIDE_MOST 0.86F   /* ... is 10 to 12 of 15 modules */
#define NARROW_MOST 0.23F /* the two narrow ones: 2 of 15 */
#define NARROW_LEAST 0.07F

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
typedef struct {
    float offset, squares, alternating;
} Misfit;

/* Tries widths for the elements from `element` on. What the bars being too wide explains is at most
 * SPREAD_SHARE of the squares, so a beginning that is worse than that is not carried on. */
static void fit_element(Fit *fit, int element, int modules_left, Misfit before)
{
    int below = MAX((int)fit->measured[element], 1);
    if (element == POS_DATABAR_ELEMENTS - 1) {
        float cost = before.squares -
                     SPREAD_SHARE * before.alternating * before.alternating / (float)element;
        if ((modules_left != below && modules_left != below + 1) || cost >= fit->best) {
            return;
        }
        fit->widths[element] = modules_left;
        int value = pos_databar_value(fit->place, fit->widths);
        fit->value = value >= 0 ? value : fit->value;
        fit->best = value >= 0 ? cost : fit->best;
        return;
    }
    int others = POS_DATABAR_ELEMENTS - 1 - element; /* that need a module each */
    for (int w = below; w <= below + 1 && w <= modules_left - others; w++) {
        Misfit now = before;
        now.offset += fit->measured[element] - (float)w;
        now.squares += now.offset * now.offset;
        now.alternating += element % 2 == 0 ? now.offset : -now.offset;
        if (now.squares * (1 - SPREAD_SHARE) < fit->best) {
            fit->widths[element] = w;
            fit_element(fit, element + 1, modules_left - w, now);
        }
    }
}

/* The character of eight elements, the first at `first`, going by `step`. -1 when there is none.
 * Dark elements are `spread` modules too wide, light ones too narrow. */
static int read_character(const PosLineElements *elements, PosDatabarPlace place, int first,
                          int step, float module, float spread)
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
        fit.measured[i] = pos_line_width(elements, element) * (float)modules / total +
                          (pos_line_is_dark(elements, element) ? -spread : spread);
    }
    fit_element(&fit, 0, modules, (Misfit){0});
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
static float spread_of(const PosLineElements *elements, const PosDatabarUnit *unit, int wide,
                       int step)
{
    const int *pattern = unit->is_expanded ? pos_databar_expanded_finders[unit->finder]
                                           : pos_databar_finders[unit->finder];
    float sum = 0;
    for (int i = 0; i < POS_DATABAR_FINDER_ELEMENTS; i++) {
        float excess = pos_line_width(elements, wide + step * i) / unit->module - (float)pattern[i];
        sum += pos_line_is_dark(elements, wide + step * i) ? excess : -excess;
    }
    return CLAMP(sum / POS_DATABAR_FINDER_ELEMENTS, -SPREAD_MOST, SPREAD_MOST);
}

/* Reads the two characters and adds the unit. `wide` is the finder's first element, `step` leads to
 * its narrow ones. */
static void add_unit(const PosLineElements *elements, PosDatabarUnit unit, int wide, int step,
                     GArray *units)
{
    /* Both characters are counted towards the finder. */
    int before = wide - step * POS_DATABAR_ELEMENTS;
    int after = wide + step * (POS_DATABAR_FINDER_ELEMENTS + POS_DATABAR_ELEMENTS - 1);
    bool is_plain = pos_line_is_dark(elements, wide + step);
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
static void try_finder(const PosLineElements *elements, int wide, int step, GArray *units)
{
    float sums[3];
    float narrow =
        pos_line_width(elements, wide + 3 * step) + pos_line_width(elements, wide + 4 * step);
    float middle =
        pos_line_width(elements, wide + step) + pos_line_width(elements, wide + 2 * step);
    if (middle * NARROW_MOST < narrow * WIDE_LEAST) { /* what most are: spares the rest */
        return;
    }
    float total = pos_line_width(elements, wide) + middle + narrow;
    if (narrow > NARROW_MOST * total || narrow < NARROW_LEAST * total ||
        middle < WIDE_LEAST * total || middle > WIDE_MOST * total) {
        return;
    }
    for (int i = 0; i < 3; i++) {
        sums[i] = (pos_line_width(elements, wide + step * i) +
                   pos_line_width(elements, wide + step * (i + 1))) *
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

void pos_scan_databar_line(const PosLineElements *elements, GArray *units)
{
    for (int i = 0; i + POS_DATABAR_FINDER_ELEMENTS <= elements->count; i++) {
        try_finder(elements, i, 1, units);
        try_finder(elements, i + POS_DATABAR_FINDER_ELEMENTS - 1, -1, units);
    }
}
