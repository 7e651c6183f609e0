/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the form of a badge's code and how it is hashed. */
#include "pos/badge.h"

#include <sodium.h>
#include <string.h>

#define PREFIX "CB1-"
#define PREFIX_CHARS 4
#define SECRET_CHARS 26 /* 128 bits in fives */
#define TEXT_CHARS (PREFIX_CHARS + SECRET_CHARS)

static const char DIGITS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

char *pos_badge_text(const uint8_t secret[POS_BADGE_SECRET_BYTES])
{
    GString *text = g_string_new(PREFIX);
    for (int i = 0; i < SECRET_CHARS; i++) {
        unsigned value = 0;
        for (int bit = i * 5; bit < i * 5 + 5; bit++) {
            unsigned one = bit < POS_BADGE_SECRET_BYTES * 8
                               ? (unsigned)(secret[bit / 8] >> (7 - bit % 8)) & 1u
                               : 0u;
            value = value << 1 | one;
        }
        g_string_append_c(text, DIGITS[value]);
    }
    return g_string_free(text, FALSE);
}

bool pos_badge_is(const char *text, gsize length)
{
    if (text == NULL || length != TEXT_CHARS ||
        g_ascii_strncasecmp(text, PREFIX, PREFIX_CHARS) != 0) {
        return false;
    }
    for (gsize i = PREFIX_CHARS; i < length; i++) {
        char digit = g_ascii_toupper(text[i]);
        if (digit == '\0' || strchr(DIGITS, digit) == NULL) {
            return false;
        }
    }
    return true;
}

bool pos_badge_hash(const char *text, gsize length, char out[POS_BADGE_HASH_CHARS + 1])
{
    if (!pos_badge_is(text, length)) {
        return false;
    }
    unsigned char hash[crypto_hash_sha256_BYTES];
    char upper[TEXT_CHARS];
    for (gsize i = 0; i < length; i++) {
        upper[i] = g_ascii_toupper(text[i]);
    }
    crypto_hash_sha256(hash, (const unsigned char *)upper, sizeof upper);
    sodium_bin2hex(out, POS_BADGE_HASH_CHARS + 1, hash, sizeof hash);
    sodium_memzero(upper, sizeof upper);
    return true;
}
