/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/transfer.h over a network that delays, loses, repeats and cuts. A request reaches central after
 * a while, or not; its answer comes back after a while, whole, in pieces, cut off, or not. */
#include "sync/transfer.h"
#include "tests/sync/sim_world.h"

#include <string.h>

#define BEAT_MS 15000
#define GONE_MS 20000

typedef enum { UNDERWAY, ANSWERED, STREAMING } Phase;

struct SyncRequest {
    SyncTransfer *transfer;
    SyncRequestSpec spec; /* path and accept are copies */
    char *path;
    GBytes *body;
    bool wants_stream;
    Phase phase;
    int64_t due_ms, began_ms;
    bool lost; /* never arrives, or its answer never comes */
    int status;
    char *answer;
    int64_t position; /* of a stream */
    guint start;      /* of central, in which it was opened */
    int64_t beat_ms, silent_until_ms;
    bool cancelled;
};

struct SyncTransfer {
    char *url, *token;
    GPtrArray *requests;
};

SyncTransfer *sync_transfer_new(const char *url, const char *pin, const char *token)
{
    SyncTransfer *transfer = g_new0(SyncTransfer, 1);
    transfer->url = g_strdup(url);
    transfer->token = g_strdup(token);
    transfer->requests = g_ptr_array_new();
    return transfer;
}

static void request_free(SyncRequest *request)
{
    g_free(request->path);
    g_free(request->answer);
    if (request->body != NULL) {
        g_bytes_unref(request->body);
    }
    g_free(request);
}

void sync_transfer_free(SyncTransfer *transfer)
{
    if (transfer != NULL) {
        for (guint i = 0; i < transfer->requests->len; i++) {
            request_free(g_ptr_array_index(transfer->requests, i));
        }
        g_ptr_array_free(transfer->requests, TRUE);
        g_free(transfer->url);
        g_free(transfer->token);
        g_free(transfer);
    }
}

void sync_transfer_set_pin(SyncTransfer *transfer, const char *pin)
{
}

const char *sync_transfer_url(const SyncTransfer *transfer)
{
    return transfer->url;
}

void sync_transfer_wakeup(SyncTransfer *transfer)
{
}

static int64_t some_ms(int most)
{
    return g_rand_int_range(sim_world->rand, 1, most);
}

SyncRequest *sync_transfer_start(SyncTransfer *transfer, const SyncRequestSpec *spec)
{
    SyncRequest *request = g_new0(SyncRequest, 1);
    request->transfer = transfer;
    request->spec = *spec;
    request->path = g_strdup(spec->path);
    request->body = spec->body != NULL ? g_bytes_ref(spec->body) : NULL;
    request->wants_stream = g_strcmp0(spec->accept, "text/event-stream") == 0;
    request->began_ms = sim_world->now_ms;
    request->due_ms = sim_world->now_ms + some_ms(300);
    request->lost = sim_faulty(12);
    sim_world->requests++;
    g_ptr_array_add(transfer->requests, request);
    return request;
}

void sync_transfer_cancel(SyncTransfer *transfer, SyncRequest *request)
{
    request->cancelled = true;
}

/* --- what comes back -------------------------------------------------------------------------- */

/* Its last callback; the request is not touched afterwards. */
static void end(SyncRequest *request, SyncAnswerResult result, int status, const char *body)
{
    SyncAnswer answer = {.result = result,
                         .status = status,
                         .retry_after_ms = status == 503 ? 1000 : 0,
                         .took_ms = sim_world->now_ms - request->began_ms,
                         .body = body,
                         .length = strlen(body),
                         .why = result == SYNC_ANSWER_HTTP ? "" : "lost"};
    request->cancelled = true;
    request->spec.on_done(&answer, request->spec.user);
}

/* Bytes in pieces of any size, perhaps not to the end. False when it was refused or cut off. */
static bool give_bytes(SyncRequest *request, const char *bytes, gsize length)
{
    bool cut = sim_faulty(6);
    gsize until = cut ? (gsize)g_rand_int_range(sim_world->rand, 0, (gint32)length + 1) : length;
    for (gsize at = 0; at < until && !request->cancelled;) {
        gsize piece = (gsize)g_rand_int_range(sim_world->rand, 1, 4000);
        piece = MIN(piece, until - at);
        if (!request->spec.on_bytes(bytes + at, piece, request->spec.user)) {
            end(request, SYNC_ANSWER_NONSENSE, 200, "");
            return false;
        }
        at += piece;
    }
    if (cut && !request->cancelled) {
        sim_world->cut++;
        end(request, SYNC_ANSWER_UNREACHABLE, 0, "");
        return false;
    }
    return !request->cancelled;
}

static void deliver(SyncRequest *request)
{
    if (request->lost || request->status == 0) {
        sim_world->lost++;
        end(request, SYNC_ANSWER_UNREACHABLE, 0, "");
        return;
    }
    if (request->status != 200 || request->spec.on_bytes == NULL) {
        end(request, SYNC_ANSWER_HTTP, request->status, request->answer);
        return;
    }
    if (request->spec.on_open != NULL) {
        request->spec.on_open(request->spec.user);
    }
    if (!request->cancelled && give_bytes(request, request->answer, strlen(request->answer))) {
        end(request, SYNC_ANSWER_HTTP, 200, "");
    }
}

