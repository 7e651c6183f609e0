/* SPDX-License-Identifier: GPL-3.0-or-later
 * The receipt screen. Rows come from pos/receipt.c as they would be printed; the QR is drawn from its modules,
 * each a whole number of pixels. */
#include "ui/receipt_view.h"

#include "pos/qr.h"
#include "ui/closures.h"
#include "ui/form.h"
#include <glib/gi18n-lib.h>

#define QR_QUIET 4 /* modules of quiet zone, ISO/IEC 18004 */

struct _UiReceiptView {
    AdwBin parent;
    GtkLabel *title, *number, *total, *change, *change_word, *rows;
    GtkDrawingArea *qr_area;
    GtkButton *print, *copy, *next;
    GtkLabel *paper, *said;
    bool asked; /* the printer had something to do for this receipt */
    PosCurrency currency;
    PosQr qr;
};
G_DEFINE_FINAL_TYPE(UiReceiptView, ui_receipt_view, ADW_TYPE_BIN)

static void draw_qr(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user)
{
    UiReceiptView *self = user;
    if (self->qr.modules == NULL) {
        return;
    }
    const int modules = self->qr.size + 2 * QR_QUIET;
    const int dot = MAX(MIN(width, height) / modules, 1);
    const int side = dot * modules;
    const int left = (width - side) / 2, top = (height - side) / 2;
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_rectangle(cr, left, top, side, side);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    for (int y = 0; y < self->qr.size; y++) {
        for (int x = 0; x < self->qr.size; x++) {
            if (self->qr.modules[y * self->qr.size + x] != 0) {
                cairo_rectangle(cr, left + (x + QR_QUIET) * dot, top + (y + QR_QUIET) * dot, dot,
                                dot);
            }
        }
    }
    cairo_fill(cr);
}

void ui_receipt_view_set_currency(UiReceiptView *self, const PosCurrency *currency)
{
    self->currency = *currency;
}

/* Cash that the shopper gets for goods that came back, in minor units; 0 none. */
static int64_t paid_out(const json_t *record)
{
    const json_t *tenders = json_object_get(record, "tenders");
    int64_t out = 0;
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const json_t *tender = json_array_get(tenders, i);
        const char *kind = json_string_value(json_object_get(tender, "kind"));
        const int64_t amount = json_integer_value(json_object_get(tender, "amount"));
        out -= g_strcmp0(kind, "cash") == 0 && amount < 0 ? amount : 0;
    }
    return out;
}

void ui_receipt_view_begin(UiReceiptView *self, const PosTillEvent *sale)
{
    g_assert(sale->kind == POS_EVENT_SALE);
    const bool taken_back =
        g_strcmp0(json_string_value(json_object_get(sale->record, "type")), "return") == 0;
    const json_t *recorded = json_object_get(sale->record, "total");
    const PosMoney sum =
        json_is_integer(recorded) ? pos_money(json_integer_value(recorded)) : sale->total;
    const int64_t out = paid_out(sale->record);
    g_autofree char *total = pos_money_format(sum, &self->currency);
    g_autofree char *change =
        pos_money_format(out > 0 ? pos_money(out) : sale->change, &self->currency);
    gtk_label_set_label(self->title, taken_back ? _("Taken back and saved") : _("Sold and saved"));
    gtk_label_set_label(self->number, sale->sale.receipt);
    gtk_label_set_label(self->total, total);
    gtk_label_set_label(self->change, change);
    gtk_label_set_label(self->change_word, out > 0                  ? _("Pay out")
                                           : sale->change.minor > 0 ? _("Give change")
                                                                    : _("No change"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->change), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   change, -1);
    gtk_label_set_label(self->rows, "");
    pos_qr_clear(&self->qr);
    self->asked = false;
    ui_form_say(self->said, "info", NULL);
    gtk_label_set_label(self->paper, "");
    gtk_widget_set_visible(GTK_WIDGET(self->print), FALSE);
    gtk_widget_queue_draw(GTK_WIDGET(self->qr_area));
    gtk_widget_grab_focus(GTK_WIDGET(self->next));
}

