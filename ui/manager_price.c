/* SPDX-License-Identifier: GPL-3.0-or-later
 * Prices: of one product what is in force, its bounds and its history; drafts that are approved together, now or from a time on;
 * pauses of an item, a category or the store. */
#include "pos/date.h"
#include "pos/price.h"
#include "ui/form.h"
#include "ui/manager.h"
#include "ui/manager_chart.h"
#include "ui/manager_item.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define BATCH "draft"

typedef struct {
    GtkWidget *item, *chart_box;
    GtkEditable *price, *list_price, *when;
    GtkLabel *facts;
    GtkListBox *draft, *history;
} Prices;

static GtkEditable *entry(GtkWidget *into, const char *label, int width)
{
    GtkWidget *widget = gtk_entry_new();
    g_object_set(widget, "placeholder-text", label, "width-request", width, "height-request", 56,
                 NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                   -1);
    gtk_box_append(GTK_BOX(into), widget);
    return GTK_EDITABLE(widget);
}

/* --- what is known of a product ------------------------------------------------------------------------------ */

static void add_fact(UiManager *manager, GString *text, const char *word, PosMoney money)
{
    if (money.minor > 0) {
        g_autofree char *amount = ui_manager_money(manager, money.minor);
        g_string_append_printf(text, "%s%s %s", text->len > 0 ? " · " : "", word, amount);
    }
}

static void show_facts(GtkWidget *page)
{
    Prices *prices = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    const UiManagerGoods *goods = ui_manager_item_goods(prices->item);
    g_autoptr(PosPrice) own =
        *goods->lot ? pos_store_price(manager->store, goods->gtin, goods->lot) : NULL;
    g_autoptr(PosPrice) of_product = pos_store_price(manager->store, goods->gtin, NULL);
    const PosPrice *price = own != NULL ? own : of_product;
    g_autoptr(GString) text = g_string_new(NULL);
    if (price == NULL) {
        gtk_label_set_text(prices->facts, _("It has no price yet."));
        return;
    }
    add_fact(manager, text, _("Now"), price->price);
    add_fact(manager, text, _("List"), price->list_price);
    add_fact(manager, text, _("Lowest of 30 days"), price->prior_price);
    add_fact(manager, text, _("Floor"), price->floor);
    add_fact(manager, text, _("Ceiling"), price->ceiling);
    for (guint i = 0; price->next != NULL && i < price->next->len; i++) {
        const PosPriceNext *next = &g_array_index(price->next, PosPriceNext, i);
        g_autofree char *at = pos_instant_format(next->effective_at_ms, manager->zone);
        g_autofree char *when = ui_manager_when(manager, at);
        g_autofree char *word = g_strdup_printf(_("From %s"), when);
        add_fact(manager, text, word, next->price);
    }
    if (*price->why != '\0') {
        g_string_append_printf(text, "\n%s", price->why);
    }
    gtk_label_set_text(prices->facts, text->str);
    g_autofree char *typed = ui_manager_typed_money(manager, price->price.minor);
    gtk_editable_set_text(prices->price, typed);
}

static void on_history(GtkWidget *page, const json_t *answer)
{
    Prices *prices = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    const json_t *list = json_object_get(json_object_get(answer, "report"), "prices");
    gsize count = MIN(json_array_size(list), 40);
    int64_t values[40] = {0};
    ui_manager_list_clear(prices->history);
    ui_form_clear(prices->chart_box);
    for (gsize i = 0; i < count; i++) {
        const json_t *price = json_array_get(list, i);
        g_autofree char *at = pos_instant_format(ui_manager_number(price, "at_ms"), manager->zone);
        g_autofree char *when = ui_manager_when(manager, at);
        g_autofree char *amount = ui_manager_money(manager, ui_manager_number(price, "price"));
        values[count - 1 - i] = ui_manager_number(price, "price");
        gtk_list_box_append(prices->history, ui_manager_row(when, NULL, amount, NULL));
    }
    if (count > 1) {
        UiManagerChart chart = {.values = values, .count = count};
        gtk_box_append(GTK_BOX(prices->chart_box),
                       ui_manager_chart_new(&chart, 260, 70, _("Prices, oldest first")));
    }
}

static void on_found(GtkWidget *page)
{
    Prices *prices = ui_manager_page_state(page);
    const UiManagerGoods *goods = ui_manager_item_goods(prices->item);
    show_facts(page);
    g_autofree char *lot = g_uri_escape_string(goods->lot, NULL, FALSE);
    g_autofree char *name = g_strdup_printf("lot?gtin=%s&lot=%s", goods->gtin, lot);
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", name), on_history);
    gtk_widget_grab_focus(GTK_WIDGET(prices->price));
}

