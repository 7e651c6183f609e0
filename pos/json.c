/* SPDX-License-Identifier: GPL-3.0-or-later
 * Strict JSON from outside (jansson behind a bounds check) and the canonical writer of RFC 8785 for
 * the values that journals may hold. A line is canonical when it equals what the writer makes of
 * what it says. Pure, any thread. */
#include "pos/json.h"
#include "pos/bounds.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <inttypes.h>

#include "pos/error.h"

#define INTEGER_MAX POS_BOUND_AMOUNT_MINOR_MAX /* what a double holds exactly, RFC 8785 3.2.2.3 */

static bool fail(GError **error, const char *message)
{
    g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID, message);
    return false;
}

/* Brackets outside of strings never nest deeper than the bound: checked before the parser recurses.
 */
static bool is_shallow(const char *text, gsize length)
{
    int depth = 0;
    bool in_string = false;
    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > POS_BOUND_JSON_DEPTH) {
                return false;
            }
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

json_t *pos_json_parse_object(const char *text, gsize length, gsize bytes_max, GError **error)
{
    if (length > bytes_max) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("This JSON has %zu bytes; at most %zu are accepted."), length, bytes_max);
        return NULL;
    }
    if (!is_shallow(text, length)) {
        fail(error, _("This JSON is nested too deeply."));
        return NULL;
    }
    json_error_t fault;
    g_autoptr(json_t) value =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
    if (value == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("This is not JSON: %s (line %d, column %d)."), fault.text, fault.line,
                    fault.column);
        return NULL;
    }
    if (!json_is_object(value)) {
        fail(error, _("This JSON is not an object."));
        return NULL;
    }
    return g_steal_pointer(&value);
}

/* RFC 8785, 3.2.3: keys sort by UTF-16 code units. That is the order of UTF-8 bytes, but for
 * characters beyond U+FFFF, whose surrogates sort before U+E000..U+FFFF (first bytes EE and EF). */
static int compare_keys(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a;
    const unsigned char *y = *(const unsigned char *const *)b;
    while (*x == *y && *x != 0) {
        x++;
        y++;
    }
    bool x_high = *x == 0xee || *x == 0xef;
    bool y_high = *y == 0xee || *y == 0xef;
    if ((x_high && *y >= 0xf0) || (y_high && *x >= 0xf0)) {
        return x_high ? 1 : -1;
    }
    return (int)*x - (int)*y;
}

/* The letter after the backslash where RFC 8785, 3.2.2.2 has a two-character escape; else 0. */
static char short_escape(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void write_string(GString *out, const char *text, gsize length)
{
    g_string_append_c(out, '"');
    for (gsize i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        char escape = short_escape(c);
        if (escape != 0) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, escape);
        } else if (c < 0x20) {
            g_string_append_printf(out, "\\u%04x", c);
        } else {
            g_string_append_c(out, (char)c);
        }
    }
    g_string_append_c(out, '"');
}

static bool write_value(GString *out, const json_t *value, int depth, GError **error);

static bool write_object(GString *out, const json_t *object, int depth, GError **error)
{
    gsize count = json_object_size(object);
    g_autofree const char **keys = g_new(const char *, count + 1);
    gsize filled = 0;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)object, key, member)
    {
        keys[filled++] = key;
    }
    g_assert(filled == count);
    qsort(keys, count, sizeof *keys, compare_keys);
    g_string_append_c(out, '{');
    for (gsize i = 0; i < count; i++) {
        if (i > 0) {
            g_string_append_c(out, ',');
        }
        write_string(out, keys[i], strlen(keys[i]));
        g_string_append_c(out, ':');
        if (!write_value(out, json_object_get(object, keys[i]), depth + 1, error)) {
            return false;
        }
    }
    g_string_append_c(out, '}');
    return true;
}

static bool write_array(GString *out, const json_t *array, int depth, GError **error)
{
    g_string_append_c(out, '[');
    for (gsize i = 0; i < json_array_size(array); i++) {
        if (i > 0) {
            g_string_append_c(out, ',');
        }
        if (!write_value(out, json_array_get(array, i), depth + 1, error)) {
            return false;
        }
    }
    g_string_append_c(out, ']');
    return true;
}

