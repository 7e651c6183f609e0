/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/card_fixture.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */

static PosTillEvent *look(TillFixture *fixture)
{
    return till_fixture_do(fixture, POS_TILL_PAYMENT, 0, 0);
}

/* Scans a soap and sends the whole of it to the card terminal. */
static void begin_charge(TillFixture *fixture, CardFixture *card)
{
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CARD, 12900);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_CREATED);
    g_assert_cmpstr(event->payment.attempt, ==, card->attempt);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    card_fixture_assert_asked(card, "charge 12900;");
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
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
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
    card_fixture_says(&card, POS_PAYMENT_USER_PAYING, -1);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_USER_PAYING);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    card_fixture_says(&card, POS_PAYMENT_PAID, 12900);
    event = look(fixture);
    const json_t *tender = json_array_get(json_object_get(event->record, "tenders"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(tender, "attempt")), ==, card.attempt);
    g_assert_cmpint(event->total.minor, ==, 12900);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pending(fixture), ==, 0);
    /* A second yes does no harm. */
    card_fixture_says(&card, POS_PAYMENT_PAID, 12900);
    till_fixture_expect(look(fixture), POS_EVENT_PAYMENT);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 3);
    card_fixture_clear(&card);
}

static void test_declined_leaves_the_sale_open(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    card_fixture_says(&card, POS_PAYMENT_FAILED, -1);
    till_fixture_refused(look(fixture), POS_REFUSAL_NOT_COVERED);
    assert_last_outcome(fixture, "failed");
    g_assert_cmpint(pending(fixture), ==, 0);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    card_fixture_clear(&card);
}

static void test_split_between_cash_and_card(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 5000), POS_EVENT_PAYMENT);
    card_fixture_says(&card, POS_PAYMENT_PAID, 5000);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->due.minor, ==, 7900);
    till_fixture_expect(event, POS_EVENT_TENDER);
    event = till_fixture_tender(fixture, POS_TENDER_CASH, 10000);
    g_assert_cmpint(event->change.minor, ==, 2100);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pending(fixture), ==, 0);
    card_fixture_clear(&card);
}

/* Silence: not known, reversed in the background; another tender closes the sale; a late yes is given back. */
static void test_a_late_yes_is_given_back(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
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
    card_fixture_assert_asked(&card, "reverse;");
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    till_fixture_pass(fixture, 5000);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    card_fixture_assert_asked(&card, "query;");
    card_fixture_says(&card, POS_PAYMENT_PAID, 12900);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    card_fixture_assert_asked(&card, "refund 12900;");
    assert_last_outcome(fixture, "refund_created");
    /* Killed before the answer: asked again with the same key. */
    till_fixture_restart(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    card_fixture_assert_asked(&card, "refund 12900;");
    card_fixture_says_refunded(&card, 12900);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    assert_last_outcome(fixture, "refunded");
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_true(json_is_true(json_object_get(record, "late")));
    g_assert_cmpint(pending(fixture), ==, 0);
    card_fixture_clear(&card);
}

/* Killed between charge and answer: shown, asked for, never charged twice. */
static void test_after_a_crash_it_is_asked_for(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    till_fixture_restart(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    card_fixture_assert_asked(&card, "query;");
    g_autoptr(PosTillEvent) cart = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpuint(cart->payments->len, ==, 1);
    g_assert_cmpint(g_array_index(cart->payments, PosPayment, 0).status, ==, POS_PAYMENT_UNKNOWN);
    g_assert_cmpint(cart->due.minor, ==, 12900); /* never guessed */
    card_fixture_says(&card, POS_PAYMENT_PAID, 12900);
    /* The next card tender of the amount takes it up: no second charge. */
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 12900), POS_EVENT_SALE);
    card_fixture_assert_asked(&card, "");
    g_assert_cmpint(pending(fixture), ==, 0);
    card_fixture_clear(&card);
}

static void test_a_manager_says_how_it_ended(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
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
    card_fixture_clear(&card);
}

/* Another amount than was asked for is nobody's yes. */
static void test_another_amount_is_not_known(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    card_fixture_says(&card, POS_PAYMENT_PAID, 1290);
    PosTillEvent *event = look(fixture);
    g_assert_cmpint(event->payment.status, ==, POS_PAYMENT_UNKNOWN);
    till_fixture_expect(event, POS_EVENT_PAYMENT);
    g_assert_cmpint(till_fixture_count(fixture, "sale"), ==, 0);
    card_fixture_clear(&card);
}

static void test_a_void_gives_back_what_was_paid(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 5000), POS_EVENT_PAYMENT);
    card_fixture_says(&card, POS_PAYMENT_PAID, 5000);
    till_fixture_expect(look(fixture), POS_EVENT_TENDER);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_string_truncate(card.asked, 0);
    till_fixture_pass(fixture, 5000);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    card_fixture_assert_asked(&card, "refund 5000;");
    card_fixture_clear(&card);
}

static void test_it_can_be_given_up(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    CardFixture card = {0};
    PosTenderProvider provider = card_fixture_provider(&card);
    till_fixture_begin(fixture);
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &provider);
    begin_charge(fixture, &card);
    card_fixture_says(&card, POS_PAYMENT_USER_PAYING, -1);
    PosTillCommand cancel = {.verb = POS_TILL_PAYMENT, .on = true};
    till_fixture_expect(pos_till_do(fixture->till, &cancel), POS_EVENT_PAYMENT);
    card_fixture_assert_asked(&card, "reverse;");
    card_fixture_says(&card, POS_PAYMENT_CLOSED, -1);
    till_fixture_refused(look(fixture), POS_REFUSAL_NOT_COVERED);
    assert_last_outcome(fixture, "closed");
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    card_fixture_clear(&card);
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
