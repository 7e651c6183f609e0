/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lines being built. A value: copying it is cheap enough to hand each screen its own. Rules of price live
 * here: a line keeps its price or takes a lower one, never a higher, but for an approved override. */
#pragma once
#include "pos/freshness.h"
#include "pos/money.h"

G_BEGIN_DECLS

/* What a row of a ticket is (`kind` of a record's row; goods have none). */
typedef enum {
    POS_LINE_GOODS = 0,
    POS_LINE_DISCOUNT, /* a negative price that reduces the lines of `of` */
    POS_LINE_DEPOSIT, /* of the line of `of`; or, negative and by itself, a bottle that came back */
    POS_LINE_BAG,     /* goods that no discount takes */
    POS_LINE_DEPARTMENT, /* goods without a code */
} PosLineKind;
/* "", "discount", "deposit", "bag", "department". Static. */
const char *pos_line_kind_code(PosLineKind kind);
/* NULL and "" are goods; false (out untouched) for a code that is not known. */
bool pos_line_kind_from_code(const char *code, PosLineKind *out);

typedef enum { POS_AGE_UNCHECKED = 0, POS_AGE_BORN, POS_AGE_SEEN } PosAgeCheck;

typedef struct {
    int line; /* number on the ticket, from 1, never reused within a cart */
    PosLineKind kind;
    char gtin[15];    /* "" for rows that are no goods */
    char *lot;        /* "" when unknown */
    bool lot_scanned; /* the code named the lot; else first-expired-first-out picked it */
    PosNames names;
    char *origin; /* in the store's language, "" unknown */
    PosDate best_before, use_by;
    PosQuantity quantity;
    PosMoney price; /* charged: per piece or per kg; negative on discounts and bottles back */
    PosMoney list_price;
    PosMoney amount;       /* price x quantity */
    int64_t price_version; /* feed version of the price that is charged */
    int tax_bp;
    bool weighed_by_hand;  /* the weight was typed, or not from a sealed scale */
    bool weighed_on_scale; /* a sealed scale gave it */
    int64_t tare_g;        /* already deducted from the quantity */
    bool overridden;       /* a person set the price */
    char *lifted_by;       /* operator who lifted a red best-before, "" none */
    PosFreshness freshness;
    PosMoney deposit; /* of a piece, its own row; 0 none */
    int deposit_tax_bp;
    int age_min;           /* years; 0 anyone */
    PosAgeCheck age_check; /* how it was looked at */
    char *department;      /* DEPARTMENT: its id, NULL else */
    char *code;            /* DEPARTMENT: the unknown code that it was taught for, NULL else */
    /* Rows that follow from others; made by the cart itself. NULL on lines that were put in. */
    GArray *of;     /* of int: the lines that it belongs to; never changed, copies share it */
    char *why;      /* DISCOUNT: the reason in words */
    char *approver; /* DISCOUNT: the second person, NULL none */
    char *source;   /* what made it: "offer:<key>", "discount:<number>", "deposit:<line>" */
} PosCartLine;

/* A discount that a person gave. */
typedef struct {
    int number; /* from 1, set by the cart */
    int line;   /* 0: the whole ticket */
    bool is_percent;
    int64_t value;  /* basis points (1..10000), or minor units (> 0) */
    char *why;      /* in words, never "" */
    char *approver; /* "" none */
} PosCartDiscount;

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

/* Whether the row follows from others (discount, deposit of a line): it cannot be changed by itself. */
bool pos_cart_line_is_derived(const PosCartLine *line);
/* Whether discounts may take it: goods and department rows. */
bool pos_cart_line_is_discountable(const PosCartLine *line);

/* Every change below works out anew which rows follow: offers, then discounts of lines, then of the ticket, then
 * deposits; a row that stays keeps its number. On a refusal the cart is as it was. */

/* Adds a copy of `line` (its number and amount are set here). NONE; CART_FULL (rows, different tax rates, or more than
 * a record could hold); BAD_QUANTITY (not sellable, or an amount that no record could hold). out_line may be NULL. */
PosRefusal pos_cart_add(PosCart *cart, const PosCartLine *line, int *out_line);
/* Pieces of a line sold by the piece. NONE, NO_SUCH_LINE, BAD_QUANTITY (also for a weighed line), NOT_ALLOWED (a row
 * that follows from another). */
PosRefusal pos_cart_set_quantity(PosCart *cart, int line, int64_t pieces);
/* Of a person's discount: the discount, all its rows. NONE, NO_SUCH_LINE, NOT_ALLOWED (an offer's row, a deposit). The
 * number is not given out again. */
PosRefusal pos_cart_remove(PosCart *cart, int line);
/* A person's price, up or down; from then on no offer changes the line. NONE, NO_SUCH_LINE, BAD_QUANTITY (below
 * zero or too large), NOT_ALLOWED (no goods). */
PosRefusal pos_cart_override(PosCart *cart, int line, PosMoney price);
/* Lowers the line's price when `price` is lower and the line is not overridden. True when it changed. */
bool pos_cart_offer_price(PosCart *cart, int line, PosMoney price, int64_t price_version);
/* No effect when there is no such line. */
void pos_cart_set_freshness(PosCart *cart, int line, PosFreshness freshness);
/* NONE; NO_SUCH_LINE; NOT_ALLOWED (the line takes none, or nothing is left to take off); CART_FULL. out_number may be
 * NULL. The last one given to a line or to the ticket stands beside the earlier ones; none goes below zero. */
PosRefusal pos_cart_add_discount(PosCart *cart, const PosCartDiscount *discount, int *out_number);
/* What a person's discount takes off now; 0 when there is none of that number. */
PosMoney pos_cart_discounted(const PosCart *cart, int number);
/* The multi-buy offers in force, of PosOffer*; a reference is taken, the array is never changed. NULL none. When the
 * rows that follow would not fit, they are left as they were. */
void pos_cart_set_offers(PosCart *cart, GPtrArray *offers);
/* Years that the customer of this cart has been found to have at least; 0 not looked at. */
int pos_cart_age(const PosCart *cart, PosAgeCheck *out_check);
void pos_cart_set_age(PosCart *cart, int years, PosAgeCheck check);
/* Of the fields below, not of the record: what had been taken back of each row's line when they were made. */
#define POS_CART_EXCHANGE_BEFORE "before"
/* Goods taken back in exchange: the fields of a `return` record but for its receipt and tenders, with its negative
 * `total`; NULL none. A reference is taken and never changed. pos_cart_total() is without it. */
void pos_cart_set_exchange(PosCart *cart, json_t *fields);
json_t *pos_cart_exchange(const PosCart *cart); /* borrowed, nullable */
/* What of it is credited: minus its total, >= 0. */
PosMoney pos_cart_credit(const PosCart *cart);
/* Empties it; numbers start at 1 again. The offers stay. */
void pos_cart_clear(PosCart *cart);

/* A row as it stands in a record: gtin, line, list_price, lot, price, price_version, qty, unit, amount, tax_bp, and
 * where they apply kind, of, why, department, name, code, age_min, age_check,
 * weight_source (manual, scale), tare_g, lifted_by, overridden. New
 * reference. */
json_t *pos_cart_line_to_fields(const PosCartLine *line);

void pos_cart_line_clear(PosCartLine *line);
PosCartLine pos_cart_line_copy(const PosCartLine *line);

/* The open cart as it is kept on disk, and back. */
json_t *pos_cart_to_json(const PosCart *cart);
PosCart *pos_cart_from_json(const json_t *value, GError **error);

G_END_DECLS
