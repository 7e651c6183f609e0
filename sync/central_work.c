/* SPDX-License-Identifier: GPL-3.0-or-later
 * One thread, one loop: sleep until the next thing is due, do what is due. A store is repriced 300
 * ms after its last new record and at most a second after its first, so a burst of sales is one
 * repricing; a repricing that takes long is followed by a pause as long, which leaves the machine
 * to the tills. */
#include "sync/central_work.h"

#include "sync/central_log.h"
#include "sync/central_price.h"
#include "sync/central_reprice.h"

#include <string.h>

#define QUIET_US (300 * G_TIME_SPAN_MILLISECOND)
#define SOON_US G_TIME_SPAN_SECOND
#define TICK_US G_TIME_SPAN_SECOND
#define SWEEP_US G_TIME_SPAN_MINUTE
#define URLS_MAX 8
#define LEASE_MS                                                                                   \
    15000 /* of several centrals one reprices a store; it is renewed when half is gone */

typedef struct {
    int64_t first_us, last_us; /* new records since the last repricing */
} Dirty;

typedef struct {
    int64_t number, until_ms;
} Lease;

struct CentralWork {
    CentralStore *store;
    const PosClock *clock;
    void (*published)(void *user);
    void *user;
    char *url, *pin;
    GThread *thread;
    GMutex lock;
    GCond wake;
    GHashTable *dirty;    /* store id to Dirty */
    GHashTable *settled;  /* ids of stores whose setting `central` is right */
    char *owner;          /* our name in leases */
    GHashTable *leases;   /* store id to Lease, on a database that other centrals share */
    GHashTable *bookings; /* store id to what other centrals' bookings were counted at last */
    bool look, end;
    int64_t pause_until_us;
};

static void log_failure(const char *event, const char *store_id, const GError *error)
{
    central_log(event, json_pack("{s:s?, s:s}", "store", store_id, "message",
                                 error ? error->message : "unknown"));
}

/* --- the setting `central` -------------------------------------------------------------------- */

static json_t *base_urls(CentralWork *work, const json_t *old)
{
    g_autofree char *text = central_store_meta_get(work->store, CENTRAL_META_BASE_URLS);
    json_t *urls = text == NULL || *text == '\0' ? NULL : json_loads(text, 0, NULL);
    if (json_is_array(urls) && json_array_size(urls) > 0) {
        return urls;
    }
    json_decref(urls);
    urls = json_array();
    if (work->url != NULL) {
        json_array_append_new(urls, json_string(work->url));
    }
    /* Other centrals on the same database have put theirs there. */
    const json_t *others =
        central_store_is_shared(work->store) ? json_object_get(old, "urls") : NULL;
    for (gsize i = 0; i < json_array_size(others) && i < URLS_MAX; i++) {
        const char *other = json_string_value(json_array_get(others, i));
        if (other != NULL && g_strcmp0(other, work->url) != 0) {
            json_array_append_new(urls, json_string(other));
        }
    }
    return urls;
}

/* Keeps what an administrator put there beside (next_pin). */
static bool publish_urls(CentralWork *work, const char *store_id, GError **error)
{
    if (!central_store_hold(work->store, store_id, error)) {
        return false;
    }
    g_autoptr(json_t) old =
        central_store_feed_value(work->store, store_id, "setting", "central", NULL);
    g_autoptr(json_t) value = json_is_object(old) ? json_deep_copy(old) : json_object();
    json_object_set_new(value, "urls", base_urls(work, old));
    if (work->pin != NULL) {
        json_object_set_new(value, "pin", json_string(work->pin));
        const char *next = json_string_value(json_object_get(value, "next_pin"));
        if (g_strcmp0(next, work->pin) == 0) {
            json_object_del(value, "next_pin"); /* it has come */
        }
    } else {
        json_object_del(value, "pin");
    }
    CentralChange change = {"setting", "central", value};
    int64_t version = 0;
    return central_store_publish(work->store, store_id, &change, 1, &version, error);
}

static bool settle_store(CentralWork *work, const char *store_id, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(work->store, &scope, error)) {
        scope.ok = publish_urls(work, store_id, error);
    }
    return scope.ok;
}

