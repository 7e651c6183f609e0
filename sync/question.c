/* SPDX-License-Identifier: GPL-3.0-or-later
 * Asks, gathers the answer within its bound, gives up in time. */
#include "sync/question.h"

#define POLL_MS 200

typedef struct {
    SyncQuestionAnswer *answer;
    gsize answer_max;
    bool done;
} Exchange;

static bool on_bytes(const char *bytes, gsize length, void *user)
{
    Exchange *exchange = user;
    if (exchange->answer->body->len + length > exchange->answer_max) {
        return false;
    }
    g_byte_array_append(exchange->answer->body, (const guint8 *)bytes, (guint)length);
    return true;
}

static void on_done(const SyncAnswer *answer, void *user)
{
    Exchange *exchange = user;
    exchange->answer->result = answer->result;
    exchange->answer->status = answer->status;
    exchange->done = true;
}

void sync_question_ask(const SyncQuestion *question, SyncQuestionAnswer *out)
{
    *out = (SyncQuestionAnswer){.body = g_byte_array_new()};
    Exchange exchange = {.answer = out, .answer_max = question->answer_max};
    SyncRequest *request = sync_transfer_start(
        question->transfer, &(SyncRequestSpec){.path = question->path,
                                               .body = question->body,
                                               .method = question->body != NULL ? "PUT" : NULL,
                                               .timeout_ms = question->answer_ms,
                                               .on_bytes = on_bytes,
                                               .on_done = on_done,
                                               .user = &exchange});
    const gint64 until_us = g_get_monotonic_time() + 2 * question->answer_ms * 1000;
    while (!exchange.done && g_get_monotonic_time() < until_us) {
        sync_transfer_poll(question->transfer, POLL_MS, -1);
    }
    if (!exchange.done) {
        sync_transfer_cancel(question->transfer, request);
        out->result = SYNC_ANSWER_TIMEOUT;
    }
}

void sync_question_answer_clear(SyncQuestionAnswer *answer)
{
    g_clear_pointer(&answer->body, g_byte_array_unref);
}

bool sync_question_is_unreached(const SyncQuestionAnswer *answer)
{
    return answer->result != SYNC_ANSWER_HTTP || answer->status >= 500 || answer->status == 401 ||
           answer->status == 429;
}
