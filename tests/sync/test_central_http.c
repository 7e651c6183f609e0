/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/central_http alone, with a handler of the test's own: bodies, held requests, streams,
 * bounds, stopping. */
#include "sync/central_http.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* --- unpacking -------------------------------------------------------------------------------- */

static GBytes *gzip(const char *data, gsize length)
{
    z_stream stream = {0};
    g_assert_cmpint(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
    gsize room = deflateBound(&stream, length);
    guchar *out = g_malloc(room);
    stream.next_in = (Bytef *)data;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
    gsize count = room - stream.avail_out;
    deflateEnd(&stream);
    return g_bytes_new_take(out, count);
}

static GBytes *zstd(const char *data, gsize length)
{
    gsize room = ZSTD_compressBound(length);
    guchar *out = g_malloc(room);
    gsize count = ZSTD_compress(out, room, data, length, 3);
    g_assert_false(ZSTD_isError(count));
    return g_bytes_new_take(out, count);
}

static CentralBodyStatus unpack(const char *encoding, GBytes *packed, gsize max, char **out,
                                gsize *out_length)
{
    gsize length;
    const char *data = g_bytes_get_data(packed, &length);
    return central_http_unpack(encoding, data, length, max, out, out_length);
}

typedef GBytes *(*Packer)(const char *data, gsize length);

static void check_packer(const char *encoding, Packer pack)
{
    const gsize sizes[] = {0,      1,          1000, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1,
                           100000, 1024 * 1024};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *plain = g_malloc(sizes[i] + 1);
        for (gsize at = 0; at < sizes[i]; at++) {
            plain[at] = (char)('a' + at % 23);
        }
        g_autoptr(GBytes) packed = pack(plain, sizes[i]);
        g_autofree char *out = NULL;
        gsize length = 0;
        g_assert_cmpint(unpack(encoding, packed, 1024 * 1024, &out, &length), ==, CENTRAL_BODY_OK);
        g_assert_cmpmem(out, length, plain, sizes[i]);
        g_assert_cmpint(out[length], ==, '\0');
        if (sizes[i] > 0) { /* one byte beyond the bound */
            char *none = NULL;
            g_assert_cmpint(unpack(encoding, packed, sizes[i] - 1, &none, &length), ==,
                            CENTRAL_BODY_TOO_LARGE);
            g_assert_null(none);
        }
    }
}

static void gzip_and_zstd_come_back_and_stop_at_the_bound(void)
{
    check_packer("gzip", gzip);
    check_packer("zstd", zstd);
}

static void a_bomb_is_refused_whatever_it_claims(void)
{
    gsize large = 64 * 1024 * 1024;
    g_autofree char *zeros = g_malloc0(large);
    g_autoptr(GBytes) first = gzip(zeros, large);
    g_autoptr(GBytes) second = zstd(zeros, large);
    g_assert_cmpuint(g_bytes_get_size(second), <, 16 * 1024);
    char *out = NULL;
    gsize length = 0;
    g_assert_cmpint(unpack("gzip", first, POS_BOUND_BATCH_BYTES, &out, &length), ==,
                    CENTRAL_BODY_TOO_LARGE);
    g_assert_cmpint(unpack("zstd", second, POS_BOUND_BATCH_BYTES, &out, &length), ==,
                    CENTRAL_BODY_TOO_LARGE);
    g_assert_null(out);
}

static void what_is_cut_off_or_garbage_is_malformed(void)
{
    char *out = NULL;
    gsize length = 0;
    const char *text = "{\"a\":1}\n{\"b\":2}\n";
    for (guint which = 0; which < 2; which++) {
        const char *encoding = which == 0 ? "gzip" : "zstd";
        g_autoptr(GBytes) packed = which == 0 ? gzip(text, strlen(text)) : zstd(text, strlen(text));
        for (gsize cut = 0; cut < g_bytes_get_size(packed); cut++) {
            g_autoptr(GBytes) part = g_bytes_new_from_bytes(packed, 0, cut);
            g_assert_cmpint(unpack(encoding, part, 1024, &out, &length), ==,
                            CENTRAL_BODY_MALFORMED);
        }
        GByteArray *more = g_byte_array_new();
        g_byte_array_append(more, g_bytes_get_data(packed, NULL), (guint)g_bytes_get_size(packed));
        g_byte_array_append(more, (const guint8 *)"tail", 4);
        g_autoptr(GBytes) tailed = g_byte_array_free_to_bytes(more);
        g_assert_cmpint(unpack(encoding, tailed, 1024, &out, &length), ==, CENTRAL_BODY_MALFORMED);
    }
    g_assert_cmpint(central_http_unpack("br", "x", 1, 10, &out, &length), ==,
                    CENTRAL_BODY_UNSUPPORTED);
    g_assert_null(out);
}

