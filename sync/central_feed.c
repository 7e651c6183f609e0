/* SPDX-License-Identifier: GPL-3.0-or-later
 * Streams and the thread that wakes them. Who touches what:
 * - http thread: everything of a FeedStream but its flags, and the shared chunks;
 * - feed thread: looks for new versions and dead tokens, sets flags and wakes;
 * - under `lock`: topics, their lists of streams, the flags.
 * A small step (what nearly every stream needs after a commit) is rendered once and shared by all
 * who stand at the same version. A large one goes over a spool (sync/central_spool.h). Lock order:
 * this lock, then the http side's. */
#include "sync/central_feed.h"

#include "pos/error.h"
#include "sync/central_feed_render.h"
#include "sync/central_log.h"
#include "sync/central_spool.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Between two looks for versions of other programs; a look is some microseconds. */
#define POLL_US (10 * G_TIME_SPAN_MILLISECOND)
#define POLL_IDLE_US (200 * G_TIME_SPAN_MILLISECOND) /* without a stream */
#define BEAT_US (15 * G_TIME_SPAN_SECOND)
#define TOKENS_CHECK_US G_TIME_SPAN_SECOND
#define STEP_BYTES_MAX (128 * 1024)
#define SHARED_CHUNKS 8

/* What leads from one version to the newest, ready to send. */
typedef struct {
    CentralFeedForm form;
    bool gzip, staff;
    int64_t from, to;
    GBytes *bytes;
} Shared;

typedef struct {
    char *store_id;
    GQueue streams; /* of FeedStream */
    int64_t woken;  /* streams were woken for this version; 0 not yet */
    Shared shared[SHARED_CHUNKS];
    guint shared_next;
} Topic;

struct CentralFeed {
    CentralStore *read; /* of the http thread */
    CentralStore *poll; /* of the feed thread */
    CentralSpooler *spooler;
    GQueue waiting; /* of FeedStream that want a spool; http thread */
    GMutex lock;
    GCond wake;
    GHashTable *topics; /* store id to Topic */
    guint streams;
    bool notified, check_tokens, end;
    bool stale;   /* a stream could not be given what it was woken for */
    char *tokens; /* CENTRAL_META_TOKENS when they were last looked at; feed thread */
    GThread *thread;
};

typedef struct {
    CentralFeed *feed;
    Topic *topic;
    CentralStream *stream;
    CentralFeedForm form;
    bool gzip, staff;
    char *mode, *token;
    int64_t position; /* all up to this version has gone out, or is in the chunk */
    GBytes *chunk;
    gsize offset;
    CentralSpool *spool;
    int64_t spool_offset;
    bool opened; /* has asked the database once: what it finds then is there at once */
    bool ended;
    bool dropped, beat; /* under feed->lock */
    int64_t wrote_us;   /* under feed->lock */
    GList topic_link, waiting_link;
    bool waiting;
} FeedStream;

/* --- small steps (http thread) ---------------------------------------------------------------- */

static void log_error(const char *event, const GError *error)
{
    central_log(event, json_pack("{s:s}", "message", error ? error->message : "unknown"));
}

static char *read_epoch(CentralFeed *feed)
{
    char *epoch = central_store_meta_get(feed->read, CENTRAL_META_EPOCH);
    return epoch != NULL ? epoch : g_strdup("");
}

static Shared *find_shared(FeedStream *s, int64_t newest)
{
    for (guint i = 0; i < SHARED_CHUNKS; i++) {
        Shared *shared = &s->topic->shared[i];
        if (shared->bytes != NULL && shared->from == s->position && shared->to >= newest &&
            shared->form == s->form && shared->gzip == s->gzip && shared->staff == s->staff) {
            return shared;
        }
    }
    return NULL;
}

static Shared *keep_shared(FeedStream *s, int64_t to, GBytes *bytes)
{
    Topic *topic = s->topic;
    Shared *shared = &topic->shared[topic->shared_next++ % SHARED_CHUNKS];
    g_clear_pointer(&shared->bytes, g_bytes_unref);
    *shared = (Shared){s->form, s->gzip, s->staff, s->position, to, bytes};
    return shared;
}

