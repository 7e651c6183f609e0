/* SPDX-License-Identifier: GPL-3.0-or-later
 * POST /v1/enrol as HTTP: what the body may be, how often one may guess, and that a refusal always
 * takes the same time. The rules of the codes themselves are in sync/central_enrolment.h. */
#include "sync/central_enrolment.h"
#include "sync/central_log.h"
#include "sync/central_routes.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BODY_BYTES_MAX 8192
#define CODE_BYTES_MAX 512
#define NONCE_BYTES_MAX 128
#define TRIES_MAX 10 /* sync-protocol.md: 429 above 10 wrong tries a minute */
#define TRIES_WINDOW_US G_TIME_SPAN_MINUTE
#define ADDRESSES_MAX 4096
#define REFUSAL_US                                                                                 \
    (300 *                                                                                         \
     G_TIME_SPAN_MILLISECOND) /* well beyond a commit: what it did cannot be told by the time */

/* --- the gate --------------------------------------------------------------------------------- */

typedef struct {
    int64_t at_us[TRIES_MAX]; /* a ring: the last tries that were wrong or are not decided yet; 0
                                 free */
    guint next;
} Tries;

struct CentralEnrolGate {
    GMutex lock;
    GHashTable *by_peer; /* address to Tries */
};

CentralEnrolGate *central_enrol_gate_new(void)
{
    CentralEnrolGate *gate = g_new0(CentralEnrolGate, 1);
    g_mutex_init(&gate->lock);
    gate->by_peer = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return gate;
}

void central_enrol_gate_free(CentralEnrolGate *gate)
{
    if (gate != NULL) {
        g_hash_table_destroy(gate->by_peer);
        g_mutex_clear(&gate->lock);
        g_free(gate);
    }
}

static gboolean is_stale(void *peer, void *value, void *now)
{
    const Tries *tries = value;
    for (guint i = 0; i < TRIES_MAX; i++) {
        if (tries->at_us[i] + TRIES_WINDOW_US > *(const int64_t *)now) {
            return FALSE;
        }
    }
    return TRUE;
}

static Tries *tries_of(CentralEnrolGate *gate, const char *peer, int64_t now_us)
{
    Tries *tries = g_hash_table_lookup(gate->by_peer, peer);
    if (tries != NULL) {
        return tries;
    }
    if (g_hash_table_size(gate->by_peer) >= ADDRESSES_MAX) {
        g_hash_table_foreach_remove(gate->by_peer, is_stale, &now_us);
    }
    /* Guessing from thousands of addresses: they share one allowance. */
    const char *key = g_hash_table_size(gate->by_peer) >= ADDRESSES_MAX ? "" : peer;
    tries = g_hash_table_lookup(gate->by_peer, key);
    if (tries == NULL) {
        tries = g_new0(Tries, 1);
        g_hash_table_insert(gate->by_peer, g_strdup(key), tries);
    }
    return tries;
}

/* Counts a try as wrong until it proves right; false with the seconds to wait when there were too
 * many. */
static bool gate_enter(CentralEnrolGate *gate, const char *peer, int64_t now_us, int *out_wait_s)
{
    g_mutex_lock(&gate->lock);
    Tries *tries = tries_of(gate, peer, now_us);
    int64_t oldest_us = tries->at_us[tries->next];
    bool free = oldest_us == 0 || now_us - oldest_us >= TRIES_WINDOW_US;
    if (free) {
        tries->at_us[tries->next] = now_us;
        tries->next = (tries->next + 1) % TRIES_MAX;
    } else {
        *out_wait_s = (int)((TRIES_WINDOW_US - (now_us - oldest_us)) / G_TIME_SPAN_SECOND) + 1;
    }
    g_mutex_unlock(&gate->lock);
    return free;
}

/* The try of that moment was right after all: it no longer counts. */
static void gate_forget(CentralEnrolGate *gate, const char *peer, int64_t at_us)
{
    g_mutex_lock(&gate->lock);
    Tries *tries = g_hash_table_lookup(gate->by_peer, peer);
    if (tries != NULL) {
        int64_t kept[TRIES_MAX] = {0};
        guint count = 0;
        bool forgotten = false;
        for (guint i = 0; i < TRIES_MAX; i++) {
            int64_t value = tries->at_us[(tries->next + i) % TRIES_MAX];
            if (!forgotten && value == at_us) {
                forgotten = true;
            } else {
                kept[count++] = value;
            }
        }
        if (forgotten) { /* oldest first again; the freed place is the next one to be used */
            memmove(kept + 1, kept, sizeof kept - sizeof kept[0]);
            kept[0] = 0;
            memcpy(tries->at_us, kept, sizeof kept);
            tries->next = 0;
        }
    }
    g_mutex_unlock(&gate->lock);
}

/* --- the route -------------------------------------------------------------------------------- */

typedef struct {
    CentralRoutes *routes;
    CentralRequest *request;
    json_t *body;
    CentralEnrolRequest fields; /* borrow from body */
    char *peer;
    int64_t at_us;
    CentralEnrolStatus status;
    json_t *answer;
} EnrolJob;

