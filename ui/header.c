/* SPDX-License-Identifier: GPL-3.0-or-later
 * The header. The link's words and colour are chosen here and nowhere else. */
#include "ui/header.h"

#include "ui/closures.h"
#include <glib/gi18n-lib.h>

struct _UiHeaderBar {
    AdwBin parent;
    GtkLabel *shop, *link, *age, *printer, *operator_, *scale;
    GtkWidget *demo, *clock, *device, *link_box;
    GtkToggleButton *camera;
    GtkButton *logout, *lock, *drawer;
    GtkWidget *payment, *camera_fault;
    char *zone;
};
G_DEFINE_FINAL_TYPE(UiHeaderBar, ui_header_bar, ADW_TYPE_BIN)

void ui_header_bar_set_shop(UiHeaderBar *self, const UiShop *shop)
{
    gtk_label_set_label(self->shop, pos_names_in(&shop->settings.names, ui_language()));
    g_free(self->zone);
    self->zone = g_strdup(shop->settings.time_zone);
}

static const char *link_words(const UiHeader *header)
{
    switch (header->link) {
    case SYNC_LINK_ONLINE:
        return _("Online");
    case SYNC_LINK_CONNECTING:
        return _("Connecting");
    case SYNC_LINK_REFUSED:
        return _("Not admitted: enrol again");
    case SYNC_LINK_FORKED:
        return _("Journal differs: call for help");
    case SYNC_LINK_OFFLINE:
        break;
    }
    return _("Offline");
}

static const char *link_class(const UiHeader *header)
{
    switch (header->link) {
    case SYNC_LINK_ONLINE:
        return "online";
    case SYNC_LINK_CONNECTING:
        return "connecting";
    case SYNC_LINK_REFUSED:
    case SYNC_LINK_FORKED:
        return "fault";
    case SYNC_LINK_OFFLINE:
        break;
    }
    return "offline";
}

void ui_header_bar_show(UiHeaderBar *self, const UiHeader *header)
{
    const PosTillStatus *status = &header->status;
    g_autoptr(GTimeZone) zone = self->zone != NULL ? g_time_zone_new_identifier(self->zone) : NULL;
    g_autofree char *unsent = ui_format_unsent(status->unsent, status->unsent_since_ms, zone);
    g_autofree char *link = g_strdup_printf("%s · %s", link_words(header), unsent);
    g_autofree char *age = ui_format_prices_age(status->prices_age_s);
    const char *classes[] = {"link", link_class(header), NULL};
    gtk_widget_set_css_classes(self->link_box, classes);
    gtk_label_set_label(self->link, link);
    gtk_label_set_label(self->age, age);
    const char *fault = header->fault != NULL ? header->fault : status->fault;
    g_autofree char *tip =
        fault != NULL && fault[0] != '\0'
            ? g_strdup(fault)
            : g_strdup_printf(
                  _("Terminal %s. Sales are kept here until the central service has them."),
                  status->terminal != NULL ? status->terminal : "");
    gtk_widget_set_tooltip_text(self->link_box, tip);
    const bool printer = header->printer != NULL && header->printer[0] != '\0';
    gtk_label_set_label(self->printer, printer ? header->printer : "");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->printer), printer ? header->printer : NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->printer), printer);
    gtk_widget_set_visible(self->demo, status->demo);
    gtk_widget_set_visible(self->clock, !header->clock_certain);
    const bool somebody = status->operator_name != NULL && status->operator_name[0] != '\0';
    gtk_label_set_label(self->operator_, somebody ? status->operator_name : "");
    gtk_widget_set_visible(GTK_WIDGET(self->logout), somebody);
    gtk_widget_set_visible(GTK_WIDGET(self->lock), somebody);
    gtk_widget_set_visible(GTK_WIDGET(self->drawer), somebody);
}

void ui_header_bar_set_device_fault(UiHeaderBar *self, const char *sentence)
{
    gtk_widget_set_visible(self->device, sentence != NULL);
    gtk_widget_set_tooltip_text(self->device, sentence);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->device),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   sentence != NULL ? sentence : "", -1);
}

void ui_header_bar_set_scale(UiHeaderBar *self, PosScaleCondition condition)
{
    const bool fault = pos_scale_condition_is_fault(condition);
    const bool off =
        condition == POS_SCALE_CONDITION_OFF || condition == POS_SCALE_CONDITION_SILENT;
    gtk_label_set_label(self->scale, off ? _("Scale off") : _("Scale fault"));
    gtk_widget_set_visible(GTK_WIDGET(self->scale), fault);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->scale),
                                fault ? pos_scale_condition_words(condition) : NULL);
}

void ui_header_bar_set_payment_unknown(UiHeaderBar *self, gboolean unknown)
{
    gtk_widget_set_visible(self->payment, unknown);
}

void ui_header_bar_set_camera_fault(UiHeaderBar *self, const char *sentence)
{
    gtk_widget_set_visible(self->camera_fault, sentence != NULL);
    gtk_widget_set_tooltip_text(self->camera_fault, sentence);
}

void ui_header_bar_set_camera(UiHeaderBar *self, gboolean on)
{
    gtk_toggle_button_set_active(self->camera, on);
}

static void on_camera_toggled(UiHeaderBar *self)
{
    g_signal_emit_by_name(self, "camera-wanted", gtk_toggle_button_get_active(self->camera));
}

static void on_devices_clicked(UiHeaderBar *self)
{
    g_signal_emit_by_name(self, "devices-wanted");
}

static void on_drawer_clicked(UiHeaderBar *self)
{
    g_signal_emit_by_name(self, "drawer-wanted");
}

static void on_lock_clicked(UiHeaderBar *self)
{
    g_signal_emit_by_name(self, "lock-wanted");
}

static void on_logout_clicked(UiHeaderBar *self)
{
    g_signal_emit_by_name(self, "logout-wanted");
}

static void ui_header_bar_dispose(GObject *object)
{
    g_clear_pointer(&UI_HEADER_BAR(object)->zone, g_free);
    G_OBJECT_CLASS(ui_header_bar_parent_class)->dispose(object);
}

static void ui_header_bar_class_init(UiHeaderBarClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_header_bar_dispose;
    g_signal_new("camera-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
    g_signal_new("logout-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("devices-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("drawer-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("lock-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/header.ui");
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, payment);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, camera_fault);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, lock);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, drawer);
    gtk_widget_class_bind_template_callback(widget_class, on_drawer_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_lock_clicked);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, shop);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, link);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, age);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, printer);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, scale);
    gtk_widget_class_bind_template_child_full(widget_class, "operator", FALSE,
                                              G_STRUCT_OFFSET(UiHeaderBar, operator_));
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, demo);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, clock);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, device);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, link_box);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, camera);
    gtk_widget_class_bind_template_child(widget_class, UiHeaderBar, logout);
    gtk_widget_class_bind_template_callback(widget_class, on_camera_toggled);
    gtk_widget_class_bind_template_callback(widget_class, on_logout_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_devices_clicked);
}

static void ui_header_bar_init(UiHeaderBar *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
