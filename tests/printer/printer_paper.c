/* SPDX-License-Identifier: GPL-3.0-or-later
 * Draws as a thermal printer with font A does: characters of 24 dots in lines of 30. */
#include "tests/printer/printer_paper.h"

#include <pango/pangocairo.h>
#include <qrencode.h>
#include <string.h>

#define CHARACTER_DOTS 24
#define LINE_DOTS 30
#define HEIGHT_MAX 30000
#define MARGIN 20

struct PrinterPaper {
    int dots, cell;
    int y; /* where the next line begins */
    cairo_surface_t *surface;
    GString *text;
};

static cairo_surface_t *strip_new(int dots, int height)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, dots, height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_destroy(cr);
    return surface;
}

PrinterPaper *printer_paper_new(int dots, int columns)
{
    PrinterPaper *paper = g_new0(PrinterPaper, 1);
    paper->dots = dots;
    paper->cell = dots / columns;
    paper->surface = strip_new(dots, 600);
    paper->text = g_string_new(NULL);
    return paper;
}

void printer_paper_free(PrinterPaper *paper)
{
    if (paper != NULL) {
        cairo_surface_destroy(paper->surface);
        g_string_free(paper->text, TRUE);
        g_free(paper);
    }
}

/* A context on the next `height` dots, which are made if they are not there yet. */
static cairo_t *begin(PrinterPaper *paper, int height)
{
    int have = cairo_image_surface_get_height(paper->surface);
    if (paper->y + height > have && paper->y + height < HEIGHT_MAX) {
        int want = MIN(HEIGHT_MAX, MAX(have * 2, paper->y + height));
        cairo_surface_t *longer = strip_new(paper->dots, want);
        cairo_t *copy = cairo_create(longer);
        cairo_set_source_surface(copy, paper->surface, 0, 0);
        cairo_paint(copy);
        cairo_destroy(copy);
        cairo_surface_destroy(paper->surface);
        paper->surface = longer;
    }
    cairo_t *cr = cairo_create(paper->surface);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_translate(cr, 0, paper->y);
    return cr;
}

static void end(PrinterPaper *paper, cairo_t *cr, int height)
{
    cairo_destroy(cr);
    paper->y = MIN(HEIGHT_MAX, paper->y + height);
}

static int left_of(const PrinterPaper *paper, int width, PaperAlign align)
{
    int spare = MAX(0, paper->dots - width);
    return align == PAPER_LEFT ? 0 : align == PAPER_CENTRE ? spare / 2 : spare;
}

/* --- text ----------------------------------------------------------------------------------------------- */

static void draw_character(cairo_t *cr, const char *p, int x, int room, const PaperStyle *style)
{
    g_autofree char *one = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font =
        pango_font_description_from_string(style->bold ? "Monospace Bold" : "Monospace");
    pango_font_description_set_absolute_size(font, (CHARACTER_DOTS - 4) * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, one, -1);
    int width = 0, height = 0;
    pango_layout_get_pixel_size(layout, &width, &height);
    cairo_save(cr);
    cairo_translate(cr, x, 0);
    cairo_scale(cr, style->width_times, style->height_times);
    cairo_move_to(cr, (room - width) / 2, (CHARACTER_DOTS - height) / 2);
    pango_cairo_show_layout(cr, layout);
    cairo_restore(cr);
    pango_font_description_free(font);
    g_object_unref(layout);
}

/* Characters of `text` that fit the paper, and their width in dots. */
static int fitting(const PrinterPaper *paper, const char *text, const char *wide,
                   const PaperStyle *style, int *out_width)
{
    int count = 0, width = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p), count++) {
        int more = (wide[count] - '0') * paper->cell * style->width_times;
        if (width + more > paper->dots && count > 0) {
            break;
        }
        width += more;
    }
    *out_width = width;
    return count;
}

static const char *draw_line(PrinterPaper *paper, const char *text, const char **wide,
                             const PaperStyle *style)
{
    int width = 0;
    int count = fitting(paper, text, *wide, style, &width);
    int height = MAX(LINE_DOTS, CHARACTER_DOTS * style->height_times);
    cairo_t *cr = begin(paper, height);
    int x = left_of(paper, width, style->align);
    if (style->inverse) {
        cairo_rectangle(cr, x, 0, width, CHARACTER_DOTS * style->height_times);
        cairo_fill(cr);
        cairo_set_source_rgb(cr, 1, 1, 1);
    }
    const char *p = text;
    for (int i = 0; i < count; i++, p = g_utf8_next_char(p)) {
        int room = ((*wide)[i] - '0') * paper->cell;
        draw_character(cr, p, x, room, style);
        x += room * style->width_times;
    }
    if (style->underline) {
        cairo_rectangle(cr, x - width, CHARACTER_DOTS * style->height_times - 2, width, 2);
        cairo_fill(cr);
    }
    end(paper, cr, height);
    g_string_append_len(paper->text, text, p - text);
    g_string_append_c(paper->text, '\n');
    *wide += count;
    return p;
}

void printer_paper_text(PrinterPaper *paper, const char *text, const char *wide,
                        const PaperStyle *style)
{
    do {
        text = draw_line(paper, text, &wide, style);
    } while (*text != '\0');
}

void printer_paper_feed(PrinterPaper *paper, int dots)
{
    end(paper, begin(paper, dots), dots);
}

/* --- dots ----------------------------------------------------------------------------------------------- */

