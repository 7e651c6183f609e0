/* SPDX-License-Identifier: GPL-3.0-or-later
 * What comes back of a sale, as a value: which rows of its record, how much money, how much tax. Discounts and deposits of
 * a line come back in proportion. Amounts of parts telescope (what the first n units are worth, less what the units
 * before them were): whatever the parts, all of them together are the sale to the last unit. Pure. */
#pragma once
#include "pos/json.h"
#include "pos/money.h"
#include "pos/refusal.h"

G_BEGIN_DECLS

typedef struct PosReturning PosReturning;

/* sale: a `sale` record that adds up (pos/journal.h); borrowed, outlives the result. NULL and POS_ERROR_INVALID when its
 * rows are not what they must be. */
PosReturning *pos_returning_new(const json_t *sale, GError **error);
void pos_returning_free(PosReturning *returning);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosReturning, pos_returning_free)

/* Pieces or grams of a line that were taken back before. Before the first take(). */
void pos_returning_set_before(PosReturning *returning, int line, int64_t quantity);
/* Pieces or grams of a line that can still be taken back; -1 when it is no line of goods of the receipt. */
int64_t pos_returning_left(const PosReturning *returning, int line);
/* Takes back `quantity` (> 0) of a line, to "stock" or "waste". NONE; NO_SUCH_LINE; BAD_QUANTITY; ALREADY_RETURNED (more
 * than is left). */
PosRefusal pos_returning_take(PosReturning *returning, int line, int64_t quantity, const char *to);
/* All that is left of every line. ALREADY_RETURNED when nothing is. */
PosRefusal pos_returning_take_all(PosReturning *returning, const char *to);

/* What the goods taken now are worth, >= 0: before any rounding of cash. */
PosMoney pos_returning_worth(const PosReturning *returning);
/* What should be paid out now, when `paid_before` was paid out for what came back before (-1: not known): with all of
 * it back, as much as was paid for it. >= 0. */
PosMoney pos_returning_due(const PosReturning *returning, int64_t paid_before);
/* `lines` and `tax` of the `return` record, amounts negative, each row naming that of the sale as `of_line`. New
 * reference. */
json_t *pos_returning_to_fields(const PosReturning *returning);

G_END_DECLS
