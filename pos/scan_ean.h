/* SPDX-License-Identifier: GPL-3.0-or-later
 * EAN and UPC symbols on one line of samples, and what several lines agree on. How well each digit fits is kept,
 * not only which fits best, so that lines add up. Internal to pos/scan*.c. Pure. */
#pragma once
#include "pos/scan_line.h"

G_BEGIN_DECLS

typedef enum { POS_EAN_13, POS_EAN_8, POS_EAN_UPCE } PosEanKind;
#define POS_EAN_KINDS 3
#define POS_EAN_DIGITS                                                                             \
    12 /* that have bars, at most: EAN-13's first is in the sets of the next six */
#define POS_EAN_CODES 20    /* a digit's bars: the digit, and 10 more in set B */
#define POS_EAN_MISFIT 1e6F /* of a code that cannot be there */

/* A symbol on a line. costs: of each digit and code, how far its edges lie from where they should: modules
 * squared. */
typedef struct {
    PosEanKind kind;
    bool is_inverted, is_backward;
    float from, to; /* outer edges, in samples */
    float module;
    float costs[POS_EAN_DIGITS][POS_EAN_CODES];
} PosEanUnit;

int pos_ean_digits(PosEanKind kind);  /* that have bars */
int pos_ean_modules(PosEanKind kind); /* from outer edge to outer edge */

/* Adds each symbol that the whole line crosses, a GArray of PosEanUnit. */
void pos_ean_find(const PosLineElements *elements, GArray *units);

/* The number with the right check digit that costs least. */
typedef struct {
    char digits[14]; /* 13 of EAN-13 and UPC-E (expanded), 8 of EAN-8 */
    float cost;      /* of all its digits */
    float margin;    /* how much more the next best costs */
} PosEanReading;

/* False when nothing fits. How much more the next best costs is looked for up to margin_most. (GS1 General
 * Specifications 5.2: the sets of digits, the check digit, UPC-E.) */
bool pos_ean_decide(PosEanKind kind, float costs[][POS_EAN_CODES], float margin_most,
                    PosEanReading *out);

G_END_DECLS
