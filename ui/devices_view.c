/* SPDX-License-Identifier: GPL-3.0-or-later
 * The shell of the set-up pages. */
#include "ui/devices_view.h"

#include <glib/gi18n-lib.h>

struct _UiDevicesView {
    AdwBin parent;
    GtkStack *tabs;
    GtkToggleButton *to_scanner, *to_rcn;
    UiScannerView *scanner;
    UiRcnView *rcn;
};
G_DEFINE_FINAL_TYPE(UiDevicesView, ui_devices_view, ADW_TYPE_BIN)

UiScannerView *ui_devices_view_scanner(UiDevicesView *self)
{
    return self->scanner;
}

UiRcnView *ui_devices_view_rcn(UiDevicesView *self)
{
    return self->rcn;
}

const char *ui_devices_view_tab(UiDevicesView *self)
{
    return gtk_stack_get_visible_child_name(self->tabs);
}

void ui_devices_view_show(UiDevicesView *self, const char *tab)
{
    gtk_toggle_button_set_active(g_str_equal(tab, "rcn") ? self->to_rcn : self->to_scanner, TRUE);
}

static void on_tab(UiDevicesView *self)
{
    const bool rcn = !gtk_toggle_button_get_active(self->to_scanner);
    gtk_stack_set_visible_child_name(self->tabs, rcn ? "rcn" : "scanner");
}

static void on_close(UiDevicesView *self)
{
    g_signal_emit_by_name(self, "closed");
}

gboolean ui_devices_view_key(UiDevicesView *self, guint keyval)
{
    if (keyval == GDK_KEY_Escape) {
        on_close(self);
        return TRUE;
    }
    return FALSE;
}

static void ui_devices_view_class_init(UiDevicesViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    g_signal_new("closed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_type_ensure(UI_TYPE_SCANNER_VIEW);
    g_type_ensure(UI_TYPE_RCN_VIEW);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/devices_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, tabs);
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, to_scanner);
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, to_rcn);
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, scanner);
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, rcn);
    gtk_widget_class_bind_template_callback(widget_class, on_tab);
    gtk_widget_class_bind_template_callback(widget_class, on_close);
}

static void ui_devices_view_init(UiDevicesView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
