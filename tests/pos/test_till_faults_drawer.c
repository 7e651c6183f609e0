/* SPDX-License-Identifier: GPL-3.0-or-later
 * Each n-th write, sync and allocation of SQLite fails once: a Z, a count, a suspended and a fetched ticket, a charge that
 * is about to leave, cash out of the drawer, a change of clerks. Nothing confirmed is lost, nothing is half done, and the
 * same command works the next time. */
#include "tests/support/fault_alloc.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/till_fixture.h"

#include <string.h>

#define SOAP "9521234500032" /* 12900 */
#define OPERATIONS_MAX 3000

typedef enum { DISK_FULL, DISK_BROKEN, NO_MEMORY, FAULTS } Fault;

typedef struct {
    PosTillCommand command;
    PosTillEventKind wanted;
    void (*prepare)(TillFixture *fixture, PosTillCommand *command);
} Case;

/* What must not change when a command failed. */
typedef struct {
    int64_t seq;
    PosHash head;
    gsize lines;
    guint tickets, payments, charged;
    char *shift, *operator_id;
} Snapshot;

/* --- a card terminal that is asked and never answers -------------------------------------------------- */

static guint charged;
static char last_attempt[POS_BOUND_ATTEMPT_BYTES];
static bool declines;

static void on_charge(void *user, const PosTenderOrder *order, const char *code)
{
    charged++;
    g_strlcpy(last_attempt, order->attempt, sizeof last_attempt);
}

static void on_ask(void *user, const PosTenderOrder *order)
{
}

static bool on_poll(void *user, PosTenderAnswer *out)
{
    if (!declines) {
        return false;
    }
    declines = false;
    *out = (PosTenderAnswer){.status = POS_PAYMENT_FAILED, .amount = {-1}};
    g_strlcpy(out->attempt, last_attempt, sizeof out->attempt);
    return true;
}

static const PosTenderProvider CARD = {.is_journaled = true,
                                       .timeout_ms = 60000,
                                       .charge = on_charge,
                                       .query = on_ask,
                                       .reverse = on_ask,
                                       .poll = on_poll};

/* --- where each command makes sense ------------------------------------------------------------------- */

static void with_a_shift(TillFixture *fixture, PosTillCommand *command)
{
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 100000);
    pos_till_event_free(event); /* one may be open */
}

static void with_a_line(TillFixture *fixture, PosTillCommand *command)
{
    with_a_shift(fixture, command);
    g_autoptr(PosTillEvent) cart = till_fixture_do(fixture, POS_TILL_CART, 0, 0);
    if (pos_cart_count(cart->cart) == 0) {
        till_fixture_expect(till_fixture_scan(fixture, SOAP), POS_EVENT_LINE);
    }
}

static void with_a_ticket(TillFixture *fixture, PosTillCommand *command)
{
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_VOID, 0, 0), POS_EVENT_VOID);
    with_a_line(fixture, command);
    g_autoptr(PosTillEvent) event = till_fixture_do(fixture, POS_TILL_SUSPEND, 0, 0);
    g_assert_cmpint(event->kind, ==, POS_EVENT_SUSPENDED);
    g_free(command->ticket);
    command->ticket = g_strdup(event->ticket);
}

static void with_no_charge(TillFixture *fixture, PosTillCommand *command)
{
    pos_till_set_provider(fixture->till, POS_TENDER_CARD, &CARD);
    declines = true;
    PosTillEvent *event = till_fixture_do(fixture, POS_TILL_PAYMENT, 0, 0);
    pos_till_event_free(event);
    declines = false;
    with_a_line(fixture, command);
}

static void with_the_other_clerk(TillFixture *fixture, PosTillCommand *command)
{
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    with_a_line(fixture, command);
}

static const Case CASES[] = {
    {{.verb = POS_TILL_REPORT, .report = POS_REPORT_Z}, POS_EVENT_REPORT, with_a_shift},
    {{.verb = POS_TILL_CASH_UP, .amount = 100000}, POS_EVENT_REPORT, with_a_shift},
    {{.verb = POS_TILL_PAID_IN, .amount = 500, .reason = (char *)"change"},
     POS_EVENT_DRAWER,
     with_a_shift},
    {{.verb = POS_TILL_SUSPEND}, POS_EVENT_SUSPENDED, with_a_line},
    {{.verb = POS_TILL_RESUME}, POS_EVENT_RESUMED, with_a_ticket},
    {{.verb = POS_TILL_TENDER, .tender = POS_TENDER_CARD, .amount = 12900},
     POS_EVENT_PAYMENT,
     with_no_charge},
    {{.verb = POS_TILL_TENDER, .tender = POS_TENDER_CASH, .amount = 13000},
     POS_EVENT_SALE,
     with_a_line},
    {{.verb = POS_TILL_LOGIN, .operator_id = (char *)"u09", .pin = (char *)"9999"},
     POS_EVENT_LOGIN,
     with_the_other_clerk},
};

