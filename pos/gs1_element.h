/* SPDX-License-Identifier: GPL-3.0-or-later
 * Element strings: AIs and values one after the other, plain or in brackets, and the checks that
 * all GS1 messages share. Internal to pos/gs1*.c. Each function returns false with out->kind
 * POS_GS1_REFUSED and one sentence in out->error; elements that were read so far stay in out. */
#pragma once
#include "pos/gs1.h"
#include "pos/gs1_ai.h"

G_BEGIN_DECLS

#define POS_GS1_SEPARATOR '\x1d' /* FNC1 as scanners send it */

/* Sets REFUSED and the sentence. Always false, for use in return. */
bool pos_gs1_refuse(PosGs1Message *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Checks one whole value against its AI and adds it. The same AI with the same value again changes
 * nothing; with another value it is refused (GS1 General Specifications 4.14.1). ai: digits,
 * ai_length 2..4. */
bool pos_gs1_element_add(PosGs1Message *out, const char *ai, gsize ai_length, const char *value,
                         gsize length, int this_year);

/* "0109521234543213" "10ABC" GS "17261125": the data after the symbology's FNC1. */
bool pos_gs1_element_read_plain(const char *data, gsize length, int this_year, PosGs1Message *out);
/* True when the data falls into known AIs with values of the right length and kind, whatever they
 * say. */
bool pos_gs1_element_has_form(const char *data, gsize length);
/* "(01)09521234543213(10)ABC"; "\(" is a parenthesis of the value. */
bool pos_gs1_element_read_bracketed(const char *data, gsize length, int this_year,
                                    PosGs1Message *out);
/* The associations: `req` satisfied, `ex` kept (GS1 General Specifications 4.13, 4.14). */
bool pos_gs1_element_associate(PosGs1Message *out);

G_END_DECLS
