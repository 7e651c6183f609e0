/* SPDX-License-Identifier: GPL-3.0-or-later
 * The first-run assistant: a new shop on this machine, asked on one page. Signal "make" (a const UiNewShop* for the emission).
 * Main thread. */
#pragma once
#include "ui/new_shop.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_NEW_SHOP_VIEW (ui_new_shop_view_get_type())
G_DECLARE_FINAL_TYPE(UiNewShopView, ui_new_shop_view, UI, NEW_SHOP_VIEW, AdwBin)

GtkWidget *ui_new_shop_view_new(void);
/* While it is made nothing can be pressed. */
void ui_new_shop_view_set_busy(UiNewShopView *self, gboolean busy);
/* One sentence, NULL none. */
void ui_new_shop_view_show_error(UiNewShopView *self, const char *sentence);

G_END_DECLS
