/* SPDX-License-Identifier: GPL-3.0-or-later
 * A closed sale's journal record to a receipt: rows of text in cells (a Hangul syllable is two cells), the
 * text of its QR. Made from the record alone, so a reprint equals the first print. */
#pragma once
#include "pos/json.h"
#include "pos/money.h"
#include "pos/print_document.h"

G_BEGIN_DECLS

/* What the store says on its receipts; strings borrowed. */
typedef struct {
    const char *store_name, *address, *business_number; /* "" allowed */
    const char *language;                               /* of names and words */
    const PosCurrency *currency;
    GTimeZone *zone;
    bool demo;   /* says so in large type */
    bool copy;   /* a reprint: marked COPY */
    int columns; /* of pos_receipt_rows(): 32, 42 or 48 cells */
} PosReceiptLook;

/* What the receipt says, for any paper, without its QR (pos_print_add_qr() with pos_receipt_qr_text()).
 * name_of: borrowed function that gives a product's name for a GTIN (owned result, NULL unknown). Owned. */
PosPrintDocument *pos_receipt_document(const json_t *sale_record, const PosReceiptLook *look,
                                       char *(*name_of)(const char *gtin, void *user), void *user);

/* The same as rows of `columns` cells or fewer, UTF-8. Owned GPtrArray of char*. */
GPtrArray *pos_receipt_rows(const json_t *sale_record, const PosReceiptLook *look,
                            char *(*name_of)(const char *gtin, void *user), void *user);

/* The text in the receipt's QR: receipt number, terminal, seq, total and the first 16 hex of its hash, as
 * "coster:T01-000123:<terminal>:<seq>:<total>:<hash16>". Owned. */
char *pos_receipt_qr_text(const json_t *sale_record, const char *hash_hex);

/* "*** COPY 2 ***" in a language, "*** COPY ***" for n = 0. Owned. */
char *pos_receipt_copy_mark(const char *language, int n);

/* Cells of a UTF-8 text: East Asian wide characters are two. */
int pos_receipt_cells(const char *text);

G_END_DECLS
