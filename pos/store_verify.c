/* SPDX-License-Identifier: GPL-3.0-or-later
 * Re-reads everything that this terminal has written: each chain from its first record, the sums of
 * each sale, and that what is derived (stock, receipts, counter) equals what the records say. Reads
 * one snapshot, changes nothing. */
#include "pos/store_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <inttypes.h>

#include "pos/error.h"

/* What has been derived again, and the first fault. */
typedef struct {
    PosStore *store;
    GHashTable *stock;      /* "gtin/lot" -> Moved */
    GHashTable *receipts;   /* number -> seq (int64_t) */
    GHashTable *taken_back; /* "receipt\nline" -> TakenBack */
    int64_t last_receipt;   /* highest number that a record has */
    int64_t bad_seq;
    char *why;
} Verify;

typedef struct {
    int64_t moved, seq; /* seq: of the last record that moved it */
} Moved;

static bool blame(Verify *verify, int64_t seq, char *why)
{
    if (verify->why == NULL) {
        verify->bad_seq = seq;
        verify->why = why;
    } else {
        g_free(why);
    }
    return false;
}

/* --- the records ---------------------------------------------------------------------------------
 */

typedef struct {
    Verify *verify;
    int64_t seq;
} Derive;

static void derive_stock(const char *gtin, const char *lot, int64_t moved, void *user)
{
    Derive *derive = user;
    g_autofree char *key = g_strdup_printf("%s/%s", gtin, lot);
    Moved *so_far = g_hash_table_lookup(derive->verify->stock, key);
    if (so_far == NULL) {
        so_far = g_new0(Moved, 1);
        g_hash_table_insert(derive->verify->stock, g_steal_pointer(&key), so_far);
    }
    so_far->moved = (int64_t)((uint64_t)so_far->moved + (uint64_t)moved);
    so_far->seq = derive->seq;
}

typedef struct {
    int64_t quantity, amount, seq;
} TakenBack;

static void derive_taken_back(const char *receipt, int64_t line, int64_t quantity, int64_t amount,
                              void *user)
{
    Derive *derive = user;
    g_autofree char *key = g_strdup_printf("%s\n%" PRId64, receipt, line);
    TakenBack *so_far = g_hash_table_lookup(derive->verify->taken_back, key);
    if (so_far == NULL) {
        so_far = g_new0(TakenBack, 1);
        g_hash_table_insert(derive->verify->taken_back, g_steal_pointer(&key), so_far);
    }
    so_far->quantity += quantity;
    so_far->amount += amount;
    so_far->seq = derive->seq;
}

/* The number behind the prefix: "T01-000123" is 123. */
static int64_t receipt_number(const char *receipt)
{
    const char *dash = strrchr(receipt, '-');
    return dash == NULL ? 0 : g_ascii_strtoll(dash + 1, NULL, 10);
}

static bool derive_receipt(Verify *verify, const json_t *record, int64_t seq)
{
    const char *receipt = store_record_receipt(record);
    if (receipt == NULL) {
        return true;
    }
    int64_t *owned = g_memdup2(&seq, sizeof seq);
    if (!g_hash_table_insert(verify->receipts, g_strdup(receipt), owned)) {
        return blame(verify, seq,
                     g_strdup_printf(_("the receipt number %s was given out twice"), receipt));
    }
    verify->last_receipt = MAX(verify->last_receipt, receipt_number(receipt));
    return true;
}

static bool verify_content(Verify *verify, const json_t *record, const char *terminal, int64_t seq)
{
    const char *type = json_string_value(json_object_get(record, "type"));
    if (strcmp(json_string_value(json_object_get(record, "terminal")), terminal) != 0 ||
        json_integer_value(json_object_get(record, "seq")) != seq) {
        return blame(verify, seq, g_strdup(_("the record names another terminal or number")));
    }
    bool is_void = strcmp(type, "post_void") == 0 && json_object_get(record, "lines") != NULL;
    if (strcmp(type, "sale") == 0 || strcmp(type, "return") == 0 || is_void) {
        char *why = pos_record_audit_sale(record);
        if (why != NULL) {
            return blame(verify, seq, why);
        }
    }
    Derive derive = {verify, seq};
    store_record_stock(record, derive_stock, &derive);
    store_record_taken_back(record, derive_taken_back, &derive);
    return derive_receipt(verify, record, seq);
}

