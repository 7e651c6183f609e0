/* SPDX-License-Identifier: GPL-3.0-or-later
 * Central's side of the simulation: the data code of coster-central on SQLite, asked without HTTP. */
#include "tests/sync/sim_world.h"

#include "pos/date.h"
#include "pos/error.h"
#include "sync/central_booking.h"
#include "sync/central_enrolment.h"
#include "sync/central_feed_render.h"
#include "sync/central_http.h"
#include "sync/central_ingest.h"
#include "tests/support/fault_vfs.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

static SimCentral *central(void)
{
    return &sim_world->central;
}

static int64_t central_now_ms(void)
{
    return SIM_WALL_MS + sim_world->now_ms;
}

bool sim_central_is_up(void)
{
    return central()->store != NULL;
}

static char *new_dir(void)
{
    return g_strdup_printf("%s/central-%u", g_getenv("SIM_FOLDER"), central()->dirs++);
}

static void publish(const CentralChange *changes, gsize count)
{
    g_autoptr(GError) error = NULL;
    central_store_publish(central()->store, "1", changes, count, NULL, &error);
    g_assert_no_error(error);
}

static void publish_product(const char *gtin)
{
    g_autoptr(json_t) value = json_pack("{s:{s:s}, s:s}", "names", "en", "Thing", "unit", "each");
    CentralChange change = {"product", gtin, value};
    publish(&change, 1);
}

void sim_central_start(void)
{
    g_autoptr(GError) error = NULL;
    central()->store = central_store_open(central()->dir, CENTRAL_STORE_WRITE, &error);
    g_assert_no_error(error);
    central()->starts++;
}

void sim_central_open(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) settings = json_pack("{s:s, s:i, s:i, s:s}", "currency", "KRW", "hold_s",
                                           1800, "rise_lead_s", 120, "time_zone", "Asia/Seoul");
    central()->dir = new_dir();
    central_store_create(central()->dir, &error);
    g_assert_no_error(error);
    sim_central_start();
    central_store_add_store(central()->store, "1", settings, &error);
    g_assert_no_error(error);
    publish_product(SIM_APPLE);
    publish_product(SIM_GRAPE);
    sim_central_publish();
}

void sim_central_kill(void)
{
    g_clear_pointer(&central()->store, central_store_close);
}

void sim_central_close(void)
{
    sim_central_kill();
    g_free(central()->dir);
    g_free(central()->backup);
}

void sim_central_publish(void)
{
    int64_t price = 1000 + ++central()->prices;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *at = pos_instant_format(central_now_ms(), utc);
    g_autofree char *tag = g_strdup_printf("tag-%d", g_rand_int_range(sim_world->rand, 0, 30));
    g_autoptr(json_t) value =
        json_pack("{s:I, s:s, s:s}", "price", (json_int_t)price, "effective_at", at, "why", "sim");
    g_autoptr(json_t) bound = json_pack("{s:s, s:s, s:I}", "gtin", SIM_APPLE, "kind", "printed",
                                        "turn", (json_int_t)price);
    CentralChange changes[] = {
        {"price", SIM_APPLE, value},
        {"tag", tag, g_rand_boolean(sim_world->rand) ? bound : NULL},
        {"price", SIM_GRAPE, value},
    };
    publish(changes, G_N_ELEMENTS(changes));
}

void sim_central_back_up(void)
{
    g_autoptr(GError) error = NULL;
    if (central()->backup == NULL) {
        central()->backup = g_strdup_printf("%s/backup.db", g_getenv("SIM_FOLDER"));
        central_store_backup(central()->store, central()->backup, &error);
        g_assert_no_error(error);
    }
}

void sim_central_restore(void)
{
    g_autoptr(GError) error = NULL;
    sim_central_kill();
    g_free(central()->dir);
    central()->dir = new_dir();
    central_store_restore(central()->dir, central()->backup, &error);
    g_assert_no_error(error);
    g_unlink(central()->backup);
    g_clear_pointer(&central()->backup, g_free);
    sim_central_start();
}

