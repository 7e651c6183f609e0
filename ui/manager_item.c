/* SPDX-License-Identifier: GPL-3.0-or-later
 * From what is typed or scanned to a product and a lot: a GS1 message first, then a PLU, then a name. */
#include "ui/manager_item.h"

#include "pos/clock.h"
#include "pos/gs1.h"
#include "ui/closures.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkEditable *entry, *lot;
    GtkLabel *name;
    GtkWidget *page;
    void (*found)(GtkWidget *page);
    UiManagerGoods goods;
    bool sets_lot; /* the entry of the lot is written by us */
} Item;

static PosDate today(UiManager *manager)
{
    const PosClock *clock = pos_clock_system();
    return pos_date_of_instant(clock->wall_ms(clock->user), manager->zone);
}

/* The product's first lot by date, where none is named. */
static void choose_lot(UiManager *manager, Item *item)
{
    g_autoptr(GPtrArray) lots = pos_store_lots(manager->store, item->goods.gtin);
    for (guint i = 0; i < lots->len && item->goods.lot[0] == '\0'; i++) {
        const PosLot *lot = g_ptr_array_index(lots, i);
        int64_t level = 0;
        if (pos_store_stock_level(manager->store, item->goods.gtin, lot->lot, &level) &&
            level > 0) {
            g_strlcpy(item->goods.lot, lot->lot, sizeof item->goods.lot);
        }
    }
}

static bool take_product(UiManager *manager, Item *item, PosProduct *product)
{
    g_autoptr(PosProduct) mine = product;
    if (mine == NULL) {
        return false;
    }
    g_strlcpy(item->goods.gtin, mine->gtin, sizeof item->goods.gtin);
    item->goods.by_weight = mine->unit == POS_UNIT_G;
    gtk_label_set_text(item->name, pos_names_in(&mine->names, ui_language()));
    choose_lot(manager, item);
    item->sets_lot = true;
    gtk_editable_set_text(item->lot, item->goods.lot);
    item->sets_lot = false;
    return true;
}

static bool take_code(UiManager *manager, Item *item, const char *text)
{
    PosGs1Settings settings = {.today = today(manager)};
    g_autofree PosGs1Message *message = g_new0(PosGs1Message, 1);
    pos_gs1_read(text, strlen(text), &settings, message);
    if (message->gtin[0] == '\0') {
        return false;
    }
    g_strlcpy(item->goods.lot, message->lot, sizeof item->goods.lot);
    item->goods.best_before = message->best_before;
    item->goods.use_by = message->use_by;
    item->goods.weight_g = message->net_weight_g;
    return take_product(manager, item, pos_store_product(manager->store, message->gtin));
}

static bool take_name(UiManager *manager, Item *item, const char *text)
{
    g_autoptr(GPtrArray) products =
        pos_store_products(manager->store, text, NULL, ui_language(), 1);
    return products->len > 0 &&
           take_product(manager, item, pos_product_copy(g_ptr_array_index(products, 0)));
}

void ui_manager_item_take(GtkWidget *widget, const char *text)
{
    UiManager *manager = ui_manager_page_manager(widget);
    Item *item = ui_manager_page_state(widget);
    item->goods = (UiManagerGoods){0};
    if (*text == '\0') {
        return;
    }
    if (take_code(manager, item, text) ||
        take_product(manager, item, pos_store_product_by_plu(manager->store, text)) ||
        take_name(manager, item, text)) {
        ui_manager_say(manager, "info", NULL);
        item->found(item->page);
        return;
    }
    gtk_label_set_text(item->name, "");
    ui_manager_say(manager, "error", _("The store has no such product."));
}

static void on_entry(GtkWidget *widget)
{
    Item *item = ui_manager_page_state(widget);
    g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(item->entry)));
    ui_manager_item_take(widget, text);
}

static void on_lot(GtkWidget *widget)
{
    Item *item = ui_manager_page_state(widget);
    if (!item->sets_lot) {
        g_strlcpy(item->goods.lot, gtk_editable_get_text(item->lot), sizeof item->goods.lot);
    }
}

const UiManagerGoods *ui_manager_item_goods(GtkWidget *widget)
{
    return &((Item *)ui_manager_page_state(widget))->goods;
}

void ui_manager_item_clear(GtkWidget *widget)
{
    Item *item = ui_manager_page_state(widget);
    item->goods = (UiManagerGoods){0};
    gtk_editable_set_text(item->entry, "");
    gtk_editable_set_text(item->lot, "");
    gtk_label_set_text(item->name, "");
    gtk_widget_grab_focus(GTK_WIDGET(item->entry));
}

GtkWidget *ui_manager_item_new(UiManager *manager, GtkWidget *page, void (*found)(GtkWidget *page))
{
    Item *item = g_new0(Item, 1);
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    ui_manager_page_set(box, manager, item, g_free);
    item->page = page;
    item->found = found;
    GtkWidget *entry = gtk_entry_new(), *lot = gtk_entry_new();
    g_object_set(entry, "placeholder-text", _("Scan, GTIN, PLU or name"), "hexpand", TRUE,
                 "height-request", 56, NULL);
    g_object_set(lot, "placeholder-text", _("Lot"), "width-request", 150, "height-request", 56,
                 NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Product"), -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(lot), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Lot"),
                                   -1);
    item->entry = GTK_EDITABLE(entry);
    item->lot = GTK_EDITABLE(lot);
    item->name = GTK_LABEL(ui_form_label("", "line-name"));
    gtk_label_set_width_chars(item->name, 16);
    g_signal_connect_swapped(entry, "activate", G_CALLBACK(on_entry), box);
    g_signal_connect_swapped(lot, "changed", G_CALLBACK(on_lot), box);
    gtk_box_append(GTK_BOX(box), entry);
    gtk_box_append(GTK_BOX(box), lot);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(item->name));
    return box;
}
