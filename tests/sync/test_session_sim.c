/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/session against a model of central, in virtual time, over a link that loses requests and answers, delivers them
 * late, cuts the stream, answers 503, 401 and nonsense, over a central that goes down and once forgets its newest
 * commits. Whatever the seed: each record is at central once and in order, versions only rise, all is caught up soon
 * after the faults end, and nobody hammers. */
#include "sync/session.h"

#define FAULTS_END_MS (10 * 60 * 1000)
#define LIVENESS_MS (3 * 60 * 1000) /* a full backoff, a Retry-After and a catch-up */
#define RECORDS 300

typedef enum { HELLO, UPLOAD, CATCH_UP, STREAM, REQUESTS } Request;

typedef struct {
    bool open;
    int64_t due_ms;
    SyncEvent answer;
    guint64 ticket; /* what was cancelled answers no more */
} Flight;

typedef struct {
    GRand *rand;
    int64_t now_ms;
    SyncSession session;
    SyncAction last;
    /* Central. central[i] is the record of seq i + 1: its content, which names its terminal's own. */
    GArray *central;
    int64_t version, epoch, forgot;
    bool down;
    /* Terminal. */
    int64_t journal, applied_epoch;
    Flight flights[REQUESTS];
    int64_t stream_sent, stream_beat_ms;
    guint hellos;
} World;

static bool faulty(World *world, int percent)
{
    return world->now_ms < FAULTS_END_MS && g_rand_int_range(world->rand, 0, 100) < percent;
}

static int64_t record_of(int64_t seq)
{
    return seq * 1000003;
}

/* --- central --------------------------------------------------------------------------------------- */

static SyncEvent answer_hello(World *world)
{
    return (SyncEvent){.kind = SYNC_EVENT_HELLO,
                       .acked = world->central->len,
                       .agrees = true,
                       .version = world->version,
                       .epoch_known = world->applied_epoch == world->epoch};
}

static SyncEvent answer_upload(World *world, int64_t from, int64_t to)
{
    int64_t acked = world->central->len;
    if (from > acked + 1) {
        return (SyncEvent){.kind = SYNC_EVENT_UP_GAP, .acked = acked, .agrees = true};
    }
    for (int64_t seq = from; seq <= to; seq++) {
        int64_t record = record_of(seq);
        if (seq <= (int64_t)world->central->len) {
            g_assert_cmpint(g_array_index(world->central, int64_t, seq - 1), ==, record);
        } else {
            g_assert_cmpint(seq, ==, world->central->len + 1);
            g_array_append_val(world->central, record);
        }
    }
    return (SyncEvent){.kind = SYNC_EVENT_UP_OK, .acked = world->central->len, .agrees = true};
}

static const SyncEventKind failures[REQUESTS] = {
    SYNC_EVENT_HELLO_FAILED,
    SYNC_EVENT_UP_FAILED,
    SYNC_EVENT_DOWN_FAILED,
    SYNC_EVENT_DOWN_FAILED,
};

static SyncEvent failure(World *world, Request request)
{
    SyncEvent event = {.kind = failures[request]};
    if (faulty(world, 20)) {
        event.retry_after_ms = g_rand_int_range(world->rand, 1, 30) * 1000;
    } else if (faulty(world, 3)) {
        event.kind = SYNC_EVENT_UNAUTHORIZED;
    } else if (request == UPLOAD && faulty(world, 5)) {
        event.kind = SYNC_EVENT_UP_TOO_LARGE;
    }
    return event;
}

/* --- the link -------------------------------------------------------------------------------------- */

static void fly(World *world, Request request, SyncEvent answer, int64_t delay_ms)
{
    Flight *flight = &world->flights[request];
    g_assert_false(flight->open);
    flight->open = true;
    flight->due_ms = world->now_ms + delay_ms;
    flight->answer = answer;
}

static void send_request(World *world, Request request, int64_t from, int64_t to)
{
    int64_t delay = g_rand_int_range(world->rand, 1, 400);
    bool lost_up = world->down || faulty(world, 15);
    if (lost_up) {
        fly(world, request, failure(world, request), delay);
        return;
    }
    SyncEvent answer = request == HELLO    ? answer_hello(world)
                       : request == UPLOAD ? answer_upload(world, from, to)
                                           : (SyncEvent){.kind = SYNC_EVENT_DOWN_CAUGHT_UP,
                                                         .version = world->version};
    if (faulty(world, 15)) {
        answer = failure(world, request); /* carried out, but the answer was lost */
    }
    fly(world, request, answer, delay);
}

static void carry_out(World *world, const SyncAction *action)
{
    world->flights[HELLO].open &= !action->cancel_hello;
    world->flights[UPLOAD].open &= !action->cancel_up;
    if (action->cancel_down) {
        world->flights[CATCH_UP].open = world->flights[STREAM].open = false;
    }
    if (action->say_hello) {
        world->hellos++;
        send_request(world, HELLO, 0, 0);
    }
    if (action->send) {
        send_request(world, UPLOAD, action->send_from, action->send_from + action->send_max - 1);
    }
    if (action->catch_up) {
        send_request(world, CATCH_UP, 0, 0);
    }
    if (action->stream) {
        bool broken = world->down || faulty(world, 20);
        fly(world, STREAM,
            broken ? failure(world, STREAM) : (SyncEvent){.kind = SYNC_EVENT_DOWN_ALIVE}, 10);
        world->stream_sent = action->after;
    }
}

static void handle(World *world, SyncEvent event)
{
    int64_t before = world->session.applied;
    if (event.kind == SYNC_EVENT_DOWN_CAUGHT_UP) {
        world->applied_epoch = world->epoch;
    }
    world->last =
        sync_session_handle(&world->session, &event, world->now_ms, g_rand_int(world->rand));
    if (event.kind != SYNC_EVENT_DOWN_CAUGHT_UP) {
        g_assert_cmpint(world->session.applied, >=, before);
    }
    carry_out(world, &world->last);
}

