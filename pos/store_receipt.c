/* SPDX-License-Identifier: GPL-3.0-or-later
 * Looking up receipts of this terminal: by number or a part of it, by day, by amount. */
#include "pos/store_private.h"

#include <string.h>

#define DAY_MS (24LL * 3600 * 1000)

/* The instant at which a day begins in the store's zone; false when `text` is no date. */
static bool day_begins_ms(PosStore *store, const char *text, int64_t *out)
{
    PosDate date;
    if (!pos_date_parse(text, &date)) {
        return false;
    }
    g_autoptr(GTimeZone) zone = pos_store_zone(store);
    g_autofree char *midnight = pos_date_format(date);
    g_autoptr(GDateTime) begins =
        g_date_time_new(zone, (int)g_ascii_strtoll(midnight, NULL, 10),
                        (int)g_ascii_strtoll(midnight + 5, NULL, 10),
                        (int)g_ascii_strtoll(midnight + 8, NULL, 10), 0, 0, 0);
    if (begins == NULL) {
        return false;
    }
    *out = g_date_time_to_unix(begins) * 1000;
    return true;
}

/* What is typed into LIKE stands for itself. Owned. */
static char *escape_like(const char *text)
{
    GString *escaped = g_string_new("%");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '%' || *c == '_' || *c == '\\') {
            g_string_append_c(escaped, '\\');
        }
        g_string_append_c(escaped, *c);
    }
    g_string_append_c(escaped, '%');
    return g_string_free(escaped, FALSE);
}

static json_t *row_of(StoreQuery *query)
{
    g_autoptr(json_t) record = json_loads(store_text(query, 1), JSON_ALLOW_NUL, NULL);
    json_t *row = json_object();
    static const char *const members[] = {"at", "type", "operator", "total", "terminal"};
    json_object_set_new(row, "receipt", json_string(store_text(query, 0)));
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_t *value = json_object_get(record, members[i]);
        if (value != NULL) {
            json_object_set(row, members[i], value);
        }
    }
    return row;
}

json_t *pos_store_receipts_find(PosStore *store, const char *text, gsize max, GError **error)
{
    static const char text_sql[] =
        "SELECT receipt.number, journal.line FROM receipt JOIN journal "
        "ON journal.terminal = receipt.terminal AND journal.seq = receipt.seq "
        "WHERE receipt.number LIKE ? ESCAPE '\\' OR abs(receipt.total) = ? "
        "ORDER BY journal.rowid DESC LIMIT ?";
    static const char day_sql[] =
        "SELECT receipt.number, journal.line FROM receipt JOIN journal "
        "ON journal.terminal = receipt.terminal AND journal.seq = receipt.seq "
        "WHERE journal.at_ms >= ? AND journal.at_ms < ? ORDER BY journal.rowid DESC LIMIT ?";
    int64_t begins_ms = 0;
    gint64 amount = -1;
    const char *wanted = text == NULL ? "" : text;
    g_ascii_string_to_signed(wanted, 10, 0, POS_BOUND_AMOUNT_MINOR_MAX, &amount, NULL);
    g_autofree char *like = escape_like(wanted);
    g_autoptr(StoreQuery) query =
        day_begins_ms(store, wanted, &begins_ms)
            ? store_query(store, day_sql, error, "iii", begins_ms, begins_ms + DAY_MS, (int64_t)max)
            : store_query(store, text_sql, error, "tii", like, (int64_t)amount, (int64_t)max);
    json_t *rows = json_array();
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        json_array_append_new(rows, row_of(query));
    }
    if (found < 0) {
        json_decref(rows);
        return NULL;
    }
    return rows;
}
