/* SPDX-License-Identifier: GPL-3.0-or-later
 * The only file that knows libmicrohttpd. Rules that hold here, each paid for once:
 * - POLL, never EPOLL: with suspended connections epoll of 0.9.75 forgets keep-alive connections
 * with unread bytes;
 * - no answer is queued in the handler's first call (headers only), which would force `Connection:
 * close`; the one exception is a body so large that closing is what we want;
 * - suspend and resume of a connection happen under `lock` together with the flag that says which
 * of the two it is in, so an answer that comes first is never lost; a suspended request cannot be
 * freed, since it neither times out nor notices its peer leaving;
 * - libmicrohttpd's own timeout starts anew with each byte, so a timer of ours ends who takes too
 * long for a request. Lock order: lock, then libmicrohttpd's own; connections_lock stands alone. */
#include "sync/central_http.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/central_http_listen.h"

#include <glib/gi18n-lib.h>
#include <microhttpd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 18000
#define FILES_RESERVED 96 /* databases, standard streams, threads' own */
#define CONNECTION_POOL_BYTES                                                                      \
    4096                        /* request line, headers and one chunk out: more are 414 and 431 */
#define STREAM_BLOCK_BYTES 1024 /* only HTTP/1.0 readers are served from it */
#define REQUEST_S 30
#define IDLE_S 10
#define STREAM_IDLE_S 30 /* sync-protocol.md: a slow reader is cut after 30 s without progress */
#define BODIES_BYTES_MAX (256 * 1024 * 1024) /* all bodies in memory together */
#define DROP_BYTES_MAX                                                                             \
    (8 * 1024 * 1024) /* of a body that is too large, read so that the 413 arrives */
#define STOP_WAIT_US (2 * G_TIME_SPAN_SECOND)

typedef struct {
    int fd;
    int64_t waiting_since_us; /* for a complete request; 0: it is being answered */
    GList link;
} Connection;

typedef struct {
    CentralRequest *request;
    int64_t at_us;
    guint status;
    json_t *body;
} Delayed;

struct CentralHttp {
    struct MHD_Daemon *daemon;
    CentralHttpHandler handler;
    void *user;
    guint16 port;
    guint request_s, stream_idle_s;
    GMutex lock; /* requests' and streams' state */
    GCond idle;  /* `active` fell to 0 or a stream ended */
    gint active; /* requests between headers and completion, streams not counted */
    gint64 body_bytes;
    int64_t answered[6]; /* by class of status */
    bool stopping;
    GQueue streams;   /* of CentralStream */
    GHashTable *live; /* the same, as a set */
    int hangups;      /* epoll of the streams' sockets, for peers that leave */
    int hangups_end;  /* eventfd that ends the thread */
    GThread *watcher;
    GMutex connections_lock;
    GQueue connections; /* of Connection */
    GThread *timer;
    GCond timer_wake;
    GQueue delayed; /* of Delayed, by time */
    bool timer_end;
};

struct CentralStream {
    CentralHttp *http;
    struct MHD_Connection *connection;
    CentralStreamSource source;
    void *user;
    bool suspended, wake;
    bool gone; /* the peer has left */
    int fd;    /* -1 unknown */
    GList link;
};

typedef struct {
    char *name, *value;
} Header;

struct CentralRequest {
    CentralHttp *http;
    struct MHD_Connection *connection;
    char *target; /* as it came, before anything was decoded */
    char *method, *path;
    GByteArray *body;
    gsize dropped;
    bool too_large, overloaded, handled;
    bool held, suspended; /* under http->lock */
    int64_t since_us;
    GArray *headers; /* of Header, for the answer */
    struct MHD_Response *response;
    guint status;
    bool is_stream;
    char peer[INET6_ADDRSTRLEN];
};

/* --- answers ---------------------------------------------------------------------------------- */

static void header_clear(void *data)
{
    Header *header = data;
    g_free(header->name);
    g_free(header->value);
}

