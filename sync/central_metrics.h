/* SPDX-License-Identifier: GPL-3.0-or-later
 * What central says of itself to Prometheus, as text (exposition format 0.0.4). Counters begin at 0
 * with the program. No name, token or amount of anyone is among them. */
#pragma once
#include "sync/central_http.h"
#include "sync/central_writer.h"

G_BEGIN_DECLS

/* How batches of records ended, counted on two threads. All zero at the start. */
typedef struct {
    gint64 records_stored, records_inbox;
    gint64 batches_stored, batches_gap, batches_fork, batches_bad, batches_too_large, batches_busy,
        batches_ahead;
} CentralIngestCounts;
/* Adds to one of them. Any thread. */
void central_metrics_add(gint64 *count, gint64 more);

/* Of one store. */
typedef struct {
    char *store;
    int64_t feed_version;
    guint terminals; /* not revoked */
    guint current;   /* of them: say that they have applied the newest version */
    guint forked;
    guint inbox; /* records that wait there, at most CENTRAL_METRICS_INBOX_MAX */
} CentralStoreFigures;
#define CENTRAL_METRICS_INBOX_MAX 10000
void central_store_figures_free(CentralStoreFigures *figures);

typedef struct {
    const CentralHttpCounts *http;
    const CentralWriterCounts *writer;
    const CentralIngestCounts *ingest;
    GPtrArray *stores; /* of CentralStoreFigures */
    int64_t uptime_us;
    int64_t resident_bytes; /* 0 unknown */
} CentralMetrics;
/* The page. Owned. */
char *central_metrics_text(const CentralMetrics *metrics);

G_END_DECLS
