/* SPDX-License-Identifier: GPL-3.0-or-later
 * The lines of the pricing policy protocol (version 1) to plain values. Strict where a wrong guess
 * could set a wrong price, blind to fields that it does not know. Messages are one sentence: what,
 * where, what to do. */
#pragma once
#include "pricing/shop.h"

#include <jansson.h>
#include <stddef.h>

#define PRICING_WIRE_LINE_MAX (1024 * 1024)
#define PRICING_WIRE_ID_MAX 200
#define PRICING_WIRE_MONEY_MAX 1000000000000LL
#define PRICING_WIRE_OFFERS_MAX 20000

typedef struct {
    char text[256];
} PricingWireError;

typedef struct {
    int epoch_minutes, open_hour, close_hour, changes_max;
    int products_count;
    PricingShopProduct *products; /* owned, free() */
    json_t *index;                /* product id -> its index; owned */
} PricingWireInit;

/* False with a message in error; *out is then empty. */
bool pricing_wire_read_init(const json_t *message, PricingWireInit *out, PricingWireError *error);
void pricing_wire_init_clear(PricingWireInit *init);

/* A local time. day: days since 1970-01-01; weekday 0 Monday. */
typedef struct {
    int day, weekday, hour, minute;
} PricingWireTime;

/* "2026-03-02T08:00:00" exactly. */
bool pricing_wire_read_time(const char *text, PricingWireTime *out);

typedef struct {
    int64_t seq;
    PricingWireTime time;
    bool control;
    const json_t *offers; /* an array; borrowed from the message */
} PricingWireEpoch;

/* *out_seq is set whenever the message has one, also when the rest is refused. */
bool pricing_wire_read_epoch(const json_t *message, PricingWireEpoch *out, int64_t *out_seq,
                             PricingWireError *error);

/* One offer; `lot` (borrowed) is its id, out->lot is left to the caller. */
bool pricing_wire_read_offer(const json_t *offer, const PricingWireInit *init, const char **lot,
                             PricingShopOffer *out, PricingWireError *error);
