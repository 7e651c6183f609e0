/* SPDX-License-Identifier: GPL-3.0-or-later
 * The product page: what a kiosk shows, for a phone, without a script. Facts in, HTML out; pure. Strings from outside
 * are escaped here. */
#pragma once
#include "pos/freshness.h"
#include "pos/price.h"
#include "pos/route_map.h"
#include <jansson.h>

G_BEGIN_DECLS

/* Another lot of the product, for the list. */
typedef struct {
    char *lot;
    PosFreshness freshness;
    PosMoney price;
    bool has_price;
} CentralPageLot;

/* All that a page says; pointers owned, nullable where said. */
typedef struct {
    char *store_id, *base, *language; /* "ko", "en", "zh" */
    char *store_language;
    PosNames store_names;
    PosCurrency currency;
    GTimeZone *zone;
    int64_t hold_ms, now_ms;
    bool demo;
    PosProduct *product;
    PosLot *lot;     /* NULL: the product, and no lot was asked for */
    PosPrice *price; /* NULL: none */
    PosFreshness freshness;
    PosNames recall_reason; /* empty: not recalled */
    char *recall_action;    /* nullable */
    GPtrArray *lots;        /* of CentralPageLot*, first to expire first */
    int64_t version;        /* the newest of the prices that were read */
} CentralPageFacts;
void central_page_facts_free(CentralPageFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CentralPageFacts, central_page_facts_free)

/* The whole page; with `route_first` the route stands before the price. land NULL: no outlines. Owned. */
char *central_page_html(const CentralPageFacts *facts, const PosMapLand *land, bool route_first);
/* A page that says one kind sentence and what to do next. Owned. */
char *central_page_sorry_html(const char *language, const char *sentence);
/* The texts of the price that the page's script puts in place, and `version`. New reference. */
json_t *central_page_price_json(const CentralPageFacts *facts);

G_END_DECLS
