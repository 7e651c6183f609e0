/* SPDX-License-Identifier: GPL-3.0-or-later
 * Taking back: by receipt and line, in parts, of another till, without a receipt, in exchange; and a whole sale of the
 * running period. */
#include "pos/error.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define APPLE "9521234500018"
#define SOAP "9521234500032"

static PosTillEvent *run(TillFixture *fixture, PosTillCommand command)
{
    return pos_till_do(fixture->till, &command);
}

static void scan(TillFixture *fixture, const char *text)
{
    till_fixture_expect(till_fixture_scan(fixture, text), POS_EVENT_LINE);
}

/* 450 g of beef (2151) and two soaps (25,800) in cash: the receipt. */
static char *sell(TillFixture *fixture)
{
    till_fixture_expect(till_fixture_scan(fixture, "4020"), POS_EVENT_WEIGH);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 450), POS_EVENT_LINE);
    scan(fixture, SOAP);
    till_fixture_expect(
        run(fixture, (PosTillCommand){.verb = POS_TILL_QUANTITY, .line = 2, .pieces = 2}),
        POS_EVENT_LINE);
    PosTillEvent *sale = till_fixture_tender(fixture, POS_TENDER_CASH, 30000);
    char *receipt = g_strdup(sale->sale.receipt);
    till_fixture_expect(sale, POS_EVENT_SALE);
    return receipt;
}

static PosTillCommand back(const char *receipt, int line, int64_t quantity, const char *to)
{
    return (PosTillCommand){.verb = POS_TILL_RETURN,
                            .receipt = (char *)receipt,
                            .line = line,
                            .pieces = quantity,
                            .to = (char *)to};
}

static void approve(PosTillCommand *command)
{
    command->approver = (char *)"u09";
    command->approver_pin = (char *)"9999";
}

static void set_up(TillFixture *fixture, gconstpointer unused)
{
    till_fixture_set_up(fixture, unused);
    till_fixture_begin(fixture);
}

/* What a look at the receipt says is left of a line; -1 when the line is not there, and -2 when nothing is said. */
static int64_t left(TillFixture *fixture, const char *receipt, int line)
{
    g_autoptr(PosTillEvent) event =
        run(fixture, (PosTillCommand){.verb = POS_TILL_RECEIPT, .receipt = (char *)receipt});
    g_assert_cmpint(event->kind, ==, POS_EVENT_RECEIPT);
    for (gsize i = 0; i < json_array_size(event->left); i++) {
        const json_t *row = json_array_get(event->left, i);
        if (json_integer_value(json_object_get(row, "line")) == line) {
            g_assert_cmpstr(json_string_value(json_object_get(row, "name")), !=, "");
            return json_integer_value(json_object_get(row, "left"));
        }
    }
    return event->left == NULL ? -2 : -1;
}

static void test_part_of_a_weighed_line_to_waste(TillFixture *fixture, gconstpointer u)
{
    g_autofree char *receipt = sell(fixture);
    g_assert_cmpint(left(fixture, receipt, 1), ==, 450);
    g_assert_cmpint(left(fixture, receipt, 2), ==, 2);
    g_assert_cmpint(left(fixture, receipt, 3), ==, -1);
    PosTillEvent *event = run(fixture, back(receipt, 1, 200, "waste"));
    g_assert_cmpint(event->total.minor, ==, -956);
    g_assert_cmpstr(json_string_value(json_object_get(event->record, "type")), ==, "return");
    g_assert_cmpstr(json_string_value(json_object_get(event->record, "of_receipt")), ==, receipt);
    g_assert_cmpstr(event->sale.receipt, !=, receipt);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_BEEF, "B1"), ==, -450);
    g_assert_cmpint(left(fixture, receipt, 1), ==, 250);
    till_fixture_refused(run(fixture, back(receipt, 1, 251, "stock")),
                         POS_REFUSAL_ALREADY_RETURNED);
    event = run(fixture, back(receipt, 1, 250, "stock"));
    g_assert_cmpint(event->total.minor, ==, -1195);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_BEEF, "B1"), ==, -200);
    till_fixture_refused(run(fixture, back(receipt, 1, 0, "stock")), POS_REFUSAL_ALREADY_RETURNED);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_refused(run(fixture, back(receipt, 1, 1, "stock")), POS_REFUSAL_ALREADY_RETURNED);
}