typedef enum { STEP_FAILED, STEP_DONE, STEP_LARGE, STEP_NONE } Step;

/* The server that is read lags behind the one that was looked at: it is looked at again. */
static Step wait_for_server(FeedStream *s, int64_t newest)
{
    g_mutex_lock(&s->feed->lock);
    s->topic->woken = MIN(s->topic->woken, newest);
    s->feed->stale = true;
    g_mutex_unlock(&s->feed->lock);
    return STEP_NONE;
}

/* From the stream's position to the newest version in one chunk, if that is small. */
static Step render_step(FeedStream *s, int64_t newest, Shared **out)
{
    CentralFeed *feed = s->feed;
    Shared *shared = find_shared(s, newest);
    if (shared != NULL) {
        *out = shared;
        return STEP_DONE;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *epoch = read_epoch(feed);
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(feed->read, s->topic->store_id, s->position, s->mode, &error);
    if (cursor != NULL && s->form == CENTRAL_FEED_EVENTS &&
        central_feed_cursor_newest(cursor) <= s->position) {
        return wait_for_server(s, central_feed_cursor_newest(cursor));
    }
    g_autoptr(GString) text = g_string_new(NULL);
    CentralRender render = {0};
    CentralRenderStatus status =
        cursor == NULL
            ? CENTRAL_RENDER_FAILED
            : central_render_items(&render, s->form, cursor, epoch, STEP_BYTES_MAX, text, &error);
    if (status == CENTRAL_RENDER_END) {
        GBytes *bytes = s->gzip ? central_render_gzip(text) : g_bytes_new(text->str, text->len);
        *out = keep_shared(s, central_feed_cursor_newest(cursor), bytes);
        return STEP_DONE;
    }
    if (status == CENTRAL_RENDER_FAILED) {
        log_error("feed_failed", error);
    }
    return status == CENTRAL_RENDER_FAILED ? STEP_FAILED : STEP_LARGE;
}

/* --- large ones ------------------------------------------------------------------------------- */

static void release_spool(FeedStream *s)
{
    CentralFeed *feed = s->feed;
    if (s->spool == NULL) {
        return;
    }
    central_spool_release(g_steal_pointer(&s->spool), s->stream);
    FeedStream *next = g_queue_peek_head(&feed->waiting);
    if (next != NULL) {
        g_queue_unlink(&feed->waiting, &next->waiting_link);
        next->waiting = false;
        central_stream_wake(next->stream);
    }
}

/* Nothing when too many are being read: then the stream is woken when one was. */
static void take_spool(FeedStream *s, int64_t newest)
{
    CentralSpoolKey key = {s->topic->store_id, s->mode, s->position, s->form, s->gzip};
    s->spool = central_spooler_get(s->feed->spooler, &key, newest);
    s->spool_offset = 0;
    if (s->waiting != (s->spool == NULL)) {
        s->waiting = !s->waiting;
        if (s->waiting) {
            g_queue_push_tail_link(&s->feed->waiting, &s->waiting_link);
        } else {
            g_queue_unlink(&s->feed->waiting, &s->waiting_link);
        }
    }
}

static gssize send_spool(FeedStream *s, char *buffer, gsize room)
{
    gssize count = central_spool_read(s->spool, s->spool_offset, buffer, room, s->stream);
    if (count > 0) {
        s->spool_offset += count;
    } else if (count == CENTRAL_SPOOL_END) {
        s->position = central_spool_newest(s->spool);
        s->ended = s->form == CENTRAL_FEED_LINES;
        release_spool(s);
    } else if (count == CENTRAL_SPOOL_FAILED) {
        s->ended = true;
        release_spool(s);
    }
    return MAX(count, 0);
}

/* The newest version: of a stream that has caught up what the feed thread has seen, since whatever
 * comes later wakes it (ten thousand streams would else ask the database for the same number); else
 * the database's. */
static bool look_newest(FeedStream *s, int64_t *out_newest, GError **error)
{
    g_mutex_lock(&s->feed->lock);
    *out_newest = s->form == CENTRAL_FEED_EVENTS && s->opened ? s->topic->woken : 0;
    g_mutex_unlock(&s->feed->lock);
    s->opened = true;
    return *out_newest > 0 ||
           central_store_feed_newest(s->feed->read, s->topic->store_id, out_newest, error);
}

/* Finds what is to go out next, a chunk or a spool; neither when nothing is, for now or (s->ended)
 * for good. */
static void advance(FeedStream *s)
{
    g_autoptr(GError) error = NULL;
    int64_t newest = 0;
    if (!look_newest(s, &newest, &error)) {
        log_error("feed_failed", error);
        s->ended = true;
        return;
    }
    if (s->form == CENTRAL_FEED_EVENTS && newest <= s->position) {
        return;
    }
    Shared *shared = NULL;
    switch (s->waiting ? STEP_LARGE : render_step(s, newest, &shared)) {
    case STEP_LARGE:
        take_spool(s, newest);
        return;
    case STEP_NONE:
        return;
    case STEP_FAILED:
        s->ended = true;
        return;
    case STEP_DONE:
        s->position = shared->to;
        s->ended = s->form == CENTRAL_FEED_LINES;
        s->chunk = g_bytes_ref(shared->bytes);
        return;
    }
}

/* --- a stream (http thread) ------------------------------------------------------------------- */

typedef enum { STATE_GO, STATE_BEAT, STATE_DROPPED } State;

static State take_flags(FeedStream *s)
{
    g_mutex_lock(&s->feed->lock);
    State state = s->dropped ? STATE_DROPPED : s->beat ? STATE_BEAT : STATE_GO;
    s->beat = false;
    g_mutex_unlock(&s->feed->lock);
    return state;
}

static gssize send_chunk(FeedStream *s, char *buffer, gsize room)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(s->chunk, &length);
    gsize count = MIN(room, length - s->offset);
    memcpy(buffer, data + s->offset, count);
    s->offset += count;
    if (s->offset == length) {
        g_clear_pointer(&s->chunk, g_bytes_unref);
        s->offset = 0;
    }
    return (gssize)count;
}

