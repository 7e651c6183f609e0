/* SPDX-License-Identifier: GPL-3.0-or-later
 * One kind of device's settings, made from the table of pos/device_settings: what has a few values is chosen, what is a
 * switch is switched, the rest is typed. Signals: "save" (a const PosDeviceSettings* for the emission), "test". Main
 * thread. */
#pragma once
#include "pos/device_settings.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_DEVICE_PAGE (ui_device_page_get_type())
G_DECLARE_FINAL_TYPE(UiDevicePage, ui_device_page, UI, DEVICE_PAGE, AdwBin)

/* kind: "printer", "scale", …; static. test: what the button says that tries it; NULL none. */
GtkWidget *ui_device_page_new(const char *kind, const char *test);
const char *ui_device_page_kind(UiDevicePage *self);
void ui_device_page_begin(UiDevicePage *self, const PosDeviceSettings *settings);
/* kind as of ui_form_say(). */
void ui_device_page_say(UiDevicePage *self, const char *kind, const char *sentence);

G_END_DECLS
