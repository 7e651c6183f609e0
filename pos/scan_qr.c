/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the search for QR codes: three finder patterns that can be corners of one square, the version whose
 * timing and alignment patterns fit best, then the grid is moved until all that is known of it fits, and the
 * modules are read. Pure. */
#include "pos/scan_qr.h"
#include "pos/qr_symbol.h"
#include "pos/scan_finder.h"

#include <math.h>
#include <string.h>

#define FINDERS_MAX 24
#define TRIPLES_MAX 40
#define SYMBOLS_MAX 16
#define MARKS_MAX (2 * POS_GRID_SIDE_MAX + 3 * 81 + 9 * 25)
#define CONTRAST_MIN 8.0f
#define AGREEMENT_MIN 0.78f  /* of the known modules, after the fit */
#define AGREEMENT_GOOD 0.93f /* so many agree: reading is tried before the fit */
#define TIMING_AGREEMENT_MIN 0.62f
#define TIMING_AGREEMENT_GOOD 0.9f  /* with the fourth corner where it would be without tilt */
#define TIMING_AGREEMENT_SURE 0.97f /* no other version is tried */
#define CORNER_STEP 1.2f            /* modules */
#define CORNER_REACH 0.24f          /* of the side: how far the fourth corner is looked for */

/* Three finders as corners of an upright symbol, with how little they look like one. */
typedef struct {
    const PosFinder *top_left, *top_right, *bottom_left;
    float oddness;
} Triple;

static float distance(PosPoint a, PosPoint b)
{
    return hypotf(b.x - a.x, b.y - a.y);
}

static bool make_triple(const PosFinder *corner, const PosFinder *a, const PosFinder *b,
                        Triple *out)
{
    float least = MIN(corner->module, MIN(a->module, b->module));
    float most = MAX(corner->module, MAX(a->module, b->module));
    float to_a = distance(corner->middle, a->middle), to_b = distance(corner->middle, b->middle);
    if (most > least * 2.0f || MIN(to_a, to_b) < least * 8.0f ||
        MAX(to_a, to_b) > most * (float)POS_GRID_SIDE_MAX * 1.3f ||
        MAX(to_a, to_b) > MIN(to_a, to_b) * 2.0f) {
        return false;
    }
    float sine = ((a->middle.x - corner->middle.x) * (b->middle.y - corner->middle.y) -
                  (a->middle.y - corner->middle.y) * (b->middle.x - corner->middle.x)) /
                 (to_a * to_b);
    float cosine = ((a->middle.x - corner->middle.x) * (b->middle.x - corner->middle.x) +
                    (a->middle.y - corner->middle.y) * (b->middle.y - corner->middle.y)) /
                   (to_a * to_b);
    if (fabsf(cosine) > 0.6f) {
        return false;
    }
    *out = (Triple){corner, sine > 0 ? a : b, sine > 0 ? b : a,
                    fabsf(cosine) + (MAX(to_a, to_b) / MIN(to_a, to_b) - 1.0f) +
                        (most / least - 1.0f) + 0.002f * MAX(to_a, to_b) / least};
    return true;
}

static int by_oddness(const void *a, const void *b)
{
    float x = ((const Triple *)a)->oddness, y = ((const Triple *)b)->oddness;
    return x < y ? -1 : x > y ? 1 : 0;
}

static GArray *find_triples(const GArray *finders)
{
    GArray *triples = g_array_new(FALSE, FALSE, sizeof(Triple));
    for (guint corner = 0; corner < finders->len; corner++) {
        for (guint a = 0; a < finders->len; a++) {
            for (guint b = a + 1; b < finders->len; b++) {
                Triple triple;
                if (a != corner && b != corner &&
                    make_triple(&g_array_index(finders, PosFinder, corner),
                                &g_array_index(finders, PosFinder, a),
                                &g_array_index(finders, PosFinder, b), &triple)) {
                    g_array_append_val(triples, triple);
                }
            }
        }
    }
    g_array_sort(triples, by_oddness);
    if (triples->len > TRIPLES_MAX) {
        g_array_set_size(triples, TRIPLES_MAX);
    }
    return triples;
}

