/* SPDX-License-Identifier: GPL-3.0-or-later
 * Feed versions, walks, terminals, codes, files: what the store promises to those above it. */
#include "pos/error.h"
#include "sync/central_enrolment.h"
#include "tests/sync/central_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static int64_t newest(CentralStore *store)
{
    int64_t version = -1;
    g_autoptr(GError) error = NULL;
    central_store_feed_newest(store, "1", &version, &error);
    g_assert_no_error(error);
    return version;
}

static int64_t put(CentralStore *store, const char *kind, const char *key, json_t *value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) mine = value;
    CentralChange change = {kind, key, mine};
    int64_t version = 0;
    central_store_publish(store, "1", &change, 1, &version, &error);
    g_assert_no_error(error);
    return version;
}

/* --- feed --------------------------------------------------------------------------------- */

static void each_commit_is_one_version(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int64_t start = newest(central->store), version = 0;
    g_autoptr(json_t) a = json_pack("{s:i}", "x", 1), b = json_pack("{s:i}", "x", 2);
    CentralChange both[] = {{"tag", "1", a}, {"tag", "2", b}};
    central_store_publish(central->store, "1", both, 2, &version, &error);
    g_assert_no_error(error);
    g_assert_cmpint(version, ==, start + 1);
    g_assert_true(central_store_begin(central->store, &error));
    g_assert_cmpint(put(central->store, "tag", "3", json_pack("{s:i}", "x", 1)), ==, start + 2);
    g_assert_cmpint(put(central->store, "tag", "4", json_pack("{s:i}", "x", 1)), ==, start + 2);
    g_assert_true(central_store_commit(central->store, &error));
    g_assert_cmpint(newest(central->store), ==, start + 2);
    g_assert_cmpint(put(central->store, "tag", "5", json_pack("{s:i}", "x", 1)), ==, start + 3);
}

static void what_changes_nothing_makes_no_version(Central *central, gconstpointer data)
{
    put(central->store, "tag", "1", json_pack("{s:i, s:i}", "a", 1, "b", 2));
    int64_t start = newest(central->store);
    g_assert_cmpint(put(central->store, "tag", "1", json_pack("{s:i, s:i}", "b", 2, "a", 1)), ==,
                    start);
    g_assert_cmpint(put(central->store, "tag", "never there", NULL), ==, start);
    g_assert_cmpint(put(central->store, "tag", "1", NULL), ==, start + 1);
    g_assert_cmpint(put(central->store, "tag", "1", NULL), ==, start + 1);
    g_assert_null(central_store_feed_value(central->store, "1", "tag", "1", NULL));
}

static void a_rollback_leaves_no_gap(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int64_t start = newest(central->store);
    g_assert_true(central_store_begin(central->store, &error));
    put(central->store, "tag", "1", json_object());
    central_store_rollback(central->store);
    g_assert_cmpint(newest(central->store), ==, start);
    g_assert_cmpint(put(central->store, "tag", "1", json_object()), ==, start + 1);
}

typedef struct {
    const char *dir;
    int thread;
} Writer;

#define WRITER_COMMITS 60

static gpointer write_versions(gpointer user)
{
    const Writer *writer = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_store_open(writer->dir, CENTRAL_STORE_WRITE, &error);
    g_assert_no_error(error);
    for (int i = 0; i < WRITER_COMMITS; i++) {
        g_autofree char *key = g_strdup_printf("%d-%d", writer->thread, i);
        put(store, "tag", key, json_object());
    }
    return NULL;
}

static void two_writers_at_once_leave_no_gap_and_no_double(Central *central, gconstpointer data)
{
    int64_t start = newest(central->store);
    Writer writers[] = {{central->dir, 1}, {central->dir, 2}};
    GThread *threads[2];
    for (int i = 0; i < 2; i++) {
        threads[i] = g_thread_new("writer", write_versions, &writers[i]);
    }
    for (int i = 0; i < 2; i++) {
        g_thread_join(threads[i]);
    }
    g_assert_cmpint(newest(central->store), ==, start + 2 * WRITER_COMMITS);
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(central->store, "1", start, "till", &error);
    CentralFeedItem item;
    int64_t expected = start;
    while (central_feed_cursor_next(cursor, &item, &error) == 1) {
        g_assert_cmpint(item.version, ==, ++expected);
    }
    g_assert_no_error(error);
    g_assert_cmpint(expected, ==, start + 2 * WRITER_COMMITS);
}

