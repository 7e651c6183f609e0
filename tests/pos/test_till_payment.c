/* SPDX-License-Identifier: GPL-3.0-or-later
 * A card terminal that the test speaks for: what is asked of it is written down, what it answers is put in. */
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */

typedef struct {
    GQueue answers; /* of PosTenderAnswer* */
    GString *asked; /* "charge 12900;query;…" */
    char attempt[POS_BOUND_ATTEMPT_BYTES], refund_id[POS_BOUND_REFERENCE_BYTES];
} Card;

static void on_charge(void *user, const PosTenderOrder *order, const char *code)
{
    Card *card = user;
    g_assert_null(code);
    g_assert_cmpstr(order->currency, ==, "KRW");
    g_strlcpy(card->attempt, order->attempt, sizeof card->attempt);
    g_string_append_printf(card->asked, "charge %d;", (int)order->amount.minor);
}

static void on_query(void *user, const PosTenderOrder *order)
{
    g_assert_cmpstr(order->attempt, ==, ((Card *)user)->attempt);
    g_string_append(((Card *)user)->asked, "query;");
}

static void on_reverse(void *user, const PosTenderOrder *order)
{
    g_assert_cmpstr(order->attempt, ==, ((Card *)user)->attempt);
    g_string_append(((Card *)user)->asked, "reverse;");
}

static void on_refund(void *user, const PosTenderOrder *order, const char *refund_id,
                      PosMoney amount)
{
    Card *card = user;
    g_assert_cmpstr(order->attempt, ==, card->attempt);
    g_strlcpy(card->refund_id, refund_id, sizeof card->refund_id);
    g_string_append_printf(card->asked, "refund %d;", (int)amount.minor);
}

static bool on_poll(void *user, PosTenderAnswer *out)
{
    PosTenderAnswer *answer = g_queue_pop_head(&((Card *)user)->answers);
    if (answer == NULL) {
        return false;
    }
    *out = *answer;
    g_free(answer);
    return true;
}

static void says(Card *card, PosPaymentStatus status, int64_t amount)
{
    PosTenderAnswer *answer = g_new0(PosTenderAnswer, 1);
    g_strlcpy(answer->attempt, card->attempt, sizeof answer->attempt);
    answer->status = status;
    answer->amount = pos_money(amount);
    g_strlcpy(answer->last4, "4242", sizeof answer->last4);
    g_queue_push_tail(&card->answers, answer);
}

static void says_refunded(Card *card)
{
    says(card, POS_PAYMENT_REFUNDED, 12900);
    PosTenderAnswer *answer = g_queue_peek_tail(&card->answers);
    g_strlcpy(answer->refund_id, card->refund_id, sizeof answer->refund_id);
}

/* What was asked since the last time. */
static void assert_asked(Card *card, const char *wanted)
{
    g_assert_cmpstr(card->asked->str, ==, wanted);
    g_string_truncate(card->asked, 0);
}

static PosTenderProvider provider_of(Card *card)
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

static void card_clear(Card *card)
{
    g_string_free(card->asked, TRUE);
    g_queue_clear_full(&card->answers, g_free);
}

static PosTillEvent *look(TillFixture *fixture)
{
    return till_fixture_do(fixture, POS_TILL_PAYMENT, 0, 0);
}

/* Scans a soap and sends the whole of it to the card terminal. */
static void begin_charge(TillFixture *fixture, Card *card)
{
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CARD, 12900);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_CREATED);
    g_assert_cmpstr(event->payment.attempt, ==, card->attempt);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    assert_asked(card, "charge 12900;");
}

static void assert_last_outcome(TillFixture *fixture, const char *outcome)
{
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "tender_attempt");
    g_assert_cmpstr(json_string_value(json_object_get(record, "outcome")), ==, outcome);
}

static guint pending(TillFixture *fixture)
{
    g_autoptr(GArray) payments = pos_store_payments(fixture->store, NULL);
    return payments->len;
}

static void test_paid_closes_the_sale(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    assert_last_outcome(fixture, "created"); /* before the amount left */
    g_assert_cmpint(pending(fixture), ==, 1);
    /* Nothing changes the sale while it is charged. */
    till_fixture_refused(till_fixture_scan(fixture, SOAP), POS_REFUSAL_PAYMENT_PENDING);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 12900),
                         POS_REFUSAL_PAYMENT_PENDING);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_VOID, 0, 0),
                         POS_REFUSAL_PAYMENT_PENDING);
    till_fixture_refused(till_fixture_login(fixture, "u09", "9999"), POS_REFUSAL_PAYMENT_PENDING);
    says(&card, POS_PAYMENT_USER_PAYING, -1);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_USER_PAYING);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    says(&card, POS_PAYMENT_PAID, 12900);
    event = look(fixture);
    const json_t *tender = json_array_get(json_object_get(event->record, "tenders"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(tender, "attempt")), ==, card.attempt);
    g_assert_cmpint(event->total.minor, ==, 12900);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pending(fixture), ==, 0);
    /* A second yes does no harm. */
    says(&card, POS_PAYMENT_PAID, 12900);
    till_fixture_expect(look(fixture), POS_EVENT_PAYMENT);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 3);
    card_clear(&card);
}

static void test_declined_leaves_the_sale_open(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    says(&card, POS_PAYMENT_FAILED, -1);
    till_fixture_refused(look(fixture), POS_REFUSAL_NOT_COVERED);
    assert_last_outcome(fixture, "failed");
    g_assert_cmpint(pending(fixture), ==, 0);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    card_clear(&card);
}