/* The modules of a finder whose upper left module is (column, row), and the light ones around it. */
static gsize finder_marks(int column, int row, PosGridMark *out)
{
    gsize count = 0;
    for (int y = -1; y <= 7; y++) {
        for (int x = -1; x <= 7; x++) {
            int ring = MAX(abs(x - 3), abs(y - 3));
            out[count++] = (PosGridMark){(float)(column + x) + 0.5f, (float)(row + y) + 0.5f,
                                         ring == 3 || ring <= 1};
        }
    }
    return count;
}

static gsize timing_marks(int side, PosGridMark *out)
{
    gsize count = 0;
    for (int i = 8; i < side - 8; i++) {
        out[count++] = (PosGridMark){(float)i + 0.5f, 6.5f, i % 2 == 0};
        out[count++] = (PosGridMark){6.5f, (float)i + 0.5f, i % 2 == 0};
    }
    return count;
}

static gsize alignment_marks(int column, int row, PosGridMark *out)
{
    gsize count = 0;
    for (int y = -2; y <= 2; y++) {
        for (int x = -2; x <= 2; x++) {
            out[count++] = (PosGridMark){(float)(column + x) + 0.5f, (float)(row + y) + 0.5f,
                                         MAX(abs(x), abs(y)) != 1};
        }
    }
    return count;
}

/* What is known of a version's modules; of many alignment patterns those at the sides and in the middle. */
static gsize all_marks(int version, PosGridMark *out)
{
    int side = POS_QR_SIDE(version), alignment[POS_QR_ALIGNMENT_MAX];
    int patterns = pos_qr_alignment(version, alignment);
    gsize count = finder_marks(0, 0, out);
    count += finder_marks(side - 7, 0, out + count);
    count += finder_marks(0, side - 7, out + count);
    count += timing_marks(side, out + count);
    for (int i = 0; i < patterns; i++) {
        for (int j = 0; j < patterns; j++) {
            bool in_finder = (i == 0 && j == 0) || (i == 0 && j == patterns - 1) ||
                             (i == patterns - 1 && j == 0);
            bool chosen = (i == 0 || i == patterns / 2 || i == patterns - 1) &&
                          (j == 0 || j == patterns / 2 || j == patterns - 1);
            if (!in_finder && chosen) {
                count += alignment_marks(alignment[j], alignment[i], out + count);
            }
        }
    }
    return count;
}

/* A grid of `side` modules whose finders' middles are those of the triple, the fourth middle at
 * (along, down) of the corner's frame. */
static bool lay_grid(const PosFrame *frame, const Triple *triple, int side, float along, float down,
                     PosGrid *out)
{
    PosPoint a = triple->top_left->middle, b = triple->top_right->middle,
             c = triple->bottom_left->middle;
    PosPoint d = {a.x + along * (b.x - a.x) + down * (c.x - a.x),
                  a.y + along * (b.y - a.y) + down * (c.y - a.y)};
    const PosPoint middles[4] = {a, b, d, c};
    PosGrid inner; /* from middle to middle */
    if (!pos_grid_init(&inner, frame, middles, side - 7, side - 7)) {
        return false;
    }
    float low = -3.5f, high = (float)side - 3.5f;
    const PosPoint corners[4] = {pos_grid_at(&inner, low, low), pos_grid_at(&inner, high, low),
                                 pos_grid_at(&inner, high, high), pos_grid_at(&inner, low, high)};
    return pos_grid_init(out, frame, corners, side, side);
}

/* The length of a module on the line from one finder's middle to another's, from where the first finder's
 * rings end: the third change of colour is three and a half modules away. 0 when there is none. */
static float module_towards(const uint8_t *black, const PosFrame *frame, const PosFinder *from,
                            const PosFinder *to)
{
    float length = distance(from->middle, to->middle);
    float dx = (to->middle.x - from->middle.x) / length,
          dy = (to->middle.y - from->middle.y) / length;
    int changes = 0;
    bool dark = true;
    float most = MIN(length, from->module * 9.0f);
    for (float at = 0; at < most; at += 0.25f) {
        int x = (int)(from->middle.x + dx * at), y = (int)(from->middle.y + dy * at);
        if (x < 0 || y < 0 || x >= frame->width || y >= frame->height) {
            return 0;
        }
        bool now = black[(gsize)y * (gsize)frame->width + (gsize)x] == 0;
        if (now != dark) {
            dark = now;
            if (++changes == 3) {
                return at / 3.5f;
            }
        }
    }
    return 0;
}

