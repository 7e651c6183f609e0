/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what is believed of the units that the scan lines saw. Lines through one unit make a cluster
 * in which each character is voted on; clusters make a symbol when their places fit, every character
 * was seen by two lines and the symbol's check character agrees. Pure. */
#include "pos/scan_databar_cluster.h"
#include "pos/databar_symbol.h"

#include <math.h>
#include <string.h>

#define VALUES_MAX 6          /* different readings of one character that are kept */
#define LEAST_VOTES 2         /* lines that must agree on a character ... */
#define HALVES_VOTES 3        /* ... of Omnidirectional, whose check is weak */
#define EXTENT_MODULES 1.8F   /* from first line to last: print has some height too */
#define LINE_STRENGTH 6       /* of a line: all characters were read and voted on */
#define GAP_MODULES 12.0F     /* lines without the unit within a cluster */
#define DRIFT_MODULES 1.5F    /* besides a slant of 45 degrees */
#define MODULE_RATIO 1.3F     /* largest over smallest module within a symbol */
#define APART_MODULES 45.0F   /* between the finder patterns of Omnidirectional side by side */
#define PLACE_MODULES 8.0F    /* off from where a unit should be */
#define STACK_MODULES 80.0F   /* between the rows of a stacked half */
#define SEGMENT_MODULES 49.0F /* an Expanded segment */
#define CLUSTERS_MAX 600      /* more is no picture of codes */

typedef struct {
    int values[VALUES_MAX], votes[VALUES_MAX];
    int count;
} Poll;

typedef struct {
    PosDatabarUnit unit; /* of the last line; characters are in polls */
    int axis;
    int lines_count, first_line, last_line;
    double sum_centre, sum_line, sum_module;
    float least, most; /* along the lines */
    Poll polls[2];
    bool is_used;
} Cluster;

static void vote(Poll *poll, int value)
{
    if (value < 0) {
        return;
    }
    for (int i = 0; i < poll->count; i++) {
        if (poll->values[i] == value) {
            poll->votes[i]++;
            for (; i > 0 && poll->votes[i] > poll->votes[i - 1]; i--) { /* the first leads */
                int values = poll->values[i], votes = poll->votes[i];
                poll->values[i] = poll->values[i - 1];
                poll->votes[i] = poll->votes[i - 1];
                poll->values[i - 1] = values;
                poll->votes[i - 1] = votes;
            }
            return;
        }
    }
    if (poll->count < VALUES_MAX) {
        poll->values[poll->count] = value;
        poll->votes[poll->count++] = 1;
    }
}

/* Readings that are in question: at least two votes and half of what the leading one has. */
static int contenders(const Poll *poll)
{
    int count = 0;
    while (count < poll->count && poll->votes[count] >= LEAST_VOTES &&
           2 * poll->votes[count] >= poll->votes[0]) {
        count++;
    }
    return count;
}

static float centre(const Cluster *cluster)
{
    return (float)(cluster->sum_centre / cluster->lines_count);
}

static float line(const Cluster *cluster)
{
    return (float)(cluster->sum_line / cluster->lines_count);
}

static float module(const Cluster *cluster)
{
    return (float)(cluster->sum_module / cluster->lines_count);
}

/* Whether enough of its height was seen that it is no chance meeting. */
static bool has_extent(const Cluster *cluster)
{
    return (float)(cluster->last_line - cluster->first_line) >= EXTENT_MODULES * module(cluster);
}

static bool belongs(const Cluster *cluster, const PosDatabarSeen *seen)
{
    const PosDatabarUnit *a = &cluster->unit, *b = &seen->unit;
    if (a->finder != b->finder || a->is_expanded != b->is_expanded || a->is_right != b->is_right ||
        a->is_backward != b->is_backward || cluster->axis != seen->axis) {
        return false;
    }
    float apart = (float)(seen->line - cluster->last_line);
    return apart <= GAP_MODULES * a->module &&
           fabsf(a->centre - b->centre) <= apart + DRIFT_MODULES * a->module &&
           MAX(a->module, b->module) <= MODULE_RATIO * MIN(a->module, b->module);
}

