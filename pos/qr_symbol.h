/* SPDX-License-Identifier: GPL-3.0-or-later
 * QR codes (ISO/IEC 18004): modules to the message. Where a symbol is in a picture is pos/scan_qr; drawing
 * one is pos/qr. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define POS_QR_VERSION_MAX 40
/* Modules a side of a version, 1 to 40. */
#define POS_QR_SIDE(version) (17 + 4 * (version))
#define POS_QR_ALIGNMENT_MAX 7

/* The middles of the alignment patterns along a side (ISO/IEC 18004 annex E): module numbers, ascending.
 * Patterns stand at all pairs but the three in the finders. Returns how many, 0 for version 1. */
int pos_qr_alignment(int version, int out[POS_QR_ALIGNMENT_MAX]);

/* Bytes as they stand in the symbol, FNC1 after the first place as 0x1D; in UTF-8 where a segment named its
 * character set (ECI) or is Kanji or Hanzi. */
typedef struct {
    GByteArray *bytes;
    bool gs1;      /* FNC1 in the first position */
    bool eci;      /* an ECI was named */
    int corrected; /* codewords that error correction changed */
} PosQrMessage;
void pos_qr_message_clear(PosQrMessage *message);

/* Reads the side x side modules of a version, row by row, 1 dark. False, and out untouched, when they are no
 * message. */
bool pos_qr_symbol_read(int version, const uint8_t *modules, PosQrMessage *out);

G_END_DECLS
