/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is sold beside scanned goods: offers, discounts, deposits, bags, departments, taught items, the buyer's age,
 * price disputes, undo, quantity before the scan, and cash that is rounded. */
#include "tests/support/till_fixture.h"

#include <string.h>

#define APPLE "9521234500018"
#define SOAP "9521234500032"
#define BEER "09521234500100"
#define BAG "09521234500117"
#define UNKNOWN "8801234567893" /* a well-formed GTIN that the shop does not have */

static PosTillEvent *run(TillFixture *fixture, PosTillCommand command)
{
    return pos_till_do(fixture->till, &command);
}

static void scan(TillFixture *fixture, const char *text)
{
    till_fixture_expect(till_fixture_scan(fixture, text), POS_EVENT_LINE);
}

static int64_t total(TillFixture *fixture)
{
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    return event->total.minor;
}

static void price(TillFixture *fixture, const char *gtin, int64_t minor)
{
    g_autofree char *json = g_strdup_printf("{\"price\":%" G_GINT64_FORMAT
                                            ",\"effective_at\":\"2026-11-22T09:00:00.000+09:00\"}",
                                            (gint64)minor);
    till_fixture_feed(fixture, "price", gtin, json);
}

static void set_up(TillFixture *fixture, gconstpointer unused)
{
    till_fixture_set_up(fixture, unused);
    till_fixture_feed(
        fixture, "product", BEER,
        "{\"names\":{\"en\":\"Beer\"},\"unit\":\"each\",\"plu\":\"700\",\"tax_bp\":1000,"
        "\"age_min\":19,\"deposit\":100,\"deposit_tax_bp\":0}");
    till_fixture_feed(
        fixture, "product", BAG,
        "{\"names\":{\"en\":\"Bag\"},\"unit\":\"each\",\"bag\":true,\"tax_bp\":1000}");
    till_fixture_feed(
        fixture, "setting", "departments",
        "{\"list\":[{\"id\":\"veg\",\"names\":{\"en\":\"Vegetables\",\"ko\":\"채소\"},"
        "\"max\":20000},{\"id\":\"home\",\"names\":{\"en\":\"Household\"},"
        "\"tax_bp\":1000}]}");
    price(fixture, BEER, 2500);
    price(fixture, BAG, 50);
    till_fixture_begin(fixture);
}

static void test_an_offer_applies_by_itself(TillFixture *fixture, gconstpointer u)
{
    till_fixture_feed(
        fixture, "offer", "soap",
        "{\"names\":{\"en\":\"2 for 20000\"},\"gtins\":[\"" SHOP_SOAP
        "\"],\"need\":2,\"price\":20000,\"until\":\"2026-11-23T09:10:00.000+09:00\"}");
    scan(fixture, SOAP);
    scan(fixture, SOAP);
    g_assert_cmpint(total(fixture), ==, 20000);
    /* It ends while the cart is open: what was promised stays; a new cart has it no more. */
    till_fixture_pass(fixture, 11 * 60 * 1000);
    g_assert_cmpint(total(fixture), ==, 20000);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 20000), POS_EVENT_SALE);
    scan(fixture, SOAP);
    scan(fixture, SOAP);
    g_assert_cmpint(total(fixture), ==, 25800);
    /* One that comes while the cart is open is taken. */
    till_fixture_feed(fixture, "offer", "soap",
                      "{\"names\":{\"en\":\"2 for 1\"},\"gtins\":[\"" SHOP_SOAP
                      "\"],\"need\":2,\"pay\":1}");
    g_assert_cmpint(total(fixture), ==, 12900);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    g_assert_cmpint(total(fixture), ==, 12900);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
}

