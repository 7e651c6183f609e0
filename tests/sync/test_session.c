/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/session: each rule of the protocol as a case, then every event in every reachable state. */
#include "pos/bounds.h"
#include "sync/session.h"

#include <string.h>

#define HALF 0x80000000u /* a random number in the middle */

static SyncAction at(SyncSession *session, int64_t now_ms, SyncEvent event)
{
    return sync_session_handle(session, &event, now_ms, HALF);
}

#define EVENT(...) ((SyncEvent){__VA_ARGS__})
#define TIME EVENT(.kind = SYNC_EVENT_TIME)
#define HELLO(acked_, version_)                                                                    \
    EVENT(.kind = SYNC_EVENT_HELLO, .acked = acked_, .agrees = true, .version = version_,          \
          .epoch_known = true)

/* Connected, streaming from version 10, nothing unsent. */
static SyncSession connected(int64_t last_seq)
{
    SyncSession session;
    sync_session_init(&session, last_seq, last_seq, 10);
    SyncAction action = at(&session, 0, TIME);
    g_assert_true(action.say_hello && !action.stream && !action.send);
    action = at(&session, 1, HELLO(last_seq, 10));
    g_assert_true(action.stream);
    g_assert_cmpint(action.after, ==, 10);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_CONNECTING);
    at(&session, 1, EVENT(.kind = SYNC_EVENT_DOWN_ALIVE));
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_ONLINE);
    return session;
}

static SyncAction record(SyncSession *session, int64_t now_ms, int64_t last_seq)
{
    return at(session, now_ms, EVENT(.kind = SYNC_EVENT_RECORD, .last_seq = last_seq));
}

static void test_connect(void)
{
    SyncSession session;
    sync_session_init(&session, 5, 2, 10);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_CONNECTING);
    SyncAction action = at(&session, 0, TIME);
    g_assert_true(action.say_hello);
    g_assert_false(at(&session, 1, TIME).say_hello);
    /* Central has record 3 as well: its word counts, not what was remembered here. */
    action = at(&session, 2, HELLO(3, 12));
    g_assert_true(action.store_acked && action.send && action.stream);
    g_assert_cmpint(session.acked, ==, 3);
    g_assert_cmpint(action.send_from, ==, 4);
    g_assert_cmpuint(action.send_max, ==, 2);
}

static void test_acked_goes_down(void)
{
    SyncSession session;
    sync_session_init(&session, 5, 5, 10);
    at(&session, 0, TIME);
    SyncAction action = at(&session, 1, HELLO(2, 10));
    g_assert_true(action.store_acked && action.send);
    g_assert_cmpint(session.acked, ==, 2);
    g_assert_cmpint(action.send_from, ==, 3);
}

static void test_one_batch(void)
{
    SyncSession session = connected(0);
    SyncAction action = record(&session, 10, 1);
    g_assert_true(action.send);
    g_assert_cmpint(action.send_from, ==, 1);
    g_assert_false(record(&session, 11, 2).send);
    g_assert_false(record(&session, 12, 3).send);
    action = at(&session, 20, EVENT(.kind = SYNC_EVENT_UP_OK, .acked = 1, .agrees = true));
    g_assert_true(action.store_acked && action.send);
    g_assert_cmpint(action.send_from, ==, 2);
    g_assert_cmpuint(action.send_max, ==, 2);
    action = at(&session, 30, EVENT(.kind = SYNC_EVENT_UP_OK, .acked = 3, .agrees = true));
    g_assert_false(action.send);
    g_assert_cmpint(session.acked, ==, 3);
}

static void test_batch_bound(void)
{
    SyncSession session = connected(0);
    SyncAction action = record(&session, 10, 2500);
    g_assert_cmpuint(action.send_max, ==, POS_BOUND_BATCH_RECORDS);
}

