/* SPDX-License-Identifier: GPL-3.0-or-later
 * Memory that runs out on order, for SQLite alone: its allocator is the system's, but the chosen allocation fails.
 * Single-threaded tests only. */
#pragma once
#include <stdbool.h>

/* Before SQLite is first used; once a process. */
void fault_alloc_install(void);
/* The allocation number `nth` from now (0: the next one) fails, once. */
void fault_alloc_arm(int nth);
/* None fails any more. True when one has failed since it was armed. */
bool fault_alloc_disarm(void);
