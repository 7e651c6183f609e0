/* SPDX-License-Identifier: GPL-3.0-or-later
 * How fresh a lot is in a shopper's own language. A page answers three languages at once and a kiosk changes its own by
 * one touch, so these words do not go through the program's. */
#include "pos/freshness.h"

#include <string.h>

#define DAYS_WORTH_COUNTING 99

typedef struct {
    const char *language;
    const char *fresh, *last_day, *days_left, *no_date;
    const char *past_best_before, *past_use_by, *warmed, *recalled, *cold_chain;
} Words;

static const Words languages[] = {
    {"ko", "신선해요", "오늘까지", "%d일 남음", "신선식품", "품질유지기한이 지나 팔지 않습니다",
     "소비기한이 지나 팔지 않습니다", "운송 중 온도가 높았어요", "회수 상품: 팔지 않습니다",
     "저온 유통이 끊겨 팔지 않습니다"},
    {"zh", "新鲜", "最后一天", "还剩%d天", "新鲜食品", "已过最佳食用期，停止销售",
     "已过保质期，停止销售", "运输途中温度偏高", "已召回，停止销售", "冷链中断，停止销售"},
    {"en", "Fresh", "Last day", "%d days left", "Fresh food", "Past best before: not for sale",
     "Past use-by: not for sale", "Got warm on the way", "Recalled: not for sale",
     "Cold chain broken: not for sale"},
};

static const Words *words_of(const char *language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        if (language != NULL && g_str_has_prefix(language, languages[i].language)) {
            return &languages[i];
        }
    }
    return &languages[G_N_ELEMENTS(languages) - 1];
}

static char *days_words(int days_left, const Words *words)
{
    if (days_left == 0) {
        return g_strdup(words->last_day);
    }
    if (days_left == 1 && strcmp(words->language, "en") == 0) {
        return g_strdup("1 day left");
    }
    if (days_left > DAYS_WORTH_COUNTING) {
        return g_strdup(words->fresh);
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return g_strdup_printf(words->days_left, days_left);
#pragma GCC diagnostic pop
}

char *pos_freshness_words_in(PosFreshness freshness, const char *language)
{
    const Words *words = words_of(language);
    switch (freshness.reason) {
    case POS_FRESHNESS_FRESH:
    case POS_FRESHNESS_SHORT_DATED:
        return days_words(freshness.days_left, words);
    case POS_FRESHNESS_NO_DATE:
        return g_strdup(words->no_date);
    case POS_FRESHNESS_WARMED:
        return g_strdup(words->warmed);
    case POS_FRESHNESS_PAST_BEST_BEFORE:
        return g_strdup(words->past_best_before);
    case POS_FRESHNESS_PAST_USE_BY:
        return g_strdup(words->past_use_by);
    case POS_FRESHNESS_RECALLED:
        return g_strdup(words->recalled);
    case POS_FRESHNESS_COLD_CHAIN:
        return g_strdup(words->cold_chain);
    }
    g_assert_not_reached();
}
