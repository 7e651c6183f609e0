/* SPDX-License-Identifier: GPL-3.0-or-later
 * The terminal's SQLite file: the folder's lock, opening, migrating, transactions and cached
 * statements. Always: WAL, synchronous=FULL, foreign keys, one connection per PosStore, which
 * belongs to the thread that opened it. A transaction is short; a writer holds SQLite's write lock
 * from begin to commit, readers never wait. */
#include "pos/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pos/error.h"

#define APPLICATION_ID 0x436f7374 /* "Cost" */
#define BUSY_TIMEOUT_MS 10000 /* the other writer's longest transaction: a snapshot of the feed */

/* --- the folder's lock ---------------------------------------------------------------------------
 */

struct PosStoreLock {
    int fd;
};

static bool make_folder(const char *dir, GError **error)
{
    if (g_mkdir_with_parents(dir, 0700) == 0) {
        return true;
    }
    int code = errno;
    g_set_error(error, POS_ERROR, code == ENOSPC ? POS_ERROR_DISK_FULL : POS_ERROR_FAILED,
                _("The folder %s cannot be made: %s. Choose another with --data."), dir,
                g_strerror(code));
    return false;
}

PosStoreLock *pos_store_lock(const char *dir, GError **error)
{
    if (!make_folder(dir, error)) {
        return NULL;
    }
    g_autofree char *path = g_build_filename(dir, "lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        g_set_error(error, POS_ERROR, errno == ENOSPC ? POS_ERROR_DISK_FULL : POS_ERROR_FAILED,
                    _("The lock %s cannot be opened: %s."), path, g_strerror(errno));
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, POS_ERROR, errno == EWOULDBLOCK ? POS_ERROR_BUSY : POS_ERROR_FAILED,
                    _("The folder %s is in use by another till, window or sync. Close that one "
                      "first, or choose another folder with --data."),
                    dir);
        close(fd);
        return NULL;
    }
    PosStoreLock *lock = g_new0(PosStoreLock, 1);
    lock->fd = fd;
    return lock;
}

void pos_store_unlock(PosStoreLock *lock)
{
    if (lock == NULL) {
        return;
    }
    close(lock->fd); /* the lock goes with the descriptor; the file stays, so no one locks another
                        inode */
    g_free(lock);
}

/* --- failures ------------------------------------------------------------------------------------
 */

void store_check(PosStore *store)
{
    g_assert(store != NULL);
    g_assert(store->owner == g_thread_self());
}

static bool is_full(sqlite3 *db, int code)
{
    int system_code = sqlite3_system_errno(db);
    return (code & 0xff) == SQLITE_FULL ||
           ((code & 0xff) == SQLITE_IOERR && (system_code == ENOSPC || system_code == EDQUOT));
}

static void set_damaged(const char *path, const char *what, GError **error)
{
    g_set_error(error, POS_ERROR, POS_ERROR_CORRUPT,
                _("The file %s is damaged or is not Coster's (%s). It was left as it is: copy its "
                  "folder to a safe place, then restore a backup or enrol in a new folder."),
                path, what);
}

static bool fail_with(sqlite3 *db, const char *path, int code, GError **error)
{
    const char *said = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    if (db != NULL && is_full(db, code)) {
        g_set_error(error, POS_ERROR, POS_ERROR_DISK_FULL,
                    _("There is no room to write %s. Free some space on the disk and try again; "
                      "nothing was half done."),
                    path);
        return false;
    }
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        set_damaged(path, said, error);
        return false;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("The file %s is being written by another program. Try again."), path);
        return false;
    default:
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The file %s cannot be read or written: %s. Nothing was half done."), path,
                    said);
        return false;
    }
}

bool store_fail(PosStore *store, GError **error)
{
    return fail_with(store->db, store->path, sqlite3_extended_errcode(store->db), error);
}

void store_log(PosStore *store, GError *error)
{
    g_message("%s", error->message);
}

/* --- statements ----------------------------------------------------------------------------------
 */

static StoreQuery *prepare(PosStore *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);
    if (statement == NULL) {
        if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
            SQLITE_OK) {
            store_fail(store, error);
            return NULL;
        }
        g_hash_table_insert(store->statements, (void *)sql, statement);
    }
    g_assert(!sqlite3_stmt_busy(statement)); /* a query within itself would lose its place */
    return statement;
}

static bool bind(PosStore *store, StoreQuery *query, const char *types, va_list values,
                 GError **error)
{
    int code = SQLITE_OK;
    for (int i = 0; types[i] != '\0' && code == SQLITE_OK; i++) {
        switch (types[i]) {
        case 't':
            code = sqlite3_bind_text(query, i + 1, va_arg(values, const char *), -1, SQLITE_STATIC);
            break;
        case 'i':
            code = sqlite3_bind_int64(query, i + 1, va_arg(values, int64_t));
            break;
        case 'h': {
            const PosHash *hash = va_arg(values, const PosHash *);
            code = sqlite3_bind_blob(query, i + 1, hash->bytes, sizeof hash->bytes, SQLITE_STATIC);
            break;
        }
        default:
            g_assert_not_reached();
        }
    }
    g_assert(code == SQLITE_OK || code == SQLITE_NOMEM || code == SQLITE_TOOBIG);
    return code == SQLITE_OK || store_fail(store, error);
}

