/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/fault_alloc.h"

#include <glib.h>
#include <sqlite3.h>

static sqlite3_mem_methods real;
static int left = -1;
static bool failed;

static bool fails(void)
{
    if (left < 0 || left-- > 0) {
        return false;
    }
    failed = true;
    return true;
}

static void *on_malloc(int size)
{
    return fails() ? NULL : real.xMalloc(size);
}

static void *on_realloc(void *memory, int size)
{
    return fails() ? NULL : real.xRealloc(memory, size);
}

void fault_alloc_install(void)
{
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), ==, SQLITE_OK);
    sqlite3_mem_methods methods = real;
    methods.xMalloc = on_malloc;
    methods.xRealloc = on_realloc;
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), ==, SQLITE_OK);
    /* Each allocation asks us, not a pool that was filled before. */
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
}

void fault_alloc_arm(int nth)
{
    failed = false;
    left = nth;
}

bool fault_alloc_disarm(void)
{
    left = -1;
    return failed;
}
