/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/journal.c: the chain against vectors computed elsewhere, what is no record, and an
 * audit that sees each single change to a sale. */
#include "pos/journal.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

#define AT "2026-11-23T09:00:00.000+09:00"

static const char sale_line[] =
    "{\"at\":\"2026-11-23T11:05:12.000+09:00\",\"currency\":\"KRW\",\"lines\":[{\"amount\":6931,"
    "\"gtin\":\"08801234567893\",\"line\":1,\"list_price\":4980,\"lot\":\"L20261122A\",\"price\":"
    "4780,"
    "\"price_version\":812,\"qty\":1450,\"unit\":\"g\"},{\"amount\":3300,\"gtin\":"
    "\"09521234500017\","
    "\"line\":3,\"list_price\":1100,\"lot\":\"\",\"price\":1100,\"price_version\":812,\"qty\":3,"
    "\"unit\":\"each\"}],\"operator\":\"u01\",\"receipt\":\"T01-000123\",\"rounding\":-1,\"seq\":2,"
    "\"tax\":[{\"base\":6931,\"rate_bp\":0,\"tax\":0},{\"base\":3000,\"rate_bp\":1000,\"tax\":300}]"
    ","
    "\"tenders\":[{\"amount\":5000,\"kind\":\"card\"},{\"amount\":6000,\"change\":770,\"kind\":"
    "\"cash\"}],"
    "\"terminal\":\"t-1\",\"total\":10230,\"type\":\"sale\"}";

static json_t *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_t *value = pos_json_parse_object(text, strlen(text), POS_BOUND_RECORD_BYTES, &error);
    g_assert_no_error(error);
    return value;
}

static void test_the_chain_reproduces_the_vectors(void)
{
    g_autofree char *path = g_build_filename(g_getenv("COSTER_SOURCE_ROOT"), "tests", "data",
                                             "standards", "journal_chain.json", NULL);
    g_autoptr(json_t) vectors = json_load_file(path, 0, NULL);
    g_assert_cmpuint(json_array_size(vectors), ==, 3);
    PosHash previous = pos_hash_zero();
    for (gsize i = 0; i < json_array_size(vectors); i++) {
        const json_t *vector = json_array_get(vectors, i);
        const char *line = json_string_value(json_object_get(vector, "canonical"));
        g_autofree char *before = pos_hash_to_hex(&previous);
        g_assert_cmpstr(before, ==, json_string_value(json_object_get(vector, "prev")));
        g_assert_true(pos_json_is_canonical(line, strlen(line), POS_BOUND_RECORD_BYTES, NULL));
        previous = pos_hash_chain(&previous, line, strlen(line));
        g_autofree char *after = pos_hash_to_hex(&previous);
        g_assert_cmpstr(after, ==, json_string_value(json_object_get(vector, "hash")));
    }
}

static void test_every_flipped_byte_changes_the_hash(void)
{
    PosHash zero = pos_hash_zero();
    PosHash good = pos_hash_chain(&zero, sale_line, strlen(sale_line));
    g_autofree char *copy = g_strdup(sale_line);
    for (gsize i = 0; i < strlen(sale_line); i++) {
        copy[i] ^= 1;
        PosHash bad = pos_hash_chain(&zero, copy, strlen(sale_line));
        g_assert_false(pos_hash_equal(&good, &bad));
        copy[i] ^= 1;
    }
    PosHash other = pos_hash_chain(&good, sale_line, strlen(sale_line));
    g_assert_false(pos_hash_equal(&good, &other));
}

static void test_hex_is_exact(void)
{
    PosHash zero = pos_hash_zero();
    PosHash hash = pos_hash_chain(&zero, "x", 1), back;
    g_autofree char *hex = pos_hash_to_hex(&hash);
    g_assert_cmpuint(strlen(hex), ==, 64);
    g_assert_true(pos_hash_from_hex(hex, &back));
    g_assert_true(pos_hash_equal(&hash, &back));
    g_autofree char *upper = g_ascii_strup(hex, -1);
    g_assert_false(pos_hash_from_hex(upper, &back));
    g_assert_false(pos_hash_from_hex("", &back));
    g_assert_false(pos_hash_from_hex(NULL, &back));
    hex[63] = '\0';
    g_assert_false(pos_hash_from_hex(hex, &back));
}

