/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finds QR codes in a frame. Internal to pos/scan*.c. Pure; any thread. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* Adds each QR code to out (PosSymbol*, owned by the array). black: as for pos_scan_datamatrix(); the finder
 * patterns are looked for there, modules are read from the frame's grey. */
void pos_scan_qr(const PosFrame *frame, const uint8_t *black, GPtrArray *out);

G_END_DECLS
