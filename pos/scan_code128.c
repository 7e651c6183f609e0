/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how Code 128 is found among the elements of a line and what its characters say (ISO/IEC 15417 4.3). Pure. */
#include "pos/scan_code128.h"
#include "pos/barcode.h"

#include <math.h>

#define ELEMENTS 6
#define STOP_ELEMENTS 7
#define MODULES 11.0F
#define STOP_MODULES 13.0F
#define QUIET_MODULES 4.0F
#define WIDTH_SLACK 0.25F /* share that a character may be wider or narrower than the one before */
#define SPREAD_MOST 0.6F  /* modules that dark elements may be too wide */
#define COST_MOST 0.9F    /* modules squared: five edges of a character */
#define LIKE_SLACK 0.8F   /* modules that a distance of like edges in the start may be off */
#define CHECK_MODULUS 103
#define VALUES_MAX 200

enum { SHIFT = 98, CODE_C = 99, CODE_B = 100, CODE_A = 101, FNC1 = 102, START_A = 103, STOP = 106 };
enum { FNC3 = 96, FNC2 = 97 };

/* The elements from one end, as if the symbol were dark and read forward. */
typedef struct {
    const PosLineElements *elements;
    int first, step; /* 1 or -1 */
} Run;

/* Where the n-th edge lies, counted from the run's begin. */
static float edge_at(const Run *run, int n)
{
    return run->step > 0 ? run->elements->edges[run->first + n]
                         : -run->elements->edges[run->first + 1 - n];
}

static bool reaches(const Run *run, int elements)
{
    int last = run->first + run->step * (elements - 1);
    return last >= 0 && last < run->elements->count;
}

/* How far the edges of a character that begins at element `n` lie from those of a value. */
static float cost_of(const Run *run, int n, int value, float spread)
{
    const char *widths = pos_barcode_code128_widths(value);
    int count = value == STOP ? STOP_ELEMENTS : ELEMENTS;
    float modules = value == STOP ? STOP_MODULES : MODULES;
    float begin = edge_at(run, n), end = edge_at(run, n + count);
    /* The last edge of a stop is of the other kind than the first. */
    float scale = (modules + (value == STOP ? spread : 0)) / (end - begin), cost = 0, place = 0;
    for (int i = 0; i + 1 < count; i++) {
        place += (float)(widths[i] - '0');
        float off = (edge_at(run, n + i + 1) - begin) * scale - place - (i % 2 == 0 ? spread : 0);
        cost += off * off;
    }
    return cost;
}

/* The value that fits a character best; -1 when none does. */
static int read_value(const Run *run, int n, float spread)
{
    float best = COST_MOST;
    int found = -1;
    for (int value = 0; value < STOP; value++) {
        float cost = cost_of(run, n, value, spread);
        if (cost < best) {
            best = cost;
            found = value;
        }
    }
    return found;
}

/* The start character at a run's begin, and how much too wide dark elements are by it. -1: none. */
static int read_start(const Run *run, float *out_spread)
{
    float scale = MODULES / (edge_at(run, ELEMENTS) - edge_at(run, 0)), dark = 0;
    for (int i = 0; i < ELEMENTS; i += 2) {
        dark += (edge_at(run, i + 1) - edge_at(run, i)) * scale;
    }
    for (int start = START_A; start < STOP; start++) {
        const char *widths = pos_barcode_code128_widths(start);
        float expected = (float)(widths[0] + widths[2] + widths[4] - 3 * '0');
        float spread = (dark - expected) / 3;
        if (fabsf(spread) <= SPREAD_MOST && cost_of(run, 0, start, spread) < COST_MOST) {
            *out_spread = spread;
            return start;
        }
    }
    return -1;
}

typedef struct {
    PosCode128Unit *unit;
    int set;      /* CODE_A, CODE_B or CODE_C */
    int shifted;  /* the set of the next character, 0: the same */
    bool latched; /* FNC4 twice: all characters are of the upper half */
    bool upper;   /* FNC4: the next one is, or is not */
} Text;

static bool append(Text *text, int byte)
{
    bool is_upper = text->latched != text->upper;
    text->upper = false;
    if (text->unit->length >= POS_CODE128_BYTES_MAX) {
        return false;
    }
    text->unit->bytes[text->unit->length++] = (char)(is_upper ? byte + 128 : byte);
    return true;
}

