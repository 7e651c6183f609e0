/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns how a line looks. A cell is half as wide as it is high, as on a thermal printer (12 x 24 dots and 6 dots of
 * space between the lines at 203 dpi); codes are whole dots. */
#include "pos/print_draw.h"

#include "pos/error.h"
#include "pos/qr.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>

#define QR_QUIET 4               /* modules of white around a code, ISO/IEC 18004 */
#define QR_MODULE_DOTS 6         /* 0.75 mm at 203 dpi: what a phone reads at arm's length */
#define MARGIN_CELLS 2           /* of pictures and pages */
#define PICTURE_HEIGHT_MAX 32000 /* cairo's image surfaces end at 32,767 */

void pos_print_bitmap_clear(PosPrintBitmap *bitmap)
{
    g_clear_pointer(&bitmap->bits, g_free);
    bitmap->width = bitmap->height = bitmap->stride = 0;
}

/* --- on a cairo context ----------------------------------------------------------------------------- */

/* What is drawn with: measures in units of the context. */
typedef struct {
    cairo_t *cr;
    PangoLayout *layout;
    const PosPrintPaper *paper;
    int cell;  /* width of a cell */
    int width; /* of the roll */
} Pen;

static int row_height(const Pen *pen)
{
    return pen->cell * 5 / 2;
}

static void pen_begin(Pen *pen, cairo_t *cr, const PosPrintPaper *paper, int cell, int width)
{
    *pen = (Pen){.cr = cr, .paper = paper, .cell = cell, .width = width};
    pen->layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string("Monospace");
    pango_font_description_set_absolute_size(font, cell * PANGO_SCALE * 5 / 3);
    pango_layout_set_font_description(pen->layout, font);
    pango_font_description_free(font);
}

static void pen_end(Pen *pen)
{
    g_clear_object(&pen->layout);
}

/* One character with the marks that belong to it, centred in its cells; shrunk when its font is too wide. */
static void draw_cluster(const Pen *pen, const char *text, gsize length, int x, int cells)
{
    PangoRectangle ink, box;
    pango_layout_set_text(pen->layout, text, (int)length);
    pango_layout_get_pixel_extents(pen->layout, &ink, &box);
    int room = cells * pen->cell;
    cairo_save(pen->cr);
    cairo_translate(pen->cr, x, (row_height(pen) - box.height) / 2);
    if (box.width > room && ink.width > room) {
        cairo_scale(pen->cr, (double)room / box.width, 1);
    } else {
        cairo_translate(pen->cr, (room - box.width) / 2, 0);
    }
    cairo_move_to(pen->cr, 0, 0);
    pango_cairo_show_layout(pen->cr, pen->layout);
    cairo_restore(pen->cr);
}

