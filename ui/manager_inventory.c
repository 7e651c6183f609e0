/* SPDX-License-Identifier: GPL-3.0-or-later
 * All lots: search, filters, order, columns of one's choice; at the right the whole history of the chosen one. */
#include "pos/freshness.h"
#include "ui/closures.h"
#include "ui/form.h"
#include "ui/manager.h"
#include "ui/manager_lot.h"
#include "ui/manager_rows.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    UiInventoryRows *rows;
    GtkSingleSelection *selection;
    GtkColumnView *view;
    GtkEditable *search;
    GtkDropDown *order, *colour;
    GtkWidget *in_stock, *descending, *lot, *shown;
    GtkLabel *count;
    bool opened; /* the rows were made once */
} Inventory;

typedef char *(*CellText)(UiManager *manager, const PosInventoryRow *row);

static void inventory_free(gpointer data)
{
    Inventory *inventory = data;
    g_clear_object(&inventory->rows);
    g_free(inventory);
}

/* --- cells ---------------------------------------------------------------------------------------------- */

static char *cell_name(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return g_strdup(row->name);
}

static char *cell_lot(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return g_strdup(row->lot);
}

static char *cell_category(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return g_strdup(row->category);
}

static char *cell_on_hand(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return ui_manager_amount(row->on_hand, row->by_weight);
}

static char *cell_cover(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return row->cover_tenths < 0 ? g_strdup("–")
                                 : g_strdup_printf("%d.%d", (int)(row->cover_tenths / 10),
                                                   (int)(row->cover_tenths % 10));
}

static char *cell_sell_through(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return row->sell_through_bp < 0 ? g_strdup("–")
                                    : g_strdup_printf("%d %%", row->sell_through_bp / 100);
}

static char *cell_date(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return pos_date_format(row->last_day);
}

static char *cell_colour(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    const char *const words[] = {_("Sell"), _("Sell soon"), _("Stop")};
    return g_strdup(words[CLAMP(row->colour, 0, 2)]);
}

static char *cell_value(UiManager *manager, const PosInventoryRow *row)
{
    return ui_manager_money(manager, row->value);
}

static char *cell_price(UiManager *manager, const PosInventoryRow *row)
{
    return row->price < 0 ? g_strdup("–") : ui_manager_money(manager, row->price);
}

static char *cell_place(UiManager *manager, const PosInventoryRow *row)
{
    (void)manager;
    return g_strdup(row->place);
}

static const struct {
    const char *title;
    CellText text;
    bool right, expands, hidden;
    int width;
} COLUMNS[] = {
    {N_("Product"), cell_name, false, true, false, 200},
    {N_("Lot"), cell_lot, false, false, false, 110},
    {N_("Category"), cell_category, false, false, true, 110},
    {N_("On hand"), cell_on_hand, true, false, false, 90},
    {N_("Days of cover"), cell_cover, true, false, false, 120},
    {N_("Sold through"), cell_sell_through, true, false, false, 120},
    {N_("Last day"), cell_date, false, false, false, 110},
    {N_("Health"), cell_colour, false, false, false, 90},
    {N_("Value"), cell_value, true, false, false, 100},
    {N_("Price"), cell_price, true, false, false, 90},
    {N_("Place"), cell_place, false, false, true, 110},
};

/* An inscription takes its width from the column and never measures its text: the list keeps some 200 rows of cells. */
static void on_setup(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user)
{
    (void)factory;
    GtkWidget *cell = gtk_inscription_new(NULL);
    gtk_inscription_set_xalign(GTK_INSCRIPTION(cell), COLUMNS[GPOINTER_TO_INT(user)].right ? 1 : 0);
    gtk_inscription_set_text_overflow(GTK_INSCRIPTION(cell),
                                      GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
    gtk_inscription_set_min_chars(GTK_INSCRIPTION(cell), 4);
    gtk_list_item_set_child(item, cell);
}

static void write_cell(GtkListItem *item, int column)
{
    GtkWidget *cell = gtk_list_item_get_child(item);
    UiManager *manager = g_object_get_data(G_OBJECT(cell), "manager");
    const PosInventoryRow *row = ui_inventory_item_row(gtk_list_item_get_item(item));
    g_autofree char *text = row == NULL ? g_strdup("") : COLUMNS[column].text(manager, row);
    gtk_inscription_set_text(GTK_INSCRIPTION(cell), text);
    if (COLUMNS[column].text == cell_colour && row != NULL) {
        const char *colour = ui_freshness_class((PosFreshnessColour)CLAMP(row->colour, 0, 2));
        if (!gtk_widget_has_css_class(cell, colour)) {
            const char *classes[] = {"freshness", colour, NULL};
            gtk_widget_set_css_classes(cell, classes);
        }
    }
}

static void on_row_changed(GtkListItem *item)
{
    GtkWidget *cell = gtk_list_item_get_child(item);
    write_cell(item, GPOINTER_TO_INT(g_object_get_data(G_OBJECT(cell), "column")));
}

static void on_bind(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user)
{
    GtkWidget *cell = gtk_list_item_get_child(item);
    g_object_set_data(G_OBJECT(cell), "manager", g_object_get_data(G_OBJECT(factory), "manager"));
    g_object_set_data(G_OBJECT(cell), "column", user);
    g_signal_connect_swapped(gtk_list_item_get_item(item), "changed", G_CALLBACK(on_row_changed),
                             item);
    write_cell(item, GPOINTER_TO_INT(user));
}

static void on_unbind(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user)
{
    (void)factory;
    (void)user;
    g_signal_handlers_disconnect_by_data(gtk_list_item_get_item(item), item);
}

/* --- searching ------------------------------------------------------------------------------------------- */

static void on_found(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GtkWidget) page = user;
    g_autoptr(GError) error = NULL;
    GArray *ids = ui_manage_thread_find_finish(UI_MANAGE_THREAD(source), result, &error);
    Inventory *inventory = ui_manager_page_state(page);
    if (ids == NULL) {
        ui_manager_say(ui_manager_page_manager(page), "error", error->message);
        return;
    }
    g_autofree char *count =
        g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "%u lot", "%u lots", ids->len), ids->len);
    gtk_label_set_text(inventory->count, count);
    gtk_single_selection_set_selected(inventory->selection, GTK_INVALID_LIST_POSITION);
    ui_inventory_rows_set(inventory->rows, ids);
}

