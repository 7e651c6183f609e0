/* SPDX-License-Identifier: GPL-3.0-or-later
 * The routes of the central service: which method and path, who may, what to answer. A handler
 * reads over `read` or gives the writer a job; it never blocks. All of it runs on the http thread,
 * unless said. */
#pragma once
#include "pos/clock.h"
#include "pos/route_map.h"
#include "sync/central_feed.h"
#include "sync/central_http.h"
#include "sync/central_report.h"
#include "sync/central_page_live.h"
#include "sync/central_metrics.h"
#include "sync/central_writer.h"

G_BEGIN_DECLS

typedef struct CentralEnrolGate CentralEnrolGate;
/* Batches of each terminal that are not answered yet. */
typedef struct CentralFlights CentralFlights;

/* All borrowed; outlives the HTTP server. */
typedef struct {
    CentralStore *read; /* of the http thread alone */
    CentralWriter *writer;
    CentralFeed *feed;
    CentralReports *reports;
    CentralEnrolGate *gate;
    CentralFlights *flights;
    const PosClock *clock;
    CentralPageLive *live;
    PosMapLand *land; /* NULL: maps without land */
    char *own_url;    /* owned; where it listens, NULL unknown */
    CentralHttp *http; /* NULL until it has started; atomic */
    int64_t since_us;  /* monotonic µs of the start */
    CentralIngestCounts ingest;
    /* Writer thread: new records of this store were committed. */
    void (*booked)(const char *store_id, void *user);
    void *user;
} CentralRoutes;

/* A CentralHttpHandler; routes is a CentralRoutes. */
void central_routes_handle(CentralRequest *request, void *routes);

/* Of the routes below, for their files. */

/* The body as bytes; NULL when the request was answered (413, 415, 400) instead. content_type: the
 * one that is wanted. */
char *central_routes_take_body(CentralRequest *request, const char *content_type,
                               gsize *out_length);
/* The body as one JSON object; NULL when the request was answered instead. */
json_t *central_routes_take_json(CentralRequest *request, gsize bytes_max);
/* Hands a job to the writer and holds the request; answers 503 and calls `drop` when the writer has
 * no room. */
void central_routes_submit(CentralRoutes *routes, CentralRequest *request, CentralWriterWork work,
                           CentralWriterDone done, void *data, gsize bytes, GDestroyNotify drop);
/* The answer when the machine failed: nothing was stored. */
void central_routes_fail(CentralRequest *request);

/* The bearer token, NULL when there is none (RFC 6750 2.1). Borrowed. */
const char *central_routes_bearer(CentralRequest *request);

/* POST /v1/journal */
void central_routes_journal(CentralRoutes *routes, CentralRequest *request,
                            const CentralTerminal *terminal);
/* A terminal sends one batch at a time; who sends many is told to wait (429). */
CentralFlights *central_flights_new(void);
void central_flights_free(CentralFlights *flights);
/* GET /v1/receipts/{receipt} */
#define CENTRAL_RECEIPTS_PATH "/v1/receipts/"
void central_routes_receipt(CentralRoutes *routes, CentralRequest *request,
                            const CentralTerminal *terminal);
/* GET and PUT /v1/tickets */
void central_routes_tickets(CentralRoutes *routes, CentralRequest *request,
                            const CentralTerminal *terminal);
void central_routes_ticket_put(CentralRoutes *routes, CentralRequest *request,
                               const CentralTerminal *terminal);
/* POST /v1/seen */
void central_routes_seen(CentralRoutes *routes, CentralRequest *request,
                         const CentralTerminal *terminal);
/* GET /v1/reports/{name} */
#define CENTRAL_REPORTS_PATH "/v1/reports/"
void central_routes_report(CentralRoutes *routes, CentralRequest *request,
                           const CentralTerminal *terminal);
/* Those of them that are made on the report thread (central_report_exists()). */
void central_routes_report_made(CentralRoutes *routes, CentralRequest *request,
                                const CentralTerminal *terminal, const char *name);
/* GET /metrics; the token's SHA-256 in hex is a named value of the store. */
#define CENTRAL_META_METRICS_TOKEN "metrics_token_hash"
void central_routes_metrics(CentralRoutes *routes, CentralRequest *request);
/* EPCIS for suppliers: POST /capture, GET /capture/{id}, POST and GET /events */
#define CENTRAL_CAPTURE_PATH "/capture/"
void central_routes_capture(CentralRoutes *routes, CentralRequest *request);
void central_routes_capture_result(CentralRoutes *routes, CentralRequest *request);
void central_routes_event_post(CentralRoutes *routes, CentralRequest *request);
void central_routes_events(CentralRoutes *routes, CentralRequest *request);

/* Of the routes for anyone: CORS for reading; the headers of a page (nothing but its own style and script runs). */
void central_routes_add_cors(CentralRequest *request);
void central_routes_add_page_headers(CentralRequest *request);
/* GET, HEAD and OPTIONS of every address that no other route has: GS1 Digital Links. */
void central_routes_resolver(CentralRoutes *routes, CentralRequest *request);
/* GET /.well-known/gs1resolver */
void central_routes_resolver_description(CentralRoutes *routes, CentralRequest *request);
/* GET /p/… */
#define CENTRAL_PAGES_PATH "/p/"
void central_routes_page(CentralRoutes *routes, CentralRequest *request);

/* POST /v1/enrol */
void central_enrol_handle(CentralRoutes *routes, CentralRequest *request);

/* Wrong tries by address, of the last minute. */
CentralEnrolGate *central_enrol_gate_new(void);
void central_enrol_gate_free(CentralEnrolGate *gate);

G_END_DECLS
