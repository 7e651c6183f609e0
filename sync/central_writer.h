/* SPDX-License-Identifier: GPL-3.0-or-later
 * The one thread that writes for the HTTP side. It takes all jobs that wait, runs them in one
 * transaction (each undoing itself alone where it fails), commits, and only then tells each job's
 * owner: an answer that says "stored" is given after the commit that stored it. Small jobs, which
 * a shop's day is made of, go before large ones, of which each group takes a bounded share: tills
 * that return after a month hold up nobody who sells. */
#pragma once
#include "pos/clock.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

typedef struct CentralWriter CentralWriter;

/* Writer thread, inside the open transaction; it undoes what it did (central_store_part_begin)
 * before it says false: the machine failed, or it does not want to be committed. */
typedef bool (*CentralWriterWork)(CentralStore *store, int64_t now_ms, void *data, GError **error);
/* Writer thread, after the commit (committed) or when it did not come to it. Owns data from here
 * on. */
typedef void (*CentralWriterDone)(bool committed, void *data);
/* Writer thread, within 200 ms of a commit by another connection (an administration command,
 * repricing). */
typedef void (*CentralWriterForeign)(void *user);

/* Opens DIR/central.db to write. clock: borrowed, must outlive the writer. */
CentralWriter *central_writer_start(const char *dir, const PosClock *clock,
                                    CentralWriterForeign foreign, void *user, GError **error);
/* False (data stays the caller's) when more waits already than a second's work, or the writer is
 * being stopped. bytes: what the job holds in memory. Any thread. */
bool central_writer_submit(CentralWriter *writer, CentralWriterWork work, CentralWriterDone done,
                           void *data, gsize bytes);
/* Finishes all that was submitted, ends the thread, closes the store; takes nothing more. NULL is
 * fine, also for free. */
void central_writer_stop(CentralWriter *writer);
void central_writer_free(CentralWriter *writer);

/* What waits now, and what was done since the start. */
typedef struct {
    guint waiting;        /* jobs */
    gint64 waiting_bytes; /* what they hold */
    gint64 groups, jobs;  /* committed */
    gint64 failed;        /* groups that could not be committed */
    gint64 busy_us;       /* in groups, commits included */
} CentralWriterCounts;
/* Any thread. */
void central_writer_counts(CentralWriter *writer, CentralWriterCounts *out);

G_END_DECLS
