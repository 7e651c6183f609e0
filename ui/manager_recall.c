/* SPDX-License-Identifier: GPL-3.0-or-later
 * Recall: a lot or a whole product is stopped everywhere at once; what is stopped now, what of it is left, who bought it. */
#include "ui/form.h"
#include "ui/manager.h"
#include "ui/manager_item.h"
#include "ui/manager_lot.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkWidget *item, *lot, *whole;
    GtkListBox *stopped;
} Recall;

static void on_lift(GtkWidget *page, GtkWidget *button)
{
    const char *key = g_object_get_data(G_OBJECT(button), "key");
    const char *slash = strchr(key, '/');
    g_autofree char *gtin = slash != NULL ? g_strndup(key, (gsize)(slash - key)) : g_strdup(key);
    json_t *request =
        json_pack("{s:s, s:s, s:s}", "do", "command", "command", "recall_lift", "gtin", gtin);
    if (slash != NULL) {
        json_object_set_new(request, "lot", json_string(slash + 1));
    }
    ui_manager_decide(page, request, _("It may be sold again as soon as the tills hear of it."));
}

static void on_stopped(GtkWidget *page, const json_t *answer)
{
    Recall *recall = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    const char *key;
    json_t *value;
    ui_manager_list_clear(recall->stopped);
    json_object_foreach(json_object_get(answer, "items"), key, value)
    {
        const char *slash = strchr(key, '/');
        g_autofree char *gtin =
            slash != NULL ? g_strndup(key, (gsize)(slash - key)) : g_strdup(key);
        g_autofree char *name = ui_manager_name(manager, gtin);
        g_autofree char *title =
            g_strdup_printf("%s · %s", name, slash != NULL ? slash + 1 : _("every lot"));
        g_autofree char *since = ui_manager_when(manager, ui_manager_text(value, "since"));
        void *first = json_object_iter(json_object_get(value, "reason"));
        const char *reason = first != NULL ? json_string_value(json_object_iter_value(first)) : "";
        int64_t level = 0;
        bool known =
            slash != NULL && pos_store_stock_level(manager->store, gtin, slash + 1, &level);
        g_autoptr(PosProduct) product = pos_store_product(manager->store, gtin);
        g_autofree char *left =
            known ? ui_manager_amount(level, product != NULL && product->unit == POS_UNIT_G) : NULL;
        g_autofree char *detail =
            g_strdup_printf("%s · %s%s%s", since, reason != NULL ? reason : "",
                            left != NULL ? " · " : "", left != NULL ? left : "");
        GtkWidget *row = ui_manager_row(title, detail, NULL, NULL);
        GtkWidget *button = ui_manager_button(_("Lift"), NULL, G_CALLBACK(on_lift), page);
        g_object_set_data_full(G_OBJECT(button), "key", g_strdup(key), g_free);
        gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
        gtk_list_box_append(recall->stopped, row);
    }
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "feed", "kind", "recall"), on_stopped);
}

static void on_reason(GtkWidget *page, const char *text)
{
    Recall *recall = ui_manager_page_state(page);
    const UiManagerGoods *goods = ui_manager_item_goods(recall->item);
    bool whole = gtk_check_button_get_active(GTK_CHECK_BUTTON(recall->whole));
    json_t *request = json_pack("{s:s, s:s, s:s, s:s}", "do", "command", "command", "recall",
                                "gtin", goods->gtin, "reason", text);
    if (!whole && goods->lot[0] != '\0') {
        json_object_set_new(request, "lot", json_string(goods->lot));
    }
    ui_manager_decide(page, request,
                      _("Stopped: online tills refuse it now, offline ones when they hear of it."));
}

static void on_stop(GtkWidget *page)
{
    Recall *recall = ui_manager_page_state(page);
    const UiManagerGoods *goods = ui_manager_item_goods(recall->item);
    bool whole = gtk_check_button_get_active(GTK_CHECK_BUTTON(recall->whole));
    if (goods->gtin[0] == '\0' || (goods->lot[0] == '\0' && !whole)) {
        ui_manager_say(
            ui_manager_page_manager(page), "error",
            _("Say which lot is to be stopped, or tick that every lot of the product is."));
        return;
    }
    ui_manager_prompt(page, _("Why is it stopped? Cashiers and shoppers read this."), "",
                      on_reason);
}

static void on_found(GtkWidget *page)
{
    Recall *recall = ui_manager_page_state(page);
    const UiManagerGoods *goods = ui_manager_item_goods(recall->item);
    ui_manager_lot_show(recall->lot, goods->gtin, goods->lot);
}

static GtkWidget *build(UiManager *manager)
{
    Recall *recall = g_new0(Recall, 1);
    GtkWidget *page = ui_manager_frame(_("Recall"), NULL);
    ui_manager_page_set(page, manager, recall, g_free);
    recall->item = ui_manager_item_new(manager, page, on_found);
    gtk_box_append(GTK_BOX(page), recall->item);
    GtkWidget *bar = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    recall->whole = gtk_check_button_new_with_label(_("Every lot of the product"));
    gtk_widget_set_size_request(recall->whole, -1, 56);
    gtk_box_append(GTK_BOX(bar), recall->whole);
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("Stop the sale"), "destructive-action",
                                                   G_CALLBACK(on_stop), page));
    gtk_box_append(GTK_BOX(page), bar);
    recall->lot = ui_manager_lot_new(manager);
    gtk_box_append(GTK_BOX(page), recall->lot);
    gtk_box_append(GTK_BOX(page), ui_form_label(_("Stopped now"), "setup-title"));
    gtk_box_append(GTK_BOX(page), ui_manager_list(&recall->stopped, _("Nothing is stopped.")));
    return page;
}

const UiManagerPage ui_manager_recall_page = {"recall", N_("Recall"), build, show, NULL};
