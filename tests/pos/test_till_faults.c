/* SPDX-License-Identifier: GPL-3.0-or-later
 * The till on a disk that fails at each of its writes in turn: an `error` event, nothing half done, and the
 * same command works once the disk does. */
#include "tests/support/fault_vfs.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */
#define WRITES_MAX                                                                                 \
    200 /* more than any command does; each case ends at the first that is not reached */

typedef struct {
    int64_t seq;
    PosHash head;
    gsize lines;
    int64_t total, due;
} Snapshot;

static Snapshot take(TillFixture *fixture)
{
    Snapshot now = {0};
    g_assert_true(pos_store_journal_head(fixture->store, &now.seq, &now.head, NULL));
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    now.lines = pos_cart_count(event->cart);
    now.total = event->total.minor;
    now.due = event->due.minor;
    g_autoptr(PosCart) kept = pos_store_cart_load(fixture->store, NULL);
    g_assert_cmpint(pos_cart_total(kept).minor, ==, now.total);
    return now;
}

static void assert_same(const Snapshot *a, const Snapshot *b)
{
    g_assert_cmpint(a->seq, ==, b->seq);
    g_assert_true(pos_hash_equal(&a->head, &b->head));
    g_assert_cmpuint(a->lines, ==, b->lines);
    g_assert_cmpint(a->total, ==, b->total);
    g_assert_cmpint(a->due, ==, b->due);
}

static void assert_error(PosTillEvent *event, FaultVfsKind kind)
{
    g_assert_cmpint(event->kind, ==, POS_EVENT_ERROR);
    g_assert_cmpstr(event->why, ==, kind == FAULT_VFS_FULL ? "disk_full" : "failed");
    g_assert_cmpuint(strlen(event->message), >, 15);
    pos_till_event_free(event);
}

/* Gives `command` with the nth write failing, for each nth; `wanted` when it works. prepare: brings the till to where
 * the command makes sense, may be NULL. */
static void fail_each_write(const PosTillCommand *command, PosTillEventKind wanted,
                            void (*prepare)(TillFixture *fixture))
{
    for (int kind = FAULT_VFS_FULL; kind <= FAULT_VFS_IO; kind++) {
        int nth = 0;
        bool reached = true;
        TillFixture fixture = {0};
        till_fixture_set_up(&fixture, NULL);
        till_fixture_begin(&fixture);
        for (; reached && nth < WRITES_MAX; nth++) {
            if (prepare != NULL) {
                prepare(&fixture);
            }
            Snapshot before = take(&fixture);
            fault_vfs_arm((FaultVfsKind)kind, nth, true);
            PosTillEvent *event = pos_till_do(fixture.till, command);
            reached = fault_vfs_disarm();
            if (event->kind == wanted) {
                /* A fault after the commit (a checkpoint) is no failure of the command. */
                pos_till_event_free(event);
                continue;
            }
            assert_error(event, (FaultVfsKind)kind);
            Snapshot after = take(&fixture);
            assert_same(&before, &after);
            till_fixture_expect(pos_till_do(fixture.till, command), wanted);
        }
        g_assert_cmpint(nth, >, 1);
        g_assert_cmpint(nth, <, WRITES_MAX);
        till_fixture_tear_down(&fixture, NULL);
    }
}

static void with_soap(TillFixture *fixture)
{
    till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
}

static void with_one_soap(TillFixture *fixture)
{
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    with_soap(fixture);
}

static void test_scan(void)
{
    PosTillCommand command = {
        .verb = POS_TILL_SCAN, .text = (char *)SOAP, .text_length = strlen(SOAP)};
    fail_each_write(&command, POS_EVENT_LINE, NULL);
}

static void test_cash(void)
{
    PosTillCommand command = {.verb = POS_TILL_TENDER, .tender = POS_TENDER_CASH, .amount = 20000};
    fail_each_write(&command, POS_EVENT_SALE, with_one_soap);
}

