/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/store.c: the folder's lock, opening what is ours and refusing what is not,
 * transactions, a reader beside a writer, and the reader of a folder whose till was killed. */
#include "tests/pos/store_fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pos/error.h"
#include "pos/store_private.h"

static char *database_of(const char *dir)
{
    return g_build_filename(dir, "coster.db", NULL);
}

/* The exit status of a child that tries to lock the folder: 0 got it, 1 busy, 2 anything else. */
static int lock_in_child(const char *dir)
{
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        GError *error = NULL;
        PosStoreLock *lock = pos_store_lock(dir, &error);
        _exit(lock != NULL ? 0 : g_error_matches(error, POS_ERROR, POS_ERROR_BUSY) ? 1 : 2);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_the_lock_refuses_a_second_and_dies_with_its_holder(void)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autofree char *inner = g_build_filename(dir, "a", NULL);
    g_autoptr(GError) error = NULL;
    PosStoreLock *lock = pos_store_lock(inner, NULL);
    g_assert_nonnull(lock);
    g_assert_cmpint(lock_in_child(inner), ==, 1);
    g_assert_null(pos_store_lock(inner, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_BUSY);
    g_assert_nonnull(strstr(error->message, inner));
    pos_store_unlock(lock);
    g_assert_cmpint(lock_in_child(inner), ==, 0); /* that child ended holding it */
    g_assert_cmpint(lock_in_child(inner), ==, 0);
    pos_store_unlock(NULL);
    store_fixture_remove(inner);
    g_rmdir(dir);
}

static void test_a_fresh_folder_is_private_and_migrated(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autofree char *path = database_of(fixture.dir);
    struct stat about;
    g_assert_cmpint(stat(path, &about), ==, 0);
    g_assert_cmpint(about.st_mode & 0777, ==, 0600);
    store_fixture_reopen(&fixture);
    g_auto(PosIdentity) identity = {0};
    g_assert_true(pos_store_identity_get(fixture.store, &identity, NULL));
    g_assert_cmpstr(identity.terminal, ==, "t-1");
    g_assert_cmpstr(identity.receipt_prefix, ==, "T01");
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

static void test_a_reader_needs_a_till(void)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autofree char *path = database_of(dir);
    g_autoptr(GError) error = NULL;
    g_assert_null(pos_store_open(dir, POS_STORE_READ_ONLY, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_assert_null(pos_store_open(dir, POS_STORE_READ_ONLY, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    store_fixture_remove(dir);
}

static void check_refused(const char *dir, const char *bytes, gsize length)
{
    g_autofree char *path = database_of(dir);
    for (PosStoreAccess access = POS_STORE_READ_ONLY; access <= POS_STORE_WRITE; access++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *after = NULL;
        gsize after_length;
        g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
        g_assert_null(pos_store_open(dir, access, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_CORRUPT);
        g_assert_nonnull(strstr(error->message, path));
        g_assert_true(g_file_get_contents(path, &after, &after_length, NULL));
        g_assert_cmpmem(after, after_length, bytes, length);
    }
}

static void test_what_is_no_database_is_refused_and_left_alone(void)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autofree char *text = g_strnfill(8192, 'x');
    check_refused(dir, text, 8192);
    check_refused(dir, "hello", 5);
    store_fixture_remove(dir);
}

static void test_a_damaged_file_is_refused_and_left_alone(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    store_fixture_sell(fixture.store, 1);
    pos_store_close(fixture.store);
    fixture.store = NULL;
    g_autofree char *path = database_of(fixture.dir);
    g_autofree char *good = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &good, &length, NULL));
    g_autofree char *bad = g_memdup2(good, length);
    memset(bad + 100, 0xa5, 2000); /* the schema's page */
    check_refused(fixture.dir, bad, length);
    check_refused(fixture.dir, good, length / 2); /* cut off */
    memcpy(bad, good, length);
    memset(bad + 4096, 0xa5, length - 4096); /* all but the schema */
    check_refused(fixture.dir, bad, length);
    store_fixture_tear_down(&fixture);
}

static void test_another_programs_database_is_refused(void)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autofree char *path = database_of(dir);
    sqlite3 *db = NULL;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_exec(db, "CREATE TABLE notes (text TEXT)", NULL, NULL, NULL);
    sqlite3_close(db);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    check_refused(dir, bytes, length);
    store_fixture_remove(dir);
}

static void test_a_newer_file_is_refused(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    pos_store_close(fixture.store);
    fixture.store = NULL;
    store_fixture_tamper(fixture.dir, "UPDATE acked SET seq = 0; PRAGMA user_version = 999;");
    g_autoptr(GError) error = NULL;
    g_assert_null(pos_store_open(fixture.dir, POS_STORE_WRITE, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_CORRUPT);
    g_assert_nonnull(strstr(error->message, "newer"));
    store_fixture_tear_down(&fixture);
}

/* A file as each earlier version left it, with a record in it. */
static void test_every_older_file_is_brought_forward(void)
{
    for (gsize version = 1; version <= pos_store_migrations_count; version++) {
        g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
        g_autofree char *path = database_of(dir);
        g_autofree char *stamp =
            g_strdup_printf("PRAGMA application_id = 0x436f7374; PRAGMA user_version = %d;"
                            "INSERT INTO meta (key, value) VALUES ('kept', 'yes');",
                            (int)version);
        sqlite3 *db = NULL;
        g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
        for (gsize i = 0; i < version; i++) {
            g_assert_cmpint(sqlite3_exec(db, pos_store_migrations[i].sql, NULL, NULL, NULL), ==,
                            SQLITE_OK);
        }
        g_assert_cmpint(sqlite3_exec(db, stamp, NULL, NULL, NULL), ==, SQLITE_OK);
        sqlite3_close(db);
        g_autoptr(GError) error = NULL;
        if (version < pos_store_migrations_count) {
            g_assert_null(pos_store_open(dir, POS_STORE_READ_ONLY, &error)); /* a reader does not */
            g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
            g_clear_error(&error);
        }
        g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, &error);
        g_assert_no_error(error);
        g_autofree char *kept = pos_store_meta_get(store, "kept");
        g_assert_cmpstr(kept, ==, "yes");
        store_fixture_enrol(store, "t-1");
        store_fixture_feed_small(store);
        store_fixture_sell(store, 1);
        store_fixture_assert_verifies(store);
        g_clear_pointer(&store, pos_store_close);
        store_fixture_remove(dir);
    }
}

static void test_a_transaction_is_all_or_nothing(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    PosStore *store = fixture.store;
    g_assert_true(pos_store_begin(store, NULL));
    g_assert_true(pos_store_meta_set(store, "a", "1", NULL));
    g_assert_true(pos_store_begin(store, NULL));
    g_assert_true(pos_store_meta_set(store, "b", "2", NULL));
    g_assert_true(pos_store_commit(store, NULL));
    pos_store_rollback(store);
    g_assert_null(pos_store_meta_get(store, "a"));
    g_assert_null(pos_store_meta_get(store, "b"));
    g_assert_true(pos_store_begin(store, NULL));
    g_assert_true(pos_store_meta_set(store, "a", "1", NULL));
    g_assert_true(pos_store_begin(store, NULL));
    pos_store_rollback(store);
    g_autoptr(GError) error = NULL;
    g_assert_false(pos_store_commit(store, &error)); /* an inner part was undone */
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_null(pos_store_meta_get(store, "a"));
    g_assert_true(pos_store_meta_set(store, "a", "3", NULL));
    g_autofree char *value = pos_store_meta_get(store, "a");
    g_assert_cmpstr(value, ==, "3");
    store_fixture_tear_down(&fixture);
}

static void test_a_reader_sees_commits_of_a_running_writer_and_cannot_write(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) reader = pos_store_open(fixture.dir, POS_STORE_READ_ONLY, &error);
    g_assert_no_error(error);
    int64_t before = pos_store_data_version(reader);
    g_assert_cmpint(pos_store_data_version(reader), ==, before);
    PosSaleProof proof = store_fixture_sell(fixture.store, 2);
    g_assert_cmpint(pos_store_data_version(reader), !=, before);
    g_autoptr(json_t) record = pos_store_sale_find(reader, proof.receipt, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(record);
    store_fixture_assert_verifies(reader);
    g_assert_false(pos_store_meta_set(reader, "a", "1", &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_true(pos_store_begin(fixture.store, NULL)); /* also while a write is under way */
    g_assert_true(pos_store_meta_set(fixture.store, "a", "1", NULL));
    store_fixture_assert_verifies(reader);
    g_assert_null(pos_store_meta_get(reader, "a"));
    pos_store_rollback(fixture.store);
    g_clear_pointer(&reader, pos_store_close);
    store_fixture_tear_down(&fixture);
}

static void test_two_writers_take_turns(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(PosStore) second = pos_store_open(fixture.dir, POS_STORE_WRITE, NULL);
    for (int i = 0; i < 20; i++) {
        PosStore *store = i % 2 == 0 ? fixture.store : second;
        g_assert_true(pos_store_journal_append(store, NULL, "no_sale", FIXTURE_AT + i, NULL, NULL));
    }
    store_fixture_assert_verifies(second);
    int64_t seq;
    PosHash hash;
    g_assert_true(pos_store_journal_head(fixture.store, &seq, &hash, NULL));
    g_assert_cmpint(seq, ==, 20);
    g_clear_pointer(&second, pos_store_close);
    store_fixture_tear_down(&fixture);
}

/* A till that sells and is then killed without a chance to tidy up. */
static void sell_and_be_killed(const char *dir)
{
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        PosStore *store = pos_store_open(dir, POS_STORE_WRITE, NULL);
        store_fixture_sell(store, 3);
        raise(SIGKILL);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
}

static void test_a_killed_tills_folder_can_be_read(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    pos_store_close(fixture.store);
    fixture.store = NULL;
    sell_and_be_killed(fixture.dir);
    g_autofree char *path = database_of(fixture.dir);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_assert_true(g_file_test(log, G_FILE_TEST_EXISTS));
    g_autofree char *before = NULL, *after = NULL;
    gsize before_length, after_length;
    g_assert_true(g_file_get_contents(path, &before, &before_length, NULL));
    g_autoptr(GError) error = NULL;
    PosStore *reader = pos_store_open(fixture.dir, POS_STORE_READ_ONLY, &error);
    g_assert_no_error(error);
    g_autofree char *last = pos_store_meta_get(reader, POS_META_LAST_RECEIPT);
    g_assert_cmpstr(last, ==, "T01-000001");
    store_fixture_assert_verifies(reader);
    pos_store_close(reader);
    g_assert_true(g_file_get_contents(path, &after, &after_length, NULL));
    g_assert_cmpmem(before, before_length, after, after_length); /* it only read */
    g_assert_true(g_file_test(log, G_FILE_TEST_EXISTS));
    fixture.store = pos_store_open(fixture.dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
    store_fixture_assert_verifies(fixture.store);
    g_autoptr(PosCart) cart = pos_store_cart_load(fixture.store, NULL);
    g_assert_cmpuint(pos_cart_count(cart), ==, 0);
    store_fixture_tear_down(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    g_test_add_func("/pos/store/the_lock_refuses_a_second_and_dies_with_its_holder",
                    test_the_lock_refuses_a_second_and_dies_with_its_holder);
    g_test_add_func("/pos/store/a_fresh_folder_is_private_and_migrated",
                    test_a_fresh_folder_is_private_and_migrated);
    g_test_add_func("/pos/store/a_reader_needs_a_till", test_a_reader_needs_a_till);
    g_test_add_func("/pos/store/what_is_no_database_is_refused_and_left_alone",
                    test_what_is_no_database_is_refused_and_left_alone);
    g_test_add_func("/pos/store/a_damaged_file_is_refused_and_left_alone",
                    test_a_damaged_file_is_refused_and_left_alone);
    g_test_add_func("/pos/store/another_programs_database_is_refused",
                    test_another_programs_database_is_refused);
    g_test_add_func("/pos/store/a_newer_file_is_refused", test_a_newer_file_is_refused);
    g_test_add_func("/pos/store/every_older_file_is_brought_forward",
                    test_every_older_file_is_brought_forward);
    g_test_add_func("/pos/store/a_transaction_is_all_or_nothing",
                    test_a_transaction_is_all_or_nothing);
    g_test_add_func("/pos/store/a_reader_sees_commits_of_a_running_writer_and_cannot_write",
                    test_a_reader_sees_commits_of_a_running_writer_and_cannot_write);
    g_test_add_func("/pos/store/two_writers_take_turns", test_two_writers_take_turns);
    g_test_add_func("/pos/store/a_killed_tills_folder_can_be_read",
                    test_a_killed_tills_folder_can_be_read);
    return g_test_run();
}
