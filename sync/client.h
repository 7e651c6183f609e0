/* SPDX-License-Identifier: GPL-3.0-or-later
 * The terminal's side of the sync protocol: one thread with its own PosStore and its own curl handles, journal up,
 * feed down. It never blocks the till and never shows a dialog: its state is a value that the header shows. */
#pragma once
#include "pos/till.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    SYNC_LINK_CONNECTING = 0, /* first try, or waiting to try again */
    SYNC_LINK_ONLINE,         /* hello answered and the stream is open */
    SYNC_LINK_OFFLINE,        /* central cannot be reached; retrying */
    SYNC_LINK_REFUSED,        /* 401: the token is revoked, a new code is needed */
    SYNC_LINK_FORKED,         /* central holds other records of this terminal: re-enrol */
} SyncLink;

typedef struct SyncClient SyncClient;

/* Called on the sync thread after the link changed, records were acknowledged, or a feed version was applied. Must
 * only hand the news to its own thread (for example g_idle_add). */
typedef void (*SyncClientNotify)(void *user);

/* Starts the thread on an enrolled folder whose lock this program holds. notify may be NULL. */
SyncClient *sync_client_start(const char *dir, SyncClientNotify notify, void *user, GError **error);
/* A record was written: send it now. Any thread. */
void sync_client_wake(SyncClient *client);
/* Waits until all that was on disk at the call is acknowledged and the feed has been caught up with central once after
 * the call, or the time is over (then false, and *out_why, owned, says what is missing). Any thread but its own. */
bool sync_client_wait(SyncClient *client, int64_t timeout_ms, char **out_why);
/* Any thread. *out_fault (nullable): one sentence for people, owned, NULL if none. */
SyncLink sync_client_link(SyncClient *client, char **out_fault);
/* Finishes the transaction in hand, ends the thread, frees. NULL is fine. */
void sync_client_stop(SyncClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SyncClient, sync_client_stop)

/* The till's way to central beside the two logs (pos/till.h): suspended tickets, receipts of other tills. Made and used on
 * the till's thread; client borrowed, outlives it. */
typedef struct SyncRemote SyncRemote;
SyncRemote *sync_remote_new(SyncClient *client, PosStore *store, GError **error);
void sync_remote_free(SyncRemote *remote);
/* Borrowed, lives as long as the remote. */
const PosTillRemote *sync_remote_for_till(const SyncRemote *remote);

/* Both directions once, in the caller's thread, for `coster sync`, in a folder whose lock this program holds. True when
 * all is acknowledged and applied. POS_ERROR_OFFLINE when the time was over (the message says what is missing),
 * POS_ERROR_FAILED when central refuses this terminal, POS_ERROR_NOT_FOUND when it is not enrolled. */
bool sync_once(const char *dir, int64_t timeout_ms, int64_t *out_acked, int64_t *out_feed_version,
               GError **error);

/* Enrols this folder at `url` with `code` ("…" as printed by `coster-central enrol-code`, pin included). name and
 * mode may be NULL. A folder that has a journal keeps its identity if central agrees. Does the first feed
 * catch-up as well, so that the till can sell at once. The caller holds the folder's lock. POS_ERROR_INVALID: the code,
 * the address or the name is wrong; POS_ERROR_OFFLINE: central cannot be reached, or only the prices are missing (the
 * message says which); trying again with the same code is harmless. */
bool sync_enrol(const char *dir, const char *url, const char *code, const char *name,
                const char *mode, GError **error);

G_END_DECLS
