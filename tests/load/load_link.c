/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/load/load_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define READ_BYTES (64 * 1024)
#define HEAD_BYTES_MAX 8192
#define READS_A_TURN 16

struct LoadLoop {
    int epoll;
    struct sockaddr_in address;
    bool tls;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    char buffer[READ_BYTES];
    GPtrArray *dead; /* links that were freed while events were handled */
    bool handling;
};

typedef enum { CLOSED, CONNECTING, SHAKING, OPEN } State;
/* Where in an answer the next byte stands. */
typedef enum { IDLE, IN_HEAD, IN_BODY, IN_CHUNK_SIZE, IN_CHUNK, IN_CHUNK_END, IN_TRAILER } Place;

struct LoadLink {
    LoadLoop *loop;
    const LoadLinkClass *class;
    void *user;
    int fd;
    gnutls_session_t session;
    State state;
    GString *out; /* NULL when all is sent */
    gsize sent;
    guint32 wanted; /* what epoll watches for */
    Place place;
    bool stream, freed;
    GString *text; /* head, then body of an answer; NULL between */
    int status;
    guint64 left; /* bytes of the body or of the chunk */
};

/* --- the loop --------------------------------------------------------------------------------- */

LoadLoop *load_loop_new(const char *host, guint16 port, bool tls)
{
    LoadLoop *loop = g_new0(LoadLoop, 1);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    g_assert(loop->epoll >= 0);
    loop->address.sin_family = AF_INET;
    loop->address.sin_port = htons(port);
    if (inet_pton(AF_INET, host, &loop->address.sin_addr) != 1) {
        g_error("\"%s\" is no numeric IPv4 address", host);
    }
    loop->tls = tls;
    loop->dead = g_ptr_array_new_with_free_func(g_free);
    if (tls) {
        gnutls_certificate_allocate_credentials(&loop->credentials);
        gnutls_priority_init(&loop->priority, "NORMAL", NULL);
    }
    return loop;
}

void load_loop_free(LoadLoop *loop)
{
    if (loop->tls) {
        gnutls_certificate_free_credentials(loop->credentials);
        gnutls_priority_deinit(loop->priority);
    }
    g_ptr_array_free(loop->dead, TRUE);
    close(loop->epoll);
    g_free(loop);
}

static void watch(LoadLink *link, guint32 events)
{
    if (link->wanted != events) {
        struct epoll_event event = {.events = events, .data.ptr = link};
        int operation = link->wanted == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        g_assert_cmpint(epoll_ctl(link->loop->epoll, operation, link->fd, &event), ==, 0);
        link->wanted = events;
    }
}

/* --- a link ----------------------------------------------------------------------------------- */

LoadLink *load_link_new(LoadLoop *loop, const LoadLinkClass *class, void *user)
{
    LoadLink *link = g_new0(LoadLink, 1);
    link->loop = loop;
    link->class = class;
    link->user = user;
    link->fd = -1;
    return link;
}

static void drop_text(LoadLink *link)
{
    if (link->text != NULL) {
        g_string_free(g_steal_pointer(&link->text), TRUE);
    }
}

void load_link_close(LoadLink *link)
{
    if (link->session != NULL) {
        gnutls_deinit(g_steal_pointer(&link->session));
    }
    if (link->fd >= 0) {
        close(link->fd);
        link->fd = -1;
    }
    if (link->out != NULL) {
        g_string_free(g_steal_pointer(&link->out), TRUE);
    }
    drop_text(link);
    link->wanted = 0;
    link->state = CLOSED;
    link->place = IDLE;
}

void load_link_free(LoadLink *link)
{
    load_link_close(link);
    link->freed = true;
    if (link->loop->handling) {
        g_ptr_array_add(link->loop->dead, link);
    } else {
        g_free(link);
    }
}

bool load_link_is_open(const LoadLink *link)
{
    return link->state == OPEN;
}

bool load_link_is_closed(const LoadLink *link)
{
    return link->state == CLOSED;
}

static void lose(LoadLink *link)
{
    load_link_close(link);
    if (link->class->closed != NULL) {
        link->class->closed(link, link->user);
    }
}

