/* SPDX-License-Identifier: GPL-3.0-or-later
 * The desk's thread: a queue of jobs in, GTask results out. `desk` is touched by the thread alone; the rest by the main
 * thread alone, but for `notified`, which is atomic. */
#include "ui/manage_thread.h"

#include "pos/clock.h"
#include "pos/date.h"
#include "sync/client.h"
#include "ui/closures.h"
#include "ui/manage_desk.h"

struct _UiManageThread {
    GObject parent;
    char *dir;
    bool offline;
    GAsyncQueue *queue; /* Job* */
    GThread *thread;
    guint pending;
    gint notified; /* atomic: a "changed" is on its way */
    UiManageDesk *desk;
};
G_DEFINE_FINAL_TYPE(UiManageThread, ui_manage_thread, G_TYPE_OBJECT)

typedef struct Job Job;
struct Job {
    void (*run)(UiManageThread *self, Job *job);
    GTask *task; /* NULL: the end */
    json_t *request;
    char *first, *second; /* address and code; text and category */
    char *shop[6];        /* of a new one: its words, in their order */
    PosInventoryQuery query;
    bool rebuild;
};

static void job_free(Job *job)
{
    g_clear_object(&job->task);
    json_decref(job->request);
    g_free(job->first);
    g_free(job->second);
    for (gsize i = 0; i < G_N_ELEMENTS(job->shop); i++) {
        g_free(job->shop[i]);
    }
    g_free(job);
}

static gboolean emit_changed(gpointer user)
{
    UiManageThread *self = user;
    g_atomic_int_set(&self->notified, 0);
    g_signal_emit_by_name(self, "changed");
    return G_SOURCE_REMOVE;
}

/* On the sync thread. */
static void on_notify(void *user)
{
    UiManageThread *self = user;
    if (g_atomic_int_compare_and_exchange(&self->notified, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, emit_changed, g_object_ref(self), g_object_unref);
    }
}

/* --- jobs -------------------------------------------------------------------------------------------- */

static void run_open(UiManageThread *self, Job *job)
{
    GError *error = NULL;
    g_clear_pointer(&self->desk, ui_manage_desk_close);
    if (job->shop[0] != NULL) {
        const UiNewShop shop = {job->shop[0], job->shop[1], job->shop[2],
                                job->shop[3], job->shop[4], job->shop[5]};
        if (!ui_new_shop_make(self->dir, &shop, &job->first, &job->second, &error)) {
            g_task_return_error(job->task, error);
            return;
        }
    } else if (job->first == NULL && !self->offline) {
        ui_new_shop_serve(self->dir);
    }
    if (job->first != NULL) {
        PosStoreLock *lock = pos_store_lock(self->dir, &error);
        bool fine =
            lock != NULL && sync_enrol(self->dir, job->first, job->second, NULL, "manager", &error);
        if (lock != NULL) {
            pos_store_unlock(lock);
        }
        if (!fine) {
            g_task_return_error(job->task, error);
            return;
        }
    }
    self->desk = ui_manage_desk_open(self->dir, self->offline, on_notify, self, &error);
    if (self->desk == NULL) {
        g_task_return_error(job->task, error);
        return;
    }
    bool enrolled = ui_manage_desk_is_enrolled(self->desk);
    if (!enrolled) { /* the folder's lock is needed to enrol it */
        g_clear_pointer(&self->desk, ui_manage_desk_close);
    }
    g_task_return_boolean(job->task, enrolled);
}

static void unref_json(gpointer value)
{
    json_decref(value);
}

static void run_ask(UiManageThread *self, Job *job)
{
    json_t *answer = self->desk != NULL ? ui_manage_desk_answer(self->desk, job->request)
                                        : json_pack("{s:s, s:s}", "event", "refused", "message",
                                                    "no folder is open");
    g_task_return_pointer(job->task, answer, unref_json);
}

static void run_find(UiManageThread *self, Job *job)
{
    GError *error = NULL;
    PosStore *store = ui_manage_desk_store(self->desk);
    g_autoptr(GTimeZone) zone = pos_store_zone(store);
    const PosClock *clock = pos_clock_system();
    int64_t now_ms = clock->wall_ms(clock->user);
    GArray *ids = NULL;
    if (!job->rebuild ||
        pos_store_inventory_rebuild(store, ui_language(), pos_date_of_instant(now_ms, zone), now_ms,
                                    &error)) {
        ids = pos_store_inventory_find(store, &job->query, &error);
    }
    if (ids == NULL) {
        g_task_return_error(job->task, error);
        return;
    }
    g_task_return_pointer(job->task, ids, (GDestroyNotify)g_array_unref);
}

