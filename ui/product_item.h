/* SPDX-License-Identifier: GPL-3.0-or-later
 * A product of the picker as a list item: it keeps its object while its price and health change. Read-only
 * properties: gtin, name, price, was, icon, freshness (strings), freshness-classes (GStrv), sellable
 * (boolean), summary (what a screen reader says). Main thread. */
#pragma once
#include "ui/till_values.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_PRODUCT_ITEM (ui_product_item_get_type())
G_DECLARE_FINAL_TYPE(UiProductItem, ui_product_item, UI, PRODUCT_ITEM, GObject)

/* Takes the tile. */
UiProductItem *ui_product_item_new(UiTile *tile, const PosCurrency *currency);
/* Takes the tile of the same product; notifies when anything changed. */
void ui_product_item_update(UiProductItem *self, UiTile *tile);
/* Borrowed until the next update. */
const UiTile *ui_product_item_tile(UiProductItem *self);

G_END_DECLS
