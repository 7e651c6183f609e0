/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what a scale's readings mean for selling. What always holds: a status is READY only while the last two
 * readings are equal, stable and fresh and `zero_seen` stands; charging takes `zero_seen` away, and only a zero that was
 * read twice brings it back. */
#include "pos/scale.h"

#include <glib/gi18n-lib.h>

#define DRIFT_DIVISIONS 4

typedef struct {
    const char *code;
    const char *words; /* translatable */
} Condition;

static const Condition CONDITIONS[POS_SCALE_CONDITIONS] = {
    [POS_SCALE_CONDITION_NONE] = {"none", N_("No scale is set up at this till: type the weight.")},
    [POS_SCALE_CONDITION_OFF] = {"off", N_("The scale is off or its cable is out: check both, or "
                                           "type the weight.")},
    [POS_SCALE_CONDITION_SILENT] = {"silent", N_("The scale does not answer: switch it on, or "
                                                 "type the weight.")},
    [POS_SCALE_CONDITION_GARBLED] = {"garbled", N_("The scale sends what this till cannot read: "
                                                   "check its protocol and speed.")},
    [POS_SCALE_CONDITION_EMPTY] = {"empty", N_("Put the goods on the scale.")},
    [POS_SCALE_CONDITION_READY] = {"ready", ""},
    [POS_SCALE_CONDITION_MOTION] = {"motion", N_("The scale shows motion: wait.")},
    [POS_SCALE_CONDITION_LIGHT] = {"light", N_("This is too little for the scale to weigh: put "
                                               "more on it.")},
    [POS_SCALE_CONDITION_CHARGED] = {"charged", N_("This weight is on the ticket already: take "
                                                   "the goods off the scale.")},
    [POS_SCALE_CONDITION_UNCHECKED] = {"unchecked", N_("The scale did not show zero before: take "
                                                       "the goods off and press zero.")},
    [POS_SCALE_CONDITION_NEGATIVE] = {"negative", N_("The scale shows less than zero: take the "
                                                     "goods off and press zero.")},
    [POS_SCALE_CONDITION_UNDER_ZERO] = {"under_zero", N_("The scale is below zero: put its plate "
                                                         "back and press zero.")},
    [POS_SCALE_CONDITION_OVER] = {"over", N_("This is more than the scale can weigh: take some "
                                             "off.")},
    [POS_SCALE_CONDITION_OUTSIDE_ZERO] = {"outside_zero", N_("The scale found no zero: take the "
                                                             "goods off and press zero.")},
    [POS_SCALE_CONDITION_WRONG_UNIT] = {"wrong_unit", N_("The scale does not show kilograms in "
                                                         "its divisions: set it to kilograms.")},
    [POS_SCALE_CONDITION_FAULT] = {"fault", N_("The scale reports a fault: take the goods off, "
                                               "switch it off and on.")},
};

const char *pos_scale_condition_code(PosScaleCondition condition)
{
    g_assert(condition < POS_SCALE_CONDITIONS);
    return CONDITIONS[condition].code;
}

const char *pos_scale_condition_words(PosScaleCondition condition)
{
    g_assert(condition < POS_SCALE_CONDITIONS);
    const char *words = CONDITIONS[condition].words;
    return words[0] == '\0' ? "" : _(words);
}

bool pos_scale_condition_is_fault(PosScaleCondition condition)
{
    return condition == POS_SCALE_CONDITION_OFF || condition == POS_SCALE_CONDITION_SILENT ||
           condition == POS_SCALE_CONDITION_GARBLED || condition == POS_SCALE_CONDITION_FAULT;
}

/* --- life ------------------------------------------------------------------------------------------- */

void pos_scale_init(PosScale *scale, const PosScaleConfig *config)
{
    g_assert(config->division_g >= 1);
    *scale = (PosScale){.config = *config,
                        .linked_ms = -1,
                        .asked_ms = -1,
                        .reading_ms = -1,
                        .garbage_ms = -1,
                        .light_ms = -1};
    pos_scale_parser_init(&scale->parser, config->protocol);
}