/* One row of a chain: the next number, the hash that follows, a well-formed record. */
static bool verify_row(Verify *verify, StoreQuery *query, const char *terminal, int64_t expected,
                       PosHash *previous)
{
    int64_t seq = sqlite3_column_int64(query, 1);
    const char *line = store_text(query, 3);
    gsize length = (gsize)sqlite3_column_bytes(query, 3);
    if (seq != expected) {
        return blame(verify, expected, g_strdup(_("the record is missing")));
    }
    PosHash hash = pos_hash_chain(previous, line, length);
    if (sqlite3_column_bytes(query, 2) != sizeof hash.bytes ||
        memcmp(hash.bytes, sqlite3_column_blob(query, 2), sizeof hash.bytes) != 0) {
        return blame(verify, seq,
                     g_strdup(_("the record does not fit the hash chain: it or its "
                                "hash was changed")));
    }
    g_autoptr(json_t) record = NULL;
    g_autoptr(GError) fault = NULL;
    if (!pos_record_parse(line, length, &record, &fault)) {
        return blame(verify, seq, g_strdup(fault->message));
    }
    *previous = hash;
    return verify_content(verify, record, terminal, seq);
}

static bool verify_journal(Verify *verify, GError **error)
{
    static const char sql[] =
        "SELECT terminal, seq, hash, line FROM journal ORDER BY terminal, seq";
    g_autofree char *terminal = NULL;
    PosHash previous = pos_hash_zero();
    int64_t expected = 1;
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(verify->store, query, error)) == 1) {
        if (g_strcmp0(terminal, store_text(query, 0)) != 0) {
            g_free(terminal);
            terminal = g_strdup(store_text(query, 0));
            previous = pos_hash_zero();
            expected = 1;
        }
        if (!verify_row(verify, query, terminal, expected, &previous)) {
            return true;
        }
        expected++;
    }
    return found == 0;
}

/* Central holds records that are gone here: the end of the journal was cut off. */
static bool verify_tail(Verify *verify, GError **error)
{
    int64_t head, acked;
    PosHash hash;
    if (!pos_store_journal_head(verify->store, &head, &hash, error) ||
        !pos_store_acked_get(verify->store, &acked, error)) {
        return false;
    }
    if (acked > head) {
        blame(
            verify, head + 1,
            g_strdup_printf(_("records %" PRId64 " to %" PRId64 " are missing; central holds them"),
                            (gint64)head + 1, (gint64)acked));
    }
    return true;
}

/* --- what is derived -----------------------------------------------------------------------------
 */

static bool verify_stock(Verify *verify, GError **error)
{
    static const char sql[] = "SELECT gtin, lot, moved FROM stock ORDER BY gtin, lot";
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(verify->store, query, error)) == 1) {
        g_autofree char *key = g_strdup_printf("%s/%s", store_text(query, 0), store_text(query, 1));
        const Moved *moved = g_hash_table_lookup(verify->stock, key);
        int64_t stored = sqlite3_column_int64(query, 2), derived = moved == NULL ? 0 : moved->moved;
        if (stored != derived) {
            blame(
                verify, moved == NULL ? 0 : moved->seq,
                g_strdup_printf(_("the stock of %s moved by %" PRId64 ", the records say %" PRId64),
                                key, (gint64)stored, (gint64)derived));
            return true;
        }
        g_hash_table_remove(verify->stock, key);
    }
    GHashTableIter left;
    void *key, *value;
    g_hash_table_iter_init(&left, verify->stock);
    while (found == 0 && g_hash_table_iter_next(&left, &key, &value)) {
        const Moved *moved = value;
        if (moved->moved != 0) {
            blame(verify, moved->seq,
                  g_strdup_printf(_("the stock of %s is missing"), (const char *)key));
        }
    }
    return found == 0;
}

