/* SPDX-License-Identifier: GPL-3.0-or-later
 * The whole of libmicrohttpd behind one header: listening, TLS, bounded requests, answers now or
 * later, event streams. It knows no route and no database. One thread, the http thread, runs the
 * handler and the streams' read functions; they must not block. Everything has a bound: header and
 * body bytes, bytes of all bodies together, connections, the time from connecting to a complete
 * request, the time without progress of an answer. */
#pragma once
#include "sync/central_tls.h"
#include <jansson.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct CentralHttp CentralHttp;
/* A request that is complete, until it is answered. */
typedef struct CentralRequest CentralRequest;
/* An answer that goes on: see central_request_stream(). */
typedef struct CentralStream CentralStream;

/* Ends with exactly one of central_request_answer/_error (also _later), _hold or _stream. Http
 * thread. */
typedef void (*CentralHttpHandler)(CentralRequest *request, void *user);

typedef struct {
    const char *listen; /* "ADDR:PORT", "[ADDR]:PORT"; port 0 takes a free one */
    const CentralTls
        *tls; /* borrowed for the call; NULL: plain, which only a loopback address may be */
    guint connections_max; /* 0: as many as the file limit allows, at most 12,000 */
    guint request_s; /* seconds from connecting (or the last answer) to a complete request; 0: 30 */
    guint idle_s;    /* seconds without a byte, also for a stream's reader; 0: 10, streams 30 */
    CentralHttpHandler handler;
    void *user;
} CentralHttpOptions;

/* Listens and answers from now on. POS_ERROR_INVALID for an address that is none or not this
 * machine's, POS_ERROR_BUSY for a port in use, POS_ERROR_FAILED else; one sentence. */
CentralHttp *central_http_start(const CentralHttpOptions *options, GError **error);
guint16 central_http_port(const CentralHttp *http);

/* What it does now and has done since the start. Any thread. */
typedef struct {
    guint connections; /* open, streams included */
    guint requests;    /* whose answer has not left yet, streams not counted */
    guint streams;
    int64_t body_bytes;  /* of bodies in memory */
    int64_t answered[6]; /* by class of status: [2] of 2xx */
} CentralHttpCounts;
void central_http_counts(CentralHttp *http, CentralHttpCounts *out);
/* No new connections; new requests get 503; streams end. Held requests must still be answered. Any
 * thread. */
void central_http_quiesce(CentralHttp *http);
/* After central_http_quiesce() and when no request is held any more: waits up to two seconds for
 * the answers to leave, then ends. NULL is fine. */
void central_http_stop(CentralHttp *http);

/* --- reading a request (borrowed until it is answered)
 * ------------------------------------------------- */

const char *central_request_method(const CentralRequest *request);
/* The path, percent-decoded, without the query. */
const char *central_request_path(const CentralRequest *request);
/* Path and query byte by byte as they were sent, nothing decoded. */
const char *central_request_target(const CentralRequest *request);
/* NULL when absent. */
const char *central_request_query(CentralRequest *request, const char *name);
const char *central_request_header(CentralRequest *request, const char *name);
/* The address of the peer as text, for counting. */
const char *central_request_peer(CentralRequest *request);
/* Whether the peer is this machine itself. */
bool central_request_is_local(CentralRequest *request);
/* Monotonic µs at which its headers were complete. */
int64_t central_request_since_us(const CentralRequest *request);

typedef enum {
    CENTRAL_BODY_OK = 0,
    CENTRAL_BODY_TOO_LARGE,   /* beyond POS_BOUND_BATCH_BYTES, packed or unpacked */
    CENTRAL_BODY_UNSUPPORTED, /* a Content-Encoding that is neither gzip nor zstd nor identity */
    CENTRAL_BODY_MALFORMED,   /* not what the Content-Encoding says */
} CentralBodyStatus;
/* The body, unpacked; NUL-terminated beyond its length. Owned. Stops at the bound, whatever the
 * packed form claims. */
CentralBodyStatus central_request_body(CentralRequest *request, char **out_body, gsize *out_length);
/* Its pure part. encoding: NULL none. */
CentralBodyStatus central_http_unpack(const char *encoding, const char *packed, gsize length,
                                      gsize bytes_max, char **out, gsize *out_length);

/* --- answering
 * ------------------------------------------------------------------------------------------- */

/* A header of the answer to come; without a Cache-Control the answer is not to be stored. Http thread, or who holds the request. */
void central_request_add_header(CentralRequest *request, const char *name, const char *value);
/* body (stolen) as JSON. Any thread, once a request. */
void central_request_answer(CentralRequest *request, guint status, json_t *body);
/* text (stolen) as it is, with its media type. Any thread, once a request. */
void central_request_answer_text(CentralRequest *request, guint status, const char *content_type,
                                 char *text);
/* {"error":error,"message":…}; adds Retry-After to 429 and 503 (1 s unless added before). */
void central_request_error(CentralRequest *request, guint status, const char *error,
                           const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The answer follows from another thread. Http thread. */
void central_request_hold(CentralRequest *request);
/* Like answer, but not before `at_us` (monotonic); the request must be held. */
void central_request_answer_later(CentralRequest *request, int64_t at_us, guint status,
                                  json_t *body);

/* A stream's source. read fills at most `room` bytes: the count, 0 when there is nothing now (it is
 * asked again after central_stream_wake()), -1 for the end. free: after the last read. Both on the
 * http thread. */
typedef struct {
    gssize (*read)(CentralStream *stream, char *buffer, gsize room, void *user);
    void (*free)(void *user);
} CentralStreamSource;
/* Answers 200 with what the source gives, as long as it gives. Http thread. */
CentralStream *central_request_stream(CentralRequest *request, const char *content_type,
                                      const CentralStreamSource *source, void *user);
/* There may be something to read. Any thread, until the source's free has returned. */
void central_stream_wake(CentralStream *stream);

G_END_DECLS