/* --- drafting ------------------------------------------------------------------------------------------------ */

static void on_remove(GtkWidget *page, GtkWidget *button);

static void on_draft(GtkWidget *page, const json_t *answer)
{
    Prices *prices = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    size_t i;
    json_t *item;
    if (json_object_get(answer, "items") == NULL) {
        return;
    }
    ui_manager_list_clear(prices->draft);
    json_array_foreach(json_object_get(answer, "items"), i, item)
    {
        const char *gtin = ui_manager_text(item, "gtin"), *lot = ui_manager_text(item, "lot");
        g_autofree char *name = ui_manager_name(manager, gtin);
        g_autoptr(PosPrice) present = pos_store_price(manager->store, gtin, *lot ? lot : NULL);
        g_autofree char *before =
            ui_manager_money(manager, present != NULL ? present->price.minor : 0);
        g_autofree char *after = ui_manager_money(manager, ui_manager_number(item, "price"));
        g_autofree char *change = g_strdup_printf("%s → %s", before, after);
        GtkWidget *row = ui_manager_row(name, lot, change, NULL);
        GtkWidget *button = ui_manager_button(_("Remove"), NULL, G_CALLBACK(on_remove), page);
        g_object_set_data_full(G_OBJECT(button), "gtin", g_strdup(gtin), g_free);
        g_object_set_data_full(G_OBJECT(button), "lot", g_strdup(lot), g_free);
        gtk_box_append(GTK_BOX(gtk_list_box_row_get_child(GTK_LIST_BOX_ROW(row))), button);
        gtk_list_box_append(prices->draft, row);
    }
}

static json_t *draft_request(const char *gtin, const char *lot, int64_t price)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "do", "draft", "batch", BATCH, "gtin", gtin,
                     "lot", lot, "price", (json_int_t)price);
}

static void on_remove(GtkWidget *page, GtkWidget *button)
{
    ui_manager_ask(page,
                   draft_request(g_object_get_data(G_OBJECT(button), "gtin"),
                                 g_object_get_data(G_OBJECT(button), "lot"), -1),
                   on_draft);
}

static void on_add(GtkWidget *page)
{
    Prices *prices = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    const UiManagerGoods *goods = ui_manager_item_goods(prices->item);
    int64_t price = ui_manager_read_money(manager, gtk_editable_get_text(prices->price));
    int64_t list = ui_manager_read_money(manager, gtk_editable_get_text(prices->list_price));
    if (goods->gtin[0] == '\0' || price < 0) {
        ui_manager_say(manager, "error",
                       goods->gtin[0] == '\0'
                           ? _("First say which goods: scan them or type a PLU, then Return.")
                           : _("That is no price."));
        return;
    }
    json_t *request = draft_request(goods->gtin, goods->lot, price);
    if (list >= 0) {
        json_object_set_new(request, "list_price", json_integer(list));
    }
    ui_manager_ask(page, request, on_draft);
    ui_manager_item_clear(prices->item);
}

static void show(GtkWidget *page)
{
    ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "draft", "batch", BATCH), on_draft);
}

static void on_why(GtkWidget *page, const char *text)
{
    Prices *prices = ui_manager_page_state(page);
    const char *when = gtk_editable_get_text(prices->when);
    json_t *request = json_pack("{s:s, s:s, s:b, s:s}", "do", "draft", "batch", BATCH, "approve", 1,
                                "why", *text ? text : _("Decided by the manager"));
    if (*when != '\0') {
        g_autofree char *spaced = g_strdup(when);
        g_auto(GStrv) parts = g_strsplit(g_strstrip(spaced), " ", 2);
        PosDate day;
        int hour = 0, minute = 0;
        if (!pos_date_parse(parts[0], &day) ||
            (parts[1] != NULL && sscanf(parts[1], "%d:%d", &hour, &minute) != 2)) {
            json_decref(request);
            ui_manager_say(ui_manager_page_manager(page), "error",
                           _("A time is typed as 2026-11-24 06:00."));
            return;
        }
        int year, month, of_month;
        pos_date_to_ymd(day, &year, &month, &of_month);
        g_autoptr(GDateTime) at = g_date_time_new(ui_manager_page_manager(page)->zone, year, month,
                                                  of_month, hour, minute, 0);
        g_autofree char *text_at = at == NULL
                                       ? g_strdup("")
                                       : pos_instant_format(g_date_time_to_unix(at) * 1000,
                                                            ui_manager_page_manager(page)->zone);
        json_object_set_new(request, "effective_at", json_string(text_at));
    }
    ui_manager_decide(page, request, _("The prices are decided."));
}

