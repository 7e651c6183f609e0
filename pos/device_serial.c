/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns termios: raw mode, speed, framing, and the waiting with poll(). No thread and no policy here. */
#include "pos/device_serial.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "pos/error.h"

#define RETRY_MS_FIRST 250
#define RETRY_MS_MAX 4000
#define FLUSH_READS_MAX 256

struct PosSerial {
    int fd;
    bool terminal;
};

static speed_t speed_of(int baud)
{
    static const struct {
        int baud;
        speed_t speed;
    } speeds[] = {{300, B300},     {600, B600},      {1200, B1200},   {2400, B2400},
                  {4800, B4800},   {9600, B9600},    {19200, B19200}, {38400, B38400},
                  {57600, B57600}, {115200, B115200}};
    for (gsize i = 0; i < G_N_ELEMENTS(speeds); i++) {
        if (speeds[i].baud == baud) {
            return speeds[i].speed;
        }
    }
    return B9600;
}

static void apply_line(struct termios *mode, const PosSerialLine *line)
{
    mode->c_cflag &= ~(tcflag_t)(CSIZE | CSTOPB | PARENB | PARODD | CRTSCTS);
    mode->c_cflag |= line->data_bits == 7 ? CS7 : CS8;
    mode->c_cflag |= line->stop_bits == 2 ? CSTOPB : 0;
    mode->c_cflag |= line->parity != POS_PARITY_NONE ? PARENB : 0;
    mode->c_cflag |= line->parity == POS_PARITY_ODD ? PARODD : 0;
    /* A byte whose parity is wrong comes as NUL, which no code and no weight holds. */
    mode->c_iflag |= line->parity != POS_PARITY_NONE ? INPCK : 0;
    mode->c_cflag |= line->flow == POS_FLOW_RTS_CTS ? CRTSCTS : 0;
    if (line->flow == POS_FLOW_XON_XOFF) {
        mode->c_iflag |= IXON | IXOFF;
    }
    cfsetispeed(mode, speed_of(line->baud));
    cfsetospeed(mode, speed_of(line->baud));
}

/* Bytes as they are, a modem's lines not heeded. */
static bool set_up_terminal(int fd, const PosSerialLine *line)
{
    struct termios mode;
    if (tcgetattr(fd, &mode) != 0) {
        return false;
    }
    cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL | CREAD;
    mode.c_cc[VMIN] = 0;
    mode.c_cc[VTIME] = 0;
    if (line != NULL) {
        apply_line(&mode, line);
    }
    if (tcsetattr(fd, TCSANOW, &mode) != 0) {
        return false;
    }
    ioctl(fd, TIOCEXCL);
    return true;
}

static void fail_open(const char *path, int code, GError **error)
{
    if (code == ENOENT || code == ENXIO || code == ENODEV) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("%s is not there: is the device plugged in and switched on?"), path);
    } else if (code == EACCES || code == EPERM) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s may not be opened by this user: the user needs the group of the device "
                      "(often “dialout” or “input”)."),
                    path);
    } else if (code == EBUSY || code == EWOULDBLOCK) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY, _("%s is in use by another program."), path);
    } else {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be opened: %s."), path,
                    g_strerror(code));
    }
}

/* A folder or a plain file is no device: reading it would never end or end at once. */
static bool is_device(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && (S_ISCHR(info.st_mode) || S_ISFIFO(info.st_mode));
}

PosSerial *pos_serial_open(const char *path, const PosSerialLine *line, GError **error)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && (errno == EACCES || errno == EROFS)) {
        fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC); /* enough for a scanner */
    }
    if (fd < 0) {
        fail_open(path, errno, error);
        return NULL;
    }
    if (!is_device(fd)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s is no device."), path);
        close(fd);
        return NULL;
    }
    const bool terminal = isatty(fd) == 1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || (terminal && !set_up_terminal(fd, line))) {
        fail_open(path, errno, error);
        close(fd);
        return NULL;
    }
    PosSerial *serial = g_new0(PosSerial, 1);
    serial->fd = fd;
    serial->terminal = terminal;
    return serial;
}

void pos_serial_close(PosSerial *serial)
{
    if (serial == NULL) {
        return;
    }
    if (serial->terminal) {
        ioctl(serial->fd, TIOCNXCL);
    }
    close(serial->fd);
    g_free(serial);
}

int pos_serial_fd(const PosSerial *serial)
{
    return serial->fd;
}

/* Waits for `events` on the device. */
static PosSerialResult wait_for(PosSerial *serial, short events, int64_t deadline_us, int wake_fd)
{
    struct pollfd polled[2] = {{serial->fd, events, 0}, {wake_fd, POLLIN, 0}};
    for (;;) {
        const int64_t left_us = deadline_us < 0 ? 0 : deadline_us - g_get_monotonic_time();
        const int timeout_ms =
            deadline_us < 0 ? -1 : (int)CLAMP((left_us + 999) / 1000, 0, G_MAXINT);
        const int count = poll(polled, 2, timeout_ms); /* a wake_fd of -1 is passed over */
        if (count < 0 && errno != EINTR) {
            return POS_SERIAL_GONE;
        }
        if (count == 0 && deadline_us >= 0 && g_get_monotonic_time() >= deadline_us) {
            return POS_SERIAL_TIMEOUT;
        }
        if (count <= 0) {
            continue;
        }
        if (polled[1].revents != 0) {
            return POS_SERIAL_WOKEN;
        }
        if ((polled[0].revents & events) != 0) {
            return POS_SERIAL_READY;
        }
        return POS_SERIAL_GONE; /* POLLHUP, POLLERR, POLLNVAL: nothing more comes */
    }
}

PosSerialResult pos_serial_read(PosSerial *serial, void *bytes, gsize size, int64_t deadline_us,
                                int wake_fd, gsize *out_read)
{
    *out_read = 0;
    for (;;) {
        const PosSerialResult result = wait_for(serial, POLLIN, deadline_us, wake_fd);
        if (result != POS_SERIAL_READY) {
            return result;
        }
        const ssize_t count = read(serial->fd, bytes, size);
        if (count > 0) {
            *out_read = (gsize)count;
            return POS_SERIAL_READY;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            return POS_SERIAL_GONE;
        }
    }
}

PosSerialResult pos_serial_write(PosSerial *serial, const void *bytes, gsize size,
                                 int64_t deadline_us, int wake_fd, gsize *out_written)
{
    gsize done = 0;
    PosSerialResult result = POS_SERIAL_READY;
    while (done < size) {
        result = wait_for(serial, POLLOUT, deadline_us, wake_fd);
        if (result != POS_SERIAL_READY) {
            break;
        }
        const ssize_t count = write(serial->fd, (const char *)bytes + done, size - done);
        if (count > 0) {
            done += (gsize)count;
        } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
            result = POS_SERIAL_GONE;
            break;
        }
    }
    if (out_written != NULL) {
        *out_written = done;
    }
    return result;
}

void pos_serial_flush(PosSerial *serial)
{
    if (serial->terminal) {
        tcflush(serial->fd, TCIFLUSH);
        return;
    }
    char dropped[256];
    for (int i = 0; i < FLUSH_READS_MAX && read(serial->fd, dropped, sizeof dropped) > 0; i++) {
    }
}

int pos_serial_retry_ms(unsigned tries)
{
    return tries > 4 ? RETRY_MS_MAX : MIN(RETRY_MS_FIRST << tries, RETRY_MS_MAX);
}
