/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-central serve`: everything that runs, from its start to a signal. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
    const char *dir;       /* with central.db */
    const char *listen;    /* "ADDR:PORT"; port 0 takes a free one */
    const char *port_file; /* gets the port as decimal digits and a newline once connections are
                              accepted; NULL none */
    const char *tls_dir;   /* key.pem and cert.pem, made when missing; NULL: DIR/tls */
    bool plain;            /* without TLS, on loopback only */
} CentralServeOptions;

/* Serves until SIGTERM, SIGINT or SIGHUP, which it blocks in the calling thread, so call it before
 * any other thread is started. Then all that was taken is committed and answered, streams end. The
 * exit status: 0, or 1 after one sentence on stderr. */
int central_serve_run(const CentralServeOptions *options);

G_END_DECLS