void pos_scale_set_linked(PosScale *scale, bool linked, int64_t now_ms)
{
    if (linked == scale->linked) {
        return;
    }
    scale->linked = linked;
    scale->linked_ms = now_ms;
    scale->await = POS_SCALE_IDLE;
    scale->ready_due = scale->zero_due = scale->clear_due = false;
    scale->asked_ms = scale->reading_ms = scale->garbage_ms = scale->light_ms = -1;
    scale->repeats = 0;
    pos_scale_parser_reset(&scale->parser);
}

/* --- readings --------------------------------------------------------------------------------------- */

static bool is_confirmed(const PosScale *scale)
{
    return scale->repeats >= 2;
}

/* Nothing lies on the plate: zero, or with a tare of the scale's own less than zero. */
static bool is_unloaded(const PosScaleReading *reading)
{
    if (reading->state == POS_SCALE_STABLE) {
        return reading->grams == 0;
    }
    return reading->net &&
           (reading->state == POS_SCALE_NEGATIVE || reading->state == POS_SCALE_UNDER_ZERO);
}

/* A zero that has gone off looks like a load of a division or two that never goes away. */
static void watch_drift(PosScale *scale, int64_t now_ms)
{
    bool light = scale->reading.grams < DRIFT_DIVISIONS * scale->config.division_g;
    if (!light || scale->tared) {
        scale->light_ms = -1;
    } else if (scale->light_ms < 0) {
        scale->light_ms = now_ms;
    } else if (now_ms - scale->light_ms >= POS_SCALE_DRIFT_MS) {
        scale->zero_seen = false;
    }
}

static void on_confirmed(PosScale *scale, int64_t now_ms)
{
    if (is_unloaded(&scale->reading)) {
        scale->loaded = scale->charged = scale->tared = false;
        scale->zero_seen = true;
        scale->light_ms = -1;
    } else if (scale->reading.state == POS_SCALE_STABLE) {
        if (!scale->loaded) {
            scale->loaded = true;
            scale->load++;
        }
        watch_drift(scale, now_ms);
    }
}

static bool is_same(const PosScaleReading *a, const PosScaleReading *b)
{
    return a->state == b->state && a->has_grams == b->has_grams && a->grams == b->grams &&
           a->net == b->net;
}

static void on_reading(PosScale *scale, const PosScaleReading *reading, int64_t now_ms)
{
    bool counts = reading->state == POS_SCALE_STABLE || reading->state == POS_SCALE_NEGATIVE ||
                  reading->state == POS_SCALE_UNDER_ZERO;
    bool fresh = scale->reading_ms >= 0 && now_ms - scale->reading_ms <= POS_SCALE_TIMEOUT_MS;
    bool again = fresh && reading->noise == 0 && is_same(reading, &scale->reading);
    scale->repeats = !counts ? 0 : again ? MIN(scale->repeats + 1, 2) : 1;
    scale->same_ms = again ? scale->same_ms : now_ms;
    scale->reading = *reading;
    scale->reading_ms = now_ms;
    scale->garbage_ms = -1;
    scale->await = POS_SCALE_IDLE;
    if (is_confirmed(scale)) {
        on_confirmed(scale, now_ms);
    } else {
        scale->light_ms = -1;
    }
}

void pos_scale_feed(PosScale *scale, const uint8_t *bytes, gsize length, int64_t now_ms)
{
    for (gsize i = 0; i < length; i++) {
        pos_scale_parser_push(&scale->parser, bytes[i]);
        PosScaleReading reading;
        PosScaleFrame frame;
        while ((frame = pos_scale_parser_next(&scale->parser, &reading)) != POS_SCALE_FRAME_NONE) {
            if (frame == POS_SCALE_FRAME_READING) {
                on_reading(scale, &reading, now_ms);
            } else if (scale->await == POS_SCALE_AWAIT_ACK) {
                scale->ready_due = frame == POS_SCALE_FRAME_ACK;
                scale->await = POS_SCALE_IDLE;
            }
        }
    }
    if (length > 0 && scale->parser.noise > 0 && scale->garbage_ms < 0) {
        scale->garbage_ms = now_ms;
    }
}

