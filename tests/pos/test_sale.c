/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/bounds.h"
#include "pos/sale.h"

static void add(PosCart *cart, PosQuantity quantity, int64_t price, int tax_bp)
{
    PosCartLine line = {.gtin = "09521234500017",
                        .lot = (char *)"L1",
                        .names = {(char *)"사과", (char *)"Apple", (char *)""},
                        .quantity = quantity,
                        .price = pos_money(price),
                        .list_price = pos_money(price + 200),
                        .price_version = 812,
                        .tax_bp = tax_bp};
    g_assert_cmpint(pos_cart_add(cart, &line, NULL), ==, POS_REFUSAL_NONE);
}

static PosSale *sale_of(int64_t total)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, pos_quantity_each(1), total, 0);
    return pos_sale_new(cart);
}

/* A sale of 1000 brought to a state by its own moves. */
static PosSale *sale_in(PosSaleState state)
{
    PosSale *sale = sale_of(1000);
    if (state == POS_SALE_VOIDED) {
        g_assert_cmpint(pos_sale_void(sale), ==, POS_REFUSAL_NONE);
    } else if (state >= POS_SALE_TENDERING) {
        g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    }
    if (state == POS_SALE_SETTLED || state == POS_SALE_CLOSED) {
        g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(1500)), ==,
                        POS_REFUSAL_NONE);
    }
    if (state == POS_SALE_CLOSED) {
        pos_sale_committed(sale);
    }
    g_assert_cmpint(pos_sale_state(sale), ==, state);
    return sale;
}

typedef enum { BEGIN, TENDER_PART, TENDER_ALL, BACK, VOID, CALLS } Call;

static PosRefusal do_call(PosSale *sale, Call call)
{
    switch (call) {
    case BEGIN:
        return pos_sale_begin_tender(sale);
    case TENDER_PART:
        return pos_sale_tender(sale, POS_TENDER_CASH, pos_money(400));
    case TENDER_ALL:
        return pos_sale_tender(sale, POS_TENDER_CARD, pos_money(1000));
    case BACK:
        return pos_sale_back(sale);
    case VOID:
        return pos_sale_void(sale);
    case CALLS:
        break;
    }
    g_assert_not_reached();
}

/* The whole domain: what each call leads to from each state, -1 where it is not allowed. */
static void test_every_state_and_call(void)
{
    static const int next[][CALLS] = {
        [POS_SALE_OPEN] = {POS_SALE_TENDERING, -1, -1, -1, POS_SALE_VOIDED},
        [POS_SALE_TENDERING] = {-1, POS_SALE_TENDERING, POS_SALE_SETTLED, POS_SALE_OPEN, -1},
        [POS_SALE_SETTLED] = {-1, -1, -1, -1, -1},
        [POS_SALE_CLOSED] = {-1, -1, -1, -1, -1},
        [POS_SALE_VOIDED] = {-1, -1, -1, -1, -1},
    };
    for (int state = POS_SALE_OPEN; state <= POS_SALE_VOIDED; state++) {
        for (int call = 0; call < CALLS; call++) {
            g_autoptr(PosSale) sale = sale_in((PosSaleState)state);
            PosMoney due = pos_sale_due(sale);
            g_test_message("state %d call %d", state, call);
            PosRefusal refusal = do_call(sale, (Call)call);
            if (next[state][call] < 0) {
                g_assert_cmpint(refusal, ==, POS_REFUSAL_NOT_ALLOWED);
                g_assert_cmpint(pos_sale_state(sale), ==, state);
                g_assert_cmpint(pos_sale_due(sale).minor, ==, due.minor);
            } else {
                g_assert_cmpint(refusal, ==, POS_REFUSAL_NONE);
                g_assert_cmpint(pos_sale_state(sale), ==, next[state][call]);
            }
        }
    }
}

/* committed() may only follow a commit, so in any other state it is our own mistake and ends the program. */
static void test_committed_asserts_settled(void)
{
    if (g_test_subprocess()) {
        g_autoptr(PosSale) sale = sale_in(POS_SALE_TENDERING);
        pos_sale_committed(sale);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_an_empty_cart_is_refused(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_EMPTY_CART);
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_OPEN);
}

static void test_cash_gives_change(void)
{
    g_autoptr(PosSale) sale = sale_in(POS_SALE_TENDERING);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CARD, pos_money(300)), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_due(sale).minor, ==, 700);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(1000)), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_SETTLED);
    g_assert_cmpint(pos_sale_due(sale).minor, ==, 0);
    g_assert_cmpint(pos_sale_change(sale).minor, ==, 300);
    const PosTender *tenders = NULL;
    g_assert_cmpuint(pos_sale_tenders(sale, &tenders), ==, 2);
    g_assert_cmpint(tenders[0].change.minor, ==, 0);
    g_assert_cmpint(tenders[1].change.minor, ==, 300);
}

static void test_only_cash_may_exceed_what_is_due(void)
{
    g_autoptr(PosSale) sale = sale_in(POS_SALE_TENDERING);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CARD, pos_money(1001)), ==,
                    POS_REFUSAL_OVER_TENDER);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_QR, pos_money(1001)), ==,
                    POS_REFUSAL_OVER_TENDER);
    g_assert_cmpint(pos_sale_due(sale).minor, ==, 1000);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CARD, pos_money(1000)), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_change(sale).minor, ==, 0);
}

static void test_senseless_amounts_are_refused(void)
{
    g_autoptr(PosSale) sale = sale_in(POS_SALE_TENDERING);
    static const int64_t wrong[] = {0, -1, INT64_MIN, INT64_MAX, POS_BOUND_AMOUNT_MINOR_MAX + 1};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(wrong[i])), ==,
                        POS_REFUSAL_BAD_QUANTITY);
    }
    for (int i = 0; i < POS_BOUND_CART_TENDERS; i++) {
        g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(1)), ==, POS_REFUSAL_NONE);
    }
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(1)), ==,
                    POS_REFUSAL_BAD_QUANTITY);
}

