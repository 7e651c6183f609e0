/* SPDX-License-Identifier: GPL-3.0-or-later
 * A disk that fails on order: a SQLite VFS around the system's. Single-threaded tests only. */
#pragma once
#include <stdbool.h>

typedef enum {
    FAULT_VFS_FULL, /* writes answer SQLITE_FULL */
    FAULT_VFS_IO,   /* writes, syncs and truncations answer SQLITE_IOERR_* */
} FaultVfsKind;

/* Makes it SQLite's default; once a process. */
void fault_vfs_install(void);
/* The operation number `nth` from now (0: the next write, sync or truncation) fails; with
 * `for_good` all after it as well. */
void fault_vfs_arm(FaultVfsKind kind, int nth, bool for_good);
/* Nothing fails any more. True when something has failed since it was armed. */
bool fault_vfs_disarm(void);
/* How often a file was asked to be on disk, since the process began. */
int fault_vfs_syncs(void);
