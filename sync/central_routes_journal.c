/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a terminal writes: its journal and what it has seen. A batch is read and checked on the http
 * thread, beside the commit of the group before it; the writer only compares, stores and books. */
#include "sync/central_ingest.h"
#include "sync/central_routes.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SEEN_BYTES_MAX (256 * 1024)
#define FLIGHTS_MAX 8 /* one is right; a few more may still be on their way after a cut */

/* --- how many at once ------------------------------------------------------------------------- */

struct CentralFlights {
    GMutex lock;
    GHashTable *by_terminal; /* id to how many, as a pointer */
};

CentralFlights *central_flights_new(void)
{
    CentralFlights *flights = g_new0(CentralFlights, 1);
    g_mutex_init(&flights->lock);
    flights->by_terminal = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return flights;
}

void central_flights_free(CentralFlights *flights)
{
    if (flights != NULL) {
        g_hash_table_destroy(flights->by_terminal);
        g_mutex_clear(&flights->lock);
        g_free(flights);
    }
}

/* by: 1 or -1. False when there are too many already. */
static bool flights_change(CentralFlights *flights, const char *terminal, int by)
{
    g_mutex_lock(&flights->lock);
    int now = GPOINTER_TO_INT(g_hash_table_lookup(flights->by_terminal, terminal)) + by;
    bool good = now <= FLIGHTS_MAX;
    if (good && now > 0) {
        g_hash_table_insert(flights->by_terminal, g_strdup(terminal), GINT_TO_POINTER(now));
    } else if (good) {
        g_hash_table_remove(flights->by_terminal, terminal);
    }
    g_mutex_unlock(&flights->lock);
    return good;
}

/* --- POST /v1/journal ------------------------------------------------------------------------- */

typedef struct {
    CentralRoutes *routes;
    CentralRequest *request;
    CentralBatch *batch;
    char *store_id;
    char *terminal; /* counted in routes->flights; NULL before */
    CentralIngestResult result;
} JournalJob;

static void journal_job_free(void *data)
{
    JournalJob *job = data;
    if (job->terminal != NULL) {
        flights_change(job->routes->flights, job->terminal, -1);
    }
    g_free(job->terminal);
    central_batch_free(job->batch);
    central_ingest_result_clear(&job->result);
    g_free(job->store_id);
    g_free(job);
}

static bool journal_work(CentralStore *store, int64_t now_ms, void *data, GError **error)
{
    JournalJob *job = data;
    return central_ingest_batch(store, job->batch, now_ms, &job->result, error);
}

static json_t *chain_end(const CentralIngestResult *result)
{
    json_t *body = json_pack("{s:I}", "acked", (json_int_t)result->acked);
    json_object_set_new(body, "head",
                        result->acked > 0 ? json_string(result->head_hex) : json_null());
    return body;
}

static void answer_conflict(CentralRequest *request, const CentralIngestResult *result,
                            const char *error, const char *message)
{
    json_t *body = chain_end(result);
    json_object_set_new(body, "error", json_string(error));
    json_object_set_new(body, "message", json_string(message));
    if (result->status == CENTRAL_INGEST_FORK) {
        json_object_set_new(body, "seq", json_integer((json_int_t)result->fork_seq));
    }
    central_request_answer(request, 409, body);
}

static void answer_ingest(CentralRoutes *routes, CentralRequest *request,
                          const CentralIngestResult *result)
{
    CentralIngestCounts *counts = &routes->ingest;
    switch (result->status) {
    case CENTRAL_INGEST_STORED:
        central_metrics_add(&counts->batches_stored, 1);
        central_metrics_add(&counts->records_stored, result->stored);
        central_metrics_add(&counts->records_inbox, result->inbox);
        central_request_answer(request, 200, chain_end(result));
        return;
    case CENTRAL_INGEST_GAP:
        central_metrics_add(&counts->batches_gap, 1);
        answer_conflict(request, result, "gap",
                        _("Records before the first one are missing here: send from acked + 1"));
        return;
    case CENTRAL_INGEST_FORK:
        central_metrics_add(&counts->batches_fork, 1);
        answer_conflict(
            request, result, "fork",
            _("The central service has other records of this terminal: enrol it again"));
        return;
    case CENTRAL_INGEST_BAD_RECORD: {
        /* The message may quote what was sent, and that need not be text. */
        central_metrics_add(&counts->batches_bad, 1);
        g_autofree char *message = g_utf8_make_valid(result->message, -1);
        central_request_answer(request, 400,
                               json_pack("{s:s, s:i, s:s}", "error", "bad_record", "line",
                                         result->bad_line, "message", message));
        return;
    }
    case CENTRAL_INGEST_TOO_LARGE:
        central_metrics_add(&counts->batches_too_large, 1);
        central_request_error(request, 413, "too_large", "%s", result->message);
        return;
    }
    g_assert_not_reached();
}

