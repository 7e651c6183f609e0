/* SPDX-License-Identifier: GPL-3.0-or-later
 * What records do to stock and sales, what stands in the inbox, and that a rebuild comes out equal
 * whatever came when. */
#include "pos/returning.h"
#include "pos/sale.h"
#include "sync/central_store_book.h"
#include "tests/sync/central_fixture.h"

#include <string.h>

static void assert_reason(Central *central, const char *terminal, int64_t seq, const char *reason)
{
    g_autofree char *held = central_fixture_reason(central, terminal, seq);
    g_assert_cmpstr(held, ==, reason);
}

static void assert_lot(Central *central, const char *gtin, const char *lot, int64_t on_hand,
                       int64_t sold, int64_t amount)
{
    int64_t units, money;
    g_assert_cmpint(central_fixture_on_hand(central, gtin, lot), ==, on_hand);
    central_fixture_sold(central, gtin, lot, &units, &money);
    g_assert_cmpint(units, ==, sold);
    g_assert_cmpint(money, ==, amount);
}

static void a_sale_moves_stock_and_fills_its_hour(Central *central, gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL;
    central_fixture_journal(central, &till, "t1");
    g_assert_true(
        central_store_receive(central->store, "1", GRAPE, "L1", pos_quantity_grams(10000), &error));
    central_fixture_write(&till, "sale", 3599, central_fixture_sale("R1", GRAPE, "L1", 450, 4780));
    central_fixture_write(&till, "sale", 3600, central_fixture_sale("R2", GRAPE, "L1", 550, 4780));
    central_fixture_send_all(central, &till);
    assert_lot(central, GRAPE, "L1", 9000, 1000, 2151 + 2629);
    g_autoptr(GArray) hours = central_store_sales_hours(central->store, "1", FIXTURE_NOW_MS,
                                                        FIXTURE_NOW_MS + 3600000, &error);
    g_assert_cmpuint(hours->len, ==, 1);
    const CentralSalesHour *hour = &g_array_index(hours, CentralSalesHour, 0);
    g_assert_cmpint(hour->hour_start_ms, ==, FIXTURE_NOW_MS);
    g_assert_cmpint(hour->units, ==, 450);
    g_assert_cmpint(hour->amount_minor, ==, 2151);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void stock_goes_below_zero_without_a_fault(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 3, 900));
    central_fixture_send_all(central, &till);
    assert_lot(central, APPLE, "L1", -3, 3, 2700);
    assert_reason(central, "t1", 1, "");
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_lot_that_is_not_known_is_booked_as_it_is(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "", 1, 900));
    central_fixture_send_all(central, &till);
    assert_lot(central, APPLE, "", -1, 1, 900);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

/* Records that are kept, acknowledged, and move nothing. */
static json_t *broken(const char *how)
{
    json_t *sale = central_fixture_sale("RX", APPLE, "L1", 2, 900);
    json_t *line = json_array_get(json_object_get(sale, "lines"), 0);
    if (strcmp(how, "unknown_product") == 0) {
        json_object_set_new(line, "gtin", json_string("09529999999999"));
    } else if (strcmp(how, "total") == 0) {
        json_object_set_new(sale, "total", json_integer(1));
    } else if (strcmp(how, "amount") == 0) {
        json_object_set_new(line, "amount", json_integer(1));
    } else if (strcmp(how, "unit") == 0) {
        json_object_set_new(line, "unit", json_string("g"));
        json_object_set_new(line, "amount", json_integer(2));
        json_object_set_new(sale, "total", json_integer(2));
        json_object_set_new(json_array_get(json_object_get(sale, "tenders"), 0), "amount",
                            json_integer(2));
        json_object_set_new(json_array_get(json_object_get(sale, "tax"), 0), "base",
                            json_integer(2));
    } else if (strcmp(how, "currency") == 0) {
        json_object_set_new(sale, "currency", json_string("EUR"));
    } else if (strcmp(how, "gtin") == 0) {
        json_object_set_new(line, "gtin", json_string("apple"));
    } else if (strcmp(how, "no_lines") == 0) {
        json_object_set_new(sale, "lines", json_array());
    } else {
        g_assert_not_reached();
    }
    return sale;
}

