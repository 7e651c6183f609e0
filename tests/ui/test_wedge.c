/* SPDX-License-Identifier: GPL-3.0-or-later
 * The keyboard wedge tells a scanner from a person. */
#include "ui/wedge.h"

#include <linux/input-event-codes.h>
#include <string.h>

typedef struct {
    UiWedge wedge;
    PosScannerSettings settings;
    uint32_t time_ms;
    bool on_button, caps_lock;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    PosDeviceSettings devices;
    pos_device_settings_defaults(&devices);
    fixture->settings = devices.scanner;
    fixture->time_ms = 1000;
}

static UiWedgeVerdict press(Fixture *fixture, unsigned code, unsigned modifiers, uint32_t gap)
{
    fixture->time_ms += gap;
    const UiWedgeKey key = {fixture->caps_lock, fixture->on_button, fixture->time_ms};
    return ui_wedge_feed(&fixture->wedge, &fixture->settings,
                         (PosKeyStroke){(uint16_t)code, (uint8_t)modifiers}, &key);
}

/* Returns the last verdict; \x1d is Control and ]. */
static UiWedgeVerdict type(Fixture *fixture, const char *text, uint32_t gap)
{
    UiWedgeVerdict last = UI_WEDGE_PASS;
    for (const char *c = text; *c != '\0'; c++) {
        bool shift = false;
        const unsigned code = *c == 0x1d ? KEY_RIGHTBRACE : pos_key_code(*c, &shift);
        g_assert_cmpuint(code, !=, 0);
        last = press(fixture, code, *c == 0x1d ? POS_KEY_CONTROL : shift ? POS_KEY_SHIFT : 0, gap);
    }
    return last;
}

static void assert_done(Fixture *fixture, UiWedgeVerdict verdict, const char *text)
{
    g_assert_cmpint(verdict, ==, UI_WEDGE_DONE);
    g_assert_cmpmem(fixture->wedge.text, fixture->wedge.length, text, strlen(text));
}

static void fast_keys_are_a_scan(Fixture *fixture, gconstpointer unused)
{
    for (uint32_t gap = 1; gap <= 35; gap++) {
        fixture->time_ms += 1000;
        type(fixture, "8801234560010", gap);
        assert_done(fixture, press(fixture, KEY_ENTER, 0, gap), "8801234560010");
        g_assert_cmpuint(fixture->wedge.gap_max_ms, ==, gap);
        g_assert_cmpuint(fixture->wedge.end.code, ==, KEY_ENTER);
    }
}

static void a_person_is_never_a_scan(Fixture *fixture, gconstpointer unused)
{
    for (uint32_t gap = 36; gap <= 300; gap += 4) {
        fixture->time_ms += 1000;
        for (int i = 0; i < 13; i++) {
            const UiWedgeVerdict verdict = press(fixture, KEY_1, 0, gap);
            g_assert_true(verdict == UI_WEDGE_START || verdict == UI_WEDGE_PASS);
        }
        g_assert_cmpint(press(fixture, KEY_ENTER, 0, gap), ==, UI_WEDGE_PASS);
        g_assert_cmpint(ui_wedge_pause(&fixture->wedge, &fixture->settings, false), ==,
                        UI_WEDGE_PASS);
    }
}

static void the_first_keys_are_put_back(Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint(press(fixture, KEY_1, 0, 5), ==, UI_WEDGE_START);
    g_assert_cmpint(press(fixture, KEY_2, 0, 5), ==, UI_WEDGE_PASS);
    g_assert_cmpint(press(fixture, KEY_3, 0, 5), ==, UI_WEDGE_PASS);
    g_assert_cmpint(press(fixture, KEY_4, 0, 5), ==, UI_WEDGE_RESTORE);
    g_assert_cmpint(press(fixture, KEY_5, 0, 5), ==, UI_WEDGE_SWALLOW);
    assert_done(fixture, press(fixture, KEY_TAB, 0, 5), "12345");
}

static void short_codes_end_with_enter(Fixture *fixture, gconstpointer unused)
{
    type(fixture, "u01", 3);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 3), "u01");
    /* One key and Enter may be two fingers of a person. */
    fixture->time_ms += 1000;
    type(fixture, "5", 3);
    g_assert_cmpint(press(fixture, KEY_ENTER, 0, 20), ==, UI_WEDGE_PASS);
}

static void endings_behind_a_code_press_nothing(Fixture *fixture, gconstpointer unused)
{
    static const unsigned endings[] = {KEY_ENTER, KEY_TAB, KEY_SPACE, KEY_KPENTER};
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        fixture->time_ms += 1000;
        type(fixture, "96385074", 2);
        assert_done(fixture, press(fixture, KEY_ENTER, 0, 2), "96385074");
        g_assert_cmpint(press(fixture, endings[i], 0, 2), ==, UI_WEDGE_SWALLOW);
        g_assert_cmpint(press(fixture, endings[i], 0, 30), ==, UI_WEDGE_SWALLOW);
        /* A person's Enter is a person's. */
        g_assert_cmpint(press(fixture, KEY_ENTER, 0, 200), ==, UI_WEDGE_PASS);
    }
}

