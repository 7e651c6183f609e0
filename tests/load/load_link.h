/* SPDX-License-Identifier: GPL-3.0-or-later
 * Many HTTP/1.1 connections of a load generator in one thread over epoll, plain or TLS. A link holds
 * one connection; it sends one request at a time and gives back the answer, or, of a stream, what
 * comes as it comes. It has no buffer of its own while it waits, so ten thousand are light. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct LoadLoop LoadLoop;
typedef struct LoadLink LoadLink;

typedef struct {
    /* The connection stands (after TLS). */
    void (*opened)(LoadLink *link, void *user);
    /* The whole answer; body is NUL-terminated, borrowed. Not called for a stream. */
    void (*answered)(LoadLink *link, int status, const char *body, gsize length, void *user);
    /* Bytes of a stream's body, chunk framing taken off; first none, when its head has come. */
    void (*streamed)(LoadLink *link, int status, const char *bytes, gsize length, void *user);
    /* It is gone: refused, reset or closed by the other side. The link may be opened again. */
    void (*closed)(LoadLink *link, void *user);
} LoadLinkClass;

/* host: a numeric IPv4 address. tls: TLS without checking who it is (a load generator sends nothing
 * secret). */
LoadLoop *load_loop_new(const char *host, guint16 port, bool tls);
void load_loop_free(LoadLoop *loop);
/* Waits at most max_ms and handles what there is. False when nothing came. */
bool load_loop_step(LoadLoop *loop, int max_ms);

LoadLink *load_link_new(LoadLoop *loop, const LoadLinkClass *class, void *user);
void load_link_free(LoadLink *link);
/* Begins to connect; false when the system has no socket left. */
bool load_link_open(LoadLink *link);
void load_link_close(LoadLink *link);
bool load_link_is_open(const LoadLink *link);
/* Neither open nor on its way. */
bool load_link_is_closed(const LoadLink *link);
/* Sends a request (stolen). stream: its answer goes to `streamed`. The link is open and idle. */
void load_link_send(LoadLink *link, GString *request, bool stream);

G_END_DECLS
