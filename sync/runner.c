/* SPDX-License-Identifier: GPL-3.0-or-later
 * Answers become events, events go through sync_session_handle(), its actions become requests. Events are queued and
 * taken in sync_runner_step() only, since libcurl's callbacks may not start requests. Nothing here decides what to do
 * next, and nothing is kept here that a restart would miss: the store has it. */
#include "sync/runner_private.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/netwatch.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define HELLO_TIMEOUT_MS 20000
#define UPLOAD_TIMEOUT_MS 60000
#define SEEN_TIMEOUT_MS 20000
#define GZIP_BYTES_MIN 1024
#define STEP_MS_MAX 60000

/* --- faults --------------------------------------------------------------------------------------- */

void sync_runner_fault(SyncRunner *runner, SyncLane lane, char *sentence)
{
    g_free(runner->faults[lane]);
    runner->faults[lane] = sentence;
}

static const char *first_fault(const SyncRunner *runner)
{
    for (int lane = 0; lane < SYNC_LANES; lane++) {
        if (runner->faults[lane] != NULL) {
            return runner->faults[lane];
        }
    }
    return NULL;
}

/* `coster status` reads it beside a running till. */
static void publish_fault(SyncRunner *runner)
{
    const char *fault = first_fault(runner);
    if (g_strcmp0(fault, runner->published_fault) == 0) {
        return;
    }
    g_autoptr(GError) error = NULL;
    g_free(runner->published_fault);
    runner->published_fault = g_strdup(fault);
    if (!pos_store_meta_set(runner->store, POS_META_SYNC_FAULT, fault != NULL ? fault : "",
                            &error)) {
        g_info("sync: the fault could not be noted: %s", error->message);
    }
}

char *sync_runner_explain(const SyncRunner *runner, const SyncAnswer *answer)
{
    const char *url = sync_transfer_url(runner->transfer);
    switch (answer->result) {
    case SYNC_ANSWER_UNREACHABLE:
        return g_strdup_printf(_("The central service at %s cannot be reached (%s): sales are kept "
                                 "here and go up when it is back."),
                               url, answer->why);
    case SYNC_ANSWER_TIMEOUT:
        return g_strdup_printf(_("The central service at %s does not answer in time: sales are "
                                 "kept here and go up when it does."),
                               url);
    case SYNC_ANSWER_STRANGER:
        return g_strdup_printf(_("%s shows another key than the one this terminal was enrolled "
                                 "with, so nothing is sent there: check the address, or enrol "
                                 "again with a new code if central was replaced."),
                               url);
    case SYNC_ANSWER_NONSENSE:
        return g_strdup_printf(_("What answers at %s does not behave like a central service (%s): "
                                 "check the network between."),
                               url, answer->why);
    case SYNC_ANSWER_HTTP:
        break;
    }
    if (answer->status == 401) {
        return g_strdup(_("The central service no longer accepts this terminal: enrol it again "
                          "with a new code. Sales go on and are kept here."));
    }
    if (answer->status == 429 || answer->status == 503) {
        return g_strdup_printf(_("The central service at %s is busy and asks to wait."), url);
    }
    g_auto(SyncWireError) said = {0};
    sync_wire_parse_error(answer->body, answer->length, &said);
    return g_strdup_printf(_("The central service at %s answered with an error (HTTP %ld%s%s)."),
                           url, answer->status, said.message[0] != '\0' ? ": " : "", said.message);
}

/* --- the store ------------------------------------------------------------------------------------ */

void sync_runner_push(SyncRunner *runner, SyncEvent event)
{
    g_array_append_val(runner->events, event);
}

static int64_t last_seq(SyncRunner *runner)
{
    int64_t seq = 0;
    PosHash head;
    g_autoptr(GError) error = NULL;
    if (!pos_store_journal_head(runner->store, &seq, &head, &error)) {
        g_warning("sync: the journal cannot be read: %s", error->message);
        return runner->session.last_seq;
    }
    return seq;
}

void sync_runner_take_records(SyncRunner *runner)
{
    int64_t seq = last_seq(runner);
    if (seq > runner->session.last_seq) {
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_RECORD, .last_seq = seq});
    }
}

/* Whether central's head is this terminal's own hash there. */
static bool agrees(SyncRunner *runner, int64_t acked, const PosHash *head)
{
    PosHash own = pos_hash_zero();
    if (acked == 0) {
        return true;
    }
    return acked <= runner->session.last_seq &&
           pos_store_outgoing_hash_at(runner->store, acked, &own, NULL) &&
           pos_hash_equal(&own, head);
}

