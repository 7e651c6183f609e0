/* SPDX-License-Identifier: GPL-3.0-or-later
 * Receiving, counting and waste: goods, a quantity, what else each of them needs, and what was booked today. Counting is blind:
 * what the books say is shown when it was counted. */
#include "pos/delivery_note.h"
#include "pos/manage_command.h"
#include "ui/form.h"
#include "ui/manager.h"
#include "ui/manager_item.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum { RECEIVE, COUNT, WASTE } Doing;

typedef struct {
    Doing doing;
    GtkWidget *item;
    GtkEditable *quantity, *date, *cost, *order;
    GtkListBox *booked;
    const char *reason;
    char *counted_gtin, *counted_lot; /* whose variance is asked for */
    int64_t counted;
} Stock;

static void stock_free(gpointer data)
{
    Stock *stock = data;
    g_free(stock->counted_gtin);
    g_free(stock->counted_lot);
    g_free(stock);
}

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

static const char *reason_word(const char *reason)
{
    static const char *const words[] = {N_("Expired"), N_("Quality"), N_("Damaged"), N_("Recalled"),
                                        N_("Stolen"),  N_("Donated"), N_("Own use")};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(POS_MANAGE_WASTE_REASONS[i], reason) == 0) {
            return _(words[i]);
        }
    }
    return reason;
}

/* --- booking -------------------------------------------------------------------------------------------- */

static void add_booked(GtkWidget *page, int64_t quantity, const char *detail)
{
    Stock *stock = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    const UiManagerGoods *goods = ui_manager_item_goods(stock->item);
    g_autofree char *name = ui_manager_name(manager, goods->gtin);
    g_autofree char *amount = ui_manager_amount(quantity, goods->by_weight);
    g_autofree char *title =
        *goods->lot ? g_strdup_printf("%s · %s", name, goods->lot) : g_strdup(name);
    gtk_list_box_prepend(stock->booked, ui_manager_row(title, detail, amount, NULL));
    gtk_editable_set_text(stock->quantity, "");
    ui_manager_item_clear(stock->item);
}

/* What the books said at the moment of the count, once central has it. */
static void on_variance(GtkWidget *page, const json_t *answer)
{
    Stock *stock = ui_manager_page_state(page);
    const json_t *moves = json_object_get(json_object_get(answer, "report"), "movements");
    for (gsize i = json_array_size(moves); i-- > 0;) {
        const json_t *move = json_array_get(moves, i);
        if (json_object_get(move, "variance") && ui_manager_number(move, "qty") == stock->counted) {
            g_autofree char *off =
                g_strdup_printf("%+" G_GINT64_FORMAT, ui_manager_number(move, "variance"));
            g_autofree char *words =
                ui_manager_number(move, "variance") == 0
                    ? g_strdup(_("Counted as the books say."))
                    : g_strdup_printf(_("Off by %s from what the books said."), off);
            ui_manager_say(ui_manager_page_manager(page),
                           ui_manager_number(move, "variance") == 0 ? "good" : "warning", words);
            return;
        }
    }
}

static void on_synced(GtkWidget *page, const json_t *answer)
{
    Stock *stock = ui_manager_page_state(page);
    if (strcmp(ui_manager_text(answer, "event"), "synced") == 0) {
        g_autofree char *lot = g_uri_escape_string(stock->counted_lot, NULL, FALSE);
        g_autofree char *name = g_strdup_printf("lot?gtin=%s&lot=%s", stock->counted_gtin, lot);
        ui_manager_ask(page, json_pack("{s:s, s:s}", "do", "report", "name", name), on_variance);
    }
}

static void on_booked(GtkWidget *page, const json_t *answer)
{
    Stock *stock = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    if (strcmp(ui_manager_text(answer, "event"), "written") != 0) {
        return;
    }
    const UiManagerGoods *goods = ui_manager_item_goods(stock->item);
    int64_t quantity =
        ui_manager_read_quantity(gtk_editable_get_text(stock->quantity), goods->by_weight);
    ui_manager_say(manager, "good",
                   stock->doing == RECEIVE ? _("The delivery is booked.")
                   : stock->doing == COUNT ? _("The count is booked.")
                                           : _("The waste is booked."));
    if (stock->doing == COUNT) {
        g_free(stock->counted_gtin);
        g_free(stock->counted_lot);
        stock->counted_gtin = g_strdup(goods->gtin);
        stock->counted_lot = g_strdup(goods->lot);
        stock->counted = quantity;
        ui_manager_ask(page, json_pack("{s:s, s:i}", "do", "sync", "timeout", 5), on_synced);
    }
    add_booked(page, quantity, stock->doing == WASTE ? reason_word(stock->reason) : "");
}

