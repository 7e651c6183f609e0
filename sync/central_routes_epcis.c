/* SPDX-License-Identifier: GPL-3.0-or-later
 * EPCIS 2.0's REST interface for suppliers (8.2): POST /capture, GET /capture/{id}, POST and GET /events. A supplier
 * reads what it sent itself and nothing of others. */
#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"
#include "sync/central_epcis.h"
#include "sync/central_epcis_query.h"
#include "sync/central_log.h"
#include "sync/central_routes.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define LOOKED_AT_MAX 5000 /* stored events that one request may look at */

/* The supplier whose token came with the request; NULL when the request was answered instead. */
static CentralSupplier *supplier_of(CentralRoutes *routes, CentralRequest *request)
{
    const char *token = central_routes_bearer(request);
    g_autoptr(GError) error = NULL;
    CentralSupplier *supplier =
        token == NULL ? NULL : central_store_supplier_by_token(routes->read, token, &error);
    central_request_add_header(request, "GS1-EPCIS-Version", "2.0.0");
    central_request_add_header(request, "GS1-CBV-Version", "2.0.0");
    if (supplier == NULL && error != NULL &&
        !g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        central_log("supplier_lookup_failed", json_pack("{s:s}", "message", error->message));
        central_routes_fail(request);
    } else if (supplier == NULL) {
        central_request_add_header(request, "WWW-Authenticate", "Bearer");
        central_request_error(request, 401, "unauthorized",
                              _("Send Authorization: Bearer with the token of a supplier"));
    }
    return supplier;
}

/* --- capture ---------------------------------------------------------------------------------- */

typedef struct {
    CentralRequest *request;
    char *supplier, *capture;
    json_t *events;
    bool proceed;
    bool single; /* POST /events */
    int64_t now_ms;
    CentralCapture result;
} CaptureJob;

static void job_free(void *data)
{
    CaptureJob *job = data;
    central_capture_clear(&job->result);
    json_decref(job->events);
    g_free(job->supplier);
    g_free(job->capture);
    g_free(job);
}

static json_t *result_json(const CaptureJob *job)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = pos_instant_format(job->now_ms, utc);
    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:s, s:O, s:I, s:I, s:I}", "captureID",
                     job->capture, "createdAt", at, "finishedAt", at, "running", 0, "success",
                     job->result.success, "captureErrorBehaviour",
                     job->proceed ? "proceed" : "rollback", "errors", job->result.errors, "added",
                     (json_int_t)job->result.added, "alreadyThere", (json_int_t)job->result.same,
                     "withdrawn", (json_int_t)job->result.withdrawn);
}

static bool work(CentralStore *store, int64_t now_ms, void *data, GError **error)
{
    CaptureJob *job = data;
    job->now_ms = now_ms;
    if (!central_epcis_capture(store, job->supplier, job->events, job->proceed, now_ms,
                               &job->result, error)) {
        return false;
    }
    g_autoptr(json_t) result = result_json(job);
    return central_store_capture_add(store, job->capture, job->supplier, now_ms, result, error);
}

static void done(bool committed, void *data)
{
    CaptureJob *job = data;
    if (!committed) {
        central_routes_fail(job->request);
    } else if (job->single && !job->result.success) {
        const json_t *first = json_array_get(job->result.errors, 0);
        central_request_error(job->request, 400, "bad_event", "%s",
                              json_string_value(json_object_get(first, "message")));
    } else if (job->single) {
        central_request_answer(job->request, 201, result_json(job));
    } else {
        g_autofree char *location = g_strdup_printf("/capture/%s", job->capture);
        central_request_add_header(job->request, "Location", location);
        central_request_answer(job->request, job->result.success ? 202 : 400, result_json(job));
    }
    job_free(job);
}

static char *new_capture_id(void)
{
    uint8_t bytes[16];
    char hex[33];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return g_strdup(hex);
}

