/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/print_layout.h"

#include <string.h>

static const PosPrintLine *line_at(GPtrArray *lines, guint at)
{
    g_assert_cmpuint(at, <, lines->len);
    return lines->pdata[at];
}

static void test_a_document_survives_being_kept(void)
{
    static const uint8_t bits[] = {0x80, 0x01, 0xff, 0x00};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_text(document, "성수 신선마켓", POS_PRINT_CENTRE, POS_PRINT_LARGE);
    pos_print_add_indented(document, "로트 L1", 2);
    pos_print_add_pair(document, "합계", "₩15,051", POS_PRINT_BOLD);
    pos_print_add_rule(document);
    pos_print_add_space(document);
    pos_print_add_image(document, bits, 16, 2);
    pos_print_add_qr(document, "https://s.example/01/08801234567893");
    g_autoptr(json_t) kept = pos_print_document_to_json(document);
    g_autoptr(GPtrArray) again = pos_print_document_from_json(kept, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(again->len, ==, document->len);
    for (guint i = 0; i < document->len; i++) {
        const PosPrintRow *was = document->pdata[i], *is = again->pdata[i];
        g_assert_cmpint(is->kind, ==, was->kind);
        g_assert_cmpint(is->align, ==, was->align);
        g_assert_cmpint(is->style, ==, was->style);
        g_assert_cmpint(is->indent, ==, was->indent);
        g_assert_cmpstr(is->left, ==, was->left);
        g_assert_cmpstr(is->right, ==, was->right);
    }
    const PosPrintRow *image = again->pdata[5];
    g_assert_cmpmem(image->bits, 4, bits, 4);
}

static void test_what_is_no_document_is_refused(void)
{
    static const char *const bad[] = {
        "{}",
        "[1]",
        "[{\"kind\":\"song\",\"align\":0,\"style\":0,\"indent\":0,\"left\":\"\",\"right\":\"\"}]",
        "[{\"kind\":\"text\",\"align\":9,\"style\":0,\"indent\":0,\"left\":\"\",\"right\":\"\"}]",
        "[{\"kind\":\"text\",\"align\":0,\"style\":0,\"indent\":99,\"left\":\"\",\"right\":\"\"}]",
        "[{\"kind\":\"image\",\"align\":0,\"style\":0,\"indent\":0,\"left\":\"\",\"right\":\"\","
        "\"width\":64,\"height\":9,\"bits\":\"AAAA\"}]",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) json = json_loads(bad[i], 0, NULL);
        g_assert_nonnull(json);
        g_assert_null(pos_print_document_from_json(json, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

/* A name cannot carry a command of the printer. */
static void test_control_characters_become_spaces(void)
{
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_text(document, "a\x1b@\x10\x04\xff\nb", POS_PRINT_LEFT, POS_PRINT_NORMAL);
    const PosPrintRow *row = document->pdata[0];
    g_assert_cmpstr(row->left, ==, "a @  \xef\xbf\xbd b");
}

static void test_large_is_twice_as_high_where_it_is_too_wide(void)
{
    const PosPrintPaper paper = {.columns = 32};
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_pair(document, "합계", "₩987,654", POS_PRINT_LARGE);
    pos_print_add_pair(document, "합계", "₩9,007,199,254,740,991", POS_PRINT_LARGE);
    pos_print_add_text(document, "*** COPY 1 ***", POS_PRINT_CENTRE, POS_PRINT_LARGE);
    g_autoptr(GPtrArray) lines = pos_print_layout(document, &paper);
    g_assert_cmpuint(lines->len, ==, 3);
    g_assert_cmpstr(line_at(lines, 0)->text, ==, "합계    ₩987,654");
    g_assert_cmpint(line_at(lines, 0)->width_times, ==, 2);
    g_assert_cmpint(line_at(lines, 0)->height_times, ==, 2);
    g_assert_cmpstr(line_at(lines, 1)->text, ==, "합계      ₩9,007,199,254,740,991");
    g_assert_cmpint(line_at(lines, 1)->width_times, ==, 1);
    g_assert_cmpint(line_at(lines, 1)->height_times, ==, 2);
    g_assert_cmpstr(line_at(lines, 2)->text, ==, " *** COPY 1 ***");
    g_assert_true(line_at(lines, 2)->bold);
}

static void test_alignment_and_indent(void)
{
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_text(document, "사과", POS_PRINT_CENTRE, POS_PRINT_NORMAL);
    pos_print_add_text(document, "사과", POS_PRINT_RIGHT, POS_PRINT_NORMAL);
    pos_print_add_indented(document, "one two three four five six", 4);
    pos_print_add_space(document);
    pos_print_add_rule(document);
    g_autoptr(GPtrArray) rows = pos_print_document_rows(document, 24);
    static const char *const want[] = {"          사과",
                                       "                    사과",
                                       "    one two three four",
                                       "    five six",
                                       "",
                                       "------------------------"};
    g_assert_cmpuint(rows->len, ==, G_N_ELEMENTS(want));
    for (guint i = 0; i < rows->len; i++) {
        g_assert_cmpstr(rows->pdata[i], ==, want[i]);
    }
}

static void test_a_mark_stands_on_top(void)
{
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_rule(document);
    pos_print_put_mark(document, "*** COPY 2 ***");
    const PosPrintRow *row = document->pdata[0];
    g_assert_cmpstr(row->left, ==, "*** COPY 2 ***");
    g_assert_cmpint(row->style, ==, POS_PRINT_LARGE);
    g_assert_cmpint(row->align, ==, POS_PRINT_CENTRE);
}

/* An image out of bounds is left out, and a document of too many rows is not taken back. */
static void test_sizes_are_bounded(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) document = pos_print_document_new();
    uint8_t bits[1] = {0};
    pos_print_add_image(document, bits, POS_BOUND_PRINT_DOTS + 1, 1);
    pos_print_add_image(document, bits, 0, 1);
    pos_print_add_image(document, bits, 8, POS_BOUND_PRINT_IMAGE_ROWS + 1);
    g_assert_cmpuint(document->len, ==, 0);
    for (int i = 0; i <= POS_BOUND_PRINT_ROWS; i++) {
        pos_print_add_space(document);
    }
    g_autoptr(json_t) kept = pos_print_document_to_json(document);
    g_assert_null(pos_print_document_from_json(kept, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add_func("/pos/print/" path, test)
    ADD("a_document_survives_being_kept", test_a_document_survives_being_kept);
    ADD("what_is_no_document_is_refused", test_what_is_no_document_is_refused);
    ADD("control_characters_become_spaces", test_control_characters_become_spaces);
    ADD("large_is_twice_as_high_where_it_is_too_wide",
        test_large_is_twice_as_high_where_it_is_too_wide);
    ADD("alignment_and_indent", test_alignment_and_indent);
    ADD("a_mark_stands_on_top", test_a_mark_stands_on_top);
    ADD("sizes_are_bounded", test_sizes_are_bounded);
    return g_test_run();
}