static void enrol_job_free(void *data)
{
    EnrolJob *job = data;
    json_decref(job->body);
    json_decref(job->answer);
    g_free(job->peer);
    g_free(job);
}

static bool is_mode(const char *mode)
{
    return mode == NULL || strcmp(mode, "till") == 0 || strcmp(mode, "kiosk") == 0 ||
           strcmp(mode, "manager") == 0;
}

/* Fills in fields from body; false with the sentence for the 400. */
static bool read_fields(json_t *body, CentralEnrolRequest *out, GError **error)
{
    const char *where = "enrol";
    if (json_is_null(json_object_get(body, "head"))) {
        json_object_del(body, "head");
    }
    if (!pos_json_get_string(body, "code", CODE_BYTES_MAX, where, &out->code, error) ||
        !pos_json_get_string_or(body, "name", POS_BOUND_NAME_BYTES, where, NULL, &out->name,
                                error) ||
        !pos_json_get_string_or(body, "mode", 16, where, NULL, &out->mode, error) ||
        !pos_json_get_string_or(body, "nonce", NONCE_BYTES_MAX, where, NULL, &out->nonce, error) ||
        !pos_json_get_string_or(body, "terminal", 64, where, NULL, &out->terminal, error) ||
        !pos_json_get_int_or(body, "seq", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, 0, &out->seq,
                             error) ||
        !pos_json_get_string_or(body, "head", 64, where, NULL, &out->head, error) ||
        !pos_json_get_bool_or(body, "forked", where, false, &out->forked, error)) {
        return false;
    }
    const json_t *chain = json_object_get(body, "chain");
    out->chain = json_is_array(chain) ? chain : NULL;
    PosHash hash;
    if (!is_mode(out->mode)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("\"mode\" must be till, kiosk or manager"));
        return false;
    }
    if (out->head != NULL && !pos_hash_from_hex(out->head, &hash)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("\"head\" must be 64 lower-case hexadecimal digits"));
        return false;
    }
    return true;
}

static bool enrol_work(CentralStore *store, int64_t now_ms, void *data, GError **error)
{
    EnrolJob *job = data;
    if (!central_store_part_begin(store, error)) {
        return false;
    }
    json_decref(job->answer); /* of a run before, that was not committed */
    job->answer = NULL;
    bool good = central_enrol(store, &job->fields, now_ms, &job->status, &job->answer, error);
    central_store_part_end(store, !good);
    return good;
}

static json_t *refusal(CentralEnrolStatus status)
{
    if (status == CENTRAL_ENROL_WRONG_MODE) {
        return json_pack(
            "{s:s, s:s}", "error", "wrong_mode", "message",
            _("This enrolment code is for another kind of terminal: ask for a new code"));
    }
    return json_pack(
        "{s:s, s:s}", "error", "bad_code", "message",
        _("This enrolment code is wrong, was used already or has expired: ask for a new "
          "code"));
}

static void enrol_done(bool committed, void *data)
{
    EnrolJob *job = data;
    if (!committed) {
        gate_forget(job->routes->gate, job->peer, job->at_us);
        central_routes_fail(job->request);
    } else if (job->status == CENTRAL_ENROL_OK) {
        gate_forget(job->routes->gate, job->peer, job->at_us);
        central_feed_notify(job->routes->feed);
        central_feed_check_tokens(job->routes->feed);
        json_t *terminal = json_object_get(job->answer, "terminal");
        central_log("enrolled", json_pack("{s:s?, s:s}", "terminal", json_string_value(terminal),
                                          "peer", job->peer));
        central_request_answer(job->request, 201, g_steal_pointer(&job->answer));
    } else {
        central_log("enrolment_refused", json_pack("{s:s}", "peer", job->peer));
        central_request_answer_later(job->request, job->at_us + REFUSAL_US, 403,
                                     refusal(job->status));
    }
    enrol_job_free(job);
}

void central_enrol_handle(CentralRoutes *routes, CentralRequest *request)
{
    g_autoptr(json_t) body = central_routes_take_json(request, BODY_BYTES_MAX);
    g_autoptr(GError) error = NULL;
    CentralEnrolRequest fields = {0};
    int wait_s = 0;
    if (body == NULL) {
        return;
    }
    if (!read_fields(body, &fields, &error)) {
        central_request_error(request, 400, "bad_request", "%s", error->message);
        return;
    }
    int64_t now_us = g_get_monotonic_time();
    const char *peer = central_request_peer(request);
    if (!gate_enter(routes->gate, peer, now_us, &wait_s)) {
        g_autofree char *seconds = g_strdup_printf("%d", wait_s);
        central_request_add_header(request, "Retry-After", seconds);
        central_request_error(request, 429, "too_many_tries",
                              _("Too many wrong enrolment codes: wait %d seconds"), wait_s);
        return;
    }
    EnrolJob *job = g_new0(EnrolJob, 1);
    job->routes = routes;
    job->request = request;
    job->body = g_steal_pointer(&body);
    job->fields = fields;
    job->peer = g_strdup(peer);
    job->at_us = now_us;
    central_routes_submit(routes, request, enrol_work, enrol_done, job, BODY_BYTES_MAX,
                          enrol_job_free);
}