static void test_a_cart_of_giveaways_closes_with_nothing(void)
{
    g_autoptr(PosSale) sale = sale_of(0);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(0)), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_state(sale), ==, POS_SALE_SETTLED);
}

/* Every gross from 0 to 20,000 at every rate in use: base and tax make the gross again. */
static void test_base_and_tax_make_the_gross(void)
{
    static const int rates[] = {0, 500, 700, 1000, 1900, 2000, 2500};
    for (gsize r = 0; r < G_N_ELEMENTS(rates); r++) {
        for (int64_t gross = 0; gross <= 20000; gross += 7) {
            g_autoptr(PosCart) cart = pos_cart_new();
            add(cart, pos_quantity_each(1), gross, rates[r]);
            g_autoptr(PosSale) sale = pos_sale_new(cart);
            PosTaxLine tax[POS_BOUND_TAX_RATES];
            g_assert_cmpuint(pos_sale_tax(sale, tax), ==, 1);
            g_assert_cmpint(tax[0].base.minor + tax[0].tax.minor, ==, gross);
            g_assert_cmpint(tax[0].rate_bp, ==, rates[r]);
            g_assert_cmpint(tax[0].tax.minor, >=, 0);
        }
    }
}

static void test_tax_is_by_rate_on_the_ticket(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    /* 0.99 + 1.49 + 2.35 at 19 %: 0.77 on the ticket, 0.78 line by line. */
    add(cart, pos_quantity_each(1), 99, 1900);
    add(cart, pos_quantity_each(1), 12900, 1000);
    add(cart, pos_quantity_each(1), 149, 1900);
    add(cart, pos_quantity_each(1), 235, 1900);
    add(cart, pos_quantity_each(1), 500, 0);
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    PosTaxLine tax[POS_BOUND_TAX_RATES];
    g_assert_cmpuint(pos_sale_tax(sale, tax), ==, 3);
    g_assert_cmpint(tax[0].rate_bp, ==, 0);
    g_assert_cmpint(tax[0].base.minor, ==, 500);
    g_assert_cmpint(tax[0].tax.minor, ==, 0);
    g_assert_cmpint(tax[1].rate_bp, ==, 1000);
    g_assert_cmpint(tax[1].base.minor, ==, 11727);
    g_assert_cmpint(tax[1].tax.minor, ==, 1173);
    g_assert_cmpint(tax[2].rate_bp, ==, 1900);
    g_assert_cmpint(tax[2].tax.minor, ==, 77);
    g_assert_cmpint(tax[2].base.minor, ==, 406);
}

static void test_fields_are_those_of_the_record(void)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    add(cart, pos_quantity_grams(450), 4780, 0);
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_money(5000)), ==, POS_REFUSAL_NONE);
    g_autoptr(json_t) fields = pos_sale_to_fields(sale, "KRW", "T01-000123", "u01");
    g_autofree char *bytes = pos_json_canonical(fields, NULL, NULL);
    g_assert_cmpstr(bytes, ==,
                    "{\"currency\":\"KRW\",\"lines\":[{\"amount\":2151,\"gtin\":\"09521234500017\","
                    "\"line\":1,\"list_price\":4980,\"lot\":\"L1\",\"price\":4780,"
                    "\"price_version\":812,\"qty\":450,\"tax_bp\":0,\"unit\":\"g\"}],"
                    "\"operator\":\"u01\",\"receipt\":\"T01-000123\",\"rounding\":0,"
                    "\"tax\":[{\"base\":2151,\"rate_bp\":0,\"tax\":0}],"
                    "\"tenders\":[{\"amount\":5000,\"change\":2849,\"kind\":\"cash\"}],"
                    "\"total\":2151}");
}

static void test_tender_codes(void)
{
    static const char *const codes[] = {"cash", "card", "qr"};
    PosTenderKind kind = POS_TENDER_QR;
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_assert_true(pos_tender_from_code(codes[i], &kind));
        g_assert_cmpstr(pos_tender_code(kind), ==, codes[i]);
    }
    g_assert_false(pos_tender_from_code("Cash", &kind));
    g_assert_false(pos_tender_from_code(NULL, &kind));
    g_assert_cmpint(kind, ==, POS_TENDER_QR);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/sale/every_state_and_call", test_every_state_and_call);
    g_test_add_func("/pos/sale/committed_asserts_settled", test_committed_asserts_settled);
    g_test_add_func("/pos/sale/an_empty_cart_is_refused", test_an_empty_cart_is_refused);
    g_test_add_func("/pos/sale/cash_gives_change", test_cash_gives_change);
    g_test_add_func("/pos/sale/only_cash_may_exceed_what_is_due",
                    test_only_cash_may_exceed_what_is_due);
    g_test_add_func("/pos/sale/senseless_amounts_are_refused", test_senseless_amounts_are_refused);
    g_test_add_func("/pos/sale/a_cart_of_giveaways_closes_with_nothing",
                    test_a_cart_of_giveaways_closes_with_nothing);
    g_test_add_func("/pos/sale/base_and_tax_make_the_gross", test_base_and_tax_make_the_gross);
    g_test_add_func("/pos/sale/tax_is_by_rate_on_the_ticket", test_tax_is_by_rate_on_the_ticket);
    g_test_add_func("/pos/sale/fields_are_those_of_the_record",
                    test_fields_are_those_of_the_record);
    g_test_add_func("/pos/sale/tender_codes", test_tender_codes);
    return g_test_run();
}
