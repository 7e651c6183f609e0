/* SPDX-License-Identifier: GPL-3.0-or-later
 * JSON from outside, strictly, and canonical JSON (RFC 8785 restricted as sync-protocol.md says: UTF-8,
 * sorted keys, no spaces, shortest escapes, integers within +-(2^53-1), no fractions, no null). */
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* Parses `length` bytes: one object, UTF-8, no duplicate keys, no trailing bytes, at most bytes_max
 * bytes and POS_BOUND_JSON_DEPTH deep. NULL and POS_ERROR_INVALID otherwise. New reference. */
json_t *pos_json_parse_object(const char *text, gsize length, gsize bytes_max, GError **error);

/* The canonical bytes, without newline. NULL and POS_ERROR_INVALID when the value holds a null, a
 * fraction, a number out of range or is too deep. Owned by the caller. */
char *pos_json_canonical(const json_t *value, gsize *out_length, GError **error);

/* True when the bytes are exactly what pos_json_canonical() would write for what they say. */
bool pos_json_is_canonical(const char *text, gsize length, gsize bytes_max, GError **error);

/* Strict members. `where` names the object in the message ("product 0952…"). A missing or wrongly typed
 * member is false with POS_ERROR_INVALID; out is then untouched. Strings are borrowed from the object and
 * are at most bytes_max bytes, without NUL. */
bool pos_json_get_string(const json_t *object, const char *key, gsize bytes_max, const char *where,
                         const char **out, GError **error);
bool pos_json_get_int(const json_t *object, const char *key, int64_t min, int64_t max,
                      const char *where, int64_t *out, GError **error);
bool pos_json_get_bool(const json_t *object, const char *key, const char *where, bool *out,
                       GError **error);
/* Like the above, but a missing member gives `fallback`; a present one of the wrong type is an error. */
bool pos_json_get_string_or(const json_t *object, const char *key, gsize bytes_max,
                            const char *where, const char *fallback, const char **out,
                            GError **error);
bool pos_json_get_int_or(const json_t *object, const char *key, int64_t min, int64_t max,
                         const char *where, int64_t fallback, int64_t *out, GError **error);
bool pos_json_get_bool_or(const json_t *object, const char *key, const char *where, bool fallback,
                          bool *out, GError **error);

G_END_DECLS