bool load_link_open(LoadLink *link)
{
    int yes = 1;
    g_assert(link->state == CLOSED);
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0) {
        return false;
    }
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(link->fd, (struct sockaddr *)&link->loop->address, sizeof link->loop->address) !=
            0 &&
        errno != EINPROGRESS) {
        close(link->fd);
        link->fd = -1;
        return false;
    }
    link->state = CONNECTING;
    watch(link, EPOLLOUT);
    return true;
}

static void shake(LoadLink *link)
{
    int code = gnutls_handshake(link->session);
    if (code == GNUTLS_E_SUCCESS) {
        link->state = OPEN;
        watch(link, EPOLLIN);
        link->class->opened(link, link->user);
    } else if (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED) {
        watch(link, gnutls_record_get_direction(link->session) ? EPOLLOUT : EPOLLIN);
    } else if (gnutls_error_is_fatal(code)) {
        lose(link);
    }
}

static void finish_connect(LoadLink *link)
{
    int failure = 0;
    socklen_t size = sizeof failure;
    if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0) {
        lose(link);
        return;
    }
    if (!link->loop->tls) {
        link->state = OPEN;
        watch(link, EPOLLIN);
        link->class->opened(link, link->user);
        return;
    }
    gnutls_init(&link->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    gnutls_priority_set(link->session, link->loop->priority);
    gnutls_credentials_set(link->session, GNUTLS_CRD_CERTIFICATE, link->loop->credentials);
    gnutls_transport_set_int(link->session, link->fd);
    link->state = SHAKING;
    shake(link);
}

/* The count, 0 for the end, -1 for later, -2 for a failure. */
static gssize receive(LoadLink *link, char *buffer, gsize room)
{
    if (link->session == NULL) {
        gssize count = recv(link->fd, buffer, room, 0);
        return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? -1 : -2;
    }
    gssize count = gnutls_record_recv(link->session, buffer, room);
    bool later = count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED;
    return count >= 0 ? count : later ? -1 : gnutls_error_is_fatal((int)count) ? -2 : -1;
}

static gssize transmit(LoadLink *link, const char *bytes, gsize length)
{
    if (link->session == NULL) {
        gssize count = send(link->fd, bytes, length, MSG_NOSIGNAL);
        return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? -1 : -2;
    }
    gssize count = gnutls_record_send(link->session, bytes, length);
    return count >= 0 ? count : count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED ? -1 : -2;
}

static void push_out(LoadLink *link)
{
    while (link->sent < link->out->len) {
        gssize count = transmit(link, link->out->str + link->sent, link->out->len - link->sent);
        if (count < 0) {
            if (count == -1) {
                watch(link, EPOLLIN | EPOLLOUT);
            } else {
                lose(link);
            }
            return;
        }
        link->sent += (gsize)count;
    }
    g_string_free(g_steal_pointer(&link->out), TRUE);
    watch(link, EPOLLIN);
}

void load_link_send(LoadLink *link, GString *request, bool stream)
{
    g_assert(link->state == OPEN && link->place == IDLE && link->out == NULL);
    link->out = request;
    link->sent = 0;
    link->stream = stream;
    link->place = IN_HEAD;
    link->text = g_string_sized_new(256);
    push_out(link);
}

/* --- reading an answer ------------------------------------------------------------------------ */

/* A header's value in the head, NULL when it is not there. Borrowed. */
static const char *header(const LoadLink *link, const char *name)
{
    const char *at = strcasestr(link->text->str, name);
    return at == NULL ? NULL : at + strlen(name) + strspn(at + strlen(name), " ");
}

static void finish_answer(LoadLink *link)
{
    GString *text = g_steal_pointer(&link->text);
    link->place = IDLE;
    if (!link->stream) {
        link->class->answered(link, link->status, text ? text->str : "", text ? text->len : 0,
                              link->user);
    } else {
        lose(link); /* a stream that ends is a stream that was closed */
    }
    if (text != NULL) {
        g_string_free(text, TRUE);
    }
}

/* The head is complete: where its body goes on. */
static bool finish_head(LoadLink *link)
{
    if (sscanf(link->text->str, "HTTP/1.%*d %d", &link->status) != 1) {
        return false;
    }
    const char *length = header(link, "\nContent-Length:");
    const char *encoding = header(link, "\nTransfer-Encoding:");
    link->left = length != NULL ? g_ascii_strtoull(length, NULL, 10) : 0;
    bool chunked = encoding != NULL && g_ascii_strncasecmp(encoding, "chunked", 7) == 0;
    g_string_truncate(link->text, 0);
    link->place = chunked ? IN_CHUNK_SIZE : IN_BODY;
    if (link->stream && link->status == 200) {
        drop_text(link); /* light while it waits */
        link->class->streamed(link, link->status, "", 0, link->user);
    }
    if (!chunked && link->left == 0) {
        finish_answer(link);
    }
    return true;
}

