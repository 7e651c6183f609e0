/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /metrics: for this machine, or for who has the token that `coster-central metrics-token` made.
 * The text itself is sync/central_metrics.h. */
#include "sync/central_routes.h"

#include "pos/error.h"
#include "sync/central_log.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static bool may_read(CentralRoutes *routes, CentralRequest *request)
{
    const char *token = central_routes_bearer(request);
    if (token == NULL) {
        return central_request_is_local(request);
    }
    g_autofree char *held = central_store_meta_get(routes->read, CENTRAL_META_METRICS_TOKEN);
    PosHash hash;
    crypto_hash_sha256(hash.bytes, (const unsigned char *)token, strlen(token));
    g_autofree char *given = pos_hash_to_hex(&hash);
    return held != NULL && strlen(held) == strlen(given) &&
           sodium_memcmp(held, given, strlen(given)) == 0;
}

static int64_t resident_bytes(void)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL)) {
        return 0;
    }
    const char *space = strchr(text, ' ');
    return space == NULL ? 0 : g_ascii_strtoll(space, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static CentralStoreFigures *figures_of(CentralStore *store, const char *store_id, GError **error)
{
    CentralStoreFigures *figures = g_new0(CentralStoreFigures, 1);
    figures->store = g_strdup(store_id);
    g_autoptr(GPtrArray) terminals = NULL;
    g_autoptr(GPtrArray) inbox = NULL;
    if (central_store_feed_newest(store, store_id, &figures->feed_version, error)) {
        terminals = central_store_terminals(store, store_id, error);
    }
    if (terminals != NULL) {
        inbox = central_store_inbox(store, store_id, NULL, CENTRAL_METRICS_INBOX_MAX, error);
    }
    for (guint i = 0; inbox != NULL && i < terminals->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(terminals, i);
        figures->forked += terminal->forked;
        figures->terminals += !terminal->revoked;
        figures->current += !terminal->revoked && terminal->seen_version >= figures->feed_version;
    }
    if (inbox == NULL) {
        central_store_figures_free(figures);
        return NULL;
    }
    figures->inbox = inbox->len;
    return figures;
}

static GPtrArray *stores_figures(CentralStore *store, GError **error)
{
    g_autoptr(GPtrArray) all =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_store_figures_free);
    g_autoptr(GPtrArray) ids = central_store_list_stores(store);
    for (guint i = 0; ids != NULL && i < ids->len; i++) {
        CentralStoreFigures *figures = figures_of(store, g_ptr_array_index(ids, i), error);
        if (figures == NULL) {
            return NULL;
        }
        g_ptr_array_add(all, figures);
    }
    return g_steal_pointer(&all);
}

void central_routes_metrics(CentralRoutes *routes, CentralRequest *request)
{
    CentralHttp *http = g_atomic_pointer_get(&routes->http);
    if (!may_read(routes, request)) {
        central_request_add_header(request, "WWW-Authenticate", "Bearer");
        central_request_error(request, 401, "unauthorized",
                              _("Figures are for this machine, or with the token that "
                                "coster-central metrics-token makes"));
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) stores = stores_figures(routes->read, &error);
    if (stores == NULL || http == NULL) {
        central_log("metrics_failed",
                    json_pack("{s:s}", "message", error ? error->message : "still starting"));
        central_routes_fail(request);
        return;
    }
    CentralHttpCounts http_counts;
    CentralWriterCounts writer_counts;
    central_http_counts(http, &http_counts);
    central_writer_counts(routes->writer, &writer_counts);
    CentralMetrics metrics = {.http = &http_counts,
                              .writer = &writer_counts,
                              .ingest = &routes->ingest,
                              .stores = stores,
                              .uptime_us = g_get_monotonic_time() - routes->since_us,
                              .resident_bytes = resident_bytes()};
    central_request_answer_text(request, 200, "text/plain; version=0.0.4; charset=utf-8",
                                central_metrics_text(&metrics));
}
