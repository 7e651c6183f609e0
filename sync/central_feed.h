/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /v1/feed: a store's feed to its terminals, once or as a stream of server-sent events
 * (sync-protocol.md, "Down"). A stream is a position in the feed and at most one chunk on its way
 * out; whatever is new after the position is read when there is room for it, from one snapshot of
 * the database, so nothing piles up for a slow reader and catching up is the same as keeping up. */
#pragma once
#include "sync/central_http.h"
#include "sync/central_store.h"

G_BEGIN_DECLS

typedef struct CentralFeed CentralFeed;

/* Reads DIR/central.db over connections of its own. */
CentralFeed *central_feed_start(const char *dir, GError **error);
/* Answers a GET /v1/feed of a terminal whose token was found good. Http thread. */
void central_feed_serve(CentralFeed *feed, CentralRequest *request, const CentralTerminal *terminal,
                        const char *token);
/* A version was committed: tell the streams now, not at the next look (200 ms). Any thread. */
void central_feed_notify(CentralFeed *feed);
/* A token may have been revoked or replaced: close the streams of those that were, within a second.
 * Any thread. */
void central_feed_check_tokens(CentralFeed *feed);
/* Open streams, for the log and tests. Any thread. */
guint central_feed_streams(CentralFeed *feed);
/* Ends its thread; before central_http_stop(). */
void central_feed_quiesce(CentralFeed *feed);
/* After central_http_stop(). NULL is fine. */
void central_feed_free(CentralFeed *feed);

G_END_DECLS