static void what_cannot_be_booked_stands_in_the_inbox(Central *central, gconstpointer data)
{
    static const char *const HOW[][2] = {{"unknown_product", "unknown_product"},
                                         {"total", "sums"},
                                         {"amount", "sums"},
                                         {"unit", "wrong_unit"},
                                         {"currency", "wrong_currency"},
                                         {"gtin", "malformed"},
                                         {"no_lines", "sums"}};
    Journal till;
    central_fixture_journal(central, &till, "t1");
    for (gsize i = 0; i < G_N_ELEMENTS(HOW); i++) {
        central_fixture_write(&till, "sale", (int)i, broken(HOW[i][0]));
    }
    central_fixture_write(&till, "sale", 99, central_fixture_sale("R9", APPLE, "L1", 1, 900));
    central_fixture_send_all(central, &till);
    for (gsize i = 0; i < G_N_ELEMENTS(HOW); i++) {
        assert_reason(central, "t1", (int64_t)i + 1, HOW[i][1]);
    }
    assert_reason(central, "t1", till.seq, "");
    assert_lot(central, APPLE, "L1", -1, 1, 900);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_product_that_comes_later_lets_a_record_be_booked(Central *central, gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL;
    bool booked = true;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0,
                          central_fixture_sale("R1", "09521234500032", "L1", 2, 5));
    central_fixture_send_all(central, &till);
    assert_reason(central, "t1", 1, "unknown_product");
    central_booking_retry(central->store, "t1", 1, FIXTURE_NOW_MS, &booked, &error);
    g_assert_no_error(error);
    g_assert_false(booked);
    central_fixture_product(central, "09521234500032", "each");
    central_fixture_assert_sound(central);
    central_booking_retry(central->store, "t1", 1, FIXTURE_NOW_MS, &booked, &error);
    g_assert_no_error(error);
    g_assert_true(booked);
    assert_reason(central, "t1", 1, "");
    assert_lot(central, "09521234500032", "L1", -2, 2, 10);
    g_assert_false(central_booking_retry(central->store, "t1", 1, FIXTURE_NOW_MS, &booked, &error));
    g_assert_nonnull(error);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_change_of_unit_does_not_unbook_what_was_sold(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 2, 900));
    central_fixture_send_all(central, &till);
    central_fixture_product(central, APPLE, "g");
    assert_lot(central, APPLE, "L1", -2, 2, 1800);
    central_fixture_assert_sound(central);
    assert_lot(central, APPLE, "L1", -2, 2, 1800);
    central_fixture_journal_clear(&till);
}

/* --- returns and voids -------------------------------------------------------------------- */