static void test_a_discount_has_a_reason_and_a_limit(TillFixture *fixture, gconstpointer u)
{
    scan(fixture, SOAP);
    PosTillCommand discount = {.verb = POS_TILL_DISCOUNT, .line = 1, .percent_bp = 1000};
    till_fixture_refused(run(fixture, discount), POS_REFUSAL_BAD_COMMAND);
    discount.reason = (char *)"dented";
    PosTillEvent *event = run(fixture, discount);
    g_assert_cmpint(event->amount.minor, ==, 1290);
    till_fixture_expect(event, POS_EVENT_DISCOUNT);
    g_assert_cmpint(total(fixture), ==, 11610);
    discount.percent_bp = 1001; /* 10.01 % is above a cashier's 10 */
    till_fixture_refused(run(fixture, discount), POS_REFUSAL_APPROVAL_NEEDED);
    discount.percent_bp = 0;
    discount.amount = 1162; /* 10.01 % of 11,610 */
    discount.line = 0;
    till_fixture_refused(run(fixture, discount), POS_REFUSAL_APPROVAL_NEEDED);
    discount.approver = (char *)"u09";
    discount.approver_pin = (char *)"9999";
    till_fixture_expect(run(fixture, discount), POS_EVENT_DISCOUNT);
    discount.line = 9;
    till_fixture_refused(run(fixture, discount), POS_REFUSAL_NO_SUCH_LINE);
    g_assert_cmpint(total(fixture), ==, 10448);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 10448), POS_EVENT_SALE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    const json_t *row = json_array_get(json_object_get(record, "lines"), 2);
    g_assert_cmpstr(json_string_value(json_object_get(row, "kind")), ==, "discount");
    g_assert_cmpstr(json_string_value(json_object_get(row, "approver")), ==, "u09");
    g_assert_cmpstr(json_string_value(json_object_get(row, "why")), ==, "dented");
}

static void test_deposits_come_and_go(TillFixture *fixture, gconstpointer u)
{
    till_fixture_refused(till_fixture_scan(fixture, "700"), POS_REFUSAL_AGE_CHECK_NEEDED);
    PosTillCommand old_enough = {.verb = POS_TILL_AGE_CHECK, .born = (char *)"2007-11-23"};
    PosTillEvent *event = run(fixture, old_enough); /* 19 today */
    g_assert_cmpstr(event->line.gtin, ==, BEER);
    till_fixture_expect(event, POS_EVENT_LINE);
    scan(fixture, "700"); /* once a cart */
    g_assert_cmpint(total(fixture), ==, 5200);
    till_fixture_expect(
        run(fixture, (PosTillCommand){.verb = POS_TILL_QUANTITY, .line = 1, .pieces = 5}),
        POS_EVENT_LINE);
    g_assert_cmpint(total(fixture), ==, 15600);
    PosTillCommand empties = {
        .verb = POS_TILL_DEPOSIT_RETURN, .text = (char *)"700", .text_length = 3, .pieces = 10};
    till_fixture_expect(run(fixture, empties), POS_EVENT_LINE);
    g_assert_cmpint(total(fixture), ==, 14600);
    PosTillCommand ten = {.verb = POS_TILL_DISCOUNT, .percent_bp = 1000, .reason = (char *)"x"};
    till_fixture_expect(run(fixture, ten), POS_EVENT_DISCOUNT);
    g_assert_cmpint(total(fixture), ==, 13100); /* of the beer, not of what is on its bottles */
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 20000), POS_EVENT_SALE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_autofree char *text = json_dumps(record, JSON_COMPACT);
    g_assert_null(strstr(text, "2007")); /* no date of birth is kept */
    g_assert_nonnull(strstr(text, "\"age_check\":\"born\""));
}

static void test_bottles_alone_are_paid_out(TillFixture *fixture, gconstpointer u)
{
    PosTillCommand empties = {.verb = POS_TILL_DEPOSIT_RETURN, .amount = 250, .pieces = 4};
    till_fixture_expect(run(fixture, empties), POS_EVENT_LINE);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 500),
                         POS_REFUSAL_BAD_QUANTITY);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, -1000), POS_EVENT_SALE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpint(json_integer_value(json_object_get(record, "total")), ==, -1000);
    empties.amount = 0;
    till_fixture_refused(run(fixture, empties), POS_REFUSAL_BAD_QUANTITY);
}

