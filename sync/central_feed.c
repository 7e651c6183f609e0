/* SPDX-License-Identifier: GPL-3.0-or-later
 * Streams and the thread that wakes them. Who touches what:
 * - http thread: everything of a FeedStream but its flags, the shared chunks, the cursors'
 * connections;
 * - feed thread: looks for new versions and dead tokens, sets flags and wakes;
 * - under `lock`: topics, their lists of streams, the flags.
 * A small step (what nearly every stream needs after a commit) is rendered once and shared by all
 * who stand at the same version. A large one gets a connection of its own for its snapshot; there
 * are CURSORS_MAX, the next ones wait. Lock order: this lock, then the http side's. */
#include "sync/central_feed.h"

#include "pos/error.h"
#include "sync/central_feed_render.h"
#include "sync/central_log.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <zlib.h>

#define POLL_US (200 * G_TIME_SPAN_MILLISECOND)
#define BEAT_US (15 * G_TIME_SPAN_SECOND)
#define TOKENS_CHECK_US G_TIME_SPAN_SECOND
#define CURSOR_TIME_US                                                                             \
    (10 *                                                                                          \
     G_TIME_SPAN_MINUTE) /* a snapshot held longer would keep the database's log from shrinking */
#define CURSORS_MAX 16
#define STEP_BYTES_MAX (128 * 1024)
#define CHUNK_BYTES (64 * 1024)
#define SHARED_CHUNKS 8
#define GZIP_WINDOW (15 + 16)

typedef struct {
    CentralStore *store;
    CentralFeedCursor *cursor;
    bool used;
} Slot;

/* What leads from one version to the newest, ready to send. */
typedef struct {
    CentralFeedForm form;
    bool staff;
    int64_t from, to;
    GBytes *bytes;
} Shared;

typedef struct {
    char *store_id;
    GQueue streams; /* of FeedStream */
    int64_t woken;  /* streams were woken for this version */
    Shared shared[SHARED_CHUNKS];
    guint shared_next;
} Topic;

struct CentralFeed {
    char *dir;
    CentralStore *read; /* of the http thread */
    CentralStore *poll; /* of the feed thread */
    Slot slots[CURSORS_MAX];
    GQueue waiting; /* of FeedStream that want a slot; http thread */
    GMutex lock;
    GCond wake;
    GHashTable *topics; /* store id to Topic */
    guint streams;
    bool notified, check_tokens, end;
    GThread *thread;
};

typedef struct {
    CentralFeed *feed;
    Topic *topic;
    CentralStream *stream;
    CentralFeedForm form;
    bool staff;
    char *mode, *token;
    int64_t position; /* all up to this version has gone out (or is in the chunk) */
    GBytes *chunk;
    gsize offset;
    Slot *slot;
    CentralRender render;
    int64_t slot_since_us;
    z_stream *gzip;
    bool ended;
    bool dropped, beat; /* under feed->lock */
    int64_t wrote_us;   /* under feed->lock */
    GList topic_link, waiting_link;
    bool waiting;
} FeedStream;

/* --- chunks (http thread)
 * ------------------------------------------------------------------------------------ */

static void log_error(const char *event, const GError *error)
{
    central_log(event, json_pack("{s:s}", "message", error ? error->message : "unknown"));
}

static char *read_epoch(CentralFeed *feed)
{
    char *epoch = central_store_meta_get(feed->read, CENTRAL_META_EPOCH);
    return epoch != NULL ? epoch : g_strdup("");
}

static Shared *find_shared(FeedStream *s)
{
    for (guint i = 0; i < SHARED_CHUNKS; i++) {
        Shared *shared = &s->topic->shared[i];
        if (shared->bytes != NULL && shared->from == s->position && shared->form == s->form &&
            shared->staff == s->staff) {
            return shared;
        }
    }
    return NULL;
}

static Shared *keep_shared(FeedStream *s, int64_t to, GString *text)
{
    Topic *topic = s->topic;
    Shared *shared = &topic->shared[topic->shared_next++ % SHARED_CHUNKS];
    g_clear_pointer(&shared->bytes, g_bytes_unref);
    *shared = (Shared){s->form, s->staff, s->position, to, g_string_free_to_bytes(text)};
    return shared;
}

typedef enum { STEP_FAILED, STEP_DONE, STEP_LARGE } Step;

