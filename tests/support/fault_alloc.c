/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/fault_alloc.h"

#include <glib.h>
#include <sqlite3.h>

static sqlite3_mem_methods real;
static int countdown = -1; /* -1: nothing is armed */
static bool failed;

static bool fails_now(void)
{
    if (countdown < 0) {
        return false;
    }
    bool now = countdown == 0;
    countdown--;
    failed = failed || now;
    return now;
}

static void *allocate(int size)
{
    return fails_now() ? NULL : real.xMalloc(size);
}

static void *reallocate(void *memory, int size)
{
    return fails_now() ? NULL : real.xRealloc(memory, size);
}

void fault_alloc_install(void)
{
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), ==, SQLITE_OK);
    static sqlite3_mem_methods methods;
    methods = real;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), ==, SQLITE_OK);
}

void fault_alloc_arm(int nth)
{
    countdown = nth;
    failed = false;
}

bool fault_alloc_disarm(void)
{
    countdown = -1;
    return failed;
}
