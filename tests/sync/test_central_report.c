/* SPDX-License-Identifier: GPL-3.0-or-later
 * The manager's reports over a store whose journals were written by hand. */
#include "sync/central_report.h"

#include "pos/error.h"
#include "tests/sync/central_fixture.h"

#include <string.h>

typedef struct {
    Central central;
    Journal till;
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
    central_fixture_open(&shop->central);
    central_fixture_journal(&shop->central, &shop->till, "till-1");
    feed(shop, "product", APPLE,
         "{\"names\":{\"en\":\"Apple\"},\"unit\":\"each\",\"category\":\"fruit\",\"unit_cost\":400,"
         "\"plan_per_day\":10}");
    feed(shop, "price", APPLE, "{\"price\":1000,\"effective_at\":\"2026-11-01T00:00:00Z\"}");
    feed(shop, "setting", "pricing", "{\"enabled\":true,\"propose\":true}");
}

static void tear_down(Shop *shop, gconstpointer data)
{
    (void)data;
    central_fixture_journal_clear(&shop->till);
    central_fixture_close(&shop->central);
}

static json_t *report(Shop *shop, const char *name, const char *gtin, const char *lot)
{
    g_autoptr(GError) error = NULL;
    CentralReportQuery query = {
        .name = (char *)name, .store_id = (char *)"1", .gtin = (char *)gtin, .lot = (char *)lot};
    json_t *made =
        central_report_make(shop->central.store, &query, FIXTURE_NOW_MS + 3600000, &error);
    g_assert_no_error(error);
    return made;
}

static const json_t *exception(const json_t *morning, const char *key)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(morning, "exceptions"), i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "key")), key) == 0) {
            return entry;
        }
    }
    return NULL;
}

static int64_t number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static void receive(Shop *shop, const char *lot, int quantity, const char *best_before)
{
    json_t *fields = central_fixture_stock(APPLE, lot, quantity);
    json_object_set_new(fields, "best_before", json_string(best_before));
    central_fixture_write(&shop->till, "stock_received", -3600, fields);
}

/* 200 pieces for a day of which ten are planned: most of it is left, and a lower price saves. With `propose` no price is set. */
static void test_morning(Shop *shop, gconstpointer data)
{
    receive(shop, "A", 200, "2026-11-23");
    receive(shop, "OLD", 5, "2026-11-20");
    central_fixture_write(&shop->till, "sale", -1800,
                          central_fixture_sale("T01-000001", APPLE, "NONE", 2, 1000));
    central_fixture_send_all(&shop->central, &shop->till);
    g_autoptr(json_t) morning = report(shop, "morning", NULL, NULL);
    const json_t *spoil = exception(morning, "spoil/" APPLE "/A");
    g_assert_nonnull(spoil);
    int64_t left = number(spoil, "left");
    g_assert_cmpint(left, ==, 200 - number(spoil, "forecast"));
    g_assert_cmpint(left, >, 100);
    g_assert_cmpint(number(spoil, "risk"), ==, left * 400);
    g_assert_cmpint(number(spoil, "proposed"), <, 1000);
    g_assert_cmpint(number(spoil, "left_proposed"), <, left);
    const json_t *stop = exception(morning, "stop/" APPLE "/OLD");
    g_assert_cmpint(number(stop, "risk"), ==, 5 * 400);
    const json_t *negative = exception(morning, "negative/" APPLE "/NONE");
    g_assert_cmpint(number(negative, "on_hand"), ==, -2);
    g_assert_cmpint(number(morning, "risk"), ==, left * 400 + 5 * 400 + 2 * 400);
    const json_t *first = json_array_get(json_object_get(morning, "exceptions"), 0);
    g_assert_true(first == spoil);
}

