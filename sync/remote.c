/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a till asks central while it works: one request, waited for on the till's thread, a few seconds at most. Where the
 * sync thread knows that central is out of reach it is not even tried. */
#include "pos/error.h"
#include "sync/client.h"
#include "sync/question.h"
#include "sync/transfer.h"
#include "sync/wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ANSWER_MS 3000
#define BODY_BYTES_MAX (1024 * 1024)

struct SyncRemote {
    SyncClient *client; /* borrowed */
    SyncTransfer *transfer;
    PosTillRemote remote;
};

static json_t *fail(GError **error, int code, const char *sentence)
{
    g_set_error_literal(error, POS_ERROR, code, sentence);
    return NULL;
}

static json_t *read_answer(const SyncQuestionAnswer *answer, GError **error)
{
    if (sync_question_is_unreached(answer)) {
        return fail(error, POS_ERROR_OFFLINE, _("The central service cannot be reached."));
    }
    if (answer->status == 409) {
        return fail(error, POS_ERROR_BUSY, _("Another till was first."));
    }
    if (answer->status == 404) {
        return fail(error, POS_ERROR_NOT_FOUND, _("The central service knows nothing of it."));
    }
    if (answer->status != 200) {
        return fail(error, POS_ERROR_FAILED, _("The central service did not accept this."));
    }
    return pos_json_parse_object((const char *)answer->body->data, answer->body->len,
                                 BODY_BYTES_MAX, error);
}

/* body: NULL for GET; taken. New reference. */
static json_t *exchange_with(SyncRemote *remote, const char *path, json_t *body, GError **error)
{
    g_autofree char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    g_autoptr(GBytes) bytes = text == NULL ? NULL : g_bytes_new(text, strlen(text));
    json_decref(body);
    if (sync_client_link(remote->client, NULL) != SYNC_LINK_ONLINE) {
        return fail(error, POS_ERROR_OFFLINE, _("The central service cannot be reached."));
    }
    g_auto(SyncQuestionAnswer) answer = {0};
    sync_question_ask(&(SyncQuestion){.transfer = remote->transfer,
                                      .path = path,
                                      .body = bytes,
                                      .answer_max = BODY_BYTES_MAX,
                                      .answer_ms = ANSWER_MS},
                      &answer);
    return read_answer(&answer, error);
}

/* --- the till's questions ---------------------------------------------------------------------------- */

static bool on_ticket_put(void *user, const json_t *ticket, GError **error)
{
    json_t *answer = exchange_with(user, "/v1/tickets", json_incref((json_t *)ticket), error);
    json_decref(answer);
    return answer != NULL;
}

static json_t *on_tickets(void *user, GError **error)
{
    json_t *answer = exchange_with(user, "/v1/tickets", NULL, error);
    json_t *list = json_incref(json_object_get(answer, "tickets"));
    json_decref(answer);
    return list;
}

static json_t *on_ticket_claim(void *user, const char *ticket, GError **error)
{
    return exchange_with(user, "/v1/tickets", json_pack("{sbss}", "claim", 1, "ticket", ticket),
                         error);
}

static json_t *on_receipt(void *user, const char *receipt, GError **error)
{
    g_autofree char *escaped = g_uri_escape_string(receipt, NULL, FALSE);
    g_autofree char *path = g_strconcat("/v1/receipts/", escaped, NULL);
    return exchange_with(user, path, NULL, error);
}

/* --- life -------------------------------------------------------------------------------------------- */

SyncRemote *sync_remote_new(SyncClient *client, PosStore *store, GError **error)
{
    g_auto(PosIdentity) identity = {0};
    if (!pos_store_identity_get(store, &identity, error)) {
        return NULL;
    }
    SyncRemote *remote = g_new0(SyncRemote, 1);
    remote->client = client;
    remote->transfer = sync_transfer_new(identity.url, identity.pin, identity.token);
    remote->remote =
        (PosTillRemote){remote, on_ticket_put, on_tickets, on_ticket_claim, on_receipt};
    return remote;
}

void sync_remote_free(SyncRemote *remote)
{
    if (remote == NULL) {
        return;
    }
    sync_transfer_free(remote->transfer);
    g_free(remote);
}

const PosTillRemote *sync_remote_for_till(const SyncRemote *remote)
{
    return &remote->remote;
}