static void test_too_young(TillFixture *fixture, gconstpointer u)
{
    till_fixture_refused(till_fixture_scan(fixture, "700"), POS_REFUSAL_AGE_CHECK_NEEDED);
    PosTillCommand born = {.verb = POS_TILL_AGE_CHECK, .born = (char *)"2007-11-24"};
    till_fixture_refused(run(fixture, born), POS_REFUSAL_TOO_YOUNG);
    born.born = (char *)"24.11.2007";
    till_fixture_refused(run(fixture, born), POS_REFUSAL_BAD_COMMAND);
    g_assert_cmpint(total(fixture), ==, 0);
    till_fixture_refused(till_fixture_scan(fixture, "700"), POS_REFUSAL_AGE_CHECK_NEEDED);
    till_fixture_expect(run(fixture, (PosTillCommand){.verb = POS_TILL_AGE_CHECK, .seen = true}),
                        POS_EVENT_LINE);
    /* Another cart is another buyer. */
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    till_fixture_refused(till_fixture_scan(fixture, "700"), POS_REFUSAL_AGE_CHECK_NEEDED);
}

static void test_goods_without_a_code(TillFixture *fixture, gconstpointer u)
{
    PosTillCommand veg = {.verb = POS_TILL_DEPARTMENT, .department = (char *)"veg", .amount = 3000};
    till_fixture_expect(run(fixture, veg), POS_EVENT_LINE);
    veg.amount = 20001;
    till_fixture_refused(run(fixture, veg), POS_REFUSAL_NOT_ALLOWED);
    veg.amount = 0;
    till_fixture_refused(run(fixture, veg), POS_REFUSAL_BAD_QUANTITY);
    veg.department = (char *)"fish";
    till_fixture_refused(run(fixture, veg), POS_REFUSAL_NO_SUCH_DEPARTMENT);
    till_fixture_expect(run(fixture, (PosTillCommand){.verb = POS_TILL_BAG, .pieces = 2}),
                        POS_EVENT_LINE);
    g_assert_cmpint(total(fixture), ==, 3100);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 3100), POS_EVENT_SALE);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, BAG, ""), ==, -2);
}

static void test_an_item_is_taught(TillFixture *fixture, gconstpointer u)
{
    till_fixture_refused(till_fixture_scan(fixture, UNKNOWN), POS_REFUSAL_UNKNOWN_ITEM);
    PosTillCommand teach = {.verb = POS_TILL_TEACH,
                            .text = (char *)UNKNOWN,
                            .text_length = strlen(UNKNOWN),
                            .name = (char *)"Sponge",
                            .department = (char *)"home",
                            .amount = 1500};
    teach.name = (char *)"";
    till_fixture_refused(run(fixture, teach), POS_REFUSAL_BAD_COMMAND);
    teach.name = (char *)"Sponge";
    till_fixture_expect(run(fixture, teach), POS_EVENT_LINE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "command");
    g_assert_cmpstr(json_string_value(json_object_get(record, "code")), ==, "0" UNKNOWN);
    /* The next scan knows it, also after a restart, at the department's tax. */
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    PosTillEvent *event = till_fixture_scan(fixture, UNKNOWN);
    g_assert_cmpint(event->line.kind, ==, POS_LINE_DEPARTMENT);
    g_assert_cmpint(event->line.tax_bp, ==, 1000);
    till_fixture_expect(event, POS_EVENT_LINE);
    g_assert_cmpint(total(fixture), ==, 3000);
    /* What the shop knows is not taught. */
    teach.text = (char *)SOAP;
    teach.text_length = strlen(SOAP);
    till_fixture_refused(run(fixture, teach), POS_REFUSAL_NOT_ALLOWED);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 3000), POS_EVENT_SALE);
}

static void test_a_dispute_gives_the_price_shown(TillFixture *fixture, gconstpointer u)
{
    scan(fixture, SOAP);
    PosTillCommand dispute = {.verb = POS_TILL_DISPUTE,
                              .line = 1,
                              .amount = 12900,
                              .approver = (char *)"u09",
                              .approver_pin = (char *)"9999"};
    till_fixture_refused(run(fixture, dispute), POS_REFUSAL_BAD_QUANTITY);
    dispute.amount = 11000;
    till_fixture_expect(run(fixture, dispute), POS_EVENT_LINE);
    g_assert_cmpint(total(fixture), ==, 11000);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "price_dispute");
    g_assert_cmpint(json_integer_value(json_object_get(record, "old_price")), ==, 12900);
    g_assert_cmpint(json_integer_value(json_object_get(record, "price")), ==, 11000);
    dispute.line = 7;
    till_fixture_refused(run(fixture, dispute), POS_REFUSAL_NO_SUCH_LINE);
}

