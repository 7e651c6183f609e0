/* SPDX-License-Identifier: GPL-3.0-or-later
 * The store's figures as a fold over journal records: sales, tax, cost, margin, waste and what people do at the drawer, in
 * total and by day, hour, category, operator and product. Every sum is of integers in the records (minor units), so it
 * agrees with the journals to the last unit. Pure: what a unit costs and which category a product is of comes in. */
#pragma once
#include "pos/date.h"
#include "pos/json.h"
#include "pos/money.h"

G_BEGIN_DECLS

typedef enum {
    POS_FIGURE_SALES =
        0, /* goods, departments and bags less discounts, tax included; returns and voids taken off */
    POS_FIGURE_TAX,       /* inside them, as the records' tax tables say; of one line by its rate */
    POS_FIGURE_COST,      /* of what was sold, where its cost is known */
    POS_FIGURE_TICKETS,   /* sales */
    POS_FIGURE_DISCOUNTS, /* taken off, positive */
    POS_FIGURE_DEPOSITS,  /* taken less given back */
    POS_FIGURE_ROUNDING,
    POS_FIGURE_RETURNS, /* paid back, positive */
    POS_FIGURE_RETURN_COUNT,
    POS_FIGURE_POST_VOIDS,
    POS_FIGURE_LINE_VOIDS,
    POS_FIGURE_NO_SALES,
    POS_FIGURE_OVERRIDES,
    POS_FIGURE_DISPUTES,
    POS_FIGURE_MANUAL_WEIGHTS, /* lines weighed by a person's word */
    POS_FIGURE_PAID_OUT,
    POS_FIGURE_WASTE,    /* written off, at cost; without what was donated */
    POS_FIGURE_DONATED,  /* at cost */
    POS_FIGURE_RECEIVED, /* delivered, at cost */
    POS_FIGURE_COUNT
} PosFigure;

/* The word in JSON: "sales". Static. */
const char *pos_figure_code(PosFigure figure);

typedef enum {
    POS_FIGURES_BY_DAY = 0, /* key "2026-11-23", the store's day */
    POS_FIGURES_BY_HOUR,    /* "00" to "23", the store's hour */
    POS_FIGURES_BY_CATEGORY,
    POS_FIGURES_BY_OPERATOR,
    POS_FIGURES_BY_PRODUCT, /* GTIN; departments by their id */
    POS_FIGURES_BY_REASON,  /* of write-offs */
    POS_FIGURES_BY_COUNT
} PosFiguresBy;

/* What is known of goods: both borrowed until the next call; unit_cost minor units per piece or kg, 0 unknown. lot may be
 * "". */
typedef struct {
    const char *category;
    int64_t unit_cost;
    int tax_bp;
} PosFigureGoods;
typedef PosFigureGoods (*PosFigureLookup)(const char *gtin, const char *lot, void *user);

typedef struct PosFigures PosFigures;
/* zone: of the store, borrowed like user until the free. */
PosFigures *pos_figures_new(GTimeZone *zone, PosFigureLookup lookup, void *user);
void pos_figures_free(PosFigures *figures);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosFigures, pos_figures_free)

/* Adds a record that was booked. Types that move nothing of it are skipped; a malformed member counts as 0. */
void pos_figures_add(PosFigures *figures, const json_t *record);

int64_t pos_figures_total(const PosFigures *figures, PosFigure figure);
/* 0 for a key that never came. */
int64_t pos_figures_of(const PosFigures *figures, PosFiguresBy by, const char *key,
                       PosFigure figure);

/* {"totals":{…},"by_day":[{"key":…,…}],…}: groups by key, products by sales, at most products_max of them. Figures that
 * are 0 are left out, `net` (sales less tax) and `margin` (net less cost) are added; also the Z and X reports that were
 * among the records as `z`. New reference. */
json_t *pos_figures_to_json(const PosFigures *figures, gsize products_max);

G_END_DECLS
