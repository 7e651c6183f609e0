/* SPDX-License-Identifier: GPL-3.0-or-later
 * Managers' decisions and what they are about. */
#include "sync/central_store_command.h"
#include "sync/central_sql.h"

#include <string.h>

#define OPERATOR_CHARACTERS 64

void central_command_result_free(CentralCommandResult *result)
{
    if (result) {
        g_free(result->terminal);
        g_free(result->name);
        g_free(result->operator_id);
        g_free(result->status);
        g_free(result->detail);
        g_free(result);
    }
}

bool central_store_command_put(CentralStore *store, const char *store_id,
                               const CentralCommandResult *result, GError **error)
{
    static const char UPDATE[] = "UPDATE command SET status = ?, detail = ?, version = ?, "
                                 "carried_ms = ? WHERE terminal = ? AND seq = ?";
    static const char INSERT[] =
        "INSERT INTO command (terminal, seq, store, at_ms, name, operator, status, detail, "
        "version, carried_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    int changed = 0;
    g_autofree char *detail = central_sql_clip(result->detail, 300);
    g_autofree char *operator_id = central_sql_clip(result->operator_id, OPERATOR_CHARACTERS);
    return central_sql_run(store, &changed, error, UPDATE, "ttiiti", result->status, detail,
                           result->version, result->carried_ms, result->terminal, result->seq) &&
           (changed > 0 ||
            central_sql_run(store, NULL, error, INSERT, "titittttii", result->terminal, result->seq,
                            store_id, result->at_ms, result->name, operator_id, result->status,
                            detail, result->version, result->carried_ms));
}

GPtrArray *central_store_commands(CentralStore *store, const char *store_id, gsize max,
                                  GError **error)
{
    static const char SQL[] =
        "SELECT terminal, seq, at_ms, name, operator, status, detail, version, carried_ms "
        "FROM command WHERE store = ? ORDER BY carried_ms DESC, terminal, seq DESC LIMIT ?";
    g_autoptr(GPtrArray) results =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_command_result_free);
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ti", store_id, (int64_t)max);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        CentralCommandResult *result = g_new0(CentralCommandResult, 1);
        result->terminal = central_sql_text(query, 0);
        result->seq = central_sql_column_int(query, 1);
        result->at_ms = central_sql_column_int(query, 2);
        result->name = central_sql_text(query, 3);
        result->operator_id = central_sql_text(query, 4);
        result->status = central_sql_text(query, 5);
        result->detail = central_sql_text(query, 6);
        result->version = central_sql_column_int(query, 7);
        result->carried_ms = central_sql_column_int(query, 8);
        g_ptr_array_add(results, result);
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&results) : NULL;
}

bool central_store_command_is_newest(CentralStore *store, const char *store_id, const char *target,
                                     const CentralMoment *when, bool *out_newest, GError **error)
{
    static const char SQL[] =
        "SELECT at_ms, terminal, seq FROM command_target WHERE store = ? AND target = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "tt", store_id, target);
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    *out_newest = true;
    if (code == CENTRAL_SQL_ROW) {
        g_autofree char *terminal = central_sql_text(query, 1);
        CentralMoment held = {central_sql_column_int(query, 0), terminal,
                              central_sql_column_int(query, 2)};
        *out_newest = central_moment_compare(&held, when) <= 0;
    }
    return code == CENTRAL_SQL_ROW || code == CENTRAL_SQL_DONE;
}

bool central_store_command_claim(CentralStore *store, const char *store_id, const char *target,
                                 const CentralMoment *when, GError **error)
{
    static const char UPDATE[] = "UPDATE command_target SET at_ms = ?, terminal = ?, seq = ? "
                                 "WHERE store = ? AND target = ?";
    static const char INSERT[] = "INSERT INTO command_target (at_ms, terminal, seq, store, target) "
                                 "VALUES (?, ?, ?, ?, ?)";
    int changed = 0;
    return central_sql_run(store, &changed, error, UPDATE, "ititt", when->at_ms, when->terminal,
                           when->seq, store_id, target) &&
           (changed > 0 || central_sql_run(store, NULL, error, INSERT, "ititt", when->at_ms,
                                           when->terminal, when->seq, store_id, target));
}

GPtrArray *central_store_feed_keys(CentralStore *store, const char *store_id, const char *kind,
                                   const char *prefix, gsize max, GError **error)
{
    static const char SQL[] = "SELECT item FROM feed WHERE store = ? AND kind = ? AND item >= ? "
                              "AND item < ? AND value IS NOT NULL ORDER BY item LIMIT ?";
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *end = g_strconcat(prefix, "\x7f", NULL); /* keys are ASCII */
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "tttti", store_id, kind, prefix, end, (int64_t)max);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        g_ptr_array_add(keys, central_sql_text(query, 0));
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&keys) : NULL;
}
