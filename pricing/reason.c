/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reasons in words. Numbers are written from integers, so that no locale changes them. */
#include "pricing/policy.h"

#include <math.h>
#include <string.h>

#define TEXT_SIZE 256

typedef enum { EN, KO, ZH, LANGUAGES } Language;

const char *pricing_policy_reason_code(PricingReason reason)
{
    switch (reason) {
    case PRICING_KEEP:
        return "keep";
    case PRICING_CUT_SLOW:
        return "cut_slow";
    case PRICING_CUT_EXPIRY:
        return "cut_expiry";
    case PRICING_RISE_FAST:
        return "rise_fast";
    case PRICING_BACK_TO_LIST:
        return "back_to_list";
    case PRICING_HELD_DWELL:
        return "held_dwell";
    case PRICING_HELD_CHANGES:
        return "held_changes";
    case PRICING_SOLD_OUT:
        return "sold_out";
    case PRICING_INTO_RAILS:
        return "into_rails";
    }
    return "keep";
}

static Language find_language(const char *language)
{
    if (language != NULL && strncmp(language, "ko", 2) == 0) {
        return KO;
    }
    return language != NULL && strncmp(language, "zh", 2) == 0 ? ZH : EN;
}

static void write_integer(long long value, char out[static 24])
{
    char digits[24];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (int i = 0; i < count; i++) {
        out[i] = digits[count - 1 - i];
    }
    out[count] = '\0';
}

/* "31", or "4.2 kg" of 4,180 g. */
static void write_units(double units, bool unit_g, char out[static 32])
{
    double shown = fmin(fmax(units, 0), 1e12);
    long long tenths = llround(shown / 100);
    write_integer(unit_g ? tenths / 10 : llround(shown), out);
    if (unit_g) {
        char end[] = {'.', (char)('0' + tenths % 10), ' ', 'k', 'g', '\0'};
        memcpy(out + strlen(out), end, sizeof end);
    }
}

/* Fills the places %s of a form in their order. */
static void write_form(const char *form, const char *const parts[static 3],
                       char out[static TEXT_SIZE])
{
    size_t length = 0, part = 0;
    while (*form != '\0') {
        const char *piece = form;
        size_t piece_length = 1;
        if (form[0] == '%' && form[1] == 's' && part < 3) {
            piece = parts[part++];
            piece_length = strlen(piece);
            form++;
        }
        form++;
        if (length + piece_length < TEXT_SIZE) {
            memcpy(out + length, piece, piece_length);
            length += piece_length;
        }
    }
    out[length] = '\0';
}

/* Cuts a text that is too long before a character that does not fit. */
static void copy_whole_characters(const char *text, char *out, size_t size)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

/* Which pair of numbers tells the reason: what sold against what was expected, in this window or
 * the earlier one, or what is left against what will sell. */
typedef enum { BY_SALES, BY_EARLIER_SALES, BY_CLOSE, BY_DATE, FORMS } Form;

static Form find_form(const PricingLot *lot, const PricingDecision *decision)
{
    Form ahead = lot->hours_left <= 16
                     ? BY_CLOSE
                     : BY_DATE; /* no shop's day is longer: its last hours are today's */
    switch (decision->reason) {
    case PRICING_CUT_SLOW:
        return lot->sold_units < lot->sold_expected ? BY_SALES : BY_EARLIER_SALES;
    case PRICING_BACK_TO_LIST:
        return BY_SALES;
    case PRICING_RISE_FAST:
        if (lot->sold_units > lot->sold_expected) {
            return BY_SALES;
        }
        return lot->earlier_sold > lot->earlier_expected ? BY_EARLIER_SALES : ahead;
    case PRICING_KEEP:
    case PRICING_CUT_EXPIRY:
    case PRICING_HELD_DWELL:
    case PRICING_HELD_CHANGES:
    case PRICING_SOLD_OUT:
    case PRICING_INTO_RAILS:
        return ahead;
    }
    return ahead;
}

static const char *opening(PricingReason reason, bool by_sales, Language language)
{
    static const char *const words[][LANGUAGES] = {
        [PRICING_KEEP] = {"kept", "유지", "保持不变"},
        [PRICING_CUT_SLOW] = {"sells slower than planned", "계획보다 느리게 판매", "销售慢于计划"},
        [PRICING_CUT_EXPIRY] = {"too much left for its date", "기한에 비해 재고 많음",
                                "临期库存偏多"},
        [PRICING_RISE_FAST] = {"sells faster than planned", "계획보다 빠르게 판매", "销售快于计划"},
        [PRICING_BACK_TO_LIST] = {"back towards the list price", "정상가로 복귀", "恢复原价"},
        [PRICING_HELD_DWELL] = {"kept, changed a short while ago", "유지, 방금 변경됨",
                                "保持不变，刚调整过"},
        [PRICING_HELD_CHANGES] = {"kept, changed often enough today", "유지, 오늘 변경 횟수 도달",
                                  "保持不变，今日调价次数已满"},
        [PRICING_SOLD_OUT] = {"sold out", "품절", "已售罄"},
        [PRICING_INTO_RAILS] = {"brought between the lowest and highest price",
                                "최저가와 최고가 사이로 조정", "调整到最低价与最高价之间"},
    };
    static const char *const scarce[LANGUAGES] = {"little left", "재고 부족", "所剩不多"};
    return reason == PRICING_RISE_FAST && !by_sales ? scarce[language] : words[reason][language];
}

void pricing_policy_reason(const PricingLot *lot, const PricingDecision *decision, bool unit_g,
                           const char *language_code, char *out, size_t size)
{
    static const char *const forms[FORMS][LANGUAGES] = {
        [BY_SALES] = {"%s: %s sold where %s were expected", "%s: 판매 %s, 예상 %s",
                      "%s：已售 %s，预计 %s"},
        [BY_EARLIER_SALES] = {"%s: %s sold the day before where %s were expected",
                              "%s: 전날 판매 %s, 예상 %s", "%s：前一天已售 %s，预计 %s"},
        [BY_CLOSE] = {"%s: %s left, %s expected by close", "%s: %s 남음, 마감까지 %s 예상",
                      "%s：剩 %s，到打烊预计售出 %s"},
        [BY_DATE] = {"%s: %s left, %s expected by its last day", "%s: %s 남음, 기한까지 %s 예상",
                     "%s：剩 %s，到期限预计售出 %s"},
    };
    if (size == 0) {
        return;
    }
    Language language = find_language(language_code);
    Form form = find_form(lot, decision);
    const char *start =
        opening(decision->reason, form == BY_SALES || form == BY_EARLIER_SALES, language);
    if (decision->reason == PRICING_SOLD_OUT) {
        copy_whole_characters(start, out, size);
        return;
    }
    double first_units = (double)lot->on_hand, second_units = decision->forecast_units;
    if (form == BY_SALES) {
        first_units = lot->sold_units;
        second_units = lot->sold_expected;
    } else if (form == BY_EARLIER_SALES) {
        first_units = lot->earlier_sold;
        second_units = lot->earlier_expected;
    }
    char first[32], second[32], text[TEXT_SIZE];
    write_units(first_units, unit_g, first);
    write_units(second_units, unit_g, second);
    write_form(forms[form][language], (const char *const[]){start, first, second}, text);
    copy_whole_characters(text, out, size);
}
