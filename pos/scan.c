/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the way from a grey frame to distinct symbols: which passes are made in which order, and which
 * readers see them. Any thread. */
#include "pos/scan.h"
#include "pos/scan_linear.h"
#include "pos/scan_datamatrix.h"
#include "pos/scan_passes.h"
#include "pos/scan_qr.h"
#include "pos/scan_sighting.h"
#include "pos/scan_zbar.h"

#include <string.h>

/* What a pass does with a prepared frame. */
typedef struct {
    PosScanLook look;
    PosZbarTypes types; /* for ZBar; 0: it is not asked */
    int density;        /* every n-th row and column is scanned by ZBar */
    bool matrix;        /* QR and Data Matrix by our own readers */
    bool linear;        /* linear codes by our own reader, on the grey */
} Pass;

/* The order in which most is read for the least work: linear codes on the grey and matrix codes by a local
 * threshold; both always, since a pack may carry both. What follows is for frames that gave nothing sure; ZBar, which reads some that
 * our own readers do not, comes last, since it costs most. */
static const Pass passes[] = {
    {POS_LOOK_GREY, 0, 0, false, true},
    {POS_LOOK_LOCAL, 0, 0, true, false},
    {POS_LOOK_FINE, 0, 0, true, false},
    {POS_LOOK_INVERTED, 0, 0, true, true},
    {POS_LOOK_OTSU, POS_ZBAR_LINEAR | POS_ZBAR_DATABAR, 2, false, false},
    {POS_LOOK_GREY, POS_ZBAR_LINEAR | POS_ZBAR_DATABAR, 2, false, false},
    {POS_LOOK_LOCAL, POS_ZBAR_LINEAR | POS_ZBAR_QR, 1, false, false},
};
#define ALWAYS_PASSES 2 /* are made before a frame can be done with */

/* A camera's turn: one of these a frame. */
static const Pass live_passes[] = {
    {POS_LOOK_GREY, POS_ZBAR_LINEAR, 4, false, false},
    {POS_LOOK_LOCAL, 0, 0, true, false},
    {POS_LOOK_OTSU, POS_ZBAR_LINEAR, 2, false, false},
    {POS_LOOK_LOCAL, POS_ZBAR_LINEAR, 4, true, true},
    {POS_LOOK_INVERTED, POS_ZBAR_LINEAR, 4, true, false},
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

/* A frame, its pixels as the present look shows them, and the frame or its negative for what reads grey. */
typedef struct {
    const PosFrame *frame;
    uint8_t *pixels; /* without stride */
    PosScanLook holds;
    bool is_filled;
    PosFrame negative; /* pixels owned, NULL until it is asked for */
    uint8_t *negative_pixels;
} Canvas;

static void make_negative(Canvas *canvas)
{
    int width = canvas->frame->width, height = canvas->frame->height;
    if (canvas->negative_pixels == NULL) {
        canvas->negative_pixels = g_malloc((gsize)width * (gsize)height);
        pos_scan_pass_copy(canvas->frame, canvas->negative_pixels);
        pos_scan_pass_invert(canvas->negative_pixels, (gsize)width * (gsize)height);
        canvas->negative = (PosFrame){canvas->negative_pixels, width, height, width};
    }
}

static void prepare(Canvas *canvas, PosScanLook look)
{
    if (canvas->is_filled && canvas->holds == look) {
        return;
    }
    switch (look) {
    case POS_LOOK_GREY:
        pos_scan_pass_copy(canvas->frame, canvas->pixels);
        break;
    case POS_LOOK_OTSU:
        pos_scan_pass_otsu(canvas->frame, canvas->pixels);
        break;
    case POS_LOOK_LOCAL:
        pos_scan_pass_local(canvas->frame, canvas->pixels);
        break;
    case POS_LOOK_FINE:
        pos_scan_pass_fine(canvas->frame, canvas->pixels);
        break;
    case POS_LOOK_INVERTED:
        make_negative(canvas);
        pos_scan_pass_local(&canvas->negative, canvas->pixels);
        break;
    }
    canvas->holds = look;
    canvas->is_filled = true;
}

static void make_pass(Canvas *canvas, const Pass *pass, GPtrArray *sightings)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    prepare(canvas, pass->look);
    const PosFrame *grey = pass->look == POS_LOOK_INVERTED ? &canvas->negative : canvas->frame;
    if (pass->linear) {
        pos_scan_linear(grey, found);
    }
    if (pass->matrix) {
        pos_scan_qr(grey, canvas->pixels, found);
        pos_scan_datamatrix(grey, canvas->pixels, found);
    }
    if (pass->types != 0) {
        pos_scan_zbar(canvas->pixels, canvas->frame->width, canvas->frame->height, pass->types,
                      pass->density, found);
    }
    for (guint i = 0; i < found->len; i++) {
        pos_sighting_note(sightings, g_ptr_array_index(found, i), pass->look);
    }
}

/* A picture is done with when something was read, all of it is sure, and it is no shelf with
 * several codes. */
static bool is_settled(const GPtrArray *sightings)
{
    for (guint i = 0; i < sightings->len; i++) {
        if (!pos_sighting_is_sure(g_ptr_array_index(sightings, i))) {
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
    g_autoptr(GPtrArray) sightings =
        g_ptr_array_new_with_free_func((GDestroyNotify)pos_sighting_free);
    Canvas canvas = {.frame = frame, .pixels = pixels};
    if (effort == POS_SCAN_LIVE) {
        make_pass(&canvas, &live_passes[turn % G_N_ELEMENTS(live_passes)], sightings);
    }
    for (gsize i = 0; effort == POS_SCAN_THOROUGH && i < G_N_ELEMENTS(passes); i++) {
        if (i >= ALWAYS_PASSES && is_settled(sightings)) {
            break;
        }
        make_pass(&canvas, &passes[i], sightings);
    }
    for (guint i = 0; i < sightings->len; i++) {
        PosSighting *sighting = g_ptr_array_index(sightings, i);
        if (pos_sighting_is_believed(sightings, sighting)) {
            g_ptr_array_add(symbols, g_steal_pointer(&sighting->symbol));
            sighting->symbol = g_new0(PosSymbol, 1);
        }
    }
    g_free(canvas.negative_pixels);
    return symbols;
}
