/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/rcn.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define LINK "https://id.gs1.org/01/"

static PosTillEvent *scan_approved(TillFixture *fixture, const char *text, const char *approver,
                                   const char *pin)
{
    PosTillCommand command = {.verb = POS_TILL_SCAN,
                              .text = (char *)text,
                              .text_length = strlen(text),
                              .approver = (char *)approver,
                              .approver_pin = (char *)pin};
    return pos_till_do(fixture->till, &command);
}

static PosTillEvent *price_check(TillFixture *fixture, const char *text)
{
    PosTillCommand command = {
        .verb = POS_TILL_PRICE_CHECK, .text = (char *)text, .text_length = strlen(text)};
    return pos_till_do(fixture->till, &command);
}

static void assert_line(PosTillEvent *event, int line, const char *lot, PosUnit unit, int64_t qty,
                        int64_t price, int64_t amount, int64_t total)
{
    if (event->kind != POS_EVENT_LINE) {
        g_test_message("%s: %s", event->why, event->message);
    }
    g_assert_cmpint(event->kind, ==, POS_EVENT_LINE);
    g_assert_cmpint(event->line.line, ==, line);
    g_assert_cmpstr(event->line.lot, ==, lot);
    g_assert_cmpint(event->line.quantity.unit, ==, unit);
    g_assert_cmpint(event->line.quantity.value, ==, qty);
    g_assert_cmpint(event->line.price.minor, ==, price);
    g_assert_cmpint(event->line.amount.minor, ==, amount);
    g_assert_cmpint(event->total.minor, ==, total);
    g_assert_cmpint(pos_cart_total(event->cart).minor, ==, total);
    pos_till_event_free(event);
}

/* --- which lot, which price ------------------------------------------------------------------------- */

static void test_a_lot_has_its_own_price_else_the_products(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    assert_line(till_fixture_scan(fixture, LINK SHOP_APPLE "/10/A1"), 1, "A1", POS_UNIT_EACH, 1,
                800, 800, 800);
    assert_line(till_fixture_scan(fixture, LINK SHOP_APPLE "/10/A2"), 2, "A2", POS_UNIT_EACH, 1,
                900, 900, 1700);
}

static void test_a_bare_gtin_gets_the_first_lot_and_the_lowest_price(TillFixture *fixture,
                                                                     gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    /* The earlier lot expires: A2 is shown, the lower price of the sellable ones counts. */
    assert_line(till_fixture_scan(fixture, "9521234500018"), 1, "A1", POS_UNIT_EACH, 1, 800, 800,
                800);
    till_fixture_feed(fixture, "price", SHOP_APPLE "/A2",
                      "{\"price\":700,\"effective_at\":\"2026-11-23T09:00:00.000+09:00\"}");
    assert_line(till_fixture_scan(fixture, "9521234500018"), 2, "A1", POS_UNIT_EACH, 1, 700, 700,
                1400);
    till_fixture_feed(fixture, "recall", SHOP_APPLE "/A1", "{\"status\":\"recalled\"}");
    PosTillEvent *event = till_fixture_scan(fixture, "9521234500018");
    g_assert_cmpstr(event->line.lot, ==, "A2");
    g_assert_false(event->line.lot_scanned);
    till_fixture_expect(event, POS_EVENT_LINE);
}

static void test_a_bare_gtin_passes_over_red_lots(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    assert_line(till_fixture_scan(fixture, "9521234500049"), 1, "SOON", POS_UNIT_EACH, 1, 2500,
                2500, 2500);
}

static void test_a_lot_that_the_feed_does_not_know_goes_by_its_code(TillFixture *fixture,
                                                                    gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    PosTillEvent *event = till_fixture_scan(fixture, "(01)" SHOP_MILK "(17)261124(10)NEW");
    g_assert_cmpint(event->line.freshness.colour, ==, POS_FRESHNESS_AMBER);
    assert_line(event, 1, "NEW", POS_UNIT_EACH, 1, 2500, 2500, 2500);
    till_fixture_refused(till_fixture_scan(fixture, "(01)" SHOP_MILK "(17)261122(10)NEW"),
                         POS_REFUSAL_EXPIRED);
    till_fixture_refused(till_fixture_scan(fixture, "(01)" SHOP_HAM "(10)NEW"),
                         POS_REFUSAL_RECALLED);
    /* The stricter date of code and feed counts. */
    till_fixture_refused(till_fixture_scan(fixture, "(01)" SHOP_MILK "(15)261121(10)GOOD"),
                         POS_REFUSAL_EXPIRED);
}

