/* SPDX-License-Identifier: GPL-3.0-or-later
 * The life of a sale from tender to receipt:
 *
 *   OPEN --begin--> TENDERING --covered--> SETTLED --committed--> CLOSED
 *     |                 |                     |
 *     +--void--> VOIDED +--back--> OPEN       +--commit failed--> stays SETTLED
 *
 * It decides; pos/store_sale.c makes it durable. */
#pragma once
#include "pos/cart.h"

G_BEGIN_DECLS

typedef enum {
    POS_SALE_OPEN = 0,
    POS_SALE_TENDERING,
    POS_SALE_SETTLED,
    POS_SALE_CLOSED,
    POS_SALE_VOIDED,
} PosSaleState;

typedef enum { POS_TENDER_CASH = 0, POS_TENDER_CARD, POS_TENDER_QR } PosTenderKind;
const char *pos_tender_code(PosTenderKind kind); /* "cash", "card", "qr" */
/* False (out untouched) for anything else, also NULL. */
bool pos_tender_from_code(const char *code, PosTenderKind *out);

typedef struct {
    PosTenderKind kind;
    PosMoney amount; /* handed over */
    PosMoney change; /* given back; cash only */
} PosTender;

typedef struct {
    int rate_bp;
    PosMoney base, tax; /* base is net; base + tax = gross of the rate */
} PosTaxLine;

typedef struct PosSale PosSale;

/* Takes a copy of the cart. NULL never. */
PosSale *pos_sale_new(const PosCart *cart);
void pos_sale_free(PosSale *sale);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosSale, pos_sale_free)

PosSaleState pos_sale_state(const PosSale *sale);
PosMoney pos_sale_total(const PosSale *sale);
PosMoney pos_sale_due(const PosSale *sale);    /* still to be paid; 0 when covered */
PosMoney pos_sale_change(const PosSale *sale); /* what goes back in cash */

/* Each of the moves below refuses with NOT_ALLOWED in a state that its arrow does not start from, and then
 * changes nothing. */

/* NONE, EMPTY_CART. OPEN -> TENDERING. */
PosRefusal pos_sale_begin_tender(PosSale *sale);
/* NONE, OVER_TENDER (card and qr above what is due), BAD_QUANTITY (amount <= 0 while something is due, more than a
 * record can hold, or more legs than POS_BOUND_CART_TENDERS). TENDERING -> SETTLED when covered. */
PosRefusal pos_sale_tender(PosSale *sale, PosTenderKind kind, PosMoney amount);
/* TENDERING -> OPEN: what was handed over goes back, the tenders are forgotten. */
PosRefusal pos_sale_back(PosSale *sale);
/* OPEN -> VOIDED. */
PosRefusal pos_sale_void(PosSale *sale);
/* SETTLED -> CLOSED. Asserts SETTLED: only a commit that succeeded may say this. */
void pos_sale_committed(PosSale *sale);

gsize pos_sale_tenders(const PosSale *sale, const PosTender **out); /* borrowed */
/* The tax table by rate, ascending; returns the count (<= POS_BOUND_TAX_RATES). */
gsize pos_sale_tax(const PosSale *sale, PosTaxLine out[]);
const PosCart *pos_sale_cart(const PosSale *sale); /* borrowed */

/* A line as it stands in a record: gtin, line, list_price, lot, price, price_version, qty, unit, amount, tax_bp,
 * and where they apply by_hand, lifted_by, overridden. New reference. */
json_t *pos_sale_line_to_fields(const PosCartLine *line);
/* The fields of the journal's `sale` record but for seq, terminal, at, type. SETTLED only. New reference. */
json_t *pos_sale_to_fields(const PosSale *sale, const char *currency, const char *receipt,
                           const char *operator_id);

G_END_DECLS