/* --- a server --------------------------------------------------------------------------------- */

typedef struct {
    CentralHttp *http;
    GThread *answerer;
    GAsyncQueue *held; /* of CentralRequest; its own address ends the thread */
    CentralStream *stream;
    GMutex lock;
    GCond changed;
    gint due, freed; /* lines that the stream still has to give; streams that ended */
    bool streaming;
} Server;

static gssize read_lines(CentralStream *stream, char *buffer, gsize room, void *user)
{
    Server *server = user;
    g_mutex_lock(&server->lock);
    bool give = server->due > 0;
    server->due -= give;
    g_mutex_unlock(&server->lock);
    if (!give) {
        return 0;
    }
    g_assert_cmpuint(room, >=, 5);
    memcpy(buffer, "line\n", 5);
    return 5;
}

static void end_lines(void *user)
{
    Server *server = user;
    g_mutex_lock(&server->lock);
    server->freed++;
    g_cond_broadcast(&server->changed);
    g_mutex_unlock(&server->lock);
}

static const CentralStreamSource lines_source = {read_lines, end_lines};

static void handle(CentralRequest *request, void *user)
{
    Server *server = user;
    const char *path = central_request_path(request);
    if (strcmp(path, "/echo") == 0) {
        char *body = NULL;
        gsize length = 0;
        CentralBodyStatus status = central_request_body(request, &body, &length);
        if (status == CENTRAL_BODY_OK) {
            central_request_answer(request, 200, json_pack("{s:I}", "bytes", (json_int_t)length));
        } else {
            central_request_error(request, 413, "too_large", "status %d", status);
        }
        g_free(body);
    } else if (g_str_has_prefix(path, "/target/")) {
        central_request_add_header(request, "Cache-Control", "max-age=60");
        central_request_answer_text(request, 200, "text/plain",
                                    g_strdup(central_request_target(request)));
    } else if (strcmp(path, "/held") == 0) {
        central_request_hold(request);
        g_async_queue_push(server->held, request);
    } else if (strcmp(path, "/later") == 0) {
        central_request_hold(request);
        central_request_answer_later(request, central_request_since_us(request) + 200000, 403,
                                     json_pack("{s:s}", "error", "later"));
    } else if (strcmp(path, "/stream") == 0) {
        g_mutex_lock(&server->lock);
        server->stream = central_request_stream(request, "text/plain", &lines_source, server);
        server->streaming = true;
        g_cond_broadcast(&server->changed);
        g_mutex_unlock(&server->lock);
    } else {
        central_request_error(request, 404, "not_found", "no %s", path);
    }
}

static void *answer_held(void *user)
{
    Server *server = user;
    for (;;) {
        void *request = g_async_queue_pop(server->held);
        if (request == server->held) {
            return NULL;
        }
        central_request_answer(request, 200, json_pack("{s:b}", "held", 1));
    }
}

static void server_start(Server *server, guint request_s)
{
    memset(server, 0, sizeof *server);
    g_autoptr(GError) error = NULL;
    g_mutex_init(&server->lock);
    g_cond_init(&server->changed);
    server->held = g_async_queue_new();
    server->answerer = g_thread_new("answerer", answer_held, server);
    CentralHttpOptions options = {
        .listen = "127.0.0.1:0", .handler = handle, .user = server, .request_s = request_s};
    server->http = central_http_start(&options, &error);
    g_assert_no_error(error);
}

static void server_stop(Server *server)
{
    central_http_quiesce(server->http);
    g_async_queue_push(server->held, server->held);
    g_thread_join(server->answerer);
    central_http_stop(server->http);
    g_async_queue_unref(server->held);
    g_mutex_clear(&server->lock);
    g_cond_clear(&server->changed);
}

static size_t keep(char *data, size_t size, size_t count, void *user)
{
    g_string_append_len(user, data, (gssize)(size * count));
    return size * count;
}

