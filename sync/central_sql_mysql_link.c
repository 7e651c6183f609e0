/* SPDX-License-Identifier: GPL-3.0-or-later
 * A connection to one of the hosts of a shared database, and what its errors mean. */
#include "sync/central_sql_mysql.h"

#include "pos/error.h"

#include <errmsg.h>
#include <glib/gi18n-lib.h>
#include <mysqld_error.h>

#define CONNECT_S 2
#define ANSWER_S 8           /* of a service: a node that says nothing for so long is left */
#define ANSWER_PATIENT_S 900 /* of an administration command over large tables */
#define ROUNDS_PAUSE_US (200 * G_TIME_SPAN_MILLISECOND)
#define READER_GIVES_UP_US (3 * G_TIME_SPAN_SECOND) /* it stands in the way of others */
#define READER_RESTS_US G_TIME_SPAN_SECOND
#define WRITER_GIVES_UP_US (15 * G_TIME_SPAN_SECOND)

/* Names that the client library's headers do not have: other engines of the protocol. */
enum {
    TIDB_WRITE_CONFLICT_RETRY = 8002,
    TIDB_TXN_RETRYABLE = 8022,
    TIDB_FORUPDATE_CONFLICT = 8005,
    TIDB_SCHEMA_CHANGED = 8028,
    TIDB_WRITE_CONFLICT = 9007,
    OCEANBASE_TRY_LOCK_ROW = 6005,
    OCEANBASE_TRANS_ROLLBACKED = 6002,
    OCEANBASE_TIMEOUT = 4012,
};

CentralSqlFault central_link_fault_of(unsigned code)
{
    static const unsigned AGAIN[] = {
        ER_LOCK_DEADLOCK,
        ER_LOCK_WAIT_TIMEOUT,
        ER_CHECKREAD,
        ER_DUP_ENTRY,
        ER_UNKNOWN_STMT_HANDLER,
        ER_NEED_REPREPARE,
        TIDB_WRITE_CONFLICT_RETRY,
        TIDB_TXN_RETRYABLE,
        TIDB_FORUPDATE_CONFLICT,
        TIDB_SCHEMA_CHANGED,
        TIDB_WRITE_CONFLICT,
        OCEANBASE_TRY_LOCK_ROW,
        OCEANBASE_TRANS_ROLLBACKED,
        OCEANBASE_TIMEOUT,
    };
    static const unsigned LOST[] = {
        CR_CONNECTION_ERROR,     CR_CONN_HOST_ERROR,      CR_SERVER_GONE_ERROR,
        CR_SERVER_LOST,          CR_SERVER_LOST_EXTENDED, CR_UNKNOWN_HOST,
        CR_SSL_CONNECTION_ERROR, ER_UNKNOWN_COM_ERROR,    ER_SERVER_SHUTDOWN,
        ER_ERROR_DURING_COMMIT,  ER_QUERY_INTERRUPTED,    ER_CONNECTION_KILLED,
        ER_STATEMENT_TIMEOUT,    ER_CON_COUNT_ERROR,      ER_OPTION_PREVENTS_STATEMENT,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(AGAIN); i++) {
        if (code == AGAIN[i]) {
            return CENTRAL_SQL_AGAIN;
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(LOST); i++) {
        if (code == LOST[i]) {
            return CENTRAL_SQL_LOST;
        }
    }
    return CENTRAL_SQL_FINE;
}

bool central_link_fail(CentralStore *store, unsigned code, const char *says, GError **error)
{
    CentralSqlFault fault = central_link_fault_of(code);
    store->fault = MAX(store->fault, fault);
    switch (fault) {
    case CENTRAL_SQL_AGAIN:
        g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE,
                    _("The database %s is busy with another central's change; try again."),
                    store->path);
        break;
    case CENTRAL_SQL_LOST:
        g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE,
                    _("The database %s does not answer as it should (%u: %s); try again."),
                    store->path, code, says);
        break;
    case CENTRAL_SQL_FINE:
        g_set_error(error, POS_ERROR,
                    code == ER_DISK_FULL || code == ER_RECORD_FILE_FULL ? POS_ERROR_DISK_FULL
                                                                        : POS_ERROR_FAILED,
                    _("The database %s could not be used (%u): %s."), store->path, code, says);
    }
    return false;
}

void central_link_drop(CentralStore *store)
{
    CentralLink *link = central_link(store);
    if (link->mysql) {
        mysql_close(g_steal_pointer(&link->mysql));
        link->host = (link->host + 1) % link->database.count;
    }
}

void central_link_free(CentralLink *link)
{
    if (link->mysql) {
        mysql_close(link->mysql);
    }
    central_database_clear(&link->database);
    g_free(link->password);
    g_free(link->writer);
    g_free(link);
}

