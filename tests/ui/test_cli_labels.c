/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests ui/cli_labels.c on a terminal's folder, beside an open till. */
#include "tests/pos/store_fixture.h"
#include "ui/cli.h"
#include "ui/cli_labels.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    StoreFixture store;
    char *out; /* a folder for what is written */
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    store_fixture_set_up(&fixture->store);
    store_fixture_feed_small(fixture->store.store);
    fixture->out = g_dir_make_tmp("coster-labels-XXXXXX", NULL);
    g_assert_nonnull(fixture->out);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    store_fixture_remove(fixture->out);
    g_free(fixture->out);
    store_fixture_tear_down(&fixture->store);
}

/* What a command says must not get between the lines of the test's own protocol. */
static void swallow(const char *text)
{
}

/* Runs with --data and what is given, to NULL. */
static int run(Fixture *fixture, ...)
{
    char *argv[16] = {(char *)"labels", (char *)"--data", fixture->store.dir};
    int argc = 3;
    va_list arguments;
    va_start(arguments, fixture);
    for (char *argument; (argument = va_arg(arguments, char *)) != NULL;) {
        argv[argc++] = argument;
    }
    va_end(arguments);
    GPrintFunc before = g_set_print_handler(swallow);
    int status = cli_labels_run(argc, argv);
    g_set_print_handler(before);
    return status;
}

static unsigned count_files(const char *folder)
{
    unsigned count = 0;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(dir) != NULL) {
        count++;
    }
    return count;
}

static bool has_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void test_sheet(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(fixture->out, "tags.pdf", NULL);
    g_autofree char *text = NULL;
    g_assert_cmpint(run(fixture, "--out", path, NULL), ==, UI_CLI_OK);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "%PDF-"));
    g_assert_cmpuint(count_files(fixture->out), ==, 1);
}

static void test_pictures(Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint(run(fixture, "--png", fixture->out, "--dpi=203", "--language", "en", NULL), ==,
                    UI_CLI_OK);
    g_assert_true(has_file(fixture->out, FIXTURE_APPLE "_A.png"));
    g_assert_true(has_file(fixture->out, FIXTURE_APPLE "_B.png"));
    g_assert_cmpuint(count_files(fixture->out), ==, 2);
}

static void test_one_lot(Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint(
        run(fixture, "--png", fixture->out, "--gtin", FIXTURE_APPLE, "--lot", "B", NULL), ==,
        UI_CLI_OK);
    g_assert_true(has_file(fixture->out, FIXTURE_APPLE "_B.png"));
    g_assert_cmpuint(count_files(fixture->out), ==, 1);
}

static void test_no_stock(Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint(run(fixture, "--png", fixture->out, "--gtin", FIXTURE_BEEF, NULL), ==,
                    UI_CLI_OK);
    g_assert_true(has_file(fixture->out, FIXTURE_BEEF ".png"));
}

static void test_unknown_lot(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(fixture->out, "tags.pdf", NULL);
    g_assert_cmpint(run(fixture, "--out", path, "--gtin", FIXTURE_APPLE, "--lot", "Z", NULL), ==,
                    UI_CLI_FAILED);
    g_assert_cmpuint(count_files(fixture->out), ==, 0);
}

static void test_unwritable(Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint(run(fixture, "--out", "/nonexistent/tags.pdf", NULL), ==, UI_CLI_FAILED);
    g_assert_cmpint(run(fixture, "--png", "/dev/null/tags", NULL), ==, UI_CLI_FAILED);
}

static void test_misuse(Fixture *fixture, gconstpointer unused)
{
    char *no_data[] = {(char *)"labels", NULL};
    g_assert_cmpint(cli_labels_run(1, no_data), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--colour", "red", NULL), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--out", NULL), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--out", "a.pdf", "--png", "b", NULL), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--lot", "A", NULL), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--gtin", "9521234500017", NULL), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--language", "de", NULL), ==, UI_CLI_USAGE);
    g_assert_cmpint(run(fixture, "--dpi", "0", NULL), ==, UI_CLI_USAGE);
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/ui/cli_labels/a_sheet_of_all_lots_is_written_beside_a_till", test_sheet);
    ADD("/ui/cli_labels/each_lot_is_a_picture", test_pictures);
    ADD("/ui/cli_labels/one_lot_can_be_asked_for", test_one_lot);
    ADD("/ui/cli_labels/a_product_without_stock_has_its_own_tag", test_no_stock);
    ADD("/ui/cli_labels/a_lot_that_is_not_there_writes_nothing", test_unknown_lot);
    ADD("/ui/cli_labels/a_place_that_cannot_be_written_is_a_failure", test_unwritable);
    ADD("/ui/cli_labels/wrong_usage_is_told_apart", test_misuse);
    return g_test_run();
}
