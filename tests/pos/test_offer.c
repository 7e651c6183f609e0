/* SPDX-License-Identifier: GPL-3.0-or-later
 * Multi-buy: which pieces an offer takes, what it saves, and the discount rows that a cart makes of it. */
#include "pos/cart.h"
#include "pos/error.h"
#include "pos/journal.h"
#include "pos/offer.h"
#include "pos/sale.h"

#include <string.h>

#define APPLE "09521234500018"
#define PEAR "09521234500025"
#define SOAP "09521234500032"

static void offers_add(GPtrArray *offers, const char *key, const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value = json_loads(json, 0, NULL);
    g_assert_nonnull(value);
    PosOffer *offer = pos_offer_from_json(key, value, &error);
    g_assert_no_error(error);
    g_ptr_array_add(offers, offer);
}

static GPtrArray *offers_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)pos_offer_free);
}

static int64_t saved(const GPtrArray *offers, const PosOfferLine *lines, gsize count)
{
    g_autoptr(GArray) hits = pos_offers_find(offers, lines, count);
    int64_t sum = 0;
    for (guint i = 0; i < hits->len; i++) {
        sum += g_array_index(hits, PosOfferHit, i).saving.minor;
    }
    return sum;
}

static void test_three_for_two_gives_the_cheapest_of_each_three(void)
{
    g_autoptr(GPtrArray) offers = offers_new();
    offers_add(offers, "a",
               "{\"names\":{\"en\":\"3 for 2\"},\"gtins\":[\"" APPLE "\",\"" PEAR
               "\"],\"need\":3,\"pay\":2}");
    const PosOfferLine lines[] = {{1, APPLE, {900}, 2}, {2, PEAR, {1500}, 1}, {3, SOAP, {1}, 9}};
    g_assert_cmpint(saved(offers, lines, 3), ==, 900);
    g_assert_cmpint(saved(offers, lines, 1), ==, 0); /* two are not three */
    /* 1500 1500 900 | 900 900 900: the dearest are bundled together. */
    const PosOfferLine six[] = {{1, APPLE, {900}, 4}, {2, PEAR, {1500}, 2}};
    g_assert_cmpint(saved(offers, six, 2), ==, 1800);
    g_autoptr(GArray) hits = pos_offers_find(offers, lines, 3);
    g_assert_cmpuint(hits->len, ==, 1);
    const PosOfferHit *hit = &g_array_index(hits, PosOfferHit, 0);
    g_assert_cmpuint(hit->lines->len, ==, 2);
    g_assert_cmpint(g_array_index(hit->lines, int, 0), ==, 1);
    g_assert_cmpint(g_array_index(hit->lines, int, 1), ==, 2);
}

static void test_a_bundle_at_a_price_that_saves_nothing_is_left(void)
{
    g_autoptr(GPtrArray) offers = offers_new();
    offers_add(offers, "a",
               "{\"names\":{\"en\":\"2 for 2000\"},\"gtins\":[\"" APPLE "\",\"" PEAR
               "\"],\"need\":2,\"price\":2000}");
    const PosOfferLine lines[] = {{1, APPLE, {900}, 2}, {2, PEAR, {1500}, 2}};
    g_assert_cmpint(saved(offers, lines, 2), ==, 1000); /* two pears; two apples cost 1800 */
    const PosOfferLine many[] = {{1, PEAR, {1500}, 99999}};
    g_assert_cmpint(saved(offers, many, 1), ==, 49999LL * 1000);
}

/* Against every way to choose bundles, for small carts: nothing saves more. */
static int64_t best_of(const PosOffer *offer, const int64_t *prices, guint left, guint pieces)
{
    int64_t best = 0;
    for (guint set = left; set != 0; set = (set - 1) & left) {
        if (__builtin_popcount(set) != (int)offer->need) {
            continue;
        }
        int64_t sum = 0;
        int64_t lowest = INT64_MAX;
        for (guint i = 0; i < pieces; i++) {
            if (set & (1u << i)) {
                sum += prices[i];
                lowest = MIN(lowest, prices[i]);
            }
        }
        int64_t saving = offer->pay > 0 ? lowest : sum - offer->price.minor;
        if (saving > 0) {
            best = MAX(best, saving + best_of(offer, prices, left & ~set, pieces));
        }
    }
    return best;
}

static void test_no_choice_saves_more(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int round = 0; round < 150; round++) {
        g_autoptr(GPtrArray) offers = offers_new();
        int need = g_rand_int_range(random, 2, 4);
        g_autofree char *json = g_strdup_printf(
            "{\"names\":{\"en\":\"o\"},\"gtins\":[\"" APPLE "\"],\"need\":%d,\"%s\":%d}", need,
            round % 2 ? "pay" : "price", round % 2 ? need - 1 : g_rand_int_range(random, 0, 25));
        offers_add(offers, "o", json);
        PosOfferLine lines[7];
        int64_t prices[7];
        for (int i = 0; i < 7; i++) {
            prices[i] = g_rand_int_range(random, 1, 12);
            lines[i] = (PosOfferLine){i + 1, APPLE, {prices[i]}, 1};
        }
        g_assert_cmpint(saved(offers, lines, 7), ==, best_of(offers->pdata[0], prices, 127, 7));
    }
}

