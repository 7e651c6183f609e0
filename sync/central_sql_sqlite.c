/* SPDX-License-Identifier: GPL-3.0-or-later
 * SQLite as the engine: one file, WAL with synchronous=FULL, so what was committed is on disk. All
 * writing happens under BEGIN IMMEDIATE, which waits for its turn: no transaction is run again. */
#include "sync/central_sql.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sqlite3.h>

#define APPLICATION_ID 0x43535443 /* "CSTC": says that the file is a central's */
#define BUSY_TIMEOUT_MS                                                                            \
    15000 /* a rebuild or an import of a large store holds the writer lock for seconds */

static sqlite3 *db_of(CentralStore *store)
{
    return store->link;
}

/* --- errors and statements ------------------------------------------------------------------ */

static bool fail(CentralStore *store, int code, GError **error)
{
    const char *says = store->link ? sqlite3_errmsg(db_of(store)) : sqlite3_errstr(code);
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

static void *prepare(CentralStore *store, const char *sql, bool walk, GError **error)
{
    sqlite3_stmt *statement = NULL;
    unsigned flags = walk ? 0 : SQLITE_PREPARE_PERSISTENT;
    int code = sqlite3_prepare_v3(db_of(store), sql, -1, flags, &statement, NULL);
    if (code != SQLITE_OK) {
        fail(store, code, error);
    }
    return statement;
}

static int bind_one(sqlite3_stmt *statement, int column, char letter, sqlite3_destructor_type keep,
                    va_list *args)
{
    switch (letter) {
    case 'i':
        return sqlite3_bind_int64(statement, column, va_arg(*args, int64_t));
    case 't': {
        const char *text = va_arg(*args, const char *);
        return text ? sqlite3_bind_text(statement, column, text, -1, keep)
                    : sqlite3_bind_null(statement, column);
    }
    case 'b': {
        const void *bytes = va_arg(*args, const void *);
        gsize length = va_arg(*args, gsize);
        return bytes ? sqlite3_bind_blob64(statement, column, bytes, length, keep)
                     : sqlite3_bind_null(statement, column);
    }
    case 'h':
        return sqlite3_bind_blob(statement, column, va_arg(*args, const PosHash *)->bytes, 32,
                                 keep);
    default:
        g_assert_not_reached();
    }
}

static bool bind(CentralStore *store, void *statement, bool copy, const char *format, va_list args,
                 GError **error)
{
    int code = SQLITE_OK;
    int column = 1;
    sqlite3_destructor_type keep = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    va_list rest;
    va_copy(rest, args);
    for (const char *f = format; *f && code == SQLITE_OK; f++, column++) {
        code = bind_one(statement, column, *f, keep, &rest);
    }
    va_end(rest);
    g_assert(sqlite3_bind_parameter_count(statement) == column - 1 || code != SQLITE_OK);
    return code == SQLITE_OK || fail(store, code, error);
}

static bool bind_values(CentralStore *store, void *statement, const char *format,
                        const CentralValue *values, gsize rows, GError **error)
{
    gsize columns = strlen(format), count = columns * rows;
    int code = SQLITE_OK;
    for (gsize i = 0; i < count && code == SQLITE_OK; i++) {
        const CentralValue *value = &values[i];
        char letter = format[i % columns];
        if (letter == 'i') {
            code = sqlite3_bind_int64(statement, (int)i + 1, value->integer);
        } else if (!value->bytes) {
            code = sqlite3_bind_null(statement, (int)i + 1);
        } else if (letter == 't') {
            code = sqlite3_bind_text64(statement, (int)i + 1, value->bytes, value->length,
                                       SQLITE_STATIC, SQLITE_UTF8);
        } else {
            code = sqlite3_bind_blob64(statement, (int)i + 1, value->bytes, value->length,
                                       SQLITE_STATIC);
        }
    }
    return code == SQLITE_OK || fail(store, code, error);
}

static int step(CentralStore *store, void *statement, GError **error)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW ? CENTRAL_SQL_ROW : CENTRAL_SQL_DONE;
    }
    fail(store, code, error);
    return CENTRAL_SQL_ERROR;
}

