/* SPDX-License-Identifier: GPL-3.0-or-later
 * pos/device_serial and pos/scanner_reader on pseudo terminals (termios of both ends is the kernel's) and FIFOs. */
#include "pos/device_serial.h"
#include "pos/error.h"
#include "pos/evdev_keys.h"
#include "pos/scanner_reader.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/input.h>
#include <pty.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define WAIT_US (10 * G_USEC_PER_SEC) /* a limit for what comes at once */

/* The device's end, and a link to the other end that a test may move to another terminal. */
typedef struct {
    int device, keep;
    char *folder, *path;
} Line;

static void plug(Line *line)
{
    char name[128];
    g_assert_cmpint(openpty(&line->device, &line->keep, name, NULL, NULL), ==, 0);
    g_unlink(line->path);
    g_assert_cmpint(symlink(name, line->path), ==, 0);
}

static void unplug(Line *line)
{
    g_unlink(line->path);
    close(line->device);
    close(line->keep);
}

static void line_new(Line *line)
{
    line->folder = g_dir_make_tmp("coster-line-XXXXXX", NULL);
    line->path = g_build_filename(line->folder, "ttyACM0", NULL);
    plug(line);
}

static void line_end(Line *line)
{
    unplug(line);
    g_rmdir(line->folder);
    g_free(line->path);
    g_free(line->folder);
}

static const PosSerialLine line_9600 = {.baud = 9600, .data_bits = 8, .stop_bits = 1};

static void send_bytes(int fd, const char *bytes, gsize length)
{
    g_assert_cmpint(write(fd, bytes, length), ==, (gssize)length);
}

/* --- the line ---------------------------------------------------------------------------------------- */

static void test_the_line_is_set_as_asked(void)
{
    static const struct {
        int baud;
        speed_t speed;
    } rows[] = {{300, B300}, {9600, B9600}, {19200, B19200}, {115200, B115200}};
    Line line;
    line_new(&line);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        PosSerialLine settings = line_9600;
        settings.baud = rows[i].baud;
        settings.stop_bits = 2;
        settings.flow = POS_FLOW_RTS_CTS;
        g_autoptr(PosSerial) serial = pos_serial_open(line.path, &settings, &error);
        g_assert_no_error(error);
        struct termios mode;
        g_assert_cmpint(tcgetattr(line.device, &mode), ==, 0);
        g_assert_cmpuint(cfgetospeed(&mode), ==, rows[i].speed);
        g_assert_cmpuint(mode.c_cflag & CSTOPB, ==, CSTOPB);
        g_assert_cmpuint(mode.c_cflag & CRTSCTS, ==, CRTSCTS);
        g_assert_cmpuint(mode.c_lflag & (ICANON | ECHO | ISIG), ==, 0);
        g_assert_cmpuint(mode.c_iflag & (ICRNL | IXON), ==, 0);
    }
    line_end(&line);
}

static void test_bytes_go_both_ways_as_they_are(void)
{
    Line line;
    g_autoptr(GError) error = NULL;
    char all[256], got[256];
    gsize count = 0, total = 0;
    line_new(&line);
    for (int i = 0; i < 256; i++) {
        all[i] = (char)i;
    }
    g_autoptr(PosSerial) serial = pos_serial_open(line.path, &line_9600, &error);
    g_assert_no_error(error);
    send_bytes(line.device, all, sizeof all);
    while (total < sizeof got) {
        g_assert_cmpint(pos_serial_read(serial, got + total, sizeof got - total,
                                        g_get_monotonic_time() + WAIT_US, -1, &count),
                        ==, POS_SERIAL_READY);
        total += count;
    }
    g_assert_cmpmem(got, total, all, sizeof all);
    g_assert_cmpint(
        pos_serial_write(serial, all, sizeof all, g_get_monotonic_time() + WAIT_US, -1, &count), ==,
        POS_SERIAL_READY);
    g_assert_cmpuint(count, ==, sizeof all);
    for (total = 0; total < sizeof got;) {
        const ssize_t more = read(line.device, got + total, sizeof got - total);
        g_assert_cmpint(more, >, 0);
        total += (gsize)more;
    }
    g_assert_cmpmem(got, total, all, sizeof all);
    line_end(&line);
}

static void test_silence_ends_at_the_deadline(void)
{
    Line line;
    char byte;
    gsize count = 1;
    line_new(&line);
    g_autoptr(PosSerial) serial = pos_serial_open(line.path, &line_9600, NULL);
    const int64_t deadline_us = g_get_monotonic_time() + 20000;
    g_assert_cmpint(pos_serial_read(serial, &byte, 1, deadline_us, -1, &count), ==,
                    POS_SERIAL_TIMEOUT);
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpint(g_get_monotonic_time(), >=, deadline_us);
    line_end(&line);
}

