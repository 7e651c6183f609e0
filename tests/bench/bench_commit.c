/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sale of 8 lines on disk, against a bare SQLite transaction of the same rows (of the same tables and as many bytes) and
 * sync level. */
#include "pos/store.h"
#include "tests/bench/bench.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define ROUNDS 9
#define SALES_A_ROUND 40
#define LINES 8

static PosCart *cart_of_eight(void)
{
    PosCart *cart = pos_cart_new();
    for (int i = 0; i < LINES; i++) {
        PosCartLine line = {.lot = (char *)"L20261122A",
                            .origin = (char *)"Jeju",
                            .lifted_by = (char *)"",
                            .names = {(char *)"감귤", (char *)"Mandarin", (char *)"蜜橘"},
                            .quantity = pos_quantity_grams(450 + i),
                            .price = pos_money(4980),
                            .list_price = pos_money(4980),
                            .price_version = 1};
        g_snprintf(line.gtin, sizeof line.gtin, "0952000001%04d", i);
        g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_NONE);
    }
    return cart;
}

static double our_sale_us(PosStore *store, int64_t at_ms)
{
    g_autoptr(PosCart) cart = cart_of_eight();
    g_autoptr(GError) error = NULL;
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    PosSaleProof proof;
    g_assert_true(pos_store_cart_save(store, cart, &error));
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_sale_due(sale)), ==,
                    POS_REFUSAL_NONE);
    double start = bench_now_us();
    bool done = pos_store_sale_commit(store, sale, "u01", at_ms, &proof, &error);
    double took = bench_now_us() - start;
    g_assert_no_error(error);
    g_assert_true(done);
    return took;
}

static sqlite3 *bare_open(const char *path)
{
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(
        sqlite3_exec(
            db,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE journal(terminal TEXT, seq INTEGER, line BLOB, hash BLOB, PRIMARY "
            "KEY(terminal, seq));"
            "CREATE TABLE receipt(receipt TEXT PRIMARY KEY, seq INTEGER);"
            "CREATE TABLE stock(gtin TEXT, lot TEXT, units INTEGER, PRIMARY KEY(gtin, lot));"
            "CREATE TABLE counter(id INTEGER PRIMARY KEY, last INTEGER);"
            "CREATE TABLE grand(id INTEGER PRIMARY KEY, sales INTEGER, returns INTEGER);"
            "INSERT INTO counter VALUES(1, 0); INSERT INTO grand VALUES(1, 0, 0);"
            "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);"
            "CREATE TABLE cart(id INTEGER PRIMARY KEY, value TEXT);"
            "INSERT INTO meta VALUES('next', '1'); INSERT INTO cart VALUES(1, '{}');",
            NULL, NULL, NULL),
        ==, SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, sqlite3_stmt *statement)
{
    (void)db;
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_DONE);
    sqlite3_reset(statement);
}

/* The bytes of our newest record. */
static int record_length(PosStore *store, int64_t seq)
{
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, seq, 1, 1, NULL);
    g_assert_true(records != NULL && records->len == 1);
    return (int)((const PosRecord *)g_ptr_array_index(records, 0))->length;
}

static double bare_sale_us(sqlite3 *db, sqlite3_stmt **s, int64_t seq, int length)
{
    char line[8192], receipt[32], gtin[16];
    g_assert_cmpint(length, <=, sizeof line);
    memset(line, 'x', sizeof line);
    g_snprintf(receipt, sizeof receipt, "T01-%06d", (int)seq);
    double start = bench_now_us();
    run(db, s[0]);
    sqlite3_bind_int64(s[1], 1, seq);
    sqlite3_bind_blob(s[1], 2, line, length, SQLITE_STATIC);
    sqlite3_bind_blob(s[1], 3, line, 32, SQLITE_STATIC);
    run(db, s[1]);
    sqlite3_bind_text(s[2], 1, receipt, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s[2], 2, seq);
    run(db, s[2]);
    for (int i = 0; i < LINES; i++) {
        g_snprintf(gtin, sizeof gtin, "0952000001%04d", i);
        sqlite3_bind_text(s[3], 1, gtin, -1, SQLITE_STATIC);
        run(db, s[3]);
    }
    run(db, s[4]);
    run(db, s[5]);
    run(db, s[6]);
    run(db, s[7]);
    run(db, s[8]);
    return bench_now_us() - start;
}

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("coster-bench-XXXXXX", &error);
    g_autofree char *bare_path = g_build_filename(dir, "bare.db", NULL);
    PosStoreLock *lock = pos_store_lock(dir, &error);
    g_assert_nonnull(lock);
    PosStore *store = pos_store_open(dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    g_auto(PosIdentity) identity = {0};
    g_assert_true(pos_store_identity_get(store, &identity, &error));
    g_free(identity.terminal);
    g_free(identity.receipt_prefix);
    g_free(identity.currency);
    identity.terminal = g_strdup("bench");
    identity.receipt_prefix = g_strdup("T01");
    identity.currency = g_strdup("KRW");
    g_assert_true(pos_store_identity_set(store, &identity, &error));
    sqlite3 *db = bare_open(bare_path);
    static const char *const sql[] = {"BEGIN IMMEDIATE",
                                      "INSERT INTO journal VALUES('bench', ?1, ?2, ?3)",
                                      "INSERT INTO receipt VALUES(?1, ?2)",
                                      "INSERT INTO stock VALUES(?1, 'L20261122A', -450) ON "
                                      "CONFLICT(gtin, lot) DO UPDATE SET units = units - 450",
                                      "UPDATE meta SET value = '2' WHERE key = 'next'",
                                      "UPDATE counter SET last = last + 1",
                                      "UPDATE grand SET sales = sales + 1",
                                      "DELETE FROM cart WHERE id = 1",
                                      "COMMIT"};
    sqlite3_stmt *statements[G_N_ELEMENTS(sql)];
    for (gsize i = 0; i < G_N_ELEMENTS(sql); i++) {
        g_assert_cmpint(sqlite3_prepare_v2(db, sql[i], -1, &statements[i], NULL), ==, SQLITE_OK);
    }
    double ours[ROUNDS], bare[ROUNDS], all[ROUNDS * SALES_A_ROUND];
    int64_t number = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double a[SALES_A_ROUND], b[SALES_A_ROUND];
        for (int i = 0; i < SALES_A_ROUND; i++) {
            number++;
            a[i] = our_sale_us(store, 1795400000000 + number * 1000);
            b[i] = bare_sale_us(db, statements, number, record_length(store, number));
            all[round * SALES_A_ROUND + i] = a[i];
        }
        ours[round] = bench_share(a, SALES_A_ROUND, 0.5);
        bare[round] = bench_share(b, SALES_A_ROUND, 0.5);
    }
    bench_print("sale commit, 8 lines, on disk, median", bench_share(ours, ROUNDS, 0.5), "us",
                bench_share(bare, ROUNDS, 0.5), "bare SQLite, same rows and sync");
    bench_print("sale commit, 8 lines, on disk, p99",
                bench_share(all, ROUNDS * SALES_A_ROUND, 0.99), "us", 0, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(sql); i++) {
        sqlite3_finalize(statements[i]);
    }
    sqlite3_close(db);
    pos_store_close(store);
    pos_store_unlock(lock);
    g_autofree char *remove = g_strdup_printf("rm -r '%s'", dir);
    return system(remove) == 0 ? 0 : 1;
}
