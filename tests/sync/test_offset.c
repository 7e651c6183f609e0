/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/offset: the smallest round trip wins, until it is contradicted or old. */
#include "sync/offset.h"

#include <glib.h>

static void test_smallest_wins(void)
{
    SyncOffset offset = {0};
    /* Central said 10,000 half way of a round trip of 200 ms that ended at 5,100 here: 5,000 apart. */
    sync_offset_take(&offset, 10000, 5100, 200, 0);
    g_assert_true(offset.known);
    g_assert_cmpint(offset.offset_ms, ==, 5000);
    /* A slower answer that says 40 ms more may simply have been late one way. */
    sync_offset_take(&offset, 20000, 15060, 200 + 40, 10000);
    g_assert_cmpint(offset.offset_ms, ==, 5000);
    sync_offset_take(&offset, 30000, 25010, 10, 20000);
    g_assert_cmpint(offset.offset_ms, ==, 4995);
    g_assert_cmpint(offset.round_trip_ms, ==, 10);
}

static void test_contradiction(void)
{
    SyncOffset offset = {0};
    sync_offset_take(&offset, 10000, 10000, 10, 0);
    g_assert_cmpint(offset.offset_ms, ==, 5);
    /* Three seconds off cannot be explained by a round trip of 400 ms: a clock was set. */
    sync_offset_take(&offset, 23000, 20000, 400, 1000);
    g_assert_cmpint(offset.offset_ms, ==, 3200);
}

static void test_old(void)
{
    SyncOffset offset = {0};
    sync_offset_take(&offset, 10000, 10000, 10, 0);
    sync_offset_take(&offset, 20000, 20000, 200, SYNC_OFFSET_OLD_MS - 1);
    g_assert_cmpint(offset.round_trip_ms, ==, 10);
    sync_offset_take(&offset, 20000, 20000, 200, SYNC_OFFSET_OLD_MS);
    g_assert_cmpint(offset.round_trip_ms, ==, 200);
    g_assert_cmpint(offset.offset_ms, ==, 100);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/offset/smallest_round_trip_wins", test_smallest_wins);
    g_test_add_func("/sync/offset/a_clock_that_was_set_is_believed", test_contradiction);
    g_test_add_func("/sync/offset/an_old_sample_gives_way", test_old);
    return g_test_run();
}
