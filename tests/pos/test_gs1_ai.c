/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/gs1_ai.c against the GS1 Barcode Syntax Dictionary itself, entry by entry. */
#include "pos/gs1_ai.h"
#include "tests/support/vectors.h"

#include <string.h>

#define DICTIONARY "gs1/gs1-syntax-dictionary.txt"
#define AI_DIGITS_MAX 4

/* One line of the dictionary, taken apart. */
typedef struct {
    char *from, *to;
    bool predefined, attribute;
    GPtrArray *parts;    /* of char *: "N3,iso4217" */
    GPtrArray *requires; /* of char *: the lists of req= */
    char *excludes;      /* nullable */
    char *key;           /* nullable; "" is dlpkey alone */
    char *title;
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;
    g_free(entry->from);
    g_free(entry->to);
    g_ptr_array_unref(entry->parts);
    g_ptr_array_unref(entry->requires);
    g_free(entry->excludes);
    g_free(entry->key);
    g_free(entry->title);
    g_free(entry);
}

static bool is_part(const char *word)
{
    return word[0] == '[' || (strchr("NXYZ", word[0]) != NULL && word[0] != '\0' &&
                              (word[1] == '.' || g_ascii_isdigit(word[1])));
}

static void take_word(Entry *entry, const char *word)
{
    if (entry->from == NULL) {
        const char *dash = strchr(word, '-');
        entry->from = dash != NULL ? g_strndup(word, (gsize)(dash - word)) : g_strdup(word);
        entry->to = g_strdup(dash != NULL ? dash + 1 : word);
    } else if (g_str_has_prefix(word, "req=")) {
        g_ptr_array_add(entry->requires, g_strdup(word + 4));
    } else if (g_str_has_prefix(word, "ex=")) {
        g_assert_null(entry->excludes);
        entry->excludes = g_strdup(word + 3);
    } else if (g_str_has_prefix(word, "dlpkey")) {
        g_assert_null(entry->key);
        entry->key = g_strdup(word[6] == '=' ? word + 7 : "");
    } else if (is_part(word)) {
        g_ptr_array_add(entry->parts, g_strdup(word));
    } else {
        g_assert_cmpuint(strspn(word, "*?"), ==, strlen(word));
        entry->predefined = strchr(word, '*') != NULL;
        entry->attribute = strchr(word, '?') != NULL;
    }
}

/* NULL for a line without an AI. */
static Entry *entry_read(const char *line)
{
    g_auto(GStrv) halves = g_strsplit(line, "#", 2);
    if (halves[0] == NULL || *g_strstrip(halves[0]) == '\0') {
        return NULL;
    }
    Entry *entry = g_new0(Entry, 1);
    entry->parts = g_ptr_array_new_with_free_func(g_free);
    entry->requires = g_ptr_array_new_with_free_func(g_free);
    entry->title = g_strdup(halves[1] != NULL ? g_strstrip(halves[1]) : "");
    g_auto(GStrv) words = g_strsplit_set(halves[0], " \t", -1);
    for (char **word = words; *word != NULL; word++) {
        if (**word != '\0') {
            take_word(entry, *word);
        }
    }
    return entry;
}

/* NULL after saying that the test is skipped. */
static GPtrArray *dictionary_read(void)
{
    g_autofree char *path = vectors_outside_path(DICTIONARY);
    g_autofree char *text = NULL;
    if (path == NULL) {
        g_test_skip("COSTER_TEST_DATA is unset: the dictionary is not there");
        return NULL;
    }
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        Entry *entry = entry_read(*line);
        if (entry != NULL) {
            g_ptr_array_add(entries, entry);
        }
    }
    g_assert_cmpuint(entries->len, >, 200);
    return entries;
}

static const Entry *dictionary_find(const GPtrArray *dictionary, const char *ai)
{
    for (guint i = 0; i < dictionary->len; i++) {
        const Entry *entry = g_ptr_array_index(dictionary, i);
        if (strlen(ai) == strlen(entry->from) && strcmp(ai, entry->from) >= 0 &&
            strcmp(ai, entry->to) <= 0) {
            return entry;
        }
    }
    return NULL;
}

