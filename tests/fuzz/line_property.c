/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/gs1.h"
#include "pos/scan_line.h"
#include "pos/scan_linear.h"
#include "tests/fuzz/properties.h"

#include <string.h>

#define WIDTH_MAX 2048
#define ROWS 5 /* as many lines see the same */
#define ELEMENT_MAX 24

/* The samples: as they are, or (first byte odd) of bars and spaces whose widths the bytes are. */
static int make_samples(const uint8_t *data, gsize size, uint8_t *out)
{
    int count = 0;
    if (data[0] % 2 == 0) {
        count = (int)MIN(size - 1, WIDTH_MAX);
        memcpy(out, data + 1, (gsize)count);
        return count;
    }
    for (gsize i = 1; i < size; i++) {
        int width = 1 + data[i] % ELEMENT_MAX;
        if (count + width > WIDTH_MAX) {
            break;
        }
        memset(out + count, i % 2 == 1 ? 230 : 25, (gsize)width);
        count += width;
    }
    return count;
}

static void check_edges(const uint8_t *samples, int count)
{
    g_autofree float *edges = g_new(float, (gsize)count + 1);
    PosLineElements elements = pos_line_find_edges(samples, count, 12, edges);
    g_assert_cmpint(elements.count, >=, 0);
    g_assert_cmpint(elements.count, <=, count);
    for (int i = 0; elements.count > 0 && i <= elements.count; i++) {
        g_assert_cmpfloat(edges[i], >=, i == 0 ? 0 : edges[i - 1]);
        g_assert_cmpfloat(edges[i], <, (float)count);
    }
}

static void check_symbol(const PosSymbol *symbol)
{
    g_assert_cmpuint(symbol->length, >, 0);
    g_assert_cmpuint(symbol->length, <=, POS_BOUND_SCAN_BYTES);
    g_assert_cmpint(symbol->corners_count, ==, 4);
    if (g_str_has_prefix(symbol->aim, "]E")) {
        g_assert_cmpuint(symbol->length, ==, strcmp(symbol->aim, "]E4") == 0 ? 8 : 13);
        g_assert_true(pos_gs1_digits_check(symbol->bytes, symbol->length));
    }
}

void line_property_check(const uint8_t *data, gsize size)
{
    uint8_t pixels[ROWS * WIDTH_MAX];
    int count = size > 1 ? make_samples(data, size, pixels) : 0;
    if (count == 0) {
        return;
    }
    for (int row = 1; row < ROWS; row++) {
        memmove(pixels + row * count, pixels, (gsize)count);
    }
    check_edges(pixels, count);
    const PosFrame frame = {pixels, count, ROWS, count};
    g_autoptr(GPtrArray) symbols = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    pos_scan_linear(&frame, symbols);
    pos_scan_linear(&frame, again);
    g_assert_cmpuint(again->len, ==, symbols->len);
    for (guint i = 0; i < symbols->len; i++) {
        check_symbol(g_ptr_array_index(symbols, i));
    }
}
