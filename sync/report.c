/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reports for the manager's terminal: asked for, kept, and read from what was kept. */
#include "sync/report.h"

#include "pos/error.h"
#include "pos/store_manage.h"
#include "sync/question.h"
#include "sync/transfer.h"
#include "sync/wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ANSWER_MS 20000
#define BODY_BYTES_MAX (16 * 1024 * 1024)
#define PAGES_MAX 1000

struct SyncReports {
    SyncClient *client; /* borrowed, nullable */
    PosStore *store;    /* borrowed */
    SyncTransfer *transfer;
};

static json_t *read_answer(const SyncQuestionAnswer *answer, GError **error)
{
    if (sync_question_is_unreached(answer)) {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_OFFLINE,
                            _("The central service cannot be reached."));
        return NULL;
    }
    json_t *body = pos_json_parse_object((const char *)answer->body->data, answer->body->len,
                                         BODY_BYTES_MAX, error);
    if (answer->status == 200 || body == NULL) {
        return body;
    }
    const char *message = json_string_value(json_object_get(body, "message"));
    g_set_error_literal(error, POS_ERROR, POS_ERROR_FAILED,
                        message != NULL ? message : _("The central service did not accept this."));
    json_decref(body);
    return NULL;
}

static json_t *fetch(SyncReports *reports, const char *name, GError **error)
{
    g_autofree char *path = g_strconcat("/v1/reports/", name, NULL);
    if (reports->client == NULL || sync_client_link(reports->client, NULL) != SYNC_LINK_ONLINE) {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_OFFLINE,
                            _("The central service cannot be reached."));
        return NULL;
    }
    g_auto(SyncQuestionAnswer) answer = {0};
    sync_question_ask(&(SyncQuestion){.transfer = reports->transfer,
                                      .path = path,
                                      .answer_max = BODY_BYTES_MAX,
                                      .answer_ms = ANSWER_MS},
                      &answer);
    return read_answer(&answer, error);
}

json_t *sync_reports_get(SyncReports *reports, const char *name, int64_t now_ms, int64_t *out_at_ms,
                         bool *out_fresh, char **out_why, GError **error)
{
    g_autoptr(GError) why = NULL;
    int64_t at_ms = now_ms;
    json_t *answer = fetch(reports, name, &why);
    bool fresh = answer != NULL;
    if (fresh) {
        g_autoptr(GError) ignored = NULL; /* shown all the same; the next one is kept */
        if (!pos_store_kept_put(reports->store, name, answer, now_ms, &ignored)) {
            g_message("A report is not kept: %s", ignored->message);
        }
    } else {
        answer = pos_store_kept_get(reports->store, name, &at_ms);
    }
    if (answer == NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (out_at_ms != NULL) {
        *out_at_ms = at_ms;
    }
    if (out_fresh != NULL) {
        *out_fresh = fresh;
    }
    if (out_why != NULL) {
        *out_why = fresh ? NULL : g_strdup(why->message);
    }
    return answer;
}

bool sync_reports_stock(SyncReports *reports, GError **error)
{
    g_autofree char *name = g_strdup("inventory");
    for (int page = 0; page < PAGES_MAX; page++) {
        g_autoptr(json_t) answer = fetch(reports, name, error);
        if (answer == NULL || !pos_store_stock_page(reports->store, answer, page == 0, error)) {
            return false;
        }
        const char *next = json_string_value(json_object_get(answer, "next"));
        if (next == NULL) {
            return true;
        }
        g_autofree char *escaped = g_uri_escape_string(next, NULL, FALSE);
        g_free(name);
        name = g_strconcat("inventory?after=", escaped, NULL);
    }
    return true;
}

SyncReports *sync_reports_new(SyncClient *client, PosStore *store, GError **error)
{
    g_auto(PosIdentity) identity = {0};
    if (!pos_store_identity_get(store, &identity, error)) {
        return NULL;
    }
    SyncReports *reports = g_new0(SyncReports, 1);
    reports->client = client;
    reports->store = store;
    reports->transfer = sync_transfer_new(identity.url, identity.pin, identity.token);
    return reports;
}

void sync_reports_free(SyncReports *reports)
{
    if (reports == NULL) {
        return;
    }
    sync_transfer_free(reports->transfer);
    g_free(reports);
}
