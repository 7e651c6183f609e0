/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is to be printed, before anything is known of the paper: a list of rows. A receipt, a report or a slip is made
 * into one of these; pos/print_layout.h fits it to a roll, and from there it becomes text, a picture, a PDF or a
 * printer's bytes. A document may be kept as JSON, so that a queue survives a restart. */
#pragma once
#include "pos/json.h"

#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum {
    POS_PRINT_TEXT, /* left, wrapped at the roll's width */
    POS_PRINT_PAIR, /* left at the left edge, right at the right one; right is never cut or wrapped */
    POS_PRINT_RULE,  /* a line of dashes */
    POS_PRINT_QR,    /* left is the text of the code */
    POS_PRINT_IMAGE, /* black and white, centred */
    POS_PRINT_SPACE, /* an empty row */
} PosPrintKind;

typedef enum { POS_PRINT_LEFT, POS_PRINT_CENTRE, POS_PRINT_RIGHT } PosPrintAlign;
typedef enum {
    POS_PRINT_NORMAL,
    POS_PRINT_BOLD,
    POS_PRINT_LARGE /* twice as wide and high */
} PosPrintStyle;

typedef struct {
    PosPrintKind kind;
    PosPrintAlign align; /* TEXT */
    PosPrintStyle style; /* TEXT, PAIR */
    int indent;          /* TEXT: cells, also of the rows that it is wrapped to */
    char *left, *right;  /* valid UTF-8 without control characters; owned */
    int width, height;   /* IMAGE: dots */
    uint8_t *
        bits; /* IMAGE: height rows of (width + 7) / 8 bytes, leftmost dot in the top bit, 1 = black; owned */
} PosPrintRow;

/* The rows from top to bottom; freed with g_ptr_array_unref(). */
typedef GPtrArray PosPrintDocument; /* of PosPrintRow* */

PosPrintDocument *pos_print_document_new(void);

/* Text from outside is taken as it comes: what is not UTF-8 becomes U+FFFD, a control character a space. */
void pos_print_add_text(PosPrintDocument *document, const char *text, PosPrintAlign align,
                        PosPrintStyle style);
void pos_print_add_indented(PosPrintDocument *document, const char *text, int indent);
void pos_print_add_pair(PosPrintDocument *document, const char *left, const char *right,
                        PosPrintStyle style);
void pos_print_add_rule(PosPrintDocument *document);
void pos_print_add_space(PosPrintDocument *document);
void pos_print_add_qr(PosPrintDocument *document, const char *text);
/* bits: copied. Wider than POS_BOUND_PRINT_DOTS, higher than POS_BOUND_PRINT_IMAGE_ROWS or empty: left out. */
void pos_print_add_image(PosPrintDocument *document, const uint8_t *bits, int width, int height);
/* As the first row of all: "*** COPY 2 ***". text: in the document's language. */
void pos_print_put_mark(PosPrintDocument *document, const char *text);

/* A JSON array, new reference; and back. NULL and POS_ERROR_INVALID for what is no document or exceeds
 * POS_BOUND_PRINT_ROWS. */
json_t *pos_print_document_to_json(const PosPrintDocument *document);
PosPrintDocument *pos_print_document_from_json(const json_t *json, GError **error);

G_END_DECLS
