/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/error.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */

static PosTillEvent *resume(TillFixture *fixture, const char *ticket)
{
    PosTillCommand command = {.verb = POS_TILL_RESUME, .ticket = (char *)ticket};
    return pos_till_do(fixture->till, &command);
}

static char *suspend(TillFixture *fixture)
{
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_SUSPEND, 0, 0);
    g_assert_cmpint(event->kind, ==, POS_EVENT_SUSPENDED);
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);
    return g_strdup(event->ticket);
}

static gsize listed(TillFixture *fixture, bool *out_offline)
{
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_TICKETS, 0, 0);
    g_assert_cmpint(event->kind, ==, POS_EVENT_TICKETS);
    if (out_offline != NULL) {
        *out_offline = json_is_true(json_object_get(event->record, "offline"));
    }
    return json_array_size(json_object_get(event->record, "tickets"));
}

static void test_a_ticket_is_parked_and_fetched_once(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_SUSPEND, 0, 0), POS_REFUSAL_EMPTY_CART);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *ticket = suspend(fixture);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "suspend");
    g_assert_cmpstr(json_string_value(json_object_get(record, "ticket")), ==, ticket);
    g_assert_cmpint(json_integer_value(json_object_get(record, "total")), ==, 25800);
    g_assert_cmpuint(json_array_size(json_object_get(record, "lines")), ==, 2);
    till_fixture_restart(fixture); /* it outlives the program */
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    bool offline = false;
    g_assert_cmpuint(listed(fixture, &offline), ==, 1);
    g_assert_true(offline);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_refused(resume(fixture, ticket), POS_REFUSAL_CART_NOT_EMPTY);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    till_fixture_refused(resume(fixture, "T01-S999"), POS_REFUSAL_NO_SUCH_TICKET);
    till_fixture_refused(resume(fixture, ""), POS_REFUSAL_NO_SUCH_TICKET);
    /* The code on the slip is scanned. */
    g_autofree char *code = g_strconcat("CT1-", ticket, NULL);
    PosTillEvent *event = till_fixture_scan(fixture, code);
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 2);
    g_assert_cmpint(event->total.minor, ==, 25800);
    till_fixture_expect(event, POS_EVENT_RESUMED);
    g_assert_cmpuint(listed(fixture, NULL), ==, 0);
    till_fixture_restart(fixture);
    event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 2);
    till_fixture_expect(event, POS_EVENT_LOGIN);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 25800), POS_EVENT_SALE);
    till_fixture_refused(resume(fixture, ticket), POS_REFUSAL_NO_SUCH_TICKET);
    g_assert_cmpint(till_fixture_count(fixture, "resume"), ==, 1);
}

static void test_half_paid_is_not_parked(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 900), POS_EVENT_TENDER);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_SUSPEND, 0, 0), POS_REFUSAL_NOT_ALLOWED);
}

/* Nobody pays more than what was promised when it was parked, nor than what is in force. */
static void test_the_lower_price_counts(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *dear = suspend(fixture);
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":15900,\"effective_at\":\"2026-11-23T08:59:00.000+09:00\"}");
    till_fixture_pass(fixture, 3600 * 1000);
    PosTillEvent *event = resume(fixture, dear);
    g_assert_cmpint(event->total.minor, ==, 12900);
    till_fixture_expect(event, POS_EVENT_RESUMED);
    g_autofree char *cheap = suspend(fixture);
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":9900,\"effective_at\":\"2026-11-23T09:59:00.000+09:00\"}");
    event = resume(fixture, cheap);
    g_assert_cmpint(event->total.minor, ==, 9900);
    till_fixture_expect(event, POS_EVENT_RESUMED);
}

/* --- a central of one variable ----------------------------------------------------------------------- */

typedef struct {
    json_t *held;  /* ticket -> value */
    json_t *taken; /* ticket -> true: by another till */
    bool offline;
    int claims;
} Central;

static bool is_offline(const Central *central, GError **error)
{
    if (central->offline) {
        g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE, "the cable is out");
    }
    return central->offline;
}

static bool central_put(void *user, const json_t *ticket, GError **error)
{
    Central *central = user;
    if (is_offline(central, error)) {
        return false;
    }
    json_object_set_new(central->held, json_string_value(json_object_get(ticket, "ticket")),
                        json_deep_copy(ticket));
    return true;
}

static json_t *central_tickets(void *user, GError **error)
{
    Central *central = user;
    if (is_offline(central, error)) {
        return NULL;
    }
    json_t *list = json_array();
    const char *key;
    json_t *value;
    json_object_foreach(central->held, key, value)
    {
        json_array_append(list, value);
    }
    return list;
}

static json_t *central_claim(void *user, const char *ticket, GError **error)
{
    Central *central = user;
    central->claims++;
    if (is_offline(central, error)) {
        return NULL;
    }
    if (json_object_get(central->taken, ticket) != NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY, "taken");
        return NULL;
    }
    json_t *value = json_object_get(central->held, ticket);
    if (value == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, "none");
        return NULL;
    }
    json_incref(value);
    json_object_del(central->held, ticket);
    json_object_set_new(central->taken, ticket, json_true());
    return value;
}

