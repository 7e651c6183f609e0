/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/store_sale.c, pos/store_cart.c and pos/store_verify.c: what one commit does, the open
 * cart, and that verify finds each kind of tampering. */
#include "tests/pos/store_fixture.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

static void test_a_sale_is_one_step(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    PosSaleProof proof = store_fixture_sell(fixture.store, 3);
    g_assert_cmpstr(proof.receipt, ==, "T01-000001");
    g_assert_cmpint(proof.seq, ==, 1);
    store_fixture_reopen(&fixture);
    char hash_hex[65];
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) record = pos_store_sale_find(fixture.store, proof.receipt, hash_hex, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(hash_hex, ==, proof.hash_hex);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "sale");
    g_assert_cmpstr(json_string_value(json_object_get(record, "operator")), ==, "u01");
    g_assert_cmpstr(json_string_value(json_object_get(record, "currency")), ==, "KRW");
    g_assert_cmpint(json_integer_value(json_object_get(record, "total")), ==, 3 * 1100 + 2151);
    g_assert_cmpint(pos_store_stock_moved(fixture.store, FIXTURE_APPLE, "A"), ==, -3);
    g_assert_cmpint(pos_store_stock_moved(fixture.store, FIXTURE_BEEF, NULL), ==, -450);
    g_assert_cmpint(pos_store_stock_moved(fixture.store, FIXTURE_APPLE, "B"), ==, 0);
    g_autofree char *last = pos_store_meta_get(fixture.store, POS_META_LAST_RECEIPT);
    g_assert_cmpstr(last, ==, "T01-000001");
    g_autoptr(PosCart) cart = pos_store_cart_load(fixture.store, NULL);
    g_assert_cmpuint(pos_cart_count(cart), ==, 0);
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

