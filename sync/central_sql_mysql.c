/* SPDX-License-Identifier: GPL-3.0-or-later
 * The MySQL protocol as an engine, through MariaDB Connector/C: statements and transactions for a
 * MariaDB, a Galera cluster, or what speaks as they do.
 *
 * A statement outside a transaction is a read, and is asked again on the next host when the first
 * one dies. A transaction is not: it is given up, and its scope runs it again. Whether a COMMIT
 * whose answer was lost has happened is on record: each writing transaction first moves its
 * connection's own row of `writer` from n to n + 1, so n + 1 there means that it has. */
#include "sync/central_sql_mysql.h"

#include "pos/error.h"

#include <errmsg.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <mysqld_error.h>
#include <sodium.h>
#include <string.h>

#define PARAMETERS_MAX 1024 /* of one statement: bulk rows */
#define WALK_ROWS 256L      /* fetched at once */
#define VALUE_FIRST_BYTES 512
#define READ_AGAIN_US (4 * G_TIME_SPAN_SECOND)
#define BEGIN_AGAIN_US (20 * G_TIME_SPAN_SECOND)
#define AGAIN_PAUSE_US (50 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    int64_t integer;
    char *bytes; /* owned; always room for one byte more than capacity */
    unsigned long capacity, length;
    my_bool is_null, cut;
    char digits[24]; /* an integer as text */
} Value;

typedef struct {
    CentralStore *store;
    char *sql;
    bool walk;
    MYSQL_STMT *handle; /* NULL: not prepared */
    guint number;       /* of the connection that it was prepared on */
    bool executed, buffered;
    guint parameters, columns;
    MYSQL_BIND *in, *out;
    int64_t *integers;
    unsigned long *lengths;
    GPtrArray *copies; /* what a walk has bound */
    Value *values;
    MYSQL_FIELD *fields;
    MYSQL_RES *metadata;
    int changes;
    char *says; /* about the last error */
} Statement;

/* --- preparing -------------------------------------------------------------------------------- */

/* The same text on the hidden tables while there are such. */
static char *text_of(CentralStore *store, const char *sql)
{
    if (!central_link(store)->shadow) {
        return g_strdup(sql);
    }
    g_autoptr(GRegex) tables = g_regex_new(
        "\\b(FROM|INTO|UPDATE) (stock|sales_hour|ticket|returned|adopted)\\b", 0, 0, NULL);
    return g_regex_replace(tables, sql, -1, 0, "\\1 shadow_\\2", 0, NULL);
}

static void *prepare(CentralStore *store, const char *sql, bool walk, GError **error)
{
    Statement *statement = g_new0(Statement, 1);
    statement->store = store;
    statement->sql = text_of(store, sql);
    statement->walk = walk;
    return statement;
}

static void forget_handle(Statement *statement)
{
    if (statement->metadata) {
        mysql_free_result(g_steal_pointer(&statement->metadata));
    }
    for (guint i = 0; i < statement->columns; i++) {
        g_free(statement->values[i].bytes);
    }
    statement->columns = 0;
    g_clear_pointer(&statement->values, g_free);
    g_clear_pointer(&statement->out, g_free);
    if (statement->handle) {
        mysql_stmt_close(g_steal_pointer(&statement->handle));
    }
}

/* Keeps what the server says, and prepares anew next time. */
static unsigned note_error(Statement *statement)
{
    unsigned code = mysql_stmt_errno(statement->handle);
    g_free(statement->says);
    statement->says = g_strdup(mysql_stmt_error(statement->handle));
    forget_handle(statement);
    return code;
}

static void finalize(void *data)
{
    Statement *statement = data;
    forget_handle(statement);
    g_free(statement->in);
    g_free(statement->integers);
    g_free(statement->lengths);
    g_clear_pointer(&statement->copies, g_ptr_array_unref);
    g_free(statement->says);
    g_free(statement->sql);
    g_free(statement);
}

static bool is_integer(const MYSQL_FIELD *field)
{
    switch ((int)field->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return true;
    default:
        return false;
    }
}

