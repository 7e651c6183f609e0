/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which weight may be charged: the rules of pos/scale.h against the simulated scale, in time that the test turns. */
#include "pos/scale.h"
#include "pos/scale_sim.h"

#include <string.h>

typedef struct {
    PosScale scale;
    PosScaleSim sim;
    GRand *random;
    int64_t now_ms, stream_ms, sent_ms;
    int corrupt_one_in; /* bytes that come out as others; 0 none */
    int commands;
} Rig;

static void rig_init(Rig *rig, PosScaleProtocol protocol)
{
    const PosScaleConfig config = {.protocol = protocol, .division_g = 2};
    *rig = (Rig){.now_ms = 1000, .sent_ms = -1, .random = g_rand_new_with_seed(20261123)};
    pos_scale_init(&rig->scale, &config);
    pos_scale_sim_init(&rig->sim, protocol, rig->random);
    pos_scale_set_linked(&rig->scale, true, rig->now_ms);
}

static void rig_clear(Rig *rig)
{
    g_rand_free(rig->random);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rig, rig_clear)

static void deliver(Rig *rig, uint8_t *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (rig->corrupt_one_in > 0 && g_rand_int_range(rig->random, 0, rig->corrupt_one_in) == 0) {
            bytes[i] = (uint8_t)g_rand_int_range(rig->random, 0, 256);
        }
    }
    pos_scale_feed(&rig->scale, bytes, length, rig->now_ms);
}

/* One look of a talking thread: what is due is sent, what is answered is fed. */
static void step(Rig *rig)
{
    uint8_t bytes[POS_SCALE_SIM_BYTES];
    uint8_t command[POS_SCALE_COMMAND_BYTES];
    gsize length = pos_scale_tick(&rig->scale, rig->now_ms, command);
    if (length > 0) {
        bool second_half = command[0] == 0x11;
        g_assert_true(second_half || rig->sent_ms < 0 ||
                      rig->now_ms - rig->sent_ms >= POS_SCALE_COMMAND_GAP_MS);
        rig->sent_ms = rig->now_ms;
        rig->commands++;
    }
    for (gsize i = 0; i < length; i++) {
        gsize count = pos_scale_sim_hear(&rig->sim, command[i], bytes);
        deliver(rig, bytes, count);
    }
    if (rig->now_ms >= rig->stream_ms) {
        deliver(rig, bytes, pos_scale_sim_stream(&rig->sim, bytes));
        rig->stream_ms = rig->now_ms + 100;
    }
    rig->now_ms += 10;
}

static PosScaleStatus pass(Rig *rig, int64_t ms)
{
    for (int64_t end_ms = rig->now_ms + ms; rig->now_ms < end_ms;) {
        step(rig);
    }
    return pos_scale_look(&rig->scale, rig->now_ms);
}

static void expect(const PosScaleStatus *status, PosScaleCondition condition)
{
    g_assert_cmpstr(pos_scale_condition_code(status->condition), ==,
                    pos_scale_condition_code(condition));
}

#define PASS(rig, ms, wanted)                                                                      \
    G_STMT_START                                                                                   \
    {                                                                                              \
        PosScaleStatus status_ = pass(rig, ms);                                                    \
        expect(&status_, wanted);                                                                  \
    }                                                                                              \
    G_STMT_END