static void test_void_line(void)
{
    PosTillCommand command = {.verb = POS_TILL_VOID_LINE, .line = 1};
    fail_each_write(&command, POS_EVENT_LINE_VOID, with_one_soap);
}

static void test_void(void)
{
    PosTillCommand command = {.verb = POS_TILL_VOID};
    fail_each_write(&command, POS_EVENT_VOID, with_one_soap);
}

static void test_override(void)
{
    PosTillCommand command = {.verb = POS_TILL_OVERRIDE,
                              .line = 1,
                              .amount = 100,
                              .reason = (char *)"damaged",
                              .approver = (char *)"u09",
                              .approver_pin = (char *)"9999"};
    fail_each_write(&command, POS_EVENT_LINE, with_one_soap);
}

static void test_login(void)
{
    PosTillCommand command = {
        .verb = POS_TILL_LOGIN, .operator_id = (char *)"u01", .pin = (char *)"1234"};
    fail_each_write(&command, POS_EVENT_LOGIN, NULL);
}

/* A card whose approval reached the disk is not charged again when the sale itself did not. */
static void test_card_is_charged_once(void)
{
    TillFixture fixture = {0};
    till_fixture_set_up(&fixture, NULL);
    till_fixture_begin(&fixture);
    int sales = 0;
    bool reached = true;
    for (int nth = 0; reached && nth < WRITES_MAX; nth++) {
        with_soap(&fixture);
        fault_vfs_arm(FAULT_VFS_FULL, nth, true);
        PosTillEvent *event = till_fixture_tender(&fixture, POS_TENDER_CARD, 12900);
        reached = fault_vfs_disarm();
        if (event->kind != POS_EVENT_SALE) {
            assert_error(event, FAULT_VFS_FULL);
            till_fixture_expect(till_fixture_tender(&fixture, POS_TENDER_CARD, 12900),
                                POS_EVENT_SALE);
        } else {
            pos_till_event_free(event);
        }
        sales++;
        g_assert_cmpint(till_fixture_count(&fixture, "sale"), ==, sales);
        g_assert_cmpint(till_fixture_count(&fixture, "tender_attempt"), ==, sales);
    }
    g_assert_cmpint(sales, >, 3);
    till_fixture_tear_down(&fixture, NULL);
}

/* The cart of a sale that is not sold yet is written without waiting for the disk; a sale waits. */
static void test_only_what_is_sold_waits_for_the_disk(void)
{
    TillFixture fixture = {0};
    till_fixture_set_up(&fixture, NULL);
    till_fixture_begin(&fixture);
    with_soap(&fixture);
    int before = fault_vfs_syncs();
    with_soap(&fixture);
    with_soap(&fixture);
    PosTillCommand two = {.verb = POS_TILL_QUANTITY, .line = 1, .pieces = 2};
    till_fixture_expect(pos_till_do(fixture.till, &two), POS_EVENT_LINE);
    g_assert_cmpint(fault_vfs_syncs(), ==, before);
    till_fixture_expect(till_fixture_tender(&fixture, POS_TENDER_CASH, 60000), POS_EVENT_SALE);
    g_assert_cmpint(fault_vfs_syncs(), >, before);
    before = fault_vfs_syncs();
    with_soap(&fixture);
    till_fixture_expect(till_fixture_do(&fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    g_assert_cmpint(fault_vfs_syncs(), >, before); /* given up: that is a record */
    till_fixture_tear_down(&fixture, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    g_test_add_func("/pos/till_faults/scan", test_scan);
    g_test_add_func("/pos/till_faults/cash", test_cash);
    g_test_add_func("/pos/till_faults/void_line", test_void_line);
    g_test_add_func("/pos/till_faults/void", test_void);
    g_test_add_func("/pos/till_faults/override", test_override);
    g_test_add_func("/pos/till_faults/login", test_login);
    g_test_add_func("/pos/till_faults/only_what_is_sold_waits_for_the_disk",
                    test_only_what_is_sold_waits_for_the_disk);
    g_test_add_func("/pos/till_faults/card_is_charged_once", test_card_is_charged_once);
    return g_test_run();
}
