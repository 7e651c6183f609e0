/* SPDX-License-Identifier: GPL-3.0-or-later
 * The SQLite engine's ground: make, open, migrate, transactions, cached statements, errors, and the
 * few named values. WAL with synchronous=FULL: what was committed is on disk. */
#include "sync/central_store_sqlite.h"

#include "pos/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <unistd.h>

#define APPLICATION_ID 0x43535443 /* "CSTC": says that the file is a central's */
#define BUSY_TIMEOUT_MS                                                                            \
    15000 /* a rebuild or an import of a large store holds the writer lock for seconds */

/* --- errors and statements ----------------------------------------------------------------------
 */

bool central_sqlite_fail(CentralStore *store, int code, GError **error)
{
    const char *says = store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        g_set_error(error, POS_ERROR, POS_ERROR_DISK_FULL,
                    _("There is no room left on the disk of %s; nothing was changed."),
                    store->path);
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                    _("%s is busy with another program's change; try again."), store->path);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        g_set_error(error, POS_ERROR, POS_ERROR_CORRUPT,
                    _("%s is damaged (%s); restore it from a backup."), store->path, says);
        break;
    case SQLITE_READONLY:
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s cannot be written; check who owns the file."), store->path);
        break;
    default:
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s could not be used: %s."), store->path,
                    says);
    }
    return false;
}

static bool bind_all(CentralStore *store, sqlite3_stmt *statement, const char *format, va_list args,
                     GError **error)
{
    int code = SQLITE_OK;
    int column = 1;
    for (const char *f = format; *f && code == SQLITE_OK; f++, column++) {
        switch (*f) {
        case 'i':
            code = sqlite3_bind_int64(statement, column, va_arg(args, int64_t));
            break;
        case 't': {
            const char *text = va_arg(args, const char *);
            code = text ? sqlite3_bind_text(statement, column, text, -1, SQLITE_STATIC)
                        : sqlite3_bind_null(statement, column);
            break;
        }
        case 'b': {
            const void *bytes = va_arg(args, const void *);
            gsize length = va_arg(args, gsize);
            code = bytes ? sqlite3_bind_blob64(statement, column, bytes, length, SQLITE_STATIC)
                         : sqlite3_bind_null(statement, column);
            break;
        }
        case 'h':
            code = sqlite3_bind_blob(statement, column, va_arg(args, const PosHash *)->bytes, 32,
                                     SQLITE_STATIC);
            break;
        default:
            g_assert_not_reached();
        }
    }
    g_assert(sqlite3_bind_parameter_count(statement) == column - 1 || code != SQLITE_OK);
    return code == SQLITE_OK || central_sqlite_fail(store, code, error);
}

static CentralQuery *query_va(CentralStore *store, GError **error, const char *sql,
                              const char *format, va_list args)
{
    g_assert(g_thread_self() == store->owner);
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);
    if (!statement) {
        int code =
            sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (code != SQLITE_OK) {
            central_sqlite_fail(store, code, error);
            return NULL;
        }
        g_hash_table_insert(store->statements, (gpointer)sql, statement);
    }
    g_assert(!sqlite3_stmt_busy(statement));
    if (!bind_all(store, statement, format, args, error)) {
        central_sqlite_release(statement);
        return NULL;
    }
    return statement;
}

CentralQuery *central_sqlite_query(CentralStore *store, GError **error, const char *sql,
                                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CentralQuery *query = query_va(store, error, sql, format, args);
    va_end(args);
    return query;
}

void central_sqlite_release(CentralQuery *query)
{
    if (query) {
        sqlite3_reset(query);
        sqlite3_clear_bindings(query);
    }
}

CentralWalk *central_sqlite_walk(CentralStore *store, GError **error, const char *sql,
                                 const char *format, ...)
{
    g_assert(g_thread_self() == store->owner);
    CentralWalk *walk = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &walk, NULL);
    if (code != SQLITE_OK) {
        central_sqlite_fail(store, code, error);
        return NULL;
    }
    va_list args;
    va_start(args, format);
    bool bound = bind_all(store, walk, format, args, error);
    va_end(args);
    if (!bound) {
        g_clear_pointer(&walk, sqlite3_finalize);
    }
    return walk;
}

