/* SPDX-License-Identifier: GPL-3.0-or-later
 * Random tickets: lines, offers, discounts, deposits, tax, rounding, tenders and change add up exactly in every
 * currency, and what is sold comes back in any number of parts to exactly nothing. The seed is fixed; ROUNDS of them take
 * some seconds. */
#include "pos/bounds.h"
#include "pos/journal.h"
#include "pos/offer.h"
#include "pos/returning.h"
#include "pos/sale.h"

#include <string.h>

#define ROUNDS 10000

static const char *const CURRENCIES[][2] = {
    {"KRW", ""}, {"EUR", ""}, {"EUR", "NL"}, {"CNY", ""}, {"USD", ""}, {"JPY", ""}, {"KWD", ""},
    {"CHF", ""}, {"SEK", ""}, {"HUF", ""},   {"DKK", ""}, {"NZD", ""}, {"CLF", ""}, {"CZK", ""}};
static const int RATES[] = {0, 1000, 700, 1900, 525};

typedef struct {
    GRand *random;
    GPtrArray *offers;
    PosCurrency currency;
    PosSaleRules rules;
} World;

static int dice(const World *world, int from, int to)
{
    return g_rand_int_range(world->random, from, to + 1);
}

static void add_line(const World *world, PosCart *cart)
{
    char digit = (char)('0' + dice(world, 0, 3));
    bool weighed = dice(world, 0, 2) == 0;
    PosCartLine line = {
        .names = {(char *)"", (char *)"Thing", (char *)""},
        .quantity = weighed ? pos_quantity_grams(dice(world, 1, 3000))
                            : pos_quantity_each(dice(world, 1, 9)),
        .price = pos_money(dice(world, 0, 1) ? dice(world, 0, 30) : dice(world, 0, 20000)),
        .tax_bp = RATES[dice(world, 0, 4)]};
    line.list_price = line.price;
    if (weighed || dice(world, 0, 5) > 0) {
        g_snprintf(line.gtin, sizeof line.gtin, "0952123450001%c", digit);
        line.deposit = pos_money(!weighed && dice(world, 0, 3) == 0 ? dice(world, 1, 300) : 0);
        line.deposit_tax_bp = RATES[dice(world, 0, 1)];
    } else {
        line.kind = POS_LINE_DEPARTMENT;
        line.department = (char *)"veg";
    }
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_NONE);
}

static PosCart *random_cart(const World *world)
{
    PosCart *cart = pos_cart_new();
    int lines = dice(world, 1, 9);
    if (dice(world, 0, 1) == 0) {
        pos_cart_set_offers(cart, world->offers);
    }
    for (int i = 0; i < lines; i++) {
        add_line(world, cart);
    }
    for (int i = dice(world, 0, 2); i > 0; i--) {
        PosCartDiscount discount = {.line = dice(world, 0, 1) ? 0 : dice(world, 1, lines),
                                    .is_percent = dice(world, 0, 1) == 0,
                                    .value = dice(world, 1, 6000),
                                    .why = (char *)"x"};
        PosRefusal refusal = pos_cart_add_discount(cart, &discount, NULL);
        g_assert_true(refusal == POS_REFUSAL_NONE || refusal == POS_REFUSAL_NOT_ALLOWED ||
                      refusal == POS_REFUSAL_NO_SUCH_LINE); /* rows that follow have numbers, too */
    }
    g_assert_cmpint(pos_cart_total(cart).minor, >=, 0);
    return cart;
}

static int64_t of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void assert_adds_up(const json_t *record)
{
    g_autofree char *why = pos_record_audit_sale(record);
    if (why != NULL) {
        g_autofree char *text = json_dumps(record, JSON_COMPACT);
        g_test_message("%s: %s", why, text);
    }
    g_assert_cmpstr(why, ==, NULL);
}

