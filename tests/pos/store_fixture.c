/* SPDX-License-Identifier: GPL-3.0-or-later
 * The fixture of the store's tests. */
#include "tests/pos/store_fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

void store_fixture_enrol(PosStore *store, const char *terminal)
{
    g_autoptr(GError) error = NULL;
    PosIdentity identity = {.terminal = (char *)terminal,
                            .store = (char *)"1",
                            .token = (char *)"secret",
                            .url = (char *)"http://127.0.0.1:1",
                            .pin = (char *)"",
                            .mode = (char *)"till",
                            .name = (char *)"till 1",
                            .currency = (char *)"KRW",
                            .receipt_prefix = (char *)"T01"};
    bool set = pos_store_identity_set(store, &identity, &error);
    g_assert_no_error(error);
    g_assert_true(set);
}

void store_fixture_set_up(StoreFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->dir = g_dir_make_tmp("coster-store-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->store = pos_store_open(fixture->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    store_fixture_enrol(fixture->store, "t-1");
}

void store_fixture_remove(const char *dir)
{
    g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_remove(path);
    }
    g_rmdir(dir);
}

void store_fixture_tear_down(StoreFixture *fixture)
{
    pos_store_close(fixture->store);
    store_fixture_remove(fixture->dir);
    g_clear_pointer(&fixture->dir, g_free);
}

void store_fixture_reopen(StoreFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    pos_store_close(fixture->store);
    fixture->store = pos_store_open(fixture->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
}

json_t *store_fixture_json(const char *text)
{
    json_error_t fault;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &fault);
    if (value == NULL) {
        g_error("%s in %s", fault.text, text);
    }
    return value;
}

void store_fixture_feed(PosStore *store, int64_t version, const char *const (*items)[3],
                        gsize count)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    g_autofree PosFeedItem *feed = g_new0(PosFeedItem, count + 1);
    for (gsize i = 0; i < count; i++) {
        feed[i] = (PosFeedItem){.version = version, .kind = items[i][0], .key = items[i][1]};
        if (items[i][2] != NULL) {
            json_t *value = store_fixture_json(items[i][2]);
            g_ptr_array_add(values, value);
            feed[i].value = value;
        }
    }
    g_autofree char *note = NULL;
    bool applied = pos_store_feed_apply(store, feed, count, version, "e1", false, &note, &error);
    g_assert_no_error(error);
    g_assert_true(applied);
    g_assert_cmpstr(note, ==, NULL);
}

void store_fixture_feed_small(PosStore *store)
{
    static const char *const items[][3] = {
        {"setting", "store",
         "{\"names\":{\"en\":\"Demo shop\",\"ko\":\"데모 "
         "가게\"},\"language\":\"ko\",\"currency\":\"KRW\","
         "\"time_zone\":\"Asia/Seoul\",\"hold_s\":1200,\"demo\":true}"},
        {"product", FIXTURE_APPLE,
         "{\"names\":{\"en\":\"Apple\",\"ko\":\"사과\",\"zh\":\"苹果\"},\"unit\":\"each\",\"plu\":"
         "\"4017\","
         "\"category\":\"fruit\",\"tax_bp\":0}"},
        {"product", FIXTURE_BEEF,
         "{\"names\":{\"en\":\"Beef\",\"ko\":\"소고기\"},\"unit\":\"g\",\"category\":\"meat\","
         "\"tax_bp\":1000}"},
        {"lot", FIXTURE_APPLE "/A", "{\"best_before\":\"2026-11-29\",\"delivered\":40}"},
        {"lot", FIXTURE_APPLE "/B", "{\"best_before\":\"2026-11-25\",\"delivered\":40}"},
        {"price", FIXTURE_APPLE, "{\"price\":1100,\"effective_at\":\"2026-11-22T00:00:00Z\"}"},
        {"price", FIXTURE_APPLE "/B", "{\"price\":900,\"effective_at\":\"2026-11-22T00:00:00Z\"}"},
        {"price", FIXTURE_BEEF, "{\"price\":4780,\"effective_at\":\"2026-11-22T00:00:00Z\"}"},
        {"operator", "u01", "{\"name\":\"Kim\",\"role\":\"cashier\",\"pin\":\"x\"}"},
        {"operator", "u09", "{\"name\":\"Lee\",\"role\":\"manager\",\"pin\":\"y\"}"},
    };
    store_fixture_feed(store, 1, items, G_N_ELEMENTS(items));
}

static void add_line(PosCart *cart, const char *gtin, const char *lot, PosQuantity quantity,
                     int64_t price, int tax_bp)
{
    PosCartLine line = {.lot = (char *)lot,
                        .names = {(char *)"", (char *)"x", (char *)""},
                        .origin = (char *)"",
                        .quantity = quantity,
                        .price = pos_money(price),
                        .list_price = pos_money(price),
                        .price_version = 1,
                        .tax_bp = tax_bp,
                        .lifted_by = (char *)""};
    g_strlcpy(line.gtin, gtin, sizeof line.gtin);
    PosRefusal refusal = pos_cart_add(cart, &line, NULL);
    g_assert_cmpint(refusal, ==, POS_REFUSAL_NONE);
}

PosCart *store_fixture_cart(int64_t pieces)
{
    PosCart *cart = pos_cart_new();
    add_line(cart, FIXTURE_APPLE, "A", pos_quantity_each(pieces), 1100, 0);
    add_line(cart, FIXTURE_BEEF, "", pos_quantity_grams(450), 4780, 1000);
    return cart;
}

PosSale *store_fixture_sale(int64_t pieces)
{
    g_autoptr(PosCart) cart = store_fixture_cart(pieces);
    PosSale *sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    PosMoney amount = pos_money(pos_sale_total(sale).minor + 100);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, amount), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_SETTLED);
    return sale;
}

PosSaleProof store_fixture_sell(PosStore *store, int64_t pieces)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosCart) cart = store_fixture_cart(pieces);
    g_autoptr(PosSale) sale = store_fixture_sale(pieces);
    PosSaleProof proof = {0};
    g_assert_true(pos_store_cart_save(store, cart, &error));
    bool committed = pos_store_sale_commit(store, sale, "u01", FIXTURE_AT, &proof, &error);
    g_assert_no_error(error);
    g_assert_true(committed);
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_CLOSED);
    return proof;
}

void store_fixture_assert_verifies(PosStore *store)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t bad_seq = 0;
    bool fine = pos_store_verify(store, &bad_seq, &why, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(why, ==, NULL);
    g_assert_true(fine);
}

int64_t store_fixture_first_bad(PosStore *store)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t bad_seq = -1;
    bool fine = pos_store_verify(store, &bad_seq, &why, &error);
    g_assert_no_error(error);
    g_assert_false(fine);
    g_assert_nonnull(why);
    return bad_seq;
}

void store_fixture_tamper(const char *dir, const char *sql)
{
    g_autofree char *path = g_build_filename(dir, "coster.db", NULL);
    g_autofree char *script = g_strdup_printf("DROP TRIGGER IF EXISTS journal_is_never_changed;"
                                              "DROP TRIGGER IF EXISTS journal_is_never_deleted;%s",
                                              sql);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    int code = sqlite3_exec(db, script, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        g_error("%s in %s", sqlite3_errmsg(db), sql);
    }
    g_assert_cmpint(sqlite3_changes(db), >=, 1);
    sqlite3_close(db);
}

int store_fixture_sql_code(const char *dir, const char *sql)
{
    g_autofree char *path = g_build_filename(dir, "coster.db", NULL);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return code;
}