static void add_receiving(UiManager *manager, Stock *stock, json_t *request,
                          const UiManagerGoods *goods)
{
    const char *date = gtk_editable_get_text(stock->date);
    int64_t cost = ui_manager_read_money(manager, gtk_editable_get_text(stock->cost));
    g_autofree char *best_before = pos_date_format(goods->best_before);
    g_autofree char *use_by = pos_date_format(goods->use_by);
    if (*date != '\0' || *best_before != '\0') {
        json_object_set_new(request, "best_before",
                            json_string(*date != '\0' ? date : best_before));
    }
    if (*use_by != '\0') {
        json_object_set_new(request, "use_by", json_string(use_by));
    }
    if (cost >= 0) {
        json_object_set_new(request, "unit_cost", json_integer(cost));
    }
    if (*gtk_editable_get_text(stock->order) != '\0') {
        json_object_set_new(request, "order", json_string(gtk_editable_get_text(stock->order)));
    }
}

static void book(GtkWidget *page)
{
    static const char *const verbs[] = {"receive", "count", "write_off"};
    Stock *stock = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    const UiManagerGoods *goods = ui_manager_item_goods(stock->item);
    int64_t quantity =
        ui_manager_read_quantity(gtk_editable_get_text(stock->quantity), goods->by_weight);
    if (goods->gtin[0] == '\0') {
        ui_manager_say(manager, "error",
                       _("First say which goods: scan them or type a PLU, then Return."));
        return;
    }
    if (quantity < 0 || (quantity == 0 && stock->doing != COUNT)) {
        ui_manager_say(manager, "error", _("That is no quantity."));
        return;
    }
    json_t *request = json_pack("{s:s, s:s, s:s, s:I, s:s}", "do", verbs[stock->doing], "gtin",
                                goods->gtin, "lot", goods->lot, "qty", (json_int_t)quantity, "unit",
                                goods->by_weight ? "g" : "each");
    if (stock->doing == RECEIVE) {
        add_receiving(manager, stock, request, goods);
    } else if (stock->doing == WASTE) {
        json_object_set_new(request, "reason", json_string(stock->reason));
    }
    ui_manager_ask(page, request, on_booked);
}

static void on_found(GtkWidget *page)
{
    Stock *stock = ui_manager_page_state(page);
    const UiManagerGoods *goods = ui_manager_item_goods(stock->item);
    if (goods->weight_g > 0) {
        g_autofree char *weight = g_strdup_printf("%d.%03d", (int)(goods->weight_g / 1000),
                                                  (int)(goods->weight_g % 1000));
        gtk_editable_set_text(stock->quantity, weight);
    }
    if (stock->date != NULL && goods->best_before.days != 0) {
        g_autofree char *date = pos_date_format(goods->best_before);
        gtk_editable_set_text(stock->date, date);
    }
    gtk_widget_grab_focus(GTK_WIDGET(stock->quantity));
}

/* --- a delivery note --------------------------------------------------------------------------------------- */

static void on_note_booked(GtkWidget *page, const json_t *answer)
{
    if (strcmp(ui_manager_text(answer, "event"), "written") == 0) {
        ui_manager_say(ui_manager_page_manager(page), "good", _("The delivery is booked."));
    }
}

static void take_note(GtkWidget *page, const char *path)
{
    Stock *stock = ui_manager_page_state(page);
    UiManager *manager = ui_manager_page_manager(page);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(json_t) lines = NULL;
    g_autoptr(GPtrArray) faults = NULL;
    if (g_file_get_contents(path, &text, &length, &error)) {
        lines = pos_delivery_note_read(text, length, &faults, &error);
    }
    if (lines == NULL) {
        ui_manager_say(manager, "error", error->message);
        return;
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        bool by_weight = strcmp(ui_manager_text(line, "unit"), "g") == 0;
        g_autofree char *name = ui_manager_name(manager, ui_manager_text(line, "gtin"));
        g_autofree char *amount = ui_manager_amount(ui_manager_number(line, "qty"), by_weight);
        gtk_list_box_append(stock->booked,
                            ui_manager_row(name, ui_manager_text(line, "lot"), amount, NULL));
    }
    for (guint i = 0; i < faults->len; i++) {
        gtk_list_box_prepend(
            stock->booked,
            ui_manager_row(_("Not taken"), g_ptr_array_index(faults, i), NULL, NULL));
    }
    if (json_array_size(lines) > 0) {
        ui_manager_ask(page, json_pack("{s:s, s:O}", "do", "receive", "lines", lines),
                       on_note_booked);
    }
}

