/* SPDX-License-Identifier: GPL-3.0-or-later
 * Sheets as Square, Shopify and Odoo write them, Korean spreadsheets, and rows that are wrong. */
#include "pos/manage_import.h"

#include <string.h>

static PosImport *read_as(const char *code, const char *text)
{
    g_autoptr(GError) error = NULL;
    PosCurrency currency;
    g_assert_true(pos_currency_from_code(code, &currency));
    PosImport *import = pos_import_read(text, strlen(text), &currency, "en", &error);
    g_assert_no_error(error);
    return import;
}

static const json_t *item(const PosImport *import, gsize index)
{
    const json_t *found = json_array_get(import->items, index);
    g_assert_nonnull(found);
    return found;
}

static void assert_text(const json_t *object, const char *member, const char *text)
{
    g_assert_cmpstr(json_string_value(json_object_get(object, member)), ==, text);
}

static void assert_int(const json_t *object, const char *member, int64_t number)
{
    g_assert_cmpint(json_integer_value(json_object_get(object, member)), ==, number);
}

static void test_square(void)
{
    g_autoptr(PosImport) import = read_as(
        "USD", "Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Default Unit "
               "Cost,Default Vendor Name\n"
               "A1,Apple,Regular,AP-1,\"Red, crisp\",Fruit,8801234567893,1.25,0.80,Farm Co\n"
               "A1,Apple,Box of 6,AP-6,,Fruit,,6.5,,\n");
    g_assert_cmpint(import->kind, ==, POS_IMPORT_SQUARE);
    g_assert_cmpint(import->rows, ==, 2);
    g_assert_cmpint(import->faults->len, ==, 0);
    const json_t *apple = item(import, 0), *product = json_object_get(apple, "product");
    assert_text(apple, "gtin", "08801234567893");
    assert_int(apple, "price", 125);
    assert_int(product, "unit_cost", 80);
    assert_text(product, "category", "fruit");
    assert_text(product, "supplier", "Farm Co");
    assert_text(json_object_get(product, "names"), "en", "Apple");
    const json_t *box = item(import, 1);
    assert_text(json_object_get(json_object_get(box, "product"), "names"), "en", "Apple Box of 6");
    g_assert_true(g_str_has_prefix(json_string_value(json_object_get(box, "gtin")),
                                   "002")); /* the shop's own */
    assert_int(box, "price", 650);
}

static void test_shopify(void)
{
    g_autoptr(PosImport) import = read_as(
        "EUR", "Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant "
               "SKU,Variant Price,Variant Barcode,Image Src\n"
               "pear,Pear,<p>\"soft\"</p>,Farm,Fruit,Size,Small,P-S,2.10,4006381333931,a.jpg\n"
               "pear,,,,,,Large,P-L,\"3,40\",,\n"
               "pear,,,,,,,,,,b.jpg\n");
    g_assert_cmpint(import->kind, ==, POS_IMPORT_SHOPIFY);
    g_assert_cmpint(import->rows, ==, 2); /* the second picture is no row */
    g_assert_cmpint(json_array_size(import->items), ==, 2);
    assert_text(json_object_get(json_object_get(item(import, 1), "product"), "names"), "en",
                "Pear Large");
    assert_int(item(import, 1), "price", 340);
}

static void test_odoo(void)
{
    g_autoptr(PosImport) import = read_as(
        "EUR", "id;name;default_code;barcode;list_price;standard_price;categ_id;uom_id;to_weight;"
               "available_in_pos\n"
               "x;Carrots;CAR;4006381333931;2,50;1,10;All / Fresh / Vegetables;kg;True;True\n");
    g_assert_cmpint(import->kind, ==, POS_IMPORT_ODOO);
    const json_t *product = json_object_get(item(import, 0), "product");
    assert_text(product, "unit", "g");
    assert_text(product, "category", "vegetables");
    assert_int(product, "unit_cost", 110);
    assert_int(item(import, 0), "price", 250);
}

