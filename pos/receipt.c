/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what a receipt says. Pure: made from the journal record alone, so a reprint equals the first print but for its
 * mark. Its words are in the store's language, whatever the terminal's is, so they stand in a table here and not in
 * the translations. How it fits a roll is pos/print_layout.c. */
#include "pos/receipt.h"

#include "pos/date.h"
#include "pos/sale.h"
#include "pos/print_layout.h"

#include <string.h>

/* --- words ---------------------------------------------------------------------------------------- */

typedef enum {
    WORD_DEMO,
    WORD_DEMO_NOTE,
    WORD_COPY,
    WORD_RETURN,
    WORD_VOID,
    WORD_TRAINING,
    WORD_BUSINESS_NUMBER,
    WORD_RECEIPT,
    WORD_OPERATOR,
    WORD_LOT,
    WORD_BY_HAND,
    WORD_TARE,
    WORD_PRICE_SET,
    WORD_DISCOUNT,
    WORD_PART,
    WORD_DEPOSIT,
    WORD_DEPOSIT_BACK,
    WORD_AGE_CHECKED,
    WORD_OF_RECEIPT,
    WORD_WITHOUT_RECEIPT,
    WORD_EXCHANGE,
    WORD_SUBTOTAL,
    WORD_ROUNDING,
    WORD_TOTAL,
    WORD_CASH,
    WORD_CARD,
    WORD_QR,
    WORD_CHANGE,
    WORD_TAXABLE,
    WORD_VAT,
    WORD_GROSS,
    WORD_EXEMPT,
    WORD_EXEMPT_NOTE,
    WORD_RECORD,
    WORDS_COUNT
} Word;

enum { LANGUAGE_EN, LANGUAGE_KO, LANGUAGE_ZH, LANGUAGES_COUNT };

static const char *const WORDS[WORDS_COUNT][LANGUAGES_COUNT] = {
    [WORD_DEMO] = {"*** DEMO ***", "*** 시연용 ***", "*** 演示 ***"},
    [WORD_DEMO_NOTE] = {"Not a real sale", "실제 거래가 아닙니다", "非真实交易"},
    [WORD_COPY] = {"*** COPY ***", "*** 사본 ***", "*** 副本 ***"},
    [WORD_RETURN] = {"*** RETURN ***", "*** 반품 ***", "*** 退货 ***"},
    [WORD_VOID] = {"*** VOID ***", "*** 취소 ***", "*** 作废 ***"},
    [WORD_TRAINING] = {"*** TRAINING ***", "*** 연습 ***", "*** 练习 ***"},
    [WORD_BUSINESS_NUMBER] = {"Business no.", "사업자번호", "营业执照"},
    [WORD_RECEIPT] = {"Receipt", "영수증", "小票"},
    [WORD_OPERATOR] = {"Operator", "담당", "收银员"},
    [WORD_LOT] = {"Lot", "로트", "批次"},
    [WORD_BY_HAND] = {"weight entered by hand", "중량 직접 입력", "手动输入重量"},
    [WORD_TARE] = {"tare deducted", "용기 무게 제외", "已扣皮重"},
    [WORD_PRICE_SET] = {"price set by manager", "관리자 가격 변경", "店长改价"},
    [WORD_DISCOUNT] = {"Discount", "할인", "优惠"},
    [WORD_PART] = {"Rounding of a part", "부분 반품 단수", "部分退货尾差"},
    [WORD_DEPOSIT] = {"Deposit", "보증금", "押金"},
    [WORD_DEPOSIT_BACK] = {"Deposit returned", "보증금 반환", "退还押金"},
    [WORD_AGE_CHECKED] = {"age checked", "연령 확인", "已核验年龄"},
    [WORD_OF_RECEIPT] = {"For receipt", "원 영수증", "原小票"},
    [WORD_WITHOUT_RECEIPT] = {"Without receipt", "영수증 없이 반품", "无小票退货"},
    [WORD_EXCHANGE] = {"Exchanged goods", "교환 상품", "换货抵扣"},
    [WORD_SUBTOTAL] = {"Subtotal", "소계", "小计"},
    [WORD_ROUNDING] = {"Rounding", "단수 조정", "抹零"},
    [WORD_TOTAL] = {"TOTAL", "합계", "合计"},
    [WORD_CASH] = {"Cash", "현금", "现金"},
    [WORD_CARD] = {"Card", "카드", "银行卡"},
    [WORD_QR] = {"QR payment", "QR 결제", "扫码支付"},
    [WORD_CHANGE] = {"Change", "거스름돈", "找零"},
    [WORD_TAXABLE] = {"Net", "과세물품가액", "不含税额"},
    [WORD_VAT] = {"VAT", "부가세", "增值税"},
    [WORD_GROSS] = {"Gross", "과세합계", "含税额"},
    [WORD_EXEMPT] = {"Exempt from VAT", "면세물품가액", "免税额"},
    [WORD_EXEMPT_NOTE] = {"* exempt from VAT", "* 면세 품목", "* 免税商品"},
    [WORD_RECORD] = {"Record", "기록", "记录"},
};

