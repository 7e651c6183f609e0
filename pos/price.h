/* SPDX-License-Identifier: GPL-3.0-or-later
 * A price as the feed's kind `price` carries it, what is in force when, and the price promise: nobody pays
 * more than a price that they could have read within the hold time (sync-protocol.md). Pure. */
#pragma once
#include "pos/date.h"
#include "pos/json.h"
#include "pos/money.h"

G_BEGIN_DECLS

/* A price that was in force: [from_ms, until_ms). */
typedef struct {
    PosMoney price;
    int64_t from_ms, until_ms;
} PosPricePast;

/* A rise that waits. awaits_tags: only central may move it. */
typedef struct {
    PosMoney price;
    int64_t effective_at_ms;
    bool awaits_tags;
    char *why;
} PosPriceNext;

typedef struct {
    int64_t version; /* the feed version that brought it */
    PosMoney price;  /* in force since effective_at_ms; per piece or per kg */
    int64_t effective_at_ms;
    PosMoney list_price, floor, ceiling, prior_price;
    char *why;      /* the reason in words, in the store's language */
    GArray *next;   /* of PosPriceNext, by time */
    GArray *recent; /* of PosPricePast */
} PosPrice;

/* key: for messages, "GTIN" or "GTIN/lot". */
PosPrice *pos_price_from_json(const char *key, int64_t version, const json_t *value,
                              GError **error);
json_t *pos_price_to_json(const PosPrice *price);
PosPrice *pos_price_copy(const PosPrice *price);
void pos_price_free(PosPrice *price);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosPrice, pos_price_free)

/* What is in force at now_ms: `price`, or the newest `next` without awaits_tags whose time has come. */
PosMoney pos_price_in_force(const PosPrice *price, int64_t now_ms);
/* The lowest price that was in force at any moment of [now_ms - hold_ms, now_ms]: what the till charges. */
PosMoney pos_price_promised(const PosPrice *price, int64_t now_ms, int64_t hold_ms);

G_END_DECLS
