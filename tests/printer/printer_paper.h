/* SPDX-License-Identifier: GPL-3.0-or-later
 * The paper of the emulated printer: a strip of dots that grows downwards, and what is written on it as text. Shares no
 * code with what makes the bytes. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT } PaperAlign;

typedef struct {
    int width_times, height_times;
    bool bold, underline, inverse;
    PaperAlign align;
} PaperStyle;

typedef struct PrinterPaper PrinterPaper;

PrinterPaper *printer_paper_new(int dots, int columns);
void printer_paper_free(PrinterPaper *paper);

/* One line of UTF-8; what does not fit goes on the next one, as a printer does. wide: cells of a character by the bytes
 * it came in (2 for a double-byte one), one digit a character. */
void printer_paper_text(PrinterPaper *paper, const char *text, const char *wide,
                        const PaperStyle *style);
void printer_paper_feed(PrinterPaper *paper, int dots);
void printer_paper_raster(PrinterPaper *paper, const uint8_t *bits, int bytes_per_line, int rows,
                          PaperAlign align);
/* level: 0..3 for L, M, Q, H. False when it does not fit. */
bool printer_paper_qr(PrinterPaper *paper, const char *data, gsize length, int level, int module,
                      PaperAlign align);
/* 12 or 13 digits. False when it is no EAN-13. */
bool printer_paper_ean13(PrinterPaper *paper, const char *digits, int module, int height,
                         PaperAlign align);
void printer_paper_cut_mark(PrinterPaper *paper);
bool printer_paper_is_blank(const PrinterPaper *paper);
/* The strip as a PNG and its text as a file beside it; starts a new strip. base: path without ".png". */
bool printer_paper_tear(PrinterPaper *paper, const char *base);

G_END_DECLS
