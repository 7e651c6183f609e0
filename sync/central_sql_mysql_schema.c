/* SPDX-License-Identifier: GPL-3.0-or-later
 * A shared database made a central's, opened, and brought up to date by one central at a time.
 * Changing tables is no transaction there, so each step can be taken again. */
#include "sync/central_sql_mysql.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <mysqld_error.h>
#include <string.h>

#define MIGRATOR_MS 60000 /* how long one may take for a step before another takes over */
#define MIGRATION_WAITS_US (90 * G_TIME_SPAN_SECOND)
#define POLL_US (100 * G_TIME_SPAN_MILLISECOND)
#define WRITER_KEPT_MS (40LL * 86400 * 1000)

/* The engine's own tables. schema_version: one row, the migrations that were carried out and who is
 * at the next one until when. writer: one row a connection that writes, how many of its
 * transactions have committed. */
static const char OWN_TABLES[] =
    "CREATE TABLE IF NOT EXISTS schema_version (name VARCHAR(16) NOT NULL, version BIGINT NOT "
    "NULL, "
    "migrator VARCHAR(64) NOT NULL, until_ms BIGINT NOT NULL, PRIMARY KEY (name));\n"
    "CREATE TABLE IF NOT EXISTS writer (writer VARCHAR(64) NOT NULL, commits BIGINT NOT NULL, "
    "made_ms BIGINT NOT NULL, PRIMARY KEY (writer));\n";

/* Keys compare byte by byte, as they do in SQLite; the first that the engine has. */
static const char *const COLLATIONS[] = {"utf8mb4_nopad_bin", "utf8mb4_bin"};

static int64_t now_ms(void)
{
    return g_get_real_time() / 1000;
}

static bool run_statement(CentralStore *store, const char *sql, GError **error)
{
    bool is_table = g_str_has_prefix(sql, "CREATE TABLE");
    unsigned code = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(COLLATIONS); i++) {
        g_autofree char *text =
            is_table
                ? g_strdup_printf("%s DEFAULT CHARACTER SET utf8mb4 COLLATE %s", sql, COLLATIONS[i])
                : g_strdup(sql);
        code = central_link_try(store, text);
        if (code != ER_UNKNOWN_COLLATION) {
            break;
        }
    }
    /* A step that was taken half is taken again: what is there already is fine. */
    if (code == 0 || code == ER_TABLE_EXISTS_ERROR || code == ER_DUP_KEYNAME ||
        code == ER_DUP_FIELDNAME) {
        return true;
    }
    MYSQL *mysql = central_link(store)->mysql;
    return central_link_fail(store, code, mysql ? mysql_error(mysql) : "", error);
}

/* Statements end in a semicolon at the end of a line. */
static bool run_statements(CentralStore *store, const char *sql, GError **error)
{
    g_auto(GStrv) statements = g_strsplit(sql, ";\n", -1);
    for (guint i = 0; statements[i]; i++) {
        if (*g_strstrip(statements[i]) && !run_statement(store, statements[i], error)) {
            return false;
        }
    }
    return true;
}

/* -1 when it is no central's. */
static bool read_version(CentralStore *store, int64_t *out, GError **error)
{
    g_autoptr(GError) failure = NULL;
    unsigned code = central_link_try(store, "SELECT 1 FROM schema_version LIMIT 1");
    if (code == ER_NO_SUCH_TABLE) {
        *out = -1;
        return true;
    }
    return central_sql_int(store, -1, out, error,
                           "SELECT version FROM schema_version WHERE name = 'central'", "");
}

/* The next step, if it is ours to take. */
static bool take_step(CentralStore *store, const char *migrator, int64_t version, GError **error)
{
    static const char CLAIM[] =
        "UPDATE schema_version SET migrator = ?, until_ms = ? WHERE name = 'central' AND "
        "version = ? AND (until_ms < ? OR migrator = ?)";
    static const char DONE[] =
        "UPDATE schema_version SET version = ?, until_ms = 0 WHERE name = 'central' AND "
        "version = ? AND migrator = ?";
    int changed = 0;
    if (!central_sql_run(store, &changed, error, CLAIM, "tiiit", migrator, now_ms() + MIGRATOR_MS,
                         version, now_ms(), migrator)) {
        return false;
    }
    if (changed == 0) {
        g_usleep(POLL_US);
        return true;
    }
    return run_statements(store, central_migrations[version], error) &&
           central_sql_run(store, NULL, error, DONE, "iit", version + 1, version, migrator);
}

