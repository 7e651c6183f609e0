/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/client and sync/enrol: the thread and what its callers see of it, `coster sync`, enrolment. */
#include "pos/error.h"
#include "sync/client.h"
#include "tests/support/client_fixture.h"

#include <string.h>

#define TIMEOUT_MS 20000

static SyncClient *start(Terminal *terminal)
{
    GError *error = NULL;
    SyncClient *client = sync_client_start(terminal->dir, NULL, NULL, &error);
    g_assert_no_error(error);
    return client;
}

static void wait_done(SyncClient *client)
{
    g_autofree char *why = NULL;
    bool done = sync_client_wait(client, TIMEOUT_MS, &why);
    g_assert_cmpstr(why, ==, NULL);
    g_assert_true(done);
}

static void test_wait(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncClient *client = start(&terminal);
    terminal_write(&terminal, 3);
    wait_done(client);
    terminal_assert_all_at_central(&terminal);
    fake_central_publish(terminal.fake, "tag", "t1", "{}");
    wait_done(client);
    g_assert_cmpint(terminal_version(&terminal), ==, 3);
    sync_client_stop(client);
    terminal_tear_down(&terminal);
}

static void test_outage(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncClient *client = start(&terminal);
    wait_done(client);
    fake_central_stop(terminal.fake);
    terminal_write(&terminal, 200);
    sync_client_wake(client);
    g_autofree char *why = NULL, *fault = NULL;
    g_assert_false(sync_client_wait(client, 300, &why));
    g_assert_nonnull(why);
    g_assert_cmpstr(why, !=, "");
    g_assert_cmpint(sync_client_link(client, &fault), ==, SYNC_LINK_OFFLINE);
    g_assert_nonnull(fault);
    g_assert_cmpint(terminal_acked(&terminal), ==, 0);
    fake_central_start(terminal.fake);
    wait_done(client);
    terminal_assert_all_at_central(&terminal);
    g_assert_cmpint(terminal_acked(&terminal), ==, 200);
    sync_client_stop(client);
    terminal_tear_down(&terminal);
}

typedef struct {
    GMutex mutex;
    GCond changed;
    int count;
} Notes;

static void on_news(void *user)
{
    Notes *notes = user;
    g_mutex_lock(&notes->mutex);
    notes->count++;
    g_cond_broadcast(&notes->changed);
    g_mutex_unlock(&notes->mutex);
}

/* A wake sends the record; news comes without anyone asking. */
static void test_wake_and_notify(void)
{
    Terminal terminal;
    GError *error = NULL;
    Notes notes = {.count = 0};
    g_mutex_init(&notes.mutex);
    g_cond_init(&notes.changed);
    terminal_set_up(&terminal, false);
    SyncClient *client = sync_client_start(terminal.dir, on_news, &notes, &error);
    g_assert_no_error(error);
    wait_done(client);
    terminal_write(&terminal, 1);
    sync_client_wake(client);
    gint64 until = g_get_monotonic_time() + TIMEOUT_MS * 1000;
    g_mutex_lock(&notes.mutex);
    while (terminal_acked(&terminal) < 1) {
        g_assert_true(g_cond_wait_until(&notes.changed, &notes.mutex, until));
    }
    int before = notes.count;
    fake_central_publish(terminal.fake, "tag", "t1", "{}");
    while (notes.count == before || terminal_version(&terminal) < 3) {
        g_assert_true(g_cond_wait_until(&notes.changed, &notes.mutex, until));
    }
    g_mutex_unlock(&notes.mutex);
    sync_client_stop(client);
    g_mutex_clear(&notes.mutex);
    g_cond_clear(&notes.changed);
    terminal_tear_down(&terminal);
}

static void test_retry_after(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    SyncClient *client = start(&terminal);
    wait_done(client);
    terminal_write(&terminal, 1);
    fake_central_break(terminal.fake, "/v1/journal", FAKE_503, 1);
    gint64 from = g_get_monotonic_time();
    wait_done(client);
    g_assert_cmpint(g_get_monotonic_time() - from, >=, 900 * 1000);
    g_assert_cmpint(fake_central_count(terminal.fake, "/v1/journal"), ==, 2);
    terminal_assert_all_at_central(&terminal);
    sync_client_stop(client);
    terminal_tear_down(&terminal);
}

