/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/key_ahead.h"

#define MS INT64_C(1000)

static void assert_key(UiKeyAhead *ahead, int64_t now_us, unsigned keyval)
{
    UiKeyAheadItem item;
    g_assert_true(ui_key_ahead_next(ahead, now_us, &item));
    g_assert_null(item.arrival);
    g_assert_cmpuint(item.keyval, ==, keyval);
}

static void assert_empty(UiKeyAhead *ahead, int64_t now_us)
{
    UiKeyAheadItem item;
    g_assert_false(ui_key_ahead_next(ahead, now_us, &item));
}

static void test_nothing_waits_while_no_page_turns(void)
{
    UiKeyAhead *ahead = ui_key_ahead_new();
    const UiArrival arrival = {.text = "1", .length = 1};
    g_assert_false(ui_key_ahead_key(ahead, 'a', 0, 1, 0));
    g_assert_false(ui_key_ahead_scan(ahead, &arrival, 0));
    ui_key_ahead_hold(ahead);
    ui_key_ahead_hold(ahead);
    ui_key_ahead_release(ahead);
    g_assert_true(ui_key_ahead_key(ahead, 'b', 4, 0, 0)); /* they nest */
    assert_empty(ahead, 0);
    ui_key_ahead_release(ahead);
    UiKeyAheadItem item;
    g_assert_true(ui_key_ahead_next(ahead, 0, &item));
    g_assert_cmpuint(item.keyval, ==, 'b');
    g_assert_cmpuint(item.state, ==, 4);
    assert_empty(ahead, 0);
    ui_key_ahead_free(ahead);
}

static void test_keys_and_codes_keep_their_order(void)
{
    UiKeyAhead *ahead = ui_key_ahead_new();
    char text[] = "952\0Z";
    const UiArrival arrival = {
        .text = text, .length = 5, .raw = "raw", .raw_length = 3, .end = '\r'};
    UiKeyAheadItem item;
    ui_key_ahead_hold(ahead);
    ui_key_ahead_key(ahead, '4', 0, 1, 0);
    ui_key_ahead_scan(ahead, &arrival, 1);
    ui_key_ahead_key(ahead, '5', 0, 1, 2);
    text[0] = 'x'; /* what waits is a copy */
    ui_key_ahead_release(ahead);
    assert_key(ahead, 3, '4');
    g_assert_true(ui_key_ahead_next(ahead, 3, &item));
    g_assert_cmpmem(item.arrival->text, item.arrival->length, "952\0Z", 5);
    g_assert_cmpmem(item.arrival->raw, item.arrival->raw_length, "raw", 3);
    g_assert_cmpint(item.arrival->end, ==, '\r');
    ui_key_ahead_free_arrival(item.arrival);
    assert_key(ahead, 3, '5');
    ui_key_ahead_free(ahead);
}

static void test_the_first_keys_of_a_code_are_no_keys(void)
{
    UiKeyAhead *ahead = ui_key_ahead_new();
    ui_key_ahead_hold(ahead);
    ui_key_ahead_key(ahead, '7', 0, 1, 0); /* a person's: the next key came late */
    ui_key_ahead_key(ahead, '9', 0, 1, 90 * MS);
    ui_key_ahead_key(ahead, '5', 0, 2, 92 * MS);
    ui_key_ahead_key(ahead, '2', 0, 3, 94 * MS);
    ui_key_ahead_forget_scan(ahead);
    ui_key_ahead_forget_scan(ahead); /* once is enough: the person's stays */
    ui_key_ahead_release(ahead);
    assert_key(ahead, 100 * MS, '7');
    assert_empty(ahead, 100 * MS);
    /* A key without text ends what may be a code. */
    ui_key_ahead_hold(ahead);
    ui_key_ahead_key(ahead, '1', 0, 1, 0);
    ui_key_ahead_key(ahead, 0xff0d, 0, 0, 1);
    ui_key_ahead_forget_scan(ahead);
    ui_key_ahead_release(ahead);
    assert_key(ahead, 2, '1');
    assert_key(ahead, 2, 0xff0d);
    ui_key_ahead_free(ahead);
}

static void test_what_waited_too_long_is_dropped(void)
{
    UiKeyAhead *ahead = ui_key_ahead_new();
    ui_key_ahead_hold(ahead);
    ui_key_ahead_key(ahead, 'a', 0, 1, 0);
    ui_key_ahead_key(ahead, 'b', 0, 1, 500 * MS);
    ui_key_ahead_release(ahead);
    assert_key(ahead, UI_KEY_AHEAD_US + 500 * MS, 'b');
    assert_empty(ahead, UI_KEY_AHEAD_US + 500 * MS);
    ui_key_ahead_hold(ahead);
    for (unsigned i = 0; i < 2 * UI_KEY_AHEAD_MAX; i++) {
        g_assert_true(ui_key_ahead_key(ahead, 'a' + i % 26, 0, 0, 0)); /* used up all the same */
    }
    ui_key_ahead_release(ahead);
    for (unsigned i = 0; i < UI_KEY_AHEAD_MAX; i++) {
        assert_key(ahead, 0, 'a' + i % 26);
    }
    assert_empty(ahead, 0);
    ui_key_ahead_free(ahead);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/key_ahead/nothing_waits_while_no_page_turns",
                    test_nothing_waits_while_no_page_turns);
    g_test_add_func("/key_ahead/keys_and_codes_keep_their_order",
                    test_keys_and_codes_keep_their_order);
    g_test_add_func("/key_ahead/the_first_keys_of_a_code_are_no_keys",
                    test_the_first_keys_of_a_code_are_no_keys);
    g_test_add_func("/key_ahead/what_waited_too_long_is_dropped",
                    test_what_waited_too_long_is_dropped);
    return g_test_run();
}
