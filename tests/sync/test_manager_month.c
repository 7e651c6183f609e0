/* SPDX-License-Identifier: GPL-3.0-or-later
 * A month with the real daily demand of a fresh supermarket (July 2022, one vegetable, 28 days): one manager accepts what the
 * morning report proposes, the other ignores it. Both get the same deliveries, a third more than sells; shoppers answer to a price
 * with an elasticity of -1.5, which neither the shop nor the report is told. Judged by the manager's own figures. */
#include "sync/central_report.h"

#include "tests/sync/central_fixture.h"

#include <math.h>
#include <string.h>

#define DAYS 28
#define SKU "102900005116530"
#define LIST 600 /* a kilogram, cents */
#define COST 350
#define DAY_S 86400

typedef struct {
    Central central;
    Journal till, office;
    int receipts;
    bool accepts;
} Shop;

static void feed(Shop *shop, const char *kind, const char *key, json_t *value)
{
    g_autoptr(GError) error = NULL;
    CentralChange change = {kind, key, value};
    central_store_publish(shop->central.store, "1", &change, 1, NULL, &error);
    g_assert_no_error(error);
    json_decref(value);
}

static void send_new(Shop *shop, Journal *journal, int64_t *sent, int at_s)
{
    g_autoptr(GError) error = NULL;
    g_auto(CentralIngestResult) result = {0};
    g_autoptr(GString) body = g_string_new(NULL);
    g_autofree char *prev = pos_hash_to_hex(&g_array_index(journal->hashes, PosHash, *sent));
    for (int64_t seq = *sent; seq < journal->seq; seq++) {
        g_string_append_printf(body, "%s\n", (char *)g_ptr_array_index(journal->lines, seq));
    }
    if (body->len == 0) {
        return;
    }
    central_ingest(shop->central.store, journal->id, prev, body->str, body->len,
                   FIXTURE_NOW_MS + at_s * 1000LL, &result, &error);
    g_assert_no_error(error);
    g_assert_cmpint(result.inbox, ==, 0);
    *sent = journal->seq;
}

/* Grams of each day, from the real series. False when it is not at hand. */
static bool read_demand(int64_t demand[DAYS])
{
    const char *folder = g_getenv("COSTER_TEST_DATA");
    g_autofree char *path =
        folder == NULL ? NULL
                       : g_build_filename(folder, "pricing", "veg_daily_2020-07_2022-12.csv", NULL);
    g_autofree char *text = NULL;
    if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL)) {
        return false;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", 7);
        if (g_str_has_prefix(lines[i], "2022-07-") && strcmp(cells[1], SKU) == 0) {
            int day = (int)g_ascii_strtoll(cells[0] + 8, NULL, 10) - 1;
            if (day < DAYS) {
                demand[day] += (int64_t)llround(MAX(g_ascii_strtod(cells[5], NULL), 0) * 1000);
            }
        }
    }
    return true;
}

static int64_t price_of(Shop *shop, const char *lot)
{
    g_autofree char *key = g_strconcat(GRAPE, "/", lot, NULL);
    g_autoptr(json_t) own = central_store_feed_value(shop->central.store, "1", "price", key, NULL);
    g_autoptr(json_t) product =
        central_store_feed_value(shop->central.store, "1", "price", GRAPE, NULL);
    return json_integer_value(json_object_get(own ? own : product, "price"));
}

/* Part of a day's shoppers: each lot, the oldest first, until they have what they want at its price. */
static void sell(Shop *shop, int day, int at_s, double wanted)
{
    for (int made = MAX(day - 1, 0); made <= day && wanted > 0; made++) {
        g_autofree char *lot = g_strdup_printf("D%02d", made);
        int64_t price = price_of(shop, lot);
        double share = pow((double)price / LIST, -1.5);
        int64_t grams =
            MIN((int64_t)(wanted * share), central_fixture_on_hand(&shop->central, GRAPE, lot));
        if (grams <= 0) {
            continue;
        }
        g_autofree char *receipt = g_strdup_printf("T01-%06d", ++shop->receipts);
        central_fixture_write(&shop->till, "sale", at_s + made,
                              central_fixture_sale(receipt, GRAPE, lot, (int)grams, (int)price));
        wanted -= (double)grams / share;
    }
}

static void accept(Shop *shop, int at_s)
{
    g_autoptr(GError) error = NULL;
    CentralReportQuery query = {.name = (char *)"morning", .store_id = (char *)"1"};
    g_autoptr(json_t) morning =
        central_report_make(shop->central.store, &query, FIXTURE_NOW_MS + at_s * 1000LL, &error);
    g_assert_no_error(error);
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(morning, "exceptions"), i, entry)
    {
        json_t *proposed = json_object_get(entry, "proposed");
        if (proposed == NULL) {
            continue;
        }
        json_t *item = json_pack("{s:O, s:O, s:O}", "gtin", json_object_get(entry, "gtin"), "lot",
                                 json_object_get(entry, "lot"), "price", proposed);
        central_fixture_write(&shop->office, "command", at_s,
                              json_pack("{s:s, s:s, s:s, s:[o]}", "command", "price_set",
                                        "operator", "u09", "why", "as proposed", "items", item));
    }
}

