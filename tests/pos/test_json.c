/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/json.c: what is refused, the canonical bytes of RFC 8785, strict members. */
#include "pos/json.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

static json_t *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_t *value = pos_json_parse_object(text, strlen(text), 1024, &error);
    g_assert_no_error(error);
    return value;
}

static void test_what_is_not_strict_json_is_refused(void)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "1",
                                      "null",
                                      "{\"a\":1,}",
                                      "{\"a\":1,\"a\":2}",
                                      "{'a':1}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":NaN}",
                                      "{\"a\":1} x",
                                      "{\"a\":1}{}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":\"\xed\xa0\x80\"}",
                                      "{\"a\":\"\t\"}",
                                      "\xef\xbb\xbf{}",
                                      "{\"a\":9223372036854775808}",
                                      "{\"a\":1,\"\\u0061\":2}",
                                      "{\"a\"",
                                      "{\"a\":1e999}"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_json_parse_object(bad[i], strlen(bad[i]), 1024, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

static void test_bytes_and_depth_are_bounded(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(pos_json_parse_object("{\"a\":1}", 7, 6, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    for (int depth = POS_BOUND_JSON_DEPTH - 1; depth <= POS_BOUND_JSON_DEPTH + 1; depth++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int i = 1; i < depth; i++) {
            g_string_append(text, "{\"a\":");
        }
        g_string_append(text, "{\"b\":\"[[[[{{{{\\\"[[\"}");
        for (int i = 1; i < depth; i++) {
            g_string_append_c(text, '}');
        }
        g_autoptr(json_t) value = pos_json_parse_object(text->str, text->len, 1024, NULL);
        g_assert_true((value != NULL) == (depth <= POS_BOUND_JSON_DEPTH));
        if (value != NULL) {
            g_autofree char *written = pos_json_canonical(value, NULL, NULL);
            g_assert_cmpstr(written, ==, text->str);
            g_autoptr(json_t) deeper = json_pack("{s:O}", "a", value);
            g_autofree char *refused = pos_json_canonical(deeper, NULL, NULL);
            g_assert_true((refused != NULL) == (depth < POS_BOUND_JSON_DEPTH));
        }
    }
    g_autofree char *deep = g_strnfill(1000, '[');
    g_autofree char *text = g_strdup_printf("{\"a\":%s", deep);
    g_assert_null(pos_json_parse_object(text, strlen(text), 4096, NULL));
}

static void test_canonical_bytes(void)
{
    static const struct {
        const char *from, *canonical;
    } cases[] = {
        {" { } ", "{}"},
        {"{\"b\":1,\"a\":[true,false,-7,\"x\"]}", "{\"a\":[true,false,-7,\"x\"],\"b\":1}"},
        {"{\"aa\":1,\"a\":2,\"A\":3,\"\":4}", "{\"\":4,\"A\":3,\"a\":2,\"aa\":1}"},
        {"{\"k\":\"\\u0041\\u00e9\\/\\u000b\\u001F\\n\\t\\b\\f\\r\\\"\\\\\"}",
         "{\"k\":\"Aé/\\u000b\\u001f\\n\\t\\b\\f\\r\\\"\\\\\"}"},
        {"{\"k\":\"\\ud83c\\udf4e\x7f\"}", "{\"k\":\"🍎\x7f\"}"},
        {"{\"a\":-0}", "{\"a\":0}"},
        {"{\"a\":9007199254740991,\"b\":-9007199254740991}",
         "{\"a\":9007199254740991,\"b\":-9007199254740991}"},
        /* RFC 8785, 3.2.3: UTF-16 order puts U+1F600 (D83D) before U+FB33. */
        {"{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,"
         "\"\\u00f6\":7}",
         "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}"},
        {"{\"\\ue000\":1,\"\\ud7ff\":2,\"\\ud83d\\ude00\":3,\"\\ud83d\\ude00a\":4}",
         "{\"\xed\x9f\xbf\":2,\"😀\":3,\"😀a\":4,\"\xee\x80\x80\":1}"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) value = parse(cases[i].from);
        gsize length = 0;
        g_autofree char *written = pos_json_canonical(value, &length, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(written, ==, cases[i].canonical);
        g_assert_cmpuint(length, ==, strlen(written));
        g_assert_true(pos_json_is_canonical(written, length, 1024, &error));
        g_assert_no_error(error);
        bool same = strcmp(cases[i].from, cases[i].canonical) == 0;
        g_assert_true(same ==
                      pos_json_is_canonical(cases[i].from, strlen(cases[i].from), 1024, NULL));
    }
}

static void test_a_nul_character_survives(void)
{
    g_autoptr(json_t) value = parse("{\"a\":\"x\\u0000y\"}");
    g_autofree char *written = pos_json_canonical(value, NULL, NULL);
    g_assert_cmpstr(written, ==, "{\"a\":\"x\\u0000y\"}");
    const char *text = NULL;
    g_assert_false(pos_json_get_string(value, "a", 100, "test", &text, NULL));
    g_assert_null(text);
}

static void test_fractions_nulls_and_large_numbers_are_not_canonical(void)
{
    static const char *const bad[] = {"{\"a\":1.0}",
                                      "{\"a\":1e2}",
                                      "{\"a\":null}",
                                      "{\"a\":[null]}",
                                      "{\"a\":9007199254740992}",
                                      "{\"a\":-9007199254740992}"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(json_t) value = parse(bad[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_json_canonical(value, NULL, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_false(pos_json_is_canonical(bad[i], strlen(bad[i]), 1024, NULL));
    }
}

static void test_members_are_strict(void)
{
    g_autoptr(json_t) object = parse("{\"s\":\"abc\",\"i\":5,\"b\":true,\"r\":1.5,\"n\":null}");
    const char *text = "kept";
    int64_t number = 99;
    bool flag = false;
    g_autoptr(GError) error = NULL;
    g_assert_true(pos_json_get_string(object, "s", 3, "x", &text, NULL));
    g_assert_cmpstr(text, ==, "abc");
    g_assert_false(pos_json_get_string(object, "s", 2, "product 1", &text, &error));
    g_assert_nonnull(strstr(error->message, "product 1"));
    g_assert_false(pos_json_get_string(object, "i", 9, "x", &text, NULL));
    g_assert_false(pos_json_get_string(object, "absent", 9, "x", &text, NULL));
    g_assert_true(pos_json_get_int(object, "i", 0, 5, "x", &number, NULL));
    g_assert_cmpint(number, ==, 5);
    g_assert_false(pos_json_get_int(object, "i", 6, 9, "x", &number, NULL));
    g_assert_false(pos_json_get_int(object, "r", 0, 9, "x", &number, NULL));
    g_assert_false(pos_json_get_int(object, "b", 0, 9, "x", &number, NULL));
    g_assert_cmpint(number, ==, 5);
    g_assert_true(pos_json_get_bool(object, "b", "x", &flag, NULL));
    g_assert_true(flag);
    g_assert_false(pos_json_get_bool(object, "i", "x", &flag, NULL));
}

static void test_a_fallback_is_for_absence_only(void)
{
    g_autoptr(json_t) object = parse("{\"s\":1,\"i\":\"x\",\"n\":null}");
    const char *text = NULL;
    int64_t number = 0;
    bool flag = false;
    g_assert_true(pos_json_get_string_or(object, "absent", 9, "x", "or", &text, NULL));
    g_assert_cmpstr(text, ==, "or");
    g_assert_true(pos_json_get_int_or(object, "absent", 0, 1, "x", -5, &number, NULL));
    g_assert_cmpint(number, ==, -5);
    g_assert_true(pos_json_get_bool_or(object, "absent", "x", true, &flag, NULL));
    g_assert_true(flag);
    g_assert_false(pos_json_get_string_or(object, "s", 9, "x", "or", &text, NULL));
    g_assert_false(pos_json_get_int_or(object, "i", 0, 1, "x", 1, &number, NULL));
    g_assert_false(pos_json_get_bool_or(object, "n", "x", true, &flag, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/json/what_is_not_strict_json_is_refused",
                    test_what_is_not_strict_json_is_refused);
    g_test_add_func("/pos/json/bytes_and_depth_are_bounded", test_bytes_and_depth_are_bounded);
    g_test_add_func("/pos/json/canonical_bytes", test_canonical_bytes);
    g_test_add_func("/pos/json/a_nul_character_survives", test_a_nul_character_survives);
    g_test_add_func("/pos/json/fractions_nulls_and_large_numbers_are_not_canonical",
                    test_fractions_nulls_and_large_numbers_are_not_canonical);
    g_test_add_func("/pos/json/members_are_strict", test_members_are_strict);
    g_test_add_func("/pos/json/a_fallback_is_for_absence_only",
                    test_a_fallback_is_for_absence_only);
    return g_test_run();
}
