/* SPDX-License-Identifier: GPL-3.0-or-later
 * Frames of scales: the vectors, every state of the simulated scale, and what must never become a weight: half
 * frames, lost and added bytes, noise, other units. */
#include "pos/scale_frame.h"
#include "pos/scale_sim.h"
#include "tests/support/vectors.h"

#include <string.h>

typedef struct {
    PosScaleReading readings[64];
    gsize count;
} Heard;

static void feed(PosScaleParser *parser, const uint8_t *bytes, gsize length, Heard *heard)
{
    for (gsize i = 0; i < length; i++) {
        pos_scale_parser_push(parser, bytes[i]);
        PosScaleReading reading;
        PosScaleFrame frame;
        while ((frame = pos_scale_parser_next(parser, &reading)) != POS_SCALE_FRAME_NONE) {
            if (frame == POS_SCALE_FRAME_READING) {
                g_assert_cmpuint(heard->count, <, G_N_ELEMENTS(heard->readings));
                heard->readings[heard->count++] = reading;
            }
        }
    }
}

static Heard hear(PosScaleProtocol protocol, const void *bytes, gsize length)
{
    PosScaleParser parser;
    Heard heard = {.count = 0};
    pos_scale_parser_init(&parser, protocol);
    feed(&parser, bytes, length, &heard);
    return heard;
}

/* --- the vectors -------------------------------------------------------------------------------------- */

