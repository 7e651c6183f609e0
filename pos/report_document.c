/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the words and the order of printed reports. The words are in the store's language, as on its receipts. */
#include "pos/report_document.h"

#include "pos/date.h"
#include "pos/quantity.h"

#include <string.h>

typedef enum { EN, KO, ZH, LANGUAGES } Language;

/* A member of the fields and what it is called. */
typedef struct {
    const char *key;
    const char *words[LANGUAGES];
} Row;

static const Row TITLES[] = {
    {"x", {"X REPORT", "X 중간 집계", "X 报表"}},
    {"z", {"Z REPORT", "Z 마감", "Z 日结"}},
    {"cash_up", {"CASH COUNT", "시재 점검", "现金盘点"}},
    {"ticket", {"SUSPENDED", "보류", "挂单"}},
};
static const Row MARKS[] = {
    {"demo", {"*** DEMO ***", "*** 시연용 ***", "*** 演示 ***"}},
    {"training", {"*** TRAINING ***", "*** 연습 ***", "*** 练习 ***"}},
};
/* {"amount","count"} each. */
static const Row SUMS[] = {
    {"sales", {"Sales", "판매", "销售"}},
    {"returns", {"Returns", "반품", "退货"}},
    {"post_voids", {"Voided receipts", "영수증 취소", "作废小票"}},
};
static const Row BESIDE[] = {
    {"line_voids", {"Voided lines", "항목 취소", "取消行"}},
    {"abandoned", {"Given-up carts", "포기한 장바구니", "放弃的购物车"}},
    {"overrides", {"Price changes", "가격 변경", "改价"}},
    {"discounts", {"Discounts", "할인", "折扣"}},
    {"disputes", {"Price disputes", "가격 이의", "价格争议"}},
};
static const Row COUNTS[] = {
    {"no_sales", {"Drawer opened without sale", "판매 없이 서랍 열기", "无销售开箱"}},
    {"reprints", {"Receipts printed again", "영수증 재인쇄", "重印小票"}},
    {"suspended", {"Suspended tickets", "보류", "挂单"}},
    {"by_hand", {"Weights by hand", "중량 직접 입력", "手动重量"}},
    {"training", {"Practised", "연습", "练习"}},
};
static const Row CASH[] = {
    {"float", {"Float", "준비금", "备用金"}},
    {"sales", {"Cash sales", "현금 판매", "现金销售"}},
    {"paid_in", {"Paid in", "입금", "存入"}},
    {"paid_out", {"Paid out", "출금", "支出"}},
    {"safe_drop", {"To the safe", "금고 이체", "转入保险柜"}},
    {"expected", {"Expected", "예상 금액", "应有"}},
    {"counted", {"Counted", "실제 금액", "实点"}},
    {"over_short", {"Over / short", "과부족", "长短款"}},
};
static const Row TENDERS[] = {
    {"cash", {"Cash", "현금", "现金"}},
    {"card", {"Card", "카드", "银行卡"}},
    {"qr", {"QR payment", "QR 결제", "扫码支付"}},
};
static const Row WORDS[] = {
    {"net", {"Net", "순매출", "净额"}},
    {"tax_base", {"Net", "과세물품가액", "不含税额"}},
    {"tax", {"VAT", "부가세", "增值税"}},
    {"exempt", {"Exempt from VAT", "면세물품가액", "免税额"}},
    {"receipts", {"Receipts", "영수증", "小票"}},
    {"grand_sales", {"Sales since the first day", "누적 판매", "累计销售"}},
    {"grand_returns", {"Returns since the first day", "누적 반품", "累计退货"}},
    {"head", {"Record", "기록", "记录"}},
    {"operator", {"Operator", "담당", "收银员"}},
    {"approver", {"Approved by", "승인", "批准"}},
    {"total", {"Total", "합계", "合计"}},
};

typedef struct {
    PosPrintDocument *document;
    const PosReportLook *look;
    Language language;
} Report;

static Language language_of(const char *language)
{
    if (language != NULL && g_str_has_prefix(language, "ko")) {
        return KO;
    }
    return language != NULL && g_str_has_prefix(language, "zh") ? ZH : EN;
}

static const char *word_in(const Report *report, const Row *rows, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++) {
        if (strcmp(rows[i].key, key) == 0) {
            return rows[i].words[report->language];
        }
    }
    return key;
}
#define WORD(report, rows, key) word_in((report), (rows), G_N_ELEMENTS(rows), (key))

