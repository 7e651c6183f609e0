/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/icons.h"

#define KEPT "coster-icons"
#define OTHERWISE "coster-basket"

static GHashTable *kept_by(GdkDisplay *display)
{
    GHashTable *kept = g_object_get_data(G_OBJECT(display), KEPT);
    if (kept == NULL) {
        kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
        g_object_set_data_full(G_OBJECT(display), KEPT, kept, (GDestroyNotify)g_hash_table_unref);
    }
    return kept;
}

GdkPaintable *ui_icons_get(const char *name, int size, int scale)
{
    GdkDisplay *display = gdk_display_get_default();
    GHashTable *kept = kept_by(display);
    g_autofree char *key = g_strdup_printf("%s %d %d", name, size, scale);
    GtkIconPaintable *icon = g_hash_table_lookup(kept, key);
    if (icon == NULL) {
        GtkIconTheme *theme = gtk_icon_theme_get_for_display(display);
        const char *there = gtk_icon_theme_has_icon(theme, name) ? name : OTHERWISE;
        icon = gtk_icon_theme_lookup_icon(theme, there, NULL, size, scale, GTK_TEXT_DIR_NONE, 0);
        g_hash_table_insert(kept, g_steal_pointer(&key), icon);
    }
    return GDK_PAINTABLE(icon);
}
