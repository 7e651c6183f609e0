/* SPDX-License-Identifier: GPL-3.0-or-later
 * After the sale is on disk: the change to give, the receipt and its QR. Signals: "next": the next
 * customer, "print-wanted", "copy-wanted", "pdf-wanted". Main thread. */
#pragma once
#include "ui/till_values.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_RECEIPT_VIEW (ui_receipt_view_get_type())
G_DECLARE_FINAL_TYPE(UiReceiptView, ui_receipt_view, UI, RECEIPT_VIEW, AdwBin)

GtkWidget *ui_receipt_view_new(void);
void ui_receipt_view_set_currency(UiReceiptView *self, const PosCurrency *currency);
/* A SALE event. The receipt itself follows. */
void ui_receipt_view_begin(UiReceiptView *self, const PosTillEvent *sale);
/* receipt: borrowed for the call. */
void ui_receipt_view_show(UiReceiptView *self, const UiReceipt *receipt);
/* One sentence where the receipt would stand; the sale is on disk all the same. */
void ui_receipt_view_show_error(UiReceiptView *self, const char *sentence);
/* How the printer is. header: borrowed for the call. */
void ui_receipt_view_set_printer(UiReceiptView *self, const UiHeader *header);
void ui_receipt_view_say(UiReceiptView *self, const char *kind, const char *sentence);
gboolean ui_receipt_view_key(UiReceiptView *self, guint keyval);
void ui_receipt_view_next(UiReceiptView *self);
/* Emits "print-wanted" (the receipt's number) when the receipt may be printed and was not asked for yet. */
void ui_receipt_view_print(UiReceiptView *self);

G_END_DECLS
