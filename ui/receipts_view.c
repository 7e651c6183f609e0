/* SPDX-License-Identifier: GPL-3.0-or-later
 * A list at the left, the paper at the right. An amount may be typed as people write it: what is no digit between digits
 * of an amount is left out, since the till looks for minor units. */
#include "ui/receipts_view.h"

#include "pos/date.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiReceiptsView {
    AdwBin parent;
    GtkEditable *search;
    GtkListBox *list;
    GtkLabel *said, *paper;
    GtkWidget *empty, *reprint, *pdf;
    PosCurrency currency;
    GTimeZone *zone; /* nullable */
    char *shown;     /* the number of the receipt at the right, nullable */
    json_t *listed;  /* the rows that are shown; NULL none */
};
G_DEFINE_FINAL_TYPE(UiReceiptsView, ui_receipts_view, ADW_TYPE_BIN)

/* --- asking ---------------------------------------------------------------------------------------- */

/* "₩12,900" and "12,900" are 12900, "4.25" is 425; a number, a part of it and a day stay as they are. */
static char *search_text(const char *typed)
{
    bool is_amount = typed[0] != '\0';
    bool has_mark = false;
    for (const char *c = typed; *c != '\0'; c = g_utf8_next_char(c)) {
        const gunichar letter = g_utf8_get_char(c);
        const bool mark = letter == ',' || letter == '.' || letter == ' ' ||
                          g_unichar_type(letter) == G_UNICODE_CURRENCY_SYMBOL;
        is_amount = is_amount && (mark || g_ascii_isdigit((char)letter));
        has_mark = has_mark || mark;
    }
    if (!is_amount || !has_mark) {
        return g_strdup(typed);
    }
    GString *digits = g_string_new(NULL);
    for (const char *c = typed; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c)) {
            g_string_append_c(digits, *c);
        }
    }
    return g_string_free(digits, FALSE);
}

static void ask(UiReceiptsView *self)
{
    g_autofree char *typed = g_strstrip(g_strdup(gtk_editable_get_text(self->search)));
    g_autofree char *text = search_text(typed);
    const PosTillCommand command = {
        .verb = POS_TILL_RECEIPTS, .text = text, .text_length = strlen(text)};
    g_signal_emit_by_name(self, "command", &command);
}

static void show_receipt(UiReceiptsView *self, const char *number)
{
    g_autofree char *copy = g_strdup(number);
    const PosTillCommand command = {.verb = POS_TILL_RECEIPT, .receipt = copy};
    g_signal_emit_by_name(self, "command", &command);
}

void ui_receipts_view_find(UiReceiptsView *self, const char *text)
{
    gtk_editable_set_text(self->search, text);
    ask(self);
}

void ui_receipts_view_begin(UiReceiptsView *self)
{
    g_clear_pointer(&self->shown, g_free);
    ui_form_paper_set(self->paper, NULL);
    gtk_widget_set_sensitive(self->reprint, FALSE);
    gtk_widget_set_sensitive(self->pdf, FALSE);
    ui_form_say(self->said, "info", NULL);
    ui_receipts_view_find(self, "");
    gtk_widget_grab_focus(GTK_WIDGET(self->search));
}

/* --- what there is --------------------------------------------------------------------------------- */

