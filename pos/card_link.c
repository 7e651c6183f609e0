/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the thread that speaks to a card terminal. The till's thread puts requests into one queue and takes answers out of
 * another; both are guarded by one mutex and have an eventfd that wakes the other side. What always holds: each request
 * that was taken from the queue gets an answer, also when the line breaks. */
#include "pos/card_link.h"

#include "pos/card_wire.h"
#include "pos/device_serial.h"
#include "pos/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 3000
#define ANSWER_MS 10000 /* of anything but a charge */
#define REQUESTS_MAX 400

struct PosCardLink {
    char *host, *port; /* TCP */
    char *path;        /* serial */
    int baud;          /* 0: as it is */
    PosTenderProvider provider;
    GThread *thread;
    GMutex mutex;
    GQueue requests; /* of PosCardRequest*; guarded */
    GQueue answers;  /* of PosTenderAnswer*; guarded */
    bool stopping;   /* guarded */
    int wake_fd, answers_fd;
    /* Of the thread alone. */
    int fd;
    PosSerial *serial;
    GByteArray *bytes;
    GArray *waiting; /* of Waiting */
};

/* Sent and not answered. until_us: then it is not known; 0: the till counts (a charge). */
typedef struct {
    PosCardRequest request;
    int64_t until_us;
} Waiting;

/* --- the two queues ------------------------------------------------------------------------------------ */

static void signal_fd(int fd)
{
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written; /* a full counter wakes as well */
}

static void drain_fd(int fd)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
}

static void push_answer(PosCardLink *link, const PosTenderAnswer *answer)
{
    g_mutex_lock(&link->mutex);
    g_queue_push_tail(&link->answers, g_memdup2(answer, sizeof *answer));
    g_mutex_unlock(&link->mutex);
    signal_fd(link->answers_fd);
}

static void push_status(PosCardLink *link, const PosCardRequest *request, PosPaymentStatus status,
                        const char *message)
{
    PosTenderAnswer answer = {.status = status, .amount = {-1}};
    g_strlcpy(answer.attempt, request->order.attempt, sizeof answer.attempt);
    g_strlcpy(answer.refund_id, request->refund_id, sizeof answer.refund_id);
    g_strlcpy(answer.message, message, sizeof answer.message);
    push_answer(link, &answer);
}

static void push_request(PosCardLink *link, const PosCardRequest *request)
{
    g_mutex_lock(&link->mutex);
    bool room = g_queue_get_length(&link->requests) < REQUESTS_MAX;
    if (room) {
        g_queue_push_tail(&link->requests, g_memdup2(request, sizeof *request));
    }
    g_mutex_unlock(&link->mutex);
    if (!room && request->op == POS_CARD_CHARGE) {
        push_status(link, request, POS_PAYMENT_FAILED, "");
    }
    signal_fd(link->wake_fd);
}

static PosCardRequest *pop_request(PosCardLink *link, bool *out_stopping)
{
    g_mutex_lock(&link->mutex);
    PosCardRequest *request = g_queue_pop_head(&link->requests);
    *out_stopping = link->stopping;
    g_mutex_unlock(&link->mutex);
    return request;
}

/* --- the line -------------------------------------------------------------------------------------------- */

static void close_line(PosCardLink *link)
{
    if (link->serial != NULL) {
        g_clear_pointer(&link->serial, pos_serial_close);
    } else if (link->fd >= 0) {
        close(link->fd);
    }
    link->fd = -1;
    g_byte_array_set_size(link->bytes, 0);
}

/* Whether a socket that is connecting is through within the time. */
static bool is_through(int fd)
{
    struct pollfd polled = {fd, POLLOUT, 0};
    int fault = 0;
    socklen_t size = sizeof fault;
    return poll(&polled, 1, CONNECT_MS) == 1 &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0;
}

static int connect_to(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->ai_protocol);
    if (fd < 0) {
        return -1;
    }
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0 &&
        (errno != EINPROGRESS || !is_through(fd))) {
        close(fd);
        return -1;
    }
    return fd;
}

static int open_tcp(const PosCardLink *link)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int fd = -1;
    if (getaddrinfo(link->host, link->port, &hints, &found) != 0) {
        return -1;
    }
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = connect_to(at);
    }
    freeaddrinfo(found);
    return fd;
}

static bool open_line(PosCardLink *link)
{
    if (link->fd >= 0) {
        return true;
    }
    if (link->path == NULL) {
        link->fd = open_tcp(link);
        return link->fd >= 0;
    }
    PosSerialLine line = {.baud = link->baud, .data_bits = 8, .stop_bits = 1};
    link->serial = pos_serial_open(link->path, link->baud > 0 ? &line : NULL, NULL);
    link->fd = link->serial != NULL ? pos_serial_fd(link->serial) : -1;
    return link->fd >= 0;
}

