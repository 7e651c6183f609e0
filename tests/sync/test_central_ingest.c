/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every rule of "Up" in the sync protocol. */
#include "tests/sync/central_fixture.h"

#include <string.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void write_some(Journal *journal, int count)
{
    for (int i = 0; i < count; i++) {
        central_fixture_write(journal, "no_sale", i, NULL);
    }
}

static void assert_held(Central *central, const Journal *journal, int64_t acked)
{
    g_auto(CentralTerminal) terminal = {0};
    g_autoptr(GError) error = NULL;
    central_store_terminal_get(central->store, journal->id, &terminal, &error);
    g_assert_no_error(error);
    g_assert_cmpint(terminal.acked, ==, acked);
    g_assert_true(pos_hash_equal(&terminal.head, &g_array_index(journal->hashes, PosHash, acked)));
}

static void assert_result(const CentralIngestResult *result, const Journal *journal,
                          CentralIngestStatus status, int64_t acked)
{
    g_autofree char *head = pos_hash_to_hex(&g_array_index(journal->hashes, PosHash, acked));
    g_assert_cmpint(result->status, ==, status);
    g_assert_cmpint(result->acked, ==, acked);
    g_assert_cmpstr(result->head_hex, ==, head);
}

static void a_batch_is_stored_byte_for_byte(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralIngestResult) result = {0};
    g_autoptr(GError) error = NULL;
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 3);
    central_fixture_send(central, &till, 1, 3, &result);
    assert_result(&result, &till, CENTRAL_INGEST_STORED, 3);
    g_assert_cmpint(result.stored, ==, 3);
    assert_held(central, &till, 3);
    for (int seq = 1; seq <= 3; seq++) {
        g_autofree char *line = NULL;
        gsize length = 0;
        central_store_journal_get(central->store, "t1", seq, &line, &length, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(line, ==, g_ptr_array_index(till.lines, seq - 1));
        g_assert_cmpuint(length, ==, strlen(line));
    }
    central_fixture_journal_clear(&till);
}

static void sending_again_is_harmless(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 4);
    for (int round = 0; round < 3; round++) {
        g_auto(CentralIngestResult) result = {0};
        central_fixture_send(central, &till, 1, 4, &result);
        assert_result(&result, &till, CENTRAL_INGEST_STORED, 4);
        g_assert_cmpint(result.stored, ==, round ? 0 : 4);
    }
    g_auto(CentralIngestResult) middle = {0};
    central_fixture_send(central, &till, 2, 3, &middle);
    assert_result(&middle, &till, CENTRAL_INGEST_STORED, 4);
    central_fixture_journal_clear(&till);
}

static void an_overlap_adds_only_what_is_new(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralIngestResult) first = {0}, second = {0};
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 6);
    central_fixture_send(central, &till, 1, 3, &first);
    central_fixture_send(central, &till, 2, 6, &second);
    assert_result(&second, &till, CENTRAL_INGEST_STORED, 6);
    g_assert_cmpint(second.stored, ==, 3);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_gap_is_refused_and_names_what_is_held(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralIngestResult) first = {0}, gap = {0}, fresh = {0};
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 6);
    central_fixture_send(central, &till, 3, 4, &fresh);
    assert_result(&fresh, &till, CENTRAL_INGEST_GAP, 0);
    central_fixture_send(central, &till, 1, 2, &first);
    central_fixture_send(central, &till, 4, 6, &gap);
    assert_result(&gap, &till, CENTRAL_INGEST_GAP, 2);
    assert_held(central, &till, 2);
    central_fixture_journal_clear(&till);
}

/* A second disk with the same identity whose journal differs from record `from` on. */
static void clone_until(const Journal *from, int64_t until, Journal *out)
{
    central_fixture_journal(NULL, out, from->id);
    for (int64_t seq = 1; seq <= until; seq++) {
        g_ptr_array_add(out->lines, g_strdup(g_ptr_array_index(from->lines, seq - 1)));
        out->head = g_array_index(from->hashes, PosHash, seq);
        g_array_append_val(out->hashes, out->head);
        out->seq = seq;
    }
}

static void a_record_that_differs_is_a_fork_at_it(Central *central, gconstpointer data)
{
    Journal till, clone;
    g_auto(CentralIngestResult) first = {0}, fork = {0};
    g_auto(CentralTerminal) terminal = {0};
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 5);
    central_fixture_send(central, &till, 1, 5, &first);
    clone_until(&till, 3, &clone);
    central_fixture_write(&clone, "paid_in", 99, NULL);
    central_fixture_write(&clone, "paid_in", 100, NULL);
    central_fixture_send(central, &clone, 2, 5, &fork);
    assert_result(&fork, &till, CENTRAL_INGEST_FORK, 5);
    g_assert_cmpint(fork.fork_seq, ==, 4);
    assert_held(central, &till, 5);
    g_assert_true(central_store_terminal_get(central->store, "t1", &terminal, NULL));
    g_assert_true(terminal.forked);
    central_fixture_journal_clear(&till);
    central_fixture_journal_clear(&clone);
}