static void on_note_chosen(GtkNativeDialog *dialog, int response, gpointer user)
{
    GtkWidget *page = user;
    if (response == GTK_RESPONSE_ACCEPT) {
        g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
        g_autofree char *path = file != NULL ? g_file_get_path(file) : NULL;
        if (path != NULL) {
            take_note(page, path);
        }
    }
    g_object_unref(dialog);
}

static void on_note(GtkWidget *page)
{
    GtkFileChooserNative *chooser =
        gtk_file_chooser_native_new(_("Delivery note"), GTK_WINDOW(gtk_widget_get_root(page)),
                                    GTK_FILE_CHOOSER_ACTION_OPEN, _("Open"), _("Cancel"));
    g_signal_connect(chooser, "response", G_CALLBACK(on_note_chosen), page);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

/* --- building -------------------------------------------------------------------------------------------- */

static void on_reason(GtkWidget *page, GtkWidget *button)
{
    Stock *stock = ui_manager_page_state(page);
    stock->reason = g_object_get_data(G_OBJECT(button), "reason");
    book(page);
}

/* A digit chooses the reason and books. */
static gboolean waste_key(GtkWidget *page, guint keyval)
{
    Stock *stock = ui_manager_page_state(page);
    if (keyval < GDK_KEY_1 || keyval > GDK_KEY_7) {
        return FALSE;
    }
    stock->reason = POS_MANAGE_WASTE_REASONS[keyval - GDK_KEY_1];
    book(page);
    return TRUE;
}

static GtkWidget *build_reasons(GtkWidget *page)
{
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_box_set_homogeneous(GTK_BOX(box), TRUE);
    for (gsize i = 0; POS_MANAGE_WASTE_REASONS[i] != NULL; i++) {
        g_autofree char *label =
            g_strdup_printf("%s (%d)", reason_word(POS_MANAGE_WASTE_REASONS[i]), (int)i + 1);
        GtkWidget *button = ui_manager_button(label, NULL, G_CALLBACK(on_reason), page);
        g_object_set_data(G_OBJECT(button), "reason", (gpointer)POS_MANAGE_WASTE_REASONS[i]);
        gtk_box_append(GTK_BOX(box), button);
    }
    return box;
}

static GtkWidget *build_as(UiManager *manager, Doing doing, const char *title, const char *empty)
{
    Stock *stock = g_new0(Stock, 1);
    GtkWidget *bar = NULL;
    GtkWidget *page = ui_manager_frame(title, &bar);
    stock->doing = doing;
    stock->reason = "expired";
    ui_manager_page_set(page, manager, stock, stock_free);
    stock->item = ui_manager_item_new(manager, page, on_found);
    gtk_box_append(GTK_BOX(page), stock->item);
    GtkWidget *more = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 8);
    stock->quantity = entry(more, _("Pieces, or kilograms"), 180);
    g_signal_connect_swapped(stock->quantity, "activate", G_CALLBACK(book), page);
    if (doing == RECEIVE) {
        stock->date = entry(more, _("Best before (YYYY-MM-DD)"), 210);
        stock->cost = entry(more, _("Cost of a piece or kilogram"), 210);
        stock->order = entry(more, _("Order"), 120);
        gtk_box_append(GTK_BOX(bar),
                       ui_manager_button(_("Delivery note…"), NULL, G_CALLBACK(on_note), page));
    }
    if (doing == WASTE) {
        gtk_box_append(GTK_BOX(page), more);
        gtk_box_append(GTK_BOX(page), build_reasons(page));
    } else {
        GtkWidget *button =
            ui_manager_button(doing == RECEIVE ? _("Book the delivery") : _("Book the count"),
                              "suggested-action", G_CALLBACK(book), page);
        gtk_box_append(GTK_BOX(more), button);
        gtk_box_append(GTK_BOX(page), more);
    }
    gtk_box_append(GTK_BOX(page), ui_manager_list(&stock->booked, empty));
    return page;
}

static GtkWidget *build_receive(UiManager *manager)
{
    return build_as(manager, RECEIVE, _("Receiving"),
                    _("Nothing was received here yet. Scan the first box."));
}

static GtkWidget *build_count(UiManager *manager)
{
    return build_as(manager, COUNT, _("Counting"),
                    _("Count what lies there while the store sells; sales in between are known."));
}

static GtkWidget *build_waste(UiManager *manager)
{
    return build_as(manager, WASTE, _("Waste and donations"),
                    _("Nothing was written off here yet."));
}

const UiManagerPage ui_manager_receive_page = {"receive", N_("Receiving"), build_receive, NULL,
                                               NULL};
const UiManagerPage ui_manager_count_page = {"count", N_("Counting"), build_count, NULL, NULL};
const UiManagerPage ui_manager_waste_page = {"waste", N_("Waste"), build_waste, NULL, waste_key};