void printer_paper_raster(PrinterPaper *paper, const uint8_t *bits, int bytes_per_line, int rows,
                          PaperAlign align)
{
    cairo_t *cr = begin(paper, rows);
    int left = left_of(paper, bytes_per_line * 8, align);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < bytes_per_line * 8; x++) {
            if ((bits[y * bytes_per_line + x / 8] >> (7 - x % 8)) & 1) {
                cairo_rectangle(cr, left + x, y, 1, 1);
            }
        }
    }
    cairo_fill(cr);
    end(paper, cr, rows);
}

bool printer_paper_qr(PrinterPaper *paper, const char *data, gsize length, int level, int module,
                      PaperAlign align)
{
    static const QRecLevel levels[] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
    QRcode *code =
        QRcode_encodeData((int)length, (const unsigned char *)data, 0, levels[level & 3]);
    if (code == NULL || code->width * module > paper->dots) {
        QRcode_free(code);
        return false;
    }
    int size = code->width * module;
    cairo_t *cr = begin(paper, size + LINE_DOTS);
    int left = left_of(paper, size, align);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    for (int i = 0; i < code->width * code->width; i++) {
        if (code->data[i] & 1) {
            cairo_rectangle(cr, left + i % code->width * module, i / code->width * module, module,
                            module);
        }
    }
    cairo_fill(cr);
    QRcode_free(code);
    end(paper, cr, size + LINE_DOTS);
    g_string_append_printf(paper->text, "[QR %.*s]\n", (int)length, data);
    return true;
}

/* ISO/IEC 15420: sets A of the left half; B is C mirrored, C is A inverted; the first digit chooses A or B. */
static const char *const EAN_A[] = {"0001101", "0011001", "0010011", "0111101", "0100011",
                                    "0110001", "0101111", "0111011", "0110111", "0001011"};
static const char *const EAN_FIRST[] = {"AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB",
                                        "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"};

static void ean_digit(GString *modules, int digit, char set)
{
    for (int i = 0; i < 7; i++) {
        char bit = set == 'B' ? EAN_A[digit][6 - i] : EAN_A[digit][i];
        bool dark = bit == '1';
        g_string_append_c(modules, (set == 'A' ? dark : !dark) ? '1' : '0');
    }
}

bool printer_paper_ean13(PrinterPaper *paper, const char *digits, int module, int height,
                         PaperAlign align)
{
    int values[13], sum = 0;
    gsize length = strlen(digits);
    if ((length != 12 && length != 13) || strspn(digits, "0123456789") != length) {
        return false;
    }
    for (int i = 0; i < 12; i++) {
        values[i] = digits[i] - '0';
        sum += values[i] * (i % 2 == 0 ? 1 : 3);
    }
    values[12] = (10 - sum % 10) % 10;
    if (length == 13 && digits[12] - '0' != values[12]) {
        return false;
    }
    g_autoptr(GString) modules = g_string_new("101");
    for (int i = 1; i <= 6; i++) {
        ean_digit(modules, values[i], EAN_FIRST[values[0]][i - 1]);
    }
    g_string_append(modules, "01010");
    for (int i = 7; i <= 12; i++) {
        ean_digit(modules, values[i], 'C');
    }
    g_string_append(modules, "101");
    cairo_t *cr = begin(paper, height + LINE_DOTS);
    int left = left_of(paper, (int)modules->len * module, align);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    for (gsize i = 0; i < modules->len; i++) {
        if (modules->str[i] == '1') {
            cairo_rectangle(cr, left + (int)i * module, 0, module, height);
        }
    }
    cairo_fill(cr);
    end(paper, cr, height + LINE_DOTS);
    g_string_append_printf(paper->text, "[EAN-13 %s]\n", digits);
    return true;
}

void printer_paper_cut_mark(PrinterPaper *paper)
{
    cairo_t *cr = begin(paper, 12);
    double dashes[] = {10, 6};
    cairo_set_dash(cr, dashes, 2, 0);
    cairo_set_line_width(cr, 2);
    cairo_move_to(cr, 0, 8);
    cairo_line_to(cr, paper->dots, 8);
    cairo_stroke(cr);
    end(paper, cr, 12);
}

bool printer_paper_is_blank(const PrinterPaper *paper)
{
    return paper->y == 0;
}

bool printer_paper_tear(PrinterPaper *paper, const char *base)
{
    g_autofree char *png = g_strconcat(base, ".png", NULL);
    g_autofree char *txt = g_strconcat(base, ".txt", NULL);
    cairo_surface_t *whole =
        strip_new(paper->dots + 2 * MARGIN, MIN(paper->y + 2 * MARGIN, HEIGHT_MAX));
    cairo_t *cr = cairo_create(whole);
    cairo_set_source_surface(cr, paper->surface, MARGIN, MARGIN);
    cairo_rectangle(cr, MARGIN, MARGIN, paper->dots, paper->y);
    cairo_fill(cr);
    cairo_destroy(cr);
    /* The picture comes last: who waits for it finds the text, too. */
    bool fine = g_file_set_contents(txt, paper->text->str, (gssize)paper->text->len, NULL);
    g_autofree char *part = g_strconcat(base, ".part", NULL);
    fine = fine && cairo_surface_write_to_png(whole, part) == CAIRO_STATUS_SUCCESS &&
           rename(part, png) == 0;
    cairo_surface_destroy(whole);
    cairo_surface_destroy(paper->surface);
    paper->surface = strip_new(paper->dots, 600);
    paper->y = 0;
    g_string_truncate(paper->text, 0);
    return fine;
}
