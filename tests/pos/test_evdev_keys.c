/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/evdev_keys: places on a keyboard to characters, and a scanner's key events to codes. */
#include "pos/evdev_keys.h"

#include <linux/input-event-codes.h>
#include <string.h>

static PosScannerSettings settings_new(void)
{
    PosDeviceSettings devices;
    pos_device_settings_defaults(&devices);
    return devices.scanner;
}

static bool press(PosEvdevKeys *keys, const PosScannerSettings *settings, unsigned code)
{
    const bool ended = pos_evdev_keys_feed(keys, settings, EV_KEY, code, 1);
    g_assert_false(pos_evdev_keys_feed(keys, settings, EV_SYN, SYN_REPORT, 0));
    pos_evdev_keys_feed(keys, settings, EV_KEY, code, 0);
    return ended;
}

/* What a scanner set to a US keyboard sends for a text. */
static void type(PosEvdevKeys *keys, const PosScannerSettings *settings, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool shift = false;
        const unsigned code = pos_key_code(*c, &shift);
        g_assert_cmpuint(code, !=, 0);
        if (shift) {
            pos_evdev_keys_feed(keys, settings, EV_KEY, KEY_LEFTSHIFT, 1);
        }
        g_assert_false(press(keys, settings, code));
        if (shift) {
            pos_evdev_keys_feed(keys, settings, EV_KEY, KEY_LEFTSHIFT, 0);
        }
    }
}

static void assert_text(const PosEvdevKeys *keys, const PosScannerSettings *settings,
                        const char *expected)
{
    char text[POS_BOUND_SCAN_BYTES + 1];
    const gsize length = pos_key_strokes_text(keys->strokes, keys->count, settings, keys->caps_lock,
                                              text, sizeof text);
    g_assert_cmpmem(text, length, expected, strlen(expected));
}

static void test_every_printable_byte_has_its_key(void)
{
    for (int byte = ' '; byte < 0x7f; byte++) {
        bool shift = false;
        const unsigned code = pos_key_code((char)byte, &shift);
        g_assert_cmpuint(code, !=, 0);
        g_assert_true(pos_key_is_text(code));
        g_assert_cmpint(pos_key_byte(POS_SCANNER_LAYOUT_US, code, shift ? POS_KEY_SHIFT : 0), ==,
                        byte);
    }
    g_assert_cmpuint(KEY_ENTER, ==, POS_KEY_ENTER);
    g_assert_cmpuint(KEY_KPENTER, ==, POS_KEY_KP_ENTER);
    g_assert_cmpuint(KEY_TAB, ==, POS_KEY_TAB);
    g_assert_cmpuint(KEY_F8, ==, POS_KEY_F8);
    g_assert_cmpuint(KEY_F9, ==, POS_KEY_F9);
    g_assert_cmpuint(KEY_F11, ==, POS_KEY_F11);
    g_assert_false(pos_key_is_text(KEY_ENTER));
    g_assert_false(pos_key_is_text(KEY_F8));
    g_assert_true(pos_key_is_text(KEY_KP5));
}

static void test_places_in_each_layout(void)
{
    static const struct {
        PosScannerLayout layout;
        unsigned code, modifiers;
        char byte;
    } rows[] = {
        {POS_SCANNER_LAYOUT_US, KEY_Y, 0, 'y'},
        {POS_SCANNER_LAYOUT_US, KEY_SLASH, 0, '/'},
        {POS_SCANNER_LAYOUT_US, KEY_RIGHTBRACE, POS_KEY_CONTROL, '\x1d'},
        {POS_SCANNER_LAYOUT_DE, KEY_RIGHTBRACE, POS_KEY_CONTROL, '\x1d'},
        {POS_SCANNER_LAYOUT_DE, KEY_Y, 0, 'z'},
        {POS_SCANNER_LAYOUT_DE, KEY_Z, 0, 'y'},
        {POS_SCANNER_LAYOUT_DE, KEY_7, POS_KEY_SHIFT, '/'},
        {POS_SCANNER_LAYOUT_DE, KEY_DOT, POS_KEY_SHIFT, ':'},
        {POS_SCANNER_LAYOUT_DE, KEY_9, POS_KEY_ALTGR, ']'},
        {POS_SCANNER_LAYOUT_DE, KEY_102ND, POS_KEY_ALTGR, '|'},
        {POS_SCANNER_LAYOUT_DE, KEY_SEMICOLON, 0, '\0'},
        {POS_SCANNER_LAYOUT_FR, KEY_1, POS_KEY_SHIFT, '1'},
        {POS_SCANNER_LAYOUT_FR, KEY_Q, 0, 'a'},
        {POS_SCANNER_LAYOUT_FR, KEY_SEMICOLON, 0, 'm'},
        {POS_SCANNER_LAYOUT_FR, KEY_DOT, POS_KEY_SHIFT, '/'},
        {POS_SCANNER_LAYOUT_FR, KEY_KP7, 0, '7'},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpint(pos_key_byte(rows[i].layout, rows[i].code, rows[i].modifiers), ==,
                        rows[i].byte);
    }
}

