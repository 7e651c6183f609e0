/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the bit stream of GS1 DataBar Expanded: encodation methods and the three compaction modes of
 * the general purpose field (ISO/IEC 24724, 7.2.5.4 and 7.2.5.5). Pure. */
#include "pos/databar_expanded.h"
#include "pos/gs1_element.h"

#include <string.h>

#define CHARACTER_BITS 12
#define SEPARATOR POS_GS1_SEPARATOR
#define NO_DATE 38400   /* 100 years of 12 months of 32 days: no date is given */
#define PAD_BITS 5      /* the padding is 00100, again and again, cut off at the end */
#define PAD_PATTERN 0x4 /* 00100 */

typedef enum { MODE_NUMERIC, MODE_ALPHANUMERIC, MODE_ISO646 } Mode;

/* What an FNC1 in alphanumeric or ISO 646 mode is followed by: numeric mode says the standard;
 * encoders older than that rule stayed in the mode. */
typedef enum { FNC1_LATCHES, FNC1_STAYS } Fnc1Rule;

typedef struct {
    const uint16_t *characters;
    int size, at; /* bits */
    char text[POS_DATABAR_TEXT_MAX];
    gsize length;
    bool failed;
    Fnc1Rule rule;
} Reader;

static int left(const Reader *reader)
{
    return reader->size - reader->at;
}

/* The next `count` bits without taking them; those beyond the end are zero. */
static int peek(const Reader *reader, int count)
{
    int value = 0;
    for (int i = reader->at; i < reader->at + count; i++) {
        int bit = 0;
        if (i < reader->size) {
            bit = reader->characters[i / CHARACTER_BITS] >>
                      (CHARACTER_BITS - 1 - i % CHARACTER_BITS) &
                  1;
        }
        value = value << 1 | bit;
    }
    return value;
}

static int take(Reader *reader, int count)
{
    int value = peek(reader, count);
    reader->failed |= left(reader) < count;
    reader->at += count;
    return value;
}

static void put(Reader *reader, char c)
{
    if (reader->length + 1 < sizeof(reader->text)) {
        reader->text[reader->length++] = c;
    } else {
        reader->failed = true;
    }
}

static void put_text(Reader *reader, const char *text)
{
    for (; *text != '\0'; text++) {
        put(reader, *text);
    }
}

/* A number in a fixed count of digits; one that does not fit is no message. */
static void put_number(Reader *reader, int value, int digits)
{
    int limit = 1;
    for (int i = 0; i < digits; i++) {
        limit *= 10;
    }
    if (value >= limit) {
        reader->failed = true;
        return;
    }
    for (limit /= 10; limit > 0; limit /= 10) {
        put(reader, (char)('0' + value / limit % 10));
    }
}

/* AI 01 from its first digit and four groups of ten bits, and the check digit that is not encoded.
 */
static void put_gtin(Reader *reader, int first_digit)
{
    put_text(reader, "01");
    gsize start = reader->length;
    put_number(reader, first_digit, 1);
    for (int i = 0; i < 4; i++) {
        put_number(reader, take(reader, 10), 3);
    }
    int sum = 0;
    for (gsize i = start; i < reader->length; i++) {
        sum += (reader->text[i] - '0') * ((i - start) % 2 == 0 ? 3 : 1);
    }
    put_number(reader, (10 - sum % 10) % 10, 1);
}

/* One value of numeric mode, 0..10. */
static void put_numeric(Reader *reader, int value)
{
    put(reader, value == 10 ? SEPARATOR : (char)('0' + value));
}

/* Each of these reads one code of its mode and returns the mode that follows; `at` stays where it
 * is when no whole code is left. */
