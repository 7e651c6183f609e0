/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is done to a frame before a decoder sees it: thresholds that turn grey into black and white,
 * and inversion. Internal to pos/scan*.c. Pure; out is width x height without stride, given by the
 * caller. */
#pragma once
#include "pos/scan.h"

G_BEGIN_DECLS

/* The frame's rows without stride. */
void pos_scan_pass_copy(const PosFrame *frame, uint8_t *out);
/* One threshold for the whole frame, the one that parts the histogram best (Otsu 1979). */
void pos_scan_pass_otsu(const PosFrame *frame, uint8_t *out);
/* Black where a pixel is darker than 92 % of the mean around it (Bradley and Roth 2007): uneven
 * light. */
void pos_scan_pass_local(const PosFrame *frame, uint8_t *out);
/* The same with a small window and less of a difference: symbols that are faint, or that touch something dark. */
void pos_scan_pass_fine(const PosFrame *frame, uint8_t *out);
/* Black to white and back, in place. */
void pos_scan_pass_invert(uint8_t *pixels, gsize count);

G_END_DECLS
