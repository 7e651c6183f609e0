/* SPDX-License-Identifier: GPL-3.0-or-later
 * Making and opening a central's store, whichever engine it is, and its few named values. */
#include "sync/central_sql.h"

#include "pos/error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>

char *central_store_new_epoch(void)
{
    uint8_t bytes[16];
    char hex[33];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return g_strdup(hex);
}

static bool get_ready(GError **error)
{
    if (sodium_init() < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("This machine gives no random numbers."));
        return false;
    }
    return true;
}

static bool make_folder(const char *dir, GError **error)
{
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The folder %s cannot be made: %s."), dir,
                    g_strerror(errno));
        return false;
    }
    return true;
}

/* DIR/database: the address of a shared database, in one line. */
static char *database_file(const char *dir)
{
    return g_build_filename(dir, "database", NULL);
}

/* *out_url: owned, NULL when DIR has its data in a file of its own. */
static bool read_database_file(const char *dir, char **out_url, GError **error)
{
    g_autofree char *file = database_file(dir);
    g_autoptr(GError) failure = NULL;
    *out_url = NULL;
    if (g_file_get_contents(file, out_url, NULL, &failure)) {
        g_strstrip(*out_url);
        return true;
    }
    if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
        g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOTDIR)) {
        return true;
    }
    g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be read: %s"), file,
                failure->message);
    return false;
}

static bool has_none(const char *dir, GError **error)
{
    g_autofree char *file = database_file(dir);
    g_autofree char *own = g_build_filename(dir, "central.db", NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS) && !g_file_test(own, G_FILE_TEST_EXISTS)) {
        return true;
    }
    g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                _("There is a central in %s already; nothing was changed."), dir);
    return false;
}

bool central_store_create(const char *dir, GError **error)
{
    return get_ready(error) && make_folder(dir, error) && has_none(dir, error) &&
           central_sqlite_create_file(dir, error);
}

bool central_store_create_shared(const char *dir, const char *url, CentralCreate how,
                                 GError **error)
{
    g_autofree char *file = database_file(dir);
    g_autofree char *line = g_strdup_printf("%s\n", url);
    g_autoptr(GError) failure = NULL;
    if (!get_ready(error) || !make_folder(dir, error) || !has_none(dir, error) ||
        !central_mysql_create(url, how, error)) {
        return false;
    }
    if (!g_file_set_contents_full(file, line, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, &failure)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be made: %s."), file,
                    failure->message);
        return false;
    }
    return true;
}

CentralStore *central_store_open(const char *dir, CentralStoreAccess access, GError **error)
{
    g_autofree char *url = NULL;
    if (!get_ready(error) || !read_database_file(dir, &url, error)) {
        return NULL;
    }
    return url ? central_mysql_open(url, access, error)
               : central_sqlite_open_file(dir, access, error);
}

bool central_store_restore(const char *dir, const char *file, GError **error)
{
    return get_ready(error) && central_sqlite_restore_file(dir, file, error);
}

/* --- named values ----------------------------------------------------------------------------- */

char *central_store_meta_get(CentralStore *store, const char *name)
{
    static const char SQL[] = "SELECT value FROM meta WHERE name = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, NULL, SQL, "t", name);
    if (!query || central_sql_step(query, NULL) != CENTRAL_SQL_ROW) {
        return NULL;
    }
    return central_sql_text(query, 0);
}

bool central_store_meta_set(CentralStore *store, const char *name, const char *value,
                            GError **error)
{
    static const char UPDATE[] = "UPDATE meta SET value = ? WHERE name = ?";
    static const char INSERT[] = "INSERT INTO meta (value, name) VALUES (?, ?)";
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        int changed = 0;
        scope.ok = central_sql_run(store, &changed, error, UPDATE, "tt", value, name) &&
                   (changed > 0 || central_sql_run(store, NULL, error, INSERT, "tt", value, name));
    }
    return scope.ok;
}
