/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the encodation schemes of Data Matrix (ISO/IEC 16022 5.2): ASCII, C40, Text, X12, EDIFACT, Base 256,
 * with FNC1, macros and ECI. Pure. */
#include "pos/datamatrix_text.h"
#include "pos/scan_eci.h"

#include <string.h>

#define SEPARATOR 0x1d

typedef enum { ASCII, C40, TEXT, X12, EDIFACT, BASE256 } Scheme;

typedef struct {
    const uint8_t *codewords;
    int count, at;
    PosEciText *text;
    PosDatamatrixMessage *out;
    unsigned length;     /* bytes so far */
    bool upper;          /* the next character is 128 higher */
    const char *trailer; /* of a macro */
} Reader;

static void put(Reader *reader, unsigned value)
{
    uint8_t byte = (uint8_t)(value + (reader->upper ? 128 : 0));
    reader->upper = false;
    reader->length++;
    pos_eci_text_append(reader->text, &byte, 1);
}

/* FNC1 first marks GS1; second (after one character or two digits) an industry's format; later it separates. */
static void put_fnc1(Reader *reader)
{
    if (reader->length == 0 && !reader->out->gs1) {
        reader->out->gs1 = true;
        return;
    }
    reader->upper = false;
    put(reader, SEPARATOR);
}

static bool read_eci(Reader *reader)
{
    int left = reader->count - reader->at;
    if (left < 1) {
        return false;
    }
    int first = reader->codewords[reader->at], eci;
    if (first <= 127) {
        eci = first - 1;
        reader->at += 1;
    } else if (first <= 191 && left >= 2) {
        eci = (first - 128) * 254 + reader->codewords[reader->at + 1] - 1 + 127;
        reader->at += 2;
    } else if (left >= 3) {
        eci = (first - 192) * 64516 + (reader->codewords[reader->at + 1] - 1) * 254 +
              reader->codewords[reader->at + 2] - 1 + 16383;
        reader->at += 3;
    } else {
        return false;
    }
    reader->out->eci = true;
    pos_eci_text_set(reader->text, eci);
    return eci >= 0;
}

static void begin_macro(Reader *reader, int codeword)
{
    const char *header = codeword == 236 ? "[)>\x1e"
                                           "05\x1d"
                                         : "[)>\x1e"
                                           "06\x1d";
    pos_eci_text_append(reader->text, header, strlen(header));
    reader->length += 7;
    reader->trailer = "\x1e\x04";
}

/* One codeword of the ASCII scheme. False when it means nothing; *out_end at the first pad. */
static bool read_ascii(Reader *reader, Scheme *scheme, bool *out_end)
{
    int codeword = reader->codewords[reader->at++];
    if (codeword >= 1 && codeword <= 128) {
        put(reader, (unsigned)codeword - 1);
        return true;
    }
    if (codeword >= 130 && codeword <= 229) {
        put(reader, '0' + (unsigned)(codeword - 130) / 10);
        put(reader, '0' + (unsigned)(codeword - 130) % 10);
        return true;
    }
    switch (codeword) {
    case 129:
        *out_end = true;
        return true;
    case 230:
        *scheme = C40;
        return true;
    case 231:
        *scheme = BASE256;
        return true;
    case 232:
        put_fnc1(reader);
        return true;
    case 233: /* structured append: three codewords that say which part this is */
        reader->at += 3;
        return reader->at <= reader->count;
    case 235:
        reader->upper = true;
        return true;
    case 236:
    case 237:
        begin_macro(reader, codeword);
        return reader->length == 7;
    case 238:
        *scheme = X12;
        return true;
    case 239:
        *scheme = TEXT;
        return true;
    case 240:
        *scheme = EDIFACT;
        return true;
    case 241:
        return read_eci(reader);
    default: /* 0, reader programming (234), and what the standard does not use */
        return false;
    }
}

/* A value of the C40 or Text scheme; *shift is the set that the last value chose. */
static bool put_c40(Reader *reader, int value, Scheme scheme, int *shift)
{
    static const char basic[] = " 0123456789";
    static const char signs[] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_";
    int set = *shift;
    *shift = 0;
    if (set == 0 && value < 3) {
        *shift = value + 1;
    } else if (set == 0 && value < 14) {
        put(reader, (unsigned char)basic[value - 3]);
    } else if (set == 0) {
        put(reader, (unsigned)((scheme == C40 ? 'A' : 'a') + value - 14));
    } else if (set == 1 && value < 32) {
        put(reader, (unsigned)value);
    } else if (set == 2 && value < 27) {
        put(reader, (unsigned char)signs[value]);
    } else if (set == 2 && value == 27) {
        put_fnc1(reader);
    } else if (set == 2 && value == 30) {
        reader->upper = true;
    } else if (set == 3 && value < 32 && scheme == C40) {
        put(reader, (unsigned)value + 96);
    } else if (set == 3 && value < 32) {
        put(reader, value == 0 ? '`' : value <= 26 ? (unsigned)value + 64 : (unsigned)value + 96);
    } else {
        return false;
    }
    return true;
}