static gsize take_head(LoadLink *link, const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        g_string_append_c(link->text, bytes[i]);
        if (bytes[i] == '\n' && g_str_has_suffix(link->text->str, "\r\n\r\n")) {
            return finish_head(link) ? i + 1 : 0;
        }
    }
    return link->text->len < HEAD_BYTES_MAX ? length : 0;
}

static gsize take_body(LoadLink *link, const char *bytes, gsize length)
{
    gsize count = (gsize)MIN((guint64)length, link->left);
    link->left -= count;
    if (link->text == NULL) {
        link->class->streamed(link, link->status, bytes, count, link->user);
    } else {
        g_string_append_len(link->text, bytes, (gssize)count);
    }
    if (link->left == 0 && link->state == OPEN) {
        if (link->place == IN_CHUNK) {
            link->place = IN_CHUNK_END;
        } else {
            finish_answer(link);
        }
    }
    return count;
}

/* One byte of "1f\r\n", of the line end after a chunk, or of the end after the last one. */
static bool take_chunk_byte(LoadLink *link, char byte)
{
    if (link->place == IN_CHUNK_END) {
        if (byte == '\n') {
            link->place = IN_CHUNK_SIZE;
            link->left = 0;
        }
        return true;
    }
    if (link->place == IN_TRAILER) {
        if (byte == '\n') {
            finish_answer(link);
        }
        return true;
    }
    if (byte == '\n') {
        link->place = link->left > 0 ? IN_CHUNK : IN_TRAILER;
        return true;
    }
    if (byte == '\r') {
        return true;
    }
    if (!g_ascii_isxdigit(byte) || link->left > G_MAXUINT32) {
        return false;
    }
    link->left = link->left * 16 + (guint64)g_ascii_xdigit_value(byte);
    return true;
}

static bool take_bytes(LoadLink *link, const char *bytes, gsize length)
{
    while (length > 0 && link->state == OPEN) {
        gsize count = 1;
        switch (link->place) {
        case IDLE:
            return false; /* nobody asked */
        case IN_HEAD:
            count = take_head(link, bytes, length);
            break;
        case IN_BODY:
        case IN_CHUNK:
            count = take_body(link, bytes, length);
            break;
        case IN_CHUNK_SIZE:
        case IN_CHUNK_END:
        case IN_TRAILER:
            count = take_chunk_byte(link, *bytes) ? 1 : 0;
            break;
        }
        if (count == 0) {
            return false;
        }
        bytes += count;
        length -= count;
    }
    return true;
}

static void pull_in(LoadLink *link)
{
    for (int i = 0; i < READS_A_TURN && link->state == OPEN; i++) {
        gssize count = receive(link, link->loop->buffer, READ_BYTES);
        if (count == -1) {
            return;
        }
        if (count <= 0 || !take_bytes(link, link->loop->buffer, (gsize)count)) {
            if (link->state != CLOSED) {
                lose(link);
            }
            return;
        }
        if (link->session == NULL && count < READ_BYTES) {
            return;
        }
    }
}

static void handle(LoadLink *link, guint32 events)
{
    if (link->freed) {
        return;
    }
    switch (link->state) {
    case CLOSED:
        return;
    case CONNECTING:
        finish_connect(link);
        return;
    case SHAKING:
        shake(link);
        return;
    case OPEN:
        if ((events & EPOLLOUT) != 0 && link->out != NULL) {
            push_out(link);
        }
        if (link->state == OPEN && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
            pull_in(link);
        }
        return;
    }
}

bool load_loop_step(LoadLoop *loop, int max_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(loop->epoll, events, EVENTS_MAX, max_ms);
    loop->handling = true;
    for (int i = 0; i < count; i++) {
        handle(events[i].data.ptr, events[i].events);
    }
    loop->handling = false;
    g_ptr_array_set_size(loop->dead, 0);
    return count > 0;
}
