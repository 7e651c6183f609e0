/* SPDX-License-Identifier: GPL-3.0-or-later
 * Figures against sums that were made by hand. */
#include "pos/figures.h"

#include <string.h>

#define APPLE "09521234500017"
#define BEEF "09521234500024"

static PosFigureGoods look_up(const char *gtin, const char *lot, void *user)
{
    return strcmp(gtin, BEEF) == 0
               ? (PosFigureGoods){"meat", 20000, 1000}
               : (PosFigureGoods){"fruit", strcmp(lot, "B") == 0 ? 300 : 400, 1000};
}

static void add(PosFigures *figures, const char *text)
{
    g_autoptr(json_t) record = json_loads(text, 0, NULL);
    g_assert_nonnull(record);
    pos_figures_add(figures, record);
}

static PosFigures *day(GTimeZone *zone)
{
    PosFigures *figures = pos_figures_new(zone, look_up, NULL);
    /* 2 apples at 550 (tax inside 50 each), 450 g of beef at 40000 a kg, 10 % off the apples. */
    add(figures,
        "{\"type\":\"sale\",\"at\":\"2026-11-23T09:10:00+09:00\",\"operator\":\"u01\",\"total\":"
        "18990,"
        "\"rounding\":0,\"tax\":[{\"rate_bp\":1000,\"base\":17264,\"tax\":1726}],\"lines\":["
        "{\"line\":1,\"gtin\":\"" APPLE "\",\"lot\":\"A\",\"qty\":2,\"unit\":\"each\",\"price\":"
                                        "550,\"amount\":1100,\"tax_bp\":1000},"
        "{\"line\":2,\"gtin\":\"" BEEF
        "\",\"lot\":\"\",\"qty\":450,\"unit\":\"g\",\"price\":40000,\"amount\":18000,\"tax_bp\":"
        "1000,\"weight_source\":\"manual\"},"
        "{\"line\":3,\"kind\":\"discount\",\"gtin\":\"\",\"lot\":\"\",\"of\":[1],\"qty\":1,"
        "\"amount\":-110,\"tax_bp\":1000}]}");
    /* One apple of lot B, at 23:30 of the store's day (14:30 UTC), by another. */
    add(figures,
        "{\"type\":\"sale\",\"at\":\"2026-11-23T14:30:00Z\",\"operator\":\"u02\",\"total\":650,"
        "\"rounding\":0,"
        "\"tax\":[{\"rate_bp\":1000,\"base\":591,\"tax\":59}],\"lines\":[{\"line\":1,\"gtin\":"
        "\"" APPLE "\",\"lot\":\"B\",\"qty\":1,\"unit\":\"each\",\"price\":550,\"amount\":550},"
        "{\"line\":2,\"kind\":\"deposit\",\"gtin\":\"\",\"lot\":\"\",\"qty\":1,\"amount\":100}]}");
    /* It comes back the next day. */
    add(figures, "{\"type\":\"return\",\"at\":\"2026-11-24T09:00:00+09:00\",\"operator\":\"u02\","
                 "\"total\":-550,\"rounding\":0,"
                 "\"to\":\"waste\",\"tax\":[{\"rate_bp\":1000,\"base\":-500,\"tax\":-50}],"
                 "\"lines\":[{\"line\":1,\"gtin\":\"" APPLE
                 "\",\"lot\":\"B\",\"qty\":-1,\"unit\":\"each\",\"price\":550,\"amount\":-550}]}");
    add(figures,
        "{\"type\":\"write_off\",\"at\":\"2026-11-24T10:00:00+09:00\",\"operator\":\"u09\","
        "\"gtin\":\"" APPLE
        "\",\"lot\":\"A\",\"qty\":3,\"unit\":\"each\",\"reason\":\"expired\",\"unit_cost\":410}");
    add(figures, "{\"type\":\"write_off\",\"at\":\"2026-11-24T10:01:00+09:00\",\"operator\":"
                 "\"u09\",\"lines\":[{\"gtin\":\"" BEEF
                 "\",\"lot\":\"\",\"qty\":500,\"unit\":\"g\",\"reason\":\"donated\"}]}");
    add(figures,
        "{\"type\":\"no_sale\",\"at\":\"2026-11-23T11:00:00+09:00\",\"operator\":\"u02\"}");
    add(figures,
        "{\"type\":\"line_void\",\"at\":\"2026-11-23T11:00:00+09:00\",\"operator\":\"u02\"}");
    add(figures, "{\"type\":\"line_void\",\"undo\":true,\"at\":\"2026-11-23T11:00:00+09:00\","
                 "\"operator\":\"u02\"}");
    add(figures,
        "{\"type\":\"price_override\",\"at\":\"2026-11-23T11:00:00+09:00\",\"operator\":\"u01\"}");
    add(figures, "{\"type\":\"z_report\",\"at\":\"2026-11-23T22:00:00+09:00\",\"operator\":\"u01\","
                 "\"z\":7}");
    add(figures, "{\"type\":\"sale\",\"at\":\"yesterday\",\"total\":999999}");
    add(figures, "{\"type\":\"of_a_later_version\",\"at\":\"2026-11-23T22:00:00+09:00\"}");
    return figures;
}

