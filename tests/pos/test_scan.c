/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/scan.c, pos/scan_passes.c and pos/scan_text.c on drawn codes, on made pictures and,
 * where they are given, on photographs. */
#include "pos/qr.h"
#include "pos/scan.h"
#include "tests/support/picture.h"
#include "tests/support/vectors.h"

#include <string.h>

#define LINK "https://id.gs1.org/01/08801234567893/10/L1"

/* A white frame to draw into. */
typedef struct {
    uint8_t *pixels;
    int width, height, stride;
} Canvas;

static Canvas canvas_new(int width, int height, int stride)
{
    Canvas canvas = {g_malloc((gsize)stride * (gsize)height + 1), width, height, stride};
    memset(canvas.pixels, 230, (gsize)stride * (gsize)height);
    return canvas;
}

static void draw_code(Canvas *canvas, const char *text, int left, int top, int scale)
{
    PosQr qr;
    g_assert_true(pos_qr_make(text, &qr, NULL));
    for (int y = 0; y < qr.size * scale; y++) {
        for (int x = 0; x < qr.size * scale; x++) {
            if (qr.modules[y / scale * qr.size + x / scale] != 0) {
                canvas->pixels[(top + y) * canvas->stride + left + x] = 20;
            }
        }
    }
    pos_qr_clear(&qr);
}

static GPtrArray *scan(const Canvas *canvas, PosScanEffort effort, unsigned turn)
{
    PosFrame frame = {canvas->pixels, canvas->width, canvas->height, canvas->stride};
    return pos_scan_frame(&frame, effort, turn);
}

static bool holds(const GPtrArray *symbols, const char *text)
{
    for (guint i = 0; i < symbols->len; i++) {
        const PosSymbol *symbol = g_ptr_array_index(symbols, i);
        if (symbol->length == strlen(text) && memcmp(symbol->bytes, text, symbol->length) == 0) {
            return true;
        }
    }
    return false;
}