static void test_what_cannot_be_taken_back(TillFixture *fixture, gconstpointer u)
{
    g_autofree char *receipt = sell(fixture);
    till_fixture_refused(run(fixture, back("T01-999999", 1, 1, "stock")), POS_REFUSAL_OFFLINE);
    till_fixture_refused(run(fixture, back(receipt, 3, 1, "stock")), POS_REFUSAL_NO_SUCH_LINE);
    till_fixture_refused(run(fixture, back(receipt, 2, -1, "stock")), POS_REFUSAL_BAD_QUANTITY);
    till_fixture_refused(run(fixture, back(receipt, 2, 3, "stock")), POS_REFUSAL_ALREADY_RETURNED);
    till_fixture_refused(run(fixture, back(receipt, 2, 1, "river")), POS_REFUSAL_BAD_COMMAND);
    till_fixture_refused(run(fixture, back(receipt, 2, 1, NULL)), POS_REFUSAL_BAD_COMMAND);
    PosTillCommand qr = back(receipt, 2, 1, "stock");
    qr.tender = POS_TENDER_QR;
    till_fixture_refused(run(fixture, qr), POS_REFUSAL_NOT_ALLOWED);
    g_assert_cmpint(till_fixture_count(fixture, "return"), ==, 0);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_LOGOUT, 0, 0), POS_EVENT_LOGOUT);
    till_fixture_refused(run(fixture, back(receipt, 2, 1, "stock")), POS_REFUSAL_NOT_LOGGED_IN);
}

static void test_all_of_it_with_its_discount(TillFixture *fixture, gconstpointer u)
{
    scan(fixture, SOAP);
    scan(fixture, APPLE);
    PosTillCommand off = {.verb = POS_TILL_DISCOUNT, .percent_bp = 1000, .reason = (char *)"x"};
    till_fixture_expect(run(fixture, off), POS_EVENT_DISCOUNT);
    PosTillEvent *sale = till_fixture_tender(fixture, POS_TENDER_CARD, 12330);
    g_autofree char *receipt = g_strdup(sale->sale.receipt);
    till_fixture_expect(sale, POS_EVENT_SALE);
    PosTillCommand soap = back(receipt, 1, 1, "stock");
    soap.tender = POS_TENDER_CARD;
    PosTillEvent *event = run(fixture, soap);
    g_assert_cmpint(event->total.minor, ==, -11610);
    till_fixture_expect(event, POS_EVENT_SALE);
    event = run(fixture, back(receipt, 0, 0, "stock"));
    g_assert_cmpint(event->total.minor, ==, -720);
    till_fixture_expect(event, POS_EVENT_SALE);
    till_fixture_refused(run(fixture, back(receipt, 0, 0, "stock")), POS_REFUSAL_ALREADY_RETURNED);
    PosTillCommand z = {.verb = POS_TILL_POST_VOID, .receipt = receipt, .reason = (char *)"x"};
    approve(&z);
    till_fixture_refused(run(fixture, z), POS_REFUSAL_ALREADY_RETURNED);
}

/* --- another till's ------------------------------------------------------------------------------- */

typedef struct {
    json_t *answer; /* NULL: nobody answers */
} Central;

static json_t *remote_receipt(void *user, const char *receipt, GError **error)
{
    Central *central = user;
    if (central->answer == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE, "offline");
    } else if (strcmp(json_string_value(json_object_get(central->answer, "receipt")), receipt) !=
               0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, "none");
        return NULL;
    }
    return json_incref(central->answer);
}

