/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the way from a grey frame to distinct symbols: which passes are made in which order, which
 * decoders see them, and which of their results are believed. A decoder is a function of the table
 * below; ZBar is the first of them. A fresh ZBar scanner serves each pass: a reused one keeps
 * halves of the frame before and grows. Any thread. */
#include "pos/scan.h"
#include "pos/gs1_element.h"
#include "pos/scan_passes.h"

#include <string.h>
#include <zbar.h>

#define ZBAR_FORMAT_GREY                                                                           \
    ((unsigned long)'Y' | (unsigned long)'8' << 8 | (unsigned long)'0' << 16 |                     \
     (unsigned long)'0' << 24)

#define SURE_STRENGTH 48 /* scan lines after which a second look is not asked for */
#define LEAST_STRENGTH 8 /* fewer, seen by one look only, are not believed */

/* One way to look at a frame. */
typedef enum { LOOK_GREY, LOOK_OTSU, LOOK_LOCAL, LOOK_INVERTED } Look;

typedef struct {
    Look look;
    int density; /* every n-th row and column is scanned */
} Pass;

/* The order in which most is read for the least work: linear codes in a sparse grid, a global
 * threshold, a local one, its inverse for light on dark, and the grey frame more densely. */
static const Pass passes[] = {
    {LOOK_GREY, 4}, {LOOK_OTSU, 2}, {LOOK_LOCAL, 1}, {LOOK_INVERTED, 2}, {LOOK_GREY, 2},
};

const char *pos_symbology_code(PosSymbology symbology)
{
    switch (symbology) {
    case POS_SYMBOLOGY_TEXT:
        return "TEXT";
    case POS_SYMBOLOGY_QR:
        return "QR";
    case POS_SYMBOLOGY_DATAMATRIX:
        return "DATAMATRIX";
    case POS_SYMBOLOGY_EAN13:
        return "EAN13";
    case POS_SYMBOLOGY_EAN8:
        return "EAN8";
    case POS_SYMBOLOGY_UPCA:
        return "UPCA";
    case POS_SYMBOLOGY_UPCE:
        return "UPCE";
    case POS_SYMBOLOGY_CODE128:
        return "CODE128";
    case POS_SYMBOLOGY_DATABAR:
        return "DATABAR";
    case POS_SYMBOLOGY_DATABAR_EXP:
        return "DATABAR_EXP";
    }
    g_assert_not_reached();
}

void pos_symbol_free(PosSymbol *symbol)
{
    if (symbol == NULL) {
        return;
    }
    g_free(symbol->bytes);
    g_free(symbol);
}

static zbar_image_scanner_t *new_scanner(int density)
{
    static const zbar_symbol_type_t retail[] = {ZBAR_EAN13,   ZBAR_EAN8,        ZBAR_CODE128,
                                                ZBAR_DATABAR, ZBAR_DATABAR_EXP, ZBAR_QRCODE};
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(retail); i++) {
        zbar_image_scanner_set_config(scanner, retail[i], ZBAR_CFG_ENABLE, 1);
    }
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, density);
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, density);
    return scanner;
}

/* What ZBar's type is here and its AIM identifier; false for a type that was not asked for. */
static bool name_symbol(const zbar_symbol_t *from, PosSymbol *out)
{
    out->gs1 = (zbar_symbol_get_modifiers(from) & (1U << ZBAR_MOD_GS1)) != 0;
    const char *aim = "";
    switch ((int)zbar_symbol_get_type(from)) {
    case ZBAR_EAN13:
        out->symbology = POS_SYMBOLOGY_EAN13;
        aim = "]E0";
        break;
    case ZBAR_EAN8:
        out->symbology = POS_SYMBOLOGY_EAN8;
        aim = "]E4";
        break;
    case ZBAR_CODE128:
        out->symbology = POS_SYMBOLOGY_CODE128;
        aim = out->gs1 ? "]C1" : "]C0";
        break;
    case ZBAR_DATABAR:
        out->symbology = POS_SYMBOLOGY_DATABAR;
        aim = "]e0";
        out->gs1 = true;
        break;
    case ZBAR_DATABAR_EXP:
        out->symbology = POS_SYMBOLOGY_DATABAR_EXP;
        aim = "]e0";
        out->gs1 = true;
        break;
    case ZBAR_QRCODE:
        out->symbology = POS_SYMBOLOGY_QR;
        aim = out->gs1 ? "]Q3" : "]Q1";
        break;
    default:
        return false;
    }
    g_strlcpy(out->aim, aim, sizeof(out->aim));
    return true;
}

