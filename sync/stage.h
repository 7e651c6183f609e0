/* SPDX-License-Identifier: GPL-3.0-or-later
 * What has come down the feed but is not applied yet. Items wait here until their version is whole: the event with an
 * `id:` closes one on the stream, the line with `"end":true` closes the one-shot form. Whoever owns the stage then
 * applies all of it in one transaction or none. Anything that is no feed item is an error that drops the connection,
 * and with it the stage: nothing is ever half applied. Unknown kinds are kept like the known ones. */
#pragma once
#include "pos/store.h"
#include "sync/sse.h"

G_BEGIN_DECLS

#define SYNC_STAGE_BYTES_MAX (512 * 1024 * 1024) /* text of the items of one version */

typedef struct SyncStage SyncStage;

/* after: the version that was asked for; items must be newer. */
SyncStage *sync_stage_new(int64_t after);
void sync_stage_free(SyncStage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SyncStage, sync_stage_free)

/* One event of the stream. *out_closed is true when it made a version whole: take it, then go on. */
bool sync_stage_event(SyncStage *stage, const SyncSseEvent *event, bool *out_closed,
                      GError **error);

/* The next bytes of the one-shot form, cut anywhere. Lines are looked at here and parsed when they are applied. */
bool sync_stage_bytes(SyncStage *stage, const char *bytes, gsize length, GError **error);
/* The one-shot form is over: false unless its end line came. */
bool sync_stage_finish(SyncStage *stage, GError **error);

/* Puts a closed version into the store, all of it in one transaction or nothing: parsed a part at a time, so that a
 * hundred thousand items take little memory. *out_central: the value of the setting `central` if it is among them, new
 * reference, else untouched. *out_note: as pos_store_feed_apply(). */
bool sync_stage_apply(SyncStage *stage, PosStore *store, const char *epoch, bool replace,
                      json_t **out_central, char **out_note, GError **error);

/* Items so far; only whole when closed. */
gsize sync_stage_count(const SyncStage *stage);
/* The version that closed it; -1 while it is open. */
int64_t sync_stage_version(const SyncStage *stage);
/* Of the end line of the one-shot form; NULL on the stream. Borrowed. */
const char *sync_stage_epoch(const SyncStage *stage);
/* True when items wait for the end of their version. */
bool sync_stage_is_open(const SyncStage *stage);

/* Forgets what was applied; later items must be newer than it. */
void sync_stage_next(SyncStage *stage);

G_END_DECLS
