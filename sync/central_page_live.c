/* SPDX-License-Identifier: GPL-3.0-or-later
 * A stream holds what it sent last and nothing else; when the feed has moved it is woken, reads its one price anew and
 * says so if it is another. */
#include "sync/central_page_live.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LOOK_US (250 * 1000)
#define HEARTBEAT_US (15 * G_USEC_PER_SEC)

typedef struct {
    CentralPageLive *live;
    CentralStream *stream;
    char *store_id, *gtin, *lot, *language, *peer;
    CentralPageLiveText text;
    void *user;
    char *sent_key;
    GString *out;
    gsize taken;
    bool look;      /* under the lock: there may be another price */
    bool heartbeat; /* under the lock */
    GList link;
} LiveStream;

struct CentralPageLive {
    GMutex lock;
    GCond wake;
    GQueue streams;     /* of LiveStream */
    GHashTable *peers;  /* address to count */
    CentralStore *poll; /* of the thread */
    GThread *thread;
    bool notified, end;
};

/* --- a stream --------------------------------------------------------------------------------- */

static void fill(LiveStream *s, bool look, bool heartbeat)
{
    g_autofree char *key = NULL;
    g_autofree char *text =
        look ? s->text(s->store_id, s->gtin, s->lot, s->language, &key, s->user) : NULL;
    if (text != NULL && g_strcmp0(key, s->sent_key) != 0) {
        g_string_append_printf(s->out, "event: price\ndata: %s\n\n", text);
        g_free(s->sent_key);
        s->sent_key = g_steal_pointer(&key);
    } else if (heartbeat) {
        g_string_append(s->out, ": here\n\n");
    }
}

static gssize read_live(CentralStream *stream, char *buffer, gsize room, void *user)
{
    LiveStream *s = user;
    if (s->taken == s->out->len) {
        g_string_truncate(s->out, 0);
        s->taken = 0;
        g_mutex_lock(&s->live->lock);
        bool look = s->look, heartbeat = s->heartbeat, end = s->live->end;
        s->look = s->heartbeat = false;
        g_mutex_unlock(&s->live->lock);
        if (end) {
            return -1;
        }
        fill(s, look, heartbeat);
    }
    gsize count = MIN(room, s->out->len - s->taken);
    memcpy(buffer, s->out->str + s->taken, count);
    s->taken += count;
    return (gssize)count;
}

static void count_peer(CentralPageLive *live, const char *peer, int change)
{
    int count = GPOINTER_TO_INT(g_hash_table_lookup(live->peers, peer)) + change;
    if (count > 0) {
        g_hash_table_insert(live->peers, g_strdup(peer), GINT_TO_POINTER(count));
    } else {
        g_hash_table_remove(live->peers, peer);
    }
}

static void free_live(void *user)
{
    LiveStream *s = user;
    g_mutex_lock(&s->live->lock);
    g_queue_unlink(&s->live->streams, &s->link);
    count_peer(s->live, s->peer, -1);
    g_mutex_unlock(&s->live->lock);
    g_free(s->store_id);
    g_free(s->gtin);
    g_free(s->lot);
    g_free(s->language);
    g_free(s->peer);
    g_free(s->sent_key);
    g_string_free(s->out, TRUE);
    g_free(s);
}

void central_page_live_serve(CentralPageLive *live, CentralRequest *request, const char *store_id,
                             const char *gtin, const char *lot, const char *language,
                             CentralPageLiveText text, void *user)
{
    static const CentralStreamSource source = {read_live, free_live};
    const char *peer = central_request_peer(request);
    g_mutex_lock(&live->lock);
    int of_peer = GPOINTER_TO_INT(g_hash_table_lookup(live->peers, peer));
    bool full = live->end || live->streams.length >= CENTRAL_LIVE_ALL ||
                of_peer >= CENTRAL_LIVE_PER_ADDRESS;
    if (!full) {
        count_peer(live, peer, 1);
    }
    g_mutex_unlock(&live->lock);
    if (full) {
        central_request_add_header(request, "Retry-After", "30");
        central_request_error(request, 429, "too_many",
                              _("Too many live prices are open already: close some of them"));
        return;
    }
    LiveStream *s = g_new0(LiveStream, 1);
    *s = (LiveStream){.live = live,
                      .store_id = g_strdup(store_id),
                      .gtin = g_strdup(gtin),
                      .lot = g_strdup(lot),
                      .language = g_strdup(language),
                      .peer = g_strdup(peer),
                      .text = text,
                      .user = user,
                      .out = g_string_new("retry: 3000\n\n"),
                      .look = true};
    s->link.data = s;
    /* Nobody else wakes it before it has its stream: both happen on this thread, under the lock. */
    g_mutex_lock(&live->lock);
    s->stream = central_request_stream(request, "text/event-stream", &source, s);
    g_queue_push_tail_link(&live->streams, &s->link);
    g_mutex_unlock(&live->lock);
}

