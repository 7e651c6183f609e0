/* SPDX-License-Identifier: GPL-3.0-or-later
 * A device on a line: a serial port (USB or not), or another character device that is read and written (as a
 * printer's). Opened raw and for us alone, never blocking; a device that is pulled out is told from one that is quiet.
 * For the thread that talks to the device. */
#pragma once
#include "pos/device_settings.h"

G_BEGIN_DECLS

typedef struct PosSerial PosSerial;

/* line: nullable, then the speed and framing stay as they are. What is no terminal (a FIFO, /dev/usb/lp0) is opened
 * without them. POS_ERROR_NOT_FOUND when nothing is there, POS_ERROR_BUSY when another program has it, POS_ERROR_FAILED
 * otherwise; each a sentence with the path. */
PosSerial *pos_serial_open(const char *path, const PosSerialLine *line, GError **error);
void pos_serial_close(PosSerial *serial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosSerial, pos_serial_close)
/* For poll(); borrowed. */
int pos_serial_fd(const PosSerial *serial);

typedef enum {
    POS_SERIAL_READY,   /* bytes were read */
    POS_SERIAL_TIMEOUT, /* silence until the deadline */
    POS_SERIAL_WOKEN,   /* wake_fd became readable */
    POS_SERIAL_GONE,    /* unplugged, or it failed: close it */
} PosSerialResult;

/* Waits for bytes until deadline_us of g_get_monotonic_time() (-1: for ever), reads what is there: 1 to `size` bytes.
 * wake_fd: -1 none, else a descriptor that ends the waiting (it is not read). */
PosSerialResult pos_serial_read(PosSerial *serial, void *bytes, gsize size, int64_t deadline_us,
                                int wake_fd, gsize *out_read);
/* Writes all, waiting for the device until deadline_us. On TIMEOUT, WOKEN and GONE *out_written (nullable) says how
 * many bytes it has taken. */
PosSerialResult pos_serial_write(PosSerial *serial, const void *bytes, gsize size,
                                 int64_t deadline_us, int wake_fd, gsize *out_written);
/* Drops what has come and was not read. */
void pos_serial_flush(PosSerial *serial);

/* How long to wait before the n-th try (from 0) to open a device again: 0.25 s, doubled, at most 4 s, so that a device
 * plugged in again works before its user tries it a second time. */
int pos_serial_retry_ms(unsigned tries);

G_END_DECLS
