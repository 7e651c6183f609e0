/* SPDX-License-Identifier: GPL-3.0-or-later
 * Ordering: one number an item with its reason, changed or left, then one order a supplier: a decision, and a file to send. What
 * is on its way stands below. */
#include "pos/clock.h"
#include "ui/form.h"
#include "ui/manager.h"
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    GtkListBox *list, *open;
    GtkLabel *age;
    json_t *rows;       /* of the advice */
    GPtrArray *entries; /* GtkEditable*, one a shown row: borrowed */
    GArray *shown;      /* index of its row in rows */
    json_t *orders;     /* being sent, one after the other */
    int sent;
} Order;

static void order_free(gpointer data)
{
    Order *order = data;
    json_decref(order->rows);
    json_decref(order->orders);
    g_ptr_array_unref(order->entries);
    g_array_unref(order->shown);
    g_free(order);
}

static bool by_weight(const json_t *row)
{
    return strcmp(ui_manager_text(row, "unit"), "g") == 0;
}

static void add_row(GtkWidget *page, gsize index, const json_t *row)
{
    Order *order = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    g_autofree char *name = ui_manager_name(manager, ui_manager_text(row, "gtin"));
    g_autofree char *here = ui_manager_amount(ui_manager_number(row, "on_hand"), by_weight(row));
    g_autofree char *coming = ui_manager_amount(ui_manager_number(row, "on_order"), by_weight(row));
    g_autofree char *quantity = ui_manager_amount(ui_manager_number(row, "qty"), by_weight(row));
    g_autofree char *detail =
        g_strdup_printf(_("%s here, %s on the way. %s"), here, coming, ui_manager_text(row, "why"));
    GtkWidget *widget = ui_manager_row(name, detail, NULL, NULL);
    GtkWidget *entry = gtk_entry_new();
    g_strdelimit(quantity, " ", '\0');
    g_object_set(entry, "text", quantity, "width-request", 110, "height-request", 56, "xalign", 1.0,
                 NULL);
    gtk_widget_set_valign(entry, GTK_ALIGN_CENTER);
    g_autofree char *label = g_strdup_printf(_("How much of %s to order"), name);
    gtk_accessible_update_property(GTK_ACCESSIBLE(entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(widget))), entry);
    gtk_list_box_append(order->list, widget);
    g_ptr_array_add(order->entries, entry);
    guint at = (guint)index;
    g_array_append_val(order->shown, at);
}

static void on_advice(GtkWidget *page, const json_t *answer)
{
    Order *order = ui_manager_page_state(page);
    const json_t *rows = json_object_get(answer, "rows");
    if (rows == NULL) {
        return;
    }
    json_decref(order->rows);
    order->rows = json_incref((json_t *)rows);
    ui_manager_list_clear(order->list);
    g_ptr_array_set_size(order->entries, 0);
    g_array_set_size(order->shown, 0);
    for (int pass = 0; pass < 2; pass++) { /* first what is to be ordered */
        for (gsize i = 0; i < json_array_size(rows) && order->shown->len < 400; i++) {
            const json_t *row = json_array_get(rows, i);
            if ((ui_manager_number(row, "qty") > 0) == (pass == 0)) {
                add_row(page, i, row);
            }
        }
    }
}

static void on_cancel(GtkWidget *page, GtkWidget *button)
{
    ui_manager_decide(page,
                      json_pack("{s:s, s:s, s:s, s:b}", "do", "command", "command", "order",
                                "order", (const char *)g_object_get_data(G_OBJECT(button), "order"),
                                "cancelled", 1),
                      _("The order is called off."));
}

static void on_open(GtkWidget *page, const json_t *answer)
{
    Order *order = ui_manager_page_state(page);
    const char *key;
    json_t *value;
    ui_manager_list_clear(order->open);
    json_object_foreach(json_object_get(answer, "items"), key, value)
    {
        if (strcmp(ui_manager_text(value, "status"), "open") != 0) {
            continue;
        }
        g_autofree char *title =
            g_strdup_printf("%s · %s", key, ui_manager_text(value, "supplier"));
        gsize count = json_array_size(json_object_get(value, "items"));
        g_autofree char *detail =
            g_strdup_printf(_("%d items, due %s"), (int)count, ui_manager_text(value, "due"));
        GtkWidget *row = ui_manager_row(title, detail, NULL, NULL);
        GtkWidget *button = ui_manager_button(_("Call off"), NULL, G_CALLBACK(on_cancel), page);
        g_object_set_data_full(G_OBJECT(button), "order", g_strdup(key), g_free);
        gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
        gtk_list_box_append(order->open, row);
    }
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s}", "do", "advice"), on_advice);
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "feed", "kind", "order"), on_open);
}

/* --- ordering -------------------------------------------------------------------------------------------- */

