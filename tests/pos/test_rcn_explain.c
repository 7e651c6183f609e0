/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/rcn_explain: a store's own numbers in words, and what is wrong in a layout file. */
#include "pos/error.h"
#include "pos/rcn_explain.h"

#include <string.h>

static const char file[] =
    "# Germany\nprice 22....V{NNNDD}\nunits 25....V{NNNNN}\nweight 28....V{NNDDD}\n"
    "weight 21.....{NNDDD} # without a verifier\nprice 20{NNDD}......\n";

static PosRcnLayouts *layouts_new(void)
{
    g_autoptr(GError) error = NULL;
    PosRcnLayouts *layouts = pos_rcn_layouts_parse(file, strlen(file), &error);
    g_assert_no_error(error);
    return layouts;
}

static char *number(const char *twelve)
{
    return g_strdup_printf("%s%c", twelve, pos_gs1_check_digit(twelve, 12));
}

static void test_each_digit_has_its_meaning(void)
{
    static const struct {
        const char *twelve, *words;
        bool right;
    } rows[] = {
        /* 14685 has the verifier 6 (GS1 General Specifications). */
        {"281234614685",
         "weight layout 28....V{NNDDD} (line 4): 28 of the layout · 1234 item · 6 verifier "
         "(right) · 14685 weight: 14.685 kg",
         true},
        {"221234714685",
         "price layout 22....V{NNNDD} (line 2): 22 of the layout · 1234 item · 7 verifier "
         "(WRONG: 6) · 14685 price: 146.85",
         false},
        {"251234614685",
         "pieces layout 25....V{NNNNN} (line 3): 25 of the layout · 1234 item · 6 verifier "
         "(right) · 14685 pieces: 14685",
         true},
        {"211234500450",
         "weight layout 21.....{NNDDD} (line 5): 21 of the layout · 12345 item · 00450 weight: "
         "0.450 kg",
         true},
        {"200199123456",
         "price layout 20{NNDD}...... (line 6): 20 of the layout · 0199 price: 1.99 · 123456 "
         "item",
         true},
        {"400638133393", "no layout of the store fits", false},
    };
    g_autoptr(PosRcnLayouts) layouts = layouts_new();
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool right = !rows[i].right;
        g_autofree char *digits = number(rows[i].twelve);
        g_autofree char *words = pos_rcn_words(layouts, digits, &right);
        g_assert_true(g_str_has_prefix(words, rows[i].words));
        g_assert_true(g_str_has_suffix(words, "check digit (right)"));
        g_assert_cmpint(right, ==, rows[i].right);
        digits[12] = (char)('0' + (digits[12] - '0' + 1) % 10);
        g_autofree char *bad = pos_rcn_words(layouts, digits, &right);
        g_assert_nonnull(strstr(bad, "check digit (WRONG: "));
        g_assert_false(right);
    }
}

static void test_an_example_of_each_layout_is_right(void)
{
    g_autoptr(PosRcnLayouts) layouts = layouts_new();
    g_assert_cmpuint(pos_rcn_layouts_count(layouts), ==, 5);
    for (gsize i = 0; i < pos_rcn_layouts_count(layouts); i++) {
        char example[14];
        PosRcn rcn;
        bool right = false;
        const PosRcnLayout *layout = pos_rcn_layouts_at(layouts, i);
        pos_rcn_example(layout, example);
        g_assert_true(pos_gs1_digits_check(example, 13));
        g_assert_cmpint(pos_rcn_read(layouts, example, &rcn), ==, POS_RCN_READ);
        g_assert_cmpint(rcn.kind, ==, layout->kind.kind);
        g_autofree char *words = pos_rcn_words(layouts, example, &right);
        g_assert_true(right);
        g_autofree char *pattern = pos_rcn_pattern(layout);
        g_autofree char *line = pos_rcn_layouts_line(layouts, i);
        g_assert_true(g_str_has_suffix(line, pattern));
    }
}

static void test_every_fault_is_told_with_its_line(void)
{
    static const struct {
        const char *text;
        guint count;
        const char *first;
    } rows[] = {
        {"", 0, NULL},
        {"# nothing\n\n", 0, NULL},
        {file, 0, NULL},
        {"weight 28....V{NNDDD}\nfoo\nprice 2\n", 2, "Line 2 "},
        {"price 2.....{NNNNNN}\nweight 28....{NNDDDD}\n", 1, "Line 2 can never fit: line 1 "},
        {"units 2999....{NNNN}\nprice 29.....{NNNDD}\n", 0, NULL}, /* the special one first */
        {"weight 28....{NNDDDDD}\n", 1, "Line 1 "},
        {"weight 28....V{NNNDDD}\n", 1, "Line 1 "},
        {"\xff", 1, "The layout file"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) faults = pos_rcn_faults(rows[i].text, strlen(rows[i].text));
        g_assert_cmpuint(faults->len, ==, rows[i].count);
        if (faults->len > 0) {
            g_assert_true(g_str_has_prefix(faults->pdata[0], rows[i].first));
        }
    }
    g_autofree char *endless = g_strnfill(70000, '#');
    g_autoptr(GPtrArray) faults = pos_rcn_faults(endless, 70000);
    g_assert_cmpuint(faults->len, ==, 1);
}

static void test_numbers_are_checked(void)
{
    static const char *const bad[] = {"", "12", "12345678901234", "12345678901x",
                                      "１２３４５６７８９０１２"};
    char out[14];
    g_assert_true(pos_rcn_number("212345000450", out, NULL));
    g_assert_cmpstr(out, ==, "0212345000450");
    g_assert_true(pos_rcn_number("2812346146851", out, NULL));
    g_assert_cmpstr(out, ==, "2812346146851");
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(pos_rcn_number(bad[i], out, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/rcn_explain/each_digit_has_its_meaning", test_each_digit_has_its_meaning);
    g_test_add_func("/pos/rcn_explain/an_example_of_each_layout_is_right",
                    test_an_example_of_each_layout_is_right);
    g_test_add_func("/pos/rcn_explain/every_fault_is_told_with_its_line",
                    test_every_fault_is_told_with_its_line);
    g_test_add_func("/pos/rcn_explain/numbers_are_checked", test_numbers_are_checked);
    return g_test_run();
}
