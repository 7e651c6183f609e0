/* SPDX-License-Identifier: GPL-3.0-or-later
 * Receipts that are written: found by number, part of it, day or amount, looked at, printed again as a copy. Signals:
 * "command" (a const PosTillCommand* for the emission), "closed", "pdf" (the shown one as a PDF). Main thread. */
#pragma once
#include "ui/till_values.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_RECEIPTS_VIEW (ui_receipts_view_get_type())
G_DECLARE_FINAL_TYPE(UiReceiptsView, ui_receipts_view, UI, RECEIPTS_VIEW, AdwBin)

GtkWidget *ui_receipts_view_new(void);
void ui_receipts_view_set_shop(UiReceiptsView *self, const UiShop *shop);
/* Asks for the newest. */
void ui_receipts_view_begin(UiReceiptsView *self);
/* RECEIPTS, RECEIPT, REPRINT, REFUSED and ERROR. */
void ui_receipts_view_apply(UiReceiptsView *self, const PosTillEvent *event);
void ui_receipts_view_show_paper(UiReceiptsView *self, const GPtrArray *rows);
void ui_receipts_view_say(UiReceiptsView *self, const char *kind, const char *sentence);
/* A receipt's number, as typed or scanned. */
void ui_receipts_view_find(UiReceiptsView *self, const char *text);
gboolean ui_receipts_view_key(UiReceiptsView *self, guint keyval);

G_END_DECLS
