/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bars by cairo. Nothing below nothing is drawn: a day on which more came back than was sold has no bar. */
#include "ui/manager_chart.h"

#include <pango/pangocairo.h>

#define LABEL_HEIGHT 16.0
#define GAP 0.28

typedef struct {
    UiManagerChart chart;
    int64_t *values, *compare;
    char **labels;
} Copy;

static void copy_free(gpointer data)
{
    Copy *copy = data;
    g_free(copy->values);
    g_free(copy->compare);
    g_strfreev(copy->labels);
    g_free(copy);
}

static void set_colour(cairo_t *cairo, int which, bool dark)
{
    static const double light[5][3] = {{0.11, 0.48, 0.27},
                                       {0.72, 0.80, 0.72},
                                       {0.18, 0.44, 0.71},
                                       {0.70, 0.08, 0.12},
                                       {0.35, 0.40, 0.36}};
    static const double night[5][3] = {{0.42, 0.80, 0.55},
                                       {0.30, 0.38, 0.32},
                                       {0.48, 0.70, 0.95},
                                       {0.95, 0.45, 0.45},
                                       {0.75, 0.80, 0.76}};
    const double *c = dark ? night[which] : light[which];
    cairo_set_source_rgb(cairo, c[0], c[1], c[2]);
}

#define BAR_MAX 56.0

/* No wider than a bar is, in the middle of its place. */
static void bar(cairo_t *cairo, double x, double width, double height, double floor_y)
{
    if (width > BAR_MAX) {
        x += (width - BAR_MAX) / 2;
        width = BAR_MAX;
    }
    if (height > 0) {
        cairo_rectangle(cairo, x, floor_y - height, width, height);
        cairo_fill(cairo);
    }
}

static void label(cairo_t *cairo, const char *text, double x, double width, double y)
{
    g_autoptr(PangoLayout) layout = pango_cairo_create_layout(cairo);
    g_autoptr(PangoFontDescription) font =
        pango_font_description_from_string("Noto Sans, Noto Sans CJK KR 8");
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    cairo_move_to(cairo, x, y);
    pango_cairo_show_layout(cairo, layout);
}

void ui_manager_chart_draw(const UiManagerChart *chart, cairo_t *cairo, double width, double height,
                           bool dark)
{
    bool more = chart->expected != 0 || chart->left != 0;
    gsize places = chart->count + (more ? 2 : 0);
    double floor_y = height - (chart->labels != NULL ? LABEL_HEIGHT : 1);
    int64_t top = MAX(MAX(chart->expected, chart->left), 1);
    for (gsize i = 0; i < chart->count; i++) {
        top = MAX(top, chart->values[i]);
        top = chart->compare != NULL ? MAX(top, chart->compare[i]) : top;
    }
    if (places == 0) {
        return;
    }
    double step = width / (double)places, scale = (floor_y - 2) / (double)top;
    for (gsize i = 0; i < chart->count; i++) {
        double x = (double)i * step;
        if (chart->compare != NULL) {
            set_colour(cairo, 1, dark);
            bar(cairo, x + step * 0.06, step * 0.88, (double)chart->compare[i] * scale, floor_y);
        }
        set_colour(cairo, 0, dark);
        bar(cairo, x + step * GAP / 2, step * (1 - GAP), (double)chart->values[i] * scale, floor_y);
        if (chart->labels != NULL) {
            set_colour(cairo, 4, dark);
            label(cairo, chart->labels[i], x, step, floor_y + 1);
        }
    }
    if (more) {
        double x = (double)chart->count * step;
        set_colour(cairo, 2, dark);
        bar(cairo, x + step * GAP / 2, step * (1 - GAP), (double)chart->expected * scale, floor_y);
        set_colour(cairo, 3, dark);
        bar(cairo, x + step * (1 + GAP / 2), step * (1 - GAP), (double)chart->left * scale,
            floor_y);
    }
    set_colour(cairo, 4, dark);
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, 0, floor_y + 0.5);
    cairo_line_to(cairo, width, floor_y + 0.5);
    cairo_stroke(cairo);
}

static void draw(GtkDrawingArea *area, cairo_t *cairo, int width, int height, gpointer user)
{
    (void)area;
    const Copy *copy = user;
    ui_manager_chart_draw(&copy->chart, cairo, width, height,
                          adw_style_manager_get_dark(adw_style_manager_get_default()));
}

GtkWidget *ui_manager_chart_new(const UiManagerChart *chart, int width, int height,
                                const char *words)
{
    Copy *copy = g_new0(Copy, 1);
    copy->chart = *chart;
    copy->chart.values = copy->values = g_memdup2(chart->values, chart->count * sizeof(int64_t));
    if (chart->compare != NULL) {
        copy->chart.compare = copy->compare =
            g_memdup2(chart->compare, chart->count * sizeof(int64_t));
    }
    if (chart->labels != NULL) {
        copy->labels = g_new0(char *, chart->count + 1);
        for (gsize i = 0; i < chart->count; i++) {
            copy->labels[i] = g_strdup(chart->labels[i]);
        }
        copy->chart.labels = (const char *const *)copy->labels;
    }
    GtkWidget *area =
        g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(area), width);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area), height);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, copy, copy_free);
    gtk_accessible_update_property(GTK_ACCESSIBLE(area), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
    return area;
}
