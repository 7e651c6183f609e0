/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns what the simulated scale sends. */
#include "pos/scale_sim.h"

#include <string.h>

void pos_scale_sim_init(PosScaleSim *sim, PosScaleProtocol protocol, GRand *random)
{
    *sim = (PosScaleSim){.protocol = protocol, .random = random};
}

int64_t pos_scale_sim_shown_g(const PosScaleSim *sim)
{
    return sim->load_g + sim->drift_g - sim->zero_g - sim->tare_g;
}

static int64_t gross_g(const PosScaleSim *sim)
{
    return sim->load_g + sim->drift_g - sim->zero_g;
}

static bool is_over(const PosScaleSim *sim)
{
    return gross_g(sim) > POS_SCALE_SIM_CAPACITY_G;
}

static bool is_under(const PosScaleSim *sim)
{
    return gross_g(sim) < -POS_SCALE_SIM_CAPACITY_G / 50;
}

void pos_scale_sim_zero(PosScaleSim *sim)
{
    if (!sim->moving && sim->tare_g == 0 && ABS(gross_g(sim)) <= POS_SCALE_SIM_CAPACITY_G / 50) {
        sim->zero_g += gross_g(sim);
    }
}

static void tare(PosScaleSim *sim)
{
    if (!sim->moving && gross_g(sim) > 0 && !is_over(sim)) {
        sim->tare_g = gross_g(sim);
    }
}

/* --- frames ------------------------------------------------------------------------------------------- */

static gsize frame_8217(const PosScaleSim *sim, char *out)
{
    int64_t shown_g = pos_scale_sim_shown_g(sim);
    bool net = sim->tare_g > 0;
    if (sim->moving || is_over(sim) || shown_g < 0) {
        int status = 0x40 | (sim->moving ? 0x01 : 0) | (is_over(sim) ? 0x02 : 0) |
                     (shown_g < 0 ? 0x04 : 0) | (net ? 0x20 : 0);
        g_snprintf(out, POS_SCALE_FRAME_BYTES_MAX, "\x02?%c\r", status);
    } else {
        g_snprintf(out, POS_SCALE_FRAME_BYTES_MAX, "\x02%02d.%03d%s\r", (int)(shown_g / 1000),
                   (int)(shown_g % 1000), net ? "N" : "");
    }
    return strlen(out);
}

static gsize frame_cas_ecr(const PosScaleSim *sim, char *out)
{
    int64_t shown_g = pos_scale_sim_shown_g(sim);
    int grams = (int)ABS(shown_g);
    bool fault = is_over(sim) || is_under(sim);
    /* SOH STX state sign weight unit BCC ETX EOT */
    g_snprintf(out, POS_SCALE_FRAME_BYTES_MAX, "\x01\x02%c%c%02d.%03dkg?\x03\x04",
               fault         ? 'F'
               : sim->moving ? 'U'
                             : 'S',
               shown_g < 0 ? '-' : ' ', fault ? 0 : grams / 1000, fault ? 0 : grams % 1000);
    char check = 0;
    for (int i = 2; i < 12; i++) {
        check ^= out[i];
    }
    out[12] = check;
    return 15;
}

/* The head and weight field that CAS 22 and A&D 18 share. */
static void head_and_field(const PosScaleSim *sim, const char **out_state, char field[9])
{
    int64_t shown_g = pos_scale_sim_shown_g(sim);
    int grams = (int)ABS(shown_g);
    *out_state = is_over(sim) || is_under(sim) ? "OL" : sim->moving ? "US" : "ST";
    char number[24];
    g_snprintf(number, sizeof number, "%s%d.%03d", shown_g < 0 ? "-" : "", grams / 1000,
               grams % 1000);
    g_snprintf(field, 9, "%8s", number);
}

static gsize frame_cas_22(const PosScaleSim *sim, char *out)
{
    const char *state = NULL;
    char field[9];
    head_and_field(sim, &state, field);
    bool stable = state[0] == 'S';
    int lamp = 0x80 | (stable ? 0x40 : 0) | (gross_g(sim) == 0 ? 0x01 : 0);
    char frame[32];
    g_snprintf(frame, sizeof frame, "%s,%s,1%c,%s kg\r\n", state, sim->tare_g > 0 ? "NT" : "GS",
               lamp, field);
    memcpy(out, frame, 22);
    return 22;
}

static gsize frame_and_18(const PosScaleSim *sim, char *out)
{
    const char *state = NULL;
    char field[9];
    head_and_field(sim, &state, field);
    char frame[32];
    g_snprintf(frame, sizeof frame, "%s,%s,%skg\r\n", state, sim->tare_g > 0 ? "NT" : "GS", field);
    memcpy(out, frame, 18);
    return 18;
}

static gsize frame_nci(const PosScaleSim *sim, char *out)
{
    int64_t shown_g = pos_scale_sim_shown_g(sim);
    int first = 0x30 | (sim->moving ? 0x01 : 0) | (shown_g == 0 ? 0x02 : 0);
    int second = 0x30 | (shown_g < 0 ? 0x01 : 0) | (is_over(sim) ? 0x02 : 0);
    char weight[32] = "";
    if (!sim->moving && shown_g >= 0 && !is_over(sim)) {
        g_snprintf(weight, sizeof weight, "\n%02d.%03dKG\r", (int)(shown_g / 1000),
                   (int)(shown_g % 1000));
    }
    g_snprintf(out, POS_SCALE_FRAME_BYTES_MAX, "%s\nS%c%c\r\x03", weight, first, second);
    return strlen(out);
}

