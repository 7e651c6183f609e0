/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/gs1.h"
#include "pos/rcn.h"
#include "tests/fuzz/properties.h"

#include <string.h>

/* Line by line the same again. */
static void check_lines(const PosRcnLayouts *layouts)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < pos_rcn_layouts_count(layouts); i++) {
        g_autofree char *line = pos_rcn_layouts_line(layouts, i);
        g_string_append_printf(text, "%s\n", line);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(PosRcnLayouts) again = pos_rcn_layouts_parse(text->str, text->len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(pos_rcn_layouts_count(again), ==, pos_rcn_layouts_count(layouts));
    for (gsize i = 0; i < pos_rcn_layouts_count(again); i++) {
        g_autofree char *line = pos_rcn_layouts_line(layouts, i);
        g_autofree char *other = pos_rcn_layouts_line(again, i);
        g_assert_cmpstr(line, ==, other);
    }
}

/* Twelve of the bytes as digits of a number inside a shop, with its check digit. */
static void check_number(const uint8_t *data, gsize size, const PosRcnLayouts *layouts)
{
    char digits[14] = "2";
    for (gsize i = 1; i < 12; i++) {
        digits[i] = (char)('0' + (i < size ? data[i] % 10 : 0));
    }
    digits[12] = pos_gs1_check_digit(digits, 12);
    PosGs1Settings settings = {.rcn = layouts};
    PosGs1Message message;
    pos_gs1_read(digits, 13, &settings, &message);
    PosRcn rcn = {0};
    PosRcnResult result = pos_rcn_read(layouts, digits, &rcn);
    g_assert_true(message.kind ==
                  (result == POS_RCN_WRONG_VERIFIER ? POS_GS1_REFUSED : POS_GS1_RESTRICTED));
    g_assert_cmpint(message.rcn.kind, ==, rcn.kind);
    g_assert_cmpstr(message.gtin, ==, "");
    if (result == POS_RCN_READ) {
        g_autofree char *value = pos_rcn_value_text(&rcn);
        g_assert_cmpuint(strspn(value, "0123456789."), ==, strlen(value));
        g_assert_cmpuint(strlen(rcn.item), <, 12);
        g_assert_cmpuint(strspn(rcn.item, "0123456789"), ==, strlen(rcn.item));
    }
}

void rcn_property_check(const uint8_t *data, gsize size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    gsize length = nul != NULL ? (gsize)(nul - data) : size;
    g_autofree char *text = g_strndup((const char *)data, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosRcnLayouts) layouts = pos_rcn_layouts_parse(text, length, &error);
    g_assert_true((layouts == NULL) == (error != NULL));
    if (layouts != NULL) {
        check_lines(layouts);
    }
    gsize rest = nul != NULL ? size - length - 1 : 0;
    for (gsize at = 0; at < MIN(rest, 1200); at += 12) {
        check_number(nul + 1 + at, MIN(rest - at, 12), layouts);
    }
}
