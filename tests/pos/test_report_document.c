/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/print_layout.h"
#include "pos/report_document.h"

#include <string.h>

static const char *const Z_FIELDS =
    "{\"sales\":{\"amount\":34500,\"count\":12},\"returns\":{\"amount\":-900,\"count\":1},"
    "\"post_voids\":{\"amount\":0,\"count\":0},\"net\":33600,"
    "\"tenders\":[{\"kind\":\"card\",\"amount\":20000,\"count\":4},"
    "{\"kind\":\"cash\",\"amount\":13600,\"count\":9}],"
    "\"rates\":[{\"base\":22600,\"rate_bp\":0,\"tax\":0},{\"base\":10000,\"rate_bp\":1000,"
    "\"tax\":1000}],"
    "\"cash\":{\"float\":100000,\"sales\":13600,\"paid_in\":0,\"paid_out\":0,\"safe_drop\":0,"
    "\"expected\":113600,\"counted\":113500,\"over_short\":-100},"
    "\"operators\":[{\"operator\":\"u01\",\"sales\":34500,\"returns\":-900,\"count\":13,"
    "\"line_voids\":0,\"overrides\":0,\"no_sales\":0}],"
    "\"overrides\":{\"amount\":500,\"count\":1},\"no_sales\":2,\"reprints\":1,\"suspended\":0,"
    "\"training\":0,\"by_hand\":3,\"first_receipt\":\"T01-000001\",\"last_receipt\":\"T01-000013\","
    "\"operator\":\"u09\",\"head\":\"0123456789abcdef0123\",\"to_seq\":77,\"grand_sales\":934500,"
    "\"grand_returns\":900,\"z\":4}";

typedef struct {
    PosCurrency currency;
    GTimeZone *zone;
    PosReportLook look;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_assert_true(pos_currency_from_code("KRW", &fixture->currency));
    fixture->zone = g_time_zone_new_offset(9 * 3600);
    fixture->look = (PosReportLook){.store_name = "성수 신선마켓",
                                    .language = "ko",
                                    .currency = &fixture->currency,
                                    .zone = fixture->zone,
                                    .at_ms = 1795392000000};
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_time_zone_unref(fixture->zone);
}

static char *text_of(const PosPrintDocument *document, int columns)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) rows = pos_print_document_rows(document, columns);
    for (guint i = 0; i < rows->len; i++) {
        g_assert_cmpint(pos_print_cells(rows->pdata[i]), <=, columns);
        g_string_append_printf(text, "%s\n", (const char *)rows->pdata[i]);
    }
    return g_string_free(text, FALSE);
}

static char *report(Fixture *fixture, const char *type, const char *fields_text, int columns)
{
    g_autoptr(json_t) fields = json_loads(fields_text, 0, NULL);
    g_autoptr(GPtrArray) document = pos_report_document(type, fields, &fixture->look);
    return text_of(document, columns);
}

static void test_a_z_says_all_that_it_sums(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *text = report(fixture, "z", Z_FIELDS, 32);
    static const char *const want[] = {
        "          Z 마감 4\n",
        "2026-11-23 09:00:00     담당 u09\n",
        "판매 (12)                ₩34,500\n",
        "반품 (1)                   -₩900\n",
        "순매출                   ₩33,600\n",
        "카드 (4)                 ₩20,000\n",
        "현금 (9)                 ₩13,600\n",
        "면세물품가액             ₩22,600\n",
        "과세물품가액 10%         ₩10,000\n",
        "부가세 10%                ₩1,000\n",
        "예상 금액               ₩113,600\n",
        "실제 금액               ₩113,500\n",
        "과부족                     -₩100\n",
        "담당 u01 (13)            ₩33,600\n",
        "가격 변경 (1)               ₩500\n",
        "판매 없이 서랍 열기            2\n",
        "영수증   T01-000001 - T01-000013\n",
        "누적 판매               ₩934,500\n",
        "기록 77         0123456789abcdef\n",
    };
    g_test_message("%s", text);
    for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
        g_assert_nonnull(strstr(text, want[i]));
    }
    g_assert_null(strstr(text, "연습 ***"));
}

static void test_an_x_has_no_number_and_a_drawer_not_counted_no_count(Fixture *fixture,
                                                                      gconstpointer unused)
{
    (void)unused;
    fixture->look.language = "en";
    g_autofree char *text =
        report(fixture, "x", "{\"z\":4,\"cash\":{\"expected\":5000},\"operator\":\"u01\"}", 42);
    g_assert_nonnull(strstr(text, " X REPORT\n"));
    g_assert_nonnull(strstr(text, "Expected                            ₩5,000\n"));
    g_assert_null(strstr(text, "Counted"));
    g_assert_null(strstr(text, "Over"));
}

static void test_a_count_lists_its_pieces(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->look.training = true;
    fixture->look.language = "zh";
    g_autofree char *text = report(
        fixture, "cash_up",
        "{\"denominations\":{\"50000\":3,\"1000\":12},\"counted\":162000,\"expected\":162500,"
        "\"over_short\":-500,\"operator\":\"u01\",\"approver\":\"u09\"}",
        32);
    g_test_message("%s", text);
    g_assert_nonnull(strstr(text, "*** 练习 ***\n"));
    g_assert_nonnull(strstr(text, "现金盘点\n"));
    g_assert_nonnull(strstr(text, "  ₩50,000 x 3           ₩150,000\n"));
    g_assert_nonnull(strstr(text, "  ₩1,000 x 12            ₩12,000\n"));
    g_assert_nonnull(strstr(text, "批准                         u09\n"));
    g_assert_nonnull(strstr(text, "长短款                     -₩500\n"));
}

static void test_the_slip_of_a_suspended_ticket(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GPtrArray) document =
        pos_ticket_document("T01-7", "coster-ticket:T01-7", pos_money(4200), &fixture->look);
    g_autofree char *text = text_of(document, 32);
    const PosPrintRow *last = document->pdata[document->len - 1];
    g_assert_nonnull(strstr(text, "보류\n"));
    g_assert_nonnull(strstr(text, " T01-7\n"));
    g_assert_nonnull(strstr(text, "₩4,200\n"));
    g_assert_cmpint(last->kind, ==, POS_PRINT_QR);
    g_assert_cmpstr(last->left, ==, "coster-ticket:T01-7");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test)                                                                            \
    g_test_add("/pos/report_document/" path, Fixture, NULL, set_up, test, tear_down)
    ADD("a_z_says_all_that_it_sums", test_a_z_says_all_that_it_sums);
    ADD("an_x_has_no_number_and_a_drawer_not_counted_no_count",
        test_an_x_has_no_number_and_a_drawer_not_counted_no_count);
    ADD("a_count_lists_its_pieces", test_a_count_lists_its_pieces);
    ADD("the_slip_of_a_suspended_ticket", test_the_slip_of_a_suspended_ticket);
    return g_test_run();
}
