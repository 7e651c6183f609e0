/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/fake_central.h"

#include "pos/bounds.h"
#include "pos/date.h"

#include <string.h>
#include <zlib.h>

#define BEAT_US (50 * 1000)

typedef struct {
    gint64 version;
    char *kind, *key, *value;
} Item;

typedef struct {
    FakeFault fault;
    int times;
    int count;
} Route;

struct FakeCentral {
    ScriptServer *server;
    bool tls;
    guint16 port;
    GMutex mutex;
    GCond changed;
    bool stopping;
    GHashTable *routes; /* path -> Route */
    GPtrArray *lines;   /* GBytes */
    GArray *hashes;     /* PosHash after each line */
    char *store, *terminal, *next_terminal, *nonce, *epoch, *refuse;
    bool keeps;
    int enrolled;
    GArray *items; /* Item, ascending version */
    gint64 version, ahead_ms, seen;
    int cut_after; /* of the newest version, -1 whole */
    int packed;
    guint batch_max;
};

static Route *route(FakeCentral *fake, const char *path)
{
    Route *found = g_hash_table_lookup(fake->routes, path);
    if (found == NULL) {
        found = g_new0(Route, 1);
        g_hash_table_insert(fake->routes, g_strdup(path), found);
    }
    return found;
}

static FakeFault next_fault(FakeCentral *fake, const char *path)
{
    g_mutex_lock(&fake->mutex);
    Route *at = route(fake, path);
    FakeFault fault = at->times > 0 ? at->fault : FAKE_OK;
    at->times -= at->times > 0;
    at->count++;
    g_cond_broadcast(&fake->changed);
    g_mutex_unlock(&fake->mutex);
    return fault;
}

static void item_clear(gpointer data)
{
    Item *item = data;
    g_free(item->kind);
    g_free(item->key);
    g_free(item->value);
}

/* --- broken answers ------------------------------------------------------------------------------- */

static const char page[] =
    "<!DOCTYPE html><html><body>Welcome to the free network</body></html>\n\n";