/* ZBar gives the four corners of a QR code and the crossing points of a linear one: of those, the
 * box. */
static void outline(const zbar_symbol_t *from, PosSymbol *out)
{
    unsigned points = zbar_symbol_get_loc_size(from);
    if (points == 0) {
        return;
    }
    if (points <= G_N_ELEMENTS(out->corners)) {
        for (unsigned i = 0; i < points; i++) {
            out->corners[i][0] = zbar_symbol_get_loc_x(from, i);
            out->corners[i][1] = zbar_symbol_get_loc_y(from, i);
        }
        out->corners_count = (int)points;
        return;
    }
    int left = G_MAXINT, top = G_MAXINT, right = G_MININT, bottom = G_MININT;
    for (unsigned i = 0; i < points; i++) {
        left = MIN(left, zbar_symbol_get_loc_x(from, i));
        right = MAX(right, zbar_symbol_get_loc_x(from, i));
        top = MIN(top, zbar_symbol_get_loc_y(from, i));
        bottom = MAX(bottom, zbar_symbol_get_loc_y(from, i));
    }
    const int box[4][2] = {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
    memcpy(out->corners, box, sizeof(box));
    out->corners_count = 4;
}

/* ZBar stays in alphanumeric mode after an FNC1 in a DataBar Expanded symbol, where ISO/IEC 24724
 * returns to numeric: what follows the first separator is then letters where an AI should begin.
 * Only form is asked for: a symbol whose data break a rule of content was still read right. */
static bool is_garbled(const PosSymbol *symbol)
{
    const char *separator = memchr(symbol->bytes, POS_GS1_SEPARATOR, symbol->length);
    if (symbol->symbology != POS_SYMBOLOGY_DATABAR_EXP || separator == NULL) {
        return false;
    }
    gsize rest = symbol->length - (gsize)(separator + 1 - symbol->bytes);
    return rest > 0 && !pos_gs1_element_has_form(separator + 1, rest);
}

/* A symbol and what speaks for it. EAN and UPC have a weak check, so a few scan lines
 * through a blurred code can agree on a wrong number; a symbol of these that few lines saw must be
 * seen by a second look as well. */
typedef struct {
    PosSymbol *symbol; /* owned */
    unsigned looks;    /* bit set of Look */
    int strength; /* most scan lines that agreed in one look, as if every line had been scanned */
} Sighting;

static void sighting_free(Sighting *sighting)
{
    pos_symbol_free(sighting->symbol);
    g_free(sighting);
}

static void note(GPtrArray *sightings, PosSymbol *symbol, Look look, int strength)
{
    for (guint i = 0; i < sightings->len; i++) {
        Sighting *known = g_ptr_array_index(sightings, i);
        if (known->symbol->symbology == symbol->symbology &&
            known->symbol->length == symbol->length &&
            memcmp(known->symbol->bytes, symbol->bytes, symbol->length) == 0) {
            known->looks |= 1U << look;
            known->strength = MAX(known->strength, strength);
            pos_symbol_free(symbol);
            return;
        }
    }
    Sighting *sighting = g_new0(Sighting, 1);
    *sighting = (Sighting){symbol, 1U << look, strength};
    g_ptr_array_add(sightings, sighting);
}

static bool is_weakly_checked(const PosSymbol *symbol)
{
    return symbol->symbology == POS_SYMBOLOGY_EAN13 || symbol->symbology == POS_SYMBOLOGY_EAN8;
}

static bool is_sure(const Sighting *sighting)
{
    bool many_looks = (sighting->looks & (sighting->looks - 1)) != 0;
    return !is_weakly_checked(sighting->symbol) || many_looks ||
           sighting->strength >= SURE_STRENGTH;
}

static void box_of(const PosSymbol *symbol, int out[4])
{
    out[0] = out[1] = G_MAXINT;
    out[2] = out[3] = G_MININT;
    for (int i = 0; i < symbol->corners_count; i++) {
        out[0] = MIN(out[0], symbol->corners[i][0]);
        out[1] = MIN(out[1], symbol->corners[i][1]);
        out[2] = MAX(out[2], symbol->corners[i][0]);
        out[3] = MAX(out[3], symbol->corners[i][1]);
    }
}

static bool overlap(const PosSymbol *a, const PosSymbol *b)
{
    int x[4], y[4];
    box_of(a, x);
    box_of(b, y);
    return x[0] <= y[2] && y[0] <= x[2] && x[1] <= y[3] && y[1] <= x[3];
}

/* Which of two numbers read from one place is believed: the one that is sure, then the one that
 * more looks saw, then the one that a threshold saw, which blur misleads less than the edges of
 * grey, then the stronger. */
static bool is_better(const Sighting *a, const Sighting *b)
{
    if (is_sure(a) != is_sure(b)) {
        return is_sure(a);
    }
    int looks = __builtin_popcount(a->looks) - __builtin_popcount(b->looks);
    if (looks != 0) {
        return looks > 0;
    }
    unsigned grey = 1U << LOOK_GREY;
    if ((a->looks == grey) != (b->looks == grey)) {
        return a->looks != grey;
    }
    return a->strength > b->strength;
}

/* The pattern of a DataBar symbol means something in its negative too: where other symbols are dark
 * on light, one that is only there in the negative is none. */
static bool is_ghost(const GPtrArray *sightings, const Sighting *sighting)
{
    unsigned negative = 1U << LOOK_INVERTED;
    if (sighting->symbol->symbology != POS_SYMBOLOGY_DATABAR || sighting->looks != negative) {
        return false;
    }
    for (guint i = 0; i < sightings->len; i++) {
        const Sighting *other = g_ptr_array_index(sightings, i);
        if ((other->looks & ~negative) != 0) {
            return true;
        }
    }
    return false;
}

static bool is_believed(const GPtrArray *sightings, const Sighting *sighting)
{
    if (is_ghost(sightings, sighting)) {
        return false;
    }
    if (!is_weakly_checked(sighting->symbol)) {
        return true;
    }
    for (guint i = 0; i < sightings->len; i++) {
        const Sighting *other = g_ptr_array_index(sightings, i);
        if (other != sighting && is_weakly_checked(other->symbol) &&
            overlap(other->symbol, sighting->symbol) && !is_better(sighting, other)) {
            return false;
        }
    }
    return is_sure(sighting) || sighting->strength >= LEAST_STRENGTH;
}

/* Decoders of a prepared frame of width x height without stride. Each adds what it reads. */
static void decode_zbar(const uint8_t *pixels, int width, int height, Pass pass,
                        GPtrArray *sightings)
{
    zbar_image_scanner_t *scanner = new_scanner(pass.density);
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, ZBAR_FORMAT_GREY);
    zbar_image_set_size(image, (unsigned)width, (unsigned)height);
    zbar_image_set_data(image, pixels, (unsigned long)width * (unsigned long)height, NULL);
    zbar_scan_image(scanner, image);
    for (const zbar_symbol_t *at = zbar_image_first_symbol(image); at != NULL;
         at = zbar_symbol_next(at)) {
        PosSymbol *symbol = g_new0(PosSymbol, 1);
        if (!name_symbol(at, symbol) || zbar_symbol_get_data_length(at) > POS_BOUND_SCAN_BYTES) {
            pos_symbol_free(symbol);
            continue;
        }
        symbol->length = zbar_symbol_get_data_length(at);
        symbol->bytes = g_malloc0(symbol->length + 1);
        memcpy(symbol->bytes, zbar_symbol_get_data(at), symbol->length);
        outline(at, symbol);
        if (!is_garbled(symbol)) {
            note(sightings, symbol, pass.look, zbar_symbol_get_quality(at) * pass.density);
        } else {
            pos_symbol_free(symbol);
        }
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
}

/* Each prepared frame is offered to all of these. */
static void (*const decoders[])(const uint8_t *pixels, int width, int height, Pass pass,
                                GPtrArray *sightings) = {decode_zbar};

/* A frame and, once a pass asked for it, its local threshold, which the inverted pass uses again.
 */
typedef struct {
    const PosFrame *frame;
    uint8_t *pixels;
    Look holds;
    bool is_filled;
} Canvas;

static void prepare(Canvas *canvas, Look look)
{
    gsize count = (gsize)canvas->frame->width * (gsize)canvas->frame->height;
    if (look == LOOK_INVERTED) {
        if (!canvas->is_filled || canvas->holds != LOOK_LOCAL) {
            pos_scan_pass_local(canvas->frame, canvas->pixels);
        }
        pos_scan_pass_invert(canvas->pixels, count);
    } else if (look == LOOK_GREY) {
        pos_scan_pass_copy(canvas->frame, canvas->pixels);
    } else if (look == LOOK_OTSU) {
        pos_scan_pass_otsu(canvas->frame, canvas->pixels);
    } else {
        pos_scan_pass_local(canvas->frame, canvas->pixels);
    }
    canvas->holds = look;
    canvas->is_filled = true;
}

/* A picture is done with when something was read, all of it is sure, and it is no shelf with
 * several codes. */
static bool is_settled(const GPtrArray *sightings)
{
    for (guint i = 0; i < sightings->len; i++) {
        if (!is_sure(g_ptr_array_index(sightings, i))) {
            return false;
        }
    }
    return sightings->len == 1;
}

GPtrArray *pos_scan_frame(const PosFrame *frame, PosScanEffort effort, unsigned turn)
{
    GPtrArray *symbols = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    if (frame->width <= 0 || frame->height <= 0 || frame->stride < frame->width ||
        (int64_t)frame->width * frame->height > POS_BOUND_IMAGE_PIXELS) {
        return symbols;
    }
    g_autofree uint8_t *pixels = g_malloc((gsize)frame->width * (gsize)frame->height);
    g_autoptr(GPtrArray) sightings = g_ptr_array_new_with_free_func((GDestroyNotify)sighting_free);
    Canvas canvas = {.frame = frame, .pixels = pixels};
    gsize first = effort == POS_SCAN_LIVE ? turn % G_N_ELEMENTS(passes) : 0;
    gsize last = effort == POS_SCAN_LIVE ? first : G_N_ELEMENTS(passes) - 1;
    for (gsize i = first; i <= last && !is_settled(sightings); i++) {
        prepare(&canvas, passes[i].look);
        for (gsize d = 0; d < G_N_ELEMENTS(decoders); d++) {
            decoders[d](pixels, frame->width, frame->height, passes[i], sightings);
        }
    }
    for (guint i = 0; i < sightings->len; i++) {
        Sighting *sighting = g_ptr_array_index(sightings, i);
        if (is_believed(sightings, sighting)) {
            g_ptr_array_add(symbols, sighting->symbol);
            sighting->symbol =
                g_memdup2(&(PosSymbol){.symbology = POS_SYMBOLOGY_TEXT}, sizeof(PosSymbol));
        }
    }
    return symbols;
}

bool pos_scan_repeat_is_new(PosScanRepeat *repeat, const char *text, int64_t now_ms,
                            int64_t hold_ms)
{
    unsigned hash = g_str_hash(text);
    bool same = repeat->text[0] != '\0' && repeat->hash == hash &&
                strncmp(repeat->text, text, sizeof(repeat->text) - 1) == 0;
    bool is_new = !same || now_ms - repeat->last_seen_ms > hold_ms;
    g_strlcpy(repeat->text, text, sizeof(repeat->text));
    repeat->hash = hash;
    repeat->last_seen_ms = now_ms;
    return is_new;
}
