/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/bounds.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define LINK "https://id.gs1.org/01/"
#define SOAP "9521234500032" /* 12900 */

static PosTillEvent * override(TillFixture *fixture, int line, int64_t price, const char *approver,
                               const char *pin)
{
    PosTillCommand command = {.verb = POS_TILL_OVERRIDE,
                              .line = line,
                              .amount = price,
                              .reason = (char *)"damaged",
                              .approver = (char *)approver,
                              .approver_pin = (char *)pin};
    return pos_till_do(fixture->till, &command);
}

static int64_t due(TillFixture *fixture)
{
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    return event->due.minor;
}

/* --- lines ------------------------------------------------------------------------------------------- */

static void test_quantity_and_void_line(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_scan(fixture, "(01)" SHOP_BEEF "(3103)000450"),
                        POS_EVENT_LINE);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_QUANTITY, 1, 0),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_QUANTITY, 1, -3),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_QUANTITY, 2, 2),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_QUANTITY, 9, 2),
                         POS_REFUSAL_NO_SUCH_LINE);
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_QUANTITY, 1, 2);
    g_assert_cmpint(event->line.amount.minor, ==, 25800);
    till_fixture_expect(event, POS_EVENT_LINE);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_VOID_LINE, 9, 0),
                         POS_REFUSAL_NO_SUCH_LINE);
    event = till_fixture_do(fixture, POS_TILL_VOID_LINE, 1, 0);
    g_assert_cmpint(event->line.line, ==, 1);
    g_assert_cmpint(event->total.minor, ==, 2151);
    till_fixture_expect(event, POS_EVENT_LINE_VOID);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "line_void");
    g_assert_cmpint(json_integer_value(json_object_get(record, "amount")), ==, 25800);
    g_assert_cmpstr(json_string_value(json_object_get(record, "operator")), ==, "u01");
}

static void test_a_void_leaves_a_record_only_of_what_was_there(TillFixture *fixture,
                                                               gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_assert_cmpint(till_fixture_count(fixture, "abandoned"), ==, 0);
    /* Line numbers begin again, also where each line was voided by itself. */
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID_LINE, 1, 0), POS_EVENT_LINE_VOID);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_assert_cmpint(till_fixture_count(fixture, "abandoned"), ==, 0);
    PosTillEvent *event = till_fixture_scan(fixture, SOAP);
    g_assert_cmpint(event->line.line, ==, 1);
    till_fixture_expect(event, POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 900), POS_EVENT_TENDER);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "abandoned");
    g_assert_cmpint(json_integer_value(json_object_get(record, "total")), ==, 12900);
    const json_t *tender = json_array_get(json_object_get(record, "tenders"), 0);
    g_assert_cmpint(json_integer_value(json_object_get(tender, "amount")), ==, 900);
    g_assert_cmpint(due(fixture), ==, 0);
    /* What the card terminal gave back is not there for the next sale. */
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 900), POS_EVENT_TENDER);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 2);
}

static void test_an_override_needs_a_manager(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_refused(override(fixture, 1, 4300, NULL, NULL), POS_REFUSAL_APPROVAL_NEEDED);
    till_fixture_refused(override(fixture, 1, 4300, "u01", "1234"), POS_REFUSAL_NOT_ALLOWED);
    till_fixture_refused(override(fixture, 1, 4300, "u09", "1"), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(override(fixture, 9, 4300, "u09", "9999"), POS_REFUSAL_NO_SUCH_LINE);
    till_fixture_refused(override(fixture, 1, -1, "u09", "9999"), POS_REFUSAL_BAD_QUANTITY);
    PosTillCommand unreasoned = {.verb = POS_TILL_OVERRIDE, .line = 1, .amount = 1};
    till_fixture_refused(pos_till_do(fixture->till, &unreasoned), POS_REFUSAL_BAD_COMMAND);
    g_assert_cmpint(till_fixture_count(fixture, "price_override"), ==, 0);
    PosTillEvent *event = override(fixture, 1, 4300, "u09", "9999");
    g_assert_cmpint(event->line.price.minor, ==, 4300);
    g_assert_true(event->line.overridden);
    till_fixture_expect(event, POS_EVENT_LINE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "price_override");
    g_assert_cmpint(json_integer_value(json_object_get(record, "old_price")), ==, 12900);
    g_assert_cmpint(json_integer_value(json_object_get(record, "price")), ==, 4300);
    g_assert_cmpstr(json_string_value(json_object_get(record, "reason")), ==, "damaged");
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 4300), POS_EVENT_SALE);
}

/* --- tender ------------------------------------------------------------------------------------------ */