static const char *word(const PosReceiptLook *look, Word which)
{
    const char *language = look->language == NULL ? "" : look->language;
    if (g_str_has_prefix(language, "ko")) {
        return WORDS[which][LANGUAGE_KO];
    }
    return WORDS[which][g_str_has_prefix(language, "zh") ? LANGUAGE_ZH : LANGUAGE_EN];
}

/* --- rows ----------------------------------------------------------------------------------------- */

int pos_receipt_cells(const char *text)
{
    return pos_print_cells(text);
}

static void add_wrapped(GPtrArray *rows, const char *text, const char *indent, int columns)
{
    (void)columns;
    pos_print_add_indented(rows, text, (int)strlen(indent));
}

static void add_centred(GPtrArray *rows, const char *text, int columns)
{
    (void)columns;
    pos_print_add_text(rows, text, POS_PRINT_CENTRE, POS_PRINT_NORMAL);
}

/* What a receipt is that it does not look like, in large type. */
static void add_mark(GPtrArray *rows, const char *text)
{
    pos_print_add_text(rows, text, POS_PRINT_CENTRE, POS_PRINT_LARGE);
}

static void add_pair(GPtrArray *rows, const char *left, const char *right, int columns)
{
    (void)columns;
    pos_print_add_pair(rows, left, right, POS_PRINT_NORMAL);
}

static void add_rule(GPtrArray *rows, int columns)
{
    (void)columns;
    pos_print_add_rule(rows);
}

/* --- the record ----------------------------------------------------------------------------------- */

static int64_t get_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static char *money_text(const PosReceiptLook *look, int64_t minor)
{
    return pos_money_format(pos_money(minor), look->currency);
}

static void add_amount(GPtrArray *rows, const PosReceiptLook *look, const char *label,
                       int64_t minor)
{
    g_autofree char *amount = money_text(look, minor);
    add_pair(rows, label, amount, look->columns);
}

static void add_text_if(GPtrArray *rows, const char *text, int columns)
{
    if (text != NULL && text[0] != '\0') {
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        add_centred(rows, valid, columns);
    }
}

