/* SPDX-License-Identifier: GPL-3.0-or-later
 * An operator's badge: a code that says who shows it. The code is a secret of 128 random bits, so the feed holds only
 * its hash and no one can be found by trying. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define POS_BADGE_SECRET_BYTES 16
#define POS_BADGE_HASH_CHARS 64

/* "CB1-" and 26 letters and digits (Crockford's base 32), which a QR code holds in its alphanumeric mode. Owned. */
char *pos_badge_text(const uint8_t secret[POS_BADGE_SECRET_BYTES]);
/* Whether a scanned text is a badge's: exactly of that form, in either case. Nothing else that is sold or printed begins
 * so. text need not be terminated. */
bool pos_badge_is(const char *text, gsize length);
/* What the feed holds of it: SHA-256 as 64 lower-case hex digits. False (out untouched) when it is no badge. */
bool pos_badge_hash(const char *text, gsize length, char out[POS_BADGE_HASH_CHARS + 1]);

G_END_DECLS