static void a_load_is_charged_once(gconstpointer data)
{
    g_auto(Rig) rig;
    rig_init(&rig, (PosScaleProtocol)GPOINTER_TO_INT(data));
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = 450;
    rig.sim.moving = true;
    PASS(&rig, 600, POS_SCALE_CONDITION_MOTION);
    rig.sim.moving = false;
    PosScaleStatus status = pass(&rig, 600);
    expect(&status, POS_SCALE_CONDITION_READY);
    g_assert_cmpint(status.grams, ==, 450);
    g_assert_true(status.stable);
    pos_scale_charge(&rig.scale, status.load);
    PASS(&rig, 600, POS_SCALE_CONDITION_CHARGED);
    rig.sim.load_g = 900; /* more on top of what is sold already */
    PASS(&rig, 600, POS_SCALE_CONDITION_CHARGED);
    rig.sim.load_g = 0;
    PASS(&rig, 600, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = 450;
    PosScaleStatus second = pass(&rig, 600);
    expect(&second, POS_SCALE_CONDITION_READY);
    g_assert_cmpuint(second.load, ==, status.load + 1);
    /* Charging a load that is gone changes nothing. */
    pos_scale_charge(&rig.scale, status.load);
    PASS(&rig, 300, POS_SCALE_CONDITION_READY);
}

static void each_fault_is_named(gconstpointer data)
{
    g_auto(Rig) rig;
    PosScaleProtocol protocol = (PosScaleProtocol)GPOINTER_TO_INT(data);
    rig_init(&rig, protocol);
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = POS_SCALE_SIM_CAPACITY_G + 100;
    PASS(&rig, 600,
         protocol == POS_SCALE_CAS_ECR ? POS_SCALE_CONDITION_FAULT : POS_SCALE_CONDITION_OVER);
    rig.sim.load_g = -40;
    PosScaleStatus below = pass(&rig, 600);
    g_assert_true(below.condition == POS_SCALE_CONDITION_NEGATIVE ||
                  below.condition == POS_SCALE_CONDITION_UNDER_ZERO);
    rig.sim.load_g = 10;
    PASS(&rig, 600, POS_SCALE_CONDITION_LIGHT);
    rig.sim.load_g = 451; /* not a multiple of its division */
    PASS(&rig, 600, POS_SCALE_CONDITION_WRONG_UNIT);
    rig.sim.load_g = 450;
    rig.sim.fault = POS_SCALE_SIM_SILENT;
    PosScaleStatus silent = pass(&rig, POS_SCALE_TIMEOUT_MS + 100);
    expect(&silent, POS_SCALE_CONDITION_SILENT);
    g_assert_false(silent.has_grams); /* what is old is not shown */
    rig.sim.fault = POS_SCALE_SIM_GARBAGE;
    PASS(&rig, 3000, POS_SCALE_CONDITION_GARBLED);
    rig.sim.fault = POS_SCALE_SIM_WELL;
    PASS(&rig, 1500, POS_SCALE_CONDITION_READY);
    pos_scale_set_linked(&rig.scale, false, rig.now_ms);
    PosScaleStatus off = pos_scale_look(&rig.scale, rig.now_ms);
    expect(&off, POS_SCALE_CONDITION_OFF);
}

static void without_a_zero_before_nothing_is_charged(gconstpointer data)
{
    g_auto(Rig) rig;
    rig_init(&rig, (PosScaleProtocol)GPOINTER_TO_INT(data));
    rig.sim.load_g = 450; /* there before the till was */
    PASS(&rig, 2000, POS_SCALE_CONDITION_UNCHECKED);
    rig.sim.load_g = 0;
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.drift_g = 6; /* an empty plate that shows 6 g */
    pass(&rig, POS_SCALE_DRIFT_MS + 1500);
    rig.sim.load_g = 450;
    PASS(&rig, 1000, POS_SCALE_CONDITION_UNCHECKED);
    rig.sim.load_g = 0;
    pos_scale_sim_zero(&rig.sim);
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = 450;
    PosScaleStatus status = pass(&rig, 1000);
    expect(&status, POS_SCALE_CONDITION_READY);
    g_assert_cmpint(status.grams, ==, 450);
}

static void a_light_container_may_stay(void)
{
    g_auto(Rig) rig;
    rig_init(&rig, POS_SCALE_8217);
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = 6;
    PosScaleStatus status = pass(&rig, 600);
    pos_scale_keep_container(&rig.scale, status.load);
    PASS(&rig, POS_SCALE_DRIFT_MS + 1500, POS_SCALE_CONDITION_LIGHT);
    rig.sim.load_g = 456;
    PASS(&rig, 600, POS_SCALE_CONDITION_READY);
}

static void a_cable_that_was_out_is_no_reason_to_charge_twice(void)
{
    g_auto(Rig) rig;
    rig_init(&rig, POS_SCALE_CAS_22);
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = 450;
    PosScaleStatus status = pass(&rig, 600);
    pos_scale_charge(&rig.scale, status.load);
    pos_scale_set_linked(&rig.scale, false, rig.now_ms);
    pos_scale_set_linked(&rig.scale, true, rig.now_ms);
    PASS(&rig, 600, POS_SCALE_CONDITION_CHARGED);
}

static void the_zero_command_is_sent_where_there_is_one(void)
{
    for (int p = 0; p < POS_SCALE_PROTOCOLS; p++) {
        g_auto(Rig) rig;
        rig_init(&rig, (PosScaleProtocol)p);
        rig.sim.drift_g = 8;
        PosScaleStatus status = pass(&rig, 1000);
        bool has = p == POS_SCALE_8217 || p == POS_SCALE_NCI || p == POS_SCALE_TOLEDO_CONT;
        g_assert_cmpint(status.can_zero, ==, has);
        g_assert_cmpint(pos_scale_zero(&rig.scale), ==, has);
        PASS(&rig, 1500, has ? POS_SCALE_CONDITION_EMPTY : POS_SCALE_CONDITION_UNCHECKED);
    }
}

static void the_scale_s_own_tare_is_told_and_cleared(void)
{
    g_auto(Rig) rig;
    rig_init(&rig, POS_SCALE_8217);
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.tare_g = 12; /* the container is lifted: below zero, net */
    PASS(&rig, 1000, POS_SCALE_CONDITION_EMPTY);
    rig.sim.load_g = 462;
    PosScaleStatus status = pass(&rig, 1000);
    expect(&status, POS_SCALE_CONDITION_READY);
    g_assert_true(status.net);
    g_assert_cmpint(status.grams, ==, 450);
    g_assert_true(pos_scale_clear_tare(&rig.scale));
    status = pass(&rig, 1000);
    g_assert_false(status.net);
    g_assert_cmpint(status.grams, ==, 462);
}

static void a_scale_is_not_asked_while_its_cable_is_out(void)
{
    g_auto(Rig) rig;
    rig_init(&rig, POS_SCALE_8217);
    pos_scale_set_linked(&rig.scale, false, rig.now_ms);
    pass(&rig, 5000);
    g_assert_cmpint(rig.commands, ==, 0);
    g_assert_false(pos_scale_zero(&rig.scale));
    pos_scale_set_linked(&rig.scale, true, rig.now_ms);
    pass(&rig, 2000);
    g_assert_cmpint(rig.commands, >=, 8);
    g_assert_cmpint(rig.commands, <=, 11);
}

/* What is due never lies in the past nor so far away that a status grows old unseen. */
static void due_is_within_a_timeout(void)
{
    for (int p = 0; p < POS_SCALE_PROTOCOLS; p++) {
        g_auto(Rig) rig;
        rig_init(&rig, (PosScaleProtocol)p);
        for (int i = 0; i < 500; i++) {
            if (i == 200) {
                rig.sim.fault = POS_SCALE_SIM_SILENT;
            }
            int64_t due_ms = pos_scale_due_in_ms(&rig.scale, rig.now_ms);
            g_assert_cmpint(due_ms, >=, 0);
            g_assert_cmpint(due_ms, <=, POS_SCALE_TIMEOUT_MS + 1);
            step(&rig);
        }
    }
}

/* Hours of a line in every kind of trouble: when a weight may be charged, it is the one on the plate. */
static void noise_never_makes_a_wrong_weight(gconstpointer data)
{
    g_auto(Rig) rig;
    rig_init(&rig, (PosScaleProtocol)GPOINTER_TO_INT(data));
    int ready = 0;
    int64_t changed_ms = 0;
    int64_t before_g = 0;
    for (int i = 0; i < 60000; i++) {
        if (i % 300 == 0) {
            static const PosScaleSimFault faults[] = {POS_SCALE_SIM_WELL,  POS_SCALE_SIM_NOISE,
                                                      POS_SCALE_SIM_NOISE, POS_SCALE_SIM_NOISE,
                                                      POS_SCALE_SIM_HALF,  POS_SCALE_SIM_GARBAGE};
            rig.sim.fault = faults[g_rand_int_range(rig.random, 0, G_N_ELEMENTS(faults))];
            rig.corrupt_one_in = g_rand_int_range(rig.random, 0, 3) == 0 ? 40 : 0;
            before_g = rig.sim.load_g;
            rig.sim.load_g = i % 600 == 0 ? 0 : 2 * g_rand_int_range(rig.random, 20, 7000);
            changed_ms = rig.now_ms;
        }
        step(&rig);
        PosScaleStatus status = pos_scale_look(&rig.scale, rig.now_ms);
        if (status.condition == POS_SCALE_CONDITION_READY) {
            /* Until the next reading has come, what lay there before is shown. */
            bool late = rig.now_ms - changed_ms <= POS_SCALE_TIMEOUT_MS;
            g_assert_true(status.grams == rig.sim.load_g || (late && status.grams == before_g));
            ready++;
            if (i % 300 > 250) {
                pos_scale_charge(&rig.scale, status.load);
            }
        }
    }
    g_test_message("%d looks with a weight", ready);
    g_assert_cmpint(ready, >, 1000);
}

static void add_for_each(const char *name, GTestDataFunc function)
{
    for (int p = 0; p < POS_SCALE_PROTOCOLS; p++) {
        g_autofree char *path =
            g_strdup_printf("/pos/scale/%s/%s", name, pos_scale_protocol_code((PosScaleProtocol)p));
        g_test_add_data_func(path, GINT_TO_POINTER(p), function);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_for_each("a_load_is_charged_once", a_load_is_charged_once);
    add_for_each("each_fault_is_named", each_fault_is_named);
    add_for_each("without_a_zero_before_nothing_is_charged",
                 without_a_zero_before_nothing_is_charged);
    add_for_each("noise_never_makes_a_wrong_weight", noise_never_makes_a_wrong_weight);
#define CASE(name) g_test_add_func("/pos/scale/" #name, name)
    CASE(a_light_container_may_stay);
    CASE(a_cable_that_was_out_is_no_reason_to_charge_twice);
    CASE(the_zero_command_is_sent_where_there_is_one);
    CASE(the_scale_s_own_tare_is_told_and_cleared);
    CASE(a_scale_is_not_asked_while_its_cable_is_out);
    CASE(due_is_within_a_timeout);
    return g_test_run();
}
