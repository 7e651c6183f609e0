/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/delivery_note.h"

#include <string.h>

#define HEAD                                                                                       \
    "asn_no,ship_date,supplier_gln,ship_to_gln,sscc,line,gtin,lot,best_before,use_by,harvest_"     \
    "date,origin,qty,uom,net_kg,"                                                                  \
    "temp_min,temp_max,price,currency\n"

static void test_lines(void)
{
    static const char text[] =
        HEAD "ASN-20261122-01,2026-11-22,8801234000024,8801234000048,388012340000000117,1,"
             "08801234567893,L20261122A,2026-11-29,,"
             "2026-11-22,KR,120,KGM,120.0,2.1,4.8,3100,KRW\r\n"
             "ASN-20261122-01,2026-11-22,8801234000024,8801234000048,388012340000000117,2,"
             "8801234567909,B7,2026-12-01,2026-12-03,,KR,"
             "40,EA,,,,250,KRW\n";
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) lines = pos_delivery_note_read(text, strlen(text), &faults, &error);
    g_assert_no_error(error);
    g_assert_cmpint(faults->len, ==, 0);
    g_assert_cmpint(json_array_size(lines), ==, 2);
    const json_t *first = json_array_get(lines, 0), *second = json_array_get(lines, 1);
    g_assert_cmpint(json_integer_value(json_object_get(first, "qty")), ==, 120000);
    g_assert_cmpstr(json_string_value(json_object_get(first, "unit")), ==, "g");
    g_assert_cmpstr(json_string_value(json_object_get(first, "sscc")), ==, "388012340000000117");
    g_assert_cmpint(json_integer_value(json_object_get(first, "unit_cost")), ==, 3100);
    g_assert_cmpstr(json_string_value(json_object_get(second, "gtin")), ==, "08801234567909");
    g_assert_cmpstr(json_string_value(json_object_get(second, "use_by")), ==, "2026-12-03");
    g_assert_cmpint(json_integer_value(json_object_get(second, "qty")), ==, 40);
}

static void test_faults(void)
{
    static const char text[] = "gtin,lot,qty,uom,best_before\n"
                               "08801234567890,A,1,EA,\n"
                               "08801234567893,A,0,EA,\n"
                               "08801234567893,A,1,kg,\n"
                               "08801234567893,A,1,EA,29.11.2026\n"
                               "08801234567893,A B,1,EA,\n"
                               "08801234567893,A,0.450,KGM,\n";
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) lines = pos_delivery_note_read(text, strlen(text), &faults, &error);
    g_assert_no_error(error);
    g_assert_cmpint(faults->len, ==, 5);
    g_assert_nonnull(strstr(g_ptr_array_index(faults, 0), "gtin"));
    g_assert_nonnull(strstr(g_ptr_array_index(faults, 1), "qty"));
    g_assert_nonnull(strstr(g_ptr_array_index(faults, 2), "uom"));
    g_assert_nonnull(strstr(g_ptr_array_index(faults, 3), "best_before"));
    g_assert_nonnull(strstr(g_ptr_array_index(faults, 4), "lot"));
    g_assert_cmpint(json_integer_value(json_object_get(json_array_get(lines, 0), "qty")), ==, 450);
}

static void test_none(void)
{
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_null(pos_delivery_note_read("a,b\n1,2\n", 8, &faults, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/delivery_note/lines", test_lines);
    g_test_add_func("/pos/delivery_note/faults", test_faults);
    g_test_add_func("/pos/delivery_note/none", test_none);
    return g_test_run();
}
