/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/error.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032"   /* 12900 */
#define APPLE "09521234500018" /* 800 or 900 */

static gsize found(TillFixture *fixture, const char *text)
{
    PosTillCommand command = {
        .verb = POS_TILL_RECEIPTS, .text = (char *)text, .text_length = strlen(text)};
    g_autoptr(PosTillEvent) event = pos_till_do(fixture->till, &command);
    g_assert_cmpint(event->kind, ==, POS_EVENT_RECEIPTS);
    return json_array_size(json_object_get(event->record, "receipts"));
}

static PosTillEvent *on_receipt(TillFixture *fixture, PosTillVerb verb, const char *receipt)
{
    PosTillCommand command = {.verb = verb, .receipt = (char *)receipt};
    return pos_till_do(fixture->till, &command);
}

static void sell(TillFixture *fixture, int pieces)
{
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_QUANTITY, 1, pieces), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900 * pieces),
                        POS_EVENT_SALE);
}

static void test_by_number_day_and_amount(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    sell(fixture, 1);
    sell(fixture, 2);
    till_fixture_pass(fixture, 24LL * 3600 * 1000);
    sell(fixture, 1);
    g_assert_cmpuint(found(fixture, ""), ==, 3);
    g_assert_cmpuint(found(fixture, "T01-000002"), ==, 1);
    g_assert_cmpuint(found(fixture, "000003"), ==, 1);
    g_assert_cmpuint(found(fixture, "12900"), ==, 2);
    g_assert_cmpuint(found(fixture, "25800"), ==, 1);
    g_assert_cmpuint(found(fixture, "2026-11-23"), ==, 2);
    g_assert_cmpuint(found(fixture, "2026-11-24"), ==, 1);
    g_assert_cmpuint(found(fixture, "2026-11-25"), ==, 0);
    g_assert_cmpuint(found(fixture, "%"), ==, 0);
    g_assert_cmpuint(found(fixture, "' OR 1=1"), ==, 0);
}

static void test_each_copy_is_counted(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    sell(fixture, 1);
    g_autoptr(PosTillEvent) shown = on_receipt(fixture, POS_TILL_RECEIPT, "T01-000001");
    g_assert_cmpint(shown->kind, ==, POS_EVENT_RECEIPT);
    g_assert_cmpint(json_integer_value(json_object_get(shown->record, "total")), ==, 12900);
    g_assert_cmpuint(strlen(shown->sale.hash_hex), ==, 64);
    g_assert_cmpint(shown->copy, ==, 0);
    for (int copy = 1; copy <= 2; copy++) {
        g_autoptr(PosTillEvent) event = on_receipt(fixture, POS_TILL_REPRINT, "T01-000001");
        g_assert_cmpint(event->kind, ==, POS_EVENT_REPRINT);
        g_assert_cmpint(event->copy, ==, copy);
        g_assert_true(json_equal(event->record, shown->record)); /* the same, whenever */
        g_autoptr(json_t) record = till_fixture_last_record(fixture);
        g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "reprint");
        g_assert_cmpint(json_integer_value(json_object_get(record, "copy")), ==, copy);
    }
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    g_autoptr(PosTillEvent) third = on_receipt(fixture, POS_TILL_REPRINT, "T01-000001");
    g_assert_cmpint(third->copy, ==, 3);
    till_fixture_refused(on_receipt(fixture, POS_TILL_REPRINT, ""), POS_REFUSAL_NO_SUCH_RECEIPT);
}

static json_t *central_receipt(void *user, const char *receipt, GError **error)
{
    if (*(bool *)user) {
        g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE, "the cable is out");
        return NULL;
    }
    if (strcmp(receipt, "T02-000007") != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, "none");
        return NULL;
    }
    return json_pack("{sss{sssisi}s[]sb}", "receipt", receipt, "record", "type", "sale", "total",
                     900, "seq", 12, "returned", "voided", 0);
}

static void test_of_another_till_while_central_is_there(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    bool offline = false;
    PosTillRemote remote = {.user = &offline, .receipt = central_receipt};
    till_fixture_begin(fixture);
    till_fixture_refused(on_receipt(fixture, POS_TILL_RECEIPT, "T02-000007"),
                         POS_REFUSAL_NO_SUCH_RECEIPT);
    pos_till_set_remote(fixture->till, &remote);
    g_autoptr(PosTillEvent) shown = on_receipt(fixture, POS_TILL_RECEIPT, "T02-000007");
    g_assert_cmpint(shown->kind, ==, POS_EVENT_RECEIPT);
    g_assert_cmpint(shown->sale.seq, ==, 12);
    till_fixture_refused(on_receipt(fixture, POS_TILL_RECEIPT, "T02-000008"),
                         POS_REFUSAL_NO_SUCH_RECEIPT);
    offline = true;
    till_fixture_refused(on_receipt(fixture, POS_TILL_RECEIPT, "T02-000007"), POS_REFUSAL_OFFLINE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_receipt/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,    \
               till_fixture_tear_down)
    ADD(by_number_day_and_amount);
    ADD(each_copy_is_counted);
    ADD(of_another_till_while_central_is_there);
    return g_test_run();
}
