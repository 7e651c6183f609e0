/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/shelf_tag.c, pos/label_sheet.c and pos/qr.c by reading back with pos/scan.c, and with
 * zbarimg where it is installed, what was drawn. */
#include "pos/error.h"
#include "pos/gs1.h"
#include "pos/label_sheet.h"
#include "pos/qr.h"
#include "pos/scan.h"

#include <glib/gstdio.h>
#include <string.h>

#define GTIN "08801234567893"

/* A tag and what it borrows. */
typedef struct {
    PosProduct product;
    PosLot lot;
    PosPrice price;
    PosCurrency currency;
    char *link;
    PosShelfTag tag;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer language)
{
    PosDate best_before;
    memset(fixture, 0, sizeof(*fixture));
    g_assert_true(pos_date_from_ymd(2026, 11, 29, &best_before));
    g_assert_true(pos_currency_from_code("KRW", &fixture->currency));
    g_strlcpy(fixture->product.gtin, GTIN, sizeof(fixture->product.gtin));
    fixture->product.names = (PosNames){(char *)"제주 햇당근", (char *)"Jeju carrots, new harvest",
                                        (char *)"济州新胡萝卜"};
    fixture->product.unit = POS_UNIT_EACH;
    fixture->product.net_g = 450;
    fixture->lot.lot = (char *)"L20261122A";
    fixture->lot.origin =
        (PosNames){(char *)"제주 구좌", (char *)"Gujwa, Jeju", (char *)"济州旧左"};
    fixture->lot.best_before = best_before;
    fixture->price.price = pos_money(12900);
    fixture->price.next = g_array_new(FALSE, FALSE, sizeof(PosPriceNext));
    fixture->price.prior_price = pos_money(15900);
    fixture->link =
        pos_gs1_link("https://id.gs1.org", GTIN, fixture->lot.lot, best_before, (PosDate){0});
    fixture->tag = (PosShelfTag){.product = &fixture->product,
                                 .lot = &fixture->lot,
                                 .price = &fixture->price,
                                 .currency = &fixture->currency,
                                 .link = fixture->link,
                                 .language = language != NULL ? language : "ko",
                                 .freshness = {POS_FRESHNESS_GREEN, POS_FRESHNESS_FRESH, 6},
                                 .now_ms = 1795392000000};
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    g_array_unref(fixture->price.next);
    g_free(fixture->link);
}

/* Reads the one symbol of a cairo picture of RGB. */
static char *read_back(cairo_surface_t *surface)
{
    int width = cairo_image_surface_get_width(surface),
        height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const uint8_t *pixels = cairo_image_surface_get_data(surface);
    g_autofree uint8_t *grey = g_malloc((gsize)width * (gsize)height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            grey[y * width + x] = pixels[y * stride + 4 * x + 1];
        }
    }
    PosFrame frame = {grey, width, height, width};
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    if (symbols->len != 1) {
        return NULL;
    }
    const PosSymbol *symbol = g_ptr_array_index(symbols, 0);
    g_assert_cmpint(symbol->symbology, ==, POS_SYMBOLOGY_QR);
    return g_strndup(symbol->bytes, symbol->length);
}

static char *temporary(const char *name)
{
    g_autofree char *folder = g_dir_make_tmp("coster-tag-XXXXXX", NULL);
    g_assert_nonnull(folder);
    return g_build_filename(folder, name, NULL);
}

