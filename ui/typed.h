/* SPDX-License-Identifier: GPL-3.0-or-later
 * What stands in a window's entries and pads, kept when a scan may begin and put back when the first keys were a
 * scanner's. Main thread. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct UiTyped UiTyped;

/* Every entry and pad on the screen, and which of them has the focus. Owned. */
UiTyped *ui_typed_keep(GtkWindow *window);
/* Puts back what differs; the cursor and the focus too. Widgets that are gone are passed over. May be called again. */
void ui_typed_restore(UiTyped *typed);
void ui_typed_free(UiTyped *typed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiTyped, ui_typed_free)

G_END_DECLS