/* --- hello ---------------------------------------------------------------------------------------- */

static void failed(SyncRunner *runner, SyncLane lane, SyncEventKind kind, const SyncAnswer *answer)
{
    sync_runner_fault(runner, lane, sync_runner_explain(runner, answer));
    if (answer->result == SYNC_ANSWER_HTTP && answer->status == 401) {
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_UNAUTHORIZED});
        return;
    }
    sync_runner_push(runner, (SyncEvent){.kind = kind, .retry_after_ms = answer->retry_after_ms});
}

void sync_runner_failed_down(SyncRunner *runner, const SyncAnswer *answer)
{
    failed(runner, SYNC_LANE_DOWN, SYNC_EVENT_DOWN_FAILED, answer);
}

static void take_hello(SyncRunner *runner, const SyncWireHello *hello, int64_t took_ms)
{
    sync_runner_clock(runner, hello->now_ms, took_ms);
    runner->session.last_seq = MAX(runner->session.last_seq, last_seq(runner));
    g_strlcpy(runner->epoch, hello->epoch, sizeof runner->epoch);
    bool fits = agrees(runner, hello->acked, &hello->head);
    sync_runner_fault(runner, SYNC_LANE_HELLO, NULL);
    sync_runner_note_held(runner, hello->acked, fits);
    if (!fits) {
        sync_runner_fault(
            runner, SYNC_LANE_UP,
            g_strdup(_("The central service holds other records under this terminal's name (was "
                       "the disk restored or copied?): sales go on and are kept; enrol again with "
                       "a new code.")));
    } else if (runner->session.up == SYNC_UP_FORKED) {
        sync_runner_fault(runner, SYNC_LANE_UP, NULL);
    }
    runner->hello_version = hello->feed_version;
    if (runner->round_open && runner->hello_round) {
        runner->round_version = hello->feed_version;
        runner->round_whole = hello->acked >= runner->round_seq;
    }
    sync_runner_push(runner, (SyncEvent){
                                 .kind = SYNC_EVENT_HELLO,
                                 .acked = hello->acked,
                                 .agrees = fits,
                                 .version = hello->feed_version,
                                 .epoch_known = strcmp(hello->epoch, runner->applied_epoch) == 0,
                             });
}

static void on_hello(const SyncAnswer *answer, void *user)
{
    SyncRunner *runner = user;
    SyncWireHello hello;
    g_autoptr(GError) error = NULL;
    runner->hello = NULL;
    runner->reached = runner->reached || answer->result == SYNC_ANSWER_HTTP;
    if (answer->result != SYNC_ANSWER_HTTP || answer->status != 200) {
        failed(runner, SYNC_LANE_HELLO, SYNC_EVENT_HELLO_FAILED, answer);
        return;
    }
    if (!sync_wire_parse_hello(answer->body, answer->length, &hello, &error)) {
        SyncAnswer nonsense = {.result = SYNC_ANSWER_NONSENSE, .why = error->message};
        failed(runner, SYNC_LANE_HELLO, SYNC_EVENT_HELLO_FAILED, &nonsense);
        return;
    }
    take_hello(runner, &hello, answer->took_ms);
}

static void say_hello(SyncRunner *runner)
{
    g_assert(runner->hello == NULL);
    runner->hello_round = runner->round_open;
    runner->hello = sync_transfer_start(runner->transfer, &(SyncRequestSpec){
                                                              .path = "/v1/hello",
                                                              .timeout_ms = HELLO_TIMEOUT_MS,
                                                              .on_done = on_hello,
                                                              .user = runner,
                                                          });
}

/* --- up ------------------------------------------------------------------------------------------- */

static void take_conflict(SyncRunner *runner, const SyncAnswer *answer)
{
    g_auto(SyncWireError) said = {0};
    sync_wire_parse_error(answer->body, answer->length, &said);
    switch (said.kind) {
    case SYNC_WIRE_GAP:
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_UP_GAP,
                                             .acked = said.acked,
                                             .agrees = agrees(runner, said.acked, &said.head)});
        break;
    case SYNC_WIRE_FORK:
        sync_runner_fault(
            runner, SYNC_LANE_UP,
            g_strdup_printf(_("The central service holds another record %" PRId64
                              " of this terminal (was the disk restored or copied?): sales go on "
                              "and are kept; enrol again with a new code."),
                            said.seq));
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_UP_FORK, .seq = said.seq});
        break;
    case SYNC_WIRE_BAD_RECORD:
        sync_runner_fault(
            runner, SYNC_LANE_UP,
            g_strdup_printf(_("The central service refused a record near %" PRId64
                              " (%s): it goes up marked for a manager to look at."),
                            runner->session.sent_from + MAX(said.line, 1) - 1,
                            said.message[0] != '\0' ? said.message : _("no reason given")));
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_UP_BAD});
        break;
    case SYNC_WIRE_OTHER:
        failed(runner, SYNC_LANE_UP, SYNC_EVENT_UP_FAILED, answer);
        break;
    }
}

