/* SPDX-License-Identifier: GPL-3.0-or-later
 * What central makes of a manager's decisions: each once, in order, by who may, the later of two counts. */
#include "sync/central_command.h"

#include "pos/error.h"
#include "sync/central_price.h"
#include "sync/central_store_command.h"
#include "tests/sync/central_fixture.h"

#include <string.h>

typedef struct {
    Central central;
    Journal office; /* a manager's terminal */
} Shop;

static void feed(Shop *shop, const char *kind, const char *key, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = json_loads(text, 0, NULL);
    g_assert_nonnull(value);
    CentralChange change = {kind, key, value};
    central_store_publish(shop->central.store, "1", &change, 1, NULL, &error);
    g_assert_no_error(error);
}

static void set_up(Shop *shop, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    central_fixture_open(&shop->central);
    central_fixture_journal(NULL, &shop->office, "office");
    central_store_terminal_add(shop->central.store, "office", "1", "office", "manager", "secret",
                               FIXTURE_NOW_MS, &error);
    g_assert_no_error(error);
    feed(shop, "operator", "u01",
         "{\"name\":\"Mia\",\"pin\":\"$argon2id$x\",\"role\":\"cashier\"}");
    feed(shop, "operator", "u09",
         "{\"name\":\"Kim\",\"pin\":\"$argon2id$x\",\"role\":\"manager\"}");
    feed(shop, "price", APPLE,
         "{\"price\":1000,\"effective_at\":\"2026-11-01T00:00:00Z\",\"floor\":500}");
    feed(shop, "lot", APPLE "/A", "{\"unit\":\"each\",\"best_before\":\"2026-11-29\"}");
}

static void tear_down(Shop *shop, gconstpointer data)
{
    (void)data;
    central_fixture_journal_clear(&shop->office);
    central_fixture_close(&shop->central);
}

/* Writes a decision by u09, at NOW + at_s. */
static void decide(Shop *shop, int at_s, const char *text)
{
    json_t *fields = json_loads(text, 0, NULL);
    g_assert_nonnull(fields);
    if (!json_object_get(fields, "operator")) {
        json_object_set_new(fields, "operator", json_string("u09"));
    }
    central_fixture_write(&shop->office, "command", at_s, fields);
}

static json_t *value_of(Shop *shop, const char *kind, const char *key)
{
    return central_store_feed_value(shop->central.store, "1", kind, key, NULL);
}

static int64_t price_of(Shop *shop, const char *key)
{
    g_autoptr(json_t) value = value_of(shop, "price", key);
    return json_integer_value(json_object_get(value, "price"));
}

static int64_t feed_version(Shop *shop)
{
    int64_t version = 0;
    g_assert_true(central_store_feed_newest(shop->central.store, "1", &version, NULL));
    return version;
}

static void assert_status(Shop *shop, int64_t seq, const char *status)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) results = central_store_commands(shop->central.store, "1", 1000, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < results->len; i++) {
        const CentralCommandResult *result = g_ptr_array_index(results, i);
        if (result->seq == seq && strcmp(result->terminal, "office") == 0) {
            g_assert_cmpstr(result->status, ==, status);
            return;
        }
    }
    g_error("no result of record %" G_GINT64_FORMAT, seq);
}

static void assert_reason(Shop *shop, const char *terminal, int64_t seq, const char *reason)
{
    g_autofree char *stands = central_fixture_reason(&shop->central, terminal, seq);
    g_assert_cmpstr(stands, ==, reason);
}

#define PRICE(amount)                                                                              \
    "{\"command\":\"price_set\",\"why\":\"too much left\",\"items\":[{\"gtin\":\"" APPLE           \
    "\",\"price\":" amount "}]}"

