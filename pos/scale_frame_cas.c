/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frames of CAS scales and what is like them.
 *
 * ECR, PD-II: SOH STX state sign, six bytes of weight, two of unit, BCC, ETX, EOT. State S stable, U unstable, F
 * error; BCC is the XOR of the bytes from the state to the unit.
 *
 * 22 bytes: ST|US|OL , GS|NT , identifier lamp , eight bytes of weight, a space, two of unit, CR LF. The lamp is a
 * binary byte, bit 6 stable. The 18 bytes of A&D are the same without identifier, lamp and the space. */
#include "pos/scale_frame_private.h"

#include <string.h>

/* --- ECR ------------------------------------------------------------------------------------------------ */

#define ECR_BYTES 15
#define ECR_WEIGHT 4
#define ECR_UNIT 10
#define ECR_BCC 12

static bool ecr_is_legal(uint8_t byte, gsize at)
{
    switch (at) {
    case 0:
        return byte == 0x01;
    case 1:
        return byte == SCALE_STX;
    case 2:
        return byte == 'S' || byte == 'U' || byte == 'F';
    case 3:
        return byte == ' ' || byte == '-' || byte == '+';
    case ECR_BCC:
        return true;
    case ECR_BCC + 1:
        return byte == SCALE_ETX;
    case ECR_BCC + 2:
        return byte == 0x04;
    default:
        return byte >= 0x20 && byte < 0x7f;
    }
}

int scale_match_cas_ecr(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    uint8_t bcc = 0;
    for (gsize i = 0; i < MIN(length, ECR_BYTES); i++) {
        if (!ecr_is_legal(bytes[i], i)) {
            return SCALE_NO;
        }
        bcc ^= i >= 2 && i < ECR_BCC ? bytes[i] : 0;
    }
    if (length < ECR_BYTES) {
        return SCALE_MORE;
    }
    if (bcc != bytes[ECR_BCC]) {
        return SCALE_NO;
    }
    if (bytes[2] == 'F') { /* its weight means nothing then */
        out->state = POS_SCALE_ERROR;
        return ECR_BYTES;
    }
    /* The sign stands before the weight, as scale_weight_read() wants it. */
    if (!scale_unit_read(bytes + ECR_UNIT, bytes + 3, ECR_UNIT - 3, out)) {
        return SCALE_NO;
    }
    if (bytes[2] == 'U' && out->has_grams) {
        out->state = POS_SCALE_MOTION;
    }
    return ECR_BYTES;
}

/* --- headed by ST, US, OL ---------------------------------------------------------------------------- */

#define HEAD_BYTES 6
#define FIELD_BYTES 8

/* "ST,GS,": what is there of it. */
static int head_match(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    static const char *const states[] = {"ST", "US", "OL"};
    static const char *const sorts[] = {"GS", "NT"};
    for (gsize s = 0; s < G_N_ELEMENTS(states); s++) {
        for (gsize n = 0; n < G_N_ELEMENTS(sorts); n++) {
            char head[HEAD_BYTES + 1];
            g_snprintf(head, sizeof head, "%s,%s,", states[s], sorts[n]);
            if (memcmp(bytes, head, MIN(length, HEAD_BYTES)) != 0) {
                continue;
            }
            static const PosScaleState meant[] = {POS_SCALE_STABLE, POS_SCALE_MOTION,
                                                  POS_SCALE_OVER};
            out->state = meant[s];
            out->net = n == 1;
            return length < HEAD_BYTES ? SCALE_MORE : HEAD_BYTES;
        }
    }
    return SCALE_NO;
}

/* The rest after the head: weight, `gap` spaces, unit, CR LF, from `at` on. */
static int tail_match(const uint8_t *bytes, gsize length, gsize at, gsize gap, PosScaleReading *out)
{
    const gsize unit = at + FIELD_BYTES + gap;
    const gsize end = unit + 4;
    for (gsize i = at; i < MIN(length, end); i++) {
        bool legal = i < at + FIELD_BYTES ? scale_is_weight_byte(bytes[i])
                     : i < unit           ? bytes[i] == ' '
                     : i < unit + 2       ? g_ascii_isalpha(bytes[i]) || bytes[i] == ' '
                     : i == unit + 2      ? bytes[i] == SCALE_CR
                                          : bytes[i] == SCALE_LF;
        if (!legal) {
            return SCALE_NO;
        }
    }
    if (length < end) {
        return SCALE_MORE;
    }
    PosScaleState head = out->state;
    if (head == POS_SCALE_OVER) { /* its digits mean nothing then */
        if (memchr(bytes + at, '-', FIELD_BYTES) != NULL) {
            out->state = POS_SCALE_UNDER_ZERO;
        }
        return (int)end;
    }
    if (!scale_unit_read(bytes + unit, bytes + at, FIELD_BYTES, out)) {
        return SCALE_NO;
    }
    if (head == POS_SCALE_MOTION && out->has_grams) {
        out->state = POS_SCALE_MOTION;
    }
    return (int)end;
}

int scale_match_cas_22(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    int head = head_match(bytes, length, out);
    if (head <= 0) {
        return head;
    }
    const gsize lamp = HEAD_BYTES + 1; /* any byte, as is the identifier before it */
    if (length > lamp + 1 && bytes[lamp + 1] != ',') {
        return SCALE_NO;
    }
    if (length < lamp + 2) {
        return SCALE_MORE;
    }
    if (out->state == POS_SCALE_STABLE && (bytes[lamp] & 0x40) == 0) {
        out->state = POS_SCALE_MOTION; /* the two disagree: it is not believed */
    }
    return tail_match(bytes, length, lamp + 2, 1, out);
}

int scale_match_and_18(const uint8_t *bytes, gsize length, PosScaleReading *out)
{
    int head = head_match(bytes, length, out);
    return head <= 0 ? head : tail_match(bytes, length, HEAD_BYTES, 0, out);
}
