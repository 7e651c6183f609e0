/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the decompression of GS1 Digital Link URIs (GS1 Digital Link Standard: Compression). A path
 * segment in URI-safe base 64 is a string of bits: AIs as packed decimal digits, or a code for an
 * often used pair, and behind each its value in as many bits as its format needs. What comes out is
 * written as an ordinary link and read as one, so that a compressed link is never held to weaker
 * rules. Pure. */
#include "pos/gs1_element.h"
#include "pos/gs1_link.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SEGMENT_BYTES_MAX 2048
#define NUMBER_DIGITS_MAX POS_BOUND_GS1_VALUE_BYTES

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

/* Codes for sequences of AIs. */
static const struct {
    unsigned code;
    const char *ais[4];
} sequences[] = {
    {0x0A, {"01", "22"}},
    {0x0B, {"01", "10"}},
    {0x0C, {"01", "21"}},
    {0x0D, {"01", "17"}},
    {0x0E, {"01", "7003"}},
    {0x0F, {"01", "30"}},
    {0x1A, {"01", "10", "21", "17"}},
    {0x1B, {"01", "15"}},
    {0x1C, {"01", "11"}},
    {0x1D, {"01", "16"}},
    {0x1E, {"01", "91"}},
    {0x1F, {"01", "10", "15"}},
    {0x2A, {"01", "3100"}},
    {0x2B, {"01", "3101"}},
    {0x2C, {"01", "3102"}},
    {0x2D, {"01", "3103"}},
    {0x2E, {"01", "3104"}},
    {0x2F, {"01", "3105"}},
    {0x3A, {"01", "3200"}},
    {0x3B, {"01", "3201"}},
    {0x3C, {"01", "3202"}},
    {0x3D, {"01", "3203"}},
    {0x3E, {"01", "3204"}},
    {0x3F, {"01", "3205"}},
    {0x9A, {"8010", "8011"}},
    {0x9B, {"8017", "8019"}},
    {0x9C, {"8018", "8019"}},
    {0x9D, {"414", "254"}},
    {0xA0, {"01", "3920"}},
    {0xA1, {"01", "3921"}},
    {0xA2, {"01", "3922"}},
    {0xA3, {"01", "3923"}},
    {0xA4, {"01", "3924"}},
    {0xA5, {"01", "3925"}},
    {0xA6, {"01", "3926"}},
    {0xA7, {"01", "3927"}},
    {0xA8, {"01", "3928"}},
    {0xA9, {"01", "3929"}},
    {0xC0, {"255", "3900"}},
    {0xC1, {"255", "3901"}},
    {0xC2, {"255", "3902"}},
    {0xC3, {"255", "3903"}},
    {0xC4, {"255", "3904"}},
    {0xC5, {"255", "3905"}},
    {0xC6, {"255", "3906"}},
    {0xC7, {"255", "3907"}},
    {0xC8, {"255", "3908"}},
    {0xC9, {"255", "3909"}},
    {0xCA, {"255", "3940"}},
    {0xCB, {"255", "3941"}},
    {0xCC, {"255", "3942"}},
    {0xCD, {"255", "3943"}},
};

/* The bits of a segment, read from the left. */
typedef struct {
    const char *segment;
    gsize bits, at;
} Bits;

/* One field of a compressed value: a number or characters, with or without a length before it. */
typedef struct {
    bool is_number, is_fixed;
    gsize length;
} Field;

static bool take(Bits *bits, gsize count, unsigned *out)
{
    unsigned value = 0;
    if (bits->bits - bits->at < count) {
        return false;
    }
    for (gsize i = 0; i < count; i++, bits->at++) {
        gsize symbol = (gsize)(strchr(base64, bits->segment[bits->at / 6]) - base64);
        value = value << 1 | (unsigned)(symbol >> (5 - bits->at % 6) & 1);
    }
    *out = value;
    return true;
}

/* Bits of a number of so many digits: log2(10) for each, plus a hundredth, rounded up, as the standard
 * wants it (59 digits have one more than they need). */
static gsize number_bits(gsize digits)
{
    /* 33219281 / 10^7 is less than log2(10) by less than 1e-7, which no count of digits up to 90
     * can notice. */
    return digits == 0 ? 1 : (digits * 33219281UL + 100000UL) / 10000000UL + 1;
}

/* Bits that hold lengths up to max. */
static gsize length_bits(gsize max)
{
    gsize count = 1;
    while ((1UL << count) <= max) {
        count++;
    }
    return count;
}

/* A number as exactly `count` digits: doubled bit by bit, since no integer type holds ninety
 * digits. */
