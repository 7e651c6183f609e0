/* SPDX-License-Identifier: GPL-3.0-or-later
 * ESC/POS: the command language of receipt printers, the part that nearly all of them understand. Pure: a document and
 * what is known of a printer go in, bytes come out. */
#pragma once
#include "pos/escpos_text.h"
#include "pos/print_document.h"

G_BEGIN_DECLS

/* What is known of a printer. */
typedef struct {
    int columns; /* cells of normal size: 32, 42 or 48 */
    int dots;    /* of a line: 384 (58 mm paper), 576 (80 mm) at 203 dpi */
    PosEscposText text;
    int table;     /* LATIN: n of ESC t */
    bool draws_qr; /* false: it does not know GS ( k, codes are sent as a picture */
    bool cuts;     /* has a cutter; else the paper is fed to the tear bar */
} PosEscposProfile;

/* The document, from the printer's reset to the cut. A line with a character that the printer does not have goes as a
 * picture of the same cells. POS_ERROR_INVALID for a profile that makes no sense or a code that does not fit. */
GByteArray *pos_escpos_document(const PosPrintDocument *document, const PosEscposProfile *profile,
                                GError **error);

/* --- single commands, appended to `out` --------------------------------------------------------------- */

void pos_escpos_init(GByteArray *out);                                    /* ESC @ */
void pos_escpos_multibyte(GByteArray *out, bool on);                      /* FS & / FS . */
void pos_escpos_utf8(GByteArray *out);                                    /* FS ( C, function 48 */
void pos_escpos_table(GByteArray *out, int table);                        /* ESC t */
void pos_escpos_bold(GByteArray *out, bool on);                           /* ESC E */
void pos_escpos_size(GByteArray *out, int width_times, int height_times); /* GS !, 1..8 */
void pos_escpos_align(GByteArray *out, PosPrintAlign align);              /* ESC a */
void pos_escpos_feed(GByteArray *out, int lines);                         /* ESC d */
void pos_escpos_cut(GByteArray *out,
                    bool feed); /* GS V: partial, after feeding to the cutter or at once */
/* Model 2, EC level M, module of `dots` (1..16): GS ( k, functions 165, 167, 169, 180, 181. */
void pos_escpos_qr(GByteArray *out, const char *text, int dots);
/* GS v 0: bytes_per_line * rows bytes, at most 256 rows a call (asserted). */
void pos_escpos_raster(GByteArray *out, const uint8_t *bits, int bytes_per_line, int rows);
/* ESC p: pin 2 or 5, 100 ms on, 500 ms off. */
void pos_escpos_drawer(GByteArray *out, int pin);
/* The same in real time (DLE DC4 function 1): works also while the printer is offline, for want of paper for instance. */
void pos_escpos_drawer_now(GByteArray *out, int pin);
/* DLE EOT n, n = 1 printer, 2 why it is offline, 3 error, 4 paper. */
void pos_escpos_ask_status(GByteArray *out, int n);
/* GS r 1: answered with one byte once all that was sent before is on paper. */
void pos_escpos_ask_done(GByteArray *out);
/* DLE DC4 function 8: forgets what was received and is not printed yet. */
void pos_escpos_forget(GByteArray *out);

G_END_DECLS
