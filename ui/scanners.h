/* SPDX-License-Identifier: GPL-3.0-or-later
 * The till's scanners that have a device of their own (pos/scanner_reader), as the window sees them: codes and faults
 * arrive in the main context. Signals: "scanned" (a UiScannerCode*, borrowed), "changed" (a fault came or went). Main
 * thread. */
#pragma once
#include "pos/scanner_reader.h"
#include <glib-object.h>

G_BEGIN_DECLS

typedef struct {
    int which; /* 0 scanner, 1 scanner2 */
    PosScannerVerdict verdict;
    GBytes *text; /* as the till reads it */
    GBytes *raw;  /* as it came */
    char end;     /* as in PosScannerCode */
} UiScannerCode;

#define UI_TYPE_SCANNERS (ui_scanners_get_type())
G_DECLARE_FINAL_TYPE(UiScanners, ui_scanners, UI, SCANNERS, GObject)

UiScanners *ui_scanners_new(void);
/* Starts what the settings name; a scanner whose settings have not changed goes on undisturbed. */
void ui_scanners_set(UiScanners *self, const PosDeviceSettings *settings);
/* Ends the threads. */
void ui_scanners_stop(UiScanners *self);
/* One sentence about the first scanner that does not work, NULL when all do. Borrowed until "changed". */
const char *ui_scanners_fault(UiScanners *self);

G_END_DECLS