static void on_journal(const SyncAnswer *answer, void *user)
{
    SyncRunner *runner = user;
    SyncWireAck ack;
    g_autoptr(GError) error = NULL;
    runner->upload = NULL;
    if (answer->result == SYNC_ANSWER_HTTP && (answer->status == 409 || answer->status == 400)) {
        take_conflict(runner, answer);
    } else if (answer->result == SYNC_ANSWER_HTTP && answer->status == 413) {
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_UP_TOO_LARGE});
    } else if (answer->result != SYNC_ANSWER_HTTP || answer->status != 200) {
        failed(runner, SYNC_LANE_UP, SYNC_EVENT_UP_FAILED, answer);
    } else if (!sync_wire_parse_ack(answer->body, answer->length, &ack, &error)) {
        SyncAnswer nonsense = {.result = SYNC_ANSWER_NONSENSE, .why = error->message};
        failed(runner, SYNC_LANE_UP, SYNC_EVENT_UP_FAILED, &nonsense);
    } else {
        bool fits = agrees(runner, ack.acked, &ack.head);
        if (fits && runner->session.adopting == 0) {
            sync_runner_fault(runner, SYNC_LANE_UP, NULL);
        }
        sync_runner_push(runner,
                         (SyncEvent){.kind = SYNC_EVENT_UP_OK, .acked = ack.acked, .agrees = fits});
    }
}

static void own_fault(SyncRunner *runner, SyncLane lane, SyncEventKind kind, const GError *error)
{
    sync_runner_fault(runner, lane, g_strdup(error->message));
    sync_runner_push(runner, (SyncEvent){.kind = kind});
}

static void send_batch(SyncRunner *runner, int64_t from, unsigned max)
{
    PosHash before = pos_hash_zero();
    g_autoptr(GError) error = NULL;
    g_assert(runner->upload == NULL);
    if (from > 1 && !pos_store_outgoing_hash_at(runner->store, from - 1, &before, &error)) {
        own_fault(runner, SYNC_LANE_UP, SYNC_EVENT_UP_FAILED, error);
        return;
    }
    /* The newlines count as well. */
    g_autoptr(GPtrArray) records = pos_store_outgoing_read(
        runner->store, from, max, POS_BOUND_BATCH_BYTES - POS_BOUND_BATCH_RECORDS, &error);
    if (records == NULL || records->len == 0) {
        if (error == NULL) {
            g_set_error(&error, POS_ERROR, POS_ERROR_CORRUPT,
                        _("Record %" PRId64 " of the journal is missing: run `coster "
                          "verify`."),
                        from);
        }
        own_fault(runner, SYNC_LANE_UP, SYNC_EVENT_UP_FAILED, error);
        return;
    }
    g_autofree char *prev = pos_hash_to_hex(&before);
    g_autofree char *path = g_strconcat("/v1/journal?prev=", prev, NULL);
    g_autoptr(GBytes) body = sync_wire_journal_body(records);
    bool gzip = g_bytes_get_size(body) >= GZIP_BYTES_MIN;
    g_autoptr(GBytes) packed = gzip ? sync_wire_gzip(body) : g_bytes_ref(body);
    runner->upload = sync_transfer_start(runner->transfer, &(SyncRequestSpec){
                                                               .path = path,
                                                               .body = packed,
                                                               .body_type = "application/x-ndjson",
                                                               .body_gzip = gzip,
                                                               .timeout_ms = UPLOAD_TIMEOUT_MS,
                                                               .on_done = on_journal,
                                                               .user = runner,
                                                           });
}

static void store_acked(SyncRunner *runner)
{
    g_autoptr(GError) error = NULL;
    if (!pos_store_acked_set(runner->store, runner->session.acked, &error)) {
        /* Only a memory: central says it again at the next hello. */
        g_info("sync: acked could not be noted: %s", error->message);
    }
}

/* --- seen ----------------------------------------------------------------------------------------- */

