/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/central_fixture.h"

#include <glib/gstdio.h>
#include <mysql.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- on a shared database ---------------------------------------------------------------------- */

/* "127.0.0.1:PORT" of a server that tests may use; NULL: the default engine is tested. */
static const char *server(void)
{
    return g_getenv("COSTER_TEST_DATABASE");
}

bool central_fixture_is_shared(void)
{
    return server() != NULL;
}

static MYSQL *connect_database(const char *name)
{
    MYSQL *mysql = mysql_init(NULL);
    const char *port = strchr(server(), ':');
    if (!mysql_real_connect(mysql, "127.0.0.1", "coster", g_getenv("COSTER_DATABASE_PASSWORD"),
                            name, (unsigned)atoi(port + 1), NULL, CLIENT_MULTI_STATEMENTS)) {
        g_error("%s", mysql_error(mysql));
    }
    return mysql;
}

static void ask(MYSQL *mysql, const char *sql)
{
    int code = mysql_query(mysql, sql);
    while (code == 0) {
        MYSQL_RES *rows = mysql_store_result(mysql);
        if (rows) {
            mysql_free_result(rows);
        }
        code = mysql_next_result(mysql);
    }
    if (code > 0) {
        g_error("%s: %s", sql, mysql_error(mysql));
    }
}

/* Tables are made once a program and emptied for each case after that. */
static void empty_database(const char *name)
{
    g_autofree char *make = g_strdup_printf("CREATE DATABASE IF NOT EXISTS %s", name);
    MYSQL *mysql = connect_database(NULL);
    ask(mysql, make);
    mysql_close(mysql);
    mysql = connect_database(name);
    mysql_query(mysql, "SHOW TABLES");
    MYSQL_RES *tables = mysql_store_result(mysql);
    g_autoptr(GString) sql = g_string_new("DO 0");
    MYSQL_ROW row;
    while ((row = mysql_fetch_row(tables))) {
        if (strcmp(row[0], "schema_version") != 0) {
            g_string_append_printf(sql, ";DELETE FROM %s", row[0]);
        }
    }
    mysql_free_result(tables);
    ask(mysql, sql->str);
    mysql_close(mysql);
}

static void make_central(Central *central, GError **error)
{
    if (!central_fixture_is_shared()) {
        central_store_create(central->dir, error);
        return;
    }
    static int open_databases[4];
    while (open_databases[central->database]) {
        central->database++;
    }
    central->opened = &open_databases[central->database];
    *central->opened = 1;
    g_autofree char *name = g_strdup_printf("test_%d_%d", (int)getpid(), central->database);
    g_autofree char *url = g_strdup_printf("mysql://coster@%s/%s", server(), name);
    empty_database(name);
    central_store_create_shared(central->dir, url, CENTRAL_CREATE_NEW, error);
}

/* --- both -------------------------------------------------------------------------------------- */

void central_fixture_open(Central *central)
{
    *central = (Central){0};
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) settings = json_pack("{s:s, s:i, s:i, s:s}", "currency", "KRW", "hold_s",
                                           1800, "rise_lead_s", 120, "time_zone", "Asia/Seoul");
    /* In memory where there is such a folder: what is tested here is rules, not the disk. */
    central->dir = g_strdup("/dev/shm/coster-central-XXXXXX");
    if (!g_mkdtemp(central->dir)) {
        g_free(central->dir);
        central->dir = g_dir_make_tmp("central-XXXXXX", &error);
        g_assert_no_error(error);
    }
    make_central(central, &error);
    g_assert_no_error(error);
    central->store = central_store_open(central->dir, CENTRAL_STORE_WRITE, &error);
    g_assert_no_error(error);
    central_store_add_store(central->store, "1", settings, &error);
    g_assert_no_error(error);
    central_fixture_product(central, APPLE, "each");
    central_fixture_product(central, GRAPE, "g");
}

void central_fixture_close(Central *central)
{
    central_store_close(central->store);
    if (central->opened) {
        *central->opened = 0;
    }
    g_autoptr(GDir) dir = g_dir_open(central->dir, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(central->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(central->dir);
    g_free(central->dir);
}

void central_fixture_product(Central *central, const char *gtin, const char *unit)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = json_pack("{s:{s:s}, s:s}", "names", "en", "Thing", "unit", unit);
    CentralChange change = {"product", gtin, value};
    central_store_publish(central->store, "1", &change, 1, NULL, &error);
    g_assert_no_error(error);
}

void central_fixture_journal(Central *central, Journal *journal, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *token = g_strdup_printf("token of %s", id);
    PosHash zero = pos_hash_zero();
    *journal = (Journal){.id = id, .head = zero};
    journal->lines = g_ptr_array_new_with_free_func(g_free);
    journal->hashes = g_array_new(FALSE, FALSE, sizeof(PosHash));
    g_array_append_val(journal->hashes, zero);
    if (central) {
        central_store_terminal_add(central->store, id, "1", id, "till", token, FIXTURE_NOW_MS,
                                   &error);
        g_assert_no_error(error);
    }
}

void central_fixture_journal_clear(Journal *journal)
{
    g_ptr_array_unref(journal->lines);
    g_array_unref(journal->hashes);
}

const char *central_fixture_write(Journal *journal, const char *type, int at_s, json_t *fields)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) mine = fields;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = pos_instant_format(FIXTURE_NOW_MS + at_s * 1000LL, utc);
    g_auto(PosRecord) record = {0};
    pos_record_make(mine, type, journal->seq + 1, journal->id, at, &journal->head, &record, &error);
    g_assert_no_error(error);
    journal->seq++;
    journal->head = record.hash;
    g_array_append_val(journal->hashes, record.hash);
    g_ptr_array_add(journal->lines, g_strdup(record.line));
    return g_ptr_array_index(journal->lines, journal->seq - 1);
}