static void run_sql(sqlite3 *database, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *sql = sqlite3_vmprintf(format, args);
    va_end(args);
    g_assert_cmpint(sqlite3_exec(database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_free(sql);
}

void sim_central_forget(const char *terminal, int64_t count)
{
    g_auto(CentralTerminal) held = {0};
    g_autoptr(GError) error = NULL;
    PosHash head = pos_hash_zero();
    if (!central_store_terminal_get(central()->store, terminal, &held, NULL) || held.acked == 0) {
        return;
    }
    int64_t left = MAX(0, held.acked - count);
    if (left > 0) {
        central_store_journal_get(central()->store, terminal, left, NULL, NULL, &head, &error);
        g_assert_no_error(error);
    }
    g_autofree char *hex = pos_hash_to_hex(&head);
    g_autofree char *file = g_build_filename(central()->dir, "central.db", NULL);
    sqlite3 *database = NULL;
    sim_central_kill();
    g_assert_cmpint(sqlite3_open(file, &database), ==, SQLITE_OK);
    run_sql(database, "DELETE FROM journal WHERE terminal = %Q AND seq > %lld", terminal, left);
    run_sql(database, "DELETE FROM inbox WHERE terminal = %Q AND seq > %lld", terminal, left);
    run_sql(database, "UPDATE terminal SET acked = %lld, head = x'%s' WHERE terminal = %Q", left,
            hex, terminal);
    g_assert_cmpint(sqlite3_close(database), ==, SQLITE_OK);
    sim_central_start();
    central_booking_rebuild(central()->store, NULL, &error);
    g_assert_no_error(error);
}

char *sim_central_code(void)
{
    g_autoptr(GError) error = NULL;
    char *code = central_enrol_new_code(central()->store, "1", "till", central_now_ms(),
                                        24LL * 3600 * 1000, &error);
    g_assert_no_error(error);
    return code;
}

/* --- answers ---------------------------------------------------------------------------------- */

static char *text_of(json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

static json_t *chain_end(int64_t acked, const char *head)
{
    json_t *body = json_pack("{s:I}", "acked", (json_int_t)acked);
    json_object_set_new(body, "head", acked > 0 ? json_string(head) : json_null());
    return body;
}

static int answer_hello(const CentralTerminal *terminal, char **out_body)
{
    int64_t newest = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *epoch = central_store_meta_get(central()->store, CENTRAL_META_EPOCH);
    central_store_feed_newest(central()->store, "1", &newest, &error);
    g_assert_no_error(error);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *now = pos_instant_format(central_now_ms(), utc);
    g_autofree char *head = pos_hash_to_hex(&terminal->head);
    json_t *body = chain_end(terminal->acked, head);
    json_object_set_new(body, "now", json_string(now));
    json_object_set_new(body, "feed_version", json_integer(newest));
    json_object_set_new(body, "epoch", json_string(epoch));
    json_object_set_new(body, "api", json_pack("[i]", 1));
    *out_body = text_of(body);
    return 200;
}

static int say_ingest(const CentralIngestResult *result, char **out_body)
{
    json_t *body = chain_end(result->acked, result->head_hex);
    switch (result->status) {
    case CENTRAL_INGEST_STORED:
        *out_body = text_of(body);
        return 200;
    case CENTRAL_INGEST_GAP:
        json_object_set_new(body, "error", json_string("gap"));
        *out_body = text_of(body);
        return 409;
    case CENTRAL_INGEST_FORK:
        sim_world->forks++;
        json_object_set_new(body, "error", json_string("fork"));
        json_object_set_new(body, "seq", json_integer(result->fork_seq));
        *out_body = text_of(body);
        return 409;
    case CENTRAL_INGEST_BAD_RECORD:
        g_error("a terminal's own record was refused: %s", result->message);
    case CENTRAL_INGEST_TOO_LARGE:
        json_decref(body);
        *out_body = g_strdup("{\"error\":\"too_large\",\"message\":\"x\"}");
        return 413;
    }
    g_assert_not_reached();
}

/* As the writer does it: a part of a transaction, committed before anything is said. Sometimes
 * central dies before the commit, or the disk is full in the middle. */
static int answer_journal(const CentralTerminal *terminal, const char *path, const char *body,
                          gsize length, char **out_body)
{
    g_autofree char *text = NULL;
    gsize text_length = 0;
    CentralIngestResult result = {0};
    g_autoptr(GError) error = NULL;
    bool packed = length > 2 && (guint8)body[0] == 0x1f && (guint8)body[1] == 0x8b;
    g_assert_cmpint(central_http_unpack(packed ? "gzip" : NULL, body, length, POS_BOUND_BATCH_BYTES,
                                        &text, &text_length),
                    ==, CENTRAL_BODY_OK);
    const char *prev = strstr(path, "prev=");
    bool full = sim_faulty(3), dies = !full && sim_faulty(2);
    g_autoptr(CentralBatch) batch =
        central_batch_read(terminal->id, prev != NULL ? prev + 5 : "", text, text_length, &result);
    if (batch == NULL) {
        int status = say_ingest(&result, out_body);
        central_ingest_result_clear(&result);
        return status;
    }
    if (full) {
        fault_vfs_arm(FAULT_VFS_FULL, g_rand_int_range(sim_world->rand, 0, 12), true);
    }
    int syncs = fault_vfs_syncs();
    bool good = central_store_begin(central()->store, &error);
    if (good) {
        good = central_ingest_batch(central()->store, batch, central_now_ms(), &result, &error);
        if (dies) {
            central_store_rollback(central()->store);
            sim_central_kill();
            sim_world->kills++;
            central_ingest_result_clear(&result);
            return 0;
        }
        GError *failure = NULL;
        good = central_store_commit(central()->store, &failure) && good;
        g_clear_error(&failure);
    }
    bool failed = full && fault_vfs_disarm();
    g_assert_true(good || failed);
    int status = 503;
    if (good) {
        /* What is about to be acknowledged was asked to be on the disk. */
        g_assert_true(result.stored == 0 || fault_vfs_syncs() > syncs);
        status = say_ingest(&result, out_body);
    } else {
        *out_body = g_strdup("{\"error\":\"unavailable\",\"message\":\"x\"}");
    }
    central_ingest_result_clear(&result);
    return status;
}

static int answer_seen(const CentralTerminal *terminal, const char *body, gsize length,
                       char **out_body)
{
    g_autoptr(json_t) seen = json_loadb(body, length, 0, NULL);
    int64_t version = json_integer_value(json_object_get(seen, "feed_version"));
    g_autoptr(GError) error = NULL;
    central_store_seen(central()->store, terminal->id, version, json_object_get(seen, "tags"),
                       central_now_ms(), &error);
    g_assert_no_error(error);
    *out_body = g_strdup_printf("{\"feed_version\":%" G_GINT64_FORMAT "}", version);
    return 200;
}

static void render(const CentralTerminal *terminal, CentralFeedForm form, int64_t after,
                   GString *out, int64_t *out_newest)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *epoch = central_store_meta_get(central()->store, CENTRAL_META_EPOCH);
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(central()->store, terminal->store, after, terminal->mode, &error);
    g_assert_no_error(error);
    CentralRender state = {0};
    CentralRenderStatus status =
        central_render_items(&state, form, cursor, epoch, G_MAXSIZE, out, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, CENTRAL_RENDER_END);
    *out_newest = central_feed_cursor_newest(cursor);
}

int64_t sim_central_after(const char *path)
{
    const char *after = strstr(path, "after=");
    return after != NULL ? g_ascii_strtoll(after + 6, NULL, 10) : 0;
}

static int answer_enrol(const char *body, gsize length, char **out_body)
{
    g_autoptr(json_t) asked = json_loadb(body, length, 0, NULL);
    CentralEnrolRequest request = {
        .code = json_string_value(json_object_get(asked, "code")),
        .name = json_string_value(json_object_get(asked, "name")),
        .mode = json_string_value(json_object_get(asked, "mode")),
        .nonce = json_string_value(json_object_get(asked, "nonce")),
        .terminal = json_string_value(json_object_get(asked, "terminal")),
        .seq = json_integer_value(json_object_get(asked, "seq")),
        .head = json_string_value(json_object_get(asked, "head")),
        .forked = json_is_true(json_object_get(asked, "forked")),
        .chain = json_object_get(asked, "chain"),
    };
    CentralEnrolStatus status = CENTRAL_ENROL_REFUSED;
    json_t *answer = NULL;
    g_autoptr(GError) error = NULL;
    central_enrol(central()->store, &request, central_now_ms(), &status, &answer, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, CENTRAL_ENROL_OK);
    *out_body = text_of(answer);
    return 201;
}

int sim_central_answer(const char *method, const char *path, const char *token, const char *body,
                       gsize length, char **out_body)
{
    g_auto(CentralTerminal) terminal = {0};
    if (!sim_central_is_up()) {
        return 0;
    }
    if (g_str_has_prefix(path, "/v1/enrol")) {
        return answer_enrol(body, length, out_body);
    }
    if (!central_store_terminal_by_token(central()->store, token, &terminal, NULL)) {
        *out_body = g_strdup("{\"error\":\"unauthorized\",\"message\":\"x\"}");
        return 401;
    }
    if (g_str_has_prefix(path, "/v1/hello")) {
        return answer_hello(&terminal, out_body);
    }
    if (g_str_has_prefix(path, "/v1/journal")) {
        return answer_journal(&terminal, path, body, length, out_body);
    }
    if (g_str_has_prefix(path, "/v1/seen")) {
        return answer_seen(&terminal, body, length, out_body);
    }
    g_assert_true(g_str_has_prefix(path, "/v1/feed"));
    GString *out = g_string_new(NULL);
    int64_t newest = 0;
    render(&terminal, CENTRAL_FEED_LINES, sim_central_after(path), out, &newest);
    *out_body = g_string_free(out, FALSE);
    return 200;
}

bool sim_central_stream(const char *token, int64_t *position, GString *out)
{
    g_auto(CentralTerminal) terminal = {0};
    int64_t newest = 0;
    g_autoptr(GError) error = NULL;
    if (!central_store_terminal_by_token(central()->store, token, &terminal, NULL)) {
        return false;
    }
    central_store_feed_newest(central()->store, terminal.store, &newest, &error);
    g_assert_no_error(error);
    if (newest > *position) {
        render(&terminal, CENTRAL_FEED_EVENTS, *position, out, position);
    }
    return true;
}