static void add_head(GPtrArray *rows, const json_t *record, const PosReceiptLook *look)
{
    if (look->demo) {
        add_mark(rows, word(look, WORD_DEMO));
        add_centred(rows, word(look, WORD_DEMO_NOTE), look->columns);
    }
    if (strcmp(get_text(record, "type"), "training") == 0) {
        add_mark(rows, word(look, WORD_TRAINING));
        add_centred(rows, word(look, WORD_DEMO_NOTE), look->columns);
    }
    if (look->copy) {
        add_mark(rows, word(look, WORD_COPY));
    }
    if (strcmp(get_text(record, "type"), "return") == 0) {
        add_mark(rows, word(look, WORD_RETURN));
    }
    if (strcmp(get_text(record, "type"), "post_void") == 0) {
        add_mark(rows, word(look, WORD_VOID));
    }
    add_text_if(rows, look->store_name, look->columns);
    add_text_if(rows, look->address, look->columns);
    if (look->business_number != NULL && look->business_number[0] != '\0') {
        g_autofree char *number =
            g_strdup_printf("%s %s", word(look, WORD_BUSINESS_NUMBER), look->business_number);
        add_centred(rows, number, look->columns);
    }
    add_rule(rows, look->columns);
    add_pair(rows, word(look, WORD_RECEIPT), get_text(record, "receipt"), look->columns);

    if (get_text(record, "of_receipt")[0] != '\0') {
        add_pair(rows, word(look, WORD_OF_RECEIPT), get_text(record, "of_receipt"), look->columns);
    }
    if (json_is_true(json_object_get(record, "without_receipt"))) {
        add_centred(rows, word(look, WORD_WITHOUT_RECEIPT), look->columns);
    }

    int64_t at_ms = 0;
    g_autofree char *when = NULL;
    if (pos_instant_parse(get_text(record, "at"), &at_ms)) {
        g_autofree char *instant = pos_instant_format(at_ms, look->zone);
        /* "2026-11-23T09:00:00.000+09:00" to "2026-11-23 09:00:00 +09:00". */
        const char *offset = instant + MIN(strlen(instant), 23);
        when = g_strdup_printf("%.10s %.8s %s", instant, instant + 11, offset);
    }
    g_autofree char *operator_ =
        g_strdup_printf("%s %s", word(look, WORD_OPERATOR), get_text(record, "operator"));
    add_pair(rows, when == NULL ? "" : when, operator_, look->columns);
    add_rule(rows, look->columns);
}

/* "2 x ₩900", "0.450 kg x ₩4,780/kg". */
static char *quantity_text(const json_t *line, const PosReceiptLook *look)
{
    g_autofree char *price = money_text(look, get_int(line, "price"));
    int64_t quantity = get_int(line, "qty");
    if (strcmp(get_text(line, "unit"), "g") != 0) {
        return g_strdup_printf("  %" G_GINT64_FORMAT " x %s", (gint64)quantity, price);
    }
    gint64 grams = ABS(quantity);
    return g_strdup_printf("  %s%" G_GINT64_FORMAT ".%03d kg x %s/kg", quantity < 0 ? "-" : "",
                           grams / 1000, (int)(grams % 1000), price);
}

static void add_note(GPtrArray *rows, const PosReceiptLook *look, const char *text)
{
    add_wrapped(rows, text, "  ", look->columns);
}

static bool is_kind(const json_t *line, const char *kind)
{
    return strcmp(get_text(line, "kind"), kind) == 0;
}

/* "  Discount: 3 for 2", "  Deposit 2 x ₩100": what stands under the line that it belongs to. */
static void add_derived(GPtrArray *rows, const json_t *line, const PosReceiptLook *look)
{
    g_autofree char *label = NULL;
    if (is_kind(line, "deposit")) {
        bool back = json_object_get(line, "of") == NULL;
        g_autofree char *price = money_text(look, ABS(get_int(line, "price")));
        label = g_strdup_printf("  %s %" G_GINT64_FORMAT " x %s",
                                word(look, back ? WORD_DEPOSIT_BACK : WORD_DEPOSIT),
                                (gint64)get_int(line, "qty"), price);
    } else if (strcmp(get_text(line, "why"), "part") == 0 &&
               json_object_get(line, "of_line") == NULL) {
        label = g_strdup_printf("  %s", word(look, WORD_PART));
    } else {
        g_autofree char *why = g_utf8_make_valid(get_text(line, "why"), -1);
        label = g_strdup_printf("  %s: %s", word(look, WORD_DISCOUNT), why);
    }
    add_amount(rows, look, label, get_int(line, "amount"));
}

/* Goods without a code have their name in the record. */
static char *line_name(const json_t *line, char *(*name_of)(const char *gtin, void *user),
                       void *user)
{
    const char *gtin = get_text(line, "gtin");
    const char *own = get_text(line, "name");
    g_autofree char *known = own[0] != '\0'    ? g_strdup(own)
                             : name_of == NULL ? NULL
                                               : name_of(gtin, user);
    return g_utf8_make_valid(known == NULL || known[0] == '\0' ? gtin : known, -1);
}

