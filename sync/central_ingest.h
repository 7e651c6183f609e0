/* SPDX-License-Identifier: GPL-3.0-or-later
 * A POST of journal lines to stored, gap, fork or bad record: the rules of sync-protocol.md, "Up".
 * Reading a batch is pure and may run on any thread; storing runs on the thread of the
 * CentralStore, inside the open transaction if there is one (group commit: begin, many ingests,
 * commit, then answer), else in one of its own. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

typedef enum {
    CENTRAL_INGEST_STORED =
        0,               /* 200 once the transaction is committed; resent records were skipped */
    CENTRAL_INGEST_GAP,  /* 409: the first record is beyond acked + 1 */
    CENTRAL_INGEST_FORK, /* 409: central has another record fork_seq, or prev is not its head */
    CENTRAL_INGEST_BAD_RECORD, /* 400: bad_line and message say what; nothing was stored */
    CENTRAL_INGEST_TOO_LARGE,  /* 413: more than POS_BOUND_BATCH_RECORDS or POS_BOUND_BATCH_BYTES */
} CentralIngestStatus;

typedef struct {
    CentralIngestStatus status;
    int64_t acked;     /* the last seq that central holds now (after commit) */
    char head_hex[65]; /* its hash */
    int64_t fork_seq;  /* FORK: the M of the contract */
    int bad_line;      /* BAD_RECORD: from 1 */
    char *message;     /* BAD_RECORD, TOO_LARGE: one sentence; owned, else NULL */
    int stored;        /* new records of this batch */
    int inbox;         /* of them, listed in the inbox */
    int decisions;     /* of them, such as may have changed the feed */
} CentralIngestResult;
void central_ingest_result_clear(CentralIngestResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralIngestResult, central_ingest_result_clear)

/* A batch that was read: canonical, of this terminal, contiguous. Owns copies; may be handed to
 * another thread. */
typedef struct CentralBatch CentralBatch;
void central_batch_free(CentralBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralBatch, central_batch_free)

/* Reads the unpacked body. NULL when it is BAD_RECORD or TOO_LARGE (out says which; acked and head
 * are not filled in). prev_hex: the query's `prev`; NULL or malformed is BAD_RECORD at line 1. */
CentralBatch *central_batch_read(const char *terminal, const char *prev_hex, const char *body,
                                 gsize length, CentralIngestResult *out);
gsize central_batch_count(const CentralBatch *batch);

/* Stores and books what is new. False only when the machine fails (then the caller rolls back and
 * answers 503). */
bool central_ingest_batch(CentralStore *store, const CentralBatch *batch, int64_t now_ms,
                          CentralIngestResult *out, GError **error);

/* Both steps at once. */
bool central_ingest(CentralStore *store, const char *terminal, const char *prev_hex,
                    const char *body, gsize length, int64_t now_ms, CentralIngestResult *out,
                    GError **error);

G_END_DECLS
