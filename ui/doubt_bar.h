/* SPDX-License-Identifier: GPL-3.0-or-later
 * The bar that asks about receipts of which nobody knows whether they came out of the printer: printed again with COPY
 * on them, or they were printed. It stands under the header of every page and holds nothing up. Signal "decided" (a
 * boolean: print them again). Main thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_DOUBT_BAR (ui_doubt_bar_get_type())
G_DECLARE_FINAL_TYPE(UiDoubtBar, ui_doubt_bar, UI, DOUBT_BAR, AdwBin)

GtkWidget *ui_doubt_bar_new(void);
/* held: how many; 0 hides the bar. name: the first one's receipt number, nullable. */
void ui_doubt_bar_show(UiDoubtBar *self, int held, const char *name);
/* What its buttons say. Nothing when the bar is hidden. */
void ui_doubt_bar_decide(UiDoubtBar *self, gboolean print);

G_END_DECLS