/* Every line is shorter than what the other side takes at once; *out_begun: some of it went out. */
static bool send_line(PosCardLink *link, const char *line, bool *out_begun)
{
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    gsize length = strlen(whole);
    gsize sent = 0;
    int64_t until_us = g_get_monotonic_time() + CONNECT_MS * 1000LL;
    while (sent < length && g_get_monotonic_time() < until_us) {
        ssize_t count = link->serial != NULL
                            ? write(link->fd, whole + sent, length - sent)
                            : send(link->fd, whole + sent, length - sent, MSG_NOSIGNAL);
        if (count > 0) {
            sent += (gsize)count;
            *out_begun = true;
        } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        } else {
            struct pollfd polled = {link->fd, POLLOUT, 0};
            poll(&polled, 1, 100);
        }
    }
    return sent == length;
}

/* --- requests and answers on the thread ------------------------------------------------------------------ */

/* The line is gone: what was sent and not answered is not known. */
static void break_line(PosCardLink *link)
{
    close_line(link);
    for (guint i = 0; i < link->waiting->len; i++) {
        push_status(link, &g_array_index(link->waiting, Waiting, i).request, POS_PAYMENT_UNKNOWN,
                    _("the line to the card terminal broke"));
    }
    g_array_set_size(link->waiting, 0);
}

static void carry_out(PosCardLink *link, const PosCardRequest *request)
{
    bool begun = false;
    g_autofree char *line = pos_card_request_line(request);
    /* A line that the terminal has closed meanwhile is opened anew, once. */
    for (int i = 0; i < 2 && !begun; i++) {
        if (!open_line(link)) {
            break;
        }
        if (send_line(link, line, &begun)) {
            Waiting waiting = {*request, 0};
            if (request->op != POS_CARD_CHARGE) {
                waiting.until_us = g_get_monotonic_time() + ANSWER_MS * 1000LL;
            }
            g_array_append_val(link->waiting, waiting);
            return;
        }
        break_line(link);
    }
    bool never_left = !begun && request->op == POS_CARD_CHARGE;
    push_status(link, request, never_left ? POS_PAYMENT_FAILED : POS_PAYMENT_UNKNOWN,
                _("the card terminal cannot be reached"));
}

static void take_line(PosCardLink *link, const char *line, gsize length)
{
    PosTenderAnswer answer;
    if (!pos_card_answer_read(line, length, &answer)) {
        return; /* noise on the line */
    }
    bool goes_on = answer.status == POS_PAYMENT_USER_PAYING;
    for (guint i = link->waiting->len; i > 0; i--) {
        const PosCardRequest *request = &g_array_index(link->waiting, Waiting, i - 1).request;
        bool is_its = strcmp(request->order.attempt, answer.attempt) == 0 &&
                      strcmp(request->refund_id, answer.refund_id) == 0;
        if (is_its && !(goes_on && request->op == POS_CARD_CHARGE)) {
            g_array_remove_index(link->waiting, i - 1);
        }
    }
    push_answer(link, &answer);
}

static void take_bytes(PosCardLink *link)
{
    guint8 buffer[POS_CARD_LINE_BYTES];
    ssize_t count = read(link->fd, buffer, sizeof buffer);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        break_line(link);
        return;
    }
    if (count < 0) {
        return;
    }
    g_byte_array_append(link->bytes, buffer, (guint)count);
    const guint8 *newline;
    while (link->bytes->len > 0 &&
           (newline = memchr(link->bytes->data, '\n', link->bytes->len)) != NULL) {
        gsize length = (gsize)(newline - link->bytes->data);
        take_line(link, (const char *)link->bytes->data, length);
        g_byte_array_remove_range(link->bytes, 0, (guint)length + 1);
    }
    if (link->bytes->len > POS_CARD_LINE_BYTES) {
        break_line(link);
    }
}

static void expire_waiting(PosCardLink *link)
{
    int64_t now_us = g_get_monotonic_time();
    for (guint i = link->waiting->len; i > 0; i--) {
        Waiting waiting = g_array_index(link->waiting, Waiting, i - 1);
        if (waiting.until_us != 0 && now_us >= waiting.until_us) {
            g_array_remove_index(link->waiting, i - 1);
            push_status(link, &waiting.request, POS_PAYMENT_UNKNOWN,
                        _("the card terminal does not answer"));
        }
    }
}

static void *run(void *user)
{
    PosCardLink *link = user;
    for (;;) {
        bool stopping = false;
        PosCardRequest *request;
        while ((request = pop_request(link, &stopping)) != NULL && !stopping) {
            carry_out(link, request);
            g_free(request);
        }
        g_free(request);
        if (stopping) {
            close_line(link);
            return NULL;
        }
        struct pollfd polled[2] = {{link->wake_fd, POLLIN, 0}, {link->fd, POLLIN, 0}};
        poll(polled, link->fd >= 0 ? 2 : 1, link->waiting->len > 0 ? 500 : -1);
        if (polled[0].revents != 0) {
            drain_fd(link->wake_fd);
        }
        if (link->fd >= 0 && polled[1].revents != 0) {
            take_bytes(link);
        }
        expire_waiting(link);
    }
}

