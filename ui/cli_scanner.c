/* SPDX-License-Identifier: GPL-3.0-or-later
 * Readers' threads push, the till's thread takes. The queue is short: what a till does not take is dropped, for a
 * code that is minutes old sells to the wrong customer. */
#include "ui/cli_scanner.h"

#include "pos/scanner_reader.h"
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#define WAITING_MAX 64

struct UiCliScanners {
    PosScannerReader *readers[2];
    GAsyncQueue *codes; /* GBytes*; an empty one is a fragment */
    int wake_fd;
};

/* On a reader's thread, as the next. */
static void on_code(const PosScannerCode *code, void *user)
{
    UiCliScanners *scanners = user;
    const uint64_t one = 1;
    if (g_async_queue_length(scanners->codes) >= WAITING_MAX) {
        return;
    }
    g_async_queue_push(scanners->codes, code->verdict == POS_SCANNER_TEXT
                                            ? g_bytes_new(code->text, code->length)
                                            : g_bytes_new(NULL, 0));
    if (write(scanners->wake_fd, &one, sizeof one) != (ssize_t)sizeof one) {
        return; /* it is full: the till is awake */
    }
}

static void on_state(const char *fault, void *user)
{
    (void)user;
    fprintf(stderr, "coster: %s\n", fault != NULL ? fault : _("The scanner is there."));
}

UiCliScanners *ui_cli_scanners_start(PosStore *store, int wake_fd)
{
    PosDeviceSettings settings;
    g_autofree char *note = NULL;
    pos_store_devices_load(store, &settings, &note);
    if (note != NULL) {
        fprintf(stderr, "coster: %s\n", note);
    }
    UiCliScanners *scanners = g_new0(UiCliScanners, 1);
    scanners->codes = g_async_queue_new_full((GDestroyNotify)g_bytes_unref);
    scanners->wake_fd = wake_fd;
    const PosScannerWatch watch = {.code = on_code, .state = on_state, .user = scanners};
    scanners->readers[0] = pos_scanner_reader_start(&settings.scanner, &watch);
    scanners->readers[1] = pos_scanner_reader_start(&settings.scanner2, &watch);
    if (scanners->readers[0] == NULL && scanners->readers[1] == NULL) {
        g_clear_pointer(&scanners, ui_cli_scanners_stop);
    }
    return scanners;
}

void ui_cli_scanners_stop(UiCliScanners *scanners)
{
    if (scanners == NULL) {
        return;
    }
    pos_scanner_reader_stop(scanners->readers[0]);
    pos_scanner_reader_stop(scanners->readers[1]);
    g_async_queue_unref(scanners->codes);
    g_free(scanners);
}

GBytes *ui_cli_scanners_take(UiCliScanners *scanners, bool *out_fragment)
{
    GBytes *code = scanners != NULL ? g_async_queue_try_pop(scanners->codes) : NULL;
    *out_fragment = code != NULL && g_bytes_get_size(code) == 0;
    return code;
}
