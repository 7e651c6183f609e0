/* SPDX-License-Identifier: GPL-3.0-or-later
 * The picker's tile: bindings stand in the template. */
#include "ui/product_tile.h"

#include "ui/icons.h"

struct _UiProductTile {
    AdwBin parent;
    UiProductItem *item;
    GtkWidget *button;
    gulong notify_id;
};
G_DEFINE_FINAL_TYPE(UiProductTile, ui_product_tile, ADW_TYPE_BIN)

enum { PROP_0, PROP_ITEM };

/* The accessible name follows the item; a template cannot bind it. */
static void on_item_notify(UiProductTile *self)
{
    g_autofree char *summary = NULL;
    if (self->item != NULL) {
        g_object_get(self->item, "summary", &summary, NULL);
    }
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   summary != NULL ? summary : "", -1);
    gtk_widget_set_tooltip_text(self->button, summary);
}

#define ICON_SIZE 44 /* as in the template */

static GdkPaintable *picture(GtkWidget *tile, const char *icon)
{
    return g_object_ref(ui_icons_get(icon != NULL && icon[0] != '\0' ? icon : "coster-basket",
                                     ICON_SIZE, gtk_widget_get_scale_factor(tile)));
}

static gboolean has_text(GObject *object, const char *text)
{
    return text != NULL && text[0] != '\0';
}

static void on_button_clicked(UiProductTile *self)
{
    if (self->item != NULL) {
        g_signal_emit_by_name(self, "picked");
    }
}

void ui_product_tile_set_item(UiProductTile *self, UiProductItem *item)
{
    if (self->item != NULL && self->notify_id != 0) {
        g_signal_handler_disconnect(self->item, self->notify_id);
        self->notify_id = 0;
    }
    if (g_set_object(&self->item, item)) {
        g_object_notify(G_OBJECT(self), "item");
    }
    if (item != NULL) {
        self->notify_id =
            g_signal_connect_swapped(item, "notify::summary", G_CALLBACK(on_item_notify), self);
    }
    on_item_notify(self);
}

UiProductItem *ui_product_tile_item(UiProductTile *self)
{
    return self->item;
}

static void ui_product_tile_set_property(GObject *object, guint id, const GValue *value,
                                         GParamSpec *spec)
{
    if (id != PROP_ITEM) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
        return;
    }
    ui_product_tile_set_item(UI_PRODUCT_TILE(object), g_value_get_object(value));
}

static void ui_product_tile_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    if (id != PROP_ITEM) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
        return;
    }
    g_value_set_object(value, UI_PRODUCT_TILE(object)->item);
}

static void ui_product_tile_dispose(GObject *object)
{
    UiProductTile *self = UI_PRODUCT_TILE(object);
    if (self->item != NULL && self->notify_id != 0) {
        g_signal_handler_disconnect(self->item, self->notify_id);
        self->notify_id = 0;
    }
    g_clear_object(&self->item);
    G_OBJECT_CLASS(ui_product_tile_parent_class)->dispose(object);
}

static void ui_product_tile_class_init(UiProductTileClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    object_class->set_property = ui_product_tile_set_property;
    object_class->get_property = ui_product_tile_get_property;
    object_class->dispose = ui_product_tile_dispose;
    g_object_class_install_property(
        object_class, PROP_ITEM,
        g_param_spec_object("item", NULL, NULL, UI_TYPE_PRODUCT_ITEM,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
    g_signal_new("picked", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/product_tile.ui");
    gtk_widget_class_bind_template_child(widget_class, UiProductTile, button);
    gtk_widget_class_bind_template_callback(widget_class, on_button_clicked);
    gtk_widget_class_bind_template_callback(widget_class, picture);
    gtk_widget_class_bind_template_callback(widget_class, has_text);
}

static void ui_product_tile_init(UiProductTile *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

GtkWidget *ui_product_tile_new(void)
{
    return g_object_new(UI_TYPE_PRODUCT_TILE, NULL);
}
