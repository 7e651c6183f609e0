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

/* ZBar reads letters after FNC1 in a DataBar Expanded symbol in the wrong mode, and what comes out
 * is never a well-formed element string. Only form is asked for here: an AI that lacks its
 * companion was still read right. */
static bool is_believable(const PosSymbol *symbol)
{
    PosGs1Message message = {0};
    return symbol->symbology != POS_SYMBOLOGY_DATABAR_EXP ||
           pos_gs1_element_read_plain(symbol->bytes, symbol->length, 2000, &message);
}

static void add_distinct(GPtrArray *symbols, PosSymbol *symbol)
{
    for (guint i = 0; i < symbols->len; i++) {
        const PosSymbol *known = g_ptr_array_index(symbols, i);
        if (known->symbology == symbol->symbology && known->length == symbol->length &&
            memcmp(known->bytes, symbol->bytes, symbol->length) == 0) {
            pos_symbol_free(symbol);
            return;
        }
    }
    g_ptr_array_add(symbols, symbol);
}

/* Decoders of a prepared frame of width x height without stride. Each adds what it reads. */
static void decode_zbar(const uint8_t *pixels, int width, int height, int density,
                        GPtrArray *symbols)
{
    zbar_image_scanner_t *scanner = new_scanner(density);
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
        if (is_believable(symbol)) {
            add_distinct(symbols, symbol);
        } else {
            pos_symbol_free(symbol);
        }
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
}

/* Each prepared frame is offered to all of these. */
static void (*const decoders[])(const uint8_t *pixels, int width, int height, int density,
                                GPtrArray *symbols) = {decode_zbar};

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

GPtrArray *pos_scan_frame(const PosFrame *frame, PosScanEffort effort, unsigned turn)
{
    GPtrArray *symbols = g_ptr_array_new_with_free_func((GDestroyNotify)pos_symbol_free);
    if (frame->width <= 0 || frame->height <= 0 || frame->stride < frame->width ||
        (int64_t)frame->width * frame->height > POS_BOUND_IMAGE_PIXELS) {
        return symbols;
    }
    g_autofree uint8_t *pixels = g_malloc((gsize)frame->width * (gsize)frame->height);
    Canvas canvas = {.frame = frame, .pixels = pixels};
    gsize first = effort == POS_SCAN_LIVE ? turn % G_N_ELEMENTS(passes) : 0;
    gsize last = effort == POS_SCAN_LIVE ? first : G_N_ELEMENTS(passes) - 1;
    for (gsize i = first; i <= last && symbols->len == 0; i++) {
        prepare(&canvas, passes[i].look);
        for (gsize d = 0; d < G_N_ELEMENTS(decoders); d++) {
            decoders[d](pixels, frame->width, frame->height, passes[i].density, symbols);
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