/* The known casualty: a scanner set to German types this for "https://" and a US map reads "https>&&". */
static void test_a_web_address_through_a_german_scanner(void)
{
    static const PosKeyStroke strokes[] = {{KEY_H, 0},
                                           {KEY_T, 0},
                                           {KEY_T, 0},
                                           {KEY_P, 0},
                                           {KEY_S, 0},
                                           {KEY_DOT, POS_KEY_SHIFT},
                                           {KEY_7, POS_KEY_SHIFT},
                                           {KEY_7, POS_KEY_SHIFT}};
    char text[32];
    PosScannerSettings settings = settings_new();
    pos_key_strokes_text(strokes, G_N_ELEMENTS(strokes), &settings, false, text, sizeof text);
    g_assert_cmpstr(text, ==, "https>&&");
    settings.layout = POS_SCANNER_LAYOUT_DE;
    pos_key_strokes_text(strokes, G_N_ELEMENTS(strokes), &settings, false, text, sizeof text);
    g_assert_cmpstr(text, ==, "https://");
}

static void test_a_code_ends_with_enter(void)
{
    g_autofree PosEvdevKeys *keys = g_new0(PosEvdevKeys, 1);
    PosScannerSettings settings = settings_new();
    type(keys, &settings, "]C10109520000010379");
    type(keys, &settings, "10aB-7");
    pos_evdev_keys_feed(keys, &settings, EV_KEY, KEY_LEFTCTRL, 1);
    g_assert_false(press(keys, &settings, KEY_RIGHTBRACE));
    pos_evdev_keys_feed(keys, &settings, EV_KEY, KEY_LEFTCTRL, 0);
    type(keys, &settings, "3103000450");
    g_assert_true(press(keys, &settings, KEY_ENTER));
    assert_text(keys, &settings,
                "]C1010952000001037910aB-7\x1d"
                "3103000450");
    g_assert_false(press(keys, &settings, KEY_ENTER)); /* a second ending is no code */
    type(keys, &settings, "96385074");
    g_assert_true(press(keys, &settings, KEY_TAB));
    assert_text(keys, &settings, "96385074");
    type(keys, &settings, "96385074"); /* the same again counts again */
    g_assert_true(press(keys, &settings, KEY_KPENTER));
    assert_text(keys, &settings, "96385074");
}

static void test_repeats_and_lost_events(void)
{
    g_autofree PosEvdevKeys *keys = g_new0(PosEvdevKeys, 1);
    PosScannerSettings settings = settings_new();
    type(keys, &settings, "123");
    pos_evdev_keys_feed(keys, &settings, EV_KEY, KEY_3, 2); /* the kernel's repeat */
    g_assert_true(pos_evdev_keys_pause(keys));
    assert_text(keys, &settings, "123");
    g_assert_false(pos_evdev_keys_pause(keys));
    type(keys, &settings, "456");
    pos_evdev_keys_feed(keys, &settings, EV_SYN, SYN_DROPPED, 0);
    type(keys, &settings, "789");
    g_assert_false(press(keys, &settings, KEY_ENTER)); /* half of it is lost */
    type(keys, &settings, "12");
    g_assert_true(press(keys, &settings, KEY_ENTER));
    assert_text(keys, &settings, "12");
}

static void test_longer_than_any_code_is_dropped(void)
{
    g_autofree PosEvdevKeys *keys = g_new0(PosEvdevKeys, 1);
    PosScannerSettings settings = settings_new();
    for (int i = 0; i < POS_BOUND_SCAN_BYTES + 10; i++) {
        press(keys, &settings, KEY_1);
    }
    g_assert_false(press(keys, &settings, KEY_ENTER));
    type(keys, &settings, "7");
    g_assert_true(press(keys, &settings, KEY_ENTER));
    assert_text(keys, &settings, "7");
}

