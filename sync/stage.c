/* SPDX-License-Identifier: GPL-3.0-or-later
 * Items in the order of arrival, each with the JSON that it was read from. A stage is bounded in items, in bytes and in
 * the length of a line. */
#include "sync/stage.h"

#include "pos/error.h"
#include "pos/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define KIND_BYTES_MAX 64
#define KEY_BYTES_MAX 256
#define EPOCH_BYTES_MAX 128

struct SyncStage {
    int64_t after;   /* applied before this version */
    int64_t newest;  /* of the items so far, at least `after` */
    int64_t version; /* -1 while open */
    char *epoch;
    GArray *items;   /* PosFeedItem; strings and values belong to the objects */
    GPtrArray *objects; /* json_t */
    gsize bytes;
    GString *line; /* of the one-shot form, unfinished */
};

static void unref_object(gpointer object)
{
    json_decref(object);
}

SyncStage *sync_stage_new(int64_t after)
{
    g_assert(after >= 0);
    SyncStage *stage = g_new0(SyncStage, 1);
    stage->after = after;
    stage->newest = after;
    stage->version = -1;
    stage->items = g_array_new(FALSE, FALSE, sizeof(PosFeedItem));
    stage->objects = g_ptr_array_new_with_free_func(unref_object);
    stage->line = g_string_new(NULL);
    return stage;
}

void sync_stage_free(SyncStage *stage)
{
    if (stage == NULL) {
        return;
    }
    g_array_free(stage->items, TRUE);
    g_ptr_array_free(stage->objects, TRUE);
    g_string_free(stage->line, TRUE);
    g_free(stage->epoch);
    g_free(stage);
}

G_GNUC_PRINTF(2, 3) static bool refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("What central sent as the price feed cannot be read (%s); nothing of it was "
                  "applied."),
                what);
    return false;
}

static bool add_item(SyncStage *stage, json_t *object, const char *event_kind, GError **error)
{
    PosFeedItem item = {0};
    if (!pos_json_get_int(object, "version", 1, POS_BOUND_AMOUNT_MINOR_MAX, "feed item",
                          &item.version, error) ||
        !pos_json_get_string(object, "kind", KIND_BYTES_MAX, "feed item", &item.kind, error) ||
        !pos_json_get_string(object, "key", KEY_BYTES_MAX, "feed item", &item.key, error)) {
        return false;
    }
    const json_t *value = json_object_get(object, "value");
    if (value == NULL) {
        return refuse(error, "%s %s has no value", item.kind, item.key);
    }
    if (event_kind != NULL && strcmp(event_kind, item.kind) != 0) {
        return refuse(error, "event %s holds a %s", event_kind, item.kind);
    }
    if (item.version <= stage->after || item.version < stage->newest) {
        return refuse(error, "version %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT, item.version,
                      MAX(stage->after, stage->newest));
    }
    if (stage->items->len >= POS_BOUND_FEED_COMMIT_ITEMS) {
        return refuse(error, "more than %d items in one version", POS_BOUND_FEED_COMMIT_ITEMS);
    }
    item.value = json_is_null(value) ? NULL : value;
    stage->newest = item.version;
    g_array_append_val(stage->items, item);
    g_ptr_array_add(stage->objects, json_incref(object));
    return true;
}

static bool close_version(SyncStage *stage, int64_t version, GError **error)
{
    /* A node that lags may name an older version, but then it has sent no item. */
    if (version < stage->newest && stage->items->len > 0) {
        return refuse(error, "end at version %" G_GINT64_FORMAT " after items of %" G_GINT64_FORMAT,
                      version, stage->newest);
    }
    stage->version = version;
    return true;
}

static json_t *parse(SyncStage *stage, const char *text, gsize length, GError **error)
{
    stage->bytes += length;
    if (stage->bytes > SYNC_STAGE_BYTES_MAX) {
        refuse(error, "more than %d bytes in one version", SYNC_STAGE_BYTES_MAX);
        return NULL;
    }
    g_autoptr(GError) inner = NULL;
    json_t *object = pos_json_parse_object(text, length, POS_BOUND_FEED_LINE_BYTES, &inner);
    if (object == NULL) {
        refuse(error, "%s", inner->message);
    }
    return object;
}

