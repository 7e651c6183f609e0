/* SPDX-License-Identifier: GPL-3.0-or-later
 * Restricted-circulation numbers by a store's layouts. The layouts themselves are opened through
 * pos/gs1.h. */
#pragma once
#include "pos/gs1.h"

G_BEGIN_DECLS

typedef enum {
    POS_RCN_NO_LAYOUT = 0, /* none fits: the number stays without meaning */
    POS_RCN_READ,
    POS_RCN_WRONG_VERIFIER, /* the price verifier digit does not fit the value */
} PosRcnResult;

#define POS_RCN_PATTERN_DIGITS 12

/* A layout. What each of the 12 digits is: '0'..'9' itself, '.' item, 'V' verifier, 'N' or 'D' value. */
typedef struct {
    PosRcn kind; /* only the kind is set */
    char slots[POS_RCN_PATTERN_DIGITS];
    unsigned line; /* in its file, from 1 */
} PosRcnLayout;

/* One of them; index below the count. Borrowed. */
const PosRcnLayout *pos_rcn_layouts_at(const PosRcnLayouts *layouts, gsize index);
/* One line of a layout file; true without *out_found for a line with nothing but a comment. POS_ERROR_INVALID. */
bool pos_rcn_layout_parse(const char *line, unsigned number, PosRcnLayout *out, bool *out_found,
                          GError **error);

/* Reads 13 digits whose check digit is right by the first layout that fits. layouts may be NULL. */
PosRcnResult pos_rcn_read(const PosRcnLayouts *layouts, const char digits[13], PosRcn *out);

/* How many layouts there are (0 for NULL), and one as its line "weight 28....V{NNDDD}", which parses
 * to the same again. index: below the count. Owned. */
gsize pos_rcn_layouts_count(const PosRcnLayouts *layouts);
char *pos_rcn_layouts_line(const PosRcnLayouts *layouts, gsize index);

/* The verifier of a value of 4 or 5 digits (GS1 General Specifications 7.9.3 and 7.9.4): '0'..'9'.
 */
char pos_rcn_verifier(const char *value, gsize count);

/* "weight", "price", "units"; NULL for none. Static. */
const char *pos_rcn_kind_code(const PosRcn *rcn);
/* The value as a decimal number, "1.500", "840". Owned. */
char *pos_rcn_value_text(const PosRcn *rcn);

G_END_DECLS