static GArray *make_clusters(const GArray *seen)
{
    GArray *clusters = g_array_new(FALSE, FALSE, sizeof(Cluster));
    for (guint i = 0; i < seen->len; i++) {
        const PosDatabarSeen *at = &g_array_index(seen, PosDatabarSeen, i);
        Cluster *cluster = NULL;
        if (at->unit.characters[0] < 0 && at->unit.characters[1] < 0) {
            continue;
        }
        for (guint c = clusters->len; c > 0 && cluster == NULL; c--) {
            Cluster *known = &g_array_index(clusters, Cluster, c - 1);
            cluster = belongs(known, at) ? known : NULL;
        }
        if (cluster == NULL) {
            if (clusters->len >= CLUSTERS_MAX) {
                continue;
            }
            Cluster fresh = {.axis = at->axis,
                             .first_line = at->line,
                             .least = at->unit.from,
                             .most = at->unit.to};
            g_array_append_val(clusters, fresh);
            cluster = &g_array_index(clusters, Cluster, clusters->len - 1);
        }
        cluster->unit = at->unit;
        cluster->lines_count++;
        cluster->last_line = at->line;
        cluster->sum_centre += at->unit.centre;
        cluster->sum_line += at->line;
        cluster->sum_module += at->unit.module;
        cluster->least = MIN(cluster->least, at->unit.from);
        cluster->most = MAX(cluster->most, at->unit.to);
        vote(&cluster->polls[0], at->unit.characters[0]);
        vote(&cluster->polls[1], at->unit.characters[1]);
    }
    /* What a line or two met is left out, the order kept. */
    guint kept = 0;
    for (guint i = 0; i < clusters->len; i++) {
        if (has_extent(&g_array_index(clusters, Cluster, i))) {
            g_array_index(clusters, Cluster, kept++) = g_array_index(clusters, Cluster, i);
        }
    }
    g_array_set_size(clusters, kept);
    return clusters;
}