static void test_korean(void)
{
    static const char text[] = "상품명,바코드,판매가,분류,단위\n사과,8801234567893,\"4,980\",과일,"
                               "개\n한우,8801234567909,12900,정육,kg\n";
    g_autoptr(PosImport) import = read_as("KRW", text);
    assert_int(item(import, 0), "price", 4980);
    assert_text(json_object_get(item(import, 1), "product"), "unit", "g");
    gsize length = 0;
    g_autofree char *cp949 = g_convert(text, -1, "CP949", "UTF-8", NULL, &length, NULL);
    PosCurrency currency;
    g_assert_true(pos_currency_from_code("KRW", &currency));
    g_autoptr(PosImport) again = pos_import_read(cp949, length, &currency, "ko", NULL);
    assert_text(json_object_get(json_object_get(item(again, 0), "product"), "names"), "ko", "사과");
}

static void test_bad_rows(void)
{
    g_autoptr(PosImport) import = read_as("USD", "name,gtin,price,plu\n"
                                                 "Good,8801234567893,1.00,\n"
                                                 ",8801234567893,1.00,\n"
                                                 "Wrong digit,8801234567890,1.00,\n"
                                                 "No code,,1.00,\n"
                                                 "No price,4006381333931,free,\n"
                                                 "Too fine,4006381333931,1.005,\n"
                                                 "Spreadsheet,8.80123E+12,1.00,\n"
                                                 "\n"
                                                 "By PLU,,2.00,4011\n");
    static const struct {
        int line;
        const char *column;
    } faults[] = {{3, "name"}, {4, "gtin"}, {5, "gtin"}, {6, "price"}, {7, "price"}, {8, "gtin"}};
    g_assert_cmpint(import->faults->len, ==, G_N_ELEMENTS(faults));
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        const PosImportFault *fault = g_ptr_array_index(import->faults, i);
        g_assert_cmpint(fault->line, ==, faults[i].line);
        g_assert_cmpstr(fault->column, ==, faults[i].column);
    }
    g_assert_cmpint(json_array_size(import->items), ==, 2); /* the rest goes on */
    assert_text(json_object_get(item(import, 1), "product"), "plu", "4011");
}

static void test_no_sheet(void)
{
    static const char *const texts[] = {"", "a,b\n1,2\n", "\xff\xfe\x00"};
    PosCurrency currency;
    g_assert_true(pos_currency_from_code("USD", &currency));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_import_read(texts[i], strlen(texts[i]), &currency, "en", &error));
        g_assert_nonnull(error);
    }
}

static void test_amounts(void)
{
    static const struct {
        const char *text;
        int digits;
        int64_t minor; /* -1: none */
    } cases[] = {{"1,234.50", 2, 123450},
                 {"1.234,50", 2, 123450},
                 {"€ 4,20", 2, 420},
                 {"12900", 0, 12900},
                 {"₩12,900", 0, 12900},
                 {"12,900", 2, 1290000},
                 {"3", 2, 300},
                 {"3.5", 2, 350},
                 {"1.2345", 2, -1},
                 {"-5", 2, -1},
                 {"", 2, -1},
                 {"abc", 2, -1},
                 {"4.20", 0, -1},
                 {"4.00", 0, 4},
                 {"999999999999999999999", 0, -1}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t minor = -1;
        bool read = pos_import_read_amount(cases[i].text, cases[i].digits, &minor);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(read ? minor : -1, ==, cases[i].minor);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/manage_import/square", test_square);
    g_test_add_func("/pos/manage_import/shopify", test_shopify);
    g_test_add_func("/pos/manage_import/odoo", test_odoo);
    g_test_add_func("/pos/manage_import/korean", test_korean);
    g_test_add_func("/pos/manage_import/bad_rows", test_bad_rows);
    g_test_add_func("/pos/manage_import/no_sheet", test_no_sheet);
    g_test_add_func("/pos/manage_import/amounts", test_amounts);
    return g_test_run();
}
