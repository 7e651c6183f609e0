/* SPDX-License-Identifier: GPL-3.0-or-later
 * A store's layouts of restricted-circulation numbers in words: what each digit means, an example of each layout, what
 * is wrong in a layout file, line by line. Pure. */
#pragma once
#include "pos/rcn.h"

G_BEGIN_DECLS

/* Every fault of a layout file: lines that are no layout, and layouts that can never fit because an earlier one takes
 * all of their numbers. Owned GPtrArray of char* (sentences with their line), empty when all is well. */
GPtrArray *pos_rcn_faults(const char *text, gsize length);

typedef enum {
    POS_RCN_PART_PREFIX, /* digits that are as the layout says */
    POS_RCN_PART_ITEM,
    POS_RCN_PART_VERIFIER,
    POS_RCN_PART_VALUE,
    POS_RCN_PART_CHECK, /* the 13th digit */
} PosRcnPartKind;

typedef struct {
    PosRcnPartKind kind;
    char digits[14];
    bool right;    /* verifier and check digit */
    char expected; /* what a wrong one would have to be */
} PosRcnPart;

#define POS_RCN_PARTS_MAX 13

/* The parts of 13 digits by the first layout that fits; *out_layout is its index, -1 when none fits (then only the
 * check digit is a part of its own). Returns their number. */
gsize pos_rcn_parts(const PosRcnLayouts *layouts, const char digits[13], int *out_layout,
                    PosRcnPart out[POS_RCN_PARTS_MAX]);
/* A part in words, translated: "item 12345", "verifier 6 (right)". Owned. value: what the number is read as. */
char *pos_rcn_part_words(const PosRcnPart *part, const PosRcn *value);

/* 13 digits, or 12 and 8 as scanners send UPC-A and the like, to 13; POS_ERROR_INVALID otherwise. */
bool pos_rcn_number(const char *text, char out[14], GError **error);
/* One line that says it all: "weight layout 28.....{NNDDD}: 28 prefix · …". Owned. *out_right: layout found, verifier
 * and check digit right. */
char *pos_rcn_words(const PosRcnLayouts *layouts, const char digits[13], bool *out_right);

/* A number of the layout: item 12345…, value 1234…, right verifier and check digit. out: 14 bytes. */
void pos_rcn_example(const PosRcnLayout *layout, char out[14]);
/* The layout as in its file: "28.....{NNDDD}". Owned. */
char *pos_rcn_pattern(const PosRcnLayout *layout);
/* "weight", "price", "units" for people, translated. Static. */
const char *pos_rcn_kind_words(const PosRcn *kind);

G_END_DECLS