static void draw_text(const Pen *pen, const PosPrintLine *line)
{
    PangoAttrList *attributes = pango_attr_list_new();
    if (line->bold) {
        pango_attr_list_insert(attributes, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    }
    pango_layout_set_attributes(pen->layout, attributes);
    pango_attr_list_unref(attributes);
    cairo_save(pen->cr);
    cairo_scale(pen->cr, line->width_times, line->height_times);
    int x = 0;
    for (const char *p = line->text; *p != '\0';) {
        const char *next = g_utf8_next_char(p);
        int cells = pen->paper->cells(g_utf8_get_char(p), pen->paper->user);
        while (*next != '\0' && pen->paper->cells(g_utf8_get_char(next), pen->paper->user) == 0) {
            next = g_utf8_next_char(next);
        }
        if (*p != ' ') {
            draw_cluster(pen, p, (gsize)(next - p), x, MAX(cells, 1));
        }
        x += cells * pen->cell;
        p = next;
    }
    cairo_restore(pen->cr);
}

int pos_print_qr_module_dots(int modules, int dots)
{
    return MIN(QR_MODULE_DOTS, dots / (modules + 2 * QR_QUIET));
}

static void draw_qr(const Pen *pen, const PosQr *qr, int module)
{
    int left = (pen->width - qr->size * module) / 2;
    for (int y = 0; y < qr->size; y++) {
        for (int x = 0; x < qr->size; x++) {
            if (qr->modules[y * qr->size + x] != 0) {
                cairo_rectangle(pen->cr, left + x * module, (y + QR_QUIET) * module, module,
                                module);
            }
        }
    }
    cairo_set_antialias(pen->cr, CAIRO_ANTIALIAS_NONE); /* modules are whole dots */
    cairo_fill(pen->cr);
}

/* An image that is wider than the roll is made smaller. */
static int image_dots(const PosPrintRow *image, int width)
{
    return MIN(image->width, width);
}

static int image_height(const PosPrintRow *image, int width)
{
    return MAX(1, image->height * image_dots(image, width) / image->width);
}

static void draw_image(const Pen *pen, const PosPrintRow *image)
{
    int dots = image_dots(image, pen->width);
    int height = image_height(image, pen->width);
    int left = (pen->width - dots) / 2;
    for (int y = 0; y < height; y++) {
        const uint8_t *bits =
            image->bits + (gsize)(y * image->height / height) * (gsize)((image->width + 7) / 8);
        for (int x = 0; x < dots; x++) {
            int from = x * image->width / dots;
            if ((bits[from / 8] >> (7 - from % 8)) & 1) {
                cairo_rectangle(pen->cr, left + x, y, 1, 1);
            }
        }
    }
    cairo_set_antialias(pen->cr, CAIRO_ANTIALIAS_NONE);
    cairo_fill(pen->cr);
}

/* --- one line, measured, then drawn ------------------------------------------------------------------ */

typedef struct {
    const PosPrintLine *line;
    PosQr qr;
    int module; /* dots, QR */
    int height;
} Measured;

static bool measure(const PosPrintLine *line, const Pen *pen, Measured *out, GError **error)
{
    *out = (Measured){.line = line, .height = row_height(pen)};
    if (line->kind == POS_PRINT_TEXT) {
        out->height = row_height(pen) * line->height_times;
    } else if (line->kind == POS_PRINT_IMAGE) {
        out->height = image_height(line->row, pen->width);
    } else if (line->kind == POS_PRINT_QR) {
        if (!pos_qr_make(line->text, &out->qr, error)) {
            return false;
        }
        out->module = pos_print_qr_module_dots(out->qr.size, pen->width);
        out->height = (out->qr.size + 2 * QR_QUIET) * out->module;
        if (out->module < 1) {
            pos_qr_clear(&out->qr);
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                        _("The QR code does not fit this paper."));
            return false;
        }
    }
    return true;
}

static void draw(const Pen *pen, const Measured *measured)
{
    if (measured->line->kind == POS_PRINT_TEXT) {
        draw_text(pen, measured->line);
    } else if (measured->line->kind == POS_PRINT_QR) {
        draw_qr(pen, &measured->qr, measured->module);
    } else if (measured->line->kind == POS_PRINT_IMAGE) {
        draw_image(pen, measured->line->row);
    }
}

static cairo_t *dots_context_new(cairo_surface_t *surface)
{
    cairo_t *cr = cairo_create(surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_FULL);
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
    return cr;
}

bool pos_print_draw_bitmap(const PosPrintLine *line, const PosPrintPaper *paper, int dots,
                           PosPrintBitmap *out, GError **error)
{
    PosPrintPaper whole = *paper;
    whole.cells = paper->cells == NULL ? pos_print_cells_of : paper->cells;
    Pen pen = {.cell = dots / paper->columns, .width = dots};
    Measured measured;
    if (!measure(line, &pen, &measured, error)) {
        return false;
    }
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, dots, measured.height);
    cairo_t *cr = dots_context_new(surface);
    pen_begin(&pen, cr, &whole, dots / paper->columns, dots);
    draw(&pen, &measured);
    pen_end(&pen);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    pos_qr_clear(&measured.qr);

    PosPrintBitmap bitmap = {.width = dots, .height = measured.height, .stride = (dots + 7) / 8};
    bitmap.bits = g_malloc0((gsize)bitmap.stride * (gsize)bitmap.height);
    const uint8_t *grey = cairo_image_surface_get_data(surface);
    int grey_stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < bitmap.height; y++) {
        for (int x = 0; x < dots; x++) {
            /* A thin stroke of a dense character still blackens its dot. */
            if (grey[y * grey_stride + x] >= 96) {
                bitmap.bits[y * bitmap.stride + x / 8] |= (uint8_t)(0x80 >> (x % 8));
            }
        }
    }
    cairo_surface_destroy(surface);
    *out = bitmap;
    return true;
}

