/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/clock.c: the system's clocks move forward and are what they say. */
#include "pos/clock.h"

#include <glib.h>

static void test_boot_clock_never_goes_back(void)
{
    const PosClock *clock = pos_clock_system();
    int64_t before = clock->boot_ms(clock->user);
    g_assert_cmpint(before, >, 0);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock->boot_ms(clock->user);
        g_assert_cmpint(now, >=, before);
        before = now;
    }
}

static void test_wall_clock_is_unix_milliseconds(void)
{
    const PosClock *clock = pos_clock_system();
    int64_t before = g_get_real_time() / 1000;
    int64_t wall = clock->wall_ms(clock->user);
    g_assert_cmpint(wall, >=, before - 60000);
    g_assert_cmpint(wall, <=, before + 60000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/clock/boot_clock_never_goes_back", test_boot_clock_never_goes_back);
    g_test_add_func("/pos/clock/wall_clock_is_unix_milliseconds",
                    test_wall_clock_is_unix_milliseconds);
    return g_test_run();
}