static void test_order_of_tender(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 12900),
                         POS_REFUSAL_NO_SHIFT);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 0), POS_EVENT_SHIFT);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_QR, 12900),
                         POS_REFUSAL_NOT_ALLOWED);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CARD, 12901),
                         POS_REFUSAL_OVER_TENDER);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 0),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, INT64_MIN),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, INT64_MAX),
                         POS_REFUSAL_BAD_QUANTITY);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 0);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 13000), POS_EVENT_SALE);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 12900),
                         POS_REFUSAL_EMPTY_CART);
}

static void test_a_sale_is_on_disk_when_it_is_said(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "(01)" SHOP_BEEF "(3103)000450(10)B1"),
                        POS_EVENT_LINE);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CASH, 5000);
    g_assert_cmpint(event->kind, ==, POS_EVENT_SALE);
    g_assert_cmpstr(event->sale.receipt, ==, "T01-000001");
    g_assert_cmpint(event->sale.seq, ==, 3);
    g_assert_cmpint(event->total.minor, ==, 2151);
    g_assert_cmpint(event->change.minor, ==, 2849);
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);

    g_autoptr(PosStore) other = pos_store_open(fixture->dir, POS_STORE_READ_ONLY, NULL);
    char hash[65];
    g_autoptr(json_t) found = pos_store_sale_find(other, "T01-000001", hash, NULL);
    g_assert_cmpstr(hash, ==, event->sale.hash_hex);
    g_assert_true(json_equal(found, event->record));
    g_autofree char *blame = pos_record_audit_sale(found);
    g_assert_cmpstr(blame, ==, NULL);
    const json_t *line = json_array_get(json_object_get(found, "lines"), 0);
    g_assert_cmpint(json_integer_value(json_object_get(line, "qty")), ==, 450);
    g_assert_cmpint(json_integer_value(json_object_get(line, "price")), ==, 4780);
    g_assert_cmpint(json_integer_value(json_object_get(line, "list_price")), ==, 4980);
    g_assert_cmpint(json_integer_value(json_object_get(line, "price_version")), ==, 10);
    g_assert_cmpstr(json_string_value(json_object_get(line, "unit")), ==, "g");
    g_assert_cmpstr(json_string_value(json_object_get(found, "operator")), ==, "u01");
    g_assert_cmpint(pos_store_stock_moved(other, SHOP_BEEF, "B1"), ==, -450);
    pos_till_event_free(event);

    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    event = till_fixture_tender(fixture, POS_TENDER_CASH, 12900);
    g_assert_cmpstr(event->sale.receipt, ==, "T01-000002");
    till_fixture_expect(event, POS_EVENT_SALE);
}

static void test_several_tenders_make_one_sale(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CARD, 10000);
    g_assert_cmpint(event->due.minor, ==, 2900);
    till_fixture_expect(event, POS_EVENT_TENDER);
    g_autoptr(json_t) attempt = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(attempt, "type")), ==, "tender_attempt");
    g_assert_cmpstr(json_string_value(json_object_get(attempt, "outcome")), ==, "approved");
    g_assert_cmpint(json_integer_value(json_object_get(attempt, "amount")), ==, 10000);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CARD, 2901),
                         POS_REFUSAL_OVER_TENDER);
    event = till_fixture_tender(fixture, POS_TENDER_CASH, 3000);
    g_assert_cmpint(event->change.minor, ==, 100);
    g_assert_cmpuint(json_array_size(json_object_get(event->record, "tenders")), ==, 2);
    till_fixture_expect(event, POS_EVENT_SALE);
}

static void test_lines_may_change_while_part_is_paid(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12000), POS_EVENT_TENDER);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_assert_cmpint(due(fixture), ==, 13800);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID_LINE, 2, 0), POS_EVENT_LINE_VOID);
    g_assert_cmpint(due(fixture), ==, 900);
    /* What is left would be less than what is paid. */
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_VOID_LINE, 1, 0),
                         POS_REFUSAL_NOT_ALLOWED);
    till_fixture_refused(override(fixture, 1, 12000, "u09", "9999"), POS_REFUSAL_NOT_ALLOWED);
    g_assert_cmpint(till_fixture_count(fixture, "price_override"), ==, 0);
    /* A cut takes effect as long as something is left to pay, and never below that. */
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":12500,\"effective_at\":\"2026-11-23T09:00:00.000+09:00\"}");
    g_assert_cmpint(due(fixture), ==, 500);
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":1000,\"effective_at\":\"2026-11-23T09:00:00.000+09:00\"}");
    g_assert_cmpint(due(fixture), ==, 500);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 500), POS_EVENT_SALE);
}

