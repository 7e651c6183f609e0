/* SPDX-License-Identifier: GPL-3.0-or-later
 * Modules are whole pixels of the screen and nothing is smoothed: else an imager does not read them. */
#include "ui/code_picture.h"

#include "pos/barcode.h"
#include "pos/matrix_symbol.h"
#include "pos/qr.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define ROW_HEIGHT 84

struct _UiCodePicture {
    AdwBin parent;
    uint8_t *modules;
    int across, down, quiet, pixels; /* modules; pixels a module */
    GtkWidget *area, *mark;
    PosSetupCode code;
};
G_DEFINE_FINAL_TYPE(UiCodePicture, ui_code_picture, ADW_TYPE_BIN)

static const char *name_of(PosSetupCode code)
{
    switch (code) {
    case POS_SETUP_EAN13:
        return _("EAN-13");
    case POS_SETUP_CODE128:
        return _("GS1-128");
    case POS_SETUP_DATAMATRIX:
        return _("GS1 Data Matrix");
    case POS_SETUP_LINK:
        return _("Web address (QR)");
    }
    g_assert_not_reached();
}

static void take_row(UiCodePicture *self, const char *row, int pixels)
{
    self->across = (int)strlen(row);
    self->down = 1;
    self->quiet = 11;
    self->pixels = pixels;
    self->modules = g_malloc(strlen(row));
    for (int i = 0; i < self->across; i++) {
        self->modules[i] = row[i] == '1';
    }
}

static void take_square(UiCodePicture *self, uint8_t *modules, int size, int quiet, int pixels)
{
    self->across = size;
    self->down = size;
    self->quiet = quiet;
    self->pixels = pixels;
    self->modules = g_memdup2(modules, (gsize)(size * size));
}

static void make(UiCodePicture *self)
{
    const char *text = pos_setup_content(self->code);
    PosQr qr = {0};
    PosMatrixSymbol matrix = {0};
    g_autofree char *row = NULL;
    bool made = true;
    switch (self->code) {
    case POS_SETUP_EAN13:
        row = pos_barcode_ean13(text);
        take_row(self, row, 3);
        break;
    case POS_SETUP_CODE128:
        row = pos_barcode_code128(text, strlen(text), true, NULL);
        made = row != NULL;
        take_row(self, row, 2);
        break;
    case POS_SETUP_DATAMATRIX:
        made = pos_matrix_symbol_make(text, strlen(text), true, &matrix, NULL);
        take_square(self, matrix.modules, matrix.size, 2, 6);
        pos_matrix_symbol_clear(&matrix);
        break;
    case POS_SETUP_LINK:
        made = pos_qr_make(text, &qr, NULL);
        take_square(self, qr.modules, qr.size, 4, 4);
        pos_qr_clear(&qr);
        break;
    }
    g_assert(made); /* the contents are our own */
}

static void on_draw(GtkDrawingArea *area, cairo_t *context, int width, int height, gpointer user)
{
    const UiCodePicture *self = user;
    const int side = self->pixels;
    const int left = (width - self->across * side) / 2;
    const int tall = self->down == 1 ? ROW_HEIGHT : side;
    const int top = (height - self->down * tall) / 2;
    cairo_set_source_rgb(context, 1, 1, 1);
    cairo_paint(context);
    cairo_set_source_rgb(context, 0, 0, 0);
    cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE);
    for (int y = 0; y < self->down; y++) {
        for (int x = 0; x < self->across; x++) {
            if (self->modules[y * self->across + x] != 0) {
                cairo_rectangle(context, left + x * side, top + y * tall, side, tall);
            }
        }
    }
    cairo_fill(context);
}

void ui_code_picture_set_seen(UiCodePicture *self, gboolean seen)
{
    /* Translators: a code that the scanner has read right. */
    g_autofree char *spoken =
        g_strdup_printf(seen ? _("%s, arrived right") : "%s", name_of(self->code));
    gtk_widget_set_opacity(self->mark, seen ? 1 : 0);
    if (seen) {
        gtk_widget_add_css_class(GTK_WIDGET(self), "seen");
    } else {
        gtk_widget_remove_css_class(GTK_WIDGET(self), "seen");
    }
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->area), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   spoken, -1);
}

static void ui_code_picture_finalize(GObject *object)
{
    g_free(UI_CODE_PICTURE(object)->modules);
    G_OBJECT_CLASS(ui_code_picture_parent_class)->finalize(object);
}

static void ui_code_picture_class_init(UiCodePictureClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_code_picture_finalize;
}

static void ui_code_picture_init(UiCodePicture *self)
{
    gtk_widget_add_css_class(GTK_WIDGET(self), "code-picture");
}

GtkWidget *ui_code_picture_new(PosSetupCode code)
{
    UiCodePicture *self = g_object_new(UI_TYPE_CODE_PICTURE, NULL);
    self->code = code;
    make(self);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    GtkWidget *caption = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *name = gtk_label_new(name_of(code));
    self->area =
        g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);
    const int tall = self->down == 1 ? ROW_HEIGHT : self->down * self->pixels;
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(self->area),
                                       (self->across + 2 * self->quiet) * self->pixels);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(self->area),
                                        tall +
                                            2 * (self->down == 1 ? 8 : self->quiet * self->pixels));
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(self->area), on_draw, self, NULL);
    gtk_widget_set_halign(self->area, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(self->area, GTK_ALIGN_CENTER);
    gtk_widget_set_vexpand(GTK_WIDGET(self->area), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(self), FALSE);
    self->mark = gtk_image_new_from_icon_name("object-select-symbolic");
    gtk_widget_set_halign(caption, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(name, "code-name");
    gtk_box_append(GTK_BOX(caption), self->mark);
    gtk_box_append(GTK_BOX(caption), name);
    gtk_box_append(GTK_BOX(box), self->area);
    gtk_box_append(GTK_BOX(box), caption);
    adw_bin_set_child(ADW_BIN(self), box);
    ui_code_picture_set_seen(self, FALSE);
    return GTK_WIDGET(self);
}