static void test_an_item_without_lots_is_sold_without_one(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    PosTillEvent *event = till_fixture_scan(fixture, "9521234500032");
    g_assert_cmpint(event->line.tax_bp, ==, 1000);
    g_assert_cmpint(event->line.freshness.reason, ==, POS_FRESHNESS_NO_DATE);
    assert_line(event, 1, "", POS_UNIT_EACH, 1, 12900, 12900, 12900);
}

static void test_origin_and_list_price_stand_on_the_line(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    PosTillEvent *event = till_fixture_scan(fixture, LINK SHOP_APPLE "/10/A2");
    g_assert_cmpstr(event->line.origin, ==, "Yeongju, Korea");
    g_assert_cmpint(event->line.list_price.minor, ==, 1000);
    g_assert_cmpint(event->line.price_version, ==, 10);
    g_assert_true(event->line.lot_scanned);
    till_fixture_expect(event, POS_EVENT_LINE);
}

/* --- what is not sold -------------------------------------------------------------------------------- */

static void test_what_cannot_be_sold_is_refused(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    static const struct {
        const char *text;
        PosRefusal refusal;
    } rows[] = {
        {"", POS_REFUSAL_BAD_CODE},
        {"\r\n", POS_REFUSAL_BAD_CODE},
        {"hello", POS_REFUSAL_BAD_CODE},
        {"https://example.com/menu", POS_REFUSAL_BAD_CODE},
        {"9521234500019", POS_REFUSAL_BAD_CODE},
        {"\x1d\x1d\x1d", POS_REFUSAL_BAD_CODE},
        {"(00)095212345000000018", POS_REFUSAL_BAD_CODE},
        {"9521234500094", POS_REFUSAL_UNKNOWN_ITEM},
        {"9999", POS_REFUSAL_UNKNOWN_ITEM},
        {"9521234500056", POS_REFUSAL_NO_PRICE},
        {LINK SHOP_MILK "/10/OLD", POS_REFUSAL_EXPIRED},
        {LINK SHOP_MILK "/10/USED", POS_REFUSAL_EXPIRED},
        {LINK SHOP_MILK "/10/WARM", POS_REFUSAL_COLD_CHAIN},
        {LINK SHOP_MILK "/10/BACK", POS_REFUSAL_RECALLED},
        {"9521234500070", POS_REFUSAL_RECALLED},
        {"9521234500087", POS_REFUSAL_EXPIRED},
    };
    till_fixture_refused(till_fixture_scan(fixture, "9521234500018"), POS_REFUSAL_NOT_LOGGED_IN);
    till_fixture_begin(fixture);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        till_fixture_refused(till_fixture_scan(fixture, rows[i].text), rows[i].refusal);
    }
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);
    till_fixture_expect(event, POS_EVENT_CART);
}

static void test_a_recall_names_its_reason(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    PosTillEvent *event = till_fixture_scan(fixture, LINK SHOP_MILK "/10/BACK");
    g_assert_nonnull(strstr(event->message, "Possible Listeria"));
    g_assert_nonnull(strstr(event->message, "BACK"));
    till_fixture_refused(event, POS_REFUSAL_RECALLED);
}

static void test_words_come_in_the_language_of_the_till(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    pos_till_set_language(fixture->till, "zh_CN");
    PosTillEvent *event = till_fixture_scan(fixture, LINK SHOP_MILK "/10/BACK");
    g_assert_nonnull(strstr(event->message, "疑似李斯特菌"));
    till_fixture_refused(event, POS_REFUSAL_RECALLED);
    pos_till_set_language(fixture->till, NULL);
    event = till_fixture_scan(fixture, LINK SHOP_MILK "/10/BACK");
    g_assert_null(strstr(event->message, "疑似李斯特菌"));
    till_fixture_refused(event, POS_REFUSAL_RECALLED);
}