static void test_a_made_record_is_a_record(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) fields = json_pack("{s:i, s:s}", "float", 100000, "operator", "u01");
    PosHash zero = pos_hash_zero();
    g_auto(PosRecord) record = {0};
    g_assert_true(pos_record_make(fields, "open_shift", 7, "t-1", AT, &zero, &record, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(record.line, ==,
                    "{\"at\":\"" AT "\",\"float\":100000,\"operator\":\"u01\",\"seq\":7,"
                    "\"terminal\":\"t-1\",\"type\":\"open_shift\"}");
    g_assert_cmpuint(record.length, ==, strlen(record.line));
    g_assert_cmpint(record.seq, ==, 7);
    PosHash expected = pos_hash_chain(&zero, record.line, record.length);
    g_assert_true(pos_hash_equal(&record.hash, &expected));
    g_assert_cmpuint(json_object_size(fields), ==, 2); /* borrowed, unchanged */
    g_autoptr(json_t) parsed = NULL;
    g_assert_true(pos_record_parse(record.line, record.length, &parsed, &error));
    g_assert_cmpint(json_integer_value(json_object_get(parsed, "float")), ==, 100000);
}

static void test_what_cannot_be_a_record_is_refused(void)
{
    PosHash zero = pos_hash_zero();
    PosRecord record = {0};
    g_autofree char *long_text = g_strnfill(POS_BOUND_RECORD_BYTES, 'x');
    g_autoptr(json_t) too_long = json_pack("{s:s}", "note", long_text);
    g_autoptr(json_t) fraction = json_pack("{s:f}", "note", 0.5);
    g_autoptr(json_t) null = json_pack("{s:n}", "note");
    json_t *const bad[] = {too_long, fraction, null};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(pos_record_make(bad[i], "config", 1, "t-1", AT, &zero, &record, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_null(record.line);
    }
    g_assert_false(pos_record_make(NULL, "config", 0, "t-1", AT, &zero, &record, NULL));
    g_assert_false(pos_record_make(NULL, "config", 1, "", AT, &zero, &record, NULL));
    g_assert_false(pos_record_make(NULL, "", 1, "t-1", AT, &zero, &record, NULL));
    g_assert_false(pos_record_make(NULL, "config", 1, "t-1", "noon", &zero, &record, NULL));
    g_assert_false(pos_record_make(NULL, "config", 1, "\xff", AT, &zero, &record, NULL));
    static const char *const lines[] = {
        "{}",
        "[]",
        "",
        "{\"at\":\"" AT "\",\"seq\":0,\"terminal\":\"t\",\"type\":\"x\"}",
        "{\"at\":\"" AT "\",\"seq\":\"1\",\"terminal\":\"t\",\"type\":\"x\"}",
        "{\"at\":\"2026-11-23\",\"seq\":1,\"terminal\":\"t\",\"type\":\"x\"}",
        "{\"at\":\"" AT "\",\"seq\":1,\"type\":\"x\"}",
        "{\"at\":\"" AT "\",\"seq\":1,\"terminal\":\"t\"}",
        "{\"seq\":1,\"at\":\"" AT "\",\"terminal\":\"t\",\"type\":\"x\"}",
        "{\"at\":\"" AT "\",\"seq\":1,\"terminal\":\"t\",\"type\":\"x\"}\n",
        "{\"at\":\"" AT "\", \"seq\":1,\"terminal\":\"t\",\"type\":\"x\"}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;
        json_t *parsed = NULL;
        g_assert_false(pos_record_parse(lines[i], strlen(lines[i]), &parsed, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_null(parsed);
    }
}

static void assert_adds_up(const json_t *record)
{
    g_autofree char *why = pos_record_audit_sale(record);
    g_assert_cmpstr(why, ==, NULL);
}

static void test_a_sale_and_its_return_add_up(void)
{
    g_autoptr(json_t) sale = parse(sale_line);
    assert_adds_up(sale);
    g_autoptr(json_t) taken_back = parse(
        "{\"lines\":[{\"amount\":-956,\"line\":1,\"price\":4780,\"qty\":-200,\"unit\":\"g\"}],"
        "\"rounding\":0,\"tax\":[{\"base\":-956,\"rate_bp\":0,\"tax\":0}],"
        "\"tenders\":[{\"amount\":-956,\"change\":0,\"kind\":\"cash\"}],\"total\":-956,"
        "\"type\":\"return\"}");
    assert_adds_up(taken_back);
    json_object_set_new(taken_back, "type", json_string("sale"));
    g_autofree char *why = pos_record_audit_sale(taken_back);
    g_assert_nonnull(why);
    json_object_set_new(sale, "type", json_string("return"));
    g_autofree char *why_not = pos_record_audit_sale(sale);
    g_assert_nonnull(why_not);
}

static void test_a_discount_is_given_and_counted(void)
{
    g_autoptr(json_t) sale = parse(
        "{\"lines\":[{\"amount\":900,\"discount\":100,\"line\":1,\"price\":500,\"qty\":2,"
        "\"unit\":\"each\"}],\"rounding\":0,\"tax\":[{\"base\":818,\"rate_bp\":1000,\"tax\":82}],"
        "\"tenders\":[{\"amount\":900,\"kind\":\"qr\"}],\"total\":900,\"type\":\"sale\"}");
    assert_adds_up(sale);
    json_t *line = json_array_get(json_object_get(sale, "lines"), 0);
    json_object_set_new(line, "discount", json_integer(-100));
    g_autofree char *why = pos_record_audit_sale(sale);
    g_assert_nonnull(why);
}

/* Changes each number of the sale that takes part in its sums, one at a time, up and down. */
static void mutate_numbers(json_t *root, json_t *at, gsize *mutated)
{
    static const char *const free_members[] = {"list_price", "price_version", "line",
                                               "seq",        "rate_bp",       NULL};
    const char *key;
    json_t *member;
    gsize index;
    json_array_foreach(at, index, member)
    {
        mutate_numbers(root, member, mutated);
    }
    json_object_foreach(at, key, member)
    {
        mutate_numbers(root, member, mutated);
        if (!json_is_integer(member) || g_strv_contains(free_members, key)) {
            continue;
        }
        json_int_t value = json_integer_value(member);
        /* Beyond what the tax rule lets go for line-wise rounding, and never a multiple that rounds
         * back. */
        const json_int_t steps[] = {-1000, -10, -1, 1, 10, 1000, 100000000};
        for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
            json_integer_set(member, value + steps[i]);
            g_autofree char *why = pos_record_audit_sale(root);
            if (why == NULL) {
                g_error("%s %+d went unseen", key, (int)steps[i]);
            }
            ++*mutated;
        }
        json_integer_set(member, value);
    }
}

static void test_every_changed_number_is_seen(void)
{
    g_autoptr(json_t) sale = parse(sale_line);
    gsize mutated = 0;
    mutate_numbers(sale, sale, &mutated);
    g_assert_cmpuint(mutated, ==, 7 * (2 * 3 + 2 + 4 + 3));
    assert_adds_up(sale);
}

static void test_every_missing_member_is_seen(void)
{
    static const char *const top[] = {"lines", "total", "tenders", "tax"};
    static const char *const line_members[] = {"amount", "price", "qty", "unit", "line"};
    for (gsize i = 0; i < G_N_ELEMENTS(top); i++) {
        g_autoptr(json_t) sale = parse(sale_line);
        json_object_del(sale, top[i]);
        g_autofree char *why = pos_record_audit_sale(sale);
        g_assert_nonnull(why);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(line_members); i++) {
        g_autoptr(json_t) sale = parse(sale_line);
        json_object_del(json_array_get(json_object_get(sale, "lines"), 1), line_members[i]);
        g_autofree char *why = pos_record_audit_sale(sale);
        g_assert_nonnull(why);
    }
}

static void test_doubled_lines_and_rates_are_seen(void)
{
    g_autoptr(json_t) same_line = parse(sale_line);
    json_t *lines = json_object_get(same_line, "lines");
    json_object_set_new(json_array_get(lines, 1), "line", json_integer(1));
    g_autofree char *why_line = pos_record_audit_sale(same_line);
    g_assert_nonnull(why_line);
    g_autoptr(json_t) same_rate = parse(sale_line);
    json_t *tax = json_object_get(same_rate, "tax");
    json_array_append_new(tax, json_pack("{s:i,s:i,s:i}", "base", 0, "rate_bp", 0, "tax", 0));
    g_autofree char *why_rate = pos_record_audit_sale(same_rate);
    g_assert_nonnull(why_rate);
}

static void test_amounts_under_another_rate_are_seen(void)
{
    g_autoptr(json_t) sale = parse(sale_line);
    json_t *lines = json_object_get(sale, "lines");
    json_object_set_new(json_array_get(lines, 0), "tax_bp", json_integer(0));
    json_object_set_new(json_array_get(lines, 1), "tax_bp", json_integer(1000));
    assert_adds_up(sale);
    json_object_set_new(json_array_get(lines, 0), "tax_bp", json_integer(1000));
    g_autofree char *why = pos_record_audit_sale(sale);
    g_assert_nonnull(why);
}

static void test_amounts_that_overflow_are_seen(void)
{
    g_autoptr(json_t) sale = parse(
        "{\"lines\":[{\"amount\":9007199254740991,\"line\":1,\"price\":9007199254740991,\"qty\":1,"
        "\"unit\":\"each\"},{\"amount\":9007199254740991,\"line\":2,\"price\":9007199254740991,"
        "\"qty\":1,\"unit\":\"each\"}],\"tax\":[],\"tenders\":[],\"total\":-2,\"type\":\"sale\"}");
    g_autofree char *why = pos_record_audit_sale(sale);
    g_assert_nonnull(why);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/journal/the_chain_reproduces_the_vectors",
                    test_the_chain_reproduces_the_vectors);
    g_test_add_func("/pos/journal/every_flipped_byte_changes_the_hash",
                    test_every_flipped_byte_changes_the_hash);
    g_test_add_func("/pos/journal/hex_is_exact", test_hex_is_exact);
    g_test_add_func("/pos/journal/a_made_record_is_a_record", test_a_made_record_is_a_record);
    g_test_add_func("/pos/journal/what_cannot_be_a_record_is_refused",
                    test_what_cannot_be_a_record_is_refused);
    g_test_add_func("/pos/journal/a_sale_and_its_return_add_up", test_a_sale_and_its_return_add_up);
    g_test_add_func("/pos/journal/a_discount_is_given_and_counted",
                    test_a_discount_is_given_and_counted);
    g_test_add_func("/pos/journal/every_changed_number_is_seen", test_every_changed_number_is_seen);
    g_test_add_func("/pos/journal/every_missing_member_is_seen", test_every_missing_member_is_seen);
    g_test_add_func("/pos/journal/doubled_lines_and_rates_are_seen",
                    test_doubled_lines_and_rates_are_seen);
    g_test_add_func("/pos/journal/amounts_under_another_rate_are_seen",
                    test_amounts_under_another_rate_are_seen);
    g_test_add_func("/pos/journal/amounts_that_overflow_are_seen",
                    test_amounts_that_overflow_are_seen);
    return g_test_run();
}