static void space_is_kept_back_on_a_button(Fixture *fixture, gconstpointer unused)
{
    fixture->on_button = true;
    g_assert_cmpint(press(fixture, KEY_SPACE, 0, 500), ==, UI_WEDGE_HOLD);
    g_assert_false(ui_wedge_release(&fixture->wedge, fixture->time_ms + 20));
    g_assert_true(ui_wedge_release(&fixture->wedge, fixture->time_ms + 45));
    g_assert_false(ui_wedge_release(&fixture->wedge, fixture->time_ms + 90)); /* once */
    g_assert_cmpint(press(fixture, KEY_SPACE, 0, 500), ==, UI_WEDGE_HOLD);
    g_assert_cmpint(type(fixture, "AB1", 3), ==, UI_WEDGE_RESTORE);
    g_assert_false(ui_wedge_release(&fixture->wedge, fixture->time_ms + 45));
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 3), " AB1");
    fixture->on_button = false;
    g_assert_cmpint(press(fixture, KEY_SPACE, 0, 500), ==, UI_WEDGE_START);
}

static void two_scans_in_a_row(Fixture *fixture, gconstpointer unused)
{
    static const char link[] = "https://id.gs1.org/01/09520000010379/10/L1?17=261130";
    for (int i = 0; i < 3; i++) { /* the same again counts again */
        type(fixture, "0123456789012", 3);
        assert_done(fixture, press(fixture, KEY_ENTER, 0, 1), "0123456789012");
    }
    type(fixture, link, 3);
    assert_done(fixture, press(fixture, KEY_KPENTER, 0, 1), link);
}

static void a_prefix_key_makes_slow_keys_a_scan(Fixture *fixture, gconstpointer unused)
{
    static const struct {
        PosScannerPrefix prefix;
        unsigned code, modifiers;
    } rows[] = {{POS_SCANNER_PREFIX_F9, KEY_F9, 0},
                {POS_SCANNER_PREFIX_F11, KEY_F11, 0},
                {POS_SCANNER_PREFIX_STX, KEY_B, POS_KEY_CONTROL}};
    g_assert_cmpint(press(fixture, KEY_F9, 0, 500), ==, UI_WEDGE_PASS); /* set to none */
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        fixture->settings.prefix = rows[i].prefix;
        g_assert_cmpint(press(fixture, rows[i].code, rows[i].modifiers, 2000), ==,
                        UI_WEDGE_SWALLOW);
        g_assert_cmpint(type(fixture, "12", 400), ==, UI_WEDGE_SWALLOW);
        assert_done(fixture, press(fixture, KEY_ENTER, 0, 60), "12");
    }
}

static void a_prefix_then_nothing_is_forgotten(Fixture *fixture, gconstpointer unused)
{
    fixture->settings.prefix = POS_SCANNER_PREFIX_F9;
    press(fixture, KEY_F9, 0, 100);
    g_assert_cmpint(press(fixture, KEY_1, 0, 5000), ==, UI_WEDGE_START);
    g_assert_cmpint(press(fixture, KEY_ENTER, 0, 400), ==, UI_WEDGE_PASS);
}

static void shift_and_group_separator(Fixture *fixture, gconstpointer unused)
{
    type(fixture, "]C10109520000010379", 4);
    g_assert_cmpint(press(fixture, KEY_LEFTCTRL, 0, 1), ==, UI_WEDGE_SWALLOW);
    type(fixture, "10aB-7", 4);
    g_assert_cmpint(type(fixture, "\x1d", 4), ==, UI_WEDGE_SWALLOW);
    type(fixture, "3103000450", 4);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 1),
                "]C1010952000001037910aB-7\x1d"
                "3103000450");
}

static void gs_by_alt_and_by_f8(Fixture *fixture, gconstpointer unused)
{
    type(fixture, "10AB", 4);
    press(fixture, KEY_LEFTALT, 0, 2);
    press(fixture, KEY_KP0, POS_KEY_ALT, 2);
    press(fixture, KEY_KP2, POS_KEY_ALT, 2);
    g_assert_cmpint(press(fixture, KEY_KP9, POS_KEY_ALT, 2), ==, UI_WEDGE_SWALLOW);
    type(fixture, "15", 4);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 1),
                "10AB\x1d"
                "15");
    g_strlcpy(fixture->settings.gs, "F8", sizeof fixture->settings.gs);
    fixture->time_ms += 1000;
    type(fixture, "10AB", 4);
    g_assert_cmpint(press(fixture, KEY_F8, 0, 2), ==, UI_WEDGE_SWALLOW);
    type(fixture, "15", 4);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 1),
                "10AB\x1d"
                "15");
    /* A person's F8 is a person's. */
    g_assert_cmpint(press(fixture, KEY_F8, 0, 900), ==, UI_WEDGE_PASS);
}

