/* SPDX-License-Identifier: GPL-3.0-or-later
 * The segments of a QR code's data: modes to bytes (ISO/IEC 18004 7.4; Hanzi by GB/T 18284). Internal to
 * pos/qr_*.c. */
#pragma once
#include "pos/qr_symbol.h"

G_BEGIN_DECLS

/* Appends the message of `count` corrected data codewords to out->bytes and sets its flags. False for data
 * that mean nothing. */
bool pos_qr_segments_read(int version, const uint8_t *codewords, int count, PosQrMessage *out);

G_END_DECLS
