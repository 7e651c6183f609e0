/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/scanner_setup, barcode, qr: the codes of the set-up screen are drawn so that the decoder reads them, and what a
 * scanner makes of them tells how it is set. pos/device_list: what is plugged in. */
#include "pos/barcode.h"
#include "pos/device_list.h"
#include "pos/error.h"
#include "pos/matrix_symbol.h"
#include "pos/qr.h"
#include "pos/scan.h"
#include "pos/scanner_setup.h"

#include <glib/gstdio.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <unistd.h>

#define MODULE 4

/* --- the codes as pictures ---------------------------------------------------------------------------- */

static void assert_reads(const uint8_t *modules, int across, int down, const char *aim,
                         const char *text)
{
    const int quiet = 12, height = down == 1 ? 60 : down * MODULE;
    const PosFrame frame = {.width = (across + 2 * quiet) * MODULE,
                            .height = height + 2 * quiet * MODULE,
                            .stride = (across + 2 * quiet) * MODULE};
    g_autofree uint8_t *pixels = g_malloc(frame.stride * frame.height);
    memset(pixels, 255, frame.stride * frame.height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < across * MODULE; x++) {
            const int row = down == 1 ? 0 : y / MODULE;
            if (modules[row * across + x / MODULE] != 0) {
                pixels[(y + quiet * MODULE) * frame.stride + x + quiet * MODULE] = 0;
            }
        }
    }
    PosFrame filled = frame;
    filled.pixels = pixels;
    g_autoptr(GPtrArray) symbols = pos_scan_frame(&filled, POS_SCAN_THOROUGH, 0);
    g_assert_cmpuint(symbols->len, ==, 1);
    const PosSymbol *symbol = symbols->pdata[0];
    g_assert_cmpstr(symbol->aim, ==, aim);
    g_assert_cmpmem(symbol->bytes, symbol->length, text, strlen(text));
}

static void assert_row_reads(const char *row, const char *aim, const char *text)
{
    const gsize count = strlen(row);
    g_autofree uint8_t *modules = g_malloc(count);
    for (gsize i = 0; i < count; i++) {
        modules[i] = row[i] == '1';
    }
    assert_reads(modules, (int)count, 1, aim, text);
}

static void test_ean13_is_read(void)
{
    /* One of each parity of the left half. */
    static const char *const codes[] = {
        "0012345678905", "1234567890128", "2012345678900", "3012345678909", "4006381333931",
        "5012345678900", "6012345678909", "7012345678908", "8801234560010", "9520123456788"};
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        char code[14];
        g_strlcpy(code, codes[i], sizeof code);
        int sum = 0;
        for (int d = 0; d < 12; d++) {
            sum += (code[d] - '0') * (d % 2 == 0 ? 1 : 3);
        }
        code[12] = (char)('0' + (10 - sum % 10) % 10);
        g_autofree char *row = pos_barcode_ean13(code);
        g_assert_cmpuint(strlen(row), ==, 95);
        assert_row_reads(row, "]E0", code);
    }
}

