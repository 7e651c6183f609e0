/* SPDX-License-Identifier: GPL-3.0-or-later
 * The store's containers and what they weigh, from the feed's setting `tares`: `{"box":12,"tray":{"grams":8,"names":
 * {"en":"Tray","ko":"…"}}}`, by id, each as grams or as an object. */
#pragma once
#include "pos/product.h"

G_BEGIN_DECLS

#define POS_TARES_MAX 24
#define POS_TARE_ID_BYTES 32

typedef struct {
    char id[POS_TARE_ID_BYTES + 1];
    PosNames names; /* the id where the setting has none */
    int64_t grams;  /* 1..POS_BOUND_GRAMS_MAX */
} PosTare;
void pos_tare_free(PosTare *tare);

/* setting: nullable. Lightest first, at most POS_TARES_MAX; what is malformed is left out. Owned GPtrArray of
 * PosTare*, never NULL. */
GPtrArray *pos_tares_from_setting(const json_t *setting);
/* By id; NULL when there is none. Borrowed. */
const PosTare *pos_tares_find(const GPtrArray *tares, const char *id);

G_END_DECLS
