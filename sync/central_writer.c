/* SPDX-License-Identifier: GPL-3.0-or-later
 * Queue and group commit. Holds: a job's done function is called exactly once; with committed true
 * only after the commit that holds its work. While one group is being committed the next one
 * gathers, so the group grows with the load. */
#include "sync/central_writer.h"

#include "pos/error.h"
#include "sync/central_log.h"

#define JOBS_MAX 4096
#define BYTES_MAX (64 * 1024 * 1024)
#define GROUP_JOBS_MAX 512
#define SMALL_BYTES (32 * 1024)
/* Of large jobs together, in a group that small ones wait for: some tens of milliseconds. */
#define LARGE_BYTES_BESIDE_SMALL (1024 * 1024)
#define FOREIGN_CHECK_US (200 * G_TIME_SPAN_MILLISECOND)
#define GROUP_BYTES_MAX                                                                            \
    (8 * 1024 * 1024) /* keeps a transaction, and so an answer, below about a second */

typedef struct {
    CentralWriterWork work;
    CentralWriterDone done;
    void *data;
    gsize bytes;
    bool good;
} Job;

struct CentralWriter {
    CentralStore *store;
    const PosClock *clock;
    CentralWriterForeign foreign;
    void *user;
    int64_t data_version;
    GThread *thread;
    GMutex lock;
    GCond wake;
    GQueue small, large; /* of Job */
    gsize bytes;
    bool stopping;
    CentralWriterCounts counts; /* waiting and waiting_bytes are not kept here */
};

static void log_failure(const char *event, const GError *error)
{
    central_log(event, json_pack("{s:s}", "message", error ? error->message : "unknown"));
}

/* On a connection that writes, the data version moves with the commits of others alone. */
static void notice_foreign_commits(CentralWriter *writer)
{
    int64_t now = central_store_data_version(writer->store);
    if (now != writer->data_version) {
        writer->data_version = now;
        writer->foreign(writer->user);
    }
}

static guint waiting(const CentralWriter *writer)
{
    return writer->small.length + writer->large.length;
}

/* Moves jobs from the queue to the group while there is room for them. */
static gsize take_jobs(GQueue *queue, GPtrArray *group, gsize bytes_max)
{
    gsize bytes = 0;
    while (queue->length > 0 && group->len < GROUP_JOBS_MAX && bytes < bytes_max) {
        Job *job = g_queue_pop_head(queue);
        bytes += job->bytes;
        g_ptr_array_add(group, job);
    }
    return bytes;
}

/* The next group, empty when nothing came for a while; *out_end when the writer is to end. */
static GPtrArray *take_group(CentralWriter *writer, bool *out_end)
{
    GPtrArray *group = g_ptr_array_new_with_free_func(g_free);
    g_mutex_lock(&writer->lock);
    int64_t until_us = g_get_monotonic_time() + FOREIGN_CHECK_US;
    while (waiting(writer) == 0 && !writer->stopping &&
           g_cond_wait_until(&writer->wake, &writer->lock, until_us)) {
    }
    *out_end = waiting(writer) == 0 && writer->stopping;
    /* One large job at least goes with each group, so that neither lane starves. */
    gsize large_max = writer->small.length > 0 ? LARGE_BYTES_BESIDE_SMALL : GROUP_BYTES_MAX;
    gsize bytes = take_jobs(&writer->large, group, large_max);
    bytes += take_jobs(&writer->small, group, GROUP_BYTES_MAX);
    writer->bytes -= bytes;
    g_mutex_unlock(&writer->lock);
    return group;
}

static bool run_job(CentralWriter *writer, Job *job, int64_t now_ms)
{
    g_autoptr(GError) error = NULL;
    bool good = job->work(writer->store, now_ms, job->data, &error);
    /* What met another central's change runs again. */
    if (error != NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_OFFLINE)) {
        log_failure("write_failed", error);
    }
    return good;
}

