/* SPDX-License-Identifier: GPL-3.0-or-later
 * The listening socket of the central service. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* listen_at: "ADDR:PORT" or "[ADDR]:PORT" with a numeric address or "localhost"; port 0 takes a
 * free one. The socket (non-blocking, caller closes), its family and port; -1 with
 * POS_ERROR_INVALID (no address, not this machine's, or not loopback where only that may be),
 * POS_ERROR_BUSY (port in use) or POS_ERROR_FAILED. */
int central_http_listen(const char *listen_at, bool loopback_only, int *out_family,
                        guint16 *out_port, GError **error);

/* Whether an address (IPv4, IPv6, or IPv4 inside IPv6) is this machine's own. */
bool central_http_is_loopback(const struct sockaddr *address);

G_END_DECLS
