/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who the terminal is, its small named values, and the change to a fresh id after a fork. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"

/* The members in the order of the table's columns. */
static char **member(PosIdentity *identity, int column)
{
    char **const members[] = {&identity->terminal, &identity->store,    &identity->token,
                              &identity->url,      &identity->pin,      &identity->mode,
                              &identity->name,     &identity->currency, &identity->receipt_prefix};
    g_assert(column >= 0 && column < (int)G_N_ELEMENTS(members));
    return members[column];
}
#define MEMBERS 9

void pos_identity_clear(PosIdentity *identity)
{
    for (int i = 0; i < MEMBERS; i++) {
        g_clear_pointer(member(identity, i), g_free);
    }
}

bool pos_store_identity_get(PosStore *store, PosIdentity *out, GError **error)
{
    static const char sql[] = "SELECT terminal, store, token, url, pin, mode, name, currency, "
                              "receipt_prefix FROM identity WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    if (found < 0) {
        return false;
    }
    for (int i = 0; i < MEMBERS; i++) {
        *member(out, i) = g_strdup(found == 1 ? store_text(query, i) : "");
    }
    return true;
}

char *store_terminal(PosStore *store, GError **error)
{
    static const char sql[] = "SELECT terminal FROM identity WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = query == NULL ? -1 : store_next(store, query, error);
    return found < 0 ? NULL : g_strdup(found == 1 ? store_text(query, 0) : "");
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

#define RECEIPT_PREFIX_BYTES 8

static bool write_identity(PosStore *store, const PosIdentity *identity, GError **error)
{
    static const char sql[] =
        "UPDATE identity SET terminal = ?, store = ?, token = ?, url = ?, pin = ?, mode = ?, "
        "name = ?, currency = ?, receipt_prefix = ? WHERE id = 1";
    if (strlen(or_empty(identity->receipt_prefix)) > RECEIPT_PREFIX_BYTES) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The receipt prefix '%s' is longer than %d characters."),
                    identity->receipt_prefix, RECEIPT_PREFIX_BYTES);
        return false;
    }
    return store_run(store, sql, error, "ttttttttt", or_empty(identity->terminal),
                     or_empty(identity->store), or_empty(identity->token), or_empty(identity->url),
                     or_empty(identity->pin), or_empty(identity->mode), or_empty(identity->name),
                     or_empty(identity->currency), or_empty(identity->receipt_prefix));
}

static bool keeps_its_chain(PosStore *store, const PosIdentity *identity, GError **error)
{
    g_autofree char *present = store_terminal(store, error);
    int64_t seq;
    PosHash hash;
    if (present == NULL || !store_journal_head_of(store, present, &seq, &hash, error)) {
        return false;
    }
    if (seq > 0 && strcmp(present, or_empty(identity->terminal)) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("This folder has records of terminal %s; it cannot become terminal %s and "
                      "leave them behind."),
                    present, or_empty(identity->terminal));
        return false;
    }
    return true;
}

bool pos_store_identity_set(PosStore *store, const PosIdentity *identity, GError **error)
{
    if (!pos_store_begin(store, error)) {
        return false;
    }
    if (!keeps_its_chain(store, identity, error) || !write_identity(store, identity, error)) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}

/* --- a fresh id ----------------------------------------------------------------------------------
 */

/* The record of an old line: {"line", "of", "of_seq"}. A line that was itself an adopted one, and
 * no longer fits when it is wrapped again, is adopted as what it holds. */
json_t *store_adopted_fields(const PosRecord *record, const char *of)
{
    if (pos_record_is_adoptable(record->line, record->length)) {
        return json_pack("{s:s#, s:s, s:I}", "line", record->line, (int)record->length, "of", of,
                         "of_seq", (json_int_t)record->seq);
    }
    g_autoptr(json_t) old = json_loadb(record->line, record->length, 0, NULL);
    json_t *fields = json_object();
    static const char *const kept[] = {"line", "of", "of_seq"};
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        json_t *value = json_object_get(old, kept[i]);
        if (value != NULL) {
            json_object_set(fields, kept[i], value);
        }
    }
    return fields;
}

static bool adopt(PosStore *store, const char *terminal, const char *of, int64_t from_seq,
                  int64_t at_ms, int64_t *out_adopted, GError **error)
{
    static const char sql[] = "SELECT seq, line FROM journal WHERE terminal = ? AND seq >= ? "
                              "ORDER BY seq";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "ti", of, from_seq);
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        PosRecord record = {.seq = sqlite3_column_int64(query, 0),
                            .line = (char *)sqlite3_column_text(query, 1),
                            .length = (gsize)sqlite3_column_bytes(query, 1)};
        g_autoptr(json_t) fields = store_adopted_fields(&record, of);
        if (!store_journal_write(store, terminal, fields, "adopted", at_ms, NULL, error)) {
            return false;
        }
        ++*out_adopted;
    }
    return found == 0;
}

static bool replace_within(PosStore *store, const PosIdentity *identity, int64_t from_seq,
                           int64_t at_ms, int64_t *out_adopted, GError **error)
{
    static const char sql[] = "UPDATE acked SET seq = 0 WHERE id = 1";
    g_autofree char *old = store_terminal(store, error);
    int64_t seq;
    PosHash hash;
    if (old == NULL ||
        !store_journal_head_of(store, or_empty(identity->terminal), &seq, &hash, error)) {
        return false;
    }
    if (or_empty(identity->terminal)[0] == '\0' || seq > 0 ||
        strcmp(old, identity->terminal) == 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("Central gave an id that this folder has used before. Enrol again."));
        return false;
    }
    return write_identity(store, identity, error) && store_run(store, sql, error, "") &&
           adopt(store, identity->terminal, old, from_seq, at_ms, out_adopted, error);
}

bool pos_store_identity_replace(PosStore *store, const PosIdentity *identity, int64_t from_seq,
                                int64_t at_ms, int64_t *out_adopted, GError **error)
{
    int64_t adopted = 0;
    if (!pos_store_begin(store, error)) {
        return false;
    }
    if (!replace_within(store, identity, from_seq, at_ms, &adopted, error)) {
        pos_store_rollback(store);
        return false;
    }
    if (!pos_store_commit(store, error)) {
        return false;
    }
    if (out_adopted != NULL) {
        *out_adopted = adopted;
    }
    return true;
}

/* --- small named values --------------------------------------------------------------------------
 */

char *pos_store_meta_get(PosStore *store, const char *key)
{
    static const char sql[] = "SELECT value FROM meta WHERE key = ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query = store_query(store, sql, &error, "t", key);
    int found = query == NULL ? -1 : store_next(store, query, &error);
    if (found < 0) {
        store_log(store, error);
    }
    return found == 1 ? g_strdup(store_text(query, 0)) : NULL;
}

bool pos_store_meta_set(PosStore *store, const char *key, const char *value, GError **error)
{
    static const char sql[] = "INSERT INTO meta (key, value) VALUES (?, ?) "
                              "ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    return store_run(store, sql, error, "tt", key, value != NULL ? value : "");
}
