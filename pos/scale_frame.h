/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a counter scale sends, as readings: bytes in, frames out. Pure, streaming and bounded: a parser holds less than
 * one frame, throws away what can be no part of one, and finds the next frame by itself. A weight is in grams and is
 * the one that the scale displays; pounds, ounces and fractions of a gram are said to be the wrong unit and never
 * converted. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    POS_SCALE_8217 = 0,    /* Toledo 8217: asked with W */
    POS_SCALE_CAS_ECR,     /* CAS ECR, PD-II: asked with ENQ, then DC1; with block check */
    POS_SCALE_CAS_22,      /* CAS, 22 bytes, sent without being asked */
    POS_SCALE_AND_18,      /* the same without identifier and lamp byte, as A&D sends it */
    POS_SCALE_NCI,         /* NCI, Weigh-Tronix SCP-01: asked with W CR */
    POS_SCALE_TOLEDO_CONT, /* Toledo continuous, 18 bytes with checksum, sent without being asked */
    POS_SCALE_PROTOCOLS
} PosScaleProtocol;

/* "8217", "cas_ecr", "cas_22", "and_18", "nci_scp01", "toledo_cont". Static. */
const char *pos_scale_protocol_code(PosScaleProtocol protocol);
/* False (out untouched) for anything else, also NULL. */
bool pos_scale_protocol_from_code(const char *code, PosScaleProtocol *out);

typedef enum {
    POS_SCALE_STABLE = 0,   /* grams >= 0 */
    POS_SCALE_MOTION,       /* grams where the frame has them */
    POS_SCALE_NEGATIVE,     /* stable below zero */
    POS_SCALE_UNDER_ZERO,   /* so far below zero that there is no weight */
    POS_SCALE_OVER,         /* over capacity */
    POS_SCALE_OUTSIDE_ZERO, /* not zeroed since it was switched on */
    POS_SCALE_WRONG_UNIT,   /* pounds, ounces, tonnes, or finer than a gram */
    POS_SCALE_ERROR,        /* the scale says that it is faulty */
} PosScaleState;

typedef struct {
    PosScaleState state;
    bool has_grams;
    int64_t grams;  /* as displayed: gross, or net when `net` */
    bool net;       /* the scale itself has deducted a tare */
    int64_t tare_g; /* which one, where the frame says so; else 0 */
    gsize
        noise; /* bytes thrown away since the frame before; CR, LF, NUL and spaces between frames are none */
} PosScaleReading;

#define POS_SCALE_FRAME_BYTES_MAX 22 /* of the longest frame, CAS 22 */

/* A plain value; members are the parser's own. */
typedef struct {
    PosScaleProtocol protocol;
    uint8_t bytes[POS_SCALE_FRAME_BYTES_MAX + 1];
    gsize length;
    gsize noise;
} PosScaleParser;

typedef enum {
    POS_SCALE_FRAME_NONE = 0, /* nothing whole yet */
    POS_SCALE_FRAME_READING,
    POS_SCALE_FRAME_ACK, /* CAS ECR: ready to be asked */
    POS_SCALE_FRAME_NAK,
} PosScaleFrame;

void pos_scale_parser_init(PosScaleParser *parser, PosScaleProtocol protocol);
/* Forgets a half frame, as after a pause or a new connection. */
void pos_scale_parser_reset(PosScaleParser *parser);
/* One byte as it came. Then pos_scale_parser_next() is called until it says NONE (asserted). */
void pos_scale_parser_push(PosScaleParser *parser, uint8_t byte);
/* *out is set for READING. */
PosScaleFrame pos_scale_parser_next(PosScaleParser *parser, PosScaleReading *out);

/* What is sent to a scale. */
typedef enum {
    POS_SCALE_ASK = 0,   /* for a weight; CAS ECR: whether it is ready */
    POS_SCALE_ASK_READY, /* CAS ECR, after ACK: the weight */
    POS_SCALE_ZERO,      /* make what is shown the zero */
    POS_SCALE_CLEAR_TARE,
} PosScaleAsk;

#define POS_SCALE_COMMAND_BYTES 4
/* The bytes of a command; 0 when the protocol has none. */
gsize pos_scale_command(PosScaleProtocol protocol, PosScaleAsk ask,
                        uint8_t out[POS_SCALE_COMMAND_BYTES]);
/* Whether the scale speaks only when it is asked. */
bool pos_scale_is_asked(PosScaleProtocol protocol);

G_END_DECLS
