/* SPDX-License-Identifier: GPL-3.0-or-later
 * The central service's log: one JSON object a line on stderr, {"at":…,"event":…, …}. Never a
 * token, code, key or PIN. */
#pragma once
#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* fields: a JSON object (stolen) or NULL. At most 50 lines a second go out; what is dropped is
 * counted in the next one. Any thread. */
void central_log(const char *event, json_t *fields);

G_END_DECLS