static void open_shop(Shop *shop, int64_t mean)
{
    g_autoptr(GError) error = NULL;
    central_fixture_open(&shop->central);
    central_fixture_journal(&shop->central, &shop->till, "till-1");
    central_fixture_journal(NULL, &shop->office, "office");
    central_store_terminal_add(shop->central.store, "office", "1", "office", "manager", "secret",
                               FIXTURE_NOW_MS, &error);
    g_assert_no_error(error);
    feed(shop, "operator", "u09",
         json_pack("{s:s, s:s, s:s}", "name", "Kim", "pin", "$argon2id$x", "role", "manager"));
    feed(shop, "setting", "pricing",
         json_pack("{s:b, s:b, s:i, s:i}", "enabled", 1, "propose", 1, "dwell_s", 0, "step_bp_max",
                   0));
    feed(shop, "product", GRAPE,
         json_pack("{s:{s:s}, s:s, s:i, s:I}", "names", "en", "Greens", "unit", "g", "unit_cost",
                   COST, "plan_per_day", (json_int_t)mean));
    feed(shop, "price", GRAPE,
         json_pack("{s:i, s:s}", "price", LIST, "effective_at", "2026-11-01T00:00:00Z"));
}

/* Waste, and margin less waste, as the figures say. */
static void run_month(Shop *shop, const int64_t demand[DAYS], int64_t *out_waste,
                      int64_t *out_earned)
{
    int64_t mean = 0, till_sent = 0, office_sent = 0;
    for (int day = 0; day < DAYS; day++) {
        mean += demand[day] / DAYS;
    }
    open_shop(shop, mean);
    for (int day = 0; day < DAYS; day++) {
        int base = day * DAY_S; /* nine in the morning there */
        g_autofree char *lot = g_strdup_printf("D%02d", day);
        g_autofree char *until = NULL;
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Seoul");
        until = pos_date_format(
            pos_date_add_days(pos_date_of_instant(FIXTURE_NOW_MS + base * 1000LL, zone), 1));
        json_t *delivery = central_fixture_stock(GRAPE, lot, (int)(mean * 4 / 3));
        json_object_set_new(delivery, "best_before", json_string(until));
        central_fixture_write(&shop->till, "stock_received", base, delivery);
        send_new(shop, &shop->till, &till_sent, base);
        static const int hours[] = {1, 4, 7, 10};
        for (gsize part = 0; part < G_N_ELEMENTS(hours); part++) {
            int at_s = base + hours[part] * 3600;
            if (shop->accepts) {
                accept(shop, at_s - 600);
                send_new(shop, &shop->office, &office_sent, at_s - 600);
            }
            sell(shop, day, at_s, (double)demand[day] / G_N_ELEMENTS(hours));
            send_new(shop, &shop->till, &till_sent, at_s + 60);
        }
        if (day > 0) { /* yesterday's is over tonight */
            g_autofree char *old = g_strdup_printf("D%02d", day - 1);
            int64_t left = central_fixture_on_hand(&shop->central, GRAPE, old);
            if (left > 0) {
                json_t *waste = central_fixture_stock(GRAPE, old, (int)left);
                json_object_set_new(waste, "reason", json_string("expired"));
                json_object_set_new(waste, "unit_cost", json_integer(COST));
                central_fixture_write(&shop->till, "write_off", base + 12 * 3600, waste);
                send_new(shop, &shop->till, &till_sent, base + 12 * 3600);
            }
        }
    }
    g_autoptr(GError) error = NULL;
    CentralReportQuery query = {.name = (char *)"figures",
                                .store_id = (char *)"1",
                                .from = (char *)"2026-11-23",
                                .until = (char *)"2026-12-21"};
    g_autoptr(json_t) figures = central_report_make(shop->central.store, &query,
                                                    FIXTURE_NOW_MS + DAYS * DAY_S * 1000LL, &error);
    g_assert_no_error(error);
    const json_t *totals = json_object_get(figures, "totals");
    *out_waste = json_integer_value(json_object_get(totals, "waste"));
    *out_earned = json_integer_value(json_object_get(totals, "margin")) - *out_waste;
    g_test_message("%s: waste %d, earned %d", shop->accepts ? "accepts" : "ignores",
                   (int)*out_waste, (int)*out_earned);
    central_fixture_assert_sound(&shop->central);
    central_fixture_journal_clear(&shop->till);
    central_fixture_journal_clear(&shop->office);
    central_fixture_close(&shop->central);
}

static void test_month(void)
{
    int64_t demand[DAYS] = {0}, waste[2], earned[2];
    if (!read_demand(demand)) {
        g_test_skip("COSTER_TEST_DATA names no folder with the daily series");
        return;
    }
    for (int accepts = 0; accepts < 2; accepts++) {
        Shop shop = {.accepts = accepts == 1};
        run_month(&shop, demand, &waste[accepts], &earned[accepts]);
    }
    g_assert_cmpint(waste[0], >, 0);
    g_assert_cmpint(waste[1], <, waste[0]);
    g_assert_cmpint(earned[1], >, earned[0]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/manager_month/accepting_wastes_less_and_earns_more", test_month);
    return g_test_run();
}
