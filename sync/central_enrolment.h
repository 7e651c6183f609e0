/* SPDX-License-Identifier: GPL-3.0-or-later
 * The rules of enrolment (sync-protocol.md, "Transport and identity"): a code works once, within
 * its time, for its store and mode; a lost answer burns nothing. One transaction a call. Wrong
 * tries are counted by the HTTP side. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_ENROL_ANSWER_MS                                                                    \
    (10 * 60 * 1000) /* how long the same nonce gets the same answer   \
                                                  */

typedef enum {
    CENTRAL_ENROL_OK = 0,     /* 201 */
    CENTRAL_ENROL_REFUSED,    /* 403: wrong, used or expired */
    CENTRAL_ENROL_WRONG_MODE, /* 403: the code is for another mode */
} CentralEnrolStatus;

/* The body of POST /v1/enrol; all borrowed. code: as printed, a pin part behind a "." is ignored.
 * name, mode, nonce, terminal, head nullable. */
typedef struct {
    const char *code, *name, *mode, *nonce;
    const char *terminal; /* that has a journal already … */
    int64_t seq;          /* … its last seq … */
    const char *head;     /* … and that record's hash */
    bool forked;          /* it knows that central holds other records: a fresh id */
    const json_t *chain;  /* [{"seq":…,"hash":…}] of some of its records; nullable */
} CentralEnrolRequest;

/* A new code's secret: url-safe text of 128 random bits, without the pin part. Owned. */
char *central_enrol_new_code(CentralStore *store, const char *store_id, const char *mode,
                             int64_t now_ms, int64_t valid_ms, GError **error);
/* OK: *out_answer is the body of the 201 (terminal, store, token, mode, currency, acked, head,
 * receipt_prefix, and `held`, up to where central has the same, where a terminal was given), owned. False only when the machine fails. */
bool central_enrol(CentralStore *store, const CentralEnrolRequest *request, int64_t now_ms,
                   CentralEnrolStatus *out_status, json_t **out_answer, GError **error);

G_END_DECLS
