/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/scan.h"
#include "tests/fuzz/properties.h"

#include <string.h>

#define SIDE_MAX 96

static void check_symbol(const PosSymbol *symbol)
{
    gsize length = 0;
    g_autofree char *text = pos_scan_text(symbol, &length);
    g_assert_nonnull(pos_symbology_code(symbol->symbology));
    g_assert_cmpuint(symbol->length, >=, 1);
    g_assert_cmpuint(symbol->length, <=, POS_BOUND_SCAN_BYTES);
    g_assert_nonnull(memchr(symbol->aim, '\0', sizeof(symbol->aim)));
    g_assert_cmpint(symbol->corners_count, <=, (int)G_N_ELEMENTS(symbol->corners));
    g_assert_cmpint(text[length], ==, '\0');
}

void frame_property_check(const uint8_t *data, gsize size)
{
    int width = size > 0 ? 1 + data[0] % SIDE_MAX : 1;
    gsize height = MIN((size + (gsize)width - 1) / (gsize)width, SIDE_MAX);
    if (size < 2 || height == 0) {
        return;
    }
    g_autofree uint8_t *pixels = g_malloc((gsize)width * height);
    memset(pixels, 255, (gsize)width * height);
    memcpy(pixels, data + 1, MIN(size - 1, (gsize)width * height));
    const PosFrame frame = {
        .pixels = pixels, .width = width, .height = (int)height, .stride = width};
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    for (guint i = 0; i < symbols->len; i++) {
        check_symbol(g_ptr_array_index(symbols, i));
    }
    g_autoptr(GPtrArray) again = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(again->len, ==, symbols->len);
    g_autoptr(GPtrArray) live = pos_scan_frame(&frame, POS_SCAN_LIVE, data[0]);
    g_assert_nonnull(live);
}
