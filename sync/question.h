/* SPDX-License-Identifier: GPL-3.0-or-later
 * One request to central that its caller waits for: who asks from another thread than the sync thread (a till for a
 * ticket, a manager for a report) has a transfer of its own and asks here. */
#pragma once
#include "sync/transfer.h"

G_BEGIN_DECLS

typedef struct {
    SyncTransfer *transfer;
    const char *path;
    GBytes *body;      /* nullable: GET; else PUT */
    gsize answer_max;  /* bytes; a longer answer fails */
    int64_t answer_ms; /* waited for, at most twice as long in all */
} SyncQuestion;

typedef struct {
    GByteArray *body; /* owned; empty when nothing came */
    SyncAnswerResult result;
    long status; /* of HTTP, where result says so */
} SyncQuestionAnswer;

/* Blocks. out is set always; free it with sync_question_answer_clear(). */
void sync_question_ask(const SyncQuestion *question, SyncQuestionAnswer *out);
void sync_question_answer_clear(SyncQuestionAnswer *answer);
/* Central was not there to answer: no HTTP, a fault of its own, no right, or asked to wait. */
bool sync_question_is_unreached(const SyncQuestionAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SyncQuestionAnswer, sync_question_answer_clear)

G_END_DECLS
