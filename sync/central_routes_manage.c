/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reports that take longer than the http thread may: made on the report thread (sync/central_report.h). */
#include "sync/central_routes.h"

#include "pos/error.h"
#include "sync/central_log.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Report thread. */
static void answer(const json_t *result, const GError *error, void *user)
{
    CentralRequest *request = user;
    if (result != NULL) {
        central_request_answer(request, 200, json_incref((json_t *)result));
    } else if (g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        central_request_error(request, 404, "not_found", "%s", error->message);
    } else if (g_error_matches(error, POS_ERROR, POS_ERROR_INVALID)) {
        central_request_error(request, 400, "bad_request", "%s", error->message);
    } else {
        central_log("report_failed", json_pack("{s:s}", "message", error ? error->message : "?"));
        central_routes_fail(request);
    }
}

void central_routes_report_made(CentralRoutes *routes, CentralRequest *request,
                                const CentralTerminal *terminal, const char *name)
{
    g_auto(CentralReportQuery) query = {.name = g_strdup(name),
                                        .store_id = g_strdup(terminal->store),
                                        .from = g_strdup(central_request_query(request, "from")),
                                        .until = g_strdup(central_request_query(request, "until")),
                                        .after = g_strdup(central_request_query(request, "after")),
                                        .gtin = g_strdup(central_request_query(request, "gtin")),
                                        .lot = g_strdup(central_request_query(request, "lot"))};
    central_request_hold(request);
    if (!central_reports_ask(routes->reports, &query, answer, request)) {
        central_request_error(request, 503, "busy",
                              _("Too many reports are being made: try again"));
    }
}