/* From the stream's position to the newest version in one chunk, if that is small. */
static Step render_step(FeedStream *s, int64_t newest, Shared **out)
{
    CentralFeed *feed = s->feed;
    Shared *shared = find_shared(s);
    if (shared != NULL && shared->to == newest) {
        *out = shared;
        return STEP_DONE;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *epoch = read_epoch(feed);
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(feed->read, s->topic->store_id, s->position, s->mode, &error);
    GString *text = g_string_new(NULL);
    CentralRender render = {0};
    CentralRenderStatus status =
        cursor == NULL
            ? CENTRAL_RENDER_FAILED
            : central_render_items(&render, s->form, cursor, epoch, STEP_BYTES_MAX, text, &error);
    if (status == CENTRAL_RENDER_END) {
        *out = keep_shared(s, central_feed_cursor_newest(cursor), text);
        return STEP_DONE;
    }
    g_string_free(text, TRUE);
    if (status == CENTRAL_RENDER_FAILED) {
        log_error("feed_failed", error);
    }
    return status == CENTRAL_RENDER_FAILED ? STEP_FAILED : STEP_LARGE;
}

static void release_slot(FeedStream *s)
{
    CentralFeed *feed = s->feed;
    if (s->slot == NULL) {
        return;
    }
    g_clear_pointer(&s->slot->cursor, central_feed_cursor_free);
    s->slot->used = false;
    s->slot = NULL;
    FeedStream *next = g_queue_peek_head(&feed->waiting);
    if (next != NULL) {
        g_queue_unlink(&feed->waiting, &next->waiting_link);
        next->waiting = false;
        central_stream_wake(next->stream);
    }
}

/* A connection of its own and its snapshot. False with s->ended on failure; false without when all
 * are in use. */
static bool take_slot(FeedStream *s)
{
    CentralFeed *feed = s->feed;
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < CURSORS_MAX; i++) {
        Slot *slot = &feed->slots[i];
        if (slot->used) {
            continue;
        }
        if (slot->store == NULL) {
            slot->store = central_store_open(feed->dir, CENTRAL_STORE_READ, &error);
        }
        if (slot->store != NULL) {
            slot->cursor = central_feed_cursor_open(slot->store, s->topic->store_id, s->position,
                                                    s->mode, &error);
        }
        if (slot->cursor == NULL) {
            log_error("feed_failed", error);
            s->ended = true;
            return false;
        }
        slot->used = true;
        s->slot = slot;
        s->slot_since_us = g_get_monotonic_time();
        s->render = (CentralRender){0};
        return true;
    }
    if (!s->waiting) {
        s->waiting = true;
        g_queue_push_tail_link(&feed->waiting, &s->waiting_link);
    }
    return false;
}

/* The next chunk from the stream's own snapshot. */
static GBytes *read_slot(FeedStream *s)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *epoch = read_epoch(s->feed);
    GString *text = g_string_sized_new(CHUNK_BYTES + 1024);
    CentralRenderStatus status = central_render_items(&s->render, s->form, s->slot->cursor, epoch,
                                                      CHUNK_BYTES, text, &error);
    bool late = g_get_monotonic_time() - s->slot_since_us > CURSOR_TIME_US;
    if (status == CENTRAL_RENDER_FAILED || (late && status == CENTRAL_RENDER_MORE)) {
        log_error(late ? "feed_reader_too_slow" : "feed_failed", error);
        g_string_free(text, TRUE);
        s->ended = true;
        release_slot(s);
        return NULL;
    }
    if (status == CENTRAL_RENDER_END) {
        s->position = central_feed_cursor_newest(s->slot->cursor);
        release_slot(s);
        s->ended = s->form == CENTRAL_FEED_LINES;
    }
    return g_string_free_to_bytes(text);
}

/* What is to go out next; NULL when nothing is, for now or (s->ended) for good. */
static GBytes *next_chunk(FeedStream *s)
{
    if (s->ended) {
        return NULL;
    }
    if (s->slot != NULL) {
        return read_slot(s);
    }
    g_autoptr(GError) error = NULL;
    int64_t newest = 0;
    if (!central_store_feed_newest(s->feed->read, s->topic->store_id, &newest, &error)) {
        log_error("feed_failed", error);
        s->ended = true;
        return NULL;
    }
    if (s->form == CENTRAL_FEED_EVENTS && newest <= s->position) {
        return NULL;
    }
    Shared *shared = NULL;
    Step step = s->waiting ? STEP_LARGE : render_step(s, newest, &shared);
    if (step == STEP_LARGE) {
        return take_slot(s) ? read_slot(s) : NULL;
    }
    if (step == STEP_FAILED) {
        s->ended = true;
        return NULL;
    }
    s->position = shared->to;
    s->ended = s->form == CENTRAL_FEED_LINES;
    return g_bytes_ref(shared->bytes);
}

