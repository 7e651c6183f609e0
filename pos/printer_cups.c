/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the calls of lp and lpstat, and the meaning of printer-state-reasons (RFC 8011, 5.4.12; PWG 5100.9). Once lp has
 * taken a job it is CUPS's, which keeps it over a restart. */
#include "pos/printer_cups.h"

#include <gio/gio.h>
#include <string.h>

#define OUTPUT_BYTES_MAX (64 * 1024)

/* Runs a command with the C locale. Its output (owned) when it ended with 0, else NULL. */
static char *run(const char *const *argv)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
    g_autoptr(GSubprocess) process = g_subprocess_launcher_spawnv(launcher, argv, NULL);
    g_autofree char *output = NULL;
    if (process == NULL ||
        !g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, NULL) ||
        !g_subprocess_get_successful(process) || output == NULL ||
        strlen(output) > OUTPUT_BYTES_MAX) {
        return NULL;
    }
    return g_steal_pointer(&output);
}

typedef struct {
    const char *reason;
    PosPrinterFault fault;
} Reason;

static const Reason REASONS[] = {
    {"cover-open", POS_PRINTER_COVER_OPEN}, {"door-open", POS_PRINTER_COVER_OPEN},
    {"media-empty", POS_PRINTER_PAPER_OUT}, {"media-needed", POS_PRINTER_PAPER_OUT},
    {"cutter", POS_PRINTER_CUTTER},         {"media-jam", POS_PRINTER_CUTTER},
    {"offline", POS_PRINTER_OFF},           {"connecting-to-device", POS_PRINTER_OFF},
    {"timed-out", POS_PRINTER_OFF},         {"fuser-over-temp", POS_PRINTER_HOT},
    {"paused", POS_PRINTER_OFFLINE},        {"stopped", POS_PRINTER_OFFLINE},
    {"shutdown", POS_PRINTER_OFFLINE},      {"moving-to-paused", POS_PRINTER_OFFLINE},
};

PosPrinterState pos_printer_cups_read(const char *text)
{
    PosPrinterState state = {.fault = POS_PRINTER_FINE};
    if (!g_str_has_prefix(text, "printer ")) {
        return (PosPrinterState){.fault = POS_PRINTER_NO_QUEUE};
    }
    const char *alerts = strstr(text, "Alerts:");
    g_autofree char *line =
        alerts == NULL ? g_strdup("") : g_strndup(alerts, strcspn(alerts, "\n"));
    state.paper_low = strstr(line, "media-low") != NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(REASONS) && state.fault == POS_PRINTER_FINE; i++) {
        if (strstr(line, REASONS[i].reason) != NULL) {
            state.fault = REASONS[i].fault;
        }
    }
    g_autofree char *first = g_strndup(text, strcspn(text, "\n"));
    /* The socket backend names no reason while it tries. */
    if (state.fault == POS_PRINTER_FINE && (strstr(text, "is unavailable at this time") != NULL ||
                                            strstr(text, "is not responding") != NULL)) {
        state.fault = POS_PRINTER_OFF;
    }
    if (state.fault == POS_PRINTER_FINE && strstr(first, " disabled ") != NULL) {
        state.fault = POS_PRINTER_OFFLINE;
    }
    return state;
}

PosPrinterState pos_printer_cups_state(const char *queue)
{
    const char *const argv[] = {"lpstat", "-l", "-p", queue, NULL};
    g_autofree char *output = run(argv);
    return output == NULL ? (PosPrinterState){.fault = POS_PRINTER_NO_QUEUE}
                          : pos_printer_cups_read(output);
}

bool pos_printer_cups_send(const char *queue, bool raw, const char *title, const char *path,
                           PosPrinterState *out_state)
{
    const char *const by_driver[] = {"lp", "-d", queue, "-t", title, "--", path, NULL};
    const char *const as_it_is[] = {"lp", "-d", queue, "-o", "raw", "-t", title, "--", path, NULL};
    g_autofree char *output = run(raw ? as_it_is : by_driver);
    *out_state = output == NULL ? (PosPrinterState){.fault = POS_PRINTER_NO_QUEUE}
                                : pos_printer_cups_state(queue);
    return output != NULL;
}
