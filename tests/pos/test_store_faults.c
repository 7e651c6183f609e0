/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests the store on a disk that fails: each write, sync and truncation of a sale, of an applied
 * feed and of a fresh folder fails in turn, and for the feed each allocation of SQLite. After each failure the whole is there or nothing of it
 * is, a retry works, and what is opened again verifies. */
#include "tests/pos/store_fixture.h"
#include "tests/support/fault_alloc.h"

#include <string.h>

#include "pos/error.h"

#define ALLOCATIONS_MAX 2000
#define RUNS_MAX 400 /* far more operations than any of these has */

static void assert_is_said(const GError *error, FaultVfsKind kind)
{
    g_assert_nonnull(error);
    g_assert_cmpint(error->domain, ==, POS_ERROR);
    if (kind == FAULT_VFS_FULL) {
        g_assert_error(error, POS_ERROR, POS_ERROR_DISK_FULL);
    }
}

static int64_t head_of(PosStore *store)
{
    int64_t seq;
    PosHash hash;
    g_assert_true(pos_store_journal_head(store, &seq, &hash, NULL));
    return seq;
}

/* All of a sale, or nothing of it: the record, the stock, the receipt, and the cart the other way
 * round. */
static void assert_whole(PosStore *store, bool sold, int64_t seq_before, int64_t pieces)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosCart) cart = pos_store_cart_load(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(pos_cart_count(cart), ==, sold ? 0 : 2);
    g_assert_cmpint(head_of(store), ==, seq_before + (sold ? 1 : 0));
    g_assert_cmpint(pos_store_stock_moved(store, FIXTURE_APPLE, "A"), ==, sold ? -pieces : 0);
    g_autofree char *last = pos_store_meta_get(store, POS_META_LAST_RECEIPT);
    g_assert_cmpstr(last, ==, sold ? "T01-000001" : NULL);
    store_fixture_assert_verifies(store);
}

/* One sale with the nth operation failing. False when nothing failed any more. */
static bool sell_with_fault(FaultVfsKind kind, int nth, bool for_good)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(PosCart) cart = store_fixture_cart(3);
    g_assert_true(pos_store_cart_save(fixture.store, cart, NULL));
    g_autoptr(PosSale) sale = store_fixture_sale(3);
    PosSaleProof proof = {0};
    g_autoptr(GError) error = NULL;
    fault_vfs_arm(kind, nth, for_good);
    bool sold = pos_store_sale_commit(fixture.store, sale, "u01", FIXTURE_AT, &proof, &error);
    bool failed = fault_vfs_disarm();
    g_assert_cmpint(pos_sale_state(sale), ==, sold ? POS_SALE_CLOSED : POS_SALE_SETTLED);
    if (!sold) {
        g_assert_true(failed);
        assert_is_said(error, kind);
        assert_whole(fixture.store, false, 0, 3);
        /* There is room again: the same sale goes through. */
        g_assert_true(pos_store_sale_commit(fixture.store, sale, "u01", FIXTURE_AT, &proof, NULL));
    }
    g_assert_cmpstr(proof.receipt, ==, "T01-000001"); /* no number was burnt */
    assert_whole(fixture.store, true, 0, 3);
    store_fixture_reopen(&fixture);
    assert_whole(fixture.store, true, 0, 3);
    store_fixture_tear_down(&fixture);
    return failed;
}

static void sell_with_every_fault(FaultVfsKind kind, bool for_good)
{
    int nth = 0;
    while (sell_with_fault(kind, nth, for_good)) {
        g_assert_cmpint(++nth, <, RUNS_MAX);
    }
    g_assert_cmpint(nth, >=, 3);
    g_test_message("%d operations of a sale failed in turn", nth);
}

static void test_a_full_disk_leaves_a_sale_whole_or_absent(void)
{
    sell_with_every_fault(FAULT_VFS_FULL, false);
    sell_with_every_fault(FAULT_VFS_FULL, true);
}

static void test_a_broken_disk_leaves_a_sale_whole_or_absent(void)
{
    sell_with_every_fault(FAULT_VFS_IO, false);
    sell_with_every_fault(FAULT_VFS_IO, true);
}

/* The failed sale is not retried: the till is gone, and what is opened again is one of the two. */
static bool crash_with_fault(FaultVfsKind kind, int nth)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(PosCart) cart = store_fixture_cart(2);
    g_assert_true(pos_store_cart_save(fixture.store, cart, NULL));
    g_autoptr(PosSale) sale = store_fixture_sale(2);
    PosSaleProof proof = {0};
    fault_vfs_arm(kind, nth, true);
    bool sold = pos_store_sale_commit(fixture.store, sale, "u01", FIXTURE_AT, &proof, NULL);
    pos_store_close(fixture.store); /* with the disk still failing */
    bool failed = fault_vfs_disarm();
    g_autoptr(GError) error = NULL;
    fixture.store = pos_store_open(fixture.dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    int64_t head = head_of(fixture.store);
    g_assert_true(head == 1 || !sold); /* what was confirmed is there */
    assert_whole(fixture.store, head == 1, 0, 2);
    store_fixture_tear_down(&fixture);
    return failed;
}