static int64_t get_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static void add_amount(Report *report, const char *label, int64_t minor, PosPrintStyle style)
{
    g_autofree char *amount = pos_money_format(pos_money(minor), report->look->currency);
    pos_print_add_pair(report->document, label, amount, style);
}

static void add_number(Report *report, const char *label, int64_t number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)number);
    pos_print_add_pair(report->document, label, text, POS_PRINT_NORMAL);
}

/* "Sales (12)   ₩34,500". */
static void add_sums(Report *report, const json_t *fields, const Row *rows, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        const json_t *sum = json_object_get(fields, rows[i].key);
        g_autofree char *label =
            g_strdup_printf("%s (%" G_GINT64_FORMAT ")", rows[i].words[report->language],
                            (gint64)get_int(sum, "count"));
        add_amount(report, label, get_int(sum, "amount"), POS_PRINT_NORMAL);
    }
}

static void add_rates(Report *report, const json_t *rates)
{
    for (gsize i = 0; i < json_array_size(rates); i++) {
        const json_t *rate = json_array_get(rates, i);
        int64_t basis_points = get_int(rate, "rate_bp");
        if (basis_points == 0) {
            add_amount(report, WORD(report, WORDS, "exempt"), get_int(rate, "base"),
                       POS_PRINT_NORMAL);
            continue;
        }
        g_autofree char *hundredths = basis_points % 100 == 0
                                          ? g_strdup("")
                                          : g_strdup_printf(".%02d", (int)(basis_points % 100));
        g_autofree char *base = g_strdup_printf("%s %d%s%%", WORD(report, WORDS, "tax_base"),
                                                (int)(basis_points / 100), hundredths);
        g_autofree char *tax = g_strdup_printf("%s %d%s%%", WORD(report, WORDS, "tax"),
                                               (int)(basis_points / 100), hundredths);
        add_amount(report, base, get_int(rate, "base"), POS_PRINT_NORMAL);
        add_amount(report, tax, get_int(rate, "tax"), POS_PRINT_NORMAL);
    }
}

static void add_tenders(Report *report, const json_t *tenders)
{
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const json_t *tender = json_array_get(tenders, i);
        g_autofree char *label = g_strdup_printf("%s (%" G_GINT64_FORMAT ")",
                                                 WORD(report, TENDERS, get_text(tender, "kind")),
                                                 (gint64)get_int(tender, "count"));
        add_amount(report, label, get_int(tender, "amount"), POS_PRINT_NORMAL);
    }
}

static void add_operators(Report *report, const json_t *operators)
{
    for (gsize i = 0; i < json_array_size(operators); i++) {
        const json_t *person = json_array_get(operators, i);
        g_autofree char *label =
            g_strdup_printf("%s %s (%" G_GINT64_FORMAT ")", WORD(report, WORDS, "operator"),
                            get_text(person, "operator"), (gint64)get_int(person, "count"));
        add_amount(report, label, get_int(person, "sales") + get_int(person, "returns"),
                   POS_PRINT_NORMAL);
    }
}

/* Only what is there: the drawer may not be counted yet. */
static void add_cash(Report *report, const json_t *cash)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASH); i++) {
        const json_t *value = json_object_get(cash, CASH[i].key);
        if (value != NULL) {
            add_amount(report, CASH[i].words[report->language], json_integer_value(value),
                       strcmp(CASH[i].key, "over_short") == 0 ? POS_PRINT_BOLD : POS_PRINT_NORMAL);
        }
    }
}

static void add_head(Report *report, const char *type, const char *title, const json_t *fields)
{
    const PosReportLook *look = report->look;
    if (look->demo) {
        pos_print_add_text(report->document, WORD(report, MARKS, "demo"), POS_PRINT_CENTRE,
                           POS_PRINT_LARGE);
    }
    if (look->training) {
        pos_print_add_text(report->document, WORD(report, MARKS, "training"), POS_PRINT_CENTRE,
                           POS_PRINT_LARGE);
    }
    g_autofree char *numbered =
        strcmp(type, "z") == 0
            ? g_strdup_printf("%s %" G_GINT64_FORMAT, title, (gint64)get_int(fields, "z"))
            : g_strdup(title);
    pos_print_add_text(report->document, numbered, POS_PRINT_CENTRE, POS_PRINT_LARGE);
    pos_print_add_text(report->document, look->store_name, POS_PRINT_CENTRE, POS_PRINT_NORMAL);
    g_autofree char *instant = pos_instant_format(look->at_ms, look->zone);
    g_autofree char *when = g_strdup_printf("%.10s %.8s", instant, instant + 11);
    const char *operator_ = get_text(fields, "operator");
    g_autofree char *who =
        operator_[0] == '\0' ? g_strdup("")
                             : g_strdup_printf("%s %s", WORD(report, WORDS, "operator"), operator_);
    pos_print_add_pair(report->document, when, who, POS_PRINT_NORMAL);
    if (get_text(fields, "approver")[0] != '\0') {
        pos_print_add_pair(report->document, WORD(report, WORDS, "approver"),
                           get_text(fields, "approver"), POS_PRINT_NORMAL);
    }
    pos_print_add_rule(report->document);
}