/* --- asking ----------------------------------------------------------------------------------------- */

static gsize send(PosScale *scale, PosScaleAsk ask, int64_t now_ms,
                  uint8_t out[POS_SCALE_COMMAND_BYTES])
{
    gsize length = pos_scale_command(scale->config.protocol, ask, out);
    scale->asked_ms = now_ms;
    return length;
}

/* When the next command may go out, whatever it is. */
static int64_t gap_end_ms(const PosScale *scale)
{
    return scale->asked_ms < 0 ? scale->linked_ms : scale->asked_ms + POS_SCALE_COMMAND_GAP_MS;
}

gsize pos_scale_tick(PosScale *scale, int64_t now_ms, uint8_t out[POS_SCALE_COMMAND_BYTES])
{
    if (!scale->linked) {
        return 0;
    }
    if (scale->ready_due) { /* the second half of a question, not a new one */
        scale->ready_due = false;
        scale->await = POS_SCALE_AWAIT_READING;
        return send(scale, POS_SCALE_ASK_READY, now_ms, out);
    }
    bool waiting =
        scale->await != POS_SCALE_IDLE && now_ms - scale->asked_ms < POS_SCALE_TIMEOUT_MS;
    if (waiting || now_ms < gap_end_ms(scale)) {
        return 0;
    }
    if (scale->zero_due || scale->clear_due) {
        PosScaleAsk ask = scale->zero_due ? POS_SCALE_ZERO : POS_SCALE_CLEAR_TARE;
        *(scale->zero_due ? &scale->zero_due : &scale->clear_due) = false;
        return send(scale, ask, now_ms, out);
    }
    if (!pos_scale_is_asked(scale->config.protocol)) {
        return 0;
    }
    if (scale->await != POS_SCALE_IDLE) { /* what never came does not join with what comes now */
        pos_scale_parser_reset(&scale->parser);
    }
    bool twice = scale->config.protocol == POS_SCALE_CAS_ECR;
    scale->await = twice ? POS_SCALE_AWAIT_ACK : POS_SCALE_AWAIT_READING;
    return send(scale, POS_SCALE_ASK, now_ms, out);
}

int64_t pos_scale_due_in_ms(const PosScale *scale, int64_t now_ms)
{
    if (!scale->linked) {
        return POS_SCALE_TIMEOUT_MS;
    }
    if (scale->ready_due) {
        return 0;
    }
    int64_t heard_ms = MAX(scale->reading_ms, scale->linked_ms);
    int64_t due_ms = heard_ms + POS_SCALE_TIMEOUT_MS + 1;
    if (due_ms <= now_ms) {
        due_ms = now_ms + POS_SCALE_TIMEOUT_MS;
    }
    bool speaks = pos_scale_is_asked(scale->config.protocol) || scale->zero_due || scale->clear_due;
    if (speaks) {
        int64_t next_ms = scale->await == POS_SCALE_IDLE ? gap_end_ms(scale)
                                                         : scale->asked_ms + POS_SCALE_TIMEOUT_MS;
        due_ms = MIN(due_ms, next_ms);
    }
    return MAX(due_ms - now_ms, 0);
}

/* --- what is known ---------------------------------------------------------------------------------- */

static PosScaleCondition condition_of_weight(const PosScale *scale)
{
    const PosScaleReading *reading = &scale->reading;
    const int64_t division_g = scale->config.division_g;
    if (!is_confirmed(scale)) {
        return POS_SCALE_CONDITION_MOTION;
    }
    if (reading->grams == 0) {
        return POS_SCALE_CONDITION_EMPTY;
    }
    if (reading->grams % division_g != 0) { /* finer than what the customer could read */
        return POS_SCALE_CONDITION_WRONG_UNIT;
    }
    if (scale->charged) {
        return POS_SCALE_CONDITION_CHARGED;
    }
    if (!scale->zero_seen) {
        return POS_SCALE_CONDITION_UNCHECKED;
    }
    return reading->grams < POS_SCALE_MIN_DIVISIONS * division_g ? POS_SCALE_CONDITION_LIGHT
                                                                 : POS_SCALE_CONDITION_READY;
}

