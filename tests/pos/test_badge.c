/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/badge.h"

#include <string.h>

static void test_a_badge_is_its_text_in_either_case(void)
{
    static const uint8_t zero[POS_BADGE_SECRET_BYTES] = {0};
    static const uint8_t ones[POS_BADGE_SECRET_BYTES] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                         255, 255, 255, 255, 255, 255, 255, 255};
    g_autofree char *first = pos_badge_text(zero);
    g_autofree char *last = pos_badge_text(ones);
    g_assert_cmpstr(first, ==, "CB1-00000000000000000000000000");
    g_assert_cmpstr(last, ==, "CB1-ZZZZZZZZZZZZZZZZZZZZZZZZZW"); /* 128 bits and two of padding */
    g_assert_true(pos_badge_is(last, strlen(last)));
    char upper[POS_BADGE_HASH_CHARS + 1], lower[POS_BADGE_HASH_CHARS + 1];
    g_autofree char *small = g_ascii_strdown(last, -1);
    g_assert_true(pos_badge_hash(last, strlen(last), upper));
    g_assert_true(pos_badge_hash(small, strlen(small), lower));
    g_assert_cmpstr(upper, ==, lower);
    g_assert_cmpuint(strlen(upper), ==, POS_BADGE_HASH_CHARS);
    g_assert_true(pos_badge_hash(first, strlen(first), lower));
    g_assert_cmpstr(upper, !=, lower);
    g_assert_null(strstr(upper, "ZZZ"));
}

/* SHA-256 of the text, as any other program would make it (sha256sum). */
static void test_the_hash_is_plain_sha256(void)
{
    static const char text[] = "CB1-00000000000000000000000000";
    char hash[POS_BADGE_HASH_CHARS + 1];
    g_autofree char *wanted = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_assert_true(pos_badge_hash(text, strlen(text), hash));
    g_assert_cmpstr(hash, ==, wanted);
}

static void test_nothing_else_is_a_badge(void)
{
    static const char *const others[] = {"",
                                         "CB1-",
                                         "8801234567893",
                                         "CB1-0000000000000000000000000",
                                         "CB1-000000000000000000000000000",
                                         "CB1-0000000000000000000000000U",
                                         "CB2-00000000000000000000000000",
                                         "https://id.gs1.org/01/08801234567893"};
    char hash[POS_BADGE_HASH_CHARS + 1] = "untouched";
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_assert_false(pos_badge_is(others[i], strlen(others[i])));
        g_assert_false(pos_badge_hash(others[i], strlen(others[i]), hash));
    }
    g_assert_false(pos_badge_is(NULL, 0));
    g_assert_false(pos_badge_is("CB1-0000000000000\0000000000000000", 30));
    g_assert_cmpstr(hash, ==, "untouched");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/badge/a_badge_is_its_text_in_either_case",
                    test_a_badge_is_its_text_in_either_case);
    g_test_add_func("/pos/badge/the_hash_is_plain_sha256", test_the_hash_is_plain_sha256);
    g_test_add_func("/pos/badge/nothing_else_is_a_badge", test_nothing_else_is_a_badge);
    return g_test_run();
}
