/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sale of another till of the store, for a return: the record as that till wrote it, and what of it
 * was taken back already. */
#include "sync/central_routes.h"
#include "sync/central_store_book.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/central_log.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RECEIPT_BYTES_MAX 64

/* The record that holds the receipt; of an adopted one the line inside. New reference. */
static json_t *read_record(CentralStore *store, const CentralTicket *ticket, GError **error)
{
    g_autofree char *line = NULL;
    gsize length = 0;
    if (!central_store_journal_get(store, ticket->terminal, ticket->seq, &line, &length, NULL,
                                   error)) {
        return NULL;
    }
    g_autoptr(json_t) record = pos_json_parse_object(line, length, POS_BOUND_RECORD_BYTES, error);
    const char *type = json_string_value(json_object_get(record, "type"));
    if (record == NULL || g_strcmp0(type, "adopted") != 0) {
        return g_steal_pointer(&record);
    }
    const char *inner = NULL;
    if (!pos_json_get_string(record, "line", POS_BOUND_RECORD_BYTES, "adopted", &inner, error)) {
        return NULL;
    }
    return pos_json_parse_object(inner, strlen(inner), POS_BOUND_RECORD_BYTES, error);
}

/* [{"line":1,"qty":2}, …] of the lines of which something was taken back; NULL on failure. */
static json_t *read_returned(CentralStore *store, const char *store_id, const char *receipt,
                             const json_t *record, GError **error)
{
    g_autoptr(json_t) returned = json_array();
    const json_t *lines = json_object_get(record, "lines");
    for (gsize i = 0; i < json_array_size(lines); i++) {
        int64_t number = json_integer_value(json_object_get(json_array_get(lines, i), "line"));
        int64_t quantity = 0;
        if (!central_store_returned(store, store_id, receipt, number, &quantity, error)) {
            return NULL;
        }
        if (quantity != 0) {
            json_array_append_new(returned, json_pack("{s:I, s:I}", "line", (json_int_t)number,
                                                      "qty", (json_int_t)quantity));
        }
    }
    return g_steal_pointer(&returned);
}

static json_t *read_receipt(CentralStore *store, const char *store_id, const char *receipt,
                            const CentralTicket *ticket, GError **error)
{
    g_autoptr(json_t) record = read_record(store, ticket, error);
    g_autoptr(json_t) returned =
        record == NULL ? NULL : read_returned(store, store_id, receipt, record, error);
    if (returned == NULL) {
        return NULL;
    }
    return json_pack("{s:s, s:O, s:O, s:b}", "receipt", receipt, "record", record, "returned",
                     returned, "voided", ticket->voided);
}

static void fail(CentralRequest *request, const GError *error)
{
    central_log("receipt_failed", json_pack("{s:s}", "message", error->message));
    central_routes_fail(request);
}

void central_routes_receipt(CentralRoutes *routes, CentralRequest *request,
                            const CentralTerminal *terminal)
{
    g_auto(CentralTicket) ticket = {0};
    g_autoptr(GError) error = NULL;
    int count = 0;
    const char *receipt = central_request_path(request) + strlen(CENTRAL_RECEIPTS_PATH);
    gsize length = strlen(receipt);
    if (strcmp(terminal->mode, "kiosk") == 0) {
        central_request_error(request, 403, "forbidden", _("Receipts are for tills and managers"));
        return;
    }
    bool sound = length > 0 && length <= RECEIPT_BYTES_MAX && g_utf8_validate(receipt, -1, NULL);
    if (sound && !central_store_ticket_find(routes->read, terminal->store, receipt, &ticket, &count,
                                            &error)) {
        fail(request, error);
        return;
    }
    if (count == 0) {
        central_request_error(request, 404, "not_found",
                              _("The central service has no such receipt of this store"));
        return;
    }
    if (count > 1) {
        central_request_error(
            request, 409, "ambiguous",
            _("Two sales carry this receipt number: a manager must look at both"));
        return;
    }
    json_t *body = read_receipt(routes->read, terminal->store, receipt, &ticket, &error);
    if (body == NULL) {
        fail(request, error);
    } else {
        central_request_answer(request, 200, body);
    }
}
