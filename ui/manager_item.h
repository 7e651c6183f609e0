/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which goods are meant: an entry that takes a scan, a GTIN, a PLU or part of a name, and the lot. Signal-free: `found` is called
 * when the goods are known or others. Main thread. */
#pragma once
#include "ui/manager.h"

G_BEGIN_DECLS

typedef struct {
    char gtin[15]; /* "" nothing yet */
    char lot[POS_BOUND_LOT_BYTES + 1];
    bool by_weight;
    PosDate best_before, use_by; /* as the code says them */
    int64_t weight_g;            /* in the code; 0 none */
} UiManagerGoods;

GtkWidget *ui_manager_item_new(UiManager *manager, GtkWidget *page, void (*found)(GtkWidget *page));
const UiManagerGoods *ui_manager_item_goods(GtkWidget *item);
/* Empties it and takes the focus. */
void ui_manager_item_clear(GtkWidget *item);
/* As typed or scanned. */
void ui_manager_item_take(GtkWidget *item, const char *text);

G_END_DECLS
