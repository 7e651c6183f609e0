/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the reading of report descriptors as far as bar code scanners need it: main, global and local items, the
 * stack of globals, several reports. A field is where the bits of one usage stand in a report. Sizes are
 * bounded, so no descriptor makes a sum overflow. */
#include "pos/hid_pos.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/error.h"

#define PAGE_DESKTOP 0x01u
#define PAGE_SCANNER 0x8cu
#define USAGE(page, id) (((uint32_t)(page) << 16) | (id))
#define BYTE_COUNT USAGE(PAGE_DESKTOP, 0x3b)
#define SYMBOLOGY_1 USAGE(PAGE_SCANNER, 0xfb)
#define SYMBOLOGY_3 USAGE(PAGE_SCANNER, 0xfd)
#define DECODED_DATA USAGE(PAGE_SCANNER, 0xfe)
#define DATA_CONTINUED USAGE(PAGE_SCANNER, 0xff)

#define USAGES_MAX 64
#define STACK_MAX 8
#define REPORT_BITS_MAX (8u * POS_BOUND_SCAN_BYTES)
#define FIELD_MAX 0xffffu

typedef struct {
    uint32_t page, size, count, id;
} Globals;

typedef struct {
    Globals globals, stack[STACK_MAX];
    gsize depth;
    uint32_t usages[USAGES_MAX];
    gsize usages_count;
    bool numbered;
    unsigned bits[256];        /* of each report so far */
    PosHidLayout reports[256]; /* its fields */
} Parser;

static void add_field(Parser *parser, uint32_t usage, unsigned offset, unsigned count)
{
    PosHidLayout *report = &parser->reports[parser->globals.id];
    const PosHidField field = {true, offset, parser->globals.size, count};
    PosHidField *at = NULL;
    if (usage == DECODED_DATA) {
        at = &report->data;
    } else if (usage == BYTE_COUNT) {
        at = &report->length;
    } else if (usage == DATA_CONTINUED) {
        at = &report->continued;
    } else if (usage >= SYMBOLOGY_1 && usage <= SYMBOLOGY_3) {
        at = &report->symbology[usage - SYMBOLOGY_1];
    }
    if (at != NULL && !at->present) {
        *at = field;
    }
}

/* HID 1.11, 6.2.2.8: usages go to the fields in turn; the last one stands for all that follow. */
static bool input_item(Parser *parser)
{
    const Globals *now = &parser->globals;
    unsigned offset = parser->bits[now->id];
    if (now->size > FIELD_MAX || now->count > FIELD_MAX ||
        now->size * now->count > REPORT_BITS_MAX ||
        offset + now->size * now->count > REPORT_BITS_MAX) {
        return false;
    }
    for (unsigned i = 0; i < parser->usages_count && i < now->count; i++) {
        const bool last = i + 1 == parser->usages_count;
        add_field(parser, parser->usages[i], offset + i * now->size, last ? now->count - i : 1);
    }
    parser->bits[now->id] = offset + now->size * now->count;
    return true;
}

static bool global_item(Parser *parser, unsigned tag, uint32_t value)
{
    switch (tag) {
    case 0x0:
        parser->globals.page = value & 0xffff;
        return true;
    case 0x7:
        parser->globals.size = value;
        return true;
    case 0x8:
        parser->globals.id = value;
        parser->numbered = true;
        return value >= 1 && value <= 255;
    case 0x9:
        parser->globals.count = value;
        return true;
    case 0xa:
        if (parser->depth == STACK_MAX) {
            return false;
        }
        parser->stack[parser->depth++] = parser->globals;
        return true;
    case 0xb:
        if (parser->depth == 0) {
            return false;
        }
        parser->globals = parser->stack[--parser->depth];
        return true;
    default:
        return true; /* logical and physical ranges, units: bytes are bytes */
    }
}

static void add_usage(Parser *parser, uint32_t usage)
{
    if (parser->usages_count < USAGES_MAX) {
        parser->usages[parser->usages_count++] = usage;
    }
}

static void local_item(Parser *parser, unsigned tag, uint32_t value, gsize size, uint32_t *minimum)
{
    const uint32_t usage = size == 4 ? value : USAGE(parser->globals.page, value & 0xffff);
    if (tag == 0x0) {
        add_usage(parser, usage);
    } else if (tag == 0x1) {
        *minimum = usage;
    } else if (tag == 0x2) {
        for (uint32_t each = *minimum; each <= usage && each - *minimum < USAGES_MAX; each++) {
            add_usage(parser, each);
        }
    }
}

static bool parse_items(Parser *parser, const uint8_t *bytes, gsize length)
{
    uint32_t minimum = 0;
    for (gsize at = 0; at < length;) {
        const uint8_t prefix = bytes[at++];
        if (prefix == 0xfe) { /* a long item: none is defined, they are passed over */
            if (at + 2 > length || at + 2 + bytes[at] > length) {
                return false;
            }
            at += 2u + bytes[at];
            continue;
        }
        const gsize size = (prefix & 3) == 3 ? 4 : (prefix & 3);
        const unsigned tag = prefix >> 4;
        uint32_t value = 0;
        if (at + size > length) {
            return false;
        }
        for (gsize i = 0; i < size; i++) {
            value |= (uint32_t)bytes[at + i] << (8 * i);
        }
        at += size;
        switch ((prefix >> 2) & 3) {
        case 0:
            if (tag == 0x8 && !input_item(parser)) {
                return false;
            }
            parser->usages_count = 0; /* local items last until the next main item */
            minimum = 0;
            break;
        case 1:
            if (!global_item(parser, tag, value)) {
                return false;
            }
            break;
        case 2:
            local_item(parser, tag, value, size, &minimum);
            break;
        default:
            return false;
        }
    }
    return true;
}

