/* SPDX-License-Identifier: GPL-3.0-or-later
 * Server-sent events (WHATWG HTML, "Server-sent events"), read incrementally: bytes in, in chunks cut anywhere, events
 * out. A line and an event are bounded; what is longer is an error, after which the parser takes nothing more. */
#pragma once
#include "pos/bounds.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* One dispatched event. All borrowed for the call. */
typedef struct {
    const char *type; /* "message" where the stream named none */
    const char *data; /* the data lines joined by '\n', NUL-terminated; may hold NUL inside */
    gsize data_length;
    const char *id; /* the id that came with this very event, NULL when none did */
} SyncSseEvent;

/* Called at each blank line that ends an event with data, or with an id alone (data_length 0: the standard moves the
 * last event id there without dispatching). False stops the parser; it must then have set the error. */
typedef bool (*SyncSseOnEvent)(const SyncSseEvent *event, void *user, GError **error);

typedef struct SyncSse SyncSse;

SyncSse *sync_sse_new(SyncSseOnEvent on_event, void *user);
void sync_sse_free(SyncSse *sse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SyncSse, sync_sse_free)

/* The next bytes. False with POS_ERROR_INVALID when a line or an event is beyond its bound, or with the error of
 * on_event; every later call is false as well. An event that the stream's end cuts off is never dispatched. */
bool sync_sse_feed(SyncSse *sse, const char *bytes, gsize length, GError **error);

/* The last `retry:` in ms, -1 when there was none. */
int64_t sync_sse_retry_ms(const SyncSse *sse);
/* Comment lines so far: central's heartbeats. */
guint64 sync_sse_comments(const SyncSse *sse);

G_END_DECLS