static void point_at(Statement *statement, guint column)
{
    Value *value = &statement->values[column];
    MYSQL_BIND *out = &statement->out[column];
    memset(out, 0, sizeof *out);
    out->is_null = &value->is_null;
    out->error = &value->cut;
    out->length = &value->length;
    if (is_integer(&statement->fields[column])) {
        out->buffer_type = MYSQL_TYPE_LONGLONG;
        out->buffer = &value->integer;
        out->buffer_length = sizeof value->integer;
    } else {
        out->buffer_type = MYSQL_TYPE_BLOB;
        out->buffer = value->bytes;
        out->buffer_length = value->capacity;
    }
}

static void make_columns(Statement *statement)
{
    statement->metadata = mysql_stmt_result_metadata(statement->handle);
    if (!statement->metadata) {
        return;
    }
    statement->columns = mysql_num_fields(statement->metadata);
    statement->fields = mysql_fetch_fields(statement->metadata);
    statement->values = g_new0(Value, statement->columns);
    statement->out = g_new0(MYSQL_BIND, statement->columns);
    for (guint i = 0; i < statement->columns; i++) {
        statement->values[i].capacity = VALUE_FIRST_BYTES;
        statement->values[i].bytes = g_malloc(VALUE_FIRST_BYTES + 1);
        point_at(statement, i);
    }
}

/* 0 or the error's number. */
static unsigned make_handle(Statement *statement)
{
    CentralLink *link = central_link(statement->store);
    if (statement->handle && statement->number == link->number) {
        return 0;
    }
    forget_handle(statement);
    statement->number = link->number;
    statement->handle = mysql_stmt_init(link->mysql);
    g_assert(statement->handle);
    if (mysql_stmt_prepare(statement->handle, statement->sql, strlen(statement->sql)) != 0) {
        return note_error(statement);
    }
    g_assert(mysql_stmt_param_count(statement->handle) == statement->parameters);
    if (statement->walk) {
        unsigned long cursor = CURSOR_TYPE_READ_ONLY, rows = WALK_ROWS;
        mysql_stmt_attr_set(statement->handle, STMT_ATTR_CURSOR_TYPE, &cursor);
        mysql_stmt_attr_set(statement->handle, STMT_ATTR_PREFETCH_ROWS, &rows);
    }
    make_columns(statement);
    return 0;
}

/* --- binding ---------------------------------------------------------------------------------- */

static void bind_bytes(Statement *statement, guint column, bool copy, const void *bytes,
                       gsize length, enum enum_field_types type)
{
    MYSQL_BIND *in = &statement->in[column];
    if (!bytes) {
        in->buffer_type = MYSQL_TYPE_NULL;
        return;
    }
    if (copy) {
        char *mine = g_malloc(length + 1);
        memcpy(mine, bytes, length);
        g_ptr_array_add(statement->copies, mine);
        bytes = mine;
    }
    statement->lengths[column] = length;
    in->buffer_type = type;
    in->buffer = (void *)bytes;
    in->buffer_length = length;
    in->length = &statement->lengths[column];
}

static void bind_one(Statement *statement, guint column, bool copy, char letter, va_list *args)
{
    switch (letter) {
    case 'i':
        statement->integers[column] = va_arg(*args, int64_t);
        statement->in[column].buffer_type = MYSQL_TYPE_LONGLONG;
        statement->in[column].buffer = &statement->integers[column];
        break;
    case 't': {
        const char *text = va_arg(*args, const char *);
        bind_bytes(statement, column, copy, text, text ? strlen(text) : 0, MYSQL_TYPE_STRING);
        break;
    }
    case 'b': {
        const void *bytes = va_arg(*args, const void *);
        gsize length = va_arg(*args, gsize);
        bind_bytes(statement, column, copy, bytes, length, MYSQL_TYPE_BLOB);
        break;
    }
    case 'h':
        bind_bytes(statement, column, copy, va_arg(*args, const PosHash *)->bytes, 32,
                   MYSQL_TYPE_BLOB);
        break;
    default:
        g_assert_not_reached();
    }
}

static void make_parameters(Statement *statement, guint count, bool copy)
{
    g_assert(count <= PARAMETERS_MAX);
    if (!statement->in) {
        statement->parameters = count;
        statement->in = g_new0(MYSQL_BIND, MAX(count, 1));
        statement->integers = g_new0(int64_t, MAX(count, 1));
        statement->lengths = g_new0(unsigned long, MAX(count, 1));
        statement->copies = copy ? g_ptr_array_new_with_free_func(g_free) : NULL;
    }
    g_assert(statement->parameters == count);
    memset(statement->in, 0, count * sizeof *statement->in);
    statement->executed = false;
}

