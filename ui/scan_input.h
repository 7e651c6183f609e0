/* SPDX-License-Identifier: GPL-3.0-or-later
 * Everything that scanners send to the window: keys of those that type (told from a person's by ui/wedge, whatever has
 * the focus), codes of those with a device of their own. Nothing that a scanner sends presses anything. Signals:
 * "arrived" (a UiArrival*, borrowed), "changed" (a scanner's fault came or went). Main thread. */
#pragma once
#include "pos/evdev_keys.h"
#include "pos/scanner.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A code with all that is known of its way here. Borrowed for the signal. */
typedef struct {
    int which; /* 0 scanner, 1 scanner2 */
    PosScannerSource source;
    PosScannerVerdict verdict;
    const char *text; /* as the till reads it */
    gsize length;
    const char *raw; /* as it came */
    gsize raw_length;
    /* Of one that types: */
    const PosKeyStroke *strokes; /* NULL for others */
    gsize strokes_count;
    char end; /* the byte that ended it, CR for Enter; 0: a pause, or its report had an end */
    uint32_t gap_max_ms;
    bool caps_lock;
} UiArrival;

/* A key that is no scanner's, before the focused widget gets it. TRUE when it was used. */
typedef gboolean (*UiKeyFunc)(GtkWindow *window, guint keyval, GdkModifierType state);

#define UI_TYPE_SCAN_INPUT (ui_scan_input_get_type())
G_DECLARE_FINAL_TYPE(UiScanInput, ui_scan_input, UI, SCAN_INPUT, GObject)

/* Watches the window's keys from now on. window: not owned; it owns the input. */
UiScanInput *ui_scan_input_new(GtkWindow *window, UiKeyFunc key);
/* As at the start: a keyboard scanner with nothing special. */
void ui_scan_input_set(UiScanInput *self, const PosDeviceSettings *settings);
const PosDeviceSettings *ui_scan_input_settings(UiScanInput *self);
/* One sentence about a scanner that does not work, NULL none. Borrowed until "changed". */
const char *ui_scan_input_fault(UiScanInput *self);
/* Ends threads and timers. */
void ui_scan_input_stop(UiScanInput *self);

G_END_DECLS
