/* SPDX-License-Identifier: GPL-3.0-or-later
 * Extended channel interpretations (AIM ITS/04-001): which character set the bytes of a symbol's segment are
 * in. Internal to the readers of matrix symbols. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define POS_ECI_NONE (-1)
#define POS_ECI_SHIFT_JIS 20
#define POS_ECI_UTF_8 26
#define POS_ECI_GB18030 29 /* GB 2312 by name; its superset reads both */

/* A message that is put together from segments, each in a character set of its own. */
typedef struct {
    GByteArray *bytes;   /* segments that are finished; owned */
    GByteArray *segment; /* the present one, as it stands in the symbol; owned */
    int eci;             /* of the present segment */
    int pairs;           /* the set of a Kanji or Hanzi segment, POS_ECI_NONE when there was none */
    bool named;          /* a segment named its character set: bytes is UTF-8 */
} PosEciText;

void pos_eci_text_init(PosEciText *text);
void pos_eci_text_clear(PosEciText *text);
void pos_eci_text_append(PosEciText *text, const void *bytes, gsize length);
/* What follows is in the character set `eci`; POS_ECI_NONE: the symbology's default, or the reader's guess. */
void pos_eci_text_set(PosEciText *text, int eci);
/* As above, for a segment whose mode implies its set (Kanji, Hanzi): text beside it that names none is likely
 * in the same one. */
void pos_eci_text_set_pairs(PosEciText *text, int eci);
/* The whole: as it stands in the symbol when no segment named a set, else UTF-8 with what stands in no named
 * set read as it is when it is UTF-8, else in the set of the Kanji or Hanzi beside it, else as ISO 8859-1.
 * Ends the text. Owned. */
GByteArray *pos_eci_text_finish(PosEciText *text);

G_END_DECLS
