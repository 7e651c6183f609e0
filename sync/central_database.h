/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where a shared database is: mysql://USER@HOST[:PORT][,HOST[:PORT]…]/NAME[?tls=…&ca=…&password-file=…].
 * Plain values; no secret is ever in the text. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define CENTRAL_DATABASE_HOSTS_MAX 16

typedef enum {
    CENTRAL_TLS_VERIFY, /* encrypted, the server's certificate checked; what there is without tls= */
    CENTRAL_TLS_ENCRYPT, /* encrypted, whoever it is */
    CENTRAL_TLS_OFF,     /* what there is without tls= when all hosts are this machine */
} CentralDatabaseTls;

/* Strings owned. ports[n] belongs to hosts[n]. */
typedef struct {
    char *user, *name;
    char *hosts[CENTRAL_DATABASE_HOSTS_MAX + 1];
    guint ports[CENTRAL_DATABASE_HOSTS_MAX];
    guint count;
    CentralDatabaseTls tls;
    char *ca;            /* file of certificates, NULL: the system's */
    char *password_file; /* NULL: none */
} CentralDatabase;

/* POS_ERROR_INVALID with a sentence for anything that is no such address, a password in it above
 * all. The port is 3306 when none is given; an IPv6 address stands in brackets. */
bool central_database_parse(const char *url, CentralDatabase *out, GError **error);
void central_database_clear(CentralDatabase *database);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CentralDatabase, central_database_clear)

/* The password: COSTER_DATABASE_PASSWORD of the environment, or the first line of the password file;
 * "" when neither is given. Owned; NULL with an error when the file cannot be read or others than
 * its owner and group can. */
char *central_database_password(const CentralDatabase *database, GError **error);

G_END_DECLS