/* --- at central ------------------------------------------------------------------------------- */

static int ask_central(SyncRequest *request, char **out_body)
{
    gsize length = 0;
    const char *body = request->body != NULL ? g_bytes_get_data(request->body, &length) : NULL;
    const char *method = request->spec.method != NULL ? request->spec.method
                         : request->body != NULL      ? "POST"
                                                      : "GET";
    return sim_central_answer(method, request->path, request->transfer->token, body, length,
                              out_body);
}

static void open_stream(SyncRequest *request)
{
    GString *nothing = g_string_new(NULL);
    int64_t position = G_MAXINT64; /* only asks whether the token is good */
    bool good =
        sim_central_is_up() && sim_central_stream(request->transfer->token, &position, nothing);
    g_string_free(nothing, TRUE);
    if (!good) {
        end(request, sim_central_is_up() ? SYNC_ANSWER_HTTP : SYNC_ANSWER_UNREACHABLE,
            sim_central_is_up() ? 401 : 0, "{\"error\":\"unauthorized\",\"message\":\"x\"}");
        return;
    }
    request->phase = STREAMING;
    request->start = sim_world->central.starts;
    request->position = sim_central_after(request->path);
    request->beat_ms = sim_world->now_ms;
    if (request->spec.on_open != NULL) {
        request->spec.on_open(request->spec.user);
    }
}

static void arrive(SyncRequest *request)
{
    if (request->lost || !sim_central_is_up()) {
        request->lost = true;
        request->phase = ANSWERED;
        request->due_ms = sim_world->now_ms + (sim_faulty(30) ? GONE_MS : some_ms(200));
        return;
    }
    if (request->wants_stream) {
        open_stream(request);
        return;
    }
    request->status = ask_central(request, &request->answer);
    if (request->status != 0 && sim_faulty(8)) {
        g_autofree char *again = NULL; /* it came twice; the second answer finds nobody */
        (void)ask_central(request, &again);
    }
    request->phase = ANSWERED;
    request->lost = sim_faulty(10);
    request->due_ms = sim_world->now_ms + some_ms(300);
}

/* A stream's turn: what is new, a heartbeat, or its end. */
static void flow(SyncRequest *request)
{
    int64_t now_ms = sim_world->now_ms;
    if (!sim_central_is_up() || request->start != sim_world->central.starts || sim_faulty(1)) {
        end(request, SYNC_ANSWER_UNREACHABLE, 0, "");
        return;
    }
    if (now_ms < request->silent_until_ms) {
        return;
    }
    if (sim_faulty(1)) {
        request->silent_until_ms = now_ms + 120000; /* a hole: nothing comes, nothing ends */
        return;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    if (!sim_central_stream(request->transfer->token, &request->position, out)) {
        end(request, SYNC_ANSWER_HTTP, 200, "");
        return;
    }
    if (out->len == 0 && now_ms - request->beat_ms >= BEAT_MS) {
        g_string_assign(out, ":\n");
    }
    if (out->len > 0) {
        request->beat_ms = now_ms;
        (void)give_bytes(request, out->str, out->len);
    }
}

/* --- polling ---------------------------------------------------------------------------------- */

static int64_t due_of(const SyncRequest *request)
{
    /* A stream is looked at each time that its till is: at most every 500 ms. */
    return request->phase == STREAMING ? sim_world->now_ms : request->due_ms;
}

int64_t sim_transfer_due(const SyncTransfer *transfer)
{
    int64_t due_ms = G_MAXINT64;
    for (guint i = 0; i < transfer->requests->len; i++) {
        const SyncRequest *request = g_ptr_array_index(transfer->requests, i);
        due_ms = MIN(due_ms, due_of(request));
    }
    return due_ms;
}

static void sweep(SyncTransfer *transfer)
{
    for (guint i = transfer->requests->len; i-- > 0;) {
        SyncRequest *request = g_ptr_array_index(transfer->requests, i);
        if (request->cancelled) {
            request_free(request);
            g_ptr_array_remove_index(transfer->requests, i);
        }
    }
}

static void take_turn(SyncRequest *request)
{
    if (request->cancelled || due_of(request) > sim_world->now_ms) {
        return;
    }
    switch (request->phase) {
    case UNDERWAY:
        arrive(request);
        return;
    case ANSWERED:
        deliver(request);
        return;
    case STREAMING:
        flow(request);
        return;
    }
}

bool sync_transfer_poll(SyncTransfer *transfer, int64_t timeout_ms, int watch_fd)
{
    if (sim_world->blocking && transfer->requests->len > 0) {
        int64_t due_ms = MIN(sim_transfer_due(transfer), sim_world->now_ms + MAX(timeout_ms, 1));
        sim_world->now_ms = MAX(sim_world->now_ms + 1, due_ms);
    }
    /* Those that are started meanwhile come next time. */
    g_autoptr(GPtrArray) now = g_ptr_array_copy(transfer->requests, NULL, NULL);
    for (guint i = 0; i < now->len; i++) {
        take_turn(g_ptr_array_index(now, i));
    }
    sweep(transfer);
    return false;
}
