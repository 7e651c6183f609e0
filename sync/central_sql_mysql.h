/* SPDX-License-Identifier: GPL-3.0-or-later
 * Shared by the files of the MySQL-protocol engine alone: the connection and what went wrong on it.
 *
 * A transaction that has been given up (store->fault) is dead: whatever is asked of it fails until
 * it is rolled back, because the server may have ended it and would carry out the rest bare. */
#pragma once
#include "sync/central_database.h"
#include "sync/central_sql.h"

#include <mysql.h>

G_BEGIN_DECLS

typedef struct {
    CentralDatabase database;
    char *password;
    MYSQL *mysql; /* NULL: not connected */
    guint host;   /* in use, or to be tried next */
    guint number; /* of the connection: what was prepared on another is void */
    bool patient; /* statements may take minutes */
    bool shadow;  /* derived tables are hidden behind shadow_* */
    /* The row of `writer` that says which transaction of ours was the last to commit. */
    char *writer;
    int64_t commits;
    int64_t rest_until_us; /* a reader that found nobody fails at once until then */
} CentralLink;

static inline CentralLink *central_link(CentralStore *store)
{
    return store->link;
}

/* Connected, to one host or another, within a few seconds; not inside a transaction, where a lost
 * connection has lost the transaction. */
bool central_link_ready(CentralStore *store, GError **error);
/* Closes what is there and goes to the next host. */
void central_link_drop(CentralStore *store);
/* Says what happened, and to the transaction. Always false. */
bool central_link_fail(CentralStore *store, unsigned code, const char *says, GError **error);
/* One statement of text without rows. */
bool central_link_run(CentralStore *store, const char *sql, GError **error);
/* What the server says to a statement of text; 0 fine. For those that may fail. */
unsigned central_link_try(CentralStore *store, const char *sql);
CentralSqlFault central_link_fault_of(unsigned code);
void central_link_free(CentralLink *link);

/* Rows of the engine's own tables. */
bool central_mysql_schema(CentralStore *store, GError **error);

extern const CentralEngine central_engine_mysql;

G_END_DECLS
