/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the order in which a message is tried (rules 1 to 6 of the scanner's contract) and what is
 * taken out of the elements: GTIN, lot, dates, weight. The grammars are in pos/gs1_element.c,
 * pos/gs1_link.c and pos/rcn.c. Pure. */
#include "pos/gs1.h"
#include "pos/gs1_element.h"
#include "pos/gs1_link.h"
#include "pos/rcn.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define AIM_BYTES 3
#define GTIN_DIGITS 14

/* What an AIM identifier says about the data behind it (ISO/IEC 15424). */
typedef enum { CARRIES_TEXT, CARRIES_ELEMENTS, CARRIES_DIGITS } Carries;

static int year_of(PosDate today)
{
    int year = 2000, month, day;
    if (today.days != 0) {
        pos_date_to_ymd(today, &year, &month, &day);
    }
    return year;
}

char pos_gs1_check_digit(const char *digits, gsize count)
{
    int sum = 0;
    for (gsize i = 0; i < count; i++) {
        sum += (digits[count - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static bool are_digits(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i])) {
            return false;
        }
    }
    return true;
}

bool pos_gs1_digits_check(const char *digits, gsize count)
{
    return count >= 2 && are_digits(digits, count) &&
           pos_gs1_check_digit(digits, count - 1) == digits[count - 1];
}

const char *pos_gs1_value(const PosGs1Message *message, const char *ai)
{
    for (gsize i = 0; i < message->elements_count; i++) {
        if (strcmp(message->elements[i].ai, ai) == 0) {
            return message->elements[i].value;
        }
    }
    return NULL;
}

/* YYMMDD to a date; day 00 is the last of the month, or no date. The digits have been checked. */
static PosDate date_of(const char *yymmdd, int this_year, bool zero_is_last)
{
    PosDate date = {0};
    int year = pos_gs1_lint_century((yymmdd[0] - '0') * 10 + (yymmdd[1] - '0'), this_year);
    int month = (yymmdd[2] - '0') * 10 + (yymmdd[3] - '0');
    int day = (yymmdd[4] - '0') * 10 + (yymmdd[5] - '0');
    if (day == 0 && zero_is_last) {
        day = pos_gs1_lint_month_days(year, month);
    }
    if (!pos_date_from_ymd(year, month, day, &date)) {
        return (PosDate){0};
    }
    return date;
}

/* Digits with the point set `decimals` from the right, no superfluous zero before it. */
static void write_decimal(const char *digits, int decimals, char *out, gsize size)
{
    gsize count = strlen(digits);
    gsize whole = count > (gsize)decimals ? count - (gsize)decimals : 0;
    gsize first = 0;
    while (first + 1 < whole && digits[first] == '0') {
        first++;
    }
    GString *text = g_string_new(NULL);
    g_string_append_len(text, digits + first, (gssize)(whole - MIN(first, whole)));
    if (text->len == 0) {
        g_string_append_c(text, '0');
    }
    if (decimals > 0) {
        g_string_append_c(text, '.');
        for (gsize pad = count; pad < (gsize)decimals; pad++) {
            g_string_append_c(text, '0');
        }
        g_string_append(text, digits + whole);
    }
    g_strlcpy(out, text->str, size);
    g_string_free(text, TRUE);
}

static bool begins(const char *ai, const char *prefix)
{
    return strncmp(ai, prefix, strlen(prefix)) == 0;
}

bool pos_gs1_derive(const PosGs1Element *element, PosDate today, char *out, gsize size)
{
    static const char *const dates[] = {"11", "13", "15", "16", "17"};
    const char *ai = element->ai;
    for (gsize i = 0; i < G_N_ELEMENTS(dates); i++) {
        if (strcmp(ai, dates[i]) != 0) {
            continue;
        }
        /* A day of production or packing that was left open is not known: no date is better than a
         * guess. */
        PosDate date = date_of(element->value, year_of(today), ai[1] >= '5');
        if (date.days == 0) {
            return false;
        }
        g_autofree char *text = pos_date_format(date);
        g_strlcpy(out, text, size);
        return true;
    }
    if (begins(ai, "310") || begins(ai, "320") || begins(ai, "392")) {
        write_decimal(element->value, ai[3] - '0', out, size);
        return true;
    }
    if (begins(ai, "393")) {
        char number[POS_BOUND_GS1_VALUE_BYTES + 8];
        write_decimal(element->value + 3, ai[3] - '0', number, sizeof(number));
        g_snprintf(out, size, "%s %.3s", number, element->value);
        return true;
    }
    return false;
}

/* The fields that a till asks for, from the elements. */
static void take_fields(PosGs1Message *out, int this_year)
{
    for (gsize i = 0; i < out->elements_count; i++) {
        const PosGs1Element *element = &out->elements[i];
        const char *value = element->value;
        if (strcmp(element->ai, "01") == 0) {
            g_strlcpy(out->gtin, value, sizeof(out->gtin));
        } else if (strcmp(element->ai, "10") == 0) {
            g_strlcpy(out->lot, value, sizeof(out->lot));
        } else if (strcmp(element->ai, "21") == 0) {
            g_strlcpy(out->serial, value, sizeof(out->serial));
        } else if (strcmp(element->ai, "15") == 0) {
            out->best_before = date_of(value, this_year, true);
        } else if (strcmp(element->ai, "17") == 0) {
            out->use_by = date_of(value, this_year, true);
        } else if (strcmp(element->ai, "7003") == 0 && out->use_by.days == 0) {
            out->use_by = date_of(value, this_year, false);
        } else if (strcmp(element->ai, "30") == 0) {
            out->count = g_ascii_strtoll(value, NULL, 10);
        } else if (begins(element->ai, "310")) {
            int64_t weight = g_ascii_strtoll(value, NULL, 10) * 1000;
            int64_t unit = 1;
            for (int n = element->ai[3] - '0'; n > 0; n--) {
                unit *= 10;
            }
            out->net_weight_g = (weight + unit / 2) / unit;
        }
    }
}

/* GS1 General Specifications 2.1.11: prefixes that a company or a shop gives out for itself. */
static bool is_restricted(const char *digits, gsize count)
{
    if (count == 8) {
        return digits[0] == '0' || digits[0] == '2';
    }
    return count == 13 && (memcmp(digits, "02", 2) == 0 || memcmp(digits, "04", 2) == 0 ||
                           digits[0] == '2' || memcmp(digits, "000000", 6) == 0);
}

static void read_restricted(const char *digits, gsize count, const PosGs1Settings *settings,
                            PosGs1Message *out)
{
    out->kind = POS_GS1_RESTRICTED;
    if (count == 13 && pos_rcn_read(settings->rcn, digits, &out->rcn) == POS_RCN_WRONG_VERIFIER) {
        pos_gs1_refuse(out, _("The price verifier digit in this shop's own number is wrong."));
    }
}

/* EAN-8, UPC-A, EAN-13 or GTIN-14 digits. */
static void read_digits(const char *text, gsize length, const PosGs1Settings *settings,
                        PosGs1Message *out)
{
    char digits[GTIN_DIGITS + 1] = "00000000000000";
    if (!pos_gs1_digits_check(text, length)) {
        pos_gs1_refuse(out, _("The check digit of this number is wrong."));
        return;
    }
    memcpy(digits + GTIN_DIGITS - length, text, length);
    /* UPC-A is EAN-13 with a leading zero. */
    gsize count = length == 12 ? 13 : length;
    if (is_restricted(digits + GTIN_DIGITS - count, count)) {
        read_restricted(digits + GTIN_DIGITS - count, count, settings, out);
        return;
    }
    out->kind = POS_GS1_DIGITS;
    g_strlcpy(out->elements[0].ai, "01", sizeof(out->elements[0].ai));
    g_strlcpy(out->elements[0].value, digits, sizeof(out->elements[0].value));
    out->elements_count = 1;
}

/* Whatever was read of a message that turned out to be none of GS1's: plain text without error. */
static void make_plain(PosGs1Message *out)
{
    PosGs1Message plain = {0};
    memcpy(plain.aim, out->aim, sizeof(plain.aim));
    *out = plain;
}

/* What is left without the CR, LF and TAB that scanners send behind a message. */
static gsize without_suffix(const char *text, gsize length)
{
    while (length > 0 &&
           (text[length - 1] == '\r' || text[length - 1] == '\n' || text[length - 1] == '\t')) {
        length--;
    }
    return length;
}

/* A scanner that cannot send GS sends another character: puts GS back. Owned. */
static char *restore_separators(const char *text, gsize length, const char *substitute,
                                gsize *out_length)
{
    gsize size = strlen(substitute);
    GString *copy = g_string_sized_new(length + 1);
    for (gsize i = 0; i < length;) {
        if (size > 0 && length - i >= size && memcmp(text + i, substitute, size) == 0) {
            g_string_append_c(copy, POS_GS1_SEPARATOR);
            i += size;
        } else {
            g_string_append_c(copy, text[i++]);
        }
    }
    *out_length = copy->len;
    return g_string_free(copy, FALSE);
}

char *pos_gs1_shown(const char *text, gsize length, const PosGs1Settings *settings,
                    const PosGs1Message *message, gsize *out_length)
{
    length = without_suffix(text, length);
    gsize skip = MIN(strlen(message->aim), length);
    char *shown =
        restore_separators(text + skip, length - skip,
                           message->has_separators ? settings->gs_substitute : "", out_length);
    if (shown[0] == POS_GS1_SEPARATOR) {
        memmove(shown, shown + 1, *out_length);
        (*out_length)--;
    }
    return shown;
}

static bool is_over_bound(gsize length, PosGs1Message *out)
{
    return length > POS_BOUND_SCAN_BYTES &&
           !pos_gs1_refuse(out, _("The code is longer than %d bytes."), POS_BOUND_SCAN_BYTES);
}

/* A plain element string in which a separator may have been sent as another character. */
static bool read_elements(const char *text, gsize length, const PosGs1Settings *settings,
                          PosGs1Message *out)
{
    gsize restored_length;
    out->has_separators = true;
    if (is_over_bound(length, out)) {
        return false;
    }
    g_autofree char *restored =
        restore_separators(text, length, settings->gs_substitute, &restored_length);
    if (pos_gs1_element_read_plain(restored, restored_length, year_of(settings->today), out) &&
        pos_gs1_element_associate(out)) {
        out->kind = POS_GS1_ELEMENTS;
        return true;
    }
    return false;
}

static bool begins_with_bracket(const char *text, gsize length)
{
    const char *close = length > 0 && text[0] == '(' ? memchr(text, ')', MIN(length, 6)) : NULL;
    gsize digits = close != NULL ? (gsize)(close - text - 1) : 0;
    return digits >= 2 && digits <= 4 && are_digits(text + 1, digits);
}

static bool begins_with_scheme(const char *text, gsize length)
{
    static const char *const schemes[] = {"http://", "https://", "HTTP://", "HTTPS://"};
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize scheme = strlen(schemes[i]);
        if (length >= scheme && memcmp(text, schemes[i], scheme) == 0) {
            return true;
        }
    }
    return false;
}

