/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/badge.h"
#include "tests/support/till_fixture.h"

#include <string.h>

static void test_login_needs_the_right_pin(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_refused(till_fixture_login(fixture, "u01", "0000"), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(till_fixture_login(fixture, "u01", ""), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(till_fixture_login(fixture, "u01", NULL), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(till_fixture_login(fixture, "nobody", "1234"), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(till_fixture_login(fixture, NULL, "1234"), POS_REFUSAL_WRONG_PIN);
    g_assert_cmpint(till_fixture_count(fixture, "login"), ==, 0);
    PosTillEvent *event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpint(event->kind, ==, POS_EVENT_LOGIN);
    g_assert_cmpstr(event->operator_->name, ==, "Kim Minji");
    pos_till_event_free(event);
    g_assert_cmpint(till_fixture_count(fixture, "login"), ==, 1);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_LOGOUT, 0, 0), POS_EVENT_LOGOUT);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_LOGOUT, 0, 0),
                         POS_REFUSAL_NOT_LOGGED_IN);
    g_assert_cmpint(till_fixture_count(fixture, "logout"), ==, 1);
}

static void test_five_wrong_pins_lock_that_operator_for_a_minute(TillFixture *fixture,
                                                                 gconstpointer u)
{
    (void)u;
    for (int i = 0; i < 4; i++) {
        till_fixture_refused(till_fixture_login(fixture, "u01", "0000"), POS_REFUSAL_WRONG_PIN);
    }
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    for (int i = 0; i < 5; i++) {
        till_fixture_refused(till_fixture_login(fixture, "u01", "0000"), POS_REFUSAL_WRONG_PIN);
    }
    till_fixture_refused(till_fixture_login(fixture, "u01", "1234"), POS_REFUSAL_LOCKED_OUT);
    till_fixture_expect(till_fixture_login(fixture, "u09", "9999"), POS_EVENT_LOGIN);
    /* Only boot time opens the lock: the wall clock may be turned. */
    fixture->wall_ms += 3600 * 1000;
    fixture->boot_ms += 59999;
    till_fixture_refused(till_fixture_login(fixture, "u01", "1234"), POS_REFUSAL_LOCKED_OUT);
    fixture->boot_ms += 1;
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
}

static void wrong_pins(TillFixture *fixture, int count)
{
    for (int i = 0; i < count; i++) {
        till_fixture_refused(till_fixture_login(fixture, "u01", "0000"), POS_REFUSAL_WRONG_PIN);
    }
}

static void test_the_wait_doubles_and_outlives_a_restart(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    wrong_pins(fixture, 3);
    till_fixture_restart(fixture);
    wrong_pins(fixture, 2);
    till_fixture_restart(fixture);
    PosTillEvent *event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpint(event->seconds, ==, 60);
    till_fixture_refused(event, POS_REFUSAL_LOCKED_OUT);
    till_fixture_pass(fixture, 60 * 1000);
    wrong_pins(fixture, 5);
    till_fixture_pass(fixture, 119 * 1000);
    till_fixture_restart(fixture);
    event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpint(event->seconds, ==, 1);
    till_fixture_refused(event, POS_REFUSAL_LOCKED_OUT);
    till_fixture_pass(fixture, 1000);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    /* A right PIN begins anew. */
    wrong_pins(fixture, 5);
    event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpint(event->seconds, ==, 60);
    till_fixture_refused(event, POS_REFUSAL_LOCKED_OUT);
}

/* --- badges, lock, clerks ------------------------------------------------------------------------------ */

#define BADGE "CB1-0123456789ABCDEFGHJKMNPQRS"

/* Gives u01 a badge, keeping what the feed has of him. */
static void give_badge(TillFixture *fixture)
{
    g_autoptr(PosOperator) op = pos_store_operator(fixture->store, "u01");
    char hash[POS_BADGE_HASH_CHARS + 1];
    g_assert_true(pos_badge_hash(BADGE, strlen(BADGE), hash));
    g_autofree char *json =
        g_strdup_printf("{\"name\":\"%s\",\"role\":\"%s\",\"pin\":\"%s\",\"badge\":\"%s\"}",
                        op->name, op->role, op->pin_hash, hash);
    till_fixture_feed(fixture, "operator", "u01", json);
}

static void test_a_badge_logs_in_and_no_record_holds_it(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_refused(till_fixture_scan(fixture, BADGE), POS_REFUSAL_WRONG_PIN);
    give_badge(fixture);
    PosTillEvent *event = till_fixture_scan(fixture, BADGE);
    g_assert_cmpint(event->kind, ==, POS_EVENT_LOGIN);
    g_assert_cmpstr(event->operator_->id, ==, "u01");
    pos_till_event_free(event);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "by")), ==, "badge");
    g_autofree char *line = json_dumps(record, 0);
    g_assert_null(strstr(line, "CB1"));
    till_fixture_refused(till_fixture_scan(fixture, "CB1-00000000000000000000000000"),
                         POS_REFUSAL_WRONG_PIN);
}