static bool reply_broken(ScriptConn *conn, FakeFault fault, const char *type)
{
    static const char half[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Content-Length: 4000\r\n\r\n{\"now\":\"2026-";
    switch (fault) {
    case FAKE_503:
        return script_reply(conn, 503, "application/json", "Retry-After: 1\r\n",
                            "{\"error\":\"busy\",\"message\":\"wait\"}");
    case FAKE_500:
        return script_reply(conn, 500, "text/html", "", page);
    case FAKE_401:
        return script_reply(conn, 401, "application/json", "", "{\"error\":\"unauthorized\"}");
    case FAKE_413:
        return script_reply(conn, 413, "application/json", "", "{\"error\":\"too_large\"}");
    case FAKE_BAD_RECORD:
        return script_reply(conn, 400, "application/json", "",
                            "{\"error\":\"bad_record\",\"line\":1,\"message\":\"not today\"}");
    case FAKE_HTML:
        return script_reply(conn, 200, "text/html; charset=utf-8", "", page);
    case FAKE_HTML_AS:
        return script_reply(conn, 200, type, "", page);
    case FAKE_HALF:
        script_write(conn, half, sizeof half - 1);
        return false;
    case FAKE_GARBAGE:
        script_write(conn, "SSH-2.0-OpenSSH_9.2\r\n\r\n", 23);
        return false;
    case FAKE_HUGE: {
        g_autofree char *head = g_strdup_printf(
            "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n\r\ndata: {", type);
        g_autofree char *much = g_strnfill(65536, ' ');
        bool ok = script_write(conn, head, strlen(head));
        for (int i = 0; ok && i < 64; i++) {
            ok = script_write(conn, much, 65536);
        }
        return false;
    }
    case FAKE_OK:
    case FAKE_DROP:
    case FAKE_LOSE:
    case FAKE_WRONG_HEAD:
        break;
    }
    return false;
}

/* --- journal -------------------------------------------------------------------------------------- */

/* Quoted, or null. With the mutex held. */
static char *head_json(FakeCentral *fake, bool wrong)
{
    if (fake->hashes->len == 0) {
        return g_strdup("null");
    }
    PosHash head = g_array_index(fake->hashes, PosHash, fake->hashes->len - 1);
    head.bytes[0] ^= wrong ? 1 : 0;
    g_autofree char *hex = pos_hash_to_hex(&head);
    return g_strdup_printf("\"%s\"", hex);
}

static GByteArray *unpack(const GByteArray *packed)
{
    GByteArray *plain = g_byte_array_new();
    guint8 buffer[16384];
    z_stream stream = {.next_in = packed->data, .avail_in = packed->len};
    int result = inflateInit2(&stream, 15 + 16);
    g_assert_cmpint(result, ==, Z_OK);
    do {
        stream.next_out = buffer;
        stream.avail_out = sizeof buffer;
        result = inflate(&stream, Z_NO_FLUSH);
        g_assert_true(result == Z_OK || result == Z_STREAM_END);
        g_byte_array_append(plain, buffer, (guint)(sizeof buffer - stream.avail_out));
    } while (result != Z_STREAM_END);
    inflateEnd(&stream);
    return plain;
}

static gint64 seq_of(const char *line, gsize length, bool *out_adopted)
{
    g_autoptr(json_t) object = NULL;
    GError *error = NULL;
    bool ok = pos_record_parse(line, length, &object, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    *out_adopted = strcmp(json_string_value(json_object_get(object, "type")), "adopted") == 0;
    return json_integer_value(json_object_get(object, "seq"));
}

static void keep_line(FakeCentral *fake, const char *line, gsize length)
{
    PosHash before = fake->hashes->len > 0
                         ? g_array_index(fake->hashes, PosHash, fake->hashes->len - 1)
                         : pos_hash_zero();
    PosHash hash = pos_hash_chain(&before, line, length);
    g_array_append_val(fake->hashes, hash);
    g_ptr_array_add(fake->lines, g_bytes_new(line, length));
}

/* Whether `prev` is the hash before record `seq`, as far as that is known here. */
static bool fits_before(FakeCentral *fake, gint64 seq, const char *prev)
{
    PosHash hash = pos_hash_zero();
    if (seq - 1 > (gint64)fake->hashes->len) {
        return true;
    }
    if (seq > 1) {
        hash = g_array_index(fake->hashes, PosHash, seq - 2);
    }
    g_autofree char *hex = pos_hash_to_hex(&hash);
    return strcmp(hex, prev) == 0;
}

/* NULL for stored, else the answer. With the mutex held. */
static char *take_lines(FakeCentral *fake, char **lines, const char *prev, int *out_status)
{
    guint count = 0;
    while (lines[count] != NULL && lines[count][0] != '\0') {
        count++;
    }
    *out_status = 200;
    if (count > (fake->batch_max > 0 ? fake->batch_max : POS_BOUND_BATCH_RECORDS)) {
        *out_status = 413;
        return g_strdup("{\"error\":\"too_large\"}");
    }
    for (guint i = 0; i < count; i++) {
        bool adopted = false;
        seq_of(lines[i], strlen(lines[i]), &adopted);
        if (fake->refuse != NULL && !adopted && strstr(lines[i], fake->refuse) != NULL) {
            *out_status = 400;
            return g_strdup_printf(
                "{\"error\":\"bad_record\",\"line\":%u,\"message\":\"not this one\"}", i + 1);
        }
    }
    for (guint i = 0; i < count; i++) {
        bool adopted = false;
        gsize length = strlen(lines[i]);
        gint64 seq = seq_of(lines[i], length, &adopted);
        g_autofree char *head = head_json(fake, false);
        if (seq > (gint64)fake->lines->len + 1) {
            g_assert_cmpuint(i, ==, 0); /* the terminal never leaves a hole inside */
            *out_status = 409;
            return g_strdup_printf("{\"error\":\"gap\",\"acked\":%u,\"head\":%s}", fake->lines->len,
                                   head);
        }
        if (i == 0 && !fits_before(fake, seq, prev)) {
            *out_status = 409;
            return g_strdup_printf(
                "{\"error\":\"fork\",\"acked\":%u,\"head\":%s,\"seq\":%" G_GINT64_FORMAT "}",
                fake->lines->len, head, seq);
        }
        if (seq <= (gint64)fake->lines->len) {
            GBytes *held = g_ptr_array_index(fake->lines, seq - 1);
            if (g_bytes_get_size(held) != length ||
                memcmp(g_bytes_get_data(held, NULL), lines[i], length) != 0) {
                *out_status = 409;
                return g_strdup_printf(
                    "{\"error\":\"fork\",\"acked\":%u,\"head\":%s,\"seq\":%" G_GINT64_FORMAT "}",
                    fake->lines->len, head, seq);
            }
            continue;
        }
        keep_line(fake, lines[i], length);
    }
    return NULL;
}

static bool serve_journal(FakeCentral *fake, const ScriptRequest *request, ScriptConn *conn,
                          FakeFault fault)
{
    int status = 200;
    const char *encoding = g_hash_table_lookup(request->headers, "content-encoding");
    bool gzip = encoding != NULL && strcmp(encoding, "gzip") == 0;
    GByteArray *plain = gzip ? unpack(request->body) : g_byte_array_ref(request->body);
    g_autofree char *text = g_strndup((const char *)plain->data, plain->len);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_byte_array_unref(plain);
    g_assert_true(g_str_has_prefix(request->query, "prev="));
    g_mutex_lock(&fake->mutex);
    fake->packed += gzip;
    g_autofree char *refusal = take_lines(fake, lines, request->query + 5, &status);
    g_autofree char *head = head_json(fake, fault == FAKE_WRONG_HEAD);
    g_autofree char *answer =
        refusal != NULL ? g_strdup(refusal)
                        : g_strdup_printf("{\"acked\":%u,\"head\":%s}", fake->lines->len, head);
    g_cond_broadcast(&fake->changed);
    g_mutex_unlock(&fake->mutex);
    return fault != FAKE_LOSE && script_reply(conn, status, "application/json", "", answer);
}

/* --- hello, enrol, seen --------------------------------------------------------------------------- */

static bool serve_hello(FakeCentral *fake, ScriptConn *conn, FakeFault fault)
{
    g_mutex_lock(&fake->mutex);
    g_autofree char *now = pos_instant_format(g_get_real_time() / 1000 + fake->ahead_ms, NULL);
    g_autofree char *head = head_json(fake, fault == FAKE_WRONG_HEAD);
    g_autofree char *answer = g_strdup_printf(
        "{\"acked\":%u,\"api\":[1],\"epoch\":\"%s\",\"feed_version\":%" G_GINT64_FORMAT
        ",\"head\":%s,\"now\":\"%s\"}",
        fake->lines->len, fake->epoch, fake->version, head, now);
    g_mutex_unlock(&fake->mutex);
    return script_reply(conn, 200, "application/json", "", answer);
}

static const char *string_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* With the mutex held: a terminal with a journal keeps its id when it may; else a fresh id and an empty journal. */
static void choose_id(FakeCentral *fake, const json_t *request)
{
    const char *old = string_of(request, "terminal");
    bool same_nonce = g_strcmp0(fake->nonce, string_of(request, "nonce")) == 0;
    g_free(fake->nonce);
    fake->nonce = g_strdup(string_of(request, "nonce"));
    if (same_nonce || (old[0] != '\0' && fake->keeps)) {
        return;
    }
    g_free(fake->terminal);
    fake->terminal = g_strdup(fake->next_terminal);
    g_ptr_array_set_size(fake->lines, 0);
    g_array_set_size(fake->hashes, 0);
    fake->enrolled++;
}

static bool serve_enrol(FakeCentral *fake, const ScriptRequest *request, ScriptConn *conn,
                        FakeFault fault)
{
    g_autoptr(json_t) object =
        pos_json_parse_object((const char *)request->body->data, request->body->len, 65536, NULL);
    g_assert_nonnull(object);
    g_assert_cmpuint(strlen(string_of(object, "nonce")), >=, 16);
    if (!g_str_has_prefix(string_of(object, "code"), FAKE_CODE)) {
        return script_reply(conn, 403, "application/json", "", "{\"error\":\"forbidden\"}");
    }
    g_mutex_lock(&fake->mutex);
    choose_id(fake, object);
    g_autofree char *head = head_json(fake, false);
    g_autofree char *answer =
        g_strdup_printf("{\"acked\":%u,\"currency\":\"KRW\",\"head\":%s,\"mode\":\"till\","
                        "\"receipt_prefix\":\"T%02d\","
                        "\"store\":\"%s\",\"terminal\":\"%s\",\"token\":\"" FAKE_TOKEN "\"}",
                        fake->lines->len, head, fake->enrolled, fake->store, fake->terminal);
    g_mutex_unlock(&fake->mutex);
    return fault != FAKE_LOSE && script_reply(conn, 201, "application/json", "", answer);
}

static bool serve_seen(FakeCentral *fake, const ScriptRequest *request, ScriptConn *conn)
{
    g_autoptr(json_t) object =
        pos_json_parse_object((const char *)request->body->data, request->body->len, 65536, NULL);
    g_assert_true(json_is_array(json_object_get(object, "tags")));
    g_mutex_lock(&fake->mutex);
    fake->seen = json_integer_value(json_object_get(object, "feed_version"));
    g_cond_broadcast(&fake->changed);
    g_mutex_unlock(&fake->mutex);
    return script_reply(conn, 200, "application/json", "", "{}");
}

/* --- feed ----------------------------------------------------------------------------------------- */

static char *item_json(const Item *item)
{
    return g_strdup_printf(
        "{\"key\":\"%s\",\"kind\":\"%s\",\"value\":%s,\"version\":%" G_GINT64_FORMAT "}", item->key,
        item->kind, item->value, item->version);
}

/* With the mutex held. */
static char *once_text(FakeCentral *fake, gint64 after)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < fake->items->len; i++) {
        const Item *item = &g_array_index(fake->items, Item, i);
        if (item->version > after) {
            g_autofree char *json = item_json(item);
            g_string_append_printf(text, "%s\n", json);
        }
    }
    g_string_append_printf(text,
                           "{\"end\":true,\"epoch\":\"%s\",\"version\":%" G_GINT64_FORMAT "}\n",
                           fake->epoch, fake->version);
    return g_string_free(text, FALSE);
}

/* With the mutex held; *out_cut when the connection is to be closed behind it. */
static char *stream_text(FakeCentral *fake, gint64 after, bool *out_cut)
{
    GString *text = g_string_new(NULL);
    int count = 0;
    guint length = fake->items->len;
    *out_cut = false;
    for (guint i = 0; i < length; i++) {
        const Item *item = &g_array_index(fake->items, Item, i);
        if (item->version <= after) {
            continue;
        }
        if (fake->cut_after >= 0 && count == fake->cut_after) {
            fake->cut_after = -1;
            *out_cut = true;
            return g_string_free(text, FALSE);
        }
        g_autofree char *json = item_json(item);
        g_string_append_printf(text, "event: %s\ndata: %s\n", item->kind, json);
        if (i + 1 == length) {
            g_string_append_printf(text, "id: %" G_GINT64_FORMAT "\n", fake->version);
        }
        g_string_append_c(text, '\n');
        count++;
    }
    if (count == 0) {
        g_string_append(text, ": beat\n\n");
    }
    return g_string_free(text, FALSE);
}

static bool serve_stream(FakeCentral *fake, ScriptConn *conn, gint64 after)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Cache-Control: no-store\r\nConnection: close\r\n\r\n";
    bool go_on = script_write(conn, head, sizeof head - 1), cut = false;
    gint64 sent = after;
    g_mutex_lock(&fake->mutex);
    while (go_on && !fake->stopping) {
        g_autofree char *text = stream_text(fake, sent, &cut);
        sent = MAX(sent, fake->version);
        g_mutex_unlock(&fake->mutex);
        go_on = script_write(conn, text, strlen(text)) && !cut;
        g_mutex_lock(&fake->mutex);
        if (go_on && fake->version <= sent) {
            g_cond_wait_until(&fake->changed, &fake->mutex, g_get_monotonic_time() + BEAT_US);
        }
    }
    g_mutex_unlock(&fake->mutex);
    return false;
}