static bool is_json(CentralRequest *request)
{
    const char *type = central_request_header(request, "Content-Type");
    gsize length = type == NULL ? 0 : strcspn(type, "; \t");
    return (length == 16 && g_ascii_strncasecmp(type, "application/json", 16) == 0) ||
           (length == 19 && g_ascii_strncasecmp(type, "application/ld+json", 19) == 0);
}

/* The body as an object; NULL when the request was answered. */
static json_t *take_document(CentralRequest *request)
{
    const char *type = central_request_header(request, "Content-Type");
    if (!is_json(request)) {
        central_request_error(request, 415, "unsupported_media_type",
                              _("Send the body with Content-Type: %s"),
                              "application/json or application/ld+json");
        return NULL;
    }
    g_autofree char *media = g_strndup(type, strcspn(type, "; \t"));
    gsize length = 0;
    g_autofree char *body = central_routes_take_body(request, media, &length);
    g_autoptr(GError) error = NULL;
    json_t *document =
        body == NULL ? NULL : pos_json_parse_object(body, length, POS_BOUND_BATCH_BYTES, &error);
    if (body != NULL && document == NULL) {
        central_request_error(request, 400, "bad_request", _("The body is no JSON object: %s"),
                              error->message);
    }
    return document;
}

static void submit(CentralRoutes *routes, CentralRequest *request, const CentralSupplier *supplier,
                   const json_t *events, bool single)
{
    const char *behaviour = central_request_header(request, "GS1-Capture-Error-Behaviour");
    CaptureJob *job = g_new0(CaptureJob, 1);
    job->request = request;
    job->supplier = g_strdup(supplier->id);
    job->capture = new_capture_id();
    job->events = json_incref((json_t *)events);
    job->single = single;
    job->proceed = !single && g_strcmp0(behaviour, "proceed") == 0;
    central_routes_submit(routes, request, work, done, job, POS_BOUND_BATCH_BYTES / 4, job_free);
}

void central_routes_capture(CentralRoutes *routes, CentralRequest *request)
{
    g_autoptr(CentralSupplier) supplier = supplier_of(routes, request);
    g_autoptr(json_t) document = supplier == NULL ? NULL : take_document(request);
    g_autoptr(GError) error = NULL;
    if (document == NULL) {
        return;
    }
    const json_t *events = pos_epcis_document_events(document, &error);
    if (events == NULL) {
        central_request_error(request, 400, "bad_document", "%s", error->message);
        return;
    }
    submit(routes, request, supplier, events, false);
}

void central_routes_capture_result(CentralRoutes *routes, CentralRequest *request)
{
    g_autoptr(CentralSupplier) supplier = supplier_of(routes, request);
    if (supplier == NULL) {
        return;
    }
    const char *capture = central_request_path(request) + strlen(CENTRAL_CAPTURE_PATH);
    json_t *result = strlen(capture) > 64
                         ? NULL
                         : central_store_capture_get(routes->read, supplier->id, capture);
    if (result == NULL) {
        central_request_error(request, 404, "not_found",
                              _("There is no such capture of yours, or it is older than 30 days"));
        return;
    }
    central_request_answer(request, 200, result);
}

void central_routes_event_post(CentralRoutes *routes, CentralRequest *request)
{
    g_autoptr(CentralSupplier) supplier = supplier_of(routes, request);
    g_autoptr(json_t) event = supplier == NULL ? NULL : take_document(request);
    if (event != NULL) {
        g_autoptr(json_t) events = json_pack("[O]", event);
        submit(routes, request, supplier, events, true);
    }
}

/* --- query ------------------------------------------------------------------------------------ */

typedef struct {
    const CentralEpcisQuery *query;
    json_t *list;
    int64_t last_ms; /* the row that was looked at last */
    char *last_id;
    GTimeZone *utc;
} Page;