/* "stable -0.010 kg" in words to a reading. */
static PosScaleReading meant(const char *words)
{
    PosScaleReading reading = {.net = strstr(words, "net") != NULL};
    g_autoptr(GRegex) number = g_regex_new("(-?)([0-9]+)\\.([0-9]{3})", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (g_regex_match(number, words, 0, &match)) {
        g_autofree char *sign = g_match_info_fetch(match, 1);
        g_autofree char *whole = g_match_info_fetch(match, 2);
        g_autofree char *part = g_match_info_fetch(match, 3);
        reading.grams = g_ascii_strtoll(whole, NULL, 10) * 1000 + g_ascii_strtoll(part, NULL, 10);
        reading.grams *= sign[0] == '-' ? -1 : 1;
        reading.has_grams = true;
    }
    if (strstr(words, "unstable") != NULL || strstr(words, "in motion") != NULL) {
        reading.state = POS_SCALE_MOTION;
    } else if (strstr(words, "over capacity") != NULL) {
        reading.state = POS_SCALE_OVER;
    } else if (strstr(words, "under zero") != NULL) {
        reading.state = POS_SCALE_UNDER_ZERO;
    } else if (reading.grams < 0) {
        reading.state = POS_SCALE_NEGATIVE;
    } else {
        reading.has_grams = true; /* with "centre of zero" it is zero */
    }
    return reading;
}

static void vectors_reproduce(void)
{
    g_autofree char *path = vectors_path("standards/scale_frames.csv");
    Vectors *vectors = vectors_read(path);
    g_assert_cmpuint(vectors->rows->len, >=, 14);
    for (guint row = 0; row < vectors->rows->len; row++) {
        PosScaleProtocol protocol;
        const char *words = vectors_cell(vectors, row, "meaning");
        const char *code = vectors_cell(vectors, row, "protocol");
        g_assert_true(pos_scale_protocol_from_code(code, &protocol));
        g_assert_cmpstr(pos_scale_protocol_code(protocol), ==, code);
        g_auto(GStrv) hex = g_strsplit(vectors_cell(vectors, row, "frame_hex"), " ", -1);
        uint8_t bytes[64];
        gsize length = 0;
        for (; hex[length] != NULL; length++) {
            bytes[length] = (uint8_t)g_ascii_strtoull(hex[length], NULL, 16);
        }
        Heard heard = hear(protocol, bytes, length);
        PosScaleReading want = meant(words);
        g_test_message("%s: %s", code, words);
        g_assert_cmpuint(heard.count, ==, 1);
        g_assert_cmpint(heard.readings[0].state, ==, want.state);
        g_assert_cmpint(heard.readings[0].has_grams, ==, want.has_grams);
        g_assert_cmpint(heard.readings[0].grams, ==, want.grams);
        g_assert_cmpint(heard.readings[0].net, ==, want.net);
        g_assert_cmpuint(heard.readings[0].noise, ==, 0);
    }
    vectors_free(vectors);
}

/* --- every state of the simulated scale --------------------------------------------------------------- */

static Heard shown(PosScaleSim *sim)
{
    uint8_t frame[POS_SCALE_FRAME_BYTES_MAX];
    gsize length = pos_scale_sim_frame(sim, frame);
    return hear(sim->protocol, frame, length);
}

static void every_state_of_every_protocol_is_read(void)
{
    for (int p = 0; p < POS_SCALE_PROTOCOLS; p++) {
        PosScaleSim sim;
        pos_scale_sim_init(&sim, (PosScaleProtocol)p, NULL);
        g_test_message("%s", pos_scale_protocol_code(sim.protocol));
        for (sim.load_g = 0; sim.load_g <= POS_SCALE_SIM_CAPACITY_G; sim.load_g += 7) {
            Heard heard = shown(&sim);
            g_assert_cmpuint(heard.count, ==, 1);
            g_assert_cmpint(heard.readings[0].state, ==, POS_SCALE_STABLE);
            g_assert_true(heard.readings[0].has_grams);
            g_assert_cmpint(heard.readings[0].grams, ==, sim.load_g);
            g_assert_false(heard.readings[0].net);
        }
        sim.load_g = 462;
        sim.tare_g = 12;
        Heard net = shown(&sim);
        g_assert_cmpint(net.readings[0].grams, ==, 450);
        g_assert_cmpint(net.readings[0].state, ==, POS_SCALE_STABLE);
        /* Only these two say that it is net; NCI's status and the ECR's frame have no place for it. */
        bool says = p != POS_SCALE_CAS_ECR && p != POS_SCALE_NCI;
        g_assert_cmpint(net.readings[0].net, ==, says);
        g_assert_cmpint(net.readings[0].tare_g, ==, p == POS_SCALE_TOLEDO_CONT ? 12 : 0);
        sim.tare_g = 0;
        sim.moving = true;
        Heard moving = shown(&sim);
        g_assert_cmpuint(moving.count, ==, 1);
        g_assert_cmpint(moving.readings[0].state, ==, POS_SCALE_MOTION);
        sim.moving = false;
        sim.load_g = -40;
        Heard below = shown(&sim);
        g_assert_cmpuint(below.count, ==, 1);
        g_assert_true(below.readings[0].state == POS_SCALE_NEGATIVE ||
                      below.readings[0].state == POS_SCALE_UNDER_ZERO);
        sim.load_g = POS_SCALE_SIM_CAPACITY_G + 1;
        Heard over = shown(&sim);
        g_assert_cmpuint(over.count, ==, 1);
        g_assert_cmpint(over.readings[0].state, ==,
                        p == POS_SCALE_CAS_ECR ? POS_SCALE_ERROR : POS_SCALE_OVER);
        g_assert_false(over.readings[0].has_grams);
    }
}

/* --- what must never become a weight ---------------------------------------------------------------- */

/* What lies between or before must not give a weight that neither frame has; the whole frame b is read at the end. */
static void check_only(PosScaleProtocol protocol, const uint8_t *bytes, gsize length, int64_t a_g,
                       int64_t b_g)
{
    Heard heard = hear(protocol, bytes, length);
    for (gsize i = 0; i < heard.count; i++) {
        if (heard.readings[i].has_grams) {
            int64_t grams = heard.readings[i].grams;
            g_assert_true(grams == a_g || grams == b_g);
        }
    }
    g_assert_cmpuint(heard.count, >=, 1);
    g_assert_cmpint(heard.readings[heard.count - 1].state, ==, POS_SCALE_STABLE);
    g_assert_cmpint(heard.readings[heard.count - 1].grams, ==, b_g);
}

static void check_cuts(PosScaleProtocol protocol, int64_t a_g, int64_t b_g)
{
    PosScaleSim sim;
    uint8_t a[POS_SCALE_FRAME_BYTES_MAX];
    uint8_t b[POS_SCALE_FRAME_BYTES_MAX];
    uint8_t bytes[3 * POS_SCALE_FRAME_BYTES_MAX];
    pos_scale_sim_init(&sim, protocol, NULL);
    sim.load_g = a_g;
    gsize a_length = pos_scale_sim_frame(&sim, a);
    sim.load_g = b_g;
    gsize b_length = pos_scale_sim_frame(&sim, b);
    for (gsize cut = 1; cut < a_length; cut++) {
        /* The first part of a, then b: a's weight must not come. */
        memcpy(bytes, a, cut);
        memcpy(bytes + cut, b, b_length);
        check_only(protocol, bytes, cut + b_length, b_g, b_g);
        /* The rest of a, then b. */
        memcpy(bytes, a + cut, a_length - cut);
        memcpy(bytes + a_length - cut, b, b_length);
        check_only(protocol, bytes, a_length - cut + b_length, b_g, b_g);
        /* a without one byte, then b. */
        memcpy(bytes, a, cut);
        memcpy(bytes + cut, a + cut + 1, a_length - cut - 1);
        memcpy(bytes + a_length - 1, b, b_length);
        check_only(protocol, bytes, a_length - 1 + b_length, b_g, b_g);
        /* a with each byte twice, then b. */
        memcpy(bytes, a, cut);
        memcpy(bytes + cut, a + cut - 1, a_length - cut + 1);
        memcpy(bytes + a_length + 1, b, b_length);
        check_only(protocol, bytes, a_length + 1 + b_length, a_g, b_g);
    }
}

static void a_cut_frame_is_never_a_weight(void)
{
    static const int64_t weights[] = {1, 12, 450, 999, 1234, 11111, 14998};
    for (int p = 0; p < POS_SCALE_PROTOCOLS; p++) {
        for (gsize a = 0; a < G_N_ELEMENTS(weights); a++) {
            for (gsize b = 0; b < G_N_ELEMENTS(weights); b++) {
                if (a != b) {
                    check_cuts((PosScaleProtocol)p, weights[a], weights[b]);
                }
            }
        }
    }
}

static void noise_before_a_frame_is_counted(void)
{
    const char bytes[] = "\xff\x02"
                         "9\x02"
                         "01.234\r\n\0 \x02"
                         "01.234\r";
    Heard heard = hear(POS_SCALE_8217, bytes, sizeof bytes - 1);
    g_assert_cmpuint(heard.count, ==, 2);
    g_assert_cmpuint(heard.readings[0].noise, ==, 3);
    g_assert_cmpuint(heard.readings[1].noise, ==, 0); /* line ends, NUL and spaces are none */
}

static void other_units_and_finer_weights_are_refused(void)
{
    static const struct {
        PosScaleProtocol protocol;
        const char *bytes;
        gsize length;
    } cases[] = {
        {POS_SCALE_8217,
         "\x02"
         "02.72\r",
         7}, /* pounds have two decimals */
        {POS_SCALE_CAS_22, "ST,GS,1\xc1,   2.720 lb\r\n", 22},
        {POS_SCALE_CAS_22, "ST,GS,1\xc1,  1.2345 kg\r\n", 22}, /* a tenth of a gram */
        {POS_SCALE_AND_18, "ST,GS,   43.52oz\r\n", 18},
        {POS_SCALE_AND_18, "ST,GS,   450.5 g\r\n", 18},
        {POS_SCALE_NCI, "\n002.72LB\r\nS00\r\x03", 16},
        {POS_SCALE_CAS_ECR, "\x01\x02S 02.720lb\x4b\x03\x04", 15},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[32];
        memcpy(bytes, cases[i].bytes, cases[i].length);
        if (cases[i].protocol == POS_SCALE_CAS_ECR) {
            bytes[12] = 0;
            for (int at = 2; at < 12; at++) {
                bytes[12] ^= bytes[at];
            }
        }
        Heard heard = hear(cases[i].protocol, bytes, cases[i].length);
        g_assert_cmpuint(heard.count, ==, 1);
        g_assert_cmpint(heard.readings[0].state, ==, POS_SCALE_WRONG_UNIT);
        g_assert_false(heard.readings[0].has_grams);
    }
    Heard grams = hear(POS_SCALE_AND_18, "ST,GS,+0000450 g\r\n", 18);
    g_assert_cmpint(grams.readings[0].grams, ==, 450);
}

/* Continuous frames: SWB and SWC that change what the digits mean. */
static PosScaleReading continuous(uint8_t a, uint8_t b, uint8_t c, const char *digits)
{
    uint8_t bytes[18];
    memcpy(bytes, "\x02???", 4);
    bytes[1] = a;
    bytes[2] = b;
    bytes[3] = c;
    memcpy(bytes + 4, digits, 12);
    bytes[16] = '\r';
    unsigned sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += bytes[i];
    }
    bytes[17] = (uint8_t)((0x80 - (sum & 0x7f)) & 0x7f);
    Heard heard = hear(POS_SCALE_TOLEDO_CONT, bytes, sizeof bytes);
    g_assert_cmpuint(heard.count, ==, 1);
    return heard.readings[0];
}

