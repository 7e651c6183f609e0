/* SPDX-License-Identifier: GPL-3.0-or-later
 * A card terminal that a test speaks for: what is asked of it is written down, what it answers is put in. */
#pragma once
#include "pos/tender.h"

G_BEGIN_DECLS

typedef struct {
    GQueue answers; /* of PosTenderAnswer* */
    GString *asked; /* "charge 12900;query;…" */
    char attempt[POS_BOUND_ATTEMPT_BYTES], refund_id[POS_BOUND_REFERENCE_BYTES];
} CardFixture;

/* A provider that asks the card, which outlives it. */
PosTenderProvider card_fixture_provider(CardFixture *card);
void card_fixture_clear(CardFixture *card);

/* The next answer, about the last charge; amount -1: it does not say. */
void card_fixture_says(CardFixture *card, PosPaymentStatus status, int64_t amount);
/* That the last refund went through, of `amount`. */
void card_fixture_says_refunded(CardFixture *card, int64_t amount);
/* What was asked since the last time. */
void card_fixture_assert_asked(CardFixture *card, const char *wanted);

G_END_DECLS