static void test_drawn_code(void)
{
    Canvas canvas = canvas_new(300, 260, 317);
    draw_code(&canvas, LINK, 60, 50, 4);
    g_autoptr(GPtrArray) symbols = scan(&canvas, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_cmpint(symbol->symbology, ==, POS_SYMBOLOGY_QR);
    g_assert_cmpstr(symbol->aim, ==, "]Q1");
    g_assert_false(symbol->gs1);
    g_assert_cmpstr(symbol->bytes, ==, LINK);
    g_assert_cmpint(symbol->corners_count, ==, 4);
    for (int i = 0; i < 4; i++) {
        g_assert_cmpint(ABS(symbol->corners[i][0] - (i == 0 || i == 1 ? 60 : 176)), <, 12);
    }
    g_free(canvas.pixels);
}

static void test_light_on_dark(void)
{
    Canvas canvas = canvas_new(300, 260, 300);
    draw_code(&canvas, LINK, 60, 50, 4);
    for (int i = 0; i < 300 * 260; i++) {
        canvas.pixels[i] = (uint8_t)~canvas.pixels[i];
    }
    g_autoptr(GPtrArray) symbols = scan(&canvas, POS_SCAN_THOROUGH, 0);
    g_assert_true(holds(symbols, LINK));
    g_free(canvas.pixels);
}

static void test_shelf(void)
{
    Canvas canvas = canvas_new(700, 500, 700);
    draw_code(&canvas, LINK, 40, 40, 4);
    draw_code(&canvas, LINK, 40, 280, 4);
    draw_code(&canvas, "https://id.gs1.org/01/09521234543213", 320, 40, 4);
    g_autoptr(GPtrArray) symbols = scan(&canvas, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(symbols->len, ==, 2);
    g_assert_true(holds(symbols, LINK));
    g_assert_true(holds(symbols, "https://id.gs1.org/01/09521234543213"));
    g_free(canvas.pixels);
}

/* Uneven light that no one threshold parts: the local one reads it, within five frames of a camera.
 */
static void test_live_turns(void)
{
    Canvas canvas = canvas_new(300, 260, 300);
    bool found = false;
    draw_code(&canvas, LINK, 60, 50, 4);
    for (int y = 0; y < 260; y++) {
        for (int x = 0; x < 300; x++) {
            canvas.pixels[y * 300 + x] = (uint8_t)(canvas.pixels[y * 300 + x] * (30 + x) / 330);
        }
    }
    for (unsigned turn = 0; turn < 5; turn++) {
        g_autoptr(GPtrArray) symbols = scan(&canvas, POS_SCAN_LIVE, turn);
        found = found || holds(symbols, LINK);
    }
    g_assert_true(found);
    g_free(canvas.pixels);
}

static void test_nothing(void)
{
    static const int sizes[][2] = {{0, 0}, {1, 1}, {7, 1}, {1, 900}, {3, 3}};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        Canvas canvas = canvas_new(sizes[i][0], sizes[i][1], sizes[i][0]);
        g_autoptr(GPtrArray) symbols = scan(&canvas, POS_SCAN_THOROUGH, 0);
        g_assert_cmpuint(symbols->len, ==, 0);
        g_free(canvas.pixels);
    }
    PosFrame wrong = {(const uint8_t *)"", 10, 10, 5};
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&wrong, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(symbols->len, ==, 0);
}

static void test_text(void)
{
    static const struct {
        const char *bytes, *text;
        PosSymbology symbology;
    } cases[] = {
        {"Milk", "Milk", POS_SYMBOLOGY_QR},
        {"K\xc3\xa4se", "Käse", POS_SYMBOLOGY_QR},
        {"K\xe4se", "Käse", POS_SYMBOLOGY_QR},
        {"Cr\xe8"
         "me fra\xee"
         "che \xab 5 \xbb",
         "Crème fraîche « 5 »", POS_SYMBOLOGY_QR},
        {"\x83\x82\x83\x6f\x83\x43\x83\x8b", "モバイル", POS_SYMBOLOGY_QR},
        {"*\xc3\xde\xbb\xde\xb2\xdd*", "*ﾃﾞｻﾞｲﾝ*", POS_SYMBOLOGY_QR},
        {"K\xe4se", "Käse", POS_SYMBOLOGY_CODE128},
        {"\xd0\xc2\xcf\xca\xca\xdf\xb2\xcb 100\xbf\xcb", "新鲜蔬菜 100克", POS_SYMBOLOGY_QR},
        {"\xd6\xd0\xb9\xfa", "中国", POS_SYMBOLOGY_DATAMATRIX},
        {"\xc4\xd6\xdc", "ÄÖÜ", POS_SYMBOLOGY_QR},
        {"\xc9\xc9\xc8\xc8", "ÉÉÈÈ", POS_SYMBOLOGY_QR},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        PosSymbol symbol = {.symbology = cases[i].symbology,
                            .bytes = (char *)cases[i].bytes,
                            .length = strlen(cases[i].bytes)};
        gsize length = 0;
        g_autofree char *text = pos_scan_text(&symbol, &length);
        g_assert_cmpstr(text, ==, cases[i].text);
        g_assert_cmpuint(length, ==, strlen(text));
    }
    PosSymbol with_nul = {.symbology = POS_SYMBOLOGY_QR, .bytes = (char *)"a\0\xe4", .length = 3};
    gsize length = 0;
    g_autofree char *text = pos_scan_text(&with_nul, &length);
    g_assert_cmpmem(text, length, "a\0ä", 4);
}

/* Bytes of a symbol without what expected texts leave open: line ends, UPC-A's leading zero,
 * DataBar's separators. */
static char *comparable(const char *bytes, gsize length, const char *symbology, bool no_separators)
{
    GString *text = g_string_new_len(bytes, (gssize)length);
    g_string_replace(text, "\r\n", "\n", 0);
    if (no_separators) {
        g_string_replace(text, "\x1d", "", 0);
    }
    bool is_number = g_str_has_prefix(symbology, "EAN13") || g_str_has_prefix(symbology, "UPC");
    while (is_number && text->len > 8 && text->str[0] == '0') {
        g_string_erase(text, 0, 1);
    }
    return g_string_free(text, FALSE);
}

/* The number of a UPC-E code, which ZBar gives in full. */
static char *expand_upce(const char *code)
{
    char last = code[6];
    if (last <= '2') {
        return g_strdup_printf("%.2s%c0000%.3s%c", code + 1, last, code + 3, code[7]);
    }
    if (last == '3') {
        return g_strdup_printf("%.3s00000%.2s%c", code + 1, code + 4, code[7]);
    }
    if (last == '4') {
        return g_strdup_printf("%.4s00000%c%c", code + 1, code[5], code[7]);
    }
    return g_strdup_printf("%.5s0000%c%c", code + 1, last, code[7]);
}

/* The symbol says what the row expects. */
static bool is_row(const PosSymbol *symbol, const Vectors *vectors, guint row)
{
    const char *symbology = vectors_cell(vectors, row, "symbology");
    bool no_separators = strstr(vectors_cell(vectors, row, "file"), "/rss") != NULL;
    gsize length = 0;
    g_autofree char *cell = vectors_unescape(vectors_cell(vectors, row, "text"), &length);
    if (strcmp(symbology, "UPCE") == 0 && length == 8) {
        char *full = expand_upce(cell);
        g_free(cell);
        cell = full;
        length = strlen(cell);
    }
    g_autofree char *expected = comparable(cell, length, symbology, no_separators);
    gsize text_length = 0;
    g_autofree char *text = pos_scan_text(symbol, &text_length);
    g_autofree char *got =
        comparable(text, text_length, pos_symbology_code(symbol->symbology), no_separators);
    return strcmp(got, expected) == 0;
}

static bool reads_row(const GPtrArray *symbols, const Vectors *vectors, guint row)
{
    for (guint i = 0; symbols != NULL && i < symbols->len; i++) {
        if (is_row(g_ptr_array_index(symbols, i), vectors, row)) {
            return true;
        }
    }
    return false;
}

static void test_made_pictures(void)
{
    g_autofree char *csv = vectors_path("scan/expected.csv");
    Vectors *vectors = vectors_read(csv);
    for (guint row = 0; row < vectors->rows->len; row++) {
        const char *file = vectors_cell(vectors, row, "file");
        g_autofree char *name = g_build_filename("scan", file, NULL);
        g_autofree char *path = vectors_path(name);
        g_autoptr(GPtrArray) symbols = picture_scan(path);
        g_assert_nonnull(symbols);
        g_test_message("%s", file);
        if (*vectors_cell(vectors, row, "symbology") == '\0') {
            g_assert_cmpuint(symbols->len, ==, 0);
            continue;
        }
        g_assert_cmpuint(symbols->len, ==, 1);
        g_assert_true(reads_row(symbols, vectors, row));
        const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
        g_assert_cmpstr(symbol->aim, ==, vectors_cell(vectors, row, "aim"));
    }
    vectors_free(vectors);
}

/* Share of right reads, in thousandths, of the rows whose set begins with `prefix` and that hold no
 * `without`. */
static int right_reads(const Vectors *vectors, const char *prefix, const char *without)
{
    int rows = 0, right = 0;
    g_autofree char *last = NULL;
    g_autoptr(GPtrArray) symbols = NULL;
    for (guint row = 0; row < vectors->rows->len; row++) {
        const char *file = vectors_cell(vectors, row, "file");
        const char *symbology = vectors_cell(vectors, row, "symbology");
        if (!g_str_has_prefix(vectors_cell(vectors, row, "set"), prefix) || *symbology == '\0' ||
            strcmp(symbology, without) == 0) {
            continue;
        }
        if (g_strcmp0(last, file) != 0) {
            g_autofree char *name = g_build_filename("scan", file, NULL);
            g_autofree char *path = vectors_outside_path(name);
            g_clear_pointer(&symbols, g_ptr_array_unref);
            symbols = picture_scan(path);
            g_free(last);
            last = g_strdup(file);
        }
        rows++;
        right += reads_row(symbols, vectors, row) ? 1 : 0;
    }
    g_test_message("%s: %d of %d", prefix, right, rows);
    return right * 1000 / MAX(rows, 1);
}

/* How many symbols of the picture are no row of it; first: its first row, the others follow. `also` names what stands on
 * the picture beside the rows. */
static int wrong_reads(const Vectors *vectors, guint first)
{
    const char *file = vectors_cell(vectors, first, "file");
    g_autofree char *name = g_build_filename("scan", file, NULL);
    g_autofree char *path = vectors_outside_path(name);
    g_autoptr(GPtrArray) symbols = picture_scan(path);
    int wrong = 0;
    for (guint i = 0; symbols != NULL && i < symbols->len; i++) {
        const PosSymbol *symbol = g_ptr_array_index(symbols, i);
        gsize length = 0;
        g_autofree char *text = pos_scan_text(symbol, &length);
        bool known = false;
        for (guint row = first; row < vectors->rows->len && !known &&
                                strcmp(vectors_cell(vectors, row, "file"), file) == 0;
             row++) {
            known = is_row(symbol, vectors, row) ||
                    strstr(vectors_cell(vectors, row, "also"), text) != NULL;
        }
        if (!known) {
            g_test_message("%s: \"%s\" does not stand there", file, text);
            wrong++;
        }
    }
    return wrong;
}

static void test_wrong_reads(void)
{
    g_autofree char *csv = vectors_outside_path("scan/expected.csv");
    if (csv == NULL) {
        g_test_skip("COSTER_TEST_DATA is unset: the photographs are not there");
        return;
    }
    Vectors *vectors = vectors_read(csv);
    int pictures = 0, wrong = 0;
    const char *last = "";
    for (guint row = 0; row < vectors->rows->len; row++) {
        const char *file = vectors_cell(vectors, row, "file");
        if (strcmp(last, file) != 0) {
            pictures++;
            wrong += wrong_reads(vectors, row);
            last = file;
        }
    }
    g_test_message("%d of %d pictures", wrong, pictures);
    g_assert_cmpint(pictures, >, 300);
    g_assert_cmpint(wrong * 1000, <=, pictures * 7);
    vectors_free(vectors);
}

static void test_outside_pictures(void)
{
    g_autofree char *csv = vectors_outside_path("scan/expected.csv");
    if (csv == NULL) {
        g_test_skip("COSTER_TEST_DATA is unset: the photographs are not there");
        return;
    }
    Vectors *vectors = vectors_read(csv);
    g_assert_cmpint(right_reads(vectors, "syn-", ""), >=, 950);
    g_assert_cmpint(right_reads(vectors, "real-", ""), >=, 940);
    vectors_free(vectors);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/scan/a_drawn_code_is_read_where_it_is", test_drawn_code);
    g_test_add_func("/pos/scan/light_on_dark_is_read", test_light_on_dark);
    g_test_add_func("/pos/scan/each_code_of_a_shelf_is_read_once", test_shelf);
    g_test_add_func("/pos/scan/a_camera_gets_there_within_five_frames", test_live_turns);
    g_test_add_func("/pos/scan/a_frame_without_room_holds_nothing", test_nothing);
    g_test_add_func("/pos/scan/bytes_become_the_text_they_were", test_text);
    g_test_add_func("/pos/scan/made_pictures_read_as_labelled", test_made_pictures);
    g_test_add_func("/pos/scan/pictures_and_photographs_read_often_enough", test_outside_pictures);
    g_test_add_func("/pos/scan/next_to_nothing_is_read_that_does_not_stand_there",
                    test_wrong_reads);
    return g_test_run();
}
