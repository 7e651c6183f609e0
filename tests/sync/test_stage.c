/* SPDX-License-Identifier: GPL-3.0-or-later
 * sync/stage: whole versions only, from the stream and from the one-shot form; nothing of what cannot be read. */
#include "pos/error.h"
#include "sync/stage.h"

#include <glib/gstdio.h>
#include <string.h>

#define ITEM(version, kind, key, value)                                                            \
    "{\"version\":" #version ",\"kind\":\"" kind "\",\"key\":\"" key "\",\"value\":" value "}"

static bool event(SyncStage *stage, const char *type, const char *data, const char *id,
                  bool *out_closed)
{
    g_autoptr(GError) error = NULL;
    SyncSseEvent sse = {.type = type, .data = data, .data_length = strlen(data), .id = id};
    bool ok = sync_stage_event(stage, &sse, out_closed, &error);
    g_assert_cmpint(ok, ==, error == NULL);
    return ok;
}

/* A store of its own, in a folder that goes with it. */
typedef struct {
    char *dir;
    PosStore *store;
} Folder;

static void folder_make(Folder *folder)
{
    GError *error = NULL;
    folder->dir = g_dir_make_tmp("coster-stage-XXXXXX", &error);
    g_assert_no_error(error);
    folder->store = pos_store_open(folder->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
}

static void folder_drop(Folder *folder)
{
    pos_store_close(folder->store);
    g_autoptr(GDir) dir = g_dir_open(folder->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder->dir, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder->dir), ==, 0);
    g_free(folder->dir);
}

static bool apply(SyncStage *stage, PosStore *store, const char *epoch, bool replace)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) central = NULL;
    g_autofree char *note = NULL;
    bool ok = sync_stage_apply(stage, store, epoch, replace, &central, &note, &error);
    g_assert_cmpint(ok, ==, error == NULL);
    return ok;
}

/* The applied feed and its version, "12: line line". */
static char *applied(PosStore *store)
{
    int64_t version = 0;
    g_assert_true(pos_store_feed_version(store, &version, NULL, NULL));
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(store, NULL);
    g_ptr_array_add(lines, NULL);
    g_autofree char *all = g_strjoinv(" ", (char **)lines->pdata);
    return g_strdup_printf("%d: %s", (int)version, all);
}

static void test_stream(void)
{
    bool closed = true;
    Folder folder;
    folder_make(&folder);
    g_autoptr(SyncStage) stage = sync_stage_new(10);
    g_assert_true(event(stage, "tag", ITEM(11, "tag", "1", "{\"a\":1}"), NULL, &closed));
    g_assert_false(closed);
    g_assert_true(sync_stage_is_open(stage));
    g_assert_cmpint(sync_stage_version(stage), ==, -1);
    g_assert_true(event(stage, "tag", ITEM(12, "tag", "2", "null"), "14", &closed));
    g_assert_true(closed);
    g_assert_cmpint(sync_stage_version(stage), ==, 14);
    g_assert_cmpuint(sync_stage_count(stage), ==, 2);
    g_assert_true(apply(stage, folder.store, "e", true));
    g_autofree char *first = applied(folder.store);
    g_assert_cmpstr(first, ==,
                    "14: {\"key\":\"1\",\"kind\":\"tag\",\"value\":{\"a\":1},\"version\":11} "
                    "{\"key\":\"2\",\"kind\":\"tag\",\"value\":null,\"version\":12}");
    sync_stage_next(stage);
    g_assert_false(sync_stage_is_open(stage));
    /* Two items of one commit have one version; an unknown kind is kept. */
    g_assert_true(event(stage, "mood", ITEM(15, "mood", "k", "\"x\""), NULL, &closed));
    g_assert_true(event(stage, "message", ITEM(15, "tag", "1", "null"), "15", &closed));
    g_assert_true(closed && apply(stage, folder.store, "e", false));
    g_autofree char *second = applied(folder.store);
    g_assert_nonnull(
        strstr(second, "{\"key\":\"k\",\"kind\":\"mood\",\"value\":\"x\",\"version\":15}"));
    sync_stage_next(stage);
    /* An id alone closes a version without items. */
    g_assert_true(event(stage, "message", "", "16", &closed));
    g_assert_true(closed && sync_stage_count(stage) == 0);
    g_assert_cmpint(sync_stage_version(stage), ==, 16);
    folder_drop(&folder);
}

