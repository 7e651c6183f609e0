/* SPDX-License-Identifier: GPL-3.0-or-later
 * The keyboard wedge tells a scanner from a person. */
#include "ui/wedge.h"
#include <string.h>

/* The key that types a character on a US keyboard, found by asking ui_wedge_byte for every key. */
static unsigned key_of(char byte, unsigned *out_modifiers)
{
    for (unsigned modifiers = 0; modifiers <= UI_WEDGE_SHIFT; modifiers++) {
        for (unsigned key = 10; key < 92; key++) {
            if (ui_wedge_byte(key, modifiers) == byte) {
                *out_modifiers = modifiers;
                return key;
            }
        }
    }
    if (byte == 0x1d) {
        *out_modifiers = UI_WEDGE_CONTROL;
        return 35;
    }
    g_assert_not_reached();
}

static UiWedgeVerdict type(UiWedge *wedge, const char *text, uint32_t *time, uint32_t gap)
{
    UiWedgeVerdict last = UI_WEDGE_PASS;
    for (const char *c = text; *c != '\0'; c++) {
        unsigned modifiers = 0;
        const unsigned key = key_of(*c, &modifiers);
        *time += gap;
        last = ui_wedge_feed(wedge, key, modifiers, *time);
    }
    return last;
}

static void test_fast_keys_are_a_scan(void)
{
    for (uint32_t gap = 1; gap <= 35; gap++) {
        UiWedge wedge = {0};
        uint32_t time = 1000;
        type(&wedge, "8801234560010", &time, gap);
        g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, time + gap), ==, UI_WEDGE_DONE);
        g_assert_cmpstr(wedge.text, ==, "8801234560010");
        g_assert_cmpuint(wedge.length, ==, 13);
    }
}

static void test_a_person_is_never_a_scan(void)
{
    for (uint32_t gap = 36; gap <= 300; gap += 4) {
        UiWedge wedge = {0};
        uint32_t time = 1000;
        for (int i = 0; i < 13; i++) {
            time += gap;
            const UiWedgeVerdict verdict = ui_wedge_feed(&wedge, 10, 0, time);
            g_assert_true(verdict == UI_WEDGE_START || verdict == UI_WEDGE_PASS);
        }
        g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, time + gap), ==, UI_WEDGE_PASS);
    }
}

static void test_the_first_keys_are_put_back(void)
{
    UiWedge wedge = {0};
    g_assert_cmpint(ui_wedge_feed(&wedge, 10, 0, 100), ==, UI_WEDGE_START);
    g_assert_cmpint(ui_wedge_feed(&wedge, 11, 0, 105), ==, UI_WEDGE_PASS);
    g_assert_cmpint(ui_wedge_feed(&wedge, 12, 0, 110), ==, UI_WEDGE_PASS);
    g_assert_cmpint(ui_wedge_feed(&wedge, 13, 0, 115), ==, UI_WEDGE_RESTORE);
    g_assert_cmpint(ui_wedge_feed(&wedge, 14, 0, 120), ==, UI_WEDGE_SWALLOW);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_TAB, 0, 125), ==, UI_WEDGE_DONE);
    g_assert_cmpstr(wedge.text, ==, "12345");
}

static void test_two_scans_in_a_row(void)
{
    UiWedge wedge = {0};
    uint32_t time = 0;
    type(&wedge, "0123456789012", &time, 3);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, ++time), ==, UI_WEDGE_DONE);
    type(&wedge, "https://id.gs1.org/01/09520000010379/10/L1?17=261130", &time, 3);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_KP_ENTER, 0, ++time), ==, UI_WEDGE_DONE);
    g_assert_cmpstr(wedge.text, ==, "https://id.gs1.org/01/09520000010379/10/L1?17=261130");
}

static void test_prefix_key_makes_slow_keys_a_scan(void)
{
    UiWedge wedge = {0};
    uint32_t time = 50;
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_F9, 0, time), ==, UI_WEDGE_SWALLOW);
    g_assert_cmpint(type(&wedge, "12", &time, 400), ==, UI_WEDGE_SWALLOW);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, time + 60), ==, UI_WEDGE_DONE);
    g_assert_cmpstr(wedge.text, ==, "12");
}

