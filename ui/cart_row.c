/* SPDX-License-Identifier: GPL-3.0-or-later
 * The cart's row: bindings stand in the template. */
#include "ui/cart_row.h"

struct _UiCartRow {
    AdwBin parent;
    UiCartLine *line;
};
G_DEFINE_FINAL_TYPE(UiCartRow, ui_cart_row, ADW_TYPE_BIN)

enum { PROP_0, PROP_LINE };

static gboolean has_text(GObject *object, const char *text)
{
    return text != NULL && text[0] != '\0';
}

void ui_cart_row_set_line(UiCartRow *self, UiCartLine *line)
{
    if (g_set_object(&self->line, line)) {
        g_object_notify(G_OBJECT(self), "line");
    }
}

static void ui_cart_row_set_property(GObject *object, guint id, const GValue *value,
                                     GParamSpec *spec)
{
    if (id != PROP_LINE) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
        return;
    }
    ui_cart_row_set_line(UI_CART_ROW(object), g_value_get_object(value));
}

static void ui_cart_row_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    if (id != PROP_LINE) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
        return;
    }
    g_value_set_object(value, UI_CART_ROW(object)->line);
}

static void ui_cart_row_dispose(GObject *object)
{
    g_clear_object(&UI_CART_ROW(object)->line);
    G_OBJECT_CLASS(ui_cart_row_parent_class)->dispose(object);
}

static void ui_cart_row_class_init(UiCartRowClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    object_class->set_property = ui_cart_row_set_property;
    object_class->get_property = ui_cart_row_get_property;
    object_class->dispose = ui_cart_row_dispose;
    g_object_class_install_property(
        object_class, PROP_LINE,
        g_param_spec_object("line", NULL, NULL, UI_TYPE_CART_LINE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/cart_row.ui");
    gtk_widget_class_bind_template_callback(widget_class, has_text);
}

static void ui_cart_row_init(UiCartRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

GtkWidget *ui_cart_row_new(void)
{
    return g_object_new(UI_TYPE_CART_ROW, NULL);
}
