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
#include "pos/tax.h"

G_BEGIN_DECLS

typedef enum {
    POS_SALE_OPEN = 0,
    POS_SALE_TENDERING,
    POS_SALE_SETTLED,
    POS_SALE_CLOSED,
    POS_SALE_VOIDED,
} PosSaleState;

typedef enum { POS_TENDER_CASH = 0, POS_TENDER_CARD, POS_TENDER_QR } PosTenderKind;
/* In an exchange: the value that goods taken back hand over to the goods sold. No tender that one may give. */
#define POS_TENDER_EXCHANGE_CODE "exchange"
#define POS_TENDER_KINDS 3
const char *pos_tender_code(PosTenderKind kind); /* "cash", "card", "qr" */
/* False (out untouched) for anything else, also NULL. */
bool pos_tender_from_code(const char *code, PosTenderKind *out);

typedef struct {
    PosTenderKind kind;
    PosMoney amount;  /* handed over; negative: paid out, where more comes back than is sold */
    PosMoney change;  /* given back; cash only */
    char attempt[49]; /* of its tender_attempt, "" none */
} PosTender;

typedef struct {
    int rate_bp;
    PosMoney base, tax; /* base is net; base + tax = gross of the rate */
} PosTaxLine;

typedef struct PosSale PosSale;

/* The store's rules of money. All zero: nothing is rounded, tax on the ticket, half up. */
typedef struct {
    int64_t
        cash_increment; /* the smallest amount that is paid in cash, minor units; 0 and 1: nothing is rounded */
    PosTaxRules tax;
} PosSaleRules;

/* Takes a copy of the cart. NULL never. */
PosSale *pos_sale_new(const PosCart *cart);
/* The same with rules; they stand in the record. */
PosSale *pos_sale_new_with(const PosCart *cart, PosSaleRules rules);
void pos_sale_free(PosSale *sale);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosSale, pos_sale_free)

PosSaleState pos_sale_state(const PosSale *sale);
PosMoney pos_sale_total(
    const PosSale *sale); /* of the record: with the rounding, once settled, where it is its */
/* Still to be paid by any way but cash; 0 when covered; negative where the customer gets money: bottles back, or more
 * taken back in exchange than is sold. */
PosMoney pos_sale_due(const PosSale *sale);
/* The same in cash: rounded to what coins can pay (only the cash leg is rounded). */
PosMoney pos_sale_due_cash(const PosSale *sale);
PosMoney pos_sale_rounding(const PosSale *sale); /* of the cash leg that settled it; else 0 */
/* What of the goods taken back in exchange pays this sale. */
PosMoney pos_sale_exchanged(const PosSale *sale);
/* Whether more is taken back in exchange than is sold: the payment and its rounding then belong to the `return`. */
bool pos_sale_is_return_settled(const PosSale *sale);
PosMoney pos_sale_change(const PosSale *sale); /* what goes back in cash */

/* Each of the moves below refuses with NOT_ALLOWED in a state that its arrow does not start from, and then
 * changes nothing. */

/* NONE, EMPTY_CART. OPEN -> TENDERING. */
PosRefusal pos_sale_begin_tender(PosSale *sale);
/* NONE, OVER_TENDER (card and qr above what is due), BAD_QUANTITY (amount <= 0 while something is due, more than a
 * record can hold, or more legs than POS_BOUND_CART_TENDERS; where money goes to the customer, anything but 0, "all of
 * it", or that amount). TENDERING -> SETTLED when covered. Cash covers what coins can pay, or the exact amount. */
PosRefusal pos_sale_tender(PosSale *sale, PosTenderKind kind, PosMoney amount);
/* Names the tender_attempt of the last leg, as it stands in the record. No effect without a leg. */
void pos_sale_name_attempt(PosSale *sale, const char *attempt);
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

/* The fields of the journal's `sale` record but for seq, terminal, at, type; NULL when the cart holds nothing but an
 * exchange. SETTLED only. New reference. */
json_t *pos_sale_to_fields(const PosSale *sale, const char *currency, const char *receipt,
                           const char *operator_id);

/* The fields of the `return` record of an exchange, but for its receipt, seq and the like: what the cart has, with the
 * tenders (kind `exchange` is what of it paid the sale), rounding and total. NULL without an exchange. SETTLED only. New
 * reference. */
json_t *pos_sale_exchange_to_fields(const PosSale *sale);

G_END_DECLS