static void test_refused_does_not_wait(void)
{
    Terminal terminal;
    terminal_set_up(&terminal, false);
    fake_central_break(terminal.fake, "/v1/hello", FAKE_401, 99);
    SyncClient *client = start(&terminal);
    g_autofree char *why = NULL;
    g_assert_false(sync_client_wait(client, 600000, &why));
    g_assert_nonnull(strstr(why, "new code"));
    g_assert_cmpint(sync_client_link(client, NULL), ==, SYNC_LINK_REFUSED);
    /* Nor when it is known already and the next try is a minute away. */
    g_autofree char *again = NULL;
    g_assert_false(sync_client_wait(client, 600000, &again));
    g_assert_cmpstr(again, ==, why);
    sync_client_stop(client);
    terminal_tear_down(&terminal);
}

static void test_start_without_enrolment(void)
{
    Terminal terminal;
    g_autoptr(GError) error = NULL;
    terminal_set_up_bare(&terminal, false);
    g_assert_null(sync_client_start(terminal.dir, NULL, NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    terminal_tear_down(&terminal);
}

static void test_once(void)
{
    Terminal terminal;
    int64_t acked = -1, version = -1;
    g_autoptr(GError) error = NULL;
    terminal_set_up(&terminal, false);
    terminal_write(&terminal, 4);
    g_assert_true(sync_once(terminal.dir, TIMEOUT_MS, &acked, &version, &error));
    g_assert_no_error(error);
    g_assert_cmpint(acked, ==, 4);
    g_assert_cmpint(version, ==, 2);
    fake_central_stop(terminal.fake);
    g_assert_false(sync_once(terminal.dir, 200, &acked, &version, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_OFFLINE);
    g_clear_error(&error);
    fake_central_start(terminal.fake);
    fake_central_break(terminal.fake, "/v1/hello", FAKE_401, 1);
    g_assert_false(sync_once(terminal.dir, TIMEOUT_MS, &acked, &version, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    terminal_tear_down(&terminal);
}

/* --- enrolment ------------------------------------------------------------------------------------ */

static void test_enrol(void)
{
    Terminal terminal;
    g_auto(PosIdentity) identity = {0};
    terminal_set_up(&terminal, true);
    g_assert_true(pos_store_identity_get(terminal.store, &identity, NULL));
    g_autofree char *url = fake_central_url(terminal.fake);
    g_assert_cmpstr(identity.terminal, ==, "a1b2c3d4e5f60718293a4b5c6d7e8f90");
    g_assert_cmpstr(identity.token, ==, FAKE_TOKEN);
    g_assert_cmpstr(identity.store, ==, "1");
    g_assert_cmpstr(identity.url, ==, url);
    g_assert_cmpstr(identity.mode, ==, "till");
    g_assert_cmpstr(identity.name, ==, "till 3");
    g_assert_cmpstr(identity.currency, ==, "KRW");
    g_assert_cmpstr(identity.receipt_prefix, ==, "T01");
    g_assert_true(g_str_has_prefix(identity.pin, "sha256//"));
    /* The till can sell at once. */
    g_assert_cmpint(terminal_version(&terminal), ==, 2);
    terminal_tear_down(&terminal);
}

static void refuses(Terminal *terminal, const char *url, const char *code, const char *name,
                    const char *mode, int expected)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosIdentity) identity = {0};
    g_assert_false(sync_enrol(terminal->dir, url, code, name, mode, &error));
    g_assert_error(error, POS_ERROR, expected);
    g_assert_cmpuint(strlen(error->message), >, 20);
    g_assert_true(pos_store_identity_get(terminal->store, &identity, NULL));
    g_assert_cmpstr(identity.terminal, ==, "");
}

static void test_enrol_refusals(void)
{
    Terminal terminal;
    terminal_set_up_bare(&terminal, false);
    g_autofree char *url = fake_central_url(terminal.fake);
    g_autofree char *long_name = g_strnfill(201, 'n');
    refuses(&terminal, url, "no code", NULL, NULL, POS_ERROR_INVALID);
    refuses(&terminal, "http://10.0.0.1", FAKE_CODE, NULL, NULL, POS_ERROR_INVALID);
    refuses(&terminal, url, FAKE_CODE, long_name, NULL, POS_ERROR_INVALID);
    refuses(&terminal, url, FAKE_CODE, "a\nb", NULL, POS_ERROR_INVALID);
    refuses(&terminal, url, FAKE_CODE, NULL, "boss", POS_ERROR_INVALID);
    g_assert_cmpint(fake_central_count(terminal.fake, "/v1/enrol"), ==, 0);
    refuses(&terminal, url, "WRONGWRONGWRONG1", NULL, NULL, POS_ERROR_INVALID);
    static const FakeFault faults[] = {FAKE_HTML, FAKE_HTML_AS, FAKE_HUGE, FAKE_GARBAGE};
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        fake_central_break(terminal.fake, "/v1/enrol", faults[i], 1);
        refuses(&terminal, url, FAKE_CODE, NULL, NULL, POS_ERROR_FAILED);
    }
    fake_central_break(terminal.fake, "/v1/enrol", FAKE_500, 1);
    refuses(&terminal, url, FAKE_CODE, NULL, NULL, POS_ERROR_OFFLINE);
    fake_central_stop(terminal.fake);
    refuses(&terminal, url, FAKE_CODE, NULL, NULL, POS_ERROR_OFFLINE);
    fake_central_start(terminal.fake);
    terminal_tear_down(&terminal);
}

/* The pin of the code is another one's: the code must not even be sent. */
static void test_enrol_stranger(void)
{
    static const char foreign[] = FAKE_CODE ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    Terminal terminal;
    terminal_set_up_bare(&terminal, true);
    g_autofree char *url = fake_central_url(terminal.fake);
    refuses(&terminal, url, foreign, NULL, NULL, POS_ERROR_FAILED);
    /* Without a pin the certificate would have to come from a public CA. */
    refuses(&terminal, url, FAKE_CODE, NULL, NULL, POS_ERROR_FAILED);
    g_assert_cmpint(fake_central_count(terminal.fake, "/v1/enrol"), ==, 0);
    terminal_tear_down(&terminal);
}

static void test_enrol_lost_answer(void)
{
    Terminal terminal;
    g_autoptr(GError) error = NULL;
    g_auto(PosIdentity) identity = {0};
    terminal_set_up_bare(&terminal, false);
    fake_central_break(terminal.fake, "/v1/enrol", FAKE_LOSE, 2);
    g_assert_false(terminal_enrol(&terminal, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_OFFLINE);
    g_clear_error(&error);
    g_assert_true(terminal_enrol(&terminal, &error));
    g_assert_no_error(error);
    /* One enrolment, since the nonce was the same each time. */
    g_assert_true(pos_store_identity_get(terminal.store, &identity, NULL));
    g_assert_cmpstr(identity.receipt_prefix, ==, "T01");
    terminal_tear_down(&terminal);
}

static void test_enrol_feed_fails(void)
{
    Terminal terminal;
    g_autoptr(GError) error = NULL;
    terminal_set_up_bare(&terminal, false);
    fake_central_break(terminal.fake, "once", FAKE_HALF, 1);
    g_assert_true(terminal_enrol(&terminal, &error));
    g_assert_no_error(error);
    g_assert_cmpint(terminal_version(&terminal), ==, 2);
    terminal_tear_down(&terminal);
}

/* Enrolled into another store of the same central: its feed is another one, though the epoch is the same. */
static void test_enrol_into_another_store(void)
{
    Terminal terminal;
    g_autoptr(GError) error = NULL;
    terminal_set_up(&terminal, false);
    fake_central_publish(terminal.fake, "tag", "t1", "{}");
    g_assert_true(sync_once(terminal.dir, TIMEOUT_MS, NULL, NULL, &error));
    g_assert_cmpint(terminal_version(&terminal), ==, 3);
    fake_central_next_store(terminal.fake, "2", 1);
    terminal_enrol(&terminal, &error);
    g_assert_no_error(error);
    g_assert_cmpint(terminal_version(&terminal), ==, 1);
    g_assert_cmpint(terminal_items(&terminal, ""), ==, 1);
    terminal_tear_down(&terminal);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/client/wait_is_over_when_both_ways_are_done", test_wait);
    g_test_add_func("/sync/client/an_outage_loses_nothing", test_outage);
    g_test_add_func("/sync/client/a_wake_sends_and_news_is_told", test_wake_and_notify);
    g_test_add_func("/sync/client/retry_after_is_kept", test_retry_after);
    g_test_add_func("/sync/client/a_refused_token_does_not_make_anyone_wait",
                    test_refused_does_not_wait);
    g_test_add_func("/sync/client/a_folder_that_is_not_enrolled_does_not_start",
                    test_start_without_enrolment);
    g_test_add_func("/sync/client/once_goes_both_ways_or_says_why", test_once);
    g_test_add_func("/sync/enrol/an_answer_becomes_an_identity_with_prices", test_enrol);
    g_test_add_func("/sync/enrol/each_refusal_is_one_sentence_and_changes_nothing",
                    test_enrol_refusals);
    g_test_add_func("/sync/enrol/a_stranger_does_not_get_the_code", test_enrol_stranger);
    g_test_add_func("/sync/enrol/a_lost_answer_burns_nothing", test_enrol_lost_answer);
    g_test_add_func("/sync/enrol/a_broken_first_feed_is_read_again", test_enrol_feed_fails);
    g_test_add_func("/sync/enrol/another_store_has_another_feed", test_enrol_into_another_store);
    return g_test_run();
}
