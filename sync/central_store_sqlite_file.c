/* SPDX-License-Identifier: GPL-3.0-or-later
 * The file of a central on SQLite: made, opened, copied whole beside a running service, and made
 * anew from such a copy. */
#include "pos/error.h"
#include "sync/central_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* A new empty file that only we can read. */
static bool make_file(const char *file, GError **error)
{
    int made = open(file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be made: %s."), file,
                    g_strerror(errno));
        return false;
    }
    close(made);
    return true;
}

/* Under its name only when it is whole, and never over another: link() refuses what is there. */
static bool give_name(const char *dir, const char *fresh, const char *path, bool restored,
                      GError **error)
{
    if (link(fresh, path) == 0) {
        return true;
    }
    if (errno != EEXIST) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("A database cannot be made in %s."), dir);
    } else if (restored) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("There is a central in %s already; restore into an empty folder or move that "
                      "one away first."),
                    dir);
    } else {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("There is a central in %s already; nothing was changed."), dir);
    }
    return false;
}

static bool fill_new_file(const char *path, GError **error)
{
    g_autoptr(CentralStore) store = central_sqlite_open(path, CENTRAL_STORE_WRITE, error);
    g_autofree char *epoch = central_store_new_epoch();
    return store && central_sqlite_settings(store, error) && central_sqlite_mark(store, error) &&
           central_store_meta_set(store, CENTRAL_META_EPOCH, epoch, error) &&
           central_sql_execute(store, "PRAGMA journal_mode = WAL", error);
}

bool central_sqlite_create_file(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    g_autofree char *fresh = g_strdup_printf("%s.new-%d", path, (int)getpid());
    g_unlink(fresh);
    bool ok = make_file(fresh, error) && fill_new_file(fresh, error) &&
              give_name(dir, fresh, path, false, error);
    g_unlink(fresh);
    return ok;
}

CentralStore *central_sqlite_open_file(const char *dir, CentralStoreAccess access, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("There is no central in %s; make one with: coster-central init --data %s"),
                    dir, dir);
        return NULL;
    }
    g_autoptr(CentralStore) store = central_sqlite_open(path, access, error);
    if (!store || !central_sqlite_settings(store, error) || !central_sqlite_check(store, error)) {
        return NULL;
    }
    return g_steal_pointer(&store);
}

bool central_sqlite_backup(CentralStore *store, const char *file, GError **error)
{
    if (g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s is there already; give the backup another name."), file);
        return false;
    }
    if (!make_file(file, error)) {
        return false;
    }
    g_autoptr(CentralQuery) walk = central_sql_walk(store, error, "VACUUM INTO ?", "t", file);
    bool ok = walk && central_sql_step(walk, error) == CENTRAL_SQL_DONE;
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
    if (!source || !central_sqlite_check(source, error)) {
        return false;
    }
    g_autoptr(CentralStore) target = central_sqlite_open(to, CENTRAL_STORE_WRITE, error);
    g_autofree char *epoch = central_store_new_epoch();
    return target && central_sqlite_copy(target, source, error) &&
           central_sqlite_settings(target, error) &&
           central_store_meta_set(target, CENTRAL_META_EPOCH, epoch, error) &&
           central_sql_execute(target, "PRAGMA journal_mode = WAL", error);
}

bool central_sqlite_restore_file(const char *dir, const char *file, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    g_autofree char *fresh = g_strdup_printf("%s.new-%d", path, (int)getpid());
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no backup %s."), file);
        return false;
    }
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The folder %s cannot be made: %s."), dir,
                    g_strerror(errno));
        return false;
    }
    g_unlink(fresh);
    bool ok = make_file(fresh, error) && copy_into(file, fresh, error) &&
              give_name(dir, fresh, path, true, error);
    g_unlink(fresh);
    return ok;
}