static PosScaleCondition condition_of_reading(const PosScale *scale)
{
    switch (scale->reading.state) {
    case POS_SCALE_STABLE:
        return condition_of_weight(scale);
    case POS_SCALE_MOTION:
        return POS_SCALE_CONDITION_MOTION;
    case POS_SCALE_NEGATIVE:
        return scale->reading.net ? POS_SCALE_CONDITION_EMPTY : POS_SCALE_CONDITION_NEGATIVE;
    case POS_SCALE_UNDER_ZERO:
        return scale->reading.net ? POS_SCALE_CONDITION_EMPTY : POS_SCALE_CONDITION_UNDER_ZERO;
    case POS_SCALE_OVER:
        return POS_SCALE_CONDITION_OVER;
    case POS_SCALE_OUTSIDE_ZERO:
        return POS_SCALE_CONDITION_OUTSIDE_ZERO;
    case POS_SCALE_WRONG_UNIT:
        return POS_SCALE_CONDITION_WRONG_UNIT;
    case POS_SCALE_ERROR:
        return POS_SCALE_CONDITION_FAULT;
    }
    g_assert_not_reached();
}

PosScaleStatus pos_scale_look(const PosScale *scale, int64_t now_ms)
{
    uint8_t unused[POS_SCALE_COMMAND_BYTES];
    PosScaleStatus status = {
        .load = scale->load,
        .can_zero = pos_scale_command(scale->config.protocol, POS_SCALE_ZERO, unused) > 0};
    int64_t heard_ms = scale->reading_ms >= 0 ? scale->reading_ms : scale->linked_ms;
    if (!scale->linked) {
        status.condition = POS_SCALE_CONDITION_OFF;
    } else if (now_ms - heard_ms > POS_SCALE_TIMEOUT_MS) {
        status.condition =
            scale->garbage_ms >= 0 ? POS_SCALE_CONDITION_GARBLED : POS_SCALE_CONDITION_SILENT;
    } else if (scale->reading_ms < 0) {
        status.condition = POS_SCALE_CONDITION_MOTION; /* just switched on */
    } else {
        status.condition = condition_of_reading(scale);
        status.has_grams = scale->reading.has_grams;
        status.grams = scale->reading.grams;
        status.stable = is_confirmed(scale);
        status.settled = status.condition == POS_SCALE_CONDITION_READY &&
                         scale->reading_ms - scale->same_ms >= POS_SCALE_SETTLE_MS;
        status.net = scale->reading.net;
        status.tare_g = scale->reading.tare_g;
    }
    return status;
}

/* --- what is asked of it ---------------------------------------------------------------------------- */

void pos_scale_charge(PosScale *scale, uint64_t load)
{
    if (load == scale->load && scale->loaded) {
        scale->charged = true;
        scale->zero_seen = false;
    }
}

void pos_scale_keep_container(PosScale *scale, uint64_t load)
{
    scale->tared = scale->tared || (load == scale->load && scale->loaded);
}

static bool queue(PosScale *scale, PosScaleAsk ask, bool *due)
{
    uint8_t unused[POS_SCALE_COMMAND_BYTES];
    if (!scale->linked || pos_scale_command(scale->config.protocol, ask, unused) == 0) {
        return false;
    }
    *due = true;
    return true;
}

bool pos_scale_zero(PosScale *scale)
{
    return queue(scale, POS_SCALE_ZERO, &scale->zero_due);
}

bool pos_scale_clear_tare(PosScale *scale)
{
    return queue(scale, POS_SCALE_CLEAR_TARE, &scale->clear_due);
}