static void test_lot_history(Shop *shop, gconstpointer data)
{
    receive(shop, "A", 40, "2026-12-01");
    central_fixture_write(&shop->till, "sale", 60,
                          central_fixture_sale("T01-000001", APPLE, "A", 3, 1000));
    central_fixture_write(&shop->till, "stock_counted", 120, central_fixture_stock(APPLE, "A", 35));
    central_fixture_write(&shop->till, "write_off", 180, central_fixture_stock(APPLE, "A", 5));
    central_fixture_write(&shop->till, "sale", 200,
                          central_fixture_sale("T01-000002", APPLE, "B", 1, 1000));
    central_fixture_send_all(&shop->central, &shop->till);
    g_autoptr(json_t) lot = report(shop, "lot", APPLE, "A");
    const json_t *moves = json_object_get(lot, "movements");
    static const int64_t balances[] = {40, 37, 35, 30};
    g_assert_cmpint(json_array_size(moves), ==, G_N_ELEMENTS(balances));
    for (gsize i = 0; i < G_N_ELEMENTS(balances); i++) {
        g_assert_cmpint(number(json_array_get(moves, i), "balance"), ==, balances[i]);
    }
    g_assert_cmpint(number(json_array_get(moves, 2), "variance"), ==, -2);
    g_assert_cmpint(number(lot, "on_hand"), ==, 30);
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(moves, 1), "receipt")), ==,
                    "T01-000001");
    const json_t *price = json_array_get(json_object_get(lot, "prices"), 0);
    g_assert_cmpint(number(price, "price"), ==, 1000);
}

/* What stands in the inbox is in no figure; what it says after it was booked is. */
static void test_figures(Shop *shop, gconstpointer data)
{
    central_fixture_write(&shop->till, "sale", 60,
                          central_fixture_sale("T01-000001", APPLE, "A", 3, 1000));
    central_fixture_write(&shop->till, "sale", 120,
                          central_fixture_sale("T01-000002", "09521234500032", "", 1, 777));
    central_fixture_send_all(&shop->central, &shop->till);
    g_autoptr(json_t) before = report(shop, "figures", NULL, NULL);
    g_assert_cmpint(number(json_object_get(before, "totals"), "sales"), ==, 3000);
    g_assert_cmpint(number(json_object_get(before, "totals"), "margin"), ==, 3000 - 3 * 400);
    g_autoptr(GError) error = NULL;
    bool booked = false;
    feed(shop, "product", "09521234500032", "{\"names\":{\"en\":\"Pear\"},\"unit\":\"each\"}");
    central_booking_retry(shop->central.store, "till-1", 2, FIXTURE_NOW_MS, &booked, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) after = report(shop, "figures", NULL, NULL);
    g_assert_cmpint(number(json_object_get(after, "totals"), "sales"), ==, 3777);
}

static void test_inventory_pages(Shop *shop, gconstpointer data)
{
    receive(shop, "A", 40, "2026-12-01");
    receive(shop, "B", 7, "2026-12-02");
    central_fixture_write(&shop->till, "sale", 60,
                          central_fixture_sale("T01-000001", APPLE, "B", 3, 1000));
    central_fixture_send_all(&shop->central, &shop->till);
    g_autoptr(json_t) page = report(shop, "inventory", NULL, NULL);
    const json_t *rows = json_object_get(page, "rows");
    g_assert_cmpint(json_array_size(rows), ==, 2);
    const json_t *second = json_array_get(rows, 1);
    g_assert_cmpstr(json_string_value(json_array_get(second, 1)), ==, "B");
    g_assert_cmpint(json_integer_value(json_array_get(second, 2)), ==, 4);
    g_assert_cmpint(json_integer_value(json_array_get(second, 3)), ==, 7);
    g_assert_cmpint(json_integer_value(json_array_get(second, 4)), ==, 3);
    g_assert_null(json_object_get(page, "next"));
}

static void test_bad_questions(Shop *shop, gconstpointer data)
{
    static const CentralReportQuery queries[] = {
        {.name = (char *)"nothing", .store_id = (char *)"1"},
        {.name = (char *)"lot", .store_id = (char *)"1", .gtin = (char *)"12"},
        {.name = (char *)"figures",
         .store_id = (char *)"1",
         .from = (char *)"2026-11-30",
         .until = (char *)"2026-11-01"},
        {.name = (char *)"figures", .store_id = (char *)"1", .from = (char *)"1900-01-01"}};
    for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(
            central_report_make(shop->central.store, &queries[i], FIXTURE_NOW_MS, &error));
        int code = i == 0 ? POS_ERROR_NOT_FOUND : POS_ERROR_INVALID;
        g_assert_error(error, POS_ERROR, code);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Shop *shop, gconstpointer data);
    } CASES[] = {{"morning", test_morning},
                 {"lot_history", test_lot_history},
                 {"figures", test_figures},
                 {"inventory_pages", test_inventory_pages},
                 {"bad_questions", test_bad_questions}};
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *path = g_strconcat("/sync/central_report/", CASES[i].name, NULL);
        g_test_add(path, Shop, NULL, set_up, CASES[i].run, tear_down);
    }
    return g_test_run();
}
