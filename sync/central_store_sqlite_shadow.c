/* SPDX-License-Identifier: GPL-3.0-or-later
 * The derived tables as a whole in the SQLite engine: emptied for a rebuild, and hidden behind
 * temporary tables of the same names for verify, so that the booking code itself says what they
 * should hold. */
#include "sync/central_store_book.h"
#include "sync/central_store_sqlite.h"

#include <glib/gi18n-lib.h>

static const struct {
    const char *table, *columns;
} DERIVED_TABLES[] = {
    {"stock", "store, gtin, lot, on_hand, delivered, counted_ms, counted_terminal, counted_seq"},
    {"sales_hour", "store, hour_ms, gtin, lot, units, amount, tickets"},
    {"ticket", "store, receipt, of_terminal, of_seq, type, at_ms, total, voided"},
    {"returned", "store, receipt, line, quantity"},
    {"adopted", "of_terminal, of_seq, line_hash"},
};

bool central_store_derived_reset(CentralStore *store, GError **error)
{
    central_pending_drop(store);
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        g_autofree char *sql = g_strdup_printf("DELETE FROM %s", DERIVED_TABLES[i].table);
        if (!central_sqlite_execute(store, sql, error)) {
            return false;
        }
    }
    g_autoptr(CentralWalk) walk = central_sqlite_walk(
        store, error, "SELECT store, gtin, lot, quantity, at_ms FROM delivery", "");
    int code = SQLITE_DONE;
    while (walk && (code = central_sqlite_step(store, walk, error)) == SQLITE_ROW) {
        CentralMoment when = {sqlite3_column_int64(walk, 4), "", 0};
        if (!central_store_stock_move(store, (const char *)sqlite3_column_text(walk, 0),
                                      (const char *)sqlite3_column_text(walk, 1),
                                      (const char *)sqlite3_column_text(walk, 2),
                                      sqlite3_column_int64(walk, 3), true, &when, error)) {
            return false;
        }
    }
    return walk && code == SQLITE_DONE;
}

bool central_store_shadow_begin(CentralStore *store, GError **error)
{
    static const char SQL[] =
        "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?";
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        g_autofree char *made = NULL;
        {
            g_autoptr(CentralQuery) query =
                central_sqlite_query(store, error, SQL, "t", DERIVED_TABLES[i].table);
            if (!query || central_sqlite_step(store, query, error) != SQLITE_ROW) {
                return false;
            }
            made = central_sqlite_text(query, 0);
        }
        g_assert(g_str_has_prefix(made, "CREATE TABLE "));
        /* A temporary table hides the one of the same name, so the booking code runs on it as it
         * is. */
        g_autofree char *shadow = g_strdup_printf("CREATE TEMP TABLE %s", made + 13);
        if (!central_sqlite_execute(store, shadow, error)) {
            return false;
        }
    }
    return true;
}

static char *describe_row(const char *table, sqlite3_stmt *row)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s (", table);
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const char *text = sqlite3_column_type(row, i) == SQLITE_BLOB
                               ? "…"
                               : (const char *)sqlite3_column_text(row, i);
        g_string_append_printf(out, "%s%s %s", i ? ", " : "", sqlite3_column_name(row, i),
                               text ? text : "");
    }
    g_string_append_c(out, ')');
    return g_string_free(out, FALSE);
}

bool central_store_shadow_compare(CentralStore *store, char **out_difference, GError **error)
{
    *out_difference = NULL;
    if (!central_pending_flush(store, error)) {
        return false;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        for (int side = 0; side < 2; side++) {
            const char *table = DERIVED_TABLES[i].table, *columns = DERIVED_TABLES[i].columns;
            g_autofree char *sql = g_strdup_printf(
                "SELECT %s FROM %s.%s EXCEPT SELECT %s FROM %s.%s LIMIT 1", columns,
                side ? "temp" : "main", table, columns, side ? "main" : "temp", table);
            g_autoptr(CentralWalk) walk = central_sqlite_walk(store, error, sql, "");
            int code = walk ? central_sqlite_step(store, walk, error) : SQLITE_ERROR;
            if (code == SQLITE_ROW) {
                g_autofree char *row = describe_row(table, walk);
                *out_difference =
                    g_strdup_printf(side ? _("the journals say %s, the derived table does not")
                                         : _("the derived table says %s, the journals do not"),
                                    row);
                return true;
            }
            if (code != SQLITE_DONE) {
                return false;
            }
        }
    }
    return true;
}

void central_store_shadow_end(CentralStore *store)
{
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        g_autofree char *sql =
            g_strdup_printf("DROP TABLE IF EXISTS temp.%s", DERIVED_TABLES[i].table);
        central_sqlite_execute(store, sql, NULL);
    }
}