void ui_receipt_view_show(UiReceiptView *self, const UiReceipt *receipt)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < receipt->rows->len; i++) {
        g_string_append(text, receipt->rows->pdata[i]);
        if (i + 1 < receipt->rows->len) {
            g_string_append_c(text, '\n');
        }
    }
    gtk_label_set_label(self->rows, text->str);
    g_string_free(text, TRUE);
    gtk_widget_set_visible(GTK_WIDGET(self->print), receipt->asks_to_print);
    PosQr qr = {0};
    g_autoptr(GError) error = NULL;
    if (pos_qr_make(receipt->qr_text, &qr, &error)) {
        pos_qr_clear(&self->qr);
        self->qr = qr;
    } else {
        g_message("%s", error->message);
    }
    gtk_widget_queue_draw(GTK_WIDGET(self->qr_area));
}

void ui_receipt_view_show_error(UiReceiptView *self, const char *sentence)
{
    gtk_label_set_label(self->rows, sentence);
}

/* Once: from then on it is on its way. */
void ui_receipt_view_print(UiReceiptView *self)
{
    if (gtk_widget_get_visible(GTK_WIDGET(self->print))) {
        gtk_widget_set_visible(GTK_WIDGET(self->print), FALSE);
        gtk_widget_grab_focus(GTK_WIDGET(self->next));
        self->asked = true;
        g_signal_emit_by_name(self, "print-wanted", gtk_label_get_label(self->number));
    }
}

void ui_receipt_view_set_printer(UiReceiptView *self, const UiHeader *header)
{
    const bool bad = header->printer != NULL && header->printer[0] != '\0';
    self->asked = self->asked || header->prints_sales;
    const char *words = !header->has_printer ? _("No printer is set: show the code, or save a PDF.")
                        : bad                ? header->printer
                        : header->printing   ? _("Printing…")
                        : self->asked        ? _("Printed")
                                             : "";
    gtk_label_set_label(self->paper, words);
    gtk_widget_set_visible(GTK_WIDGET(self->copy), header->has_printer);
}

void ui_receipt_view_say(UiReceiptView *self, const char *kind, const char *sentence)
{
    ui_form_say(self->said, kind, sentence);
}

static void on_copy(UiReceiptView *self)
{
    if (gtk_widget_get_visible(GTK_WIDGET(self->print))) {
        ui_receipt_view_print(self); /* the first is no copy */
    } else {
        g_signal_emit_by_name(self, "copy-wanted", gtk_label_get_label(self->number));
    }
}

static void on_pdf(UiReceiptView *self)
{
    g_signal_emit_by_name(self, "pdf-wanted");
}

void ui_receipt_view_next(UiReceiptView *self)
{
    g_signal_emit_by_name(self, "next");
}

gboolean ui_receipt_view_key(UiReceiptView *self, guint keyval)
{
    if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_Escape ||
        keyval == GDK_KEY_F12) {
        ui_receipt_view_next(self);
        return TRUE;
    }
    if (keyval == GDK_KEY_F8 || keyval == GDK_KEY_F9) {
        if (keyval == GDK_KEY_F8) {
            on_copy(self);
        } else {
            on_pdf(self);
        }
        return TRUE;
    }
    if (keyval == GDK_KEY_p || keyval == GDK_KEY_P) {
        ui_receipt_view_print(self);
        return TRUE;
    }
    return FALSE;
}

static void ui_receipt_view_dispose(GObject *object)
{
    UiReceiptView *self = UI_RECEIPT_VIEW(object);
    pos_qr_clear(&self->qr);
    G_OBJECT_CLASS(ui_receipt_view_parent_class)->dispose(object);
}

static void ui_receipt_view_class_init(UiReceiptViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_receipt_view_dispose;
    g_signal_new("next", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    g_signal_new("print-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    g_signal_new("copy-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 1, G_TYPE_STRING);
    g_signal_new("pdf-wanted", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/receipt_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, title);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, number);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, total);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, change);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, change_word);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, rows);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, qr_area);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, print);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, copy);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, paper);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, said);
    gtk_widget_class_bind_template_callback(widget_class, on_copy);
    gtk_widget_class_bind_template_callback(widget_class, on_pdf);
    gtk_widget_class_bind_template_child(widget_class, UiReceiptView, next);
    gtk_widget_class_bind_template_callback(widget_class, ui_receipt_view_print);
    gtk_widget_class_bind_template_callback(widget_class, ui_receipt_view_next);
}

static void ui_receipt_view_init(UiReceiptView *self)
{
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
    gtk_widget_init_template(GTK_WIDGET(self));
    gtk_drawing_area_set_draw_func(self->qr_area, draw_qr, self, NULL);
}

GtkWidget *ui_receipt_view_new(void)
{
    return g_object_new(UI_TYPE_RECEIPT_VIEW, NULL);
}
