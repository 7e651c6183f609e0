/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/error.h"
#include "pos/escpos.h"
#include "tests/support/vectors.h"

#include <string.h>

/* --- the bytes of single commands, against the table ------------------------------------------------- */

static void make_init(GByteArray *out)
{
    pos_escpos_init(out);
}
static void make_single_byte(GByteArray *out)
{
    pos_escpos_multibyte(out, false);
}
static void make_multibyte(GByteArray *out)
{
    pos_escpos_multibyte(out, true);
}
static void make_bold_on(GByteArray *out)
{
    pos_escpos_bold(out, true);
}
static void make_bold_off(GByteArray *out)
{
    pos_escpos_bold(out, false);
}
static void make_large(GByteArray *out)
{
    pos_escpos_size(out, 2, 2);
}
static void make_small(GByteArray *out)
{
    pos_escpos_size(out, 1, 1);
}
static void make_left(GByteArray *out)
{
    pos_escpos_align(out, POS_PRINT_LEFT);
}
static void make_centre(GByteArray *out)
{
    pos_escpos_align(out, POS_PRINT_CENTRE);
}
static void make_right(GByteArray *out)
{
    pos_escpos_align(out, POS_PRINT_RIGHT);
}
static void make_table(GByteArray *out)
{
    pos_escpos_table(out, 0x6e); /* the table of vectors writes "n" */
}
static void make_utf8(GByteArray *out)
{
    pos_escpos_utf8(out);
}
static void make_drawer(GByteArray *out)
{
    pos_escpos_drawer(out, 2);
}
static void make_cut(GByteArray *out)
{
    pos_escpos_cut(out, false);
}
static void make_feed_cut(GByteArray *out)
{
    pos_escpos_cut(out, true);
}
static void make_paper(GByteArray *out)
{
    pos_escpos_ask_status(out, 4);
}
static void make_qr(GByteArray *out)
{
    pos_escpos_qr(out, "https://s.example/01/08801234567893", 6);
}
static void make_raster(GByteArray *out, int bytes_per_line)
{
    uint8_t dots[72 * 24] = {0};
    pos_escpos_raster(out, dots, bytes_per_line, 24);
    g_assert_cmpuint(out->len, ==, 8 + (guint)bytes_per_line * 24);
    g_byte_array_set_size(out, 8);
}
static void make_raster_384(GByteArray *out)
{
    make_raster(out, 48);
}
static void make_raster_576(GByteArray *out)
{
    make_raster(out, 72);
}
static void make_korean(GByteArray *out)
{
    static const gunichar text[] = {0xc2e0, 0xc120, 0xb9e4, 0xb300};
    g_autoptr(PosEscposCharset) charset = pos_escpos_charset_new(POS_ESCPOS_KOREAN, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(text); i++) {
        uint8_t bytes[4];
        int length = pos_escpos_charset_put(charset, text[i], bytes);
        g_byte_array_append(out, bytes, (guint)length);
    }
}

typedef struct {
    const char *what; /* how the row begins */
    void (*makers[3])(GByteArray *out);
} Vector;

static const Vector VECTORS[] = {
    {"init", {make_init}},
    {"cancel multibyte", {make_single_byte}},
    {"multibyte (Hangul", {make_multibyte}},
    {"bold on/off", {make_bold_on, make_bold_off}},
    {"double width", {make_large, make_small}},
    {"align left", {make_left, make_centre, make_right}},
    {"code table n", {make_table}},
    {"UTF-8 on printers", {make_utf8}},
    {"drawer pin 2", {make_drawer}},
    {"partial cut", {make_cut}},
    {"feed to cutter", {make_feed_cut}},
    {"status: paper", {make_paper}},
    {"raster header 384x24", {make_raster_384}},
    {"raster header 576x24", {make_raster_576}},
    {"QR model 2", {make_qr}},
    {"EUC-KR text", {make_korean}},
};

static const Vector *vector_of(const char *what)
{
    for (gsize i = 0; i < G_N_ELEMENTS(VECTORS); i++) {
        if (g_str_has_prefix(what, VECTORS[i].what)) {
            return &VECTORS[i];
        }
    }
    return NULL;
}

