/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how EAN and UPC symbols are found among the elements of a line: guard patterns and digits where they
 * have to be, quiet zones beside them (GS1 General Specifications 5.2). Pure. */
#include "pos/scan_ean.h"

#include <math.h>
#include <string.h>

#define ELEMENTS_MAX 59
#define DIGIT_ELEMENTS 4
#define DIGIT_MODULES 7.0F
#define GUARD_SLACK 0.55F  /* share that a guard pattern's width may be off */
#define DIGIT_SLACK 0.40F  /* share that a digit's width may be off */
#define SPREAD_STEP 0.15F  /* modules that dark elements may be too wide: so many are tried ... */
#define SPREAD_STEPS 5     /* ... on both sides of none */
#define QUIET_MODULES 3.0F /* beside a symbol, at least */
#define UPCE_QUIET 6.0F    /* what looks like UPC-E is often a half of UPC-A */
#define COST_MOST 2.0F     /* of a digit: a scratch weighs no more */
#define WORST_DIGIT 1.6F   /* what none of the digits fits better is no symbol */

typedef struct {
    int elements, modules;
    int left, right; /* digits before and behind the middle */
    int middle;      /* elements of what stands between them, or behind the left ones */
} Layout;

static const Layout layouts[POS_EAN_KINDS] = {
    [POS_EAN_13] = {59, 95, 6, 6, 5},
    [POS_EAN_8] = {43, 67, 4, 4, 5},
    [POS_EAN_UPCE] = {33, 51, 6, 0, 6},
};

/* Edges within a digit of sets A and C, in modules from its beginning. */
static const float inner_edges[10][3] = {{3, 5, 6}, {2, 4, 6}, {2, 3, 5}, {1, 5, 6}, {1, 2, 5},
                                         {1, 3, 6}, {1, 2, 3}, {1, 4, 5}, {1, 3, 4}, {3, 4, 5}};

int pos_ean_digits(PosEanKind kind)
{
    return layouts[kind].left + layouts[kind].right;
}

int pos_ean_modules(PosEanKind kind)
{
    return layouts[kind].modules;
}

static int first_element(const Layout *layout, int digit)
{
    return 3 + DIGIT_ELEMENTS * digit + (digit >= layout->left ? layout->middle : 0);
}

static bool is_about(float width, float modules, float module, float slack)
{
    return fabsf(width - modules * module) <= slack * modules * module;
}

/* Whether the edges of a symbol from its first one lie about where a layout has them. */
static bool is_shaped(const float *edges, const Layout *layout)
{
    float module = (edges[layout->elements] - edges[0]) / (float)layout->modules;
    int middle = 3 + DIGIT_ELEMENTS * layout->left;
    if (!is_about(edges[3] - edges[0], 3, module, GUARD_SLACK) ||
        !is_about(edges[middle + layout->middle] - edges[middle], (float)layout->middle, module,
                  GUARD_SLACK)) {
        return false;
    }
    if (layout->right > 0 &&
        !is_about(edges[layout->elements] - edges[layout->elements - 3], 3, module, GUARD_SLACK)) {
        return false;
    }
    for (int digit = 0; digit < layout->left + layout->right; digit++) {
        const float *at = edges + first_element(layout, digit);
        if (!is_about(at[DIGIT_ELEMENTS] - at[0], DIGIT_MODULES, module, DIGIT_SLACK)) {
            return false;
        }
    }
    return true;
}

/* The places in modules where like edges lie whatever the digits are: digits' begins and ends. */
static double module_of(const Layout *layout, int digit)
{
    return 3 + 7 * digit + (digit >= layout->left ? layout->middle : 0);
}

#define CURVE 4 /* coefficients: a cubic, as a label on a bottle needs it */

/* The curve of least squares through the digits' begins and ends, over -1 to 1 from edge to edge. */
static void fit_curve(const float *edges, const Layout *layout, double curve[CURVE])
{
    double m[CURVE][CURVE + 1] = {{0}}, middle = layout->modules / 2.0;
    for (int side = 0; side < 2 * (layout->left + layout->right); side++) {
        int digit = side / 2, is_end = side % 2;
        double x = (module_of(layout, digit) + (is_end != 0 ? 7 : 0) - middle) / middle;
        double y = edges[first_element(layout, digit) + DIGIT_ELEMENTS * is_end];
        double powers[CURVE] = {1, x, x * x, x * x * x};
        for (int row = 0; row < CURVE; row++) {
            for (int column = 0; column < CURVE; column++) {
                m[row][column] += powers[row] * powers[column];
            }
            m[row][CURVE] += powers[row] * y;
        }
    }
    for (int i = 0; i < CURVE; i++) { /* Gauss and Jordan; the matrix is positive definite */
        for (int row = 0; row < CURVE; row++) {
            double factor = row == i ? 0 : m[row][i] / m[i][i];
            for (int column = i; column <= CURVE; column++) {
                m[row][column] -= factor * m[i][column];
            }
        }
    }
    for (int i = 0; i < CURVE; i++) {
        curve[i] = m[i][CURVE] / m[i][i];
    }
}

