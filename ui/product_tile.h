/* SPDX-License-Identifier: GPL-3.0-or-later
 * One product of the picker on screen: a button with picture, name, price and health. Property "item" (UiProductItem).
 * Signal "picked" when it was pressed. The button takes no focus: the grid does. */
#pragma once
#include "ui/product_item.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PRODUCT_TILE (ui_product_tile_get_type())
G_DECLARE_FINAL_TYPE(UiProductTile, ui_product_tile, UI, PRODUCT_TILE, AdwBin)

GtkWidget *ui_product_tile_new(void);
/* item: nullable. */
void ui_product_tile_set_item(UiProductTile *self, UiProductItem *item);
UiProductItem *ui_product_tile_item(UiProductTile *self);

G_END_DECLS
