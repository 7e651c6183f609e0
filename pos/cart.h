/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lines being built. A value: copying it is cheap enough to hand each screen its own. Rules of price live
 * here: a line keeps its price or takes a lower one, never a higher, but for an approved override. */
#pragma once
#include "pos/freshness.h"
#include "pos/money.h"

G_BEGIN_DECLS

typedef struct {
    int line;                 /* number on the ticket, from 1, never reused within a cart */
    char gtin[15];
    char *lot;                /* "" when unknown */
    bool lot_scanned;         /* the code named the lot; else first-expired-first-out picked it */
    PosNames names;
    char *origin;             /* in the store's language, "" unknown */
    PosDate best_before, use_by;
    PosQuantity quantity;
    PosMoney price;           /* charged: per piece or per kg */
    PosMoney list_price;
    PosMoney amount;          /* price x quantity */
    int64_t price_version;    /* feed version of the price that is charged */
    int tax_bp;
    bool weighed_by_hand;     /* the weight was typed, or not from a sealed scale */
    bool overridden;          /* a manager set the price */
    char *lifted_by;          /* operator who lifted a red best-before, "" none */
    PosFreshness freshness;
} PosCartLine;

typedef struct PosCart PosCart;

PosCart *pos_cart_new(void);
PosCart *pos_cart_copy(const PosCart *cart);
void pos_cart_free(PosCart *cart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosCart, pos_cart_free)

gsize pos_cart_count(const PosCart *cart);
/* Borrowed until the cart changes. index < count. */
const PosCartLine *pos_cart_at(const PosCart *cart, gsize index);
/* By line number; NULL if there is none. */
const PosCartLine *pos_cart_find(const PosCart *cart, int line);
PosMoney pos_cart_total(const PosCart *cart);

/* Adds a copy of `line` (its number and amount are set here). NONE; CART_FULL (lines, or different tax rates);
 * BAD_QUANTITY (not sellable, or an amount that no record could hold). out_line may be NULL. On a refusal
 * the cart is as it was; so too below. */
PosRefusal pos_cart_add(PosCart *cart, const PosCartLine *line, int *out_line);
/* Pieces of a line sold by the piece. NONE, NO_SUCH_LINE, BAD_QUANTITY (also for a weighed line). */
PosRefusal pos_cart_set_quantity(PosCart *cart, int line, int64_t pieces);
/* NONE, NO_SUCH_LINE. The number is not given out again. */
PosRefusal pos_cart_remove(PosCart *cart, int line);
/* A manager's price, up or down; from then on no offer changes the line. NONE, NO_SUCH_LINE, BAD_QUANTITY (below
 * zero or too large). */
PosRefusal pos_cart_override(PosCart *cart, int line, PosMoney price);
/* Lowers the line's price when `price` is lower and the line is not overridden. True when it changed. */
bool pos_cart_offer_price(PosCart *cart, int line, PosMoney price, int64_t price_version);
/* No effect when there is no such line. */
void pos_cart_set_freshness(PosCart *cart, int line, PosFreshness freshness);
/* Empties it; numbers start at 1 again. */
void pos_cart_clear(PosCart *cart);

void pos_cart_line_clear(PosCartLine *line);
PosCartLine pos_cart_line_copy(const PosCartLine *line);

/* The open cart as it is kept on disk, and back. */
json_t *pos_cart_to_json(const PosCart *cart);
PosCart *pos_cart_from_json(const json_t *value, GError **error);

G_END_DECLS