/* The status; the body is appended to out. body NULL: GET. */
static long ask(CURL *curl, Server *server, const char *path, const char *body, gsize length,
                GString *out)
{
    g_autofree char *url =
        g_strdup_printf("http://127.0.0.1:%u%s", central_http_port(server->http), path);
    long status = 0;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    g_assert_cmpint(curl_easy_perform(curl), ==, CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static void answers_now_held_and_later_share_one_connection(void)
{
    Server server;
    server_start(&server, 0);
    CURL *curl = curl_easy_init();
    g_autoptr(GString) out = g_string_new(NULL);
    long connects = 0, all_connects = 0;
    for (guint i = 0; i < 50; i++) {
        g_string_truncate(out, 0);
        g_assert_cmpint(ask(curl, &server, "/held", NULL, 0, out), ==, 200);
        g_assert_cmpstr(out->str, ==, "{\"held\":true}");
        curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
        all_connects += connects;
        g_string_truncate(out, 0);
        g_assert_cmpint(ask(curl, &server, "/echo", "abc", 3, out), ==, 200);
        g_assert_cmpstr(out->str, ==, "{\"bytes\":3}");
        curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
        all_connects += connects;
    }
    g_assert_cmpint(all_connects, ==, 1);
    int64_t before_us = g_get_monotonic_time();
    g_assert_cmpint(ask(curl, &server, "/later", NULL, 0, out), ==, 403);
    g_assert_cmpint(g_get_monotonic_time() - before_us, >=, 200000);
    g_string_truncate(out, 0);
    g_assert_cmpint(ask(curl, &server, "/none", NULL, 0, out), ==, 404);
    g_assert_cmpstr(out->str, ==, "{\"error\":\"not_found\",\"message\":\"no /none\"}");
    curl_easy_cleanup(curl);
    server_stop(&server);
}

static void the_target_is_what_was_sent(void)
{
    static const char *const targets[] = {"/target/",
                                          "/target/10/A%2FB?x=%41&y=a+b&x=", "/target/%e2%82%ac"};
    Server server;
    server_start(&server, 0);
    CURL *curl = curl_easy_init();
    for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        g_assert_cmpint(ask(curl, &server, targets[i], NULL, 0, out), ==, 200);
        g_assert_cmpstr(out->str, ==, targets[i]);
    }
    curl_easy_cleanup(curl);
    server_stop(&server);
}

static void a_body_up_to_the_bound_is_taken_and_beyond_it_is_413(void)
{
    Server server;
    server_start(&server, 0);
    CURL *curl = curl_easy_init();
    g_autofree char *body = g_malloc0(9 * 1024 * 1024);
    const struct {
        gsize bytes;
        long status;
    } cases[] = {{POS_BOUND_BATCH_BYTES, 200},
                 {POS_BOUND_BATCH_BYTES + 1, 413},
                 {4 * 1024 * 1024, 413},
                 {9 * 1024 * 1024, 413}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        g_assert_cmpint(ask(curl, &server, "/echo", body, cases[i].bytes, out), ==,
                        cases[i].status);
        g_assert_true(g_str_has_prefix(out->str, "{"));
    }
    curl_easy_cleanup(curl);
    server_stop(&server);
}

static void *stream_thread(void *user)
{
    Server *server = user;
    GString *out = g_string_new(NULL);
    CURL *curl = curl_easy_init();
    g_assert_cmpint(ask(curl, server, "/stream", NULL, 0, out), ==, 200);
    curl_easy_cleanup(curl);
    return out;
}

static void a_stream_gives_what_is_due_when_woken_and_ends_with_the_server(void)
{
    Server server;
    server_start(&server, 0);
    GThread *reader = g_thread_new("reader", stream_thread, &server);
    g_mutex_lock(&server.lock);
    while (!server.streaming) {
        g_cond_wait(&server.changed, &server.lock);
    }
    g_mutex_unlock(&server.lock);
    for (guint i = 0; i < 1000; i++) {
        g_mutex_lock(&server.lock);
        server.due++;
        g_mutex_unlock(&server.lock);
        central_stream_wake(server.stream);
    }
    /* No wait for the reader: what is due is sent before the end. */
    for (bool all = false; !all;) {
        g_mutex_lock(&server.lock);
        all = server.due == 0;
        g_mutex_unlock(&server.lock);
        g_thread_yield();
    }
    server_stop(&server);
    GString *out = g_thread_join(reader);
    g_assert_cmpuint(out->len, ==, 5000);
    g_assert_cmpint(server.freed, ==, 1);
    g_string_free(out, TRUE);
}

static int connect_raw(Server *server)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(central_http_port(server->http)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    return fd;
}

static void a_request_that_never_completes_is_cut_and_garbage_hurts_nobody(void)
{
    Server server;
    server_start(&server, 1);
    int slow = connect_raw(&server);
    const char *start = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12";
    g_assert_cmpint(write(slow, start, strlen(start)), ==, (gssize)strlen(start));
    static const char *garbage[] = {
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET /echo HTTP/9.9\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
        "Content-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"};
    for (guint i = 0; i < G_N_ELEMENTS(garbage); i++) {
        int fd = connect_raw(&server);
        g_assert_cmpint(write(fd, garbage[i], strlen(garbage[i])), ==, (gssize)strlen(garbage[i]));
        shutdown(fd, SHUT_WR);
        char answer[2048];
        gssize count = 0, total = 0;
        while ((count = read(fd, answer + total, sizeof answer - 1 - (gsize)total)) > 0) {
            total += count;
        }
        answer[total] = '\0';
        if (strstr(answer, " 200 ") != NULL) {
            g_error("%s was answered with %s", garbage[i], answer);
        }
        close(fd);
    }
    char rest[512];
    gssize count;
    while ((count = read(slow, rest, sizeof rest)) > 0) {
    }
    close(slow); /* the read above ended, so the server has cut it */
    CURL *curl = curl_easy_init();
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_cmpint(ask(curl, &server, "/echo", "ok", 2, out), ==, 200);
    curl_easy_cleanup(curl);
    server_stop(&server);
}

static void assert_no_listen(const char *listen_at, const CentralTls *tls, int code,
                             const char *word)
{
    g_autoptr(GError) error = NULL;
    CentralHttpOptions options = {.listen = listen_at, .tls = tls, .handler = handle};
    g_assert_null(central_http_start(&options, &error));
    g_assert_error(error, POS_ERROR, code);
    g_assert_nonnull(strstr(error->message, word));
}

static void addresses_that_cannot_be_listened_on_get_one_sentence(void)
{
    static const char *bad[] = {"",           "8443",        ":8443",           "127.0.0.1",
                                "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
                                "::1:80",     "[::1]",       "shop.example:80"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_no_listen(bad[i], NULL, POS_ERROR_INVALID, "address");
    }
    assert_no_listen("0.0.0.0:0", NULL, POS_ERROR_INVALID, "loopback");
    assert_no_listen("[::]:0", NULL, POS_ERROR_INVALID, "loopback");
    CentralTls tls = {.key_pem = (char *)"", .cert_pem = (char *)""};
    assert_no_listen("192.0.2.1:0", &tls, POS_ERROR_INVALID, "address");
    Server server;
    server_start(&server, 0);
    g_autofree char *taken = g_strdup_printf("127.0.0.1:%u", central_http_port(server.http));
    assert_no_listen(taken, NULL, POS_ERROR_BUSY, "port");
    server_stop(&server);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_test_add_func("/sync/central_http/gzip_and_zstd_come_back_and_stop_at_the_bound",
                    gzip_and_zstd_come_back_and_stop_at_the_bound);
    g_test_add_func("/sync/central_http/a_bomb_is_refused_whatever_it_claims",
                    a_bomb_is_refused_whatever_it_claims);
    g_test_add_func("/sync/central_http/what_is_cut_off_or_garbage_is_malformed",
                    what_is_cut_off_or_garbage_is_malformed);
    g_test_add_func("/sync/central_http/the_target_is_what_was_sent", the_target_is_what_was_sent);
    g_test_add_func("/sync/central_http/answers_now_held_and_later_share_one_connection",
                    answers_now_held_and_later_share_one_connection);
    g_test_add_func("/sync/central_http/a_body_up_to_the_bound_is_taken_and_beyond_it_is_413",
                    a_body_up_to_the_bound_is_taken_and_beyond_it_is_413);
    g_test_add_func(
        "/sync/central_http/a_stream_gives_what_is_due_when_woken_and_ends_with_the_server",
        a_stream_gives_what_is_due_when_woken_and_ends_with_the_server);
    g_test_add_func(
        "/sync/central_http/a_request_that_never_completes_is_cut_and_garbage_hurts_nobody",
        a_request_that_never_completes_is_cut_and_garbage_hurts_nobody);
    g_test_add_func("/sync/central_http/addresses_that_cannot_be_listened_on_get_one_sentence",
                    addresses_that_cannot_be_listened_on_get_one_sentence);
    return g_test_run();
}
