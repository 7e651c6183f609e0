/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sheet of products as other shops' programs write it to products of the feed: Square, Shopify, Odoo, or a plain sheet with
 * a head line. Columns are found by their names, in any order; comma, semicolon or tab; UTF-8 with or without a mark, or CP949.
 * A bad row is named with its column and reason, and the rest goes on. Pure: nothing is written. */
#pragma once
#include "pos/json.h"
#include "pos/money.h"

G_BEGIN_DECLS

#define POS_IMPORT_ROWS_MAX 100000
#define POS_IMPORT_BYTES_MAX (32 * 1024 * 1024)

typedef enum {
    POS_IMPORT_PLAIN = 0,
    POS_IMPORT_SQUARE,
    POS_IMPORT_SHOPIFY,
    POS_IMPORT_ODOO
} PosImportKind;

/* line: of the sheet, from 1. column: its name in the head, "" the row. */
typedef struct {
    int line;
    char *column, *reason;
} PosImportFault;

typedef struct {
    PosImportKind kind;
    json_t *items; /* of `product_set`: [{"gtin","price","product":{…}}], one a product; owned */
    GPtrArray *faults; /* of PosImportFault*; owned */
    int rows;          /* without the head and empty ones */
} PosImport;
void pos_import_free(PosImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosImport, pos_import_free)

/* language: of the names, "en". NULL with one sentence when the sheet as a whole cannot be read (no head line with names
 * and prices, too long, no text). A product without a bar code is no fault where it has a PLU or a number of its own: it gets a
 * number of the shop's own range (prefix 02) from it. Later rows of the same product win. */
PosImport *pos_import_read(const char *text, gsize length, const PosCurrency *currency,
                           const char *language, GError **error);

/* An amount as people and sheets write it ("1,234.50", "1.234,50", "€ 4,20", "12900") in minor units of a currency of so many
 * decimals: the last mark with other than three digits behind it is the decimal one. False when it is none, negative, or finer than
 * the currency. */
bool pos_import_read_amount(const char *text, int digits, int64_t *out);

/* "Square", "Shopify", "Odoo", "". Static. */
const char *pos_import_kind_name(PosImportKind kind);

G_END_DECLS