/* Two offers want the same pears: the order that saves more is taken, whatever the feed's order is. */
static void test_offers_that_overlap(void)
{
    static const char *const two[] = {"{\"names\":{\"en\":\"pairs\"},\"gtins\":[\"" PEAR
                                      "\"],\"need\":2,\"price\":2900}",
                                      "{\"names\":{\"en\":\"3 for 2\"},\"gtins\":[\"" APPLE
                                      "\",\"" PEAR "\"],\"need\":3,\"pay\":2}"};
    const PosOfferLine lines[] = {{1, APPLE, {900}, 1}, {2, PEAR, {1500}, 2}};
    for (int first = 0; first < 2; first++) {
        g_autoptr(GPtrArray) offers = offers_new();
        offers_add(offers, "a", two[first]);
        offers_add(offers, "b", two[1 - first]);
        g_assert_cmpint(saved(offers, lines, 2), ==, 900);
    }
}

static void test_what_is_no_offer_is_named(void)
{
    static const char *const bad[] = {
        "{\"gtins\":[\"" APPLE "\"],\"need\":3,\"pay\":2}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[],\"need\":3,\"pay\":2}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[\"12\"],\"need\":3,\"pay\":2}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[\"" APPLE "\"],\"need\":1,\"price\":2}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[\"" APPLE "\"],\"need\":3,\"pay\":3}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[\"" APPLE "\"],\"need\":3}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[\"" APPLE "\"],\"need\":3,\"pay\":2,\"price\":1}",
        "{\"names\":{\"en\":\"x\"},\"gtins\":[\"" APPLE
        "\"],\"need\":3,\"pay\":2,\"until\":\"soon\"}"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) value = json_loads(bad[i], 0, NULL);
        g_assert_null(pos_offer_from_json("weekend", value, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "weekend"));
    }
}

/* --- in a cart ------------------------------------------------------------------------------------ */

static int add(PosCart *cart, const char *gtin, int64_t price, int64_t pieces, int tax_bp)
{
    PosCartLine line = {.names = {(char *)"", (char *)"Thing", (char *)""},
                        .quantity = pos_quantity_each(pieces),
                        .price = pos_money(price),
                        .list_price = pos_money(price),
                        .tax_bp = tax_bp};
    int number = 0;
    g_strlcpy(line.gtin, gtin, sizeof line.gtin);
    g_assert_cmpint(pos_cart_add(cart, &line, &number), ==, POS_REFUSAL_NONE);
    return number;
}

/* The record of the cart paid in cash adds up. */
static json_t *sold(const PosCart *cart)
{
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_sale_due(sale)), ==,
                    POS_REFUSAL_NONE);
    json_t *fields = pos_sale_to_fields(sale, "KRW", "T01-000001", "u01");
    json_object_set_new(fields, "type", json_string("sale"));
    g_autofree char *why = pos_record_audit_sale(fields);
    g_assert_cmpstr(why, ==, NULL);
    return fields;
}

static void test_a_row_a_rate_that_keeps_its_number(void)
{
    g_autoptr(GPtrArray) offers = offers_new();
    offers_add(offers, "mix",
               "{\"names\":{\"en\":\"3 for 2\"},\"gtins\":[\"" APPLE "\",\"" SOAP
               "\"],\"need\":3,\"pay\":2}");
    g_autoptr(PosCart) cart = pos_cart_new();
    pos_cart_set_offers(cart, offers);
    add(cart, APPLE, 900, 2, 0);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 1800);
    add(cart, SOAP, 1200, 1, 1000);
    g_assert_cmpuint(pos_cart_count(cart), ==, 4);
    const PosCartLine *exempt = pos_cart_at(cart, 2);
    const PosCartLine *taxed = pos_cart_at(cart, 3);
    g_assert_cmpint(exempt->amount.minor + taxed->amount.minor, ==, -900);
    g_assert_cmpint(exempt->amount.minor, ==, -540); /* 1800 : 1200 of 900 */
    g_assert_cmpint(taxed->tax_bp, ==, 1000);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 2100);
    int number = taxed->line;
    g_assert_cmpint(pos_cart_set_quantity(cart, 1, 5), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 5700 - 1800);
    g_assert_nonnull(pos_cart_find(cart, number));
    g_assert_cmpint(pos_cart_set_quantity(cart, number, 2), ==, POS_REFUSAL_NOT_ALLOWED);
    g_assert_cmpint(pos_cart_remove(cart, number), ==, POS_REFUSAL_NOT_ALLOWED);
    g_autoptr(json_t) record = sold(cart);
    g_assert_cmpint(json_integer_value(json_object_get(record, "total")), ==, 3900);
    g_assert_cmpint(pos_cart_remove(cart, 1), ==, POS_REFUSAL_NONE);
    g_assert_cmpuint(pos_cart_count(cart), ==, 1);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 1200);
}