static void test_gap_rewinds(void)
{
    SyncSession session = connected(9);
    SyncAction action = record(&session, 10, 10);
    g_assert_cmpint(action.send_from, ==, 10);
    action = at(&session, 11, EVENT(.kind = SYNC_EVENT_UP_GAP, .acked = 4, .agrees = true));
    g_assert_true(action.send && action.store_acked);
    g_assert_cmpint(action.send_from, ==, 5);
    g_assert_cmpint(session.acked, ==, 4);
    /* A gap that is none is nonsense, and no loop. */
    action = at(&session, 12, EVENT(.kind = SYNC_EVENT_UP_GAP, .acked = 4, .agrees = true));
    g_assert_false(action.send);
    g_assert_cmpint(session.acked, ==, 4);
    g_assert_false(session.greeted);
}

static void test_fork(void)
{
    SyncSession session = connected(3);
    record(&session, 10, 4);
    SyncAction action = at(&session, 11, EVENT(.kind = SYNC_EVENT_UP_FORK, .seq = 2));
    g_assert_cmpint(action.fork_at, ==, 2);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_FORKED);
    g_assert_false(record(&session, 12, 5).send);
    g_assert_cmpint(session.acked, ==, 3);
    /* Prices go on coming. */
    g_assert_cmpint(session.down, ==, SYNC_DOWN_STREAMING);
    at(&session, 13, EVENT(.kind = SYNC_EVENT_DOWN_APPLIED, .version = 11));
    g_assert_cmpint(session.applied, ==, 11);
    /* Central agrees again (it was restored): over. */
    at(&session, 14, EVENT(.kind = SYNC_EVENT_ASK));
    action = at(&session, 15, HELLO(3, 11));
    g_assert_true(action.send);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_ONLINE);
}

static void test_fork_at_hello(void)
{
    const SyncEvent words[] = {
        EVENT(.kind = SYNC_EVENT_HELLO, .acked = 9, .agrees = true, .version = 10,
              .epoch_known = true),
        EVENT(.kind = SYNC_EVENT_HELLO, .acked = 2, .agrees = false, .version = 10,
              .epoch_known = true),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        SyncSession session;
        sync_session_init(&session, 5, 1, 10);
        at(&session, 0, TIME);
        SyncAction action = at(&session, 1, words[i]);
        g_assert_true(!action.send && !action.store_acked && action.stream);
        g_assert_cmpint(session.acked, ==, 1);
        g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_FORKED);
    }
}

static void test_wrong_head(void)
{
    SyncSession session = connected(0);
    record(&session, 10, 1);
    SyncAction action = at(&session, 11, EVENT(.kind = SYNC_EVENT_UP_OK, .acked = 1));
    g_assert_false(action.store_acked);
    g_assert_cmpint(session.acked, ==, 0);
    g_assert_false(action.send);
    /* The next hello tells which it is. */
    action = at(&session, action.wake_at_ms, TIME);
    g_assert_true(action.say_hello);
}

static void test_bad_record(void)
{
    SyncSession session = connected(0);
    SyncAction action = record(&session, 10, 3);
    g_assert_cmpuint(action.send_max, ==, 3);
    action = at(&session, 11, EVENT(.kind = SYNC_EVENT_UP_BAD));
    g_assert_true(action.send);
    g_assert_cmpuint(action.send_max, ==, 1);
    action = at(&session, 12, EVENT(.kind = SYNC_EVENT_UP_OK, .acked = 1, .agrees = true));
    g_assert_cmpint(action.send_from, ==, 2);
    g_assert_cmpuint(action.send_max, ==, 1);
    action = at(&session, 13, EVENT(.kind = SYNC_EVENT_UP_BAD));
    g_assert_cmpint(action.adopt, ==, 2);
    g_assert_false(action.send);
    g_assert_false(record(&session, 14, 4).send);
    action = at(&session, 15, EVENT(.kind = SYNC_EVENT_UP_ADOPTED, .last_seq = 4));
    g_assert_true(action.send);
    g_assert_cmpint(action.send_from, ==, 2);
    action = at(&session, 16, EVENT(.kind = SYNC_EVENT_UP_OK, .acked = 2, .agrees = true));
    action = at(&session, 17, EVENT(.kind = SYNC_EVENT_UP_OK, .acked = 3, .agrees = true));
    g_assert_cmpint(action.send_from, ==, 4);
    g_assert_cmpint(session.single_until, ==, 0);
}

