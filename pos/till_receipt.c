/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the look at receipts that are written: finding them, showing one of this till or of another of the store, and
 * counting each copy. */
#include "pos/till_private.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>

#define RECEIPTS_MAX 50
#define RECEIPT_BYTES_MAX 64

PosTillEvent *pos_till_receipts(PosTill *till, const PosTillCommand *command)
{
    PosTillEvent *no = pos_till_need_login(till);
    if (no != NULL) {
        return no;
    }
    if (command->text != NULL && command->text_length > RECEIPT_BYTES_MAX) {
        return pos_till_refuse(POS_REFUSAL_NO_SUCH_RECEIPT,
                               _("Nothing is found by that: look for a receipt by its number, a "
                                 "part of it, a day as 2026-11-23, or its amount."));
    }
    GError *error = NULL;
    json_t *rows = pos_store_receipts_find(till->store, command->text, RECEIPTS_MAX, &error);
    if (rows == NULL) {
        return pos_till_fail(error);
    }
    PosTillEvent *event = pos_till_event_new(POS_EVENT_RECEIPTS);
    event->record = json_pack("{so}", "receipts", rows);
    return event;
}

static PosTillEvent *refuse_remote(const char *receipt, GError *error)
{
    PosTillEvent *no =
        g_error_matches(error, POS_ERROR, POS_ERROR_OFFLINE)
            ? pos_till_refuse(POS_REFUSAL_OFFLINE,
                              _("Receipt %s is not of this till, and the central service cannot be "
                                "reached: try again later, or at the till that sold it."),
                              receipt)
            : pos_till_refuse(POS_REFUSAL_NO_SUCH_RECEIPT,
                              _("There is no receipt %s in this store: read the number again."),
                              receipt);
    g_error_free(error);
    return no;
}

/* {"receipt","record","hash"} of this till, or central's answer for another's. NULL and *out (new reference). */
static PosTillEvent *find(PosTill *till, const char *receipt, json_t **out)
{
    GError *error = NULL;
    char hash_hex[65];
    if (receipt == NULL || receipt[0] == '\0' || strlen(receipt) > RECEIPT_BYTES_MAX) {
        return pos_till_refuse(POS_REFUSAL_NO_SUCH_RECEIPT, _("Which receipt? Give its number."));
    }
    json_t *record = pos_store_sale_find(till->store, receipt, hash_hex, &error);
    if (record != NULL) {
        *out = json_pack("{sssoss}", "receipt", receipt, "record", record, "hash", hash_hex);
        return NULL;
    }
    if (!g_error_matches(error, POS_ERROR, POS_ERROR_NOT_FOUND)) {
        return pos_till_fail(error);
    }
    if (till->remote == NULL || till->remote->receipt == NULL) {
        return refuse_remote(receipt, error);
    }
    g_clear_error(&error);
    *out = till->remote->receipt(till->remote->user, receipt, &error);
    return *out != NULL ? NULL : refuse_remote(receipt, error);
}

static PosTillEvent *receipt_event(PosTill *till, PosTillEventKind kind, const char *receipt,
                                   const json_t *found)
{
    PosTillEvent *event = pos_till_event_new(kind);
    const char *hash = json_string_value(json_object_get(found, "hash"));
    g_strlcpy(event->sale.receipt, receipt, sizeof event->sale.receipt);
    g_strlcpy(event->sale.hash_hex, hash != NULL ? hash : "", sizeof event->sale.hash_hex);
    event->record = json_incref(json_object_get(found, "record"));
    event->sale.seq = json_integer_value(json_object_get(event->record, "seq"));
    event->copy = (int)pos_store_copies(till->store, receipt);
    return event;
}

PosTillEvent *pos_till_receipt(PosTill *till, const PosTillCommand *command)
{
    g_autoptr(json_t) found = NULL;
    PosTillEvent *no = pos_till_need_login(till);
    no = no != NULL ? no : find(till, command->receipt, &found);
    if (no != NULL) {
        return no;
    }
    PosTillEvent *event = receipt_event(till, POS_EVENT_RECEIPT, command->receipt, found);
    event->left = pos_till_left(till, command->receipt);
    return event;
}

PosTillEvent *pos_till_reprint(PosTill *till, const PosTillCommand *command)
{
    g_autoptr(json_t) found = NULL;
    char approver[POS_BOUND_OPERATOR_BYTES + 1] = "";
    PosTillEvent *no = pos_till_need_login(till);
    no = no != NULL ? no
                    : pos_till_need(till, command, POS_MAY_REPRINT, POS_LIMIT_COUNT, 0,
                                    _("print a receipt again"), approver);
    no = no != NULL ? no : find(till, command->receipt, &found);
    if (no != NULL) {
        return no;
    }
    GError *error = NULL;
    int64_t copy = pos_store_copies(till->store, command->receipt) + 1;
    g_autoptr(json_t) fields = json_pack("{sIssss}", "copy", (json_int_t)copy, "operator",
                                         till->operator_->id, "receipt", command->receipt);
    if (approver[0] != '\0') {
        json_object_set_new(fields, "approver", json_string(approver));
    }
    PosTillRecord record = {"reprint", fields};
    if (!pos_till_write(till, &record, 1, NULL, NULL, NULL, &error)) {
        return pos_till_fail(error);
    }
    PosTillEvent *event = receipt_event(till, POS_EVENT_REPRINT, command->receipt, found);
    event->copy = (int)copy;
    return event;
}