static void test_split_between_cash_and_card(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 5000), POS_EVENT_PAYMENT);
    says(&card, POS_PAYMENT_PAID, 5000);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->due.minor, ==, 7900);
    till_fixture_expect(event, POS_EVENT_TENDER);
    event = till_fixture_tender(fixture, POS_TENDER_CASH, 10000);
    g_assert_cmpint(event->change.minor, ==, 2100);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pending(fixture), ==, 0);
    card_clear(&card);
}

/* Silence: not known, reversed in the background; another tender closes the sale; a late yes is given back. */
static void test_a_late_yes_is_given_back(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    till_fixture_pass(fixture, 59999);
    till_fixture_expect(look(fixture), POS_EVENT_PAYMENT);
    till_fixture_pass(fixture, 1);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_UNKNOWN);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    assert_last_outcome(fixture, "unknown");
    assert_asked(&card, "reverse;");
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    till_fixture_pass(fixture, 5000);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    assert_asked(&card, "query;");
    says(&card, POS_PAYMENT_PAID, 12900);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    assert_asked(&card, "refund 12900;");
    assert_last_outcome(fixture, "refund_created");
    /* Killed before the answer: asked again with the same key. */
    till_fixture_restart(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    assert_asked(&card, "refund 12900;");
    says_refunded(&card);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    assert_last_outcome(fixture, "refunded");
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_true(json_is_true(json_object_get(record, "late")));
    g_assert_cmpint(pending(fixture), ==, 0);
    card_clear(&card);
}

/* Killed between charge and answer: shown, asked for, never charged twice. */
static void test_after_a_crash_it_is_asked_for(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    till_fixture_restart(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    assert_asked(&card, "query;");
    g_autoptr(PosTillEvent) cart = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpuint(cart->payments->len, ==, 1);
    g_assert_cmpint(g_array_index(cart->payments, PosPayment, 0).status, ==, POS_PAYMENT_UNKNOWN);
    g_assert_cmpint(cart->due.minor, ==, 12900); /* never guessed */
    says(&card, POS_PAYMENT_PAID, 12900);
    /* The next card tender of the amount takes it up: no second charge. */
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 12900), POS_EVENT_SALE);
    assert_asked(&card, "");
    g_assert_cmpint(pending(fixture), ==, 0);
    card_clear(&card);
}

static void test_a_manager_says_how_it_ended(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    till_fixture_restart(fixture); /* and the card terminal is broken: nothing is connected */
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    PosTillCommand command = {
        .verb = POS_TILL_PAYMENT, .attempt = card.attempt, .outcome = (char *)"perhaps"};
    till_fixture_refused(pos_till_do(fixture->till, &command), POS_REFUSAL_BAD_COMMAND);
    command.outcome = (char *)"paid";
    till_fixture_refused(pos_till_do(fixture->till, &command), POS_REFUSAL_APPROVAL_NEEDED);
    command.approver = (char *)"u09";
    command.approver_pin = (char *)"9999";
    till_fixture_expect(pos_till_do(fixture->till, &command), POS_EVENT_PAYMENT);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_true(json_is_true(json_object_get(record, "by_hand")));
    g_assert_cmpstr(json_string_value(json_object_get(record, "approver")), ==, "u09");
    till_fixture_refused(pos_till_do(fixture->till, &command), POS_REFUSAL_NOT_ALLOWED);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 12900), POS_EVENT_SALE);
    card_clear(&card);
}

/* Another amount than was asked for is nobody's yes. */
static void test_another_amount_is_not_known(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    says(&card, POS_PAYMENT_PAID, 1290);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_UNKNOWN);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    g_assert_cmpint(till_fixture_count(fixture, "sale"), ==, 0);
    card_clear(&card);
}

static void test_a_void_gives_back_what_was_paid(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 5000), POS_EVENT_PAYMENT);
    says(&card, POS_PAYMENT_PAID, 5000);
    till_fixture_expect(look(fixture), POS_EVENT_TENDER);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_string_truncate(card.asked, 0);
    till_fixture_pass(fixture, 5000);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    assert_asked(&card, "refund 5000;");
    card_clear(&card);
}

static void test_it_can_be_given_up(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Card card = {0};
    PosTenderProvider provider = provider_of(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    says(&card, POS_PAYMENT_USER_PAYING, -1);
    PosTillCommand cancel = {.verb = POS_TILL_PAYMENT, .on = true};
    till_fixture_expect(pos_till_do(fixture->till, &cancel), POS_EVENT_PAYMENT);
    assert_asked(&card, "reverse;");
    says(&card, POS_PAYMENT_CLOSED, -1);
    till_fixture_refused(look(fixture), POS_REFUSAL_NOT_COVERED);
    assert_last_outcome(fixture, "closed");
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    card_clear(&card);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_payment/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,    \
               till_fixture_tear_down)
    ADD(paid_closes_the_sale);
    ADD(declined_leaves_the_sale_open);
    ADD(split_between_cash_and_card);
    ADD(a_late_yes_is_given_back);
    ADD(after_a_crash_it_is_asked_for);
    ADD(a_manager_says_how_it_ended);
    ADD(another_amount_is_not_known);
    ADD(a_void_gives_back_what_was_paid);
    ADD(it_can_be_given_up);
    return g_test_run();
}
