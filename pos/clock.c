/* SPDX-License-Identifier: GPL-3.0-or-later
 * The machine's two clocks: the wall's, which may jump, and the boot's, which never does and counts
 * while the machine sleeps. Any thread. */
#include "pos/clock.h"

#include <glib.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    g_assert(failed == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall_ms(void *user)
{
    return read_ms(CLOCK_REALTIME);
}

static int64_t system_boot_ms(void *user)
{
    return read_ms(CLOCK_BOOTTIME);
}

const PosClock *pos_clock_system(void)
{
    static const PosClock clock = {.wall_ms = system_wall_ms, .boot_ms = system_boot_ms};
    return &clock;
}