static char *walk(CentralStore *store, int64_t after, const char *mode)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    g_autoptr(CentralFeedCursor) cursor = central_feed_cursor_open(store, "1", after, mode, &error);
    g_assert_no_error(error);
    CentralFeedItem item;
    while (central_feed_cursor_next(cursor, &item, &error) == 1) {
        central_feed_item_append_line(&item, out);
        g_string_append_c(out, '\n');
    }
    g_assert_no_error(error);
    return g_string_free(out, FALSE);
}

static void a_walk_gives_each_item_once_in_its_last_state(Central *central, gconstpointer data)
{
    int64_t start = newest(central->store);
    put(central->store, "tag", "b\"한", json_pack("{s:i}", "x", 1));
    put(central->store, "tag", "a", json_pack("{s:i}", "x", 1));
    put(central->store, "tag", "b\"한", json_pack("{s:i}", "x", 2));
    put(central->store, "tag", "a", NULL);
    g_autofree char *lines = walk(central->store, start, "till");
    g_autofree char *expected = g_strdup_printf(
        "{\"key\":\"b\\\"한\",\"kind\":\"tag\",\"value\":{\"x\":2},\"version\":%d}\n"
        "{\"key\":\"a\",\"kind\":\"tag\",\"value\":null,\"version\":%d}\n",
        (int)start + 3, (int)start + 4);
    g_assert_cmpstr(lines, ==, expected);
    g_autofree char *none = walk(central->store, start + 4, "till");
    g_assert_cmpstr(none, ==, "");
}

static void operators_go_to_tills_and_managers_only(Central *central, gconstpointer data)
{
    int64_t start = newest(central->store);
    put(central->store, "operator", "u01", json_pack("{s:s}", "name", "Kim"));
    g_autofree char *till = walk(central->store, start, "till");
    g_autofree char *manager = walk(central->store, start, "manager");
    g_autofree char *kiosk = walk(central->store, start, "kiosk");
    g_assert_nonnull(strstr(till, "Kim"));
    g_assert_nonnull(strstr(manager, "Kim"));
    g_assert_cmpstr(kiosk, ==, "");
    g_autoptr(CentralFeedCursor) cursor =
        central_feed_cursor_open(central->store, "1", start, "kiosk", NULL);
    g_assert_cmpint(central_feed_cursor_newest(cursor), ==, start + 1);
}

static void a_walk_sees_one_snapshot_while_others_write(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int64_t start = newest(central->store);
    put(central->store, "tag", "a", json_pack("{s:i}", "x", 1));
    put(central->store, "tag", "b", json_pack("{s:i}", "x", 1));
    g_autoptr(CentralStore) reader = central_store_open(central->dir, CENTRAL_STORE_READ, &error);
    g_assert_no_error(error);
    int64_t seen = central_store_data_version(reader);
    CentralFeedCursor *cursor = central_feed_cursor_open(reader, "1", start, "till", &error);
    CentralFeedItem item;
    g_assert_cmpint(central_feed_cursor_next(cursor, &item, &error), ==, 1);
    put(central->store, "tag", "b", json_pack("{s:i}", "x", 9));
    put(central->store, "tag", "c", json_pack("{s:i}", "x", 9));
    g_assert_cmpint(central_feed_cursor_next(cursor, &item, &error), ==, 1);
    g_assert_cmpstr(item.value, ==, "{\"x\":1}");
    g_assert_cmpint(central_feed_cursor_next(cursor, &item, &error), ==, 0);
    g_assert_cmpint(central_feed_cursor_newest(cursor), ==, start + 2);
    central_feed_cursor_free(cursor);
    g_assert_cmpint(central_store_data_version(reader), !=, seen);
    g_assert_cmpint(newest(reader), ==, start + 4);
}