static void test_only_a_manager_lifts_a_best_before_and_nothing_else(TillFixture *fixture,
                                                                     gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    const char *old = LINK SHOP_MILK "/10/OLD";
    till_fixture_refused(scan_approved(fixture, old, "u01", "1234"), POS_REFUSAL_NOT_ALLOWED);
    till_fixture_refused(scan_approved(fixture, old, "u09", "1111"), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(scan_approved(fixture, old, "u09", NULL), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(scan_approved(fixture, old, "u77", "9999"), POS_REFUSAL_WRONG_PIN);
    till_fixture_refused(scan_approved(fixture, LINK SHOP_MILK "/10/USED", "u09", "9999"),
                         POS_REFUSAL_EXPIRED);
    till_fixture_refused(scan_approved(fixture, LINK SHOP_MILK "/10/BACK", "u09", "9999"),
                         POS_REFUSAL_RECALLED);
    till_fixture_refused(scan_approved(fixture, LINK SHOP_MILK "/10/WARM", "u09", "9999"),
                         POS_REFUSAL_COLD_CHAIN);
    g_assert_cmpint(till_fixture_count(fixture, "lot_lifted"), ==, 0);

    PosTillEvent *event = scan_approved(fixture, old, "u09", "9999");
    g_assert_cmpstr(event->line.lifted_by, ==, "u09");
    g_assert_cmpint(event->line.freshness.colour, ==, POS_FRESHNESS_RED);
    till_fixture_expect(event, POS_EVENT_LINE);
    g_autoptr(json_t) lifted = till_fixture_last_record(fixture);
    g_assert_cmpstr(json_string_value(json_object_get(lifted, "type")), ==, "lot_lifted");
    g_assert_cmpstr(json_string_value(json_object_get(lifted, "approver")), ==, "u09");
    g_assert_cmpstr(json_string_value(json_object_get(lifted, "lot")), ==, "OLD");

    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 2500), POS_EVENT_SALE);
    g_autoptr(json_t) sale = till_fixture_last_record(fixture);
    const json_t *line = json_array_get(json_object_get(sale, "lines"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(line, "lifted_by")), ==, "u09");
}

/* --- weights ----------------------------------------------------------------------------------------- */

static void test_a_weight_in_the_code_makes_the_line(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    assert_line(till_fixture_scan(fixture, "(01)" SHOP_BEEF "(3103)000450(10)B1"), 1, "B1",
                POS_UNIT_G, 450, 4780, 2151, 2151);
    /* A sealed label's weight is net: nothing is taken off. */
    assert_line(till_fixture_scan(fixture, "(01)" SHOP_SALAD "(3103)000100"), 2, "", POS_UNIT_G,
                100, 20000, 2000, 4151);
}

static void test_a_weight_is_asked_for_and_makes_the_line(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    PosTillEvent *event = till_fixture_scan(fixture, LINK SHOP_BEEF "/10/B1");
    g_assert_cmpint(event->kind, ==, POS_EVENT_WEIGH);
    g_assert_cmpint(event->line.price.minor, ==, 4780);
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);
    pos_till_event_free(event);
    static const int64_t wrong[] = {0, -5, 1000001, INT64_MAX};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        till_fixture_refused(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, wrong[i]),
                             POS_REFUSAL_BAD_WEIGHT);
    }
    assert_line(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 450), 1, "B1", POS_UNIT_G, 450, 4780,
                2151, 2151);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 450), POS_REFUSAL_BAD_WEIGHT);
}

static void test_tare_comes_off_a_weight_from_the_scale(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500063"), POS_EVENT_WEIGH);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 10), POS_REFUSAL_BAD_WEIGHT);
    PosTillCommand command = {.verb = POS_TILL_WEIGHT, .grams = 110, .by_hand = true};
    PosTillEvent *event = pos_till_do(fixture->till, &command);
    g_assert_true(event->line.weighed_by_hand);
    assert_line(event, 1, "", POS_UNIT_G, 100, 20000, 2000, 2000);
}

static void test_a_scan_replaces_what_waits_for_a_weight_and_a_tender_drops_it(TillFixture *fixture,
                                                                               gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500063"), POS_EVENT_WEIGH);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500025"), POS_EVENT_WEIGH);
    assert_line(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 1000), 1, "B1", POS_UNIT_G, 1000, 4780,
                4780, 4780);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500025"), POS_EVENT_WEIGH);
    assert_line(till_fixture_scan(fixture, "9521234500032"), 2, "", POS_UNIT_EACH, 1, 12900, 12900,
                17680);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 450), POS_REFUSAL_BAD_WEIGHT);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500025"), POS_EVENT_WEIGH);
    till_fixture_expect(till_fixture_tender(fixture, POS_TENDER_CASH, 17680), POS_EVENT_SALE);
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 450), POS_REFUSAL_BAD_WEIGHT);
}

static void test_a_recall_between_scan_and_weight_refuses(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, LINK SHOP_BEEF "/10/B1"), POS_EVENT_WEIGH);
    till_fixture_feed(fixture, "recall", SHOP_BEEF "/B1", "{\"status\":\"recalled\"}");
    till_fixture_refused(till_fixture_do(fixture, POS_TILL_WEIGHT, 0, 450), POS_REFUSAL_RECALLED);
}

