/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of the product page in its three languages: a page is in its reader's language, not in central's. */
#pragma once
#include <glib.h>

typedef struct {
    const char *code, *name; /* "ko", "한국어" */
    const char *each, *per_kg, *per_100_g;
    const char *was, *cheaper, *dearer, *as_usual; /* was: "Lowest of the last 30 days %s" */
    const char *held;                              /* "…until %s" */
    const char *as_of, *no_price, *price_heading;
    const char *lot, *origin, *best_before, *use_by, *storage, *allergens, *none, *not_stated;
    const char *facts, *route, *route_text, *no_route, *other_lots, *all_lots, *to_route, *to_page;
    const char *cold_broken, *recalled, *not_for_sale, *ask_staff, *demo;
    const char *unknown_product, *unknown_lot, *bad_address, *map_label;
} CentralPageWords;

/* language: any tag; English where it is none of the three. */
const CentralPageWords *central_page_words(const char *language);
/* What a CBV step means to a shopper; the step itself when it is not known. */
const char *central_page_step_words(const char *step, const char *language);
