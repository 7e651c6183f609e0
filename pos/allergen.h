/* SPDX-License-Identifier: GPL-3.0-or-later
 * Allergens that food law wants named, by code, with their words in a shopper's language. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define POS_ALLERGENS_MAX 30 /* of one product */

/* Regulation (EU) 1169/2011, annex II, and what Korea's and China's lists have beside: "gluten", "milk", "egg", … */
bool pos_allergen_is_known(const char *code);
/* In "ko", "zh" or (any other) "en"; the code itself when it is not known. Static or borrowed. */
const char *pos_allergen_words(const char *code, const char *language);

G_END_DECLS