void central_request_add_header(CentralRequest *request, const char *name, const char *value)
{
    Header header = {g_strdup(name), g_strdup(value)};
    g_array_append_val(request->headers, header);
}

static bool has_header(const CentralRequest *request, const char *name)
{
    for (guint i = 0; i < request->headers->len; i++) {
        if (strcmp(g_array_index(request->headers, Header, i).name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_headers(const CentralRequest *request, struct MHD_Response *response)
{
    for (guint i = 0; i < request->headers->len; i++) {
        const Header *header = &g_array_index(request->headers, Header, i);
        (void)MHD_add_response_header(response, header->name, header->value);
    }
    if (!has_header(request, "Cache-Control")) {
        (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    }
}

/* Gives the request its response; resumes it when it was suspended. The request may be gone on
 * return. */
static void take_response(CentralRequest *request, guint status, struct MHD_Response *response)
{
    CentralHttp *http = request->http;
    g_mutex_lock(&http->lock);
    g_assert(request->response == NULL);
    request->response = response;
    request->status = status;
    http->answered[status / 100 % 6]++;
    if (request->suspended) {
        request->suspended = false;
        MHD_resume_connection(request->connection);
    }
    g_mutex_unlock(&http->lock);
}

void central_request_answer(CentralRequest *request, guint status, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    g_assert(text != NULL); /* built here, never from outside */
    json_decref(body);
    central_request_answer_text(request, status, "application/json", text);
}

void central_request_answer_text(CentralRequest *request, guint status, const char *content_type,
                                 char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    g_assert(response != NULL);
    (void)MHD_add_response_header(response, "Content-Type", content_type);
    add_headers(request, response);
    take_response(request, status, response);
}

void central_request_error(CentralRequest *request, guint status, const char *error,
                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    if ((status == 429 || status == 503) && !has_header(request, "Retry-After")) {
        central_request_add_header(request, "Retry-After", "1");
    }
    central_request_answer(request, status,
                           json_pack("{s:s, s:s}", "error", error, "message", valid));
}

void central_request_hold(CentralRequest *request)
{
    request->held = true;
}

static int compare_delayed(const void *a, const void *b, void *unused)
{
    const Delayed *first = a, *second = b;
    return first->at_us < second->at_us ? -1 : first->at_us > second->at_us;
}

void central_request_answer_later(CentralRequest *request, int64_t at_us, guint status,
                                  json_t *body)
{
    CentralHttp *http = request->http;
    Delayed *delayed = g_new(Delayed, 1);
    *delayed = (Delayed){request, at_us, status, body};
    g_mutex_lock(&http->connections_lock);
    bool late = http->timer_end;
    if (!late) {
        g_queue_insert_sorted(&http->delayed, delayed, compare_delayed, NULL);
        g_cond_signal(&http->timer_wake);
    }
    g_mutex_unlock(&http->connections_lock);
    if (late) {
        g_free(delayed);
        central_request_answer(request, status, body);
    }
}

/* --- streams ---------------------------------------------------------------------------------- */

static ssize_t read_stream(void *data, uint64_t position, char *buffer, size_t room)
{
    CentralStream *stream = data;
    CentralHttp *http = stream->http;
    for (;;) {
        g_mutex_lock(&http->lock);
        stream->wake = false;
        bool stopping = http->stopping, gone = stream->gone;
        g_mutex_unlock(&http->lock);
        if (gone) {
            return MHD_CONTENT_READER_END_WITH_ERROR;
        }
        gssize count = stopping ? -1 : stream->source.read(stream, buffer, room, stream->user);
        if (count > 0) {
            return count;
        }
        if (count < 0) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        g_mutex_lock(&http->lock);
        bool again = stream->wake || http->stopping;
        if (!again) {
            stream->suspended = true;
            MHD_suspend_connection(stream->connection);
        }
        g_mutex_unlock(&http->lock);
        if (!again) {
            return 0;
        }
    }
}

static void wake_locked(CentralStream *stream)
{
    stream->wake = true;
    if (stream->suspended) {
        stream->suspended = false;
        MHD_resume_connection(stream->connection);
    }
}

static void free_stream(void *data)
{
    CentralStream *stream = data;
    stream->source.free(stream->user);
    if (stream->fd >= 0) { /* libmicrohttpd closes the socket after this */
        (void)epoll_ctl(stream->http->hangups, EPOLL_CTL_DEL, stream->fd, NULL);
    }
    g_mutex_lock(&stream->http->lock);
    g_queue_unlink(&stream->http->streams, &stream->link);
    g_hash_table_remove(stream->http->live, stream);
    g_cond_broadcast(&stream->http->idle);
    g_mutex_unlock(&stream->http->lock);
    g_free(stream);
}

/* A suspended connection does not notice that its peer has left, and would hold a place until the
 * next write: after an outage thousands do. */
static void watch_peer(CentralStream *stream)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(stream->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLONESHOT,
                                .data.ptr = stream};
    stream->fd = info == NULL ? -1 : (int)info->connect_fd;
    if (stream->fd >= 0 &&
        epoll_ctl(stream->http->hangups, EPOLL_CTL_ADD, stream->fd, &event) != 0) {
        stream->fd = -1;
    }
}

static void *run_watcher(void *user)
{
    CentralHttp *http = user;
    for (;;) {
        struct epoll_event events[64];
        int count = epoll_wait(http->hangups, events, G_N_ELEMENTS(events), -1);
        for (int i = 0; i < count; i++) {
            CentralStream *stream = events[i].data.ptr;
            if (stream == NULL) {
                return NULL;
            }
            g_mutex_lock(&http->lock);
            if (g_hash_table_contains(http->live, stream)) {
                stream->gone = true;
                wake_locked(stream);
            }
            g_mutex_unlock(&http->lock);
        }
    }
}

CentralStream *central_request_stream(CentralRequest *request, const char *content_type,
                                      const CentralStreamSource *source, void *user)
{
    CentralHttp *http = request->http;
    CentralStream *stream = g_new0(CentralStream, 1);
    stream->http = http;
    stream->connection = request->connection;
    stream->source = *source;
    stream->user = user;
    stream->link.data = stream;
    g_mutex_lock(&http->lock);
    g_queue_push_tail_link(&http->streams, &stream->link);
    g_hash_table_add(http->live, stream);
    g_mutex_unlock(&http->lock);
    watch_peer(stream);
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, read_stream, stream, free_stream);
    g_assert(response != NULL);
    (void)MHD_add_response_header(response, "Content-Type", content_type);
    add_headers(request, response);
    (void)MHD_set_connection_option(request->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                                    http->stream_idle_s);
    request->is_stream = true;
    take_response(request, MHD_HTTP_OK, response);
    return stream;
}

void central_stream_wake(CentralStream *stream)
{
    CentralHttp *http = stream->http;
    g_mutex_lock(&http->lock);
    wake_locked(stream);
    g_mutex_unlock(&http->lock);
}

/* --- requests --------------------------------------------------------------------------------- */

static Connection *connection_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void set_waiting(CentralHttp *http, struct MHD_Connection *connection, bool waiting)
{
    Connection *record = connection_of(connection);
    if (record != NULL) {
        g_mutex_lock(&http->connections_lock);
        record->waiting_since_us = waiting ? g_get_monotonic_time() : 0;
        g_mutex_unlock(&http->connections_lock);
    }
}

/* A request line has come; what is returned is the request's state from here on. */
static void *on_target(void *user, const char *target, struct MHD_Connection *connection)
{
    CentralRequest *request = g_new0(CentralRequest, 1);
    request->http = user;
    request->connection = connection;
    request->target = g_strdup(target);
    return request;
}

/* Its headers are complete. */
static void begin_request(CentralRequest *request, const char *method, const char *path)
{
    CentralHttp *http = request->http;
    request->method = g_strdup(method);
    request->path = g_strdup(path);
    request->body = g_byte_array_new();
    request->headers = g_array_new(FALSE, FALSE, sizeof(Header));
    g_array_set_clear_func(request->headers, header_clear);
    request->since_us = g_get_monotonic_time();
    g_mutex_lock(&http->lock);
    http->active++;
    g_mutex_unlock(&http->lock);
}

static void drop_body(CentralRequest *request)
{
    g_mutex_lock(&request->http->lock);
    request->http->body_bytes -= request->body->len;
    g_mutex_unlock(&request->http->lock);
    g_byte_array_free(request->body, TRUE);
    request->body = g_byte_array_new();
}

static void leave_active(CentralHttp *http)
{
    g_mutex_lock(&http->lock);
    http->active--;
    if (http->active == 0) {
        g_cond_broadcast(&http->idle);
    }
    g_mutex_unlock(&http->lock);
}

static void end_request(void *user, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode code)
{
    CentralHttp *http = user;
    CentralRequest *request = *state;
    set_waiting(http, connection, true);
    if (request == NULL) {
        return;
    }
    *state = NULL;
    if (request->method == NULL) { /* it never came to its headers' end */
        g_free(request->target);
        g_free(request);
        return;
    }
    drop_body(request);
    if (request->response != NULL) {
        MHD_destroy_response(request->response);
    }
    if (!request->is_stream) {
        leave_active(http);
    }
    g_byte_array_free(request->body, TRUE);
    g_array_free(request->headers, TRUE);
    g_free(request->target);
    g_free(request->method);
    g_free(request->path);
    g_free(request);
}

static enum MHD_Result take_body(CentralRequest *request, const char *data, gsize size)
{
    CentralHttp *http = request->http;
    if (!request->too_large && !request->overloaded) {
        request->too_large = request->body->len + size > POS_BOUND_BATCH_BYTES;
        g_mutex_lock(&http->lock);
        request->overloaded = http->body_bytes + (gint64)size > BODIES_BYTES_MAX;
        if (!request->too_large && !request->overloaded) {
            http->body_bytes += (gint64)size;
        }
        g_mutex_unlock(&http->lock);
    }
    if (!request->too_large && !request->overloaded) {
        g_byte_array_append(request->body, (const guint8 *)data, (guint)size);
        return MHD_YES;
    }
    drop_body(request);
    request->dropped += size;
    return request->dropped > DROP_BYTES_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result send_response(CentralRequest *request)
{
    struct MHD_Response *response = request->response;
    enum MHD_Result result = MHD_queue_response(request->connection, request->status, response);
    if (request->is_stream && result == MHD_YES) {
        leave_active(request->http);
    } else {
        request->is_stream = false;
    }
    return result;
}

static void handle_request(CentralRequest *request)
{
    CentralHttp *http = request->http;
    g_mutex_lock(&http->lock);
    bool stopping = http->stopping;
    g_mutex_unlock(&http->lock);
    if (stopping) {
        central_request_error(request, 503, "stopping", _("The central service is being stopped"));
    } else if (request->overloaded) {
        central_request_error(request, 503, "busy", _("Too much is being sent at once"));
    } else {
        http->handler(request, http->user);
    }
}

/* The body is complete, or what was held has been answered. */
static enum MHD_Result advance_request(CentralRequest *request)
{
    CentralHttp *http = request->http;
    if (!request->handled) {
        request->handled = true;
        set_waiting(http, request->connection, false);
        handle_request(request);
    }
    g_mutex_lock(&http->lock);
    bool answered = request->response != NULL;
    if (!answered) {
        g_assert(request->held); /* the handler must do one of the three */
        request->suspended = true;
        MHD_suspend_connection(request->connection);
    }
    g_mutex_unlock(&http->lock);
    return answered ? send_response(request) : MHD_YES;
}

typedef struct {
    guint lengths, encodings;
    bool malformed;
    guint64 bytes;
} Framing;

static enum MHD_Result look_at_framing(void *user, enum MHD_ValueKind kind, const char *name,
                                       const char *value)
{
    Framing *framing = user;
    if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        framing->lengths++;
        framing->malformed |= value == NULL || !g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64,
                                                                           &framing->bytes, NULL);
    } else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        framing->encodings++;
        framing->malformed |= value == NULL || g_ascii_strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

/* A body whose end two readers could see at two places (RFC 9112 6.3), which libmicrohttpd 0.9.75
 * lets through, and one that is beyond what we would even read. Answered at once: the connection is
 * closed, as it should be. */
static bool refuse_framing(CentralRequest *request)
{
    Framing framing = {0};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, look_at_framing, &framing);
    if (framing.malformed || framing.lengths + framing.encodings > 1) {
        central_request_error(request, 400, "bad_request",
                              _("The request does not say clearly how long its body is"));
    } else if (framing.bytes > DROP_BYTES_MAX) {
        central_request_error(request, 413, "too_large",
                              _("The body is too large: send at most %d bytes at once"),
                              POS_BOUND_BATCH_BYTES);
    } else {
        return false;
    }
    request->handled = true;
    return true;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    CentralRequest *request = *state;
    if (request->method == NULL) {
        begin_request(request, method, url);
        return refuse_framing(request) ? send_response(request) : MHD_YES;
    }
    if (*size > 0) {
        gsize count = *size;
        *size = 0;
        return take_body(request, data, count);
    }
    return advance_request(request);
}

/* --- reading a request ------------------------------------------------------------------------ */

const char *central_request_method(const CentralRequest *request)
{
    return request->method;
}

const char *central_request_path(const CentralRequest *request)
{
    return request->path;
}

const char *central_request_target(const CentralRequest *request)
{
    return request->target;
}

const char *central_request_query(CentralRequest *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *central_request_header(CentralRequest *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *central_request_peer(CentralRequest *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (request->peer[0] != '\0' || info == NULL || info->client_addr == NULL) {
        return request->peer;
    }
    if (info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)info->client_addr;
        struct in6_addr network = address->sin6_addr;
        if (!IN6_IS_ADDR_V4MAPPED(&network)) {
            memset(network.s6_addr + 8, 0, 8); /* one household has a /64 of them */
        }
        inet_ntop(AF_INET6, &network, request->peer, sizeof request->peer);
    } else if (info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *address = (const struct sockaddr_in *)info->client_addr;
        inet_ntop(AF_INET, &address->sin_addr, request->peer, sizeof request->peer);
    }
    return request->peer;
}

bool central_request_is_local(CentralRequest *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info != NULL && info->client_addr != NULL && central_http_is_loopback(info->client_addr);
}

int64_t central_request_since_us(const CentralRequest *request)
{
    return request->since_us;
}

CentralBodyStatus central_request_body(CentralRequest *request, char **out_body, gsize *out_length)
{
    if (request->too_large) {
        return CENTRAL_BODY_TOO_LARGE;
    }
    const char *encoding = central_request_header(request, "Content-Encoding");
    CentralBodyStatus status =
        central_http_unpack(encoding, (const char *)request->body->data, request->body->len,
                            POS_BOUND_BATCH_BYTES, out_body, out_length);
    if (status == CENTRAL_BODY_OK) {
        drop_body(request);
    }
    return status;
}

/* --- connections and time --------------------------------------------------------------------- */

static void on_connection(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    CentralHttp *http = user;
    Connection *record = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        record = g_new0(Connection, 1);
        record->fd = info == NULL ? -1 : (int)info->connect_fd;
        record->waiting_since_us = g_get_monotonic_time();
        record->link.data = record;
        g_mutex_lock(&http->connections_lock);
        g_queue_push_tail_link(&http->connections, &record->link);
        g_mutex_unlock(&http->connections_lock);
        *context = record;
    } else if (record != NULL) {
        /* libmicrohttpd closes the socket after this, so the timer never shuts down another's. */
        g_mutex_lock(&http->connections_lock);
        g_queue_unlink(&http->connections, &record->link);
        g_mutex_unlock(&http->connections_lock);
        g_free(record);
        *context = NULL;
    }
}

/* Called with connections_lock held. */
static void shut_slow_requests(CentralHttp *http, int64_t now_us)
{
    int64_t before_us = now_us - (int64_t)http->request_s * G_TIME_SPAN_SECOND;
    for (GList *link = http->connections.head; link != NULL; link = link->next) {
        Connection *record = link->data;
        if (record->waiting_since_us != 0 && record->waiting_since_us < before_us &&
            record->fd >= 0) {
            (void)shutdown(record->fd, SHUT_RDWR);
        }
    }
}

/* Answers that wait for their time; all of them when the end has come. Called with connections_lock
 * held. */
static void send_delayed(CentralHttp *http, int64_t now_us)
{
    for (;;) {
        Delayed *delayed = g_queue_peek_head(&http->delayed);
        if (delayed == NULL || (delayed->at_us > now_us && !http->timer_end)) {
            return;
        }
        (void)g_queue_pop_head(&http->delayed);
        g_mutex_unlock(&http->connections_lock);
        central_request_answer(delayed->request, delayed->status, delayed->body);
        g_free(delayed);
        g_mutex_lock(&http->connections_lock);
    }
}

static void *run_timer(void *user)
{
    CentralHttp *http = user;
    int64_t swept_us = g_get_monotonic_time();
    g_mutex_lock(&http->connections_lock);
    for (;;) {
        int64_t now_us = g_get_monotonic_time();
        if (now_us - swept_us >= G_TIME_SPAN_SECOND) {
            shut_slow_requests(http, now_us);
            swept_us = now_us;
        }
        send_delayed(http, now_us);
        if (http->timer_end) {
            break;
        }
        const Delayed *next = g_queue_peek_head(&http->delayed);
        int64_t until_us = swept_us + G_TIME_SPAN_SECOND;
        if (next != NULL) {
            until_us = MIN(until_us, next->at_us);
        }
        (void)g_cond_wait_until(&http->timer_wake, &http->connections_lock, until_us);
    }
    g_mutex_unlock(&http->connections_lock);
    return NULL;
}

/* --- starting and stopping -------------------------------------------------------------------- */

static guint connections_max(guint wanted)
{
    struct rlimit files = {0};
    guint most = CONNECTIONS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
        guint64 open = files.rlim_cur > FILES_RESERVED + 16 ? files.rlim_cur - FILES_RESERVED : 16;
        most = (guint)MIN(open, (guint64)most);
    }
    return wanted == 0 ? most : MIN(wanted, most);
}

static struct MHD_Daemon *start_daemon(CentralHttp *http, const CentralHttpOptions *options, int fd,
                                       int family)
{
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    flags |= family == AF_INET6 ? MHD_USE_IPv6 : 0;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, options->tls ? options->tls->key_pem : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, options->tls ? options->tls->cert_pem : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (options->tls != NULL) {
        flags |= MHD_USE_TLS;
    }
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_POOL_BYTES,
        MHD_OPTION_CONNECTION_LIMIT, connections_max(options->connections_max),
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_s == 0 ? IDLE_S : options->idle_s,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, http, MHD_OPTION_NOTIFY_COMPLETED, end_request,
        http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_ARRAY, options->tls != NULL ? tls : none, MHD_OPTION_END);
}