/* --- the campaign ------------------------------------------------------------------------------------- */

static Snapshot take(TillFixture *fixture)
{
    Snapshot now = {.charged = charged};
    g_assert_true(pos_store_journal_head(fixture->store, &now.seq, &now.head, NULL));
    g_autoptr(PosCart) kept = pos_store_cart_load(fixture->store, NULL);
    g_autoptr(GPtrArray) tickets = pos_store_tickets(fixture->store, NULL);
    g_autoptr(GArray) payments = pos_store_payments(fixture->store, NULL);
    for (guint i = 0; i < tickets->len; i++) {
        now.tickets += ((PosTicket *)g_ptr_array_index(tickets, i))->cart != NULL;
    }
    now.lines = pos_cart_count(kept);
    now.payments = payments->len;
    now.shift = pos_store_meta_get(fixture->store, POS_META_SHIFT);
    now.operator_id = pos_store_meta_get(fixture->store, POS_META_OPERATOR);
    return now;
}

static void assert_same(Snapshot *a, Snapshot *b)
{
    g_assert_cmpint(a->seq, ==, b->seq);
    g_assert_true(pos_hash_equal(&a->head, &b->head));
    g_assert_cmpuint(a->lines, ==, b->lines);
    g_assert_cmpuint(a->tickets, ==, b->tickets);
    g_assert_cmpuint(a->payments, ==, b->payments);
    g_assert_cmpuint(a->charged, ==, b->charged); /* no amount has left */
    g_assert_cmpstr(a->shift, ==, b->shift);
    g_assert_cmpstr(a->operator_id, ==, b->operator_id);
}

static void snapshot_clear(Snapshot *snapshot)
{
    g_free(snapshot->shift);
    g_free(snapshot->operator_id);
}

static void arm(Fault fault, int nth)
{
    if (fault == NO_MEMORY) {
        fault_alloc_arm(nth);
    } else {
        fault_vfs_arm(fault == DISK_FULL ? FAULT_VFS_FULL : FAULT_VFS_IO, nth, false);
    }
}

static bool disarm(Fault fault)
{
    return fault == NO_MEMORY ? fault_alloc_disarm() : fault_vfs_disarm();
}

static void fail_each(const Case *row, Fault fault)
{
    TillFixture fixture = {0};
    PosTillCommand command = row->command;
    int nth = 0;
    bool reached = true;
    charged = 0;
    till_fixture_set_up(&fixture, NULL);
    till_fixture_begin(&fixture);
    for (; reached && nth < OPERATIONS_MAX; nth++) {
        row->prepare(&fixture, &command);
        Snapshot before = take(&fixture);
        arm(fault, nth);
        PosTillEvent *event = pos_till_do(fixture.till, &command);
        reached = disarm(fault);
        if (event->kind != row->wanted) {
            /* Who cannot be looked up is not let in, which is a refusal. */
            g_assert_true(event->kind == POS_EVENT_ERROR ||
                          (row->wanted == POS_EVENT_LOGIN && event->kind == POS_EVENT_REFUSED));
            Snapshot after = take(&fixture);
            assert_same(&before, &after);
            snapshot_clear(&after);
            pos_till_event_free(event);
            event = pos_till_do(fixture.till, &command);
        }
        till_fixture_expect(event, row->wanted);
        snapshot_clear(&before);
    }
    g_assert_cmpint(nth, >, 2);
    g_assert_cmpint(nth, <, OPERATIONS_MAX);
    if (row->command.verb == POS_TILL_RESUME) {
        g_free(command.ticket);
    }
    till_fixture_tear_down(&fixture, NULL); /* verifies chain, totals and stock */
}

static void run(gconstpointer data)
{
    gsize index = GPOINTER_TO_SIZE(data);
    fail_each(&CASES[index / FAULTS], (Fault)(index % FAULTS));
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"z",      "cash_up", "paid_in", "suspend",
                                        "resume", "charge",  "sale",    "login"};
    static const char *const faults[] = {"full", "broken", "no_memory"};
    G_STATIC_ASSERT(G_N_ELEMENTS(names) == G_N_ELEMENTS(CASES));
    g_test_init(&argc, &argv, NULL);
    fault_alloc_install();
    fault_vfs_install();
    for (gsize i = 0; i < G_N_ELEMENTS(CASES) * FAULTS; i++) {
        g_autofree char *path =
            g_strdup_printf("/pos/till_faults_drawer/%s/%s", names[i / FAULTS], faults[i % FAULTS]);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), run);
    }
    return g_test_run();
}