static void test_price(Shop *shop, gconstpointer data)
{
    decide(shop, 0, PRICE("800"));
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) value = value_of(shop, "price", APPLE);
    g_assert_cmpint(json_integer_value(json_object_get(value, "price")), ==, 800);
    g_assert_cmpstr(json_string_value(json_object_get(value, "why")), ==, "too much left");
    g_assert_cmpint(json_array_size(json_object_get(value, "recent")), ==, 1);
    assert_status(shop, 1, "done");
    /* The same batch again changes nothing. */
    int64_t version = feed_version(shop);
    central_fixture_send_all(&shop->central, &shop->office);
    g_assert_cmpint(feed_version(shop), ==, version);
    central_fixture_assert_sound(&shop->central);
    g_assert_cmpint(feed_version(shop), ==, version);
}

/* Below the floor it is refused, stands in the inbox, and the next one is carried out. */
static void test_refusal_holds_nothing_up(Shop *shop, gconstpointer data)
{
    decide(shop, 0, PRICE("400"));
    decide(shop, 1, PRICE("900"));
    central_fixture_send_all(&shop->central, &shop->office);
    assert_reason(shop, "office", 1, "refused");
    assert_reason(shop, "office", 2, "");
    assert_status(shop, 1, "refused");
    g_assert_cmpint(price_of(shop, APPLE), ==, 900);
}

/* A decision that was taken earlier but comes later does not undo the later one. */
static void test_later_decision_counts(Shop *shop, gconstpointer data)
{
    Journal other;
    g_autoptr(GError) error = NULL;
    central_fixture_journal(NULL, &other, "laptop");
    central_store_terminal_add(shop->central.store, "laptop", "1", "laptop", "manager", "s2",
                               FIXTURE_NOW_MS, &error);
    g_assert_no_error(error);
    json_t *late = json_loads(PRICE("700"), 0, NULL);
    json_object_set_new(late, "operator", json_string("u09"));
    central_fixture_write(&other, "command", 10, late);
    decide(shop, 20, PRICE("900"));
    central_fixture_send_all(&shop->central, &shop->office);
    central_fixture_send_all(&shop->central, &other);
    g_assert_cmpint(price_of(shop, APPLE), ==, 900);
    assert_reason(shop, "laptop", 1, "overtaken");
    central_fixture_assert_sound(&shop->central);
    central_fixture_journal_clear(&other);
}

static void test_rights(Shop *shop, gconstpointer data)
{
    Journal till;
    central_fixture_journal(&shop->central, &till, "till-1");
    json_t *fields = json_loads(PRICE("700"), 0, NULL);
    json_object_set_new(fields, "operator", json_string("u09"));
    central_fixture_write(&till, "command", 0, fields);
    central_fixture_send_all(&shop->central, &till);
    assert_reason(shop, "till-1", 1, "not_allowed");
    decide(shop, 0,
           "{\"command\":\"price_set\",\"operator\":\"u01\",\"why\":\"x\",\"items\":[{\"gtin\":"
           "\"" APPLE "\",\"price\":700}]}");
    decide(shop, 1, "{\"command\":\"price_set\",\"why\":\"x\",\"items\":[]}");
    decide(shop, 2, "{\"command\":\"of_a_later_version\"}");
    central_fixture_send_all(&shop->central, &shop->office);
    assert_reason(shop, "office", 1, "not_allowed");
    assert_reason(shop, "office", 2, "malformed");
    assert_reason(shop, "office", 3, "");
    g_assert_cmpint(price_of(shop, APPLE), ==, 1000);
    central_fixture_journal_clear(&till);
}