static void on_seen(const SyncAnswer *answer, void *user)
{
    SyncRunner *runner = user;
    runner->seen = NULL;
    if (answer->result != SYNC_ANSWER_HTTP || answer->status >= 300) {
        g_info("sync: central did not take note of version %" G_GINT64_FORMAT ": %s",
               runner->seen_version, answer->why);
    }
}

/* Best effort: the next version says more than this one. */
static void say_seen(SyncRunner *runner)
{
    gsize length = 0;
    if (runner->seen != NULL || !runner->session.greeted || runner->session.applied == 0 ||
        runner->seen_version == runner->session.applied) {
        return;
    }
    runner->seen_version = runner->session.applied;
    char *text = sync_wire_seen_request(runner->seen_version, &length);
    g_autoptr(GBytes) body = g_bytes_new_take(text, length);
    runner->seen = sync_transfer_start(runner->transfer, &(SyncRequestSpec){
                                                             .path = "/v1/seen",
                                                             .body = body,
                                                             .timeout_ms = SEEN_TIMEOUT_MS,
                                                             .on_done = on_seen,
                                                             .user = runner,
                                                         });
}

/* --- the round ------------------------------------------------------------------------------------ */

void sync_runner_ask(SyncRunner *runner)
{
    runner->session.last_seq = MAX(runner->session.last_seq, last_seq(runner));
    runner->round_open = true;
    runner->round_seq = runner->session.last_seq;
    runner->round_version = -1;
    runner->hello_round = false;
    sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_ASK});
}

bool sync_runner_is_done(const SyncRunner *runner)
{
    return !runner->round_open;
}

bool sync_runner_has_feed(const SyncRunner *runner)
{
    return runner->round_version >= 0 && runner->session.epoch_known &&
           runner->session.applied >= runner->round_version;
}

/* What a record led to at central is in the version that central names once it holds the record: a hello from before
 * counts for nothing, and central is greeted again. */
static void close_round(SyncRunner *runner)
{
    const SyncSession *session = &runner->session;
    if (!runner->round_open || session->up == SYNC_UP_FORKED ||
        session->acked < runner->round_seq) {
        return;
    }
    if (runner->round_version >= 0 && !runner->round_whole) {
        runner->round_version = -1;
        runner->hello_round = false;
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_ASK});
    } else if (sync_runner_has_feed(runner) && runner->seen == NULL) {
        runner->round_open = false;
    }
}

char *sync_runner_lacks(const SyncRunner *runner)
{
    const SyncSession *session = &runner->session;
    const char *fault = first_fault(runner);
    if (!runner->round_open) {
        return g_strdup("");
    }
    if (fault != NULL) {
        return g_strdup(fault);
    }
    if (runner->round_version < 0) {
        return g_strdup_printf(_("The central service at %s has not answered yet."),
                               sync_transfer_url(runner->transfer));
    }
    if (session->acked < runner->round_seq) {
        return g_strdup_printf(_("%" PRId64 " records are not acknowledged by the central "
                                 "service yet."),
                               runner->round_seq - session->acked);
    }
    return g_strdup_printf(_("Prices are at version %" PRId64 " of %" PRId64 "."), session->applied,
                           runner->round_version);
}

/* --- one step ------------------------------------------------------------------------------------- */

static void cancel(SyncRunner *runner, SyncRequest **request)
{
    if (*request != NULL) {
        sync_transfer_cancel(runner->transfer, *request);
        *request = NULL;
    }
}

static void carry_out(SyncRunner *runner, const SyncAction *action)
{
    if (action->cancel_hello) {
        cancel(runner, &runner->hello);
    }
    if (action->cancel_up) {
        cancel(runner, &runner->upload);
    }
    if (action->cancel_down) {
        if (runner->session.down_wait.failures > 0 && runner->faults[SYNC_LANE_DOWN] == NULL) {
            sync_runner_fault(runner, SYNC_LANE_DOWN,
                              g_strdup(_("The central service has fallen silent: connecting "
                                         "again.")));
        }
        cancel(runner, &runner->down);
    }
    if (action->store_acked) {
        store_acked(runner);
    }
    if (action->fork_at > 0) {
        sync_runner_note_fork(runner, action->fork_at);
    }
    if (action->adopt > 0) {
        sync_runner_adopt(runner, action->adopt);
    }
    if (action->say_hello) {
        say_hello(runner);
    }
    if (action->send) {
        send_batch(runner, action->send_from, action->send_max);
    }
    if (action->catch_up) {
        sync_runner_catch_up(runner, action->after, action->replace);
    }
    if (action->stream) {
        sync_runner_stream(runner, action->after);
    }
}