static void test_prefix_then_nothing_is_forgotten(void)
{
    UiWedge wedge = {0};
    ui_wedge_feed(&wedge, UI_WEDGE_KEY_F9, 0, 100);
    g_assert_cmpint(ui_wedge_feed(&wedge, 10, 0, 5000), ==, UI_WEDGE_START);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, 5400), ==, UI_WEDGE_PASS);
}

static void test_shift_and_group_separator(void)
{
    UiWedge wedge = {0};
    uint32_t time = 0;
    type(&wedge, "]C10109520000010379", &time, 4);
    g_assert_cmpint(ui_wedge_feed(&wedge, 37, 0, ++time), ==, UI_WEDGE_SWALLOW); /* Control itself */
    type(&wedge, "10aB-7", &time, 4);
    g_assert_cmpint(type(&wedge, "\x1d", &time, 4), ==, UI_WEDGE_SWALLOW);
    type(&wedge, "3103000450", &time, 4);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, ++time), ==, UI_WEDGE_DONE);
    g_assert_cmpstr(wedge.text, ==, "]C1010952000001037910aB-7\x1d""3103000450");
}

static void test_time_wraps_around(void)
{
    UiWedge wedge = {0};
    uint32_t time = G_MAXUINT32 - 10;
    type(&wedge, "96385074", &time, 5);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, time + 5), ==, UI_WEDGE_DONE);
    g_assert_cmpstr(wedge.text, ==, "96385074");
}

static void test_endless_keys_are_swallowed_and_dropped(void)
{
    UiWedge wedge = {0};
    uint32_t time = 0;
    for (int i = 0; i < POS_BOUND_SCAN_BYTES + 100; i++) {
        ui_wedge_feed(&wedge, 10, 0, ++time);
    }
    g_assert_cmpuint(wedge.length, ==, POS_BOUND_SCAN_BYTES);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, ++time), ==, UI_WEDGE_SWALLOW);
    type(&wedge, "4006381333931", &time, 3);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, ++time), ==, UI_WEDGE_DONE);
    g_assert_cmpstr(wedge.text, ==, "4006381333931");
}

static void test_a_stalled_burst_is_dropped(void)
{
    UiWedge wedge = {0};
    uint32_t time = 0;
    type(&wedge, "12345", &time, 5);
    g_assert_cmpint(ui_wedge_feed(&wedge, 10, 0, time + 900), ==, UI_WEDGE_START);
    g_assert_cmpint(ui_wedge_feed(&wedge, UI_WEDGE_KEY_RETURN, 0, time + 2000), ==, UI_WEDGE_PASS);
}

static void test_shortcuts_pass(void)
{
    UiWedge wedge = {0};
    g_assert_cmpint(ui_wedge_feed(&wedge, 96, 0, 10), ==, UI_WEDGE_PASS);              /* F12 */
    g_assert_cmpint(ui_wedge_feed(&wedge, 38, UI_WEDGE_ALT, 1000), ==, UI_WEDGE_PASS); /* Alt+A */
    g_assert_cmpint(ui_wedge_feed(&wedge, 50, 0, 2000), ==, UI_WEDGE_PASS);            /* Shift */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/wedge/fast_keys_are_a_scan", test_fast_keys_are_a_scan);
    g_test_add_func("/ui/wedge/a_person_is_never_a_scan", test_a_person_is_never_a_scan);
    g_test_add_func("/ui/wedge/the_first_keys_are_put_back", test_the_first_keys_are_put_back);
    g_test_add_func("/ui/wedge/two_scans_in_a_row", test_two_scans_in_a_row);
    g_test_add_func("/ui/wedge/prefix_key_makes_slow_keys_a_scan", test_prefix_key_makes_slow_keys_a_scan);
    g_test_add_func("/ui/wedge/prefix_then_nothing_is_forgotten", test_prefix_then_nothing_is_forgotten);
    g_test_add_func("/ui/wedge/shift_and_group_separator", test_shift_and_group_separator);
    g_test_add_func("/ui/wedge/time_wraps_around", test_time_wraps_around);
    g_test_add_func("/ui/wedge/endless_keys_are_swallowed_and_dropped", test_endless_keys_are_swallowed_and_dropped);
    g_test_add_func("/ui/wedge/a_stalled_burst_is_dropped", test_a_stalled_burst_is_dropped);
    g_test_add_func("/ui/wedge/shortcuts_pass", test_shortcuts_pass);
    return g_test_run();
}
