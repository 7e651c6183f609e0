/* SPDX-License-Identifier: GPL-3.0-or-later
 * Central's store on disk: batches of 100 sales, read on a thread of its own as the http thread does,
 * compared, stored and booked, ten to a commit as the writer groups them, against the engine's own bulk insert of the rows that this writes
 * (journal and receipts). And the same with 1,000 stores against 10.
 *
 * bench_store DIR [mysql://… address of an empty database]: without one, SQLite in DIR. */
#include "bench.h"
#include "sync/central_database.h"
#include "sync/central_store.h"
#include "tests/sync/central_fixture.h"

#include <mysql.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define BATCH 100
#define GROUP 10 /* batches a commit */
#define ROUNDS 5
#define GROUPS 8 /* commits a round */
#define RECORDS (BATCH * GROUP * GROUPS)

typedef struct {
    CentralStore *store;
    const char *dir, *url;
    sqlite3 *sqlite; /* one of these two, for the bare rows */
    MYSQL *mysql;
    GPtrArray *journals; /* of Journal* */
} Bench;

static void die(const char *what)
{
    fprintf(stderr, "bench_store: %s\n", what);
    exit(1);
}

static void check(bool ok, GError *error)
{
    if (!ok) {
        die(error ? error->message : "failed");
    }
}

/* --- ours ------------------------------------------------------------------------------------- */

static Journal *new_journal(Bench *bench, int store, const char *id)
{
    Central central = {.dir = (char *)bench->dir, .store = bench->store};
    Journal *journal = g_new0(Journal, 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *token = g_strdup_printf("token of %s", id);
    g_autofree char *store_id = g_strdup_printf("%d", store);
    central_fixture_journal(NULL, journal, g_strdup(id));
    check(central_store_terminal_add(central.store, id, store_id, id, "till", token, FIXTURE_NOW_MS,
                                     &error),
          error);
    return journal;
}

static void add_stores(Bench *bench, int first, int count)
{
    g_autoptr(json_t) settings =
        json_pack("{s:s, s:s}", "currency", "KRW", "time_zone", "Asia/Seoul");
    g_autoptr(json_t) product = json_pack("{s:{s:s}, s:s}", "names", "en", "Thing", "unit", "each");
    CentralChange change = {"product", APPLE, product};
    for (int i = first; i < first + count; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *id = g_strdup_printf("%d", i);
        check(central_store_add_store(bench->store, id, settings, &error) &&
                  central_store_publish(bench->store, id, &change, 1, NULL, &error),
              error);
    }
}

static void write_sales(Journal *journal, int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *receipt = g_strdup_printf("%s-%06d", journal->id, (int)journal->seq + 1);
        g_autofree char *lot = g_strdup_printf("L%d", i % 20);
        central_fixture_write(journal, "sale", i,
                              central_fixture_sale(receipt, APPLE, lot, 1, 900));
    }
}

static CentralBatch *next_batch(Journal *journal, int64_t from, int count)
{
    g_autoptr(GString) body = g_string_new(NULL);
    g_autofree char *prev = pos_hash_to_hex(&g_array_index(journal->hashes, PosHash, from - 1));
    for (int64_t seq = from; seq < from + count; seq++) {
        g_string_append_printf(body, "%s\n", (char *)g_ptr_array_index(journal->lines, seq - 1));
    }
    CentralIngestResult result;
    CentralBatch *batch = central_batch_read(journal->id, prev, body->str, body->len, &result);
    if (!batch) {
        die(result.message);
    }
    return batch;
}

/* One commit of GROUP batches. */
static void commit_group(Bench *bench, CentralBatch **batches)
{
    g_autoptr(GError) error = NULL;
    CentralScope scope = {0};
    while (central_store_scope(bench->store, &scope, &error)) {
        scope.ok = true;
        for (int i = 0; i < GROUP && scope.ok; i++) {
            g_auto(CentralIngestResult) result = {0};
            scope.ok =
                central_ingest_batch(bench->store, batches[i], FIXTURE_NOW_MS, &result, &error);
        }
    }
    check(scope.ok, error);
}

/* What the http thread does beside the commit of the group before. */
typedef struct {
    Journal *journals[GROUPS * GROUP];
    int64_t from[GROUPS * GROUP];
    GAsyncQueue *groups; /* of CentralBatch *[GROUP] */
} Reader;

static gpointer read_groups(gpointer user)
{
    Reader *reader = user;
    for (int g = 0; g < GROUPS; g++) {
        CentralBatch **batches = g_new(CentralBatch *, GROUP);
        for (int i = g * GROUP; i < (g + 1) * GROUP; i++) {
            batches[i % GROUP] = next_batch(reader->journals[i], reader->from[i], BATCH);
        }
        g_async_queue_push(reader->groups, batches);
    }
    return NULL;
}

