/* SPDX-License-Identifier: GPL-3.0-or-later
 * The counter scale's rules: when it is asked, when it counts as silent, and which weight may be charged. Pure: bytes
 * and time come in, bytes to send and a status come out; pos/scale_device.c does the talking.
 *
 * A weight may be charged when two readings, one right after the other with nothing between them, were stable and
 * equal; it is above zero and at least the minimum load (20 divisions, EN 45501 for class III); and the plate has shown
 * zero since the load before it was charged, so that one weight is never charged twice. */
#pragma once
#include "pos/scale_frame.h"

G_BEGIN_DECLS

#define POS_SCALE_COMMAND_GAP_MS 200 /* Toledo: at least this between two commands */
#define POS_SCALE_TIMEOUT_MS 1000    /* without a reading it is not ready */
#define POS_SCALE_SETTLE_MS 500 /* so long the same, a weight is taken without being asked for */
#define POS_SCALE_DRIFT_MS                                                                         \
    3000 /* a reading of under four divisions for so long is no load but a zero gone off */
#define POS_SCALE_MIN_DIVISIONS 20

typedef enum {
    POS_SCALE_CONDITION_NONE = 0,  /* no scale is set up */
    POS_SCALE_CONDITION_OFF,       /* the port is not there */
    POS_SCALE_CONDITION_SILENT,    /* no answer for POS_SCALE_TIMEOUT_MS */
    POS_SCALE_CONDITION_GARBLED,   /* bytes come, but no frame of this protocol */
    POS_SCALE_CONDITION_EMPTY,     /* zero, stable */
    POS_SCALE_CONDITION_READY,     /* a weight that may be charged */
    POS_SCALE_CONDITION_MOTION,    /* moves, or not twice the same yet */
    POS_SCALE_CONDITION_LIGHT,     /* below the minimum load */
    POS_SCALE_CONDITION_CHARGED,   /* this load is on the ticket already */
    POS_SCALE_CONDITION_UNCHECKED, /* no zero was seen before this load */
    POS_SCALE_CONDITION_NEGATIVE,
    POS_SCALE_CONDITION_UNDER_ZERO,
    POS_SCALE_CONDITION_OVER,
    POS_SCALE_CONDITION_OUTSIDE_ZERO,
    POS_SCALE_CONDITION_WRONG_UNIT,
    POS_SCALE_CONDITION_FAULT,
    POS_SCALE_CONDITIONS
} PosScaleCondition;

/* "none", "off", …, "ready". Static. */
const char *pos_scale_condition_code(PosScaleCondition condition);
/* One sentence for people: what is the matter and what to do. Translated, static. "" for READY. */
const char *pos_scale_condition_words(PosScaleCondition condition);
/* Whether the scale itself cannot be used now: set up, but off, silent, garbled or faulty. */
bool pos_scale_condition_is_fault(PosScaleCondition condition);

/* What is known at one instant. A plain value. */
typedef struct {
    PosScaleCondition condition;
    bool has_grams; /* something is displayed; stale readings are not */
    int64_t grams;  /* as displayed */
    bool stable;    /* twice the same */
    bool settled;   /* READY, and the same for POS_SCALE_SETTLE_MS: no one is putting more on it */
    bool net;       /* the scale has deducted a tare by itself */
    int64_t tare_g; /* which, where it says so */
    uint64_t
        load; /* number of the present load, from 1; 0 none yet. Names what pos_scale_charge() charges. */
    bool can_zero; /* the protocol has a command for it */
} PosScaleStatus;

typedef struct {
    PosScaleProtocol protocol;
    int64_t division_g; /* >= 1: what the display moves by */
} PosScaleConfig;

/* A plain value; members are the scale's own. Time is any clock that does not jump, in ms. */
typedef struct {
    PosScaleConfig config;
    PosScaleParser parser;
    bool linked;
    enum { POS_SCALE_IDLE, POS_SCALE_AWAIT_ACK, POS_SCALE_AWAIT_READING } await;
    bool ready_due;           /* CAS ECR said ACK: DC1 is to be sent */
    bool zero_due, clear_due; /* commands that wait for their turn */
    int64_t linked_ms, asked_ms, reading_ms, garbage_ms, light_ms; /* -1 never */
    int64_t same_ms; /* since when the readings are equal */
    PosScaleReading reading;
    int repeats; /* equal readings in a row */
    bool loaded, zero_seen, charged, tared;
    uint64_t load;
} PosScale;

void pos_scale_init(PosScale *scale, const PosScaleConfig *config);
/* The port has opened or gone. What was on the plate stays known: a cable that was out is no reason to charge twice. */
void pos_scale_set_linked(PosScale *scale, bool linked, int64_t now_ms);
/* Bytes as they came, any number. */
void pos_scale_feed(PosScale *scale, const uint8_t *bytes, gsize length, int64_t now_ms);
/* The bytes to send now; 0 when there is nothing to say. */
gsize pos_scale_tick(PosScale *scale, int64_t now_ms, uint8_t out[POS_SCALE_COMMAND_BYTES]);
/* In how many ms pos_scale_tick() or pos_scale_look() would say something else without new bytes. >= 0. */
int64_t pos_scale_due_in_ms(const PosScale *scale, int64_t now_ms);
PosScaleStatus pos_scale_look(const PosScale *scale, int64_t now_ms);

/* Load number `load` was charged: the plate has to show zero before the next. No effect when it is gone already. */
void pos_scale_charge(PosScale *scale, uint64_t load);
/* Load number `load` is a container whose weight the till now deducts: it may stay, however light it is. */
void pos_scale_keep_container(PosScale *scale, uint64_t load);
/* False when the protocol has no such command. Sent by a later pos_scale_tick(). */
bool pos_scale_zero(PosScale *scale);
bool pos_scale_clear_tare(PosScale *scale);

G_END_DECLS
