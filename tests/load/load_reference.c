/* SPDX-License-Identifier: GPL-3.0-or-later
 * What central is measured against: `echo`, the same HTTP server that answers a POST and does nothing
 * else; `epoll`, a bare epoll server that keeps streams open and writes the same bytes to all. Prints
 * its port. Ends with its standard input. */
#include "sync/central_http.h"
#include "sync/central_http_listen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define FILES_MAX 65536
#define HEAD                                                                                       \
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n"

static void echo(CentralRequest *request, void *user)
{
    char *body = NULL;
    gsize length = 0;
    if (central_request_body(request, &body, &length) != CENTRAL_BODY_OK) {
        central_request_error(request, 400, "bad", "what");
        return;
    }
    central_request_answer(request, 200, json_pack("{s:I}", "acked", (json_int_t)length));
    g_free(body);
}

static int serve_echo(void)
{
    g_autoptr(GError) error = NULL;
    CentralHttpOptions options = {.listen = "127.0.0.1:0", .handler = echo};
    CentralHttp *http = central_http_start(&options, &error);
    if (http == NULL) {
        g_error("%s", error->message);
    }
    printf("%u\n", central_http_port(http));
    fflush(stdout);
    while (getchar() != EOF) {
    }
    central_http_quiesce(http);
    central_http_stop(http);
    return 0;
}

/* streams: whether a file descriptor is one. */
static void write_all(const GByteArray *streams, int number)
{
    g_autofree char *data = g_strdup_printf(
        "event: price\ndata: {\"key\":\"09521234500017/L20261122A\",\"kind\":\"price\",\"value\":"
        "{\"effective_at\":\"2026-11-23T09:00:00.000+09:00\",\"list_price\":4980,\"price\":%d,"
        "\"why\":\"sells slower than planned\"},\"version\":%d}\nid: %d\n\n",
        4780 + number, number, number);
    g_autofree char *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(data), data);
    for (guint fd = 0; fd < streams->len; fd++) {
        if (streams->data[fd]) {
            (void)!send((int)fd, chunk, strlen(chunk), MSG_NOSIGNAL);
        }
    }
}

static void take_request(int fd, GByteArray *streams, int *fires)
{
    static const char done[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char buffer[8192];
    gssize count = recv(fd, buffer, sizeof buffer - 1, 0);
    if (count <= 0) {
        streams->data[fd] = 0;
        close(fd);
        return;
    }
    buffer[count] = '\0';
    if (g_str_has_prefix(buffer, "POST /fire")) {
        write_all(streams, ++*fires);
        (void)!send(fd, done, strlen(done), MSG_NOSIGNAL);
    } else {
        streams->data[fd] = 1;
        (void)!send(fd, HEAD, strlen(HEAD), MSG_NOSIGNAL);
    }
}

static int serve_epoll(void)
{
    g_autoptr(GError) error = NULL;
    int family = 0, fires = 0;
    guint16 port = 0;
    int listener = central_http_listen("127.0.0.1:0", true, &family, &port, &error);
    if (listener < 0) {
        g_error("%s", error->message);
    }
    printf("%u\n", port);
    fflush(stdout);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event add = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &add);
    add.data.fd = STDIN_FILENO;
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &add);
    g_autoptr(GByteArray) streams = g_byte_array_new();
    g_byte_array_set_size(streams, FILES_MAX);
    memset(streams->data, 0, FILES_MAX);
    for (;;) {
        struct epoll_event events[EVENTS_MAX];
        int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == STDIN_FILENO) {
                return 0;
            }
            if (events[i].data.fd != listener) {
                take_request(events[i].data.fd, streams, &fires);
                continue;
            }
            int fd;
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
                g_assert(fd < FILES_MAX);
                add.data.fd = fd;
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &add);
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    if (argc == 2 && strcmp(argv[1], "echo") == 0) {
        return serve_echo();
    }
    if (argc == 2 && strcmp(argv[1], "epoll") == 0) {
        return serve_epoll();
    }
    fprintf(stderr, "load-reference echo|epoll\n");
    return 2;
}