static void test_undo(TillFixture *fixture, gconstpointer u)
{
    PosTillCommand undo = {.verb = POS_TILL_UNDO};
    till_fixture_refused(run(fixture, undo), POS_REFUSAL_NOTHING_TO_UNDO);
    scan(fixture, SOAP);
    scan(fixture, APPLE);
    till_fixture_expect(run(fixture, undo), POS_EVENT_CART);
    g_assert_cmpint(total(fixture), ==, 12900);
    g_assert_cmpint(till_fixture_count(fixture, "line_void"), ==, 1);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID_LINE, 1, 0), POS_EVENT_LINE_VOID);
    g_assert_cmpint(total(fixture), ==, 0);
    till_fixture_expect(run(fixture, undo), POS_EVENT_CART);
    g_assert_cmpint(total(fixture), ==, 12900);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_true(json_is_true(json_object_get(record, "restored")));
    till_fixture_expect(run(fixture, undo), POS_EVENT_CART); /* the first scan */
    till_fixture_refused(run(fixture, undo), POS_REFUSAL_NOTHING_TO_UNDO);
    scan(fixture, SOAP);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    till_fixture_refused(run(fixture, undo), POS_REFUSAL_NOTHING_TO_UNDO);
    g_assert_cmpint(total(fixture), ==, 0);
}

static void test_quantity_before_the_item(TillFixture *fixture, gconstpointer u)
{
    PosTillCommand three = {.verb = POS_TILL_NEXT_QUANTITY, .pieces = 3};
    till_fixture_expect(run(fixture, three), POS_EVENT_NEXT_QUANTITY);
    PosTillEvent *event = till_fixture_scan(fixture, SOAP);
    g_assert_cmpint(event->line.quantity.value, ==, 3);
    till_fixture_expect(event, POS_EVENT_LINE);
    event = till_fixture_scan(fixture, SOAP);
    g_assert_cmpint(event->line.quantity.value, ==, 1);
    till_fixture_expect(event, POS_EVENT_LINE);
    three.pieces = 0;
    till_fixture_refused(run(fixture, three), POS_REFUSAL_BAD_QUANTITY);
}

static void test_cash_is_rounded_and_a_card_is_not(TillFixture *fixture, gconstpointer u)
{
    till_fixture_feed(fixture, "setting", "store",
                      "{\"names\":{\"en\":\"Shop\"},\"currency\":\"KRW\",\"language\":\"en\","
                      "\"time_zone\":\"Asia/Seoul\",\"cash_rounding\":10}");
    till_fixture_expect(till_fixture_scan(fixture, "4020"), POS_EVENT_WEIGH);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 453), POS_EVENT_LINE);
    PosTillEvent *cart = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpint(cart->due.minor, ==, 2165);
    g_assert_cmpint(cart->due_cash.minor, ==, 2170);
    pos_till_event_free(cart);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CARD, 1000), POS_EVENT_TENDER);
    PosTillEvent *sale = till_fixture_tender(fixture, POS_TENDER_CASH, 2000);
    g_assert_cmpint(sale->change.minor, ==, 830);
    g_assert_cmpint(sale->total.minor, ==, 2170);
    g_assert_cmpint(json_integer_value(json_object_get(sale->record, "rounding")), ==, 5);
    till_fixture_expect(sale, POS_EVENT_SALE);
    till_fixture_expect(till_fixture_scan(fixture, "4020"), POS_EVENT_WEIGH);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 453), POS_EVENT_LINE);
    sale = till_fixture_tender(fixture, POS_TENDER_CARD, 2165);
    g_assert_cmpint(json_integer_value(json_object_get(sale->record, "rounding")), ==, 0);
    till_fixture_expect(sale, POS_EVENT_SALE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_goods/" #name, TillFixture, NULL, set_up, test_##name,                   \
               till_fixture_tear_down)
    ADD(an_offer_applies_by_itself);
    ADD(a_discount_has_a_reason_and_a_limit);
    ADD(deposits_come_and_go);
    ADD(bottles_alone_are_paid_out);
    ADD(too_young);
    ADD(goods_without_a_code);
    ADD(an_item_is_taught);
    ADD(a_dispute_gives_the_price_shown);
    ADD(undo);
    ADD(quantity_before_the_item);
    ADD(cash_is_rounded_and_a_card_is_not);
#undef ADD
    return g_test_run();
}