static void test_a_receipt_of_another_till(TillFixture *fixture, gconstpointer u)
{
    Central central = {0};
    PosTillRemote remote = {.user = &central, .receipt = remote_receipt};
    pos_till_set_remote(fixture->till, &remote);
    till_fixture_refused(run(fixture, back("T02-000007", 1, 1, "stock")), POS_REFUSAL_OFFLINE);
    central.answer =
        json_loads("{\"receipt\":\"T02-000007\",\"voided\":false,\"returned\":[{\"line\":1,\"qty\":"
                   "1}],\"record\":"
                   "{\"type\":\"sale\",\"receipt\":\"T02-000007\",\"total\":38700,\"rounding\":0,"
                   "\"lines\":[{\"line\":1,"
                   "\"gtin\":\"" SHOP_SOAP
                   "\",\"lot\":\"\",\"qty\":3,\"unit\":\"each\",\"price\":12900,\"amount\":38700,"
                   "\"tax_bp\":1000}],\"tax\":[{\"base\":35182,\"rate_bp\":1000,\"tax\":3518}],"
                   "\"tenders\":[{\"amount\":38700,\"change\":0,\"kind\":\"cash\"}]}}",
                   0, NULL);
    g_assert_nonnull(central.answer);
    till_fixture_refused(run(fixture, back("T02-000008", 1, 1, "stock")),
                         POS_REFUSAL_NO_SUCH_RECEIPT);
    till_fixture_refused(run(fixture, back("T02-000007", 1, 3, "stock")),
                         POS_REFUSAL_ALREADY_RETURNED);
    PosTillEvent *event = run(fixture, back("T02-000007", 1, 2, "stock"));
    g_assert_cmpint(event->total.minor, ==, -25800);
    till_fixture_expect(event, POS_EVENT_SALE);
    /* Known here before central has heard of it. */
    till_fixture_refused(run(fixture, back("T02-000007", 1, 2, "stock")),
                         POS_REFUSAL_ALREADY_RETURNED);
    json_object_set_new(central.answer, "voided", json_true());
    till_fixture_refused(run(fixture, back("T02-000007", 1, 1, "stock")),
                         POS_REFUSAL_ALREADY_RETURNED);
    pos_till_set_remote(fixture->till, NULL);
    json_decref(central.answer);
}

static void test_without_a_receipt(TillFixture *fixture, gconstpointer u)
{
    PosTillCommand soap = {.verb = POS_TILL_RETURN,
                           .text = (char *)SOAP,
                           .text_length = strlen(SOAP),
                           .to = (char *)"stock"};
    till_fixture_refused(run(fixture, soap), POS_REFUSAL_APPROVAL_NEEDED);
    approve(&soap);
    soap.amount = 13000;
    till_fixture_refused(run(fixture, soap), POS_REFUSAL_BAD_QUANTITY);
    soap.amount = 10000;
    PosTillEvent *event = run(fixture, soap);
    g_assert_cmpint(event->total.minor, ==, -10000);
    g_assert_true(json_is_true(json_object_get(event->record, "without_receipt")));
    g_assert_cmpstr(json_string_value(json_object_get(event->record, "approver")), ==, "u09");
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_SOAP, ""), ==, 1);
}

/* --- exchange ------------------------------------------------------------------------------------- */

static void test_an_exchange_pays_with_what_comes_back(TillFixture *fixture, gconstpointer u)
{
    g_autofree char *receipt = sell(fixture);
    PosTillCommand one = back(receipt, 2, 1, "stock");
    one.exchange = true;
    PosTillEvent *event = run(fixture, one);
    g_assert_cmpint(event->amount.minor, ==, 12900);
    g_assert_cmpint(event->due.minor, ==, -12900);
    till_fixture_expect(event, POS_EVENT_EXCHANGE);
    g_assert_cmpint(till_fixture_count(fixture, "return"), ==, 0);
    scan(fixture, SOAP);
    scan(fixture, APPLE);
    till_fixture_restart(fixture); /* it is on disk with the cart */
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    PosTillEvent *sale = till_fixture_tender(fixture, POS_TENDER_CASH, 1000);
    g_assert_cmpint(sale->total.minor, ==, 13700);
    g_assert_cmpint(sale->change.minor, ==, 200);
    g_assert_cmpstr(sale->taken_back.receipt, ==, "T01-000002");
    g_assert_cmpstr(sale->sale.receipt, ==, "T01-000003");
    const json_t *tender = json_array_get(json_object_get(sale->record, "tenders"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(tender, "kind")), ==, "exchange");
    g_assert_cmpint(json_integer_value(json_object_get(tender, "amount")), ==, 12900);
    till_fixture_expect(sale, POS_EVENT_SALE);
    g_assert_cmpint(till_fixture_count(fixture, "return"), ==, 1);
    PosTillCommand again = back(receipt, 2, 2, "stock");
    till_fixture_refused(run(fixture, again), POS_REFUSAL_ALREADY_RETURNED);
    PosTillCommand whole = {
        .verb = POS_TILL_POST_VOID, .receipt = (char *)"T01-000003", .reason = (char *)"x"};
    approve(&whole);
    till_fixture_refused(run(fixture, whole), POS_REFUSAL_NOT_ALLOWED);
}