static bool bind_values(CentralStore *store, void *data, const char *format,
                        const CentralValue *values, gsize rows, GError **error)
{
    Statement *statement = data;
    gsize columns = strlen(format);
    guint count = (guint)(columns * rows);
    make_parameters(statement, count, false);
    for (guint i = 0; i < count; i++) {
        char letter = format[i % columns];
        if (letter == 'i') {
            statement->integers[i] = values[i].integer;
            statement->in[i].buffer_type = MYSQL_TYPE_LONGLONG;
            statement->in[i].buffer = &statement->integers[i];
        } else {
            bind_bytes(statement, i, false, values[i].bytes, values[i].length,
                       letter == 't' ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB);
        }
    }
    return true;
}

static bool bind(CentralStore *store, void *data, bool copy, const char *format, va_list args,
                 GError **error)
{
    Statement *statement = data;
    guint count = (guint)strlen(format);
    make_parameters(statement, count, copy);
    va_list rest;
    va_copy(rest, args);
    for (guint i = 0; i < count; i++) {
        bind_one(statement, i, copy, format[i], &rest);
    }
    va_end(rest);
    return true;
}

/* --- running ---------------------------------------------------------------------------------- */

static unsigned execute_once(Statement *statement)
{
    unsigned code = make_handle(statement);
    MYSQL_STMT *handle = statement->handle;
    if (code != 0) {
        return code;
    }
    if ((statement->parameters && mysql_stmt_bind_param(handle, statement->in) != 0) ||
        mysql_stmt_execute(handle) != 0) {
        return note_error(statement);
    }
    statement->changes = statement->columns ? 0 : (int)mysql_stmt_affected_rows(handle);
    if (statement->columns && (mysql_stmt_bind_result(handle, statement->out) != 0 ||
                               (!statement->walk && mysql_stmt_store_result(handle) != 0))) {
        return note_error(statement);
    }
    statement->executed = true;
    return 0;
}

/* A read outside a transaction is worth asking again, of another host if need be. */
static bool ask_again(CentralStore *store, unsigned code, int64_t until_us)
{
    CentralSqlFault fault = central_link_fault_of(code);
    if (store->in_transaction || fault == CENTRAL_SQL_FINE || g_get_monotonic_time() > until_us) {
        return false;
    }
    if (fault == CENTRAL_SQL_LOST) {
        central_link_drop(store);
    }
    g_usleep(AGAIN_PAUSE_US);
    return true;
}

static bool run(Statement *statement, GError **error)
{
    CentralStore *store = statement->store;
    int64_t until_us = g_get_monotonic_time() + READ_AGAIN_US;
    if (store->in_transaction && store->fault != CENTRAL_SQL_FINE) {
        return central_link_fail(store, ER_LOCK_DEADLOCK, "", error);
    }
    for (;;) {
        if (!central_link_ready(store, error)) {
            return false;
        }
        unsigned code = execute_once(statement);
        if (code == 0) {
            return true;
        }
        if (!ask_again(store, code, until_us)) {
            return central_link_fail(store, code, statement->says, error);
        }
    }
}

/* Values that were longer than their room: it grows, and they are fetched again. */
static void fetch_long(Statement *statement)
{
    for (guint i = 0; i < statement->columns; i++) {
        Value *value = &statement->values[i];
        if (!value->is_null && !is_integer(&statement->fields[i]) &&
            value->length > value->capacity) {
            value->capacity = value->length * 2;
            value->bytes = g_realloc(value->bytes, value->capacity + 1);
            point_at(statement, i);
            mysql_stmt_fetch_column(statement->handle, &statement->out[i], i, 0);
        }
    }
    mysql_stmt_bind_result(statement->handle, statement->out);
}

