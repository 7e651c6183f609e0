/* SPDX-License-Identifier: GPL-3.0-or-later
 * The sync thread around a SyncRunner, and the same runner in the caller's thread for `coster sync`. What crosses
 * between the threads is the small mailbox below, under one mutex; the runner itself never leaves its thread. */
#include "sync/client.h"

#include "pos/error.h"
#include "sync/runner.h"

#include <glib/gi18n-lib.h>

#define STEP_MS 60000

struct SyncClient {
    GThread *thread;
    char *dir;
    SyncClientNotify notify;
    void *user;

    GMutex mutex;
    GCond changed;
    /* To the thread. */
    SyncRunner *runner; /* for wakeups; NULL before and after */
    bool stop, records;
    guint64 asked; /* rounds that were asked for */
    /* From the thread. */
    bool opened; /* it has started, or failed to */
    GError *open_error;
    guint64 begun, told, done; /* the rounds of `asked` that are begun, are in `view`, are over */
    char *lacks;
    SyncView view;
};

/* --- the thread ----------------------------------------------------------------------------------- */

static bool same_view(const SyncView *a, const SyncView *b)
{
    return a->link == b->link && a->acked == b->acked && a->applied == b->applied &&
           g_strcmp0(a->fault, b->fault) == 0;
}

/* Takes what was asked. False when the thread is to end. */
static bool take_mail(SyncClient *client, SyncRunner *runner)
{
    g_mutex_lock(&client->mutex);
    bool stop = client->stop, records = client->records;
    bool ask = client->asked > client->begun;
    client->records = false;
    client->begun = client->asked;
    g_mutex_unlock(&client->mutex);
    if (records) {
        sync_runner_take_records(runner);
    }
    if (ask) {
        sync_runner_ask(runner);
    }
    return !stop;
}

static void publish(SyncClient *client, SyncRunner *runner)
{
    SyncView view;
    sync_runner_view(runner, &view);
    char *lacks = sync_runner_lacks(runner);
    g_mutex_lock(&client->mutex);
    bool changed = !same_view(&client->view, &view);
    sync_view_clear(&client->view);
    client->view = view;
    g_free(client->lacks);
    client->lacks = lacks;
    client->told = client->begun;
    if (sync_runner_is_done(runner)) {
        client->done = client->begun;
    }
    g_cond_broadcast(&client->changed);
    g_mutex_unlock(&client->mutex);
    if (changed && client->notify != NULL) {
        client->notify(client->user);
    }
}

static gpointer run(gpointer user)
{
    SyncClient *client = user;
    GError *error = NULL;
    SyncRunner *runner = sync_runner_new(client->dir, pos_clock_system(), &error);
    g_mutex_lock(&client->mutex);
    client->runner = runner;
    client->open_error = error;
    client->opened = true;
    g_cond_broadcast(&client->changed);
    g_mutex_unlock(&client->mutex);
    while (runner != NULL && take_mail(client, runner)) {
        /* Before the step as well: it may sleep for as long as central asked, and someone waits for the answer that
         * there will be none. */
        publish(client, runner);
        sync_runner_step(runner, STEP_MS);
        publish(client, runner);
    }
    g_mutex_lock(&client->mutex);
    client->runner = NULL;
    g_mutex_unlock(&client->mutex);
    sync_runner_free(runner);
    return NULL;
}

/* --- its owner ------------------------------------------------------------------------------------ */

SyncClient *sync_client_start(const char *dir, SyncClientNotify notify, void *user, GError **error)
{
    SyncClient *client = g_new0(SyncClient, 1);
    client->dir = g_strdup(dir);
    client->notify = notify;
    client->user = user;
    g_mutex_init(&client->mutex);
    g_cond_init(&client->changed);
    client->thread = g_thread_new("sync", run, client);
    g_mutex_lock(&client->mutex);
    while (!client->opened) {
        g_cond_wait(&client->changed, &client->mutex);
    }
    GError *open_error = g_steal_pointer(&client->open_error);
    g_mutex_unlock(&client->mutex);
    if (open_error != NULL) {
        g_propagate_error(error, open_error);
        sync_client_stop(client);
        return NULL;
    }
    return client;
}

