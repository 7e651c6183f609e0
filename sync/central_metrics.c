/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/central_metrics.h"

#include <inttypes.h>
#include <string.h>

void central_metrics_add(gint64 *count, gint64 more)
{
    (void)__atomic_add_fetch(count, more, __ATOMIC_RELAXED);
}

void central_store_figures_free(CentralStoreFigures *figures)
{
    g_free(figures->store);
    g_free(figures);
}

static void head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void whole(GString *out, const char *name, const char *type, const char *help, int64_t value)
{
    head(out, name, type, help);
    g_string_append_printf(out, "%s %" PRId64 "\n", name, value);
}

static void seconds(GString *out, const char *name, const char *type, const char *help,
                    int64_t value_us)
{
    head(out, name, type, help);
    g_string_append_printf(out, "%s %" PRId64 ".%06" PRId64 "\n", name,
                           value_us / G_TIME_SPAN_SECOND, value_us % G_TIME_SPAN_SECOND);
}

static void labelled(GString *out, const char *name, const char *label, const char *value,
                     int64_t count)
{
    g_string_append_printf(out, "%s{%s=\"", name, label);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *c == '\n' ? ' ' : *c);
    }
    g_string_append_printf(out, "\"} %" PRId64 "\n", count);
}

static int64_t load(const gint64 *count)
{
    return __atomic_load_n(count, __ATOMIC_RELAXED);
}

static void append_http(GString *out, const CentralHttpCounts *http)
{
    whole(out, "coster_connections", "gauge", "Open connections, event streams included.",
          http->connections);
    whole(out, "coster_streams", "gauge", "Open event streams and feeds on their way.",
          http->streams);
    whole(out, "coster_requests_open", "gauge", "Requests whose answer has not left yet.",
          http->requests);
    whole(out, "coster_body_bytes", "gauge", "Bytes of request bodies in memory.",
          http->body_bytes);
    head(out, "coster_answers_total", "counter", "Answers by class of their status.");
    for (int class = 2; class <= 5; class ++) {
        const char name[] = {(char)('0' + class), 'x', 'x', '\0'};
        labelled(out, "coster_answers_total", "status", name, http->answered[class]);
    }
}

static void append_ingest(GString *out, const CentralIngestCounts *ingest)
{
    whole(out, "coster_records_stored_total", "counter", "Journal records stored.",
          load(&ingest->records_stored));
    whole(out, "coster_records_inbox_total", "counter", "Records that went to the inbox.",
          load(&ingest->records_inbox));
    head(out, "coster_batches_total", "counter", "Batches of journal records by their answer.");
    labelled(out, "coster_batches_total", "answer", "stored", load(&ingest->batches_stored));
    labelled(out, "coster_batches_total", "answer", "gap", load(&ingest->batches_gap));
    labelled(out, "coster_batches_total", "answer", "fork", load(&ingest->batches_fork));
    labelled(out, "coster_batches_total", "answer", "bad_record", load(&ingest->batches_bad));
    labelled(out, "coster_batches_total", "answer", "too_large", load(&ingest->batches_too_large));
    labelled(out, "coster_batches_total", "answer", "busy", load(&ingest->batches_busy));
    labelled(out, "coster_batches_total", "answer", "ahead", load(&ingest->batches_ahead));
}

static void append_writer(GString *out, const CentralWriterCounts *writer)
{
    whole(out, "coster_writer_waiting", "gauge", "Jobs that wait to be committed.",
          writer->waiting);
    whole(out, "coster_writer_waiting_bytes", "gauge", "Bytes that they hold.",
          writer->waiting_bytes);
    whole(out, "coster_writer_groups_total", "counter", "Groups of jobs committed.",
          writer->groups);
    whole(out, "coster_writer_jobs_total", "counter", "Jobs committed.", writer->jobs);
    whole(out, "coster_writer_failed_total", "counter", "Groups that could not be committed.",
          writer->failed);
    seconds(out, "coster_writer_busy_seconds_total", "counter", "Time spent in groups.",
            writer->busy_us);
}

static void append_store_figure(GString *out, const CentralMetrics *metrics, const char *name,
                                const char *help, gsize offset)
{
    head(out, name, "gauge", help);
    for (guint i = 0; i < metrics->stores->len; i++) {
        const CentralStoreFigures *figures = g_ptr_array_index(metrics->stores, i);
        labelled(out, name, "store", figures->store,
                 *(const guint *)((const char *)figures + offset));
    }
}

static void append_stores(GString *out, const CentralMetrics *metrics)
{
    head(out, "coster_feed_version", "gauge", "Newest version of a store's feed.");
    for (guint i = 0; i < metrics->stores->len; i++) {
        const CentralStoreFigures *figures = g_ptr_array_index(metrics->stores, i);
        labelled(out, "coster_feed_version", "store", figures->store, figures->feed_version);
    }
    append_store_figure(out, metrics, "coster_terminals", "Terminals of a store, not revoked.",
                        offsetof(CentralStoreFigures, terminals));
    append_store_figure(out, metrics, "coster_terminals_current",
                        "Of them, those that have applied the newest version.",
                        offsetof(CentralStoreFigures, current));
    append_store_figure(out, metrics, "coster_terminals_forked",
                        "Terminals whose journal differs from what is held here.",
                        offsetof(CentralStoreFigures, forked));
    append_store_figure(out, metrics, "coster_inbox", "Records that a manager must look at.",
                        offsetof(CentralStoreFigures, inbox));
}

char *central_metrics_text(const CentralMetrics *metrics)
{
    GString *out = g_string_new(NULL);
    seconds(out, "coster_uptime_seconds", "gauge", "Since the start of the program.",
            metrics->uptime_us);
    if (metrics->resident_bytes > 0) {
        whole(out, "process_resident_memory_bytes", "gauge", "Memory in use.",
              metrics->resident_bytes);
    }
    append_http(out, metrics->http);
    append_ingest(out, metrics->ingest);
    append_writer(out, metrics->writer);
    append_stores(out, metrics);
    return g_string_free(out, FALSE);
}