/* The next bytes, 0 when there are none now. */
static gssize send_next(FeedStream *s, char *buffer, gsize room)
{
    for (;;) {
        if (s->chunk != NULL) {
            return send_chunk(s, buffer, room);
        }
        if (s->spool != NULL) {
            gssize count = send_spool(s, buffer, room);
            if (count > 0 || s->spool != NULL) {
                return count;
            }
        }
        if (!s->ended) { /* also after a spool: what was committed meanwhile */
            advance(s);
        }
        if (s->chunk == NULL && s->spool == NULL) {
            return 0;
        }
    }
}

static bool token_is_good(CentralStore *store, const char *token)
{
    g_auto(CentralTerminal) terminal = {0};
    g_autoptr(GError) error = NULL;
    if (central_store_terminal_by_token(store, token, &terminal, &error)) {
        return true;
    }
    return !g_error_matches(error, POS_ERROR,
                            POS_ERROR_NOT_FOUND); /* a database in trouble revokes nothing */
}

static gssize read_feed(CentralStream *stream, char *buffer, gsize room, void *user)
{
    FeedStream *s = user;
    central_store_adopt(s->feed->read); /* opened before the http thread was there */
    State state = take_flags(s);
    if (state == STATE_DROPPED) {
        return -1;
    }
    gssize count = send_next(s, buffer, room);
    if (count == 0 && s->ended) {
        return -1;
    }
    /* Not while a spool is on its way: that may stand in the middle of a line. */
    if (count == 0 && state == STATE_BEAT && s->spool == NULL && s->form == CENTRAL_FEED_EVENTS) {
        if (!token_is_good(s->feed->read, s->token)) {
            return -1;
        }
        g_assert(room >= 2);
        memcpy(buffer, ":\n", 2);
        count = 2;
    }
    if (count > 0) {
        g_mutex_lock(&s->feed->lock);
        s->wrote_us = g_get_monotonic_time();
        g_mutex_unlock(&s->feed->lock);
    }
    return count;
}

