/* SPDX-License-Identifier: GPL-3.0-or-later
 * The derived tables as a whole: emptied for a rebuild, and hidden behind
 * temporary tables of the same names for verify, so that the booking code itself says what they
 * should hold. */
#include "sync/central_store_book.h"
#include "sync/central_sql.h"

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

/* What is counted anew must stand still. */
static bool hold_all(CentralStore *store, GError **error)
{
    g_autoptr(GPtrArray) stores = central_store_list_stores(store);
    for (guint i = 0; i < stores->len; i++) {
        if (!central_sql_hold_bookings(store, g_ptr_array_index(stores, i), error)) {
            return false;
        }
    }
    return true;
}

bool central_store_derived_reset(CentralStore *store, GError **error)
{
    central_pending_drop(store);
    if (!hold_all(store, error)) {
        return false;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        g_autofree char *sql = g_strdup_printf("DELETE FROM %s", DERIVED_TABLES[i].table);
        if (!central_sql_execute(store, sql, error)) {
            return false;
        }
    }
    g_autoptr(CentralQuery) walk = central_sql_walk(
        store, error, "SELECT store, gtin, lot, quantity, at_ms FROM delivery", "");
    int code = CENTRAL_SQL_DONE;
    while (walk && (code = central_sql_step(walk, error)) == CENTRAL_SQL_ROW) {
        CentralMoment when = {central_sql_column_int(walk, 4), "", 0};
        if (!central_store_stock_move(store, central_sql_column_text(walk, 0),
                                      central_sql_column_text(walk, 1),
                                      central_sql_column_text(walk, 2),
                                      central_sql_column_int(walk, 3), true, &when, error)) {
            return false;
        }
    }
    return walk && code == CENTRAL_SQL_DONE;
}

bool central_store_shadow_begin(CentralStore *store, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        if (!store->engine->shadow_begin(store, DERIVED_TABLES[i].table, error)) {
            return false;
        }
    }
    return true;
}

/* Hashes are no text: they are left out. */
static char *describe_row(const char *table, const char *columns, CentralQuery *row)
{
    GString *out = g_string_new(NULL);
    g_auto(GStrv) names = g_strsplit(columns, ", ", -1);
    g_string_append_printf(out, "%s (", table);
    for (int i = 0; names[i]; i++) {
        const char *text =
            g_str_has_suffix(names[i], "_hash") ? "…" : central_sql_column_text(row, i);
        g_string_append_printf(out, "%s%s %s", i ? ", " : "", names[i], text ? text : "");
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
            g_autofree char *sql = store->engine->shadow_compare_sql(table, columns, side == 1);
            g_autoptr(CentralQuery) walk = central_sql_walk(store, error, sql, "");
            int code = walk ? central_sql_step(walk, error) : CENTRAL_SQL_ERROR;
            if (code == CENTRAL_SQL_ROW) {
                g_autofree char *row = describe_row(table, columns, walk);
                *out_difference =
                    g_strdup_printf(side ? _("the journals say %s, the derived table does not")
                                         : _("the derived table says %s, the journals do not"),
                                    row);
                return true;
            }
            if (code != CENTRAL_SQL_DONE) {
                return false;
            }
        }
    }
    return true;
}

void central_store_shadow_end(CentralStore *store)
{
    for (gsize i = 0; i < G_N_ELEMENTS(DERIVED_TABLES); i++) {
        store->engine->shadow_end(store, DERIVED_TABLES[i].table);
    }
}
