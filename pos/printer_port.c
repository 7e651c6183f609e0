/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the descriptor to a printer: non-blocking, each waiting is a poll() with a deadline on the monotonic clock. */
#include "pos/printer_port.h"

#include "pos/device_serial.h"
#include "pos/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <linux/sockios.h>

#define RAW_PORT "9100"
#define DRAIN_STEP_MS 20
#define GOODBYE_MS 300 /* for an answer that is late */

struct PosPrinterPort {
    int fd, wake_fd;
    PosSerial *serial; /* owns fd; NULL: fd is the port's own */
    PosPrinterSource source;
};

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* Waits for `events` of fd. 1 ready, 0 timeout, -1 woken or failed. */
static int wait_for(int fd, short events, int wake_fd, int timeout_ms)
{
    struct pollfd polled[2] = {{fd, events, 0}, {wake_fd, POLLIN, 0}};
    int64_t end_ms = now_ms() + timeout_ms;
    for (;;) {
        int left = (int)MAX(0, end_ms - now_ms());
        int count = poll(polled, wake_fd >= 0 ? 2 : 1, left);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 || (wake_fd >= 0 && polled[1].revents != 0)) {
            return -1;
        }
        return count > 0 ? 1 : 0;
    }
}

/* --- opening -------------------------------------------------------------------------------------------- */

/* "host", "host:port", "[2001:db8::1]:9100", "2001:db8::1". */
static bool split_address(const char *address, char **out_host, char **out_port)
{
    const char *colon = strrchr(address, ':');
    const char *bracket = strchr(address, ']');
    if (address[0] == '[' && bracket != NULL) {
        *out_host = g_strndup(address + 1, (gsize)(bracket - address - 1));
        *out_port = g_strdup(bracket[1] == ':' ? bracket + 2 : RAW_PORT);
    } else if (colon != NULL && strchr(address, ':') == colon) {
        *out_host = g_strndup(address, (gsize)(colon - address));
        *out_port = g_strdup(colon + 1);
    } else {
        *out_host = g_strdup(address);
        *out_port = g_strdup(RAW_PORT);
    }
    guint64 number = 0;
    return (*out_host)[0] != '\0' &&
           g_ascii_string_to_unsigned(*out_port, 10, 1, 65535, &number, NULL);
}

static int connect_one(const struct addrinfo *at, int wake_fd, int timeout_ms)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    int failed = 0;
    socklen_t size = sizeof failed;
    if (connect(fd, at->ai_addr, at->ai_addrlen) != 0 &&
        (errno != EINPROGRESS || wait_for(fd, POLLOUT, wake_fd, timeout_ms) != 1 ||
         getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0 || failed != 0)) {
        close(fd);
        return -1;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static int open_tcp(const PosPrinterSettings *settings, int wake_fd, int timeout_ms,
                    PosPrinterFault *out_fault)
{
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (!split_address(settings->address, &host, &port)) {
        *out_fault = POS_PRINTER_SETTINGS;
        return -1;
    }
    *out_fault = POS_PRINTER_OFF;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = connect_one(at, wake_fd, timeout_ms);
    }
    freeaddrinfo(found);
    return fd;
}

static int open_file(const PosPrinterSettings *settings, PosPrinterFault *out_fault)
{
    int fd = open(settings->address,
                  O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        *out_fault = errno == EACCES ? POS_PRINTER_DENIED : POS_PRINTER_NO_ROOM;
    }
    return fd;
}

/* USB printer devices and serial lines. */
static PosSerial *open_device(const PosPrinterSettings *settings, PosPrinterFault *out_fault)
{
    g_autoptr(GError) error = NULL;
    if (access(settings->address, R_OK | W_OK) != 0) {
        *out_fault = errno == EACCES ? POS_PRINTER_DENIED : POS_PRINTER_OFF;
        return NULL;
    }
    const PosSerialLine *line = settings->source == POS_PRINTER_SERIAL ? &settings->line : NULL;
    PosSerial *serial = pos_serial_open(settings->address, line, &error);
    if (serial == NULL) {
        *out_fault =
            g_error_matches(error, POS_ERROR, POS_ERROR_BUSY) ? POS_PRINTER_TAKEN : POS_PRINTER_OFF;
    }
    return serial;
}

PosPrinterPort *pos_printer_port_open(const PosPrinterSettings *settings, int wake_fd,
                                      int timeout_ms, PosPrinterFault *out_fault)
{
    *out_fault = POS_PRINTER_FINE;
    if (settings->address[0] == '\0') {
        *out_fault = POS_PRINTER_SETTINGS;
        return NULL;
    }
    int fd = -1;
    PosSerial *serial = NULL;
    if (settings->source == POS_PRINTER_TCP) {
        fd = open_tcp(settings, wake_fd, timeout_ms, out_fault);
    } else if (settings->source == POS_PRINTER_FILE) {
        fd = open_file(settings, out_fault);
    } else {
        serial = open_device(settings, out_fault);
        fd = serial == NULL ? -1 : pos_serial_fd(serial);
    }
    if (fd < 0) {
        return NULL;
    }
    *out_fault = POS_PRINTER_FINE;
    PosPrinterPort *port = g_new0(PosPrinterPort, 1);
    port->fd = fd;
    port->serial = serial;
    port->wake_fd = wake_fd;
    port->source = settings->source;
    return port;
}

