/* SPDX-License-Identifier: GPL-3.0-or-later
 * Keys compare byte by byte and "0" follows "/", so the lots of a product are one range of the primary key. */
#include "sync/central_store_lots.h"

#include "sync/central_sql.h"

#include <string.h>

void central_lot_row_free(CentralLotRow *row)
{
    if (row != NULL) {
        g_free(row->lot);
        json_decref(row->value);
        g_free(row);
    }
}

GPtrArray *central_store_lots(CentralStore *store, const char *store_id, const char *gtin,
                              gsize max)
{
    static const char SQL[] = "SELECT item, value FROM feed WHERE store = ? AND kind = 'lot' AND "
                              "item > ? AND item < ? AND value IS NOT NULL ORDER BY item LIMIT ?";
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)central_lot_row_free);
    g_autofree char *from = g_strconcat(gtin, "/", NULL), *until = g_strconcat(gtin, "0", NULL);
    g_autoptr(CentralQuery) query =
        central_sql_query(store, NULL, SQL, "ttti", store_id, from, until, (int64_t)max);
    while (query != NULL && central_sql_step(query, NULL) == CENTRAL_SQL_ROW) {
        g_autofree char *item = central_sql_text(query, 0), *text = central_sql_text(query, 1);
        json_t *value = json_loads(text, 0, NULL);
        if (value != NULL && g_str_has_prefix(item, from)) {
            CentralLotRow *row = g_new0(CentralLotRow, 1);
            row->lot = g_strdup(item + strlen(from));
            row->value = value;
            g_ptr_array_add(rows, row);
        } else {
            json_decref(value);
        }
    }
    return rows;
}
