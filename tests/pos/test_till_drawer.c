/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */

static PosTillEvent *move(TillFixture *fixture, PosTillVerb verb, int64_t amount,
                          const char *reason, const char *approver)
{
    PosTillCommand command = {.verb = verb,
                              .amount = amount,
                              .reason = (char *)reason,
                              .approver = (char *)approver,
                              .approver_pin = approver != NULL ? (char *)"9999" : NULL};
    return pos_till_do(fixture->till, &command);
}

static PosTillEvent *report(TillFixture *fixture, PosReportKind kind)
{
    PosTillCommand command = {.verb = POS_TILL_REPORT, .report = kind};
    return pos_till_do(fixture->till, &command);
}

static int64_t at(const json_t *fields, const char *outer, const char *inner)
{
    const json_t *value = json_object_get(fields, outer);
    return json_integer_value(inner == NULL ? value : json_object_get(value, inner));
}

static void sell_soap(TillFixture *fixture)
{
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CASH, 13000);
    g_assert_true(event->opens_drawer);
    till_fixture_expect(event, POS_EVENT_SALE);
}

static void test_the_drawer_opens_only_with_a_record(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_refused(move(fixture, POS_TILL_PAID_IN, 100, "change", NULL),
                         POS_REFUSAL_NO_SHIFT);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 100000), POS_EVENT_SHIFT);
    PosTillEvent *event = move(fixture, POS_TILL_NO_SALE, 0, NULL, NULL);
    g_assert_true(event->opens_drawer);
    g_assert_cmpstr(event->type, ==, "no_sale");
    till_fixture_expect(event, POS_EVENT_DRAWER);
    till_fixture_refused(move(fixture, POS_TILL_PAID_IN, 0, "change", NULL),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(move(fixture, POS_TILL_PAID_IN, 100, NULL, NULL), POS_REFUSAL_BAD_COMMAND);
    till_fixture_expect(move(fixture, POS_TILL_PAID_IN, 5000, "change", NULL), POS_EVENT_DRAWER);
    till_fixture_expect(move(fixture, POS_TILL_SAFE_DROP, 50000, NULL, NULL), POS_EVENT_DRAWER);
    /* Money out is a manager's. */
    till_fixture_refused(move(fixture, POS_TILL_PAID_OUT, 3000, "ice", NULL),
                         POS_REFUSAL_APPROVAL_NEEDED);
    till_fixture_expect(move(fixture, POS_TILL_PAID_OUT, 3000, "ice", "u09"), POS_EVENT_DRAWER);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "paid_out");
    g_assert_cmpstr(json_string_value(json_object_get(record, "approver")), ==, "u09");
    g_assert_cmpstr(json_string_value(json_object_get(record, "reason")), ==, "ice");
    g_assert_cmpint(at(record, "amount", NULL), ==, 3000);
    /* A card opens nothing. */
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    event = till_fixture_tender(fixture, POS_TENDER_CARD, 12900);
    g_assert_false(event->opens_drawer);
    till_fixture_expect(event, POS_EVENT_SALE);
}

static void test_a_limit_is_a_limit(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_feed(fixture, "setting", "roles",
                      "{\"cashier\":{\"may\":[\"open_shift\",\"paid_out\"],\"limits\":{"
                      "\"paid_out\":3000}}}");
    till_fixture_begin(fixture);
    till_fixture_expect(move(fixture, POS_TILL_PAID_OUT, 3000, "ice", NULL), POS_EVENT_DRAWER);
    till_fixture_refused(move(fixture, POS_TILL_PAID_OUT, 3001, "ice", NULL),
                         POS_REFUSAL_APPROVAL_NEEDED);
    till_fixture_refused(move(fixture, POS_TILL_NO_SALE, 0, NULL, NULL),
                         POS_REFUSAL_APPROVAL_NEEDED);
}

static void test_the_count_is_blind_and_ends_the_shift(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    sell_soap(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 900), POS_EVENT_TENDER);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_CASH_UP, 0, 113000),
                         POS_REFUSAL_CART_NOT_EMPTY);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    static const char *const wrong[] = {"{\"0\":1}", "{\"x\":1}", "{\"100\":-1}", "{\"100\":1.5}",
                                        "{\"9007199254740991\":2}"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        PosTillCommand bad = {.verb = POS_TILL_CASH_UP,
                              .denominations = json_loads(wrong[i], 0, NULL)};
        till_fixture_refused(pos_till_do(fixture->till, &bad), POS_REFUSAL_BAD_QUANTITY);
        json_decref(bad.denominations);
    }
    PosTillCommand count = {.verb = POS_TILL_CASH_UP,
                            .denominations =
                                json_loads("{\"50000\":2,\"1000\":12,\"500\":1}", 0, NULL)};
    PosTillEvent *event = pos_till_do(fixture->till, &count);
    json_decref(count.denominations);
    g_assert_cmpstr(event->type, ==, "cash_up");
    g_assert_cmpint(at(event->record, "counted", NULL), ==, 112500);
    g_assert_cmpint(at(event->record, "expected", NULL), ==, 112900);
    g_assert_cmpint(at(event->record, "over_short", NULL), ==, -400);
    till_fixture_expect(event, POS_EVENT_REPORT);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_CASH_UP, 0, 1), POS_REFUSAL_NO_SHIFT);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 100000), POS_EVENT_SHIFT);
}