/* The version that the finders' size and distance speak for, as a number between versions. */
static float estimate_version(const uint8_t *black, const PosFrame *frame, const Triple *triple)
{
    const PosFinder *pairs[4][2] = {{triple->top_left, triple->top_right},
                                    {triple->top_right, triple->top_left},
                                    {triple->top_left, triple->bottom_left},
                                    {triple->bottom_left, triple->top_left}};
    float modules = 0;
    int counted = 0;
    for (int i = 0; i < 4; i++) {
        float module = module_towards(black, frame, pairs[i][0], pairs[i][1]);
        if (module > 0) {
            modules += distance(pairs[i][0]->middle, pairs[i][1]->middle) / module;
            counted++;
        }
    }
    if (counted == 0) {
        return 0;
    }
    return (modules / (float)counted + 7.0f - 17.0f) / 4.0f;
}

/* Changes of colour on the way from one point to another. */
static int changes_between(const uint8_t *black, const PosFrame *frame, PosPoint from, PosPoint to)
{
    int steps = (int)MIN(distance(from, to) * 1.5f, 1500.0f), changes = 0;
    bool before = true;
    for (int i = 0; i < steps; i++) {
        float t = ((float)i + 0.5f) / (float)steps;
        float x = from.x + t * (to.x - from.x), y = from.y + t * (to.y - from.y);
        if (x < 0 || y < 0 || x >= (float)frame->width || y >= (float)frame->height) {
            return 0;
        }
        bool now = black[(gsize)(int)y * (gsize)frame->width + (gsize)(int)x] == 0;
        changes += now != before ? 1 : 0;
        before = now;
    }
    return changes;
}

/* Most changes of colour on the lines about three modules (towards `inside`) off the line from one finder's
 * middle to another's: one of them is a timing pattern. */
static int timing_changes(const uint8_t *black, const PosFrame *frame, const PosFinder *from,
                          const PosFinder *to, const PosFinder *corner, const PosFinder *inside)
{
    float length = distance(corner->middle, inside->middle);
    float dx = (inside->middle.x - corner->middle.x) / length,
          dy = (inside->middle.y - corner->middle.y) / length;
    int most = 0;
    for (float off = 2.5f; off < 4.0f; off += 0.35f) {
        float a = off * from->module, b = off * to->module;
        PosPoint start = {from->middle.x + dx * a, from->middle.y + dy * a};
        PosPoint end = {to->middle.x + dx * b, to->middle.y + dy * b};
        most = MAX(most, changes_between(black, frame, start, end));
    }
    return most;
}

/* Whether both timing patterns of a version near `version` may be there. */
static bool has_timing(const uint8_t *black, const PosFrame *frame, const Triple *triple,
                       int version)
{
    int least = (POS_QR_SIDE(MAX(version - 1, 1)) - 14) * 6 / 10;
    const PosFinder *corner = triple->top_left, *right = triple->top_right,
                    *below = triple->bottom_left;
    return timing_changes(black, frame, corner, right, corner, below) >= least &&
           timing_changes(black, frame, corner, below, corner, right) >= least;
}

/* Moves the fourth corner, in steps of `step` modules up to `reach` steps away, to where the marks fit best. */
static void search_corner(const PosFrame *frame, const Triple *triple, int side,
                          const PosGridMark *marks, gsize count, float step, int reach,
                          float *along, float *down)
{
    float best = -255.0f, from_along = *along, from_down = *down;
    for (int i = -reach; i <= reach; i++) {
        for (int j = -reach; j <= reach; j++) {
            PosGrid grid;
            float now_along = from_along + (float)i * step / (float)(side - 7);
            float now_down = from_down + (float)j * step / (float)(side - 7);
            if (!lay_grid(frame, triple, side, now_along, now_down, &grid)) {
                continue;
            }
            float now = pos_grid_contrast(&grid, marks, count) -
                        0.15f * step * hypotf((float)i, (float)j); /* nearer is likelier */
            if (now > best) {
                best = now;
                *along = now_along;
                *down = now_down;
            }
        }
    }
}