static void test_totals(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
    g_autoptr(PosFigures) figures = day(zone);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_SALES), ==, 18990 + 550 - 550);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_DEPOSITS), ==, 100);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_TAX), ==, 1726 + 59 - 50);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_COST), ==, 2 * 400 + 9000 + 300 - 300);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_TICKETS), ==, 2);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_DISCOUNTS), ==, 110);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_RETURNS), ==, 550);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_WASTE), ==, 3 * 410);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_DONATED), ==, 10000);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_LINE_VOIDS), ==, 1);
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_MANUAL_WEIGHTS), ==, 1);
    /* What the records' totals say is sales, deposits and rounding. */
    g_assert_cmpint(pos_figures_total(figures, POS_FIGURE_SALES) +
                        pos_figures_total(figures, POS_FIGURE_DEPOSITS) +
                        pos_figures_total(figures, POS_FIGURE_ROUNDING),
                    ==, 18990 + 650 - 550);
}

static void test_groups(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
    g_autoptr(PosFigures) figures = day(zone);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_DAY, "2026-11-23", POS_FIGURE_SALES), ==,
                    19540);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_DAY, "2026-11-24", POS_FIGURE_SALES), ==,
                    -550);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_HOUR, "23", POS_FIGURE_SALES), ==, 550);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_CATEGORY, "fruit", POS_FIGURE_SALES), ==,
                    990);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_CATEGORY, "meat", POS_FIGURE_DONATED),
                    ==, 10000);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_OPERATOR, "u02", POS_FIGURE_NO_SALES),
                    ==, 1);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_PRODUCT, BEEF, POS_FIGURE_SALES), ==,
                    18000);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_REASON, "expired", POS_FIGURE_WASTE), ==,
                    1230);
    g_assert_cmpint(pos_figures_of(figures, POS_FIGURES_BY_REASON, "theft", POS_FIGURE_WASTE), ==,
                    0);
}

static void test_json(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
    g_autoptr(PosFigures) figures = day(zone);
    g_autoptr(json_t) object = pos_figures_to_json(figures, 1);
    const json_t *totals = json_object_get(object, "totals");
    g_assert_cmpint(json_integer_value(json_object_get(totals, "net")), ==, 18990 - 1735);
    g_assert_cmpint(json_integer_value(json_object_get(totals, "margin")), ==, 18990 - 1735 - 9800);
    g_assert_cmpint(json_array_size(json_object_get(object, "by_product")), ==, 1);
    const json_t *best = json_array_get(json_object_get(object, "by_product"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(best, "key")), ==, BEEF);
    const json_t *z = json_array_get(json_object_get(object, "z"), 0);
    g_assert_cmpint(json_integer_value(json_object_get(z, "z")), ==, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/figures/totals", test_totals);
    g_test_add_func("/pos/figures/groups", test_groups);
    g_test_add_func("/pos/figures/json", test_json);
    return g_test_run();
}
