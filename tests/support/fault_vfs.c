/* SPDX-License-Identifier: GPL-3.0-or-later
 * The failing disk: every file's methods are the system's, but writes, syncs and truncations are
 * counted and the chosen one fails without touching the file. A sync that does not fail does nothing, which keeps tests quick. */
#include "tests/support/fault_vfs.h"

#include <glib.h>
#include <sqlite3.h>

/* What is armed. */
static struct {
    FaultVfsKind kind;
    int countdown; /* -1: nothing */
    bool for_good, failed;
    int syncs; /* that did not fail */
} fault = {.countdown = -1};

typedef struct {
    sqlite3_file base; /* first: SQLite sees this */
    sqlite3_file *real;
} FaultFile;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((FaultFile *)file)->real;
}

static bool fails_now(void)
{
    if (fault.countdown < 0) {
        return false;
    }
    if (fault.countdown > 0) {
        fault.countdown--;
        return false;
    }
    fault.failed = true;
    if (!fault.for_good) {
        fault.countdown = -1;
    }
    return true;
}

static int file_close(sqlite3_file *file)
{
    int code = real_of(file)->pMethods->xClose(real_of(file));
    sqlite3_free(real_of(file));
    return code;
}

static int file_read(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), out, amount, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset)
{
    if (fails_now()) {
        return fault.kind == FAULT_VFS_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, amount, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (fault.kind == FAULT_VFS_IO && fails_now()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    if (fault.kind == FAULT_VFS_IO && fails_now()) {
        return SQLITE_IOERR_FSYNC;
    }
    fault.syncs++;
    return SQLITE_OK; /* no test cuts the power: what is written is there */
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), out);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

/* Version 2: with shared memory, for WAL; without memory mapping, so that every write is seen. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *out_flags)
{
    sqlite3_vfs *system = vfs->pAppData;
    FaultFile *opened = (FaultFile *)file;
    opened->base.pMethods = NULL;
    opened->real = sqlite3_malloc(system->szOsFile);
    g_assert_nonnull(opened->real);
    int code = system->xOpen(system, name, opened->real, flags, out_flags);
    if (code != SQLITE_OK) {
        sqlite3_free(opened->real);
        return code;
    }
    opened->base.pMethods = &file_methods;
    return SQLITE_OK;
}

void fault_vfs_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    g_assert_nonnull(system);
    vfs = *system;
    vfs.zName = "fault";
    vfs.pAppData = system;
    vfs.pNext = NULL;
    vfs.szOsFile = sizeof(FaultFile);
    vfs.xOpen = vfs_open;
    g_assert_cmpint(sqlite3_vfs_register(&vfs, 1), ==, SQLITE_OK);
}

void fault_vfs_arm(FaultVfsKind kind, int nth, bool for_good)
{
    fault.kind = kind;
    fault.countdown = nth;
    fault.for_good = for_good;
    fault.failed = false;
}

bool fault_vfs_disarm(void)
{
    fault.countdown = -1;
    return fault.failed;
}

int fault_vfs_syncs(void)
{
    return fault.syncs;
}
