/* SPDX-License-Identifier: GPL-3.0-or-later
 * SQLite's memory that runs out on order. Single-threaded tests only. */
#pragma once
#include <stdbool.h>

/* Before anything else calls SQLite (fault_vfs_install() too). */
void fault_alloc_install(void);
/* The allocation number `nth` from now (0: the next) fails, once. */
void fault_alloc_arm(int nth);
/* Nothing fails any more. True when one has failed since it was armed. */
bool fault_alloc_disarm(void);
