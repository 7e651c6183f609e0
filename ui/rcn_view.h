/* SPDX-License-Identifier: GPL-3.0-or-later
 * The store's own numbers (restricted circulation) explained: each layout with an example, and what each digit of a
 * typed or scanned number means. It changes nothing: layouts are the store's, set at the central service. Main
 * thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_RCN_VIEW (ui_rcn_view_get_type())
G_DECLARE_FINAL_TYPE(UiRcnView, ui_rcn_view, UI, RCN_VIEW, AdwBin)

GtkWidget *ui_rcn_view_new(void);
/* The text of the store's layouts, "" for none. */
void ui_rcn_view_set_layouts(UiRcnView *self, const char *text);
/* Explains a number as if it had been typed; an AIM identifier before it is passed over. */
void ui_rcn_view_explain(UiRcnView *self, const char *number);

G_END_DECLS
