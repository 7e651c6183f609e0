/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/store_journal.c and pos/store_identity.c: the chain on disk, what is acknowledged, and
 * the fresh id after a fork. */
#include "tests/pos/store_fixture.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

static GPtrArray *read_all(PosStore *store, int64_t from_seq)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *records = pos_store_journal_read(store, from_seq, 1000, G_MAXSIZE, &error);
    g_assert_no_error(error);
    return records;
}

static void append(PosStore *store, const char *type)
{
    g_autoptr(GError) error = NULL;
    bool appended = pos_store_journal_append(store, NULL, type, FIXTURE_AT, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(appended);
}

static void test_records_are_chained_and_come_back_byte_for_byte(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store); /* for the time zone */
    int64_t seq;
    PosHash previous, head, at;
    g_assert_true(pos_store_journal_head(fixture.store, &seq, &previous, NULL));
    g_assert_cmpint(seq, ==, 0);
    PosHash zero = pos_hash_zero();
    g_assert_true(pos_hash_equal(&previous, &zero));
    g_autoptr(json_t) fields = json_pack("{s:i}", "float", 100000);
    g_autoptr(GError) error = NULL;
    for (int64_t i = 1; i <= 3; i++) {
        g_auto(PosRecord) record = {0};
        g_assert_true(pos_store_journal_append(fixture.store, fields, "open_shift", FIXTURE_AT,
                                               &record, &error));
        g_assert_cmpint(record.seq, ==, i);
        PosHash expected = pos_hash_chain(&previous, record.line, record.length);
        g_assert_true(pos_hash_equal(&expected, &record.hash));
        g_autoptr(GPtrArray) records = read_all(fixture.store, i);
        g_assert_cmpuint(records->len, ==, 1);
        const PosRecord *back = g_ptr_array_index(records, 0);
        g_assert_cmpstr(back->line, ==, record.line);
        g_assert_true(pos_hash_equal(&back->hash, &record.hash));
        previous = record.hash;
    }
    store_fixture_reopen(&fixture);
    g_assert_true(pos_store_journal_head(fixture.store, &seq, &head, NULL));
    g_assert_cmpint(seq, ==, 3);
    g_assert_true(pos_store_journal_hash_at(fixture.store, 3, &at, NULL));
    g_assert_true(pos_hash_equal(&head, &at));
    g_assert_true(pos_store_journal_hash_at(fixture.store, 0, &at, NULL));
    g_assert_true(pos_hash_equal(&zero, &at));
    g_assert_false(pos_store_journal_hash_at(fixture.store, 4, &at, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_autoptr(GPtrArray) records = read_all(fixture.store, 1);
    const PosRecord *first = g_ptr_array_index(records, 0);
    g_assert_nonnull(strstr(first->line, "\"at\":\"2026-11-23T09:00:00.000+09:00\""));
    store_fixture_tear_down(&fixture);
}

static void test_nothing_is_written_before_enrolment(void)
{
    g_autofree char *dir = g_dir_make_tmp("coster-store-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, NULL);
    g_assert_false(pos_store_journal_append(store, NULL, "login", FIXTURE_AT, NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_clear_pointer(&store, pos_store_close);
    store_fixture_remove(dir);
}

static void test_what_does_not_fit_is_refused_and_leaves_no_trace(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autofree char *text = g_strnfill(POS_BOUND_RECORD_BYTES - 200, '"');
    g_autoptr(json_t) quotes = json_pack("{s:s}", "note", text);
    text[POS_BOUND_RECORD_BYTES / 4] = '\0';
    g_autoptr(json_t) grows =
        json_pack("{s:s}", "note", text); /* fits, but not inside an adopted one */
    g_autoptr(json_t) fraction = json_pack("{s:f}", "note", 1.5);
    json_t *const bad[] = {quotes, grows, fraction};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(
            pos_store_journal_append(fixture.store, bad[i], "config", FIXTURE_AT, NULL, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    int64_t seq;
    PosHash hash;
    g_assert_true(pos_store_journal_head(fixture.store, &seq, &hash, NULL));
    g_assert_cmpint(seq, ==, 0);
    store_fixture_tear_down(&fixture);
}

static void test_a_batch_is_bounded_but_never_empty(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    for (int i = 0; i < 10; i++) {
        append(fixture.store, "no_sale");
    }
    g_autoptr(GPtrArray) all = read_all(fixture.store, 1);
    const PosRecord *first = g_ptr_array_index(all, 0);
    gsize line = first->length + 1;
    g_autoptr(GPtrArray) by_count = pos_store_journal_read(fixture.store, 3, 4, G_MAXSIZE, NULL);
    g_assert_cmpuint(by_count->len, ==, 4);
    g_assert_cmpint(((PosRecord *)g_ptr_array_index(by_count, 0))->seq, ==, 3);
    g_autoptr(GPtrArray) by_bytes = pos_store_journal_read(fixture.store, 1, 100, 3 * line, NULL);
    g_assert_cmpuint(by_bytes->len, ==, 3);
    g_autoptr(GPtrArray) one = pos_store_journal_read(fixture.store, 1, 100, 1, NULL);
    g_assert_cmpuint(one->len, ==, 1);
    g_autoptr(GPtrArray) none = pos_store_journal_read(fixture.store, 11, 100, 1000, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    store_fixture_tear_down(&fixture);
}

static void test_acked_moves_up_and_down_by_centrals_word(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    int64_t acked;
    g_assert_cmpint(pos_store_unsent_since_ms(fixture.store), ==, 0);
    for (int i = 0; i < 3; i++) {
        g_assert_true(
            pos_store_journal_append(fixture.store, NULL, "no_sale", FIXTURE_AT + i, NULL, NULL));
    }
    g_assert_cmpint(pos_store_unsent_since_ms(fixture.store), ==, FIXTURE_AT);
    g_assert_true(pos_store_acked_set(fixture.store, 2, NULL));
    g_assert_cmpint(pos_store_unsent_since_ms(fixture.store), ==, FIXTURE_AT + 2);
    g_assert_true(pos_store_acked_set(fixture.store, 3, NULL));
    g_assert_cmpint(pos_store_unsent_since_ms(fixture.store), ==, 0);
    g_assert_true(pos_store_acked_set(fixture.store, 1, NULL));
    store_fixture_reopen(&fixture);
    g_assert_true(pos_store_acked_get(fixture.store, &acked, NULL));
    g_assert_cmpint(acked, ==, 1);
    store_fixture_tear_down(&fixture);
}

static void test_an_id_with_records_is_not_left_behind(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_enrol(fixture.store, "t-2"); /* no records yet */
    append(fixture.store, "login");
    PosIdentity other = {.terminal = (char *)"t-3"};
    PosIdentity long_prefix = {.terminal = (char *)"t-2", .receipt_prefix = (char *)"123456789"};
    g_autoptr(GError) error = NULL;
    g_assert_false(pos_store_identity_set(fixture.store, &other, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_assert_false(pos_store_identity_set(fixture.store, &long_prefix, NULL));
    PosIdentity same = {.terminal = (char *)"t-2", .token = (char *)"new"};
    g_assert_true(pos_store_identity_set(fixture.store, &same, NULL));
    g_auto(PosIdentity) identity = {0};
    g_assert_true(pos_store_identity_get(fixture.store, &identity, NULL));
    g_assert_cmpstr(identity.token, ==, "new");
    g_assert_cmpstr(identity.name, ==, "");
    store_fixture_tear_down(&fixture);
}

static void test_a_fresh_id_adopts_what_central_does_not_hold(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    append(fixture.store, "login");
    store_fixture_sell(fixture.store, 2);
    store_fixture_sell(fixture.store, 3);
    g_autoptr(GPtrArray) old = read_all(fixture.store, 1);
    g_assert_true(pos_store_acked_set(fixture.store, 1, NULL));
    int64_t moved = pos_store_stock_moved(fixture.store, FIXTURE_APPLE, "A");
    PosIdentity fresh = {
        .terminal = (char *)"t-9", .currency = (char *)"KRW", .receipt_prefix = (char *)"T09"};
    int64_t adopted = 0, acked = -1;
    g_autoptr(GError) error = NULL;
    bool replaced =
        pos_store_identity_replace(fixture.store, &fresh, 2, FIXTURE_AT + 1, &adopted, &error);
    g_assert_no_error(error);
    g_assert_true(replaced);
    g_assert_cmpint(adopted, ==, 2);
    g_assert_true(pos_store_acked_get(fixture.store, &acked, NULL));
    g_assert_cmpint(acked, ==, 0);
    g_autoptr(GPtrArray) records = read_all(fixture.store, 1);
    g_assert_cmpuint(records->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const PosRecord *record = g_ptr_array_index(records, i);
        const PosRecord *inner = g_ptr_array_index(old, i + 1);
        g_autoptr(json_t) object = NULL;
        g_assert_true(pos_record_parse(record->line, record->length, &object, NULL));
        g_assert_cmpstr(json_string_value(json_object_get(object, "type")), ==, "adopted");
        g_assert_cmpstr(json_string_value(json_object_get(object, "terminal")), ==, "t-9");
        g_assert_cmpstr(json_string_value(json_object_get(object, "of")), ==, "t-1");
        g_assert_cmpint(json_integer_value(json_object_get(object, "of_seq")), ==, inner->seq);
        g_assert_cmpstr(json_string_value(json_object_get(object, "line")), ==, inner->line);
    }
    /* Nothing is counted twice, old receipts are found, numbers go on. */
    g_assert_cmpint(pos_store_stock_moved(fixture.store, FIXTURE_APPLE, "A"), ==, moved);
    g_autoptr(json_t) found = pos_store_sale_find(fixture.store, "T01-000002", NULL, NULL);
    g_assert_nonnull(found);
    PosSaleProof proof = store_fixture_sell(fixture.store, 1);
    g_assert_cmpstr(proof.receipt, ==, "T09-000003");
    g_assert_cmpint(proof.seq, ==, 3);
    store_fixture_assert_verifies(fixture.store);
    g_assert_false(pos_store_identity_replace(fixture.store, &fresh, 1, FIXTURE_AT, NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    store_fixture_tear_down(&fixture);
}

static void test_adopting_again_and_again_keeps_every_line(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autofree char *text = g_strnfill(10000, '"');
    g_autoptr(json_t) fields = json_pack("{s:s}", "note", text);
    g_assert_true(
        pos_store_journal_append(fixture.store, fields, "config", FIXTURE_AT, NULL, NULL));
    g_autoptr(GPtrArray) old = read_all(fixture.store, 1);
    const PosRecord *first = g_ptr_array_index(old, 0);
    for (int i = 0; i < 4; i++) {
        g_autofree char *id = g_strdup_printf("fresh-%d", i);
        PosIdentity fresh = {.terminal = id};
        g_autoptr(GError) error = NULL;
        pos_store_identity_replace(fixture.store, &fresh, 1, FIXTURE_AT, NULL, &error);
        g_assert_no_error(error);
    }
    g_autoptr(GPtrArray) records = read_all(fixture.store, 1);
    g_assert_cmpuint(records->len, ==, 1);
    const PosRecord *last = g_ptr_array_index(records, 0);
    g_autoptr(json_t) object = NULL;
    g_assert_true(pos_record_parse(last->line, last->length, &object, NULL));
    g_assert_cmpstr(json_string_value(json_object_get(object, "of")), ==, "t-1");
    g_assert_cmpstr(json_string_value(json_object_get(object, "line")), ==, first->line);
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

static void test_the_file_itself_refuses_to_change_a_record(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    append(fixture.store, "login");
    g_autofree char *path = g_build_filename(fixture.dir, "coster.db", NULL);
    g_assert_cmpint(store_fixture_sql_code(fixture.dir, "UPDATE journal SET line = '{}'"), !=, 0);
    g_assert_cmpint(store_fixture_sql_code(fixture.dir, "DELETE FROM journal"), !=, 0);
    store_fixture_assert_verifies(fixture.store);
    store_fixture_tear_down(&fixture);
}

static void test_small_values_are_kept(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_assert_null(pos_store_meta_get(fixture.store, POS_META_OPERATOR));
    g_assert_true(pos_store_meta_set(fixture.store, POS_META_OPERATOR, "u01", NULL));
    g_assert_true(pos_store_meta_set(fixture.store, POS_META_SHIFT, NULL, NULL));
    store_fixture_reopen(&fixture);
    g_autofree char *operator_id = pos_store_meta_get(fixture.store, POS_META_OPERATOR);
    g_autofree char *shift = pos_store_meta_get(fixture.store, POS_META_SHIFT);
    g_assert_cmpstr(operator_id, ==, "u01");
    g_assert_cmpstr(shift, ==, "");
    store_fixture_tear_down(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    g_test_add_func("/pos/store_journal/records_are_chained_and_come_back_byte_for_byte",
                    test_records_are_chained_and_come_back_byte_for_byte);
    g_test_add_func("/pos/store_journal/nothing_is_written_before_enrolment",
                    test_nothing_is_written_before_enrolment);
    g_test_add_func("/pos/store_journal/what_does_not_fit_is_refused_and_leaves_no_trace",
                    test_what_does_not_fit_is_refused_and_leaves_no_trace);
    g_test_add_func("/pos/store_journal/a_batch_is_bounded_but_never_empty",
                    test_a_batch_is_bounded_but_never_empty);
    g_test_add_func("/pos/store_journal/acked_moves_up_and_down_by_centrals_word",
                    test_acked_moves_up_and_down_by_centrals_word);
    g_test_add_func("/pos/store_journal/an_id_with_records_is_not_left_behind",
                    test_an_id_with_records_is_not_left_behind);
    g_test_add_func("/pos/store_journal/a_fresh_id_adopts_what_central_does_not_hold",
                    test_a_fresh_id_adopts_what_central_does_not_hold);
    g_test_add_func("/pos/store_journal/adopting_again_and_again_keeps_every_line",
                    test_adopting_again_and_again_keeps_every_line);
    g_test_add_func("/pos/store_journal/the_file_itself_refuses_to_change_a_record",
                    test_the_file_itself_refuses_to_change_a_record);
    g_test_add_func("/pos/store_journal/small_values_are_kept", test_small_values_are_kept);
    return g_test_run();
}