/* "1b 74 n": n stands for any byte, here its own letter. */
static GByteArray *bytes_from_hex(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    g_auto(GStrv) words = g_strsplit(g_strstrip((char *)hex), " ", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        uint8_t byte =
            strcmp(words[i], "n") == 0 ? 0x6e : (uint8_t)g_ascii_strtoull(words[i], NULL, 16);
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

static void test_every_row_of_the_table(void)
{
    g_autofree char *path = vectors_path("standards/escpos_bytes.csv");
    Vectors *vectors = vectors_read(path);
    guint checked = 0;
    for (guint i = 0; i < vectors->rows->len; i++) {
        const char *what = vectors_cell(vectors, i, "what");
        const Vector *vector = vector_of(what);
        g_test_message("%s", what);
        g_assert_nonnull(vector);
        g_auto(GStrv) parts = g_strsplit(vectors_cell(vectors, i, "hex"), "/", -1);
        g_assert_cmpuint(g_strv_length(parts), <=, G_N_ELEMENTS(vector->makers));
        for (guint n = 0; parts[n] != NULL; n++, checked++) {
            g_autoptr(GByteArray) want = bytes_from_hex(parts[n]);
            g_autoptr(GByteArray) got = g_byte_array_new();
            g_assert_nonnull(vector->makers[n]);
            vector->makers[n](got);
            g_assert_cmpmem(got->data, got->len, want->data, want->len);
        }
    }
    g_assert_cmpuint(vectors->rows->len, ==, G_N_ELEMENTS(VECTORS));
    g_assert_cmpuint(checked, ==, 20);
    vectors_free(vectors);
}

/* --- which characters a printer has --------------------------------------------------------------------- */

static bool has(PosEscposText text, int table, const char *what)
{
    g_autoptr(PosEscposCharset) charset = pos_escpos_charset_new(text, table);
    return pos_escpos_charset_has(charset, what);
}

/* All of Unicode's syllables: KS X 1001 has 2,350, each as two bytes of its plane. */
static void test_2350_syllables_of_11172(void)
{
    g_autoptr(PosEscposCharset) charset = pos_escpos_charset_new(POS_ESCPOS_KOREAN, 0);
    int count = 0;
    for (gunichar c = 0xac00; c <= 0xd7a3; c++) {
        uint8_t bytes[4];
        int length = pos_escpos_charset_put(charset, c, bytes);
        g_assert_true(length == 0 || (length == 2 && bytes[0] >= 0xb0 && bytes[0] <= 0xc8));
        count += length == 2;
    }
    g_assert_cmpint(count, ==, 2350);
}

static void test_membership(void)
{
    static const struct {
        PosEscposText text;
        int table;
        const char *what;
        bool has;
    } rows[] = {
        {POS_ESCPOS_KOREAN, 0, "대파 1단 (국내산)", true},
        {POS_ESCPOS_KOREAN, 0, "똠", false},
        {POS_ESCPOS_KOREAN, 0, "뷁", false},
        {POS_ESCPOS_KOREAN, 0, "펲", false},
        {POS_ESCPOS_KOREAN, 0, "쌰", false},
        {POS_ESCPOS_KOREAN, 0, "믜", false},
        {POS_ESCPOS_KOREAN, 0, "₩", false},
        {POS_ESCPOS_KOREAN, 0, "€", false},    /* came to KS X 1001 in 1998 */
        {POS_ESCPOS_KOREAN, 0, "\\", false},   /* a won sign there */
        {POS_ESCPOS_KOREAN, 0, "大葱", false}, /* 葱 is simplified */
        {POS_ESCPOS_KOREAN, 0, "Äpfel", false},
        {POS_ESCPOS_KOREAN, 0, "ㄱㅏ", true},
        {POS_ESCPOS_CHINESE, 0, "大葱 ￥3.50", true},
        {POS_ESCPOS_CHINESE, 0, "大蔥", true},  /* GBK has the traditional ones, too */
        {POS_ESCPOS_CHINESE, 0, "대파", false}, /* four bytes in GB 18030 */
        {POS_ESCPOS_LATIN, 19, "Äpfel €1.99 crème", true},
        {POS_ESCPOS_LATIN, 0, "€", false},
        {POS_ESCPOS_LATIN, 0, "←", false}, /* the code page has it at 1B, which is ESC */
        {POS_ESCPOS_LATIN, 19, "☺", false},
        {POS_ESCPOS_LATIN, 16, "€ “quoted”", true},
        {POS_ESCPOS_LATIN, 19, "대파", false},
        {POS_ESCPOS_UTF8, 0, "Äpfel 대파 大葱 €", true},
        {POS_ESCPOS_UTF8, 0, "똠", false},
        {POS_ESCPOS_UTF8, 0, "🍎", false},
        {POS_ESCPOS_RASTER, 0, "a", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%d %s", rows[i].text, rows[i].what);
        g_assert_cmpint(has(rows[i].text, rows[i].table, rows[i].what), ==, rows[i].has);
    }
}

static void test_spelling(void)
{
    static const struct {
        PosEscposText text;
        int table;
        const char *what, *spelled;
    } rows[] = {
        {POS_ESCPOS_KOREAN, 0, "₩4,780/kg", "4,780원/kg"},
        {POS_ESCPOS_KOREAN, 0, "-₩987,654,321", "-987,654,321원"},
        {POS_ESCPOS_KOREAN, 0, "2 x ₩900", "2 x 900원"},
        {POS_ESCPOS_LATIN, 19, "₩4,780/kg", "KRW 4,780/kg"},
        {POS_ESCPOS_LATIN, 19, "¥350", "¥350"},
        {POS_ESCPOS_CHINESE, 0, "¥3.50", "￥3.50"},
        {POS_ESCPOS_LATIN, 19, "cre\xcc\x80me", "crème"},
        {POS_ESCPOS_KOREAN, 0, "\xe1\x84\x83\xe1\x85\xa2\xe1\x84\x91\xe1\x85\xa1", "대파"},
        {POS_ESCPOS_LATIN, 19,
         "1\xc2\xa0"
         "234,50 €",
         "1 234,50 €"},
        {POS_ESCPOS_RASTER, 0, "₩4,780", "₩4,780"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(PosEscposCharset) charset = pos_escpos_charset_new(rows[i].text, rows[i].table);
        g_autofree char *got = pos_escpos_charset_spell(charset, rows[i].what);
        g_assert_cmpstr(got, ==, rows[i].spelled);
    }
}

/* A printer gives two cells to each double-byte character, also to those that Unicode calls narrow. */
static void test_cells_are_those_of_the_printer(void)
{
    g_autoptr(PosEscposCharset) korean = pos_escpos_charset_new(POS_ESCPOS_KOREAN, 0);
    g_autoptr(PosEscposCharset) latin = pos_escpos_charset_new(POS_ESCPOS_LATIN, 19);
    g_assert_cmpint(pos_escpos_charset_cells(0xb7, korean), ==, 2);
    g_assert_cmpint(pos_escpos_charset_cells(0xb7, latin), ==, 1);
    g_assert_cmpint(pos_escpos_charset_cells(0xb300, korean), ==, 2);
    g_assert_cmpint(pos_escpos_charset_cells('a', korean), ==, 1);
}

/* --- whole documents --------------------------------------------------------------------------------------- */

static PosEscposProfile profile(PosEscposText text)
{
    return (PosEscposProfile){
        .columns = 32, .dots = 384, .text = text, .table = 19, .draws_qr = true, .cuts = true};
}

static GByteArray *bytes_of(const PosPrintDocument *document, const PosEscposProfile *how)
{
    g_autoptr(GError) error = NULL;
    GByteArray *bytes = pos_escpos_document(document, how, &error);
    g_assert_no_error(error);
    return bytes;
}

static bool holds(const GByteArray *bytes, const char *what, gsize length)
{
    return memmem(bytes->data, bytes->len, what, length) != NULL;
}

static void test_a_korean_line_is_text(void)
{
    PosEscposProfile how = profile(POS_ESCPOS_KOREAN);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_pair(document, "대파", "₩1,000", POS_PRINT_NORMAL);
    g_autoptr(GByteArray) bytes = bytes_of(document, &how);
    static const char want[] =
        "\x1b@\x1c&\xb4\xeb\xc6\xc4                     1,000\xbf\xf8\n\x1dVB";
    g_assert_cmpmem(bytes->data, bytes->len, want, sizeof want);
}

static void test_a_line_with_a_missing_glyph_is_drawn(void)
{
    PosEscposProfile how = profile(POS_ESCPOS_KOREAN);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_text(document, "똠방각하", POS_PRINT_LEFT, POS_PRINT_NORMAL);
    pos_print_add_text(document, "대파", POS_PRINT_LEFT, POS_PRINT_NORMAL);
    g_autoptr(GByteArray) bytes = bytes_of(document, &how);
    g_assert_true(holds(bytes, "\x1dv0\0\x30\0\x1e\0", 8)); /* 48 bytes, 30 rows */
    g_assert_true(holds(bytes, "\xb4\xeb\xc6\xc4\n", 5));
    int black = 0;
    const uint8_t *from = memmem(bytes->data, bytes->len, "\x1dv0", 3);
    for (int i = 0; i < 48 * 30; i++) {
        black += __builtin_popcount(from[8 + i]);
    }
    g_assert_cmpint(black, >, 200); /* four syllables are on it */
    g_assert_cmpint(black, <, 2500);
}

static void test_pictures_go_in_bands(void)
{
    PosEscposProfile how = profile(POS_ESCPOS_RASTER);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    for (int i = 0; i < 20; i++) {
        pos_print_add_rule(document);
    }
    g_autoptr(GByteArray) bytes = bytes_of(document, &how);
    g_assert_true(holds(bytes, "\x1dv0\0\x30\0\x00\x01", 8)); /* 256 rows */
    g_assert_true(holds(bytes, "\x1dv0\0\x30\0\x58\x00", 8)); /* and 600 - 2 * 256 */
    gsize rules = 0;
    for (guint i = 0; i + 8 < bytes->len;) {
        if (memcmp(bytes->data + i, "\x1dv0", 3) == 0) {
            guint rows = bytes->data[i + 6] | (guint)bytes->data[i + 7] << 8;
            g_assert_cmpuint(rows, <=, 256);
            rules += rows;
            i += 8 + rows * 48;
        } else {
            i++;
        }
    }
    g_assert_cmpuint(rules, ==, 600);
}

static void test_large_type_and_the_code(void)
{
    PosEscposProfile how = profile(POS_ESCPOS_LATIN);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    pos_print_add_pair(document, "TOTAL", "€9.99", POS_PRINT_LARGE);
    pos_print_add_qr(document, "https://s.example/01/08801234567893");
    g_autoptr(GByteArray) bytes = bytes_of(document, &how);
    g_assert_true(holds(bytes, "\x1b@\x1c.\x1bt\x13", 7));
    g_assert_true(holds(bytes,
                        "\x1b\x45\x01\x1d!\x11TOTAL      \xd5"
                        "9.99\n",
                        22));
    g_assert_true(holds(bytes, "\x1b\x61\x01\x1d(k\x04\0", 8));
    g_assert_true(holds(bytes, "\x1d(k\x03\0\x31\x43\x06", 8));
    how.draws_qr = false;
    g_autoptr(GByteArray) drawn = bytes_of(document, &how);
    g_assert_false(holds(drawn, "\x1d(k", 3));
    g_assert_true(holds(drawn, "\x1dv0", 3));
}

static void test_a_printer_without_cutter_feeds(void)
{
    PosEscposProfile how = profile(POS_ESCPOS_LATIN);
    g_autoptr(GPtrArray) document = pos_print_document_new();
    how.cuts = false;
    g_autoptr(GByteArray) bytes = bytes_of(document, &how);
    static const char want[] = "\x1b@\x1c.\x1bt\x13\x1b"
                               "d\x04";
    g_assert_cmpmem(bytes->data, bytes->len, want, sizeof want - 1);
}

static void test_profiles_that_make_no_sense(void)
{
    static const PosEscposProfile bad[] = {
        {.columns = 48, .dots = 376, .text = POS_ESCPOS_KOREAN},
        {.columns = 0, .dots = 384, .text = POS_ESCPOS_KOREAN},
        {.columns = 32, .dots = 380, .text = POS_ESCPOS_KOREAN},
        {.columns = 32, .dots = 384, .text = POS_ESCPOS_LATIN, .table = 7},
    };
    g_autoptr(GPtrArray) document = pos_print_document_new();
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_escpos_document(document, &bad[i], &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

static void test_a_code_too_long_is_refused(void)
{
    PosEscposProfile how = profile(POS_ESCPOS_LATIN);
    g_autofree char *text = g_strnfill(4000, 'x');
    g_autoptr(GPtrArray) document = pos_print_document_new();
    g_autoptr(GError) error = NULL;
    pos_print_add_qr(document, text);
    g_assert_null(pos_escpos_document(document, &how, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add_func("/pos/escpos/" path, test)
    ADD("every_row_of_the_table", test_every_row_of_the_table);
    ADD("2350_syllables_of_11172", test_2350_syllables_of_11172);
    ADD("membership", test_membership);
    ADD("spelling", test_spelling);
    ADD("cells_are_those_of_the_printer", test_cells_are_those_of_the_printer);
    ADD("a_korean_line_is_text", test_a_korean_line_is_text);
    ADD("a_line_with_a_missing_glyph_is_drawn", test_a_line_with_a_missing_glyph_is_drawn);
    ADD("pictures_go_in_bands", test_pictures_go_in_bands);
    ADD("large_type_and_the_code", test_large_type_and_the_code);
    ADD("a_printer_without_cutter_feeds", test_a_printer_without_cutter_feeds);
    ADD("profiles_that_make_no_sense", test_profiles_that_make_no_sense);
    ADD("a_code_too_long_is_refused", test_a_code_too_long_is_refused);
    return g_test_run();
}
