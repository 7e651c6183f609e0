/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/runner against a central that breaks in every way that it knows: nothing is lost, nothing comes twice, nothing
 * is half applied, and there is one sentence about it. Waiting has no jitter here, so that a failure is tried again at
 * once, but for the cases about waiting. */
#include "pos/error.h"
#include "sync/runner.h"
#include "tests/support/client_fixture.h"

#include <string.h>

#define TIMEOUT_MS 20000

static uint32_t no_jitter(void)
{
    return 0;
}

static SyncRunner *runner_of(Terminal *terminal)
{
    GError *error = NULL;
    SyncRunner *runner = sync_runner_new(terminal->dir, pos_clock_system(), &error);
    g_assert_no_error(error);
    sync_runner_set_random(runner, no_jitter);
    return runner;
}

/* All that is on disk is up, all that central has is down. */
static void finish(SyncRunner *runner)
{
    gint64 until = g_get_monotonic_time() + TIMEOUT_MS * 1000;
    sync_runner_ask(runner);
    while (!sync_runner_is_done(runner)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        sync_runner_step(runner, 1000);
    }
}

static SyncView view_of(SyncRunner *runner)
{
    SyncView view;
    sync_runner_view(runner, &view);
    return view;
}

static void until_link(SyncRunner *runner, SyncLink link)
{
    gint64 until = g_get_monotonic_time() + TIMEOUT_MS * 1000;
    while (true) {
        g_auto(SyncView) view = view_of(runner);
        if (view.link == link) {
            return;
        }
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        sync_runner_step(runner, 1000);
    }
}

