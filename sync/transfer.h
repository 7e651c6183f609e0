/* SPDX-License-Identifier: GPL-3.0-or-later
 * HTTP to central and nothing else: requests in flight on one curl multi handle, answers as values. It knows the
 * address, the token and the pin, but not the protocol. One thread owns it; only sync_transfer_wakeup() may be called
 * from others. A request is never redirected, and never sent to anyone but the key that the terminal enrolled with. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct SyncTransfer SyncTransfer;
typedef struct SyncRequest SyncRequest; /* in flight; belongs to the transfer */

typedef enum {
    SYNC_ANSWER_HTTP = 0,    /* an answer came, whatever its status */
    SYNC_ANSWER_UNREACHABLE, /* no connection, or cut before the end of the answer */
    SYNC_ANSWER_TIMEOUT,
    SYNC_ANSWER_STRANGER, /* another key than the pinned one, or no trusted certificate */
    SYNC_ANSWER_NONSENSE, /* too long, of another type, or refused by on_bytes */
} SyncAnswerResult;

/* Borrowed for the call. */
typedef struct {
    SyncAnswerResult result;
    long status;            /* HTTP; 0 when there was none */
    int64_t retry_after_ms; /* 0 none */
    int64_t took_ms;  /* from the request's first byte to the answer's first: the round trip */
    const char *body; /* what on_bytes did not take; NUL-terminated */
    gsize length;
    const char *why; /* technical words, "" none */
} SyncAnswer;

/* Called from sync_transfer_poll() only. May not start or cancel requests; false drops this one (NONSENSE). */
typedef bool (*SyncOnBytes)(const char *bytes, gsize length, void *user);
/* Called from sync_transfer_poll(), once for each request that was not cancelled; may start and cancel others. */
typedef void (*SyncOnDone)(const SyncAnswer *answer, void *user);

/* All borrowed for the call. */
typedef struct {
    const char *path;   /* "/v1/hello", with its query */
    GBytes *body;       /* POST; NULL: GET */
    const char *method; /* instead of POST, "PUT"; NULL none */
    const char *body_type;
    bool body_gzip;
    const char *accept; /* of a good answer, also what its Content-Type must be; NULL: JSON */
    bool accept_gzip;
    int64_t timeout_ms;          /* of the whole; 0 none */
    void (*on_open)(void *user); /* a 200 of the wanted type has begun; as on_bytes; may be NULL */
    SyncOnBytes on_bytes;        /* a 200's body as it comes; NULL: gathered, at most 64 KiB */
    SyncOnDone on_done;
    void *user;
} SyncRequestSpec;

/* url: as sync_pin_parse_url() gives it; pin: "" for a certificate of a public CA; token: "" for none. */
SyncTransfer *sync_transfer_new(const char *url, const char *pin, const char *token);
/* Cancels everything. NULL is fine. */
void sync_transfer_free(SyncTransfer *transfer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SyncTransfer, sync_transfer_free)

/* For the requests from now on. */
void sync_transfer_set_pin(SyncTransfer *transfer, const char *pin);
const char *sync_transfer_url(const SyncTransfer *transfer);

SyncRequest *sync_transfer_start(SyncTransfer *transfer, const SyncRequestSpec *spec);
/* No callback comes any more. */
void sync_transfer_cancel(SyncTransfer *transfer, SyncRequest *request);

/* Works until something has happened, a wakeup came, watch_fd (-1 none) is readable, or timeout_ms is over. True when
 * watch_fd is readable. */
bool sync_transfer_poll(SyncTransfer *transfer, int64_t timeout_ms, int watch_fd);
/* Any thread. A wakeup before the poll is not lost. */
void sync_transfer_wakeup(SyncTransfer *transfer);

G_END_DECLS
