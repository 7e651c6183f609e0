/* SPDX-License-Identifier: GPL-3.0-or-later
 * Feed items to the bytes of the two forms of /v1/feed: lines of JSON closed by an end line, or
 * server-sent events of which only the last carries an id. Pure but for the cursor it reads. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

typedef enum { CENTRAL_FEED_LINES, CENTRAL_FEED_EVENTS } CentralFeedForm;

typedef enum {
    CENTRAL_RENDER_FAILED = -1, /* the database could not be read */
    CENTRAL_RENDER_MORE = 0,    /* out is full, the cursor goes on */
    CENTRAL_RENDER_END,         /* the cursor is at its end and the closing is in out */
} CentralRenderStatus;

/* Where a rendering stands between two calls. All zero at its start. */
typedef struct {
    bool open_event; /* an event was written without its closing blank line: it may be the last and
                        get the id */
} CentralRender;

/* Appends items until out holds at least bytes_max or the cursor ends. epoch: for the end line. */
CentralRenderStatus central_render_items(CentralRender *render, CentralFeedForm form,
                                         CentralFeedCursor *cursor, const char *epoch,
                                         gsize bytes_max, GString *out, GError **error);

/* The text as one gzip member. */
GBytes *central_render_gzip(const GString *text);

G_END_DECLS
