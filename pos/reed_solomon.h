/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reed-Solomon codes over GF(256), as matrix symbols carry them: QR codes (ISO/IEC 18004 7.5, polynomial
 * 0x11D, first root 0) and Data Matrix ECC 200 (ISO/IEC 16022 5.7, polynomial 0x12D, first root 1). Pure. */
#pragma once
#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define POS_REED_SOLOMON_LENGTH_MAX 255

/* The field's tables of powers and logarithms. */
typedef struct {
    uint8_t power[512]; /* power[i] = alpha^i, twice over */
    uint8_t log[256];   /* log[0] is never read */
} PosField;

void pos_field_init(PosField *field, unsigned polynomial);

/* Corrects `length` (<= 255) codewords in place, the last `checks` (< length) of which are check symbols. The
 * generator's roots are alpha^first_root and up. Returns how many codewords were changed; -1, and the
 * codewords as they were, when there are more errors than checks / 2. */
int pos_reed_solomon_correct(const PosField *field, uint8_t *codewords, int length, int checks,
                             int first_root);
/* Writes the `checks` check symbols of `length` data codewords to out (length + checks <= 255). */
void pos_reed_solomon_encode(const PosField *field, const uint8_t *data, int length, int checks,
                             int first_root, uint8_t *out);

G_END_DECLS
