/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the modes of QR data: numeric, alphanumeric, bytes, Kanji, Hanzi, FNC1, ECI. Pure. */
#include "pos/qr_segments.h"
#include "pos/scan_eci.h"

#include <string.h>

#define SEPARATOR 0x1d

typedef enum {
    MODE_END = 0,
    MODE_NUMERIC = 1,
    MODE_ALPHANUMERIC = 2,
    MODE_APPEND = 3, /* structured append: which part of a longer message this is */
    MODE_BYTES = 4,
    MODE_FNC1_FIRST = 5,
    MODE_ECI = 7,
    MODE_KANJI = 8,
    MODE_FNC1_SECOND = 9,
    MODE_HANZI = 13,
} Mode;

typedef struct {
    const uint8_t *codewords;
    int bits, at;
    int version;
    bool fnc1; /* "%" in alphanumeric data stands for FNC1 */
    int eci;   /* that byte segments are in */
    PosEciText *text;
} Reader;

static int left(const Reader *reader)
{
    return reader->bits - reader->at;
}

/* The next `count` (<= 16) bits; -1 when there are not so many. */
static int take(Reader *reader, int count)
{
    if (left(reader) < count) {
        return -1;
    }
    int value = 0;
    for (int i = 0; i < count; i++, reader->at++) {
        value = value << 1 | (reader->codewords[reader->at / 8] >> (7 - reader->at % 8) & 1);
    }
    return value;
}

/* Bits of a segment's character count (ISO/IEC 18004 table 3). */
static int count_bits(Mode mode, int version)
{
    int group = version <= 9 ? 0 : version <= 26 ? 1 : 2;
    switch ((int)mode) {
    case MODE_NUMERIC:
        return 10 + 2 * group;
    case MODE_ALPHANUMERIC:
        return 9 + 2 * group;
    case MODE_BYTES:
        return group == 0 ? 8 : 16;
    default:
        return 8 + 2 * group;
    }
}

static void put(Reader *reader, int byte)
{
    uint8_t value = (uint8_t)byte;
    pos_eci_text_append(reader->text, &value, 1);
}

static bool read_numeric(Reader *reader, int count)
{
    while (count > 0) {
        int digits = MIN(count, 3);
        int value = take(reader, digits == 3 ? 10 : digits == 2 ? 7 : 4);
        if (value < 0 || value >= (digits == 3 ? 1000 : digits == 2 ? 100 : 10)) {
            return false;
        }
        for (int divisor = digits == 3 ? 100 : digits == 2 ? 10 : 1; divisor > 0; divisor /= 10) {
            put(reader, '0' + value / divisor % 10);
        }
        count -= digits;
    }
    return true;
}

static bool read_alphanumeric(Reader *reader, int count)
{
    static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    g_autoptr(GString) text = g_string_new(NULL);
    while (count > 0) {
        int pair = count >= 2 ? 2 : 1;
        int value = take(reader, pair == 2 ? 11 : 6);
        if (value < 0 || value >= (pair == 2 ? 45 * 45 : 45)) {
            return false;
        }
        if (pair == 2) {
            g_string_append_c(text, set[value / 45]);
        }
        g_string_append_c(text, set[value % 45]);
        count -= pair;
    }
    for (gsize i = 0; i < text->len; i++) {
        bool is_fnc1 = reader->fnc1 && text->str[i] == '%';
        bool is_percent = is_fnc1 && text->str[i + 1] == '%';
        put(reader, is_fnc1 && !is_percent ? SEPARATOR : text->str[i]);
        i += is_percent ? 1 : 0;
    }
    return true;
}

static bool read_bytes(Reader *reader, int count)
{
    if (left(reader) < count * 8) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        put(reader, take(reader, 8));
    }
    return true;
}