static void drop(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_reads_back(Fixture *fixture, gconstpointer unused)
{
    static const int dpis[] = {203, 300};
    for (gsize i = 0; i < G_N_ELEMENTS(dpis); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = temporary("tag.png");
        g_assert_true(pos_shelf_tag_write_png(&fixture->tag, dpis[i], path, &error));
        g_assert_no_error(error);
        cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
        g_assert_cmpint(cairo_image_surface_get_width(surface), ==,
                        (62 * dpis[i] * 10 + 253) / 254);
        g_autofree char *text = read_back(surface);
        g_assert_cmpstr(text, ==, fixture->link);
        cairo_surface_destroy(surface);
        drop(path);
    }
}

static void test_zbarimg(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *program = g_find_program_in_path("zbarimg");
    if (program == NULL) {
        g_test_skip("zbarimg is not installed");
        return;
    }
    g_autofree char *path = temporary("tag.png");
    g_autofree char *output = NULL;
    const char *command[] = {program, "-q", "--nodbus", "--raw", path, NULL};
    g_assert_true(pos_shelf_tag_write_png(&fixture->tag, 300, path, NULL));
    g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                               &output, NULL, NULL, NULL));
    g_assert_cmpstr(g_strchomp(output), ==, fixture->link);
    drop(path);
}

/* A row of dots of a 300 dpi tag: the widths of its runs of black and white inside the code are all
 * multiples. */
static void test_whole_dots(Fixture *fixture, gconstpointer unused)
{
    PosQr qr;
    g_assert_true(pos_qr_make(fixture->link, &qr, NULL));
    for (int dpi = 150; dpi <= 400; dpi += 50) {
        double dots = dpi / 72.0;
        int side = (int)(180 * dots);
        cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side);
        cairo_t *cr = cairo_create(surface);
        cairo_scale(cr, dots, dots);
        fixture->product.names = (PosNames){(char *)"", (char *)"x", (char *)""};
        pos_shelf_tag_draw(cr, &fixture->tag, 175.75, 113.4, dots);
        cairo_surface_flush(surface);
        const uint8_t *pixels = cairo_image_surface_get_data(surface);
        int stride = cairo_image_surface_get_stride(surface);
        int left = (int)(109 * dots), right = (int)(173 * dots), top = 0, first = -1;
        for (; first < 0; top++) {
            for (int x = left; x < right && first < 0; x++) {
                first = pixels[top * stride + 4 * x] < 128 ? x : -1;
            }
        }
        /* The first dark row is the upper edge of two finders: seven modules each. */
        int run = 0;
        while (pixels[(top - 1) * stride + 4 * (first + run)] < 128) {
            run++;
        }
        g_test_message("%d dpi: %d dots a finder", dpi, run);
        g_assert_cmpint(run % 7, ==, 0);
        int module = run / 7;
        g_assert_cmpint(module, >=, 2);
        for (int x = first - 4 * module; x < first; x++) {
            g_assert_cmpint(pixels[(top - 1) * stride + 4 * x], >, 250);
        }
        cairo_destroy(cr);
        cairo_surface_destroy(surface);
    }
    pos_qr_clear(&qr);
}

/* What does not fit is shrunk or cut: nothing is drawn over the code, so it still reads. */
static void test_long_texts(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *name = g_strnfill(190, 'W');
    fixture->product.names = (PosNames){name, name, name};
    fixture->lot.origin = (PosNames){name, name, name};
    fixture->price.price = pos_money(POS_BOUND_AMOUNT_MINOR_MAX);
    fixture->tag.freshness = (PosFreshness){POS_FRESHNESS_RED, POS_FRESHNESS_COLD_CHAIN, 0};
    g_autofree char *path = temporary("tag.png");
    g_assert_true(pos_shelf_tag_write_png(&fixture->tag, 300, path, NULL));
    cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
    g_autofree char *text = read_back(surface);
    g_assert_cmpstr(text, ==, fixture->link);
    cairo_surface_destroy(surface);
    drop(path);
}

static void test_product_tag(Fixture *fixture, gconstpointer unused)
{
    fixture->tag.lot = NULL;
    fixture->tag.price = NULL;
    fixture->product.unit = POS_UNIT_G;
    fixture->tag.freshness = (PosFreshness){POS_FRESHNESS_GREEN, POS_FRESHNESS_NO_DATE, G_MAXINT};
    g_autofree char *path = temporary("tag.png");
    g_assert_true(pos_shelf_tag_write_png(&fixture->tag, 203, path, NULL));
    cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
    g_autofree char *text = read_back(surface);
    g_assert_cmpstr(text, ==, fixture->link);
    cairo_surface_destroy(surface);
    drop(path);
}