static void find(GtkWidget *page, bool rebuild)
{
    Inventory *inventory = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    PosInventoryQuery query = {
        .text = gtk_editable_get_text(inventory->search),
        .colour = (int)gtk_drop_down_get_selected(inventory->colour) - 1,
        .in_stock = gtk_check_button_get_active(GTK_CHECK_BUTTON(inventory->in_stock)),
        .order = (PosInventoryOrder)gtk_drop_down_get_selected(inventory->order),
        .descending = gtk_check_button_get_active(GTK_CHECK_BUTTON(inventory->descending))};
    ui_manage_thread_find(manager->thread, &query, rebuild, on_found, g_object_ref(page));
}

static void on_change(GtkWidget *page)
{
    find(page, false);
}

static void on_stock(GtkWidget *page, const json_t *answer)
{
    (void)answer;
    find(page, true);
}

static void show(GtkWidget *page)
{
    Inventory *inventory = ui_manager_page_state(page);
    if (!inventory->opened) { /* what was kept at once, then what is new */
        inventory->opened = true;
        find(page, true);
    }
    ui_manager_ask(page, json_pack("{s:s}", "do", "stock"), on_stock);
}

static void on_selected(GtkWidget *page)
{
    Inventory *inventory = ui_manager_page_state(page);
    UiInventoryItem *item = gtk_single_selection_get_selected_item(inventory->selection);
    const PosInventoryRow *row = item == NULL ? NULL : ui_inventory_item_row(item);
    if (row != NULL) {
        ui_manager_lot_show(inventory->lot, row->gtin, row->lot);
    }
}

/* --- building -------------------------------------------------------------------------------------------- */

static void on_column(GtkCheckButton *check, GParamSpec *spec, GtkColumnViewColumn *column)
{
    (void)spec;
    gtk_column_view_column_set_visible(column, gtk_check_button_get_active(check));
}

static GtkWidget *build_columns(UiManager *manager, Inventory *inventory)
{
    GtkWidget *popover = gtk_popover_new();
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_VERTICAL, 4);
    for (gsize i = 0; i < G_N_ELEMENTS(COLUMNS); i++) {
        GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
        g_object_set_data(G_OBJECT(factory), "manager", manager);
        g_signal_connect(factory, "setup", G_CALLBACK(on_setup), GINT_TO_POINTER((int)i));
        g_signal_connect(factory, "bind", G_CALLBACK(on_bind), GINT_TO_POINTER((int)i));
        g_signal_connect(factory, "unbind", G_CALLBACK(on_unbind), NULL);
        g_autoptr(GtkColumnViewColumn) column =
            gtk_column_view_column_new(_(COLUMNS[i].title), factory);
        gtk_column_view_column_set_fixed_width(column, COLUMNS[i].width);
        gtk_column_view_column_set_expand(column, COLUMNS[i].expands);
        gtk_column_view_column_set_resizable(column, TRUE);
        gtk_column_view_column_set_visible(column, !COLUMNS[i].hidden);
        gtk_column_view_append_column(inventory->view, column);
        GtkWidget *check = gtk_check_button_new_with_label(_(COLUMNS[i].title));
        gtk_check_button_set_active(GTK_CHECK_BUTTON(check), !COLUMNS[i].hidden);
        gtk_widget_set_size_request(check, -1, 44);
        g_signal_connect_object(check, "notify::active", G_CALLBACK(on_column), column, 0);
        gtk_box_append(GTK_BOX(box), check);
    }
    gtk_popover_set_child(GTK_POPOVER(popover), box);
    GtkWidget *button = gtk_menu_button_new();
    gtk_menu_button_set_label(GTK_MENU_BUTTON(button), _("Columns"));
    gtk_menu_button_set_popover(GTK_MENU_BUTTON(button), popover);
    gtk_widget_set_size_request(button, -1, 56);
    return button;
}

