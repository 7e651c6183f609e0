/* SPDX-License-Identifier: GPL-3.0-or-later
 * Draws a badge. All lengths in points. */
#include "pos/badge_card.h"

#include "pos/error.h"
#include "pos/qr.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>

#define WIDTH 242.65  /* 85.6 mm */
#define HEIGHT 153.07 /* 54 mm */
#define DPI 300.0
#define QR_SIDE 110.0 /* quiet zone included */
#define QUIET 4

static void draw_qr(cairo_t *cr, const PosQr *qr)
{
    const double module = QR_SIDE / (qr->size + 2 * QUIET);
    for (int y = 0; y < qr->size; y++) {
        for (int x = 0; x < qr->size; x++) {
            if (qr->modules[y * qr->size + x]) {
                cairo_rectangle(cr, 10 + (x + QUIET) * module,
                                (HEIGHT - QR_SIDE) / 2 + (y + QUIET) * module, module, module);
            }
        }
    }
    cairo_fill(cr);
}

static void draw_name(cairo_t *cr, const char *name)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string("Sans Bold 14");
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    int height = 0;
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)((WIDTH - QR_SIDE - 30) * PANGO_SCALE));
    pango_layout_set_height(layout, -4); /* lines */
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, valid, -1);
    pango_layout_get_pixel_size(layout, NULL, &height);
    cairo_move_to(cr, QR_SIDE + 20, (HEIGHT - height) / 2);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
}

static void draw(cairo_surface_t *surface, const PosQr *qr, const char *name, double scale)
{
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, scale, scale);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_line_width(cr, 0.5);
    cairo_rectangle(cr, 0.25, 0.25, WIDTH - 0.5, HEIGHT - 0.5); /* where to cut */
    cairo_stroke(cr);
    draw_qr(cr, qr);
    draw_name(cr, name);
    cairo_show_page(cr);
    cairo_destroy(cr);
}

bool pos_badge_card_write(const char *code, const char *name, const char *path, GError **error)
{
    PosQr qr = {0};
    bool pdf = g_str_has_suffix(path, ".pdf");
    if (!pos_qr_make(code, &qr, error)) {
        return false;
    }
    cairo_surface_t *surface =
        pdf ? cairo_pdf_surface_create(path, WIDTH, HEIGHT)
            : cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(WIDTH * DPI / 72),
                                         (int)(HEIGHT * DPI / 72));
    draw(surface, &qr, name, pdf ? 1.0 : DPI / 72);
    cairo_status_t status = pdf ? CAIRO_STATUS_SUCCESS : cairo_surface_write_to_png(surface, path);
    cairo_surface_finish(surface);
    status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(surface) : status;
    cairo_surface_destroy(surface);
    pos_qr_clear(&qr);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The badge could not be written to %s: %s."), path,
                    cairo_status_to_string(status));
        return false;
    }
    return true;
}