static void test_a_recall_on_an_open_line_stops_the_sale_until_it_is_voided(TillFixture *fixture,
                                                                            gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_scan(fixture, LINK SHOP_APPLE "/10/A1"), POS_EVENT_LINE);
    till_fixture_feed(fixture, "recall", SHOP_APPLE "/A1", "{\"status\":\"recalled\"}");
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CASH, 20000);
    g_assert_nonnull(strstr(event->message, "Line 2"));
    till_fixture_refused(event, POS_REFUSAL_RECALLED);
    g_assert_cmpint(till_fixture_count(fixture, "sale"), ==, 0);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID_LINE, 2, 0), POS_EVENT_LINE_VOID);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
}

static void test_midnight_stops_a_use_by_but_not_a_best_before(TillFixture *fixture,
                                                               gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, LINK SHOP_MILK "/10/SOON"), POS_EVENT_LINE);
    till_fixture_pass(fixture, 24LL * 3600 * 1000);
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpint(pos_cart_at(event->cart, 0)->freshness.reason, ==,
                    POS_FRESHNESS_PAST_BEST_BEFORE);
    till_fixture_expect(event, POS_EVENT_CART);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 2500), POS_EVENT_SALE);
    till_fixture_expect(till_fixture_scan(fixture, "(01)" SHOP_BEEF "(3103)000450(10)B1"),
                        POS_EVENT_LINE);
    till_fixture_pass(fixture, 3LL * 24 * 3600 * 1000);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 2151), POS_REFUSAL_EXPIRED);
}

/* --- after a crash ------------------------------------------------------------------------------------ */

static void test_a_card_approved_before_a_crash_is_not_charged_twice(TillFixture *fixture,
                                                                     gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 10000), POS_EVENT_TENDER);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    g_assert_cmpint(due(fixture), ==, 12900);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 10000), POS_EVENT_TENDER);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 1);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 2900), POS_EVENT_SALE);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 2);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 12900), POS_EVENT_SALE);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 3);
}

static PosTillEvent *void_tender(TillFixture *fixture, int which)
{
    const PosTillCommand command = {.verb = POS_TILL_VOID_TENDER, .line = which};
    return pos_till_do(fixture->till, &command);
}

static void test_a_tender_is_taken_back_before_the_sale_is_covered(TillFixture *fixture,
                                                                   gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_refused(void_tender(fixture, 1), POS_REFUSAL_NO_SUCH_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 5000), POS_EVENT_TENDER);
    PosTillEvent *event = till_fixture_tender(fixture, POS_TENDER_CARD, 900);
    g_assert_cmpuint(event->tenders->len, ==, 2);
    g_assert_cmpint(g_array_index(event->tenders, PosTender, 1).amount.minor, ==, 900);
    till_fixture_expect(event, POS_EVENT_TENDER);
    till_fixture_refused(void_tender(fixture, 3), POS_REFUSAL_NO_SUCH_LINE);
    event = void_tender(fixture, 2);
    g_assert_cmpint(event->due.minor, ==, 7900);
    till_fixture_expect(event, POS_EVENT_CART);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "outcome")), ==, "closed");
    event = void_tender(fixture, 1);
    g_assert_cmpint(event->due.minor, ==, 12900);
    till_fixture_expect(event, POS_EVENT_CART);
    till_fixture_restart(fixture); /* what was taken back is no spare */
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 900), POS_EVENT_TENDER);
    g_assert_cmpint(till_fixture_count(fixture, "tender_attempt"), ==, 3);
}

static void test_a_full_cart_fits_one_record(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    for (int i = 0; i < POS_BOUND_CART_LINES; i++) {
        till_fixture_expect(
            till_fixture_scan(fixture, "(01)" SHOP_BEEF "(3103)000450(10)12345678901234567890"),
            POS_EVENT_LINE);
    }
    till_fixture_refused(till_fixture_scan(fixture, SOAP), POS_REFUSAL_CART_FULL);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 2151 * POS_BOUND_CART_LINES),
                        POS_EVENT_SALE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_tender/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,     \
               till_fixture_tear_down)
    ADD(quantity_and_void_line);
    ADD(a_void_leaves_a_record_only_of_what_was_there);
    ADD(an_override_needs_a_manager);
    ADD(order_of_tender);
    ADD(a_sale_is_on_disk_when_it_is_said);
    ADD(several_tenders_make_one_sale);
    ADD(lines_may_change_while_part_is_paid);
    ADD(a_recall_on_an_open_line_stops_the_sale_until_it_is_voided);
    ADD(midnight_stops_a_use_by_but_not_a_best_before);
    ADD(a_card_approved_before_a_crash_is_not_charged_twice);
    ADD(a_tender_is_taken_back_before_the_sale_is_covered);
    ADD(a_full_cart_fits_one_record);
    return g_test_run();
}
