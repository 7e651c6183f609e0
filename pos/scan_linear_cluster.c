/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what is believed of EAN, UPC and Code 128 that scan lines saw. The costs of an EAN's digits add up over
 * its lines, and the number must fit clearly better than any other; of Code 128, whose check is strong, two
 * lines must say the same. Pure. */
#include "pos/scan_linear_cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_LINES 2       /* of Code 128 */
#define EXTENT_MODULES 1.2F /* from first line to last: print has some height too */
#define GAP_MODULES 14.0F   /* lines without the symbol within a cluster */
#define DRIFT_MODULES 3.0F  /* besides a slant of 45 degrees */
#define MODULE_RATIO 1.2F   /* between neighbouring lines */
#define CLUSTERS_MAX 200    /* more is no picture of codes */
#define MARGIN_MOST 4.0F    /* more says nothing more */
#define CLEAR_MARGIN 2.5F   /* such a number is no chance meeting, whatever its height */
#define CERTAIN_MARGIN 0.8F /* no further look is needed */
#define CERTAIN_LINES 3
#define CERTAIN_STRENGTH 64 /* see pos/scan_sighting.c */

/* What makes a number believed: lines; how much worse the next number is, on a line in the mean; what a digit costs
 * there, which may be more the clearer the number stands out. Kinds with fewer digits are met by chance more often. */
static const struct {
    int lines;
    float margin, cost, cost_per_margin;
} thresholds[POS_EAN_KINDS] = {
    [POS_EAN_13] = {2, 0.55F, 0.15F, 0.20F},
    [POS_EAN_8] = {3, 0.80F, 0.10F, 0.10F},
    [POS_EAN_UPCE] = {4, 0.75F, 0.05F, 0.10F},
};

typedef struct {
    PosEanUnit sum; /* costs added up, the rest of the last line */
    int axis, lines, first_line, last_line;
    float least, most; /* along the lines */
} Cluster;

static bool belongs(const Cluster *cluster, const PosEanSeen *seen, int step)
{
    const PosEanUnit *a = &cluster->sum, *b = &seen->unit;
    if (a->kind != b->kind || a->is_inverted != b->is_inverted ||
        a->is_backward != b->is_backward || cluster->axis != seen->axis) {
        return false;
    }
    float apart = (float)(seen->line - cluster->last_line);
    float drift = fabsf((a->from + a->to) - (b->from + b->to)) / 2;
    return apart <= GAP_MODULES * a->module + 2 * (float)step &&
           drift <= apart + DRIFT_MODULES * a->module &&
           MAX(a->module, b->module) <= MODULE_RATIO * MIN(a->module, b->module);
}

static void add_line(Cluster *cluster, const PosEanSeen *seen)
{
    for (int digit = 0; digit < POS_EAN_DIGITS; digit++) {
        for (int code = 0; code < POS_EAN_CODES; code++) {
            cluster->sum.costs[digit][code] += seen->unit.costs[digit][code];
        }
    }
    cluster->sum.from = seen->unit.from;
    cluster->sum.to = seen->unit.to;
    cluster->sum.module = seen->unit.module;
    cluster->least = MIN(cluster->least, seen->unit.from);
    cluster->most = MAX(cluster->most, seen->unit.to);
    cluster->last_line = seen->line;
    cluster->lines++;
}

static GArray *make_clusters(const GArray *seen, int step)
{
    GArray *clusters = g_array_new(FALSE, FALSE, sizeof(Cluster));
    for (guint i = 0; i < seen->len; i++) {
        const PosEanSeen *at = &g_array_index(seen, PosEanSeen, i);
        Cluster *cluster = NULL;
        for (guint c = clusters->len; c > 0 && cluster == NULL; c--) {
            Cluster *known = &g_array_index(clusters, Cluster, c - 1);
            cluster = belongs(known, at, step) ? known : NULL;
        }
        if (cluster != NULL) {
            add_line(cluster, at);
        } else if (clusters->len < CLUSTERS_MAX) {
            Cluster fresh = {at->unit, at->axis, 1, at->line, at->line, at->unit.from, at->unit.to};
            g_array_append_val(clusters, fresh);
        }
    }
    return clusters;
}

