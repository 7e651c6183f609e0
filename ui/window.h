/* SPDX-License-Identifier: GPL-3.0-or-later
 * The till's window: the shell with its header (link, unsent, age of prices, operator, clock, demo) and pages. It passes
 * commands from the screens to the store thread and events back, and reads the keyboard wedge whatever has the
 * focus. Main thread. */
#pragma once
#include "ui/approval_view.h"
#include "ui/devices_view.h"
#include "ui/drawer_view.h"
#include "ui/enrol_view.h"
#include "ui/login_view.h"
#include "ui/receipt_view.h"
#include "ui/receipts_view.h"
#include "ui/sale_view.h"
#include "ui/sound.h"
#include "ui/tender_view.h"
#include "ui/till_thread.h"

G_BEGIN_DECLS

#define UI_TYPE_WINDOW (ui_window_get_type())
G_DECLARE_FINAL_TYPE(UiWindow, ui_window, UI, WINDOW, AdwApplicationWindow)

/* thread: a reference is taken; it is stopped when the window closes. camera_source: see ui/camera_source.h; NULL: the
 * terminal's setting, else the first device. */
UiWindow *ui_window_new(AdwApplication *application, UiTillThread *thread,
                        const char *camera_source);
/* The shown page: "loading", "problem", "enrol", "devices", "login", "sale", "tender", "receipt", "drawer", "receipts" or
 * "approval". Static. */
const char *ui_window_page(UiWindow *self);
/* True when no call is on its way and no receipt is awaited. */
bool ui_window_is_idle(UiWindow *self);
/* The link as the header last showed it. */
SyncLink ui_window_link(UiWindow *self);
/* A scanned text, from wherever. */
void ui_window_scan(UiWindow *self, const char *text, gsize length);
/* What hinders it stands where its picture would be. */
void ui_window_set_camera(UiWindow *self, bool on);
/* Borrowed. */
UiSaleView *ui_window_sale(UiWindow *self);
UiTenderView *ui_window_tender(UiWindow *self);
UiReceiptView *ui_window_receipt(UiWindow *self);
UiLoginView *ui_window_login(UiWindow *self);
UiEnrolView *ui_window_enrol(UiWindow *self);
UiDevicesView *ui_window_devices(UiWindow *self);

G_END_DECLS
