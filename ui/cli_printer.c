/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the printer's words on the command line: events of the JSON-lines till, and `coster print`. */
#include "ui/cli_printer.h"

#include "pos/error.h"
#include "ui/cli.h"
#include "ui/cli_commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define TIMEOUT_S_DEFAULT 15
#define TIMEOUT_S_MAX 3600
#define LOOK_MS 50

PosPrinter *ui_cli_printer_start(PosStore *store, const char *dir)
{
    PosDeviceSettings devices;
    pos_store_devices_load(store, &devices, NULL);
    return devices.printer.source == POS_PRINTER_NONE
               ? NULL
               : pos_printer_start(dir, &devices.printer, NULL, NULL, NULL);
}

json_t *ui_cli_printer_print(PosPrinter *printer, PosStore *store, const UiCliRequest *request)
{
    g_autofree char *operator_ = pos_store_meta_get(store, POS_META_OPERATOR);
    if (operator_ == NULL || operator_[0] == '\0') {
        return ui_cli_refused_new("not_logged_in", _("No one is logged in: log in first."),
                                  request->id);
    }
    if (printer == NULL) {
        return ui_cli_refused_new(
            "no_printer", _("No printer is set for this till: set one with “coster device”."),
            request->id);
    }
    if (!pos_printer_release(printer, request->receipt)) {
        return NULL;
    }
    json_t *event = ui_cli_event_new("print", request->id);
    json_object_set_new(event, "receipt", json_string(request->receipt));
    json_object_set_new(event, "copy", json_integer(0));
    return event;
}

json_t *ui_cli_printer_status(PosPrinter *printer, const UiCliRequest *request)
{
    json_t *event = ui_cli_event_new("printer", request->id);
    if (printer == NULL) {
        json_object_set_new(event, "state", json_string("none"));
        return event;
    }
    if (request->uncertain != UI_CLI_UNCERTAIN_LEAVE) {
        pos_printer_decide(printer, request->uncertain == UI_CLI_UNCERTAIN_PRINT);
    }
    PosPrinterStatus status = pos_printer_status(printer);
    PosPrintCounts counts;
    pos_printer_counts(printer, &counts);
    status.waiting = counts.waits + counts.sent;
    g_autofree char *words = pos_printer_status_words(&status);
    bool faulty = status.known && status.state.fault != POS_PRINTER_FINE;
    json_object_set_new(event, "state",
                        json_string(faulty            ? "fault"
                                    : status.printing ? "printing"
                                    : status.known    ? "ready"
                                                      : "unknown"));
    json_object_set_new(event, "fault",
                        json_string(faulty ? pos_printer_fault_code(status.state.fault) : ""));
    json_object_set_new(event, "message", json_string(words));
    json_object_set_new(event, "paper_low", json_boolean(status.state.paper_low));
    json_object_set_new(event, "waiting", json_integer(counts.waits + counts.sent));
    json_object_set_new(event, "uncertain", json_integer(counts.held));
    return event;
}

/* --- coster print ------------------------------------------------------------------------------------------ */

/* Waits until nothing waits any more. 0 done, else the status to end with after a sentence. */
static int wait_printed(PosPrinter *printer, int64_t timeout_s)
{
    int64_t end_us = g_get_monotonic_time() + timeout_s * G_USEC_PER_SEC;
    PosPrintCounts counts;
    PosPrinterStatus status;
    do {
        pos_printer_counts(printer, &counts);
        status = pos_printer_status(printer);
        if (counts.waits + counts.sent == 0) {
            return UI_CLI_OK;
        }
        g_usleep(LOOK_MS * 1000);
    } while (g_get_monotonic_time() < end_us);
    g_autofree char *words = pos_printer_status_words(&status);
    return ui_cli_fail(_("%s It stays in the queue and is printed when the printer is ready."),
                       words[0] != '\0' ? words : _("The receipt is not printed yet."));
}

static int print(const char *data, const char *receipt, int64_t timeout_s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) store = pos_store_open(data, POS_STORE_READ_ONLY, &error);
    if (store == NULL) {
        return ui_cli_fail_error(error);
    }
    PosPrinter *printer = ui_cli_printer_start(store, data);
    int status = pos_printer_print_receipt(printer, store, receipt, -1, NULL, &error)
                     ? wait_printed(printer, timeout_s)
                     : ui_cli_fail_error(error);
    pos_printer_stop(printer);
    return status;
}

int ui_cli_print(int argc, char **argv)
{
    const char *data = NULL, *timeout = NULL, *receipt = NULL;
    guint64 timeout_s = TIMEOUT_S_DEFAULT;
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--data") == 0      ? &data
                             : strcmp(argv[i], "--timeout") == 0 ? &timeout
                                                                 : NULL;
        if (value != NULL && i + 1 >= argc) {
            return ui_cli_misuse(argv[0], _("%s wants a value."), argv[i]);
        }
        if (value != NULL) {
            *value = argv[++i];
        } else if (argv[i][0] == '-' || receipt != NULL) {
            return ui_cli_misuse(argv[0], _("\"%s\" is not expected here."), argv[i]);
        } else {
            receipt = argv[i];
        }
    }
    if (data == NULL || receipt == NULL) {
        return ui_cli_misuse(argv[0], _("%s is missing."), data == NULL ? "--data DIR" : "RECEIPT");
    }
    if (timeout != NULL &&
        !g_ascii_string_to_unsigned(timeout, 10, 0, TIMEOUT_S_MAX, &timeout_s, NULL)) {
        return ui_cli_misuse(argv[0], _("--%s needs a whole number, not \"%s\"."), "timeout",
                             timeout);
    }
    return print(data, receipt, (int64_t)timeout_s);
}
