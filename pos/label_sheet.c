/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the grid of a sheet of tags. One thread. */
#include "pos/label_sheet.h"
#include "pos/error.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>

#define POINTS_PER_MM (72.0 / 25.4)
#define PAGE_WIDTH_MM 210.0
#define PAGE_HEIGHT_MM 297.0
#define TAG_WIDTH_MM 62.0
#define TAG_HEIGHT_MM 40.0
#define COLUMNS 3
#define ROWS 7
#define MARK_MM 3.0

struct PosLabelSheet {
    cairo_surface_t *surface;
    cairo_t *cr;
    char *path;
    double dots_per_pt;
    unsigned count; /* tags on the page */
};

static double left_mm(void)
{
    return (PAGE_WIDTH_MM - COLUMNS * TAG_WIDTH_MM) / 2;
}

static double top_mm(void)
{
    return (PAGE_HEIGHT_MM - ROWS * TAG_HEIGHT_MM) / 2;
}

static bool check(PosLabelSheet *sheet, GError **error)
{
    cairo_status_t status = cairo_surface_status(sheet->surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        return true;
    }
    g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                _("The sheet of tags cannot be written to %s: %s."), sheet->path,
                cairo_status_to_string(status));
    return false;
}

PosLabelSheet *pos_label_sheet_new(const char *path, int dpi, GError **error)
{
    PosLabelSheet *sheet = g_new0(PosLabelSheet, 1);
    sheet->path = g_strdup(path);
    sheet->dots_per_pt = dpi / 72.0;
    sheet->surface = cairo_pdf_surface_create(path, PAGE_WIDTH_MM * POINTS_PER_MM,
                                              PAGE_HEIGHT_MM * POINTS_PER_MM);
    if (!check(sheet, error)) {
        pos_label_sheet_free(sheet);
        return NULL;
    }
    sheet->cr = cairo_create(sheet->surface);
    return sheet;
}

/* Short lines in the margins where the knife goes. */
static void draw_marks(PosLabelSheet *sheet)
{
    cairo_t *cr = sheet->cr;
    double left = left_mm(), top = top_mm();
    double right = left + COLUMNS * TAG_WIDTH_MM, bottom = top + ROWS * TAG_HEIGHT_MM;
    cairo_save(cr);
    cairo_scale(cr, POINTS_PER_MM, POINTS_PER_MM);
    cairo_set_source_rgb(cr, 0.5, 0.5, 0.5);
    cairo_set_line_width(cr, 0.1);
    for (int i = 0; i <= COLUMNS; i++) {
        double x = left + i * TAG_WIDTH_MM;
        cairo_move_to(cr, x, top - 1 - MARK_MM);
        cairo_rel_line_to(cr, 0, MARK_MM);
        cairo_move_to(cr, x, bottom + 1);
        cairo_rel_line_to(cr, 0, MARK_MM);
    }
    for (int i = 0; i <= ROWS; i++) {
        double y = top + i * TAG_HEIGHT_MM;
        cairo_move_to(cr, left - 1 - MARK_MM, y);
        cairo_rel_line_to(cr, MARK_MM, 0);
        cairo_move_to(cr, right + 1, y);
        cairo_rel_line_to(cr, MARK_MM, 0);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}

void pos_label_sheet_add(PosLabelSheet *sheet, const PosShelfTag *tag)
{
    if (sheet->count == COLUMNS * ROWS) {
        cairo_show_page(sheet->cr);
        sheet->count = 0;
    }
    if (sheet->count == 0) {
        draw_marks(sheet);
    }
    double x = left_mm() + sheet->count % COLUMNS * TAG_WIDTH_MM;
    double y = top_mm() + sheet->count / COLUMNS * TAG_HEIGHT_MM;
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, x * POINTS_PER_MM, y * POINTS_PER_MM);
    cairo_rectangle(sheet->cr, 0, 0, TAG_WIDTH_MM * POINTS_PER_MM, TAG_HEIGHT_MM * POINTS_PER_MM);
    cairo_clip(sheet->cr);
    pos_shelf_tag_draw(sheet->cr, tag, TAG_WIDTH_MM * POINTS_PER_MM, TAG_HEIGHT_MM * POINTS_PER_MM,
                       sheet->dots_per_pt);
    cairo_restore(sheet->cr);
    sheet->count++;
}

bool pos_label_sheet_finish(PosLabelSheet *sheet, GError **error)
{
    cairo_surface_finish(sheet->surface);
    return check(sheet, error);
}

void pos_label_sheet_free(PosLabelSheet *sheet)
{
    if (sheet == NULL) {
        return;
    }
    if (sheet->cr != NULL) {
        cairo_destroy(sheet->cr);
    }
    cairo_surface_destroy(sheet->surface);
    g_free(sheet->path);
    g_free(sheet);
}