static void free_topic(void *data)
{
    Topic *topic = data;
    for (guint i = 0; i < SHARED_CHUNKS; i++) {
        g_clear_pointer(&topic->shared[i].bytes, g_bytes_unref);
    }
    g_free(topic->store_id);
    g_free(topic);
}

static void free_feed_stream(void *user)
{
    FeedStream *s = user;
    CentralFeed *feed = s->feed;
    g_mutex_lock(&feed->lock);
    g_queue_unlink(&s->topic->streams, &s->topic_link);
    feed->streams--;
    if (s->topic->streams.length == 0) {
        g_hash_table_remove(feed->topics, s->topic->store_id);
    }
    g_mutex_unlock(&feed->lock);
    if (s->waiting) {
        g_queue_unlink(&feed->waiting, &s->waiting_link);
    }
    release_spool(s);
    g_clear_pointer(&s->chunk, g_bytes_unref);
    g_free(s->mode);
    g_free(s->token);
    g_free(s);
}

/* --- opening one ------------------------------------------------------------------------------ */

static Topic *topic_of(CentralFeed *feed, const char *store_id)
{
    Topic *topic = g_hash_table_lookup(feed->topics, store_id);
    if (topic == NULL) {
        topic = g_new0(Topic, 1);
        topic->store_id = g_strdup(store_id);
        g_queue_init(&topic->streams);
        g_hash_table_insert(feed->topics, topic->store_id, topic);
    }
    return topic;
}

/* Whether an Accept or Accept-Encoding header names a token without refusing it (RFC 9110 12.5). */
static bool accepts(const char *header, const char *name)
{
    if (header == NULL) {
        return false;
    }
    g_auto(GStrv) parts = g_strsplit(header, ",", 32);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_auto(GStrv) params = g_strsplit(parts[i], ";", 8);
        if (params[0] == NULL || g_ascii_strcasecmp(g_strstrip(params[0]), name) != 0) {
            continue;
        }
        const char *weight = params[1] == NULL ? "" : g_strstrip(params[1]);
        return g_ascii_strncasecmp(weight, "q=", 2) != 0 || g_ascii_strtod(weight + 2, NULL) > 0;
    }
    return false;
}

static bool parse_version(const char *text, int64_t *out)
{
    return g_ascii_string_to_signed(text, 10, 0, POS_BOUND_AMOUNT_MINOR_MAX, out, NULL);
}

void central_feed_serve(CentralFeed *feed, CentralRequest *request, const CentralTerminal *terminal,
                        const char *token)
{
    static const CentralStreamSource source = {read_feed, free_feed_stream};
    bool events = accepts(central_request_header(request, "Accept"), "text/event-stream");
    const char *last = events ? central_request_header(request, "Last-Event-ID") : NULL;
    const char *after =
        last != NULL && *last != '\0' ? last : central_request_query(request, "after");
    int64_t position = 0;
    if (after != NULL && !parse_version(after, &position)) {
        central_request_error(request, 400, "bad_after",
                              _("\"after\" must be the version to go on from, an integer from 0"));
        return;
    }
    FeedStream *s = g_new0(FeedStream, 1);
    s->feed = feed;
    s->form = events ? CENTRAL_FEED_EVENTS : CENTRAL_FEED_LINES;
    s->staff = strcmp(terminal->mode, "till") == 0 || strcmp(terminal->mode, "manager") == 0;
    s->mode = g_strdup(terminal->mode);
    s->token = g_strdup(token);
    s->position = position;
    s->wrote_us = g_get_monotonic_time();
    s->topic_link.data = s;
    s->waiting_link.data = s;
    s->gzip = !events && accepts(central_request_header(request, "Accept-Encoding"), "gzip");
    if (s->gzip) {
        central_request_add_header(request, "Content-Encoding", "gzip");
    }
    central_request_add_header(request, "Vary", "Accept, Accept-Encoding");
    central_log("feed", json_pack("{s:s, s:s, s:I, s:b}", "path", "/v1/feed", "terminal",
                                  terminal->id, "after", (json_int_t)position, "stream", events));
    /* In the list before its first read: a commit is either read by that or wakes it. */
    g_mutex_lock(&feed->lock);
    s->topic = topic_of(feed, terminal->store);
    s->stream = central_request_stream(
        request, events ? "text/event-stream" : "application/x-ndjson", &source, s);
    g_queue_push_tail_link(&s->topic->streams, &s->topic_link);
    feed->streams++;
    g_mutex_unlock(&feed->lock);
}

