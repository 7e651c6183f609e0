/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/product.c: names by language, the feed's value in and out, what is refused. */
#include "pos/product.h"

#include <string.h>

#include "pos/error.h"

#define APPLE "09521234500017"

static json_t *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_t *value = pos_json_parse_object(text, strlen(text), 4096, &error);
    g_assert_no_error(error);
    return value;
}

static void test_a_language_falls_back(void)
{
    PosNames names = {.ko = (char *)"사과", .en = (char *)"Apple", .zh = (char *)""};
    g_assert_cmpstr(pos_names_in(&names, "en"), ==, "Apple");
    g_assert_cmpstr(pos_names_in(&names, "en_GB.UTF-8"), ==, "Apple");
    g_assert_cmpstr(pos_names_in(&names, "zh-Hans"), ==, "사과");
    g_assert_cmpstr(pos_names_in(&names, "de"), ==, "사과");
    g_assert_cmpstr(pos_names_in(&names, "eng"), ==, "사과");
    g_assert_cmpstr(pos_names_in(&names, NULL), ==, "사과");
    g_assert_cmpstr(pos_names_in(&(PosNames){0}, "en"), ==, "");
}

static void test_the_feeds_value_round_trips(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = parse(
        "{\"category\":\"fruit\",\"icon\":\"apple\",\"name\":\"x\",\"names\":{\"en\":\"Apple\","
        "\"ko\":\"사과\"},\"net_g\":200,\"plu\":\"4017\",\"storage\":\"0-4 °C\",\"tare_g\":3,"
        "\"tax_bp\":1000,\"unit\":\"g\",\"later\":{\"unknown\":1}}");
    g_autoptr(PosProduct) first = pos_product_from_json(APPLE, value, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) again = pos_product_to_json(first);
    g_autoptr(PosProduct) second = pos_product_from_json(APPLE, again, &error);
    g_assert_no_error(error);
    g_autoptr(PosProduct) copy = pos_product_copy(second);
    g_assert_cmpstr(copy->gtin, ==, APPLE);
    g_assert_cmpstr(copy->plu, ==, "4017");
    g_assert_cmpstr(copy->names.ko, ==, "사과");
    g_assert_cmpstr(copy->names.en, ==, "Apple");
    g_assert_cmpstr(copy->names.zh, ==, "");
    g_assert_cmpstr(copy->category, ==, "fruit");
    g_assert_cmpstr(copy->storage, ==, "0-4 °C");
    g_assert_cmpstr(copy->icon, ==, "apple");
    g_assert_cmpint(copy->unit, ==, POS_UNIT_G);
    g_assert_cmpint(copy->tax_bp, ==, 1000);
    g_assert_cmpint(copy->net_g, ==, 200);
    g_assert_cmpint(copy->tare_g, ==, 3);
}

static void test_only_name_and_unit_are_required(void)
{
    g_autoptr(json_t) value = parse("{\"name\":\"사과\",\"unit\":\"each\"}");
    g_autoptr(PosProduct) product = pos_product_from_json(APPLE, value, NULL);
    g_assert_nonnull(product);
    g_assert_cmpstr(pos_names_in(&product->names, "en"), ==, "사과");
    g_assert_cmpstr(product->plu, ==, "");
    g_assert_cmpint(product->tax_bp, ==, 0);
}

static void test_what_is_malformed_is_named(void)
{
    static const char *const bad[] = {
        "{\"unit\":\"each\"}",
        "{\"name\":\"\",\"unit\":\"each\"}",
        "{\"name\":\"x\"}",
        "{\"name\":\"x\",\"unit\":\"kg\"}",
        "{\"names\":{},\"unit\":\"each\"}",
        "{\"names\":{\"de\":\"Apfel\"},\"unit\":\"each\"}",
        "{\"names\":{\"en\":7},\"unit\":\"each\"}",
        "{\"names\":\"Apple\",\"unit\":\"each\"}",
        "{\"name\":\"x\",\"unit\":\"each\",\"tax_bp\":-1}",
        "{\"name\":\"x\",\"unit\":\"each\",\"tax_bp\":\"10\"}",
        "{\"name\":\"x\",\"unit\":\"each\",\"net_g\":1.5}",
        "{\"name\":\"x\",\"unit\":\"each\",\"category\":\"123456789012345678901234567890123\"}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(json_t) value = parse(bad[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_product_from_json(APPLE, value, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, APPLE));
    }
    g_autoptr(json_t) good = parse("{\"name\":\"x\",\"unit\":\"each\"}");
    static const char *const keys[] = {"", "952123450001", "0952123450001x", "095212345000171"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_assert_null(pos_product_from_json(keys[i], good, NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/product/a_language_falls_back", test_a_language_falls_back);
    g_test_add_func("/pos/product/the_feeds_value_round_trips", test_the_feeds_value_round_trips);
    g_test_add_func("/pos/product/only_name_and_unit_are_required",
                    test_only_name_and_unit_are_required);
    g_test_add_func("/pos/product/what_is_malformed_is_named", test_what_is_malformed_is_named);
    return g_test_run();
}