static void test_code128_is_read(void)
{
    static const struct {
        const char *text;
        bool gs1;
    } rows[] = {{"ABC-abc 123", false},
                {"1234567890", false},
                {"12345", false},
                {"AB123456CD", false},
                {"~}| !\"#", false},
                {"010952012345678810aZ-7y\x1d"
                 "3103000450",
                 true},
                {"00095201234567890126", true}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *row =
            pos_barcode_code128(rows[i].text, strlen(rows[i].text), rows[i].gs1, &error);
        g_assert_no_error(error);
        assert_row_reads(row, rows[i].gs1 ? "]C1" : "]C0", rows[i].text);
    }
    static const char *const bad[] = {"",
                                      "a\x1d"
                                      "b",
                                      "\xc3\xa4",
                                      "1234567890123456789012345678901234567890123456789"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_barcode_code128(bad[i], strlen(bad[i]), false, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
}

static void test_the_setup_codes_are_read(void)
{
    PosQr qr;
    g_autofree char *ean = pos_barcode_ean13(pos_setup_content(POS_SETUP_EAN13));
    assert_row_reads(ean, "]E0", pos_setup_content(POS_SETUP_EAN13));
    const char *text = pos_setup_content(POS_SETUP_CODE128);
    g_autofree char *row = pos_barcode_code128(text, strlen(text), true, NULL);
    assert_row_reads(row, "]C1", text);
    PosMatrixSymbol matrix;
    text = pos_setup_content(POS_SETUP_DATAMATRIX);
    g_assert_true(pos_matrix_symbol_make(text, strlen(text), true, &matrix, NULL));
    assert_reads(matrix.modules, matrix.size, matrix.size, "]d2", text);
    pos_matrix_symbol_clear(&matrix);
    g_assert_true(pos_qr_make(pos_setup_content(POS_SETUP_LINK), &qr, NULL));
    assert_reads(qr.modules, qr.size, qr.size, "]Q1", pos_setup_content(POS_SETUP_LINK));
    pos_qr_clear(&qr);
}

/* The worked example of ISO/IEC 16022, annex O, as another decoder (libdmtx) has read it too. */
static void test_a_data_matrix_is_drawn(void)
{
    static const char art[] = "#.#.#.#.#."
                              "##..#.##.#"
                              "##.....#.."
                              "##...###.#"
                              "##....#..."
                              "#.....####"
                              "###.##...."
                              "####.##..#"
                              "#..###.#.."
                              "##########";
    PosMatrixSymbol symbol;
    g_autoptr(GError) error = NULL;
    g_assert_true(pos_matrix_symbol_make("123456", 6, false, &symbol, &error));
    g_assert_cmpint(symbol.size, ==, 10);
    for (int i = 0; i < 100; i++) {
        g_assert_cmpint(symbol.modules[i], ==, art[i] == '#');
    }
    pos_matrix_symbol_clear(&symbol);
    const char *text = pos_setup_content(POS_SETUP_DATAMATRIX);
    g_assert_true(pos_matrix_symbol_make(text, strlen(text), true, &symbol, &error));
    g_assert_cmpint(symbol.size, ==, 20);
    pos_matrix_symbol_clear(&symbol);
    g_autofree char *endless = g_strnfill(45, 'x');
    g_assert_false(pos_matrix_symbol_make(endless, 45, false, &symbol, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(pos_matrix_symbol_make("\xc3\xa4", 2, false, &symbol, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
}

/* --- what arrives ---------------------------------------------------------------------------------------- */

/* A scanner, as a test plays it. */
typedef struct {
    bool types;
    PosScannerLayout layout; /* that it is set to */
    bool inverts_caps, aim;
    const char *gs; /* "" drops it, "\x1d" itself */
    char end;
} Played;

static unsigned code_in(PosScannerLayout layout, char byte, unsigned *out_modifiers)
{
    static const unsigned tried[] = {0, POS_KEY_SHIFT, POS_KEY_ALTGR};
    for (gsize m = 0; m < G_N_ELEMENTS(tried); m++) {
        for (unsigned code = 2; code <= 86; code++) {
            if ((code < 71 || code > 83) && pos_key_byte(layout, code, tried[m]) == byte) {
                *out_modifiers = tried[m];
                return code;
            }
        }
    }
    g_assert_not_reached();
}

static void play(PosSetupState *state, const Played *played, PosSetupCode code, bool caps_lock)
{
    static const char *const aims[POS_SETUP_CODES] = {"]E0", "]C1", "]d2", "]Q1"};
    PosKeyStroke strokes[256];
    gsize count = 0;
    g_autoptr(GString) sent = g_string_new(played->aim ? aims[code] : "");
    for (const char *c = pos_setup_content(code); *c != '\0'; c++) {
        if (*c == '\x1d') {
            g_string_append(sent, played->gs);
        } else {
            g_string_append_c(sent, *c);
        }
    }
    for (gsize i = 0; i < sent->len; i++) {
        unsigned modifiers = 0;
        char byte = sent->str[i];
        if (played->types && byte == '\x1e') { /* F8, as a test writes it */
            strokes[count++] = (PosKeyStroke){KEY_F8, 0};
            continue;
        }
        if (byte == '\x1d') {
            strokes[count++] = (PosKeyStroke){KEY_RIGHTBRACE, POS_KEY_CONTROL};
            continue;
        }
        if (caps_lock && played->inverts_caps && g_ascii_isalpha(byte)) {
            byte = (char)(byte ^ 0x20);
        }
        const unsigned key = code_in(played->layout, byte, &modifiers);
        strokes[count++] = (PosKeyStroke){(uint16_t)key, (uint8_t)modifiers};
    }
    const PosSetupArrival arrival = {.raw = sent->str,
                                     .raw_length = sent->len,
                                     .strokes = played->types ? strokes : NULL,
                                     .strokes_count = count,
                                     .caps_lock = caps_lock,
                                     .end = played->end,
                                     .gap_max_ms = 5};
    pos_setup_add(state, &arrival);
}

static void play_all(PosSetupState *state, const Played *played, bool caps_lock)
{
    memset(state, 0, sizeof *state);
    for (int code = 0; code < POS_SETUP_CODES; code++) {
        play(state, played, (PosSetupCode)code, caps_lock);
    }
}

static bool advises(const PosSetupState *state, const char *part)
{
    g_autoptr(GPtrArray) words = pos_setup_advice(state);
    for (guint i = 0; i < words->len; i++) {
        if (strstr(words->pdata[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static void test_every_setting_is_found_out(void)
{
    static const char *const substitutes[] = {"\x1d", "|", "~", "^", "<GS>", "\x1e"};
    for (int layout = POS_SCANNER_LAYOUT_US; layout <= POS_SCANNER_LAYOUT_FR; layout++) {
        for (gsize s = 0; s < G_N_ELEMENTS(substitutes); s++) {
            for (int variant = 0; variant < 4; variant++) {
                PosSetupState state;
                PosDeviceSettings devices;
                const Played played = {.types = true,
                                       .layout = (PosScannerLayout)layout,
                                       .aim = (variant & 1) != 0,
                                       .inverts_caps = (variant & 2) != 0,
                                       .gs = substitutes[s],
                                       .end = '\r'};
                if (layout == POS_SCANNER_LAYOUT_FR && played.gs[0] == '|') {
                    continue; /* AltGr+6 is not a place of its own there */
                }
                pos_device_settings_defaults(&devices);
                play_all(&state, &played, played.inverts_caps);
                g_assert_true(pos_setup_is_done(&state));
                g_assert_true(advises(&state, "everything arrives right"));
                pos_setup_apply(&state, &devices.scanner);
                g_assert_cmpint(devices.scanner.layout, ==, layout);
                g_assert_cmpint(devices.scanner.caps_inverted, ==, played.inverts_caps);
                g_assert_cmpint(devices.scanner.aim, ==,
                                played.aim ? POS_SCANNER_AIM_ON : POS_SCANNER_AIM_OFF);
                g_assert_cmpstr(devices.scanner.gs, ==,
                                played.gs[0] == '\x1d'   ? ""
                                : played.gs[0] == '\x1e' ? "F8"
                                                         : played.gs);
            }
        }
    }
}

static void test_a_serial_scanner_is_found_out(void)
{
    static const char *const substitutes[] = {"\x1d", "|", "<GS>", "{"};
    for (gsize s = 0; s < G_N_ELEMENTS(substitutes); s++) {
        PosSetupState state;
        PosDeviceSettings devices;
        const Played played = {.aim = true, .gs = substitutes[s], .end = '\r'};
        pos_device_settings_defaults(&devices);
        play_all(&state, &played, false);
        g_assert_true(pos_setup_is_done(&state));
        pos_setup_apply(&state, &devices.scanner);
        g_assert_cmpstr(devices.scanner.gs, ==, s == 0 ? "" : substitutes[s]);
    }
}

static void test_a_lost_gs_is_said(void)
{
    PosSetupState state;
    Played played = {.types = true, .gs = "", .end = '\r'};
    play_all(&state, &played, false);
    g_assert_false(pos_setup_is_done(&state));
    g_assert_true(advises(&state, "GS is lost"));
    played.gs = "\x1d"; /* switched on, and scanned again */
    play_all(&state, &played, false);
    g_assert_true(pos_setup_is_done(&state));
}

static PosSetupOutcome outcome_of(const char *raw)
{
    PosSetupFinding finding;
    const PosSetupArrival arrival = {.raw = raw, .raw_length = strlen(raw)};
    pos_setup_read(&arrival, &finding);
    return finding.outcome;
}

static void test_what_is_wrong_is_told_apart(void)
{
    g_assert_cmpint(outcome_of("9520123456788"), ==, POS_SETUP_RIGHT);
    g_assert_cmpint(outcome_of("]E09520123456788"), ==, POS_SETUP_RIGHT);
    g_assert_cmpint(outcome_of("123456788"), ==, POS_SETUP_FRAGMENT);
    g_assert_cmpint(outcome_of("788"), ==, POS_SETUP_UNKNOWN);
    g_assert_cmpint(outcome_of("8801234560010"), ==, POS_SETUP_UNKNOWN);
    g_assert_cmpint(outcome_of(""), ==, POS_SETUP_UNKNOWN);
    g_assert_cmpint(
        outcome_of("HTTPS://ID.GS1.ORG/01/09520123456788/10/ZQ-7?17=291231&3103=000450"), ==,
        POS_SETUP_LETTERS);
    g_assert_cmpint(outcome_of("010952012345678810aZ-7y3103000450"), ==, POS_SETUP_GS_LOST);
    g_assert_cmpint(outcome_of("010952012345678810aZ-7yX3103000450"), ==, POS_SETUP_UNKNOWN);
    g_assert_cmpint(outcome_of("010952012345678810aZ-7y"), ==, POS_SETUP_UNKNOWN);
}

static void test_hints_are_given(void)
{
    PosSetupState state = {0};
    g_assert_true(advises(&state, "one after the other"));
    PosSetupArrival arrival = {.raw = "9520123456788", .raw_length = 13, .gap_max_ms = 40};
    pos_setup_add(&state, &arrival);
    g_assert_true(advises(&state, "Enter"));
    g_assert_true(advises(&state, "slowly"));
    g_assert_true(advises(&state, "AIM"));
    g_assert_true(advises(&state, "Scan the others"));
    arrival = (PosSetupArrival){.raw = "]E09520123456788", .raw_length = 16, .framed = true};
    memset(&state, 0, sizeof state);
    pos_setup_add(&state, &arrival);
    g_assert_false(advises(&state, "Enter"));
    g_assert_false(advises(&state, "AIM"));
    arrival.raw = "nonsense";
    arrival.raw_length = 8;
    pos_setup_add(&state, &arrival);
    g_assert_true(advises(&state, "none of the codes"));
}

static void test_bytes_are_legible(void)
{
    static const struct {
        const char *bytes;
        gsize length;
        const char *text;
    } rows[] = {{"]d210A\x1d"
                 "15\r\n",
                 11, "]d210A␝15␍␊"},
                {"a\0b", 3, "a␀b"},
                {"\xff\xc3\xa4\x7f", 4, "\\xFFä\\x7F"},
                {"", 0, ""},
                {"\xe2\x82", 2, "\\xE2\\x82"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = pos_setup_legible(rows[i].bytes, rows[i].length);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

/* --- what is plugged in ------------------------------------------------------------------------------------ */

static void put_file(const char *root, const char *path, const char *bytes, gsize length)
{
    g_autofree char *file = g_strconcat(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(file);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(file, bytes, (gssize)length, NULL));
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        remove_tree(inside);
    }
    g_remove(path);
}

static void test_devices_are_found(void)
{
    static const char descriptor[] = "\x05\x8c\x09\x02\xa1\x01\x09\x12\xa1\x02\x85\x02\x75\x08\x95"
                                     "\x38\x09\xfe\x82\x02\x01\xc0\xc0";
    g_autofree char *root = g_dir_make_tmp("coster-devices-XXXXXX", NULL);
    g_autoptr(GPtrArray) none = pos_device_list_scanners(root);
    g_assert_cmpuint(none->len, ==, 0);
    put_file(root, "/sys/class/hidraw/hidraw3/device/report_descriptor", descriptor,
             sizeof descriptor - 1);
    put_file(root, "/sys/class/hidraw/hidraw3/device/uevent", "DRIVER=x\nHID_NAME=Zebra DS9308\n",
             31);
    put_file(root, "/sys/class/hidraw/hidraw0/device/report_descriptor", "\x05\x01\x09\x06", 4);
    put_file(root, "/dev/ttyACM0", "", 0);
    put_file(root, "/dev/ttyACM1", "", 0);
    put_file(root, "/dev/ttyS0", "", 0);
    put_file(root, "/dev/ttyS1", "", 0);
    put_file(root, "/sys/class/tty/ttyS0/type", "4\n", 2);
    put_file(root, "/sys/class/tty/ttyS1/type", "0\n", 2);
    put_file(root, "/dev/input/by-id/usb-Datalogic_QD2430-event-kbd", "", 0);
    g_autofree char *by_id = g_strconcat(root, "/dev/serial/by-id", NULL);
    g_autofree char *link = g_strconcat(by_id, "/usb-Honeywell_1902g-if00", NULL);
    g_assert_cmpint(g_mkdir_with_parents(by_id, 0700), ==, 0);
    g_assert_cmpint(symlink("../../ttyACM1", link), ==, 0);
    static const struct {
        PosScannerSource source;
        const char *path, *name;
    } expected[] = {
        {POS_SCANNER_HID, "/dev/hidraw3", "Zebra DS9308"},
        {POS_SCANNER_SERIAL, "/dev/serial/by-id/usb-Honeywell_1902g-if00", "Honeywell 1902g"},
        {POS_SCANNER_SERIAL, "/dev/ttyACM0", "/dev/ttyACM0"},
        {POS_SCANNER_SERIAL, "/dev/ttyS0", "/dev/ttyS0"},
        {POS_SCANNER_EVDEV, "/dev/input/by-id/usb-Datalogic_QD2430-event-kbd", "Datalogic QD2430"},
    };
    g_autoptr(GPtrArray) found = pos_device_list_scanners(root);
    g_assert_cmpuint(found->len, ==, G_N_ELEMENTS(expected));
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        const PosDeviceFound *device = found->pdata[i];
        g_assert_cmpint(device->source, ==, expected[i].source);
        g_assert_cmpstr(device->path, ==, expected[i].path);
        g_assert_cmpstr(device->name, ==, expected[i].name);
    }
    remove_tree(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/barcode/ean13_is_read", test_ean13_is_read);
    g_test_add_func("/pos/barcode/code128_is_read", test_code128_is_read);
    g_test_add_func("/pos/scanner_setup/the_setup_codes_are_read", test_the_setup_codes_are_read);
    g_test_add_func("/pos/matrix_symbol/a_data_matrix_is_drawn", test_a_data_matrix_is_drawn);
    g_test_add_func("/pos/scanner_setup/every_setting_is_found_out",
                    test_every_setting_is_found_out);
    g_test_add_func("/pos/scanner_setup/a_serial_scanner_is_found_out",
                    test_a_serial_scanner_is_found_out);
    g_test_add_func("/pos/scanner_setup/a_lost_gs_is_said", test_a_lost_gs_is_said);
    g_test_add_func("/pos/scanner_setup/what_is_wrong_is_told_apart",
                    test_what_is_wrong_is_told_apart);
    g_test_add_func("/pos/scanner_setup/hints_are_given", test_hints_are_given);
    g_test_add_func("/pos/scanner_setup/bytes_are_legible", test_bytes_are_legible);
    g_test_add_func("/pos/device_list/devices_are_found", test_devices_are_found);
    return g_test_run();
}