static void test_up_and_down(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 5);
    finish(runner);
    g_assert_cmpint(terminal_acked(&terminal), ==, 5);
    g_assert_cmpint(terminal_version(&terminal), ==, 2);
    g_assert_cmpint(fake_central_seen(terminal.fake), ==, 2);
    fake_central_publish(terminal.fake, "price", "09521234500017", "null");
    finish(runner);
    g_assert_cmpint(terminal_version(&terminal), ==, 3);
    g_assert_cmpint(terminal_items(&terminal, "\"price\""), ==, 0);
    terminal_assert_all_at_central(&terminal);
    g_auto(SyncView) view = view_of(runner);
    g_assert_cmpint(view.link, ==, SYNC_LINK_ONLINE);
    g_assert_null(view.fault);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_many_are_packed_and_bounded(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    terminal_write(&terminal, 30);
    fake_central_batch_max(terminal.fake, 8);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    terminal_assert_all_at_central(&terminal);
    g_assert_cmpint(fake_central_packed(terminal.fake), >, 0);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

/* Each fault on each way, twice in a row, with something to do on each way. */
static void test_every_fault(void)
{
    static const char *const paths[] = {"/v1/hello", "/v1/journal", "stream", "/v1/seen"};
    static const FakeFault faults[] = {FAKE_DROP,       FAKE_LOSE,    FAKE_500,
                                       FAKE_HTML,       FAKE_HTML_AS, FAKE_HALF,
                                       FAKE_WRONG_HEAD, FAKE_HUGE,    FAKE_GARBAGE};
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    for (gsize p = 0; p < G_N_ELEMENTS(paths); p++) {
        for (gsize f = 0; f < G_N_ELEMENTS(faults); f++) {
            bool no_head = faults[f] == FAKE_WRONG_HEAD && p != 1;
            bool no_answer = faults[f] == FAKE_LOSE && p != 1;
            if (no_head || no_answer) {
                continue;
            }
            g_test_message("%s fault %d", paths[p], faults[f]);
            fake_central_break(terminal.fake, paths[p], faults[f], 2);
            terminal_write(&terminal, 1);
            fake_central_publish(terminal.fake, "tag", "t1", f % 2 ? "{\"a\":1}" : "{\"a\":2}");
            finish(runner);
            terminal_assert_all_at_central(&terminal);
            fake_central_break(terminal.fake, paths[p], FAKE_OK, 0);
        }
    }
    g_auto(SyncView) view = view_of(runner);
    g_assert_cmpint(view.link, ==, SYNC_LINK_ONLINE);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

/* The one-shot form broken in each way: nothing is applied until it comes whole. */
static void test_broken_first_feed(void)
{
    static const FakeFault faults[] = {FAKE_DROP,    FAKE_500,  FAKE_503,  FAKE_HTML,
                                       FAKE_HTML_AS, FAKE_HALF, FAKE_HUGE, FAKE_GARBAGE};
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *epoch = g_strdup_printf("epoch-%zu", i);
        int before = fake_central_count(terminal.fake, "once");
        if (faults[i] == FAKE_503) {
            continue; /* waits a second: a case of its own */
        }
        until_link(runner, SYNC_LINK_ONLINE);
        fake_central_break(terminal.fake, "once", faults[i], 2);
        fake_central_restore(terminal.fake, epoch, 99);
        g_test_message("fault %d", faults[i]);
        while (fake_central_count(terminal.fake, "once") < before + 2) {
            g_assert_cmpint(terminal_items(&terminal, "09521234500017"), ==, 2);
            sync_runner_step(runner, 100);
        }
        finish(runner);
        g_assert_cmpint(terminal_items(&terminal, "09521234500017"), ==, 2);
        g_assert_cmpint(fake_central_count(terminal.fake, "once"), ==, before + 3);
    }
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_stream_cut_inside_a_version(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    int before = fake_central_count(terminal.fake, "stream");
    fake_central_publish_cut(terminal.fake, 3, 2);
    while (terminal_version(&terminal) == 2) {
        g_assert_cmpint(terminal_items(&terminal, "\"cut"), ==, 0);
        sync_runner_step(runner, 1000);
    }
    g_assert_cmpint(fake_central_count(terminal.fake, "stream"), >, before);
    g_assert_cmpint(terminal_items(&terminal, "\"cut"), ==, 3);
    g_assert_cmpint(terminal_version(&terminal), ==, 3);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_gap(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 6);
    finish(runner);
    /* Central lost its newest commits, while connected. */
    fake_central_forget(terminal.fake, 2);
    terminal_write(&terminal, 1);
    finish(runner);
    terminal_assert_all_at_central(&terminal);
    /* And while it was away: hello says so. */
    sync_runner_free(runner);
    fake_central_forget(terminal.fake, 3);
    runner = runner_of(&terminal);
    finish(runner);
    terminal_assert_all_at_central(&terminal);
    g_assert_cmpint(terminal_acked(&terminal), ==, 7);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_fork_and_a_fresh_id(void)
{
    Terminal terminal;
    GError *error = NULL;
    static const char fresh[] = "b1b2b3b4b5b6b7b8b9b0b1b2b3b4b5b6";
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 2);
    finish(runner);
    terminal_write(&terminal, 3);
    /* A clone of this disk was first with record 3. */
    fake_central_fork(terminal.fake, 3);
    sync_runner_take_records(runner);
    until_link(runner, SYNC_LINK_FORKED);
    g_auto(SyncView) view = view_of(runner);
    g_assert_nonnull(view.fault);
    g_assert_cmpint(terminal_acked(&terminal), ==, 2);
    /* Prices go on coming. */
    int64_t version = fake_central_publish(terminal.fake, "tag", "t1", "{}");
    while (terminal_version(&terminal) < version) {
        sync_runner_step(runner, 1000);
    }
    sync_runner_free(runner);

    g_autofree char *third = terminal_line(&terminal, 3);
    fake_central_next_id(terminal.fake, fresh, false);
    terminal_enrol(&terminal, &error);
    g_assert_no_error(error);
    runner = runner_of(&terminal);
    finish(runner);
    sync_runner_free(runner);
    /* Records 3 to 5 of the old id, each unchanged inside an adopted one of the new. */
    g_assert_cmpint(fake_central_acked(terminal.fake), ==, 3);
    for (int64_t seq = 1; seq <= 3; seq++) {
        g_autofree char *line = fake_central_line(terminal.fake, seq);
        g_autoptr(json_t) object = pos_json_parse_object(line, strlen(line), 65536, NULL);
        g_assert_cmpstr(json_string_value(json_object_get(object, "type")), ==, "adopted");
        g_assert_cmpstr(json_string_value(json_object_get(object, "terminal")), ==, fresh);
        g_assert_cmpstr(json_string_value(json_object_get(object, "of")), ==,
                        "a1b2c3d4e5f60718293a4b5c6d7e8f90");
        g_assert_cmpint(json_integer_value(json_object_get(object, "of_seq")), ==, seq + 2);
        if (seq == 1) {
            g_assert_cmpstr(json_string_value(json_object_get(object, "line")), ==, third);
        }
    }
    terminal_tear_down(&terminal);
}

/* All `count` records of the old id, from the first on, each inside an adopted one of the new. */
static void assert_all_adopted(Terminal *terminal, int64_t count)
{
    GError *error = NULL;
    terminal_enrol(terminal, &error);
    g_assert_no_error(error);
    SyncRunner *runner = runner_of(terminal);
    finish(runner);
    sync_runner_free(runner);
    g_assert_cmpint(fake_central_acked(terminal->fake), ==, count);
    for (int64_t seq = 1; seq <= count; seq++) {
        g_autofree char *line = fake_central_line(terminal->fake, seq);
        g_autoptr(json_t) object = pos_json_parse_object(line, strlen(line), 65536, NULL);
        g_assert_cmpstr(json_string_value(json_object_get(object, "type")), ==, "adopted");
        g_assert_cmpint(json_integer_value(json_object_get(object, "of_seq")), ==, seq);
    }
}

/* What the central of before has acknowledged, one that was made anew does not hold. */
static void test_another_central(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, true);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 3);
    finish(runner);
    g_assert_cmpint(terminal_acked(&terminal), ==, 3);
    sync_runner_free(runner);
    fake_central_free(terminal.fake);
    terminal.fake = fake_central_new(true);
    fake_central_next_id(terminal.fake, "c1c2c3c4c5c6c7c8c9c0c1c2c3c4c5c6", false);
    assert_all_adopted(&terminal, 3);
    terminal_tear_down(&terminal);
}