/* With report ids each report begins with its id, which moves its fields by a byte. */
static void finish_layout(const Parser *parser, unsigned id, PosHidLayout *out)
{
    const unsigned shift = parser->numbered ? 8 : 0;
    *out = parser->reports[id];
    out->numbered = parser->numbered;
    out->report_id = (uint8_t)id;
    out->report_bytes = (parser->bits[id] + shift + 7) / 8;
    out->data.offset_bits += shift;
    out->length.offset_bits += shift;
    out->continued.offset_bits += shift;
    for (gsize i = 0; i < G_N_ELEMENTS(out->symbology); i++) {
        out->symbology[i].offset_bits += shift;
    }
}

bool pos_hid_layout_parse(const uint8_t *descriptor, gsize length, PosHidLayout *out,
                          GError **error)
{
    g_autofree Parser *parser = g_new0(Parser, 1);
    if (length > POS_HID_DESCRIPTOR_BYTES_MAX || !parse_items(parser, descriptor, length)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The device's report descriptor is malformed."));
        return false;
    }
    for (unsigned id = 0; id < 256; id++) {
        const PosHidField *data = &parser->reports[id].data;
        if (data->present && data->size_bits == 8 && data->offset_bits % 8 == 0) {
            finish_layout(parser, id, out);
            return true;
        }
    }
    g_set_error(
        error, POS_ERROR, POS_ERROR_INVALID,
        _("The device is no HID POS scanner: its reports have no scanned data. Set the scanner "
          "to “USB HID POS”."));
    return false;
}

/* --- reports --------------------------------------------------------------------------------------- */

/* Up to 32 bits, little-endian. */
static uint32_t bits_at(const uint8_t *report, const PosHidField *field)
{
    uint32_t value = 0;
    const unsigned bits = MIN(field->size_bits, 32);
    for (unsigned i = 0; i < bits; i++) {
        const unsigned bit = field->offset_bits + i;
        value |= (uint32_t)((report[bit / 8] >> (bit % 8)) & 1) << i;
    }
    return value;
}

/* How many bytes of the data field count: what the report says, else up to the first NUL. */
static gsize data_length(const PosHidLayout *layout, const uint8_t *report)
{
    const uint8_t *data = report + layout->data.offset_bits / 8;
    const gsize most = layout->data.count;
    if (layout->length.present) {
        return MIN(bits_at(report, &layout->length), most);
    }
    const uint8_t *nul = memchr(data, '\0', most);
    return nul != NULL ? (gsize)(nul - data) : most;
}

bool pos_hid_code_feed(PosHidCode *code, const PosHidLayout *layout, const uint8_t *report,
                       gsize length)
{
    if (length < layout->report_bytes || (layout->numbered && report[0] != layout->report_id)) {
        return false;
    }
    if (code->whole || !code->began) {
        *code = (PosHidCode){.began = true};
        for (gsize i = 0; i < G_N_ELEMENTS(code->symbology); i++) {
            const PosHidField *field = &layout->symbology[i];
            code->symbology[i] = field->present ? (uint8_t)bits_at(report, field) : 0;
        }
    }
    const gsize count = data_length(layout, report);
    if (code->length + count > sizeof code->data) {
        code->overflow = true;
    } else {
        memcpy(code->data + code->length, report + layout->data.offset_bits / 8, count);
        code->length += count;
    }
    if (layout->continued.present && (bits_at(report, &layout->continued) & 1) != 0) {
        return false;
    }
    code->whole = true;
    return code->length > 0 && !code->overflow;
}

void pos_hid_code_aim(const uint8_t symbology[3], char out[4])
{
    /* One-letter symbology codes of Honeywell's scanners (their "Code ID"), where one letter means one AIM
     * identifier. From memory of their manuals, not from a standard. */
    static const struct {
        char letter;
        const char *aim;
    } letters[] = {{'d', "]E0"}, {'D', "]E4"}, {'c', "]E0"}, {'j', "]C0"}, {'I', "]C1"},
                   {'y', "]e0"}, {'{', "]e0"}, {'}', "]e0"}, {'s', "]Q1"}, {'w', "]d1"}};
    out[0] = '\0';
    if (symbology[0] == ']' && g_ascii_isalpha((char)symbology[1]) &&
        g_ascii_isalnum((char)symbology[2])) {
        out[0] = ']';
        out[1] = (char)symbology[1];
        out[2] = (char)symbology[2];
        out[3] = '\0';
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
        if (symbology[0] == (uint8_t)letters[i].letter && symbology[1] == 0) {
            g_strlcpy(out, letters[i].aim, 4);
        }
    }
}
