/* SPDX-License-Identifier: GPL-3.0-or-later
 * The characters of GS1 DataBar: widths of bars and spaces to values, finder patterns, checksums
 * (ISO/IEC 24724, clauses 5 and 7). Nothing of pictures here. */
#pragma once
#include "pos/databar_expanded.h"
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define POS_DATABAR_ELEMENTS 8         /* bars and spaces of a symbol character */
#define POS_DATABAR_FINDER_ELEMENTS 5  /* of a finder pattern */
#define POS_DATABAR_FINDER_MODULES 15  /* of a finder pattern */
#define POS_DATABAR_FINDERS 9          /* finder patterns of DataBar Omnidirectional */
#define POS_DATABAR_EXPANDED_FINDERS 6 /* finder patterns A to F of DataBar Expanded */
#define POS_DATABAR_SEGMENTS_MAX 11    /* finder patterns in one DataBar Expanded symbol */
#define POS_DATABAR_CHARACTERS_MAX (POS_DATABAR_DATA_CHARACTERS_MAX + 1)

/* Where a symbol character stands. Its elements are counted towards the finder pattern beside it. */
typedef enum {
    POS_DATABAR_OUTSIDE,  /* Omnidirectional, at the ends: 16 modules */
    POS_DATABAR_INSIDE,   /* Omnidirectional, in the middle: 15 modules */
    POS_DATABAR_EXPANDED, /* 17 modules */
} PosDatabarPlace;

/* Finder patterns, from the end whose elements are wide to the one with two narrow ones. Those of
 * Expanded are A to F. */
extern const int pos_databar_finders[POS_DATABAR_FINDERS][POS_DATABAR_FINDER_ELEMENTS];
extern const int pos_databar_expanded_finders[POS_DATABAR_EXPANDED_FINDERS]
                                             [POS_DATABAR_FINDER_ELEMENTS];

int pos_databar_modules(PosDatabarPlace place);
/* How many values there are: 0 to this less one. */
int pos_databar_values(PosDatabarPlace place);
/* The value of a character of these widths in modules, or -1 when there is none. */
int pos_databar_value(PosDatabarPlace place, const int widths[POS_DATABAR_ELEMENTS]);
/* The widths of a value, which must be there. */
void pos_databar_widths(PosDatabarPlace place, int value, int out[POS_DATABAR_ELEMENTS]);
/* The modules of each value as bits, the first module highest, ones for elements 0, 2, 4, 6.
 * Static. */
const uint32_t *pos_databar_patterns(PosDatabarPlace place);

/* One half of a DataBar Omnidirectional symbol; the right half is counted from the right end. */
typedef struct {
    int finder; /* index of pos_databar_finders */
    int outside, inside;
} PosDatabarHalf;

#define POS_DATABAR_GTIN_MAX 17 /* "01", 14 digits, NUL */
/* The element string of the two halves: false when their checksum is wrong or the value is none. */
bool pos_databar_gtin(const PosDatabarHalf *left, const PosDatabarHalf *right,
                      char out[POS_DATABAR_GTIN_MAX]);

/* The finder patterns of an Expanded symbol of 2..11 segments in order: letter * 2, A being 0, and
 * 1 more where the pattern is mirrored. Each is there once. */
void pos_databar_sequence(int segments, int out[POS_DATABAR_SEGMENTS_MAX]);
/* Symbol characters, 4..22, that a check character speaks of; 0 when it is none. */
int pos_databar_characters_count(int check_character);
/* The message of an Expanded symbol's characters, the check character first. False when the check
 * character or the bits are wrong. */
bool pos_databar_message(const int *characters, int count, char out[POS_DATABAR_TEXT_MAX],
                         gsize *out_length);

G_END_DECLS