static void a_return_takes_back_no_more_than_was_sold(Central *central, gconstpointer data)
{
    Journal a, b;
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    central_fixture_write(&a, "sale", 0, central_fixture_sale("T01-000001", APPLE, "L1", 5, 900));
    central_fixture_write(
        &a, "return", 10,
        central_fixture_return("T01-000002", "T01-000001", 1, APPLE, "L1", 2, 900, "stock"));
    central_fixture_send_all(central, &a);
    central_fixture_write(
        &b, "return", 20,
        central_fixture_return("T02-000001", "T01-000001", 1, APPLE, "L1", 3, 900, "waste"));
    central_fixture_write(
        &b, "return", 30,
        central_fixture_return("T02-000002", "T01-000001", 1, APPLE, "L1", 1, 900, "stock"));
    central_fixture_write(
        &b, "return", 40,
        central_fixture_return("T02-000003", "T01-000001", 7, APPLE, "L1", 1, 900, "stock"));
    central_fixture_send_all(central, &b);
    assert_reason(central, "a", 2, "");
    assert_reason(central, "b", 1, "");
    assert_reason(central, "b", 2, "already_returned");
    assert_reason(central, "b", 3, "no_such_line");
    assert_lot(central, APPLE, "L1", -3, 0, 0);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

/* --- rows that are no goods --------------------------------------------------------------- */

/* Three apples at 900 with a deposit of 50 each, goods of a department for 500, 10 % off all. */
static json_t *mixed_sale(const char *receipt)
{
    g_autoptr(PosCart) cart = pos_cart_new();
    PosCartLine apple = {.gtin = APPLE,
                         .lot = (char *)"L1",
                         .names = {(char *)"", (char *)"Apple", (char *)""},
                         .quantity = pos_quantity_each(3),
                         .price = {900},
                         .deposit = {50}};
    PosCartLine leek = {.kind = POS_LINE_DEPARTMENT,
                        .names = {(char *)"", (char *)"Leek", (char *)""},
                        .department = (char *)"veg",
                        .quantity = pos_quantity_each(1),
                        .price = {500},
                        .tax_bp = 1000};
    PosCartDiscount off = {.is_percent = true, .value = 1000, .why = (char *)"friend"};
    g_assert_cmpint(pos_cart_add(cart, &apple, NULL), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_add(cart, &leek, NULL), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_cart_add_discount(cart, &off, NULL), ==, POS_REFUSAL_NONE);
    g_autoptr(PosSale) sale = pos_sale_new(cart);
    g_assert_cmpint(pos_sale_begin_tender(sale), ==, POS_REFUSAL_NONE);
    g_assert_cmpint(pos_sale_tender(sale, POS_TENDER_CASH, pos_sale_due(sale)), ==,
                    POS_REFUSAL_NONE);
    return pos_sale_to_fields(sale, "KRW", receipt, "u01");
}

/* `quantity` of a line of the sale, after `before` of it. */
static json_t *mixed_return(const json_t *sale, const char *own, int line, int64_t before,
                            int64_t quantity)
{
    g_autoptr(PosReturning) returning = pos_returning_new(sale, NULL);
    pos_returning_set_before(returning, line, before);
    g_assert_cmpint(pos_returning_take(returning, line, quantity, "stock"), ==, POS_REFUSAL_NONE);
    int64_t worth = pos_returning_worth(returning).minor;
    json_t *fields = pos_returning_to_fields(returning);
    json_object_set_new(fields, "currency", json_string("KRW"));
    json_object_set_new(fields, "receipt", json_string(own));
    json_object_set(fields, "of_receipt", json_object_get(sale, "receipt"));
    json_object_set_new(fields, "rounding", json_integer(0));
    json_object_set_new(fields, "total", json_integer(-worth));
    json_object_set_new(
        fields, "tenders",
        json_pack("[{s:I, s:i, s:s}]", "amount", (json_int_t)-worth, "change", 0, "kind", "cash"));
    return fields;
}

static void rows_that_are_no_goods_move_no_stock(Central *central, gconstpointer data)
{
    Journal till;
    g_autoptr(json_t) sale = mixed_sale("R1");
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, json_incref(sale));
    central_fixture_write(&till, "return", 10, mixed_return(sale, "R2", 1, 0, 2));
    central_fixture_write(&till, "return", 20, mixed_return(sale, "R3", 1, 2, 1));
    central_fixture_write(&till, "return", 30, mixed_return(sale, "R4", 3, 0, 1));
    /* Once more of each, as if another till had not heard of it. */
    central_fixture_write(&till, "return", 40, mixed_return(sale, "R5", 1, 0, 1));
    central_fixture_write(&till, "return", 50, mixed_return(sale, "R6", 3, 0, 1));
    json_t *bad = mixed_sale("R7");
    json_object_set_new(json_array_get(json_object_get(bad, "lines"), 1), "department",
                        json_string(""));
    central_fixture_write(&till, "sale", 60, bad);
    json_t *without = mixed_return(sale, "R8", 1, 0, 1);
    json_object_del(without, "of_receipt");
    json_object_set_new(without, "without_receipt", json_true());
    central_fixture_write(&till, "return", 70, without);
    central_fixture_send_all(central, &till);
    for (int64_t seq = 1; seq <= 4; seq++) {
        assert_reason(central, "t1", seq, "");
    }
    assert_reason(central, "t1", 5, "already_returned");
    assert_reason(central, "t1", 6, "already_returned");
    assert_reason(central, "t1", 7, "malformed");
    assert_reason(central, "t1", 8, "");
    g_assert_cmpint(central_fixture_on_hand(central, APPLE, "L1"), ==, 1);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_return_that_overtakes_its_sale_is_booked_with_it(Central *central, gconstpointer data)
{
    Journal a, b;
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    central_fixture_write(&a, "sale", 0, central_fixture_sale("T01-000001", APPLE, "L1", 5, 900));
    central_fixture_write(
        &b, "return", 10,
        central_fixture_return("T02-000001", "T01-000001", 1, APPLE, "L1", 2, 900, "stock"));
    central_fixture_send_all(central, &b);
    assert_reason(central, "b", 1, "unknown_receipt");
    central_fixture_assert_sound(central);
    central_fixture_send_all(central, &a);
    assert_reason(central, "b", 1, "");
    assert_lot(central, APPLE, "L1", -3, 3, 2700);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

static void a_void_undoes_a_sale_once(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_write(&till, "post_void", 10, json_pack("{s:s}", "receipt", "R1"));
    central_fixture_write(&till, "post_void", 20, json_pack("{s:s}", "receipt", "R1"));
    central_fixture_write(&till, "return", 30,
                          central_fixture_return("R2", "R1", 1, APPLE, "L1", 1, 900, "stock"));
    central_fixture_write(&till, "post_void", 40, json_pack("{s:s}", "receipt", "nothing"));
    central_fixture_send_all(central, &till);
    assert_reason(central, "t1", 2, "");
    assert_reason(central, "t1", 3, "not_returnable");
    assert_reason(central, "t1", 4, "not_returnable");
    assert_reason(central, "t1", 5, "unknown_receipt");
    assert_lot(central, APPLE, "L1", 0, 0, 0);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_void_written_before_its_sale_rebuilds_equal(Central *central, gconstpointer data)
{
    Journal a, b; /* the second till's clock is an hour behind */
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    central_fixture_write(&a, "sale", 3600, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_send_all(central, &a);
    central_fixture_write(&b, "post_void", 10, json_pack("{s:s}", "receipt", "R1"));
    central_fixture_send_all(central, &b);
    assert_lot(central, APPLE, "L1", 0, 0, 0);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

/* --- stock -------------------------------------------------------------------------------- */

static void deliveries_and_write_offs_move_stock(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "stock_received", 0, central_fixture_stock(APPLE, "L1", 40));
    central_fixture_write(&till, "write_off", 10, central_fixture_stock(APPLE, "L1", 3));
    central_fixture_write(&till, "write_off", 20, central_fixture_stock(APPLE, "L1", -3));
    central_fixture_write(&till, "stock_received", 30, central_fixture_stock(APPLE, "L1", 0));
    central_fixture_send_all(central, &till);
    assert_lot(central, APPLE, "L1", 37, 0, 0);
    assert_reason(central, "t1", 3, "malformed");
    assert_reason(central, "t1", 4, "malformed");
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_stock_record_may_have_several_lines(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "stock_received", 0,
                          json_pack("{s:[o, o]}", "lines", central_fixture_stock(APPLE, "L1", 4),
                                    central_fixture_stock(GRAPE, "L2", 500)));
    central_fixture_write(&till, "stock_counted", 5,
                          json_pack("{s:[o, o]}", "lines", central_fixture_stock(APPLE, "L1", 3),
                                    central_fixture_stock(GRAPE, "L2", 0)));
    central_fixture_write(&till, "write_off", 9,
                          json_pack("{s:[o, o]}", "lines", central_fixture_stock(APPLE, "L1", 1),
                                    central_fixture_stock(GRAPE, "L2", -1)));
    central_fixture_send_all(central, &till);
    assert_lot(central, APPLE, "L1", 3, 0, 0);
    assert_lot(central, GRAPE, "L2", 0, 0, 0);
    assert_reason(central, "t1", 3, "malformed");
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

static void a_count_is_the_stock_at_its_time(Central *central, gconstpointer data)
{
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "stock_received", 0, central_fixture_stock(APPLE, "L1", 40));
    central_fixture_write(&till, "sale", 10, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_write(&till, "stock_counted", 20, central_fixture_stock(APPLE, "L1", 30));
    central_fixture_write(&till, "sale", 30, central_fixture_sale("R2", APPLE, "L1", 4, 900));
    central_fixture_send_all(central, &till);
    assert_lot(central, APPLE, "L1", 26, 9, 8100);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

/* Four tills' records of one lot around two counts, sent in each order of tills: the stock is the
 * same. */
static void the_order_of_arrival_never_matters(Central *central, gconstpointer data)
{
    static const int ORDERS[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2},
                                    {2, 0, 3, 1}, {1, 0, 3, 2}, {3, 0, 1, 2}};
    for (gsize o = 0; o < G_N_ELEMENTS(ORDERS); o++) {
        Central fresh;
        Journal tills[4];
        char ids[4][3] = {"t0", "t1", "t2", "t3"};
        central_fixture_open(&fresh);
        for (int t = 0; t < 4; t++) {
            central_fixture_journal(&fresh, &tills[t], ids[t]);
        }
        central_fixture_write(&tills[0], "stock_received", 0,
                              central_fixture_stock(APPLE, "L1", 40));
        central_fixture_write(&tills[0], "stock_counted", 100,
                              central_fixture_stock(APPLE, "L1", 30));
        central_fixture_write(&tills[1], "sale", 50,
                              central_fixture_sale("A", APPLE, "L1", 2, 900));
        central_fixture_write(&tills[1], "sale", 150,
                              central_fixture_sale("B", APPLE, "L1", 3, 900));
        central_fixture_write(&tills[1], "sale", 250,
                              central_fixture_sale("C", APPLE, "L1", 4, 900));
        central_fixture_write(&tills[2], "stock_counted", 200,
                              central_fixture_stock(APPLE, "L1", 25));
        central_fixture_write(&tills[2], "write_off", 200, central_fixture_stock(APPLE, "L1", 1));
        central_fixture_write(&tills[3], "stock_received", 90,
                              central_fixture_stock(APPLE, "L1", 7));
        central_fixture_write(&tills[3], "stock_received", 300,
                              central_fixture_stock(APPLE, "L1", 10));
        for (int t = 0; t < 4; t++) {
            central_fixture_send_all(&fresh, &tills[ORDERS[o][t]]);
        }
        /* 25 counted at 200; then 4 sold, 1 written off (after the count, in the same till), 10
         * delivered. */
        assert_lot(&fresh, APPLE, "L1", 25 - 4 - 1 + 10, 9, 8100);
        central_fixture_assert_sound(&fresh);
        for (int t = 0; t < 4; t++) {
            central_fixture_journal_clear(&tills[t]);
        }
        central_fixture_close(&fresh);
    }
}

static void records_in_one_batch_around_a_count_are_booked_once(Central *central,
                                                                gconstpointer data)
{
    Journal till; /* the clock went back before the count */
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 100, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_write(&till, "stock_counted", 50, central_fixture_stock(APPLE, "L1", 30));
    central_fixture_write(&till, "sale", 60, central_fixture_sale("R2", APPLE, "L1", 1, 900));
    central_fixture_send_all(central, &till);
    assert_lot(central, APPLE, "L1", 24, 6, 5400);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

/* --- adopted ------------------------------------------------------------------------------ */

static json_t *adopted(const char *line, const char *of, int of_seq)
{
    return json_pack("{s:s, s:s, s:i}", "line", line, "of", of, "of_seq", of_seq);
}

static void an_adopted_line_is_booked_once(Central *central, gconstpointer data)
{
    Journal old, a, b;
    central_fixture_journal(central, &old, "old");
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    const char *line =
        central_fixture_write(&old, "sale", 5, central_fixture_sale("T01-9", APPLE, "L1", 2, 900));
    central_fixture_write(&a, "adopted", 90, adopted(line, "old", 1));
    central_fixture_write(&a, "adopted", 91, adopted(line, "old", 1));
    central_fixture_write(&b, "adopted", 92, adopted(line, "old", 1));
    central_fixture_send_all(central, &a);
    central_fixture_send_all(central, &b);
    assert_lot(central, APPLE, "L1", -2, 2, 1800);
    central_fixture_send_all(central, &old);
    assert_lot(central, APPLE, "L1", -2, 2, 1800);
    assert_reason(central, "a", 2, "");
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&old);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

static void a_forked_disks_other_records_are_booked_beside_the_first(Central *central,
                                                                     gconstpointer data)
{
    Journal old, restored, fresh;
    central_fixture_journal(central, &old, "old");
    central_fixture_journal(NULL, &restored, "old");
    central_fixture_journal(central, &fresh, "fresh");
    central_fixture_write(&old, "sale", 5, central_fixture_sale("T01-1", APPLE, "L1", 2, 900));
    const char *line = central_fixture_write(&restored, "sale", 50,
                                             central_fixture_sale("T01-1", APPLE, "L1", 7, 900));
    central_fixture_write(&fresh, "adopted", 90, adopted(line, "old", 1));
    central_fixture_send_all(central, &old);
    central_fixture_send_all(central, &fresh);
    assert_lot(central, APPLE, "L1", -9, 9, 8100);
    assert_reason(central, "fresh", 1, "duplicate_receipt");
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&old);
    central_fixture_journal_clear(&restored);
    central_fixture_journal_clear(&fresh);
}

static void an_adopted_line_adopted_again_is_booked_once(Central *central, gconstpointer data)
{
    Journal old, a, b;
    central_fixture_journal(NULL, &old, "old");
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    const char *line =
        central_fixture_write(&old, "sale", 5, central_fixture_sale("T01-9", APPLE, "L1", 2, 900));
    const char *outer = central_fixture_write(&a, "adopted", 90, adopted(line, "old", 1));
    central_fixture_write(&b, "adopted", 95, adopted(outer, "a", 1));
    central_fixture_send_all(central, &b);
    assert_lot(central, APPLE, "L1", -2, 2, 1800);
    central_fixture_send_all(central, &a);
    assert_lot(central, APPLE, "L1", -2, 2, 1800);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&old);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

static void an_adopted_line_that_is_not_what_it_says_stands_in_the_inbox(Central *central,
                                                                         gconstpointer data)
{
    Journal old, a;
    central_fixture_journal(NULL, &old, "old");
    central_fixture_journal(central, &a, "a");
    const char *line =
        central_fixture_write(&old, "sale", 5, central_fixture_sale("T01-9", APPLE, "L1", 2, 900));
    central_fixture_write(&a, "adopted", 90, adopted("{\"torn", "old", 1));
    central_fixture_write(&a, "adopted", 91, adopted(line, "old", 2));
    central_fixture_write(&a, "adopted", 92, adopted(line, "other", 1));
    central_fixture_write(&a, "adopted", 93, json_object());
    central_fixture_send_all(central, &a);
    for (int seq = 1; seq <= 4; seq++) {
        assert_reason(central, "a", seq, "adopted_unreadable");
    }
    assert_lot(central, APPLE, "L1", 0, 0, 0);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&old);
    central_fixture_journal_clear(&a);
}

static void an_adopted_count_counts_at_its_own_time(Central *central, gconstpointer data)
{
    Journal old, a;
    central_fixture_journal(NULL, &old, "old");
    central_fixture_journal(central, &a, "a");
    const char *line =
        central_fixture_write(&old, "stock_counted", 50, central_fixture_stock(APPLE, "L1", 30));
    central_fixture_write(&a, "sale", 10, central_fixture_sale("R1", APPLE, "L1", 2, 900));
    central_fixture_write(&a, "sale", 60, central_fixture_sale("R2", APPLE, "L1", 3, 900));
    central_fixture_write(&a, "adopted", 90, adopted(line, "old", 1));
    central_fixture_write(&a, "sale", 95, central_fixture_sale("R3", APPLE, "L1", 4, 900));
    central_fixture_send_all(central, &a);
    assert_lot(central, APPLE, "L1", 23, 9, 8100);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&old);
    central_fixture_journal_clear(&a);
}

/* --- rebuild ------------------------------------------------------------------------------ */

static void a_rebuild_repairs_what_was_changed_by_hand(Central *central, gconstpointer data)
{
    static const char *const DAMAGE[] = {
        "UPDATE stock SET on_hand = on_hand + 1", "UPDATE sales_hour SET amount = amount - 1",
        "DELETE FROM ticket", "DELETE FROM stock",
        "INSERT INTO stock (store, gtin, lot, on_hand, delivered, counted_ms, counted_terminal, "
        "counted_seq) VALUES ('1', '1', '1', 1, 0, 0, '', 0)"};
    Journal till;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_send_all(central, &till);
    for (gsize i = 0; i < G_N_ELEMENTS(DAMAGE); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(CentralVerifyFault) fault = {0};
        bool good = true;
        int64_t records = 0;
        central_fixture_tamper(central, DAMAGE[i]);
        g_assert_true(central_verify(central->store, &good, &fault, NULL, NULL, &error));
        g_assert_false(good);
        g_assert_cmpstr(fault.terminal, ==, "");
        g_assert_true(central_booking_rebuild(central->store, &records, &error));
        g_assert_cmpint(records, ==, 1);
        central_fixture_assert_sound(central);
    }
    assert_lot(central, APPLE, "L1", -5, 5, 4500);
    central_fixture_journal_clear(&till);
}

static void an_undone_part_leaves_no_trace(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    CentralStore *store = central->store;
    CentralMoment when = {FIXTURE_NOW_MS, "t", 1}, later = {FIXTURE_NOW_MS + 1, "t", 2};
    g_assert_true(central_store_begin(store, &error));
    g_assert_true(central_store_stock_move(store, "1", APPLE, "L1", 5, true, &when, &error));
    g_assert_true(central_store_sales_add(store, "1", APPLE, "L1", when.at_ms, 1, 9, 1, &error));
    g_assert_true(central_store_part_begin(store, &error));
    g_assert_true(central_store_stock_move(store, "1", APPLE, "L1", 7, true, &when, &error));
    g_assert_true(central_store_stock_count(store, "1", APPLE, "L1", 3, &later, &error));
    g_assert_true(central_store_stock_move(store, "1", APPLE, "L2", 7, true, &when, &error));
    g_assert_true(central_store_sales_add(store, "1", APPLE, "L1", when.at_ms, 2, 20, 1, &error));
    g_assert_true(central_store_sales_add(store, "1", APPLE, "L2", when.at_ms, 2, 20, 1, &error));
    central_store_part_end(store, true);
    g_assert_true(central_store_part_begin(store, &error));
    g_assert_true(central_store_stock_move(store, "1", APPLE, "L1", -1, false, &when, &error));
    central_store_part_end(store, false);
    g_assert_true(central_store_commit(store, &error));
    assert_lot(central, APPLE, "L1", 4, 1, 9);
    assert_lot(central, APPLE, "L2", 0, 0, 0);
    g_autoptr(GArray) hours = central_store_sales_hours(store, "1", INT64_MIN, INT64_MAX, &error);
    g_assert_cmpuint(hours->len, ==, 1);
}

static void what_is_gathered_is_seen_within_the_transaction(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    CentralStore *store = central->store;
    CentralMoment when = {FIXTURE_NOW_MS, "t", 1};
    g_assert_true(central_store_begin(store, &error));
    g_assert_true(central_store_stock_move(store, "1", APPLE, "L1", 5, true, &when, &error));
    g_assert_true(central_store_sales_add(store, "1", APPLE, "L1", when.at_ms, 1, 9, 1, &error));
    assert_lot(central, APPLE, "L1", 5, 1, 9);
    g_assert_true(central_store_stock_move(store, "1", APPLE, "L1", 2, false, &when, &error));
    assert_lot(central, APPLE, "L1", 7, 1, 9);
    central_store_rollback(store);
    assert_lot(central, APPLE, "L1", 0, 0, 0);
}

static void set_up(Central *central, gconstpointer data)
{
    central_fixture_open(central);
}

static void tear_down(Central *central, gconstpointer data)
{
    central_fixture_close(central);
}

#define CASE(name)                                                                                 \
    g_test_add("/sync/central_booking/" #name, Central, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(a_sale_moves_stock_and_fills_its_hour);
    CASE(stock_goes_below_zero_without_a_fault);
    CASE(a_lot_that_is_not_known_is_booked_as_it_is);
    CASE(what_cannot_be_booked_stands_in_the_inbox);
    CASE(a_product_that_comes_later_lets_a_record_be_booked);
    CASE(a_change_of_unit_does_not_unbook_what_was_sold);
    CASE(a_return_takes_back_no_more_than_was_sold);
    CASE(rows_that_are_no_goods_move_no_stock);
    CASE(a_return_that_overtakes_its_sale_is_booked_with_it);
    CASE(a_void_undoes_a_sale_once);
    CASE(a_void_written_before_its_sale_rebuilds_equal);
    CASE(deliveries_and_write_offs_move_stock);
    CASE(a_stock_record_may_have_several_lines);
    CASE(a_count_is_the_stock_at_its_time);
    CASE(the_order_of_arrival_never_matters);
    CASE(records_in_one_batch_around_a_count_are_booked_once);
    CASE(an_adopted_line_is_booked_once);
    CASE(a_forked_disks_other_records_are_booked_beside_the_first);
    CASE(an_adopted_line_adopted_again_is_booked_once);
    CASE(an_adopted_line_that_is_not_what_it_says_stands_in_the_inbox);
    CASE(an_adopted_count_counts_at_its_own_time);
    CASE(a_rebuild_repairs_what_was_changed_by_hand);
    CASE(an_undone_part_leaves_no_trace);
    CASE(what_is_gathered_is_seen_within_the_transaction);
    return g_test_run();
}
