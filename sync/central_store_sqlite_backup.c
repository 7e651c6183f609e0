/* SPDX-License-Identifier: GPL-3.0-or-later
 * The SQLite engine's backup and restore: a whole copy of the database beside a running service,
 * and a new central made from one. */
#include "pos/error.h"
#include "sync/central_store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <unistd.h>

bool central_store_backup(CentralStore *store, const char *file, GError **error)
{
    if (g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s is there already; give the backup another name."), file);
        return false;
    }
    int made = open(file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be made: %s."), file,
                    g_strerror(errno));
        return false;
    }
    close(made);
    g_autoptr(CentralWalk) walk = central_sqlite_walk(store, error, "VACUUM INTO ?", "t", file);
    bool ok = walk && central_sqlite_step(store, walk, error) == SQLITE_DONE;
    int written = ok ? open(file, O_RDWR | O_CLOEXEC) : -1;
    if (ok && (written < 0 || fsync(written) != 0)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be written: %s."), file,
                    g_strerror(errno));
        ok = false;
    }
    if (written >= 0) {
        close(written);
    }
    if (!ok) {
        g_unlink(file);
    }
    return ok;
}

static bool copy_into(const char *from, const char *to, GError **error)
{
    g_autoptr(CentralStore) source = central_sqlite_open(from, CENTRAL_STORE_READ, error);
    g_autoptr(CentralStore) target = NULL;
    if (!source || !central_sqlite_check(source, error)) {
        return false;
    }
    target = central_sqlite_open(to, CENTRAL_STORE_WRITE, error);
    if (!target) {
        return false;
    }
    sqlite3_backup *backup = sqlite3_backup_init(target->db, "main", source->db, "main");
    int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(target->db);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) {
        return central_sqlite_fail(target, code, error);
    }
    g_autofree char *epoch = central_sqlite_new_epoch();
    return central_sqlite_execute(target, central_sqlite_pragmas, error) &&
           central_store_meta_set(target, CENTRAL_META_EPOCH, epoch, error) &&
           central_sqlite_execute(target, "PRAGMA journal_mode = WAL", error);
}

bool central_store_restore(const char *dir, const char *file, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    g_autofree char *fresh = g_strdup_printf("%s.new-%d", path, (int)getpid());
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no backup %s."), file);
        return false;
    }
    if (sodium_init() < 0 || g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The folder %s cannot be made: %s."), dir,
                    g_strerror(errno));
        return false;
    }
    g_unlink(fresh);
    int made = open(fresh, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be made: %s."), fresh,
                    g_strerror(errno));
        return false;
    }
    close(made);
    bool ok = copy_into(file, fresh, error);
    if (ok && link(fresh, path) != 0) {
        int why = errno;
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    why == EEXIST ? _("There is a central in %s already; restore into an empty "
                                      "folder or move that one away first.")
                                  : _("A database cannot be made in %s."),
                    dir);
        ok = false;
    }
    g_unlink(fresh);
    return ok;
}
