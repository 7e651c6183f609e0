/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns which events reach the printer. */
#include "pos/printer_till.h"

#include "pos/error.h"
#include "pos/date.h"
#include "pos/receipt_store.h"
#include "pos/report_document.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Queues a record's receipt in the store's language. copy: 0 none, -1 without a number. */
static bool queue_record(PosPrinter *printer, PosStore *store, const json_t *record,
                         const char *hash_hex, const char *receipt, int copy, bool ask,
                         GError **error)
{
    g_auto(PosStoreSettings) settings = {0};
    /* A number is kept beside the document, so that a doubt makes it the next one; without one the mark stands in it. */
    const PosReceiptWish wish = {.copy = MIN(copy, 0)};
    if (!pos_store_settings(store, &settings, error)) {
        return false;
    }
    g_autoptr(GPtrArray) document =
        pos_store_receipt_document(store, record, hash_hex, &wish, error);
    return document != NULL && pos_printer_queue(printer, document, receipt, settings.language,
                                                 MAX(copy, 0), ask, error);
}

/* When the newest record was written: that of the event in hand. 0 when it cannot be told. */
static int64_t newest_at_ms(PosStore *store)
{
    int64_t seq = 0, at_ms = 0;
    PosHash head;
    if (!pos_store_journal_head(store, &seq, &head, NULL) || seq < 1) {
        return 0;
    }
    g_autoptr(GPtrArray) records = pos_store_journal_read(store, seq, 1, 1, NULL);
    if (records == NULL || records->len == 0) {
        return 0;
    }
    const PosRecord *record = records->pdata[0];
    g_autoptr(json_t) object = json_loadb(record->line, record->length, 0, NULL);
    const char *at = json_string_value(json_object_get(object, "at"));
    return at != NULL && pos_instant_parse(at, &at_ms) ? at_ms : 0;
}

/* A report that was asked for, and the slip that a suspended ticket is fetched by: printed without asking again. */
static void queue_paper(PosPrinter *printer, PosStore *store, const PosTillEvent *event)
{
    g_autoptr(GError) error = NULL;
    g_auto(PosStoreSettings) settings = {0};
    const char *name = event->kind == POS_EVENT_REPORT ? event->type : event->ticket;
    bool fine = pos_store_settings(store, &settings, &error);
    if (fine) {
        g_autoptr(GTimeZone) zone = pos_store_zone(store);
        const PosReportLook look = {.store_name = pos_names_in(&settings.names, settings.language),
                                    .language = settings.language,
                                    .currency = &settings.currency,
                                    .zone = zone,
                                    .at_ms = newest_at_ms(store),
                                    .demo = settings.demo,
                                    .training = event->training};
        g_autoptr(GPtrArray) document =
            event->kind == POS_EVENT_REPORT
                ? pos_report_document(event->type, event->record, &look)
                : pos_ticket_document(event->ticket, event->code, event->amount, &look);
        fine = pos_printer_queue(printer, document, name, settings.language, 0, false, &error);
    }
    if (!fine) {
        g_message("printer: %s", error->message);
        pos_printer_say_lost(printer, name);
    }
}

/* A receipt of the event's record; what cannot be queued is said in the status, it is no fault of the sale. */
static void queue_event(PosPrinter *printer, PosStore *store, const PosTillEvent *event, int copy,
                        bool ask)
{
    g_autoptr(GError) error = NULL;
    if (!queue_record(printer, store, event->record, event->sale.hash_hex, event->sale.receipt,
                      copy, ask, &error)) {
        g_message("printer: %s", error->message);
        pos_printer_say_lost(printer, event->sale.receipt);
    }
}

/* Of an exchange: what came back has a receipt of its own. */
static void queue_taken_back(PosPrinter *printer, PosStore *store, const char *receipt, bool ask)
{
    char hash_hex[65];
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) record = pos_store_sale_find(store, receipt, hash_hex, &error);
    if (record == NULL ||
        !queue_record(printer, store, record, hash_hex, receipt, 0, ask, &error)) {
        g_message("printer: %s", error->message);
        pos_printer_say_lost(printer, receipt);
    }
}

static void queue_sale(PosPrinter *printer, PosStore *store, const PosTillEvent *event,
                       PosPrinterReceipts receipts)
{
    bool ask = receipts == POS_PRINTER_RECEIPT_ASK;
    if (event->record == NULL || receipts == POS_PRINTER_RECEIPT_NEVER) {
        return;
    }
    if (ask) {
        pos_printer_drop_asked(printer);
    }
    if (event->taken_back.receipt[0] != '\0') {
        queue_taken_back(printer, store, event->taken_back.receipt, ask);
    }
    queue_event(printer, store, event, 0, ask);
}

void pos_printer_follow(PosPrinter *printer, PosStore *store, const PosTillEvent *event)
{
    if (printer == NULL) {
        return;
    }
    PosPrinterSettings settings = pos_printer_settings(printer);
    if (event->opens_drawer) { /* first: the change is waited for more than the paper */
        pos_printer_open_drawer(printer);
    }
    if (settings.source == POS_PRINTER_NONE) {
        return;
    }
    if (event->kind == POS_EVENT_SALE) {
        queue_sale(printer, store, event, settings.receipts);
    } else if (event->kind == POS_EVENT_REPRINT) {
        queue_event(printer, store, event, event->copy, false);
    } else if (event->kind == POS_EVENT_REPORT || event->kind == POS_EVENT_SUSPENDED) {
        queue_paper(printer, store, event);
    }
}

bool pos_printer_print_receipt(PosPrinter *printer, PosStore *store, const char *receipt, int copy,
                               int *out_copy, GError **error)
{
    char hash_hex[65];
    if (printer == NULL || pos_printer_settings(printer).source == POS_PRINTER_NONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("No printer is set for this till: set one with “coster device”."));
        return false;
    }
    bool first = pos_printer_release(printer, receipt);
    if (out_copy != NULL) {
        *out_copy = first ? 0 : copy;
    }
    if (first) {
        return true;
    }
    g_autoptr(json_t) record = pos_store_sale_find(store, receipt, hash_hex, error);
    return record != NULL &&
           queue_record(printer, store, record, hash_hex, receipt, copy, false, error);
}