static void test_what_is_opened_again_is_whole(void)
{
    for (FaultVfsKind kind = FAULT_VFS_FULL; kind <= FAULT_VFS_IO; kind++) {
        int nth = 0;
        while (crash_with_fault(kind, nth)) {
            g_assert_cmpint(++nth, <, RUNS_MAX);
        }
        g_assert_cmpint(nth, >=, 3);
    }
}

/* Memory that runs out once, beside a disk that fails from there on. */
#define NO_MEMORY 100

static void arm(int fault, int nth)
{
    if (fault == NO_MEMORY) {
        fault_alloc_arm(nth);
    } else {
        fault_vfs_arm((FaultVfsKind)fault, nth, true);
    }
}

static bool disarm(int fault)
{
    return fault == NO_MEMORY ? fault_alloc_disarm() : fault_vfs_disarm();
}

/* warm: its statements were prepared by a version before. */
static bool apply_with_fault(int fault, int nth, bool warm)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    g_autoptr(json_t) value = store_fixture_json("{\"name\":\"Pear\",\"unit\":\"each\"}");
    if (!warm) {
        store_fixture_reopen(&fixture);
    }
    PosFeedItem items[] = {{.version = 2, .kind = "product", .key = FIXTURE_APPLE, .value = value},
                           {.version = 2, .kind = "price", .key = FIXTURE_APPLE, .value = NULL}};
    g_autoptr(GError) error = NULL;
    arm(fault, nth);
    bool applied = pos_store_feed_apply(fixture.store, items, 2, 2, "e1", false, NULL, &error);
    bool failed = disarm(fault);
    if (!applied) {
        assert_is_said(error, fault == FAULT_VFS_FULL ? FAULT_VFS_FULL : FAULT_VFS_IO);
    }
    for (int i = 0; i < 2; i++) {
        int64_t version;
        g_assert_true(pos_store_feed_version(fixture.store, &version, NULL, NULL));
        g_assert_cmpint(version, ==, applied ? 2 : 1);
        g_autoptr(PosProduct) product = pos_store_product(fixture.store, FIXTURE_APPLE);
        g_assert_cmpstr(pos_names_in(&product->names, "en"), ==, applied ? "Pear" : "Apple");
        g_autoptr(PosPrice) price = pos_store_price(fixture.store, FIXTURE_APPLE, NULL);
        g_assert_true((price == NULL) == applied);
        store_fixture_reopen(&fixture);
    }
    /* What failed once works the next time. */
    g_assert_true(pos_store_feed_apply(fixture.store, items, 2, 2, "e1", false, NULL, NULL));
    store_fixture_tear_down(&fixture);
    return failed;
}

static void test_a_version_of_the_feed_is_applied_whole_or_not(void)
{
    const int faults[] = {FAULT_VFS_FULL, FAULT_VFS_IO, NO_MEMORY};
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(faults); i++) {
        const int fault = faults[i / 2];
        int nth = 0;
        while (apply_with_fault(fault, nth, i % 2 == 0)) {
            g_assert_cmpint(++nth, <, fault == NO_MEMORY ? ALLOCATIONS_MAX : RUNS_MAX);
        }
        g_test_message("fault %d: %d operations", fault, nth);
        g_assert_cmpint(nth, >=, 3);
    }
}

static bool open_with_fault(FaultVfsKind kind, int nth)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    fault_vfs_arm(kind, nth, true);
    g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, &error);
    bool failed = fault_vfs_disarm();
    if (store == NULL) {
        assert_is_said(error, kind);
        g_clear_error(&error);
        store = pos_store_open(dir, POS_STORE_WRITE, &error);
        g_assert_no_error(error);
    }
    store_fixture_enrol(store, "t-1");
    store_fixture_sell(store, 1);
    store_fixture_assert_verifies(store);
    g_clear_pointer(&store, pos_store_close);
    store_fixture_remove(dir);
    return failed;
}

static void test_a_folder_that_could_not_be_made_can_be_made_later(void)
{
    for (FaultVfsKind kind = FAULT_VFS_FULL; kind <= FAULT_VFS_IO; kind++) {
        int nth = 0;
        while (open_with_fault(kind, nth)) {
            g_assert_cmpint(++nth, <, RUNS_MAX);
        }
        g_assert_cmpint(nth, >=, 3);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_alloc_install();
    fault_vfs_install();
    g_test_add_func("/pos/store_faults/a_full_disk_leaves_a_sale_whole_or_absent",
                    test_a_full_disk_leaves_a_sale_whole_or_absent);
    g_test_add_func("/pos/store_faults/a_broken_disk_leaves_a_sale_whole_or_absent",
                    test_a_broken_disk_leaves_a_sale_whole_or_absent);
    g_test_add_func("/pos/store_faults/what_is_opened_again_is_whole",
                    test_what_is_opened_again_is_whole);
    g_test_add_func("/pos/store_faults/a_version_of_the_feed_is_applied_whole_or_not",
                    test_a_version_of_the_feed_is_applied_whole_or_not);
    g_test_add_func("/pos/store_faults/a_folder_that_could_not_be_made_can_be_made_later",
                    test_a_folder_that_could_not_be_made_can_be_made_later);
    return g_test_run();
}