static void test_gs_by_alt_and_by_f8(void)
{
    char text[64];
    PosScannerSettings settings = settings_new();
    static const PosKeyStroke alt[] = {{KEY_1, 0},
                                       {KEY_KP0, POS_KEY_ALT},
                                       {KEY_KP2, POS_KEY_ALT},
                                       {KEY_KP9, POS_KEY_ALT},
                                       {KEY_2, 0},
                                       {KEY_KP0, POS_KEY_ALT},
                                       {KEY_KP0, POS_KEY_ALT},
                                       {KEY_KP2, POS_KEY_ALT},
                                       {KEY_KP9, POS_KEY_ALT},
                                       {KEY_KP0, POS_KEY_ALT},
                                       {KEY_KP6, POS_KEY_ALT},
                                       {KEY_KP5, POS_KEY_ALT}};
    pos_key_strokes_text(alt, G_N_ELEMENTS(alt), &settings, false, text, sizeof text);
    g_assert_cmpstr(text, ==,
                    "1\x1d"
                    "2\x1d"
                    "A");
    static const PosKeyStroke f8[] = {{KEY_1, 0}, {KEY_F8, 0}, {KEY_2, 0}};
    pos_key_strokes_text(f8, G_N_ELEMENTS(f8), &settings, false, text, sizeof text);
    g_assert_cmpstr(text, ==, "12");
    g_strlcpy(settings.gs, "F8", sizeof settings.gs);
    pos_key_strokes_text(f8, G_N_ELEMENTS(f8), &settings, false, text, sizeof text);
    g_assert_cmpstr(text, ==,
                    "1\x1d"
                    "2");
}

static void test_caps_lock(void)
{
    g_autofree PosEvdevKeys *keys = g_new0(PosEvdevKeys, 1);
    PosScannerSettings settings = settings_new();
    pos_evdev_keys_feed(keys, &settings, EV_LED, LED_CAPSL, 1);
    type(keys, &settings, "aB1");
    g_assert_true(press(keys, &settings, KEY_ENTER));
    assert_text(keys, &settings, "aB1"); /* places do not know Caps Lock */
    settings.caps_inverted = true;
    assert_text(keys, &settings, "Ab1");
    pos_evdev_keys_feed(keys, &settings, EV_LED, LED_CAPSL, 0);
    assert_text(keys, &settings, "aB1");
}

static void test_endings_and_prefixes_by_setting(void)
{
    g_autofree PosEvdevKeys *keys = g_new0(PosEvdevKeys, 1);
    PosScannerSettings settings = settings_new();
    settings.end = POS_SCANNER_END_CR;
    settings.prefix = POS_SCANNER_PREFIX_F9;
    type(keys, &settings, "99"); /* typed by no one who matters */
    press(keys, &settings, KEY_F9);
    type(keys, &settings, "1");
    g_assert_false(press(keys, &settings, KEY_TAB));
    type(keys, &settings, "2");
    g_assert_true(press(keys, &settings, KEY_ENTER));
    assert_text(keys, &settings, "1\t2");
    settings.end = POS_SCANNER_END_PAUSE;
    type(keys, &settings, "3");
    g_assert_false(press(keys, &settings, KEY_ENTER));
    g_assert_true(pos_evdev_keys_pause(keys));
    assert_text(keys, &settings, "3");
}

static void test_any_events_do_no_harm(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(8);
    g_autofree PosEvdevKeys *keys = g_new0(PosEvdevKeys, 1);
    PosScannerSettings settings = settings_new();
    char text[POS_BOUND_SCAN_BYTES + 1];
    for (int i = 0; i < 50000; i++) {
        if (pos_evdev_keys_feed(keys, &settings, g_rand_int_range(rand, 0, 20),
                                (unsigned)g_rand_int(rand) & 0xffff,
                                g_rand_int_range(rand, -1, 3))) {
            g_assert_cmpuint(pos_key_strokes_text(keys->strokes, keys->count, &settings, false,
                                                  text, sizeof text),
                             <=, keys->count);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/evdev_keys/every_printable_byte_has_its_key",
                    test_every_printable_byte_has_its_key);
    g_test_add_func("/pos/evdev_keys/places_in_each_layout", test_places_in_each_layout);
    g_test_add_func("/pos/evdev_keys/a_web_address_through_a_german_scanner",
                    test_a_web_address_through_a_german_scanner);
    g_test_add_func("/pos/evdev_keys/a_code_ends_with_enter", test_a_code_ends_with_enter);
    g_test_add_func("/pos/evdev_keys/repeats_and_lost_events", test_repeats_and_lost_events);
    g_test_add_func("/pos/evdev_keys/longer_than_any_code_is_dropped",
                    test_longer_than_any_code_is_dropped);
    g_test_add_func("/pos/evdev_keys/gs_by_alt_and_by_f8", test_gs_by_alt_and_by_f8);
    g_test_add_func("/pos/evdev_keys/caps_lock", test_caps_lock);
    g_test_add_func("/pos/evdev_keys/endings_and_prefixes_by_setting",
                    test_endings_and_prefixes_by_setting);
    g_test_add_func("/pos/evdev_keys/any_events_do_no_harm", test_any_events_do_no_harm);
    return g_test_run();
}