static bool is_known(const GPtrArray *out, PosSymbology symbology, const char *text, gsize length)
{
    for (guint i = 0; i < out->len; i++) {
        const PosSymbol *known = g_ptr_array_index(out, i);
        if (known->symbology == symbology && known->length == length &&
            memcmp(known->bytes, text, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The box around the clusters, in pixels of the frame. */
static void outline(Cluster *const *clusters, int count, PosSymbol *symbol)
{
    float least = G_MAXFLOAT, most = 0;
    int first = G_MAXINT, last = 0;
    for (int i = 0; i < count; i++) {
        least = MIN(least, clusters[i]->least);
        most = MAX(most, clusters[i]->most);
        first = MIN(first, clusters[i]->first_line);
        last = MAX(last, clusters[i]->last_line);
    }
    const int along[2] = {(int)lrintf(least), (int)lrintf(most)}, across[2] = {first, last};
    for (int i = 0; i < 4; i++) {
        int a = along[i == 1 || i == 2], b = across[i >= 2];
        symbol->corners[i][0] = clusters[0]->axis == 0 ? a : b;
        symbol->corners[i][1] = clusters[0]->axis == 0 ? b : a;
    }
    symbol->corners_count = 4;
}

static void add_symbol(PosSymbology symbology, const char *text, gsize length,
                       Cluster *const *clusters, int count, GPtrArray *out)
{
    int lines = G_MAXINT;
    for (int i = 0; i < count; i++) {
        clusters[i]->is_used = true;
        lines = MIN(lines, clusters[i]->lines_count);
    }
    if (is_known(out, symbology, text, length)) {
        return;
    }
    PosSymbol *symbol = g_new0(PosSymbol, 1);
    symbol->symbology = symbology;
    symbol->gs1 = true;
    g_strlcpy(symbol->aim, "]e0", sizeof(symbol->aim));
    symbol->bytes = g_strndup(text, length);
    symbol->length = length;
    symbol->strength = LINE_STRENGTH * lines;
    outline(clusters, count, symbol);
    g_ptr_array_add(out, symbol);
}

static bool is_like(const Cluster *a, const Cluster *b)
{
    return a->axis == b->axis &&
           MAX(module(a), module(b)) <= MODULE_RATIO * MIN(module(a), module(b));
}

/* Whether a right half stands where it does beside a left one, or above or below it. */
static bool stands_beside(const Cluster *left, const Cluster *right)
{
    float size = (module(left) + module(right)) / 2;
    float along = (centre(right) - centre(left)) * (left->unit.is_backward ? -1 : 1) / size;
    float across = fabsf(line(right) - line(left)) / size;
    return fabsf(along - APART_MODULES) < PLACE_MODULES && across < APART_MODULES;
}

static bool stands_stacked(const Cluster *left, const Cluster *right)
{
    float size = (module(left) + module(right)) / 2;
    float along = fabsf(centre(right) - centre(left)) / size;
    float across = fabsf(line(right) - line(left)) / size;
    return across < STACK_MODULES && along < PLACE_MODULES + across / 2;
}

/* The best supported reading of two halves whose checksum is right. Returns the votes of its least
 * supported character, 0 when there is none or two are as good. */
static int read_halves(const Cluster *left, const Cluster *right, char out[POS_DATABAR_GTIN_MAX])
{
    const Poll *polls[4] = {&left->polls[0], &left->polls[1], &right->polls[0], &right->polls[1]};
    int counts[4], best = 0, second = 0, combinations = 1;
    for (int i = 0; i < 4; i++) {
        counts[i] = contenders(polls[i]);
        combinations *= counts[i];
    }
    for (int n = 0; n < combinations; n++) {
        int chosen[4], rest = n, votes = G_MAXINT;
        char text[POS_DATABAR_GTIN_MAX];
        for (int i = 0; i < 4; i++) {
            chosen[i] = polls[i]->values[rest % counts[i]];
            votes = MIN(votes, polls[i]->votes[rest % counts[i]]);
            rest /= counts[i];
        }
        PosDatabarHalf a = {left->unit.finder, chosen[0], chosen[1]};
        PosDatabarHalf b = {right->unit.finder, chosen[2], chosen[3]};
        if (!pos_databar_gtin(&a, &b, text)) {
            continue;
        }
        if (votes > best) {
            second = best;
            best = votes;
            memcpy(out, text, sizeof(text));
        } else {
            second = MAX(second, votes);
        }
    }
    return best > second && best >= HALVES_VOTES ? best : 0;
}

/* Pairs of halves, the best supported first; a half is in one symbol. */
static void assemble_halves(GArray *clusters, bool (*stands)(const Cluster *, const Cluster *),
                            GPtrArray *out)
{
    for (;;) {
        Cluster *best[2] = {NULL, NULL};
        int best_votes = 0;
        char best_text[POS_DATABAR_GTIN_MAX] = "", text[POS_DATABAR_GTIN_MAX];
        for (guint l = 0; l < clusters->len; l++) {
            Cluster *left = &g_array_index(clusters, Cluster, l);
            if (left->unit.is_expanded || left->unit.is_right || left->is_used) {
                continue;
            }
            for (guint r = 0; r < clusters->len; r++) {
                Cluster *right = &g_array_index(clusters, Cluster, r);
                if (right->unit.is_expanded || !right->unit.is_right || right->is_used ||
                    right->unit.is_backward != left->unit.is_backward || !is_like(left, right) ||
                    !stands(left, right)) {
                    continue;
                }
                int votes = read_halves(left, right, text);
                if (votes > best_votes) {
                    best_votes = votes;
                    best[0] = left;
                    best[1] = right;
                    memcpy(best_text, text, sizeof(text));
                }
            }
        }
        if (best_votes == 0) {
            return;
        }
        add_symbol(POS_SYMBOLOGY_DATABAR, best_text, strlen(best_text), best, 2, out);
    }
}

/* Lines that agree on the worse read of the first `characters` characters. */
static int support(const Cluster *cluster, int characters)
{
    int votes = G_MAXINT;
    for (int i = 0; i < characters; i++) {
        votes = MIN(votes, contenders(&cluster->polls[i]) > 0 ? cluster->polls[i].votes[0] : 0);
    }
    return votes;
}

/* How well a cluster fits as the segment after `before` of the symbol that begins with `anchor`. */
static float fitness(const Cluster *cluster, const Cluster *anchor, const Cluster *before,
                     int characters)
{
    float size = module(anchor);
    float ratio = MIN(module(cluster), size) / MAX(module(cluster), size);
    float along = fabsf(centre(cluster) - centre(before)) / size - SEGMENT_MODULES;
    float across = fabsf(line(cluster) - line(before)) / size;
    bool is_beside = fabsf(along) < PLACE_MODULES && across < SEGMENT_MODULES / 2;
    return (float)support(cluster, characters) * ratio * ratio * ratio * ratio *
           (is_beside ? 2.0F : 1.0F);
}

/* The segment with this finder pattern that fits best of those near enough to be of one symbol with
 * `anchor`; NULL when none was read. */
static Cluster *find_segment(const GArray *clusters, const Cluster *anchor, const Cluster *before,
                             int finder, int segments, int characters)
{
    Cluster *best = NULL;
    float best_fitness = 0;
    float reach = SEGMENT_MODULES * (float)segments * module(anchor);
    for (guint i = 0; i < clusters->len; i++) {
        Cluster *cluster = &g_array_index(clusters, Cluster, i);
        if (cluster->unit.is_expanded && cluster->unit.finder == finder && !cluster->is_used &&
            is_like(cluster, anchor) && fabsf(centre(cluster) - centre(anchor)) < reach &&
            fabsf(line(cluster) - line(anchor)) < reach &&
            fitness(cluster, anchor, before, characters) > best_fitness) {
            best = cluster;
            best_fitness = fitness(cluster, anchor, before, characters);
        }
    }
    return best;
}

/* The symbol whose first segment is `anchor`, its check character taken to be `check`. */
static bool assemble_segments(const GArray *clusters, Cluster *anchor, int check, GPtrArray *out)
{
    int sequence[POS_DATABAR_SEGMENTS_MAX], characters[POS_DATABAR_CHARACTERS_MAX] = {check};
    Cluster *chosen[POS_DATABAR_SEGMENTS_MAX] = {anchor};
    const Poll *polls[POS_DATABAR_CHARACTERS_MAX];
    int count = pos_databar_characters_count(check), segments = (count + 1) / 2;
    char text[POS_DATABAR_TEXT_MAX];
    gsize length = 0;
    if (count == 0 || contenders(&anchor->polls[1]) == 0) {
        return false;
    }
    pos_databar_sequence(segments, sequence);
    for (int i = 0; i < count; i++) {
        if (i % 2 == 0 && i > 0) {
            chosen[i / 2] = find_segment(clusters, anchor, chosen[i / 2 - 1], sequence[i / 2],
                                         segments, MIN(count - i, 2));
        }
        if (chosen[i / 2] == NULL) {
            return false;
        }
        polls[i] = &chosen[i / 2]->polls[i % 2];
        characters[i] = i == 0 ? check : polls[i]->values[0];
    }
    bool is_read = pos_databar_message(characters, count, text, &length);
    /* One character may be the second best supported. */
    for (int i = 1; i < count && !is_read; i++) {
        for (int n = 1; n < contenders(polls[i]) && !is_read; n++) {
            characters[i] = polls[i]->values[n];
            is_read = pos_databar_message(characters, count, text, &length);
        }
        characters[i] = is_read ? characters[i] : polls[i]->values[0];
    }
    if (is_read) {
        add_symbol(POS_SYMBOLOGY_DATABAR_EXP, text, length, chosen, segments, out);
    }
    return is_read;
}

void pos_scan_databar_assemble(const GArray *seen, GPtrArray *out)
{
    g_autoptr(GArray) clusters = make_clusters(seen);
    assemble_halves(clusters, stands_beside, out);
    assemble_halves(clusters, stands_stacked, out);
    for (guint i = 0; i < clusters->len; i++) {
        Cluster *anchor = &g_array_index(clusters, Cluster, i);
        if (!anchor->unit.is_expanded || anchor->unit.finder != 0) {
            continue;
        }
        const Poll *poll = &anchor->polls[0];
        for (int n = 0; n < contenders(poll); n++) {
            if (assemble_segments(clusters, anchor, poll->values[n], out)) {
                break;
            }
        }
    }
}
