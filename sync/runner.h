/* SPDX-License-Identifier: GPL-3.0-or-later
 * Carries out what sync/session decides: with a PosStore and a SyncTransfer of its own, both directions. Belongs to the
 * thread that made it, but for sync_runner_wakeup(). sync/client.c gives it a thread; `coster sync` and enrolment run it
 * in theirs. */
#pragma once
#include "pos/clock.h"
#include "pos/store.h"
#include "sync/client.h"

G_BEGIN_DECLS

typedef struct SyncRunner SyncRunner;

/* What others may know of it; a copy. */
typedef struct {
    SyncLink link;
    bool reached; /* central has answered since the start, whatever it said */
    int64_t last_seq, acked, applied;
    char *fault; /* one sentence for people, NULL none; owned */
} SyncView;
void sync_view_clear(SyncView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SyncView, sync_view_clear)

/* Opens the folder's store for writing. POS_ERROR_NOT_FOUND when it is not enrolled. clock: borrowed. */
SyncRunner *sync_runner_new(const char *dir, const PosClock *clock, GError **error);
void sync_runner_free(SyncRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SyncRunner, sync_runner_free)

/* Where the jitter of waiting comes from, uniform over 32 bits; the system's chance unless a test says otherwise. */
void sync_runner_set_random(SyncRunner *runner, uint32_t (*random)(void));

/* Works until something has happened, or at most for max_ms. */
void sync_runner_step(SyncRunner *runner, int64_t max_ms);
/* Any thread: ends a step early. */
void sync_runner_wakeup(SyncRunner *runner);
/* Records were written by another connection: send them. */
void sync_runner_take_records(SyncRunner *runner);

/* Begins a round: all that is on disk now is to be acknowledged, and the feed to reach what central has after now. */
void sync_runner_ask(SyncRunner *runner);
/* The last round is done. */
bool sync_runner_is_done(const SyncRunner *runner);
/* Its half that concerns the feed is. */
bool sync_runner_has_feed(const SyncRunner *runner);
/* One sentence: what the round still lacks. Owned. */
char *sync_runner_lacks(const SyncRunner *runner);

void sync_runner_view(const SyncRunner *runner, SyncView *out);

G_END_DECLS
