/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the picture of a receipt: rows on a grid of cells, so that amounts stay in their column whatever font a
 * character comes from, and the QR below in whole dots. */
#include "pos/error.h"
#include "pos/qr.h"
#include "pos/receipt.h"

#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>

#define CELL_WIDTH 10
#define ROW_HEIGHT 22
#define MARGIN 16
#define QR_DOTS 4     /* of one module */
#define QR_QUIET 4    /* modules of white around it, ISO/IEC 18004 */
#define ROWS_MAX 1500 /* 200 lines of a cart at five rows each, and the rest */

/* One character with the marks that belong to it, centred in its cells. */
static void draw_cluster(cairo_t *cr, PangoLayout *layout, const char *text, gsize length, int x,
                         int y, int cells)
{
    int width = 0;
    int height = 0;
    pango_layout_set_text(layout, text, (int)length);
    pango_layout_get_pixel_size(layout, &width, &height);
    cairo_move_to(cr, x + (cells * CELL_WIDTH - width) / 2, y + (ROW_HEIGHT - height) / 2);
    pango_cairo_show_layout(cr, layout);
}

static void draw_row(cairo_t *cr, PangoLayout *layout, const char *row, int y)
{
    int x = MARGIN;
    for (const char *p = row; *p != '\0';) {
        const char *next = g_utf8_next_char(p);
        while (*next != '\0' && g_unichar_iszerowidth(g_utf8_get_char(next))) {
            next = g_utf8_next_char(next);
        }
        g_autofree char *cluster = g_strndup(p, (gsize)(next - p));
        int cells = pos_receipt_cells(cluster);
        if (*p != ' ') {
            draw_cluster(cr, layout, cluster, (gsize)(next - p), x, y, cells);
        }
        x += cells * CELL_WIDTH;
        p = next;
    }
}

static void draw_qr(cairo_t *cr, const PosQr *qr, int left, int top)
{
    for (int y = 0; y < qr->size; y++) {
        for (int x = 0; x < qr->size; x++) {
            if (qr->modules[y * qr->size + x] != 0) {
                cairo_rectangle(cr, left + x * QR_DOTS, top + y * QR_DOTS, QR_DOTS, QR_DOTS);
            }
        }
    }
    cairo_fill(cr);
}

bool pos_receipt_write_png(GPtrArray *rows, const char *qr_text, int columns, const char *path,
                           GError **error)
{
    PosQr qr = {0};
    if (rows->len > ROWS_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The receipt has %u rows, too many for one picture."), rows->len);
        return false;
    }
    if (!pos_qr_make(qr_text, &qr, error)) {
        return false;
    }
    int width = MAX(columns * CELL_WIDTH, (qr.size + 2 * QR_QUIET) * QR_DOTS) + 2 * MARGIN;
    int text_height = (int)rows->len * ROW_HEIGHT;
    int height = text_height + (qr.size + 2 * QR_QUIET) * QR_DOTS + 2 * MARGIN;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE); /* modules are whole dots */
    draw_qr(cr, &qr, (width - qr.size * QR_DOTS) / 2, MARGIN + text_height + QR_QUIET * QR_DOTS);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_DEFAULT);

    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string("Monospace");
    pango_font_description_set_absolute_size(font, 16 * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    for (guint i = 0; i < rows->len; i++) {
        draw_row(cr, layout, rows->pdata[i], MARGIN + (int)i * ROW_HEIGHT);
    }
    pango_font_description_free(font);
    g_object_unref(layout);

    cairo_status_t status = cairo_status(cr);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_write_to_png(surface, path);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    pos_qr_clear(&qr);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The receipt could not be written to %s: %s."), path,
                    cairo_status_to_string(status));
        return false;
    }
    return true;
}
