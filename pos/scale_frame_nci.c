/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frames of NCI scales, SCP-01 (Weigh-Tronix): LF, six bytes of weight, two of unit, CR, then the status:
 * LF S, two bytes, CR ETX. Without a weight to give (motion, under zero, over capacity) the status comes alone.
 * First byte: motion 0, at zero 1; second: under zero 0, over capacity 1; bits 4 and 5 of both are one; any other bit
 * is a fault of the scale. */
#include "pos/scale_frame_private.h"

#define WEIGHT_BYTES 6
#define UNIT (1 + WEIGHT_BYTES)
#define HEAD_BYTES (UNIT + 3) /* LF weight unit CR */
#define STATUS_BYTES 6        /* LF S hh CR ETX */

/* The status at the front of `bytes`; has_weight: whether one stands before it. */
static int status_match(const uint8_t *bytes, gsize length, bool has_weight, PosScaleReading *out)
{
    static const struct {
        uint8_t mask, value;
    } legal[STATUS_BYTES] = {{0xff, SCALE_LF}, {0xff, 'S'},      {0xb0, 0x30},
                             {0xb0, 0x30},     {0xff, SCALE_CR}, {0xff, SCALE_ETX}};
    for (gsize i = 0; i < MIN(length, STATUS_BYTES); i++) {
        if ((bytes[i] & legal[i].mask) != legal[i].value) {
            return SCALE_NO;
        }
    }
    if (length < STATUS_BYTES) {
        return SCALE_MORE;
    }
    uint8_t first = bytes[2] & 0x4f;
    uint8_t second = bytes[3] & 0x4f;
    if ((first & ~0x03) != 0 || (second & ~0x03) != 0) {
        out->state = POS_SCALE_ERROR;
    } else if (second & 0x02) {
        out->state = POS_SCALE_OVER;
    } else if (second & 0x01) {
        out->state = POS_SCALE_UNDER_ZERO;
    } else if (first & 0x01) {
        out->state = POS_SCALE_MOTION;
    } else if (!has_weight) {
        return SCALE_NO; /* the end of a frame whose weight is lost */
    }
    return STATUS_BYTES;
}

int scale_match_nci(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    if (bytes[0] != SCALE_LF) {
        return SCALE_NO;
    }
    if (length >= 2 && bytes[1] == 'S') {
        return status_match(bytes, length, false, out);
    }
    for (gsize i = 1; i < MIN(length, HEAD_BYTES); i++) {
        bool legal = i < UNIT       ? scale_is_weight_byte(bytes[i])
                     : i < UNIT + 2 ? g_ascii_isalpha(bytes[i]) || bytes[i] == ' '
                                    : bytes[i] == SCALE_CR;
        if (!legal) {
            return SCALE_NO;
        }
    }
    if (length <= HEAD_BYTES) {
        return SCALE_MORE;
    }
    PosScaleReading status = {0};
    int matched = status_match(bytes + HEAD_BYTES, length - HEAD_BYTES, true, &status);
    if (matched <= 0) {
        return matched;
    }
    if (!scale_unit_read(bytes + UNIT, bytes + 1, WEIGHT_BYTES, out)) {
        return SCALE_NO;
    }
    if (status.state != POS_SCALE_STABLE) {
        bool moving = status.state == POS_SCALE_MOTION;
        *out = (PosScaleReading){
            .state = status.state, .has_grams = moving && out->has_grams, .grams = out->grams};
    }
    return HEAD_BYTES + STATUS_BYTES;
}