/* Two-byte characters packed into 13 bits: Kanji (Shift JIS) and Hanzi (GB 2312). */
static bool read_pairs(Reader *reader, int count, Mode mode)
{
    if (left(reader) < count * 13) {
        return false;
    }
    pos_eci_text_set_pairs(reader->text, mode == MODE_KANJI ? POS_ECI_SHIFT_JIS : POS_ECI_GB18030);
    for (int i = 0; i < count; i++) {
        int value = take(reader, 13), code;
        if (mode == MODE_KANJI) {
            code = (value / 0xc0) << 8 | value % 0xc0;
            code += code < 0x1f00 ? 0x8140 : 0xc140;
        } else {
            code = (value / 0x60) << 8 | value % 0x60;
            code += code < 0x0a00 ? 0xa1a1 : 0xa6a1;
        }
        put(reader, code >> 8);
        put(reader, code & 0xff);
    }
    pos_eci_text_set(reader->text, reader->eci);
    return true;
}

static bool read_eci(Reader *reader, PosQrMessage *out)
{
    int first = take(reader, 8), eci;
    if (first < 0) {
        return false;
    }
    if ((first & 0x80) == 0) {
        eci = first;
    } else if ((first & 0xc0) == 0x80) {
        int low = take(reader, 8);
        eci = low < 0 ? -1 : (first & 0x3f) << 8 | low;
    } else {
        int low = take(reader, 16);
        eci = low < 0 || (first & 0xe0) != 0xc0 ? -1 : (first & 0x1f) << 16 | low;
    }
    reader->eci = eci;
    out->eci = true;
    pos_eci_text_set(reader->text, eci);
    return eci >= 0;
}

/* FNC1 in the second position: an application indicator, two digits or a letter + 100, that goes first. */
static bool read_indicator(Reader *reader)
{
    int value = take(reader, 8);
    if (value < 0) {
        return false;
    }
    reader->fnc1 = true;
    if (value < 100) {
        put(reader, '0' + value / 10);
        put(reader, '0' + value % 10);
    } else {
        put(reader, value - 100);
    }
    return true;
}

static bool read_segment(Reader *reader, Mode mode, PosQrMessage *out)
{
    if (mode == MODE_FNC1_FIRST) {
        reader->fnc1 = true;
        out->gs1 = true;
        return true;
    }
    if (mode == MODE_FNC1_SECOND) {
        return read_indicator(reader);
    }
    if (mode == MODE_ECI) {
        return read_eci(reader, out);
    }
    if (mode == MODE_APPEND) {
        return take(reader, 16) >= 0;
    }
    if (mode == MODE_HANZI && take(reader, 4) != 1) { /* 1: the subset GB 2312 */
        return false;
    }
    int count = take(reader, count_bits(mode, reader->version));
    if (count < 0) {
        return false;
    }
    switch ((int)mode) {
    case MODE_NUMERIC:
        return read_numeric(reader, count);
    case MODE_ALPHANUMERIC:
        return read_alphanumeric(reader, count);
    case MODE_BYTES:
        return read_bytes(reader, count);
    case MODE_KANJI:
    case MODE_HANZI:
        return read_pairs(reader, count, mode);
    default:
        return false;
    }
}

bool pos_qr_segments_read(int version, const uint8_t *codewords, int count, PosQrMessage *out)
{
    PosEciText text;
    pos_eci_text_init(&text);
    Reader reader = {.codewords = codewords,
                     .bits = count * 8,
                     .version = version,
                     .eci = POS_ECI_NONE,
                     .text = &text};
    bool ok = true;
    while (ok && left(&reader) >= 4) {
        int mode = take(&reader, 4);
        if (mode == MODE_END) {
            break;
        }
        ok = read_segment(&reader, (Mode)mode, out);
    }
    if (!ok) {
        pos_eci_text_clear(&text);
        return false;
    }
    g_autoptr(GByteArray) bytes = pos_eci_text_finish(&text);
    g_byte_array_append(out->bytes, bytes->data, bytes->len);
    return true;
}