static void test_receipt_numbers_never_restart(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    for (int i = 1; i <= 5; i++) {
        g_autofree char *expected = g_strdup_printf("T01-%06d", i);
        PosSaleProof proof = store_fixture_sell(fixture.store, i);
        g_assert_cmpstr(proof.receipt, ==, expected);
        store_fixture_reopen(&fixture);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(pos_store_sale_find(fixture.store, "T01-000006", NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

static void test_a_number_taken_in_an_undone_transaction_comes_again(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    char first[32], second[32];
    g_assert_true(pos_store_begin(fixture.store, NULL));
    g_assert_true(pos_store_receipt_next(fixture.store, first, NULL));
    pos_store_rollback(fixture.store);
    g_assert_true(pos_store_begin(fixture.store, NULL));
    g_assert_true(pos_store_receipt_next(fixture.store, second, NULL));
    pos_store_rollback(fixture.store);
    g_assert_cmpstr(first, ==, second);
    store_fixture_tear_down(&fixture);
}

static void test_an_unenrolled_till_sells_nothing_and_keeps_the_sale(void)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, NULL);
    g_autoptr(PosSale) sale = store_fixture_sale(1);
    g_autoptr(GError) error = NULL;
    PosSaleProof proof;
    g_assert_false(pos_store_sale_commit(store, sale, "u01", FIXTURE_AT, &proof, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_SETTLED);
    store_fixture_enrol(store, "t-1");
    g_assert_true(pos_store_sale_commit(store, sale, "u01", FIXTURE_AT, &proof, NULL));
    g_assert_cmpstr(proof.receipt, ==, "T01-000001");
    g_clear_pointer(&store, pos_store_close);
    store_fixture_remove(dir);
}

static void test_the_fullest_cart_fits_into_a_record(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(PosCart) cart = pos_cart_new();
    PosCartLine line = {.gtin = FIXTURE_BEEF,
                        .lot = (char *)"ABCDEFGHIJKLMNOPQRST",
                        .names = {(char *)"", (char *)"x", (char *)""},
                        .origin = (char *)"",
                        .quantity = pos_quantity_grams(999999),
                        .price = pos_money(4999999),
                        .list_price = pos_money(4999999),
                        .price_version = 99999999,
                        .tax_bp = 1000,
                        .weighed_by_hand = true,
                        .lifted_by = (char *)"manager-0001"};
    for (int i = 0; i < POS_BOUND_CART_LINES; i++) {
        int number;
        g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
        g_assert_cmpint(pos_cart_override(cart, number, pos_money(4999998)), ==, POS_REFUSAL_NONE);
    }
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CARD, pos_sale_total(sale)), ==,
                    POS_REFUSAL_NONE);
    g_autoptr(GError) error = NULL;
    PosSaleProof proof;
    g_assert_true(pos_store_cart_save(fixture.store, cart, &error));
    bool sold = pos_store_sale_commit(fixture.store, sale, "u01", FIXTURE_AT, &proof, &error);
    g_assert_no_error(error);
    g_assert_true(sold);
    store_fixture_tear_down(&fixture);
}

static void test_the_open_cart_comes_back(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(PosCart) cart = store_fixture_cart(2);
    g_assert_true(pos_store_cart_save(fixture.store, cart, NULL));
    store_fixture_reopen(&fixture);
    g_autoptr(PosCart) back = pos_store_cart_load(fixture.store, NULL);
    g_autoptr(json_t) wanted = pos_cart_to_json(cart);
    g_autoptr(json_t) found = pos_cart_to_json(back);
    g_assert_true(json_equal(wanted, found));
    pos_cart_clear(cart);
    g_assert_true(pos_store_cart_save(fixture.store, cart, NULL));
    g_autoptr(PosCart) empty = pos_store_cart_load(fixture.store, NULL);
    g_assert_cmpuint(pos_cart_count(empty), ==, 0);
    store_fixture_tear_down(&fixture);
}

static void test_a_cart_that_cannot_be_read_is_put_aside(void)
{
    static const char *const bad[] = {"{\"lines\":7}", "not JSON", "[]"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        StoreFixture fixture;
        store_fixture_set_up(&fixture);
        g_autofree char *sql =
            g_strdup_printf("INSERT INTO cart (id, value) VALUES (1, '%s')", bad[i]);
        store_fixture_tamper(fixture.dir, sql);
        g_autoptr(GError) error = NULL;
        g_autoptr(PosCart) cart = pos_store_cart_load(fixture.store, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(pos_cart_count(cart), ==, 0);
        g_autofree char *aside = pos_store_meta_get(fixture.store, POS_META_CART_ASIDE);
        g_assert_cmpstr(aside, ==, bad[i]);
        store_fixture_sell(fixture.store, 1);
        store_fixture_assert_verifies(fixture.store);
        store_fixture_tear_down(&fixture);
    }
}

static void test_a_return_goes_to_the_shelf_or_to_waste(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_sell(fixture.store, 3);
    static const struct {
        const char *type, *fields;
        int64_t moved;
    } steps[] = {
        {"return",
         "{\"of_receipt\":\"T01-000001\",\"receipt\":\"T01-000002\",\"lines\":[{\"amount\":-"
         "1100,"
         "\"gtin\":\"" FIXTURE_APPLE "\",\"line\":1,\"lot\":\"A\",\"price\":1100,\"qty\":-1,"
         "\"to\":\"stock\",\"unit\":\"each\"}],\"tax\":[{\"base\":-1100,\"rate_bp\":0,\"tax\":0}],"
         "\"tenders\":[{\"amount\":-1100,\"kind\":\"cash\"}],\"total\":-1100}",
         -2},
        {"return",
         "{\"of_receipt\":\"T01-000001\",\"receipt\":\"T01-000003\",\"lines\":[{\"amount\":-"
         "1100,"
         "\"gtin\":\"" FIXTURE_APPLE "\",\"line\":1,\"lot\":\"A\",\"price\":1100,\"qty\":-1,"
         "\"to\":\"waste\",\"unit\":\"each\"}],\"tax\":[{\"base\":-1100,\"rate_bp\":0,\"tax\":0}],"
         "\"tenders\":[{\"amount\":-1100,\"kind\":\"cash\"}],\"total\":-1100}",
         -2},
        {"return", /* names the sale alone */
         "{\"receipt\":\"T01-000001\",\"lines\":[{\"amount\":-1100,\"gtin\":\"" FIXTURE_APPLE
         "\",\"line\":1,\"lot\":\"A\",\"price\":1100,\"qty\":-1,\"unit\":\"each\"}],\"tax\":[{"
         "\"base\":-1100,\"rate_bp\":0,\"tax\":0}],\"tenders\":[{\"amount\":-1100,\"kind\":"
         "\"cash\"}],"
         "\"total\":-1100}",
         -2},
        {"stock_received", "{\"gtin\":\"" FIXTURE_APPLE "\",\"lot\":\"A\",\"qty\":10}", 8},
        {"write_off", "{\"gtin\":\"" FIXTURE_APPLE "\",\"lot\":\"A\",\"qty\":3}", 5},
        {"line_void", "{\"gtin\":\"" FIXTURE_APPLE "\",\"lot\":\"A\",\"qty\":3}", 5},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(json_t) fields = store_fixture_json(steps[i].fields);
        g_autoptr(GError) error = NULL;
        char number[32];
        g_assert_true(pos_store_begin(fixture.store, NULL));
        if (json_object_get(fields, "of_receipt") != NULL) {
            g_assert_true(pos_store_receipt_next(fixture.store, number, NULL));
        }
        g_assert_true(pos_store_journal_append(fixture.store, fields, steps[i].type, FIXTURE_AT,
                                               NULL, &error));
        g_assert_true(pos_store_commit(fixture.store, NULL));
        g_assert_cmpint(pos_store_stock_moved(fixture.store, FIXTURE_APPLE, "A"), ==,
                        steps[i].moved);
    }
    g_autoptr(json_t) taken_back = pos_store_sale_find(fixture.store, "T01-000002", NULL, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(taken_back, "type")), ==, "return");
    g_autoptr(json_t) sold = pos_store_sale_find(fixture.store, "T01-000001", NULL, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(sold, "type")), ==, "sale");
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

/* Six records: login, three sales, two more; then one tampering each. */
static void test_verify_finds_each_kind_of_tampering(void)
{
    static const struct {
        const char *sql;
        int64_t bad_seq;
    } cases[] = {
        {"UPDATE journal SET line = replace(line, '\"qty\":450', '\"qty\":451') WHERE seq = 3", 3},
        {"UPDATE journal SET line = line || ' ' WHERE seq = 2", 2},
        {"UPDATE journal SET hash = zeroblob(32) WHERE seq = 4", 4},
        {"UPDATE journal SET seq = 17 WHERE seq = 6", 6},
        {"UPDATE journal SET terminal = 't-2' WHERE seq = 6", 1},
        {"DELETE FROM journal WHERE seq = 1", 1},
        {"DELETE FROM journal WHERE seq = 3", 3},
        {"DELETE FROM journal WHERE seq = 6", 6},  /* acknowledged, so its loss is seen */
        {"DELETE FROM journal WHERE seq >= 4", 4}, /* its receipt is left */
        {"UPDATE stock SET moved = moved - 1 WHERE gtin = '" FIXTURE_APPLE "'", 4},
        {"DELETE FROM stock WHERE gtin = '" FIXTURE_BEEF "'", 4},
        {"INSERT INTO stock (gtin, lot, moved) VALUES ('1', '', 5)", 0},
        {"DELETE FROM receipt WHERE number = 'T01-000002'", 3},
        {"UPDATE receipt SET seq = 2 WHERE number = 'T01-000002'", 2},
        {"INSERT INTO receipt (number, terminal, seq) VALUES ('T01-000009', 't-1', 5)", 5},
        {"UPDATE receipt_counter SET last = 2", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        StoreFixture fixture;
        store_fixture_set_up(&fixture);
        g_assert_true(
            pos_store_journal_append(fixture.store, NULL, "login", FIXTURE_AT, NULL, NULL));
        for (int n = 1; n <= 3; n++) {
            store_fixture_sell(fixture.store, n);
        }
        g_assert_true(
            pos_store_journal_append(fixture.store, NULL, "no_sale", FIXTURE_AT, NULL, NULL));
        g_assert_true(
            pos_store_journal_append(fixture.store, NULL, "logout", FIXTURE_AT, NULL, NULL));
        g_assert_true(pos_store_acked_set(fixture.store, 6, NULL));
        store_fixture_assert_verifies(fixture.store);
        store_fixture_tamper(fixture.dir, cases[i].sql);
        int64_t bad = store_fixture_first_bad(fixture.store);
        if (bad != cases[i].bad_seq) {
            g_error("%s: first bad seq is %d", cases[i].sql, (int)bad);
        }
        store_fixture_tear_down(&fixture);
    }
}

static void test_a_sale_that_does_not_add_up_is_found_in_a_sound_chain(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_sell(fixture.store, 1);
    g_autoptr(json_t) fields = store_fixture_json(
        "{\"lines\":[{\"amount\":1,\"gtin\":\"" FIXTURE_APPLE "\",\"line\":1,\"lot\":\"A\","
        "\"price\":1100,\"qty\":1,\"unit\":\"each\"}],\"receipt\":\"T01-000002\",\"tax\":[{"
        "\"base\":1,"
        "\"rate_bp\":0,\"tax\":0}],\"tenders\":[{\"amount\":1,\"kind\":\"cash\"}],\"total\":1}");
    g_assert_true(pos_store_journal_append(fixture.store, fields, "sale", FIXTURE_AT, NULL, NULL));
    g_assert_cmpint(store_fixture_first_bad(fixture.store), ==, 2);
    store_fixture_tear_down(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    g_test_add_func("/pos/store_sale/a_sale_is_one_step", test_a_sale_is_one_step);
    g_test_add_func("/pos/store_sale/receipt_numbers_never_restart",
                    test_receipt_numbers_never_restart);
    g_test_add_func("/pos/store_sale/a_number_taken_in_an_undone_transaction_comes_again",
                    test_a_number_taken_in_an_undone_transaction_comes_again);
    g_test_add_func("/pos/store_sale/an_unenrolled_till_sells_nothing_and_keeps_the_sale",
                    test_an_unenrolled_till_sells_nothing_and_keeps_the_sale);
    g_test_add_func("/pos/store_sale/the_fullest_cart_fits_into_a_record",
                    test_the_fullest_cart_fits_into_a_record);
    g_test_add_func("/pos/store_cart/the_open_cart_comes_back", test_the_open_cart_comes_back);
    g_test_add_func("/pos/store_cart/one_that_cannot_be_read_is_put_aside",
                    test_a_cart_that_cannot_be_read_is_put_aside);
    g_test_add_func("/pos/store_sale/a_return_goes_to_the_shelf_or_to_waste",
                    test_a_return_goes_to_the_shelf_or_to_waste);
    g_test_add_func("/pos/store_verify/finds_each_kind_of_tampering",
                    test_verify_finds_each_kind_of_tampering);
    g_test_add_func("/pos/store_verify/a_sale_that_does_not_add_up_is_found_in_a_sound_chain",
                    test_a_sale_that_does_not_add_up_is_found_in_a_sound_chain);
    return g_test_run();
}