static GtkDropDown *drop_down(const char *const *words, const char *label, GtkWidget *page)
{
    GtkWidget *widget = gtk_drop_down_new_from_strings(words);
    gtk_widget_set_size_request(widget, -1, 56);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                   -1);
    g_signal_connect_swapped(widget, "notify::selected", G_CALLBACK(on_change), page);
    return GTK_DROP_DOWN(widget);
}

static GtkWidget *check(const char *label, GtkWidget *page)
{
    GtkWidget *widget = gtk_check_button_new_with_label(label);
    gtk_widget_set_size_request(widget, -1, 56);
    g_signal_connect_swapped(widget, "toggled", G_CALLBACK(on_change), page);
    return widget;
}

static GtkWidget *build_tools(UiManager *manager, Inventory *inventory, GtkWidget *page)
{
    const char *const orders[] = {_("By name"),
                                  _("By lot"),
                                  _("By category"),
                                  _("By stock"),
                                  _("By days of cover"),
                                  _("By sell-through"),
                                  _("First expired first"),
                                  _("By health"),
                                  _("By value"),
                                  _("By price"),
                                  NULL};
    const char *const colours[] = {_("Any health"), _("Sell"), _("Sell soon"), _("Stop"), NULL};
    GtkWidget *bar = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *search = gtk_search_entry_new();
    gtk_widget_set_hexpand(search, TRUE);
    gtk_widget_set_size_request(search, 160, 56);
    gtk_search_entry_set_search_delay(GTK_SEARCH_ENTRY(search), 80);
    g_object_set(search, "placeholder-text", _("Name, lot, GTIN or PLU"), NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Search"), -1);
    inventory->search = GTK_EDITABLE(search);
    inventory->order = drop_down(orders, _("Order"), page);
    inventory->colour = drop_down(colours, _("Health"), page);
    inventory->descending = check(_("Reverse"), page);
    inventory->in_stock = check(_("In stock"), page);
    g_signal_connect_swapped(search, "search-changed", G_CALLBACK(on_change), page);
    gtk_box_append(GTK_BOX(bar), search);
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(inventory->order));
    gtk_box_append(GTK_BOX(bar), inventory->descending);
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(inventory->colour));
    gtk_box_append(GTK_BOX(bar), inventory->in_stock);
    gtk_box_append(GTK_BOX(bar), build_columns(manager, inventory));
    return bar;
}

static GtkWidget *build(UiManager *manager)
{
    Inventory *inventory = g_new0(Inventory, 1);
    GtkWidget *bar = NULL;
    GtkWidget *page = ui_manager_frame(_("Inventory"), &bar);
    ui_manager_page_set(page, manager, inventory, inventory_free);
    inventory->rows = ui_inventory_rows_new(manager->store);
    inventory->selection = gtk_single_selection_new(g_object_ref(G_LIST_MODEL(inventory->rows)));
    gtk_single_selection_set_autoselect(inventory->selection, FALSE);
    gtk_single_selection_set_can_unselect(inventory->selection, TRUE);
    inventory->view =
        GTK_COLUMN_VIEW(gtk_column_view_new(GTK_SELECTION_MODEL(inventory->selection)));
    inventory->count = GTK_LABEL(ui_form_label("", "line-detail"));
    gtk_widget_add_css_class(GTK_WIDGET(inventory->view), "manager-table");
    gtk_accessible_update_property(GTK_ACCESSIBLE(inventory->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Lots"), -1);
    g_signal_connect_swapped(inventory->selection, "notify::selected-item", G_CALLBACK(on_selected),
                             page);
    GtkWidget *scrolled = gtk_scrolled_window_new();
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), GTK_WIDGET(inventory->view));
    gtk_widget_set_vexpand(scrolled, TRUE);
    gtk_widget_set_hexpand(scrolled, TRUE);
    inventory->lot = ui_manager_lot_new(manager);
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(inventory->count));
    gtk_box_append(GTK_BOX(page), build_tools(manager, inventory, page));
    GtkWidget *both = gtk_paned_new(GTK_ORIENTATION_VERTICAL);
    gtk_paned_set_start_child(GTK_PANED(both), scrolled);
    gtk_paned_set_end_child(GTK_PANED(both), inventory->lot);
    gtk_paned_set_resize_end_child(GTK_PANED(both), FALSE);
    gtk_paned_set_shrink_end_child(GTK_PANED(both), FALSE);
    gtk_widget_set_vexpand(both, TRUE);
    gtk_box_append(GTK_BOX(page), both);
    return page;
}

const UiManagerPage ui_manager_inventory_page = {"inventory", N_("Inventory"), build, show, NULL};
