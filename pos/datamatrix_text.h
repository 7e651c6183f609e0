/* SPDX-License-Identifier: GPL-3.0-or-later
 * The encodation schemes of Data Matrix: codewords to bytes (ISO/IEC 16022 5.2). Internal to
 * pos/datamatrix*.c. */
#pragma once
#include "pos/datamatrix.h"

G_BEGIN_DECLS

/* Appends the message of `count` corrected data codewords to out->bytes and sets its flags. False for
 * codewords that mean nothing. */
bool pos_datamatrix_text(const uint8_t *codewords, int count, PosDatamatrixMessage *out);

G_END_DECLS
