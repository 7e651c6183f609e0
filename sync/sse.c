/* SPDX-License-Identifier: GPL-3.0-or-later
 * Holds at most one unfinished line and one unfinished event. The steps and their names follow WHATWG HTML, 9.2.6
 * "Interpreting an event stream". */
#include "sync/sse.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A line is a field name and a value; the value is at most a feed item. */
#define LINE_BYTES_MAX (POS_BOUND_FEED_LINE_BYTES + 64)
#define FIELD_BYTES_MAX 128 /* event type, id */

struct SyncSse {
    SyncSseOnEvent on_event;
    void *user;
    GString *line;
    GString *data;
    GString *type;
    GString *id;
    bool has_data, has_id;
    bool after_cr; /* a line feed right after belongs to the carriage return */
    bool bom_done; /* one byte order mark at the very start is skipped */
    bool broken;
    int64_t retry_ms;
    guint64 comments;
};

SyncSse *sync_sse_new(SyncSseOnEvent on_event, void *user)
{
    g_assert(on_event != NULL);
    SyncSse *sse = g_new0(SyncSse, 1);
    sse->on_event = on_event;
    sse->user = user;
    sse->line = g_string_new(NULL);
    sse->data = g_string_new(NULL);
    sse->type = g_string_new(NULL);
    sse->id = g_string_new(NULL);
    sse->retry_ms = -1;
    return sse;
}

void sync_sse_free(SyncSse *sse)
{
    if (sse == NULL) {
        return;
    }
    g_string_free(sse->line, TRUE);
    g_string_free(sse->data, TRUE);
    g_string_free(sse->type, TRUE);
    g_string_free(sse->id, TRUE);
    g_free(sse);
}

static bool too_long(GError **error)
{
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("The price stream holds a line or an event of more than %d bytes; the connection "
                  "was dropped."),
                POS_BOUND_FEED_LINE_BYTES);
    return false;
}

static bool dispatch(SyncSse *sse, GError **error)
{
    bool ok = true;
    if (sse->has_data || sse->has_id) {
        SyncSseEvent event = {
            .type = sse->type->len > 0 ? sse->type->str : "message",
            .data = sse->data->str,
            .data_length = sse->data->len,
            .id = sse->has_id ? sse->id->str : NULL,
        };
        ok = sse->on_event(&event, sse->user, error);
    }
    g_string_truncate(sse->data, 0);
    g_string_truncate(sse->type, 0);
    sse->has_data = false;
    sse->has_id = false;
    return ok;
}

static void take_retry(SyncSse *sse, const char *value, gsize length)
{
    int64_t ms = 0;
    if (length == 0 || length > 9) {
        return;
    }
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(value[i])) {
            return;
        }
        ms = ms * 10 + (value[i] - '0');
    }
    sse->retry_ms = ms;
}

static bool take_field(SyncSse *sse, const char *name, gsize name_length, const char *value,
                       gsize length, GError **error)
{
    if (name_length == 4 && memcmp(name, "data", 4) == 0) {
        if (sse->data->len + length + 1 > POS_BOUND_FEED_LINE_BYTES) {
            return too_long(error);
        }
        if (sse->has_data) {
            g_string_append_c(sse->data, '\n');
        }
        g_string_append_len(sse->data, value, (gssize)length);
        sse->has_data = true;
    } else if (name_length == 5 && memcmp(name, "event", 5) == 0) {
        if (length > FIELD_BYTES_MAX) {
            return too_long(error);
        }
        g_string_truncate(sse->type, 0);
        g_string_append_len(sse->type, value, (gssize)length);
    } else if (name_length == 2 && memcmp(name, "id", 2) == 0) {
        if (length > FIELD_BYTES_MAX) {
            return too_long(error);
        }
        if (memchr(value, 0, length) == NULL) {
            g_string_truncate(sse->id, 0);
            g_string_append_len(sse->id, value, (gssize)length);
            sse->has_id = true;
        }
    } else if (name_length == 5 && memcmp(name, "retry", 5) == 0) {
        take_retry(sse, value, length);
    }
    return true;
}

static bool take_line(SyncSse *sse, GError **error)
{
    const char *line = sse->line->str;
    gsize length = sse->line->len;
    if (length == 0) {
        return dispatch(sse, error);
    }
    if (line[0] == ':') {
        sse->comments++;
        return true;
    }
    const char *colon = memchr(line, ':', length);
    if (colon == NULL) {
        return take_field(sse, line, length, "", 0, error);
    }
    gsize name_length = (gsize)(colon - line);
    const char *value = colon + 1;
    gsize value_length = length - name_length - 1;
    if (value_length > 0 && value[0] == ' ') {
        value++;
        value_length--;
    }
    return take_field(sse, line, name_length, value, value_length, error);
}

/* True once the start of the stream is known to hold no further byte of a byte order mark. */
static void skip_bom(SyncSse *sse)
{
    static const char bom[] = "\xEF\xBB\xBF";
    if (sse->bom_done) {
        return;
    }
    sse->bom_done = true;
    if (sse->line->len >= 3 && memcmp(sse->line->str, bom, 3) == 0) {
        g_string_erase(sse->line, 0, 3);
    }
}

static bool end_line(SyncSse *sse, GError **error)
{
    skip_bom(sse);
    bool ok = take_line(sse, error);
    g_string_truncate(sse->line, 0);
    return ok;
}

bool sync_sse_feed(SyncSse *sse, const char *bytes, gsize length, GError **error)
{
    g_assert(sse != NULL);
    gsize at = 0;
    if (sse->broken) {
        return too_long(error);
    }
    while (at < length) {
        if (sse->after_cr) {
            sse->after_cr = false;
            if (bytes[at] == '\n') {
                at++;
                continue;
            }
        }
        gsize end = at;
        while (end < length && bytes[end] != '\n' && bytes[end] != '\r') {
            end++;
        }
        if (sse->line->len + (end - at) > LINE_BYTES_MAX) {
            sse->broken = true;
            return too_long(error);
        }
        g_string_append_len(sse->line, bytes + at, (gssize)(end - at));
        if (end == length) {
            return true;
        }
        sse->after_cr = bytes[end] == '\r';
        at = end + 1;
        if (!end_line(sse, error)) {
            sse->broken = true;
            return false;
        }
    }
    return true;
}

int64_t sync_sse_retry_ms(const SyncSse *sse)
{
    return sse->retry_ms;
}

guint64 sync_sse_comments(const SyncSse *sse)
{
    return sse->comments;
}
