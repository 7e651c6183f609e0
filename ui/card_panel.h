/* SPDX-License-Identifier: GPL-3.0-or-later
 * A card payment while it is not over: the amount to key into a terminal that stands by itself, the wait for one that
 * answers, and the question when nobody knows how it ended. Signals: "said" (gboolean: the terminal by itself said yes or
 * no), "cancel" (give the charge up), "outcome" (gboolean: paid or not, as the slip says), "later". Main thread. */
#pragma once
#include "pos/money.h"
#include <adwaita.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define UI_TYPE_CARD_PANEL (ui_card_panel_get_type())
G_DECLARE_FINAL_TYPE(UiCardPanel, ui_card_panel, UI, CARD_PANEL, AdwBin)

typedef enum { UI_CARD_ASK = 0, UI_CARD_WAIT, UI_CARD_UNKNOWN } UiCardState;

GtkWidget *ui_card_panel_new(void);
/* amount: as people read it. paid_out: money goes back to the card. The seconds of WAIT begin when it is shown first. */
void ui_card_panel_show(UiCardPanel *self, UiCardState state, const char *amount, bool paid_out);
/* Stops counting seconds. */
void ui_card_panel_end(UiCardPanel *self);
gboolean ui_card_panel_key(UiCardPanel *self, guint keyval);

G_END_DECLS
