/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/card_fixture.h"

#include <string.h>

static void on_charge(void *user, const PosTenderOrder *order, const char *code)
{
    CardFixture *card = user;
    g_assert_null(code);
    g_assert_cmpstr(order->currency, ==, "KRW");
    g_strlcpy(card->attempt, order->attempt, sizeof card->attempt);
    g_string_append_printf(card->asked, "charge %d;", (int)order->amount.minor);
}

static void on_query(void *user, const PosTenderOrder *order)
{
    g_assert_cmpstr(order->attempt, ==, ((CardFixture *)user)->attempt);
    g_string_append(((CardFixture *)user)->asked, "query;");
}

static void on_reverse(void *user, const PosTenderOrder *order)
{
    g_assert_cmpstr(order->attempt, ==, ((CardFixture *)user)->attempt);
    g_string_append(((CardFixture *)user)->asked, "reverse;");
}

static void on_refund(void *user, const PosTenderOrder *order, const char *refund_id,
                      PosMoney amount)
{
    CardFixture *card = user;
    g_assert_cmpstr(order->attempt, ==, card->attempt);
    g_strlcpy(card->refund_id, refund_id, sizeof card->refund_id);
    g_string_append_printf(card->asked, "refund %d;", (int)amount.minor);
}

static bool on_poll(void *user, PosTenderAnswer *out)
{
    PosTenderAnswer *answer = g_queue_pop_head(&((CardFixture *)user)->answers);
    if (answer == NULL) {
        return false;
    }
    *out = *answer;
    g_free(answer);
    return true;
}

void card_fixture_says(CardFixture *card, PosPaymentStatus status, int64_t amount)
{
    PosTenderAnswer *answer = g_new0(PosTenderAnswer, 1);
    g_strlcpy(answer->attempt, card->attempt, sizeof answer->attempt);
    answer->status = status;
    answer->amount = pos_money(amount);
    g_strlcpy(answer->last4, "4242", sizeof answer->last4);
    g_queue_push_tail(&card->answers, answer);
}

void card_fixture_says_refunded(CardFixture *card, int64_t amount)
{
    card_fixture_says(card, POS_PAYMENT_REFUNDED, amount);
    PosTenderAnswer *answer = g_queue_peek_tail(&card->answers);
    g_strlcpy(answer->refund_id, card->refund_id, sizeof answer->refund_id);
}

void card_fixture_assert_asked(CardFixture *card, const char *wanted)
{
    g_assert_cmpstr(card->asked->str, ==, wanted);
    g_string_truncate(card->asked, 0);
}

PosTenderProvider card_fixture_provider(CardFixture *card)
{
    card->asked = g_string_new("");
    g_queue_init(&card->answers);
    return (PosTenderProvider){.caps = {.partial_refund = true, .reverse = true},
                               .is_journaled = true,
                               .timeout_ms = 60000,
                               .user = card,
                               .charge = on_charge,
                               .query = on_query,
                               .reverse = on_reverse,
                               .refund = on_refund,
                               .poll = on_poll};
}

void card_fixture_clear(CardFixture *card)
{
    g_string_free(card->asked, TRUE);
    g_queue_clear_full(&card->answers, g_free);
}