static void what_is_not_canonical_is_not_published(Central *central, gconstpointer data)
{
    g_autofree char *long_key = g_strnfill(200, 'k');
    g_autofree char *long_text = g_strnfill(POS_BOUND_FEED_LINE_BYTES, 'v');
    g_autoptr(json_t) fraction = json_pack("{s:f}", "x", 1.5);
    g_autoptr(json_t) null = json_pack("{s:n}", "x");
    g_autoptr(json_t) fine = json_object();
    g_autoptr(json_t) too_long = json_pack("{s:s}", "x", long_text);
    CentralChange bad[] = {{"tag", "a", fraction}, {"tag", "a", null}, {"tag", long_key, fine},
                           {"tag", "", fine},      {"", "a", fine},    {"tag", "a", too_long}};
    int64_t start = newest(central->store);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        CentralChange changes[] = {{"tag", "good", fine}, bad[i]};
        g_assert_false(central_store_publish(central->store, "1", changes, 2, NULL, &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    g_assert_cmpint(newest(central->store), ==, start);
    g_assert_null(central_store_feed_value(central->store, "1", "tag", "good", NULL));
}

static void a_store_that_is_not_there_is_said_so(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL, again = NULL, name = NULL;
    g_autoptr(json_t) value = json_object();
    CentralChange change = {"tag", "a", value};
    g_assert_false(central_store_publish(central->store, "9", &change, 1, NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_assert_false(central_store_add_store(central->store, "1", value, &again));
    g_assert_error(again, POS_ERROR, POS_ERROR_FAILED);
    g_assert_false(central_store_add_store(central->store, "a/b", value, &name));
    g_assert_error(name, POS_ERROR, POS_ERROR_INVALID);
}

/* --- terminals and codes ------------------------------------------------------------------ */

static void a_token_opens_until_it_is_revoked(Central *central, gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL;
    g_auto(CentralTerminal) found = {0}, none = {0}, again = {0};
    central_fixture_journal(central, &till, "t1");
    g_assert_true(central_store_terminal_by_token(central->store, "token of t1", &found, &error));
    g_assert_cmpstr(found.id, ==, "t1");
    g_assert_cmpstr(found.receipt_prefix, ==, "T01");
    g_assert_false(central_store_terminal_by_token(central->store, "token of t2", &none, NULL));
    g_assert_false(central_store_terminal_by_token(central->store, "", &none, NULL));
    g_assert_true(central_store_terminal_revoke(central->store, "t1", FIXTURE_NOW_MS, &error));
    g_assert_false(central_store_terminal_by_token(central->store, "token of t1", &none, NULL));
    g_assert_true(
        central_store_terminal_renew(central->store, "t1", "new token", NULL, "till", &error));
    g_assert_true(central_store_terminal_by_token(central->store, "new token", &again, &error));
    g_assert_false(central_store_terminal_by_token(central->store, "token of t1", &none, NULL));
    central_fixture_journal_clear(&till);
}

static CentralEnrolStatus enrol(Central *central, const char *code, const char *mode,
                                const char *nonce, int64_t now_ms, json_t **out_answer)
{
    g_autoptr(GError) error = NULL;
    CentralEnrolRequest request = {.code = code, .name = "till 1", .mode = mode, .nonce = nonce};
    CentralEnrolStatus status;
    central_enrol(central->store, &request, now_ms, &status, out_answer, &error);
    g_assert_no_error(error);
    g_assert_true((*out_answer != NULL) == (status == CENTRAL_ENROL_OK));
    return status;
}

static char *new_code(Central *central)
{
    g_autoptr(GError) error = NULL;
    char *code =
        central_enrol_new_code(central->store, "1", "till", FIXTURE_NOW_MS, 3600000, &error);
    g_assert_no_error(error);
    return code;
}

static void a_code_works_once_and_a_lost_answer_burns_nothing(Central *central, gconstpointer data)
{
    g_autofree char *code = new_code(central);
    g_autofree char *with_pin = g_strdup_printf("%s.PIN", code);
    g_autoptr(json_t) first = NULL, same = NULL, other = NULL, late = NULL, unnamed = NULL;
    int64_t now = FIXTURE_NOW_MS;
    g_assert_cmpint(enrol(central, with_pin, "till", "n1", now, &first), ==, CENTRAL_ENROL_OK);
    g_assert_cmpstr(json_string_value(json_object_get(first, "store")), ==, "1");
    g_assert_cmpstr(json_string_value(json_object_get(first, "currency")), ==, "KRW");
    g_assert_true(json_is_null(json_object_get(first, "head")));
    g_assert_cmpint(enrol(central, code, "till", "n1", now + 599000, &same), ==, CENTRAL_ENROL_OK);
    g_assert_true(json_equal(first, same));
    g_assert_cmpint(enrol(central, code, "till", "n2", now, &other), ==, CENTRAL_ENROL_REFUSED);
    g_assert_cmpint(enrol(central, code, "till", NULL, now, &unnamed), ==, CENTRAL_ENROL_REFUSED);
    g_assert_cmpint(enrol(central, code, "till", "n1", now + 600000, &late), ==,
                    CENTRAL_ENROL_REFUSED);
    g_autoptr(GPtrArray) all = central_store_terminals(central->store, "1", NULL);
    g_assert_cmpuint(all->len, ==, 1);
    g_autofree char *lines = walk(central->store, 0, "till");
    g_assert_nonnull(strstr(lines, "\"kind\":\"terminal\",\"value\":{\"mode\":\"till\",\"name\":"
                                   "\"till 1\",\"receipt_prefix\":\"T01\"}"));
}

static void wrong_expired_and_misused_codes_are_refused(Central *central, gconstpointer data)
{
    g_autofree char *code = new_code(central);
    json_t *answer = NULL;
    int64_t now = FIXTURE_NOW_MS;
    g_assert_cmpint(enrol(central, "AAAA", "till", "n", now, &answer), ==, CENTRAL_ENROL_REFUSED);
    g_assert_cmpint(enrol(central, "", "till", "n", now, &answer), ==, CENTRAL_ENROL_REFUSED);
    g_assert_cmpint(enrol(central, code, "till", "n", now + 3600000, &answer), ==,
                    CENTRAL_ENROL_REFUSED);
    g_assert_cmpint(enrol(central, code, "kiosk", "n", now, &answer), ==, CENTRAL_ENROL_WRONG_MODE);
    g_assert_cmpint(enrol(central, code, NULL, "n", now, &answer), ==, CENTRAL_ENROL_OK);
    json_decref(answer);
}

static char *enrol_again_as(Central *central, const Journal *journal, int64_t seq, const char *mode)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *code =
        central_enrol_new_code(central->store, "1", mode, FIXTURE_NOW_MS, 3600000, &error);
    g_assert_no_error(error);
    g_autofree char *head = pos_hash_to_hex(&g_array_index(journal->hashes, PosHash, seq));
    CentralEnrolRequest request = {
        .code = code, .nonce = "n", .terminal = journal->id, .seq = seq, .head = head};
    CentralEnrolStatus status;
    g_autoptr(json_t) answer = NULL;
    central_enrol(central->store, &request, FIXTURE_NOW_MS, &status, &answer, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, CENTRAL_ENROL_OK);
    return g_strdup(json_string_value(json_object_get(answer, "terminal")));
}

static char *enrol_again(Central *central, const Journal *journal, int64_t seq)
{
    return enrol_again_as(central, journal, seq, "till");
}

static void a_terminal_with_a_journal_keeps_its_id_if_the_chains_agree(Central *central,
                                                                       gconstpointer data)
{
    Journal till, clone;
    g_auto(CentralIngestResult) sent = {0}, fork = {0};
    central_fixture_journal(central, &till, "t1");
    central_fixture_journal(NULL, &clone, "t1");
    for (int i = 0; i < 4; i++) {
        central_fixture_write(&till, "no_sale", i, NULL);
        central_fixture_write(&clone, "paid_in", i, NULL);
    }
    central_fixture_send(central, &till, 1, 3, &sent);
    g_autofree char *equal = enrol_again(central, &till, 3);
    g_autofree char *ahead = enrol_again(central, &till, 4);
    g_autofree char *behind = enrol_again(central, &till, 2);
    g_autofree char *other = enrol_again(central, &clone, 3);
    g_assert_cmpstr(equal, ==, "t1");
    g_assert_cmpstr(ahead, ==, "t1");
    g_assert_cmpstr(behind, !=, "t1");
    g_assert_cmpstr(other, !=, "t1");
    central_fixture_send(central, &clone, 1, 4, &fork);
    g_assert_cmpint(fork.status, ==, CENTRAL_INGEST_FORK);
    g_autofree char *forked = enrol_again(central, &till, 4);
    g_assert_cmpstr(forked, !=, "t1");
    central_fixture_journal_clear(&till);
    central_fixture_journal_clear(&clone);
}

static void a_code_of_another_mode_takes_no_ones_id(Central *central, gconstpointer data)
{
    Journal till;
    g_auto(CentralIngestResult) sent = {0};
    g_auto(CentralTerminal) after = {0};
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "no_sale", 0, NULL);
    central_fixture_write(&till, "no_sale", 1, NULL);
    central_fixture_send(central, &till, 1, 1, &sent);
    g_autofree char *equal = enrol_again_as(central, &till, 1, "kiosk");
    g_autofree char *ahead = enrol_again_as(central, &till, 2, "manager");
    g_assert_cmpstr(equal, !=, "t1");
    g_assert_cmpstr(ahead, !=, "t1");
    /* The till itself goes on: its token and its mode are what they were. */
    g_assert_true(central_store_terminal_by_token(central->store, "token of t1", &after, NULL));
    g_assert_cmpstr(after.mode, ==, "till");
    central_fixture_journal_clear(&till);
}

static void what_a_terminal_has_seen_is_kept_whole_or_not_at_all(Central *central,
                                                                 gconstpointer data)
{
    Journal till;
    g_autoptr(GError) error = NULL, bad = NULL;
    g_auto(CentralTerminal) terminal = {0};
    central_fixture_journal(central, &till, "t1");
    g_autoptr(json_t) good = json_pack("[{s:s, s:i, s:s}]", "tag", "e1", "version", 3, "shown_at",
                                       "2026-11-23T09:00:00.000+09:00");
    g_autoptr(json_t) wrong =
        json_pack("[{s:s, s:i, s:s}]", "tag", "e1", "version", 3, "shown_at", "yesterday");
    g_assert_true(central_store_seen(central->store, "t1", 7, good, FIXTURE_NOW_MS, &error));
    g_assert_false(central_store_seen(central->store, "t1", 9, wrong, FIXTURE_NOW_MS, &bad));
    g_assert_error(bad, POS_ERROR, POS_ERROR_INVALID);
    g_assert_true(central_store_terminal_get(central->store, "t1", &terminal, &error));
    g_assert_cmpint(terminal.seen_version, ==, 7);
    central_fixture_journal_clear(&till);
}

/* --- several centrals --------------------------------------------------------------------- */

static int64_t lease(CentralStore *store, const char *owner, int64_t now_ms)
{
    g_autoptr(GError) error = NULL;
    int64_t number = -1;
    central_store_lease(store, "1", owner, now_ms, now_ms + 1000, &number, &error);
    g_assert_no_error(error);
    return number;
}

static void one_central_at_a_time_has_the_lease_of_a_store(Central *central, gconstpointer data)
{
    int64_t now = FIXTURE_NOW_MS;
    int64_t first = lease(central->store, "a", now);
    g_assert_cmpint(first, >, 0);
    g_assert_cmpint(lease(central->store, "b", now + 1000), ==, 0);
    g_assert_cmpint(lease(central->store, "a", now + 900), >, first);
    g_assert_cmpint(lease(central->store, "b", now + 1901), >, first + 1);
    g_assert_cmpint(lease(central->store, "a", now + 1902), ==, 0);
}

static void who_slept_through_its_lease_changes_no_price(Central *central, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) value =
        json_pack("{s:i, s:s}", "price", 900, "effective_at", "2026-11-23T00:00:00.000Z");
    CentralChange change = {"price", APPLE, value};
    int64_t start = newest(central->store);
    int64_t slept = lease(central->store, "a", FIXTURE_NOW_MS);
    g_autoptr(CentralStore) other = central_store_open(central->dir, CENTRAL_STORE_WRITE, &error);
    g_assert_no_error(error);
    int64_t awake = lease(other, "b", FIXTURE_NOW_MS + 1001);
    central_store_fence(central->store, "1", slept);
    g_assert_false(central_store_publish(central->store, "1", &change, 1, NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_BUSY);
    g_assert_cmpint(newest(central->store), ==, start);
    central_store_fence(other, "1", awake);
    g_assert_true(central_store_publish(other, "1", &change, 1, NULL, NULL));
    central_store_fence(central->store, "1", 0);
    g_assert_cmpint(put(central->store, "tag", "1", json_object()), ==, start + 2);
}

#define BOOKER_SALES 25

typedef struct {
    const char *dir, *id;
    int number;
} Booker;

/* A till of its own at a central of its own, all selling the same lot. */
static gpointer sell_at_one_central(gpointer user)
{
    const Booker *booker = user;
    g_autoptr(GError) error = NULL;
    Central mine = {.dir = (char *)booker->dir};
    Journal till;
    mine.store = central_store_open(booker->dir, CENTRAL_STORE_WRITE, &error);
    g_assert_no_error(error);
    central_fixture_journal(&mine, &till, booker->id);
    for (int i = 0; i < BOOKER_SALES; i++) {
        g_auto(CentralIngestResult) result = {0};
        g_autofree char *receipt = g_strdup_printf("B%d-%d", booker->number, i);
        central_fixture_write(&till, "sale", i, central_fixture_sale(receipt, APPLE, "L1", 1, 900));
        central_fixture_send(&mine, &till, i + 1, i + 1, &result);
        g_assert_cmpint(result.status, ==, CENTRAL_INGEST_STORED);
    }
    central_fixture_journal_clear(&till);
    central_store_close(mine.store);
    return NULL;
}

static void centrals_that_sell_the_same_lot_lose_no_unit(Central *central, gconstpointer data)
{
    Booker bookers[] = {{central->dir, "t1", 1}, {central->dir, "t2", 2}, {central->dir, "t3", 3}};
    GThread *threads[G_N_ELEMENTS(bookers)];
    int64_t units, amount;
    for (gsize i = 0; i < G_N_ELEMENTS(bookers); i++) {
        threads[i] = g_thread_new("booker", sell_at_one_central, &bookers[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bookers); i++) {
        g_thread_join(threads[i]);
    }
    g_assert_cmpint(central_fixture_on_hand(central, APPLE, "L1"), ==, -3 * BOOKER_SALES);
    central_fixture_sold(central, APPLE, "L1", &units, &amount);
    g_assert_cmpint(units, ==, 3 * BOOKER_SALES);
    central_fixture_assert_sound(central);
}

/* A till that sends to two centrals at once, as one does whose connection was lost: each record
 * once. */
static gpointer send_all_again(gpointer user)
{
    const Booker *booker = user;
    g_autoptr(GError) error = NULL;
    Central mine = {.dir = (char *)booker->dir};
    Journal till;
    mine.store = central_store_open(booker->dir, CENTRAL_STORE_WRITE, &error);
    g_assert_no_error(error);
    central_fixture_journal(NULL, &till, "t1");
    for (int i = 0; i < BOOKER_SALES; i++) {
        g_autofree char *receipt = g_strdup_printf("B-%d", i);
        central_fixture_write(&till, "sale", i, central_fixture_sale(receipt, APPLE, "L1", 1, 900));
    }
    for (int i = 0; i < BOOKER_SALES; i++) {
        g_auto(CentralIngestResult) result = {0};
        central_fixture_send(&mine, &till, 1, i + 1, &result);
        g_assert_cmpint(result.status, ==, CENTRAL_INGEST_STORED);
        g_assert_cmpint(result.acked, >=, i + 1);
    }
    central_fixture_journal_clear(&till);
    central_store_close(mine.store);
    return NULL;
}

static void a_till_at_two_centrals_at_once_is_booked_once(Central *central, gconstpointer data)
{
    Journal till;
    Booker bookers[] = {{central->dir, "t1", 1}, {central->dir, "t1", 2}};
    GThread *threads[G_N_ELEMENTS(bookers)];
    central_fixture_journal(central, &till, "t1");
    for (gsize i = 0; i < G_N_ELEMENTS(bookers); i++) {
        threads[i] = g_thread_new("sender", send_all_again, &bookers[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bookers); i++) {
        g_thread_join(threads[i]);
    }
    g_assert_cmpint(central_fixture_on_hand(central, APPLE, "L1"), ==, -BOOKER_SALES);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
}

/* --- long words --------------------------------------------------------------------------- */

/* Nothing that a terminal may write is too long for a column: one such record would hold up all
 * that come after it. */
static void records_with_long_words_are_stored_all_the_same(Central *central, gconstpointer data)
{
    Journal till, old;
    g_autofree char *word = g_strnfill(3000, 'w');
    g_autofree char *wide =
        g_strdup_printf("%.*s", 300,
                        "한글한글한글한글한글한글한글한글한글한글한글한글한글한글"
                        "한글한글한글한글한글한글한글한글한글한글한글한글한글한글");
    central_fixture_journal(central, &till, "t1");
    g_autofree char *id = g_strnfill(64, (char)0x74);
    central_fixture_journal(NULL, &old, id);
    const char *line = central_fixture_write(&old, "no_sale", 0, NULL);
    central_fixture_write(&till, "a_type_of_a_later_version_012345", 0, NULL);
    for (int i = 0; i < 2; i++) {
        const char *text = i ? wide : word;
        central_fixture_write(&till, "sale", 1, central_fixture_sale(text, APPLE, "L1", 2, 900));
        central_fixture_write(&till, "return", 2,
                              central_fixture_return(text, "R9", 1, APPLE, "L1", 1, 900, "waste"));
        central_fixture_write(&till, "return", 3,
                              central_fixture_return("R2", text, 1, APPLE, "L1", 1, 900, "waste"));
        central_fixture_write(&till, "post_void", 4, json_pack("{s:s}", "receipt", text));
        central_fixture_write(&till, "sale", 5, central_fixture_sale("R3", text, "L1", 2, 900));
        central_fixture_write(&till, "sale", 6, central_fixture_sale("R4", APPLE, text, 2, 900));
        central_fixture_write(&till, "write_off", 7, central_fixture_stock(APPLE, text, 1));
        central_fixture_write(
            &till, "command", 8,
            json_pack("{s:s, s:s, s:s}", "command", text, "operator", text, "gtin", text));
        central_fixture_write(&till, "command", 9,
                              json_pack("{s:s, s:s, s:s, s:s}", "command", "recall", "operator",
                                        text, "gtin", APPLE, "lot", text));
    }
    central_fixture_write(&till, "sale", 9, central_fixture_sale("R1", APPLE, "L1", 5, 900));
    central_fixture_write(&till, "return", 10,
                          central_fixture_return(word, "R1", 1, APPLE, "L1", 1, 900, "waste"));
    central_fixture_write(&till, "adopted", 10,
                          json_pack("{s:s, s:s, s:i}", "line", line, "of", id, "of_seq", 1));
    central_fixture_send_all(central, &till);
    central_fixture_assert_sound(central);
    central_fixture_journal_clear(&till);
    central_fixture_journal_clear(&old);
}

/* --- files -------------------------------------------------------------------------------- */

/* What only a file of one's own has. */
static bool skip_when_shared(void)
{
    if (central_fixture_is_shared()) {
        g_test_skip("about the file of the default engine");
    }
    return central_fixture_is_shared();
}

static void a_central_is_made_once_and_private(Central *central, gconstpointer data)
{
    if (skip_when_shared()) {
        return;
    }
    g_autoptr(GError) error = NULL;
    GStatBuf info;
    g_autofree char *path = g_build_filename(central->dir, "central.db", NULL);
    g_assert_false(central_store_create(central->dir, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_FAILED);
    g_assert_cmpint(g_stat(path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    g_assert_true(central_store_has_store(central->store, "1"));
}

static void what_is_no_central_is_not_opened(Central *central, gconstpointer data)
{
    if (skip_when_shared()) {
        return;
    }
    static const struct {
        const char *sql;
        int code;
    } DAMAGE[] = {{"PRAGMA application_id = 5", POS_ERROR_CORRUPT},
                  {"PRAGMA user_version = 9999", POS_ERROR_CORRUPT}};
    for (gsize i = 0; i < G_N_ELEMENTS(DAMAGE); i++) {
        Central fresh;
        g_autoptr(GError) error = NULL;
        central_fixture_open(&fresh);
        central_fixture_tamper(&fresh, DAMAGE[i].sql);
        g_assert_null(central_store_open(fresh.dir, CENTRAL_STORE_WRITE, &error));
        g_assert_error(error, POS_ERROR, DAMAGE[i].code);
        central_fixture_close(&fresh);
    }
    g_autoptr(GError) none = NULL, torn = NULL;
    g_autofree char *empty = g_build_filename(central->dir, "nothing here", NULL);
    g_assert_null(central_store_open(empty, CENTRAL_STORE_WRITE, &none));
    g_assert_error(none, POS_ERROR, POS_ERROR_NOT_FOUND);
    g_autofree char *file = g_build_filename(empty, "central.db", NULL);
    g_assert_cmpint(g_mkdir(empty, 0700), ==, 0);
    g_assert_true(
        g_file_set_contents(file, "this is no database, whatever its name says", -1, NULL));
    g_assert_null(central_store_open(empty, CENTRAL_STORE_WRITE, &torn));
    g_assert_error(torn, POS_ERROR, POS_ERROR_CORRUPT);
    g_unlink(file);
    g_rmdir(empty);
}

static void a_backup_restores_with_a_new_epoch(Central *central, gconstpointer data)
{
    if (skip_when_shared()) {
        return;
    }
    Journal till;
    g_autoptr(GError) error = NULL, again = NULL;
    central_fixture_journal(central, &till, "t1");
    central_fixture_write(&till, "sale", 0, central_fixture_sale("R1", APPLE, "L1", 2, 900));
    central_fixture_send_all(central, &till);
    g_autofree char *file = g_build_filename(central->dir, "backup.db", NULL);
    g_autofree char *dir = g_build_filename(central->dir, "restored", NULL);
    g_assert_true(central_store_backup(central->store, file, &error));
    g_assert_no_error(error);
    g_assert_true(central_store_restore(dir, file, &error));
    g_assert_no_error(error);
    g_assert_false(central_store_restore(dir, file, &again));
    Central copy = {dir, central_store_open(dir, CENTRAL_STORE_WRITE, &error)};
    g_assert_no_error(error);
    g_autofree char *old_epoch = central_store_meta_get(central->store, CENTRAL_META_EPOCH);
    g_autofree char *new_epoch = central_store_meta_get(copy.store, CENTRAL_META_EPOCH);
    g_assert_cmpuint(strlen(new_epoch), ==, 32);
    g_assert_cmpstr(new_epoch, !=, old_epoch);
    g_assert_cmpint(central_fixture_on_hand(&copy, APPLE, "L1"), ==, -2);
    central_fixture_assert_sound(&copy);
    copy.dir = g_steal_pointer(&dir);
    central_fixture_close(&copy);
    central_fixture_journal_clear(&till);
}

static void set_up(Central *central, gconstpointer data)
{
    central_fixture_open(central);
}

static void tear_down(Central *central, gconstpointer data)
{
    central_fixture_close(central);
}

#define CASE(name) g_test_add("/sync/central_store/" #name, Central, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE(each_commit_is_one_version);
    CASE(what_changes_nothing_makes_no_version);
    CASE(a_rollback_leaves_no_gap);
    CASE(two_writers_at_once_leave_no_gap_and_no_double);
    CASE(a_walk_gives_each_item_once_in_its_last_state);
    CASE(operators_go_to_tills_and_managers_only);
    CASE(a_walk_sees_one_snapshot_while_others_write);
    CASE(what_is_not_canonical_is_not_published);
    CASE(a_store_that_is_not_there_is_said_so);
    CASE(a_token_opens_until_it_is_revoked);
    CASE(a_code_works_once_and_a_lost_answer_burns_nothing);
    CASE(wrong_expired_and_misused_codes_are_refused);
    CASE(a_terminal_with_a_journal_keeps_its_id_if_the_chains_agree);
    CASE(a_code_of_another_mode_takes_no_ones_id);
    CASE(what_a_terminal_has_seen_is_kept_whole_or_not_at_all);
    CASE(one_central_at_a_time_has_the_lease_of_a_store);
    CASE(who_slept_through_its_lease_changes_no_price);
    CASE(centrals_that_sell_the_same_lot_lose_no_unit);
    CASE(a_till_at_two_centrals_at_once_is_booked_once);
    CASE(records_with_long_words_are_stored_all_the_same);
    CASE(a_central_is_made_once_and_private);
    CASE(what_is_no_central_is_not_opened);
    CASE(a_backup_restores_with_a_new_epoch);
    return g_test_run();
}
