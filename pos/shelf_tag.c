/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the look of a shelf tag. The design is measured in millimetres on 62 x 40 and scaled to the
 * rectangle that is asked for: name and price large on the left, the QR code with its quiet zone on
 * the right, origin and date below it, a band across the foot that says in words how fresh the lot
 * is. What a tag says is in the tag's language, not the program's. Colours are dark enough that a
 * black-and-white printer keeps the band readable. Any thread. */
#include "pos/shelf_tag.h"
#include "pos/error.h"
#include "pos/qr.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define TAG_WIDTH_MM 62.0
#define TAG_HEIGHT_MM 40.0
#define POINTS_PER_MM (72.0 / 25.4)
#define QUIET_MODULES 4 /* ISO/IEC 18004: four modules around */
#define FONT "Noto Sans CJK KR, Noto Sans, sans-serif"
#define FONT_ZH "Noto Sans CJK SC, Noto Sans, sans-serif"

typedef struct {
    double red, green, blue;
} Colour;

static const Colour ink = {0.07, 0.07, 0.07}, faint = {0.33, 0.33, 0.33}, paper = {1, 1, 1};

/* The words of a tag in one language. */
typedef struct {
    const char *language;
    const char *per_kg, *each, *per_100_g;
    const char *origin, *best_before, *use_by, *lot;
    const char *no_price;
} Words;

static const Words languages[] = {
    {"ko", "1kg당", "1개", "100g당", "원산지", "품질유지기한", "소비기한", "로트", "가격 없음"},
    {"zh", "每公斤", "每件", "每100克", "产地", "最佳食用期", "保质期至", "批号", "无价格"},
    {"en", "per kg", "each", "per 100 g", "Origin", "Best before", "Use by", "Lot", "No price"},
};

/* Where text goes, in points. */
typedef struct {
    double x, y, width, height;
} Box;

/* How text looks. size: in points, shrunk until it fits its box. */
typedef struct {
    double size;
    bool bold, struck;
    PangoAlignment alignment;
    Colour colour;
    const char *language;
} Style;

static const Words *words_of(const char *language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        if (language != NULL && g_str_has_prefix(language, languages[i].language)) {
            return &languages[i];
        }
    }
    return &languages[G_N_ELEMENTS(languages) - 1];
}

static PangoLayout *new_layout(cairo_t *cr, const char *text, const Style *style)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    /* Points are the unit of the drawing, whatever the device. */
    pango_cairo_context_set_resolution(pango_layout_get_context(layout), 72);
    pango_context_set_language(pango_layout_get_context(layout),
                               pango_language_from_string(style->language));
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_alignment(layout, style->alignment);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (style->struck) {
        PangoAttrList *attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_strikethrough_new(TRUE));
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
    }
    return layout;
}

