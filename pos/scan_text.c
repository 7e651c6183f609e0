/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the guess at what the bytes of a symbol mean as text, for which most symbols carry no word.
 * UTF-8 when they are valid as such, else ISO 8859-1, the default of ISO/IEC 18004. QR codes of
 * Japanese make carry Shift JIS without saying so: it is believed only where ISO 8859-1 would give
 * control characters or a run of signs that no text has, so that "Käse" stays what it is; so too GBK of Chinese
 * make. Pure. */
#include "pos/scan.h"

#include <string.h>

/* True for UTF-8, NUL allowed. */
static bool is_utf8(const char *bytes, gsize length)
{
    for (gsize at = 0; at < length;) {
        const char *nul = memchr(bytes + at, '\0', length - at);
        gsize run = nul != NULL ? (gsize)(nul - (bytes + at)) : length - at;
        if (!g_utf8_validate_len(bytes + at, run, NULL)) {
            return false;
        }
        at += run + 1;
    }
    return true;
}

/* 0x80 to 0x9F are controls in ISO 8859-1 and lead bytes of kana and kanji in Shift JIS; three or
 * more of 0xA1 to 0xDF in a row, a sign before 0xC0 among them, are half-width katakana. */
static bool looks_like_shift_jis(const char *bytes, gsize length)
{
    gsize run = 0, signs = 0;
    for (gsize i = 0; i < length; i++) {
        guchar byte = (guchar)bytes[i];
        if (byte >= 0x81 && byte <= 0x9F) {
            return true;
        }
        bool kana = byte >= 0xA1 && byte <= 0xDF;
        run = kana ? run + 1 : 0;
        signs = kana ? signs + (byte < 0xC0 ? 1 : 0) : 0;
        if (run >= 3 && signs > 0) {
            return true;
        }
    }
    return false;
}

/* Chinese in GBK comes in pairs: runs of bytes above 0xA0 of even length, the first of each pair among the common
 * characters (0xB0 to 0xD7 of GB 2312). As ISO 8859-1 such text would hold signs between its letters; half-width
 * katakana, which look alike, never pass 0xDF and are full of sound marks (0xDE, 0xDF). */
static bool looks_like_gbk(const char *bytes, gsize length)
{
    gsize pairs = 0, marks = 0;
    bool sign = false, beyond_katakana = false;
    for (gsize i = 0; i < length;) {
        guchar first = (guchar)bytes[i];
        if (first < 0x80) {
            i++;
            continue;
        }
        guchar second = i + 1 < length ? (guchar)bytes[i + 1] : 0;
        if (first < 0xb0 || first > 0xd7 || second < 0xa1 || second > 0xfe) {
            return false;
        }
        sign = sign || first < 0xc0 || first == 0xd7 || second < 0xc0 || second == 0xd7 ||
               second == 0xf7;
        beyond_katakana = beyond_katakana || second > 0xdf;
        marks += second == 0xde || second == 0xdf ? 1 : 0;
        pairs++;
        i += 2;
    }
    return sign && ((pairs >= 2 && beyond_katakana) || (pairs >= 4 && marks * 3 < pairs));
}

/* The character set that a symbol's bytes, no UTF-8, are likely in when it says none; NULL: ISO 8859-1. */
static const char *guess_charset(const PosSymbol *symbol)
{
    bool is_qr = symbol->symbology == POS_SYMBOLOGY_QR;
    if (!is_qr && symbol->symbology != POS_SYMBOLOGY_DATAMATRIX) {
        return NULL;
    }
    if (looks_like_gbk(symbol->bytes, symbol->length)) {
        return "GBK";
    }
    return is_qr && looks_like_shift_jis(symbol->bytes, symbol->length) ? "CP932" : NULL;
}

char *pos_scan_text(const PosSymbol *symbol, gsize *out_length)
{
    gsize length = symbol->length;
    if (is_utf8(symbol->bytes, length)) {
        *out_length = length;
        char *copy = g_malloc0(length + 1);
        memcpy(copy, symbol->bytes, length);
        return copy;
    }
    const char *charset = guess_charset(symbol);
    if (charset != NULL) {
        char *text =
            g_convert(symbol->bytes, (gssize)length, "UTF-8", charset, NULL, out_length, NULL);
        if (text != NULL) {
            return text;
        }
    }
    GString *text = g_string_sized_new(length * 2);
    for (gsize i = 0; i < length; i++) {
        g_string_append_unichar(text, (guchar)symbol->bytes[i]);
    }
    *out_length = text->len;
    return g_string_free(text, FALSE);
}
