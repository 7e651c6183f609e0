/* SPDX-License-Identifier: GPL-3.0-or-later
 * The history of a lot as rows, the newest first, and its stock as a chart. */
#include "ui/manager_lot.h"

#include "ui/form.h"
#include "ui/manager_chart.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define MOVES_SHOWN 300
#define CHART_POINTS 40

typedef struct {
    GtkLabel *title;
    GtkListBox *moves, *prices;
    GtkWidget *chart_box;
    char *gtin, *lot;
} Lot;

static void lot_free(gpointer data)
{
    Lot *lot = data;
    g_free(lot->gtin);
    g_free(lot->lot);
    g_free(lot);
}

static const char *type_word(const char *type)
{
    return strcmp(type, "sale") == 0             ? _("Sold")
           : strcmp(type, "return") == 0         ? _("Came back")
           : strcmp(type, "post_void") == 0      ? _("Sale voided")
           : strcmp(type, "write_off") == 0      ? _("Written off")
           : strcmp(type, "stock_received") == 0 ? _("Delivered")
           : strcmp(type, "stock_counted") == 0  ? _("Counted")
                                                 : type;
}

static bool is_by_weight(UiManager *manager, const char *gtin)
{
    g_autoptr(PosProduct) product = pos_store_product(manager->store, gtin);
    return product != NULL && product->unit == POS_UNIT_G;
}

static void add_moves(UiManager *manager, Lot *lot, const json_t *moves)
{
    bool by_weight = is_by_weight(manager, lot->gtin);
    for (gsize i = json_array_size(moves); i-- > 0;) {
        const json_t *move = json_array_get(moves, i);
        if (json_array_size(moves) - i > MOVES_SHOWN) {
            break;
        }
        g_autofree char *when = ui_manager_when(manager, ui_manager_text(move, "at"));
        g_autofree char *quantity = ui_manager_amount(ui_manager_number(move, "qty"), by_weight);
        g_autofree char *balance = ui_manager_amount(ui_manager_number(move, "balance"), by_weight);
        g_autofree char *variance =
            json_object_get(move, "variance") && ui_manager_number(move, "variance") != 0
                ? ui_manager_amount(ui_manager_number(move, "variance"), by_weight)
                : NULL;
        g_autofree char *title =
            g_strdup_printf("%s %s", type_word(ui_manager_text(move, "type")), quantity);
        g_autofree char *more = g_strjoin(
            " ", when, ui_manager_text(move, "receipt"), ui_manager_text(move, "operator"),
            variance != NULL ? _("off by") : "", variance != NULL ? variance : "", NULL);
        gtk_list_box_append(lot->moves, ui_manager_row(title, more, balance, NULL));
    }
}

static void add_prices(UiManager *manager, Lot *lot, const json_t *prices)
{
    size_t i;
    json_t *price;
    json_array_foreach(prices, i, price)
    {
        g_autofree char *at = pos_instant_format(ui_manager_number(price, "at_ms"), manager->zone);
        g_autofree char *when = ui_manager_when(manager, at);
        g_autofree char *amount = ui_manager_money(manager, ui_manager_number(price, "price"));
        gtk_list_box_append(lot->prices, ui_manager_row(when, NULL, amount, NULL));
    }
}

static void add_chart(Lot *lot, const json_t *moves)
{
    gsize count = json_array_size(moves), first = count > CHART_POINTS ? count - CHART_POINTS : 0;
    int64_t values[CHART_POINTS] = {0};
    ui_form_clear(lot->chart_box);
    if (count == 0) {
        return;
    }
    for (gsize i = first; i < count; i++) {
        values[i - first] = MAX(ui_manager_number(json_array_get(moves, i), "balance"), 0);
    }
    UiManagerChart chart = {.values = values, .count = count - first};
    gtk_box_append(GTK_BOX(lot->chart_box),
                   ui_manager_chart_new(&chart, 200, 60, _("Stock after each movement")));
}

static void on_lot(GtkWidget *view, const json_t *answer)
{
    Lot *lot = ui_manager_page_state(view);
    UiManager *manager = ui_manager_page_manager(view);
    const json_t *report = json_object_get(answer, "report");
    if (report == NULL || strcmp(ui_manager_text(report, "gtin"), lot->gtin) != 0 ||
        strcmp(ui_manager_text(report, "lot"), lot->lot) != 0) {
        return;
    }
    ui_manager_list_clear(lot->moves);
    ui_manager_list_clear(lot->prices);
    add_moves(manager, lot, json_object_get(report, "movements"));
    add_prices(manager, lot, json_object_get(report, "prices"));
    add_chart(lot, json_object_get(report, "movements"));
}

void ui_manager_lot_show(GtkWidget *view, const char *gtin, const char *number)
{
    Lot *lot = ui_manager_page_state(view);
    UiManager *manager = ui_manager_page_manager(view);
    g_free(lot->gtin);
    g_free(lot->lot);
    lot->gtin = g_strdup(gtin);
    lot->lot = g_strdup(number);
    g_autofree char *name = ui_manager_name(manager, gtin);
    g_autofree char *title = *number ? g_strdup_printf("%s · %s", name, number) : g_strdup(name);
    gtk_label_set_text(lot->title, title);
    ui_manager_list_clear(lot->moves);
    ui_manager_list_clear(lot->prices);
    gtk_widget_set_visible(view, TRUE);
    g_autofree char *escaped = g_uri_escape_string(number, NULL, FALSE);
    g_autofree char *report = g_strdup_printf("lot?gtin=%s&lot=%s", gtin, escaped);
    ui_manager_ask(view, json_pack("{s:s, s:s}", "do", "report", "name", report), on_lot);
}

GtkWidget *ui_manager_lot_new(UiManager *manager)
{
    Lot *lot = g_new0(Lot, 1);
    GtkWidget *view = ui_form_box(GTK_ORIENTATION_VERTICAL, 6);
    ui_manager_page_set(view, manager, lot, lot_free);
    GtkWidget *top = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    lot->title = GTK_LABEL(ui_form_label("", "setup-title"));
    gtk_widget_set_hexpand(GTK_WIDGET(lot->title), TRUE);
    lot->chart_box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_box_append(GTK_BOX(top), GTK_WIDGET(lot->title));
    gtk_box_append(GTK_BOX(top), lot->chart_box);
    gtk_box_append(GTK_BOX(view), top);
    GtkWidget *both = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *moves = ui_manager_list(&lot->moves, _("Nothing has moved."));
    GtkWidget *prices = ui_manager_list(&lot->prices, _("No prices are known."));
    gtk_accessible_update_property(GTK_ACCESSIBLE(lot->moves), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Movements"), -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(lot->prices), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Prices"), -1);
    gtk_widget_set_hexpand(moves, TRUE);
    gtk_widget_set_size_request(prices, 260, -1);
    gtk_box_append(GTK_BOX(both), moves);
    gtk_box_append(GTK_BOX(both), prices);
    gtk_widget_set_size_request(both, -1, 210);
    gtk_box_append(GTK_BOX(view), both);
    gtk_widget_set_visible(view, FALSE);
    return view;
}
