/* SPDX-License-Identifier: GPL-3.0-or-later
 * GS1 DataBar in a grey frame: Omnidirectional, Truncated, Stacked, Stacked Omnidirectional,
 * Expanded and Expanded Stacked, either way up and turned by a quarter. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* Adds each DataBar symbol of the frame to `out` (PosSymbol *, owned by the array). The symbols are
 * dark on light; a frame with light ones is given inverted. Any thread. */
void pos_scan_databar(const PosFrame *frame, GPtrArray *out);

G_END_DECLS
