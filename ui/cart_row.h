/* SPDX-License-Identifier: GPL-3.0-or-later
 * One line of the cart on screen: name, where from, health in colour and words, price with its age, amount.
 * Property "line" (UiCartLine). */
#pragma once
#include "ui/cart_model.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_CART_ROW (ui_cart_row_get_type())
G_DECLARE_FINAL_TYPE(UiCartRow, ui_cart_row, UI, CART_ROW, AdwBin)

GtkWidget *ui_cart_row_new(void);
/* line: nullable. */
void ui_cart_row_set_line(UiCartRow *self, UiCartLine *line);

G_END_DECLS
