/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the grammar of GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax): where the
 * path's key begins, in which order its qualifiers stand, what the query may hold; and the
 * canonical link that goes onto tags. Pure. */
#include "pos/gs1_link.h"
#include "pos/gs1_element.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PATH_AIS_MAX 8 /* more than any key has qualifiers */

static const char uri_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    "-._~:/?#[]@!$&'()*+,;=%";
static const char not_in_host[] = "_~?#@!$&'()*+,;=%";

/* Part of the text. */
typedef struct {
    const char *at;
    gsize length;
} Slice;

/* The AIs of the path from its key on. */
typedef struct {
    char ais[PATH_AIS_MAX][5];
    gsize count;
} PathSequence;

static bool holds_only(const char *data, gsize length, const char *set)
{
    for (gsize i = 0; i < length; i++) {
        if (data[i] == '\0' || strchr(set, data[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Percent sequences to bytes; '+' is a blank in the query only. False for NUL and for more than a
 * value holds. What is no percent sequence stays as it is. */
static bool unescape(Slice in, bool is_query, char *out, gsize out_size, gsize *out_length)
{
    gsize length = 0;
    for (gsize i = 0; i < in.length; i++) {
        char c = in.at[i];
        if (c == '%' && i + 2 < in.length && g_ascii_isxdigit(in.at[i + 1]) &&
            g_ascii_isxdigit(in.at[i + 2])) {
            c = (char)(g_ascii_xdigit_value(in.at[i + 1]) * 16 +
                       g_ascii_xdigit_value(in.at[i + 2]));
            i += 2;
            if (c == '\0') {
                return false;
            }
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        if (length == out_size) {
            return false;
        }
        out[length++] = c;
    }
    *out_length = length;
    return true;
}

/* Scheme and host; the path with its first slash, the query without its mark. The fragment is
 * dropped. */
static bool split(const char *text, gsize length, Slice *path, Slice *query)
{
    gsize scheme = 0;
    static const char *const schemes[] = {"https://", "HTTPS://", "http://", "HTTP://"};
    for (gsize i = 0; i < G_N_ELEMENTS(schemes) && scheme == 0; i++) {
        if (length >= strlen(schemes[i]) && memcmp(text, schemes[i], strlen(schemes[i])) == 0) {
            scheme = strlen(schemes[i]);
        }
    }
    if (scheme == 0 || !holds_only(text, length, uri_characters)) {
        return false;
    }
    const char *host = text + scheme;
    const char *end = text + length;
    const char *slash = memchr(host, '/', (gsize)(end - host));
    if (slash == NULL || slash == host) {
        return false;
    }
    for (const char *c = host; c < slash; c++) {
        if (strchr(not_in_host, *c) != NULL) {
            return false;
        }
    }
    const char *fragment = memchr(slash, '#', (gsize)(end - slash));
    end = fragment != NULL ? fragment : end;
    const char *mark = memchr(slash, '?', (gsize)(end - slash));
    *path = (Slice){slash, (gsize)((mark != NULL ? mark : end) - slash)};
    *query = mark != NULL ? (Slice){mark + 1, (gsize)(end - mark - 1)} : (Slice){end, 0};
    return true;
}

static const char *last_slash(const char *from, const char *end)
{
    while (end > from) {
        if (*--end == '/') {
            return end;
        }
    }
    return NULL;
}

/* Walks "/AI/value" pairs from the right until a key; NULL when a pair is none or there is no key.
 */
static const char *find_key(Slice path)
{
    const char *end = path.at + path.length;
    for (;;) {
        const char *value = last_slash(path.at, end);
        const char *ai = value != NULL ? last_slash(path.at, value) : NULL;
        if (ai == NULL) {
            return NULL;
        }
        const PosGs1Ai *entry = pos_gs1_ai_find(ai + 1, (gsize)(value - ai - 1));
        if (entry == NULL) {
            return NULL;
        }
        if (entry->key != NULL) {
            return ai;
        }
        end = ai;
    }
}

/* True when the qualifiers after the key keep the order of one of the key's alternatives; each may
 * be left out. */
static bool sequence_is_valid(const PathSequence *sequence)
{
    const PosGs1Ai *key = pos_gs1_ai_find(sequence->ais[0], strlen(sequence->ais[0]));
    if (key == NULL || key->key == NULL) {
        return false;
    }
    const char *alternative = key->key;
    do {
        gsize length = strcspn(alternative, "|");
        const char *stop = alternative + length;
        gsize matched = 1;
        for (const char *item = alternative; item < stop;) {
            gsize item_length = strcspn(item, ",|");
            if (matched < sequence->count &&
                pos_gs1_ai_matches(sequence->ais[matched], item, item_length)) {
                matched++;
            }
            item += item_length + (item[item_length] == ',' ? 1 : 0);
        }
        if (matched == sequence->count) {
            return true;
        }
        alternative = stop + (*stop == '|' ? 1 : 0);
    } while (*alternative != '\0');
    return false;
}

/* True when the AI could have stood in the path behind the key. */
static bool belongs_in_path(const PathSequence *sequence, const char *ai)
{
    for (gsize at = 1; at <= sequence->count && sequence->count < PATH_AIS_MAX; at++) {
        PathSequence trial = {.count = sequence->count + 1};
        memcpy(trial.ais[0], sequence->ais[0], at * sizeof(trial.ais[0]));
        g_strlcpy(trial.ais[at], ai, sizeof(trial.ais[at]));
        memcpy(trial.ais[at + 1], sequence->ais[at], (sequence->count - at) * sizeof(trial.ais[0]));
        if (sequence_is_valid(&trial)) {
            return true;
        }
    }
    return false;
}

static bool add_value(PosGs1Message *out, Slice ai, Slice raw, bool is_query, int this_year)
{
    char value[POS_BOUND_GS1_VALUE_BYTES];
    gsize length = 0;
    if (!unescape(raw, is_query, value, sizeof(value), &length)) {
        return pos_gs1_refuse(out, _("AI (%.*s): the value is too long or holds a NUL."),
                              (int)ai.length, ai.at);
    }
    return pos_gs1_element_add(out, ai.at, ai.length, value, length, this_year);
}

static bool read_path(const char *key, const char *end, int this_year, PosGs1Message *out,
                      PathSequence *sequence)
{
    for (const char *at = key; at < end;) {
        const char *ai = at + 1;
        const char *value = (const char *)memchr(ai, '/', (gsize)(end - ai)) + 1;
        const char *next = memchr(value, '/', (gsize)(end - value));
        next = next != NULL ? next : end;
        Slice ai_slice = {ai, (gsize)(value - 1 - ai)};
        if (sequence->count == PATH_AIS_MAX) {
            return pos_gs1_refuse(out, _("The path of the link holds too many AIs."));
        }
        if (!add_value(out, ai_slice, (Slice){value, (gsize)(next - value)}, false, this_year)) {
            return false;
        }
        char *digits = sequence->ais[sequence->count++];
        memcpy(digits, ai, ai_slice.length);
        at = next;
    }
    return sequence_is_valid(sequence) ||
           pos_gs1_refuse(
               out,
               _("The AIs in the path of the link are not a key and its qualifiers in order."));
}

/* One "AI=value" of the query; other parameters are none of ours. */
static bool read_parameter(Slice parameter, int this_year, const PathSequence *sequence,
                           PosGs1Message *out)
{
    const char *equals = memchr(parameter.at, '=', parameter.length);
    gsize ai_length = equals != NULL ? (gsize)(equals - parameter.at) : 0;
    if (ai_length == 0 || !holds_only(parameter.at, ai_length, "0123456789")) {
        return true;
    }
    const PosGs1Ai *entry = pos_gs1_ai_find(parameter.at, ai_length);
    char ai[5] = {0};
    if (entry == NULL) {
        return pos_gs1_refuse(out, _("A parameter of the link is a number and no known AI."));
    }
    memcpy(ai, parameter.at, ai_length);
    if (pos_gs1_value(out, ai) != NULL) {
        return pos_gs1_refuse(out, _("AI (%s) stands twice in the link."), ai);
    }
    if (!entry->attribute || belongs_in_path(sequence, ai)) {
        return pos_gs1_refuse(out, _("AI (%s) may not stand behind the ? of a link."), ai);
    }
    Slice value = {equals + 1, parameter.length - ai_length - 1};
    return add_value(out, (Slice){parameter.at, ai_length}, value, true, this_year);
}

bool pos_gs1_link_read(const char *text, gsize length, int this_year, PosGs1Message *out)
{
    Slice path, query;
    PathSequence sequence = {0};
    if (!split(text, length, &path, &query)) {
        return pos_gs1_refuse(out, _("This is no web address that a GS1 Digital Link could have."));
    }
    const char *key = find_key(path);
    if (key == NULL) {
        return pos_gs1_refuse(out, _("There is no GS1 key in the path of the link."));
    }
    if (!read_path(key, path.at + path.length, this_year, out, &sequence)) {
        return false;
    }
    const char *end = query.at + query.length;
    gsize parameters = 0;
    for (const char *at = query.at; at < end;) {
        const char *amp = memchr(at, '&', (gsize)(end - at));
        const char *stop = amp != NULL ? amp : end;
        if (stop > at) {
            if (sequence.count + ++parameters > POS_BOUND_GS1_ELEMENTS) {
                return pos_gs1_refuse(out, _("The link holds more than %d parameters."),
                                      POS_BOUND_GS1_ELEMENTS);
            }
            if (!read_parameter((Slice){at, (gsize)(stop - at)}, this_year, &sequence, out)) {
                return false;
            }
        }
        at = amp != NULL ? amp + 1 : end;
    }
    return pos_gs1_element_associate(out);
}

static void append_escaped(GString *link, const char *value)
{
    g_string_append_uri_escaped(link, value, NULL, FALSE);
}

static void append_path_pair(GString *link, const char *ai, const char *value)
{
    g_string_append_printf(link, "/%s/", ai);
    append_escaped(link, value);
}

#define ONLY_IN_PATH 16 /* outweighs all qualifiers that could stand in the query too */

/* How much a qualifier speaks for its alternative: not at all when the message has none; most when
 * it may stand nowhere else. */
static gsize weight_of(const PosGs1Message *message, const char *ai)
{
    if (pos_gs1_value(message, ai) == NULL) {
        return 0;
    }
    return pos_gs1_ai_find(ai, strlen(ai))->attribute ? 1 : ONLY_IN_PATH;
}

/* The alternative of a key that places most of the message's qualifiers. Borrowed from the table. */
static const char *best_alternative(const PosGs1Message *message, const char *alternatives,
                                    gsize *out_length)
{
    const char *best = alternatives;
    gsize best_count = 0;
    *out_length = strcspn(alternatives, "|");
    for (const char *at = alternatives; *at != '\0';) {
        gsize length = strcspn(at, "|"), count = 0;
        for (const char *item = at; item < at + length;) {
            char ai[5] = {0};
            gsize item_length = strcspn(item, ",|");
            memcpy(ai, item, MIN(item_length, sizeof(ai) - 1));
            count += weight_of(message, ai);
            item += item_length + (item[item_length] == ',' ? 1 : 0);
        }
        if (count > best_count) {
            best = at;
            best_count = count;
            *out_length = length;
        }
        at += length + (at[length] == '|' ? 1 : 0);
    }
    return best;
}

static int compare_elements(gconstpointer a, gconstpointer b)
{
    const PosGs1Element *const *x = a, *const *y = b;
    return strcmp((*x)->ai, (*y)->ai);
}

static void append_attributes(GString *link, const PosGs1Message *message, const char *path_ais)
{
    g_autoptr(GPtrArray) attributes = g_ptr_array_new();
    for (gsize i = 0; i < message->elements_count; i++) {
        g_autofree char *word = g_strdup_printf(" %s ", message->elements[i].ai);
        if (strstr(path_ais, word) == NULL) {
            g_ptr_array_add(attributes, (gpointer)&message->elements[i]);
        }
    }
    g_ptr_array_sort(attributes, compare_elements);
    for (guint i = 0; i < attributes->len; i++) {
        const PosGs1Element *element = g_ptr_array_index(attributes, i);
        g_string_append_printf(link, "%c%s=", i == 0 ? '?' : '&', element->ai);
        append_escaped(link, element->value);
    }
}

/* A key, and of its qualifiers those that stand in the path: "22,10,21", borrowed from the table. */
typedef struct {
    const PosGs1Element *key;
    const char *qualifiers;
    gsize qualifiers_length;
} Plan;

/* The AIs of the path with blanks around each. Owned. */
static GString *path_ais(const Plan *plan)
{
    GString *ais = g_string_new(NULL);
    g_string_append_printf(ais, " %s ", plan->key->ai);
    g_auto(GStrv) words = g_strsplit_set(plan->qualifiers, ",|", -1);
    for (gsize i = 0, at = 0; words[i] != NULL && at < plan->qualifiers_length; i++) {
        g_string_append_printf(ais, " %s ", words[i]);
        at += strlen(words[i]) + 1;
    }
    return ais;
}

/* True when all that is not in the path may stand in the query. */
static bool places_all(const PosGs1Message *message, const Plan *plan)
{
    GString *ais = path_ais(plan);
    bool ok = true;
    for (gsize i = 0; i < message->elements_count && ok; i++) {
        const char *ai = message->elements[i].ai;
        g_autofree char *word = g_strdup_printf(" %s ", ai);
        ok = strstr(ais->str, word) != NULL || pos_gs1_ai_find(ai, strlen(ai))->attribute;
    }
    g_string_free(ais, TRUE);
    return ok;
}

/* The first key beside which all else has a place, or simply the first. False without any key. */
static bool make_plan(const PosGs1Message *message, Plan *out)
{
    bool found = false;
    for (gsize i = 0; i < message->elements_count; i++) {
        Plan plan = {.key = &message->elements[i]};
        const PosGs1Ai *entry = pos_gs1_ai_find(plan.key->ai, strlen(plan.key->ai));
        if (entry == NULL || entry->key == NULL) {
            continue;
        }
        plan.qualifiers = best_alternative(message, entry->key, &plan.qualifiers_length);
        bool is_whole = places_all(message, &plan);
        if (is_whole || !found) {
            *out = plan;
        }
        if (is_whole) {
            return true;
        }
        found = true;
    }
    return found;
}

char *pos_gs1_link_canonical(const PosGs1Message *message, const char *base)
{
    Plan plan;
    if (!make_plan(message, &plan)) {
        return NULL;
    }
    GString *link = g_string_new(base);
    append_path_pair(link, plan.key->ai, plan.key->value);
    const char *end = plan.qualifiers + plan.qualifiers_length;
    for (const char *item = plan.qualifiers; item < end;) {
        char ai[5] = {0};
        gsize length = strcspn(item, ",|");
        memcpy(ai, item, MIN(length, sizeof(ai) - 1));
        const char *value = pos_gs1_value(message, ai);
        if (value != NULL) {
            append_path_pair(link, ai, value);
        }
        item += length + (item[length] == ',' ? 1 : 0);
    }
    GString *ais = path_ais(&plan);
    append_attributes(link, message, ais->str);
    g_string_free(ais, TRUE);
    return g_string_free(link, FALSE);
}

static void append_date(GString *link, char mark, const char *ai, PosDate date)
{
    int year, month, day;
    pos_date_to_ymd(date, &year, &month, &day);
    g_string_append_printf(link, "%c%s=%02d%02d%02d", mark, ai, year % 100, month, day);
}

char *pos_gs1_link(const char *base, const char *gtin, const char *lot, PosDate best_before,
                   PosDate use_by)
{
    GString *link = g_string_new(base);
    g_string_append_printf(link, "/01/%s", gtin);
    if (lot != NULL && *lot != '\0') {
        g_string_append(link, "/10/");
        append_escaped(link, lot);
    }
    char mark = '?';
    if (best_before.days != 0) {
        append_date(link, mark, "15", best_before);
        mark = '&';
    }
    if (use_by.days != 0) {
        append_date(link, mark, "17", use_by);
    }
    return g_string_free(link, FALSE);
}