/* --- the feed thread -------------------------------------------------------------------------- */

static void wake_topic(CentralFeed *feed, const char *store_id, int64_t newest)
{
    g_mutex_lock(&feed->lock);
    Topic *topic = g_hash_table_lookup(feed->topics, store_id);
    if (topic != NULL && topic->woken < newest) {
        topic->woken = newest;
        for (GList *link = topic->streams.head; link != NULL; link = link->next) {
            central_stream_wake(((FeedStream *)link->data)->stream);
        }
    }
    g_mutex_unlock(&feed->lock);
}

static void wake_for_new_versions(CentralFeed *feed)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    void *key;
    g_mutex_lock(&feed->lock);
    g_hash_table_iter_init(&iter, feed->topics);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_ptr_array_add(ids, g_strdup(key));
    }
    g_mutex_unlock(&feed->lock);
    for (guint i = 0; i < ids->len; i++) {
        const char *store_id = g_ptr_array_index(ids, i);
        int64_t newest = 0;
        if (central_store_feed_newest(feed->poll, store_id, &newest, NULL)) {
            wake_topic(feed, store_id, newest);
        }
    }
}

typedef bool (*StreamTest)(FeedStream *s, void *user);

/* Calls test for each stream, with the lock held, and wakes those for which it is true. */
static void wake_where(CentralFeed *feed, StreamTest test, void *user)
{
    GHashTableIter iter;
    void *value;
    g_mutex_lock(&feed->lock);
    g_hash_table_iter_init(&iter, feed->topics);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        for (GList *link = ((Topic *)value)->streams.head; link != NULL; link = link->next) {
            FeedStream *s = link->data;
            if (test(s, user)) {
                central_stream_wake(s->stream);
            }
        }
    }
    g_mutex_unlock(&feed->lock);
}

static bool beat_is_due(FeedStream *s, void *user)
{
    int64_t now_us = *(const int64_t *)user;
    if (s->form != CENTRAL_FEED_EVENTS || now_us - s->wrote_us < BEAT_US) {
        return false;
    }
    s->wrote_us = now_us;
    s->beat = true;
    return true;
}

static bool collect_token(FeedStream *s, void *user)
{
    g_hash_table_add(user, g_strdup(s->token));
    return false;
}

static bool drop_token(FeedStream *s, void *user)
{
    s->dropped = s->dropped || g_hash_table_contains(user, s->token);
    return s->dropped;
}

static gboolean is_good_token(void *token, void *value, void *feed)
{
    return token_is_good(((CentralFeed *)feed)->poll, token);
}

static void close_dead_streams(CentralFeed *feed)
{
    g_autofree char *mark = central_store_meta_get(feed->poll, CENTRAL_META_TOKENS);
    if (g_strcmp0(mark, feed->tokens) == 0) {
        return;
    }
    g_free(feed->tokens);
    feed->tokens = g_steal_pointer(&mark);
    g_autoptr(GHashTable) tokens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    wake_where(feed, collect_token, tokens);
    g_hash_table_foreach_remove(tokens, is_good_token, feed);
    if (g_hash_table_size(tokens) > 0) {
        wake_where(feed, drop_token, tokens);
    }
}

