/* SPDX-License-Identifier: GPL-3.0-or-later
 * Setting a scanner up: codes to scan, what arrives, what that says about the scanner, in words. Nothing is kept until
 * "save". Signals: "try" (PosDeviceSettings*, borrowed: read scanners so from now on), "save" (the same, to keep).
 * Main thread. */
#pragma once
#include "ui/scan_input.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_SCANNER_VIEW (ui_scanner_view_get_type())
G_DECLARE_FINAL_TYPE(UiScannerView, ui_scanner_view, UI, SCANNER_VIEW, AdwBin)

GtkWidget *ui_scanner_view_new(void);
/* A new set-up that starts from these settings; looks for what is plugged in. */
void ui_scanner_view_begin(UiScannerView *self, const PosDeviceSettings *settings);
/* A code that came. Borrowed for the call. */
void ui_scanner_view_arrived(UiScannerView *self, const UiArrival *arrival);
/* Why the chosen device does not work; NULL: it does. */
void ui_scanner_view_set_fault(UiScannerView *self, const char *sentence);
/* The answer to "save": NULL saved, else why not. */
void ui_scanner_view_saved(UiScannerView *self, const char *error);
/* What stands there to be saved. */
const PosDeviceSettings *ui_scanner_view_settings(UiScannerView *self);

G_END_DECLS