static bool write_value(GString *out, const json_t *value, int depth, GError **error)
{
    bool nests = json_is_object(value) || json_is_array(value);
    if (nests && depth > POS_BOUND_JSON_DEPTH) {
        return fail(error, _("The value is nested too deeply for a journal."));
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(out, value, depth, error);
    case JSON_ARRAY:
        return write_array(out, value, depth, error);
    case JSON_STRING:
        write_string(out, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER: {
        json_int_t number = json_integer_value(value);
        if (number > INTEGER_MAX || number < -INTEGER_MAX) {
            return fail(error, _("The value holds a number beyond 2^53 - 1."));
        }
        g_string_append_printf(out, "%" G_GINT64_FORMAT, (gint64)number);
        return true;
    }
    case JSON_TRUE:
        g_string_append(out, "true");
        return true;
    case JSON_FALSE:
        g_string_append(out, "false");
        return true;
    case JSON_REAL:
        return fail(error, _("The value holds a fraction; only whole numbers are allowed."));
    case JSON_NULL:
        return fail(error, _("The value holds a null, which is not allowed."));
    }
    g_assert_not_reached();
}

char *pos_json_canonical(const json_t *value, gsize *out_length, GError **error)
{
    g_assert(value != NULL);
    GString *out = g_string_sized_new(512);
    if (!write_value(out, value, 1, error)) {
        g_string_free(out, TRUE);
        return NULL;
    }
    if (out_length != NULL) {
        *out_length = out->len;
    }
    return g_string_free(out, FALSE);
}

bool pos_json_is_canonical(const char *text, gsize length, gsize bytes_max, GError **error)
{
    g_autoptr(json_t) value = pos_json_parse_object(text, length, bytes_max, error);
    if (value == NULL) {
        return false;
    }
    gsize written = 0;
    g_autofree char *canonical = pos_json_canonical(value, &written, error);
    if (canonical == NULL) {
        return false;
    }
    if (written != length || memcmp(canonical, text, length) != 0) {
        return fail(error, _("This JSON is not in canonical form (RFC 8785): keys sorted, no "
                             "spaces, shortest escapes."));
    }
    return true;
}

static bool fail_member(GError **error, const char *where, const char *key, const char *wanted)
{
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s: the member '%s' must be %s."), where,
                key, wanted);
    return false;
}

bool pos_json_get_string(const json_t *object, const char *key, gsize bytes_max, const char *where,
                         const char **out, GError **error)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_string(member)) {
        return fail_member(error, where, key, _("a text"));
    }
    const char *text = json_string_value(member);
    gsize length = json_string_length(member);
    if (length > bytes_max) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s: the member '%s' has %zu bytes; at most %zu are accepted."), where, key,
                    length, bytes_max);
        return false;
    }
    if (strlen(text) != length) {
        return fail_member(error, where, key, _("a text without a NUL character"));
    }
    *out = text;
    return true;
}

bool pos_json_get_int(const json_t *object, const char *key, int64_t min, int64_t max,
                      const char *where, int64_t *out, GError **error)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_integer(member)) {
        return fail_member(error, where, key, _("a whole number"));
    }
    int64_t value = json_integer_value(member);
    if (value < min || value > max) {
        g_set_error(
            error, POS_ERROR, POS_ERROR_INVALID,
            _("%s: the member '%s' is %" PRId64 "; it must be from %" PRId64 " to %" PRId64 "."),
            where, key, (gint64)value, (gint64)min, (gint64)max);
        return false;
    }
    *out = value;
    return true;
}

bool pos_json_get_bool(const json_t *object, const char *key, const char *where, bool *out,
                       GError **error)
{
    const json_t *member = json_object_get(object, key);
    if (!json_is_boolean(member)) {
        return fail_member(error, where, key, _("true or false"));
    }
    *out = json_is_true(member);
    return true;
}

bool pos_json_get_string_or(const json_t *object, const char *key, gsize bytes_max,
                            const char *where, const char *fallback, const char **out,
                            GError **error)
{
    if (json_object_get(object, key) == NULL) {
        *out = fallback;
        return true;
    }
    return pos_json_get_string(object, key, bytes_max, where, out, error);
}

bool pos_json_get_int_or(const json_t *object, const char *key, int64_t min, int64_t max,
                         const char *where, int64_t fallback, int64_t *out, GError **error)
{
    if (json_object_get(object, key) == NULL) {
        *out = fallback;
        return true;
    }
    return pos_json_get_int(object, key, min, max, where, out, error);
}

bool pos_json_get_bool_or(const json_t *object, const char *key, const char *where, bool fallback,
                          bool *out, GError **error)
{
    if (json_object_get(object, key) == NULL) {
        *out = fallback;
        return true;
    }
    return pos_json_get_bool(object, key, where, out, error);
}