static void a_code_without_an_ending_ends_by_a_pause(Fixture *fixture, gconstpointer unused)
{
    type(fixture, "96385074", 5);
    g_assert_true(ui_wedge_is_busy(&fixture->wedge));
    assert_done(fixture, ui_wedge_pause(&fixture->wedge, &fixture->settings, false), "96385074");
    g_assert_cmpuint(fixture->wedge.end.code, ==, 0);
    g_assert_cmpint(ui_wedge_pause(&fixture->wedge, &fixture->settings, false), ==, UI_WEDGE_PASS);
    fixture->settings.end = POS_SCANNER_END_CR; /* its ending never came: half a code */
    fixture->time_ms += 1000;
    type(fixture, "96385074", 5);
    g_assert_cmpint(ui_wedge_pause(&fixture->wedge, &fixture->settings, false), ==, UI_WEDGE_PASS);
}

static void a_layout_and_caps_lock_by_setting(Fixture *fixture, gconstpointer unused)
{
    fixture->settings.layout = POS_SCANNER_LAYOUT_DE;
    press(fixture, KEY_DOT, POS_KEY_SHIFT, 3); /* : */
    press(fixture, KEY_7, POS_KEY_SHIFT, 3);   /* / */
    press(fixture, KEY_Y, 0, 3);               /* z */
    press(fixture, KEY_8, POS_KEY_ALTGR, 3);   /* [ */
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 3), ":/z[");
    fixture->settings.layout = POS_SCANNER_LAYOUT_US;
    fixture->caps_lock = true;
    type(fixture, "aBcD1", 3);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 3), "aBcD1");
    fixture->settings.caps_inverted = true;
    type(fixture, "aBcD1", 3);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 3), "AbCd1");
}

static void time_wraps_around(Fixture *fixture, gconstpointer unused)
{
    fixture->time_ms = G_MAXUINT32 - 10;
    type(fixture, "96385074", 5);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 5), "96385074");
}

static void endless_keys_are_swallowed_and_dropped(Fixture *fixture, gconstpointer unused)
{
    for (int i = 0; i < POS_BOUND_SCAN_BYTES + 100; i++) {
        press(fixture, KEY_1, 0, 1);
    }
    g_assert_cmpuint(fixture->wedge.count, ==, POS_BOUND_SCAN_BYTES);
    g_assert_cmpint(press(fixture, KEY_ENTER, 0, 1), ==, UI_WEDGE_SWALLOW);
    type(fixture, "4006381333931", 3);
    assert_done(fixture, press(fixture, KEY_ENTER, 0, 1), "4006381333931");
}

static void a_stalled_burst_is_dropped(Fixture *fixture, gconstpointer unused)
{
    type(fixture, "12345", 5);
    g_assert_cmpint(press(fixture, KEY_1, 0, 900), ==, UI_WEDGE_START);
    g_assert_cmpint(press(fixture, KEY_ENTER, 0, 1100), ==, UI_WEDGE_PASS);
}

static void shortcuts_pass(Fixture *fixture, gconstpointer unused)
{
    g_assert_cmpint(press(fixture, KEY_F12, 0, 500), ==, UI_WEDGE_PASS);
    g_assert_cmpint(press(fixture, KEY_A, POS_KEY_ALT, 500), ==, UI_WEDGE_PASS);
    g_assert_cmpint(press(fixture, KEY_C, POS_KEY_CONTROL, 500), ==, UI_WEDGE_PASS);
    g_assert_cmpint(press(fixture, KEY_LEFTSHIFT, 0, 500), ==, UI_WEDGE_PASS);
    g_assert_cmpint(press(fixture, KEY_TAB, 0, 500), ==, UI_WEDGE_PASS);
}

#define CASE(function) g_test_add("/ui/wedge/" #function, Fixture, NULL, set_up, function, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(fast_keys_are_a_scan);
    CASE(a_person_is_never_a_scan);
    CASE(the_first_keys_are_put_back);
    CASE(short_codes_end_with_enter);
    CASE(endings_behind_a_code_press_nothing);
    CASE(space_is_kept_back_on_a_button);
    CASE(two_scans_in_a_row);
    CASE(a_prefix_key_makes_slow_keys_a_scan);
    CASE(a_prefix_then_nothing_is_forgotten);
    CASE(shift_and_group_separator);
    CASE(gs_by_alt_and_by_f8);
    CASE(a_code_without_an_ending_ends_by_a_pause);
    CASE(a_layout_and_caps_lock_by_setting);
    CASE(time_wraps_around);
    CASE(endless_keys_are_swallowed_and_dropped);
    CASE(a_stalled_burst_is_dropped);
    CASE(shortcuts_pass);
    return g_test_run();
}
