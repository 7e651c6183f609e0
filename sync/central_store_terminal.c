/* SPDX-License-Identifier: GPL-3.0-or-later
 * Terminals and enrolment codes. Of a token and of a code's secret only a hash
 * is kept. */
#include "pos/error.h"
#include "sync/central_sql.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES_MAX 256
#define TAG_BYTES_MAX 64
#define TAGS_MAX 10000

void central_terminal_clear(CentralTerminal *terminal)
{
    g_free(terminal->id);
    g_free(terminal->store);
    g_free(terminal->name);
    g_free(terminal->mode);
    g_free(terminal->receipt_prefix);
    memset(terminal, 0, sizeof *terminal);
}

void central_terminal_free(CentralTerminal *terminal)
{
    if (terminal) {
        central_terminal_clear(terminal);
        g_free(terminal);
    }
}

#define TERMINAL_COLUMNS                                                                           \
    "terminal, store, name, mode, receipt_prefix, revoked_ms, forked_ms, acked, head, "            \
    "created_ms, seen_version, seen_ms"

static void read_terminal(CentralQuery *row, CentralTerminal *out)
{
    out->id = central_sql_text(row, 0);
    out->store = central_sql_text(row, 1);
    out->name = central_sql_text(row, 2);
    out->mode = central_sql_text(row, 3);
    out->receipt_prefix = central_sql_text(row, 4);
    out->revoked = central_sql_column_int(row, 5) != 0;
    out->forked = central_sql_column_int(row, 6) != 0;
    out->acked = central_sql_column_int(row, 7);
    out->head = central_sql_hash(row, 8);
    out->created_ms = central_sql_column_int(row, 9);
    out->seen_version = central_sql_column_int(row, 10);
    out->seen_ms = central_sql_column_int(row, 11);
}

static PosHash token_hash(const char *token)
{
    PosHash hash;
    crypto_hash_sha256(hash.bytes, (const unsigned char *)token, strlen(token));
    return hash;
}

static bool found_terminal(CentralStore *store, CentralQuery *query, const char *id,
                           CentralTerminal *out, GError **error)
{
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (code == CENTRAL_SQL_ROW) {
        read_terminal(query, out);
        return true;
    }
    if (code == CENTRAL_SQL_DONE) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no terminal “%s”."), id);
    }
    return false;
}

bool central_store_terminal_get(CentralStore *store, const char *id, CentralTerminal *out,
                                GError **error)
{
    static const char SQL[] = "SELECT " TERMINAL_COLUMNS " FROM terminal WHERE terminal = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "t", id);
    return found_terminal(store, query, id, out, error);
}

bool central_store_terminal_by_token(CentralStore *store, const char *token, CentralTerminal *out,
                                     GError **error)
{
    static const char SQL[] =
        "SELECT " TERMINAL_COLUMNS " FROM terminal WHERE token_hash = ? AND revoked_ms = 0";
    PosHash hash = token_hash(token);
    if (!*token || strlen(token) > TOKEN_BYTES_MAX) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no such token."));
        return false;
    }
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "h", &hash);
    return found_terminal(store, query, "…", out, error);
}

GPtrArray *central_store_terminals(CentralStore *store, const char *store_id, GError **error)
{
    static const char SQL[] =
        "SELECT " TERMINAL_COLUMNS " FROM terminal WHERE COALESCE(?, store) = store "
        "ORDER BY store, created_ms, receipt_prefix, terminal";
    g_autoptr(GPtrArray) all =
        g_ptr_array_new_with_free_func((GDestroyNotify)central_terminal_free);
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "t", store_id);
    int code = CENTRAL_SQL_ERROR;
    while (query && (code = central_sql_step(query, error)) == CENTRAL_SQL_ROW) {
        CentralTerminal *terminal = g_new0(CentralTerminal, 1);
        read_terminal(query, terminal);
        g_ptr_array_add(all, terminal);
    }
    return query && code == CENTRAL_SQL_DONE ? g_steal_pointer(&all) : NULL;
}

static bool publish_terminal(CentralStore *store, const char *id, GError **error)
{
    g_auto(CentralTerminal) terminal = {0};
    if (!central_store_terminal_get(store, id, &terminal, error)) {
        return false;
    }
    g_autoptr(json_t) value = json_pack("{s:s, s:s, s:s}", "mode", terminal.mode, "name",
                                        terminal.name, "receipt_prefix", terminal.receipt_prefix);
    if (!value) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The terminal's name is not UTF-8."));
        return false;
    }
    CentralChange change = {"terminal", id, value};
    return central_store_publish(store, terminal.store, &change, 1, NULL, error);
}