static bool take_row(const CentralEpcisRow *row, void *user)
{
    Page *page = user;
    g_autoptr(json_t) json = json_loads(row->text, 0, NULL);
    g_autoptr(PosEpcisEvent) event = pos_epcis_event_read(json, NULL);
    if ((int)json_array_size(page->list) >= page->query->page) {
        return false;
    }
    if (event != NULL && central_epcis_query_matches(page->query, event, row->record_ms)) {
        g_autofree char *recorded = pos_instant_format(row->record_ms, page->utc);
        json_object_set_new(event->json, "recordTime", json_string(recorded));
        json_array_append(page->list, event->json);
    }
    page->last_ms = row->event_ms;
    g_free(page->last_id);
    page->last_id = g_strdup(row->event_id);
    return true;
}

/* Link: <…?the same&nextPageToken=…>; rel="next" (8.2.7.2). */
static void add_next_link(CentralRequest *request, const char *query_text, const Page *page)
{
    g_autofree char *token = central_epcis_query_token(page->last_ms, page->last_id);
    g_autofree char *escaped = g_uri_escape_string(token, NULL, FALSE);
    g_autoptr(GString) link = g_string_new("</events?");
    g_auto(GStrv) pairs = g_strsplit(query_text != NULL ? query_text : "", "&", 200);
    for (char **pair = pairs; *pair != NULL; pair++) {
        if (**pair != '\0' && !g_str_has_prefix(*pair, "nextPageToken=")) {
            g_string_append_printf(link, "%s&", *pair);
        }
    }
    g_string_append_printf(link, "nextPageToken=%s>; rel=\"next\"", escaped);
    central_request_add_header(request, "Link", link->str);
}

static void answer_page(CentralRoutes *routes, CentralRequest *request, const char *query_text,
                        Page *page, bool more)
{
    g_autofree char *now =
        pos_instant_format(routes->clock->wall_ms(routes->clock->user), page->utc);
    if (more && page->last_id != NULL) {
        add_next_link(request, query_text, page);
    }
    g_autoptr(json_t) document =
        pos_epcis_document_new(json_incref(page->list), now, "SimpleEventQuery");
    central_request_answer_text(request, 200, "application/ld+json",
                                json_dumps(document, JSON_COMPACT));
}

static bool accepts_json(CentralRequest *request)
{
    const char *accept = central_request_header(request, "Accept");
    return accept == NULL || strstr(accept, "json") != NULL || strstr(accept, "*/*") != NULL ||
           strstr(accept, "application/*") != NULL;
}

void central_routes_events(CentralRoutes *routes, CentralRequest *request)
{
    g_autoptr(CentralSupplier) supplier = supplier_of(routes, request);
    g_auto(CentralEpcisQuery) query = {0};
    g_autoptr(GError) error = NULL;
    const char *mark = strchr(central_request_target(request), '?');
    const char *text = mark != NULL ? mark + 1 : NULL;
    if (supplier == NULL) {
        return;
    }
    if (!accepts_json(request)) {
        central_request_error(request, 406, "not_acceptable",
                              _("Events are given as application/ld+json or application/json"));
        return;
    }
    if (!central_epcis_query_read(text, &query, &error)) {
        central_request_error(request, 400, "bad_query", "%s", error->message);
        return;
    }
    Page page = {.query = &query, .list = json_array(), .utc = g_time_zone_new_utc()};
    bool more = false;
    int64_t from_ms = query.ge_event_ms == G_MININT64 ? query.after_ms
                                                      : MAX(query.after_ms, query.ge_event_ms - 1);
    if (central_store_epcis_walk(routes->read, supplier->id, central_epcis_query_item(&query),
                                 from_ms, from_ms == query.after_ms ? query.after_id : "",
                                 LOOKED_AT_MAX, take_row, &page, &more, &error)) {
        answer_page(routes, request, text, &page, more);
    } else {
        central_log("events_failed", json_pack("{s:s}", "message", error->message));
        central_routes_fail(request);
    }
    json_decref(page.list);
    g_free(page.last_id);
    g_time_zone_unref(page.utc);
}