static gpointer work(gpointer user)
{
    UiManageThread *self = user;
    for (;;) {
        Job *job = g_async_queue_pop(self->queue);
        if (job->task == NULL) {
            job_free(job);
            break;
        }
        job->run(self, job);
        job_free(job);
    }
    g_clear_pointer(&self->desk, ui_manage_desk_close);
    return NULL;
}

/* --- the main thread's side ---------------------------------------------------------------------------- */

static void on_answered(GTask *task, GParamSpec *spec, gpointer user)
{
    (void)task;
    (void)spec;
    UI_MANAGE_THREAD(user)->pending--;
}

static Job *job_new(UiManageThread *self, void (*run)(UiManageThread *self, Job *job),
                    GAsyncReadyCallback done, gpointer user)
{
    Job *job = g_new0(Job, 1);
    job->run = run;
    job->task = g_task_new(self, NULL, done, user);
    self->pending++;
    g_signal_connect_object(job->task, "notify::completed", G_CALLBACK(on_answered), self, 0);
    return job;
}

void ui_manage_thread_open(UiManageThread *self, GAsyncReadyCallback done, gpointer user)
{
    g_async_queue_push(self->queue, job_new(self, run_open, done, user));
}

void ui_manage_thread_enrol(UiManageThread *self, const char *url, const char *code,
                            GAsyncReadyCallback done, gpointer user)
{
    Job *job = job_new(self, run_open, done, user);
    job->first = g_strdup(url);
    job->second = g_strdup(code);
    g_async_queue_push(self->queue, job);
}

void ui_manage_thread_new_shop(UiManageThread *self, const UiNewShop *shop,
                               GAsyncReadyCallback done, gpointer user)
{
    const char *const words[] = {shop->name,      shop->currency,     shop->language,
                                 shop->time_zone, shop->manager_name, shop->pin};
    Job *job = job_new(self, run_open, done, user);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        job->shop[i] = g_strdup(words[i]);
    }
    g_async_queue_push(self->queue, job);
}

gboolean ui_manage_thread_open_finish(UiManageThread *self, GAsyncResult *result, GError **error)
{
    (void)self;
    return g_task_propagate_boolean(G_TASK(result), error);
}

void ui_manage_thread_ask(UiManageThread *self, json_t *request, GAsyncReadyCallback done,
                          gpointer user)
{
    Job *job = job_new(self, run_ask, done, user);
    job->request = request;
    g_async_queue_push(self->queue, job);
}

json_t *ui_manage_thread_ask_finish(UiManageThread *self, GAsyncResult *result)
{
    (void)self;
    return g_task_propagate_pointer(G_TASK(result), NULL);
}

void ui_manage_thread_find(UiManageThread *self, const PosInventoryQuery *query, bool rebuild,
                           GAsyncReadyCallback done, gpointer user)
{
    Job *job = job_new(self, run_find, done, user);
    job->query = *query;
    job->query.text = job->first = g_strdup(query->text);
    job->query.category = job->second = g_strdup(query->category);
    job->rebuild = rebuild;
    g_async_queue_push(self->queue, job);
}

GArray *ui_manage_thread_find_finish(UiManageThread *self, GAsyncResult *result, GError **error)
{
    (void)self;
    return g_task_propagate_pointer(G_TASK(result), error);
}

guint ui_manage_thread_pending(UiManageThread *self)
{
    return self->pending;
}

const char *ui_manage_thread_folder(UiManageThread *self)
{
    return self->dir;
}

void ui_manage_thread_stop(UiManageThread *self)
{
    if (self->thread != NULL) {
        g_async_queue_push(self->queue, g_new0(Job, 1));
        g_thread_join(g_steal_pointer(&self->thread));
    }
}

static void ui_manage_thread_finalize(GObject *object)
{
    UiManageThread *self = UI_MANAGE_THREAD(object);
    ui_manage_thread_stop(self);
    g_async_queue_unref(self->queue);
    g_free(self->dir);
    G_OBJECT_CLASS(ui_manage_thread_parent_class)->finalize(object);
}

static void ui_manage_thread_class_init(UiManageThreadClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_manage_thread_finalize;
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_manage_thread_init(UiManageThread *self)
{
    self->queue = g_async_queue_new();
}

UiManageThread *ui_manage_thread_new(const char *data_dir, bool offline)
{
    UiManageThread *self = g_object_new(UI_TYPE_MANAGE_THREAD, NULL);
    self->dir = g_strdup(data_dir);
    self->offline = offline;
    self->thread = g_thread_new("manage", work, self);
    return self;
}
