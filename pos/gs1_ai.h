/* SPDX-License-Identifier: GPL-3.0-or-later
 * The table of all GS1 Application Identifiers: components, character sets, content rules,
 * associations and what a Digital Link may do with each. Facts only; pos/gs1_element.c and
 * pos/gs1_link.c apply them. */
#pragma once
#include "pos/gs1_lint.h"
#include <stdint.h>

G_BEGIN_DECLS

#define POS_GS1_AI_PARTS 5 /* most components of one AI (423, 425) */

/* One component. cset: 'N' digits, 'X' character set 82, 'Y' set 39, 'Z' set 64 with padding. A
 * component with min < max is the last one. */
typedef struct {
    char cset;
    uint8_t min, max;
    bool optional;
    PosGs1Lint lints[3]; /* until POS_LINT_NONE */
} PosGs1Part;

/* An AI or a run of AIs that share everything. Lists: items separated by ',', in `req` each item is
 * one AI or a conjunction "01+21"; 'n' stands for any digit. */
typedef struct {
    char from[5], to[5];
    bool predefined;    /* fixed length: no separator after it (GS1 General Specifications 7.8.5) */
    bool attribute;     /* may stand in the query of a Digital Link */
    const char *format; /* components as in the dictionary: "N3,iso4217 N..15" */
    const char *req[2]; /* each must be satisfied; NULL none */
    const char *ex;     /* may not stand beside; NULL none */
    const char
        *key; /* Digital Link key: its qualifier sequences, alternatives by '|'; NULL no key */
    const char *title;
} PosGs1Ai;

/* The entry of exactly these `length` digits, or NULL. */
const PosGs1Ai *pos_gs1_ai_find(const char *ai, gsize length);
/* The entry whose AI the data begins with, and that AI's length; NULL when there is none. */
const PosGs1Ai *pos_gs1_ai_prefix(const char *data, gsize length, gsize *out_ai_length);
/* The components of its value, in order; how many. */
gsize pos_gs1_ai_parts(const PosGs1Ai *ai, PosGs1Part out[POS_GS1_AI_PARTS]);
/* Shortest and longest value. */
void pos_gs1_ai_bounds(const PosGs1Ai *ai, gsize *out_min, gsize *out_max);
/* True when the digits `ai` fit a pattern of a list ("31nn"). pattern_length: of the one item. */
bool pos_gs1_ai_matches(const char *ai, const char *pattern, gsize pattern_length);

G_END_DECLS
