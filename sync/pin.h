/* SPDX-License-Identifier: GPL-3.0-or-later
 * The enrolment code and the address that go with it: who central is. A code is `<secret>` or `<secret>.<pin>`; the
 * pin is the SHA-256 of central's public key, base64url. With a pin the pin alone is central's identity; without
 * one, the certificate must come from a public CA. Values only: no network here. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define SYNC_PIN_CODE_BYTES_MAX 256

/* Takes a code as typed or scanned (spaces around it are dropped) to *out_code, the string that goes up, and *out_pin,
 * "sha256//<base64>" (libcurl's CURLOPT_PINNEDPUBLICKEY), "" when the code has none. Both owned. POS_ERROR_INVALID
 * with one sentence otherwise. */
bool sync_pin_parse_code(const char *text, char **out_code, char **out_pin, GError **error);

/* Takes an address as typed to *out_base, owned: "https://host[:port][/path]" without a slash at the end. Plain http is
 * taken for loopback only. POS_ERROR_INVALID with one sentence otherwise. */
bool sync_pin_parse_url(const char *text, char **out_base, GError **error);

/* True when the host of such an address is this very machine. */
bool sync_pin_url_is_loopback(const char *url);

/* True for "" and for one or more "sha256//<base64 of 32 bytes>" joined by ';'. */
bool sync_pin_is_valid(const char *pin);

/* The pins to accept when central says that `pin` is in use and `next` will follow: "a;b", "a", or "" when `pin` is not
 * a valid one. next may be "". Owned. */
char *sync_pin_join(const char *pin, const char *next);

G_END_DECLS