static void test_a_locked_till_wants_pin_or_badge(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    give_badge(fixture);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_LOCK, 0, 0), POS_REFUSAL_NOT_LOGGED_IN);
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_LOCK, 0, 0), POS_EVENT_LOCKED);
    till_fixture_refused(till_fixture_scan(fixture, "9521234500032"), POS_REFUSAL_LOCKED);
    till_fixture_refused(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_REFUSAL_LOCKED);
    PosTillCommand wrong = {.verb = POS_TILL_UNLOCK, .pin = (char *)"0000"};
    till_fixture_refused(pos_till_do(fixture->till, &wrong), POS_REFUSAL_WRONG_PIN);
    PosTillCommand right = {.verb = POS_TILL_UNLOCK, .pin = (char *)"1234"};
    till_fixture_expect(pos_till_do(fixture->till, &right), POS_EVENT_UNLOCKED);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_LOCK, 0, 0), POS_EVENT_LOCKED);
    till_fixture_expect(till_fixture_scan(fixture, BADGE), POS_EVENT_UNLOCKED);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
}

static gsize lines_open(TillFixture *fixture)
{
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    return pos_cart_count(event->cart);
}

static void test_each_clerk_has_a_cart_of_his_own(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    give_badge(fixture);
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_login(fixture, "u09", "9999"), POS_EVENT_LOGIN);
    g_assert_cmpuint(lines_open(fixture), ==, 0);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_restart(fixture); /* both outlive it */
    g_assert_cmpuint(lines_open(fixture), ==, 1);
    till_fixture_expect(till_fixture_scan(fixture, BADGE), POS_EVENT_LOGIN);
    g_assert_cmpuint(lines_open(fixture), ==, 2);
    g_autoptr(GPtrArray) away = pos_store_carts_parked(fixture->store);
    g_assert_cmpuint(away->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(away, 0), ==, "u09");
    /* Half paid: the money belongs to this cart. */
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 100), POS_EVENT_TENDER);
    till_fixture_refused(till_fixture_login(fixture, "u09", "9999"), POS_REFUSAL_NOT_ALLOWED);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 30000), POS_EVENT_SALE);
    till_fixture_expect(till_fixture_login(fixture, "u09", "9999"), POS_EVENT_LOGIN);
    g_assert_cmpuint(lines_open(fixture), ==, 1);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    g_assert_cmpuint(lines_open(fixture), ==, 0);
}

/* A price that fell while the clerk was away is the lower one when he comes back. */
static void test_a_parked_cart_takes_a_lower_price(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_login(fixture, "u09", "9999"), POS_EVENT_LOGIN);
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":9900,\"effective_at\":\"2026-11-23T08:59:00.000+09:00\"}");
    PosTillEvent *event = till_fixture_login(fixture, "u01", "1234");
    g_assert_cmpint(event->total.minor, ==, 9900);
    till_fixture_expect(event, POS_EVENT_LOGIN);
}

static void test_roles_are_data(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_feed(
        fixture, "setting", "roles",
        "{\"cashier\":{\"may\":[\"open_shift\",\"override\"],\"limits\":{\"override_pct\":20}}}");
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    PosTillCommand lower = {
        .verb = POS_TILL_OVERRIDE, .line = 1, .amount = 10320, .reason = (char *)"dented"};
    till_fixture_expect(pos_till_do(fixture->till, &lower), POS_EVENT_LINE);
    lower.amount = 8000; /* more than 20 % below 10320 */
    till_fixture_refused(pos_till_do(fixture->till, &lower), POS_REFUSAL_APPROVAL_NEEDED);
    lower.approver = (char *)"u09";
    lower.approver_pin = (char *)"9999";
    till_fixture_expect(pos_till_do(fixture->till, &lower), POS_EVENT_LINE);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "approver")), ==, "u09");
}

static void test_nothing_is_sold_before_login(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    static const PosTillVerb verbs[] = {POS_TILL_LOGOUT,   POS_TILL_OPEN_SHIFT, POS_TILL_SCAN,
                                        POS_TILL_WEIGHT,   POS_TILL_QUANTITY,   POS_TILL_VOID_LINE,
                                        POS_TILL_OVERRIDE, POS_TILL_TENDER,     POS_TILL_VOID};
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        till_fixture_refused(till_fixture_do(fixture, verbs[i], 1, 1), POS_REFUSAL_NOT_LOGGED_IN);
    }
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    int64_t seq = -1;
    PosHash head;
    g_assert_true(pos_store_journal_head(fixture->store, &seq, &head, NULL));
    g_assert_cmpint(seq, ==, 0);
}