static StoreQuery *query_with(PosStore *store, const char *sql, GError **error, const char *types,
                              va_list values)
{
    store_check(store);
    if (store->depth > 0 && sqlite3_get_autocommit(store->db)) {
        /* SQLite undid the transaction by itself after an earlier failure: nothing may slip in
         * after it. */
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("A part of the transaction failed, so all of it was undone."));
        return NULL;
    }
    g_autoptr(StoreQuery) query = prepare(store, sql, error);
    if (query == NULL) {
        return NULL;
    }
    g_assert((gsize)sqlite3_bind_parameter_count(query) == strlen(types));
    return bind(store, query, types, values, error) ? g_steal_pointer(&query) : NULL;
}

StoreQuery *store_query(PosStore *store, const char *sql, GError **error, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    StoreQuery *query = query_with(store, sql, error, types, values);
    va_end(values);
    return query;
}

int store_next(PosStore *store, StoreQuery *query, GError **error)
{
    switch (sqlite3_step(query)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        store_fail(store, error);
        return -1;
    }
}

void store_query_done(StoreQuery *query)
{
    if (query != NULL) {
        sqlite3_reset(query);
        sqlite3_clear_bindings(query);
    }
}

bool store_run(PosStore *store, const char *sql, GError **error, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    g_autoptr(StoreQuery) query = query_with(store, sql, error, types, values);
    va_end(values);
    return query != NULL && store_next(store, query, error) == 0;
}

const char *store_text(StoreQuery *query, int column)
{
    const char *text = (const char *)sqlite3_column_text(query, column);
    return text != NULL ? text : "";
}

bool store_script(PosStore *store, const char *sql, GError **error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(store, error);
}

/* --- transactions --------------------------------------------------------------------------------
 */

static void end_transaction(PosStore *store)
{
    /* After some failures SQLite has rolled back by itself. */
    if (!sqlite3_get_autocommit(store->db)) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    store->depth = 0;
    store->broken = false;
}

bool pos_store_begin(PosStore *store, GError **error)
{
    store_check(store);
    if (store->depth == 0 && !store_script(store, "BEGIN IMMEDIATE", error)) {
        return false;
    }
    store->depth++;
    return true;
}

bool pos_store_commit(PosStore *store, GError **error)
{
    store_check(store);
    g_assert(store->depth > 0);
    if (store->depth > 1) {
        store->depth--;
        return true;
    }
    if (store->broken) {
        end_transaction(store);
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("A part of the transaction failed, so all of it was undone."));
        return false;
    }
    if (!store_script(store, "COMMIT", error)) {
        end_transaction(store);
        return false;
    }
    store->depth = 0;
    return true;
}

void pos_store_rollback(PosStore *store)
{
    store_check(store);
    if (store->depth > 1) {
        store->depth--;
        store->broken = true;
        return;
    }
    end_transaction(store);
}

/* --- open and migrate ----------------------------------------------------------------------------
 */

static bool pragma_number(PosStore *store, const char *sql, int64_t *out, GError **error)
{
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (done) {
        *out = sqlite3_column_int64(statement, 0);
    } else {
        store_fail(store, error);
    }
    sqlite3_finalize(statement);
    return done;
}

/* Which migrations the file has seen: 0 for an empty one. A file that is not ours, or newer than
 * this program, is refused. */
static bool read_schema_version(PosStore *store, int64_t *out_version, GError **error)
{
    int64_t tables, application;
    if (!pragma_number(store, "SELECT count(*) FROM sqlite_schema", &tables, error) ||
        !pragma_number(store, "PRAGMA user_version", out_version, error) ||
        !pragma_number(store, "PRAGMA application_id", &application, error)) {
        return false;
    }
    if ((tables > 0 || *out_version > 0) && application != APPLICATION_ID) {
        set_damaged(store->path, _("it belongs to another program"), error);
        return false;
    }
    if (*out_version > (int64_t)pos_store_migrations_count) {
        g_set_error(error, POS_ERROR, POS_ERROR_CORRUPT,
                    _("The file %s was written by a newer Coster. Update this program; the file "
                      "was left as it is."),
                    store->path);
        return false;
    }
    return true;
}