/* The grid of a version with its fourth corner in place: where the timing patterns alternate best, then where
 * the last alignment pattern lies. Returns the contrast of the timing patterns; -255 when they are none.
 * *out_is_sure: they alternate so well that it is this version. */
static float place_version(const PosFrame *frame, const Triple *triple, int version, PosGrid *out,
                           bool *out_is_sure)
{
    int side = POS_QR_SIDE(version);
    PosGridMark timing[2 * POS_GRID_SIDE_MAX], corner[25];
    gsize timing_count = timing_marks(side, timing);
    float along = 1.0f, down = 1.0f;
    bool is_plain = lay_grid(frame, triple, side, along, down, out) &&
                    pos_grid_agreement(out, timing, timing_count) >= TIMING_AGREEMENT_GOOD;
    if (!is_plain) {
        float reach_modules = MIN(CORNER_REACH * (float)(side - 7), version > 10 ? 4.0f : 6.0f);
        search_corner(frame, triple, side, timing, timing_count, CORNER_STEP,
                      (int)(reach_modules / CORNER_STEP), &along, &down);
    }
    if (!lay_grid(frame, triple, side, along, down, out)) {
        return -255.0f;
    }
    float contrast = pos_grid_contrast(out, timing, timing_count);
    if (contrast < CONTRAST_MIN ||
        pos_grid_agreement(out, timing, timing_count) < TIMING_AGREEMENT_MIN) {
        return -255.0f;
    }
    *out_is_sure = pos_grid_agreement(out, timing, timing_count) >= TIMING_AGREEMENT_SURE;
    if (version == 1) {
        return contrast;
    }
    gsize corner_count = alignment_marks(side - 7, side - 7, corner);
    search_corner(frame, triple, side, corner, corner_count, CORNER_STEP, 4, &along, &down);
    search_corner(frame, triple, side, corner, corner_count, CORNER_STEP / 3.0f, 2, &along, &down);
    lay_grid(frame, triple, side, along, down, out);
    return MAX(contrast, pos_grid_contrast(out, timing, timing_count));
}

static PosSymbol *make_symbol(const PosGrid *grid, PosQrMessage *message)
{
    if (message->bytes->len == 0 || message->bytes->len > POS_BOUND_SCAN_BYTES) {
        pos_qr_message_clear(message);
        return NULL;
    }
    PosSymbol *symbol = g_new0(PosSymbol, 1);
    symbol->symbology = POS_SYMBOLOGY_QR;
    symbol->gs1 = message->gs1;
    g_strlcpy(symbol->aim,
              message->gs1   ? "]Q3"
              : message->eci ? "]Q2"
                             : "]Q1",
              sizeof(symbol->aim));
    symbol->length = message->bytes->len;
    symbol->bytes = g_malloc0(symbol->length + 1);
    memcpy(symbol->bytes, message->bytes->data, symbol->length);
    pos_grid_outline(grid, symbol);
    pos_qr_message_clear(message);
    return symbol;
}

/* Tries the first `variants` ways to tell light from dark. */
static PosSymbol *read_grid(const PosGrid *grid, int version, int variants)
{
    gsize count = (gsize)grid->columns * (gsize)grid->rows;
    g_autofree float *light = g_new(float, count);
    g_autofree uint8_t *modules = g_malloc(count);
    pos_grid_sample(grid, light);
    for (int variant = 0; variant < variants; variant++) {
        pos_grid_threshold(light, grid->columns, grid->rows, variant, modules);
        PosQrMessage message;
        if (pos_qr_symbol_read(version, modules, &message)) {
            return make_symbol(grid, &message);
        }
    }
    return NULL;
}

