/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/databar_expanded.h"
#include "tests/fuzz/properties.h"

#include <string.h>

#define ALLOWED                                                                                    \
    "\x1d !\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

void databar_property_check(const uint8_t *data, gsize size)
{
    uint16_t characters[POS_DATABAR_DATA_CHARACTERS_MAX + 1] = {0};
    int count = (int)MIN(size * 8 / 12, G_N_ELEMENTS(characters));
    for (int i = 0; i < count; i++) {
        guint value = 0;
        for (int bit = 12 * i; bit < 12 * i + 12; bit++) {
            value = value << 1 | (data[bit / 8] >> (7 - bit % 8) & 1U);
        }
        characters[i] = (uint16_t)value;
    }
    char text[POS_DATABAR_TEXT_MAX] = "untouched", again[POS_DATABAR_TEXT_MAX] = "";
    gsize length = 0, again_length = 0;
    if (!pos_databar_expanded_text(characters, count, text, &length)) {
        g_assert_cmpstr(text, ==, "untouched");
        g_assert_cmpuint(length, ==, 0);
        return;
    }
    g_assert_cmpint(count, <=, POS_DATABAR_DATA_CHARACTERS_MAX);
    g_assert_cmpuint(length, >, 0);
    g_assert_cmpuint(length, ==, strlen(text));
    g_assert_cmpuint(strspn(text, ALLOWED), ==, length);
    g_assert_cmpint(text[length - 1], !=, '\x1d');
    g_assert_true(pos_databar_expanded_text(characters, count, again, &again_length));
    g_assert_cmpstr(again, ==, text);
    /* A bit that is in no message of this length makes none. */
    characters[0] |= 0x1000;
    g_assert_false(pos_databar_expanded_text(characters, count, again, &again_length));
}
