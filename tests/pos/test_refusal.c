/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/refusal.c: each refusal has a code of its own, in the words of the command line. */
#include "pos/refusal.h"

#include <string.h>

static void test_every_code_is_distinct(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 1; i < POS_REFUSAL_COUNT; i++) {
        const char *code = pos_refusal_code((PosRefusal)i);
        g_assert_cmpuint(strlen(code), >, 0);
        g_assert_cmpuint(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), ==, strlen(code));
        g_assert_true(g_hash_table_add(seen, (void *)code));
    }
    g_assert_cmpstr(pos_refusal_code(POS_REFUSAL_NONE), ==, "");
}

static void test_codes_are_those_of_the_contract(void)
{
    static const char *const contract[] = {
        "not_logged_in",   "wrong_pin",    "locked_out",      "no_shift",         "bad_code",
        "unknown_item",    "expired",      "recalled",        "cold_chain",       "bad_weight",
        "bad_quantity",    "no_such_line", "empty_cart",      "not_covered",      "over_tender",
        "approval_needed", "not_allowed",  "no_such_receipt", "already_returned", "no_such_ticket",
        "disk_full",       "offline",      "bad_command"};
    for (gsize i = 0; i < G_N_ELEMENTS(contract); i++) {
        g_assert_cmpstr(pos_refusal_code((PosRefusal)(i + 1)), ==, contract[i]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/refusal/every_code_is_distinct", test_every_code_is_distinct);
    g_test_add_func("/pos/refusal/codes_are_those_of_the_contract",
                    test_codes_are_those_of_the_contract);
    return g_test_run();
}