static int amount_of(const char *gtin, int qty, int price)
{
    PosMoney amount;
    PosQuantity quantity = strcmp(gtin, GRAPE) ? pos_quantity_each(qty) : pos_quantity_grams(qty);
    bool fits = pos_money_times(pos_money(price), quantity, &amount);
    g_assert_true(fits);
    return (int)amount.minor;
}

json_t *central_fixture_sale(const char *receipt, const char *gtin, const char *lot, int qty,
                             int price)
{
    int amount = amount_of(gtin, qty, price);
    const char *unit = strcmp(gtin, GRAPE) ? "each" : "g";
    return json_pack("{s:s, s:[{s:i, s:s, s:i, s:i, s:s, s:i, s:i, s:i, s:s}], s:s, s:s, s:i, "
                     "s:[{s:i, s:i, s:i}], s:[{s:i, s:i, s:s}], s:i}",
                     "currency", "KRW", "lines", "amount", amount, "gtin", gtin, "line", 1,
                     "list_price", price, "lot", lot, "price", price, "price_version", 1, "qty",
                     qty, "unit", unit, "operator", "u01", "receipt", receipt, "rounding", 0, "tax",
                     "base", amount, "rate_bp", 0, "tax", 0, "tenders", "amount", amount, "change",
                     0, "kind", "cash", "total", amount);
}

json_t *central_fixture_return(const char *receipt, const char *of_receipt, int line,
                               const char *gtin, const char *lot, int qty, int price,
                               const char *to)
{
    json_t *fields = central_fixture_sale(receipt, gtin, lot, -qty, price);
    json_object_set_new(fields, "of_receipt", json_string(of_receipt));
    json_object_set_new(fields, "to", json_string(to));
    json_object_set_new(json_array_get(json_object_get(fields, "lines"), 0), "of_line",
                        json_integer(line));
    return fields;
}

json_t *central_fixture_stock(const char *gtin, const char *lot, int qty)
{
    return json_pack("{s:s, s:s, s:i, s:s}", "gtin", gtin, "lot", lot, "qty", qty, "unit",
                     strcmp(gtin, GRAPE) ? "each" : "g");
}

void central_fixture_send(Central *central, const Journal *journal, int64_t from, int64_t until,
                          CentralIngestResult *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) body = g_string_new(NULL);
    g_autofree char *prev = pos_hash_to_hex(&g_array_index(journal->hashes, PosHash, from - 1));
    for (int64_t seq = from; seq <= until; seq++) {
        g_string_append_printf(body, "%s\n", (char *)g_ptr_array_index(journal->lines, seq - 1));
    }
    central_ingest(central->store, journal->id, prev, body->str, body->len, FIXTURE_NOW_MS, out,
                   &error);
    g_assert_no_error(error);
}

void central_fixture_send_all(Central *central, const Journal *journal)
{
    g_auto(CentralIngestResult) result = {0};
    central_fixture_send(central, journal, 1, journal->seq, &result);
    g_assert_cmpint(result.status, ==, CENTRAL_INGEST_STORED);
    g_assert_cmpint(result.acked, ==, journal->seq);
}

int64_t central_fixture_on_hand(Central *central, const char *gtin, const char *lot)
{
    int64_t on_hand = -999999;
    g_assert_true(central_store_on_hand(central->store, "1", gtin, lot, &on_hand));
    return on_hand;
}

void central_fixture_sold(Central *central, const char *gtin, const char *lot, int64_t *out_units,
                          int64_t *out_amount)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) hours =
        central_store_sales_hours(central->store, "1", INT64_MIN, INT64_MAX, &error);
    g_assert_no_error(error);
    *out_units = *out_amount = 0;
    for (guint i = 0; i < hours->len; i++) {
        const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, i);
        if (strcmp(hour->gtin, gtin) == 0 && strcmp(hour->lot, lot) == 0) {
            *out_units += hour->units;
            *out_amount += hour->amount_minor;
        }
    }
}

char *central_fixture_reason(Central *central, const char *terminal, int64_t seq)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) items = central_store_inbox(central->store, NULL, NULL, 1000, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < items->len; i++) {
        const CentralInboxItem *item = g_ptr_array_index(items, i);
        if (strcmp(item->terminal, terminal) == 0 && item->seq == seq) {
            return g_strdup(item->reason);
        }
    }
    return g_strdup("");
}

void central_fixture_assert_sound(Central *central)
{
    g_autoptr(GError) error = NULL;
    for (int round = 0; round < 2; round++) {
        g_auto(CentralVerifyFault) fault = {0};
        bool good = false;
        central_verify(central->store, &good, &fault, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(fault.reason, ==, NULL);
        g_assert_true(good);
        central_booking_rebuild(central->store, NULL, &error);
        g_assert_no_error(error);
    }
}

void central_fixture_tamper(Central *central, const char *sql)
{
    if (central_fixture_is_shared()) {
        g_autofree char *name = g_strdup_printf("test_%d_%d", (int)getpid(), central->database);
        MYSQL *mysql = connect_database(name);
        ask(mysql, sql);
        mysql_close(mysql);
        return;
    }
    g_autofree char *path = g_build_filename(central->dir, "central.db", NULL);
    sqlite3 *db = NULL;
    char *message = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_exec(db, sql, NULL, NULL, &message);
    g_assert_cmpstr(message, ==, NULL);
    sqlite3_close(db);
}