unsigned central_link_try(CentralStore *store, const char *sql)
{
    MYSQL *mysql = central_link(store)->mysql;
    if (!mysql) {
        return CR_SERVER_GONE_ERROR;
    }
    if (mysql_real_query(mysql, sql, strlen(sql)) != 0) {
        return mysql_errno(mysql);
    }
    MYSQL_RES *rows = mysql_store_result(mysql);
    if (rows) {
        mysql_free_result(rows);
    }
    return mysql_errno(mysql);
}

bool central_link_run(CentralStore *store, const char *sql, GError **error)
{
    if (store->in_transaction && store->fault != CENTRAL_SQL_FINE) {
        return central_link_fail(store, ER_LOCK_DEADLOCK, "", error);
    }
    unsigned code = central_link_try(store, sql);
    MYSQL *mysql = central_link(store)->mysql;
    return code == 0 || central_link_fail(store, code, mysql ? mysql_error(mysql) : "", error);
}

/* --- connecting ------------------------------------------------------------------------------- */

static void set_options(CentralLink *link, MYSQL *mysql)
{
    unsigned connect_s = CONNECT_S, answer_s = link->patient ? ANSWER_PATIENT_S : ANSWER_S;
    unsigned no_files = 0;
    my_bool yes = 1, checked = link->database.tls == CENTRAL_TLS_VERIFY;
    mysql_optionsv(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    mysql_optionsv(mysql, MYSQL_OPT_READ_TIMEOUT, &answer_s);
    mysql_optionsv(mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
    mysql_optionsv(mysql, MYSQL_OPT_LOCAL_INFILE, &no_files);
    mysql_optionsv(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (link->database.tls != CENTRAL_TLS_OFF) {
        mysql_optionsv(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
        mysql_optionsv(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &checked);
        if (link->database.ca) {
            mysql_optionsv(mysql, MYSQL_OPT_SSL_CA, link->database.ca);
        } else if (checked) {
            mysql_optionsv(mysql, MYSQL_OPT_SSL_CA, "/etc/ssl/certs/ca-certificates.crt");
        }
    }
}

/* What every connection is told. An engine that does not know a variable has not got the thing. */
static unsigned set_session(CentralStore *store)
{
    static const struct {
        const char *sql;
        bool optional;
    } SETTINGS[] = {
        {"SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'", false},
        {"SET SESSION innodb_lock_wait_timeout = 5", true},
        /* Galera: a transaction begins with all that was committed before it, on any node. */
        {"SET SESSION wsrep_sync_wait = 1", true},
    };
    /* A reader wants one snapshot for its whole transaction; a writer the newest of each row. */
    const char *level = store->writable ? "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
                                        : "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    unsigned code = central_link_try(store, level);
    for (gsize i = 0; i < G_N_ELEMENTS(SETTINGS) && code == 0; i++) {
        bool wanted = store->writable || !SETTINGS[i].optional;
        code = wanted ? central_link_try(store, SETTINGS[i].sql) : 0;
        code = SETTINGS[i].optional && code == ER_UNKNOWN_SYSTEM_VARIABLE ? 0 : code;
    }
    return code;
}

/* One host, once. 0 or the error's number, which *out_says (owned) puts into words. */
static unsigned connect_once(CentralStore *store, char **out_says)
{
    CentralLink *link = central_link(store);
    MYSQL *mysql = mysql_init(NULL);
    g_assert(mysql);
    set_options(link, mysql);
    link->mysql = mysql;
    unsigned code = 0;
    if (!mysql_real_connect(mysql, link->database.hosts[link->host], link->database.user,
                            link->password, link->database.name, link->database.ports[link->host],
                            NULL, CLIENT_FOUND_ROWS)) {
        code = mysql_errno(mysql);
    } else {
        code = set_session(store);
    }
    if (code != 0) {
        *out_says = g_strdup(mysql_error(mysql));
        central_link_drop(store);
        return code;
    }
    link->number++;
    return 0;
}

bool central_link_ready(CentralStore *store, GError **error)
{
    CentralLink *link = central_link(store);
    if (link->mysql) {
        return true;
    }
    if (store->in_transaction) {
        return central_link_fail(store, CR_SERVER_LOST, "", error);
    }
    int64_t now_us = g_get_monotonic_time();
    int64_t until_us = now_us + (store->writable ? WRITER_GIVES_UP_US : READER_GIVES_UP_US);
    if (now_us < link->rest_until_us) {
        return central_link_fail(store, CR_CONN_HOST_ERROR, _("no host answers"), error);
    }
    for (guint tried = 1;; tried++) {
        g_autofree char *says = NULL;
        unsigned code = connect_once(store, &says);
        if (code == 0) {
            return true;
        }
        if (central_link_fault_of(code) != CENTRAL_SQL_LOST || g_get_monotonic_time() > until_us) {
            link->rest_until_us = g_get_monotonic_time() + (store->writable ? 0 : READER_RESTS_US);
            return central_link_fail(store, code, says, error);
        }
        if (tried % link->database.count == 0) {
            g_usleep(ROUNDS_PAUSE_US);
        }
    }
}