static int step(CentralStore *store, void *data, GError **error)
{
    Statement *statement = data;
    if (!statement->executed && !run(statement, error)) {
        return CENTRAL_SQL_ERROR;
    }
    if (!statement->columns) {
        return CENTRAL_SQL_DONE;
    }
    int fetched = mysql_stmt_fetch(statement->handle);
    if (fetched == MYSQL_NO_DATA) {
        return CENTRAL_SQL_DONE;
    }
    if (fetched == MYSQL_DATA_TRUNCATED) {
        fetch_long(statement);
    } else if (fetched != 0) {
        central_link_fail(store, mysql_stmt_errno(statement->handle),
                          mysql_stmt_error(statement->handle), error);
        return CENTRAL_SQL_ERROR;
    }
    return CENTRAL_SQL_ROW;
}

static void reset(void *data)
{
    Statement *statement = data;
    if (statement->executed && statement->handle && statement->columns &&
        statement->number == central_link(statement->store)->number) {
        mysql_stmt_free_result(statement->handle);
    }
    statement->executed = false;
}

static int changes(CentralStore *store, void *data)
{
    return ((Statement *)data)->changes;
}

static int64_t column_int(void *data, int column)
{
    const Statement *statement = data;
    const Value *value = &statement->values[column];
    g_assert(is_integer(&statement->fields[column]));
    return value->is_null ? 0 : value->integer;
}

static const void *column_blob(void *data, int column, gsize *out_length)
{
    Statement *statement = data;
    Value *value = &statement->values[column];
    if (value->is_null) {
        if (out_length) {
            *out_length = 0;
        }
        return NULL;
    }
    if (is_integer(&statement->fields[column])) {
        g_snprintf(value->digits, sizeof value->digits, "%" PRId64, value->integer);
        if (out_length) {
            *out_length = strlen(value->digits);
        }
        return value->digits;
    }
    value->bytes[value->length] = '\0';
    if (out_length) {
        *out_length = value->length;
    }
    return value->bytes;
}

static bool execute(CentralStore *store, const char *sql, GError **error)
{
    g_autofree char *text = text_of(store, sql);
    return central_link_ready(store, error) && central_link_run(store, text, error);
}

/* --- transactions ----------------------------------------------------------------------------- */

/* Our row of `writer`, made when it is first needed. Outside a transaction. */
static bool make_writer_row(CentralStore *store, GError **error)
{
    CentralLink *link = central_link(store);
    if (link->writer) {
        return true;
    }
    g_autofree char *writer = central_store_new_epoch();
    if (!central_sql_run(store, NULL, error,
                         "INSERT INTO writer (writer, commits, made_ms) VALUES (?, 0, ?)", "ti",
                         writer, (int64_t)(g_get_real_time() / 1000))) {
        return false;
    }
    link->writer = g_steal_pointer(&writer);
    link->commits = 0;
    return true;
}

/* Begins and moves our row. *out_moved: whether it stood where it should. */
static bool begin_writing(CentralStore *store, bool *out_moved, GError **error)
{
    static const char MOVE[] =
        "UPDATE writer SET commits = commits + 1 WHERE writer = ? AND commits = ?";
    CentralLink *link = central_link(store);
    int changed = 0;
    if (!central_link_run(store, "START TRANSACTION", error)) {
        return false;
    }
    store->in_transaction = true; /* what follows is not asked again by itself */
    bool ok = central_sql_run(store, &changed, error, MOVE, "ti", link->writer, link->commits);
    store->in_transaction = false;
    *out_moved = changed == 1;
    return ok;
}

/* Our row does not stand where we left it: an earlier commit has moved it whose answer was lost
 * (*out_done), or it was tidied away. */
static bool find_row(CentralStore *store, bool *out_done, GError **error)
{
    CentralLink *link = central_link(store);
    int64_t commits = -1;
    if (!central_sql_int(store, -1, &commits, error, "SELECT commits FROM writer WHERE writer = ?",
                         "t", link->writer)) {
        return false;
    }
    *out_done = commits == link->commits + 1;
    if (commits < 0) {
        g_clear_pointer(&link->writer, g_free);
    } else {
        link->commits = commits;
    }
    return true;
}

/* *out_begun, or *out_done, or neither: once more. */
static bool try_begin(CentralStore *store, bool *out_begun, bool *out_done, GError **error)
{
    bool moved = false;
    if (!central_link_ready(store, error)) {
        return false;
    }
    if (!store->writable) {
        *out_begun = central_link_run(store, "START TRANSACTION WITH CONSISTENT SNAPSHOT", error);
        return *out_begun;
    }
    if (!make_writer_row(store, error) || !begin_writing(store, &moved, error)) {
        return false;
    }
    *out_begun = moved;
    if (!moved) {
        central_link_run(store, "ROLLBACK", NULL);
        return find_row(store, out_done, error);
    }
    return true;
}

