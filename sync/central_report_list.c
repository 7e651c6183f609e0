/* SPDX-License-Identifier: GPL-3.0-or-later
 * What became of decisions. */
#include "sync/central_report_private.h"

#include "sync/central_store_command.h"

#include <string.h>

#define ROWS_MAX 500

json_t *central_report_commands(ReportRun *run, GError **error)
{
    g_autoptr(GPtrArray) results =
        central_store_commands(run->store, run->store_id, ROWS_MAX, error);
    if (!results) {
        return NULL;
    }
    json_t *rows = json_array();
    for (guint i = 0; i < results->len; i++) {
        const CentralCommandResult *result = g_ptr_array_index(results, i);
        json_array_append_new(
            rows, json_pack("{s:s, s:I, s:o, s:s, s:s, s:s, s:s, s:I}", "terminal",
                            result->terminal, "seq", (json_int_t)result->seq, "at",
                            central_report_instant(run, result->at_ms), "command", result->name,
                            "operator", result->operator_id, "status", result->status, "detail",
                            result->detail, "version", (json_int_t)result->version));
    }
    return json_pack("{s:o}", "rows", rows);
}
