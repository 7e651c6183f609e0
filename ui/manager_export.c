/* SPDX-License-Identifier: GPL-3.0-or-later
 * The files of the figures. Nothing is half written: the sheet is made whole in memory, the page in a file of its own. */
#include "ui/manager_export.h"

#include "pos/error.h"
#include "ui/manager_chart.h"
#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <pango/pangocairo.h>
#include <string.h>

#define A4_WIDTH 595.0
#define A4_HEIGHT 842.0
#define MARGIN 40.0

static char *path_for(const json_t *figures, const char *ending)
{
    const char *folder = g_get_user_special_dir(G_USER_DIRECTORY_DOCUMENTS);
    g_autofree char *name = g_strdup_printf("coster-%s-%s.%s", ui_manager_text(figures, "from"),
                                            ui_manager_text(figures, "until"), ending);
    return g_build_filename(folder != NULL ? folder : g_get_home_dir(), name, NULL);
}

/* Counts stay as they are; every other member is money. */
static bool is_count(const char *member)
{
    static const char *const counts[] = {
        "tickets",  "return_count",   "post_voids",    "line_voids", "no_sales", "overrides",
        "disputes", "manual_weights", "price_changes", "stock_outs", NULL};
    return g_strv_contains(counts, member);
}

static void add_rows(UiManager *manager, GString *text, const char *group, const char *key,
                     const json_t *row)
{
    const char *member;
    json_t *value;
    json_object_foreach((json_t *)row, member, value)
    {
        if (!json_is_integer(value)) {
            continue;
        }
        g_autofree char *amount =
            is_count(member) ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
                             : ui_manager_typed_money(manager, json_integer_value(value));
        g_string_append_printf(text, "%s,\"%s\",%s,%s\n", group, key, member, amount);
    }
}

char *ui_manager_export_csv(UiManager *manager, const json_t *figures, GError **error)
{
    static const char *const groups[] = {"by_day",      "by_hour",    "by_category",
                                         "by_operator", "by_product", "by_reason"};
    g_autoptr(GString) text = g_string_new("group,key,figure,value\n");
    add_rows(manager, text, "total", "", json_object_get(figures, "totals"));
    for (gsize g = 0; g < G_N_ELEMENTS(groups); g++) {
        size_t i;
        json_t *row;
        json_array_foreach(json_object_get(figures, groups[g]), i, row)
        {
            add_rows(manager, text, groups[g], ui_manager_text(row, "key"), row);
        }
    }
    g_autofree char *path = path_for(figures, "csv");
    return g_file_set_contents(path, text->str, (gssize)text->len, error) ? g_steal_pointer(&path)
                                                                          : NULL;
}

/* --- the page --------------------------------------------------------------------------------------------------- */

static double write_line(cairo_t *cairo, const char *text, const char *font, double y, double x)
{
    g_autoptr(PangoLayout) layout = pango_cairo_create_layout(cairo);
    g_autoptr(PangoFontDescription) description = pango_font_description_from_string(font);
    int height = 0;
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_width(layout, (int)((A4_WIDTH - MARGIN - x) * PANGO_SCALE));
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    cairo_move_to(cairo, x, y);
    pango_cairo_show_layout(cairo, layout);
    pango_layout_get_pixel_size(layout, NULL, &height);
    return y + height;
}

static double write_sums(UiManager *manager, cairo_t *cairo, const json_t *figures,
                         const json_t *before, double y)
{
    static const struct {
        const char *member, *word;
    } sums[] = {
        {"sales", N_("Sales")},        {"net", N_("Net of tax")},  {"tax", N_("Tax")},
        {"cost", N_("Cost of goods")}, {"margin", N_("Margin")},   {"waste", N_("Waste")},
        {"donated", N_("Donated")},    {"returns", N_("Returns")}, {"discounts", N_("Discounts")}};
    for (gsize i = 0; i < G_N_ELEMENTS(sums); i++) {
        g_autofree char *now = ui_manager_money(
            manager, ui_manager_number(json_object_get(figures, "totals"), sums[i].member));
        g_autofree char *was =
            before == NULL
                ? g_strdup("")
                : ui_manager_money(manager, ui_manager_number(json_object_get(before, "totals"),
                                                              sums[i].member));
        write_line(cairo, _(sums[i].word), "Noto Sans, Noto Sans CJK KR 11", y, MARGIN);
        write_line(cairo, now, "Noto Sans, Noto Sans CJK KR Bold 11", y, MARGIN + 170);
        y = write_line(cairo, *was ? was : " ", "Noto Sans, Noto Sans CJK KR 10", y, MARGIN + 310) +
            2;
    }
    return y;
}

static double draw_group(cairo_t *cairo, const json_t *figures, const char *group,
                         const char *member, const char *title, double y)
{
    const json_t *rows = json_object_get(figures, group);
    gsize count = MIN(json_array_size(rows), 24);
    g_autofree int64_t *values = g_new0(int64_t, count + 1);
    g_autofree const char **labels = g_new0(const char *, count + 1);
    for (gsize i = 0; i < count; i++) {
        const char *key = ui_manager_text(json_array_get(rows, i), "key");
        values[i] = MAX(ui_manager_number(json_array_get(rows, i), member), 0);
        labels[i] = strlen(key) == 10 && key[4] == '-' ? key + 5 : key;
    }
    y = write_line(cairo, title, "Noto Sans, Noto Sans CJK KR Bold 11", y + 12, MARGIN) + 4;
    UiManagerChart chart = {.values = values, .labels = labels, .count = count};
    cairo_save(cairo);
    cairo_translate(cairo, MARGIN, y);
    ui_manager_chart_draw(&chart, cairo, A4_WIDTH - 2 * MARGIN, 110, false);
    cairo_restore(cairo);
    return y + 110;
}

char *ui_manager_export_pdf(UiManager *manager, const json_t *figures, const json_t *before,
                            GError **error)
{
    g_autofree char *path = path_for(figures, "pdf");
    cairo_surface_t *surface = cairo_pdf_surface_create(path, A4_WIDTH, A4_HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    g_autofree char *title =
        g_strdup_printf(_("Figures from %s to %s"), ui_manager_text(figures, "from"),
                        ui_manager_text(figures, "until"));
    double y = write_line(cairo, title, "Noto Sans, Noto Sans CJK KR Bold 16", MARGIN, MARGIN) + 10;
    y = write_sums(manager, cairo, figures, before, y);
    y = draw_group(cairo, figures, "by_day", "sales", _("Sales by day"), y);
    y = draw_group(cairo, figures, "by_hour", "sales", _("Sales by hour"), y);
    draw_group(cairo, figures, "by_category", "margin", _("Margin by category"), y);
    cairo_show_page(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        g_unlink(path);
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s could not be written: %s."), path,
                    cairo_status_to_string(status));
        return NULL;
    }
    return g_steal_pointer(&path);
}
