/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the sale screen wants of the window besides commands: the card of all keys, which hand the pad is for, sounds.
 * Main thread. */
#pragma once
#include "ui/sale_view.h"
#include "ui/till_thread.h"

G_BEGIN_DECLS

typedef struct UiSelling UiSelling;

/* All borrowed; they outlive the result. A page "keys" is added to the stack. */
UiSelling *ui_selling_new(GtkStack *pages, UiSaleView *sale, UiTillThread *thread);
void ui_selling_free(UiSelling *selling);
/* The settings of this till as they are now: which hand, sounds. */
void ui_selling_set_devices(UiSelling *selling, const PosDeviceSettings *settings);
/* A key while the page "keys" is shown. TRUE when it was used. */
gboolean ui_selling_key(UiSelling *selling, guint keyval);

G_END_DECLS
