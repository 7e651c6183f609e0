/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a till asks central while it works: one request, waited for on the till's thread, a few seconds at most. Where the
 * sync thread knows that central is out of reach it is not even tried. */
#include "pos/error.h"
#include "sync/client.h"
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

typedef struct {
    GByteArray *body;
    SyncAnswerResult result;
    long status;
    bool done;
} Exchange;

static bool on_bytes(const char *bytes, gsize length, void *user)
{
    Exchange *exchange = user;
    if (exchange->body->len + length > BODY_BYTES_MAX) {
        return false;
    }
    g_byte_array_append(exchange->body, (const guint8 *)bytes, (guint)length);
    return true;
}

static void on_done(const SyncAnswer *answer, void *user)
{
    Exchange *exchange = user;
    exchange->result = answer->result;
    exchange->status = answer->status;
    exchange->done = true;
}

static json_t *fail(GError **error, int code, const char *sentence)
{
    g_set_error_literal(error, POS_ERROR, code, sentence);
    return NULL;
}

static json_t *read_answer(const Exchange *exchange, GError **error)
{
    if (exchange->result != SYNC_ANSWER_HTTP || exchange->status >= 500 ||
        exchange->status == 401 || exchange->status == 429) {
        return fail(error, POS_ERROR_OFFLINE, _("The central service cannot be reached."));
    }
    if (exchange->status == 409) {
        return fail(error, POS_ERROR_BUSY, _("Another till was first."));
    }
    if (exchange->status == 404) {
        return fail(error, POS_ERROR_NOT_FOUND, _("The central service knows nothing of it."));
    }
    if (exchange->status != 200) {
        return fail(error, POS_ERROR_FAILED, _("The central service did not accept this."));
    }
    return pos_json_parse_object((const char *)exchange->body->data, exchange->body->len,
                                 BODY_BYTES_MAX, error);
}

/* body: NULL for GET; taken. New reference. */
static json_t *exchange_with(SyncRemote *remote, const char *path, json_t *body, GError **error)
{
    Exchange exchange = {.body = g_byte_array_new()};
    g_autofree char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    g_autoptr(GBytes) bytes = text == NULL ? NULL : g_bytes_new(text, strlen(text));
    json_decref(body);
    json_t *answer = NULL;
    if (sync_client_link(remote->client, NULL) != SYNC_LINK_ONLINE) {
        g_byte_array_unref(exchange.body);
        return fail(error, POS_ERROR_OFFLINE, _("The central service cannot be reached."));
    }
    SyncRequest *request =
        sync_transfer_start(remote->transfer, &(SyncRequestSpec){.path = path,
                                                                 .body = bytes,
                                                                 .method = bytes ? "PUT" : NULL,
                                                                 .timeout_ms = ANSWER_MS,
                                                                 .on_bytes = on_bytes,
                                                                 .on_done = on_done,
                                                                 .user = &exchange});
    gint64 until_us = g_get_monotonic_time() + 2 * ANSWER_MS * 1000LL;
    while (!exchange.done && g_get_monotonic_time() < until_us) {
        sync_transfer_poll(remote->transfer, 200, -1);
    }
    if (!exchange.done) {
        sync_transfer_cancel(remote->transfer, request);
        exchange.result = SYNC_ANSWER_TIMEOUT;
    }
    answer = read_answer(&exchange, error);
    g_byte_array_unref(exchange.body);
    return answer;
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
