/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the guess at what the bytes of a symbol mean as text, for which most symbols carry no word.
 * UTF-8 when they are valid as such, else ISO 8859-1, the default of ISO/IEC 18004. QR codes of
 * Japanese make carry Shift JIS without saying so: it is believed only where ISO 8859-1 would give
 * control characters or a run of signs that no text has, so that "Käse" stays what it is. Pure. */
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

char *pos_scan_text(const PosSymbol *symbol, gsize *out_length)
{
    gsize length = symbol->length;
    if (is_utf8(symbol->bytes, length)) {
        *out_length = length;
        char *copy = g_malloc0(length + 1);
        memcpy(copy, symbol->bytes, length);
        return copy;
    }
    if (symbol->symbology == POS_SYMBOLOGY_QR && looks_like_shift_jis(symbol->bytes, length)) {
        char *text =
            g_convert(symbol->bytes, (gssize)length, "UTF-8", "CP932", NULL, out_length, NULL);
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
