/* SPDX-License-Identifier: GPL-3.0-or-later
 * Data Matrix ECC 200 (ISO/IEC 16022) and its rectangular extension (ISO/IEC 21471): the sizes, and modules to
 * the message. Where a symbol is in a picture is pos/scan_datamatrix. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define POS_DATAMATRIX_SIDE_MAX 144

/* One size: modules with the finder, regions, codewords. */
typedef struct {
    uint8_t rows, columns;               /* whole symbol, finder included */
    uint8_t region_rows, region_columns; /* modules of one data region, without its border */
    uint16_t data_codewords, check_codewords;
    uint8_t blocks; /* Reed-Solomon blocks that the codewords are dealt to */
} PosDatamatrixSize;

/* All sizes; returns how many. Static. */
gsize pos_datamatrix_sizes(const PosDatamatrixSize **out);

/* The message of a symbol: bytes as they stand in it, FNC1 after the first place as 0x1D, text of a segment
 * with an ECI in UTF-8. */
typedef struct {
    GByteArray *bytes;
    bool gs1;      /* FNC1 in the first place: GS1 DataMatrix */
    bool eci;      /* an ECI was named */
    int corrected; /* codewords that error correction changed */
} PosDatamatrixMessage;
void pos_datamatrix_message_clear(PosDatamatrixMessage *message);

/* Reads rows x columns modules, row by row from the top, 1 dark, the solid sides left and at the bottom.
 * False, and out untouched, when they are no message: too many errors, or codewords that mean nothing. */
bool pos_datamatrix_read(const PosDatamatrixSize *size, const uint8_t *modules,
                         PosDatamatrixMessage *out);

/* The modules of a message of ASCII bytes in the smallest square size that holds it, digits in pairs, with
 * FNC1 first when gs1 and for each 0x1D; for screens and labels that show a code. NULL when it does not fit
 * a 48 x 48 symbol or is no ASCII. *out_side: rows and columns. Owned. */
uint8_t *pos_datamatrix_draw(const char *bytes, gsize length, bool gs1, int *out_side);

G_END_DECLS