/* The file that goes to the supplier. False after saying why not. */
static bool write_file(UiManager *manager, const char *id, const json_t *order)
{
    g_autofree char *folder =
        g_build_filename(ui_manage_thread_folder(manager->thread), "orders", NULL);
    g_autofree char *name = g_strconcat(id, ".csv", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GString) text = g_string_new("order,supplier,due,gtin,name,qty,unit\n");
    g_autoptr(GError) error = NULL;
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(order, "items"), i, item)
    {
        g_autofree char *goods = ui_manager_name(manager, ui_manager_text(item, "gtin"));
        g_auto(GStrv) parts = g_strsplit(goods, "\"", -1);
        g_autofree char *quoted = g_strjoinv("\"\"", parts);
        g_string_append_printf(text, "%s,\"%s\",%s,%s,\"%s\",%" G_GINT64_FORMAT ",%s\n", id,
                               ui_manager_text(order, "supplier"), ui_manager_text(order, "due"),
                               ui_manager_text(item, "gtin"), quoted,
                               ui_manager_number(item, "qty"), ui_manager_text(item, "unit"));
    }
    if (g_mkdir_with_parents(folder, 0700) != 0 ||
        !g_file_set_contents(path, text->str, (gssize)text->len, &error)) {
        ui_manager_say(manager, "error",
                       error != NULL ? error->message
                                     : _("The order's file could not be written."));
        return false;
    }
    g_autofree char *said = g_strdup_printf(_("Ordered; the file for the supplier is %s."), path);
    ui_manager_say(manager, "good", said);
    return true;
}

static void send_next(GtkWidget *page);

static void on_ordered(GtkWidget *page, const json_t *answer)
{
    Order *order = ui_manager_page_state(page);
    json_t *sent = json_array_get(order->orders, 0);
    if (strcmp(ui_manager_text(answer, "event"), "written") == 0 && sent != NULL) {
        write_file(ui_manager_page_manager(page), ui_manager_text(sent, "order"), sent);
    }
    json_array_remove(order->orders, 0);
    send_next(page);
}

static void send_next(GtkWidget *page)
{
    Order *order = ui_manager_page_state(page);
    json_t *next = json_array_get(order->orders, 0);
    if (next == NULL) {
        show(page);
        return;
    }
    ui_manager_ask(page, json_deep_copy(next), on_ordered);
}

/* The order of one supplier, made when the first item asks for it. */
static json_t *order_for(Order *order, const json_t *row, const char *stamp)
{
    size_t i;
    json_t *held;
    json_array_foreach(order->orders, i, held)
    {
        if (strcmp(ui_manager_text(held, "supplier"), ui_manager_text(row, "supplier")) == 0) {
            return held;
        }
    }
    g_autofree char *id = g_strdup_printf("%s-%d", stamp, (int)json_array_size(order->orders) + 1);
    json_t *made = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "do", "command", "command", "order",
                             "order", id, "supplier", ui_manager_text(row, "supplier"), "due",
                             ui_manager_text(row, "due"), "items");
    json_array_append_new(order->orders, made);
    return made;
}

static void on_order(GtkWidget *page)
{
    Order *order = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    g_autoptr(GDateTime) now = g_date_time_new_now(manager->zone);
    g_autofree char *stamp = g_date_time_format(now, "O%y%m%d%H%M%S");
    json_decref(order->orders);
    order->orders = json_array();
    for (guint i = 0; i < order->entries->len; i++) {
        const json_t *row = json_array_get(order->rows, g_array_index(order->shown, guint, i));
        const char *typed =
            gtk_editable_get_text(GTK_EDITABLE(g_ptr_array_index(order->entries, i)));
        int64_t quantity = ui_manager_read_quantity(typed, by_weight(row));
        if (quantity < 0) {
            g_autofree char *name = ui_manager_name(manager, ui_manager_text(row, "gtin"));
            g_autofree char *said = g_strdup_printf(_("“%s” is no quantity of %s."), typed, name);
            ui_manager_say(manager, "error", said);
            return;
        }
        if (quantity > 0) {
            json_t *item =
                json_pack("{s:s, s:I, s:s, s:s}", "gtin", ui_manager_text(row, "gtin"), "qty",
                          (json_int_t)quantity, "unit", ui_manager_text(row, "unit"), "why",
                          ui_manager_text(row, "why"));
            json_array_append_new(json_object_get(order_for(order, row, stamp), "items"), item);
        }
    }
    if (json_array_size(order->orders) == 0) {
        ui_manager_say(manager, "info", _("There is nothing to order: every number is 0."));
        return;
    }
    send_next(page);
}

static GtkWidget *build(UiManager *manager)
{
    Order *order = g_new0(Order, 1);
    GtkWidget *bar = NULL;
    GtkWidget *page = ui_manager_frame(_("Ordering"), &bar);
    order->entries = g_ptr_array_new();
    order->shown = g_array_new(FALSE, FALSE, sizeof(guint));
    ui_manager_page_set(page, manager, order, order_free);
    gtk_box_append(GTK_BOX(bar),
                   ui_manager_button(_("Order"), "suggested-action", G_CALLBACK(on_order), page));
    gtk_box_append(
        GTK_BOX(page),
        ui_manager_list(&order->list,
                        _("Nothing has been sold in the last weeks that could be ordered.")));
    gtk_box_append(GTK_BOX(page), ui_form_label(_("On the way"), "setup-title"));
    GtkWidget *open = ui_manager_list(&order->open, _("No order is open."));
    gtk_widget_set_vexpand(open, FALSE);
    gtk_widget_set_size_request(open, -1, 170);
    gtk_box_append(GTK_BOX(page), open);
    return page;
}

const UiManagerPage ui_manager_order_page = {"order", N_("Ordering"), build, show, NULL};