static void a_prev_that_is_not_the_head_is_a_fork_at_the_next(Central *central, gconstpointer data)
{
    Journal till, clone;
    g_auto(CentralIngestResult) first = {0}, fork = {0};
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 5);
    central_fixture_send(central, &till, 1, 5, &first);
    clone_until(&till, 4, &clone);
    central_fixture_write(&clone, "paid_in", 99, NULL);
    central_fixture_write(&clone, "paid_in", 100, NULL);
    central_fixture_send(central, &clone, 6, 6, &fork);
    assert_result(&fork, &till, CENTRAL_INGEST_FORK, 5);
    g_assert_cmpint(fork.fork_seq, ==, 6);
    central_fixture_journal_clear(&till);
    central_fixture_journal_clear(&clone);
}

static void the_same_lines_on_another_chain_are_a_fork(Central *central, gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL;
    g_auto(CentralIngestResult) first = {0}, fork = {0};
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 3);
    central_fixture_send(central, &till, 1, 3, &first);
    const char *line = g_ptr_array_index(till.lines, 1);
    central_ingest(central->store, "t1", ZEROS, line, strlen(line), FIXTURE_NOW_MS, &fork, &error);
    g_assert_no_error(error);
    assert_result(&fork, &till, CENTRAL_INGEST_FORK, 3);
    g_assert_cmpint(fork.fork_seq, ==, 2);
    central_fixture_journal_clear(&till);
}

/* Bodies that are refused whole. A digit at the start of a line stands for that record of the
 * terminal. */
static const struct {
    const char *claim, *body;
    int bad_line;
} BAD[] = {
    {"empty", "", 1},
    {"only_a_newline", "\n", 1},
    {"empty_line_inside", "1\n\n2\n", 2},
    {"not_json", "1\nhello\n", 2},
    {"not_canonical_space",
     "{\"at\":\"2026-11-23T00:00:00.000Z\", \"seq\":1,\"terminal\":\"t1\",\"type\":\"no_sale\"}",
     1},
    {"not_canonical_order",
     "{\"seq\":1,\"at\":\"2026-11-23T00:00:00.000Z\",\"terminal\":\"t1\",\"type\":\"no_sale\"}", 1},
    {"carriage_return", "1\r\n", 1},
    {"a_fraction",
     "{\"a\":1.5,\"at\":\"2026-11-23T00:00:00.000Z\",\"seq\":1,\"terminal\":\"t1\",\"type\":\"x\"}",
     1},
    {"a_null",
     "{\"a\":null,\"at\":\"2026-11-23T00:00:00.000Z\",\"seq\":1,\"terminal\":\"t1\",\"type\":"
     "\"x\"}",
     1},
    {"seq_zero",
     "{\"at\":\"2026-11-23T00:00:00.000Z\",\"seq\":0,\"terminal\":\"t1\",\"type\":\"x\"}", 1},
    {"no_type", "{\"at\":\"2026-11-23T00:00:00.000Z\",\"seq\":1,\"terminal\":\"t1\"}", 1},
    {"another_terminals",
     "1\n{\"at\":\"2026-11-23T00:00:00.000Z\",\"seq\":2,\"terminal\":\"t2\",\"type\":\"x\"}\n", 2},
    {"a_hole_inside", "1\n3\n", 2},
    {"backwards", "2\n1\n", 2},
    {"twice_the_same", "1\n1\n", 2},
};

static char *fill_body(const Journal *till, const char *text)
{
    GString *body = g_string_new(NULL);
    for (const char *c = text; *c; c++) {
        if (g_ascii_isdigit(*c) && (c == text || c[-1] == '\n')) {
            g_string_append(body, g_ptr_array_index(till->lines, *c - '1'));
        } else {
            g_string_append_c(body, *c);
        }
    }
    return g_string_free(body, FALSE);
}

static void a_bad_record_stores_nothing(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 3);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_auto(CentralIngestResult) result = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *body = fill_body(&till, BAD[i].body);
        central_ingest(central->store, "t1", ZEROS, body, strlen(body), FIXTURE_NOW_MS, &result,
                       &error);
        g_assert_no_error(error);
        g_test_message("%s: %s", BAD[i].claim, result.message ? result.message : "accepted");
        g_assert_cmpint(result.status, ==, CENTRAL_INGEST_BAD_RECORD);
        g_assert_cmpint(result.bad_line, ==, BAD[i].bad_line);
        g_assert_nonnull(result.message);
        assert_held(central, &till, 0);
    }
    central_fixture_journal_clear(&till);
}