static void test_bad_record_twice(void)
{
    SyncSession session = connected(0);
    record(&session, 10, 1);
    g_assert_cmpint(at(&session, 11, EVENT(.kind = SYNC_EVENT_UP_BAD)).adopt, ==, 1);
    at(&session, 12, EVENT(.kind = SYNC_EVENT_UP_ADOPTED, .last_seq = 1));
    SyncAction action = at(&session, 13, EVENT(.kind = SYNC_EVENT_UP_BAD));
    g_assert_cmpint(action.adopt, ==, 0);
    g_assert_false(action.send);
    g_assert_cmpint(session.up_wait.until_ms, ==, 13 + SYNC_SESSION_BACKOFF_MS_MAX);
}

static void test_too_large(void)
{
    SyncSession session = connected(0);
    SyncAction action = record(&session, 10, 9);
    unsigned expected[] = {4, 2, 1};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        action = at(&session, 11, EVENT(.kind = SYNC_EVENT_UP_TOO_LARGE));
        g_assert_cmpuint(action.send_max, ==, expected[i]);
    }
    action = at(&session, 12, EVENT(.kind = SYNC_EVENT_UP_TOO_LARGE));
    g_assert_false(action.send);
}

static void test_backoff(void)
{
    SyncSession session;
    sync_session_init(&session, 0, 0, 10);
    int64_t now = 0;
    /* With the largest random number the wait is the window less one: 0.5 s doubled to 60 s. */
    static const int64_t windows[] = {500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    SyncEvent failed = {.kind = SYNC_EVENT_HELLO_FAILED};
    SyncAction action = at(&session, now, TIME);
    for (gsize i = 0; i < G_N_ELEMENTS(windows); i++) {
        g_assert_true(action.say_hello);
        action = sync_session_handle(&session, &failed, now, G_MAXUINT32);
        g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_OFFLINE);
        g_assert_cmpint(action.wake_at_ms, ==, now + windows[i] - 1);
        g_assert_false(at(&session, action.wake_at_ms - 1, TIME).say_hello);
        now = action.wake_at_ms;
        action = at(&session, now, TIME);
    }
    /* Full jitter: with the smallest it is none at all. */
    action = sync_session_handle(&session, &failed, now, 0);
    g_assert_true(action.say_hello);
    /* One success and it begins anew. */
    at(&session, now, HELLO(0, 10));
    at(&session, now, EVENT(.kind = SYNC_EVENT_ASK));
    action = sync_session_handle(&session, &failed, now, G_MAXUINT32);
    g_assert_cmpint(session.hello_wait.until_ms, ==, now + 499);
}

static void test_spread(void)
{
    SyncSession session = connected(0);
    SyncEvent cut = {.kind = SYNC_EVENT_DOWN_FAILED}, failed = {.kind = SYNC_EVENT_HELLO_FAILED};
    sync_session_handle(&session, &cut, 1000, 0);
    g_assert_true(session.hello_busy);
    /* An outage of 30 s and more, however often it was tried: the window is 30 s at least. */
    sync_session_handle(&session, &failed, 31000, G_MAXUINT32);
    g_assert_cmpint(session.hello_wait.until_ms, ==, 31000 + 30000 - 1);
}

static void test_retry_after(void)
{
    SyncSession session;
    sync_session_init(&session, 1, 0, 10);
    at(&session, 0, TIME);
    SyncAction action =
        at(&session, 100, EVENT(.kind = SYNC_EVENT_HELLO_FAILED, .retry_after_ms = 20000));
    g_assert_cmpint(action.wake_at_ms, ==, 20100);
    /* Neither a record nor a new network nor a person overrules it. */
    g_assert_false(record(&session, 5000, 2).say_hello);
    g_assert_false(at(&session, 6000, EVENT(.kind = SYNC_EVENT_NETWORK)).say_hello);
    g_assert_false(at(&session, 7000, EVENT(.kind = SYNC_EVENT_ASK)).say_hello);
    g_assert_true(at(&session, 20100, TIME).say_hello);
    /* A year is not believed. */
    action =
        at(&session, 20200, EVENT(.kind = SYNC_EVENT_HELLO_FAILED, .retry_after_ms = 31536000000));
    g_assert_cmpint(action.wake_at_ms, ==, 20200 + SYNC_SESSION_RETRY_AFTER_MS_MAX);
}