static float place_on(const double curve[CURVE], const Layout *layout, float module)
{
    double middle = layout->modules / 2.0, x = (module - middle) / middle;
    return (float)(curve[0] + x * (curve[1] + x * (curve[2] + x * curve[3])));
}

/* The begins and ends of digits, half as measured and half as a smooth curve through all of them has
 * them: in a small picture a single edge is off by a good part of a module. */
static void smooth_digits(const float *edges, const Layout *layout, float begins[POS_EAN_DIGITS],
                          float ends[POS_EAN_DIGITS])
{
    double curve[CURVE];
    fit_curve(edges, layout, curve);
    for (int digit = 0; digit < layout->left + layout->right; digit++) {
        const float *at = edges + first_element(layout, digit);
        float module = (float)module_of(layout, digit);
        begins[digit] = (at[0] + place_on(curve, layout, module)) / 2;
        ends[digit] = (at[DIGIT_ELEMENTS] + place_on(curve, layout, module + DIGIT_MODULES)) / 2;
    }
}

/* How well codes fit a digit whose second edge is like its first, the others shifted by how much too wide the dark
 * elements are. Returns the least cost. */
static float weigh_digit(const float *at, float begin, float end, float shift, bool has_set_b,
                         float costs[POS_EAN_CODES])
{
    float scale = DIGIT_MODULES / (end - begin), least = POS_EAN_MISFIT;
    const float places[3] = {(at[1] - begin) * scale - shift, (at[2] - begin) * scale,
                             (at[3] - begin) * scale - shift};
    for (int code = 0; code < POS_EAN_CODES; code++) {
        float cost = POS_EAN_MISFIT;
        if (code < 10 || has_set_b) {
            const float *edges = inner_edges[code % 10];
            cost = 0;
            for (int i = 0; i < 3; i++) {
                float expected = code < 10 ? edges[i] : DIGIT_MODULES - edges[2 - i];
                cost += (places[i] - expected) * (places[i] - expected);
            }
            cost = MIN(cost, COST_MOST);
        }
        costs[code] = cost;
        least = MIN(least, cost);
    }
    return least;
}

/* How much too wide the dark elements of the guard patterns are, in modules. */
static float spread_of(const float *edges, const Layout *layout)
{
    const int from[3] = {0, 3 + DIGIT_ELEMENTS * layout->left, layout->elements - 3};
    const int counts[3] = {3, layout->middle, layout->right > 0 ? 3 : 0};
    float module = (edges[layout->elements] - edges[0]) / (float)layout->modules;
    float sums[2] = {0, 0};
    int numbers[2] = {0, 0};
    for (int guard = 0; guard < 3; guard++) {
        for (int i = 0; i < counts[guard]; i++) {
            int element = from[guard] + i, light = element % 2;
            sums[light] += edges[element + 1] - edges[element];
            numbers[light]++;
        }
    }
    float spread = (sums[0] / (float)numbers[0] - sums[1] / (float)numbers[1]) / module / 2;
    float most = SPREAD_STEP * (float)SPREAD_STEPS;
    return CLAMP(spread, -most, most);
}

/* The cost of the guard patterns' own edges. */
static float weigh_guards(const float *edges, const Layout *layout, float spread)
{
    const int from[3] = {0, 3 + DIGIT_ELEMENTS * layout->left, layout->elements - 3};
    const int counts[3] = {3, layout->middle, layout->right > 0 ? 3 : 0};
    float module = (edges[layout->elements] - edges[0]) / (float)layout->modules, cost = 0;
    for (int guard = 0; guard < 3; guard++) {
        for (int i = 0; i < counts[guard]; i++) {
            int element = from[guard] + i;
            float off = (edges[element + 1] - edges[element]) / module - 1 -
                        (element % 2 == 0 ? spread : -spread);
            cost += off * off / 2;
        }
    }
    return cost;
}