static void reset(void *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

static int changes(CentralStore *store, void *statement)
{
    return sqlite3_changes(db_of(store));
}

static int64_t column_int(void *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

static const void *column_blob(void *statement, int column, gsize *out_length)
{
    const void *bytes = NULL;
    if (sqlite3_column_type(statement, column) == SQLITE_BLOB) {
        /* An empty blob is given as NULL; it is not the same. */
        bytes = sqlite3_column_blob(statement, column);
        bytes = bytes ? bytes : "";
    } else {
        bytes = sqlite3_column_text(statement, column);
    }
    if (out_length) {
        *out_length = (gsize)sqlite3_column_bytes(statement, column);
    }
    return bytes;
}

static bool execute(CentralStore *store, const char *sql, GError **error)
{
    int code = sqlite3_exec(db_of(store), sql, NULL, NULL, NULL);
    return code == SQLITE_OK || fail(store, code, error);
}

/* --- transactions --------------------------------------------------------------------------- */

static bool begin(CentralStore *store, bool *out_done, GError **error)
{
    *out_done = false;
    /* IMMEDIATE: to read first and write later would let two writers read the same version. */
    return execute(store, store->writable ? "BEGIN IMMEDIATE" : "BEGIN", error);
}

static bool commit(CentralStore *store, GError **error)
{
    return execute(store, "COMMIT", error);
}

static void rollback(CentralStore *store)
{
    /* A full disk may have rolled back already; then there is nothing to do. */
    if (!sqlite3_get_autocommit(db_of(store))) {
        execute(store, "ROLLBACK", NULL);
    }
}

static bool part_begin(CentralStore *store, GError **error)
{
    if (sqlite3_get_autocommit(db_of(store))) {
        /* A full disk has ended the transaction: a savepoint now would be one of its own. */
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The transaction has ended; is the disk full?"));
        return false;
    }
    return execute(store, "SAVEPOINT part", error);
}

static void part_end(CentralStore *store, bool undo)
{
    if (!sqlite3_get_autocommit(db_of(store))) {
        if (undo) {
            execute(store, "ROLLBACK TO part", NULL);
        }
        execute(store, "RELEASE part", NULL);
    }
}

static int64_t data_version(CentralStore *store)
{
    int64_t version = 0;
    central_sql_int(store, 0, &version, NULL, "PRAGMA data_version", "");
    return version;
}

/* --- hidden derived tables -------------------------------------------------------------------- */

static bool shadow_begin(CentralStore *store, const char *table, GError **error)
{
    static const char SQL[] =
        "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?";
    g_autofree char *made = NULL;
    {
        g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "t", table);
        if (!query || central_sql_step(query, error) != CENTRAL_SQL_ROW) {
            return false;
        }
        made = central_sql_text(query, 0);
    }
    g_assert(g_str_has_prefix(made, "CREATE TABLE "));
    g_autofree char *shadow = g_strdup_printf("CREATE TEMP TABLE %s", made + 13);
    return execute(store, shadow, error);
}

static char *shadow_compare_sql(const char *table, const char *columns, bool missing)
{
    return g_strdup_printf("SELECT %s FROM %s.%s EXCEPT SELECT %s FROM %s.%s LIMIT 1", columns,
                           missing ? "temp" : "main", table, columns, missing ? "main" : "temp",
                           table);
}

static void shadow_end(CentralStore *store, const char *table)
{
    g_autofree char *sql = g_strdup_printf("DROP TABLE IF EXISTS temp.%s", table);
    execute(store, sql, NULL);
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool pragma_int(CentralStore *store, const char *sql, int64_t *out, GError **error)
{
    g_autoptr(CentralQuery) walk = central_sql_walk(store, error, sql, "");
    if (!walk || central_sql_step(walk, error) != CENTRAL_SQL_ROW) {
        if (error && !*error) {
            fail(store, SQLITE_CORRUPT, error);
        }
        return false;
    }
    *out = central_sql_column_int(walk, 0);
    return true;
}

/* Schema version n is what migrations 1..n made; it stands in the file's user_version. */
static bool migrate(CentralStore *store, GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        int64_t version = 0;
        scope.ok = pragma_int(store, "PRAGMA user_version", &version, error);
        for (int64_t next = version; scope.ok && next < central_migrations_count; next++) {
            g_autofree char *mark = g_strdup_printf("PRAGMA user_version = %" PRId64, next + 1);
            scope.ok =
                execute(store, central_migrations[next], error) && execute(store, mark, error);
        }
    }
    return scope.ok;
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

bool central_sqlite_settings(CentralStore *store, GError **error)
{
    return execute(store,
                   "PRAGMA synchronous = FULL;"
                   "PRAGMA cache_size = -65536;"
                   "PRAGMA wal_autocheckpoint = 4000;"
                   "PRAGMA trusted_schema = OFF;",
                   error);
}

bool central_sqlite_mark(CentralStore *store, GError **error)
{
    g_autofree char *mark = g_strdup_printf("PRAGMA application_id = %d", APPLICATION_ID);
    return execute(store, mark, error) && migrate(store, error);
}

CentralStore *central_sqlite_open(const char *path, CentralStoreAccess access, GError **error)
{
    CentralStore *store = central_sql_store_new(&central_engine_sqlite, path, access);
    int flags = store->writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    store->link = db;
    if (code != SQLITE_OK) {
        fail(store, code, error);
        central_store_close(store);
        return NULL;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    return store;
}

bool central_sqlite_copy(CentralStore *target, CentralStore *source, GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init(target->link, "main", source->link, "main");
    int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(target->link);
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE || fail(target, code, error);
}

static int64_t cache_version(CentralStore *store)
{
    uint32_t version = 0;
    sqlite3_file_control(store->link, "main", SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
}

static void close_link(CentralStore *store)
{
    int code = sqlite3_close(store->link);
    g_assert(code == SQLITE_OK); /* a cursor or statement of ours was left open */
}

const CentralEngine central_engine_sqlite = {
    .prepare = prepare,
    .bind = bind,
    .bind_values = bind_values,
    .step = step,
    .reset = reset,
    .finalize = finalize,
    .changes = changes,
    .column_int = column_int,
    .column_blob = column_blob,
    .execute = execute,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .part_begin = part_begin,
    .part_end = part_end,
    .data_version = data_version,
    .cache_version = cache_version,
    .backup = central_sqlite_backup,
    .shadow_begin = shadow_begin,
    .shadow_compare_sql = shadow_compare_sql,
    .shadow_end = shadow_end,
    .close = close_link,
};
