/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/error.h"
#include "pos/print_draw.h"
#include "pos/receipt.h"
#include "pos/scan.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const RECORD =
    "{\"at\":\"2026-11-23T09:00:00.000+09:00\",\"currency\":\"KRW\",\"lines\":["
    "{\"amount\":2151,\"gtin\":\"08801234567893\",\"line\":1,\"list_price\":4980,"
    "\"lot\":\"L20261122A\",\"price\":4780,\"price_version\":812,\"qty\":450,\"tax_bp\":0,"
    "\"unit\":\"g\",\"by_hand\":true},"
    "{\"amount\":12900,\"gtin\":\"09521234500017\",\"line\":2,\"list_price\":6450,\"lot\":\"\","
    "\"price\":6450,\"price_version\":9,\"qty\":2,\"tax_bp\":1000,\"unit\":\"each\","
    "\"overridden\":true}],"
    "\"operator\":\"u01\",\"receipt\":\"T01-000123\",\"rounding\":0,\"seq\":2,"
    "\"tax\":[{\"base\":2151,\"rate_bp\":0,\"tax\":0},{\"base\":11727,\"rate_bp\":1000,"
    "\"tax\":1173}],"
    "\"tenders\":[{\"amount\":10000,\"change\":0,\"kind\":\"card\"},"
    "{\"amount\":6000,\"change\":949,\"kind\":\"cash\"}],"
    "\"terminal\":\"t-1\",\"total\":15051,\"type\":\"sale\"}";

typedef struct {
    PosCurrency currency;
    GTimeZone *zone;
    PosReceiptLook look;
    json_t *record;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_assert_true(pos_currency_from_code("KRW", &fixture->currency));
    fixture->zone = g_time_zone_new_offset(9 * 3600);
    fixture->record = json_loads(RECORD, 0, NULL);
    g_assert_nonnull(fixture->record);
    fixture->look = (PosReceiptLook){.store_name = "성수 신선마켓",
                                     .address = "서울 성동구 성수이로",
                                     .business_number = "000-00-00000",
                                     .language = "ko",
                                     .currency = &fixture->currency,
                                     .zone = fixture->zone,
                                     .columns = 32};
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_time_zone_unref(fixture->zone);
    json_decref(fixture->record);
}

static char *name_of(const char *gtin, void *user)
{
    (void)user;
    if (strcmp(gtin, "08801234567893") == 0) {
        return g_strdup("대파 1단");
    }
    return NULL;
}

static GPtrArray *rows_of(Fixture *fixture)
{
    return pos_receipt_rows(fixture->record, &fixture->look, name_of, NULL);
}

static char *joined(GPtrArray *rows)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        g_string_append_printf(text, "%s\n", (const char *)rows->pdata[i]);
    }
    return g_string_free(text, FALSE);
}

static bool has_row(GPtrArray *rows, const char *row)
{
    for (guint i = 0; i < rows->len; i++) {
        if (strcmp(rows->pdata[i], row) == 0) {
            return true;
        }
    }
    return false;
}

static void test_cells(void)
{
    static const struct {
        const char *text;
        int cells;
    } rows[] = {
        {"", 0},     {"abc", 3},       {"대파 1단", 8}, {"₩4,780", 6},
        {"苹果", 4}, {"e\xcc\x81", 1}, {"한a한", 5},    {"€1", 2},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpint(pos_receipt_cells(rows[i].text), ==, rows[i].cells);
    }
}

