/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/scale.h"
#include "pos/scale_sim.h"
#include "tests/fuzz/properties.h"

#define NOW_MS 1000

static void check_readings(PosScaleProtocol protocol, const uint8_t *data, gsize size)
{
    PosScaleParser parser;
    gsize heard = 0;
    pos_scale_parser_init(&parser, protocol);
    for (gsize i = 0; i < size; i++) {
        pos_scale_parser_push(&parser, data[i]);
        PosScaleReading reading;
        for (PosScaleFrame frame;
             (frame = pos_scale_parser_next(&parser, &reading)) != POS_SCALE_FRAME_NONE;) {
            heard++;
            if (frame == POS_SCALE_FRAME_READING && reading.state == POS_SCALE_STABLE) {
                g_assert_true(reading.has_grams);
                g_assert_cmpint(reading.grams, >=, 0);
                g_assert_cmpint(reading.grams, <=, 1000000);
            }
        }
        g_assert_cmpuint(parser.length, <, POS_SCALE_FRAME_BYTES_MAX);
    }
    g_assert_cmpuint(heard, <=, size);
    /* Whatever came before, a pause and two whole frames are heard. */
    PosScaleSim sim;
    uint8_t bytes[POS_SCALE_FRAME_BYTES_MAX];
    pos_scale_sim_init(&sim, protocol, NULL);
    sim.load_g = 1234;
    pos_scale_parser_reset(&parser);
    gsize length = pos_scale_sim_frame(&sim, bytes);
    PosScaleReading last = {.state = POS_SCALE_ERROR};
    for (gsize i = 0; i < length; i++) {
        pos_scale_parser_push(&parser, bytes[i]);
        while (pos_scale_parser_next(&parser, &last) != POS_SCALE_FRAME_NONE) {
        }
    }
    g_assert_cmpint(last.state, ==, POS_SCALE_STABLE);
    g_assert_cmpint(last.grams, ==, 1234);
}

/* However the bytes are cut into reads, the same is known in the end. */
static void check_cuts(PosScaleProtocol protocol, const uint8_t *data, gsize size)
{
    const PosScaleConfig config = {.protocol = protocol, .division_g = 2};
    PosScale whole;
    PosScale pieces;
    pos_scale_init(&whole, &config);
    pos_scale_init(&pieces, &config);
    pos_scale_set_linked(&whole, true, NOW_MS);
    pos_scale_set_linked(&pieces, true, NOW_MS);
    pos_scale_feed(&whole, data, size, NOW_MS);
    for (gsize i = 0; i < size; i++) {
        pos_scale_feed(&pieces, data + i, 1, NOW_MS);
    }
    PosScaleStatus a = pos_scale_look(&whole, NOW_MS);
    PosScaleStatus b = pos_scale_look(&pieces, NOW_MS);
    g_assert_cmpint(a.condition, ==, b.condition);
    g_assert_cmpint(a.grams, ==, b.grams);
    if (a.condition == POS_SCALE_CONDITION_READY) {
        g_assert_cmpint(a.grams, >=, POS_SCALE_MIN_DIVISIONS * config.division_g);
        g_assert_true(a.stable && a.load > 0);
    }
}

void scale_property_check(const uint8_t *data, gsize size)
{
    if (size > 0) {
        PosScaleProtocol protocol = (PosScaleProtocol)(data[0] % POS_SCALE_PROTOCOLS);
        check_readings(protocol, data + 1, size - 1);
        check_cuts(protocol, data + 1, size - 1);
    }
}
