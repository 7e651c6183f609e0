/* SPDX-License-Identifier: GPL-3.0-or-later
 * The window's header: shop, demo and clock marks, link with unsent records and the age of prices, camera, operator.
 * Signals: "camera-wanted" (gboolean), "logout-wanted", "devices-wanted", "drawer-wanted", "lock-wanted". Main thread. */
#pragma once
#include "ui/till_values.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_HEADER_BAR (ui_header_bar_get_type())
G_DECLARE_FINAL_TYPE(UiHeaderBar, ui_header_bar, UI, HEADER_BAR, AdwBin)

/* Borrowed for the call. */
void ui_header_bar_set_shop(UiHeaderBar *self, const UiShop *shop);
void ui_header_bar_show(UiHeaderBar *self, const UiHeader *header);
/* A device that does not work, in one sentence; NULL none. */
void ui_header_bar_set_device_fault(UiHeaderBar *self, const char *sentence);
/* Says that the scale is off or faulty; anything else takes the word away. */
void ui_header_bar_set_scale(UiHeaderBar *self, PosScaleCondition condition);
/* A card payment whose end nobody knows. */
void ui_header_bar_set_payment_unknown(UiHeaderBar *self, gboolean unknown);
void ui_header_bar_set_camera_fault(UiHeaderBar *self, const char *sentence);
void ui_header_bar_set_camera(UiHeaderBar *self, gboolean on);

G_END_DECLS