static void test_an_exchange_may_pay_out(TillFixture *fixture, gconstpointer u)
{
    g_autofree char *receipt = sell(fixture);
    PosTillCommand one = back(receipt, 2, 1, "waste");
    one.exchange = true;
    till_fixture_expect(run(fixture, one), POS_EVENT_EXCHANGE);
    till_fixture_expect(run(fixture, one), POS_EVENT_EXCHANGE); /* and the other one */
    till_fixture_refused(run(fixture, one), POS_REFUSAL_ALREADY_RETURNED);
    scan(fixture, APPLE);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 100),
                         POS_REFUSAL_BAD_QUANTITY);
    PosTillEvent *sale = till_fixture_tender(fixture, POS_TENDER_CASH, 0);
    g_assert_cmpint(sale->amount.minor, ==, -25000);
    till_fixture_expect(sale, POS_EVENT_SALE);
    /* What was taken back elsewhere meanwhile is not exchanged. */
    PosTillCommand beef = back(receipt, 1, 100, "waste");
    beef.exchange = true;
    till_fixture_expect(run(fixture, beef), POS_EVENT_EXCHANGE);
    beef.exchange = false;
    till_fixture_expect(run(fixture, beef), POS_EVENT_SALE);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 0),
                         POS_REFUSAL_ALREADY_RETURNED);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_assert_cmpint(till_fixture_count(fixture, "return"), ==, 2);
}

/* --- the whole sale ------------------------------------------------------------------------------- */

static void test_a_sale_is_voided_as_a_whole(TillFixture *fixture, gconstpointer u)
{
    g_autofree char *receipt = sell(fixture);
    PosTillCommand whole = {.verb = POS_TILL_POST_VOID, .receipt = receipt};
    till_fixture_refused(run(fixture, whole), POS_REFUSAL_BAD_COMMAND);
    whole.reason = (char *)"wrong customer";
    till_fixture_refused(run(fixture, whole), POS_REFUSAL_APPROVAL_NEEDED);
    approve(&whole);
    PosTillEvent *event = run(fixture, whole);
    g_assert_cmpint(event->total.minor, ==, -27951);
    g_assert_cmpstr(event->sale.receipt, ==, receipt);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "post_void");
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_BEEF, "B1"), ==, 0);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_SOAP, ""), ==, 0);
    till_fixture_refused(run(fixture, whole), POS_REFUSAL_ALREADY_RETURNED);
    till_fixture_refused(run(fixture, back(receipt, 1, 1, "stock")), POS_REFUSAL_ALREADY_RETURNED);
    whole.receipt = (char *)"T01-000077";
    till_fixture_refused(run(fixture, whole), POS_REFUSAL_NO_SUCH_RECEIPT);
}

static void test_after_a_z_it_is_too_late(TillFixture *fixture, gconstpointer u)
{
    g_autofree char *receipt = sell(fixture);
    PosTillCommand count = {.verb = POS_TILL_CASH_UP, .amount = 127951};
    till_fixture_expect(run(fixture, count), POS_EVENT_REPORT);
    PosTillCommand z = {.verb = POS_TILL_REPORT, .report = POS_REPORT_Z};
    approve(&z);
    till_fixture_expect(run(fixture, z), POS_EVENT_REPORT);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 100000), POS_EVENT_SHIFT);
    PosTillCommand whole = {.verb = POS_TILL_POST_VOID, .receipt = receipt, .reason = (char *)"x"};
    approve(&whole);
    till_fixture_refused(run(fixture, whole), POS_REFUSAL_PERIOD_CLOSED);
    till_fixture_expect(run(fixture, back(receipt, 0, 0, "stock")), POS_EVENT_SALE);
}

/* What another till has taken back counts, too, as far as central can be asked. */
static void test_a_sale_that_came_back_elsewhere_is_not_voided(TillFixture *fixture,
                                                               gconstpointer u)
{
    (void)u;
    g_autofree char *receipt = sell(fixture);
    Central central = {.answer = json_pack("{sss[{sisi}]sbs{}}", "receipt", receipt, "returned",
                                           "line", 1, "qty", 200, "voided", 0, "record")};
    PosTillRemote remote = {.user = &central, .receipt = remote_receipt};
    PosTillCommand undo = {
        .verb = POS_TILL_POST_VOID, .receipt = receipt, .reason = (char *)"wrong customer"};
    approve(&undo);
    pos_till_set_remote(fixture->till, &remote);
    till_fixture_refused(run(fixture, undo), POS_REFUSAL_ALREADY_RETURNED);
    json_object_set_new(central.answer, "voided", json_true());
    till_fixture_refused(run(fixture, undo), POS_REFUSAL_ALREADY_RETURNED);
    json_object_set_new(central.answer, "voided", json_false());
    json_object_set_new(central.answer, "returned", json_array());
    till_fixture_expect(run(fixture, undo), POS_EVENT_SALE);
    pos_till_set_remote(fixture->till, NULL);
    json_decref(central.answer);
}

