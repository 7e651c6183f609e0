/* SPDX-License-Identifier: GPL-3.0-or-later
 * A manager's terminal asks central for reports and keeps the answers, so that the last ones are there with the cable
 * out. Each call is one exchange (the stock is several), waited for on the calling thread: never the main one. */
#pragma once
#include "sync/client.h"

G_BEGIN_DECLS

typedef struct SyncReports SyncReports;

/* store: of the calling thread, borrowed; client: NULL when there is no network at all. */
SyncReports *sync_reports_new(SyncClient *client, PosStore *store, GError **error);
void sync_reports_free(SyncReports *reports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SyncReports, sync_reports_free)

/* name: a report with what is asked of it, "figures?from=2026-11-23&until=2026-11-23". The answer of central, or the last one
 * that was kept; *out_at_ms when it was made (by this machine's clock), *out_fresh whether just now, *out_why (owned, NULL when
 * fresh) why not. NULL with an error when there never was one. New reference; each may be NULL. */
json_t *sync_reports_get(SyncReports *reports, const char *name, int64_t now_ms, int64_t *out_at_ms,
                         bool *out_fresh, char **out_why, GError **error);

/* Fetches the stock of all lots, page by page, into the store. False: as much as came is there. */
bool sync_reports_stock(SyncReports *reports, GError **error);

G_END_DECLS