/* {"50000":3}: "₩50,000 x 3   ₩150,000", as they stand in the record. */
static void add_denominations(Report *report, const json_t *denominations)
{
    const char *worth = NULL;
    json_t *pieces = NULL;
    json_object_foreach((json_t *)denominations, worth, pieces)
    {
        PosMoney sum = {0};
        PosMoney each = pos_money(g_ascii_strtoll(worth, NULL, 10));
        if (!pos_money_times(each, pos_quantity_each(json_integer_value(pieces)), &sum)) {
            continue; /* no till has counted that */
        }
        g_autofree char *unit = pos_money_format(each, report->look->currency);
        g_autofree char *label =
            g_strdup_printf("  %s x %" G_GINT64_FORMAT, unit, (gint64)json_integer_value(pieces));
        add_amount(report, label, sum.minor, POS_PRINT_NORMAL);
    }
}

static void add_period(Report *report, const json_t *fields)
{
    PosPrintDocument *document = report->document;
    add_sums(report, fields, SUMS, G_N_ELEMENTS(SUMS));
    add_amount(report, WORD(report, WORDS, "net"), get_int(fields, "net"), POS_PRINT_LARGE);
    pos_print_add_rule(document);
    add_tenders(report, json_object_get(fields, "tenders"));
    pos_print_add_rule(document);
    add_rates(report, json_object_get(fields, "rates"));
    pos_print_add_rule(document);
    add_cash(report, json_object_get(fields, "cash"));
    pos_print_add_rule(document);
    add_operators(report, json_object_get(fields, "operators"));
    add_sums(report, fields, BESIDE, G_N_ELEMENTS(BESIDE));
    for (gsize i = 0; i < G_N_ELEMENTS(COUNTS); i++) {
        add_number(report, COUNTS[i].words[report->language], get_int(fields, COUNTS[i].key));
    }
    pos_print_add_rule(document);
    g_autofree char *receipts = g_strdup_printf("%s - %s", get_text(fields, "first_receipt"),
                                                get_text(fields, "last_receipt"));
    pos_print_add_pair(document, WORD(report, WORDS, "receipts"), receipts, POS_PRINT_NORMAL);
    add_amount(report, WORD(report, WORDS, "grand_sales"), get_int(fields, "grand_sales"),
               POS_PRINT_NORMAL);
    add_amount(report, WORD(report, WORDS, "grand_returns"), get_int(fields, "grand_returns"),
               POS_PRINT_NORMAL);
    g_autofree char *head = g_strndup(get_text(fields, "head"), 16);
    g_autofree char *record = g_strdup_printf("%s %" G_GINT64_FORMAT, WORD(report, WORDS, "head"),
                                              (gint64)get_int(fields, "to_seq"));
    pos_print_add_pair(document, record, head, POS_PRINT_NORMAL);
}

PosPrintDocument *pos_report_document(const char *type, const json_t *fields,
                                      const PosReportLook *look)
{
    Report report = {pos_print_document_new(), look, language_of(look->language)};
    add_head(&report, type, WORD(&report, TITLES, type), fields);
    if (strcmp(type, "cash_up") == 0) {
        add_denominations(&report, json_object_get(fields, "denominations"));
        add_cash(&report, fields);
    } else {
        add_period(&report, fields);
    }
    return report.document;
}

PosPrintDocument *pos_ticket_document(const char *ticket, const char *code, PosMoney total,
                                      const PosReportLook *look)
{
    Report report = {pos_print_document_new(), look, language_of(look->language)};
    add_head(&report, "ticket", WORD(&report, TITLES, "ticket"), NULL);
    pos_print_add_text(report.document, ticket, POS_PRINT_CENTRE, POS_PRINT_LARGE);
    add_amount(&report, WORD(&report, WORDS, "total"), total.minor, POS_PRINT_BOLD);
    pos_print_add_qr(report.document, code);
    return report.document;
}
