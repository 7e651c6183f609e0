/* SPDX-License-Identifier: GPL-3.0-or-later
 * One lot's whole history back to its delivery: what moved it, what it cost when, where it came from. Main thread. */
#pragma once
#include "ui/manager.h"

G_BEGIN_DECLS

GtkWidget *ui_manager_lot_new(UiManager *manager);
/* Asks for it and shows it; lot "" for goods without one. */
void ui_manager_lot_show(GtkWidget *view, const char *gtin, const char *lot);

G_END_DECLS