static bool serve_feed(FakeCentral *fake, const ScriptRequest *request, ScriptConn *conn)
{
    const char *accept = g_hash_table_lookup(request->headers, "accept");
    bool stream = g_strcmp0(accept, "text/event-stream") == 0;
    FakeFault fault = next_fault(fake, stream ? "stream" : "once");
    g_assert_true(g_str_has_prefix(request->query, "after="));
    gint64 after = g_ascii_strtoll(request->query + 6, NULL, 10);
    if (fault == FAKE_HALF && !stream) {
        g_mutex_lock(&fake->mutex);
        g_autofree char *text = once_text(fake, after);
        g_mutex_unlock(&fake->mutex);
        text[strlen(text) / 2] = '\0';
        return script_reply(conn, 200, "application/x-ndjson", "", text);
    }
    if (fault != FAKE_OK) {
        return reply_broken(conn, fault, stream ? "text/event-stream" : "application/x-ndjson");
    }
    if (stream) {
        return serve_stream(fake, conn, after);
    }
    g_mutex_lock(&fake->mutex);
    g_autofree char *text = once_text(fake, after);
    g_mutex_unlock(&fake->mutex);
    return script_reply(conn, 200, "application/x-ndjson", "", text);
}

static bool serve(const ScriptRequest *request, ScriptConn *conn, void *user)
{
    FakeCentral *fake = user;
    if (strcmp(request->path, "/v1/feed") == 0) {
        return serve_feed(fake, request, conn);
    }
    FakeFault fault = next_fault(fake, request->path);
    if (fault != FAKE_OK && fault != FAKE_LOSE && fault != FAKE_WRONG_HEAD) {
        return reply_broken(conn, fault, "application/json");
    }
    if (strcmp(request->path, "/v1/enrol") == 0) {
        return serve_enrol(fake, request, conn, fault);
    }
    g_assert_cmpstr(g_hash_table_lookup(request->headers, "authorization"), ==,
                    "Bearer " FAKE_TOKEN);
    if (strcmp(request->path, "/v1/hello") == 0) {
        return serve_hello(fake, conn, fault);
    }
    if (strcmp(request->path, "/v1/journal") == 0) {
        return serve_journal(fake, request, conn, fault);
    }
    if (strcmp(request->path, "/v1/seen") == 0) {
        return serve_seen(fake, request, conn);
    }
    return script_reply(conn, 404, "application/json", "", "{\"error\":\"not_found\"}");
}