/* Rule 3. */
static void read_address(const char *text, gsize length, const PosGs1Settings *settings,
                         PosGs1Message *out)
{
    if (length > POS_BOUND_SCAN_BYTES) {
        return;
    }
    int year = year_of(settings->today);
    if (pos_gs1_link_read(text, length, year, out)) {
        out->kind = POS_GS1_LINK;
        return;
    }
    make_plain(out);
    if (!settings->compressed_links) {
        return;
    }
    if (pos_gs1_link_read_compressed(text, length, year, out)) {
        out->kind = POS_GS1_LINK;
        return;
    }
    make_plain(out);
}

/* Bytes of one GS, or of what the scanner sends instead, at the front. */
static gsize leading_separator(const char *text, gsize length, const char *substitute)
{
    gsize size = strlen(substitute);
    if (length > 0 && text[0] == POS_GS1_SEPARATOR) {
        return 1;
    }
    return size > 0 && length >= size && memcmp(text, substitute, size) == 0 ? size : 0;
}

/* Rules 2 to 6: nothing is known of the symbology. */
static void read_unmarked(const char *text, gsize length, const PosGs1Settings *settings,
                          PosGs1Message *out)
{
    if (begins_with_bracket(text, length)) {
        if (!is_over_bound(length, out) &&
            pos_gs1_element_read_bracketed(text, length, year_of(settings->today), out) &&
            pos_gs1_element_associate(out)) {
            out->kind = POS_GS1_ELEMENTS;
        }
        return;
    }
    if (begins_with_scheme(text, length)) {
        read_address(text, length, settings, out);
        return;
    }
    if ((length == 8 || (length >= 12 && length <= 14)) && are_digits(text, length)) {
        read_digits(text, length, settings, out);
        return;
    }
    gsize skip = leading_separator(text, length, settings->gs_substitute);
    if (length >= skip + 2 && are_digits(text + skip, 2) &&
        read_elements(text + skip, length - skip, settings, out)) {
        return;
    }
    make_plain(out);
}

