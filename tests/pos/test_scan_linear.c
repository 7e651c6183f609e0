/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/scan_linear.c, scan_ean*.c and scan_code128.c on symbols that are drawn turned, slanted, small, blurred and noisy;
 * and that noise, stripes and what looks like print say nothing. */
#include "pos/barcode.h"
#include "pos/scan_linear.h"

#include <math.h>
#include <string.h>

#define LIGHT 225.0
#define DARK 30.0

/* How a row of modules is put into a frame. */
typedef struct {
    double module; /* pixels */
    double slant;  /* pixels to the right for each row down */
    int bar_rows;
    int blur; /* times a mean of three is taken along the rows */
    int noise;
    bool inverted;
    int turns; /* quarters */
} Look;

typedef struct {
    uint8_t *pixels;
    int width, height;
} Picture;

static void picture_turn(Picture *picture)
{
    Picture turned = {g_malloc((gsize)picture->width * (gsize)picture->height), picture->height,
                      picture->width};
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            turned.pixels[x * turned.width + (turned.width - 1 - y)] =
                picture->pixels[y * picture->width + x];
        }
    }
    g_free(picture->pixels);
    *picture = turned;
}

/* How much of the places from..to, in modules, is dark. */
static double darkness(const char *row, double from, double to)
{
    double sum = 0;
    for (int m = MAX((int)floor(from), 0); m < to && m < (int)strlen(row); m++) {
        double share = MIN(to, m + 1.0) - MAX(from, (double)m);
        sum += row[m] == '1' ? MAX(share, 0) : 0;
    }
    return sum / (to - from);
}

static void blur_row(double *row, int count)
{
    double before = row[0];
    for (int x = 0; x < count; x++) {
        double now = row[x], after = row[MIN(x + 1, count - 1)];
        row[x] = (before + now + after) / 3;
        before = now;
    }
}

static Picture draw(const char *row, const Look *look, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    int slanted = (int)(fabs(look->slant) * look->bar_rows);
    Picture picture = {.width = (int)((double)(strlen(row) + 24) * look->module) + slanted,
                       .height = look->bar_rows + 20};
    picture.pixels = g_malloc((gsize)picture.width * (gsize)picture.height);
    g_autofree double *line = g_new(double, picture.width);
    for (int y = 0; y < picture.height; y++) {
        double left = 12 * look->module + (look->slant < 0 ? slanted : 0) + look->slant * (y - 10);
        bool has_bars = y >= 10 && y < 10 + look->bar_rows;
        for (int x = 0; x < picture.width; x++) {
            double dark =
                has_bars ? darkness(row, (x - left) / look->module, (x + 1 - left) / look->module)
                         : 0;
            line[x] = LIGHT - (LIGHT - DARK) * dark;
        }
        for (int i = 0; i < look->blur; i++) {
            blur_row(line, picture.width);
        }
        for (int x = 0; x < picture.width; x++) {
            double grey =
                line[x] +
                (look->noise > 0 ? g_rand_int_range(random, -look->noise, look->noise + 1) : 0);
            grey = CLAMP(grey, 0, 255);
            picture.pixels[y * picture.width + x] = (uint8_t)(look->inverted ? 255 - grey : grey);
        }
    }
    for (int i = 0; i < look->turns; i++) {
        picture_turn(&picture);
    }
    return picture;
}

static GPtrArray *scan(const char *row, const Look *look, guint32 seed)
{
    Picture picture = draw(row, look, seed);
    PosFrame frame = {picture.pixels, picture.width, picture.height, picture.width};
    GPtrArray *symbols = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    pos_scan_linear(&frame, symbols);
    g_free(picture.pixels);
    return symbols;
}

static void assert_reads(const char *row, const Look *look, PosSymbology symbology,
                         const char *text, gsize length)
{
    g_autoptr(GPtrArray) symbols = scan(row, look, 1);
    g_test_message("module %.2f slant %.2f blur %d turns %d inverted %d", look->module, look->slant,
                   look->blur, look->turns, look->inverted);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_cmpstr(pos_symbology_code(symbol->symbology), ==, pos_symbology_code(symbology));
    g_assert_cmpmem(symbol->bytes, symbol->length, text, length);
    g_assert_cmpint(symbol->corners_count, ==, 4);
}

