/* SPDX-License-Identifier: GPL-3.0-or-later
 * The state machine drawn in the header. Each event is taken by one function below; sync_session_handle() then starts
 * whatever may start, in one place, so that no event can forget a lane. */
#include "sync/session.h"

#include "pos/bounds.h"

/* A lane that has worked for this long begins its backoff anew. */
#define STABLE_MS 15000
/* Between two tries that a new record caused. */
#define WAKE_MS_MIN 500

void sync_session_init(SyncSession *session, int64_t last_seq, int64_t acked, int64_t applied)
{
    *session = (SyncSession){
        .last_seq = last_seq,
        .acked = acked,
        .applied = applied,
        .outage_since_ms = -1,
        .batch_max = POS_BOUND_BATCH_RECORDS,
    };
}

void sync_session_check(const SyncSession *session)
{
    g_assert_cmpint(session->last_seq, >=, 0);
    g_assert_cmpint(session->acked, >=, 0);
    g_assert_cmpint(session->acked, <=, session->last_seq);
    g_assert_cmpint(session->applied, >=, 0);
    g_assert_cmpuint(session->batch_max, >=, 1);
    g_assert_cmpuint(session->batch_max, <=, POS_BOUND_BATCH_RECORDS);
    if (session->up == SYNC_UP_SENDING) {
        g_assert_cmpint(session->sent_from, >=, 1);
        g_assert_cmpint(session->sent_to, >=, session->sent_from);
        g_assert_cmpint(session->sent_to, <=, session->last_seq);
    }
    if (session->up == SYNC_UP_ADOPTING) {
        g_assert_cmpint(session->adopting, >=, 1);
    }
    if (session->refused) {
        g_assert_true(session->up != SYNC_UP_SENDING && session->down == SYNC_DOWN_IDLE);
    }
}

/* --- waiting ------------------------------------------------------------------------------------- */

static void backoff_fail(SyncSession *session, SyncBackoff *wait, int64_t now_ms,
                         int64_t retry_after_ms, uint32_t random)
{
    if (session->outage_since_ms < 0) {
        session->outage_since_ms = now_ms;
    }
    wait->failures = MIN(wait->failures + 1, 30);
    wait->tried_ms = now_ms;
    wait->hard = retry_after_ms > 0;
    if (wait->hard) {
        wait->until_ms = now_ms + MIN(retry_after_ms, SYNC_SESSION_RETRY_AFTER_MS_MAX);
        return;
    }
    int64_t window = SYNC_SESSION_BACKOFF_MS_MIN;
    for (unsigned i = 1; i < wait->failures && window < SYNC_SESSION_BACKOFF_MS_MAX; i++) {
        window *= 2;
    }
    if (now_ms - session->outage_since_ms >= SYNC_SESSION_SPREAD_MS_MIN) {
        window = MAX(window, SYNC_SESSION_SPREAD_MS_MIN);
    }
    window = MIN(window, SYNC_SESSION_BACKOFF_MS_MAX);
    wait->until_ms = now_ms + (int64_t)(((uint64_t)window * random) >> 32);
}

/* A new record, a new network: try sooner, but never hammer, and never against Retry-After. */
static void backoff_wake(SyncBackoff *wait)
{
    if (wait->failures > 0 && !wait->hard) {
        wait->until_ms = MIN(wait->until_ms, wait->tried_ms + WAKE_MS_MIN);
    }
}

static void drop_all(SyncSession *session, SyncAction *action)
{
    action->cancel_hello = session->hello_busy;
    action->cancel_up = session->up == SYNC_UP_SENDING;
    action->cancel_down = session->down != SYNC_DOWN_IDLE;
    session->hello_busy = false;
    session->greeted = false;
    session->down = SYNC_DOWN_IDLE;
    if (session->up == SYNC_UP_SENDING) {
        session->up = SYNC_UP_IDLE;
    }
}

/* Central's word fits this terminal's own journal. */
static bool agrees(const SyncSession *session, const SyncEvent *event)
{
    return event->agrees && event->acked >= 0 && event->acked <= session->last_seq;
}

/* --- hello --------------------------------------------------------------------------------------- */

