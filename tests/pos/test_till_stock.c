/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/till_fixture.h"

#include <string.h>

#define MILK "9521234500049"
#define BEEF "9521234500025"

static PosTillEvent *book(TillFixture *fixture, PosTillVerb verb, const char *text, const char *lot,
                          int64_t quantity, const char *reason)
{
    const PosTillCommand command = {.verb = verb,
                                    .text = (char *)text,
                                    .text_length = strlen(text),
                                    .lot = (char *)lot,
                                    .pieces = quantity,
                                    .reason = (char *)reason};
    return pos_till_do(fixture->till, &command);
}

static const char *text_of(const json_t *record, const char *key)
{
    return json_string_value(json_object_get(record, key));
}

static void test_each_booking_is_a_record_that_moves_the_lot(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    const PosTillCommand receive = {.verb = POS_TILL_RECEIVE,
                                    .text = (char *)MILK,
                                    .text_length = strlen(MILK),
                                    .lot = (char *)"NEW1",
                                    .pieces = 24,
                                    .best_before = (char *)"2026-12-01",
                                    .origin = (char *)"Jeju"};
    PosTillEvent *event = pos_till_do(fixture->till, &receive);
    g_assert_cmpstr(event->type, ==, "stock_received");
    g_assert_cmpint(event->sale.seq, >, 0);
    till_fixture_expect(event, POS_EVENT_STOCK);
    g_autoptr(json_t) received = till_fixture_last_record(fixture);
    g_assert_cmpstr(text_of(received, "type"), ==, "stock_received");
    g_assert_cmpstr(text_of(received, "gtin"), ==, SHOP_MILK);
    g_assert_cmpstr(text_of(received, "lot"), ==, "NEW1");
    g_assert_cmpstr(text_of(received, "best_before"), ==, "2026-12-01");
    g_assert_cmpstr(text_of(received, "origin"), ==, "Jeju");
    g_assert_cmpstr(text_of(received, "unit"), ==, "each");
    g_assert_cmpstr(text_of(received, "operator"), ==, "u01");
    g_assert_cmpint(json_integer_value(json_object_get(received, "qty")), ==, 24);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_MILK, "NEW1"), ==, 24);
    till_fixture_expect(book(fixture, POS_TILL_WRITE_OFF, MILK, "NEW1", 4, "leaking"),
                        POS_EVENT_STOCK);
    g_autoptr(json_t) lost = till_fixture_last_record(fixture);
    g_assert_cmpstr(text_of(lost, "type"), ==, "write_off");
    g_assert_cmpstr(text_of(lost, "reason"), ==, "leaking");
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_MILK, "NEW1"), ==, 20);
    /* More than there is: the manager sees it, the till does not argue. */
    till_fixture_expect(book(fixture, POS_TILL_WRITE_OFF, MILK, "NEW1", 30, "theft"),
                        POS_EVENT_STOCK);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_MILK, "NEW1"), ==, -10);
    /* A count of nothing is a count. */
    till_fixture_expect(book(fixture, POS_TILL_COUNT, BEEF, "B1", 0, NULL), POS_EVENT_STOCK);
    g_autoptr(json_t) counted = till_fixture_last_record(fixture);
    g_assert_cmpstr(text_of(counted, "type"), ==, "stock_counted");
    g_assert_cmpstr(text_of(counted, "unit"), ==, "g");
}

static void test_a_tag_says_lot_and_day(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_expect(
        book(fixture, POS_TILL_RECEIVE, "(01)" SHOP_MILK "(15)261130(10)TAG7", NULL, 6, NULL),
        POS_EVENT_STOCK);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(text_of(record, "lot"), ==, "TAG7");
    g_assert_cmpstr(text_of(record, "best_before"), ==, "2026-11-30");
}

static void test_what_cannot_be_is_refused_without_a_trace(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_refused(book(fixture, POS_TILL_RECEIVE, MILK, "A", 1, NULL),
                         POS_REFUSAL_NOT_LOGGED_IN);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    const struct {
        PosTillVerb verb;
        const char *text, *lot;
        int64_t quantity;
        const char *reason;
        PosRefusal refusal;
    } cases[] = {
        {POS_TILL_RECEIVE, MILK, "A", 0, NULL, POS_REFUSAL_BAD_QUANTITY},
        {POS_TILL_RECEIVE, MILK, "A", -3, NULL, POS_REFUSAL_BAD_QUANTITY},
        {POS_TILL_RECEIVE, MILK, "A", INT64_MAX, NULL, POS_REFUSAL_BAD_QUANTITY},
        {POS_TILL_COUNT, MILK, "A", -1, NULL, POS_REFUSAL_BAD_QUANTITY},
        {POS_TILL_WRITE_OFF, MILK, "A", 1, "", POS_REFUSAL_BAD_COMMAND},
        {POS_TILL_WRITE_OFF, MILK, "A", 1, NULL, POS_REFUSAL_BAD_COMMAND},
        {POS_TILL_RECEIVE, MILK, "123456789012345678901", 1, NULL, POS_REFUSAL_BAD_CODE},
        {POS_TILL_RECEIVE, MILK, "a lot", 1, NULL, POS_REFUSAL_BAD_CODE},
        {POS_TILL_RECEIVE, "9521234500040", "A", 1, NULL, POS_REFUSAL_BAD_CODE},
        {POS_TILL_RECEIVE, "9521234500094", "A", 1, NULL, POS_REFUSAL_UNKNOWN_ITEM},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        till_fixture_refused(book(fixture, cases[i].verb, cases[i].text, cases[i].lot,
                                  cases[i].quantity, cases[i].reason),
                             cases[i].refusal);
    }
    const PosTillCommand day = {.verb = POS_TILL_RECEIVE,
                                .text = (char *)MILK,
                                .text_length = strlen(MILK),
                                .pieces = 1,
                                .best_before = (char *)"2026-02-30"};
    till_fixture_refused(pos_till_do(fixture->till, &day), POS_REFUSAL_BAD_COMMAND);
    g_assert_cmpint(till_fixture_count(fixture, "stock_received"), ==, 0);
    /* A role that may not book asks for someone who may. */
    till_fixture_feed(fixture, "setting", "roles", "{\"cashier\":{\"may\":[\"open_shift\"]}}");
    till_fixture_refused(book(fixture, POS_TILL_COUNT, MILK, "GOOD", 1, NULL),
                         POS_REFUSAL_APPROVAL_NEEDED);
}

static void test_practice_moves_nothing(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_expect(till_fixture_login(fixture, "u09", "9999"), POS_EVENT_LOGIN);
    const PosTillCommand on = {.verb = POS_TILL_TRAINING, .on = true};
    till_fixture_expect(pos_till_do(fixture->till, &on), POS_EVENT_TRAINING);
    till_fixture_expect(book(fixture, POS_TILL_WRITE_OFF, MILK, "GOOD", 5, "play"),
                        POS_EVENT_STOCK);
    g_assert_cmpint(till_fixture_count(fixture, "write_off"), ==, 0);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_MILK, "GOOD"), ==, 0);
}

#define ADD(name)                                                                                  \
    g_test_add("/pos/till_stock/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,      \
               till_fixture_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(each_booking_is_a_record_that_moves_the_lot);
    ADD(a_tag_says_lot_and_day);
    ADD(what_cannot_be_is_refused_without_a_trace);
    ADD(practice_moves_nothing);
    return g_test_run();
}
