/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of the scale protocols share; no one else includes it. */
#pragma once
#include "pos/scale_frame.h"

G_BEGIN_DECLS

#define SCALE_STX 0x02
#define SCALE_ETX 0x03
#define SCALE_CR 0x0d
#define SCALE_LF 0x0a

/* A matcher looks at bytes from the first on: SCALE_MORE while they may become a frame, SCALE_NO when no frame begins
 * like this, else the length of the frame that stands there, with *out set. It looks at no byte past `length`. */
#define SCALE_MORE 0
#define SCALE_NO (-1)
typedef int (*ScaleMatch)(const uint8_t *bytes, gsize length, PosScaleReading *out);

int scale_match_8217(const uint8_t *bytes, gsize length, PosScaleReading *out);
int scale_match_toledo_cont(const uint8_t *bytes, gsize length, PosScaleReading *out);
int scale_match_cas_ecr(const uint8_t *bytes, gsize length, PosScaleReading *out);
int scale_match_cas_22(const uint8_t *bytes, gsize length, PosScaleReading *out);
int scale_match_and_18(const uint8_t *bytes, gsize length, PosScaleReading *out);
int scale_match_nci(const uint8_t *bytes, gsize length, PosScaleReading *out);

/* Whether the byte may stand in a weight field: digit, point, sign, space. */
bool scale_is_weight_byte(uint8_t byte);
/* A weight field: spaces, a sign, spaces, digits with a point for kilograms and without one for grams. False when it
 * is none. Sets grams and state STABLE, NEGATIVE, or WRONG_UNIT for a third decimal of kilograms and more. */
bool scale_weight_read(const uint8_t *field, gsize length, bool kilograms, PosScaleReading *out);
/* By the unit's two letters, any case: kg, g, and what is refused. False when these are no unit. */
bool scale_unit_read(const uint8_t unit[2], const uint8_t *field, gsize length,
                     PosScaleReading *out);

G_END_DECLS