/* exempt: the line carries no VAT on a receipt where others do. */
static void add_line(GPtrArray *rows, const json_t *line, const PosReceiptLook *look, bool exempt,
                     char *(*name_of)(const char *gtin, void *user), void *user)
{
    g_autofree char *name = line_name(line, name_of, user);
    g_autofree char *marked = g_strdup_printf("%s%s", name, exempt ? " *" : "");
    g_autofree char *quantity = quantity_text(line, look);
    add_wrapped(rows, marked, "", look->columns);
    add_amount(rows, look, quantity, get_int(line, "amount"));
    if (get_text(line, "lot")[0] != '\0') {
        g_autofree char *lot =
            g_strdup_printf("%s %s", word(look, WORD_LOT), get_text(line, "lot"));
        add_note(rows, look, lot);
    }
    if (json_is_true(json_object_get(line, "by_hand")) || /* as it once stood */
        strcmp(get_text(line, "weight_source"), "manual") == 0) {
        add_note(rows, look, word(look, WORD_BY_HAND));
    }
    if (get_int(line, "tare_g") > 0) {
        g_autofree char *tare = g_strdup_printf("%s %" G_GINT64_FORMAT " g", word(look, WORD_TARE),
                                                (gint64)get_int(line, "tare_g"));
        add_note(rows, look, tare);
    }
    if (json_is_true(json_object_get(line, "overridden"))) {
        add_note(rows, look, word(look, WORD_PRICE_SET));
    }
    if (get_int(line, "age_min") > 0 && get_text(line, "age_check")[0] != '\0') {
        add_note(rows, look, word(look, WORD_AGE_CHECKED));
    }
}

static bool has_rate(const json_t *record, bool zero)
{
    const json_t *tax = json_object_get(record, "tax");
    for (gsize i = 0; i < json_array_size(tax); i++) {
        if ((get_int(json_array_get(tax, i), "rate_bp") == 0) == zero) {
            return true;
        }
    }
    return false;
}

static bool is_exempt(const json_t *record, const json_t *line)
{
    return has_rate(record, false) && get_int(line, "tax_bp") == 0;
}

static void add_sums(GPtrArray *rows, const json_t *record, const PosReceiptLook *look)
{
    int64_t total = get_int(record, "total");
    int64_t rounding = get_int(record, "rounding");
    add_rule(rows, look->columns);
    if (rounding != 0) {
        add_amount(rows, look, word(look, WORD_SUBTOTAL), total - rounding);
        add_amount(rows, look, word(look, WORD_ROUNDING), rounding);
    }
    g_autofree char *total_text = money_text(look, total);
    pos_print_add_pair(rows, word(look, WORD_TOTAL), total_text, POS_PRINT_LARGE);
    const json_t *tenders = json_object_get(record, "tenders");
    int64_t change = 0;
    for (gsize i = 0; i < json_array_size(tenders); i++) {
        const json_t *tender = json_array_get(tenders, i);
        const char *kind = get_text(tender, "kind");
        Word label = strcmp(kind, "card") == 0                     ? WORD_CARD
                     : strcmp(kind, "qr") == 0                     ? WORD_QR
                     : strcmp(kind, POS_TENDER_EXCHANGE_CODE) == 0 ? WORD_EXCHANGE
                                                                   : WORD_CASH;
        add_amount(rows, look, word(look, label), get_int(tender, "amount"));
        change += get_int(tender, "change");
    }
    if (change != 0) {
        add_amount(rows, look, word(look, WORD_CHANGE), change);
    }
}

