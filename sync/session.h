/* SPDX-License-Identifier: GPL-3.0-or-later
 * The terminal's side of the protocol as a pure state machine: what has happened goes in with the time and a random
 * number, what is to be done comes out. No clock, no disk, no network: sync/runner.c carries the actions out.
 *
 *                 hello (at each connect, and when asked)
 *   up    IDLE --records, greeted--> SENDING --answer--> IDLE        FORKED: until central agrees again
 *   down  IDLE --greeted--> CATCHING_UP --whole--> STREAMING         IDLE after any failure
 *
 * Always: one hello, one batch and one feed request in flight at most; nothing up before central has said what it
 * holds; `acked` is central's word, up or down, and never this terminal's memory; after a failure the lane waits
 * (0.5 s doubled to 60 s, full jitter; Retry-After wins) and greets again before it goes on. */
#pragma once
#include "sync/client.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define SYNC_SESSION_BACKOFF_MS_MIN 500
#define SYNC_SESSION_BACKOFF_MS_MAX 60000
#define SYNC_SESSION_SPREAD_MS_MIN                                                                 \
    30000 /* after an outage of this length, connects spread over at least as much */
#define SYNC_SESSION_ALIVE_MS 45000 /* a stream that is silent for longer is dead */
#define SYNC_SESSION_REFRESH_MS                                                                    \
    (10 * 60 * 1000) /* hello again: clocks drift, a central may be restored beneath us */
#define SYNC_SESSION_RETRY_AFTER_MS_MAX (3600 * 1000) /* a longer Retry-After is not believed */
#define SYNC_SESSION_CATCH_UP_VERSIONS 1000           /* more is read over the one-shot form */

typedef enum { SYNC_UP_IDLE, SYNC_UP_SENDING, SYNC_UP_ADOPTING, SYNC_UP_FORKED } SyncUp;
typedef enum { SYNC_DOWN_IDLE, SYNC_DOWN_CATCHING_UP, SYNC_DOWN_STREAMING } SyncDown;

/* One lane's waiting. All zero: may go at once. */
typedef struct {
    unsigned failures;
    int64_t until_ms;
    int64_t tried_ms; /* when it last failed */
    bool hard;        /* central asked for this wait: nothing but time ends it */
} SyncBackoff;

/* All zero but for last_seq, acked and applied: see sync_session_init(). */
typedef struct {
    bool hello_busy;  /* a hello is in flight */
    bool greeted;     /* central answered hello since the last failure */
    int64_t hello_ms; /* when it last answered */
    bool asked;       /* someone waits for a fresh hello */
    bool refused;     /* 401 */
    SyncUp up;
    SyncDown down;
    SyncBackoff hello_wait, up_wait, down_wait;
    int64_t outage_since_ms; /* of the first failure since hello last succeeded; -1 none */
    int64_t last_seq;        /* own journal's end */
    int64_t acked;           /* central's word */
    int64_t sent_from, sent_to;
    int64_t single_until; /* records up to this one go one by one, 0 none */
    int64_t adopting;     /* the record that central refused, 0 none */
    unsigned gaps;        /* in a row, without progress */
    unsigned batch_max;   /* records a batch, after a 413 less */
    int64_t applied;      /* feed version */
    int64_t central_version;
    bool epoch_known; /* the applied feed is of central's present epoch */
    bool down_open;   /* the feed request in flight was answered */
    int64_t down_since_ms, alive_ms;
} SyncSession;

typedef enum {
    SYNC_EVENT_TIME = 0,       /* time has passed */
    SYNC_EVENT_RECORD,         /* last_seq: a record was written */
    SYNC_EVENT_NETWORK,        /* the network changed */
    SYNC_EVENT_ASK,            /* a fresh hello is wanted */
    SYNC_EVENT_HELLO,          /* acked, agrees, version, epoch_known */
    SYNC_EVENT_HELLO_FAILED,   /* retry_after_ms */
    SYNC_EVENT_UP_OK,          /* acked, agrees */
    SYNC_EVENT_UP_GAP,         /* acked, agrees */
    SYNC_EVENT_UP_FORK,        /* seq */
    SYNC_EVENT_UP_BAD,         /* 400 bad_record */
    SYNC_EVENT_UP_TOO_LARGE,   /* 413 */
    SYNC_EVENT_UP_FAILED,      /* retry_after_ms */
    SYNC_EVENT_UP_ADOPTED,     /* last_seq: the refused record now goes up as an adopted one */
    SYNC_EVENT_DOWN_ALIVE,     /* the answer began, or bytes of it came */
    SYNC_EVENT_DOWN_APPLIED,   /* version: applied from the stream */
    SYNC_EVENT_DOWN_CAUGHT_UP, /* version: the one-shot form was applied; epoch_known is set by it */
    SYNC_EVENT_DOWN_FAILED,    /* retry_after_ms */
    SYNC_EVENT_UNAUTHORIZED,   /* 401 to anything */
} SyncEventKind;
#define SYNC_EVENT_KINDS (SYNC_EVENT_UNAUTHORIZED + 1)

typedef struct {
    SyncEventKind kind;
    int64_t last_seq;
    int64_t acked;
    bool
        agrees; /* central's head is this terminal's own hash at acked, and acked is not beyond its end */
    int64_t seq;
    int64_t version;
    bool epoch_known;
    int64_t retry_after_ms; /* 0 none */
} SyncEvent;

/* What to do now; several may be set. */
typedef struct {
    bool cancel_up, cancel_down, cancel_hello;
    bool say_hello;
    bool store_acked; /* write session->acked */
    bool send;        /* from send_from, at most send_max records */
    int64_t send_from;
    unsigned send_max;
    int64_t adopt;   /* turn this record into an adopted one, then UP_ADOPTED; 0 none */
    int64_t fork_at; /* remember where the chains part; 0 none */
    bool catch_up;   /* GET once, from `after` */
    bool replace;    /* with catch_up: another epoch, absent keys are dropped */
    bool stream;     /* open the event stream from `after` */
    int64_t after;
    int64_t wake_at_ms; /* come back with SYNC_EVENT_TIME then; -1: nothing to wait for */
} SyncAction;

void sync_session_init(SyncSession *session, int64_t last_seq, int64_t acked, int64_t applied);

/* now_ms never goes back. random: uniform over 32 bits. An event that does not fit the state (a late answer to what was
 * cancelled) changes nothing. */
SyncAction sync_session_handle(SyncSession *session, const SyncEvent *event, int64_t now_ms,
                               uint32_t random);

/* What the header shows. */
SyncLink sync_session_link(const SyncSession *session);

/* Asserts what always holds. */
void sync_session_check(const SyncSession *session);

G_END_DECLS
