/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/script_server.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_BYTES_MAX (4 * 1024 * 1024)

struct ScriptServer {
    int listener;
    guint16 port;
    ScriptHandler handler;
    void *user;
    GThread *acceptor;
    GMutex mutex;
    GPtrArray *conns; /* ScriptConn, joined and freed with the server */
    gint accepted, stopping;
    gnutls_certificate_credentials_t credentials; /* NULL: plain */
    char pin[64];
};

struct ScriptConn {
    ScriptServer *server;
    int fd;
    GThread *thread;
    gnutls_session_t session;
    GString *pending; /* read but not consumed */
};

/* --- TLS ------------------------------------------------------------------------------------------ */

static void make_pin(ScriptServer *server, gnutls_x509_privkey_t key)
{
    gnutls_privkey_t private = NULL;
    gnutls_pubkey_t public = NULL;
    gnutls_datum_t der = {0};
    guint8 digest[32];
    g_assert_cmpint(gnutls_privkey_init(&private), ==, 0);
    g_assert_cmpint(gnutls_privkey_import_x509(private, key, 0), ==, 0);
    g_assert_cmpint(gnutls_pubkey_init(&public), ==, 0);
    g_assert_cmpint(gnutls_pubkey_import_privkey(public, private, 0, 0), ==, 0);
    g_assert_cmpint(gnutls_pubkey_export2(public, GNUTLS_X509_FMT_DER, &der), ==, 0);
    g_assert_cmpint(gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, digest), ==, 0);
    g_autofree char *base64 = g_base64_encode(digest, sizeof digest);
    g_strdelimit(base64, "+", '-');
    g_strdelimit(base64, "/", '_');
    g_strlcpy(server->pin, base64, 44); /* without the padding */
    gnutls_free(der.data);
    gnutls_pubkey_deinit(public);
    gnutls_privkey_deinit(private);
}

static void set_up_tls(ScriptServer *server)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    const guint8 serial = 1;
    g_assert_cmpint(gnutls_x509_privkey_init(&key), ==, 0);
    g_assert_cmpint(gnutls_x509_privkey_generate(
                        key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                    ==, 0);
    g_assert_cmpint(gnutls_x509_crt_init(&crt), ==, 0);
    gnutls_x509_crt_set_version(crt, 3);
    gnutls_x509_crt_set_serial(crt, &serial, 1);
    gnutls_x509_crt_set_activation_time(crt, 0);
    gnutls_x509_crt_set_expiration_time(crt, 4102444800);
    gnutls_x509_crt_set_key(crt, key);
    gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, "test", 4);
    g_assert_cmpint(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);
    g_assert_cmpint(gnutls_certificate_allocate_credentials(&server->credentials), ==, 0);
    g_assert_cmpint(gnutls_certificate_set_x509_key(server->credentials, &crt, 1, key), ==, 0);
    make_pin(server, key);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
}

static bool shake_hands(ScriptConn *conn)
{
    if (conn->server->credentials == NULL) {
        return true;
    }
    g_assert_cmpint(gnutls_init(&conn->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), ==, 0);
    gnutls_set_default_priority(conn->session);
    gnutls_credentials_set(conn->session, GNUTLS_CRD_CERTIFICATE, conn->server->credentials);
    gnutls_transport_set_int(conn->session, conn->fd);
    int result;
    do {
        result = gnutls_handshake(conn->session);
    } while (result < 0 && !gnutls_error_is_fatal(result));
    return result >= 0;
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static gssize read_some(ScriptConn *conn, char *buffer, gsize size)
{
    if (conn->session == NULL) {
        return read(conn->fd, buffer, size);
    }
    gssize got;
    do {
        got = gnutls_record_recv(conn->session, buffer, size);
    } while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
    return got;
}

bool script_write(ScriptConn *conn, const char *bytes, gsize length)
{
    gsize at = 0;
    while (at < length) {
        gssize put = conn->session != NULL
                         ? gnutls_record_send(conn->session, bytes + at, length - at)
                         : send(conn->fd, bytes + at, length - at, MSG_NOSIGNAL);
        if (put <= 0 && put != GNUTLS_E_AGAIN && put != GNUTLS_E_INTERRUPTED) {
            return false;
        }
        at += put > 0 ? (gsize)put : 0;
    }
    return true;
}

bool script_reply(ScriptConn *conn, int status, const char *type, const char *headers,
                  const char *body)
{
    g_autofree char *text =
        g_strdup_printf("HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n%s",
                        status, type, strlen(body), headers, body);
    return script_write(conn, text, strlen(text));
}

static bool fill(ScriptConn *conn)
{
    char buffer[16384];
    gssize got = read_some(conn, buffer, sizeof buffer);
    if (got <= 0) {
        return false;
    }
    g_string_append_len(conn->pending, buffer, got);
    return true;
}

/* --- requests ------------------------------------------------------------------------------------- */

static void request_clear(ScriptRequest *request)
{
    g_free(request->method);
    g_free(request->path);
    g_free(request->query);
    g_clear_pointer(&request->headers, g_hash_table_unref);
    if (request->body != NULL) {
        g_byte_array_free(request->body, TRUE);
    }
    *request = (ScriptRequest){0};
}

static bool parse_head(ScriptRequest *request, const char *head)
{
    g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);
    g_auto(GStrv) words = g_strsplit(lines[0], " ", 3);
    if (g_strv_length(words) != 3) {
        return false;
    }
    char *question = strchr(words[1], '?');
    request->method = g_strdup(words[0]);
    request->query = g_strdup(question != NULL ? question + 1 : "");
    request->path =
        question != NULL ? g_strndup(words[1], (gsize)(question - words[1])) : g_strdup(words[1]);
    request->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (gsize i = 1; lines[i] != NULL; i++) {
        char *colon = strchr(lines[i], ':');
        if (colon != NULL) {
            *colon = '\0';
            g_hash_table_replace(request->headers, g_ascii_strdown(lines[i], -1),
                                 g_strdup(g_strstrip(colon + 1)));
        }
    }
    return true;
}