static void test_a_device_that_takes_nothing_is_a_timeout(void)
{
    Line line;
    gsize count = 0;
    line_new(&line);
    g_autofree char *much = g_strnfill(1024 * 1024, 'x');
    g_autoptr(PosSerial) serial = pos_serial_open(line.path, &line_9600, NULL);
    g_assert_cmpint(
        pos_serial_write(serial, much, strlen(much), g_get_monotonic_time() + 20000, -1, &count),
        ==, POS_SERIAL_TIMEOUT);
    g_assert_cmpuint(count, <, strlen(much));
    line_end(&line);
}

static void test_an_unplugged_device_is_told(void)
{
    Line line;
    char byte;
    gsize count;
    line_new(&line);
    g_autoptr(PosSerial) serial = pos_serial_open(line.path, &line_9600, NULL);
    close(line.device);
    g_assert_cmpint(pos_serial_read(serial, &byte, 1, -1, -1, &count), ==, POS_SERIAL_GONE);
    line.device = dup(line.keep);
    line_end(&line);
}

static void test_a_device_is_ours_alone(void)
{
    Line line;
    g_autoptr(GError) error = NULL;
    line_new(&line);
    g_autoptr(PosSerial) first = pos_serial_open(line.path, &line_9600, NULL);
    g_assert_null(pos_serial_open(line.path, &line_9600, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_BUSY);
    g_assert_nonnull(strstr(error->message, line.path));
    line_end(&line);
}

static void test_what_is_no_device_is_refused_in_words(void)
{
    Line line;
    g_autoptr(GError) error = NULL;
    line_new(&line);
    g_assert_null(pos_serial_open("/nowhere/ttyACM0", &line_9600, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "/nowhere/ttyACM0"));
    g_clear_error(&error);
    g_assert_null(pos_serial_open(line.folder, &line_9600, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_clear_error(&error);
    g_autofree char *file = g_build_filename(line.folder, "file", NULL);
    g_assert_true(g_file_set_contents(file, "x", 1, NULL));
    g_assert_null(pos_serial_open(file, &line_9600, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_unlink(file);
    line_end(&line);
}

static void test_tries_are_further_and_further_apart(void)
{
    static const int expected[] = {250, 500, 1000, 2000, 4000, 4000};
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmpint(pos_serial_retry_ms(i), ==, expected[i]);
    }
    g_assert_cmpint(pos_serial_retry_ms(G_MAXUINT), ==, 4000);
}

/* --- the reader's thread ------------------------------------------------------------------------------- */

typedef struct {
    GAsyncQueue *queue; /* char*: "text:…", "fragment", "fault", "fine" */
} Heard;

static void on_code(const PosScannerCode *code, void *user)
{
    Heard *heard = user;
    g_async_queue_push(heard->queue, code->verdict == POS_SCANNER_TEXT
                                         ? g_strdup_printf("text:%s", code->text)
                                         : g_strdup("fragment"));
}

static void on_state(const char *fault, void *user)
{
    Heard *heard = user;
    g_async_queue_push(heard->queue, g_strdup(fault == NULL ? "fine" : "fault"));
}

static void expect(Heard *heard, const char *expected)
{
    g_autofree char *got = g_async_queue_timeout_pop(heard->queue, WAIT_US);
    g_assert_cmpstr(got, ==, expected);
}

static PosScannerReader *start(Heard *heard, PosScannerSource source, const char *path,
                               PosScannerWatch *watch)
{
    PosDeviceSettings devices;
    pos_device_settings_defaults(&devices);
    devices.scanner.source = source;
    g_strlcpy(devices.scanner.path, path, sizeof devices.scanner.path);
    devices.scanner.pause_ms = 40;
    heard->queue = g_async_queue_new_full(g_free);
    watch->code = on_code;
    watch->state = on_state;
    watch->user = heard;
    return pos_scanner_reader_start(&devices.scanner, watch);
}

static void stop(Heard *heard, PosScannerReader *reader)
{
    pos_scanner_reader_stop(reader);
    g_assert_cmpint(g_async_queue_length(heard->queue), ==, 0);
    g_async_queue_unref(heard->queue);
}

static void test_a_serial_scanner_comes_back_by_itself(void)
{
    Line line;
    Heard heard;
    PosScannerWatch watch = {0};
    line_new(&line);
    PosScannerReader *reader = start(&heard, POS_SCANNER_SERIAL, line.path, &watch);
    expect(&heard, "fine");
    send_bytes(line.device, "]E08801234560010\r\n", 18);
    expect(&heard, "text:]E08801234560010");
    send_bytes(line.device, "]E08801234560010\r\n", 18); /* the trigger again */
    expect(&heard, "text:]E08801234560010");
    send_bytes(line.device,
               "]d210A\x1d"
               "15",
               9); /* no ending: the pause */
    expect(&heard, "text:]d210A\x1d"
                   "15");
    unplug(&line);
    expect(&heard, "fault");
    plug(&line);
    for (;;) { /* it may say "not there" before it finds it */
        g_autofree char *state = g_async_queue_timeout_pop(heard.queue, WAIT_US);
        g_assert_nonnull(state);
        if (strcmp(state, "fine") == 0) {
            break;
        }
        g_assert_cmpstr(state, ==, "fault");
    }
    send_bytes(line.device, "96385074\t", 9);
    expect(&heard, "text:96385074");
    stop(&heard, reader);
    line_end(&line);
}

static void send_event(int fd, unsigned type, unsigned code, int value)
{
    struct input_event event = {.type = (__u16)type, .code = (__u16)code, .value = value};
    /* In two parts, as a pipe may give it. */
    send_bytes(fd, (const char *)&event, 5);
    send_bytes(fd, (const char *)&event + 5, sizeof event - 5);
}

static void test_keys_read_at_their_device(void)
{
    Heard heard;
    PosScannerWatch watch = {0};
    g_autofree char *folder = g_dir_make_tmp("coster-events-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "event3", NULL);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    PosScannerReader *reader = start(&heard, POS_SCANNER_EVDEV, path, &watch);
    expect(&heard, "fine");
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    for (const char *c = "https://id.gs1.org/01/09520000010379"; *c != '\0'; c++) {
        bool shift = false;
        const unsigned code = pos_key_code(*c, &shift);
        send_event(fd, EV_KEY, KEY_RIGHTSHIFT, shift ? 1 : 0);
        send_event(fd, EV_KEY, code, 1);
        send_event(fd, EV_SYN, SYN_REPORT, 0);
        send_event(fd, EV_KEY, code, 0);
    }
    send_event(fd, EV_KEY, KEY_ENTER, 1);
    send_event(fd, EV_KEY, KEY_ENTER, 0);
    expect(&heard, "text:https://id.gs1.org/01/09520000010379");
    close(fd);
    stop(&heard, reader);
    g_unlink(path);
    g_rmdir(folder);
}

static const uint8_t hid_descriptor[] = {
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff,
    0x00, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, 0x95, 0x03, 0x05, 0x8c, 0x09,
    0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81, 0x02, 0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x01, 0xc0, 0xc0,
};

static gsize descriptor_of(int fd, uint8_t *out, gsize size)
{
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpuint(size, >=, sizeof hid_descriptor);
    memcpy(out, hid_descriptor, sizeof hid_descriptor);
    return sizeof hid_descriptor;
}

static void test_hid_reports_bring_the_aim_identifier(void)
{
    Heard heard;
    PosScannerWatch watch = {.descriptor = descriptor_of};
    g_autofree char *folder = g_dir_make_tmp("coster-hid-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "hidraw0", NULL);
    char report[61] = "\x02\x0d]E08801234560010";
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    PosScannerReader *reader = start(&heard, POS_SCANNER_HID, path, &watch);
    expect(&heard, "fine");
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    send_bytes(fd, report, sizeof report);
    expect(&heard, "text:]E08801234560010");
    close(fd);
    stop(&heard, reader);
    g_unlink(path);
    g_rmdir(folder);
}

static void test_a_scanner_without_a_device_is_said(void)
{
    Heard heard;
    PosScannerWatch watch = {0};
    PosScannerReader *reader = start(&heard, POS_SCANNER_SERIAL, "", &watch);
    expect(&heard, "fault");
    stop(&heard, reader);
    reader = start(&heard, POS_SCANNER_KEYBOARD, "", &watch);
    g_assert_null(reader);
    stop(&heard, reader);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/device_serial/the_line_is_set_as_asked", test_the_line_is_set_as_asked);
    g_test_add_func("/pos/device_serial/bytes_go_both_ways_as_they_are",
                    test_bytes_go_both_ways_as_they_are);
    g_test_add_func("/pos/device_serial/silence_ends_at_the_deadline",
                    test_silence_ends_at_the_deadline);
    g_test_add_func("/pos/device_serial/a_device_that_takes_nothing_is_a_timeout",
                    test_a_device_that_takes_nothing_is_a_timeout);
    g_test_add_func("/pos/device_serial/an_unplugged_device_is_told",
                    test_an_unplugged_device_is_told);
    g_test_add_func("/pos/device_serial/a_device_is_ours_alone", test_a_device_is_ours_alone);
    g_test_add_func("/pos/device_serial/what_is_no_device_is_refused_in_words",
                    test_what_is_no_device_is_refused_in_words);
    g_test_add_func("/pos/device_serial/tries_are_further_and_further_apart",
                    test_tries_are_further_and_further_apart);
    g_test_add_func("/pos/scanner_reader/a_serial_scanner_comes_back_by_itself",
                    test_a_serial_scanner_comes_back_by_itself);
    g_test_add_func("/pos/scanner_reader/keys_read_at_their_device",
                    test_keys_read_at_their_device);
    g_test_add_func("/pos/scanner_reader/hid_reports_bring_the_aim_identifier",
                    test_hid_reports_bring_the_aim_identifier);
    g_test_add_func("/pos/scanner_reader/a_scanner_without_a_device_is_said",
                    test_a_scanner_without_a_device_is_said);
    return g_test_run();
}