static int64_t now_ms(SyncRunner *runner)
{
    return runner->clock->boot_ms(runner->clock->user);
}

static void take_events(SyncRunner *runner)
{
    SyncEvent time = {.kind = SYNC_EVENT_TIME};
    sync_runner_push(runner, time);
    /* Actions may fail at once and add events while this runs. */
    for (guint i = 0; i < runner->events->len; i++) {
        SyncEvent event = g_array_index(runner->events, SyncEvent, i);
        SyncAction action =
            sync_session_handle(&runner->session, &event, now_ms(runner), runner->random());
        runner->wake_at_ms = action.wake_at_ms;
        carry_out(runner, &action);
    }
    g_array_set_size(runner->events, 0);
}

void sync_runner_step(SyncRunner *runner, int64_t max_ms)
{
    take_events(runner);
    say_seen(runner);
    close_round(runner);
    publish_fault(runner);
    int64_t wait = MIN(max_ms, STEP_MS_MAX);
    if (runner->wake_at_ms >= 0) {
        wait = MIN(wait, MAX(0, runner->wake_at_ms - now_ms(runner)));
    }
    if (sync_transfer_poll(runner->transfer, wait, runner->network_fd) &&
        sync_netwatch_drain(runner->network_fd)) {
        sync_runner_push(runner, (SyncEvent){.kind = SYNC_EVENT_NETWORK});
    }
    take_events(runner);
    say_seen(runner);
    close_round(runner);
    publish_fault(runner);
}

void sync_runner_wakeup(SyncRunner *runner)
{
    sync_transfer_wakeup(runner->transfer);
}

/* --- lifetime ------------------------------------------------------------------------------------- */

void sync_view_clear(SyncView *view)
{
    g_free(view->fault);
    *view = (SyncView){0};
}

void sync_runner_view(const SyncRunner *runner, SyncView *out)
{
    *out = (SyncView){
        .link = sync_session_link(&runner->session),
        .reached = runner->reached,
        .last_seq = runner->session.last_seq,
        .acked = runner->session.acked,
        .applied = runner->session.applied,
        .fault = g_strdup(first_fault(runner)),
    };
}

SyncRunner *sync_runner_new(const char *dir, const PosClock *clock, GError **error)
{
    g_auto(PosIdentity) identity = {0};
    PosHash head;
    int64_t seq = 0, acked = 0, applied = 0;
    g_autofree char *epoch = NULL;
    g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, error);
    if (store == NULL || !pos_store_identity_get(store, &identity, error)) {
        return NULL;
    }
    if (identity.token[0] == '\0' || identity.url[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("%s is not enrolled with a central service yet: run `coster enrol` with a "
                      "code from it."),
                    dir);
        return NULL;
    }
    if (!pos_store_journal_head(store, &seq, &head, error) ||
        !pos_store_acked_get(store, &acked, error) ||
        !pos_store_feed_version(store, &applied, &epoch, error)) {
        return NULL;
    }
    SyncRunner *runner = g_new0(SyncRunner, 1);
    runner->store = g_steal_pointer(&store);
    runner->clock = clock;
    runner->random = randombytes_random;
    runner->network_fd = sync_netwatch_open();
    runner->transfer = sync_transfer_new(identity.url, identity.pin, identity.token);
    runner->events = g_array_new(FALSE, FALSE, sizeof(SyncEvent));
    runner->applied_epoch = g_strdup(epoch != NULL ? epoch : "");
    runner->published_fault = pos_store_meta_get(runner->store, POS_META_SYNC_FAULT);
    if (runner->published_fault != NULL && runner->published_fault[0] == '\0') {
        g_clear_pointer(&runner->published_fault, g_free);
    }
    runner->seen_version = -1;
    runner->round_version = -1;
    runner->prices_at_ms = INT64_MIN;
    sync_session_init(&runner->session, seq, MIN(acked, seq), applied);
    return runner;
}

void sync_runner_set_random(SyncRunner *runner, uint32_t (*random)(void))
{
    runner->random = random;
}

void sync_runner_free(SyncRunner *runner)
{
    if (runner == NULL) {
        return;
    }
    sync_transfer_free(runner->transfer);
    sync_runner_down_clear(runner);
    pos_store_close(runner->store);
    if (runner->network_fd >= 0) {
        close(runner->network_fd);
    }
    g_array_free(runner->events, TRUE);
    for (int lane = 0; lane < SYNC_LANES; lane++) {
        g_free(runner->faults[lane]);
    }
    g_free(runner->applied_epoch);
    g_free(runner->published_fault);
    g_free(runner);
}
