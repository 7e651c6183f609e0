/* SPDX-License-Identifier: GPL-3.0-or-later
 * A sheet of products into a store's feed: the columns GTIN, name, category, unit, price, found by
 * the names in the head line, in any order. Comma, semicolon or tab; UTF-8, a byte order mark
 * allowed; fields may be quoted. A whole sheet is applied as one version of the feed or not at all.
 */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

#define CENTRAL_IMPORT_ROWS_MAX 200000

/* faults: owned, of char* "LINE: sentence", nullable. added, changed: products. */
typedef struct {
    int rows, added, changed;
    bool applied;
    GPtrArray *faults;
} CentralImportReport;
void central_import_report_clear(CentralImportReport *report);

/* Reads it and, with `apply` and no fault, publishes it: names in the store's language, the price
 * in the currency's minor units (a decimal point or comma as the currency has decimals), from
 * now_ms on by the store's rules. False when the sheet as a whole cannot be read or the machine
 * fails. */
bool central_import_products(CentralStore *store, const char *store_id, const char *text,
                             gsize length, int64_t now_ms, bool apply, CentralImportReport *out,
                             GError **error);

G_END_DECLS
