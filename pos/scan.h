/* SPDX-License-Identifier: GPL-3.0-or-later
 * A grey frame to symbols. No camera and no file here: ui/ gives frames; what of a camera's frames
 * counts as a scan is pos/scan_live. */
#pragma once
#include "pos/bounds.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    POS_SYMBOLOGY_TEXT = 0,
    POS_SYMBOLOGY_QR,
    POS_SYMBOLOGY_DATAMATRIX,
    POS_SYMBOLOGY_EAN13,
    POS_SYMBOLOGY_EAN8,
    POS_SYMBOLOGY_UPCA,
    POS_SYMBOLOGY_UPCE,
    POS_SYMBOLOGY_CODE128,
    POS_SYMBOLOGY_DATABAR,
    POS_SYMBOLOGY_DATABAR_EXP,
} PosSymbology;

/* "QR", "EAN13" … as the scanner's contract names them. Static. */
const char *pos_symbology_code(PosSymbology symbology);

/* A symbol that was read. bytes: the message without AIM identifier and leading FNC1, FNC1 as 0x1D,
 * may hold NUL; owned. corners: x,y of the outline in frame pixels; of a matrix code top left, bottom
 * left, bottom right, top right as the code is printed. */
typedef struct {
    PosSymbology symbology;
    char aim[4];
    bool gs1; /* the symbology's own FNC1 flag */
    char *bytes;
    gsize length;
    int corners_count;
    int corners[8][2];
    int strength; /* scan lines that agreed, for codes with a weak check; else 0 */
} PosSymbol;

/* 8-bit grey, row stride in bytes; borrowed for the call. */
typedef struct {
    const uint8_t *pixels;
    int width, height, stride;
} PosFrame;

typedef enum {
    POS_SCAN_THOROUGH, /* a picture: every pass until something is read */
    POS_SCAN_LIVE,     /* a camera: one pass a frame, `turn` picks which */
} PosScanEffort;

/* The distinct symbols of a frame: a GPtrArray of PosSymbol* (owned, with free function), empty
 * when there is none. Safe to call from any thread. */
GPtrArray *pos_scan_frame(const PosFrame *frame, PosScanEffort effort, unsigned turn);
void pos_symbol_free(PosSymbol *symbol);

/* The symbol's bytes as UTF-8 text: as they are when valid, else ISO 8859-1, or Shift JIS or GBK
 * where a matrix code can hardly be anything else. May hold NUL; owned, *out_length without the last NUL. */
char *pos_scan_text(const PosSymbol *symbol, gsize *out_length);

G_END_DECLS