static void test_discounts_come_after_offers_and_never_go_below_zero(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, APPLE, 1000, 1, 0);
    add(cart, SOAP, 3000, 1, 1000);
    PosCartDiscount line = {.line = 1, .value = 1500, .why = (char *)"bruised"};
    g_assert_cmpint(pos_cart_add_discount(cart, &line, NULL), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 3000);
    g_assert_cmpint(pos_cart_add_discount(cart, &line, NULL), ==, POS_REFUSAL_NOT_ALLOWED);
    PosCartDiscount ticket = {.is_percent = true, .value = 1000, .why = (char *)"friend"};
    int number = 0;
    g_assert_cmpint(pos_cart_add_discount(cart, &ticket, &number), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_discounted(cart, number).minor, ==, 300);
    g_assert_cmpint(pos_cart_total(cart).minor, ==, 2700);
    g_autoptr(json_t) record = sold(cart);
    g_assert_cmpuint(json_array_size(json_object_get(record, "lines")), ==, 4);
    /* On disk and back: the same rows with the same numbers. */
    g_autoptr(json_t) kept = pos_cart_to_json(cart);
    g_autoptr(GError) error = NULL;
    g_autoptr(PosCart) again = pos_cart_from_json(kept, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) kept_again = pos_cart_to_json(again);
    g_assert_true(json_equal(kept, kept_again));
    add(again, SOAP, 1000, 1, 1000);
    g_assert_cmpint(pos_cart_total(again).minor, ==, 3600);
    /* The discount goes with any of its rows. */
    int row = pos_cart_at(again, pos_cart_count(again) - 1)->line;
    g_assert_cmpint(pos_cart_remove(again, row), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_total(again).minor, ==, 4000);
}

static void test_the_audit_sees_a_wrong_discount(void)
{
    static const struct {
        const char *member, *json;
    } rows[] = {{"of", "[9]"},    {"of", "[]"},       {"of", "[2]"},   {"qty", "2"},
                {"price", "300"}, {"price", "-4000"}, {"of", "[1,1]"}, {"tax_bp", "0"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(PosCart) cart = pos_cart_new();
        add(cart, SOAP, 3000, 1, 1000);
        add(cart, APPLE, 1000, 1, 0);
        PosCartDiscount discount = {.line = 1, .value = 300, .why = (char *)"x"};
        g_assert_cmpint(pos_cart_add_discount(cart, &discount, NULL), ==, POS_REFUSAL_NONE);
        g_autoptr(json_t) record = sold(cart);
        json_t *row = json_array_get(json_object_get(record, "lines"), 2);
        json_object_set_new(row, rows[i].member, json_loads(rows[i].json, JSON_DECODE_ANY, NULL));
        /* Whatever else follows from it is put right, so that the discount alone is at fault. */
        int64_t amount = json_integer_value(json_object_get(row, "price")) *
                         json_integer_value(json_object_get(row, "qty"));
        int64_t by = amount - json_integer_value(json_object_get(row, "amount"));
        json_t *tender = json_array_get(json_object_get(record, "tenders"), 0);
        int64_t total = json_integer_value(json_object_get(record, "total")) + by;
        json_object_set_new(row, "amount", json_integer(amount));
        json_object_set_new(record, "total", json_integer(total));
        json_object_set_new(tender, "amount", json_integer(total));
        g_autofree char *why = pos_record_audit_sale(record);
        g_test_message("%s %s: %s", rows[i].member, rows[i].json, why);
        g_assert_nonnull(why);
        g_assert_nonnull(strstr(why, "discount"));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/offer/three_for_two_gives_the_cheapest_of_each_three",
                    test_three_for_two_gives_the_cheapest_of_each_three);
    g_test_add_func("/pos/offer/a_bundle_at_a_price_that_saves_nothing_is_left",
                    test_a_bundle_at_a_price_that_saves_nothing_is_left);
    g_test_add_func("/pos/offer/no_choice_saves_more", test_no_choice_saves_more);
    g_test_add_func("/pos/offer/offers_that_overlap", test_offers_that_overlap);
    g_test_add_func("/pos/offer/what_is_no_offer_is_named", test_what_is_no_offer_is_named);
    g_test_add_func("/pos/offer/a_row_a_rate_that_keeps_its_number",
                    test_a_row_a_rate_that_keeps_its_number);
    g_test_add_func("/pos/offer/discounts_come_after_offers_and_never_go_below_zero",
                    test_discounts_come_after_offers_and_never_go_below_zero);
    g_test_add_func("/pos/offer/the_audit_sees_a_wrong_discount",
                    test_the_audit_sees_a_wrong_discount);
    return g_test_run();
}
