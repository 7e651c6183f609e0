/* SPDX-License-Identifier: GPL-3.0-or-later
 * The protocol's requests and answers as values: strict, bounded, unknown members ignored. No network here. Every
 * parse is false with POS_ERROR_INVALID and one sentence when the text is not what a central service answers (a
 * captive portal's page, half an answer). */
#pragma once
#include "pos/journal.h"

G_BEGIN_DECLS

#define SYNC_WIRE_ANSWER_BYTES_MAX (64 * 1024) /* any answer but the feed */
#define SYNC_WIRE_CHAIN_MAX 56                 /* 2^53 records, by doubling */
#define SYNC_WIRE_TEXT_BYTES_MAX 256           /* ids, tokens, epochs */

/* POST /v1/enrol. terminal NULL for a folder without a journal; otherwise with its end. All borrowed. */
typedef struct {
    const char *code, *name, *mode, *nonce; /* name, mode: NULL leaves the member out */
    const char *terminal;
    int64_t seq;
    PosHash head;
    bool forked; /* central holds other records under that id: a fresh one is wanted */
    /* Hashes of some of its records, newest first, so that central can say up to where it has the same. */
    struct {
        int64_t seq;
        PosHash hash;
    } chain[SYNC_WIRE_CHAIN_MAX];
    gsize chain_count;
} SyncWireEnrol;
/* Owned, *out_length bytes. */
char *sync_wire_enrol_request(const SyncWireEnrol *enrol, gsize *out_length);

/* All strings owned. receipt_prefix: "" when central gave none. */
typedef struct {
    char *terminal, *store, *token, *mode, *currency, *receipt_prefix;
    int64_t acked;
    PosHash head; /* zero at acked 0 */
    int64_t
        held; /* up to this record central has the same under the id that was given; -1 it did not say */
} SyncWireEnrolled;
void sync_wire_enrolled_clear(SyncWireEnrolled *enrolled);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SyncWireEnrolled, sync_wire_enrolled_clear)
bool sync_wire_parse_enrolled(const char *text, gsize length, SyncWireEnrolled *out,
                              GError **error);

typedef struct {
    int64_t now_ms; /* central's clock, Unix ms */
    int64_t acked;
    PosHash head;
    int64_t feed_version;
    char epoch[SYNC_WIRE_TEXT_BYTES_MAX + 1];
} SyncWireHello;
bool sync_wire_parse_hello(const char *text, gsize length, SyncWireHello *out, GError **error);

/* 200 to POST /v1/journal. */
typedef struct {
    int64_t acked;
    PosHash head;
} SyncWireAck;
bool sync_wire_parse_ack(const char *text, gsize length, SyncWireAck *out, GError **error);

typedef enum {
    SYNC_WIRE_OTHER, /* any error this client has no special way with */
    SYNC_WIRE_GAP,
    SYNC_WIRE_FORK,
    SYNC_WIRE_BAD_RECORD,
} SyncWireErrorKind;

typedef struct {
    SyncWireErrorKind kind;
    int64_t acked; /* GAP, FORK */
    PosHash head;
    bool has_head;
    int64_t seq;   /* FORK: where the chains part; 0 not said */
    int64_t line;  /* BAD_RECORD */
    char *message; /* for people; "" none; owned */
} SyncWireError;
void sync_wire_error_clear(SyncWireError *wire_error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SyncWireError, sync_wire_error_clear)
/* Any answer with a status of 400 or more: what cannot be read is SYNC_WIRE_OTHER with no message. */
void sync_wire_parse_error(const char *text, gsize length, SyncWireError *out);

/* POST /v1/seen, owned. */
char *sync_wire_seen_request(int64_t feed_version, gsize *out_length);

/* The body of POST /v1/journal: the lines of `records` (PosRecord*), each with a newline; owned. */
GBytes *sync_wire_journal_body(const GPtrArray *records);
/* The same, gzip. */
GBytes *sync_wire_gzip(GBytes *body);

G_END_DECLS
