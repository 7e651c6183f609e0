/* SPDX-License-Identifier: GPL-3.0-or-later
 * A central service for tests of the terminal: it keeps one terminal's journal and one feed as the sync protocol says,
 * and breaks in the ways that a test asks for. All calls from any thread. */
#pragma once
#include "pos/journal.h"
#include "tests/support/script_server.h"

typedef struct FakeCentral FakeCentral;

typedef enum {
    FAKE_OK = 0,
    FAKE_DROP, /* closes before the request is looked at */
    FAKE_LOSE, /* carries it out, then closes without an answer */
    FAKE_503,  /* with Retry-After: 1 */
    FAKE_500,
    FAKE_401,
    FAKE_413,
    FAKE_BAD_RECORD,
    FAKE_HTML,    /* 200, a captive portal's page, of its own type */
    FAKE_HTML_AS, /* 200, the page under the type that was asked for */
    FAKE_HALF,    /* half of the answer, then closed */
    FAKE_WRONG_HEAD,
    FAKE_HUGE,    /* an endless line */
    FAKE_GARBAGE, /* what follows is no HTTP at all */
} FakeFault;

#define FAKE_CODE "ABCDEFGH23456789"
#define FAKE_TOKEN "token-of-the-first"

FakeCentral *fake_central_new(bool tls);
void fake_central_free(FakeCentral *fake);
/* Owned. */
char *fake_central_url(FakeCentral *fake);
char *fake_central_code(FakeCentral *fake);

/* Nothing listens; connections are cut. And back, on the same port, with what it had. */
void fake_central_stop(FakeCentral *fake);
void fake_central_start(FakeCentral *fake);

/* The next `times` requests to the path ("stream" and "once" for the two forms of the feed) break so. */
void fake_central_break(FakeCentral *fake, const char *path, FakeFault fault, int times);
/* Requests to the path so far. */
int fake_central_count(FakeCentral *fake, const char *path);

/* One commit: the version after it. Items are JSON texts of the values, "null" deletes. */
int64_t fake_central_publish(FakeCentral *fake, const char *kind, const char *key,
                             const char *value);
/* Several items as one version; the stream is cut after `cut` of them (-1: whole). */
void fake_central_publish_cut(FakeCentral *fake, guint count, int cut);
/* Restored from a backup: another epoch, only this many items left, versions from there. */
void fake_central_restore(FakeCentral *fake, const char *epoch, guint items);

/* Journal lines that it holds. */
gint64 fake_central_acked(FakeCentral *fake);
/* A copy of line `seq`, owned; NULL beyond the end. */
char *fake_central_line(FakeCentral *fake, gint64 seq);
/* Forgets records above this one. */
void fake_central_forget(FakeCentral *fake, gint64 acked);
/* Replaces a held record by another: a fork. */
void fake_central_fork(FakeCentral *fake, gint64 seq);
/* The id that the next enrolment gives out, and whether an old one may be kept. */
void fake_central_next_id(FakeCentral *fake, const char *terminal, bool keeps);
/* The next enrolment is into this store, whose feed has only the first items of what is there. */
void fake_central_next_store(FakeCentral *fake, const char *store, guint items);
/* Its clock is this far ahead. */
void fake_central_clock(FakeCentral *fake, gint64 ahead_ms);
/* The `feed_version` of the last POST /v1/seen, -1 none. */
gint64 fake_central_seen(FakeCentral *fake);
/* Batches that came packed. */
int fake_central_packed(FakeCentral *fake);
/* Refuses any record that holds this text, unless it is an adopted one; NULL none. */
void fake_central_refuse(FakeCentral *fake, const char *text);
/* Records a batch may have, 0 the protocol's. */
void fake_central_batch_max(FakeCentral *fake, guint max);
