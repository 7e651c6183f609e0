/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reader's thread: open, read until it is gone, say so, wait a little longer each time, open again. `wake` ends
 * every wait. What the thread uses is its own; the settings are a copy. */
#include "pos/scanner_reader.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <linux/hidraw.h>
#include <linux/input.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pos/device_serial.h"
#include "pos/error.h"
#include "pos/evdev_keys.h"
#include "pos/hid_pos.h"

#define READ_BYTES 1024
#define AIM_BYTES 3

struct PosScannerReader {
    PosScannerSettings settings;
    PosScannerWatch watch;
    GThread *thread;
    int wake;    /* eventfd */
    char *fault; /* as last said; NULL: it works */
    bool said;
    /* Of the source in use. */
    PosScannerFrame frame;
    PosEvdevKeys keys;
    PosHidCode hid;
    PosHidLayout layout;
    uint8_t part[sizeof(struct input_event)]; /* an event that came in two reads */
    gsize part_length;
};

static void say_state(PosScannerReader *reader, const char *fault)
{
    if (reader->said && g_strcmp0(reader->fault, fault) == 0) {
        return;
    }
    g_free(reader->fault);
    reader->fault = g_strdup(fault);
    reader->said = true;
    if (reader->watch.state != NULL) {
        reader->watch.state(fault, reader->watch.user);
    }
}

static void deliver(PosScannerReader *reader, const char *raw, gsize length, char end)
{
    char text[POS_BOUND_SCAN_BYTES + 1];
    gsize text_length = 0;
    const PosScannerVerdict verdict =
        pos_scanner_text(&reader->settings, raw, length, text, &text_length);
    if (verdict == POS_SCANNER_EMPTY) {
        return;
    }
    const PosScannerCode code = {verdict, text, text_length, raw, length, end};
    reader->watch.code(&code, reader->watch.user);
}

/* --- what each source does with its bytes -------------------------------------------------------------- */

static void take_serial(PosScannerReader *reader, const uint8_t *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (pos_scanner_frame_feed(&reader->frame, &reader->settings, (char)bytes[i])) {
            deliver(reader, reader->frame.text, reader->frame.length, reader->frame.end);
        }
    }
}

static void deliver_keys(PosScannerReader *reader, bool by_key)
{
    char raw[POS_BOUND_SCAN_BYTES + 1];
    const gsize length =
        pos_key_strokes_text(reader->keys.strokes, reader->keys.count, &reader->settings,
                             reader->keys.caps_lock, raw, sizeof raw);
    deliver(reader, raw, length, by_key ? '\r' : '\0');
}

static void take_events(PosScannerReader *reader, const uint8_t *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        reader->part[reader->part_length++] = bytes[i];
        if (reader->part_length < sizeof reader->part) {
            continue;
        }
        struct input_event event;
        memcpy(&event, reader->part, sizeof event);
        reader->part_length = 0;
        if (pos_evdev_keys_feed(&reader->keys, &reader->settings, event.type, event.code,
                                event.value)) {
            deliver_keys(reader, true);
        }
    }
}

/* hidraw gives one report a read. */
static void take_report(PosScannerReader *reader, const uint8_t *bytes, gsize length)
{
    char raw[AIM_BYTES + POS_BOUND_SCAN_BYTES];
    char aim[AIM_BYTES + 1];
    if (!pos_hid_code_feed(&reader->hid, &reader->layout, bytes, length)) {
        return;
    }
    pos_hid_code_aim(reader->hid.symbology, aim);
    const gsize aim_length = strlen(aim);
    /* A device that has put the identifier into the data too has said it already. */
    const bool doubled = aim_length > 0 && reader->hid.length >= AIM_BYTES &&
                         memcmp(reader->hid.data, aim, AIM_BYTES) == 0;
    const gsize before = doubled ? 0 : aim_length;
    memcpy(raw, aim, before);
    memcpy(raw + before, reader->hid.data, reader->hid.length);
    gsize total = MIN(before + reader->hid.length, POS_BOUND_SCAN_BYTES);
    while (total > 0 &&
           (raw[total - 1] == '\r' || raw[total - 1] == '\n' || raw[total - 1] == '\t')) {
        total--;
    }
    deliver(reader, raw, total, '\0');
}

static void take(PosScannerReader *reader, const uint8_t *bytes, gsize length)
{
    switch (reader->settings.source) {
    case POS_SCANNER_SERIAL:
        take_serial(reader, bytes, length);
        break;
    case POS_SCANNER_EVDEV:
        take_events(reader, bytes, length);
        break;
    case POS_SCANNER_HID:
        take_report(reader, bytes, length);
        break;
    case POS_SCANNER_NONE:
    case POS_SCANNER_KEYBOARD:
        break;
    }
}

static void take_pause(PosScannerReader *reader)
{
    if (reader->settings.source == POS_SCANNER_SERIAL &&
        pos_scanner_frame_pause(&reader->frame, &reader->settings)) {
        deliver(reader, reader->frame.text, reader->frame.length, reader->frame.end);
    }
    if (reader->settings.source == POS_SCANNER_EVDEV && pos_evdev_keys_pause(&reader->keys)) {
        deliver_keys(reader, false);
    }
}

/* --- opening -------------------------------------------------------------------------------------------- */