static void test_x_changes_nothing_and_z_closes_for_good(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    sell_soap(fixture);
    g_autoptr(PosTillEvent) first = report(fixture, POS_REPORT_X);
    g_autoptr(PosTillEvent) second = report(fixture, POS_REPORT_X);
    g_assert_cmpint(first->kind, ==, POS_EVENT_REPORT);
    g_assert_true(json_equal(json_object_get(first->record, "sales"),
                             json_object_get(second->record, "sales")));
    g_assert_true(json_equal(json_object_get(first->record, "cash"),
                             json_object_get(second->record, "cash")));
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CASH_UP, 0, 112900), POS_EVENT_REPORT);
    g_autoptr(PosTillEvent) z = report(fixture, POS_REPORT_Z);
    g_assert_cmpstr(z->type, ==, "z");
    g_assert_cmpint(at(z->record, "z", NULL), ==, 1);
    g_assert_cmpint(at(z->record, "sales", "amount"), ==, 12900);
    g_assert_cmpint(at(z->record, "cash", "over_short"), ==, 0);
    g_assert_cmpint(at(z->record, "grand_sales", NULL), ==, 12900);
    g_assert_cmpuint(strlen(json_string_value(json_object_get(z->record, "head"))), ==, 64);
    till_fixture_restart(fixture);
    till_fixture_begin(fixture);
    sell_soap(fixture);
    sell_soap(fixture);
    g_autoptr(PosTillEvent) next = report(fixture, POS_REPORT_Z);
    g_assert_cmpint(at(next->record, "z", NULL), ==, 2);
    g_assert_cmpint(at(next->record, "sales", "amount"), ==, 25800);
    g_assert_cmpint(at(next->record, "grand_sales", NULL), ==, 38700);
    g_assert_cmpstr(json_string_value(json_object_get(next->record, "first_receipt")), ==,
                    "T01-000002");
    /* It ends the shift, also where no one counted. */
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 12900),
                         POS_REFUSAL_NO_SHIFT);
}

static void test_what_is_practised_is_nothing(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    PosTillCommand on = {.verb = POS_TILL_TRAINING, .on = true};
    PosTillCommand off = {.verb = POS_TILL_TRAINING, .on = false};
    till_fixture_begin(fixture);
    sell_soap(fixture);
    till_fixture_refused(pos_till_do(fixture->till, &on), POS_REFUSAL_APPROVAL_NEEDED);
    on.approver = (char *)"u09";
    on.approver_pin = (char *)"9999";
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_refused(pos_till_do(fixture->till, &on), POS_REFUSAL_CART_NOT_EMPTY);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    till_fixture_expect(pos_till_do(fixture->till, &on), POS_EVENT_TRAINING);
    int64_t moved = pos_store_stock_moved(fixture->store, SHOP_SOAP, "");
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID_LINE, 1, 0), POS_EVENT_LINE_VOID);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CARD, 12900);
    g_assert_true(event->training);
    g_assert_false(event->opens_drawer);
    g_assert_cmpstr(event->sale.receipt, ==, "TRAINING");
    g_assert_cmpstr(json_string_value(json_object_get(event->record, "type")), ==, "training");
    till_fixture_expect(event, POS_EVENT_SALE);
    event = move(fixture, POS_TILL_PAID_IN, 5000, "practice", NULL);
    g_assert_false(event->opens_drawer);
    till_fixture_expect(event, POS_EVENT_DRAWER);
    till_fixture_refused(report(fixture, POS_REPORT_Z), POS_REFUSAL_NOT_ALLOWED);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_SOAP, ""), ==, moved);
    g_assert_cmpint(till_fixture_count(fixture, "sale"), ==, 1);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 0);
    /* A practice cart does not outlive the program, nor does training. */
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_restart(fixture);
    event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);
    g_assert_false(event->training);
    till_fixture_expect(event, POS_EVENT_LOGIN);
    till_fixture_expect(pos_till_do(fixture->till, &off), POS_EVENT_TRAINING);
    sell_soap(fixture);
    g_autofree char *last = pos_store_meta_get(fixture->store, POS_META_LAST_RECEIPT);
    g_assert_cmpstr(last, ==, "T01-000002");
    g_autoptr(PosTillEvent) x = report(fixture, POS_REPORT_X);
    g_assert_cmpint(at(x->record, "sales", "amount"), ==, 25800);
    g_assert_cmpint(at(x->record, "cash", "paid_in"), ==, 0);
    g_assert_cmpint(at(x->record, "line_voids", "count"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_drawer/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,     \
               till_fixture_tear_down)
    ADD(the_drawer_opens_only_with_a_record);
    ADD(a_limit_is_a_limit);
    ADD(the_count_is_blind_and_ends_the_shift);
    ADD(x_changes_nothing_and_z_closes_for_good);
    ADD(what_is_practised_is_nothing);
    return g_test_run();
}