static void take_hello(SyncSession *session, const SyncEvent *event, int64_t now_ms,
                       SyncAction *action)
{
    if (!session->hello_busy) {
        return;
    }
    session->hello_busy = false;
    session->greeted = true;
    session->hello_ms = now_ms;
    session->refused = false;
    session->hello_wait = (SyncBackoff){0};
    session->outage_since_ms = -1;
    session->central_version = event->version;
    session->epoch_known = event->epoch_known;
    if (!agrees(session, event)) {
        action->cancel_up = session->up == SYNC_UP_SENDING;
        session->up = SYNC_UP_FORKED;
    } else {
        if (session->up == SYNC_UP_FORKED) {
            session->up = SYNC_UP_IDLE;
        }
        /* A batch in flight will bring a newer word than this one. */
        if (session->up == SYNC_UP_IDLE && session->acked != event->acked) {
            session->acked = event->acked;
            action->store_acked = true;
        }
    }
    if (!event->epoch_known && session->down == SYNC_DOWN_STREAMING) {
        session->down = SYNC_DOWN_IDLE;
        action->cancel_down = true;
    }
}

static void take_hello_failed(SyncSession *session, const SyncEvent *event, int64_t now_ms,
                              uint32_t random)
{
    if (!session->hello_busy) {
        return;
    }
    session->hello_busy = false;
    session->greeted = false;
    session->asked = true; /* whoever waits for it still does, also while the lanes go on */
    backoff_fail(session, &session->hello_wait, now_ms, event->retry_after_ms, random);
}

/* --- up ------------------------------------------------------------------------------------------ */

static void up_fail(SyncSession *session, int64_t now_ms, int64_t retry_after_ms, uint32_t random)
{
    session->up = SYNC_UP_IDLE;
    session->greeted = false;
    backoff_fail(session, &session->up_wait, now_ms, retry_after_ms, random);
}

static void take_up_ok(SyncSession *session, const SyncEvent *event, int64_t now_ms,
                       uint32_t random, SyncAction *action)
{
    if (!agrees(session, event) || event->acked < session->sent_from) {
        /* Nonsense, or central has less than it said: the next hello tells. */
        up_fail(session, now_ms, 0, random);
        return;
    }
    session->up = SYNC_UP_IDLE;
    session->up_wait = (SyncBackoff){0};
    session->gaps = 0;
    session->acked = event->acked;
    action->store_acked = true;
    if (session->acked >= session->single_until) {
        session->single_until = 0;
    }
    if (session->acked >= session->adopting) {
        session->adopting = 0;
    }
}

static void take_up_gap(SyncSession *session, const SyncEvent *event, int64_t now_ms,
                        uint32_t random, SyncAction *action)
{
    session->gaps++;
    if (!agrees(session, event) || event->acked + 1 >= session->sent_from || session->gaps > 3) {
        up_fail(session, now_ms, 0, random);
        return;
    }
    session->up = SYNC_UP_IDLE;
    session->acked = event->acked;
    action->store_acked = true;
}

static void take_up_bad(SyncSession *session, int64_t now_ms, uint32_t random, SyncAction *action)
{
    if (session->sent_to > session->sent_from) {
        session->up = SYNC_UP_IDLE;
        session->single_until = session->sent_to;
        return;
    }
    if (session->adopting == session->sent_from) {
        /* Refused in its adopted form as well: only a person can help; keep trying, slowly. */
        up_fail(session, now_ms, SYNC_SESSION_BACKOFF_MS_MAX, random);
        return;
    }
    session->up = SYNC_UP_ADOPTING;
    session->adopting = session->sent_from;
    action->adopt = session->adopting;
}

static void take_up(SyncSession *session, const SyncEvent *event, int64_t now_ms, uint32_t random,
                    SyncAction *action)
{
    if (session->up != SYNC_UP_SENDING) {
        return;
    }
    switch ((int)event->kind) {
    case SYNC_EVENT_UP_OK:
        take_up_ok(session, event, now_ms, random, action);
        break;
    case SYNC_EVENT_UP_GAP:
        take_up_gap(session, event, now_ms, random, action);
        break;
    case SYNC_EVENT_UP_FORK:
        session->up = SYNC_UP_FORKED;
        action->fork_at = event->seq;
        break;
    case SYNC_EVENT_UP_BAD:
        take_up_bad(session, now_ms, random, action);
        break;
    case SYNC_EVENT_UP_TOO_LARGE:
        if (session->sent_to > session->sent_from) {
            unsigned count = (unsigned)(session->sent_to - session->sent_from + 1);
            session->up = SYNC_UP_IDLE;
            session->batch_max = MAX(1, MIN(session->batch_max, count) / 2);
        } else {
            up_fail(session, now_ms, SYNC_SESSION_BACKOFF_MS_MAX, random);
        }
        break;
    case SYNC_EVENT_UP_FAILED:
        up_fail(session, now_ms, event->retry_after_ms, random);
        break;
    default:
        g_assert_not_reached();
    }
}

