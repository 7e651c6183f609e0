/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of the cart share (cart.c, cart_settle.c, cart_json.c); no one else includes it. */
#pragma once
#include "pos/cart.h"
#include "pos/offer.h"

G_BEGIN_DECLS

struct PosCart {
    GArray *lines; /* of PosCartLine: those put in, by number, then those that follow from them */
    int next_line;
    PosMoney total;
    GArray *discounts; /* of PosCartDiscount, by number */
    int next_discount;
    GPtrArray *offers; /* of PosOffer*, nullable; shared */
    int age_years;
    PosAgeCheck age_check;
    json_t *exchange; /* nullable; shared */
};

/* Works out the rows that follow and the total. CART_FULL, BAD_QUANTITY (the total); the cart may then be half changed:
 * the caller has a copy. */
PosRefusal cart_settle(PosCart *cart);
/* price x quantity into the line; false when it is not a line's. */
bool cart_line_reckon(PosCartLine *line);

G_END_DECLS