static void a_prev_that_is_no_hash_is_bad(Central *central, gconstpointer data)
{
    static const char *const PREVS[] = {
        NULL, "", "00", ZEROS "00",
        "G000000000000000000000000000000000000000000000000000000000000000"};
    Journal till;
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(PREVS); i++) {
        g_auto(CentralIngestResult) result = {0};
        const char *line = g_ptr_array_index(till.lines, 0);
        g_assert_true(central_ingest(central->store, "t1", PREVS[i], line, strlen(line),
                                     FIXTURE_NOW_MS, &result, NULL));
        g_assert_cmpint(result.status, ==, CENTRAL_INGEST_BAD_RECORD);
    }
    central_fixture_journal_clear(&till);
}

static void the_bounds_of_a_batch_hold_exactly(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralIngestResult) too_many = {0}, most = {0}, too_long = {0};
    central_fixture_journal(central, &till, "t1");
    write_some(&till, 1001);
    central_fixture_send(central, &till, 1, 1001, &too_many);
    assert_result(&too_many, &till, CENTRAL_INGEST_TOO_LARGE, 0);
    central_fixture_send(central, &till, 1, 1000, &most);
    assert_result(&most, &till, CENTRAL_INGEST_STORED, 1000);
    g_autofree char *body = g_strnfill(POS_BOUND_BATCH_BYTES + 1, 'x');
    g_assert_true(central_ingest(central->store, "t1", ZEROS, body, POS_BOUND_BATCH_BYTES + 1,
                                 FIXTURE_NOW_MS, &too_long, NULL));
    g_assert_cmpint(too_long.status, ==, CENTRAL_INGEST_TOO_LARGE);
    central_fixture_journal_clear(&till);
}

static void a_refused_batch_hurts_no_other_of_its_commit(Central *central, gconstpointer data)
{
    Journal a, b;
    g_autoptr(GError) error = NULL;
    g_auto(CentralIngestResult) good = {0}, gap = {0}, more = {0};
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    write_some(&a, 4);
    write_some(&b, 4);
    central_store_begin(central->store, &error);
    g_assert_no_error(error);
    central_fixture_send(central, &a, 1, 2, &good);
    central_fixture_send(central, &b, 3, 4, &gap);
    central_fixture_send(central, &a, 3, 4, &more);
    central_store_commit(central->store, &error);
    g_assert_no_error(error);
    g_assert_cmpint(gap.status, ==, CENTRAL_INGEST_GAP);
    assert_held(central, &a, 4);
    assert_held(central, &b, 0);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

static void what_is_rolled_back_was_never_there(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralIngestResult) lost = {0}, again = {0};
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 2, 100));
    g_assert_true(central_store_begin(central->store, NULL));
    central_fixture_send(central, &till, 1, 1, &lost);
    central_store_rollback(central->store);
    assert_held(central, &till, 0);
    g_assert_cmpint(central_fixture_on_hand(central, APPLE, "L1"), ==, 0);
    central_fixture_send(central, &till, 1, 1, &again);
    assert_result(&again, &till, CENTRAL_INGEST_STORED, 1);
    g_assert_cmpint(central_fixture_on_hand(central, APPLE, "L1"), ==, -2);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void an_unknown_type_is_kept(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "something_of_version_9", 0, json_pack("{s:i}", "x", 1));
    central_fixture_send_all(central, &till);
    g_autofree char *reason = central_fixture_reason(central, "t1", 1);
    g_assert_cmpstr(reason, ==, "");
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void an_unknown_terminal_is_an_error(Central *central, gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL;
    g_auto(CentralIngestResult) result = {0};
    central_fixture_journal(NULL, &till, "nobody");
    write_some(&till, 1);
    const char *line = g_ptr_array_index(till.lines, 0);
    g_assert_false(central_ingest(central->store, "nobody", ZEROS, line, strlen(line),
                                  FIXTURE_NOW_MS, &result, &error));
    g_assert_nonnull(error);
    central_fixture_journal_clear(&till);
}

static void set_up(Central *central, gconstpointer data)
{
    central_fixture_open(central);
}

static void tear_down(Central *central, gconstpointer data)
{
    central_fixture_close(central);
}

#define CASE(name) g_test_add("/sync/central_ingest/" #name, Central, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(a_batch_is_stored_byte_for_byte);
    CASE(sending_again_is_harmless);
    CASE(an_overlap_adds_only_what_is_new);
    CASE(a_gap_is_refused_and_names_what_is_held);
    CASE(a_record_that_differs_is_a_fork_at_it);
    CASE(a_prev_that_is_not_the_head_is_a_fork_at_the_next);
    CASE(the_same_lines_on_another_chain_are_a_fork);
    CASE(a_bad_record_stores_nothing);
    CASE(a_prev_that_is_no_hash_is_bad);
    CASE(the_bounds_of_a_batch_hold_exactly);
    CASE(a_refused_batch_hurts_no_other_of_its_commit);
    CASE(what_is_rolled_back_was_never_there);
    CASE(an_unknown_type_is_kept);
    CASE(an_unknown_terminal_is_an_error);
    return g_test_run();
}
