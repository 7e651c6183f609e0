/* SPDX-License-Identifier: GPL-3.0-or-later
 * Items in the order of arrival, as text: parsed JSON would take eight times the memory. A stage is bounded in items,
 * in bytes and in the length of a line. */
#include "sync/stage.h"

#include "pos/error.h"
#include "pos/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define KIND_BYTES_MAX 64
#define KEY_BYTES_MAX 256
#define EPOCH_BYTES_MAX 128
#define END_BYTES_MAX 512 /* an end line is short: what is longer is an item */
#define APPLY_ITEMS 500   /* parsed at a time */

struct SyncStage {
    int64_t after;   /* applied before this version */
    int64_t newest;  /* of the items looked at so far, at least `after` */
    int64_t version; /* -1 while open */
    char *epoch;
    GPtrArray *texts; /* char*, one item each */
    gsize bytes;
    GString *line; /* of the one-shot form, unfinished */
};

SyncStage *sync_stage_new(int64_t after)
{
    g_assert(after >= 0);
    SyncStage *stage = g_new0(SyncStage, 1);
    stage->after = after;
    stage->newest = after;
    stage->version = -1;
    stage->texts = g_ptr_array_new_with_free_func(g_free);
    stage->line = g_string_new(NULL);
    return stage;
}

void sync_stage_free(SyncStage *stage)
{
    if (stage == NULL) {
        return;
    }
    g_ptr_array_free(stage->texts, TRUE);
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

static json_t *parse(const char *text, gsize length, GError **error)
{
    g_autoptr(GError) inner = NULL;
    json_t *object = pos_json_parse_object(text, length, POS_BOUND_FEED_LINE_BYTES, &inner);
    if (object == NULL) {
        refuse(error, "%s", inner->message);
    }
    return object;
}

/* An item in its place: newer than what is applied, not older than `newest`, which it moves. Borrowed from object. */
static bool read_item(const SyncStage *stage, const json_t *object, int64_t *newest,
                      PosFeedItem *out, GError **error)
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
    if (item.version <= stage->after || item.version < *newest) {
        return refuse(error, "version %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT, item.version,
                      MAX(stage->after, *newest));
    }
    item.value = json_is_null(value) ? NULL : value;
    *newest = item.version;
    *out = item;
    return true;
}

static bool add_text(SyncStage *stage, const char *text, gsize length, GError **error)
{
    if (stage->texts->len >= POS_BOUND_FEED_COMMIT_ITEMS) {
        return refuse(error, "more than %d items in one version", POS_BOUND_FEED_COMMIT_ITEMS);
    }
    stage->bytes += length;
    if (stage->bytes > SYNC_STAGE_BYTES_MAX) {
        return refuse(error, "more than %d bytes in one version", SYNC_STAGE_BYTES_MAX);
    }
    if (memchr(text, 0, length) != NULL) {
        return refuse(error, "a NUL byte");
    }
    g_ptr_array_add(stage->texts, g_strndup(text, length));
    return true;
}

static bool close_version(SyncStage *stage, int64_t version, GError **error)
{
    /* A node that lags may name an older version, but then it has sent no item. */
    if (version < stage->newest && stage->texts->len > 0) {
        return refuse(error, "end at version %" G_GINT64_FORMAT " after items of %" G_GINT64_FORMAT,
                      version, stage->newest);
    }
    stage->version = version;
    return true;
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
        PosFeedItem item;
        bool named = strcmp(event->type, "message") != 0;
        g_autoptr(json_t) object = parse(event->data, event->data_length, error);
        if (object == NULL || !read_item(stage, object, &stage->newest, &item, error)) {
            return false;
        }
        if (named && strcmp(event->type, item.kind) != 0) {
            return refuse(error, "event %s holds a %s", event->type, item.kind);
        }
        if (!add_text(stage, event->data, event->data_length, error)) {
            return false;
        }
    }
    *out_closed = version >= 0;
    return version < 0 || close_version(stage, version, error);
}

static bool take_end(SyncStage *stage, const json_t *object, GError **error)
{
    int64_t version = 0;
    const char *epoch = NULL;
    if (!pos_json_get_int(object, "version", 0, POS_BOUND_AMOUNT_MINOR_MAX, "feed end", &version,
                          error) ||
        !pos_json_get_string(object, "epoch", EPOCH_BYTES_MAX, "feed end", &epoch, error)) {
        return false;
    }
    g_free(stage->epoch);
    stage->epoch = g_strdup(epoch);
    return close_version(stage, version, error);
}