/* Paid in up to three legs; the record. */
static json_t *random_sale(const World *world, const PosCart *cart, bool *out_cash_only)
{
    g_autoptr(PosSale) sale = pos_sale_new_with(cart, world->rules);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    *out_cash_only = true;
    for (int leg = 0; leg < 2 && pos_sale_due(sale).minor > 3 && dice(world, 0, 2) == 0; leg++) {
        bool cash = dice(world, 0, 1) == 0;
        PosMoney part = pos_money(pos_sale_due(sale).minor / dice(world, 2, 4));
        if (cash &&
            world->rules.cash_increment > 1) { /* no one hands over less than the smallest coin */
            part.minor -= part.minor % world->rules.cash_increment;
        }
        if (part.minor == 0) {
            continue;
        }
        *out_cash_only = *out_cash_only && cash;
        g_assert_cmpint(pos_sale_tender(sale, cash ? POS_TENDER_CASH : POS_TENDER_CARD, part), ==,
                        POS_REFUSAL_NONE);
        if (pos_sale_state(sale) == POS_SALE_SETTLED) {
            break;
        }
    }
    if (pos_sale_state(sale) != POS_SALE_SETTLED) {
        bool cash = dice(world, 0, 1) == 0;
        PosMoney amount = cash ? pos_money(pos_sale_due_cash(sale).minor + dice(world, 0, 500))
                               : pos_sale_due(sale);
        *out_cash_only = *out_cash_only && cash;
        if (cash && world->rules.cash_increment > 1) {
            amount = pos_money(pos_sale_due_cash(sale).minor +
                               world->rules.cash_increment * dice(world, 0, 5));
        }
        g_assert_cmpint(pos_sale_tender(sale, cash ? POS_TENDER_CASH : POS_TENDER_CARD, amount), ==,
                        POS_REFUSAL_NONE);
    }
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_SETTLED);
    json_t *record = pos_sale_to_fields(sale, world->currency.code, "T01-000001", "u01");
    json_object_set_new(record, "type", json_string("sale"));
    assert_adds_up(record);
    return record;
}

typedef struct {
    int64_t amount, tax, base, paid;
    int64_t by_rate[G_N_ELEMENTS(RATES)], tax_by_rate[G_N_ELEMENTS(RATES)];
} Sums;

static gsize rate_index(int64_t rate)
{
    gsize at = 0;
    while (RATES[at] != rate) {
        at++;
        g_assert_cmpuint(at, <, G_N_ELEMENTS(RATES));
    }
    return at;
}

static void add_up(Sums *sums, const json_t *record)
{
    gsize i;
    json_t *row;
    json_array_foreach(json_object_get(record, "lines"), i, row)
    {
        sums->amount += of(row, "amount");
    }
    json_array_foreach(json_object_get(record, "tax"), i, row)
    {
        sums->base += of(row, "base");
        sums->tax += of(row, "tax");
        sums->by_rate[rate_index(of(row, "rate_bp"))] += of(row, "base");
        sums->tax_by_rate[rate_index(of(row, "rate_bp"))] += of(row, "tax");
    }
    sums->paid += of(record, "total");
}

/* Takes a random part of a random line; false when nothing is left. */
static bool take_some(const World *world, PosReturning *returning, GHashTable *taken,
                      const json_t *sale)
{
    const json_t *lines = json_object_get(sale, "lines");
    gsize count = json_array_size(lines);
    gsize from = (gsize)dice(world, 0, (int)count - 1);
    for (gsize i = 0; i < count; i++) {
        int line = (int)of(json_array_get(lines, (from + i) % count), "line");
        int64_t left = pos_returning_left(returning, line);
        if (left > 0) {
            int64_t now = dice(world, 0, 1) ? left : dice(world, 1, (int)left);
            g_assert_cmpint(pos_returning_take(returning, line, left + 1, "waste"), ==,
                            POS_REFUSAL_ALREADY_RETURNED);
            g_assert_cmpint(pos_returning_take(returning, line, now, "stock"), ==,
                            POS_REFUSAL_NONE);
            int64_t before = GPOINTER_TO_SIZE(g_hash_table_lookup(taken, GINT_TO_POINTER(line)));
            g_hash_table_insert(taken, GINT_TO_POINTER(line),
                                GSIZE_TO_POINTER((gsize)(before + now)));
            return true;
        }
    }
    return false;
}

