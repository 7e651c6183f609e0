/* SPDX-License-Identifier: GPL-3.0-or-later
 * An address as a person writes it to a listening socket, or one sentence about why not. */
#include "sync/central_http_listen.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static bool split_listen(const char *listen_at, char **out_host, char **out_port, GError **error)
{
    const char *colon = strrchr(listen_at, ':');
    gsize length = colon == NULL ? 0 : (gsize)(colon - listen_at);
    bool bracketed = length > 2 && listen_at[0] == '[' && listen_at[length - 1] == ']';
    guint64 port = 0;
    if (length == 0 || !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &port, NULL) ||
        (!bracketed && memchr(listen_at, ':', length) != NULL)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("\"%s\" is no address to listen on: write it as ADDRESS:PORT, for example "
                      "127.0.0.1:8443 or [::1]:8443"),
                    listen_at);
        return false;
    }
    *out_host = bracketed ? g_strndup(listen_at + 1, length - 2) : g_strndup(listen_at, length);
    *out_port = g_strdup_printf("%u", (guint)port);
    return true;
}

bool central_http_is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
        return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
    }
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    return address->sa_family == AF_INET && ntohl(four->sin_addr.s_addr) >> 24 == 127;
}

static int bind_listener(const struct addrinfo *info, const char *listen_at, GError **error)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1;
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    if (fd >= 0 && bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
        return fd;
    }
    int failure = errno;
    if (failure == EADDRINUSE) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("Cannot listen on %s: another program uses that port; stop it or choose "
                      "another port"),
                    listen_at);
    } else if (failure == EADDRNOTAVAIL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("Cannot listen on %s: this machine does not have that address"), listen_at);
    } else {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("Cannot listen on %s: %s"), listen_at,
                    g_strerror(failure));
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

int central_http_listen(const char *listen_at, bool loopback_only, int *out_family,
                        guint16 *out_port, GError **error)
{
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    if (!split_listen(listen_at, &host, &port, error)) {
        return -1;
    }
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;
    const char *numeric = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    if (getaddrinfo(numeric, port, &hints, &info) != 0 || info == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("\"%s\" is no address to listen on: \"%s\" is not a numeric IP address"),
                    listen_at, host);
        return -1;
    }
    int fd = -1;
    if (loopback_only && !central_http_is_loopback(info->ai_addr)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("Without TLS the central service listens on loopback only, not on %s: leave "
                      "out --plain or use 127.0.0.1"),
                    listen_at);
    } else {
        fd = bind_listener(info, listen_at, error);
    }
    *out_family = info->ai_family;
    freeaddrinfo(info);
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    if (fd >= 0 && getsockname(fd, (struct sockaddr *)&bound, &length) == 0) {
        *out_port =
            ntohs(bound.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&bound)->sin6_port
                                              : ((const struct sockaddr_in *)&bound)->sin_port);
    }
    return fd;
}
