/* SPDX-License-Identifier: GPL-3.0-or-later
 * Linear symbols as rows of modules: EAN-13 (ISO/IEC 15420) and Code 128 (ISO/IEC 15417), as GS1-128 too. A row is a
 * text of '1' (bar) and '0' (space), one a module, without quiet zone (EAN-13: 11 modules before and 7 behind; Code 128:
 * 10 each). Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* 95 modules of 13 digits whose check digit is right (asserted). Owned. */
char *pos_barcode_ean13(const char *digits);

#define POS_BARCODE_CODE128_BYTES_MAX 48 /* GS1-128 carries at most 48 characters */

/* gs1: FNC1 comes first, and GS (0x1D) in the text is FNC1. Bytes 32 to 126 otherwise. NULL and POS_ERROR_INVALID when
 * the text is empty, too long or has another byte. Owned. */
char *pos_barcode_code128(const char *text, gsize length, bool gs1, GError **error);

#define POS_BARCODE_CODE128_VALUES 107 /* 106: stop, which has seven elements and not six */
/* The widths in modules, '1' to '4', of the elements of a value of Code 128, a bar first. Static. */
const char *pos_barcode_code128_widths(int value);

G_END_DECLS
