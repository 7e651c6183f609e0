/* SPDX-License-Identifier: GPL-3.0-or-later
 * Suspended carts shared between the tills of a store: the list, one more, and the claim by which exactly one till takes
 * one. */
#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/central_log.h"
#include "sync/central_routes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TICKET_BODY_BYTES_MAX (512 * 1024)

static bool may(CentralRequest *request, const CentralTerminal *terminal)
{
    if (strcmp(terminal->mode, "kiosk") == 0) {
        central_request_error(request, 403, "forbidden", _("Tickets are for tills and managers"));
        return false;
    }
    return true;
}

void central_routes_tickets(CentralRoutes *routes, CentralRequest *request,
                            const CentralTerminal *terminal)
{
    g_autoptr(GError) error = NULL;
    if (!may(request, terminal)) {
        return;
    }
    json_t *list = central_store_tickets_open(routes->read, terminal->store, &error);
    if (list == NULL) {
        central_log("tickets_failed", json_pack("{s:s}", "message", error->message));
        central_routes_fail(request);
        return;
    }
    central_request_answer(request, 200, json_pack("{s:o}", "tickets", list));
}

/* --- PUT ------------------------------------------------------------------------------------------ */

typedef struct {
    CentralRequest *request;
    char *store_id, *terminal, *ticket;
    json_t *value;   /* to share; NULL: a claim */
    json_t *answer;  /* out */
    GError *failure; /* out: what the client is told */
} TicketJob;

static void job_free(void *data)
{
    TicketJob *job = data;
    json_decref(job->value);
    json_decref(job->answer);
    g_clear_error(&job->failure);
    g_free(job->store_id);
    g_free(job->terminal);
    g_free(job->ticket);
    g_free(job);
}

static bool is_answer(const GError *error)
{
    return g_error_matches(error, POS_ERROR, POS_ERROR_BUSY) ||
           g_error_matches(error, POS_ERROR, POS_ERROR_INVALID) ||
           g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND);
}

static bool work(CentralStore *store, int64_t now_ms, void *data, GError **error)
{
    TicketJob *job = data;
    GError *failure = NULL;
    if (!central_store_part_begin(store, error)) {
        return false;
    }
    g_clear_pointer(&job->answer, json_decref); /* of a run before, that was not committed */
    g_clear_error(&job->failure);
    if (job->value != NULL) {
        bool shared = central_store_ticket_share(store, job->store_id, job->terminal, job->ticket,
                                                 job->value, now_ms, &failure);
        job->answer = shared ? json_pack("{s:s}", "ticket", job->ticket) : NULL;
    } else {
        job->answer = central_store_ticket_claim(store, job->store_id, job->terminal, job->ticket,
                                                 now_ms, &failure);
    }
    central_store_part_end(store, job->answer == NULL);
    if (failure != NULL && is_answer(failure)) {
        job->failure = failure;
    } else if (failure != NULL) {
        g_propagate_error(error, failure);
    }
    return job->answer != NULL;
}

static void done(bool committed, void *data)
{
    TicketJob *job = data;
    if (committed && job->answer != NULL) {
        central_request_answer(job->request, 200, g_steal_pointer(&job->answer));
    } else if (g_error_matches(job->failure, POS_ERROR, POS_ERROR_BUSY)) {
        central_request_error(job->request, 409, "taken", "%s", job->failure->message);
    } else if (g_error_matches(job->failure, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        central_request_error(job->request, 404, "not_found", "%s", job->failure->message);
    } else if (job->failure != NULL) {
        central_request_error(job->request, 400, "bad_request", "%s", job->failure->message);
    } else {
        central_routes_fail(job->request);
    }
    job_free(job);
}

static bool is_ticket_id(const char *id)
{
    gsize length = id == NULL ? 0 : strlen(id);
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(id[i]) && id[i] != '-' && id[i] != '_') {
            return false;
        }
    }
    return length > 0 && length < POS_BOUND_TICKET_BYTES;
}

void central_routes_ticket_put(CentralRoutes *routes, CentralRequest *request,
                               const CentralTerminal *terminal)
{
    if (!may(request, terminal)) {
        return;
    }
    g_autoptr(json_t) body = central_routes_take_json(request, TICKET_BODY_BYTES_MAX);
    if (body == NULL) {
        return;
    }
    const char *id = json_string_value(json_object_get(body, "ticket"));
    bool claims = json_is_true(json_object_get(body, "claim"));
    if (!is_ticket_id(id) || (!claims && !json_is_object(json_object_get(body, "cart")))) {
        central_request_error(request, 400, "bad_request",
                              _("Name the \"ticket\" (letters, digits, - and _), with its \"cart\" "
                                "to share it or with \"claim\":true to take it"));
        return;
    }
    TicketJob *job = g_new0(TicketJob, 1);
    job->request = request;
    job->store_id = g_strdup(terminal->store);
    job->terminal = g_strdup(terminal->id);
    job->ticket = g_strdup(id);
    job->value = claims ? NULL : json_incref(body);
    central_routes_submit(routes, request, work, done, job, 4096, job_free);
}
