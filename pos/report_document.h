/* SPDX-License-Identifier: GPL-3.0-or-later
 * X and Z reports, cash counts and the slip of a suspended ticket as documents to print, in the store's language. Pure:
 * made from the record's fields alone. */
#pragma once
#include "pos/json.h"
#include "pos/money.h"
#include "pos/print_document.h"

G_BEGIN_DECLS

typedef struct {
    const char *store_name, *language; /* borrowed, "" allowed */
    const PosCurrency *currency;
    GTimeZone *zone;
    int64_t at_ms; /* when it was made, Unix ms */
    bool demo, training;
} PosReportLook;

/* type: "x", "z" or "cash_up", with the fields of its record (pos/report.h). Members that are missing are left out or
 * 0. Owned. */
PosPrintDocument *pos_report_document(const char *type, const json_t *fields,
                                      const PosReportLook *look);

/* ticket: its number; code: the text of the code that a scanner resumes it by; total: of the cart. Owned. */
PosPrintDocument *pos_ticket_document(const char *ticket, const char *code, PosMoney total,
                                      const PosReportLook *look);

G_END_DECLS
