/* SPDX-License-Identifier: GPL-3.0-or-later
 * The content rules of a component of an AI's value: check digits, dates, code lists. One rule a
 * value of PosGs1Lint, named as in the GS1 Barcode Syntax Dictionary. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
    POS_LINT_NONE = 0,
    POS_LINT_CSUM,           /* last digit is the check digit of the others */
    POS_LINT_CSUMALPHA,      /* last two characters are the check pair (GMN, MUDI) */
    POS_LINT_GCPPOS1,        /* begins with a GS1 Company Prefix: at least four digits */
    POS_LINT_GCPPOS2,        /* the same from the second character on */
    POS_LINT_HASNONDIGIT,    /* not digits alone */
    POS_LINT_NOZEROPREFIX,   /* no leading zero, but for "0" itself */
    POS_LINT_NONZERO,        /* not zeros alone */
    POS_LINT_ZERO,           /* zeros alone */
    POS_LINT_YYMMDD,         /* a date of the calendar */
    POS_LINT_YYMMD0,         /* the same, or day 00 for "no day said" */
    POS_LINT_YYYYMMDD,       /* a date with its century */
    POS_LINT_HHMI,           /* 0000 to 2359 */
    POS_LINT_HH,             /* 00 to 23 */
    POS_LINT_MI,             /* 00 to 59 */
    POS_LINT_SS,             /* 00 to 59 */
    POS_LINT_ISO3166,        /* numeric country */
    POS_LINT_ISO3166999,     /* numeric country, or 999 for "several" */
    POS_LINT_ISO3166ALPHA2,  /* two-letter country */
    POS_LINT_ISO4217,        /* numeric currency */
    POS_LINT_ISO5218,        /* 0, 1, 2 or 9 */
    POS_LINT_IBAN,           /* bank account: country, characters, modulo 97 */
    POS_LINT_PCENC,          /* each % is followed by two hexadecimal digits */
    POS_LINT_LATITUDE,       /* 0 to 180 degrees in 10^-7 */
    POS_LINT_LONGITUDE,      /* 0 to 360 degrees in 10^-7 */
    POS_LINT_YESNO,          /* 0 or 1 */
    POS_LINT_WINDING,        /* 0, 1 or 9 */
    POS_LINT_HYPHEN,         /* hyphens alone */
    POS_LINT_PIECEOFTOTAL,   /* piece and total of equal width, 1 <= piece <= total */
    POS_LINT_POSINSEQSLASH,  /* "2/3", 1 <= position <= end */
    POS_LINT_IMPORTERIDX,    /* one character of A-Z a-z 0-9 - _ */
    POS_LINT_MEDIATYPE,      /* AIDC media type */
    POS_LINT_PACKAGETYPE,    /* UN/ECE Recommendation 21 code with GS1's additions */
    POS_LINT_COUPONCODE,     /* North American coupon, AI 8110 */
    POS_LINT_COUPONPOSOFFER, /* North American positive offer file, AI 8112 */
} PosGs1Lint;

/* The rule of a name of the dictionary ("csum"); the name must be one of them. */
PosGs1Lint pos_gs1_lint_from_name(const char *name, gsize length);

/* NULL when `length` bytes at data keep the rule, else a translated phrase that says what is wrong
 * ("the check digit is wrong"). this_year: four digits, from which the century of a two-digit year
 * is reckoned. Static. */
const char *pos_gs1_lint(PosGs1Lint lint, const char *data, gsize length, int this_year);

/* True when every character is in the set: 'N' digits, 'X' set 82, 'Y' set 39, 'Z' set 64 with
 * right padding (GS1 General Specifications 7.11). */
bool pos_gs1_lint_cset_holds(char cset, const char *data, gsize length);

/* The four-digit year of YY seen from this_year (GS1 General Specifications 7.12). */
int pos_gs1_lint_century(int yy, int this_year);
/* Days of a month 1..12 of a year. */
int pos_gs1_lint_month_days(int year, int month);

G_END_DECLS
