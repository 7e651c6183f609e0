/* SPDX-License-Identifier: GPL-3.0-or-later
 * What waits for the printer, on disk: one file a job in DIR/print, named by its place in the queue and its state.
 *
 *   N.job   waits                           -> N.sent before its first byte leaves
 *   N.sent  on its way, or in doubt         -> gone when the printer has said that it is on paper
 *   N.held  in doubt, a person is to say    -> N.job, marked as a copy, or gone
 *   N.ask   printed only when asked for     -> N.job, or gone with the next sale
 *
 * A job is written to a file of another name, synced and linked, so it is there whole or not at all. Several processes may
 * add at the same time; only the holder of the folder's printing lock takes out. A job is printed at most once unless it is
 * in doubt, and then again only with a mark on it. */
#pragma once
#include "pos/print_document.h"

G_BEGIN_DECLS

typedef enum {
    POS_PRINT_JOB_WAITS,
    POS_PRINT_JOB_SENT,
    POS_PRINT_JOB_HELD,
    POS_PRINT_JOB_ASK
} PosPrintJobState;

typedef struct {
    int64_t number; /* place in the queue, from 1 */
    PosPrintJobState state;
    char *name;                 /* receipt number or another title; owned */
    char *language;             /* of its marks: "ko", "zh", else English; owned */
    int copy;                   /* COPY n in large type; 0 none */
    PosPrintDocument *document; /* owned */
} PosPrintJob;
void pos_print_job_free(PosPrintJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosPrintJob, pos_print_job_free)

typedef struct {
    int waits, sent, held, ask;
} PosPrintCounts;

/* Adds a job in the state WAITS or ASK; its number is set. On disk when true. POS_ERROR_BUSY when
 * POS_BOUND_PRINT_JOBS are there already. dir: the terminal's folder. */
bool pos_print_queue_add(const char *dir, PosPrintJob *job, GError **error);
bool pos_print_queue_count(const char *dir, PosPrintCounts *out, GError **error);
/* The first job in `state`; NULL without error when there is none. A file that is no job is put aside as N.bad. Owned. */
PosPrintJob *pos_print_queue_first(const char *dir, PosPrintJobState state, GError **error);
/* The last job of that name and state; NULL when there is none. */
PosPrintJob *pos_print_queue_find(const char *dir, const char *name, PosPrintJobState state);
/* On disk when true. */
bool pos_print_queue_move(const char *dir, PosPrintJob *job, PosPrintJobState state,
                          GError **error);
bool pos_print_queue_remove(const char *dir, const PosPrintJob *job, GError **error);
/* Puts a job that is in doubt (SENT or HELD) back to WAITS as copy + 1. */
bool pos_print_queue_again(const char *dir, PosPrintJob *job, GError **error);

/* The right to take out: -1 when another process has it. Closed by close(). */
int pos_print_queue_lock(const char *dir);

G_END_DECLS