static PosSymbol *read_version(PosGrid *grid, int version)
{
    PosGridMark marks[MARKS_MAX];
    gsize count = all_marks(version, marks);
    PosSymbol *symbol = NULL;
    if (pos_grid_agreement(grid, marks, count) >= AGREEMENT_GOOD) {
        symbol = read_grid(grid, version, 2);
    }
    if (symbol != NULL) {
        return symbol;
    }
    pos_grid_fit(grid, marks, count, false);
    if (pos_grid_agreement(grid, marks, count) < AGREEMENT_MIN) {
        return NULL;
    }
    symbol = read_grid(grid, version, POS_GRID_VARIANTS);
    if (symbol == NULL) {
        pos_grid_fit(grid, marks, count, true);
        symbol = read_grid(grid, version, POS_GRID_VARIANTS);
    }
    return symbol;
}

static PosSymbol *read_triple(const PosFrame *frame, const uint8_t *black, const Triple *triple)
{
    float estimate = estimate_version(black, frame, triple);
    int nearest = (int)lroundf(estimate);
    if (nearest < 0 || nearest > POS_QR_VERSION_MAX + 1 ||
        !has_timing(black, frame, triple, nearest)) {
        return NULL;
    }
    int reach = MAX(1, nearest / 7);
    PosGrid grids[2];
    int versions[2] = {0, 0};
    float contrasts[2] = {CONTRAST_MIN, CONTRAST_MIN};
    for (int step = 0; step <= 2 * reach; step++) { /* the nearest first */
        int version = nearest + (step % 2 == 0 ? step / 2 : -(step + 1) / 2);
        PosGrid grid;
        if (version < 1 || version > POS_QR_VERSION_MAX) {
            continue;
        }
        bool is_sure = false;
        float contrast = place_version(frame, triple, version, &grid, &is_sure);
        int place = contrast > contrasts[0] ? 0 : contrast > contrasts[1] ? 1 : 2;
        if (place == 0) {
            grids[1] = grids[0];
            versions[1] = versions[0];
            contrasts[1] = contrasts[0];
        }
        if (place < 2) {
            grids[place] = grid;
            versions[place] = version;
            contrasts[place] = contrast;
        }
        if (is_sure) {
            break;
        }
    }
    for (int i = 0; i < 2 && versions[i] > 0 && contrasts[i] * 2.0f > contrasts[0]; i++) {
        PosSymbol *symbol = read_version(&grids[i], versions[i]);
        if (symbol != NULL) {
            return symbol;
        }
    }
    return NULL;
}

/* Whether a place lies in the box around a symbol: what looks like a finder there is part of it. */
static bool is_within(const PosSymbol *symbol, PosPoint at)
{
    int left = G_MAXINT, top = G_MAXINT, right = G_MININT, bottom = G_MININT;
    for (int i = 0; i < symbol->corners_count; i++) {
        left = MIN(left, symbol->corners[i][0]);
        right = MAX(right, symbol->corners[i][0]);
        top = MIN(top, symbol->corners[i][1]);
        bottom = MAX(bottom, symbol->corners[i][1]);
    }
    return at.x >= (float)left && at.x <= (float)right && at.y >= (float)top &&
           at.y <= (float)bottom;
}

void pos_scan_qr(const PosFrame *frame, const uint8_t *black, GPtrArray *out)
{
    g_autoptr(GArray) finders = pos_finders_find(black, frame->width, frame->height, FINDERS_MAX);
    g_autoptr(GArray) triples = find_triples(finders);
    bool used[FINDERS_MAX] = {false};
    const PosFinder *first = (const PosFinder *)(void *)finders->data;
    int symbols = 0;
    for (guint i = 0; i < triples->len && symbols < SYMBOLS_MAX; i++) {
        const Triple *triple = &g_array_index(triples, Triple, i);
        if (used[triple->top_left - first] || used[triple->top_right - first] ||
            used[triple->bottom_left - first]) {
            continue;
        }
        PosSymbol *symbol = read_triple(frame, black, triple);
        if (symbol != NULL) {
            g_ptr_array_add(out, symbol);
            symbols++;
            for (guint f = 0; f < finders->len; f++) {
                used[f] = used[f] || is_within(symbol, first[f].middle);
            }
        }
    }
}