/* "[N..12],a,b" against the component that our table gives. */
static void check_part(const char *text, const PosGs1Part *part)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    char *type = words[0];
    bool optional = type[0] == '[';
    if (optional) {
        g_assert_true(g_str_has_suffix(type, "]"));
        type[strlen(type) - 1] = '\0';
        type++;
    }
    bool variable = g_str_has_prefix(type + 1, "..");
    guint64 max = g_ascii_strtoull(type + (variable ? 3 : 1), NULL, 10);
    g_assert_cmpint(part->optional, ==, optional);
    g_assert_cmpint(part->cset, ==, type[0]);
    g_assert_cmpuint(part->max, ==, max);
    g_assert_cmpuint(part->min, ==, variable ? 1 : max);
    for (gsize i = 0; i < G_N_ELEMENTS(part->lints); i++) {
        const char *name = i < g_strv_length(words) - 1 ? words[i + 1] : NULL;
        PosGs1Lint lint = name != NULL ? pos_gs1_lint_from_name(name, strlen(name)) : POS_LINT_NONE;
        g_assert_cmpint(part->lints[i], ==, lint);
    }
    g_assert_cmpuint(g_strv_length(words) - 1, <=, G_N_ELEMENTS(part->lints));
}

static void check_entry(const Entry *entry, const PosGs1Ai *ours)
{
    PosGs1Part parts[POS_GS1_AI_PARTS];
    g_assert_cmpint(ours->predefined, ==, entry->predefined);
    g_assert_cmpint(ours->attribute, ==, entry->attribute);
    g_assert_cmpuint(pos_gs1_ai_parts(ours, parts), ==, entry->parts->len);
    for (guint i = 0; i < entry->parts->len; i++) {
        check_part(g_ptr_array_index(entry->parts, i), &parts[i]);
    }
    g_assert_cmpuint(entry->requires->len, <=, G_N_ELEMENTS(ours->req));
    for (guint i = 0; i < G_N_ELEMENTS(ours->req); i++) {
        g_assert_cmpstr(ours->req[i], ==,
                        i < entry->requires->len ? g_ptr_array_index(entry->requires, i) : NULL);
    }
    g_assert_cmpstr(ours->ex, ==, entry->excludes);
    g_assert_cmpstr(ours->key, ==, entry->key);
    g_assert_cmpstr(ours->title, ==, entry->title);
}

/* Every number of two to four digits: in both with the same facts, or in neither. */
static void test_table(void)
{
    g_autoptr(GPtrArray) dictionary = dictionary_read();
    guint known = 0;
    for (gsize digits = 2, limit = 100; dictionary != NULL && digits <= AI_DIGITS_MAX;
         digits++, limit *= 10) {
        for (gsize number = 0; number < limit; number++) {
            g_autofree char *ai = g_strdup_printf("%0*" G_GSIZE_FORMAT, (int)digits, number);
            const Entry *entry = dictionary_find(dictionary, ai);
            const PosGs1Ai *ours = pos_gs1_ai_find(ai, digits);
            if ((entry == NULL) != (ours == NULL)) {
                g_test_message("AI %s is in one of the two only", ai);
                g_test_fail();
            } else if (entry != NULL) {
                g_test_message("AI %s", ai);
                check_entry(entry, ours);
                known++;
            }
        }
    }
    g_assert_true(dictionary == NULL || known > 500);
}

/* An element string is readable only because the first two digits tell how long an AI is. */
static void test_lengths(void)
{
    gsize lengths[100] = {0};
    for (gsize digits = 2, limit = 100; digits <= AI_DIGITS_MAX; digits++, limit *= 10) {
        for (gsize number = 0; number < limit; number++) {
            g_autofree char *ai = g_strdup_printf("%0*" G_GSIZE_FORMAT, (int)digits, number);
            if (pos_gs1_ai_find(ai, digits) == NULL) {
                continue;
            }
            gsize found = 0, *length = &lengths[(ai[0] - '0') * 10 + (ai[1] - '0')];
            g_test_message("AI %s", ai);
            g_assert_true(*length == 0 || *length == digits);
            *length = digits;
            g_autofree char *data = g_strconcat(ai, "0000", NULL);
            g_assert_true(pos_gs1_ai_prefix(data, strlen(data), &found) ==
                          pos_gs1_ai_find(ai, digits));
            g_assert_cmpuint(found, ==, digits);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/gs1_ai/every_entry_is_the_dictionarys", test_table);
    g_test_add_func("/pos/gs1_ai/two_digits_tell_an_ais_length", test_lengths);
    return g_test_run();
}