/* --- writing, reading ------------------------------------------------------------------------------------ */

gsize pos_printer_port_write(PosPrinterPort *port, const uint8_t *bytes, gsize length, int stall_ms,
                             bool *out_broken)
{
    gsize done = 0;
    bool broken = false;
    while (done < length && !broken) {
        ssize_t count = port->source == POS_PRINTER_TCP
                            ? send(port->fd, bytes + done, length - done, MSG_NOSIGNAL)
                            : write(port->fd, bytes + done, length - done);
        if (count > 0) {
            done += (gsize)count;
        } else if (count < 0 && errno == EINTR) {
            continue;
        } else if (count < 0 && errno == EAGAIN) {
            if (wait_for(port->fd, POLLOUT, port->wake_fd, stall_ms) != 1) {
                break;
            }
        } else {
            broken = true;
        }
    }
    if (out_broken != NULL) {
        *out_broken = broken;
    }
    return done;
}

bool pos_printer_port_can_read(const PosPrinterPort *port)
{
    return port->source != POS_PRINTER_FILE;
}

gssize pos_printer_port_read(PosPrinterPort *port, uint8_t *bytes, gsize size, int timeout_ms)
{
    if (!pos_printer_port_can_read(port)) {
        return 0;
    }
    int ready = wait_for(port->fd, POLLIN, port->wake_fd, timeout_ms);
    if (ready != 1) {
        return 0;
    }
    ssize_t count = read(port->fd, bytes, size);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        return 0;
    }
    /* A USB printer that has nothing to say reads as the end of a file. */
    return count > 0 ? count : port->source == POS_PRINTER_USB && count == 0 ? 0 : -1;
}

void pos_printer_port_drop_input(PosPrinterPort *port)
{
    uint8_t bytes[64];
    for (int i = 0; i < 64; i++) {
        struct pollfd polled = {port->fd, POLLIN, 0};
        if (!pos_printer_port_can_read(port) || poll(&polled, 1, 0) != 1 ||
            read(port->fd, bytes, sizeof bytes) <= 0) {
            return;
        }
    }
}

/* --- closing ---------------------------------------------------------------------------------------------- */

/* Bytes that this machine still holds; 0 when it cannot tell. */
static int held_back(const PosPrinterPort *port)
{
    int bytes = 0;
    if (port->source == POS_PRINTER_TCP) {
        return ioctl(port->fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
    }
    if (port->source == POS_PRINTER_SERIAL) {
        return ioctl(port->fd, TIOCOUTQ, &bytes) == 0 ? bytes : 0;
    }
    return 0;
}

/* Says the end and reads what still comes: closing a socket with unread answers resets it, and a printer's network card
 * may then forget what it has not printed. */
static void say_goodbye(PosPrinterPort *port, int timeout_ms)
{
    uint8_t bytes[64];
    int64_t end_ms = now_ms() + MIN(timeout_ms, GOODBYE_MS);
    shutdown(port->fd, SHUT_WR);
    while (now_ms() < end_ms) {
        struct pollfd polled = {port->fd, POLLIN, 0};
        int left_ms = (int)MAX(0, end_ms - now_ms());
        if (poll(&polled, 1, left_ms) != 1 || read(port->fd, bytes, sizeof bytes) <= 0) {
            return;
        }
    }
}

bool pos_printer_port_close(PosPrinterPort *port, int timeout_ms)
{
    if (port == NULL) {
        return true;
    }
    int64_t end_ms = now_ms() + timeout_ms;
    while (held_back(port) > 0 && now_ms() < end_ms) {
        struct pollfd polled = {port->fd, 0, 0}; /* only its end would wake it */
        if (poll(&polled, 1, DRAIN_STEP_MS) < 0 || polled.revents != 0) {
            break;
        }
    }
    bool left = held_back(port) == 0;
    if (port->source == POS_PRINTER_TCP && left) {
        say_goodbye(port, timeout_ms);
    }
    if (port->source == POS_PRINTER_FILE) {
        left = fsync(port->fd) == 0 || errno == EINVAL;
    } else if (port->source == POS_PRINTER_SERIAL && !left) {
        tcflush(port->fd, TCIOFLUSH); /* else close() would wait for a printer that is off */
    }
    if (port->serial != NULL) {
        pos_serial_close(port->serial);
    } else {
        left = close(port->fd) == 0 && left;
    }
    g_free(port);
    return left;
}
