/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who is at the till: the operators' names, a PIN on the pad, and the float that opens a shift. Signal
 * "command" (a const PosTillCommand* for the emission). Main thread. */
#pragma once
#include "ui/pad.h"
#include "ui/till_values.h"

G_BEGIN_DECLS

#define UI_TYPE_LOGIN_VIEW (ui_login_view_get_type())
G_DECLARE_FINAL_TYPE(UiLoginView, ui_login_view, UI, LOGIN_VIEW, AdwBin)

GtkWidget *ui_login_view_new(void);
/* Borrowed for the call. */
void ui_login_view_set_shop(UiLoginView *self, const UiShop *shop);
/* Nobody is logged in: asks who it is. */
void ui_login_view_begin(UiLoginView *self);
/* Somebody is, and no shift is open: asks for the float. name: the operator's. */
void ui_login_view_ask_float(UiLoginView *self, const char *name);
/* False when there is no such operator. */
bool ui_login_view_choose(UiLoginView *self, const char *operator_id);
/* Too many wrong PINs: how long to wait, counted down on the screen. */
void ui_login_view_show_wait(UiLoginView *self, const char *sentence, int64_t seconds);
/* The till is locked while `name` is at it, with so many lines in the open cart; anyone's PIN or badge opens it. */
void ui_login_view_begin_locked(UiLoginView *self, const char *operator_id, const char *name,
                                gsize lines);
/* Somebody's badge was held to the scanner. */
void ui_login_view_badge(UiLoginView *self, const char *badge);
void ui_login_view_show_error(UiLoginView *self, const char *sentence);
gboolean ui_login_view_key(UiLoginView *self, guint keyval);
UiPad *ui_login_view_pad(UiLoginView *self);

G_END_DECLS