static void test_a_shift_is_opened_once_and_outlives_the_program(TillFixture *fixture,
                                                                 gconstpointer u)
{
    (void)u;
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, -1),
                         POS_REFUSAL_BAD_QUANTITY);
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 100000);
    g_assert_cmpint(event->amount.minor, ==, 100000);
    till_fixture_expect(event, POS_EVENT_SHIFT);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "type")), ==, "open_shift");
    g_assert_cmpint(json_integer_value(json_object_get(record, "float")), ==, 100000);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 1),
                         POS_REFUSAL_SHIFT_OPEN);
    till_fixture_restart(fixture);
    till_fixture_refused(till_fixture_scan(fixture, "9521234500032"), POS_REFUSAL_NOT_LOGGED_IN);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 1),
                         POS_REFUSAL_SHIFT_OPEN);
}

static void test_the_open_cart_comes_back_open(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_QUANTITY, 1, 3), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 5000), POS_EVENT_TENDER);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpint(event->total.minor, ==, 38700);
    g_assert_cmpint(event->due.minor, ==, 38700);
    till_fixture_expect(event, POS_EVENT_CART);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 40000), POS_EVENT_SALE);
    till_fixture_restart(fixture);
    event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);
    till_fixture_expect(event, POS_EVENT_CART);
}

static void test_another_version_of_the_program_is_a_record(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    g_assert_cmpint(till_fixture_count(fixture, "update"), ==, 0);
    g_assert_true(pos_store_meta_set(fixture->store, POS_META_PROGRAM, "0.0.9", NULL));
    till_fixture_restart(fixture);
    till_fixture_restart(fixture);
    g_assert_cmpint(till_fixture_count(fixture, "update"), ==, 1);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(record, "from")), ==, "0.0.9");
    g_assert_cmpstr(json_string_value(json_object_get(record, "to")), ==, COSTER_VERSION);
}

static void test_a_setting_that_central_changed_is_a_record(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":9900,\"effective_at\":\"2026-11-23T08:59:00.000+09:00\"}");
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    g_assert_cmpint(till_fixture_count(fixture, "config"), ==, 0);
    till_fixture_feed(fixture, "setting", "roles", "{\"cashier\":{\"may\":[]}}");
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_CART, 0, 0), POS_EVENT_CART);
    till_fixture_restart(fixture);
    g_assert_cmpint(till_fixture_count(fixture, "config"), ==, 1);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    const json_t *settings = json_object_get(record, "settings");
    g_assert_cmpuint(json_array_size(settings), ==, 1);
    g_assert_cmpstr(json_string_value(json_array_get(settings, 0)), ==, "roles");
    g_assert_cmpint(json_integer_value(json_object_get(record, "feed_version")), ==,
                    fixture->version);
}

static void test_status_tells_what_a_header_shows(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    g_autoptr(GError) error = NULL;
    g_auto(PosTillStatus) before = {0};
    g_assert_true(pos_till_status(fixture->store, &fixture->clock, &before, &error));
    g_assert_cmpstr(before.terminal, ==, "t-test");
    g_assert_cmpint(before.prices_age_s, ==, -1);
    g_assert_cmpstr(before.last_receipt, ==, "");
    g_assert_false(before.shift_open);
    g_assert_true(before.demo);
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 12900), POS_EVENT_SALE);
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)fixture->wall_ms - 90000);
    g_assert_true(pos_store_meta_set(fixture->store, POS_META_PRICES_AT_MS, at, NULL));
    g_auto(PosTillStatus) after = {0};
    g_assert_true(pos_till_status(fixture->store, &fixture->clock, &after, &error));
    g_assert_cmpint(after.unsent, ==, 3);
    g_assert_cmpint(after.seq, ==, 3);
    g_assert_cmpint(after.prices_age_s, ==, 90);
    g_assert_cmpstr(after.last_receipt, ==, "T01-000001");
    g_assert_cmpstr(after.operator_name, ==, "Kim Minji");
    g_assert_true(after.shift_open);
    g_assert_cmpint(after.feed_version, ==, 10);
    g_assert_cmpuint(strlen(after.head_hex), ==, 64);
}

/* --- time --------------------------------------------------------------------------------------------- */

static char *boot_id(void)
{
    char *id = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &id, NULL, NULL)) {
        return NULL;
    }
    return g_strstrip(id);
}