/* --- down ---------------------------------------------------------------------------------------- */

static void down_fail(SyncSession *session, int64_t now_ms, int64_t retry_after_ms, uint32_t random)
{
    session->down = SYNC_DOWN_IDLE;
    session->greeted = false;
    backoff_fail(session, &session->down_wait, now_ms, retry_after_ms, random);
}

static void take_down(SyncSession *session, const SyncEvent *event, int64_t now_ms, uint32_t random)
{
    if (session->down != SYNC_DOWN_STREAMING && event->kind == SYNC_EVENT_DOWN_APPLIED) {
        /* It is in the store, though the stream that brought it was cancelled meanwhile. */
        session->applied = MAX(session->applied, event->version);
        return;
    }
    if (session->down == SYNC_DOWN_IDLE) {
        return;
    }
    session->alive_ms = now_ms;
    session->down_open = true;
    if (event->kind == SYNC_EVENT_DOWN_FAILED) {
        down_fail(session, now_ms, event->retry_after_ms, random);
        return;
    }
    if (session->down == SYNC_DOWN_STREAMING && event->kind == SYNC_EVENT_DOWN_ALIVE) {
        if (now_ms - session->down_since_ms >= STABLE_MS) {
            session->down_wait = (SyncBackoff){0};
        }
    } else if (session->down == SYNC_DOWN_STREAMING && event->kind == SYNC_EVENT_DOWN_APPLIED) {
        session->down_wait = (SyncBackoff){0};
        session->applied = event->version;
    } else if (session->down == SYNC_DOWN_CATCHING_UP && event->kind == SYNC_EVENT_DOWN_CAUGHT_UP) {
        session->down_wait = (SyncBackoff){0};
        session->down = SYNC_DOWN_IDLE;
        session->applied = event->version;
        session->central_version = MAX(session->central_version, event->version);
        session->epoch_known = true;
    }
}

/* --- starting what may start ---------------------------------------------------------------------- */

static bool may_go(const SyncBackoff *wait, int64_t now_ms)
{
    return now_ms >= wait->until_ms;
}

static void start_up(SyncSession *session, SyncAction *action)
{
    unsigned max = session->single_until > session->acked ? 1 : session->batch_max;
    session->up = SYNC_UP_SENDING;
    session->sent_from = session->acked + 1;
    session->sent_to = MIN(session->last_seq, session->acked + max);
    action->send = true;
    action->send_from = session->sent_from;
    action->send_max = (unsigned)(session->sent_to - session->sent_from + 1);
}

static void start_down(SyncSession *session, int64_t now_ms, SyncAction *action)
{
    bool much = session->applied == 0 ||
                session->central_version - session->applied > SYNC_SESSION_CATCH_UP_VERSIONS;
    session->down_since_ms = now_ms;
    session->alive_ms = now_ms;
    session->down_open = false;
    if (!session->epoch_known) {
        session->down = SYNC_DOWN_CATCHING_UP;
        action->catch_up = true;
        action->replace = true;
        action->after = 0;
    } else if (much && session->central_version > session->applied) {
        session->down = SYNC_DOWN_CATCHING_UP;
        action->catch_up = true;
        action->after = session->applied;
    } else {
        session->down = SYNC_DOWN_STREAMING;
        action->stream = true;
        action->after = session->applied;
    }
}

static void start(SyncSession *session, int64_t now_ms, SyncAction *action)
{
    bool up_wants = session->up == SYNC_UP_IDLE && session->last_seq > session->acked &&
                    may_go(&session->up_wait, now_ms);
    bool down_wants = session->down == SYNC_DOWN_IDLE && may_go(&session->down_wait, now_ms);
    bool lanes_want = up_wants || down_wants;
    if (session->greeted && now_ms >= session->hello_ms + SYNC_SESSION_REFRESH_MS) {
        session->asked = session->asked || !session->hello_busy;
    }
    if (((!session->greeted && lanes_want) || session->asked) && !session->hello_busy &&
        may_go(&session->hello_wait, now_ms)) {
        session->hello_busy = true;
        session->asked = false;
        action->say_hello = true;
    }
    if (session->greeted && up_wants) {
        start_up(session, action);
    }
    if (session->greeted && down_wants) {
        start_down(session, now_ms, action);
    }
}