static bool migrate(CentralStore *store, GError **error)
{
    g_autofree char *migrator = central_store_new_epoch();
    int64_t version = 0, until_us = g_get_monotonic_time() + MIGRATION_WAITS_US;
    while (read_version(store, &version, error)) {
        if (version == central_migrations_count) {
            return true;
        }
        if (g_get_monotonic_time() > until_us) {
            g_set_error(error, POS_ERROR, POS_ERROR_BUSY,
                        _("The tables of %s are being brought up to date elsewhere; try again."),
                        store->path);
            return false;
        }
        if (!take_step(store, migrator, version, error)) {
            return false;
        }
    }
    return false;
}

/* --- making ----------------------------------------------------------------------------------- */

/* Makes the database itself where we may. */
static void make_database(CentralStore *store)
{
    CentralLink *link = central_link(store);
    g_autofree char *name = link->database.name;
    g_autofree char *sql = g_strdup_printf("CREATE DATABASE IF NOT EXISTS `%s`", name);
    link->database.name = NULL;
    link->host = 0; /* and looked for there again: other nodes hear of it later */
    if (central_link_ready(store, NULL)) {
        central_link_try(store, sql);
    }
    central_link_drop(store);
    link->database.name = g_steal_pointer(&name);
    link->host = 0;
}

static CentralStore *connect_to(const char *url, CentralStoreAccess access, GError **error)
{
    g_auto(CentralDatabase) database = {0};
    if (!central_database_parse(url, &database, error)) {
        return NULL;
    }
    g_autofree char *password = central_database_password(&database, error);
    if (!password) {
        return NULL;
    }
    g_autofree char *shown = g_strdup_printf("%s/%s", database.hosts[0], database.name);
    CentralStore *store = central_sql_store_new(&central_engine_mysql, shown, access);
    CentralLink *link = g_new0(CentralLink, 1);
    link->database = database;
    memset(&database, 0, sizeof database);
    link->password = g_steal_pointer(&password);
    link->patient = (access & CENTRAL_STORE_PATIENT) != 0;
    store->link = link;
    return store;
}

static bool put_epoch(CentralStore *store, CentralCreate how, GError **error)
{
    g_autofree char *held = central_store_meta_get(store, CENTRAL_META_EPOCH);
    g_autofree char *epoch = central_store_new_epoch();
    if (how == CENTRAL_CREATE_NEW && held) {
        g_set_error(
            error, POS_ERROR, POS_ERROR_FAILED,
            _("There is a central in the database %s already; --join makes this machine one "
              "more that serves it, --restored says that the database came from a backup."),
            store->path);
        return false;
    }
    if (how != CENTRAL_CREATE_NEW && !held) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("There is no central in the database %s."), store->path);
        return false;
    }
    return how == CENTRAL_CREATE_JOIN ||
           central_store_meta_set(store, CENTRAL_META_EPOCH, epoch, error);
}

bool central_mysql_create(const char *url, CentralCreate how, GError **error)
{
    static const char ROW[] = "INSERT INTO schema_version (name, version, migrator, until_ms) "
                              "VALUES ('central', 0, '', 0)";
    g_autoptr(CentralStore) store =
        connect_to(url, CENTRAL_STORE_WRITE | CENTRAL_STORE_PATIENT, error);
    if (!store) {
        return false;
    }
    g_autoptr(GError) failure = NULL;
    if (!central_link_ready(store, &failure)) {
        make_database(store);
        if (!central_link_ready(store, error)) {
            return false;
        }
    }
    int64_t version = -1;
    if (!read_version(store, &version, error)) {
        return false;
    }
    if (version < 0 && how != CENTRAL_CREATE_NEW) {
        return put_epoch(store, how, error);
    }
    if (version < 0) {
        unsigned code = 0;
        if (!run_statements(store, OWN_TABLES, error) ||
            ((code = central_link_try(store, ROW)) != 0 && code != ER_DUP_ENTRY &&
             !central_link_fail(store, code, mysql_error(central_link(store)->mysql), error))) {
            return false;
        }
    }
    return migrate(store, error) && put_epoch(store, how, error);
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool check(CentralStore *store, GError **error)
{
    int64_t version = -1;
    if (!read_version(store, &version, error)) {
        return false;
    }
    if (version < 0) {
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
    if (version < central_migrations_count && !store->writable) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("%s was written by an older coster-central; start serve once to bring it "
                      "up to date."),
                    store->path);
        return false;
    }
    return migrate(store, error);
}

CentralStore *central_mysql_open(const char *url, CentralStoreAccess access, GError **error)
{
    g_autoptr(CentralStore) store = connect_to(url, access, error);
    if (!store || !central_link_ready(store, error) || !check(store, error)) {
        return NULL;
    }
    if (store->writable) {
        g_autofree char *tidy = g_strdup_printf("DELETE FROM writer WHERE made_ms < %" PRId64,
                                                (int64_t)(now_ms() - WRITER_KEPT_MS));
        central_link_try(store, tidy);
    }
    return g_steal_pointer(&store);
}
