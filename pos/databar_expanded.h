/* SPDX-License-Identifier: GPL-3.0-or-later
 * The message of a GS1 DataBar Expanded symbol from its data characters: ISO/IEC 24724 clause 7.2.5,
 * encodation methods and compacted fields. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define POS_DATABAR_DATA_CHARACTERS_MAX 21 /* without the check character, 12 bits each */
#define POS_DATABAR_TEXT_MAX 128           /* bytes of a message, more than 252 bits can hold */

/* Reads the element string that 1..21 data characters (each 0..4095) hold; FNC1 within it as 0x1D,
 * none at its end. False when the bits are no message: an encodation method that is not assigned,
 * a value out of its range, an end that is no padding, no AI after an FNC1. `out` is NUL-terminated,
 * and untouched then. Symbols of encoders that stayed in alphanumeric mode after an FNC1 are read
 * when only that gives AIs. */
bool pos_databar_expanded_text(const uint16_t *characters, int count,
                               char out[POS_DATABAR_TEXT_MAX], gsize *out_length);

G_END_DECLS