static void test_up_503_keeps_stream(void)
{
    SyncSession session = connected(0);
    record(&session, 10, 1);
    SyncAction action =
        at(&session, 20, EVENT(.kind = SYNC_EVENT_UP_FAILED, .retry_after_ms = 3000));
    g_assert_false(action.cancel_down);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_ONLINE);
    g_assert_cmpint(action.wake_at_ms, ==, 3020);
    action = at(&session, 3020, TIME);
    g_assert_true(action.say_hello);
    action = at(&session, 3030, HELLO(0, 10));
    g_assert_true(action.send && !action.stream);
}

static void test_wake(void)
{
    SyncSession session;
    sync_session_init(&session, 0, 0, 10);
    SyncEvent failed = {.kind = SYNC_EVENT_HELLO_FAILED};
    int64_t now = 0;
    at(&session, now, TIME);
    for (int i = 0; i < 10; i++) {
        SyncAction action = sync_session_handle(&session, &failed, now, G_MAXUINT32);
        now = action.wake_at_ms;
        at(&session, now, TIME);
    }
    sync_session_handle(&session, &failed, now, G_MAXUINT32);
    g_assert_cmpint(session.hello_wait.until_ms, >, now + 50000);
    /* A sale does not wait for the minute to pass, but two sales at once are one try. */
    SyncAction action = record(&session, now + 10, 1);
    g_assert_false(action.say_hello);
    g_assert_cmpint(action.wake_at_ms, ==, now + 500);
    g_assert_true(record(&session, now + 600, 2).say_hello);
}

static void test_liveness(void)
{
    SyncSession session = connected(0);
    SyncAction action = at(&session, 40000, EVENT(.kind = SYNC_EVENT_DOWN_ALIVE));
    g_assert_cmpint(action.wake_at_ms, ==, 85000);
    action = at(&session, 84999, TIME);
    g_assert_false(action.cancel_down);
    action = at(&session, 85000, TIME);
    g_assert_true(action.cancel_down);
    g_assert_cmpint(session.down, ==, SYNC_DOWN_IDLE);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_OFFLINE);
    action = at(&session, action.wake_at_ms, TIME);
    g_assert_true(action.say_hello && !action.stream);
}

static void test_down_choice(void)
{
    static const struct {
        int64_t applied, central;
        bool epoch_known, catch_up, replace;
        int64_t after;
    } cases[] = {
        {0, 5, true, true, false, 0},                                         /* the first time */
        {0, 5, false, true, true, 0},       {10, 10, true, false, false, 10}, /* nothing new */
        {10, 1010, true, false, false, 10},                                   /* little */
        {10, 1011, true, true, false, 10},                                    /* much */
        {10, 3, true, false, false, 10}, /* a node that lags: wait */
        {10, 10, false, true, true, 0},  /* another epoch */
        {0, 0, true, false, false, 0},   /* an empty store */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        SyncSession session;
        sync_session_init(&session, 0, 0, cases[i].applied);
        at(&session, 0, TIME);
        SyncAction action =
            at(&session, 1,
               EVENT(.kind = SYNC_EVENT_HELLO, .agrees = true, .version = cases[i].central,
                     .epoch_known = cases[i].epoch_known));
        g_assert_cmpint(action.catch_up, ==, cases[i].catch_up);
        g_assert_cmpint(action.stream, ==, !cases[i].catch_up);
        g_assert_cmpint(action.replace, ==, cases[i].replace);
        g_assert_cmpint(action.after, ==, cases[i].after);
        if (action.catch_up) {
            action = at(&session, 2,
                        EVENT(.kind = SYNC_EVENT_DOWN_CAUGHT_UP, .version = cases[i].central));
            g_assert_true(action.stream);
            g_assert_cmpint(action.after, ==, cases[i].central);
        }
    }
}