static void test_tickets_are_shared_while_connected(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Central central = {json_object(), json_object(), true, 0};
    PosTillRemote remote = {&central, central_put, central_tickets, central_claim, NULL};
    till_fixture_begin(fixture);
    pos_till_set_remote(fixture->till, &remote);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *first = suspend(fixture);
    g_assert_cmpuint(json_object_size(central.held), ==, 0);
    central.offline = false;
    bool offline = true;
    g_assert_cmpuint(listed(fixture, &offline), ==, 1); /* told as soon as central is there */
    g_assert_false(offline);
    g_assert_nonnull(json_object_get(central.held, first));
    /* Another till takes it: it is gone here as well. */
    json_decref(central_claim(&central, first, NULL));
    till_fixture_refused(resume(fixture, first), POS_REFUSAL_NO_SUCH_TICKET);
    /* This till takes another's. */
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *second = suspend(fixture);
    json_t *foreign = json_deep_copy(json_object_get(central.held, second));
    json_object_set_new(foreign, "ticket", json_string("T02-S5"));
    json_object_set_new(foreign, "operator", json_string("u09"));
    json_object_set_new(central.held, "T02-S5", foreign);
    PosTillEvent *event = resume(fixture, "T02-S5");
    g_assert_cmpint(event->total.minor, ==, 12900);
    till_fixture_expect(event, POS_EVENT_RESUMED);
    g_assert_null(json_object_get(central.held, "T02-S5"));
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    /* Without central: its own only, and central hears of it later. */
    central.offline = true;
    till_fixture_refused(resume(fixture, "T02-S6"), POS_REFUSAL_OFFLINE);
    till_fixture_expect(resume(fixture, second), POS_EVENT_RESUMED);
    g_assert_nonnull(json_object_get(central.held, second));
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    till_fixture_refused(resume(fixture, second), POS_REFUSAL_NO_SUCH_TICKET);
    central.offline = false;
    g_assert_cmpuint(listed(fixture, NULL), ==, 0);
    g_assert_null(json_object_get(central.held, second));
    json_decref(central.held);
    json_decref(central.taken);
}

/* The clerk does nothing more: what was parked without central is there for the other tills when it is back. */
static void test_central_hears_of_it_when_the_link_is_back(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    Central central = {json_object(), json_object(), true, 0};
    PosTillRemote remote = {&central, central_put, central_tickets, central_claim, NULL};
    till_fixture_begin(fixture);
    pos_till_set_remote(fixture->till, &remote);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *parked = suspend(fixture);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *fetched = suspend(fixture);
    till_fixture_expect(resume(fixture, fetched), POS_EVENT_RESUMED);
    pos_till_link_is_back(fixture->till); /* not quite */
    g_assert_cmpuint(json_object_size(central.held), ==, 0);
    central.offline = false;
    pos_till_link_is_back(fixture->till);
    g_assert_nonnull(json_object_get(central.held, parked));
    g_assert_null(json_object_get(central.held, fetched));
    const int claims = central.claims;
    pos_till_link_is_back(fixture->till);
    g_assert_cmpint(central.claims, ==, claims);
    json_decref(central.held);
    json_decref(central.taken);
}

/* Who may not have it does not take it from the others either. */
static void test_another_clerks_ticket_needs_the_right_before_it_is_claimed(TillFixture *fixture,
                                                                            gconstpointer u)
{
    (void)u;
    Central central = {json_object(), json_object(), false, 0};
    PosTillRemote remote = {&central, central_put, central_tickets, central_claim, NULL};
    till_fixture_feed(fixture, "setting", "roles", "{\"cashier\":{\"may\":[\"open_shift\"]}}");
    till_fixture_begin(fixture);
    pos_till_set_remote(fixture->till, &remote);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *own = suspend(fixture);
    json_t *foreign = json_deep_copy(json_object_get(central.held, own));
    json_object_set_new(foreign, "ticket", json_string("T02-S5"));
    json_object_set_new(foreign, "operator", json_string("u09"));
    json_object_set_new(central.held, "T02-S5", foreign);
    till_fixture_refused(resume(fixture, "T02-S5"), POS_REFUSAL_APPROVAL_NEEDED);
    g_assert_cmpint(central.claims, ==, 0);
    g_assert_nonnull(json_object_get(central.held, "T02-S5"));
    const PosTillCommand approved = {.verb = POS_TILL_RESUME,
                                     .ticket = (char *)"T02-S5",
                                     .approver = (char *)"u09",
                                     .approver_pin = (char *)"9999"};
    till_fixture_expect(pos_till_do(fixture->till, &approved), POS_EVENT_RESUMED);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "approver")), ==, "u09");
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    till_fixture_expect(resume(fixture, own), POS_EVENT_RESUMED);
    json_decref(central.held);
    json_decref(central.taken);
}

/* Those that were fetched stay on disk for a while, and must not crowd out those that wait. */
static void test_fetched_tickets_hide_none(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    for (int i = 0; i < POS_BOUND_TICKETS; i++) {
        PosTicket fetched = {.at_ms = SHOP_NINE_MS - 1000, .state = POS_TICKET_SHARED};
        g_snprintf(fetched.id, sizeof fetched.id, "T01-S%d", 100000 + i);
        g_assert_true(pos_store_ticket_put(fixture->store, &fetched, NULL));
    }
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    g_autofree char *ticket = suspend(fixture);
    g_assert_cmpuint(listed(fixture, NULL), ==, 1);
    till_fixture_expect(resume(fixture, ticket), POS_EVENT_RESUMED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_ticket/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,     \
               till_fixture_tear_down)
    ADD(a_ticket_is_parked_and_fetched_once);
    ADD(half_paid_is_not_parked);
    ADD(the_lower_price_counts);
    ADD(tickets_are_shared_while_connected);
    ADD(central_hears_of_it_when_the_link_is_back);
    ADD(another_clerks_ticket_needs_the_right_before_it_is_claimed);
    ADD(fetched_tickets_hide_none);
    return g_test_run();
}
