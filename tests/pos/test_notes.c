/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/notes.h"

#include <string.h>

static const struct {
    const char *currency;
    int64_t due, wanted[POS_NOTES_MAX];
} CASES[] = {
    {"KRW", 12900, {12900, 13000, 15000, 20000, 50000}},
    {"KRW", 50000, {50000}},
    {"KRW", 60000, {60000, 100000}},
    {"KRW", 300, {300, 1000, 5000, 10000, 50000}},
    {"EUR", 1287, {1287, 1500, 2000, 5000, 10000}},
    {"EUR", 2000, {2000, 5000, 10000, 20000}},
    {"USD", 425, {425, 500, 1000, 2000, 5000}},
    {"CNY", 10001, {10001, 10100, 10500, 11000, 12000}},
    {"JPY", 7500, {7500, 8000, 10000}},
    {"ISK", 730, {730, 750, 800, 1000, 5000}},
    {"KRW", 0, {0}},
    {"KRW", -500, {0}},
};

static void test_what_a_customer_hands_over(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        PosCurrency currency = {0};
        g_strlcpy(currency.code, CASES[i].currency, sizeof currency.code);
        PosMoney out[POS_NOTES_MAX];
        gsize count = pos_notes_suggest(&currency, pos_money(CASES[i].due), out);
        gsize wanted = 0;
        while (wanted < POS_NOTES_MAX && CASES[i].wanted[wanted] != 0) {
            wanted++;
        }
        g_test_message("%s %d", CASES[i].currency, (int)CASES[i].due);
        for (gsize k = 0; k < MIN(count, wanted); k++) {
            g_assert_cmpint(out[k].minor, ==, CASES[i].wanted[k]);
        }
        g_assert_cmpuint(count, ==, wanted);
    }
}

/* Whatever is due: the first is it, each next is more, none is less than it. */
static void test_never_less_and_always_rising(void)
{
    static const char *const codes[] = {"KRW", "JPY", "CNY", "EUR", "USD", "GBP", "CHF", "XXX"};
    for (gsize c = 0; c < G_N_ELEMENTS(codes); c++) {
        PosCurrency currency = {0};
        g_strlcpy(currency.code, codes[c], sizeof currency.code);
        for (int64_t due = 1; due < 70000; due += 37) {
            PosMoney out[POS_NOTES_MAX];
            gsize count = pos_notes_suggest(&currency, pos_money(due), out);
            g_assert_cmpuint(count, >=, 1);
            g_assert_cmpint(out[0].minor, ==, due);
            for (gsize i = 1; i < count; i++) {
                g_assert_cmpint(out[i].minor, >, out[i - 1].minor);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/notes/what_a_customer_hands_over", test_what_a_customer_hands_over);
    g_test_add_func("/pos/notes/never_less_and_always_rising", test_never_less_and_always_rising);
    return g_test_run();
}
