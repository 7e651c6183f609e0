/* SPDX-License-Identifier: GPL-3.0-or-later
 * The way down: the one-shot form while much is missing, then the event stream; whole versions into the store, each in
 * one transaction of pos_store_feed_apply(). */
#include "sync/runner_private.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void reset(SyncRunner *runner, int64_t after)
{
    sync_runner_down_clear(runner);
    runner->stage = sync_stage_new(after);
}

void sync_runner_down_clear(SyncRunner *runner)
{
    g_clear_pointer(&runner->stage, sync_stage_free);
    g_clear_pointer(&runner->sse, sync_sse_free);
    g_clear_error(&runner->down_error);
}

static void push_alive(SyncRunner *runner)
{
    guint count = runner->events->len;
    if (count == 0 ||
        g_array_index(runner->events, SyncEvent, count - 1).kind != SYNC_EVENT_DOWN_ALIVE) {
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_DOWN_ALIVE});
    }
}

/* What is staged into the store, in one transaction. */
static bool apply(SyncRunner *runner, const char *epoch, bool replace, GError **error)
{
    g_autofree char *note = NULL;
    g_autoptr(json_t) central = NULL;
    if (!sync_stage_apply(runner->stage, runner->store, epoch, replace, &central, &note, error)) {
        return false;
    }
    if (note != NULL) {
        g_info("sync: feed version %" G_GINT64_FORMAT ": %s", sync_stage_version(runner->stage),
               note);
    }
    if (central != NULL) {
        sync_runner_take_central(runner, central);
    }
    return true;
}

static void fail_own(SyncRunner *runner, GError *error)
{
    g_clear_error(&runner->down_error);
    runner->down_error = error;
}

/* A refusal of ours says more than what libcurl makes of it. */
static void down_failed(SyncRunner *runner, const SyncAnswer *answer)
{
    if (runner->down_error != NULL) {
        sync_runner_fault(runner, SYNC_LANE_DOWN, g_strdup(runner->down_error->message));
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_DOWN_FAILED});
        return;
    }
    sync_runner_failed_down(runner, answer);
}

/* --- one-shot ------------------------------------------------------------------------------------- */

static bool on_catch_up_bytes(const char *bytes, gsize length, void *user)
{
    SyncRunner *runner = user;
    GError *error = NULL;
    push_alive(runner);
    if (!sync_stage_bytes(runner->stage, bytes, length, &error)) {
        fail_own(runner, error);
        return false;
    }
    return true;
}

/* Applies the whole answer. False: nothing was changed. */
static bool finish_catch_up(SyncRunner *runner, GError **error)
{
    if (!sync_stage_finish(runner->stage, error)) {
        return false;
    }
    const char *epoch = sync_stage_epoch(runner->stage);
    int64_t version = sync_stage_version(runner->stage);
    if (strcmp(epoch, runner->epoch) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The central service was restored while its prices were read: reading them "
                      "again."));
        return false;
    }
    if (!runner->replace && version <= runner->session.applied) {
        return true; /* a node that lags: nothing newer */
    }
    if (!apply(runner, epoch, runner->replace, error)) {
        return false;
    }
    g_free(runner->applied_epoch);
    runner->applied_epoch = g_strdup(epoch);
    return true;
}

static void on_caught_up(const SyncAnswer *answer, void *user)
{
    SyncRunner *runner = user;
    GError *error = NULL;
    runner->down = NULL;
    if (answer->result != SYNC_ANSWER_HTTP || answer->status != 200) {
        down_failed(runner, answer);
    } else if (!finish_catch_up(runner, &error)) {
        fail_own(runner, error);
        down_failed(runner, answer);
    } else {
        int64_t version = sync_stage_version(runner->stage);
        int64_t applied = runner->replace ? version : MAX(version, runner->session.applied);
        sync_runner_fault(runner, SYNC_LANE_DOWN, NULL);
        sync_runner_prices_are_current(runner);
        sync_runner_push(runner,
                         (SyncEvent){.kind = SYNC_EVENT_DOWN_CAUGHT_UP, .version = applied});
    }
    sync_runner_down_clear(runner);
}

void sync_runner_catch_up(SyncRunner *runner, int64_t after, bool replace)
{
    g_autofree char *path = g_strdup_printf("/v1/feed?after=%" G_GINT64_FORMAT, after);
    g_assert(runner->down == NULL);
    reset(runner, after);
    runner->replace = replace;
    runner->down = sync_transfer_start(runner->transfer, &(SyncRequestSpec){
                                                             .path = path,
                                                             .accept = "application/x-ndjson",
                                                             .accept_gzip = true,
                                                             .on_bytes = on_catch_up_bytes,
                                                             .on_done = on_caught_up,
                                                             .user = runner,
                                                         });
}

/* --- stream --------------------------------------------------------------------------------------- */

static bool on_event(const SyncSseEvent *event, void *user, GError **error)
{
    SyncRunner *runner = user;
    bool closed = false;
    if (!sync_stage_event(runner->stage, event, &closed, error)) {
        return false;
    }
    if (!closed) {
        return true;
    }
    int64_t version = sync_stage_version(runner->stage);
    bool news = sync_stage_count(runner->stage) > 0 || version > runner->stream_version;
    if (news && !apply(runner, runner->applied_epoch, false, error)) {
        return false;
    }
    sync_stage_next(runner->stage);
    if (news) {
        runner->stream_version = version;
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_DOWN_APPLIED, .version = version});
    }
    return true;
}

/* A stream does not say its epoch: had central been restored since the last hello, `after` would count other versions.
 * So it is greeted once more, over what is surely the central that streams. */
static void on_stream_open(void *user)
{
    SyncRunner *runner = user;
    sync_runner_fault(runner, SYNC_LANE_DOWN, NULL);
    push_alive(runner);
    sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_ASK});
}

static bool on_stream_bytes(const char *bytes, gsize length, void *user)
{
    SyncRunner *runner = user;
    GError *error = NULL;
    if (!sync_sse_feed(runner->sse, bytes, length, &error)) {
        fail_own(runner, error);
        return false;
    }
    push_alive(runner);
    /* A heartbeat, or a version that is whole: nothing is newer than what is applied. */
    if (!sync_stage_is_open(runner->stage) && runner->stream_version >= runner->hello_version) {
        sync_runner_prices_are_current(runner);
    }
    return true;
}

static void on_stream_done(const SyncAnswer *answer, void *user)
{
    SyncRunner *runner = user;
    runner->down = NULL;
    if (answer->result == SYNC_ANSWER_HTTP && answer->status == 200) {
        /* An end that the other side chose: it restarts, or was told to close. */
        SyncAnswer ended = {.result = SYNC_ANSWER_UNREACHABLE, .why = _("the stream ended")};
        down_failed(runner, &ended);
    } else {
        down_failed(runner, answer);
    }
    sync_runner_down_clear(runner);
}

void sync_runner_stream(SyncRunner *runner, int64_t after)
{
    g_autofree char *path = g_strdup_printf("/v1/feed?after=%" G_GINT64_FORMAT, after);
    g_assert(runner->down == NULL);
    reset(runner, after);
    runner->sse = sync_sse_new(on_event, runner);
    runner->stream_version = after;
    if (after >= runner->hello_version) {
        sync_runner_prices_are_current(runner);
    }
    runner->down = sync_transfer_start(runner->transfer, &(SyncRequestSpec){
                                                             .path = path,
                                                             .accept = "text/event-stream",
                                                             .on_open = on_stream_open,
                                                             .on_bytes = on_stream_bytes,
                                                             .on_done = on_stream_done,
                                                             .user = runner,
                                                         });
}
