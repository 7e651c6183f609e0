/* SPDX-License-Identifier: GPL-3.0-or-later
 * The blind count: how many pieces of each note and coin lie in the drawer. It adds up what is typed, and never knows what
 * is expected. Signals: "counted" (a json_t* {"50000":3,…}, borrowed), "closed". Main thread. */
#pragma once
#include "ui/pad.h"

#include <jansson.h>

G_BEGIN_DECLS

#define UI_TYPE_COUNT_VIEW (ui_count_view_get_type())
G_DECLARE_FINAL_TYPE(UiCountView, ui_count_view, UI, COUNT_VIEW, AdwBin)

GtkWidget *ui_count_view_new(void);
/* False when the currency has no table: one sum is asked for elsewhere. */
bool ui_count_view_begin(UiCountView *self, const PosCurrency *currency);
void ui_count_view_show_error(UiCountView *self, const char *sentence);
gboolean ui_count_view_key(UiCountView *self, guint keyval);

G_END_DECLS
