/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/databar_*.c and pos/scan_databar*.c on the symbols that zint draws of every encodation
 * method, compaction latch and stacking (tests/data/scan/databar.csv). */
#include "pos/databar_symbol.h"
#include "pos/scan_linear.h"
#include "tests/support/databar_draw.h"
#include "tests/support/vectors.h"

#include <string.h>

static GPtrArray *scan(const DatabarPicture *picture)
{
    GPtrArray *symbols = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    PosFrame frame = {picture->pixels, picture->width, picture->height, picture->width};
    pos_scan_linear(&frame, symbols);
    return symbols;
}

static Vectors *read_vectors(void)
{
    g_autofree char *path = vectors_path("scan/databar.csv");
    return vectors_read(path);
}

/* Asserts that the picture holds the symbol of this row and nothing else. */
static void assert_reads(const DatabarPicture *picture, const Vectors *vectors, guint row)
{
    gsize length = 0;
    g_autofree char *text = vectors_unescape(vectors_cell(vectors, row, "text"), &length);
    g_autoptr(GPtrArray) symbols = scan(picture);
    g_test_message("row %u: %s", row, vectors_cell(vectors, row, "text"));
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_cmpmem(symbol->bytes, symbol->length, text, length);
    g_assert_cmpstr(pos_symbology_code(symbol->symbology), ==,
                    vectors_cell(vectors, row, "symbology"));
    g_assert_cmpstr(symbol->aim, ==, "]e0");
    g_assert_true(symbol->gs1);
}

static void test_turned(void)
{
    Vectors *vectors = read_vectors();
    g_assert_cmpuint(vectors->rows->len, >, 100);
    for (guint row = 0; row < vectors->rows->len; row++) {
        DatabarPicture *picture = databar_draw(vectors_cell(vectors, row, "rows"), 2);
        for (int turn = 0; turn < 4; turn++) {
            assert_reads(picture, vectors, row);
            databar_turn(picture);
        }
        databar_picture_free(picture);
    }
    vectors_free(vectors);
}

static void test_place(void)
{
    Vectors *vectors = read_vectors();
    DatabarPicture *picture = databar_draw(vectors_cell(vectors, 0, "rows"), 3);
    g_autoptr(GPtrArray) symbols = scan(picture);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_cmpint(symbol->corners_count, ==, 4);
    for (int i = 0; i < 4; i++) {
        int x = i == 0 || i == 3 ? DATABAR_MARGIN : picture->width - DATABAR_MARGIN;
        int y = i < 2 ? DATABAR_MARGIN : picture->height - DATABAR_MARGIN;
        g_assert_cmpint(ABS(symbol->corners[i][0] - x), <, 12);
        g_assert_cmpint(ABS(symbol->corners[i][1] - y), <, 6);
    }
    databar_picture_free(picture);
    vectors_free(vectors);
}

/* One module of the symbol, which lies in a character, is of the other colour: nothing is read, or
 * what is there. */
static void test_damaged(void)
{
    Vectors *vectors = read_vectors();
    for (guint row = 0; row < vectors->rows->len; row += 3) {
        gsize length = 0;
        g_autofree char *text = vectors_unescape(vectors_cell(vectors, row, "text"), &length);
        for (int module = 3; module < 90; module += 7) {
            DatabarPicture *picture = databar_draw(vectors_cell(vectors, row, "rows"), 2);
            databar_spoil(picture, module, 2);
            g_autoptr(GPtrArray) symbols = scan(picture);
            for (guint i = 0; i < symbols->len; i++) {
                const PosSymbol *symbol = g_ptr_array_index(symbols, i);
                g_assert_cmpmem(symbol->bytes, symbol->length, text, length);
            }
            databar_picture_free(picture);
        }
    }
    vectors_free(vectors);
}

static void test_values(void)
{
    static const int counts[] = {2841, 1597, 4192};
    for (int place = 0; place < 3; place++) {
        g_assert_cmpint(pos_databar_values((PosDatabarPlace)place), ==, counts[place]);
        for (int value = 0; value < counts[place]; value++) {
            int widths[POS_DATABAR_ELEMENTS];
            pos_databar_widths((PosDatabarPlace)place, value, widths);
            g_assert_cmpint(pos_databar_value((PosDatabarPlace)place, widths), ==, value);
        }
    }
    const int none[POS_DATABAR_ELEMENTS] = {2, 2, 2, 2, 2, 2, 2, 2};
    g_assert_cmpint(pos_databar_value(POS_DATABAR_OUTSIDE, none), ==, -1);
    const int empty[POS_DATABAR_ELEMENTS] = {0};
    g_assert_cmpint(pos_databar_value(POS_DATABAR_INSIDE, empty), ==, -1);
}

/* The bits as text, cut into characters; the text that they are. */
static void assert_message(const char *bits, const char *text)
{
    uint16_t characters[POS_DATABAR_DATA_CHARACTERS_MAX] = {0};
    int count = 0;
    for (const char *at = bits; *at != '\0'; at++) {
        if (*at != ' ') {
            characters[count / 12] =
                (uint16_t)(characters[count / 12] | (*at - '0') << (11 - count % 12));
            count++;
        }
    }
    g_assert_cmpint(count % 12, ==, 0);
    char out[POS_DATABAR_TEXT_MAX] = "";
    gsize length = 0;
    bool is_read = pos_databar_expanded_text(characters, count / 12, out, &length);
    g_assert_cmpint(is_read, ==, text != NULL);
    if (text != NULL) {
        g_assert_cmpmem(out, length, text, strlen(text));
        g_assert_cmpint(out[length], ==, '\0');
    }
}

static void test_messages(void)
{
    /* Method 0100: GTIN 9 001 234 567 890, 1.750 kg. */
    assert_message("0 0100 0000000001 0011101010 1000110111 1101111010 000011011010110",
                   "01900123456789083103001750");
    /* Method 00, numeric 10 12, alphanumeric A, padding. */
    assert_message("0 00 00 0010011 0010101 0000 100000 00100 00", "1012A");
    /* FNC1 in alphanumeric mode is followed by numeric mode: 10 A FNC1 17 260312. */
    assert_message("0 00 00 0010011 0000 100000 01111 0011010 0100100 0001011 0010101 00000",
                   "10A\x1d"
                   "17260312");
    /* The same by an encoder that stayed in alphanumeric mode. */
    assert_message(
        "0 00 00 0010011 0000 100000 01111 00110 01100 00111 01011 00101 01000 00110 00111"
        " 00100",
        "10A\x1d"
        "17260312");
    /* A group of three digits above 999, a date after the last, an end that is no padding. */
    assert_message("0 0100 1111111111 0011101010 1000110111 1101111010 000011011010110", NULL);
    assert_message("0 0111000 0000000001 0011101010 1000110111 1101111010 00000000011011010110"
                   " 1001011000000001",
                   NULL);
    assert_message("0 00 00 0010011 0010101 0000 100000 00100 01", NULL);
    assert_message("0 0100 0000000001 000000000", NULL);
    g_assert_false(pos_databar_expanded_text(NULL, 0, NULL, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/databar/each_value_has_its_widths", test_values);
    g_test_add_func("/pos/databar/bits_become_the_message_they_are", test_messages);
    g_test_add_func("/pos/scan_databar/each_symbol_is_read_whichever_way_it_lies", test_turned);
    g_test_add_func("/pos/scan_databar/a_symbol_is_where_it_is", test_place);
    g_test_add_func("/pos/scan_databar/a_damaged_symbol_is_not_read_as_another", test_damaged);
    return g_test_run();
}
