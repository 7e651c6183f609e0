/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the way through ZBar: one pass over a frame with a fresh scanner, since a reused one keeps halves of the
 * frame before and grows; its types as ours; what it is known to garble is left out. Any thread. */
#include "pos/scan_zbar.h"
#include "pos/gs1_element.h"
#include "pos/scan_zbar_library.h"

#include <string.h>

#define ZBAR_FORMAT_GREY                                                                           \
    ((unsigned long)'Y' | (unsigned long)'8' << 8 | (unsigned long)'0' << 16 |                     \
     (unsigned long)'0' << 24)

static void enable(const PosZbarLibrary *zbar, zbar_image_scanner_t *scanner,
                   const zbar_symbol_type_t *types, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        zbar->image_scanner_set_config(scanner, types[i], ZBAR_CFG_ENABLE, 1);
    }
}

static zbar_image_scanner_t *new_scanner(const PosZbarLibrary *zbar, PosZbarTypes types,
                                         int density)
{
    static const zbar_symbol_type_t linear[] = {ZBAR_EAN13, ZBAR_EAN8, ZBAR_CODE128};
    static const zbar_symbol_type_t databar[] = {ZBAR_DATABAR, ZBAR_DATABAR_EXP};
    static const zbar_symbol_type_t qr[] = {ZBAR_QRCODE};
    zbar_image_scanner_t *scanner = zbar->image_scanner_create();
    zbar->image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    if ((types & POS_ZBAR_LINEAR) != 0) {
        enable(zbar, scanner, linear, G_N_ELEMENTS(linear));
    }
    if ((types & POS_ZBAR_DATABAR) != 0) {
        enable(zbar, scanner, databar, G_N_ELEMENTS(databar));
    }
    if ((types & POS_ZBAR_QR) != 0) {
        enable(zbar, scanner, qr, G_N_ELEMENTS(qr));
    }
    zbar->image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    zbar->image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, density);
    zbar->image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, density);
    return scanner;
}

/* What ZBar's type is here and its AIM identifier; false for a type that was not asked for. */
static bool name_symbol(const PosZbarLibrary *zbar, const zbar_symbol_t *from, PosSymbol *out)
{
    out->gs1 = (zbar->symbol_get_modifiers(from) & (1U << ZBAR_MOD_GS1)) != 0;
    const char *aim = "";
    switch ((int)zbar->symbol_get_type(from)) {
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
static void outline(const PosZbarLibrary *zbar, const zbar_symbol_t *from, PosSymbol *out)
{
    unsigned points = zbar->symbol_get_loc_size(from);
    if (points == 0) {
        return;
    }
    if (points <= G_N_ELEMENTS(out->corners)) {
        for (unsigned i = 0; i < points; i++) {
            out->corners[i][0] = zbar->symbol_get_loc_x(from, i);
            out->corners[i][1] = zbar->symbol_get_loc_y(from, i);
        }
        out->corners_count = (int)points;
        return;
    }
    int left = G_MAXINT, top = G_MAXINT, right = G_MININT, bottom = G_MININT;
    for (unsigned i = 0; i < points; i++) {
        left = MIN(left, zbar->symbol_get_loc_x(from, i));
        right = MAX(right, zbar->symbol_get_loc_x(from, i));
        top = MIN(top, zbar->symbol_get_loc_y(from, i));
        bottom = MAX(bottom, zbar->symbol_get_loc_y(from, i));
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

void pos_scan_zbar(const uint8_t *pixels, int width, int height, PosZbarTypes types, int density,
                   GPtrArray *out)
{
    const PosZbarLibrary *zbar = pos_zbar_library();
    if (zbar == NULL) {
        return;
    }
    zbar_image_scanner_t *scanner = new_scanner(zbar, types, density);
    zbar_image_t *image = zbar->image_create();
    zbar->image_set_format(image, ZBAR_FORMAT_GREY);
    zbar->image_set_size(image, (unsigned)width, (unsigned)height);
    zbar->image_set_data(image, pixels, (unsigned long)width * (unsigned long)height, NULL);
    zbar->scan_image(scanner, image);
    for (const zbar_symbol_t *at = zbar->image_first_symbol(image); at != NULL;
         at = zbar->symbol_next(at)) {
        PosSymbol *symbol = g_new0(PosSymbol, 1);
        /* Noise now and then reads as a Code 128 of start, check and stop: a message of nothing. */
        if (!name_symbol(zbar, at, symbol) || zbar->symbol_get_data_length(at) == 0 ||
            zbar->symbol_get_data_length(at) > POS_BOUND_SCAN_BYTES) {
            pos_symbol_free(symbol);
            continue;
        }
        symbol->length = zbar->symbol_get_data_length(at);
        symbol->bytes = g_malloc0(symbol->length + 1);
        memcpy(symbol->bytes, zbar->symbol_get_data(at), symbol->length);
        symbol->strength = zbar->symbol_get_quality(at) * density;
        outline(zbar, at, symbol);
        if (is_garbled(symbol)) {
            pos_symbol_free(symbol);
        } else {
            g_ptr_array_add(out, symbol);
        }
    }
    zbar->image_destroy(image);
    zbar->image_scanner_destroy(scanner);
}