static const Look looks[] = {
    {.module = 2, .bar_rows = 80},
    {.module = 2, .bar_rows = 80, .turns = 1},
    {.module = 2, .bar_rows = 80, .turns = 2},
    {.module = 2, .bar_rows = 80, .turns = 3},
    {.module = 2, .bar_rows = 80, .inverted = true},
    {.module = 2.3, .bar_rows = 120, .slant = 0.5},
    {.module = 3.1, .bar_rows = 120, .slant = -0.3, .blur = 2, .noise = 5},
    {.module = 1.4, .bar_rows = 80, .noise = 3},
    {.module = 2.4, .bar_rows = 100, .blur = 1},
    {.module = 6, .bar_rows = 90, .blur = 9},
};

static void random_ean13(GRand *random, int first, char out[14])
{
    int sum = first;
    out[0] = (char)('0' + first);
    for (int i = 1; i < 12; i++) {
        int digit = g_rand_int_range(random, 0, 10);
        sum += i % 2 == 1 ? 3 * digit : digit;
        out[i] = (char)('0' + digit);
    }
    out[12] = (char)('0' + (10 - sum % 10) % 10);
    out[13] = '\0';
}

static void test_ean13(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(13);
    for (int n = 0; n < 20; n++) {
        char digits[14];
        random_ean13(random, n % 10, digits);
        g_autofree char *row = pos_barcode_ean13(digits);
        for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
            assert_reads(row, &looks[i], POS_SYMBOLOGY_EAN13, digits, 13);
        }
    }
}

/* The rows as the standard draws them (GS1 General Specifications 5.2.3). */
static void test_short_symbols(void)
{
    static const char ean8[] = "101"
                               "0001011"
                               "0101111"
                               "0111101"
                               "0110111"
                               "01010"
                               "1001110"
                               "1110010"
                               "1000100"
                               "1011100"
                               "101";
    static const char upce[] = "101"
                               "0110011"
                               "0010011"
                               "0111101"
                               "0011101"
                               "0111001"
                               "0101111"
                               "010101";
    for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
        assert_reads(ean8, &looks[i], POS_SYMBOLOGY_EAN8, "96385074", 8);
        assert_reads(upce, &looks[i], POS_SYMBOLOGY_UPCE, "0012345000065", 13);
    }
}

static void test_code128(void)
{
    static const char plain[] = "Lot 7/b-12345678", element[] = "0195200000103791"
                                                                "10A1"
                                                                "\x1d"
                                                                "15260331";
    g_autofree char *row = pos_barcode_code128(plain, strlen(plain), false, NULL);
    g_autofree char *gs1_row = pos_barcode_code128(element, strlen(element), true, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
        assert_reads(row, &looks[i], POS_SYMBOLOGY_CODE128, plain, strlen(plain));
        assert_reads(gs1_row, &looks[i], POS_SYMBOLOGY_CODE128, element, strlen(element));
    }
    g_autoptr(GPtrArray) symbols = scan(gs1_row, &looks[0], 1);
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_true(symbol->gs1);
    g_assert_cmpstr(symbol->aim, ==, "]C1");
}

/* Code 128 from its values, the check character added. Owned. */
static char *row_of_values(const int *values, int count)
{
    GString *row = g_string_new(NULL);
    int sum = values[0];
    for (int i = 1; i < count; i++) {
        sum += i * values[i];
    }
    for (int i = 0; i < count + 2; i++) {
        const char *widths = pos_barcode_code128_widths(i < count    ? values[i]
                                                        : i == count ? sum % 103
                                                                     : 106);
        for (int e = 0; widths[e] != '\0'; e++) {
            for (char left = widths[e]; left > '0'; left--) {
                g_string_append_c(row, e % 2 == 0 ? '1' : '0');
            }
        }
    }
    return g_string_free(row, FALSE);
}

/* ISO/IEC 15417 4.3.3: sets, shift, FNC4. */
static void test_code128_sets(void)
{
    static const int set_a[] = {103, 33, 73, 98, 65, 34}; /* A HT shift a B */
    static const int upper[] = {104, 100, 37,  37, 100,
                                100, 37,  100, 37}; /* FNC4: one, then all, but one */
    static const int turns[] = {105, 12, 100, 33, 99, 34, 101, 64}; /* 12 B A C 34 A NUL */
    g_autofree char *a = row_of_values(set_a, G_N_ELEMENTS(set_a));
    g_autofree char *b = row_of_values(upper, G_N_ELEMENTS(upper));
    g_autofree char *c = row_of_values(turns, G_N_ELEMENTS(turns));
    assert_reads(a, &looks[0], POS_SYMBOLOGY_CODE128, "A\taB", 4);
    assert_reads(b, &looks[0], POS_SYMBOLOGY_CODE128,
                 "\xC5"
                 "E"
                 "\xC5"
                 "E",
                 4);
    assert_reads(c, &looks[0], POS_SYMBOLOGY_CODE128, "12A34\0", 6);
}