static void set_font(PangoLayout *layout, const Style *style, double size)
{
    PangoFontDescription *font = pango_font_description_from_string(
        g_str_has_prefix(style->language, "zh") ? FONT_ZH : FONT);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static bool fits(PangoLayout *layout, Box box, double *out_height)
{
    int width, height;
    pango_layout_get_size(layout, &width, &height);
    *out_height = (double)height / PANGO_SCALE;
    return *out_height <= box.height && (double)width / PANGO_SCALE <= box.width;
}

/* Draws text into a box, wrapped when lines > 1, shrunk to no less than 60 % and then cut with an
 * ellipsis. Returns the height that it took. */
static double draw_text(cairo_t *cr, const char *text, Box box, int lines, Style style)
{
    if (text == NULL || *text == '\0') {
        return 0;
    }
    double height = 0;
    double smallest = style.size * 0.6;
    g_autoptr(PangoLayout) layout = new_layout(cr, text, &style);
    if (lines > 1 || style.alignment != PANGO_ALIGN_LEFT) {
        pango_layout_set_width(layout, (int)(box.width * PANGO_SCALE));
    }
    double size = style.size;
    set_font(layout, &style, size);
    while ((!fits(layout, box, &height) || pango_layout_get_line_count(layout) > lines) &&
           size > smallest) {
        size *= 0.94;
        set_font(layout, &style, size);
    }
    if (!fits(layout, box, &height) || pango_layout_get_line_count(layout) > lines) {
        pango_layout_set_width(layout, (int)(box.width * PANGO_SCALE));
        pango_layout_set_height(layout, -lines);
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        fits(layout, box, &height);
    }
    cairo_set_source_rgb(cr, style.colour.red, style.colour.green, style.colour.blue);
    cairo_move_to(cr, box.x, box.y);
    pango_cairo_show_layout(cr, layout);
    return height;
}

static double to_dots(double value, double dots_per_unit)
{
    return round(value * dots_per_unit) / dots_per_unit;
}

/* The code with its quiet zone in the middle of a square at (x, y); each module a whole number of
 * dots. Returns the side that was used, quiet zone included; 0 when not even one dot a module fits.
 */
static double draw_qr(cairo_t *cr, const PosQr *qr, double x, double y, double side,
                      double dots_per_unit)
{
    int modules = qr->size + 2 * QUIET_MODULES;
    double dots = floor(side * dots_per_unit / modules);
    if (dots < 1) {
        return 0;
    }
    double module = dots / dots_per_unit;
    double left = to_dots(x + (side - module * modules) / 2, dots_per_unit);
    double top = to_dots(y, dots_per_unit);
    cairo_save(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    cairo_set_source_rgb(cr, paper.red, paper.green, paper.blue);
    cairo_rectangle(cr, left, top, module * modules, module * modules);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    for (int row = 0; row < qr->size; row++) {
        for (int column = 0; column < qr->size;) {
            int run = 0;
            while (column + run < qr->size && qr->modules[row * qr->size + column + run] != 0) {
                run++;
            }
            if (run > 0) {
                cairo_rectangle(cr, left + (column + QUIET_MODULES) * module,
                                top + (row + QUIET_MODULES) * module, run * module, module);
            }
            column += run + 1;
        }
    }
    cairo_fill(cr);
    cairo_restore(cr);
    return module * modules;
}

static Colour band_colour(PosFreshnessColour colour)
{
    switch (colour) {
    case POS_FRESHNESS_GREEN:
        return (Colour){0.09, 0.40, 0.20};
    case POS_FRESHNESS_AMBER:
        return (Colour){0.60, 0.33, 0.0};
    case POS_FRESHNESS_RED:
        return (Colour){0.66, 0.09, 0.09};
    }
    g_assert_not_reached();
}

/* The names in the other languages, "Carrots · 胡萝卜". Owned. */
static char *other_names(const PosShelfTag *tag)
{
    const PosNames *names = &tag->product->names;
    const char *main_name = pos_names_in(names, tag->language);
    const char *const all[] = {names->ko, names->en, names->zh};
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i] != NULL && *all[i] != '\0' && strcmp(all[i], main_name) != 0) {
            g_string_append_printf(text, "%s%s", text->len > 0 ? " · " : "", all[i]);
        }
    }
    return g_string_free(text, FALSE);
}

/* What 100 g of a piece with known content cost, rounded half up; empty when it is sold by weight
 * anyway. Owned. */
static char *unit_price(const PosShelfTag *tag, PosMoney price, const Words *words)
{
    PosMoney per_100_g;
    if (tag->product->unit != POS_UNIT_EACH ||
        !pos_money_unit_price(price, tag->product->net_g, 100, &per_100_g)) {
        return g_strdup("");
    }
    g_autofree char *amount = pos_money_format(per_100_g, tag->currency);
    return g_strdup_printf("%s %s", words->per_100_g, amount);
}

static void draw_names(cairo_t *cr, const PosShelfTag *tag, const Words *words)
{
    Style name = {13, true, false, PANGO_ALIGN_LEFT, ink, words->language};
    Style small = {6.2, false, false, PANGO_ALIGN_LEFT, faint, words->language};
    g_autofree char *others = other_names(tag);
    double used = draw_text(cr, pos_names_in(&tag->product->names, tag->language),
                            (Box){6, 4.5, 104, 33}, 2, name);
    draw_text(cr, others, (Box){6, 4.5 + used, 104, 10}, 1, small);
}

static void draw_price(cairo_t *cr, const PosShelfTag *tag, const Words *words)
{
    Style large = {33, true, false, PANGO_ALIGN_LEFT, ink, words->language};
    Style small = {7.5, false, false, PANGO_ALIGN_LEFT, ink, words->language};
    Style old = {8.5, false, true, PANGO_ALIGN_LEFT, faint, words->language};
    if (tag->price == NULL) {
        large.size = 18;
        draw_text(cr, words->no_price, (Box){6, 52, 104, 26}, 1, large);
        return;
    }
    PosMoney price = pos_price_in_force(tag->price, tag->now_ms);
    g_autofree char *amount = pos_money_format(price, tag->currency);
    g_autofree char *per_unit = unit_price(tag, price, words);
    g_autofree char *line =
        g_strdup_printf("%s%s%s", tag->product->unit == POS_UNIT_G ? words->per_kg : words->each,
                        *per_unit != '\0' ? " · " : "", per_unit);
    /* A struck price is the lowest of the last thirty days, and only when it was higher (Directive
     * 98/6/EC, 6a). */
    if (tag->price->prior_price.minor > price.minor) {
        g_autofree char *prior = pos_money_format(tag->price->prior_price, tag->currency);
        draw_text(cr, prior, (Box){6, 45, 104, 11}, 1, old);
    }
    draw_text(cr, amount, (Box){6, 50, 106, 36}, 1, large);
    draw_text(cr, line, (Box){6, 84, 104, 11}, 1, small);
}

