/* SPDX-License-Identifier: GPL-3.0-or-later
 * Each n-th write, sync or truncation of the file, and each n-th allocation of SQLite, fails once within one sale, one
 * return, one exchange and one voided sale: an `error` event and nothing half done, or the event and all of it on disk;
 * the same command then works. The chain is verified when a fixture ends. */
#include "tests/support/fault_alloc.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */
#define NTH_MAX 4000

typedef enum { FAULT_WRITE, FAULT_ALLOCATION, FAULTS } Fault;

typedef struct {
    const char *name;
    /* Brings the till to where the command makes sense; receipt: for what is sold there, 32 bytes. */
    void (*prepare)(TillFixture *fixture, char *receipt);
    PosTillCommand command; /* its receipt is filled in where it has none */
    const char *type;       /* of the record that it leaves */
} Case;

static void arm(Fault fault, int nth)
{
    if (fault == FAULT_WRITE) {
        fault_vfs_arm(FAULT_VFS_IO, nth, false);
    } else {
        fault_alloc_arm(nth);
    }
}

static bool disarm(Fault fault)
{
    return fault == FAULT_WRITE ? fault_vfs_disarm() : fault_alloc_disarm();
}

static void with_soap(TillFixture *fixture, char *receipt)
{
    (void)receipt;
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
}

static void with_sale(TillFixture *fixture, char *receipt)
{
    with_soap(fixture, NULL);
    PosTillEvent *sale = till_fixture_tender(fixture, POS_TENDER_CASH, 12900);
    g_strlcpy(receipt, sale->sale.receipt, 32);
    till_fixture_expect(sale, POS_EVENT_SALE);
}

static void with_exchange(TillFixture *fixture, char *receipt)
{
    with_sale(fixture, receipt);
    PosTillCommand back = {.verb = POS_TILL_RETURN,
                           .receipt = receipt,
                           .line = 1,
                           .pieces = 1,
                           .to = (char *)"stock",
                           .exchange = true};
    till_fixture_expect(pos_till_do(fixture->till, &back), POS_EVENT_EXCHANGE);
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
}

typedef struct {
    int64_t seq, moved, taken, total, due;
    PosHash head;
    gsize lines;
} Snapshot;

static Snapshot take(TillFixture *fixture, const char *receipt)
{
    Snapshot now = {0};
    int64_t amount = 0;
    g_assert_true(pos_store_journal_head(fixture->store, &now.seq, &now.head, NULL));
    g_assert_true(pos_store_taken_back(fixture->store, receipt, 0, &now.taken, &amount, NULL));
    now.taken += amount;
    now.moved = pos_store_stock_moved(fixture->store, SHOP_SOAP, "");
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    now.lines = pos_cart_count(event->cart);
    now.total = event->total.minor;
    now.due = event->due.minor;
    g_autoptr(PosCart) kept = pos_store_cart_load(fixture->store, NULL);
    g_assert_cmpint(pos_cart_total(kept).minor, ==, now.total);
    g_assert_cmpint(pos_cart_credit(kept).minor, ==, pos_cart_credit(event->cart).minor);
    return now;
}

static void assert_same(const Snapshot *a, const Snapshot *b)
{
    g_assert_cmpint(a->seq, ==, b->seq);
    g_assert_true(pos_hash_equal(&a->head, &b->head));
    g_assert_cmpint(a->moved, ==, b->moved);
    g_assert_cmpint(a->taken, ==, b->taken);
    g_assert_cmpuint(a->lines, ==, b->lines);
    g_assert_cmpint(a->total, ==, b->total);
    g_assert_cmpint(a->due, ==, b->due);
}

/* Where the n-th operation fails. False when the command has fewer. */
static bool fail_once(TillFixture *fixture, const Case *one, Fault fault, int nth)
{
    char receipt[32] = "";
    PosTillCommand command = one->command;
    one->prepare(fixture, receipt);
    command.receipt = receipt;
    int records = till_fixture_count(fixture, one->type);
    Snapshot before = take(fixture, receipt);
    arm(fault, nth);
    PosTillEvent *event = pos_till_do(fixture->till, &command);
    bool reached = disarm(fault);
    /* A look-up that has no room may end as a refusal (a PIN that could not be compared is not right). */
    bool refused = fault == FAULT_ALLOCATION && reached && event->kind == POS_EVENT_REFUSED;
    if (event->kind == POS_EVENT_ERROR || refused) {
        Snapshot after = take(fixture, receipt);
        g_assert_cmpuint(strlen(event->message), >, 10);
        assert_same(&before, &after);
        g_assert_cmpint(till_fixture_count(fixture, one->type), ==, records);
        pos_till_event_free(event);
        event = pos_till_do(fixture->till, &command);
    }
    till_fixture_expect(event, POS_EVENT_SALE);
    g_assert_cmpint(till_fixture_count(fixture, one->type), ==, records + 1);
    Snapshot sold = take(fixture, receipt);
    g_assert_cmpuint(sold.lines, ==, 0);
    return reached;
}

static void test_each_fails_once(gconstpointer data)
{
    const Case *one = data;
    for (int fault = 0; fault < FAULTS; fault++) {
        int nth = 0;
        bool reached = true;
        while (reached && nth < NTH_MAX) {
            TillFixture fixture = {0};
            till_fixture_set_up(&fixture, NULL);
            till_fixture_begin(&fixture);
            /* Some at a time: the journal stays short, and each begins warm. */
            for (int i = 0; i < 20 && reached && nth < NTH_MAX; i++, nth++) {
                reached = fail_once(&fixture, one, (Fault)fault, nth);
            }
            till_fixture_tear_down(&fixture, NULL);
        }
        g_test_message("%s: %d operations of kind %d", one->name, nth - 1, fault);
        g_assert_cmpint(nth, >, 2);
        g_assert_cmpint(nth, <, NTH_MAX);
    }
}

static const Case CASES[] = {
    {"sale", with_soap, {.verb = POS_TILL_TENDER, .amount = 20000}, "sale"},
    {"return",
     with_sale,
     {.verb = POS_TILL_RETURN, .line = 1, .pieces = 1, .to = (char *)"stock"},
     "return"},
    {"exchange", with_exchange, {.verb = POS_TILL_TENDER, .amount = 0}, "return"},
    {"post_void",
     with_sale,
     {.verb = POS_TILL_POST_VOID,
      .reason = (char *)"wrong customer",
      .approver = (char *)"u09",
      .approver_pin = (char *)"9999"},
     "post_void"},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_alloc_install();
    fault_vfs_install();
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *path = g_strdup_printf("/pos/return_faults/%s", CASES[i].name);
        g_test_add_data_func(path, &CASES[i], test_each_fails_once);
    }
    return g_test_run();
}
