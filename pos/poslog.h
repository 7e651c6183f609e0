/* SPDX-License-Identifier: GPL-3.0-or-later
 * Journal records as POSLog XML (ARTS, now OMG), one Transaction a record, for back offices.
 * Streaming: a head, each record, a foot. Amounts are decimals of the currency, made from minor units without floating
 * point; every text is escaped, what XML 1.0 cannot hold becomes U+FFFD. Pure.
 *
 *   sale, return          RetailTransaction with LineItem Sale | Return, Tax, Tender, Total
 *   post_void             RetailTransaction with TransactionStatus "PostVoided"
 *   abandoned, suspend    RetailTransaction with TransactionStatus "Cancelled" | "Suspended"
 *   line_void             RetailTransaction with one LineItem VoidFlag="true"
 *   training              RetailTransaction or ControlTransaction with TrainingModeFlag="true"
 *   open_shift, paid_in, paid_out, safe_drop, cash_up   TenderControlTransaction
 *   z_report              ControlTransaction EndOfDay
 *   all others            ControlTransaction OtherEvent */
#pragma once
#include "pos/json.h"
#include "pos/money.h"

G_BEGIN_DECLS

typedef struct {
    const char *store;           /* RetailStoreID */
    const PosCurrency *currency; /* where a record names none */
} PosPoslogLook;

extern const char pos_poslog_head[]; /* with the XML declaration */
extern const char pos_poslog_foot[];
/* One Transaction with a newline at its end. Owned. */
char *pos_poslog_transaction(const json_t *record, const PosPoslogLook *look);

G_END_DECLS