static void draw_facts(cairo_t *cr, const PosShelfTag *tag, const Words *words, double top)
{
    Style fact = {6.6, false, false, PANGO_ALIGN_RIGHT, ink, words->language};
    Style strong = fact;
    strong.bold = true;
    if (tag->lot == NULL) {
        return;
    }
    const char *origin = pos_names_in(&tag->lot->origin, tag->language);
    if (origin != NULL && *origin != '\0') {
        g_autofree char *text = g_strdup_printf("%s %s", words->origin, origin);
        top += draw_text(cr, text, (Box){112, top, 58, 10}, 1, fact);
    }
    bool has_use_by = tag->lot->use_by.days != 0;
    PosDate date = has_use_by ? tag->lot->use_by : tag->lot->best_before;
    if (date.days != 0) {
        g_autofree char *day = pos_date_format(date);
        g_autofree char *text =
            g_strdup_printf("%s %s", has_use_by ? words->use_by : words->best_before, day);
        draw_text(cr, text, (Box){112, top, 58, 10}, 1, strong);
    }
}

static void draw_band(cairo_t *cr, const PosShelfTag *tag, const Words *words)
{
    const double top = 97.5;
    Colour colour = band_colour(tag->freshness.colour);
    Style style = {9.5, true, false, PANGO_ALIGN_LEFT, paper, words->language};
    Style small = {6.2, false, false, PANGO_ALIGN_RIGHT, paper, words->language};
    g_autofree char *text = pos_freshness_words_in(tag->freshness, words->language);
    cairo_set_source_rgb(cr, colour.red, colour.green, colour.blue);
    cairo_rectangle(cr, 0, top, TAG_WIDTH_MM * POINTS_PER_MM, TAG_HEIGHT_MM * POINTS_PER_MM - top);
    cairo_fill(cr);
    draw_text(cr, text, (Box){6, top + 1, tag->lot != NULL ? 100 : 164, 15}, 1, style);
    if (tag->lot != NULL) {
        g_autofree char *lot = g_strdup_printf("%s %s", words->lot, tag->lot->lot);
        draw_text(cr, lot, (Box){106, top + 3.4, 64, 11}, 1, small);
    }
}

void pos_shelf_tag_draw(cairo_t *cr, const PosShelfTag *tag, double width_pt, double height_pt,
                        double dots_per_pt)
{
    const Words *words = words_of(tag->language);
    double scale =
        MIN(width_pt / (TAG_WIDTH_MM * POINTS_PER_MM), height_pt / (TAG_HEIGHT_MM * POINTS_PER_MM));
    double top = 6;
    PosQr qr = {0};
    cairo_save(cr);
    cairo_set_source_rgb(cr, paper.red, paper.green, paper.blue);
    cairo_rectangle(cr, 0, 0, width_pt, height_pt);
    cairo_fill(cr);
    cairo_scale(cr, scale, scale);
    draw_names(cr, tag, words);
    draw_price(cr, tag, words);
    if (tag->link != NULL && pos_qr_make(tag->link, &qr, NULL)) {
        top = 2.5 + draw_qr(cr, &qr, 109, 2.5, 64, dots_per_pt * scale);
        pos_qr_clear(&qr);
    }
    draw_facts(cr, tag, words, MIN(top, 76.0));
    draw_band(cr, tag, words);
    cairo_restore(cr);
}

bool pos_shelf_tag_write_png(const PosShelfTag *tag, int dpi, const char *path, GError **error)
{
    double dots_per_pt = dpi / 72.0;
    double width_pt = TAG_WIDTH_MM * POINTS_PER_MM, height_pt = TAG_HEIGHT_MM * POINTS_PER_MM;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)ceil(width_pt * dots_per_pt), (int)ceil(height_pt * dots_per_pt));
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, paper.red, paper.green, paper.blue);
    cairo_paint(cr);
    cairo_scale(cr, dots_per_pt, dots_per_pt);
    pos_shelf_tag_draw(cr, tag, width_pt, height_pt, dots_per_pt);
    cairo_status_t status = cairo_status(cr);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_write_to_png(surface, path);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The tag cannot be written to %s: %s."),
                    path, cairo_status_to_string(status));
        return false;
    }
    return true;
}