/* --- for the test --------------------------------------------------------------------------------- */

static void line_unref(gpointer line)
{
    g_bytes_unref(line);
}

FakeCentral *fake_central_new(bool tls)
{
    FakeCentral *fake = g_new0(FakeCentral, 1);
    fake->tls = tls;
    g_mutex_init(&fake->mutex);
    g_cond_init(&fake->changed);
    fake->routes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fake->lines = g_ptr_array_new_with_free_func(line_unref);
    fake->hashes = g_array_new(FALSE, FALSE, sizeof(PosHash));
    fake->items = g_array_new(FALSE, FALSE, sizeof(Item));
    g_array_set_clear_func(fake->items, item_clear);
    fake->terminal = g_strdup("");
    fake->store = g_strdup("1");
    fake->next_terminal = g_strdup("a1b2c3d4e5f60718293a4b5c6d7e8f90");
    fake->epoch = g_strdup("epoch-one");
    fake->seen = -1;
    fake->cut_after = -1;
    fake->keeps = true;
    fake_central_start(fake);
    return fake;
}

void fake_central_free(FakeCentral *fake)
{
    fake_central_stop(fake);
    g_hash_table_unref(fake->routes);
    g_ptr_array_free(fake->lines, TRUE);
    g_array_free(fake->hashes, TRUE);
    g_array_free(fake->items, TRUE);
    g_free(fake->store);
    g_free(fake->terminal);
    g_free(fake->next_terminal);
    g_free(fake->nonce);
    g_free(fake->epoch);
    g_free(fake->refuse);
    g_mutex_clear(&fake->mutex);
    g_cond_clear(&fake->changed);
    g_free(fake);
}