static void on_approve(GtkWidget *page)
{
    ui_manager_prompt(page, _("Why do these prices change?"), "", on_why);
}

/* --- pauses -------------------------------------------------------------------------------------------------- */

static void set_paused(GtkWidget *page, bool paused)
{
    Prices *prices = ui_manager_page_state(page);
    const UiManagerGoods *goods = ui_manager_item_goods(prices->item);
    json_t *request =
        json_pack("{s:s, s:s, s:b}", "do", "command", "command", "price_pause", "paused", paused);
    if (goods->gtin[0] != '\0') {
        json_object_set_new(request, "gtin", json_string(goods->gtin));
    }
    if (goods->gtin[0] != '\0' && goods->lot[0] != '\0') {
        json_object_set_new(request, "lot", json_string(goods->lot));
    }
    ui_manager_decide(page, request,
                      paused ? _("Prices are left alone from now on.")
                             : _("Prices are worked out again."));
}

static void on_pause(GtkWidget *page)
{
    set_paused(page, true);
}

static void on_resume(GtkWidget *page)
{
    set_paused(page, false);
}

static void on_category(GtkWidget *page, const char *text)
{
    if (*text != '\0') {
        ui_manager_decide(page,
                          json_pack("{s:s, s:s, s:b, s:s}", "do", "command", "command",
                                    "price_pause", "paused", 1, "category", text),
                          _("Prices are left alone from now on."));
    }
}

static void on_pause_category(GtkWidget *page)
{
    ui_manager_prompt(page, _("Which category is to be left alone?"), "", on_category);
}

static GtkWidget *build(UiManager *manager)
{
    Prices *prices = g_new0(Prices, 1);
    GtkWidget *bar = NULL;
    GtkWidget *page = ui_manager_frame(_("Prices"), &bar);
    ui_manager_page_set(page, manager, prices, g_free);
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("Pause"), NULL, G_CALLBACK(on_pause), page));
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("Resume"), NULL, G_CALLBACK(on_resume), page));
    gtk_box_append(GTK_BOX(bar), ui_manager_button(_("Pause a category…"), NULL,
                                                   G_CALLBACK(on_pause_category), page));
    prices->item = ui_manager_item_new(manager, page, on_found);
    gtk_box_append(GTK_BOX(page), prices->item);
    GtkWidget *facts = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    prices->facts = GTK_LABEL(ui_form_label(
        _("Choose goods to see their price; none chosen, Pause is for the store."), "line-detail"));
    gtk_widget_set_hexpand(GTK_WIDGET(prices->facts), TRUE);
    prices->chart_box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_box_append(GTK_BOX(facts), GTK_WIDGET(prices->facts));
    gtk_box_append(GTK_BOX(facts), prices->chart_box);
    gtk_box_append(GTK_BOX(page), facts);
    GtkWidget *more = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    prices->price = entry(more, _("New price"), 140);
    prices->list_price = entry(more, _("List price"), 140);
    g_signal_connect_swapped(prices->price, "activate", G_CALLBACK(on_add), page);
    gtk_box_append(GTK_BOX(more),
                   ui_manager_button(_("Add to the draft"), NULL, G_CALLBACK(on_add), page));
    prices->when = entry(more, _("From (2026-11-24 06:00), else now"), 260);
    gtk_box_append(GTK_BOX(more), ui_manager_button(_("Approve the draft"), "suggested-action",
                                                    G_CALLBACK(on_approve), page));
    gtk_box_append(GTK_BOX(page), more);
    GtkWidget *both = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *draft = ui_manager_list(
        &prices->draft,
        _("Nothing is drafted. What you add here is live only when you approve it."));
    GtkWidget *history = ui_manager_list(&prices->history, _("No prices are known."));
    gtk_widget_set_hexpand(draft, TRUE);
    gtk_widget_set_size_request(history, 280, -1);
    gtk_box_append(GTK_BOX(both), draft);
    gtk_box_append(GTK_BOX(both), history);
    gtk_widget_set_vexpand(both, TRUE);
    gtk_box_append(GTK_BOX(page), both);
    return page;
}

const UiManagerPage ui_manager_price_page = {"price", N_("Prices"), build, show, NULL};