static bool run_migration(PosStore *store, const PosStoreMigration *migration, GError **error)
{
    if (!store_script(store, migration->sql, error)) {
        g_prefix_error(error, "%s: ", migration->name);
        return false;
    }
    /* A pragma takes no parameters; both numbers are our own. */
    g_autofree char *stamp = g_strdup_printf(
        "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID, migration->number);
    return store_script(store, stamp, error);
}

/* All missing migrations in one transaction, so a crash leaves the file as it was. */
static bool migrate(PosStore *store, GError **error)
{
    int64_t version;
    if (!read_schema_version(store, &version, error)) {
        return false;
    }
    if (version == (int64_t)pos_store_migrations_count) {
        return true;
    }
    if (!pos_store_begin(store, error)) {
        return false;
    }
    /* Another connection may have migrated while this one waited for the write lock. */
    bool fine = read_schema_version(store, &version, error);
    for (gsize i = (gsize)version; fine && i < pos_store_migrations_count; i++) {
        fine = run_migration(store, &pos_store_migrations[i], error);
    }
    if (!fine) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}

static bool check_current(PosStore *store, GError **error)
{
    int64_t version;
    if (!read_schema_version(store, &version, error)) {
        return false;
    }
    if (version != (int64_t)pos_store_migrations_count) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("The file %s is not set up for this version yet. Start the till on it once."),
                    store->path);
        return false;
    }
    return true;
}

/* Reads what every program needs first, so that damage there is said at once. */
static bool probe(PosStore *store, GError **error)
{
    int64_t number;
    return pragma_number(store, "SELECT count(*) FROM identity", &number, error) &&
           pragma_number(store, "SELECT count(*) FROM acked", &number, error) &&
           pragma_number(store, "SELECT version FROM feed_state", &number, error) &&
           pragma_number(store, "SELECT count(*) FROM cart", &number, error) &&
           pragma_number(store, "SELECT coalesce(max(rowid), 0) FROM journal", &number, error);
}

static bool set_up_connection(PosStore *store, PosStoreAccess access, GError **error)
{
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (access == POS_STORE_READ_ONLY) {
        /* The last one to close would otherwise fold the log into the file: a reader changes
         * nothing. */
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return store_script(store, "PRAGMA query_only = 1", error) && check_current(store, error);
    }
    int64_t version;
    return read_schema_version(store, &version, error) && /* before the journal mode touches it */
           store_script(store,
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                        "PRAGMA foreign_keys = 1; PRAGMA cell_size_check = 1;"
                        /* a snapshot of the feed makes the log long; it need not stay so */
                        "PRAGMA journal_size_limit = 16777216;",
                        error) &&
           migrate(store, error);
}

/* The file, for its owner's eyes alone: it holds the terminal's token. SQLite gives its log the
 * same mode. */
static bool make_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        int code = errno;
        g_set_error(error, POS_ERROR, code == ENOSPC ? POS_ERROR_DISK_FULL : POS_ERROR_FAILED,
                    _("The file %s cannot be opened: %s."), path, g_strerror(code));
        return false;
    }
    close(fd);
    return true;
}

static bool open_connection(PosStore *store, GError **error)
{
    /* A reader, too, opens read-write (SQLite falls back where it may not): only so can it recover
     * the log of a till that was killed. query_only then keeps it from writing. */
    int code =
        sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return code == SQLITE_OK || fail_with(store->db, store->path, code, error);
}

static void finalize_statement(void *statement)
{
    sqlite3_finalize(statement);
}

PosStore *pos_store_open(const char *dir, PosStoreAccess access, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "coster.db", NULL);
    if (access == POS_STORE_READ_ONLY && !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("There is no till in the folder %s. Enrol one there first, or name its "
                      "folder with --data."),
                    dir);
        return NULL;
    }
    if (access == POS_STORE_WRITE && (!make_folder(dir, error) || !make_file(path, error))) {
        return NULL;
    }
    g_autoptr(PosStore) store = g_new0(PosStore, 1);
    store->path = g_steal_pointer(&path);
    store->owner = g_thread_self();
    store->statements =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize_statement);
    if (!open_connection(store, error) || !set_up_connection(store, access, error) ||
        !probe(store, error)) {
        return NULL;
    }
    return g_steal_pointer(&store);
}

void pos_store_close(PosStore *store)
{
    if (store == NULL) {
        return;
    }
    store_check(store);
    if (store->db != NULL) {
        end_transaction(store);
    }
    g_clear_pointer(&store->statements, g_hash_table_unref);
    sqlite3_close_v2(store->db);
    pos_store_settings_clear(&store->settings);
    g_clear_pointer(&store->zone, g_time_zone_unref);
    store_search_close(store);
    g_free(store->settings_text);
    g_free(store->path);
    g_free(store);
}

int64_t pos_store_data_version(PosStore *store)
{
    static const char sql[] = "PRAGMA data_version";
    g_autoptr(StoreQuery) query = store_query(store, sql, NULL, "");
    int64_t other =
        query != NULL && store_next(store, query, NULL) == 1 ? sqlite3_column_int64(query, 0) : 0;
    return other +
           sqlite3_total_changes64(store->db); /* the pragma counts other connections only */
}

bool pos_store_has_room(const PosStore *store)
{
    struct statvfs disk;
    return statvfs(store->path, &disk) != 0 ||
           (uint64_t)disk.f_bavail * disk.f_frsize >= POS_BOUND_ROOM_BYTES;
}