/* The stream: beats, versions, cuts, and holes in which it says nothing at all. */
static void stream_step(World *world)
{
    Flight *stream = &world->flights[STREAM];
    if (stream->answer.kind != SYNC_EVENT_DOWN_ALIVE) {
        stream->open = false;
        handle(world, stream->answer);
    } else if (world->down || faulty(world, 2)) {
        stream->open = false;
        handle(world, failure(world, STREAM));
    } else if (faulty(world, 3)) {
        stream->due_ms = world->now_ms + 120000; /* a hole: the 45 s must find it */
    } else if (world->stream_sent < world->version) {
        world->stream_sent = world->version;
        stream->due_ms = world->now_ms + 200;
        handle(world, (SyncEvent){.kind = SYNC_EVENT_DOWN_APPLIED, .version = world->version});
    } else {
        stream->due_ms = world->now_ms + 1000;
        handle(world, (SyncEvent){.kind = SYNC_EVENT_DOWN_ALIVE});
    }
}

static void deliver(World *world)
{
    for (int i = HELLO; i < STREAM; i++) {
        Flight *flight = &world->flights[i];
        if (flight->open && flight->due_ms <= world->now_ms) {
            flight->open = false;
            handle(world, flight->answer);
        }
    }
    if (world->flights[STREAM].open && world->flights[STREAM].due_ms <= world->now_ms) {
        stream_step(world);
    }
}

/* --- what happens in the shop ---------------------------------------------------------------------- */

static void live(World *world)
{
    if (world->now_ms % 1000 != 0) {
        return;
    }
    if (world->journal < RECORDS && g_rand_int_range(world->rand, 0, 2) == 0) {
        world->journal++;
        handle(world, (SyncEvent){.kind = SYNC_EVENT_RECORD, .last_seq = world->journal});
    }
    if (g_rand_int_range(world->rand, 0, 20) == 0) {
        world->version += g_rand_int_range(world->rand, 1, 400);
    }
    if (faulty(world, 1)) {
        world->down = !world->down;
    } else if (world->now_ms >= FAULTS_END_MS) {
        world->down = false;
    }
    if (faulty(world, 1) && world->central->len > 10 && world->forgot == 0) {
        /* A cluster that lost its newest commits: the terminal must not trust its own memory. */
        world->forgot = 7;
        g_array_set_size(world->central, world->central->len - 7);
    }
    if (world->now_ms == FAULTS_END_MS / 2) {
        world->epoch = 2; /* restored from a backup: versions go back too */
        world->version = world->version / 2 + 1;
        world->flights[STREAM].open = world->flights[CATCH_UP].open = false;
        if (world->session.down != SYNC_DOWN_IDLE) {
            handle(world, (SyncEvent){.kind = SYNC_EVENT_DOWN_FAILED});
        }
    }
}

static bool caught_up(const World *world)
{
    return world->central->len == RECORDS && world->session.acked == RECORDS &&
           world->session.applied == world->version && world->applied_epoch == world->epoch &&
           sync_session_link(&world->session) == SYNC_LINK_ONLINE;
}

static void run(guint32 seed)
{
    World world = {
        .rand = g_rand_new_with_seed(seed),
        .central = g_array_new(FALSE, FALSE, sizeof(int64_t)),
        .version = 3,
        .epoch = 1,
    };
    g_test_message("seed %u", seed);
    sync_session_init(&world.session, 0, 0, 0);
    handle(&world, (SyncEvent){.kind = SYNC_EVENT_TIME});
    while (!caught_up(&world)) {
        world.now_ms += 50;
        g_assert_cmpint(world.now_ms, <, FAULTS_END_MS + LIVENESS_MS);
        live(&world);
        deliver(&world);
        if (world.last.wake_at_ms >= 0 && world.last.wake_at_ms <= world.now_ms) {
            handle(&world, (SyncEvent){.kind = SYNC_EVENT_TIME});
        }
    }
    for (int64_t seq = 1; seq <= RECORDS; seq++) {
        g_assert_cmpint(g_array_index(world.central, int64_t, seq - 1), ==, record_of(seq));
    }
    /* Ten minutes of faults: less than one connect a second on the whole. */
    g_assert_cmpuint(world.hellos, <, 600);
    g_array_free(world.central, TRUE);
    g_rand_free(world.rand);
}

typedef struct {
    guint32 first, count;
} Campaign;

static void test_seeds(gconstpointer user)
{
    const Campaign *campaign = user;
    for (guint32 i = 0; i < campaign->count; i++) {
        run(campaign->first + i);
    }
}

/* test_session_sim [SEEDS [FIRST]]: other seeds, for long campaigns. */
int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    Campaign known = {0, 30}, fresh = {g_test_rand_int_range(30, 1000000), 30};
    Campaign asked = {0};
    if (argc > 1) {
        asked.count = (guint32)g_ascii_strtoull(argv[1], NULL, 10);
        asked.first = argc > 2 ? (guint32)g_ascii_strtoull(argv[2], NULL, 10) : 0;
        g_assert_cmpuint(asked.count, >, 0);
        g_test_add_data_func("/sync/session/sim/asked_seeds_converge", &asked, test_seeds);
        return g_test_run();
    }
    g_test_add_data_func("/sync/session/sim/each_record_once_and_all_converge", &known, test_seeds);
    g_test_add_data_func("/sync/session/sim/fresh_seeds_converge_too", &fresh, test_seeds);
    return g_test_run();
}
