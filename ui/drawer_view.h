/* SPDX-License-Identifier: GPL-3.0-or-later
 * The drawer and the day: cash in and out, safe drop, no sale, the blind count, X and Z, training, and the way to receipts
 * and devices. Each has a digit and a touch button. Signals: "command" (a const PosTillCommand* for the emission),
 * "closed", "receipts", "devices", "pdf" (the shown report as a PDF). Main thread. */
#pragma once
#include "ui/count_view.h"
#include "ui/till_values.h"

G_BEGIN_DECLS

#define UI_TYPE_DRAWER_VIEW (ui_drawer_view_get_type())
G_DECLARE_FINAL_TYPE(UiDrawerView, ui_drawer_view, UI, DRAWER_VIEW, AdwBin)

GtkWidget *ui_drawer_view_new(void);
void ui_drawer_view_set_currency(UiDrawerView *self, const PosCurrency *currency);
/* The menu; without a shift what needs one is not there. */
void ui_drawer_view_begin(UiDrawerView *self, bool shift_open, bool training);
/* DRAWER, TRAINING: done, said in the menu. REPORT: its paper follows. REFUSED, ERROR: where it was asked. */
void ui_drawer_view_apply(UiDrawerView *self, const PosTillEvent *event);
/* rows: char*; borrowed. */
void ui_drawer_view_show_paper(UiDrawerView *self, const GPtrArray *rows);
/* kind: as a style of ui_form_say(). */
void ui_drawer_view_say(UiDrawerView *self, const char *kind, const char *sentence);
gboolean ui_drawer_view_key(UiDrawerView *self, guint keyval);

G_END_DECLS