static void *run_feed(void *user)
{
    CentralFeed *feed = user;
    central_store_adopt(feed->poll);
    int64_t data_version = -1, beaten_us = 0, checked_us = 0;
    bool tokens_due = false;
    for (;;) {
        g_mutex_lock(&feed->lock);
        int64_t until_us = g_get_monotonic_time() + (feed->streams > 0 ? POLL_US : POLL_IDLE_US);
        while (!feed->notified && !feed->end &&
               g_cond_wait_until(&feed->wake, &feed->lock, until_us)) {
        }
        bool end = feed->end;
        bool notified = feed->notified || feed->stale;
        feed->stale = false;
        tokens_due = tokens_due || feed->check_tokens;
        feed->notified = feed->check_tokens = false;
        g_mutex_unlock(&feed->lock);
        if (end) {
            return NULL;
        }
        int64_t now_us = g_get_monotonic_time();
        int64_t now_version = central_store_data_version(feed->poll);
        if (notified || now_version != data_version) {
            data_version = now_version;
            wake_for_new_versions(feed);
        }
        if (now_us - beaten_us >= G_TIME_SPAN_SECOND) {
            beaten_us = now_us;
            wake_where(feed, beat_is_due, &now_us);
        }
        if (tokens_due && now_us - checked_us >= TOKENS_CHECK_US) {
            tokens_due = false;
            checked_us = now_us;
            close_dead_streams(feed);
        }
    }
}

/* --- life ------------------------------------------------------------------------------------- */

CentralFeed *central_feed_start(const char *dir, GError **error)
{
    CentralStore *read = central_store_open(dir, CENTRAL_STORE_READ, error);
    CentralStore *poll = read == NULL ? NULL : central_store_open(dir, CENTRAL_STORE_READ, error);
    CentralSpooler *spooler = poll == NULL ? NULL : central_spooler_start(dir, error);
    if (spooler == NULL) {
        central_store_close(poll);
        central_store_close(read);
        return NULL;
    }
    CentralFeed *feed = g_new0(CentralFeed, 1);
    feed->spooler = spooler;
    feed->read = read;
    feed->poll = poll;
    g_queue_init(&feed->waiting);
    g_mutex_init(&feed->lock);
    g_cond_init(&feed->wake);
    feed->topics = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_topic);
    feed->thread = g_thread_new("feed", run_feed, feed);
    return feed;
}

static void signal_thread(CentralFeed *feed, bool notified, bool check_tokens)
{
    g_mutex_lock(&feed->lock);
    feed->notified = feed->notified || notified;
    feed->check_tokens = feed->check_tokens || check_tokens;
    g_cond_signal(&feed->wake);
    g_mutex_unlock(&feed->lock);
}

void central_feed_notify(CentralFeed *feed)
{
    signal_thread(feed, true, false);
}

void central_feed_check_tokens(CentralFeed *feed)
{
    signal_thread(feed, false, true);
}

guint central_feed_streams(CentralFeed *feed)
{
    g_mutex_lock(&feed->lock);
    guint streams = feed->streams;
    g_mutex_unlock(&feed->lock);
    return streams;
}

void central_feed_quiesce(CentralFeed *feed)
{
    g_mutex_lock(&feed->lock);
    feed->end = true;
    g_cond_signal(&feed->wake);
    g_mutex_unlock(&feed->lock);
    g_thread_join(g_steal_pointer(&feed->thread));
    central_spooler_stop(feed->spooler);
}

/* Its own thread has ended. */
static void close_store(CentralStore *store)
{
    if (store != NULL) {
        central_store_adopt(store);
        central_store_close(store);
    }
}

void central_feed_free(CentralFeed *feed)
{
    if (feed == NULL) {
        return;
    }
    g_assert(feed->thread == NULL && feed->streams == 0);
    central_spooler_free(feed->spooler);
    close_store(feed->read);
    close_store(feed->poll);
    g_hash_table_destroy(feed->topics);
    g_free(feed->tokens);
    g_mutex_clear(&feed->lock);
    g_cond_clear(&feed->wake);
    g_free(feed);
}
