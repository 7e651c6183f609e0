/* SPDX-License-Identifier: GPL-3.0-or-later
 * DIR/audit.log: who changed what of this central by command, one JSON object a line, append only. What
 * managers decide at their terminals stands in the journals. No secret is ever on a command line, so
 * none is here. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define CENTRAL_AUDIT_FILE "audit.log"

/* Appends one line, on disk when it returns: {"at","by","command","status", options and words as they
 * were given}. given: an object, stolen. by: the login name of the user of this process, and for whom
 * sudo worked. */
bool central_audit_append(const char *dir, const char *command, json_t *given, int status,
                          int64_t now_ms, GError **error);

G_END_DECLS