/* --- the shop's own numbers ------------------------------------------------------------------------ */

static void test_store_labels_and_plus(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    assert_line(till_fixture_scan(fixture, "2804020004509"), 1, "B1", POS_UNIT_G, 450, 4780, 2151,
                2151);
    /* A printed price is a ceiling: 3000 on the label, 800 at the shop. */
    assert_line(till_fixture_scan(fixture, "2104017030000"), 2, "A1", POS_UNIT_EACH, 1, 800, 800,
                2951);
    assert_line(till_fixture_scan(fixture, "2904017000030"), 3, "A1", POS_UNIT_EACH, 3, 800, 2400,
                5351);
    assert_line(till_fixture_scan(fixture, "4017"), 4, "A1", POS_UNIT_EACH, 1, 800, 800, 6151);
    till_fixture_expect(till_fixture_scan(fixture, "4020"), POS_EVENT_WEIGH);
    till_fixture_refused(till_fixture_scan(fixture, "2809999004505"), POS_REFUSAL_UNKNOWN_ITEM);
    till_fixture_refused(till_fixture_scan(fixture, "2700000000007"), POS_REFUSAL_BAD_CODE);
}

/* Digits with the check digit put behind. */
static PosTillEvent *scan_digits(TillFixture *fixture, const char *twelve)
{
    g_autofree char *text =
        g_strdup_printf("%s%c", twelve, pos_gs1_check_digit(twelve, strlen(twelve)));
    return till_fixture_scan(fixture, text);
}

/* The layouts of German shops: price, weight and count with a verifier. */
static void test_labels_with_verifiers(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_feed(fixture, "setting", "store",
                      "{\"names\":{\"en\":\"Shop\"},\"currency\":\"KRW\",\"language\":\"en\","
                      "\"time_zone\":\"Asia/Seoul\",\"rcn\":\"price 22....V{NNNNN}\\nunits "
                      "25....V{NNNNN}\\nweight 28....V{NNDDD}\\n\"}");
    till_fixture_begin(fixture);
    g_autofree char *weight = g_strdup_printf("284020%c00450", pos_rcn_verifier("00450", 5));
    assert_line(scan_digits(fixture, weight), 1, "B1", POS_UNIT_G, 450, 4780, 2151, 2151);
    g_autofree char *count = g_strdup_printf("254017%c00003", pos_rcn_verifier("00003", 5));
    assert_line(scan_digits(fixture, count), 2, "A1", POS_UNIT_EACH, 3, 800, 2400, 4551);
    g_autofree char *wrong = g_strdup(weight);
    wrong[6] = (char)('0' + (wrong[6] - '0' + 1) % 10);
    g_autoptr(PosTillEvent) refused = scan_digits(fixture, wrong);
    g_assert_cmpint(refused->kind, ==, POS_EVENT_REFUSED);
    g_assert_cmpint(refused->refusal, ==, POS_REFUSAL_BAD_CODE);
    g_assert_nonnull(strstr(refused->message, "verifier"));
    g_assert_cmpuint(pos_cart_count(refused->cart), ==, 2);
}

/* A scale's label with its amount, on goods by weight: the amount is what is charged. */
static void test_a_price_label_on_goods_by_weight(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    assert_line(scan_digits(fixture, "210402002151"), 1, "B1", POS_UNIT_G, 450, 4780, 2151, 2151);
    /* No weight costs 2150 at 4780 a kg: 449 g cost 2146, 450 g 2151. Never more than the label says. */
    assert_line(scan_digits(fixture, "210402002150"), 2, "B1", POS_UNIT_G, 449, 4780, 2146, 4297);
    till_fixture_refused(scan_digits(fixture, "210402000000"), POS_REFUSAL_BAD_WEIGHT);
    till_fixture_refused(scan_digits(fixture, "290402000003"), POS_REFUSAL_BAD_CODE);
}

/* --- price check -------------------------------------------------------------------------------------- */

static void test_a_price_check_needs_no_login_and_sells_nothing(TillFixture *fixture,
                                                                gconstpointer u)
{
    (void)u;
    g_autoptr(PosTillEvent) event = price_check(fixture, LINK SHOP_APPLE "/10/A1");
    g_assert_cmpint(event->kind, ==, POS_EVENT_PRICE);
    g_assert_cmpint(event->line.price.minor, ==, 800);
    g_assert_cmpstr(event->price->why, ==, "sells slowly");
    g_assert_cmpstr(event->lot->lot, ==, "A1");
    g_assert_cmpuint(pos_cart_count(event->cart), ==, 0);
    g_autoptr(PosTillEvent) recalled = price_check(fixture, LINK SHOP_MILK "/10/BACK");
    g_assert_cmpint(recalled->kind, ==, POS_EVENT_PRICE);
    g_assert_cmpint(recalled->line.freshness.colour, ==, POS_FRESHNESS_RED);
    till_fixture_refused(price_check(fixture, "9521234500094"), POS_REFUSAL_UNKNOWN_ITEM);
    till_fixture_refused(price_check(fixture, "9521234500056"), POS_REFUSAL_NO_PRICE);
}

