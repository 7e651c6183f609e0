/* SPDX-License-Identifier: GPL-3.0-or-later
 * Taking the money: what is due, exact cash, the notes a shopper is likely to hand over, any amount on the
 * pad, card, QR. Signals: "command" (a const PosTillCommand* for the emission), "back". Main thread. */
#pragma once
#include "ui/pad.h"
#include "ui/till_values.h"

G_BEGIN_DECLS

#define UI_TYPE_TENDER_VIEW (ui_tender_view_get_type())
G_DECLARE_FINAL_TYPE(UiTenderView, ui_tender_view, UI, TENDER_VIEW, AdwBin)

GtkWidget *ui_tender_view_new(void);
void ui_tender_view_set_currency(UiTenderView *self, const PosCurrency *currency);
/* Begins anew with what is due. items: lines in the cart. */
void ui_tender_view_begin(UiTenderView *self, PosMoney due, gsize items);
/* TENDER, CART (what is due and was given so far), PAYMENT (a charge that takes time), REFUSED and ERROR are shown; others
 * are not for this screen. */
void ui_tender_view_apply(UiTenderView *self, const PosTillEvent *event);
/* Whether a card terminal answers by itself; else the cashier says what it said. */
void ui_tender_view_set_terminal(UiTenderView *self, gboolean has_terminal);
/* Whether the event names a charge whose end nobody knows, and that was not put off. */
bool ui_tender_view_has_unknown(UiTenderView *self, const PosTillEvent *event);
/* Asks for its end. */
void ui_tender_view_ask_unknown(UiTenderView *self, const PosTillEvent *event);
/* A card payment of the open cart that went through, but was not put on the sale (the till died meanwhile): it is, now.
 * FALSE when there is none. */
bool ui_tender_view_take_up(UiTenderView *self, const PosTillEvent *event);
/* Whether a charge is under way or asked for: the till is to be looked at again soon. */
bool ui_tender_view_is_waiting(UiTenderView *self);
gboolean ui_tender_view_key(UiTenderView *self, guint keyval);
/* Hands over: what is due in cash, an amount in cash, what is due by card or QR. */
void ui_tender_view_pay_exact(UiTenderView *self);
void ui_tender_view_pay(UiTenderView *self, PosTenderKind kind, PosMoney amount);

G_END_DECLS