/* When the next thing is due without any event; -1 never. */
static int64_t next_wake(const SyncSession *session)
{
    int64_t wake = INT64_MAX;
    bool up_waits = session->up == SYNC_UP_IDLE && session->last_seq > session->acked;
    if (session->down != SYNC_DOWN_IDLE) {
        wake = MIN(wake, session->alive_ms + SYNC_SESSION_ALIVE_MS);
    } else if (session->greeted || !session->hello_busy) {
        int64_t due = session->down_wait.until_ms;
        wake = MIN(wake, session->greeted ? due : MAX(due, session->hello_wait.until_ms));
    }
    if (up_waits && (session->greeted || !session->hello_busy)) {
        int64_t due = session->up_wait.until_ms;
        wake = MIN(wake, session->greeted ? due : MAX(due, session->hello_wait.until_ms));
    }
    if (session->greeted && !session->hello_busy) {
        int64_t due = session->hello_ms + SYNC_SESSION_REFRESH_MS;
        wake = MIN(wake, MAX(due, session->hello_wait.until_ms));
    }
    if (session->asked && !session->hello_busy) {
        wake = MIN(wake, session->hello_wait.until_ms);
    }
    return wake == INT64_MAX ? -1 : wake;
}

static void take(SyncSession *session, const SyncEvent *event, int64_t now_ms, uint32_t random,
                 SyncAction *action)
{
    switch (event->kind) {
    case SYNC_EVENT_TIME:
        break;
    case SYNC_EVENT_RECORD:
        session->last_seq = MAX(session->last_seq, event->last_seq);
        backoff_wake(&session->hello_wait);
        backoff_wake(&session->up_wait);
        break;
    case SYNC_EVENT_NETWORK:
        backoff_wake(&session->hello_wait);
        backoff_wake(&session->up_wait);
        backoff_wake(&session->down_wait);
        break;
    case SYNC_EVENT_ASK:
        session->asked = true;
        backoff_wake(&session->hello_wait);
        backoff_wake(&session->up_wait);
        backoff_wake(&session->down_wait);
        break;
    case SYNC_EVENT_HELLO:
        take_hello(session, event, now_ms, action);
        break;
    case SYNC_EVENT_HELLO_FAILED:
        take_hello_failed(session, event, now_ms, random);
        break;
    case SYNC_EVENT_UP_OK:
    case SYNC_EVENT_UP_GAP:
    case SYNC_EVENT_UP_FORK:
    case SYNC_EVENT_UP_BAD:
    case SYNC_EVENT_UP_TOO_LARGE:
    case SYNC_EVENT_UP_FAILED:
        take_up(session, event, now_ms, random, action);
        break;
    case SYNC_EVENT_UP_ADOPTED:
        session->last_seq = MAX(session->last_seq, event->last_seq);
        if (session->up == SYNC_UP_ADOPTING) {
            session->up = SYNC_UP_IDLE;
        }
        break;
    case SYNC_EVENT_DOWN_ALIVE:
    case SYNC_EVENT_DOWN_APPLIED:
    case SYNC_EVENT_DOWN_CAUGHT_UP:
    case SYNC_EVENT_DOWN_FAILED:
        take_down(session, event, now_ms, random);
        break;
    case SYNC_EVENT_UNAUTHORIZED:
        drop_all(session, action);
        session->refused = true;
        backoff_fail(session, &session->hello_wait, now_ms, SYNC_SESSION_BACKOFF_MS_MAX, random);
        break;
    }
}

SyncAction sync_session_handle(SyncSession *session, const SyncEvent *event, int64_t now_ms,
                               uint32_t random)
{
    SyncAction action = {0};
    sync_session_check(session);
    take(session, event, now_ms, random, &action);
    if (session->down != SYNC_DOWN_IDLE && now_ms >= session->alive_ms + SYNC_SESSION_ALIVE_MS) {
        action.cancel_down = true;
        down_fail(session, now_ms, 0, random);
    }
    start(session, now_ms, &action);
    action.wake_at_ms = next_wake(session);
    sync_session_check(session);
    return action;
}

SyncLink sync_session_link(const SyncSession *session)
{
    if (session->refused) {
        return SYNC_LINK_REFUSED;
    }
    if (session->up == SYNC_UP_FORKED) {
        return SYNC_LINK_FORKED;
    }
    if (session->down == SYNC_DOWN_STREAMING && session->down_open) {
        return SYNC_LINK_ONLINE;
    }
    if (session->outage_since_ms >= 0) {
        return SYNC_LINK_OFFLINE;
    }
    return SYNC_LINK_CONNECTING;
}
