/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frames of Toledo scales.
 *
 * 8217, seven bits: STX dd.ddd [N] CR with N for net, in kilograms; in pounds it has two decimals. While it has no
 * weight to give: STX ? status CR, the status' bits being motion 0, over capacity 1, under zero 2, outside the zero
 * range 3, centre of zero 4, net 5, always one 6.
 *
 * Continuous: STX A B C, six digits of weight, six of tare, CR, checksum. A: bits 0-2 the place of the point (5:
 * ddd.ddd), bit 5 one. B: net 0, negative 1, out of range 2, motion 3, kilograms 4, one 5, not zeroed since power-up 6.
 * C: bits 0-2 another unit, bit 4 ten times finer than displayed, bit 5 one. The seven low bits of the sum of all bytes
 * are zero. */
#include "pos/scale_frame_private.h"

#include "pos/bounds.h"

/* --- 8217 ------------------------------------------------------------------------------------------- */

#define WEIGHT_KG 6 /* dd.ddd */
#define WEIGHT_LB 5 /* dd.dd */

static void status_8217(uint8_t status, PosScaleReading *out)
{
    out->net = (status & 0x20) != 0;
    if (status & 0x02) {
        out->state = POS_SCALE_OVER;
    } else if (status & 0x04) {
        out->state = POS_SCALE_UNDER_ZERO;
    } else if (status & 0x08) {
        out->state = POS_SCALE_OUTSIDE_ZERO;
    } else if (status & 0x10) { /* an empty plate, while it moves or not */
        out->state = status & 0x01 ? POS_SCALE_MOTION : POS_SCALE_STABLE;
        out->has_grams = true;
    } else {
        out->state = POS_SCALE_MOTION;
    }
}

int scale_match_8217(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    if (bytes[0] != SCALE_STX) {
        return SCALE_NO;
    }
    if (length >= 2 && bytes[1] == '?') {
        bool wrong =
            (length >= 3 && (bytes[2] & 0xc0) != 0x40) || (length >= 4 && bytes[3] != SCALE_CR);
        if (wrong || length < 4) {
            return wrong ? SCALE_NO : SCALE_MORE;
        }
        status_8217(bytes[2], out);
        return 4;
    }
    gsize at = 1;
    while (at < length && (g_ascii_isdigit(bytes[at]) || bytes[at] == '.' || bytes[at] == ' ')) {
        at++;
    }
    gsize field = at - 1;
    if (field > WEIGHT_KG) {
        return SCALE_NO;
    }
    if (at == length) {
        return SCALE_MORE;
    }
    out->net = bytes[at] == 'N';
    at += out->net ? 1 : 0;
    if (at == length) {
        return SCALE_MORE;
    }
    if (bytes[at] != SCALE_CR || (field != WEIGHT_KG && field != WEIGHT_LB) || bytes[3] != '.' ||
        !scale_weight_read(bytes + 1, field, true, out)) {
        return SCALE_NO;
    }
    if (field == WEIGHT_LB) {
        *out = (PosScaleReading){.state = POS_SCALE_WRONG_UNIT};
    }
    return (int)at + 1;
}

/* --- continuous --------------------------------------------------------------------------------------- */

#define CONT_DIGITS 6
#define CONT_WEIGHT 4
#define CONT_TARE (CONT_WEIGHT + CONT_DIGITS)
#define CONT_CR (CONT_TARE + CONT_DIGITS)
#define CONT_BYTES (CONT_CR + 2)

/* Grams of six digits whose place of the point is `place`; false when they are finer than a gram or no number. */
static bool cont_grams(const uint8_t *digits, int place, int64_t *out)
{
    static const int factors[] = {100000, 10000, 1000, 100, 10, 1}; /* tens of kilograms … grams */
    int64_t value = 0;
    bool seen = false;
    for (gsize i = 0; i < CONT_DIGITS; i++) {
        if (digits[i] == ' ' && !seen) {
            continue;
        }
        if (!g_ascii_isdigit(digits[i])) {
            return false;
        }
        seen = true;
        value = value * 10 + (digits[i] - '0');
    }
    if (!seen || place >= (int)G_N_ELEMENTS(factors)) {
        return false;
    }
    *out = value * factors[place];
    return true;
}

static void cont_read(const uint8_t *bytes, PosScaleReading *out)
{
    uint8_t b = bytes[2];
    uint8_t c = bytes[3];
    bool negative = (b & 0x02) != 0;
    int64_t grams = 0;
    out->net = (b & 0x01) != 0;
    if (b & 0x40) {
        out->state = POS_SCALE_OUTSIDE_ZERO;
    } else if (b & 0x04) {
        out->state = negative ? POS_SCALE_UNDER_ZERO : POS_SCALE_OVER;
    } else if ((b & 0x10) == 0 || (c & 0x17) != 0 || (bytes[1] & 0x07) > 5) {
        out->state = POS_SCALE_WRONG_UNIT;
    } else if (!cont_grams(bytes + CONT_WEIGHT, bytes[1] & 0x07, &grams)) {
        out->state = POS_SCALE_ERROR;
    } else {
        out->has_grams = true;
        out->grams = negative ? -grams : grams;
        out->state = b & 0x08                      ? POS_SCALE_MOTION
                     : out->grams < 0              ? POS_SCALE_NEGATIVE
                     : grams > POS_BOUND_GRAMS_MAX ? POS_SCALE_OVER
                                                   : POS_SCALE_STABLE;
        if (out->net && !cont_grams(bytes + CONT_TARE, bytes[1] & 0x07, &out->tare_g)) {
            out->tare_g = 0;
        }
    }
}

int scale_match_toledo_cont(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    if (bytes[0] != SCALE_STX) {
        return SCALE_NO;
    }
    unsigned sum = 0;
    for (gsize i = 0; i < MIN(length, CONT_BYTES); i++) {
        bool legal = true;
        if (i >= 1 && i < CONT_WEIGHT) {
            legal = (bytes[i] & 0xa0) == 0x20;
        } else if (i >= CONT_WEIGHT && i < CONT_CR) {
            legal = g_ascii_isdigit(bytes[i]) || bytes[i] == ' ';
        } else if (i == CONT_CR) {
            legal = bytes[i] == SCALE_CR;
        }
        if (!legal) {
            return SCALE_NO;
        }
        sum += bytes[i];
    }
    if (length < CONT_BYTES) {
        return SCALE_MORE;
    }
    if ((sum & 0x7f) != 0) {
        return SCALE_NO;
    }
    cont_read(bytes, out);
    return CONT_BYTES;
}