static bool take_number(Bits *bits, gsize count, GString *out)
{
    char digits[NUMBER_DIGITS_MAX] = {0};
    if (count > NUMBER_DIGITS_MAX) {
        return false;
    }
    for (gsize n = number_bits(count); n > 0; n--) {
        unsigned carry;
        if (!take(bits, 1, &carry)) {
            return false;
        }
        for (gsize i = count; i-- > 0;) {
            unsigned doubled = (unsigned)digits[i] * 2 + carry;
            digits[i] = (char)(doubled % 10);
            carry = doubled / 10;
        }
        if (carry != 0) {
            return false;
        }
    }
    for (gsize i = 0; i < count; i++) {
        g_string_append_c(out, (char)('0' + digits[i]));
    }
    return true;
}

static bool take_characters(Bits *bits, gsize count, gsize width, const char *alphabet,
                            GString *out)
{
    for (gsize i = 0; i < count; i++) {
        unsigned code;
        if (!take(bits, width, &code)) {
            return false;
        }
        g_string_append_c(out, alphabet != NULL ? alphabet[code] : (char)code);
    }
    return true;
}

static bool take_encoded(Bits *bits, unsigned encoding, gsize count, GString *out)
{
    switch (encoding) {
    case 0:
        return take_number(bits, count, out);
    case 1:
        return take_characters(bits, count, 4, hex_lower, out);
    case 2:
        return take_characters(bits, count, 4, hex_upper, out);
    case 3:
        return take_characters(bits, count, 6, base64, out);
    case 4:
        return take_characters(bits, count, 7, NULL, out);
    default:
        return false;
    }
}

/* The fields of an AI's value: neighbours of one kind are one field. */
static gsize fields_of(const PosGs1Ai *ai, Field out[POS_GS1_AI_PARTS])
{
    PosGs1Part parts[POS_GS1_AI_PARTS];
    gsize parts_count = pos_gs1_ai_parts(ai, parts);
    gsize count = 0;
    for (gsize i = 0; i < parts_count; i++) {
        bool is_number = parts[i].cset == 'N';
        bool is_fixed = !parts[i].optional && parts[i].min == parts[i].max;
        Field *last = count > 0 ? &out[count - 1] : NULL;
        bool joins = last != NULL && last->is_number == is_number &&
                     (last->is_fixed == is_fixed || !is_number);
        if (joins) {
            last->length += parts[i].max;
            last->is_fixed = last->is_fixed && is_fixed;
        } else {
            out[count++] = (Field){is_number, is_fixed, parts[i].max};
        }
    }
    return count;
}

static bool take_value(Bits *bits, const PosGs1Ai *ai, GString *out)
{
    Field fields[POS_GS1_AI_PARTS];
    gsize count = fields_of(ai, fields);
    for (gsize i = 0; i < count; i++) {
        unsigned encoding = 0, length = (unsigned)fields[i].length;
        if (!fields[i].is_number && !take(bits, 3, &encoding)) {
            return false;
        }
        if (!fields[i].is_fixed &&
            (!take(bits, length_bits(fields[i].length), &length) || length > fields[i].length)) {
            return false;
        }
        if (!take_encoded(bits, encoding, length, out)) {
            return false;
        }
    }
    return true;
}

/* Adds an AI without checking its value: the link that is made of it will be checked. */
static bool add_raw(PosGs1Message *raw, const char *ai, const GString *value)
{
    if (raw->elements_count == POS_BOUND_GS1_ELEMENTS || value->len == 0 ||
        value->len > POS_BOUND_GS1_VALUE_BYTES || strlen(value->str) != value->len ||
        pos_gs1_value(raw, ai) != NULL) {
        return false;
    }
    PosGs1Element *element = &raw->elements[raw->elements_count++];
    g_strlcpy(element->ai, ai, sizeof(element->ai));
    g_strlcpy(element->value, value->str, sizeof(element->value));
    return true;
}

static bool take_ai_value(Bits *bits, const char *ai, PosGs1Message *raw)
{
    const PosGs1Ai *entry = pos_gs1_ai_find(ai, strlen(ai));
    GString *value = g_string_new(NULL);
    bool ok = entry != NULL && take_value(bits, entry, value) && add_raw(raw, ai, value);
    g_string_free(value, TRUE);
    return ok;
}

/* An AI of two to four packed digits, of which the first two are known. */
static bool take_ai(Bits *bits, unsigned first_two, PosGs1Message *raw)
{
    char ai[5] = {(char)('0' + (first_two >> 4)), (char)('0' + (first_two & 15)), 0};
    for (gsize n = 2; n <= 4; n++) {
        unsigned digit;
        if (pos_gs1_ai_find(ai, n) != NULL) {
            return take_ai_value(bits, ai, raw);
        }
        if (n == 4 || !take(bits, 4, &digit) || digit > 9) {
            return false;
        }
        ai[n] = (char)('0' + digit);
    }
    return false;
}

