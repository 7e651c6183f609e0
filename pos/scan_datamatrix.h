/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finds Data Matrix symbols in a frame. Internal to pos/scan*.c. Pure; any thread. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* Adds each Data Matrix symbol to out (PosSymbol*, owned by the array). black: the frame as a threshold parts
 * it, 0 black and 255 white, width x height without stride; the L of solid sides is looked for there, modules
 * are read from the frame's grey. Light symbols on dark are found when both are given inverted. */
void pos_scan_datamatrix(const PosFrame *frame, const uint8_t *black, GPtrArray *out);

G_END_DECLS