/* One return of some lines, in cash or by card; false when nothing was left. */
static bool take_back(const World *world, const json_t *sale, GHashTable *taken, bool cash,
                      Sums *sums)
{
    g_autoptr(PosReturning) returning = pos_returning_new(sale, NULL);
    g_assert_nonnull(returning);
    GHashTableIter iter;
    void *line, *quantity;
    g_hash_table_iter_init(&iter, taken);
    while (g_hash_table_iter_next(&iter, &line, &quantity)) {
        pos_returning_set_before(returning, GPOINTER_TO_INT(line),
                                 (int64_t)GPOINTER_TO_SIZE(quantity));
    }
    int64_t paid_before = of(sale, "total") - sums->paid;
    bool any = false;
    for (int i = dice(world, 1, 3); i > 0; i--) {
        any = take_some(world, returning, taken, sale) || any;
    }
    if (!any) {
        g_assert_cmpint(pos_returning_take_all(returning, "stock"), ==,
                        POS_REFUSAL_ALREADY_RETURNED);
        return false;
    }
    int64_t worth = pos_returning_worth(returning).minor;
    PosMoney due = pos_returning_due(returning, paid_before);
    int64_t paid = cash && world->rules.cash_increment > 1
                       ? pos_money_round_to(due, world->rules.cash_increment).minor
                       : due.minor;
    g_autoptr(json_t) record = pos_returning_to_fields(returning);
    json_object_set_new(record, "type", json_string("return"));
    json_object_set_new(record, "rounding", json_integer(worth - paid));
    json_object_set_new(record, "total", json_integer(-paid));
    json_object_set_new(record, "tenders",
                        json_pack("[{sIsIss}]", "amount", (json_int_t)-paid, "change",
                                  (json_int_t)0, "kind", cash ? "cash" : "card"));
    assert_adds_up(record);
    add_up(sums, record);
    return true;
}

static void test_all_comes_back_to_nothing(void)
{
    World world = {.random = g_rand_new_with_seed(20261124)};
    world.offers = g_ptr_array_new_with_free_func((GDestroyNotify)pos_offer_free);
    const char *const offers[] = {
        "{\"names\":{\"en\":\"3 for "
        "2\"},\"gtins\":[\"09521234500010\",\"09521234500011\"],\"need\":3,\"pay\":2}",
        "{\"names\":{\"en\":\"2 for "
        "99\"},\"gtins\":[\"09521234500011\",\"09521234500012\"],\"need\":2,\"price\":99}"};
    for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
        g_autoptr(json_t) value = json_loads(offers[i], 0, NULL);
        g_ptr_array_add(world.offers, pos_offer_from_json(i ? "b" : "a", value, NULL));
        g_assert_nonnull(g_ptr_array_index(world.offers, i));
    }
    for (int round = 0; round < ROUNDS; round++) {
        const char *const *money = CURRENCIES[round % (int)G_N_ELEMENTS(CURRENCIES)];
        g_assert_true(pos_currency_from_code(money[0], &world.currency));
        world.rules = (PosSaleRules){
            .cash_increment =
                round % 14 == 0 ? 10 : pos_currency_cash_increment(&world.currency, money[1]),
            .tax = {(PosTaxMethod)dice(&world, 0, 1), (PosTaxRounding)dice(&world, 0, 1)}};
        g_autoptr(PosCart) cart = random_cart(&world);
        bool cash_only = false;
        g_autoptr(json_t) sale = random_sale(&world, cart, &cash_only);
        g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
        Sums sums = {0};
        add_up(&sums, sale);
        while (take_back(&world, sale, taken, cash_only, &sums)) {
        }
        g_assert_cmpint(sums.amount, ==, 0);
        g_assert_cmpint(sums.tax, ==, 0);
        g_assert_cmpint(sums.base, ==, 0);
        if (sums.paid != 0) {
            g_autofree char *text = json_dumps(sale, JSON_COMPACT);
            g_test_message("round %d: %s", round, text);
        }
        g_assert_cmpint(sums.paid, ==, 0);
        for (gsize i = 0; i < G_N_ELEMENTS(RATES); i++) {
            g_assert_cmpint(sums.by_rate[i], ==, 0);
            g_assert_cmpint(sums.tax_by_rate[i], ==, 0);
        }
    }
    g_ptr_array_unref(world.offers);
    g_rand_free(world.random);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/returning/all_comes_back_to_nothing", test_all_comes_back_to_nothing);
    return g_test_run();
}