static bool parse_id(const char *text, int64_t *out)
{
    guint64 value = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 0, POS_BOUND_AMOUNT_MINOR_MAX, &value, NULL)) {
        return false;
    }
    *out = (int64_t)value;
    return true;
}

bool sync_stage_event(SyncStage *stage, const SyncSseEvent *event, bool *out_closed, GError **error)
{
    g_assert(stage->version < 0);
    int64_t version = -1;
    if (event->id != NULL && !parse_id(event->id, &version)) {
        return refuse(error, "“%.40s” is no version", event->id);
    }
    if (event->data_length > 0) {
        g_autoptr(json_t) object = parse(stage, event->data, event->data_length, error);
        if (object == NULL) {
            return false;
        }
        bool end = json_is_true(json_object_get(object, "end"));
        bool named = strcmp(event->type, "message") != 0;
        if (!end && !add_item(stage, object, named ? event->type : NULL, error)) {
            return false;
        }
    }
    *out_closed = version >= 0;
    return version < 0 || close_version(stage, version, error);
}

static bool take_line(SyncStage *stage, const char *text, gsize length, GError **error)
{
    int64_t version = 0;
    const char *epoch = NULL;
    if (stage->version >= 0) {
        return refuse(error, "a line after the end");
    }
    g_autoptr(json_t) object = parse(stage, text, length, error);
    if (object == NULL) {
        return false;
    }
    if (!json_is_true(json_object_get(object, "end"))) {
        return add_item(stage, object, NULL, error);
    }
    if (!pos_json_get_int(object, "version", 0, POS_BOUND_AMOUNT_MINOR_MAX, "feed end", &version,
                          error) ||
        !pos_json_get_string(object, "epoch", EPOCH_BYTES_MAX, "feed end", &epoch, error)) {
        return false;
    }
    g_free(stage->epoch);
    stage->epoch = g_strdup(epoch);
    return close_version(stage, version, error);
}

bool sync_stage_bytes(SyncStage *stage, const char *bytes, gsize length, GError **error)
{
    const char *at = bytes, *end = bytes + length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        gsize piece = (gsize)((newline != NULL ? newline : end) - at);
        if (stage->line->len + piece > POS_BOUND_FEED_LINE_BYTES) {
            return refuse(error, "a line of more than %d bytes", POS_BOUND_FEED_LINE_BYTES);
        }
        g_string_append_len(stage->line, at, (gssize)piece);
        if (newline == NULL) {
            return true;
        }
        bool ok = take_line(stage, stage->line->str, stage->line->len, error);
        g_string_truncate(stage->line, 0);
        if (!ok) {
            return false;
        }
        at = newline + 1;
    }
    return true;
}

bool sync_stage_finish(SyncStage *stage, GError **error)
{
    if (stage->line->len > 0) {
        bool ok = take_line(stage, stage->line->str, stage->line->len, error);
        g_string_truncate(stage->line, 0);
        if (!ok) {
            return false;
        }
    }
    return stage->version >= 0 || refuse(error, "it ended before its last line");
}

const PosFeedItem *sync_stage_items(const SyncStage *stage, gsize *out_count)
{
    *out_count = stage->items->len;
    return (const PosFeedItem *)(void *)stage->items->data;
}

int64_t sync_stage_version(const SyncStage *stage)
{
    return stage->version;
}

const char *sync_stage_epoch(const SyncStage *stage)
{
    return stage->epoch;
}

bool sync_stage_is_open(const SyncStage *stage)
{
    return stage->items->len > 0 && stage->version < 0;
}

void sync_stage_next(SyncStage *stage)
{
    g_assert(stage->version >= 0);
    stage->after = MAX(stage->after, stage->version);
    stage->newest = stage->after;
    stage->version = -1;
    stage->bytes = 0;
    g_array_set_size(stage->items, 0);
    g_ptr_array_set_size(stage->objects, 0);
}
