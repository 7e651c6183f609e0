/* SPDX-License-Identifier: GPL-3.0-or-later
 * The open cart as a list model. A line that stays keeps its object, so the list keeps scroll and
 * selection; what changed in it is told by property notifications. Main thread. */
#pragma once
#include "pos/cart.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* One line. Read-only string properties: name, detail, quantity, price, amount, age, freshness, summary;
 * freshness-classes (GStrv). */
#define UI_TYPE_CART_LINE (ui_cart_line_get_type())
G_DECLARE_FINAL_TYPE(UiCartLine, ui_cart_line, UI, CART_LINE, GObject)
/* The value shown; borrowed until the model changes. */
const PosCartLine *ui_cart_line_value(UiCartLine *self);

#define UI_TYPE_CART_MODEL (ui_cart_model_get_type())
G_DECLARE_FINAL_TYPE(UiCartModel, ui_cart_model, UI, CART_MODEL, GObject)

UiCartModel *ui_cart_model_new(void);
/* The currency that amounts are shown in. */
void ui_cart_model_set_currency(UiCartModel *self, const PosCurrency *currency);
/* Shows a copy of `cart`. price_at_ms: when each line's price came into force, cart-count entries, 0
 * unknown; NULL: all unknown. now_ms: central's time. */
void ui_cart_model_set_cart(UiCartModel *self, const PosCart *cart, const int64_t *price_at_ms,
                            int64_t now_ms);
/* Ages move on without any other change. */
void ui_cart_model_set_now(UiCartModel *self, int64_t now_ms);
/* Position of a line number, or -1. */
int ui_cart_model_position(UiCartModel *self, int line);
/* The cart's total as text; owned by the caller. */
char *ui_cart_model_total(UiCartModel *self);

G_END_DECLS