static bool read_request(ScriptConn *conn, ScriptRequest *request)
{
    char *end;
    while ((end = strstr(conn->pending->str, "\r\n\r\n")) == NULL) {
        if (conn->pending->len > 65536 || !fill(conn)) {
            return false;
        }
    }
    *end = '\0';
    gsize head_length = (gsize)(end - conn->pending->str) + 4;
    if (!parse_head(request, conn->pending->str)) {
        return false;
    }
    const char *length_text = g_hash_table_lookup(request->headers, "content-length");
    gsize length = length_text != NULL ? (gsize)g_ascii_strtoull(length_text, NULL, 10) : 0;
    g_assert_cmpuint(length, <=, BODY_BYTES_MAX);
    while (conn->pending->len < head_length + length) {
        if (!fill(conn)) {
            return false;
        }
    }
    request->body = g_byte_array_new();
    g_byte_array_append(request->body, (guint8 *)conn->pending->str + head_length, (guint)length);
    g_string_erase(conn->pending, 0, (gssize)(head_length + length));
    return true;
}

static gpointer serve(gpointer user)
{
    ScriptConn *conn = user;
    ScriptServer *server = conn->server;
    bool go_on = shake_hands(conn);
    while (go_on && !g_atomic_int_get(&server->stopping)) {
        ScriptRequest request = {0};
        go_on = read_request(conn, &request) && server->handler(&request, conn, server->user);
        request_clear(&request);
    }
    shutdown(conn->fd, SHUT_RDWR);
    return NULL;
}

static gpointer accept_all(gpointer user)
{
    ScriptServer *server = user;
    int fd;
    while ((fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        ScriptConn *conn = g_new0(ScriptConn, 1);
        conn->server = server;
        conn->fd = fd;
        conn->pending = g_string_new(NULL);
        g_atomic_int_inc(&server->accepted);
        g_mutex_lock(&server->mutex);
        g_ptr_array_add(server->conns, conn);
        conn->thread = g_thread_new("conn", serve, conn);
        g_mutex_unlock(&server->mutex);
    }
    return NULL;
}

/* --- lifetime ------------------------------------------------------------------------------------- */

ScriptServer *script_server_new(bool tls, guint16 port, ScriptHandler handler, void *user)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t length = sizeof address;
    int one = 1;
    ScriptServer *server = g_new0(ScriptServer, 1);
    server->handler = handler;
    server->user = user;
    server->conns = g_ptr_array_new();
    g_mutex_init(&server->mutex);
    if (tls) {
        set_up_tls(server);
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    g_assert_cmpint(bind(server->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(server->listener, 64), ==, 0);
    g_assert_cmpint(getsockname(server->listener, (struct sockaddr *)&address, &length), ==, 0);
    server->port = ntohs(address.sin_port);
    server->acceptor = g_thread_new("accept", accept_all, server);
    return server;
}

void script_server_cut(ScriptServer *server)
{
    g_mutex_lock(&server->mutex);
    for (guint i = 0; i < server->conns->len; i++) {
        ScriptConn *conn = g_ptr_array_index(server->conns, i);
        shutdown(conn->fd, SHUT_RDWR);
    }
    g_mutex_unlock(&server->mutex);
}

void script_server_free(ScriptServer *server)
{
    if (server == NULL) {
        return;
    }
    g_atomic_int_set(&server->stopping, 1);
    shutdown(server->listener, SHUT_RDWR);
    g_thread_join(server->acceptor);
    close(server->listener);
    script_server_cut(server);
    for (guint i = 0; i < server->conns->len; i++) {
        ScriptConn *conn = g_ptr_array_index(server->conns, i);
        g_thread_join(conn->thread);
        if (conn->session != NULL) {
            gnutls_deinit(conn->session);
        }
        close(conn->fd);
        g_string_free(conn->pending, TRUE);
        g_free(conn);
    }
    g_ptr_array_free(server->conns, TRUE);
    if (server->credentials != NULL) {
        gnutls_certificate_free_credentials(server->credentials);
    }
    g_mutex_clear(&server->mutex);
    g_free(server);
}

guint16 script_server_port(const ScriptServer *server)
{
    return server->port;
}

const char *script_server_pin(const ScriptServer *server)
{
    return server->pin;
}

guint script_server_accepted(const ScriptServer *server)
{
    return (guint)g_atomic_int_get(&server->accepted);
}