static Mode read_numeric(Reader *reader)
{
    if (left(reader) < 4) {
        return MODE_NUMERIC;
    }
    if (peek(reader, 4) == 0) { /* at the end of the field this is padding as well */
        take(reader, 4);
        return MODE_ALPHANUMERIC;
    }
    if (left(reader) < 7) { /* a last single digit: 1..11 */
        int digit = take(reader, 4) - 1;
        if (digit > 10 || peek(reader, left(reader)) != 0) {
            reader->failed = true;
        } else {
            put_numeric(reader, digit);
        }
        reader->at = reader->size;
        return MODE_NUMERIC;
    }
    int pair = take(reader, 7) - 8;
    put_numeric(reader, pair / 11);
    put_numeric(reader, pair % 11);
    return MODE_NUMERIC;
}

/* What alphanumeric and ISO 646 mode share: latches, digits, FNC1. True when it was one of these. */
static bool read_common(Reader *reader, Mode *mode)
{
    Mode other = *mode == MODE_ALPHANUMERIC ? MODE_ISO646 : MODE_ALPHANUMERIC;
    if (left(reader) >= 3 && peek(reader, 3) == 0) {
        take(reader, 3);
        *mode = MODE_NUMERIC;
        return true;
    }
    if (left(reader) < 5) {
        return false;
    }
    int code = peek(reader, 5);
    if (code == PAD_PATTERN) {
        *mode = other;
    } else if (code >= 5 && code <= 14) {
        put(reader, (char)('0' + code - 5));
    } else if (code == 15) {
        put(reader, SEPARATOR);
        *mode = reader->rule == FNC1_LATCHES ? MODE_NUMERIC : *mode;
    } else {
        return false;
    }
    take(reader, 5);
    return true;
}

static Mode read_alphanumeric(Reader *reader)
{
    static const char marks[] = "*,-./"; /* codes 58..62 */
    Mode mode = MODE_ALPHANUMERIC;
    if (read_common(reader, &mode) || left(reader) < 6) {
        return mode;
    }
    int code = take(reader, 6);
    if (code >= 32 && code <= 57) {
        put(reader, (char)('A' + code - 32));
    } else if (code >= 58 && code <= 62) {
        put(reader, marks[code - 58]);
    } else {
        reader->failed = true;
    }
    return mode;
}

static Mode read_iso646(Reader *reader)
{
    static const char marks[] = "!\"%&'()*+,-./:;<=>?_ "; /* codes 232..252 */
    Mode mode = MODE_ISO646;
    if (read_common(reader, &mode) || left(reader) < 7) {
        return mode;
    }
    int code = peek(reader, 7);
    if (code >= 64 && code <= 89) {
        put(reader, (char)('A' + code - 64));
        take(reader, 7);
    } else if (code >= 90 && code <= 115) {
        put(reader, (char)('a' + code - 90));
        take(reader, 7);
    } else if (left(reader) >= 8) {
        code = take(reader, 8);
        if (code >= 232 && code <= 252) {
            put(reader, marks[code - 232]);
        } else {
            reader->failed = true;
        }
    }
    return mode;
}

/* To the end of the bits. What is left when no code fits must be the beginning of padding. */
static void read_general_purpose(Reader *reader)
{
    Mode mode = MODE_NUMERIC;
    while (left(reader) > 0 && !reader->failed) {
        int before = reader->at;
        switch (mode) {
        case MODE_NUMERIC:
            mode = read_numeric(reader);
            break;
        case MODE_ALPHANUMERIC:
            mode = read_alphanumeric(reader);
            break;
        case MODE_ISO646:
            mode = read_iso646(reader);
            break;
        }
        if (reader->at == before) {
            int rest = left(reader);
            int pad = mode == MODE_NUMERIC ? 0 : PAD_PATTERN >> MAX(PAD_BITS - rest, 0);
            reader->failed |= rest >= PAD_BITS || peek(reader, rest) != pad;
            break;
        }
    }
    while (reader->length > 0 && reader->text[reader->length - 1] == SEPARATOR) {
        reader->length--;
    }
}