/* --- the provider, on the till's thread ------------------------------------------------------------------- */

static void ask(void *user, PosCardOp op, const PosTenderOrder *order, const char *refund_id,
                PosMoney refund)
{
    PosCardRequest request = {.op = op, .order = *order, .refund = refund};
    if (refund_id != NULL) {
        g_strlcpy(request.refund_id, refund_id, sizeof request.refund_id);
    }
    push_request(user, &request);
}

static void on_charge(void *user, const PosTenderOrder *order, const char *code)
{
    ask(user, POS_CARD_CHARGE, order, NULL, pos_money(0));
}

static void on_query(void *user, const PosTenderOrder *order)
{
    ask(user, POS_CARD_QUERY, order, NULL, pos_money(0));
}

static void on_reverse(void *user, const PosTenderOrder *order)
{
    ask(user, POS_CARD_REVERSE, order, NULL, pos_money(0));
}

static void on_refund(void *user, const PosTenderOrder *order, const char *refund_id,
                      PosMoney amount)
{
    ask(user, POS_CARD_REFUND, order, refund_id, amount);
}

static bool on_poll(void *user, PosTenderAnswer *out)
{
    PosCardLink *link = user;
    g_mutex_lock(&link->mutex);
    PosTenderAnswer *answer = g_queue_pop_head(&link->answers);
    bool empty = g_queue_is_empty(&link->answers);
    g_mutex_unlock(&link->mutex);
    if (empty) {
        drain_fd(link->answers_fd);
    }
    if (answer == NULL) {
        return false;
    }
    *out = *answer;
    g_free(answer);
    return true;
}

/* --- life ------------------------------------------------------------------------------------------------ */

static bool read_address(PosCardLink *link, const char *address, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(address == NULL ? "" : address, ":", 3);
    guint count = g_strv_length(parts);
    guint64 number = 0;
    if (count == 3 && strcmp(parts[0], "tcp") == 0 && parts[1][0] != '\0' &&
        g_ascii_string_to_unsigned(parts[2], 10, 1, 65535, &number, NULL)) {
        link->host = g_strdup(parts[1]);
        link->port = g_strdup(parts[2]);
        return true;
    }
    bool has_baud = count == 3;
    if (count >= 2 && strcmp(parts[0], "serial") == 0 && parts[1][0] == '/' &&
        (!has_baud || g_ascii_string_to_unsigned(parts[2], 10, 300, 115200, &number, NULL))) {
        link->path = g_strdup(parts[1]);
        link->baud = has_baud ? (int)number : 0;
        return true;
    }
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("\"%s\" is no card terminal's address: write tcp:HOST:PORT or "
                  "serial:/dev/ttyS0."),
                address == NULL ? "" : address);
    return false;
}

PosCardLink *pos_card_link_new(const char *address, int timeout_ms, GError **error)
{
    PosCardLink *link = g_new0(PosCardLink, 1);
    link->fd = -1;
    link->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link->answers_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link->bytes = g_byte_array_new();
    link->waiting = g_array_new(FALSE, TRUE, sizeof(Waiting));
    g_mutex_init(&link->mutex);
    g_queue_init(&link->requests);
    g_queue_init(&link->answers);
    link->provider = (PosTenderProvider){.caps = {.partial_refund = true, .reverse = true},
                                         .is_journaled = true,
                                         .timeout_ms = timeout_ms,
                                         .user = link,
                                         .charge = on_charge,
                                         .query = on_query,
                                         .reverse = on_reverse,
                                         .refund = on_refund,
                                         .poll = on_poll};
    if (!read_address(link, address, error)) {
        pos_card_link_free(link);
        return NULL;
    }
    link->thread = g_thread_new("card", run, link);
    return link;
}

void pos_card_link_free(PosCardLink *link)
{
    if (link == NULL) {
        return;
    }
    if (link->thread != NULL) {
        g_mutex_lock(&link->mutex);
        link->stopping = true;
        g_mutex_unlock(&link->mutex);
        signal_fd(link->wake_fd);
        g_thread_join(link->thread);
    }
    g_queue_clear_full(&link->requests, g_free);
    g_queue_clear_full(&link->answers, g_free);
    g_byte_array_unref(link->bytes);
    g_array_unref(link->waiting);
    g_mutex_clear(&link->mutex);
    close(link->wake_fd);
    close(link->answers_fd);
    g_free(link->host);
    g_free(link->port);
    g_free(link->path);
    g_free(link);
}

const PosTenderProvider *pos_card_link_provider(PosCardLink *link)
{
    return &link->provider;
}

int pos_card_link_fd(const PosCardLink *link)
{
    return link->answers_fd;
}