static void outline(int axis, float least, float most, int first_line, int last_line,
                    PosSymbol *symbol)
{
    const int along[2] = {(int)lrintf(least), (int)lrintf(most)};
    const int across[2] = {first_line, last_line};
    for (int i = 0; i < 4; i++) {
        int a = along[i == 1 || i == 2], b = across[i >= 2];
        symbol->corners[i][0] = axis == 0 ? a : b;
        symbol->corners[i][1] = axis == 0 ? b : a;
    }
    symbol->corners_count = 4;
}

static PosSymbol *make_symbol(PosSymbology symbology, const char *aim, const char *bytes,
                              gsize length)
{
    PosSymbol *symbol = g_new0(PosSymbol, 1);
    symbol->symbology = symbology;
    g_strlcpy(symbol->aim, aim, sizeof(symbol->aim));
    symbol->length = length;
    symbol->bytes = g_malloc0(length + 1);
    memcpy(symbol->bytes, bytes, length);
    return symbol;
}

void pos_scan_ean_assemble(const GArray *seen, int step, GPtrArray *out)
{
    static const PosSymbology symbologies[POS_EAN_KINDS] = {
        [POS_EAN_13] = POS_SYMBOLOGY_EAN13,
        [POS_EAN_8] = POS_SYMBOLOGY_EAN8,
        [POS_EAN_UPCE] = POS_SYMBOLOGY_UPCE,
    };
    g_autoptr(GArray) clusters = make_clusters(seen, step);
    for (guint i = 0; i < clusters->len; i++) {
        Cluster *cluster = &g_array_index(clusters, Cluster, i);
        PosEanReading reading;
        PosEanKind kind = cluster->sum.kind;
        float lines = (float)cluster->lines;
        if (cluster->lines < thresholds[kind].lines ||
            !pos_ean_decide(kind, cluster->sum.costs, MARGIN_MOST * lines, &reading)) {
            continue;
        }
        float cost = reading.cost / lines / (float)pos_ean_digits(kind);
        float margin = reading.margin / lines;
        float extent = (float)(cluster->last_line - cluster->first_line);
        if (margin < thresholds[kind].margin ||
            cost > thresholds[kind].cost + thresholds[kind].cost_per_margin * margin ||
            (margin < CLEAR_MARGIN && extent < EXTENT_MODULES * cluster->sum.module)) {
            continue;
        }
        PosSymbol *symbol = make_symbol(symbologies[kind], kind == POS_EAN_8 ? "]E4" : "]E0",
                                        reading.digits, strlen(reading.digits));
        bool is_certain = cluster->lines >= CERTAIN_LINES && margin >= CERTAIN_MARGIN;
        symbol->strength = is_certain ? CERTAIN_STRENGTH : cluster->lines * step;
        outline(cluster->axis, cluster->least, cluster->most, cluster->first_line,
                cluster->last_line, symbol);
        g_ptr_array_add(out, symbol);
    }
}

static bool says_the_same(const PosCode128Unit *a, const PosCode128Unit *b)
{
    return a->length == b->length && a->gs1 == b->gs1 &&
           memcmp(a->bytes, b->bytes, (gsize)a->length) == 0;
}

void pos_scan_code128_assemble(const GArray *seen, int step, GPtrArray *out)
{
    g_autofree bool *is_told = g_new0(bool, MAX(seen->len, 1));
    for (guint i = 0; i < seen->len; i++) {
        const PosCode128Seen *first = &g_array_index(seen, PosCode128Seen, i);
        const PosCode128Unit *unit = &first->unit;
        float least = unit->from, most = unit->to;
        int lines = 1, last_line = first->line;
        for (guint n = i + 1; n < seen->len && !is_told[i]; n++) {
            const PosCode128Seen *other = &g_array_index(seen, PosCode128Seen, n);
            if (!is_told[n] && other->axis == first->axis && other->line > last_line &&
                says_the_same(unit, &other->unit)) {
                is_told[n] = true;
                lines++;
                last_line = other->line;
                least = MIN(least, other->unit.from);
                most = MAX(most, other->unit.to);
            }
        }
        if (is_told[i] || lines < LEAST_LINES ||
            (float)(last_line - first->line) < EXTENT_MODULES * unit->module) {
            continue;
        }
        PosSymbol *symbol = make_symbol(POS_SYMBOLOGY_CODE128, unit->gs1 ? "]C1" : "]C0",
                                        unit->bytes, (gsize)unit->length);
        symbol->gs1 = unit->gs1;
        symbol->strength = lines * step;
        outline(first->axis, least, most, first->line, last_line, symbol);
        g_ptr_array_add(out, symbol);
    }
}
