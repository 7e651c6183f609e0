/* SPDX-License-Identifier: GPL-3.0-or-later
 * Everything that scanners send to the window: keys of those that type (told from a person's by ui/wedge, whatever has
 * the focus), codes of those with a device of their own. Nothing that a scanner sends presses anything. Signals:
 * "arrived" (a UiArrival*, borrowed), "changed" (a scanner's fault came or went). Main thread. */
#pragma once
#include "ui/arrival.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

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
/* Until as many calls of release, keys and codes wait: an answer is on its way that may turn the page, and what is typed
 * ahead is meant for that page. Then they go on in their order; what has waited too long (ui/key_ahead.h) is dropped. */
void ui_scan_input_hold(UiScanInput *self);
void ui_scan_input_release(UiScanInput *self);
/* Ends threads and timers. */
void ui_scan_input_stop(UiScanInput *self);

G_END_DECLS
