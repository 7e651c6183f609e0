/* SPDX-License-Identifier: GPL-3.0-or-later
 * The screen a cashier lives in: picker, cart, pad. It turns touches and keys into commands (signal "command", a
 * const PosTillCommand* that lives for the emission) and shows the events it is given; it holds no rule. A
 * weight, a quantity and a manager's PIN are asked for on the pad, bad news stands in the cart: never a dialog.
 * Further signals: "pay"; "wanted" (a string): "keys", "sounds", "left-hand". Main thread. */
#pragma once
#include "ui/camera_view.h"
#include "ui/pad.h"
#include "ui/picker.h"

G_BEGIN_DECLS

#define UI_TYPE_SALE_VIEW (ui_sale_view_get_type())
G_DECLARE_FINAL_TYPE(UiSaleView, ui_sale_view, UI, SALE_VIEW, AdwBin)

GtkWidget *ui_sale_view_new(void);
/* Borrowed for the call. */
void ui_sale_view_set_shop(UiSaleView *self, const UiShop *shop);
/* Whose cart it is: several clerks have one each. NULL and "": nobody's. */
void ui_sale_view_set_operator(UiSaleView *self, const char *name);
/* Shows what the till answered. Borrowed for the call. */
void ui_sale_view_apply(UiSaleView *self, const UiAnswer *answer);
/* Ages of prices move on. */
void ui_sale_view_set_now(UiSaleView *self, int64_t now_ms);
/* Bytes from a scanner or camera: a line, a price check, or a manager's badge, by what is going on. */
void ui_sale_view_scan(UiSaleView *self, const char *text, gsize length);
/* A key with Alt or Control. TRUE when it was used. */
gboolean ui_sale_view_shortcut(UiSaleView *self, guint keyval, GdkModifierType state);
/* A key while an entry has the focus: those of the cart where the line is empty, Esc. TRUE when it was used. */
gboolean ui_sale_view_line_key(UiSaleView *self, guint keyval);
/* The index-th choice of the question that is asked. FALSE when there is none. */
gboolean ui_sale_view_choose(UiSaleView *self, guint index);
/* As if typed, then Return: the line, or the question's words or number. */
void ui_sale_view_answer(UiSaleView *self, const char *text);
/* How many questions have been answered so far, for whoever waits for that. */
guint ui_sale_view_answers(UiSaleView *self);
/* Pad and payment on the left. */
void ui_sale_view_set_left_hand(UiSaleView *self, gboolean left_hand);
gboolean ui_sale_view_left_hand(UiSaleView *self);
/* A key that nobody else wanted. TRUE when it was used. */
gboolean ui_sale_view_key(UiSaleView *self, guint keyval);
/* One sentence in the cart's error row; NULL takes it away. */
void ui_sale_view_show_error(UiSaleView *self, const char *sentence);
/* What the scale shows, while an item waits for its weight; hidden where the till has none. Borrowed for the call. */
void ui_sale_view_show_scale(UiSaleView *self, const UiScale *scale);
/* An item waits for its weight, and nothing else is being typed. */
gboolean ui_sale_view_awaits_weight(UiSaleView *self);
/* The camera's picture, while it is running. A reference is taken. */
void ui_sale_view_set_camera(UiSaleView *self, UiCamera *camera);

UiPicker *ui_sale_view_picker(UiSaleView *self);
UiPad *ui_sale_view_pad(UiSaleView *self);
/* Lines in the cart. */
guint ui_sale_view_lines(UiSaleView *self);
/* What its buttons and keys do: "quantity", "remove", "price-check", "void", "pay", "dismiss" and all of
 * ui/sale_keys. FALSE for anything else. */
gboolean ui_sale_view_act(UiSaleView *self, const char *what);

G_END_DECLS
