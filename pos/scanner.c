/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the frame of a scanned code and the putting right of what scanners change in it. */
#include "pos/scanner.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GS '\x1d'
#define STX '\x02'
#define ETX '\x03'
#define AIM_BYTES 3

static bool ends(const PosScannerSettings *settings, char byte)
{
    switch (settings->end) {
    case POS_SCANNER_END_ANY:
        return byte == '\r' || byte == '\n' || byte == '\t';
    case POS_SCANNER_END_CR:
        return byte == '\r' || byte == '\n'; /* the LF of CR LF too */
    case POS_SCANNER_END_LF:
        return byte == '\n';
    case POS_SCANNER_END_TAB:
        return byte == '\t';
    case POS_SCANNER_END_PAUSE:
        return false;
    }
    g_assert_not_reached();
}

static void begin(PosScannerFrame *frame)
{
    frame->length = 0;
    frame->text[0] = '\0';
    frame->overflow = false;
    frame->whole = false;
    frame->end = '\0';
}

static bool end(PosScannerFrame *frame)
{
    if (frame->whole || frame->overflow || frame->length == 0) {
        begin(frame);
        return false;
    }
    frame->whole = true;
    return true;
}

bool pos_scanner_frame_feed(PosScannerFrame *frame, const PosScannerSettings *settings, char byte)
{
    if (ends(settings, byte)) {
        frame->end = frame->whole ? frame->end : byte;
        return end(frame);
    }
    if (frame->whole || (settings->prefix == POS_SCANNER_PREFIX_STX && byte == STX)) {
        begin(frame);
    }
    if (frame->length == POS_BOUND_SCAN_BYTES) {
        frame->overflow = true;
        return false;
    }
    frame->text[frame->length++] = byte;
    frame->text[frame->length] = '\0';
    return false;
}

bool pos_scanner_frame_pause(PosScannerFrame *frame, const PosScannerSettings *settings)
{
    const bool by_pause =
        settings->end == POS_SCANNER_END_ANY || settings->end == POS_SCANNER_END_PAUSE;
    if (!by_pause) {
        begin(frame); /* half a code: its ending never came */
        return false;
    }
    return end(frame);
}

/* --- text -------------------------------------------------------------------------------------------- */

static bool has_aim(const char *text, gsize length)
{
    return length >= AIM_BYTES && text[0] == ']' && g_ascii_isalpha(text[1]) &&
           g_ascii_isalnum(text[2]);
}

static bool is_address(const char *text, gsize length)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        const gsize count = strlen(schemes[i]);
        if (length >= count && g_ascii_strncasecmp(text, schemes[i], count) == 0) {
            return true;
        }
    }
    return false;
}

/* Writes text with GS for its substitute; returns the bytes written, never more than length. */
static gsize restore_gs(const char *gs, const char *text, gsize length, char *out)
{
    const gsize count = strcmp(gs, "F8") == 0 ? 0 : strlen(gs); /* F8 is a key, not a text */
    const bool applies = count > 0 && !is_address(text, length) && (length == 0 || text[0] != '(');
    gsize written = 0;
    for (gsize i = 0; i < length;) {
        if (applies && i + count <= length && memcmp(text + i, gs, count) == 0) {
            out[written++] = GS;
            i += count;
        } else {
            out[written++] = text[i++];
        }
    }
    return written;
}

PosScannerVerdict pos_scanner_text(const PosScannerSettings *settings, const char *bytes,
                                   gsize length, char *out, gsize *out_length)
{
    gsize written = 0;
    g_assert(length <= POS_BOUND_SCAN_BYTES);
    *out_length = 0;
    out[0] = '\0';
    while (length > 0 && bytes[0] == STX) {
        bytes++;
        length--;
    }
    while (length > 0 && bytes[length - 1] == ETX) {
        length--;
    }
    if (length == 0) {
        return POS_SCANNER_EMPTY;
    }
    const bool aim = has_aim(bytes, length);
    if (!aim && settings->aim == POS_SCANNER_AIM_ON) {
        return POS_SCANNER_FRAGMENT;
    }
    if (aim) {
        memcpy(out, bytes, AIM_BYTES);
        written = AIM_BYTES;
        bytes += AIM_BYTES;
        length -= AIM_BYTES;
        /* GS1 General Specifications: a UPC-A is the EAN-13 with a zero before it, and ]E0 has 13. */
        if (memcmp(out, "]E0", AIM_BYTES) == 0 && length == 12) {
            out[written++] = '0';
        }
    }
    written += restore_gs(settings->gs, bytes, length, out + written);
    out[written] = '\0';
    *out_length = written;
    return written == (aim ? AIM_BYTES : 0) ? POS_SCANNER_EMPTY : POS_SCANNER_TEXT;
}

const char *pos_scanner_fragment_words(void)
{
    return _("Only a part of the code arrived. Scan it again.");
}