static void test_lots_follow_their_product(Shop *shop, gconstpointer data)
{
    feed(shop, "price", APPLE "/A", "{\"price\":1000,\"effective_at\":\"2026-11-02T00:00:00Z\"}");
    feed(shop, "price", APPLE "/B",
         "{\"price\":700,\"list_price\":1000,\"effective_at\":\"2026-11-02T00:00:00Z\"}");
    decide(shop, 0,
           "{\"command\":\"price_set\",\"why\":\"season\",\"items\":[{\"gtin\":\"" APPLE
           "\",\"price\":900,\"list_price\":900}]}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_assert_cmpint(price_of(shop, APPLE), ==, 900);
    g_assert_cmpint(price_of(shop, APPLE "/A"), ==, 900);
    g_assert_cmpint(price_of(shop, APPLE "/B"), ==, 700);
    g_autoptr(json_t) marked = value_of(shop, "price", APPLE "/B");
    g_assert_cmpint(json_integer_value(json_object_get(marked, "list_price")), ==, 900);
}

static void test_a_batch_waits_for_its_time(Shop *shop, gconstpointer data)
{
    decide(shop, 0,
           "{\"command\":\"price_set\",\"why\":\"weekend\",\"batch\":\"w48\",\"effective_at\":"
           "\"2026-11-24T00:00:00Z\",\"items\":[{\"gtin\":\"" APPLE "\",\"price\":800}]}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_assert_cmpint(price_of(shop, APPLE), ==, 1000);
    g_autoptr(GError) error = NULL;
    central_price_due(shop->central.store, FIXTURE_NOW_MS + 86400000 - 1, NULL, &error);
    g_assert_cmpint(price_of(shop, APPLE), ==, 1000);
    central_price_due(shop->central.store, FIXTURE_NOW_MS + 86400000, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(price_of(shop, APPLE), ==, 800);
}

static void test_pause(Shop *shop, gconstpointer data)
{
    decide(shop, 0, "{\"command\":\"price_pause\",\"paused\":true,\"category\":\"fruit\"}");
    decide(shop, 1,
           "{\"command\":\"price_pause\",\"paused\":true,\"gtin\":\"" APPLE "\",\"lot\":\"A\"}");
    decide(shop, 2, "{\"command\":\"price_pause\",\"paused\":true}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) pricing = value_of(shop, "setting", "pricing");
    g_assert_cmpint(json_array_size(json_object_get(pricing, "paused_categories")), ==, 1);
    g_assert_true(json_is_false(json_object_get(pricing, "enabled")));
    g_autoptr(json_t) lot = value_of(shop, "price", APPLE "/A");
    g_assert_true(json_is_true(json_object_get(lot, "paused")));
    decide(shop, 3, "{\"command\":\"price_pause\",\"paused\":false,\"category\":\"fruit\"}");
    decide(shop, 4, "{\"command\":\"price_pause\",\"paused\":false}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) after = value_of(shop, "setting", "pricing");
    g_assert_cmpint(json_array_size(json_object_get(after, "paused_categories")), ==, 0);
    g_assert_true(json_is_true(json_object_get(after, "enabled")));
}

static void test_recall_and_move(Shop *shop, gconstpointer data)
{
    decide(shop, 0,
           "{\"command\":\"recall\",\"gtin\":\"" APPLE "\",\"lot\":\"A\",\"reason\":\"glass\"}");
    decide(shop, 1,
           "{\"command\":\"move\",\"gtin\":\"" APPLE
           "\",\"lot\":\"A\",\"place\":\"front basket\"}");
    decide(shop, 2, "{\"command\":\"move\",\"gtin\":\"" APPLE "\",\"lot\":\"Z\",\"place\":\"x\"}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) recall = value_of(shop, "recall", APPLE "/A");
    g_assert_cmpstr(json_string_value(json_object_get(recall, "status")), ==, "recalled");
    g_autoptr(json_t) lot = value_of(shop, "lot", APPLE "/A");
    g_assert_cmpstr(json_string_value(json_object_get(lot, "place")), ==, "front basket");
    assert_reason(shop, "office", 3, "refused");
    decide(shop, 3, "{\"command\":\"recall_lift\",\"gtin\":\"" APPLE "\",\"lot\":\"A\"}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) lifted = value_of(shop, "recall", APPLE "/A");
    g_assert_null(lifted);
}

/* The delivery makes the lot, and what was ordered is no longer expected. */
static void test_order_and_delivery(Shop *shop, gconstpointer data)
{
    decide(shop, 0,
           "{\"command\":\"order\",\"order\":\"O1\",\"due\":\"2026-11-24\",\"supplier\":"
           "\"Farm\",\"items\":[{\"gtin\":\"" APPLE "\",\"qty\":12,\"unit\":\"each\"}]}");
    central_fixture_write(&shop->office, "stock_received", 60,
                          json_pack("{s:s, s:s, s:i, s:s, s:s, s:i, s:s, s:s}", "gtin", APPLE,
                                    "lot", "N7", "qty", 5, "unit", "each", "best_before",
                                    "2026-12-01", "unit_cost", 450, "order", "O1", "operator",
                                    "u09"));
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) lot = value_of(shop, "lot", APPLE "/N7");
    g_assert_cmpstr(json_string_value(json_object_get(lot, "best_before")), ==, "2026-12-01");
    g_assert_cmpint(json_integer_value(json_object_get(lot, "delivered")), ==, 5);
    g_assert_cmpint(central_fixture_on_hand(&shop->central, APPLE, "N7"), ==, 5);
    g_autoptr(json_t) open = value_of(shop, "order", "O1");
    g_assert_cmpstr(json_string_value(json_object_get(open, "status")), ==, "open");
    central_fixture_write(&shop->office, "stock_received", 120,
                          json_pack("{s:s, s:s, s:i, s:s, s:s}", "gtin", APPLE, "lot", "N7", "qty",
                                    7, "unit", "each", "order", "O1"));
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) done = value_of(shop, "order", "O1");
    g_assert_cmpstr(json_string_value(json_object_get(done, "status")), ==, "received");
    g_autoptr(json_t) more = value_of(shop, "lot", APPLE "/N7");
    g_assert_cmpint(json_integer_value(json_object_get(more, "delivered")), ==, 12);
    central_fixture_assert_sound(&shop->central);
}

static void test_products(Shop *shop, gconstpointer data)
{
    decide(shop, 0,
           "{\"command\":\"product_set\",\"items\":[{\"gtin\":\"09521234500032\",\"price\":250,"
           "\"product\":{\"names\":{\"en\":\"Pear\"},\"unit\":\"each\"}},{\"gtin\":\"" APPLE
           "\",\"price\":1,\"product\":{\"category\":\"fruit\"}}]}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_assert_cmpint(price_of(shop, "09521234500032"), ==, 250);
    g_assert_cmpint(price_of(shop, APPLE), ==, 1000); /* a price that is there is no matter of it */
    g_autoptr(json_t) apple = value_of(shop, "product", APPLE);
    g_assert_cmpstr(json_string_value(json_object_get(apple, "category")), ==, "fruit");
    g_assert_nonnull(json_object_get(apple, "names"));
    decide(shop, 1, "{\"command\":\"product_remove\",\"gtin\":\"09521234500032\"}");
    decide(shop, 2,
           "{\"command\":\"product_set\",\"items\":[{\"gtin\":\"" APPLE
           "\",\"product\":{\"unit\":\"dozen\"}}]}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) pear = value_of(shop, "product", "09521234500032");
    g_assert_null(pear);
    assert_reason(shop, "office", 3, "refused");
}

static void test_people(Shop *shop, gconstpointer data)
{
    decide(shop, 0,
           "{\"command\":\"operator_set\",\"of\":\"u02\",\"name\":\"Ana\",\"role\":"
           "\"cashier\",\"pin\":\"$argon2id$v=19$new\"}");
    decide(shop, 1,
           "{\"command\":\"operator_set\",\"of\":\"u01\",\"name\":\"Mia W\",\"role\":"
           "\"cashier\"}");
    decide(shop, 2, "{\"command\":\"operator_remove\",\"of\":\"u09\"}");
    decide(shop, 3,
           "{\"command\":\"operator_set\",\"of\":\"u09\",\"name\":\"Kim\",\"role\":"
           "\"cashier\"}");
    decide(shop, 4,
           "{\"command\":\"operator_set\",\"of\":\"u03\",\"name\":\"No\",\"role\":"
           "\"cashier\"}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) ana = value_of(shop, "operator", "u02");
    g_assert_cmpstr(json_string_value(json_object_get(ana, "pin")), ==, "$argon2id$v=19$new");
    g_autoptr(json_t) mia = value_of(shop, "operator", "u01");
    g_assert_cmpstr(json_string_value(json_object_get(mia, "name")), ==, "Mia W");
    g_assert_cmpstr(json_string_value(json_object_get(mia, "pin")), ==, "$argon2id$x");
    assert_reason(shop, "office", 3, "refused"); /* the last manager stays */
    assert_reason(shop, "office", 4, "refused");
    assert_reason(shop, "office", 5, "refused"); /* no PIN */
    decide(shop, 5, "{\"command\":\"operator_remove\",\"of\":\"u02\"}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) gone = value_of(shop, "operator", "u02");
    g_assert_null(gone);
}

static void test_settings(Shop *shop, gconstpointer data)
{
    decide(shop, 0,
           "{\"command\":\"setting_set\",\"name\":\"store\",\"members\":{\"amber_days\":2}}");
    decide(shop, 1,
           "{\"command\":\"setting_set\",\"name\":\"store\",\"members\":{\"currency\":"
           "\"???\"}}");
    decide(shop, 2,
           "{\"command\":\"setting_set\",\"name\":\"central\",\"members\":{\"pin\":\"x\"}}");
    central_fixture_send_all(&shop->central, &shop->office);
    g_autoptr(json_t) store = value_of(shop, "setting", "store");
    g_assert_cmpint(json_integer_value(json_object_get(store, "amber_days")), ==, 2);
    g_assert_cmpstr(json_string_value(json_object_get(store, "currency")), ==, "KRW");
    assert_reason(shop, "office", 2, "refused");
    assert_reason(shop, "office", 3, "malformed");
}

static void test_terminals(Shop *shop, gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL;
    g_auto(CentralTerminal) terminal = {0};
    g_auto(CentralCode) code = {0};
    PosHash hash;
    central_fixture_journal(&shop->central, &till, "till-1");
    decide(shop, 0, "{\"command\":\"terminal_revoke\",\"of\":\"till-1\"}");
    decide(shop, 1,
           "{\"command\":\"enrol_code\",\"mode\":\"till\",\"valid_s\":3600,\"secret_hash\":"
           "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}");
    decide(shop, 2, "{\"command\":\"terminal_revoke\",\"of\":\"nobody\"}");
    central_fixture_send_all(&shop->central, &shop->office);
    central_store_terminal_get(shop->central.store, "till-1", &terminal, &error);
    g_assert_no_error(error);
    g_assert_true(terminal.revoked);
    pos_hash_from_hex("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", &hash);
    central_store_code_get(shop->central.store, &hash, &code, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(code.mode, ==, "till");
    g_assert_cmpint(code.expires_ms, ==, FIXTURE_NOW_MS + 1000 + 3600000);
    assert_reason(shop, "office", 3, "refused");
    central_fixture_journal_clear(&till);
}

/* A sale of a product that the store did not have is booked after the product was added. */
static void test_inbox(Shop *shop, gconstpointer data)
{
    Journal till;
    central_fixture_journal(&shop->central, &till, "till-1");
    central_fixture_write(&till, "sale", 0,
                          central_fixture_sale("T01-000001", "09521234500032", "", 1, 250));
    central_fixture_send_all(&shop->central, &till);
    assert_reason(shop, "till-1", 1, "unknown_product");
    decide(shop, 1, "{\"command\":\"inbox_book\",\"of\":\"till-1\",\"of_seq\":1}");
    central_fixture_send_all(&shop->central, &shop->office);
    assert_reason(shop, "office", 1, "refused");
    decide(shop, 2,
           "{\"command\":\"product_set\",\"items\":[{\"gtin\":\"09521234500032\","
           "\"product\":{\"names\":{\"en\":\"Pear\"},\"unit\":\"each\"}}]}");
    decide(shop, 3, "{\"command\":\"inbox_book\",\"of\":\"till-1\",\"of_seq\":1}");
    central_fixture_send_all(&shop->central, &shop->office);
    assert_reason(shop, "till-1", 1, "");
    g_assert_cmpint(central_fixture_on_hand(&shop->central, "09521234500032", ""), ==, -1);
    central_fixture_assert_sound(&shop->central);
    central_fixture_journal_clear(&till);
}

/* What is not booked stays out of the sums, and is only no longer shown. */
static void test_inbox_close(Shop *shop, gconstpointer data)
{
    Journal till;
    central_fixture_journal(&shop->central, &till, "till-1");
    central_fixture_write(&till, "sale", 0,
                          central_fixture_sale("T01-000001", "09521234500032", "", 1, 250));
    central_fixture_send_all(&shop->central, &till);
    decide(shop, 1, "{\"command\":\"inbox_close\",\"of\":\"till-1\",\"of_seq\":1}");
    central_fixture_send_all(&shop->central, &shop->office);
    assert_reason(shop, "till-1", 1, "unknown_product");
    g_autoptr(json_t) snooze = value_of(shop, "snooze", "inbox/till-1/1");
    g_assert_cmpstr(json_string_value(json_object_get(snooze, "by")), ==, "u09");
    central_fixture_assert_sound(&shop->central);
    central_fixture_journal_clear(&till);
}

/* A restored disk's decisions come again as adopted lines: those that central has are not taken twice. */
static void test_adopted_once(Shop *shop, gconstpointer data)
{
    Journal fresh;
    g_autoptr(GError) error = NULL;
    decide(shop, 0, PRICE("800"));
    central_fixture_send_all(&shop->central, &shop->office);
    feed(shop, "price", APPLE, "{\"price\":950,\"effective_at\":\"2026-11-23T01:00:00Z\"}");
    central_fixture_journal(NULL, &fresh, "office-2");
    central_store_terminal_add(shop->central.store, "office-2", "1", "office", "manager", "s3",
                               FIXTURE_NOW_MS, &error);
    g_assert_no_error(error);
    const char *line = g_ptr_array_index(shop->office.lines, 0);
    central_fixture_write(&fresh, "adopted", 5,
                          json_pack("{s:s, s:s, s:i}", "line", line, "of", "office", "of_seq", 1));
    central_fixture_send_all(&shop->central, &fresh);
    g_assert_cmpint(price_of(shop, APPLE), ==, 950);
    central_fixture_journal_clear(&fresh);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Shop *shop, gconstpointer data);
    } CASES[] = {
        {"price", test_price},
        {"refusal_holds_nothing_up", test_refusal_holds_nothing_up},
        {"later_decision_counts", test_later_decision_counts},
        {"rights", test_rights},
        {"lots_follow_their_product", test_lots_follow_their_product},
        {"a_batch_waits_for_its_time", test_a_batch_waits_for_its_time},
        {"pause", test_pause},
        {"recall_and_move", test_recall_and_move},
        {"order_and_delivery", test_order_and_delivery},
        {"products", test_products},
        {"people", test_people},
        {"settings", test_settings},
        {"terminals", test_terminals},
        {"inbox", test_inbox},
        {"inbox_close", test_inbox_close},
        {"adopted_once", test_adopted_once},
    };
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *path = g_strconcat("/sync/central_command/", CASES[i].name, NULL);
        g_test_add(path, Shop, NULL, set_up, CASES[i].run, tear_down);
    }
    return g_test_run();
}
