/* SPDX-License-Identifier: GPL-3.0-or-later
 * The only file that speaks to libcurl. One multi handle with its connection cache; a share keeps TLS sessions, so that
 * a second connection costs central no full handshake. */
#include "sync/transfer.h"

#include "sync/pin.h"
#include "sync/wire.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define CONNECT_TIMEOUT_MS 10000
#define REDIRECTS_NONE 0L

struct SyncTransfer {
    CURLM *multi;
    CURLSH *share;
    char *url, *pin, *token;
    bool loopback;
    GPtrArray *requests; /* SyncRequest, in flight */
};

struct SyncRequest {
    SyncTransfer *transfer;
    CURL *easy;
    struct curl_slist *headers;
    GBytes *body;
    char *type; /* wanted Content-Type */
    GByteArray *gathered;
    void (*on_open)(void *user);
    SyncOnBytes on_bytes;
    SyncOnDone on_done;
    void *user;
    bool type_checked;
    bool nonsense;
    const char *nonsense_why;
    char error[CURL_ERROR_SIZE];
};

static void must(bool worked)
{
    g_assert_true(worked);
}

/* OpenSSL writes to a connection that may just have been closed. The signal for it is held back for this thread alone
 * while libcurl works, and a new one is taken away, so that neither the program nor its other threads notice. */
typedef struct {
    sigset_t pipe, before;
    bool pending;
} PipeHold;

static PipeHold hold_pipe(void)
{
    PipeHold hold;
    sigset_t pending;
    sigemptyset(&hold.pipe);
    sigaddset(&hold.pipe, SIGPIPE);
    sigpending(&pending);
    hold.pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &hold.pipe, &hold.before);
    return hold;
}

static void release_pipe(const PipeHold *hold)
{
    const struct timespec at_once = {0};
    if (!hold->pending) {
        while (sigtimedwait(&hold->pipe, NULL, &at_once) == SIGPIPE) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &hold->before, NULL);
}

static gpointer init_once(gpointer unused)
{
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    return GINT_TO_POINTER(1);
}

SyncTransfer *sync_transfer_new(const char *url, const char *pin, const char *token)
{
    static GOnce once = G_ONCE_INIT; /* libcurl's own global state, set up once for the process */
    g_once(&once, init_once, NULL);
    g_assert(url != NULL && pin != NULL && token != NULL);
    SyncTransfer *transfer = g_new0(SyncTransfer, 1);
    transfer->multi = curl_multi_init();
    transfer->share = curl_share_init();
    must(transfer->multi != NULL && transfer->share != NULL);
    curl_share_setopt(transfer->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS, 4L);
    curl_multi_setopt(transfer->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    transfer->url = g_strdup(url);
    transfer->pin = g_strdup(pin);
    transfer->token = g_strdup(token);
    transfer->loopback = sync_pin_url_is_loopback(url);
    transfer->requests = g_ptr_array_new();
    return transfer;
}

static void request_free(SyncRequest *request)
{
    curl_multi_remove_handle(request->transfer->multi, request->easy);
    curl_easy_cleanup(request->easy);
    curl_slist_free_all(request->headers);
    g_clear_pointer(&request->body, g_bytes_unref);
    g_byte_array_free(request->gathered, TRUE);
    g_free(request->type);
    g_free(request);
}

void sync_transfer_free(SyncTransfer *transfer)
{
    if (transfer == NULL) {
        return;
    }
    PipeHold hold = hold_pipe();
    for (guint i = 0; i < transfer->requests->len; i++) {
        request_free(g_ptr_array_index(transfer->requests, i));
    }
    g_ptr_array_free(transfer->requests, TRUE);
    curl_multi_cleanup(transfer->multi);
    curl_share_cleanup(transfer->share);
    release_pipe(&hold);
    g_free(transfer->url);
    g_free(transfer->pin);
    g_free(transfer->token);
    g_free(transfer);
}

void sync_transfer_set_pin(SyncTransfer *transfer, const char *pin)
{
    char *copy = g_strdup(pin);
    g_free(transfer->pin);
    transfer->pin = copy;
}

const char *sync_transfer_url(const SyncTransfer *transfer)
{
    return transfer->url;
}

/* --- one request ---------------------------------------------------------------------------------- */

static size_t drop(SyncRequest *request, const char *why)
{
    request->nonsense = true;
    request->nonsense_why = why;
    return 0; /* libcurl takes any other number than the given as "stop" */
}

static bool has_type(SyncRequest *request)
{
    const char *type = NULL;
    curl_easy_getinfo(request->easy, CURLINFO_CONTENT_TYPE, &type);
    return type != NULL && g_ascii_strncasecmp(type, request->type, strlen(request->type)) == 0;
}

static size_t on_write(char *bytes, size_t size, size_t count, void *user)
{
    SyncRequest *request = user;
    size_t length = size * count;
    long status = 0;
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    if (request->on_bytes != NULL && status == 200) {
        if (!request->type_checked && !has_type(request)) {
            return drop(request, "another content type");
        }
        request->type_checked = true;
        return request->on_bytes(bytes, length, request->user)
                   ? length
                   : drop(request, "a body that cannot be read");
    }
    if (request->gathered->len + length > SYNC_WIRE_ANSWER_BYTES_MAX) {
        return drop(request, "an answer that is too long");
    }
    g_byte_array_append(request->gathered, (const guint8 *)bytes, (guint)length);
    return length;
}

/* The head of an answer ends with an empty line, long before the first byte of a quiet stream. */
static size_t on_header(char *bytes, size_t size, size_t count, void *user)
{
    SyncRequest *request = user;
    size_t length = size * count;
    long status = 0;
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    if (request->on_open != NULL && status == 200 && bytes[0] == '\r' && has_type(request)) {
        request->on_open(request->user);
    }
    return length;
}

static void set_identity(SyncTransfer *transfer, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (transfer->pin[0] != '\0') {
        /* Central's certificate is its own work: the pinned key is who it is, not a name or a CA. */
        must(curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, transfer->pin) == CURLE_OK);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (transfer->loopback) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
}

static void add_header(SyncRequest *request, const char *name, const char *value)
{
    g_autofree char *line = g_strdup_printf("%s: %s", name, value);
    request->headers = curl_slist_append(request->headers, line);
    must(request->headers != NULL);
}

static void set_headers(SyncRequest *request, const SyncRequestSpec *spec)
{
    SyncTransfer *transfer = request->transfer;
    add_header(request, "Accept", request->type);
    if (transfer->token[0] != '\0') {
        g_autofree char *bearer = g_strconcat("Bearer ", transfer->token, NULL);
        add_header(request, "Authorization", bearer);
    }
    if (spec->body != NULL) {
        add_header(request, "Content-Type",
                   spec->body_type != NULL ? spec->body_type : "application/json");
        if (spec->body_gzip) {
            add_header(request, "Content-Encoding", "gzip");
        }
        request->headers = curl_slist_append(request->headers, "Expect:");
    }
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers);
}