static gsize kernel_descriptor(int fd, uint8_t *out, gsize size)
{
    int length = 0;
    struct hidraw_report_descriptor descriptor = {0};
    if (ioctl(fd, HIDIOCGRDESCSIZE, &length) != 0 || length <= 0 || (gsize)length > size ||
        (gsize)length > sizeof descriptor.value) {
        return 0;
    }
    descriptor.size = (__u32)length;
    if (ioctl(fd, HIDIOCGRDESC, &descriptor) != 0) {
        return 0;
    }
    memcpy(out, descriptor.value, (gsize)length);
    return (gsize)length;
}

static bool open_hid(PosScannerReader *reader, int fd, GError **error)
{
    uint8_t bytes[POS_HID_DESCRIPTOR_BYTES_MAX];
    const gsize length =
        (reader->watch.descriptor != NULL ? reader->watch.descriptor
                                          : kernel_descriptor)(fd, bytes, sizeof bytes);
    if (length == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s is no HID device: give the scanner's /dev/hidraw device."),
                    reader->settings.path);
        return false;
    }
    return pos_hid_layout_parse(bytes, length, &reader->layout, error);
}

/* Grabbed: its keys reach no one else, so nothing that it types presses a button. */
static bool open_evdev(PosScannerReader *reader, int fd, GError **error)
{
    unsigned char leds[LED_MAX / 8 + 1] = {0};
    if (ioctl(fd, EVIOCGRAB, 1) != 0 && errno == EBUSY) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY, _("%s is in use by another program."),
                    reader->settings.path);
        return false;
    }
    if (ioctl(fd, EVIOCGLED(sizeof leds), leds) >= 0) {
        reader->keys.caps_lock = (leds[LED_CAPSL / 8] & (1 << (LED_CAPSL % 8))) != 0;
    }
    return true;
}

static PosSerial *open_device(PosScannerReader *reader, GError **error)
{
    const PosScannerSettings *settings = &reader->settings;
    if (settings->path[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The scanner's device is not set: choose it in its set-up."));
        return NULL;
    }
    g_autoptr(PosSerial) serial = pos_serial_open(
        settings->path, settings->source == POS_SCANNER_SERIAL ? &settings->line : NULL, error);
    if (serial == NULL) {
        return NULL;
    }
    memset(&reader->frame, 0, sizeof reader->frame);
    memset(&reader->keys, 0, sizeof reader->keys);
    memset(&reader->hid, 0, sizeof reader->hid);
    reader->part_length = 0;
    const int fd = pos_serial_fd(serial);
    if ((settings->source == POS_SCANNER_HID && !open_hid(reader, fd, error)) ||
        (settings->source == POS_SCANNER_EVDEV && !open_evdev(reader, fd, error))) {
        return NULL;
    }
    return g_steal_pointer(&serial);
}

/* --- the thread ----------------------------------------------------------------------------------------- */

/* False when the reader is to end. */
static bool wait_ms(PosScannerReader *reader, int timeout_ms)
{
    struct pollfd polled = {reader->wake, POLLIN, 0};
    return poll(&polled, 1, timeout_ms) == 0;
}

/* Until the device is gone (true) or the reader is to end (false). */
static bool read_device(PosScannerReader *reader, PosSerial *serial)
{
    int64_t deadline_us = -1; /* of the pause after the last byte */
    for (;;) {
        uint8_t bytes[READ_BYTES];
        gsize count = 0;
        switch (pos_serial_read(serial, bytes, sizeof bytes, deadline_us, reader->wake, &count)) {
        case POS_SERIAL_READY:
            take(reader, bytes, count);
            deadline_us = g_get_monotonic_time() + (int64_t)reader->settings.pause_ms * 1000;
            break;
        case POS_SERIAL_TIMEOUT:
            take_pause(reader);
            deadline_us = -1;
            break;
        case POS_SERIAL_WOKEN:
            return false;
        case POS_SERIAL_GONE:
            return true;
        }
    }
}

static gpointer thread_main(gpointer data)
{
    PosScannerReader *reader = data;
    unsigned tries = 0;
    bool on = true;
    while (on) {
        g_autoptr(GError) error = NULL;
        PosSerial *serial = open_device(reader, &error);
        if (serial == NULL) {
            say_state(reader, error->message);
            on = wait_ms(reader, pos_serial_retry_ms(tries++));
            continue;
        }
        say_state(reader, NULL);
        on = read_device(reader, serial);
        pos_serial_close(serial);
        if (on) {
            g_autofree char *gone =
                g_strdup_printf(_("The scanner at %s was unplugged."), reader->settings.path);
            say_state(reader, gone);
            tries = 0;
            on = wait_ms(reader, pos_serial_retry_ms(tries++));
        }
    }
    return NULL;
}

PosScannerReader *pos_scanner_reader_start(const PosScannerSettings *settings,
                                           const PosScannerWatch *watch)
{
    if (settings->source == POS_SCANNER_NONE || settings->source == POS_SCANNER_KEYBOARD) {
        return NULL;
    }
    PosScannerReader *reader = g_new0(PosScannerReader, 1);
    reader->settings = *settings;
    reader->watch = *watch;
    reader->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_assert(reader->wake >= 0);
    reader->thread = g_thread_new("scanner", thread_main, reader);
    return reader;
}

void pos_scanner_reader_stop(PosScannerReader *reader)
{
    if (reader == NULL) {
        return;
    }
    const uint64_t one = 1;
    const ssize_t written = write(reader->wake, &one, sizeof one);
    g_assert(written == (ssize_t)sizeof one);
    g_thread_join(reader->thread);
    close(reader->wake);
    g_free(reader->fault);
    g_free(reader);
}