/* Records a second; each journal has `share` more than before, sent from where it stands. */
static double round_of_ours(Bench *bench, guint first, guint count)
{
    Reader reader = {.groups = g_async_queue_new()};
    for (guint i = 0; i < GROUPS * GROUP; i++) {
        Journal *journal = g_ptr_array_index(bench->journals, first + i % count);
        reader.journals[i] = journal;
        reader.from[i] = journal->seq + 1;
        write_sales(journal, BATCH);
    }
    double since_us = bench_now_us();
    GThread *thread = g_thread_new("reader", read_groups, &reader);
    for (int g = 0; g < GROUPS; g++) {
        g_autofree CentralBatch **batches = g_async_queue_pop(reader.groups);
        commit_group(bench, batches);
        for (int i = 0; i < GROUP; i++) {
            central_batch_free(batches[i]);
        }
    }
    double took_us = bench_now_us() - since_us;
    g_thread_join(thread);
    g_async_queue_unref(reader.groups);
    return RECORDS / (took_us / 1e6);
}

/* --- bare ------------------------------------------------------------------------------------- */

static const char *const BARE_TABLES[] = {
    "CREATE TABLE bare_journal (terminal VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, "
    "store VARCHAR(64) NOT NULL, at_ms BIGINT NOT NULL, type VARCHAR(32) NOT NULL, "
    "received_ms BIGINT NOT NULL, hash VARBINARY(32) NOT NULL, line MEDIUMBLOB NOT NULL, "
    "PRIMARY KEY (terminal, seq))",
    "CREATE INDEX bare_journal_at ON bare_journal (store, at_ms)",
    "CREATE TABLE bare_ticket (store VARCHAR(64) NOT NULL, receipt VARCHAR(64) NOT NULL, "
    "of_terminal VARCHAR(64) NOT NULL, of_seq BIGINT NOT NULL, terminal VARCHAR(64) NOT NULL, "
    "seq BIGINT NOT NULL, type VARCHAR(32) NOT NULL, at_ms BIGINT NOT NULL, total BIGINT NOT NULL, "
    "voided BIGINT NOT NULL, PRIMARY KEY (store, receipt, terminal, seq))",
};

