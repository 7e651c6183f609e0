/* SPDX-License-Identifier: GPL-3.0-or-later
 * A counter scale that is not there, for tests, training and demonstrations: what lies on its plate, its keys, and
 * what it sends in each protocol of pos/scale_frame.h. Pure; pos/scale_sim_main.c gives it a terminal. The frames are
 * written here from the protocols' descriptions, not from the parser. */
#pragma once
#include "pos/scale_frame.h"

G_BEGIN_DECLS

#define POS_SCALE_SIM_CAPACITY_G 15000
#define POS_SCALE_SIM_BYTES 128 /* the most that one answer has, noise included */

/* What is wrong with it. */
typedef enum {
    POS_SCALE_SIM_WELL = 0,
    POS_SCALE_SIM_NOISE,   /* random bytes and half frames between whole ones */
    POS_SCALE_SIM_HALF,    /* only half frames */
    POS_SCALE_SIM_GARBAGE, /* only random bytes */
    POS_SCALE_SIM_SILENT,
} PosScaleSimFault;

typedef struct {
    PosScaleProtocol protocol;
    PosScaleSimFault fault;
    int64_t load_g;  /* on the plate */
    int64_t drift_g; /* what it shows too much with an empty plate */
    int64_t zero_g;  /* what its zero key has taken away */
    int64_t tare_g;  /* what its tare key has taken away; net when above 0 */
    bool moving;
    char heard;    /* NCI: the letter that waits for its CR */
    GRand *random; /* borrowed */
} PosScaleSim;

void pos_scale_sim_init(PosScaleSim *sim, PosScaleProtocol protocol, GRand *random);
/* What it displays: grams, net of its tare. */
int64_t pos_scale_sim_shown_g(const PosScaleSim *sim);
/* The zero key: takes effect within 2 % of the capacity, at rest. */
void pos_scale_sim_zero(PosScaleSim *sim);
/* A whole frame of what it displays now, whatever `fault` says. Returns its length. */
gsize pos_scale_sim_frame(const PosScaleSim *sim, uint8_t out[POS_SCALE_FRAME_BYTES_MAX]);
/* What it sends unasked when its time comes; 0 for one that waits to be asked. */
gsize pos_scale_sim_stream(PosScaleSim *sim, uint8_t out[POS_SCALE_SIM_BYTES]);
/* A byte from the till, and what it answers at once. */
gsize pos_scale_sim_hear(PosScaleSim *sim, uint8_t byte, uint8_t out[POS_SCALE_SIM_BYTES]);

G_END_DECLS