static GtkWidget *row_new(UiReceiptsView *self, const json_t *item)
{
    const char *number = json_string_value(json_object_get(item, "receipt"));
    const char *at = json_string_value(json_object_get(item, "at"));
    const char *type = json_string_value(json_object_get(item, "type"));
    int64_t at_ms = 0;
    g_autofree char *total = pos_money_format(
        pos_money(json_integer_value(json_object_get(item, "total"))), &self->currency);
    g_autofree char *when = NULL;
    if (at != NULL && pos_instant_parse(at, &at_ms)) {
        g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
        g_autoptr(GDateTime) local =
            self->zone != NULL ? g_date_time_to_timezone(utc, self->zone) : g_date_time_ref(utc);
        when = g_date_time_format(local, "%Y-%m-%d %H:%M");
    }
    const bool sold = g_strcmp0(type, "sale") == 0;
    g_autofree char *detail =
        g_strdup_printf("%s%s%s", when != NULL ? when : "", sold ? "" : " · ",
                        sold                                ? ""
                        : g_strcmp0(type, "post_void") == 0 ? _("Taken back whole")
                                                            : _("Return"));
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *words = ui_form_box(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *amount = ui_form_label(total, "line-amount");
    gtk_box_append(GTK_BOX(words), ui_form_label(number != NULL ? number : "", "line-name"));
    gtk_box_append(GTK_BOX(words), ui_form_label(detail, "line-detail"));
    gtk_widget_set_hexpand(words, TRUE);
    gtk_label_set_wrap(GTK_LABEL(amount), FALSE);
    gtk_box_append(GTK_BOX(box), words);
    gtk_box_append(GTK_BOX(box), amount);
    gtk_widget_add_css_class(box, "list-line");
    GtkWidget *row = gtk_list_box_row_new();
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    g_autofree char *spoken =
        g_strdup_printf("%s, %s, %s", number != NULL ? number : "", total, detail);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    g_object_set_data_full(G_OBJECT(row), "receipt", g_strdup(number), g_free);
    return row;
}

/* The one that is looked at stays, else the latest: a copy of it is a key away. */
static void choose_row(UiReceiptsView *self)
{
    GtkListBoxRow *first = gtk_list_box_get_row_at_index(self->list, 0);
    GtkListBoxRow *row = first;
    for (int i = 0; row != NULL; row = gtk_list_box_get_row_at_index(self->list, ++i)) {
        if (g_strcmp0(g_object_get_data(G_OBJECT(row), "receipt"), self->shown) == 0) {
            gtk_list_box_select_row(self->list, row);
            return;
        }
    }
    if (first != NULL) {
        gtk_list_box_select_row(self->list, first);
        show_receipt(self, g_object_get_data(G_OBJECT(first), "receipt"));
    }
}

static void show_list(UiReceiptsView *self, const json_t *rows)
{
    GtkWidget *child;
    if (self->listed != NULL && json_equal(self->listed, rows)) {
        choose_row(self); /* a row that is being touched stays where it is */
        return;
    }
    json_decref(self->listed);
    self->listed = json_deep_copy(rows);
    while ((child = GTK_WIDGET(gtk_list_box_get_row_at_index(self->list, 0))) != NULL) {
        gtk_list_box_remove(self->list, child);
    }
    for (gsize i = 0; i < json_array_size(rows); i++) {
        gtk_list_box_append(self->list, row_new(self, json_array_get(rows, i)));
    }
    gtk_widget_set_visible(self->empty, json_array_size(rows) == 0);
    gtk_widget_set_visible(GTK_WIDGET(self->list), json_array_size(rows) > 0);
    choose_row(self);
}

static void on_row(UiReceiptsView *self, GtkListBoxRow *row)
{
    if (row != NULL) {
        show_receipt(self, g_object_get_data(G_OBJECT(row), "receipt"));
    }
}

void ui_receipts_view_apply(UiReceiptsView *self, const PosTillEvent *event)
{
    if (event->kind == POS_EVENT_RECEIPTS) {
        show_list(self, json_object_get(event->record, "receipts"));
    } else if (event->kind == POS_EVENT_RECEIPT) {
        g_free(self->shown);
        self->shown = g_strdup(event->sale.receipt);
        g_autofree char *copies =
            event->copy > 0
                ? g_strdup_printf(ngettext("%d copy was printed.", "%d copies were printed.",
                                           (gulong)event->copy),
                                  event->copy)
                : NULL;
        ui_form_say(self->said, "info", copies);
        gtk_widget_set_sensitive(self->reprint, TRUE);
        gtk_widget_set_sensitive(self->pdf, TRUE);
    } else if (event->kind == POS_EVENT_REPRINT) {
        /* Translators: %d is the number of the copy. */
        g_autofree char *words = g_strdup_printf(_("Copy %d, marked as one."), event->copy);
        ui_form_say(self->said, "good", words);
    } else if (event->kind == POS_EVENT_REFUSED || event->kind == POS_EVENT_ERROR) {
        ui_form_say(self->said, "error", event->message);
    }
}

void ui_receipts_view_show_paper(UiReceiptsView *self, const GPtrArray *rows)
{
    ui_form_paper_set(self->paper, rows);
}

void ui_receipts_view_say(UiReceiptsView *self, const char *kind, const char *sentence)
{
    ui_form_say(self->said, kind, sentence);
}

void ui_receipts_view_set_shop(UiReceiptsView *self, const UiShop *shop)
{
    self->currency = shop->settings.currency;
    g_clear_pointer(&self->zone, g_time_zone_unref);
    self->zone = g_time_zone_new_identifier(shop->settings.time_zone);
}

/* --- acting ---------------------------------------------------------------------------------------- */

static void on_reprint(UiReceiptsView *self)
{
    if (self->shown != NULL) {
        g_autofree char *number = g_strdup(self->shown);
        const PosTillCommand command = {.verb = POS_TILL_REPRINT, .receipt = number};
        g_signal_emit_by_name(self, "command", &command);
    }
}

static void on_pdf(UiReceiptsView *self)
{
    if (self->shown != NULL) {
        g_signal_emit_by_name(self, "pdf");
    }
}

static void on_close(UiReceiptsView *self)
{
    g_signal_emit_by_name(self, "closed");
}

gboolean ui_receipts_view_key(UiReceiptsView *self, guint keyval)
{
    switch (keyval) {
    case GDK_KEY_Escape:
        on_close(self);
        return TRUE;
    case GDK_KEY_F8:
        on_reprint(self);
        return TRUE;
    case GDK_KEY_F9:
        on_pdf(self);
        return TRUE;
    case GDK_KEY_F2:
        gtk_widget_grab_focus(GTK_WIDGET(self->search));
        return TRUE;
    default:
        return FALSE;
    }
}

/* --- the widget ------------------------------------------------------------------------------------ */

static void ui_receipts_view_dispose(GObject *object)
{
    UiReceiptsView *self = UI_RECEIPTS_VIEW(object);
    g_clear_pointer(&self->shown, g_free);
    g_clear_pointer(&self->listed, json_decref);
    g_clear_pointer(&self->zone, g_time_zone_unref);
    G_OBJECT_CLASS(ui_receipts_view_parent_class)->dispose(object);
}

static void ui_receipts_view_class_init(UiReceiptsViewClass *class)
{
    G_OBJECT_CLASS(class)->dispose = ui_receipts_view_dispose;
    g_signal_new("command", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_POINTER);
    g_signal_new("closed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("pdf", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static GtkWidget *list_new(UiReceiptsView *self)
{
    GtkWidget *scroller = gtk_scrolled_window_new();
    GtkWidget *box = ui_form_box(GTK_ORIENTATION_VERTICAL, 8);
    GtkWidget *list = gtk_list_box_new();
    self->list = GTK_LIST_BOX(list);
    self->empty = ui_form_label(
        _("No receipt fits. Look by number, a part of it, a day as 2026-11-23, or the amount."),
        "dim-label");
    gtk_list_box_set_activate_on_single_click(self->list, TRUE);
    gtk_widget_add_css_class(list, "boxed-list");
    gtk_accessible_update_property(GTK_ACCESSIBLE(list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Receipts"), -1);
    g_signal_connect_swapped(list, "row-activated", G_CALLBACK(on_row), self);
    gtk_box_append(GTK_BOX(box), self->empty);
    gtk_box_append(GTK_BOX(box), list);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), box);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                   GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand(scroller, TRUE);
    return scroller;
}

static void ui_receipts_view_init(UiReceiptsView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    GtkWidget *page = ui_form_box(GTK_ORIENTATION_HORIZONTAL, 24);
    GtkWidget *left = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *right = ui_form_box(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *search = gtk_search_entry_new();
    self->search = GTK_EDITABLE(search);
    self->said = GTK_LABEL(ui_form_notice());
    self->reprint = ui_form_button(_("Print a copy (F8)"), NULL, G_CALLBACK(on_reprint), self);
    self->pdf = ui_form_button(_("Save as PDF (F9)"), NULL, G_CALLBACK(on_pdf), self);
    gtk_widget_add_css_class(search, "picker-search");
    g_object_set(search, "placeholder-text", _("Number, day or amount (F2)"), NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Number, day or amount"), -1);
    g_signal_connect_swapped(search, "search-changed", G_CALLBACK(ask), self);
    gtk_widget_set_hexpand(left, TRUE);
    gtk_widget_add_css_class(page, "setup-page");
    gtk_box_append(GTK_BOX(left), ui_form_label(_("Receipts"), "title-1"));
    gtk_box_append(GTK_BOX(left), search);
    gtk_box_append(GTK_BOX(left), list_new(self));
    gtk_box_append(GTK_BOX(left),
                   ui_form_button(_("Back (Esc)"), NULL, G_CALLBACK(on_close), self));
    gtk_box_append(GTK_BOX(right), GTK_WIDGET(self->said));
    gtk_box_append(GTK_BOX(right), ui_form_paper(&self->paper));
    gtk_box_append(GTK_BOX(right), self->reprint);
    gtk_box_append(GTK_BOX(right), self->pdf);
    gtk_box_append(GTK_BOX(page), left);
    gtk_box_append(GTK_BOX(page), right);
    adw_bin_set_child(ADW_BIN(self), page);
}

GtkWidget *ui_receipts_view_new(void)
{
    return g_object_new(UI_TYPE_RECEIPTS_VIEW, NULL);
}