static void test_with_an_offset_the_wall_clock_switches_nothing(TillFixture *fixture,
                                                                gconstpointer u)
{
    (void)u;
    g_autofree char *id = boot_id();
    bool certain = true;
    if (id == NULL) {
        g_test_skip("this machine has no /proc/sys/kernel/random/boot_id");
        return;
    }
    g_assert_cmpint(pos_till_now_ms(fixture->till, &certain), ==, SHOP_NINE_MS);
    g_assert_false(certain);
    g_autofree char *offset =
        g_strdup_printf("%" G_GINT64_FORMAT, (gint64)(SHOP_NINE_MS + 7000 - fixture->boot_ms));
    g_assert_true(pos_store_meta_set(fixture->store, POS_META_BOOT_ID, id, NULL));
    g_assert_true(pos_store_meta_set(fixture->store, POS_META_BOOT_OFFSET_MS, offset, NULL));
    g_assert_cmpint(pos_till_now_ms(fixture->till, &certain), ==, SHOP_NINE_MS + 7000);
    g_assert_true(certain);
    fixture->wall_ms -= 365LL * 86400 * 1000;
    fixture->boot_ms += 1000;
    g_assert_cmpint(pos_till_now_ms(fixture->till, &certain), ==, SHOP_NINE_MS + 8000);
    /* An offset of another boot says nothing. */
    g_assert_true(pos_store_meta_set(fixture->store, POS_META_BOOT_ID, "another", NULL));
    pos_till_now_ms(fixture->till, &certain);
    g_assert_false(certain);
}

static void test_without_an_offset_time_never_runs_back(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    fixture->wall_ms -= 3600 * 1000;
    fixture->boot_ms += 500;
    g_assert_cmpint(pos_till_now_ms(fixture->till, NULL), ==, SHOP_NINE_MS + 500);
    /* After a restart the last record is the oldest that now can be. */
    till_fixture_restart(fixture);
    g_assert_cmpint(pos_till_now_ms(fixture->till, NULL), >=, SHOP_NINE_MS);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    g_autoptr(json_t) record = till_fixture_last_record(fixture);
    int64_t at_ms = 0;
    g_assert_true(pos_instant_parse(json_string_value(json_object_get(record, "at")), &at_ms));
    g_assert_cmpint(at_ms, >=, SHOP_NINE_MS);
}

static void test_a_folder_without_a_store_is_no_till(void)
{
    TillFixture fixture = {0};
    till_fixture_set_up(&fixture, NULL);
    g_autofree char *dir = g_build_filename(fixture.dir, "empty", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, &error);
    if (store == NULL) { /* the folder is made by its lock */
        g_clear_error(&error);
        PosStoreLock *lock = pos_store_lock(dir, &error);
        g_assert_no_error(error);
        store = pos_store_open(dir, POS_STORE_WRITE, &error);
        pos_store_unlock(lock);
    }
    g_assert_no_error(error);
    g_assert_null(pos_till_new(store, &fixture.clock, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "enrol"));
    till_fixture_tear_down(&fixture, NULL);
}

static void test_a_command_is_copied_whole(void)
{
    PosTillCommand command = {.verb = POS_TILL_SCAN,
                              .text = (char *)"a\0b",
                              .text_length = 3,
                              .approver = (char *)"u09",
                              .approver_pin = (char *)"9999",
                              .line = 4};
    PosTillCommand *copy = pos_till_command_copy(&command);
    g_assert_cmpmem(copy->text, copy->text_length, "a\0b", 3);
    g_assert_cmpstr(copy->approver, ==, "u09");
    g_assert_cmpint(copy->line, ==, 4);
    g_assert_null(copy->reason);
    pos_till_command_free(copy);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_session/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,    \
               till_fixture_tear_down)
    ADD(login_needs_the_right_pin);
    ADD(five_wrong_pins_lock_that_operator_for_a_minute);
    ADD(the_wait_doubles_and_outlives_a_restart);
    ADD(a_badge_logs_in_and_no_record_holds_it);
    ADD(a_locked_till_wants_pin_or_badge);
    ADD(each_clerk_has_a_cart_of_his_own);
    ADD(a_parked_cart_takes_a_lower_price);
    ADD(roles_are_data);
    ADD(nothing_is_sold_before_login);
    ADD(a_shift_is_opened_once_and_outlives_the_program);
    ADD(the_open_cart_comes_back_open);
    ADD(another_version_of_the_program_is_a_record);
    ADD(a_setting_that_central_changed_is_a_record);
    ADD(status_tells_what_a_header_shows);
    ADD(with_an_offset_the_wall_clock_switches_nothing);
    ADD(without_an_offset_time_never_runs_back);
    g_test_add_func("/pos/till_session/a_folder_without_a_store_is_no_till",
                    test_a_folder_without_a_store_is_no_till);
    g_test_add_func("/pos/till_session/a_command_is_copied_whole", test_a_command_is_copied_whole);
    return g_test_run();
}
