/* SPDX-License-Identifier: GPL-3.0-or-later
 * Route table, authentication and the reads that are one answer. Bad input is a 4xx with a sentence
 * that says what to do, never a 5xx. */
#include "sync/central_routes.h"

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"
#include "sync/central_log.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TOKEN_BYTES_MAX 256

typedef struct {
    CentralRoutes *routes;
    CentralRequest *request;
    const CentralTerminal *terminal; /* NULL where the route needs no token */
    const char *token;
} Call;

typedef struct {
    const char *method, *path;
    bool needs_token;
    void (*answer)(Call *call);
} Route;

/* --- helpers of all routes -------------------------------------------------------------------- */

void central_routes_fail(CentralRequest *request)
{
    central_request_error(
        request, 503, "unavailable",
        _("The central service cannot do this now; nothing was stored: try again"));
}

/* The media type without its parameters is as wanted, or not given at all. */
static bool has_media_type(CentralRequest *request, const char *wanted)
{
    const char *given = central_request_header(request, "Content-Type");
    if (given == NULL) {
        return true;
    }
    gsize length = strcspn(given, "; \t");
    return length == strlen(wanted) && g_ascii_strncasecmp(given, wanted, length) == 0;
}

char *central_routes_take_body(CentralRequest *request, const char *content_type, gsize *out_length)
{
    char *body = NULL;
    if (!has_media_type(request, content_type)) {
        central_request_error(request, 415, "unsupported_media_type",
                              _("Send the body with Content-Type: %s"), content_type);
        return NULL;
    }
    switch (central_request_body(request, &body, out_length)) {
    case CENTRAL_BODY_OK:
        return body;
    case CENTRAL_BODY_TOO_LARGE:
        central_request_error(request, 413, "too_large",
                              _("The body is too large: send at most %d bytes at once"),
                              POS_BOUND_BATCH_BYTES);
        return NULL;
    case CENTRAL_BODY_UNSUPPORTED:
        central_request_add_header(request, "Accept-Encoding", "gzip, zstd");
        central_request_error(request, 415, "unsupported_encoding",
                              _("Send the body plain or with Content-Encoding gzip or zstd"));
        return NULL;
    case CENTRAL_BODY_MALFORMED:
        central_request_error(request, 400, "bad_encoding",
                              _("The body is not what its Content-Encoding says, or is cut off"));
        return NULL;
    }
    g_assert_not_reached();
}

json_t *central_routes_take_json(CentralRequest *request, gsize bytes_max)
{
    gsize length = 0;
    g_autofree char *body = central_routes_take_body(request, "application/json", &length);
    g_autoptr(GError) error = NULL;
    if (body == NULL) {
        return NULL;
    }
    if (length > bytes_max) {
        central_request_error(request, 413, "too_large",
                              _("The body is too large: this route takes at most %d bytes"),
                              (int)bytes_max);
        return NULL;
    }
    json_t *object = pos_json_parse_object(body, length, bytes_max, &error);
    if (object == NULL) {
        central_request_error(request, 400, "bad_request", _("The body is no JSON object: %s"),
                              error->message);
    }
    return object;
}

void central_routes_submit(CentralRoutes *routes, CentralRequest *request, CentralWriterWork work,
                           CentralWriterDone done, void *data, gsize bytes, GDestroyNotify drop)
{
    central_request_hold(request);
    if (!central_writer_submit(routes->writer, work, done, data, bytes)) {
        drop(data);
        central_metrics_add(&routes->ingest.batches_busy, 1);
        central_request_error(request, 503, "busy",
                              _("Too much is waiting to be stored; nothing was stored: try again"));
    }
}

/* --- reads ------------------------------------------------------------------------------------ */

static void answer_health(Call *call)
{
    central_request_answer(call->request, 200, json_pack("{s:s}", "status", "ok"));
}

static void answer_hello(Call *call)
{
    const CentralTerminal *terminal = call->terminal;
    CentralRoutes *routes = call->routes;
    g_autoptr(GError) error = NULL;
    int64_t newest = 0;
    g_autofree char *epoch = central_store_meta_get(routes->read, CENTRAL_META_EPOCH);
    if (epoch == NULL ||
        !central_store_feed_newest(routes->read, terminal->store, &newest, &error)) {
        central_log("hello_failed",
                    json_pack("{s:s}", "message", error ? error->message : "no epoch"));
        central_routes_fail(call->request);
        return;
    }
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *now = pos_instant_format(routes->clock->wall_ms(routes->clock->user), utc);
    g_autofree char *head = terminal->acked > 0 ? pos_hash_to_hex(&terminal->head) : NULL;
    central_request_answer(call->request, 200,
                           json_pack("{s:s, s:I, s:s?, s:I, s:s, s:[i]}", "now", now, "acked",
                                     (json_int_t)terminal->acked, "head", head, "feed_version",
                                     (json_int_t)newest, "epoch", epoch, "api", 1));
}

static void answer_feed(Call *call)
{
    central_feed_serve(call->routes->feed, call->request, call->terminal, call->token);
}

static void answer_journal(Call *call)
{
    central_routes_journal(call->routes, call->request, call->terminal);
}

static void answer_receipt(Call *call)
{
    central_routes_receipt(call->routes, call->request, call->terminal);
}

static void answer_tickets(Call *call)
{
    central_routes_tickets(call->routes, call->request, call->terminal);
}

static void answer_ticket_put(Call *call)
{
    central_routes_ticket_put(call->routes, call->request, call->terminal);
}

static void answer_seen(Call *call)
{
    central_routes_seen(call->routes, call->request, call->terminal);
}

