/* SPDX-License-Identifier: GPL-3.0-or-later
 * The inventory as a list model: ids in order, rows read from the store when they are looked at. However many there are,
 * opening, searching, sorting and scrolling on the main thread is swapping an array and reading what is on the screen. Main
 * thread. */
#pragma once
#include "pos/store_manage.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_INVENTORY_ITEM (ui_inventory_item_get_type())
G_DECLARE_FINAL_TYPE(UiInventoryItem, ui_inventory_item, UI, INVENTORY_ITEM, GObject)
/* Signal "changed": another row stands at its place. Borrowed until then; NULL when the row has gone meanwhile. */
const PosInventoryRow *ui_inventory_item_row(UiInventoryItem *self);

#define UI_TYPE_INVENTORY_ROWS (ui_inventory_rows_get_type())
G_DECLARE_FINAL_TYPE(UiInventoryRows, ui_inventory_rows, UI, INVENTORY_ROWS, GObject)

/* store: borrowed, outlives it. */
UiInventoryRows *ui_inventory_rows_new(PosStore *store);
/* Other rows from now on: of int64_t, taken over. */
void ui_inventory_rows_set(UiInventoryRows *self, GArray *ids);

G_END_DECLS