/* AIs 310n or 320n with a weight of at most five digits, and a date. */
static void read_weight_and_date(Reader *reader, int method)
{
    static const char *const date_ais[] = {"11", "13", "15", "17"};
    put_gtin(reader, 9);
    int weight = take(reader, 20);
    int date = take(reader, 16);
    put_text(reader, method % 2 == 0 ? "310" : "320");
    put_number(reader, weight / 100000, 1);
    put_number(reader, weight % 100000, 6);
    if (date > NO_DATE) {
        reader->failed = true;
    } else if (date < NO_DATE) {
        put_text(reader, date_ais[method / 2]);
        put_number(reader, date / 384, 2);
        put_number(reader, date / 32 % 12 + 1, 2);
        put_number(reader, date % 32, 2);
    }
    reader->failed |= left(reader) != 0;
}

static void read_weight(Reader *reader, bool pounds)
{
    put_gtin(reader, 9);
    int weight = take(reader, 15);
    if (!pounds) {
        put_text(reader, "3103");
    } else if (weight < 10000) {
        put_text(reader, "3202");
    } else {
        put_text(reader, "3203");
        weight -= 10000;
    }
    put_number(reader, weight, 6);
    reader->failed |= left(reader) != 0;
}

static void read_price(Reader *reader, bool with_currency)
{
    put_gtin(reader, 9);
    put_text(reader, with_currency ? "393" : "392");
    put_number(reader, take(reader, 2), 1);
    if (with_currency) {
        put_number(reader, take(reader, 10), 3);
    }
    read_general_purpose(reader);
}

/* The encodation method and what it says follows. The two bits after some methods tell the length
 * of the symbol, which is known. */
static void read_message(Reader *reader)
{
    take(reader, 1); /* a 2D component follows: of no matter here */
    if (take(reader, 1) == 1) {
        take(reader, 2);
        put_gtin(reader, take(reader, 4));
        read_general_purpose(reader);
    } else if (take(reader, 1) == 0) {
        take(reader, 2);
        read_general_purpose(reader);
    } else if (take(reader, 1) == 0) {
        read_weight(reader, take(reader, 1) == 1);
    } else if (take(reader, 1) == 0) {
        bool with_currency = take(reader, 1) == 1;
        take(reader, 2);
        read_price(reader, with_currency);
    } else {
        read_weight_and_date(reader, take(reader, 3));
    }
}

static Reader read_by(const uint16_t *characters, int count, Fnc1Rule rule)
{
    Reader reader = {.characters = characters, .size = count * CHARACTER_BITS, .rule = rule};
    read_message(&reader);
    return reader;
}

/* How many parts behind a separator are AIs and values; -1 when the bits are no message. */
static int well_formed_parts(const Reader *reader, bool *out_all)
{
    int count = 0;
    *out_all = false;
    if (reader->failed || reader->length == 0) {
        return -1;
    }
    const char *end = reader->text + reader->length;
    const char *at = memchr(reader->text, SEPARATOR, reader->length);
    while (at != NULL) {
        const char *next = memchr(at + 1, SEPARATOR, (gsize)(end - at - 1));
        if (!pos_gs1_element_has_form(at + 1, (gsize)((next != NULL ? next : end) - at - 1))) {
            return count;
        }
        count++;
        at = next;
    }
    *out_all = true;
    return count;
}

bool pos_databar_expanded_text(const uint16_t *characters, int count,
                               char out[POS_DATABAR_TEXT_MAX], gsize *out_length)
{
    g_assert(count >= 0);
    if (count == 0 || count > POS_DATABAR_DATA_CHARACTERS_MAX) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (characters[i] >= 1 << CHARACTER_BITS) {
            return false;
        }
    }
    Reader reader = read_by(characters, count, FNC1_LATCHES);
    bool is_whole = false, other_is_whole = false;
    int parts = well_formed_parts(&reader, &is_whole);
    if (!is_whole) {
        Reader other = read_by(characters, count, FNC1_STAYS);
        int other_parts = well_formed_parts(&other, &other_is_whole);
        if (MAX(parts, other_parts) <= 0 && !other_is_whole) {
            return false;
        }
        reader = other_parts > parts ? other : reader;
    }
    reader.text[reader.length] = '\0';
    memcpy(out, reader.text, reader.length + 1);
    *out_length = reader.length;
    return true;
}