static void test_stream_nonsense(void)
{
    static const struct {
        const char *type, *data, *id;
    } cases[] = {
        {"price", "<html>", NULL},
        {"price", "[1]", NULL},
        {"price", "{}", NULL},
        {"price", "{\"version\":11,\"kind\":\"price\",\"key\":\"1\"}", NULL},
        {"price", ITEM(11.5, "price", "1", "{}"), NULL},
        {"price", ITEM(10, "price", "1", "{}"), NULL}, /* not newer than what is applied */
        {"price", ITEM(12, "price", "1", "{}"), NULL}, /* below the 13 staged before it */
        {"lot", ITEM(13, "price", "1", "{}"), NULL},   /* the event names another kind */
        {"price", ITEM(13, "price", "1", "{}"), "12"}, /* closes below its items */
        {"price", ITEM(13, "price", "1", "{}"), "x"},
        {"price", ITEM(13, "price", "1", "{}"), "-1"},
        {"price", ITEM(13, "price", "1", "{}") "{}", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool closed = false;
        g_autoptr(SyncStage) stage = sync_stage_new(10);
        g_assert_true(event(stage, "price", ITEM(13, "price", "0", "{}"), NULL, &closed));
        g_assert_false(event(stage, cases[i].type, cases[i].data, cases[i].id, &closed));
        g_assert_cmpint(sync_stage_version(stage), ==, -1);
    }
}

static const char one_shot[] = ITEM(3, "product", "1", "{\"name\":\"사과\"}") "\n" ITEM(
    7, "price", "1",
    "{\"price\":1}") "\r\n" ITEM(7, "lot", "1/A",
                                 "null") "\n"
                                         "{\"end\":true,\"epoch\":\"e9\",\"version\":8}\n";

static void test_one_shot(void)
{
    Folder folder;
    folder_make(&folder);
    for (gsize piece = 1; piece < sizeof one_shot; piece++) {
        GError *error = NULL;
        g_autoptr(SyncStage) stage = sync_stage_new(0);
        for (gsize at = 0; at < sizeof one_shot - 1; at += piece) {
            g_assert_true(sync_stage_bytes(stage, one_shot + at,
                                           MIN(piece, sizeof one_shot - 1 - at), &error));
        }
        g_assert_true(sync_stage_finish(stage, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(sync_stage_count(stage), ==, 3);
        g_assert_cmpint(sync_stage_version(stage), ==, 8);
        g_assert_cmpstr(sync_stage_epoch(stage), ==, "e9");
        if (piece == 7) {
            g_assert_true(apply(stage, folder.store, "e9", true));
        }
    }
    g_autofree char *got = applied(folder.store);
    g_assert_cmpstr(
        got, ==,
        "8: {\"key\":\"1\",\"kind\":\"product\",\"value\":{\"name\":\"사과\"},\"version\":3} "
        "{\"key\":\"1/A\",\"kind\":\"lot\",\"value\":null,\"version\":7} "
        "{\"key\":\"1\",\"kind\":\"price\",\"value\":{\"price\":1},\"version\":7}");
    folder_drop(&folder);
}

/* More than one part at a time is parsed, and a fault in the last part undoes the first. */
static void test_parts_are_one_transaction(void)
{
    Folder folder;
    folder_make(&folder);
    for (int broken = 1; broken >= 0; broken--) {
        GError *error = NULL;
        g_autoptr(SyncStage) stage = sync_stage_new(0);
        for (int i = 1; i <= 1201; i++) {
            bool bad = broken && i == 1200;
            g_autofree char *line =
                g_strdup_printf("{\"version\":%d,\"kind\":\"tag\",\"key\":\"k%d\",\"value\":%s}\n",
                                i, i, bad ? "nonsense" : "{}");
            g_assert_true(sync_stage_bytes(stage, line, strlen(line), &error));
        }
        static const char end[] = "{\"end\":true,\"epoch\":\"e\",\"version\":1201}\n";
        g_assert_true(sync_stage_bytes(stage, end, sizeof end - 1, &error));
        g_assert_true(sync_stage_finish(stage, &error));
        g_assert_cmpint(apply(stage, folder.store, "e", true), ==, !broken);
        g_autoptr(GPtrArray) lines = pos_store_feed_lines(folder.store, NULL);
        g_assert_cmpuint(lines->len, ==, broken ? 0 : 1201);
    }
    folder_drop(&folder);
}

static void test_one_shot_cut(void)
{
    /* Cut anywhere before the end line is whole, it is not finished; only its newline may be missing. */
    for (gsize length = 0; length < sizeof one_shot - 2; length++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SyncStage) stage = sync_stage_new(0);
        bool ok =
            sync_stage_bytes(stage, one_shot, length, &error) && sync_stage_finish(stage, &error);
        g_assert_false(ok);
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    g_autoptr(SyncStage) stage = sync_stage_new(0);
    g_assert_true(sync_stage_bytes(stage, one_shot, sizeof one_shot - 2, NULL));
    g_assert_true(sync_stage_finish(stage, NULL));
}

static void test_one_shot_nonsense(void)
{
    static const char *const bad[] = {
        "<!DOCTYPE html>\n",
        "{\"end\":true,\"version\":8}\n",
        "{\"end\":true,\"epoch\":\"e\"}\n",
        "{\"end\":true,\"epoch\":\"e\",\"version\":8}\n{\"end\":true,\"epoch\":\"e\",\"version\":8}"
        "\n",
        ITEM(9, "price", "1", "{}") "\n{\"end\":true,\"epoch\":\"e\",\"version\":8}\n",
        ITEM(9, "price", "1", "{}") "\n" ITEM(
            8, "price", "1", "{}") "\n"
                                   "{\"end\":true,\"epoch\":\"e\",\"version\":9}\n",
        "{\"kind\":\"price\"}\n{\"end\":true,\"epoch\":\"e\",\"version\":9}\n",
        "{<html>}\n{\"end\":true,\"epoch\":\"e\",\"version\":9}\n",
        ITEM(9, "price", "1", "{}") "x\n{\"end\":true,\"epoch\":\"e\",\"version\":9}\n",
        "\n",
    };
    Folder folder;
    folder_make(&folder);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(SyncStage) none = sync_stage_new(0);
        bool ok = sync_stage_bytes(none, bad[i], strlen(bad[i]), NULL) &&
                  sync_stage_finish(none, NULL) && apply(none, folder.store, "e", true);
        g_assert_false(ok);
        g_autofree char *got = applied(folder.store);
        g_assert_cmpstr(got, ==, "0: ");
    }
    folder_drop(&folder);
    g_autofree char *longest = g_strnfill(POS_BOUND_FEED_LINE_BYTES + 1, '{');
    g_autoptr(SyncStage) stage = sync_stage_new(0);
    g_assert_false(sync_stage_bytes(stage, longest, strlen(longest), NULL));
}

static void test_lagging_node(void)
{
    static const char end[] = "{\"end\":true,\"epoch\":\"e\",\"version\":5}\n";
    g_autoptr(SyncStage) stage = sync_stage_new(8);
    g_assert_true(sync_stage_bytes(stage, end, sizeof end - 1, NULL));
    g_assert_true(sync_stage_finish(stage, NULL));
    g_assert_cmpuint(sync_stage_count(stage), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/stage/an_id_makes_a_version_whole", test_stream);
    g_test_add_func("/sync/stage/what_is_no_item_in_order_is_refused", test_stream_nonsense);
    g_test_add_func("/sync/stage/one_shot_reads_the_same_in_any_chunking", test_one_shot);
    g_test_add_func("/sync/stage/parts_are_one_transaction", test_parts_are_one_transaction);
    g_test_add_func("/sync/stage/one_shot_without_its_end_is_nothing", test_one_shot_cut);
    g_test_add_func("/sync/stage/one_shot_nonsense_is_refused", test_one_shot_nonsense);
    g_test_add_func("/sync/stage/a_node_that_lags_has_no_news", test_lagging_node);
    return g_test_run();
}
