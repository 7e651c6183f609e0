/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/print_queue.h"

#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
    char *dir;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->dir = g_dir_make_tmp("coster-queue-XXXXXX", NULL);
    g_assert_nonnull(fixture->dir);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_all(child);
    }
    g_remove(path);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    remove_all(fixture->dir);
    g_free(fixture->dir);
}

static void add(Fixture *fixture, const char *name, PosPrintJobState state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosPrintJob) job = g_new0(PosPrintJob, 1);
    job->state = state;
    job->name = g_strdup(name);
    job->language = g_strdup("ko");
    job->document = pos_print_document_new();
    pos_print_add_pair(job->document, "합계", name, POS_PRINT_LARGE);
    g_assert_true(pos_print_queue_add(fixture->dir, job, &error));
    g_assert_no_error(error);
}

static PosPrintJob *first(Fixture *fixture, PosPrintJobState state)
{
    return pos_print_queue_first(fixture->dir, state, NULL);
}

static void test_first_in_first_out(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    add(fixture, "T01-000001", POS_PRINT_JOB_WAITS);
    add(fixture, "T01-000002", POS_PRINT_JOB_WAITS);
    g_autoptr(PosPrintJob) one = first(fixture, POS_PRINT_JOB_WAITS);
    g_assert_cmpstr(one->name, ==, "T01-000001");
    g_assert_cmpstr(one->language, ==, "ko");
    g_assert_cmpint(one->copy, ==, 0);
    g_assert_cmpstr(((PosPrintRow *)one->document->pdata[0])->right, ==, "T01-000001");
    g_assert_true(pos_print_queue_move(fixture->dir, one, POS_PRINT_JOB_SENT, NULL));
    g_autoptr(PosPrintJob) two = first(fixture, POS_PRINT_JOB_WAITS);
    g_assert_cmpstr(two->name, ==, "T01-000002");
    g_assert_true(pos_print_queue_remove(fixture->dir, one, NULL));
    PosPrintCounts counts;
    g_assert_true(pos_print_queue_count(fixture->dir, &counts, NULL));
    g_assert_cmpint(counts.waits, ==, 1);
    g_assert_cmpint(counts.sent, ==, 0);
}

static void test_what_is_in_doubt_comes_back_as_a_copy(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    add(fixture, "T01-000001", POS_PRINT_JOB_WAITS);
    g_autoptr(PosPrintJob) job = first(fixture, POS_PRINT_JOB_WAITS);
    g_assert_true(pos_print_queue_move(fixture->dir, job, POS_PRINT_JOB_SENT, NULL));
    g_assert_null(first(fixture, POS_PRINT_JOB_WAITS));
    g_autoptr(PosPrintJob) doubt = first(fixture, POS_PRINT_JOB_SENT);
    g_assert_true(pos_print_queue_again(fixture->dir, doubt, NULL));
    g_autoptr(PosPrintJob) again = first(fixture, POS_PRINT_JOB_WAITS);
    g_assert_cmpint(again->copy, ==, 1);
    g_assert_cmpint(again->number, ==, job->number);
    g_assert_null(first(fixture, POS_PRINT_JOB_SENT));
}

static void test_only_what_is_asked_for_is_found(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    add(fixture, "T01-000001", POS_PRINT_JOB_ASK);
    g_assert_null(first(fixture, POS_PRINT_JOB_WAITS));
    g_assert_null(pos_print_queue_find(fixture->dir, "T01-000002", POS_PRINT_JOB_ASK));
    g_autoptr(PosPrintJob) job =
        pos_print_queue_find(fixture->dir, "T01-000001", POS_PRINT_JOB_ASK);
    g_assert_true(pos_print_queue_move(fixture->dir, job, POS_PRINT_JOB_WAITS, NULL));
    g_autoptr(PosPrintJob) waits = first(fixture, POS_PRINT_JOB_WAITS);
    g_assert_cmpstr(waits->name, ==, "T01-000001");
}

/* Half a file, rubbish and files of others never stop what is behind them. */
static void test_rubbish_is_put_aside(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const char *const bad[] = {"000000000001.job", "000000000002.job", "000000000003.job",
                                      "readme.txt", "-4.job"};
    static const char *const texts[] = {"", "{\"name\":\"x\",\"language\":\"\",\"copy\":0,\"docu",
                                        "{\"name\":1}", "hello", "{}"};
    g_autofree char *folder = g_build_filename(fixture->dir, "print", NULL);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_build_filename(folder, bad[i], NULL);
        g_assert_true(g_file_set_contents(path, texts[i], -1, NULL));
    }
    add(fixture, "T01-000009", POS_PRINT_JOB_WAITS);
    g_autoptr(PosPrintJob) job = first(fixture, POS_PRINT_JOB_WAITS);
    g_assert_nonnull(job);
    g_assert_cmpstr(job->name, ==, "T01-000009");
    g_assert_cmpint(job->number, ==, 4);
    g_autofree char *aside = g_build_filename(folder, "000000000002.bad", NULL);
    g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
}

static void test_the_queue_is_bounded(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *folder = g_build_filename(fixture->dir, "print", NULL);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    for (int i = 1; i <= POS_BOUND_PRINT_JOBS; i++) {
        g_autofree char *name = g_strdup_printf("%012d.job", i);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_true(g_file_set_contents(path, "{}", -1, NULL));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(PosPrintJob) job = g_new0(PosPrintJob, 1);
    job->document = pos_print_document_new();
    g_assert_false(pos_print_queue_add(fixture->dir, job, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_BUSY);
    g_assert_nonnull(strstr(error->message, "500"));
}

static void test_one_takes_out_at_a_time(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    int mine = pos_print_queue_lock(fixture->dir);
    g_assert_cmpint(mine, >=, 0);
    g_assert_cmpint(pos_print_queue_lock(fixture->dir), ==, -1);
    close(mine);
    int again = pos_print_queue_lock(fixture->dir);
    g_assert_cmpint(again, >=, 0);
    close(again);
}

static void test_a_folder_that_cannot_be_written_is_said(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *file = g_build_filename(fixture->dir, "print", NULL);
    g_assert_true(g_file_set_contents(file, "not a folder", -1, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(PosPrintJob) job = g_new0(PosPrintJob, 1);
    job->document = pos_print_document_new();
    g_assert_false(pos_print_queue_add(fixture->dir, job, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, file));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add("/pos/print_queue/" path, Fixture, NULL, set_up, test, tear_down)
    ADD("first_in_first_out", test_first_in_first_out);
    ADD("what_is_in_doubt_comes_back_as_a_copy", test_what_is_in_doubt_comes_back_as_a_copy);
    ADD("only_what_is_asked_for_is_found", test_only_what_is_asked_for_is_found);
    ADD("rubbish_is_put_aside", test_rubbish_is_put_aside);
    ADD("the_queue_is_bounded", test_the_queue_is_bounded);
    ADD("one_takes_out_at_a_time", test_one_takes_out_at_a_time);
    ADD("a_folder_that_cannot_be_written_is_said", test_a_folder_that_cannot_be_written_is_said);
    return g_test_run();
}
