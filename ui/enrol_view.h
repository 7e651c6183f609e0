/* SPDX-License-Identifier: GPL-3.0-or-later
 * A till that belongs to no store yet: asks for the central service's address and an enrolment code. Signal
 * "enrol" (address, code). Main thread. */
#pragma once
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_ENROL_VIEW (ui_enrol_view_get_type())
G_DECLARE_FINAL_TYPE(UiEnrolView, ui_enrol_view, UI, ENROL_VIEW, AdwBin)

GtkWidget *ui_enrol_view_new(void);
/* While the answer is awaited nothing can be pressed. */
void ui_enrol_view_set_busy(UiEnrolView *self, gboolean busy);
/* One sentence, NULL none. */
void ui_enrol_view_show_error(UiEnrolView *self, const char *sentence);
/* Fills in and sends, as a person would. */
void ui_enrol_view_submit(UiEnrolView *self, const char *url, const char *code);

G_END_DECLS