int central_sqlite_step(CentralStore *store, sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        central_sqlite_fail(store, code, error);
    }
    return code;
}

bool central_sqlite_run(CentralStore *store, int *out_changed, GError **error, const char *sql,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autoptr(CentralQuery) query = query_va(store, error, sql, format, args);
    va_end(args);
    if (!query || central_sqlite_step(store, query, error) != SQLITE_DONE) {
        return false;
    }
    if (out_changed) {
        *out_changed = sqlite3_changes(store->db);
    }
    return true;
}

bool central_sqlite_int(CentralStore *store, int64_t fallback, int64_t *out, GError **error,
                        const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autoptr(CentralQuery) query = query_va(store, error, sql, format, args);
    va_end(args);
    if (!query) {
        return false;
    }
    int code = central_sqlite_step(store, query, error);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return false;
    }
    *out = code == SQLITE_ROW ? sqlite3_column_int64(query, 0) : fallback;
    return true;
}

char *central_sqlite_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return g_strdup(text ? text : "");
}

PosHash central_sqlite_hash(sqlite3_stmt *statement, int column)
{
    PosHash hash = pos_hash_zero();
    const void *bytes = sqlite3_column_blob(statement, column);
    if (bytes && sqlite3_column_bytes(statement, column) == (int)sizeof hash.bytes) {
        memcpy(hash.bytes, bytes, sizeof hash.bytes);
    }
    return hash;
}

/* --- transactions -------------------------------------------------------------------------------
 */

bool central_sqlite_execute(CentralStore *store, const char *sql, GError **error)
{
    g_assert(g_thread_self() == store->owner);
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || central_sqlite_fail(store, code, error);
}

bool central_store_begin(CentralStore *store, GError **error)
{
    g_assert(!store->in_transaction);
    /* IMMEDIATE: to read first and write later would let two writers read the same version. */
    if (!central_sqlite_execute(store, store->writable ? "BEGIN IMMEDIATE" : "BEGIN", error)) {
        return false;
    }
    store->in_transaction = true;
    g_hash_table_remove_all(store->bumped);
    return true;
}

bool central_store_commit(CentralStore *store, GError **error)
{
    g_assert(store->in_transaction);
    g_assert(!store->in_part);
    if (!central_pending_flush(store, error) || !central_sqlite_execute(store, "COMMIT", error)) {
        central_store_rollback(store);
        return false;
    }
    store->in_transaction = false;
    return true;
}

void central_store_rollback(CentralStore *store)
{
    g_assert(store->in_transaction);
    /* A full disk may have rolled back already; then there is nothing to do. */
    if (!sqlite3_get_autocommit(store->db)) {
        central_sqlite_execute(store, "ROLLBACK", NULL);
    }
    store->in_transaction = false;
    store->in_part = false;
    central_pending_drop(store);
    g_hash_table_remove_all(store->products);
    g_hash_table_remove_all(store->currencies);
}

bool central_store_in_transaction(CentralStore *store)
{
    return store->in_transaction;
}

bool central_store_part_begin(CentralStore *store, GError **error)
{
    g_assert(store->in_transaction);
    g_assert(!store->in_part);
    if (!central_sqlite_execute(store, "SAVEPOINT part", error)) {
        return false;
    }
    store->in_part = true;
    g_hash_table_remove_all(store->bumped);
    return true;
}

void central_store_part_end(CentralStore *store, bool undo)
{
    g_assert(store->in_part);
    if (!sqlite3_get_autocommit(store->db)) {
        if (undo) {
            central_sqlite_execute(store, "ROLLBACK TO part", NULL);
            g_hash_table_remove_all(store->products);
            g_hash_table_remove_all(store->currencies);
            g_hash_table_remove_all(store->bumped);
        }
        central_sqlite_execute(store, "RELEASE part", NULL);
    }
    store->in_part = false;
    central_pending_end_part(store, undo);
}