static void test_a_receipt_in_korean(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GPtrArray) rows = rows_of(fixture);
    g_autofree char *text = joined(rows);
    g_test_message("%s", text);
    g_assert_true(has_row(rows, "         성수 신선마켓"));
    g_assert_true(has_row(rows, "영수증                T01-000123"));
    g_assert_true(has_row(rows, "2026-11-23 09:00:00 +09:00"));
    g_assert_true(has_row(rows, "                        담당 u01"));
    g_assert_true(has_row(rows, "대파 1단 *"));
    g_assert_true(has_row(rows, "  0.450 kg x ₩4,780/kg    ₩2,151"));
    g_assert_true(has_row(rows, "  로트 L20261122A"));
    g_assert_true(has_row(rows, "  중량 직접 입력"));
    g_assert_true(has_row(rows, "09521234500017"));
    g_assert_true(has_row(rows, "  2 x ₩6,450             ₩12,900"));
    g_assert_true(has_row(rows, "  관리자 가격 변경"));
    g_assert_true(has_row(rows, "합계                     ₩15,051"));
    g_assert_true(has_row(rows, "카드                     ₩10,000"));
    g_assert_true(has_row(rows, "현금                      ₩6,000"));
    g_assert_true(has_row(rows, "거스름돈                    ₩949"));
    g_assert_true(has_row(rows, "면세물품가액              ₩2,151"));
    g_assert_true(has_row(rows, "과세물품가액 10%         ₩11,727"));
    g_assert_true(has_row(rows, "부가세 10%                ₩1,173"));
    g_assert_true(has_row(rows, "과세합계 10%             ₩12,900"));
    g_assert_true(has_row(rows, "* 면세 품목"));
    g_assert_null(strstr(text, "시연용"));
    g_assert_null(strstr(text, "사본"));
}

static void test_marks_stand_on_top(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->look.demo = true;
    fixture->look.copy = true;
    fixture->look.language = "en";
    json_object_set_new(fixture->record, "type", json_string("return"));
    g_autoptr(GPtrArray) rows = rows_of(fixture);
    g_assert_nonnull(strstr(rows->pdata[0], "DEMO"));
    g_assert_nonnull(strstr(rows->pdata[1], "Not a real sale"));
    g_assert_nonnull(strstr(rows->pdata[2], "COPY"));
    g_assert_nonnull(strstr(rows->pdata[3], "RETURN"));
    g_assert_true(has_row(rows, "Exempt from VAT           ₩2,151"));
}

/* Every width, language and a name that does not fit: no row is too wide, each amount stands whole. */
static char *long_name(const char *gtin, void *user)
{
    (void)gtin;
    (void)user;
    return g_strdup(
        "아주아주아주아주아주아주아주아주아주아주아주 길고 긴 이름의 Extraordinarily-long-"
        "product-name-without-any-space 상품");
}

static void test_no_row_is_too_wide_and_no_amount_is_cut(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const int widths[] = {32, 42, 48};
    static const char *const languages[] = {"ko", "en", "zh", "fr", NULL};
    json_t *line = json_array_get(json_object_get(fixture->record, "lines"), 1);
    json_object_set_new(line, "price", json_integer(123456789));
    json_object_set_new(line, "qty", json_integer(100000));
    json_object_set_new(line, "amount", json_integer(9007199254740991));
    json_object_set_new(line, "lot", json_string("12345678901234567890"));
    json_object_set_new(fixture->record, "total", json_integer(-987654321));
    json_object_set_new(fixture->record, "rounding", json_integer(-5));
    for (gsize w = 0; w < G_N_ELEMENTS(widths); w++) {
        for (gsize l = 0; l < G_N_ELEMENTS(languages); l++) {
            fixture->look.columns = widths[w];
            fixture->look.language = languages[l];
            g_autoptr(GPtrArray) rows =
                pos_receipt_rows(fixture->record, &fixture->look, long_name, NULL);
            g_autofree char *text = joined(rows);
            for (guint i = 0; i < rows->len; i++) {
                g_assert_cmpint(pos_receipt_cells(rows->pdata[i]), <=, widths[w]);
                g_assert_true(g_utf8_validate(rows->pdata[i], -1, NULL));
            }
            g_assert_nonnull(strstr(text, "₩9,007,199,254,740,991\n"));
            g_assert_nonnull(strstr(text, "-₩987,654,321\n"));
            g_assert_nonnull(strstr(text, "₩123,456,789"));
        }
    }
}