static bool add_terminal(CentralStore *store, const char *id, const char *store_id,
                         const char *name, const char *mode, const char *token, int64_t now_ms,
                         GError **error)
{
    static const char COUNT[] =
        "UPDATE store SET terminals_count = terminals_count + 1 WHERE store = ?";
    static const char INSERT[] =
        "INSERT INTO terminal (terminal, store, name, mode, receipt_prefix, token_hash, "
        "created_ms, revoked_ms, forked_ms, acked, head, seen_version, seen_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, 0, 0)";
    int changed = 0;
    int64_t number = 0;
    PosHash hash = token_hash(token), zero = pos_hash_zero();
    if (!central_sql_run(store, &changed, error, COUNT, "t", store_id)) {
        return false;
    }
    if (changed == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no store “%s”."), store_id);
        return false;
    }
    if (!central_sql_int(store, 0, &number, error,
                         "SELECT terminals_count FROM store WHERE store = ?", "t", store_id)) {
        return false;
    }
    g_autofree char *prefix = g_strdup_printf("T%02" PRId64, number);
    g_autofree char *shown = name && *name ? g_strdup(name) : g_strdup(prefix);
    return central_sql_run(store, NULL, error, INSERT, "ttttthih", id, store_id, shown, mode,
                           prefix, &hash, now_ms, &zero) &&
           publish_terminal(store, id, error);
}

bool central_store_terminal_add(CentralStore *store, const char *id, const char *store_id,
                                const char *name, const char *mode, const char *token,
                                int64_t now_ms, GError **error)
{
    g_assert(*token);
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = add_terminal(store, id, store_id, name, mode, token, now_ms, error);
    }
    return scope.ok;
}

/* Other centrals look at this number, since the feed says nothing of it. */
static bool note_change(CentralStore *store, const char *id, GError **error)
{
    static const char SQL[] = "UPDATE head SET changes = changes + 1 WHERE store = "
                              "(SELECT store FROM terminal WHERE terminal = ?)";
    return central_sql_run(store, NULL, error, SQL, "t", id);
}

/* A token that was good is good no more: whoever holds streams open looks again. */
static bool tokens_changed(CentralStore *store, GError **error)
{
    uint8_t bytes[8];
    char hex[2 * sizeof bytes + 1];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return central_store_meta_set(store, CENTRAL_META_TOKENS, hex, error);
}

bool central_store_terminal_renew(CentralStore *store, const char *id, const char *token,
                                  const char *name, const char *mode, GError **error)
{
    static const char SQL[] = "UPDATE terminal SET token_hash = ?, name = COALESCE(?, name), "
                              "mode = ?, revoked_ms = 0 WHERE terminal = ?";
    g_assert(*token);
    PosHash hash = token_hash(token);
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_sql_run(store, NULL, error, SQL, "httt", &hash,
                                   name && *name ? name : NULL, mode, id) &&
                   note_change(store, id, error) && tokens_changed(store, error) &&
                   publish_terminal(store, id, error);
    }
    return scope.ok;
}

static bool mark_terminal(CentralStore *store, const char *sql, const char *id, int64_t now_ms,
                          GError **error)
{
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        int changed = 0;
        scope.ok = central_sql_run(store, &changed, error, sql, "it", now_ms, id) &&
                   note_change(store, id, error);
        if (scope.ok && changed == 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no terminal “%s”."), id);
            scope.ok = false;
        }
        scope.ok = scope.ok && tokens_changed(store, error);
    }
    return scope.ok;
}

bool central_store_terminal_revoke(CentralStore *store, const char *id, int64_t now_ms,
                                   GError **error)
{
    static const char SQL[] = "UPDATE terminal SET revoked_ms = ? WHERE terminal = ?";
    return mark_terminal(store, SQL, id, now_ms, error);
}

bool central_store_terminal_set_forked(CentralStore *store, const char *id, int64_t now_ms,
                                       GError **error)
{
    static const char SQL[] = "UPDATE terminal SET forked_ms = ? WHERE terminal = ?";
    return mark_terminal(store, SQL, id, now_ms, error);
}

/* --- what terminals say that they show ---------------------------------------------------- */

static bool put_tag(CentralStore *store, const char *store_id, const char *terminal,
                    const json_t *tag, GError **error)
{
    static const char UPDATE[] = "UPDATE tag_seen SET terminal = ?, version = ?, shown_ms = ? "
                                 "WHERE store = ? AND tag = ?";
    static const char INSERT[] = "INSERT INTO tag_seen (terminal, version, shown_ms, store, tag) "
                                 "VALUES (?, ?, ?, ?, ?)";
    const char *id, *shown_at;
    int64_t version, shown_ms;
    if (!pos_json_get_string(tag, "tag", TAG_BYTES_MAX, "tags", &id, error) ||
        !pos_json_get_int(tag, "version", 0, POS_BOUND_AMOUNT_MINOR_MAX, "tags", &version, error) ||
        !pos_json_get_string(tag, "shown_at", 64, "tags", &shown_at, error)) {
        return false;
    }
    if (!pos_instant_parse(shown_at, &shown_ms)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The “shown_at” of tag “%s” is no time with an offset."), id);
        return false;
    }
    int changed = 0;
    return central_sql_run(store, &changed, error, UPDATE, "tiitt", terminal, version, shown_ms,
                           store_id, id) &&
           (changed > 0 || central_sql_run(store, NULL, error, INSERT, "tiitt", terminal, version,
                                           shown_ms, store_id, id));
}