static gsize frame_toledo_cont(const PosScaleSim *sim, char *out)
{
    int64_t shown_g = pos_scale_sim_shown_g(sim);
    int b = 0x30 | (sim->tare_g > 0 ? 0x01 : 0) | (shown_g < 0 ? 0x02 : 0) |
            (is_over(sim) || is_under(sim) ? 0x04 : 0) | (sim->moving ? 0x08 : 0);
    char frame[40];
    g_snprintf(frame, sizeof frame, "\x02\x2d%c %06d%06d\r", b, (int)ABS(shown_g) % 1000000,
               (int)sim->tare_g % 1000000);
    unsigned sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += (unsigned char)frame[i];
    }
    memcpy(out, frame, 17);
    out[17] = (char)((0x80 - (sum & 0x7f)) & 0x7f);
    return 18;
}

gsize pos_scale_sim_frame(const PosScaleSim *sim, uint8_t out[POS_SCALE_FRAME_BYTES_MAX])
{
    static gsize (*const frames[POS_SCALE_PROTOCOLS])(const PosScaleSim *sim, char *out) = {
        [POS_SCALE_8217] = frame_8217,     [POS_SCALE_CAS_ECR] = frame_cas_ecr,
        [POS_SCALE_CAS_22] = frame_cas_22, [POS_SCALE_AND_18] = frame_and_18,
        [POS_SCALE_NCI] = frame_nci,       [POS_SCALE_TOLEDO_CONT] = frame_toledo_cont,
    };
    return frames[sim->protocol](sim, (char *)out);
}

/* --- with its faults ------------------------------------------------------------------------------------ */

static gsize random_bytes(PosScaleSim *sim, uint8_t *out, gsize max)
{
    gsize count = (gsize)g_rand_int_range(sim->random, 0, (gint32)max + 1);
    for (gsize i = 0; i < count; i++) {
        out[i] = (uint8_t)g_rand_int_range(sim->random, 0, 256);
    }
    return count;
}

static gsize send_frame(PosScaleSim *sim, uint8_t out[POS_SCALE_SIM_BYTES])
{
    uint8_t frame[POS_SCALE_FRAME_BYTES_MAX];
    const gsize length = pos_scale_sim_frame(sim, frame);
    const gsize half = (gsize)g_rand_int_range(sim->random, 1, (gint32)length);
    gsize at = 0;
    switch (sim->fault) {
    case POS_SCALE_SIM_SILENT:
        return 0;
    case POS_SCALE_SIM_GARBAGE:
        return random_bytes(sim, out, 24);
    case POS_SCALE_SIM_HALF:
        memcpy(out, frame, half);
        return half;
    case POS_SCALE_SIM_NOISE:
        switch (g_rand_int_range(sim->random, 0, 5)) {
        case 0:
            at = random_bytes(sim, out, 8);
            break;
        case 1: /* the beginning of one is lost, or its end */
            memcpy(out, frame + half, length - half);
            at = length - half;
            break;
        case 2:
            memcpy(out, frame, half);
            at = half;
            break;
        default:
            break;
        }
        break;
    case POS_SCALE_SIM_WELL:
        break;
    }
    memcpy(out + at, frame, length);
    return at + length;
}

gsize pos_scale_sim_stream(PosScaleSim *sim, uint8_t out[POS_SCALE_SIM_BYTES])
{
    return pos_scale_is_asked(sim->protocol) ? 0 : send_frame(sim, out);
}

static gsize hear_toledo(PosScaleSim *sim, uint8_t byte, uint8_t *out)
{
    switch (byte) {
    case 'W':
        return sim->protocol == POS_SCALE_8217 ? send_frame(sim, out) : 0;
    case 'Z':
        pos_scale_sim_zero(sim);
        return 0;
    case 'T':
        tare(sim);
        return 0;
    case 'C':
        sim->tare_g = 0;
        return 0;
    default: /* lower case too */
        return 0;
    }
}

static gsize hear_cas_ecr(PosScaleSim *sim, uint8_t byte, uint8_t *out)
{
    if (byte == 0x05 && sim->fault != POS_SCALE_SIM_SILENT) {
        out[0] = 0x06;
        return 1;
    }
    return byte == 0x11 ? send_frame(sim, out) : 0;
}

static gsize hear_nci(PosScaleSim *sim, uint8_t byte, uint8_t *out)
{
    char waited = sim->heard;
    sim->heard = (char)byte;
    if (byte != '\r') {
        return 0;
    }
    if (waited == 'W') {
        return send_frame(sim, out);
    }
    if (waited == 'Z') {
        pos_scale_sim_zero(sim);
        memcpy(out, "\nS20\r\x03", 6);
        return sim->fault == POS_SCALE_SIM_SILENT ? 0 : 6;
    }
    return 0;
}

gsize pos_scale_sim_hear(PosScaleSim *sim, uint8_t byte, uint8_t out[POS_SCALE_SIM_BYTES])
{
    switch (sim->protocol) {
    case POS_SCALE_8217:
    case POS_SCALE_TOLEDO_CONT:
        return hear_toledo(sim, byte, out);
    case POS_SCALE_CAS_ECR:
        return hear_cas_ecr(sim, byte, out);
    case POS_SCALE_NCI:
        return hear_nci(sim, byte, out);
    case POS_SCALE_CAS_22:
    case POS_SCALE_AND_18:
    case POS_SCALE_PROTOCOLS:
        break;
    }
    return 0;
}
