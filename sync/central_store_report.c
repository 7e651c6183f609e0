/* SPDX-License-Identifier: GPL-3.0-or-later
 * The manager's reports: reads of stock, prices, deliveries and tags. */
#include "sync/central_store_report.h"
#include "sync/central_sql.h"

#include <string.h>

static void read_lot(CentralQuery *query, CentralStockRow *row)
{
    g_strlcpy(row->gtin, central_sql_column_text(query, 0), sizeof row->gtin);
    g_strlcpy(row->lot, central_sql_column_text(query, 1), sizeof row->lot);
}

static int compare_rows(const void *a, const void *b)
{
    const CentralStockRow *x = a, *y = b;
    int by_gtin = strcmp(x->gtin, y->gtin);
    return by_gtin != 0 ? by_gtin : strcmp(x->lot, y->lot);
}

/* Puts what was sold beside the rows of a page. */
static bool add_sold(CentralStore *store, const char *store_id, GArray *rows, int64_t since_ms,
                     GError **error)
{
    static const char SQL[] =
        "SELECT gtin, lot, SUM(units) FROM sales_hour WHERE store = ? AND hour_ms >= ? "
        "AND gtin >= ? AND gtin <= ? GROUP BY gtin, lot";
    if (rows->len == 0) {
        return true;
    }
    const char *first = g_array_index(rows, CentralStockRow, 0).gtin;
    const char *last = g_array_index(rows, CentralStockRow, rows->len - 1).gtin;
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "titt", store_id, since_ms, first, last);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        CentralStockRow key = {0};
        read_lot(query, &key);
        guint at = 0;
        if (g_array_binary_search(rows, &key, compare_rows, &at)) {
            g_array_index(rows, CentralStockRow, at).sold = central_sql_column_int(query, 2);
        }
    }
    return query && code == CENTRAL_SQL_DONE;
}

static GArray *read_stock(CentralQuery *query, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(CentralStockRow));
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        CentralStockRow row = {.on_hand = central_sql_column_int(query, 2),
                               .delivered = central_sql_column_int(query, 3)};
        read_lot(query, &row);
        g_array_append_val(rows, row);
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&rows) : NULL;
}

GArray *central_store_stock_page(CentralStore *store, const char *store_id, const char *after_gtin,
                                 const char *after_lot, int64_t since_ms, gsize max, GError **error)
{
    static const char SQL[] = "SELECT gtin, lot, on_hand, delivered FROM stock WHERE store = ? AND "
                              "(gtin > ? OR (gtin = ? AND lot > ?)) ORDER BY gtin, lot LIMIT ?";
    g_autoptr(GArray) rows = NULL;
    {
        g_autoptr(CentralQuery) query = central_sql_query(
            store, error, SQL, "tttti", store_id, after_gtin, after_gtin, after_lot, (int64_t)max);
        rows = read_stock(query, error);
    }
    return rows && add_sold(store, store_id, rows, since_ms, error) ? g_steal_pointer(&rows) : NULL;
}

GArray *central_store_stock_negative(CentralStore *store, const char *store_id, gsize max,
                                     GError **error)
{
    static const char SQL[] = "SELECT gtin, lot, on_hand, delivered FROM stock WHERE store = ? "
                              "AND on_hand < 0 ORDER BY on_hand, gtin, lot LIMIT ?";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ti", store_id, (int64_t)max);
    return read_stock(query, error);
}

/* Rows of two integers, or of a text and two, as objects. */
static json_t *read_pairs(CentralQuery *query, const char *text, const char *first,
                          const char *second, GError **error)
{
    g_autoptr(json_t) rows = json_array();
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        json_t *row = json_object();
        int column = 0;
        if (text) {
            json_object_set_new(row, text, json_string(central_sql_column_text(query, column++)));
        }
        json_object_set_new(row, first, json_integer(central_sql_column_int(query, column++)));
        json_object_set_new(row, second, json_integer(central_sql_column_int(query, column)));
        json_array_append_new(rows, row);
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&rows) : NULL;
}

json_t *central_store_deliveries(CentralStore *store, const char *store_id, const char *gtin,
                                 const char *lot, GError **error)
{
    static const char SQL[] = "SELECT at_ms, quantity FROM delivery WHERE store = ? AND gtin = ? "
                              "AND lot = ? ORDER BY number";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ttt", store_id, gtin, lot);
    return read_pairs(query, NULL, "at_ms", "qty", error);
}

json_t *central_store_price_history(CentralStore *store, const char *store_id, const char *item,
                                    int64_t since_ms, gsize max, GError **error)
{
    static const char SQL[] = "SELECT effective_ms, price FROM price_log WHERE store = ? AND "
                              "item = ? AND effective_ms >= ? ORDER BY version DESC LIMIT ?";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ttii", store_id, item, since_ms, (int64_t)max);
    return read_pairs(query, NULL, "at_ms", "price", error);
}

bool central_store_price_changes(CentralStore *store, const char *store_id, int64_t from_ms,
                                 int64_t until_ms, int64_t *out_count, GError **error)
{
    return central_sql_int(store, 0, out_count, error,
                           "SELECT COUNT(*) FROM price_log WHERE store = ? AND effective_ms >= ? "
                           "AND effective_ms < ?",
                           "tii", store_id, from_ms, until_ms);
}

json_t *central_store_tags_seen(CentralStore *store, const char *store_id, gsize max,
                                GError **error)
{
    static const char SQL[] =
        "SELECT tag, version, shown_ms FROM tag_seen WHERE store = ? ORDER BY tag LIMIT ?";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ti", store_id, (int64_t)max);
    return read_pairs(query, "tag", "version", "shown_ms", error);
}