/* --- the thread ------------------------------------------------------------------------------- */

/* Sets what the streams have to do and wakes them. Called with the lock held. */
static void wake_all(CentralPageLive *live, bool look, bool heartbeat)
{
    for (GList *link = live->streams.head; link != NULL; link = link->next) {
        LiveStream *s = link->data;
        s->look |= look;
        s->heartbeat |= heartbeat;
        central_stream_wake(s->stream);
    }
}

/* The sum of the stores' versions: it moves when any of them does. */
static int64_t versions(CentralStore *store)
{
    int64_t sum = 0;
    g_autoptr(GPtrArray) stores = central_store_list_stores(store);
    for (guint i = 0; i < stores->len; i++) {
        int64_t newest = 0;
        if (central_store_feed_newest(store, g_ptr_array_index(stores, i), &newest, NULL)) {
            sum += newest;
        }
    }
    return sum;
}

static void *run(void *user)
{
    CentralPageLive *live = user;
    int64_t seen = -1, beat_us = g_get_monotonic_time();
    central_store_adopt(live->poll);
    g_mutex_lock(&live->lock);
    while (!live->end) {
        if (!live->notified) {
            (void)g_cond_wait_until(&live->wake, &live->lock, g_get_monotonic_time() + LOOK_US);
        }
        live->notified = false;
        if (live->end || live->streams.length == 0) {
            continue;
        }
        g_mutex_unlock(&live->lock);
        int64_t now = versions(live->poll), now_us = g_get_monotonic_time();
        g_mutex_lock(&live->lock);
        bool beat = now_us - beat_us >= HEARTBEAT_US;
        if (now != seen || beat) {
            wake_all(live, now != seen || beat, beat);
            beat_us = beat ? now_us : beat_us;
            seen = now;
        }
    }
    wake_all(live, false, false);
    g_mutex_unlock(&live->lock);
    return NULL;
}

CentralPageLive *central_page_live_start(const char *dir, GError **error)
{
    CentralStore *poll = central_store_open(dir, CENTRAL_STORE_READ, error);
    if (poll == NULL) {
        return NULL;
    }
    CentralPageLive *live = g_new0(CentralPageLive, 1);
    g_mutex_init(&live->lock);
    g_cond_init(&live->wake);
    live->peers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    live->poll = poll;
    live->thread = g_thread_new("page_live", run, live);
    return live;
}

void central_page_live_notify(CentralPageLive *live)
{
    g_mutex_lock(&live->lock);
    live->notified = true;
    g_cond_signal(&live->wake);
    g_mutex_unlock(&live->lock);
}

void central_page_live_quiesce(CentralPageLive *live)
{
    g_mutex_lock(&live->lock);
    live->end = true;
    g_cond_signal(&live->wake);
    g_mutex_unlock(&live->lock);
    g_thread_join(live->thread);
    live->thread = NULL;
}

void central_page_live_free(CentralPageLive *live)
{
    if (live == NULL) {
        return;
    }
    if (live->thread != NULL) {
        central_page_live_quiesce(live);
    }
    central_store_adopt(live->poll);
    central_store_close(live->poll);
    g_hash_table_unref(live->peers);
    g_mutex_clear(&live->lock);
    g_cond_clear(&live->wake);
    g_free(live);
}