CentralHttp *central_http_start(const CentralHttpOptions *options, GError **error)
{
    g_assert(options->handler != NULL && options->listen != NULL);
    guint16 port = 0;
    int family = AF_INET;
    int fd = central_http_listen(options->listen, options->tls == NULL, &family, &port, error);
    if (fd < 0) {
        return NULL;
    }
    CentralHttp *http = g_new0(CentralHttp, 1);
    http->handler = options->handler;
    http->user = options->user;
    http->port = port;
    http->request_s = options->request_s == 0 ? REQUEST_S : options->request_s;
    http->stream_idle_s = options->idle_s == 0 ? STREAM_IDLE_S : options->idle_s;
    g_mutex_init(&http->lock);
    g_mutex_init(&http->connections_lock);
    g_cond_init(&http->idle);
    g_cond_init(&http->timer_wake);
    g_queue_init(&http->streams);
    g_queue_init(&http->connections);
    g_queue_init(&http->delayed);
    http->live = g_hash_table_new(g_direct_hash, g_direct_equal);
    http->hangups = epoll_create1(EPOLL_CLOEXEC);
    http->hangups_end = eventfd(0, EFD_CLOEXEC);
    struct epoll_event end = {.events = EPOLLIN, .data.ptr = NULL};
    g_assert(http->hangups >= 0 && http->hangups_end >= 0 &&
             epoll_ctl(http->hangups, EPOLL_CTL_ADD, http->hangups_end, &end) == 0);
    http->watcher = g_thread_new("http-hangup", run_watcher, http);
    http->timer = g_thread_new("http-timer", run_timer, http);
    http->daemon = start_daemon(http, options, fd, family);
    if (http->daemon == NULL) {
        close(fd);
        central_http_stop(http);
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("Cannot start the HTTP server on %s: its key or the number of open files "
                      "does not allow it"),
                    options->listen);
        return NULL;
    }
    return http;
}