static void ask(Bench *bench, const char *sql)
{
    if (bench->sqlite && sqlite3_exec(bench->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        die(sqlite3_errmsg(bench->sqlite));
    }
    if (bench->mysql && mysql_query(bench->mysql, sql) != 0) {
        die(mysql_error(bench->mysql));
    }
}

static void append_hex(GString *sql, const void *bytes, gsize length)
{
    static const char DIGITS[] = "0123456789abcdef";
    g_string_append(sql, "x'");
    for (gsize i = 0; i < length; i++) {
        guchar byte = ((const guchar *)bytes)[i];
        g_string_append_c(sql, DIGITS[byte >> 4]);
        g_string_append_c(sql, DIGITS[byte & 15]);
    }
    g_string_append_c(sql, '\'');
}

/* Statements of BATCH rows each, as texts that are made before the clock runs. */
static GPtrArray *bare_statements(Bench *bench, const char *terminal)
{
    GPtrArray *statements = g_ptr_array_new_with_free_func(g_free);
    Journal journal;
    central_fixture_journal(NULL, &journal, terminal);
    for (int group = 0; group < GROUP * GROUPS; group++) {
        GString *rows = g_string_new("INSERT INTO bare_journal VALUES ");
        GString *tickets = g_string_new("INSERT INTO bare_ticket VALUES ");
        write_sales(&journal, BATCH);
        for (int i = 0; i < BATCH; i++) {
            int64_t seq = journal.seq - BATCH + 1 + i;
            const char *line = g_ptr_array_index(journal.lines, seq - 1);
            const char *comma = i ? "," : "";
            g_string_append_printf(rows, "%s('%s',%d,'1',%lld,'sale',%lld,", comma, terminal,
                                   (int)seq, FIXTURE_NOW_MS, FIXTURE_NOW_MS);
            append_hex(rows, g_array_index(journal.hashes, PosHash, seq).bytes, 32);
            g_string_append_c(rows, ',');
            append_hex(rows, line, strlen(line));
            g_string_append_c(rows, ')');
            g_string_append_printf(tickets, "%s('1','%s-%06d','%s',%d,'%s',%d,'sale',%lld,900,0)",
                                   comma, terminal, (int)seq, terminal, (int)seq, terminal,
                                   (int)seq, FIXTURE_NOW_MS);
        }
        g_ptr_array_add(statements, g_string_free(rows, FALSE));
        g_ptr_array_add(statements, g_string_free(tickets, FALSE));
    }
    central_fixture_journal_clear(&journal);
    return statements;
}

static double round_of_bare(Bench *bench, int number)
{
    g_autofree char *terminal = g_strdup_printf("bare%d", number);
    g_autoptr(GPtrArray) statements = bare_statements(bench, terminal);
    double since_us = bench_now_us();
    for (guint i = 0; i < statements->len; i++) {
        if (i % (2 * GROUP) == 0) {
            ask(bench, bench->mysql ? "START TRANSACTION" : "BEGIN IMMEDIATE");
        }
        ask(bench, g_ptr_array_index(statements, i));
        if (i % (2 * GROUP) == 2 * GROUP - 1) {
            ask(bench, "COMMIT");
        }
    }
    return RECORDS / ((bench_now_us() - since_us) / 1e6);
}

static void open_bare(Bench *bench)
{
    if (bench->url) {
        g_auto(CentralDatabase) database = {0};
        g_autoptr(GError) error = NULL;
        check(central_database_parse(bench->url, &database, &error), error);
        g_autofree char *password = central_database_password(&database, NULL);
        bench->mysql = mysql_init(NULL);
        if (!mysql_real_connect(bench->mysql, database.hosts[0], database.user, password,
                                database.name, database.ports[0], NULL, 0)) {
            die(mysql_error(bench->mysql));
        }
    } else {
        g_autofree char *path = g_build_filename(bench->dir, "bare.db", NULL);
        if (sqlite3_open(path, &bench->sqlite) != SQLITE_OK) {
            die("no bare file");
        }
        ask(bench, "PRAGMA journal_mode = WAL");
        ask(bench, "PRAGMA synchronous = FULL");
        ask(bench, "PRAGMA cache_size = -65536");
        ask(bench, "PRAGMA wal_autocheckpoint = 4000");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(BARE_TABLES); i++) {
        ask(bench, BARE_TABLES[i]);
    }
}

/* --- figures ---------------------------------------------------------------------------------- */

static void bench_bulk(Bench *bench)
{
    double ours[ROUNDS], bare[ROUNDS];
    const char *engine = bench->url ? "MariaDB" : "SQLite";
    for (int i = 0; i < GROUP; i++) {
        g_autofree char *id = g_strdup_printf("t%02d", i);
        g_ptr_array_add(bench->journals, new_journal(bench, 1, id));
    }
    for (int i = 0; i < ROUNDS; i++) {
        bare[i] = round_of_bare(bench, i);
        ours[i] = round_of_ours(bench, 0, GROUP);
    }
    g_autofree char *name =
        g_strdup_printf("store on %s: sales a second in batches of 100", engine);
    g_autofree char *reference = g_strdup_printf("%s's own bulk insert of the rows", engine);
    bench_print(name, bench_share(ours, ROUNDS, 0.5), "sales/s", bench_share(bare, ROUNDS, 0.5),
                reference);
}

static void bench_growth(Bench *bench)
{
    double few[ROUNDS], many[ROUNDS];
    guint first = bench->journals->len;
    add_stores(bench, 2, 999);
    for (int i = 1; i <= 1000; i++) {
        g_autofree char *id = g_strdup_printf("g%04d", i);
        g_ptr_array_add(bench->journals, new_journal(bench, i, id));
    }
    for (int i = 0; i < ROUNDS; i++) {
        few[i] = round_of_ours(bench, first, 10);
        /* Each round other stores: 80 of the 1,000 at a time. */
        many[i] = round_of_ours(bench, first + (guint)i * 80 + 10, 80);
    }
    g_autofree char *name = g_strdup_printf("store on %s: sales a second, of 1,000 stores",
                                            bench->url ? "MariaDB" : "SQLite");
    bench_print(name, bench_share(many, ROUNDS, 0.5), "sales/s", bench_share(few, ROUNDS, 0.5),
                "of 10 stores");
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc < 2) {
        die("bench_store DIR [mysql://…]");
    }
    Bench bench = {.dir = argv[1], .url = argc > 2 ? argv[2] : NULL};
    bench.journals = g_ptr_array_new();
    check(bench.url ? central_store_create_shared(bench.dir, bench.url, CENTRAL_CREATE_NEW, &error)
                    : central_store_create(bench.dir, &error),
          error);
    bench.store = central_store_open(bench.dir, CENTRAL_STORE_WRITE, &error);
    check(bench.store != NULL, error);
    open_bare(&bench);
    add_stores(&bench, 1, 1);
    bench_bulk(&bench);
    bench_growth(&bench);
    central_store_close(bench.store);
    return 0;
}
