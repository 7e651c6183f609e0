/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which amounts a customer is likely to hand over in cash, for one touch instead of a typed number. Pure. */
#pragma once
#include "pos/money.h"

#include <glib.h>

G_BEGIN_DECLS

#define POS_NOTES_MAX 5

/* The amounts to offer for `due` (> 0; as coins can pay it), ascending, the first is `due` itself: then what the fewest
 * notes of the currency make at or above it, each note's kind by itself ("three tens", "one fifty"). At most
 * POS_NOTES_MAX; 0 for due <= 0. A currency without a table gets powers of ten and their halves. */
gsize pos_notes_suggest(const PosCurrency *currency, PosMoney due, PosMoney out[POS_NOTES_MAX]);

G_END_DECLS
