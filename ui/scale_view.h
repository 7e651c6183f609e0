/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the counter scale shows, while an item waits for its weight: the weight that will be charged, whether it rests,
 * tare, and what is the matter in words. It decides nothing. Signals: "zero"; "tare" (the id of a container, "" for
 * the one on the plate, NULL for none). Main thread. */
#pragma once
#include "ui/till_values.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_SCALE_VIEW (ui_scale_view_get_type())
G_DECLARE_FINAL_TYPE(UiScaleView, ui_scale_view, UI, SCALE_VIEW, AdwBin)

GtkWidget *ui_scale_view_new(void);
/* Borrowed for the call. */
void ui_scale_view_show(UiScaleView *self, const UiScale *scale);
/* The store's containers; GPtrArray of PosTare*, borrowed for the call, nullable. */
void ui_scale_view_set_tares(UiScaleView *self, const GPtrArray *tares);

G_END_DECLS