static bool put_x12(Reader *reader, int value)
{
    static const char basic[] = "\r*> 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (value >= (int)sizeof(basic) - 1) {
        return false;
    }
    put(reader, (unsigned char)basic[value]);
    return true;
}

/* C40, Text and X12: three values in two codewords, until 254 or until one codeword is left. */
static bool read_triplets(Reader *reader, Scheme scheme)
{
    int shift = 0;
    while (reader->count - reader->at >= 2) {
        if (reader->codewords[reader->at] == 254) {
            reader->at++;
            return true;
        }
        int value = reader->codewords[reader->at] * 256 + reader->codewords[reader->at + 1] - 1;
        const int values[3] = {value / 1600, value / 40 % 40, value % 40};
        reader->at += 2;
        for (int i = 0; i < 3; i++) {
            if (values[i] < 0 || values[i] > 39 ||
                !(scheme == X12 ? put_x12(reader, values[i])
                                : put_c40(reader, values[i], scheme, &shift))) {
                return false;
            }
        }
    }
    if (reader->at < reader->count && reader->codewords[reader->at] == 254) {
        reader->at++;
    }
    return true;
}

/* Four values of six bits in three codewords, until 31 or until fewer than three codewords are left. */
static void read_edifact(Reader *reader)
{
    while (reader->count - reader->at >= 3) {
        const uint8_t *from = reader->codewords + reader->at;
        const int values[4] = {from[0] >> 2, (from[0] & 3) << 4 | from[1] >> 4,
                               (from[1] & 15) << 2 | from[2] >> 6, from[2] & 63};
        for (int i = 0; i < 4; i++) {
            if (values[i] == 31) {
                reader->at += MIN(i + 1, 3);
                return;
            }
            put(reader, (unsigned)((values[i] & 32) != 0 ? values[i] : values[i] | 64));
        }
        reader->at += 3;
    }
}

/* Undoes the 255-state randomising of the codeword at `at` (ISO/IEC 16022 B.2). */
static int plain_at(const Reader *reader, int at)
{
    int value = reader->codewords[at] - ((149 * (at + 1)) % 255 + 1);
    return value < 0 ? value + 256 : value;
}

static bool read_base256(Reader *reader)
{
    if (reader->at >= reader->count) {
        return false;
    }
    int length = plain_at(reader, reader->at++);
    if (length == 0) {
        length = reader->count - reader->at;
    } else if (length >= 250) {
        if (reader->at >= reader->count) {
            return false;
        }
        length = 250 * (length - 249) + plain_at(reader, reader->at++);
    }
    if (length > reader->count - reader->at) {
        return false;
    }
    for (int i = 0; i < length; i++) {
        put(reader, (unsigned)plain_at(reader, reader->at++));
    }
    return true;
}

static bool read_all(Reader *reader)
{
    Scheme scheme = ASCII;
    bool end = false;
    while (reader->at < reader->count && !end) {
        Scheme now = scheme;
        scheme = ASCII;
        bool ok = true;
        if (now == ASCII) {
            ok = read_ascii(reader, &scheme, &end);
        } else if (now == BASE256) {
            ok = read_base256(reader);
        } else if (now == EDIFACT) {
            read_edifact(reader);
        } else {
            ok = read_triplets(reader, now);
        }
        if (!ok) {
            return false;
        }
    }
    if (reader->trailer != NULL) {
        pos_eci_text_append(reader->text, reader->trailer, 2);
    }
    return true;
}

bool pos_datamatrix_text(const uint8_t *codewords, int count, PosDatamatrixMessage *out)
{
    PosEciText text;
    pos_eci_text_init(&text);
    Reader reader = {.codewords = codewords, .count = count, .text = &text, .out = out};
    bool ok = read_all(&reader);
    if (ok) {
        g_autoptr(GByteArray) bytes = pos_eci_text_finish(&text);
        g_byte_array_append(out->bytes, bytes->data, bytes->len);
    } else {
        pos_eci_text_clear(&text);
    }
    return ok;
}
