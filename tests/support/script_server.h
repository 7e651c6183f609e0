/* SPDX-License-Identifier: GPL-3.0-or-later
 * A small HTTP/1.1 server on loopback for tests, over bare sockets, so that a test can answer as no good server would:
 * late, half, or with anything at all. A thread a connection; with or without TLS. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct ScriptServer ScriptServer;
typedef struct ScriptConn ScriptConn;

typedef struct {
    char *method, *path, *query; /* query without '?', "" none */
    GHashTable *headers;         /* lower-case name -> value */
    GByteArray *body;            /* as it came */
} ScriptRequest;

/* Answers one request; false closes the connection without a further word. Called on the connection's own thread. */
typedef bool (*ScriptHandler)(const ScriptRequest *request, ScriptConn *conn, void *user);

/* tls: with a key of its own, made now. port: 0 picks a free one. */
ScriptServer *script_server_new(bool tls, guint16 port, ScriptHandler handler, void *user);
/* Closes every connection and joins. */
void script_server_free(ScriptServer *server);
guint16 script_server_port(const ScriptServer *server);
/* The pin of its key as an enrolment code carries it (base64url), "" without TLS. */
const char *script_server_pin(const ScriptServer *server);
/* Connections accepted so far. */
guint script_server_accepted(const ScriptServer *server);
/* Cuts what is connected now; new ones are still taken. */
void script_server_cut(ScriptServer *server);

/* A whole answer with Content-Length. headers: further lines, each with "\r\n", or "". */
bool script_reply(ScriptConn *conn, int status, const char *type, const char *headers,
                  const char *body);
/* Bytes as they are. False when the other side is gone. */
bool script_write(ScriptConn *conn, const char *bytes, gsize length);
