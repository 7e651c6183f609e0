/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is added up from the journal: the report of the running period, the sums that never go back, the numbers of Z
 * reports and of copies. The order of the records is that in which they were written, over all chains of this folder:
 * a terminal that got a fresh id goes on in the same period. */
#include "pos/store_private.h"

#include <string.h>

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool pos_store_grand_total(PosStore *store, int64_t *out_sales, int64_t *out_returns,
                           GError **error)
{
    static const char sql[] = "SELECT sales, returns FROM grand_total WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    *out_sales = found == 1 ? sqlite3_column_int64(query, 0) : 0;
    *out_returns = found == 1 ? sqlite3_column_int64(query, 1) : 0;
    return true;
}

json_t *store_record_with_grand(PosStore *store, json_t *fields, const char *type, GError **error)
{
    static const char *const types[] = {"sale", "return", "post_void", "z_report", NULL};
    json_t *copy = fields == NULL ? json_object() : json_copy(fields);
    if (!g_strv_contains(types, type)) {
        return copy;
    }
    int64_t sales, returns, more_sales, more_returns;
    json_object_set_new(copy, "type", json_string(type));
    pos_report_grand(copy, &more_sales, &more_returns);
    json_object_del(copy, "type");
    if (!pos_store_grand_total(store, &sales, &returns, error)) {
        json_decref(copy);
        return NULL;
    }
    json_object_set_new(copy, "grand_sales", json_integer(sales + more_sales));
    json_object_set_new(copy, "grand_returns", json_integer(returns + more_returns));
    return copy;
}

bool store_report_effects(PosStore *store, const json_t *record, const char *terminal, int64_t seq,
                          GError **error)
{
    static const char grand_sql[] =
        "UPDATE grand_total SET sales = sales + ?, returns = returns + ? WHERE id = 1";
    static const char z_sql[] = "INSERT INTO z_report (number, terminal, seq) VALUES (?, ?, ?)";
    static const char reprint_sql[] = "INSERT INTO reprint (receipt, copies) VALUES (?, 1) "
                                      "ON CONFLICT (receipt) DO UPDATE SET copies = copies + 1";
    const char *type = json_string_value(json_object_get(record, "type"));
    int64_t sales, returns;
    pos_report_grand(record, &sales, &returns);
    if ((sales != 0 || returns != 0) && !store_run(store, grand_sql, error, "ii", sales, returns)) {
        return false;
    }
    if (!store_payment_effects(store, record, type, error)) {
        return false;
    }
    if (strcmp(type, "z_report") == 0) {
        return store_run(store, z_sql, error, "iti", int_of(record, "z"), terminal, seq);
    }
    const char *receipt = json_string_value(json_object_get(record, "receipt"));
    if (strcmp(type, "reprint") == 0 && receipt != NULL) {
        return store_run(store, reprint_sql, error, "t", receipt);
    }
    return true;
}

PosReport *pos_store_report(PosStore *store, GError **error)
{
    /* From the last Z itself on: it says the number. */
    static const char sql[] =
        "SELECT line FROM journal WHERE rowid >= ifnull((SELECT journal.rowid FROM z_report "
        "JOIN journal ON journal.terminal = z_report.terminal AND journal.seq = z_report.seq "
        "ORDER BY z_report.number DESC LIMIT 1), 0) ORDER BY rowid";
    g_autoptr(PosReport) report = pos_report_new();
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        g_autoptr(json_t) record = json_loads(store_text(query, 0), JSON_ALLOW_NUL, NULL);
        pos_report_add(report, record);
    }
    return found == 0 ? g_steal_pointer(&report) : NULL;
}

int64_t pos_store_copies(PosStore *store, const char *receipt)
{
    static const char sql[] = "SELECT copies FROM reprint WHERE receipt = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "t", receipt);
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    return found == 1 ? sqlite3_column_int64(query, 0) : 0;
}