/* A character of set A or B. */
static bool append_character(Text *text, int value, int set)
{
    if (value < FNC3) {
        return append(text, set == CODE_A && value >= 64 ? value - 64 : value + ' ');
    }
    if (value == SHIFT) {
        text->shifted = set == CODE_A ? CODE_B : CODE_A;
    } else if (value == set) { /* FNC4 has the place of the set's own code */
        text->latched = text->upper ? !text->latched : text->latched;
        text->upper = !text->upper;
    } else if (value >= CODE_C) {
        text->set = value;
    }
    return true; /* FNC2 and FNC3 speak to the reader */
}

static bool append_value(Text *text, int value, bool is_first)
{
    int set = text->shifted != 0 ? text->shifted : text->set;
    text->shifted = 0;
    if (value == FNC1) {
        text->unit->gs1 = text->unit->gs1 || is_first;
        return is_first || append(text, 0x1D);
    }
    if (set != CODE_C) {
        return append_character(text, value, set);
    }
    if (value >= CODE_B) {
        text->set = value;
        return true;
    }
    return append(text, '0' + value / 10) && append(text, '0' + value % 10);
}

/* The values between start and stop to bytes, the check character checked. */
static bool make_text(const int *values, int count, PosCode128Unit *unit)
{
    int sum = values[0];
    for (int i = 1; i < count - 1; i++) {
        sum += i * values[i];
    }
    if (count < 3 || sum % CHECK_MODULUS != values[count - 1]) {
        return false;
    }
    Text text = {.unit = unit, .set = CODE_A - (values[0] - START_A)};
    for (int i = 1; i < count - 1; i++) {
        if (!append_value(&text, values[i], i == 1)) {
            return false;
        }
    }
    return unit->length > 0;
}

static float quiet_beside(const PosLineElements *elements, int element)
{
    return element < 0 || element >= elements->count ? G_MAXFLOAT
                                                     : pos_line_width(elements, element);
}

/* Reads the symbol that begins with a run's first element. */
static bool read_run(const Run *run, PosCode128Unit *unit)
{
    int values[VALUES_MAX], count = 1, n = ELEMENTS;
    float spread = 0, width = edge_at(run, ELEMENTS) - edge_at(run, 0);
    values[0] = read_start(run, &spread);
    if (values[0] < 0) {
        return false;
    }
    for (;; n += ELEMENTS) {
        if (reaches(run, n + STOP_ELEMENTS) &&
            quiet_beside(run->elements, run->first + run->step * (n + STOP_ELEMENTS)) >=
                QUIET_MODULES * width / MODULES &&
            cost_of(run, n, STOP, spread) < COST_MOST) {
            break;
        }
        float now = reaches(run, n + ELEMENTS) ? edge_at(run, n + ELEMENTS) - edge_at(run, n) : 0;
        if (count == VALUES_MAX || now < width * (1 - WIDTH_SLACK) ||
            now > width * (1 + WIDTH_SLACK)) {
            return false;
        }
        values[count] = read_value(run, n, spread);
        if (values[count++] < 0) {
            return false;
        }
        width = now;
    }
    float ends[2] = {edge_at(run, 0), edge_at(run, n + STOP_ELEMENTS)};
    *unit = (PosCode128Unit){.is_inverted = !pos_line_is_dark(run->elements, run->first),
                             .from = run->step > 0 ? ends[0] : -ends[1],
                             .to = run->step > 0 ? ends[1] : -ends[0],
                             .module = width / MODULES};
    return make_text(values, count, unit);
}

/* Whether what begins with a run's first element can be a start character: a quiet zone, a bar of two modules, a
 * space of one, a bar of one. */
static bool may_start(const Run *run)
{
    const float *edges = run->elements->edges + (run->step > 0 ? run->first : run->first + 1);
    int step = run->step;
    float module = fabsf(edges[ELEMENTS * step] - edges[0]) / MODULES;
    return quiet_beside(run->elements, run->first - step) >= QUIET_MODULES * module &&
           fabsf(fabsf(edges[2 * step] - edges[0]) - 3 * module) < LIKE_SLACK * module &&
           fabsf(fabsf(edges[3 * step] - edges[step]) - 2 * module) < LIKE_SLACK * module;
}

void pos_code128_find(const PosLineElements *elements, GArray *units)
{
    const int least = 3 * ELEMENTS + 1;
    for (int first = 0; first < elements->count; first++) {
        for (int step = 1; step >= -1; step -= 2) {
            Run run = {elements, first, step};
            PosCode128Unit unit;
            if (reaches(&run, least) && may_start(&run) && read_run(&run, &unit)) {
                g_array_append_val(units, unit);
            }
        }
    }
}
