/* SPDX-License-Identifier: GPL-3.0-or-later
 * Data Matrix symbols (ISO/IEC 16022, ECC 200) of one region, as modules: for the codes that a scanner is set up with.
 * Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

/* size x size modules, row by row, 1 = dark, without quiet zone (one module all around). Owned by the struct. */
typedef struct {
    int size; /* 10 to 26 */
    uint8_t *modules;
} PosMatrixSymbol;

/* ASCII text, two digits a codeword. gs1: FNC1 comes first, and GS (0x1D) is FNC1. POS_ERROR_INVALID when it does not
 * fit into 44 codewords or is no ASCII. */
bool pos_matrix_symbol_make(const char *text, gsize length, bool gs1, PosMatrixSymbol *out,
                            GError **error);
void pos_matrix_symbol_clear(PosMatrixSymbol *symbol);

G_END_DECLS
