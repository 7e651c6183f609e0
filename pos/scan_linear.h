/* SPDX-License-Identifier: GPL-3.0-or-later
 * Linear symbols in a grey frame: EAN, UPC, Code 128, GS1 DataBar, dark on light or light on dark. Internal to
 * pos/scan*.c. Pure. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* Adds each symbol (PosSymbol*, owned by the array) that is not there yet. */
void pos_scan_linear(const PosFrame *frame, GPtrArray *out);

G_END_DECLS