/* Takes "]Q3" off the front; what it says about the rest. *out_digits: how many digits
 * CARRIES_DIGITS wants. */
static Carries what_it_carries(const char *aim, gsize *out_digits)
{
    static const struct {
        char aim[AIM_BYTES + 1];
        Carries carries;
        gsize digits;
    } known[] = {
        {"]C1", CARRIES_ELEMENTS, 0}, {"]e0", CARRIES_ELEMENTS, 0}, {"]d2", CARRIES_ELEMENTS, 0},
        {"]Q3", CARRIES_ELEMENTS, 0}, {"]J1", CARRIES_ELEMENTS, 0}, {"]E0", CARRIES_DIGITS, 13},
        {"]E4", CARRIES_DIGITS, 8},   {"]I1", CARRIES_DIGITS, 14},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(aim, known[i].aim) == 0) {
            *out_digits = known[i].digits;
            return known[i].carries;
        }
    }
    return CARRIES_TEXT;
}

/* Rule 1. */
static void read_marked(const char *text, gsize length, const PosGs1Settings *settings,
                        PosGs1Message *out)
{
    gsize digits = 0;
    switch (what_it_carries(out->aim, &digits)) {
    case CARRIES_ELEMENTS:
        read_elements(text, length, settings, out);
        return;
    case CARRIES_DIGITS:
        if (length != digits || !are_digits(text, length)) {
            pos_gs1_refuse(out, _("The scanner announced %u digits and sent something else."),
                           (unsigned)digits);
            return;
        }
        read_digits(text, length, settings, out);
        return;
    case CARRIES_TEXT:
        if (begins_with_scheme(text, length)) {
            read_address(text, length, settings, out);
        }
        return;
    }
}

static bool begins_with_aim(const char *text, gsize length)
{
    return length >= AIM_BYTES && text[0] == ']' && g_ascii_isalpha(text[1]) &&
           g_ascii_isdigit(text[2]);
}

void pos_gs1_read(const char *text, gsize length, const PosGs1Settings *settings,
                  PosGs1Message *out)
{
    memset(out, 0, sizeof(*out));
    length = without_suffix(text, length);
    if (begins_with_aim(text, length)) {
        memcpy(out->aim, text, AIM_BYTES);
        text += AIM_BYTES;
        length -= AIM_BYTES;
    }
    if (out->aim[0] != '\0') {
        read_marked(text, length, settings, out);
    } else if (settings->gs1_flag) {
        read_elements(text, length, settings, out);
    } else {
        read_unmarked(text, length, settings, out);
    }
    if (out->kind == POS_GS1_ELEMENTS || out->kind == POS_GS1_LINK || out->kind == POS_GS1_DIGITS) {
        take_fields(out, year_of(settings->today));
    } else {
        out->elements_count = 0;
    }
}