char *fake_central_url(FakeCentral *fake)
{
    return g_strdup_printf("%s://127.0.0.1:%u", fake->tls ? "https" : "http", fake->port);
}

char *fake_central_code(FakeCentral *fake)
{
    return fake->tls ? g_strconcat(FAKE_CODE ".", script_server_pin(fake->server), NULL)
                     : g_strdup(FAKE_CODE);
}

void fake_central_stop(FakeCentral *fake)
{
    g_mutex_lock(&fake->mutex);
    fake->stopping = true;
    g_cond_broadcast(&fake->changed);
    g_mutex_unlock(&fake->mutex);
    g_clear_pointer(&fake->server, script_server_free);
}

void fake_central_start(FakeCentral *fake)
{
    g_assert_null(fake->server);
    fake->stopping = false;
    fake->server = script_server_new(fake->tls, fake->port, serve, fake);
    fake->port = script_server_port(fake->server);
}

void fake_central_break(FakeCentral *fake, const char *path, FakeFault fault, int times)
{
    g_mutex_lock(&fake->mutex);
    route(fake, path)->fault = fault;
    route(fake, path)->times = times;
    g_mutex_unlock(&fake->mutex);
}

int fake_central_count(FakeCentral *fake, const char *path)
{
    g_mutex_lock(&fake->mutex);
    int count = route(fake, path)->count;
    g_mutex_unlock(&fake->mutex);
    return count;
}

