/* SPDX-License-Identifier: GPL-3.0-or-later
 * The part of central's store about managers' decisions: what became of each, and which was the newest about a thing.
 * For sync/central_command.c and the reports. */
#pragma once
#include "sync/central_store_book.h"

G_BEGIN_DECLS

/* Strings owned; status "done", "part", "overtaken" or "refused". */
typedef struct {
    char *terminal, *name, *operator_id, *status, *detail;
    int64_t seq, at_ms, version, carried_ms;
} CentralCommandResult;
void central_command_result_free(CentralCommandResult *result);

/* Writes what became of a decision, over what was said of it before. In the open transaction. */
bool central_store_command_put(CentralStore *store, const char *store_id,
                               const CentralCommandResult *result, GError **error);
/* The newest of a store first, at most max. Owned GPtrArray of CentralCommandResult*. */
GPtrArray *central_store_commands(CentralStore *store, const char *store_id, gsize max,
                                  GError **error);

/* Whether no decision about `target` was taken after `when`; the same one again is the newest. */
bool central_store_command_is_newest(CentralStore *store, const char *store_id, const char *target,
                                     const CentralMoment *when, bool *out_newest, GError **error);
/* Remembers it as the newest. In the open transaction. */
bool central_store_command_claim(CentralStore *store, const char *store_id, const char *target,
                                 const CentralMoment *when, GError **error);

/* The keys of a kind that begin with `prefix` and are not deleted, at most max, by key. Owned GPtrArray of char*. */
GPtrArray *central_store_feed_keys(CentralStore *store, const char *store_id, const char *kind,
                                   const char *prefix, gsize max, GError **error);

G_END_DECLS
