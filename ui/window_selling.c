/* SPDX-License-Identifier: GPL-3.0-or-later
 * Carries out what the sale screen wants. What is switched here is saved as a setting of this till, so it is there again
 * tomorrow. */
#include "ui/window_selling.h"

#include "ui/key_card.h"
#include "ui/pages.h"
#include <string.h>

struct UiSelling {
    GtkStack *pages;
    UiSaleView *sale;
    UiTillThread *thread;
    UiKeyCard *card;
    PosDeviceSettings settings;
};

static void on_closed(UiSelling *selling)
{
    ui_pages_show(selling->pages, "sale");
    ui_pad_grab(ui_sale_view_pad(selling->sale));
}

static void on_wanted(UiSelling *selling, const char *what)
{
    if (strcmp(what, "keys") == 0) {
        ui_pages_show(selling->pages, "keys");
        gtk_widget_child_focus(GTK_WIDGET(selling->card), GTK_DIR_TAB_FORWARD);
    } else if (strcmp(what, "left-hand") == 0) {
        selling->settings.screen.left_hand = ui_sale_view_left_hand(selling->sale);
        ui_till_thread_set_devices(selling->thread, &selling->settings, NULL, NULL);
    } else if (strcmp(what, "sounds") == 0) {
        selling->settings.sound.on = !selling->settings.sound.on;
        ui_till_thread_set_devices(selling->thread, &selling->settings, NULL, NULL);
    }
}

UiSelling *ui_selling_new(GtkStack *pages, UiSaleView *sale, UiTillThread *thread)
{
    UiSelling *selling = g_new0(UiSelling, 1);
    selling->pages = pages;
    selling->sale = sale;
    selling->thread = thread;
    selling->card = UI_KEY_CARD(ui_key_card_new());
    pos_device_settings_defaults(&selling->settings);
    gtk_stack_add_named(pages, GTK_WIDGET(selling->card), "keys");
    g_signal_connect_swapped(selling->card, "closed", G_CALLBACK(on_closed), selling);
    g_signal_connect_swapped(sale, "wanted", G_CALLBACK(on_wanted), selling);
    return selling;
}

void ui_selling_free(UiSelling *selling)
{
    if (selling != NULL) {
        g_signal_handlers_disconnect_by_data(selling->sale, selling);
        g_signal_handlers_disconnect_by_data(selling->card, selling);
        g_free(selling);
    }
}

void ui_selling_set_devices(UiSelling *selling, const PosDeviceSettings *settings)
{
    selling->settings = *settings;
    if (ui_sale_view_left_hand(selling->sale) != settings->screen.left_hand) {
        ui_sale_view_set_left_hand(selling->sale, settings->screen.left_hand);
    }
}

gboolean ui_selling_key(UiSelling *selling, guint keyval)
{
    return ui_key_card_key(selling->card, keyval);
}
