/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the finding of frames in a stream, the weight field that the protocols share, and what is sent to a scale. A
 * protocol is one matcher over the first bytes held; what no matcher takes falls out at the front, byte by byte, so
 * that a half frame can never join with what follows it. */
#include "pos/scale_frame_private.h"

#include "pos/bounds.h"

#include <string.h>

#define ACK 0x06
#define NAK 0x15

typedef struct {
    const char *code;
    ScaleMatch match;
    bool asked;
    const char *commands[4]; /* by PosScaleAsk; NULL: there is none */
} Protocol;

static const Protocol PROTOCOLS[POS_SCALE_PROTOCOLS] = {
    [POS_SCALE_8217] = {"8217", scale_match_8217, true, {"W", NULL, "Z", "C"}},
    [POS_SCALE_CAS_ECR] = {"cas_ecr", scale_match_cas_ecr, true, {"\x05", "\x11"}},
    [POS_SCALE_CAS_22] = {"cas_22", scale_match_cas_22, false, {NULL}},
    [POS_SCALE_AND_18] = {"and_18", scale_match_and_18, false, {NULL}},
    [POS_SCALE_NCI] = {"nci_scp01", scale_match_nci, true, {"W\r", NULL, "Z\r"}},
    [POS_SCALE_TOLEDO_CONT] = {"toledo_cont",
                               scale_match_toledo_cont,
                               false,
                               {NULL, NULL, "Z", "C"}},
};

const char *pos_scale_protocol_code(PosScaleProtocol protocol)
{
    g_assert(protocol < POS_SCALE_PROTOCOLS);
    return PROTOCOLS[protocol].code;
}

bool pos_scale_protocol_from_code(const char *code, PosScaleProtocol *out)
{
    for (gsize i = 0; i < POS_SCALE_PROTOCOLS; i++) {
        if (g_strcmp0(PROTOCOLS[i].code, code) == 0) {
            *out = (PosScaleProtocol)i;
            return true;
        }
    }
    return false;
}

gsize pos_scale_command(PosScaleProtocol protocol, PosScaleAsk ask,
                        uint8_t out[POS_SCALE_COMMAND_BYTES])
{
    g_assert(protocol < POS_SCALE_PROTOCOLS);
    const char *command = PROTOCOLS[protocol].commands[ask];
    gsize length = command == NULL ? 0 : strlen(command);
    g_assert(length <= POS_SCALE_COMMAND_BYTES);
    memcpy(out, command == NULL ? "" : command, length);
    return length;
}

bool pos_scale_is_asked(PosScaleProtocol protocol)
{
    g_assert(protocol < POS_SCALE_PROTOCOLS);
    return PROTOCOLS[protocol].asked;
}

/* --- the stream ----------------------------------------------------------------------------------- */

void pos_scale_parser_init(PosScaleParser *parser, PosScaleProtocol protocol)
{
    g_assert(protocol < POS_SCALE_PROTOCOLS);
    *parser = (PosScaleParser){.protocol = protocol};
}

void pos_scale_parser_reset(PosScaleParser *parser)
{
    parser->noise += parser->length;
    parser->length = 0;
}

void pos_scale_parser_push(PosScaleParser *parser, uint8_t byte)
{
    g_assert(parser->length < sizeof parser->bytes);
    parser->bytes[parser->length++] = byte;
}

static void drop(PosScaleParser *parser, gsize count)
{
    parser->length -= count;
    memmove(parser->bytes, parser->bytes + count, parser->length);
}

static bool is_filler(uint8_t byte)
{
    return byte == SCALE_CR || byte == SCALE_LF || byte == 0 || byte == ' ';
}

PosScaleFrame pos_scale_parser_next(PosScaleParser *parser, PosScaleReading *out)
{
    while (parser->length > 0) {
        uint8_t first = parser->bytes[0];
        if (parser->protocol == POS_SCALE_CAS_ECR && (first == ACK || first == NAK)) {
            drop(parser, 1);
            return first == ACK ? POS_SCALE_FRAME_ACK : POS_SCALE_FRAME_NAK;
        }
        PosScaleReading reading = {0};
        int matched = PROTOCOLS[parser->protocol].match(parser->bytes, parser->length, &reading);
        if (matched == SCALE_MORE) {
            g_assert(parser->length < POS_SCALE_FRAME_BYTES_MAX);
            break;
        }
        if (matched > 0) {
            drop(parser, (gsize)matched);
            reading.noise = parser->noise;
            parser->noise = 0;
            *out = reading;
            return POS_SCALE_FRAME_READING;
        }
        parser->noise += is_filler(first) ? 0 : 1;
        drop(parser, 1);
    }
    return POS_SCALE_FRAME_NONE;
}

/* --- weights ---------------------------------------------------------------------------------------- */

bool scale_is_weight_byte(uint8_t byte)
{
    return g_ascii_isdigit(byte) || byte == '.' || byte == ' ' || byte == '-' || byte == '+';
}

static gsize skip_spaces(const uint8_t *field, gsize length, gsize at)
{
    while (at < length && field[at] == ' ') {
        at++;
    }
    return at;
}

bool scale_weight_read(const uint8_t *field, gsize length, bool kilograms, PosScaleReading *out)
{
    gsize at = skip_spaces(field, length, 0);
    bool negative = at < length && field[at] == '-';
    if (at < length && (field[at] == '-' || field[at] == '+')) {
        at = skip_spaces(field, length, at + 1);
    }
    int64_t value = 0;
    gsize digits = 0;
    gsize decimals = 0;
    bool point = false;
    for (; at < length; at++) {
        if (field[at] == '.' && !point && digits > 0) {
            point = true;
        } else if (g_ascii_isdigit(field[at]) && digits < 9) {
            value = value * 10 + (field[at] - '0');
            digits++;
            decimals += point ? 1 : 0;
        } else {
            return false;
        }
    }
    /* A scale that shows kilograms shows a point: a field without one has lost it. */
    if (digits == 0 || (point && decimals == 0) || (kilograms && !point)) {
        return false;
    }
    if (decimals > (kilograms ? 3u : 0u)) {
        out->state = POS_SCALE_WRONG_UNIT;
        return true;
    }
    for (gsize i = decimals; kilograms && i < 3; i++) {
        value *= 10;
    }
    out->has_grams = true;
    out->grams = negative ? -value : value;
    out->state = out->grams < 0                     ? POS_SCALE_NEGATIVE
                 : out->grams > POS_BOUND_GRAMS_MAX ? POS_SCALE_OVER
                                                    : POS_SCALE_STABLE;
    return true;
}

bool scale_unit_read(const uint8_t unit[2], const uint8_t *field, gsize length,
                     PosScaleReading *out)
{
    static const char *const refused[] = {"lb", "oz", " t"};
    char low[3] = {g_ascii_tolower((char)unit[0]), g_ascii_tolower((char)unit[1]), '\0'};
    if (strcmp(low, "kg") == 0 || strcmp(low, " g") == 0) {
        return scale_weight_read(field, length, low[0] == 'k', out);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (strcmp(low, refused[i]) == 0) {
            out->state = POS_SCALE_WRONG_UNIT;
            return true;
        }
    }
    return false;
}
