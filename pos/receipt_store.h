/* SPDX-License-Identifier: GPL-3.0-or-later
 * A receipt as this terminal's folder says it: the record, the shop's words and the products' names, ready to be printed,
 * drawn or shown. For the thread that owns the store. */
#pragma once
#include "pos/receipt.h"
#include "pos/store.h"

G_BEGIN_DECLS

typedef struct {
    const char *language; /* of names and words; NULL the store's */
    int copy;             /* COPY n in large type; 0 none, -1 COPY without a number */
} PosReceiptWish;

/* record: of a sale or a return; hash_hex: its hash, "" leaves the code out. Owned; NULL and an error when the store cannot
 * be read. */
PosPrintDocument *pos_store_receipt_document(PosStore *store, const json_t *record,
                                             const char *hash_hex, const PosReceiptWish *wish,
                                             GError **error);

G_END_DECLS