/* Per rate net, VAT and gross; what is exempt apart, as Korean receipts have to. */
static void add_tax(GPtrArray *rows, const json_t *record, const PosReceiptLook *look)
{
    const json_t *tax = json_object_get(record, "tax");
    if (json_array_size(tax) == 0) {
        return;
    }
    add_rule(rows, look->columns);
    for (gsize i = 0; i < json_array_size(tax); i++) {
        const json_t *row = json_array_get(tax, i);
        int64_t rate = get_int(row, "rate_bp");
        if (rate == 0) {
            add_amount(rows, look, word(look, WORD_EXEMPT), get_int(row, "base"));
            continue;
        }
        g_autofree char *hundredths =
            rate % 100 == 0 ? g_strdup("") : g_strdup_printf(".%02d", (int)(rate % 100));
        g_autofree char *percent =
            g_strdup_printf("%" G_GINT64_FORMAT "%s%%", (gint64)(rate / 100), hundredths);
        g_autofree char *net = g_strdup_printf("%s %s", word(look, WORD_TAXABLE), percent);
        g_autofree char *vat = g_strdup_printf("%s %s", word(look, WORD_VAT), percent);
        g_autofree char *gross = g_strdup_printf("%s %s", word(look, WORD_GROSS), percent);
        add_amount(rows, look, net, get_int(row, "base"));
        add_amount(rows, look, vat, get_int(row, "tax"));
        add_amount(rows, look, gross, get_int(row, "base") + get_int(row, "tax"));
    }
    if (has_rate(record, false) && has_rate(record, true)) {
        add_wrapped(rows, word(look, WORD_EXEMPT_NOTE), "", look->columns);
    }
}

/* The line that a discount or deposit belongs to; 0 when it is none of these, or belongs to several or to none. */
static int64_t belongs_to(const json_t *line)
{
    const json_t *of = json_object_get(line, "of");
    return json_array_size(of) == 1 ? json_integer_value(json_array_get(of, 0)) : 0;
}

static bool is_derived(const json_t *line)
{
    return is_kind(line, "discount") || is_kind(line, "deposit");
}

/* Each line with what belongs to it alone, then what belongs to several. */
static void add_lines(GPtrArray *rows, const json_t *record, const PosReceiptLook *look,
                      char *(*name_of)(const char *gtin, void *user), void *user)
{
    const json_t *lines = json_object_get(record, "lines");
    gsize count = json_array_size(lines);
    for (gsize i = 0; i < count; i++) {
        const json_t *line = json_array_get(lines, i);
        if (is_derived(line)) {
            continue;
        }
        add_line(rows, line, look, is_exempt(record, line), name_of, user);
        for (gsize k = 0; k < count; k++) {
            const json_t *other = json_array_get(lines, k);
            if (is_derived(other) && belongs_to(other) == get_int(line, "line")) {
                add_derived(rows, other, look);
            }
        }
    }
    for (gsize i = 0; i < count; i++) {
        const json_t *line = json_array_get(lines, i);
        if (is_derived(line) && belongs_to(line) == 0) {
            add_derived(rows, line, look);
        }
    }
}

PosPrintDocument *pos_receipt_document(const json_t *sale_record, const PosReceiptLook *look,
                                       char *(*name_of)(const char *gtin, void *user), void *user)
{
    GPtrArray *rows = pos_print_document_new();
    add_head(rows, sale_record, look);
    add_lines(rows, sale_record, look, name_of, user);
    add_sums(rows, sale_record, look);
    add_tax(rows, sale_record, look);
    add_rule(rows, look->columns);
    g_autofree char *seq = g_strdup_printf("%s %" G_GINT64_FORMAT, word(look, WORD_RECORD),
                                           (gint64)get_int(sale_record, "seq"));
    add_pair(rows, seq, get_text(sale_record, "terminal"), look->columns);
    return rows;
}

GPtrArray *pos_receipt_rows(const json_t *sale_record, const PosReceiptLook *look,
                            char *(*name_of)(const char *gtin, void *user), void *user)
{
    g_autoptr(GPtrArray) document = pos_receipt_document(sale_record, look, name_of, user);
    return pos_print_document_rows(document, look->columns);
}

char *pos_receipt_copy_mark(const char *language, int n)
{
    const PosReceiptLook look = {.language = language};
    const char *mark = word(&look, WORD_COPY);
    if (n < 1) {
        return g_strdup(mark);
    }
    const char *end = strrchr(mark, ' ');
    return g_strdup_printf("%.*s %d%s", (int)(end - mark), mark, n, end);
}

char *pos_receipt_qr_text(const json_t *sale_record, const char *hash_hex)
{
    return g_strdup_printf("coster:%s:%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%.16s",
                           get_text(sale_record, "receipt"), get_text(sale_record, "terminal"),
                           (gint64)get_int(sale_record, "seq"),
                           (gint64)get_int(sale_record, "total"), hash_hex);
}
