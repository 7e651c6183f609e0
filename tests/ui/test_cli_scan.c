/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests ui/cli_scan.c by what it writes and how it ends. */
#include "tests/support/vectors.h"
#include "ui/cli_scan.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Runs `coster scan` with arguments to NULL; its lines of JSON as an array. New reference. */
static json_t *run(int *out_status, ...)
{
    char *argv[16] = {(char *)"scan"};
    int argc = 1;
    va_list arguments;
    va_start(arguments, out_status);
    for (char *argument; (argument = va_arg(arguments, char *)) != NULL;) {
        argv[argc++] = argument;
    }
    va_end(arguments);
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("coster-scan-XXXXXX", &path, NULL);
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    dup2(file, STDOUT_FILENO);
    *out_status = cli_scan_run(argc, argv);
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(file);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_remove(path);
    json_t *lines = json_array();
    g_auto(GStrv) split = g_strsplit(text, "\n", -1);
    for (char **line = split; *line != NULL && **line != '\0'; line++) {
        json_t *object = json_loads(*line, JSON_ALLOW_NUL, NULL);
        g_assert_nonnull(object);
        json_array_append_new(lines, object);
    }
    return lines;
}

static const char *text_of(json_t *lines, gsize line, const char *key)
{
    return json_string_value(json_object_get(json_array_get(lines, line), key));
}

static void test_strings(void)
{
    int status;
    json_t *lines = run(&status, "--today", "2026-03-15", "--text",
                        "]Q3010880123456789310A\x1d"
                        "17270228\r\n",
                        "K\xe4se", "8801234567893", NULL);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpuint(json_array_size(lines), ==, 3);
    static const char *const keys[] = {"index", "symbology", "text", "aim",  "gs1",
                                       "gtin",  "derived",   "rcn",  "error"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_assert_nonnull(json_object_get(json_array_get(lines, 0), keys[i]));
    }
    g_assert_cmpstr(text_of(lines, 0, "text"), ==,
                    "010880123456789310A\x1d"
                    "17270228");
    g_assert_cmpstr(text_of(lines, 0, "symbology"), ==, "QR");
    g_assert_cmpstr(text_of(lines, 0, "gtin"), ==, "08801234567893");
    json_t *derived = json_object_get(json_array_get(lines, 0), "derived");
    g_assert_cmpstr(json_string_value(json_object_get(derived, "17")), ==, "2027-02-28");
    g_assert_cmpstr(text_of(lines, 1, "text"), ==, "Käse");
    g_assert_true(json_is_null(json_object_get(json_array_get(lines, 1), "gs1")));
    g_assert_true(json_is_null(json_object_get(json_array_get(lines, 1), "aim")));
    g_assert_cmpint(json_integer_value(json_object_get(json_array_get(lines, 2), "index")), ==, 2);
    json_decref(lines);
}

static void test_refused_string(void)
{
    int status;
    json_t *lines = run(&status, "--text", "--", "8801234567890", "--help", NULL);
    g_assert_cmpint(status, ==, 1);
    g_assert_cmpuint(json_array_size(lines), ==, 2);
    g_assert_cmpstr(text_of(lines, 0, "error"), !=, NULL);
    g_assert_cmpstr(text_of(lines, 1, "text"), ==, "--help");
    json_decref(lines);
}

static void test_substitute(void)
{
    int status;
    json_t *lines =
        run(&status, "--gs", "~", "--text", "010880123456789310A~17270228", "a~b", NULL);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(text_of(lines, 0, "text"), ==,
                    "010880123456789310A\x1d"
                    "17270228");
    g_assert_cmpstr(text_of(lines, 1, "text"), ==, "a~b");
    json_decref(lines);
}

static void test_shop_numbers(void)
{
    int status;
    g_autofree char *layouts = vectors_path("gs1/rcn-de.txt");
    json_t *lines = run(&status, "--rcn", layouts, "--text", "2236680021778", NULL);
    json_t *rcn = json_object_get(json_array_get(lines, 0), "rcn");
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(json_string_value(json_object_get(rcn, "kind")), ==, "price");
    g_assert_cmpstr(json_string_value(json_object_get(rcn, "item")), ==, "3668");
    g_assert_cmpstr(json_string_value(json_object_get(rcn, "value")), ==, "21.77");
    json_decref(lines);
}

static void test_pictures(void)
{
    int status;
    g_autofree char *code = vectors_path("scan/qr-gs1-inverted.jpg");
    g_autofree char *nothing = vectors_path("scan/nothing.jpg");
    g_autofree char *no_picture = vectors_path("scan/README.md");
    json_t *lines = run(&status, code, NULL);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(text_of(lines, 0, "file"), ==, code);
    g_assert_cmpstr(text_of(lines, 0, "gtin"), ==, "75901234089332");
    json_decref(lines);
    lines = run(&status, code, nothing, NULL);
    g_assert_cmpint(status, ==, 4);
    g_assert_cmpuint(json_array_size(lines), ==, 1);
    json_decref(lines);
    lines = run(&status, no_picture, "/nonexistent.png", nothing, code, NULL);
    g_assert_cmpint(status, ==, 3);
    g_assert_cmpuint(json_array_size(lines), ==, 1);
    json_decref(lines);
}

static void check_misuse(const char *one, const char *two)
{
    int status;
    json_t *lines = run(&status, one, two, NULL);
    g_assert_cmpint(status, ==, 2);
    g_assert_cmpuint(json_array_size(lines), ==, 0);
    json_decref(lines);
}

static void test_misuse(void)
{
    check_misuse(NULL, NULL);
    check_misuse("--text", NULL);
    check_misuse("--colour", "a.png");
    check_misuse("--today", NULL);
    check_misuse("--today", "2026-02-30");
    check_misuse("--gs", "xy");
    check_misuse("--rcn", "/nonexistent");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/cli_scan/each_string_is_one_object_with_every_key", test_strings);
    g_test_add_func("/ui/cli_scan/a_refused_string_is_told_by_the_status", test_refused_string);
    g_test_add_func("/ui/cli_scan/a_substitute_is_a_separator_in_elements_only", test_substitute);
    g_test_add_func("/ui/cli_scan/shop_numbers_are_read_by_the_layouts_given", test_shop_numbers);
    g_test_add_func("/ui/cli_scan/pictures_are_read_and_the_status_says_how_it_went",
                    test_pictures);
    g_test_add_func("/ui/cli_scan/wrong_usage_writes_nothing", test_misuse);
    return g_test_run();
}