/* With the mutex held. */
static void put_item(FakeCentral *fake, const char *kind, const char *key, const char *value)
{
    for (guint i = 0; i < fake->items->len; i++) {
        const Item *item = &g_array_index(fake->items, Item, i);
        if (strcmp(item->kind, kind) == 0 && strcmp(item->key, key) == 0) {
            g_array_remove_index(fake->items, i);
            break;
        }
    }
    Item item = {fake->version, g_strdup(kind), g_strdup(key), g_strdup(value)};
    g_array_append_val(fake->items, item);
}

gint64 fake_central_publish(FakeCentral *fake, const char *kind, const char *key, const char *value)
{
    g_mutex_lock(&fake->mutex);
    gint64 version = ++fake->version;
    put_item(fake, kind, key, value);
    g_cond_broadcast(&fake->changed);
    g_mutex_unlock(&fake->mutex);
    return version;
}

void fake_central_publish_cut(FakeCentral *fake, guint count, int cut)
{
    g_mutex_lock(&fake->mutex);
    fake->version++;
    fake->cut_after = cut;
    for (guint i = 0; i < count; i++) {
        g_autofree char *key = g_strdup_printf("cut%u", i);
        put_item(fake, "tag", key, "{\"gtin\":\"09521234500017\"}");
    }
    g_cond_broadcast(&fake->changed);
    g_mutex_unlock(&fake->mutex);
}

