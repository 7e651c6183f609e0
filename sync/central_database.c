/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reading a shared database's address. Strict: what is not understood is refused. */
#include "sync/central_database.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define PORT_DEFAULT 3306
#define TEXT_BYTES_MAX 2000
#define PASSWORD_BYTES_MAX 1000

void central_database_clear(CentralDatabase *database)
{
    g_free(database->user);
    g_free(database->name);
    g_free(database->ca);
    g_free(database->password_file);
    for (guint i = 0; i < database->count; i++) {
        g_free(database->hosts[i]);
    }
    memset(database, 0, sizeof *database);
}

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("The database's address is mysql://USER@HOST:PORT,HOST:PORT/NAME: %s."), what);
    return false;
}

static bool is_word(const char *text, const char *allowed_beside)
{
    for (const char *c = text; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr(allowed_beside, *c)) {
            return false;
        }
    }
    return *text != '\0' && strlen(text) <= 64;
}

static bool read_port(const char *text, guint *out, GError **error)
{
    guint64 port = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL)) {
        return refuse(error, _("a port is a number from 1 to 65535"));
    }
    *out = (guint)port;
    return true;
}

static bool read_host(const char *text, CentralDatabase *out, GError **error)
{
    const char *from = text, *end = NULL, *port = NULL;
    if (*text == '[') {
        from = text + 1;
        end = strchr(from, ']');
        port = end && end[1] == ':' ? end + 2 : NULL;
        if (!end || (end[1] && !port)) {
            return refuse(error, _("an IPv6 address stands in brackets"));
        }
    } else {
        end = strchr(text, ':');
        port = end ? end + 1 : NULL;
        end = end ? end : text + strlen(text);
    }
    g_autofree char *host = g_strndup(from, (gsize)(end - from));
    if (!*host || strlen(host) > 255 ||
        strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                     "TUVWXYZ0123456789.-_:%") != strlen(host)) {
        return refuse(error, _("a host is a name or an address"));
    }
    if (out->count == CENTRAL_DATABASE_HOSTS_MAX) {
        return refuse(error, _("there are too many hosts"));
    }
    out->ports[out->count] = PORT_DEFAULT;
    if (port && !read_port(port, &out->ports[out->count], error)) {
        return false;
    }
    out->hosts[out->count++] = g_steal_pointer(&host);
    return true;
}

static bool read_setting(const char *text, CentralDatabase *out, GError **error)
{
    static const struct {
        const char *word;
        CentralDatabaseTls tls;
    } TLS[] = {
        {"verify", CENTRAL_TLS_VERIFY}, {"encrypt", CENTRAL_TLS_ENCRYPT}, {"off", CENTRAL_TLS_OFF}};
    if (g_str_has_prefix(text, "tls=")) {
        for (gsize i = 0; i < G_N_ELEMENTS(TLS); i++) {
            if (strcmp(text + 4, TLS[i].word) == 0) {
                out->tls = TLS[i].tls;
                return true;
            }
        }
        return refuse(error, _("tls= is verify, encrypt or off"));
    }
    char **file = g_str_has_prefix(text, "ca=")              ? &out->ca
                  : g_str_has_prefix(text, "password-file=") ? &out->password_file
                                                             : NULL;
    const char *name = strchr(text, '=');
    if (!file || *file || !g_path_is_absolute(name + 1)) {
        return refuse(error,
                      _("what may follow is tls=, ca= and password-file=, each once, the files "
                        "with their whole path"));
    }
    *file = g_strdup(name + 1);
    return true;
}

static bool is_this_machine(const char *host)
{
    return strcmp(host, "localhost") == 0 || g_str_has_prefix(host, "127.") ||
           strcmp(host, "::1") == 0;
}

static bool read_hosts(const char *text, CentralDatabase *out, GError **error)
{
    g_auto(GStrv) hosts = g_strsplit(text, ",", -1);
    bool near = true;
    for (guint i = 0; hosts[i]; i++) {
        if (!read_host(hosts[i], out, error)) {
            return false;
        }
        near = near && is_this_machine(out->hosts[i]);
    }
    if (out->count == 0) {
        return refuse(error, _("the host is missing"));
    }
    out->tls = near ? CENTRAL_TLS_OFF : CENTRAL_TLS_VERIFY;
    return true;
}

static bool parse(const char *url, CentralDatabase *out, GError **error)
{
    if (!g_str_has_prefix(url, "mysql://") || strlen(url) > TEXT_BYTES_MAX) {
        return refuse(error, _("it begins with mysql://"));
    }
    g_autofree char *text = g_strdup(url + strlen("mysql://"));
    char *settings = strchr(text, '?');
    if (settings) {
        *settings++ = '\0';
    }
    char *name = strchr(text, '/');
    char *at = strchr(text, '@');
    if (!name || !at || at > name) {
        return refuse(error, _("the user or the database's name is missing"));
    }
    *name++ = *at++ = '\0';
    if (strchr(text, ':')) {
        return refuse(error, _("a password does not belong in it; give it in a file or in the "
                               "environment variable COSTER_DATABASE_PASSWORD"));
    }
    if (!is_word(text, "_-.") || !is_word(name, "_-")) {
        return refuse(error, _("user and name are letters, digits, “_” and “-”"));
    }
    out->user = g_strdup(text);
    out->name = g_strdup(name);
    if (!read_hosts(at, out, error)) {
        return false;
    }
    g_auto(GStrv) parts = g_strsplit(settings ? settings : "", "&", -1);
    for (guint i = 0; parts[i]; i++) {
        if (!read_setting(parts[i], out, error)) {
            return false;
        }
    }
    return true;
}

bool central_database_parse(const char *url, CentralDatabase *out, GError **error)
{
    memset(out, 0, sizeof *out);
    if (!parse(url, out, error)) {
        central_database_clear(out);
        return false;
    }
    return true;
}

static char *read_password_file(const char *file, GError **error)
{
    GStatBuf info;
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) failure = NULL;
    if (g_stat(file, &info) == 0 && (info.st_mode & 007) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The password file %s can be read by everyone; set its mode to 600."), file);
        return NULL;
    }
    if (!g_file_get_contents(file, &text, &length, &failure)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The password file cannot be read: %s"),
                    failure->message);
        return NULL;
    }
    if (length > PASSWORD_BYTES_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The password file %s is too long to be one."), file);
        return NULL;
    }
    text[strcspn(text, "\r\n")] = '\0';
    return g_steal_pointer(&text);
}

char *central_database_password(const CentralDatabase *database, GError **error)
{
    const char *given = g_getenv("COSTER_DATABASE_PASSWORD");
    if (given) {
        return g_strdup(given);
    }
    return database->password_file ? read_password_file(database->password_file, error)
                                   : g_strdup("");
}
