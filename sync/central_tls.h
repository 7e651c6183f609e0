/* SPDX-License-Identifier: GPL-3.0-or-later
 * The central service's key and certificate: a folder with key.pem and cert.pem, made when missing,
 * and the pin of the public key that an enrolment code carries (sync-protocol.md, "Transport and
 * identity"). Any thread. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
    char *key_pem;  /* secret: wiped by central_tls_clear() */
    char *cert_pem; /* the certificate, then those of its issuers */
    char *pin;      /* "sha256//<base64>" of the public key, as CURLOPT_PINNEDPUBLICKEY takes it */
    bool self_signed; /* false: issued by another, so a terminal may check it by that instead of the
                         pin */
} CentralTls;

/* Makes what is missing in tls_dir (the folder itself with 0700; key.pem with 0600, EC P-256; a
 * self-signed cert.pem without an end, so that a wrong clock never locks a till out), each file
 * whole or not at all, also when two programs do it at once. Files that are there are used as they
 * are, never changed: a certificate from a public CA goes there with its key. *out_pin (owned, may
 * be NULL) as above. POS_ERROR_INVALID when a file is not what it should be or the two do not
 * belong together, POS_ERROR_FAILED when one cannot be read or written; the message names the file.
 */
bool central_tls_ensure(const char *tls_dir, char **out_pin, GError **error);

/* The same, and all of it. Clear *out after use. */
bool central_tls_load(const char *tls_dir, CentralTls *out, GError **error);
void central_tls_clear(CentralTls *tls);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralTls, central_tls_clear)

G_END_DECLS