bool central_sqlite_enter(CentralStore *store, bool *out_mine, GError **error)
{
    *out_mine = !store->in_transaction;
    return store->in_transaction || central_store_begin(store, error);
}

bool central_sqlite_leave(CentralStore *store, bool mine, bool ok, GError **error)
{
    if (!mine) {
        return ok;
    }
    if (!ok) {
        central_store_rollback(store);
        return false;
    }
    return central_store_commit(store, error);
}

int64_t central_store_data_version(CentralStore *store)
{
    int64_t version = 0;
    central_sqlite_int(store, 0, &version, NULL, "PRAGMA data_version", "");
    return version;
}

/* --- named values -------------------------------------------------------------------------------
 */

char *central_store_meta_get(CentralStore *store, const char *name)
{
    static const char SQL[] = "SELECT value FROM meta WHERE name = ?";
    g_autoptr(CentralQuery) query = central_sqlite_query(store, NULL, SQL, "t", name);
    if (!query || central_sqlite_step(store, query, NULL) != SQLITE_ROW) {
        return NULL;
    }
    return central_sqlite_text(query, 0);
}

bool central_store_meta_set(CentralStore *store, const char *name, const char *value,
                            GError **error)
{
    static const char UPDATE[] = "UPDATE meta SET value = ? WHERE name = ?";
    static const char INSERT[] = "INSERT INTO meta (value, name) VALUES (?, ?)";
    bool mine;
    if (!central_sqlite_enter(store, &mine, error)) {
        return false;
    }
    int changed = 0;
    bool ok = central_sqlite_run(store, &changed, error, UPDATE, "tt", value, name) &&
              (changed > 0 || central_sqlite_run(store, NULL, error, INSERT, "tt", value, name));
    return central_sqlite_leave(store, mine, ok, error);
}

/* --- make, open, migrate ------------------------------------------------------------------------
 */

char *central_sqlite_new_epoch(void)
{
    uint8_t bytes[16];
    char hex[33];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return g_strdup(hex);
}

static bool pragma_int(CentralStore *store, const char *sql, int64_t *out, GError **error)
{
    g_autoptr(CentralWalk) walk = central_sqlite_walk(store, error, sql, "");
    if (!walk || central_sqlite_step(store, walk, error) != SQLITE_ROW) {
        if (error && !*error) {
            central_sqlite_fail(store, SQLITE_CORRUPT, error);
        }
        return false;
    }
    *out = sqlite3_column_int64(walk, 0);
    return true;
}

/* Schema version n is what migrations 1..n made; it stands in the file's user_version. */
static bool migrate(CentralStore *store, GError **error)
{
    if (!central_store_begin(store, error)) {
        return false;
    }
    int64_t version = 0;
    bool ok = pragma_int(store, "PRAGMA user_version", &version, error);
    for (int64_t next = version; ok && next < central_migrations_count; next++) {
        g_autofree char *mark = g_strdup_printf("PRAGMA user_version = %" PRId64, next + 1);
        ok = central_sqlite_execute(store, central_migrations[next], error) &&
             central_sqlite_execute(store, mark, error);
    }
    return central_sqlite_leave(store, true, ok, error);
}

bool central_sqlite_check(CentralStore *store, GError **error)
{
    int64_t id = 0, version = 0;
    if (!pragma_int(store, "PRAGMA application_id", &id, error) ||
        !pragma_int(store, "PRAGMA user_version", &version, error)) {
        return false;
    }
    if (id != APPLICATION_ID) {
        g_set_error(error, POS_ERROR, POS_ERROR_CORRUPT,
                    _("%s is not the database of a central service."), store->path);
        return false;
    }
    if (version > central_migrations_count) {
        g_set_error(error, POS_ERROR, POS_ERROR_CORRUPT,
                    _("%s was written by a newer coster-central; install that version or newer."),
                    store->path);
        return false;
    }
    if (version == central_migrations_count) {
        return true;
    }
    if (!store->writable) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s was written by an older coster-central; start serve once to bring it "
                      "up to date."),
                    store->path);
        return false;
    }
    return migrate(store, error);
}

