/* SPDX-License-Identifier: GPL-3.0-or-later
 * What sync/runner.c (up, hello, rounds), sync/runner_down.c (the feed) and sync/runner_clock.c (clock and identity)
 * share; for these three files only. */
#pragma once
#include "sync/offset.h"
#include "sync/runner.h"
#include "sync/session.h"
#include "sync/stage.h"
#include "sync/transfer.h"
#include "sync/wire.h"

G_BEGIN_DECLS

#define SYNC_META_FORK_SEQ                                                                         \
    "sync_fork_seq" /* the first record that central holds differently, "" none known */

/* In the order in which their faults matter to people. */
typedef enum { SYNC_LANE_HELLO, SYNC_LANE_UP, SYNC_LANE_DOWN, SYNC_LANES } SyncLane;

struct SyncRunner {
    PosStore *store;
    const PosClock *clock;
    SyncTransfer *transfer;
    SyncSession session;
    uint32_t (*random)(void);
    GArray *events; /* SyncEvent, not taken yet */
    int64_t wake_at_ms;
    int network_fd; /* sync/netwatch, -1 none */
    SyncRequest *hello, *upload, *down, *seen;
    char *faults[SYNC_LANES]; /* NULL none */
    char *published_fault;
    bool reached;

    SyncOffset wall, boot; /* offsets of central's clock */
    int64_t prices_at_ms;  /* last written, central's clock */

    char epoch[SYNC_WIRE_TEXT_BYTES_MAX + 1]; /* of the last hello */
    char *applied_epoch;
    int64_t hello_version;
    int64_t stream_version; /* applied from the stream, or what it began after */
    SyncStage *stage;
    SyncSse *sse;
    bool replace;       /* the catch-up in flight replaces */
    GError *down_error; /* why the bytes were refused */
    int64_t seen_version;

    bool round_open, hello_round;
    int64_t round_seq, round_version;
    bool round_whole; /* central held all of the round when it named round_version */
};

void sync_runner_push(SyncRunner *runner, SyncEvent event);
/* sentence: taken; NULL clears. */
void sync_runner_fault(SyncRunner *runner, SyncLane lane, char *sentence);
/* One sentence for people about an answer that is no good. Owned. */
char *sync_runner_explain(const SyncRunner *runner, const SyncAnswer *answer);
void sync_runner_failed_down(SyncRunner *runner, const SyncAnswer *answer);

/* runner_down.c */
void sync_runner_catch_up(SyncRunner *runner, int64_t after, bool replace);
void sync_runner_stream(SyncRunner *runner, int64_t after);
void sync_runner_down_clear(SyncRunner *runner);

/* runner_clock.c */
/* `now` of hello, just received after a round trip of took_ms. */
void sync_runner_clock(SyncRunner *runner, int64_t central_ms, int64_t took_ms);
/* Central has just said that nothing is newer than what is applied. */
void sync_runner_prices_are_current(SyncRunner *runner);
/* The feed's setting `central`: its pins are the ones to accept from now on. */
void sync_runner_take_central(SyncRunner *runner, const json_t *value);
/* Where the chains part, for the next enrolment. */
void sync_runner_note_fork(SyncRunner *runner, int64_t seq);
/* Central's word at hello of what it has, and whether it fits the journal here. Another chain within what it once
 * acknowledged: that acknowledgement counts for nothing, and where the two part is not known. Another beyond it: they part
 * after it. Noted either way, since the next enrolment must ask for a fresh id. */
void sync_runner_note_held(SyncRunner *runner, int64_t acked, bool fits);
/* Turns the record that central refused into an adopted one; ends in UP_ADOPTED or UP_FAILED. */
void sync_runner_adopt(SyncRunner *runner, int64_t seq);

G_END_DECLS
