/* SPDX-License-Identifier: GPL-3.0-or-later
 * The shell of the set-up pages. */
#include "ui/devices_view.h"

#include "ui/form.h"
#include "ui/pages.h"
#include <glib/gi18n-lib.h>

static const struct {
    const char *kind, *words, *test;
} kinds[] = {
    {"printer", N_("Printer"), N_("Print a test page")},
    {"scale", N_("Scale"), N_("What does it show?")},
    {"card", N_("Card terminal"), NULL},
    {"camera", N_("Camera"), N_("Try the camera")},
    {"sound", N_("Sounds"), N_("Play a sound")},
    {"screen", N_("Screen"), NULL},
};

struct _UiDevicesView {
    AdwBin parent;
    GtkStack *tabs;
    GtkToggleButton *to_scanner, *to_rcn;
    UiScannerView *scanner;
    UiRcnView *rcn;
    GtkBox *tab_box;
    GtkToggleButton *to_pages[G_N_ELEMENTS(kinds)];
    UiDevicePage *pages[G_N_ELEMENTS(kinds)];
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
    return ui_pages_shown(self->tabs);
}

void ui_devices_view_begin(UiDevicesView *self, const PosDeviceSettings *settings)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        ui_device_page_begin(self->pages[i], settings);
    }
}

UiDevicePage *ui_devices_view_page(UiDevicesView *self)
{
    GtkWidget *shown = gtk_stack_get_visible_child(self->tabs);
    return UI_IS_DEVICE_PAGE(shown) ? UI_DEVICE_PAGE(shown) : NULL;
}

void ui_devices_view_show(UiDevicesView *self, const char *tab)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(tab, kinds[i].kind)) {
            gtk_toggle_button_set_active(self->to_pages[i], TRUE);
            return;
        }
    }
    gtk_toggle_button_set_active(g_str_equal(tab, "rcn") ? self->to_rcn : self->to_scanner, TRUE);
}

static void on_tab(UiDevicesView *self)
{
    if (gtk_toggle_button_get_active(self->to_scanner)) {
        ui_pages_show(self->tabs, "scanner");
    } else if (gtk_toggle_button_get_active(self->to_rcn)) {
        ui_pages_show(self->tabs, "rcn");
    }
}

static void on_page_tab(GtkToggleButton *button, UiDevicesView *self)
{
    if (gtk_toggle_button_get_active(button)) {
        ui_pages_show(self->tabs, g_object_get_data(G_OBJECT(button), "kind"));
    }
}

static void on_page_save(UiDevicesView *self, const PosDeviceSettings *settings)
{
    g_signal_emit_by_name(self, "save", settings);
}

static void on_page_test(UiDevicesView *self)
{
    g_signal_emit_by_name(self, "test", ui_devices_view_tab(self));
}

static void add_page(UiDevicesView *self, gsize i)
{
    GtkWidget *tab = gtk_toggle_button_new_with_label(_(kinds[i].words));
    GtkWidget *page =
        ui_device_page_new(kinds[i].kind, kinds[i].test != NULL ? _(kinds[i].test) : NULL);
    self->to_pages[i] = GTK_TOGGLE_BUTTON(tab);
    self->pages[i] = UI_DEVICE_PAGE(page);
    gtk_widget_add_css_class(tab, "category");
    gtk_widget_add_css_class(tab, "setup-button");
    g_object_set_data(G_OBJECT(tab), "kind", (gpointer)kinds[i].kind);
    gtk_toggle_button_set_group(GTK_TOGGLE_BUTTON(tab), self->to_scanner);
    g_signal_connect(tab, "toggled", G_CALLBACK(on_page_tab), self);
    g_signal_connect_swapped(page, "save", G_CALLBACK(on_page_save), self);
    g_signal_connect_swapped(page, "test", G_CALLBACK(on_page_test), self);
    gtk_stack_add_named(self->tabs, page, kinds[i].kind);
    gtk_box_append(self->tab_box, tab);
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
    g_signal_new("save", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("test", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    g_type_ensure(UI_TYPE_SCANNER_VIEW);
    g_type_ensure(UI_TYPE_RCN_VIEW);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/devices_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, tabs);
    gtk_widget_class_bind_template_child(widget_class, UiDevicesView, tab_box);
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
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        add_page(self, i);
    }
    ui_pages_show(self->tabs, "scanner");
}