/* With the mutex held. */
static void keep_items(FakeCentral *fake, guint items)
{
    g_array_set_size(fake->items, MIN(items, fake->items->len));
    fake->version =
        fake->items->len > 0 ? g_array_index(fake->items, Item, fake->items->len - 1).version : 0;
}

void fake_central_next_store(FakeCentral *fake, const char *store, guint items)
{
    g_mutex_lock(&fake->mutex);
    g_free(fake->store);
    fake->store = g_strdup(store);
    keep_items(fake, items);
    g_mutex_unlock(&fake->mutex);
}

void fake_central_restore(FakeCentral *fake, const char *epoch, guint items)
{
    g_mutex_lock(&fake->mutex);
    g_free(fake->epoch);
    fake->epoch = g_strdup(epoch);
    keep_items(fake, items);
    g_mutex_unlock(&fake->mutex);
    script_server_cut(fake->server);
}

gint64 fake_central_acked(FakeCentral *fake)
{
    g_mutex_lock(&fake->mutex);
    gint64 acked = fake->lines->len;
    g_mutex_unlock(&fake->mutex);
    return acked;
}

char *fake_central_line(FakeCentral *fake, gint64 seq)
{
    char *line = NULL;
    g_mutex_lock(&fake->mutex);
    if (seq >= 1 && seq <= (gint64)fake->lines->len) {
        GBytes *bytes = g_ptr_array_index(fake->lines, seq - 1);
        line = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    }
    g_mutex_unlock(&fake->mutex);
    return line;
}

void fake_central_forget(FakeCentral *fake, gint64 acked)
{
    g_mutex_lock(&fake->mutex);
    g_ptr_array_set_size(fake->lines, (gint)acked);
    g_array_set_size(fake->hashes, (guint)acked);
    g_mutex_unlock(&fake->mutex);
}

void fake_central_fork(FakeCentral *fake, gint64 seq)
{
    g_mutex_lock(&fake->mutex);
    g_autofree char *line = g_strdup_printf(
        "{\"at\":\"2026-11-23T09:00:00.000+09:00\",\"other\":true,\"seq\":%" G_GINT64_FORMAT
        ",\"terminal\":\"%s\",\"type\":\"no_sale\"}",
        seq, fake->terminal);
    g_ptr_array_set_size(fake->lines, (gint)seq - 1);
    g_array_set_size(fake->hashes, (guint)seq - 1);
    keep_line(fake, line, strlen(line));
    g_mutex_unlock(&fake->mutex);
}

void fake_central_next_id(FakeCentral *fake, const char *terminal, bool keeps)
{
    g_mutex_lock(&fake->mutex);
    g_free(fake->next_terminal);
    fake->next_terminal = g_strdup(terminal);
    fake->keeps = keeps;
    g_mutex_unlock(&fake->mutex);
}

void fake_central_clock(FakeCentral *fake, gint64 ahead_ms)
{
    g_mutex_lock(&fake->mutex);
    fake->ahead_ms = ahead_ms;
    g_mutex_unlock(&fake->mutex);
}

gint64 fake_central_seen(FakeCentral *fake)
{
    g_mutex_lock(&fake->mutex);
    gint64 seen = fake->seen;
    g_mutex_unlock(&fake->mutex);
    return seen;
}

int fake_central_packed(FakeCentral *fake)
{
    g_mutex_lock(&fake->mutex);
    int packed = fake->packed;
    g_mutex_unlock(&fake->mutex);
    return packed;
}

void fake_central_refuse(FakeCentral *fake, const char *text)
{
    g_mutex_lock(&fake->mutex);
    g_free(fake->refuse);
    fake->refuse = g_strdup(text);
    g_mutex_unlock(&fake->mutex);
}

void fake_central_batch_max(FakeCentral *fake, guint max)
{
    g_mutex_lock(&fake->mutex);
    fake->batch_max = max;
    g_mutex_unlock(&fake->mutex);
}