static bool take_line(SyncStage *stage, const char *text, gsize length, GError **error)
{
    if (stage->version >= 0) {
        return refuse(error, "a line after the end");
    }
    if (length == 0 || text[0] != '{') {
        return refuse(error, "a line that is no JSON object");
    }
    if (length <= END_BYTES_MAX && g_strstr_len(text, (gssize)length, "\"end\"") != NULL) {
        g_autoptr(json_t) object = parse(text, length, error);
        if (object == NULL) {
            return false;
        }
        if (json_is_true(json_object_get(object, "end"))) {
            return take_end(stage, object, error);
        }
    }
    return add_text(stage, text, length, error);
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

/* --- into the store ------------------------------------------------------------------------------- */

/* Parsed items of one part; strings and values belong to the objects. */
typedef struct {
    GArray *items;      /* PosFeedItem */
    GPtrArray *objects; /* json_t */
} Part;

static void unref_object(gpointer object)
{
    json_decref(object);
}

static bool parse_part(const SyncStage *stage, guint from, int64_t *newest, Part *part,
                       json_t **out_central, GError **error)
{
    g_array_set_size(part->items, 0);
    g_ptr_array_set_size(part->objects, 0);
    for (guint i = from; i < stage->texts->len && i < from + APPLY_ITEMS; i++) {
        PosFeedItem item;
        const char *text = g_ptr_array_index(stage->texts, i);
        json_t *object = parse(text, strlen(text), error);
        if (object == NULL) {
            return false;
        }
        g_ptr_array_add(part->objects, object);
        if (!read_item(stage, object, newest, &item, error)) {
            return false;
        }
        g_array_append_val(part->items, item);
        if (strcmp(item.kind, "setting") == 0 && strcmp(item.key, "central") == 0 &&
            item.value != NULL) {
            json_decref(*out_central);
            *out_central = json_incref((json_t *)item.value);
        }
    }
    return true;
}

/* Within a transaction. *note: the first. */
static bool apply_parts(SyncStage *stage, PosStore *store, const char *epoch, bool replace,
                        Part *part, json_t **central, char **note, GError **error)
{
    int64_t newest = stage->after;
    guint from = 0;
    do {
        char *part_note = NULL;
        if (!parse_part(stage, from, &newest, part, central, error)) {
            return false;
        }
        if (newest > stage->version) {
            return refuse(error,
                          "end at version %" G_GINT64_FORMAT " after items of %" G_GINT64_FORMAT,
                          stage->version, newest);
        }
        if (!pos_store_feed_apply(store, (const PosFeedItem *)(void *)part->items->data,
                                  part->items->len, stage->version, epoch, replace && from == 0,
                                  &part_note, error)) {
            return false;
        }
        if (*note == NULL) {
            *note = part_note;
        } else {
            g_free(part_note);
        }
        from += APPLY_ITEMS;
    } while (from < stage->texts->len);
    return true;
}

bool sync_stage_apply(SyncStage *stage, PosStore *store, const char *epoch, bool replace,
                      json_t **out_central, char **out_note, GError **error)
{
    g_assert(stage->version >= 0);
    g_autoptr(json_t) central = NULL;
    g_autofree char *note = NULL;
    Part part = {
        .items = g_array_new(FALSE, FALSE, sizeof(PosFeedItem)),
        .objects = g_ptr_array_new_with_free_func(unref_object),
    };
    bool ok = pos_store_begin(store, error);
    if (ok && !apply_parts(stage, store, epoch, replace, &part, &central, &note, error)) {
        pos_store_rollback(store);
        ok = false;
    }
    ok = ok && pos_store_commit(store, error);
    g_array_free(part.items, TRUE);
    g_ptr_array_free(part.objects, TRUE);
    if (ok && central != NULL) {
        *out_central = g_steal_pointer(&central);
    }
    if (ok) {
        *out_note = g_steal_pointer(&note);
    }
    return ok;
}

gsize sync_stage_count(const SyncStage *stage)
{
    return stage->texts->len;
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
    return stage->texts->len > 0 && stage->version < 0;
}

void sync_stage_next(SyncStage *stage)
{
    g_assert(stage->version >= 0);
    stage->after = MAX(stage->after, stage->version);
    stage->newest = stage->after;
    stage->version = -1;
    stage->bytes = 0;
    g_ptr_array_set_size(stage->texts, 0);
}