SyncRequest *sync_transfer_start(SyncTransfer *transfer, const SyncRequestSpec *spec)
{
    g_assert(spec->path[0] == '/' && spec->on_done != NULL);
    g_autofree char *url = g_strconcat(transfer->url, spec->path, NULL);
    SyncRequest *request = g_new0(SyncRequest, 1);
    CURL *easy = curl_easy_init();
    must(easy != NULL);
    request->transfer = transfer;
    request->easy = easy;
    request->type = g_strdup(spec->accept != NULL ? spec->accept : "application/json");
    request->gathered = g_byte_array_new();
    request->on_open = spec->on_open;
    request->on_bytes = spec->on_bytes;
    request->on_done = spec->on_done;
    request->user = spec->user;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, REDIRECTS_NONE);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "coster/" COSTER_VERSION);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)spec->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_SHARE, transfer->share);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
    if (spec->accept_gzip) {
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    }
    set_identity(transfer, easy);
    if (spec->body != NULL) {
        gsize length = 0;
        request->body = g_bytes_ref(spec->body);
        const char *data = g_bytes_get_data(request->body, &length);
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, data != NULL ? data : "");
        if (spec->method != NULL) {
            curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, spec->method);
        }
    }
    set_headers(request, spec);
    g_ptr_array_add(transfer->requests, request);
    must(curl_multi_add_handle(transfer->multi, easy) == CURLM_OK);
    return request;
}

void sync_transfer_cancel(SyncTransfer *transfer, SyncRequest *request)
{
    PipeHold hold = hold_pipe();
    must(g_ptr_array_remove_fast(transfer->requests, request));
    request_free(request);
    release_pipe(&hold);
}

/* --- answers -------------------------------------------------------------------------------------- */

static SyncAnswerResult result_of(const SyncRequest *request, CURLcode code)
{
    if (request->nonsense) {
        return SYNC_ANSWER_NONSENSE;
    }
    switch ((int)code) {
    case CURLE_OK:
        return SYNC_ANSWER_HTTP;
    case CURLE_OPERATION_TIMEDOUT:
        return SYNC_ANSWER_TIMEOUT;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return SYNC_ANSWER_STRANGER;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return SYNC_ANSWER_NONSENSE;
    default:
        return SYNC_ANSWER_UNREACHABLE;
    }
}

static void finish(SyncTransfer *transfer, CURL *easy, CURLcode code)
{
    SyncRequest *request = NULL;
    curl_off_t retry_after_s = 0, sent_us = 0, first_us = 0;
    char *private = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    request = (SyncRequest *)(void *)private;
    SyncAnswer answer = {.result = result_of(request, code)};
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
    curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first_us);
    answer.retry_after_ms = CLAMP(retry_after_s, 0, 1000000) * 1000;
    answer.took_ms = MAX(0, (int64_t)(first_us - sent_us) / 1000);
    g_byte_array_append(request->gathered, (const guint8 *)"", 1);
    answer.body = (const char *)request->gathered->data;
    answer.length = request->gathered->len - 1;
    answer.why = request->nonsense        ? request->nonsense_why
                 : request->error[0] != 0 ? request->error
                 : code != CURLE_OK       ? curl_easy_strerror(code)
                                          : "";
    must(g_ptr_array_remove_fast(transfer->requests, request));
    request->on_done(&answer, request->user);
    request_free(request);
}

static void collect(SyncTransfer *transfer)
{
    int left = 0;
    CURLMsg *message = NULL;
    while ((message = curl_multi_info_read(transfer->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            finish(transfer, message->easy_handle, message->data.result);
        }
    }
}

bool sync_transfer_poll(SyncTransfer *transfer, int64_t timeout_ms, int watch_fd)
{
    int running = 0;
    struct curl_waitfd watch = {.fd = watch_fd, .events = CURL_WAIT_POLLIN};
    PipeHold hold = hold_pipe();
    /* A request that was just started is due at once: libcurl does not wait then. */
    int wait_ms = (int)CLAMP(timeout_ms, 0, 60000);
    must(curl_multi_poll(transfer->multi, &watch, watch_fd >= 0 ? 1 : 0, wait_ms, NULL) ==
         CURLM_OK);
    must(curl_multi_perform(transfer->multi, &running) == CURLM_OK);
    collect(transfer);
    release_pipe(&hold);
    return watch_fd >= 0 && watch.revents != 0;
}

void sync_transfer_wakeup(SyncTransfer *transfer)
{
    curl_multi_wakeup(transfer->multi);
}
