/* SPDX-License-Identifier: GPL-3.0-or-later
 * The corpora of tests/fuzz/corpus through their properties, each file as it is, cut at several
 * places and with single bytes changed: what a fuzzer once found stays found where there is no
 * fuzzer. test-fuzz-corpus [ROUNDS [SEED]]: other numbers of changes, for long campaigns. */
#include "tests/fuzz/properties.h"

#include <string.h>

typedef struct {
    const char *name;
    void (*check)(const uint8_t *data, gsize size);
    int share; /* of the rounds: a frame costs a hundred times a message */
} Property;

static const Property properties[] = {
    {"gs1", gs1_property_check, 16},         {"link", link_property_check, 16},
    {"rcn", rcn_property_check, 16},         {"frame", frame_property_check, 1},
    {"picture", picture_property_check, 2},  {"scale", scale_property_check, 16},
    {"databar", databar_property_check, 16}, {"line", line_property_check, 4},
};

static int rounds = 20;
static guint32 seed = 20261124;

static char *corpus_folder(const char *name)
{
    const char *root = g_getenv("COSTER_SOURCE_ROOT");
    return g_build_filename(root != NULL ? root : ".", "tests", "fuzz", "corpus", name, NULL);
}

static void check_changed(const Property *property, GRand *random, const char *data, gsize size)
{
    for (int round = 0; round < rounds * property->share; round++) {
        g_autofree char *copy = g_memdup2(data, MAX(size, 1));
        gsize length = (gsize)g_rand_int_range(random, 0, 3) > 0
                           ? size
                           : (gsize)g_rand_int_range(random, 0, (gint32)size + 1);
        for (int n = g_rand_int_range(random, 0, 4); n > 0 && length > 0; n--) {
            gsize at = (gsize)g_rand_int_range(random, 0, (gint32)length);
            copy[at] =
                (char)(g_rand_boolean(random) ? g_rand_int_range(random, 0, 256)
                                              : copy[at] ^ 1 << g_rand_int_range(random, 0, 8));
        }
        property->check((const uint8_t *)copy, length);
    }
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void test_corpus(gconstpointer data)
{
    const Property *property = data;
    g_autofree char *folder = corpus_folder(property->name);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) files = g_dir_open(folder, 0, &error);
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_assert_no_error(error);
    for (const char *name; (name = g_dir_read_name(files)) != NULL;) {
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    g_assert_cmpuint(names->len, >, 0);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        g_autofree char *content = NULL;
        gsize size = 0;
        g_assert_true(g_file_get_contents(path, &content, &size, NULL));
        g_test_message("%s", path);
        property->check((const uint8_t *)content, size);
        check_changed(property, random, content, size);
    }
}

/* A broken picture may make gdk-pixbuf complain of itself; nobody else may complain. */
static void on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer unused)
{
    g_assert_cmpstr(domain, ==, "GdkPixbuf");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR);
    g_log_set_default_handler(on_log, NULL);
    if (argc > 1) {
        rounds = (int)g_ascii_strtoll(argv[1], NULL, 10);
    }
    if (argc > 2) {
        seed = (guint32)g_ascii_strtoull(argv[2], NULL, 10);
    }
    g_assert_cmpint(rounds, >, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(properties); i++) {
        g_autofree char *path = g_strdup_printf(
            "/fuzz/%s/the_corpus_and_its_neighbours_keep_the_property", properties[i].name);
        g_test_add_data_func(path, &properties[i], test_corpus);
    }
    return g_test_run();
}