/* --- the price promise ------------------------------------------------------------------------------- */

static int64_t scanned_price(TillFixture *fixture, const char *text)
{
    g_autoptr(PosTillEvent) event = price_check(fixture, text);
    g_assert_cmpint(event->kind, ==, POS_EVENT_PRICE);
    return event->line.price.minor;
}

static void test_the_lower_price_of_the_hold_time_is_charged(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":13000,\"effective_at\":\"2026-11-23T09:00:00.000+09:00\","
                      "\"recent\":[{\"price\":12900,\"from\":\"2026-11-22T09:00:00.000+09:00\","
                      "\"until\":\"2026-11-23T09:00:00.000+09:00\"}]}");
    g_assert_cmpint(scanned_price(fixture, "9521234500032"), ==, 12900);
    till_fixture_pass(fixture, 1800 * 1000 - 1);
    g_assert_cmpint(scanned_price(fixture, "9521234500032"), ==, 12900);
    till_fixture_pass(fixture, 1);
    g_assert_cmpint(scanned_price(fixture, "9521234500032"), ==, 13000);
}

static void test_an_open_line_takes_a_cut_and_never_a_rise(TillFixture *fixture, gconstpointer u)
{
    (void)u;
    till_fixture_begin(fixture);
    till_fixture_expect(till_fixture_scan(fixture, "9521234500032"), POS_EVENT_LINE);
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":14000,\"effective_at\":\"2026-11-23T09:00:00.000+09:00\"}");
    till_fixture_pass(fixture, 3600 * 1000);
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpint(event->total.minor, ==, 12900);
    till_fixture_expect(event, POS_EVENT_CART);
    till_fixture_feed(fixture, "price", SHOP_SOAP,
                      "{\"price\":11000,\"effective_at\":\"2026-11-23T10:00:00.000+09:00\"}");
    event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    g_assert_cmpint(event->total.minor, ==, 11000);
    till_fixture_expect(event, POS_EVENT_CART);
    till_fixture_restart(fixture);
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    event = till_fixture_tender(fixture, POS_TENDER_CASH, 11000);
    g_assert_cmpint(event->total.minor, ==, 11000);
    till_fixture_expect(event, POS_EVENT_SALE);
    g_autoptr(json_t) sale = till_fixture_last_record(fixture);
    const json_t *line = json_array_get(json_object_get(sale, "lines"), 0);
    g_assert_cmpint(json_integer_value(json_object_get(line, "price_version")), ==, 12);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
    g_test_add("/pos/till_scan/" #name, TillFixture, NULL, till_fixture_set_up, test_##name,       \
               till_fixture_tear_down)
    ADD(a_lot_has_its_own_price_else_the_products);
    ADD(a_bare_gtin_gets_the_first_lot_and_the_lowest_price);
    ADD(a_bare_gtin_passes_over_red_lots);
    ADD(a_lot_that_the_feed_does_not_know_goes_by_its_code);
    ADD(an_item_without_lots_is_sold_without_one);
    ADD(origin_and_list_price_stand_on_the_line);
    ADD(what_cannot_be_sold_is_refused);
    ADD(a_recall_names_its_reason);
    ADD(words_come_in_the_language_of_the_till);
    ADD(only_a_manager_lifts_a_best_before_and_nothing_else);
    ADD(a_weight_in_the_code_makes_the_line);
    ADD(a_weight_is_asked_for_and_makes_the_line);
    ADD(tare_comes_off_a_weight_from_the_scale);
    ADD(a_scan_replaces_what_waits_for_a_weight_and_a_tender_drops_it);
    ADD(a_recall_between_scan_and_weight_refuses);
    ADD(store_labels_and_plus);
    ADD(labels_with_verifiers);
    ADD(a_price_label_on_goods_by_weight);
    ADD(a_price_check_needs_no_login_and_sells_nothing);
    ADD(the_lower_price_of_the_hold_time_is_charged);
    ADD(an_open_line_takes_a_cut_and_never_a_rise);
    return g_test_run();
}
