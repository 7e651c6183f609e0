/* SPDX-License-Identifier: GPL-3.0-or-later
 * The set-up pages of a till's devices, a tab each: the scanner, the store's own numbers. Signals: "closed". Main
 * thread. */
#pragma once
#include "ui/device_page.h"
#include "ui/rcn_view.h"
#include "ui/scanner_view.h"

G_BEGIN_DECLS

#define UI_TYPE_DEVICES_VIEW (ui_devices_view_get_type())
G_DECLARE_FINAL_TYPE(UiDevicesView, ui_devices_view, UI, DEVICES_VIEW, AdwBin)

/* Borrowed. */
UiScannerView *ui_devices_view_scanner(UiDevicesView *self);
UiRcnView *ui_devices_view_rcn(UiDevicesView *self);
/* The tab in front: "scanner" or "rcn". */
const char *ui_devices_view_tab(UiDevicesView *self);
void ui_devices_view_show(UiDevicesView *self, const char *tab);
/* TRUE when the key was used: Escape leaves. */
/* The pages of printer, scale, card, camera, sound and screen show these. Signals of the view: "save" (a const
 * PosDeviceSettings*), "test" (the page's kind). */
void ui_devices_view_begin(UiDevicesView *self, const PosDeviceSettings *settings);
/* The shown one of those pages; NULL another. Borrowed. */
UiDevicePage *ui_devices_view_page(UiDevicesView *self);
gboolean ui_devices_view_key(UiDevicesView *self, guint keyval);

G_END_DECLS
