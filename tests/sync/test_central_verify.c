/* SPDX-License-Identifier: GPL-3.0-or-later
 * verify finds each way in which a central's file can be changed behind its back, and names the
 * first bad record. */
#include "tests/sync/central_fixture.h"

#include <string.h>

/* Two tills: `a` with a sale, a delivery, a sale, a record that stands in the inbox; `b` with one
 * sale. */
static void fill(Central *central)
{
    Journal a, b;
    central_fixture_journal(central, &a, "a");
    central_fixture_journal(central, &b, "b");
    central_fixture_write(&a, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_write(&a, "stock_received", 5, central_fixture_stock(APPLE, "L1", 40));
    central_fixture_write(&a, "sale", 10, central_fixture_sale("R2", APPLE, "L1", 5, 900));
    json_t *wrong = central_fixture_sale("R3", APPLE, "L1", 5, 900);
    json_object_set_new(wrong, "total", json_integer(7));
    central_fixture_write(&a, "sale", 20, wrong);
    central_fixture_write(&b, "sale", 0, central_fixture_sale("S1", APPLE, "L1", 5, 900));
    central_fixture_send_all(central, &a);
    central_fixture_send_all(central, &b);
    central_fixture_journal_clear(&a);
    central_fixture_journal_clear(&b);
}

static void verify(Central *central, bool *out_good, CentralVerifyFault *out_fault)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) reader = central_store_open(central->dir, CENTRAL_STORE_READ, &error);
    g_assert_no_error(error);
    int64_t terminals = 0, records = 0;
    central_verify(reader, out_good, out_fault, &terminals, &records, &error);
    g_assert_no_error(error);
    if (*out_good) {
        g_assert_cmpint(terminals, ==, 2);
        g_assert_cmpint(records, ==, 5);
    }
}

static void what_stands_in_the_inbox_is_no_fault(void)
{
    Central central;
    bool good = false;
    g_auto(CentralVerifyFault) fault = {0};
    central_fixture_open(&central);
    fill(&central);
    g_autofree char *reason = central_fixture_reason(&central, "a", 4);
    g_assert_cmpstr(reason, ==, "sums");
    verify(&central, &good, &fault);
    g_assert_true(good);
    central_fixture_close(&central);
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const struct {
    const char *claim, *sql, *terminal;
    int64_t seq;
} TAMPERING[] = {
    {"an_amount_in_a_line",
     "UPDATE journal SET line = replace(line, '4500', '4400') "
     "WHERE terminal = 'a' AND seq = 1",
     "a", 1},
    {"one_byte_of_a_line",
     "UPDATE journal SET line = replace(line, '\"type\"', '\"typo\"') "
     "WHERE terminal = 'a' AND seq = 3",
     "a", 3},
    {"a_hash", "UPDATE journal SET hash = x'" ZEROS "' WHERE terminal = 'b' AND seq = 1", "b", 1},
    {"a_record_taken_out", "DELETE FROM journal WHERE terminal = 'a' AND seq = 2", "a", 2},
    {"the_last_record_taken_out", "DELETE FROM journal WHERE terminal = 'a' AND seq = 4", "a", 4},
    {"two_records_swapped",
     "UPDATE journal SET seq = seq + 100 WHERE terminal = 'a' AND seq IN (2, 3);"
     "UPDATE journal SET seq = 105 - seq WHERE terminal = 'a' AND seq > 100",
     "a", 2},
    {"a_record_moved_to_another_till",
     "UPDATE journal SET terminal = 'b', seq = 2 WHERE terminal = 'a' AND seq = 4", "a", 4},
    {"more_acknowledged_than_held", "UPDATE terminal SET acked = 9 WHERE terminal = 'b'", "b", 2},
    {"less_acknowledged_than_held", "UPDATE terminal SET acked = 1 WHERE terminal = 'a'", "a", 2},
    {"a_head", "UPDATE terminal SET head = x'" ZEROS "' WHERE terminal = 'a'", "a", 4},
    {"a_type_beside_the_line",
     "UPDATE journal SET type = 'training' WHERE terminal = 'a' AND seq = 3", "a", 3},
    {"a_time_beside_the_line",
     "UPDATE journal SET at_ms = at_ms + 1 WHERE terminal = 'a' AND seq = 3", "a", 3},
    {"a_bad_sum_that_was_on_the_list", "DELETE FROM inbox", "a", 4},
    {"stock", "UPDATE stock SET on_hand = on_hand - 1", "", 0},
    {"stock_gone", "DELETE FROM stock", "", 0},
    {"sales", "UPDATE sales_hour SET units = units + 1", "", 0},
    {"sales_money", "UPDATE sales_hour SET amount = amount + 1", "", 0},
    {"a_receipt", "UPDATE ticket SET total = 1 WHERE receipt = 'S1'", "", 0},
    {"a_return_that_never_was",
     "INSERT INTO returned (store, receipt, line, quantity) VALUES ('1', 'S1', 1, 5)", "", 0},
    {"a_sale_hidden_in_the_inbox",
     "INSERT INTO inbox (terminal, seq, store, type, reason, detail, waits_for, booked, listed_ms, "
     "resolved_ms) VALUES ('b', 1, '1', 'sale', 'x', 'x', '', 0, 1, 0)",
     "", 0},
};

static void tampering_is_found(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    Central central;
    bool good = true;
    g_auto(CentralVerifyFault) fault = {0};
    central_fixture_open(&central);
    fill(&central);
    central_fixture_tamper(&central, TAMPERING[i].sql);
    verify(&central, &good, &fault);
    g_assert_false(good);
    g_test_message("%s %d: %s", fault.terminal, (int)fault.seq, fault.reason);
    g_assert_cmpstr(fault.terminal, ==, TAMPERING[i].terminal);
    g_assert_cmpint(fault.seq, ==, TAMPERING[i].seq);
    g_assert_nonnull(fault.reason);
    central_fixture_close(&central);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/central_verify/what_stands_in_the_inbox_is_no_fault",
                    what_stands_in_the_inbox_is_no_fault);
    for (gsize i = 0; i < G_N_ELEMENTS(TAMPERING); i++) {
        g_autofree char *path =
            g_strdup_printf("/sync/central_verify/finds_%s", TAMPERING[i].claim);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), tampering_is_found);
    }
    return g_test_run();
}