static void continuous_status_decides(void)
{
    g_assert_cmpint(continuous(0x2d, 0x30, 0x20, "000450000000").grams, ==, 450);
    g_assert_cmpint(continuous(0x2c, 0x30, 0x20, "000045000000").grams, ==, 450);
    g_assert_cmpint(continuous(0x2d, 0x30, 0x20, "   450     0").grams, ==, 450);
    g_assert_cmpint(continuous(0x2d, 0x20, 0x20, "000450000000").state, ==, POS_SCALE_WRONG_UNIT);
    g_assert_cmpint(continuous(0x2e, 0x30, 0x20, "000450000000").state, ==, POS_SCALE_WRONG_UNIT);
    g_assert_cmpint(continuous(0x2d, 0x30, 0x30, "000450000000").state, ==, POS_SCALE_WRONG_UNIT);
    g_assert_cmpint(continuous(0x2d, 0x30, 0x23, "000450000000").state, ==, POS_SCALE_WRONG_UNIT);
    g_assert_cmpint(continuous(0x2d, 0x70, 0x20, "000450000000").state, ==, POS_SCALE_OUTSIDE_ZERO);
    g_assert_cmpint(continuous(0x2d, 0x34, 0x20, "000450000000").state, ==, POS_SCALE_OVER);
    g_assert_cmpint(continuous(0x2d, 0x36, 0x20, "000450000000").state, ==, POS_SCALE_UNDER_ZERO);
    g_assert_cmpint(continuous(0x2d, 0x32, 0x20, "000450000000").grams, ==, -450);
    g_assert_cmpint(continuous(0x2d, 0x30, 0x20, "      000000").state, ==, POS_SCALE_ERROR);
}