static void test_a_wrapped_name_loses_nothing(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GPtrArray) rows = pos_receipt_rows(fixture->record, &fixture->look, long_name, NULL);
    g_autofree char *name = long_name("", NULL);
    GString *seen = g_string_new(NULL);
    bool inside = false;
    for (guint i = 0; i < rows->len; i++) {
        const char *row = rows->pdata[i];
        inside = inside || g_str_has_prefix(row, "아주");
        if (inside && g_str_has_prefix(row, "  ")) {
            break;
        }
        if (inside) {
            g_string_append(seen, row);
        }
    }
    g_auto(GStrv) want = g_strsplit(name, " ", -1);
    g_auto(GStrv) got = g_strsplit(seen->str, " ", -1);
    g_autofree char *want_text = g_strjoinv("", want);
    g_autofree char *got_text = g_strjoinv("", got);
    g_autofree char *with_mark = g_strconcat(want_text, "*", NULL);
    g_assert_cmpstr(got_text, ==, with_mark);
    g_string_free(seen, TRUE);
}

static void test_a_reprint_equals_the_first_print(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GPtrArray) first = rows_of(fixture);
    fixture->look.copy = true;
    g_autoptr(GPtrArray) second = rows_of(fixture);
    g_assert_cmpuint(second->len, ==, first->len + 1);
    for (guint i = 0; i < first->len; i++) {
        g_assert_cmpstr(second->pdata[i + 1], ==, first->pdata[i]);
    }
}

static void test_qr_text(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *text = pos_receipt_qr_text(
        fixture->record, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    g_assert_cmpstr(text, ==, "coster:T01-000123:t-1:2:15051:0123456789abcdef");
}

/* The picture read back as a scanner would: its QR says what it was given, its size follows its rows. */
static void test_the_picture_carries_its_qr(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) document =
        pos_receipt_document(fixture->record, &fixture->look, name_of, NULL);
    g_autofree char *dir = g_dir_make_tmp("coster-receipt-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "receipt.png", NULL);
    const char *qr_text = "coster:T01-000123:t-1:2:15051:0123456789abcdef";
    pos_print_add_qr(document, qr_text);
    g_assert_true(pos_print_write_png(document, 32, path, &error));
    g_assert_no_error(error);

    cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
    g_assert_cmpint(cairo_surface_status(surface), ==, CAIRO_STATUS_SUCCESS);
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    g_assert_cmpint(height, >, (int)document->len * 20);
    g_autofree uint8_t *grey = g_malloc((gsize)width * (gsize)height);
    const uint8_t *data = cairo_image_surface_get_data(surface);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            grey[y * width + x] = data[y * cairo_image_surface_get_stride(surface) + x * 4];
        }
    }
    PosFrame frame = {grey, width, height, width};
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&frame, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = symbols->pdata[0];
    g_assert_cmpmem(symbol->bytes, symbol->length, qr_text, strlen(qr_text));
    cairo_surface_destroy(surface);
    g_remove(path);
    g_rmdir(dir);
}

static void test_a_picture_that_cannot_be_written_is_said(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) document =
        pos_receipt_document(fixture->record, &fixture->look, name_of, NULL);
    g_assert_false(pos_print_write_png(document, 32, "/nowhere/receipt.png", &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "/nowhere/receipt.png"));
    g_clear_error(&error);
    g_assert_false(pos_print_write_pdf(document, 32, "/nowhere/receipt.pdf", &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "/nowhere/receipt.pdf"));
}

static void assert_has(const GPtrArray *rows, const char *wanted)
{
    for (guint i = 0; i < rows->len; i++) {
        if (strstr(rows->pdata[i], wanted) != NULL) {
            return;
        }
    }
    g_test_message("no row has: %s", wanted);
    g_assert_not_reached();
}