static bool settle_stores(CentralWork *work, GError **error)
{
    g_autoptr(GPtrArray) ids = central_store_list_stores(work->store);
    bool good = true;
    for (guint i = 0; ids != NULL && i < ids->len && good; i++) {
        const char *store_id = g_ptr_array_index(ids, i);
        if (!g_hash_table_contains(work->settled, store_id)) {
            good = settle_store(work, store_id, error);
            if (good) {
                g_hash_table_add(work->settled, g_strdup(store_id));
                work->published(work->user);
            }
        }
    }
    return good;
}

/* --- prices ----------------------------------------------------------------------------------- */

static int64_t now_ms(CentralWork *work)
{
    return work->clock->wall_ms(work->clock->user);
}

/* Whether the store is ours to reprice; prices are published under the lease from here to unlease. */
static bool lease_store(CentralWork *work, const char *store_id)
{
    g_autoptr(GError) error = NULL;
    if (!central_store_is_shared(work->store)) {
        return true;
    }
    Lease *held = g_hash_table_lookup(work->leases, store_id);
    int64_t now = now_ms(work);
    if (held == NULL || held->until_ms - now < LEASE_MS / 2) {
        Lease fresh = {0, now + LEASE_MS};
        if (!central_store_lease(work->store, store_id, work->owner, now, fresh.until_ms,
                                 &fresh.number, &error)) {
            log_failure("lease_failed", store_id, error);
        }
        if (fresh.number == 0) {
            g_hash_table_remove(work->leases, store_id);
            return false;
        }
        held = g_memdup2(&fresh, sizeof fresh);
        g_hash_table_insert(work->leases, g_strdup(store_id), held);
    }
    central_store_fence(work->store, store_id, held->number);
    return true;
}

static void reprice(CentralWork *work, const char *store_id)
{
    g_autoptr(GError) error = NULL;
    int changes = 0;
    if (!lease_store(work, store_id)) {
        return;
    }
    int64_t since_us = g_get_monotonic_time();
    if (!central_reprice_store(work->store, store_id, now_ms(work), false, &changes, NULL,
                               &error)) {
        log_failure("reprice_failed", store_id, error);
        g_hash_table_remove(work->leases, store_id); /* it may be another's by now */
    } else if (changes > 0) {
        work->published(work->user);
        central_log("repriced", json_pack("{s:s, s:i}", "store", store_id, "changes", changes));
    }
    central_store_fence(work->store, store_id, 0);
    int64_t end_us = g_get_monotonic_time();
    work->pause_until_us = end_us + (end_us - since_us);
}

static void promote_due(CentralWork *work)
{
    g_autoptr(GError) error = NULL;
    int changes = 0;
    if (!central_price_due(work->store, now_ms(work), &changes, &error)) {
        log_failure("price_due_failed", NULL, error);
    } else if (changes > 0) {
        work->published(work->user);
    }
}

static int64_t due_us(const Dirty *dirty)
{
    return MIN(dirty->first_us + SOON_US, dirty->last_us + QUIET_US);
}

/* Takes the ids that are due off the list. Owned. Called with the lock held. */
static GPtrArray *take_due(CentralWork *work, int64_t now_us)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    void *key, *value;
    g_hash_table_iter_init(&iter, work->dirty);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (due_us(value) <= now_us && work->pause_until_us <= now_us) {
            g_ptr_array_add(ids, g_strdup(key));
            g_hash_table_iter_remove(&iter);
        }
    }
    return ids;
}

/* Called with the lock held. */
static int64_t next_due_us(CentralWork *work, int64_t tick_us)
{
    GHashTableIter iter;
    void *value;
    int64_t until_us = tick_us;
    g_hash_table_iter_init(&iter, work->dirty);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        until_us = MIN(until_us, MAX(due_us(value), work->pause_until_us));
    }
    return until_us;
}

static void notice_booking(const char *store_id, int64_t bookings, void *user)
{
    CentralWork *work = user;
    const int64_t *known = g_hash_table_lookup(work->bookings, store_id);
    if (known != NULL && *known == bookings) {
        return;
    }
    if (known != NULL) {
        central_work_booked(work, store_id);
    }
    g_hash_table_insert(work->bookings, g_strdup(store_id), g_memdup2(&bookings, sizeof bookings));
}

/* What other centrals booked is for whoever reprices the store. */
static void look_at_bookings(CentralWork *work)
{
    g_autoptr(GError) error = NULL;
    if (central_store_is_shared(work->store) &&
        !central_store_bookings_each(work->store, notice_booking, work, &error)) {
        log_failure("bookings_failed", NULL, error);
    }
}