static void count_group(CentralWriter *writer, guint jobs, bool committed, int64_t took_us)
{
    g_mutex_lock(&writer->lock);
    writer->counts.groups += committed;
    writer->counts.jobs += committed ? jobs : 0;
    writer->counts.failed += !committed;
    writer->counts.busy_us += took_us;
    g_mutex_unlock(&writer->lock);
}

static void run_group(CentralWriter *writer, GPtrArray *group)
{
    g_autoptr(GError) error = NULL;
    int64_t now_ms = writer->clock->wall_ms(writer->clock->user);
    int64_t since_us = g_get_monotonic_time();
    CentralScope scope = {0};
    while (central_store_scope(writer->store, &scope, &error)) {
        for (guint i = 0; i < group->len; i++) {
            Job *job = g_ptr_array_index(group, i);
            job->good = run_job(writer, job, now_ms);
        }
        scope.ok = true;
    }
    bool committed = scope.ok;
    if (!committed) {
        log_failure("commit_failed", error);
    }
    count_group(writer, group->len, committed, g_get_monotonic_time() - since_us);
    for (guint i = 0; i < group->len; i++) {
        Job *job = g_ptr_array_index(group, i);
        job->done(committed && job->good, job->data);
    }
}

static void *run_writer(void *user)
{
    CentralWriter *writer = user;
    central_store_adopt(writer->store);
    for (bool end = false; !end;) {
        g_autoptr(GPtrArray) group = take_group(writer, &end);
        if (group->len > 0) {
            run_group(writer, group);
        }
        notice_foreign_commits(writer);
    }
    return NULL;
}

CentralWriter *central_writer_start(const char *dir, const PosClock *clock,
                                    CentralWriterForeign foreign, void *user, GError **error)
{
    CentralStore *store = central_store_open(dir, CENTRAL_STORE_WRITE, error);
    if (store == NULL) {
        return NULL;
    }
    CentralWriter *writer = g_new0(CentralWriter, 1);
    writer->store = store;
    writer->clock = clock;
    writer->foreign = foreign;
    writer->data_version = central_store_data_version(store);
    writer->user = user;
    g_mutex_init(&writer->lock);
    g_cond_init(&writer->wake);
    g_queue_init(&writer->small);
    g_queue_init(&writer->large);
    writer->thread = g_thread_new("writer", run_writer, writer);
    return writer;
}

bool central_writer_submit(CentralWriter *writer, CentralWriterWork work, CentralWriterDone done,
                           void *data, gsize bytes)
{
    g_mutex_lock(&writer->lock);
    bool room = !writer->stopping && waiting(writer) < JOBS_MAX &&
                (waiting(writer) == 0 || writer->bytes + bytes <= BYTES_MAX);
    if (room) {
        Job *job = g_new0(Job, 1);
        *job = (Job){work, done, data, bytes, false};
        g_queue_push_tail(bytes <= SMALL_BYTES ? &writer->small : &writer->large, job);
        writer->bytes += bytes;
        g_cond_signal(&writer->wake);
    }
    g_mutex_unlock(&writer->lock);
    return room;
}

void central_writer_counts(CentralWriter *writer, CentralWriterCounts *out)
{
    g_mutex_lock(&writer->lock);
    *out = writer->counts;
    out->waiting = waiting(writer);
    out->waiting_bytes = (gint64)writer->bytes;
    g_mutex_unlock(&writer->lock);
}

void central_writer_stop(CentralWriter *writer)
{
    if (writer == NULL) {
        return;
    }
    g_mutex_lock(&writer->lock);
    writer->stopping = true;
    g_cond_signal(&writer->wake);
    g_mutex_unlock(&writer->lock);
    g_thread_join(g_steal_pointer(&writer->thread));
    central_store_adopt(writer->store);
    g_clear_pointer(&writer->store, central_store_close);
}

void central_writer_free(CentralWriter *writer)
{
    if (writer == NULL) {
        return;
    }
    g_assert(writer->thread == NULL);
    g_mutex_clear(&writer->lock);
    g_cond_clear(&writer->wake);
    g_free(writer);
}
