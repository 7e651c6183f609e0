/* SPDX-License-Identifier: GPL-3.0-or-later
 * Laid-out lines drawn on a grid of cells, so that amounts stay in their column whatever font a character comes from:
 * as black and white dots for a printer, as a picture, as a PDF page as long as the receipt. cairo and Pango, no
 * display. Each call stands alone; any thread. */
#pragma once
#include "pos/print_layout.h"

G_BEGIN_DECLS

/* Black and white dots, rows of `stride` bytes, leftmost dot in the top bit, 1 = black. */
typedef struct {
    int width, height, stride;
    uint8_t *bits; /* owned */
} PosPrintBitmap;
void pos_print_bitmap_clear(PosPrintBitmap *bitmap);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosPrintBitmap, pos_print_bitmap_clear)

/* One line across a roll of `dots`; its height follows from what it holds. POS_ERROR_INVALID for a QR that does not fit
 * the roll or whose text is too long. */
bool pos_print_draw_bitmap(const PosPrintLine *line, const PosPrintPaper *paper, int dots,
                           PosPrintBitmap *out, GError **error);

/* Dots of a module so that a code of `modules` with its quiet zone fits the roll: 6 where there is room, 0 when it does
 * not fit at all. */
int pos_print_qr_module_dots(int modules, int dots);

/* The whole document as a PNG, and as a PDF of one page, 80 mm wide for 42 or more columns, else 58 mm. */
bool pos_print_write_png(const PosPrintDocument *document, int columns, const char *path,
                         GError **error);
bool pos_print_write_pdf(const PosPrintDocument *document, int columns, const char *path,
                         GError **error);

G_END_DECLS