static int64_t number_of(const json_t *record, const char *key)
{
    return json_integer_value(json_object_get(record, key));
}

/* At home the shopper sees that the shelf had said less: the line is taken back and sold again at that price. */
static void test_a_lower_price_on_the_shelf_is_given_after_the_sale(TillFixture *fixture,
                                                                    gconstpointer u)
{
    (void)u;
    g_autofree char *receipt = sell(fixture);
    const int64_t stock = pos_store_stock_moved(fixture->store, SHOP_SOAP, "");
    PosTillCommand dispute = {
        .verb = POS_TILL_DISPUTE, .receipt = receipt, .line = 2, .amount = 12900};
    till_fixture_refused(run(fixture, dispute), POS_REFUSAL_BAD_QUANTITY);
    dispute.amount = 11900;
    dispute.line = 9;
    till_fixture_refused(run(fixture, dispute), POS_REFUSAL_NO_SUCH_LINE);
    dispute.line = 2;
    g_autoptr(PosTillEvent) nothing = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpuint(pos_cart_count(nothing->cart), ==, 0); /* refused: nothing stands there */
    PosTillEvent *event = run(fixture, dispute);
    g_assert_cmpint(event->line.price.minor, ==, 11900);
    g_assert_cmpint(event->line.quantity.value, ==, 2);
    g_assert_cmpint(event->due.minor, ==, -2000);
    till_fixture_expect(event, POS_EVENT_LINE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "price_dispute");
    g_assert_cmpstr(json_string_value(json_object_get(record, "of_receipt")), ==, receipt);
    g_assert_cmpint(number_of(record, "of_line"), ==, 2);
    g_assert_cmpint(number_of(record, "old_price"), ==, 12900);
    g_assert_cmpint(number_of(record, "price"), ==, 11900);
    event = till_fixture_tender(fixture, POS_TENDER_CASH, 0);
    g_assert_cmpint(event->total.minor, ==, 23800);
    g_assert_true(event->opens_drawer);
    g_autofree char *again = g_strdup(event->sale.receipt);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(pos_store_stock_moved(fixture->store, SHOP_SOAP, ""), ==, stock);
    /* Once; and what comes back after it comes back at what was paid in the end. */
    till_fixture_refused(run(fixture, dispute), POS_REFUSAL_ALREADY_RETURNED);
    event = run(fixture, back(again, 1, 1, "waste"));
    g_assert_cmpint(event->total.minor, ==, -11900);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(left(fixture, receipt, 1), ==, 450);
}

/* The remedy of the store counts here, too; a sale that is open is not mixed with it. */
static void test_the_stores_remedy_is_paid_out_as_well(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_feed(fixture, "setting", "store",
                      "{\"currency\":\"KRW\",\"language\":\"en\",\"time_zone\":\"Asia/Seoul\","
                      "\"price_dispute\":\"bonus_10x\"}");
    g_autofree char *receipt = sell(fixture);
    PosTillCommand dispute = {
        .verb = POS_TILL_DISPUTE, .receipt = receipt, .line = 2, .amount = 12000};
    scan(fixture, APPLE);
    till_fixture_refused(run(fixture, dispute), POS_REFUSAL_CART_NOT_EMPTY);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    PosTillEvent *event = run(fixture, dispute);
    g_assert_cmpint(event->amount.minor, ==, 5); /* ten times the difference, 5 whole won at most */
    g_assert_cmpint(event->due.minor, ==, -1805);
    till_fixture_expect(event, POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 0), POS_EVENT_SALE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_return/" #name, TillFixture, NULL, set_up, test_##name,                  \
               till_fixture_tear_down)
    ADD(part_of_a_weighed_line_to_waste);
    ADD(what_cannot_be_taken_back);
    ADD(all_of_it_with_its_discount);
    ADD(a_receipt_of_another_till);
    ADD(without_a_receipt);
    ADD(an_exchange_pays_with_what_comes_back);
    ADD(an_exchange_may_pay_out);
    ADD(a_sale_is_voided_as_a_whole);
    ADD(after_a_z_it_is_too_late);
    ADD(a_sale_that_came_back_elsewhere_is_not_voided);
    ADD(a_lower_price_on_the_shelf_is_given_after_the_sale);
    ADD(the_stores_remedy_is_paid_out_as_well);
#undef ADD
    return g_test_run();
}
