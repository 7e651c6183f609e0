/* SPDX-License-Identifier: GPL-3.0-or-later
 * The shop's icons, each looked up once and kept. GTK 4.8 gives the same icon to whoever looks it up again, but drops its
 * last reference on a thread of its own: a lookup at that moment meets an icon that is going away, and the program
 * ends. Lists that are made again with each key hold on to theirs by this. Main thread. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The icon of that name, "coster-basket" when there is none. size: pixels; scale: the widget's. Borrowed; lives as long as the
 * display. */
GdkPaintable *ui_icons_get(const char *name, int size, int scale);

G_END_DECLS