static bool verify_taken_back(Verify *verify, GError **error)
{
    static const char sql[] = "SELECT receipt, line, quantity, amount FROM taken_back";
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(verify->store, query, error)) == 1) {
        g_autofree char *key = g_strdup_printf("%s\n%" PRId64, store_text(query, 0),
                                               (int64_t)sqlite3_column_int64(query, 1));
        const TakenBack *derived = g_hash_table_lookup(verify->taken_back, key);
        if (derived == NULL || derived->quantity != sqlite3_column_int64(query, 2) ||
            derived->amount != sqlite3_column_int64(query, 3)) {
            blame(
                verify, derived == NULL ? 0 : derived->seq,
                g_strdup_printf(_("what was taken back of receipt %s is not what the records say"),
                                store_text(query, 0)));
            return true;
        }
        g_hash_table_remove(verify->taken_back, key);
    }
    GHashTableIter left;
    void *key, *value;
    g_hash_table_iter_init(&left, verify->taken_back);
    while (found == 0 && g_hash_table_iter_next(&left, &key, &value)) {
        g_autofree char *receipt = g_strndup(key, strcspn(key, "\n"));
        blame(verify, ((const TakenBack *)value)->seq,
              g_strdup_printf(_("what was taken back of receipt %s is missing"), receipt));
    }
    return found == 0;
}

static bool verify_receipts(Verify *verify, GError **error)
{
    static const char sql[] = "SELECT number, seq FROM receipt ORDER BY seq";
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(verify->store, query, error)) == 1) {
        const char *number = store_text(query, 0);
        int64_t seq = sqlite3_column_int64(query, 1);
        const int64_t *derived = g_hash_table_lookup(verify->receipts, number);
        if (derived == NULL || *derived != seq) {
            blame(verify, seq, g_strdup_printf(_("the record of receipt %s is missing"), number));
            return true;
        }
        g_hash_table_remove(verify->receipts, number);
    }
    GHashTableIter left;
    void *key, *value;
    g_hash_table_iter_init(&left, verify->receipts);
    while (found == 0 && g_hash_table_iter_next(&left, &key, &value)) {
        blame(verify, *(int64_t *)value,
              g_strdup_printf(_("the receipt %s cannot be looked up"), (const char *)key));
    }
    return found == 0;
}

static bool verify_counter(Verify *verify, GError **error)
{
    static const char sql[] = "SELECT last FROM receipt_counter WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = query == NULL ? -1 : store_next(verify->store, query, error);
    if (found >= 0 && (found == 0 || sqlite3_column_int64(query, 0) < verify->last_receipt)) {
        blame(verify, 0, g_strdup(_("the receipt counter is behind the last receipt")));
    }
    return found >= 0;
}

/* --- what is added up ------------------------------------------------------------------------------
 */

static bool same_member(const json_t *record, const char *key, int64_t expected)
{
    const json_t *value = json_object_get(record, key);
    return value == NULL || json_integer_value(value) == expected; /* older records have none */
}

/* One record in the order of writing: does it say the sums of all before it? */
static void verify_sums(Verify *verify, PosReport *report, const json_t *record, int64_t grand[2])
{
    int64_t seq = json_integer_value(json_object_get(record, "seq"));
    int64_t sales, returns;
    pos_report_grand(record, &sales, &returns);
    grand[0] += sales;
    grand[1] += returns;
    if (!same_member(record, "grand_sales", grand[0]) ||
        !same_member(record, "grand_returns", grand[1])) {
        blame(verify, seq, g_strdup(_("the grand total is not the sum of the records before")));
    }
    if (g_strcmp0(json_string_value(json_object_get(record, "type")), "z_report") == 0) {
        const char *differs = pos_report_differs(report, record);
        if (differs != NULL) {
            blame(verify, seq,
                  g_strdup_printf(_("the Z report's \"%s\" is not what the records say"), differs));
        }
    }
    pos_report_add(report, record);
}