/* Central lost its newest and took another's in their place: what it once acknowledged is not there any more. */
static void test_fork_below_acked(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 3);
    finish(runner);
    fake_central_fork(terminal.fake, 2);
    sync_runner_ask(runner);
    until_link(runner, SYNC_LINK_FORKED);
    sync_runner_free(runner);
    fake_central_next_id(terminal.fake, "d1d2d3d4d5d6d7d8d9d0d1d2d3d4d5d6", false);
    assert_all_adopted(&terminal, 3);
    terminal_tear_down(&terminal);
}

/* Central refuses one record for good: it goes up inside an adopted one under its own number, what follows goes up as
 * it is, and the journal here stays what it was. */
static void test_bad_record(void)
{
    Terminal terminal;
    GError *error = NULL;
    terminal_set_up(&terminal, false);
    terminal_write(&terminal, 6);
    fake_central_refuse(terminal.fake, "\"turn\":3");
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    g_assert_cmpint(fake_central_acked(terminal.fake), ==, 6);
    for (int64_t seq = 1; seq <= 6; seq++) {
        g_autofree char *here = terminal_line(&terminal, seq);
        g_autofree char *there = fake_central_line(terminal.fake, seq);
        if (seq != 4) {
            g_assert_cmpstr(there, ==, here);
            continue;
        }
        g_autoptr(json_t) object = pos_json_parse_object(there, strlen(there), 65536, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(json_string_value(json_object_get(object, "type")), ==, "adopted");
        g_assert_cmpstr(json_string_value(json_object_get(object, "line")), ==, here);
        g_assert_cmpint(json_integer_value(json_object_get(object, "of_seq")), ==, 4);
    }
    sync_runner_free(runner);
    /* And so it goes on, after a restart, after central has lost some, for a second one. */
    fake_central_forget(terminal.fake, 2);
    terminal_write(&terminal, 4);
    runner = runner_of(&terminal);
    finish(runner);
    g_assert_cmpint(fake_central_acked(terminal.fake), ==, 10);
    g_assert_cmpint(terminal_acked(&terminal), ==, 10);
    until_link(runner, SYNC_LINK_ONLINE);
    sync_runner_free(runner);
    int64_t bad_seq = 0;
    g_autofree char *why = NULL;
    g_assert_true(pos_store_verify(terminal.store, &bad_seq, &why, &error));
    g_assert_no_error(error);
    /* A new token keeps the id: the chain as it went up is what central compares. */
    terminal_enrol(&terminal, &error);
    g_assert_no_error(error);
    runner = runner_of(&terminal);
    finish(runner);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_wrong_head_at_hello(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 2);
    finish(runner);
    fake_central_break(terminal.fake, "/v1/hello", FAKE_WRONG_HEAD, 1);
    sync_runner_ask(runner);
    until_link(runner, SYNC_LINK_FORKED);
    g_assert_false(sync_runner_is_done(runner));
    g_assert_cmpint(terminal_acked(&terminal), ==, 2);
    /* It was a lie: once central agrees again, it is over. */
    finish(runner);
    until_link(runner, SYNC_LINK_ONLINE);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_revoked(void)
{
    Terminal terminal;
    GError *error = NULL;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    fake_central_break(terminal.fake, "/v1/journal", FAKE_401, 1);
    terminal_write(&terminal, 2);
    sync_runner_take_records(runner);
    until_link(runner, SYNC_LINK_REFUSED);
    g_auto(SyncView) view = view_of(runner);
    g_assert_nonnull(view.fault);
    sync_runner_free(runner);
    /* A new code: the same id, since central's chain agrees, and all goes up. */
    terminal_enrol(&terminal, &error);
    g_assert_no_error(error);
    runner = runner_of(&terminal);
    finish(runner);
    terminal_assert_all_at_central(&terminal);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_epoch(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    fake_central_publish(terminal.fake, "tag", "t1", "{}");
    finish(runner);
    g_assert_cmpint(terminal_items(&terminal, ""), ==, 3);
    until_link(runner, SYNC_LINK_ONLINE);
    /* Restored from a backup that had one item: versions go back, absent keys go. */
    fake_central_restore(terminal.fake, "epoch-two", 1);
    finish(runner);
    g_assert_cmpint(terminal_version(&terminal), ==, 1);
    g_assert_cmpint(terminal_items(&terminal, ""), ==, 1);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_catch_up_form(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    int once = fake_central_count(terminal.fake, "once");
    for (int i = 0; i < 1001; i++) {
        fake_central_publish(terminal.fake, "tag", "t1", i % 2 ? "{\"a\":1}" : "{\"a\":2}");
    }
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    g_assert_cmpint(fake_central_count(terminal.fake, "once"), ==, once + 1);
    sync_runner_free(runner);
    fake_central_publish(terminal.fake, "tag", "t1", "{\"a\":3}");
    runner = runner_of(&terminal);
    finish(runner);
    g_assert_cmpint(fake_central_count(terminal.fake, "once"), ==, once + 1);
    g_assert_cmpint(terminal_version(&terminal), ==, 1004);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_clock(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    g_assert_cmpint(terminal_last_seq(&terminal), ==, 0);
    fake_central_clock(terminal.fake, 3600000);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    /* One record for the step, however many hellos say it. */
    finish(runner);
    g_assert_cmpint(terminal_last_seq(&terminal), ==, 1);
    g_autofree char *line = terminal_line(&terminal, 1);
    g_assert_nonnull(strstr(line, "\"type\":\"clock_step\""));
    g_autofree char *offset = pos_store_meta_get(terminal.store, POS_META_CLOCK_OFFSET_MS);
    gint64 offset_ms = g_ascii_strtoll(offset, NULL, 10);
    g_assert_cmpint(offset_ms, >, 3599000);
    g_assert_cmpint(offset_ms, <, 3601000);
    g_autofree char *boot = pos_store_meta_get(terminal.store, POS_META_BOOT_ID);
    g_assert_cmpuint(strlen(boot), ==, 36);
    /* What is fresh is fresh by central's clock. */
    g_autofree char *prices = pos_store_meta_get(terminal.store, POS_META_PRICES_AT_MS);
    gint64 prices_ms = g_ascii_strtoll(prices, NULL, 10);
    g_assert_cmpint(ABS(prices_ms - (g_get_real_time() / 1000 + 3600000)), <, 10000);
    terminal_assert_all_at_central(&terminal);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_stranger(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, true);
    SyncRunner *runner = runner_of(&terminal);
    terminal_write(&terminal, 1);
    finish(runner);
    sync_runner_free(runner);
    /* The same address, another key. */
    fake_central_stop(terminal.fake);
    fake_central_start(terminal.fake);
    int before = fake_central_count(terminal.fake, "/v1/hello");
    terminal_write(&terminal, 1);
    runner = runner_of(&terminal);
    until_link(runner, SYNC_LINK_OFFLINE);
    g_auto(SyncView) view = view_of(runner);
    g_assert_nonnull(strstr(view.fault, "another key"));
    g_assert_cmpint(fake_central_count(terminal.fake, "/v1/hello"), ==, before);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_keys_roll_over(void)
{
    static const char next[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    Terminal terminal;
    terminal_set_up(&terminal, true);
    g_auto(PosIdentity) before = {0}, after = {0};
    g_assert_true(pos_store_identity_get(terminal.store, &before, NULL));
    g_autofree char *value =
        g_strdup_printf("{\"next_pin\":\"%s\",\"pin\":\"%s\",\"urls\":[]}", next, before.pin);
    fake_central_publish(terminal.fake, "setting", "central", value);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    g_assert_true(pos_store_identity_get(terminal.store, &after, NULL));
    g_autofree char *both = g_strconcat(before.pin, ";", next, NULL);
    g_assert_cmpstr(after.pin, ==, both);
    g_assert_cmpstr(after.token, ==, before.token);
    sync_runner_free(runner);
    /* Both are taken from now on. */
    runner = runner_of(&terminal);
    finish(runner);
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_fault_is_told(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncRunner *runner = runner_of(&terminal);
    finish(runner);
    fake_central_stop(terminal.fake);
    until_link(runner, SYNC_LINK_OFFLINE);
    sync_runner_step(runner, 10);
    g_autofree char *fault = pos_store_meta_get(terminal.store, POS_META_SYNC_FAULT);
    g_assert_nonnull(strstr(fault, "http://127.0.0.1:"));
    fake_central_start(terminal.fake);
    finish(runner);
    until_link(runner, SYNC_LINK_ONLINE);
    sync_runner_step(runner, 10);
    g_autofree char *none = pos_store_meta_get(terminal.store, POS_META_SYNC_FAULT);
    g_assert_cmpstr(none, ==, "");
    sync_runner_free(runner);
    terminal_tear_down(&terminal);
}

static void test_not_enrolled(void)
{
    Terminal terminal;
    g_autoptr(GError) error = NULL;
    terminal_set_up_bare(&terminal, false);
    g_assert_null(sync_runner_new(terminal.dir, pos_clock_system(), &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    terminal_tear_down(&terminal);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/runner/records_up_and_prices_down", test_up_and_down);
    g_test_add_func("/sync/runner/many_records_are_packed_and_bounded",
                    test_many_are_packed_and_bounded);
    g_test_add_func("/sync/runner/every_fault_on_every_way_loses_nothing", test_every_fault);
    g_test_add_func("/sync/runner/a_broken_catch_up_applies_nothing", test_broken_first_feed);
    g_test_add_func("/sync/runner/a_stream_cut_inside_a_version_applies_nothing",
                    test_stream_cut_inside_a_version);
    g_test_add_func("/sync/runner/gap_is_filled_from_centrals_word", test_gap);
    g_test_add_func("/sync/runner/fork_is_adopted_under_a_fresh_id", test_fork_and_a_fresh_id);
    g_test_add_func("/sync/runner/another_central_gets_all_records", test_another_central);
    g_test_add_func("/sync/runner/a_fork_below_acked_adopts_all", test_fork_below_acked);
    g_test_add_func("/sync/runner/a_refused_record_goes_up_as_adopted", test_bad_record);
    g_test_add_func("/sync/runner/wrong_head_at_hello_is_a_fork_until_it_agrees",
                    test_wrong_head_at_hello);
    g_test_add_func("/sync/runner/a_revoked_token_keeps_the_records", test_revoked);
    g_test_add_func("/sync/runner/another_epoch_replaces_the_feed", test_epoch);
    g_test_add_func("/sync/runner/much_is_caught_up_over_the_one_shot_form", test_catch_up_form);
    g_test_add_func("/sync/runner/a_step_of_the_clock_is_journalled_once", test_clock);
    g_test_add_func("/sync/runner/a_stranger_gets_nothing", test_stranger);
    g_test_add_func("/sync/runner/keys_roll_over_by_the_feed", test_keys_roll_over);
    g_test_add_func("/sync/runner/the_fault_is_one_sentence_and_goes_away", test_fault_is_told);
    g_test_add_func("/sync/runner/a_folder_that_is_not_enrolled_says_so", test_not_enrolled);
    return g_test_run();
}