static bool put_seen(CentralStore *store, const char *id, int64_t feed_version, const json_t *tags,
                     int64_t now_ms, GError **error)
{
    static const char SQL[] =
        "UPDATE terminal SET seen_version = ?, seen_ms = ? WHERE terminal = ?";
    g_auto(CentralTerminal) terminal = {0};
    if (!central_store_terminal_get(store, id, &terminal, error)) {
        return false;
    }
    for (gsize i = 0; i < json_array_size(tags); i++) {
        if (!put_tag(store, terminal.store, id, json_array_get(tags, i), error)) {
            return false;
        }
    }
    return central_sql_run(store, NULL, error, SQL, "iit", feed_version, now_ms, id);
}

bool central_store_seen(CentralStore *store, const char *terminal, int64_t feed_version,
                        const json_t *tags, int64_t now_ms, GError **error)
{
    if (feed_version < 0 || json_array_size(tags) > TAGS_MAX || (tags && !json_is_array(tags))) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“feed_version” must not be negative and “tags” a list of at most %d."),
                    TAGS_MAX);
        return false;
    }
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = put_seen(store, terminal, feed_version, tags, now_ms, error);
    }
    return scope.ok;
}

/* --- enrolment codes ---------------------------------------------------------------------- */

void central_code_clear(CentralCode *code)
{
    g_free(code->store);
    g_free(code->mode);
    g_free(code->nonce);
    g_clear_pointer(&code->answer, g_bytes_unref);
    memset(code, 0, sizeof *code);
}

bool central_store_code_add(CentralStore *store, const PosHash *hash, const char *store_id,
                            const char *mode, int64_t now_ms, int64_t expires_ms, GError **error)
{
    static const char SQL[] = "INSERT INTO enrol_code (secret_hash, store, mode, created_ms, "
                              "expires_ms, used_ms, nonce, answer) "
                              "VALUES (?, ?, ?, ?, ?, 0, NULL, NULL)";
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_store_has_store(store, store_id);
        if (!scope.ok) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no store “%s”."),
                        store_id);
        }
        scope.ok = scope.ok && central_sql_run(store, NULL, error, SQL, "httii", hash, store_id,
                                               mode, now_ms, expires_ms);
    }
    return scope.ok;
}

bool central_store_code_get(CentralStore *store, const PosHash *hash, CentralCode *out,
                            GError **error)
{
    static const char SQL[] = "SELECT store, mode, expires_ms, used_ms, nonce, answer "
                              "FROM enrol_code WHERE secret_hash = ?";
    g_autoptr(CentralQuery) query = central_sql_query(store, error, SQL, "h", hash);
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (code != CENTRAL_SQL_ROW) {
        if (code == CENTRAL_SQL_DONE) {
            g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND, _("There is no such code."));
        }
        return false;
    }
    out->store = central_sql_text(query, 0);
    out->mode = central_sql_text(query, 1);
    out->expires_ms = central_sql_column_int(query, 2);
    out->used_ms = central_sql_column_int(query, 3);
    if (!central_sql_column_is_null(query, 4)) {
        out->nonce = central_sql_text(query, 4);
    }
    gsize length = 0;
    const void *answer = central_sql_column_blob(query, 5, &length);
    if (answer) {
        out->answer = g_bytes_new(answer, length);
    }
    return true;
}

bool central_store_code_use(CentralStore *store, const PosHash *hash, const char *nonce,
                            GBytes *answer, int64_t now_ms, GError **error)
{
    static const char SQL[] = "UPDATE enrol_code SET used_ms = ?, nonce = ?, answer = ? "
                              "WHERE secret_hash = ? AND used_ms = 0";
    gsize length = 0;
    const void *bytes = answer ? g_bytes_get_data(answer, &length) : NULL;
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        int changed = 0;
        scope.ok = central_sql_run(store, &changed, error, SQL, "itbh", now_ms, nonce, bytes,
                                   length, hash);
        if (scope.ok && changed == 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("The code was used already."));
            scope.ok = false;
        }
    }
    return scope.ok;
}

bool central_store_code_forget(CentralStore *store, int64_t used_before_ms, GError **error)
{
    static const char ANSWERS[] = "UPDATE enrol_code SET nonce = NULL, answer = NULL "
                                  "WHERE used_ms > 0 AND used_ms < ? AND answer IS NOT NULL";
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        scope.ok = central_sql_run(store, NULL, error, ANSWERS, "i", used_before_ms);
    }
    return scope.ok;
}
