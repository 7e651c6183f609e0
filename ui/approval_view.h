/* SPDX-License-Identifier: GPL-3.0-or-later
 * A second person says yes: who it is, their PIN, or their badge held to the scanner. It knows names, never PINs. Signals:
 * "approved" (operator id, PIN, badge: the badge or the other two are NULL), "closed". Main thread. */
#pragma once
#include "ui/pad.h"
#include "ui/till_values.h"

G_BEGIN_DECLS

#define UI_TYPE_APPROVAL_VIEW (ui_approval_view_get_type())
G_DECLARE_FINAL_TYPE(UiApprovalView, ui_approval_view, UI, APPROVAL_VIEW, AdwBin)

GtkWidget *ui_approval_view_new(void);
/* Managers stand first. */
void ui_approval_view_set_shop(UiApprovalView *self, const UiShop *shop);
/* what: the till's sentence, "A manager has to approve: …". */
void ui_approval_view_begin(UiApprovalView *self, const char *what);
void ui_approval_view_show_error(UiApprovalView *self, const char *sentence);
void ui_approval_view_badge(UiApprovalView *self, const char *badge);
gboolean ui_approval_view_key(UiApprovalView *self, guint keyval);

G_END_DECLS
