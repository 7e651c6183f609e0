/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the grammar of the coupon AIs (North American Coupon Application Guideline; AI 8112 Coupon
 * Data Specification). A reader walks the digits; every step either takes what the grammar wants or
 * says that it is missing. Pure. */
#include "pos/gs1_coupon.h"
#include "pos/gs1_lint.h"

#include <glib/gi18n-lib.h>
#include <stdbool.h>
#include <string.h>

/* What is left to read. */
typedef struct {
    const char *at, *end;
} Reader;

static bool has_digits_only(const char *data, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(data[i])) {
            return false;
        }
    }
    return true;
}

/* One digit out of `allowed`; false when it is missing or another. */
static bool take_code(Reader *reader, const char *allowed, char *out)
{
    if (reader->at == reader->end || strchr(allowed, *reader->at) == NULL) {
        return false;
    }
    *out = *reader->at++;
    return true;
}

static bool take_digits(Reader *reader, gsize count, const char **out)
{
    if ((gsize)(reader->end - reader->at) < count) {
        return false;
    }
    *out = reader->at;
    reader->at += count;
    return true;
}

/* A length digit out of `allowed`, plus `base`, then so many digits. A length digit 9 in a list
 * that ends with 9 means that the field is empty. */
static bool take_counted(Reader *reader, const char *allowed, gsize base, bool nine_is_empty)
{
    char length_digit;
    const char *field;
    if (!take_code(reader, allowed, &length_digit)) {
        return false;
    }
    if (nine_is_empty && length_digit == '9') {
        return true;
    }
    return take_digits(reader, (gsize)(length_digit - '0') + base, &field);
}

/* Purchase requirement, its code and the family code. */
static bool take_purchase(Reader *reader)
{
    char code;
    const char *family;
    return take_counted(reader, "12345", 0, false) && take_code(reader, "012349", &code) &&
           take_digits(reader, 3, &family);
}

static bool take_option(Reader *reader, char option)
{
    if (reader->at == reader->end || *reader->at != option) {
        return false;
    }
    reader->at++;
    return true;
}

/* Options 1 and 2: further purchases. */
static const char *check_further_purchases(Reader *reader)
{
    char rule;
    if (take_option(reader, '1') && !(take_code(reader, "0123", &rule) && take_purchase(reader) &&
                                      take_counted(reader, "01234569", 6, true))) {
        return _("the second purchase of the coupon is malformed");
    }
    if (take_option(reader, '2') &&
        !(take_purchase(reader) && take_counted(reader, "01234569", 6, true))) {
        return _("the third purchase of the coupon is malformed");
    }
    return NULL;
}

/* Options 3 and 4: last and first day. */
static const char *check_days(Reader *reader, int this_year)
{
    const char *last = NULL, *first = NULL;
    if (take_option(reader, '3') && (!take_digits(reader, 6, &last) ||
                                     pos_gs1_lint(POS_LINT_YYMMDD, last, 6, this_year) != NULL)) {
        return _("the last day of the coupon is no date");
    }
    if (take_option(reader, '4') && (!take_digits(reader, 6, &first) ||
                                     pos_gs1_lint(POS_LINT_YYMMDD, first, 6, this_year) != NULL)) {
        return _("the first day of the coupon is no date");
    }
    if (last != NULL && first != NULL && memcmp(first, last, 6) > 0) {
        return _("the coupon ends before it begins");
    }
    return NULL;
}

const char *pos_gs1_coupon_check(const char *data, gsize length, int this_year)
{
    Reader reader = {data, data + length};
    const char *offer;
    if (!has_digits_only(data, length)) {
        return _("a coupon holds digits only");
    }
    if (!take_counted(&reader, "0123456", 6, false) || !take_digits(&reader, 6, &offer)) {
        return _("the company prefix or the offer code of the coupon is malformed");
    }
    if (!take_counted(&reader, "12345", 0, false) || !take_purchase(&reader)) {
        return _("the value or the purchase of the coupon is malformed");
    }
    const char *wrong = check_further_purchases(&reader);
    if (wrong == NULL) {
        wrong = check_days(&reader, this_year);
    }
    if (wrong != NULL) {
        return wrong;
    }
    if (take_option(&reader, '5') && !take_counted(&reader, "0123456789", 6, false)) {
        return _("the serial number of the coupon is malformed");
    }
    if (take_option(&reader, '6') && !take_counted(&reader, "1234567", 6, false)) {
        return _("the retailer of the coupon is malformed");
    }
    char code;
    if (take_option(&reader, '9') &&
        !(take_code(&reader, "01256", &code) && take_code(&reader, "012", &code) &&
          take_code(&reader, "0123456789", &code) && take_code(&reader, "01", &code))) {
        return _("the flags of the coupon are malformed");
    }
    return reader.at == reader.end ? NULL : _("there is too much in the coupon");
}

const char *pos_gs1_coupon_check_offer_file(const char *data, gsize length)
{
    Reader reader = {data, data + length};
    char format;
    const char *offer;
    if (!has_digits_only(data, length)) {
        return _("a coupon holds digits only");
    }
    if (!take_code(&reader, "01", &format) || !take_counted(&reader, "0123456", 6, false) ||
        !take_digits(&reader, 6, &offer) || !take_counted(&reader, "0123456789", 6, false)) {
        return _("the format, funder, offer or serial number of the coupon is malformed");
    }
    return reader.at == reader.end ? NULL : _("there is too much in the coupon");
}
