/* SPDX-License-Identifier: GPL-3.0-or-later
 * Multi-buy offers as the feed's kind `offer` carries them (sync/PROTOCOL.md): any `need` pieces of a group for the
 * price of `pay` of them, or for one `price`. Which pieces, is decided here: best for the shopper, and the same for the
 * same cart. Pure. */
#pragma once
#include "pos/product.h"

G_BEGIN_DECLS

/* Never changed once it is made; shared by those who hold a reference. */
typedef struct {
    char *key;                 /* of the feed */
    PosNames names;            /* "3 for 2" */
    GHashTable *gtins;         /* set of char*, 14 digits: the group, mixed as one likes */
    int64_t need;              /* pieces that make one bundle, 2..1000 */
    int64_t pay;               /* of which so many are paid, the dearest; 0: `price` counts */
    PosMoney price;            /* of a bundle, when pay is 0 */
    int64_t from_ms, until_ms; /* in force in [from, until); 0 until: no end */
} PosOffer;

/* NULL and POS_ERROR_INVALID, which names the key, when it is no offer. */
PosOffer *pos_offer_from_json(const char *key, const json_t *value, GError **error);
/* Gives a reference back; NULL is fine. Any thread. */
void pos_offer_free(PosOffer *offer);
PosOffer *pos_offer_ref(PosOffer *offer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosOffer, pos_offer_free)
bool pos_offer_is_on(const PosOffer *offer, int64_t now_ms);

/* A line that offers may take: pieces at one price. */
typedef struct {
    int line;
    const char *gtin;
    PosMoney price; /* of a piece, >= 0 */
    int64_t pieces;
} PosOfferLine;

/* What one offer does to a cart. */
typedef struct {
    const PosOffer *offer; /* borrowed */
    PosMoney saving;       /* > 0 */
    GArray *lines;         /* of int, ascending: the lines whose pieces it takes; owned */
} PosOfferHit;

/* The offers that apply, in the order of `offers`; a piece is in one bundle only. Of a single offer the dearest pieces
 * are bundled, so no other choice saves more. Where up to four offers want the same pieces every order of them is tried
 * and the best taken, above that the one that saves most alone goes first. Owned GArray of PosOfferHit. */
GArray *pos_offers_find(const GPtrArray *offers, const PosOfferLine *lines, gsize count);

G_END_DECLS