/* Weighs all digits of a symbol in one direction, with the spread that fits best. Returns the sum of what fits
 * each digit best, POS_EAN_MISFIT when one fits nothing. Right digits have one set only, which tells the
 * direction. */
static float weigh(const float *edges, PosEanKind kind, PosEanUnit *unit)
{
    const Layout *layout = &layouts[kind];
    float begins[POS_EAN_DIGITS], ends[POS_EAN_DIGITS], best = POS_EAN_MISFIT;
    smooth_digits(edges, layout, begins, ends);
    /* From the guard patterns' own spread outwards: the first are the likeliest, and bound the others. */
    int own = (int)lrintf(spread_of(edges, layout) / SPREAD_STEP);
    for (int n = 0; n <= 4 * SPREAD_STEPS; n++) {
        int step = own + (n % 2 == 0 ? n / 2 : -(n + 1) / 2);
        if (step < -SPREAD_STEPS || step > SPREAD_STEPS) {
            continue;
        }
        float spread = (float)step * SPREAD_STEP, costs[POS_EAN_DIGITS][POS_EAN_CODES];
        float sum = weigh_guards(edges, layout, spread);
        for (int digit = 0; digit < layout->left + layout->right && sum < best; digit++) {
            int first = first_element(layout, digit);
            bool has_set_b =
                kind != POS_EAN_8 && digit < layout->left && (kind != POS_EAN_13 || digit > 0);
            float least = weigh_digit(edges + first, begins[digit], ends[digit],
                                      first % 2 == 0 ? spread : -spread, has_set_b, costs[digit]);
            sum = least > WORST_DIGIT ? POS_EAN_MISFIT : sum + least;
        }
        if (sum < best) {
            best = sum;
            memcpy(unit->costs, costs, sizeof(costs));
        }
    }
    return best;
}

/* The symbol of a kind whose first element is `first`, in the direction in which it fits better. */
static void try_kind(const PosLineElements *elements, int first, PosEanKind kind, GArray *units)
{
    const Layout *layout = &layouts[kind];
    const float *edges = elements->edges + first;
    float backward[ELEMENTS_MAX + 1];
    float module = (edges[layout->elements] - edges[0]) / (float)layout->modules;
    PosEanUnit both[2];
    float costs[2] = {POS_EAN_MISFIT, POS_EAN_MISFIT};
    for (int i = 0; i <= layout->elements; i++) {
        backward[i] = -edges[layout->elements - i];
    }
    const float *ways[2] = {edges, backward};
    for (int way = 0; way < 2; way++) {
        both[way] = (PosEanUnit){.kind = kind,
                                 .is_inverted = !pos_line_is_dark(elements, first),
                                 .is_backward = way == 1,
                                 .from = edges[0],
                                 .to = edges[layout->elements],
                                 .module = module};
        if (is_shaped(ways[way], layout)) {
            costs[way] = weigh(ways[way], kind, &both[way]);
        }
    }
    int better = costs[1] < costs[0] ? 1 : 0;
    if (costs[better] < POS_EAN_MISFIT) {
        g_array_append_val(units, both[better]);
    }
}

/* How wide the element before one is, or the one behind it; an end of the line is wide. */
static float width_beside(const PosLineElements *elements, int element)
{
    return element < 0 || element >= elements->count ? G_MAXFLOAT
                                                     : pos_line_width(elements, element);
}

void pos_ean_find(const PosLineElements *elements, GArray *units)
{
    for (int first = 0; first + layouts[POS_EAN_UPCE].elements <= elements->count; first++) {
        const float *edges = elements->edges + first;
        float guard = edges[3] - edges[0], before = width_beside(elements, first - 1);
        /* A guard pattern is three modules: its quiet zone and itself rule most beginnings out. */
        if (before * 3 < guard * QUIET_MODULES * (1 - GUARD_SLACK)) {
            continue;
        }
        for (int kind = 0; kind < POS_EAN_KINDS; kind++) {
            const Layout *layout = &layouts[kind];
            if (first + layout->elements > elements->count) {
                continue;
            }
            float module = (edges[layout->elements] - edges[0]) / (float)layout->modules;
            float quiet = (kind == POS_EAN_UPCE ? UPCE_QUIET : QUIET_MODULES) * module;
            if (is_about(guard, 3, module, GUARD_SLACK) && before >= quiet &&
                width_beside(elements, first + layout->elements) >= quiet) {
                try_kind(elements, first, (PosEanKind)kind, units);
            }
        }
    }
}
