/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/scanner: where a code ends on a line, and what scanners change in it. */
#include "pos/scanner.h"

#include <string.h>

static PosScannerSettings settings_new(void)
{
    PosDeviceSettings devices;
    pos_device_settings_defaults(&devices);
    return devices.scanner;
}

/* Feeds bytes; returns the codes that ended, each with '\n' behind it. */
static char *feed(PosScannerFrame *frame, const PosScannerSettings *settings, const char *bytes,
                  gsize length)
{
    GString *codes = g_string_new(NULL);
    for (gsize i = 0; i < length; i++) {
        if (pos_scanner_frame_feed(frame, settings, bytes[i])) {
            g_string_append_len(codes, frame->text, (gssize)frame->length);
            g_string_append_c(codes, '\n');
        }
    }
    return g_string_free(codes, FALSE);
}

static void test_each_ending(void)
{
    static const struct {
        PosScannerEnd end;
        const char *bytes, *codes;
        const char *after_pause; /* NULL: none */
    } rows[] = {
        {POS_SCANNER_END_ANY, "123\r456\n789\t", "123\n456\n789\n", NULL},
        {POS_SCANNER_END_ANY, "123\r\n456\r\n\r\n", "123\n456\n", NULL},
        {POS_SCANNER_END_ANY, "123", "", "123"},
        {POS_SCANNER_END_CR, "1\t2\r\n34\r", "1\t2\n34\n", NULL},
        {POS_SCANNER_END_CR, "12", "", NULL}, /* its ending never came: dropped */
        {POS_SCANNER_END_LF, "1\r2\n", "1\r2\n", NULL},
        {POS_SCANNER_END_TAB, "1\r2\t", "1\r2\n", NULL},
        {POS_SCANNER_END_PAUSE, "1\r2\n", "", "1\r2\n"},
        {POS_SCANNER_END_ANY, "", "", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree PosScannerFrame *frame = g_new0(PosScannerFrame, 1);
        PosScannerSettings settings = settings_new();
        settings.end = rows[i].end;
        g_autofree char *codes = feed(frame, &settings, rows[i].bytes, strlen(rows[i].bytes));
        g_assert_cmpstr(codes, ==, rows[i].codes);
        const bool paused = pos_scanner_frame_pause(frame, &settings);
        g_assert_cmpint(paused, ==, rows[i].after_pause != NULL);
        if (paused) {
            g_assert_cmpstr(frame->text, ==, rows[i].after_pause);
        }
        g_assert_false(pos_scanner_frame_pause(frame, &settings));
    }
}

static void test_longer_than_any_code_is_dropped(void)
{
    g_autofree PosScannerFrame *frame = g_new0(PosScannerFrame, 1);
    PosScannerSettings settings = settings_new();
    g_autofree char *endless = g_strnfill(3 * POS_BOUND_SCAN_BYTES, 'x');
    g_autofree char *none = feed(frame, &settings, endless, strlen(endless));
    g_autofree char *still_none = feed(frame, &settings, "\r", 1);
    g_autofree char *next = feed(frame, &settings, "96385074\r", 9);
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(still_none, ==, "");
    g_assert_cmpstr(next, ==, "96385074\n");
}

static void test_garbage_does_no_harm(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    g_autofree PosScannerFrame *frame = g_new0(PosScannerFrame, 1);
    PosScannerSettings settings = settings_new();
    char out[POS_BOUND_SCAN_BYTES + 1];
    for (int i = 0; i < 200000; i++) {
        settings.end = (PosScannerEnd)(i / 1000 % 5);
        g_strlcpy(settings.gs, i % 2 == 0 ? "|" : "<GS>", sizeof settings.gs);
        const char byte = i % 7 == 0 ? '\r' : (char)g_rand_int(rand);
        if (pos_scanner_frame_feed(frame, &settings, byte)) {
            gsize length = 0;
            pos_scanner_text(&settings, frame->text, frame->length, out, &length);
            g_assert_cmpuint(length, <=, frame->length + 1);
        }
    }
}

static void test_gs_in_place_of_its_substitute(void)
{
    static const struct {
        const char *gs, *sent, *text;
    } rows[] = {
        {"|", "]C110ABC|3103000450",
         "]C110ABC\x1d"
         "3103000450"},
        {"~", "10ABC~15261130",
         "10ABC\x1d"
         "15261130"},
        {"^", "]d2^10ABC^15261130",
         "]d2\x1d"
         "10ABC\x1d"
         "15261130"},
        {"<GS>", "]d210ABC<GS>15261130<GS>",
         "]d210ABC\x1d"
         "15261130\x1d"},
        {"<GS>", "10<G", "10<G"},
        {"", "10ABC|15261130", "10ABC|15261130"},
        {"F8", "10ABCF815261130", "10ABCF815261130"},
        /* In a web address the character may be data. */
        {"~", "https://shop.example/~kim/01/09520000010379",
         "https://shop.example/~kim/01/09520000010379"},
        {"~", "]Q1HTTPS://shop.example/~kim", "]Q1HTTPS://shop.example/~kim"},
        {"|", "(10)A|B", "(10)A|B"},
        {"", "]E0012345678905", "]E00012345678905"}, /* UPC-A as its 12 digits */
        {"",
         "\x02"
         "96385074\x03",
         "96385074"},
        {"", "]E496385074", "]E496385074"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        char out[POS_BOUND_SCAN_BYTES + 1];
        gsize length = 0;
        PosScannerSettings settings = settings_new();
        g_strlcpy(settings.gs, rows[i].gs, sizeof settings.gs);
        g_assert_cmpint(
            pos_scanner_text(&settings, rows[i].sent, strlen(rows[i].sent), out, &length), ==,
            POS_SCANNER_TEXT);
        g_assert_cmpstr(out, ==, rows[i].text);
        g_assert_cmpuint(length, ==, strlen(rows[i].text));
    }
}

static void test_a_fragment_is_no_code(void)
{
    char out[POS_BOUND_SCAN_BYTES + 1];
    gsize length = 0;
    PosScannerSettings settings = settings_new();
    g_assert_cmpint(pos_scanner_text(&settings, "34560010", 8, out, &length), ==, POS_SCANNER_TEXT);
    settings.aim = POS_SCANNER_AIM_ON;
    g_assert_cmpint(pos_scanner_text(&settings, "34560010", 8, out, &length), ==,
                    POS_SCANNER_FRAGMENT);
    g_assert_cmpint(pos_scanner_text(&settings, "]E08801234560010", 16, out, &length), ==,
                    POS_SCANNER_TEXT);
    g_assert_cmpint(pos_scanner_text(&settings, "\x02\x03", 2, out, &length), ==,
                    POS_SCANNER_EMPTY);
    g_assert_cmpint(pos_scanner_text(&settings, "]E0", 3, out, &length), ==, POS_SCANNER_EMPTY);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/scanner/each_ending", test_each_ending);
    g_test_add_func("/pos/scanner/longer_than_any_code_is_dropped",
                    test_longer_than_any_code_is_dropped);
    g_test_add_func("/pos/scanner/garbage_does_no_harm", test_garbage_does_no_harm);
    g_test_add_func("/pos/scanner/gs_in_place_of_its_substitute",
                    test_gs_in_place_of_its_substitute);
    g_test_add_func("/pos/scanner/a_fragment_is_no_code", test_a_fragment_is_no_code);
    return g_test_run();
}
