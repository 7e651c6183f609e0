/* SPDX-License-Identifier: GPL-3.0-or-later
 * Builds pricing problems from the journals' derived tables, asks pricing/, publishes the answers
 * as one feed version with reasons, and logs each decision. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* Prices every sellable lot of a store as of now_ms (Unix ms). dry_run: decides and reports,
 * changes nothing. *out_changes: how many prices changed. report (nullable): a JSON array gets one
 * object per lot looked at. Idempotent: the same state and time give the same prices byte for byte.
 */
bool central_reprice_store(CentralStore *store, const char *store_id, int64_t now_ms, bool dry_run,
                           int *out_changes, json_t *report, GError **error);

G_END_DECLS