/* A parameter that is none of GS1's: skipped. Four bits of the length of its name have been read
 * already. */
static bool skip_parameter(Bits *bits, unsigned length_high)
{
    unsigned length_low, encoding, length;
    GString *dropped = g_string_new(NULL);
    bool ok = take(bits, 3, &length_low) &&
              take_characters(bits, length_high << 3 | length_low, 6, base64, dropped) &&
              take(bits, 3, &encoding) && take(bits, 7, &length) &&
              take_encoded(bits, encoding, length, dropped);
    g_string_free(dropped, TRUE);
    return ok;
}

static bool take_sequence(Bits *bits, unsigned code, PosGs1Message *raw)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sequences); i++) {
        for (gsize n = 0; sequences[i].code == code && n < G_N_ELEMENTS(sequences[i].ais); n++) {
            if (sequences[i].ais[n] == NULL) {
                return true;
            }
            if (!take_ai_value(bits, sequences[i].ais[n], raw)) {
                return false;
            }
            if (n + 1 == G_N_ELEMENTS(sequences[i].ais)) {
                return true;
            }
        }
    }
    return false;
}

static bool decompress(const char *segment, gsize length, PosGs1Message *raw)
{
    Bits bits = {segment, length * 6, 0};
    /* What is left of the last characters is padding; no AI fits into eight bits. */
    while (bits.bits - bits.at > 8) {
        unsigned code;
        if (!take(&bits, 8, &code)) {
            return false;
        }
        bool ok = (code >> 4) <= 9 && (code & 15) <= 9 ? take_ai(&bits, code, raw)
                  : code >> 4 == 15                    ? skip_parameter(&bits, code & 15)
                                                       : take_sequence(&bits, code, raw);
        if (!ok) {
            return false;
        }
    }
    return raw->elements_count > 0;
}

static bool is_base64(const char *segment, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (segment[i] == '\0' || strchr(base64, segment[i]) == NULL) {
            return false;
        }
    }
    return length > 0 && length <= SEGMENT_BYTES_MAX;
}

/* A key that was left readable before the compressed rest: ".../01/09521234543213/BASE64". */
static void add_readable_key(const char *path, const char *last, PosGs1Message *raw)
{
    const char *value = g_strrstr_len(path, last - path, "/");
    const char *ai = value != NULL ? g_strrstr_len(path, value - path, "/") : NULL;
    const PosGs1Ai *entry = ai != NULL ? pos_gs1_ai_find(ai + 1, (gsize)(value - ai - 1)) : NULL;
    if (entry == NULL || entry->key == NULL) {
        return;
    }
    char digits[5] = {0};
    memcpy(digits, ai + 1, (gsize)(value - ai - 1));
    GString *text = g_string_new_len(value + 1, last - value - 1);
    add_raw(raw, digits, text);
    g_string_free(text, TRUE);
}

bool pos_gs1_link_read_compressed(const char *text, gsize length, int this_year, PosGs1Message *out)
{
    PosGs1Message raw = {0};
    const char *host = g_strstr_len(text, (gssize)length, "://");
    const char *path =
        host != NULL ? memchr(host + 3, '/', length - (gsize)(host + 3 - text)) : NULL;
    if (path == NULL) {
        return pos_gs1_refuse(out, _("There is no compressed part in the link."));
    }
    gsize path_length = 0;
    const char *end = text + length;
    while (path + path_length < end && path[path_length] != '?' && path[path_length] != '#') {
        path_length++;
    }
    const char *last = g_strrstr_len(path, (gssize)path_length, "/");
    gsize last_length = path_length - (gsize)(last - path) - 1;
    add_readable_key(path, last, &raw);
    if (!is_base64(last + 1, last_length) || !decompress(last + 1, last_length, &raw)) {
        return pos_gs1_refuse(out, _("There is no compressed part in the link."));
    }
    g_autofree char *link = pos_gs1_link_canonical(&raw, "https://id.gs1.org");
    if (link == NULL) {
        return pos_gs1_refuse(out, _("There is no GS1 key in the compressed link."));
    }
    GString *whole = g_string_new(link);
    const char *query = path + path_length;
    if (query < end && *query == '?') {
        g_string_append_c(whole, strchr(link, '?') != NULL ? '&' : '?');
        g_string_append_len(whole, query + 1, end - query - 1);
    }
    bool ok = pos_gs1_link_read(whole->str, whole->len, this_year, out);
    g_string_free(whole, TRUE);
    return ok;
}