/* However bad a picture gets, what is read is what was drawn. */
static void test_never_another(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    int right = 0, pictures = 0;
    for (int n = 0; n < 40; n++) {
        char digits[14];
        random_ean13(random, n % 10, digits);
        g_autofree char *row = pos_barcode_ean13(digits);
        for (int blur = 0; blur < 8; blur += 2) {
            const Look look = {.module = g_rand_double_range(random, 1.0, 4.5),
                               .slant = g_rand_double_range(random, -0.4, 0.4),
                               .bar_rows = 60,
                               .blur = blur,
                               .noise = g_rand_int_range(random, 0, 40)};
            g_autoptr(GPtrArray) symbols = scan(row, &look, (guint32)n);
            for (guint i = 0; i < symbols->len; i++) {
                const PosSymbol *symbol = g_ptr_array_index(symbols, i);
                g_assert_cmpstr(symbol->bytes, ==, digits);
            }
            right += symbols->len > 0 ? 1 : 0;
            pictures++;
        }
    }
    g_test_message("%d of %d were read", right, pictures);
    g_assert_cmpint(right, >, pictures / 5);
}

/* A digit's bars are replaced by another's: the check digit is wrong then. */
static void test_damaged(void)
{
    g_autofree char *row = pos_barcode_ean13("4006381333931");
    g_autofree char *other = pos_barcode_ean13("4111111111113");
    for (int digit = 0; digit < 6; digit++) {
        g_autofree char *damaged = g_strdup(row);
        memcpy(damaged + 50 + 7 * digit, other + 50 + 7 * digit, 7);
        if (strcmp(damaged, row) != 0) {
            g_autoptr(GPtrArray) symbols = scan(damaged, &looks[0], 1);
            g_assert_cmpuint(symbols->len, ==, 0);
        }
    }
}

/* Grey noise, noise made coarser, stripes of any width, signs in lines. */
static void draw_nothing(GRand *random, int kind, Picture *picture)
{
    int width = picture->width, height = picture->height;
    guint32 signs[16];
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
        signs[i] = g_rand_int(random);
    }
    g_autofree uint8_t *stripes = g_malloc((gsize)width);
    for (int x = 0, grey = 0, left = 0; x < width; x++, left--) {
        if (left <= 0) {
            left = g_rand_int_range(random, 1, 5) * 2;
            grey = kind == 2 ? g_rand_int_range(random, 0, 256) : 255 - grey;
        }
        stripes[x] = (uint8_t)grey;
    }
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint8_t *at = &picture->pixels[y * width + x];
            int cell = y / 14 * 31 + x / 10, in_x = x % 10 / 2, in_y = y % 14 / 2;
            switch (kind) {
            case 0:
                *at = (uint8_t)g_rand_int_range(random, 0, 256);
                break;
            case 1:
                *at = y % 3 != 0   ? at[-width]
                      : x % 3 != 0 ? at[-1]
                                   : (uint8_t)g_rand_int_range(random, 0, 256);
                break;
            case 2:
            case 3:
                *at = stripes[x];
                break;
            default:
                *at = in_x < 4 && in_y < 6 && (signs[cell * 7 % 16] >> (in_y * 4 + in_x) & 1U) != 0
                          ? 20
                          : 235;
                break;
            }
        }
    }
}

static void test_nothing(void)
{
    for (guint32 seed = 0; seed < 40; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        Picture picture = {NULL, 200, 200};
        picture.pixels = g_malloc0(200 * 200);
        draw_nothing(random, (int)(seed % 5), &picture);
        PosFrame frame = {picture.pixels, picture.width, picture.height, picture.width};
        g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
        g_test_message("seed %u", seed);
        g_assert_cmpuint(symbols->len, ==, 0);
        g_free(picture.pixels);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/scan_linear/each_ean13_is_read_whichever_way_it_lies", test_ean13);
    g_test_add_func("/pos/scan_linear/ean8_and_upce_are_read", test_short_symbols);
    g_test_add_func("/pos/scan_linear/code128_and_gs1_128_are_read", test_code128);
    g_test_add_func("/pos/scan_linear/code128_has_its_sets", test_code128_sets);
    g_test_add_func("/pos/scan_linear/a_bad_picture_is_not_read_as_another_number",
                    test_never_another);
    g_test_add_func("/pos/scan_linear/a_damaged_digit_is_not_read", test_damaged);
    g_test_add_func("/pos/scan_linear/nothing_is_read_where_nothing_is", test_nothing);
    return g_test_run();
}