static bool begin(CentralStore *store, bool *out_done, GError **error)
{
    bool asked = *out_done;
    int64_t until_us = g_get_monotonic_time() + BEGIN_AGAIN_US;
    for (;;) {
        g_autoptr(GError) failure = NULL;
        bool done = false, begun = false;
        store->fault = CENTRAL_SQL_FINE;
        if (try_begin(store, &begun, &done, &failure) && (begun || (done && asked))) {
            *out_done = !begun;
            return true;
        }
        if (!failure) {
            continue; /* what was done was of a transaction that was given up; this is another */
        }
        if (store->fault == CENTRAL_SQL_FINE || g_get_monotonic_time() > until_us) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
        if (store->fault == CENTRAL_SQL_LOST) {
            central_link_drop(store);
        } else {
            central_link_try(store, "ROLLBACK");
        }
        g_usleep(AGAIN_PAUSE_US);
    }
}

static bool commit(CentralStore *store, GError **error)
{
    if (!central_link_run(store, "COMMIT", error)) {
        return false;
    }
    central_link(store)->commits += store->writable;
    return true;
}

static void rollback(CentralStore *store)
{
    /* On a connection that is in doubt nothing is asked; the server undoes what it held. */
    if (store->fault == CENTRAL_SQL_LOST || central_link_try(store, "ROLLBACK") != 0) {
        central_link_drop(store);
    }
}

static bool part_begin(CentralStore *store, GError **error)
{
    return central_link_run(store, "SAVEPOINT part", error);
}

static void part_end(CentralStore *store, bool undo)
{
    /* Kept when it stays: the next one of its name takes its place. */
    if (undo) {
        central_link_run(store, "ROLLBACK TO SAVEPOINT part", NULL);
    }
}

static int64_t data_version(CentralStore *store)
{
    /* Who writes asks what others may have done that no feed shows: tokens, new stores. */
    static const char READER[] = "SELECT COALESCE(SUM(version + changes), 0) FROM head";
    static const char WRITER[] = "SELECT COALESCE(SUM(changes), 0) + count(*) FROM head";
    int64_t version = -1;
    central_sql_int(store, 0, &version, NULL, store->writable ? WRITER : READER, "");
    return version;
}

/* --- the rest --------------------------------------------------------------------------------- */

static bool backup(CentralStore *store, const char *file, GError **error)
{
    g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                _("This central's data is in the database %s; back it up there, with mariadb-dump "
                  "--single-transaction."),
                store->path);
    return false;
}

static bool shadow_begin(CentralStore *store, const char *table, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("CREATE TEMPORARY TABLE shadow_%s LIKE `%s`", table, table);
    CentralLink *link = central_link(store);
    link->shadow = false;
    bool ok = execute(store, sql, error);
    link->shadow = true;
    central_sql_forget_statements(store);
    return ok;
}

static char *shadow_compare_sql(const char *table, const char *columns, bool missing)
{
    return g_strdup_printf("SELECT %s FROM `%s%s` EXCEPT SELECT %s FROM `%s%s` LIMIT 1", columns,
                           missing ? "shadow_" : "", table, columns, missing ? "" : "shadow_",
                           table);
}

static void shadow_end(CentralStore *store, const char *table)
{
    g_autofree char *sql = g_strdup_printf("DROP TEMPORARY TABLE IF EXISTS shadow_%s", table);
    central_link(store)->shadow = false;
    central_sql_forget_statements(store);
    central_link_try(store, sql);
}

static void close_link(CentralStore *store)
{
    CentralLink *link = central_link(store);
    if (link->writer && link->mysql) {
        g_autofree char *sql =
            g_strdup_printf("DELETE FROM writer WHERE writer = '%s'", link->writer);
        central_link_try(store, sql);
    }
    central_link_free(link);
}

const CentralEngine central_engine_mysql = {
    .is_shared = true,
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
    .backup = backup,
    .shadow_begin = shadow_begin,
    .shadow_compare_sql = shadow_compare_sql,
    .shadow_end = shadow_end,
    .close = close_link,
};