/* Rows that are no goods stand under the line that they belong to, with words in each language. */
static void test_discounts_deposits_and_returns(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const struct {
        const char *language, *wanted[7];
    } rows[] = {
        {"en",
         {"Discount: 3 for 2", "Deposit 3 x", "Deposit returned 2 x", "For receipt",
          "Exchanged goods", "RETURN", "age checked"}},
        {"ko",
         {"할인: 3 for 2", "보증금 3 x", "보증금 반환 2 x", "원 영수증", "교환 상품", "반품",
          "연령 확인"}},
        {"zh",
         {"优惠: 3 for 2", "押金 3 x", "退还押金 2 x", "原小票", "换货抵扣", "退货", "已核验年龄"}},
    };
    static const char json[] =
        "{\"at\":\"2026-11-23T09:00:00.000+09:00\",\"lines\":["
        "{\"amount\":2700,\"gtin\":\"09521234500017\",\"line\":1,\"lot\":\"\",\"price\":900,"
        "\"qty\":3,\"unit\":\"each\",\"tax_bp\":0,\"age_min\":19,\"age_check\":\"seen\"},"
        "{\"amount\":-200,\"gtin\":\"\",\"kind\":\"deposit\",\"line\":2,\"lot\":\"\",\"price\":-"
        "100,\"qty\":2,\"unit\":\"each\",\"tax_bp\":0},"
        "{\"amount\":500,\"gtin\":\"\",\"kind\":\"department\",\"department\":\"veg\",\"name\":"
        "\"Leek\",\"line\":3,\"lot\":\"\",\"price\":500,\"qty\":1,\"unit\":\"each\",\"tax_bp\":0},"
        "{\"amount\":-900,\"gtin\":\"\",\"kind\":\"discount\",\"line\":4,\"of\":[1],\"why\":\"3 "
        "for 2\",\"lot\":\"\",\"price\":-900,\"qty\":1,\"unit\":\"each\",\"tax_bp\":0},"
        "{\"amount\":300,\"gtin\":\"\",\"kind\":\"deposit\",\"line\":5,\"of\":[1],\"lot\":\"\","
        "\"price\":100,\"qty\":3,\"unit\":\"each\",\"tax_bp\":0}],"
        "\"of_receipt\":\"T01-000001\",\"operator\":\"u01\",\"receipt\":\"T01-000124\","
        "\"rounding\":0,\"seq\":3,"
        "\"tax\":[{\"base\":2400,\"rate_bp\":0,\"tax\":0}],\"tenders\":[{\"amount\":2400,"
        "\"change\":0,\"kind\":\"exchange\"}],"
        "\"terminal\":\"t-1\",\"total\":2400,\"type\":\"return\"}";
    g_autoptr(json_t) record = json_loads(json, 0, NULL);
    g_assert_nonnull(record);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        fixture->look.language = rows[i].language;
        g_autoptr(GPtrArray) text = pos_receipt_rows(record, &fixture->look, name_of, NULL);
        for (gsize k = 0; k < G_N_ELEMENTS(rows[i].wanted); k++) {
            assert_has(text, rows[i].wanted[k]);
        }
        assert_has(text, "Leek");
        gsize discount = 0;
        gsize leek = 0;
        for (guint k = 0; k < text->len; k++) {
            g_assert_cmpint(pos_receipt_cells(text->pdata[k]), <=, 32);
            discount = strstr(text->pdata[k], "3 for 2") != NULL ? k : discount;
            leek = strstr(text->pdata[k], "Leek") != NULL ? k : leek;
        }
        g_assert_cmpuint(discount, <, leek);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/receipt/cells", test_cells);
#define ADD(path, test) g_test_add("/pos/receipt/" path, Fixture, NULL, set_up, test, tear_down)
    ADD("a_receipt_in_korean", test_a_receipt_in_korean);
    ADD("marks_stand_on_top", test_marks_stand_on_top);
    ADD("no_row_is_too_wide_and_no_amount_is_cut", test_no_row_is_too_wide_and_no_amount_is_cut);
    ADD("a_wrapped_name_loses_nothing", test_a_wrapped_name_loses_nothing);
    ADD("a_reprint_equals_the_first_print", test_a_reprint_equals_the_first_print);
    ADD("discounts_deposits_and_returns", test_discounts_deposits_and_returns);
    ADD("qr_text", test_qr_text);
    ADD("the_picture_carries_its_qr", test_the_picture_carries_its_qr);
    ADD("a_picture_that_cannot_be_written_is_said", test_a_picture_that_cannot_be_written_is_said);
    return g_test_run();
}