static void finalize_statement(gpointer statement)
{
    sqlite3_finalize(statement);
}

CentralStore *central_sqlite_open(const char *path, CentralStoreAccess access, GError **error)
{
    CentralStore *store = g_new0(CentralStore, 1);
    store->owner = g_thread_self();
    store->path = g_strdup(path);
    store->writable = access == CENTRAL_STORE_WRITE;
    store->statements =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize_statement);
    store->bumped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->products = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    store->currencies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->pending = central_pending_new();
    int flags = store->writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        central_sqlite_fail(store, code, error);
        central_store_close(store);
        return NULL;
    }
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    return store;
}

void central_store_close(CentralStore *store)
{
    if (!store) {
        return;
    }
    g_assert(g_thread_self() == store->owner);
    if (store->in_transaction) {
        central_store_rollback(store);
    }
    g_hash_table_unref(store->statements);
    g_hash_table_unref(store->bumped);
    g_hash_table_unref(store->products);
    g_hash_table_unref(store->currencies);
    central_pending_free(store->pending);
    int code = sqlite3_close(store->db);
    g_assert(code == SQLITE_OK); /* a cursor or statement of ours was left open */
    g_free(store->path);
    g_free(store);
}

void central_store_adopt(CentralStore *store)
{
    store->owner = g_thread_self();
}

const char central_sqlite_pragmas[] = "PRAGMA synchronous = FULL;"
                                      "PRAGMA cache_size = -65536;"
                                      "PRAGMA wal_autocheckpoint = 4000;"
                                      "PRAGMA trusted_schema = OFF;";

static bool fill_new_file(const char *path, GError **error)
{
    g_autoptr(CentralStore) store = central_sqlite_open(path, CENTRAL_STORE_WRITE, error);
    if (!store) {
        return false;
    }
    g_autofree char *mark = g_strdup_printf("PRAGMA application_id = %d", APPLICATION_ID);
    g_autofree char *epoch = central_sqlite_new_epoch();
    return central_sqlite_execute(store, central_sqlite_pragmas, error) &&
           central_sqlite_execute(store, mark, error) && migrate(store, error) &&
           central_store_meta_set(store, CENTRAL_META_EPOCH, epoch, error) &&
           central_sqlite_execute(store, "PRAGMA journal_mode = WAL", error);
}

bool central_store_create(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    g_autofree char *fresh = g_strdup_printf("%s.new-%d", path, (int)getpid());
    if (sodium_init() < 0 || g_mkdir_with_parents(dir, 0700) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The folder %s cannot be made: %s."), dir,
                    g_strerror(errno));
        return false;
    }
    g_unlink(fresh);
    int file = open(fresh, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("%s cannot be made: %s."), fresh,
                    g_strerror(errno));
        return false;
    }
    close(file);
    bool ok = fill_new_file(fresh, error);
    /* Under its name only when it is whole, and never over another: link() refuses what is there.
     */
    if (ok && link(fresh, path) != 0) {
        int why = errno;
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    why == EEXIST ? _("There is a central in %s already; nothing was changed.")
                                  : _("A database cannot be made in %s."),
                    dir);
        ok = false;
    }
    g_unlink(fresh);
    return ok;
}

CentralStore *central_store_open(const char *dir, CentralStoreAccess access, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "central.db", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("There is no central in %s; make one with: coster-central init --data %s"),
                    dir, dir);
        return NULL;
    }
    if (sodium_init() < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("This machine gives no random numbers."));
        return NULL;
    }
    g_autoptr(CentralStore) store = central_sqlite_open(path, access, error);
    if (!store || !central_sqlite_execute(store, central_sqlite_pragmas, error) ||
        !central_sqlite_check(store, error)) {
        return NULL;
    }
    return g_steal_pointer(&store);
}
