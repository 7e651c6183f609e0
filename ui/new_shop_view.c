/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a shop needs before its first sale: a name, money, a clock, and one person who may manage. */
#include "ui/new_shop_view.h"

#include "ui/closures.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiNewShopView {
    AdwBin parent;
    GtkEditable *name, *currency, *zone, *manager, *pin;
    GtkDropDown *language;
    GtkWidget *go;
    GtkLabel *said;
};
G_DEFINE_FINAL_TYPE(UiNewShopView, ui_new_shop_view, ADW_TYPE_BIN)

static void on_go(UiNewShopView *self)
{
    static const char *const languages[] = {"ko", "en", "zh"};
    const UiNewShop shop = {.name = gtk_editable_get_text(self->name),
                            .currency = gtk_editable_get_text(self->currency),
                            .time_zone = gtk_editable_get_text(self->zone),
                            .language =
                                languages[MIN(gtk_drop_down_get_selected(self->language), 2)],
                            .manager_name = gtk_editable_get_text(self->manager),
                            .pin = gtk_editable_get_text(self->pin)};
    if (*shop.name == '\0' || *shop.manager_name == '\0' || strlen(shop.pin) < 4) {
        ui_form_say(self->said, "error",
                    _("The shop and its manager need a name, the PIN four digits or more."));
        return;
    }
    g_signal_emit_by_name(self, "make", &shop);
}

void ui_new_shop_view_set_busy(UiNewShopView *self, gboolean busy)
{
    gtk_widget_set_sensitive(self->go, !busy);
    if (busy) {
        ui_form_say(self->said, "info", _("The shop is being made; this takes some seconds."));
    }
}

void ui_new_shop_view_show_error(UiNewShopView *self, const char *sentence)
{
    ui_form_say(self->said, "error", sentence);
}

static GtkEditable *entry(GtkWidget *into, const char *label, const char *text, bool secret)
{
    GtkWidget *widget = secret ? gtk_password_entry_new() : gtk_entry_new();
    g_object_set(widget, "height-request", 56, "text", text, NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                   -1);
    gtk_box_append(GTK_BOX(into), ui_form_label(label, "line-detail"));
    gtk_box_append(GTK_BOX(into), widget);
    return GTK_EDITABLE(widget);
}

static void ui_new_shop_view_class_init(UiNewShopViewClass *class)
{
    g_signal_new("make", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void ui_new_shop_view_init(UiNewShopView *self)
{
    const char *const languages[] = {"한국어", "English", "中文", NULL};
    const char *language = ui_language();
    bool korean = strcmp(language, "ko") == 0, chinese = strcmp(language, "zh") == 0;
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    const char *zone = g_time_zone_get_identifier(local);
    GtkWidget *clamp = adw_clamp_new(), *scrolled = gtk_scrolled_window_new();
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_VERTICAL, 8);
    gtk_widget_add_css_class(box, "login-page");
    gtk_box_append(GTK_BOX(box), ui_form_label(_("A new shop on this machine"), "title-2"));
    self->name = entry(box, _("Name of the shop"), "", false);
    self->currency = entry(box, _("Currency (KRW, EUR, USD, CNY …)"),
                           korean    ? "KRW"
                           : chinese ? "CNY"
                                     : "EUR",
                           false);
    self->zone = entry(box, _("Time zone (Asia/Seoul, Europe/Berlin …)"),
                       zone != NULL && strchr(zone, '/') != NULL ? zone
                       : korean                                  ? "Asia/Seoul"
                       : chinese                                 ? "Asia/Shanghai"
                                                                 : "Europe/Berlin",
                       false);
    self->language = GTK_DROP_DOWN(gtk_drop_down_new_from_strings(languages));
    gtk_drop_down_set_selected(self->language, korean ? 0 : chinese ? 2 : 1);
    gtk_widget_set_size_request(GTK_WIDGET(self->language), -1, 56);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->language), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Language of the shop"), -1);
    gtk_box_append(GTK_BOX(box), ui_form_label(_("Language of the shop"), "line-detail"));
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->language));
    self->manager = entry(box, _("Name of the manager"), "", false);
    self->pin = entry(box, _("PIN of the manager, 4 or more"), "", true);
    self->go = ui_form_button(_("Make the shop"), "suggested-action", G_CALLBACK(on_go), self);
    self->said = GTK_LABEL(ui_form_notice());
    g_signal_connect_swapped(self->pin, "activate", G_CALLBACK(on_go), self);
    gtk_box_append(GTK_BOX(box), self->go);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->said));
    adw_clamp_set_maximum_size(ADW_CLAMP(clamp), 560);
    adw_clamp_set_child(ADW_CLAMP(clamp), box);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), clamp);
    adw_bin_set_child(ADW_BIN(self), scrolled);
}

GtkWidget *ui_new_shop_view_new(void)
{
    return g_object_new(UI_TYPE_NEW_SHOP_VIEW, NULL);
}