/* With the mutex held, so that the runner cannot go meanwhile. */
static void wakeup_locked(SyncClient *client)
{
    if (client->runner != NULL) {
        sync_runner_wakeup(client->runner);
    }
}

void sync_client_wake(SyncClient *client)
{
    g_mutex_lock(&client->mutex);
    client->records = true;
    wakeup_locked(client);
    g_mutex_unlock(&client->mutex);
}

bool sync_client_wait(SyncClient *client, int64_t timeout_ms, char **out_why)
{
    int64_t until_us = g_get_monotonic_time() + MAX(0, timeout_ms) * 1000;
    g_mutex_lock(&client->mutex);
    guint64 mine = ++client->asked;
    bool in_time = true;
    wakeup_locked(client);
    while (client->done < mine && in_time) {
        bool hopeless = client->told >= mine && (client->view.link == SYNC_LINK_REFUSED ||
                                                 client->view.link == SYNC_LINK_FORKED);
        in_time = !hopeless && g_cond_wait_until(&client->changed, &client->mutex, until_us);
    }
    bool done = client->done >= mine;
    if (!done && out_why != NULL) {
        bool told = client->lacks != NULL && client->lacks[0] != '\0';
        *out_why = g_strdup(told ? client->lacks : _("The time was too short."));
    }
    g_mutex_unlock(&client->mutex);
    return done;
}

SyncLink sync_client_link(SyncClient *client, char **out_fault)
{
    g_mutex_lock(&client->mutex);
    SyncLink link = client->view.link;
    if (out_fault != NULL) {
        *out_fault = g_strdup(client->view.fault);
    }
    g_mutex_unlock(&client->mutex);
    return link;
}

void sync_client_stop(SyncClient *client)
{
    if (client == NULL) {
        return;
    }
    g_mutex_lock(&client->mutex);
    client->stop = true;
    wakeup_locked(client);
    g_mutex_unlock(&client->mutex);
    g_thread_join(client->thread);
    g_mutex_clear(&client->mutex);
    g_cond_clear(&client->changed);
    sync_view_clear(&client->view);
    g_clear_error(&client->open_error);
    g_free(client->lacks);
    g_free(client->dir);
    g_free(client);
}

/* --- once ----------------------------------------------------------------------------------------- */

bool sync_once(const char *dir, int64_t timeout_ms, int64_t *out_acked, int64_t *out_feed_version,
               GError **error)
{
    const PosClock *clock = pos_clock_system();
    int64_t until_ms = clock->boot_ms(clock->user) + MAX(0, timeout_ms);
    g_autoptr(SyncRunner) runner = sync_runner_new(dir, clock, error);
    g_auto(SyncView) view = {0};
    if (runner == NULL) {
        return false;
    }
    sync_runner_ask(runner);
    bool done = false, hopeless = false;
    int64_t left_ms = 0;
    do {
        left_ms = until_ms - clock->boot_ms(clock->user);
        sync_runner_step(runner, MAX(0, left_ms));
        sync_view_clear(&view);
        sync_runner_view(runner, &view);
        done = sync_runner_is_done(runner);
        hopeless = view.link == SYNC_LINK_REFUSED ||
                   (view.link == SYNC_LINK_FORKED && sync_runner_has_feed(runner));
    } while (!done && !hopeless && left_ms > 0);
    if (!done) {
        g_autofree char *lacks = sync_runner_lacks(runner);
        g_set_error_literal(error, POS_ERROR, hopeless ? POS_ERROR_FAILED : POS_ERROR_OFFLINE,
                            lacks);
        return false;
    }
    if (out_acked != NULL) {
        *out_acked = view.acked;
    }
    if (out_feed_version != NULL) {
        *out_feed_version = view.applied;
    }
    return true;
}