static void test_unauthorized(void)
{
    SyncSession session = connected(0);
    record(&session, 10, 1);
    SyncAction action = at(&session, 11, EVENT(.kind = SYNC_EVENT_UNAUTHORIZED));
    g_assert_true(action.cancel_up && action.cancel_down);
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_REFUSED);
    g_assert_false(record(&session, 12, 2).say_hello);
    /* It asks again, slowly, and believes a yes. */
    action = at(&session, 11 + SYNC_SESSION_BACKOFF_MS_MAX, TIME);
    g_assert_true(action.say_hello && !action.send);
    at(&session, 70000, EVENT(.kind = SYNC_EVENT_HELLO_FAILED));
    g_assert_cmpint(sync_session_link(&session), ==, SYNC_LINK_REFUSED);
}

static void test_ask(void)
{
    SyncSession session = connected(0);
    SyncAction action = at(&session, 10, EVENT(.kind = SYNC_EVENT_ASK));
    g_assert_true(action.say_hello);
    /* Asked again while one is in flight: that one was sent too early to count. */
    g_assert_false(at(&session, 11, EVENT(.kind = SYNC_EVENT_ASK)).say_hello);
    action = at(&session, 12, HELLO(0, 10));
    g_assert_true(action.say_hello);
    action = at(&session, 13, HELLO(0, 10));
    g_assert_false(action.say_hello);
}

static void test_ask_outlives_a_failure(void)
{
    SyncSession session = connected(0);
    at(&session, 10, EVENT(.kind = SYNC_EVENT_ASK));
    SyncAction action = at(&session, 11, EVENT(.kind = SYNC_EVENT_HELLO_FAILED));
    g_assert_false(action.say_hello);
    g_assert_cmpint(session.down, ==, SYNC_DOWN_STREAMING);
    g_assert_true(at(&session, action.wake_at_ms, TIME).say_hello);
}

static void test_refresh(void)
{
    SyncSession session = connected(0);
    int64_t due = 1 + SYNC_SESSION_REFRESH_MS;
    g_assert_false(at(&session, due - 1, EVENT(.kind = SYNC_EVENT_DOWN_ALIVE)).say_hello);
    SyncAction action = at(&session, due, EVENT(.kind = SYNC_EVENT_DOWN_ALIVE));
    g_assert_true(action.say_hello);
    g_assert_false(at(&session, due + 1, EVENT(.kind = SYNC_EVENT_DOWN_ALIVE)).say_hello);
    /* Central was restored beneath the open stream. */
    action = at(&session, due + 2, EVENT(.kind = SYNC_EVENT_HELLO, .agrees = true, .version = 4));
    g_assert_true(action.cancel_down && action.catch_up && action.replace);
}

/* Every state that events can lead to, and every event in each of them: the invariants hold (asserted inside), what is
 * started is not already in flight, and there is always either something in flight or a time to come back. */
