/* SPDX-License-Identifier: GPL-3.0-or-later
 * GS1 messages to values: element strings (bracketed and plain), GS1 Digital Link, EAN/UPC digits
 * and restricted-circulation numbers. Table-driven by pos/gs1_ai.c. The rules are those of the
 * scanner's contract and of the GS1 General Specifications; each is named where it is applied.
 * Pure. */
#pragma once
#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/quantity.h"

G_BEGIN_DECLS

/* One element: AI digits and value, both NUL-terminated. */
typedef struct {
    char ai[5];
    char value[POS_BOUND_GS1_VALUE_BYTES + 1];
} PosGs1Element;

typedef enum {
    POS_GS1_PLAIN = 0,  /* not GS1: plain text, no error */
    POS_GS1_ELEMENTS,   /* an element string */
    POS_GS1_LINK,       /* a GS1 Digital Link */
    POS_GS1_DIGITS,     /* EAN-8, UPC-A, EAN-13 or GTIN-14 digits */
    POS_GS1_RESTRICTED, /* a restricted-circulation number: never a GTIN */
    POS_GS1_REFUSED,    /* claims to be GS1 and is not valid; error says why */
} PosGs1Kind;

/* Restricted-circulation number by a store's layout. */
typedef struct {
    enum { POS_RCN_NONE = 0, POS_RCN_WEIGHT, POS_RCN_PRICE, POS_RCN_UNITS } kind;
    char item[16];
    int64_t value; /* without the point */
    int decimals;  /* digits after the point */
} PosRcn;

/* What one message says. All fixed size: no ownership. */
typedef struct {
    PosGs1Kind kind;
    char aim[4];         /* "]Q3" or "" */
    bool has_separators; /* read as a plain element string, valid or not: GS separates */
    PosGs1Element elements[POS_BOUND_GS1_ELEMENTS];
    gsize elements_count; /* in message order; no AI twice */
    char gtin[15];        /* 14 digits of AI 01, or "" */
    char lot[POS_BOUND_LOT_BYTES + 1];
    char serial[21];
    PosDate best_before;  /* AI 15 */
    PosDate use_by;       /* AI 17, or the date of 7003 */
    int64_t net_weight_g; /* AI 310n in grams, rounded half up; 0 if none */
    int64_t count;        /* AI 30; 0 if none */
    PosRcn rcn;
    char error[200]; /* one sentence when REFUSED */
} PosGs1Message;

/* Layouts of restricted-circulation numbers. NULL is "none". */
typedef struct PosRcnLayouts PosRcnLayouts;
/* From the text of a layout file; POS_ERROR_INVALID names the line. */
PosRcnLayouts *pos_rcn_layouts_parse(const char *text, gsize length, GError **error);
void pos_rcn_layouts_free(PosRcnLayouts *layouts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosRcnLayouts, pos_rcn_layouts_free)

/* How a scanner's text is read. */
typedef struct {
    PosDate today;            /* the century rule counts from its year; no date: from 2000 */
    const PosRcnLayouts *rcn; /* nullable */
    char gs_substitute[8];    /* the character sent instead of GS, UTF-8; "" none */
    bool gs1_flag;            /* a picture's own FNC1 flag: element string without AIM prefix */
    bool compressed_links;    /* read compressed Digital Links too */
} PosGs1Settings;

/* Reads a message as the scanner's contract says (rules 1 to 6). Trailing CR, LF, TAB are dropped.
 * Never fails: what cannot be read is PLAIN or REFUSED. text may hold any bytes, also NUL. */
void pos_gs1_read(const char *text, gsize length, const PosGs1Settings *settings,
                  PosGs1Message *out);

/* The message as people and files are shown it: without AIM identifier, leading FNC1 and the
 * scanner's suffix, with GS for its substitute where that separates. message: what pos_gs1_read()
 * said of the same text. Owned, NUL after *out_length bytes. */
char *pos_gs1_shown(const char *text, gsize length, const PosGs1Settings *settings,
                    const PosGs1Message *message, gsize *out_length);

/* The normalised value of an element that has one: AI 11 13 15 16 17 a date "2026-11-29" (day 00:
 * the last of the month for 15 16 17), 310n 320n 392n a decimal number "0.195", 393n number and
 * currency "2.99 978". False when it has none; out is then untouched. size: at least 32. */
bool pos_gs1_derive(const PosGs1Element *element, PosDate today, char *out, gsize size);

/* The value of an AI in a message, or NULL. Borrowed. */
const char *pos_gs1_value(const PosGs1Message *message, const char *ai);

/* The check digit ('0'..'9') of `count` leading digits: weights 3,1 from the right (GS1
 * GenSpecs 7.9). */
char pos_gs1_check_digit(const char *digits, gsize count);
/* True when all `count` characters are digits and the last one checks. */
bool pos_gs1_digits_check(const char *digits, gsize count);

/* A canonical Digital Link: "<base>/01/<gtin>[/10/<lot>][?15=YYMMDD|17=YYMMDD]" with
 * percent-encoding. base: e.g. "https://id.gs1.org", no slash at its end. lot may be NULL; dates
 * may be empty. Owned. */
char *pos_gs1_link(const char *base, const char *gtin, const char *lot, PosDate best_before,
                   PosDate use_by);

/* The canonical Digital Link of a message: the first element that is a key beside which the others
 * have a place, its qualifiers in order, the rest as attributes in ascending order of AI. NULL when
 * no element is a key. Owned. */
char *pos_gs1_link_canonical(const PosGs1Message *message, const char *base);

G_END_DECLS