/* --- whole documents ------------------------------------------------------------------------------- */

typedef struct {
    GPtrArray *lines;
    GArray *measured; /* of Measured */
    PosPrintPaper paper;
    Pen pen;
    int margin, width, height;
} Page;

static void page_clear(Page *page)
{
    for (guint i = 0; i < page->measured->len; i++) {
        pos_qr_clear(&g_array_index(page->measured, Measured, i).qr);
    }
    g_array_unref(page->measured);
    g_ptr_array_unref(page->lines);
}

static bool page_measure(Page *page, const PosPrintDocument *document, int columns, int cell,
                         GError **error)
{
    *page = (Page){.paper = {.columns = columns, .cells = pos_print_cells_of}};
    page->lines = pos_print_layout(document, &page->paper);
    page->measured = g_array_new(FALSE, FALSE, sizeof(Measured));
    page->margin = MARGIN_CELLS * cell;
    page->width = columns * cell + 2 * page->margin;
    page->height = 2 * page->margin;
    page->pen = (Pen){.cell = cell, .width = columns * cell};
    for (guint i = 0; i < page->lines->len; i++) {
        Measured measured;
        if (!measure(page->lines->pdata[i], &page->pen, &measured, error)) {
            page_clear(page);
            return false;
        }
        g_array_append_val(page->measured, measured);
        page->height += measured.height;
    }
    return true;
}

static void page_draw(Page *page, cairo_t *cr)
{
    int y = page->margin;
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    pen_begin(&page->pen, cr, &page->paper, page->pen.cell, page->pen.width);
    for (guint i = 0; i < page->measured->len; i++) {
        const Measured *measured = &g_array_index(page->measured, Measured, i);
        cairo_save(cr);
        cairo_translate(cr, page->margin, y);
        draw(&page->pen, measured);
        cairo_restore(cr);
        y += measured->height;
    }
    pen_end(&page->pen);
}

static bool is_written(cairo_status_t status, const char *path, GError **error)
{
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The receipt could not be written to %s: %s."), path,
                    cairo_status_to_string(status));
    }
    return status == CAIRO_STATUS_SUCCESS;
}

bool pos_print_write_png(const PosPrintDocument *document, int columns, const char *path,
                         GError **error)
{
    Page page;
    if (!page_measure(&page, document, columns, 10, error)) {
        return false;
    }
    if (page.height > PICTURE_HEIGHT_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The receipt has %u rows, too many for one picture."), page.lines->len);
        page_clear(&page);
        return false;
    }
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, page.width, page.height);
    cairo_t *cr = cairo_create(surface);
    page_draw(&page, cr);
    cairo_status_t status = cairo_status(cr);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_write_to_png(surface, path);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    page_clear(&page);
    return is_written(status, path, error);
}

bool pos_print_write_pdf(const PosPrintDocument *document, int columns, const char *path,
                         GError **error)
{
    Page page;
    if (!page_measure(&page, document, columns, 12, error)) {
        return false;
    }
    double width_points = (columns >= 42 ? 80 : 58) / 25.4 * 72;
    double scale = width_points / page.width;
    cairo_surface_t *surface = cairo_pdf_surface_create(path, width_points, page.height * scale);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, scale, scale);
    page_draw(&page, cr);
    cairo_show_page(cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_status(surface);
    }
    cairo_surface_destroy(surface);
    page_clear(&page);
    return is_written(status, path, error);
}