static void tick(CentralWork *work, bool look)
{
    g_autoptr(GError) error = NULL;
    look_at_bookings(work);
    if (look && !settle_stores(work, &error)) {
        log_failure("setting_failed", NULL, error);
    }
    promote_due(work);
}

static void sweep(CentralWork *work)
{
    g_autoptr(GPtrArray) ids = central_store_list_stores(work->store);
    for (guint i = 0; ids != NULL && i < ids->len; i++) {
        reprice(work, g_ptr_array_index(ids, i));
    }
}

static void *run_work(void *user)
{
    CentralWork *work = user;
    central_store_adopt(work->store);
    int64_t tick_us = 0, sweep_us = 0;
    for (;;) {
        g_mutex_lock(&work->lock);
        int64_t now_us = g_get_monotonic_time();
        int64_t until_us = next_due_us(work, tick_us);
        while (!work->end && now_us < until_us) {
            (void)g_cond_wait_until(&work->wake, &work->lock, until_us);
            until_us = next_due_us(work, tick_us);
            now_us = g_get_monotonic_time();
        }
        bool end = work->end;
        g_autoptr(GPtrArray) ids = take_due(work, now_us);
        bool look = now_us >= tick_us && work->look;
        work->look = work->look && !look;
        g_mutex_unlock(&work->lock);
        if (end) {
            return NULL;
        }
        for (guint i = 0; i < ids->len; i++) {
            reprice(work, g_ptr_array_index(ids, i));
        }
        if (now_us >= tick_us) {
            tick(work, look);
            tick_us = now_us + TICK_US;
        }
        if (now_us >= sweep_us) {
            sweep(work);
            sweep_us = now_us + SWEEP_US;
        }
    }
}

/* --- life ------------------------------------------------------------------------------------- */

CentralWork *central_work_new(const char *dir, const PosClock *clock, void (*published)(void *user),
                              void *user, GError **error)
{
    CentralStore *store = central_store_open(dir, CENTRAL_STORE_WRITE, error);
    if (store == NULL) {
        return NULL;
    }
    CentralWork *work = g_new0(CentralWork, 1);
    work->store = store;
    work->clock = clock;
    work->published = published;
    work->user = user;
    g_mutex_init(&work->lock);
    g_cond_init(&work->wake);
    work->dirty = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    work->settled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    work->leases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    work->bookings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    work->owner = g_uuid_string_random();
    return work;
}

bool central_work_start(CentralWork *work, const char *url, const char *pin, GError **error)
{
    work->url = g_strdup(url);
    work->pin = g_strdup(pin);
    if (!settle_stores(work, error)) {
        return false;
    }
    work->thread = g_thread_new("work", run_work, work);
    return true;
}

void central_work_booked(CentralWork *work, const char *store_id)
{
    int64_t now_us = g_get_monotonic_time();
    g_mutex_lock(&work->lock);
    Dirty *dirty = g_hash_table_lookup(work->dirty, store_id);
    if (dirty == NULL) {
        dirty = g_new0(Dirty, 1);
        dirty->first_us = now_us;
        g_hash_table_insert(work->dirty, g_strdup(store_id), dirty);
        g_cond_signal(&work->wake);
    }
    dirty->last_us = now_us;
    g_mutex_unlock(&work->lock);
}

void central_work_look(CentralWork *work)
{
    g_mutex_lock(&work->lock);
    work->look = true;
    g_mutex_unlock(&work->lock);
}

void central_work_stop(CentralWork *work)
{
    if (work == NULL) {
        return;
    }
    g_mutex_lock(&work->lock);
    work->end = true;
    g_cond_signal(&work->wake);
    g_mutex_unlock(&work->lock);
    if (work->thread != NULL) {
        g_thread_join(g_steal_pointer(&work->thread));
    }
}

void central_work_free(CentralWork *work)
{
    if (work == NULL) {
        return;
    }
    central_store_adopt(work->store);
    central_store_close(work->store);
    g_hash_table_destroy(work->dirty);
    g_hash_table_destroy(work->settled);
    g_hash_table_destroy(work->leases);
    g_hash_table_destroy(work->bookings);
    g_free(work->owner);
    g_mutex_clear(&work->lock);
    g_cond_clear(&work->wake);
    g_free(work->url);
    g_free(work->pin);
    g_free(work);
}