static void explore(SyncSession session, int64_t now, int depth, guint *out_count)
{
    static const int64_t steps[] = {1, 700, 61000};
    for (int kind = 0; kind < SYNC_EVENT_KINDS; kind++) {
        for (int variant = 0; variant < 3; variant++) {
            SyncSession next = session;
            SyncEvent event = {
                .kind = (SyncEventKind)kind,
                .last_seq = session.last_seq + variant,
                .acked = variant == 0   ? session.last_seq
                         : variant == 1 ? 0
                                        : session.last_seq + 9,
                .agrees = variant != 2,
                .seq = 1,
                .version = session.applied + variant,
                .epoch_known = variant != 1,
                .retry_after_ms = variant == 1 ? 1000 : 0,
            };
            int64_t then = now + steps[variant];
            SyncAction action = sync_session_handle(&next, &event, then, HALF);
            bool down_started = action.catch_up || action.stream;
            g_assert_false(action.catch_up && action.stream);
            g_assert_cmpint(action.send, ==, next.up == SYNC_UP_SENDING && action.send_from > 0);
            if (action.send) {
                g_assert_cmpint(action.send_from, ==, next.acked + 1);
                g_assert_true(session.up != SYNC_UP_SENDING || kind >= SYNC_EVENT_UP_OK);
                g_assert_true(next.greeted && !next.refused);
            }
            if (down_started) {
                g_assert_true(next.greeted && !next.refused);
                g_assert_true(session.down == SYNC_DOWN_IDLE || action.cancel_down ||
                              kind == SYNC_EVENT_DOWN_CAUGHT_UP || kind == SYNC_EVENT_DOWN_FAILED);
            }
            if (action.say_hello) {
                g_assert_true(!session.hello_busy || kind == SYNC_EVENT_HELLO ||
                              kind == SYNC_EVENT_HELLO_FAILED || kind == SYNC_EVENT_UNAUTHORIZED);
            }
            g_assert_true(next.hello_busy || next.up == SYNC_UP_SENDING ||
                          next.up == SYNC_UP_ADOPTING || action.wake_at_ms > then);
            (*out_count)++;
            if (depth > 0) {
                explore(next, then, depth - 1, out_count);
            }
        }
    }
}

static void test_every_event_in_every_state(void)
{
    guint count = 0;
    SyncSession session;
    sync_session_init(&session, 3, 1, 4);
    explore(session, 0, 2, &count);
    session = connected(2);
    explore(session, 1, 2, &count);
    session = connected(0);
    record(&session, 2, 3);
    explore(session, 2, 2, &count);
    g_assert_cmpuint(count, >, 100000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/session/greets_first_then_sends_and_reads", test_connect);
    g_test_add_func("/sync/session/centrals_word_counts_downwards_too", test_acked_goes_down);
    g_test_add_func("/sync/session/one_batch_in_flight", test_one_batch);
    g_test_add_func("/sync/session/a_batch_is_bounded", test_batch_bound);
    g_test_add_func("/sync/session/gap_sends_from_acked_plus_one", test_gap_rewinds);
    g_test_add_func("/sync/session/fork_stops_the_way_up_only", test_fork);
    g_test_add_func("/sync/session/fork_is_seen_at_hello", test_fork_at_hello);
    g_test_add_func("/sync/session/wrong_head_moves_nothing", test_wrong_head);
    g_test_add_func("/sync/session/bad_batch_goes_one_by_one_and_adopts_one", test_bad_record);
    g_test_add_func("/sync/session/adopted_and_refused_again_waits", test_bad_record_twice);
    g_test_add_func("/sync/session/too_large_sends_less", test_too_large);
    g_test_add_func("/sync/session/backoff_doubles_to_a_minute_with_full_jitter", test_backoff);
    g_test_add_func("/sync/session/connects_spread_after_an_outage", test_spread);
    g_test_add_func("/sync/session/retry_after_wins", test_retry_after);
    g_test_add_func("/sync/session/trouble_on_the_way_up_keeps_the_stream",
                    test_up_503_keeps_stream);
    g_test_add_func("/sync/session/a_new_record_wakes_it", test_wake);
    g_test_add_func("/sync/session/silence_of_45_s_reconnects", test_liveness);
    g_test_add_func("/sync/session/way_down_fits_what_is_missing", test_down_choice);
    g_test_add_func("/sync/session/unauthorized_drops_all_and_asks_slowly", test_unauthorized);
    g_test_add_func("/sync/session/asking_gets_a_hello_sent_after_the_question", test_ask);
    g_test_add_func("/sync/session/asking_outlives_a_failure", test_ask_outlives_a_failure);
    g_test_add_func("/sync/session/greets_again_every_ten_minutes", test_refresh);
    g_test_add_func("/sync/session/every_event_in_every_state", test_every_event_in_every_state);
    return g_test_run();
}
