/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/wire.h"

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW_BITS (15 + 16) /* zlib: 15 bits, with gzip's head and tail */

static char *dump(json_t *object, gsize *out_length)
{
    GError *error = NULL;
    char *text = pos_json_canonical(object, out_length, &error);
    g_assert_no_error(error);
    return text;
}

char *sync_wire_enrol_request(const SyncWireEnrol *enrol, gsize *out_length)
{
    g_assert(enrol->code != NULL && enrol->nonce != NULL);
    g_autoptr(json_t) object = json_object();
    json_object_set_new(object, "code", json_string(enrol->code));
    json_object_set_new(object, "nonce", json_string(enrol->nonce));
    if (enrol->name != NULL) {
        json_object_set_new(object, "name", json_string(enrol->name));
    }
    if (enrol->mode != NULL) {
        json_object_set_new(object, "mode", json_string(enrol->mode));
    }
    if (enrol->terminal != NULL) {
        g_autofree char *head = pos_hash_to_hex(&enrol->head);
        json_object_set_new(object, "terminal", json_string(enrol->terminal));
        json_object_set_new(object, "seq", json_integer(enrol->seq));
        json_object_set_new(object, "head", json_string(head));
        json_t *chain = json_array();
        for (gsize i = 0; i < enrol->chain_count; i++) {
            g_autofree char *hash = pos_hash_to_hex(&enrol->chain[i].hash);
            json_array_append_new(chain, json_pack("{s:I, s:s}", "seq",
                                                   (json_int_t)enrol->chain[i].seq, "hash", hash));
        }
        if (enrol->chain_count > 0) {
            json_object_set_new(object, "chain", json_incref(chain));
        }
        json_decref(chain);
        if (enrol->forked) {
            json_object_set_new(object, "forked", json_true());
        }
    }
    return dump(object, out_length);
}

/* `acked` and `head`; the head may be null or absent while nothing is acked. */
static bool get_chain_end(const json_t *object, const char *where, int64_t *out_acked,
                          PosHash *out_head, GError **error)
{
    int64_t acked = 0;
    const char *hex = NULL;
    PosHash head = pos_hash_zero();
    if (!pos_json_get_int(object, "acked", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, &acked, error)) {
        return false;
    }
    const json_t *member = json_object_get(object, "head");
    if (acked > 0 || (member != NULL && !json_is_null(member))) {
        if (!pos_json_get_string(object, "head", 64, where, &hex, error)) {
            return false;
        }
        if (!pos_hash_from_hex(hex, &head)) {
            g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s: head is no hash"), where);
            return false;
        }
    }
    *out_acked = acked;
    *out_head = head;
    return true;
}

void sync_wire_enrolled_clear(SyncWireEnrolled *enrolled)
{
    g_free(enrolled->terminal);
    g_free(enrolled->store);
    g_free(enrolled->token);
    g_free(enrolled->mode);
    g_free(enrolled->currency);
    g_free(enrolled->receipt_prefix);
    *enrolled = (SyncWireEnrolled){0};
}

bool sync_wire_parse_enrolled(const char *text, gsize length, SyncWireEnrolled *out, GError **error)
{
    static const char where[] = "enrol answer";
    const char *terminal = NULL, *store = NULL, *token = NULL, *mode = NULL, *currency = NULL;
    const char *prefix = NULL;
    int64_t acked = 0, held = -1;
    PosHash head;
    g_autoptr(json_t) object =
        pos_json_parse_object(text, length, SYNC_WIRE_ANSWER_BYTES_MAX, error);
    if (object == NULL ||
        !pos_json_get_int_or(object, "held", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, -1, &held,
                             error) ||
        !pos_json_get_string(object, "terminal", SYNC_WIRE_TEXT_BYTES_MAX, where, &terminal,
                             error) ||
        !pos_json_get_string(object, "store", SYNC_WIRE_TEXT_BYTES_MAX, where, &store, error) ||
        !pos_json_get_string(object, "token", SYNC_WIRE_TEXT_BYTES_MAX, where, &token, error) ||
        !pos_json_get_string(object, "mode", 16, where, &mode, error) ||
        !pos_json_get_string(object, "currency", 3, where, &currency, error) ||
        !pos_json_get_string_or(object, "receipt_prefix", 8, where, "", &prefix, error) ||
        !get_chain_end(object, where, &acked, &head, error)) {
        return false;
    }
    if (terminal[0] == '\0' || store[0] == '\0' || token[0] == '\0' ||
        strpbrk(token, "\r\n") != NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s: an id or the token is empty"),
                    where);
        return false;
    }
    *out = (SyncWireEnrolled){
        .terminal = g_strdup(terminal),
        .store = g_strdup(store),
        .token = g_strdup(token),
        .mode = g_strdup(mode),
        .currency = g_strdup(currency),
        .receipt_prefix = g_strdup(prefix),
        .held = held,
        .acked = acked,
        .head = head,
    };
    return true;
}