static void test_same_twice(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *one = temporary("one.png"), *two = temporary("two.png");
    g_autofree char *first = NULL, *second = NULL;
    gsize first_length, second_length;
    g_assert_true(pos_shelf_tag_write_png(&fixture->tag, 203, one, NULL));
    g_assert_true(pos_shelf_tag_write_png(&fixture->tag, 203, two, NULL));
    g_assert_true(g_file_get_contents(one, &first, &first_length, NULL));
    g_assert_true(g_file_get_contents(two, &second, &second_length, NULL));
    g_assert_cmpmem(first, first_length, second, second_length);
    drop(one);
    drop(two);
}

static void test_unwritable(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) sheet_error = NULL;
    g_assert_false(pos_shelf_tag_write_png(&fixture->tag, 203, "/nonexistent/tag.png", &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_null(pos_label_sheet_new("/nonexistent/tags.pdf", 300, &sheet_error));
    g_assert_error(sheet_error, POS_ERROR, POS_ERROR_FAILED);
}

static void test_sheet(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = temporary("tags.pdf");
    g_autofree char *text = NULL;
    gsize length = 0;
    PosLabelSheet *sheet = pos_label_sheet_new(path, 300, &error);
    g_assert_no_error(error);
    for (int i = 0; i < 22; i++) {
        pos_label_sheet_add(sheet, &fixture->tag);
    }
    g_assert_true(pos_label_sheet_finish(sheet, &error));
    pos_label_sheet_free(sheet);
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_assert_true(g_str_has_prefix(text, "%PDF-"));
    g_assert_nonnull(memmem(text, length, "/Count 2", 8));
    drop(path);
}

static void test_qr_limits(void)
{
    g_autoptr(GError) error = NULL;
    PosQr qr = {0};
    g_autofree char *long_text = g_strnfill(2332, 'a');
    g_assert_true(pos_qr_make("https://id.gs1.org/01/08801234567893", &qr, NULL));
    g_assert_cmpint(qr.size, ==, 29);
    pos_qr_clear(&qr);
    long_text[2331] = '\0';
    g_assert_true(pos_qr_make(long_text, &qr, NULL));
    g_assert_cmpint(qr.size, ==, 177);
    pos_qr_clear(&qr);
    long_text[2331] = 'a';
    g_assert_false(pos_qr_make(long_text, &qr, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_assert_false(pos_qr_make("", &qr, NULL));
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/pos/shelf_tag/a_tag_reads_back_in_korean", Fixture, "ko", set_up, test_reads_back,
               tear_down);
    g_test_add("/pos/shelf_tag/a_tag_reads_back_in_english", Fixture, "en", set_up, test_reads_back,
               tear_down);
    g_test_add("/pos/shelf_tag/a_tag_reads_back_in_chinese", Fixture, "zh_CN", set_up,
               test_reads_back, tear_down);
    ADD("/pos/shelf_tag/another_program_reads_it_too", test_zbarimg);
    ADD("/pos/shelf_tag/modules_are_whole_dots_with_four_of_quiet", test_whole_dots);
    ADD("/pos/shelf_tag/texts_that_are_too_long_leave_the_code_alone", test_long_texts);
    ADD("/pos/shelf_tag/a_product_without_lot_or_price_has_a_tag", test_product_tag);
    ADD("/pos/shelf_tag/the_same_tag_is_the_same_file", test_same_twice);
    ADD("/pos/shelf_tag/a_file_that_cannot_be_written_is_an_error", test_unwritable);
    ADD("/pos/label_sheet/twenty_two_tags_take_two_pages", test_sheet);
    g_test_add_func("/pos/qr/what_fits_is_made_and_what_does_not_is_refused", test_qr_limits);
    return g_test_run();
}