static void journal_done(bool committed, void *data)
{
    JournalJob *job = data;
    if (committed && job->result.stored > 0) {
        job->routes->booked(job->store_id, job->routes->user);
    }
    if (committed && job->result.decisions > 0) {
        central_feed_check_tokens(job->routes->feed); /* one may have been revoked */
        central_feed_notify(job->routes->feed);
    }
    if (committed) {
        answer_ingest(job->routes, job->request, &job->result);
    } else {
        central_routes_fail(job->request);
    }
    journal_job_free(job);
}

void central_routes_journal(CentralRoutes *routes, CentralRequest *request,
                            const CentralTerminal *terminal)
{
    gsize length = 0;
    g_autofree char *body = central_routes_take_body(request, "application/x-ndjson", &length);
    if (body == NULL) {
        return;
    }
    JournalJob *job = g_new0(JournalJob, 1);
    job->batch = central_batch_read(terminal->id, central_request_query(request, "prev"), body,
                                    length, &job->result);
    if (job->batch == NULL) {
        answer_ingest(routes, request, &job->result);
        journal_job_free(job);
        return;
    }
    job->routes = routes;
    job->request = request;
    job->store_id = g_strdup(terminal->store);
    if (!flights_change(routes->flights, terminal->id, 1)) {
        journal_job_free(job);
        central_metrics_add(&routes->ingest.batches_ahead, 1);
        central_request_error(request, 429, "too_many_batches",
                              _("This terminal sends too many batches at once; send the next one "
                                "when the last is answered"));
        return;
    }
    job->terminal = g_strdup(terminal->id);
    central_routes_submit(routes, request, journal_work, journal_done, job, length,
                          journal_job_free);
}

/* --- POST /v1/seen ---------------------------------------------------------------------------- */

typedef struct {
    CentralRequest *request;
    char *terminal;
    int64_t feed_version;
    json_t *body;
    char *malformed; /* one sentence; NULL when it was not */
} SeenJob;

static void seen_job_free(void *data)
{
    SeenJob *job = data;
    json_decref(job->body);
    g_free(job->terminal);
    g_free(job->malformed);
    g_free(job);
}

static bool seen_work(CentralStore *store, int64_t now_ms, void *data, GError **error)
{
    SeenJob *job = data;
    g_autoptr(GError) failure = NULL;
    if (!central_store_part_begin(store, error)) {
        return false;
    }
    bool good = central_store_seen(store, job->terminal, job->feed_version,
                                   json_object_get(job->body, "tags"), now_ms, &failure);
    central_store_part_end(store, !good);
    if (good) {
        return true;
    }
    if (g_error_matches(failure, POS_ERROR, POS_ERROR_INVALID)) {
        g_free(job->malformed); /* of a run before */
        job->malformed = g_strdup(failure->message);
    } else {
        g_propagate_error(error, g_steal_pointer(&failure));
    }
    return false;
}

static void seen_done(bool committed, void *data)
{
    SeenJob *job = data;
    if (job->malformed != NULL) {
        central_request_error(job->request, 400, "bad_request", "%s", job->malformed);
    } else if (committed) {
        central_request_answer(job->request, 200,
                               json_pack("{s:I}", "feed_version", (json_int_t)job->feed_version));
    } else {
        central_routes_fail(job->request);
    }
    seen_job_free(job);
}

void central_routes_seen(CentralRoutes *routes, CentralRequest *request,
                         const CentralTerminal *terminal)
{
    g_autoptr(json_t) body = central_routes_take_json(request, SEEN_BYTES_MAX);
    g_autoptr(GError) error = NULL;
    int64_t version = 0;
    if (body == NULL) {
        return;
    }
    const json_t *tags = json_object_get(body, "tags");
    if (!pos_json_get_int(body, "feed_version", 0, POS_BOUND_AMOUNT_MINOR_MAX, "seen", &version,
                          &error)) {
        central_request_error(request, 400, "bad_request", "%s", error->message);
        return;
    }
    if (tags != NULL && !json_is_array(tags)) {
        central_request_error(request, 400, "bad_request", _("\"tags\" must be a list"));
        return;
    }
    SeenJob *job = g_new0(SeenJob, 1);
    job->request = request;
    job->terminal = g_strdup(terminal->id);
    job->feed_version = version;
    job->body = json_incref(body);
    central_routes_submit(routes, request, seen_work, seen_done, job, SEEN_BYTES_MAX / 64,
                          seen_job_free);
}
