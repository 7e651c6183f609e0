/* SPDX-License-Identifier: GPL-3.0-or-later
 * A document fitted to a roll of so many cells: lines that are no wider than the roll. A cell is one Latin character of
 * normal size; a Hangul syllable or a Chinese character is two. Pure. */
#pragma once
#include "pos/print_document.h"

G_BEGIN_DECLS

/* Cells of one character, 0 for a mark that combines with the one before it. */
typedef int (*PosPrintCells)(gunichar c, void *user);

/* East Asian wide characters are two (Unicode Standard Annex 11), all else one. user is ignored. */
int pos_print_cells_of(gunichar c, void *user);
/* Of a text, by pos_print_cells_of(). */
int pos_print_cells(const char *text);

typedef struct {
    int columns;         /* of normal size; at least 24 */
    bool plain;          /* all in normal size, as on a screen */
    PosPrintCells cells; /* NULL: pos_print_cells_of() */
    void *user;
} PosPrintPaper;

/* One line of text with its spaces in place, or a code, an image or an empty line. */
typedef struct {
    PosPrintKind kind;             /* TEXT, QR, IMAGE or SPACE */
    char *text;                    /* TEXT, QR; owned */
    int width_times, height_times; /* TEXT: 1 or 2 */
    bool bold;
    const PosPrintRow *row; /* borrowed from the document: the image */
} PosPrintLine;

/* Owned GPtrArray of PosPrintLine*. What is large and does not fit twice as wide is twice as high only: an amount is
 * never cut. The document must outlive it. */
GPtrArray *pos_print_layout(const PosPrintDocument *document, const PosPrintPaper *paper);

/* The text alone, in normal size, one char* a line. Owned. */
GPtrArray *pos_print_document_rows(const PosPrintDocument *document, int columns);

G_END_DECLS