guint16 central_http_port(const CentralHttp *http)
{
    return http->port;
}

void central_http_counts(CentralHttp *http, CentralHttpCounts *out)
{
    g_mutex_lock(&http->connections_lock);
    out->connections = http->connections.length;
    g_mutex_unlock(&http->connections_lock);
    g_mutex_lock(&http->lock);
    out->requests = (guint)http->active;
    out->streams = http->streams.length;
    out->body_bytes = http->body_bytes;
    memcpy(out->answered, http->answered, sizeof out->answered);
    g_mutex_unlock(&http->lock);
}

void central_http_quiesce(CentralHttp *http)
{
    MHD_socket listener = MHD_quiesce_daemon(http->daemon);
    if (listener != MHD_INVALID_SOCKET) {
        close(listener);
    }
    g_mutex_lock(&http->lock);
    http->stopping = true;
    for (GList *link = http->streams.head; link != NULL; link = link->next) {
        wake_locked(link->data);
    }
    g_mutex_unlock(&http->lock);
}

void central_http_stop(CentralHttp *http)
{
    if (http == NULL) {
        return;
    }
    g_mutex_lock(&http->connections_lock);
    http->timer_end = true;
    g_cond_signal(&http->timer_wake);
    g_mutex_unlock(&http->connections_lock);
    g_thread_join(http->timer);
    if (http->daemon != NULL) {
        int64_t until_us = g_get_monotonic_time() + STOP_WAIT_US;
        g_mutex_lock(&http->lock);
        while ((http->active > 0 || http->streams.length > 0) &&
               g_cond_wait_until(&http->idle, &http->lock, until_us)) {
        }
        g_mutex_unlock(&http->lock);
        MHD_stop_daemon(http->daemon);
    }
    g_assert(eventfd_write(http->hangups_end, 1) == 0);
    g_thread_join(http->watcher);
    close(http->hangups);
    close(http->hangups_end);
    g_assert(http->connections.length == 0 && http->streams.length == 0);
    g_hash_table_destroy(http->live);
    g_mutex_clear(&http->lock);
    g_mutex_clear(&http->connections_lock);
    g_cond_clear(&http->idle);
    g_cond_clear(&http->timer_wake);
    g_free(http);
}
