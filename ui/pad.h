/* SPDX-License-Identifier: GPL-3.0-or-later
 * The number pad: digits by touch or keyboard into one field, shown as a code, a weight, an amount, a count or a
 * secret. It decides nothing: "accepted" hands the typed text over. Signals: "accepted" (the text),
 * "changed". Main thread. */
#pragma once
#include "pos/money.h"
#include <adwaita.h>

G_BEGIN_DECLS

typedef enum {
    UI_PAD_CODE = 0,
    UI_PAD_COUNT,
    UI_PAD_GRAMS,
    UI_PAD_MONEY,
    UI_PAD_SECRET,
    UI_PAD_DATE
} UiPadKind;

#define UI_TYPE_PAD (ui_pad_get_type())
G_DECLARE_FINAL_TYPE(UiPad, ui_pad, UI, PAD, AdwBin)

GtkWidget *ui_pad_new(void);
void ui_pad_set_currency(UiPad *self, const PosCurrency *currency);
/* While a code is asked for the field is `line`, an entry elsewhere: one text, typed there or touched here. */
void ui_pad_bind_line(UiPad *self, GtkEditable *line);
/* What is asked for: empties the field. */
void ui_pad_ask(UiPad *self, UiPadKind kind, const char *prompt, const char *ok_label);
/* Takes the focus away from an entry, so that digits come here. */
void ui_pad_grab(UiPad *self);
UiPadKind ui_pad_kind(UiPad *self);
/* Borrowed until the next key. */
const char *ui_pad_text(UiPad *self);
void ui_pad_set_text(UiPad *self, const char *text);
/* One digit, or * while a code is asked for; others and those beyond the field's length are ignored. */
void ui_pad_type(UiPad *self, char digit);
void ui_pad_backspace(UiPad *self);
void ui_pad_accept(UiPad *self);
/* A key pressed anywhere in the window: digits, BackSpace, Return. TRUE when it was for the pad. */
gboolean ui_pad_key(UiPad *self, guint keyval);

G_END_DECLS