static void answer_report(Call *call)
{
    central_routes_report(call->routes, call->request, call->terminal);
}

static void answer_metrics(Call *call)
{
    central_routes_metrics(call->routes, call->request);
}

static void answer_capture(Call *call)
{
    central_routes_capture(call->routes, call->request);
}

static void answer_capture_result(Call *call)
{
    central_routes_capture_result(call->routes, call->request);
}

static void answer_event_post(Call *call)
{
    central_routes_event_post(call->routes, call->request);
}

static void answer_events(Call *call)
{
    central_routes_events(call->routes, call->request);
}

static void answer_description(Call *call)
{
    central_routes_resolver_description(call->routes, call->request);
}

static void answer_page(Call *call)
{
    central_routes_page(call->routes, call->request);
}

static void answer_enrol(Call *call)
{
    central_enrol_handle(call->routes, call->request);
}

/* --- the table -------------------------------------------------------------------------------- */

/* clang-format off */
static const Route route_table[] = {
    {"POST", "/capture", false, answer_capture},
    {"GET", CENTRAL_CAPTURE_PATH, false, answer_capture_result},
    {"GET", "/events", false, answer_events},
    {"POST", "/events", false, answer_event_post},
    {"GET", "/healthz", false, answer_health},
    {"GET", "/metrics", false, answer_metrics},
    {"GET", CENTRAL_PAGES_PATH, false, answer_page},
    {"GET", "/.well-known/gs1resolver", false, answer_description},
    {"POST", "/v1/enrol", false, answer_enrol},
    {"GET", "/v1/feed", true, answer_feed},
    {"GET", "/v1/hello", true, answer_hello},
    {"POST", "/v1/journal", true, answer_journal},
    {"GET", CENTRAL_RECEIPTS_PATH, true, answer_receipt},
    {"GET", CENTRAL_REPORTS_PATH, true, answer_report},
    {"POST", "/v1/seen", true, answer_seen},
    {"GET", "/v1/tickets", true, answer_tickets},
    {"PUT", "/v1/tickets", true, answer_ticket_put},
};
/* clang-format on */

/* A path that ends in "/" stands for all below it. Of two with the same path the one with the method, else the last;
 * *allow: the methods of the path. */
static const Route *find_route(const char *path, const char *method, GString *allow)
{
    const Route *found = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(route_table); i++) {
        const char *known = route_table[i].path;
        bool all_below = g_str_has_suffix(known, "/");
        if (all_below ? g_str_has_prefix(path, known) : strcmp(path, known) == 0) {
            g_string_append_printf(allow, "%s%s", allow->len > 0 ? ", " : "",
                                   route_table[i].method);
            found = found != NULL && strcmp(found->method, method) == 0 ? found : &route_table[i];
        }
    }
    return found;
}

const char *central_routes_bearer(CentralRequest *request)
{
    const char *header = central_request_header(request, "Authorization");
    if (header == NULL || g_ascii_strncasecmp(header, "Bearer ", 7) != 0) {
        return NULL;
    }
    const char *token = header + 7 + strspn(header + 7, " ");
    gsize length = strlen(token);
    return length == 0 || length > TOKEN_BYTES_MAX ? NULL : token;
}

static void answer_with_token(Call *call, const Route *route)
{
    g_auto(CentralTerminal) terminal = {0};
    g_autoptr(GError) error = NULL;
    const char *token = central_routes_bearer(call->request);
    bool known = token != NULL &&
                 central_store_terminal_by_token(call->routes->read, token, &terminal, &error);
    if (!known && error != NULL && !g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        central_log("token_lookup_failed", json_pack("{s:s}", "message", error->message));
        central_routes_fail(call->request);
        return;
    }
    if (!known) {
        central_request_add_header(call->request, "WWW-Authenticate", "Bearer");
        central_request_error(call->request, 401, "unauthorized",
                              _("This terminal is not enrolled here, or its token was revoked: "
                                "enrol it with a new code"));
        return;
    }
    call->terminal = &terminal;
    call->token = token;
    route->answer(call);
}

/* Pages for anyone answer HEAD and OPTIONS too; any address that no route has may be a Digital Link. */
static bool is_public(const Route *route, const char *path)
{
    bool is_api = g_str_has_prefix(path, "/v") && g_ascii_isdigit(path[2]);
    return route == NULL ? !is_api && strcmp(path, "/") != 0
                         : route->answer == answer_page || route->answer == answer_description;
}

static bool is_reading(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           strcmp(method, "OPTIONS") == 0;
}

void central_routes_handle(CentralRequest *request, void *user)
{
    Call call = {.routes = user, .request = request};
    const char *path = central_request_path(request), *method = central_request_method(request);
    central_store_adopt(call.routes->read); /* opened before the http thread was there */
    g_autoptr(GString) allow = g_string_new("");
    const Route *route = find_route(path, method, allow);
    if (is_public(route, path) && is_reading(method)) {
        if (route != NULL && strcmp(method, "OPTIONS") != 0) {
            route->answer(&call);
        } else {
            central_routes_resolver(call.routes, request);
        }
    } else if (route == NULL) {
        central_request_error(request, 404, "not_found", _("There is nothing at this address"));
    } else if (strcmp(method, route->method) != 0) {
        central_request_add_header(request, "Allow", allow->str);
        central_request_error(request, 405, "method_not_allowed", _("Use %s here"), allow->str);
    } else if (route->needs_token) {
        answer_with_token(&call, route);
    } else {
        route->answer(&call);
    }
}