static void a_wrong_check_is_no_frame(void)
{
    g_assert_cmpuint(hear(POS_SCALE_CAS_ECR, "\x01\x02S 01.234kgd\x03\x04", 15).count, ==, 0);
    g_assert_cmpuint(hear(POS_SCALE_TOLEDO_CONT, "\x02-0 000450000000\r,", 18).count, ==, 0);
}

static void a_faulty_scale_gives_no_weight(void)
{
    Heard nci = hear(POS_SCALE_NCI, "\n01.234KG\r\nS40\r\x03", 16); /* memory fault */
    g_assert_cmpuint(nci.count, ==, 1);
    g_assert_cmpint(nci.readings[0].state, ==, POS_SCALE_ERROR);
    g_assert_false(nci.readings[0].has_grams);
    /* Lamp and word disagree. */
    Heard lamp = hear(POS_SCALE_CAS_22, "ST,GS,1\x80,   1.234 kg\r\n", 22);
    g_assert_cmpint(lamp.readings[0].state, ==, POS_SCALE_MOTION);
}

/* Any bytes at all: bounded, no reading out of range. */
static void random_bytes_are_survived(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20261123);
    for (int p = 0; p < POS_SCALE_PROTOCOLS; p++) {
        static const char alphabet[] = "\x01\x02\x03\x04\x06\x15\r\n0123456789.,- +STUGNOLkgKGlb?";
        PosScaleParser parser;
        pos_scale_parser_init(&parser, (PosScaleProtocol)p);
        for (int i = 0; i < 300000; i++) {
            PosScaleReading reading;
            bool any = g_rand_int_range(random, 0, 4) == 0;
            uint8_t byte =
                any ? (uint8_t)g_rand_int_range(random, 0, 256)
                    : (uint8_t)alphabet[g_rand_int_range(random, 0, sizeof alphabet - 1)];
            pos_scale_parser_push(&parser, byte);
            for (PosScaleFrame frame;
                 (frame = pos_scale_parser_next(&parser, &reading)) != POS_SCALE_FRAME_NONE;) {
                if (frame == POS_SCALE_FRAME_READING && reading.state == POS_SCALE_STABLE) {
                    g_assert_true(reading.has_grams);
                    g_assert_cmpint(reading.grams, >=, 0);
                    g_assert_cmpint(reading.grams, <=, 1000000);
                }
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name) g_test_add_func("/pos/scale_frame/" #name, name)
    CASE(vectors_reproduce);
    CASE(every_state_of_every_protocol_is_read);
    CASE(a_cut_frame_is_never_a_weight);
    CASE(noise_before_a_frame_is_counted);
    CASE(other_units_and_finer_weights_are_refused);
    CASE(continuous_status_decides);
    CASE(a_wrong_check_is_no_frame);
    CASE(a_faulty_scale_gives_no_weight);
    CASE(random_bytes_are_survived);
    return g_test_run();
}