static bool verify_reports(Verify *verify, GError **error)
{
    static const char sql[] = "SELECT line FROM journal ORDER BY rowid";
    g_autoptr(PosReport) report = pos_report_new();
    int64_t grand[2] = {0, 0}, sales, returns;
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(verify->store, query, error)) == 1) {
        g_autoptr(json_t) record = json_loads(store_text(query, 0), JSON_ALLOW_NUL, NULL);
        verify_sums(verify, report, record, grand);
    }
    if (found < 0 || !pos_store_grand_total(verify->store, &sales, &returns, error)) {
        return false;
    }
    if (sales != grand[0] || returns != grand[1]) {
        blame(verify, 0, g_strdup(_("the grand total is not the sum of the records")));
    }
    return true;
}

static bool verify_z_numbers(Verify *verify, GError **error)
{
    static const char sql[] =
        "SELECT z_report.seq, ifnull(json_extract(journal.line, '$.z'), -1) = z_report.number "
        "FROM z_report LEFT JOIN journal ON journal.terminal = z_report.terminal "
        "AND journal.seq = z_report.seq ORDER BY z_report.number";
    static const char count_sql[] =
        "SELECT (SELECT count(*) FROM journal WHERE json_extract(line, '$.type') = 'z_report') - "
        "(SELECT count(*) FROM z_report)";
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(verify->store, query, error)) == 1) {
        if (sqlite3_column_int64(query, 1) == 0) {
            blame(verify, sqlite3_column_int64(query, 0),
                  g_strdup(_("the record of a Z report is missing")));
        }
    }
    g_autoptr(StoreQuery) count = store_query(verify->store, count_sql, error, "");
    if (found < 0 || count == NULL || store_next(verify->store, count, error) != 1) {
        return false;
    }
    if (sqlite3_column_int64(count, 0) != 0) {
        blame(verify, 0, g_strdup(_("a Z report cannot be looked up")));
    }
    return true;
}

/* SQLite's own structures; a damaged page need not lie where the journal is. */
static bool verify_file(Verify *verify, GError **error)
{
    static const char sql[] = "PRAGMA integrity_check(1)";
    g_autoptr(StoreQuery) query = store_query(verify->store, sql, error, "");
    int found = query == NULL ? -1 : store_next(verify->store, query, error);
    if (found == 1 && strcmp(store_text(query, 0), "ok") != 0) {
        blame(verify, 0,
              g_strdup_printf(_("the file %s is damaged: %s"), verify->store->path,
                              store_text(query, 0)));
    }
    return found >= 0;
}

static bool verify_all(Verify *verify, GError **error)
{
    bool (*const parts[])(Verify *, GError **) = {
        verify_journal, verify_tail,    verify_receipts,  verify_taken_back, verify_stock,
        verify_counter, verify_reports, verify_z_numbers, verify_file};
    for (gsize i = 0; i < G_N_ELEMENTS(parts) && verify->why == NULL; i++) {
        if (!parts[i](verify, error)) {
            return false;
        }
    }
    return true;
}

bool pos_store_verify(PosStore *store, int64_t *out_bad_seq, char **out_why, GError **error)
{
    store_check(store);
    g_assert(store->depth == 0);
    Verify verify = {.store = store};
    verify.stock = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    verify.receipts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    verify.taken_back = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    /* One snapshot: a till that sells meanwhile must not look like a fault. */
    bool fine = store_script(store, "BEGIN", error);
    if (fine) {
        fine = verify_all(&verify, error);
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    g_hash_table_unref(verify.stock);
    g_hash_table_unref(verify.receipts);
    g_hash_table_unref(verify.taken_back);
    if (verify.why != NULL) {
        *out_bad_seq = verify.bad_seq;
        *out_why = verify.why;
        if (fine) {
            return false;
        }
        g_clear_pointer(out_why, g_free);
    }
    return fine;
}
