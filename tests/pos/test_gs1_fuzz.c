/* SPDX-License-Identifier: GPL-3.0-or-later
 * Seeded mutations of the GS1 vectors, thousands of them: nothing crashes, the input stays as it
 * was, every field keeps its bounds, and what is valid reads the same when written out again
 * (tests/fuzz/gs1_property.c). test-pos-gs1_fuzz [ROUNDS [SEED]]: other rounds, for long campaigns. */
#include "tests/fuzz/properties.h"
#include "tests/support/vectors.h"

#include <string.h>

typedef struct {
    int rounds;
    guint32 seed;
} Campaign;

/* Pieces that matter to the grammar. */
static const char *const pieces[] = {
    "\x1d",       "(",      ")",        "\\(",     "(01)",     "(10)",
    "(17)",       "(3103)", "(8110)",   "]C1",     "]Q3",      "]Q1",
    "]E0",        "/",      "//",       "?",       "&",        "=",
    "#",          "%",      "%2F",      "%00",     "%zz",      "/01/",
    "/10/",       "/21/",   "https://", "HTTP://", "17261131", "0108801234567893",
    "3103000450", "8008",   "91",       "99",      "7003",     "423",
    "-",          "_",      "~",        "\r\n",    "\xff",     "\xc3\xa9",
};

static void mutate(GRand *random, GString *text)
{
    guint at = (guint)g_rand_int_range(random, 0, (gint32)text->len + 1);
    gsize count = (gsize)g_rand_int_range(random, 1, 6);
    switch (g_rand_int_range(random, 0, 7)) {
    case 0:
        g_string_insert(text, at, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        break;
    case 1:
        g_string_insert_c(text, at, (char)g_rand_int_range(random, 0, 256));
        break;
    case 2:
        g_string_truncate(text, at);
        break;
    case 3:
        g_string_erase(text, at, (gssize)MIN(text->len - at, count));
        break;
    case 4:
        if (at < text->len) {
            text->str[at] = (char)g_rand_int_range(random, 0, 256);
        }
        break;
    case 5:
        if (at < text->len) {
            text->str[at] = (char)('0' + g_rand_int_range(random, 0, 10));
        }
        break;
    default: {
        g_autofree char *tail = g_memdup2(text->str + at, text->len - at + 1);
        g_string_append_len(text, tail, (gssize)MIN(text->len - at, 400));
        break;
    }
    }
}

static void test_mutations(gconstpointer user)
{
    const Campaign *campaign = user;
    g_autofree char *path = vectors_path("gs1/grocery-sample.csv");
    Vectors *vectors = vectors_read(path);
    g_autoptr(GRand) random = g_rand_new_with_seed(campaign->seed);
    for (int round = 0; round < campaign->rounds; round++) {
        gsize length = 0;
        guint row = (guint)g_rand_int_range(random, 0, (gint32)vectors->rows->len);
        g_autofree char *input = vectors_unescape(vectors_cell(vectors, row, "input"), &length);
        g_autoptr(GString) text = g_string_new_len(input, (gssize)length);
        for (int n = g_rand_int_range(random, 0, 4); n > 0; n--) {
            mutate(random, text);
        }
        gs1_property_check((const uint8_t *)text->str, text->len);
    }
    vectors_free(vectors);
}

static void test_noise(gconstpointer user)
{
    const Campaign *campaign = user;
    g_autoptr(GRand) random = g_rand_new_with_seed(~campaign->seed);
    for (int round = 0; round < campaign->rounds / 4; round++) {
        uint8_t data[256];
        gsize size = (gsize)g_rand_int_range(random, 0, sizeof(data));
        for (gsize i = 0; i < size; i++) {
            data[i] = (uint8_t)g_rand_int_range(random, 0, 256);
        }
        gs1_property_check(data, size);
    }
}

/* Every pair of AI and a value of digits of every length that fits into a message. */
static void test_every_ai(void)
{
    for (int ai = 0; ai < 10000; ai++) {
        for (int digits = 2; digits <= 4; digits++) {
            g_autofree char *text = g_strdup_printf("(%0*d)%s", digits, ai, "9521234543213");
            if (ai < 100 || digits > 2) {
                gs1_property_check((const uint8_t *)text, strlen(text));
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    Campaign campaign = {
        .rounds = argc > 1 ? (int)g_ascii_strtoll(argv[1], NULL, 10) : 20000,
        .seed = argc > 2 ? (guint32)g_ascii_strtoull(argv[2], NULL, 10) : 20261122,
    };
    g_assert_cmpint(campaign.rounds, >, 0);
    g_test_add_data_func("/pos/gs1/mutated_vectors_keep_the_properties", &campaign, test_mutations);
    g_test_add_data_func("/pos/gs1/noise_keeps_the_properties", &campaign, test_noise);
    g_test_add_func("/pos/gs1/every_ai_keeps_the_properties", test_every_ai);
    return g_test_run();
}