bool sync_wire_parse_hello(const char *text, gsize length, SyncWireHello *out, GError **error)
{
    static const char where[] = "hello";
    const char *now = NULL, *epoch = NULL;
    SyncWireHello hello = {0};
    g_autoptr(json_t) object =
        pos_json_parse_object(text, length, SYNC_WIRE_ANSWER_BYTES_MAX, error);
    if (object == NULL || !pos_json_get_string(object, "now", 64, where, &now, error) ||
        !pos_json_get_string(object, "epoch", SYNC_WIRE_TEXT_BYTES_MAX, where, &epoch, error) ||
        !pos_json_get_int(object, "feed_version", 0, POS_BOUND_AMOUNT_MINOR_MAX, where,
                          &hello.feed_version, error) ||
        !get_chain_end(object, where, &hello.acked, &hello.head, error)) {
        return false;
    }
    if (!pos_instant_parse(now, &hello.now_ms)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s: now is no time"), where);
        return false;
    }
    const json_t *api = json_object_get(object, "api"), *version = NULL;
    gsize index;
    bool spoken = false;
    json_array_foreach((json_t *)api, index, version)
    {
        spoken = spoken || json_integer_value(version) == 1;
    }
    if (!spoken) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The central service no longer speaks version 1 of the sync protocol: update "
                      "this terminal."));
        return false;
    }
    g_strlcpy(hello.epoch, epoch, sizeof hello.epoch);
    *out = hello;
    return true;
}

bool sync_wire_parse_ack(const char *text, gsize length, SyncWireAck *out, GError **error)
{
    g_autoptr(json_t) object =
        pos_json_parse_object(text, length, SYNC_WIRE_ANSWER_BYTES_MAX, error);
    return object != NULL &&
           get_chain_end(object, "journal answer", &out->acked, &out->head, error);
}

void sync_wire_error_clear(SyncWireError *wire_error)
{
    g_free(wire_error->message);
    *wire_error = (SyncWireError){0};
}

void sync_wire_parse_error(const char *text, gsize length, SyncWireError *out)
{
    static const char where[] = "error";
    const char *what = "", *message = "";
    *out = (SyncWireError){.kind = SYNC_WIRE_OTHER};
    g_autoptr(json_t) object =
        pos_json_parse_object(text, length, SYNC_WIRE_ANSWER_BYTES_MAX, NULL);
    if (object != NULL) {
        pos_json_get_string_or(object, "error", 64, where, "", &what, NULL);
        pos_json_get_string_or(object, "message", 1024, where, "", &message, NULL);
        pos_json_get_int_or(object, "seq", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, 0, &out->seq,
                            NULL);
        pos_json_get_int_or(object, "line", 0, POS_BOUND_AMOUNT_MINOR_MAX, where, 0, &out->line,
                            NULL);
        out->has_head = get_chain_end(object, where, &out->acked, &out->head, NULL);
    }
    if (strcmp(what, "gap") == 0 && out->has_head) {
        out->kind = SYNC_WIRE_GAP;
    } else if (strcmp(what, "fork") == 0) {
        out->kind = SYNC_WIRE_FORK;
    } else if (strcmp(what, "bad_record") == 0) {
        out->kind = SYNC_WIRE_BAD_RECORD;
    }
    out->message = g_strdup(message);
}

char *sync_wire_seen_request(int64_t feed_version, gsize *out_length)
{
    g_autoptr(json_t) object = json_object();
    json_object_set_new(object, "feed_version", json_integer(feed_version));
    json_object_set_new(object, "tags", json_array());
    return dump(object, out_length);
}

GBytes *sync_wire_journal_body(const GPtrArray *records)
{
    GByteArray *body = g_byte_array_new();
    for (guint i = 0; i < records->len; i++) {
        const PosRecord *record = g_ptr_array_index(records, i);
        g_byte_array_append(body, (const guint8 *)record->line, (guint)record->length);
        g_byte_array_append(body, (const guint8 *)"\n", 1);
    }
    return g_byte_array_free_to_bytes(body);
}

GBytes *sync_wire_gzip(GBytes *body)
{
    gsize length = 0;
    const void *data = g_bytes_get_data(body, &length);
    z_stream stream = {0};
    int result = deflateInit2(&stream, 1, Z_DEFLATED, GZIP_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY);
    g_assert_cmpint(result, ==, Z_OK);
    gsize room = deflateBound(&stream, length);
    guint8 *packed = g_malloc(room);
    stream.next_in = (Bytef *)data;
    stream.avail_in = (uInt)length;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    result = deflate(&stream, Z_FINISH);
    g_assert_cmpint(result, ==, Z_STREAM_END);
    gsize packed_length = stream.total_out;
    deflateEnd(&stream);
    return g_bytes_new_take(packed, packed_length);
}