static GBytes *pack_chunk(FeedStream *s, GBytes *plain)
{
    gsize length = 0;
    const void *data = plain == NULL ? NULL : g_bytes_get_data(plain, &length);
    s->gzip->next_in = (Bytef *)(data == NULL ? (const void *)"" : data);
    s->gzip->avail_in = (uInt)length;
    gsize room = deflateBound(s->gzip, length) + 64;
    guchar *out = g_malloc(room);
    s->gzip->next_out = out;
    s->gzip->avail_out = (uInt)room;
    int code = deflate(s->gzip, s->ended ? Z_FINISH : Z_SYNC_FLUSH);
    gsize count = room - s->gzip->avail_out;
    if (code == Z_STREAM_ERROR || (s->ended && code != Z_STREAM_END) || count == 0) {
        g_free(out);
        return NULL;
    }
    return g_bytes_new_take(out, count);
}

/* --- a stream (http thread)
 * ------------------------------------------------------------------------------------ */

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
    g_mutex_lock(&s->feed->lock);
    s->wrote_us = g_get_monotonic_time();
    g_mutex_unlock(&s->feed->lock);
    return (gssize)count;
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
    if (s->chunk == NULL) {
        s->chunk = next_chunk(s);
        if (s->gzip != NULL && s->chunk != NULL) {
            GBytes *plain = s->chunk;
            s->chunk = pack_chunk(s, plain);
            g_bytes_unref(plain);
            s->ended = s->ended || s->chunk == NULL;
        }
    }
    if (s->chunk == NULL && s->ended) {
        return -1;
    }
    if (s->chunk == NULL && state == STATE_BEAT && s->form == CENTRAL_FEED_EVENTS) {
        if (!token_is_good(s->feed->read, s->token)) {
            return -1;
        }
        s->chunk = g_bytes_new_static(":\n", 2);
    }
    return s->chunk == NULL ? 0 : send_chunk(s, buffer, room);
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
    release_slot(s);
    g_clear_pointer(&s->chunk, g_bytes_unref);
    if (s->gzip != NULL) {
        deflateEnd(s->gzip);
        g_free(s->gzip);
    }
    g_free(s->mode);
    g_free(s->token);
    g_free(s);
}

/* --- opening one
 * ---------------------------------------------------------------------------------------------- */

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

static z_stream *new_gzip(void)
{
    z_stream *gzip = g_new0(z_stream, 1);
    if (deflateInit2(gzip, 1, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        g_clear_pointer(&gzip, g_free);
    }
    return gzip;
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
    if (!events && accepts(central_request_header(request, "Accept-Encoding"), "gzip")) {
        s->gzip = new_gzip();
    }
    if (s->gzip != NULL) {
        central_request_add_header(request, "Content-Encoding", "gzip");
    }
    central_request_add_header(request, "Vary", "Accept, Accept-Encoding");
    /* In the list before its first read: a commit is either read by that or wakes it. */
    g_mutex_lock(&feed->lock);
    s->topic = topic_of(feed, terminal->store);
    s->stream = central_request_stream(
        request, events ? "text/event-stream" : "application/x-ndjson", &source, s);
    g_queue_push_tail_link(&s->topic->streams, &s->topic_link);
    feed->streams++;
    g_mutex_unlock(&feed->lock);
}

/* --- the feed thread
 * ---------------------------------------------------------------------------------------------- */

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
        int64_t until_us = g_get_monotonic_time() + POLL_US;
        while (!feed->notified && !feed->end &&
               g_cond_wait_until(&feed->wake, &feed->lock, until_us)) {
        }
        bool end = feed->end;
        bool notified = feed->notified;
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

/* --- life
 * -------------------------------------------------------------------------------------------------------
 */

CentralFeed *central_feed_start(const char *dir, GError **error)
{
    CentralStore *read = central_store_open(dir, CENTRAL_STORE_READ, error);
    CentralStore *poll = read == NULL ? NULL : central_store_open(dir, CENTRAL_STORE_READ, error);
    if (poll == NULL) {
        central_store_close(read);
        return NULL;
    }
    CentralFeed *feed = g_new0(CentralFeed, 1);
    feed->dir = g_strdup(dir);
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
    for (guint i = 0; i < CURSORS_MAX; i++) {
        close_store(feed->slots[i].store);
    }
    close_store(feed->read);
    close_store(feed->poll);
    g_hash_table_destroy(feed->topics);
    g_mutex_clear(&feed->lock);
    g_cond_clear(&feed->wake);
    g_free(feed->dir);
    g_free(feed);
}
