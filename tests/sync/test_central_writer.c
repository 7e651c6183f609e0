/* SPDX-License-Identifier: GPL-3.0-or-later
 * Group commit on real SQLite: nobody is told "stored" before the commit, and small jobs do not wait behind large ones. */
#include "sync/central_writer.h"
#include "tests/support/fault_vfs.h"

#include "pos/error.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir;
    CentralWriter *writer;
    GMutex lock;
    GCond wake;
    GString *order; /* a letter a job, as they are done */
    int done, committed;
    bool hold; /* the job "hold" waits until this is false */
    bool held;
} Fixture;

typedef struct {
    Fixture *fixture;
    char letter;
    gsize bytes;
} Job;

static void no_foreign(void *user)
{
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    fixture->dir = g_dir_make_tmp("coster-writer-XXXXXX", &error);
    g_assert_no_error(error);
    central_store_create(fixture->dir, &error);
    g_assert_no_error(error);
    fixture->writer =
        central_writer_start(fixture->dir, pos_clock_system(), no_foreign, fixture, &error);
    g_assert_no_error(error);
    fixture->order = g_string_new(NULL);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    central_writer_stop(fixture->writer);
    central_writer_free(fixture->writer);
    g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(fixture->dir);
    g_free(fixture->dir);
    g_string_free(fixture->order, TRUE);
}

static bool work(CentralStore *store, int64_t now_ms, void *data, GError **error)
{
    Job *job = data;
    Fixture *fixture = job->fixture;
    g_mutex_lock(&fixture->lock);
    if (job->letter == 'h') {
        fixture->held = true;
        g_cond_broadcast(&fixture->wake);
        while (fixture->hold) {
            g_cond_wait(&fixture->wake, &fixture->lock);
        }
    }
    g_mutex_unlock(&fixture->lock);
    g_autofree char *text = g_strnfill(job->letter == 'w' ? 200000 : 1, 'x');
    g_autofree char *name = g_strdup_printf("job %c", job->letter);
    return central_store_meta_set(store, name, text, error);
}

static void done(bool committed, void *data)
{
    Job *job = data;
    Fixture *fixture = job->fixture;
    g_mutex_lock(&fixture->lock);
    g_string_append_c(fixture->order, job->letter);
    fixture->done++;
    fixture->committed += committed;
    g_cond_broadcast(&fixture->wake);
    g_mutex_unlock(&fixture->lock);
    g_free(job);
}

static void submit(Fixture *fixture, char letter, gsize bytes)
{
    Job *job = g_new(Job, 1);
    *job = (Job){fixture, letter, bytes};
    g_assert_true(central_writer_submit(fixture->writer, work, done, job, bytes));
}

static void wait_done(Fixture *fixture, int count)
{
    g_mutex_lock(&fixture->lock);
    while (fixture->done < count) {
        g_cond_wait(&fixture->wake, &fixture->lock);
    }
    g_mutex_unlock(&fixture->lock);
}

static void hold(Fixture *fixture)
{
    fixture->hold = true;
    submit(fixture, 'h', 10);
    g_mutex_lock(&fixture->lock);
    while (!fixture->held) {
        g_cond_wait(&fixture->wake, &fixture->lock);
    }
    g_mutex_unlock(&fixture->lock);
}

static void let_go(Fixture *fixture)
{
    g_mutex_lock(&fixture->lock);
    fixture->hold = false;
    g_cond_broadcast(&fixture->wake);
    g_mutex_unlock(&fixture->lock);
}

static void what_cannot_be_committed_is_told_so(Fixture *fixture, gconstpointer data)
{
    hold(fixture); /* its transaction is open, so the disk fills before any of it is written */
    fault_vfs_arm(FAULT_VFS_FULL, 0, true);
    let_go(fixture);
    wait_done(fixture, 1);
    g_assert_cmpint(fixture->committed, ==, 0);
    submit(fixture, 'w', 10);
    wait_done(fixture, 2);
    g_assert_cmpint(fixture->committed, ==, 0);
    g_assert_true(fault_vfs_disarm());
    submit(fixture, 'a', 10);
    wait_done(fixture, 3);
    g_assert_cmpint(fixture->committed, ==, 1);
    CentralWriterCounts counts;
    central_writer_counts(fixture->writer, &counts);
    g_assert_cmpint(counts.failed, >=, 1);
    g_assert_cmpint(counts.jobs, ==, 1);
    g_assert_cmpuint(counts.waiting, ==, 0);
}

static void small_jobs_do_not_wait_behind_large_ones(Fixture *fixture, gconstpointer data)
{
    hold(fixture);
    for (int i = 0; i < 20; i++) {
        submit(fixture, 'L', 1024 * 1024);
    }
    submit(fixture, 's', 500);
    submit(fixture, 's', 500);
    let_go(fixture);
    wait_done(fixture, 23);
    /* One large job goes with each group, so that it does not starve. */
    g_assert_true(g_str_has_prefix(fixture->order->str, "hLss"));
    g_assert_cmpint(fixture->committed, ==, 23);
}

static void beyond_a_bound_jobs_are_refused_and_stay_the_callers(Fixture *fixture,
                                                                 gconstpointer data)
{
    hold(fixture);
    int taken = 0;
    Job job = {fixture, 'x', 0};
    while (taken < 1000) {
        Job *more = g_memdup2(&job, sizeof job);
        if (!central_writer_submit(fixture->writer, work, done, more, 8 * 1024 * 1024)) {
            g_free(more);
            break;
        }
        taken++;
    }
    g_assert_cmpint(taken, >, 0);
    g_assert_cmpint(taken, <, 100);
    let_go(fixture);
    wait_done(fixture, taken + 1);
}

#define CASE(name) g_test_add("/sync/central_writer/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    CASE(what_cannot_be_committed_is_told_so);
    CASE(small_jobs_do_not_wait_behind_large_ones);
    CASE(beyond_a_bound_jobs_are_refused_and_stay_the_callers);
    return g_test_run();
}
